/* What form a cue has: whether it tells of an act at all, and with what before it: a negation, a
 * modal, a passive. */
#include "outcomes.h"

static uint32_t subject_end(const cue *c) {
    return c->subject && c->subject->end <= c->at && c->subject->first >= c->cl->first
               ? c->subject->end
               : c->cl->first;
}

static void read_modal(cue *c, uint32_t at) {
    static const char *const WILL[] = {"will", "'ll"};
    const lex_match *modal = doc_match(c->doc, at, LEX_MODAL);
    bool could = modal && ro_str_equal(doc_entry(c->doc, modal)->value, RO_STR("could"));
    c->possible = c->possible || could;
    c->subjunctive = c->subjunctive || (modal && !could) || DOC_WORD_IN(c->doc, at, WILL);
}

/* A word between the subject and the cue. */
static void read_word(cue *c, uint32_t at) {
    static const char *const EARLIER[] = {"had", "previously", "earlier"};
    static const char *const PERHAPS[] = {"reportedly", "tentatively", "apparently"};
    char next = doc_token(c->doc, at + 1)->kind;
    static const char *const NUMERO[] = {"no", "no."};
    bool number = DOC_WORD_IN(c->doc, at, NUMERO) && (next == '.' || next == '0'); /* "the No. 3" */
    uint32_t neg = number ? 0 : doc_span(c->doc, at, LEX_NEG);
    c->negated = c->negated || (neg && at + neg <= c->at);
    c->background = c->background || DOC_WORD_IN(c->doc, at, EARLIER);
    c->hedged = c->hedged || DOC_WORD_IN(c->doc, at, PERHAPS);
    static const char *const HARDLY[] = {"unlikely", "almost", "nearly"};
    c->possible = c->possible || DOC_WORD_IN(c->doc, at, HARDLY);
    read_modal(c, at);
}

/* "could be sold and offered": the modal of the verb before it. */
static bool shares_modal(const cue *c) {
    static const char *const MODALS[] = {"could", "may", "might", "can"};
    if (c->cl->kind != '&' || c->at > c->cl->first + 1 || c->cl->inherited < 0) {
        return false;
    }
    const clause *before = &c->doc->clauses[c->cl->inherited];
    uint32_t low = before->end > before->first + 12 ? before->end - 12 : before->first;
    for (uint32_t i = low; i < before->end; i++) {
        if (DOC_WORD_IN(c->doc, i, MODALS)) {
            return true;
        }
    }
    return false;
}

/* "Neither side agreed", "no party accepted" */
static bool has_negative_subject(const cue *c) {
    for (uint32_t i = c->cl->first; i < c->at && i < c->cl->first + 3; i++) {
        if (doc_word_is(c->doc, i, "neither")) {
            return true;
        }
    }
    return c->subject && doc_is(c->doc, c->subject->first, LEX_NEG);
}

static void read_before(cue *c) {
    uint32_t from = subject_end(c);
    from = c->at > from + 10 ? c->at - 10 : from;
    for (uint32_t i = from; i < c->at; i++) {
        read_word(c, i);
    }
    uint32_t first = c->cl->first; /* "all but agreed" */
    bool all_but = first > c->sent->first + 1 && first == c->at &&
                   doc_word_is(c->doc, first - 1, "but") && doc_word_is(c->doc, first - 2, "all");
    c->possible = c->possible || all_but || shares_modal(c);
    c->negated = c->negated || has_negative_subject(c);
}

/* "rejected by X" */
static const chunk *agent_of(const cue *c) {
    uint32_t far = c->after + OUTCOME_LOOK_AHEAD;
    for (uint32_t i = c->after; i + 1 < c->sent->end && i < far; i++) {
        if (doc_word_is(c->doc, i, "by")) {
            return doc_chunk_from(c->doc, i + 1);
        }
    }
    return NULL;
}

/* Where the participle's auxiliary ends: over adverbs, and over another participle joined to it,
 * "were planned or proposed". */
