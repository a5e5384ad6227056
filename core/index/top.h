/* The best k hits so far, as a heap with the worst on top. */
#ifndef READOUT_INDEX_TOP_H
#define READOUT_INDEX_TOP_H

#include "readout/index.h"

typedef struct ro_top {
    ro_sort sort;
    size_t k;
    const ro_hit *after; /* hits up to this one are not taken; NULL: all are */
    ro_hit *hits;        /* owned */
    size_t count, capacity;
    /* Tells the group of a hit, of which the best alone is kept; NULL: all are. For a small k. */
    int64_t (*group_of)(void *context, ro_doc doc);
    void *context;
} ro_top;

/* Whether `a` comes before `b` in an answer: by score or date, then by doc. Articles without a date
 * come last. */
bool ro_hit_before(ro_sort sort, const ro_hit *a, const ro_hit *b);

/* Whether the hit would be among the k best. */
bool ro_top_wants(const ro_top *top, const ro_hit *hit);
/* Takes the hit if it is wanted; false when memory ran out. */
bool ro_top_add(ro_top *top, const ro_hit *hit);
/* Best first, into the arena. Nothing can be added after. */
ro_status ro_top_finish(ro_top *top, ro_arena *arena, ro_hit **hits, ro_error *err) RO_MUST_CHECK;
void ro_top_release(ro_top *top);

#endif
