/* Properties of extraction: spans, cut texts, hostile texts, a user's lexicon. */
#include "readout/extract.h"
#include "readout/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char TEXT[] =
    "ZÜRICH — Österreich’s neighbours, Switzerland and Türkiye, held talks in Zürich. Swiss "
    "President Zoë Müller and Türkiye’s Foreign Minister "
    "Çağrı Öz agreed to reopen the bridge, “at last,” Ms. Müller said on Monday.\n"
    "The Swiss delegation was led by Müller and included adviser José Peña. Ankara proposed a "
    "truce, "
    "but Bern declined the offer. The talks lasted four-and-a-half hours. — Agencies";

static ro_extractor *extractor;

static int make_extractor(void **state) {
    (void)state;
    return ro_extractor_new(RO_STR_NONE, &extractor, NULL) == RO_OK ? 0 : -1;
}

static int free_extractor(void **state) {
    (void)state;
    ro_extractor_free(extractor);
    return 0;
}

static void extract(ro_str body, ro_arena *arena, ro_facts *facts) {
    ro_error err = RO_ERROR_INIT;
    ro_article article = {.body = body, .published = RO_TIME_NONE};
    assert_int_equal(ro_extract(extractor, &article, arena, facts, &err), RO_OK);
}

static void check_span(ro_str body, uint32_t start, uint32_t end) {
    assert_true(start < end && end <= body.len);
    assert_true(((unsigned char)body.ptr[start] & 0xC0) != 0x80);
    assert_true(end == body.len || ((unsigned char)body.ptr[end] & 0xC0) != 0x80);
}

static void check_spans(ro_str body, const ro_facts *f) {
    for (size_t i = 0; i < f->talk_count; i++) {
        assert_true(f->talks[i].evidence_count > 0);
        for (size_t k = 0; k < f->talks[i].evidence_count; k++) {
            check_span(body, f->talks[i].evidence[k].start, f->talks[i].evidence[k].end);
        }
    }
    for (size_t i = 0; i < f->participation_count; i++) {
        check_span(body, f->participations[i].evidence.start, f->participations[i].evidence.end);
        assert_true(f->participations[i].person < (int)f->person_count);
        assert_true(f->participations[i].talk < (int)f->talk_count);
    }
    for (size_t i = 0; i < f->outcome_count; i++) {
        check_span(body, f->outcomes[i].evidence.start, f->outcomes[i].evidence.end);
        assert_true(f->outcomes[i].evidence.rule.len > 0);
        assert_true(f->outcomes[i].talk < (int)f->talk_count);
    }
    for (size_t i = 0; i < f->statement_count; i++) {
        check_span(body, f->statements[i].evidence.start, f->statements[i].evidence.end);
        check_span(body, f->statements[i].content_start, f->statements[i].content_end);
    }
    for (size_t i = 0; i < f->date_count; i++) {
        check_span(body, f->dates[i].start, f->dates[i].end);
    }
}

static void spans_stand_on_character_boundaries(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    ro_str body = ro_str_from(TEXT);
    extract(body, &arena, &facts);
    assert_true(facts.talk_count > 0 && facts.outcome_count >= 3 && facts.statement_count > 0);
    check_spans(body, &facts);
    ro_arena_release(&arena);
}

static void a_text_cut_anywhere_is_read(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    for (size_t len = 0; len < sizeof TEXT; len++) {
        /* a copy of just that length, so that the sanitizer sees a read past the end */
        char *cut = malloc(len + 1);
        assert_non_null(cut);
        memcpy(cut, TEXT, len);
        ro_facts facts;
        ro_buf json = RO_BUF_INIT;
        ro_arena_reset(&arena);
        extract(ro_str_make(cut, len), &arena, &facts);
        ro_facts_write_json(&facts, ro_str_make(cut, len), &json);
        ro_facts_explain(&facts, ro_str_make(cut, len), &json);
        if (((unsigned char)TEXT[len] & 0xC0) != 0x80) {
            check_spans(ro_str_make(cut, len), &facts); /* cut between characters */
        }
        ro_buf_release(&json);
        free(cut);
    }
    for (size_t from = 1; from < sizeof TEXT - 1; from++) {
        ro_facts facts;
        ro_arena_reset(&arena);
        extract(ro_str_from(TEXT + from), &arena, &facts);
    }
    ro_arena_release(&arena);
}

static ro_str repeated(const char *piece, size_t size, ro_buf *buf) {
    size_t len = strlen(piece);
    while (buf->len + len <= size) {
        ro_buf_add(buf, piece, len);
    }
    assert_false(buf->failed);
    return ro_buf_str(buf);
}

static double seconds_for(ro_str body) {
    struct timespec from;
    struct timespec until;
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    extract(body, &arena, &facts);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &until);
    check_spans(body, &facts);
    ro_arena_release(&arena);
    return (double)(until.tv_sec - from.tv_sec) + (double)(until.tv_nsec - from.tv_nsec) / 1e9;
}

