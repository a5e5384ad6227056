#include "oracle.h"

static ro_arena memory;

void *oracle_alloc(size_t count, size_t size) {
    void *made = ro_arena_alloc_array(&memory, count, size);
    assert_non_null(made);
    return made;
}

void oracle_forget(void) {
    ro_arena_reset(&memory);
}

void oracle_add_span(span_list *list, span s) {
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(&list->at[i], &s, sizeof s) == 0) {
            return;
        }
    }
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 8;
        span *grown = oracle_alloc(room, sizeof *grown);
        if (list->count) {
            memcpy(grown, list->at, list->count * sizeof *grown);
        }
        list->at = grown;
        list->room = room;
    }
    list->at[list->count++] = s;
}

bool oracle_is_term(const token *t, const ro_match *m) {
    return (m->fields >> t->field & 1) &&
           ro_str_equal(ro_str_from(m->exact ? t->form : t->stem), m->term);
}

static bool is_phrase(const choice *c) {
    int64_t stretch = 0;
    for (size_t i = 1; i < c->node->child_count; i++) {
        int64_t gap = (int64_t)c->node->children[i]->gap - c->node->children[i - 1]->gap;
        int64_t more = c->chosen[i]->start - c->chosen[i - 1]->start - gap;
        if (more < 0 || c->chosen[i]->field != c->chosen[0]->field) {
            return false;
        }
        stretch += more;
    }
    return stretch <= c->node->slop;
}

/* No word takes part in a NEAR twice. */
static bool share_a_word(const span *a, const span *b) {
    return a->field == b->field && a->start <= b->end && b->start <= a->end;
}

static bool is_near(const choice *c) {
    int64_t last_start = c->chosen[0]->start;
    int64_t first_end = c->chosen[0]->end;
    for (size_t i = 1; i < c->node->child_count; i++) {
        const span *s = c->chosen[i];
        if (s->field != c->chosen[0]->field ||
            (c->node->ordered && s->start <= c->chosen[i - 1]->end)) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (share_a_word(s, c->chosen[j])) {
                return false;
            }
        }
        last_start = s->start > last_start ? s->start : last_start;
        first_end = s->end < first_end ? s->end : first_end;
    }
    if (c->node->ordered) {
        return c->chosen[c->node->child_count - 1]->start - c->chosen[0]->end <= c->node->slop;
    }
    return last_start - first_end <= c->node->slop;
}

/* What counts as one occurrence: of a phrase its start (and then its smallest end), of NEAR the
 * first end, or, when ordered, the first child's. */
static span identity(const choice *c) {
    span s = *c->chosen[0];
    if (c->node->kind == RO_MATCH_PHRASE) {
        s.end = c->chosen[c->node->child_count - 1]->end;
    } else if (!c->node->ordered) {
        for (size_t i = 1; i < c->node->child_count; i++) {
            s.end = c->chosen[i]->end < s.end ? c->chosen[i]->end : s.end;
        }
        s.start = s.end;
    }
    return s;
}

static void add_identity(choice *c, void *found) {
    oracle_add_span(found, identity(c));
}

static void choose(choice *c, size_t child) {
    if (child == c->node->child_count) {
        if (c->node->kind == RO_MATCH_PHRASE ? is_phrase(c) : is_near(c)) {
            c->take(c, c->context);
        }
        return;
    }
    for (size_t i = 0; i < c->lists[child].count; i++) {
        c->chosen[child] = &c->lists[child].at[i];
        choose(c, child + 1);
    }
}

static void drop_holders(span_list *list) {
    span_list kept = {0};
    for (size_t i = 0; i < list->count; i++) {
        bool holds = false;
        for (size_t j = 0; j < list->count; j++) {
            const span *a = &list->at[i];
            const span *b = &list->at[j];
            holds |= i != j && a->field == b->field && a->start <= b->start && a->end >= b->end;
        }
        if (!holds) {
            oracle_add_span(&kept, list->at[i]);
        }
    }
    *list = kept;
}

static void keep_smallest_ends(span_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool smaller = false;
        for (size_t j = 0; j < list->count; j++) {
            smaller |= list->at[j].field == list->at[i].field &&
                       list->at[j].start == list->at[i].start && list->at[j].end < list->at[i].end;
        }
        if (!smaller) {
            list->at[kept++] = list->at[i];
        }
    }
    list->count = kept;
}

void oracle_each_choice(const document *d, const ro_match *m,
                        void (*take)(choice *c, void *context), void *context) {
    choice c = {.node = m, .lists = oracle_alloc(m->child_count, sizeof(span_list))};
    c.take = take;
    c.context = context;
    for (size_t i = 0; i < m->child_count; i++) {
        oracle_occurrences(d, m->children[i], &c.lists[i]);
        if (m->kind == RO_MATCH_NEAR) {
            drop_holders(&c.lists[i]);
        }
    }
    choose(&c, 0);
}

static void combined(const document *d, const ro_match *m, span_list *out) {
    oracle_each_choice(d, m, add_identity, out);
    if (m->kind == RO_MATCH_PHRASE) {
        keep_smallest_ends(out);
    }
}

void oracle_occurrences(const document *d, const ro_match *m, span_list *out) {
    if (m->kind == RO_MATCH_TERM) {
        for (size_t i = 0; i < d->count; i++) {
            if (oracle_is_term(&d->tokens[i], m)) {
                oracle_add_span(
                    out, (span){d->tokens[i].field, d->tokens[i].position, d->tokens[i].position});
            }
        }
    } else if (m->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < m->child_count; i++) {
            span_list child = {0};
            oracle_occurrences(d, m->children[i], &child);
            for (size_t j = 0; j < child.count; j++) {
                oracle_add_span(out, child.at[j]);
            }
        }
    } else {
        combined(d, m, out);
    }
}
