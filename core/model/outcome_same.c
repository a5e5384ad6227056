/* Outcomes: which of different articles are one. */
#include "sketch.h"

#include "readout/side.h"

#define HEAD_WORDS 4 /* the first telling words: what the outcome is about */

enum { SALT_OUTCOME = 16 };

/* ---- the sketch ------------------------------------------------------------------------------ */

/* Words that tell nothing of what was agreed, as stems, ascending. */
static const char *const EMPTY_WORDS[] = {
    "a",          "about",     "achiev",       "action",    "address",  "after",   "again",
    "agre",       "agreement", "all",          "alreadi",   "also",     "an",      "and",
    "ani",        "announc",   "any",          "are",       "as",       "ask",     "at",
    "be",         "becaus",    "been",         "before",    "between",  "bilater", "both",
    "build",      "but",       "by",           "call",      "can",      "close",   "closer",
    "collabor",   "come",      "commit",       "common",    "concern",  "conclud", "consid",
    "continu",    "cooper",    "coordin",      "could",     "countri",  "cours",   "deal",
    "decis",      "deepen",    "deliv",        "develop",   "direct",   "discuss", "do",
    "dure",       "each",      "earli",        "earlier",   "effort",   "engag",   "enhanc",
    "ensur",      "establish", "expand",       "first",     "follow",   "for",     "forc",
    "forward",    "friday",    "from",         "full",      "further",  "futur",   "get",
    "give",       "global",    "go",           "had",       "has",      "have",    "he",
    "help",       "her",       "highlight",    "his",       "hope",     "host",    "hous",
    "how",        "idea",      "if",           "immedi",    "import",   "improv",  "in",
    "includ",     "increas",   "interest",     "intern",    "into",     "is",      "issu",
    "it",         "its",       "joint",        "keep",      "kingdom",  "last",    "late",
    "lead",       "leader",    "made",         "maintain",  "make",     "matter",  "may",
    "meet",       "member",    "met",          "minist",    "monday",   "month",   "more",
    "mr",         "mutual",    "nation",       "need",      "new",      "next",    "not",
    "of",         "offer",     "on",           "onc",       "one",      "ongo",    "or",
    "other",      "our",       "out",          "over",      "own",      "partner", "partnership",
    "percent",    "plan",      "polici",       "posit",     "possibl",  "presid",  "promot",
    "prompt",     "propos",    "provid",       "pursu",     "reaffirm", "recent",  "region",
    "reiter",     "relat",     "relationship", "remain",    "remark",   "republ",  "respect",
    "return",     "said",      "same",         "saturday",  "share",    "she",     "should",
    "side",       "so",        "soon",         "stanc",     "state",    "step",    "strateg",
    "strengthen", "strong",    "such",         "sunday",    "support",  "take",    "talk",
    "than",       "that",      "the",          "their",     "them",     "there",   "these",
    "they",       "this",      "those",        "three",     "thursday", "time",    "to",
    "today",      "togeth",    "toward",       "travel",    "tuesday",  "two",     "unit",
    "until",      "up",        "us",           "use",       "veri",     "view",    "visit",
    "was",        "way",       "we",           "wednesday", "week",     "well",    "were",
    "when",       "where",     "which",        "while",     "white",    "who",     "will",
    "with",       "within",    "without",      "work",      "world",    "would",   "year",
    "yesterday",  "you"};

