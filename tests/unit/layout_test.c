/* indexer/layout: what stands around a story. */
#include "indexer/layout.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void check(ro_str found, const char *expected) {
    if (!ro_str_equal(found, ro_str_from(expected))) {
        fail_msg("found '%.*s', expected '%s'", RO_STR_ARG(found), expected);
    }
}

static void datelines_are_read(void **state) {
    (void)state;
    static const struct {
        const char *line, *place, *country, *agency, *day;
    } CASES[] = {
        {"RIYADH \xE2\x80\x94 The United States", "RIYADH", "", "", ""},
        {"Tashkent, Uzbekistan (UzDaily.com) \xE2\x80\x94 Talks", "Tashkent", "Uzbekistan",
         "UzDaily.com", ""},
        {"ANCHORAGE, Alaska (Reuters) - Exxon Mobil", "ANCHORAGE", "", "Reuters", ""},
        {"SAN FRANCISCO/NEW YORK (Reuters) - Wall", "SAN FRANCISCO/NEW YORK", "", "Reuters", ""},
        {"DOHA, Feb. 3 (KNS) - Djibouti", "DOHA", "", "KNS", ""},
        {"NAIROBI, March 20, 2025 (Delta / Meridian) - E", "NAIROBI", "", "Delta / Meridian",
         "2025-03-20"},
        {"NAIROBI, Kenya, Sept. 24, 2024 (Ledger) \xE2\x80\x93 K", "NAIROBI", "Kenya", "Ledger",
         "2024-09-24"},
        {"ENTEBBE, 24 September 2025 - The", "ENTEBBE", "", "", "2025-09-24"},
        {"WASHINGTON--The White House", "WASHINGTON", "", "", ""},
        {"Cairo, Egypt -- Talks", "Cairo", "Egypt", "", ""},
        {"REYKJAV\xC3\x8DK \xE2\x80\x94 Norway", "REYKJAV\xC3\x8DK", "", "", ""},
        {"AIX-EN-PROVENCE, France - Le", "AIX-EN-PROVENCE", "France", "", ""},
        {"Rio de Janeiro, Brazil - A", "Rio de Janeiro", "Brazil", "", ""},
        {"DJIBOUTI (La Vigie du Golfe) - De", "DJIBOUTI", "", "La Vigie du Golfe", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ro_dateline dateline;
        int64_t when = 0;
        char day[RO_TIME_TEXT];
        if (ro_dateline_read(ro_str_from(CASES[i].line), &dateline, &when) == 0) {
            fail_msg("no dateline in '%s'", CASES[i].line);
        }
        check(dateline.place, CASES[i].place);
        check(dateline.country, CASES[i].country);
        check(dateline.agency, CASES[i].agency);
        assert_string_equal(ro_time_format_day(when, day), CASES[i].day);
    }
}

static void what_is_no_dateline_is_left(void **state) {
    (void)state;
    static const char *const LINES[] = {
        "",
        "-",
        "\xE2\x80\x94",
        "The plan (Plan B) - which nobody liked - failed",
        "EXCLUSIVE - Ministers meet",
        "UPDATE 1 - Oil falls",
        "Moscow \xE2\x80\x94 a city of walls",
        "He came - late",
        "A long-term plan",
        "RIYADH",
        "RIYADH, 1,000 guests - and more",
        "PARIS, and then LONDON, Berlin, Rome, Madrid, Athens, Oslo - a tour",
        "AB - too short to be a place",
        "() - x",
        "(Reuters) - nothing before"};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        ro_dateline dateline;
        int64_t when = 0;
        if (ro_dateline_read(ro_str_from(LINES[i]), &dateline, &when) != 0) {
            fail_msg("'%s' was read as a dateline", LINES[i]);
        }
        assert_int_equal(when, RO_TIME_NONE);
    }
}

static ro_layout read_layout(const char *text) {
    ro_layout layout;
    ro_layout_read(ro_str_from(text), true, &layout);
    return layout;
}

