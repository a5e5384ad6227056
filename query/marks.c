#include "marker.h"

#include <stdlib.h>

/* ---- where terms stand ---- */

typedef struct occurrence {
    uint32_t leaf;
    uint32_t first, last; /* positions */
    uint32_t start, end;  /* bytes */
} occurrence;

/* A place where a node matches: a run of positions, and the words in it that are marked. */
typedef struct span {
    uint32_t first, last;
    uint32_t from, count; /* of scan.marks */
} span;

typedef struct spans {
    span *items;
    size_t count;
} spans;

typedef struct scan {
    ro_marker *marker;
    unsigned field;
    ro_arena *arena;
    occurrence *occurrences;
    size_t count, capacity;
    ro_mark *marks;
    size_t mark_count, mark_capacity; /* of the spans of one node */
    ro_marks direct;
    size_t direct_capacity;
    bool memory;
} scan;

/* Arrays double in the arena: what they leave behind is at most their own size again. */
static void *grow(scan *s, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return items;
    }
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = ro_arena_alloc_array(s->arena, wanted, size);
    if (!grown) {
        s->memory = true;
        return NULL;
    }
    if (count) {
        memcpy(grown, items, count * size);
    }
    *capacity = wanted;
    return grown;
}

static bool note_direct(scan *s, const ro_token *token, uint32_t concept) {
    ro_mark *grown =
        grow(s, s->direct.items, s->direct.count, &s->direct_capacity, sizeof(ro_mark));
    if (!grown) {
        return false;
    }
    s->direct.items = grown;
    s->direct.items[s->direct.count++] = (ro_mark){token->start, token->end, concept};
    s->marker->concepts[concept].found = true;
    return true;
}

static bool note_occurrence(scan *s, const ro_token *token, uint32_t index) {
    occurrence *grown = grow(s, s->occurrences, s->count, &s->capacity, sizeof(occurrence));
    if (!grown) {
        return false;
    }
    s->occurrences = grown;
    s->occurrences[s->count++] = (occurrence){
        index, token->position, token->position + token->span - 1, token->start, token->end};
    s->marker->leaves[index].count++;
    return true;
}

static bool note(scan *s, const ro_token *token, ro_str term, bool exact) {
    const ro_marker *marker = s->marker;
    for (uint32_t i = marker->slots[ro_marker_slot(marker, term, exact)]; i;
         i = marker->leaves[i - 1].same) {
        const ro_leaf *leaf = &marker->leaves[i - 1];
        if (!(leaf->term->fields & s->field)) {
            continue;
        }
        if (!(leaf->concept != RO_NO_CONCEPT ? note_direct(s, token, leaf->concept)
                                             : note_occurrence(s, token, i - 1))) {
            return false;
        }
    }
    return true;
}

static int see_token(void *context, const ro_token *token) {
    scan *s = context;
    const uint8_t *first = s->marker->first_bytes;
    if (token->stem.len && (first[(uint8_t)*token->stem.ptr] & RO_STARTS_STEM) &&
        !note(s, token, token->stem, false)) {
        return 1;
    }
    if (token->form.len && (first[(uint8_t)*token->form.ptr] & RO_STARTS_EXACT) &&
        !note(s, token, token->form, true)) {
        return 1;
    }
    return s->count + s->direct.count >= RO_MARKS_MAX;
}

/* Brings the occurrences of a leaf together; they stay in order of position. */
static bool group_by_leaf(scan *s) {
    occurrence *sorted = ro_arena_alloc_array(s->arena, s->count + 1, sizeof *sorted);
    if (!sorted) {
        return false;
    }
    uint32_t from = 0;
    for (size_t i = 0; i < s->marker->leaf_count; i++) {
        ro_leaf *leaf = &s->marker->leaves[i];
        leaf->from = from;
        from += leaf->count;
        leaf->count = 0;
    }
    for (size_t i = 0; i < s->count; i++) {
        ro_leaf *leaf = &s->marker->leaves[s->occurrences[i].leaf];
        sorted[leaf->from + leaf->count++] = s->occurrences[i];
    }
    s->occurrences = sorted;
    return true;
}