static bool is_empty_word(ro_str stem) {
    size_t low = 0;
    size_t high = sizeof EMPTY_WORDS / sizeof *EMPTY_WORDS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = ro_str_compare(ro_str_from(EMPTY_WORDS[middle]), stem);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* Who acts is compared as such: "Moscow and Washington" tells nothing of what they agreed on. */
static bool names_actor(const ro_sketch *outcome, ro_str word) {
    ro_side side;
    ro_side_class class;
    return ro_side_find(word, &side, &class) && ro_sketch_has_side(outcome, side);
}

static int add_word(void *context, const ro_token *token) {
    ro_sketch *out = context;
    if ((token->flags & RO_TOKEN_WHOLE) || token->stem.len < 2 || is_empty_word(token->stem) ||
        names_actor(out, token->form)) {
        return 0;
    }
    uint32_t hash = ro_stored_hash(token->stem.ptr, token->stem.len);
    if (token->flags & RO_TOKEN_NUMBER) {
        /* amounts and years are compared as such: see numbers_differ */
        if (out->party_count < RO_SIDES_MAX &&
            ro_common_hashes(&hash, 1, out->parties, out->party_count) == 0) {
            out->parties[out->party_count++] = hash;
        }
        return 0;
    }
    if (ro_common_hashes(&hash, 1, out->words, out->word_count) == 0) {
        out->words[out->word_count++] = hash;
    }
    return out->word_count == RO_SKETCH_WORDS;
}

static void add_actors(const ro_facts *facts, const ro_actors *actors, ro_sketch *out) {
    for (size_t i = 0; i < actors->side_count; i++) {
        ro_sketch_add_side(out, actors->sides[i]);
    }
    for (size_t i = 0; i < actors->person_count; i++) {
        ro_sketch_add_side(out, facts->people[actors->people[i]].side);
    }
}

ro_status ro_outcome_sketch(const ro_facts *facts, size_t number, int64_t published,
                            ro_analyser *analyser, ro_sketch *out, ro_error *err) {
    const ro_outcome *outcome = &facts->outcomes[number];
    *out = (ro_sketch){.status = (uint8_t)outcome->status, .day = ro_sketch_day(published)};
    add_actors(facts, &outcome->by, out);
    ro_status status =
        ro_analyse(analyser, outcome->what, RO_STR(RO_LANGUAGE_DEFAULT), add_word, out, err);
    /* "declined the offer": what it answers tells what it is about */
    if (!status && out->word_count < 2 && outcome->answers >= 0) {
        const ro_outcome *proposal = &facts->outcomes[outcome->answers];
        out->word_count = 0;
        status =
            ro_analyse(analyser, proposal->what, RO_STR(RO_LANGUAGE_DEFAULT), add_word, out, err);
    }
    return status;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

typedef enum group { DECIDED, PROPOSAL, DENIED, OPEN } group;

static group group_of(uint8_t status) {
    static const group GROUPS[] = {
        [RO_OUTCOME_AGREED] = DECIDED,     [RO_OUTCOME_PROPOSED] = PROPOSAL,
        [RO_OUTCOME_DECLINED] = PROPOSAL,  [RO_OUTCOME_REJECTED] = PROPOSAL,
        [RO_OUTCOME_DENIED] = DENIED,      [RO_OUTCOME_PLANNED] = DECIDED,
        [RO_OUTCOME_REAFFIRMED] = DECIDED, [RO_OUTCOME_OPEN] = OPEN};
    return status < sizeof GROUPS / sizeof *GROUPS ? GROUPS[status] : OPEN;
}

static size_t head_count(const ro_sketch *outcome) {
    return outcome->word_count < HEAD_WORDS ? outcome->word_count : HEAD_WORDS;
}

size_t ro_outcome_blocks(const ro_sketch *outcome, uint64_t out[RO_SKETCH_BLOCKS]) {
    size_t n = 0;
    size_t heads = head_count(outcome);
    for (size_t i = 0; i < heads; i++) {
        for (size_t k = 0; k < i; k++) {
            out[n++] = ro_pair_key(SALT_OUTCOME + (uint32_t)group_of(outcome->status),
                                   outcome->words[i], outcome->words[k]);
        }
    }
    return n;
}

/* ---- two outcomes ---------------------------------------------------------------------------- */

/* $3 million is not $4 million. */
static bool numbers_differ(const ro_sketch *a, const ro_sketch *b) {
    return a->party_count && b->party_count &&
           ro_common_hashes(a->parties, a->party_count, b->parties, b->party_count) == 0;
}

/* How like the words are, in percent of all of both (2c / (a + b)), with how many shared at least;
 * the less that is known of who acts, the more of them it takes. */
static const struct {
    bool actors;
    size_t common, heads, like;
} ENOUGH[] = {{false, 3, 2, 60}, {false, 2, 2, 100}, {true, 2, 2, 42}, {true, 3, 3, 30}};

static bool words_alike(const ro_sketch *a, const ro_sketch *b, bool actors) {
    size_t common = ro_common_hashes(a->words, a->word_count, b->words, b->word_count);
    size_t heads = ro_common_hashes(a->words, head_count(a), b->words, head_count(b));
    size_t all = (size_t)a->word_count + b->word_count;
    for (size_t i = 0; i < sizeof ENOUGH / sizeof *ENOUGH; i++) {
        if ((actors || !ENOUGH[i].actors) && common >= ENOUGH[i].common &&
            heads >= ENOUGH[i].heads && 200 * common >= ENOUGH[i].like * all) {
            return true;
        }
    }
    return false;
}

unsigned ro_outcome_same(const ro_sketch *a, const ro_sketch *b, unsigned *conflicts) {
    bool reply = (a->status == RO_OUTCOME_PROPOSED) != (b->status == RO_OUTCOME_PROPOSED);
    size_t sides = ro_sketch_common_sides(a, b);
    bool equal = sides == a->side_count && sides == b->side_count;
    bool within = sides == a->side_count || sides == b->side_count;
    bool answer = reply && group_of(a->status) == PROPOSAL;
    if (conflicts) {
        *conflicts = (a->status != b->status ? RO_SAME_STATUS : 0U) | (equal ? 0U : RO_SAME_SIDE);
    }
    if (group_of(a->status) != group_of(b->status) || ro_sketch_days_apart(a, b) > RO_SAME_DAYS ||
        numbers_differ(a, b) || (!answer && !within) || !words_alike(a, b, equal && sides > 0)) {
        return 0;
    }
    return RO_SAME_WORDS | (equal && sides ? RO_SAME_SIDE : 0U) | (answer ? RO_SAME_ANSWER : 0U) |
           (a->day != RO_DAY_NONE && a->day == b->day ? RO_SAME_DATE : 0U);
}
