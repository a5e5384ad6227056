/* Outcomes: what was agreed, proposed, declined … A cue binds to the subject of its clause; then
 * negation, modality, attribution and time decide what it means (outcome_checks.c). */
#include "outcomes.h"

#include "readout/utf8.h"

#define WHAT_MAX 400 /* bytes */

/* ---- the record ------------------------------------------------------------------------------ */

/* "divided over [whether …]": words that only join what comes next, which is cut off. */
static bool is_loose_end(const document *doc, uint32_t at) {
    static const char *const JOINS[] = {"and", "or", "over", "on", "about", "even", "of", "for"};
    return DOC_WORD_IN(doc, at, JOINS) && !doc_chunk_at(doc, at);
}

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
    while (end > c->after && (doc_is_mark(doc_token(c->doc, end - 1)->kind, ".,;:=<>") ||
                              is_loose_end(c->doc, end - 1))) {
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
    bool principle = doc_word_is(doc, c->after - 1, "principle");
    bool verb = !principle && c->entry->words > 1 && !c->noun && !doc_is(doc, c->at, LEX_AUX) &&
                c->status != RO_OUTCOME_PLANNED;
    return verb ? c->at + 1 : c->after;
}

/* "charged with assault, which he denies": what stands before the clause. */
static ro_str relative_object(const cue *c) {
    const document *doc = c->doc;
    uint32_t end = c->cl->first - (c->cl->first > c->sent->first);
    while (end > c->sent->first && doc_token(doc, end - 1)->kind == ',') {
        end--;
    }
    uint32_t from = end;
    while (from > c->sent->first && from + 12 > end && doc_token(doc, from - 1)->kind != ',') {
        from--;
    }
    return shortened(from < end ? doc_text(doc, from, end) : doc_text(doc, c->at, c->after));
}

/* The words of the article that say what it is about. */
static ro_str what_of(const cue *c, uint32_t end) {
    end = end < c->stop ? end : c->stop;
    uint32_t from = object_start(c, end);
    bool whole = c->status == RO_OUTCOME_OPEN || (c->noun && c->status == RO_OUTCOME_REJECTED);
    bool bare = c->after >= end && (c->noun || c->entry->words == 1);
    if (bare && !c->passive && !whole && (c->cl->kind == 'r' || c->cl->kind == 't')) {
        return relative_object(c);
    }
    if (c->passive || whole || bare) {
        whole_clause(c, whole, &from, &end);
    }
    while (from + 1 < end && (is_particle(c->doc, from) || doc_is(c->doc, from, LEX_WEEKDAY))) {
        from++;
    }
    return shortened(from < end ? doc_text(c->doc, from, end) : doc_text(c->doc, c->at, c->after));
}

static ro_str condition_of(const cue *c) {
    static const char *const WORDS[] = {"once", "if", "unless", "provided", "until"};
    for (uint32_t i = c->after; i + 2 < c->sent->end; i++) {
        if (DOC_WORD_IN(c->doc, i, WORDS) && doc_token(c->doc, i + 1)->kind == 'w') {
            uint32_t end = c->sent->end;
            end -= doc_token(c->doc, end - 1)->kind == '.';
            return doc_text(c->doc, i, end);
        }
    }
    return RO_STR_NONE;
}

