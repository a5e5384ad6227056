/* Where what was said stands: behind "X said", or before it in '"…," X said at a news conference'.
 */
#include "clause.h"
#include "statements.h"

#define BETWEEN_MAX 5 /* tokens between a speaker and the verb */
#define OWNER_MAX                                                                                  \
    10                /* tokens between the mark and the speaker: "the company's chief executive"  \
                       */
#define PHRASE_MAX 16 /* tokens of a noun phrase */
#define DATES (LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE) | LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_ADV))

/* How many tokens an expression of time takes: "Tuesday", "late", "this week", "11". */
static uint32_t date_span(const document *doc, uint32_t at) {
    static const char *const OPENS[] = {"this", "last", "next", "late", "early", "earlier"};
    static const char *const SPANS[] = {"week", "month", "year", "quarter", "summer", "weekend"};
    if (DOC_WORD_IN(doc, at, OPENS) && DOC_WORD_IN(doc, at + 1, SPANS)) {
        return 2;
    }
    uint32_t relative = doc_span(doc, at, LEX_RELDATE);
    uint32_t adverb = doc_span(doc, at, LEX_ADV);
    uint32_t longest = relative > adverb ? relative : adverb;
    bool one = doc_is_any(doc, at, DATES) || doc_token(doc, at)->kind == '0' ||
               doc_word_is(doc, at, "late");
    return longest ? longest : one;
}

static bool is_end(const document *doc, uint32_t at, uint32_t end) {
    return at >= end || doc_is_mark(doc_token(doc, at)->kind, ".,;:=()<>?!");
}

/* "told", "informed", "reminded": the verb takes whom one speaks to. */
static bool takes_addressee(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"tell",    "tells",    "told",    "telling", "inform",
                                        "informs", "informed", "assured", "reminded"};
    return DOC_WORD_IN(doc, at, WORDS);
}

/* "a statement released on Monday", "a prepared statement": a participle, not the verb of a clause.
 */
static bool is_participle(const document *doc, uint32_t at, uint32_t end) {
    bool before = doc_is(doc, at - 1, LEX_DET);
    return is_past_form(doc, at) && (before || is_end(doc, at + 1, end) ||
                                     doc_is_any(doc, at + 1, LEX_BIT(LEX_PREP) | DATES));
}

/* True if the token goes on with a noun phrase that began at `first`. */
static bool goes_on(const document *doc, uint32_t at, uint32_t first, uint32_t end) {
    const token *t = doc_token(doc, at);
    if (t->kind == '0' || t->kind == '-' || t->kind == '\'' || doc_word_is(doc, at, "and")) {
        return true;
    }
    bool dated = doc_is_any(doc, at, DATES) && !doc_is(doc, at - 1, LEX_DET);
    if (t->kind != 'w' || doc_word_is(doc, at, "there") ||
        (at > first && (dated || doc_is(doc, at, LEX_DET))) ||
        doc_is_any(doc, at, LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_PRONOUN))) {
        return false;
    }
    bool verb = doc_is_any(doc, at, LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL)) ||
                doc_word_is(doc, at, "will") || is_past_form(doc, at);
    return !verb || is_participle(doc, at, end);
}

/* True if a verb follows the token, over adverbs. */
static bool acts_next(const document *doc, uint32_t at, uint32_t end) {
    while (at < end && doc_is(doc, at, LEX_ADV)) {
        at++;
    }
    return at < end && (is_verb(doc, at) || is_past_form(doc, at) || doc_word_is(doc, at, "will"));
}

/* The token after the noun phrase: "the paper's Sunday edition", "Wellington". */
static uint32_t over_phrase(const document *doc, uint32_t at, uint32_t end) {
    uint32_t i = at;
    while (i < end && i < at + PHRASE_MAX) {
        const chunk *c = doc_chunk_from(doc, i);
        if (c && c->end > c->first && c->kind != CHUNK_PRONOUN) {
            bool linked = i == at || doc_word_is(doc, i - 1, "and");
            if (!linked && !c->possessive && acts_next(doc, c->tail, end)) {
                return i; /* "in a statement Lima would" */
            }
            i = c->tail;
        } else if (goes_on(doc, i, at, end)) {
            i++;
        } else {
            break;
        }
    }
    return i;
}

/* "when asked", "as the two left", but not "after the talks the port": a clause of its own. */
static bool is_subclause(const document *doc, uint32_t at, uint32_t end) {
    static const char *const ALWAYS[] = {"when", "while", "because", "although", "though"};
    static const char *const WORDS[] = {"after", "before", "as", "since", "until", "once"};
    const chunk *c = doc_chunk_from(doc, at + 1);
    bool verb = doc_ends_in(doc, at + 1, "ing", 5) || (c && acts_next(doc, c->tail, end));
    return DOC_WORD_IN(doc, at, ALWAYS) || (DOC_WORD_IN(doc, at, WORDS) && verb);
}

