/* Outcomes: what was agreed, proposed, declined … A cue binds to the subject of its clause; then
 * negation, modality, attribution and time decide what it means (outcome_checks.c). */
#include "outcomes.h"

#include "readout/utf8.h"

#define WHAT_MAX 400 /* bytes */

/* ---- what stands before the cue -------------------------------------------------------------- */

static uint32_t subject_end(const cue *c) {
    return c->subject && c->subject->end <= c->at && c->subject->first >= c->cl->first
               ? c->subject->end
               : c->cl->first;
}

static void read_before(cue *c) {
    const document *doc = c->doc;
    uint32_t from = subject_end(c);
    from = c->at > from + 10 ? c->at - 10 : from;
    for (uint32_t i = from; i < c->at; i++) {
        uint32_t neg = doc_span(doc, i, LEX_NEG);
        if (neg && i + neg <= c->at) {
            c->negated = true;
        }
        const lex_match *modal = doc_match(doc, i, LEX_MODAL);
        if (modal) {
            ro_str kind = doc_entry(doc, modal)->value;
            c->subjunctive = c->subjunctive || !ro_str_equal(kind, RO_STR("could"));
            c->possible = c->possible || ro_str_equal(kind, RO_STR("could"));
        }
        bool ahead = doc_word_is(doc, i, "will") || doc_word_is(doc, i, "'ll");
        c->subjunctive = c->subjunctive || ahead;
        if (doc_word_is(doc, i, "had") || doc_word_is(doc, i, "previously") ||
            doc_word_is(doc, i, "earlier")) {
            c->background = true;
        }
        if (doc_word_is(doc, i, "reportedly") || doc_word_is(doc, i, "tentatively") ||
            doc_word_is(doc, i, "apparently")) {
            c->hedged = true;
        }
    }
    if (c->cl->kind == '&' && c->at <= c->cl->first + 1 && c->cl->inherited >= 0) {
        /* "could be sold and offered" */
        const clause *before = &doc->clauses[c->cl->inherited];
        uint32_t low = before->end > before->first + 12 ? before->end - 12 : before->first;
        for (uint32_t i = low; i < before->end; i++) {
            c->possible = c->possible || doc_word_is(doc, i, "could") ||
                          doc_word_is(doc, i, "may") || doc_word_is(doc, i, "might") ||
                          doc_word_is(doc, i, "can");
        }
    }
    for (uint32_t i = c->cl->first; i < c->at && i < c->cl->first + 3; i++) {
        c->negated = c->negated || doc_word_is(doc, i, "neither");
    }
    /* "Neither side agreed", "no party accepted" */
    if (c->subject && doc_is(doc, c->subject->first, LEX_NEG)) {
        c->negated = true;
    }
}

/* "was rejected", "has been agreed": the subject is what it is about. */
static void read_passive(cue *c) {
    const document *doc = c->doc;
    static const char *const BE[] = {"is",   "are",   "was",    "were",    "be",
                                     "been", "being", "remain", "remains", "remained"};
    uint32_t i = c->at;
    while (i > c->cl->first && (doc_is(doc, i - 1, LEX_ADV) || doc_is(doc, i - 1, LEX_NEG))) {
        i--;
    }
    ro_str word = doc_text(doc, c->at, c->at + 1);
    bool participle =
        word.len > 2 && word.ptr[word.len - 1] == 'd' && word.ptr[word.len - 2] == 'e';
    static const char *const IRREGULAR[] = {"put", "thrown", "struck", "withdrawn"};
    participle = participle || DOC_WORD_IN(doc, c->at, IRREGULAR);
    bool plan = outcome_named(c->entry->value) == RO_OUTCOME_PLANNED ||
                (doc_word_is(doc, c->at, "opposed") && doc_word_is(doc, c->after, "to"));
    c->passive = participle && !plan && !c->noun && i > c->cl->first && DOC_WORD_IN(doc, i - 1, BE);
    if (c->passive) {
        for (uint32_t k = c->after; k + 1 < c->sent->end && k < c->after + OUTCOME_LOOK_AHEAD;
             k++) {
            if (doc_word_is(doc, k, "by")) {
                c->agent = doc_chunk_from(doc, k + 1);
                break;
            }
        }
    }
}

