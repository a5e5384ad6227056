/* Answers as text for a terminal. */
#include "query/cli/render.h"

#include "readout/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char answer_text[] =
    "{\"query\":{\"text\":\"\\\"peace talk\",\"understood\":\"\\\"peace "
    "talk\\\"\",\"match\":\"some\","
    "\"repairs\":[{\"in\":\"q\",\"at\":0,\"what\":\"the closing quotation mark is missing\"}],"
    "\"expanded\":[{\"word\":\"lavro*\",\"into\":[\"lavrov\",\"lavrova\"],\"complete\":true}],"
    "\"relaxed\":[\"energy\"],\"missing\":[]},"
    "\"total\":{\"value\":1234,\"relation\":\"eq\"},\"took_ms\":3.21,"
    "\"hits\":[{\"id\":\"a-1\",\"title\":\"Peace talks resume in Riyadh\","
    "\"title_highlights\":[[0,5],[6,11]],\"source\":\"Reuters\","
    "\"published\":\"2025-02-18T09:30:00Z\",\"snippets\":[{\"text\":\"The talks, which began in "
    "the "
    "morning, went on until the evening without a result, both sides said.\","
    "\"highlights\":[[4,9]],\"offset\":0}]},"
    "{\"id\":\"a-2\",\"title\":\"\",\"source\":\"\",\"published\":null,\"snippets\":[]}],"
    "\"facets\":{\"source\":[{\"value\":\"Reuters\",\"count\":1000},{\"value\":\"\",\"count\":234}]"
    "},"
    "\"next\":null}";

static char *render(const char *json, size_t width, bool color, ro_buf *out) {
    json_t *answer = json_loads(json, 0, NULL);
    assert_non_null(answer);
    ro_render how = {width, color, 1};
    assert_int_equal(ro_render_answer(answer, &how, out, NULL), RO_OK);
    ro_buf_add_byte(out, '\0');
    json_decref(answer);
    return out->ptr;
}

static void an_answer_is_readable_without_colour(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    assert_string_equal(render(answer_text, 60, false, &out),
                        "Note: the closing quotation mark is missing.\n"
                        "Note: lavro* stands for \"lavrov\" and \"lavrova\".\n"
                        "Note: few articles have all the words, so articles without\n"
                        "      \"energy\" are listed too.\n"
                        "\n"
                        " 1. Peace talks resume in Riyadh\n"
                        "    Reuters \xC2\xB7 2025-02-18 \xC2\xB7 a-1\n"
                        "    The talks, which began in the morning, went on until the\n"
                        "    evening without a result, both sides said.\n"
                        "\n"
                        " 2. (no title)\n"
                        "    a-2\n"
                        "\n"
                        "source\n"
                        "  Reuters                          1,000 "
                        "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88"
                        "\xE2\x96\x88\xE2\x96"
                        "\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96"
                        "\x88\xE2\x96\x88\xE2"
                        "\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2"
                        "\x96\x88\xE2\x96\x88"
                        "\xE2\x96\x88\n"
                        "  (unknown)                          234 "
                        "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x88\xE2\x96\x8C\n"
                        "\n"
                        "1\xE2\x80\x93"
                        "2 of 1,234 articles, 3.2 ms\n");
    ro_buf_release(&out);
}

static void matched_words_are_coloured(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    const char *text = render(answer_text, 80, true, &out);
    assert_non_null(strstr(text,
                           "\x1b[1m\x1b[1;33mPeace\x1b[0m\x1b[1m \x1b[1;33mtalks\x1b[0m\x1b[1m"
                           " resume in Riyadh\x1b[0m\n"));
    assert_non_null(strstr(text, "The \x1b[1;33mtalks\x1b[0m, which"));
    ro_buf_release(&out);
}

