/* core/index when things go wrong: other writers, other formats, damage, kill -9, full disks. */
#include "index_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- opening -------------------------------------------------------------------------------- */

static void an_index_that_is_not_there_is_not_found(void **state) {
    fixture *f = *state;
    ro_index *index;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/none", f->directory);
    FAILS(ro_index_open(path, RO_INDEX_READ, &index, err), RO_NOT_FOUND, "no index there");
    FAILS(ro_index_open(path, RO_INDEX_WRITE, &index, err), RO_NOT_FOUND, "no index there");
    assert_null(index);
    OK(mkdir(path, 0777));
    FAILS(ro_index_open(path, RO_INDEX_READ, &index, err), RO_NOT_FOUND, "no index there");
    FAILS(ro_index_open(f->file, RO_INDEX_READ, &index, err), RO_INVALID, "not a directory");
    FAILS(ro_index_open("/proc/none/index", RO_INDEX_CREATE, &index, err), RO_IO, "cannot make");
    OK(ro_index_open(path, RO_INDEX_CREATE, &index, NULL));
    ro_index_close(index);
    OK(ro_index_open(path, RO_INDEX_READ, &index, NULL));
    ro_writer *writer;
    FAILS(ro_writer_open(index, RO_DEADLINE_NEVER, &writer, err), RO_INVALID, "for reading");
    ro_index_close(index);
}

static void tamper(const fixture *f, const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void write_file(const char *path, const char *bytes, size_t len) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* ---- directories that cannot be written ------------------------------------------------------ */

/* What a reader without rights to the directory gets: its status, and articles found if it is
 * RO_OK, and whether it can be told of commits. In a process of its own, for root writes
 * everywhere. */
typedef struct outcome {
    ro_status status;
    int64_t articles;
    bool watched;
    ro_error err;
} outcome;

static outcome read_without_rights(const fixture *f) {
    outcome result = {.status = RO_INTERNAL};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(chmod(f->directory, 0555), 0);
    pid_t child = fork();
    if (!child) {
        ro_index *index;
        ro_snapshot *snapshot = NULL;
        outcome r = {.err = RO_ERROR_INIT};
        bool dropped = geteuid() != 0 || setuid(65534) == 0;
        r.status = dropped ? ro_index_open(f->directory, RO_INDEX_READ, &index, &r.err) : RO_IO;
        if (!r.status && !(r.status = ro_snapshot_open(index, &snapshot, &r.err))) {
            ro_arena arena = RO_ARENA_INIT;
            ro_found found;
            ro_match *all = ro_match_new(&arena, RO_MATCH_ALL);
            ro_search search = search_of(all, 1);
            r.status = ro_snapshot_search(snapshot, &search, &arena, &found, &r.err);
            r.articles = found.total;
            ro_watch *watch;
            uint64_t seen;
            r.status = r.status ? r.status : ro_watch_open(index, &watch, &r.err);
            r.watched = !r.status && ro_watch_look(watch, &seen);
        }
        _exit(write(ends[1], &r, sizeof r) == (ssize_t)sizeof r ? 0 : 1);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &result, sizeof result), (ssize_t)sizeof result);
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(chmod(f->directory, 0755), 0);
    return result;
}

static void put_ten(fixture *f) {
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 10);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void an_index_in_a_directory_without_rights_is_read(void **state) {
    fixture *f = *state;
    put_ten(f);
    outcome r = read_without_rights(f);
    assert_string_equal(r.err.message, "");
    assert_int_equal(r.status, RO_OK);
    assert_int_equal(r.articles, 10);
    assert_true(r.watched);
}

static void copy_file(const char *from, const char *to) {
    static char bytes[4 << 20];
    FILE *source = fopen(from, "rb");
    assert_non_null(source);
    size_t len = fread(bytes, 1, sizeof bytes, source);
    assert_true(feof(source));
    assert_int_equal(fclose(source), 0);
    write_file(to, bytes, len);
    assert_int_equal(chmod(to, 0444), 0);
}

/* SQLite's file of what readers share is there, and nobody keeps it. */
static void what_a_crash_left_beside_it_is_read(void **state) {
    fixture *f = *state;
    static const char *const ends[] = {"-wal", "-shm"};
    char left[2][128], kept[2][512];
    ro_snapshot *reader = open_snapshot(f);
    put_ten(f);
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(left[i], sizeof left[i], "%s%s", f->file, ends[i]);
        (void)snprintf(kept[i], sizeof kept[i], "%s.kept", left[i]);
        copy_file(left[i], kept[i]);
    }
    ro_snapshot_close(reader);
    ro_index_close(f->index);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(rename(kept[i], left[i]), 0);
    }
    outcome r = read_without_rights(f);
    assert_string_equal(r.err.message, "");
    assert_int_equal(r.status, RO_OK);
    assert_int_equal(r.articles, 10);
    assert_false(r.watched);
    OK(ro_index_open(f->directory, RO_INDEX_WRITE, &f->index, NULL));
}

