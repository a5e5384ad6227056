/* Whether a cue is told as a fact: what somebody hopes, demands, asks or expects has not happened.
 */
#include "outcomes.h"

/* The token before the clause or its subject, over "that" and over clauses joined by "and". */
static uint32_t before_clause(const cue *c) {
    const document *doc = c->doc;
    bool own = c->subject && c->subject->first < c->at && c->subject->first >= c->cl->first;
    uint32_t i = own ? c->subject->first : c->cl->first;
    for (int32_t k = (int32_t)doc->clause_at[c->at]; i > c->sent->first && k > 0; k--) {
        if (doc_word_is(doc, i - 1, "that")) {
            return i - 1;
        }
        if (!doc_word_is(doc, i - 1, "and") && !doc_word_is(doc, i - 1, "or")) {
            break;
        }
        i = doc->clauses[k - 1].first;
    }
    return i;
}

/* "expected the bank to announce it would" */
static bool is_to_be_said(const cue *c, uint32_t at) {
    return at > c->sent->first + 1 && doc_is(c->doc, at - 1, LEX_SAY) &&
           doc_word_is(c->doc, at - 2, "to");
}

/* "to override the judge and approve", "the power to accept or reject": one more infinitive. */
static bool is_joined_infinitive(const cue *c) {
    static const char *const JOINS[] = {"and", "or"};
    bool base = !c->noun && c->status != RO_OUTCOME_PLANNED && c->status != RO_OUTCOME_OPEN &&
                !doc_ends_in(c->doc, c->at, "d", 2) && !doc_ends_in(c->doc, c->at, "s", 2);
    if (!base || c->at <= c->sent->first + 2 || !DOC_WORD_IN(c->doc, c->at - 1, JOINS)) {
        return false;
    }
    for (uint32_t i = c->at - 1; i-- > c->sent->first && i + 9 > c->at;) {
        if (doc_word_is(c->doc, i, "to") && !doc_chunk_from(c->doc, i + 1) &&
            !doc_is(c->doc, i + 1, LEX_DET)) {
            return true;
        }
    }
    return false;
}

/* "is expected to reiterate" */
static bool is_expected(const cue *c) {
    static const char *const WORDS[] = {"expected", "likely", "due", "set", "poised", "scheduled"};
    return !c->noun && c->at > c->sent->first + 1 && doc_word_is(c->doc, c->at - 1, "to") &&
           DOC_WORD_IN(c->doc, c->at - 2, WORDS);
}

/* "under an already approved plan": a participle that goes with a noun. */
static bool is_participle_of_noun(const cue *c) {
    static const char *const ARTICLES[] = {"the", "a", "an", "its", "their", "any"};
    uint32_t i = c->at;
    while (i > c->sent->first && doc_is(c->doc, i - 1, LEX_ADV)) {
        i--;
    }
    bool article = i > c->sent->first && DOC_WORD_IN(c->doc, i - 1, ARTICLES);
    return article && c->entry->words == 1 && (c->noun || doc_ends_in(c->doc, c->at, "ed", 4));
}

/* "wants any agreement to": of one there is not yet. */
static bool is_any(const cue *c) {
    return c->noun && c->status == RO_OUTCOME_AGREED && c->at > c->sent->first &&
           doc_word_is(c->doc, c->at - 1, "any");
}

/* "creditors asked Mr Paz to drop his refusal": of somebody else than a group that is the subject.
 */
static bool is_of_other(const cue *c) {
    const chunk *s = c->subject;
    return c->noun && cue_starts(c, "his ") && s &&
           (s->kind == CHUNK_BODY || s->kind == CHUNK_ORG || s->kind == CHUNK_SIDE);
}

