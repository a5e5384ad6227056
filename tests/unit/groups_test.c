/* Groups in the index: from articles to what is one in them, and people by any spelling. */
#include "index_fixture.h"
#include "readout/extract.h"
#include "readout/same.h"

#include <sqlite3.h>

#define DAY INT64_C(86400)

static const struct {
    const char *id, *body;
    int day;
} NEWS[] = {
    {"a",
     "RIYADH (Reuters) - Russian Foreign Minister Sergey Lavrov and U.S. Secretary of State Marco "
     "Rubio held talks in Riyadh. The Russian delegation was led by Lavrov and included "
     "presidential aide Yury Ushakov. The US delegation was led by Marco Rubio and included "
     "special envoy Steve Witkoff. Russia and the United States agreed to appoint ambassadors to "
     "each other's capitals.",
     20137},
    {"b",
     "RIYADH (AFP) - Russian Foreign Minister Sergei Lavrov held talks with U.S. Secretary of "
     "State Marco Rubio in Riyadh. The Russian delegation included presidential aide Yuri "
     "Ushakov. The US delegation included envoy Steven Witkoff. Moscow and Washington agreed "
     "to appoint ambassadors to each other's capitals.",
     20138},
    {"c",
     "ISTANBUL (AFP) - Russian Foreign Minister Sergei Lavrov met Turkish Foreign Minister Hakan "
     "Fidan in Istanbul. Turkey agreed to open a grain corridor.",
     20300},
};
#define NEWS_COUNT (sizeof NEWS / sizeof *NEWS)

static ro_extractor *extractor;

static void put_body(fixture *f, ro_writer *writer, const char *id, const char *body, int day) {
    ro_article article = article_of(id, "", body);
    article.published = day * DAY;
    (void)put_extracted(f, writer, extractor, &article);
}

static void put_news(fixture *f, ro_writer *writer, size_t i) {
    put_body(f, writer, NEWS[i].id, NEWS[i].body, NEWS[i].day);
}

