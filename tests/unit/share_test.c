/* core/index/share: what views of one index hold together, and that none sees another's commit. */
#include "core/index/share.h"
#include "core/index/snapshot.h"
#include "index_fixture.h"

#include <pthread.h>

#define CHUNKS 3

/* A view of the columns by themselves: a connection in a transaction of its own. */
typedef struct view {
    sqlite3 *db;
    int64_t revision;
    ro_columns columns;
} view;

static void run(sqlite3 *db, const char *sql) {
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void begin(fixture *f, view *v, int64_t revision) {
    if (!v->db) {
        ro_columns_init(&v->columns, RO_KIND_ARTICLES);
        assert_int_equal(sqlite3_open(f->file, &v->db), SQLITE_OK);
    } else {
        run(v->db, "COMMIT");
    }
    run(v->db, "BEGIN; SELECT count(*) FROM chunk_articles");
    v->revision = revision;
}

static void load(fixture *f, view *v, bool lists) {
    OK(ro_share_columns(f->index->share, &v->columns, v->db, v->revision, lists, NULL));
}

static void end(view *v) {
    ro_columns_release(&v->columns);
    assert_int_equal(sqlite3_close(v->db), SQLITE_OK);
}

/* Commits a document in each chunk, its words and its one value being `number`. */
static void commit(fixture *f, int chunks, uint32_t number, int64_t revision) {
    sqlite3 *db;
    ro_columns columns;
    uint32_t value = ro_listed(RO_COLUMN_SIDE, number);
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    ro_columns_init(&columns, RO_KIND_ARTICLES);
    for (int i = 0; i < chunks; i++) {
        ro_record record = {.body_words = number, .live = 1};
        ro_doc doc = (ro_doc)i * RO_CHUNK_DOCS + 7;
        OK(ro_columns_set(&columns, db, doc, &record, (ro_list){&value, 1}, NULL));
    }
    OK(ro_columns_store(&columns, db, revision, NULL));
    ro_columns_release(&columns);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void assert_holds(const view *v, int chunk, uint32_t number) {
    ro_doc doc = (ro_doc)chunk * RO_CHUNK_DOCS + 7;
    const ro_record *record = ro_columns_get(&v->columns, doc);
    assert_non_null(record);
    assert_int_equal(record->body_words, number);
    if (v->columns.lists_loaded) {
        ro_list list = ro_columns_list(&v->columns, doc);
        assert_int_equal(list.count, 1);
        assert_int_equal(list.at ? ro_listed_id(*list.at) : 0, number);
    }
}

/* What a row of chunk_articles is inserted for, one after the other. */
typedef struct inserted {
    sqlite3_int64 chunks[CHUNKS];
    int count;
} inserted;

static void on_insert(void *context, int what, const char *database, const char *table,
                      sqlite3_int64 row) {
    inserted *in = context;
    (void)what;
    (void)database;
    assert_string_equal(table, "chunk_articles");
    assert_true(in->count < CHUNKS);
    in->chunks[in->count++] = row;
}

static void chunks_are_stored_in_the_order_in_which_they_are_read(void **state) {
    static const ro_record record = {.live = 1};
    fixture *f = *state;
    inserted in = {.count = 0};
    sqlite3 *db;
    ro_columns columns;
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    ro_columns_init(&columns, RO_KIND_ARTICLES);
    for (int i = CHUNKS; i-- > 0;) {
        ro_doc doc = (ro_doc)i * RO_CHUNK_DOCS + 7;
        OK(ro_columns_set(&columns, db, doc, &record, (ro_list){NULL, 0}, NULL));
    }
    (void)sqlite3_update_hook(db, on_insert, &in);
    OK(ro_columns_store(&columns, db, 10, NULL));
    assert_int_equal(in.count, CHUNKS);
    for (int i = 0; i < CHUNKS; i++) {
        assert_int_equal(in.chunks[i], i);
        assert_int_equal(columns.chunks[i] != NULL, i == CHUNKS - 1); /* the last one stays */
    }
    ro_columns_release(&columns);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void views_of_one_commit_hold_the_same_chunks(void **state) {
    fixture *f = *state;
    view a = {0};
    view b = {0};
    commit(f, CHUNKS, 1, 10);
    begin(f, &a, 10);
    begin(f, &b, 10);
    load(f, &a, false);
    load(f, &b, false);
    for (int i = 0; i < CHUNKS; i++) {
        assert_holds(&b, i, 1);
        assert_ptr_equal(a.columns.chunks[i], b.columns.chunks[i]);
    }
    assert_int_equal(b.columns.totals.documents, CHUNKS);
    end(&a);
    assert_holds(&b, 0, 1);
    end(&b);
}

/* ---- views that are opened at a time ------------------------------------------------------- */

#define VIEWS 6
#define MANY 400 /* chunks: several times what a view reads at a time */

typedef struct opening {
    fixture *f;
    view view;
    pthread_barrier_t *start;
    ro_status status;
} opening;

static void *open_view(void *context) {
    opening *o = context;
    view *v = &o->view;
    (void)pthread_barrier_wait(o->start);
    o->status = ro_share_columns(o->f->index->share, &v->columns, v->db, v->revision, false, NULL);
    return NULL;
}

static void open_together(opening openings[VIEWS]) {
    pthread_barrier_t start;
    pthread_t threads[VIEWS];
    assert_int_equal(pthread_barrier_init(&start, NULL, VIEWS), 0);
    for (int i = 0; i < VIEWS; i++) {
        openings[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, open_view, &openings[i]), 0);
    }
    for (int i = 0; i < VIEWS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    (void)pthread_barrier_destroy(&start);
}

static void views_that_are_opened_at_a_time_load_together(void **state) {
    fixture *f = *state;
    opening openings[VIEWS] = {0};
    commit(f, MANY, 1, 10);
    for (int i = 0; i < VIEWS; i++) {
        openings[i].f = f;
        begin(f, &openings[i].view, 10);
    }
    open_together(openings);
    for (int i = 0; i < VIEWS; i++) {
        const ro_columns *columns = &openings[i].view.columns;
        assert_int_equal(openings[i].status, RO_OK);
        assert_int_equal(columns->revision, 10);
        assert_int_equal(columns->totals.documents, MANY);
        for (int chunk = 0; chunk < MANY; chunk++) {
            assert_holds(&openings[i].view, chunk, 1);
            assert_ptr_equal(columns->chunks[chunk], openings[0].view.columns.chunks[chunk]);
        }
    }
    for (int i = 0; i < VIEWS; i++) {
        end(&openings[i].view);
    }
}

static void views_of_two_commits_that_are_opened_at_a_time_see_their_own(void **state) {
    fixture *f = *state;
    opening openings[VIEWS] = {0};
    commit(f, MANY, 1, 10);
    for (int i = 0; i < VIEWS; i++) {
        if (i == VIEWS / 2) {
            commit(f, MANY / 2, 2, 11);
        }
        openings[i].f = f;
        begin(f, &openings[i].view, i < VIEWS / 2 ? 10 : 11);
    }
    open_together(openings);
    for (int i = 0; i < VIEWS; i++) {
        assert_int_equal(openings[i].status, RO_OK);
        assert_int_equal(openings[i].view.columns.totals.documents, MANY);
        for (int chunk = 0; chunk < MANY; chunk++) {
            assert_holds(&openings[i].view, chunk, i >= VIEWS / 2 && chunk < MANY / 2 ? 2 : 1);
        }
    }
    for (int i = 0; i < VIEWS; i++) {
        end(&openings[i].view);
    }
}

static void assert_fails_all(fixture *f, const char *breaks) {
    opening openings[VIEWS] = {0};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
    run(db, breaks);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    for (int i = 0; i < VIEWS; i++) {
        openings[i].f = f;
        begin(f, &openings[i].view, 10);
    }
    open_together(openings);
    for (int i = 0; i < VIEWS; i++) {
        assert_int_equal(openings[i].status, RO_DAMAGED);
        end(&openings[i].view);
    }
}

static void a_broken_chunk_fails_all_who_load_it(void **state) {
    commit(*state, MANY, 1, 10);
    assert_fails_all(*state, "UPDATE chunk_articles SET records = x'00' WHERE chunk = 300");
}

static void chunks_of_impossible_numbers_fail_at_once(void **state) {
    commit(*state, 1, 1, 10);
    assert_fails_all(*state, "UPDATE chunk_articles SET chunk = 1 << 62");
    assert_fails_all(*state, "UPDATE chunk_articles SET chunk = -1");
}

/* ---- views that go on ----------------------------------------------------------------------- */

static void a_view_that_goes_on_leaves_others_where_they_are(void **state) {
    fixture *f = *state;
    view old = {0};
    view on = {0};
    view late = {0};
    commit(f, CHUNKS, 1, 10);
    begin(f, &old, 10);
    begin(f, &on, 10);
    begin(f, &late, 10);
    load(f, &old, false);
    load(f, &on, false);
    commit(f, 1, 2, 11);
    begin(f, &on, 11);
    load(f, &on, false);
    assert_holds(&old, 0, 1);
    assert_holds(&on, 0, 2);
    assert_ptr_equal(old.columns.chunks[1], on.columns.chunks[1]);
    load(f, &late, true); /* of a commit that is no longer the newest */
    load(f, &old, true);
    assert_holds(&late, 0, 1);
    assert_holds(&old, 0, 1);
    assert_holds(&on, 0, 2);
    end(&old);
    end(&on);
    end(&late);
}

static void lists_come_to_those_who_ask_and_stay(void **state) {
    fixture *f = *state;
    view with = {0};
    view without = {0};
    commit(f, CHUNKS, 1, 10);
    begin(f, &with, 10);
    begin(f, &without, 10);
    load(f, &without, false);
    load(f, &with, false);
    load(f, &with, true);
    assert_true(with.columns.lists_loaded && !without.columns.lists_loaded);
    assert_int_equal(ro_columns_list(&without.columns, 7).count, 0);
    assert_holds(&with, 2, 1);
    commit(f, 2, 2, 11);
    begin(f, &without, 11);
    begin(f, &with, 11);
    load(f, &without, false);
    load(f, &with, false);
    assert_true(with.columns.lists_loaded);
    for (int i = 0; i < CHUNKS; i++) {
        assert_holds(&with, i, i < 2 ? 2 : 1);
        assert_holds(&without, i, i < 2 ? 2 : 1);
        assert_ptr_equal(with.columns.chunks[i], without.columns.chunks[i]);
    }
    end(&with);
    end(&without);
}

static void snapshots_open_a_leaf_once(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 2000);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_writer_optimize(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *a = open_snapshot(f);
    ro_snapshot *b = open_snapshot(f);
    assert_int_equal(a->leaves.count, 1);
    assert_ptr_equal(a->leaves.at[0].segment, b->leaves.at[0].segment);
    assert_non_null(a->leaves.at[0].segment->asked); /* searches are expected */
    ro_snapshot_close(a);
    assert_int_equal(count_of(f, b, "beta"), 667);
    ro_snapshot_close(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chunks_are_stored_in_the_order_in_which_they_are_read,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(views_of_one_commit_hold_the_same_chunks, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(views_that_are_opened_at_a_time_load_together, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            views_of_two_commits_that_are_opened_at_a_time_see_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_chunk_fails_all_who_load_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chunks_of_impossible_numbers_fail_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_view_that_goes_on_leaves_others_where_they_are, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(lists_come_to_those_who_ask_and_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(snapshots_open_a_leaf_once, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
