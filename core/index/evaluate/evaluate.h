/* Does a document match, and how well? Exact evaluation of a plan over the positions of its terms
 * in one document. Knows nothing of how a leaf stores them: every leaf gives the same scores.
 *
 * Occurrences. A TERM occurs at each of its positions. ANY_OF occurs where any child does. A PHRASE
 * occurs at a position p of its first child where the others follow in turn, each at its gap from
 * the one before or later, and the words that come between in excess of the gaps are at most slop
 * in all. A NEAR occurs where every child has an occurrence (one that holds no other) so that no
 * two share a word or are further apart than slop: last start - first end <= slop; when ordered,
 * each starts after the end of the one before. All of it lies in one field.
 *
 * Frequencies. PHRASE: different p. NEAR: different first ends; when ordered, different occurrences
 * of the first child. ANY_OF: the sum over the children. */
#ifndef READOUT_INDEX_EVALUATE_H
#define READOUT_INDEX_EVALUATE_H

#include "../plan.h"

#include "readout/deadline.h"

#define RO_OCCURRENCES_MAX (1u << 20) /* of a term in a document; those after it do not count */

/* The postings of one document, asked by index of the plan's term. */
typedef struct ro_postings {
    void *leaf;
    /* Whether the term stands in any of its plan fields. */
    bool (*has)(void *leaf, uint32_t term);
    /* How often, by field. */
    void (*count)(void *leaf, uint32_t term, uint32_t tf[RO_FIELD_COUNT]);
    /* Appends its positions (uint64_t, field << 32 | ordinal), ascending. */
    void (*positions)(void *leaf, uint32_t term, ro_buf *out);
} ro_postings;

typedef struct ro_evaluator ro_evaluator;

/* All memory that does not depend on documents is from the plan's arena. Past the deadline it gives
 * up inside a document, too. */
ro_status ro_evaluator_make(ro_plan *plan, const ro_scorer *scorer, ro_deadline deadline,
                            ro_evaluator **out, ro_error *err) RO_MUST_CHECK;
void ro_evaluator_release(ro_evaluator *evaluator);

/* Goes to the next document. `postings` NULL: none of the terms stands in it. */
void ro_evaluator_next(ro_evaluator *evaluator, const ro_record *record,
                       const ro_postings *postings);
/* The values of the document gone to; none unless said. */
void ro_evaluator_set_list(ro_evaluator *evaluator, ro_list list);
/* How often a term stands in the document gone to, or a phrase occurs there, by field: what is told
 * is not looked up. */
void ro_evaluator_set_count(ro_evaluator *evaluator, uint32_t term,
                            const uint32_t tf[RO_FIELD_COUNT]);
void ro_evaluator_set_phrase(ro_evaluator *evaluator, const ro_plan_node *phrase,
                             const uint32_t tf[RO_FIELD_COUNT]);
bool ro_evaluator_matches(ro_evaluator *evaluator);
/* A cheap upper bound of the score, after ro_evaluator_matches said yes. */
double ro_evaluator_bound(ro_evaluator *evaluator);
/* May stop short, below `least`, when the score cannot come to more than that. */
double ro_evaluator_score(ro_evaluator *evaluator, double least);
/* The parts of the score as JSON; NULL when memory ran out. */
json_t *ro_evaluator_explain(ro_evaluator *evaluator);
/* RO_MEMORY or RO_DEADLINE when either ran out since it was made: results are void. */
ro_status ro_evaluator_status(const ro_evaluator *evaluator);

#endif
