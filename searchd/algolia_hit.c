/* Hits as records of the Algolia protocol: attributes, highlights, snippets, typos. */
#include "algolia.h"
#include "readout/analyser.h"
#include "readout/date.h"
#include "readout/utf8.h"

#include <stdlib.h>

#define SNIPPET_WORDS 10 /* as there, where nothing is said */
#define LETTERS_MAX 64   /* of a word whose typos are counted */

bool ro_algolia_lists(const json_t *list, const char *name, bool named, size_t *words) {
    bool listed = false;
    bool excluded = false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        size_t len = item ? strcspn(item, ":") : 0;
        bool all = len == 1 && *item == '*' && !named;
        if (item && (all || (len == strlen(name) && memcmp(item, name, len) == 0))) {
            listed = true;
            if (words && item[len] == ':') {
                *words = strtoul(item + len + 1, NULL, 10);
            }
        }
        excluded |= item && *item == '-' && strcmp(item + 1, name) == 0;
    }
    return listed && !excluded;
}

/* ---- marked texts --------------------------------------------------------------------------- */

/* A text with its marks, [from, to] or [from, to, word] each. */
typedef struct marked {
    ro_str text;
    const json_t *marks; /* NULL: none */
} marked;

static size_t count_chars(ro_str text) {
    size_t chars = 0;
    size_t taken = 0;
    for (size_t at = 0; at < text.len; at += taken, chars++) {
        (void)ro_utf8_decode(text.ptr + at, text.len - at, &taken);
    }
    return chars;
}

static size_t mark_at(const json_t *mark, size_t i) {
    return (size_t)json_integer_value(json_array_get(mark, i));
}

/* Characters [from, until), with tags where marks lie in them. */
static void write_tagged(const marked *m, size_t from, size_t until, const ro_algolia_dress *dress,
                         ro_buf *out) {
    size_t next = 0;
    size_t end = 0;
    bool open = false;
    size_t taken = 0;
    size_t at = 0;
    for (size_t i = 0; at < m->text.len && i < until; i++, at += taken) {
        if (open && i == end) {
            ro_buf_add_str(out, dress->post);
            open = false;
        }
        const json_t *mark = json_array_get(m->marks, next);
        while (mark && mark_at(mark, 0) < i) {
            mark = json_array_get(m->marks, ++next);
        }
        if (i >= from && mark && mark_at(mark, 0) == i) {
            ro_buf_add_str(out, dress->pre);
            end = mark_at(mark, 1);
            open = true;
        }
        (void)ro_utf8_decode(m->text.ptr + at, m->text.len - at, &taken);
        ro_buf_add(out, m->text.ptr + at, i >= from ? taken : 0);
    }
    ro_buf_add_str(out, open ? dress->post : RO_STR(""));
}

static json_t *take_text(ro_buf *out) {
    json_t *text = out->failed ? NULL : json_stringn(out->ptr ? out->ptr : "", out->len);
    ro_buf_release(out);
    return text;
}

json_t *ro_algolia_tagged(ro_str text, const json_t *marks, const ro_algolia_dress *dress) {
    ro_buf out = RO_BUF_INIT;
    marked m = {text, marks};
    write_tagged(&m, 0, SIZE_MAX, dress, &out);
    return take_text(&out);
}

/* Marks each word of the query that a mark is of. */
static void note_words(const json_t *marks, const json_t *words, bool *found) {
    for (size_t i = 0; i < json_array_size(marks); i++) {
        size_t word = mark_at(json_array_get(marks, i), 2);
        if (word < json_array_size(words) && word < RO_QUERY_WORDS_MAX) {
            found[word] = true;
        }
    }
}

/* Sets how much of the query matched: all its words, some, or none. */
static void put_match(json_t *object, const json_t *marks, const json_t *words, bool *memory) {
    bool found[RO_QUERY_WORDS_MAX] = {false};
    size_t count = 0;
    json_t *matched = json_array();
    note_words(marks, words, found);
    for (size_t i = 0; i < json_array_size(words) && i < RO_QUERY_WORDS_MAX; i++) {
        count += found[i];
        if (found[i]) {
            *memory |= json_array_append(matched, json_array_get(words, i)) != 0;
        }
    }
    ro_algolia_put(object, "matchLevel",
                   json_string(!count                            ? "none"
                               : count == json_array_size(words) ? "full"
                                                                 : "partial"),
                   memory);
    ro_algolia_put(object, "matchedWords", matched, memory);
}

