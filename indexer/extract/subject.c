/* Who is the subject of a verb: the chunk beside it, the head of a list, or the first of its
 * clause.
 */
#include "clause.h"

/* What may stand between a subject and its verb. */
#define BESIDE_VERBS                                                                               \
    (LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_NEG) |                 \
     LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE))

bool has_verb(const document *doc, uint32_t first, uint32_t at) {
    uint32_t from = at > first + SUBJECT_TOKENS_MAX ? at - SUBJECT_TOKENS_MAX : first;
    for (uint32_t i = from; i < at; i++) {
        bool past = (is_past_form(doc, i) && !(doc_token(doc, i)->flags & TOK_CAP)) ||
                    is_irregular_past(doc, i);
        if (!doc_chunk_at(doc, i) && (past || is_verb(doc, i))) {
            return true;
        }
    }
    return false;
}

bool same_kind(const chunk *a, const chunk *b) {
    bool person_a = a->kind == CHUNK_PERSON || (a->kind == CHUNK_OFFICE && a->person >= 0);
    bool person_b = b->kind == CHUNK_PERSON || (b->kind == CHUNK_OFFICE && b->person >= 0);
    bool group_a = a->kind == CHUNK_ORG || a->kind == CHUNK_BODY || a->kind == CHUNK_SIDE;
    bool group_b = b->kind == CHUNK_ORG || b->kind == CHUNK_BODY || b->kind == CHUNK_SIDE;
    return a->kind == b->kind || (person_a && person_b) || (group_a && group_b);
}

uint32_t over_bracket(const document *doc, uint32_t at, uint32_t first) {
    for (uint32_t i = at; i > first && i + 10 > at && doc_token(doc, at - 1)->kind == ')'; i--) {
        if (doc_token(doc, i - 1)->kind == '(') {
            return i - 1;
        }
    }
    return at;
}

static bool is_governed(const document *doc, const chunk *c, uint32_t first) {
    if (c->first > first + 2 && doc_token(doc, c->first - 1)->kind == ',' &&
        doc_is(doc, c->first - 2, LEX_REGION) && doc_is(doc, c->first - 3, LEX_PREP)) {
        return true; /* "customers from Europe, India and Peru" */
    }
    if (c->first > 1 && doc_word_is(doc, c->first - 1, "as") &&
        doc_word_is(doc, c->first - 2, "such")) {
        return true; /* "devices such as the TouchPad" */
    }
    return c->first > first && doc_is(doc, c->first - 1, LEX_PREP) &&
           !(c->first >= 1 && doc_is(doc, c->first - 1, LEX_CLAUSE));
}

/* "for debt-stricken Greece" */
static bool is_governed_compound(const document *doc, const chunk *c, uint32_t first) {
    uint32_t at = c->first - 3;
    at -= at > first && doc_is(doc, at - 1, LEX_DET);
    return at > first && doc_is(doc, at - 1, LEX_PREP) && !doc_is(doc, at - 1, LEX_CLAUSE);
}

/* True if the word of grammar at the token begins a phrase with the chunk that a preposition
 * governs: "in the ruling party", "at parts maker". */
static bool opens_phrase(const document *doc, uint32_t at, const chunk *c, uint32_t first) {
    if (doc_is(doc, at, LEX_DET)) {
        return at > first + 1 && doc_is(doc, at - 1, LEX_PREP) && !doc_is(doc, at - 1, LEX_CLAUSE);
    }
    return doc_is(doc, at, LEX_PREP) && at + 1 < c->first && at > first &&
           !doc_is(doc, at, LEX_CLAUSE);
}

/* "in western Japan" */
static bool is_in_region(const document *doc, const chunk *c, uint32_t first) {
    static const char *const PARTS[] = {"western",   "eastern",   "northern",
                                        "southern",  "central",   "northeast",
                                        "northwest", "southeast", "southwest"};
    return c->first > first + 1 && DOC_WORD_IN(doc, c->first - 1, PARTS) &&
           doc_is(doc, c->first - 2, LEX_PREP);
}

