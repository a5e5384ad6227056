/* Copies of an index that is in use. */
#include "core/index/lock.h"
#include "core/index/writer.h"
#include "index_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct copy {
    char path[80];
    ro_index *index;
    ro_snapshot *snapshot;
} copy;

static copy open_copy(fixture *f, const char *name) {
    copy c = {.index = NULL};
    (void)snprintf(c.path, sizeof c.path, "%s/%s", f->directory, name);
    OK(ro_index_open(c.path, RO_INDEX_WRITE, &c.index, NULL));
    OK(ro_snapshot_open(c.index, &c.snapshot, NULL));
    return c;
}

static void close_copy(copy *c) {
    ro_snapshot_close(c->snapshot);
    ro_index_close(c->index);
}

static void back_up(fixture *f, ro_snapshot *snapshot, const char *name) {
    char path[80];
    ro_error err = RO_ERROR_INIT;
    (void)snprintf(path, sizeof path, "%s/%s", f->directory, name);
    if (ro_snapshot_backup(snapshot, path, &err)) {
        fail_msg("%s", err.message);
    }
}

/* The view stays what it was, and its leaves with it, though they are merged and swept. */
static void a_copy_is_what_the_view_sees(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 3000);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    put_many(f, writer, 3000, 2500);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_writer_optimize(writer, NULL));
    put_many(f, writer, 5500, 10);
    back_up(f, snapshot, "copy");
    OK(ro_writer_commit(writer, NULL));
    copy c = open_copy(f, "copy");
    assert_int_equal(ro_snapshot_articles(c.snapshot), 3000);
    assert_int_equal(count_of(f, c.snapshot, "alpha"), 3000);
    assert_int_equal(count_of(f, c.snapshot, "gamma"), 60);
    assert_int_equal(ro_snapshot_revision(c.snapshot), ro_snapshot_revision(snapshot));
    assert_sound(c.snapshot);
    close_copy(&c);
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(count_of(f, snapshot, "alpha"), 5510);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void a_copy_is_written_like_any_index(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 60);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    back_up(f, snapshot, "copy");
    copy c = open_copy(f, "copy");
    OK(ro_writer_open(c.index, RO_DEADLINE_NEVER, &writer, NULL));
    put_many(f, writer, 60, 20);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    OK(ro_snapshot_refresh(c.snapshot, NULL));
    assert_int_equal(count_of(f, c.snapshot, "alpha"), 80);
    assert_sound(c.snapshot);
    close_copy(&c);
    assert_int_equal(count_of(f, snapshot, "alpha"), 60);
    ro_snapshot_close(snapshot);
}

static void what_is_there_already_is_left_alone(void **state) {
    fixture *f = *state;
    char path[96];
    struct stat there;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 3);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    FAILS(ro_snapshot_backup(snapshot, f->directory, err), RO_INVALID, "there already");
    (void)snprintf(path, sizeof path, "%s/no/such", f->directory);
    FAILS(ro_snapshot_backup(snapshot, path, err), RO_IO, "such.part");
    (void)snprintf(path, sizeof path, "%s/half.part", f->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/half.part/diary", f->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/half", f->directory);
    FAILS(ro_snapshot_backup(snapshot, path, err), RO_IO, "half.part");
    (void)snprintf(path, sizeof path, "%s/half.part/diary", f->directory);
    assert_int_equal(stat(path, &there), 0);
    ro_snapshot_close(snapshot);
}

static void what_was_cut_short_is_made_anew(void **state) {
    fixture *f = *state;
    char path[96], part[96], segments[112];
    struct stat there;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 3);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    (void)snprintf(path, sizeof path, "%s/whole", f->directory);
    (void)snprintf(part, sizeof part, "%s/whole.part", f->directory);
    (void)snprintf(segments, sizeof segments, "%s/segments", part);
    assert_int_equal(mkdir(part, 0700), 0);
    assert_int_equal(mkdir(segments, 0700), 0);
    int lock = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0); /* somebody makes it */
    FAILS(ro_snapshot_backup(snapshot, path, err), RO_IO, "whole.part");
    assert_int_equal(stat(segments, &there), 0);
    assert_int_equal(close(lock), 0);
    OK(ro_snapshot_backup(snapshot, path, NULL));
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(stat(part, &there), -1);
    ro_snapshot_close(snapshot);
}

