/* put_bench INDEX <NDJSON: what one more article costs in an index that is there: processor time of
 * the put and its commit, each article in a transaction of its own, as when it comes over HTTP.
 * Finding its facts and terms, which does not depend on the index, is not timed. */
#include "bench.h"

#include "readout/maker.h"

#define ARTICLES_MAX 1000

typedef struct putter {
    ro_index *index;
    ro_maker *maker;
    double times[ARTICLES_MAX]; /* ms */
    size_t count;
} putter;

/* Each in a writer of its own, as in the daemon, which lets the lock go between. */
static ro_status put(void *context, const ro_article *article, ro_error *err) {
    putter *p = context;
    ro_prepared *prepared;
    ro_writer *writer;
    ro_change change;
    must(ro_maker_prepare(p->maker, article, &prepared, err), err);
    must(ro_writer_open(p->index, ro_deadline_in_ms(1000), &writer, err), err);
    double start = spent_ms();
    must(ro_writer_put(writer, prepared, &change, err), err);
    must(ro_writer_commit(writer, err), err);
    p->times[p->count++] = spent_ms() - start;
    ro_writer_close(writer);
    ro_prepared_free(prepared);
    return p->count < ARTICLES_MAX ? RO_OK : RO_DEADLINE;
}

int main(int argc, char **argv) {
    static putter p;
    ro_error err = RO_ERROR_INIT;
    ro_extractor *extractor;
    double sum = 0;
    if (argc != 2) {
        (void)fputs("usage: put_bench INDEX <NDJSON\n", stderr);
        return 2;
    }
    must(ro_index_open(argv[1], RO_INDEX_WRITE, &p.index, &err), &err);
    must(ro_extractor_open(NULL, &extractor, &err), &err);
    must(ro_maker_new(extractor, &p.maker, &err), &err);
    must(parse_stdin(put, &p, &err), &err);
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
    return 0;
}
