#include "plan.h"
#include "snapshot.h"
#include "table.h"

/* What is in hand while a plan is made. */
typedef struct planner {
    ro_plan *plan;
    ro_lexicon *lexicon;
    ro_snapshot *snapshot;
    const ro_scorer *scorer;
    ro_table known; /* uint32_t: indexes of the plan's terms, in its arena */
    size_t variants_left;
} planner;

static ro_status check_caps(const ro_match *match, size_t depth, size_t *terms, size_t *nodes,
                            ro_error *err) {
    if (depth > RO_MATCH_DEPTH_MAX) {
        return ro_fail(err, RO_LIMIT, "the query is nested deeper than %d", RO_MATCH_DEPTH_MAX);
    }
    *terms += match->kind == RO_MATCH_TERM;
    if (*terms > RO_MATCH_TERMS_MAX) {
        return ro_fail(err, RO_LIMIT, "the query has more than %d terms", RO_MATCH_TERMS_MAX);
    }
    if (++*nodes > RO_PLAN_NODES_MAX) {
        return ro_fail(err, RO_LIMIT, "the query has more than %d parts", RO_PLAN_NODES_MAX);
    }
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < match->child_count; i++) {
        status = check_caps(match->children[i], depth + 1, terms, nodes, err);
    }
    return status;
}

static ro_status add_term(planner *p, ro_str key, unsigned fields, int64_t df, uint32_t *index,
                          ro_error *err) {
    ro_plan *plan = p->plan;
    uint64_t hash = ro_str_hash(key);
    if (!ro_table_reserve(&p->known)) {
        return ro_fail_memory(err);
    }
    for (size_t at = ro_table_start(&p->known, hash); p->known.slots[at].item;
         at = ro_table_next(&p->known, at)) {
        *index = *(const uint32_t *)p->known.slots[at].item;
        if (ro_str_equal(plan->terms[*index].key, key)) {
            plan->terms[*index].fields |= fields;
            return RO_OK;
        }
    }
    if (plan->term_count == plan->term_capacity) {
        size_t capacity = plan->term_capacity ? plan->term_capacity * 2 : 16;
        ro_plan_term *grown = ro_arena_alloc_array(plan->arena, capacity, sizeof *grown);
        if (!grown) {
            return ro_fail_memory(err);
        }
        if (plan->term_count) {
            memcpy(grown, plan->terms, plan->term_count * sizeof *grown);
        }
        plan->terms = grown;
        plan->term_capacity = capacity;
    }
    uint32_t *number = ro_arena_alloc(plan->arena, sizeof *number);
    if (!number) {
        return ro_fail_memory(err);
    }
    *number = *index = (uint32_t)plan->term_count;
    plan->terms[plan->term_count++] = (ro_plan_term){key, fields, df};
    ro_table_add(&p->known, hash, number);
    return RO_OK;
}

static ro_status add_form(planner *p, ro_str form, unsigned fields, uint32_t *index,
                          ro_error *err) {
    ro_frequency as_stem;
    ro_frequency as_form;
    ro_str key = ro_arena_printf(p->plan->arena, "=%.*s", RO_STR_ARG(form));
    if (!key.ptr) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_lexicon_find(p->lexicon, form, &as_stem, &as_form, err);
    return status ? status : add_term(p, key, fields, as_form.df, index, err);
}

/* A form that equals its stem is posted as the stem only; so it stands where the stem does and no
 * other form of it. Forms of several languages may need both readings. */
static ro_status plan_exact(planner *p, ro_plan_node *node, ro_error *err) {
    ro_str form = node->match->term;
    ro_str *variants;
    ro_status status = add_form(p, form, node->fields, &node->form, err);
    if (!status) {
        size_t max = p->variants_left < RO_VARIANTS_MAX ? p->variants_left : RO_VARIANTS_MAX;
        status = ro_lexicon_variants(p->lexicon, form, max, p->plan->arena, &variants,
                                     &node->variant_count, err);
        p->variants_left -= node->variant_count;
    }
    if (!status) {
        node->variants =
            ro_arena_alloc_array(p->plan->arena, node->variant_count, sizeof *node->variants);
        status = node->variants ? RO_OK : ro_fail_memory(err);
    }
    for (size_t i = 0; !status && i < node->variant_count; i++) {
        status = add_form(p, variants[i], node->fields, &node->variants[i], err);
    }
    node->exact = true;
    return status;
}

static ro_status plan_term(planner *p, ro_plan_node *node, ro_error *err) {
    ro_frequency as_stem;
    ro_frequency as_form;
    ro_str term = node->match->term;
    ro_status status = ro_lexicon_find(p->lexicon, term, &as_stem, &as_form, err);
    if (!status) {
        status = add_term(p, term, node->fields, as_stem.df, &node->term, err);
    }
    if (!status && node->match->exact) {
        status = plan_exact(p, node, err);
    }
    node->frequency = node->match->exact ? as_form : as_stem;
    node->weight = ro_scorer_weight(p->scorer, node->frequency.df, node->frequency.cf);
    return status;
}

