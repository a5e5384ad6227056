/* core/index: the groups that the catalogue keeps are those of the whole set, whatever came and
 * went in whatever order. */
#include "core/index/merge/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RECORDS 400

static uint64_t seed;

static uint32_t any(uint32_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % below;
}

/* ---- articles of one talk, one outcome and two people ---------------------------------------- */

typedef struct made {
    ro_merge_item items[2];
    ro_person_form forms[2];
    ro_merge_name names[2];
    ro_merge_set set;
    ro_doc doc; /* 0: not in the tables */
} made;

typedef struct world {
    sqlite3 *db;
    ro_merge_writer *writer;
    ro_arena arena;
    made articles[RECORDS];
    ro_doc next;
    uint32_t days; /* the fewer, the fuller the blocks */
    bool copies;   /* most are copies of a few, with others between them */
} world;

/* As many articles tell the same. */
static void make_copy(ro_merge_kind kind, ro_sketch *s) {
    *s = (ro_sketch){.day = 20000, .own_date = true, .city = 1};
    memcpy(s->sides[0].code, "RU", 2);
    memcpy(s->sides[1].code, "US", 2);
    s->side_count = kind == RO_MERGE_TALKS ? 2 : 1;
    for (uint32_t n = 0; n < 3; n++) {
        /* neighbours on a line are the same, those further apart are not */
        uint32_t shift = any(4) ? 0 : any(5);
        s->words[s->word_count++] = 1 + n + shift;
        s->people[s->person_count++] = (ro_sketch_person){.family = 1 + n + shift};
    }
}

static void make_article(world *w, size_t i) {
    static const char *const GIVEN[] = {"Yuri ",      "Yury ", "Y. ",   "Alex ",       "Alexander ",
                                        "Alexandra ", "",      "Mike ", "Michael R. ", "Michael "};
    static const char *const FAMILY[] = {"Ushakov", "Waltz", "Walz", "Brown", "Brown Jr."};
    static const char *const SIDE[] = {"", "RU", "US", "GB"};
    static const char *const OFFICE[] = {"", "adviser", "foreign minister", "executive"};
    made *m = &w->articles[i];
    char id[32];
    (void)snprintf(id, sizeof id, "article-%zu",
                   i - i % 4 / 3); /* every fourth ties with another */
    for (int kind = 0; kind < 2; kind++) {
        ro_sketch s = {.day = any(20) ? (int32_t)(20000 + any(w->days)) : RO_DAY_NONE};
        s.status = (uint8_t)any(kind == RO_MERGE_TALKS ? 4 : 8);
        s.own_date = s.day != RO_DAY_NONE && any(2);
        memcpy(s.sides[0].code, "RU", 2);
        memcpy(s.sides[1].code, any(8) ? "US" : "UA", 2);
        s.side_count = kind == RO_MERGE_TALKS ? 2 : 1;
        s.city = any(3);
        for (size_t n = kind == RO_MERGE_TALKS ? any(4) : 0; n > 0; n--) {
            s.people[s.person_count++] = (ro_sketch_person){.family = 1 + any(5), .given = any(2)};
        }
        for (size_t n = 2 + any(3); n > 0; n--) {
            s.words[s.word_count] = 1 + 3U * s.word_count + any(3); /* each once */
            s.word_count++;
        }
        if (w->copies && any(10)) {
            make_copy((ro_merge_kind)kind, &s);
        }
        m->items[kind] = (ro_merge_item){.sketch = s};
        assert_int_equal(ro_merge_key(ro_str_from(id), m->items[kind].key, NULL), RO_OK);
        m->set.items[kind] = &m->items[kind];
        m->set.item_count[kind] = 1;
    }
    for (size_t k = 0; k < 2; k++) {
        ro_person_form *form = &m->forms[k];
        *form = (ro_person_form){.office = ro_str_from(OFFICE[any(4)])};
        form->name = ro_arena_printf(&w->arena, "%s%s", GIVEN[any(10)], FAMILY[any(5)]);
        const char *side = SIDE[any(4)];
        memcpy(form->side.code, side, strlen(side));
        ro_merge_name *name = &m->names[k];
        char family[RO_NAME_FOLD_MAX + 1];
        *name = (ro_merge_name){.form = *form, .key = ro_person_key(form, &w->arena)};
        name->family = ro_arena_copy(&w->arena, ro_str_make(family, ro_person_block(form, family)));
        name->number = ro_merge_form(name->key);
    }
    m->set.names = m->names;
    m->set.name_count = ro_merge_names_settle(m->names, 2);
}

