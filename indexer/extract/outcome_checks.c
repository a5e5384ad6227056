/* What a cue means in its sentence: one check for each status of the lexicon. */
#include "outcomes.h"

#define TREATY_TOKENS 7 /* how far behind "signed" the agreement may stand */

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
    return c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, "to");
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

/* "signed", "approved" and the like are agreements only with a noun of agreement after them. */
static bool needs_treaty(const cue *c) {
    static const char *const STEMS[] = {"sign", "init",  "rati",  "conc",  "final",
                                        "adop", "endor", "accep", "appro", "nego"};
    for (size_t i = 0; i < sizeof STEMS / sizeof *STEMS && c->entry->words == 1; i++) {
        if (cue_starts(c, STEMS[i])) {
            return true;
        }
    }
    return cue_starts(c, "offer") && c->entry->words > 1 &&
           !doc_word_is(c->doc, c->after - 1, "to");
}

/* "agreed with X to …" is an agreement, "agreed with X" an opinion. */
static bool is_opinion(const cue *c) {
    if (!doc_word_is(c->doc, c->after - 1, "with")) {
        return false;
    }
    for (uint32_t i = c->after; i < c->sent->end && i < c->after + 16; i++) {
        if (doc_word_is(c->doc, i, "to") && !doc_chunk_at(c->doc, i)) {
            return false;
        }
    }
    return true;
}

/* "agreed that" of one alone, or of analysts, is a view. */
static bool is_view(const cue *c) {
    const chunk *s = c->subject;
    if (!s || !doc_word_is(c->doc, c->after - 1, "that")) {
        return false;
    }
    for (uint32_t i = s->first; i < s->end; i++) {
        if (doc_is(c->doc, i, LEX_MEDIA)) {
            return true;
        }
    }
    const chunk *list[COORDINATED_MAX];
    bool alone = s->kind == CHUNK_PERSON || s->kind == CHUNK_ORG;
    return alone && chunk_coordinated(c->doc, s, c->at, list) == 1;
}

/* "agreed the order was overdue": an opinion. */
static bool is_judged(const cue *c) {
    static const char *const COPULAS[] = {"was", "were", "is", "are", "had", "has"};
    bool article = c->entry->words == 2 && doc_is(c->doc, c->after - 1, LEX_DET);
    for (uint32_t i = c->after; article && i < c->cl->end && i < c->after + 5; i++) {
        if (DOC_WORD_IN(c->doc, i, COPULAS)) {
            return true;
        }
        if (doc_is(c->doc, i, LEX_PREP)) {
            break;
        }
    }
    return false;
}

/* "an agreement on the budget could be reached" */
static bool is_wished(const cue *c) {
    static const char *const MODALS[] = {"could",  "may",      "might",     "can",     "needed",
                                         "needs",  "required", "necessary", "elusive", "must",
                                         "should", "would",    "unlikely",  "depends", "remains"};
    for (uint32_t i = c->after; c->noun && i < c->cl->end && i < c->after + 12; i++) {
        if (DOC_WORD_IN(c->doc, i, MODALS)) {
            return true;
        }
    }
    return false;
}

/* "a rule set to be approved" */
static bool is_to_be(const cue *c) {
    return c->passive && c->at > c->sent->first + 1 && doc_word_is(c->doc, c->at - 1, "be") &&
           doc_word_is(c->doc, c->at - 2, "to");
}

/* "signed on Monday": no agreement without a noun of agreement, behind it or as its subject. */
static bool lacks_treaty(const cue *c) {
    bool subject = c->passive && c->cl->first < c->at &&
                   cue_any_ahead(c, LEX_TREATY, c->cl->first, c->at - c->cl->first);
    return needs_treaty(c) && !subject && !cue_any_ahead(c, LEX_TREATY, c->after, TREATY_TOKENS);
}

/* "concludes that" */
static bool is_conclusion(const cue *c) {
    return needs_treaty(c) && doc_word_is(c->doc, c->after, "that");
}