/* "agree" after a singular is no statement of fact: "urged that Kenya agree", or a noun. */
static bool is_bare(const cue *c) {
    ro_str w = doc_text(c->doc, c->at, c->at + 1);
    char last = w.len ? w.ptr[w.len - 1] : 's';
    const chunk *s = c->subject;
    bool single = s &&
                  (s->kind == CHUNK_PERSON || s->kind == CHUNK_ORG ||
                   (s->kind == CHUNK_SIDE && !s->plural)) &&
                  s->side_count < 2;
    if (c->noun || !single || c->entry->letters || last == 's' || last == 'd' || last == 'g' ||
        last == 't' || outcome_named(c->entry->value) == RO_OUTCOME_PLANNED ||
        c->entry->words < 2) {
        return false;
    }
    const chunk *list[COORDINATED_MAX];
    bool several = chunk_coordinated(c->doc, s, c->at, list) > 1;
    bool helped = c->at > c->sent->first &&
                  (doc_is(c->doc, c->at - 1, LEX_MODAL) || doc_is(c->doc, c->at - 1, LEX_AUX) ||
                   doc_is(c->doc, c->at - 1, LEX_NEG) || doc_word_is(c->doc, c->at - 1, "to") ||
                   doc_word_is(c->doc, c->at - 1, "will"));
    return !several && !helped && (w.len == 5 && memcmp(w.ptr, "agree", 5) == 0);
}

/* "America's ( BAC.N ) proposed takeover" */
static bool is_after_owner(const cue *c) {
    for (uint32_t i = c->at; i-- > c->sent->first && i + 10 > c->at;) {
        if (doc_token(c->doc, i)->kind == '(') {
            char inner = doc_token(c->doc, i + 1)->kind;
            bool owner = i > c->sent->first && (doc_word_is(c->doc, i - 1, "'s") ||
                                                doc_token(c->doc, i - 1)->kind == '\'');
            return owner || inner == '0' || inner == '~';
        }
    }
    return false;
}

/* "an interim proposed rule": a participle between an adjective and a noun. */
static bool is_adjective(const cue *c) {
    const document *doc = c->doc;
    ro_str word = doc_text(doc, c->at, c->at + 1);
    const token *before = doc_token(doc, c->at - 1);
    const token *next = doc_token(doc, c->after);
    bool participle = c->entry->words == 1 && word.len > 2 && word.ptr[word.len - 1] == 'd';
    return participle && before->kind == 'w' && before->classes == 0 &&
           !(before->flags & TOK_CAP) && !doc_chunk_at(doc, c->at - 1) && next->kind == 'w' &&
           !(next->flags & TOK_CAP) && next->classes == 0;
}

/* A participle or noun where a verb is looked for: "the proposed deal", "a planned visit". */
static bool is_attribute(const cue *c) {
    if (c->at == c->sent->first) {
        return false;
    }
    if (c->noun) {
        static const char *const ADJECTIVES[] = {"unacceptable", "undecided", "inconclusive",
                                                 "deadlocked"};
        /* "an unacceptable threat" rejects nothing */
        return DOC_WORD_IN(c->doc, c->at, ADJECTIVES) &&
               (doc_is(c->doc, c->at - 1, LEX_DET) || doc_token(c->doc, c->after)->kind == 'w') &&
               !doc_is(c->doc, c->after, LEX_PREP) && !doc_is(c->doc, c->after, LEX_CLAUSE) &&
               !doc_word_is(c->doc, c->after, "and");
    }
    const token *before = doc_token(c->doc, c->at - 1);
    const chunk *subject = doc_chunk_before(c->doc, c->at);
    bool owner = subject && subject->possessive && !doc_word_is(c->doc, c->at, "will");
    bool grammar = before->classes & (LEX_BIT(LEX_DET) | LEX_BIT(LEX_PREP));
    bool infinitive = doc_word_is(c->doc, c->at - 1, "to");
    bool pronoun = before->classes & (LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_BOTH) | LEX_BIT(LEX_ADV));
    bool put = doc_word_is(c->doc, c->after, "by") && !doc_is(c->doc, c->at - 1, LEX_AUX) &&
               !doc_is(c->doc, c->at - 1, LEX_ADV);
    put = put || is_adjective(c);
    uint32_t i = c->at - 1;
    while (i > c->sent->first && doc_is(c->doc, i, LEX_ADV)) {
        i--;
    }
    put = put || doc_word_is(c->doc, i, "as") || doc_word_is(c->doc, i, "than");
    bool bracket = before->kind == ')' && is_after_owner(c);
    return owner || put || bracket || (grammar && !infinitive && !pronoun && !subject) ||
           before->kind == '-' || (infinitive && !c->entry);
}

