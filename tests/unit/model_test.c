/* core/model: dates, article keys and JSON. */
#include "readout/article.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void civil_days_round_trip(void **state) {
    (void)state;
    assert_int_equal(ro_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(ro_days_from_civil(2000, 3, 1), 11017);
    assert_int_equal(ro_days_from_civil(1600, 2, 29), -135081);
    for (int64_t day = -800000; day < 3000000; day += 13) {
        int64_t year;
        unsigned month;
        unsigned of_month;
        ro_civil_from_days(day, &year, &month, &of_month);
        assert_int_equal(ro_days_from_civil(year, month, of_month), day);
    }
}

static void a_date_is_read_in_every_form(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2025-02-18", "2025-02-18T00:00:00Z"},
        {" 2025-02-18T09:30Z\n", "2025-02-18T09:30:00Z"},
        {"2025-02-18 09:30:15", "2025-02-18T09:30:15Z"},
        {"2025-02-18T09:30:15.123456+03:00", "2025-02-18T06:30:15Z"},
        {"2025-02-18T09:30:15,5-0530", "2025-02-18T15:00:15Z"},
        {"2025-02-18t09:30:15z", "2025-02-18T09:30:15Z"},
        {"2025-02-18T09:30+03", "2025-02-18T06:30:00Z"},
        {"2024-12-31T23:59:60Z", "2025-01-01T00:00:00Z"},
        {"2024-12-31T24:00:00Z", "2025-01-01T00:00:00Z"},
        {"20250218", "2025-02-18T00:00:00Z"},
        {"20250218T093000Z", "2025-02-18T09:30:00Z"},
        {"20250218T0930+0300", "2025-02-18T06:30:00Z"},
        {"Tue, 18 Feb 2025 09:30:00 +0300", "2025-02-18T06:30:00Z"},
        {"18 Feb 25 09:30 EST", "2025-02-18T14:30:00Z"},
        {"Fri, 1 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00Z"},
        {"Tuesday, 18-Feb-25 09:30:00 GMT", "2025-02-18T09:30:00Z"},
        {"Tue Feb 18 09:30:00 2025", "2025-02-18T09:30:00Z"},
        {"Tue Feb  8 09:30:00 UTC 2025", "2025-02-08T09:30:00Z"},
        {"February 18, 2025", "2025-02-18T00:00:00Z"},
        {"Tuesday, February 18th, 2025", "2025-02-18T00:00:00Z"},
        {"18 February 2025", "2025-02-18T00:00:00Z"},
        {"Feb. 18, 2025", "2025-02-18T00:00:00Z"},
        {"Sept. 3, 2025 9:30 p.m. EDT", "2025-09-04T01:30:00Z"},
        {"May 3, 2025, 12:05 am", "2025-05-03T00:05:00Z"},
        {"1000-01-01", "1000-01-01T00:00:00Z"},
        {"9999-12-31", "9999-12-31T00:00:00Z"},
        {"2024-02-29", "2024-02-29T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;
        char text[RO_TIME_TEXT];
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_time_parse(ro_str_from(cases[i].text), &seconds, &err), RO_OK);
        assert_string_equal(ro_time_format(seconds, text), cases[i].expected);
    }
}

static void a_zone_tells_the_clock_of_the_source(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t offset;
    } cases[] = {{"2025-02-18T23:30:00-05:00", -18000},
                 {"Tue, 18 Feb 2025 09:30:00 +0530", 19800},
                 {"18 Feb 25 09:30 EST", -18000},
                 {"2025-02-18T23:30:00Z", 0},
                 {"2025-02-18", 0},
                 {"no date", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;
        int32_t offset = 1;
        ro_status status = ro_time_parse_zone(ro_str_from(cases[i].text), &seconds, &offset, NULL);
        assert_int_equal(status == RO_OK, cases[i].text[0] != 'n');
        assert_int_equal(offset, cases[i].offset);
    }
}

static void what_is_no_date_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"",
                                        "yesterday",
                                        "2025-02-29",
                                        "2025-13-01",
                                        "2025-00-10",
                                        "2025-2-18",
                                        "0999-12-31",
                                        "10000-01-01",
                                        "2025-02-18T25:00",
                                        "2025-02-18T09:60",
                                        "2025-02-18x",
                                        "2025-02-18T09:30+",
                                        "31 April 2025",
                                        "Foo, 18 Feb 2025 x",
                                        "2025-02-18T24:01",
                                        "February",
                                        "13:00 pm",
                                        "18 Feb 2025 13:00 pm",
                                        "2025-02-18T09:30+25:00",
                                        "2025"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_time_parse(ro_str_from(cases[i]), &seconds, &err), RO_FORMAT);
        assert_int_equal(seconds, RO_TIME_NONE);
        assert_non_null(strstr(err.message, "not a date"));
    }
    assert_int_equal(ro_time_parse(RO_STR("2025-02-18\0"), &(int64_t){0}, NULL), RO_FORMAT);
    assert_int_equal(ro_time_parse(RO_STR_NONE, &(int64_t){0}, NULL), RO_FORMAT);
}

