#include "title.h"

#define NAME_WORDS_MAX 6
#define TITLE_STEPS_MAX 14
#define GROUP_ADJECTIVES_MAX 3

static const lex_class SIDE_CLASSES[] = {LEX_COUNTRY, LEX_NATION, LEX_CAPITAL, LEX_METONYM,
                                         LEX_BLOC};

/* The longest country, people, capital or organisation that starts at the token. */
const lex_match *side_match(const document *doc, uint32_t at) {
    const lex_match *best = NULL;
    if (!(doc_token(doc, at)->classes & (PLACES | LEX_BIT(LEX_NATION)))) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof SIDE_CLASSES / sizeof *SIDE_CLASSES; i++) {
        const lex_match *m = doc_match(doc, at, SIDE_CLASSES[i]);
        if (m && (!best || m->words > best->words)) {
            best = m;
        }
    }
    return best;
}

static bool is_clitic(const document *doc, uint32_t at) {
    const token *t = doc_token(doc, at);
    return t->kind == 'w' && !(t->flags & TOK_SPACE) &&
           (doc->t.text.ptr[t->start] == '\'' ||
            (unsigned char)doc->t.text.ptr[t->start] == 0xE2) &&
           (t->end - t->start == 2 || t->end - t->start == 4);
}

/* "'s", or the apostrophe alone of "Emirates' president". */
uint32_t possessive(const document *doc, uint32_t at) {
    if (is_clitic(doc, at) && (doc->t.text.ptr[doc_token(doc, at)->end - 1] | 0x20) == 's') {
        return 1;
    }
    return doc_token(doc, at)->kind == '\'' && !(doc_token(doc, at)->flags & TOK_SPACE) ? 1 : 0;
}

bool is_name_word(const document *doc, uint32_t at) {
    const token *t = doc_token(doc, at);
    return t->kind == 'w' && (t->flags & TOK_CAP) && !is_clitic(doc, at);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Words that cannot start a name even with a capital. */
static bool bars_name_start(const document *doc, uint32_t at, bool titled) {
    const token *t = doc_token(doc, at);
    uint64_t bars = LEX_BIT(LEX_FUNC) | LEX_BIT(LEX_DET) | LEX_BIT(LEX_PRONOUN) |
                    LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_PREP) | CALENDAR;
    if (!titled) {
        bars |= PLACES | LEX_BIT(LEX_NATION) | LEX_BIT(LEX_REGION) | LEX_BIT(LEX_CITY) |
                LEX_BIT(LEX_ORGWORD) | LEX_BIT(LEX_OFFICE) | LEX_BIT(LEX_OFFICEMOD);
    }
    if ((t->classes & LEX_BIT(LEX_WEEKDAY)) && (t->flags & TOK_ABBR)) {
        return true; /* "according to Sun. Sun said" */
    }
    return (t->classes & bars) && !(t->classes & LEX_BIT(LEX_GIVEN)) && !(t->flags & TOK_INITIAL);
}

/* Where a word inside a name ends it. */
static bool bars_name(const document *doc, uint32_t at) {
    const token *t = doc_token(doc, at);
    if (doc_word_is(doc, at, "King") && doc_is(doc, at - 1, LEX_GIVEN) &&
        !is_name_word(doc, at + 1)) {
        return false; /* "Billie Jean King" */
    }
    if (t->classes & (LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE))) {
        return true;
    }
    if ((t->classes & LEX_BIT(LEX_MONTH)) && (t[1].kind == '0' || !(t->flags & TOK_CAP))) {
        return true;
    }
    return (t->classes & (LEX_BIT(LEX_NATION) | LEX_BIT(LEX_METONYM) | LEX_BIT(LEX_BLOC))) != 0 ||
           ((t->classes & LEX_BIT(LEX_OFFICE)) && !(t->classes & LEX_BIT(LEX_GIVEN)));
}

/* "Al-Aiban", "Jae-yong": moves past the parts joined by hyphens. */
static uint32_t hyphenated(const document *doc, uint32_t at, uint32_t end) {
    while (at + 1 < end && doc_token(doc, at)->kind == '-' &&
           !(doc_token(doc, at)->flags & TOK_SPACE) && doc_token(doc, at + 1)->kind == 'w' &&
           !(doc_token(doc, at + 1)->flags & TOK_SPACE)) {
        at += 2;
    }
    return at;
}