/* ---- one in the place of another ------------------------------------------------------------ */

static void close_index(ro_index *index, ro_snapshot *snapshot) {
    ro_snapshot_close(snapshot);
    ro_index_close(index);
}

static int64_t articles_at(const char *path) {
    ro_index *index = NULL;
    ro_snapshot *snapshot = NULL;
    OK(ro_index_open(path, RO_INDEX_READ, &index, NULL));
    OK(ro_snapshot_open(index, &snapshot, NULL));
    assert_sound(snapshot);
    int64_t articles = ro_snapshot_articles(snapshot);
    close_index(index, snapshot);
    return articles;
}

/* A copy of the index with three articles, and then two more in the index. */
static void copy_beside(fixture *f, char path[96]) {
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 3);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    (void)snprintf(path, 96, "%s-copy", f->directory);
    OK(ro_snapshot_backup(snapshot, path, NULL));
    ro_snapshot_close(snapshot);
    put_many(f, writer, 3, 2);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void an_index_takes_the_place_of_another(void **state) {
    fixture *f = *state;
    char path[96];
    copy_beside(f, path);
    ro_snapshot *before = open_snapshot(f);
    OK(ro_index_exchange(f->index, path, ro_deadline_in_ms(1000), NULL, NULL, NULL));
    assert_int_equal(articles_at(f->directory), 3);
    assert_int_equal(articles_at(path), 5);
    assert_int_equal(ro_snapshot_articles(before), 5); /* views stay what they were */
    assert_int_equal(count_of(f, before, "alpha"), 5);
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 3, 10);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot_close(before);
    ro_writer_close(writer);
    assert_int_equal(articles_at(f->directory), 13);
    remove_directory(path);
}

static void who_writes_is_waited_for(void **state) {
    fixture *f = *state;
    char path[96];
    copy_beside(f, path);
    ro_writer *writer = open_writer(f);
    FAILS(ro_index_exchange(f->index, path, ro_deadline_in_ms(50), NULL, NULL, err), RO_BUSY,
          "is writing it");
    ro_writer_close(writer);
    assert_int_equal(articles_at(f->directory), 5);
    FAILS(ro_index_exchange(f->index, "/tmp/readout-none", ro_deadline_in_ms(50), NULL, NULL, err),
          RO_IO, "readout-none");
    OK(ro_index_exchange(f->index, path, ro_deadline_in_ms(1000), NULL, NULL, NULL));
    remove_directory(path);
}

static ro_status try_to_write(void *context, ro_error *err) {
    fixture *f = context;
    ro_writer *writer = NULL;
    ro_status status = ro_writer_open(f->index, ro_deadline_in_ms(50), &writer, NULL);
    if (writer) {
        ro_writer_close(writer);
    }
    return ro_fail(err, status == RO_BUSY ? RO_LIMIT : RO_INVALID, "what is done last failed");
}

static void what_is_done_last_is_done_while_nobody_writes(void **state) {
    fixture *f = *state;
    char path[96];
    copy_beside(f, path);
    FAILS(ro_index_exchange(f->index, path, ro_deadline_in_ms(1000), try_to_write, f, err),
          RO_LIMIT, "done last");
    assert_int_equal(articles_at(f->directory), 5);
    remove_directory(path);
}

static void write_file(const char *directory, const char *name, const char *text) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *directory, const char *name, const char *text) {
    char path[128], got[64] = "";
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(got, 1, sizeof got - 1, file);
    assert_int_equal(len, strlen(text));
    assert_string_equal(got, text);
    assert_int_equal(fclose(file), 0);
}

