/* Searching segments, held against the hot leaf: the same articles, the same random queries, the
 * same answers. */
#include "core/index/evaluate/evaluator.h"
#include "core/index/prepare.h"
#include "core/index/segment/set.h"
#include "core/index/snapshot.h"
#include "index_fixture.h"
#include "roll.h"

#include <math.h>

#define ARTICLES 2500
#define ROUNDS 3000
#define SEGMENTS_MAX 4

static const char *const words[] = {"peace",   "talk",   "deal",       "border", "grain",
                                    "river",   "envoy",  "truce",      "fleet",  "dam",
                                    "oil",     "gas",    "summit",     "treaty", "talks",
                                    "dealing", "rivers", "moratorium", "zinc",   "quorum"};
static const char *const sources[] = {"Reuters", "AFP", "", "Tass"};

static const char *random_word(void) {
    return ROLL_LOW(words);
}

static void random_text(char *out, size_t room, unsigned count) {
    size_t len = 0;
    out[0] = 0;
    for (unsigned i = 0; i < count && len + 16 < room; i++) {
        len += (size_t)snprintf(out + len, room - len, "%s ", random_word());
    }
}

/* ---- articles in both leaves ---------------------------------------------------------------- */

typedef struct leaves {
    fixture *f;
    ro_snapshot *snapshot;
    ro_collection *collection;
    ro_segment *segments[SEGMENTS_MAX];
    size_t count;
} leaves;

static void put_random(fixture *f, ro_writer *writer, int number) {
    char id[16];
    char title[128];
    char body[1024];
    (void)snprintf(id, sizeof id, "%d", number);
    random_text(title, sizeof title, roll(6));
    random_text(body, sizeof body, roll(10) ? 1 + roll(30) : roll(100));
    ro_article article = article_of(id, title, body);
    article.published = roll(9) ? (int64_t)roll(3000) * 86400 : RO_TIME_NONE;
    article.source = ro_str_from(sources[roll(4)]);
    put_article(f, writer, &article);
}

static ro_segment *build(leaves *l, size_t part, uint32_t block) {
    ro_segment_builder *builder;
    ro_segment *segment;
    char path[128];
    ro_doc first = (ro_doc)(ARTICLES * part / l->count);
    ro_doc last = (ro_doc)(ARTICLES * (part + 1) / l->count);
    ro_error err = RO_ERROR_INIT;
    OK(ro_segment_builder_new(block, &builder, &err));
    for (ro_doc doc = first + 1; doc <= last; doc++) {
        ro_article article;
        ro_stream terms;
        if (ro_snapshot_article(l->snapshot, doc, true, &l->f->arena, &article, NULL)) {
            continue; /* it was deleted */
        }
        OK(ro_preparer_stream(l->f->preparer, &article, &terms, &err));
        OK(ro_segment_builder_add(builder, doc, &terms, &err));
    }
    (void)snprintf(path, sizeof path, "%s/part%zu-%u.seg", l->f->directory, part, block);
    OK(ro_segment_builder_write(builder, path, &err));
    OK(ro_segment_open(path, &segment, &err));
    ro_segment_builder_free(builder);
    return segment;
}

static void open_leaves(leaves *l, size_t count, uint32_t block) {
    l->count = count;
    for (size_t i = 0; i < count; i++) {
        l->segments[i] = build(l, i, block);
        l->segments[i]->far = i % 2 == 0; /* as if large */
    }
}

static void close_leaves(leaves *l) {
    for (size_t i = 0; i < l->count; i++) {
        ro_segment_close(l->segments[i]);
    }
}