static void changes_that_wait_beside_it_are_not_passed_over(void **state) {
    fixture *f = *state;
    char log[128], shared[128];
    (void)snprintf(log, sizeof log, "%s-wal", f->file);
    (void)snprintf(shared, sizeof shared, "%s-shm", f->file);
    ro_snapshot *reader = open_snapshot(f); /* keeps the log from being taken in */
    put_ten(f);
    outcome r = read_without_rights(f); /* beside others, as usual */
    assert_string_equal(r.err.message, "");
    assert_int_equal(r.articles, 10);
    assert_true(r.watched);
    assert_int_equal(unlink(shared), 0);
    r = read_without_rights(f);
    assert_int_equal(r.status, RO_IO);
    assert_non_null(strstr(r.err.message, "catalog.db-wal"));
    assert_int_equal(truncate(log, 0), 0);
    assert_int_equal(read_without_rights(f).status, RO_OK);
    ro_snapshot_close(reader);
}

static void an_index_of_another_kind_is_refused(void **state) {
    fixture *f = *state;
    ro_index *index;
    tamper(f, "UPDATE meta SET value = 99 WHERE key = 'format'");
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_VERSION,
          "use a newer Readout");
    tamper(f, "UPDATE meta SET value = 0 WHERE key = 'format'");
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_VERSION,
          "index the articles anew");
    tamper(f, "UPDATE meta SET value = 8 WHERE key = 'format';"
              "UPDATE meta SET value = 'analyser=0' WHERE key = 'analyser'");
    FAILS(ro_index_open(f->directory, RO_INDEX_CREATE, &index, err), RO_VERSION, "'analyser=0'");
    tamper(f, "DELETE FROM meta");
    FAILS(ro_index_open(f->directory, RO_INDEX_WRITE, &index, err), RO_DAMAGED,
          "settings are missing");
    tamper(f, "DROP TABLE meta");
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_DAMAGED,
          "not a Readout catalogue");
}

static void a_file_that_is_no_catalogue_is_refused(void **state) {
    fixture *f = *state;
    ro_index *index;
    char text[8192];
    memset(text, 'x', sizeof text);
    write_file(f->file, text, sizeof text);
    FAILS(ro_index_open(f->directory, RO_INDEX_CREATE, &index, err), RO_DAMAGED, "not a database");
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_DAMAGED, f->directory);
    write_file(f->file, "", 0); /* what a crash leaves: nothing was in it */
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_NOT_FOUND, "no index there");
    OK(ro_index_open(f->directory, RO_INDEX_CREATE, &index, NULL));
    ro_index_close(index);
}