/* ---- where nodes match ---- */

static bool evaluate(scan *s, const ro_mark_node *node, spans *out);

static bool add_mark(scan *s, uint32_t start, uint32_t end) {
    ro_mark *grown = grow(s, s->marks, s->mark_count, &s->mark_capacity, sizeof(ro_mark));
    if (!grown) {
        return false;
    }
    s->marks = grown;
    s->marks[s->mark_count++] = (ro_mark){start, end, 0};
    return true;
}

static bool make_spans(scan *s, size_t count, spans *out) {
    out->items = ro_arena_alloc_array(s->arena, count + 1, sizeof(span));
    out->count = 0;
    s->memory |= !out->items;
    return out->items != NULL;
}

static bool evaluate_term(scan *s, const ro_mark_node *node, spans *out) {
    const ro_leaf *leaf = &s->marker->leaves[node->leaf];
    if (!make_spans(s, leaf->count, out)) {
        return false;
    }
    for (size_t i = leaf->from; i < leaf->from + leaf->count; i++) {
        const occurrence *o = &s->occurrences[i];
        out->items[out->count++] = (span){o->first, o->last, (uint32_t)s->mark_count, 1};
        if (!add_mark(s, o->start, o->end)) {
            return false;
        }
    }
    return true;
}

static bool evaluate_children(scan *s, const ro_mark_node *node, spans **lists, size_t *total) {
    *lists = ro_arena_alloc_array(s->arena, node->child_count + 1, sizeof(spans));
    *total = 0;
    s->memory |= !*lists;
    for (size_t i = 0; *lists && i < node->child_count; i++) {
        if (!evaluate(s, node->children[i], &(*lists)[i])) {
            return false;
        }
        *total += (*lists)[i].count;
    }
    return *lists != NULL;
}

static int compare_spans(const void *a, const void *b) {
    const span *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static bool evaluate_any(scan *s, const ro_mark_node *node, spans *out) {
    spans *lists;
    size_t total;
    if (!evaluate_children(s, node, &lists, &total) || !make_spans(s, total, out)) {
        return false;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (lists[i].count) {
            memcpy(out->items + out->count, lists[i].items, lists[i].count * sizeof(span));
        }
        out->count += lists[i].count;
    }
    qsort(out->items, out->count, sizeof(span), compare_spans);
    return true;
}

/* The first span at or behind the position. */
static const span *seek(const spans *list, uint32_t position) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].first < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count ? &list->items[low] : NULL;
}

/* The words in order from `start` on; the nearest next word leaves most of the slop to the rest. */
static bool follow(const ro_mark_node *node, const spans *lists, const span *start,
                   const span **chosen) {
    uint32_t extra = 0;
    chosen[0] = start;
    for (size_t i = 1; i < node->child_count; i++) {
        uint32_t wanted = start->first + node->children[i]->match->gap + extra;
        chosen[i] = seek(&lists[i], wanted);
        if (!chosen[i] || chosen[i]->first - wanted > node->match->slop - extra) {
            return false;
        }
        extra += chosen[i]->first - wanted;
    }
    return true;
}

static bool evaluate_phrase(scan *s, const ro_mark_node *node, spans *out) {
    spans *lists;
    size_t total;
    const span **chosen = ro_arena_alloc_array(s->arena, node->child_count + 1, sizeof(span *));
    s->memory |= !chosen;
    if (!chosen || !evaluate_children(s, node, &lists, &total) ||
        !make_spans(s, node->child_count ? lists[0].count : 0, out)) {
        return false;
    }
    for (size_t i = 0; node->child_count && i < lists[0].count; i++) {
        if (!follow(node, lists, &lists[0].items[i], chosen)) {
            continue;
        }
        uint32_t from = (uint32_t)s->mark_count;
        for (size_t j = 0; j < node->child_count; j++) {
            for (uint32_t k = 0; k < chosen[j]->count; k++) {
                ro_mark mark = s->marks[chosen[j]->from + k];
                if (!add_mark(s, mark.start, mark.end)) {
                    return false;
                }
            }
        }
        out->items[out->count++] = (span){chosen[0]->first, chosen[node->child_count - 1]->last,
                                          from, (uint32_t)s->mark_count - from};
    }
    return true;
}

