/* Any tree, a document at a time. A node goes through the documents that may match it, which may be
 * more than do, and bounds what they get; the evaluator decides. What finds no documents (filters
 * on columns, what is forbidden) is left to it. */
#include "finder.h"
#include "lane.h"

#include <stdlib.h>

#define WINDOW 512 /* documents that are bounded together */

typedef enum walk_kind {
    WALK_NONE,  /* no document */
    WALK_EVERY, /* every document */
    WALK_WORD,  /* those of a lane */
    WALK_ANY,   /* those of any child */
    WALK_ALL    /* those of all children that are required */
} walk_kind;

/* How what the children get, at most, comes together. */
typedef enum walk_sum { SUM_ALL, SUM_LEAST, SUM_FIRST } walk_sum;

/* Words and units below the topmost have x of rank.h; units make that a score. */
typedef struct walk walk;
struct walk {
    walk_kind kind;
    walk_sum sum;
    bool required;
    bool saturates;    /* a unit: limit * x / (half + x) */
    float limit, half; /* of other nodes: limit is a factor */
    float worth;       /* what it brings besides */
    uint32_t doc;      /* the first that it may match, of those not behind */
    uint32_t cost;     /* how many it may match, about */
    ro_lane *lane;     /* of a word */
    walk *children;
    size_t count;
};

/* ---- making --------------------------------------------------------------------------------- */

static void make_word(ro_finder *finder, uint32_t term, unsigned fields, walk *out) {
    const ro_leaf_search *search = finder->search;
    *out = (walk){.kind = WALK_WORD, .limit = 1};
    out->lane = ro_arena_alloc(finder->arena, sizeof *out->lane);
    if (!out->lane) {
        finder->status = RO_MEMORY;
        *out = (walk){.kind = WALK_NONE};
        return;
    }
    ro_lane_open(out->lane, search->segment, finder->lists[term], search->scorer, finder->table,
                 fields, 0, false);
    out->cost = out->lane->cursor.df;
}

static bool make_children(ro_finder *finder, size_t count, walk_kind kind, walk *out) {
    *out = (walk){.kind = kind, .limit = 1, .count = count};
    out->children = ro_arena_alloc_array(finder->arena, count, sizeof *out->children);
    if (!out->children) {
        finder->status = RO_MEMORY;
    }
    if (!count || !out->children) {
        *out = (walk){.kind = WALK_NONE};
    }
    return out->count > 0;
}

static void make_unit(ro_finder *finder, const ro_plan_node *node, walk *out) {
    if (node->kind == RO_MATCH_TERM && !node->exact) {
        make_word(finder, node->term, node->fields, out);
        return;
    }
    if (node->kind == RO_MATCH_TERM) {
        if (make_children(finder, 2, WALK_ANY, out)) {
            make_word(finder, node->form, node->fields, &out->children[0]);
            make_word(finder, node->term, node->fields, &out->children[1]);
        }
        return;
    }
    bool any = node->kind == RO_MATCH_ANY_OF;
    if (make_children(finder, node->child_count, any ? WALK_ANY : WALK_ALL, out)) {
        for (size_t i = 0; i < node->child_count; i++) {
            make_unit(finder, &node->children[i], &out->children[i]);
            out->children[i].required = true;
        }
        /* How often a unit occurs is bounded by what evaluate.h says of frequencies. */
        if (node->kind == RO_MATCH_PHRASE) {
            out->sum = node->match->slop ? SUM_FIRST : SUM_LEAST;
        } else if (node->kind == RO_MATCH_NEAR && node->match->ordered) {
            out->sum = SUM_FIRST;
        }
    }
}

static void make(ro_finder *finder, const ro_plan_node *node, bool scores, walk *out);

static void make_bool(ro_finder *finder, const ro_plan_node *node, bool scores, walk *out) {
    size_t count = 0;
    bool required = false;
    for (size_t i = 0; i < node->child_count; i++) {
        ro_occur occur = node->children[i].occur;
        count += occur != RO_MUST_NOT;
        required |= occur == RO_MUST || occur == RO_FILTER;
    }
    if (!count) {
        *out = (walk){.kind = WALK_EVERY};
        return;
    }
    if (!make_children(finder, count, required ? WALK_ALL : WALK_ANY, out)) {
        return;
    }
    out->limit = (float)node->boost;
    walk *child = out->children;
    for (size_t i = 0; i < node->child_count; i++) {
        ro_occur occur = node->children[i].occur;
        if (occur != RO_MUST_NOT) {
            make(finder, &node->children[i], scores && occur != RO_FILTER, child);
            child->required = occur != RO_SHOULD;
            child++;
        }
    }
}

/* Required children first, the rarest before. */
static int by_cost(const void *a, const void *b) {
    const walk *x = a;
    const walk *y = b;
    if (x->required != y->required) {
        return y->required - x->required;
    }
    return (x->cost > y->cost) - (x->cost < y->cost);
}

