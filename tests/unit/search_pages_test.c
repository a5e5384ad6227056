/* Pages of what is found, by offset and by cursor. */
#include "search_fixture.h"

static void pages_by_cursor_list_everything_once(void **state) {
    static const char *const sorts[] = {"relevance", "date", "-date"};
    static const char *const queries[] = {"q=the&match=any", "q=", "q=energy talks -covid"};
    for (size_t s = 0; s < 3; s++) {
        for (size_t i = 0; i < 3; i++) {
            char parameters[512];
            ro_buf whole = RO_BUF_INIT, pages = RO_BUF_INIT;
            (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2", queries[i],
                           sorts[s]);
            json_t *answer = ask(*state, parameters);
            json_int_t total =
                json_integer_value(json_object_get(json_object_get(answer, "total"), "value"));
            json_int_t seen = 0;
            for (;;) {
                add_ids(answer, &pages);
                seen += (json_int_t)json_array_size(json_object_get(answer, "hits"));
                const char *next = json_string_value(json_object_get(answer, "next"));
                if (!next) {
                    break;
                }
                assert_true(seen < total);
                (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2&cursor=%s",
                               queries[i], sorts[s], next);
                json_decref(answer);
                answer = ask(*state, parameters);
            }
            assert_int_equal(seen, total);
            json_decref(answer);
            for (json_int_t offset = 0; offset < total; offset += 2) {
                (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2&offset=%d",
                               queries[i], sorts[s], (int)offset);
                answer = ask(*state, parameters);
                add_ids(answer, &whole);
                json_decref(answer);
            }
            assert_int_equal(whole.len, pages.len);
            assert_memory_equal(whole.ptr, pages.ptr, pages.len);
            ro_buf_release(&whole);
            ro_buf_release(&pages);
        }
    }
}

static void a_cursor_goes_on_while_the_index_changes(void **state) {
    fixture *f = *state;
    static const text more = {"new", "New talks", "Talks of today.", "Reuters", "en", "2026-01-01"};
    json_t *answer = ask(f, "q=talks&sort=-date&limit=1");
    char parameters[512];
    (void)snprintf(parameters, sizeof parameters, "q=talks&sort=-date&limit=1&cursor=%s",
                   json_string_value(json_object_get(answer, "next")));
    json_decref(answer);
    put_all(f->index, &more, 1);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_found(f, parameters, "riyadh-1");
}

static void a_cursor_by_relevance_ends_with_the_index_it_was_made_for(void **state) {
    fixture *f = *state;
    static const text more = {"newer", "Newer talks", "Talks.", "Reuters", "en", "2026-01-02"};
    ro_error err = RO_ERROR_INIT;
    json_t *answer = ask(f, "q=talks&limit=1"), *next = NULL;
    ro_request request = ro_request_default();
    request.q = RO_STR("talks");
    request.limit = 1;
    request.cursor = ro_str_from(json_string_value(json_object_get(answer, "next")));
    assert_int_equal(ro_searcher_search(f->searcher, &request, &next, &err), RO_OK);
    json_decref(next);
    put_all(f->index, &more, 1);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_int_equal(ro_searcher_search(f->searcher, &request, &next, &err), RO_INVALID);
    assert_string_equal(err.message, "cursor: the index changed since; start again");
    json_decref(answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_by_cursor_list_everything_once),
        /* These write. */
        cmocka_unit_test(a_cursor_goes_on_while_the_index_changes),
        cmocka_unit_test(a_cursor_by_relevance_ends_with_the_index_it_was_made_for),
    };
    return cmocka_run_group_tests_name("search_pages", tests, set_up, tear_down);
}
