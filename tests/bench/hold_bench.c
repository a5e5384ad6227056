/* hold_bench DIRECTORY <NDJSON: for how long a small write is held up when leaves have to be
 * merged. Makes an index of the articles whose next small commit seals the hot leaf and fills two
 * tiers, so that nearly all there is is merged; then puts one article at a time while that goes on,
 * as the daemon does, and tells the longest wait and what merging took. Time of the clock. */
#include "bench.h"

#include "core/index/tend.h"
#include "core/index/writer.h"
#include "readout/maker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define PUTS_MAX 100000
#define LARGE 12000 /* articles of the leaves of the higher tier, of which there are seven */
#define SMALL 2000  /* of the lower, the same */
#define HOT 1024
#define BUILT (7 * (LARGE + SMALL) + HOT)

typedef struct bench {
    ro_index *index;
    ro_maker *maker;
    ro_writer *writer;
    size_t count; /* articles so far */
    pthread_t tender;
    atomic_bool done;
    double tended_ms;
    double *times; /* ms */
    size_t puts;
} bench;

static double ms_since(int64_t start) {
    return (double)(ro_now_ns() - start) / 1e6;
}

static void *tend(void *context) {
    bench *b = context;
    ro_error err = RO_ERROR_INIT;
    int64_t start = ro_now_ns();
    must(ro_index_tend(b->index, 60000, NULL, NULL, &err), &err);
    b->tended_ms = ms_since(start);
    atomic_store(&b->done, true);
    return NULL;
}

/* Leaves of one size after the other, none merged. */
static void build(bench *b, const ro_prepared *prepared, ro_error *err) {
    ro_change change;
    ro_collection_writer *articles = &b->writer->collections[RO_KIND_ARTICLES];
    bool hot = b->count >= BUILT - HOT;
    size_t every = hot ? HOT : b->count < (size_t)7 * LARGE ? LARGE : SMALL;
    articles->hot_words_max = hot ? INT64_MAX : 0;
    must(ro_writer_put(b->writer, prepared, &change, err), err);
    size_t in_part = ++b->count;
    in_part -= hot ? BUILT - HOT : in_part <= (size_t)7 * LARGE ? 0 : (size_t)7 * LARGE;
    if (in_part % every == 0) {
        must(ro_writer_commit(b->writer, err), err);
    }
}

static void put_one(bench *b, const ro_prepared *prepared, ro_error *err) {
    ro_change change;
    int64_t start = ro_now_ns();
    must(ro_writer_open(b->index, ro_deadline_in_ms(60000), &b->writer, err), err);
    must(ro_writer_put(b->writer, prepared, &change, err), err);
    must(ro_writer_commit(b->writer, err), err);
    ro_writer_close(b->writer);
    b->times[b->puts++] = ms_since(start);
    (void)usleep(20000);
}

static ro_status put(void *context, const ro_article *article, ro_error *err) {
    bench *b = context;
    ro_prepared *prepared;
    must(ro_maker_prepare(b->maker, article, &prepared, err), err);
    if (b->count < BUILT) {
        build(b, prepared, err);
        if (b->count == BUILT) {
            ro_writer_close(b->writer);
        }
    } else {
        put_one(b, prepared, err);
        if (b->puts == 1 && pthread_create(&b->tender, NULL, tend, b) != 0) {
            exit(2);
        }
    }
    ro_prepared_free(prepared);
    return b->puts < PUTS_MAX && !atomic_load(&b->done) ? RO_OK : RO_DEADLINE;
}

int main(int argc, char **argv) {
    static bench b;
    ro_error err = RO_ERROR_INIT;
    if (argc != 2) {
        (void)fputs("usage: hold_bench DIRECTORY <NDJSON\n", stderr);
        return 2;
    }
    b.times = calloc(PUTS_MAX, sizeof *b.times);
    must(b.times ? RO_OK : RO_MEMORY, &err);
    must(ro_index_open(argv[1], RO_INDEX_CREATE, &b.index, &err), &err);
    must(ro_writer_open(b.index, RO_DEADLINE_NEVER, &b.writer, &err), &err);
    b.writer->leaves_merged = 1000;
    must(ro_maker_new(NULL, &b.maker, &err), &err);
    ro_status status = parse_stdin(put, &b, &err);
    if (b.puts == 0 || (status != RO_OK && status != RO_DEADLINE)) {
        must(status ? status : RO_FORMAT, &err);
    }
    (void)pthread_join(b.tender, NULL);
    double first = b.times[0];
    qsort(b.times, b.puts, sizeof *b.times, compare_doubles);
    printf("%d articles: the write that seals the hot leaf %.0f ms; merging %.0f ms, beside %zu "
           "writes "
           "of %.1f ms median, %.0f worst\n",
           BUILT, first, b.tended_ms, b.puts - 1, b.times[b.puts / 2],
           b.times[b.puts - (b.times[b.puts - 1] == first && b.puts > 1 ? 2 : 1)]);
    ro_maker_free(b.maker);
    ro_index_close(b.index);
    free(b.times);
    return 0;
}
