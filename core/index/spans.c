/* Where nodes occur in a document: see evaluate.h for what that means. */
#include "evaluator.h"

#include <stdlib.h>

static void add_span(ro_buf *to, uint64_t start, uint64_t end) {
    ro_span span = {start, end};
    ro_buf_add(to, &span, sizeof span);
}

static void add_positions(ro_evaluator *evaluator, uint32_t term, unsigned fields, ro_buf *to) {
    const ro_buf *positions = ro_evaluator_positions(evaluator, term);
    const uint64_t *at = (const uint64_t *)(const void *)positions->ptr;
    for (size_t i = 0; i < positions->len / sizeof *at; i++) {
        if (fields >> (at[i] >> 32) & 1) {
            add_span(to, at[i], at[i]);
        }
    }
}

static int by_start(const void *a, const void *b) {
    const ro_span *x = a;
    const ro_span *y = b;
    int order = (x->start > y->start) - (x->start < y->start);
    return order ? order : (x->end > y->end) - (x->end < y->end);
}

static void sort_unique(ro_buf *buf) {
    ro_span *at = (ro_span *)(void *)buf->ptr;
    size_t count = buf->len / sizeof *at;
    size_t kept = 0;
    if (count) {
        qsort(at, count, sizeof *at, by_start);
    }
    for (size_t i = 0; i < count; i++) {
        if (!kept || by_start(&at[kept - 1], &at[i]) != 0) {
            at[kept++] = at[i];
        }
    }
    buf->len = kept * sizeof *at;
}

static bool is_in(const ro_buf *positions, uint64_t position) {
    const uint64_t *at = (const uint64_t *)(const void *)positions->ptr;
    size_t low = 0;
    size_t high = positions->len / sizeof *at;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at[middle] < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < positions->len / sizeof *at && at[low] == position;
}

static void exact_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    const ro_buf *stems = ro_evaluator_positions(evaluator, node->term);
    const uint64_t *at = (const uint64_t *)(const void *)stems->ptr;
    for (size_t i = 0; i < stems->len / sizeof *at; i++) {
        bool other = !(node->fields >> (at[i] >> 32) & 1);
        for (size_t v = 0; v < node->variant_count && !other; v++) {
            other = is_in(ro_evaluator_positions(evaluator, node->variants[v]), at[i]);
        }
        if (!other) {
            add_span(&node->spans, at[i], at[i]);
        }
    }
    add_positions(evaluator, node->form, node->fields, &node->spans);
    sort_unique(&node->spans);
}

static void any_of_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        ro_spans child = ro_evaluator_spans(evaluator, &node->children[i]);
        ro_buf_add(&node->spans, child.at, child.count * sizeof *child.at);
    }
    sort_unique(&node->spans);
}

static uint32_t slop_of(const ro_plan_node *node) {
    return node->match->slop < RO_SLOP_MAX ? node->match->slop : RO_SLOP_MAX;
}

/* Taking the first place that is late enough for each child is best for every one after it; and as
 * starts grow, so do those places: each child is gone through once. Slop is too small to lead from
 * one field into the next. */
static void phrase_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    size_t *next = calloc(node->child_count, sizeof *next);
    if (!next) {
        evaluator->failed = true;
        return;
    }
    ro_spans first = ro_evaluator_spans(evaluator, &node->children[0]);
    for (size_t i = 0; i < first.count; i++) {
        ro_span found = first.at[i];
        uint64_t place = found.start;
        uint64_t stretch = 0;
        if (i && first.at[i - 1].start == place) {
            continue;
        }
        for (size_t c = 1; c < node->child_count && stretch <= slop_of(node); c++) {
            ro_spans child = ro_evaluator_spans(evaluator, &node->children[c]);
            place += node->children[c].match->gap - node->children[c - 1].match->gap;
            while (next[c] < child.count && child.at[next[c]].start < place) {
                next[c]++;
            }
            if (next[c] == child.count) {
                goto out;
            }
            const ro_span *span = &child.at[next[c]];
            stretch += span->start - place;
            place = span->start;
            found.end = span->end > found.end ? span->end : found.end;
        }
        if (stretch <= slop_of(node)) {
            add_span(&node->spans, found.start, found.end);
        }
    }
