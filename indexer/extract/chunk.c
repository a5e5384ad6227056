/* Chunks: who is named where. A finite automaton over tokens and their classes; each token is
 * looked at a bounded number of times. */
#include "title.h"

static uint32_t skip_honorifics(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    for (uint32_t n; at < end && (n = doc_span(doc, at, LEX_HONORIFIC)) > 0 && at + n < end &&
                     is_name_word(doc, at + n);
         at += n) {
        c->honoured = true;
    }
    return at;
}

/* "Benjamin Netanyahu of Israel" */
static void name_complement(const document *doc, uint32_t end, chunk *c) {
    if (c->end + 1 >= end || !doc_word_is(doc, c->end, "of")) {
        return;
    }
    uint32_t at = c->end + 1;
    at += doc_word_is(doc, at, "the");
    const lex_match *side = side_match(doc, at);
    if (side && doc_entry(doc, side)->class == LEX_COUNTRY) {
        take_side(c, doc_entry(doc, side));
        c->basis = "complement";
        c->tail = at + side->words;
    }
}

static bool read_person(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t start = at + (doc_word_is(doc, at, "the") || doc_word_is(doc, at, "a") ||
                           doc_word_is(doc, at, "an"));
    if (doc_word_is(doc, start, "general") && start + 1 < end && is_name_word(doc, start + 1) &&
        doc_is(doc, start + 1, LEX_ORGWORD)) {
        return false; /* "General Motors" */
    }
    uint32_t title = title_end(doc, start, end, c);
    c->titled = title > start;
    if (c->titled) {
        trim_office(doc, c, start);
    } else {
        uint32_t former = c->former ? doc_span(doc, start, LEX_FORMER) : 0;
        *c = (chunk){.person = -1, .former = former > 0};
        title = start + former;
        if (title != at && former == 0) {
            return false;
        }
    }
    uint32_t name = skip_honorifics(doc, title, end, c);
    if (c->honoured && !c->titled && name < end && doc_is(doc, name, LEX_ORGWORD) &&
        !doc_is(doc, name, LEX_GIVEN)) {
        return false; /* "Justice Department" */
    }
    uint32_t stop = name_stop(doc, name, end, c->titled || c->honoured);
    if (stop > name && is_organisation(doc, name, stop) && !c->honoured &&
        !(c->titled && stop - name <= 2 && !c->plural)) {
        stop = name;
    }
    bool firm = stop > name && !c->titled && doc_word_is(doc, stop, "&"); /* "Merrill Lynch & Co" */
    if (firm || (stop == name && !c->titled)) {
        return false;
    }
    c->kind = stop > name ? CHUNK_PERSON : CHUNK_OFFICE;
    c->first = at;
    c->definite = start > at && doc_word_is(doc, at, "the");
    c->name = name;
    c->name_end = stop;
    c->end = c->tail = stop > name ? stop : title;
    c->basis = c->side_count ? "title" : NULL;
    if (c->kind == CHUNK_PERSON) {
        name_complement(doc, end, c);
    }
    return true;
}

/* A name without a title is a person's if it is two words or more or its first word is a given
 * name; single words are settled when it is known who is named elsewhere. */
static bool read_name(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    *c = (chunk){.person = -1};
    if (!read_person(doc, at, end, c) || c->titled) {
        return false;
    }
    return true;
}

static bool word_ends_in_ly(const document *doc, uint32_t at) {
    ro_str w = doc_text(doc, at, at + 1);
    return w.len > 4 && memcmp(w.ptr + w.len - 2, "ly", 2) == 0;
}

