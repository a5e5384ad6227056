/* Any tree, a document at a time. A node goes through the documents that may match it, which may be
 * more than do, and bounds what they get; the evaluator decides. What finds no documents (filters
 * on columns, what is forbidden) is left to it. Of alternatives, those that together bring too
 * little to come among the best are only looked up in documents that others have brought
 * (MAXSCORE: see any.c). Words that count as one are added up together: see tally.h. */
#include "tally.h"

#include <stdlib.h>

#define WINDOW 512 /* documents that are bounded together */

typedef enum walk_kind {
    WALK_NONE,  /* no document */
    WALK_EVERY, /* every document */
    WALK_WORD,  /* those of a lane */
    WALK_TALLY, /* those of any word that is added up */
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
    float extra;       /* and by standing close to heavier words, where it occurs */
    uint32_t doc;      /* the first that it may match, of those not behind */
    uint32_t cost;     /* how many it may match, about */
    ro_lane *lane;     /* of a word */
    ro_tally *tally;   /* of words that count as one */
    walk *children;
    size_t count;
    /* Of the alternatives that documents come from. */
    float most, before; /* of each: what it, and all before it, bring at most */
    float need;         /* that documents are to get from them; 0: it does not matter yet */
    size_t first;       /* of those that can bring a document among the best */
};

/* ---- making --------------------------------------------------------------------------------- */

