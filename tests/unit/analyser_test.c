/* core/text: text to terms. */
#include "core/text/analyser.h"
#include "tests/token_check.h"

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
        {"covid-\u206019", "covid19[covid-\u206019]+2 covid 19"},
        {"covid\u2060-19", "covid19[covid\u2060-19]+2 covid[covid\u2060] 19"},
        {"covid-\u200B19", "covid19[covid-\u200B19]+2 covid 19"},
        {"covid\u200Bnews", "covid news"},
        {"vac\u00ADcine", "vaccine/vaccin[vac\u00ADcine]"},
        {"Note:Biden", "notebiden[Note:Biden]+2 note[Note] biden[Biden]"},
        {"col\u00B7legi", "collegi[col\u00B7legi]+2 col legi"},
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

static void a_language_is_known_by_its_code(void **state) {
    static const example russian[] = {
        {"переговоры российский ёлка", "переговоры/переговор россиискии/россииск[российский] "
                                       "елка/елк[ёлка]"},
    };
    static const example none[] = {{"talking переговоры", "talking переговоры"}};
    CHECK("ru", russian);
    CHECK("RU", russian);
    CHECK("", none);
    CHECK("tlh", none);
    assert_true(ro_language_has_stemmer(RO_STR("en")) && ro_language_has_stemmer(RO_STR("De")));
    assert_false(ro_language_has_stemmer(RO_STR("zh")) || ro_language_has_stemmer(RO_STR_NONE));
    assert_false(ro_language_has_stemmer(RO_STR("english")));
}

static void marks_go_only_where_they_are_no_letters(void **state) {
    static const example examples[] = {
        {"Ἀθῆναι é", "αθηναι[Ἀθῆναι] e[é]"},
        {"صَحِيفَة ميـثاق", "صحيفة[صَحِيفَة] ميثاق[ميـثاق]"},
        {"שָׁלוֹם צה\"ל", "שלום[שָׁלוֹם] צהל[צה\"ל]"},
        {"हिन्दी ガス", "हिन्दी ガス"},
        {"٣٤", "34[٣٤]"},
    };
    CHECK("", examples);
}

static void ill_formed_bytes_separate_words(void **state) {
    static const example examples[] = {
        {"a\xFF"
         "b\xC3 c\xED\xA0\x80"
         "d",
         "a b c d"},
        {"co-\xE2\x80op", "co op"},
    };
    CHECK("en", examples);
}

typedef struct token_list {
    const ro_token *wanted;
    size_t count;
    size_t seen;
} token_list;

static int compare_token(void *context, const ro_token *token) {
    token_list *list = context;
    assert_true(list->seen < list->count);
    const ro_token *wanted = &list->wanted[list->seen++];
    assert_true(ro_str_equal(token->form, wanted->form));
    assert_true(ro_str_equal(token->stem, wanted->stem));
    assert_int_equal(token->position, wanted->position);
    assert_int_equal(token->span, wanted->span);
    assert_int_equal(token->start, wanted->start);
    assert_int_equal(token->end, wanted->end);
    assert_int_equal(token->flags, wanted->flags);
    return 0;
}

static void flags_and_offsets_are_of_the_text_as_given(void **state) {
    ro_str text = RO_STR("  Café-2013 3.5");
    static const ro_token wanted[] = {
        {{"cafe2013", 8}, {"cafe2013", 8}, 0, 2, 2, 12, RO_TOKEN_WHOLE, NULL},
        {{"cafe", 4}, {"cafe", 4}, 0, 1, 2, 7, 0, NULL},
        {{"2013", 4}, {"2013", 4}, 1, 1, 8, 12, RO_TOKEN_NUMBER, NULL},
        {{"3.5", 3}, {"3.5", 3}, 2, 1, 13, 16, RO_TOKEN_NUMBER, NULL},
    };
    token_list list = {.wanted = wanted, .count = sizeof wanted / sizeof wanted[0]};
    assert_int_equal(ro_analyse(*state, text, RO_STR("en"), compare_token, &list, NULL), RO_OK);
    assert_int_equal(list.seen, list.count);
}

static int stop_at_second(void *context, const ro_token *token) {
    (void)token;
    return ++*(int *)context == 2;
}