static ro_status plan_values(planner *p, ro_plan_node *node, ro_error *err) {
    const ro_match *match = node->match;
    const ro_dictionary *dictionary;
    ro_dictionary_name which = ro_dictionary_of(match->column);
    if (which == RO_DICTIONARY_NONE) {
        return ro_fail(err, RO_INVALID, "dates have ranges, not values");
    }
    ro_status status = ro_snapshot_dictionary(p->snapshot, which, &dictionary, err);
    if (status) {
        return status;
    }
    p->plan->lists |= match->column > RO_COLUMN_LANGUAGE;
    if (match->column == RO_COLUMN_PUBLISHED) {
        return ro_fail(err, RO_INVALID, "dates are compared by range, not by value");
    }
    node->allowed_count = dictionary->count ? dictionary->count : 1;
    node->allowed = ro_arena_alloc_array(p->plan->arena, node->allowed_count, sizeof(bool));
    if (!node->allowed) {
        return ro_fail_memory(err);
    }
    for (size_t id = 1; !match->value_count && id < node->allowed_count; id++) {
        node->allowed[id] = true;
    }
    for (size_t i = 0; i < match->value_count; i++) {
        uint32_t id = ro_dictionary_find(dictionary, match->values[i]);
        if (id || !match->values[i].len) {
            node->allowed[id] = true;
        }
    }
    return RO_OK;
}

/* Statistics of a node from its children's: alternatives are as common as the commonest; words that
 * must all stand together add their weights, as if each matched by itself. */
static void sum_up(ro_plan_node *node) {
    bool any_of = node->kind == RO_MATCH_ANY_OF;
    for (size_t i = 0; i < node->child_count; i++) {
        const ro_plan_node *child = &node->children[i];
        bool commoner = child->frequency.df > node->frequency.df;
        if (!i || commoner == any_of) {
            node->frequency = child->frequency;
        }
        if (!any_of) {
            node->weight += child->weight;
        } else if (!i || commoner) {
            node->weight = child->weight;
        }
    }
}

static const unsigned allowed_children[] = {
    [RO_MATCH_ANY_OF] = 1u << RO_MATCH_TERM | 1u << RO_MATCH_ANY_OF | 1u << RO_MATCH_PHRASE,
    [RO_MATCH_PHRASE] = 1u << RO_MATCH_TERM | 1u << RO_MATCH_ANY_OF,
    [RO_MATCH_NEAR] = 1u << RO_MATCH_TERM | 1u << RO_MATCH_ANY_OF | 1u << RO_MATCH_PHRASE,
    [RO_MATCH_BOOL] = ~0u,
    [RO_MATCH_VALUE] = 0};

static ro_status plan_node(planner *p, const ro_match *match, ro_plan_node *node, ro_error *err);

static ro_status plan_children(planner *p, ro_plan_node *node, ro_error *err) {
    const ro_match *match = node->match;
    node->children =
        ro_arena_alloc_array(p->plan->arena, match->child_count, sizeof *node->children);
    if (!node->children) {
        return ro_fail_memory(err);
    }
    node->child_count = match->child_count;
    if (match->kind == RO_MATCH_NEAR && match->child_count > RO_NEAR_CHILDREN_MAX) {
        return ro_fail(err, RO_LIMIT, "a NEAR has more than %d parts", RO_NEAR_CHILDREN_MAX);
    }
    for (size_t i = 0; i < match->child_count; i++) {
        const ro_match *child = match->children[i];
        if (!(allowed_children[match->kind] >> child->kind & 1)) {
            return ro_fail(err, RO_INVALID, "a match of kind %d cannot stand in one of kind %d",
                           (int)child->kind, (int)match->kind);
        }
        if (match->kind == RO_MATCH_PHRASE &&
            (child->gap > RO_SLOP_MAX || (i && child->gap < match->children[i - 1]->gap))) {
            return ro_fail(err, RO_INVALID, "the words of a phrase are not in order");
        }
        ro_status status = plan_node(p, child, &node->children[i], err);
        if (status) {
            return status;
        }
    }
    if (match->kind != RO_MATCH_BOOL) {
        sum_up(node);
    }
    return RO_OK;
}

static ro_status plan_node(planner *p, const ro_match *match, ro_plan_node *node, ro_error *err) {
    *node = (ro_plan_node){.kind = match->kind,
                           .occur = match->occur,
                           .match = match,
                           .fields = match->fields & RO_FIELD_ANY,
                           .boost = match->boost};
    if (!(match->boost >= 0)) {
        return ro_fail(err, RO_INVALID, "a boost is negative");
    }
    switch (match->kind) {
    case RO_MATCH_TERM:
        return plan_term(p, node, err);
    case RO_MATCH_VALUE:
        return plan_values(p, node, err);
    case RO_MATCH_ANY_OF:
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
    case RO_MATCH_BOOL:
        return plan_children(p, node, err);
    case RO_MATCH_RANGE:
        if (match->column != RO_COLUMN_PUBLISHED) {
            return ro_fail(err, RO_INVALID, "only dates have ranges");
        }
        return RO_OK;
    default:
        return RO_OK;
    }
}

ro_status ro_plan_make(const ro_match *match, const ro_plan_source *source, ro_arena *arena,
                       ro_plan *out, ro_error *err) {
    size_t terms = 0;
    size_t nodes = 0;
    *out = (ro_plan){.arena = arena};
    planner p = {.plan = out,
                 .lexicon = source->lexicon,
                 .snapshot = source->snapshot,
                 .scorer = source->scorer,
                 .variants_left = RO_PLAN_VARIANTS_MAX};
    ro_status status = check_caps(match, 1, &terms, &nodes, err);
    if (!status) {
        out->root = ro_arena_alloc(arena, sizeof *out->root);
        status = out->root ? plan_node(&p, match, out->root, err) : ro_fail_memory(err);
    }
    out->node_count = nodes;
    ro_table_release(&p.known);
    return status;
}

static void release_node(ro_plan_node *node) {
    ro_buf_release(&node->spans);
    for (size_t i = 0; i < node->child_count; i++) {
        release_node(&node->children[i]);
    }
}

void ro_plan_release(ro_plan *plan) {
    if (plan->root) {
        release_node(plan->root);
        plan->root = NULL;
    }
}
