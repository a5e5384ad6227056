/* The query language: text -> normal form and repairs. */
#include "query/syntax.h"

#include "readout/query.h"

#include "roll.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef struct reading {
    const char *text;
    const char *normal;
    const char *repairs; /* "at: what | at: what" */
} reading;

static const reading readings[] = {
    {"moratorium energy", "moratorium energy", ""},
    {"\"consultation mechanism\"", "\"consultation mechanism\"", ""},
    {"\"a b\"~3", "\"a b\"~3", ""},
    {"lavrov NEAR/5 ambassadors", "lavrov NEAR/5 ambassadors", ""},
    {"a ONEAR b", "a ONEAR/10 b", ""},
    {"a NEAR/5 b NEAR/3 c", "a NEAR/5 b NEAR/5 c",
     "18: a chain of NEAR has one distance; the widest is used"},
    {"trade talks OR negotiations", "trade talks OR negotiations", ""},
    {"a AND b OR c", "a AND b OR c", ""},
    {"a b AND c OR d e", "a b AND c OR d e", ""},
    {"(a b) OR c", "(a b) OR c", ""},
    {"a (b c) d", "a b c d", ""},
    {"-(a b)", "-(a b)", ""},
    {"-(-a)", "-(-a)", ""},
    {"+must -not NOT x", "+must -not -x", ""},
    {"AND", "and", "0: 'AND' joins nothing here; read as a word"},
    {"OR b", "or b", "0: 'OR' joins nothing here; read as a word"},
    {"a AND", "a and", "2: 'AND' joins nothing here; read as a word"},
    {"a AND AND b", "a and AND b", "2: 'AND' joins nothing here; read as a word"},
    {"NOT", "not", "0: 'NOT' joins nothing here; read as a word"},
    {"NOT NOT a", "not -a", "0: 'NOT' joins nothing here; read as a word"},
    {"a OR NOT b", "a OR -b", ""},
    {"a NEAR NOT b", "a AND -b", "11: NEAR joins words and phrases only; read as AND"},
    {"a NEAR (b AND c)", "a AND (b AND c)", "8: NEAR joins words and phrases only; read as AND"},
    {"(a OR \"b c\") NEAR/5 d", "(a OR \"b c\") NEAR/5 d", ""},
    {"=talks lavro* witkov~ witkov~1 witkov~2 a~99", "=talks lavro* witkov~ witkov~1 witkov~2 a~2",
     "40: '~' takes 1 or 2 letters of difference; 2 taken"},
    {"title:riyadh", "title:riyadh", ""},
    {"title:(a b) c", "title:a title:b c", ""},
    {"title:\"a b\" -title:x", "title:\"a b\" -title:x", ""},
    {"source:\"Dow Jones\" lang:en", "source:\"Dow Jones\" lang:en", ""},
    {"source:(reuters \"dow jones\" ap)", "source:reuters OR source:\"dow jones\" OR source:ap",
     ""},
    {"date:2025-02-18", "date:2025-02-18", ""},
    {"date:2025-02..2025-03 after:2025-01 before:2026",
     "date:2025-02..2025-03 after:2025-01 before:2026", ""},
    {"date:2025-03..2025-02", "date:2025-02..2025-03",
     "0: the range '2025-03..2025-02' runs backwards; turned round"},
    {"date:2025-13", "2025-13",
     "0: '2025-13' is no date for 'date:' (2025, 2025-02, 2025-02-18); read as words"},
    {"date:..2025", "date:..2025", ""},
    {"date:..", "..", "0: '..' is no date for 'date:' (2025, 2025-02, 2025-02-18); read as words"},
    {"date:(2024 2025)", "date:2024 OR date:2025", ""},
    {"participant:witkoff speaker:\"ane solheim\" by:RU side:us role:head",
     "participant:witkoff speaker:\"ane solheim\" by:RU side:us role:head", ""},
    {"status:(declined rejected) place:\"addis ababa\" host:kenya",
     "status:declined OR status:rejected place:\"addis ababa\" host:kenya", ""},
    {"-side:us +by:\"european union\"", "-side:us +by:\"european union\"", ""},
    {"source:\"x\x1C\"", "source:x", ""},
    /* a backslash before a quotation mark or a backslash of a value in quotes */
    {"source:\"The \\\"Daily\\\" Star\" x", "source:\"The \\\"Daily\\\" Star\" x", ""},
    {"source:(\"a\\\"\" \"b\\\\\")", "source:\"a\\\"\" OR source:\"b\\\\\"", ""},
    {"source:\"AC\\DC\"", "source:\"AC\\\\DC\"", ""},
    {"source:\xC2\xAB"
     "a \"b\" \\\xC2\xBB\xC2\xBB",
     "source:\"a \\\"b\\\" \xC2\xBB\"", ""},
    {"source:\"a \\\xE2\x80\x9C"
     "b\"",
     "source:\"a \\\xE2\x80\x9C"
     "b\"",
     ""},
    {"source:\"\\\"\"", "source:\"\\\"\"", ""},
    {"source:\"a\\\"", "source:\"a\\\"\"",
     "7: the closing quotation mark is missing; the phrase goes on to the end"},
    {"\"a\\\" b", "\"a\\\" b", ""},
    {"title:\"a\\\" b", "title:\"a\\\" b", ""},
    {"foo:bar:baz", "baz",
     "0: unknown field 'foo:'; what follows is read as words | 0: unknown field 'bar:'; what "
     "follows is read as words"},
    {"foo:title:x", "title:x", "0: unknown field 'foo:'; what follows is read as words"},
    {"title:-x", "-title:x", ""},
    {"\xC2\xAB"
     "a \"b\" c\xC2\xBB",
     "\"a b c\"", ""},
    {"+title:-x", "+title:x", ""},
    {"=a***~", "=a", "1: '=' and a suffix exclude each other; the suffix is left out"},
    {"date:x~5", "\"x~5\"",
     "0: 'x~5' is no date for 'date:' (2025, 2025-02, 2025-02-18); read as words"},
    {"foo:+o:bar", "+bar",
     "0: unknown field 'foo:'; what follows is read as words | 0: unknown field 'o:'; what follows "
     "is "
     "read as words"},
    {"\x01"
     "AND\x7f"
     "a",
     "and a", "1: 'AND' joins nothing here; read as a word"},
    {"\"\x01\"", "", "0: empty quotation marks; left out"},
    {"foo:-x", "-x", "0: unknown field 'foo:'; what follows is read as words"},
    {"Re: talks", "Re: talks", ""},
    {"http://x.com/a:b", "http://x.com/a:b", ""},
    {"body : a", "body a", "5: ':' stands alone; left out"},
    {"12:30", "12:30", ""},
    {":", "", "0: ':' stands alone; left out"},
    {"* ", "", "0: '*' stands alone; left out"},
    {"a* b*", "a* b*", ""},
    {"***", "", "0: '***' stands alone; left out"},
    {"a*b*c*", "a*b*c*", "0: '*' is understood at the end of a word only"},
    {"=", "", "0: '=' stands alone; left out"},
    {"--x", "-x", ""},
    {"+ a - b", "a b", "0: '+' stands alone; left out | 4: '-' stands alone; left out"},
    {"5\" pipe", "5 pipe", "1: a lone quotation mark; left out"},
    {"\"unclosed phrase", "\"unclosed phrase\"",
     "0: the closing quotation mark is missing; the phrase goes on to the end"},
    {"\"", "", "0: the closing quotation mark is missing; the phrase goes on to the end"},
    {"\"\"", "", "0: empty quotation marks; left out"},
    {"\"\"\"", "",
     "0: empty quotation marks; left out | 2: the closing quotation mark is missing; the phrase "
     "goes on to the end"},
    {"“curly quotes” «angle»", "\"curly quotes\" \"angle\"", ""},
    {"a\"b\"c", "a \"b\" c", ""},
    {"((a)", "a", "4: 1 closing parenthesis is missing; added at the end"},
    {"a))", "a",
     "1: a closing parenthesis without an opening one; left out | 2: a closing parenthesis without "
     "an opening one; left out"},
    {"()", "", "0: nothing in the parentheses; left out"},
    {"(()) b", "b",
     "1: nothing in the parentheses; left out | 0: nothing in the parentheses; left out"},
    {"(a OR (b AND (c d)))", "a OR b AND (c d)", ""},
    {"title:", "title:", "0: 'title:' has no value; read as a word"},
    {"title: x", "title: x", "0: 'title:' has no value; read as a word"},
    {"title:)", "title:",
     "0: 'title:' has no value; read as a word | 6: a closing parenthesis without an opening one; "
     "left out"},
    {"[x] {y} <z>", "[x] {y} <z>", ""},
    {"MEASUREMENTS OF DRIFTS NEAR THE EQUATOR AND X",
     "MEASUREMENTS OF DRIFTS near THE EQUATOR and X",
     "0: all in capitals: AND, OR and NEAR are read as words"},
    {"NATO AND EU", "NATO AND EU", ""},
    {"A OR B", "A OR B", ""},
    {"^a + b", "^a b", "3: '+' stands alone; left out"},
    {"(a+)+$", "a+ +$", ""},
    {"=(a b)", "a b", "0: '=' before parentheses; left out"},
    {"=\"exact phrase\"", "=\"exact phrase\"", ""},
    {"\"a b\"~", "\"a b\"", "5: '~' after a phrase takes a number of words; left out"},
    {"\"a b\"~999", "\"a b\"~100", "5: a phrase may have 100 words between at most; 100 taken"},
    {"a NEAR/0 b", "a NEAR/1 b", "2: NEAR takes 1 to 100 words; 1 taken"},
    {"a NEAR/-1 b", "a NEAR/-1 b", "2: 'NEAR/-1' has no number of words; read as words"},
    {"a NEAR/ b", "a NEAR/ b", "2: 'NEAR/' has no number of words; read as words"},
    {"a NEAR/9999 b", "a NEAR/100 b", "2: NEAR takes 1 to 100 words; 100 taken"},
    {"Title:X TITLE:y", "title:X title:y", ""},
    {"-source:x", "-source:x", ""},
    {"NEAR/5", "near", "0: 'NEAR' joins nothing here; read as a word"},
    {"a OR b OR c AND d", "a OR b OR c AND d", ""},
    {"-a", "-a", ""},
    {"-\"a b\" x", "-\"a b\" x", ""},
    {"'); ATTACH 'x' AS y; --", "' ; ATTACH 'x' AS y;",
     "1: a closing parenthesis without an opening one; left out | 21: '--' stands alone; left out"},
    {"Lavrov's visit", "Lavrov's visit", ""},
    {"co-operation covid-19", "co-operation covid-19", ""},
    {"U.S. talks", "U.S. talks", ""},
    {"a/b", "a/b", ""},
    {"+\"must phrase\"", "+\"must phrase\"", ""},
    {"+=exact", "+=exact", ""},
    {"-title:(a b)", "-(title:a title:b)", ""},
    {"title:(a OR b)", "title:a OR title:b", ""},
    {"title:=exact", "title:=exact", ""},
    {"title:lavro*", "title:lavro*", ""},
    {"title:\"a b\"~2", "title:\"a b\"~2", ""},
    {"body:(title:a b)", "title:a body:b", ""},
    {"source:reuters*", "source:\"reuters*\"", ""},
    {"source:(\"Dow Jones\" OR reuters)", "source:\"Dow Jones\" OR source:reuters", ""},
    {"-lang:de", "-lang:de", ""},
    {"lang:(en fr)", "lang:en OR lang:fr", ""},
    {"date:2025-02..", "date:2025-02..", ""},
    {"date:2025-2-1", "2025-2-1",
     "0: '2025-2-1' is no date for 'date:' (2025, 2025-02, 2025-02-18); read as words"},
    {"after:yesterday", "yesterday",
     "0: 'yesterday' is no date for 'after:' (2025, 2025-02, 2025-02-18); read as words"},
    {"before:2026-01-01", "before:2026-01-01", ""},
    {"date:\"18 February 2025\"", "date:\"18 February 2025\"", ""},
    {"after:2025-01..2025-02", "2025-01..2025-02",
     "0: '2025-01..2025-02' is no date for 'after:' (2025, 2025-02, 2025-02-18); read as words"},
    {"(a", "a", "2: 1 closing parenthesis is missing; added at the end"},
    {"(a (b", "a b", "5: 2 closing parentheses are missing; added at the end"},
    {"a) b", "a b", "1: a closing parenthesis without an opening one; left out"},
    {"\"a b\" \"c", "\"a b\" \"c\"",
     "6: the closing quotation mark is missing; the phrase goes on to the end"},
    {"\"a  \tb\"", "\"a b\"", ""},
    {"«a b» „c d“", "\"a b\" \"c d\"", ""},
    {"=a*", "=a", "1: '=' and a suffix exclude each other; the suffix is left out"},
    {"=a~", "=a", "1: '=' and a suffix exclude each other; the suffix is left out"},
    {"~", "", "0: '~' stands alone; left out"},
    {"~2", "~2", ""},
    {"a~0", "a~1", "0: '~' takes 1 or 2 letters of difference; 1 taken"},
    {"a~1~", "a~1~", ""},
    {"ab*~", "ab*~", "0: '*' is understood at the end of a word only"},
    {"x*y", "x*y", "0: '*' is understood at the end of a word only"},
    {"+", "", "0: '+' stands alone; left out"},
    {"- ", "", "0: '-' stands alone; left out"},
    {"-- a", "a", "0: '--' stands alone; left out"},
    {"+-a", "+a", ""},
    {"+(a b)", "+(a b)", ""},
    {"+(a OR b)", "+(a OR b)", ""},
    {"(+a) b", "+a b", ""},
    {"(-a) b", "-a b", ""},
    {"NOT (a b)", "-(a b)", ""},
    {"NOT (-a)", "-(-a)", ""},
    {"NOT (NOT a)", "-(-a)", ""},
    {"NOT -a", "-(-a)", ""},
    {"a NOT b", "a -b", ""},
    {"a AND NOT b", "a AND -b", ""},
    {"a OR b AND c OR d", "a OR b AND c OR d", ""},
    {"(a OR b) AND c", "(a OR b) AND c", ""},
    {"(a AND b) NEAR c", "(a AND b) AND c", "15: NEAR joins words and phrases only; read as AND"},
    {"a NEAR/2 \"b c\"~1", "a NEAR/2 \"b c\"~1", ""},
    {"a ONEAR/2 b NEAR/2 c", "a NEAR/2 b NEAR/2 c",
     "19: a chain of NEAR has one distance; the widest is used"},
    {"a NEAR", "a near", "2: 'NEAR' joins nothing here; read as a word"},
    {"NEAR a", "near a", "0: 'NEAR' joins nothing here; read as a word"},
    {"a NEAR/x b", "a NEAR/x b", "2: 'NEAR/x' has no number of words; read as words"},
    {"and or not", "and or not", ""},
    {"and OR or", "and OR or", ""},
    {"AND AND AND", "and and and",
     "0: 'AND' joins nothing here; read as a word | 4: 'AND' joins nothing here; read as a word | "
     "8: 'AND' joins nothing here; read as a word"},
    {"a OR", "a or", "2: 'OR' joins nothing here; read as a word"},
    {"a OR OR b", "a or OR b", "2: 'OR' joins nothing here; read as a word"},
    {"TITLE OF THE WORK AND ITS PARTS", "TITLE OF THE WORK and ITS PARTS",
     "0: all in capitals: AND, OR and NEAR are read as words"},
    {"ONE TWO THREE NOT FOUR", "ONE TWO THREE -FOUR", ""},
    {"北京 会谈", "北京 会谈", ""},
    {"Переговоры в Эр-Рияде", "Переговоры в Эр-Рияде", ""},
    {"a　b", "a b", ""},
    {"a b", "a b", ""},
};

