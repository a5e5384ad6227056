/* Plans and refusals: which acts ahead are acts of talks. */
#include "outcomes.h"

/* States and officials: whose plans are of talks even where the act is a weak one. */
static bool is_official(const document *doc, const chunk *s) {
    static const bool KINDS[CHUNK_BODY + 1] = {
        [CHUNK_SIDE] = true, [CHUNK_BOTH] = true, [CHUNK_PRONOUN] = true};
    return s &&
           (KINDS[s->kind] || s->side_count > 0 || (s->person >= 0 && doc->people[s->person].side));
}

/* Past adverbs and a date: "will on Monday, March 3, sign". */
static uint32_t over_date(const cue *c, uint32_t at) {
    const uint64_t classes =
        LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_RELDATE) | LEX_BIT(LEX_ADV);
    for (uint32_t far = at + 8; at < c->sent->end && at < far; at++) {
        char kind = doc_token(c->doc, at)->kind;
        if (!doc_is_any(c->doc, at, classes) && kind != '0' && kind != ',' &&
            !doc_word_is(c->doc, at, "on")) {
            break;
        }
    }
    return at;
}

/* "to release its report on": papers, not prisoners. */
static bool releases_papers(const cue *c, uint32_t at) {
    static const char *const PAPERS[] = {
        "data",     "report", "figures",    "results", "minutes",   "details", "statement",
        "forecast", "budget", "statistics", "numbers", "estimates", "reading", "readings",
        "news",     "index",  "survey",     "list",    "documents", "review"};
    if (!doc_word_is(c->doc, at, "release")) {
        return false;
    }
    for (uint32_t i = at + 1; i < c->sent->end && i < at + 6; i++) {
        if (DOC_WORD_IN(c->doc, i, PAPERS)) {
            return true;
        }
    }
    return false;
}

/* A strong act is one of talks whoever does it; a weak one only when a side or an official does. */
static bool starts_act(const cue *c, uint32_t at) {
    static const char *const FORECAST[] = {"expected", "due", "set", "slated", "scheduled"};
    const document *doc = c->doc;
    at = over_date(c, at);
    const lex_match *m = doc_match(doc, at, LEX_ACT);
    if (!m || releases_papers(c, at)) {
        return false;
    }
    ro_str value = doc_entry(doc, m)->value;
    bool weak = ro_str_equal(value, RO_STR("weak"));
    bool forecast = c->after > c->at && doc_word_is(doc, c->after - 1, "to") &&
                    DOC_WORD_IN(doc, c->after - 2, FORECAST);
    if (forecast) {
        return !weak && !ro_str_equal(value, RO_STR("state"));
    }
    return !weak || is_official(doc, c->subject);
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
    static const char *const SUFFERED[] = {"receive", "be"};
    uint32_t verb = c->after + 1;
    bool act = verb < c->sent->end && !DOC_WORD_IN(c->doc, verb, SUFFERED) &&
               (doc_is(c->doc, verb, LEX_ACT) || DOC_WORD_IN(c->doc, verb, VERBS));
    return act ? RO_OUTCOME_DECLINED : OUTCOME_NONE;
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

int outcome_check_planned(cue *c) {
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
