/* core/index/plan: the terms of a plan, over a dictionary made by hand. */
#include "core/index/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OK(call) assert_int_equal((call), RO_OK)
#define FORMS 200

typedef struct fixture {
    sqlite3 *db;
    ro_lexicon lexicon;
    ro_arena arena;
} fixture;

static void run(sqlite3 *db, const char *sql) {
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* The stem "s" has the forms f000 …, each one commoner than the one before. */
static int set_up(void **state) {
    static fixture f;
    char sql[256];
    assert_int_equal(sqlite3_open(":memory:", &f.db), SQLITE_OK);
    run(f.db, "CREATE TABLE lexicon_articles(term BLOB PRIMARY KEY, stem_df INTEGER, stem_cf "
              "INTEGER, form_df INTEGER, form_cf INTEGER) WITHOUT ROWID;"
              "CREATE TABLE variant_articles(stem BLOB, form BLOB, PRIMARY KEY(stem, form)) "
              "WITHOUT ROWID;"
              "INSERT INTO lexicon_articles VALUES(CAST('s' AS BLOB), 9, 9, 9, 9)");
    OK(ro_lexicon_open(&f.lexicon, f.db, RO_KIND_ARTICLES, NULL));
    for (int i = 0; i < FORMS; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO lexicon_articles VALUES(CAST('f%03d' AS BLOB), 0, 0, %d, %d)",
                       i, i + 1, i + 1);
        run(f.db, sql);
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    ro_lexicon_close(&f->lexicon);
    (void)sqlite3_close(f->db);
    ro_arena_release(&f->arena);
    return 0;
}

static void set_forms(fixture *f, int count) {
    char sql[256];
    run(f->db, "DELETE FROM variant_articles");
    for (int i = 0; i < count; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO variant_articles VALUES(CAST('s' AS BLOB), "
                       "CAST('f%03d' AS BLOB))",
                       i);
        run(f->db, sql);
    }
}

static ro_match *term(fixture *f, ro_match *parent, const char *text, bool exact) {
    ro_match *made = ro_match_new(&f->arena, RO_MATCH_TERM);
    made->term = ro_arena_copy(&f->arena, ro_str_from(text));
    made->exact = exact;
    if (parent) {
        OK(ro_match_add(&f->arena, parent, made, NULL));
    }
    return made;
}

static void make(fixture *f, const ro_match *match, ro_plan *out) {
    const ro_rank rank = RO_RANK_DEFAULT;
    const ro_totals totals = {.documents = 1000};
    ro_scorer scorer;
    ro_error err = RO_ERROR_INIT;
    ro_scorer_init(&scorer, &rank, &totals);
    const ro_plan_source source = {&scorer, &f->lexicon, NULL};
    if (ro_plan_make(match, &source, &f->arena, out, &err)) {
        fail_msg("%s", err.message);
    }
}

static void an_exact_word_has_the_commonest_of_too_many_forms(void **state) {
    fixture *f = *state;
    for (int forms = RO_VARIANTS_MAX - 1; forms <= RO_VARIANTS_MAX + 1; forms++) {
        ro_plan plan;
        char commonest[16];
        set_forms(f, forms);
        make(f, term(f, NULL, "s", true), &plan);
        size_t expected = (size_t)(forms < RO_VARIANTS_MAX ? forms : RO_VARIANTS_MAX);
        assert_int_equal(plan.root->variant_count, expected);
        (void)snprintf(commonest, sizeof commonest, "=f%03d", forms - 1);
        ro_str first = plan.terms[plan.root->variants[0]].key;
        assert_true(ro_str_equal(first, ro_str_from(commonest)));
        ro_plan_release(&plan);
    }
}

static void all_forms_of_a_plan_are_bounded(void **state) {
    fixture *f = *state;
    ro_plan plan;
    ro_match *any = ro_match_new(&f->arena, RO_MATCH_ANY_OF);
    set_forms(f, RO_VARIANTS_MAX);
    size_t words = RO_PLAN_VARIANTS_MAX / RO_VARIANTS_MAX + 2, forms = 0;
    for (size_t i = 0; i < words; i++) {
        (void)term(f, any, "s", true);
    }
    make(f, any, &plan);
    for (size_t i = 0; i < words; i++) {
        forms += plan.root->children[i].variant_count;
    }
    assert_int_equal(forms, RO_PLAN_VARIANTS_MAX);
    ro_plan_release(&plan);
}

static void equal_terms_are_one(void **state) {
    fixture *f = *state;
    ro_plan plan;
    ro_match *any = ro_match_new(&f->arena, RO_MATCH_ANY_OF);
    char text[16];
    for (int i = 0; i < RO_MATCH_TERMS_MAX; i++) {
        (void)snprintf(text, sizeof text, "w%d", i % 100);
        ro_match *made = term(f, any, text, false);
        made->fields = i < 100 ? RO_FIELD_TITLE : RO_FIELD_ANY;
    }
    make(f, any, &plan);
    assert_int_equal(plan.term_count, 100);
    for (int i = 0; i < RO_MATCH_TERMS_MAX; i++) {
        const ro_plan_node *node = &plan.root->children[i];
        assert_true(ro_str_equal(plan.terms[node->term].key, node->match->term));
        assert_int_equal(plan.terms[node->term].fields, RO_FIELD_ANY);
    }
    ro_plan_release(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exact_word_has_the_commonest_of_too_many_forms),
        cmocka_unit_test(all_forms_of_a_plan_are_bounded),
        cmocka_unit_test(equal_terms_are_one),
    };
    return cmocka_run_group_tests_name("plan", tests, set_up, tear_down);
}
