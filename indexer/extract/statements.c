/* Statements: who said what. A cue is a verb of speech or stance with a subject, or "according to".
 */
#include "statements.h"

#define GOVERNMENT_CHUNKS_BACK 60

static bool is_noun_place(const document *doc, uint32_t at, uint32_t first) {
    if (at == first) {
        return false;
    }
    const token *before = doc_token(doc, at - 1);
    return (before->classes & (LEX_BIT(LEX_DET) | LEX_BIT(LEX_PREP))) &&
           !doc_chunk_before(doc, at) && !(before->classes & LEX_BIT(LEX_PRONOUN)) &&
           !(before->classes & LEX_BIT(LEX_ADV));
}

static bool is_negated(const document *doc, uint32_t at, uint32_t first) {
    uint32_t low = at > first + 3 ? at - 3 : first;
    for (uint32_t i = low; i < at; i++) {
        if (doc_is(doc, i, LEX_NEG) || doc_is(doc, i, LEX_MODAL) || doc_word_is(doc, i, "to") ||
            doc_word_is(doc, i, "will")) {
            return true;
        }
    }
    return false;
}

/* Who speaks may be the press or somebody unnamed: then nobody is recorded. */
static bool is_media(const document *doc, const chunk *c) {
    for (uint32_t i = c->first; i < c->end; i++) {
        if (doc_is(doc, i, LEX_MEDIA)) {
            return true;
        }
    }
    return false;
}

/* "the government", but not "warned the government" nor "the government source". */
static bool is_the_government(const document *doc, const chunk *c) {
    static const char *const SAID[] = {"said", "says"};
    if (c->kind != CHUNK_BODY || c->end != c->first + 2 || !doc_word_is(doc, c->first, "the") ||
        !doc_word_is(doc, c->first + 1, "government")) {
        return false;
    }
    bool addressed =
        c->first > 0 && doc_is(doc, c->first - 1, LEX_SAY) && !DOC_WORD_IN(doc, c->first - 1, SAID);
    const token *next = doc_token(doc, c->end);
    return !addressed && !(next->kind == 'w' && next->classes == 0);
}

/* The side of "the government": the one named before, or else the country that is reported from; 0
 * if governments of two countries are named. */
static uint16_t side_of_government(const document *doc, const chunk *c) {
    uint16_t side = 0;
    uint32_t number = (uint32_t)(c - doc->chunks);
    uint32_t low = number > GOVERNMENT_CHUNKS_BACK ? number - GOVERNMENT_CHUNKS_BACK : 0;
    for (uint32_t i = number; i-- > low;) {
        const chunk *d = &doc->chunks[i];
        bool named = d->kind == CHUNK_SIDE && d->side_count == 1 && d->end > d->first &&
                     doc_word_is(doc, d->end - 1, "government");
        if (named && side && d->sides[0] != side) {
            return 0;
        }
        side = named ? d->sides[0] : side;
    }
    return side ? side : doc->dateline_side;
}

static void set_speaker(const document *doc, const chunk *c, uint32_t s, ro_actors *out) {
    *out = (ro_actors){.person_count = 0};
    if (c && !is_media(doc, c)) {
        uint16_t government = is_the_government(doc, c) ? side_of_government(doc, c) : 0;
        if (!actors_of(doc, c, s, out) && government) {
            out->sides[0] = lexicon_side(doc->lex, government);
            out->side_count = 1;
        }
        /* one speaker, or sides that speak as one */
        if (out->person_count > 1) {
            out->person_count = 1;
        }
        if (out->person_count == 1) {
            out->side_count = 0;
        }
    }
}

static bool has_quotes(const document *doc, uint32_t from, uint32_t end, bool *all) {
    uint32_t quoted = 0;
    uint32_t words = 0;
    for (uint32_t i = from; i < end; i++) {
        if (doc_token(doc, i)->kind == 'w') {
            words++;
            quoted += (doc_token(doc, i)->flags & TOK_QUOTED) != 0;
        }
    }
    *all = words > 0 && quoted * 10 >= words * 9;
    return quoted > 0;
}

static ro_statement_kind kind_of(const document *doc, const lex_entry *e, uint32_t from,
                                 uint32_t end) {
    bool all = false;
    bool some = has_quotes(doc, from, end, &all);
    if (all) {
        return RO_SAID_DIRECT;
    }
    if (some) {
        return RO_SAID_MIXED;
    }
    return ro_str_equal(e->value, RO_STR("stance")) ? RO_SAID_STANCE : RO_SAID_INDIRECT;
}

