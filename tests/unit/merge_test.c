/* core/model: merging a set of records gives the same whatever order they come in. */
#include "readout/merge.h"

#include "readout/extract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ITEMS_MAX 1200
#define ROUNDS 120

static uint64_t seed;

static uint32_t any(uint32_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % below;
}

/* ---- records --------------------------------------------------------------------------------- */

typedef struct pool {
    ro_arena arena;
    ro_merge_item talks[ITEMS_MAX], outcomes[ITEMS_MAX];
    ro_person_form forms[ITEMS_MAX];
    size_t talk_count, outcome_count, form_count;
} pool;

static ro_sketch random_talk(void) {
    static const char *const CODES[] = {"RU", "US", "UA", "SA"};
    ro_sketch s = {.status = (uint8_t)any(4), .form = (uint8_t)any(3)};
    s.day = any(8) ? (int32_t)(20000 + any(12)) : RO_DAY_NONE;
    s.own_date = s.day != RO_DAY_NONE && any(2);
    size_t first = any(4);
    for (size_t i = 0; i < 2; i++) {
        memcpy(s.sides[i].code, CODES[first < 3 ? first + i : i * 3], 2);
    }
    s.side_count = any(6) ? 2 : 1;
    s.city = any(4);
    for (size_t people = any(4); people > 0; people--) {
        s.people[s.person_count++] = (ro_sketch_person){.family = 1 + any(5), .given = any(2)};
    }
    for (size_t words = any(4); words > 0; words--) {
        s.words[s.word_count] = 2U * s.word_count + any(2); /* each once */
        s.word_count++;
    }
    return s;
}

static ro_sketch random_outcome(void) {
    ro_sketch s = {.status = (uint8_t)any(8), .day = (int32_t)(20000 + any(12))};
    memcpy(s.sides[0].code, any(2) ? "RU" : "US", 2);
    s.side_count = 1;
    for (size_t words = 2 + any(4); words > 0; words--) {
        s.words[s.word_count] = 1 + 3U * s.word_count + any(3);
        s.word_count++;
    }
    return s;
}

static void add_random(pool *p, size_t count) {
    static const char *const GIVEN[] = {"Yuri ", "Yury ",      "Yuriy ",      "Y. ",
                                        "Alex ", "Alexander ", "Alexandra ",  "",
                                        "",      "Mike ",      "Michael R. ", "Michael "};
    static const char *const FAMILY[] = {"Ushakov", "Waltz", "Walz", "Brown", "Brown Jr.", "Braun"};
    static const char *const SIDE[] = {"", "RU", "US", "GB"};
    static const char *const OFFICE[] = {"", "adviser", "foreign minister", "executive"};
    for (size_t i = 0; i < count; i++) {
        char id[32];
        ro_merge_item item = {.number = i % 2}; /* two of an article */
        (void)snprintf(id, sizeof id, "synthetic-%zu", i / 2);
        assert_int_equal(ro_merge_key(ro_str_from(id), item.key, NULL), RO_OK);
        item.sketch = random_talk();
        p->talks[p->talk_count++] = item;
        item.sketch = random_outcome();
        p->outcomes[p->outcome_count++] = item;
        ro_person_form form = {.office = ro_str_from(OFFICE[any(4)])};
        form.name = ro_arena_printf(&p->arena, "%s%s", GIVEN[any(12)], FAMILY[any(6)]);
        const char *side = SIDE[any(4)];
        memcpy(form.side.code, side, strlen(side));
        p->forms[p->form_count++] = form;
    }
}

