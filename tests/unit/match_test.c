/* The printed form of a tree. */
#include "readout/match.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static ro_arena arena = RO_ARENA_INIT;

static ro_match *add(ro_match *parent, ro_match *child, ro_occur occur) {
    child->occur = occur;
    assert_int_equal(ro_match_add(&arena, parent, child, NULL), RO_OK);
    return child;
}

static ro_match *term(const char *text) {
    ro_match *made = ro_match_new(&arena, RO_MATCH_TERM);
    made->term = ro_str_from(text);
    return made;
}

static void assert_printed(const ro_match *tree, const char *expected) {
    ro_buf out = RO_BUF_INIT;
    ro_match_print(tree, &out);
    ro_buf_add_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    ro_buf_release(&out);
}

static void the_example_of_the_header_is_true(void **state) {
    (void)state;
    ro_match *tree = ro_match_new(&arena, RO_MATCH_BOOL);
    ro_match *phrase = add(tree, ro_match_new(&arena, RO_MATCH_PHRASE), RO_MUST);
    phrase->slop = 2;
    add(phrase, term("peac"), RO_MUST);
    add(phrase, term("deal"), RO_MUST)->gap = 1;
    ro_match *exact = add(tree, term("talks"), RO_SHOULD);
    exact->exact = true;
    exact->fields = RO_FIELD_TITLE;
    exact->boost = 2;
    ro_match *source = add(tree, ro_match_new(&arena, RO_MATCH_VALUE), RO_FILTER);
    ro_str value = RO_STR("afp");
    source->column = RO_COLUMN_SOURCE;
    source->values = &value;
    source->value_count = 1;
    add(tree, term("war"), RO_MUST_NOT);
    assert_printed(tree, "(bool +\"peac deal\"~2 title:=talks^2 #(source \"afp\") -war)");
}

static void near_any_and_gaps_are_told(void **state) {
    (void)state;
    ro_match *near = ro_match_new(&arena, RO_MATCH_NEAR);
    near->slop = 5;
    near->ordered = true;
    ro_match *any = add(near, ro_match_new(&arena, RO_MATCH_ANY_OF), RO_MUST);
    add(any, term("a"), RO_SHOULD);
    add(any, term("b"), RO_SHOULD);
    ro_match *phrase = add(near, ro_match_new(&arena, RO_MATCH_PHRASE), RO_MUST);
    add(phrase, term("c"), RO_MUST);
    add(phrase, term("d"), RO_MUST)->gap = 3;
    assert_printed(near, "(onear/5 (any a b) \"c @3:d\")");
    near->ordered = false;
    near->child_count = 0;
    assert_printed(near, "(near/5)");
}

static int release(void **state) {
    (void)state;
    ro_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(near_any_and_gaps_are_told),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, release);
}
