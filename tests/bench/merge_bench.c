/* What merging one article costs in indexes of 1,000, 10,000 and 100,000, and that it does not
 * grow; what it costs to add and to take out one of 500 to 4,000 copies of one text.
 *
 * merge_bench FILE: makes FILE anew. Articles are synthetic, as dense as in news: three people of a
 * long-tailed vocabulary of names each, a talk in every fourth, three outcomes in four, some of
 * one event told several times. Each sample is one article with the storing of its forms, as when
 * it is committed alone, but for the commit itself. */
#include "bench.h"

#include "core/index/merge/merge.h"

#define PEOPLE 3
#define SAMPLES 400
#define A_DAY 42 /* articles */

static uint64_t seed = 42;

static uint32_t any(uint32_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % below;
}

/* Small numbers often, large ones seldom: about as likely in 1-10 as in 10-100. */
static uint32_t tailed(uint32_t below) {
    uint32_t bits = 1;
    while (1U << bits < below) {
        bits++;
    }
    return any(1U << (1 + any(bits))) % below;
}

typedef struct article {
    ro_merge_name names[PEOPLE];
    ro_merge_item items[2];
    ro_merge_set set;
    ro_doc first[2];
} article;

static ro_str word_of(ro_arena *arena, uint32_t number) {
    static const char *const PARTS[] = {"ba", "ke", "li", "mo", "nu", "ra", "se", "ti",
                                        "vo", "da", "fe", "gi", "po", "wa", "ze", "lu"};
    ro_str word = ro_arena_printf(arena, "%s%s%s%s%s", PARTS[number & 15], PARTS[number >> 4 & 15],
                                  number > 255 ? PARTS[number >> 8 & 15] : "",
                                  number > 4095 ? PARTS[number >> 12 & 15] : "", "n");
    return word;
}

static void make_people(article *a, ro_arena *arena) {
    static const char *const SIDES[] = {"US", "RU", "GB", "FR", "CN", "DE", "SA", ""};
    static const char *const OFFICES[] = {"president", "foreign minister", "envoy",    "executive",
                                          "expert",    "spokesperson",     "minister", ""};
    for (size_t i = 0; i < PEOPLE; i++) {
        uint32_t person = tailed(400000);
        uint32_t family = person * 7919U % 30000;
        ro_str name = word_of(arena, family);
        if (any(8)) {
            name = ro_arena_printf(arena, "%.*s %.*s", RO_STR_ARG(word_of(arena, person % 900)),
                                   RO_STR_ARG(name));
        }
        ro_person_form *form = &a->names[i].form;
        char block[RO_NAME_FOLD_MAX + 1];
        *form = (ro_person_form){.name = name};
        const char *side = any(3) ? SIDES[person % 8] : "";
        memcpy(form->side.code, side, strlen(side));
        form->office = ro_str_from(OFFICES[any(4) ? person % 8 : any(8)]);
        a->names[i].key = ro_person_key(form, arena);
        a->names[i].family = ro_arena_copy(arena, ro_str_make(block, ro_person_block(form, block)));
        a->names[i].number = ro_merge_form(a->names[i].key);
    }
    a->set.names = a->names;
    a->set.name_count = ro_merge_names_settle(a->names, PEOPLE);
}

static void make_article(article *a, size_t number, ro_arena *arena) {
    ro_error err = RO_ERROR_INIT;
    ro_str id = ro_arena_printf(arena, "news-%zu", number);
    int32_t day = (int32_t)(13000 + number / A_DAY);
    *a = (article){.first = {(ro_doc)number + 1, (ro_doc)number + 1}};
    make_people(a, arena);
    uint32_t event = (uint32_t)day * 100 + tailed(100); /* of the day, told more than once */
    for (int kind = 0; kind < 2; kind++) {
        ro_sketch *s = &a->items[kind].sketch;
        must(ro_merge_key(id, a->items[kind].key, &err), &err);
        s->day = day;
        memcpy(s->sides[0].code, event % 3 ? "US" : "RU", 2);
        memcpy(s->sides[1].code, event % 5 ? "XA" : "XB", 2);
        s->sides[1].code[1] = (char)('A' + tailed(26));
        s->side_count = kind == RO_MERGE_TALKS ? 2 : 1;
        for (uint32_t i = 0; i < 2 && kind == RO_MERGE_TALKS; i++) {
            s->people[s->person_count++] = (ro_sketch_person){.family = event * 2 + i};
        }
        for (uint32_t i = 0; i < 6; i++) {
            s->words[s->word_count++] =
                10000 * i + (any(4) ? event * (i + 1) % 3000 : tailed(3000));
        }
        a->set.items[kind] = &a->items[kind];
        a->set.item_count[kind] = any(4) < (kind == RO_MERGE_TALKS ? 1U : 3U);
    }
}