/* "told Reuters Spain was": an agency takes no further name. */
bool is_agency(const document *doc, uint32_t at) {
    static const char *const NAMES[] = {"Reuters", "AP", "AFP", "Xinhua", "Bloomberg", "Interfax"};
    return doc_is(doc, at, LEX_MEDIA) && DOC_WORD_IN(doc, at, NAMES);
}

/* The end of the name that starts at `at`, `at` if none does. */
uint32_t name_stop(const document *doc, uint32_t at, uint32_t end, bool titled) {
    uint32_t i = at;
    uint32_t good = at;
    uint32_t words = 0;
    if (i >= end || (!is_name_word(doc, i) && !doc_is(doc, i, LEX_PARTICLE)) || is_agency(doc, i) ||
        bars_name_start(doc, i, titled)) {
        return at;
    }
    while (i < end && words < NAME_WORDS_MAX) {
        const token *t = doc_token(doc, i);
        if (i > at && !(t->flags & TOK_SPACE)) {
            break;
        }
        if (i > at && bars_name(doc, i)) {
            break;
        }
        bool capital = is_name_word(doc, i);
        bool particle = doc_is(doc, i, LEX_PARTICLE) && t->kind == 'w' && i + 1 < end;
        if (!capital && !particle) {
            break;
        }
        i = hyphenated(doc, i + 1, end);
        if (capital || (i > at + 1 && doc_token(doc, i - 1)->flags & TOK_CAP)) {
            good = i;
            words++;
        }
    }
    /* "Joseph R. Biden, Jr." */
    if (good > at && good + 1 < end && doc_token(doc, good)->kind == ',' &&
        (doc_word_is(doc, good + 1, "Jr.") || doc_word_is(doc, good + 1, "Jr") ||
         doc_word_is(doc, good + 1, "Sr."))) {
        good += 2;
    }
    return good;
}

/* "BlackBerry-maker", "Seattle-based" */
static bool is_compound(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"maker", "based", "owned", "led", "backed", "listed"};
    return doc_token(doc, at)->kind == '-' && DOC_WORD_IN(doc, at + 1, WORDS);
}

/* True if some word of the name says it is an organisation. */
bool is_organisation(const document *doc, uint32_t from, uint32_t end) {
    for (uint32_t i = from; i < end; i++) {
        const token *t = doc_token(doc, i);
        if ((t->classes & LEX_BIT(LEX_ORGWORD)) &&
            (!(t->classes & LEX_BIT(LEX_GIVEN)) || doc_span(doc, i, LEX_ORGWORD) > 1)) {
            return true;
        }
        if (i > from && (t->flags & TOK_CAP) && (t->classes & LEX_BIT(LEX_PREP)) &&
            !(t->classes & (LEX_BIT(LEX_PARTICLE) | LEX_BIT(LEX_GIVEN)))) {
            return true; /* "Research In Motion" */
        }
        if (is_compound(doc, i)) {
            return true;
        }
        if ((t->flags & TOK_UPPER) && t->end - t->start <= 6 && end - from <= 2) {
            return true; /* FARC, BBC */
        }
    }
    return false;
}

/* ---- titles ---------------------------------------------------------------------------------- */

void take_side(chunk *c, const lex_entry *e) {
    doc_add_side(c->sides, &c->side_count, e->side);
}

static bool joins_modifiers(const document *doc, uint32_t at) {
    char kind = doc_token(doc, at)->kind;
    return kind == '-' || doc_word_is(doc, at, "and") || doc_word_is(doc, at, "&");
}

/* One modifier of a title: former, a side, deputy, foreign …; returns the token after it. */
static uint32_t title_modifier(const document *doc, uint32_t at, chunk *c) {
    uint32_t n = doc_span(doc, at, LEX_FORMER);
    if (n > 0) {
        c->former = true;
        if (doc_token(doc, at + n)->kind == '-') {
            n++;
        }
        return at + n;
    }
    const lex_match *side = side_match(doc, at);
    n = doc_span(doc, at, LEX_OFFICEMOD);
    uint32_t portfolio = doc_span(doc, at, LEX_PORTFOLIO);
    n = portfolio > n ? portfolio : n;
    if (side && side->words >= n && doc_token(doc, at + side->words)->kind == '-' &&
        !(doc_token(doc, at + side->words)->flags & TOK_SPACE) &&
        doc_is(doc, at + side->words + 1, LEX_NATION)) {
        at += side->words + 1; /* "Greek-Cypriot": the second says whose */
        side = side_match(doc, at);
    }
    if (side && side->words >= n) {
        take_side(c, doc_entry(doc, side));
        at += side->words;
        return at + possessive(doc, at);
    }
    return at + n;
}

