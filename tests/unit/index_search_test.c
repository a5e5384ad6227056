/* core/index: orders, cursors, facets, explanations, caps and deadlines of a search. */
#include "index_fixture.h"

#include <math.h>
#include <time.h>

static ro_snapshot *many(fixture *f) {
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 300);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    return open_snapshot(f);
}

/* Whether `b` may follow `a` in an answer. */
static bool in_order(ro_sort sort, const ro_hit *a, const ro_hit *b) {
    if (sort == RO_SORT_SCORE && a->score != b->score) {
        return a->score > b->score;
    }
    if (sort != RO_SORT_SCORE && a->published != b->published) {
        if (a->published == RO_TIME_NONE || b->published == RO_TIME_NONE) {
            return b->published == RO_TIME_NONE;
        }
        return sort == RO_SORT_NEWEST ? a->published > b->published : a->published < b->published;
    }
    return a->doc < b->doc;
}

static void pages_follow_each_other_in_every_order(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    ro_match *either = ro_match_new(&f->arena, RO_MATCH_BOOL);
    static const char *const stems[] = {"beta", "gamma", "plain"};
    for (int i = 0; i < 3; i++) {
        ro_match *term = term_of(f, stems[i]);
        term->occur = RO_SHOULD;
        OK(ro_match_add(&f->arena, either, term, NULL));
    }
    const ro_match *queries[] = {either, all_of(f), term_of(f, "gamma")};
    static const int64_t totals[] = {294 + 2 + 4 - 4 + 4, 300, 6};
    for (int q = 0; q < 3; q++) {
        for (ro_sort sort = RO_SORT_SCORE; sort <= RO_SORT_OLDEST; sort++) {
            ro_hit last = {0};
            int64_t seen = 0;
            for (;;) {
                ro_search search = search_of(queries[q], 7);
                search.sort = sort;
                search.after = seen ? &last : NULL;
                ro_found found = run_search(f, snapshot, &search);
                assert_int_equal(found.total, totals[q]);
                assert_true(found.total_exact);
                if (!found.hit_count) {
                    break;
                }
                for (size_t i = 0; i < found.hit_count; i++) {
                    assert_true(!seen || in_order(sort, &last, &found.hits[i]));
                    last = found.hits[i];
                    seen++;
                }
            }
            assert_int_equal(seen, totals[q]);
        }
    }
    ro_snapshot_close(snapshot);
}

/* A preference adds its worth and excludes nothing. */
static void what_is_preferred_comes_first_and_the_rest_stays(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    ro_match *both = ro_match_new(&f->arena, RO_MATCH_BOOL);
    ro_match *term = term_of(f, "gamma"); /* 0, 50, 100, 150, 200, 250 */
    ro_match *late = ro_match_new(&f->arena, RO_MATCH_RANGE);
    OK(ro_match_add(&f->arena, both, term, NULL));
    ro_search search = search_of(both, 10);
    ro_found plain = run_search(f, snapshot, &search);
    late->column = RO_COLUMN_PUBLISHED;
    late->occur = RO_SHOULD;
    late->from = plain.hits[3].published;
    late->until = plain.hits[3].published + 1;
    late->worth = 5;
    late->boost = 2;
    OK(ro_match_add(&f->arena, both, late, NULL));
    ro_found preferring = run_search(f, snapshot, &search);
    assert_int_equal(preferring.total, plain.total);
    assert_int_equal(preferring.hits[0].doc, plain.hits[3].doc);
    assert_true(fabs(preferring.hits[0].score - plain.hits[3].score - 10) < 1e-9);
    assert_true(fabs(preferring.hits[1].score - plain.hits[0].score) < 1e-9);
    json_t *explained;
    OK(ro_snapshot_explain(snapshot, &search, preferring.hits[0].doc, &explained, NULL));
    assert_true(fabs(json_real_value(json_object_get(explained, "value")) -
                     preferring.hits[0].score) < 1e-9);
    json_decref(explained);
    search.k = 1;
    ro_found first = run_search(f, snapshot, &search);
    assert_int_equal(first.hits[0].doc, preferring.hits[0].doc);
    ro_snapshot_close(snapshot);
}

