/* What a cue means in its sentence: one check for each status of the lexicon. */
#include "outcomes.h"

static const char *const STATUS[] = {"agreed", "proposed", "declined",   "rejected",
                                     "denied", "planned",  "reaffirmed", "open"};

int outcome_named(ro_str value) {
    for (int i = 0; i < (int)(sizeof STATUS / sizeof *STATUS); i++) {
        if (ro_str_equal(value, ro_str_from(STATUS[i]))) {
            return i;
        }
    }
    return -1;
}

bool cue_starts(const cue *c, const char *prefix) {
    return ro_str_starts_with(c->entry->phrase, ro_str_from(prefix));
}

bool cue_any_ahead(const cue *c, lex_class class, uint32_t from, uint32_t far) {
    for (uint32_t i = from; i < c->sent->end && i < from + far; i++) {
        char kind = doc_token(c->doc, i)->kind;
        if (kind == ';' || kind == '.' || kind == '=') {
            return false;
        }
        if (doc_is(c->doc, i, class)) {
            return true;
        }
    }
    return false;
}

bool cue_is_infinitive(const cue *c) {
    uint32_t i = c->at; /* "plans to instead accept" */
    while (i > c->sent->first &&
           (doc_is(c->doc, i - 1, LEX_ADV) || doc_word_is(c->doc, i - 1, "instead"))) {
        i--;
    }
    return i > c->sent->first && doc_word_is(c->doc, i - 1, "to");
}

/* True if a phrase at the token cancels cues of that value. */
static bool cancels(const document *doc, uint32_t at, ro_str value) {
    const token *t = doc_token(doc, at);
    for (uint32_t i = 0; (t->classes & LEX_BIT(LEX_CANCEL)) && i < t->match_count; i++) {
        const lex_entry *e = lexicon_entry(doc->lex, doc->t.matches[t->match - 1 + i].entry);
        if (e->class == LEX_CANCEL && ro_str_equal(e->value, value)) {
            return true;
        }
    }
    return false;
}

/* "declined to immediately say": what the press is told, not what a party is. */
static bool is_silence(const cue *c) {
    uint32_t i = c->after;
    if (!doc_word_is(c->doc, i, "to")) {
        return false;
    }
    while (doc_is(c->doc, ++i, LEX_ADV)) {
    }
    return cancels(c->doc, i, RO_STR("silence"));
}

/* "powers to reject", "set to rebuff": an infinitive is an act only after a verb of deciding. */
static bool is_undecided(const cue *c) {
    static const char *const DECIDED[] = {
        "decided",   "decides",   "decide",   "voted", "votes", "vote", "agreed", "chose",
        "continued", "continues", "continue", "moved", "opted", "went", "came",   "proceeded"};
    int status = outcome_named(c->entry->value);
    bool refusal = status == RO_OUTCOME_REJECTED || status == RO_OUTCOME_DECLINED ||
                   status == RO_OUTCOME_DENIED;
    return refusal && !c->noun && cue_is_infinitive(c) && c->at > c->sent->first + 1 &&
           !DOC_WORD_IN(c->doc, c->at - 2, DECIDED);
}

/* Words after the cue that make it none of ours: "reaffirmed its forecast". */
static bool is_cancelled(const cue *c) {
    bool next = outcome_named(c->entry->value) == RO_OUTCOME_DECLINED;
    uint32_t far = next ? 2 : OUTCOME_LOOK_AHEAD;
    for (uint32_t i = c->after, n = 0; i < c->sent->end && n < far; i++) {
        if (cancels(c->doc, i, c->entry->value)) {
            return true;
        }
        n += !doc_is(c->doc, i, LEX_ADV);
    }
    for (uint32_t i = c->after; next && i < c->sent->end && i < c->after + 7; i++) {
        static const char *const PRESS[] = {"interview", "interviews", "comment", "details",
                                            "questions", "numbers",    "figures", "specifics"};
        if (DOC_WORD_IN(c->doc, i, PRESS)) {
            return true;
        }
    }
    return next && is_silence(c);
}