/* Eight times the text may take twenty times as long (caches), never sixty-four times. Once in a
 * while the system takes that long to hand memory out: so it may try again. */
static void check_linear(const char *piece) {
    double little = 0, much = 0;
    for (int tries = 0; tries < 4; tries++) {
        ro_buf small = RO_BUF_INIT;
        ro_buf large = RO_BUF_INIT;
        little = seconds_for(repeated(piece, (size_t)128 << 10, &small));
        much = seconds_for(repeated(piece, (size_t)1 << 20, &large));
        ro_buf_release(&small);
        ro_buf_release(&large);
        if (much <= 20 * little || much <= 0.5) {
            return;
        }
    }
    fail_msg("'%.40s': 128 KiB took %.3f s, 1 MiB %.3f s", piece, little, much);
}

static void a_megabyte_of_capitals_takes_linear_time(void **state) {
    (void)state;
    check_linear("THE FOREIGN MINISTER OF PERU AGREED TO MEET THE PRESIDENT OF CHILE ");
    check_linear("IVAN PETROV MET ANNA SMIRNOVA. THE TALKS WERE LED BY OLGA ORLOVA. ");
    check_linear("WAITING GAME The ministers said ");
}

/* Lists without an end: names, sides, companies, all between commas. */
static void ten_thousand_commas_take_linear_time(void **state) {
    (void)state;
    static const char *const ITEMS[] = {"Ivan Petrov, ", "Peru, ", "the Acme Corp ( ACM.N ), ",
                                        "the union, ", "Foreign Minister Ana Paz of Chile, "};
    for (size_t i = 0; i < sizeof ITEMS / sizeof *ITEMS; i++) {
        ro_buf buf = RO_BUF_INIT;
        ro_buf_add(&buf, RO_STR("The talks were attended by ").ptr, 27);
        (void)repeated(ITEMS[i], 10000 * strlen(ITEMS[i]), &buf);
        ro_buf_add(&buf, "and Peru agreed to it.", 22);
        assert_true(seconds_for(ro_buf_str(&buf)) < 5.0);
        ro_buf_release(&buf);
        check_linear(ITEMS[i]);
    }
}

static void nested_quotes_take_linear_time(void **state) {
    (void)state;
    check_linear("“he said ‘she said \"they agreed ");
    check_linear("\"“‘'");
    check_linear("\" said Ivan Petrov, \"");
    check_linear("(he said (she agreed to ");
    check_linear("He agreed to it” ");
}

static void hostile_texts_take_linear_time(void **state) {
    (void)state;
    static const char *const PIECES[] = {"PRESIDENT ",
                                         "Ivan Petrov, ",
                                         ",",
                                         "\"“",
                                         "agreed to ",
                                         "the talks ",
                                         "he said ",
                                         "and ",
                                         "of the ",
                                         "Minister ",
                                         "Bob ",
                                         "al-",
                                         "met ",
                                         "(",
                                         "U.S.-",
                                         "who ",
                                         "not ",
                                         "on May 1 ",
                                         "1",
                                         "\n",
                                         "'s ",
                                         "Russia and ",
                                         "Envoy Al Bo. ",
                                         "He met him. ",
                                         "a-",
                                         "turned the offer of the union ",
                                         "last month on Monday ",
                                         "Acme Corp ( ACM.N ) ",
                                         "that it said it would not ",
                                         "the union has told Acme that it ",
                                         "if ",
                                         "“He,” she said. "};
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        check_linear(PIECES[i]);
    }
}

static void bytes_that_are_no_text_are_read(void **state) {
    (void)state;
    char bytes[4096];
    uint32_t seed = 1;
    for (int round = 0; round < 64; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (char)(seed >> 24);
        }
        ro_arena arena = RO_ARENA_INIT;
        ro_facts facts;
        extract(ro_str_make(bytes, sizeof bytes), &arena, &facts);
        ro_arena_release(&arena);
    }
}

static void extract_titled(const char *title, const char *body, ro_arena *arena, ro_facts *facts) {
    ro_error err = RO_ERROR_INIT;
    ro_article article = {
        .title = ro_str_from(title), .body = ro_str_from(body), .published = RO_TIME_NONE};
    assert_int_equal(ro_extract(extractor, &article, arena, facts, &err), RO_OK);
    assert_int_equal(facts->talk_count, 1);
}

static void talks_told_of_to_the_press_are_not_the_main_ones(void **state) {
    (void)state;
    static const char BODY[] = "Peruvian President Ana Paz met Chilean President Luis Mora.";
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    extract_titled("Press Gaggle by Press Secretary Jane Stone", BODY, &arena, &facts);
    assert_false(facts.talks[0].main);
    extract_titled("Presidents meet", BODY, &arena, &facts);
    assert_true(facts.talks[0].main);
    ro_arena_release(&arena);
}

