/* Extraction: NDJSON articles on standard input, MB of their bodies a second of processor
 * time, median of five rounds.
 *   zstdcat news-105k.jsonl.zst | head -n 20000 | extract_bench */
#include "readout/extract.h"

#include <jansson.h>

#define ROUNDS 5

static double seconds_now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct set {
    ro_article *list;
    size_t count, room, bytes;
    ro_arena arena;
} set;

static bool add(set *s, const json_t *object) {
    const json_t *body = json_object_get(object, "body");
    if (!json_is_string(body)) {
        return true;
    }
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 1024;
        ro_article *more = realloc(s->list, s->room * sizeof *more);
        if (!more) {
            return false;
        }
        s->list = more;
    }
    ro_str text = ro_str_make(json_string_value(body), json_string_length(body));
    s->list[s->count] =
        (ro_article){.body = ro_arena_copy(&s->arena, text), .published = 1577836800};
    s->bytes += text.len;
    return s->list[s->count++].body.ptr != NULL;
}

int main(void) {
    set s = {.arena = RO_ARENA_INIT};
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        json_t *object = json_loadb(line, (size_t)n, 0, NULL);
        bool ok = add(&s, object);
        json_decref(object);
        if (!ok) {
            return 2;
        }
    }
    ro_error err = RO_ERROR_INIT;
    ro_extractor *extractor = NULL;
    if (ro_extractor_new(RO_STR_NONE, &extractor, &err) != RO_OK || s.count == 0) {
        (void)fprintf(stderr, "extract_bench: %s\n",
                      s.count ? err.message : "no articles on standard input");
        return 2;
    }
    double rate[ROUNDS];
    size_t facts = 0;
    ro_arena arena = RO_ARENA_INIT;
    for (int round = 0; round < ROUNDS; round++) {
        double from = seconds_now();
        for (size_t i = 0; i < s.count; i++) {
            ro_facts f;
            ro_arena_reset(&arena);
            if (ro_extract(extractor, &s.list[i], &arena, &f, &err) != RO_OK) {
                (void)fprintf(stderr, "extract_bench: %s\n", err.message);
                return 2;
            }
            facts += f.outcome_count + f.statement_count + f.talk_count;
        }
        rate[round] = (double)s.bytes / 1e6 / (seconds_now() - from);
    }
    qsort(rate, ROUNDS, sizeof *rate, compare);
    (void)printf("extract %zu articles, %.1f MB, %zu facts: %.1f MB/s (median of %d)\n", s.count,
                 (double)s.bytes / 1e6, facts / ROUNDS, rate[ROUNDS / 2], ROUNDS);
    ro_arena_release(&arena);
    ro_arena_release(&s.arena);
    ro_extractor_free(extractor);
    free(s.list);
    free(line);
    return 0;
}
