/* What makes a cue of agreement one: an agreement that is signed, no view, no wish, not undone. */
#include "outcomes.h"

#define TREATY_TOKENS 7 /* how far behind "signed" the agreement may stand */

/* "signed", "approved" and the like are agreements only with a noun of agreement after them. */
bool cue_needs_treaty(const cue *c) {
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
    const bool group = s->kind == CHUNK_BODY || s->kind == CHUNK_OFFICE || s->kind == CHUNK_ORG;
    if (group && doc_word_is(c->doc, c->at, "agree")) {
        return true; /* "officials agree that the rate is too high" */
    }
    const chunk *list[COORDINATED_MAX];
    bool alone = s->kind == CHUNK_PERSON || s->kind == CHUNK_ORG;
    return alone && chunk_coordinated(c->doc, s, c->at, list) == 1;
}

/* "agreed the order was overdue": an opinion. */
static bool is_judged(const cue *c) {
    static const char *const COPULAS[] = {"was",     "were",  "is",       "are",    "had",  "has",
                                          "appears", "seems", "appeared", "seemed", "looks"};
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
    static const char *const MODALS[] = {"could",    "may",      "might",     "can",     "needed",
                                         "needs",    "required", "necessary", "elusive", "must",
                                         "should",   "would",    "unlikely",  "depends", "remains",
                                         "possible", "near",     "close"};
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
    return cue_needs_treaty(c) && !subject &&
           !cue_any_ahead(c, LEX_TREATY, c->after, TREATY_TOKENS);
}

/* "concludes that" */
static bool is_conclusion(const cue *c) {
    return cue_needs_treaty(c) && doc_word_is(c->doc, c->after, "that");
}

static bool cue_follows_cannot(const cue *c) {
    for (uint32_t i = c->at; i-- > c->sent->first && i + 3 > c->at;) {
        if (doc_word_is(c->doc, i, "cannot")) {
            return true;
        }
    }
    return false;
}

/* "neither accepted nor rejected the plan" */
static bool is_neither(const cue *c) {
    bool neither = cue_follows_word(c, "neither");
    for (uint32_t i = c->after; neither && i < c->sent->end && i < c->after + 4; i++) {
        if (doc_word_is(c->doc, i, "nor")) {
            return true;
        }
    }
    return false;
}

/* "did not accept" is a refusal; "no side accepted", "did not agree" leave it open. */
static int check_not_agreed(const cue *c) {
    bool nobody = c->subject && doc_is(c->doc, c->subject->first, LEX_NEG);
    if (is_neither(c)) {
        return OUTCOME_NONE;
    }
    if (nobody || !cue_needs_treaty(c) || cue_starts(c, "conc")) {
        return RO_OUTCOME_OPEN;
    }
    /* "cannot ratify it without the court" is no refusal, "cannot accept" is one */
    bool unable = !cue_starts(c, "accep") && !cue_starts(c, "endor") && cue_follows_cannot(c);
    /* "will not accept" was told by "will not" */
    bool told = c->possible || unable || (c->at > 0 && doc_word_is(c->doc, c->at - 1, "never")) ||
                (c->at > 1 && doc_word_is(c->doc, c->at - 2, "will"));
    return told ? OUTCOME_NONE : RO_OUTCOME_DECLINED;
}

int outcome_check_agreed(cue *c) {
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
    uint32_t verb = cue_verb(c); /* "for the parties to reach a credible agreement to" */
    bool ahead = verb < c->at && verb > c->sent->first && doc_word_is(c->doc, verb - 1, "to");
    bool none = c->subjunctive || c->possible || attitude || ahead || cue_is_infinitive(c);
    return none ? OUTCOME_NONE : RO_OUTCOME_AGREED;
}