/* "of German carmaker Opel" */
static bool is_nation_word(const document *doc, const chunk *c) {
    return c->kind == CHUNK_SIDE && c->end == c->first + 1 && doc_is(doc, c->first, LEX_NATION) &&
           !doc_is(doc, c->first, LEX_COUNTRY);
}

/* "by the U.S. Treasury" */
static bool is_governed_side(const document *doc, const chunk *c, uint32_t first) {
    return c->kind == CHUNK_SIDE && c->first > first + 1 && doc_is(doc, c->first - 1, LEX_DET) &&
           doc_is(doc, c->first - 2, LEX_PREP) && !doc_is(doc, c->first - 2, LEX_CLAUSE);
}

/* A preposition governs the chunk over the nouns before `start`, which have no article. */
static bool is_governed_noun(const document *doc, const chunk *c, uint32_t start, uint32_t first) {
    const uint64_t grammar = LEX_BIT(LEX_DET) | VERBS | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_CLAUSE) |
                             LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_MONTH) |
                             LEX_BIT(LEX_PREP);
    bool common = c->kind == CHUNK_BODY && !c->plural && !doc_is(doc, c->first, LEX_DET);
    for (uint32_t i = start; i > first && i + 4 > start; i--) {
        const token *t = doc_token(doc, i - 1);
        const chunk *before = doc_chunk_at(doc, i - 1);
        if (before && is_governed_side(doc, before, first)) {
            return true;
        }
        if (before && (common || is_nation_word(doc, before)) && before->first > first) {
            i = before->first + 1; /* "in Manhattan federal court" */
            continue;
        }
        if (t->kind != 'w' || (t->flags & TOK_CAP) || before) {
            return false;
        }
        if (t->classes & grammar) {
            return opens_phrase(doc, i - 1, c, first);
        }
    }
    return false;
}

/* "executives at parts maker Denso": a preposition governs it over nouns without an article. */
static bool is_governed_far(const document *doc, const chunk *c, uint32_t first) {
    bool named = c->kind == CHUNK_ORG || (c->kind == CHUNK_SIDE && !c->head);
    if (named && is_in_region(doc, c, first)) {
        return true;
    }
    if (named && c->first > first + 3 && doc_token(doc, c->first - 2)->kind == '-') {
        return is_governed_compound(doc, c, first);
    }
    if (c->kind != CHUNK_ORG && c->kind != CHUNK_BODY) {
        return false;
    }
    const chunk *owner = doc_chunk_before(doc, c->first);
    bool owned = owner && owner->possessive && owner->first >= first;
    return is_governed_noun(doc, c, owned ? owner->first : c->first, first);
}

/* "whether to allow the fund to buy": an infinitive has no subject of its own. */
static bool is_infinitive(const document *doc, const clause *cl) {
    return cl->kind != 'm' && cl->kind != '&' && doc_word_is(doc, cl->first, "to") &&
           !doc_chunk_from(doc, cl->first + 1);
}

/* "As Peru waited, Judge Smith at a hearing": whom the main clause begins with, behind the comma
 * and a verb of the chunk's own; -1 if there is no main clause. */
static int32_t main_subject(const document *doc, const clause *cl, const chunk *c, uint32_t limit) {
    uint32_t own = c->tail;
    if (cl->kind != 's' || !(is_past_form(doc, own) || is_irregular_past(doc, own))) {
        return -1;
    }
    for (uint32_t i = own; i + 1 < limit && i < own + SUBJECT_TOKENS_MAX; i++) {
        const chunk *next = doc_token(doc, i)->kind == ',' ? doc_chunk_from(doc, i + 1) : NULL;
        if (next && next->end > next->first && next->end <= limit && !next->possessive) {
            return (int32_t)(next - doc->chunks);
        }
    }
    return -1;
}

