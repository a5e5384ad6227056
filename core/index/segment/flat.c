#include "flat.h"

#include <math.h>
#include <stdlib.h>

#define ROOM_FEW 16 /* documents that wait where the evaluator alone tells what they get */

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

static void add_worth(ro_finder *finder, ro_plan_node *column, double boost) {
    float brings = (float)(boost * column->boost * (double)column->match->worth);
    finder->worths[finder->worth_count++] = (ro_worth){column, brings};
    finder->worth_most += brings > 0 ? brings : 0;
}

/* Goes down while only one thing is required, apart from columns, which are taken out: filters, and
 * those that add to the score of what is there without them. True when what is left is words, or a
 * phrase of them. */
static bool find_shape(ro_finder *finder, flat_shape *shape) {
    ro_plan_node *node = finder->search->plan->root;
    *shape = (flat_shape){.boost = 1, .certain = true};
    while (node->kind == RO_MATCH_BOOL) {
        ro_plan_node *only = NULL;
        size_t others = 0;
        bool filtered = false;
        bool worths = false;
        bool words = true;
        bool must = false;
        shape->boost *= node->boost;
        for (size_t i = 0; i < node->child_count; i++) {
            ro_plan_node *child = &node->children[i];
            if (is_column(child) && child->occur != RO_SHOULD && !brings(child)) {
                finder->filters[finder->filter_count++] = child;
                filtered |= child->occur != RO_MUST_NOT;
            } else if (is_column(child) && child->occur == RO_SHOULD) {
                add_worth(finder, child, shape->boost);
                worths = true;
            } else if (child->occur == RO_MUST_NOT) {
                shape->certain = false;
            } else {
                only = child;
                others++;
                words &= is_word(child);
                must |= child->occur != RO_SHOULD;
            }
        }
        shape->node = node;
        if (others != 1 || only->occur != RO_MUST || is_word(only)) {
            return others && words && (must || !(filtered || worths));
        }
        node = only;
    }
    shape->node = node;
    return is_word(node) || is_phrase(node);
}

/* ---- lanes ---------------------------------------------------------------------------------- */

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
    ro_lane_open(lane, search->segment, finder->lookup.lists[node->term], search->scorer,
                 finder->table, node->fields, limit, !flat->phrase);
    lane->term = node->term;
    finder->certain &= flat->phrase || node->fields == RO_FIELD_ANY;
    return flat->lanes[flat->count++] = lane;
}

/* A word that stands in the query more than once gets one lane; one that no document has needs none
 * unless it must be there. */
static bool add_lane(flat_search *flat, const ro_plan_node *node, double boost, bool required) {
    bool scores = node->occur == RO_MUST || node->occur == RO_SHOULD;
    double limit = boost * node->boost * node->weight;
    limit = scores ? limit * ro_scorer_most(flat->finder->search->scorer) : 0;
    if (!required && !flat->finder->lookup.lists[node->term].df) {
        return true;
    }
    ro_lane *lane = find_lane(flat, node, limit);
    if (lane) {
        ro_lane_add_limit(lane, limit);
    } else if (!(lane = new_lane(flat, node, limit))) {
        return false;
    }
    lane->required |= required;
    lane->scores |= scores;
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
    float cost = x->most * (float)y->cursor.df;
    float other = y->most * (float)x->cursor.df;
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
    for (uint32_t l = 0; l < flat->count; l++) {
        flat->lanes[l]->index = l;
    }
    while (flat->required < flat->count && flat->lanes[flat->required]->required) {
        flat->required++;
    }
    return flat->phrase || ro_flat_pair(flat);
}

/* What documents that are taken bring with them. */
static void name_told(const flat_search *flat, const ro_plan_node *node) {
    ro_finder *finder = flat->finder;
    if (flat->phrase) {
        finder->told = flat->placed;
        finder->phrase = node;
        return;
    }
    for (; finder->told < flat->count && finder->told < RO_TOLD_MAX; finder->told++) {
        finder->terms[finder->told] = flat->lanes[finder->told]->term;
    }
}

/* ---- thresholds ----------------------------------------------------------------------------- */

float ro_flat_least(const flat_search *flat) {
    float least = flat->finder->least - flat->finder->worth_most;
    if (flat->finder->counting) {
        return -1;
    }
    if (!flat->phrase || least <= 0) {
        return least;
    }
    return least < flat->limit ? flat->half * least / (flat->limit - least) : INFINITY;
}

/* ---- documents ------------------------------------------------------------------------------ */

uint32_t ro_flat_piece(ro_lane *lane, uint32_t to, uint32_t *from) {
    ro_cursor *cursor = &lane->cursor;
    if (lane->next > to) {
        return 0;
    }
    if (ro_cursor_advance(cursor, lane->next) > to) {
        lane->next = cursor->doc;
        return 0;
    }
    uint32_t until = cursor->count;
    if (cursor->docs[until - 1] > to) {
        until = (uint32_t)ro_pack_rank(cursor->docs, to + 1);
    }
    *from = cursor->place;
    lane->next = cursor->docs[until - 1] + 1;
    return until - *from;
}