static double now_us(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare_times(const void *a, const void *b) {
    double da = *(const double *)a;
    double db = *(const double *)b;
    return (da > db) - (da < db);
}

typedef struct cost {
    double middle, mean, high; /* microseconds; high: 95 of 100 cost less */
} cost;

static cost cost_of(double *times, size_t count) {
    cost c = {0, 0, 0};
    qsort(times, count, sizeof *times, compare_times);
    for (size_t i = 0; i < count; i++) {
        c.mean += times[i] / (double)count;
    }
    c.middle = times[count / 2];
    c.high = times[count * 95 / 100];
    return c;
}

/* Adds SAMPLES articles one by one, and takes them out again. */
static cost sample(ro_merge_writer *writer, size_t number, cost *removal) {
    static article articles[SAMPLES];
    static double put[SAMPLES];
    static double removed[SAMPLES];
    ro_arena arena = RO_ARENA_INIT;
    ro_error err = RO_ERROR_INIT;
    for (size_t i = 0; i < SAMPLES; i++) {
        make_article(&articles[i], number + i, &arena);
        double start = now_us();
        must(ro_merge_put(writer, &articles[i].set, articles[i].first[0], articles[i].first, &err),
             &err);
        must(ro_merge_store(writer, &err), &err);
        put[i] = now_us() - start;
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        double start = now_us();
        must(ro_merge_remove(writer, &articles[i].set, articles[i].first[0], articles[i].first,
                             &err),
             &err);
        must(ro_merge_store(writer, &err), &err);
        removed[i] = now_us() - start;
    }
    ro_arena_release(&arena);
    *removal = cost_of(removed, SAMPLES);
    return cost_of(put, SAMPLES);
}

static sqlite3 *open_file(const char *path) {
    sqlite3 *db = NULL;
    ro_error err = RO_ERROR_INIT;
    (void)remove(path);
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        (void)fprintf(stderr, "merge_bench: cannot open '%s'\n", path);
        exit(2);
    }
    must(ro_sql_run(db, "PRAGMA journal_mode = WAL", "set up", &err), &err);
    must(ro_sql_run(db, "PRAGMA cache_size = -65536", "set up", &err), &err);
    must(ro_merge_make(db, &err), &err);
    return db;
}

/* What taking out one of many copies of a text costs, the first of them first. */
static void measure_copies(ro_merge_writer *writer, sqlite3 *db) {
    static const size_t SIZES[] = {500, 1000, 2000, 4000};
    ro_error err = RO_ERROR_INIT;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        ro_arena arena = RO_ARENA_INIT;
        article a;
        make_article(&a, 1000000 + SIZES[i], &arena);
        a.set.item_count[0] = a.set.item_count[1] = 1;
        must(ro_sql_run(db, "BEGIN", "begin", &err), &err);
        double spent[2];
        for (int out = 0; out < 2; out++) {
            double start = now_us();
            for (size_t n = 0; n < SIZES[i]; n++) {
                ro_doc doc = (ro_doc)(1000000 * (i + 1) + n);
                ro_arena_reset(&arena);
                must(ro_merge_key(ro_arena_printf(&arena, "copy-%zu", n), a.items[0].key, &err),
                     &err);
                memcpy(a.items[1].key, a.items[0].key, RO_MERGE_KEY);
                a.first[0] = a.first[1] = doc;
                a.set.name_count = 0;
                must(out ? ro_merge_remove(writer, &a.set, doc, a.first, &err)
                         : ro_merge_put(writer, &a.set, doc, a.first, &err),
                     &err);
            }
            spent[out] = now_us() - start;
        }
        must(ro_sql_run(db, "COMMIT", "commit", &err), &err);
        printf("%7zu copies: add %.0f us each, delete %.0f us each\n", SIZES[i],
               spent[0] / (double)SIZES[i], spent[1] / (double)SIZES[i]);
        ro_arena_release(&arena);
    }
}

int main(int argc, char **argv) {
    static const size_t SIZES[] = {1000, 10000, 100000};
    ro_merge_writer *writer = NULL;
    ro_error err = RO_ERROR_INIT;
    ro_arena arena = RO_ARENA_INIT;
    cost first = {0, 0, 0};
    if (argc != 2) {
        (void)fprintf(stderr, "usage: merge_bench FILE\n");
        return 2;
    }
    sqlite3 *db = open_file(argv[1]);
    must(ro_merge_writer_open(db, &writer, &err), &err);
    size_t number = 0;
    double start = now_us();
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        must(ro_sql_run(db, "BEGIN", "begin", &err), &err);
        for (; number < SIZES[i]; number++) {
            article a;
            ro_arena_reset(&arena);
            make_article(&a, number, &arena);
            must(ro_merge_put(writer, &a.set, a.first[0], a.first, &err), &err);
            if (number % 2000 == 1999) {
                must(ro_merge_store(writer, &err), &err);
            }
        }
        must(ro_merge_store(writer, &err), &err);
        double bulk = now_us() - start;
        cost removal;
        cost c = sample(writer, number, &removal);
        first = i == 0 ? c : first;
        must(ro_sql_run(db, "COMMIT", "commit", &err), &err);
        printf("%7zu articles: add median %.0f us, mean %.0f, p95 %.0f; delete median %.0f, mean "
               "%.0f; in bulk %.0f us each; to the first: median %.2f, mean %.2f\n",
               number, c.middle, c.mean, c.high, removal.middle, removal.mean,
               bulk / (double)number, c.middle / first.middle, c.mean / first.mean);
    }
    measure_copies(writer, db);
    ro_merge_writer_close(writer);
    (void)sqlite3_close(db);
    ro_arena_release(&arena);
    return 0;
}
