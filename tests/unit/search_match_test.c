/* Which words must be found, and which are let go where too little is found. */
#include "search_fixture.h"

static void assert_words(const json_t *answer, const char *key, const char *expected) {
    ro_buf got = RO_BUF_INIT;
    size_t i;
    json_t *word;
    json_array_foreach(json_object_get(json_object_get(answer, "query"), key), i, word) {
        ro_buf_printf(&got, "%s%s", i ? " " : "", json_string_value(word));
    }
    ro_buf_add_byte(&got, '\0');
    assert_string_equal(got.ptr, expected);
    ro_buf_release(&got);
}

static void the_least_telling_words_are_dropped_first(void **state) {
    static const struct {
        const char *parameters, *match, *relaxed, *missing, *ids;
    } cases[] = {
        /* energy stands in three articles, moratorium in two, ambassadors in one. */
        {"q=energy moratorium consultation&sort=-date", "all", "", "", "riyadh-2"},
        {"q=energy moratorium brokers consultation&sort=-date", "some",
         "energy moratorium consultation", "", "markets"},
        {"q=energy ambassadors&limit=4", "any", "energy ambassadors", "",
         "markets riyadh-1 riyadh-2 tashkent"},
        {"q=ambassadors nosuchword&sort=date", "some", "nosuchword", "nosuchword", "tashkent"},
        {"q=nosuchword&limit=1", "all", "", "nosuchword", ""},
        {"q=+energy ambassadors&limit=3", "any", "ambassadors", "", "markets riyadh-1 riyadh-2"},
        /* Quotation marks mean what they hold. */
        {"q=energy \"consultation mechanism\"&limit=3", "some", "energy", "", "riyadh-2"},
        {"q=energy \"consultation nosuchword\"&limit=3", "any",
         "energy \"consultation nosuchword\"", "\"consultation nosuchword\"",
         "markets riyadh-1 riyadh-2"},
        {"q=energy ambassadors&limit=4&sort=-date", "some", "energy", "", "tashkent"},
        /* A guess tells less than any word that was meant, however rare it is. */
        {"q=energy ambasadors&limit=4&sort=-date", "some", "ambasadors", "",
         "markets riyadh-1 riyadh-2"},
        {"q=energy ambassadors source:reuters&limit=4", "any", "energy ambassadors", "",
         "riyadh-1 riyadh-2"},
        {"q=energy ambassadors&limit=9&match=all", "all", "", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *answer = ask(*state, cases[i].parameters);
        const json_t *query = json_object_get(answer, "query");
        assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
        assert_words(answer, "relaxed", cases[i].relaxed);
        assert_words(answer, "missing", cases[i].missing);
        json_decref(answer);
        assert_found(*state, cases[i].parameters, cases[i].ids);
    }
}

/* Of 24 articles corn is in 14, barley in 10 (5 of them with corn), rye in 4, the rest in all. */
static void put_harvest(ro_index *index) {
    for (int i = 0; i < 24; i++) {
        char id[32], body[128];
        (void)snprintf(id, sizeof id, "harvest-%d", i);
        (void)snprintf(body, sizeof body, "Oats, spelt, silos, bushels, tonnes%s%s%s.",
                       i < 14 ? ", corn" : "", i >= 9 && i < 19 ? ", barley" : "",
                       i < 4 ? ", rye" : "");
        text article = {id, "Stocks", body, "FAO", "en", "2020-01-01"};
        put_all(index, &article, 1);
    }
}

static void what_matches_does_not_depend_on_the_page(void **state) {
    static const struct {
        const char *q, *match;
        json_int_t total;
    } cases[] = {
        {"corn spelt", "all", 14},      {"corn barley", "some", 10},
        {"corn rye", "any", 14},        {"barley rye", "any", 14},
        {"corn oats spelt", "all", 14}, {"corn oats spelt silos", "any", 24},
    };
    static const char *const pages[] = {"limit=0",          "limit=1",  "limit=2",
                                        "limit=1&offset=5", "limit=11", "limit=1000"};
    fixture *f = *state;
    put_harvest(f->index);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t j = 0; j < sizeof pages / sizeof *pages; j++) {
            char parameters[128];
            (void)snprintf(parameters, sizeof parameters, "q=%s&%s", cases[i].q, pages[j]);
            json_t *answer = ask(f, parameters);
            const json_t *query = json_object_get(answer, "query");
            assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
            assert_int_equal(total_of(answer), cases[i].total);
            json_decref(answer);
        }
    }
}

static void the_filter_loosens_nothing_that_it_finds(void **state) {
    static const struct {
        const char *parameters, *match;
        json_int_t total;
    } cases[] = {
        /* Ten have barley and oats, five of them corn, none rye. */
        {"q=barley oats", "all", 10},
        {"q=barley oats&filter=corn", "all", 5},
        {"q=corn barley&filter=rye", "any", 4},
        {"q=barley oats&filter=rye", "any", 4},
        {"q=barley oats&filter=corn&sort=date", "all", 5},
    };
    fixture *f = *state;
    put_harvest(f->index);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *answer = ask(f, cases[i].parameters);
        const json_t *query = json_object_get(answer, "query");
        assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
        assert_int_equal(total_of(answer), cases[i].total);
        json_decref(answer);
    }
}

static void what_is_typed_last_is_not_repaired_yet(void **state) {
    static const char *const typed[] = {
        "\"",
        "(",
        "-",
        "\"consultation",
        "\"consultation mech",
        "energy \"consultation",
        "(energy",
        "energy -",
        "energy (",
        "title:",
    };
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        char parameters[128];
        for (int finished = 0; finished < 2; finished++) {
            (void)snprintf(parameters, sizeof parameters, "q=%s&prefix=%s", typed[i],
                           finished ? "false" : "true");
            json_t *answer = ask(*state, parameters);
            const json_t *query = json_object_get(answer, "query");
            size_t repairs = json_array_size(json_object_get(query, "repairs"));
            assert_int_equal(repairs > 0, finished);
            assert_true(finished || total_of(answer) > 0 || i == 9);
            json_decref(answer);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_telling_words_are_dropped_first),
        cmocka_unit_test(what_is_typed_last_is_not_repaired_yet),
        /* These write. */
        cmocka_unit_test(what_matches_does_not_depend_on_the_page),
        cmocka_unit_test(the_filter_loosens_nothing_that_it_finds),
    };
    return cmocka_run_group_tests_name("search_match", tests, set_up, tear_down);
}
