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
    bool named = side && is_name_word(doc, at + side->words); /* "of US Airways" */
    if (side && !named && doc_entry(doc, side)->class == LEX_COUNTRY) {
        take_side(c, doc_entry(doc, side));
        c->basis = "complement";
        c->tail = at + side->words;
    }
}

/* "General Motors" begins with no rank. */
static bool is_general_of_name(const document *doc, uint32_t at, uint32_t end) {
    return doc_word_is(doc, at, "general") && at + 1 < end && is_name_word(doc, at + 1) &&
           doc_is(doc, at + 1, LEX_ORGWORD);
}

/* "Justice Department": the honorific is part of a name. */
static bool is_honorific_of_name(const document *doc, uint32_t at, uint32_t end, const chunk *c) {
    return c->honoured && !c->titled && at < end && doc_is(doc, at, LEX_ORGWORD) &&
           !doc_is(doc, at, LEX_GIVEN);
}

/* The title from `start` on, or "former" alone; `*name` is the token after it. False if an article
 * at `at` has neither behind it. */
static bool read_title(const document *doc, uint32_t at, uint32_t start, uint32_t end, chunk *c,
                       uint32_t *name) {
    *name = title_end(doc, start, end, c);
    c->titled = *name > start;
    if (c->titled) {
        trim_office(doc, c, start);
        return true;
    }
    uint32_t former = c->former ? doc_span(doc, start, LEX_FORMER) : 0;
    *c = (chunk){.person = -1, .former = former > 0};
    *name = start + former;
    return *name == at || former > 0;
}

/* The end of the person's name that starts at the token, the token itself if none does. */
static uint32_t person_stop(const document *doc, uint32_t at, uint32_t end, const chunk *c) {
    uint32_t stop = name_stop(doc, at, end, c->titled || c->honoured);
    if (stop == at || c->honoured || !is_organisation(doc, at, stop)) {
        return stop;
    }
    return c->titled && stop - at <= 2 && !c->plural ? stop : at;
}

