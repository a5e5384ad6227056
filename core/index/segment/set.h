/* All documents of a segment that match, as a set: a bit a number. Ranking looks at each of them;
 * to count them and their values takes no more than their postings without frequencies, added up
 * and intersected a block at a time. */
#ifndef READOUT_SEGMENT_SET_H
#define READOUT_SEGMENT_SET_H

#include "topk.h"

/* Whether sets tell what matches: of words and columns, in any tree, and of phrases that are
 * alternatives. Where words have to stand together, positions do. */
bool ro_set_tells(const ro_plan *plan);

/* The documents that match and have a record, in the arena; segment->count / 64 + 1 words. Of the
 * search what it is to find is used, and what with; nothing of it changes. RO_DEADLINE, RO_MEMORY,
 * RO_DAMAGED. */
ro_status ro_set_make(const ro_leaf_search *search, ro_arena *arena, uint64_t **out,
                      ro_error *err) RO_MUST_CHECK;

#endif