/* "the U.S. market", "EU paymaster Germany": an abbreviation before a noun is its adjective. */
static bool is_adjective(const document *doc, uint32_t side, uint32_t next, uint32_t end) {
    static const char *const PAST[] = {"went",  "began", "made",    "took", "gave",   "sent",
                                       "won",   "lost",  "came",    "saw",  "put",    "kept",
                                       "held",  "led",   "fought",  "left", "sought", "grew",
                                       "broke", "stood", "brought", "let",  "hit",    "cut"};
    const uint64_t verbs = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_SAY) |
                           LEX_BIT(LEX_OUT) | LEX_BIT(LEX_MEET);
    const uint64_t plain = LEX_BIT(LEX_TOPIC) | LEX_BIT(LEX_OFFER) | LEX_BIT(LEX_TREATY) |
                           LEX_BIT(LEX_PORTFOLIO) | LEX_BIT(LEX_CLAIM);
    const token *t = doc_token(doc, next);
    bool noun = next < end && t->kind == 'w' && !(t->flags & TOK_CAP) && (t->flags & TOK_SPACE) &&
                !(t->classes & ~plain);
    if (!noun || !(doc_token(doc, side)->flags & TOK_UPPER) || DOC_WORD_IN(doc, next, PAST)) {
        return false;
    }
    char last = doc->t.text.ptr[t->end - 1];
    bool verbal = last == 's' || (last == 'd' && doc->t.text.ptr[t->end - 2] == 'e');
    uint32_t after = next + 1;
    while (after < end && (doc_is(doc, after, LEX_ADV) || word_ends_in_ly(doc, after))) {
        after++;
    }
    return !verbal || (doc_token(doc, after)->classes & verbs);
}

/* "Bahrain Telecom": a country before a word of organisations, unless that acts for the state. */
static bool is_firm(const document *doc, uint32_t next, uint32_t end) {
    const token *t = doc_token(doc, next);
    return next < end && is_name_word(doc, next) && (t->flags & TOK_SPACE) &&
           (t->classes & LEX_BIT(LEX_ORGWORD)) &&
           !(t->classes & (LEX_BIT(LEX_STATE) | LEX_BIT(LEX_SIDENOUN) | LEX_BIT(LEX_OFFICE) |
                           LEX_BIT(LEX_OFFICEMOD)));
}

/* A list with commas is one chunk only if "and" closes it. */
static bool read_side(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t start = at + (doc_is(doc, at, LEX_DET) ? 1 : 0);
    start = skip_adjectives(doc, start, end);
    bool nation = false;
    *c = (chunk){.kind = CHUNK_SIDE, .first = at, .person = -1};
    uint32_t i = side_row(doc, start, end, c, &nation);
    if (i == start) {
        return false;
    }
    uint32_t owner = possessive(doc, i);
    uint32_t noun = skip_adjectives(doc, i + owner, end);
    const lex_match *m = doc_match(doc, noun, LEX_SIDENOUN);
    if (m && (nation || owner || c->side_count > 0)) {
        bool adjective = nation || owner || (noun == i && doc_token(doc, noun)->flags & TOK_SPACE);
        if (adjective) {
            c->head = doc_entry(doc, m);
            c->end = c->tail = noun + m->words;
            c->plural = true;
            c->possessive = possessive(doc, c->end) > 0;
            return true;
        }
    }
    if (nation && !owner) {
        /* "the Russians" are a side, "Russian oil" is none */
        char last = doc->t.text.ptr[doc_token(doc, i - 1)->end - 1];
        bool people = last == 's' || (start > at && doc_word_is(doc, at, "the"));
        uint32_t body = doc_span(doc, i, LEX_BODY);
        if (body > 0) {
            c->kind = CHUNK_BODY;
            c->end = c->tail = i + body;
            return true;
        }
        if (!people || (i < end && is_name_word(doc, i)) || last != 's') {
            return false;
        }
    }
    if (!owner && c->side_count == 1 &&
        (is_adjective(doc, i - 1, i, end) || is_firm(doc, i, end))) {
        return false;
    }
    c->possessive = owner > 0;
    c->end = c->tail = i + owner;
    return true;
}

