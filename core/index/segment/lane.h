/* One term of a search over a segment: where it stands, and what documents get for it at most. */
#ifndef READOUT_SEGMENT_LANE_H
#define READOUT_SEGMENT_LANE_H

#include "segment.h"

#define RO_WINDOW 2048 /* documents that are looked at together, at most */

/* What a document gets: limit * x / (half + x), where x is as in rank.h, or x itself. */
typedef struct ro_lane {
    ro_cursor cursor;
    const ro_segment *segment;
    const ro_impact_table *table;
    uint32_t term;  /* of the plan */
    uint32_t index; /* among the lanes of the search */
    unsigned fields;
    bool required;
    bool scores; /* though its limit may be 0 */
    bool saturates;
    float limit, half;
    float pairs; /* what it brings at most in a pair where it is the lighter word */
    float extra; /* added to bounds for pairs of words */
    float base[RO_FIELD_COUNT], slope[RO_FIELD_COUNT], weight[RO_FIELD_COUNT];
    float most;       /* of any document */
    uint32_t next;    /* documents before are done with; RO_NO_DOC: all are */
    float window;     /* of the documents at hand */
    float before;     /* what other lanes bring at most */
    uint32_t checked; /* block that checked_bound is of */
    float checked_bound;
    uint32_t at;      /* block that ro_lane_bound looked at last */
    uint32_t at_last; /* its last document */
    float at_x;       /* what they bring at most, before it saturates */
} ro_lane;

void ro_lane_open(ro_lane *lane, const ro_segment *segment, ro_segment_list list,
                  const ro_scorer *scorer, const ro_impact_table *table, unsigned fields,
                  double limit, bool saturates);
/* The word once more, before anything else is done. */
void ro_lane_add_limit(ro_lane *lane, double limit);

/* The most that a document in [from, to] gets; `from` never falls. */
float ro_lane_bound(ro_lane *lane, uint32_t from, uint32_t to);
/* The most of a block's documents. */
float ro_lane_block_bound(const ro_lane *lane, uint32_t block);
/* The same before it saturates, and that of a group of blocks: to be compared with the x of a
 * score, which documents that get it come to. */
float ro_lane_block_x(const ro_lane *lane, uint32_t block);
float ro_lane_group_x(const ro_lane *lane, uint32_t group);
float ro_lane_x(const ro_lane *lane, float score);
/* Whether documents of the block at hand may come to `least` that have the word once. */
bool ro_lane_may_reach_with_one(const ro_lane *lane, float least);
/* What the document that the cursor stands at gets, with extra. */
float ro_lane_score(ro_lane *lane);
/* What a document gets for so many occurrences, and so many of them in the title, without extra. */
float ro_lane_score_of(const ro_lane *lane, uint32_t doc, uint32_t tf, uint32_t title);
/* The same for places [from, until) of the block at hand, by place, without extra. */
void ro_lane_scores(ro_lane *lane, uint32_t from, uint32_t until, float out[RO_PACK_RUN]);
/* Those of them that come to `least`: their places, ascending; how many. Scores of others may be
 * left out. */
uint32_t ro_lane_reach(ro_lane *lane, uint32_t from, uint32_t until, float least,
                       uint32_t places[RO_PACK_RUN], float scores[RO_PACK_RUN]);
/* What `k` documents of the block at hand get at least, without extra; 0 when that is not told. */
float ro_lane_best(ro_lane *lane, size_t k);

#endif
