#include "spans.h"

#include <stdlib.h>

void ro_span_run_release(ro_span_run *run) {
    ro_buf_release(&run->merged);
}

void ro_span_add(ro_buf *to, uint64_t start, uint64_t end) {
    ro_span span = {start, end};
    ro_buf_add(to, &span, sizeof span);
}

static ro_spans spans_in(const ro_buf *buf) {
    return (ro_spans){(const ro_span *)(const void *)buf->ptr, buf->len / sizeof(ro_span)};
}

static int order_of(const ro_span *x, const ro_span *y) {
    int order = (x->start > y->start) - (x->start < y->start);
    return order ? order : (x->end > y->end) - (x->end < y->end);
}

void ro_spans_merge(ro_span_run *run, ro_buf *into, ro_spans from) {
    ro_spans known = spans_in(into);
    if (!from.count || !known.count) {
        ro_buf_add(into, from.at, from.count * sizeof *from.at);
        run->failed |= into->failed;
        return;
    }
    ro_buf_clear(&run->merged);
    for (size_t i = 0, j = 0;
         (i < known.count || j < from.count) && !ro_ticker_late(&run->ticker, 1);) {
        int order = i == known.count  ? 1
                    : j == from.count ? -1
                                      : order_of(&known.at[i], &from.at[j]);
        const ro_span *first = order <= 0 ? &known.at[i] : &from.at[j];
        ro_buf_add(&run->merged, first, sizeof *first);
        i += order <= 0;
        j += order >= 0;
    }
    run->failed |= run->merged.failed;
    ro_buf merged = run->merged;
    run->merged = *into;
    *into = merged;
}

static void any_of_spans(ro_span_run *run, ro_plan_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        ro_spans_merge(run, &node->spans, ro_spans_of(run, &node->children[i]));
    }
}

ro_spans ro_spans_minimal(ro_span_run *run, ro_plan_node *node) {
    ro_spans all = ro_spans_of(run, node);
    ro_span *at = (ro_span *)(void *)node->spans.ptr;
    size_t kept = 0;
    for (size_t i = 0; i < all.count && !ro_ticker_late(&run->ticker, 1); i++) {
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

/* ---- phrases -------------------------------------------------------------------------------- */

static uint32_t slop_of(const ro_plan_node *node) {
    return node->match->slop < RO_SLOP_MAX ? node->match->slop : RO_SLOP_MAX;
}

typedef struct phrase {
    const ro_plan_node *node;
    ro_spans *children;
    size_t *next;   /* by child: nothing before it is late enough any more */
    ro_span *words; /* by child: the span taken */
} phrase;

typedef enum fit { FITS, FITS_NOT, NOTHING_LEFT } fit;

/* The words after the first, which is at words[0]. */
static fit fit_words(ro_span_run *run, phrase *p) {
    uint64_t place = p->words[0].start;
    uint64_t stretch = 0;
    for (size_t c = 1; c < p->node->child_count && stretch <= slop_of(p->node); c++) {
        ro_spans child = p->children[c];
        size_t at = p->next[c];
        place += p->node->children[c].match->gap - p->node->children[c - 1].match->gap;
        while (at < child.count && child.at[at].start < place && !ro_ticker_late(&run->ticker, 1)) {
            at++;
        }
        p->next[c] = at;
        if (at == child.count) {
            return NOTHING_LEFT;
        }
        stretch += child.at[at].start - place;
        place = child.at[at].start;
        p->words[c] = child.at[at];
    }
    return stretch <= slop_of(p->node) ? FITS : FITS_NOT;
}

/* Taking the first place that is late enough for each child is best for every one after it; and as
 * starts grow, so do those places: each child is gone through once. Slop is too small to lead from
 * one field into the next. */
void ro_phrase_each(ro_span_run *run, ro_plan_node *node, ro_phrase_fn fn, void *context) {
    size_t count = node->child_count;
    phrase p = {node, calloc(count, sizeof *p.children), calloc(count, sizeof *p.next),
                calloc(count, sizeof *p.words)};
    run->failed |= !p.children || !p.next || !p.words;
    for (size_t c = 0; !run->failed && c < count; c++) {
        p.children[c] = ro_spans_of(run, &node->children[c]);
    }
    for (size_t i = 0; !run->failed && i < p.children[0].count; i++) {
        p.words[0] = p.children[0].at[i];
        if (ro_ticker_late(&run->ticker, count)) {
            break;
        }
        if (i && p.children[0].at[i - 1].start == p.words[0].start) {
            continue;
        }
        fit found = fit_words(run, &p);
        if (found == NOTHING_LEFT) {
            break;
        }
        if (found == FITS) {
            ro_span whole = p.words[0];
            for (size_t c = 1; c < count; c++) {
                whole.end = p.words[c].end > whole.end ? p.words[c].end : whole.end;
            }
            fn(context, whole, p.words);
        }
    }
    free(p.children);
    free(p.next);
    free(p.words);
}

static void add_phrase(void *context, ro_span found, const ro_span *words) {
    (void)words;
    ro_span_add(context, found.start, found.end);
}

/* ---- any node ------------------------------------------------------------------------------- */

ro_spans ro_spans_of(ro_span_run *run, ro_plan_node *node) {
    if (node->spans_of != run->stamp) {
        node->spans_of = run->stamp;
        ro_buf_clear(&node->spans);
        if (node->kind == RO_MATCH_TERM) {
            run->find(run->context, node);
        } else if (node->kind == RO_MATCH_ANY_OF) {
            any_of_spans(run, node);
        } else if (node->kind == RO_MATCH_PHRASE && node->child_count) {
            ro_phrase_each(run, node, add_phrase, &node->spans);
        } else if (node->kind == RO_MATCH_NEAR && node->child_count) {
            ro_near_spans(run, node);
        }
        run->failed |= node->spans.failed;
    }
    return spans_in(&node->spans);
}
