/* Words, and phrases of words, in windows: stretches of documents that are looked at together.
 *
 * For each window the blocks tell what every word brings there at most. Words that together cannot
 * bring a document among the best need not be looked up but in documents that others have brought
 * (MAXSCORE: Turtle, Flood, "Query Evaluation: Strategies and Optimizations", 1995; by blocks:
 * Ding, Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", 2011). */
#include "finder.h"
#include "lane.h"

#include <math.h>
#include <stdlib.h>

#define PRIME_BLOCKS 3   /* that are looked at before all others */
#define PRIME_AMONG 1024 /* blocks at most */
#define WINDOW_MIN 512   /* documents, when several words are needed */

typedef struct flat_search {
    ro_finder *finder;
    ro_lane **lanes; /* required ones first, the rarest first; then those that cost most */
    size_t count, required;
    bool phrase;       /* a document has x of rank.h for the least of its words */
    float limit, half; /* it then gets limit * x / (half + x) */
    bool paired;       /* words bring more when they stand close together */
    bool summed;       /* sums[] and seen[] are clear */
    ro_candidates found;
    float sums[RO_WINDOW];
    uint64_t seen[RO_WINDOW / 64];
} flat_search;

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
    shape->certain &= is_word(node);
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
            (lane->limit > 0) == (limit > 0)) {
            return lane;
        }
    }
    return NULL;
}

static ro_lane *new_lane(flat_search *flat, const ro_plan_node *node, double limit) {
    ro_finder *finder = flat->finder;
    const ro_leaf_search *search = finder->search;
    const ro_plan_term *term = &search->plan->terms[node->term];
    ro_lane *lane = ro_arena_alloc(finder->arena, sizeof *lane);
    if (!lane) {
        finder->status = RO_MEMORY;
        return NULL;
    }
    ro_lane_open(lane, search->segment, ro_segment_term(search->segment, term->key), search->scorer,
                 finder->table, node->fields, limit, !flat->phrase);
    lane->term = node->term;
    finder->certain &= node->fields == RO_FIELD_ANY;
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
    qsort((void *)flat->lanes, flat->count, sizeof(void *), by_use);
    while (flat->required < flat->count && flat->lanes[flat->required]->required) {
        flat->required++;
    }
    return true;
}

/* ---- thresholds ----------------------------------------------------------------------------- */

/* What the sum of the lanes, or the least of them, must come to. */
static float least_of(const flat_search *flat) {
    float least = flat->finder->least;
    if (!flat->phrase || least <= 0) {
        return least;
    }
    return least < flat->limit ? flat->half * least / (flat->limit - least) : INFINITY;
}

static float combine(const flat_search *flat, float a, float b) {
    return flat->phrase ? (a < b ? a : b) : a + b;
}

/* Any k documents tell what the k best get at least: those that a word alone brings most, in the
 * blocks that promise most. */
