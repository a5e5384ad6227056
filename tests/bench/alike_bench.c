/* Near-duplicates of a corpus: how many pairs there are by how much they share, what sketches cost,
 * and pairs to be read.
 *
 * alike_bench FILE.jsonl [PAIRS [SEED]]: articles, one a line, with "body" (or "text"), "published"
 * and what else they have. Prints a histogram of bins in common over all pairs that share a band
 * within RO_ALIKE_DAYS, and PAIRS of those that are taken as the same, at random. */
#include "readout/alike.h"
#include "readout/analyser.h"
#include "readout/date.h"
#include "readout/deadline.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAIRS_MAX ((size_t)1 << 22)
#define BAND_MAX 32 /* others of a band that one is compared with */

typedef struct story {
    char *title, *body, *source, *id;
    int64_t day;
    bool told; /* it has a sketch */
    ro_alike sketch;
} story;

typedef struct entry {
    uint64_t band;
    uint32_t at;
} entry;

static int compare_entries(const void *a, const void *b) {
    const entry *x = a;
    const entry *y = b;
    return x->band != y->band ? (x->band < y->band ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

static int take_word(void *context, const ro_token *token) {
    if (!(token->flags & RO_TOKEN_WHOLE)) {
        ro_alike_word(context, ro_str_hash(token->stem));
    }
    return 0;
}

static char *copy_of(const json_t *object, const char *name, const char *or_name) {
    const char *text = json_string_value(json_object_get(object, name));
    text = text ? text : json_string_value(json_object_get(object, or_name));
    return strdup(text ? text : "");
}

static bool read_story(char *line, ro_analyser *analyser, story *out, double *seconds) {
    json_t *object = json_loads(line, 0, NULL);
    if (!object) {
        return false;
    }
    char *time_text = copy_of(object, "published", "date");
    int64_t at = 0;
    *out = (story){.title = copy_of(object, "title", "headline"),
                   .body = copy_of(object, "body", "text"),
                   .source = copy_of(object, "source", "publisher"),
                   .id = copy_of(object, "id", "url")};
    out->day = ro_time_parse(ro_str_from(time_text), &at, NULL) == RO_OK ? at / 86400 : INT64_MIN;
    free(time_text);
    json_decref(object);
    ro_alike_maker maker = {0};
    ro_status status =
        ro_analyse(analyser, ro_str_from(out->body), RO_STR("en"), take_word, &maker, NULL);
    clock_t before = clock();
    out->told = status == RO_OK && ro_alike_finish(&maker, &out->sketch);
    *seconds += (double)(clock() - before) / CLOCKS_PER_SEC;
    return true;
}

typedef struct pair {
    uint32_t a, b;
} pair;

static int compare_pairs(const void *a, const void *b) {
    const pair *x = a;
    const pair *y = b;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static void show(const story *s) {
    (void)printf("  [%s] %s | %s\n    %.700s\n", s->id, s->source, s->title, s->body);
}

typedef struct corpus {
    story *stories;
    size_t count, room;
    double seconds; /* that sketches took */
} corpus;

static bool read_corpus(FILE *file, ro_analyser *analyser, corpus *out) {
    char *line = NULL;
    size_t line_room = 0;
    bool memory = true;
    while (memory && getline(&line, &line_room, file) > 0) {
        if (out->count == out->room) {
            size_t room = out->room ? out->room * 2 : 1024;
            story *grown = realloc(out->stories, room * sizeof *grown);
            memory = grown != NULL;
            out->stories = grown ? grown : out->stories;
            out->room = grown ? room : out->room;
        }
        out->count +=
            memory && read_story(line, analyser, &out->stories[out->count], &out->seconds);
    }
    free(line);
    return memory;
}

/* By band, as the index keeps them. */
static entry *make_entries(const corpus *c, size_t *count) {
    entry *entries = calloc(c->count * RO_ALIKE_BANDS + 1, sizeof *entries);
    *count = 0;
    for (size_t i = 0; entries && i < c->count; i++) {
        uint64_t bands[RO_ALIKE_BANDS];
        ro_alike_bands(&c->stories[i].sketch, bands);
        for (size_t j = 0; c->stories[i].told && j < RO_ALIKE_BANDS; j++) {
            entries[(*count)++] = (entry){bands[j], (uint32_t)i};
        }
    }
    if (entries) {
        qsort(entries, *count, sizeof *entries, compare_entries);
    }
    return entries;
}

/* All pairs that share a band and are near in time, each once. */
static pair *make_pairs(const corpus *c, const entry *entries, size_t entry_count, size_t *count) {
    pair *pairs = calloc(PAIRS_MAX, sizeof *pairs);
    size_t found = 0;
    for (size_t i = 0; pairs && i < entry_count; i++) {
        for (size_t j = i + 1; j < entry_count && j < i + BAND_MAX; j++) {
            const story *a = &c->stories[entries[i].at];
            const story *b = &c->stories[entries[j].at];
            if (entries[j].band != entries[i].band) {
                break;
            }
            if (llabs(a->day - b->day) <= RO_ALIKE_DAYS && found < PAIRS_MAX) {
                pairs[found++] = (pair){entries[i].at, entries[j].at};
            }
        }
    }
    *count = 0;
    if (pairs) {
        qsort(pairs, found, sizeof *pairs, compare_pairs);
    }
    for (size_t i = 0; i < found; i++) {
        if (!i || compare_pairs(&pairs[i], &pairs[*count - 1]) != 0) {
            pairs[(*count)++] = pairs[i];
        }
    }
    return pairs;
}

static unsigned common_of(const corpus *c, pair p) {
    return ro_alike_common(&c->stories[p.a].sketch, &c->stories[p.b].sketch);
}

/* Prints the histogram and keeps the pairs that are the same; how many. */
static size_t keep_same(const corpus *c, pair *pairs, size_t count) {
    size_t histogram[RO_ALIKE_BINS + 1] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned common = common_of(c, pairs[i]);
        histogram[common]++;
        if (common >= RO_ALIKE_BINS_SAME) {
            pairs[kept++] = pairs[i];
        }
    }
    (void)printf("%zu articles, %zu pairs the same; sketches took %.1f s; bins in common:\n",
                 c->count, kept, c->seconds);
    for (size_t i = 0; i <= RO_ALIKE_BINS; i++) {
        (void)printf("%s%zu:%zu", i ? " " : "", i, histogram[i]);
    }
    (void)printf("\n");
    return kept;
}

int main(int argc, char **argv) {
    size_t wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    FILE *file = argc > 1 ? fopen(argv[1], "re") : NULL;
    ro_analyser *analyser = NULL;
    ro_error err = RO_ERROR_INIT;
    corpus c = {0};
    size_t entry_count;
    size_t count;
    if (!file || ro_analyser_new(&analyser, &err) != RO_OK || !read_corpus(file, analyser, &c)) {
        (void)fprintf(stderr, "usage: alike_bench FILE.jsonl [PAIRS [SEED]]\n");
        free(c.stories);
        return 2;
    }
    entry *entries = make_entries(&c, &entry_count);
    pair *pairs = entries ? make_pairs(&c, entries, entry_count, &count) : NULL;
    if (!pairs || !c.stories) {
        (void)fprintf(stderr, "out of memory\n");
        free(c.stories);
        return 2;
    }
    count = keep_same(&c, pairs, count);
    for (size_t i = 0; i < wanted && count; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        pair p = pairs[(seed >> 33) % count];
        (void)printf("\npair %zu: %u bins\n", i + 1, common_of(&c, p));
        show(&c.stories[p.a]);
        show(&c.stories[p.b]);
    }
    free(c.stories);
    return 0;
}
