/* Tending leaves: sealing a hot leaf that has grown, merging leaves of like size. What is small is
 * done by the writer with each commit, what is large beside writers: see ro_index_tend. */
#ifndef READOUT_INDEX_TEND_H
#define READOUT_INDEX_TEND_H

#include "catalog.h"

#define RO_LEAVES_MERGED 8 /* of like size */

/* Inside the writer's transaction: seals the hot leaf when it is large, and merges leaves of which
 * there are so many, as long as together they have no more than `most` documents, or few. */
ro_status ro_tend(const ro_index *index, sqlite3 *db, ro_kind kind, unsigned leaves, int64_t most,
                  ro_error *err) RO_MUST_CHECK;

/* Takes the right to merge leaves beside writers, which closing `*out` gives back; -1 where there
 * are no leaves. RO_BUSY by the deadline, or where another index came to the path meanwhile. */
ro_status ro_leaves_take(const ro_index *index, ro_deadline deadline, int *out,
                         ro_error *err) RO_MUST_CHECK;

#endif