static bool is_spoken(const document *doc, uint32_t verb) {
    static const char *const SPOKEN[] = {"said",  "say",  "says",  "saying", "told",  "tells",
                                         "added", "adds", "wrote", "writes", "asked", "noted"};
    return DOC_WORD_IN(doc, verb, SPOKEN);
}

/* "warned of delays", "commented on the accord": what it is about is what was said; "said of the
 * accord", "warned on Monday" tell no more than when and where. */
static bool is_about(const document *doc, uint32_t verb, uint32_t at) {
    static const char *const ABOUT[] = {"of",   "about", "against", "for",
                                        "with", "to",    "from",    "by"};
    if (is_spoken(doc, verb)) {
        return false;
    }
    bool date = doc_is_any(doc, at + 1, DATES) || doc_token(doc, at + 1)->kind == '0';
    return DOC_WORD_IN(doc, at, ABOUT) || (doc_word_is(doc, at, "on") && !date);
}

/* The token after the phrase behind a preposition, 0 if there is none. */
static uint32_t over_preposition(const document *doc, uint32_t at, uint32_t end) {
    uint32_t next = over_phrase(doc, at + 1, end);
    bool more = next > at + 1 || doc_is(doc, next, LEX_PREP) || date_span(doc, next) > 0;
    return more ? next : 0;
}

/* The token after all that only tells when, where and to whom one spoke. */
static uint32_t over_circumstances(const document *doc, const saying *v) {
    uint32_t end = v->sent->end;
    uint32_t i = v->after;
    if (takes_addressee(doc, v->at)) {
        const chunk *whom = doc_chunk_from(doc, i);
        i = whom && whom->kind == CHUNK_PRONOUN ? whom->end : over_phrase(doc, i, end);
    }
    while (i < end) {
        uint32_t next = 0;
        if (is_subclause(doc, i, end)) {
            for (next = i; !is_end(doc, next, end);) {
                next++;
            }
            return next;
        }
        if (doc_is(doc, i, LEX_PREP)) {
            bool about = i == v->after && is_about(doc, v->at, i);
            next = about ? 0 : over_preposition(doc, i, end);
        } else {
            next = date_span(doc, i) ? i + date_span(doc, i) : 0;
        }
        if (next == 0) {
            break;
        }
        i = next;
    }
    return i < end ? i : end;
}

/* Where the words before the verb begin that no verb and no mark parts from it; what stands between
 * two commas counts as one: "Jane Doe, the longtime head of the bank, said". */
static uint32_t subject_start(const document *doc, const saying *v) {
    uint32_t first = v->sent->first;
    uint32_t low = v->at > first + SUBJECT_TOKENS_MAX ? v->at - SUBJECT_TOKENS_MAX : first;
    int commas = doc_token(doc, v->at - 1)->kind == ',' ? 2 : 0;
    uint32_t i = v->at;
    while (i > low) {
        const chunk *c = doc_chunk_at(doc, i - 1);
        char kind = doc_token(doc, i - 1)->kind;
        if (kind == ',' && commas > 0) {
            commas--;
        } else if (doc_is_mark(kind, ".,;:=<>?!") ||
                   (!c && doc_is_any(doc, i - 1, LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY)))) {
            break;
        }
        i = c && c->end == i && c->first >= low ? c->first : i - 1;
    }
    return i;
}

/* The mark behind which the attribution begins, with what belongs to the speaker: '>' for the end
 * of a quotation, ',' or 0 if there is none. */
static char mark_before(const document *doc, const saying *v, uint32_t *start) {
    uint32_t i = v->at > v->sent->first ? subject_start(doc, v) : v->at;
    char mark = i > v->sent->first + 1 ? doc_token(doc, i - 1)->kind : 0;
    if (i == v->at || (mark != '>' && mark != ',')) {
        return 0;
    }
    *start = i;
    bool outside = mark == ',' && doc_token(doc, i - 2)->kind == '>';
    bool inside = mark == '>' && doc_is_mark(doc_token(doc, i - 2)->kind, ",?!=-.'~>");
    return outside || inside ? '>' : mark == ',' ? ',' : 0;
}

static bool starts_quoted(const document *doc, uint32_t first) {
    return doc_token(doc, first)->kind == '<' || (doc_token(doc, first)->flags & TOK_QUOTED);
}

/* "While sales rose," "In Rome on Monday,": the sentence begins with something that is no clause to
 * be quoted, and nothing but that stands before the mark. */
