/* The inside of a search over a segment, shared by its files; see topk.h. */
#ifndef READOUT_SEGMENT_FINDER_H
#define READOUT_SEGMENT_FINDER_H

#include "../evaluate/evaluator.h"
#include "lookup.h"
#include "topk.h"

#define RO_FOUND_MAX 512 /* documents that wait for the evaluator */
#define RO_TOLD_MAX 8    /* terms whose frequencies they bring with them */

/* How often something occurs in a document: in all fields, and in the title. */
typedef struct ro_times {
    uint32_t all; /* RO_TIMES_UNKNOWN: the evaluator is to look it up */
    uint32_t title;
} ro_times;

#define RO_TIMES_UNKNOWN UINT32_MAX

typedef struct ro_waiting {
    uint32_t number;
    float bound;
    ro_times times[RO_TOLD_MAX]; /* as many as finder->told */
} ro_waiting;

/* A column that adds to the score of what it matches, and is not required. */
typedef struct ro_worth {
    ro_plan_node *column;
    float brings;
} ro_worth;

typedef struct ro_finder {
    ro_leaf_search *search;
    ro_arena *arena;
    const ro_impact_table *table;
    ro_plan_node **filters; /* on columns; all must let a document through */
    size_t filter_count;
    ro_worth *worths;
    size_t worth_count;
    float worth_most; /* all of them together */
    bool certain;     /* documents that are taken match, but for the filters */
    bool plain;       /* a document that is there needs no other look before it is taken */
    bool counting;    /* every document that matches is still looked at */
    bool prunes;      /* those that cannot come among the best are of no interest */
    float least;      /* nothing less can come among the best, rounding allowed for */
    ro_status status;
    unsigned since_clock;

    /* The best of what documents get at least, as a heap with the least on top. */
    float *lows;
    size_t low_count;

    size_t told; /* what documents bring with them: how often terms occur, */
    uint32_t terms[RO_TOLD_MAX];
    const ro_plan_node *phrase; /* or one phrase instead */

    ro_lookup lookup; /* for the evaluator, which comes later: it has cursors of its own */

    size_t waiting_count; /* for the evaluator; at most `room` */
    size_t room;
    ro_waiting waiting[RO_FOUND_MAX];
} ro_finder;

/* A document that may match: what it gets at most, and, if that is known to be certain, at least
 * (else 0). Counts it, and says whether it is to be kept; bounds are then those with all that its
 * columns bring. */
bool ro_finder_wants(ro_finder *finder, uint32_t number, float *bound, float *low);
/* One that is. `times` are finder->told; copied. */
void ro_finder_keep(ro_finder *finder, uint32_t number, float bound, float low,
                    const ro_times *times);
/* Both. */
void ro_finder_take(ro_finder *finder, uint32_t number, float bound, float low,
                    const ro_times *times);
/* One of different documents that get at least so much: together they raise `least`. They will be
 * taken all the same. */
void ro_finder_probe(ro_finder *finder, uint32_t number, float low);
/* Nothing below `low` can come among the best. */
void ro_finder_raise(ro_finder *finder, float low);
/* Whether a word may stand in any document. */
bool ro_finder_holds(const ro_finder *finder, const ro_plan_node *word);
/* Called now and then; false when the search is to stop. */
bool ro_finder_goes_on(ro_finder *finder);

/* The two ways to find documents. ro_flat_run returns false, having done nothing, for a query it
 * is not made for. */
bool ro_flat_run(ro_finder *finder);
void ro_walk_run(ro_finder *finder);

#endif
