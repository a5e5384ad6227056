#include "readout/spans.h"

#include "spans.h"

#include <stdlib.h>

/* The tree of one text, without statistics. */
typedef struct reading {
    const ro_word_places *places;
    ro_arena memory;
    size_t terms;
    ro_span_run run;
} reading;

static void find(void *context, ro_plan_node *node) {
    const reading *r = context;
    ro_positions positions = r->places->stands(r->places->context, node->term);
    for (size_t i = 0; i < positions.count; i++) {
        ro_span_add(&node->spans, positions.at[i], positions.at[i]);
    }
}

static ro_status make_node(reading *r, const ro_match *match, ro_plan_node *node, ro_error *err) {
    *node = (ro_plan_node){.kind = match->kind, .match = match, .child_count = match->child_count};
    node->term = (uint32_t)r->terms;
    r->terms += match->kind == RO_MATCH_TERM;
    if (match->kind == RO_MATCH_NEAR && match->child_count > RO_NEAR_CHILDREN_MAX) {
        return ro_fail(err, RO_LIMIT, "a NEAR has more than %d parts", RO_NEAR_CHILDREN_MAX);
    }
    node->children = ro_arena_alloc_array(&r->memory, match->child_count, sizeof *node->children);
    ro_status status = node->children ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; status == RO_OK && i < match->child_count; i++) {
        status = make_node(r, match->children[i], &node->children[i], err);
    }
    return status;
}

/* ---- from a node's occurrences to its words -------------------------------------------------- */

static void add_taken(ro_plan_node *node, const ro_span *span) {
    ro_buf_add(&node->taken, span, sizeof *span);
}

/* An alternative's spans are taken where the node's are. Both lists are in order. */
static void take_alternatives(reading *r, ro_plan_node *node) {
    const ro_span *taken = (const ro_span *)(const void *)node->taken.ptr;
    size_t count = node->taken.len / sizeof *taken;
    for (size_t c = 0; c < node->child_count; c++) {
        ro_spans child = ro_spans_of(&r->run, &node->children[c]);
        for (size_t i = 0, j = 0; i < child.count && !ro_ticker_late(&r->run.ticker, 1); i++) {
            const ro_span *at = &child.at[i];
            while (j < count && (taken[j].start < at->start ||
                                 (taken[j].start == at->start && taken[j].end < at->end))) {
                j++;
            }
            if (j < count && taken[j].start == at->start && taken[j].end == at->end) {
                add_taken(&node->children[c], at);
            }
        }
    }
}

typedef struct phrase_taker {
    ro_plan_node *node;
    const ro_span *taken; /* what is left of it */
    size_t count;
} phrase_taker;

/* Occurrences come in order of their starts, and words of neighbours may be the same. */
static void take_phrase(void *context, ro_span found, const ro_span *words) {
    phrase_taker *t = context;
    while (t->count && t->taken->start < found.start) {
        t->taken++;
        t->count--;
    }
    if (!t->count || t->taken->start != found.start || t->taken->end != found.end) {
        return;
    }
    for (size_t c = 0; c < t->node->child_count; c++) {
        ro_plan_node *child = &t->node->children[c];
        ro_spans taken = {(const ro_span *)(const void *)child->taken.ptr,
                          child->taken.len / sizeof(ro_span)};
        if (!taken.count || taken.at[taken.count - 1].start != words[c].start) {
            add_taken(child, &words[c]);
        }
    }
}

/* From `taken` of the node to that of all below. */
static void take(reading *r, ro_plan_node *node) {
    if (node->kind == RO_MATCH_ANY_OF) {
        take_alternatives(r, node);
    } else if (node->kind == RO_MATCH_PHRASE && node->child_count) {
        phrase_taker taker = {node, (const ro_span *)(const void *)node->taken.ptr,
                              node->taken.len / sizeof(ro_span)};
        ro_phrase_each(&r->run, node, take_phrase, &taker);
    } else if (node->kind == RO_MATCH_NEAR && node->child_count) {
        ro_near_taken(&r->run, node); /* it stands in no other node: all of it is taken */
    }
    for (size_t c = 0; c < node->child_count; c++) {
        take(r, &node->children[c]);
    }
    r->run.failed |= node->taken.failed;
}

static ro_status reading_status(const reading *r, ro_error *err) {
    if (r->run.failed) {
        return ro_fail_memory(err);
    }
    return r->run.ticker.late ? ro_fail(err, RO_DEADLINE, "the time for the query ran out") : RO_OK;
}

static ro_status tell(const reading *r, const ro_plan_node *node, ro_error *err) {
    ro_status status = RO_OK;
    if (node->kind == RO_MATCH_TERM) {
        const ro_span *taken = (const ro_span *)(const void *)node->taken.ptr;
        size_t count = node->taken.len / sizeof *taken;
        uint32_t *at = malloc((count + 1) * sizeof *at);
        if (!at) {
            return ro_fail_memory(err);
        }
        for (size_t i = 0; i < count; i++) {
            at[i] = (uint32_t)taken[i].start;
        }
        r->places->matched(r->places->context, node->term, (ro_positions){at, count});
        free(at);
    }
    for (size_t c = 0; status == RO_OK && c < node->child_count; c++) {
        status = tell(r, &node->children[c], err);
    }
    return status;
}

static void release(ro_plan_node *node) {
    ro_buf_release(&node->spans);
    ro_buf_release(&node->taken);
    for (size_t c = 0; node->children && c < node->child_count; c++) {
        release(&node->children[c]);
    }
}

ro_status ro_match_words(const ro_match *match, const ro_word_places *places, ro_deadline deadline,
                         ro_error *err) {
    reading r = {.places = places};
    ro_plan_node root;
    r.run =
        (ro_span_run){.find = find, .context = &r, .stamp = 1, .ticker = {.deadline = deadline}};
    ro_status status = make_node(&r, match, &root, err);
    if (status == RO_OK) {
        ro_spans all = ro_spans_of(&r.run, &root);
        ro_buf_add(&root.taken, all.at, all.count * sizeof *all.at);
        take(&r, &root);
        status = reading_status(&r, err);
    }
    if (status == RO_OK) {
        status = tell(&r, &root, err);
    }
    release(&root);
    ro_span_run_release(&r.run);
    ro_arena_release(&r.memory);
    return status;
}
