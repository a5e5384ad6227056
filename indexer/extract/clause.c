/* Clauses: where they begin, and who is the subject of a verb in them. */
#include "document.h"

#define VERBS                                                                                      \
    (LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_OUT) |                 \
     LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART) | LEX_BIT(LEX_NEG))

#define SUBJECT_TOKENS_MAX 60 /* how far into its clause a subject may stand */

static bool is_verb(const document *doc, uint32_t at) {
    return (doc_token(doc, at)->classes & VERBS) != 0;
}

static uint32_t skip_adverbs(const document *doc, uint32_t at, uint32_t end) {
    for (uint32_t n; at < end && (n = doc_span(doc, at, LEX_ADV)) > 0;) {
        at += n;
    }
    return at;
}

/* True if a chunk starts at the token and a verb follows it: a new subject. */
static bool is_new_subject(const document *doc, uint32_t at, uint32_t end) {
    const chunk *c = doc_chunk_from(doc, at);
    if (!c || c->end <= c->first || c->possessive) {
        return false;
    }
    uint32_t after = skip_adverbs(doc, c->tail, end);
    if (after < end && is_verb(doc, after)) {
        return true;
    }
    /* "… and Moscow," X said; "the US and Russia agreed": look over a coordinated name */
    return false;
}

/* True if the clause that starts at `first` has a verb before the token. */
static bool has_verb(const document *doc, uint32_t first, uint32_t at) {
    uint32_t from = at > first + SUBJECT_TOKENS_MAX ? at - SUBJECT_TOKENS_MAX : first;
    for (uint32_t i = from; i < at; i++) {
        ro_str w = doc_text(doc, i, i + 1);
        bool past = w.len > 3 && w.ptr[w.len - 1] == 'd' && w.ptr[w.len - 2] == 'e' &&
                    !(doc_token(doc, i)->flags & TOK_CAP);
        if (!doc_chunk_at(doc, i) && (past || is_verb(doc, i))) {
            return true;
        }
    }
    return false;
}

/* Items of one list: persons, by name or by office, or else two of a kind. */
static bool same_kind(const chunk *a, const chunk *b) {
    bool person_a = a->kind == CHUNK_PERSON || (a->kind == CHUNK_OFFICE && a->person >= 0);
    bool person_b = b->kind == CHUNK_PERSON || (b->kind == CHUNK_OFFICE && b->person >= 0);
    bool group_a = a->kind == CHUNK_ORG || a->kind == CHUNK_BODY || a->kind == CHUNK_SIDE;
    bool group_b = b->kind == CHUNK_ORG || b->kind == CHUNK_BODY || b->kind == CHUNK_SIDE;
    return a->kind == b->kind || (person_a && person_b) || (group_a && group_b);
}

/* "X, Y and Z said": a list before its verb is one subject. */
static bool is_list_item(const document *doc, uint32_t at, uint32_t first, const chunk *next) {
    const chunk *before = doc_chunk_before(doc, at);
    uint32_t open = doc->clause_count ? doc->clauses[doc->clause_count - 1].first : first;
    return before && next && same_kind(before, next) && !has_verb(doc, open, at);
}

/* The clause that a word of class "clause" opens. */
static char clause_of_word(const document *doc, uint32_t at, uint32_t first, const lex_match *m) {
    static const struct {
        const char *value;
        char kind;
    } KINDS[] = {{"rel", 'r'}, {"cond", 'c'}, {"that", 't'}, {"main", 'm'}, {"sub", 's'}};
    ro_str value = doc_entry(doc, m)->value;
    if (doc_word_is(doc, at, "yet") && at > first &&
        (doc_is(doc, at - 1, LEX_NEG) || doc_is(doc, at - 1, LEX_AUX))) {
        return 0; /* "had not yet agreed" */
    }
    char kind = 's';
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        kind = ro_str_equal(value, ro_str_from(KINDS[i].value)) ? KINDS[i].kind : kind;
    }
    if (kind == 't' && at > first && is_verb(doc, at + 1) && !doc_chunk_from(doc, at + 1)) {
        return 'r'; /* "the plan that was rejected" */
    }
    bool noun = doc_chunk_at(doc, at + 1) || doc_is(doc, at + 1, LEX_DET) || at == first;
    return kind == 's' && !noun ? 0 : kind;
}