/* "offered a rise", "called the deal": a proposal only where talks or an agreement are proposed. */
static bool is_vague(const cue *c) {
    static const char *const ARTICLES[] = {"a", "an", "the"};
    return (cue_needs_treaty(c) || DOC_WORD_IN(c->doc, c->after - 1, ARTICLES)) &&
           !cue_starts(c, "call") && !cue_any_ahead(c, LEX_TREATY, c->after, 6) &&
           !cue_any_ahead(c, LEX_TALK, c->after, 4);
}

/* "invited reporters", "invited to": of no party. */
static bool invites_nobody(const cue *c) {
    return cue_starts(c, "invi") &&
           (doc_is(c->doc, c->after, LEX_AUDIENCE) || !doc_chunk_from(c->doc, c->after));
}

/* "offered to Italy", "offered to the first in line" */
static bool offers_thing(const cue *c) {
    return doc_word_is(c->doc, c->after - 1, "to") &&
           (doc_chunk_from(c->doc, c->after) || doc_is(c->doc, c->after, LEX_DET));
}

/* "offers an unlimited calling plan": what is sold, no proposal to another party. */
static bool sells(const cue *c) {
    static const char *const OFFERS[] = {
        "deal",     "compromise", "truce",  "ceasefire",  "cease-fire", "settlement", "concession",
        "proposal", "amnesty",    "talks",  "mediation",  "dialogue",   "plan",       "referendum",
        "meeting",  "agreement",  "treaty", "initiative", "roadmap",    "concessions"};
    static const char *const ARTICLES[] = {"a", "an"};
    const chunk *s = c->subject;
    if (!cue_starts(c, "offer") || !DOC_WORD_IN(c->doc, c->after - 1, ARTICLES)) {
        return false;
    }
    for (uint32_t i = c->after; i < c->sent->end && i < c->after + 6; i++) {
        bool party = s && (s->kind == CHUNK_SIDE || s->kind == CHUNK_PERSON ||
                           s->kind == CHUNK_OFFICE || s->kind == CHUNK_BODY);
        bool firm = !party && doc_word_is(c->doc, i, "plan");
        if (DOC_WORD_IN(c->doc, i, OFFERS) && !firm) {
            return false;
        }
    }
    return true;
}

static int check_proposed(cue *c) {
    if (!doc_is_mark(doc_token(c->doc, c->after)->kind, "w0<")) {
        return OUTCOME_NONE; /* "the nominees X proposed." */
    }
    bool none = is_vague(c) || sells(c) || invites_nobody(c) || offers_thing(c) || c->negated ||
                c->subjunctive || c->possible || cue_is_infinitive(c);
    return none ? OUTCOME_NONE : RO_OUTCOME_PROPOSED;
}