uint32_t skip_adjectives(const document *doc, uint32_t at, uint32_t end) {
    static const char *const WORDS[] = {"senior",  "top",     "high-ranking", "other",
                                        "key",     "chief",   "new",          "negotiating",
                                        "interim", "current", "local",        "unnamed"};
    for (int i = 0; i < GROUP_ADJECTIVES_MAX && at < end && DOC_WORD_IN(doc, at, WORDS); i++) {
        at++;
    }
    return at;
}

/* "Russian and U.S.", "the United States, Egypt and Qatar": all sides named in a row. */
uint32_t side_row(const document *doc, uint32_t at, uint32_t end, chunk *c, bool *nation) {
    uint32_t i = at;
    uint32_t good = at;
    uint32_t open = 0; /* where a list of commas began that no "and" has closed yet */
    uint8_t sides = c->side_count;
    while (i < end) {
        i += doc_word_is(doc, i, "the") && i > at;
        i = i > at ? skip_adjectives(doc, i, end) : i;
        const lex_match *m = side_match(doc, i);
        if (!m) {
            break;
        }
        const lex_entry *e = doc_entry(doc, m);
        uint32_t after = i + m->words;
        if (doc_token(doc, after)->kind == '-' && !(doc_token(doc, after)->flags & TOK_SPACE) &&
            !side_match(doc, after + 1)) {
            break; /* Oslo-based, UN-backed */
        }
        if (open == 0) {
            *nation = e->class == LEX_NATION;
        }
        take_side(c, e);
        good = i = i + m->words;
        sides = open ? sides : c->side_count;
        bool hyphen =
            doc_token(doc, i)->kind == '-' && side_match(doc, i + 1); /* Moscow-Washington */
        if (i + 1 < end && (hyphen || doc_word_is(doc, i, "and"))) {
            open = hyphen ? open : UINT32_MAX;
            i++;
        } else if (i + 2 < end && doc_token(doc, i)->kind == ',' && open != UINT32_MAX) {
            bool and = doc_word_is(doc, i + 1, "and");
            open = and? UINT32_MAX : open == 0 ? i : open;
            i += and? 2 : 1;
        } else {
            break;
        }
    }
    if (open && open != UINT32_MAX && good > open) {
        c->side_count = sides; /* "in Riyadh, Saudi officials" is no list */
        return open;
    }
    return good;
}

/* "foreign affairs and trade", "national security affairs": returns the token after it. */
static uint32_t portfolio_end(const document *doc, uint32_t from, uint32_t end) {
    uint32_t at = from;
    uint32_t n = doc_span(doc, at, LEX_PORTFOLIO);
    while (n > 0 && at < end) {
        at += n;
        bool more = doc_word_is(doc, at, "and") || doc_word_is(doc, at, "&") ||
                    doc_token(doc, at)->kind == ',';
        uint32_t next = more ? doc_span(doc, at + 1, LEX_PORTFOLIO) : 0;
        at += next ? 1 : 0;
        n = next ? next : doc_word_is(doc, at, "affairs");
    }
    /* "Economic Negotiations", "National Security Council" */
    while (at > from && at < end && is_name_word(doc, at) &&
           (doc_is(doc, at, LEX_TALK) || doc_is(doc, at, LEX_ORGWORD))) {
        at++;
    }
    return at;
}

/* A capitalised name of an organisation, up to its last organisation word; `at` if there is none.
 */
static uint32_t organisation_end(const document *doc, uint32_t at, uint32_t end) {
    static const char *const LINKS[] = {"of", "for", "and", "the"};
    uint32_t good = at;
    for (uint32_t i = at; i < end && i < at + 10; i++) {
        const token *t = doc_token(doc, i);
        bool name = is_name_word(doc, i);
        bool word = t->classes & LEX_BIT(LEX_ORGWORD);
        if (!name && !(i > at && DOC_WORD_IN(doc, i, LINKS))) {
            break;
        }
        if (i > at && name && (t->classes & LEX_BIT(LEX_GIVEN)) && !word) {
            return i; /* "Office of Public Engagement Cedric Richmond" */
        }
        good = word || (t->flags & TOK_UPPER) ? i + 1 : good;
    }
    return good;
}