/* ", but Moscow declined", ", with Moscow expected to": a comma before a new subject. */
static char clause_of_comma(const document *doc, uint32_t at, uint32_t first, uint32_t end,
                            uint32_t *skip) {
    uint32_t next = at + 1;
    next += doc_word_is(doc, next, "with") || doc_word_is(doc, next, "and");
    next = skip_adverbs(doc, next, end);
    if (!is_new_subject(doc, next, end) ||
        is_list_item(doc, at, first, doc_chunk_from(doc, next))) {
        return 0;
    }
    *skip = next - at;
    return 'm';
}

/* The token after what stands before a bracket that ends before the token: "Best Buy ( BBY.N )". */
static uint32_t over_bracket(const document *doc, uint32_t at, uint32_t first) {
    for (uint32_t i = at; i > first && i + 10 > at && doc_token(doc, at - 1)->kind == ')'; i--) {
        if (doc_token(doc, i - 1)->kind == '(') {
            return i - 1;
        }
    }
    return at;
}

/* "and declined": more verbs of the same subject; "and Moscow declined": a clause of its own. */
static char clause_of_and(const document *doc, uint32_t at, uint32_t first, uint32_t end) {
    uint32_t next = skip_adverbs(doc, at + 1, end);
    if (next < end && is_verb(doc, next)) {
        return '&';
    }
    return is_new_subject(doc, at + 1, end) && at > first &&
                   !doc_chunk_before(doc, over_bracket(doc, at, first))
               ? 'm'
               : 0;
}

/* What clause starts at the token; 0 if none does. `*skip` is how many tokens the mark takes. */
static char clause_start(const document *doc, uint32_t at, uint32_t first, uint32_t end,
                         uint32_t *skip) {
    char mark = doc_token(doc, at)->kind;
    const lex_match *m = doc_match(doc, at, LEX_CLAUSE);
    *skip = m ? m->words : 1;
    if (mark == ';' || (mark == '=' && at > first)) {
        return 'm';
    }
    if (m) {
        return clause_of_word(doc, at, first, m);
    }
    if (mark == ',') {
        return at > first ? clause_of_comma(doc, at, first, end, skip) : 0;
    }
    if (mark == '>') {
        return is_new_subject(doc, at + 1, end) ? 'm' : 0;
    }
    bool and = doc_word_is(doc, at, "and") || doc_word_is(doc, at, "or");
    return and? clause_of_and(doc, at, first, end) : 0;
}

static bool is_governed(const document *doc, const chunk *c, uint32_t first) {
    return c->first > first && doc_is(doc, c->first - 1, LEX_PREP) &&
           !(c->first >= 1 && doc_is(doc, c->first - 1, LEX_CLAUSE));
}

/* "executives at parts maker Denso": a preposition governs it over nouns without an article. */
static bool is_governed_far(const document *doc, const chunk *c, uint32_t first) {
    const uint64_t grammar = LEX_BIT(LEX_DET) | VERBS | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_CLAUSE) |
                             LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_MONTH);
    bool adjective = c->kind == CHUNK_SIDE && !c->head && c->first > first + 3 &&
                     doc_token(doc, c->first - 2)->kind == '-'; /* "for debt-stricken Greece" */
    if (adjective) {
        uint32_t at = c->first - 3;
        return at > first && doc_is(doc, at - 1, LEX_PREP) && !doc_is(doc, at - 1, LEX_CLAUSE);
    }
    if (c->kind != CHUNK_ORG && c->kind != CHUNK_BODY) {
        return false;
    }
    const chunk *owner = doc_chunk_before(doc, c->first);
    uint32_t start = owner && owner->possessive && owner->first >= first ? owner->first : c->first;
    for (uint32_t i = start; i > first && i + 4 > start; i--) {
        const token *t = doc_token(doc, i - 1);
        const chunk *compound = i == start ? doc_chunk_at(doc, i - 1) : NULL;
        if (compound && c->kind == CHUNK_BODY && !c->plural && !doc_is(doc, c->first, LEX_DET) &&
            compound->first > first) {
            i = compound->first + 1; /* "in Manhattan federal court" */
            continue;
        }
        if (t->kind != 'w' || (t->flags & TOK_CAP) || doc_chunk_at(doc, i - 1)) {
            return false;
        }
        if (t->classes & LEX_BIT(LEX_DET)) {
            const token *before = t - 1; /* "in the ruling party" */
            return i > first + 2 && (before->classes & LEX_BIT(LEX_PREP)) &&
                   !(before->classes & LEX_BIT(LEX_CLAUSE));
        }
        if (t->classes & LEX_BIT(LEX_PREP)) {
            return i < c->first && i > first + 1 && !(t->classes & LEX_BIT(LEX_CLAUSE));
        }
        if (t->classes & grammar) {
            return false;
        }
    }
    return false;
}