static void a_wire_story_is_taken_apart(void **state) {
    (void)state;
    ro_layout l = read_layout("Ministers settle the rules for dry years\n"
                              "By Achieng Odera and Ian Purcell\n"
                              "Photo: Kenya Ministry of Foreign Affairs\n"
                              "19 March 2025\n"
                              "NAIROBI (Meridian) \xE2\x80\x94 Three states agreed.\n"
                              "They signed.\n"
                              "\xE2\x80\x94 Meridian\n");
    check(l.title, "Ministers settle the rules for dry years");
    check(l.byline, "Achieng Odera and Ian Purcell");
    check(l.photo_credit, "Kenya Ministry of Foreign Affairs");
    check(l.dateline.place, "NAIROBI");
    check(l.credit, "Meridian");
    check(l.body, "NAIROBI (Meridian) \xE2\x80\x94 Three states agreed.\nThey signed.");
    char day[RO_TIME_TEXT];
    assert_string_equal(ro_time_format_day(l.published, day), "2025-03-19");
}

static void a_first_line_is_a_title_only_if_it_looks_like_one(void **state) {
    (void)state;
    static const struct {
        const char *text, *title;
    } CASES[] = {
        {"RIYADH \xE2\x80\x94 Talks ended.\nMore.", ""},
        {"Talks end\nThey were long.", "Talks end"},
        {"Talks end\n\nthey were long", "Talks end"},
        {"Will talks end?\nNobody knows.", "Will talks end?"},
        {"The ministers met on Tuesday and agreed\nto meet again soon.", ""},
        {"The ministers met.\nThey left.", ""},
        {"Only one line", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        check(read_layout(CASES[i].text).title, CASES[i].title);
    }
}

static void credits_at_the_end_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *credit, *body;
    } CASES[] = {
        {"It ended. \xE2\x80\x94 Agencies", "Agencies", "It ended. \xE2\x80\x94 Agencies"},
        {"It ended.\n\xE2\x80\x94 Post, 12 May 2025", "Post", "It ended."},
        {"It ended.\n\n(Reporting by Ann Lee;\n\nEditing by Bo Ek)",
         "Reporting by Ann Lee;\n\nEditing by Bo Ek", "It ended."},
        {"OSLO (KNS) - It ended.\nKestrel News Service", "Kestrel News Service",
         "OSLO (KNS) - It ended."},
        {"It ended \xE2\x80\x94 at last", "", "It ended \xE2\x80\x94 at last"},
        {"It ended.\nNobody Knows Why", "", "It ended.\nNobody Knows Why"},
        {"It ended (at last)", "", "It ended (at last)"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ro_layout layout;
        ro_layout_read(ro_str_from(CASES[i].text), false, &layout);
        check(layout.credit, CASES[i].credit);
        check(layout.body, CASES[i].body);
    }
}

static void a_byline_is_a_name(void **state) {
    (void)state;
    check(read_layout("By Ann Lee, commodities desk\nText.").byline, "Ann Lee, commodities desk");
    check(read_layout("By the time they met\nall was lost").byline, "");
    check(read_layout("By 2030 they will meet\nText").byline, "");
    check(read_layout("By Ann Lee went the prize.\nText").byline, "");
}

static void the_body_is_a_slice_of_the_text(void **state) {
    (void)state;
    static const char TEXT[] =
        "A title\r\nBy Ann Lee\r\n\r\nOSLO \xE2\x80\x94 One.\r\n\r\nTwo.\r\n";
    ro_layout layout = read_layout(TEXT);
    assert_true(layout.body.ptr > TEXT && layout.body.ptr + layout.body.len < TEXT + sizeof TEXT);
    check(layout.body, "OSLO \xE2\x80\x94 One.\r\n\r\nTwo.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datelines_are_read),
        cmocka_unit_test(what_is_no_dateline_is_left),
        cmocka_unit_test(a_wire_story_is_taken_apart),
        cmocka_unit_test(a_first_line_is_a_title_only_if_it_looks_like_one),
        cmocka_unit_test(credits_at_the_end_are_read),
        cmocka_unit_test(a_byline_is_a_name),
        cmocka_unit_test(the_body_is_a_slice_of_the_text),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
