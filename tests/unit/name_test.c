/* core/model: names, and which forms of a family name are one person. */
#include "readout/same.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static ro_name name_of(const char *text, const char *side) {
    ro_name name;
    ro_side code = {""};
    memcpy(code.code, side, strlen(side));
    ro_name_read(ro_str_from(text), code, &name);
    return name;
}

static void spellings_have_one_fold(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Yury", "Yuri"},          {"Yuri", "Yuriy"},          {"Sergey", "Sergei"},
        {"Aiban", "Al-Aiban"},     {"el-Sisi", "Sisi"},        {"Khalid", "Halid"},
        {"Zelenskyy", "Zelensky"}, {"Zelenskiy", "Zelenskyy"}, {"Poroshenko", "Poroshenko"},
        {"Mohammed", "Mohamed"},   {"Fyodor", "Fiodor"},       {"López", "Lopez"},
        {"Øresund", "Oresund"},    {"Erdoğan", "Erdogan"},     {"Wałęsa", "Walesa"},
        {"O'Brien", "OBrien"},     {"Youssef", "Iusef"},       {"Farhan", "farhan"},
        {"Tzipi", "Cipi"},         {"Alexander", "Aleksander"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!ro_name_word_equal(ro_str_from(cases[i][0]), ro_str_from(cases[i][1]))) {
            fail_msg("%s and %s differ", cases[i][0], cases[i][1]);
        }
    }
}

static void other_names_have_other_folds(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Waltz", "Walz"},    {"Aiban", "Waltz"},    {"Rubio", "Rubin"}, {"Lavrov", "Lavrova"},
        {"Macron", "Marcon"}, {"Putin", "Rasputin"}, {"Biden", "Baden"}, {"", ""},
        {"-", "'"},           {"Hunt", "Hundt"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ro_name_word_equal(ro_str_from(cases[i][0]), ro_str_from(cases[i][1]))) {
            fail_msg("%s and %s are equal", cases[i][0], cases[i][1]);
        }
    }
}

static void a_fold_of_any_bytes_stays_within_its_room(void **state) {
    (void)state;
    char text[200];
    for (unsigned seed = 1; seed < 2000; seed++) {
        unsigned x = seed * 2654435761U;
        for (size_t i = 0; i < sizeof text; i++) {
            x = x * 1103515245U + 12345U;
            text[i] = (char)(x >> 16);
        }
        char fold[RO_NAME_FOLD_MAX];
        assert_true(ro_name_fold(ro_str_make(text, sizeof text), fold) <= sizeof fold);
        ro_name name;
        ro_name_read(ro_str_make(text, sizeof text), (ro_side){""}, &name);
        assert_true(strlen(name.family) <= RO_NAME_FOLD_MAX);
    }
    ro_name empty = name_of("", "");
    assert_int_equal(empty.given_count, 0);
    assert_string_equal(empty.family, "");
}