/* "would recommend shareholders accept": what somebody asks for. */
static bool is_demanded(const cue *c) {
    static const char *const ASKS[] = {"recommend", "recommends", "recommended",
                                       "urge",      "urged",      "demanded",
                                       "demands",   "insisted",   "recommending"};
    uint32_t i = before_clause(c);
    bool base = !c->noun && c->status != RO_OUTCOME_PLANNED &&
                !doc_ends_in(c->doc, c->at, "d", 2) && !doc_ends_in(c->doc, c->at, "s", 2);
    return base && i > c->sent->first && DOC_WORD_IN(c->doc, i - 1, ASKS);
}

/* "reports that Moscow agreed", "denied that it agreed", "critics say it agreed": the word of
 * others.
 */
static bool is_hearsay(const cue *c) {
    static const char *const WORDS[] = {
        "evidence",    "reports",     "report", "allegation", "allegations", "claims",
        "claim",       "denied",      "denies", "deny",       "denying",     "accusation",
        "accusations", "suggestions", "denial", "criticism",  "condition"};
    static const char *const OPPONENTS[] = {"critics", "opponents", "detractors", "skeptics"};
    const document *doc = c->doc;
    if (doc_token(doc, c->after)->kind != 'w' && !c->noun) {
        return false; /* "an accusation that the company denies" */
    }
    uint32_t low = c->sent->first;
    uint32_t i = before_clause(c);
    bool that = doc_word_is(doc, i, "that");
    if (i <= low) {
        return false;
    }
    bool report = DOC_WORD_IN(doc, i - 1, WORDS) && !doc_chunk_at(doc, i - 1);
    bool opponent =
        doc_is(doc, i - 1, LEX_SAY) && i > low + 1 && DOC_WORD_IN(doc, i - 2, OPPONENTS);
    bool own = c->subject && c->subject->first == i; /* "denied Shell was copying" */
    return opponent || (report && (that || own));
}

/* "hopes that Moscow will", "expects GM to", "on speculation the bank will" */
static bool is_supposed(const cue *c) {
    uint32_t i = before_clause(c);
    if (is_to_be_said(c, i)) {
        return true;
    }
    if (doc_word_is(c->doc, i, "that")) {
        /* "expectations also are rising that" */
        while (i > c->sent->first + 1 &&
               (doc_token(c->doc, i - 1)->classes & (LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV)))) {
            i--;
        }
        ro_str w = doc_text(c->doc, i - (i > c->sent->first), i);
        bool growing = w.len > 5 && memcmp(w.ptr + w.len - 3, "ing", 3) == 0;
        for (uint32_t k = i; growing && k-- > c->sent->first && k + 5 > i;) {
            if (doc_is(c->doc, k, LEX_SUPPOSE)) {
                return true;
            }
        }
    }
    return i > c->sent->first &&
           (doc_is(c->doc, i - 1, LEX_SUPPOSE) || doc_word_is(c->doc, i - 1, "should"));
}

/* "how it would work", "whether they agreed" */
static bool is_asked(const cue *c) {
    static const char *const WORDS[] = {"how", "whether", "why"};
    if (doc_token(c->doc, c->sent->end - 1)->kind == '?' ||
        doc_word_is(c->doc, c->cl->first, "should") ||
        doc_word_is(c->doc, c->sent->first, "assuming")) {
        return true;
    }
    for (uint32_t i = c->at; i-- > c->sent->first && i + 14 > c->at;) {
        char kind = doc_token(c->doc, i)->kind;
        if (kind == ',' || kind == ';' || doc_word_is(c->doc, i, "but")) {
            break;
        }
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

/* "the properties it plans to buy": what is told of is the noun before the pronoun. */
static bool is_reduced_relative(const cue *c) {
    if (c->at > c->sent->first && !c->noun && doc_is(c->doc, c->at - 1, LEX_SUPPOSE) &&
        !doc_chunk_at(c->doc, c->at - 1)) {
        return true; /* "a president residents hope will help" */
    }
    static const char *const SOURCES[] = {
        "statement",  "interview", "letter", "filing",     "release",   "report",    "speech",
        "conference", "email",     "note",   "memo",       "reporters", "lawmakers", "newspaper",
        "and",        "but",       "or",     "television", "radio",     "parliament"};
    const uint64_t linking = LEX_BIT(LEX_SAY) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_ADV) |
                             LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_RELDATE) |
                             LEX_BIT(LEX_MEDIA) | LEX_BIT(LEX_PREP);
    const chunk *s = c->subject;
    if (!s || s->kind != CHUNK_PRONOUN || s->first <= c->sent->first || s->first > c->at) {
        return false;
    }
    const token *t = doc_token(c->doc, s->first - 1);
    return t->kind == 'w' && !(t->flags & TOK_CAP) && !(t->classes & linking) &&
           !DOC_WORD_IN(c->doc, s->first - 1, SOURCES);
}

