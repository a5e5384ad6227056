/* Writers that take turns: what one of them knows of the index is never older than its turn. */
#include "index_fixture.h"

#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

/* Of a sound index. */
static int64_t articles(fixture *f) {
    ro_snapshot *snapshot = open_snapshot(f);
    int64_t count = ro_snapshot_articles(snapshot);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    return count;
}

static void put_from(fixture *f, ro_writer *writer, const char *origin, const char *id,
                     const char *body) {
    ro_article article = article_of(id, "A title", body);
    article.origin = ro_str_from(origin);
    (void)put_article(f, writer, &article);
}

static void resume(ro_writer *writer) {
    ro_error err = RO_ERROR_INIT;
    if (ro_writer_resume(writer, ro_deadline_in_ms(5000), &err)) {
        fail_msg("%s", err.message);
    }
}

/* ---- turns ----------------------------------------------------------------------------------- */

static void two_writers_in_turns_make_one_sound_index(void **state) {
    fixture *f = *state;
    ro_writer *writers[2] = {open_writer(f), NULL};
    ro_writer_pause(writers[0]);
    writers[1] = open_writer(f);
    ro_writer_pause(writers[1]);
    for (int turn = 0; turn < 12; turn++) {
        ro_writer *writer = writers[turn % 2];
        char source[24];
        (void)snprintf(source, sizeof source, "Source %d", turn);
        resume(writer);
        /* half of it is what the other put before; words and values are known to both */
        for (int i = turn * 20; i < turn * 20 + 40; i++) {
            char id[16];
            char body[64];
            (void)snprintf(id, sizeof id, "%d", i);
            (void)snprintf(body, sizeof body, "alpha %s number%d", i % 3 ? "beta" : "gamma", i);
            ro_article article = article_of(id, source, body);
            article.source = ro_str_from(source);
            bool known = turn && i < turn * 20 + 20;
            assert_int_equal(put_article(f, writer, &article), known ? RO_CHANGED : RO_ADDED);
        }
        OK(ro_writer_commit(writer, NULL));
        ro_writer_pause(writer);
        assert_int_equal(articles(f), turn * 20 + 40);
    }
    ro_writer_close(writers[0]);
    ro_writer_close(writers[1]);
}

static void a_pause_drops_what_was_not_committed(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_change change;
    ro_prepared *prepared;
    ro_article article = article_of("1", "A title", "words");
    put_many(f, writer, 0, 10);
    ro_writer_pause(writer);
    ro_writer_pause(writer);
    OK(ro_prepare(f->preparer, &article, NULL, &prepared, NULL));
    FAILS(ro_writer_put(writer, prepared, &change, err), RO_INVALID, "paused");
    FAILS(ro_writer_commit(writer, err), RO_INVALID, "paused");
    ro_prepared_free(prepared);
    resume(writer);
    put_many(f, writer, 20, 5);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    assert_int_equal(articles(f), 5);
}

static void a_paused_writer_waits_for_the_other_and_says_for_whom(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_writer_pause(writer);
    ro_writer *other = open_writer(f);
    FAILS(ro_writer_resume(writer, ro_deadline_in_ms(30), err), RO_BUSY, "is writing it");
    FAILS(ro_writer_resume(writer, ro_deadline_in_ms(30), err), RO_BUSY, "turns");
    ro_writer_close(writer); /* without effect on who holds the lock now */
    FAILS(ro_writer_open(f->index, ro_deadline_in_ms(30), &writer, err), RO_BUSY, "turns");
    ro_writer_close(other);
}

static void an_index_that_was_moved_away_is_not_written_on(void **state) {
    fixture *f = *state;
    char away[80];
    (void)snprintf(away, sizeof away, "%s.away", f->directory);
    ro_writer *writer = open_writer(f);
    ro_writer_pause(writer);
    OK(rename(f->directory, away));
    ro_index *other;
    OK(ro_index_open(f->directory, RO_INDEX_CREATE, &other, NULL));
    FAILS(ro_writer_resume(writer, ro_deadline_in_ms(100), err), RO_NOT_FOUND, "moved away");
    FAILS(ro_writer_commit(writer, err), RO_NOT_FOUND, "earlier write failed");
    ro_writer_close(writer);
    ro_index_close(other);
    remove_directory(away);
}

