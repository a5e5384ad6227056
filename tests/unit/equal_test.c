/* Where documents lie changes no answer: the same articles and their facts in the hot leaf, in one
 * segment, in ten, in mixed and merged ones with the dead among them; random questions in every
 * form of the query language. */
#include "core/index/snapshot.h"
#include "core/index/writer.h"
#include "index_fixture.h"
#include "random_texts.h"
#include "readout/extract.h"

#include <math.h>

#define ARTICLES 200
#define QUESTIONS 10000
#define ASKED 2 /* arrangements of each question, beside the hot leaf */

/* How an index is written. */
typedef struct arrangement {
    const char *name;
    unsigned commits;
    unsigned hot_every; /* of so many commits one goes to the hot leaf; 1: all do, 0: none */
    unsigned merged;    /* leaves of like size that are merged */
    uint32_t block;     /* documents of a block; 0: the usual number */
    bool churn;         /* with articles that are replaced and deleted later */
    bool optimize;
    int64_t count_to;
    size_t least, most; /* sealed leaves of articles that come of it */
} arrangement;

static const arrangement arrangements[] = {
    {"the hot leaf", .commits = 5, .hot_every = 1, .merged = 8, .count_to = 1000},
    {"one segment", .commits = 1, .merged = 8, .count_to = 25, .least = 1, .most = 1},
    {"ten segments of tiny blocks", .commits = 10, .merged = 99, .block = 2, .count_to = 10,
     .least = 10, .most = 10},
    {"mixed leaves with the dead", .commits = 14, .hot_every = 3, .merged = 99, .block = 5,
     .churn = true, .count_to = 40, .least = 10, .most = 99},
    {"merged leaves with the dead", .commits = 14, .hot_every = 5, .merged = 2, .block = 3,
     .churn = true, .count_to = 15, .least = 1, .most = 3},
    {"one merged leaf", .commits = 14, .hot_every = 4, .merged = 3, .block = 9, .churn = true,
     .optimize = true, .count_to = 20, .least = 1, .most = 1}};
#define ARRANGEMENTS (sizeof arrangements / sizeof *arrangements)

typedef struct world {
    const arrangement *as;
    fixture *f;
    ro_writer *writer;
    ro_searcher *searcher;
    unsigned commits;
} world;

/* ---- writing -------------------------------------------------------------------------------- */

static ro_extractor *extractor;

static void put(world *w, const ro_article *article) {
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    ro_prepared *prepared;
    ro_change change;
    OK(ro_extract(extractor, article, &arena, &facts, NULL));
    OK(ro_prepare(w->f->preparer, article, &facts, &prepared, NULL));
    OK(ro_writer_put(w->writer, prepared, &change, NULL));
    ro_prepared_free(prepared);
    ro_arena_release(&arena);
}

static void commit(world *w) {
    OK(ro_writer_commit(w->writer, NULL));
    w->commits++;
    bool hot = w->as->hot_every && w->commits % w->as->hot_every == 0;
    for (int kind = 0; kind < RO_KINDS; kind++) {
        w->writer->collections[kind].hot_words_max = hot ? INT64_MAX : 0;
        w->writer->collections[kind].segment_block = w->as->block;
    }
}

/* Other texts under the same ids, to be replaced, and some to be deleted. */
static void put_decoys(world *w, const ro_article *articles, const ro_article *decoys) {
    for (unsigned i = 0; i < ARTICLES; i++) {
        ro_article old = decoys[i];
        old.id = i % 3 ? articles[i].id : old.id;
        put(w, &old);
        if ((i + 1) % (ARTICLES / 5) == 0) {
            commit(w);
        }
    }
}

static void delete_decoys(world *w, const ro_article *decoys) {
    for (unsigned i = 0; i < ARTICLES; i += 3) {
        bool found;
        OK(ro_writer_delete(w->writer, decoys[i].id, &found, NULL));
        assert_true(found);
    }
}