/* What a crash leaves between the change to write-ahead logging and the schema. */
static void a_catalogue_cut_short_under_a_reader_is_told(void **state) {
    fixture *f = *state;
    enum { COUNT = 300, WORDS = 3000 };
    ro_writer *writer = open_writer(f);
    uint32_t random = 1;
    for (int i = 0; i < COUNT; i++) {
        char id[16];
        char body[WORDS * 6];
        size_t len = 0;
        for (int word = 0; word < WORDS / 3; word++) { /* that do not compress */
            random = random * 1664525 + 1013904223;
            len += (size_t)snprintf(body + len, sizeof body - len, "%x ", random >> 4);
        }
        (void)snprintf(id, sizeof id, "%d", i);
        (void)put_text(f, writer, id, "A title", body);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_article article;
    OK(ro_snapshot_article(snapshot, 1, true, &f->arena, &article, NULL));
    struct stat st;
    OK(stat(f->file, &st));
    assert_true(st.st_size > (int64_t)COUNT * WORDS);
    OK(truncate(f->file, st.st_size / 4));
    int told = 0;
    for (ro_doc doc = 1; doc <= COUNT; doc++) {
        ro_error err = RO_ERROR_INIT;
        ro_status status = ro_snapshot_article(snapshot, doc, true, &f->arena, &article, &err);
        told += status != RO_OK;
        assert_true(!status || status == RO_DAMAGED || status == RO_IO);
    }
    assert_true(told > COUNT / 4);
    ro_snapshot_close(snapshot);
}

static void a_catalogue_without_tables_is_made_anew(void **state) {
    fixture *f = *state;
    ro_index *index;
    char log[96];
    (void)snprintf(log, sizeof log, "%s-wal", f->file);
    OK(unlink(f->file));
    (void)unlink(log);
    tamper(f, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    FAILS(ro_index_open(f->directory, RO_INDEX_READ, &index, err), RO_NOT_FOUND, "no index there");
    FAILS(ro_index_open(f->directory, RO_INDEX_WRITE, &index, err), RO_NOT_FOUND, "no index there");
    OK(ro_index_open(f->directory, RO_INDEX_CREATE, &index, NULL));
    ro_index_close(index);
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 5);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

/* ---- writers and readers -------------------------------------------------------------------- */

static void a_second_writer_is_told_who_holds_the_index(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_writer *second;
    char pid[64];
    (void)snprintf(pid, sizeof pid, "process %ld (index_fault", (long)getpid());
    int64_t start = ro_now_ns();
    FAILS(ro_writer_open(f->index, ro_deadline_in_ms(50), &second, err), RO_BUSY, pid);
    assert_true(ro_now_ns() - start >= (int64_t)50 * 1000000);
    assert_null(second);
    ro_writer_close(writer);
    OK(ro_writer_open(f->index, ro_deadline_in_ms(50), &second, NULL));
    ro_writer_close(second);
}

static void a_lock_of_another_program_is_waited_for(void **state) {
    fixture *f = *state;
    ro_writer *writer;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t shortest = INT64_MAX;
    for (int tries = 0; tries < 5; tries++) { /* one of them may be held up by something else */
        int64_t start = ro_now_ns();
        FAILS(ro_writer_open(f->index, ro_deadline_in_ms(50), &writer, err), RO_BUSY,
              "a program other than Readout");
        int64_t waited = ro_now_ns() - start;
        shortest = waited < shortest ? waited : shortest;
    }
    assert_in_range(shortest, 50000000, 1000000000);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    writer = open_writer(f);
    put_many(f, writer, 0, 5);
    OK(ro_writer_commit(writer, NULL));
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    bool found;
    FAILS(ro_writer_delete(writer, RO_STR("1"), &found, err), RO_BUSY, "locked");
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    OK(ro_writer_delete(writer, RO_STR("1"), &found, NULL)); /* being busy breaks nothing */
    assert_true(found);
    ro_writer_close(writer);
    (void)sqlite3_close(db);
}

typedef struct reading {
    fixture *f;
    int64_t last;
    int refreshes;
    volatile bool *stop;
} reading;

/* Each commit adds ten articles with `alpha` each: a reader sees multiples of ten, never fewer than
 * before. */
static void *read_on(void *context) {
    reading *r = context;
    ro_snapshot *snapshot = NULL;
    ro_arena arena = RO_ARENA_INIT;
    ro_match *term = ro_match_new(&arena, RO_MATCH_TERM);
    term->term = RO_STR("alpha");
    ro_search search = search_of(term, 5);
    OK(ro_snapshot_open(r->f->index, &snapshot, NULL));
    while (!__atomic_load_n(r->stop, __ATOMIC_ACQUIRE) || r->refreshes < 3) {
        ro_found found;
        ro_arena scratch = RO_ARENA_INIT;
        OK(ro_snapshot_refresh(snapshot, NULL));
        OK(ro_snapshot_search(snapshot, &search, &scratch, &found, NULL));
        assert_int_equal(found.total % 10, 0);
        assert_true(found.total >= r->last);
        r->last = found.total;
        r->refreshes++;
        ro_arena_release(&scratch);
    }
    ro_snapshot_close(snapshot);
    ro_arena_release(&arena);
    return NULL;
}

static void readers_and_the_writer_do_not_wait_for_each_other(void **state) {
    fixture *f = *state;
    bool stop = false;
    pthread_t threads[3];
    reading readings[3];
    for (int i = 0; i < 3; i++) {
        readings[i] = (reading){.f = f, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readings[i]), 0);
    }
    ro_writer *writer = open_writer(f);
    for (int i = 0; i < 30; i++) {
        put_many(f, writer, i * 10, 10);
        OK(ro_writer_commit(writer, NULL));
    }
    ro_writer_close(writer);
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, "alpha"), 300);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

static void the_commit_of_another_process_is_seen(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, NULL), 0);
    pid_t child = fork();
    if (child == 0) {
        ro_writer *writer = open_writer(f);
        put_many(f, writer, 0, 10);
        _exit(ro_writer_commit(writer, NULL));
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(count_of(f, snapshot, NULL), 10);
    ro_snapshot_close(snapshot);
}

/* ---- crashes -------------------------------------------------------------------------------- */