/* The first chunk of the clause that no preposition governs. */
static int32_t first_subject(const document *doc, const clause *cl, uint32_t limit) {
    if (is_infinitive(doc, cl)) {
        return -1;
    }
    bool with = cl->first > 0 && doc_word_is(doc, cl->first - 1, "with");
    uint32_t far = cl->first + SUBJECT_TOKENS_MAX;
    for (uint32_t i = cl->first; i < cl->end && i < limit && i < far;) {
        uint32_t number = doc->chunk_at[i];
        if (!number) {
            if (is_verb(doc, i) && !doc_is(doc, i, LEX_ADV) && doc_is(doc, i, LEX_MODAL)) {
                return -1; /* a verb before any chunk: the subject is none we know */
            }
            i++;
            continue;
        }
        const chunk *c = doc_chunk_at(doc, i);
        if (!c || c->end > limit) {
            return -1;
        }
        if ((with && c->first == cl->first) ||
            (doc_token(doc, c->tail)->kind != ':' && !is_governed(doc, c, cl->first) &&
             !is_governed_far(doc, c, cl->first) && !c->possessive)) {
            int32_t main = main_subject(doc, cl, c, limit);
            return main >= 0 ? main : (int32_t)number - 1;
        }
        i = c->end;
    }
    return -1;
}

/* How many tokens an adverb of several words takes that ends before the token: "last month". */
static uint32_t adverb_before(const document *doc, uint32_t at, uint32_t first) {
    if (at > first + 1 && doc_is(doc, at - 1, LEX_WEEKDAY) && doc_word_is(doc, at - 2, "on")) {
        return 2;
    }
    for (uint32_t n = 3; n > 1; n--) {
        if (at >= first + n && doc_span(doc, at - n, LEX_ADV) == n) {
            return n;
        }
    }
    return 0;
}

static bool ends_in_ly(const document *doc, uint32_t at) {
    return doc_ends_in(doc, at, "ly", 5) && !(doc_token(doc, at)->flags & TOK_CAP);
}

/* The chunk that ends just before the verb, over auxiliaries and adverbs. */
static const chunk *adjacent_subject(const document *doc, uint32_t verb, uint32_t first) {
    uint32_t i = verb;
    for (int steps = 0; i > first && steps < 8; steps++) {
        const chunk *c = doc_chunk_before(doc, i);
        if (c && c->end > c->first && !(c->kind == CHUNK_BODY && doc_is(doc, i - 1, LEX_AUX))) {
            return c;
        }
        const token *t = doc_token(doc, i - 1);
        uint32_t adverb = adverb_before(doc, i, first);
        uint32_t bracket = over_bracket(doc, i, first);
        if (adverb > 1 || bracket < i) {
            i = adverb > 1 ? i - adverb : bracket;
            continue;
        }
        if (!(t->classes & BESIDE_VERBS) && t->kind != ',' && !ends_in_ly(doc, i - 1) &&
            !doc_word_is(doc, i - 1, "will")) {
            return NULL;
        }
        i--;
    }
    return NULL;
}

/* The token after the noun that may be the subject of the verb, over what stands between them. */
static uint32_t plain_subject_end(const document *doc, uint32_t verb, uint32_t first) {
    const uint64_t skip = BESIDE_VERBS | LEX_BIT(LEX_MONTH);
    uint32_t i = verb;
    while (i > first && !doc_chunk_before(doc, i)) {
        uint32_t adverb = adverb_before(doc, i, first);
        if (adverb == 0 && !doc_is_any(doc, i - 1, skip)) {
            break;
        }
        i -= adverb ? adverb : 1;
    }
    return i;
}

/* True if the word before a plain subject begins another clause: "X says homeowners object",
 * "after policy makers agreed". */
static bool opens_clause(const document *doc, uint32_t at) {
    static const char *const JOINS[] = {"and", "or"};
    bool says = doc_is(doc, at, LEX_SAY) && doc_token(doc, at)->kind == 'w';
    return (says && !ends_in_ly(doc, at + 1)) || doc_is(doc, at, LEX_CLAUSE) ||
           DOC_WORD_IN(doc, at, JOINS);
}

