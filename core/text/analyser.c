#include "readout/analyser.h"

#include "analyser.h"
#include "compound.h"
#include "terms.h"
#include "words.h"

#include "readout/utf8.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uversion.h>

/* What a byte is to the way from chunk to chunk: the text is taken apart at SPACE first. */
enum { SPACE, WORD, MARK, HARD };

#define PARTS_MAX 32 /* of a compound; the parts of a longer one are words without a whole */
#define WHOLE_MAX 512

/* Words that are looked ahead at, a power of two; how far from the last one is asked for its note.
 */
#define AHEAD 8
#define AHEAD_NEAR 4
#define PASSED_MAX 256 /* words in a row that are not told: the callback may look at the clock */

/* Plain words asked for and not emitted yet, in order; none while a compound is under way. */
typedef struct word_queue {
    ro_span spans[AHEAD];
    ro_term_query queries[AHEAD];
    uint32_t passed[AHEAD]; /* words before it that are counted only */
    size_t first, next;     /* counted up; their places are modulo AHEAD */
} word_queue;

/* Words joined so far. */
typedef struct compound {
    ro_span parts[PARTS_MAX];
    size_t count;
    size_t word_end; /* of the last word; 0: none */
    size_t body_end; /* the same without an ending such as 's */
    bool dotted;
    bool initials;
    bool too_long;
} compound;

struct ro_analyser {
    ro_words words;
    ro_terms terms;
    unsigned char kinds[256]; /* of bytes */
    bool no_shortcut;         /* for tests */

    /* The text under analysis, borrowed during ro_analyse. */
    ro_str text;
    ro_token_fn fn;
    void *context;
    const uint8_t *starts; /* of the terms that are looked for; NULL: of all */
    uint32_t position;
    uint32_t passed; /* plain words since the last one that was asked for */
    uint32_t untold; /* the same of compounds, all of them */
    bool stopped;
    bool failed; /* memory ran out */
    word_queue ahead;
    compound run;
    char whole[WHOLE_MAX];
};

static void emit(ro_analyser *a, const ro_term *term, ro_span span, uint32_t parts) {
    if (a->stopped) {
        return;
    }
    bool digit = term->form.ptr[0] >= '0' && term->form.ptr[0] <= '9';
    ro_token token = {.form = term->form,
                      .stem = term->stem,
                      .position = a->position,
                      .span = parts,
                      .start = (uint32_t)span.start,
                      .end = (uint32_t)span.end,
                      .flags = (parts > 1 ? RO_TOKEN_WHOLE : 0u) | (digit ? RO_TOKEN_NUMBER : 0u),
                      .note = term->note};
    a->stopped = a->fn(a->context, &token) != 0;
}

static ro_str slice(const ro_analyser *a, ro_span span) {
    return ro_str_make(a->text.ptr + span.start, span.end - span.start);
}

static bool answer(ro_analyser *a, const ro_term_query *query, ro_term *term) {
    if (!ro_terms_get(&a->terms, query, term)) {
        a->failed = a->stopped = true;
        return false;
    }
    return term->form.len > 0;
}

static bool get_term(ro_analyser *a, ro_str surface, size_t room, ro_term *term) {
    ro_term_query query = ro_terms_ask(&a->terms, surface, room);
    return answer(a, &query, term);
}

static void emit_asked(ro_analyser *a, ro_span span, const ro_term_query *query) {
    ro_term term;
    if (!a->stopped && answer(a, query, &term)) {
        emit(a, &term, span, 1);
        a->position++;
    }
}

static ro_term_query ask(const ro_analyser *a, ro_span span) {
    return ro_terms_ask(&a->terms, slice(a, span), a->text.len - span.start);
}

/* Whether terms that begin as this word of ASCII are none of those looked for. */
static bool is_unwanted(const ro_analyser *a, char first) {
    bool capital = first >= 'A' && first <= 'Z';
    return a->starts && !a->starts[(unsigned char)(capital ? first + ('a' - 'A') : first)];
}

/* All of it letters and digits of ASCII: it is searchable. */
static bool is_plain(const ro_analyser *a, ro_span span) {
    size_t at = span.start;
    while (at < span.end && a->kinds[(unsigned char)a->text.ptr[at]] == WORD) {
        at++;
    }
    return at == span.end && span.start < span.end;
}

static void emit_word(ro_analyser *a, ro_span span) {
    if (is_unwanted(a, a->text.ptr[span.start]) && is_plain(a, span) && ++a->untold % PASSED_MAX) {
        a->position++;
        return;
    }
    ro_term_query query = ask(a, span);
    emit_asked(a, span, &query);
}

static void emit_first(ro_analyser *a) {
    size_t at = a->ahead.first++ % AHEAD;
    a->position += a->ahead.passed[at];
    emit_asked(a, a->ahead.spans[at], &a->ahead.queries[at]);
}

