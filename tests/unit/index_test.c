/* core/index: articles in and out, search, dictionary, ledger. */
#include "readout/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define OK(call) assert_int_equal((call), RO_OK)

typedef struct fixture {
    char directory[64];
    ro_index *index;
    ro_preparer *preparer;
    ro_arena arena;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/readout-index-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    ro_error err = RO_ERROR_INIT;
    if (ro_index_open(f->directory, RO_INDEX_CREATE, &f->index, &err)) {
        fail_msg("%s", err.message);
    }
    OK(ro_preparer_new(&f->preparer, NULL));
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    char command[128];
    ro_preparer_free(f->preparer);
    ro_index_close(f->index);
    ro_arena_release(&f->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static ro_writer *writer_of(fixture *f) {
    ro_writer *writer;
    ro_error err = RO_ERROR_INIT;
    if (ro_writer_open(f->index, RO_DEADLINE_NEVER, &writer, &err)) {
        fail_msg("%s", err.message);
    }
    return writer;
}

static ro_change put(fixture *f, ro_writer *writer, const ro_article *article) {
    ro_prepared *prepared;
    ro_change change;
    ro_error err = RO_ERROR_INIT;
    OK(ro_prepare(f->preparer, article, &prepared, NULL));
    if (ro_writer_put(writer, prepared, &change, &err)) {
        fail_msg("%s", err.message);
    }
    ro_prepared_free(prepared);
    return change;
}

static ro_article article_of(const char *id, const char *title, const char *body) {
    return (ro_article){.id = ro_str_from(id),
                        .title = ro_str_from(title),
                        .body = ro_str_from(body),
                        .language = RO_STR("en"),
                        .source = RO_STR("Reuters"),
                        .published = 1700000000};
}

static void put_samples(fixture *f) {
    static const char *const texts[][3] = {
        {"a", "Peace talks resume", "Talks about peace resumed in Riyadh. The talk was long."},
        {"b", "Energy deal", "A deal on energy. No peace was talked about."},
        {"c", "", "Nothing of that kind stands here."}};
    ro_writer *writer = writer_of(f);
    for (size_t i = 0; i < 3; i++) {
        ro_article article = article_of(texts[i][0], texts[i][1], texts[i][2]);
        assert_int_equal(put(f, writer, &article), RO_ADDED);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static ro_match *term(fixture *f, const char *stem) {
    ro_match *node = ro_match_new(&f->arena, RO_MATCH_TERM);
    node->term = ro_str_from(stem);
    return node;
}

static ro_found search(fixture *f, ro_snapshot *snapshot, const ro_match *match) {
    ro_search query = {.match = match,
                       .rank = RO_RANK_DEFAULT,
                       .k = 10,
                       .facets = 15,
                       .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    ro_error err = RO_ERROR_INIT;
    if (ro_snapshot_search(snapshot, &query, &f->arena, &found, &err)) {
        fail_msg("%s", err.message);
    }
    return found;
}

static void an_article_is_found_by_its_words(void **state) {
    fixture *f = *state;
    put_samples(f);
    ro_snapshot *snapshot;
    OK(ro_snapshot_open(f->index, &snapshot, NULL));
    ro_found found = search(f, snapshot, term(f, "peac"));
    assert_int_equal(found.total, 2);
    assert_int_equal(found.hit_count, 2);
    assert_true(found.hits[0].score > found.hits[1].score);
    ro_article article;
    OK(ro_snapshot_article(snapshot, found.hits[0].doc, true, &f->arena, &article, NULL));
    assert_true(ro_str_equal(article.id, RO_STR("a")));
    assert_true(ro_str_starts_with(article.body, RO_STR("Talks about peace")));
    ro_match *exact = term(f, "talk");
    exact->exact = true;
    found = search(f, snapshot, exact);
    assert_int_equal(found.total, 1);
    ro_snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_article_is_found_by_its_words, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
