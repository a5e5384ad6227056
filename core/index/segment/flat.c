#include "flat.h"

#include <math.h>
#include <stdlib.h>

#define PRIME_BLOCKS 3   /* that are looked at before all others */
#define PRIME_AMONG 1024 /* blocks at most */

/* ---- what kind of query it is --------------------------------------------------------------- */

typedef struct flat_shape {
    const ro_plan_node *node; /* the one that holds the words */
    double boost;             /* of all above it */
    bool certain;
} flat_shape;

static bool is_column(const ro_plan_node *node) {
    return node->kind == RO_MATCH_RANGE || node->kind == RO_MATCH_VALUE;
}

/* A column that adds to the score. */
static bool brings(const ro_plan_node *node) {
    return node->occur == RO_MUST && node->match->worth > 0;
}

static bool is_word(const ro_plan_node *node) {
    return node->kind == RO_MATCH_TERM && !node->exact;
}

static bool is_phrase(const ro_plan_node *node) {
    bool phrase = node->kind == RO_MATCH_PHRASE && node->child_count && !node->match->slop;
    for (size_t i = 0; phrase && i < node->child_count; i++) {
        phrase = is_word(&node->children[i]);
    }
    return phrase;
}

/* Goes down while only one thing is required, apart from filters on columns, which are taken out.
 * True when what is left is words, or a phrase of them. */
static bool find_shape(ro_finder *finder, flat_shape *shape) {
    ro_plan_node *node = finder->search->plan->root;
    *shape = (flat_shape){.boost = 1, .certain = true};
    while (node->kind == RO_MATCH_BOOL) {
        ro_plan_node *only = NULL;
        size_t others = 0;
        bool filtered = false;
        bool words = true;
        bool must = false;
        for (size_t i = 0; i < node->child_count; i++) {
            ro_plan_node *child = &node->children[i];
            if (is_column(child) && child->occur != RO_SHOULD && !brings(child)) {
                finder->filters[finder->filter_count++] = child;
                filtered |= child->occur != RO_MUST_NOT;
            } else if (child->occur == RO_MUST_NOT) {
                shape->certain = false;
            } else {
                only = child;
                others++;
                words &= is_word(child);
                must |= child->occur != RO_SHOULD;
            }
        }
        shape->boost *= node->boost;
        shape->node = node;
        if (others != 1 || only->occur != RO_MUST || is_word(only)) {
            return others && words && (must || !filtered);
        }
        node = only;
    }
    shape->node = node;
    return is_word(node) || is_phrase(node);
}

/* ---- lanes ---------------------------------------------------------------------------------- */

/* What a word may bring by standing close to heavier ones. */
static double extra_of(const ro_finder *finder, const ro_plan_node *node) {
    const ro_evaluator *evaluator = finder->search->evaluator;
    const ro_scorer *scorer = finder->search->scorer;
    for (size_t i = 0; i < evaluator->word_count; i++) {
        const ro_plan_node *word = evaluator->words[i];
        if (word->kind == RO_MATCH_TERM && !word->exact && word->term == node->term) {
            return scorer->rank.near_weight * ro_scorer_most(scorer) * word->weight * (double)i;
        }
    }
    return 0;
}

/* The lane of a word that was there before; one that scores does not stand in for a filter. */
static ro_lane *find_lane(const flat_search *flat, const ro_plan_node *node, double limit) {
    for (size_t i = 0; i < flat->count; i++) {
        ro_lane *lane = flat->lanes[i];
        if (lane->term == node->term && lane->fields == node->fields &&
            (flat->phrase || (lane->limit > 0) == (limit > 0))) {
            return lane;
        }
    }
    return NULL;
}

static ro_lane *new_lane(flat_search *flat, const ro_plan_node *node, double limit) {
    ro_finder *finder = flat->finder;
    const ro_leaf_search *search = finder->search;
    ro_lane *lane = ro_arena_alloc(finder->arena, sizeof *lane);
    if (!lane) {
        finder->status = RO_MEMORY;
        return NULL;
    }
    ro_lane_open(lane, search->segment, finder->lists[node->term], search->scorer, finder->table,
                 node->fields, limit, !flat->phrase);
    lane->term = node->term;
    finder->certain &= flat->phrase || node->fields == RO_FIELD_ANY;
    return flat->lanes[flat->count++] = lane;
}

