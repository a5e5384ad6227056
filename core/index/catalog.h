/* The catalogue: one SQLite file, its schema, and connections to it. */
#ifndef READOUT_INDEX_CATALOG_H
#define READOUT_INDEX_CATALOG_H

#include "hot/hot.h"

/* Goes up with every change of the tables. */
#define RO_INDEX_FORMAT 8

#define RO_CATALOG_BUSY_MS 2000 /* for which locks of other clients of SQLite are waited for */

struct ro_index {
    char *directory;
    char *file; /* DIRECTORY/catalog.db */
    char *lock; /* DIRECTORY/writer.lock */
    ro_index_mode mode;
    struct ro_share *share; /* of its snapshots */
};

/* A connection with our settings and the tokenizer of the hot leaf; for one thread. */
ro_status ro_catalog_connect(const ro_index *index, bool write, sqlite3 **out, ro_replay **replay,
                             ro_error *err) RO_MUST_CHECK;

/* Whether what is read next is much, and only once: it is then not kept in place of what is read
 * again. For connections that read. */
void ro_catalog_pass(sqlite3 *db, bool pass);

/* frozen.c: what the catalogue is opened by, with a terminating zero: its file, or a URI where
 * nobody can write it: the directory is not writable, no changes wait beside catalog.db, and nobody
 * has it open. */
ro_status ro_catalog_name(const ro_index *index, bool write, ro_buf *out, bool *uri,
                          ro_error *err) RO_MUST_CHECK;

#endif
