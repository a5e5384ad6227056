/* A small index in a directory of its own, for the tests of core/index. */
#ifndef READOUT_TESTS_INDEX_FIXTURE_H
#define READOUT_TESTS_INDEX_FIXTURE_H

#include "readout/extract.h"
#include "readout/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OK(call) assert_int_equal((call), RO_OK)

/* The call ends with this status and a message that holds the text. */
#define FAILS(call, status_, text_)                                                                \
    do {                                                                                           \
        ro_error *err = &(ro_error)RO_ERROR_INIT;                                                  \
        assert_int_equal((call), (status_));                                                       \
        assert_int_equal(err->status, (status_));                                                  \
        if (!strstr(err->message, (text_))) {                                                      \
            fail_msg("'%s' lacks '%s'", err->message, (text_));                                    \
        }                                                                                          \
    } while (0)

typedef struct fixture {
    char directory[64];
    char file[80]; /* catalog.db */
    ro_index *index;
    ro_preparer *preparer;
    ro_arena arena;
} fixture;

static inline void remove_directory(const char *path) {
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a fixed command
}

static inline int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    ro_error err = RO_ERROR_INIT;
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/readout-index-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    (void)snprintf(f->file, sizeof f->file, "%s/catalog.db", f->directory);
    if (ro_index_open(f->directory, RO_INDEX_CREATE, &f->index, &err)) {
        fail_msg("%s", err.message);
    }
    OK(ro_preparer_new(&f->preparer, NULL));
    *state = f;
    return 0;
}

static inline int tear_down(void **state) {
    fixture *f = *state;
    ro_preparer_free(f->preparer);
    ro_index_close(f->index);
    ro_arena_release(&f->arena);
    remove_directory(f->directory);
    free(f);
    return 0;
}

static inline ro_writer *open_writer(fixture *f) {
    ro_writer *writer = NULL;
    ro_error err = RO_ERROR_INIT;
    if (ro_writer_open(f->index, RO_DEADLINE_NEVER, &writer, &err)) {
        fail_msg("%s", err.message);
    }
    return writer;
}

static inline ro_snapshot *open_snapshot(fixture *f) {
    ro_snapshot *snapshot = NULL;
    ro_error err = RO_ERROR_INIT;
    if (ro_snapshot_open(f->index, &snapshot, &err)) {
        fail_msg("%s", err.message);
    }
    return snapshot;
}

static inline ro_article article_of(const char *id, const char *title, const char *body) {
    return (ro_article){.id = ro_str_from(id),
                        .title = ro_str_from(title),
                        .body = ro_str_from(body),
                        .language = RO_STR("en"),
                        .source = RO_STR("Reuters"),
                        .published = 1700000000};
}

static inline ro_change put_prepared(fixture *f, ro_writer *writer, const ro_article *article,
                                     const ro_facts *facts) {
    ro_prepared *prepared = NULL;
    ro_change change = RO_UNCHANGED;
    ro_error err = RO_ERROR_INIT;
    if (ro_prepare(f->preparer, article, facts, &prepared, &err) ||
        ro_writer_put(writer, prepared, &change, &err)) {
        fail_msg("%s", err.message);
    }
    ro_prepared_free(prepared);
    return change;
}

static inline ro_change put_article(fixture *f, ro_writer *writer, const ro_article *article) {
    return put_prepared(f, writer, article, NULL);
}

/* With what is found in it. */
static inline ro_change put_extracted(fixture *f, ro_writer *writer, const ro_extractor *extractor,
                                      const ro_article *article) {
    ro_error err = RO_ERROR_INIT;
    ro_facts facts;
    if (ro_extract(extractor, article, &f->arena, &facts, &err)) {
        fail_msg("%s", err.message);
    }
    return put_prepared(f, writer, article, &facts);
}

static inline ro_change put_text(fixture *f, ro_writer *writer, const char *id, const char *title,
                                 const char *body) {
    ro_article article = article_of(id, title, body);
    return put_article(f, writer, &article);
}

/* Articles "0" … "count - 1"; all hold `alpha`, every third `beta`, one in fifty `gamma`. */
static inline void put_many(fixture *f, ro_writer *writer, int from, int count) {
    for (int i = from; i < from + count; i++) {
        char id[16];
        char body[128];
        (void)snprintf(id, sizeof id, "%d", i);
        (void)snprintf(body, sizeof body, "alpha %s %s number%d words around alpha and more",
                       i % 3 ? "other" : "beta", i % 50 ? "plain" : "gamma", i);
        ro_article article = article_of(id, i % 2 ? "A title" : "", body);
        article.published = i % 7 ? (int64_t)i * 86400 * 10 : RO_TIME_NONE;
        article.source = i % 5 ? RO_STR("Reuters") : i % 2 ? RO_STR("AFP") : RO_STR_NONE;
        assert_int_not_equal(put_article(f, writer, &article), RO_UNCHANGED);
    }
}

static inline ro_match *term_of(fixture *f, const char *stem) {
    ro_match *node = ro_match_new(&f->arena, RO_MATCH_TERM);
    node->term = ro_str_from(stem);
    return node;
}

static inline ro_match *all_of(fixture *f) {
    return ro_match_new(&f->arena, RO_MATCH_ALL);
}

static inline ro_search search_of(const ro_match *match, size_t k) {
    return (ro_search){
        .match = match, .rank = RO_RANK_DEFAULT, .k = k, .deadline = RO_DEADLINE_NEVER};
}

static inline ro_found run_search(fixture *f, ro_snapshot *snapshot, const ro_search *search) {
    ro_found found;
    ro_error err = RO_ERROR_INIT;
    if (ro_snapshot_search(snapshot, search, &f->arena, &found, &err)) {
        fail_msg("%s", err.message);
    }
    return found;
}

static inline int64_t count_of(fixture *f, ro_snapshot *snapshot, const char *stem) {
    ro_search search = search_of(stem ? term_of(f, stem) : all_of(f), 0);
    return run_search(f, snapshot, &search).total;
}

static inline void print_problem(void *context, const char *problem) {
    ++*(int *)context;
    print_message("%s\n", problem);
}

static inline void assert_sound(ro_snapshot *snapshot) {
    int problems = 0;
    ro_error err = RO_ERROR_INIT;
    if (ro_snapshot_check(snapshot, print_problem, &problems, &err)) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(problems, 0);
}

#endif
