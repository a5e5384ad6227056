#include "evaluator.h"

#include <stdlib.h>

static bool is_flat(const ro_plan *plan) {
    const ro_plan_node *root = plan->root;
    bool flat = root->kind == RO_MATCH_BOOL && root->child_count > 0;
    for (size_t i = 0; flat && i < root->child_count; i++) {
        const ro_plan_node *child = &root->children[i];
        flat = child->kind == RO_MATCH_TERM && child->occur == RO_SHOULD && !child->exact &&
               child->fields == plan->terms[child->term].fields;
    }
    return flat;
}

static int by_weight(const void *a, const void *b) {
    double x = ((const ro_flat_word *)a)->weight;
    double y = ((const ro_flat_word *)b)->weight;
    return (x < y) - (x > y);
}

static ro_status flatten(ro_evaluator *evaluator, ro_error *err) {
    const ro_plan_node *root = evaluator->plan->root;
    if (!is_flat(evaluator->plan)) {
        return RO_OK;
    }
    evaluator->flat =
        ro_arena_alloc_array(evaluator->plan->arena, root->child_count, sizeof *evaluator->flat);
    if (!evaluator->flat) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < root->child_count; i++) {
        ro_plan_node *child = &root->children[i];
        ro_flat_word *word = &evaluator->flat[evaluator->flat_count++];
        *word = (ro_flat_word){.term = child->term, .weight = child->weight};
        word->most = root->boost * child->boost * child->weight * ro_scorer_most(evaluator->scorer);
        for (size_t w = 0; w < evaluator->word_count; w++) {
            word->pairs |= evaluator->words[w] == child;
        }
    }
    qsort(evaluator->flat, evaluator->flat_count, sizeof *evaluator->flat, by_weight);
    return RO_OK;
}

ro_status ro_evaluator_make(ro_plan *plan, const ro_scorer *scorer, ro_deadline deadline,
                            ro_evaluator **out, ro_error *err) {
    *out = NULL;
    ro_evaluator *evaluator = ro_arena_alloc(plan->arena, sizeof *evaluator);
    ro_term_state *terms = ro_arena_alloc_array(plan->arena, plan->term_count, sizeof *terms);
    if (!evaluator || !terms) {
        return ro_fail_memory(err);
    }
    *evaluator = (ro_evaluator){.plan = plan, .scorer = scorer, .terms = terms};
    evaluator->run = (ro_span_run){.find = ro_evaluator_find,
                                   .context = evaluator,
                                   .stamp = 1,
                                   .ticker = {.deadline = deadline}};
    ro_status status = ro_closeness_prepare(evaluator, err);
    if (!status) {
        status = flatten(evaluator, err);
    }
    *out = status ? NULL : evaluator;
    return status;
}

void ro_evaluator_release(ro_evaluator *evaluator) {
    if (evaluator) {
        for (size_t i = 0; i < evaluator->plan->term_count; i++) {
            ro_buf_release(&evaluator->terms[i].positions);
        }
        ro_span_run_release(&evaluator->run);
    }
}

void ro_evaluator_next(ro_evaluator *evaluator, const ro_record *record,
                       const ro_postings *postings) {
    evaluator->record = record;
    evaluator->postings = postings;
    evaluator->list = (ro_list){NULL, 0};
    evaluator->run.stamp++;
}

void ro_evaluator_set_list(ro_evaluator *evaluator, ro_list list) {
    evaluator->list = list;
}

ro_status ro_evaluator_status(const ro_evaluator *evaluator) {
    return evaluator->run.failed ? RO_MEMORY : evaluator->run.ticker.late ? RO_DEADLINE : RO_OK;
}

void ro_evaluator_set_phrase(ro_evaluator *evaluator, const ro_plan_node *phrase,
                             const uint32_t tf[RO_FIELD_COUNT]) {
    evaluator->phrase = phrase;
    evaluator->phrase_of = evaluator->run.stamp;
    memcpy(evaluator->phrase_tf, tf, sizeof evaluator->phrase_tf);
}

static bool is_told(const ro_evaluator *evaluator, const ro_plan_node *node) {
    return evaluator->phrase == node && evaluator->phrase_of == evaluator->run.stamp;
}

static void add_count(ro_evaluator *evaluator, uint32_t term, unsigned fields,
                      uint32_t tf[RO_FIELD_COUNT]) {
    const uint32_t *count = ro_evaluator_count(evaluator, term);
    for (unsigned f = 0; f < RO_FIELD_COUNT; f++) {
        tf[f] += fields >> f & 1 ? count[f] : 0;
    }
}

/* Whether the term stands in one of the fields. */
static bool stands(ro_evaluator *evaluator, uint32_t term, unsigned fields) {
    if (!ro_evaluator_has(evaluator, term)) {
        return false;
    }
    if (fields == evaluator->plan->terms[term].fields) {
        return true;
    }
    uint32_t tf[RO_FIELD_COUNT] = {0};
    add_count(evaluator, term, fields, tf);
    return tf[0] || tf[1];
}