/* Whether a plain word need only be counted. */
static bool pass_by(ro_analyser *a, char first) {
    if (a->passed == PASSED_MAX || !is_unwanted(a, first)) {
        return false;
    }
    a->passed++;
    return true;
}

static void emit_later(ro_analyser *a, ro_span span) {
    if (pass_by(a, a->text.ptr[span.start])) {
        return;
    }
    word_queue *ahead = &a->ahead;
    size_t at = ahead->next++ % AHEAD;
    ahead->passed[at] = a->passed;
    a->passed = 0;
    ahead->spans[at] = span;
    ahead->queries[at] = ask(a, span);
    if (ahead->next - ahead->first > AHEAD_NEAR) {
        ro_terms_near(&ahead->queries[(ahead->next - AHEAD_NEAR) % AHEAD]);
    }
    if (ahead->next - ahead->first == AHEAD) {
        emit_first(a);
    }
}

static void emit_all(ro_analyser *a) {
    while (a->ahead.first != a->ahead.next) {
        emit_first(a);
    }
    a->position += a->passed;
    a->passed = 0;
}

static void emit_whole(ro_analyser *a) {
    const compound *run = &a->run;
    ro_span span = {run->parts[0].start, run->parts[run->count - 1].end};
    ro_term term;
    if (run->dotted) {
        if (!ro_terms_as_written(&a->terms, slice(a, (ro_span){span.start, run->body_end}),
                                 &term)) {
            a->failed = a->stopped = true;
            return;
        }
    } else {
        size_t len = 0;
        for (size_t i = 0; i < run->count; i++) {
            ro_str part = ro_utf8_prefix(slice(a, run->parts[i]), sizeof a->whole - len);
            memcpy(a->whole + len, part.ptr, part.len);
            len += part.len;
        }
        if (!get_term(a, ro_str_make(a->whole, len), sizeof a->whole, &term)) {
            return;
        }
    }
    emit(a, &term, span, (uint32_t)run->count);
}

/* Parts in which nothing is searchable do not count. */
static void drop_empty_parts(ro_analyser *a) {
    compound *run = &a->run;
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++) {
        ro_term term;
        ro_span part = run->parts[i];
        if (is_plain(a, part) || get_term(a, slice(a, part), a->text.len - part.start, &term)) {
            run->parts[count++] = part;
        }
    }
    run->count = count;
}

static void emit_parts(ro_analyser *a) {
    for (size_t i = 0; i < a->run.count; i++) {
        emit_word(a, a->run.parts[i]);
    }
}

/* A whole begins as its first part does. */
static bool is_unwanted_whole(const ro_analyser *a) {
    ro_span first = a->run.parts[0];
    return is_unwanted(a, a->text.ptr[first.start]) && is_plain(a, first);
}

static void end_run(ro_analyser *a) {
    compound *run = &a->run;
    if (run->count > 1) {
        drop_empty_parts(a);
        if (run->dotted && run->count > 1 &&
            ro_str_equal_nocase(slice(a, run->parts[0]), RO_STR("www"))) {
            memmove(run->parts, run->parts + 1, --run->count * sizeof run->parts[0]);
        }
        if (run->count > 1 && !is_unwanted_whole(a)) {
            emit_whole(a);
        }
    }
    emit_parts(a);
    run->count = 0;
    run->word_end = 0;
    run->dotted = run->initials = run->too_long = false;
}

static void add_part(void *context, ro_span part) {
    ro_analyser *a = context;
    if (a->run.count == PARTS_MAX) {
        emit_parts(a);
        a->run.count = 0;
        a->run.too_long = true;
    }
    if (a->run.too_long) {
        emit_word(a, part);
    } else {
        a->run.parts[a->run.count++] = part;
    }
}

static void add_word(ro_analyser *a, ro_span word) {
    ro_word_parts parts = ro_word_divide(a->text, word, add_part, a);
    a->run.body_end = parts.body_end;
    a->run.word_end = word.end;
    a->run.dotted |= parts.dotted;
    a->run.initials = parts.initials;
}

/* Words of text[span]; all are one compound if it is an address. */
static void add_words(ro_analyser *a, ro_span span, bool address) {
    ro_words_start(&a->words, slice(a, span));
    ro_span word;
    while (!a->stopped && ro_words_next(&a->words, &word.start, &word.end)) {
        word.start += span.start;
        word.end += span.start;
        compound *run = &a->run;
        if (run->word_end && !address &&
            !ro_gap_joins(slice(a, (ro_span){run->word_end, word.start}), run->initials)) {
            end_run(a);
        }
        add_word(a, word);
        run->dotted |= address;
    }
    end_run(a);
}

static void add_chunk(ro_analyser *a, ro_span chunk) {
    ro_address address;
    while (!a->stopped &&
           ro_address_find(slice(a, (ro_span){0, chunk.end}), chunk.start, &address)) {
        add_words(a, (ro_span){chunk.start, address.scheme}, false);
        add_words(a, (ro_span){address.start, address.end}, true);
        chunk.start = address.end;
    }
    add_words(a, chunk, false);
}

