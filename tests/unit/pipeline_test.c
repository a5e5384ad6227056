/* indexer/pipeline: files into an index, and what becomes of them when they change. */
#include "readout/pipeline.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <cmocka.h>

typedef struct test_scene {
    char directory[64];
    char files[80];
    ro_index *index;
    ro_pipeline pipeline;
    ro_report report;
    ro_error last_skip;
    size_t skips;
    ro_writer *other;
    sqlite3 *program;
} test_scene;

static void note_skip(void *context, const char *path, const ro_error *why) {
    test_scene *scene = context;
    (void)path;
    scene->skips++;
    scene->last_skip = *why;
}

static int set_up(void **state) {
    test_scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    (void)snprintf(scene->directory, sizeof scene->directory, "/tmp/readout-pipeline-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    (void)snprintf(scene->files, sizeof scene->files, "%s/files", scene->directory);
    assert_int_equal(mkdir(scene->files, 0700), 0);
    char index[100];
    (void)snprintf(index, sizeof index, "%s/index", scene->directory);
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_index_open(index, RO_INDEX_CREATE, &scene->index, &err), RO_OK);
    scene->pipeline = ro_pipeline_default(scene->index);
    scene->pipeline.threads = 3;
    scene->pipeline.on_skip = note_skip;
    scene->pipeline.context = scene;
    *state = scene;
    return 0;
}

static int tear_down(void **state) {
    test_scene *scene = *state;
    char command[100];
    ro_index_close(scene->index);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", scene->directory);
    int status = system(command); /* NOLINT(cert-env33-c) */
    free(scene);
    return status;
}

static const char *path_of(const test_scene *scene, const char *name) {
    static char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", scene->files, name);
    return path;
}