/* True if a noun that is no actor stands before the verb as its subject: "the truce would hold". */
static bool has_plain_subject(const document *doc, uint32_t verb, uint32_t first) {
    static const char *const JOINS[] = {"and", "to"};
    const uint64_t stop = LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY) |
                          LEX_BIT(LEX_OUT) | LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART);
    uint32_t i = plain_subject_end(doc, verb, first);
    if (i == first || doc_chunk_at(doc, i - 1) || doc_token(doc, i - 1)->kind != 'w' ||
        doc_is_any(doc, i - 1, stop) || DOC_WORD_IN(doc, i - 1, JOINS)) {
        return false;
    }
    for (int steps = 0; i > first && steps < 6; steps++, i--) {
        char kind = doc_token(doc, i - 1)->kind;
        if (doc_is(doc, i - 1, LEX_DET)) {
            return i - 1 == first || !doc_is(doc, i - 2, LEX_PREP);
        }
        if (kind == '-') {
            continue; /* "the long-term operations" */
        }
        if (kind != 'w' || opens_clause(doc, i - 1)) {
            return true;
        }
        if (doc_is_any(doc, i - 1, stop)) {
            return false;
        }
        const chunk *owner = doc_chunk_at(doc, i - 1);
        if (owner) { /* "Peru's package", "the EU-IMF package" */
            return owner->possessive ||
                   doc_token(doc, owner->first - (owner->first > 0))->kind == '-';
        }
    }
    return true;
}

/* True if the chunk has a verb of its own before the one asked for: "participants discussed how
 * the movement of cargo will …". */
static bool has_own_verb(const document *doc, const chunk *c, uint32_t verb) {
    static const char *const JOINS[] = {"and", "to"};
    uint32_t own = c->tail;
    while (own < verb && doc_is_any(doc, own, LEX_BIT(LEX_ADV) | LEX_BIT(LEX_AUX))) {
        own++;
    }
    bool modal = doc_is(doc, own, LEX_MODAL); /* "any plans Acme may have will" */
    if (own >= verb || doc_token(doc, own)->kind != 'w' || !(modal || is_past_form(doc, own)) ||
        doc->clause_at[own] != doc->clause_at[verb]) {
        return false;
    }
    const uint64_t helpers =
        LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_NEG);
    uint32_t group = verb; /* where the verb begins with its auxiliaries */
    while (group > own + 1 && doc_is_any(doc, group - 1, helpers)) {
        group--;
    }
    bool apart = group > own + 1 && !DOC_WORD_IN(doc, group - 1, JOINS) &&
                 doc_token(doc, group - 1)->kind != ',' && doc_token(doc, verb)->kind == 'w';
    return apart && (doc_is(doc, verb, LEX_MODAL) || doc_is(doc, group, LEX_AUX) ||
                     doc_word_is(doc, verb, "will"));
}

const chunk *clause_list_head(const document *doc, const chunk *c, uint32_t first) {
    static const char *const OWNERS[] = {"his", "her", "its"};
    bool linked = false;
    for (int steps = 0; steps < COORDINATED_MAX && c->first > first + 1; steps++) {
        uint32_t at = c->first;
        at -= at > first + 1 && DOC_WORD_IN(doc, at - 1, OWNERS);
        const chunk *owner = doc_chunk_before(doc, at);
        if (owner && owner->possessive && owner->kind == CHUNK_SIDE && owner->first > first + 1) {
            at = owner->first; /* "Acme and Peru's Cobalt" */
        }
        bool nor = doc_word_is(doc, at - 1, "nor");
        bool and = nor || doc_word_is(doc, at - 1, "and");
        at -= and;
        at -= at > first && doc_token(doc, at - 1)->kind == ',';
        at = over_bracket(doc, at, first);
        const chunk *before = at < c->first && at > first ? doc_chunk_before(doc, at) : NULL;
        linked = linked || and;
        if (!linked || !before || before->first < first || before->end <= before->first ||
            !same_kind(before, c) || (!nor && has_verb(doc, before->first, c->first))) {
            break;
        }
        c = before;
    }
    return c;
}

