/* Completions as they are written. The dictionary has folded forms only: of compounds without what
 * joins them, of all words without case and marks. An article shows how it is written. */
#include "suggest.h"

#include "readout/utf8.h"

#include <ctype.h>

typedef struct search_text {
    ro_str form;
    uint32_t start, end; /* of the form in the text; empty: it is not there */
} search_text;

static int find_form(void *context, const ro_token *token) {
    search_text *search = context;
    if (!ro_str_equal(token->form, search->form)) {
        return 0;
    }
    search->start = token->start;
    search->end = token->end;
    return 1;
}

/* Empty where no article shows it. */
static ro_status find_written(ro_suggesting *run, ro_str form, ro_str *out, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_doc doc;
    ro_article article;
    search_text search = {.form = form};
    *out = RO_STR("");
    ro_arena_reset(&s->scratch);
    ro_status status =
        ro_word_example(s->snapshot, RO_KIND_ARTICLES, form, run->deadline, &s->scratch, &doc, err);
    if (status != RO_OK || !doc) {
        return status;
    }
    status = ro_snapshot_article(s->snapshot, doc, true, &s->scratch, &article, err);
    const ro_str texts[] = {article.body, article.title};
    for (size_t i = 0; status == RO_OK && !search.end && i < sizeof texts / sizeof *texts; i++) {
        status = ro_analyse(s->analyser, texts[i], article.language, find_form, &search, err);
        if (status == RO_OK && search.end) {
            *out = ro_arena_copy(
                &s->arena, ro_str_make(texts[i].ptr + search.start, search.end - search.start));
            status = out->ptr ? RO_OK : ro_fail_memory(err);
        }
    }
    return status;
}

static char lower(char c) {
    return (char)tolower((unsigned char)c);
}

static char upper(char c) {
    return (char)toupper((unsigned char)c);
}

/* Two characters that fold alike, as far as ASCII tells: beyond it a letter may stand for any. */
static bool pairs(ro_str a, ro_str b) {
    bool letter_a = isalnum((unsigned char)*a.ptr) || (unsigned char)*a.ptr >= 0x80;
    bool letter_b = isalnum((unsigned char)*b.ptr) || (unsigned char)*b.ptr >= 0x80;
    return (unsigned char)*a.ptr >= 0x80 || (unsigned char)*b.ptr >= 0x80
               ? letter_a && letter_b
               : lower(*a.ptr) == lower(*b.ptr);
}

static ro_str first_character(ro_str text, size_t at) {
    size_t taken;
    (void)ro_utf8_decode(text.ptr + at, text.len - at, &taken);
    return ro_str_make(text.ptr + at, taken);
}

/* Where `written` goes on behind the typed beginning, letters paired off; 0 where that beginning is
 * not typed as it is written, as of `presidente` (president-elect). */
static size_t behind(ro_str typed, ro_str written) {
    size_t at = 0;
    for (size_t i = 0; i < typed.len;) {
        if (at == written.len) {
            return 0;
        }
        ro_str wanted = first_character(typed, i);
        ro_str found = first_character(written, at);
        if (!pairs(wanted, found)) {
            return 0;
        }
        i += wanted.len;
        at += found.len;
    }
    return at;
}

typedef struct letter_case {
    size_t upper, lower;
} letter_case;

static letter_case case_of(ro_str text) {
    letter_case c = {0, 0};
    for (size_t i = 0; i < text.len; i++) {
        c.upper += lower(text.ptr[i]) != text.ptr[i];
        c.lower += upper(text.ptr[i]) != text.ptr[i];
    }
    return c;
}

/* As written where a capital was typed; all capitals or none where that was typed, or where the
 * article writes everything in capitals. Letters beyond ASCII stay as they are. */
static void set_case(ro_str typed, ro_str written, char *rest, size_t len) {
    letter_case by_user = case_of(typed), by_article = case_of(written);
    bool shouted = by_user.upper > 1 && !by_user.lower;
    if (by_user.upper && by_article.lower && !shouted) {
        return;
    }
    for (size_t i = 0; i < len; i++) {
        rest[i] = shouted ? upper(rest[i]) : lower(rest[i]);
    }
}

ro_status ro_completion_write(ro_suggesting *run, const ro_word *word, ro_str *out, ro_error *err) {
    ro_arena *arena = &run->searcher->arena;
    ro_str written = RO_STR("");
    /* how articles outside of a restriction write is not to be told */
    ro_status status =
        run->request->restriction.len ? RO_OK : find_written(run, word->form, &written, err);
    if (status != RO_OK) {
        return status;
    }
    size_t at = behind(run->word, written);
    ro_str begun = at || !written.len ? run->word : RO_STR("");
    ro_str rest = written.len
                      ? ro_str_make(written.ptr + at, written.len - at)
                      : ro_str_make(word->form.ptr + run->form.len, word->form.len - run->form.len);
    ro_str copy = ro_arena_printf(arena, "%.*s%.*s", RO_STR_ARG(begun), RO_STR_ARG(rest));
    if (!copy.ptr) {
        return ro_fail_memory(err);
    }
    char *letters = ro_arena_alloc(arena, copy.len + 1);
    if (!letters) {
        return ro_fail_memory(err);
    }
    memcpy(letters, copy.ptr, copy.len);
    set_case(run->word, written, letters + begun.len, copy.len - begun.len);
    *out = ro_str_make(letters, copy.len);
    return RO_OK;
}