static void add_statement(document *doc, uint32_t s, const chunk *speaker, const lex_entry *e,
                          ro_str cue, uint32_t from, uint32_t end, uint32_t first, uint32_t last) {
    if (end <= from) {
        from = first;
        end = last;
    }
    ro_statement *st =
        doc_push(doc, (void **)&doc->facts->statements, &doc->facts->statement_count, sizeof *st);
    if (!st) {
        return;
    }
    *st = (ro_statement){.cue = cue,
                         .kind = kind_of(doc, e, from, end),
                         .content_start = doc_token(doc, from)->start,
                         .content_end = doc_token(doc, end - 1)->end};
    set_speaker(doc, speaker, s, &st->speaker);
    st->evidence =
        doc_evidence(doc, first, last,
                     e->class == LEX_ACCORD ? "statement.according" : "statement.said", e->phrase);
}

static uint32_t trim_end(const document *doc, uint32_t from, uint32_t end) {
    while (end > from && doc_is_mark(doc_token(doc, end - 1)->kind, ".,;:=")) {
        end--;
    }
    return end;
}

static uint32_t trim_start(const document *doc, uint32_t from, uint32_t end) {
    while (from < end &&
           (doc_is_mark(doc_token(doc, from)->kind, ".,;:=") || doc_word_is(doc, from, "that"))) {
        from++;
    }
    return from;
}

/* "said X" after a quotation or a comma. */
static const chunk *inverted(const document *doc, uint32_t at, uint32_t after,
                             const sentence_span *sent) {
    const chunk *c = after < sent->end ? doc_chunk_from(doc, after) : NULL;
    bool mark = at > sent->first &&
                (doc_token(doc, at - 1)->kind == ',' || doc_token(doc, at - 1)->kind == '>' ||
                 doc_token(doc, at - 1)->kind == '?' || doc_token(doc, at - 1)->kind == '!');
    const uint64_t verbs =
        LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_OUT);
    /* "X, who chaired, said Tokyo hoped": what follows has a verb of its own */
    bool verb = c && (doc_token(doc, c->tail)->classes & verbs);
    return mark && c && !verb && c->end > c->first && c->kind != CHUNK_PRONOUN ? c : NULL;
}

/* Forms like "state", "support" are verbs only right after a plural or an auxiliary. */
static bool is_base_form(const document *doc, uint32_t at) {
    ro_str w = doc_text(doc, at, at + 1);
    static const char *const PAST[] = {"wrote", "told", "thought", "felt", "drew", "made"};
    char last = w.ptr[w.len - 1];
    return last != 's' && last != 'd' && last != 'g' && !DOC_WORD_IN(doc, at, PAST);
}

static bool is_plural(const chunk *c) {
    return c->plural || c->side_count > 1 || c->kind == CHUNK_BODY || c->kind == CHUNK_PRONOUN;
}

/* A cue stands right after its subject, or begins a clause or an item of a list of verbs. */
static bool stands_as_verb(const document *doc, uint32_t at, const chunk *speaker) {
    const uint64_t between = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_WEEKDAY);
    const clause *cl = &doc->clauses[doc->clause_at[at]];
    uint32_t i = at;
    bool aux = false;
    while (i > cl->first && !doc_chunk_before(doc, i) && doc_is_any(doc, i - 1, between)) {
        aux = aux || doc_is(doc, i - 1, LEX_AUX);
        i--;
    }
    const chunk *before = doc_chunk_before(doc, i);
    if (is_base_form(doc, at)) {
        return before && before == speaker && is_plural(before) && !aux;
    }
    if (before || i == cl->first) {
        return true;
    }
    char kind = doc_token(doc, i - 1)->kind;
    bool noun = kind == 'w' && !doc_chunk_at(doc, i - 1) && speaker->kind == CHUNK_BODY;
    return kind == ',' || kind == ')' || doc_word_is(doc, i - 1, "and") || noun;
}

static bool can_speak(const document *doc, const chunk *c) {
    return c && c->end > c->first && !c->possessive &&
           !(c->kind == CHUNK_ORG && doc_token(doc, c->first)->flags & TOK_QUOTED);
}

static bool is_participle(const document *doc, uint32_t at, uint32_t first) {
    ro_str w = doc_text(doc, at, at + 1);
    bool ing = w.len > 4 && memcmp(w.ptr + w.len - 3, "ing", 3) == 0;
    return ing && !(at > first && doc_is(doc, at - 1, LEX_AUX));
}

/* "was said", "is also reported": who is spoken of, not who speaks. "has said" is no passive. */
static bool is_passive(const document *doc, uint32_t at, uint32_t first) {
    static const char *const HAVE[] = {"has", "have", "had", "'ve", "'s"};
    uint32_t i = at;
    while (i > first && doc_is(doc, i - 1, LEX_ADV) && !doc_chunk_before(doc, i)) {
        i--;
    }
    return i > first && doc_is(doc, i - 1, LEX_AUX) && !DOC_WORD_IN(doc, i - 1, HAVE);
}