/* Commits ten articles at a time and tells how many are safe, until it is killed. */
static void write_until_killed(fixture *f, int from, int acknowledge) {
    ro_writer *writer = open_writer(f);
    for (int i = from;; i += 10) {
        put_many(f, writer, i, 10);
        if (ro_writer_commit(writer, NULL)) {
            _exit(1);
        }
        int safe = i + 10;
        if (write(acknowledge, &safe, sizeof safe) != sizeof safe) {
            _exit(1);
        }
    }
}

static void a_killed_writer_loses_nothing_acknowledged(void **state) {
    fixture *f = *state;
    int safe = 0;
    for (int round = 0; round < 10; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            (void)close(ends[0]);
            write_until_killed(f, safe, ends[1]);
        }
        (void)close(ends[1]);
        /* the first word of a commit is waited for, however slow the machine; then any moment */
        assert_int_equal(read(ends[0], &safe, sizeof safe), sizeof safe);
        (void)usleep((useconds_t)(round * 7919 % 20000));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &safe, sizeof safe) == sizeof safe) {
        }
        (void)close(ends[0]);
        ro_snapshot *snapshot = open_snapshot(f);
        int64_t there = count_of(f, snapshot, NULL);
        assert_true(there == safe || there == safe + 10); /* killed between commit and word of it */
        safe = (int)there;
        assert_sound(snapshot);
        ro_snapshot_close(snapshot);
    }
    assert_true(safe >= 100); /* ten in each round */
}

static void write_until_full(fixture *f) {
    struct rlimit limit = {400000, 400000};
    ro_error err = RO_ERROR_INIT;
    ro_writer *writer = open_writer(f);
    ro_prepared *prepared;
    ro_change change;
    put_many(f, writer, 0, 10);
    if (ro_writer_commit(writer, NULL)) {
        _exit(2);
    }
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 100000; i++) {
        char id[16];
        char body[64];
        (void)snprintf(id, sizeof id, "full%d", i);
        (void)snprintf(body, sizeof body, "alpha word%d other%d", i, i * 7);
        ro_article article = article_of(id, "", body);
        if (ro_prepare(f->preparer, &article, NULL, &prepared, NULL)) {
            _exit(3);
        }
        ro_status status = ro_writer_put(writer, prepared, &change, &err);
        if (!status && i % 100 == 99) {
            status = ro_writer_commit(writer, &err);
        }
        if (status) {
            bool refused = ro_writer_put(writer, prepared, &change, NULL) == RO_FULL &&
                           ro_writer_commit(writer, NULL) == RO_FULL;
            ro_writer_close(writer);
            _exit(status == RO_FULL && refused ? 0 : 4);
        }
        ro_prepared_free(prepared);
    }
    _exit(5);
}

static void a_full_disk_says_so_and_loses_nothing(void **state) {
    fixture *f = *state;
    pid_t child = fork();
    if (child == 0) {
        write_until_full(f);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    ro_snapshot *snapshot = open_snapshot(f);
    int64_t there = count_of(f, snapshot, "alpha");
    assert_true(there >= 10 && there % 100 == 10);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 100000, 10);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void count_problem(void *context, const char *problem) {
    assert_true(strlen(problem) > 0);
    ++*(int *)context;
}

static int ignore_article(void *context, ro_doc doc, const ro_article *article) {
    (void)context;
    (void)doc;
    return article->id.len > 1000000;
}

/* Uses all of an index that may be damaged: any status will do, a crash will not. Tells whether the
 * damage was noticed by anything. */
static bool use_damaged(fixture *f) {
    ro_index *index = NULL;
    ro_snapshot *snapshot = NULL;
    ro_writer *writer = NULL;
    ro_error err = RO_ERROR_INIT;
    int problems = 0;
    ro_status status = ro_index_open(f->directory, RO_INDEX_WRITE, &index, &err);
    if (!status) {
        status = ro_snapshot_open(index, &snapshot, &err);
    }
    if (!status) {
        ro_search search = search_of(term_of(f, "alpha"), 5);
        ro_found found;
        ro_word *words;
        size_t count;
        search.facets = 15;
        status |= ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL);
        status |= ro_snapshot_each(snapshot, 0, ignore_article, NULL, NULL);
        status |= ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("n"), 10, RO_DEADLINE_NEVER,
                                     &f->arena, &words, &count, NULL, NULL);
        status |= ro_snapshot_check(snapshot, count_problem, &problems, NULL);
    }
    ro_snapshot_close(snapshot);
    if (index && !ro_writer_open(index, ro_deadline_in_ms(100), &writer, NULL)) {
        bool found;
        status |= ro_writer_delete(writer, RO_STR("7"), &found, NULL);
        status |= ro_writer_commit(writer, NULL);
        ro_writer_close(writer);
    }
    ro_index_close(index);
    return status || problems;
}

