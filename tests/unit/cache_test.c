/* searchd: the cache of answers. */
#include "cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const ro_cache_state now = {1, 10};

static ro_str key_of(int i, char text[16]) {
    return ro_str_make(text, (size_t)snprintf(text, 16, "key %d", i));
}

static void put(ro_cache *cache, ro_cache_state state, int i, ro_str body) {
    char text[16];
    const uint32_t gaps[] = {3};
    ro_cached answer = {"text/plain", 2, RO_STR("A: b\r\n"), body, body.len, gaps, 1};
    ro_cache_put(cache, state, key_of(i, text), &answer);
}

static bool has(ro_cache *cache, ro_cache_state state, int i) {
    char text[16];
    const ro_cached *found = ro_cache_find(cache, state, key_of(i, text));
    if (found) {
        ro_cache_release(found);
    }
    return found != NULL;
}

static ro_cache *make(size_t bytes) {
    ro_cache *cache;
    assert_int_equal(ro_cache_new(bytes, &cache, NULL), RO_OK);
    return cache;
}

static void what_was_put_is_found_as_it_was(void **state) {
    (void)state;
    ro_cache *cache = make(1 << 20);
    put(cache, now, 1, RO_STR("one"));
    put(cache, now, 2, RO_STR("two!"));
    const ro_cached *found = ro_cache_find(cache, now, RO_STR("key 2"));
    assert_non_null(found);
    assert_string_equal(found->content_type, "text/plain");
    assert_int_equal(found->kind, 2);
    assert_true(ro_str_equal(found->fields, RO_STR("A: b\r\n")));
    assert_true(ro_str_equal(found->body, RO_STR("two!")));
    assert_int_equal(found->body_len, 4);
    assert_int_equal(found->gap_count, 1);
    assert_int_equal(found->gaps[0], 3);
    ro_cache_release(found);
    assert_null(ro_cache_find(cache, now, RO_STR("key")));
    ro_cache_counts counts = ro_cache_counts_now(cache);
    assert_int_equal(counts.hits, 1);
    assert_int_equal(counts.misses, 2);
    assert_int_equal(counts.answers, 2);
    ro_cache_free(cache);
}

static void another_revision_or_source_forgets_all(void **state) {
    (void)state;
    static const ro_cache_state older = {1, 9}, newer = {1, 11}, elsewhere = {2, 3};
    ro_cache *cache = make(1 << 20);
    put(cache, now, 1, RO_STR("one"));
    put(cache, older, 2, RO_STR("old"));
    assert_false(has(cache, older, 1));
    assert_false(has(cache, now, 2));
    assert_true(has(cache, now, 1));
    assert_false(has(cache, newer, 1));
    assert_false(has(cache, elsewhere, 1));
    put(cache, newer, 2, RO_STR("two"));
    assert_int_equal(ro_cache_counts_now(cache).answers, 1);
    assert_false(has(cache, newer, 1));
    put(cache, now, 1, RO_STR("one")); /* by a worker that is behind */
    assert_false(has(cache, now, 1));
    assert_false(has(cache, newer, 1));
    put(cache, newer, 1, RO_STR("one"));
    assert_true(has(cache, newer, 1));
    assert_false(has(cache, elsewhere, 1));
    put(cache, elsewhere, 1, RO_STR("one"));
    assert_true(has(cache, elsewhere, 1));
    ro_cache_free(cache);
}

static void an_answer_outlives_what_the_cache_forgets(void **state) {
    (void)state;
    ro_cache *cache = make(1 << 20);
    put(cache, now, 1, RO_STR("one"));
    const ro_cached *found = ro_cache_find(cache, now, RO_STR("key 1"));
    assert_non_null(found);
    put(cache, (ro_cache_state){1, 11}, 2, RO_STR("two"));
    assert_int_equal(ro_cache_counts_now(cache).answers, 1);
    ro_cache_free(cache);
    assert_true(ro_str_equal(found->body, RO_STR("one")));
    ro_cache_release(found);
}

static void it_never_takes_more_than_its_room(void **state) {
    (void)state;
    char body[1000] = {0};
    ro_cache *cache = make(100000);
    for (int i = 0; i < 1000; i++) {
        put(cache, now, i, ro_str_make(body, sizeof body));
        assert_true(has(cache, now, i));
        assert_true(ro_cache_counts_now(cache).bytes <= 100000);
    }
    assert_true(ro_cache_counts_now(cache).answers > 50);
    ro_cache_free(cache);
}