/* "of Peru and Chile" after a noun: whose ministers they are. */
static void sides_of(const document *doc, uint32_t end, chunk *c) {
    uint32_t of = c->end + 1 + doc_word_is(doc, c->end + 1, "the");
    bool nation = false;
    if (c->end + 1 >= end ||
        !(doc_word_is(doc, c->end, "of") || doc_word_is(doc, c->end, "from"))) {
        return;
    }
    uint32_t stop = side_row(doc, of, end, c, &nation);
    if (stop > of && !nation) {
        c->kind = CHUNK_SIDE;
        c->end = c->tail = stop;
    } else {
        c->side_count = 0;
    }
}

static bool read_both(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t start = at;
    const lex_match *m = doc_match(doc, at, LEX_BOTH);
    if (doc_word_is(doc, at, "the") && doc_match(doc, at + 1, LEX_BOTH)) {
        m = doc_match(doc, ++at, LEX_BOTH);
    }
    const token *next = m ? doc_token(doc, at + m->words) : NULL;
    if (!m || (next->kind == '-' && !(next->flags & TOK_SPACE)) ||
        doc_is(doc, at + m->words, LEX_SIDENOUN)) {
        return false;
    }
    *c = (chunk){.kind = CHUNK_BOTH,
                 .first = start,
                 .end = at + m->words,
                 .tail = at + m->words,
                 .head = doc_entry(doc, m),
                 .plural = true,
                 .person = -1};
    sides_of(doc, end, c);
    c->possessive = possessive(doc, c->end) > 0;
    return true;
}

static bool read_pronoun(const document *doc, uint32_t at, chunk *c) {
    const lex_match *m = doc_match(doc, at, LEX_PRONOUN);
    if (!m || (doc_token(doc, at)->flags & TOK_UPPER && doc_word_is(doc, at, "us"))) {
        return false;
    }
    *c = (chunk){.kind = CHUNK_PRONOUN,
                 .first = at,
                 .end = at + 1,
                 .tail = at + 1,
                 .head = doc_entry(doc, m),
                 .person = -1};
    return true;
}

/* Up to three lower-case words between a determiner and a noun that acts: "the militant group". */
static bool read_body(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t i = at + (doc_is(doc, at, LEX_DET) ? 1 : 0);
    uint32_t limit = i > at ? i + 3 : i + 1;
    for (; i < end && i < limit; i++) {
        uint32_t n = doc_span(doc, i, LEX_BODY);
        while (n > 0 && i + n < end && doc_span(doc, i + n, LEX_BODY)) {
            n += doc_span(doc, i + n, LEX_BODY);
        }
        bool name = n > 0 && is_name_word(doc, i) && !doc_is(doc, i, LEX_SIDENOUN) &&
                    (is_name_word(doc, i + n) ||
                     (doc_word_is(doc, i + n, "of") && is_name_word(doc, i + n + 1)));
        bool attitude =
            n == 1 && doc_word_is(doc, i, "opposition") && doc_word_is(doc, i + 1, "to");
        const token *next = doc_token(doc, i + n);
        bool modifier = n == 1 && i == at && next->kind == 'w' && next->classes == 0 &&
                        !(next->flags & TOK_CAP) &&
                        doc->t.text.ptr[doc_token(doc, i)->end - 1] != 's' &&
                        doc->t.text.ptr[next->end - 1] != 'd';
        if (modifier) {
            return false; /* "state probes", "bank shares" */
        }
        if (name || attitude) {
            return false; /* "Bank of America", "public opposition to" */
        }
        if (n > 0) {
            *c =
                (chunk){.kind = CHUNK_BODY, .first = at, .end = i + n, .tail = i + n, .person = -1};
            c->definite = i > at;
            if (doc_is(doc, i, LEX_SIDENOUN)) {
                sides_of(doc, end, c);
            }
            c->possessive = possessive(doc, c->end) > 0;
            return true;
        }
        const token *t = doc_token(doc, i);
        if (t->kind != 'w' || (t->flags & TOK_CAP && i > at) ||
            (t->classes &
             (LEX_BIT(LEX_DET) | LEX_BIT(LEX_TALK) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_PREP) |
              LEX_BIT(LEX_OUT) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_CLAUSE)))) {
            return false;
        }
    }
    return false;
}