/* A spokesman declines to talk for himself. */
static bool is_spokesman(const cue *c) {
    static const char *const WORDS[] = {"spokesman", "spokeswoman", "spokesperson"};
    const chunk *s = c->subject;
    for (uint32_t i = s ? s->first : 0; s && i < s->tail; i++) {
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

/* "prices decline", "declined 10 points": a fall that is told by the words at the token. */
static bool is_decline(const cue *c, uint32_t at) {
    static const char *const MORE[] = {"more", "even", "minus"};
    static const char *const ARTICLES[] = {"a", "an"};
    const document *doc = c->doc;
    bool article = DOC_WORD_IN(doc, at, ARTICLES); /* "declined an offer", "declined a third" */
    bool number = article ? !cue_any_ahead(c, LEX_OFFER, at, 5) : doc_is(doc, at, LEX_NUMBER);
    if (DOC_WORD_IN(doc, at, MORE) || number || cue_any_ahead(c, LEX_UNIT, at, 3)) {
        return true;
    }
    return !doc_is_any(doc, at, LEX_BIT(LEX_DET) | LEX_BIT(LEX_OFFER)) && !doc_chunk_from(doc, at);
}

/* "stocks turn down", "turns down some 45 percent of those who apply" */
static bool is_turn(const cue *c, uint32_t at) {
    for (uint32_t i = at; i < at + 5 && i < c->sent->end; i++) {
        if (doc_word_is(c->doc, i, "percent")) {
            return true;
        }
    }
    return !doc_is_mark(doc_token(c->doc, at)->kind, "w0");
}

/* What falls refuses nothing. The words at the token, after the verb, tell. */
static bool is_fall(const cue *c, uint32_t at) {
    const document *doc = c->doc;
    if (cue_starts(c, "turn")) {
        return is_turn(c, at);
    }
    if (!cue_starts(c, "decl")) {
        return false;
    }
    if (!doc_word_is(doc, at, "to")) {
        return c->entry->words == 1 && is_decline(c, at);
    }
    return doc_token(doc, at + 1)->kind != 'w' || /* "declined to 10 percent" */
           doc_word_is(doc, at + 1, "minus") ||
           doc_is_any(doc, at + 1, LEX_BIT(LEX_DET) | LEX_BIT(LEX_NUMBER));
}

/* True if the words at the token can be what is declined. */
static bool is_object(const cue *c, uint32_t at) {
    const document *doc = c->doc;
    return doc_token(doc, at)->kind == 'w' || doc_is_any(doc, at, LEX_BIT(LEX_DET)) ||
           doc_chunk_from(doc, at) || cue_any_ahead(c, LEX_OFFER, at, 4);
}

static int check_declined(cue *c) {
    uint32_t at = c->after;
    while (doc_is(c->doc, at, LEX_ADV)) {
        at++;
    }
    bool offered = cue_any_ahead(c, LEX_OFFER, at, 5);
    if ((c->negated && !c->noun) || (is_spokesman(c) && !offered)) {
        return OUTCOME_NONE;
    }
    if (c->entry->words == 1 && cue_starts(c, "decl") && doc_is(c->doc, at, LEX_CLAUSE)) {
        return OUTCOME_NONE; /* "banks declined as a report came" */
    }
    if (cue_any_ahead(c, LEX_CLAIM, at, 3) && !offered) {
        return RO_OUTCOME_DENIED;
    }
    if (is_fall(c, at) || (c->entry->words == 1 && !is_object(c, at))) {
        return OUTCOME_NONE;
    }
    return c->possible ? OUTCOME_NONE : RO_OUTCOME_DECLINED;
}

static bool is_court(const cue *c) {
    static const char *const WORDS[] = {"judge", "court", "jury", "tribunal", "judges", "justice"};
    const chunk *s = c->passive ? c->agent : c->subject;
    for (uint32_t i = s ? s->first : 0; s && i < s->end; i++) {
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    for (uint32_t i = c->cl->first; i < c->at && !c->passive; i++) {
        if (doc_word_is(c->doc, i, "judge")) {
            return true; /* "the judge in the case, John Smith, denied" */
        }
    }
    ro_actors who = {.person_count = 0}; /* "he dismissed the claims" */
    bool he = s && s->kind == CHUNK_PRONOUN && actors_of(c->doc, s, c->s, &who) && who.person_count;
    int person = he ? who.people[0] : s ? s->person : -1;
    const lex_entry *head = person >= 0 ? c->doc->people[person].head : NULL;
    return head && ro_str_equal(head->value, RO_STR("judge"));
}

/* "an accusation that Beijing rejects" */
static bool follows_claim(const cue *c) {
    const document *doc = c->doc;
    if (doc_token(doc, c->after)->kind == 'w' || !c->subject ||
        c->subject->first <= c->sent->first) {
        return false;
    }
    uint32_t i = c->subject->first - 1;
    i -= i > c->sent->first && (doc_word_is(doc, i, "that") || doc_word_is(doc, i, "which"));
    i -= i > c->sent->first && doc_token(doc, i)->kind == ',';
    return doc_is(doc, i, LEX_CLAIM);
}

static int check_rejected(cue *c) {
    static const char *const REMAIN[] = {"remain", "remains", "remained"};
    const chunk *before = doc_chunk_before(c->doc, c->at);
    bool party = (before && (before->kind == CHUNK_SIDE || before->kind == CHUNK_PERSON)) ||
                 (c->at > c->sent->first && DOC_WORD_IN(c->doc, c->at - 1, REMAIN));
    bool opposed = doc_word_is(c->doc, c->at, "opposed");
    bool attitude = (c->passive && opposed) || /* "demonstrators opposed to the president" */
                    (opposed && !party && doc_word_is(c->doc, c->after, "to") &&
                     !cue_follows(c, LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_NEG)));
    attitude = attitude || doc_word_is(c->doc, c->after, "nothing");
    if (attitude || c->negated || c->possible || (c->subjunctive && !c->noun)) {
        return OUTCOME_NONE;
    }
    bool claim =
        cue_any_ahead(c, LEX_CLAIM, c->after, 7) && !cue_any_ahead(c, LEX_OFFER, c->after, 5);
    claim = claim || follows_claim(c);
    return claim && !c->noun && !is_court(c) ? RO_OUTCOME_DENIED : RO_OUTCOME_REJECTED;
}

static int check_denied(cue *c) {
    bool choice = c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, "or");
    if (choice || c->negated || c->subjunctive || c->possible) {
        return OUTCOME_NONE; /* "declined to confirm or deny" */
    }
    bool claim = cue_any_ahead(c, LEX_CLAIM, c->after, OUTCOME_LOOK_AHEAD);
    if (is_court(c) && !doc_word_is(c->doc, c->after, "that")) {
        return RO_OUTCOME_REJECTED; /* a judge denies a motion and dismisses claims */
    }
    if (cue_starts(c, "dismiss")) {
        bool offer = cue_any_ahead(c, LEX_OFFER, c->after, OUTCOME_LOOK_AHEAD);
        return claim                  ? RO_OUTCOME_DENIED
               : offer && !c->passive ? RO_OUTCOME_REJECTED
                                      : OUTCOME_NONE;
    }
    return c->passive && !claim ? OUTCOME_NONE : RO_OUTCOME_DENIED;
}

static int check_reaffirmed(cue *c) {
    return c->passive || c->negated || c->subjunctive || c->possible ? OUTCOME_NONE
                                                                     : RO_OUTCOME_REAFFIRMED;
}

static bool has_talks(const cue *c) {
    for (uint32_t i = c->cl->first; i < c->at; i++) {
        if (doc_is(c->doc, i, LEX_TALK)) {
            return true;
        }
    }
    return false;
}

/* "price collapses": a noun after a noun. */
static bool is_counted(const cue *c) {
    ro_str w = doc_text(c->doc, c->at, c->at + 1);
    const uint64_t before = LEX_BIT(LEX_TALK) | LEX_BIT(LEX_TREATY) | LEX_BIT(LEX_ADV) |
                            LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_AUX);
    const token *last = doc_token(c->doc, c->at - (c->at > 0));
    bool base = w.ptr[w.len - 1] != 's' && w.ptr[w.len - 1] != 'd' && w.ptr[w.len - 1] != 'g' &&
                (doc_word_is(c->doc, c->at, "collapse") || doc_word_is(c->doc, c->at, "stall"));
    base = base && !(last->classes & LEX_BIT(LEX_MODAL)) && !cue_is_infinitive(c);
    return (base || w.ptr[w.len - 1] == 's') && c->at > c->sent->first &&
           !(doc_token(c->doc, c->at - 1)->classes & before);
}

