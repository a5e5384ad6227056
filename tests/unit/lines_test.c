/* Lines of a body that comes in pieces. */
#include "lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX 10
#define ENOUGH 100

/* Feeds `text` by `step` bytes and takes what is whole after each step. Writes what was seen as
 * "NUMBER:LINE;" and "NUMBER!;" for a line too long; gives the most that was held. */
static size_t run(ro_str text, size_t step, ro_buf *out) {
    ro_lines lines = {.max = MAX, .enough = ENOUGH, .next = 1};
    ro_buf body = RO_BUF_INIT;
    size_t most = 0;
    bool ended = false;
    for (size_t at = 0; !ended || ro_lines_any(&lines) || body.len;) {
        size_t len = text.len - at < step ? text.len - at : step;
        ro_buf_add(&body, text.ptr + at, len);
        most = body.len > most ? body.len : most;
        at += len;
        ro_lines_look(&lines, &body);
        ended = at == text.len;
        if (ended) {
            ro_lines_end(&lines, &body);
        }
        ro_piece piece = ro_lines_take(&lines, &body);
        int64_t number = piece.first;
        for (size_t i = 0; i < piece.bytes.len; number++) {
            const char *end = memchr(piece.bytes.ptr + i, '\n', piece.bytes.len - i);
            size_t length = end ? (size_t)(end - piece.bytes.ptr) - i : piece.bytes.len - i;
            ro_buf_printf(out, "%lld:%.*s;", (long long)number, (int)length, piece.bytes.ptr + i);
            i += length + 1;
        }
        if (piece.long_line) {
            assert_true(piece.long_line == number);
            ro_buf_printf(out, "%lld!;", (long long)piece.long_line);
        }
        ro_buf_release(&piece.bytes);
    }
    ro_buf_release(&body);
    return most;
}

static void lines_come_out_whole_however_they_are_cut(void **state) {
    (void)state;
    static const struct {
        const char *text, *lines;
    } cases[] = {
        {"", ""},           {"a", "1:a;"},
        {"a\n", "1:a;"},    {"a\n\nb", "1:a;2:;3:b;"},
        {"\n\n", "1:;2:;"}, {"0123456789\n0123456789", "1:0123456789;2:0123456789;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step <= 32; step++) {
            ro_buf out = RO_BUF_INIT;
            (void)run(ro_str_from(cases[i].text), step, &out);
            assert_true(ro_str_equal(ro_buf_str(&out), ro_str_from(cases[i].lines)));
            ro_buf_release(&out);
        }
    }
}

/* Longer lines that come at once are whole, and for the caller to refuse. */
static void a_line_too_long_is_skipped_and_counted(void **state) {
    (void)state;
    static const struct {
        const char *text, *lines;
    } cases[] = {
        {"0123456789a", "1!;"},
        {"0123456789abcdef\n", "1!;"},
        {"a\n0123456789abcdef\nb\nc", "1:a;2!;3:b;4:c;"},
        {"0123456789abcdef\n0123456789abcdef\nc\n", "1!;2!;3:c;"},
        {"a\n0123456789abcdef", "1:a;2!;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step <= 4; step++) {
            ro_buf out = RO_BUF_INIT;
            assert_true(run(ro_str_from(cases[i].text), step, &out) <= MAX + step + 1);
            if (!ro_str_equal(ro_buf_str(&out), ro_str_from(cases[i].lines))) {
                fail_msg("step %zu: '%.*s' for '%s'", step, RO_STR_ARG(ro_buf_str(&out)),
                         cases[i].lines);
            }
            ro_buf_release(&out);
        }
    }
}

static void a_piece_has_so_many_lines(void **state) {
    (void)state;
    enum { LINES = 40000 };
    ro_lines lines = {.max = MAX, .enough = ENOUGH, .next = 1};
    ro_buf body = RO_BUF_INIT;
    for (int i = 0; i < LINES; i++) {
        ro_buf_add_str(&body, RO_STR("x\n"));
    }
    ro_buf_add_str(&body, RO_STR("0123456789abc"));
    ro_lines_look(&lines, &body);
    ro_buf_add_str(&body, RO_STR("def\ny\n"));
    ro_lines_look(&lines, &body);
    int64_t next = 1;
    while (ro_lines_any(&lines)) {
        ro_piece piece = ro_lines_take(&lines, &body);
        assert_true(piece.first == next && piece.bytes.len <= (size_t)2 * 16384);
        next += (int64_t)piece.bytes.len / 2 + (piece.long_line != 0);
        assert_true(piece.long_line == 0 || piece.long_line == LINES + 1);
        ro_buf_release(&piece.bytes);
    }
    assert_true(next == LINES + 3);
    ro_buf_release(&body);
}

static void a_long_line_is_told_behind_those_before_it(void **state) {
    (void)state;
    ro_lines lines = {.max = MAX, .enough = ENOUGH, .next = 1};
    ro_buf body = RO_BUF_INIT;
    ro_buf_add_str(&body, RO_STR("a\nb\n0123456789abc"));
    ro_lines_look(&lines, &body);
    assert_true(lines.skipping);
    ro_buf_add_str(&body, RO_STR("def\nc\n"));
    ro_lines_look(&lines, &body);
    assert_true(ro_lines_full(&lines));
    ro_piece piece = ro_lines_take(&lines, &body);
    assert_true(ro_str_equal(ro_buf_str(&piece.bytes), RO_STR("a\nb\n")));
    assert_true(piece.first == 1 && piece.long_line == 3);
    ro_buf_release(&piece.bytes);
    piece = ro_lines_take(&lines, &body);
    assert_true(ro_str_equal(ro_buf_str(&piece.bytes), RO_STR("c\n")));
    assert_true(piece.first == 4 && piece.long_line == 0);
    ro_buf_release(&piece.bytes);
    ro_buf_release(&body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_out_whole_however_they_are_cut),
        cmocka_unit_test(a_line_too_long_is_skipped_and_counted),
        cmocka_unit_test(a_piece_has_so_many_lines),
        cmocka_unit_test(a_long_line_is_told_behind_those_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
