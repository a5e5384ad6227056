#include "set.h"

#include "../evaluate/evaluator.h"
#include "lookup.h"

#include <stdlib.h>

#define SPARSE 16 /* a list of so many times the documents in question is not read whole */

typedef struct setter {
    const ro_leaf_search *search;
    ro_arena *arena;
    size_t words; /* of a set */
    uint64_t *sets[RO_MATCH_DEPTH_MAX][2];
    ro_lookup lookup;
    ro_ticker ticker;
    ro_status status;
} setter;

/* ---- whether sets tell ---------------------------------------------------------------------- */

static bool stands_together(const ro_plan_node *node) {
    return node->kind == RO_MATCH_PHRASE || node->kind == RO_MATCH_NEAR;
}

/* What has an alternative need not be looked for where that is found. */
static bool tells(const ro_plan_node *node) {
    bool all = !stands_together(node);
    for (size_t i = 0; all && i < node->child_count; i++) {
        const ro_plan_node *child = &node->children[i];
        bool optional = node->kind == RO_MATCH_ANY_OF || child->occur == RO_SHOULD;
        all = (optional && stands_together(child)) || tells(child);
    }
    return all;
}

bool ro_set_tells(const ro_plan *plan) {
    return tells(plan->root);
}

/* ---- sets ----------------------------------------------------------------------------------- */

static size_t count_set(const setter *s, const uint64_t *set) {
    size_t count = 0;
    for (size_t w = 0; w < s->words; w++) {
        count += (size_t)__builtin_popcountll(set[w]);
    }
    return count;
}

static void unite(const setter *s, const uint64_t *set, uint64_t *out) {
    for (size_t w = 0; w < s->words; w++) {
        out[w] |= set[w];
    }
}

static void take_out(const setter *s, const uint64_t *set, uint64_t *out) {
    for (size_t w = 0; w < s->words; w++) {
        out[w] &= ~set[w];
    }
}

/* An empty one, of which every level of the tree has two; NULL when memory ran out. */
static uint64_t *empty_set(setter *s, size_t level, size_t which) {
    uint64_t **set = &s->sets[level][which];
    if (!*set) {
        *set = ro_arena_alloc_array(s->arena, s->words, sizeof **set);
    } else {
        memset(*set, 0, s->words * sizeof **set);
    }
    s->status = *set ? s->status : RO_MEMORY;
    return *set;
}

static bool is_late(setter *s, size_t steps) {
    if (ro_ticker_late(&s->ticker, steps) && !s->status) {
        s->status = RO_DEADLINE;
    }
    return s->status != RO_OK;
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool stands_in(unsigned fields, uint32_t tf, uint32_t title) {
    return (fields & RO_FIELD_TITLE && title) || (fields & RO_FIELD_BODY && tf > title);
}

/* Adds the documents of the block at hand that are in question. */
static void add_block(ro_cursor *cursor, unsigned fields, const uint64_t *in, uint64_t *out) {
    if (fields != RO_FIELD_ANY) {
        ro_cursor_count(cursor);
    }
    for (uint32_t i = 0; i < cursor->count;) {
        uint32_t word = cursor->docs[i] / 64;
        uint64_t bits = 0;
        for (; i < cursor->count && cursor->docs[i] / 64 == word; i++) {
            bool stands =
                fields == RO_FIELD_ANY || stands_in(fields, cursor->tf[i], cursor->title[i]);
            bits |= (uint64_t)stands << (cursor->docs[i] % 64);
        }
        out[word] |= bits & in[word];
    }
}

/* Looks up the documents in question one by one. */
static void look_up(setter *s, ro_cursor *cursor, unsigned fields, const uint64_t *in,
                    uint64_t *out) {
    for (size_t w = 0; w < s->words && cursor->doc != RO_NO_DOC; w++) {
        for (uint64_t bits = in[w]; bits && !is_late(s, 1); bits &= bits - 1) {
            uint32_t number = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);
            bool stands = ro_cursor_advance(cursor, number) == number;
            if (stands && fields != RO_FIELD_ANY) {
                uint32_t tf;
                uint32_t title;
                ro_cursor_count_one(cursor, &tf, &title);
                stands = stands_in(fields, tf, title);
            }
            out[w] |= (uint64_t)stands << (number % 64);
        }
    }
}

