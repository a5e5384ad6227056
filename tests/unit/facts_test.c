/* Facts in the index: rows, documents of their own, columns. */
#include "index_fixture.h"

#include <sqlite3.h>

#define STR(s) ro_str_from(s)

static const char BODY[] =
    "Foreign Minister Sergei Lavrov met Steve Witkoff in Riyadh on Tuesday. They agreed to meet "
    "again. Lavrov said \"the talks — were useful\".\n\nAnalyst Ann Smith watched.";

static ro_str offices[] = {{"Foreign Minister Sergei Lavrov", 30}, {"Lavrov", 6}};
static ro_str topics[] = {{"peace \"deal\"\n", 12}, {"energy", 6}};
static ro_str parties[] = {{"Acme", 4}};
static ro_role lavrov_roles[] = {{{"foreign minister", 16}, {"RU", 2}, false}};
static ro_role smith_roles[] = {{{"analyst", 7}, {"Acme Bank", 9}, true}};
static ro_evidence talk_evidence[] = {{0, 68, {"talk.met", 8}}, {70, 92, {"talk.again", 10}}};

static ro_person people[3];
static ro_talk talks[2];
static ro_participation participations[2];
static ro_outcome outcomes[2];
static ro_statement statements[1];
static ro_date_mention dates[1];

static uint32_t at(const char *word) {
    return (uint32_t)(strstr(BODY, word) - BODY);
}

/* Everything a fact can hold, once. */
static ro_facts all_facts(void) {
    people[0] = (ro_person){.name = STR("Sergei Lavrov"),
                            .variants = offices,
                            .variant_count = 2,
                            .roles = lavrov_roles,
                            .role_count = 1,
                            .side = {"RU"},
                            .basis = STR("complement")};
    people[1] = (ro_person){.name = STR("Steve Witkoff"), .side = {"US"}};
    people[2] = (ro_person){.name = STR("Ann Smith"), .roles = smith_roles, .role_count = 1};
    talks[0] = (ro_talk){.status = RO_TALK_HELD,
                         .form = RO_FORM_IN_PERSON,
                         .main = true,
                         .sides = {{"RU"}, {"US"}},
                         .side_count = 2,
                         .parties = parties,
                         .party_count = 1,
                         .host = {"SA"},
                         .city = STR("Riyadh"),
                         .country = {"SA"},
                         .date = STR("2025-02-18"),
                         .date_basis = RO_BASIS_RESOLVED,
                         .duration_minutes = 270,
                         .topics = topics,
                         .topic_count = 2,
                         .evidence = talk_evidence,
                         .evidence_count = 2};
    talks[1] = (ro_talk){.status = RO_TALK_PLANNED,
                         .sides = {{"NATO"}},
                         .side_count = 1,
                         .evidence = talk_evidence,
                         .evidence_count = 1};
    participations[0] = (ro_participation){
        0, 0, RO_ROLE_HEAD, {"RU"}, {at("Lavrov"), at(" met"), STR("participation.met")}};
    participations[1] =
        (ro_participation){0, 1, RO_ROLE_MEMBER, {"US"}, {at("Steve"), at(" in R"), STR("x")}};
    outcomes[0] = (ro_outcome){.talk = 0,
                               .status = RO_OUTCOME_AGREED,
                               .by = {{0, 1}, 2, {{"EU"}}, 1},
                               .to = {{2}, 1, {{"UN"}, {"XK"}}, 2},
                               .by_text = STR("rebels"),
                               .what = STR("meet again"),
                               .condition = STR("once asked"),
                               .answers = 1,
                               .hedged = true,
                               .background = true,
                               .attributed_to = {{0}, 1, {{""}}, 0},
                               .evidence = {at("They"), at(". Lavrov"), STR("outcome.agreed")}};
    outcomes[1] = (ro_outcome){.talk = -1, .status = RO_OUTCOME_OPEN, .answers = -1};
    statements[0] = (ro_statement){.speaker = {{0}, 1, {{""}}, 0},
                                   .cue = STR("said"),
                                   .kind = RO_SAID_MIXED,
                                   .content_start = at("\"the"),
                                   .content_end = at(".\n"),
                                   .evidence = {at("said"), at("said") + 4, STR("statement.said")}};
    dates[0] = (ro_date_mention){at("Tuesday"), at(". They"), STR("2025-02-18"), RO_BASIS_RESOLVED};
    return (ro_facts){.published = 1739900000,
                      .dateline_country = {"SA"},
                      .people = people,
                      .person_count = 3,
                      .talks = talks,
                      .talk_count = 2,
                      .participations = participations,
                      .participation_count = 2,
                      .outcomes = outcomes,
                      .outcome_count = 2,
                      .statements = statements,
                      .statement_count = 1,
                      .dates = dates,
                      .date_count = 1};
}

