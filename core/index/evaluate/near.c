/* NEAR: an occurrence of every child, none sharing a word with another, all within slop words.
 *
 * A window begins where an occurrence ends; that one is the first, all others start behind its end,
 * at most slop further. Whether the children stand there without sharing a word is settled for sets
 * of children: how soon a set can be done with, from the window's beginning on (`reach`), and how
 * late it may begin (`before`). With their order given there are only as many sets as children. */
#include "spans.h"

#include <stdlib.h>

#define SETS ((size_t)1 << RO_NEAR_CHILDREN_MAX)
#define NOWHERE UINT64_MAX

typedef struct window {
    ro_span_run *run;
    size_t count; /* children */
    bool ordered;
    uint32_t slop;
    ro_spans children[RO_NEAR_CHILDREN_MAX];
    size_t next[RO_NEAR_CHILDREN_MAX]; /* by child: the first occurrence not before the window */
    uint64_t past;                     /* windows that begin before it have been */
    uint64_t end;                      /* of the first occurrence */
    uint64_t limit;                    /* no occurrence starts behind it */
    uint64_t reach[SETS];  /* by set: the smallest end of its last; NOWHERE: cannot be */
    uint64_t before[SETS]; /* by set: the greatest start of its first; 0: cannot be */
} window;

static size_t all_of(const window *w) {
    return ((size_t)1 << w->count) - 1;
}

static bool open_windows(window *w, ro_span_run *run, ro_plan_node *node) {
    uint32_t slop = node->match->slop;
    *w = (window){.run = run,
                  .count = node->child_count,
                  .ordered = node->match->ordered,
                  .slop = slop < RO_SLOP_MAX ? slop : RO_SLOP_MAX};
    for (size_t c = 0; c < w->count; c++) {
        w->children[c] = ro_spans_minimal(run, &node->children[c]);
    }
    return w->count > 0;
}

/* Goes to the next place where an occurrence ends that may be the first. */
static bool next_window(window *w) {
    w->end = NOWHERE;
    for (size_t c = 0; c < w->count; c++) {
        ro_spans child = w->children[c];
        size_t at = w->next[c];
        while (at < child.count && child.at[at].end < w->past) {
            if (ro_ticker_late(&w->run->ticker, 1)) {
                return false;
            }
            at++;
        }
        w->next[c] = at;
        if (at == child.count) {
            return false;
        }
        if ((c == 0 || !w->ordered) && child.at[at].end < w->end) {
            w->end = child.at[at].end;
        }
    }
    w->past = w->end + 1;
    w->limit = w->end + w->slop;
    return !ro_ticker_late(&w->run->ticker, w->count);
}