/* "the White House plan to", "the UN call for": a base form after a singular is a noun. */
static bool is_noun_form(const cue *c) {
    static const char *const WORDS[] = {"plan",    "call",    "offer", "pledge",
                                        "promise", "boycott", "vow",   "veto"};
    static const char *const PLURALS[] = {"calls", "offers", "plans", "pledges", "promises"};
    const chunk *s = doc_chunk_before(c->doc, c->at);
    if (c->at > c->sent->first && DOC_WORD_IN(c->doc, c->at, PLURALS)) {
        const token *before = doc_token(c->doc, c->at - 1);
        const uint64_t verbal =
            LEX_BIT(LEX_ADV) | LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_BOTH);
        bool verb = (s && !s->possessive) || (before->classes & verbal) || before->kind == ',' ||
                    doc_word_is(c->doc, c->at - 1, "and");
        if (!verb) {
            return true; /* "rejected calls for talks", "the unions' plans to" */
        }
    }
    bool noun =
        s ? !s->plural && s->side_count < 2 && s->kind != CHUNK_PRONOUN
          : !(c->at > c->sent->first &&
              (doc_is(c->doc, c->at - 1, LEX_MODAL) || doc_is(c->doc, c->at - 1, LEX_ADV) ||
               doc_word_is(c->doc, c->at - 1, "will") || doc_word_is(c->doc, c->at - 1, "to")));
    return noun && DOC_WORD_IN(c->doc, c->at, WORDS);
}

/* "calling for talks" without an auxiliary tells what goes along with another verb. */
static bool is_participle(const cue *c) {
    ro_str word = doc_text(c->doc, c->at, c->at + 1);
    bool ing = !c->noun && word.len > 4 && memcmp(word.ptr + word.len - 3, "ing", 3) == 0;
    return ing && (c->at == c->sent->first || !doc_is(c->doc, c->at - 1, LEX_AUX));
}

/* ---- the record ------------------------------------------------------------------------------ */

static uint32_t clause_end(const cue *c) {
    uint32_t end = c->cl->end;
    /* a that-clause or more verbs of the same subject belong to what is agreed */
    for (uint32_t i = c->doc->clause_at[c->at] + 1; i < c->doc->clause_count; i++) {
        const clause *next = &c->doc->clauses[i];
        if (next->first > c->sent->end || next->first < c->at ||
            !(next->kind == 't' || next->kind == 'r')) {
            break;
        }
        end = next->end;
    }
    end = end < c->after ? c->after : end;
    while (end > c->after && doc_is_mark(doc_token(c->doc, end - 1)->kind, ".,;:=<>")) {
        end--;
    }
    return end;
}

/* Particles of a cue that are no part of what is agreed. */
static bool is_particle(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"to",  "on",  "upon", "that", "with", "forward", "down",
                                        "out", "for", "up",   "in",   "over", "by",      "not"};
    return DOC_WORD_IN(doc, at, WORDS);
}

static ro_str shortened(ro_str what) {
    return ro_utf8_prefix(what, WHAT_MAX);
}

/* Tokens from the clause's start: of what was done to the subject, of what is unacceptable or open.
 */
static void whole_clause(const cue *c, bool rest, uint32_t *from, uint32_t *end) {
    *from = c->cl->first;
    *end = rest && *end > c->at ? *end : c->at;
    while (c->passive && *end > *from &&
           (doc_is(c->doc, *end - 1, LEX_AUX) || doc_is(c->doc, *end - 1, LEX_ADV))) {
        (*end)--;
    }
}