/* The first chunk of the clause that no preposition governs. */
static int32_t first_subject(const document *doc, const clause *cl, uint32_t limit) {
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
            (!is_governed(doc, c, cl->first) && !is_governed_far(doc, c, cl->first) &&
             !c->possessive)) {
            return (int32_t)number - 1;
        }
        i = c->end;
    }
    return -1;
}

static void close_clause(document *doc, uint32_t end) {
    if (doc->clause_count > 0) {
        clause *cl = &doc->clauses[doc->clause_count - 1];
        cl->end = end;
        for (uint32_t i = cl->first; i < end; i++) {
            doc->clause_at[i] = doc->clause_count - 1;
        }
    }
}

static void open_clause(document *doc, uint32_t at, char kind, uint32_t first_of_sentence) {
    clause *cl = &doc->clauses[doc->clause_count];
    *cl = (clause){.first = at, .end = at, .kind = kind, .subject = -1, .inherited = -1};
    if (doc->clause_count > first_of_sentence) {
        cl->inherited = (int32_t)doc->clause_count - 1;
    }
    doc->clause_count++;
}

/* Antecedent of who, which: the chunk before it, maybe with a comma between. */
static int32_t antecedent_of(const document *doc, uint32_t at) {
    for (uint32_t back = 1; back <= 3 && back < at; back++) {
        const chunk *c = doc_chunk_at(doc, at - back);
        bool place = c && c->kind == CHUNK_SIDE && !c->head && c->first > 0 &&
                     (doc_word_is(doc, c->first - 1, "in") || doc_word_is(doc, c->first - 1, "at"));
        if (place && (doc_word_is(doc, at, "which") || doc_word_is(doc, at, "who"))) {
            return -1; /* "the meeting of the Group in Washington, which agreed" */
        }
        if (c) {
            return (int32_t)(c - doc->chunks);
        }
        if (doc_token(doc, at - back)->kind == 'w' && back > 1) {
            break;
        }
    }
    return -1;
}

static void clause_sentence(document *doc, const sentence_span *sent) {
    uint32_t base = doc->clause_count;
    open_clause(doc, sent->first, 'm', base);
    for (uint32_t i = sent->first; i < sent->end;) {
        const chunk *c = doc_chunk_at(doc, i);
        if (c && c->first < i && c->end > i) {
            i = c->end;
            continue;
        }
        uint32_t skip = 0;
        char kind = clause_start(doc, i, sent->first, sent->end, &skip);
        if (kind) {
            close_clause(doc, i);
            int32_t before = kind == 'r' ? antecedent_of(doc, i) : -1;
            open_clause(doc, i, kind, base);
            clause *cl = &doc->clauses[doc->clause_count - 1];
            cl->first = i + (skip ? skip : 1);
            cl->subject = before;
            for (uint32_t k = i; k < cl->first && k < sent->end; k++) {
                doc->clause_at[k] = doc->clause_count - 1;
            }
            i = cl->first;
        } else {
            i++;
        }
    }
    close_clause(doc, sent->end);
}

void clause_document(document *doc) {
    doc->clauses = ro_arena_alloc_array(doc->arena, doc->t.count + doc->t.sentence_count + 2,
                                        sizeof *doc->clauses);
    doc->clause_at = ro_arena_alloc_array(doc->arena, doc->t.count + 2, sizeof *doc->clause_at);
    if (!doc->clauses || !doc->clause_at) {
        doc->failed = true;
        return;
    }
    for (uint32_t s = 0; s < doc->t.sentence_count; s++) {
        clause_sentence(doc, &doc->t.sentences[s]);
    }
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
    ro_str w = doc_text(doc, at, at + 1);
    return w.len > 4 && memcmp(w.ptr + w.len - 2, "ly", 2) == 0 &&
           !(doc_token(doc, at)->flags & TOK_CAP);
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
        const uint64_t skip = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) |
                              LEX_BIT(LEX_NEG) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE);
        uint32_t adverb = adverb_before(doc, i, first);
        uint32_t bracket = over_bracket(doc, i, first);
        if (adverb > 1 || bracket < i) {
            i = adverb > 1 ? i - adverb : bracket;
            continue;
        }
        if (!(t->classes & skip) && t->kind != ',' && !ends_in_ly(doc, i - 1) &&
            !doc_word_is(doc, i - 1, "will")) {
            return NULL;
        }
        i--;
    }
    return NULL;
}

