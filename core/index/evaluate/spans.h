/* Where the nodes of a query occur in one text: see evaluate.h for what that means. Leaves ask it
 * whether a document matches and how often, highlighting (readout/spans.h) which words did. */
#ifndef READOUT_INDEX_EVALUATE_SPANS_H
#define READOUT_INDEX_EVALUATE_SPANS_H

#include "../plan.h"

#include "readout/deadline.h"

/* The texts that spans are looked for in, one after the other. */
typedef struct ro_span_run {
    /* Appends where a TERM stands to node->spans, in order. */
    void (*find)(void *context, ro_plan_node *node);
    void *context;
    uint64_t stamp;   /* of the text at hand */
    ro_ticker ticker; /* once it is late, spans are void */
    ro_buf merged;    /* ro_span: while alternatives are merged */
    bool failed;      /* memory ran out: spans are void */
} ro_span_run;

void ro_span_run_release(ro_span_run *run);

/* The spans of a node, in order of start, then end; valid until the next text. */
typedef struct ro_spans {
    const ro_span *at;
    size_t count;
} ro_spans;

ro_spans ro_spans_of(ro_span_run *run, ro_plan_node *node);
/* Appends a span. */
void ro_span_add(ro_buf *to, uint64_t start, uint64_t end);
/* Merges `from` into `into`, both in order; what is in both comes once. */
void ro_spans_merge(ro_span_run *run, ro_buf *into, ro_spans from);
/* Drops the spans of a node that hold another; then ends ascend as starts do. */
ro_spans ro_spans_minimal(ro_span_run *run, ro_plan_node *node);

/* Calls `fn` with each occurrence of a PHRASE and the span that each of its words has there. */
typedef void (*ro_phrase_fn)(void *context, ro_span found, const ro_span *words);
void ro_phrase_each(ro_span_run *run, ro_plan_node *node, ro_phrase_fn fn, void *context);

/* Appends the occurrences of a NEAR to node->spans. */
void ro_near_spans(ro_span_run *run, ro_plan_node *node);
/* Appends to `taken` of each child those of its spans that take part in an occurrence. */
void ro_near_taken(ro_span_run *run, ro_plan_node *node);

#endif
