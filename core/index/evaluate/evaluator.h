/* The inside of the evaluator, shared by its files: evaluate.c, terms.c, closeness.c, explain.c. */
#ifndef READOUT_INDEX_EVALUATE_EVALUATOR_H
#define READOUT_INDEX_EVALUATE_EVALUATOR_H

#include "evaluate.h"
#include "spans.h"

/* What is known of a term in the document at hand, each part where its stamp is the document's. */
typedef struct ro_term_state {
    uint64_t has_of, count_of, positions_of;
    bool has;
    uint32_t tf[RO_FIELD_COUNT];
    ro_buf positions; /* uint64_t */
} ro_term_state;

/* A word of a flat query: any of some stems, the commonest shape. Matching and the bound are then
 * one pass over the words. */
typedef struct ro_flat_word {
    uint32_t term;
    bool pairs; /* it is one of evaluator->words */
    double weight;
    double most; /* the greatest score it brings by itself */
} ro_flat_word;

struct ro_evaluator {
    ro_plan *plan;
    const ro_scorer *scorer;
    ro_term_state *terms;
    ro_plan_node **words; /* that form pairs, the heaviest first */
    size_t word_count;
    ro_flat_word *flat; /* heaviest first; NULL: the query is not flat */
    size_t flat_count;
    double flat_bound; /* of the document at hand, once it has been matched */
    const ro_postings *postings;
    const ro_record *record;
    ro_span_run run; /* its stamp is that of the document */
    ro_list list;
    const ro_plan_node *phrase; /* that occurs phrase_tf times, where the stamp is the document's */
    uint64_t phrase_of;
    uint32_t phrase_tf[RO_FIELD_COUNT];
    uint64_t norms_of;
    ro_norms norms;
};

/* terms.c: what is known of the terms in the document at hand. */
bool ro_evaluator_has(ro_evaluator *evaluator, uint32_t term);
const uint32_t *ro_evaluator_count(ro_evaluator *evaluator, uint32_t term);
/* The spans of a TERM, as ro_span_run asks for them; `context` is the evaluator. */
void ro_evaluator_find(void *context, ro_plan_node *node);
const ro_norms *ro_evaluator_norms(ro_evaluator *evaluator);
bool ro_evaluator_node_matches(ro_evaluator *evaluator, ro_plan_node *node);
/* Adds how often a unit occurs, by field. */
void ro_evaluator_frequency(ro_evaluator *evaluator, ro_plan_node *node,
                            uint32_t tf[RO_FIELD_COUNT]);
double ro_evaluator_node_score(ro_evaluator *evaluator, ro_plan_node *node);
/* Whether a unit may occur: cheap, and true whenever it does. */
bool ro_evaluator_may_occur(ro_evaluator *evaluator, const ro_plan_node *node);

/* What words that stand close together bring, and a bound of it. */
ro_status ro_closeness_prepare(ro_evaluator *evaluator, ro_error *err) RO_MUST_CHECK;
double ro_closeness_score(ro_evaluator *evaluator);
double ro_closeness_bound(ro_evaluator *evaluator);

#endif
