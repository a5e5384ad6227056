/* Near-duplicates: sketches, and the groups that an index keeps of them. */
#include "core/index/prepare.h"
#include "index_fixture.h"

#include "readout/alike.h"

#define WORDS 120
#define STORIES 6
#define VARIANTS 5
#define ARTICLES ((size_t)STORIES * VARIANTS)
#define DAY ((int64_t)86400)

static uint64_t seed = 1;

static uint32_t any(uint32_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % below;
}

/* The text of a story, with some of its words changed. */
static void write_story(unsigned story, unsigned variant, unsigned changed, ro_buf *out) {
    for (unsigned i = 0; i < WORDS; i++) {
        bool other = i * 7919U % WORDS < changed;
        ro_buf_printf(out, "s%uw%u%s%u ", story, i, other ? "v" : "o", other ? variant : 0);
    }
}

static ro_alike sketch_of(ro_str text, bool *told) {
    ro_alike_maker maker = {0};
    ro_alike sketch;
    for (size_t at = 0; at < text.len;) {
        const char *blank = memchr(text.ptr + at, ' ', text.len - at);
        size_t end = blank ? (size_t)(blank - text.ptr) : text.len;
        ro_alike_word(&maker, ro_str_hash(ro_str_make(text.ptr + at, end - at)));
        at = end + 1;
    }
    *told = ro_alike_finish(&maker, &sketch);
    return sketch;
}

static unsigned common_of(unsigned story, unsigned changed, unsigned other,
                          unsigned other_changed) {
    ro_buf a = RO_BUF_INIT;
    ro_buf b = RO_BUF_INIT;
    bool told;
    write_story(story, 1, changed, &a);
    write_story(other, 2, other_changed, &b);
    ro_alike x = sketch_of(ro_buf_str(&a), &told);
    assert_true(told);
    ro_alike y = sketch_of(ro_buf_str(&b), &told);
    ro_buf_release(&a);
    ro_buf_release(&b);
    return ro_alike_common(&x, &y);
}

static void the_more_two_texts_share_the_more_their_sketches_do(void **state) {
    (void)state;
    unsigned before = RO_ALIKE_BINS + 1;
    for (unsigned changed = 0; changed <= WORDS; changed += WORDS / 4) {
        unsigned common = 0;
        for (unsigned story = 0; story < 20; story++) {
            common += common_of(story, changed, story, changed);
        }
        assert_true(common / 20 < before);
        before = common / 20;
    }
    assert_int_equal(common_of(3, 0, 3, 0), RO_ALIKE_BINS);
    assert_true(common_of(3, 2, 3, 2) >= RO_ALIKE_BINS_SAME);
    assert_true(common_of(3, 0, 4, 0) < 8);
}

static void short_texts_have_no_sketch(void **state) {
    (void)state;
    ro_alike_maker maker = {0};
    ro_alike sketch;
    for (size_t i = 0; i < RO_ALIKE_WORDS_MIN - 1; i++) {
        ro_alike_word(&maker, i);
        assert_false(ro_alike_finish(&maker, &sketch));
    }
    ro_alike_word(&maker, 99);
    assert_true(ro_alike_finish(&maker, &sketch));
    ro_alike_maker empty = {0};
    assert_false(ro_alike_finish(&empty, &sketch));
}

static void one_word_over_and_over_is_like_itself_alone(void **state) {
    (void)state;
    ro_alike_maker a = {0};
    ro_alike_maker b = {0};
    ro_alike x;
    ro_alike y;
    for (size_t i = 0; i < 1000; i++) {
        ro_alike_word(&a, 7);
        ro_alike_word(&b, 8);
    }
    assert_true(ro_alike_finish(&a, &x) && ro_alike_finish(&b, &y));
    assert_int_equal(ro_alike_common(&x, &x), RO_ALIKE_BINS);
    assert_true(ro_alike_common(&x, &y) < 8);
}

/* ---- in an index ----------------------------------------------------------------------------- */

typedef struct told {
    bool live;
    int64_t day;
    ro_alike sketch;
} told;