static void write_all(world *w, const ro_article *articles, const ro_article *decoys) {
    w->writer = open_writer(w->f);
    w->writer->leaves_merged = w->as->merged;
    commit(w);
    if (w->as->churn) {
        put_decoys(w, articles, decoys);
    }
    for (unsigned i = 0; i < ARTICLES; i++) {
        put(w, &articles[i]);
        if ((i + 1) % (ARTICLES / w->as->commits) == 0) {
            commit(w);
        }
    }
    if (w->as->churn) {
        delete_decoys(w, decoys);
    }
    commit(w);
    if (w->as->optimize) {
        OK(ro_writer_optimize(w->writer, NULL));
    }
    ro_writer_close(w->writer);
}

static size_t leaves_of(const ro_snapshot *snapshot) {
    size_t count = 0;
    for (size_t i = 0; i < snapshot->leaves.count; i++) {
        count += snapshot->leaves.at[i].kind == RO_KIND_ARTICLES;
    }
    return count;
}

static void open_world(world *w, const arrangement *as, const ro_article *articles,
                       const ro_article *decoys) {
    *w = (world){.as = as};
    void *state;
    assert_int_equal(set_up(&state), 0);
    w->f = state;
    write_all(w, articles, decoys);
    OK(ro_searcher_open(w->f->index, &w->searcher, NULL));
    ro_searcher_count_to(w->searcher, as->count_to);
    ro_snapshot *snapshot = ro_searcher_snapshot(w->searcher);
    assert_sound(snapshot);
    assert_int_equal(ro_snapshot_articles(snapshot), ARTICLES);
    assert_in_range(leaves_of(snapshot), as->least, as->most);
}

static void close_world(world *w) {
    void *state = w->f;
    ro_searcher_close(w->searcher);
    assert_int_equal(tear_down(&state), 0);
}

/* ---- comparing ------------------------------------------------------------------------------ */

static const json_t *unlike[2]; /* the innermost that differed */

static bool same(const char *key, const json_t *a, const json_t *b);

static bool same_number(const json_t *a, const json_t *b) {
    double x = json_number_value(a);
    return fabs(x - json_number_value(b)) <= 1e-5 * (1 + fabs(x));
}

/* The first is exact, the other may be a lower bound. */
static bool same_total(const json_t *a, const json_t *b) {
    json_int_t exact = json_integer_value(json_object_get(a, "value"));
    json_int_t other = json_integer_value(json_object_get(b, "value"));
    const char *relation = json_string_value(json_object_get(b, "relation"));
    assert_string_equal(json_string_value(json_object_get(a, "relation")), "eq");
    return strcmp(relation, "eq") == 0 ? other == exact : other <= exact;
}

static bool same_object(json_t *a, json_t *b) {
    const char *key;
    json_t *value;
    json_object_foreach(a, key, value) {
        if (!same(key, value, json_object_get(b, key))) {
            return false;
        }
    }
    return json_object_size(a) == json_object_size(b);
}

static bool same_array(const json_t *a, const json_t *b) {
    for (size_t i = 0; i < json_array_size(a); i++) {
        if (!same("", json_array_get(a, i), json_array_get(b, i))) {
            return false;
        }
    }
    return json_array_size(a) == json_array_size(b);
}

static bool same_value(const char *key, const json_t *a, const json_t *b) {
    if (!b || json_typeof(a) != json_typeof(b)) {
        return false;
    }
    if (strcmp(key, "took_ms") == 0 || strcmp(key, "next") == 0) {
        return true; /* a place in one index means nothing in another */
    }
    if (strcmp(key, "total") == 0 && json_is_object(a)) {
        return same_total(a, b);
    }
    return json_is_real(a)     ? same_number(a, b)
           : json_is_object(a) ? same_object((json_t *)a, (json_t *)b)
           : json_is_array(a)  ? same_array(a, b)
                               : json_equal(a, b);
}

