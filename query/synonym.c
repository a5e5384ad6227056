/* Synonyms from a file: pairs of a word, folded, and what it stands for too. */
#include "searcher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ALSO_MAX 32  /* synonyms of one word that are used */
#define DEPTH_MAX 8  /* of the query's tree that is looked through */
#define PLURAL_MIN 4 /* bytes of a word that has a plural or may be one */

typedef struct pair {
    ro_str word, also;
    size_t place; /* in the file: earlier ones first */
} pair;

struct ro_synonyms {
    ro_arena arena;
    pair *pairs; /* by word, then by place */
    size_t count, room;
    size_t sets; /* lines with a pair */
};

typedef struct loader {
    ro_synonyms *into;
    ro_analyser *analyser;
} loader;

static ro_status fold(ro_analyser *analyser, ro_str text, ro_arena *arena, ro_str *out,
                      ro_error *err) {
    ro_buf folded = RO_BUF_INIT;
    ro_status status = ro_fold(analyser, text, &folded, err);
    if (status == RO_OK) {
        *out = ro_arena_copy(arena, ro_buf_str(&folded));
        status = out->ptr ? RO_OK : ro_fail_memory(err);
    }
    ro_buf_release(&folded);
    return status;
}

/* More words in a row are no name (ro_query_run). */
static bool is_row(ro_str folded) {
    size_t words = 1;
    for (size_t i = 0; i < folded.len; i++) {
        words += folded.ptr[i] == ' ';
    }
    return words <= RO_RUN_MAX;
}

/* What finds nothing more than the word itself is left out. */
static ro_status add_pair(loader *l, ro_str word, ro_str also, ro_error *err) {
    ro_synonyms *s = l->into;
    ro_str into = RO_STR_NONE;
    pair *grown = ro_grow(s->pairs, s->count, &s->room, sizeof *grown);
    if (!grown) {
        return ro_fail_memory(err);
    }
    s->pairs = grown;
    pair *p = &s->pairs[s->count];
    *p = (pair){.also = ro_arena_copy(&s->arena, also), .place = s->count};
    ro_status status =
        p->also.ptr ? fold(l->analyser, word, &s->arena, &p->word, err) : ro_fail_memory(err);
    status = status == RO_OK ? fold(l->analyser, also, &s->arena, &into, err) : status;
    s->count += status == RO_OK && is_row(p->word) && !ro_str_equal(p->word, into);
    return status;
}

/* Items with commas between; false: there are empty ones, too many or none. */
static bool split(ro_str text, ro_str items[RO_SYNONYMS_LINE_MAX], size_t *count) {
    *count = 0;
    for (size_t at = 0; at <= text.len && text.len;) {
        const char *comma = at < text.len ? memchr(text.ptr + at, ',', text.len - at) : NULL;
        size_t end = comma ? (size_t)(comma - text.ptr) : text.len;
        ro_str item = ro_str_trim(ro_str_make(text.ptr + at, end - at));
        if (!item.len || *count == RO_SYNONYMS_LINE_MAX) {
            return false;
        }
        items[(*count)++] = item;
        at = end + 1;
    }
    return *count > 0;
}

static ro_status read_line(ro_str line, int64_t number, ro_synonym_line *out, ro_error *err) {
    const char *arrow = line.len > 1 ? memmem(line.ptr, line.len, "=>", 2) : NULL;
    ro_str from = arrow ? ro_str_make(line.ptr, (size_t)(arrow - line.ptr)) : line;
    ro_str to = arrow ? ro_str_make(arrow + 2, line.len - from.len - 2) : RO_STR_NONE;
    out->number = number;
    out->into_count = 0;
    bool again = to.len > 1 && memmem(to.ptr, to.len, "=>", 2);
    bool good = !again && split(from, out->words, &out->word_count) &&
                (arrow ? split(to, out->into, &out->into_count) : out->word_count > 1);
    return good ? RO_OK
                : ro_fail_at(err, RO_FORMAT, number,
                             "line %lld: expected 'a, b, c' or 'a => b, c', at most %d words",
                             (long long)number, RO_SYNONYMS_LINE_MAX);
}

ro_status ro_synonyms_each(ro_str text, ro_synonym_line_fn fn, void *context, ro_error *err) {
    ro_synonym_line read = {0};
    for (int64_t number = 1; text.len; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&text, '\n'));
        if (!line.len || *line.ptr == '#') {
            continue;
        }
        ro_status status = read_line(line, number, &read, err);
        status = status == RO_OK ? fn(context, &read, err) : status;
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

