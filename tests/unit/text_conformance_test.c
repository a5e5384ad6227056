/* core/text against outside data: word breaks of Unicode, UTF-8 suites, stemmer vocabularies,
 * naughty strings. Ends with 77 where the data is not there. */
#include "core/text/words.h"
#include "readout/analyser.h"
#include "readout/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include <cmocka.h>

static bool open_data(const char *name, FILE **file) {
    char path[4096];
    const char *root = getenv("READOUT_CONFORMANCE");
    (void)snprintf(path, sizeof path, "%s/%s", root ? root : "", name);
    *file = root ? fopen(path, "rb") : NULL;
    return *file != NULL;
}

typedef struct line_reader {
    FILE *file;
    char *line; /* owned */
    size_t capacity;
} line_reader;

static void lines_open(line_reader *reader, const char *name) {
    *reader = (line_reader){0};
    assert_true(open_data(name, &reader->file));
}

/* Without the line end; lines may hold anything else. */
static bool lines_next(line_reader *reader, ro_str *line) {
    ssize_t len = getline(&reader->line, &reader->capacity, reader->file);
    if (len < 0) {
        free(reader->line);
        (void)fclose(reader->file);
        return false;
    }
    *line = ro_str_make(reader->line, (size_t)len);
    while (line->len && (line->ptr[line->len - 1] == '\n' || line->ptr[line->len - 1] == '\r')) {
        line->len--;
    }
    return true;
}

/* The next piece of `rest` up to `separator`. */
static ro_str cut(ro_str *rest, char separator) {
    const char *end = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    ro_str piece = ro_str_make(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
    size_t used = piece.len + (end ? 1 : 0);
    *rest = ro_str_make(rest->ptr + used, rest->len - used);
    return piece;
}

static void add_hex(ro_buf *out, ro_str hex) {
    for (size_t i = 0; i + 1 < hex.len; i++) {
        if (hex.ptr[i] != ' ') {
            char byte[3] = {hex.ptr[i], hex.ptr[i + 1], '\0'};
            ro_buf_add_byte(out, (char)strtoul(byte, NULL, 16));
            i++;
        }
    }
}

static void utf8_is_repaired_as_the_suite_says(void **state) {
    (void)state;
    line_reader reader;
    lines_open(&reader, "utf8/flenniken-utf8tests.txt");
    ro_buf bytes = RO_BUF_INIT;
    ro_buf wanted = RO_BUF_INIT;
    ro_buf repaired = RO_BUF_INIT;
    size_t count = 0;
    for (ro_str line; lines_next(&reader, &line);) {
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        (void)cut(&line, ':');
        ro_str kind = ro_str_trim(cut(&line, ':'));
        bool valid = kind.ptr[0] == 'v';
        ro_str input = cut(&line, ':');
        ro_buf_clear(&bytes);
        ro_buf_clear(&wanted);
        ro_buf_clear(&repaired);
        if (ro_str_equal(kind, RO_STR("valid"))) {
            ro_buf_add_str(&bytes, input);
        } else {
            add_hex(&bytes, input);
        }
        if (valid) {
            ro_buf_add_str(&wanted, ro_buf_str(&bytes));
        } else {
            (void)cut(&line, ':'); /* the answer of those who skip */
            add_hex(&wanted, line);
        }
        assert_int_equal(ro_utf8_valid(ro_buf_str(&bytes)), valid);
        ro_utf8_repair(&repaired, ro_buf_str(&bytes));
        assert_true(ro_str_equal(ro_buf_str(&repaired), ro_buf_str(&wanted)));
        count++;
    }
    assert_int_equal(count, 222);
    ro_buf_release(&bytes);
    ro_buf_release(&wanted);
    ro_buf_release(&repaired);
}

static void utf8_is_judged_as_kuhn_does(void **state) {
    (void)state;
    line_reader reader;
    lines_open(&reader, "utf8/kuhn-cases.tsv");
    ro_buf bytes = RO_BUF_INIT;
    size_t count = 0;
    for (ro_str line; lines_next(&reader, &line);) {
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        (void)cut(&line, '\t');
        ro_buf_clear(&bytes);
        add_hex(&bytes, cut(&line, '\t'));
        assert_int_equal(ro_utf8_valid(ro_buf_str(&bytes)),
                         ro_str_equal(cut(&line, '\t'), RO_STR("valid")));
        count++;
    }
    assert_int_equal(count, 80);
    ro_buf_release(&bytes);
}

static bool is_word_character(UChar32 c) {
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER:
    case U_WB_NUMERIC:
    case U_WB_KATAKANA:
    case U_WB_EXTENDNUMLET:
        return true;
    default:
        return false;
    }
}