static void a_copy_has_the_synonyms_and_settings_of_the_index(void **state) {
    fixture *f = *state;
    char path[96];
    write_file(f->directory, RO_INDEX_SYNONYMS_FILE, "car, automobile\n");
    write_file(f->directory, RO_INDEX_SETTINGS_FILE, "deadline = 7s\n");
    copy_beside(f, path);
    assert_file(path, RO_INDEX_SYNONYMS_FILE, "car, automobile\n");
    assert_file(path, RO_INDEX_SETTINGS_FILE, "deadline = 7s\n");
    remove_directory(path);
}

/* Its connection is to what was moved away: it writes no more, and takes no file of the new one. */
static void a_writer_that_paused_leaves_the_new_one_alone(void **state) {
    fixture *f = *state;
    char path[96];
    ro_index *own = NULL;
    ro_writer *paused = NULL;
    copy_beside(f, path);
    OK(ro_index_open(f->directory, RO_INDEX_WRITE, &own, NULL));
    OK(ro_writer_open(own, RO_DEADLINE_NEVER, &paused, NULL));
    ro_writer_pause(paused);
    OK(ro_index_exchange(f->index, path, ro_deadline_in_ms(1000), NULL, NULL, NULL));
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 3, 4);
    OK(ro_writer_commit(writer, NULL));
    char log[96];
    struct stat there;
    (void)snprintf(log, sizeof log, "%s/catalog.db-wal", f->directory);
    assert_int_equal(stat(log, &there), 0);
    ro_writer_pause(writer);
    FAILS(ro_writer_resume(paused, ro_deadline_in_ms(1000), err), RO_NOT_FOUND, "moved away");
    ro_writer_close(paused);
    ro_index_close(own);
    assert_int_equal(stat(log, &there), 0);
    assert_int_equal(articles_at(f->directory), 7);
    ro_writer_close(writer);
    remove_directory(path);
}

typedef struct waiting {
    ro_index *index;
    ro_writer *writer;
    ro_status status;
} waiting;

static void *wait_to_write(void *context) {
    waiting *w = context;
    w->status = ro_writer_open(w->index, RO_DEADLINE_NEVER, &w->writer, NULL);
    return NULL;
}

/* The lock that it waits for goes with the old one. */
static void a_writer_that_waited_writes_the_new_one(void **state) {
    fixture *f = *state;
    char path[96];
    int lock = -1;
    pthread_t thread;
    waiting w = {0};
    copy_beside(f, path);
    OK(ro_index_open(f->directory, RO_INDEX_WRITE, &w.index, NULL));
    OK(ro_lock_take(f->index, RO_DEADLINE_NEVER, &lock, NULL));
    assert_int_equal(pthread_create(&thread, NULL, wait_to_write, &w), 0);
    while (!ro_lock_wanted(lock)) {
        (void)usleep(1000);
    }
    assert_int_equal(renameat2(AT_FDCWD, f->directory, AT_FDCWD, path, RENAME_EXCHANGE), 0);
    ro_lock_let_go(lock);
    ro_lock_close(lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
    OK(w.status);
    FAILS(ro_index_exchange(f->index, path, ro_deadline_in_ms(50), NULL, NULL, err), RO_BUSY,
          "is writing it");
    put_many(f, w.writer, 3, 4);
    OK(ro_writer_commit(w.writer, NULL));
    ro_writer_close(w.writer);
    ro_index_close(w.index);
    assert_int_equal(articles_at(f->directory), 7);
    assert_int_equal(articles_at(path), 5);
    remove_directory(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_what_the_view_sees, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_is_written_like_any_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_there_already_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_cut_short_is_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_takes_the_place_of_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_writes_is_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_done_last_is_done_while_nobody_writes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_copy_has_the_synonyms_and_settings_of_the_index, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_writer_that_waited_writes_the_new_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_writer_that_paused_leaves_the_new_one_alone, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
