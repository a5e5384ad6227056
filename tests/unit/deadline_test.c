/* Inside one long article, too, work stops at the deadline. The clock is the test's own: it goes on
 * by a millisecond each time somebody looks. */
#include "readout/query.h"
#include "readout/spans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define WORDS ((size_t)16 * RO_TICKER_STEPS)
#define MS 1000000
#define OK(call) assert_int_equal((call), RO_OK)

static int64_t looks, wanted_until;
static atomic_bool given_up;

int64_t ro_now_ns(void) {
    atomic_store(&given_up, ++looks >= wanted_until);
    return looks * MS;
}

static ro_deadline in_looks(int64_t count) {
    return (ro_deadline){(looks + count) * MS, NULL};
}

/* Nobody wants it any more at the last of so many looks. */
static ro_deadline wanted_for(int64_t count) {
    wanted_until = looks + count - 1;
    atomic_store(&given_up, count == 1);
    return (ro_deadline){(looks + 1000000) * MS, &given_up};
}

static void a_ticker_looks_at_the_clock_now_and_then(void **state) {
    (void)state;
    ro_ticker ticker = {.deadline = in_looks(3)};
    size_t steps = 0;
    int64_t before = looks;
    while (!ro_ticker_late(&ticker, 1)) {
        steps++;
    }
    assert_int_equal(looks - before, 3);
    assert_in_range(steps, 2 * RO_TICKER_STEPS - 8, 2 * RO_TICKER_STEPS + 8);
    assert_true(ro_ticker_late(&ticker, 1));
    assert_int_equal(looks - before, 3);
    ticker = (ro_ticker){.deadline = RO_DEADLINE_NEVER};
    assert_false(ro_ticker_late(&ticker, SIZE_MAX));
}

/* Does it with all the time it takes, the second time to see how often it looks at the clock once
 * everything is read in, then with less and less of it. `beside`: looks for other ends. */
typedef ro_status (*work_fn)(void *context, ro_deadline deadline);

static void assert_stops(work_fn work, void *context, int64_t least, int64_t beside) {
    OK(work(context, in_looks(1000000)));
    int64_t before = looks;
    OK(work(context, in_looks(1000000)));
    int64_t all = looks - before;
    assert_in_range(all, least, 100000);
    for (int64_t allowed = 1; allowed < all; allowed += all / 7 + 1) {
        before = looks;
        assert_int_equal(work(context, in_looks(allowed)), RO_DEADLINE);
        assert_in_range(looks - before, allowed, allowed + beside);
    }
    before = looks;
    assert_int_equal(work(context, wanted_for(all / 2)), RO_DEADLINE);
    assert_in_range(looks - before, all / 2 - 1, all / 2 + beside);
}

/* ---- spans ---- */

typedef struct tree {
    ro_match *match;
    uint32_t *positions;
} tree;

static ro_positions stands(void *context, size_t term) {
    const tree *t = context;
    return (ro_positions){t->positions + term, WORDS / 4};
}

static void matched(void *context, size_t term, ro_positions words) {
    (void)context;
    (void)term;
    (void)words;
}

static ro_status find_words(void *context, ro_deadline deadline) {
    const tree *t = context;
    const ro_word_places places = {stands, matched, context};
    return ro_match_words(t->match, &places, deadline, NULL);
}

static void the_words_of_a_phrase_or_a_near_are_looked_for_in_time(void **state) {
    static const ro_match_kind kinds[] = {RO_MATCH_ANY_OF, RO_MATCH_PHRASE, RO_MATCH_NEAR};
    ro_arena arena = RO_ARENA_INIT;
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        tree t = {ro_match_new(&arena, kinds[kind]), malloc((WORDS + 2) * sizeof(uint32_t))};
        for (uint32_t i = 0; i < WORDS + 2; i++) {
            t.positions[i] = i;
        }
        for (uint32_t i = 0; i < 2; i++) {
            ro_match *term = ro_match_new(&arena, RO_MATCH_TERM);
            term->gap = i;
            OK(ro_match_add(&arena, t.match, term, NULL));
        }
        t.match->slop = 3;
        assert_stops(find_words, &t, 8, 0);
        free(t.positions);
    }
    ro_arena_release(&arena);
}