/* A word, or all words among alternatives. */
static void make_words(ro_finder *finder, const ro_plan_node *node, walk *out) {
    ro_tally *tally = ro_tally_make(finder, node);
    *out = (walk){.kind = WALK_NONE};
    if (!tally) {
        finder->status = RO_MEMORY;
    } else if (tally->count == 1 && tally->words[0]->times == 1) {
        *out = (walk){.kind = WALK_WORD, .limit = 1, .lane = &tally->words[0]->lane};
        out->cost = out->lane->cursor.df;
    } else if (tally->count) {
        *out = (walk){.kind = WALK_TALLY, .limit = 1, .tally = tally};
        out->cost = ro_tally_cost(tally);
    }
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

static void make_unit(ro_finder *finder, const ro_plan_node *node, walk *out);

static size_t count_phrases(const ro_plan_node *node) {
    size_t count = node->kind == RO_MATCH_PHRASE;
    for (size_t i = 0; node->kind == RO_MATCH_ANY_OF && i < node->child_count; i++) {
        count += count_phrases(&node->children[i]);
    }
    return count;
}

static walk *add_phrases(ro_finder *finder, const ro_plan_node *node, walk *to) {
    if (node->kind == RO_MATCH_PHRASE) {
        make_unit(finder, node, to++);
    }
    for (size_t i = 0; node->kind == RO_MATCH_ANY_OF && i < node->child_count; i++) {
        to = add_phrases(finder, &node->children[i], to);
    }
    return to;
}

/* Alternatives, of which the words are one child. */
static void make_alternatives(ro_finder *finder, const ro_plan_node *node, walk *out) {
    size_t phrases = count_phrases(node);
    if (!phrases) {
        make_words(finder, node, out);
    } else if (make_children(finder, phrases + 1, WALK_ANY, out)) {
        walk *words = add_phrases(finder, node, out->children);
        make_words(finder, node, words);
    }
}

static void make_unit(ro_finder *finder, const ro_plan_node *node, walk *out) {
    if (node->kind == RO_MATCH_TERM || node->kind == RO_MATCH_ANY_OF) {
        make_alternatives(finder, node, out);
    } else if (make_children(finder, node->child_count, WALK_ALL, out)) {
        for (size_t i = 0; i < node->child_count; i++) {
            make_unit(finder, &node->children[i], &out->children[i]);
            out->children[i].required = true;
        }
        /* How often a unit occurs is bounded by what evaluate.h says of frequencies. */
        if (node->kind == RO_MATCH_PHRASE) {
            out->sum = node->match->slop ? SUM_FIRST : SUM_LEAST;
        } else if (node->match->ordered) {
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
    if (out->kind != WALK_WORD && out->kind != WALK_TALLY) {
        out->cost = out->kind == WALK_ALL ? least : (uint32_t)sum;
    }
    if (out->sum != SUM_FIRST && out->count) {
        qsort(out->children, out->count, sizeof *out->children, by_cost);
    }
}

/* What all pairs of words bring at most; or one of them with heavier ones. */
static float extra_of(const ro_finder *finder, const ro_plan_node *word) {
    const ro_evaluator *evaluator = finder->search->evaluator;
    const ro_scorer *scorer = finder->search->scorer;
    double sum = 0;
    double heavier = 0;
    for (size_t i = 0; i < evaluator->word_count; i++) {
        if (ro_finder_holds(finder, evaluator->words[i])) {
            sum += !word || word == evaluator->words[i] ? evaluator->words[i]->weight * heavier : 0;
            heavier++;
        }
    }
    return (float)(scorer->rank.near_weight * ro_scorer_most(scorer) * sum);
}

static bool is_worth(const ro_finder *finder, const ro_plan_node *node) {
    size_t i = 0;
    while (i < finder->worth_count && finder->worths[i].column != node) {
        i++;
    }
    return i < finder->worth_count;
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
        out->extra = scores ? extra_of(finder, node) : 0;
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
        out->worth =
            scores && !is_worth(finder, node) ? (float)node->boost * node->match->worth : 0;
        break;
    case RO_MATCH_ALL:
        *out = (walk){.kind = WALK_EVERY};
        break;
    }
    out->limit = scores ? out->limit : 0;
    sum_up(finder, out);
}

/* Columns that add to the score of what is there without them are looked at in documents that may
 * come among the best with them. */
static void take_worths(ro_finder *finder) {
    ro_plan_node *root = finder->search->plan->root;
    bool required = false;
    for (size_t i = 0; i < root->child_count; i++) {
        ro_occur occur = root->children[i].occur;
        required |= occur == RO_MUST || occur == RO_FILTER;
    }
    for (size_t i = 0; required && root->kind == RO_MATCH_BOOL && i < root->child_count; i++) {
        ro_plan_node *child = &root->children[i];
        bool column = child->kind == RO_MATCH_RANGE || child->kind == RO_MATCH_VALUE;
        if (column && child->occur == RO_SHOULD) {
            float brings = (float)(root->boost * child->boost * (double)child->match->worth);
            finder->worths[finder->worth_count++] = (ro_worth){child, brings};
            finder->worth_most += brings > 0 ? brings : 0;
            finder->plain = false;
        }
    }
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
    case WALK_TALLY:
        first = ro_tally_advance(node->tally, target);
        break;
    case WALK_ANY:
        for (size_t i = node->first; i < node->count; i++) {
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

static float bound(walk *node, uint32_t from, uint32_t to);

/* What a document gets from the alternatives at most, as far as it takes to see that it is too
 * little. */
static float bound_any(walk *node, uint32_t doc) {
    float sum = 0;
    for (size_t i = node->count; i-- > 0;) {
        walk *child = &node->children[i];
        sum += bound(child, doc, doc);
        if (sum + child->before < node->need) {
            return sum + child->before;
        }
    }
    return sum;
}

static float bound_word(walk *node, uint32_t from, uint32_t to) {
    ro_lane *lane = node->lane;
    if (from > to) {
        return node->cost ? lane->most : 0;
    }
    if (from < to) {
        return ro_lane_bound(lane, from, to);
    }
    return advance(node, to) == to ? ro_lane_score(lane) : 0;
}

static float bound_tally(walk *node, uint32_t from, uint32_t to) {
    ro_tally *tally = node->tally;
    if (from > to) {
        return ro_tally_most(tally);
    }
    if (from < to) {
        return ro_tally_bound(tally, from, to);
    }
    return advance(node, to) == to ? ro_tally_x(tally, to) : 0;
}

/* What documents in [from, to] get at most; with `from` == `to` by their frequencies, with `from` >
 * `to` wherever they are. Neither ever falls. */
static float bound(walk *node, uint32_t from, uint32_t to) {
    if (node->need > 0 && from == to) {
        return bound_any(node, to);
    }
    float sum = node->kind == WALK_WORD    ? bound_word(node, from, to)
                : node->kind == WALK_TALLY ? bound_tally(node, from, to)
                                           : 0;
    size_t count = node->sum == SUM_FIRST ? 1 : node->count;
    for (size_t i = 0; i < count && node->limit > 0; i++) {
        float child = bound(&node->children[i], from, to);
        bool add = i == 0 || node->sum == SUM_ALL;
        sum = add ? sum + child : (child < sum ? child : sum);
    }
    bool occurs = sum > 0 || node->limit <= 0;
    if (node->saturates && sum > 0) {
        sum /= node->half + sum;
    }
    return node->limit * sum + node->worth + (occurs ? node->extra : 0);
}

static float most_of(walk *node) {
    return bound(node, 1, 0);
}

/* ---- alternatives --------------------------------------------------------------------------- */

/* Whether a group makes less of what its words get: what pairs of them bring it does not. */
static bool shrinks(const ro_plan_node *node) {
    bool less = node->kind == RO_MATCH_BOOL && node->boost < 1;
    for (size_t i = 0; !less && node->kind == RO_MATCH_BOOL && i < node->child_count; i++) {
        less = shrinks(&node->children[i]);
    }
    return less;
}

static void drop_extras(walk *node) {
    node->extra = 0;
    for (size_t i = 0; i < node->count; i++) {
        drop_extras(&node->children[i]);
    }
}

/* The only one that is required and not there in every document; NULL: there are more, or none. */
static walk *only_required(const walk *node) {
    walk *only = NULL;
    for (size_t i = 0; i < node->count && node->children[i].required; i++) {
        walk *child = &node->children[i];
        if (child->kind != WALK_EVERY && only) {
            return NULL;
        }
        only = child->kind != WALK_EVERY ? child : only;
    }
    return only;
}

/* The alternatives that all documents come from; NULL: there are none. */
static walk *find_driver(walk *root) {
    walk *node = root;
    while (node && node->kind == WALK_ALL && !node->saturates && node->limit == 1) {
        node = only_required(node);
    }
    return node && node->kind == WALK_ANY && !node->saturates && node->limit == 1 ? node : NULL;
}

/* Those that bring little for what they cost before. */
static int by_use(const void *a, const void *b) {
    const walk *x = a;
    const walk *y = b;
    float cost = x->most * (float)y->cost;
    float other = y->most * (float)x->cost;
    return (cost > other) - (cost < other);
}

static void prepare_driver(walk *driver) {
    float sum = 0;
    for (size_t i = 0; i < driver->count; i++) {
        driver->children[i].most = most_of(&driver->children[i]);
    }
    qsort(driver->children, driver->count, sizeof *driver->children, by_use);
    for (size_t i = 0; i < driver->count; i++) {
        driver->children[i].before = sum;
        sum += driver->children[i].most;
    }
}

/* What documents get at most besides what the alternatives bring. */
static float rest_of(walk *root, walk *driver) {
    float limit = driver->limit;
    driver->limit = 0;
    float rest = most_of(root);
    driver->limit = limit;
    return rest;
}

/* False: no document comes among the best any more. */
static bool leave_out(walk *driver, float need) {
    driver->need = need;
    while (driver->first < driver->count) {
        const walk *child = &driver->children[driver->first];
        if (child->before + child->most >= need) {
            return true;
        }
        driver->first++;
    }
    return false;
}

/* Where the next window begins, from `doc` on, in which a document may get `least`. */
static uint32_t pass_windows(ro_finder *finder, walk *root, uint32_t doc, float least) {
    uint32_t count = finder->search->segment->count;
    while (doc < count && bound(root, doc, doc + WINDOW - 1) < least && ro_finder_goes_on(finder)) {
        doc += WINDOW;
    }
    return doc;
}

void ro_walk_run(ro_finder *finder) {
    const ro_leaf_search *search = finder->search;
    float extra = 0;
    uint32_t bounded = 0; /* documents before have been bounded, and may come among the best */
    walk root;
    finder->certain = false;
    finder->lows = NULL;
    take_worths(finder);
    make(finder, search->plan->root, true, &root);
    if (shrinks(search->plan->root)) {
        drop_extras(&root);
        extra = extra_of(finder, NULL);
    }
    walk *driver = find_driver(&root);
    float rest = driver ? rest_of(&root, driver) + extra + finder->worth_most : 0;
    if (driver) {
        prepare_driver(driver);
    }
    uint32_t doc = advance(&root, 0);
    while (doc < search->segment->count && ro_finder_goes_on(finder)) {
        bool all = finder->counting || finder->least <= 0;
        if (!all && driver && !leave_out(driver, finder->least - rest)) {
            return;
        }
        float least = finder->least - extra - finder->worth_most; /* that they get by the rest */
        if (!all && doc >= bounded) {
            uint32_t from = pass_windows(finder, &root, doc, least);
            bounded = from + WINDOW;
            if (from > doc) {
                doc = advance(&root, from);
                continue;
            }
        }
        float most = finder->least > 0 ? bound(&root, doc, doc) : 0;
        if (all || most >= least) {
            ro_finder_take(finder, doc, most + extra, 0, NULL);
        }
        doc = advance(&root, doc + 1);
    }
}