/* Stories of several variants, some changed beyond recognition, over ten days. */
static void put_variant(fixture *f, ro_writer *writer, unsigned number, told *out) {
    unsigned story = number / VARIANTS;
    char id[16];
    ro_buf body = RO_BUF_INIT;
    ro_prepared *prepared = NULL;
    ro_change change;
    (void)snprintf(id, sizeof id, "%u", number);
    write_story(story, number, any(4) ? any(4) : any(WORDS), &body);
    ro_buf_add_byte(&body, 0);
    ro_article article = article_of(id, "A title", body.ptr);
    article.published = (int64_t)any(10) * DAY;
    OK(ro_prepare(f->preparer, &article, NULL, &prepared, NULL));
    *out = (told){true, article.published / DAY, prepared->alike};
    assert_true(prepared->told);
    OK(ro_writer_put(writer, prepared, &change, NULL));
    ro_prepared_free(prepared);
    ro_buf_release(&body);
}

static bool share_band(const ro_alike *a, const ro_alike *b) {
    uint64_t x[RO_ALIKE_BANDS];
    uint64_t y[RO_ALIKE_BANDS];
    bool share = false;
    ro_alike_bands(a, x);
    ro_alike_bands(b, y);
    for (size_t i = 0; i < RO_ALIKE_BANDS; i++) {
        share |= x[i] == y[i];
    }
    return share;
}

/* How many stories there are, all pairs looked at. */
static size_t count_stories(const told *all) {
    size_t group[ARTICLES];
    size_t count = 0;
    for (size_t i = 0; i < ARTICLES; i++) {
        group[i] = i;
    }
    for (size_t i = 0; i < ARTICLES; i++) {
        for (size_t j = 0; j < i; j++) {
            if (all[i].live && all[j].live && llabs(all[i].day - all[j].day) <= RO_ALIKE_DAYS &&
                ro_alike_same(&all[i].sketch, &all[j].sketch) &&
                share_band(&all[i].sketch, &all[j].sketch)) {
                size_t from = group[i];
                for (size_t k = 0; k < ARTICLES; k++) {
                    group[k] = group[k] == from ? group[j] : group[k];
                }
            }
        }
    }
    for (size_t i = 0; i < ARTICLES; i++) {
        bool first = all[i].live;
        for (size_t j = 0; j < i; j++) {
            first = first && !(all[j].live && group[j] == group[i]);
        }
        count += first;
    }
    return count;
}

static ro_search stories_of(fixture *f, ro_sort sort, size_t k) {
    ro_search search = search_of(all_of(f), k);
    search.collapse = true;
    search.sort = sort;
    return search;
}

static void groups_are_what_all_pairs_make_whatever_comes_and_goes(void **state) {
    fixture *f = *state;
    told all[ARTICLES] = {{0}};
    size_t joined = 0;
    for (int round = 0; round < 60; round++) {
        ro_writer *writer = open_writer(f);
        for (uint32_t i = 1 + any(8); i > 0; i--) {
            unsigned number = any((uint32_t)ARTICLES);
            if (any(3)) {
                put_variant(f, writer, number, &all[number]);
            } else {
                char id[16];
                bool found;
                (void)snprintf(id, sizeof id, "%u", number);
                OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
                assert_int_equal(found, all[number].live);
                all[number].live = false;
            }
        }
        OK(ro_writer_commit(writer, NULL));
        ro_writer_close(writer);
        ro_snapshot *snapshot = open_snapshot(f);
        ro_search search = stories_of(f, RO_SORT_NEWEST, ARTICLES);
        size_t count = count_stories(all);
        assert_int_equal(run_search(f, snapshot, &search).hit_count, count);
        joined += (size_t)ro_snapshot_articles(snapshot) - count;
        assert_sound(snapshot);
        ro_snapshot_close(snapshot);
    }
    assert_true(joined > 60);
}

