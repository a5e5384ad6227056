/* core/base: status, buffer, arena, queue. */
#include "readout/arena.h"
#include "readout/log.h"
#include "readout/queue.h"
#include "readout/utf8.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_first_error_wins(void **state) {
    (void)state;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_fail_at(&err, RO_FORMAT, 7, "bad byte '%c'", 'x'), RO_FORMAT);
    assert_int_equal(ro_fail(&err, RO_IO, "later"), RO_IO);
    assert_int_equal(err.status, RO_FORMAT);
    assert_int_equal(err.position, 7);
    assert_string_equal(err.message, "bad byte 'x'");
    assert_int_equal(ro_fail(NULL, RO_IO, "nobody listens"), RO_IO);
}

static void strings_compare_by_bytes(void **state) {
    (void)state;
    assert_true(ro_str_compare(RO_STR("ab"), RO_STR("abc")) < 0);
    assert_true(ro_str_compare(RO_STR("\xC3"), RO_STR("z")) > 0);
    assert_int_equal(ro_str_compare(RO_STR_NONE, RO_STR("")), 0);
    assert_true(ro_str_equal_nocase(RO_STR("Content-Length"), RO_STR("content-length")));
    assert_true(ro_str_equal(ro_str_trim(RO_STR(" \t a b\r\n")), RO_STR("a b")));
    assert_int_equal(ro_str_trim(RO_STR("  ")).len, 0);
}

static void items_are_cut_off_one_by_one(void **state) {
    (void)state;
    static const char *const items[] = {"a", "", "bc"};
    ro_str rest = RO_STR("a||bc");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        assert_true(rest.len > 0);
        assert_true(ro_str_equal(ro_str_cut(&rest, '|'), ro_str_from(items[i])));
    }
    assert_int_equal(rest.len, 0);
    assert_int_equal(ro_str_cut(&rest, '|').len, 0);
    rest = RO_STR("a|");
    assert_true(ro_str_equal(ro_str_cut(&rest, '|'), RO_STR("a")));
    assert_int_equal(rest.len, 0);
    rest = RO_STR_NONE;
    assert_int_equal(ro_str_cut(&rest, '|').len, 0);
}

static void a_buffer_grows_and_remembers_failure(void **state) {
    (void)state;
    ro_buf buf = RO_BUF_INIT;
    for (int i = 0; i < 1000; i++) {
        ro_buf_printf(&buf, "%d,", i);
    }
    assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_null(ro_buf_reserve(&buf, SIZE_MAX - 16));
    ro_buf_add_byte(&buf, 'x');
    assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_buf_check(&buf, &err), RO_MEMORY);
    ro_buf_release(&buf);
}

static void an_arena_keeps_to_its_cap(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    arena.cap = 10000;
    char *a = ro_arena_alloc(&arena, 5000);
    assert_non_null(a);
    assert_int_equal(a[4999], 0);
    assert_null(ro_arena_alloc(&arena, 5001));
    assert_non_null(ro_arena_alloc(&arena, 4000));
    assert_null(ro_arena_alloc_array(&arena, SIZE_MAX / 2, 4));
    ro_arena_reset(&arena);
    ro_str copy = ro_arena_copy(&arena, RO_STR("text"));
    assert_string_equal(copy.ptr, "text");
    assert_non_null(ro_arena_copy(&arena, RO_STR_NONE).ptr);
    assert_string_equal(ro_arena_printf(&arena, "%d-%s", 5, "x").ptr, "5-x");
    ro_arena_release(&arena);
}

static void *produce(void *queue) {
    static int items[1000];
    for (int i = 0; i < 1000; i++) {
        items[i] = i;
        assert_true(ro_queue_push(queue, &items[i]));
    }
    ro_queue_close(queue);
    return NULL;
}

static void a_queue_hands_over_in_order(void **state) {
    (void)state;
    ro_queue *queue = NULL;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_queue_new(4, &queue, &err), RO_OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce, queue), 0);
    int expected = 0;
    for (int *item; (item = ro_queue_pop(queue)) != NULL; expected++) {
        assert_int_equal(*item, expected);
    }
    assert_int_equal(expected, 1000);
    assert_false(ro_queue_try_push(queue, &expected));
    assert_int_equal(pthread_join(thread, NULL), 0);
    ro_queue_free(queue);
}

static void a_full_queue_refuses(void **state) {
    (void)state;
    ro_queue *queue = NULL;
    int item = 0;
    assert_int_equal(ro_queue_new(1, &queue, NULL), RO_OK);
    assert_true(ro_queue_try_push(queue, &item));
    assert_false(ro_queue_try_push(queue, &item));
    assert_int_equal(ro_queue_length(queue), 1);
    ro_queue_free(queue);
}

