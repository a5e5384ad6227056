/* From request to answer, over a small index. */
#include "search_fixture.h"

#include <time.h>

#define HOSTILE_SECONDS 5 /* of processor time, for one search; also where it is sanitized */

static void each_form_finds_what_it_means(void **state) {
    static const struct {
        const char *parameters, *ids;
    } cases[] = {
        {"q=moratorium&match=all", "riyadh-1 riyadh-2"},
        {"q=strike energy&match=all", "riyadh-1 riyadh-2"},
        {"q=talking&match=all", "markup riyadh-1 riyadh-2"},
        {"q==talks&match=all", "markup riyadh-1"},
        {"q==talk&match=all", "riyadh-2"},
        {"q=\"consultation mechanism\"", "riyadh-2"},
        {"q=\"mechanism consultation\"~4", "markets"},
        {"q=\"mechanism consultation\"~3", ""},
        {"q=lavrov NEAR/3 ambassadors", "tashkent"},
        {"q=ambassadors NEAR/3 lavrov", "tashkent"},
        {"q=ambassadors ONEAR/3 lavrov", ""},
        {"q=lavrov NEAR/2 ambassadors", ""},
        {"q=lavrov NEAR/9 lavrov", ""},
        {"q=moratorium NEAR/50 moratorium", ""},
        {"q=talks NEAR/20 talks", "markup"},
        {"q=\"energy strikes\" NEAR/20 strikes", ""},
        {"q=lavro*", "tashkent"},
        {"q=witkof~", "tashkent"},
        {"q=moratoriom~", "riyadh-1 riyadh-2"},
        {"q=covid-19", "covid"},
        {"q=cooperation", "covid"},
        {"q=co-operation", "covid"},
        {"q=oneil", "riyadh-1"},
        {"q=o'neil", "riyadh-1"},
        {"q=title:energy", "riyadh-2"},
        {"q=body:energy -title:energy", "markets riyadh-1"},
        {"q=title:(talks OR leaders)", "riyadh-1 tashkent"},
        {"q=title:\"partial truce\"", "riyadh-1"},
        {"q=energy source:\"Dow Jones\"", "markets"},
        {"q=source:\"dow jones\"", "covid markets tashkent"},
        {"q=source:(dpa \"dow jones\") -covid", "berlin markets tashkent"},
        {"q=lang:de", "berlin"},
        {"q=h\xC3\xA4user", "berlin"},
        {"q=haus", "berlin"},
        {"q=gesprach", "berlin"},
        {"q=date:2025", "berlin markets riyadh-1 riyadh-2"},
        {"q=date:2025-02", "markets riyadh-1"},
        {"q=date:2025-02-18", "riyadh-1"},
        {"q=date:2025-02..2025-03", "markets riyadh-1 riyadh-2"},
        {"q=date:..2023", "covid empty"},
        {"q=after:2025-02-18", "riyadh-1 riyadh-2"},
        {"q=before:2023", "covid"},
        {"q=after:2024 before:2025", "tashkent"},
        {"q=talks AND energy", "riyadh-1 riyadh-2"},
        {"q=vaccines OR ambassadors", "covid tashkent"},
        {"q=energy NOT talks", "markets"},
        {"q=energy -talks", "markets"},
        {"q=energy NOT (-talks)", "riyadh-1 riyadh-2"},
        {"q=energy NOT (NOT talks)", "riyadh-1 riyadh-2"},
        {"q=-energy -talks", "berlin covid empty tashkent"},
        {"q=vaccines OR -energy&limit=20", "berlin covid empty markup tashkent"},
        {"q=energy&filter=source:reuters", "riyadh-1 riyadh-2"},
        {"q=energy&filter=-source:reuters", "markets"},
        {"q=&filter=moratorium", "riyadh-1 riyadh-2"},
        {"q=&filter=year:2021", "covid"},
        {"q=&filter=month:2025-02", "markets riyadh-1"},
        {"q=&filter=week:2025-02-17", "riyadh-1"},
        {"q=&filter=day:2025-03-02 language:en", "riyadh-2"},
        {"q=vaccines status:nosuch", "covid"},
        {"q=vaccines&filter=status:nosuch source:\"dow jones\"", ""},
        {"q=vaccines&filter=-status:nosuch", "covid"},
        {"q=", "berlin covid empty markets markup riyadh-1 riyadh-2 tashkent"},
        {"q=*", "berlin covid empty markets markup riyadh-1 riyadh-2 tashkent"},
        {"q=()", ""},
        {"q=...", ""},
        {"q=nosuchword", ""},
        {"q=vaccines ambassadors&match=any", "covid tashkent"},
        {"q=vaccines ambassadors&match=all", ""},
        {"q=+vaccines energy", "covid"},
        {"q=prefi&match=all", ""},
        {"q=vaccin&prefix=true", "covid"},
        {"q=energy mora&prefix=true&match=all", "riyadh-1 riyadh-2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_found(*state, cases[i].parameters, cases[i].ids);
    }
}

static void a_compound_and_a_plain_word_are_two_words_in_any_order(void **state) {
    json_t *one = ask(*state, "q=covid-19 covid19&match=any&snippets=0");
    json_t *other = ask(*state, "q=covid19 covid-19&match=any&snippets=0");
    assert_true(json_equal(json_object_get(one, "hits"), json_object_get(other, "hits")));
    assert_int_equal(total_of(one), total_of(other));
    json_decref(one);
    json_decref(other);
}

static void compounds_of_other_parts_are_other_words(void **state) {
    fixture *f = *state;
    static const text articles[] = {
        {"parts-1", "Parts", "Here a bc stands.", "Reuters", "en", "2020-01-01"},
        {"parts-2", "Parts", "Here a bc stands, and ab c.", "Reuters", "en", "2020-01-01"}};
    put_all(f->index, articles, 2);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_found(f, "q=a-bc ab-c&match=all", "parts-2");
    assert_found(f, "q=a-bc a-bc&match=all", "parts-1 parts-2");
}

static void facets_count_what_is_found(void **state) {
    json_t *answer = ask(*state, "q=energy&facets=source,year&limit=0");
    const json_t *facets = json_object_get(answer, "facets");
    char *text_form = json_dumps(facets, JSON_COMPACT);
    assert_string_equal(text_form,
                        "{\"source\":[{\"value\":\"Reuters\",\"count\":2},{\"value\":\"Dow Jones\","
                        "\"count\":1}],\"year\":[{\"value\":\"2025\",\"count\":3}]}");
    free(text_form);
    assert_int_equal(json_array_size(json_object_get(answer, "hits")), 0);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "total"), "value")),
                     3);
    json_decref(answer);
}