static ro_syntax *parse(ro_str text, ro_report *report, bool *everything) {
    ro_error err = RO_ERROR_INIT;
    ro_syntax *node = NULL;
    report->count = 0;
    assert_int_equal(ro_syntax_parse(text, report, &node, everything, &err), RO_OK);
    return node;
}

static void print_repairs(const ro_report *report, ro_buf *out) {
    for (size_t i = 0; i < report->count && i < RO_REPAIRS_MAX; i++) {
        ro_buf_printf(out, "%s%zu: %.*s", i ? " | " : "", report->repairs[i].at,
                      RO_STR_ARG(report->repairs[i].what));
    }
}

static void assert_text(ro_buf *got, const char *expected, const char *input) {
    ro_buf_add_byte(got, '\0');
    if (strcmp(got->ptr, expected) != 0) {
        print_error("for the query: %s\n", input);
    }
    assert_string_equal(got->ptr, expected);
    ro_buf_clear(got);
}

static void every_text_has_a_reading(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "q"};
    ro_buf buf = RO_BUF_INIT;
    bool everything;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        const reading *r = &readings[i];
        ro_syntax_print(parse(ro_str_from(r->text), &report, &everything), &buf);
        assert_text(&buf, r->normal, r->text);
        print_repairs(&report, &buf);
        assert_text(&buf, r->repairs, r->text);
        ro_arena_reset(&arena);
    }
    ro_buf_release(&buf);
    ro_arena_release(&arena);
}