static void make_kinds(unsigned char kinds[256]) {
    for (int c = 0; c < 256; c++) {
        bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        kinds[c] = ro_analyser_parts((char)c) ? SPACE
                   : word                     ? WORD
                   : c > 0x7F || c == '_'     ? HARD
                                              : MARK;
    }
}

static size_t skip(const ro_analyser *a, size_t at, unsigned char kind) {
    while (at < a->text.len && a->kinds[(unsigned char)a->text.ptr[at]] == kind) {
        at++;
    }
    return at;
}

/* Most chunks are one word of ASCII between punctuation: (talks). They need no rules. */
static size_t next_chunk(ro_analyser *a, size_t at) {
    size_t word = skip(a, at, MARK);
    size_t word_end = skip(a, word, WORD);
    size_t end = skip(a, word_end, MARK);
    bool ends = end == a->text.len || a->kinds[(unsigned char)a->text.ptr[end]] == SPACE;
    if (ends && !a->no_shortcut) {
        if (word < word_end) {
            emit_later(a, (ro_span){word, word_end});
        }
        return end;
    }
    emit_all(a);
    while (end < a->text.len && a->kinds[(unsigned char)a->text.ptr[end]] != SPACE) {
        end++;
    }
    add_chunk(a, (ro_span){at, end});
    return end;
}

ro_status ro_analyser_new(ro_analyser **out, ro_error *err) {
    *out = NULL;
    ro_analyser *analyser = calloc(1, sizeof *analyser);
    if (!analyser) {
        return ro_fail_memory(err);
    }
    make_kinds(analyser->kinds);
    ro_status status = ro_words_init(&analyser->words, err);
    if (status == RO_OK) {
        status = ro_terms_init(&analyser->terms, err);
    }
    if (status) {
        ro_analyser_free(analyser);
        return status;
    }
    *out = analyser;
    return RO_OK;
}

void ro_analyser_free(ro_analyser *analyser) {
    if (analyser) {
        ro_words_release(&analyser->words);
        ro_terms_release(&analyser->terms);
        free(analyser);
    }
}

void ro_analyser_shortcut_off(ro_analyser *analyser, bool off) {
    analyser->no_shortcut = off;
}

ro_status ro_analyse_some(ro_analyser *a, ro_str text, ro_str language, const uint8_t *starts,
                          ro_token_fn fn, void *context, ro_error *err) {
    if (text.len > INT32_MAX) {
        return ro_fail(err, RO_LIMIT, "cannot analyse a text of %zu bytes: over 2 GiB", text.len);
    }
    ro_status status = ro_terms_language(&a->terms, language, err);
    if (status) {
        return status;
    }
    a->text = text;
    a->fn = fn;
    a->context = context;
    a->starts = ro_terms_begin_alike(&a->terms) ? starts : NULL;
    a->position = 0;
    a->stopped = a->failed = false;
    for (size_t at = skip(a, 0, SPACE); at < text.len && !a->stopped; at = skip(a, at, SPACE)) {
        at = next_chunk(a, at);
    }
    emit_all(a);
    a->text = RO_STR_NONE;
    return a->failed ? ro_fail_memory(err) : RO_OK;
}

ro_status ro_analyse(ro_analyser *analyser, ro_str text, ro_str language, ro_token_fn fn,
                     void *context, ro_error *err) {
    return ro_analyse_some(analyser, text, language, NULL, fn, context, err);
}

void ro_analyser_forget(ro_analyser *analyser) {
    ro_terms_forget(&analyser->terms);
}

ro_status ro_fold(ro_analyser *analyser, ro_str text, ro_buf *out, ro_error *err) {
    ro_folder own;
    ro_status status = analyser ? RO_OK : ro_folder_init(&own, err);
    if (status) {
        return status;
    }
    ro_folder_add(analyser ? &analyser->terms.folder : &own, text, RO_FOLD_CASE | RO_FOLD_MARKS,
                  out);
    if (!analyser) {
        ro_folder_release(&own);
    }
    return ro_buf_check(out, err);
}

static char fingerprint[64];
static pthread_once_t fingerprint_once = PTHREAD_ONCE_INIT;

static void make_fingerprint(void) {
    UVersionInfo icu;
    UVersionInfo unicode;
    u_getVersion(icu);
    u_getUnicodeVersion(unicode);
    (void)snprintf(fingerprint, sizeof fingerprint,
                   "analyser=%d stemmer=%08x icu=%d.%d unicode=%d.%d", RO_ANALYSER_VERSION,
                   ro_stemmer_digest(), icu[0], icu[1], unicode[0], unicode[1]);
}

const char *ro_analyser_fingerprint(void) {
    (void)pthread_once(&fingerprint_once, make_fingerprint);
    return fingerprint;
}
