/* Whether talks are, were or will be: from the words around them (class "govern"). */
#include "talks.h"

#define GOVERNOR_TOKENS_MAX 7
#define STATUS_UNSAID (-2)

/* What a word before talks or after them says of their status. */
static int governor(const document *doc, uint32_t at) {
    static const char *const NAMES[] = {"held",     "ongoing", "paused",   "planned",
                                        "proposed", "agreed",  "cancelled"};
    const lex_match *m = doc_match(doc, at, LEX_GOVERN);
    for (int i = 0; m && i < (int)(sizeof NAMES / sizeof *NAMES); i++) {
        if (ro_str_equal(doc_entry(doc, m)->value, ro_str_from(NAMES[i]))) {
            return i;
        }
    }
    bool negation = doc_is(doc, at, LEX_NEG) && !doc_word_is(doc, at, "without");
    return m || negation ? TALK_STATUS_NONE : STATUS_UNSAID;
}

static bool ends_in_ing(const document *doc, uint32_t at) {
    ro_str w = doc_text(doc, at, at + 1);
    return w.len > 4 && memcmp(w.ptr + w.len - 3, "ing", 3) == 0;
}

/* "is in talks", "are engaged in talks" */
static bool is_under_way(const document *doc, uint32_t verb, uint32_t first) {
    if (verb <= first) {
        return false;
    }
    bool present = doc_word_is(doc, verb - 1, "is") || doc_word_is(doc, verb - 1, "are");
    bool in = doc_word_is(doc, verb, "in") || doc_word_is(doc, verb, "engaged");
    return (present && in) || (ends_in_ing(doc, verb) && doc_is(doc, verb - 1, LEX_AUX));
}

/* "denied that he had met": the word before the subject, over "that". */
static bool is_denied(const document *doc, uint32_t subject, uint32_t first) {
    static const char *const DENIALS[] = {"denied", "denies", "deny", "denying"};
    static const char *const CLAIMS[] = {"report", "reports", "rumor", "rumors",
                                         "rumour", "rumours", "claim", "claims",
                                         "a",      "that",    "media"};
    uint32_t i = subject;
    for (int n = 0; n < 4 && i > first && DOC_WORD_IN(doc, i - 1, CLAIMS); n++) {
        i--;
    }
    return i > first && DOC_WORD_IN(doc, i - 1, DENIALS);
}

int talk_verb_status(const document *doc, uint32_t verb, uint32_t first) {
    uint32_t low = verb > first + GOVERNOR_TOKENS_MAX ? verb - GOVERNOR_TOKENS_MAX : first;
    for (uint32_t i = verb; i-- > low;) {
        const chunk *c = doc_chunk_at(doc, i);
        int status = governor(doc, i);
        if (status != STATUS_UNSAID && !(c && c->end > i + 1)) {
            return status;
        }
        if (c && i == c->first) {
            /* "denied that he and X had met" */
            bool and = i > first && doc_word_is(doc, i - 1, "and");
            const chunk *list = and? doc_chunk_before(doc, i - 1) : NULL;
            if (is_denied(doc, i, first) || (list && is_denied(doc, list->first, first))) {
                return TALK_STATUS_NONE;
            }
            break;
        }
    }
    if (verb > first + 1 && doc_word_is(doc, verb - 1, "have") &&
        doc_word_is(doc, verb - 2, "to")) {
        return RO_TALK_CANCELLED; /* "was to have met" */
    }
    static const char *const OUT_OF[] = {"of", "from"};
    if (verb > first && DOC_WORD_IN(doc, verb - 1, OUT_OF) && ends_in_ing(doc, verb)) {
        return TALK_STATUS_NONE; /* "pulled out of meeting with" */
    }
    if (verb > first && doc_word_is(doc, verb - 1, "to")) {
        return RO_TALK_PLANNED;
    }
    return is_under_way(doc, verb, first) ? RO_TALK_ONGOING : RO_TALK_HELD;
}

static int status_before(const document *doc, uint32_t noun, uint32_t first) {
    uint32_t low = noun > first + GOVERNOR_TOKENS_MAX ? noun - GOVERNOR_TOKENS_MAX : first;
    for (uint32_t i = noun; i-- > low;) {
        char kind = doc_token(doc, i)->kind;
        if (kind == ',' || kind == ';' || doc_word_is(doc, i, "following") ||
            doc_word_is(doc, i, "after") || doc_word_is(doc, i, "during")) {
            break;
        }
        int status = governor(doc, i);
        if (status != STATUS_UNSAID) {
            return status;
        }
    }
    return STATUS_UNSAID;
}

/* By the first auxiliary behind the noun: "will take place", "were held", "are under way". */
static int status_behind(const document *doc, uint32_t after, uint32_t end) {
    static const char *const UNDER_WAY[] = {"underway", "under", "continuing"};
    end = after + 2 * GOVERNOR_TOKENS_MAX < end ? after + 2 * GOVERNOR_TOKENS_MAX : end;
    for (uint32_t i = after; i < end; i++) {
        char kind = doc_token(doc, i)->kind;
        if (kind == ',' || kind == ';' || doc_is(doc, i, LEX_SAY)) {
            break;
        }
        if (!doc_is(doc, i, LEX_AUX) && !doc_is(doc, i, LEX_MODAL) &&
            !doc_word_is(doc, i, "will")) {
            continue;
        }
        int status = governor(doc, i);
        bool been = doc_word_is(doc, i + 1, "been"); /* "have been postponed" */
        status = status != STATUS_UNSAID ? status : governor(doc, i + 1 + been);
        if (status != STATUS_UNSAID) {
            return status;
        }
        return DOC_WORD_IN(doc, i + 1, UNDER_WAY) ? RO_TALK_ONGOING : RO_TALK_HELD;
    }
    return STATUS_UNSAID;
}

int talk_noun_status(const document *doc, uint32_t noun, uint32_t after,
                     const sentence_span *sent) {
    int status = status_before(doc, noun, sent->first);
    if (status != STATUS_UNSAID) {
        return status;
    }
    status = status_behind(doc, after, sent->end);
    if (status != STATUS_UNSAID) {
        return status;
    }
    /* "is in talks", "in merger talks" */
    for (uint32_t i = noun; i-- > sent->first + 1 && i + 4 > noun && !doc_chunk_at(doc, i);) {
        if (doc_word_is(doc, i, "in") && doc_is(doc, i - 1, LEX_AUX)) {
            return RO_TALK_ONGOING;
        }
    }
    return RO_TALK_HELD;
}