/* "New Century", "First Solar": words of grammar that also begin names. */
static bool starts_name(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"new", "first", "general", "great", "old", "good"};
    if (doc_word_is(doc, at + 1, "&")) {
        return true; /* "AT&T" */
    }
    return is_name_word(doc, at + 1) && DOC_WORD_IN(doc, at, WORDS) &&
           !(doc_token(doc, at + 1)->flags & TOK_LINE);
}

/* A capitalised phrase that is neither person nor side. */
static bool read_org(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t start = at + (doc_word_is(doc, at, "the") ? 1 : 0);
    uint32_t i = start;
    while (i < end && i < start + 8 && is_name_word(doc, i) &&
           (i == start || doc_token(doc, i)->flags & TOK_SPACE || doc_word_is(doc, i - 1, "&")) &&
           !(i == start && start == at && doc_is(doc, i, LEX_FUNC) && !starts_name(doc, i)) &&
           !(doc_token(doc, i)->classes & CALENDAR)) {
        chunk title = {.person = -1};
        if (i > start && title_end(doc, i, end, &title) > i) {
            break; /* "Bank of Peru Governor …" */
        }
        i++;
        bool link = i + 1 < end && (doc_word_is(doc, i, "of") || doc_word_is(doc, i, "&")) &&
                    is_name_word(doc, i + 1);
        i += link;
        if (i == start + 1 && is_agency(doc, start)) {
            break;
        }
    }
    bool adjective = i == start + 1 && doc_is(doc, start, LEX_NATION);
    if (i == start || adjective ||
        (doc_token(doc, i)->kind == '-' && !(doc_token(doc, i)->flags & TOK_SPACE))) {
        return false;
    }
    /* "GM workers", "Chrysler executives" */
    uint32_t body = i < end && !is_name_word(doc, i) ? doc_span(doc, i, LEX_BODY) : 0;
    if (body > 0 && doc_token(doc, i)->flags & TOK_SPACE &&
        !doc_is(doc, i + body - 1, LEX_OFFICE) &&
        !(i + body < end && is_name_word(doc, i + body))) {
        *c = (chunk){.kind = CHUNK_BODY, .first = at, .end = i + body, .tail = i + body};
        c->person = -1;
        c->plural = doc->t.text.ptr[doc_token(doc, i + body - 1)->end - 1] == 's';
        c->possessive = possessive(doc, c->end) > 0;
        return true;
    }
    *c = (chunk){.kind = CHUNK_ORG,
                 .first = at,
                 .end = i,
                 .tail = i,
                 .name = start,
                 .name_end = i,
                 .person = -1};
    c->possessive = possessive(doc, i) > 0;
    return true;
}

static bool read_chunk(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    chunk side;
    *c = (chunk){.person = -1};
    bool both = read_both(doc, at, end, c);
    if (both) {
        return true;
    }
    bool sided = read_side(doc, at, end, &side);
    *c = (chunk){.person = -1};
    bool titled = read_person(doc, at, end, c) && c->titled;
    if (titled && c->kind == CHUNK_OFFICE && c->plural && sided && side.end >= c->end) {
        titled = false; /* "Russian negotiators" are a side */
    }
    if (titled && c->kind == CHUNK_OFFICE && sided && side.end > c->end) {
        titled = false;
    }
    if (titled) {
        c->possessive = possessive(doc, c->end) > 0;
        return true;
    }
    if (sided) {
        *c = side;
        return true;
    }
    if (read_pronoun(doc, at, c)) {
        return true;
    }
    if (read_name(doc, at, end, c) && (c->name_end - c->name >= 2 || c->honoured ||
                                       !is_organisation(doc, c->name, c->name_end))) {
        c->possessive = possessive(doc, c->end) > 0;
        return true;
    }
    return read_body(doc, at, end, c) || read_org(doc, at, end, c);
}