static void the_normal_form_reads_as_itself(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "q"};
    ro_buf buf = RO_BUF_INIT;
    bool everything;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        ro_syntax_print(parse(ro_str_from(readings[i].normal), &report, &everything), &buf);
        assert_text(&buf, readings[i].normal, readings[i].text);
        ro_arena_reset(&arena);
    }
    ro_buf_release(&buf);
    ro_arena_release(&arena);
}

static void values_with_any_marks_read_as_themselves(void **state) {
    (void)state;
    static const char *const pieces[] = {"\"",       "\\", "\xE2\x80\x9C", "\xC2\xAB",
                                         "\xC2\xBB", "a",  "source:",      "(",
                                         ")",        " ",  "title:",       "-"};
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "q"};
    ro_buf text = RO_BUF_INIT, first = RO_BUF_INIT, second = RO_BUF_INIT;
    bool everything;
    for (size_t i = 0; i < 50000; i++) {
        for (size_t n = roll(14); n; n--) {
            ro_buf_add_str(&text, ro_str_from(ROLL_ONE(pieces)));
        }
        ro_syntax_print(parse(ro_buf_str(&text), &report, &everything), &first);
        ro_syntax_print(parse(ro_buf_str(&first), &report, &everything), &second);
        ro_buf_add_byte(&text, '\0');
        ro_buf_add_byte(&first, '\0');
        assert_text(&second, first.ptr, text.ptr);
        ro_buf_clear(&text);
        ro_buf_clear(&first);
        ro_arena_reset(&arena);
    }
    ro_buf_release(&text);
    ro_buf_release(&first);
    ro_buf_release(&second);
    ro_arena_release(&arena);
}