static void add_term(setter *s, uint32_t term, unsigned fields, const uint64_t *in, uint64_t *out) {
    const ro_segment *segment = s->search->segment;
    ro_segment_list list = s->lookup.lists[term];
    ro_cursor cursor;
    ro_cursor_begin(&cursor, segment, list);
    if (list.df >= SPARSE && list.df / SPARSE > count_set(s, in)) {
        look_up(s, &cursor, fields, in, out);
    } else {
        for (uint32_t block = 0; block < cursor.blocks && !is_late(s, RO_PACK_RUN); block++) {
            (void)ro_cursor_enter(&cursor, block);
            add_block(&cursor, fields, in, out);
        }
    }
    if (cursor.damaged && !s->status) {
        s->status = RO_DAMAGED;
    }
}

/* Makes the evaluator look at a document; false: it is not there. */
static bool visit(setter *s, uint32_t number) {
    const ro_leaf_search *search = s->search;
    ro_doc doc = ro_segment_doc(search->segment, number);
    const ro_record *record = ro_columns_get(search->columns, doc);
    if (record) {
        ro_lookup_go(&s->lookup, number);
        ro_leaf_search_visit(search, doc, record, &s->lookup.postings);
    }
    return record != NULL;
}

/* Adds those of the documents in question that the evaluator finds to match. */
static void add_each(setter *s, ro_plan_node *node, const uint64_t *in, uint64_t *out) {
    for (size_t w = 0; w < s->words; w++) {
        for (uint64_t bits = in[w]; bits && !is_late(s, 1); bits &= bits - 1) {
            unsigned at = (unsigned)__builtin_ctzll(bits);
            bool matches = visit(s, (uint32_t)(w * 64) + at) &&
                           ro_evaluator_node_matches(s->search->evaluator, node);
            out[w] |= (uint64_t)matches << at;
        }
    }
    ro_status status = ro_evaluator_status(s->search->evaluator);
    s->status = s->status ? s->status : status;
}

/* Where the term stands that equals the word and none of its other forms, the word does; where both
 * stand, their positions tell. */
static void add_exact(setter *s, ro_plan_node *node, size_t level, const uint64_t *in,
                      uint64_t *out) {
    add_term(s, node->form, node->fields, in, out);
    uint64_t *equal = empty_set(s, level, 0);
    uint64_t *others = empty_set(s, level, 1);
    if (s->status || !s->lookup.lists[node->term].df) {
        return;
    }
    add_term(s, node->term, node->fields, in, equal);
    take_out(s, out, equal);
    for (size_t v = 0; v < node->variant_count && !s->status; v++) {
        add_term(s, node->variants[v], node->fields, equal, others);
    }
    take_out(s, others, equal);
    unite(s, equal, out);
    add_each(s, node, others, out);
}

/* ---- trees ---------------------------------------------------------------------------------- */

static void add(setter *s, ro_plan_node *node, size_t level, const uint64_t *in, uint64_t *out);

/* Of the documents that have all of its words, those that are not found yet are looked at. */
static void add_together(setter *s, ro_plan_node *node, size_t level, const uint64_t *in,
                         uint64_t *out) {
    uint64_t *left = empty_set(s, level, 0);
    if (s->status) {
        return;
    }
    unite(s, in, left);
    take_out(s, out, left);
    for (size_t i = 0; i < node->child_count && !s->status; i++) {
        uint64_t *found = empty_set(s, level, !(i % 2));
        if (found) {
            add(s, &node->children[i], level + 1, left, found);
            left = found;
        }
    }
    add_each(s, node, left, out);
}

/* A part of a group, in its turn: what is required first, the rarest before; columns are looked at
 * in what is left, and what is optional comes last, phrases after words. */
typedef struct part {
    ro_plan_node *node;
    int turn;
    int64_t cost; /* about so many documents match it */
} part;

static bool is_column(const ro_plan_node *node) {
    return node->kind == RO_MATCH_RANGE || node->kind == RO_MATCH_VALUE;
}

static int64_t cost_of(const setter *s, const ro_plan_node *node) {
    int64_t sum = 0;
    int64_t least = INT64_MAX;
    if (node->kind == RO_MATCH_TERM) {
        return s->search->plan->terms[node->term].df;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        const ro_plan_node *child = &node->children[i];
        int64_t cost = cost_of(s, child);
        bool required =
            node->kind == RO_MATCH_BOOL && (child->occur == RO_MUST || child->occur == RO_FILTER);
        least = required && cost < least ? cost : least;
        sum += child->occur == RO_MUST_NOT ? 0 : cost;
    }
    sum = sum ? sum : s->search->segment->count;
    return least < sum ? least : sum;
}

