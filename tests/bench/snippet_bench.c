/* snippet_bench [KB] <NDJSON: processor milliseconds from a found article to its snippets, on one
 * long article (500 KB unless said) joined of those on stdin: decompression, analysis, marks and
 * passages.
 */
#include "bench.h"

#include "readout/query.h"

#include <ftw.h>

#define ROUNDS 41

/* The bodies of articles on stdin, one after the other. */
static void read_body(ro_buf *body, size_t size) {
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t len; body->len < size && (len = getline(&line, &capacity, stdin)) > 0;) {
        json_t *article = json_loadb(line, (size_t)len, 0, NULL);
        const json_t *text = json_object_get(article, "body");
        ro_buf_add(body, json_string_value(text), json_string_length(text));
        ro_buf_add_str(body, RO_STR("\n\n"));
        json_decref(article);
    }
    free(line);
    ro_buf_add_str(body, RO_STR("\n\nAt last the zanzibar protocol was signed by all parties."));
}

static void measure(ro_searcher *searcher, const char *q, size_t snippets) {
    double times[ROUNDS];
    ro_error err = RO_ERROR_INIT;
    ro_request request = ro_request_default();
    request.q = ro_str_from(q);
    request.match = RO_MATCH_MODE_ANY;
    request.snippets = snippets;
    for (size_t i = 0; i < ROUNDS; i++) {
        json_t *answer;
        double start = spent_ms();
        must(ro_searcher_search(searcher, &request, &answer, &err), &err);
        times[i] = spent_ms() - start;
        json_decref(answer);
    }
    qsort(times, ROUNDS, sizeof *times, compare_doubles);
    printf("%-24s %zu snippets: %6.2f ms median (%.2f to %.2f)\n", q, snippets, times[ROUNDS / 2],
           times[0], times[ROUNDS - 1]);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

int main(int argc, char **argv) {
    static const char *const queries[] = {"zanzibar protocol", "the protocol", "the",
                                          "\"zanzibar protocol\" the in", "the of and to in zanz*"};
    char directory[] = "/tmp/readout-snippet-bench-XXXXXX";
    ro_error err = RO_ERROR_INIT;
    ro_buf body = RO_BUF_INIT;
    ro_index *index;
    ro_writer *writer;
    ro_preparer *preparer;
    ro_prepared *prepared;
    ro_searcher *searcher;
    ro_change change;
    size_t size = (argc > 1 ? strtoul(argv[1], NULL, 10) : 500) * 1000;
    if (!mkdtemp(directory)) {
        return 2;
    }
    read_body(&body, size);
    ro_article article = {.id = RO_STR("long"),
                          .title = RO_STR("A long article"),
                          .body = ro_buf_str(&body),
                          .language = RO_STR("en"),
                          .published = RO_TIME_NONE};
    must(ro_index_open(directory, RO_INDEX_CREATE, &index, &err), &err);
    must(ro_preparer_new(&preparer, &err), &err);
    must(ro_writer_open(index, ro_deadline_in_ms(1000), &writer, &err), &err);
    must(ro_prepare(preparer, &article, NULL, &prepared, &err), &err);
    must(ro_writer_put(writer, prepared, &change, &err), &err);
    must(ro_writer_commit(writer, &err), &err);
    must(ro_searcher_open(index, &searcher, &err), &err);
    printf("one article of %zu KB; 0 snippets is the search alone\n", body.len / 1000);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        measure(searcher, queries[i], 0);
        measure(searcher, queries[i], 3);
    }
    ro_searcher_close(searcher);
    ro_prepared_free(prepared);
    ro_writer_close(writer);
    ro_preparer_free(preparer);
    ro_index_close(index);
    ro_buf_release(&body);
    return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