static void facets_count_what_matches(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    ro_search search = search_of(term_of(f, "gamma"), 0); /* 0, 50, 100, 150, 200, 250 */
    search.facets = RO_FACET_SOURCE | RO_FACET_LANGUAGE | RO_FACET_YEAR | RO_FACET_MONTH;
    ro_found found = run_search(f, snapshot, &search);
    static const char *const expected[] = {"=6 ", "en=6 ", "1971=1 1972=1 1974=1 1975=1 1976=1 =1 ",
                                           "1971-05=1 1972-09=1 1974-02=1 1975-06=1 1976-11=1 =1 "};
    assert_int_equal(found.facet_count, 4);
    assert_int_equal(found.hit_count, 0);
    for (size_t i = 0; i < 4; i++) {
        ro_buf text = RO_BUF_INIT;
        int64_t sum = 0;
        assert_int_equal(found.facets[i].facet, 1u << i);
        for (size_t j = 0; j < found.facets[i].count; j++) {
            const ro_facet_count *c = &found.facets[i].counts[j];
            ro_buf_printf(&text, "%.*s=%lld ", RO_STR_ARG(c->value), (long long)c->count);
            sum += c->count;
        }
        ro_buf_add_byte(&text, 0);
        assert_int_equal(sum, found.total);
        if (i < 2) {
            assert_string_equal(text.ptr, expected[i]);
        } else { /* equal counts are in order of value, the unknown first */
            assert_int_equal(found.facets[i].count, 6);
            assert_int_equal(found.facets[i].counts[0].value.len, 0);
            assert_non_null(strstr(text.ptr, i == 2 ? "1971=1 1972=1" : "1971-05=1 1972-09=1"));
        }
        ro_buf_release(&text);
    }
    search.facets = RO_FACET_DAY | RO_FACET_WEEK;
    found = run_search(f, snapshot, &search);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(found.facets[i].facet, i ? RO_FACET_WEEK : RO_FACET_DAY);
        assert_int_equal(found.facets[i].count, 6);
        for (size_t j = 1; j < 6; j++) {
            int64_t from, until;
            assert_int_equal(ro_date_range(found.facets[i].counts[j].value, &from, &until, NULL),
                             RO_OK);
            if (i) { /* 1970-01-05 was a Monday */
                assert_int_equal((from / 86400 - 4) % 7, 0);
            }
        }
    }
    search.match = all_of(f);
    search.facets = RO_FACET_SOURCE;
    found = run_search(f, snapshot, &search);
    assert_int_equal(found.facet_count, 1);
    assert_int_equal(found.facets[0].counts[0].count, 240);
    assert_true(ro_str_equal(found.facets[0].counts[0].value, RO_STR("Reuters")));
    ro_snapshot_close(snapshot);
}

static double sum_of_parts(const json_t *node) {
    const json_t *parts = json_object_get(node, "parts");
    double sum = 0;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        sum += json_number_value(json_object_get(json_array_get(parts, i), "value"));
    }
    return sum;
}

