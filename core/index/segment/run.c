#include "run.h"

#define CLOCK_EVERY 64 /* documents between looks at the clock */

/* One run; the leaf that evaluators see. */
typedef struct runner {
    const ro_plan *plan;
    ro_cursor *cursors; /* of the terms that stand in the segment */
    size_t cursor_count;
    ro_cursor **of;  /* by term: its cursor, NULL when it does not stand in the segment */
    uint32_t number; /* of the document at hand */
    ro_postings postings;
} runner;

/* ---- postings ------------------------------------------------------------------------------- */

static ro_cursor *cursor_of(const runner *r, uint32_t term) {
    ro_cursor *cursor = r->of[term];
    return cursor && cursor->doc == r->number ? cursor : NULL;
}

static void count(void *leaf, uint32_t term, uint32_t tf[RO_FIELD_COUNT]) {
    ro_cursor *cursor = cursor_of(leaf, term);
    if (cursor) {
        ro_cursor_count(cursor);
        tf[0] = cursor->title[cursor->place];
        tf[1] = cursor->tf[cursor->place] - tf[0];
    }
}

static bool has(void *leaf, uint32_t term) {
    const runner *r = leaf;
    unsigned fields = r->plan->terms[term].fields;
    uint32_t tf[RO_FIELD_COUNT] = {0};
    if (fields == RO_FIELD_ANY) {
        return cursor_of(r, term) != NULL;
    }
    count(leaf, term, tf);
    return (fields & RO_FIELD_TITLE && tf[0]) || (fields & RO_FIELD_BODY && tf[1]);
}

static void positions(void *leaf, uint32_t term, ro_buf *out) {
    ro_cursor *cursor = cursor_of(leaf, term);
    if (cursor) {
        ro_cursor_positions(cursor, out);
    }
}

/* ---- documents ------------------------------------------------------------------------------ */

static ro_status open_cursors(runner *r, const ro_segment *segment, ro_arena *arena,
                              ro_error *err) {
    size_t count_of = r->plan->term_count;
    r->cursors = ro_arena_alloc_array(arena, count_of, sizeof *r->cursors);
    r->of = (ro_cursor **)ro_arena_alloc_array(arena, count_of, sizeof(void *));
    if (!r->cursors || !r->of) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < count_of; i++) {
        ro_segment_list list = ro_segment_term(segment, r->plan->terms[i].key);
        if (list.df) {
            r->of[i] = &r->cursors[r->cursor_count++];
            ro_cursor_open(r->of[i], segment, list);
        }
    }
    return RO_OK;
}

/* Brings all cursors to `from` or after it; the least document. */
static uint32_t bring(runner *r, uint32_t from) {
    uint32_t least = RO_NO_DOC;
    for (size_t i = 0; i < r->cursor_count; i++) {
        ro_cursor *cursor = &r->cursors[i];
        uint32_t doc = cursor->doc < from ? ro_cursor_advance(cursor, from) : cursor->doc;
        least = doc < least ? doc : least;
    }
    return least;
}

static ro_status finish(const runner *r, ro_status status, ro_error *err) {
    for (size_t i = 0; i < r->cursor_count && !status; i++) {
        if (r->cursors[i].damaged) {
            return ro_fail(err, RO_DAMAGED,
                           "a segment of the index is damaged: run 'readout-indexer check'");
        }
    }
    return status ? ro_fail(err, status, "the search stopped: %s", ro_status_name(status)) : RO_OK;
}

ro_status ro_segment_run(const ro_segment *segment, const ro_plan *plan, ro_doc only,
                         ro_deadline deadline, ro_hot_visit visit, void *context, ro_arena *arena,
                         ro_error *err) {
    runner r = {.plan = plan};
    r.postings = (ro_postings){&r, has, count, positions};
    uint32_t first = only ? ro_segment_number(segment, only) : 0;
    if (only && (first == segment->count || ro_segment_doc(segment, first) != only)) {
        return RO_OK;
    }
    ro_status status = open_cursors(&r, segment, arena, err);
    unsigned since_clock = CLOCK_EVERY - 1;
    uint32_t next = status ? RO_NO_DOC : bring(&r, first);
    while (!status && next != RO_NO_DOC && (!only || next == first)) {
        r.number = next;
        status = visit(context, ro_segment_doc(segment, next), &r.postings);
        if (!status && ++since_clock >= CLOCK_EVERY) {
            since_clock = 0;
            status = ro_deadline_passed(deadline) ? RO_DEADLINE : RO_OK;
        }
        next = bring(&r, next + 1);
    }
    return finish(&r, status, err);
}