static ro_change put_facts(fixture *f, ro_writer *writer, const char *id, const ro_facts *facts) {
    ro_article article = article_of(id, "Talks in Riyadh", BODY);
    return put_prepared(f, writer, &article, facts);
}

static int64_t documents_of(ro_snapshot *snapshot, ro_kind kind) {
    int64_t count = -1;
    OK(ro_snapshot_documents(snapshot, kind, &count, NULL));
    return count;
}

static ro_doc find_article(ro_snapshot *snapshot, const char *id) {
    ro_doc doc;
    OK(ro_snapshot_find(snapshot, STR(id), &doc, NULL));
    return doc;
}

static void assert_same_facts(const ro_facts *a, const ro_facts *b) {
    ro_buf x = RO_BUF_INIT;
    ro_buf y = RO_BUF_INIT;
    ro_facts named = *b;
    named.key = a->key;
    ro_facts_write_json(a, STR(BODY), &x);
    ro_facts_write_json(&named, STR(BODY), &y);
    ro_buf_add_byte(&x, '\0');
    ro_buf_add_byte(&y, '\0');
    assert_string_equal(x.ptr, y.ptr);
    ro_buf_release(&x);
    ro_buf_release(&y);
}

static void facts_come_back_as_they_were_put(void **state) {
    fixture *f = *state;
    ro_facts facts = all_facts();
    ro_facts back;
    ro_writer *writer = open_writer(f);
    assert_int_equal(put_facts(f, writer, "other", &(ro_facts){.published = RO_TIME_NONE}),
                     RO_ADDED);
    assert_int_equal(put_facts(f, writer, "a", &facts), RO_ADDED);
    assert_int_equal(put_facts(f, writer, "a", &facts), RO_UNCHANGED);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    OK(ro_snapshot_facts(snapshot, find_article(snapshot, "a"), &f->arena, &back, NULL));
    assert_same_facts(&facts, &back);
    assert_int_equal(back.published, facts.published);
    assert_int_equal(back.outcomes[0].attributed_to.people[0], 0);
    OK(ro_snapshot_facts(snapshot, find_article(snapshot, "other"), &f->arena, &back, NULL));
    assert_int_equal(back.talk_count + back.person_count + back.date_count, 0);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

static void documents_come_and_go_with_their_article(void **state) {
    fixture *f = *state;
    static const int64_t counts[RO_KINDS] = {2, 4, 6, 4, 2};
    ro_facts facts = all_facts();
    bool found;
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "a", &facts);
    (void)put_facts(f, writer, "b", &facts);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        assert_int_equal(documents_of(snapshot, (ro_kind)kind), counts[kind]);
    }
    assert_sound(snapshot);
    facts.statement_count = 0;
    assert_int_equal(put_facts(f, writer, "a", &facts), RO_CHANGED);
    OK(ro_writer_delete(writer, STR("b"), &found, NULL));
    assert_true(found);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(documents_of(snapshot, RO_KIND_STATEMENTS), 0);
    assert_int_equal(documents_of(snapshot, RO_KIND_TALKS), 2);
    assert_sound(snapshot);
    assert_int_equal(put_facts(f, writer, "a", NULL), RO_CHANGED);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    OK(ro_snapshot_refresh(snapshot, NULL));
    for (int kind = 1; kind < RO_KINDS; kind++) {
        assert_int_equal(documents_of(snapshot, (ro_kind)kind), 0);
    }
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