static void only_blanks_and_a_star_mean_everything(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool everything;
    } cases[] = {{"", true},   {" \t\n", true},       {"*", true},   {" * ", true},
                 {"a", false}, {"\"\"", false},       {"()", false}, {"+", false},
                 {":", false}, {"\xE3\x80\x80", true}};
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "q"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool everything;
        (void)parse(ro_str_from(cases[i].text), &report, &everything);
        assert_int_equal(everything, cases[i].everything);
    }
    ro_arena_release(&arena);
}

static size_t count_words(const ro_syntax *node) {
    size_t count = node && !node->first;
    for (const ro_syntax *child = node ? node->first : NULL; child; child = child->next) {
        count += count_words(child);
    }
    return count;
}

static void words_beyond_the_cap_are_left_out_and_said(void **state) {
    (void)state;
    for (size_t n = RO_QUERY_WORDS_MAX - 1; n <= RO_QUERY_WORDS_MAX + 1; n++) {
        ro_arena arena = RO_ARENA_INIT;
        ro_report report = {.arena = &arena, .in = "q"};
        ro_buf buf = RO_BUF_INIT;
        for (size_t i = 0; i < n; i++) {
            ro_buf_printf(&buf, "w%zu ", i);
        }
        bool everything;
        ro_syntax *node = parse(ro_buf_str(&buf), &report, &everything);
        assert_int_equal(count_words(node), n > RO_QUERY_WORDS_MAX ? RO_QUERY_WORDS_MAX : n);
        assert_int_equal(report.count, n > RO_QUERY_WORDS_MAX);
        ro_buf_release(&buf);
        ro_arena_release(&arena);
    }
}

