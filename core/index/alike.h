/* Which articles tell the same story: groups of near-duplicates, kept as articles come and go.
 *
 *   alike       the sketch of each article that is long enough and has a date; `grp` is the
 * smallest document of its group, itself where it is alone alike_band  who shares a band, by day:
 * those are compared
 *
 * Articles that come are gathered and compared at the commit, in the order of the tables, which
 * costs a few look-ups an article however large the index is.
 */
#ifndef READOUT_INDEX_ALIKE_H
#define READOUT_INDEX_ALIKE_H

#include "prepare.h"
#include "readout/alike.h"
#include "sql.h"

enum {
    RO_ALIKE_ADD,
    RO_ALIKE_READ,
    RO_ALIKE_DELETE,
    RO_ALIKE_SET,
    RO_ALIKE_MOVE,
    RO_ALIKE_MEMBERS,
    RO_ALIKE_BAND_ADD,
    RO_ALIKE_BAND_DELETE,
    RO_ALIKE_BAND_NEAR,
    RO_ALIKE_STATEMENTS
};

/* An article that came with this transaction. */
typedef struct ro_alike_item {
    ro_doc doc; /* ascending */
    int64_t day;
    bool gone; /* again */
    ro_alike sketch;
} ro_alike_item;

typedef struct ro_alike_writer {
    sqlite3 *db;
    sqlite3_stmt *statements[RO_ALIKE_STATEMENTS];
    ro_alike_item *items; /* owned */
    size_t count, room;
} ro_alike_writer;

/* Makes the tables, inside a transaction. */
ro_status ro_alike_make(sqlite3 *db, ro_error *err) RO_MUST_CHECK;

ro_status ro_alike_writer_open(ro_alike_writer *writer, sqlite3 *db, ro_error *err) RO_MUST_CHECK;
void ro_alike_writer_close(ro_alike_writer *writer);

/* Takes an article in, or out; after a failure the transaction must end. */
ro_status ro_alike_put(ro_alike_writer *writer, ro_doc doc, int64_t published,
                       const ro_alike *sketch, ro_error *err) RO_MUST_CHECK;
ro_status ro_alike_remove(ro_alike_writer *writer, ro_doc doc, ro_error *err) RO_MUST_CHECK;
/* Compares and writes what was gathered; before every commit. */
ro_status ro_alike_store(ro_alike_writer *writer, ro_error *err) RO_MUST_CHECK;

#endif