/* True if a noun that is no actor stands before the verb as its subject: "the truce would hold". */
static bool has_plain_subject(const document *doc, uint32_t verb, uint32_t first) {
    const uint64_t skip = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) |
                          LEX_BIT(LEX_NEG) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE) |
                          LEX_BIT(LEX_MONTH);
    const uint64_t stop = LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY) |
                          LEX_BIT(LEX_OUT) | LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART);
    uint32_t i = verb;
    while (i > first && !doc_chunk_before(doc, i)) {
        uint32_t adverb = adverb_before(doc, i, first);
        if (adverb == 0 && !(doc_token(doc, i - 1)->classes & skip)) {
            break;
        }
        i -= adverb ? adverb : 1;
    }
    if (i == first || doc_chunk_at(doc, i - 1) || doc_token(doc, i - 1)->kind != 'w' ||
        doc_word_is(doc, i - 1, "and") || doc_word_is(doc, i - 1, "to") ||
        (doc_token(doc, i - 1)->classes & stop)) {
        return false;
    }
    for (int steps = 0; i > first && steps < 6; steps++, i--) {
        const token *t = doc_token(doc, i - 1);
        if (t->classes & LEX_BIT(LEX_DET)) {
            return i - 1 == first || !doc_is(doc, i - 2, LEX_PREP);
        }
        if (t->kind == 'w' && (t->classes & LEX_BIT(LEX_SAY)) && !ends_in_ly(doc, i)) {
            return true; /* "X says homeowners object" */
        }
        if (doc_word_is(doc, i - 1, "and") || doc_word_is(doc, i - 1, "or") ||
            (t->classes & LEX_BIT(LEX_CLAUSE))) {
            return true; /* "after policy makers agreed" */
        }
        if (t->kind != 'w' || (t->classes & stop)) {
            if (t->kind == '-') {
                continue; /* "the long-term operations" */
            }
            return t->kind != 'w';
        }
        if (doc_chunk_at(doc, i - 1)) {
            return doc_chunk_at(doc, i - 1)->possessive;
        }
    }
    return true;
}

/* True if the chunk has a verb of its own before the one asked for: "participants discussed how
 * the movement of cargo will …". */
static bool has_own_verb(const document *doc, const chunk *c, uint32_t verb) {
    uint32_t i = c->tail;
    while (i < verb && (doc_is(doc, i, LEX_ADV) || doc_is(doc, i, LEX_AUX))) {
        i++;
    }
    ro_str w = doc_text(doc, i, i + 1);
    bool past = w.len > 3 && w.ptr[w.len - 1] == 'd' && w.ptr[w.len - 2] == 'e' &&
                doc_token(doc, i)->kind == 'w';
    bool other = i < verb && past && doc->clause_at[i] == doc->clause_at[verb];
    if (!other) {
        return false;
    }
    uint32_t k = verb;
    while (k > i + 1 && (doc_is(doc, k - 1, LEX_AUX) || doc_is(doc, k - 1, LEX_ADV) ||
                         doc_is(doc, k - 1, LEX_MODAL) || doc_is(doc, k - 1, LEX_NEG))) {
        k--;
    }
    return k > i + 1 && !doc_word_is(doc, k - 1, "and") && !doc_word_is(doc, k - 1, "to") &&
           doc_token(doc, k - 1)->kind != ',' && doc_token(doc, verb)->kind == 'w' &&
           (doc_is(doc, verb, LEX_MODAL) || doc_is(doc, k, LEX_AUX) ||
            doc_word_is(doc, verb, "will"));
}