/* True if `list` has a span at most `slop` words away from `one`, behind it if `after`,
 * before it if `before`. Spans of one node are about equally long, so first and last ascend alike.
 */
static bool has_near(const spans *list, const span *one, uint32_t slop, bool before, bool after) {
    uint32_t reach = slop;
    uint32_t low = one->first > reach + 64 ? one->first - reach - 64 : 0;
    for (const span *other = seek(list, low);
         other && other < list->items + list->count && other->first <= one->last + reach; other++) {
        if (after && other->first > one->last && other->first - one->last <= reach) {
            return true;
        }
        if (before && other->last < one->first && one->first - other->last <= reach) {
            return true;
        }
    }
    return false;
}

static bool evaluate_near(scan *s, const ro_mark_node *node, spans *out) {
    spans *lists;
    size_t total;
    if (!evaluate_children(s, node, &lists, &total) || !make_spans(s, total, out)) {
        return false;
    }
    bool ordered = node->match->ordered;
    for (size_t i = 0; i < node->child_count; i++) {
        for (size_t j = 0; j < lists[i].count; j++) {
            bool kept = true;
            for (size_t k = 0; kept && k < node->child_count; k++) {
                kept = k == i || has_near(&lists[k], &lists[i].items[j], node->match->slop,
                                          !ordered || k < i, !ordered || k > i);
            }
            if (kept) {
                out->items[out->count++] = lists[i].items[j];
            }
        }
    }
    return true;
}

static bool evaluate(scan *s, const ro_mark_node *node, spans *out) {
    *out = (spans){NULL, 0};
    switch (node->match->kind) {
    case RO_MATCH_TERM:
        return evaluate_term(s, node, out);
    case RO_MATCH_ANY_OF:
        return evaluate_any(s, node, out);
    case RO_MATCH_PHRASE:
        return evaluate_phrase(s, node, out);
    case RO_MATCH_NEAR:
        return evaluate_near(s, node, out);
    default:
        return true;
    }
}

/* ---- marks ---- */

static bool collect(scan *s, const ro_mark_node *node, ro_marks *out, size_t *capacity) {
    if (node->concept == RO_NO_CONCEPT) {
        for (size_t i = 0; i < node->child_count; i++) {
            if (!collect(s, node->children[i], out, capacity)) {
                return false;
            }
        }
        return true;
    }
    spans found;
    s->mark_count = 0;
    if (node->direct) {
        return true;
    }
    if (!evaluate(s, node, &found)) {
        return false;
    }
    s->marker->concepts[node->concept].found |= found.count > 0;
    for (size_t i = 0; i < found.count; i++) {
        for (uint32_t j = 0; j < found.items[i].count; j++) {
            ro_mark *grown = grow(s, out->items, out->count, capacity, sizeof(ro_mark));
            if (!grown) {
                return false;
            }
            out->items = grown;
            out->items[out->count] = s->marks[found.items[i].from + j];
            out->items[out->count++].concept = node->concept;
        }
    }
    return true;
}

static int compare_marks(const void *a, const void *b) {
    const ro_mark *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return x->end > y->end ? -1 : x->end < y->end;
}