/* Where the object starts: after the cue's verb, after "to" in "agreed with X to …". */
static uint32_t object_start(const cue *c, uint32_t end) {
    const document *doc = c->doc;
    if (doc_word_is(doc, c->after - 1, "with") && doc_chunk_from(doc, c->after)) {
        for (uint32_t i = c->after; i < end; i++) {
            if (doc_word_is(doc, i, "to")) {
                return i;
            }
        }
    }
    bool verb = c->entry->words > 1 && !c->noun && !doc_is(doc, c->at, LEX_AUX) &&
                c->status != RO_OUTCOME_PLANNED;
    return verb ? c->at + 1 : c->after;
}

/* The words of the article that say what it is about. */
static ro_str what_of(const cue *c, uint32_t end) {
    end = end < c->stop ? end : c->stop;
    uint32_t from = object_start(c, end);
    bool whole = c->status == RO_OUTCOME_OPEN || (c->noun && c->status == RO_OUTCOME_REJECTED);
    if (c->passive || whole || c->after >= end) {
        whole_clause(c, whole, &from, &end);
    }
    while (from + 1 < end && (is_particle(c->doc, from) || doc_is(c->doc, from, LEX_WEEKDAY))) {
        from++;
    }
    return shortened(from < end ? doc_text(c->doc, from, end) : doc_text(c->doc, c->at, c->after));
}

static ro_str condition_of(const cue *c) {
    for (uint32_t i = c->after; i < c->sent->end; i++) {
        bool starts = doc_word_is(c->doc, i, "once") || doc_word_is(c->doc, i, "if") ||
                      doc_word_is(c->doc, i, "unless") || doc_word_is(c->doc, i, "provided") ||
                      doc_word_is(c->doc, i, "until");
        if (starts && i + 2 < c->sent->end && !(doc_token(c->doc, i + 1)->kind != 'w')) {
            uint32_t end = c->sent->end;
            end -= doc_token(c->doc, end - 1)->kind == '.';
            return doc_text(c->doc, i, end);
        }
    }
    return RO_STR_NONE;
}

/* Who is credited with saying it: the speaker of a statement of this sentence in another clause. */
static void attribute(const cue *c, ro_actors *out) {
    const ro_facts *facts = c->doc->facts;
    uint32_t from = doc_token(c->doc, c->sent->first)->start;
    uint32_t end = doc_token(c->doc, c->sent->end - 1)->end;
    uint32_t at = doc_token(c->doc, c->at)->start;
    size_t low = 0;
    for (size_t high = facts->statement_count; low < high;) {
        size_t middle = (low + high) / 2;
        if (facts->statements[middle].evidence.start < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low; i < facts->statement_count && facts->statements[i].evidence.start < end;
         i++) {
        const ro_statement *s = &facts->statements[i];
        bool own = at >= s->evidence.start && at < s->evidence.end;
        if (!own && (at < s->evidence.start || at >= s->evidence.end)) {
            *out = s->speaker;
            return;
        }
    }
}

static bool same_actors(const ro_actors *a, const ro_actors *b) {
    return a->person_count == b->person_count && a->side_count == b->side_count &&
           memcmp(a->people, b->people, a->person_count * sizeof *a->people) == 0 &&
           memcmp(a->sides, b->sides, a->side_count * sizeof *a->sides) == 0;
}

/* A refusal answers the proposal made just before by somebody else. */
static void link_answer(cue *c, size_t number) {
    ro_outcome *o = &c->doc->facts->outcomes[number];
    if (o->status != RO_OUTCOME_DECLINED && o->status != RO_OUTCOME_REJECTED &&
        o->status != RO_OUTCOME_AGREED) {
        return;
    }
    bool offer = o->status != RO_OUTCOME_AGREED || cue_starts(c, "acc");
    uint32_t low = doc_token(c->doc, c->doc->t.sentences[c->s > 2 ? c->s - 2 : 0].first)->start;
    for (size_t i = number; offer && i-- > 0 && c->doc->facts->outcomes[i].evidence.start >= low;) {
        const ro_outcome *p = &c->doc->facts->outcomes[i];
        if (p->status == RO_OUTCOME_PROPOSED && !same_actors(&p->by, &o->by)) {
            o->answers = (int)i;
            o->to = p->by;
            return;
        }
    }
}

/* The verb a noun of agreement is the object of ("reached a rare agreement to"), else the cue. */
static uint32_t verb_of(const cue *c) {
    static const char *const VERBS[] = {"reached", "reach",  "reaches",   "struck", "made",
                                        "signed",  "sealed", "announced", "won",    "had"};
    for (uint32_t i = c->at; c->noun && i-- > c->cl->first && i + 6 > c->at;) {
        if (DOC_WORD_IN(c->doc, i, VERBS)) {
            return i;
        }
    }
    return c->at;
}

/* The chunk in the possessive right before the cue, NULL if there is none. */
static const chunk *owner_of(const cue *c) {
    const chunk *owner = doc_chunk_before(c->doc, c->at);
    if (owner) {
        return owner->possessive ? owner : NULL;
    }
    bool clitic = c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, "'s");
    return clitic ? doc_chunk_before(c->doc, c->at - 1) : NULL;
}

