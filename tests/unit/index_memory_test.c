/* core/index when SQLite's allocations fail one by one: a failed statement may end the whole
 * transaction, and what comes after it must notice. */
#include "index_fixture.h"

#include <sqlite3.h>

static sqlite3_mem_methods system_memory;
static long countdown = -1; /* allocations until the first that fails; -1: none does */
static bool for_good;       /* all after it fail as well */

static bool fails(void) {
    if (countdown > 0) {
        countdown--;
        return false;
    }
    bool now = countdown == 0;
    if (now && !for_good) {
        countdown = -2; /* it has happened */
    }
    return now;
}

static void *allocate(int size) {
    return fails() ? NULL : system_memory.xMalloc(size);
}

static void *reallocate(void *old, int size) {
    return fails() ? NULL : system_memory.xRealloc(old, size);
}

static void fail_after(long allocations, bool all) {
    countdown = allocations;
    for_good = all;
}

/* Ends the failing; tells whether anything failed. */
static bool has_failed(void) {
    bool happened = countdown == -2 || (for_good && countdown == 0);
    countdown = -1;
    return happened;
}

/* ---- the writer ----------------------------------------------------------------------------- */

static int ignore_entry(void *context, const ro_ledger_entry *entry) {
    (void)context;
    return entry->size == 77;
}

static ro_status call_writer(fixture *f, ro_writer *writer, int which, ro_prepared *changed) {
    bool found;
    int64_t articles;
    ro_change change;
    ro_ledger_entry entry = {.path = RO_STR("dir/new"), .size = 1};
    (void)f;
    switch (which) {
    case 0:
        return ro_writer_delete(writer, RO_STR("7"), &found, NULL);
    case 1:
        return ro_writer_put(writer, changed, &change, NULL);
    case 2:
        return ro_writer_set(writer, "name", RO_STR("value"), NULL);
    case 3:
        return ro_ledger_get(writer, RO_STR("dir/a"), &entry, &found, NULL);
    case 4:
        return ro_ledger_put(writer, &entry, NULL);
    case 5:
        return ro_ledger_each(writer, RO_STR("dir"), ignore_entry, NULL, NULL);
    case 6:
        return ro_ledger_prune(writer, RO_STR("dir/a"), &articles, NULL);
    case 7:
        return ro_ledger_delete(writer, RO_STR("dir/a"), &articles, NULL);
    default:
        return ro_writer_commit(writer, NULL);
    }
}
#define WRITER_CALLS 9

static void put_from(fixture *f, ro_writer *writer, const char *id, const char *origin) {
    ro_article article = article_of(id, "", "alpha and some words");
    article.origin = ro_str_from(origin);
    (void)put_article(f, writer, &article);
}