static bool is_fronted(const document *doc, uint32_t first, uint32_t mark) {
    static const char *const LINKS[] = {"but", "however", "yet"};
    bool word =
        doc_is_any(doc, first, LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY)) &&
        !DOC_WORD_IN(doc, first, LINKS);
    bool opens = word || doc_ends_in(doc, first, "ing", 5) || is_past_form(doc, first);
    for (uint32_t i = first; opens && i < mark; i++) {
        if (doc_token(doc, i)->kind == ',') {
            return false;
        }
    }
    return opens;
}

/* True if what was said stands before the verb: behind it there are circumstances alone, up to
 * `stop`. `*start` is where the attribution begins. */
static bool is_postposed(const document *doc, const saying *v, uint32_t stop, uint32_t *start) {
    uint32_t first = v->sent->first;
    *start = v->turned ? v->at : v->speaker->first;
    if (v->turned) {
        return true;
    }
    char mark = mark_before(doc, v, start);
    if (mark == '>' && starts_quoted(doc, first)) {
        return true;
    }
    bool bare = v->after >= v->sent->end || doc_token(doc, v->after)->kind == '.';
    if (mark == 0 || bare) {
        return bare && *start > first;
    }
    return *start > first + 3 && is_end(doc, stop, v->sent->end) &&
           doc_token(doc, stop)->kind != ':' &&
           !(mark == ',' && is_fronted(doc, first, *start - 1));
}

/* '"… The second." Smith told Reuters': the sentence before, if a quotation ends it. */
static bool quoted_before(const document *doc, const saying *v, uint32_t *from, uint32_t *end) {
    const sentence_span *before = v->sent - 1;
    if (v->sent == doc->t.sentences || v->speaker->first > v->sent->first + 2 ||
        doc_token(doc, before->end - 1)->kind != '>') {
        return false;
    }
    *from = before->first;
    *end = before->end;
    return true;
}

/* True if what was said can begin at the token, behind when and where: ": …", "that …", "they …".
 */
static bool opens_content(const document *doc, uint32_t at, uint32_t end) {
    return at < end &&
           (doc_is_mark(doc_token(doc, at)->kind, ":<") || doc_word_is(doc, at, "that") ||
            doc_is(doc, at, LEX_DET) || doc_word_is(doc, at, "there") || doc_chunk_from(doc, at));
}

/* "denied", "denies", "said", but not the "support" of "to pay and support". */
static bool is_finite(const document *doc, uint32_t verb) {
    bool form = is_spoken(doc, verb) || is_past_form(doc, verb) || doc_ends_in(doc, verb, "s", 4);
    return form && doc_is(doc, verb, LEX_SAY) && !doc_chunk_at(doc, verb) &&
           !(doc_token(doc, verb)->flags & TOK_QUOTED);
}

/* "said that the pass was open and denied that": where the speaker's next verb of speech begins,
 * the end of the sentence if there is none. */
static uint32_t next_saying(const document *doc, const saying *v) {
    uint32_t k = doc->clause_at[v->at];
    for (k++; k < doc->clause_count && doc->clauses[k].first < v->sent->end; k++) {
        const clause *cl = &doc->clauses[k];
        uint32_t verb = cl->first;
        while (verb < cl->end && doc_is(doc, verb, LEX_ADV)) {
            verb++;
        }
        bool same = (cl->kind == '&' || cl->kind == 'm') && verb < cl->end && is_finite(doc, verb);
        if (same && cl->first > v->after + 2 && clause_subject(doc, verb) == v->speaker) {
            return cl->first - 1;
        }
    }
    return v->sent->end;
}

static bool is_outer_mark(const document *doc, uint32_t at) {
    return doc_is_mark(doc_token(doc, at)->kind, ".,;:=");
}

bool attribution_content(const document *doc, saying *v, uint32_t *from, uint32_t *end) {
    uint32_t stop = over_circumstances(doc, v);
    uint32_t start;
    if (is_postposed(doc, v, stop, &start)) {
        *from = v->sent->first;
        *end = start;
        /* "…, a source familiar with the matter said": whoever it is stands behind the mark */
        v->speaker = v->turned || v->speaker->tail > start ? v->speaker : NULL;
    } else {
        *from = opens_content(doc, stop, v->sent->end) ? stop : v->after;
        *end = v->sent->end;
        if (stop > v->after && is_end(doc, stop, *end) && stop + 1 >= *end &&
            is_spoken(doc, v->at) && !quoted_before(doc, v, from, end)) {
            return false;
        }
        uint32_t next = next_saying(doc, v);
        *end = *from < next && next < *end ? next : *end;
    }
    while (*end > *from && is_outer_mark(doc, *end - 1)) {
        (*end)--;
    }
    while (*from < *end && (is_outer_mark(doc, *from) || doc_word_is(doc, *from, "that"))) {
        (*from)++;
    }
    return true;
}