/* "Crown Bank of Brick, New Jersey agreed": the state of a town that a name ends with. */
static bool is_state_after_town(const document *doc, const chunk *c, uint32_t first) {
    static const char *const STATES[] = {
        "Alabama",  "Arizona",   "Arkansas",   "California", "Colorado",  "Connecticut",
        "Delaware", "Florida",   "Georgia",    "Idaho",      "Illinois",  "Indiana",
        "Iowa",     "Kansas",    "Kentucky",   "Louisiana",  "Maryland",  "Massachusetts",
        "Michigan", "Minnesota", "Missouri",   "Montana",    "Nebraska",  "Nevada",
        "Ohio",     "Oklahoma",  "Oregon",     "Tennessee",  "Texas",     "Utah",
        "Vermont",  "Virginia",  "Washington", "Wisconsin",  "Wyoming",   "Jersey",
        "York",     "Carolina",  "Dakota",     "Mexico",     "Hampshire", "Mississippi"};
    uint32_t comma = c->first - (c->first > first);
    comma -= comma > first && doc_word_is(doc, comma, "New");
    bool after = comma > first + 2 && doc_token(doc, comma)->kind == ',' &&
                 (doc_token(doc, comma - 1)->flags & TOK_CAP);
    bool town = after && (doc_is(doc, comma - 2, LEX_PREP) || doc_is(doc, comma - 3, LEX_PREP));
    return town && DOC_WORD_IN(doc, c->end - 1, STATES);
}

/* "in Wilmington, Delaware, approved": a name between commas goes with the place before it. */
static bool is_inserted(const document *doc, const chunk *c, uint32_t first) {
    if (is_state_after_town(doc, c, first)) {
        return true;
    }
    const chunk *before = c->first > first + 2 && doc_token(doc, c->first - 1)->kind == ','
                              ? doc_chunk_before(doc, c->first - 1)
                              : NULL;
    bool closed = doc_token(doc, c->end)->kind == ',' ||
                  (c->kind == CHUNK_ORG && c->end == c->first + 1 && !c->possessive);
    return before && closed && is_governed(doc, before, first);
}

/* "the group, which includes John Smith, held": the comma ends the relative clause. */
static bool ends_relative(const document *doc, const chunk *c, const clause *cl) {
    return cl->kind == 'r' && cl->subject >= 0 && doc_token(doc, c->tail)->kind == ',' &&
           has_verb(doc, cl->first, c->first);
}

/* "ministers, anxious to save banks, engulfing Peru and Chile, agreed" */
static bool is_object_of_participle(const document *doc, const chunk *c, uint32_t first) {
    const chunk *head = clause_list_head(doc, c, first);
    return head->first > first + 1 && doc_token(doc, c->tail)->kind == ',' &&
           doc_ends_in(doc, head->first - 1, "ing", 6);
}

/* The comma before the chunk, at most seven words away; 0 if there is none. */
static uint32_t comma_before(const document *doc, const chunk *c, uint32_t first) {
    const uint64_t stop = LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX);
    for (uint32_t i = c->first; i > first + 1; i--) {
        if (doc_token(doc, i - 1)->kind == ',') {
            return i - 1;
        }
        if (i + 8 <= c->first || doc_is_any(doc, i - 1, stop) || doc_word_is(doc, i - 1, "and")) {
            return 0;
        }
    }
    return 0;
}

/* "Acme, Peru's largest bank, agreed": the chunk that a chunk between commas stands beside, NULL if
 * it stands for itself. */
static const chunk *beside(const document *doc, const chunk *c, uint32_t first) {
    if (doc_token(doc, c->tail)->kind != ',' || c->kind == CHUNK_PERSON || c->possessive) {
        return NULL;
    }
    uint32_t comma = comma_before(doc, c, first);
    const chunk *a = comma ? doc_chunk_before(doc, over_bracket(doc, comma, first)) : NULL;
    if (!a || a->possessive || is_governed(doc, a, first)) {
        return NULL;
    }
    bool list = a->first > first && doc_token(doc, a->first - 1)->kind == ',';
    bool actor = a->kind == CHUNK_ORG || a->kind == CHUNK_PERSON || a->kind == CHUNK_SIDE;
    return actor && !list ? a : NULL;
}

/* "officials, including X and Y, are due": what an insertion of examples stands beside, NULL if the
 * chunk is of none. */
