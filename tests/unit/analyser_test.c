/* core/text: text to terms. */
#include "readout/analyser.h"
#include "readout/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int set_up(void **state) {
    ro_analyser *analyser = NULL;
    if (ro_analyser_new(&analyser, NULL)) {
        return -1;
    }
    *state = analyser;
    return 0;
}

static int tear_down(void **state) {
    ro_analyser_free(*state);
    return 0;
}

/* A token as text: form, /stem where it differs, +span for a whole, and what it covers in brackets
 * where that is not the form; spaces between tokens, | before a new position. */
typedef struct token_sink {
    ro_buf out;
    ro_str text;
    uint32_t next;
} token_sink;

static int dump_token(void *context, const ro_token *token) {
    token_sink *sink = context;
    if (sink->out.len) {
        ro_buf_add_byte(&sink->out, ' ');
    }
    if (token->position + 1 > sink->next) {
        assert_int_equal(token->position, sink->next);
        sink->next++;
    }
    ro_str covered = ro_str_make(sink->text.ptr + token->start, token->end - token->start);
    ro_buf_add_str(&sink->out, token->form);
    if (!ro_str_equal(token->form, token->stem)) {
        ro_buf_printf(&sink->out, "/%.*s", RO_STR_ARG(token->stem));
    }
    if (!ro_str_equal(token->form, covered)) {
        ro_buf_printf(&sink->out, "[%.*s]", RO_STR_ARG(covered));
    }
    if (token->flags & RO_TOKEN_WHOLE) {
        ro_buf_printf(&sink->out, "+%u", (unsigned)token->span);
    }
    return 0;
}

typedef struct example {
    const char *text;
    const char *tokens;
} example;

static void check(ro_analyser *analyser, const char *language, const example *examples,
                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        token_sink sink = {RO_BUF_INIT, ro_str_from(examples[i].text), 0};
        assert_int_equal(
            ro_analyse(analyser, sink.text, ro_str_from(language), dump_token, &sink, NULL), RO_OK);
        ro_buf_add_byte(&sink.out, '\0');
        assert_string_equal(sink.out.ptr, examples[i].tokens);
        ro_buf_release(&sink.out);
    }
}

#define CHECK(language, examples)                                                                  \
    check(*state, language, examples, sizeof(examples) / sizeof((examples)[0]))

static void words_are_folded_and_stemmed(void **state) {
    static const example examples[] = {
        {"", ""},
        {" \t\r\n.,;!?—…", ""},
        {"Talks", "talks/talk[Talks]"},
        {"(talking),\"negotiations\"", "talking/talk negotiations/negoti"},
        {"résumé Erdoğan", "resume/resum[résumé] erdogan[Erdoğan]"},
        {"Łódź Ørsted", "lodz[Łódź] orsted/orst[Ørsted]"},
        {"\xEF\xAC\x81ne", "fine[\xEF\xAC\x81ne]"},
        {"STRASSE Straße", "strasse/strass[STRASSE] strasse/strass[Straße]"},
    };
    CHECK("en", examples);
}

static void numbers_keep_their_points_and_are_not_stemmed(void **state) {
    static const example examples[] = {
        {"3.14 1,000 $20", "3.14 1,000 20"},
        {"2013s 4x4s", "2013s 4x4s"},
        {"\xEF\xBC\x92\xEF\xBC\x90", "20[\xEF\xBC\x92\xEF\xBC\x90]"},
        {"192.168.1.1", "192.168.1.1"},
    };
    CHECK("en", examples);
}

static void initials_lose_their_dots(void **state) {
    static const example examples[] = {
        {"U.S.", "us[U.S]"},
        {"U.S. US us u.s.", "us[U.S] us[US] us us[u.s]"},
        {"Ph.D.", "phd[Ph.D]"},
        {"U.S.-led", "usled/usl[U.S.-led]+2 us[U.S] led"},
    };
    CHECK("en", examples);
}

static void endings_after_an_apostrophe_go(void **state) {
    static const example examples[] = {
        {"company's", "company/compani[company's]"},
        {"companies'", "companies/compani"},
        {"company’s", "company/compani[company’s]"},
        {"we'll they've I'm you're he'd", "we[we'll] they[they've] i[I'm] you[you're] he[he'd]"},
        {"don't Can’t", "dont[don't] cant[Can’t]"},
    };
    CHECK("en", examples);
}

static void compounds_have_a_whole_and_parts(void **state) {
    static const example examples[] = {
        {"COVID-19", "covid19[COVID-19]+2 covid[COVID] 19"},
        {"co-operation", "cooperation/cooper[co-operation]+2 co operation/oper"},
        {"co\xE2\x80\x91op", "coop[co\xE2\x80\x91op]+2 co op"},
        {"O'Neil's", "oneil[O'Neil's]+2 o[O] neil[Neil's]"},
        {"l'Ukraine", "lukraine/lukrain[l'Ukraine]+2 l ukraine/ukrain[Ukraine]"},
        {"a -b c- d--e", "a b c d e"},
        {"foo_bar __ _x_", "foobar[foo_bar]+2 foo bar x"},
    };
    CHECK("en", examples);
}

static void addresses_have_a_whole_and_parts(void **state) {
    static const example examples[] = {
        {"(http://www.reuters.com/a/2013).", "reuters.com/a/2013+4 reuters/reuter com a 2013"},
        {"reuters.com", "reuters.com+2 reuters/reuter com"},
        {"A.b@Mail.example.com,",
         "a.b@mail.example.com[A.b@Mail.example.com]+4 ab[A.b] mail[Mail] example/exampl com"},
        {"and/or", "and or"},
        {"@reuters", "reuters/reuter"},
    };
    CHECK("en", examples);
}

static void scripts_without_spaces_are_divided_by_dictionary(void **state) {
    static const example examples[] = {
        {"東京都に行く", "東京 都 に 行く"},
        {"สวัสดีครับ", "สวัสดี ครับ"},
    };
    CHECK("ja", examples);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_are_folded_and_stemmed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_keep_their_points_and_are_not_stemmed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(initials_lose_their_dots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(endings_after_an_apostrophe_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(compounds_have_a_whole_and_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_have_a_whole_and_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scripts_without_spaces_are_divided_by_dictionary, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("analyser", tests, NULL, NULL);
}
