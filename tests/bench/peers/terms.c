/* What every engine of the comparison reads.
 *
 *   peer_terms articles <NEWS.ndjson >TERMS           the stems of each article, one article a line
 *   peer_terms grow COUNT TERMS >MORE                 COUNT articles made from those of TERMS
 *   peer_terms queries EVERY TERMS <LOG >QUERIES      lines of a log, as queries
 *
 * A grown article takes the words of one of TERMS in turn; from the second round on one word in
 * four is replaced by a word drawn from TERMS, so that frequencies stay and no two articles are
 * equal. Queries are lines "class<tab>word word …", made of the lines of two to six words: of every
 * EVERYth one `or`, one `and`, and a `term` for each word not seen before; of every one a `phrase`,
 * where that occurs in TERMS. */
#include "readout/analyser.h"
#include "readout/arena.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS_MIN 2
#define WORDS_MAX 6
#define REPLACE_ONE_IN 4

static void die(const char *what) {
    (void)fprintf(stderr, "peer_terms: %s\n", what);
    exit(2);
}

static void need(ro_status status, const ro_error *err) {
    if (status) {
        die(err->message);
    }
}

static int add_stem(void *context, const ro_token *token) {
    ro_buf *line = context;
    if (!(token->flags & RO_TOKEN_WHOLE)) {
        ro_buf_printf(line, "%s%.*s", line->len ? " " : "", RO_STR_ARG(token->stem));
    }
    return 0;
}

/* ---- articles ------------------------------------------------------------------------------- */

static void write_articles(ro_analyser *analyser, ro_error *err) {
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    ro_buf line = RO_BUF_INIT;
    while ((len = getline(&text, &size, stdin)) > 0) {
        json_t *article = json_loadb(text, (size_t)len, 0, NULL);
        const char *fields[] = {"title", "body"};
        ro_buf_clear(&line);
        for (int f = 0; f < 2; f++) {
            const json_t *field = json_object_get(article, fields[f]);
            ro_str value = ro_str_make(json_string_value(field), json_string_length(field));
            need(ro_analyse(analyser, value, RO_STR("en"), add_stem, &line, err), err);
        }
        json_decref(article);
        (void)fwrite(line.ptr, 1, line.len, stdout);
        (void)fputc('\n', stdout);
    }
    ro_buf_release(&line);
    free(text);
}

/* ---- a file of terms in memory -------------------------------------------------------------- */

typedef struct corpus {
    ro_buf text;
    ro_buf words; /* ro_str, an empty one after each article */
} corpus;

static void corpus_read(corpus *c, const char *path) {
    FILE *in = fopen(path, "r");
    char block[1 << 16];
    size_t got;
    if (!in) {
        die("cannot read the terms");
    }
    while ((got = fread(block, 1, sizeof block, in)) > 0) {
        ro_buf_add(&c->text, block, got);
    }
    (void)fclose(in);
    for (const char *at = c->text.ptr, *end = at + c->text.len; at < end;) {
        size_t len = 0;
        while (at + len < end && at[len] != ' ' && at[len] != '\n') {
            len++;
        }
        ro_str word = {at, len};
        if (len) {
            ro_buf_add(&c->words, &word, sizeof word);
        }
        if (at + len < end && at[len] == '\n') {
            ro_buf_add(&c->words, &RO_STR_NONE, sizeof RO_STR_NONE);
        }
        at += len + 1;
    }
    if (c->text.failed || c->words.failed) {
        die("out of memory");
    }
}

static const ro_str *corpus_words(const corpus *c, size_t *count) {
    *count = c->words.len / sizeof(ro_str);
    return (const ro_str *)(const void *)c->words.ptr;
}

/* ---- growing -------------------------------------------------------------------------------- */

static uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static ro_str random_word(const ro_str *words, size_t count, uint64_t *seed) {
    ro_str word;
    do {
        word = words[random_next(seed) % count];
    } while (!word.len);
    return word;
}

static void grow(const corpus *c, size_t articles) {
    size_t count;
    const ro_str *words = corpus_words(c, &count);
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
    size_t at = 0;
    for (bool first = true; articles && count; at++) {
        if (at == count) {
            at = 0;
            first = false;
        }
        if (!words[at].len) {
            (void)fputc('\n', stdout);
            articles--;
            continue;
        }
        bool replace = !first && random_next(&seed) % REPLACE_ONE_IN == 0;
        ro_str word = replace ? random_word(words, count, &seed) : words[at];
        (void)fwrite(word.ptr, 1, word.len, stdout);
        (void)fputc(' ', stdout);
    }
}

/* ---- queries -------------------------------------------------------------------------------- */

typedef struct query {
    ro_str words[WORDS_MAX];
    size_t count;
    bool occurs;        /* as a phrase */
    bool sampled;       /* as or, and, term */
    struct query *same; /* the next one whose first word is the same */
} query;

