/* indexer/pipeline with an extractor: the facts of the sample articles, stored and kept in step. */
#include "readout/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define OK(call) assert_int_equal((call), RO_OK)

typedef struct scene {
    char directory[64];
    ro_index *index;
    ro_extractor *extractor;
    ro_pipeline pipeline;
    ro_report report;
    ro_snapshot *snapshot;
    ro_arena arena;
    size_t with_facts;
} scene;

static int set_up(void **state) {
    scene *s = calloc(1, sizeof *s);
    char index[80];
    (void)snprintf(s->directory, sizeof s->directory, "/tmp/readout-facts-XXXXXX");
    assert_non_null(mkdtemp(s->directory));
    (void)snprintf(index, sizeof index, "%s/index", s->directory);
    OK(ro_index_open(index, RO_INDEX_CREATE, &s->index, NULL));
    OK(ro_extractor_new(RO_STR_NONE, &s->extractor, NULL));
    s->pipeline = ro_pipeline_default(s->index);
    s->pipeline.extractor = s->extractor;
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    char command[100];
    if (s->snapshot) {
        ro_snapshot_close(s->snapshot);
    }
    ro_index_close(s->index);
    ro_extractor_free(s->extractor);
    ro_arena_release(&s->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", s->directory);
    int status = system(command); // NOLINT(cert-env33-c): a fixed command
    free(s);
    return status;
}

static void add_samples(scene *s) {
    char path[4096];
    const char *source = getenv("READOUT_SOURCE");
    if (!source) {
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/tests/samples", source);
    const char *const paths[] = {path};
    ro_error err = RO_ERROR_INIT;
    if (ro_pipeline_add(&s->pipeline, paths, 1, &s->report, &err)) {
        fail_msg("%s", err.message);
    }
    if (s->snapshot) {
        OK(ro_snapshot_refresh(s->snapshot, NULL));
    } else {
        OK(ro_snapshot_open(s->index, &s->snapshot, NULL));
    }
}

static void print_problem(void *context, const char *problem) {
    (void)context;
    fail_msg("%s", problem);
}

static ro_index_stats stats_of(scene *s) {
    ro_index_stats stats;
    OK(ro_snapshot_stats(s->snapshot, &stats, NULL));
    OK(ro_snapshot_check(s->snapshot, print_problem, NULL, NULL));
    return stats;
}

/* As they are written for reading, without what the article itself has. */
static ro_str text_of(scene *s, const ro_facts *facts, ro_str body) {
    ro_buf out = RO_BUF_INIT;
    ro_facts bare = *facts;
    bare.key = bare.title = bare.credit = bare.photo_credit = RO_STR_NONE;
    bare.dateline = (ro_dateline){0};
    ro_facts_write_json(&bare, body, &out);
    ro_str text = ro_arena_copy(&s->arena, ro_buf_str(&out));
    ro_buf_release(&out);
    return text;
}

static int compare_facts(void *context, ro_doc doc, const ro_article *article) {
    scene *s = context;
    ro_facts made = {.published = RO_TIME_NONE};
    ro_facts stored;
    bool english = ro_str_equal(article->language, RO_STR("en"));
    if (english) {
        OK(ro_extract(s->extractor, article, &s->arena, &made, NULL));
    }
    OK(ro_snapshot_facts(s->snapshot, doc, &s->arena, &stored, NULL));
    if (!ro_str_equal(text_of(s, &made, article->body), text_of(s, &stored, article->body))) {
        fail_msg("the facts of '%.*s' came back otherwise", RO_STR_ARG(article->id));
    }
    s->with_facts += stored.talk_count || stored.statement_count || stored.person_count;
    return 0;
}

static void facts_of_the_samples_come_back_as_extracted(void **state) {
    scene *s = *state;
    add_samples(s);
    OK(ro_snapshot_each(s->snapshot, 0, compare_facts, s, NULL));
    assert_true(s->with_facts > 10);
    ro_index_stats stats = stats_of(s);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        assert_true(stats.documents[kind] > 0);
    }
}

static void facts_follow_what_is_read_again_and_deleted(void **state) {
    scene *s = *state;
    add_samples(s);
    ro_index_stats with = stats_of(s);
    s->pipeline.force = true;
    s->pipeline.extractor = NULL;
    add_samples(s);
    ro_index_stats without = stats_of(s);
    assert_int_equal(without.articles, with.articles);
    assert_int_equal(without.documents[RO_KIND_STATEMENTS], 0);
    s->pipeline.extractor = s->extractor;
    add_samples(s);
    ro_index_stats again = stats_of(s);
    assert_memory_equal(again.documents, with.documents, sizeof again.documents);
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/tests/samples", getenv("READOUT_SOURCE"));
    const char *const paths[] = {path};
    OK(ro_pipeline_delete(&s->pipeline, paths, 1, &s->report, NULL));
    OK(ro_snapshot_refresh(s->snapshot, NULL));
    ro_index_stats gone = stats_of(s);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        assert_int_equal(gone.documents[kind], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_of_the_samples_come_back_as_extracted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(facts_follow_what_is_read_again_and_deleted, set_up,
                                        tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