static ro_match *value_of(fixture *f, ro_column column, const char *value) {
    ro_match *node = ro_match_new(&f->arena, RO_MATCH_VALUE);
    ro_str *values = ro_arena_alloc(&f->arena, sizeof *values);
    *values = STR(value);
    node->column = column;
    node->values = values;
    node->value_count = 1;
    return node;
}

static int64_t count_in(fixture *f, ro_snapshot *snapshot, ro_kind kind, const ro_match *match) {
    ro_search search = search_of(match, 5);
    search.kind = kind;
    return run_search(f, snapshot, &search).total;
}

static void facts_are_found_by_their_words_and_values(void **state) {
    fixture *f = *state;
    static const struct {
        ro_kind kind;
        ro_column column;
        const char *value;
        int64_t count;
    } cases[] = {{RO_KIND_TALKS, RO_COLUMN_SIDE, "ru", 1},
                 {RO_KIND_TALKS, RO_COLUMN_SIDE, "sa", 0},
                 {RO_KIND_TALKS, RO_COLUMN_HOST, "sa", 1},
                 {RO_KIND_TALKS, RO_COLUMN_PLACE, "riyadh", 1},
                 {RO_KIND_TALKS, RO_COLUMN_PLACE, "saudi arabia", 1},
                 {RO_KIND_TALKS, RO_COLUMN_PLACE, "", 1},
                 {RO_KIND_TALKS, RO_COLUMN_STATUS, "planned", 1},
                 {RO_KIND_PARTICIPANTS, RO_COLUMN_ROLE, "head", 1},
                 {RO_KIND_PARTICIPANTS, RO_COLUMN_ROLE, "mentioned", 1},
                 {RO_KIND_PARTICIPANTS, RO_COLUMN_SIDE, "us", 1},
                 {RO_KIND_OUTCOMES, RO_COLUMN_STATUS, "agreed", 1},
                 {RO_KIND_OUTCOMES, RO_COLUMN_BY, "eu", 1},
                 {RO_KIND_STATEMENTS, RO_COLUMN_SIDE, "ru", 1},
                 {RO_KIND_ARTICLES, RO_COLUMN_STATUS, "agreed", 1},
                 {RO_KIND_ARTICLES, RO_COLUMN_STATUS, "held", 1},
                 {RO_KIND_ARTICLES, RO_COLUMN_STATUS, "declined", 0},
                 {RO_KIND_ARTICLES, RO_COLUMN_BY, "eu", 1},
                 {RO_KIND_ARTICLES, RO_COLUMN_HOST, "sa", 1}};
    ro_facts facts = all_facts();
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "a", &facts);
    (void)put_text(f, writer, "plain", "No facts", "nothing here");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t count =
            count_in(f, snapshot, cases[i].kind, value_of(f, cases[i].column, cases[i].value));
        if (count != cases[i].count) {
            fail_msg("case %zu: %lld", i, (long long)count);
        }
    }
    assert_int_equal(count_in(f, snapshot, RO_KIND_TALKS, term_of(f, "russian")), 1);
    assert_int_equal(count_in(f, snapshot, RO_KIND_TALKS, term_of(f, "energi")), 1);
    assert_int_equal(count_in(f, snapshot, RO_KIND_PARTICIPANTS, term_of(f, "watch")), 1);
    assert_int_equal(count_in(f, snapshot, RO_KIND_STATEMENTS, term_of(f, "use")), 1);
    assert_int_equal(count_in(f, snapshot, RO_KIND_STATEMENTS, term_of(f, "watch")), 0);
    ro_str *names;
    size_t count;
    OK(ro_people_by_name(snapshot, STR("Sergey Lavrov"), &f->arena, &names, &count, NULL));
    assert_int_equal(count, 1);
    ro_match *lavrov = value_of(f, RO_COLUMN_SPEAKER, "");
    lavrov->values = names;
    assert_int_equal(count_in(f, snapshot, RO_KIND_STATEMENTS, lavrov), 1);
    assert_int_equal(count_in(f, snapshot, RO_KIND_ARTICLES, lavrov), 1);
    ro_snapshot_close(snapshot);
}

