/* What the views of an index have in common is read once and held once: the columns of the newest
 * commit that one of them has seen, and open leaves. A view that goes on to another commit reads
 * only what differs from it.
 *
 * Threads: any number. One reads, and those that want the same meanwhile wait for it. */
#ifndef READOUT_INDEX_SHARE_H
#define READOUT_INDEX_SHARE_H

#include "columns.h"
#include "segment/segment.h"

typedef struct ro_share ro_share;

/* NULL when memory ran out. */
ro_share *ro_share_new(void);
/* All views must be closed before. */
void ro_share_free(ro_share *share);

/* Every other time true: of two views that are opened at a time one begins with the leaves and the
 * other with the columns. */
bool ro_share_turn(ro_share *share);

/* As ro_columns_load. */
ro_status ro_share_columns(ro_share *share, ro_columns *columns, sqlite3 *db, int64_t revision,
                           bool lists, ro_error *err) RO_MUST_CHECK;

/* As ro_segment_open and ro_segment_close; `id` names the file. A NULL share opens a file anew. */
ro_status ro_share_open(ro_share *share, const char *path, int64_t id,
                        ro_segment **out) RO_MUST_CHECK;
void ro_share_close(ro_share *share, ro_segment *segment);

#endif