static void delete_some(fixture *f) {
    ro_writer *writer = open_writer(f);
    for (int i = 0; i < ARTICLES; i += 7) {
        char id[16];
        bool found;
        (void)snprintf(id, sizeof id, "%d", i);
        OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

/* ---- queries -------------------------------------------------------------------------------- */

static ro_match *random_tree(ro_arena *arena, unsigned depth);

static ro_match *random_term(ro_arena *arena, bool plain) {
    static const char *const stems[] = {
        "peac", "talk", "deal", "border", "grain",  "river",      "envoy", "truce",  "fleet",
        "dam",  "oil",  "gas",  "summit", "treati", "moratorium", "zinc",  "quorum", "nowhere"};
    ro_match *m = ro_match_new(arena, RO_MATCH_TERM);
    if (!plain && !roll(5)) {
        m->exact = true;
        m->term = ro_str_from(random_word());
    } else {
        m->term = ro_str_from(stems[roll(sizeof stems / sizeof *stems)]);
    }
    if (!plain && !roll(4)) {
        m->fields = roll(2) ? RO_FIELD_TITLE : RO_FIELD_BODY;
    }
    m->boost = roll(5) ? 1 : (float)roll(4) / 2;
    return m;
}

static ro_match *random_words(ro_arena *arena, ro_match_kind kind, bool plain) {
    ro_match *m = ro_match_new(arena, kind);
    uint32_t gap = 0;
    for (unsigned i = 1 + roll(3) + (kind != RO_MATCH_ANY_OF); i; i--) {
        ro_match *child = random_term(arena, plain);
        if (!plain && kind != RO_MATCH_ANY_OF && !roll(4)) {
            child = random_words(arena, RO_MATCH_ANY_OF, false);
        }
        child->gap = gap;
        gap += roll(6) ? 1 : 2;
        OK(ro_match_add(arena, m, child, NULL));
    }
    m->slop = kind == RO_MATCH_NEAR ? roll(6) : plain || roll(3) ? 0 : roll(3);
    m->ordered = roll(2);
    return m;
}

static ro_match *random_column(ro_arena *arena) {
    static ro_str values[] = {{"reuters", 7}, {"afp", 3}, {"", 0}};
    ro_match *m = ro_match_new(arena, roll(2) ? RO_MATCH_RANGE : RO_MATCH_VALUE);
    m->column = m->kind == RO_MATCH_RANGE ? RO_COLUMN_PUBLISHED : RO_COLUMN_SOURCE;
    m->from = (int64_t)roll(2000) * 86400;
    m->until = m->from + (int64_t)roll(2000) * 86400;
    m->values = &values[roll(2)];
    m->value_count = 1 + roll(2);
    m->worth = roll(4) ? 0 : 1;
    return m;
}

static ro_match *random_bool(ro_arena *arena, unsigned depth, ro_occur occur, bool plain) {
    ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
    for (unsigned i = 1 + roll(plain && !roll(25) ? 60 : 4); i; i--) {
        ro_match *child = plain ? random_term(arena, !roll(2)) : random_tree(arena, depth + 1);
        child->occur = roll(4) ? occur : (ro_occur)roll(4);
        OK(ro_match_add(arena, m, child, NULL));
    }
    m->boost = roll(4) ? 1 : 0.5F;
    return m;
}

static ro_match *random_tree(ro_arena *arena, unsigned depth) {
    switch (roll(depth > 3 ? 4 : 12)) {
    case 0:
        return random_term(arena, false);
    case 1:
        return random_words(arena, RO_MATCH_PHRASE, roll(2));
    case 2:
        return random_words(arena, roll(2) ? RO_MATCH_NEAR : RO_MATCH_ANY_OF, false);
    case 3:
        return random_column(arena);
    case 4:
    case 5:
        return random_bool(arena, depth, RO_SHOULD, false);
    case 6:
        return random_bool(arena, depth, RO_MUST, false);
    case 7:
    case 8:
        return random_bool(arena, depth, roll(2) ? RO_SHOULD : RO_MUST, true);
    case 9:
        return ro_match_new(arena, roll(4) ? RO_MATCH_ALL : RO_MATCH_NONE);
    default: {
        /* what a query with filters is, and a question with what it is likely to mean */
        ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
        ro_match *column = random_column(arena);
        column->occur = roll(3) ? RO_FILTER : RO_MUST_NOT;
        OK(ro_match_add(arena, m, random_bool(arena, depth + 1, RO_SHOULD, true), NULL));
        OK(ro_match_add(arena, m, column, NULL));
        for (unsigned i = roll(3); i; i--) {
            column = random_column(arena);
            column->occur = RO_SHOULD;
            column->worth = (float)roll(8);
            OK(ro_match_add(arena, m, column, NULL));
        }
        return m;
    }
    }
}

static ro_rank random_rank(void) {
    ro_rank rank = RO_RANK_DEFAULT;
    if (roll(2)) {
        rank.near_weight = 0;
    }
    if (!roll(4)) {
        rank.b[0] = roll(2) ? 0 : 0.75;
        rank.b[1] = roll(2) ? 0.9 : 0.75;
        rank.weight[0] = 1;
    }
    if (!roll(5)) {
        rank.half_life_days = 300;
        rank.now = (int64_t)3000 * 86400;
    }
    return rank;
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* The documents that are left; NULL when they all are. */
static const uint64_t *live_of(leaves *l, size_t part) {
    const ro_segment *segment = l->segments[part];
    uint64_t *live = ro_arena_alloc_array(&l->f->arena, segment->count / 64 + 1, sizeof *live);
    uint32_t count = 0;
    for (uint32_t i = 0; i < segment->count; i++) {
        bool is = ro_columns_get(&l->collection->columns, ro_segment_doc(segment, i)) != NULL;
        live[i / 64] |= (uint64_t)is << (i % 64);
        count += is;
    }
    return count == segment->count ? NULL : live;
}

/* How many documents the set has, which are those that the search is to find. */
static int64_t count_of_set(const ro_leaf_search *leaf, ro_arena *arena) {
    uint64_t *set;
    size_t count = 0;
    OK(ro_set_make(leaf, arena, &set, NULL));
    for (uint32_t i = 0; i < leaf->segment->count; i++) {
        count += set[i / 64] >> (i % 64) & 1;
    }
    assert_true(set[leaf->segment->count / 64] >> (leaf->segment->count % 64) == 0);
    return (int64_t)count;
}

static ro_found search_segments(leaves *l, const ro_search *search, int64_t count_to) {
    ro_arena *arena = &l->f->arena;
    ro_error err = RO_ERROR_INIT;
    ro_plan plan = {0};
    ro_scorer scorer;
    ro_plan_source source = {&scorer, &l->collection->lexicon, l->snapshot};
    ro_evaluator *evaluator;
    static ro_bounds bounds;
    ro_top top = {.sort = search->sort, .k = search->k, .after = search->after};
    ro_found found = {.total_exact = true};
    ro_scorer_init(&scorer, &search->rank, &l->collection->columns.totals);
    OK(ro_plan_make(search->match, &source, arena, &plan, &err));
    OK(ro_evaluator_make(&plan, &scorer, search->deadline, &evaluator, &err));
    for (size_t i = 0; i < l->count; i++) {
        ro_leaf_search leaf = {.segment = l->segments[i],
                               .bounds = &bounds,
                               .live = live_of(l, i),
                               .columns = &l->collection->columns,
                               .plan = &plan,
                               .scorer = &scorer,
                               .evaluator = evaluator,
                               .top = &top,
                               .count_to = count_to,
                               .total = found.total,
                               .deadline = search->deadline,
                               .total_exact = true};
        if (ro_leaf_search_run(&leaf, arena, &err)) {
            fail_msg("%s", err.message);
        }
        if (count_to == INT64_MAX && ro_set_tells(&plan)) {
            assert_int_equal(count_of_set(&leaf, arena), leaf.total - found.total);
        }
        found.total = leaf.total;
        found.total_exact &= leaf.total_exact;
    }
    found.hit_count = top.count;
    OK(ro_top_finish(&top, arena, &found.hits, &err));
    ro_evaluator_release(evaluator);
    ro_plan_release(&plan);
    ro_top_release(&top);
    return found;
}

static void compare(leaves *l, const ro_search *search, int64_t count_to) {
    ro_found hot;
    ro_buf tree = RO_BUF_INIT;
    ro_match_print(search->match, &tree);
    OK(ro_snapshot_search(l->snapshot, search, &l->f->arena, &hot, NULL));
    ro_found sealed = search_segments(l, search, count_to);
    bool exact = count_to > hot.total;
    if (exact ? sealed.total != hot.total : sealed.total > hot.total) {
        fail_msg("%.*s: %d match, not %d", RO_STR_ARG(ro_buf_str(&tree)), (int)sealed.total,
                 (int)hot.total);
    }
    assert_true(sealed.total_exact || (!exact && sealed.total >= count_to));
    assert_true(!sealed.total_exact || sealed.total == hot.total);
    if (sealed.hit_count != hot.hit_count) {
        fail_msg("%.*s: %zu hits, not %zu", RO_STR_ARG(ro_buf_str(&tree)), sealed.hit_count,
                 hot.hit_count);
    }
    for (size_t i = 0; i < hot.hit_count; i++) {
        const ro_hit *a = &sealed.hits[i];
        const ro_hit *b = &hot.hits[i];
        if (a->doc != b->doc || fabs(a->score - b->score) > 1e-5 * (1 + b->score)) {
            fail_msg("%.*s: hit %zu is %d with %f, not %d with %f", RO_STR_ARG(ro_buf_str(&tree)),
                     i, (int)a->doc, a->score, (int)b->doc, b->score);
        }
    }
    ro_buf_release(&tree);
}

static void compare_some(leaves *l, int rounds) {
    for (int i = 0; i < rounds; i++) {
        ro_arena_reset(&l->f->arena);
        ro_hit after = {.doc = (ro_doc)(1 + roll(ARTICLES)),
                        .score = roll(600) / 100.0,
                        .published = (int64_t)roll(3000) * 86400};
        ro_search search = {.match = random_tree(&l->f->arena, 0),
                            .rank = random_rank(),
                            .sort = roll(6) ? RO_SORT_SCORE : RO_SORT_NEWEST,
                            .k = roll(8) ? 1 + roll(12) : roll(400),
                            .after = roll(10) ? NULL : &after,
                            .deadline = RO_DEADLINE_NEVER};
        compare(l, &search, roll(3) ? roll(3) * roll(50) : INT64_MAX);
    }
}

static void fill_hot_leaf(leaves *l) {
    ro_writer *writer = open_writer(l->f);
    for (int i = 0; i < ARTICLES; i++) {
        put_random(l->f, writer, i);
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    l->snapshot = open_snapshot(l->f);
    OK(ro_snapshot_collection(l->snapshot, RO_KIND_ARTICLES, true, &l->collection, NULL));
}

static void segments_give_what_the_hot_leaf_gives(void **state) {
    leaves l = {.f = *state};
    fill_hot_leaf(&l);
    static const struct {
        size_t segments;
        uint32_t block;
    } forms[] = {{1, 0}, {1, 1}, {1, 5}, {3, 4}, {4, 16}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        open_leaves(&l, forms[i].segments, forms[i].block);
        compare_some(&l, ROUNDS / 5);
        close_leaves(&l);
    }
    open_leaves(&l, 2, 8);
    delete_some(l.f); /* the segments still hold them */
    OK(ro_snapshot_refresh(l.snapshot, NULL));
    compare_some(&l, ROUNDS / 5);
    close_leaves(&l);
    ro_snapshot_close(l.snapshot);
}

/* Pairs of words bring so much that a bound which leaves one out loses a hit. */
static void no_pair_of_words_is_left_out_of_a_bound(void **state) {
    leaves l = {.f = *state};
    fill_hot_leaf(&l);
    open_leaves(&l, 1, 16);
    for (int i = 0; i < ROUNDS; i++) {
        ro_arena *arena = &l.f->arena;
        ro_arena_reset(arena);
        ro_match *tree = ro_match_new(arena, RO_MATCH_BOOL);
        ro_search search = {.match = tree,
                            .rank = RO_RANK_DEFAULT,
                            .k = 1 + roll(4),
                            .deadline = RO_DEADLINE_NEVER};
        search.rank.near_weight = 0.2 * (1 + roll(8));
        bool requires = roll(2);
        for (unsigned left = 2 + roll(roll(9) ? 5 : 60); left; left--) {
            ro_match *word = random_term(arena, true);
            word->fields = roll(4) ? RO_FIELD_ANY : 1 + roll(2);
            word->occur = requires && !roll(3) ? RO_MUST : RO_SHOULD;
            OK(ro_match_add(arena, tree, word, NULL));
        }
        compare(&l, &search, 1);
    }
    close_leaves(&l);
    ro_snapshot_close(l.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_pair_of_words_is_left_out_of_a_bound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(segments_give_what_the_hot_leaf_gives, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