static void sum_up(const ro_finder *finder, walk *out) {
    uint64_t sum = 0;
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < out->count; i++) {
        const walk *child = &out->children[i];
        sum += child->cost;
        least = child->required && child->cost < least ? child->cost : least;
    }
    if (out->kind == WALK_EVERY || sum > finder->search->segment->count) {
        sum = finder->search->segment->count;
    }
    if (out->kind != WALK_WORD) {
        out->cost = out->kind == WALK_ALL ? least : (uint32_t)sum;
    }
    if (out->sum != SUM_FIRST && out->count) {
        qsort(out->children, out->count, sizeof *out->children, by_cost);
    }
}

static void make(ro_finder *finder, const ro_plan_node *node, bool scores, walk *out) {
    const ro_scorer *scorer = finder->search->scorer;
    switch (node->kind) {
    case RO_MATCH_TERM:
    case RO_MATCH_ANY_OF:
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
        make_unit(finder, node, out);
        out->saturates = true;
        out->limit = (float)(node->boost * node->weight * ro_scorer_most(scorer));
        out->half = (float)scorer->rank.k1;
        break;
    case RO_MATCH_BOOL:
        make_bool(finder, node, scores, out);
        break;
    case RO_MATCH_NONE:
        *out = (walk){.kind = WALK_NONE};
        break;
    case RO_MATCH_RANGE:
    case RO_MATCH_VALUE:
        *out = (walk){.kind = WALK_EVERY};
        out->worth = scores ? (float)node->boost * node->match->worth : 0;
        break;
    case RO_MATCH_ALL:
        *out = (walk){.kind = WALK_EVERY};
        break;
    }
    out->limit = scores ? out->limit : 0;
    sum_up(finder, out);
}

/* ---- walking -------------------------------------------------------------------------------- */

static uint32_t advance(walk *node, uint32_t target);

static uint32_t advance_all(walk *node, uint32_t target) {
    for (size_t i = 0; i < node->count && node->children[i].required;) {
        uint32_t doc = advance(&node->children[i], target);
        i = doc == target ? i + 1 : 0;
        target = doc;
        if (doc == RO_NO_DOC) {
            break;
        }
    }
    return target;
}

/* The first document at `target` or after it; `target` never falls. */
static uint32_t advance(walk *node, uint32_t target) {
    uint32_t first = RO_NO_DOC;
    if (node->doc > target) {
        return node->doc;
    }
    switch (node->kind) {
    case WALK_NONE:
        break;
    case WALK_EVERY:
        first = target;
        break;
    case WALK_WORD:
        first = node->lane->next = ro_cursor_advance(&node->lane->cursor, target);
        break;
    case WALK_ANY:
        for (size_t i = 0; i < node->count; i++) {
            uint32_t doc = advance(&node->children[i], target);
            first = doc < first ? doc : first;
        }
        break;
    case WALK_ALL:
        first = advance_all(node, target);
        break;
    }
    return node->doc = first;
}

/* What documents in [from, to] get at most; with `from` == `to` by their frequencies. Neither ever
 * falls. */
static float bound(walk *node, uint32_t from, uint32_t to) {
    float sum = 0;
    if (node->kind == WALK_WORD && from < to) {
        sum = ro_lane_bound(node->lane, from, to);
    } else if (node->kind == WALK_WORD) {
        sum = advance(node, to) == to ? ro_lane_score(node->lane) : 0;
    }
    size_t count = node->sum == SUM_FIRST ? 1 : node->count;
    for (size_t i = 0; i < count && node->limit > 0; i++) {
        float child = bound(&node->children[i], from, to);
        bool add = i == 0 || node->sum == SUM_ALL;
        sum = add ? sum + child : (child < sum ? child : sum);
    }
    if (node->saturates && sum > 0) {
        sum /= node->half + sum;
    }
    return node->limit * sum + node->worth;
}

/* What all pairs of words bring at most. */
static float extra_of(const ro_finder *finder) {
    const ro_evaluator *evaluator = finder->search->evaluator;
    const ro_scorer *scorer = finder->search->scorer;
    double sum = 0;
    for (size_t i = 0; i < evaluator->word_count; i++) {
        sum += evaluator->words[i]->weight * (double)i;
    }
    return (float)(scorer->rank.near_weight * ro_scorer_most(scorer) * sum);
}

void ro_walk_run(ro_finder *finder) {
    const ro_leaf_search *search = finder->search;
    float extra = extra_of(finder);
    uint32_t bounded = 0; /* documents before have been bounded, and may come among the best */
    walk root;
    finder->certain = false;
    finder->lows = NULL;
    make(finder, search->plan->root, true, &root);
    uint32_t doc = advance(&root, 0);
    while (doc < search->segment->count && ro_finder_goes_on(finder)) {
        bool all = finder->counting || finder->least <= 0;
        if (!all && doc >= bounded) {
            bounded = doc + WINDOW;
            if (bound(&root, doc, bounded - 1) + extra < finder->least) {
                doc = advance(&root, bounded);
                continue;
            }
        }
        float most = finder->least > 0 ? bound(&root, doc, doc) + extra : 0;
        ro_finder_take(finder, doc, most, 0);
        doc = advance(&root, doc + 1);
    }
}