/* Ten stories of four articles each, one a day, alternating with a fifth of its own. */
static void put_series(fixture *f) {
    ro_writer *writer = open_writer(f);
    for (unsigned i = 0; i < 50; i++) {
        char id[16];
        ro_buf body = RO_BUF_INIT;
        (void)snprintf(id, sizeof id, "%02u", i);
        write_story(i % 5 == 4 ? 100 + i : i / 5, i, i % 5 == 3 ? 2 : 0, &body);
        ro_buf_printf(&body, "%s", i % 3 ? "alpha" : "alpha alpha");
        ro_buf_add_byte(&body, 0);
        ro_article article = article_of(id, "A title", body.ptr);
        article.published = (int64_t)(i / 5) * 10 * DAY + (int64_t)(i * 7 % 5) * 3600;
        article.source = i % 2 ? RO_STR("AFP") : RO_STR("Reuters");
        assert_int_equal(put_article(f, writer, &article), RO_ADDED);
        ro_buf_release(&body);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void of_each_story_the_best_hit_is_shown_and_all_are_counted(void **state) {
    fixture *f = *state;
    put_series(f);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_search search = stories_of(f, RO_SORT_NEWEST, 30);
    search.facets = RO_FACET_SOURCE;
    ro_found found = run_search(f, snapshot, &search);
    assert_int_equal(found.hit_count, 20);
    assert_int_equal(found.total, 50);
    assert_int_equal(found.facets[0].counts[0].count + found.facets[0].counts[1].count, 50);
    for (size_t i = 0; i < found.hit_count; i++) {
        ro_doc *docs;
        size_t count;
        assert_true(found.hits[i].articles == 4 || found.hits[i].articles == 1);
        OK(ro_snapshot_copies(snapshot, found.hits[i].group, 3, &f->arena, &docs, &count, NULL));
        assert_int_equal(count, found.hits[i].articles == 4 ? 3 : 1);
    }
    search.collapse = false;
    search.k = 60;
    assert_int_equal(run_search(f, snapshot, &search).hit_count, 50);
    ro_snapshot_close(snapshot);
}

static void pages_show_each_story_once_however_they_are_cut(void **state) {
    fixture *f = *state;
    static const ro_sort sorts[] = {RO_SORT_NEWEST, RO_SORT_OLDEST, RO_SORT_SCORE};
    put_series(f);
    ro_snapshot *snapshot = open_snapshot(f);
    for (size_t s = 0; s < 3; s++) {
        ro_search search = stories_of(f, sorts[s], 50);
        search.match = term_of(f, "alpha");
        ro_found whole = run_search(f, snapshot, &search);
        assert_int_equal(whole.hit_count, 20);
        for (size_t k = 1; k <= 7; k += 3) {
            size_t seen = 0;
            ro_hit last;
            search.k = k;
            search.after = NULL;
            for (;;) {
                ro_found page = run_search(f, snapshot, &search);
                for (size_t i = 0; i < page.hit_count; i++, seen++) {
                    assert_true(seen < whole.hit_count);
                    assert_int_equal(page.hits[i].doc, whole.hits[seen].doc);
                }
                if (!page.hit_count) {
                    break;
                }
                last = page.hits[page.hit_count - 1];
                search.after = &last;
            }
            assert_int_equal(seen, whole.hit_count);
        }
    }
    ro_snapshot_close(snapshot);
}

static void the_same_text_days_apart_or_without_a_date_is_not_the_same_story(void **state) {
    fixture *f = *state;
    static const int64_t times[] = {0, 4 * DAY, 8 * DAY, RO_TIME_NONE, RO_TIME_NONE};
    ro_writer *writer = open_writer(f);
    ro_buf body = RO_BUF_INIT;
    write_story(1, 1, 0, &body);
    ro_buf_add_byte(&body, 0);
    for (size_t i = 0; i < 5; i++) {
        char id[2] = {(char)('a' + i), 0};
        ro_article article = article_of(id, "A title", body.ptr);
        article.published = times[i];
        assert_int_equal(put_article(f, writer, &article), RO_ADDED);
    }
    ro_buf_release(&body);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_search search = stories_of(f, RO_SORT_NEWEST, 10);
    assert_int_equal(run_search(f, snapshot, &search).hit_count, 5);
    ro_snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_more_two_texts_share_the_more_their_sketches_do),
        cmocka_unit_test(short_texts_have_no_sketch),
        cmocka_unit_test(one_word_over_and_over_is_like_itself_alone),
        cmocka_unit_test_setup_teardown(groups_are_what_all_pairs_make_whatever_comes_and_goes,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_each_story_the_best_hit_is_shown_and_all_are_counted,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_show_each_story_once_however_they_are_cut, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            the_same_text_days_apart_or_without_a_date_is_not_the_same_story, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