static void a_name_has_a_family_and_given_names(void **state) {
    (void)state;
    static const struct {
        const char *name, *side, *family, *given;
    } cases[] = {
        {"Marco Rubio", "US", "rubio", "marco"},
        {"Rubio", "US", "rubio", NULL},
        {"Joseph R. Biden, Jr.", "", "biden", "ioseph"},
        {"Xi Jinping", "CN", "xi", "inping"},
        {"Xi Jinping", "", "xi", "inping"},
        {"Kim Jong-un", "", "kim", "iongun"},
        {"Kim Jong Un", "KP", "kim", "iongun"},
        {"Ban Ki-moon", "UN", "ban", "kimoon"},
        {"Kim Campbell", "CA", "campbel", "kim"},
        {"Faisal bin Farhan", "SA", "farhan", "faisal"},
        {"Faisal bin Farhan Al Saud", "SA", "farhan", "faisal"},
        {"Faisal bin Farhan Al-Saud", "", "farhan", "faisal"},
        {"Tamim bin Hamad bin Khalifa Al Thani", "QA", "hamad", "tamim"},
        {"Tamim bin Hamad", "QA", "hamad", "tamim"},
        {"Musaad bin Mohammed Al-Aiban", "SA", "aiban", "musad"},
        {"Musaad Al-Aiban", "SA", "aiban", "musad"},
        {"Ursula von der Leyen", "EU", "leien", "ursula"},
        {"Ben Bernanke", "US", "bernanke", "ben"},
        {"Al Gore", "US", "gore", "al"},
        {"STRONG DOLLAR Geithner", "", "geithner", NULL},
        {"Kamala\xC2\xA0Harris", "US", "haris", "kamala"},
        {"King", "", "king", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_name name = name_of(cases[i].name, cases[i].side);
        char fold[RO_NAME_FOLD_MAX + 1] = "";
        if (cases[i].given) {
            fold[ro_name_fold(ro_str_from(cases[i].given), fold)] = 0;
        }
        if (strcmp(name.family, cases[i].family) != 0 ||
            (cases[i].given ? name.given_count == 0 || strcmp(name.given[0].fold, fold) != 0
                            : name.given_count > 0)) {
            fail_msg("%s: family %s, given %s", cases[i].name, name.family,
                     name.given_count ? name.given[0].fold : "none");
        }
    }
}

static void names_are_compared(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        ro_name_fit fit;
    } cases[] = {
        {"Yury Ushakov", "Yuriy Ushakov", RO_NAME_EQUAL},
        {"Mike Waltz", "Michael Waltz", RO_NAME_NICKNAME},
        {"Mike Waltz", "Mike Walz", RO_NAME_DIFFERS},
        {"Mike Waltz", "Tim Walz", RO_NAME_DIFFERS},
        {"Steve Witkoff", "Steven Witkoff", RO_NAME_NICKNAME},
        {"Steven Witkoff", "Stephen Witkoff", RO_NAME_NICKNAME},
        {"Jake Sullivan", "Jacob Sullivan", RO_NAME_NICKNAME},
        {"Joe Biden", "Joseph R. Biden Jr.", RO_NAME_NICKNAME},
        {"Joseph Biden", "Joseph R. Biden", RO_NAME_MIDDLE},
        {"S. Lavrov", "Sergey Lavrov", RO_NAME_INITIAL},
        {"M. Lavrov", "Sergey Lavrov", RO_NAME_DIFFERS},
        {"Lavrov", "Sergey Lavrov", RO_NAME_SURNAME},
        {"Lavrov", "Lavrov", RO_NAME_EQUAL},
        {"George W. Bush", "George H.W. Bush", RO_NAME_DIFFERS},
        {"George W. Bush", "George Bush", RO_NAME_MIDDLE},
        {"George W. Bush", "George Walker Bush", RO_NAME_MIDDLE},
        {"Ferdinand Marcos Sr.", "Ferdinand Marcos Jr.", RO_NAME_DIFFERS},
        {"Ferdinand Marcos", "Ferdinand Marcos Jr.", RO_NAME_EQUAL},
        {"López Obrador", "Andrés Manuel López Obrador", RO_NAME_COMPOUND},
        {"Julie Rodriguez", "Julie Chavez Rodriguez", RO_NAME_MIDDLE},
        {"Eric Rodriguez", "Julie Rodriguez", RO_NAME_DIFFERS},
        {"Boris Johnson", "Ron Johnson", RO_NAME_DIFFERS},
        {"Bill Clinton", "William J. Clinton", RO_NAME_NICKNAME},
        {"Alex Smith", "Alexandra Smith", RO_NAME_NICKNAME},
        {"Mohammed Dahlan", "Muhammad Dahlan", RO_NAME_NICKNAME},
        {"Musaad bin Mohammed Al-Aiban", "Mike Waltz", RO_NAME_DIFFERS},
        {"Faisal bin Farhan", "Faisal bin Farhan Al-Saud", RO_NAME_EQUAL},
        {"Abdullah II", "Makola Abdullah", RO_NAME_DIFFERS},
        {"Abdullah II", "Abdullah", RO_NAME_EQUAL},
        {"", "", RO_NAME_DIFFERS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_name a = name_of(cases[i].a, "");
        ro_name b = name_of(cases[i].b, "");
        ro_name_fit fit = ro_name_compare(&a, &b);
        if (fit != cases[i].fit || fit != ro_name_compare(&b, &a)) {
            fail_msg("%s and %s: %d", cases[i].a, cases[i].b, (int)fit);
        }
    }
}

static void offices_have_classes(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"foreign minister", "foreign minister"},
        {"minister of foreign affairs", "foreign minister"},
        {"secretary of state", "foreign minister"},
        {"assistant secretary of state", "deputy minister"},
        {"assistant to the president for national security affairs", "adviser"},
        {"national security advisor", "security adviser"},
        {"vice president", "vice president"},
        {"president", "president"},
        {"special envoy for the middle east", "envoy"},
        {"representative", "envoy"},
        {"chief executive", "executive"},
        {"ceo", "executive"},
        {"king", "monarch"},
        {"kingmaker", ""},
        {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_str class = ro_office_class(ro_str_from(cases[i][0]));
        if (!ro_str_equal(class, ro_str_from(cases[i][1]))) {
            fail_msg("%s: %.*s", cases[i][0], RO_STR_ARG(class));
        }
    }
}

