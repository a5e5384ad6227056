#include "document.h"

#include "layout.h"

#include <stdlib.h>

struct ro_extractor {
    lexicon *lex;
};

ro_status ro_extractor_new(ro_str extra, ro_extractor **out, ro_error *err) {
    *out = NULL;
    ro_extractor *x = calloc(1, sizeof *x);
    if (!x) {
        return ro_fail_memory(err);
    }
    ro_status status = lexicon_new(&x->lex, err);
    if (status == RO_OK) {
        status = lexicon_add_sides(x->lex, err);
    }
    if (status == RO_OK) {
        status = lexicon_add(x->lex, "built-in lexicon",
                             ro_str_make((const char *)LEXICON_BUILTIN, LEXICON_BUILTIN_SIZE), err);
    }
    if (status == RO_OK && extra.len > 0) {
        status = lexicon_add(x->lex, "lexicon", extra, err);
    }
    if (status != RO_OK) {
        ro_extractor_free(x);
        return status;
    }
    *out = x;
    return RO_OK;
}

void ro_extractor_free(ro_extractor *extractor) {
    if (extractor) {
        lexicon_free(extractor->lex);
        free(extractor);
    }
}

/* ---- layout ---------------------------------------------------------------------------------- */

static ro_str first_set(ro_str a, ro_str b) {
    return a.len ? a : b;
}

/* The country and the city's usual spelling of a dateline: RIYADH is Riyadh, SA. */
static void read_dateline(document *doc, const ro_dateline *dateline) {
    static const lex_class CLASSES[] = {LEX_CAPITAL, LEX_CITY, LEX_COUNTRY};
    doc->dateline_city = dateline->place;
    const lex_entry *country =
        dateline->country.len ? lexicon_find(doc->lex, LEX_COUNTRY, dateline->country) : NULL;
    doc->dateline_side = country ? country->side : 0;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        const lex_entry *e = lexicon_find(doc->lex, CLASSES[i], dateline->place);
        if (e && (doc->dateline_side == 0 || doc->dateline_side == e->side)) {
            doc->dateline_side = e->side;
            doc->dateline_city = CLASSES[i] == LEX_COUNTRY ? RO_STR_NONE : e->phrase;
            return;
        }
    }
}

/* Where the story ends: before a credit behind its last sentence, in brackets or behind a dash. The
 * credit may be stated with the article as well. */
static size_t story_end(ro_str body, ro_str credit, size_t from, size_t end) {
    size_t at = credit.ptr && credit.ptr >= body.ptr ? (size_t)(credit.ptr - body.ptr) : end;
    if (at <= from || at >= end) {
        return end;
    }
    return body.ptr[at - 1] == '(' ? at - 1 : at;
}

/* Fills what the article itself leaves open and finds where its text proper begins and ends. */
static void read_layout(document *doc, size_t *from, size_t *end) {
    const ro_article *a = doc->article;
    ro_facts *facts = doc->facts;
    ro_layout layout;
    ro_layout_read(a->body, a->title.len == 0, &layout);
    *from = layout.body.len ? (size_t)(layout.body.ptr - a->body.ptr) : 0;
    *end = layout.body.len ? *from + layout.body.len : a->body.len;
    facts->key = a->id;
    facts->title = first_set(a->title, layout.title);
    facts->credit = first_set(a->credit, layout.credit);
    facts->photo_credit = first_set(a->photo_credit, layout.photo_credit);
    facts->dateline =
        a->dateline.place.len || a->dateline.agency.len ? a->dateline : layout.dateline;
    bool stated = a->published != RO_TIME_NONE;
    facts->published = stated ? a->published : layout.published;
    read_dateline(doc, &facts->dateline);
    facts->dateline_country = lexicon_side(doc->lex, doc->dateline_side);
    doc->published_days = INT64_MIN;
    if (facts->published != RO_TIME_NONE) {
        /* "Tuesday" is the day on the source's clock, which may be past midnight in UTC */
        int64_t seconds =
            facts->published + (stated ? a->published_offset : layout.published_offset);
        doc->published_days = seconds / 86400 - (seconds % 86400 < 0);
    }
    /* the dateline is no part of its sentence_span */
    int64_t ignored = RO_TIME_NONE;
    ro_dateline dateline;
    ro_str story = ro_str_make(a->body.ptr + *from, *end - *from);
    *from += ro_dateline_read(ro_str_cut(&story, '\n'), &dateline, &ignored);
    *end = story_end(a->body, layout.credit, *from, *end);
}

/* ---- one article ----------------------------------------------------------------------------- */

typedef void (*step_fn)(document *doc);
static const step_fn STEPS[] = {chunk_document, people_find,         clause_document, dates_find,
                                talks_find,     participations_find, statements_find, outcomes_find,
                                talks_finish,   people_finish};

ro_status ro_extract(const ro_extractor *extractor, const ro_article *article, ro_arena *arena,
                     ro_facts *out, ro_error *err) {
    *out = (ro_facts){.published = RO_TIME_NONE};
    if (article->body.len > RO_ARTICLE_BODY_MAX) {
        return ro_fail(err, RO_LIMIT, "article '%.*s' is larger than %d bytes",
                       RO_STR_ARG(article->id), RO_ARTICLE_BODY_MAX);
    }
    document doc = {
        .lex = extractor->lex, .arena = arena, .article = article, .facts = out, .main_talk = -1};
    size_t from = 0;
    size_t end = 0;
    read_layout(&doc, &from, &end);
    ro_status status = tokens_read(doc.lex, article->body, from, end, arena, &doc.t, err);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS && status == RO_OK; i++) {
        STEPS[i](&doc);
        if (doc.failed) {
            status = ro_fail_memory(err);
        }
    }
    if (status != RO_OK) {
        *out = (ro_facts){.published = RO_TIME_NONE};
    }
    return status;
}
