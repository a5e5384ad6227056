/* Parameters by name, cursors, CSV. */
#include "query/searcher.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static ro_status set(ro_request *request, const char *name, const char *value, ro_error *err) {
    *err = (ro_error)RO_ERROR_INIT;
    return ro_request_set(request, ro_str_from(name), ro_str_from(value), err);
}

static void parameters_take_what_they_allow(void **state) {
    (void)state;
    static const struct {
        const char *name, *value;
        ro_status status;
    } cases[] = {
        {"q", "riyadh talks", RO_OK},
        {"filter", "lang:en", RO_OK},
        {"kind", "articles", RO_OK},
        {"kind", "talks", RO_OK},
        {"kind", "all", RO_OK},
        {"kind", "people", RO_INVALID},
        {"collapse", "false", RO_OK},
        {"facets", "side,speaker", RO_OK},
        {"match", "auto", RO_OK},
        {"match", "most", RO_INVALID},
        {"sort", "relevance", RO_OK},
        {"sort", "-date", RO_OK},
        {"sort", "score", RO_INVALID},
        {"facets", "source,year", RO_OK},
        {"facets", "source, month", RO_OK},
        {"facets", "source,", RO_INVALID},
        {"facets", ",source", RO_INVALID},
        {"facets", "author", RO_INVALID},
        {"facets", "", RO_OK},
        {"limit", "0", RO_OK},
        {"limit", "1000", RO_OK},
        {"limit", "1001", RO_INVALID},
        {"limit", "-1", RO_INVALID},
        {"limit", "", RO_INVALID},
        {"limit", "ten", RO_INVALID},
        {"limit", "18446744073709551626", RO_INVALID},
        {"offset", "10000", RO_OK},
        {"offset", "10001", RO_INVALID},
        {"cursor", "abc", RO_OK},
        {"highlight", "html", RO_OK},
        {"highlight", "bold", RO_INVALID},
        {"snippets", "3", RO_OK},
        {"snippets", "4", RO_INVALID},
        {"prefix", "true", RO_OK},
        {"prefix", "yes", RO_INVALID},
        {"explain", "1", RO_OK},
        {"half_life", "30.5", RO_OK},
        {"half_life", "-1", RO_INVALID},
        {"half_life", "nan", RO_INVALID},
        {"half_life", "1e999", RO_INVALID},
        {"deadline", "1", RO_NOT_FOUND},
        {"Limit", "1", RO_NOT_FOUND},
        {"", "1", RO_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_request request = ro_request_default();
        ro_error err;
        if (set(&request, cases[i].name, cases[i].value, &err) != cases[i].status) {
            print_error("%s=%s: %s\n", cases[i].name, cases[i].value, err.message);
            fail();
        }
        assert_int_equal(err.message[0] == '\0', cases[i].status == RO_OK);
    }
}

static void a_refusal_says_what_is_allowed(void **state) {
    (void)state;
    ro_request request = ro_request_default();
    ro_error err;
    assert_int_equal(set(&request, "sort", "up", &err), RO_INVALID);
    assert_string_equal(err.message, "sort: 'up' is not relevance, date or -date");
    assert_int_equal(set(&request, "limit", "x", &err), RO_INVALID);
    assert_string_equal(err.message, "limit: 'x' is not a whole number from 0 to 1000");
    assert_int_equal(set(&request, "colour", "x", &err), RO_NOT_FOUND);
    assert_string_equal(err.message, "no parameter 'colour'");
}

static void parameters_land_where_they_belong(void **state) {
    (void)state;
    ro_request request = ro_request_default();
    ro_error err;
    assert_int_equal(request.limit, 10);
    assert_int_equal(request.snippets, 3);
    assert_int_equal(request.highlight, RO_HIGHLIGHT_OFFSETS);
    assert_int_equal(set(&request, "facets", "source", &err), RO_OK);
    assert_int_equal(set(&request, "facets", "year,month", &err), RO_OK);
    assert_int_equal(request.facets, RO_FACET_SOURCE | RO_FACET_YEAR | RO_FACET_MONTH);
    assert_int_equal(set(&request, "sort", "date", &err), RO_OK);
    assert_int_equal(request.sort, RO_SORT_OLDEST);
    assert_int_equal(set(&request, "prefix", "true", &err), RO_OK);
    assert_true(request.prefix);
    assert_int_equal(set(&request, "prefix", "0", &err), RO_OK);
    assert_false(request.prefix);
    assert_int_equal(set(&request, "half_life", "7", &err), RO_OK);
    assert_true(request.half_life_days == 7.0);
}

static void a_query_text_has_a_cap(void **state) {
    (void)state;
    static char text[RO_QUERY_TEXT_MAX + 1];
    memset(text, 'x', sizeof text);
    for (size_t len = RO_QUERY_TEXT_MAX - 1; len <= RO_QUERY_TEXT_MAX + 1; len++) {
        ro_request request = ro_request_default();
        ro_status status = ro_request_set(&request, RO_STR("q"), ro_str_make(text, len), NULL);
        assert_int_equal(status, len > RO_QUERY_TEXT_MAX ? RO_LIMIT : RO_OK);
    }
}

static void a_cursor_comes_back_whole(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_request request = ro_request_default();
    request.q = RO_STR("riyadh");
    ro_cursor cursor = {
        .query = ro_cursor_query(&request),
        .revision = 41,
        .required = 3,
        .now = 1740000000,
        .last = {.doc = 105359, .score = 12.345678901234567, .published = RO_TIME_NONE}};
    ro_cursor back;
    ro_str text;
    assert_int_equal(ro_cursor_write(&cursor, &arena, &text, NULL), RO_OK);
    for (size_t i = 0; i < text.len; i++) {
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                               text.ptr[i]));
    }
    assert_int_equal(ro_cursor_read(text, cursor.query, &back, NULL), RO_OK);
    assert_int_equal(back.revision, 41);
    assert_int_equal(back.required, 3);
    assert_int_equal(back.now, cursor.now);
    assert_int_equal(back.last.doc, cursor.last.doc);
    assert_true(back.last.score == cursor.last.score);
    assert_int_equal(back.last.published, RO_TIME_NONE);
    ro_arena_release(&arena);
}