/* Forms, parted by '|' in ascending order, and the groups expected: a letter each. */
static void check_groups(const char *keys, const char *expected) {
    ro_person_form forms[32] = {{.name = {NULL, 0}}};
    ro_same_link links[32];
    size_t count = 0;
    for (const char *at = keys; *at; count++) {
        size_t len = strcspn(at, "|");
        ro_person_form_parse(ro_str_make(at, len), &forms[count]);
        at += len + (at[len] != 0);
    }
    assert_int_equal(ro_forms_group(forms, NULL, count, links, NULL), RO_OK);
    char got[33] = "";
    char next = 'a';
    for (size_t i = 0; i < count; i++) {
        got[i] = links[i].group == i ? next++ : got[links[i].group];
        assert_true(links[i].to < count);
        assert_true((links[i].to == i) == (links[i].why == 0));
    }
    if (strcmp(got, expected) != 0) {
        fail_msg("%s: %s, expected %s", keys, got, expected);
    }
}

static void forms_of_one_person_join(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"Yuri Ushakov;RU;adviser|Yuriy Ushakov;RU;|Yury Ushakov;RU;adviser", "aaa"},
        {"Steve Witkoff;US;envoy|Steven Witkoff;US;envoy|Witkoff;US;", "aaa"},
        {"Lavrov;;foreign minister|Sergei Lavrov;RU;|Sergey Lavrov;RU;foreign minister", "aaa"},
        {"Lavrov;;|Sergey Lavrov;RU;foreign minister", "ab"}, /* a surname and nothing else */
        {"Jake Sullivan;;security adviser|Jake Sullivan;US;security adviser", "aa"},
        {"Jake Sullivan;SE;security adviser|Jake Sullivan;US;security adviser", "aa"},
        {"John Smith;GB;minister|John Smith;US;legislator", "ab"},
        {"John Smith;;|John Smith;GB;minister|John Smith;US;legislator", "abc"},
        {"John Smith;;minister|John Smith;GB;minister", "aa"},
        {"John Smith;;executive|John Smith;GB;minister", "ab"},
        {"Brown;GB;|Gordon Brown;GB;prime minister|Scott Brown;US;legislator", "aab"},
        {"Brown;GB;|Gordon Brown;GB;prime minister|Nick Brown;GB;whip", "abc"},
        {"Brown;FR;|Gordon Brown;GB;prime minister", "ab"},
        {"Kim;KP;|Kim Jong Un;KP;leader|Kim Jong-un;KP;|Kim Yo-jong;KP;", "abbc"},
        {"Xi;CN;|Xi Jinping;;president|Xi Jinping;CN;president", "aaa"},
        {"Ferdinand Marcos Jr.;PH;president|Ferdinand Marcos Sr.;PH;president", "ab"},
        {"George H.W. Bush;US;president|George W. Bush;US;president", "ab"},
        {"George Bush;US;president|George H.W. Bush;US;president|George W. Bush;US;president",
         "abc"},
        {"J. Brown;GB;|James Brown;GB;minister|John Brown;GB;minister", "abc"},
        {"J. Brown;GB;|James Brown;GB;minister", "aa"},
        {"Alex Novak;CZ;|Alexander Novak;CZ;|Alexandra Novak;CZ;", "abc"},
        {"Josep Borrell;ES;|Josep Borrell;EU;envoy", "aa"},
        {"Abdullah;JO;monarch|Abdullah;SA;monarch", "ab"},
        {"Tamim Al Thani;QA;monarch|Tim Thani;QA;", "ab"},
        {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_groups(cases[i][0], cases[i][1]);
    }
}