static part part_of(const setter *s, ro_plan_node *node) {
    static const int turns[] = {[RO_MUST] = 0, [RO_FILTER] = 0, [RO_MUST_NOT] = 2, [RO_SHOULD] = 3};
    int turn = turns[node->occur];
    turn += turn == 3 ? stands_together(node) : turn == 0 ? is_column(node) : 0;
    return (part){node, turn, cost_of(s, node)};
}

static int by_turn(const void *a, const void *b) {
    const part *x = a;
    const part *y = b;
    int order = x->turn - y->turn;
    return order ? order : (x->cost > y->cost) - (x->cost < y->cost);
}

static part *make_parts(setter *s, const ro_plan_node *node) {
    part *parts = ro_arena_alloc_array(s->arena, node->child_count + 1, sizeof *parts);
    for (size_t i = 0; parts && i < node->child_count; i++) {
        parts[i] = part_of(s, &node->children[i]);
    }
    if (parts) {
        qsort(parts, node->child_count, sizeof *parts, by_turn);
    }
    s->status = parts ? s->status : RO_MEMORY;
    return parts;
}

static void add_group(setter *s, const ro_plan_node *node, size_t level, const uint64_t *in,
                      uint64_t *out) {
    part *parts = make_parts(s, node);
    size_t at = 0; /* of the two sets what is left is in */
    uint64_t *left = empty_set(s, level, 0);
    if (s->status) {
        return;
    }
    unite(s, in, left);
    size_t i = 0;
    for (; i < node->child_count && parts[i].turn < 3 && !s->status; i++) {
        bool required = parts[i].turn < 2;
        uint64_t *found = empty_set(s, level, !at);
        if (found) {
            add(s, parts[i].node, level + 1, left, found);
        }
        if (found && required) {
            left = found;
            at = !at;
        } else if (found) {
            take_out(s, found, left);
        }
    }
    if (i == node->child_count || parts[0].turn < 2) {
        unite(s, left, out);
    }
    for (; i < node->child_count && parts[0].turn >= 2 && !s->status; i++) {
        add(s, parts[i].node, level + 1, left, out);
    }
}

static void add_any(setter *s, const ro_plan_node *node, size_t level, const uint64_t *in,
                    uint64_t *out) {
    for (int together = 0; together < 2; together++) {
        for (size_t i = 0; i < node->child_count && !s->status; i++) {
            if (stands_together(&node->children[i]) == together) {
                add(s, &node->children[i], level + 1, in, out);
            }
        }
    }
}

/* Adds those of the documents `in` question that match. */
static void add(setter *s, ro_plan_node *node, size_t level, const uint64_t *in, uint64_t *out) {
    switch (node->kind) {
    case RO_MATCH_ALL:
        unite(s, in, out);
        break;
    case RO_MATCH_TERM:
        if (node->exact) {
            add_exact(s, node, level, in, out);
        } else {
            add_term(s, node->term, node->fields, in, out);
        }
        break;
    case RO_MATCH_ANY_OF:
        add_any(s, node, level, in, out);
        break;
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
        add_together(s, node, level, in, out);
        break;
    case RO_MATCH_BOOL:
        add_group(s, node, level, in, out);
        break;
    case RO_MATCH_RANGE:
    case RO_MATCH_VALUE:
        add_each(s, node, in, out);
        break;
    case RO_MATCH_NONE:
        break;
    }
}

ro_status ro_set_make(const ro_leaf_search *search, ro_arena *arena, uint64_t **out,
                      ro_error *err) {
    uint32_t count = search->segment->count;
    setter s = {.search = search,
                .arena = arena,
                .words = count / 64 + 1,
                .ticker = {.deadline = search->deadline}};
    uint64_t *live = ro_arena_alloc_array(arena, s.words, sizeof *live);
    *out = ro_arena_alloc_array(arena, s.words, sizeof **out);
    if (!live || !*out) {
        return ro_fail_memory(err);
    }
    for (size_t w = 0; w < s.words; w++) {
        live[w] = search->live ? search->live[w] : UINT64_MAX;
    }
    live[s.words - 1] &= (UINT64_C(1) << (count % 64)) - 1;
    ro_status status = ro_lookup_init(&s.lookup, search->segment, search->plan, arena, err);
    if (status) {
        return status;
    }
    add(&s, search->plan->root, 0, live, *out);
    s.status = s.status ? s.status : ro_lookup_status(&s.lookup);
    return s.status ? ro_fail(err, s.status, "the search stopped: %s", ro_status_name(s.status))
                    : RO_OK;
}