static void an_explanation_adds_up_to_the_score(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    ro_match *match = ro_match_new(&f->arena, RO_MATCH_BOOL);
    static const char *const stems[] = {"gamma", "word", "absent"};
    for (int i = 0; i < 3; i++) {
        ro_match *term = term_of(f, stems[i]);
        term->occur = i ? RO_SHOULD : RO_MUST;
        OK(ro_match_add(&f->arena, match, term, NULL));
    }
    ro_search search = search_of(match, 1);
    search.rank.half_life_days = 1000;
    search.rank.near_max_share = 2;
    search.rank.now = (int64_t)3000 * 86400;
    ro_found found = run_search(f, snapshot, &search);
    json_t *json;
    OK(ro_snapshot_explain(snapshot, &search, found.hits[0].doc, &json, NULL));
    assert_true(fabs(json_number_value(json_object_get(json, "value")) - found.hits[0].score) <
                1e-9);
    json_t *parts = json_object_get(json, "parts");
    json_t *terms = json_array_get(parts, 0);
    double near = json_number_value(json_object_get(json_array_get(parts, 1), "value"));
    double age = json_number_value(json_object_get(json_array_get(parts, 2), "value"));
    assert_true(near > 0 && age > 0 && age < 1);
    assert_true(fabs((sum_of_parts(terms) + near) * age - found.hits[0].score) < 1e-9);
    assert_int_equal(json_array_size(json_object_get(terms, "parts")), 2);
    json_decref(json);
    FAILS(ro_snapshot_explain(snapshot, &search, 2, &json, err), RO_NOT_FOUND, "does not match");
    FAILS(ro_snapshot_explain(snapshot, &search, 9999, &json, err), RO_NOT_FOUND, "9999");
    assert_null(json);
    search.match = all_of(f);
    OK(ro_snapshot_explain(snapshot, &search, 2, &json, NULL));
    json_decref(json);
    ro_snapshot_close(snapshot);
}

static ro_match *nested(fixture *f, int depth) {
    ro_match *inner = term_of(f, "alpha");
    while (--depth > 0) {
        ro_match *outer = ro_match_new(&f->arena, RO_MATCH_BOOL);
        inner->occur = depth % 2 ? RO_MUST : RO_SHOULD;
        OK(ro_match_add(&f->arena, outer, inner, NULL));
        inner = outer;
    }
    return inner;
}

static ro_match *wide(fixture *f, int terms) {
    ro_match *any = ro_match_new(&f->arena, RO_MATCH_BOOL);
    for (int i = 0; i < terms; i++) {
        ro_match *term = term_of(f, ro_arena_printf(&f->arena, "number%d", i).ptr);
        term->occur = RO_SHOULD;
        OK(ro_match_add(&f->arena, any, term, NULL));
    }
    return any;
}

static void a_tree_has_a_greatest_depth_and_width(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    ro_found found;
    ro_search search = search_of(nested(f, RO_MATCH_DEPTH_MAX), 10);
    assert_int_equal(run_search(f, snapshot, &search).total, 300);
    search.match = nested(f, RO_MATCH_DEPTH_MAX + 1);
    FAILS(ro_snapshot_search(snapshot, &search, &f->arena, &found, err), RO_LIMIT, "deeper than");
    search.match = wide(f, RO_MATCH_TERMS_MAX);
    assert_int_equal(run_search(f, snapshot, &search).total, 256);
    search.match = wide(f, RO_MATCH_TERMS_MAX + 1);
    FAILS(ro_snapshot_search(snapshot, &search, &f->arena, &found, err), RO_LIMIT, "256 terms");
    ro_match *odd = ro_match_new(&f->arena, RO_MATCH_PHRASE);
    OK(ro_match_add(&f->arena, odd, all_of(f), NULL));
    search.match = odd;
    FAILS(ro_snapshot_search(snapshot, &search, &f->arena, &found, err), RO_INVALID,
          "cannot stand");
    ro_snapshot_close(snapshot);
}

/* Words a user may type are data, never syntax of the table. */
static void a_term_is_never_syntax(void **state) {
    fixture *f = *state;
    ro_snapshot *snapshot = many(f);
    static const char *const terms[] = {"\"",
                                        "alpha\" OR \"beta",
                                        "*",
                                        "NEAR(",
                                        "title:alpha",
                                        "-",
                                        "'; DROP TABLE hot",
                                        "",
                                        "\xFF",
                                        "\x01",
                                        "alph*",
                                        "^alpha",
                                        "a b"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        assert_int_equal(count_of(f, snapshot, terms[i]), 0);
    }
    ro_match *any = ro_match_new(&f->arena, RO_MATCH_ANY_OF);
    OK(ro_match_add(&f->arena, any, term_of(f, "al\"pha"), NULL));
    OK(ro_match_add(&f->arena, any, term_of(f, "gamma"), NULL));
    ro_search search = search_of(any, 10);
    assert_int_equal(run_search(f, snapshot, &search).total, 6);
    ro_snapshot_close(snapshot);
}

