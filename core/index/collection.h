/* A collection: the documents of one kind, with their words and columns. Articles are one; talks,
 * participants, outcomes and statements are others of the same make. Its tables are named after it:
 * hot_talks, lexicon_talks, variant_talks, chunk_talks. Other leaves than the hot one belong
 * here. */
#ifndef READOUT_INDEX_COLLECTION_H
#define READOUT_INDEX_COLLECTION_H

#include "catalog.h"
#include "columns.h"
#include "hot/hot.h"
#include "hot/reader.h"
#include "lexicon.h"
#include "share.h"

/* ---- making --------------------------------------------------------------------------------- */

/* Makes the tables, inside a transaction. */
ro_status ro_collection_make(sqlite3 *db, ro_kind kind, ro_error *err) RO_MUST_CHECK;

/* ---- reading -------------------------------------------------------------------------------- */

/* The commonest forms that begin with a letter of ASCII. There are so many of them that they are
 * looked through once for each commit. */
typedef struct ro_letters {
    int64_t revision;
    ro_arena arena;
    struct {
        ro_word *words; /* NULL: not looked for yet */
        size_t count;
        bool complete;
    } of[128];
} ro_letters;

typedef struct ro_collection {
    ro_kind kind;
    bool open;
    ro_hot_reader hot;
    ro_lexicon lexicon;
    ro_columns columns;
    ro_letters letters;
} ro_collection;

/* As of `revision`, inside the read transaction that `db` is in; with `lists` also those of the
 * columns, which are read with `share`. After a failure it is closed. */
ro_status ro_collection_open(ro_collection *collection, ro_share *share, sqlite3 *db, ro_kind kind,
                             int64_t revision, bool lists, ro_error *err) RO_MUST_CHECK;
void ro_collection_close(ro_collection *collection);

/* ---- writing -------------------------------------------------------------------------------- */

/* A transaction that puts so many words goes to a sealed leaf, and not through the hot one. */
#define RO_HOT_WORDS_MAX 200000

/* A document that is in no leaf yet. */
typedef struct ro_waiting {
    ro_doc doc;
    ro_stream terms;
} ro_waiting;

typedef struct ro_collection_writer {
    const ro_index *index;
    sqlite3 *db;
    ro_hot_writer hot;
    int64_t documents, words;    /* put by this transaction */
    int64_t hot_words_max;       /* RO_HOT_WORDS_MAX but in tests */
    ro_buf waiting;              /* ro_waiting: what it put, as long as that is little; ascending */
    ro_arena waiting_memory;     /* of their terms */
    ro_segment_builder *builder; /* of what it put when that is much; NULL until then */
    uint32_t segment_block;      /* documents of a block; 0: the usual number */
    ro_lexicon_delta *lexicon;
    ro_columns columns;
    ro_doc last; /* number given; -1: not read yet */
    bool given;  /* one was, since it was stored */
} ro_collection_writer;

ro_status ro_collection_writer_open(ro_collection_writer *writer, const ro_index *index,
                                    sqlite3 *db, ro_kind kind, ro_replay *replay,
                                    ro_error *err) RO_MUST_CHECK;
void ro_collection_writer_close(ro_collection_writer *writer);
/* A number for a new document; not for articles, which their table numbers. */
ro_status ro_collection_next(ro_collection_writer *writer, ro_doc *doc,
                             ro_error *err) RO_MUST_CHECK;
/* The record's lengths and life are set here. */
ro_status ro_collection_put(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                            ro_record record, ro_list list, ro_error *err) RO_MUST_CHECK;
/* `terms` must be what was put. */
ro_status ro_collection_remove(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                               ro_error *err) RO_MUST_CHECK;
/* Writes what was gathered in memory, as of the coming revision. */
ro_status ro_collection_store(ro_collection_writer *writer, int64_t revision,
                              ro_error *err) RO_MUST_CHECK;

#endif