static void each_score_can_be_explained(void **state) {
    json_t *answer = ask(*state, "q=energy moratorium&explain=true");
    size_t i;
    json_t *hit;
    assert_true(json_array_size(json_object_get(answer, "hits")) > 0);
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        double score = json_real_value(json_object_get(hit, "score"));
        double value = json_number_value(json_object_get(json_object_get(hit, "explain"), "value"));
        assert_true(score > 0 && value > score - 1e-6 && value < score + 1e-6);
    }
    json_decref(answer);
}

static void repairs_and_expansions_are_reported(void **state) {
    json_t *answer = ask(*state, "q=\xC3\xA9 \"energy lavro* )");
    const json_t *query = json_object_get(answer, "query");
    const json_t *repair = json_array_get(json_object_get(query, "repairs"), 0);
    assert_string_equal(json_string_value(json_object_get(repair, "in")), "q");
    assert_int_equal(json_integer_value(json_object_get(repair, "at")), 2);
    json_decref(answer);
    answer = ask(*state, "q=a\xE2\x82 \xF0\x9F\x98 \xFF \"energy");
    query = json_object_get(answer, "query");
    repair = json_array_get(json_object_get(query, "repairs"), 1);
    json_int_t at = json_integer_value(json_object_get(repair, "at"));
    const char *text_of = json_string_value(json_object_get(query, "text"));
    assert_true(ro_str_equal(characters(text_of, at, at + 1), RO_STR("\"")));
    json_decref(answer);
    answer = ask(*state, "q=vaccines lavro*&filter=lang:en )");
    query = json_object_get(answer, "query");
    repair = json_array_get(json_object_get(query, "repairs"), 0);
    assert_string_equal(json_string_value(json_object_get(repair, "in")), "filter");
    assert_string_equal(json_string_value(json_object_get(query, "filter")), "lang:en");
    char *expanded = json_dumps(json_object_get(query, "expanded"), JSON_COMPACT);
    assert_string_equal(expanded,
                        "[{\"word\":\"lavro*\",\"into\":[\"lavrov\"],\"complete\":true}]");
    free(expanded);
    json_decref(answer);
}