/* What the extractor finds in the samples, as if published on several days. */
static void add_samples(pool *p, ro_analyser *analyser) {
    static const char *const FILES[] = {"riyadh-talks-missions.txt",
                                        "nile-nairobi-release-schedule.txt"};
    ro_extractor *extractor = NULL;
    const char *source = getenv("READOUT_SOURCE");
    assert_int_equal(ro_extractor_new(RO_STR(""), &extractor, NULL), RO_OK);
    for (size_t f = 0; f < sizeof FILES / sizeof *FILES * 4; f++) {
        char path[512];
        static char text[1 << 16];
        (void)snprintf(path, sizeof path, "%s/tests/samples/text/%s", source ? source : ".",
                       FILES[f / 4]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(text, 1, sizeof text, file);
        (void)fclose(file);
        ro_str id = ro_arena_printf(&p->arena, "sample-%zu", f);
        ro_article article = {.id = id,
                              .body = ro_arena_copy(&p->arena, ro_str_make(text, len)),
                              .published = (20000 + (int64_t)(f % 4) * 2) * 86400};
        ro_facts facts;
        assert_int_equal(ro_extract(extractor, &article, &p->arena, &facts, NULL), RO_OK);
        assert_true(facts.person_count > 0 && facts.talk_count > 0 && facts.outcome_count > 0);
        for (size_t i = 0; i < facts.talk_count; i++) {
            ro_merge_item *item = &p->talks[p->talk_count++];
            assert_int_equal(ro_merge_key(id, item->key, NULL), RO_OK);
            item->number = (int64_t)i;
            ro_talk_sketch(&facts, i, facts.published, &item->sketch);
        }
        for (size_t i = 0; i < facts.outcome_count; i++) {
            ro_merge_item *item = &p->outcomes[p->outcome_count++];
            assert_int_equal(ro_merge_key(id, item->key, NULL), RO_OK);
            item->number = (int64_t)i;
            assert_int_equal(
                ro_outcome_sketch(&facts, i, facts.published, analyser, &item->sketch, NULL),
                RO_OK);
        }
        for (size_t i = 0; i < facts.person_count; i++) {
            assert_int_equal(
                ro_person_form_of(&facts.people[i], &p->arena, &p->forms[p->form_count++], NULL),
                RO_OK);
        }
    }
    ro_extractor_free(extractor);
}

static pool *make_pool(void) {
    pool *p = calloc(1, sizeof *p);
    ro_analyser *analyser = NULL;
    assert_non_null(p);
    assert_int_equal(ro_analyser_new(&analyser, NULL), RO_OK);
    seed = 7;
    add_samples(p, analyser);
    add_random(p, 800);
    ro_analyser_free(analyser);
    return p;
}

/* ---- one set in many orders ------------------------------------------------------------------ */

/* Which record it is, whatever its place. */
typedef struct name {
    uint8_t key[RO_MERGE_KEY];
    int64_t number;
} name;

static name name_of(const ro_merge_item *item) {
    name n = {.number = item->number};
    memcpy(n.key, item->key, sizeof n.key);
    return n;
}

/* What was found of a record. */
typedef struct verdict {
    name record, group, to;
    unsigned why, conflicts;
} verdict;

static int compare_verdicts(const void *a, const void *b) {
    return memcmp(a, b, sizeof(name));
}

static int compare_items(const void *a, const void *b) {
    return ro_merge_compare(a, b);
}

/* Reasons of each group of the items, which are reordered. */
static void judge(ro_merge_kind kind, ro_merge_item *items, size_t count, verdict *out) {
    ro_same_link *links = calloc(count, sizeof *links);
    ro_merge_item *members = calloc(count, sizeof *members);
    ro_same_link *reasons = calloc(count, sizeof *reasons);
    assert_true(links && members && reasons);
    assert_int_equal(ro_merge_groups(kind, items, count, links, NULL), RO_OK);
    size_t judged = 0;
    for (uint32_t g = 0; g < count; g++) {
        size_t n = 0;
        for (size_t i = 0; links[g].group == g && i < count; i++) {
            if (links[i].group == g) {
                members[n++] = items[i];
            }
        }
        qsort(members, n, sizeof *members, compare_items);
        ro_merge_reasons(kind, members, n, reasons);
        for (size_t i = 0; i < n; i++) {
            out[judged++] =
                (verdict){name_of(&members[i]), name_of(&members[0]),
                          name_of(&members[reasons[i].to]), reasons[i].why, reasons[i].conflicts};
            assert_int_equal(ro_merge_compare(&members[0], &items[g]), 0);
        }
    }
    assert_int_equal(judged, count);
    qsort(out, count, sizeof *out, compare_verdicts);
    free(links);
    free(members);
    free(reasons);
}

static void shuffle(void *items, size_t count, size_t size) {
    char *at = items;
    char swap[sizeof(ro_merge_item)];
    for (size_t i = count; i-- > 1;) {
        size_t k = any((uint32_t)i + 1);
        memcpy(swap, at + i * size, size);
        memcpy(at + i * size, at + k * size, size);
        memcpy(at + k * size, swap, size);
    }
}

static void check_shuffled(ro_merge_kind kind, ro_merge_item *items, size_t all) {
    verdict *first = calloc(all, sizeof *first);
    verdict *again = calloc(all, sizeof *again);
    assert_true(first && again);
    size_t grouped = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        /* what is deleted is out, whenever it came in */
        shuffle(items, all, sizeof *items);
        size_t count = round % 3 ? 20 + any(200) : all;
        judge(kind, items, count, first);
        for (size_t i = 0; i < count; i++) {
            grouped += memcmp(&first[i].group, &first[i].record, sizeof(name)) != 0;
        }
        shuffle(items, count, sizeof *items);
        judge(kind, items, count, again);
        assert_memory_equal(first, again, count * sizeof *first);
    }
    assert_true(grouped > ROUNDS * 10);
    free(first);
    free(again);
}

