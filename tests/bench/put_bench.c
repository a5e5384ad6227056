/* put_bench INDEX <NDJSON: what one more article costs in an index that is there: processor time of
 * the put and its commit, each article in a transaction of its own, as when it comes over HTTP.
 * Finding its facts and terms, which does not depend on the index, is not timed. */
#include "readout/maker.h"
#include "readout/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ARTICLES_MAX 1000

typedef struct putter {
    ro_index *index;
    ro_maker *maker;
    double times[ARTICLES_MAX]; /* ms */
    size_t count;
} putter;

static void must(ro_status status, const ro_error *err) {
    if (status != RO_OK) {
        (void)fprintf(stderr, "put_bench: %s\n", err->message);
        exit(2);
    }
}

/* Processor time: the machine may be busy with other things. */
static double now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Each in a writer of its own, as in the daemon, which lets the lock go between. */
static ro_status put(void *context, const ro_article *article, ro_error *err) {
    putter *p = context;
    ro_prepared *prepared;
    ro_writer *writer;
    ro_change change;
    must(ro_maker_prepare(p->maker, article, &prepared, err), err);
    must(ro_writer_open(p->index, ro_deadline_in_ms(1000), &writer, err), err);
    double start = now_ms();
    must(ro_writer_put(writer, prepared, &change, err), err);
    must(ro_writer_commit(writer, err), err);
    p->times[p->count++] = now_ms() - start;
    ro_writer_close(writer);
    ro_prepared_free(prepared);
    return p->count < ARTICLES_MAX ? RO_OK : RO_DEADLINE;
}

static void skip(void *context, const ro_error *why) {
    (void)context;
    must(RO_FORMAT, why);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static putter p;
    ro_error err = RO_ERROR_INIT;
    ro_extractor *extractor;
    ro_buf lines = RO_BUF_INIT;
    char block[65536];
    double sum = 0;
    if (argc != 2) {
        (void)fputs("usage: put_bench INDEX <NDJSON\n", stderr);
        return 2;
    }
    for (size_t got; (got = fread(block, 1, sizeof block, stdin)) > 0;) {
        ro_buf_add(&lines, block, got);
    }
    must(ro_index_open(argv[1], RO_INDEX_WRITE, &p.index, &err), &err);
    must(ro_extractor_open(NULL, &extractor, &err), &err);
    must(ro_maker_new(extractor, &p.maker, &err), &err);
    ro_input input = {.bytes = ro_buf_str(&lines),
                      .language = RO_STR("en"),
                      .line = 1,
                      .memory = (size_t)64 << 20};
    ro_sink sink = {put, skip, &p};
    must(ro_parse_ndjson(&input, &sink, &err), &err);
    qsort(p.times, p.count, sizeof *p.times, compare_doubles);
    for (size_t i = 0; i < p.count; i++) {
        sum += p.times[i];
    }
    printf("%zu articles: %.2f ms mean, %.2f median, %.2f 95th percentile, %.2f worst\n", p.count,
           sum / (double)p.count, p.times[p.count / 2], p.times[p.count * 95 / 100],
           p.times[p.count - 1]);
    ro_maker_free(p.maker);
    ro_extractor_free(extractor);
    ro_index_close(p.index);
    ro_buf_release(&lines);
    return 0;
}