static void facets_count_each_value_of_a_document(void **state) {
    fixture *f = *state;
    ro_facts facts = all_facts();
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "a", &facts);
    (void)put_facts(f, writer, "b", &facts);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_search search = search_of(all_of(f), 3);
    search.kind = RO_KIND_TALKS;
    search.facets = RO_FACET_SIDE | RO_FACET_STATUS | RO_FACET_ROLE;
    ro_found found = run_search(f, snapshot, &search);
    assert_int_equal(found.total, 4);
    assert_int_equal(found.facet_count, 3);
    assert_int_equal(found.facets[0].count, 3); /* NATO, RU, US: two each */
    assert_true(ro_str_equal(found.facets[0].counts[0].value, RO_STR("NATO")));
    assert_int_equal(found.facets[0].counts[2].count, 2);
    assert_int_equal(found.facets[1].count, 1); /* main, of one talk of each */
    assert_int_equal(found.facets[1].counts[0].count, 2);
    assert_int_equal(found.facets[2].count, 2);
    /* its own date, not the article's */
    assert_int_equal(found.hits[0].published, 1739836800);
    assert_int_equal(found.hits[1].published, 1700000000);
    ro_snapshot_close(snapshot);
}

static void hits_of_one_group_collapse(void **state) {
    fixture *f = *state;
    static const ro_kind kinds[] = {RO_KIND_TALKS, RO_KIND_PARTICIPANTS};
    ro_facts facts = all_facts();
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "a", &facts);
    (void)put_facts(f, writer, "b", &facts);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        ro_search search = search_of(all_of(f), 10);
        search.kind = kinds[i];
        ro_found all = run_search(f, snapshot, &search);
        search.collapse = true;
        ro_found groups = run_search(f, snapshot, &search);
        assert_true(groups.total < all.total);
        assert_int_equal(groups.hit_count, groups.total);
        int64_t articles = 0;
        for (size_t h = 0; h < groups.hit_count; h++) {
            assert_true(groups.hits[h].group != 0);
            articles = groups.hits[h].articles > articles ? groups.hits[h].articles : articles;
            for (size_t other = 0; other < h; other++) {
                assert_int_not_equal(groups.hits[h].group, groups.hits[other].group);
            }
        }
        assert_int_equal(articles, 2);
        search.k = 1;
        search.after = &groups.hits[0];
        ro_found rest = run_search(f, snapshot, &search);
        assert_int_equal(rest.total, groups.total);
        assert_int_equal(rest.hits[0].doc, groups.hits[1].doc);
    }
    ro_snapshot_close(snapshot);
}

