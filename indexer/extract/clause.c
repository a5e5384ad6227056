/* Clauses: where they begin, and who is the subject of a verb in them. */
#include "clause.h"

static uint32_t skip_adverbs(const document *doc, uint32_t at, uint32_t end) {
    for (uint32_t n; at < end && (n = doc_span(doc, at, LEX_ADV)) > 0;) {
        at += n;
    }
    return at;
}

/* True if a chunk starts at the token and a verb follows it: a new subject. */
static bool is_new_subject(const document *doc, uint32_t at, uint32_t end) {
    const chunk *c = doc_chunk_from(doc, at);
    if (!c || c->end <= c->first || c->possessive) {
        return false;
    }
    uint32_t after = skip_adverbs(doc, c->tail, end);
    if (after < end && is_verb(doc, after)) {
        return true;
    }
    /* "… and Moscow," X said; "the US and Russia agreed": look over a coordinated name */
    return false;
}

/* "X, Y and Z said": a list before its verb is one subject. */
static bool is_list_item(const document *doc, uint32_t at, uint32_t first, const chunk *next) {
    const chunk *before = doc_chunk_before(doc, at);
    uint32_t open = doc->clause_count ? doc->clauses[doc->clause_count - 1].first : first;
    return before && next && same_kind(before, next) && !has_verb(doc, open, at);
}

/* The clause that a word of class "clause" opens. */
static char clause_of_word(const document *doc, uint32_t at, uint32_t first, const lex_match *m) {
    static const struct {
        const char *value;
        char kind;
    } KINDS[] = {{"rel", 'r'}, {"cond", 'c'}, {"that", 't'}, {"main", 'm'}, {"sub", 's'}};
    ro_str value = doc_entry(doc, m)->value;
    if (doc_word_is(doc, at, "yet") && at > first &&
        (doc_is(doc, at - 1, LEX_NEG) || doc_is(doc, at - 1, LEX_AUX))) {
        return 0; /* "had not yet agreed" */
    }
    char kind = 's';
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        kind = ro_str_equal(value, ro_str_from(KINDS[i].value)) ? KINDS[i].kind : kind;
    }
    if (kind == 't' && at > first && is_verb(doc, at + 1) && !doc_chunk_from(doc, at + 1)) {
        return 'r'; /* "the plan that was rejected" */
    }
    bool noun = doc_chunk_at(doc, at + 1) || doc_is(doc, at + 1, LEX_DET) || at == first;
    return kind == 's' && !noun ? 0 : kind;
}

/* ", but Moscow declined", ", with Moscow expected to": a comma before a new subject. */
static char clause_of_comma(const document *doc, uint32_t at, uint32_t first, uint32_t end,
                            uint32_t *skip) {
    uint32_t next = at + 1;
    next += doc_word_is(doc, next, "with") || doc_word_is(doc, next, "and");
    next = skip_adverbs(doc, next, end);
    if (!is_new_subject(doc, next, end) ||
        is_list_item(doc, at, first, doc_chunk_from(doc, next))) {
        return 0;
    }
    *skip = next - at;
    return 'm';
}

/* "and declined": more verbs of the same subject; "and Moscow declined": a clause of its own. */
static char clause_of_and(const document *doc, uint32_t at, uint32_t first, uint32_t end) {
    uint32_t next = skip_adverbs(doc, at + 1, end);
    if (next < end && is_verb(doc, next)) {
        return '&';
    }
    uint32_t open = doc->clause_count ? doc->clauses[doc->clause_count - 1].first : first;
    return is_new_subject(doc, at + 1, end) && at > first && has_verb(doc, open, at) &&
                   !doc_chunk_before(doc, over_bracket(doc, at, first))
               ? 'm'
               : 0;
}

/* What clause starts at the token; 0 if none does. `*skip` is how many tokens the mark takes. */
static char clause_start(const document *doc, uint32_t at, uint32_t first, uint32_t end,
                         uint32_t *skip) {
    char mark = doc_token(doc, at)->kind;
    const lex_match *m = doc_match(doc, at, LEX_CLAUSE);
    *skip = m ? m->words : 1;
    if (mark == ';' || (mark == '=' && at > first)) {
        return 'm';
    }
    if (m) {
        return clause_of_word(doc, at, first, m);
    }
    if (mark == ',') {
        return at > first ? clause_of_comma(doc, at, first, end, skip) : 0;
    }
    if (mark == '>') {
        return is_new_subject(doc, at + 1, end) ? 'm' : 0;
    }
    bool and = doc_word_is(doc, at, "and") || doc_word_is(doc, at, "or");
    return and? clause_of_and(doc, at, first, end) : 0;
}

static void close_clause(document *doc, uint32_t end) {
    if (doc->clause_count > 0) {
        clause *cl = &doc->clauses[doc->clause_count - 1];
        cl->end = end;
        for (uint32_t i = cl->first; i < end; i++) {
            doc->clause_at[i] = doc->clause_count - 1;
        }
    }
}

static void open_clause(document *doc, uint32_t at, char kind, uint32_t first_of_sentence) {
    clause *cl = &doc->clauses[doc->clause_count];
    *cl = (clause){.first = at, .end = at, .kind = kind, .subject = -1, .inherited = -1};
    if (doc->clause_count > first_of_sentence) {
        cl->inherited = (int32_t)doc->clause_count - 1;
    }
    doc->clause_count++;
}

