/* What is suggested while a query is typed. */
#include "search_fixture.h"

/* `station` is in more articles, but `states` goes with the word before. */
static void completions_that_go_with_the_words_before_come_first(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 8; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "st-%d", i);
        const text article = {id,
                              "Notice",
                              i < 2 ? "The united states of the river."
                                    : "A quizzical station state stays stable.",
                              "Reuters",
                              "en",
                              "2020-01-01"};
        put_all(f->index, &article, 1);
    }
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    json_t *answer;
    static const char *const pairs[][2] = {{"united sta", "united states"},
                                           {"quizzical st", "quizzical station"},
                                           {"united quizzical sta", "united quizzical station"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        ro_request request = ro_request_default();
        request.q = ro_str_from(pairs[i][0]);
        request.limit = 4;
        assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, NULL), RO_OK);
        const json_t *first = json_array_get(json_object_get(answer, "suggestions"), 0);
        assert_string_equal(json_string_value(json_object_get(first, "text")), pairs[i][1]);
        json_decref(answer);
    }
}

static void assert_suggested_of(fixture *f, const char *q, const char *filter, bool counts,
                                const char *expected) {
    ro_request request = ro_request_default();
    json_t *answer, *item;
    ro_error err = RO_ERROR_INIT;
    ro_buf got = RO_BUF_INIT;
    size_t i;
    request.q = ro_str_from(q);
    request.filter = ro_str_from(filter);
    request.limit = 6;
    assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, &err), RO_OK);
    json_array_foreach(json_object_get(answer, "suggestions"), i, item) {
        ro_buf_printf(&got, "%s%s:%s", i ? "|" : "",
                      json_string_value(json_object_get(item, "kind")),
                      json_string_value(json_object_get(item, "text")));
        if (counts && json_object_get(item, "count")) {
            ro_buf_printf(&got, "=%lld",
                          (long long)json_integer_value(json_object_get(item, "count")));
        }
    }
    ro_buf_add_byte(&got, '\0');
    assert_string_equal(got.ptr, expected);
    ro_buf_release(&got);
    json_decref(answer);
}

static void assert_suggested(fixture *f, const char *q, const char *expected) {
    assert_suggested_of(f, q, "", false, expected);
}

static void the_last_word_is_completed_and_titles_found(void **state) {
    assert_suggested(*state, "vacc", "word:vaccines");
    assert_suggested(*state, "Leaders in tash",
                     "word:Leaders in tashkent|title:Leaders meet in Tashkent");
    assert_suggested(*state, "energy holds",
                     "word:energy holds|title:Energy moratorium holds, say monitors");
    assert_suggested(*state, "-title:vacc", "word:-title:vaccines");
    assert_suggested(*state, "co-op", "word:co-operation");
    assert_suggested(*state, "coop", "word:co-operation");
    assert_suggested(*state, "VACC", "word:VACCINES");
    assert_suggested(*state, "Riy", "word:Riyadh|title:Talks in Riyadh end with a partial truce");
    assert_suggested(*state, "riy", "word:riyadh|title:Talks in Riyadh end with a partial truce");
    assert_suggested(*state, "gespr",
                     "word:gespr\xC3\xA4"
                     "che|title:Gespr\xC3\xA4"
                     "che in Berlin");
    assert_suggested(*state, "zzz", "");
    assert_suggested(*state, "", "");
    assert_suggested(*state, "((\"", "");
}

static void suggestions_are_counted_with_the_words_before_and_keep_to_the_filter(void **state) {
    assert_suggested_of(*state, "energy cons", "", true, "word:energy consultation=2");
    assert_suggested_of(*state, "moratorium cons", "", true, "word:moratorium consultation=1");
    assert_suggested_of(*state, "energy cons", "source:Reuters", true,
                        "word:energy consultation=1");
    assert_suggested_of(*state, "cons", "source:Reuters", true, "word:consultation=1");
    assert_suggested_of(*state, "vacc", "source:Reuters", true, "");
    assert_suggested_of(*state, "riy", "source:Reuters", true,
                        "word:riyadh=1|title:Talks in Riyadh end with a partial truce");
    assert_suggested_of(*state, "riy", "-source:Reuters", true, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_is_completed_and_titles_found),
        cmocka_unit_test(suggestions_are_counted_with_the_words_before_and_keep_to_the_filter),
        /* These write. */
        cmocka_unit_test(completions_that_go_with_the_words_before_come_first),
    };
    return cmocka_run_group_tests_name("search_suggest", tests, set_up, tear_down);
}