/* Both lists are in order. */
static bool merge_marks(scan *s, const ro_marks *evaluated, ro_marks *out) {
    const ro_marks *direct = &s->direct;
    if (evaluated->count == 0) {
        *out = *direct;
        return true;
    }
    out->items = ro_arena_alloc_array(s->arena, direct->count + evaluated->count, sizeof(ro_mark));
    if (!out->items) {
        return false;
    }
    size_t i = 0, j = 0;
    while (i < direct->count || j < evaluated->count) {
        bool first =
            j == evaluated->count ||
            (i < direct->count && compare_marks(&direct->items[i], &evaluated->items[j]) <= 0);
        out->items[out->count++] = first ? direct->items[i++] : evaluated->items[j++];
    }
    return true;
}

ro_status ro_marker_scan(ro_marker *marker, ro_str text, ro_str language, unsigned field,
                         ro_arena *scratch, ro_marks *out, ro_error *err) {
    *out = (ro_marks){NULL, 0};
    scan s = {.marker = marker, .field = field, .arena = scratch};
    ro_marks evaluated = {NULL, 0};
    for (size_t i = 0; i < marker->leaf_count; i++) {
        marker->leaves[i].from = marker->leaves[i].count = 0;
    }
    if (marker->leaf_count == 0) {
        return RO_OK;
    }
    ro_status status = ro_analyse(marker->analyser, text, language, see_token, &s, err);
    if (status != RO_OK) {
        return status;
    }
    size_t capacity = 0;
    bool done = !s.memory && group_by_leaf(&s);
    for (size_t i = 0; done && i < marker->root_count; i++) {
        done = collect(&s, marker->roots[i], &evaluated, &capacity);
    }
    if (done && evaluated.count) {
        qsort(evaluated.items, evaluated.count, sizeof(ro_mark), compare_marks);
    }
    if (!done || !merge_marks(&s, &evaluated, out)) {
        *out = (ro_marks){NULL, 0};
        return ro_fail_memory(err);
    }
    return RO_OK;
}

void ro_marker_start(ro_marker *marker) {
    for (size_t i = 0; i < marker->concept_count; i++) {
        marker->concepts[i].found = marker->concepts[i].off = false;
    }
}

static bool matches(const ro_marker *marker, const ro_mark_node *node) {
    if (!ro_mark_is_group(node)) {
        return node->concept == RO_NO_CONCEPT || marker->concepts[node->concept].found;
    }
    bool required = false, preferred = false;
    for (size_t i = 0; i < node->child_count; i++) {
        const ro_mark_node *child = node->children[i];
        bool found = matches(marker, child);
        ro_occur occur = child->match->occur;
        if (occur == RO_MUST_NOT ? found : occur != RO_SHOULD && !found) {
            return false;
        }
        required |= occur == RO_MUST || occur == RO_FILTER;
        preferred |= occur == RO_SHOULD && found;
    }
    return required || preferred;
}

static void switch_off(ro_marker *marker, const ro_mark_node *node, bool off) {
    if (node->concept != RO_NO_CONCEPT) {
        marker->concepts[node->concept].off = off;
        return;
    }
    off = off || !matches(marker, node);
    for (size_t i = 0; i < node->child_count; i++) {
        switch_off(marker, node->children[i],
                   off || node->children[i]->match->occur == RO_MUST_NOT);
    }
}

void ro_marker_settle(ro_marker *marker) {
    for (size_t i = 0; i < marker->root_count; i++) {
        switch_off(marker, marker->roots[i], false);
    }
}

void ro_marker_filter(const ro_marker *marker, ro_marks *marks) {
    size_t kept = 0;
    for (size_t i = 0; i < marks->count; i++) {
        ro_mark mark = marks->items[i];
        if (marker->concepts[mark.concept].off) {
            continue;
        }
        if (kept && mark.start < marks->items[kept - 1].end) {
            if (mark.end > marks->items[kept - 1].end) {
                marks->items[kept - 1].end = mark.end;
            }
            continue;
        }
        marks->items[kept++] = mark;
    }
    marks->count = kept;
}
