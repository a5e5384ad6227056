/* What the benchmarks share. */
#ifndef READOUT_TESTS_BENCH_H
#define READOUT_TESTS_BENCH_H

#include "readout/parser.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A benchmark that cannot go on says why and ends. */
static inline void must(ro_status status, const ro_error *err) {
    if (status != RO_OK) {
        (void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, err->message);
        exit(2);
    }
}

/* Processor time: the machine may be busy with other things. */
static inline double spent_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* For qsort. */
static inline int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void must_not_skip(void *context, const ro_error *why) {
    (void)context;
    must(RO_FORMAT, why);
}

/* Gives the articles on stdin, NDJSON, one after the other, until `put` has enough. */
static inline ro_status parse_stdin(ro_status (*put)(void *context, const ro_article *article,
                                                     ro_error *err),
                                    void *context, ro_error *err) {
    ro_buf lines = RO_BUF_INIT;
    char block[65536];
    for (size_t got; (got = fread(block, 1, sizeof block, stdin)) > 0;) {
        ro_buf_add(&lines, block, got);
    }
    ro_input input = {.bytes = ro_buf_str(&lines),
                      .language = RO_STR("en"),
                      .line = 1,
                      .memory = (size_t)64 << 20};
    ro_sink sink = {put, must_not_skip, context};
    ro_status status = ro_buf_check(&lines, err);
    status = status ? status : ro_parse_ndjson(&input, &sink, err);
    ro_buf_release(&lines);
    return status;
}

#endif
