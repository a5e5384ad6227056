/* Making, merging and mending sealed leaves, inside the writer's transaction. What a transaction
 * that fails leaves behind are files that nothing names: they are swept. */
#ifndef READOUT_INDEX_SEAL_H
#define READOUT_INDEX_SEAL_H

#include "collection.h"
#include "leaves.h"

/* Writes what the builder holds, if anything, as a new leaf. */
ro_status ro_seal_builder(const ro_index *index, sqlite3 *db, ro_kind kind,
                          ro_segment_builder *builder, ro_error *err) RO_MUST_CHECK;
/* Moves all of the hot leaf into a new sealed one. Columns must be stored. */
ro_status ro_seal_hot(const ro_index *index, sqlite3 *db, ro_kind kind,
                      ro_error *err) RO_MUST_CHECK;
/* Merges the leaves of a kind that `wanted` says, without dead documents. */
typedef bool (*ro_leaf_fn)(void *context, const ro_leaf *leaf);
ro_status ro_seal_merge(const ro_index *index, sqlite3 *db, const ro_leaves *leaves, ro_kind kind,
                        ro_leaf_fn wanted, void *context, ro_error *err) RO_MUST_CHECK;
/* Puts what they were merged into in the place of leaves of one kind: a file that is renamed, NULL
 * when nothing is left of them. Leaves that are no longer all there stay as they are. */
ro_status ro_seal_replace(const ro_index *index, sqlite3 *db, const ro_leaf *const *leaves,
                          size_t count, const char *file, ro_error *err) RO_MUST_CHECK;
/* One leaf of all the documents of the kind, the hot ones included. */
ro_status ro_seal_all(const ro_index *index, sqlite3 *db, ro_kind kind,
                      ro_error *err) RO_MUST_CHECK;
/* Takes a leaf out of the catalogue; its file is swept later. */
ro_status ro_seal_drop(sqlite3 *db, int64_t id, ro_error *err) RO_MUST_CHECK;
/* What ro_index_tend writes to; swept unless someone does. */
#define RO_TENDED_FILE "tended.tmp"
/* Removes the files that the catalogue does not name: between transactions. */
void ro_seal_sweep(const ro_index *index, sqlite3 *db);

/* A bit a document: those of the kind that are live, as stored. */
typedef struct ro_live {
    uint8_t *bits; /* owned */
    size_t count;  /* documents they are for */
} ro_live;
ro_status ro_live_load(ro_live *live, sqlite3 *db, ro_kind kind, ro_error *err) RO_MUST_CHECK;
static inline bool ro_live_has(const ro_live *live, ro_doc doc) {
    return doc > 0 && (size_t)doc < live->count && live->bits[doc / 8] >> (doc % 8) & 1;
}
static inline void ro_live_take(ro_live *live, ro_doc doc) {
    if (ro_live_has(live, doc)) {
        live->bits[doc / 8] &= (uint8_t) ~(1u << (doc % 8));
    }
}
void ro_live_release(ro_live *live);

#endif
