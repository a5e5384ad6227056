/* query: hits of facts of an article that has very many of them. */
#include "index_fixture.h"

#include "readout/extract.h"
#include "readout/query.h"

#include <jansson.h>
#include <sqlite3.h>

#define STATEMENTS 6000

/* One article whose every sentence is a statement, and two of a few. */
static void put_articles(fixture *f) {
    static const char *const IDS[] = {"few", "many", "other"};
    ro_extractor *extractor = NULL;
    ro_writer *writer = open_writer(f);
    OK(ro_extractor_new(RO_STR_NONE, &extractor, NULL));
    for (size_t i = 0; i < 3; i++) {
        ro_buf body = RO_BUF_INIT;
        for (size_t n = 0; n < (i == 1 ? STATEMENTS : 3); n++) {
            ro_buf_printf(
                &body,
                "Russian Foreign Minister Sergei Lavrov said the harbour of city%zu was open. ", n);
        }
        ro_buf_add_byte(&body, '\0');
        ro_article article = article_of(IDS[i], "Harbours", body.ptr);
        (void)put_extracted(f, writer, extractor, &article);
        ro_buf_release(&body);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_extractor_free(extractor);
}

/* A searcher of these articles, and a request for their facts of a kind. */
static ro_searcher *open_searcher(fixture *f, ro_str q, ro_kind kind, ro_request *request) {
    ro_searcher *searcher;
    put_articles(f);
    OK(ro_searcher_open(f->index, &searcher, NULL));
    *request = ro_request_default();
    request->q = q;
    request->kind = (int)kind;
    return searcher;
}

static int64_t rows; /* read from a database that was opened since they are counted */

static int count_row(unsigned kind, void *context, void *statement, void *unused) {
    (void)kind;
    (void)context;
    (void)statement;
    (void)unused;
    rows++;
    return 0;
}

static int count_rows(sqlite3 *db, char **message, const void *routines) {
    (void)message;
    (void)routines;
    return sqlite3_trace_v2(db, SQLITE_TRACE_ROW, count_row, NULL);
}

static void facts_of_an_article_are_read_once_for_all_hits(void **state) {
    fixture *f = *state;
    ro_request request;
    (void)sqlite3_auto_extension((void (*)(void))count_rows);
    ro_searcher *searcher = open_searcher(f, RO_STR("harbour"), RO_KIND_STATEMENTS, &request);
    sqlite3_reset_auto_extension();
    json_t *answer = NULL;
    request.limit = 1000;
    rows = 0;
    OK(ro_searcher_search(searcher, &request, &answer, NULL));
    assert_in_range(rows, STATEMENTS, (int64_t)2 * STATEMENTS); /* for each hit: 1000 times that */
    json_t *hits = json_object_get(answer, "hits");
    assert_int_equal(json_array_size(hits), 1000);
    double score = 1e9;
    for (size_t i = 0; i < 1000; i++) {
        const json_t *hit = json_array_get(hits, i);
        assert_true(json_real_value(json_object_get(hit, "score")) <= score);
        score = json_real_value(json_object_get(hit, "score"));
        assert_non_null(strstr(json_string_value(json_object_get(hit, "content")), "harbour"));
    }
    json_decref(answer);
    ro_searcher_close(searcher);
}

static void people_tell_which_articles_support_them(void **state) {
    fixture *f = *state;
    ro_request request;
    ro_searcher *searcher = open_searcher(f, RO_STR("Lavrov"), RO_KIND_PARTICIPANTS, &request);
    json_t *answer = NULL;
    OK(ro_searcher_search(searcher, &request, &answer, NULL));
    json_t *group = json_object_get(json_array_get(json_object_get(answer, "hits"), 0), "group");
    assert_int_equal(json_integer_value(json_object_get(group, "articles")), 3);
    const json_t *supporting = json_object_get(group, "supporting");
    assert_int_equal(json_array_size(supporting), 3);
    const json_t *last = json_array_get(supporting, 0);
    assert_string_equal(json_string_value(json_object_get(last, "id")), "other");
    assert_string_equal(json_string_value(json_object_get(last, "title")), "Harbours");
    json_decref(answer);
    ro_searcher_close(searcher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_of_an_article_are_read_once_for_all_hits, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(people_tell_which_articles_support_them, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