static void put_all_news(fixture *f) {
    ro_writer *writer = open_writer(f);
    for (size_t i = 0; i < NEWS_COUNT; i++) {
        put_news(f, writer, i);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static ro_group read_group(fixture *f, ro_snapshot *snapshot, ro_kind kind, int64_t number) {
    ro_group group;
    ro_error err = RO_ERROR_INIT;
    if (ro_snapshot_group(snapshot, kind, number, &f->arena, &group, &err)) {
        fail_msg("%s", err.message);
    }
    return group;
}

/* The group of the first talk or outcome of an article. */
static ro_group group_of(fixture *f, ro_snapshot *snapshot, const char *id) {
    ro_kind kind;
    ro_doc doc;
    int64_t number;
    OK(ro_snapshot_find_fact(snapshot, ro_str_from(id), &kind, &doc, NULL));
    OK(ro_snapshot_group_of(snapshot, kind, doc, &number, NULL));
    return read_group(f, snapshot, kind, number);
}

static void check_groups(fixture *f, ro_snapshot *snapshot) {
    ro_group talks = group_of(f, snapshot, "b#t1");
    assert_string_equal(talks.id.ptr, "a#t1");
    assert_int_equal(talks.member_count, 2);
    assert_int_equal(talks.articles, 2);
    assert_string_equal(talks.members[1].id.ptr, "b#t1");
    assert_int_equal(talks.members[1].to, 0);
    assert_int_equal(talks.why & (RO_SAME_PEOPLE | RO_SAME_SIDE | RO_SAME_PLACE),
                     RO_SAME_PEOPLE | RO_SAME_SIDE | RO_SAME_PLACE);
    ro_group_few few;
    OK(ro_snapshot_group_few(snapshot, RO_KIND_TALKS, talks.group, &f->arena, &few, NULL));
    assert_string_equal(few.id.ptr, "a#t1");
    assert_int_equal(few.count, 2);
    ro_group other = group_of(f, snapshot, "c#t1");
    OK(ro_snapshot_group_few(snapshot, RO_KIND_TALKS, other.group, &f->arena, &few, NULL));
    assert_string_equal(few.id.ptr, "c#t1");
    assert_int_equal(few.count, 1);
    assert_string_equal(other.id.ptr, "c#t1");
    assert_int_equal(other.member_count, 1);
    ro_group outcomes = group_of(f, snapshot, "a#o1");
    assert_int_equal(outcomes.member_count, 2);
    assert_int_equal(outcomes.why & RO_SAME_WORDS, RO_SAME_WORDS);
}

static void what_articles_share_is_one_in_any_order(void **state) {
    fixture *f = *state;
    static const size_t ORDERS[][NEWS_COUNT] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    for (size_t o = 0; o < sizeof ORDERS / sizeof *ORDERS; o++) {
        ro_writer *writer = open_writer(f);
        for (size_t i = 0; i < NEWS_COUNT; i++) {
            put_news(f, writer, ORDERS[o][i]);
            if (o == 1) {
                OK(ro_writer_commit(writer, NULL));
            }
        }
        OK(ro_writer_commit(writer, NULL));
        ro_snapshot *snapshot = open_snapshot(f);
        check_groups(f, snapshot);
        assert_sound(snapshot);
        ro_snapshot_close(snapshot);
        bool found;
        for (size_t i = 0; i < NEWS_COUNT; i++) {
            OK(ro_writer_delete(writer, ro_str_from(NEWS[i].id), &found, NULL));
        }
        OK(ro_writer_commit(writer, NULL));
        ro_writer_close(writer);
    }
}

static void what_is_deleted_leaves_its_group(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    bool found;
    for (size_t i = 0; i < NEWS_COUNT; i++) {
        put_news(f, writer, i);
    }
    OK(ro_writer_delete(writer, RO_STR("a"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_group talks = group_of(f, snapshot, "b#t1");
    assert_string_equal(talks.id.ptr, "b#t1");
    assert_int_equal(talks.member_count, 1);
    ro_str *values;
    size_t count;
    OK(ro_people_by_name(snapshot, RO_STR("Yury Ushakov"), &f->arena, &values, &count, NULL));
    assert_int_equal(count, 1); /* the other spelling */
    ro_snapshot_close(snapshot);
}

/* Columns hold one value for both spellings, which is shown as the first was written. */
static void spellings_that_fold_alike_stay_one_when_the_first_is_deleted(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = {
        "ANKARA (AFP) - Turkish President Recep Tayyip Erdo\xC4\x9F"
        "an met Russian Foreign Minister Sergei Lavrov in Ankara.",
        "ANKARA (AFP) - Turkish President Recep Tayyip Erdogan met Russian Foreign Minister Sergei "
        "Lavrov in Ankara."};
    static const char *const IDS[] = {"first", "second"};
    ro_writer *writer = open_writer(f);
    for (size_t i = 0; i < 2; i++) {
        put_body(f, writer, IDS[i], BODIES[i], 20137);
    }
    bool found;
    OK(ro_writer_commit(writer, NULL));
    OK(ro_writer_delete(writer, RO_STR("first"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_search search = search_of(all_of(f), 10);
    search.kind = RO_KIND_PARTICIPANTS;
    search.collapse = true;
    ro_found people = run_search(f, snapshot, &search);
    assert_int_equal(people.hit_count, 2);
    for (size_t i = 0; i < people.hit_count; i++) {
        ro_group group = read_group(f, snapshot, RO_KIND_PARTICIPANTS, people.hits[i].group);
        assert_int_equal(group.member_count, 1);
        assert_int_equal(people.hits[i].articles, 1);
    }
    ro_snapshot_close(snapshot);
}

static void an_article_of_thousands_of_like_outcomes_comes_and_goes(void **state) {
    fixture *f = *state;
    ro_buf body = RO_BUF_INIT;
    for (int i = 0; i < 4200; i++) {
        ro_buf_printf(&body, "Russia agreed to restore embassy number%d buildings. ", i % 7);
    }
    ro_buf_add_byte(&body, '\0');
    ro_writer *writer = open_writer(f);
    put_news(f, writer, 0);
    put_body(f, writer, "many", body.ptr, 20137);
    put_news(f, writer, 1);
    put_news(f, writer, 2);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    int64_t outcomes;
    OK(ro_snapshot_documents(snapshot, RO_KIND_OUTCOMES, &outcomes, NULL));
    assert_true(outcomes > 4200);
    check_groups(f, snapshot);
    assert_sound(snapshot);
    bool found;
    OK(ro_writer_delete(writer, RO_STR("many"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    OK(ro_snapshot_refresh(snapshot, NULL));
    check_groups(f, snapshot);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_buf_release(&body);
}

static bool has_value(const ro_str *values, size_t count, const char *start) {
    for (size_t i = 0; i < count; i++) {
        if (ro_str_starts_with(values[i], ro_str_from(start))) {
            return true;
        }
    }
    return false;
}

static void a_name_finds_every_spelling(void **state) {
    fixture *f = *state;
    static const struct {
        const char *typed, *expected[2];
    } cases[] = {{"witkoff", {"steve witkoff;us;", "steven witkoff;us;"}},
                 {"Steve Witkoff", {"steve witkoff;us;", "steven witkoff;us;"}},
                 {"Steven Witkoff", {"steve witkoff;us;", "steven witkoff;us;"}},
                 {"Yuriy Ushakov", {"yury ushakov;ru;", "yuri ushakov;ru;"}},
                 {"lavrov", {"sergey lavrov;ru;", "sergei lavrov;ru;"}},
                 {"Foreign Minister Lavrov", {"sergey lavrov;ru;", "sergei lavrov;ru;"}},
                 {"Hakan Fidan", {"hakan fidan;tr;", "hakan fidan;tr;"}},
                 {"Mike Witkoff", {NULL, NULL}},
                 {"", {NULL, NULL}},
                 {" -", {NULL, NULL}}};
    put_all_news(f);
    ro_snapshot *snapshot = open_snapshot(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_str *values;
        size_t count;
        OK(ro_people_by_name(snapshot, ro_str_from(cases[i].typed), &f->arena, &values, &count,
                             NULL));
        for (size_t k = 0; k < 2 && cases[i].expected[k]; k++) {
            if (!has_value(values, count, cases[i].expected[k])) {
                fail_msg("%s does not find %s", cases[i].typed, cases[i].expected[k]);
            }
        }
        assert_true(cases[i].expected[0] || cases[i].typed[0] == 'M' || count == 0);
    }
    ro_snapshot_close(snapshot);
}

static void names_by_beginnings_need_three_letters_and_time(void **state) {
    fixture *f = *state;
    static const struct {
        const char *typed;
        size_t names;
    } cases[] = {{"lavr", 2}, {"ser l", 2}, {"s l", 0}, {"la", 0}, {"\xC3\xA9 l", 0},
                 {"la-s", 0}, {"lav s", 2}, {"", 0},    {" -", 0}};
    const ro_deadline passed = {1, NULL};
    ro_person_named people[4];
    ro_error err = RO_ERROR_INIT;
    size_t count;
    bool any;
    put_all_news(f);
    ro_snapshot *snapshot = open_snapshot(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OK(ro_people_by_beginnings(snapshot, ro_str_from(cases[i].typed), 4, RO_DEADLINE_NEVER,
                                   &f->arena, people, &count, NULL));
        assert_int_equal(count, cases[i].names);
    }
    OK(ro_people_by_beginnings(snapshot, RO_STR("lavr"), 1, RO_DEADLINE_NEVER, &f->arena, people,
                               &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(people->name.ptr, "Sergei Lavrov");
    assert_int_equal(people->articles, 2);
    assert_true(has_value(people->values, people->value_count, "sergei lavrov;ru;"));
    assert_false(has_value(people->values, people->value_count, "sergey lavrov;ru;"));
    OK(ro_place_begins(snapshot, RO_STR("riy"), RO_DEADLINE_NEVER, &any, NULL));
    assert_true(any);
    assert_int_equal(ro_people_by_beginnings(snapshot, RO_STR("lavr"), 4, passed, &f->arena, people,
                                             &count, &err),
                     RO_DEADLINE);
    assert_int_equal(count, 0);
    assert_int_equal(ro_place_begins(snapshot, RO_STR("riy"), passed, &any, NULL), RO_DEADLINE);
    assert_false(any);
    ro_snapshot_close(snapshot);
}

static void a_person_has_all_forms_with_reasons(void **state) {
    fixture *f = *state;
    put_all_news(f);
    ro_snapshot *snapshot = open_snapshot(f);
    int64_t person;
    int64_t other;
    OK(ro_snapshot_person_of(snapshot, RO_STR("Sergei Lavrov;RU;foreign minister"), &person, NULL));
    OK(ro_snapshot_person_of(snapshot, RO_STR("Sergey Lavrov;RU;foreign minister"), &other, NULL));
    assert_int_equal(person, other);
    ro_group group = read_group(f, snapshot, RO_KIND_PARTICIPANTS, person);
    assert_int_equal(group.articles, 3);
    assert_string_equal(group.id.ptr, "Sergei Lavrov;RU;foreign minister"); /* the commonest */
    assert_int_equal(group.members[0].articles, 2);
    assert_int_equal(group.why & RO_SAME_SPELLING, RO_SAME_SPELLING);
    ro_group_few few;
    OK(ro_snapshot_group_few(snapshot, RO_KIND_PARTICIPANTS, person, &f->arena, &few, NULL));
    assert_string_equal(few.id.ptr, group.id.ptr);
    assert_int_equal(few.count, 3);
    assert_true(few.articles[0] > few.articles[1] && few.articles[1] > few.articles[2]);
    FAILS(ro_snapshot_person_of(snapshot, RO_STR("Nobody;;"), &other, err), RO_NOT_FOUND, "Nobody");
    FAILS(ro_snapshot_group(snapshot, RO_KIND_PARTICIPANTS, 77, &f->arena, &group, err),
          RO_NOT_FOUND, "77");
    FAILS(ro_snapshot_group_few(snapshot, RO_KIND_TALKS, 77, &f->arena, &few, err), RO_NOT_FOUND,
          "77");
    FAILS(ro_snapshot_group_few(snapshot, RO_KIND_STATEMENTS, 1, &f->arena, &few, err),
          RO_NOT_FOUND, "statements");
    FAILS(ro_snapshot_group(snapshot, RO_KIND_TALKS, 77, &f->arena, &group, err), RO_NOT_FOUND,
          "77");
    FAILS(ro_snapshot_group(snapshot, RO_KIND_STATEMENTS, 1, &f->arena, &group, err), RO_NOT_FOUND,
          "statements");
    ro_snapshot_close(snapshot);
}

static void an_article_that_names_a_person_twice_counts_once(void **state) {
    fixture *f = *state;
    static const char *const NAMES[] = {"Sergei Lavrov", "Sergey Lavrov", "Sergej Lavrov"};
    static const struct { size_t first, count; } PUT[] = {{0, 3}, {0, 1}, {1, 2}, {2, 1}};
    ro_writer *writer = open_writer(f);
    for (size_t i = 0; i < sizeof PUT / sizeof *PUT; i++) {
        ro_person people[3];
        char id[2] = {(char)('a' + i), 0};
        for (size_t k = 0; k < PUT[i].count; k++) {
            people[k] = (ro_person){.name = ro_str_from(NAMES[PUT[i].first + k]), .side = {"RU"}};
        }
        ro_article article = article_of(id, "", "Lavrov.");
        ro_facts facts = {.published = RO_TIME_NONE, .people = people};
        ro_prepared *prepared = NULL;
        ro_change change;
        facts.person_count = PUT[i].count;
        OK(ro_prepare(f->preparer, &article, &facts, &prepared, NULL));
        OK(ro_writer_put(writer, prepared, &change, NULL));
        ro_prepared_free(prepared);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    int64_t person;
    bool found;
    OK(ro_snapshot_person_of(snapshot, RO_STR("Sergei Lavrov;RU;"), &person, NULL));
    assert_int_equal(read_group(f, snapshot, RO_KIND_PARTICIPANTS, person).articles, 4);
    OK(ro_writer_delete(writer, RO_STR("a"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    OK(ro_snapshot_refresh(snapshot, NULL));
    OK(ro_snapshot_person_of(snapshot, RO_STR("Sergei Lavrov;RU;"), &person, NULL));
    assert_int_equal(read_group(f, snapshot, RO_KIND_PARTICIPANTS, person).articles, 3);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

static void groups_that_are_not_those_of_the_set_are_found(void **state) {
    fixture *f = *state;
    static const struct {
        const char *sql;
        int problems; /* in all */
    } FAULTS[] = {
        {"UPDATE merge_record SET grp = 99 WHERE kind = 0 AND doc = 1", 1}, /* one that should be */
        {"UPDATE merge_record SET grp = 99 WHERE kind = 0", 1},             /* none that should */
        {"UPDATE merge_record SET doc = 99, grp = 99 WHERE kind = 1 AND doc = 1", 3},
        {"UPDATE person_form SET person = 5 WHERE family = 'fidan'", 4}};
    put_all_news(f);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        sqlite3 *db;
        int problems = 0;
        assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, FAULTS[i].sql, NULL, NULL, NULL), SQLITE_OK);
        assert_true(sqlite3_changes(db) > 0);
        (void)sqlite3_close(db);
        ro_snapshot *snapshot = open_snapshot(f);
        OK(ro_snapshot_check(snapshot, print_problem, &problems, NULL));
        assert_int_equal(problems, FAULTS[i].problems);
        ro_snapshot_close(snapshot);
    }
}

static int open_extractor(void **state) {
    (void)state;
    return ro_extractor_new(RO_STR_NONE, &extractor, NULL);
}

static int close_extractor(void **state) {
    (void)state;
    ro_extractor_free(extractor);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_articles_share_is_one_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_deleted_leaves_its_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            spellings_that_fold_alike_stay_one_when_the_first_is_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_article_of_thousands_of_like_outcomes_comes_and_goes,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_finds_every_spelling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_by_beginnings_need_three_letters_and_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_person_has_all_forms_with_reasons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_article_that_names_a_person_twice_counts_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(groups_that_are_not_those_of_the_set_are_found, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, open_extractor, close_extractor);
}
