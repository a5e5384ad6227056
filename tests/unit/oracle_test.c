/* core/index against an oracle: random trees over small random articles, evaluated by trying every
 * combination of positions and scored straight from the formula of readout/rank.h. */
#include "core/index/snapshot.h"
#include "core/index/writer.h"
#include "oracle/oracle.h"
#include "roll.h"

#include <math.h>

#define ROUNDS 4000

static ro_rank random_rank(void) {
    ro_rank rank = RO_RANK_DEFAULT;
    rank.near_weight = roll(3) ? 0.2 : 0;
    rank.burst = roll(3) ? 1 : 0;
    rank.half_life_days = roll(4) ? 0 : 30;
    rank.now = (int64_t)300 * 86400;
    return rank;
}

/* What the oracle says of each article. */
typedef struct verdict {
    bool matches, taken;
    double score;
} verdict;

static int64_t judge(const ro_search *search, verdict verdicts[ORACLE_DOCS]) {
    int64_t total = 0;
    for (size_t i = 0; i < ORACLE_DOCS; i++) {
        const document *d = &oracle_docs[i];
        verdicts[i] = (verdict){.matches = d->live && oracle_matches(d, search->match)};
        if (verdicts[i].matches) {
            verdicts[i].score = oracle_score(&search->rank, d, search->match);
            total++;
        }
    }
    oracle_forget();
    return total;
}

static size_t number_of(ro_doc doc) {
    size_t i = 0;
    while (i < ORACLE_DOCS && !(oracle_docs[i].live && oracle_docs[i].doc == doc)) {
        i++;
    }
    return i;
}

static void compare_hits(const ro_found *found, verdict verdicts[ORACLE_DOCS], const char *tree) {
    double worst = INFINITY;
    for (size_t h = 0; h < found->hit_count; h++) {
        const ro_hit *hit = &found->hits[h];
        size_t i = number_of(hit->doc);
        if (i == ORACLE_DOCS || !verdicts[i].matches || verdicts[i].taken) {
            fail_msg("%s: hit %zu is none", tree, h);
        }
        double expected = verdicts[i].score;
        if (fabs(expected - hit->score) > 1e-9 * (1 + fabs(expected)) || hit->score > worst) {
            fail_msg("%s: article %zu scored %.12g, expected %.12g", tree, i, hit->score, expected);
        }
        verdicts[i].taken = true;
        worst = hit->score;
    }
    for (size_t i = 0; i < ORACLE_DOCS; i++) {
        if (verdicts[i].matches && !verdicts[i].taken && verdicts[i].score > worst + 1e-9) {
            fail_msg("%s: article %zu is missing", tree, i);
        }
    }
}

/* Of documents that were found, how many are of a source. */
static void compare_facets(const ro_found *found, const verdict verdicts[ORACLE_DOCS],
                           const char *tree) {
    for (int source = 0; found->facet_count && source < 4; source++) {
        int64_t expected = 0;
        int64_t counted = 0;
        for (size_t i = 0; i < ORACLE_DOCS; i++) {
            expected += verdicts[i].matches && oracle_docs[i].source == source;
        }
        for (size_t i = 0; i < found->facets[0].count; i++) {
            const ro_facet_count *c = &found->facets[0].counts[i];
            bool same = ro_str_equal(c->value, ro_str_from(oracle_sources[source]));
            counted += same ? c->count : 0;
        }
        if (counted != expected) {
            fail_msg("%s: %lld of '%s', not %lld", tree, (long long)counted, oracle_sources[source],
                     (long long)expected);
        }
    }
}