static void check_ok(ro_status status, const ro_error *err) {
    if (status) {
        fail_msg("%s", err->message);
    }
}

static void put(world *w, made *m) {
    ro_error err = RO_ERROR_INIT;
    m->doc = ++w->next;
    ro_doc first[2] = {m->doc, m->doc + 100000};
    check_ok(ro_merge_put(w->writer, &m->set, m->doc, first, &err), &err);
}

static void take_out(world *w, made *m) {
    ro_error err = RO_ERROR_INIT;
    ro_doc first[2] = {m->doc, m->doc + 100000};
    check_ok(ro_merge_remove(w->writer, &m->set, m->doc, first, &err), &err);
    m->doc = 0;
}

/* ---- what they should be --------------------------------------------------------------------- */

static size_t check_records(world *w, ro_merge_kind kind) {
    static ro_merge_item items[RECORDS];
    static ro_same_link links[RECORDS];
    static ro_doc docs[RECORDS];
    static int64_t found[RECORDS];
    ro_error err = RO_ERROR_INIT;
    size_t count = 0;
    for (size_t i = 0; i < RECORDS; i++) {
        if (w->articles[i].doc) {
            docs[count] = w->articles[i].doc + (kind == RO_MERGE_TALKS ? 0 : 100000);
            items[count] = w->articles[i].items[kind];
            items[count].number = docs[count];
            count++;
        }
    }
    assert_int_equal(ro_merge_groups(kind, items, count, links, NULL), RO_OK);
    ro_merge_map map;
    check_ok(ro_merge_map_load(w->db, (int)kind, &map, &err), &err);
    size_t joined = 0;
    for (size_t i = 0; i < count; i++) {
        found[i] = ro_merge_map_group(&map, docs[i]);
        joined += links[i].group != i;
        for (size_t k = 0; k < i; k++) {
            if ((found[k] == found[i]) != (links[k].group == links[i].group)) {
                fail_msg("kind %d: documents %d and %d are%s one", (int)kind, (int)docs[k],
                         (int)docs[i], found[k] == found[i] ? " not" : "");
            }
        }
    }
    ro_merge_map_release(&map);
    return joined;
}

static size_t check_people(world *w) {
    static ro_person_form forms[RECORDS * 2];
    static ro_str keys[RECORDS * 2];
    static ro_same_link links[RECORDS * 2];
    static ro_doc docs[RECORDS * 2];
    ro_error err = RO_ERROR_INIT;
    size_t count = 0;
    for (size_t i = 0; i < RECORDS; i++) {
        for (size_t k = 0; w->articles[i].doc && k < w->articles[i].set.name_count; k++) {
            keys[count] = w->articles[i].names[k].key;
            forms[count] = w->articles[i].names[k].form;
            docs[count++] = w->articles[i].doc;
        }
    }
    assert_int_equal(ro_merge_people(forms, count, links, NULL), RO_OK);
    ro_merge_map map;
    check_ok(ro_merge_map_load(w->db, RO_MERGE_MAP_PEOPLE, &map, &err), &err);
    size_t joined = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t person = ro_merge_map_group(&map, ro_merge_form(keys[i]));
        if (person != ro_merge_form(keys[links[i].group])) {
            fail_msg("%.*s is not grouped with %.*s", RO_STR_ARG(keys[i]),
                     RO_STR_ARG(keys[links[i].group]));
        }
        joined += person != ro_merge_form(keys[i]);
        if (links[i].group == i) {
            int64_t articles;
            int64_t expected = 0;
            for (size_t k = 0; k < count; k++) { /* those of an article are beside each other */
                bool again = k > 0 && docs[k] == docs[k - 1] && links[k - 1].group == i;
                expected += links[k].group == i && !again;
            }
            check_ok(ro_merge_articles(w->db, RO_KIND_PARTICIPANTS, person, &articles, &err), &err);
            assert_int_equal(articles, expected);
        }
    }
    ro_merge_map_release(&map);
    return joined;
}