/* "Customers generally sign contracts": a habit, no event. */
static bool is_habit(const cue *c) {
    static const char *const WORDS[] = {"generally",     "usually",     "often",     "typically",
                                        "normally",      "routinely",   "regularly", "sometimes",
                                        "traditionally", "historically"};
    for (uint32_t i = c->at; i-- > c->sent->first && i + 7 > c->at;) {
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

/* "has ended an agreement to", "abandoned plans to": what was agreed no longer holds. */
static bool is_ended(const cue *c) {
    static const char *const VERBS[] = {
        "end",        "ended",   "ends",      "terminate", "scrap",     "scrapped", "scraps",
        "terminated", "abandon", "abandoned", "abandons",  "cancelled", "canceled", "breached",
        "violated",   "broke",   "violating", "dropped",   "shelved",   "breaching"};
    bool plan = c->noun ? c->status == RO_OUTCOME_AGREED : doc_word_is(c->doc, c->at, "plans");
    for (uint32_t i = c->at; plan && i-- > c->sent->first && i + 5 > c->at;) {
        if (DOC_WORD_IN(c->doc, i, VERBS) && !doc_chunk_at(c->doc, i)) {
            return true;
        }
    }
    return false;
}

/* "the possibility of no deal", "in case of no agreement" */
static bool is_of_possibility(const cue *c) {
    static const char *const BEFORE[] = {"of", "about", "for"};
    return c->noun && cue_starts(c, "no ") && c->at > c->sent->first &&
           DOC_WORD_IN(c->doc, c->at - 1, BEFORE);
}

/* "to help doctors rule out": what others are helped or made to do. */
static bool is_caused(const cue *c) {
    static const char *const CAUSES[] = {"help",    "helps", "helped", "let", "lets",
                                         "helping", "make",  "makes",  "made"};
    bool base = !c->noun && !doc_ends_in(c->doc, c->at, "d", 2) &&
                !doc_ends_in(c->doc, c->at, "s", 2) && c->status != RO_OUTCOME_PLANNED;
    for (uint32_t i = c->at; base && i-- > c->sent->first && i + 5 > c->at;) {
        if (DOC_WORD_IN(c->doc, i, CAUSES)) {
            return true;
        }
    }
    return false;
}

/* "investors that had not accepted the offer": which ones, not what they did. */
static bool is_restriction(const cue *c) {
    return c->cl->kind == 'r' && c->negated && c->cl->first > c->sent->first &&
           doc_word_is(c->doc, c->cl->first - 1, "that");
}

/* "markets expect the bank on Thursday to restate": between the verb and "to" stands whom. */
static bool is_wanted(const cue *c) {
    static const char *const VERBS[] = {"expect", "expects", "expected", "want",   "wants",
                                        "wanted", "urge",    "urged",    "urges",  "ask",
                                        "asked",  "hopes",   "hope",     "pressed"};
    uint32_t verb = c->noun ? cue_verb(c) : c->at;
    bool infinitive = verb > c->sent->first && doc_word_is(c->doc, verb - 1, "to");
    for (uint32_t i = verb; infinitive && i-- > c->sent->first && i + 9 > verb;) {
        if (DOC_WORD_IN(c->doc, i, VERBS)) {
            return true;
        }
    }
    return false;
}

/* "X said the filings will be public and will help": the plan is no plan of who said so. */
static bool is_of_what_was_said(const cue *c) {
    const chunk *s = c->subject;
    ro_str word = doc_text(c->doc, c->at, c->at + 1);
    bool modal = doc_word_is(c->doc, c->at, "will") || doc_word_is(c->doc, c->at, "would") ||
                 doc_word_is(c->doc, c->at, "to") || (!c->noun && word.ptr[word.len - 1] == 's');
    if ((!modal && c->cl->kind == '&') || !s || c->noun || s->first >= c->at) {
        return false;
    }
    uint32_t i = c->at;
    while (i > s->tail && (doc_is(c->doc, i - 1, LEX_ADV) || doc_is(c->doc, i - 1, LEX_RELDATE))) {
        i--;
    }
    for (uint32_t k = s->tail; k < i; k++) {
        if (doc_is(c->doc, k, LEX_SAY) && !doc_chunk_at(c->doc, k)) {
            return true;
        }
    }
    return false;
}

/* "a government that is to be appointed": planned by others than the subject. */
static bool is_planned_passive(const cue *c) {
    uint32_t i = c->after;
    while (doc_is(c->doc, i, LEX_ADV)) {
        i++;
    }
    ro_str word = i + 1 < c->sent->end ? doc_text(c->doc, i + 1, i + 2) : RO_STR_NONE;
    bool participle = word.len > 2 && word.ptr[word.len - 1] == 'd';
    bool opinion = doc_word_is(c->doc, i, "that"); /* "would hold that" */
    return c->status == RO_OUTCOME_PLANNED && !c->noun &&
           (opinion || (doc_word_is(c->doc, i, "be") && participle));
}

/* "the likely case is that Greece will receive": an opinion. */
static bool is_opinion_clause(const cue *c) {
    static const char *const BE[] = {"is", "was", "be", "remains"};
    uint32_t that = before_clause(c);
    bool ahead = c->status == RO_OUTCOME_PLANNED || doc_word_is(c->doc, c->at, "will") ||
                 doc_word_is(c->doc, c->at, "would");
    return ahead && !c->noun && doc_word_is(c->doc, that, "that") && that > c->sent->first &&
           DOC_WORD_IN(c->doc, that - 1, BE);
}

/* "would" tells a plan only where somebody says so: "X said it would", not "the sense that X
 * would". */
static bool is_unsaid(const cue *c) {
    if (!doc_word_is(c->doc, c->at, "would") || c->status != RO_OUTCOME_PLANNED) {
        return false;
    }
    for (uint32_t i = c->at; i-- > c->sent->first && i + 24 > c->at;) {
        if (doc_is(c->doc, i, LEX_SAY) || doc_is(c->doc, i, LEX_ACCORD)) {
            return false;
        }
    }
    return c->cl->kind != 'm' || c->cl->first != c->sent->first;
}

bool outcome_is_told(const cue *c) {
    static bool (*const NOT_TOLD[])(const cue *c) = {is_demanded,
                                                     is_joined_infinitive,
                                                     is_expected,
                                                     is_participle_of_noun,
                                                     is_any,
                                                     is_of_other,
                                                     is_habit,
                                                     is_ended,
                                                     is_wanted,
                                                     is_of_possibility,
                                                     is_asked,
                                                     is_supposed,
                                                     is_unsaid,
                                                     is_reduced_relative,
                                                     is_of_what_was_said,
                                                     is_planned_passive,
                                                     is_opinion_clause,
                                                     is_hearsay,
                                                     is_caused,
                                                     is_restriction};
    for (size_t i = 0; i < sizeof NOT_TOLD / sizeof *NOT_TOLD; i++) {
        if (NOT_TOLD[i](c)) {
            return false;
        }
    }
    return true;
}