static void a_date_of_a_query_is_a_range(void **state) {
    (void)state;
    static const struct {
        const char *text, *from, *until;
    } cases[] = {
        {"2025", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
        {"2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"},
        {"1969-12", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"},
        {"2025-12", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"},
        {"2025-02-18", "2025-02-18T00:00:00Z", "2025-02-19T00:00:00Z"},
        {"2025-02-18T09:30:15Z", "2025-02-18T09:30:15Z", "2025-02-18T09:30:16Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t from;
        int64_t until;
        char text[RO_TIME_TEXT];
        assert_int_equal(ro_date_range(ro_str_from(cases[i].text), &from, &until, NULL), RO_OK);
        assert_string_equal(ro_time_format(from, text), cases[i].from);
        assert_string_equal(ro_time_format(until, text), cases[i].until);
    }
    int64_t from;
    int64_t until;
    assert_int_equal(ro_date_range(RO_STR("2025-1"), &from, &until, NULL), RO_FORMAT);
    assert_int_equal(ro_date_range(RO_STR("202"), &from, &until, NULL), RO_FORMAT);
}

static void times_are_written_for_every_value(void **state) {
    (void)state;
    char text[RO_TIME_TEXT];
    assert_string_equal(ro_time_format(RO_TIME_NONE, text), "");
    assert_string_equal(ro_time_format_day(RO_TIME_NONE, text), "");
    assert_string_equal(ro_time_format(-1, text), "1969-12-31T23:59:59Z");
    assert_string_equal(ro_time_format_day(-86401, text), "1969-12-30");
    assert_true(strlen(ro_time_format(INT64_MAX, text)) < RO_TIME_TEXT - 1);
    assert_true(strlen(ro_time_format(INT64_MIN + 1, text)) < RO_TIME_TEXT - 1);
}

static ro_str key_of(const ro_article *article, ro_arena *arena) {
    ro_str key;
    assert_int_equal(ro_article_key(article, arena, &key, NULL), RO_OK);
    return key;
}

static void a_key_depends_on_url_or_else_on_text(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_article a = {.title = RO_STR("ab"), .body = RO_STR("c"), .published = RO_TIME_NONE};
    ro_article b = {.title = RO_STR("a"), .body = RO_STR("bc"), .published = RO_TIME_NONE};
    ro_str key = key_of(&a, &arena);
    assert_int_equal(key.len, 7 + 32);
    assert_true(ro_str_starts_with(key, RO_STR("sha256:")));
    assert_true(ro_str_equal(key, key_of(&a, &arena)));
    assert_false(ro_str_equal(key, key_of(&b, &arena)));
    a.url = b.url = RO_STR("https://example.org/a");
    assert_true(ro_str_equal(key_of(&a, &arena), key_of(&b, &arena)));
    arena.cap = arena.used;
    assert_int_equal(ro_article_key(&a, &arena, &key, NULL), RO_MEMORY);
    ro_arena_release(&arena);
}

static void an_article_becomes_json(void **state) {
    (void)state;
    ro_article article = {.id = RO_STR("1"),
                          .title = RO_STR("T\xC3\xA9"),
                          .dateline.place = RO_STR("RIYADH"),
                          .published = 0};
    json_t *json = ro_article_to_json(&article);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "title")), "T\xC3\xA9");
    assert_string_equal(json_string_value(json_object_get(json, "body")), "");
    assert_string_equal(json_string_value(json_object_get(json, "published")),
                        "1970-01-01T00:00:00Z");
    json_t *dateline = json_object_get(json, "dateline");
    assert_string_equal(json_string_value(json_object_get(dateline, "place")), "RIYADH");
    assert_int_equal(json_object_size(json), 11);
    json_decref(json);

    article = (ro_article){.published = RO_TIME_NONE};
    json = ro_article_to_json(&article);
    assert_true(json_is_null(json_object_get(json, "dateline")));
    assert_true(json_is_null(json_object_get(json, "published")));
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_days_round_trip),
        cmocka_unit_test(a_date_is_read_in_every_form),
        cmocka_unit_test(a_zone_tells_the_clock_of_the_source),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(a_date_of_a_query_is_a_range),
        cmocka_unit_test(times_are_written_for_every_value),
        cmocka_unit_test(a_key_depends_on_url_or_else_on_text),
        cmocka_unit_test(an_article_becomes_json),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