/* What it takes of the processor until it ends so. */
static double seconds_of(fixture *f, ro_snapshot *snapshot, const ro_search *search,
                         ro_status expected) {
    ro_found found;
    clock_t start = clock();
    assert_int_equal(ro_snapshot_search(snapshot, search, &f->arena, &found, NULL), expected);
    assert_true(found.hit_count == 0 || expected == RO_OK);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void a_search_ends_by_its_deadline(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    /* long articles of two words make NEAR slow */
    size_t size = 1 << 20;
    char *body = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        body[i] = "ab xy "[i % 6];
    }
    body[size] = 0;
    for (int i = 0; i < 24; i++) {
        (void)put_text(f, writer, (char[]){(char)('a' + i), 0}, "", body);
    }
    free(body);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_match *near = ro_match_new(&f->arena, RO_MATCH_NEAR);
    near->slop = 5;
    OK(ro_match_add(&f->arena, near, term_of(f, "ab"), NULL));
    OK(ro_match_add(&f->arena, near, term_of(f, "xy"), NULL));
    ro_search search = search_of(near, 10);
    ro_found found;
    double whole = seconds_of(f, snapshot, &search, RO_OK);
    search.deadline = ro_deadline_in_ms(5);
    assert_true(seconds_of(f, snapshot, &search, RO_DEADLINE) < whole / 2);
    assert_int_equal(count_of(f, snapshot, "ab"), 24); /* it still works */
    search.deadline = ro_deadline_in_ms(-1);
    search.match = all_of(f);
    FAILS(ro_snapshot_search(snapshot, &search, &f->arena, &found, err), RO_DEADLINE, "");
    ro_snapshot_close(snapshot);
}

static void a_tree_is_printed(void **state) {
    fixture *f = *state;
    ro_match *match = ro_match_new(&f->arena, RO_MATCH_BOOL);
    ro_match *phrase = ro_match_new(&f->arena, RO_MATCH_PHRASE);
    ro_match *second = term_of(f, "deal");
    second->gap = 2;
    OK(ro_match_add(&f->arena, phrase, term_of(f, "peac"), NULL));
    OK(ro_match_add(&f->arena, phrase, second, NULL));
    phrase->slop = 3;
    ro_match *exact = term_of(f, "talks");
    exact->exact = true;
    exact->fields = RO_FIELD_TITLE;
    exact->occur = RO_SHOULD;
    exact->boost = 2;
    ro_match *dates = ro_match_new(&f->arena, RO_MATCH_RANGE);
    dates->from = 0;
    dates->until = INT64_MAX;
    dates->occur = RO_FILTER;
    ro_match *not = term_of(f, "war");
    not ->occur = RO_MUST_NOT;
    OK(ro_match_add(&f->arena, match, phrase, NULL));
    OK(ro_match_add(&f->arena, match, exact, NULL));
    OK(ro_match_add(&f->arena, match, dates, NULL));
    OK(ro_match_add(&f->arena, match, not, NULL));
    ro_buf text = RO_BUF_INIT;
    ro_match_print(match, &text);
    ro_buf_add_byte(&text, 0);
    assert_string_equal(text.ptr, "(bool +\"peac @2:deal\"~3 title:=talks^2 "
                                  "#(published 1970-01-01T00:00:00Z..) -war)");
    ro_buf_release(&text);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pages_follow_each_other_in_every_order),
        TEST(what_is_preferred_comes_first_and_the_rest_stays),
        TEST(facets_count_what_matches),
        TEST(an_explanation_adds_up_to_the_score),
        TEST(a_tree_has_a_greatest_depth_and_width),
        TEST(a_term_is_never_syntax),
        TEST(a_search_ends_by_its_deadline),
        TEST(a_tree_is_printed),
    };
    return cmocka_run_group_tests_name("index_search", tests, NULL, NULL);
}