/* "did not accept" is a refusal; "no side accepted", "did not agree" leave it open. */
static int check_not_agreed(const cue *c) {
    bool nobody = c->subject && doc_is(c->doc, c->subject->first, LEX_NEG);
    if (nobody || !needs_treaty(c) || cue_starts(c, "conc")) {
        return RO_OUTCOME_OPEN;
    }
    /* "will not accept" was told by "will not" */
    bool told = c->possible || (c->at > 0 && doc_word_is(c->doc, c->at - 1, "never")) ||
                (c->at > 1 && doc_word_is(c->doc, c->at - 2, "will"));
    return told ? OUTCOME_NONE : RO_OUTCOME_DECLINED;
}

static int check_agreed(cue *c) {
    static bool (*const NOT_AGREED[])(const cue *c) = {
        is_to_be, is_wished, is_opinion, is_view, lacks_treaty, is_judged, is_conclusion};
    for (size_t i = 0; i < sizeof NOT_AGREED / sizeof *NOT_AGREED; i++) {
        if (NOT_AGREED[i](c)) {
            return OUTCOME_NONE;
        }
    }
    if (c->negated) {
        return check_not_agreed(c);
    }
    /* "is committed to" is an attitude, "has committed to" an act */
    bool attitude = c->passive && doc_word_is(c->doc, c->at, "committed");
    return c->subjunctive || c->possible || attitude || cue_is_infinitive(c) ? OUTCOME_NONE
                                                                             : RO_OUTCOME_AGREED;
}

/* "offered a rise", "called the deal": a proposal only where talks or an agreement are proposed. */
static bool is_vague(const cue *c) {
    static const char *const ARTICLES[] = {"a", "an", "the"};
    return (needs_treaty(c) || DOC_WORD_IN(c->doc, c->after - 1, ARTICLES)) &&
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

static int check_proposed(cue *c) {
    if (!doc_is_mark(doc_token(c->doc, c->after)->kind, "w0<")) {
        return OUTCOME_NONE; /* "the nominees X proposed." */
    }
    bool none = is_vague(c) || invites_nobody(c) || offers_thing(c) || c->negated ||
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
    static const char *const MORE[] = {"more", "even"};
    const document *doc = c->doc;
    if (DOC_WORD_IN(doc, at, MORE) || doc_is(doc, at, LEX_NUMBER) ||
        cue_any_ahead(c, LEX_UNIT, at, 3)) {
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
    const lex_entry *head = s && s->person >= 0 ? c->doc->people[s->person].head : NULL;
    return head && ro_str_equal(head->value, RO_STR("judge"));
}

static int check_rejected(cue *c) {
    bool attitude = c->passive && doc_word_is(c->doc, c->at, "opposed");
    attitude = attitude || doc_word_is(c->doc, c->after, "nothing");
    if (attitude || c->negated || c->possible || (c->subjunctive && !c->noun)) {
        return OUTCOME_NONE;
    }
    bool claim =
        cue_any_ahead(c, LEX_CLAIM, c->after, 7) && !cue_any_ahead(c, LEX_OFFER, c->after, 5);
    return claim && !c->noun && !is_court(c) ? RO_OUTCOME_DENIED : RO_OUTCOME_REJECTED;
}

static int check_denied(cue *c) {
    bool choice = c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, "or");
    if (choice || c->negated || c->subjunctive || c->possible) {
        return OUTCOME_NONE; /* "declined to confirm or deny" */
    }
    bool claim = cue_any_ahead(c, LEX_CLAIM, c->after, OUTCOME_LOOK_AHEAD);
    if (is_court(c)) {
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

/* Some open cues need a negation: "are [not] aligned", "[not all] could be discussed". */
static int check_open(cue *c) {
    bool opinion =
        cue_starts(c, "disagree") && doc_token(c->doc, c->after)->kind != 'w' && !has_talks(c);
    if (opinion || would_be(c) || c->possible || is_aside(c) || is_early(c)) {
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

static int (*const CHECKS[])(cue *c) = {check_agreed,     check_proposed, check_declined,
                                        check_rejected,   check_denied,   outcome_check_planned,
                                        check_reaffirmed, check_open};

int outcome_check(cue *c) {
    int status = outcome_named(c->entry->value);
    return status == OUTCOME_NONE || is_undecided(c) || is_cancelled(c) ? OUTCOME_NONE
                                                                        : CHECKS[status](c);
}