/* What stands after of, for, to: moves past "the Middle East", "National Security Affairs",
 * "the Hashemite Kingdom of Jordan", "the Russian Direct Investment Fund". */
static uint32_t complement_object(const document *doc, uint32_t from, uint32_t end, chunk *c) {
    uint32_t at = from + doc_word_is(doc, from, "the");
    const lex_match *side = side_match(doc, at);
    uint32_t region = doc_span(doc, at, LEX_REGION);
    uint32_t noun = at + (side ? side->words : 0);
    bool firm = doc_is(doc, noun, LEX_BODY) && !doc_is(doc, noun, LEX_STATE);
    bool adjective = side && doc_entry(doc, side)->class == LEX_NATION &&
                     (is_name_word(doc, noun) || firm); /* "head of German carmaker Opel" */
    if (side && side->words >= region && !adjective) {
        bool nation = false;
        if (c->plural) {
            return side_row(doc, at, end, c, &nation);
        }
        take_side(c, doc_entry(doc, side));
        return at + side->words;
    }
    if (region && !(side && side->words >= region)) {
        return at + region;
    }
    uint32_t portfolio = portfolio_end(doc, at, end);
    uint32_t office = doc_span(doc, at, LEX_OFFICE);
    if (portfolio > at || office) {
        return portfolio > at ? portfolio : at + office; /* "assistant to the President" */
    }
    uint32_t organisation = organisation_end(doc, at, end);
    if (organisation == at) {
        return from;
    }
    c->of = at;
    c->of_end = organisation;
    return organisation;
}

static bool is_complement_preposition(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"of", "for", "to", "on", "at"};
    return DOC_WORD_IN(doc, at, WORDS);
}

static uint32_t title_complements(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    for (int i = 0; i < 4 && at + 1 < end && is_complement_preposition(doc, at); i++) {
        uint8_t sides = c->side_count;
        uint32_t organisation = c->of_end;
        uint32_t next = complement_object(doc, at + 1, end, c);
        if (next <= at + 1) {
            break;
        }
        bool whose =
            doc_word_is(doc, at, "of") && (c->side_count > sides || c->of_end > organisation);
        at = next;
        c->office_end = whose ? c->office_end : at;
    }
    return at;
}

/* The end of the title that starts at `at`, `at` if none does. */
uint32_t title_end(const document *doc, uint32_t at, uint32_t end, chunk *c) {
    uint32_t i = at;
    uint32_t good = at;
    for (int step = 0; step < TITLE_STEPS_MAX && i < end; step++) {
        uint32_t next = title_modifier(doc, i, c);
        const lex_match *office = doc_match(doc, i, LEX_OFFICE);
        if (office && i > at && doc_word_is(doc, i, "Sultan") && doc_word_is(doc, i + 1, "bin")) {
            break; /* a given name there */
        }
        if (office && i + office->words >= next) {
            if (!c->head) {
                c->office = good > at ? good : i;
            }
            c->head = doc_entry(doc, office);
            c->plural = doc->t.text.ptr[doc_token(doc, i + office->words - 1)->end - 1] == 's' &&
                        !ro_str_equal(c->head->value, RO_STR("boss"));
            i += office->words;
            c->office_end = i;
            good = i = title_complements(doc, i, end, c);
            if (i < end && doc_word_is(doc, i, "and") && i + 1 < end) {
                chunk probe = {0};
                uint32_t more = title_modifier(doc, i + 1, &probe);
                if (doc_span(doc, more, LEX_OFFICE) || doc_span(doc, i + 1, LEX_OFFICE)) {
                    i++;
                    continue;
                }
            }
        } else if (next > i) {
            i = next;
            if (i < end && joins_modifiers(doc, i) && step > 0) {
                i++;
            }
        } else {
            break;
        }
    }
    return c->head ? good : at;
}

/* The office's own words begin behind the adjectives of a side. */
void trim_office(const document *doc, chunk *c, uint32_t from) {
    uint32_t i = from;
    while (i < c->office_end) {
        const lex_match *side = side_match(doc, i);
        uint32_t former = doc_span(doc, i, LEX_FORMER);
        if (side && i + side->words < c->office_end) {
            i += side->words;
            i += possessive(doc, i);
        } else if (former) {
            i += former;
        } else if (doc_token(doc, i)->kind == '-') {
            i++;
        } else {
            break;
        }
    }
    c->office = i < c->office_end ? i : from;
}