const chunk *clause_list_head(const document *doc, const chunk *c, uint32_t first) {
    bool linked = false;
    for (int steps = 0; steps < COORDINATED_MAX && c->first > first + 1; steps++) {
        uint32_t at = c->first;
        at -=
            at > first + 1 && (doc_word_is(doc, at - 1, "his") || doc_word_is(doc, at - 1, "her") ||
                               doc_word_is(doc, at - 1, "its"));
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

/* "in Wilmington, Delaware, approved": a name between commas goes with the place before it. */
static bool is_inserted(const document *doc, const chunk *c, uint32_t first) {
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
    if (head->first <= first + 1 || doc_token(doc, c->tail)->kind != ',') {
        return false;
    }
    ro_str w = doc_text(doc, head->first - 1, head->first);
    return w.len > 5 && memcmp(w.ptr + w.len - 3, "ing", 3) == 0;
}

/* "Acme, Peru's largest bank, agreed": the chunk that a chunk between commas stands beside, NULL if
 * it stands for itself. */
static const chunk *beside(const document *doc, const chunk *c, uint32_t first) {
    if (doc_token(doc, c->tail)->kind != ',' || c->kind == CHUNK_PERSON || c->possessive) {
        return NULL;
    }
    uint32_t i = c->first;
    while (i > first + 1 && i + 8 > c->first && doc_token(doc, i - 1)->kind != ',') {
        const uint64_t stop = LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX);
        if ((doc_token(doc, i - 1)->classes & stop) || doc_word_is(doc, i - 1, "and")) {
            return NULL;
        }
        i--;
    }
    bool comma = i > first + 1 && doc_token(doc, i - 1)->kind == ',';
    uint32_t end = comma ? over_bracket(doc, i - 1, first) : first;
    const chunk *a = comma ? doc_chunk_before(doc, end) : NULL;
    bool list = a && a->first > first && doc_token(doc, a->first - 1)->kind == ',';
    bool actor = a && (a->kind == CHUNK_ORG || a->kind == CHUNK_PERSON || a->kind == CHUNK_SIDE);
    return actor && !list && !a->possessive && !is_governed(doc, a, first) ? a : NULL;
}

const chunk *clause_subject(const document *doc, uint32_t verb) {
    const clause *cl = &doc->clauses[doc->clause_at[verb]];
    const chunk *near = adjacent_subject(doc, verb, cl->first);
    bool inserted =
        near && (is_inserted(doc, near, cl->first) ||
                 is_object_of_participle(doc, near, cl->first) || ends_relative(doc, near, cl));
    const chunk *named = near && !inserted ? beside(doc, near, cl->first) : NULL;
    if (named) {
        return named;
    }
    if (near && !inserted) {
        const chunk *head = clause_list_head(doc, near, cl->first);
        if (!is_governed_far(doc, head, cl->first) && !is_governed(doc, head, cl->first)) {
            return head;
        }
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
        if (cl->inherited < 0 || (cl->kind != '&' && cl->kind != 's' && cl->kind != 'm') ||
            (cl->kind == 'm' && doc_chunk_at(doc, cl->first))) {
            return NULL;
        }
        cl = &doc->clauses[cl->inherited];
    }
    return NULL;
}

/* ---- coordination ---------------------------------------------------------------------------- */

/* Moves past what parts two items of a list: a comma, "and", "as well as"; returns 0 if none does.
 */
static uint32_t list_mark(const document *doc, uint32_t at) {
    uint32_t n = 0;
    char kind = doc_token(doc, at)->kind;
    n += kind == ',' || kind == ';';
    if (doc_word_is(doc, at + n, "and") || doc_word_is(doc, at + n, "&") ||
        doc_word_is(doc, at + n, "nor")) {
        return n + 1;
    }
    if (doc_word_is(doc, at + n, "as") && doc_word_is(doc, at + n + 1, "well") &&
        doc_word_is(doc, at + n + 2, "as")) {
        return n + 3;
    }
    if (doc_word_is(doc, at + n, "along") && doc_word_is(doc, at + n + 1, "with")) {
        return n + 2;
    }
    return n;
}

size_t chunk_coordinated(const document *doc, const chunk *c, uint32_t end,
                         const chunk *out[COORDINATED_MAX]) {
    size_t count = 0;
    while (c && count < COORDINATED_MAX) {
        out[count++] = c;
        uint32_t at = c->tail;
        if (doc_token(doc, at)->kind == '(') {
            while (at < end && at < c->tail + 8 && doc_token(doc, at)->kind != ')') {
                at++;
            }
            at++;
        }
        uint32_t mark = at < end ? list_mark(doc, at) : 0;
        if (mark == 0 || at + mark >= end) {
            break;
        }
        mark += doc_word_is(doc, at + mark, "by"); /* "represented by X, by Y and by Z" */
        const chunk *next = doc_chunk_from(doc, at + mark);
        bool comma = mark == 1 && doc_token(doc, at)->kind == ',';
        bool name = next && next->end > next->first &&
                    (next->kind == CHUNK_PERSON || next->kind == CHUNK_SIDE ||
                     next->kind == CHUNK_ORG || (next->kind == CHUNK_OFFICE && !comma));
        c = name ? next : NULL;
    }
    return count;
}