static uint32_t auxiliary_end(const cue *c) {
    static const char *const JOINS[] = {"and", "or"};
    const document *doc = c->doc;
    const uint64_t between = LEX_BIT(LEX_ADV) | LEX_BIT(LEX_NEG);
    uint32_t i = c->at;
    while (i > c->cl->first && doc_is_any(doc, i - 1, between)) {
        i--;
    }
    uint32_t low = c->sent->first;
    bool joined = i > low + 2 && DOC_WORD_IN(doc, i - 1, JOINS) && doc_ends_in(doc, i - 2, "ed", 3);
    return joined && doc_is(doc, i - 3, LEX_AUX) ? i - 2 : i;
}

/* "was rejected", "has been agreed": the subject is what it is about. */
static void read_passive(cue *c) {
    static const char *const BE[] = {"is",   "are",   "was",    "were",    "be",
                                     "been", "being", "remain", "remains", "remained"};
    static const char *const IRREGULAR[] = {"put", "thrown", "struck", "withdrawn"};
    const document *doc = c->doc;
    uint32_t i = auxiliary_end(c);
    bool participle = doc_ends_in(doc, c->at, "ed", 3) || DOC_WORD_IN(doc, c->at, IRREGULAR);
    bool plan = outcome_named(c->entry->value) == RO_OUTCOME_PLANNED ||
                (doc_word_is(doc, c->at, "opposed") && doc_word_is(doc, c->after, "to"));
    c->passive =
        participle && !plan && !c->noun && i > c->sent->first && DOC_WORD_IN(doc, i - 1, BE);
    c->agent = c->passive ? agent_of(c) : NULL;
}

void cue_read_form(cue *c) {
    read_before(c);
    read_passive(c);
}

static bool is_singular(const chunk *c) {
    return c->side_count < 2 && (c->kind == CHUNK_PERSON || c->kind == CHUNK_ORG ||
                                 (c->kind == CHUNK_SIDE && !c->plural));
}

/* "agree" after a singular is no statement of fact: "urged that Kenya agree", or a noun. */
static bool is_bare(const cue *c) {
    const uint64_t helpers = LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_NEG);
    if (c->noun || c->entry->letters || c->entry->words < 2 ||
        outcome_named(c->entry->value) == RO_OUTCOME_PLANNED ||
        !ro_str_equal(doc_text(c->doc, c->at, c->at + 1), RO_STR("agree"))) {
        return false;
    }
    const chunk *list[COORDINATED_MAX];
    return c->subject && is_singular(c->subject) && !cue_follows(c, helpers) &&
           !cue_follows_word(c, "to") && !cue_follows_word(c, "will") &&
           chunk_coordinated(c->doc, c->subject, c->at, list) == 1;
}

/* "America's ( BAC.N ) proposed takeover" */
static bool is_after_owner(const cue *c) {
    for (uint32_t i = c->at; i-- > c->sent->first && i + 10 > c->at;) {
        if (doc_token(c->doc, i)->kind == '(') {
            char inner = doc_token(c->doc, i + 1)->kind;
            bool owner = i > c->sent->first && (doc_word_is(c->doc, i - 1, "'s") ||
                                                doc_token(c->doc, i - 1)->kind == '\'');
            return owner || inner == '0' || inner == '~';
        }
    }
    return false;
}

/* "an interim proposed rule": a participle between an adjective and a noun. */
static bool is_adjective(const cue *c) {
    const document *doc = c->doc;
    const token *before = doc_token(doc, c->at - 1);
    const token *next = doc_token(doc, c->after);
    return c->entry->words == 1 && doc_ends_in(doc, c->at, "d", 3) && before->kind == 'w' &&
           before->classes == 0 && !(before->flags & TOK_CAP) && !doc_chunk_at(doc, c->at - 1) &&
           next->kind == 'w' && !(next->flags & TOK_CAP) && next->classes == 0;
}