static void check(world *w, size_t least) {
    ro_error err = RO_ERROR_INIT;
    check_ok(ro_merge_store(w->writer, &err), &err);
    size_t talks = check_records(w, RO_MERGE_TALKS);
    size_t outcomes = check_records(w, RO_MERGE_OUTCOMES);
    size_t people = check_people(w);
    assert_true(talks >= least && outcomes >= least && people >= least);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static world *open_world(uint32_t days, bool copies) {
    world *w = calloc(1, sizeof *w);
    ro_error err = RO_ERROR_INIT;
    assert_non_null(w);
    assert_int_equal(sqlite3_open(":memory:", &w->db), SQLITE_OK);
    check_ok(ro_merge_make(w->db, &err), &err);
    check_ok(ro_merge_writer_open(w->db, &w->writer, &err), &err);
    w->days = days;
    w->copies = copies;
    for (size_t i = 0; i < RECORDS; i++) {
        make_article(w, i);
    }
    return w;
}

static void close_world(world *w) {
    ro_merge_writer_close(w->writer);
    assert_int_equal(sqlite3_close(w->db), SQLITE_OK);
    ro_arena_release(&w->arena);
    free(w);
}

static void come_and_go(uint32_t days, bool copies, unsigned steps) {
    world *w = open_world(days, copies);
    for (unsigned step = 1; step <= steps; step++) {
        made *m = &w->articles[any(RECORDS)];
        if (m->doc) {
            take_out(w, m);
        } else {
            put(w, m);
        }
        if (step % 20 == 0) {
            check(w, step < 300 ? 0 : 20);
        }
    }
    for (size_t i = 0; i < RECORDS; i++) {
        if (w->articles[i].doc) {
            take_out(w, &w->articles[i]);
        }
    }
    check(w, 0);
    int64_t left = 0;
    assert_int_equal(ro_sql_integer(w->db,
                                    "SELECT (SELECT count(*) FROM merge_record) +"
                                    " (SELECT count(*) FROM merge_block) +"
                                    " (SELECT count(*) FROM person_form) +"
                                    " (SELECT count(*) FROM person_article)",
                                    -1, &left, NULL),
                     RO_OK);
    assert_int_equal(left, 0);
    close_world(w);
}

static void groups_stay_those_of_the_set(void **state) {
    (void)state;
    seed = 11;
    come_and_go(60, false, 1200);
}

static void groups_stay_those_of_the_set_in_full_blocks(void **state) {
    (void)state;
    seed = 12;
    come_and_go(2, false, 1200);
}

static void groups_stay_those_of_the_set_when_they_are_large(void **state) {
    (void)state;
    for (seed = 13; seed < 17; seed++) {
        uint64_t before = seed;
        come_and_go(2, true, 1200);
        seed = before;
    }
}

static void an_order_of_writing_leaves_no_trace(void **state) {
    (void)state;
    for (unsigned round = 0; round < 6; round++) {
        seed = 5;
        world *w = open_world(10, round % 2);
        seed = round;
        size_t order[RECORDS];
        for (size_t i = 0; i < RECORDS; i++) {
            order[i] = i;
        }
        for (size_t i = RECORDS; i-- > 1;) {
            size_t k = any((uint32_t)i + 1);
            size_t swap = order[i];
            order[i] = order[k];
            order[k] = swap;
        }
        for (size_t i = 0; i < RECORDS; i++) {
            put(w, &w->articles[order[i]]);
        }
        check(w, 50);
        close_world(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_stay_those_of_the_set),
        cmocka_unit_test(groups_stay_those_of_the_set_in_full_blocks),
        cmocka_unit_test(groups_stay_those_of_the_set_when_they_are_large),
        cmocka_unit_test(an_order_of_writing_leaves_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
