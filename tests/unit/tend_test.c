/* Merging leaves beside writers: what others do meanwhile, and what is left when it is stopped. */
#include "leaves_fixture.h"

/* One article a leaf, and some of them dead. */
static void fill_single(fixture *f) {
    ro_writer *writer = open_writer(f);
    bool found;
    writer->leaves_merged = 99;
    writer->collections[RO_KIND_ARTICLES].hot_words_max = 0;
    for (unsigned i = 1; i <= ARTICLES; i++) {
        put(f, writer, i, i % 2 ? "odd" : "even");
        OK(ro_writer_commit(writer, NULL));
    }
    OK(ro_writer_delete(writer, RO_STR("3"), &found, NULL));
    OK(ro_writer_delete(writer, RO_STR("40"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void holds(fixture *f, unsigned files, int64_t articles) {
    char path[512];
    assert_int_equal(files_of(f, path), files);
    assert_int_equal(problems_of(f), 0);
    finds(f, "peac", articles);
    finds(f, "number3", 0);
    finds(f, "number7", 1);
}

/* Does something when it is asked for the `at`th time whether to stop. */
typedef struct meddler {
    fixture *f;
    void (*meddle)(fixture *f);
    int at, asked;
    bool stops;
} meddler;

static bool meddle(void *context) {
    meddler *m = context;
    if (++m->asked == m->at) {
        m->meddle(m->f);
    }
    return m->stops && m->asked >= m->at;
}

static void nothing(fixture *f) {
    (void)f;
}

static void many_leaves_are_merged_into_one(void **state) {
    fixture *f = *state;
    fill_single(f);
    holds(f, ARTICLES, ARTICLES - 2);
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    holds(f, 1, ARTICLES - 2);
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    holds(f, 1, ARTICLES - 2);
}

static void write_more(fixture *f) {
    ro_writer *writer = open_writer(f);
    bool found;
    OK(ro_writer_delete(writer, RO_STR("5"), &found, NULL));
    assert_true(found);
    put(f, writer, 8, "new");
    put(f, writer, 3, "other");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void what_is_written_meanwhile_stays(void **state) {
    fixture *f = *state;
    fill_single(f);
    meddler m = {.f = f, .meddle = write_more, .at = 2};
    OK(ro_index_tend(f->index, 0, meddle, &m, NULL));
    assert_true(m.asked >= 2);
    assert_int_equal(problems_of(f), 0);
    finds(f, "peac", ARTICLES - 2);
    finds(f, "number5", 0);
    finds(f, "number3", 1);
    finds(f, "new", 1);
    finds(f, "even", ARTICLES / 2 - 2); /* without 8 and 40 */
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    finds(f, "new", 1);
}

static void make_one(fixture *f) {
    ro_writer *writer = open_writer(f);
    OK(ro_writer_optimize(writer, NULL));
    ro_writer_close(writer);
}

static void what_another_merged_meanwhile_stays(void **state) {
    fixture *f = *state;
    fill_single(f);
    meddler m = {.f = f, .meddle = make_one, .at = 2};
    OK(ro_index_tend(f->index, 0, meddle, &m, NULL));
    assert_true(m.asked >= 2);
    holds(f, 1, ARTICLES - 2);
}

static void delete_all(fixture *f) {
    ro_writer *writer = open_writer(f);
    for (int i = 1; i <= ARTICLES; i++) {
        bool found;
        OK(ro_writer_delete(writer, ro_arena_printf(&f->arena, "%d", i), &found, NULL));
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void nothing_is_left_of_dead_leaves(void **state) {
    fixture *f = *state;
    char path[512];
    fill_single(f);
    delete_all(f);
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    assert_int_equal(files_of(f, path), 0);
    assert_int_equal(problems_of(f), 0);
    finds(f, "peac", 0);
}

static void what_is_stopped_leaves_nothing_behind(void **state) {
    fixture *f = *state;
    fill_single(f);
    for (int at = 1; at <= 2; at++) {
        meddler m = {.f = f, .meddle = nothing, .at = at, .stops = true};
        OK(ro_index_tend(f->index, 0, meddle, &m, NULL));
        holds(f, ARTICLES, ARTICLES - 2);
    }
}

static void a_writer_that_stays_is_waited_for(void **state) {
    fixture *f = *state;
    fill_single(f);
    ro_writer *writer = open_writer(f);
    FAILS(ro_index_tend(f->index, 0, NULL, NULL, err), RO_BUSY, "is writing it");
    ro_writer_close(writer);
    holds(f, ARTICLES, ARTICLES - 2);
}

static void leave_leftovers(fixture *f) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/segments/tended.tmp", f->directory);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

/* What one that was killed has left is swept, but not what one writes who is at it. */
static void only_leftovers_are_swept(void **state) {
    fixture *f = *state;
    fill_single(f);
    leave_leftovers(f);
    ro_writer_close(open_writer(f));
    holds(f, ARTICLES, ARTICLES - 2);
    leave_leftovers(f);
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    holds(f, 1, ARTICLES - 2);
}

static void an_index_without_leaves_needs_nothing(void **state) {
    fixture *f = *state;
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    assert_int_equal(problems_of(f), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(many_leaves_are_merged_into_one),
        TEST(what_is_written_meanwhile_stays),
        TEST(what_another_merged_meanwhile_stays),
        TEST(nothing_is_left_of_dead_leaves),
        TEST(what_is_stopped_leaves_nothing_behind),
        TEST(a_writer_that_stays_is_waited_for),
        TEST(only_leftovers_are_swept),
        TEST(an_index_without_leaves_needs_nothing),
    };
    return cmocka_run_group_tests_name("tend", tests, NULL, NULL);
}
