/* What a question asks for as preferences of a search: matches of columns that add to the score. */
#include "searcher.h"

#define NO_COLUMN RO_COLUMNS

/* Where it stands in documents of each kind, what it is worth there (a telling word of a short text
 * is worth some 5 to 20), and whether it counts only where it acts or speaks. */
typedef struct place {
    int column;
    float worth;
    bool acting;
} place;

static const place PLACES[RO_WISH_KINDS][RO_KINDS] = {
    [RO_WISH_SIDE] = {{RO_COLUMN_SIDE, 2, false},
                      {RO_COLUMN_SIDE, 6, false},
                      {RO_COLUMN_SIDE, 6, false},
                      {RO_COLUMN_BY, 6, true},
                      {RO_COLUMN_SPEAKER, 6, true}},
    [RO_WISH_PERSON] = {{RO_COLUMN_PERSON, 4, false},
                        {RO_COLUMN_PERSON, 8, false},
                        {RO_COLUMN_PERSON, 12, false},
                        {RO_COLUMN_BY, 10, true},
                        {RO_COLUMN_SPEAKER, 12, true}},
    [RO_WISH_ROLE] = {{NO_COLUMN, 0, false},
                      {RO_COLUMN_ROLE, 6, false},
                      {RO_COLUMN_ROLE, 10, false},
                      {NO_COLUMN, 0, false},
                      {NO_COLUMN, 0, false}},
    [RO_WISH_STATUS] = {{NO_COLUMN, 0, false},
                        {RO_COLUMN_STATUS, 6, false},
                        {NO_COLUMN, 0, false},
                        {RO_COLUMN_STATUS, 6, false},
                        {NO_COLUMN, 0, false}},
    [RO_WISH_PLACE] = {{RO_COLUMN_PLACE, 2, false},
                       {RO_COLUMN_PLACE, 8, false},
                       {RO_COLUMN_PLACE, 8, false},
                       {NO_COLUMN, 0, false},
                       {NO_COLUMN, 0, false}},
};

typedef struct chooser {
    ro_run *run;
    ro_planner *planner;
    ro_match *node;
    ro_error *err;
} chooser;

static ro_status fold(chooser *c, ro_str text, ro_str *out) {
    ro_buf folded = RO_BUF_INIT;
    ro_status status = ro_fold(c->planner->analyser, text, &folded, c->err);
    if (status == RO_OK) {
        *out = ro_arena_copy(c->planner->arena, ro_buf_str(&folded));
        status = out->ptr ? RO_OK : ro_fail_memory(c->err);
    }
    ro_buf_release(&folded);
    return status;
}

/* Roles and statuses: several, parted by blanks. */
static ro_status split(chooser *c, ro_str value) {
    c->node->values = ro_arena_alloc_array(c->planner->arena, value.len + 1, sizeof(ro_str));
    if (!c->node->values) {
        return ro_fail_memory(c->err);
    }
    for (size_t at = 0, end; at < value.len; at = end + 1) {
        for (end = at; end < value.len && value.ptr[end] != ' ';) {
            end++;
        }
        c->node->values[c->node->value_count++] = ro_str_make(value.ptr + at, end - at);
    }
    return RO_OK;
}

static ro_status set_values(chooser *c, const ro_wish *wish) {
    ro_arena *arena = c->planner->arena;
    if (wish->kind == RO_WISH_ROLE || wish->kind == RO_WISH_STATUS) {
        return split(c, wish->value);
    }
    if (wish->kind == RO_WISH_PERSON) {
        return ro_people_by_name(c->planner->snapshot, wish->value, arena, &c->node->values,
                                 &c->node->value_count, c->err);
    }
    if (ro_str_equal(wish->value, RO_STR(RO_WISH_ANY))) {
        return RO_OK;
    }
    c->node->values = ro_arena_alloc(arena, sizeof(ro_str));
    if (!c->node->values) {
        return ro_fail_memory(c->err);
    }
    c->node->value_count = 1;
    return fold(c, wish->value, &c->node->values[0]);
}

static ro_status prefer(chooser *c, const ro_wish *wish) {
    ro_query_plan *plan = &c->run->plan;
    const place *at = &PLACES[wish->kind][c->run->kind];
    /* "agreed" said of an outcome is not said of talks. */
    bool elsewhere = wish->kind == RO_WISH_STATUS && c->run->question.order[0] != c->run->kind;
    if (at->column == NO_COLUMN || (at->acting && !wish->acts) || elsewhere) {
        return RO_OK;
    }
    c->node = ro_match_new(c->planner->arena, RO_MATCH_VALUE);
    if (!c->node) {
        return ro_fail_memory(c->err);
    }
    c->node->column = (ro_column)at->column;
    c->node->worth = at->worth;
    ro_status status = set_values(c, wish);
    bool any = ro_str_equal(wish->value, RO_STR(RO_WISH_ANY));
    if (status == RO_OK && (any || c->node->value_count)) {
        plan->preferred[plan->preferred_count++] = c->node;
        plan->scored = true;
    }
    return status;
}

ro_status ro_run_prefer(ro_run *run, ro_planner *planner, ro_error *err) {
    chooser c = {.run = run, .planner = planner, .err = err};
    const ro_question *question = &run->question;
    ro_status status = RO_OK;
    if (question->wish_count) {
        run->plan.preferred =
            ro_arena_alloc_array(planner->arena, question->wish_count, sizeof(ro_match *));
        status = run->plan.preferred ? RO_OK : ro_fail_memory(err);
    }
    for (size_t i = 0; status == RO_OK && i < question->wish_count; i++) {
        status = prefer(&c, &question->wishes[i]);
    }
    return status;
}
