/* Chunks side by side that name one: "Kirill Dmitriev, head of the Fund", "British bank Barclays".
 */
#include "title.h"

void chunk_cover(document *doc, uint32_t number) {
    const chunk *c = &doc->chunks[number];
    for (uint32_t i = c->first; i < c->end; i++) {
        doc->chunk_at[i] = number + 1;
    }
}

/* What stood before becomes the beginning of the chunk, and is emptied. */
static void take_in(document *doc, chunk *before, chunk *c) {
    c->first = before->first;
    chunk_cover(doc, (uint32_t)(c - doc->chunks));
    before->end = before->tail = before->first;
}

static void take_office(chunk *c, const chunk *office) {
    c->head = office->head;
    c->office = office->office;
    c->office_end = office->office_end;
    c->of = office->of;
    c->of_end = office->of_end;
    c->former = c->former || office->former;
    c->titled = true;
}

/* A name of which nothing says that it is a person's. */
static bool is_bare_name(const chunk *c) {
    return c->kind == CHUNK_ORG ||
           (c->kind == CHUNK_PERSON && !c->titled && !c->honoured && c->name_end == c->name + 1);
}

static bool touches(const chunk *c, const chunk *next) {
    return !c->possessive && c->end == next->first;
}

/* "British bank Barclays": what stands before a name only says what it is. */
static bool is_introduced(const document *doc, const chunk *c, const chunk *next) {
    (void)doc;
    bool name = next->kind == CHUNK_ORG || (next->kind == CHUNK_PERSON && !next->titled);
    return touches(c, next) && name && c->kind == CHUNK_BODY && !c->plural;
}

/* "Emirates airline president Tim Clark": what stands before a title belongs to it. */
static bool is_owner_of_title(const document *doc, const chunk *c, const chunk *next) {
    return touches(c, next) && c->kind == CHUNK_SIDE && !c->head && next->kind == CHUNK_PERSON &&
           next->titled && !(c->first > 0 && doc_is(doc, c->first - 1, LEX_PREP));
}

/* "Illumina shareholders": a name before a group says whose it is. */
static bool is_named_body(const document *doc, const chunk *c, const chunk *next) {
    return touches(c, next) && is_bare_name(c) && next->kind == CHUNK_BODY &&
           !(doc_token(doc, next->first)->flags & TOK_CAP) && !is_agency(doc, c->first);
}

static void join_before(document *doc, chunk *c, chunk *next) {
    take_in(doc, c, next);
}

/* "Walmart U.S.": an abbreviation of a country behind a name is a part of it. */
static bool is_branch(const document *doc, const chunk *c, const chunk *next) {
    return touches(c, next) && is_bare_name(c) && next->kind == CHUNK_SIDE && !next->head &&
           next->end == next->first + 1 && (doc_token(doc, next->first)->flags & TOK_UPPER) &&
           !is_agency(doc, c->first);
}

static void join_branch(document *doc, chunk *c, chunk *next) {
    c->kind = CHUNK_ORG;
    c->end = c->tail = c->name_end = next->end;
    c->possessive = next->possessive;
    doc->chunk_at[next->first] = (uint32_t)(c - doc->chunks) + 1;
    next->first = next->end = next->tail = c->end;
}

/* "Bank of Italy Governor Mario Draghi": the organisation is his office's, and no chunk of its own.
 */
static bool is_organisation_of(const document *doc, const chunk *c, const chunk *next) {
    (void)doc;
    return touches(c, next) && c->kind == CHUNK_ORG && next->kind == CHUNK_PERSON && next->titled;
}

/* "Bank of Peru Governor": he speaks for his country's bank. */
static void take_bank_side(const document *doc, chunk *c) {
    bool bank = c->of_end == c->of + 3 && doc_word_is(doc, c->of + 1, "of");
    const lex_match *side = bank ? side_match(doc, c->of + 2) : NULL;
    if (side && c->side_count == 0 && c->head && ro_str_equal(c->head->value, RO_STR("governor"))) {
        take_side(c, doc_entry(doc, side));
        c->basis = "title";
    }
}

static void join_organisation(document *doc, chunk *organisation, chunk *c) {
    if (doc_is(doc, organisation->first, LEX_MEDIA)) {
        return; /* "told Reuters President …" */
    }
    if (c->of_end == c->of) {
        c->of = organisation->name;
        c->of_end = organisation->name_end;
    }
    take_bank_side(doc, c);
    take_in(doc, organisation, c);
}

static bool parted_by_comma(const document *doc, const chunk *c, const chunk *next) {
    return doc_token(doc, c->tail)->kind == ',' && next->first == c->tail + 1;
}

/* True if an appositive may end before the token: a mark, "and", or a word of grammar or speech. */
static bool may_close(const document *doc, uint32_t at) {
    const uint64_t classes = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_PREP) |
                             LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART);
    return doc_token(doc, at)->kind != 'w' || doc_word_is(doc, at, "and") ||
           doc_is_any(doc, at, classes);
}

/* "Kirill Dmitriev, head of the Fund" */
static bool is_office_behind(const document *doc, const chunk *c, const chunk *next) {
    return c->kind == CHUNK_PERSON && next->kind == CHUNK_OFFICE && !next->plural &&
           parted_by_comma(doc, c, next) && may_close(doc, next->end);
}

static void join_office_behind(document *doc, chunk *c, chunk *office) {
    (void)doc;
    if (!c->titled) {
        take_office(c, office);
        c->basis = c->basis ? c->basis : "appositive";
    }
    if (c->side_count == 0 && office->side_count > 0) {
        memcpy(c->sides, office->sides, sizeof c->sides);
        c->side_count = office->side_count;
        c->basis = "appositive";
    }
    c->tail = office->tail;
}

/* "the Russian foreign minister, Sergei Petrov,": the two become one. */
static bool is_office_before(const document *doc, const chunk *c, const chunk *next) {
    return c->kind == CHUNK_OFFICE && next->kind == CHUNK_PERSON && !next->titled && !c->plural &&
           parted_by_comma(doc, c, next) &&
           (next->honoured || next->name_end - next->name > 1 ||
            doc_token(doc, next->end)->kind == ',');
}

static void join_office_before(document *doc, chunk *office, chunk *c) {
    take_office(c, office);
    memcpy(c->sides, office->sides, sizeof c->sides);
    c->side_count = office->side_count;
    c->basis = c->side_count ? "title" : NULL;
    take_in(doc, office, c);
}

void chunks_join(document *doc, uint32_t from) {
    static const struct {
        bool (*fits)(const document *doc, const chunk *c, const chunk *next);
        void (*join)(document *doc, chunk *c, chunk *next);
    } RULES[] = {{is_introduced, join_before},
                 {is_owner_of_title, join_before},
                 {is_named_body, join_before},
                 {is_branch, join_branch},
                 {is_organisation_of, join_organisation},
                 {is_office_behind, join_office_behind},
                 {is_office_before, join_office_before}};
    for (uint32_t i = from; i + 1 < doc->chunk_count; i++) {
        chunk *c = &doc->chunks[i];
        for (size_t k = 0; k < sizeof RULES / sizeof *RULES; k++) {
            if (RULES[k].fits(doc, c, c + 1)) {
                RULES[k].join(doc, c, c + 1);
                break;
            }
        }
    }
}