static void a_log_line_is_one_line(void **state) {
    (void)state;
    static const struct {
        ro_str value;
        const char *logfmt, *json;
    } values[] = {
        {{"", 0}, "\"\"", "\"\""},
        {{"a\"b\\c\nd\x01", 8}, "\"a\\\"b\\\\c\\nd\\x01\"", "\"a\\\"b\\\\c\\nd\\u0001\""},
        {{"a\0b", 3}, "\"a\\x00b\"", "\"a\\u0000b\""},
        {{"caf\xC3\xA9", 5}, "\"caf\xC3\xA9\"", "\"caf\xC3\xA9\""},
        {{"\r\x1b[2J\x7f", 6}, "\"\\x0d\\x1b[2J\\x7f\"", "\"\\u000d\\u001b[2J\\u007f\""},
        {{"\xC2\x9B", 2}, "\"\\xc2\\x9b\"", "\"\\u009b\""},
        {{"\xE2\x80\xA8", 3}, "\"\\xe2\\x80\\xa8\"", "\"\\u2028\""},
        {{"\xFFx\xC3", 3}, "\"\\xffx\\xc3\"", "\"\\ufffdx\\ufffd\""},
        {{"\xEF\xBF\xBD", 3}, "\"\xEF\xBF\xBD\"", "\"\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        for (int format = RO_LOG_LOGFMT; format <= RO_LOG_JSON; format++) {
            ro_log_line line = {.text = RO_BUF_INIT};
            ro_log_line_begin(&line, (ro_log_format)format);
            ro_log_line_text(&line, "v", values[i].value);
            ro_log_line_end(&line);
            ro_buf_add_byte(&line.text, 0);
            const char *value = strstr(line.text.ptr, format ? ",\"v\":" : " v=");
            assert_non_null(value);
            char expected[64];
            (void)snprintf(expected, sizeof expected, format ? "%s}\n" : "%s\n",
                           format ? values[i].json : values[i].logfmt);
            assert_string_equal(value + (format ? 5 : 3), expected);
            ro_buf_release(&line.text);
        }
    }
}

static void a_log_line_is_of_its_format(void **state) {
    (void)state;
    ro_log_line line = {.text = RO_BUF_INIT};
    for (int format = RO_LOG_LOGFMT; format <= RO_LOG_JSON; format++) {
        ro_log_line_begin(&line, (ro_log_format)format);
        ro_log_line_word(&line, "a", "b");
        ro_log_line_integer(&line, "n", -5);
        ro_log_line_ms(&line, "ms", 1234567);
        ro_log_line_end(&line);
        ro_buf_add_byte(&line.text, 0);
        const char *end =
            format ? "Z\",\"a\":\"b\",\"n\":-5,\"ms\":1.235}\n" : "Z a=b n=-5 ms=1.235\n";
        assert_non_null(strstr(line.text.ptr, end));
        assert_memory_equal(line.text.ptr, format ? "{\"time\":\"2" : "time=2", format ? 10 : 6);
    }
    ro_buf_release(&line.text);
    ro_log log = {.fd = -1};
    assert_false(ro_log_begin(&log, RO_LOG_ERROR, "x", &line));
    log.fd = 2;
    log.least = RO_LOG_WARN;
    assert_false(ro_log_begin(&log, RO_LOG_INFO, "x", &line));
    assert_false(ro_log_begin(NULL, RO_LOG_ERROR, "x", &line));
}

static void waiting_for_an_item_has_an_end(void **state) {
    (void)state;
    ro_queue *queue = NULL;
    int item = 0;
    void *got = &item;
    assert_int_equal(ro_queue_new(2, &queue, NULL), RO_OK);
    ro_deadline soon = ro_deadline_in_ms(20);
    assert_true(ro_queue_pop_until(queue, soon, &got));
    assert_null(got);
    assert_true(ro_deadline_passed(soon));
    assert_true(ro_queue_try_push(queue, &item));
    ro_queue_close(queue);
    assert_true(ro_queue_pop_until(queue, RO_DEADLINE_NEVER, &got));
    assert_ptr_equal(got, &item);
    assert_false(ro_queue_pop_until(queue, RO_DEADLINE_NEVER, &got));
    assert_null(got);
    ro_queue_free(queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_wins),
        cmocka_unit_test(strings_compare_by_bytes),
        cmocka_unit_test(items_are_cut_off_one_by_one),
        cmocka_unit_test(a_buffer_grows_and_remembers_failure),
        cmocka_unit_test(an_arena_keeps_to_its_cap),
        cmocka_unit_test(a_queue_hands_over_in_order),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(a_log_line_is_one_line),
        cmocka_unit_test(a_log_line_is_of_its_format),
        cmocka_unit_test(waiting_for_an_item_has_an_end),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