static bool read_person(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    static const char *const ARTICLES[] = {"the", "a", "an"};
    uint32_t start = at + DOC_WORD_IN(doc, at, ARTICLES);
    uint32_t title;
    if (is_general_of_name(doc, start, end) || !read_title(doc, at, start, end, c, &title)) {
        return false;
    }
    uint32_t name = skip_honorifics(doc, title, end, c);
    if (is_honorific_of_name(doc, name, end, c)) {
        return false;
    }
    uint32_t stop = person_stop(doc, name, end, c);
    bool named = stop > name;
    bool firm = named && doc_word_is(doc, stop, "&"); /* "Merrill Lynch & Co" */
    if (!c->titled && (firm || !named)) {
        return false;
    }
    c->kind = named ? CHUNK_PERSON : CHUNK_OFFICE;
    c->first = at;
    c->definite = start > at && doc_word_is(doc, at, "the");
    c->name = name;
    c->name_end = stop;
    c->end = c->tail = named ? stop : title;
    c->basis = c->side_count ? "title" : NULL;
    if (named) {
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
    while (after < end && (doc_is(doc, after, LEX_ADV) || doc_ends_in(doc, after, "ly", 5))) {
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

/* How many tokens the words for groups take that stand in a row: "police force". */
static uint32_t body_span(const document *doc, uint32_t at, uint32_t end) {
    uint32_t n = doc_span(doc, at, LEX_BODY);
    while (n > 0 && at + n < end && doc_is(doc, at + n, LEX_BODY)) {
        n += doc_span(doc, at + n, LEX_BODY);
    }
    return n;
}

/* "Bank of America", "Bank Negara": a word for groups that begins a name. */
static bool is_body_of_name(const document *doc, uint32_t at, uint32_t next) {
    return is_name_word(doc, at) && !doc_is(doc, at, LEX_SIDENOUN) &&
           (is_name_word(doc, next) ||
            (doc_word_is(doc, next, "of") && is_name_word(doc, next + 1)));
}

/* "state probes", "bank shares": one without an article that goes with the noun behind it. */
static bool is_modifier(const document *doc, uint32_t at) {
    const token *next = doc_token(doc, at + 1);
    return next->kind == 'w' && next->classes == 0 && !(next->flags & TOK_CAP) &&
           !doc_ends_in(doc, at, "s", 1) && !doc_ends_in(doc, at + 1, "d", 1);
}

/* True if the words for groups at the token name nobody who acts. */
static bool is_no_actor(const document *doc, uint32_t at, uint32_t words, bool article) {
    if (words == 1 && !article && is_modifier(doc, at)) {
        return true;
    }
    bool attitude =
        words == 1 && doc_word_is(doc, at, "opposition") && doc_word_is(doc, at + 1, "to");
    return attitude || is_body_of_name(doc, at, at + words);
}

/* Up to three lower-case words between a determiner and a noun that acts: "the militant group". */
static bool read_body(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    const uint64_t grammar = LEX_BIT(LEX_DET) | LEX_BIT(LEX_TALK) | LEX_BIT(LEX_AUX) |
                             LEX_BIT(LEX_PREP) | LEX_BIT(LEX_OUT) | LEX_BIT(LEX_SAY) |
                             LEX_BIT(LEX_CLAUSE);
    uint32_t i = at + doc_is(doc, at, LEX_DET);
    uint32_t limit = i > at ? i + 3 : i + 1;
    uint32_t n = 0;
    for (; i < end && i < limit && (n = body_span(doc, i, end)) == 0; i++) {
        const token *t = doc_token(doc, i);
        if (t->kind != 'w' || (t->flags & TOK_CAP && i > at) || (t->classes & grammar)) {
            return false;
        }
    }
    if (n == 0 || is_no_actor(doc, i, n, i > at)) {
        return false;
    }
    *c = (chunk){.kind = CHUNK_BODY, .first = at, .end = i + n, .tail = i + n, .person = -1};
    c->definite = i > at;
    if (doc_is(doc, i, LEX_SIDENOUN)) {
        sides_of(doc, end, c);
    }
    c->possessive = possessive(doc, c->end) > 0;
    return true;
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

/* True if the token goes on with the name of an organisation that begins at `start`; `bare` names
 * have no article. */
static bool is_org_word(const document *doc, uint32_t at, uint32_t start, uint32_t end, bool bare) {
    const token *t = doc_token(doc, at);
    if (!is_name_word(doc, at) || (t->classes & CALENDAR)) {
        return false;
    }
    if (at > start) {
        chunk title = {.person = -1}; /* "Bank of Peru Governor …" */
        bool apart = t->flags & TOK_SPACE || doc_word_is(doc, at - 1, "&");
        if (doc_word_is(doc, at - 1, "of") && side_match(doc, at)) {
            return apart; /* "Bank of Peru Governor": its country */
        }
        return apart && title_end(doc, at, end, &title) == at;
    }
    return !bare || !doc_is(doc, at, LEX_FUNC) || starts_name(doc, at);
}

/* The end of the name of an organisation that begins at `start`. */
static uint32_t org_stop(const document *doc, uint32_t start, uint32_t end, bool bare) {
    uint32_t i = start;
    while (i < end && i < start + 8 && is_org_word(doc, i, start, end, bare)) {
        i++;
        bool link = i + 1 < end && (doc_word_is(doc, i, "of") || doc_word_is(doc, i, "&")) &&
                    is_name_word(doc, i + 1);
        i += link;
        if (i == start + 1 && is_agency(doc, start)) {
            break;
        }
    }
    return i;
}

/* "GM workers", "Chrysler executives": the words for a group behind a name, 0 if there are none. */
static uint32_t group_of_name(const document *doc, uint32_t at, uint32_t end) {
    if (at >= end || is_name_word(doc, at) || !(doc_token(doc, at)->flags & TOK_SPACE)) {
        return 0;
    }
    uint32_t n = doc_span(doc, at, LEX_BODY);
    bool other = n > 0 && (doc_is(doc, at + n - 1, LEX_OFFICE) ||
                           (at + n < end && is_name_word(doc, at + n)));
    return other ? 0 : n;
}

/* A capitalised phrase that is neither person nor side. */
static bool read_org(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t start = at + doc_word_is(doc, at, "the");
    uint32_t i = org_stop(doc, start, end, start == at);
    const token *next = doc_token(doc, i);
    bool adjective = i == start + 1 && doc_is(doc, start, LEX_NATION);
    bool hyphen = next->kind == '-' && !(next->flags & TOK_SPACE);
    if (i == start || adjective || hyphen) {
        return false;
    }
    uint32_t group = group_of_name(doc, i, end);
    if (group > 0) {
        *c = (chunk){.kind = CHUNK_BODY, .first = at, .end = i + group, .person = -1};
        c->plural = doc_ends_in(doc, c->end - 1, "s", 1);
    } else {
        *c = (chunk){.kind = CHUNK_ORG, .first = at, .end = i, .person = -1};
        c->name = start;
        c->name_end = i;
    }
    c->tail = c->end;
    c->possessive = possessive(doc, c->end) > 0;
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

/* True if somebody may be named from the token on. */
static bool may_start(const document *doc, uint32_t at) {
    const uint64_t starts = PLACES | LEX_BIT(LEX_NATION) | LEX_BIT(LEX_OFFICE) |
                            LEX_BIT(LEX_OFFICEMOD) | LEX_BIT(LEX_PORTFOLIO) | LEX_BIT(LEX_FORMER) |
                            LEX_BIT(LEX_BOTH) | LEX_BIT(LEX_BODY) | LEX_BIT(LEX_PRONOUN) |
                            LEX_BIT(LEX_DET);
    const token *t = doc_token(doc, at);
    /* ".N" of a ticker like GM.N names nobody */
    bool suffix = at > 0 && t[-1].kind == '.' && !(t->flags & TOK_SPACE);
    bool article = doc_is(doc, at, LEX_PARTICLE) && t[1].kind == '-'; /* al-Mannai */
    return !suffix && t->kind == 'w' && ((t->flags & TOK_CAP) || article || (t->classes & starts));
}

void chunk_document(document *doc) {
    doc->chunks = ro_arena_alloc_array(doc->arena, doc->t.count + 1, sizeof *doc->chunks);
    doc->chunk_at = ro_arena_alloc_array(doc->arena, doc->t.count + 2, sizeof *doc->chunk_at);
    if (!doc->chunks || !doc->chunk_at) {
        doc->failed = true;
        return;
    }
    for (uint32_t s = 0; s < doc->t.sentence_count; s++) {
        uint32_t from = doc->chunk_count;
        const sentence_span *sent = &doc->t.sentences[s];
        for (uint32_t i = sent->first; i < sent->end;) {
            chunk c;
            if (may_start(doc, i) && read_chunk(doc, i, sent->end, &c) && c.end > i &&
                c.end <= sent->end) {
                uint32_t number = doc->chunk_count++;
                doc->chunks[number] = c;
                chunk_cover(doc, number);
                i = c.end;
            } else {
                i++;
            }
        }
        chunks_join(doc, from);
    }
}