static json_t *highlight(const marked *m, const json_t *words, const ro_algolia_dress *dress,
                         bool *memory) {
    json_t *object = json_object();
    ro_algolia_put(object, "value", ro_algolia_tagged(m->text, m->marks, dress), memory);
    put_match(object, m->marks, words, memory);
    size_t chars = count_chars(m->text);
    const json_t *first = json_array_get(m->marks, 0);
    if (first) { /* said of what matched only */
        bool whole = mark_at(first, 0) == 0 && mark_at(first, 1) == chars;
        ro_algolia_put(object, "fullyHighlighted", json_boolean(whole), memory);
    }
    return object;
}

/* A walk over the words of a text, which blanks part. */
typedef struct walk {
    ro_str text;
    size_t at, chars;   /* bytes and characters behind */
    size_t from, until; /* characters of the word */
} walk;

static bool next_word(walk *w) {
    size_t taken = 0;
    bool inside = false;
    for (; w->at < w->text.len; w->at += taken, w->chars++) {
        bool blank = ro_utf8_decode(w->text.ptr + w->at, w->text.len - w->at, &taken) <= ' ';
        if (blank && inside) {
            break;
        }
        w->from = inside ? w->from : w->chars;
        inside |= !blank;
    }
    w->until = w->chars;
    return inside;
}

/* Characters [from, until) of `max` words, or all there are, the first mark in their first third.
 */
static void choose_window(const marked *m, size_t max, size_t *from, size_t *until) {
    const json_t *first = json_array_get(m->marks, 0);
    size_t target = first ? mark_at(first, 0) : 0;
    size_t count = 0;
    size_t wanted = 0;
    for (walk w = {.text = m->text}; next_word(&w); count++) {
        wanted = w.from <= target ? count : wanted;
    }
    size_t begin = wanted > max / 3 ? wanted - max / 3 : 0;
    begin = count - begin < max ? (count > max ? count - max : 0) : begin;
    *from = *until = 0;
    count = 0;
    for (walk w = {.text = m->text}; next_word(&w) && count < begin + max; count++) {
        *from = count == begin ? w.from : *from;
        *until = w.until;
    }
}

static json_t *snippet(const marked *m, size_t words_max, const json_t *words,
                       const ro_algolia_dress *dress, bool *memory) {
    ro_buf out = RO_BUF_INIT;
    json_t *object = json_object();
    size_t from = 0;
    size_t until = 0;
    choose_window(m, words_max ? words_max : 1, &from, &until);
    ro_buf_add_str(&out, from ? dress->ellipsis : RO_STR(""));
    write_tagged(m, from, until, dress, &out);
    ro_buf_add_str(&out, until < count_chars(m->text) ? dress->ellipsis : RO_STR(""));
    ro_algolia_put(object, "value", take_text(&out), memory);
    put_match(object, m->marks, words, memory);
    return object;
}

/* ---- typos ---------------------------------------------------------------------------------- */