static void a_callback_can_stop(void **state) {
    static const ro_str texts[] = {{"a b c d", 7}, {"a-b-c-d", 7}, {"x http://a.b/c?d", 16}};
    for (size_t i = 0; i < 3; i++) {
        int calls = 0;
        assert_int_equal(ro_analyse(*state, texts[i], RO_STR("en"), stop_at_second, &calls, NULL),
                         RO_OK);
        assert_int_equal(calls, 2);
    }
}

static void too_long_a_text_is_refused(void **state) {
    ro_error err = RO_ERROR_INIT;
    int calls = 0;
    ro_str text = ro_str_make("", (size_t)INT32_MAX + 1);
    assert_int_equal(ro_analyse(*state, text, RO_STR("en"), stop_at_second, &calls, &err),
                     RO_LIMIT);
    assert_int_equal(err.status, RO_LIMIT);
}

/* Analyses with and without the shortcut: the tokens are sound and the same. */
static token_check sound(ro_analyser *analyser, ro_str text) {
    token_check checks[2] = {{.text = text}, {.text = text}};
    for (int off = 0; off < 2; off++) {
        ro_analyser_shortcut_off(analyser, off);
        assert_int_equal(
            ro_analyse(analyser, text, RO_STR("en"), token_checked, &checks[off], NULL), RO_OK);
        if (checks[off].fault) {
            fail_msg("%s", checks[off].fault);
        }
    }
    ro_analyser_shortcut_off(analyser, false);
    assert_true(checks[0].digest == checks[1].digest);
    return checks[0];
}

typedef struct wanted {
    const uint8_t *starts;
    ro_buf seen; /* positions, offsets and strings of the tokens that begin as wanted */
    size_t told;
} wanted;

static int see_wanted(void *context, const ro_token *token) {
    wanted *w = context;
    w->told++;
    if (w->starts[(uint8_t)*token->form.ptr] || w->starts[(uint8_t)*token->stem.ptr]) {
        ro_buf_printf(&w->seen, "%u %u-%u %.*s %.*s\n", token->position, token->start, token->end,
                      RO_STR_ARG(token->form), RO_STR_ARG(token->stem));
    }
    return 0;
}

static void random_words(ro_buf *text, unsigned seed) {
    static const char *const begins[] = {"ge", "di",  "bhf", "ter",  "men",
                                         "dj", "an-", "é",   "U.S. "};
    static const char *const ends[] = {" ", ", ", "\n", "-", "'s ", ".com ", "s "};
    ro_buf_clear(text);
    for (int i = 0; i < 3000; i++) {
        seed = seed * 1664525 + 1013904223;
        ro_buf_add_str(text, ro_str_from(seed >> 30 ? "" : begins[(seed >> 20) % 9]));
        for (unsigned j = 0; j <= (seed >> 12) % 7; j++) {
            seed = seed * 1664525 + 1013904223;
            ro_buf_add_byte(text, (char)("aAbdegiklnrstTz"[(seed >> 16) % 15]));
        }
        ro_buf_add_str(text, ro_str_from(seed >> 31 ? " " : ends[(seed >> 20) % 7]));
    }
}

static void words_passed_by_are_counted(void **state) {
    static const char *const languages[] = {"en", "de", "fr", "ga", "id", "sr", "tr", "ru", ""};
    static const uint8_t some[256] = {['t'] = 1, ['g'] = 1}, others[256] = {['z'] = 1, ['e'] = 1};
    ro_buf text = RO_BUF_INIT;
    for (unsigned i = 0; i < 9; i++) {
        ro_str language = ro_str_from(languages[i]);
        wanted full = {.starts = i % 2 ? others : some}, part = full;
        random_words(&text, i);
        ro_str whole = ro_buf_str(&text);
        assert_int_equal(ro_analyse(*state, whole, language, see_wanted, &full, NULL), RO_OK);
        assert_int_equal(
            ro_analyse_some(*state, whole, language, part.starts, see_wanted, &part, NULL), RO_OK);
        assert_true(ro_str_equal(ro_buf_str(&full.seen), ro_buf_str(&part.seen)));
        assert_true(full.seen.len > 0 && part.told <= full.told);
        assert_true(i > 2 || part.told < full.told * 3 / 4);
        ro_buf_release(&full.seen);
        ro_buf_release(&part.seen);
    }
    ro_buf_release(&text);
}

static void repeat(ro_buf *buf, const char *piece, size_t times) {
    ro_buf_clear(buf);
    for (size_t i = 0; i < times; i++) {
        ro_buf_add_str(buf, ro_str_from(piece));
    }
}

