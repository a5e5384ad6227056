/* "talks between X and Y", "talks with Y", "the talks took place in Z": nouns of talks. */
#include "talks.h"

#define SUBJECT_FAR 40 /* tokens back to the verb of the sentence */

typedef struct phrase {
    document *doc;
    const sentence_span *sent;
    uint32_t at, after;
    const lex_entry *entry;
    const chunk *before; /* "U.S.-China talks" */
    bool the, between, with;
    uint32_t object; /* where those who are behind "between", "with" or "to buy" are named */
    uint32_t held;   /* the verb of "held a meeting", the noun itself if there is none */
} phrase;

static bool is(const phrase *p, const char *value) {
    return mention_value_is(p->entry, value);
}

static bool ends_in_ing(const document *doc, uint32_t at) {
    ro_str w = doc_text(doc, at, at + 1);
    return w.len > 5 && memcmp(w.ptr + w.len - 3, "ing", 3) == 0;
}

/* True if the noun's phrase begins with "the" or "this", over its adjectives. */
static bool is_definite(const document *doc, uint32_t noun, uint32_t first) {
    static const char *const WORDS[] = {"the", "these", "this"};
    for (uint32_t i = noun; i-- > first && i + 14 > noun;) {
        char kind = doc_token(doc, i)->kind;
        if (DOC_WORD_IN(doc, i, WORDS)) {
            return true;
        }
        bool inner =
            kind == '-' || kind == '0' || (kind == 'w' && doc_token(doc, i + 1)->kind == '-');
        if (!inner && (kind != 'w' || doc_is(doc, i, LEX_PREP) || doc_word_is(doc, i, "a"))) {
            return false;
        }
    }
    return false;
}

/* "held a 50-minute meeting": a verb of holding before the noun, over its adjectives. */
static uint32_t held_before(const document *doc, uint32_t noun, uint32_t first) {
    static const char *const WORDS[] = {
        "held",    "hold",      "holds",     "holding",  "had",       "began",    "opened",
        "resumed", "concluded", "cancelled", "canceled", "postponed", "suspended"};
    for (uint32_t i = noun; i-- > first && i + 10 > noun;) {
        if (DOC_WORD_IN(doc, i, WORDS)) {
            return i;
        }
        if (doc_is(doc, i, LEX_PREP) || doc_token(doc, i)->kind == ',') {
            break;
        }
    }
    return noun;
}

/* "in talks to buy Y" is with Y; "a meeting of the ministers of X and Y" is between them. */
static void read_purpose(phrase *p) {
    static const char *const DEALS[] = {"buy", "acquire", "purchase", "merge"};
    const document *doc = p->doc;
    uint32_t k = p->after;
    if (doc_word_is(doc, k, "to") && DOC_WORD_IN(doc, k + 1, DEALS)) {
        p->object = k + 2 + doc_word_is(doc, k + 2, "with");
        const chunk *c = doc_chunk_from(doc, p->object);
        p->with = c && c->kind == CHUNK_ORG && !c->possessive;
    } else if (doc_word_is(doc, k, "of")) {
        const chunk *c = doc_chunk_from(doc, k + 1);
        p->between = c && c->plural && c->side_count >= 2 && !c->possessive;
    }
}

static void read_phrase(phrase *p) {
    const document *doc = p->doc;
    bool quoted = doc_token(doc, p->at)->flags & TOK_QUOTED;
    p->before = quoted ? NULL : doc_chunk_before(doc, p->at);
    p->the = is_definite(doc, p->at, p->sent->first);
    uint32_t k = p->after + (doc_word_is(doc, p->after, "not") ? 2 : 0); /* "not only with" */
    p->between = doc_word_is(doc, k, "between") || doc_word_is(doc, k, "among");
    p->with = doc_word_is(doc, k, "with");
    p->object = k + 1;
    read_purpose(p);
    p->held = p->between || p->before ? p->at : held_before(doc, p->at, p->sent->first);
}

static void set_object(const phrase *p, mention *m) {
    const chunk *c = mention_object(p->doc, p->object, p->sent->end);
    m->ends[1] = mention_can_meet(c) ? c : NULL;
    mention_end(p->doc, m, m->ends[1], p->sent->end);
    m->end = m->ends[1] ? m->ends[1]->tail : m->end;
}

/* The first token of the noun's phrase: its article and adjectives. */
static uint32_t before_phrase(const phrase *p) {
    uint32_t i = p->at;
    while (i > p->sent->first && i + 5 > p->at) {
        const token *t = doc_token(p->doc, i - 1);
        bool inner = t->kind == '-' || (t->kind == 'w' && !(t->classes & LEX_BIT(LEX_PREP)) &&
                                        !ends_in_ing(p->doc, i - 1));
        if (!inner || doc_chunk_at(p->doc, i - 1)) {
            break;
        }
        i--;
    }
    return i;
}

/* "After talks with Y, X said": who speaks behind the comma, NULL if nobody does. */
static const chunk *speaker_behind(const phrase *p, const mention *m, uint32_t before) {
    static const char *const AFTER[] = {"after", "following", "during", "before", "in", "at"};
    const chunk *y = m->ends[1];
    bool after = y && before > p->sent->first && DOC_WORD_IN(p->doc, before - 1, AFTER);
    if (!after || doc_token(p->doc, y->tail)->kind != ',') {
        return NULL;
    }
    const chunk *x = doc_chunk_from(p->doc, y->tail + 1);
    return x && x->person >= 0 && doc_is(p->doc, x->tail, LEX_SAY) ? x : NULL;
}