static void a_place_alone_makes_no_host(void **state) {
    (void)state;
    static const struct {
        const char *body, *host;
    } CASES[] = {
        {"Peruvian President Ana Paz met Chilean President Luis Mora in Nairobi.", ""},
        {"Peruvian President Ana Paz met Chilean President Luis Mora in Lima.", "PE"},
        {"NAIROBI, Kenya (KNS) - Peruvian President Ana Paz met Chilean President Luis Mora in "
         "Nairobi.",
         "KE"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ro_arena arena = RO_ARENA_INIT;
        ro_facts facts;
        extract_titled("Presidents meet", CASES[i].body, &arena, &facts);
        assert_string_equal(facts.talks[0].host.code, CASES[i].host);
        ro_arena_release(&arena);
    }
}

static void a_lexicon_of_ones_own_is_added(void **state) {
    (void)state;
    ro_extractor *own = NULL;
    ro_error err = RO_ERROR_INIT;
    ro_str lines = RO_STR("# mine\nout\tagreed\tshook hands on\ncountry\tKE\tJubilee Republic\n");
    assert_int_equal(ro_extractor_new(lines, &own, &err), RO_OK);
    ro_article article = {.body = RO_STR("The Jubilee Republic shook hands on a pact."),
                          .published = RO_TIME_NONE};
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    assert_int_equal(ro_extract(own, &article, &arena, &facts, &err), RO_OK);
    assert_int_equal(facts.outcome_count, 1);
    assert_int_equal(facts.outcomes[0].status, RO_OUTCOME_AGREED);
    assert_string_equal(facts.outcomes[0].by.sides[0].code, "KE");
    ro_arena_release(&arena);
    ro_extractor_free(own);
}

static void a_wrong_line_of_a_lexicon_is_named(void **state) {
    (void)state;
    static const char *const WRONG[] = {"# fine\nnonsense\tx\ty\n", "\nout\tagreed\n",
                                        "\nout\t\tagree\n"};
    for (size_t i = 0; i < 3; i++) {
        ro_extractor *own = NULL;
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_extractor_new(ro_str_from(WRONG[i]), &own, &err), RO_FORMAT);
        assert_null(own);
        assert_int_equal(err.position, 2);
    }
}

static void running_out_of_memory_is_reported(void **state) {
    (void)state;
    ro_article article = {.body = ro_str_from(TEXT), .published = RO_TIME_NONE};
    bool finished = false;
    for (size_t cap = 64; cap < ((size_t)1 << 22) && !finished; cap += cap / 4) {
        ro_arena arena = {NULL, 0, cap};
        ro_facts facts;
        ro_error err = RO_ERROR_INIT;
        ro_status status = ro_extract(extractor, &article, &arena, &facts, &err);
        assert_true(status == RO_OK || status == RO_MEMORY);
        assert_true(status == RO_OK || facts.outcome_count == 0);
        finished = status == RO_OK;
        ro_arena_release(&arena);
    }
    assert_true(finished);
}

static void a_credit_in_the_text_is_no_speech_where_it_is_stated_too(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_error err = RO_ERROR_INIT;
    ro_str body = RO_STR("Fijian Foreign Minister Mere Tuilagi said: \u201cThe reef is ours.\u201d "
                         "(Reporting by Ann Lee in SUVA; Editing by Tom Day)");
    ro_article article = {.body = body,
                          .credit = RO_STR("Reporting by Ann Lee in SUVA; Editing by Tom Day"),
                          .published = RO_TIME_NONE};
    ro_facts facts;
    assert_int_equal(ro_extract(extractor, &article, &arena, &facts, &err), RO_OK);
    assert_int_equal(facts.statement_count, 1);
    article.credit = RO_STR_NONE;
    assert_int_equal(ro_extract(extractor, &article, &arena, &facts, &err), RO_OK);
    assert_int_equal(facts.statement_count, 1);
    ro_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_credit_in_the_text_is_no_speech_where_it_is_stated_too),
        cmocka_unit_test(spans_stand_on_character_boundaries),
        cmocka_unit_test(a_text_cut_anywhere_is_read),
        cmocka_unit_test(a_megabyte_of_capitals_takes_linear_time),
        cmocka_unit_test(ten_thousand_commas_take_linear_time),
        cmocka_unit_test(nested_quotes_take_linear_time),
        cmocka_unit_test(hostile_texts_take_linear_time),
        cmocka_unit_test(bytes_that_are_no_text_are_read),
        cmocka_unit_test(talks_told_of_to_the_press_are_not_the_main_ones),
        cmocka_unit_test(a_place_alone_makes_no_host),
        cmocka_unit_test(a_lexicon_of_ones_own_is_added),
        cmocka_unit_test(a_wrong_line_of_a_lexicon_is_named),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, make_extractor, free_extractor);
}