/* ---- matching ------------------------------------------------------------------------------- */

static bool all_match(ro_evaluator *evaluator, ro_plan_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        if (!ro_evaluator_node_matches(evaluator, &node->children[i])) {
            return false;
        }
    }
    return true;
}

static bool together_match(ro_evaluator *evaluator, ro_plan_node *node) {
    if (is_told(evaluator, node)) {
        return evaluator->phrase_tf[0] || evaluator->phrase_tf[1];
    }
    return all_match(evaluator, node) && ro_spans_of(&evaluator->run, node).count > 0;
}

static bool is_column(const ro_plan_node *node) {
    return node->kind == RO_MATCH_RANGE || node->kind == RO_MATCH_VALUE;
}

/* Filters are looked at first: they need no postings. */
static bool bool_matches(ro_evaluator *evaluator, ro_plan_node *node) {
    bool required = false;
    bool optional = false;
    for (int columns = 1; columns >= 0; columns--) {
        for (size_t i = 0; i < node->child_count; i++) {
            ro_plan_node *child = &node->children[i];
            if (is_column(child) != columns) {
                continue;
            }
            if (child->occur == RO_SHOULD) {
                optional = true;
            } else if (ro_evaluator_node_matches(evaluator, child) ==
                       (child->occur == RO_MUST_NOT)) {
                return false;
            } else if (child->occur != RO_MUST_NOT) {
                required = true;
            }
        }
    }
    if (required || !optional) {
        return true;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->children[i].occur == RO_SHOULD &&
            ro_evaluator_node_matches(evaluator, &node->children[i])) {
            return true;
        }
    }
    return false;
}

static bool any_matches(ro_evaluator *evaluator, ro_plan_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        if (ro_evaluator_node_matches(evaluator, &node->children[i])) {
            return true;
        }
    }
    return false;
}

/* Whether other forms of the word are in the document, and may be what its term counts. */
static bool has_variants(ro_evaluator *evaluator, const ro_plan_node *node) {
    bool any = false;
    for (size_t v = 0; !any && v < node->variant_count; v++) {
        any = ro_evaluator_has(evaluator, node->variants[v]);
    }
    return any;
}

/* Where other forms are, only positions tell. */
static bool exact_matches(ro_evaluator *evaluator, ro_plan_node *node) {
    return stands(evaluator, node->form, node->fields) ||
           (stands(evaluator, node->term, node->fields) &&
            (!has_variants(evaluator, node) || ro_spans_of(&evaluator->run, node).count > 0));
}

static bool is_allowed(const ro_plan_node *node, uint32_t id) {
    return id < node->allowed_count && node->allowed[id];
}

/* What has no value has the empty one. */
static bool list_matches(ro_list list, const ro_plan_node *node) {
    bool any = false;
    for (size_t i = 0; i < list.count; i++) {
        if (ro_listed_column(list.at[i]) == node->match->column) {
            any = true;
            if (is_allowed(node, ro_listed_id(list.at[i]))) {
                return true;
            }
        }
    }
    return !any && is_allowed(node, 0);
}

static bool column_matches(const ro_evaluator *evaluator, const ro_plan_node *node) {
    const ro_record *record = evaluator->record;
    if (node->kind == RO_MATCH_RANGE) {
        return record->published != RO_TIME_NONE && record->published >= node->match->from &&
               record->published < node->match->until;
    }
    switch (node->match->column) {
    case RO_COLUMN_SOURCE:
        return is_allowed(node, record->source);
    case RO_COLUMN_LANGUAGE:
        return is_allowed(node, record->language);
    default:
        return list_matches(evaluator->list, node);
    }
}

bool ro_evaluator_node_matches(ro_evaluator *evaluator, ro_plan_node *node) {
    switch (node->kind) {
    case RO_MATCH_ALL:
        return true;
    case RO_MATCH_NONE:
        return false;
    case RO_MATCH_TERM:
        return node->exact ? exact_matches(evaluator, node)
                           : stands(evaluator, node->term, node->fields);
    case RO_MATCH_ANY_OF:
        return any_matches(evaluator, node);
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
        return together_match(evaluator, node);
    case RO_MATCH_BOOL:
        return bool_matches(evaluator, node);
    case RO_MATCH_RANGE:
    case RO_MATCH_VALUE:
        return column_matches(evaluator, node);
    }
    return false;
}

/* As ro_closeness_bound, a pair brings at most what its lighter word weighs. */
static bool flat_matches(ro_evaluator *evaluator) {
    double most = 0;
    double pairs = 0;
    double heavier = 0;
    bool any = false;
    for (size_t i = 0; i < evaluator->flat_count; i++) {
        const ro_flat_word *word = &evaluator->flat[i];
        if (ro_evaluator_has(evaluator, word->term)) {
            any = true;
            most += word->most;
            pairs += word->pairs ? heavier * word->weight : 0;
            heavier += word->pairs;
        }
    }
    evaluator->flat_bound =
        most + pairs * evaluator->scorer->rank.near_weight * ro_scorer_most(evaluator->scorer);
    return any;
}

