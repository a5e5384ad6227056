/* grow COUNT NEWS.ndjson: COUNT articles as JSON lines on stdout, made from those of the file: each
 * in turn, under ids of their own; from the second round on one word of the body in four is
 * replaced by a word drawn from a sample of all, so that frequencies stay and no two articles are
 * equal. */
#include "readout/buffer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define REPLACE_ONE_IN 4
#define SAMPLE ((size_t)1 << 20) /* words */

typedef struct sample {
    char *words[SAMPLE]; /* owned */
    size_t count;        /* seen */
    uint64_t random;
} sample;

static void die(const char *what) {
    (void)fprintf(stderr, "grow: %s\n", what);
    exit(2);
}

static uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Of all words seen each is kept with the same chance (Vitter's algorithm R). */
static void take_word(sample *s, const char *word, size_t len) {
    size_t at = s->count < SAMPLE ? s->count : (size_t)(random_next(&s->random) % (s->count + 1));
    s->count++;
    if (at < SAMPLE) {
        free(s->words[at]);
        s->words[at] = strndup(word, len);
        if (!s->words[at]) {
            die("out of memory");
        }
    }
}

static void replace_word(sample *s, const char *word, size_t len, ro_buf *out) {
    if (random_next(&s->random) % REPLACE_ONE_IN) {
        ro_buf_add(out, word, len);
        return;
    }
    size_t known = s->count < SAMPLE ? s->count : SAMPLE;
    ro_buf_add_str(out, ro_str_from(s->words[random_next(&s->random) % known]));
}

/* What is between white space; the white space stays. */
static void go_through(sample *s, const char *text, size_t len, ro_buf *out) {
    for (size_t at = 0; at < len;) {
        size_t space = strspn(text + at, " \t\n\r");
        size_t word = strcspn(text + at + space, " \t\n\r");
        if (out) {
            ro_buf_add(out, text + at, space);
        }
        if (word && out) {
            replace_word(s, text + at + space, word, out);
        } else if (word) {
            take_word(s, text + at + space, word);
        }
        at += space + word;
    }
}

static void write_article(sample *s, json_t *article, size_t round) {
    const json_t *body = json_object_get(article, "body");
    ro_buf made = RO_BUF_INIT;
    go_through(s, json_string_value(body), json_string_length(body), round ? &made : NULL);
    if (round) {
        json_t *id =
            json_sprintf("%s-%zu", json_string_value(json_object_get(article, "id")), round);
        (void)json_object_set_new(article, "id", id);
        (void)json_object_set_new(article, "body", json_stringn(made.ptr, made.len));
    }
    if (made.failed || json_dumpf(article, stdout, JSON_COMPACT) != 0) {
        die("cannot write");
    }
    (void)putchar('\n');
    ro_buf_release(&made);
}

int main(int argc, char **argv) {
    static sample s = {.random = UINT64_C(0x9E3779B97F4A7C15)};
    size_t left = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    FILE *in = left ? fopen(argv[2], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    if (!in) {
        die("usage: grow COUNT NEWS.ndjson");
    }
    for (size_t round = 0, before = left + 1; left && left < before; round++) {
        before = left;
        rewind(in);
        for (ssize_t len; left && (len = getline(&line, &size, in)) > 0;) {
            json_t *article = json_loadb(line, (size_t)len, 0, NULL);
            if (json_string_value(json_object_get(article, "body"))) {
                write_article(&s, article, round);
                left--;
            }
            json_decref(article);
        }
    }
    for (size_t i = 0; i < SAMPLE; i++) {
        free(s.words[i]);
    }
    free(line);
    (void)fclose(in);
    return left || fflush(stdout) ? 2 : 0;
}
