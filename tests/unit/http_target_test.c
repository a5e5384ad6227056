/* Percent-decoding, query strings, and the head of a response. */
#include "http/response.h"
#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void escapes_are_undone(void **state) {
    (void)state;
    static const struct {
        ro_str raw, plain;
        bool plus;
    } good[] = {
        {{"", 0}, {"", 0}, true},
        {{"a+b%20c", 7}, {"a b c", 5}, true},
        {{"a+b", 3}, {"a+b", 3}, false},
        {{"%2F%2f%25", 9}, {"//%", 3}, false},
        {{"%00", 3}, {"\0", 1}, true},
        {{"%C3%A9", 6}, {"\xC3\xA9", 2}, true},
        {{"\xC3%A9", 4}, {"\xC3\xA9", 2}, true},
        {{"%F0%9F%98%80", 12}, {"\xF0\x9F\x98\x80", 4}, true},
    };
    ro_arena arena = RO_ARENA_INIT;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ro_str out;
        assert_int_equal(ro_target_decode(good[i].raw, good[i].plus, &arena, &out, NULL), RO_OK);
        assert_true(ro_str_equal(out, good[i].plain));
        assert_non_null(out.ptr);
    }
    ro_arena_release(&arena);
}

static void hostile_escapes_are_refused(void **state) {
    (void)state;
    static const ro_str bad[] = {
        {"%", 1},         {"%4", 2},        {"%zz", 3},           {"%4g", 3},    {"a%", 2},
        {"%%41", 4},      {"%u0041", 6},    {"%C3", 3},           {"%C3%28", 6}, {"%C0%AF", 6},
        {"%E0%80%AF", 9}, {"%ED%A0%80", 9}, {"%F4%90%80%80", 12}, {"%FF", 3},    {"%80", 3},
        {"\xC3", 1},
    };
    ro_arena arena = RO_ARENA_INIT;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ro_str out = RO_STR("left over");
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_target_decode(bad[i], true, &arena, &out, &err), RO_FORMAT);
        assert_null(out.ptr);
    }
    ro_error err = RO_ERROR_INIT;
    ro_str out;
    assert_int_equal(ro_target_decode(RO_STR("abc%zz"), true, &arena, &out, &err), RO_FORMAT);
    assert_int_equal(err.position, 3);
    ro_arena_release(&arena);
}

static void a_query_string_gives_parameters(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str doubled;
    ro_str query = RO_STR("q=peace+talks&&limit=%35&empty=&bare&a=b=c");
    assert_int_equal(ro_target_params(query, &arena, &params, &doubled, NULL), RO_OK);
    static const ro_http_param expected[] = {
        {{"q", 1}, {"peace talks", 11}}, {{"limit", 5}, {"5", 1}}, {{"empty", 5}, {"", 0}},
        {{"bare", 4}, {"", 0}},          {{"a", 1}, {"b=c", 3}},
    };
    assert_int_equal(params.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < params.count; i++) {
        assert_true(ro_str_equal(params.items[i].name, expected[i].name));
        assert_true(ro_str_equal(params.items[i].value, expected[i].value));
    }
    assert_int_equal(ro_target_params(RO_STR_NONE, &arena, &params, &doubled, NULL), RO_OK);
    assert_int_equal(params.count, 0);
    ro_arena_release(&arena);
}

static void a_parameter_given_twice_is_refused(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str doubled;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_target_params(RO_STR("q=a&%71=b"), &arena, &params, &doubled, &err),
                     RO_FORMAT);
    assert_string_equal(err.message, "parameter 'q' is given twice");
    assert_true(ro_str_equal(doubled, RO_STR("q")));
    assert_int_equal(params.count, 0);
    ro_arena_release(&arena);
}

static void a_fault_is_placed_in_the_whole_query_string(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str doubled;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_target_params(RO_STR("a=b&q=x%zz"), &arena, &params, &doubled, &err),
                     RO_FORMAT);
    assert_int_equal(err.position, 7);
    ro_arena_release(&arena);
}

static void there_may_be_so_many_parameters_and_no_more(void **state) {
    (void)state;
    for (size_t count = RO_HTTP_PARAMS_MAX - 1; count <= RO_HTTP_PARAMS_MAX + 1; count++) {
        ro_arena arena = RO_ARENA_INIT;
        ro_buf query = RO_BUF_INIT;
        ro_http_params params;
        ro_str doubled;
        for (size_t i = 0; i < count; i++) {
            ro_buf_printf(&query, "p%zu=1&", i);
        }
        ro_status status = ro_target_params(ro_buf_str(&query), &arena, &params, &doubled, NULL);
        assert_int_equal(status, count > RO_HTTP_PARAMS_MAX ? RO_LIMIT : RO_OK);
        ro_buf_release(&query);
        ro_arena_release(&arena);
    }
}

static void a_field_cannot_begin_another(void **state) {
    (void)state;
    ro_http_response response = {0};
    ro_http_response_field(&response, "X", RO_STR("a\r\nSet-Cookie: b\0"));
    assert_true(ro_str_equal(ro_buf_str(&response.fields), RO_STR("X: a  Set-Cookie: b \r\n")));
    ro_http_response_release(&response);
}

static void a_head_tells_how_the_body_is_framed(void **state) {
    (void)state;
    static const struct {
        int status, minor;
        bool keep_alive;
        const char *has, *lacks;
    } heads[] = {
        {200, 1, true, "Content-Length: 3\r\n", "Connection"},
        {200, 1, false, "Connection: close\r\n", "keep-alive"},
        {200, 0, true, "Connection: keep-alive\r\n", "close"},
        {204, 1, true, "HTTP/1.1 204 No Content\r\n", "Content-Length"},
        {304, 1, true, "HTTP/1.1 304 Not Modified\r\n", "Content-Length"},
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        ro_http_response response = {.status = heads[i].status};
        ro_buf out = RO_BUF_INIT;
        ro_buf_add_str(&response.body, RO_STR("abc"));
        ro_http_framing framing = {heads[i].keep_alive, heads[i].minor, "now", RO_HTTP_SIZED};
        ro_http_response_head(&response, &framing, &out);
        ro_buf_add_byte(&out, 0);
        assert_non_null(strstr(out.ptr, heads[i].has));
        assert_null(strstr(out.ptr, heads[i].lacks));
        assert_non_null(strstr(out.ptr, "\r\nDate: now\r\n"));
        assert_string_equal(strstr(out.ptr, "\r\n\r\n"), "\r\n\r\n");
        ro_buf_release(&out);
        ro_http_response_release(&response);
    }
}

static void dates_are_written_as_http_wants_them(void **state) {
    (void)state;
    char out[RO_HTTP_DATE_TEXT];
    assert_string_equal(ro_http_date(784111777, out), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_string_equal(ro_http_date(0, out), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_string_equal(ro_http_date(951782400, out), "Tue, 29 Feb 2000 00:00:00 GMT");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(hostile_escapes_are_refused),
        cmocka_unit_test(a_query_string_gives_parameters),
        cmocka_unit_test(a_parameter_given_twice_is_refused),
        cmocka_unit_test(a_fault_is_placed_in_the_whole_query_string),
        cmocka_unit_test(there_may_be_so_many_parameters_and_no_more),
        cmocka_unit_test(a_field_cannot_begin_another),
        cmocka_unit_test(a_head_tells_how_the_body_is_framed),
        cmocka_unit_test(dates_are_written_as_http_wants_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