/* "X is in talks with Y", "X and Y held a meeting": the subject of the clause takes part. */
static void set_subject(const phrase *p, mention *m) {
    static const char *const ASIDE[] = {"including", "on", "about", "of", "to", "for", "than"};
    uint32_t before = before_phrase(p);
    if (p->held == p->at && before > p->sent->first &&
        (DOC_WORD_IN(p->doc, before - 1, ASIDE) || ends_in_ing(p->doc, before - 1))) {
        return; /* "including discussions with Y", "before starting talks with Y": no word of whose
                 */
    }
    const chunk *subject = clause_subject(p->doc, p->held);
    subject = subject ? subject : speaker_behind(p, m, before);
    if (!subject || mention_only_says(p->doc, subject, before, p->held)) {
        return;
    }
    const chunk *list[COORDINATED_MAX];
    bool firms = is(p, "-") && chunk_coordinated(p->doc, subject, p->held, list) > 1;
    bool business = firms || (m->ends[1] && m->ends[1]->kind == CHUNK_ORG);
    bool named = p->before && p->before->kind == CHUNK_SIDE;
    if (mention_can_meet(subject) && (subject->kind != CHUNK_ORG || business) && !named) {
        m->ends[0] = subject;
        mention_end(p->doc, m, subject, p->held);
    }
}

/* "call with analysts" */
static bool is_for_audience(const phrase *p) {
    return (p->with || p->between) && mention_is_audience(p->doc, p->after + 1, p->sent->end);
}

/* "agreed to a truce after talks hosted by X": talks behind a preposition that say whose house they
 * were in are those of the subject of the sentence's verb, if it is several. */
static const chunk *subject_of_hosted(const phrase *p) {
    static const char *const BEHIND[] = {"after", "following", "during", "in", "at"};
    const document *doc = p->doc;
    uint32_t before = before_phrase(p);
    const lex_match *part = doc_match(doc, p->after, LEX_PART);
    const lex_entry *e = doc_entry(doc, part);
    bool by = e && (mention_value_is(e, "host_by") || mention_value_is(e, "mediate_by") ||
                    mention_value_is(e, "chair_by"));
    if (!by || before <= p->sent->first + 1 || !DOC_WORD_IN(doc, before - 1, BEHIND)) {
        return NULL;
    }
    uint32_t low = before > p->sent->first + SUBJECT_FAR ? before - SUBJECT_FAR : p->sent->first;
    for (uint32_t i = before - 1; i-- > low;) {
        bool acts = doc_is_any(doc, i, LEX_BIT(LEX_OUT) | LEX_BIT(LEX_MEET)) &&
                    !doc_chunk_at(doc, i) && doc->clause_at[i] == doc->clause_at[p->at];
        const chunk *c = acts ? clause_subject(doc, i) : NULL;
        if (c) {
            return c->kind == CHUNK_ORG ? NULL : c;
        }
    }
    return NULL;
}

static void set_hosted(const phrase *p, mention *m) {
    const chunk *hosted = p->between || p->with ? NULL : subject_of_hosted(p);
    mention with = *m;
    if (mention_can_meet(hosted)) {
        with.ends[0] = hosted;
        mention_end(p->doc, &with, hosted, p->at);
        *m = with.side_count >= 2 ? with : *m;
    }
}

static void set_ends(const phrase *p, mention *m) {
    if (p->between || p->with) {
        set_object(p, m);
    }
    if ((p->with && m->ends[1]) || (p->held != p->at && !p->with)) {
        set_subject(p, m);
    }
    set_hosted(p, m);
    if (p->before && p->before->side_count > 0 &&
        (p->before->kind == CHUNK_SIDE || p->before->kind == CHUNK_ORG)) {
        mention_end(p->doc, m, p->before, p->at);
        m->first = p->before->first;
    }
}

/* A noun alone names no talks: it needs sides, a place where they happened, or talks before it. */
static bool is_enough(const phrase *p, const mention *m) {
    static const char *const HAPPENED[] = {"took", "in", "were", "was"};
    bool placed = m->country && is(p, "-") && DOC_WORD_IN(p->doc, p->after, HAPPENED);
    bool known = m->definite && p->doc->talk_count > 0 && !is(p, "in_person");
    bool firms = m->ends[0] && m->ends[0]->kind == CHUNK_ORG && m->party_count >= 2;
    return m->side_count >= 2 || firms || (p->between && m->ends[1]) ||
           (m->ends[0] && m->ends[1]) || placed || known;
}

uint32_t talk_read_noun(document *doc, uint32_t s, uint32_t at) {
    const lex_match *match = doc_match(doc, at, LEX_TALK);
    phrase p = {.doc = doc,
                .sent = &doc->t.sentences[s],
                .at = at,
                .after = at + match->words,
                .entry = doc_entry(doc, match)};
    mention m = {.sentence = s,
                 .first = at,
                 .end = p.after,
                 .at = at,
                 .form = mention_form(p.entry),
                 .family = "talk.noun",
                 .cue = p.entry->phrase};
    read_phrase(&p);
    if (is_for_audience(&p)) {
        return 0;
    }
    set_ends(&p, &m);
    mention_place(doc, &m, p.after, p.sent->end);
    m.definite = p.the && !p.between && !p.with;
    if (!is_enough(&p, &m) || doc->clauses[doc->clause_at[at]].kind == 'c') {
        return 0;
    }
    int status = talk_noun_status(doc, at, p.between || p.with ? m.end : p.after, p.sent);
    if (status == TALK_STATUS_NONE || (status == RO_TALK_PROPOSED && m.definite)) {
        return 0;
    }
    m.status = (ro_talk_status)status;
    m.separate = mention_is_separate(doc, at, p.sent->first);
    int32_t talk = talk_add(doc, &m);
    if ((status == RO_TALK_HELD || status == RO_TALK_ONGOING) && (p.between || p.with)) {
        mention_participants(doc, talk, &m, p.sent->end);
    }
    return match->words;
}