/* "an unacceptable threat" rejects nothing. */
static bool is_noun_attribute(const cue *c) {
    static const char *const ADJECTIVES[] = {"unacceptable", "undecided", "inconclusive",
                                             "deadlocked"};
    const document *doc = c->doc;
    return DOC_WORD_IN(doc, c->at, ADJECTIVES) &&
           (doc_is(doc, c->at - 1, LEX_DET) || doc_token(doc, c->after)->kind == 'w') &&
           !doc_is_any(doc, c->after, LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE)) &&
           !doc_word_is(doc, c->after, "and");
}

/* "a deal proposed by X", "as planned", "than offered": told of only beside something else. */
static bool is_reduced(const cue *c) {
    static const char *const BEFORE[] = {"as", "than"};
    uint32_t i = c->at - 1;
    while (i > c->sent->first && doc_is(c->doc, i, LEX_ADV)) {
        i--;
    }
    bool agent =
        doc_word_is(c->doc, c->after, "by") && !cue_follows(c, LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV));
    return agent || DOC_WORD_IN(c->doc, i, BEFORE);
}

/* A participle or noun where a verb is looked for: "the proposed deal", "a planned visit". */
static bool is_attribute(const cue *c) {
    if (c->at == c->sent->first) {
        return false;
    }
    if (c->noun) {
        return is_noun_attribute(c);
    }
    const uint64_t grammar = LEX_BIT(LEX_DET) | LEX_BIT(LEX_PREP);
    const uint64_t actors = LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_BOTH) | LEX_BIT(LEX_ADV);
    char mark = doc_token(c->doc, c->at - 1)->kind;
    const chunk *subject = doc_chunk_before(c->doc, c->at);
    bool owned = subject && subject->possessive && !doc_word_is(c->doc, c->at, "will");
    bool phrase = !subject && cue_follows(c, grammar) && !cue_follows(c, actors) &&
                  !cue_follows_word(c, "to");
    return owned || phrase || mark == '-' || (mark == ')' && is_after_owner(c)) || is_reduced(c) ||
           is_adjective(c);
}

/* "rejected calls for talks", "the unions' plans to": a plural without a subject before it. */
static bool is_plural_noun(const cue *c) {
    static const char *const PLURALS[] = {"calls", "offers", "plans", "pledges", "promises"};
    const uint64_t verbal =
        LEX_BIT(LEX_ADV) | LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_BOTH);
    if (c->at == c->sent->first || !DOC_WORD_IN(c->doc, c->at, PLURALS)) {
        return false;
    }
    uint32_t at = c->at; /* "to abandon earlier plans", but "Moscow now plans" */
    while (at > c->sent->first + 1 && doc_is(c->doc, at - 1, LEX_ADV) &&
           !doc_is(c->doc, at - 2, LEX_PRONOUN)) {
        at--;
    }
    const chunk *s = doc_chunk_before(c->doc, at);
    return (!s || s->possessive) && !(at == c->at && cue_follows(c, verbal)) &&
           doc_token(c->doc, c->at - 1)->kind != ',' && !cue_follows_word(c, "and");
}

/* "the White House plan to", "the UN call for": a base form after a singular is a noun. */
static bool is_noun_form(const cue *c) {
    static const char *const WORDS[] = {"plan",    "call",    "offer", "pledge",
                                        "promise", "boycott", "vow",   "veto"};
    if (!DOC_WORD_IN(c->doc, c->at, WORDS)) {
        return is_plural_noun(c);
    }
    const chunk *s = doc_chunk_before(c->doc, c->at);
    if (s) {
        return !s->plural && s->side_count < 2 && s->kind != CHUNK_PRONOUN;
    }
    return !cue_follows(c, LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_ADV)) && !cue_follows_word(c, "will") &&
           !cue_follows_word(c, "to");
}

/* "calling for talks" without an auxiliary tells what goes along with another verb. */
static bool is_participle(const cue *c) {
    return !c->noun && doc_ends_in(c->doc, c->at, "ing", 5) && !cue_follows(c, LEX_BIT(LEX_AUX));
}

bool cue_tells_act(const cue *c) {
    return !is_attribute(c) && !is_participle(c) && !is_noun_form(c) && !is_bare(c);
}
