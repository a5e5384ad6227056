/* Searching one segment: the best documents without looking at all of them.
 *
 * Every document is either shown not to come among the best, by a bound of its score that is never
 * too low, or handed to the evaluator, whose word is final: hits and scores are those of
 * evaluate.h. Bounds come from the impacts of blocks, then from the frequencies of single
 * documents, and only then are positions read.
 *
 *   lane.h    one term: bounds and scores of many documents at a time
 *   flat.c    words and phrases of words, what most queries are:
 *             word.c one word, any.c any of some, all.c all of them,
 *             pairs.c what they bring by standing close together
 *   walk.c    every other tree, a document at a time; tally.h words in it that count as one
 *   lookup.h  the postings of one document, for the evaluator
 *   topk.c    what they share: thresholds, and the documents that are handed on
 */
#ifndef READOUT_SEGMENT_TOPK_H
#define READOUT_SEGMENT_TOPK_H

#include "../evaluate/evaluate.h"
#include "../top.h"
#include "segment.h"

/* What bounds are made of for one ranking and its averages: kept from search to search, since most
 * have the same. All zero to begin with. */
typedef struct ro_bounds {
    ro_scorer scorer;
    ro_impact_table table;
    bool made;
} ro_bounds;

typedef struct ro_leaf_search {
    const ro_segment *segment;
    const ro_columns *columns; /* documents without a record are passed over */
    const uint64_t *live;      /* a bit a number: which have a record; NULL: all have */
    ro_bounds *bounds;
    ro_plan *plan;
    const ro_scorer *scorer;
    ro_evaluator *evaluator;
    ro_top *top;      /* takes the hits; what it holds already counts */
    int64_t count_to; /* documents that match are all counted up to this total; INT64_MAX: all */
    ro_deadline deadline;
    /* Called for every document that is counted; NULL: not. */
    void (*match)(void *context, ro_doc doc, const ro_record *record);
    void *context;
    int64_t total;    /* grows by the documents found to match */
    bool total_exact; /* set to false where some may not have been counted */
} ro_leaf_search;

/* RO_DEADLINE, RO_MEMORY, RO_DAMAGED. `arena` is for what the search needs itself. */
ro_status ro_leaf_search_run(ro_leaf_search *search, ro_arena *arena, ro_error *err) RO_MUST_CHECK;
/* Makes the search's evaluator look at a document, which has this record; `postings` may be NULL
 * where only columns are asked for. */
void ro_leaf_search_visit(const ro_leaf_search *search, ro_doc doc, const ro_record *record,
                          const ro_postings *postings);

#endif
