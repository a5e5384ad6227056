#include "lookup.h"

static ro_cursor *cursor_of(ro_lookup *lookup, uint32_t term) {
    ro_cursor *cursor = lookup->cursors[term];
    if (!cursor) {
        cursor = lookup->cursors[term] = ro_arena_alloc(lookup->arena, sizeof *cursor);
        if (!cursor) {
            lookup->memory = true;
            return NULL;
        }
        ro_cursor_begin(cursor, lookup->segment, lookup->lists[term]);
    }
    return cursor;
}

static bool has(void *leaf, uint32_t term) {
    ro_lookup *lookup = leaf;
    ro_cursor *cursor = cursor_of(lookup, term);
    if (!cursor || ro_cursor_advance(cursor, lookup->number) != lookup->number) {
        return false;
    }
    unsigned fields = lookup->plan->terms[term].fields;
    if (fields == RO_FIELD_ANY) {
        return true;
    }
    uint32_t tf;
    uint32_t title;
    ro_cursor_count_one(cursor, &tf, &title);
    return (fields & RO_FIELD_TITLE && title) || (fields & RO_FIELD_BODY && tf > title);
}

static void count(void *leaf, uint32_t term, uint32_t tf[RO_FIELD_COUNT]) {
    ro_cursor *cursor = cursor_of(leaf, term);
    if (cursor) {
        uint32_t all;
        ro_cursor_count_one(cursor, &all, &tf[0]);
        tf[1] = all - tf[0];
    }
}

static void list_positions(void *leaf, uint32_t term, ro_buf *out) {
    ro_lookup *lookup = leaf;
    ro_cursor *cursor = cursor_of(lookup, term);
    if (cursor && ro_cursor_advance(cursor, lookup->number) == lookup->number) {
        ro_cursor_positions(cursor, out);
    }
}

ro_status ro_lookup_init(ro_lookup *lookup, const ro_segment *segment, const ro_plan *plan,
                         ro_arena *arena, ro_error *err) {
    *lookup = (ro_lookup){.postings = {lookup, has, count, list_positions},
                          .segment = segment,
                          .plan = plan,
                          .arena = arena};
    lookup->lists = ro_arena_alloc_array(arena, plan->term_count, sizeof *lookup->lists);
    lookup->cursors = (ro_cursor **)ro_arena_alloc_array(arena, plan->term_count, sizeof(void *));
    if (!lookup->lists || !lookup->cursors) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < plan->term_count; i++) {
        if (plan->terms[i].df) { /* or else no leaf has it */
            lookup->lists[i] = ro_segment_term(segment, plan->terms[i].key);
        }
    }
    return RO_OK;
}

void ro_lookup_go(ro_lookup *lookup, uint32_t number) {
    for (size_t i = 0; number < lookup->number && i < lookup->plan->term_count; i++) {
        if (lookup->cursors[i]) {
            ro_cursor_begin(lookup->cursors[i], lookup->segment, lookup->lists[i]);
        }
    }
    lookup->number = number;
}

ro_status ro_lookup_status(const ro_lookup *lookup) {
    bool damaged = false;
    for (size_t i = 0; i < lookup->plan->term_count; i++) {
        damaged |= lookup->cursors[i] && lookup->cursors[i]->damaged;
    }
    return lookup->memory ? RO_MEMORY : damaged ? RO_DAMAGED : RO_OK;
}
