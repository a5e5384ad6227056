/* Mentions of talks: what verbs (talk_verbs.c) and nouns (talk_nouns.c) of talks have in common. */
#include "talks.h"

#define CALENDAR_WORDS (LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE))

/* "Republican", "the Socialist", "Mr": capital words that name no organisation. */
static bool is_party(const document *doc, const chunk *c) {
    static const char *const MEMBERS[] = {
        "Democrat",     "Democrats", "Democratic", "Republican", "Socialist", "Liberal", "Labour",
        "Conservative", "Communist", "Social",     "EDT",        "GMT",       "EST"};
    const token *last = doc_token(doc, c->name_end - 1);
    const uint64_t plain =
        LEX_BIT(LEX_NATION) | LEX_BIT(LEX_HONORIFIC) | LEX_BIT(LEX_REGION) | CALENDAR_WORDS;
    bool one = c->name_end == c->name + 1;
    return !DOC_WORD_IN(doc, c->name_end - 1, MEMBERS) && !(one && (last->classes & plain));
}

static void add_chunk_sides(const document *doc, mention *m, const chunk *c) {
    for (uint8_t i = 0; i < c->side_count; i++) {
        doc_add_side(m->sides, &m->side_count, c->sides[i]);
    }
    if (c->person >= 0) {
        doc_add_side(m->sides, &m->side_count, doc->people[c->person].side);
    }
    if (c->kind == CHUNK_BOTH && doc->main_talk >= 0) {
        const talk_draft *t = &doc->talks[doc->main_talk];
        for (uint8_t i = 0; i < t->side_count; i++) {
            doc_add_side(m->sides, &m->side_count, t->sides[i]);
        }
    }
    if (c->kind == CHUNK_ORG && m->party_count < 4 && is_party(doc, c)) {
        m->parties[m->party_count++] = doc_text(doc, c->name, c->name_end);
    }
}

size_t mention_end(const document *doc, mention *m, const chunk *c, uint32_t end) {
    const chunk *list[COORDINATED_MAX];
    size_t count = c ? chunk_coordinated(doc, c, end, list) : 0;
    for (size_t i = 0; i < count; i++) {
        add_chunk_sides(doc, m, list[i]);
    }
    return count;
}

bool mention_can_meet(const chunk *c) {
    return c && c->end > c->first && c->kind != CHUNK_PRONOUN;
}

/* Words between "met with" and whom: the, on Monday, visiting, two, not only. */
static bool is_filler(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"with", "on", "not", "only", "visiting", "counterpart"};
    const uint64_t classes = LEX_BIT(LEX_ADV) | LEX_BIT(LEX_RELDATE) | LEX_BIT(LEX_WEEKDAY) |
                             LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_NUMBER) | LEX_BIT(LEX_DET) |
                             LEX_BIT(LEX_CITY);
    return (doc_token(doc, at)->classes & classes) || doc_token(doc, at)->kind == '0' ||
           DOC_WORD_IN(doc, at, WORDS);
}

const chunk *mention_object(const document *doc, uint32_t at, uint32_t limit) {
    uint32_t stop = at + 14 < limit ? at + 14 : limit;
    for (uint32_t i = at; i < stop; i++) {
        i += doc_is_owner(doc, i);
        const chunk *c = doc_chunk_from(doc, i);
        if (c && c->end > c->first) {
            return c;
        }
        if (doc_word_is(doc, i, "in") || doc_word_is(doc, i, "at")) {
            /* "met in Bishkek with X": over the place */
            const chunk *where = doc_chunk_from(doc, i + 1);
            i = where ? where->end - 1 : i + doc_span(doc, i + 1, LEX_CITY);
        } else if (!is_filler(doc, i)) {
            return NULL;
        }
    }
    return NULL;
}