static void a_resume_that_another_program_hindered_may_be_tried_again(void **state) {
    fixture *f = *state;
    sqlite3 *program;
    ro_change change;
    ro_prepared *prepared;
    ro_article article = article_of("1", "A title", "words");
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 10);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_pause(writer);
    OK(ro_prepare(f->preparer, &article, NULL, &prepared, NULL));
    assert_int_equal(sqlite3_open(f->file, &program), SQLITE_OK);
    assert_int_equal(sqlite3_exec(program, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 3; i++) {
        FAILS(ro_writer_resume(writer, ro_deadline_in_ms(30), err), RO_BUSY, "other than Readout");
        FAILS(ro_writer_put(writer, prepared, &change, err), RO_INVALID, "paused");
        /* meanwhile the index is let go */
        ro_writer *other;
        FAILS(ro_writer_open(f->index, ro_deadline_in_ms(30), &other, err), RO_BUSY,
              "other than Readout");
    }
    assert_int_equal(sqlite3_exec(program, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    resume(writer);
    put_many(f, writer, 20, 5);
    OK(ro_writer_commit(writer, NULL));
    ro_prepared_free(prepared);
    ro_writer_close(writer);
    (void)sqlite3_close(program);
    assert_int_equal(articles(f), 15);
}

/* ---- who waits --------------------------------------------------------------------------------
 */

static void *write_one(void *state) {
    fixture *f = state;
    ro_writer *writer = open_writer(f);
    ro_writer_close(writer);
    return NULL;
}

static void one_who_waits_is_seen_and_gets_its_turn(void **state) {
    fixture *f = *state;
    pthread_t thread;
    ro_writer *writer = open_writer(f);
    assert_false(ro_writer_wanted(writer));
    OK(pthread_create(&thread, NULL, write_one, f));
    ro_deadline end = ro_deadline_in_ms(20000);
    while (!ro_writer_wanted(writer) && !ro_deadline_passed(end)) {
        (void)usleep(1000);
    }
    assert_true(ro_writer_wanted(writer));
    ro_writer_pause(writer);
    OK(pthread_join(thread, NULL));
    resume(writer);
    assert_false(ro_writer_wanted(writer));
    ro_writer_close(writer);
}

/* ---- the ledger -------------------------------------------------------------------------------
 */

static void an_article_that_another_replaced_is_still_held_by_its_file(void **state) {
    fixture *f = *state;
    int64_t gone;
    ro_writer *writer = open_writer(f);
    put_from(f, writer, "/a", "1", "old words");
    put_from(f, writer, "/a", "2", "old words");
    OK(ro_ledger_prune(writer, RO_STR("/a"), &gone, NULL));
    put_from(f, writer, "/a", "1", "first words");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_pause(writer);
    ro_writer *other = open_writer(f);
    put_from(f, other, "/b", "1", "other words");
    OK(ro_ledger_delete(other, RO_STR("/b"), &gone, NULL));
    assert_int_equal(gone, 0);
    OK(ro_writer_commit(other, NULL));
    ro_writer_close(other);
    resume(writer);
    OK(ro_ledger_prune(writer, RO_STR("/a"), &gone, NULL));
    assert_int_equal(gone, 1); /* "2" */
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    assert_int_equal(articles(f), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_writers_in_turns_make_one_sound_index, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_pause_drops_what_was_not_committed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_paused_writer_waits_for_the_other_and_says_for_whom,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_that_was_moved_away_is_not_written_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_resume_that_another_program_hindered_may_be_tried_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_who_waits_is_seen_and_gets_its_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_article_that_another_replaced_is_still_held_by_its_file,
                                        set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