/* "leaders say it is unacceptable": who says so in the sentence before the cue. */
static const chunk *speaker_of(const cue *c) {
    for (uint32_t i = c->at; i-- > c->sent->first && i + 12 > c->at;) {
        if (doc_is(c->doc, i, LEX_SAY) && !doc_chunk_at(c->doc, i)) {
            return clause_subject(c->doc, i);
        }
    }
    return NULL;
}

/* Who did it: the agent of a passive; "unacceptable for Moscow": Moscow; else the subject. */
static const chunk *actor_of(const cue *c) {
    const document *doc = c->doc;
    if (c->passive) {
        return c->agent;
    }
    const chunk *owner = c->noun ? owner_of(c) : NULL;
    if (owner) {
        return owner; /* "Moscow's refusal to" */
    }
    if (c->noun && c->status == RO_OUTCOME_AGREED && verb_of(c) == c->at) {
        return NULL;
    }
    if (c->status == RO_OUTCOME_OPEN && !outcome_is_disagreement(c) && !outcome_is_delay(c) &&
        outcome_named(c->entry->value) == RO_OUTCOME_OPEN && !cue_starts(c, "not ")) {
        return NULL; /* talks stall, questions remain: of all who talk */
    }
    if (c->noun && c->status == RO_OUTCOME_REJECTED) {
        bool to = doc_word_is(doc, c->after, "for") || doc_word_is(doc, c->after, "to");
        const chunk *whom = to ? doc_chunk_from(doc, c->after + 1) : NULL;
        bool copula = doc_is(doc, c->at, LEX_AUX) || (c->at > 0 && doc_is(doc, c->at - 1, LEX_AUX));
        ro_str next = whom ? doc_text(doc, whom->tail, whom->tail + 1) : RO_STR_NONE;
        bool deed = next.len > 4 && memcmp(next.ptr + next.len - 3, "ing", 3) == 0;
        if (whom && (deed || doc_word_is(doc, whom->tail, "to"))) {
            return speaker_of(c); /* "unacceptable for firms to pay so much": to who says so */
        }
        return whom ? whom : copula ? speaker_of(c) : c->subject;
    }
    return c->subject;
}

/* "Toyota and the union": the words for actors without a side. */
static ro_str actor_text(const cue *c, const chunk *named) {
    const document *doc = c->doc;
    const chunk *last = named;
    for (int steps = 0; steps < 4; steps++) {
        uint32_t at = last->tail;
        uint32_t far = at + 10 < c->at ? at + 10 : c->at;
        for (uint32_t k = at; doc_token(doc, at)->kind == '(' && k < far; k++) {
            at = doc_token(doc, k)->kind == ')' ? k + 1 : at; /* "Exxon ( XOM.N ) and" */
        }
        at += doc_token(doc, at)->kind == ',' && !doc_word_is(doc, at + 1, "and");
        at += doc_word_is(doc, at, "and");
        const chunk *next = at > last->tail && at < c->at ? doc_chunk_from(doc, at) : NULL;
        if (!next || next->end > c->at || next->possessive || next->kind == CHUNK_PRONOUN) {
            break;
        }
        last = next;
    }
    if (named->kind == CHUNK_BODY && doc_token(doc, named->tail)->kind == ',' &&
        doc_token(doc, c->at - 1)->kind == ',' && c->at < named->tail + 20) {
        return doc_text(doc, named->first,
                        c->at - 1); /* "its owner, the group Vivendi, rejected" */
    }
    bool linked = last != named && doc_word_is(doc, last->first - 1, "and");
    return doc_text(doc, named->first, linked ? last->end : named->end);
}