/* A word that stands in the query more than once gets one lane. */
static bool add_lane(flat_search *flat, const ro_plan_node *node, double boost, bool required) {
    bool scores = node->occur == RO_MUST || node->occur == RO_SHOULD;
    double limit = boost * node->boost * node->weight;
    limit = scores ? limit * ro_scorer_most(flat->finder->search->scorer) : 0;
    ro_lane *lane = find_lane(flat, node, limit);
    if (lane) {
        ro_lane_add_limit(lane, limit);
    } else if (!(lane = new_lane(flat, node, limit))) {
        return false;
    }
    lane->required |= required;
    if (scores && !flat->phrase) {
        lane->extra = (float)extra_of(flat->finder, node);
        flat->paired |= lane->extra > 0;
    }
    return true;
}

/* Required ones first, the rarest before; then those that bring little for what they cost. */
static int by_use(const void *a, const void *b) {
    const ro_lane *x = *(ro_lane *const *)a;
    const ro_lane *y = *(ro_lane *const *)b;
    if (x->required != y->required || x->required) {
        return x->required != y->required
                   ? y->required - x->required
                   : (x->cursor.df > y->cursor.df) - (x->cursor.df < y->cursor.df);
    }
    float cost = (x->most + x->extra) * (float)y->cursor.df;
    float other = (y->most + y->extra) * (float)x->cursor.df;
    return (cost > other) - (cost < other);
}

/* The words of a phrase in order; those that stand in any field are placed by their lanes. */
static bool place_words(flat_search *flat, const ro_plan_node *node) {
    ro_arena *arena = flat->finder->arena;
    flat->word_count = node->child_count;
    flat->words = (ro_lane **)ro_arena_alloc_array(arena, node->child_count, sizeof(void *));
    flat->gaps = ro_arena_alloc_array(arena, node->child_count, sizeof *flat->gaps);
    if (!flat->words || !flat->gaps) {
        flat->finder->status = RO_MEMORY;
        return false;
    }
    flat->placed = true;
    for (size_t i = 0; i < node->child_count; i++) {
        const ro_plan_node *child = &node->children[i];
        ro_lane *lane = find_lane(flat, child, 0);
        size_t at = i;
        for (; at && flat->words[at - 1]->cursor.df > lane->cursor.df; at--) {
            flat->words[at] = flat->words[at - 1];
            flat->gaps[at] = flat->gaps[at - 1];
        }
        flat->words[at] = lane;
        flat->gaps[at] = child->match->gap - node->children[0].match->gap;
        flat->placed &= child->fields == RO_FIELD_ANY && flat->gaps[at] <= RO_SLOP_MAX;
    }
    return true;
}

static bool open_lanes(flat_search *flat, const flat_shape *shape) {
    ro_finder *finder = flat->finder;
    const ro_plan_node *node = shape->node;
    size_t count = node->child_count ? node->child_count : 1;
    flat->lanes = (ro_lane **)ro_arena_alloc_array(finder->arena, count, sizeof(void *));
    if (!flat->lanes) {
        finder->status = RO_MEMORY;
        return false;
    }
    flat->phrase = is_phrase(node);
    flat->limit =
        (float)(shape->boost * node->boost * node->weight * ro_scorer_most(finder->search->scorer));
    flat->half = (float)finder->search->scorer->rank.k1;
    if (is_word(node)) {
        (void)add_lane(flat, node, shape->boost, true);
    }
    for (size_t i = 0; i < node->child_count && !finder->status; i++) {
        const ro_plan_node *child = &node->children[i];
        if (is_word(child) && (flat->phrase || child->occur != RO_MUST_NOT)) {
            (void)add_lane(flat, child, shape->boost, flat->phrase || child->occur != RO_SHOULD);
        }
    }
    if (finder->status) {
        return false;
    }
    if (flat->phrase && !place_words(flat, node)) {
        return false;
    }
    qsort((void *)flat->lanes, flat->count, sizeof(void *), by_use);
    while (flat->required < flat->count && flat->lanes[flat->required]->required) {
        flat->required++;
    }
    return true;
}

/* ---- thresholds ----------------------------------------------------------------------------- */

float ro_flat_least(const flat_search *flat) {
    float least = flat->finder->least;
    if (flat->finder->counting) {
        return -1;
    }
    if (!flat->phrase || least <= 0) {
        return least;
    }
    return least < flat->limit ? flat->half * least / (flat->limit - least) : INFINITY;
}