typedef struct query_set {
    ro_arena arena;
    query *queries;
    size_t count, capacity;
    query **slots; /* by first word */
    size_t slot_count;
} query_set;

static void query_add(query_set *set, ro_str line, bool sampled) {
    query q = {.sampled = sampled};
    for (const char *at = line.ptr, *end = at + line.len; at < end;) {
        size_t len = 0;
        while (at + len < end && at[len] != ' ') {
            len++;
        }
        if (q.count == WORDS_MAX) {
            return;
        }
        q.words[q.count++] = ro_arena_copy(&set->arena, ro_str_make(at, len));
        at += len + 1;
    }
    if (q.count < WORDS_MIN) {
        return;
    }
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 256;
        set->queries = realloc(set->queries, set->capacity * sizeof *set->queries);
        if (!set->queries) {
            die("out of memory");
        }
    }
    set->queries[set->count++] = q;
}

static void find_phrases(query_set *set, const corpus *c) {
    size_t count;
    const ro_str *words = corpus_words(c, &count);
    set->slot_count = set->count * 4 + 1;
    set->slots = calloc(set->slot_count, sizeof *set->slots);
    if (!set->slots) {
        die("out of memory");
    }
    for (size_t i = 0; i < set->count; i++) {
        query *q = &set->queries[i];
        query **slot = &set->slots[ro_str_hash(q->words[0]) % set->slot_count];
        q->same = *slot;
        *slot = q;
    }
    for (size_t at = 0; at < count; at++) {
        for (query *q = set->slots[ro_str_hash(words[at]) % set->slot_count]; q; q = q->same) {
            size_t same = 0;
            while (!q->occurs && same < q->count && at + same < count &&
                   ro_str_equal(words[at + same], q->words[same])) {
                same++;
            }
            q->occurs |= same == q->count;
        }
    }
}

static bool seen_before(const query_set *set, size_t i, size_t w) {
    for (size_t j = 0; j <= i; j++) {
        for (size_t v = 0; v < (j < i ? set->queries[j].count : w); v++) {
            if (set->queries[j].sampled &&
                ro_str_equal(set->queries[j].words[v], set->queries[i].words[w])) {
                return true;
            }
        }
    }
    return false;
}

static void write_words(const query_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        for (size_t w = 0; set->queries[i].sampled && w < set->queries[i].count; w++) {
            if (!seen_before(set, i, w)) {
                (void)printf("term\t%s\n", set->queries[i].words[w].ptr);
            }
        }
    }
}

static void write_queries(const query_set *set) {
    const char *classes[] = {"or", "and", "phrase"};
    for (size_t class = 0; class < 3; class ++) {
        for (size_t i = 0; i < set->count; i++) {
            const query *q = &set->queries[i];
            if (class == 2 ? !q->occurs : !q->sampled) {
                continue;
            }
            (void)printf("%s\t", classes[class]);
            for (size_t w = 0; w < q->count; w++) {
                (void)printf("%s%s", w ? " " : "", q->words[w].ptr);
            }
            (void)putchar('\n');
        }
    }
    write_words(set);
}

static void make_queries(ro_analyser *analyser, size_t every, const corpus *c, ro_error *err) {
    query_set set = {.arena = RO_ARENA_INIT};
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    ro_buf line = RO_BUF_INIT;
    for (size_t number = 0; (len = getline(&text, &size, stdin)) > 0; number++) {
        ro_buf_clear(&line);
        need(ro_analyse(analyser, ro_str_make(text, (size_t)len), RO_STR("en"), add_stem, &line,
                        err),
             err);
        query_add(&set, ro_buf_str(&line), number % every == 0);
    }
    find_phrases(&set, c);
    write_queries(&set);
    ro_buf_release(&line);
    free(text);
    free(set.slots);
    free(set.queries);
    ro_arena_release(&set.arena);
}

int main(int argc, char **argv) {
    ro_error err = RO_ERROR_INIT;
    ro_analyser *analyser;
    corpus c = {RO_BUF_INIT, RO_BUF_INIT};
    ro_str what = ro_str_from(argc > 1 ? argv[1] : "");
    size_t number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    need(ro_analyser_new(&analyser, &err), &err);
    if (argc > 3) {
        corpus_read(&c, argv[3]);
    }
    if (ro_str_equal(what, RO_STR("articles"))) {
        write_articles(analyser, &err);
    } else if (ro_str_equal(what, RO_STR("grow")) && argc > 3) {
        grow(&c, number);
    } else if (ro_str_equal(what, RO_STR("queries")) && argc > 3 && number) {
        make_queries(analyser, number, &c, &err);
    } else {
        die("usage: articles | grow COUNT TERMS | queries EVERY TERMS");
    }
    ro_buf_release(&c.text);
    ro_buf_release(&c.words);
    ro_analyser_free(analyser);
    return fflush(stdout) ? 2 : 0;
}