/* True if companies or bodies stand beside sides in the list of actors. */
static bool has_group(const cue *c, const chunk *actor) {
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(c->doc, actor, c->at, list);
    bool group = false;
    for (size_t i = 0; i < count; i++) {
        group = group || list[i]->kind == CHUNK_ORG;
    }
    return group && count > 1;
}

/* "business groups have been unable": the words of a subject that is no known actor. */
static ro_str plain_subject(const cue *c) {
    const document *doc = c->doc;
    const uint64_t between = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) |
                             LEX_BIT(LEX_NEG) | LEX_BIT(LEX_RELDATE) | LEX_BIT(LEX_WEEKDAY);
    uint32_t end = c->at;
    while (end > c->cl->first && (doc_token(doc, end - 1)->classes & between)) {
        end--;
    }
    uint32_t first = end;
    const uint64_t stop = LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY);
    while (first > c->cl->first && first + 5 > end && doc_token(doc, first - 1)->kind == 'w' &&
           !(doc_token(doc, first - 1)->classes & stop)) {
        first--;
    }
    bool plural = end > first && doc->t.text.ptr[doc_token(doc, end - 1)->end - 1] == 's';
    return plural ? doc_text(doc, first, end) : RO_STR_NONE;
}

/* Those who did it, and as words those who have no record. */
static void set_actors(const cue *c, int32_t talk, ro_outcome *o) {
    const document *doc = c->doc;
    const chunk *actor = actor_of(c);
    if (!actor && (c->noun || c->passive || c->status == RO_OUTCOME_OPEN)) {
        const chunk both = {.kind = CHUNK_BOTH, .person = -1};
        if (talk >= 0) {
            actors_add(doc, &both, c->s, &o->by);
        }
        bool none = o->by.person_count + o->by.side_count == 0;
        bool common = c->subject && c->subject->kind == CHUNK_ORG &&
                      c->subject->first == c->sent->first; /* perhaps a capital of the sentence */
        actor = none && c->noun && c->status == RO_OUTCOME_OPEN && !common && !speaker_of(c)
                    ? c->subject
                    : NULL;
    }
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(doc, actor, c->passive ? c->sent->end : c->at, list);
    for (size_t i = 0; i < count; i++) {
        actors_add(doc, list[i], c->s, &o->by);
    }
    const chunk *partner =
        doc_word_is(doc, c->after - 1, "with") ? doc_chunk_from(doc, c->after) : NULL;
    if (actor && partner && !partner->possessive) {
        actors_add(doc, partner, c->s, &o->by);
    }
    const chunk *named =
        actor && actor->kind == CHUNK_PRONOUN ? outcome_earlier_actor(c, actor) : actor;
    bool none = o->by.person_count + o->by.side_count == 0;
    if (named && (none || (o->by.person_count == 0 && has_group(c, named)))) {
        o->by_text = actor_text(c, named); /* "Citigroup and the United States" */
    } else if (!named && none && c->status == RO_OUTCOME_OPEN && outcome_is_disagreement(c)) {
        o->by_text = plain_subject(c);
    }
}

