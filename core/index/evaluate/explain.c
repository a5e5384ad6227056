/* How a score came about, as JSON. */
#include "evaluator.h"

static json_t *explain_node(ro_evaluator *evaluator, ro_plan_node *node);

/* The node's score under the name `what`, which is released. */
static json_t *leaf(ro_evaluator *evaluator, ro_plan_node *node, ro_buf *what) {
    json_t *json = what->failed ? NULL
                                : json_pack("{s:f, s:s%, s:[]}", "value",
                                            ro_evaluator_node_score(evaluator, node), "what",
                                            what->ptr, what->len, "parts");
    ro_buf_release(what);
    return json;
}

static json_t *explain_unit(ro_evaluator *evaluator, ro_plan_node *node) {
    uint32_t tf[RO_FIELD_COUNT] = {0};
    ro_buf what = RO_BUF_INIT;
    ro_evaluator_frequency(evaluator, node, tf);
    ro_match_print(node->match, &what);
    ro_buf_printf(&what, ": %u in title, %u in body, weight %.3g (in %lld of %lld articles)", tf[0],
                  tf[1], node->weight * node->boost, (long long)node->frequency.df,
                  (long long)evaluator->scorer->articles);
    return leaf(evaluator, node, &what);
}

static json_t *explain_bool(ro_evaluator *evaluator, ro_plan_node *node) {
    json_t *parts = json_array();
    int failed = parts == NULL;
    for (size_t i = 0; i < node->child_count; i++) {
        ro_plan_node *child = &node->children[i];
        if ((child->occur == RO_MUST || child->occur == RO_SHOULD) &&
            ro_evaluator_node_matches(evaluator, child)) {
            failed |= json_array_append_new(parts, explain_node(evaluator, child));
        }
    }
    if (failed) {
        json_decref(parts);
        return NULL;
    }
    return json_pack("{s:f, s:s, s:o}", "value", ro_evaluator_node_score(evaluator, node), "what",
                     "sum of", "parts", parts);
}

static json_t *explain_column(ro_evaluator *evaluator, ro_plan_node *node) {
    ro_buf what = RO_BUF_INIT;
    ro_match_print(node->match, &what);
    return leaf(evaluator, node, &what);
}

static json_t *explain_node(ro_evaluator *evaluator, ro_plan_node *node) {
    switch (node->kind) {
    case RO_MATCH_TERM:
    case RO_MATCH_ANY_OF:
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
        return explain_unit(evaluator, node);
    case RO_MATCH_BOOL:
        return explain_bool(evaluator, node);
    case RO_MATCH_RANGE:
    case RO_MATCH_VALUE:
        return explain_column(evaluator, node);
    default:
        return json_pack("{s:f, s:s, s:[]}", "value", 0.0, "what", "matches without a score",
                         "parts");
    }
}

json_t *ro_evaluator_explain(ro_evaluator *evaluator) {
    double recency = ro_scorer_recency(evaluator->scorer, evaluator->record->published);
    json_t *tree = explain_node(evaluator, evaluator->plan->root);
    json_t *words = json_pack("{s:f, s:s, s:[]}", "value", ro_closeness_score(evaluator), "what",
                              "words of the query close together", "parts");
    json_t *age = json_pack("{s:f, s:s, s:[]}", "value", recency, "what",
                            "factor for the age of the article", "parts");
    json_t *json = json_pack("{s:f, s:s, s:[o, o, o]}", "value", ro_evaluator_score(evaluator, 0),
                             "what", "(terms + closeness) * age", "parts", tree, words, age);
    return ro_evaluator_status(evaluator) ? (json_decref(json), NULL) : json;
}