#define SEGMENTS_MAX 64

/* "÷ 0061 × 0308 ÷ 0020 ÷": appends the text and sets where its segments that are words lie. */
static size_t read_break_case(ro_str line, ro_buf *text, size_t (*words)[2]) {
    size_t count = 0;
    size_t start = 0;
    bool is_word = false;
    ro_str rest = ro_str_trim(cut(&line, '#'));
    while (rest.len) {
        ro_str item = cut(&rest, ' ');
        if (ro_str_equal(item, RO_STR("÷"))) {
            if (is_word) {
                words[count][0] = start;
                words[count++][1] = text->len;
            }
            start = text->len;
            is_word = false;
        } else if (item.len && (unsigned char)item.ptr[0] < 0x80 && item.ptr[0] != '\t') {
            uint32_t c = (uint32_t)strtoul(item.ptr, NULL, 16);
            ro_utf8_append(text, c);
            is_word |= is_word_character((UChar32)c);
        }
    }
    return count;
}

static void word_boundaries_are_those_of_unicode(void **state) {
    (void)state;
    ro_words words;
    assert_int_equal(ro_words_init(&words, NULL), RO_OK);
    words.no_dictionary = true;
    line_reader reader;
    lines_open(&reader, "unicode-15.0.0/WordBreakTest.txt");
    ro_buf text = RO_BUF_INIT;
    size_t cases = 0;
    for (ro_str line; lines_next(&reader, &line);) {
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        size_t wanted[SEGMENTS_MAX][2];
        ro_buf_clear(&text);
        size_t count = read_break_case(line, &text, wanted);
        ro_words_start(&words, ro_buf_str(&text));
        size_t start;
        size_t end;
        for (size_t i = 0; i < count; i++) {
            if (!ro_words_next(&words, &start, &end) || start != wanted[i][0] ||
                end != wanted[i][1]) {
                fail_msg("word %zu of %.*s", i, RO_STR_ARG(line));
            }
        }
        if (ro_words_next(&words, &start, &end)) {
            fail_msg("one word too many in %.*s", RO_STR_ARG(line));
        }
        cases++;
    }
    assert_int_equal(cases, 1823);
    ro_buf_release(&text);
    ro_words_release(&words);
}

typedef struct single_token {
    char stem[RO_TERM_MAX + 1];
    char form[RO_TERM_MAX + 1];
    size_t count;
} single_token;

static int take_single(void *context, const ro_token *token) {
    single_token *single = context;
    (void)snprintf(single->stem, sizeof single->stem, "%.*s", RO_STR_ARG(token->stem));
    (void)snprintf(single->form, sizeof single->form, "%.*s", RO_STR_ARG(token->form));
    single->count++;
    return 0;
}

/* The analyser's stem is the vocabulary's without marks. Words that the analyser divides or of
 * which it takes an ending off are passed over; at `least` that many must be left, of which
 * `most_other` may have another stem. */