static void record(cue *c) {
    uint32_t end = clause_end(c);
    ro_outcome *o = doc_push(c->doc, (void **)&c->doc->facts->outcomes,
                             &c->doc->facts->outcome_count, sizeof *o);
    if (!o) {
        return;
    }
    *o = (ro_outcome){.status = (ro_outcome_status)c->status, .answers = -1, .hedged = c->hedged};
    o->background = c->background;
    int32_t talk = c->doc->sentence_talk[c->s];
    o->talk = talk >= 0 ? talk : c->doc->main_talk;
    o->talk = c->background ? -1 : o->talk;
    set_actors(c, talk, o);
    bool nobody = o->by.person_count + o->by.side_count == 0 && o->by_text.len == 0;
    bool told = c->at == c->sent->first || doc_is(c->doc, c->at - 1, LEX_DET) ||
                doc_is(c->doc, c->at, LEX_DET);
    bool pronoun = c->subject && c->subject->kind == CHUNK_PRONOUN;
    bool somebody = pronoun && outcome_is_disagreement(c); /* "it failed to reach" */
    if (nobody && c->status == RO_OUTCOME_OPEN &&
        (somebody || (c->doc->main_talk < 0 && !outcome_tells_of_talks(c)))) {
        c->doc->facts->outcome_count--;
        return;
    }
    if (nobody && c->noun && !told && c->status == RO_OUTCOME_AGREED) {
        c->doc->facts->outcome_count--; /* "the $52 billion agreement to": of whom nobody says */
        return;
    }
    o->what = what_of(c, end);
    o->condition = condition_of(c);
    attribute(c, &o->attributed_to);
    uint32_t first = c->subject && c->subject->first < c->at && c->subject->first >= c->cl->first
                         ? c->subject->first
                         : c->at;
    static const char *const FAMILIES[] = {
        "outcome.agreed", "outcome.proposed", "outcome.declined",   "outcome.rejected",
        "outcome.denied", "outcome.planned",  "outcome.reaffirmed", "outcome.open"};
    o->evidence = doc_evidence(c->doc, first, end, FAMILIES[c->status], c->entry->phrase);
    link_answer(c, c->doc->facts->outcome_count - 1);
}

/* ---- cues ------------------------------------------------------------------------------------ */

static bool can_act(const cue *c) {
    const chunk *s = c->subject;
    if (!s || s->end <= s->first) {
        return false;
    }
    if (s->kind == CHUNK_PRONOUN) {
        return !ro_str_equal(s->head->value, RO_STR("we"));
    }
    char next = doc_token(c->doc, s->tail)->kind;
    bool common = s->kind == CHUNK_ORG && s->end == s->first + 1 && s->first == c->sent->first &&
                  next == 'w' &&
                  (doc_is(c->doc, s->tail, LEX_PREP) || doc_token(c->doc, s->tail)->classes == 0);
    if (common && c->at > s->tail + 1) {
        return false; /* "Flights from Europe are set to resume": a capital of the sentence */
    }
    if (s->kind == CHUNK_ORG && doc_is(c->doc, s->first, LEX_CITY)) {
        return false;
    }
    return true;
}

/* "It is scheduled to meet": a pronoun that stands for nobody known acts for nobody. */
static bool has_actor(const cue *c) {
    ro_actors who;
    return c->subject->kind != CHUNK_PRONOUN || actors_of(c->doc, c->subject, c->s, &who) ||
           outcome_earlier_actor(c, c->subject);
}

/* "until their members ratify the contract" tells of no ratification. */
static bool is_future_condition(const cue *c) {
    static const char *const WORDS[] = {"until", "till", "unless", "before", "once"};
    return c->cl->kind == 's' && c->cl->first > c->sent->first &&
           DOC_WORD_IN(c->doc, c->cl->first - 1, WORDS);
}

/* True for what is done by nobody that is named, or not done yet. */
static bool is_of_nobody(const cue *c, int status) {
    const document *doc = c->doc;
    bool agreed = status == RO_OUTCOME_AGREED && doc->main_talk >= 0 &&
                  doc->talks[doc->main_talk].side_count > 1;
    if (c->passive && !c->agent && !agreed && status != RO_OUTCOME_OPEN) {
        return true; /* "the request was refused": by whom nobody says */
    }
    if (c->noun && c->at == c->sent->first && cue_starts(c, "without")) {
        return true; /* "Without a deal, the report will be read" */
    }
    bool pending = c->passive && c->cl->kind == 's' && status == RO_OUTCOME_AGREED &&
                   (doc_word_is(doc, c->at - 1, "is") || doc_word_is(doc, c->at - 1, "are"));
    if (pending) {
        return true; /* "as soon as the settlement is approved" */
    }
    bool needs_owner = c->noun && (cue_starts(c, "rejection") || cue_starts(c, "refusal"));
    if (needs_owner && !owner_of(c)) {
        return true;
    }
    return false;
}