static void a_fact_is_found_by_its_public_id(void **state) {
    fixture *f = *state;
    static const struct {
        const char *id;
        ro_kind kind;
        int index, participation;
    } cases[] = {{"a#t2", RO_KIND_TALKS, 1, -1},
                 {"a#p1", RO_KIND_PARTICIPANTS, 0, 0},
                 {"a#p3", RO_KIND_PARTICIPANTS, 2, -1},
                 {"a#o2", RO_KIND_OUTCOMES, 1, -1},
                 {"a#s1", RO_KIND_STATEMENTS, 0, -1}};
    static const char *const wrong[] = {"a",     "a#",    "a#t",           "a#t3", "a#t0",
                                        "a#t01", "#t1",   "b#t1",          "a#x1", "a#s2",
                                        "a#p4",  "a#t1x", "a#t99999999999"};
    ro_facts facts = all_facts();
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "first", &facts);
    (void)put_facts(f, writer, "a", &facts);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_kind kind;
    ro_doc doc;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_fact fact;
        OK(ro_snapshot_find_fact(snapshot, STR(cases[i].id), &kind, &doc, NULL));
        assert_int_equal(kind, cases[i].kind);
        OK(ro_snapshot_fact(snapshot, kind, doc, &fact, NULL));
        assert_int_equal(fact.article, find_article(snapshot, "a"));
        assert_int_equal(fact.index, cases[i].index);
        assert_int_equal(fact.participation, cases[i].participation);
        ro_str id = ro_fact_id(RO_STR("a"), kind, fact.index, &f->arena);
        assert_true(ro_str_equal(id, STR(cases[i].id)));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(ro_snapshot_find_fact(snapshot, STR(wrong[i]), &kind, &doc, NULL),
                         RO_NOT_FOUND);
    }
    ro_fact fact;
    assert_int_equal(ro_snapshot_fact(snapshot, RO_KIND_TALKS, 99, &fact, NULL), RO_NOT_FOUND);
    ro_snapshot_close(snapshot);
}

static void actors_that_are_no_numbers_are_damage(void **state) {
    fixture *f = *state;
    static const char *const ACTORS[] = {"p1:",          "p",      "p0",   "p-1",
                                         "p99999999999", "p1x US", "p2000"};
    ro_facts facts = all_facts();
    ro_facts back;
    ro_writer *writer = open_writer(f);
    (void)put_facts(f, writer, "a", &facts);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    for (size_t i = 0; i < sizeof ACTORS / sizeof *ACTORS; i++) {
        sqlite3 *db;
        char *sql = sqlite3_mprintf("UPDATE statement SET speaker = %Q", ACTORS[i]);
        assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        (void)sqlite3_close(db);
        sqlite3_free(sql);
        ro_snapshot *snapshot = open_snapshot(f);
        FAILS(ro_snapshot_facts(snapshot, find_article(snapshot, "a"), &f->arena, &back, err),
              RO_DAMAGED, "facts make no sense");
        ro_snapshot_close(snapshot);
    }
}

static void facts_that_point_outside_are_refused(void **state) {
    fixture *f = *state;
    ro_article article = article_of("a", "", BODY);
    for (int wrong = 0; wrong < 9; wrong++) {
        ro_facts facts = all_facts();
        ro_prepared *prepared = NULL;
        ro_error err = RO_ERROR_INIT;
        int *const references[] = {&participations[0].person, &participations[0].talk,
                                   &outcomes[0].by.people[1], &outcomes[0].answers};
        if (wrong < 4) {
            *references[wrong] = 3;
        }
        talks[1].side_count = wrong == 4 ? RO_SIDES_MAX + 1 : 1;
        statements[0].content_end = wrong == 5 ? sizeof BODY : statements[0].content_end;
        statements[0].content_start = wrong == 6 ? at("—") + 1 : statements[0].content_start;
        people[1].name = wrong == 7 ? STR("\xff") : people[1].name;
        talks[0].status = wrong == 8 ? (ro_talk_status)77 : talks[0].status;
        assert_int_equal(ro_prepare(f->preparer, &article, &facts, &prepared, &err), RO_INVALID);
        assert_null(prepared);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_come_back_as_they_were_put, set_up, tear_down),
        cmocka_unit_test_setup_teardown(documents_come_and_go_with_their_article, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(facts_are_found_by_their_words_and_values, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(facets_count_each_value_of_a_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hits_of_one_group_collapse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fact_is_found_by_its_public_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(actors_that_are_no_numbers_are_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(facts_that_point_outside_are_refused, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
