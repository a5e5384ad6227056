/* core/text: sentence boundaries. */
#include "readout/analyser.h"
#include "readout/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct sentence_list {
    ro_str text;
    ro_buf out; /* sentences, each followed by | */
} sentence_list;

static int collect(void *context, uint32_t start, uint32_t end) {
    sentence_list *collector = context;
    assert_true(start < end && end <= collector->text.len);
    ro_buf_add(&collector->out, collector->text.ptr + start, end - start);
    ro_buf_add_byte(&collector->out, '|');
    return 0;
}

static void check(const char *const (*examples)[2], size_t count) {
    for (size_t i = 0; i < count; i++) {
        sentence_list collector = {ro_str_from(examples[i][0]), RO_BUF_INIT};
        assert_int_equal(ro_sentences(NULL, collector.text, collect, &collector, NULL), RO_OK);
        ro_buf_add_byte(&collector.out, '\0');
        assert_string_equal(collector.out.ptr, examples[i][1]);
        ro_buf_release(&collector.out);
    }
}

#define CHECK(examples) check(examples, sizeof(examples) / sizeof((examples)[0]))

static void terminators_and_closing_marks_end_a_sentence(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"", ""},
        {" \n ", ""},
        {"No terminator", "No terminator|"},
        {"là. A café à", "là.|A café à|"},
        {"  Talks began. They failed!  Why? ", "Talks began.|They failed!|Why?|"},
        {"\"We met.\" He left.", "\"We met.\"|He left.|"},
        {"(They met.) He left", "(They met.)|He left|"},
        {"“Nyet.” She agreed…", "“Nyet.”|She agreed…|"},
        {"Really?! Yes... No.", "Really?!|Yes...|No.|"},
        {"He asked \"Why?\" and left.", "He asked \"Why?\" and left.|"},
        {"It rose 3.14 percent. See reuters.com. Next.",
         "It rose 3.14 percent.|See reuters.com.|Next.|"},
        {"Line one\nis wrapped. Line two", "Line one\nis wrapped.|Line two|"},
        {"Переговоры прошли. В. Путин уехал. Да.", "Переговоры прошли.|В. Путин уехал.|Да.|"},
    };
    CHECK(examples);
}

static void abbreviations_do_not_end_a_sentence(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"Mr. Lavrov met Gen. Smith on Feb. 18.", "Mr. Lavrov met Gen. Smith on Feb. 18.|"},
        {"The U.S. Senate met. It voted.", "The U.S. Senate met.|It voted.|"},
        {"He left the U.S. The talks went on.", "He left the U.S.|The talks went on.|"},
        {"At 5 p.m. Monday they met. At 6 p.m. He left.",
         "At 5 p.m. Monday they met.|At 6 p.m.|He left.|"},
        {"George W. Bush spoke. J. D. Vance left.", "George W. Bush spoke.|J. D. Vance left.|"},
        {"Exxon Mobil Corp. Chief Tillerson. Apple Inc. The end.",
         "Exxon Mobil Corp. Chief Tillerson.|Apple Inc.|The end.|"},
        {"No. 10 said no. No. That is all.", "No. 10 said no.|No.|That is all.|"},
        {"Russia vs. Ukraine, e.g. Riyadh.", "Russia vs. Ukraine, e.g. Riyadh.|"},
        {"He sat. She stood.", "He sat.|She stood.|"},
    };
    CHECK(examples);
}

static void a_blank_line_ends_a_sentence_unless_the_text_is_wrapped_there(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"Headline\n\nThe body", "Headline|The body|"},
        {"Headline\r\n \r\nThe body", "Headline|The body|"},
        {"offered\n\nto pay", "offered\n\nto pay|"},
        {"offered:\n\nto pay", "offered:|to pay|"},
        {"The U.S.\n\nSenate", "The U.S.|Senate|"},
    };
    CHECK(examples);
}

static void ideographic_stops_need_no_space(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"会谈开始。他说：“好。”然后离开！", "会谈开始。|他说：“好。”|然后离开！|"},
        {"वार्ता शुरू हुई। वह गया।", "वार्ता शुरू हुई।|वह गया।|"},
    };
    CHECK(examples);
}

static int stop_at_once(void *context, uint32_t start, uint32_t end) {
    (void)start;
    (void)end;
    ++*(int *)context;
    return 1;
}

static void a_callback_can_stop(void **state) {
    (void)state;
    int calls = 0;
    assert_int_equal(ro_sentences(NULL, RO_STR("One. Two. Three."), stop_at_once, &calls, NULL),
                     RO_OK);
    assert_int_equal(calls, 1);
}

typedef struct coverage {
    ro_str text;
    size_t at;
} coverage;

/* Between two sentences there is only white space, and ends are on character boundaries. */
static int check_cover(void *context, uint32_t start, uint32_t end) {
    coverage *cover = context;
    assert_true(start >= cover->at && start < end && end <= cover->text.len);
    size_t taken;
    for (size_t i = cover->at; i < start; i += taken) {
        uint32_t c = ro_utf8_decode(cover->text.ptr + i, start - i, &taken);
        assert_true(c == ' ' || (c >= '\t' && c <= '\r') || c >= 0x85);
    }
    cover->at = end;
    return 0;
}

static void hostile_texts_are_covered_in_linear_time(void **state) {
    (void)state;
    static const char *const pieces[] = {".",   ". ", "\n", "\n \n",   "U.S. ",
                                         "!\"", "。", "a",  "\xE2\x80"};
    ro_buf buf = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ro_buf_clear(&buf);
        while (buf.len < 1000000) {
            ro_buf_add_str(&buf, ro_str_from(pieces[i]));
        }
        coverage cover = {ro_buf_str(&buf), 0};
        assert_int_equal(ro_sentences(NULL, cover.text, check_cover, &cover, NULL), RO_OK);
    }
    ro_buf_release(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminators_and_closing_marks_end_a_sentence),
        cmocka_unit_test(abbreviations_do_not_end_a_sentence),
        cmocka_unit_test(a_blank_line_ends_a_sentence_unless_the_text_is_wrapped_there),
        cmocka_unit_test(ideographic_stops_need_no_space),
        cmocka_unit_test(a_callback_can_stop),
        cmocka_unit_test(hostile_texts_are_covered_in_linear_time),
    };
    return cmocka_run_group_tests_name("sentences", tests, NULL, NULL);
}
