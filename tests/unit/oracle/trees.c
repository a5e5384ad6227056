#include "oracle.h"

#include "../roll.h"

static ro_match *random_term(ro_arena *arena) {
    static const char *const stems[] = {"talk", "peac", "deal",   "cooper", "co",
                                        "oper", "2025", "energi", "absent", "p\"x"};
    static const char *const forms[] = {"talk",        "talks", "talked",  "peace",
                                        "peaceful",    "deal",  "dealing", "co",
                                        "cooperation", "2025",  "energy",  "absent"};
    ro_match *m = ro_match_new(arena, RO_MATCH_TERM);
    m->exact = roll(4) == 0;
    m->term = m->exact ? ro_str_from(forms[roll(12)]) : ro_str_from(stems[roll(10)]);
    m->fields = roll(4) ? RO_FIELD_ANY : 1 + roll(2);
    return m;
}

static ro_match *random_tree(ro_arena *arena, unsigned depth);

static void add_child(ro_arena *arena, ro_match *parent, ro_match *child) {
    OK(ro_match_add(arena, parent, child, NULL));
}

static ro_match *random_any_of(ro_arena *arena, bool phrases);

static ro_match *random_words(ro_arena *arena, ro_match_kind kind) {
    ro_match *m = ro_match_new(arena, kind);
    uint32_t gap = 0;
    m->slop = roll(4) * roll(3);
    m->ordered = roll(2);
    for (unsigned i = 2 + roll(2); i; i--) {
        if (kind == RO_MATCH_NEAR && m->child_count && roll(3) == 0) { /* war NEAR war */
            add_child(arena, m, m->children[0]);
            continue;
        }
        bool phrase = kind == RO_MATCH_NEAR && roll(4) == 0;
        ro_match *child = phrase         ? random_words(arena, RO_MATCH_PHRASE)
                          : roll(4) == 0 ? random_any_of(arena, kind == RO_MATCH_NEAR)
                                         : random_term(arena);
        child->gap = gap;
        gap += roll(5) ? 1 : 2;
        add_child(arena, m, child);
    }
    return m;
}

static ro_match *random_any_of(ro_arena *arena, bool phrases) {
    ro_match *m = ro_match_new(arena, RO_MATCH_ANY_OF);
    for (unsigned i = 1 + roll(3); i; i--) {
        add_child(arena, m,
                  phrases && roll(3) == 0 ? random_words(arena, RO_MATCH_PHRASE)
                                          : random_term(arena));
    }
    return m;
}

static ro_match *random_bool(ro_arena *arena, unsigned depth) {
    static const ro_occur occurs[] = {RO_MUST,   RO_SHOULD, RO_SHOULD,
                                      RO_SHOULD, RO_FILTER, RO_MUST_NOT};
    ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
    for (unsigned i = roll(4); i; i--) {
        ro_match *child = random_tree(arena, depth + 1);
        child->occur = occurs[roll(6)];
        add_child(arena, m, child);
    }
    return m;
}

static ro_match *random_column(ro_arena *arena) {
    ro_match *m = ro_match_new(arena, roll(2) ? RO_MATCH_RANGE : RO_MATCH_VALUE);
    m->from = (int64_t)roll(300) * 86400;
    m->until = m->from + (int64_t)roll(200) * 86400;
    m->column = m->kind == RO_MATCH_RANGE ? RO_COLUMN_PUBLISHED : RO_COLUMN_SOURCE;
    m->value_count = 1 + roll(2);
    m->values = ro_arena_alloc_array(arena, 2, sizeof *m->values);
    static const char *const folded[] = {"reuters", "afp", "", "tass", "nobody"};
    m->values[0] = ro_str_from(folded[roll(5)]);
    m->values[1] = ro_str_from(folded[roll(5)]);
    return m;
}

static ro_match *random_tree(ro_arena *arena, unsigned depth) {
    ro_match *m;
    switch (roll(depth < 3 ? 10 : 5)) {
    case 0:
        m = random_column(arena);
        break;
    case 1:
        m = random_any_of(arena, true);
        break;
    case 2:
        m = random_words(arena, roll(2) ? RO_MATCH_PHRASE : RO_MATCH_NEAR);
        break;
    case 3:
        m = roll(8) ? random_term(arena)
                    : ro_match_new(arena, roll(2) ? RO_MATCH_ALL : RO_MATCH_NONE);
        break;
    case 4:
        m = random_term(arena);
        break;
    default:
        m = random_bool(arena, depth);
    }
    m->boost = roll(5) ? 1 : 2.5F;
    return m;
}

ro_match *oracle_flat(ro_arena *arena) {
    ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
    for (unsigned i = 1 + roll(5); i; i--) {
        ro_match *term = random_term(arena);
        term->exact = false;
        term->fields = RO_FIELD_ANY;
        term->occur = RO_SHOULD;
        term->boost = roll(3) ? 1 : 3;
        add_child(arena, m, term);
    }
    return m;
}

ro_match *oracle_tree(ro_arena *arena) {
    return random_tree(arena, 0);
}

ro_match *oracle_marked(ro_arena *arena) {
    return roll(4) ? random_words(arena, roll(3) ? RO_MATCH_NEAR : RO_MATCH_PHRASE)
                   : random_any_of(arena, true);
}