static int keep_form(void *context, const ro_token *token) {
    ro_buf_clear(context);
    ro_buf_add_str(context, token->form);
    return 0;
}

static void a_term_is_cut_at_its_cap_and_at_a_character(void **state) {
    static const struct {
        const char *piece;
        size_t times;
        size_t bytes;
    } cases[] = {
        {"a", RO_TERM_MAX - 1, RO_TERM_MAX - 1}, {"a", RO_TERM_MAX, RO_TERM_MAX},
        {"a", RO_TERM_MAX + 1, RO_TERM_MAX},     {"я", RO_TERM_MAX / 2, RO_TERM_MAX},
        {"я", RO_TERM_MAX / 2 + 1, RO_TERM_MAX}, {"한", RO_TERM_MAX / 3, RO_TERM_MAX - 1},
        {"한", 1000, RO_TERM_MAX - 1},           {"a", 1000000, RO_TERM_MAX},
    };
    ro_buf text = RO_BUF_INIT;
    ro_buf form = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        repeat(&text, cases[i].piece, cases[i].times);
        assert_int_equal(
            ro_analyse(*state, ro_buf_str(&text), RO_STR("en"), keep_form, &form, NULL), RO_OK);
        assert_int_equal(form.len, cases[i].bytes);
    }
    ro_buf_release(&text);
    ro_buf_release(&form);
}

static void a_compound_of_too_many_parts_is_words(void **state) {
    ro_buf text = RO_BUF_INIT;
    repeat(&text, "a-", 31);
    assert_int_equal(sound(*state, ro_buf_str(&text)).count, 31 + 1);
    repeat(&text, "a-", 32);
    assert_int_equal(sound(*state, ro_buf_str(&text)).count, 32 + 1);
    repeat(&text, "a-", 33);
    assert_int_equal(sound(*state, ro_buf_str(&text)).count, 33);
    repeat(&text, "a-", 100000);
    assert_int_equal(sound(*state, ro_buf_str(&text)).count, 100000);
    ro_buf_release(&text);
}

static void hostile_texts_are_sound_in_linear_time(void **state) {
    static const char *const pieces[] = {
        "\xCC\x81",
        "a\xCC\x81",
        "a.",
        "a'",
        "_",
        "a_",
        "-",
        "@",
        "a@",
        "a@b.cd",
        "a.bc/",
        "://",
        "a://b ",
        "http://",
        "\xE2\x80\x8D",
        "\xEF\xB7\xBA",
        "1,",
        "\xED\xA0\x80",
        "\xFF",
        "東",
        "ไทย",
        "\xF0\x9F\x9B\x91",
        "U.S.-",
        "א\"",
        "א'",
        "www.",
        "'s",
        "ア_",
    };
    ro_buf text = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        repeat(&text, pieces[i], 200000 / strlen(pieces[i]));
        (void)sound(*state, ro_buf_str(&text));
    }
    ro_buf_clear(&text);
    for (size_t i = 0; i < 1000000; i++) {
        ro_buf_add_byte(&text, '\0');
    }
    assert_int_equal(sound(*state, ro_buf_str(&text)).count, 0);
    ro_buf_release(&text);
}

/* Words do not depend on what stands around their chunk. */
static void pieces_analyse_as_the_whole(void **state) {
    static const char *const pieces[] = {
        "The",          "\"U.S.-led\"", "O’Neil's", "(reuters.com/a)",
        "東京都に行く", "don't",        "café",     "http://x.org",
        "a_b",          "3.14,",        "…",        "co-op",
    };
    ro_buf text = RO_BUF_INIT;
    ro_buf apart = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        token_sink piece = {RO_BUF_INIT, ro_str_from(pieces[i]), 0};
        assert_int_equal(ro_analyse(*state, piece.text, RO_STR("en"), dump_token, &piece, NULL),
                         RO_OK);
        if (apart.len && piece.out.len) {
            ro_buf_add_byte(&apart, ' ');
        }
        ro_buf_add_str(&apart, ro_buf_str(&piece.out));
        ro_buf_release(&piece.out);
        ro_buf_printf(&text, "%s\n", pieces[i]);
    }
    token_sink whole = {RO_BUF_INIT, ro_buf_str(&text), 0};
    assert_int_equal(ro_analyse(*state, whole.text, RO_STR("en"), dump_token, &whole, NULL), RO_OK);
    assert_true(ro_str_equal(ro_buf_str(&whole.out), ro_buf_str(&apart)));
    ro_buf_release(&whole.out);
    ro_buf_release(&apart);
    ro_buf_release(&text);
}