/* Antecedent of who, which: the chunk before it, maybe with a comma between. */
static int32_t antecedent_of(const document *doc, uint32_t at) {
    for (uint32_t back = 1; back <= 3 && back < at; back++) {
        const chunk *c = doc_chunk_at(doc, at - back);
        bool place = c && c->kind == CHUNK_SIDE && !c->head && c->first > 0 &&
                     (doc_word_is(doc, c->first - 1, "in") || doc_word_is(doc, c->first - 1, "at"));
        if (place && (doc_word_is(doc, at, "which") || doc_word_is(doc, at, "who"))) {
            return -1; /* "the meeting of the Group in Washington, which agreed" */
        }
        if (c) {
            return (int32_t)(c - doc->chunks);
        }
        if (doc_token(doc, at - back)->kind == 'w' && back > 1) {
            break;
        }
    }
    return -1;
}

static void clause_sentence(document *doc, const sentence_span *sent) {
    uint32_t base = doc->clause_count;
    open_clause(doc, sent->first, 'm', base);
    for (uint32_t i = sent->first; i < sent->end;) {
        const chunk *c = doc_chunk_at(doc, i);
        if (c && c->first < i && c->end > i) {
            i = c->end;
            continue;
        }
        uint32_t skip = 0;
        char kind = clause_start(doc, i, sent->first, sent->end, &skip);
        if (kind) {
            close_clause(doc, i);
            int32_t before = kind == 'r' ? antecedent_of(doc, i) : -1;
            open_clause(doc, i, kind, base);
            clause *cl = &doc->clauses[doc->clause_count - 1];
            cl->first = i + (skip ? skip : 1);
            cl->subject = before;
            for (uint32_t k = i; k < cl->first && k < sent->end; k++) {
                doc->clause_at[k] = doc->clause_count - 1;
            }
            i = cl->first;
        } else {
            i++;
        }
    }
    close_clause(doc, sent->end);
}

void clause_document(document *doc) {
    doc->clauses = ro_arena_alloc_array(doc->arena, doc->t.count + doc->t.sentence_count + 2,
                                        sizeof *doc->clauses);
    doc->clause_at = ro_arena_alloc_array(doc->arena, doc->t.count + 2, sizeof *doc->clause_at);
    if (!doc->clauses || !doc->clause_at) {
        doc->failed = true;
        return;
    }
    for (uint32_t s = 0; s < doc->t.sentence_count; s++) {
        clause_sentence(doc, &doc->t.sentences[s]);
    }
}

/* ---- coordination ---------------------------------------------------------------------------- */

/* Moves past what parts two items of a list: a comma, "and", "as well as"; returns 0 if none does.
 */
static uint32_t list_mark(const document *doc, uint32_t at) {
    uint32_t n = 0;
    char kind = doc_token(doc, at)->kind;
    n += kind == ',' || kind == ';';
    if (doc_word_is(doc, at + n, "and") || doc_word_is(doc, at + n, "&") ||
        doc_word_is(doc, at + n, "nor")) {
        return n + 1;
    }
    if (doc_word_is(doc, at + n, "as") && doc_word_is(doc, at + n + 1, "well") &&
        doc_word_is(doc, at + n + 2, "as")) {
        return n + 3;
    }
    if (doc_word_is(doc, at + n, "along") && doc_word_is(doc, at + n + 1, "with")) {
        return n + 2;
    }
    return n;
}

static bool may_be_listed(const document *doc, const chunk *c, bool comma) {
    bool owner = false; /* "X, Y's top negotiator," */
    for (uint32_t i = c->end; comma && c->possessive && i < c->end + 3 && !owner; i++) {
        owner = doc_is(doc, i, LEX_OFFICE);
    }
    return c->end > c->first && !owner &&
           (c->kind == CHUNK_PERSON || c->kind == CHUNK_SIDE || c->kind == CHUNK_ORG ||
            (c->kind == CHUNK_OFFICE && !comma));
}

/* "after X met Y and Z, W said", "X called Y, and W": whom a bare comma parts from the list and who
 * does something is the subject of the next clause. */
static bool is_next_subject(const document *doc, const chunk *first, const chunk *c) {
    const uint64_t verbs = LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) |
                           LEX_BIT(LEX_OUT) | LEX_BIT(LEX_PART) | LEX_BIT(LEX_MEET);
    bool governed = first->first > 0 && doc_token(doc, first->first - 1)->kind == 'w' &&
                    !(doc_token(doc, first->first - 1)->flags & TOK_CAP);
    uint32_t at = c->tail;
    while (doc_is(doc, at, LEX_ADV) || doc_word_is(doc, at, "also")) {
        at++;
    }
    bool past = doc_token(doc, at)->kind == 'w' && is_past_form(doc, at);
    return governed && c->kind == CHUNK_PERSON && (past || doc_is_any(doc, at, verbs));
}

size_t chunk_coordinated(const document *doc, const chunk *c, uint32_t end,
                         const chunk *out[COORDINATED_MAX]) {
    size_t count = 0;
    while (c && count < COORDINATED_MAX) {
        out[count++] = c;
        uint32_t at = c->tail;
        if (doc_token(doc, at)->kind == '(') {
            while (at < end && at < c->tail + 8 && doc_token(doc, at)->kind != ')') {
                at++;
            }
            at++;
        }
        uint32_t mark = at < end ? list_mark(doc, at) : 0;
        if (mark == 0 || at + mark >= end) {
            break;
        }
        bool comma = mark == 1 && doc_token(doc, at)->kind == ',';
        mark += doc_word_is(doc, at + mark, "by"); /* "represented by X, by Y and by Z" */
        mark += doc_is_owner(doc, at + mark);
        const chunk *next = doc_chunk_from(doc, at + mark);
        bool listed = next && may_be_listed(doc, next, comma) &&
                      !(comma && is_next_subject(doc, out[0], next));
        c = listed ? next : NULL;
    }
    return count;
}
