/* The terms of the document at hand, each looked up once. */
#include "evaluator.h"

bool ro_evaluator_has(ro_evaluator *evaluator, uint32_t term) {
    ro_term_state *state = &evaluator->terms[term];
    if (state->has_of != evaluator->run.stamp) {
        const ro_postings *postings = evaluator->postings;
        state->has_of = evaluator->run.stamp;
        state->has = postings && postings->has(postings->leaf, term);
    }
    return state->has;
}

const uint32_t *ro_evaluator_count(ro_evaluator *evaluator, uint32_t term) {
    ro_term_state *state = &evaluator->terms[term];
    if (state->count_of != evaluator->run.stamp) {
        state->count_of = evaluator->run.stamp;
        memset(state->tf, 0, sizeof state->tf);
        if (ro_evaluator_has(evaluator, term)) {
            evaluator->postings->count(evaluator->postings->leaf, term, state->tf);
            (void)ro_ticker_late(&evaluator->run.ticker, state->tf[0] + state->tf[1]);
        }
    }
    return state->tf;
}

void ro_evaluator_set_count(ro_evaluator *evaluator, uint32_t term,
                            const uint32_t tf[RO_FIELD_COUNT]) {
    ro_term_state *state = &evaluator->terms[term];
    unsigned fields = evaluator->plan->terms[term].fields;
    state->has = (fields & RO_FIELD_TITLE && tf[0]) || (fields & RO_FIELD_BODY && tf[1]);
    state->tf[0] = state->has ? tf[0] : 0;
    state->tf[1] = state->has ? tf[1] : 0;
    state->has_of = state->count_of = evaluator->run.stamp;
}

typedef struct position_list {
    const uint64_t *at; /* ascending */
    size_t count;
} position_list;

static position_list positions_of(ro_evaluator *evaluator, uint32_t term) {
    ro_term_state *state = &evaluator->terms[term];
    if (state->positions_of != evaluator->run.stamp) {
        state->positions_of = evaluator->run.stamp;
        ro_buf_clear(&state->positions);
        if (ro_evaluator_has(evaluator, term)) {
            evaluator->postings->positions(evaluator->postings->leaf, term, &state->positions);
            evaluator->run.failed |= state->positions.failed;
        }
    }
    position_list list = {(const uint64_t *)(const void *)state->positions.ptr,
                          state->positions.len / sizeof(uint64_t)};
    if (ro_ticker_late(&evaluator->run.ticker, list.count)) {
        list.count = 0;
    }
    return list;
}

static void add_positions(ro_evaluator *evaluator, uint32_t term, unsigned fields, ro_buf *to) {
    position_list list = positions_of(evaluator, term);
    for (size_t i = 0; i < list.count; i++) {
        if (fields >> (list.at[i] >> 32) & 1) {
            ro_span_add(to, list.at[i], list.at[i]);
        }
    }
}

/* Takes out the spans of `node` that stand at one of the positions. */
static void drop(ro_evaluator *evaluator, ro_plan_node *node, position_list list) {
    ro_span *spans = (ro_span *)(void *)node->spans.ptr;
    size_t count = node->spans.len / sizeof *spans;
    size_t kept = 0;
    for (size_t i = 0, at = 0; list.count && i < count; i++) {
        while (at < list.count && list.at[at] < spans[i].start) {
            at++;
        }
        if (at == list.count || list.at[at] != spans[i].start) {
            spans[kept++] = spans[i];
        }
    }
    node->spans.len = list.count ? kept * sizeof *spans : node->spans.len;
    (void)ro_ticker_late(&evaluator->run.ticker, count);
}

static void exact_spans(ro_evaluator *evaluator, ro_plan_node *node) {
    add_positions(evaluator, node->term, node->fields, &node->spans);
    for (size_t v = 0; v < node->variant_count && node->spans.len; v++) {
        drop(evaluator, node, positions_of(evaluator, node->variants[v]));
    }
    ro_buf forms = RO_BUF_INIT;
    add_positions(evaluator, node->form, node->fields, &forms);
    evaluator->run.failed |= forms.failed;
    ro_spans_merge(
        &evaluator->run, &node->spans,
        (ro_spans){(const ro_span *)(const void *)forms.ptr, forms.len / sizeof(ro_span)});
    ro_buf_release(&forms);
}

void ro_evaluator_find(void *context, ro_plan_node *node) {
    ro_evaluator *evaluator = context;
    if (node->exact) {
        exact_spans(evaluator, node);
    } else {
        add_positions(evaluator, node->term, node->fields, &node->spans);
    }
}
