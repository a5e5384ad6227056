/* kill -9 before any statement of a writer that makes, merges and drops leaves: between a segment
 * file and the commit that names it, too. What was committed is there, and nothing by half. */
#include "leaves_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCHES 6
#define BATCH 10
#define STEPS (BATCHES + 1) /* and all made one */
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 41 /* statements between the kills of two rounds */
#else
#define STRIDE 17
#endif

static int statements_left;

static int count_down(unsigned kind, void *context, void *statement, void *sql) {
    (void)kind;
    (void)context;
    (void)statement;
    (void)sql;
    return --statements_left > 0 ? 0 : kill(getpid(), SIGKILL);
}

/* ---- what is written ------------------------------------------------------------------------ */

/* Puts a batch, mostly sealed; of the one before an article goes, and another is written anew. */
static void write_batch(fixture *f, ro_writer *writer, unsigned batch) {
    char body[32];
    bool found;
    writer->collections[RO_KIND_ARTICLES].hot_words_max = batch % 3 == 2 ? INT64_MAX : 0;
    (void)snprintf(body, sizeof body, "batch%u", batch);
    for (unsigned i = 0; i < BATCH; i++) {
        put(f, writer, batch * BATCH + i, body);
    }
    if (batch) {
        ro_str id = ro_arena_printf(&f->arena, "%u", (batch - 1) * BATCH);
        OK(ro_writer_delete(writer, id, &found, NULL));
        put(f, writer, (batch - 1) * BATCH + 1, body);
    }
    OK(ro_writer_commit(writer, NULL));
}

/* A byte for each step that is safe. */
static void write_all(fixture *f, int acknowledge) {
    ro_writer *writer = open_writer(f);
    writer->leaves_merged = 2;
    (void)sqlite3_trace_v2(writer->db, SQLITE_TRACE_STMT, count_down, NULL);
    for (unsigned step = 0; step < STEPS; step++) {
        if (step < BATCHES) {
            write_batch(f, writer, step);
        } else {
            OK(ro_writer_optimize(writer, NULL));
        }
        assert_int_equal(write(acknowledge, "", 1), 1);
    }
    ro_writer_close(writer);
}

/* ---- what is left --------------------------------------------------------------------------- */

/* Of the batch, when `written` are there in all. */
static int64_t expected_of(unsigned batch, unsigned written) {
    if (batch >= written) {
        return 0;
    }
    return BATCH - (batch + 1 < written ? 2 : 0) + (batch ? 1 : 0);
}

/* All batches up to one, and no other; of how many. */
static unsigned count_batches(fixture *f) {
    int64_t all;
    unsigned written = 0;
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        char word[16];
        int64_t there;
        (void)snprintf(word, sizeof word, "batch%u", batch);
        OK(count(f, word, &there));
        written += there > 0;
    }
    int64_t sum = 0;
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        char word[16];
        (void)snprintf(word, sizeof word, "batch%u", batch);
        finds(f, word, expected_of(batch, written));
        sum += expected_of(batch, written);
    }
    OK(count(f, "peac", &all));
    assert_int_equal(all, sum);
    assert_int_equal(problems_of(f), 0);
    return written;
}

static size_t leaves_of(fixture *f) {
    ro_snapshot *snapshot = open_snapshot(f);
    size_t count = snapshot->leaves.count;
    ro_snapshot_close(snapshot);
    return count;
}

/* Runs it in a process of its own, which is killed before the statement of this number; how many
 * steps it told to be safe. */
static unsigned run_killed(fixture *f, int statements, bool *killed) {
    int ends[2];
    int status;
    char bytes[STEPS];
    unsigned safe = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        statements_left = statements;
        write_all(f, ends[1]);
        _exit(0);
    }
    (void)close(ends[1]);
    for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;) {
        safe += (unsigned)got;
    }
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    *killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    assert_true(*killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return safe;
}

static void a_writer_may_be_killed_before_any_statement(void **state) {
    (void)state;
    unsigned orphans = 0;
    unsigned rounds = 0;
    bool killed = true;
    for (int at = 1; killed; at += STRIDE, rounds++) {
        void *made;
        char path[512];
        assert_int_equal(set_up(&made), 0);
        fixture *f = made;
        unsigned safe = run_killed(f, at, &killed);
        unsigned written = count_batches(f);
        safe = safe < BATCHES ? safe : BATCHES;
        assert_true(written == safe || written == safe + 1); /* before it could tell */
        orphans += files_of(f, path) > leaves_of(f);
        ro_writer_close(open_writer(f));
        assert_int_equal(files_of(f, path), leaves_of(f));
        assert_int_equal(count_batches(f), written);
        assert_int_equal(tear_down(&made), 0);
    }
    print_message("%u kills, %u of them left a file that nothing names\n", rounds - 1, orphans);
    assert_true(rounds > BATCHES);
    assert_true(orphans > 0);
}

/* ---- beside writers ------------------------------------------------------------------------- */

static bool kill_at(void *context) {
    return --*(int *)context <= 0 && kill(getpid(), SIGKILL) == 0;
}

static void merging_beside_writers_may_be_killed(void **state) {
    fixture *f = *state;
    char path[512];
    ro_writer *writer = open_writer(f);
    writer->leaves_merged = 99;
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        for (unsigned i = 0; i < BATCH; i++) {
            writer->collections[RO_KIND_ARTICLES].hot_words_max = 0;
            put(f, writer, batch * BATCH + i, "one");
            OK(ro_writer_commit(writer, NULL));
        }
    }
    ro_writer_close(writer);
    for (int at = 1; at <= 2; at++) {
        int status;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            int left = at;
            OK(ro_index_tend(f->index, 0, kill_at, &left, NULL));
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        assert_int_equal(files_of(f, path), BATCHES * BATCH + (at > 1)); /* and what it wrote to */
        finds(f, "peac", BATCHES * BATCH);
        assert_int_equal(problems_of(f), 0);
    }
    ro_writer_close(open_writer(f));
    assert_int_equal(files_of(f, path), BATCHES * BATCH);
    OK(ro_index_tend(f->index, 0, NULL, NULL, NULL));
    assert_int_equal(files_of(f, path), 1);
    finds(f, "peac", BATCHES * BATCH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_may_be_killed_before_any_statement),
        cmocka_unit_test_setup_teardown(merging_beside_writers_may_be_killed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("killed", tests, NULL, NULL);
}