static void prime_with(flat_search *flat, const ro_lane *lane) {
    ro_finder *finder = flat->finder;
    uint32_t best[PRIME_BLOCKS];
    float bounds[PRIME_BLOCKS];
    float scores[RO_PACK_RUN];
    uint32_t count = 0;
    uint32_t blocks = lane->cursor.blocks < PRIME_AMONG ? lane->cursor.blocks : PRIME_AMONG;
    for (uint32_t b = 0; b < blocks; b++) {
        float bound = ro_lane_block_bound(lane, b);
        uint32_t at = count < PRIME_BLOCKS ? count++ : PRIME_BLOCKS - 1;
        if (at == b || bound > bounds[at]) {
            for (; at && bounds[at - 1] < bound; at--) {
                bounds[at] = bounds[at - 1];
                best[at] = best[at - 1];
            }
            bounds[at] = bound;
            best[at] = b;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        ro_lane probe = *lane;
        ro_lane_enter_block(&probe, best[i]);
        ro_lane_scores(&probe, 0, probe.cursor.count, scores);
        for (uint32_t d = 0; d < probe.cursor.count; d++) {
            ro_finder_probe(finder, probe.cursor.docs[d], scores[d]);
        }
    }
    finder->low_count = 0; /* they will come again */
}

static void prime(flat_search *flat) {
    ro_finder *finder = flat->finder;
    size_t k = finder->search->top->k;
    const ro_lane *best = NULL;
    if (!finder->lows || flat->required > 1 || (flat->required == 1 && flat->count > 1)) {
        return;
    }
    for (size_t i = 0; i < flat->count; i++) {
        const ro_lane *lane = flat->lanes[i];
        if (lane->cursor.df >= k && (!best || lane->most > best->most)) {
            best = lane;
        }
    }
    if (best) {
        prime_with(flat, best);
    }
}

/* ---- windows -------------------------------------------------------------------------------- */

/* The scores of the lane's next documents up to `to`, all of one block, which are then behind it;
 * how many. */
static uint32_t take_piece(ro_lane *lane, uint32_t to, const uint32_t **docs, float *scores) {
    ro_cursor *cursor = &lane->cursor;
    if (lane->next > to || ro_cursor_advance(cursor, lane->next) > to) {
        lane->next = lane->next > to ? lane->next : cursor->doc;
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

static void pass_over(ro_lane *lane, uint32_t from) {
    if (lane->next < from) {
        ro_cursor_shallow(&lane->cursor, from);
        lane->next = lane->cursor.doc == RO_NO_DOC ? RO_NO_DOC : from;
    }
}

/* Makes what the lane has up to `to` the documents found. */
static void fill(flat_search *flat, ro_lane *lane, uint32_t to) {
    const uint32_t *docs;
    ro_candidates *found = &flat->found;
    uint32_t some;
    while ((some = take_piece(lane, to, &docs, found->scores + found->count)) > 0) {
        memcpy(found->docs + found->count, docs, some * sizeof *docs);
        for (uint32_t i = 0; lane->extra > 0 && i < some; i++) {
            found->scores[found->count + i] += lane->extra;
        }
        found->count += some;
    }
}

/* The same for many lanes: their scores are added up by document. */
static void fill_all(flat_search *flat, size_t first, uint32_t from, uint32_t to) {
    float scores[RO_PACK_RUN];
    const uint32_t *docs;
    uint32_t some;
    if (!flat->summed) {
        memset(flat->sums, 0, sizeof flat->sums);
        memset(flat->seen, 0, sizeof flat->seen);
        flat->summed = true;
    }
    for (size_t l = first; l < flat->count; l++) {
        ro_lane *lane = flat->lanes[l];
        while ((some = take_piece(lane, to, &docs, scores)) > 0) {
            for (uint32_t i = 0; i < some; i++) {
                uint32_t at = docs[i] - from;
                flat->sums[at] += scores[i] + lane->extra;
                flat->seen[at / 64] |= UINT64_C(1) << (at % 64);
            }
        }
    }
}

static void gather(flat_search *flat, uint32_t from, uint32_t to, float least) {
    ro_candidates *found = &flat->found;
    for (uint32_t w = 0; w <= (to - from) / 64; w++) {
        for (uint64_t bits = flat->seen[w]; bits; bits &= bits - 1) {
            uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(bits);
            found->docs[found->count] = from + at;
            found->scores[found->count] = flat->sums[at];
            found->count += flat->sums[at] >= least;
            flat->sums[at] = 0;
        }
        flat->seen[w] = 0;
    }
}

/* Looks a lane up in the documents found. `with` and `without` bound what they can still get before
 * and after. Those that fall short, or lack a required word, are dropped. */
static void refine(flat_search *flat, ro_lane *lane, float with, float without, float least) {
    ro_candidates *found = &flat->found;
    ro_cursor *cursor = &lane->cursor;
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        uint32_t doc = found->docs[i];
        float score = found->scores[i];
        if (combine(flat, score, with) < least) {
            continue;
        }
        if (lane->next <= doc) {
            lane->next = ro_cursor_advance(cursor, doc);
        }
        if (lane->next == doc) {
            score = combine(flat, score, ro_lane_score(lane));
        } else if (lane->required) {
            continue;
        }
        found->docs[kept] = doc;
        found->scores[kept] = score;
        kept += combine(flat, score, without) >= least;
    }
    found->count = kept;
}

static void hand_on(flat_search *flat) {
    ro_finder *finder = flat->finder;
    ro_candidates *found = &flat->found;
    bool exact = finder->search->exact;
    for (size_t i = 0; i < found->count; i++) {
        float score = found->scores[i];
        if (flat->phrase) {
            score = flat->limit * score / (flat->half + score);
        }
        if (exact || score >= finder->least) {
            ro_finder_take(finder, found->docs[i], score, score);
        }
    }
    found->count = 0;
}

/* ---- any of the words ----------------------------------------------------------------------- */

/* The first of the lanes that are needed: those before cannot bring a document among the best.
 * Sets what they come to. */
static size_t split(flat_search *flat, bool window, float least, float *before) {
    size_t first = 0;
    float sum = 0;
    for (; first < flat->count; first++) {
        ro_lane *lane = flat->lanes[first];
        lane->before = sum;
        sum += window ? lane->window : lane->most + lane->extra;
        if (sum >= least) {
            break;
        }
    }
    *before = first < flat->count ? flat->lanes[first]->before : sum;
    return first;
}

static uint32_t window_end(flat_search *flat, size_t first, uint32_t from) {
    uint32_t end = flat->finder->search->segment->count - 1;
    for (size_t l = first; l < flat->count; l++) {
        ro_lane *lane = flat->lanes[l];
        ro_cursor_shallow(&lane->cursor, from);
        end = lane->cursor.last < end ? lane->cursor.last : end;
    }
    if (first + 1 == flat->count) {
        return end;
    }
    end = end > from + WINDOW_MIN ? end : from + WINDOW_MIN;
    return end < from + RO_WINDOW ? end : from + RO_WINDOW - 1;
}

static void search_window(flat_search *flat, size_t first, uint32_t from, uint32_t to,
                          float least) {
    float rest;
    for (size_t l = 0; l < flat->count; l++) {
        flat->lanes[l]->window = ro_lane_bound(flat->lanes[l], from, to);
    }
    size_t needed = split(flat, true, least, &rest);
    if (needed + 1 == flat->count) {
        fill(flat, flat->lanes[needed], to);
    } else if (needed < flat->count) {
        fill_all(flat, needed, from, to);
        gather(flat, from, to, least - rest);
    }
    for (size_t l = needed; needed < flat->count && l-- > 0;) {
        ro_lane *lane = flat->lanes[l];
        refine(flat, lane, lane->before + lane->window, lane->before, least);
    }
    for (size_t l = first; l < flat->count; l++) {
        pass_over(flat->lanes[l], to + 1);
    }
    hand_on(flat);
}

static void run_any(flat_search *flat) {
    ro_finder *finder = flat->finder;
    while (ro_finder_goes_on(finder)) {
        float least = finder->search->exact ? -1 : finder->least;
        float rest;
        size_t first = split(flat, false, least, &rest);
        uint32_t from = RO_NO_DOC;
        for (size_t l = first; l < flat->count; l++) {
            from = flat->lanes[l]->next < from ? flat->lanes[l]->next : from;
        }
        if (from >= finder->search->segment->count) {
            return;
        }
        search_window(flat, first, from, window_end(flat, first, from), least);
    }
}

/* ---- all of the required words --------------------------------------------------------------- */

/* Bounds what the lanes bring from the documents that the first one has up to `to`; lanes are
 * looked up in order of number, required ones first. */
static float bound_all(flat_search *flat, uint32_t from, uint32_t to) {
    float rest = flat->phrase ? INFINITY : 0;
    for (size_t l = flat->count; l-- > 0;) {
        ro_lane *lane = flat->lanes[l];
        lane->before = rest;
        lane->window = ro_lane_bound(lane, from, to);
        rest = combine(flat, rest, lane->window);
    }
    return rest;
}

static void run_all(flat_search *flat) {
    ro_finder *finder = flat->finder;
    ro_lane *lead = flat->lanes[0];
    while (lead->next < finder->search->segment->count && ro_finder_goes_on(finder)) {
        float least = finder->search->exact ? -1 : least_of(flat);
        for (size_t l = 1; l < flat->required; l++) {
            if (flat->lanes[l]->next > lead->next) {
                pass_over(lead, flat->lanes[l]->next);
            }
        }
        uint32_t from = lead->next;
        ro_cursor_shallow(&lead->cursor, from);
        uint32_t to = lead->cursor.last;
        if (to == RO_NO_DOC) {
            return;
        }
        if (bound_all(flat, from, to) >= least) {
            fill(flat, lead, to);
            for (size_t l = 1; l < flat->count; l++) {
                ro_lane *lane = flat->lanes[l];
                refine(flat, lane, combine(flat, lane->window, lane->before), lane->before, least);
            }
            hand_on(flat);
        }
        pass_over(lead, to + 1);
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

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
    if (!finder->certain || flat.paired) {
        finder->lows = NULL;
    }
    prime(&flat);
    if (flat.required) {
        run_all(&flat);
    } else {
        run_any(&flat);
    }
    for (size_t l = 0; l < flat.count; l++) {
        if (flat.lanes[l]->cursor.damaged && !finder->status) {
            finder->status = RO_DAMAGED;
        }
    }
    return true;
}