static void write_text(const test_scene *scene, const char *name, const char *text) {
    FILE *file = fopen(path_of(scene, name), "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

typedef ro_status (*run_fn)(const ro_pipeline *, const char *const *, size_t, ro_report *,
                            ro_error *);

static void run_on(test_scene *scene, run_fn fn, const char *path) {
    ro_error err = RO_ERROR_INIT;
    const char *const paths[] = {path};
    scene->skips = 0;
    ro_status status = fn(&scene->pipeline, paths, path ? 1 : 0, &scene->report, &err);
    if (status != RO_OK) {
        fail_msg("%s", err.message);
    }
}

/* added, changed, unchanged, removed, skipped */
static void check_report(const test_scene *scene, const char *expected) {
    char found[100];
    const ro_report *r = &scene->report;
    (void)snprintf(found, sizeof found, "+%d ~%d =%d -%d !%d", (int)r->added, (int)r->changed,
                   (int)r->unchanged, (int)r->removed, (int)r->skipped);
    assert_string_equal(found, expected);
}

static int64_t count_articles(const test_scene *scene) {
    ro_snapshot *snapshot = NULL;
    ro_index_stats stats;
    assert_int_equal(ro_snapshot_open(scene->index, &snapshot, NULL), RO_OK);
    assert_int_equal(ro_snapshot_stats(snapshot, &stats, NULL), RO_OK);
    ro_snapshot_close(snapshot);
    return stats.articles;
}

static void a_second_run_is_cheap(void **state) {
    test_scene *scene = *state;
    write_text(scene, "a.txt", "Talks end\nThey did.");
    write_text(scene, "b.ndjson", "{\"id\":\"1\",\"body\":\"x\"}\n{\"id\":\"2\",\"body\":\"y\"}\n");
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+3 ~0 =0 -0 !0");
    assert_int_equal(scene->report.files, 2);
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+0 ~0 =3 -0 !0");
    assert_int_equal(scene->report.files, 0);
    assert_int_equal(scene->report.files_unchanged, 2);
    /* touched, but the same bytes: not read again, and the time is noted */
    struct utimbuf past = {1000000000, 1000000000};
    assert_int_equal(utime(path_of(scene, "a.txt"), &past), 0);
    run_on(scene, ro_pipeline_update, NULL);
    check_report(scene, "+0 ~0 =3 -0 !0");
    scene->pipeline.force = true;
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+0 ~0 =3 -0 !0");
    assert_int_equal(scene->report.files, 2);
}

static void what_changes_and_vanishes_is_followed(void **state) {
    test_scene *scene = *state;
    write_text(scene, "a.ndjson", "{\"id\":\"1\",\"body\":\"x\"}\n{\"id\":\"2\",\"body\":\"y\"}\n");
    write_text(scene, "b.txt", "Talks end\nThey did.");
    run_on(scene, ro_pipeline_add, scene->files);
    write_text(scene, "a.ndjson",
               "{\"id\":\"1\",\"body\":\"changed\"}\n{\"id\":\"3\",\"body\":\"z\"}\n");
    assert_int_equal(unlink(path_of(scene, "b.txt")), 0);
    write_text(scene, "c.txt", "New\nIt is new.");
    run_on(scene, ro_pipeline_update, NULL);
    check_report(scene, "+1 ~1 =0 -2 !0"); /* "3"; "1"; "2" and b.txt */
    run_on(scene, ro_pipeline_update, scene->files);
    check_report(scene, "+1 ~0 =2 -0 !0"); /* c.txt */
    assert_int_equal(count_articles(scene), 3);
    run_on(scene, ro_pipeline_delete, path_of(scene, "a.ndjson"));
    check_report(scene, "+0 ~0 =0 -2 !0");
    run_on(scene, ro_pipeline_delete, scene->files);
    check_report(scene, "+0 ~0 =0 -1 !0");
    run_on(scene, ro_pipeline_delete, "nothing");
    check_report(scene, "+0 ~0 =0 -0 !1");
    assert_int_equal(count_articles(scene), 0);
}

static void one_bad_file_never_stops_the_rest(void **state) {
    test_scene *scene = *state;
    write_text(scene, "a.txt", "");
    write_text(scene, "b.txt", "\x01\x02\x03\x04\x05");
    write_text(scene, "c.json", "{\"title\":");
    write_text(scene, "d.ndjson",
               "{\"id\":\"1\",\"body\":\"x\"}\nnothing\n{\"id\":\"2\",\"body\":\"y\"}");
    write_text(scene, "e.txt", "Talks end\nThey did.");
    write_text(scene, "f.gz", "\x1F\x8B\x08 no gzip");
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+3 ~0 =0 -0 !5");
    assert_int_equal(scene->skips, 5);
    run_on(scene, ro_pipeline_add, path_of(scene, "missing"));
    check_report(scene, "+0 ~0 =0 -0 !1");
    assert_int_equal(scene->last_skip.status, RO_NOT_FOUND);
}

static void a_file_that_got_worse_keeps_its_articles(void **state) {
    test_scene *scene = *state;
    write_text(scene, "a.json", "{\"id\":\"1\",\"body\":\"x\"}");
    run_on(scene, ro_pipeline_add, scene->files);
    write_text(scene, "a.json", "{\"id\":\"1\",\"body\":\"x");
    run_on(scene, ro_pipeline_update, NULL);
    check_report(scene, "+0 ~0 =0 -0 !1");
    assert_int_equal(count_articles(scene), 1);
}

static int check_order(void *context, ro_doc doc, const ro_article *article) {
    int *expected = context;
    char id[16];
    (void)doc;
    (void)snprintf(id, sizeof id, "%d", (*expected)++);
    assert_true(ro_str_equal(article->id, ro_str_from(id)));
    return 0;
}

static void articles_keep_their_order_and_long_lines_are_left_out(void **state) {
    test_scene *scene = *state;
    FILE *file = fopen(path_of(scene, "a.ndjson"), "wb");
    assert_non_null(file);
    static char filler[4000];
    memset(filler, 'x', sizeof filler - 1);
    for (int i = 0; i < 2000; i++) {
        if (i == 1000) {
            for (size_t k = 0; k <= RO_RECORD_MAX / (sizeof filler - 1); k++) {
                assert_true(fputs(filler, file) >= 0);
            }
            assert_true(fputc('\n', file) == '\n');
        }
        (void)fprintf(file, "{\"id\":\"%d\",\"body\":\"%s\"}\n", i, i % 2 ? filler : "short");
    }
    assert_int_equal(fclose(file), 0);
    scene->pipeline.memory = RO_PIPELINE_MEMORY_MIN;
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+2000 ~0 =0 -0 !1");
    assert_int_equal(scene->last_skip.position, 1001);
    ro_snapshot *snapshot = NULL;
    int expected = 0;
    assert_int_equal(ro_snapshot_open(scene->index, &snapshot, NULL), RO_OK);
    assert_int_equal(ro_snapshot_each(snapshot, 0, check_order, &expected, NULL), RO_OK);
    ro_snapshot_close(snapshot);
    assert_int_equal(expected, 2000);
}

static void a_file_read_as_a_whole_has_a_largest_size(void **state) {
    test_scene *scene = *state;
    char text[102];
    for (size_t n = 99; n <= 101; n++) {
        memset(text, 'a', n);
        text[n] = 0;
        write_text(scene, "a.txt", text);
        scene->pipeline.max_file = 100;
        run_on(scene, ro_pipeline_add, scene->files);
        assert_int_equal(scene->report.skipped, n > 100 ? 1 : 0);
    }
}

static void csv_and_utf16_streams_are_whole(void **state) {
    test_scene *scene = *state;
    FILE *file = fopen(path_of(scene, "a.csv"), "wb");
    assert_non_null(file);
    (void)fputs("id;title;body\r\n", file);
    for (int i = 0; i < 30000; i++) {
        (void)fprintf(file, "%d;\"caf\xE9; %d\";\"line\r\n\"\"two\"\"\"\r\n", i, i);
    }
    assert_int_equal(fclose(file), 0);
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+30000 ~0 =0 -0 !0");
    static const char WIDE[] =
        "\xFF\xFE{\0\"\0i\0d\0\"\0:\0\"\0w\0\"\0,\0\"\0b\0o\0d\0y\0\"\0:\0\"\0x\0\"\0}\0\n";
    file = fopen(path_of(scene, "w.ndjson"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(WIDE, 1, sizeof WIDE, file), sizeof WIDE);
    assert_int_equal(fclose(file), 0);
    run_on(scene, ro_pipeline_update, scene->files);
    check_report(scene, "+1 ~0 =30000 -0 !0");
}

static void a_quote_inside_a_csv_field_is_a_character(void **state) {
    test_scene *scene = *state;
    FILE *file = fopen(path_of(scene, "a.csv"), "wb");
    assert_non_null(file);
    static char filler[1000];
    memset(filler, 'x', sizeof filler - 1);
    (void)fputs("\xEF\xBB\xBF\"id\",size 5\",body\n", file);
    for (int i = 0; i < 20000; i++) {
        (void)fprintf(file, "%d,%s,%s\n", i, i == 7 ? "a 5\" disk" : "b", filler);
    }
    assert_int_equal(fclose(file), 0);
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+20000 ~0 =0 -0 !0");
}

static void a_directory_in_the_place_of_a_file_removes_it(void **state) {
    test_scene *scene = *state;
    write_text(scene, "a.txt", "Talks end\nThey did.");
    write_text(scene, "b.txt", "Talks go on\nThey do.");
    run_on(scene, ro_pipeline_add, scene->files);
    assert_int_equal(unlink(path_of(scene, "a.txt")), 0);
    assert_int_equal(mkdir(path_of(scene, "a.txt"), 0700), 0);
    run_on(scene, ro_pipeline_update, scene->files);
    check_report(scene, "+0 ~0 =1 -1 !0");
    assert_int_equal(unlink(path_of(scene, "b.txt")), 0);
    assert_int_equal(mkdir(path_of(scene, "b.txt"), 0700), 0);
    run_on(scene, ro_pipeline_update, NULL);
    check_report(scene, "+0 ~0 =0 -1 !0");
}

static void workers_share_the_memory_for_parse_trees(void **state) {
    test_scene *scene = *state;
    FILE *file = fopen(path_of(scene, "a.html"), "wb");
    assert_non_null(file);
    (void)fputs("<html><body><p>x", file);
    for (int i = 0; i < 25000; i++) {
        (void)fputs("<i></i>", file);
    }
    assert_int_equal(fclose(file), 0);
    scene->pipeline.memory = RO_PIPELINE_MEMORY_MIN;
    scene->pipeline.threads = 4;
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+0 ~0 =0 -0 !1");
    assert_int_equal(scene->last_skip.status, RO_LIMIT);
    scene->pipeline.threads = 1;
    run_on(scene, ro_pipeline_add, scene->files);
    check_report(scene, "+1 ~0 =0 -0 !0");
}

static void a_stop_commits_what_is_whole(void **state) {
    test_scene *scene = *state;
    static atomic_int stop;
    FILE *file = fopen(path_of(scene, "a.ndjson"), "wb");
    assert_non_null(file);
    for (int i = 0; i < 20000; i++) {
        (void)fprintf(file, "{\"id\":\"%d\",\"body\":\"some words of text %d\"}\n", i, i);
    }
    assert_int_equal(fclose(file), 0);
    stop = SIGTERM;
    scene->pipeline.stop = &stop;
    run_on(scene, ro_pipeline_add, scene->files);
    assert_true(scene->report.stopped);
    assert_int_equal(count_articles(scene), scene->report.added);
    stop = 0;
    run_on(scene, ro_pipeline_add, scene->files);
    assert_false(scene->report.stopped);
    assert_int_equal(count_articles(scene), 20000);
}

/* Who wrote ends, and another program locks the catalogue. */
static void change_hands(void *context, const ro_error *why) {
    test_scene *scene = context;
    char file[120];
    assert_non_null(strstr(why->message, "is writing it"));
    ro_writer_close(scene->other);
    scene->other = NULL;
    (void)snprintf(file, sizeof file, "%s/index/catalog.db", scene->directory);
    assert_int_equal(sqlite3_open(file, &scene->program), SQLITE_OK);
    assert_int_equal(sqlite3_exec(scene->program, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    scene->pipeline.lock_wait = ro_deadline_in_ms(500);
}

static void what_is_waited_for_last_is_told(void **state) {
    test_scene *scene = *state;
    ro_error err = RO_ERROR_INIT;
    const char *const paths[] = {scene->files};
    assert_int_equal(ro_writer_open(scene->index, RO_DEADLINE_NEVER, &scene->other, NULL), RO_OK);
    scene->pipeline.on_wait = change_hands;
    scene->pipeline.lock_wait = RO_DEADLINE_NEVER;
    assert_int_equal(ro_pipeline_add(&scene->pipeline, paths, 1, &scene->report, &err), RO_BUSY);
    assert_non_null(strstr(err.message, "other than Readout"));
    (void)sqlite3_close(scene->program);
}

int main(void) {
#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_SCENE(what_is_waited_for_last_is_told),
        IN_SCENE(a_second_run_is_cheap),
        IN_SCENE(what_changes_and_vanishes_is_followed),
        IN_SCENE(one_bad_file_never_stops_the_rest),
        IN_SCENE(a_file_that_got_worse_keeps_its_articles),
        IN_SCENE(articles_keep_their_order_and_long_lines_are_left_out),
        IN_SCENE(a_file_read_as_a_whole_has_a_largest_size),
        IN_SCENE(csv_and_utf16_streams_are_whole),
        IN_SCENE(a_quote_inside_a_csv_field_is_a_character),
        IN_SCENE(a_directory_in_the_place_of_a_file_removes_it),
        IN_SCENE(workers_share_the_memory_for_parse_trees),
        IN_SCENE(a_stop_commits_what_is_whole),
    };
    return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