static ro_status add_line(void *context, const ro_synonym_line *line, ro_error *err) {
    loader *l = context;
    bool both = !line->into_count;
    const ro_str *into = both ? line->words : line->into;
    size_t into_count = both ? line->word_count : line->into_count;
    size_t before = l->into->count;
    ro_status status = RO_OK;
    for (size_t i = 0; i < line->word_count; i++) {
        for (size_t j = 0; status == RO_OK && j < into_count; j++) {
            if (!both || i != j) {
                status = add_pair(l, line->words[i], into[j], err);
            }
        }
    }
    l->into->sets += l->into->count > before;
    return status;
}

static int by_word(const void *a, const void *b) {
    const pair *x = a, *y = b;
    int order = ro_str_compare(x->word, y->word);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static ro_status read_file(const char *path, ro_buf *out, ro_error *err) {
    FILE *file = fopen(path, "rbe");
    if (!file) {
        return ro_fail(err, errno == ENOENT ? RO_NOT_FOUND : RO_IO, "cannot open '%s': %s", path,
                       strerror(errno));
    }
    char piece[4096];
    for (size_t got;
         (got = fread(piece, 1, sizeof piece, file)) > 0 && out->len <= RO_SYNONYMS_TEXT_MAX;) {
        ro_buf_add(out, piece, got);
    }
    ro_status status = ro_buf_check(out, err);
    if (status == RO_OK && ferror(file)) {
        status = ro_fail(err, RO_IO, "cannot read '%s'", path);
    }
    (void)fclose(file);
    if (status == RO_OK && out->len > RO_SYNONYMS_TEXT_MAX) {
        status =
            ro_fail(err, RO_LIMIT, "'%s' is larger than %zu bytes", path, RO_SYNONYMS_TEXT_MAX);
    }
    return status;
}

ro_status ro_synonyms_read(ro_str text, ro_synonyms **out, ro_error *err) {
    loader l = {.into = calloc(1, sizeof *l.into)};
    *out = NULL;
    ro_status status = l.into ? ro_analyser_new(&l.analyser, err) : ro_fail_memory(err);
    if (status == RO_OK) {
        status = ro_synonyms_each(text, add_line, &l, err);
    }
    if (status == RO_OK && l.into->count) {
        qsort(l.into->pairs, l.into->count, sizeof(pair), by_word);
    }
    if (l.analyser) {
        ro_analyser_free(l.analyser);
    }
    if (status != RO_OK) {
        ro_synonyms_close(l.into);
        return status;
    }
    *out = l.into;
    return RO_OK;
}

ro_status ro_synonyms_open(const char *path, ro_synonyms **out, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    *out = NULL;
    ro_status status = read_file(path, &text, err);
    if (status == RO_OK) {
        status = ro_synonyms_read(ro_buf_str(&text), out, err);
    }
    ro_buf_release(&text);
    return status;
}

void ro_synonyms_close(ro_synonyms *synonyms) {
    if (synonyms) {
        ro_arena_release(&synonyms->arena);
        free(synonyms->pairs);
        free(synonyms);
    }
}

size_t ro_synonyms_sets(const ro_synonyms *synonyms) {
    return synonyms->sets;
}

void ro_searcher_use_synonyms(ro_searcher *searcher, const ro_synonyms *synonyms) {
    searcher->synonyms = synonyms;
}

/* ---- in a query ---- */

static size_t first_of(const ro_synonyms *s, ro_str word) {
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ro_str_compare(s->pairs[middle].word, word) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Words of the file that are this one. */
static size_t find(const ro_synonyms *s, ro_str folded, size_t *first) {
    size_t count = 0;
    *first = first_of(s, folded);
    while (*first + count < s->count && count < ALSO_MAX &&
           ro_str_equal(s->pairs[*first + count].word, folded)) {
        count++;
    }
    return count;
}

static bool ends_with(ro_str text, ro_str end) {
    return text.len >= end.len &&
           ro_str_equal(ro_str_make(text.ptr + text.len - end.len, end.len), end);
}

/* Where the file has the singular of a plural, or the other way round. What a word ends in tells,
 * and the last word of several. */
static ro_status find_other_number(const ro_synonyms *s, ro_str folded, ro_arena *arena,
                                   size_t *first, size_t *count, ro_error *err) {
    static const struct {
        ro_str end, instead;
    } endings[] = {{{"ies", 3}, {"y", 1}}, {{"es", 2}, {NULL, 0}}, {{"s", 1}, {NULL, 0}},
                   {{"y", 1}, {"ies", 3}}, {{NULL, 0}, {"s", 1}},  {{NULL, 0}, {"es", 2}}};
    bool may = folded.len >= PLURAL_MIN && !ends_with(folded, RO_STR("ss"));
    for (size_t i = 0; may && !*count && i < sizeof endings / sizeof *endings; i++) {
        if (!ends_with(folded, endings[i].end)) {
            continue;
        }
        ro_str other = ro_arena_printf(arena, "%.*s%.*s", (int)(folded.len - endings[i].end.len),
                                       folded.ptr, RO_STR_ARG(endings[i].instead));
        if (!other.ptr) {
            return ro_fail_memory(err);
        }
        *count = find(s, other, first);
    }
    return RO_OK;
}

static ro_status record(ro_planner *p, ro_syntax *word, ro_error *err) {
    ro_expansion **tail = &p->plan->expansions;
    while (*tail) {
        tail = &(*tail)->next;
    }
    ro_expansion *made = ro_arena_alloc(p->arena, sizeof *made);
    ro_word *into = ro_arena_alloc_array(p->arena, word->also_count, sizeof *into);
    if (!made || !into) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < word->also_count; i++) {
        into[i].form = word->also[i];
    }
    *made = (ro_expansion){word, into, word->also_count, true, NULL};
    *tail = made;
    return RO_OK;
}

/* Looks for `text` in the file and gives the word what it stands for. */
static ro_status expand(const ro_synonyms *s, ro_planner *p, ro_str text, ro_syntax *word,
                        ro_error *err) {
    ro_str folded;
    ro_status status = fold(p->analyser, text, p->arena, &folded, err);
    size_t first = 0, count = status == RO_OK ? find(s, folded, &first) : 0;
    if (status == RO_OK && !count) {
        status = find_other_number(s, folded, p->arena, &first, &count, err);
    }
    if (status != RO_OK || !count) {
        return status;
    }
    word->also = ro_arena_alloc_array(p->arena, count, sizeof(ro_str));
    if (!word->also) {
        return ro_fail_memory(err);
    }
    for (; word->also_count < count; word->also_count++) {
        word->also[word->also_count] = s->pairs[first + word->also_count].also;
    }
    return RO_OK;
}

static bool takes_synonyms(const ro_planner *p, const ro_syntax *node) {
    return node->kind == RO_SYNTAX_WORD && node->form == RO_FORM_STEM && !node->also_count &&
           node != p->unfinished;
}

/* What is in the file goes before what is built in. */
static ro_status give(const ro_synonyms *s, bool builtin, ro_planner *p, ro_syntax *word,
                      bool in_row, ro_error *err) {
    ro_syntax *words[RO_RUN_MAX];
    size_t count = s && s->count ? ro_query_run(p, word, in_row, words) : 0;
    ro_status status = RO_OK;
    for (size_t n = count; status == RO_OK && n && !word->also_count; n--) {
        status = expand(s, p, ro_query_run_text(words, n), word, err);
        if (word->also_count) {
            ro_query_run_join(words, n);
        }
    }
    if (status == RO_OK && builtin && !word->also_count) {
        status = ro_query_builtin(p, word, in_row, err);
    }
    word->synonyms = word->also_count > 0;
    return status == RO_OK && word->synonyms ? record(p, word, err) : status;
}

ro_status ro_query_synonyms(const ro_synonyms *s, bool builtin, ro_planner *p, ro_syntax *tree,
                            ro_error *err) {
    ro_syntax *open[DEPTH_MAX];
    size_t depth = 0;
    ro_syntax *node = builtin || (s && s->count) ? tree : NULL;
    ro_status status = RO_OK;
    while (status == RO_OK && node) {
        if (takes_synonyms(p, node)) {
            bool in_row = depth && open[depth - 1]->kind == RO_SYNTAX_SEQUENCE;
            status = give(s, builtin, p, node, in_row, err);
        }
        if (node->first && depth < DEPTH_MAX) {
            open[depth++] = node;
            node = node->first;
            continue;
        }
        while (node && !node->next) {
            node = depth ? open[--depth] : NULL;
        }
        node = node ? node->next : NULL;
    }
    return status;
}