out:
    free(next);
}

/* Drops the spans that hold another. */
static ro_spans minimal_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    ro_spans all = ro_evaluator_spans(evaluator, node);
    ro_span *at = (ro_span *)(void *)node->spans.ptr;
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++) {
        while (kept && at[kept - 1].end >= at[i].end) {
            kept--; /* it starts no later and ends no earlier: it holds this one */
        }
        if (!kept || at[kept - 1].start != at[i].start) {
            at[kept++] = at[i];
        }
    }
    node->spans.len = kept * sizeof *at;
    return (ro_spans){at, kept};
}

static int by_position(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Every child has an occurrence that ends at `end` or later and starts in reach. */
static bool all_near(const ro_spans *children, size_t *next, size_t count, uint64_t end,
                     uint32_t slop) {
    for (size_t c = 0; c < count; c++) {
        while (next[c] < children[c].count && children[c].at[next[c]].end < end) {
            next[c]++;
        }
        if (next[c] == children[c].count || children[c].at[next[c]].start > end + slop) {
            return false;
        }
    }
    return true;
}

static void near_unordered(ro_evaluator *evaluator, ro_plan_node *node, const ro_spans *children,
                           size_t *next) {
    ro_buf ends = RO_BUF_INIT;
    for (size_t c = 0; c < node->child_count; c++) {
        for (size_t i = 0; i < children[c].count; i++) {
            ro_buf_add(&ends, &children[c].at[i].end, sizeof(uint64_t));
        }
    }
    evaluator->failed |= ends.failed;
    uint64_t *at = (uint64_t *)(void *)ends.ptr;
    size_t count = ends.len / sizeof *at;
    if (count) {
        qsort(at, count, sizeof *at, by_position);
    }
    for (size_t i = 0; i < count; i++) {
        if ((!i || at[i] != at[i - 1]) &&
            all_near(children, next, node->child_count, at[i], slop_of(node))) {
            add_span(&node->spans, at[i], at[i]);
        }
    }
    ro_buf_release(&ends);
}

static void near_ordered(ro_plan_node *node, const ro_spans *children, size_t *next) {
    for (size_t i = 0; i < children[0].count; i++) {
        uint64_t end = children[0].at[i].end;
        ro_span last = children[0].at[i];
        size_t c = 1;
        for (; c < node->child_count; c++) {
            while (next[c] < children[c].count && children[c].at[next[c]].start <= last.end) {
                next[c]++;
            }
            if (next[c] == children[c].count) {
                return;
            }
            last = children[c].at[next[c]];
            if (last.start > end + slop_of(node)) {
                break;
            }
        }
        if (c == node->child_count) {
            add_span(&node->spans, children[0].at[i].start, last.end);
        }
    }
}

static void near_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    ro_spans *children = calloc(node->child_count, sizeof *children);
    size_t *next = calloc(node->child_count, sizeof *next);
    if (!children || !next) {
        evaluator->failed = true;
        goto out;
    }
    for (size_t c = 0; c < node->child_count; c++) {
        children[c] = minimal_spans(evaluator, &node->children[c]);
    }
    if (node->match->ordered) {
        near_ordered(node, children, next);
    } else {
        near_unordered(evaluator, node, children, next);
    }
out:
    free(children);
    free(next);
}

ro_spans ro_evaluator_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    if (node->spans_of != evaluator->stamp) {
        node->spans_of = evaluator->stamp;
        ro_buf_clear(&node->spans);
        if (node->kind == RO_MATCH_TERM) {
            if (node->exact) {
                exact_spans(evaluator, node);
            } else {
                add_positions(evaluator, node->term, node->fields, &node->spans);
            }
        } else if (node->kind == RO_MATCH_ANY_OF) {
            any_of_spans(evaluator, node);
        } else if (node->kind == RO_MATCH_PHRASE && node->child_count) {
            phrase_spans(evaluator, node);
        } else if (node->kind == RO_MATCH_NEAR && node->child_count) {
            near_spans(evaluator, node);
        }
        evaluator->failed |= node->spans.failed;
    }
    return (ro_spans){(const ro_span *)(void *)node->spans.ptr, node->spans.len / sizeof(ro_span)};
}