/* True if an appositive may end before the token: a mark, "and", or a word of grammar or speech. */
static bool may_close(const document *doc, uint32_t at) {
    const uint64_t classes = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_PREP) |
                             LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART);
    return doc_token(doc, at)->kind != 'w' || doc_word_is(doc, at, "and") ||
           (doc_token(doc, at)->classes & classes);
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

/* "Kirill Dmitriev, head of the Fund" */
static void attach_after(chunk *c, const chunk *office) {
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

/* "the Russian foreign minister, Sergei Petrov,": the two become one, the first is emptied. */
static void attach_before(document *doc, uint32_t number, chunk *office, chunk *c) {
    take_office(c, office);
    memcpy(c->sides, office->sides, sizeof c->sides);
    c->side_count = office->side_count;
    c->basis = c->side_count ? "title" : NULL;
    c->first = office->first;
    for (uint32_t k = c->first; k < c->end; k++) {
        doc->chunk_at[k] = number + 1;
    }
    office->end = office->tail = office->first;
}

/* "Bank of Italy Governor Mario Draghi": the organisation is his office's, and no chunk of its own.
 */
static void attach_organisation(document *doc, uint32_t number, chunk *organisation, chunk *c) {
    if (doc_is(doc, organisation->first, LEX_MEDIA)) {
        return; /* "told Reuters President …" */
    }
    if (c->of_end == c->of) {
        c->of = organisation->name;
        c->of_end = organisation->name_end;
    }
    c->first = organisation->first;
    for (uint32_t k = c->first; k < c->end; k++) {
        doc->chunk_at[k] = number + 1;
    }
    organisation->end = organisation->tail = organisation->first;
}

/* "British bank Barclays": what stands before a name only says what it is. */
static bool is_introduced(const chunk *c, const chunk *next) {
    bool name = next->kind == CHUNK_ORG || (next->kind == CHUNK_PERSON && !next->titled);
    return c->kind == CHUNK_BODY && !c->plural && !c->possessive && c->end == next->first && name;
}

/* "Emirates airline president Tim Clark": what stands before a title belongs to it. */
static bool is_owner_title(const chunk *c, const chunk *next) {
    return c->kind == CHUNK_SIDE && !c->head && !c->possessive && c->end == next->first &&
           next->kind == CHUNK_PERSON && next->titled;
}

/* "Illumina shareholders": a name before a group says whose it is. */
static bool is_named_body(const document *doc, const chunk *c, const chunk *next) {
    bool name = c->kind == CHUNK_ORG || (c->kind == CHUNK_PERSON && !c->titled && !c->honoured &&
                                         c->name_end == c->name + 1);
    return name && !c->possessive && c->end == next->first && next->kind == CHUNK_BODY &&
           !(doc_token(doc, next->first)->flags & TOK_CAP) && !is_agency(doc, c->first);
}

static void attach_body(document *doc, uint32_t number, chunk *body, chunk *c) {
    c->first = body->first;
    for (uint32_t k = c->first; k < c->end; k++) {
        doc->chunk_at[k] = number + 1;
    }
    body->end = body->tail = body->first;
}

/* "Walmart U.S.": an abbreviation of a country behind a name is a part of it. */
static bool is_branch(const document *doc, const chunk *c, const chunk *next) {
    bool name = c->kind == CHUNK_ORG || (c->kind == CHUNK_PERSON && !c->titled && !c->honoured &&
                                         c->name_end == c->name + 1);
    return name && !c->possessive && next->first == c->end && next->kind == CHUNK_SIDE &&
           !next->head && next->end == next->first + 1 &&
           (doc_token(doc, next->first)->flags & TOK_UPPER) && !is_agency(doc, c->first);
}

static void join_branch(document *doc, uint32_t number, chunk *c, chunk *next) {
    c->kind = CHUNK_ORG;
    c->end = c->tail = c->name_end = next->end;
    c->possessive = next->possessive;
    doc->chunk_at[next->first] = number + 1;
    next->first = next->end = next->tail = c->end;
}

static void attach_appositives(document *doc, uint32_t from) {
    for (uint32_t i = from; i + 1 < doc->chunk_count; i++) {
        chunk *c = &doc->chunks[i];
        chunk *next = &doc->chunks[i + 1];
        bool free = c->first == 0 || !doc_is(doc, c->first - 1, LEX_PREP);
        if (is_introduced(c, next) || (free && is_owner_title(c, next))) {
            attach_body(doc, i + 1, c, next);
            continue;
        }
        if (is_named_body(doc, c, next)) {
            attach_body(doc, i + 1, c, next);
            continue;
        }
        if (is_branch(doc, c, next)) {
            join_branch(doc, i, c, next);
            continue;
        }
        if (c->kind == CHUNK_ORG && !c->possessive && next->first == c->end &&
            next->kind == CHUNK_PERSON && next->titled) {
            attach_organisation(doc, i + 1, c, next);
            continue;
        }
        if (doc_token(doc, c->tail)->kind != ',' || next->first != c->tail + 1) {
            continue;
        }
        bool full = next->honoured || next->name_end - next->name > 1 ||
                    doc_token(doc, next->end)->kind == ',';
        if (c->kind == CHUNK_PERSON && next->kind == CHUNK_OFFICE && !next->plural &&
            may_close(doc, next->end)) {
            attach_after(c, next);
        } else if (c->kind == CHUNK_OFFICE && next->kind == CHUNK_PERSON && !next->titled &&
                   !c->plural && full) {
            attach_before(doc, i + 1, c, next);
        }
    }
}

void chunk_document(document *doc) {
    doc->chunks = ro_arena_alloc_array(doc->arena, doc->t.count + 1, sizeof *doc->chunks);
    doc->chunk_at = ro_arena_alloc_array(doc->arena, doc->t.count + 2, sizeof *doc->chunk_at);
    if (!doc->chunks || !doc->chunk_at) {
        doc->failed = true;
        return;
    }
    const uint64_t starts = PLACES | LEX_BIT(LEX_NATION) | LEX_BIT(LEX_OFFICE) |
                            LEX_BIT(LEX_OFFICEMOD) | LEX_BIT(LEX_PORTFOLIO) | LEX_BIT(LEX_FORMER) |
                            LEX_BIT(LEX_BOTH) | LEX_BIT(LEX_BODY) | LEX_BIT(LEX_PRONOUN) |
                            LEX_BIT(LEX_DET);
    for (uint32_t s = 0; s < doc->t.sentence_count; s++) {
        uint32_t from = doc->chunk_count;
        const sentence_span *sent = &doc->t.sentences[s];
        for (uint32_t i = sent->first; i < sent->end;) {
            const token *t = doc_token(doc, i);
            chunk c;
            /* ".N" of a ticker like GM.N names nobody */
            bool suffix = i > 0 && t[-1].kind == '.' && !(t->flags & TOK_SPACE);
            bool article = doc_is(doc, i, LEX_PARTICLE) && t[1].kind == '-'; /* al-Mannai */
            bool starts_here = !suffix && t->kind == 'w' &&
                               ((t->flags & TOK_CAP) || article || (t->classes & starts));
            if (starts_here && read_chunk(doc, i, sent->end, &c) && c.end > i &&
                c.end <= sent->end) {
                uint32_t number = doc->chunk_count++;
                doc->chunks[number] = c;
                for (uint32_t k = i; k < c.end; k++) {
                    doc->chunk_at[k] = number + 1;
                }
                i = c.end;
            } else {
                i++;
            }
        }
        attach_appositives(doc, from);
    }
}