static void a_large_answer_pushes_out_no_others(void **state) {
    (void)state;
    static char body[20000];
    ro_cache *cache = make(100000);
    put(cache, now, 1, RO_STR("one"));
    put(cache, now, 2, ro_str_make(body, sizeof body));
    assert_true(has(cache, now, 1));
    assert_false(has(cache, now, 2));
    ro_cache_free(cache);
}

static void what_is_large_once_unpacked_is_not_kept(void **state) {
    (void)state;
    ro_cache *cache = make(100000);
    ro_cached answer = {"text/plain", 2, RO_STR(""), RO_STR("x"), 20000, NULL, 0};
    ro_cache_put(cache, now, RO_STR("key 1"), &answer);
    assert_false(has(cache, now, 1));
    answer.body_len = 2000;
    ro_cache_put(cache, now, RO_STR("key 1"), &answer);
    assert_true(has(cache, now, 1));
    ro_cache_free(cache);
}

static void what_is_asked_for_stays_beside_what_is_asked_once(void **state) {
    (void)state;
    char body[1000] = {0};
    ro_cache *cache = make(100000);
    for (int i = 0; i < 1000; i++) {
        put(cache, now, i, ro_str_make(body, sizeof body));
        assert_true(has(cache, now, i % 10));
    }
    ro_cache_free(cache);
}

static void what_is_not_worth_keeping_is_counted(void **state) {
    (void)state;
    ro_cache *cache = make(100000);
    ro_cache_put(cache, now, RO_STR("key 1"), NULL);
    assert_false(has(cache, now, 1));
    assert_int_equal(ro_cache_counts_now(cache).misses, 1);
    assert_int_equal(ro_cache_counts_now(cache).answers, 0);
    ro_cache_free(cache);
}

/* A key that falls in the first of 64 buckets. */
static void collide(unsigned i, char key[16]) {
    uint64_t hash = 1;
    for (unsigned tail = 0; (hash ^ hash >> 32) & 63; tail++) {
        (void)snprintf(key, 16, "%04x%05x", i & 0xffff, tail & 0xfffff);
        hash = ro_str_hash(ro_str_make(key, 9));
    }
}

static void keys_chosen_to_collide_make_no_long_search(void **state) {
    (void)state;
    ro_cache *cache = make(200000); /* of 64 buckets */
    for (unsigned i = 0; i < 500; i++) {
        char key[16];
        collide(i, key);
        ro_cached answer = {"text/plain", 2, RO_STR(""), RO_STR("x"), 1, NULL, 0};
        ro_cache_put(cache, now, ro_str_make(key, 9), &answer);
    }
    assert_int_equal(ro_cache_counts_now(cache).answers, 64);
    put(cache, now, 1, RO_STR("one"));
    put(cache, now, 2, RO_STR("two"));
    assert_true(has(cache, now, 1) || has(cache, now, 2));
    ro_cache_free(cache);
}

static void *work(void *context) {
    ro_cache *cache = context;
    char body[500];
    memset(body, 'x', sizeof body);
    for (int i = 0; i < 20000; i++) {
        char text[16];
        ro_cache_state state = {1, (uint64_t)i / 500};
        ro_str key = key_of(i % 100, text);
        const ro_cached *found = ro_cache_find(cache, state, key);
        if (found) {
            assert_int_equal(found->body.len, sizeof body);
            assert_int_equal(found->body.ptr[499], 'x');
            ro_cache_release(found);
        } else {
            put(cache, state, i % 100, ro_str_make(body, sizeof body));
        }
    }
    return NULL;
}

static void threads_share_it(void **state) {
    (void)state;
    pthread_t threads[3];
    ro_cache *cache = make(100000);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, cache), 0);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    ro_cache_counts counts = ro_cache_counts_now(cache);
    assert_int_equal(counts.hits + counts.misses, 60000);
    assert_true(counts.hits > 0);
    ro_cache_free(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_as_it_was),
        cmocka_unit_test(another_revision_or_source_forgets_all),
        cmocka_unit_test(an_answer_outlives_what_the_cache_forgets),
        cmocka_unit_test(it_never_takes_more_than_its_room),
        cmocka_unit_test(a_large_answer_pushes_out_no_others),
        cmocka_unit_test(what_is_large_once_unpacked_is_not_kept),
        cmocka_unit_test(what_is_asked_for_stays_beside_what_is_asked_once),
        cmocka_unit_test(what_is_not_worth_keeping_is_counted),
        cmocka_unit_test(keys_chosen_to_collide_make_no_long_search),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
