/* For tests of sealed leaves: an index of forty articles in leaves of so many. */
#ifndef READOUT_TESTS_LEAVES_FIXTURE_H
#define READOUT_TESTS_LEAVES_FIXTURE_H

#include "core/index/snapshot.h"
#include "core/index/writer.h"
#include "index_fixture.h"

#include <dirent.h>

#define ARTICLES 40

static inline void put(fixture *f, ro_writer *writer, unsigned number, const char *body) {
    char id[16];
    char text[128];
    (void)snprintf(id, sizeof id, "%u", number);
    (void)snprintf(text, sizeof text, "%s number%u peace talks", body, number);
    ro_article article = {.id = ro_str_from(id),
                          .title = RO_STR("Talks"),
                          .body = ro_str_from(text),
                          .published = RO_TIME_NONE,
                          .language = RO_STR("en")};
    ro_prepared *prepared;
    ro_change change;
    OK(ro_prepare(f->preparer, &article, NULL, &prepared, NULL));
    OK(ro_writer_put(writer, prepared, &change, NULL));
    ro_prepared_free(prepared);
}

/* All of them, in sealed leaves of so many. */
static inline void fill(fixture *f, unsigned every) {
    ro_writer *writer = open_writer(f);
    writer->collections[RO_KIND_ARTICLES].hot_words_max = 0;
    for (unsigned i = 1; i <= ARTICLES; i++) {
        put(f, writer, i, i % 2 ? "odd" : "even");
        if (i % every == 0) {
            OK(ro_writer_commit(writer, NULL));
        }
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static inline ro_status count(fixture *f, const char *term, int64_t *total) {
    ro_snapshot *snapshot = open_snapshot(f);
    ro_match *match = ro_match_new(&f->arena, RO_MATCH_TERM);
    match->term = ro_str_from(term);
    ro_search search = {
        .match = match, .rank = RO_RANK_DEFAULT, .k = 5, .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    ro_status status = ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL);
    *total = found.total;
    ro_snapshot_close(snapshot);
    return status;
}

static inline void finds(fixture *f, const char *term, int64_t expected) {
    int64_t total;
    OK(count(f, term, &total));
    assert_int_equal(total, expected);
}

static inline void sizes_are_told_by_leaf(void **state) {
    fixture *f = *state;
    fill(f, ARTICLES / 4);
    ro_writer *writer = open_writer(f);
    put(f, writer, ARTICLES + 1, "hot");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_index_sizes sizes;
    OK(ro_snapshot_sizes(snapshot, &sizes, NULL));
    ro_snapshot_close(snapshot);
    const ro_leaf_sizes *leaves = &sizes.leaves[RO_KIND_ARTICLES];
    assert_int_equal(leaves->segments, 4);
    assert_int_equal(leaves->sealed_documents, ARTICLES);
    assert_int_equal(leaves->hot_documents, 1);
    assert_true(leaves->hot_bytes > 0 && leaves->sealed_bytes > 0);
    assert_true(sizes.disk_bytes > leaves->hot_bytes + leaves->sealed_bytes);
    assert_int_equal(sizes.leaves[RO_KIND_TALKS].hot_documents, 0);
    assert_int_equal(sizes.leaves[RO_KIND_TALKS].segments, 0);
}

static inline void count_problem(void *context, const char *problem) {
    (void)problem;
    ++*(int *)context;
}

static inline int problems_of(fixture *f) {
    int problems = 0;
    ro_snapshot *snapshot = open_snapshot(f);
    OK(ro_snapshot_check(snapshot, count_problem, &problems, NULL));
    ro_snapshot_close(snapshot);
    return problems;
}

/* The path of the first segment file, and how many there are. */
static inline unsigned files_of(const fixture *f, char path[512]) {
    char directory[96];
    unsigned files = 0;
    (void)snprintf(directory, sizeof directory, "%s/segments", f->directory);
    DIR *entries = opendir(directory);
    for (struct dirent *at; entries && (at = readdir(entries)) != NULL;) { // NOLINT(concurrency-*)
        if (at->d_name[0] != '.') {
            (void)snprintf(path, 512, "%s/%s", directory, at->d_name);
            files++;
        }
    }
    if (entries) {
        (void)closedir(entries);
    }
    return files;
}

#endif