static void the_commonest_of_an_office_is_meant(void **state) {
    (void)state;
    ro_person_form forms[4];
    ro_same_link links[4];
    ro_person_form_parse(RO_STR("Biden;;president"), &forms[0]);
    ro_person_form_parse(RO_STR("Jill Biden;;president"), &forms[1]);
    ro_person_form_parse(RO_STR("Joe Biden;;president"), &forms[2]);
    const uint8_t alike[] = {5, 3, 3};
    const uint8_t often[] = {5, 2, 6};
    assert_int_equal(ro_forms_group(forms, alike, 3, links, NULL), RO_OK);
    assert_true(links[0].group == 0 && links[1].group == 1 && links[2].group == 2);
    assert_int_equal(ro_forms_group(forms, often, 3, links, NULL), RO_OK);
    assert_true(links[0].group == links[2].group && links[1].group == 1);
    assert_int_equal(ro_person_weight(0), 0);
    assert_int_equal(ro_person_weight(1), 0);
    assert_int_equal(ro_person_weight(2), 1);
    assert_int_equal(ro_person_weight(1023), 9);
    assert_int_equal(ro_person_weight(1024), 10);
}

static void a_form_is_written_as_a_key_and_back(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_role roles[] = {{.office = RO_STR("senator"), .former = true},
                       {.office = RO_STR("secretary of state")}};
    ro_person person = {
        .name = RO_STR("Marco\n  Rubio;"), .side = {"US"}, .roles = roles, .role_count = 2};
    ro_person_form form;
    ro_person_form back;
    assert_int_equal(ro_person_form_of(&person, &arena, &form, NULL), RO_OK);
    ro_str key = ro_person_key(&form, &arena);
    assert_string_equal(key.ptr, "Marco Rubio;US;foreign minister");
    ro_person_form_parse(key, &back);
    assert_true(ro_str_equal(back.name, RO_STR("Marco Rubio")));
    assert_string_equal(back.side.code, "US");
    assert_true(ro_str_equal(back.office, RO_STR("foreign minister")));
    ro_person_form_parse(RO_STR(""), &back);
    assert_int_equal(back.name.len, 0);
    ro_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_have_one_fold),
        cmocka_unit_test(other_names_have_other_folds),
        cmocka_unit_test(a_fold_of_any_bytes_stays_within_its_room),
        cmocka_unit_test(a_name_has_a_family_and_given_names),
        cmocka_unit_test(names_are_compared),
        cmocka_unit_test(offices_have_classes),
        cmocka_unit_test(forms_of_one_person_join),
        cmocka_unit_test(the_commonest_of_an_office_is_meant),
        cmocka_unit_test(a_form_is_written_as_a_key_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