/* "collapsed", "ended without": of talks only; "postponed", "disagreed": also of those who do it.
 */
static bool is_aside(const cue *c) {
    if (cue_starts(c, "disagree") && doc_word_is(c->doc, c->after, "with")) {
        return !has_talks(c); /* an opinion */
    }
    static const char *const OF_TALKS[] = {
        "collapse", "collapses", "collapsed", "collapsing", "stall",  "stalls",
        "stalled",  "stalling",  "break",     "breaks",     "broke",  "broken",
        "breaking", "ended",     "end",       "ends",       "ending", "inconclusive"};
    static const char *const BY_ACTOR[] = {"postpone", "postpones", "postponed", "put",
                                           "puts",     "disagree",  "disagreed", "disagrees",
                                           "differ",   "differed"};
    if (DOC_WORD_IN(c->doc, c->at, OF_TALKS)) {
        return !has_talks(c) || is_counted(c);
    }
    return DOC_WORD_IN(c->doc, c->at, BY_ACTOR) &&
           (cue_is_infinitive(c) || ((c->passive || !c->subject) && !has_talks(c)));
}

/* "too early to declare an end": only of an act of talks. */
static bool is_early(const cue *c) {
    bool early = doc_word_is(c->doc, c->at, "too") || doc_word_is(c->doc, c->at, "premature");
    return early && !cue_any_ahead(c, LEX_ACT, c->after, 3) &&
           !cue_any_ahead(c, LEX_TALK, c->after + 1, 6);
}

