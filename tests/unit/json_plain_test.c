/* The quick way through JSON must read what it takes just as Jansson does. */
#include "indexer/parsers/json_plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* True if it took the text; then Jansson must too, with the same members in the same order. */
static bool agrees(ro_str text) {
    json_t *plain = ro_json_read_plain(text);
    if (!plain) {
        return false;
    }
    json_t *wanted = json_loadb(text.ptr, text.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    assert_non_null(wanted);
    char *a = json_dumps(plain, 0);
    char *b = json_dumps(wanted, 0);
    assert_string_equal(a, b);
    free(a);
    free(b);
    json_decref(plain);
    json_decref(wanted);
    return true;
}

static void takes_what_articles_come_as(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"a\":\"\"}",
        " { \"a\" : \"b\" , \"c\" : 12 }\r\n",
        "{\"text\": \"a long line with \\\"quotes\\\", a \\\\ and \\/ "
        "and\\nnew\\tlines\\b\\f\\r\"}",
        "{\"text\": \"\\u00e9\\u20ac\\ud83d\\ude00 \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}",
        "{\"n\":0,\"m\":-0,\"o\":-12,\"p\":999999999999999999,\"q\":true,\"r\":false,\"s\":null}",
        "{\"twice\":1,\"b\":2,\"twice\":3}",
        "{\"list\":[1,2.5,{\"x\":[]}],\"after\":{\"y\":\"\\u0000\"},\"last\":\"z\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(agrees(ro_str_from(texts[i])));
    }
}

static void leaves_the_rest_to_jansson(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "[]",
        "{",
        "{}",
        "{\"a\":1.5}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1e3}",
        "{\"a\":9999999999999999999}",
        "{\"a\":truth}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\",
        "{\"a\":\"line\nend\"}",
        "{\"a\":\"\xC3\"}",
        "{\"a\":\"\xED\xA0\x80 surrogate\"}",
        "{\"a\":1,}",
        "{\"a\":1} x",
        "{\"a\":[1,]}",
        "{\"a\" 1}",
        "{a:1}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(agrees(ro_str_from(texts[i])));
    }
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Bytes set at random to what matters in JSON, and the text cut at random: some stay valid. */
static void agrees_on_spoilt_texts(void **state) {
    (void)state;
    static const char text[] =
        "{\"id\": \"a-1\", \"title\": \"Talks \\u00e9nd\", \"n\": -1203, \"ok\": true, \"list\": "
        "[1, "
        "{\"k\": \"v\"}], \"body\": \"First line.\\nSecond \\\"quoted\\\" line \xE2\x82\xAC.\"}  ";
    static const char bytes[] = "\"\\{}[]:,0e-.u tn\n\xC3\xA9\xE2/";
    uint64_t seed = 88172645463325252;
    size_t taken = 0;
    for (int i = 0; i < 50000; i++) {
        size_t len = sizeof text - 1;
        char *spoilt = malloc(len);
        memcpy(spoilt, text, len);
        for (uint64_t n = next_random(&seed) % 3; n > 0; n--) {
            spoilt[next_random(&seed) % len] = bytes[next_random(&seed) % (sizeof bytes - 1)];
        }
        len -= next_random(&seed) % 4 ? 0 : next_random(&seed) % len;
        char *exact = malloc(len); /* so that reading beyond the end shows */
        memcpy(exact, spoilt, len);
        taken += agrees(ro_str_make(exact, len));
        free(exact);
        free(spoilt);
    }
    assert_in_range(taken, 1000, 49000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_articles_come_as),
        cmocka_unit_test(leaves_the_rest_to_jansson),
        cmocka_unit_test(agrees_on_spoilt_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