/* Bounds the first blocks of a lane; which of them promise most, the best first. */
static uint32_t best_blocks(flat_search *flat, ro_lane *lane, uint32_t among,
                            uint32_t best[PRIME_BLOCKS]) {
    uint32_t count = 0;
    uint32_t blocks = lane->cursor.blocks < among ? lane->cursor.blocks : among;
    float *bounds = ro_arena_alloc_array(flat->finder->arena, blocks, sizeof *bounds);
    if (!bounds) {
        flat->finder->status = RO_MEMORY;
        return 0;
    }
    ro_lane_bound_blocks(lane, bounds, blocks);
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t at = count < PRIME_BLOCKS ? count++ : PRIME_BLOCKS;
        for (; at && bounds[best[at - 1]] < bounds[b]; at--) {
            if (at < PRIME_BLOCKS) {
                best[at] = best[at - 1];
            }
        }
        if (at < PRIME_BLOCKS) {
            best[at] = b;
        }
    }
    return count;
}

/* The documents of a block that may come among the best. */
static uint32_t reach_in_block(const flat_search *flat, ro_lane *lane, uint32_t block,
                               float scores[RO_PACK_RUN], uint32_t places[RO_PACK_RUN]) {
    (void)ro_cursor_enter(&lane->cursor, block);
    ro_lane_scores(lane, 0, lane->cursor.count, scores);
    return (uint32_t)ro_scores_reaching(scores, lane->cursor.count, flat->finder->least, places);
}

/* Any k documents tell what the k best get at least: those that a word alone brings most, in the
 * blocks that promise most. */
static void prime_with(flat_search *flat, ro_lane *lane) {
    ro_finder *finder = flat->finder;
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    uint32_t best[PRIME_BLOCKS];
    uint32_t count = best_blocks(flat, lane, PRIME_AMONG, best);
    ro_lane probe = *lane;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t reaching = reach_in_block(flat, &probe, best[i], scores, places);
        for (uint32_t d = 0; d < reaching; d++) {
            ro_finder_probe(finder, probe.cursor.docs[places[d]], scores[places[d]]);
        }
    }
    finder->low_count = 0; /* they will come again */
}

static void prime(flat_search *flat) {
    ro_finder *finder = flat->finder;
    size_t k = finder->search->top->k;
    ro_lane *best = NULL;
    if (!finder->lows || flat->phrase || flat->required > 1 ||
        (flat->required == 1 && flat->count > 1)) {
        return;
    }
    for (size_t i = 0; i < flat->count; i++) {
        ro_lane *lane = flat->lanes[i];
        if (lane->cursor.df >= k && (!best || lane->most > best->most)) {
            best = lane;
        }
    }
    if (best) {
        prime_with(flat, best);
    }
}

/* ---- documents ------------------------------------------------------------------------------ */

uint32_t ro_flat_piece(ro_lane *lane, uint32_t to, const uint32_t **docs, float *scores) {
    ro_cursor *cursor = &lane->cursor;
    if (lane->next > to) {
        return 0;
    }
    if (ro_cursor_advance(cursor, lane->next) > to) {
        lane->next = cursor->doc;
        return 0;
    }
    uint32_t from = cursor->place;
    uint32_t until = cursor->count;
    while (cursor->docs[until - 1] > to) {
        until--;
    }
    ro_lane_scores(lane, from, until, scores);
    *docs = cursor->docs + from;
    lane->next = cursor->docs[until - 1] + 1;
    return until - from;
}

void ro_flat_pass(ro_lane *lane, uint32_t from) {
    if (lane->next < from) {
        ro_cursor_shallow(&lane->cursor, from);
        lane->next = lane->cursor.doc == RO_NO_DOC ? RO_NO_DOC : from;
    }
}

void ro_flat_fill(flat_search *flat, ro_lane *lane, uint32_t to, float least) {
    const uint32_t *docs;
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    ro_candidates *found = &flat->found;
    uint32_t some;
    while ((some = ro_flat_piece(lane, to, &docs, scores)) > 0) {
        size_t reaching = ro_scores_reaching(scores, some, least - lane->extra, places);
        for (size_t i = 0; i < reaching; i++) {
            found->docs[found->count] = docs[places[i]];
            found->scores[found->count++] = scores[places[i]] + lane->extra;
        }
    }
}