static const chunk *before_examples(const document *doc, const chunk *c, uint32_t first) {
    if (doc_token(doc, c->tail)->kind != ',') {
        return NULL;
    }
    for (uint32_t i = c->first; i-- > first + 1 && i + 24 > c->first;) {
        if (doc_word_is(doc, i, "including")) {
            uint32_t comma = i - (doc_token(doc, i - 1)->kind == ',');
            return doc_chunk_before(doc, over_bracket(doc, comma, first));
        }
        if (is_verb(doc, i) && !doc_chunk_at(doc, i)) {
            return NULL;
        }
    }
    return NULL;
}

/* The subject that stands right before the verb, or that a chunk there stands beside; NULL if what
 * stands there is no subject. */
static const chunk *subject_beside(const document *doc, const chunk *near, const clause *cl) {
    if (is_inserted(doc, near, cl->first) || is_object_of_participle(doc, near, cl->first) ||
        ends_relative(doc, near, cl)) {
        return NULL;
    }
    const chunk *named = before_examples(doc, near, cl->first);
    named = named ? named : beside(doc, near, cl->first);
    if (named) {
        return named;
    }
    const chunk *head = clause_list_head(doc, near, cl->first);
    bool governed = is_governed_far(doc, head, cl->first) || is_governed(doc, head, cl->first);
    return governed ? NULL : head;
}

/* True if the clause goes on with the subject of the one before it. */
static bool goes_on(const document *doc, const clause *cl) {
    return cl->inherited >= 0 && (cl->kind == '&' || cl->kind == 's' || is_infinitive(doc, cl) ||
                                  (cl->kind == 'm' && !doc_chunk_at(doc, cl->first)));
}

/* The clause in which the search for the subject begins. "X rejected claims that Y had lied and
 * said": more of what X did. "X, who came after Y fell, has denied": behind the comma goes on what
 * the clauses between commas break. */
static const clause *clause_of_verb(const document *doc, uint32_t verb) {
    const clause *cl = &doc->clauses[doc->clause_at[verb]];
    const clause *before = cl->inherited >= 0 ? &doc->clauses[cl->inherited] : NULL;
    bool more = cl->kind == '&' || (cl->kind == 'm' && !doc_chunk_at(doc, cl->first));
    if (more && before && before->kind == 't' && before->inherited >= 0 &&
        doc_is(doc, verb, LEX_SAY)) {
        return &doc->clauses[before->inherited];
    }
    uint32_t group = verb;
    while (group > cl->first && doc_is_any(doc, group - 1, BESIDE_VERBS)) {
        group--;
    }
    bool helped = group < verb && doc_is(doc, group, LEX_AUX);
    bool broken = helped && group > cl->first + 1 && doc_token(doc, group - 1)->kind == ',';
    for (int steps = 0; broken && steps < 3 && cl->inherited >= 0; steps++) {
        bool inner = cl->kind == 's' || (cl->kind == 'r' && cl->subject >= 0);
        if (!inner) {
            break;
        }
        cl = &doc->clauses[cl->inherited];
    }
    return cl;
}

const chunk *clause_subject(const document *doc, uint32_t verb) {
    const clause *cl = clause_of_verb(doc, verb);
    if (cl->end <= verb) {
        int32_t main = first_subject(doc, cl, cl->end);
        if (main >= 0) {
            return &doc->chunks[main];
        }
        cl = &doc->clauses[doc->clause_at[verb]];
    }
    const chunk *near = adjacent_subject(doc, verb, cl->first);
    const chunk *subject = near ? subject_beside(doc, near, cl) : NULL;
    if (subject) {
        return subject;
    }
    if (!near && has_plain_subject(doc, verb, cl->first)) {
        return NULL;
    }
    for (int steps = 0; steps < 6; steps++) {
        if (cl->kind == 'r' && cl->subject >= 0) {
            return &doc->chunks[cl->subject];
        }
        int32_t found = first_subject(doc, cl, verb);
        if (found >= 0) {
            const chunk *c = &doc->chunks[found];
            return steps == 0 && has_own_verb(doc, c, verb) ? NULL : c;
        }
        if (!goes_on(doc, cl)) {
            return NULL;
        }
        cl = &doc->clauses[cl->inherited];
    }
    return NULL;
}