static size_t tree_depth(const ro_syntax *node) {
    size_t deepest = 0;
    for (const ro_syntax *child = node ? node->first : NULL; child; child = child->next) {
        size_t depth = tree_depth(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return node ? deepest + 1 : 0;
}

/* 64 KB of each: a quadratic reading of any would run into the test's time limit. */
static void hostile_texts_of_full_length_are_read(void **state) {
    (void)state;
    static const char *const pieces[] = {"(",          "()",
                                         "\"",         "a\"",
                                         "a\xC2\xAB",  "\xE2\x80\x9C",
                                         "a NEAR ",    "NOT ",
                                         "a:",         "-(",
                                         "a* ",        "x",
                                         "a~",         "\"~9",
                                         "title:(",    "date:2025 ",
                                         "a OR (",     "a NEAR/3 (b OR ",
                                         "+",          "\\",
                                         ") ",         "source:\"\\\"",
                                         "source:\" ", "\xEF\xBF\xBD",
                                         "AND OR ",    "(a AND (b OR -(c "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ro_arena arena = RO_ARENA_INIT;
        ro_report report = {.arena = &arena, .in = "q"};
        ro_buf buf = RO_BUF_INIT;
        while (buf.len + strlen(pieces[i]) <= RO_QUERY_TEXT_MAX) {
            ro_buf_add_str(&buf, ro_str_from(pieces[i]));
        }
        bool everything;
        ro_syntax *node = parse(ro_buf_str(&buf), &report, &everything);
        assert_in_range(count_words(node), 0, 2 * RO_QUERY_WORDS_MAX + RO_QUERY_FILTERS_MAX);
        assert_in_range(tree_depth(node), 0, RO_MATCH_DEPTH_MAX);
        assert_in_range(arena.used, 0, 16 << 20);
        ro_buf_release(&buf);
        ro_arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_has_a_reading),
        cmocka_unit_test(the_normal_form_reads_as_itself),
        cmocka_unit_test(values_with_any_marks_read_as_themselves),
        cmocka_unit_test(only_blanks_and_a_star_mean_everything),
        cmocka_unit_test(words_beyond_the_cap_are_left_out_and_said),
        cmocka_unit_test(hostile_texts_of_full_length_are_read),
    };
    return cmocka_run_group_tests_name("syntax", tests, NULL, NULL);
}
