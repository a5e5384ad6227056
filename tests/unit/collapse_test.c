/* The few best of many, of each group one, are those that all of them give, where each is looked
 * at; and so are totals and facets. */
#include "core/index/writer.h"
#include "index_fixture.h"
#include "readout/extract.h"
#include "roll.h"

#include <math.h>

#define ARTICLES 240
#define ROUNDS 1500
#define ALL 1000 /* groups: more than are kept apart while they are searched for */

static const char *const PEOPLE[] = {"Russian Foreign Minister Sergey Lavrov",
                                     "Russian Foreign Minister Sergei Lavrov",
                                     "U.S. Secretary of State Marco Rubio",
                                     "Turkish Foreign Minister Hakan Fidan",
                                     "U.S. envoy Steve Witkoff",
                                     "U.S. envoy Steven Witkoff",
                                     "Russian aide Yury Ushakov",
                                     "Egyptian Foreign Minister Badr Abdelatty"};
static const char *const PLACES[] = {"Riyadh", "Istanbul", "Cairo", "Geneva"};
static const char *const SIDES[] = {"Russia and the United States", "Turkey", "Egypt and Turkey"};
static const char *const DEEDS[] = {"appoint ambassadors", "open a grain corridor",
                                    "exchange prisoners", "resume flights"};
static const char *const STEMS[] = {"lavrov", "sergei",   "minist", "foreign", "talk",  "riyadh",
                                    "cairo",  "corridor", "grain",  "open",    "envoy", "agre"};

static void put_random(fixture *f, ro_extractor *extractor, ro_writer *writer, int number) {
    char id[16];
    char body[1024];
    const char *place = ROLL_LOW(PLACES);
    (void)snprintf(id, sizeof id, "%d", number);
    (void)snprintf(
        body, sizeof body,
        "%s (AFP) - %s held talks with %s in %s. The talks included %s. %s agreed to %s.", place,
        ROLL_LOW(PEOPLE), ROLL_LOW(PEOPLE), place, ROLL_ONE(PEOPLE), ROLL_ONE(SIDES),
        ROLL_ONE(DEEDS));
    ro_article article = article_of(id, "", body);
    article.published = (int64_t)(20000 + roll(30)) * 86400;
    (void)put_extracted(f, writer, extractor, &article);
}

/* Two in three of them in sealed leaves; some are deleted. */
static void fill(fixture *f) {
    ro_extractor *extractor;
    ro_writer *writer = open_writer(f);
    OK(ro_extractor_new(RO_STR_NONE, &extractor, NULL));
    for (int i = 0; i < ARTICLES; i++) {
        put_random(f, extractor, writer, i);
        for (int kind = 0; i % 40 == 39 && kind < RO_KINDS; kind++) {
            writer->collections[kind].hot_words_max = i % 120 == 119 ? INT64_MAX : 0;
        }
        if (i % 40 == 39) {
            OK(ro_writer_commit(writer, NULL));
        }
    }
    for (int i = 0; i < ARTICLES; i += 9) {
        char id[16];
        bool found;
        (void)snprintf(id, sizeof id, "%d", i);
        OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_extractor_free(extractor);
}

static ro_match *random_query(ro_arena *arena) {
    static ro_str sides[] = {{"ru", 2}, {"us", 2}};
    ro_match *query = ro_match_new(arena, roll(6) ? RO_MATCH_BOOL : RO_MATCH_ALL);
    if (query->kind == RO_MATCH_ALL) {
        return query;
    }
    for (unsigned i = 1 + roll(3); i; i--) {
        ro_match *word = ro_match_new(arena, RO_MATCH_TERM);
        word->term = ro_str_from(ROLL_ONE(STEMS));
        word->occur = roll(3) ? RO_SHOULD : roll(3) ? RO_MUST : RO_MUST_NOT;
        OK(ro_match_add(arena, query, word, NULL));
    }
    if (!roll(3)) {
        ro_match *column = ro_match_new(arena, RO_MATCH_VALUE);
        column->column = RO_COLUMN_SIDE;
        column->values = &sides[roll(2)];
        column->value_count = 1;
        column->occur = roll(2) ? RO_SHOULD : RO_FILTER;
        column->worth = (float)roll(7);
        OK(ro_match_add(arena, query, column, NULL));
    }
    return query;
}

static void same_facets(const ro_found *few, const ro_found *all) {
    assert_int_equal(few->facet_count, all->facet_count);
    for (size_t i = 0; i < few->facet_count; i++) {
        assert_int_equal(few->facets[i].count, all->facets[i].count);
        for (size_t j = 0; j < few->facets[i].count; j++) {
            const ro_facet_count *x = &few->facets[i].counts[j];
            const ro_facet_count *y = &all->facets[i].counts[j];
            assert_true(ro_str_equal(x->value, y->value));
            assert_int_equal(x->count, y->count);
        }
    }
}

static size_t compare(ro_snapshot *snapshot, ro_arena *arena, ro_kind kind) {
    ro_search search = {.match = random_query(arena),
                        .kind = kind,
                        .rank = RO_RANK_DEFAULT,
                        .sort = roll(2)   ? RO_SORT_SCORE
                                : roll(2) ? RO_SORT_NEWEST
                                          : RO_SORT_OLDEST,
                        .collapse = roll(5),
                        .k = ALL,
                        .count_to = roll(3) ? 0 : 5,
                        .facets = roll(2) ? RO_FACET_SIDE | RO_FACET_PERSON | RO_FACET_WEEK : 0,
                        .deadline = RO_DEADLINE_NEVER};
    search.rank.half_life_days = roll(4) ? 0 : 20;
    search.rank.now = INT64_C(20030) * 86400;
    ro_found all;
    ro_found few;
    OK(ro_snapshot_search(snapshot, &search, arena, &all, NULL));
    search.k = roll(12);
    OK(ro_snapshot_search(snapshot, &search, arena, &few, NULL));
    if (few.total_exact && all.total_exact) {
        assert_int_equal(few.total, all.total);
    }
    assert_true((few.total_exact && all.total_exact) || (search.count_to && !search.facets));
    assert_int_equal(few.hit_count, all.hit_count < search.k ? all.hit_count : search.k);
    for (size_t i = 0; i < few.hit_count; i++) {
        assert_int_equal(few.hits[i].doc, all.hits[i].doc);
        assert_int_equal(few.hits[i].group, all.hits[i].group);
        assert_int_equal(few.hits[i].articles, all.hits[i].articles);
        assert_true(fabs(few.hits[i].score - all.hits[i].score) < 1e-9);
    }
    same_facets(&few, &all);
    return all.hit_count;
}

static void the_few_best_are_those_of_all(void **state) {
    static const ro_kind kinds[] = {RO_KIND_TALKS, RO_KIND_PARTICIPANTS, RO_KIND_OUTCOMES,
                                    RO_KIND_ARTICLES, RO_KIND_STATEMENTS};
    fixture *f = *state;
    fill(f);
    ro_snapshot *snapshot = open_snapshot(f);
    size_t most = 0;
    for (int i = 0; i < ROUNDS; i++) {
        ro_arena_reset(&f->arena);
        size_t groups = compare(snapshot, &f->arena, ROLL_ONE(kinds));
        most = groups > most ? groups : most;
    }
    assert_true(most > 12);
    ro_snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_few_best_are_those_of_all, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