static void read_cue(cue *c) {
    const document *doc = c->doc;
    c->cl = &doc->clauses[doc->clause_at[c->at]];
    c->subject = clause_subject(doc, verb_of(c));
    const lex_match *lead = doc_match(doc, c->sent->first, LEX_CLAUSE);
    bool hypothesis = lead && ro_str_equal(doc_entry(doc, lead)->value, RO_STR("cond"));
    c->conditional = hypothesis || c->cl->kind == 'c' || is_future_condition(c);
    if (is_attribute(c) || is_participle(c) || is_noun_form(c) || is_bare(c) || c->conditional ||
        (doc_token(doc, c->at)->flags & TOK_QUOTED)) {
        return;
    }
    read_before(c);
    read_passive(c);
    int status = outcome_named(c->entry->value);
    bool needs_actor = !c->noun && !c->passive && status != RO_OUTCOME_OPEN;
    if (status < 0 || (needs_actor && !can_act(c))) {
        return;
    }
    if (is_of_nobody(c, status)) {
        return;
    }
    c->status = outcome_check(c);
    if (c->status >= 0 && (!needs_actor || has_actor(c)) && outcome_in_scope(c)) {
        record(c);
    }
}

/* "turned the offer down": the cue whose particle stands at the token, behind the object; sets the
 * token of its verb. NULL if there is none. */
static const lex_entry *parted(const document *doc, uint32_t first, uint32_t particle,
                               uint32_t *verb) {
    static const char *const PARTICLES[] = {"down", "forward", "out", "off"};
    if (!DOC_WORD_IN(doc, particle, PARTICLES)) {
        return NULL;
    }
    for (uint32_t i = particle - 1; i > first && i + 9 > particle; i--) {
        const token *t = doc_token(doc, i - 1);
        if (t->kind != 'w' || (t->classes & LEX_BIT(LEX_CLAUSE))) {
            return NULL;
        }
        uint32_t node = lexicon_step(doc->lex, lexicon_step(doc->lex, 0, t->word),
                                     doc_token(doc, particle)->word);
        for (uint32_t e = node ? lexicon_entries(doc->lex, node) : 0; e;
             e = lexicon_entry(doc->lex, e)->next) {
            if (lexicon_entry(doc->lex, e)->class == LEX_OUT) {
                *verb = i - 1;
                return lexicon_entry(doc->lex, e);
            }
        }
    }
    return NULL;
}

void outcomes_find(document *doc) {
    for (uint32_t s = 0; s < doc->t.sentence_count && !doc->failed; s++) {
        const sentence_span *sent = &doc->t.sentences[s];
        uint32_t last = UINT32_MAX; /* where the cue before ends */
        for (uint32_t i = sent->first; i < sent->end && !doc->failed;) {
            const chunk *inside = doc_chunk_at(doc, i);
            const lex_match *verb = doc_match(doc, i, LEX_OUT);
            const lex_match *noun = doc_match(doc, i, LEX_OUTNOUN);
            bool is_noun = noun && (!verb || noun->words >= verb->words);
            const lex_match *m = is_noun ? noun : verb;
            uint32_t start = i;
            const lex_entry *split =
                m || i <= sent->first + 1 || inside ? NULL : parted(doc, sent->first, i, &start);
            bool object = m && is_noun && i == last; /* "failed to reach an agreement on" */
            if ((!m && !split) || object || (inside && inside->first < i && inside->end > i)) {
                i++;
                continue;
            }
            cue c = {.doc = doc,
                     .sent = sent,
                     .s = s,
                     .at = start,
                     .after = split ? start + 1 : i + m->words,
                     .stop = split ? i : UINT32_MAX,
                     .entry = split ? split : doc_entry(doc, m),
                     .noun = is_noun,
                     .status = OUTCOME_NONE};
            read_cue(&c);
            i = last = split ? i + 1 : c.after;
        }
    }
}