bool mention_is_audience(const document *doc, uint32_t at, uint32_t end) {
    for (uint32_t i = at; i < end && i < at + 6; i++) {
        const token *t = doc_token(doc, i);
        if (t->classes & LEX_BIT(LEX_AUDIENCE)) {
            return true;
        }
        if (t->kind != 'w' || (t->classes & (LEX_BIT(LEX_PREP) | LEX_BIT(LEX_AUX)))) {
            return false;
        }
    }
    return false;
}

bool mention_only_says(const document *doc, const chunk *subject, uint32_t before, uint32_t at) {
    static const char *const OWN[] = {"after", "following", "during", "before", "at"};
    bool own = before > 0 && DOC_WORD_IN(doc, before - 1, OWN);
    for (uint32_t i = subject->tail; !own && i < at; i++) {
        if (doc_is(doc, i, LEX_SAY) && !doc_chunk_at(doc, i)) {
            return true;
        }
    }
    return false;
}

bool mention_value_is(const lex_entry *e, const char *value) {
    return ro_str_equal(e->value, ro_str_from(value));
}

ro_talk_form mention_form(const lex_entry *e) {
    if (mention_value_is(e, "phone") || mention_value_is(e, "call")) {
        return RO_FORM_PHONE;
    }
    if (mention_value_is(e, "video")) {
        return RO_FORM_VIDEO;
    }
    return mention_value_is(e, "with") || mention_value_is(e, "host") ? RO_FORM_IN_PERSON
                                                                      : RO_FORM_NONE;
}

bool mention_is_separate(const document *doc, uint32_t at, uint32_t first) {
    static const char *const WORDS[] = {"another", "separate",   "previous",   "earlier", "last",
                                        "second",  "subsequent", "separately", "prior"};
    uint32_t low = at > first + 4 ? at - 4 : first;
    for (uint32_t i = low; i < at; i++) {
        if (DOC_WORD_IN(doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

void mention_place(const document *doc, mention *m, uint32_t from, uint32_t end) {
    if (!place_find(doc, from, end, &m->city, &m->country)) {
        m->city = RO_STR_NONE;
        m->country = 0;
    }
}

void mention_participants(document *doc, int32_t talk, const mention *m, uint32_t end) {
    if (talk < 0) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        const chunk *c = m->ends[i];
        if (!c) {
            continue;
        }
        const chunk *list[COORDINATED_MAX];
        size_t count = chunk_coordinated(doc, c, end, list);
        size_t people = 0;
        for (size_t k = 0; k < count; k++) {
            people += list[k]->person >= 0;
        }
        ro_part_role role = i == 0 && m->hosted ? RO_ROLE_HOST
                            : people == 1       ? RO_ROLE_HEAD
                                                : RO_ROLE_MEMBER;
        (void)participation_list(doc, talk, c, end, role, 0,
                                 doc_evidence(doc, m->first, m->end, m->family, m->cue));
    }
}

void talks_find(document *doc) {
    doc->sentence_talk =
        ro_arena_alloc_array(doc->arena, doc->t.sentence_count + 1, sizeof *doc->sentence_talk);
    if (!doc->sentence_talk) {
        doc->failed = true;
        return;
    }
    for (uint32_t s = 0; s < doc->t.sentence_count && !doc->failed; s++) {
        const sentence_span *sent = &doc->t.sentences[s];
        doc->sentence_talk[s] = -1;
        for (uint32_t i = sent->first; i < sent->end;) {
            uint32_t taken = 0;
            const token *t = doc_token(doc, i);
            const chunk *c = doc_chunk_at(doc, i);
            bool inside = c && c->first < i;
            if (!inside && (t->classes & LEX_BIT(LEX_MEET)) &&
                !(t->flags & TOK_CAP && !(t->flags & TOK_LINE))) {
                taken = talk_read_verb(doc, s, i);
            }
            if (taken == 0 && (t->classes & LEX_BIT(LEX_TALK)) && !inside) {
                taken = talk_read_noun(doc, s, i);
            }
            i += taken ? taken : 1;
        }
    }
}