static size_t letters(ro_str text, uint32_t *out) {
    size_t count = 0;
    size_t taken = 0;
    for (size_t at = 0; at < text.len && count < LETTERS_MAX; at += taken) {
        out[count++] = ro_utf8_decode(text.ptr + at, text.len - at, &taken);
    }
    return count;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Letters to add, drop, change or turn round (optimal string alignment), in folded form. */
static size_t edits_between(ro_str a, ro_str b) {
    uint32_t x[LETTERS_MAX];
    uint32_t y[LETTERS_MAX];
    size_t rows[3][LETTERS_MAX + 1] = {{0}};
    size_t n = letters(a, x);
    size_t m = letters(b, y);
    for (size_t j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(above[j - 1] + (x[i - 1] != y[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
            }
        }
    }
    return rows[n % 3][m];
}

/* A word that was corrected costs a hit that has it the edits to what is searched for instead. */
static size_t edits_of(const json_t *corrected, const char *word) {
    for (size_t i = 0; i < json_array_size(corrected); i++) {
        const json_t *item = json_array_get(corrected, i);
        const char *typed = json_string_value(json_object_get(item, "word"));
        const char *into = json_string_value(json_array_get(json_object_get(item, "into"), 0));
        if (typed && into && word && strcmp(typed, word) == 0) {
            ro_buf folded = RO_BUF_INIT;
            size_t edits = ro_fold(NULL, ro_str_from(typed), &folded, NULL) == RO_OK
                               ? edits_between(ro_buf_str(&folded), ro_str_from(into))
                               : 0;
            ro_buf_release(&folded);
            return edits;
        }
    }
    return 0;
}

static json_t *ranking(const json_t *hit, const json_t *query, const json_t *sentence) {
    const json_t *words = json_object_get(query, "words");
    const json_t *corrected = json_object_get(query, "corrected");
    bool found[RO_QUERY_WORDS_MAX] = {false};
    size_t count = 0;
    size_t exact = 0;
    size_t typos = 0;
    size_t first = json_array_size(words);
    note_words(json_object_get(hit, "title_highlights"), words, found);
    note_words(json_object_get(sentence, "highlights"), words, found);
    for (size_t i = json_array_size(words); i-- > 0;) {
        if (i < RO_QUERY_WORDS_MAX && found[i]) {
            size_t edits = edits_of(corrected, json_string_value(json_array_get(words, i)));
            count++;
            exact += !edits;
            typos += edits;
            first = i;
        }
    }
    double score = json_real_value(json_object_get(hit, "score"));
    return json_pack("{sI,sI,sI,sI,sI,sI,si,si,si,si}", "nbTypos", (json_int_t)typos, "words",
                     (json_int_t)count, "nbExactWords", (json_int_t)exact, "firstMatchedWord",
                     (json_int_t)(count ? first : 0), "userScore", (json_int_t)(score * 1000),
                     "filters", (json_int_t)0, "proximityDistance", 0, "geoDistance", 0,
                     "geoPrecision", 1, "promoted", 0);
}

/* ---- records -------------------------------------------------------------------------------- */

/* What of our hits is no attribute, or comes under another name. */
static const char *const apart[] = {"id",      "score",          "snippets", "title_highlights",
                                    "explain", "body_highlights"};

static bool is_apart(const char *name) {
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        if (strcmp(apart[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const ro_algolia_dress *dress, const char *name) {
    bool whole = strcmp(name, "body") == 0;
    return dress->retrieve ? ro_algolia_lists(dress->retrieve, name, whole && !dress->bare, NULL)
                           : !whole || dress->bare;
}

static json_t *time_of(const json_t *hit) {
    const char *text = json_string_value(json_object_get(hit, "published"));
    int64_t seconds = 0;
    return text && ro_time_parse(ro_str_from(text), &seconds, NULL) == RO_OK ? json_integer(seconds)
                                                                             : json_null();
}

/* The passage that matched is the sentence of a fact, and stands for the body of an article. */
static const char *passage_name(const json_t *hit) {
    const char *kind = json_string_value(json_object_get(hit, "kind"));
    return kind && strcmp(kind, "article") == 0 ? "body" : "sentence";
}

static const json_t *sentence_of(const json_t *hit) {
    const json_t *passage = json_array_get(json_object_get(hit, "snippets"), 0);
    return strcmp(passage_name(hit), "sentence") == 0 ? passage : NULL;
}

/* A participant is a hit for each talk, by the same id. */
static json_t *object_id(const json_t *hit) {
    json_t *id = json_object_get(hit, "id");
    const char *kind = json_string_value(json_object_get(hit, "kind"));
    const char *talk = json_string_value(json_object_get(hit, "talk"));
    const char *part = talk ? strrchr(talk, '#') : NULL;
    return part && kind && strcmp(kind, "participant") == 0
               ? json_sprintf("%s%s", json_string_value(id), part)
               : json_incref(id);
}

static bool put_attributes(json_t *record, json_t *hit, const ro_algolia_dress *dress) {
    const char *name = NULL;
    json_t *value = NULL;
    bool memory = false;
    ro_algolia_put(record, "objectID", object_id(hit), &memory);
    json_object_foreach(hit, name, value) {
        if (!is_apart(name) && is_wanted(dress, name)) {
            ro_algolia_put(record, name, json_incref(value), &memory);
        }
    }
    if (is_wanted(dress, RO_ALGOLIA_TIME)) {
        ro_algolia_put(record, RO_ALGOLIA_TIME, time_of(hit), &memory);
    }
    const json_t *sentence = sentence_of(hit);
    if (sentence && is_wanted(dress, "sentence")) {
        ro_algolia_put(record, "sentence", json_incref(json_object_get(sentence, "text")), &memory);
    }
    return !memory;
}

static ro_str text_of(const json_t *string) {
    return ro_str_make(json_string_value(string), json_string_length(string));
}

/* The marks that a hit has of the text of an attribute; NULL: none. */
static const json_t *marks_of(const json_t *hit, const char *name) {
    return strcmp(name, "title") == 0  ? json_object_get(hit, "title_highlights")
           : strcmp(name, "body") == 0 ? json_object_get(hit, "body_highlights")
                                       : NULL;
}

static bool is_highlighted(const ro_algolia_dress *dress, const char *name) {
    bool body = strcmp(name, "body") == 0; /* named, for it is long */
    return dress->highlight ? ro_algolia_lists(dress->highlight, name, body, NULL) : !body;
}

static bool put_highlights(json_t *record, json_t *hit, const json_t *words,
                           const ro_algolia_dress *dress) {
    bool memory = false;
    const char *name = NULL;
    json_t *value = NULL;
    json_t *object = json_object();
    const json_t *sentence = sentence_of(hit);
    ro_algolia_put(record, "_highlightResult", object, &memory);
    json_object_foreach(hit, name, value) {
        if (json_is_string(value) && !is_apart(name) && is_highlighted(dress, name)) {
            marked m = {text_of(value), marks_of(hit, name)};
            ro_algolia_put(object, name, highlight(&m, words, dress, &memory), &memory);
        }
    }
    if (sentence && is_highlighted(dress, "sentence")) {
        marked m = {text_of(json_object_get(sentence, "text")),
                    json_object_get(sentence, "highlights")};
        ro_algolia_put(object, "sentence", highlight(&m, words, dress, &memory), &memory);
    }
    return !memory;
}

static bool put_snippets(json_t *record, const json_t *hit, const json_t *words,
                         const ro_algolia_dress *dress) {
    bool memory = false;
    const json_t *passage = json_array_get(json_object_get(hit, "snippets"), 0);
    const struct {
        const char *name;
        marked m;
    } sources[] = {
        {"title",
         {text_of(json_object_get(hit, "title")), json_object_get(hit, "title_highlights")}},
        {passage_name(hit),
         {text_of(json_object_get(passage, "text")), json_object_get(passage, "highlights")}}};
    if (!dress->snippet) {
        return true;
    }
    json_t *object = json_object();
    ro_algolia_put(record, "_snippetResult", object, &memory);
    for (size_t i = 0; i < 2; i++) {
        size_t max = SNIPPET_WORDS;
        if (sources[i].m.text.ptr &&
            ro_algolia_lists(dress->snippet, sources[i].name, false, &max)) {
            ro_algolia_put(object, sources[i].name,
                           snippet(&sources[i].m, max, words, dress, &memory), &memory);
        }
    }
    return !memory;
}

static bool put_all(json_t *record, json_t *hit, const json_t *query,
                    const ro_algolia_dress *dress) {
    const json_t *words = json_object_get(query, "words");
    bool memory = !put_attributes(record, hit, dress);
    if (!memory && !dress->bare) {
        memory =
            !put_highlights(record, hit, words, dress) || !put_snippets(record, hit, words, dress);
    }
    if (!memory && dress->ranking) {
        const json_t *passage = json_array_get(json_object_get(hit, "snippets"), 0);
        ro_algolia_put(record, "_rankingInfo", ranking(hit, query, passage), &memory);
    }
    return !memory;
}

json_t *ro_algolia_hits(const json_t *answer, const ro_algolia_dress *dress) {
    const json_t *hits = json_object_get(answer, "hits");
    const json_t *query = json_object_get(answer, "query");
    json_t *records = json_array();
    bool good = records != NULL;
    for (size_t i = 0; good && i < json_array_size(hits); i++) {
        json_t *record = json_object();
        good = json_array_append_new(records, record) == 0 &&
               put_all(record, json_array_get(hits, i), query, dress);
    }
    if (!good) {
        json_decref(records);
    }
    return good ? records : NULL;
}

json_t *ro_algolia_record(json_t *article, const ro_algolia_dress *dress) {
    json_t *record = json_object();
    bool memory = !put_attributes(record, article, dress);
    if (is_wanted(dress, "kind")) {
        ro_algolia_put(record, "kind", json_string("article"), &memory);
    }
    if (memory) {
        json_decref(record);
    }
    return memory ? NULL : record;
}
