/* indexer/parsers in many threads at once, from the very first call in a process: that is when
 * libraries set themselves up. So each round is a process of its own. */
#include "collect.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 60
#define THREADS 8

static const struct {
    ro_parse_fn parse;
    const char *bytes;
} CASES[] = {
    {ro_parse_feed, "<rss><channel><item><title>T</title><description>They met.</description>"
                    "</item></channel></rss>"},
    {ro_parse_html, "<html><title>T</title><body><p>They met.</p></body></html>"},
    {ro_parse_markdown, "---\ntitle: T\n---\n\nThey met.\n"},
    {ro_parse_json, "{\"title\": \"T\", \"body\": \"They met.\"}"},
    {ro_parse_mail, "Subject: =?koi8-r?B?8sXayMk=?=\n\nThey met.\n"},
};

static pthread_barrier_t start;

static ro_status count_put(void *context, const ro_article *article, ro_error *err) {
    (void)article;
    (void)err;
    ++*(size_t *)context;
    return RO_OK;
}

static void skip_none(void *context, const ro_error *why) {
    (void)context;
    (void)why;
}

/* NULL if every case gave its article. */
static void *parse_all(void *first) {
    size_t count = sizeof CASES / sizeof *CASES;
    size_t articles = 0;
    ro_sink sink = {count_put, skip_none, &articles};
    ro_error err = RO_ERROR_INIT;
    (void)pthread_barrier_wait(&start);
    for (size_t i = 0; i < count; i++) {
        size_t at = (*(const size_t *)first + i) % count;
        ro_input input = collect_input(ro_str_from(CASES[at].bytes));
        if (CASES[at].parse(&input, &sink, &err) != RO_OK) {
            return &start;
        }
    }
    return articles == count ? NULL : &start;
}

static int round_of(size_t first) {
    pthread_t threads[THREADS];
    void *failed = NULL;
    if (pthread_barrier_init(&start, NULL, THREADS) != 0) {
        return 2;
    }
    for (size_t i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, parse_all, &first) != 0) {
            return 2;
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *bad = NULL;
        (void)pthread_join(threads[i], &bad);
        failed = failed ? failed : bad;
    }
    return failed ? 1 : 0;
}

static void parsers_may_start_in_any_number_of_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        (void)fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            exit(round_of(i));
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsers_may_start_in_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
