/* The table of sides: names of codes, sides of phrases. */
#include "readout/analyser.h"
#include "readout/side.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void names(const char *phrase, const char *code, ro_side_class class) {
    ro_side side;
    ro_side_class found = RO_SIDE_CAPITAL;
    bool known = ro_side_find(ro_str_from(phrase), &side, &found);
    if (!known || strcmp(side.code, code) != 0 || found != class) {
        fail_msg("'%s' is %s (%d)", phrase, known ? side.code : "nothing", found);
    }
}

static void a_phrase_names_its_side_in_any_spelling(void **state) {
    (void)state;
    names("Kenya", "KE", RO_SIDE_COUNTRY);
    names("kenyans", "KE", RO_SIDE_NATION);
    names("U.S.", "US", RO_SIDE_COUNTRY);
    names("us", "US", RO_SIDE_COUNTRY);
    names("Guinea Bissau", "GW", RO_SIDE_COUNTRY);
    names("  south\n korean ", "KR", RO_SIDE_NATION);
    names("St. John's", "AG", RO_SIDE_CAPITAL);
    names("Türkiye", "TR", RO_SIDE_COUNTRY);
    names("turkiye", "TR", RO_SIDE_COUNTRY);
    names("quai d'orsay", "FR", RO_SIDE_METONYM);
    names("European Union", "EU", RO_SIDE_BLOC);
    names("Singapore", "SG", RO_SIDE_COUNTRY);
}

static void other_phrases_name_none(void **state) {
    static const char *const phrases[] = {"",
                                          " ",
                                          "Ken",
                                          "Kenyaa",
                                          "Atlantis",
                                          "ke",
                                          "...",
                                          "a phrase that goes on and on, longer than any name of "
                                          "a country that anybody has ever thought of"};
    ro_side side;
    ro_side_class class;
    (void)state;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        assert_false(ro_side_find(ro_str_from(phrases[i]), &side, &class));
        assert_string_equal(side.code, "");
    }
}

static void a_code_has_a_name(void **state) {
    ro_side side;
    (void)state;
    assert_true(ro_str_equal(ro_side_name(RO_STR("KE")), RO_STR("Kenya")));
    assert_true(ro_str_equal(ro_side_name(RO_STR("EU")), RO_STR("European Union")));
    assert_true(ro_str_equal(ro_side_name(RO_STR("ZZ")), RO_STR("ZZ")));
    assert_true(
        ro_str_equal(ro_side_phrases(RO_STR("KE"), RO_SIDE_NATION), RO_STR("Kenyan|Kenyans")));
    assert_true(ro_str_equal(ro_side_phrases(RO_STR("KE"), RO_SIDE_METONYM), RO_STR("")));
    assert_true(ro_side_of_code(RO_STR("nato"), &side));
    assert_string_equal(side.code, "NATO");
    assert_false(ro_side_of_code(RO_STR("Kenya"), &side));
    assert_false(ro_side_of_code(RO_STR(""), &side));
}

static void find_as_written_and_folded(ro_analyser *analyser, ro_str phrase) {
    ro_side side;
    ro_side_class class;
    ro_buf folded = RO_BUF_INIT;
    assert_int_equal(ro_fold(analyser, phrase, &folded, NULL), RO_OK);
    if (!ro_side_find(phrase, &side, &class) || !ro_side_find(ro_buf_str(&folded), &side, &class)) {
        fail_msg("'%.*s' is not found", RO_STR_ARG(phrase));
    }
    ro_buf_release(&folded);
}

static void every_phrase_of_the_table_is_found_as_written_and_folded(void **state) {
    ro_analyser *analyser = NULL;
    size_t count;
    const ro_side_line *lines = ro_side_lines(&count);
    (void)state;
    assert_true(count > 600);
    assert_int_equal(ro_analyser_new(&analyser, NULL), RO_OK);
    for (size_t i = 0; i < count; i++) {
        const char *phrase = lines[i].phrases;
        while (*phrase) {
            size_t len = strcspn(phrase, "|");
            find_as_written_and_folded(analyser, ro_str_make(phrase, len));
            phrase += len + (phrase[len] == '|');
        }
    }
    ro_analyser_free(analyser);
}

static void names_of_one_country_are_known_by_each_of_them(void **state) {
    (void)state;
    static const char *const same[] = {"US", "u.s.", "USA", "United States", "united-states"};
    ro_str names[RO_SIDE_NAMES_MAX];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(ro_side_synonyms(ro_str_from(same[i]), names), 3);
    }
    assert_int_equal(ro_side_synonyms(RO_STR("uk"), names), 3);
    assert_true(ro_str_equal(names[0], RO_STR("United Kingdom")));
    /* a part, another thing of the name, what people are called, a capital, nothing */
    static const char *const none[] = {
        "England", "America", "Security Council", "American", "Moscow", "France", "", "talks"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(ro_side_synonyms(ro_str_from(none[i]), names), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_one_country_are_known_by_each_of_them),
        cmocka_unit_test(a_phrase_names_its_side_in_any_spelling),
        cmocka_unit_test(other_phrases_name_none),
        cmocka_unit_test(a_code_has_a_name),
        cmocka_unit_test(every_phrase_of_the_table_is_found_as_written_and_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
