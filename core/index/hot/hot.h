/* The hot leaf of a collection: an FTS5 table without content, fed from ro_stream.
 *
 * FTS5 sees text only as tokens that we hand to it: its tokenizer here (called `readout`) replays
 * the article that is being written, and passes a phrase of a query through as the one term it is.
 */
#ifndef READOUT_INDEX_HOT_H
#define READOUT_INDEX_HOT_H

#include "../prepare.h"
#include "../sql.h"

/* What a connection's tokenizer replays. */
typedef struct ro_replay {
    const ro_stream *terms; /* borrowed during an insert or delete; else NULL */
} ro_replay;

/* Registers tokenizer and collector on a new connection, which owns the replay. */
ro_status ro_hot_register(sqlite3 *db, ro_replay **replay, ro_error *err) RO_MUST_CHECK;

enum { RO_HOT_INSERT, RO_HOT_DELETE, RO_HOT_HAS, RO_HOT_WRITE_STATEMENTS };

typedef struct ro_hot_writer {
    sqlite3 *db;
    ro_kind kind;
    ro_replay *replay;
    sqlite3_stmt *statements[RO_HOT_WRITE_STATEMENTS];
} ro_hot_writer;

ro_status ro_hot_writer_open(ro_hot_writer *writer, sqlite3 *db, ro_kind kind, ro_replay *replay,
                             ro_error *err) RO_MUST_CHECK;
void ro_hot_writer_close(ro_hot_writer *writer);
ro_status ro_hot_insert(ro_hot_writer *writer, ro_doc doc, const ro_stream *terms,
                        ro_error *err) RO_MUST_CHECK;
/* `terms` must be what was inserted. */
ro_status ro_hot_delete(ro_hot_writer *writer, ro_doc doc, const ro_stream *terms,
                        ro_error *err) RO_MUST_CHECK;
/* Whether the document is in it. */
ro_status ro_hot_has(ro_hot_writer *writer, ro_doc doc, bool *out, ro_error *err) RO_MUST_CHECK;

#endif