static char *read_whole(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *len = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*len);
    assert_int_equal(fread(bytes, 1, *len, file), *len);
    (void)fclose(file);
    return bytes;
}

static void damage_is_noticed_and_never_crashes(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 60);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    size_t len;
    char *bytes = read_whole(f->file, &len);
    assert_true(len > 100000);
    for (size_t at = 0; at < len; at += len / 150) {
        char *flipped = malloc(len);
        memcpy(flipped, bytes, len);
        for (size_t i = at; i < at + 16 && i < len; i++) {
            flipped[i] = (char)~flipped[i];
        }
        write_file(f->file, flipped, len);
        (void)use_damaged(f);
        free(flipped);
    }
    for (size_t cut = 1; cut < 8; cut++) {
        write_file(f->file, bytes, len / 8 * cut);
        assert_true(use_damaged(f));
    }
    write_file(f->file, bytes, len);
    assert_false(use_damaged(f));
    free(bytes);
}

static void a_check_finds_what_does_not_agree(void **state) {
    fixture *f = *state;
    static const struct {
        const char *sql, *problem;
    } cases[] = {
        {"DELETE FROM article WHERE doc = 3", "columns"},
        {"UPDATE article SET published = 5 WHERE doc = 4", "columns"},
        {"UPDATE article SET body = x'00' WHERE doc = 5", "articles"},
        {"UPDATE lexicon_articles SET stem_df = stem_df + 1 WHERE term = CAST('alpha' AS BLOB)",
         "lexicon"},
        {"DELETE FROM lexicon_articles WHERE term = CAST('gamma' AS BLOB)", "lexicon"},
        {"UPDATE meta SET value = value + 1 WHERE key = 'text_bytes'", "text bytes"},
        {"INSERT INTO holder VALUES(77, 6)", "unknown files"},
        {"DELETE FROM holder WHERE doc = 6", "held by no file"},
        {"INSERT INTO alike VALUES(99, 1, 99, zeroblob(64))", "near-duplicates"},
        {"INSERT INTO alike VALUES(7, 1, 6, zeroblob(64))", "near-duplicates"},
        {"INSERT INTO alike_band VALUES(1, 1, 7)", "bands"},
    };
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 60);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    size_t len;
    char *bytes = read_whole(f->file, &len);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file(f->file, bytes, len);
        tamper(f, cases[i].sql);
        ro_snapshot *snapshot = open_snapshot(f);
        int problems = 0;
        OK(ro_snapshot_check(snapshot, count_problem, &problems, NULL));
        if (!problems) {
            fail_msg("not noticed: %s", cases[i].sql);
        }
        ro_snapshot_close(snapshot);
    }
    free(bytes);
}

/* SQLite without memory, at every size of it: a status, and later all is well. */
static void running_out_of_memory_is_only_an_error(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 60);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    int failures = 0;
    for (int64_t limit = 20000; limit < 600000; limit += 20000) {
        (void)sqlite3_hard_heap_limit64(sqlite3_memory_used() + limit);
        failures += use_damaged(f);
        (void)sqlite3_hard_heap_limit64(0);
    }
    assert_true(failures > 3);
    ro_snapshot *snapshot = open_snapshot(f);
    assert_true(count_of(f, snapshot, "alpha") >= 59);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_index_that_is_not_there_is_not_found),
        TEST(an_index_in_a_directory_without_rights_is_read),
        TEST(what_a_crash_left_beside_it_is_read),
        TEST(changes_that_wait_beside_it_are_not_passed_over),
        TEST(an_index_of_another_kind_is_refused),
        TEST(a_file_that_is_no_catalogue_is_refused),
        TEST(a_catalogue_cut_short_under_a_reader_is_told),
        TEST(a_catalogue_without_tables_is_made_anew),
        TEST(a_second_writer_is_told_who_holds_the_index),
        TEST(a_lock_of_another_program_is_waited_for),
        TEST(readers_and_the_writer_do_not_wait_for_each_other),
        TEST(the_commit_of_another_process_is_seen),
        TEST(a_killed_writer_loses_nothing_acknowledged),
        TEST(a_full_disk_says_so_and_loses_nothing),
        TEST(damage_is_noticed_and_never_crashes),
        TEST(a_check_finds_what_does_not_agree),
        TEST(running_out_of_memory_is_only_an_error),
    };
    return cmocka_run_group_tests_name("index_fault", tests, NULL, NULL);
}
