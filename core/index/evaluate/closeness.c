/* Pairs of words that stand close together: the second sum of the formula of readout/rank.h. */
#include "evaluator.h"

#include <stdlib.h>

/* The words of a query: units that score and are one word. The same word twice forms no pair. */
static void gather_words(ro_evaluator *evaluator, ro_plan_node *node, double most) {
    bool word = node->kind == RO_MATCH_TERM || node->kind == RO_MATCH_ANY_OF;
    if (word && (double)node->frequency.df < most && node->weight > 0) {
        for (size_t i = 0; i < evaluator->word_count; i++) {
            const ro_plan_node *known = evaluator->words[i];
            if (node->kind == RO_MATCH_TERM && known->kind == RO_MATCH_TERM &&
                node->term == known->term && node->exact == known->exact) {
                return;
            }
        }
        evaluator->words[evaluator->word_count++] = node;
    }
    for (size_t i = 0; node->kind == RO_MATCH_BOOL && i < node->child_count; i++) {
        ro_occur occur = node->children[i].occur;
        if (occur == RO_MUST || occur == RO_SHOULD) {
            gather_words(evaluator, &node->children[i], most);
        }
    }
}

static int by_weight(const void *a, const void *b) {
    double x = (*(ro_plan_node *const *)a)->weight;
    double y = (*(ro_plan_node *const *)b)->weight;
    return (x < y) - (x > y);
}

ro_status ro_closeness_prepare(ro_evaluator *evaluator, ro_error *err) {
    const ro_scorer *scorer = evaluator->scorer;
    const ro_rank *rank = &scorer->rank;
    ro_plan *plan = evaluator->plan;
    evaluator->words =
        (ro_plan_node **)ro_arena_alloc_array(plan->arena, plan->node_count, sizeof(void *));
    if (!evaluator->words) {
        return ro_fail_memory(err);
    }
    if (rank->near_weight > 0 && rank->near_window > 0) {
        gather_words(evaluator, plan->root, rank->near_max_share * (double)scorer->articles);
        qsort((void *)evaluator->words, evaluator->word_count, sizeof(void *), by_weight);
    }
    return RO_OK;
}

/* y(a,b,d). Positions of different fields are further apart than any window. */
static double closeness(ro_evaluator *evaluator, ro_spans a, ro_spans b) {
    const ro_norms *norms = ro_evaluator_norms(evaluator);
    uint64_t window = evaluator->scorer->rank.near_window;
    size_t from = 0;
    double sum = 0;
    for (size_t i = 0; i < a.count && !ro_ticker_late(&evaluator->run.ticker, 1); i++) {
        uint64_t at = a.at[i].start;
        while (from < b.count && b.at[from].start + window < at) {
            (void)ro_ticker_late(&evaluator->run.ticker, 1);
            from++;
        }
        for (size_t j = from; j < b.count && b.at[j].start <= at + window; j++) {
            uint64_t other = b.at[j].start;
            if (other != at) {
                sum += norms->factor[at >> 32] / (double)(other < at ? at - other : other - at);
            }
        }
    }
    return sum;
}

double ro_closeness_score(ro_evaluator *evaluator) {
    double sum = 0;
    for (size_t i = 1; i < evaluator->word_count; i++) {
        ro_plan_node *lighter = evaluator->words[i];
        if (!ro_evaluator_may_occur(evaluator, lighter)) {
            continue;
        }
        for (size_t j = 0; j < i; j++) {
            if (ro_evaluator_may_occur(evaluator, evaluator->words[j])) {
                double y = closeness(evaluator, ro_spans_of(&evaluator->run, evaluator->words[j]),
                                     ro_spans_of(&evaluator->run, lighter));
                sum += lighter->weight * ro_scorer_saturate(evaluator->scorer, y);
            }
        }
    }
    return evaluator->scorer->rank.near_weight * sum;
}

/* Every pair of words that may occur, at its most: the lighter word's weight. */
double ro_closeness_bound(ro_evaluator *evaluator) {
    double sum = 0;
    double heavier = 0;
    for (size_t i = 0; i < evaluator->word_count; i++) {
        if (ro_evaluator_may_occur(evaluator, evaluator->words[i])) {
            sum += heavier * evaluator->words[i]->weight;
            heavier++;
        }
    }
    return evaluator->scorer->rank.near_weight * sum * ro_scorer_most(evaluator->scorer);
}