/* No line is wider than asked for, whatever is in it. */
static void lines_keep_to_the_width(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a",
        "word word word",
        "averyveryveryveryveryveryveryveryveryveryveryverylongwordthatneverends",
        "\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6"
        "\x96"
        "\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD"
        "\xE6"
        "\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD\xE6\x96\x87",
        "e\xCC\x81\xCC\x81\xCC\x81 e\xCC\x81\xCC\x81 "
        "xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81xe\xCC\x81"
        "x",
        "                      ",
        ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t width = RO_WIDTH_MIN; width < RO_WIDTH_MIN + 9; width++) {
            json_t *answer =
                json_pack("{s:[{s:s, s:s, s:s, s:[{s:s}]}]}", "hits", "id", "short", "title",
                          texts[i], "source", texts[i], "snippets", "text", texts[i]);
            ro_render how = {width, false, 999};
            ro_buf out = RO_BUF_INIT;
            assert_int_equal(ro_render_answer(answer, &how, &out, NULL), RO_OK);
            for (size_t at = 0; at < out.len;) {
                const char *end = memchr(out.ptr + at, '\n', out.len - at);
                assert_non_null(end);
                size_t len = (size_t)(end - out.ptr) - at;
                assert_in_range(ro_utf8_width(ro_str_make(out.ptr + at, len)), 0, width);
                at += len + 1;
            }
            ro_buf_release(&out);
            json_decref(answer);
        }
    }
}

static void zero_width_characters_take_no_place(void **state) {
    (void)state;
    static const char title[] = "Bi\xC2\xAD"
                                "den-\xE2\x81\xA0"
                                "Harris\xE2\x80\x8B pact\xEF\xBB\xBF";
    json_t *answer = json_pack("{s:[{s:s, s:s}]}", "hits", "id", "x", "title", title);
    assert_non_null(answer);
    ro_render how = {80, false, 1};
    ro_buf out = RO_BUF_INIT;
    assert_int_equal(ro_render_answer(answer, &how, &out, NULL), RO_OK);
    ro_buf_add_byte(&out, '\0');
    assert_non_null(strstr(out.ptr, "Biden-Harris pact\n"));
    ro_buf_release(&out);
    json_decref(answer);
}

static void control_characters_never_get_out(void **state) {
    (void)state;
    static const char hostile[] = "x\x1b]0;owned\x07\x1b[2J\x7f\xC2\x9B"
                                  "31m\xE2\x80\xAE"
                                  "evil\xE2\x81\xA6\r\n\t\b";
    json_t *answer = json_pack(
        "{s:{s:[{s:s, s:s}]}, s:[{s:s, s:s, s:s, s:[{s:s}]}], s:{s:[{s:s, s:i}]}}", "query",
        "repairs", "in", "q", "what", hostile, "hits", "id", hostile, "title", hostile, "source",
        hostile, "snippets", "text", hostile, "facets", "source", "value", hostile, "count", 3);
    assert_non_null(answer);
    ro_render how = {80, false, 1};
    ro_buf out = RO_BUF_INIT;
    assert_int_equal(ro_render_answer(answer, &how, &out, NULL), RO_OK);
    char *json = json_dumps(answer, 0);
    ro_render_json(&out, ro_str_from(json));
    ro_render_clean(&out, ro_str_from(hostile));
    for (size_t at = 0, taken; at < out.len; at += taken) {
        uint32_t c = ro_utf8_decode(out.ptr + at, out.len - at, &taken);
        assert_true(c == '\n' || c >= ' ');
        assert_false(c >= 0x7F && c < 0xA0);
        assert_false(c == 0x202E || c == 0x2066);
    }
    free(json);
    ro_buf_release(&out);
    json_decref(answer);
}

static void an_answer_without_anything_renders(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    assert_string_equal(render("{}", 80, false, &out), "Nothing found, 0.0 ms\n");
    ro_buf_clear(&out);
    /* What a foreign server may send. */
    (void)render(
        "{\"hits\":[1,null,{\"title\":5,\"snippets\":{},\"title_highlights\":[[1],2,[5,1]]}],"
        "\"facets\":[],\"query\":[],\"total\":{\"value\":\"x\"}}",
        80, true, &out);
    ro_buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_readable_without_colour),
        cmocka_unit_test(matched_words_are_coloured),
        cmocka_unit_test(lines_keep_to_the_width),
        cmocka_unit_test(zero_width_characters_take_no_place),
        cmocka_unit_test(control_characters_never_get_out),
        cmocka_unit_test(an_answer_without_anything_renders),
    };
    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