static void an_article_is_given_whole(void **state) {
    fixture *f = *state;
    json_t *article;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_searcher_article(f->searcher, RO_STR("tashkent"), &article, &err), RO_OK);
    assert_string_equal(json_string_value(json_object_get(article, "title")), texts[2].title);
    assert_string_equal(json_string_value(json_object_get(article, "body")), texts[2].body);
    json_decref(article);
    assert_int_equal(ro_searcher_article(f->searcher, RO_STR("none"), &article, &err),
                     RO_NOT_FOUND);
    assert_null(article);
}

/* ---- what must not hurt ---- */

static void requests_that_contradict_themselves_are_refused(void **state) {
    fixture *f = *state;
    ro_request request = ro_request_default();
    json_t *answer;
    request.cursor = RO_STR("garbage");
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    request.offset = 10;
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    request = ro_request_default();
    request.limit = RO_LIMIT_MAX + 1;
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    assert_null(answer);
}

static double processor_seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run_hostile(fixture *f, ro_str q) {
    ro_request request = ro_request_default();
    ro_error err = RO_ERROR_INIT;
    json_t *answer;
    request.q = q;
    for (int mode = RO_MATCH_MODE_AUTO; mode <= RO_MATCH_MODE_ANY; mode++) {
        request.match = (ro_match_mode)mode;
        request.prefix = mode == RO_MATCH_MODE_ANY;
        double begun = processor_seconds();
        if (ro_searcher_search(f->searcher, &request, &answer, &err) != RO_OK) {
            print_error("%.60s: %s\n", q.ptr, err.message);
            fail();
        }
        assert_true(processor_seconds() - begun < HOSTILE_SECONDS);
        char *json = json_dumps(answer, 0);
        assert_non_null(json);
        free(json);
        json_decref(answer);
    }
    request.filter = q;
    assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, &err), RO_OK);
    json_decref(answer);
}

static void hostile_queries_get_an_answer(void **state) {
    static const char *const pieces[] = {"(",
                                         "\"",
                                         "a* b* ",
                                         "ta* ",
                                         "a~ ",
                                         "w OR ",
                                         "-",
                                         "a-b-",
                                         "title:(",
                                         "\xFF",
                                         "\xE4\xB8\xAD",
                                         "x",
                                         "talks NEAR/3 ",
                                         "\"a b\"~9 ",
                                         "co-op ",
                                         "http://a.b/c?",
                                         "o'",
                                         "NOT ( ",
                                         "source:x "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ro_buf q = RO_BUF_INIT;
        while (q.len + strlen(pieces[i]) <= RO_QUERY_TEXT_MAX) {
            ro_buf_add_str(&q, ro_str_from(pieces[i]));
        }
        run_hostile(*state, ro_buf_str(&q));
        ro_buf_release(&q);
    }
}

static void queries_of_death_get_an_answer(void **state) {
    const char *directory = getenv("READOUT_CONFORMANCE");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/hostile/queries-of-death.jsonl",
                   directory ? directory : "");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("skipped: no outside test data at '%s'\n", path);
        skip();
    }
    char *line = NULL;
    size_t capacity = 0;
    size_t count = 0;
    while (getline(&line, &capacity, file) > 0) {
        json_t *item = json_loads(line, JSON_ALLOW_NUL, NULL);
        const json_t *q = json_object_get(item, "q");
        assert_true(json_is_string(q));
        run_hostile(*state, ro_str_make(json_string_value(q), json_string_length(q)));
        json_decref(item);
        count++;
    }
    free(line);
    (void)fclose(file);
    assert_in_range(count, 10, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_finds_what_it_means),
        cmocka_unit_test(facets_count_what_is_found),
        cmocka_unit_test(each_score_can_be_explained),
        cmocka_unit_test(repairs_and_expansions_are_reported),
        cmocka_unit_test(an_article_is_given_whole),
        cmocka_unit_test(requests_that_contradict_themselves_are_refused),
        cmocka_unit_test(hostile_queries_get_an_answer),
        cmocka_unit_test(queries_of_death_get_an_answer),
        cmocka_unit_test(a_compound_and_a_plain_word_are_two_words_in_any_order),
        /* These write. */
        cmocka_unit_test(compounds_of_other_parts_are_other_words),
    };
    return cmocka_run_group_tests_name("search", tests, set_up, tear_down);
}
