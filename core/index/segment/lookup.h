/* A segment as evaluators look at it: the postings of one document at a time, by cursors that are
 * begun when they are asked for. */
#ifndef READOUT_SEGMENT_LOOKUP_H
#define READOUT_SEGMENT_LOOKUP_H

#include "../evaluate/evaluate.h"
#include "segment.h"

typedef struct ro_lookup {
    ro_postings postings; /* of `number` */
    uint32_t number;
    ro_segment_list *lists; /* by term of the plan */
    /* ---- */
    const ro_segment *segment;
    const ro_plan *plan;
    ro_arena *arena;
    ro_cursor **cursors; /* by term */
    bool memory;         /* ran out: what was read since is void */
} ro_lookup;

/* All of it lives in the arena. `lookup` must stay where it is. */
ro_status ro_lookup_init(ro_lookup *lookup, const ro_segment *segment, const ro_plan *plan,
                         ro_arena *arena, ro_error *err) RO_MUST_CHECK;
/* Goes to a document, which may be behind. */
void ro_lookup_go(ro_lookup *lookup, uint32_t number);
/* RO_MEMORY, RO_DAMAGED. */
ro_status ro_lookup_status(const ro_lookup *lookup);

#endif