static bool same(const char *key, const json_t *a, const json_t *b) {
    bool equal = same_value(key, a, b);
    if (!equal && !unlike[0]) {
        unlike[0] = a;
        unlike[1] = b;
    }
    return equal;
}

static json_t *ask(world *w, const ro_request *request) {
    json_t *answer;
    ro_error err = RO_ERROR_INIT;
    if (ro_searcher_search(w->searcher, request, &answer, &err)) {
        fail_msg("'%.*s' in %s: %s", RO_STR_ARG(request->q), w->as->name, err.message);
    }
    return answer;
}

static void compare(const world *w, const ro_request *request, const json_t *expected,
                    const json_t *answer) {
    if (!same("", expected, answer)) {
        char *a = json_dumps(unlike[0], JSON_COMPACT | JSON_ENCODE_ANY);
        char *b = json_dumps(unlike[1], JSON_COMPACT | JSON_ENCODE_ANY);
        char *all = json_dumps(answer, JSON_COMPACT);
        fail_msg("'%.*s', filter '%.*s', in %s:\n%s\nin the hot leaf:\n%s\nof:\n%s",
                 RO_STR_ARG(request->q), RO_STR_ARG(request->filter), w->as->name, b, a, all);
    }
}

/* The next page, if there is one; the answer before is released. */
static json_t *turn(world *w, ro_request request, json_t *answer) {
    const char *next = json_string_value(json_object_get(answer, "next"));
    json_t *turned = NULL;
    if (next && request.kind != RO_KIND_ALL) {
        request.cursor = ro_str_from(next);
        request.offset = 0;
        turned = ask(w, &request);
    }
    json_decref(answer);
    return turned;
}

/* Asks the hot leaf and some of the others; whether there was a hit. */
static bool ask_some(world *worlds, const ro_request *request, unsigned pages) {
    json_t *answers[1 + ASKED] = {ask(&worlds[0], request)};
    world *asked[1 + ASKED] = {&worlds[0]};
    bool found = json_array_size(json_object_get(answers[0], "hits")) > 0;
    unsigned first = roll(ARRANGEMENTS - 1);
    for (unsigned i = 1; i <= ASKED; i++) {
        asked[i] = &worlds[1 + (first + i) % (ARRANGEMENTS - 1)];
        answers[i] = ask(asked[i], request);
        compare(asked[i], request, answers[0], answers[i]);
    }
    for (; pages && answers[0]; pages--) {
        for (unsigned i = 0; i <= ASKED; i++) {
            answers[i] = turn(asked[i], *request, answers[i]);
            assert_int_equal(answers[0] != NULL, answers[i] != NULL);
            if (i && answers[i]) {
                compare(asked[i], request, answers[0], answers[i]);
            }
        }
    }
    for (unsigned i = 0; i <= ASKED; i++) {
        json_decref(answers[i]);
    }
    return found;
}

static void where_documents_lie_changes_no_answer(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    static ro_article articles[ARTICLES];
    static ro_article decoys[ARTICLES];
    static world worlds[ARRANGEMENTS];
    OK(ro_extractor_new(RO_STR_NONE, &extractor, NULL));
    for (unsigned i = 0; i < ARTICLES; i++) {
        articles[i] = random_article(&arena, "article", i);
        decoys[i] = random_article(&arena, "decoy", i);
    }
    for (size_t i = 0; i < ARRANGEMENTS; i++) {
        open_world(&worlds[i], &arrangements[i], articles, decoys);
    }
    ro_arena_reset(&arena);
    unsigned found = 0;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        ro_request request = random_request(&arena);
        found += ask_some(worlds, &request, roll(6) ? 0 : 1 + roll(2));
        ro_arena_reset(&arena);
    }
    assert_true(found > QUESTIONS / 2);
    for (size_t i = 0; i < ARRANGEMENTS; i++) {
        close_world(&worlds[i]);
    }
    ro_extractor_free(extractor);
    ro_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(where_documents_lie_changes_no_answer)};
    return cmocka_run_group_tests_name("equal", tests, NULL, NULL);
}