static bool is_impersonal(const chunk *c) {
    return c->kind == CHUNK_PRONOUN && ro_str_equal(c->head->value, RO_STR("it"));
}

/* The subject of a verb of speech before it, NULL if the word is no such verb there. */
static const chunk *speaker_before(const document *doc, uint32_t at, uint32_t words,
                                   const sentence_span *sent) {
    const chunk *c = is_noun_place(doc, at, sent->first) ? NULL : clause_subject(doc, at);
    if (!can_speak(doc, c) || !stands_as_verb(doc, at, c) ||
        (words == 1 && is_participle(doc, at, sent->first)) ||
        is_negated(doc, at, doc->clauses[doc->clause_at[at]].first)) {
        return NULL;
    }
    return is_impersonal(c) || !is_passive(doc, at, sent->first) ? c : NULL;
}

static void said(document *doc, uint32_t s, uint32_t at, const lex_match *m) {
    const sentence_span *sent = &doc->t.sentences[s];
    uint32_t after = at + m->words;
    const chunk *speaker = inverted(doc, at, after, sent);
    bool turned = can_speak(doc, speaker);
    speaker = turned ? speaker : speaker_before(doc, at, m->words, sent);
    if (!speaker || (doc_token(doc, at)->flags & TOK_QUOTED)) {
        return;
    }
    uint32_t from = 0;
    uint32_t end = 0;
    saying v = {.sent = sent, .at = at, .after = after, .speaker = speaker, .turned = turned};
    if (!attribution_content(doc, &v, &from, &end)) {
        return;
    }
    speaker = v.speaker;
    uint32_t first =
        speaker && speaker->first < at && speaker->first >= sent->first ? speaker->first : at;
    add_statement(doc, s, speaker && is_impersonal(speaker) ? NULL : speaker, doc_entry(doc, m),
                  doc_text(doc, at, after), from, end, first,
                  speaker && turned ? speaker->tail : after);
}

/* "According to X, …" and "…, according to X" */
static void according(document *doc, uint32_t s, uint32_t at, const lex_match *m) {
    const sentence_span *sent = &doc->t.sentences[s];
    uint32_t after = at + m->words;
    const chunk *c = doc_chunk_from(doc, after);
    uint32_t tail = c ? c->tail : after;
    bool leading = at == sent->first;
    uint32_t from = leading ? tail : sent->first;
    uint32_t end = leading ? sent->end : at;
    end = trim_end(doc, from, end);
    from = trim_start(doc, from, end);
    if (c && c->end > c->first) {
        add_statement(doc, s, c, doc_entry(doc, m), doc_text(doc, at, after), from, end, at, tail);
    }
}

/* A sentence all in quotation marks goes on with the words of who spoke before. */
static void continued(document *doc, uint32_t s, uint32_t last_spoken) {
    const sentence_span *sent = &doc->t.sentences[s];
    bool all = false;
    if (last_spoken + 1 != s || !has_quotes(doc, sent->first, sent->end, &all) || !all ||
        doc->facts->statement_count == 0) {
        return;
    }
    ro_statement before = doc->facts->statements[doc->facts->statement_count - 1];
    if (before.kind != RO_SAID_DIRECT && before.kind != RO_SAID_MIXED) {
        return;
    }
    ro_statement *st =
        doc_push(doc, (void **)&doc->facts->statements, &doc->facts->statement_count, sizeof *st);
    if (st) {
        *st = before;
        st->kind = RO_SAID_DIRECT;
        st->content_start = doc_token(doc, sent->first)->start;
        st->content_end = doc_token(doc, sent->end - 1)->end;
        st->evidence =
            doc_evidence(doc, sent->first, sent->end, "statement.continued", RO_STR_NONE);
    }
}

void statements_find(document *doc) {
    uint32_t last_spoken = UINT32_MAX - 1;
    for (uint32_t s = 0; s < doc->t.sentence_count && !doc->failed; s++) {
        const sentence_span *sent = &doc->t.sentences[s];
        size_t before = doc->facts->statement_count;
        for (uint32_t i = sent->first; i < sent->end;) {
            const chunk *c = doc_chunk_at(doc, i);
            const lex_match *accord = doc_match(doc, i, LEX_ACCORD);
            const lex_match *m = accord ? accord : doc_match(doc, i, LEX_SAY);
            if (c && c->first < i) {
                m = NULL;
            }
            if (accord) {
                according(doc, s, i, accord);
            } else if (m) {
                said(doc, s, i, m);
            }
            i += m ? m->words : 1;
        }
        if (doc->facts->statement_count == before) {
            continued(doc, s, last_spoken);
        }
        if (doc->facts->statement_count > before) {
            last_spoken = s;
        }
    }
}