void ro_flat_pass(ro_lane *lane, uint32_t from) {
    if (lane->next < from) {
        ro_cursor_shallow(&lane->cursor, from);
        lane->next = lane->cursor.doc == RO_NO_DOC ? RO_NO_DOC : from;
    }
}

static void note(flat_found *found, const ro_lane *lane, size_t place, uint32_t tf,
                 uint32_t title) {
    if (place < RO_PACK_RUN && lane->index < RO_TOLD_MAX) {
        found->times[place][lane->index] = (ro_times){tf, title};
    }
}

void ro_flat_fill(flat_search *flat, ro_lane *lane, uint32_t to, float least) {
    const ro_cursor *cursor = &lane->cursor;
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    flat_found *found = &flat->found;
    uint32_t from;
    uint32_t some;
    while ((some = ro_flat_piece(lane, to, &from)) > 0) {
        uint32_t reaching =
            ro_lane_reach(lane, from, from + some, least - lane->extra, places, scores);
        for (size_t i = 0; i < reaching; i++) {
            uint32_t at = places[i];
            note(found, lane, found->count, cursor->tf[at], cursor->title[at]);
            found->docs[found->count] = cursor->docs[at];
            found->held[found->count] = ro_flat_bit(lane);
            found->places[found->count] = (uint16_t)found->count;
            found->scores[found->count++] = scores[at] + lane->extra;
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
    flat_found *found = &flat->found;
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        uint32_t doc = found->docs[i];
        float score = found->scores[i];
        uint32_t held = found->held[i];
        if (lane->next <= doc && score + rest < least) {
            if (score + rest + lane->window < least ||
                score + rest + ro_flat_bound_at(lane, doc) < least) {
                continue;
            }
        }
        if (lane->next <= doc) {
            lane->next = ro_cursor_advance(&lane->cursor, doc);
        }
        uint32_t tf = 0;
        uint32_t title = 0;
        if (lane->next == doc) {
            ro_cursor_count_one(&lane->cursor, &tf, &title);
            score += ro_lane_score_of(lane, doc, tf, title) + ro_flat_met(flat, lane, held);
            held |= ro_flat_bit(lane);
        } else if (lane->required) {
            continue;
        } else {
            score -= ro_flat_missed(flat, lane, held);
        }
        note(found, lane, found->places[i], tf, title);
        found->docs[kept] = doc;
        found->held[kept] = held;
        found->places[kept] = found->places[i];
        found->scores[kept] = score;
        kept += score + rest >= least;
    }
    found->count = kept;
}

/* How often the lane has the document, if the block that it stands in can tell. */
static ro_times look(const ro_lane *lane, uint32_t doc) {
    const ro_cursor *cursor = &lane->cursor;
    if (!cursor->loaded || !cursor->counted || doc < cursor->docs[0] ||
        doc > cursor->docs[cursor->count - 1]) {
        return (ro_times){RO_TIMES_UNKNOWN, 0};
    }
    size_t place = ro_pack_rank(cursor->docs, doc);
    bool there = cursor->docs[place] == doc;
    return there ? (ro_times){cursor->tf[place], cursor->title[place]} : (ro_times){0, 0};
}

void ro_flat_hand_on(flat_search *flat) {
    const flat_found *found = &flat->found;
    ro_finder *finder = flat->finder;
    for (size_t i = 0; i < found->count; i++) {
        ro_times times[RO_TOLD_MAX];
        uint32_t doc = found->docs[i];
        uint32_t place = found->places[i];
        float bound = found->scores[i];
        float low = flat->pairs ? 0 : bound;
        if (bound + finder->worth_most < finder->least && !finder->counting) {
            continue;
        }
        if (!ro_finder_wants(finder, doc, &bound, &low)) {
            continue;
        }
        for (size_t l = 0; l < finder->told; l++) {
            bool noted = l < flat->noted && place < RO_PACK_RUN;
            times[l] = noted ? found->times[place][l] : look(flat->lanes[l], doc);
        }
        ro_finder_keep(finder, doc, bound, low, times);
    }
    flat->found.count = 0;
    flat->noted = SIZE_MAX;
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
        finder->filter_count = finder->worth_count = 0;
        finder->worth_most = 0;
        return false;
    }
    memset(&flat, 0, offsetof(flat_search, found));
    flat.finder = finder;
    flat.found.count = 0;
    flat.noted = SIZE_MAX;
    finder->certain = shape.certain;
    if (!open_lanes(&flat, &shape)) {
        return true;
    }
    finder->plain &= !finder->filter_count && !finder->worth_count;
    finder->certain &= !flat.phrase || flat.placed;
    name_told(&flat, shape.node);
    if (!finder->certain) {
        finder->lows = NULL;
    }
    finder->room = finder->lows && !flat.pairs ? RO_FOUND_MAX : finder->certain ? ROOM_FEW : 1;
    if (ro_flat_alone(&flat)) {
        return damage_of(&flat);
    }
    ro_flat_prime(&flat);
    if (flat.required) {
        ro_flat_all(&flat);
    } else {
        ro_flat_any(&flat);
    }
    ro_buf_release(&flat.starts);
    ro_buf_release(&flat.more);
    return damage_of(&flat);
}