static void talks_merge_in_any_order(void **state) {
    pool *p = *state;
    check_shuffled(RO_MERGE_TALKS, p->talks, p->talk_count);
}

static void outcomes_merge_in_any_order(void **state) {
    pool *p = *state;
    check_shuffled(RO_MERGE_OUTCOMES, p->outcomes, p->outcome_count);
}

static int compare_forms(const void *a, const void *b) {
    return ro_person_compare(a, b);
}

static void people_merge_in_any_order(void **state) {
    pool *p = *state;
    size_t all = p->form_count;
    ro_same_link *links = calloc(all, sizeof *links);
    ro_same_link *again = calloc(all, sizeof *again);
    ro_person_form *sorted = calloc(all, sizeof *sorted);
    assert_true(links && again && sorted);
    size_t grouped = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        shuffle(p->forms, all, sizeof *p->forms);
        size_t count = round % 3 ? 10 + any(100) : all;
        memcpy(sorted, p->forms, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, compare_forms);
        assert_int_equal(ro_merge_people(sorted, count, links, NULL), RO_OK);
        assert_int_equal(ro_merge_people(p->forms, count, again, NULL), RO_OK);
        for (size_t i = 0; i < count; i++) {
            ro_person_form *same =
                bsearch(&p->forms[i], sorted, count, sizeof *sorted, compare_forms);
            const ro_same_link *link = &links[same - sorted];
            assert_int_equal(ro_person_compare(&sorted[link->group], &p->forms[again[i].group]), 0);
            /* of forms repeated the reasons are those of the repetition */
            bool repeated = ro_person_compare(&p->forms[again[i].to], &p->forms[i]) == 0 ||
                            ro_person_compare(&sorted[link->to], same) == 0;
            assert_true(repeated ||
                        (link->why == again[i].why && link->conflicts == again[i].conflicts));
            grouped += link->group != (uint32_t)(same - sorted);
        }
    }
    assert_true(grouped > ROUNDS * 10);
    free(links);
    free(again);
    free(sorted);
}

static void nothing_merges_with_nothing(void **state) {
    (void)state;
    ro_same_link link;
    ro_merge_item item = {.sketch = {.day = RO_DAY_NONE}};
    assert_int_equal(ro_merge_groups(RO_MERGE_TALKS, NULL, 0, &link, NULL), RO_OK);
    assert_int_equal(ro_merge_people(NULL, 0, &link, NULL), RO_OK);
    assert_int_equal(ro_merge_groups(RO_MERGE_OUTCOMES, &item, 1, &link, NULL), RO_OK);
    assert_int_equal(link.group, 0);
}

static void every_fact_has_a_place_of_its_own(void **state) {
    (void)state;
    ro_merge_item a = {.number = 1};
    ro_merge_item b = {.number = 4097};
    assert_int_equal(ro_merge_key(RO_STR("ac030dd2e1a813"), a.key, NULL), RO_OK);
    assert_int_equal(ro_merge_key(RO_STR("ac030dd2e1a813"), b.key, NULL), RO_OK);
    assert_true(ro_merge_compare(&a, &b) < 0 && ro_merge_compare(&b, &a) > 0);
    b.number = a.number;
    assert_int_equal(ro_merge_compare(&a, &b), 0);
    /* ids of one hash of 64 bits, which is easily made */
    assert_int_equal(ro_merge_key(RO_STR("a96bb5dd3e1fa3"), b.key, NULL), RO_OK);
    assert_int_not_equal(ro_merge_compare(&a, &b), 0);
    assert_int_equal(ro_merge_key(RO_STR(""), b.key, NULL), RO_OK);
}

static int open_pool(void **state) {
    *state = make_pool();
    return 0;
}

static int close_pool(void **state) {
    pool *p = *state;
    ro_arena_release(&p->arena);
    free(p);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(talks_merge_in_any_order, open_pool, close_pool),
        cmocka_unit_test_setup_teardown(outcomes_merge_in_any_order, open_pool, close_pool),
        cmocka_unit_test_setup_teardown(people_merge_in_any_order, open_pool, close_pool),
        cmocka_unit_test(nothing_merges_with_nothing),
        cmocka_unit_test(every_fact_has_a_place_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
