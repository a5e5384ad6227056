/* Sealed leaves in an index: made by large batches and by growth, mended, swept. */
#include "leaves_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_large_batch_is_sealed_at_once(void **state) {
    fixture *f = *state;
    char path[512];
    bool found;
    fill(f, ARTICLES);
    assert_int_equal(files_of(f, path), 1);
    finds(f, "peac", ARTICLES);
    finds(f, "odd", ARTICLES / 2);
    finds(f, "number7", 1);
    ro_writer *writer = open_writer(f);
    OK(ro_writer_delete(writer, RO_STR("7"), &found, NULL));
    put(f, writer, 8, "new");
    OK(ro_writer_commit(writer, NULL));
    finds(f, "number7", 0);
    finds(f, "peac", ARTICLES - 1);
    finds(f, "even", ARTICLES / 2 - 1);
    finds(f, "new", 1);
    assert_int_equal(problems_of(f), 0);
    OK(ro_writer_optimize(writer, NULL));
    ro_writer_close(writer);
    assert_int_equal(files_of(f, path), 1);
    finds(f, "even", ARTICLES / 2 - 1);
    finds(f, "new", 1);
    assert_int_equal(problems_of(f), 0);
}

static void many_leaves_become_few(void **state) {
    fixture *f = *state;
    char path[512];
    fill(f, 1);
    unsigned files = files_of(f, path);
    assert_in_range(files, 1, 14);
    finds(f, "peac", ARTICLES);
    assert_int_equal(problems_of(f), 0);
}

static void a_hot_leaf_that_has_grown_is_sealed(void **state) {
    fixture *f = *state;
    char path[512];
    ro_writer *writer = open_writer(f);
    writer->collections[RO_KIND_ARTICLES].hot_words_max = INT64_MAX;
    for (unsigned i = 1; i <= 1024; i++) {
        put(f, writer, i, "small");
    }
    OK(ro_writer_commit(writer, NULL));
    assert_int_equal(files_of(f, path), 0);
    finds(f, "small", 1024);
    put(f, writer, 1025, "small");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    assert_int_equal(files_of(f, path), 1);
    finds(f, "number1025", 1);
    finds(f, "number1", 1);
    assert_int_equal(problems_of(f), 0);
}

typedef void (*damage_fn)(const char *path, off_t size);

static void cut_short(const char *path, off_t size) {
    assert_int_equal(truncate(path, size / 2), 0);
}

static void empty_out(const char *path, off_t size) {
    (void)size;
    assert_int_equal(truncate(path, 0), 0);
}

static void take_away(const char *path, off_t size) {
    (void)size;
    assert_int_equal(unlink(path), 0);
}

static void turn_bits_of_the_end(const char *path, off_t size) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    for (off_t at = size - 200; at < size - RO_PACK_SLACK; at += 8) {
        char byte;
        assert_int_equal(pread(file, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
    }
    assert_int_equal(close(file), 0);
}

/* What cannot be opened is told, and mended by the next writer. */
static void a_leaf_that_cannot_be_opened_is_built_anew(void **state) {
    static const damage_fn ways[] = {cut_short, empty_out, take_away, turn_bits_of_the_end};
    fixture *f = *state;
    fill(f, ARTICLES / 2);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char path[512];
        struct stat st;
        int64_t total;
        assert_true(files_of(f, path) >= 1);
        assert_int_equal(stat(path, &st), 0);
        ways[i](path, st.st_size);
        assert_int_equal(count(f, "peac", &total), RO_DAMAGED);
        assert_true(problems_of(f) > 0);
        ro_writer_close(open_writer(f));
        finds(f, "peac", ARTICLES);
        finds(f, "number7", 1);
        assert_int_equal(problems_of(f), 0);
    }
}

/* One leaf is built anew, and then nothing is left to do. */
static void repair_one(fixture *f) {
    int64_t repaired;
    ro_writer *writer = open_writer(f);
    OK(ro_writer_repair(writer, &repaired, NULL));
    assert_int_equal(repaired, 1);
    OK(ro_writer_repair(writer, &repaired, NULL));
    assert_int_equal(repaired, 0);
    ro_writer_close(writer);
}

