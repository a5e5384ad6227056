/* Whether a cue tells of an act of one who can act in talks, told as a fact: companies plan and
 * promise all day, analysts reject and expect, and what somebody hopes has not happened. */
#include "outcomes.h"

#define OBJECT_TOKENS 10 /* how far behind the cue its object may stand */

/* ---- who acts -------------------------------------------------------------------------------- */

static bool any_token(const document *doc, const chunk *c, lex_class class) {
    for (uint32_t i = c->first; i < c->end; i++) {
        if (doc_is(doc, i, class)) {
            return true;
        }
    }
    return false;
}

/* Offices of business give nobody a state to speak for, whatever country is named with them. */
static bool is_business_office(const lex_entry *head) {
    static const char *const OFFICES[] = {"chief executive", "boss", "analyst", "founder",
                                          "lawyer"};
    for (size_t i = 0; i < sizeof OFFICES / sizeof *OFFICES; i++) {
        if (ro_str_equal(head->value, ro_str_from(OFFICES[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_state_person(const document *doc, const person_draft *p) {
    if (!p->head) {
        return p->side != 0;
    }
    bool office = lexicon_find(doc->lex, LEX_STATE, p->head->value) != NULL;
    return office || (p->side && !is_business_office(p->head));
}

/* "of the troubled Olympus Corp": over an article and adjectives. */
static bool follows_preposition(const cue *c, const chunk *d) {
    for (uint32_t i = d->first; i > c->sent->first && i + 4 > d->first; i--) {
        const token *t = doc_token(c->doc, i - 1);
        if (t->classes & LEX_BIT(LEX_PREP)) {
            const uint64_t verbs =
                LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_OUT) | LEX_BIT(LEX_MODAL);
            return !(t->classes & LEX_BIT(LEX_CLAUSE)) ||
                   !(doc_token(c->doc, d->tail)->classes & verbs);
        }
        if (t->kind != 'w' || (t->classes & (LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX)))) {
            return false;
        }
    }
    return false;
}

/* "the union has told Caterpillar that it": the subject rather than the object. */
static const chunk *subject_before(const cue *c, const chunk *d) {
    const chunk *subject = d > c->doc->chunks ? d - 1 : d;
    bool fits = subject->first >= c->sent->first && subject->end > subject->first &&
                (subject->kind == CHUNK_BODY || subject->kind == CHUNK_ORG) &&
                !subject->possessive && !follows_preposition(c, subject);
    for (uint32_t i = subject->end; fits && i < d->first; i++) {
        if (doc_is(c->doc, i, LEX_SAY) || doc_is(c->doc, i, LEX_AUX)) {
            return subject;
        }
    }
    return d;
}

const chunk *outcome_earlier_actor(const cue *c, const chunk *pronoun) {
    bool he = ro_str_equal(pronoun->head->value, RO_STR("he"));
    for (const chunk *d = pronoun; d > c->doc->chunks && (d - 1)->first >= c->sent->first;) {
        d--;
        if (d->end > d->first && (d->kind == CHUNK_BODY || d->kind == CHUNK_ORG) &&
            !d->possessive && !follows_preposition(c, d) &&
            !(d->first == c->sent->first && doc_word_is(c->doc, d->tail, "of") &&
              d->end == d->first + 1) && /* "Shares of Acme" */
            doc_token(c->doc, d->first - (d->first > 0))->kind != '(') {
            if (he && (d->kind == CHUNK_BODY || d->name_end > d->name + 1)) {
                return NULL; /* a company is no "he"; a surname never introduced may be */
            }
            return he ? d : clause_list_head(c->doc, subject_before(c, d), c->sent->first);
        }
        if (pronoun - d > 12) {
            break;
        }
    }
    return NULL;
}

static bool is_state(const cue *c, const chunk *s) {
    const document *doc = c->doc;
    if (s->kind == CHUNK_SIDE || s->kind == CHUNK_BOTH) {
        return true;
    }
    if (s->kind == CHUNK_PRONOUN) {
        ro_actors who;
        if (!actors_of(doc, s, c->s, &who)) {
            return false;
        }
        return who.side_count > 0 || is_state_person(doc, &doc->people[who.people[0]]);
    }
    if (s->person >= 0) {
        return is_state_person(doc, &doc->people[s->person]);
    }
    return (s->kind == CHUNK_OFFICE && s->side_count > 0) || any_token(doc, s, LEX_STATE);
}

/* "most Americans", "analysts": opinion, not parties. */
static bool is_public(const document *doc, const chunk *s) {
    static const char *const WORDS[] = {"most", "many", "more", "some", "few"};
    bool plain = s->kind == CHUNK_SIDE && !s->head;
    bool some = s->first > 0 && doc_token(doc, s->first - 1)->kind == 'w' &&
                !doc_is_any(doc, s->first - 1, LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY)) &&
                !(doc_token(doc, s->first)->flags & TOK_LINE) &&
                doc_is(doc, s->first, LEX_NATION) &&
                doc_ends_in(doc, s->end - 1, "ns", 5); /* "the richest Americans" */
    bool people = plain && (some || DOC_WORD_IN(doc, s->first, WORDS));
    return people || (s->kind != CHUNK_PERSON && any_token(doc, s, LEX_MEDIA));
}

/* ---- what others than states do -------------------------------------------------------------- */

static bool names(const cue *c, lex_class class) {
    for (uint32_t i = c->after; i < c->sent->end && i < c->after + OBJECT_TOKENS; i++) {
        char kind = doc_token(c->doc, i)->kind;
        if (kind == ';' || kind == '.') {
            break;
        }
        if (doc_is(c->doc, i, class)) {
            return true;
        }
    }
    return false;
}

static bool names_offer(const cue *c) {
    return names(c, LEX_OFFER) || names(c, LEX_TREATY) || names(c, LEX_CLAIM);
}

/* "pulled out of recession": only what was offered or talked of is left. */
static bool is_retreat(const cue *c) {
    return cue_starts(c, "pull") && !names_offer(c) && !names(c, LEX_TALK);
}

/* "is ready to", "were willing to": readiness for an act of talks proposes it, no other does. */
static bool is_readiness(const cue *c) {
    return doc_is(c->doc, c->at, LEX_AUX) || cue_starts(c, "express") || cue_starts(c, "voiced");
}

/* Whom rebels release; what a company releases is no act of talks. */
static bool names_people(const cue *c, uint32_t at) {
    for (uint32_t i = at; i < c->sent->end && i < at + OBJECT_TOKENS; i++) {
        const chunk *who = i < at + 3 ? doc_chunk_at(c->doc, i) : NULL;
        if ((who && who->kind == CHUNK_PERSON) || doc_word_is(c->doc, i, "hostages") ||
            doc_word_is(c->doc, i, "prisoners") || doc_word_is(c->doc, i, "captives")) {
            return true;
        }
    }
    return false;
}

static bool names_ban(const cue *c, uint32_t at) {
    static const char *const WORDS[] = {
        "ban",        "sanctions", "embargo", "blockade", "siege",        "curfew",   "freeze",
        "moratorium", "boycott",   "veto",    "immunity", "restrictions", "emergency"};
    for (uint32_t i = at; i < c->sent->end && i < at + 5; i++) {
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

/* What is planned or refused is an act that anyone may do who is in talks. */
static bool is_act_of_talks(const cue *c) {
    uint32_t at = c->after;
    while (doc_is(c->doc, at, LEX_ADV) || doc_is(c->doc, at, LEX_NEG)) {
        at++;
    }
    const lex_match *m = doc_match(c->doc, at, LEX_ACT);
    if (m && m->words == 1 && doc_word_is(c->doc, at, "resume")) {
        return cue_any_ahead(c, LEX_TALK, at, 6); /* an oilfield resumes work */
    }
    if (m && (doc_word_is(c->doc, at, "release") || doc_word_is(c->doc, at, "free"))) {
        return names_people(c, at + 1);
    }
    if (m && doc_word_is(c->doc, at, "lift") && !names_ban(c, at + 1)) {
        return false;
    }
    ro_str value = m ? doc_entry(c->doc, m)->value : RO_STR_NONE;
    return ro_str_equal(value, RO_STR("talk")) || ro_str_equal(value, RO_STR("strong"));
}

/* "reiterated its support for": a position, not a forecast. */
static bool names_position(const cue *c) {
    static const char *const WORDS[] = {"support",   "commitment", "opposition", "position",
                                        "pledge",    "stance",     "readiness",  "willingness",
                                        "intention", "belief",     "promise",    "interest"};
    for (uint32_t i = c->after; i < c->sent->end && i < c->after + 5; i++) {
        if (DOC_WORD_IN(c->doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

bool outcome_tells_of_talks(const cue *c) {
    static const char *const ISSUES[] = {"question", "issue",     "issues",  "matter",
                                         "decision", "vote",      "matters", "dispute",
                                         "disputes", "questions", "round",   "date"};
    const uint64_t words = LEX_BIT(LEX_TALK) | LEX_BIT(LEX_TREATY) | LEX_BIT(LEX_OFFER);
    for (uint32_t i = c->sent->first; i < c->sent->end; i++) {
        bool reached = i == c->at && doc_is(c->doc, c->after, LEX_AUX); /* "no deal was" */
        bool own = i >= c->at && i < c->after && !reached;
        if (!own && ((doc_token(c->doc, i)->classes & words) || DOC_WORD_IN(c->doc, i, ISSUES) ||
                     reached)) {
            return true;
        }
    }
    return false;
}

static bool is_business_act(const cue *c, const chunk *s) {
    switch (c->status) {
    case RO_OUTCOME_PROPOSED:
        return !is_readiness(c) || is_act_of_talks(c) || cue_any_ahead(c, LEX_TALK, c->after, 5) ||
               cue_any_ahead(c, LEX_TREATY, c->after, 6);
    case RO_OUTCOME_AGREED:
        return !doc_word_is(c->doc, c->after - 1, "that") &&
               !cue_starts(c, "adop"); /* a company adopts plans of its own */
    case RO_OUTCOME_REJECTED:
        return c->noun || names_offer(c);
    case RO_OUTCOME_PLANNED:
        return is_act_of_talks(c);
    case RO_OUTCOME_OPEN:
        return !outcome_is_delay(c) && (s->kind == CHUNK_PRONOUN || outcome_tells_of_talks(c));
    case RO_OUTCOME_REAFFIRMED:
        return names_offer(c) || names_position(c);
    case RO_OUTCOME_DECLINED:
        return !doc_word_is(c->doc, c->at, "will") || is_act_of_talks(c);
    default:
        return true;
    }
}

bool outcome_in_scope(const cue *c) {
    const chunk *s = c->passive ? c->agent : c->subject;
    ro_actors who;
    if (s && s->kind == CHUNK_PRONOUN && !actors_of(c->doc, s, c->s, &who)) {
        const chunk *actor = outcome_earlier_actor(c, s);
        s = actor ? actor : s;
    }
    if (!outcome_is_told(c) || is_retreat(c) || (s && is_public(c->doc, s))) {
        return false;
    }
    if (c->status == RO_OUTCOME_OPEN && outcome_is_delay(c) && !outcome_tells_of_talks(c)) {
        return false;
    }
    if (c->status == RO_OUTCOME_PROPOSED && is_readiness(c) && !doc_is(c->doc, c->after, LEX_ACT)) {
        return false;
    }
    return !s || is_state(c, s) || is_business_act(c, s);
}
