/* suggest_bench INDEX: processor milliseconds of a suggestion, for the beginnings that people type
 * most: each prefix of common words, alone and behind other words; first on a fresh searcher, then
 * again. */
#include "bench.h"

#include "readout/query.h"

#define ROUNDS 9
#define TARGETS 12
#define PREFIX_MAX 6

static const char *const words[TARGETS] = {"the",     "president", "government", "state",
                                           "company", "market",    "police",     "international",
                                           "russia",  "election",  "security",   "university"};
static const char *const before[] = {"", "united ", "the new york ", "minister of foreign "};
#define BEFORE (sizeof before / sizeof *before)

static double suggest(ro_searcher *searcher, ro_str q) {
    ro_error err = RO_ERROR_INIT;
    json_t *answer;
    ro_request request = ro_request_default();
    request.q = q;
    double start = spent_ms();
    must(ro_searcher_suggest(searcher, &request, &answer, &err), &err);
    double took = spent_ms() - start;
    json_decref(answer);
    return took;
}

typedef struct times {
    double at[TARGETS * ROUNDS];
    size_t count;
    double most;
    char slowest[64];
} times;

static void add(times *t, double took, const char *q) {
    t->at[t->count++] = took;
    if (took > t->most) {
        t->most = took;
        (void)snprintf(t->slowest, sizeof t->slowest, "%s", q);
    }
}

static void measure(ro_index *index, size_t length, const char *head) {
    times first = {.most = 0}, again = {.most = 0};
    ro_error err = RO_ERROR_INIT;
    for (size_t i = 0; i < TARGETS; i++) {
        char q[64];
        ro_searcher *searcher;
        must(ro_searcher_open(index, &searcher, &err), &err);
        (void)snprintf(q, sizeof q, "%s%.*s", head, (int)length, words[i]);
        (void)suggest(searcher, RO_STR("zyzzy")); /* what every searcher does once */
        add(&first, suggest(searcher, ro_str_from(q)), q);
        for (int round = 1; round < ROUNDS; round++) {
            add(&again, suggest(searcher, ro_str_from(q)), q);
        }
        ro_searcher_close(searcher);
    }
    qsort(first.at, first.count, sizeof(double), compare_doubles);
    qsort(again.at, again.count, sizeof(double), compare_doubles);
    (void)printf("%-22s+%zu letters: first %6.2f ms median, %6.2f most ('%s'); again %6.2f median, "
                 "%6.2f most ('%s')\n",
                 *head ? head : "alone", length, first.at[first.count / 2], first.most,
                 first.slowest, again.at[again.count / 2], again.most, again.slowest);
}

int main(int argc, char **argv) {
    ro_error err = RO_ERROR_INIT;
    ro_index *index;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: suggest_bench INDEX\n");
        return 2;
    }
    must(ro_index_open(argv[1], RO_INDEX_READ, &index, &err), &err);
    for (size_t i = 0; i < BEFORE; i++) {
        for (size_t length = 1; length <= PREFIX_MAX; length++) {
            measure(index, length, before[i]);
        }
    }
    ro_index_close(index);
    return 0;
}