static void check_vocabulary(const char *language, const char *folder, size_t least,
                             size_t most_other) {
    ro_analyser *analyser = NULL;
    assert_int_equal(ro_analyser_new(&analyser, NULL), RO_OK);
    char name[256];
    line_reader words;
    line_reader stems;
    (void)snprintf(name, sizeof name, "snowball-data-2.2.0/%s/voc.txt", folder);
    lines_open(&words, name);
    (void)snprintf(name, sizeof name, "snowball-data-2.2.0/%s/output.txt", folder);
    lines_open(&stems, name);
    ro_buf folded = RO_BUF_INIT;
    size_t checked = 0;
    size_t other = 0;
    ro_str word;
    ro_str stem;
    while (lines_next(&words, &word) && lines_next(&stems, &stem)) {
        single_token got = {.count = 0};
        assert_int_equal(ro_analyse(analyser, word, ro_str_from(language), take_single, &got, NULL),
                         RO_OK);
        if (got.count != 1 || memchr(word.ptr, '\'', word.len) || word.len > RO_TERM_MAX) {
            continue;
        }
        ro_buf_clear(&folded);
        assert_int_equal(ro_fold(analyser, stem, &folded, NULL), RO_OK);
        ro_buf_add_byte(&folded, '\0');
        if (strcmp(got.stem, folded.ptr) != 0 && ++other > most_other) {
            fail_msg("%.*s: %s instead of %s", RO_STR_ARG(word), got.stem, folded.ptr);
        }
        checked++;
    }
    assert_false(lines_next(&stems, &stem)); /* both lists end together */
    assert_true(checked >= least);
    ro_buf_release(&folded);
    ro_analyser_free(analyser);
}

static void stems_are_those_of_snowball(void **state) {
    (void)state;
    check_vocabulary("en", "english", 29000, 0);
    check_vocabulary("ru", "russian", 49000, 0);
    /* Latin letters lose their marks before the stemmer sees them. */
    check_vocabulary("de", "german", 35000, 10);
    check_vocabulary("fr", "french", 20000, 1600);
    check_vocabulary("es", "spanish", 28000, 1700);
}

typedef struct token_tally {
    ro_str text;
    uint32_t position;
    size_t tokens;
} token_tally;

static int check_token(void *context, const ro_token *token) {
    token_tally *tally = context;
    assert_true(token->start < token->end && token->end <= tally->text.len);
    assert_in_range(token->form.len, 1, RO_TERM_MAX);
    assert_in_range(token->stem.len, 1, RO_TERM_MAX);
    assert_true(ro_utf8_valid(token->form) && ro_utf8_valid(token->stem));
    assert_true(token->position >= tally->position);
    tally->position = token->position;
    tally->tokens++;
    return 0;
}

static void naughty_strings_are_analysed(void **state) {
    (void)state;
    ro_analyser *analyser = NULL;
    assert_int_equal(ro_analyser_new(&analyser, NULL), RO_OK);
    line_reader reader;
    lines_open(&reader, "blns/blns.txt");
    size_t tokens = 0;
    for (ro_str line; lines_next(&reader, &line);) {
        token_tally tally = {.text = line};
        assert_int_equal(ro_analyse(analyser, line, RO_STR("en"), check_token, &tally, NULL),
                         RO_OK);
        tokens += tally.tokens;
    }
    assert_true(tokens > 1000);
    ro_analyser_free(analyser);
}

int main(void) {
    FILE *readme;
    if (!open_data("README.md", &readme)) {
        (void)puts("skipped: no outside test data in READOUT_CONFORMANCE");
        return 77;
    }
    (void)fclose(readme);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_repaired_as_the_suite_says),
        cmocka_unit_test(utf8_is_judged_as_kuhn_does),
        cmocka_unit_test(word_boundaries_are_those_of_unicode),
        cmocka_unit_test(stems_are_those_of_snowball),
        cmocka_unit_test(naughty_strings_are_analysed),
    };
    return cmocka_run_group_tests_name("text_conformance", tests, NULL, NULL);
}
