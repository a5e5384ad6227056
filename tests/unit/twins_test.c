/* searchd: who asks what is being answered waits for that answer. */
#include "twins.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const ro_cache_state now = {1, 10};

static ro_twins *make(size_t workers) {
    ro_twins *twins;
    assert_int_equal(ro_twins_new(workers, &twins, NULL), RO_OK);
    return twins;
}

static size_t count(const ro_searchd_job *first, const ro_searchd_job *wanted) {
    size_t found = 0;
    for (const ro_searchd_job *job = first; job; job = job->next) {
        found += !wanted || job == wanted;
    }
    return found;
}

static void the_same_question_waits_for_the_one_who_answers_it(void **state) {
    (void)state;
    ro_twins *twins = make(3);
    ro_searchd_job jobs[4] = {{.question = RO_STR("a")},
                              {.question = RO_STR("a")},
                              {.question = RO_STR("b")},
                              {.question = RO_STR("a")}};
    assert_false(ro_twins_join(twins, 0, now, &jobs[0]));
    assert_true(ro_twins_join(twins, 1, now, &jobs[1]));
    assert_false(ro_twins_join(twins, 1, now, &jobs[2]));
    assert_true(ro_twins_join(twins, 2, now, &jobs[3]));
    assert_null(ro_twins_part(twins, 1));
    const ro_searchd_job *waited = ro_twins_part(twins, 0);
    assert_int_equal(count(waited, NULL), 2);
    assert_int_equal(count(waited, &jobs[1]), 1);
    assert_int_equal(count(waited, &jobs[3]), 1);
    assert_null(ro_twins_part(twins, 0));
    ro_twins_free(twins);
    ro_twins_free(NULL);
}

static void nobody_waits_for_an_answer_of_another_state(void **state) {
    (void)state;
    static const ro_cache_state newer = {1, 11}, elsewhere = {2, 10};
    ro_twins *twins = make(4);
    ro_searchd_job jobs[4] = {{.question = RO_STR("a")},
                              {.question = RO_STR("a")},
                              {.question = RO_STR("a")},
                              {.question = RO_STR("a")}};
    assert_false(ro_twins_join(twins, 0, now, &jobs[0]));
    assert_false(ro_twins_join(twins, 1, newer, &jobs[1]));
    assert_false(ro_twins_join(twins, 2, elsewhere, &jobs[2]));
    assert_null(ro_twins_part(twins, 0));
    assert_false(ro_twins_join(twins, 3, now, &jobs[3])); /* it was answered */
    ro_twins_free(twins);
}

static void what_cannot_be_kept_and_what_has_waited_once_waits_for_nobody(void **state) {
    (void)state;
    ro_twins *twins = make(3);
    ro_searchd_job kept = {.question = RO_STR("a")};
    ro_searchd_job alone = {.question = RO_STR("a"), .alone = true};
    ro_searchd_job not_kept[2] = {{.question = RO_STR("")}, {.question = RO_STR("")}};
    assert_false(ro_twins_join(twins, 0, now, &not_kept[0]));
    assert_false(ro_twins_join(twins, 1, now, &not_kept[1]));
    assert_false(ro_twins_join(twins, 0, now, &alone));
    assert_false(ro_twins_join(twins, 1, now, &kept)); /* nor does anyone for it */
    assert_null(ro_twins_part(twins, 0));
    assert_false(ro_twins_join(twins, 2, now, &alone));
    assert_null(ro_twins_part(twins, 1));
    ro_twins_free(twins);
}

/* ---- threads --------------------------------------------------------------------------------- */

#define WORKERS 3
#define ROUNDS 20000

typedef struct worker {
    ro_twins *twins;
    size_t number, answered, left;
    ro_searchd_job jobs[ROUNDS];
} worker;

static void *work(void *context) {
    worker *w = context;
    static const char questions[] = "abcd";
    for (size_t i = 0; i < ROUNDS; i++) {
        ro_searchd_job *job = &w->jobs[i];
        job->question = ro_str_make(&questions[i % 4], 1);
        if (ro_twins_join(w->twins, w->number, now, job)) {
            w->left++;
            continue;
        }
        const ro_searchd_job *next;
        for (const ro_searchd_job *each = ro_twins_part(w->twins, w->number); each; each = next) {
            assert_true(ro_str_equal(each->question, job->question));
            next = each->next;
            w->answered++;
        }
        w->answered++;
    }
    return NULL;
}

static void every_job_is_answered_once(void **state) {
    (void)state;
    static worker workers[WORKERS];
    pthread_t threads[WORKERS];
    ro_twins *twins = make(WORKERS);
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i].twins = twins;
        workers[i].number = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    size_t answered = 0;
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        answered += workers[i].answered;
    }
    assert_int_equal(answered, WORKERS * ROUNDS);
    ro_twins_free(twins);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_question_waits_for_the_one_who_answers_it),
        cmocka_unit_test(nobody_waits_for_an_answer_of_another_state),
        cmocka_unit_test(what_cannot_be_kept_and_what_has_waited_once_waits_for_nobody),
        cmocka_unit_test(every_job_is_answered_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