float ro_flat_bound_at(ro_lane *lane, uint32_t doc) {
    ro_cursor_shallow(&lane->cursor, doc);
    if (lane->cursor.doc == RO_NO_DOC) {
        return 0;
    }
    if (lane->checked != lane->cursor.block) {
        lane->checked = lane->cursor.block;
        lane->checked_bound = ro_lane_block_bound(lane, lane->checked);
    }
    return lane->checked_bound;
}

void ro_flat_refine(flat_search *flat, ro_lane *lane, float rest, float least) {
    ro_candidates *found = &flat->found;
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        uint32_t doc = found->docs[i];
        float score = found->scores[i];
        if (lane->next <= doc && score + rest < least) {
            if (score + rest + lane->window < least ||
                score + rest + ro_flat_bound_at(lane, doc) < least) {
                continue;
            }
        }
        if (lane->next <= doc) {
            lane->next = ro_cursor_advance(&lane->cursor, doc);
        }
        if (lane->next == doc) {
            score += ro_lane_score(lane);
        } else if (lane->required) {
            continue;
        }
        found->docs[kept] = doc;
        found->scores[kept] = score;
        kept += score + rest >= least;
    }
    found->count = kept;
}

void ro_flat_hand_on(flat_search *flat) {
    const ro_candidates *found = &flat->found;
    for (size_t i = 0; i < found->count; i++) {
        ro_finder_take(flat->finder, found->docs[i], found->scores[i], found->scores[i]);
    }
    flat->found.count = 0;
}

/* ---- one word ------------------------------------------------------------------------------- */

static void take_block(flat_search *flat, uint32_t block) {
    ro_lane *lane = flat->lanes[0];
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    uint32_t reaching = reach_in_block(flat, lane, block, scores, places);
    for (uint32_t i = 0; i < reaching; i++) {
        float score = scores[places[i]];
        ro_finder_take(flat->finder, lane->cursor.docs[places[i]], score, score);
    }
}

/* Documents need not be counted one by one, or the word itself tells how many there are. */
static bool is_one_word(const flat_search *flat) {
    const ro_finder *finder = flat->finder;
    return flat->count == 1 && !flat->phrase && finder->lows && finder->plain &&
           flat->lanes[0]->cursor.df && (!finder->counting || !finder->search->live);
}

/* Blocks in any order: those that promise most first. */
static void take_word(flat_search *flat) {
    ro_finder *finder = flat->finder;
    bool counting = finder->counting;
    int64_t total = finder->search->total + flat->lanes[0]->cursor.df;
    ro_lane *lane = flat->lanes[0];
    uint32_t best[PRIME_BLOCKS];
    uint32_t count = best_blocks(flat, lane, UINT32_MAX, best);
    for (uint32_t i = 0; i < count; i++) {
        take_block(flat, best[i]);
        lane->bounds[best[i]] = -INFINITY;
    }
    for (uint32_t b = 0; b < lane->bound_count && lane->cursor.doc != RO_NO_DOC; b++) {
        if (lane->bounds[b] >= finder->least) {
            if (!ro_finder_goes_on(finder)) {
                return;
            }
            take_block(flat, b);
        }
    }
    if (counting) {
        finder->search->total = total;
        finder->counting = true;
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

static bool damage_of(const flat_search *flat) {
    for (size_t l = 0; l < flat->count; l++) {
        if (flat->lanes[l]->cursor.damaged && !flat->finder->status) {
            flat->finder->status = RO_DAMAGED;
        }
    }
    return true;
}

bool ro_flat_run(ro_finder *finder) {
    flat_shape shape;
    flat_search flat; /* too large to be cleared for every query */
    if (!find_shape(finder, &shape)) {
        finder->filter_count = 0;
        return false;
    }
    memset(&flat, 0, offsetof(flat_search, found));
    flat.finder = finder;
    flat.found.count = 0;
    finder->certain = shape.certain;
    if (!open_lanes(&flat, &shape)) {
        return true;
    }
    finder->plain &= !finder->filter_count;
    finder->certain &= !flat.phrase || flat.placed;
    if (!finder->certain || flat.paired) {
        finder->lows = NULL;
    }
    if (is_one_word(&flat)) {
        take_word(&flat);
        return damage_of(&flat);
    }
    prime(&flat);
    if (flat.required) {
        ro_flat_all(&flat);
    } else {
        ro_flat_any(&flat);
    }
    ro_buf_release(&flat.starts);
    ro_buf_release(&flat.more);
    return damage_of(&flat);
}
