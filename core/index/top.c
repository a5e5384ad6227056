#include "top.h"

#include <stdlib.h>

static int64_t date_key(ro_sort sort, int64_t published) {
    if (published == RO_TIME_NONE) {
        return INT64_MAX;
    }
    return sort == RO_SORT_NEWEST ? -published : published;
}

bool ro_hit_before(ro_sort sort, const ro_hit *a, const ro_hit *b) {
    if (sort == RO_SORT_SCORE) {
        if (a->score != b->score) {
            return a->score > b->score;
        }
    } else {
        int64_t x = date_key(sort, a->published);
        int64_t y = date_key(sort, b->published);
        if (x != y) {
            return x < y;
        }
    }
    return a->doc < b->doc;
}

bool ro_top_wants(const ro_top *top, const ro_hit *hit) {
    if (!top->k || (top->after && !ro_hit_before(top->sort, top->after, hit))) {
        return false;
    }
    return top->count < top->k || ro_hit_before(top->sort, hit, &top->hits[0]);
}

/* Lets hits[at] sink below those that come after it. */
static void sink(ro_top *top, size_t at) {
    for (;;) {
        size_t worst = at;
        for (size_t child = at * 2 + 1; child <= at * 2 + 2 && child < top->count; child++) {
            if (ro_hit_before(top->sort, &top->hits[worst], &top->hits[child])) {
                worst = child;
            }
        }
        if (worst == at) {
            return;
        }
        ro_hit moved = top->hits[at];
        top->hits[at] = top->hits[worst];
        top->hits[worst] = moved;
        at = worst;
    }
}

static bool grow(ro_top *top) {
    size_t capacity = top->capacity ? top->capacity * 2 : 16;
    ro_hit *grown = realloc(top->hits, capacity * sizeof *grown);
    if (grown) {
        top->hits = grown;
        top->capacity = capacity;
    }
    return grown != NULL;
}

/* Whether another of its group is there, which it replaces if it comes before. */
static bool joins_group(ro_top *top, const ro_hit *hit) {
    size_t at = 0;
    while (at < top->count && top->hits[at].group != hit->group) {
        at++;
    }
    if (at < top->count && ro_hit_before(top->sort, hit, &top->hits[at])) {
        top->hits[at] = *hit;
        sink(top, at);
        return true;
    }
    return at < top->count;
}

static bool insert(ro_top *top, const ro_hit *hit) {
    if (top->count == top->k) {
        top->hits[0] = *hit;
        sink(top, 0);
        return true;
    }
    if (top->count == top->capacity && !grow(top)) {
        return false;
    }
    size_t at = top->count++;
    while (at && ro_hit_before(top->sort, &top->hits[(at - 1) / 2], hit)) {
        top->hits[at] = top->hits[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    top->hits[at] = *hit;
    return true;
}

bool ro_top_add(ro_top *top, const ro_hit *hit) {
    ro_hit taken = *hit;
    if (!ro_top_wants(top, hit)) {
        return true;
    }
    if (top->group_of) {
        taken.group = top->group_of(top->context, hit->doc);
    }
    return (top->group_of && joins_group(top, &taken)) || insert(top, &taken);
}

ro_status ro_top_finish(ro_top *top, ro_arena *arena, ro_hit **hits, ro_error *err) {
    size_t count = top->count;
    *hits = ro_arena_alloc_array(arena, count, sizeof **hits);
    if (!*hits) {
        return ro_fail_memory(err);
    }
    while (top->count) {
        (*hits)[top->count - 1] = top->hits[0];
        top->hits[0] = top->hits[--top->count];
        sink(top, 0);
    }
    return RO_OK;
}

void ro_top_release(ro_top *top) {
    free(top->hits);
    *top = (ro_top){0};
}