bool outcome_is_delay(const cue *c) {
    return cue_starts(c, "put") || cue_starts(c, "postpon");
}

bool outcome_is_disagreement(const cue *c) {
    static const char *const STEMS[] = {"unable", "fail", "disagr", "differ", "did not reach"};
    for (size_t i = 0; i < sizeof STEMS / sizeof *STEMS; i++) {
        if (cue_starts(c, STEMS[i])) {
            return true;
        }
    }
    return false;
}

/* "a stalemate would push prices up" */
static bool would_be(const cue *c) {
    bool would = false;
    for (uint32_t i = c->after; c->noun && i < c->cl->end && i < c->after + 12; i++) {
        would = would || doc_word_is(c->doc, i, "would") || doc_word_is(c->doc, i, "could");
    }
    return would;
}

/* "oil was unable to reach its peak": only an agreement is left open. */
static bool reaches_nothing(const cue *c) {
    static const char *const ACCORDS[] = {"consensus", "understanding", "breakthrough", "accord"};
    bool reach = c->entry->words > 1 && doc_word_is(c->doc, c->after - 1, "reach");
    for (uint32_t i = c->after; reach && i < c->sent->end && i < c->after + 9; i++) {
        if (DOC_WORD_IN(c->doc, i, ACCORDS)) {
            return false;
        }
    }
    return reach && !cue_any_ahead(c, LEX_TREATY, c->after, 9);
}

/* Some open cues need a negation: "are [not] aligned", "[not all] could be discussed". */
static int check_open(cue *c) {
    bool word = doc_token(c->doc, c->after)->kind == 'w' && !doc_word_is(c->doc, c->after, "that");
    bool opinion = cue_starts(c, "disagree") && !word && !has_talks(c);
    if (opinion || reaches_nothing(c) || would_be(c) || c->possible || is_aside(c) || is_early(c)) {
        return OUTCOME_NONE;
    }
    static const char *const NEEDS[] = {"are", "is", "fully", "could"};
    const document *doc = c->doc;
    bool needs =
        DOC_WORD_IN(doc, c->at, NEEDS) && c->entry->words > 1 && !doc_is(doc, c->at + 1, LEX_NEG);
    if (needs) {
        bool negated = false;
        uint32_t low = c->at > c->sent->first + 14 ? c->at - 14 : c->sent->first;
        for (uint32_t i = low; i < c->at; i++) {
            negated = negated || doc_word_is(doc, i, "not") || doc_word_is(doc, i, "no");
        }
        return negated ? RO_OUTCOME_OPEN : OUTCOME_NONE;
    }
    return c->negated && !doc_is(doc, c->at, LEX_NEG) ? OUTCOME_NONE : RO_OUTCOME_OPEN;
}

static int (*const CHECKS[])(cue *c) = {outcome_check_agreed, check_proposed, check_declined,
                                        check_rejected,       check_denied,   outcome_check_planned,
                                        check_reaffirmed,     check_open};

int outcome_check(cue *c) {
    int status = outcome_named(c->entry->value);
    return status == OUTCOME_NONE || is_undecided(c) || is_cancelled(c) ? OUTCOME_NONE
                                                                        : CHECKS[status](c);
}