static void a_cursor_of_another_query_is_refused(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_request request = ro_request_default();
    ro_request other = request;
    ro_cursor cursor = {.query = ro_cursor_query(&request)}, back;
    ro_str text;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_cursor_write(&cursor, &arena, &text, NULL), RO_OK);
    other.sort = RO_SORT_NEWEST;
    assert_int_equal(ro_cursor_read(text, ro_cursor_query(&other), &back, &err), RO_INVALID);
    assert_non_null(strstr(err.message, "of another query"));
    other = request;
    other.q = RO_STR("x");
    assert_int_equal(ro_cursor_read(text, ro_cursor_query(&other), &back, NULL), RO_INVALID);
    /* The limit may change from page to page. */
    other = request;
    other.limit = 50;
    assert_int_equal(ro_cursor_read(text, ro_cursor_query(&other), &back, NULL), RO_OK);
    ro_arena_release(&arena);
}

static void a_damaged_cursor_is_refused(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_cursor cursor = {.query = 7}, back;
    ro_str text;
    char damaged[128];
    assert_int_equal(ro_cursor_write(&cursor, &arena, &text, NULL), RO_OK);
    assert_in_range(text.len, 1, sizeof damaged - 1);
    /* The last digit holds bits that are not used. */
    for (size_t i = 0; i + 1 < text.len; i++) {
        memcpy(damaged, text.ptr, text.len);
        damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
        assert_int_equal(ro_cursor_read(ro_str_make(damaged, text.len), 7, &back, NULL),
                         RO_INVALID);
    }
    static const char *const garbage[] = {"", "x", "not a cursor", "%%%%", "AAAA"};
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        assert_int_equal(ro_cursor_read(ro_str_from(garbage[i]), 7, &back, NULL), RO_INVALID);
    }
    assert_int_equal(ro_cursor_read(ro_str_make(text.ptr, text.len - 1), 7, &back, NULL),
                     RO_INVALID);
    ro_arena_release(&arena);
}

static void assert_csv(const char *hits, const char *expected) {
    json_t *answer = json_object();
    ro_buf out = RO_BUF_INIT;
    json_object_set_new(answer, "hits", json_loads(hits, 0, NULL));
    assert_int_equal(ro_answer_to_csv(answer, &out, NULL), RO_OK);
    ro_buf_add_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    ro_buf_release(&out);
    json_decref(answer);
}

#define HEADER "id,title,url,source,published,language,score,snippet\r\n"

static void csv_quotes_what_needs_it(void **state) {
    (void)state;
    assert_csv("[]", HEADER);
    assert_csv("[{\"id\":\"1\",\"title\":\"A, \\\"b\\\"\",\"url\":\"http://x\",\"source\":\"\","
               "\"published\":null,\"language\":\"en\",\"score\":1.5,"
               "\"snippets\":[{\"text\":\"two\\nlines\"},{\"text\":\"more\"}]}]",
               HEADER "1,\"A, \"\"b\"\"\",http://x,,,en,1.5,\"two\nlines\"\r\n");
}

static void csv_cells_are_no_formulas(void **state) {
    (void)state;
    assert_csv("[{\"id\":\"=1+1\",\"title\":\"+x\",\"url\":\"-x\",\"source\":\"@x\",\"score\":-1.0,"
               "\"language\":\"\\tx\",\"snippets\":[]}]",
               HEADER "\"'=1+1\",\"'+x\",\"'-x\",\"'@x\",,\"'\tx\",-1,\r\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_take_what_they_allow),
        cmocka_unit_test(a_refusal_says_what_is_allowed),
        cmocka_unit_test(parameters_land_where_they_belong),
        cmocka_unit_test(a_query_text_has_a_cap),
        cmocka_unit_test(a_cursor_comes_back_whole),
        cmocka_unit_test(a_cursor_of_another_query_is_refused),
        cmocka_unit_test(a_damaged_cursor_is_refused),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(csv_cells_are_no_formulas),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