/* ---- one long article ---- */

typedef struct fixture {
    char directory[64];
    ro_index *index;
    ro_searcher *searcher;
} fixture;

static void put_long(ro_index *index) {
    ro_buf body = RO_BUF_INIT;
    ro_writer *writer;
    ro_preparer *preparer;
    ro_prepared *prepared;
    ro_change change;
    while (body.len < WORDS * 3) {
        ro_buf_add_str(&body, RO_STR("war peace talk "));
    }
    ro_article article = {.id = RO_STR("long"),
                          .title = RO_STR("Long"),
                          .body = ro_buf_str(&body),
                          .language = RO_STR("en"),
                          .published = RO_TIME_NONE};
    OK(ro_preparer_new(&preparer, NULL));
    OK(ro_writer_open(index, RO_DEADLINE_NEVER, &writer, NULL));
    OK(ro_prepare(preparer, &article, NULL, &prepared, NULL));
    OK(ro_writer_put(writer, prepared, &change, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_prepared_free(prepared);
    ro_writer_close(writer);
    ro_preparer_free(preparer);
    ro_buf_release(&body);
}

static int set_up(void **state) {
    static fixture f;
    (void)snprintf(f.directory, sizeof f.directory, "/tmp/readout-deadline-test-XXXXXX");
    assert_non_null(mkdtemp(f.directory));
    OK(ro_index_open(f.directory, RO_INDEX_CREATE, &f.index, NULL));
    put_long(f.index);
    OK(ro_searcher_open(f.index, &f.searcher, NULL));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    char command[128];
    ro_searcher_close(f->searcher);
    ro_index_close(f->index);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
    return system(command); // NOLINT(cert-env33-c): a fixed command
}

/* A search looks when it begins, and for each list of more than a page, to read ahead in it. */
#define BESIDE(lists) (1 + (lists))

typedef struct asking {
    ro_searcher *searcher;
    const char *q;
    size_t snippets;
} asking;

static ro_status ask(void *context, ro_deadline deadline) {
    const asking *a = context;
    ro_request request = ro_request_default();
    json_t *answer;
    request.q = ro_str_from(a->q);
    request.snippets = a->snippets;
    request.deadline = deadline;
    ro_status status = ro_searcher_search(a->searcher, &request, &answer, NULL);
    json_decref(answer);
    return status;
}

/* How often the clock is looked at for a search that reads no positions. */
static int64_t looks_of_a_search(ro_searcher *searcher) {
    asking a = {searcher, "long", 0};
    int64_t before = looks;
    OK(ask(&a, in_looks(1000)));
    return looks - before;
}

static void a_long_article_is_matched_in_time(void **state) {
    const int64_t often = (int64_t)(WORDS / 5 / RO_TICKER_STEPS);
    const struct {
        const char *q;
        int64_t looks, lists;
    } queries[] = {
        {"war NEAR/5 peace", often, 2},
        {"\"war peace\"", 1, 2}, /* read at one go, a word at a time */
        {"war peace talk", often, 3},
    };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        asking a = {f->searcher, queries[i].q, 0};
        assert_stops(ask, &a, looks_of_a_search(a.searcher) + queries[i].looks,
                     BESIDE(queries[i].lists));
    }
}

static void a_long_article_is_marked_in_time(void **state) {
    const fixture *f = *state;
    asking a = {f->searcher, "long", 3};
    assert_stops(ask, &a, looks_of_a_search(a.searcher) + (int64_t)(WORDS / 5 / RO_TICKER_STEPS),
                 BESIDE(0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticker_looks_at_the_clock_now_and_then),
        cmocka_unit_test(the_words_of_a_phrase_or_a_near_are_looked_for_in_time),
        cmocka_unit_test(a_long_article_is_matched_in_time),
        cmocka_unit_test(a_long_article_is_marked_in_time),
    };
    return cmocka_run_group_tests_name("deadline", tests, set_up, tear_down);
}
