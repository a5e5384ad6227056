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

static bool any_ahead(const cue *c, lex_class class, uint32_t from, uint32_t far) {
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

/* "to" before the cue: "decided to reject" is a rejection, "refused to accept" was read already. */
static bool is_infinitive(const cue *c) {
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
    return refusal && !c->noun && is_infinitive(c) && c->at > c->sent->first + 1 &&
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

static int check_agreed(cue *c) {
    if (is_to_be(c) || is_wished(c) || is_opinion(c) || is_view(c)) {
        return OUTCOME_NONE;
    }
    if (needs_treaty(c) && !any_ahead(c, LEX_TREATY, c->after, TREATY_TOKENS) &&
        !(c->passive && c->cl->first < c->at &&
          any_ahead(c, LEX_TREATY, c->cl->first, c->at - c->cl->first))) {
        return OUTCOME_NONE;
    }
    if (is_judged(c)) {
        return OUTCOME_NONE;
    }
    if (needs_treaty(c) && doc_word_is(c->doc, c->after, "that")) {
        return OUTCOME_NONE; /* "concludes that" */
    }
    bool nobody = c->subject && doc_is(c->doc, c->subject->first, LEX_NEG);
    if (c->negated && !nobody && needs_treaty(c) && !cue_starts(c, "conc")) {
        /* "will not accept" was told by "will not" */
        bool told = c->possible || (c->at > 0 && doc_word_is(c->doc, c->at - 1, "never")) ||
                    (c->at > 1 && doc_word_is(c->doc, c->at - 2, "will"));
        return told ? OUTCOME_NONE : RO_OUTCOME_DECLINED;
    }
    if (c->negated) {
        return RO_OUTCOME_OPEN;
    }
    /* "is committed to" is an attitude, "has committed to" an act */
    if (c->subjunctive || c->possible || (c->passive && doc_word_is(c->doc, c->at, "committed"))) {
        return OUTCOME_NONE;
    }
    return is_infinitive(c) ? OUTCOME_NONE : RO_OUTCOME_AGREED;
}

static int check_proposed(cue *c) {
    char next = doc_token(c->doc, c->after)->kind;
    if (next != 'w' && next != '0' && next != '<') {
        return OUTCOME_NONE; /* "the nominees X proposed." */
    }
    bool vague = needs_treaty(c) || (doc_word_is(c->doc, c->after - 1, "a") ||
                                     doc_word_is(c->doc, c->after - 1, "an") ||
                                     doc_word_is(c->doc, c->after - 1, "the"));
    if (vague && !cue_starts(c, "call") && !any_ahead(c, LEX_TREATY, c->after, 6) &&
        !any_ahead(c, LEX_TALK, c->after, 4)) {
        return OUTCOME_NONE;
    }
    if (cue_starts(c, "invi") &&
        (doc_is(c->doc, c->after, LEX_AUDIENCE) || !doc_chunk_from(c->doc, c->after))) {
        return OUTCOME_NONE;
    }
    /* "offered to Italy", "offered to the first in line" */
    bool thing = doc_word_is(c->doc, c->after - 1, "to") &&
                 (doc_chunk_from(c->doc, c->after) || doc_is(c->doc, c->after, LEX_DET));
    return c->negated || c->subjunctive || c->possible || is_infinitive(c) || thing
               ? -1
               : RO_OUTCOME_PROPOSED;
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

/* "prices decline", "stocks turn down": what falls refuses nothing; the words after the verb tell.
 */
static bool is_fall(const cue *c, uint32_t i, bool fall) {
    const document *doc = c->doc;
    for (uint32_t k = i; k < i + 5 && k < c->sent->end && cue_starts(c, "turn"); k++) {
        if (doc_word_is(doc, k, "percent")) {
            return true; /* "turns down some 45 percent of those who apply" */
        }
    }
    if (cue_starts(c, "turn") && doc_token(doc, i)->kind != 'w' && doc_token(doc, i)->kind != '0') {
        return true; /* stocks turn down */
    }
    bool more = doc_word_is(doc, i, "more") || doc_word_is(doc, i, "even");
    if (fall && (more || !(doc_is(doc, i, LEX_DET) || doc_is(doc, i, LEX_OFFER) ||
                           doc_chunk_from(doc, i)))) {
        return true; /* prices decline */
    }
    if (fall && (doc_is(doc, i, LEX_NUMBER) || any_ahead(c, LEX_UNIT, i, 3))) {
        return true;
    }
    return false;
}

static int check_declined(cue *c) {
    const document *doc = c->doc;
    uint32_t i = c->after;
    while (doc_is(doc, i, LEX_ADV)) {
        i++;
    }
    if (c->negated && !c->noun) {
        return OUTCOME_NONE;
    }
    bool offered = any_ahead(c, LEX_OFFER, i, 5);
    if (is_spokesman(c) && !offered) {
        return OUTCOME_NONE;
    }
    if (any_ahead(c, LEX_CLAIM, i, 3) && !offered) {
        return RO_OUTCOME_DENIED;
    }
    bool one_word = c->entry->words == 1;
    bool to = doc_word_is(doc, i, "to");
    if (to && cue_starts(c, "decl") &&
        (doc_token(doc, i + 1)->kind != 'w' || doc_is(doc, i + 1, LEX_DET) ||
         doc_is(doc, i + 1, LEX_NUMBER))) {
        return OUTCOME_NONE; /* "declined to 10 percent" */
    }
    bool object = doc_is(doc, i, LEX_DET) || doc_chunk_from(doc, i) || doc_is(doc, i, LEX_OFFER) ||
                  any_ahead(c, LEX_OFFER, i, 4) || doc_token(doc, i)->kind == 'w';
    bool fall = one_word && cue_starts(c, "decl");
    if (is_fall(c, i, fall && !to)) {
        return OUTCOME_NONE;
    }
    if (one_word && !to && !object) {
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
    bool claim = any_ahead(c, LEX_CLAIM, c->after, 7) && !any_ahead(c, LEX_OFFER, c->after, 5);
    return claim && !c->noun && !is_court(c) ? RO_OUTCOME_DENIED : RO_OUTCOME_REJECTED;
}

static int check_denied(cue *c) {
    bool choice = c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, "or");
    if (choice || c->negated || c->subjunctive || c->possible) {
        return OUTCOME_NONE; /* "declined to confirm or deny" */
    }
    bool claim = any_ahead(c, LEX_CLAIM, c->after, OUTCOME_LOOK_AHEAD);
    if (is_court(c)) {
        return RO_OUTCOME_REJECTED; /* a judge denies a motion and dismisses claims */
    }
    if (cue_starts(c, "dismiss")) {
        bool offer = any_ahead(c, LEX_OFFER, c->after, OUTCOME_LOOK_AHEAD);
        return claim                  ? RO_OUTCOME_DENIED
               : offer && !c->passive ? RO_OUTCOME_REJECTED
                                      : OUTCOME_NONE;
    }
    return c->passive && !claim ? OUTCOME_NONE : RO_OUTCOME_DENIED;
}

/* A strong act is one of talks whoever does it; a weak one only when a side or an official does. */
static bool starts_act(const cue *c, uint32_t at) {
    static const char *const FORECAST[] = {"expected", "due", "set", "slated", "scheduled"};
    const document *doc = c->doc;
    bool forecast = c->after > c->at && doc_word_is(doc, c->after - 1, "to") &&
                    DOC_WORD_IN(doc, c->after - 2, FORECAST);
    uint32_t end = c->sent->end;
    const chunk *s = c->subject;
    bool official =
        s && (s->kind == CHUNK_SIDE || s->kind == CHUNK_BOTH || s->kind == CHUNK_PRONOUN ||
              s->side_count > 0 || (s->person >= 0 && doc->people[s->person].side));
    for (uint32_t far = at + 8; at < end && at < far; at++) {
        const token *t = doc_token(doc, at);
        bool date =
            (t->classes & (LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_RELDATE))) ||
            t->kind == '0' || t->kind == ',' || doc_word_is(doc, at, "on");
        if (!date && !(t->classes & LEX_BIT(LEX_ADV))) {
            break;
        }
    }
    const lex_match *m = doc_match(doc, at, LEX_ACT);
    static const char *const PAPERS[] = {"data",    "report",     "figures",   "results",
                                         "minutes", "details",    "statement", "forecast",
                                         "budget",  "statistics", "numbers",   "estimates"};
    for (uint32_t i = at + 1; m && doc_word_is(doc, at, "release") && i < end && i < at + 6; i++) {
        if (DOC_WORD_IN(doc, i, PAPERS)) {
            return false;
        }
    }
    ro_str value = m ? doc_entry(doc, m)->value : RO_STR_NONE;
    bool weak = ro_str_equal(value, RO_STR("weak"));
    return m && (forecast ? !weak && !ro_str_equal(value, RO_STR("state")) : official || !weak);
}

/* "will not lift", "would not accept": a refusal. */
static bool refuses(const cue *c) {
    return doc_is(c->doc, c->after, LEX_NEG) && !doc_word_is(c->doc, c->after, "no");
}

/* "expected to" without "is" needs its subject right before it: "with Moscow expected to name". */
static bool is_loose(const cue *c) {
    static const char *const WORDS[] = {"expected", "scheduled", "due", "set", "slated"};
    const chunk *before = doc_chunk_before(c->doc, c->at);
    bool aux = c->at > c->sent->first &&
               (doc_is(c->doc, c->at - 1, LEX_AUX) || doc_is(c->doc, c->at - 1, LEX_ADV));
    return DOC_WORD_IN(c->doc, c->at, WORDS) && !aux && !before;
}

static int check_refusal(const cue *c) {
    static const char *const VERBS[] = {"reverse", "give", "sign", "begin", "go"};
    uint32_t verb = c->after + 1;
    bool act =
        verb < c->sent->end && (doc_is(c->doc, verb, LEX_ACT) || DOC_WORD_IN(c->doc, verb, VERBS));
    bool passive = doc_word_is(c->doc, verb, "receive") || doc_word_is(c->doc, verb, "be");
    return act && !passive && !c->conditional ? RO_OUTCOME_DECLINED : OUTCOME_NONE;
}

/* True if what is planned is an act of talks, or a plan that its maker calls one. */
static bool is_act(const cue *c) {
    const document *doc = c->doc;
    const chunk *s = c->subject;
    bool body = s && (s->kind == CHUNK_BODY || s->kind == CHUNK_ORG);
    bool to = c->entry->words == 1 || doc_word_is(doc, c->after - 1, "to") ||
              doc_word_is(doc, c->after - 1, "for");
    bool would = doc_word_is(doc, c->at, "would");
    if (!to || (!(would && body) && starts_act(c, c->after))) {
        return true;
    }
    bool plan = cue_starts(c, "plan") && c->entry->words == 2;
    return !body && (plan || would);
}

static int check_planned(cue *c) {
    if (is_loose(c)) {
        return OUTCOME_NONE;
    }
    if (refuses(c)) {
        return check_refusal(c);
    }
    if (c->negated || (c->subjunctive && !doc_word_is(c->doc, c->at, "would")) || !is_act(c)) {
        return OUTCOME_NONE;
    }
    return c->possible ? RO_OUTCOME_OPEN : RO_OUTCOME_PLANNED;
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
    base = base && !(last->classes & LEX_BIT(LEX_MODAL)) && !is_infinitive(c);
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
           (is_infinitive(c) || ((c->passive || !c->subject) && !has_talks(c)));
}

/* "too early to declare an end": only of an act of talks. */
static bool is_early(const cue *c) {
    bool early = doc_word_is(c->doc, c->at, "too") || doc_word_is(c->doc, c->at, "premature");
    return early && !any_ahead(c, LEX_ACT, c->after, 3) && !any_ahead(c, LEX_TALK, c->after + 1, 6);
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
                                        check_rejected,   check_denied,   check_planned,
                                        check_reaffirmed, check_open};

int outcome_check(cue *c) {
    int status = outcome_named(c->entry->value);
    return status == OUTCOME_NONE || is_undecided(c) || is_cancelled(c) ? OUTCOME_NONE
                                                                        : CHECKS[status](c);
}