/* The first occurrence of a child that starts behind a position. */
static size_t first_after(const window *w, size_t child, uint64_t position) {
    size_t low = w->next[child];
    size_t high = w->children[child].count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->children[child].at[middle].start <= position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool may_begin(const window *w, size_t child) {
    return (child == 0 || !w->ordered) && w->children[child].at[w->next[child]].end == w->end;
}

/* How many of the first children are a set; with an order only such sets are looked at. */
static bool may_follow(const window *w, size_t set, size_t child) {
    return w->ordered ? set == ((size_t)1 << child) - 1 : !(set >> child & 1);
}

static bool may_precede(const window *w, size_t set, size_t child) {
    return w->ordered ? set == (all_of(w) & ~(((size_t)2 << child) - 1)) : !(set >> child & 1);
}

static bool all_within(const window *w) {
    for (size_t c = 0; c < w->count; c++) {
        if (w->children[c].at[w->next[c]].start > w->limit) {
            return false;
        }
    }
    return true;
}

/* Whether the children stand in the window. */
static bool stands(window *w) {
    size_t all = all_of(w);
    if (!all_within(w) || ro_ticker_late(&w->run->ticker, all)) {
        return false;
    }
    for (size_t set = 0; set <= all; set++) {
        w->reach[set] = NOWHERE;
    }
    for (size_t c = 0; c < w->count; c++) {
        if (may_begin(w, c)) {
            w->reach[(size_t)1 << c] = w->end;
        }
    }
    for (size_t set = 1; set < all; set++) {
        for (size_t c = 0; w->reach[set] != NOWHERE && c < w->count; c++) {
            if (!may_follow(w, set, c)) {
                continue;
            }
            size_t at = first_after(w, c, w->reach[set]);
            uint64_t *reach = &w->reach[set | (size_t)1 << c];
            if (at < w->children[c].count && w->children[c].at[at].start <= w->limit &&
                w->children[c].at[at].end < *reach) {
                *reach = w->children[c].at[at].end;
            }
        }
    }
    return w->reach[all] != NOWHERE;
}

void ro_near_spans(ro_span_run *run, ro_plan_node *node) {
    window w;
    for (bool more = open_windows(&w, run, node); more && next_window(&w);) {
        if (!stands(&w)) {
            continue;
        }
        if (w.ordered) {
            ro_span_add(&node->spans, w.children[0].at[w.next[0]].start, w.reach[all_of(&w)]);
        } else {
            ro_span_add(&node->spans, w.end, w.end);
        }
    }
}

/* ---- which occurrences take part ------------------------------------------------------------ */

/* Fills `before`, from the last child back. */
static void look_back(window *w) {
    size_t all = all_of(w);
    w->before[0] = NOWHERE;
    for (size_t set = 1; set <= all; set++) {
        w->before[set] = 0;
    }
    for (size_t set = 0; set < all; set++) {
        for (size_t c = 0; w->before[set] && c < w->count; c++) {
            if (!may_precede(w, set, c)) {
                continue;
            }
            const ro_span *at = w->children[c].at;
            size_t i = first_after(w, c, w->limit);
            while (i > w->next[c] && at[i - 1].end >= w->before[set]) {
                i--;
            }
            uint64_t *before = &w->before[set | (size_t)1 << c];
            if (i > w->next[c] && at[i - 1].start > *before) {
                *before = at[i - 1].start;
            }
        }
    }
}

/* Some of the other children stand between the window's beginning and the span, the rest behind. */
static bool takes_part(const window *w, size_t child, const ro_span *span) {
    size_t others = all_of(w) & ~((size_t)1 << child);
    if (may_begin(w, child) && span->end == w->end && span->end < w->before[others]) {
        return true;
    }
    for (size_t set = 1; set <= others; set++) {
        if ((set & ~others) == 0 && w->reach[set] < span->start &&
            span->end < w->before[others & ~set]) {
            return true;
        }
    }
    return false;
}

/* `taken` has a place for every occurrence of every child, one child's after the other's. */
static void take_window(window *w, bool *taken) {
    look_back(w);
    for (size_t c = 0; c < w->count; taken += w->children[c++].count) {
        for (size_t i = w->next[c]; i < w->children[c].count; i++) {
            const ro_span *span = &w->children[c].at[i];
            if (span->start > w->limit || ro_ticker_late(&w->run->ticker, all_of(w))) {
                break;
            }
            taken[i] = taken[i] || takes_part(w, c, span);
        }
    }
}

void ro_near_taken(ro_span_run *run, ro_plan_node *node) {
    window w;
    bool more = open_windows(&w, run, node);
    size_t total = 1;
    for (size_t c = 0; c < w.count; c++) {
        total += w.children[c].count;
    }
    bool *taken = calloc(total, sizeof *taken);
    if (!taken) {
        run->failed = true;
        return;
    }
    while (more && next_window(&w)) {
        if (stands(&w)) {
            take_window(&w, taken);
        }
    }
    const bool *at = taken;
    for (size_t c = 0; c < w.count; c++) {
        for (size_t i = 0; i < w.children[c].count; i++) {
            if (*at++) {
                ro_buf_add(&node->children[c].taken, &w.children[c].at[i], sizeof(ro_span));
            }
        }
    }
    free(taken);
}
