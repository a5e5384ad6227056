/* One term of a search over a segment: where it stands, and what documents get for it at most. */
#ifndef READOUT_SEGMENT_LANE_H
#define READOUT_SEGMENT_LANE_H

#include "segment.h"

#define RO_WINDOW 2048 /* documents that are looked at together, at most */

/* Documents that may come among the best, ascending, and what they have got so far. */
typedef struct ro_candidates {
    size_t count;
    uint32_t docs[RO_WINDOW];
    float scores[RO_WINDOW];
} ro_candidates;

/* What a document gets: limit * x / (half + x), where x is as in rank.h, or x itself. */
typedef struct ro_lane {
    ro_cursor cursor;
    const ro_segment *segment;
    const ro_impact_table *table;
    uint32_t term; /* of the plan */
    unsigned fields;
    bool required;
    bool saturates;
    float limit, half;
    float extra; /* added to bounds for pairs of words */
    float base[RO_FIELD_COUNT], slope[RO_FIELD_COUNT], weight[RO_FIELD_COUNT];
    float most;       /* of any document */
    uint32_t next;    /* documents before are done with; RO_NO_DOC: all are */
    float window;     /* of the documents at hand */
    float before;     /* what other lanes bring at most */
    uint32_t checked; /* block that checked_bound is of */
    float checked_bound;
    float *bounds; /* of its first blocks, without extra; NULL: none */
    uint32_t bound_count;
    uint32_t at;      /* block that ro_lane_bound looked at last */
    uint32_t at_last; /* its last document */
    float at_bound;
} ro_lane;

void ro_lane_open(ro_lane *lane, const ro_segment *segment, ro_segment_list list,
                  const ro_scorer *scorer, const ro_impact_table *table, unsigned fields,
                  double limit, bool saturates);
/* The word once more, before anything else is done. */
void ro_lane_add_limit(ro_lane *lane, double limit);

/* The most that a document in [from, to] gets; `from` never falls. */
float ro_lane_bound(ro_lane *lane, uint32_t from, uint32_t to);
/* Bounds the first blocks once and for all, with room for `count` of them. */
void ro_lane_bound_blocks(ro_lane *lane, float *bounds, uint32_t count);
/* The most of a block's documents. */
float ro_lane_block_bound(const ro_lane *lane, uint32_t block);
/* Goes to the first document of a block that is not behind. */
void ro_lane_enter_block(ro_lane *lane, uint32_t block);
/* What the document that the cursor stands at gets, with extra. */
float ro_lane_score(ro_lane *lane);
/* What a document gets for so many occurrences, and so many of them in the title, without extra. */
float ro_lane_score_of(const ro_lane *lane, uint32_t doc, uint32_t tf, uint32_t title);
/* The same for places [from, until) of the block at hand, without extra. */
void ro_lane_scores(ro_lane *lane, uint32_t from, uint32_t until, float *out);

/* Which of the scores are `least` or more: their places, ascending; how many. */
size_t ro_scores_reaching(const float *scores, size_t count, float least, uint32_t *places);

#endif