static void compare(ro_snapshot *snapshot, ro_arena *arena) {
    ro_search search = {.match = roll(4) ? oracle_tree(arena) : oracle_flat(arena),
                        .rank = random_rank(),
                        .k = roll(3) ? 1 + roll(6) : 100,
                        .facets = roll(2) ? RO_FACET_SOURCE : 0,
                        .count_to = roll(2) ? 0 : 1 + roll(20),
                        .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    verdict verdicts[ORACLE_DOCS];
    ro_error err = RO_ERROR_INIT;
    ro_buf text = RO_BUF_INIT;
    ro_match_print(search.match, &text);
    ro_buf_add_byte(&text, 0);
    if (ro_snapshot_search(snapshot, &search, arena, &found, &err)) {
        fail_msg("%s: %s", text.ptr, err.message);
    }
    int64_t total = judge(&search, verdicts);
    if (found.total_exact ? found.total != total
                          : found.total > total || !search.count_to || search.facets) {
        fail_msg("%s: %lld found, %lld expected", text.ptr, (long long)found.total,
                 (long long)total);
    }
    assert_int_equal(found.hit_count, (size_t)total < search.k ? (size_t)total : search.k);
    compare_facets(&found, verdicts, text.ptr);
    compare_hits(&found, verdicts, text.ptr);
    ro_buf_release(&text);
}

static void marks_agree_with_the_oracle(ro_arena *arena) {
    const ro_match *m = oracle_marked(arena);
    ro_buf text = RO_BUF_INIT;
    ro_match_print(m, &text);
    ro_buf_add_byte(&text, 0);
    for (size_t i = 0; i < ORACLE_DOCS; i++) {
        oracle_compare_marks(&oracle_docs[i], m, text.ptr);
        oracle_forget();
    }
    ro_buf_release(&text);
}

static void fail_for(void *context, const char *problem) {
    (void)context;
    fail_msg("%s", problem);
}

/* How the articles are spread over leaves. */
typedef struct arrangement {
    unsigned commit_every;
    unsigned sealed_every; /* of so many commits one goes to the hot leaf; 0: all do, 1: none */
    uint32_t block;
    bool optimize;
    unsigned rounds;
    size_t leaves; /* sealed ones that come of it, at least */
} arrangement;

static void commit(ro_writer *writer, const arrangement *as) {
    static unsigned commits;
    ro_collection_writer *articles = &writer->collections[RO_KIND_ARTICLES];
    OK(ro_writer_commit(writer, NULL));
    bool hot = !as->sealed_every || (as->sealed_every > 1 && commits++ % as->sealed_every == 0);
    articles->hot_words_max = hot ? INT64_MAX : 0;
    articles->segment_block = as->block;
}

static void trees_agree(const arrangement *as) {
    char directory[] = "/tmp/readout-oracle-XXXXXX";
    ro_index *index;
    ro_writer *writer;
    ro_preparer *preparer;
    ro_analyser *analyser;
    ro_snapshot *snapshot;
    assert_non_null(mkdtemp(directory));
    OK(ro_index_open(directory, RO_INDEX_CREATE, &index, NULL));
    OK(ro_writer_open(index, RO_DEADLINE_NEVER, &writer, NULL));
    OK(ro_preparer_new(&preparer, NULL));
    OK(ro_analyser_new(&analyser, NULL));
    for (unsigned i = 0; i < ORACLE_DOCS * 2; i++) { /* many are replaced, some deleted */
        oracle_put(writer, preparer, analyser, i < ORACLE_DOCS ? i : roll(ORACLE_DOCS));
        if (i % as->commit_every == 0) {
            commit(writer, as);
        }
    }
    for (unsigned i = 0; i < ORACLE_DOCS; i += 9) {
        char id[16];
        bool found;
        (void)snprintf(id, sizeof id, "%u", i);
        OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
        assert_true(found);
        oracle_docs[i].live = false;
    }
    commit(writer, as);
    if (as->optimize) {
        OK(ro_writer_optimize(writer, NULL));
    }
    OK(ro_snapshot_open(index, &snapshot, NULL));
    assert_true(snapshot->leaves.count >= as->leaves);
    OK(ro_snapshot_check(snapshot, fail_for, NULL, NULL));
    for (unsigned i = 0; i < ORACLE_DOCS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(ro_snapshot_find(snapshot, ro_str_from(id), &oracle_docs[i].doc, NULL),
                         oracle_docs[i].live ? RO_OK : RO_NOT_FOUND);
    }
    oracle_count();
    for (unsigned i = 0; i < as->rounds; i++) {
        ro_arena arena = RO_ARENA_INIT;
        compare(snapshot, &arena);
        if (i % 2 == 0) {
            marks_agree_with_the_oracle(&arena);
        }
        ro_arena_release(&arena);
    }
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
    ro_analyser_free(analyser);
    ro_preparer_free(preparer);
    ro_index_close(index);
    char command[64];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a fixed command
}

static void every_tree_agrees_with_the_oracle(void **state) {
    (void)state;
    trees_agree(&(arrangement){.commit_every = 50, .rounds = ROUNDS});
}

static void trees_over_many_segments_agree(void **state) {
    (void)state;
    trees_agree(&(arrangement){
        .commit_every = 7, .sealed_every = 1, .block = 3, .rounds = ROUNDS / 4, .leaves = 3});
    trees_agree(&(arrangement){
        .commit_every = 20, .sealed_every = 1, .block = 9, .rounds = ROUNDS / 4, .leaves = 6});
}

static void trees_over_hot_and_sealed_leaves_agree(void **state) {
    (void)state;
    trees_agree(&(arrangement){
        .commit_every = 10, .sealed_every = 2, .block = 2, .rounds = ROUNDS / 4, .leaves = 3});
    trees_agree(
        &(arrangement){.commit_every = 30, .sealed_every = 3, .rounds = ROUNDS / 4, .leaves = 2});
}

static void trees_over_one_segment_agree(void **state) {
    (void)state;
    trees_agree(
        &(arrangement){.commit_every = 13, .optimize = true, .rounds = ROUNDS / 4, .leaves = 1});
    trees_agree(&(arrangement){.commit_every = 13,
                               .sealed_every = 3,
                               .optimize = true,
                               .rounds = ROUNDS / 4,
                               .leaves = 1});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_tree_agrees_with_the_oracle),
                                       cmocka_unit_test(trees_over_many_segments_agree),
                                       cmocka_unit_test(trees_over_hot_and_sealed_leaves_agree),
                                       cmocka_unit_test(trees_over_one_segment_agree)};
    return cmocka_run_group_tests_name("oracle", tests, NULL, NULL);
}