bool ro_evaluator_matches(ro_evaluator *evaluator) {
    if (evaluator->flat) {
        return flat_matches(evaluator);
    }
    return ro_evaluator_node_matches(evaluator, evaluator->plan->root);
}

/* ---- scores --------------------------------------------------------------------------------- */

const ro_norms *ro_evaluator_norms(ro_evaluator *evaluator) {
    if (evaluator->norms_of != evaluator->run.stamp) {
        evaluator->norms_of = evaluator->run.stamp;
        ro_scorer_norms(evaluator->scorer, evaluator->record, &evaluator->norms);
    }
    return &evaluator->norms;
}

void ro_evaluator_frequency(ro_evaluator *evaluator, ro_plan_node *node,
                            uint32_t tf[RO_FIELD_COUNT]) {
    if (node->kind == RO_MATCH_TERM && !node->exact) {
        add_count(evaluator, node->term, node->fields, tf);
    } else if (node->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < node->child_count; i++) {
            ro_evaluator_frequency(evaluator, &node->children[i], tf);
        }
    } else if (is_told(evaluator, node)) {
        tf[0] += evaluator->phrase_tf[0];
        tf[1] += evaluator->phrase_tf[1];
    } else {
        ro_spans spans = ro_spans_of(&evaluator->run, node);
        for (size_t i = 0; i < spans.count; i++) {
            tf[spans.at[i].start >> 32]++;
        }
    }
}

static bool is_unit(const ro_plan_node *node) {
    return node->kind == RO_MATCH_TERM || node->kind == RO_MATCH_ANY_OF ||
           node->kind == RO_MATCH_PHRASE || node->kind == RO_MATCH_NEAR;
}

static double unit_score(ro_evaluator *evaluator, ro_plan_node *node) {
    uint32_t tf[RO_FIELD_COUNT] = {0};
    ro_evaluator_frequency(evaluator, node, tf);
    return tf[0] || tf[1] ? node->boost * node->weight *
                                ro_scorer_term(evaluator->scorer, ro_evaluator_norms(evaluator), tf)
                          : 0;
}

double ro_evaluator_node_score(ro_evaluator *evaluator, ro_plan_node *node) {
    if (is_unit(node)) {
        return unit_score(evaluator, node);
    }
    if (is_column(node)) {
        return node->match->worth > 0 && column_matches(evaluator, node)
                   ? node->boost * (double)node->match->worth
                   : 0;
    }
    double sum = 0;
    for (size_t i = 0; node->kind == RO_MATCH_BOOL && i < node->child_count; i++) {
        ro_plan_node *child = &node->children[i];
        if (child->occur == RO_MUST ||
            (child->occur == RO_SHOULD &&
             (child->kind != RO_MATCH_BOOL || ro_evaluator_node_matches(evaluator, child)))) {
            sum += ro_evaluator_node_score(evaluator, child);
        }
    }
    return node->boost * sum;
}

bool ro_evaluator_may_occur(ro_evaluator *evaluator, const ro_plan_node *node) {
    if (node->kind == RO_MATCH_TERM) {
        return ro_evaluator_has(evaluator, node->term) ||
               (node->exact && ro_evaluator_has(evaluator, node->form));
    }
    bool all = node->kind != RO_MATCH_ANY_OF;
    for (size_t i = 0; i < node->child_count; i++) {
        if (ro_evaluator_may_occur(evaluator, &node->children[i]) != all) {
            return !all;
        }
    }
    return all;
}

/* The score with every unit that may occur at its most. */
static double bound(ro_evaluator *evaluator, const ro_plan_node *node) {
    if (is_unit(node)) {
        return ro_evaluator_may_occur(evaluator, node)
                   ? node->boost * node->weight * ro_scorer_most(evaluator->scorer)
                   : 0;
    }
    if (is_column(node)) {
        return node->boost * (double)node->match->worth;
    }
    double sum = 0;
    for (size_t i = 0; node->kind == RO_MATCH_BOOL && i < node->child_count; i++) {
        const ro_plan_node *child = &node->children[i];
        if (child->occur == RO_MUST || child->occur == RO_SHOULD) {
            sum += bound(evaluator, child);
        }
    }
    return node->boost * sum;
}

/* Rounding must not put a bound below the score it bounds. */
#define BOUND_SLACK (1 + 1e-12)

double ro_evaluator_bound(ro_evaluator *evaluator) {
    if (evaluator->flat) {
        return evaluator->flat_bound * BOUND_SLACK;
    }
    return (bound(evaluator, evaluator->plan->root) + ro_closeness_bound(evaluator)) * BOUND_SLACK;
}

double ro_evaluator_score(ro_evaluator *evaluator, double least) {
    double recency = ro_scorer_recency(evaluator->scorer, evaluator->record->published);
    double sum = ro_evaluator_node_score(evaluator, evaluator->plan->root);
    if (evaluator->word_count > 1 && (sum + ro_closeness_bound(evaluator)) * recency >= least) {
        sum += ro_closeness_score(evaluator);
    }
    return sum * recency;
}