/* The first statement from the byte on; they stand in order. */
static size_t first_statement(const ro_facts *facts, uint32_t from) {
    size_t low = 0;
    for (size_t high = facts->statement_count; low < high;) {
        size_t middle = (low + high) / 2;
        if (facts->statements[middle].evidence.start < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Who is credited with saying it: the speaker of a statement of this sentence in another clause. */
static void attribute(const cue *c, ro_actors *out) {
    const ro_facts *facts = c->doc->facts;
    uint32_t end = doc_token(c->doc, c->sent->end - 1)->end;
    uint32_t at = doc_token(c->doc, c->at)->start;
    size_t first = first_statement(facts, doc_token(c->doc, c->sent->first)->start);
    for (size_t i = first; i < facts->statement_count; i++) {
        const ro_statement *s = &facts->statements[i];
        if (s->evidence.start >= end) {
            return;
        }
        if (at < s->evidence.start || at >= s->evidence.end) {
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

/* True for what is of nobody and so of no talks: questions that nobody leaves open, "the $52
 * billion agreement to". */
static bool is_of_no_talks(const cue *c, const ro_outcome *o) {
    if (!outcome_has_nobody(o) || o->by_text.len > 0) {
        return false;
    }
    if (c->status == RO_OUTCOME_OPEN) {
        bool pronoun = c->subject && c->subject->kind == CHUNK_PRONOUN;
        bool somebody = pronoun && outcome_is_disagreement(c); /* "it failed to reach" */
        return somebody || (c->doc->main_talk < 0 && !outcome_tells_of_talks(c));
    }
    bool told = c->at == c->sent->first || cue_follows(c, LEX_BIT(LEX_DET)) ||
                doc_is(c->doc, c->at, LEX_DET);
    return c->noun && !told && c->status == RO_OUTCOME_AGREED;
}

static void record(cue *c) {
    static const char *const FAMILIES[] = {
        "outcome.agreed", "outcome.proposed", "outcome.declined",   "outcome.rejected",
        "outcome.denied", "outcome.planned",  "outcome.reaffirmed", "outcome.open"};
    ro_facts *facts = c->doc->facts;
    int32_t talk = c->doc->sentence_talk[c->s];
    ro_outcome o = {.status = (ro_outcome_status)c->status,
                    .answers = -1,
                    .hedged = c->hedged,
                    .background = c->background};
    o.talk = c->background ? -1 : talk >= 0 ? talk : c->doc->main_talk;
    outcome_set_actors(c, talk, &o);
    if (is_of_no_talks(c, &o)) {
        return;
    }
    uint32_t end = clause_end(c);
    o.what = what_of(c, end);
    o.condition = condition_of(c);
    attribute(c, &o.attributed_to);
    bool subject = c->subject && c->subject->first < c->at && c->subject->first >= c->cl->first;
    o.evidence = doc_evidence(c->doc, subject ? c->subject->first : c->at, end, FAMILIES[c->status],
                              c->entry->phrase);
    ro_outcome *slot =
        doc_push(c->doc, (void **)&facts->outcomes, &facts->outcome_count, sizeof *slot);
    if (slot) {
        *slot = o;
        link_answer(c, facts->outcome_count - 1);
    }
}

/* ---- cues ------------------------------------------------------------------------------------ */

/* "Flights from Europe are set to resume": a capital of the sentence that is perhaps no name. */
static bool is_common_noun(const cue *c, const chunk *s) {
    bool capital = s->kind == CHUNK_ORG && s->end == s->first + 1 && s->first == c->sent->first;
    const token *next = doc_token(c->doc, s->tail);
    const token *second = doc_token(c->doc, s->tail + 1);
    if (capital && doc_is(c->doc, s->first, LEX_NUMBER)) {
        return true; /* "Twenty two firms agreed" */
    }
    if (capital && doc_word_is(c->doc, s->tail, "and") && second->kind == 'w' &&
        !(second->flags & TOK_CAP) && !doc_chunk_at(c->doc, s->tail + 1) &&
        !(second->classes & (LEX_BIT(LEX_OUT) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_DET)))) {
        return true; /* "Oil and gas firms agreed" */
    }
    return capital && next->kind == 'w' && c->at > s->tail + 1 &&
           ((next->classes & LEX_BIT(LEX_PREP)) || next->classes == 0);
}

static bool can_act(const cue *c) {
    const chunk *s = c->subject;
    if (!s || s->end <= s->first) {
        return false;
    }
    if (s->kind == CHUNK_PRONOUN) {
        return !ro_str_equal(s->head->value, RO_STR("we"));
    }
    bool city = s->kind == CHUNK_ORG && doc_is(c->doc, s->first, LEX_CITY);
    return !city && !is_common_noun(c, s);
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

/* "the request was refused": by whom nobody says. What both sides of talks agreed has its actors.
 */
static bool is_agentless(const cue *c, int status) {
    const document *doc = c->doc;
    bool agreed = status == RO_OUTCOME_AGREED && doc->main_talk >= 0 &&
                  doc->talks[doc->main_talk].side_count > 1;
    return c->passive && !c->agent && !agreed && status != RO_OUTCOME_OPEN;
}

/* "as soon as the settlement is approved" */
static bool is_pending(const cue *c, int status) {
    static const char *const BE[] = {"is", "are"};
    return c->passive && c->cl->kind == 's' && status == RO_OUTCOME_AGREED &&
           DOC_WORD_IN(c->doc, c->at - 1, BE);
}

/* True for what is done by nobody that is named, or not done yet. */
static bool is_of_nobody(const cue *c, int status) {
    if (c->noun && c->at == c->sent->first && cue_starts(c, "without")) {
        return true; /* "Without a deal, the report will be read" */
    }
    bool owned = c->noun && (cue_starts(c, "rejection") || cue_starts(c, "refusal"));
    return (owned && !cue_owner(c)) || is_agentless(c, status) || is_pending(c, status);
}

/* True if what the cue tells of is supposed: "if Moscow agreed", "until members ratify". */
static bool is_hypothesis(const cue *c) {
    const lex_match *lead = doc_match(c->doc, c->sent->first, LEX_CLAUSE);
    bool leads = lead && ro_str_equal(doc_entry(c->doc, lead)->value, RO_STR("cond"));
    bool had = doc_word_is(c->doc, c->sent->first, "had") && c->cl->first == c->sent->first;
    return leads || had /* "Had Armenia agreed, …" */ || c->cl->kind == 'c' ||
           is_future_condition(c);
}

static void read_cue(cue *c) {
    const document *doc = c->doc;
    int status = outcome_named(c->entry->value);
    c->cl = &doc->clauses[doc->clause_at[c->at]];
    if (status < 0 || (doc_token(doc, c->at)->flags & TOK_QUOTED) || is_hypothesis(c)) {
        return;
    }
    c->subject = clause_subject(doc, cue_verb(c));
    if (!cue_tells_act(c)) {
        return;
    }
    cue_read_form(c);
    bool needs_actor = !c->noun && !c->passive && status != RO_OUTCOME_OPEN;
    if ((needs_actor && !can_act(c)) || is_of_nobody(c, status)) {
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

/* The cue at the token: the longer phrase of a verb's and a noun's, or a particle behind the object
 * of its verb. False if none is there. */
static bool find_cue(document *doc, uint32_t s, uint32_t at, cue *out) {
    const sentence_span *sent = &doc->t.sentences[s];
    const chunk *inside = doc_chunk_at(doc, at);
    if (inside && inside->first < at && inside->end > at) {
        return false;
    }
    const lex_match *verb = doc_match(doc, at, LEX_OUT);
    const lex_match *noun = doc_match(doc, at, LEX_OUTNOUN);
    bool is_noun = noun && (!verb || noun->words >= verb->words);
    const lex_match *m = is_noun ? noun : verb;
    *out = (cue){.doc = doc, .sent = sent, .s = s, .noun = is_noun, .status = OUTCOME_NONE};
    if (m) {
        out->at = at;
        out->after = at + m->words;
        out->stop = UINT32_MAX;
        out->entry = doc_entry(doc, m);
        return true;
    }
    out->entry = at > sent->first + 1 && !inside ? parted(doc, sent->first, at, &out->at) : NULL;
    out->after = out->at + 1;
    out->stop = at;
    return out->entry != NULL;
}

void outcomes_find(document *doc) {
    for (uint32_t s = 0; s < doc->t.sentence_count && !doc->failed; s++) {
        const sentence_span *sent = &doc->t.sentences[s];
        uint32_t last = UINT32_MAX; /* where the cue before ends */
        for (uint32_t i = sent->first; i < sent->end && !doc->failed;) {
            cue c;
            /* "failed to reach an agreement on": the noun is the object of the cue before it */
            if (!find_cue(doc, s, i, &c) || (c.noun && i == last)) {
                i++;
                continue;
            }
            read_cue(&c);
            i = last = c.stop == UINT32_MAX ? c.after : c.stop + 1;
        }
    }
}