static void start_over(fixture *f) {
    ro_index_close(f->index);
    remove_directory(f->directory);
    OK(ro_index_open(f->directory, RO_INDEX_CREATE, &f->index, NULL));
    ro_writer *writer = open_writer(f);
    ro_ledger_entry entry = {.path = RO_STR("dir/a"), .size = 1};
    put_many(f, writer, 0, 20);
    put_from(f, writer, "x", "dir/a");
    OK(ro_ledger_put(writer, &entry, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

/* A put, then the call with its n-th allocation failing, then a put and a commit: whatever they
 * say, the index is sound, and holds what was acknowledged. */
static bool write_with_failure(fixture *f, int which, long n, bool all) {
    ro_prepared *changed;
    ro_prepared *after;
    ro_change change;
    ro_article article = article_of("8", "", "alpha is now of other words");
    OK(ro_prepare(f->preparer, &article, NULL, &changed, NULL));
    article.id = RO_STR("after");
    OK(ro_prepare(f->preparer, &article, NULL, &after, NULL));
    ro_writer *writer = open_writer(f);
    put_from(f, writer, "before", "dir/b");
    fail_after(n, all);
    (void)call_writer(f, writer, which, changed);
    bool failed = has_failed();
    ro_status put = ro_writer_put(writer, after, &change, NULL);
    ro_status commit = ro_writer_commit(writer, NULL);
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_doc doc;
    assert_sound(snapshot);
    if (!commit) {
        OK(put);
        OK(ro_snapshot_find(snapshot, RO_STR("before"), &doc, NULL));
        OK(ro_snapshot_find(snapshot, RO_STR("after"), &doc, NULL));
    }
    ro_snapshot_close(snapshot);
    ro_prepared_free(changed);
    ro_prepared_free(after);
    return failed;
}

static void a_writer_without_memory_stays_whole(void **state) {
    fixture *f = *state;
    for (int which = 0; which < WRITER_CALLS; which++) {
        for (int all = 0; all < 2; all++) {
            bool failed = true;
            for (long n = 0; failed; n += 1 + n / 2) {
                start_over(f);
                failed = write_with_failure(f, which, n, all);
                assert_true(failed || n > 0 || which == 8);
            }
        }
    }
}

/* ---- the snapshot --------------------------------------------------------------------------- */

static void ignore_problem(void *context, const char *problem) {
    ++*(int *)context;
    assert_true(*problem);
}

static int ignore_article(void *context, ro_doc doc, const ro_article *article) {
    (void)context;
    (void)doc;
    return article->id.len > 1000;
}

static ro_status call_snapshot(fixture *f, ro_snapshot *snapshot, int which) {
    ro_search search = search_of(term_of(f, "alpha"), 5);
    ro_found found;
    ro_article article;
    ro_index_stats stats;
    ro_word *words;
    ro_doc doc;
    size_t count;
    int64_t df;
    int problems = 0;
    switch (which) {
    case 0:
        return ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL);
    case 1:
        return ro_snapshot_article(snapshot, 3, true, &f->arena, &article, NULL);
    case 2:
        return ro_snapshot_find(snapshot, RO_STR("5"), &doc, NULL);
    case 3:
        return ro_snapshot_each(snapshot, 0, ignore_article, NULL, NULL);
    case 4:
        return ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("n"), 10, RO_DEADLINE_NEVER,
                                  &f->arena, &words, &count, NULL, NULL);
    case 5:
        return ro_document_frequency(snapshot, RO_KIND_ARTICLES, RO_STR("alpha"), false, &df, NULL);
    case 6:
        return ro_snapshot_stats(snapshot, &stats, NULL);
    case 7:
        return ro_snapshot_check(snapshot, ignore_problem, &problems, NULL);
    default:
        return ro_snapshot_refresh(snapshot, NULL);
    }
}
#define SNAPSHOT_CALLS 9

/* After a failure a commit comes by: no call mixes old and new, and a refresh heals. */
static bool read_with_failure(fixture *f, int which, long n, bool all) {
    start_over(f);
    ro_snapshot *snapshot = open_snapshot(f);
    if (which == SNAPSHOT_CALLS - 1) {
        ro_writer *writer = open_writer(f);
        put_from(f, writer, "early", "dir/b");
        OK(ro_writer_commit(writer, NULL));
        ro_writer_close(writer);
    }
    fail_after(n, all);
    (void)call_snapshot(f, snapshot, which);
    bool failed = has_failed();
    ro_writer *writer = open_writer(f);
    put_from(f, writer, "late", "dir/b");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_search search = search_of(term_of(f, "alpha"), 50);
    ro_found found;
    ro_index_stats stats;
    if (!ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL)) {
        assert_int_equal(found.total, ro_snapshot_articles(snapshot));
    }
    ro_doc doc;
    assert_int_not_equal(ro_snapshot_find(snapshot, RO_STR("late"), &doc, NULL), RO_OK);
    OK(ro_snapshot_refresh(snapshot, NULL));
    OK(ro_snapshot_find(snapshot, RO_STR("late"), &doc, NULL));
    OK(ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL));
    OK(ro_snapshot_stats(snapshot, &stats, NULL));
    assert_int_equal(found.total, stats.articles);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    return failed;
}

static void a_snapshot_without_memory_never_mixes_commits(void **state) {
    fixture *f = *state;
    for (int which = 0; which < SNAPSHOT_CALLS; which++) {
        for (int all = 0; all < 2; all++) {
            bool failed = true;
            for (long n = 0; failed; n += 1 + n / 2) {
                failed = read_with_failure(f, which, n, all);
            }
        }
    }
}

int main(void) {
    sqlite3_mem_methods memory;
    (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
    memory = system_memory;
    memory.xMalloc = allocate;
    memory.xRealloc = reallocate;
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* so that more allocations can fail */
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_writer_without_memory_stays_whole),
        TEST(a_snapshot_without_memory_never_mixes_commits),
    };
    return cmocka_run_group_tests_name("index_memory", tests, NULL, NULL);
}
