/* text_bench: the analyser's speed. Reads articles as NDJSON from stdin, keeps their bodies in
 * memory and times only their analysis: median of 5 rounds, in MB (10^6 bytes) of text a second of
 * processor time, which does not count what else the machine does.
 *
 *     zstdcat news-105k.jsonl.zst | head -n 20000 | text_bench
 */
#include "bench.h"

#include "readout/analyser.h"

#include <jansson.h>

#define ROUNDS 5

typedef struct articles {
    ro_buf text;
    size_t *ends; /* owns; of each body in `text` */
    size_t count;
    size_t capacity;
} articles;

static bool corpus_add(articles *corpus, const json_t *body) {
    if (corpus->count == corpus->capacity) {
        size_t capacity = corpus->capacity ? corpus->capacity * 2 : 1024;
        size_t *ends = realloc(corpus->ends, capacity * sizeof *ends);
        if (!ends) {
            return false;
        }
        corpus->ends = ends;
        corpus->capacity = capacity;
    }
    ro_buf_add(&corpus->text, json_string_value(body), json_string_length(body));
    corpus->ends[corpus->count++] = corpus->text.len;
    return !corpus->text.failed;
}

static bool corpus_read(articles *corpus, FILE *in) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    bool ok = true;
    while (ok && (len = getline(&line, &capacity, in)) > 0) {
        json_t *article = json_loadb(line, (size_t)len, 0, NULL);
        const json_t *body = json_object_get(article, "body");
        ok = !json_is_string(body) || corpus_add(corpus, body);
        json_decref(article);
    }
    free(line);
    return ok;
}

static int count_token(void *context, const ro_token *token) {
    size_t *sum = context;
    *sum += token->stem.len > 0;
    return 0;
}

static int count_sentence(void *context, uint32_t start, uint32_t end) {
    size_t *sum = context;
    *sum += end > start;
    return 0;
}

static ro_status round_words(ro_analyser *analyser, ro_str text, size_t *sum) {
    return ro_analyse(analyser, text, RO_STR("en"), count_token, sum, NULL);
}

static ro_status round_sentences(ro_analyser *analyser, ro_str text, size_t *sum) {
    return ro_sentences(analyser, text, count_sentence, sum, NULL);
}

static bool measure(const articles *corpus, const char *what, ro_analyser *analyser,
                    ro_status (*run)(ro_analyser *, ro_str, size_t *)) {
    double speeds[ROUNDS];
    size_t found = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct timespec from;
        struct timespec to;
        found = 0;
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        size_t start = 0;
        for (size_t n = 0; n < corpus->count; n++) {
            ro_str body = ro_str_make(corpus->text.ptr + start, corpus->ends[n] - start);
            if (run(analyser, body, &found)) {
                return false;
            }
            start = corpus->ends[n];
        }
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        double seconds =
            (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
        speeds[i] = (double)corpus->text.len / 1e6 / seconds;
    }
    qsort(speeds, ROUNDS, sizeof speeds[0], compare_doubles);
    printf("%s: %.1f MB/s, median of %d (%.1f to %.1f); %zu in %zu articles, %.1f MB\n", what,
           speeds[ROUNDS / 2], ROUNDS, speeds[0], speeds[ROUNDS - 1], found, corpus->count,
           (double)corpus->text.len / 1e6);
    return true;
}

int main(void) {
    articles corpus = {.text = RO_BUF_INIT};
    ro_analyser *analyser = NULL;
    ro_error err = RO_ERROR_INIT;
    bool ok = corpus_read(&corpus, stdin) && ro_analyser_new(&analyser, &err) == RO_OK &&
              measure(&corpus, "words", analyser, round_words) &&
              measure(&corpus, "sentences", analyser, round_sentences);
    if (!ok) {
        (void)fprintf(stderr, "text_bench: failed: %s\n", err.message);
    }
    ro_analyser_free(analyser);
    ro_buf_release(&corpus.text);
    free(corpus.ends);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
