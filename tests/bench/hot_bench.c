/* Ranked OR, top 10: our collector beside FTS5's own ORDER BY rank, on the same table.
 *
 *   hot_bench INDEX QUERIES [EVERY]     one query a line; every EVERYth is run (10)
 *
 * Both get the same terms, made by the analyser, and take turns, so that a busy machine slows both.
 * Prints milliseconds a query and the ratio of the totals. */
#include "bench.h"

#include "core/index/catalog.h"

#define K 10
#define QUERIES_MAX 20000

typedef struct bench {
    ro_analyser *analyser;
    ro_snapshot *snapshot;
    sqlite3 *db;
    sqlite3_stmt *stock;
    ro_arena arena;
    ro_match *match; /* of the query at hand */
    ro_buf text;     /* the same for FTS5 */
    double ours_ms[QUERIES_MAX], stock_ms[QUERIES_MAX];
    size_t count;
} bench;

static int add_token(void *context, const ro_token *token) {
    bench *b = context;
    if (token->flags & RO_TOKEN_WHOLE) {
        return 0;
    }
    ro_match *term = ro_match_new(&b->arena, RO_MATCH_TERM);
    if (!term) {
        exit(2);
    }
    term->occur = RO_SHOULD;
    term->term = ro_arena_copy(&b->arena, token->stem);
    must(ro_match_add(&b->arena, b->match, term, NULL), NULL);
    ro_buf_printf(&b->text, "%s\"%.*s\"", b->text.len ? " OR " : "", RO_STR_ARG(token->stem));
    return 0;
}

static double run_ours(bench *b, ro_error *err) {
    ro_search search = {
        .match = b->match, .rank = RO_RANK_DEFAULT, .k = K, .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    int64_t start = ro_now_ns();
    must(ro_snapshot_search(b->snapshot, &search, &b->arena, &found, err), err);
    return (double)(ro_now_ns() - start) / 1e6;
}

static double run_stock(bench *b) {
    int64_t start = ro_now_ns();
    ro_sql_bind_text(b->stock, 1, ro_buf_str(&b->text));
    while (sqlite3_step(b->stock) == SQLITE_ROW) {
    }
    if (sqlite3_reset(b->stock) != SQLITE_OK) {
        (void)fprintf(stderr, "hot_bench: %s\n", sqlite3_errmsg(b->db));
        exit(2);
    }
    return (double)(ro_now_ns() - start) / 1e6;
}

static void run_query(bench *b, ro_str query, ro_error *err) {
    ro_arena_reset(&b->arena);
    ro_buf_clear(&b->text);
    b->match = ro_match_new(&b->arena, RO_MATCH_BOOL);
    must(ro_analyse(b->analyser, query, RO_STR("en"), add_token, b, err), err);
    if (b->match->child_count) {
        b->ours_ms[b->count] = run_ours(b, err);
        b->stock_ms[b->count] = run_stock(b);
        b->count++;
    }
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double print_times(const char *name, double *ms, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += ms[i];
    }
    qsort(ms, count, sizeof *ms, by_time);
    (void)printf("%-8s mean %8.3f ms   median %8.3f ms   p95 %8.3f ms\n", name, sum / (double)count,
                 ms[count / 2], ms[count * 95 / 100]);
    return sum;
}

static void open_index(bench *b, const char *directory, ro_index **index, ro_error *err) {
    ro_replay *replay;
    must(ro_index_open(directory, RO_INDEX_READ, index, err), err);
    must(ro_snapshot_open(*index, &b->snapshot, err), err);
    must(ro_analyser_new(&b->analyser, err), err);
    must(ro_catalog_connect(*index, false, &b->db, &replay, err), err);
    must(ro_sql_prepare(
             b->db,
             "SELECT rowid FROM hot_articles WHERE hot_articles MATCH ?1 ORDER BY rank LIMIT 10",
             &b->stock, err),
         err);
}

static void run_queries(bench *b, FILE *file, size_t every, ro_error *err) {
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    for (size_t number = 0; (len = getline(&line, &size, file)) > 0; number++) {
        if (number % every == 0 && b->count < QUERIES_MAX) {
            run_query(b, ro_str_make(line, (size_t)len), err);
        }
    }
    free(line);
}

int main(int argc, char **argv) {
    static bench b;
    ro_error err = RO_ERROR_INIT;
    ro_index *index;
    FILE *file = argc >= 3 ? fopen(argv[2], "r") : NULL;
    size_t every = argc >= 4 ? strtoul(argv[3], NULL, 10) : 10;
    if (!file || !every) {
        (void)fprintf(stderr, "usage: hot_bench INDEX QUERIES [EVERY]\n");
        return 2;
    }
    open_index(&b, argv[1], &index, &err);
    run_queries(&b, file, every, &err);
    (void)fclose(file);
    (void)printf("ranked OR, top %d, %zu queries\n", K, b.count);
    if (b.count) {
        double ours = print_times("readout", b.ours_ms, b.count);
        double stock = print_times("fts5", b.stock_ms, b.count);
        (void)printf("readout takes %.3f of the time: %.1f times as fast\n", ours / stock,
                     stock / ours);
    }
    ro_buf_release(&b.text);
    sqlite3_finalize(b.stock);
    (void)sqlite3_close(b.db);
    ro_analyser_free(b.analyser);
    ro_snapshot_close(b.snapshot);
    ro_index_close(index);
    ro_arena_release(&b.arena);
    return 0;
}
