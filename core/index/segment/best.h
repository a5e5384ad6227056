/* The blocks of a lane, those that promise most first. */
#ifndef READOUT_SEGMENT_BEST_H
#define READOUT_SEGMENT_BEST_H

#include "lane.h"

#define RO_NO_BLOCK UINT32_MAX

typedef struct ro_best {
    const ro_lane *lane;
    ro_buf heap; /* groups and blocks with their bounds, the greatest on top */
} ro_best;

/* Borrows the lane until ro_best_release. */
void ro_best_begin(ro_best *best, const ro_lane *lane, float least);
/* The next block; RO_NO_BLOCK when no other may bring `least`, which never falls. */
uint32_t ro_best_next(ro_best *best, float least);
/* RO_MEMORY when it ran out: blocks are then missing. */
ro_status ro_best_release(ro_best *best);

#endif