/* Damage that opening does not see is found by the check, and mended by a repair. */
static void a_leaf_with_a_turned_bit_is_repaired(void **state) {
    fixture *f = *state;
    char path[512];
    int64_t total;
    fill(f, ARTICLES);
    assert_int_equal(files_of(f, path), 1);
    for (off_t at = 256; at < 700; at += 40) {
        char byte;
        int file = open(path, O_RDWR | O_CLOEXEC);
        assert_true(file >= 0);
        assert_int_equal(pread(file, &byte, 1, at), 1);
        byte ^= 0x24;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
        assert_int_equal(close(file), 0);
        (void)count(f, "peac", &total);
        (void)count(f, "talk", &total);
    }
    assert_true(problems_of(f) > 0);
    repair_one(f);
    finds(f, "peac", ARTICLES);
    assert_int_equal(problems_of(f), 0);
}

/* What opening has built anew already counts as well. */
static void a_repair_tells_of_a_missing_leaf(void **state) {
    fixture *f = *state;
    char path[512];
    fill(f, ARTICLES);
    assert_int_equal(files_of(f, path), 1);
    assert_int_equal(unlink(path), 0);
    repair_one(f);
    finds(f, "peac", ARTICLES);
}

static void files_that_nothing_names_are_swept(void **state) {
    fixture *f = *state;
    char path[512];
    fill(f, ARTICLES);
    (void)snprintf(path, sizeof path, "%s/segments/99.seg", f->directory);
    int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(file >= 0 && close(file) == 0);
    (void)snprintf(path, sizeof path, "%s/segments/notes.txt", f->directory);
    file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(file >= 0 && close(file) == 0);
    assert_int_equal(files_of(f, path), 3);
    ro_writer_close(open_writer(f));
    assert_int_equal(files_of(f, path), 2);
    finds(f, "peac", ARTICLES);
}

/* The file is cut short under a view that reads it: that is said, and another writer mends it. */
static void a_file_cut_short_under_a_view_is_only_an_error(void **state) {
    fixture *f = *state;
    char path[512];
    fill(f, ARTICLES);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_match *match = ro_match_new(&f->arena, RO_MATCH_TERM);
    match->term = RO_STR("peac");
    ro_search search = {
        .match = match, .rank = RO_RANK_DEFAULT, .k = 5, .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    OK(ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL));
    assert_int_equal(files_of(f, path), 1);
    assert_int_equal(truncate(path, 0), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL),
                         RO_DAMAGED);
        OK(ro_snapshot_refresh(snapshot, NULL));
    }
    ro_writer_close(open_writer(f));
    OK(ro_snapshot_refresh(snapshot, NULL));
    OK(ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL));
    assert_int_equal(found.total, ARTICLES);
    ro_snapshot_close(snapshot);
}

/* A view that was there before goes on as it was while leaves are merged under it. */
static void a_view_outlives_its_leaves(void **state) {
    fixture *f = *state;
    fill(f, ARTICLES / 4);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_writer *writer = open_writer(f);
    OK(ro_writer_optimize(writer, NULL));
    ro_match *match = ro_match_new(&f->arena, RO_MATCH_TERM);
    match->term = RO_STR("peac");
    ro_search search = {
        .match = match, .rank = RO_RANK_DEFAULT, .k = 5, .deadline = RO_DEADLINE_NEVER};
    for (int i = 0; i < 2; i++) {
        ro_found found;
        OK(ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL));
        assert_int_equal(found.total, ARTICLES);
        assert_int_equal(snapshot->leaves.count, i ? 1 : 4);
        OK(ro_snapshot_refresh(snapshot, NULL));
    }
    ro_writer_close(writer);
    ro_snapshot_close(snapshot);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_large_batch_is_sealed_at_once),
        TEST(many_leaves_become_few),
        TEST(a_hot_leaf_that_has_grown_is_sealed),
        TEST(sizes_are_told_by_leaf),
        TEST(a_leaf_that_cannot_be_opened_is_built_anew),
        TEST(a_leaf_with_a_turned_bit_is_repaired),
        TEST(a_repair_tells_of_a_missing_leaf),
        TEST(files_that_nothing_names_are_swept),
        TEST(a_file_cut_short_under_a_view_is_only_an_error),
        TEST(a_view_outlives_its_leaves),
    };
    return cmocka_run_group_tests_name("sealed", tests, NULL, NULL);
}