static void more_words_than_the_cache_holds_are_right(void **state) {
    ro_buf word = RO_BUF_INIT;
    ro_buf form = RO_BUF_INIT;
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 100000; i++) {
            ro_buf_clear(&word);
            ro_buf_printf(&word, "W%uord", i * 7);
            assert_int_equal(
                ro_analyse(*state, ro_buf_str(&word), RO_STR("en"), keep_form, &form, NULL), RO_OK);
            word.ptr[0] = 'w';
            assert_true(ro_str_equal(ro_buf_str(&word), ro_buf_str(&form)));
        }
    }
    ro_buf_release(&word);
    ro_buf_release(&form);
}

static void folding_keeps_spaces_and_punctuation(void **state) {
    ro_buf out = RO_BUF_INIT;
    assert_int_equal(ro_fold(*state, RO_STR("Émile  ZOLA, Łódź"), &out, NULL), RO_OK);
    assert_true(ro_str_equal(ro_buf_str(&out), RO_STR("emile  zola, lodz")));
    ro_buf_release(&out);
}

static void many_marks_fold_in_linear_time(void **state) {
    ro_buf text = RO_BUF_INIT;
    ro_buf out = RO_BUF_INIT;
    repeat(&text, "\xCC\x81\xCC\xA3", 250000);
    text.ptr[0] = 'a';
    text.ptr[1] = 'b';
    assert_int_equal(ro_fold(*state, ro_buf_str(&text), &out, NULL), RO_OK);
    assert_true(ro_str_equal(ro_buf_str(&out), RO_STR("ab")));
    ro_buf_clear(&out);
    repeat(&text, "\xCC\x81\xCC\xA3", 250000);
    memcpy(text.ptr, "\xE0\xA4\x95", 3); /* a letter that keeps its marks */
    text.ptr[3] = ' ';
    assert_int_equal(ro_fold(*state, ro_buf_str(&text), &out, NULL), RO_OK);
    assert_in_range(out.len, 4, 200);
    ro_buf_release(&text);
    ro_buf_release(&out);
}

static void the_fingerprint_names_the_versions(void **state) {
    (void)state;
    assert_non_null(strstr(ro_analyser_fingerprint(), "analyser=2 stemmer="));
    assert_non_null(strstr(ro_analyser_fingerprint(), " icu="));
    assert_string_equal(ro_analyser_fingerprint(), ro_analyser_fingerprint());
}

#define WITH_ANALYSER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_ANALYSER(words_are_folded_and_stemmed),
        WITH_ANALYSER(numbers_keep_their_points_and_are_not_stemmed),
        WITH_ANALYSER(initials_lose_their_dots),
        WITH_ANALYSER(endings_after_an_apostrophe_go),
        WITH_ANALYSER(compounds_have_a_whole_and_parts),
        WITH_ANALYSER(addresses_have_a_whole_and_parts),
        WITH_ANALYSER(scripts_without_spaces_are_divided_by_dictionary),
        WITH_ANALYSER(a_language_is_known_by_its_code),
        WITH_ANALYSER(marks_go_only_where_they_are_no_letters),
        WITH_ANALYSER(ill_formed_bytes_separate_words),
        WITH_ANALYSER(flags_and_offsets_are_of_the_text_as_given),
        WITH_ANALYSER(a_callback_can_stop),
        WITH_ANALYSER(words_passed_by_are_counted),
        WITH_ANALYSER(too_long_a_text_is_refused),
        WITH_ANALYSER(a_term_is_cut_at_its_cap_and_at_a_character),
        WITH_ANALYSER(a_compound_of_too_many_parts_is_words),
        WITH_ANALYSER(hostile_texts_are_sound_in_linear_time),
        WITH_ANALYSER(pieces_analyse_as_the_whole),
        WITH_ANALYSER(more_words_than_the_cache_holds_are_right),
        WITH_ANALYSER(folding_keeps_spaces_and_punctuation),
        WITH_ANALYSER(many_marks_fold_in_linear_time),
        cmocka_unit_test(the_fingerprint_names_the_versions),
    };
    return cmocka_run_group_tests_name("analyser", tests, NULL, NULL);
}
