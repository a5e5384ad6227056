#include "marker.h"

#include "readout/spans.h"

#include <stdlib.h>

typedef struct occurrence {
    uint32_t leaf;
    uint32_t position;
    uint32_t start, end; /* bytes */
} occurrence;

typedef struct scan {
    ro_marker *marker;
    unsigned field;
    ro_arena *arena;
    ro_ticker ticker;
    uint32_t words; /* seen so far, those that the analyser passed by among them */
    occurrence *occurrences;
    size_t count, capacity;
    uint32_t *positions; /* of the occurrences, once they are sorted */
    ro_marks direct;
    size_t direct_capacity;
    ro_marks evaluated;
    size_t evaluated_capacity;
    const ro_mark_node *node; /* whose words are looked for */
    bool memory;
} scan;

/* ---- where terms stand ---- */

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

static bool add_mark(scan *s, ro_marks *marks, size_t *capacity, ro_mark mark) {
    ro_mark *grown = grow(s, marks->items, marks->count, capacity, sizeof(ro_mark));
    if (!grown) {
        return false;
    }
    marks->items = grown;
    marks->items[marks->count++] = mark;
    s->marker->concepts[mark.concept].found = true;
    return true;
}

static bool note_occurrence(scan *s, const ro_token *token, uint32_t index) {
    occurrence *grown = grow(s, s->occurrences, s->count, &s->capacity, sizeof(occurrence));
    if (!grown) {
        return false;
    }
    s->occurrences = grown;
    s->occurrences[s->count++] = (occurrence){index, token->position, token->start, token->end};
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
        ro_mark mark = {token->start, token->end, leaf->concept};
        if (!(leaf->concept != RO_NO_CONCEPT ? add_mark(s, &s->direct, &s->direct_capacity, mark)
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
    uint32_t more = token->position + 1 - s->words;
    s->words += more;
    return ro_ticker_late(&s->ticker, more) || s->count + s->direct.count >= RO_MARKS_MAX;
}

/* Brings the occurrences of a leaf together; they stay in order of position. */
static bool group_by_leaf(scan *s) {
    occurrence *sorted = ro_arena_alloc_array(s->arena, s->count + 1, sizeof *sorted);
    s->positions = ro_arena_alloc_array(s->arena, s->count + 1, sizeof *s->positions);
    if (!sorted || !s->positions) {
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
        uint32_t at = leaf->from + leaf->count;
        if (leaf->count && s->positions[at - 1] == s->occurrences[i].position) {
            continue; /* a whole and its first part may be one term */
        }
        sorted[at] = s->occurrences[i];
        s->positions[at] = s->occurrences[i].position;
        leaf->count++;
    }
    s->occurrences = sorted;
    return true;
}

/* ---- where phrases and NEAR stand ---- */

static const ro_leaf *leaf_of(const scan *s, size_t term) {
    return &s->marker->leaves[s->node->first_leaf + term];
}

static ro_positions stands(void *context, size_t term) {
    const scan *s = context;
    const ro_leaf *leaf = leaf_of(s, term);
    return (ro_positions){s->positions + leaf->from, leaf->count};
}

/* Both lists ascend. */
static void matched(void *context, size_t term, ro_positions words) {
    scan *s = context;
    const occurrence *o = s->occurrences + leaf_of(s, term)->from;
    for (size_t i = 0; i < words.count; i++) {
        while (o->position < words.at[i]) {
            o++;
        }
        if (!add_mark(s, &s->evaluated, &s->evaluated_capacity,
                      (ro_mark){o->start, o->end, s->node->concept})) {
            return;
        }
    }
}

static ro_status evaluate(scan *s, const ro_mark_node *node, ro_error *err) {
    ro_status status = RO_OK;
    if (node->concept != RO_NO_CONCEPT && !node->direct) {
        const ro_word_places places = {stands, matched, s};
        s->node = node;
        status = ro_match_words(node->match, &places, s->marker->deadline, err);
    }
    for (size_t i = 0; status == RO_OK && i < node->child_count; i++) {
        status = evaluate(s, node->children[i], err);
    }
    return status;
}

/* ---- marks ---- */

static int compare_marks(const void *a, const void *b) {
    const ro_mark *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return x->end > y->end ? -1 : x->end < y->end;
}

/* Both lists are in order. */
static bool merge_marks(scan *s, ro_marks *out) {
    const ro_marks *direct = &s->direct, *evaluated = &s->evaluated;
    if (evaluated->count == 0) {
        out->items = direct->items;
        out->count = direct->count;
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
    *out = (ro_marks){NULL, 0, marker->concepts};
    scan s = {.marker = marker,
              .field = field,
              .arena = scratch,
              .ticker = {.deadline = marker->deadline}};
    for (size_t i = 0; i < marker->leaf_count; i++) {
        marker->leaves[i].from = marker->leaves[i].count = 0;
    }
    if (marker->leaf_count == 0) {
        return RO_OK;
    }
    ro_status status =
        ro_analyse_some(marker->analyser, text, language, marker->first_bytes, see_token, &s, err);
    if (status == RO_OK && s.ticker.late) {
        status = ro_fail(err, RO_DEADLINE, "the time for the query ran out");
    }
    s.memory = s.memory || (status == RO_OK && !group_by_leaf(&s));
    for (size_t i = 0; status == RO_OK && !s.memory && i < marker->root_count; i++) {
        status = evaluate(&s, marker->roots[i], err);
    }
    if (status != RO_OK) {
        return status;
    }
    if (s.evaluated.count) {
        qsort(s.evaluated.items, s.evaluated.count, sizeof(ro_mark), compare_marks);
    }
    if (s.memory || !merge_marks(&s, out)) {
        *out = (ro_marks){NULL, 0, NULL};
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
