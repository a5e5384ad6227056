/* Who took part: patterns of extraction.md, each a cue of class "part" whose value names it. */
#include "talks.h"

#define PARTICIPANTS_MAX 200 /* of one article and talk, beyond it no duplicates are looked for */

void participation_add(document *doc, int32_t talk, int who, ro_part_role role, uint16_t side,
                       ro_evidence evidence) {
    if (talk < 0 || who < 0) {
        return;
    }
    if (side == 0) {
        side = doc->people[who].side;
    }
    ro_facts *facts = doc->facts;
    size_t low = facts->participation_count > PARTICIPANTS_MAX
                     ? facts->participation_count - PARTICIPANTS_MAX
                     : 0;
    for (size_t i = facts->participation_count; i-- > low;) {
        ro_participation *p = &facts->participations[i];
        if (p->talk == talk && p->person == who) {
            if (role < p->role) {
                p->role = role;
                p->evidence = evidence;
            }
            if (p->side.code[0] == 0) {
                p->side = lexicon_side(doc->lex, side);
            }
            return;
        }
    }
    ro_participation *p =
        doc_push(doc, (void **)&facts->participations, &facts->participation_count, sizeof *p);
    if (p) {
        *p = (ro_participation){talk, who, role, lexicon_side(doc->lex, side), evidence};
    }
}

/* "Premier X, European Central Bank President Y": who heads something of its own is not of the side
 * of the one before. */
static bool is_of_other(const chunk *c) {
    static const char *const OFFICES[] = {"chief executive",      "chair",   "founder", "boss",
                                          "member of parliament", "analyst", "lawyer"};
    for (size_t i = 0; c->head && i < sizeof OFFICES / sizeof *OFFICES; i++) {
        if (ro_str_equal(c->head->value, ro_str_from(OFFICES[i]))) {
            return true;
        }
    }
    return c->of_end > c->of;
}

size_t participation_list(document *doc, int32_t talk, const chunk *c, uint32_t end,
                          ro_part_role role, uint16_t side, ro_evidence evidence) {
    const chunk *list[COORDINATED_MAX];
    size_t count = c ? chunk_coordinated(doc, c, end, list) : 0;
    size_t added = 0;
    uint16_t neighbour = side;
    for (size_t i = 0; i < count; i++) {
        int who = list[i]->person;
        if (who < 0) {
            continue;
        }
        if (side) {
            person_set_side(doc, who, side, "delegation");
        }
        uint16_t own = doc->people[who].side;
        /* a title without a country goes with the neighbour before it in the list */
        if (own == 0 && neighbour && list[i]->titled && !is_of_other(list[i])) {
            person_set_side(doc, who, neighbour, "neighbour");
            own = neighbour;
        }
        neighbour = own ? own : neighbour;
        participation_add(doc, talk, who, role, own, evidence);
        added++;
    }
    return added;
}

/* ---- where in the sentence ------------------------------------------------------------------- */

typedef struct place {
    document *doc;
    const sentence_span *sent;
    uint32_t number;      /* of the sentence_span */
    uint32_t at, after;   /* the cue */
    const chunk *subject; /* of the cue's clause, may be NULL */
    const chunk *object;  /* right after the cue, may be NULL */
    int32_t talk;
    uint16_t side; /* "On the US side,", "The Russian delegation" */
    ro_str cue;
} place;

static uint16_t only_side(const chunk *c) {
    return c && c->side_count == 1 ? c->sides[0] : 0;
}

static bool is_delegation(const chunk *c) {
    return c && c->kind == CHUNK_SIDE && c->head &&
           ro_str_equal(c->head->value, RO_STR("delegation"));
}

static bool is_delegation_word(const document *doc, uint32_t at) {
    const lex_match *m = doc_match(doc, at, LEX_SIDENOUN);
    return m && ro_str_equal(doc_entry(doc, m)->value, RO_STR("delegation"));
}

/* The last noun of talks before the cue in its sentence: "The talks [were] also attended by". */
static bool talk_before(const place *p) {
    uint32_t low = p->at > p->sent->first + 25 ? p->at - 25 : p->sent->first;
    for (uint32_t i = p->at; i-- > low;) {
        if (doc_is(p->doc, i, LEX_TALK) && !(i > 0 && doc_word_is(p->doc, i - 1, "answer"))) {
            return true; /* a question-and-answer session is none */
        }
    }
    return false;
}

static bool talk_after(const place *p) {
    for (uint32_t i = p->after; i < p->sent->end && i < p->after + 8; i++) {
        const lex_match *m = doc_match(p->doc, i, LEX_TALK);
        if (m && !ro_str_equal(doc_entry(p->doc, m)->value, RO_STR("in_person"))) {
            return true; /* a dinner is no talks */
        }
    }
    return false;
}

static bool is_planned(const place *p) {
    uint32_t low = p->at > p->sent->first + 4 ? p->at - 4 : p->sent->first;
    for (uint32_t i = low; i < p->at; i++) {
        if (doc_word_is(p->doc, i, "will") || doc_is(p->doc, i, LEX_MODAL) ||
            doc_word_is(p->doc, i, "to") || doc_is(p->doc, i, LEX_NEG)) {
            return true;
        }
    }
    return false;
}

static ro_evidence evidence_of(const place *p, const chunk *first, const char *family) {
    uint32_t from = p->at;
    uint32_t end = p->after;
    if (first && first->first < from && first->first >= p->sent->first) {
        from = first->first;
    }
    if (p->object) {
        const chunk *list[COORDINATED_MAX];
        size_t count = chunk_coordinated(p->doc, p->object, p->sent->end, list);
        end = list[count - 1]->tail > end ? list[count - 1]->tail : end;
    }
    return doc_evidence(p->doc, from, end, family, p->cue);
}

/* ---- the patterns ---------------------------------------------------------------------------- */

/* "The Cobalt side", "the Unity Front team": of a party that is no country. */
static bool is_named_team(const document *doc, uint32_t at) {
    return at > 0 && (doc_word_is(doc, at, "side") || doc_word_is(doc, at, "team")) &&
           (doc_token(doc, at - 1)->flags & TOK_CAP);
}

/* "The Russian delegation was led by X" */
static void led_by(place *p) {
    uint16_t side = only_side(p->subject);
    if (p->at == p->sent->first) {
        return; /* "Led by X, the delegation …" */
    }
    bool delegation = is_delegation(p->subject) || is_delegation_word(p->doc, p->at - 1);
    bool named = doc_word_is(p->doc, p->at - 1, "delegation") || is_named_team(p->doc, p->at - 1);
    for (uint32_t i = p->at; !delegation && i-- > p->sent->first && i + 6 > p->at;) {
        delegation = is_delegation_word(p->doc, i);
        named = named || doc_word_is(p->doc, i, "delegation");
        const chunk *c = doc_chunk_at(p->doc, i);
        side = side ? side : only_side(c);
    }
    if (delegation && p->object && (side || p->side || named)) {
        participation_list(p->doc, p->talk, p->object, p->object->tail, RO_ROLE_HEAD,
                           side ? side : p->side,
                           evidence_of(p, p->subject, "participation.led-by"));
        p->side = side ? side : p->side;
    }
}

/* "X headed the Russian delegation"; "X led the talks" is no head of a side. */
static void lead(place *p) {
    bool team = is_delegation(p->object) && only_side(p->object);
    for (uint32_t i = p->after; !team && i < p->sent->end && i < p->after + 5; i++) {
        bool negotiates =
            doc_word_is(p->doc, i, "delegation") || doc_word_is(p->doc, i, "negotiating") ||
            doc_word_is(p->doc, i, "negotiators") || doc_word_is(p->doc, i, "negotiation");
        team = negotiates || (p->side && is_delegation_word(p->doc, i));
    }
    if (!team || !p->subject || p->subject->person < 0) {
        return;
    }
    uint16_t side = only_side(p->object) ? only_side(p->object) : p->side;
    p->side = side ? side : p->doc->people[p->subject->person].side;
    const chunk *object = p->object;
    p->object = NULL;
    participation_list(p->doc, p->talk, p->subject, p->at, RO_ROLE_HEAD, p->side,
                       evidence_of(p, p->subject, "participation.lead"));
    p->object = object;
}

/* "The Russian delegation … included X, Y and Z" */
static void include(place *p) {
    bool group = is_delegation(p->subject);
    bool named = false; /* "the delegation": no investor group */
    uint16_t side = only_side(p->subject);
    for (uint32_t i = p->at; !group && i-- > p->sent->first && i + 7 > p->at;) {
        group = is_delegation_word(p->doc, i);
        named = doc_word_is(p->doc, i, "delegation") || doc_word_is(p->doc, i, "delegations");
        const chunk *c = doc_chunk_at(p->doc, i);
        side = side ? side : only_side(c);
    }
    if (group && p->object && (side || p->side || named)) {
        participation_list(p->doc, p->talk, p->object, p->sent->end, RO_ROLE_MEMBER,
                           side ? side : p->side,
                           evidence_of(p, p->subject, "participation.include"));
    }
}

/* "…, accompanied by X and Y": they stand on the side of whom they accompany. */
static void with_list(place *p) {
    uint16_t side = p->side;
    bool taking_part = side != 0;
    const chunk *main = p->subject ? p->subject : NULL;
    if (main && main->person >= 0) {
        for (size_t i = p->doc->facts->participation_count; i-- > 0;) {
            const ro_participation *q = &p->doc->facts->participations[i];
            if (q->person == main->person && q->talk == p->talk) {
                taking_part = true;
                break;
            }
            if (p->doc->facts->participation_count - i > 32) {
                break;
            }
        }
        side = side ? side : p->doc->people[main->person].side;
    }
    bool joined = p->after > p->at + 1 && doc_word_is(p->doc, p->after - 2, "joined");
    bool joined_talks = !taking_part && talk_before(p) && joined;
    if ((taking_part || joined_talks) && p->object && p->object->person >= 0) {
        participation_list(p->doc, p->talk, p->object, p->sent->end, RO_ROLE_MEMBER,
                           joined && p->object->side_count ? 0 : side,
                           evidence_of(p, NULL, "participation.with"));
    }
}

/* Hosts are those of the country the talks are held in. */
static void attended_by(place *p) {
    if (!talk_before(p) || !p->object) {
        return;
    }
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(p->doc, p->object, p->sent->end, list);
    const talk_draft *t = p->talk >= 0 ? &p->doc->talks[p->talk] : NULL;
    ro_evidence e = evidence_of(p, NULL, "participation.attended-by");
    uint16_t neighbour = 0;
    for (size_t i = 0; i < count; i++) {
        int who = list[i]->person;
        if (who < 0) {
            continue;
        }
        if (neighbour && list[i]->titled && !is_of_other(list[i])) {
            person_set_side(p->doc, who, neighbour, "neighbour");
        }
        uint16_t side = p->doc->people[who].side;
        neighbour = side ? side : neighbour;
        bool third = t && side && t->side_count > 0 && !doc_has_side(t->sides, t->side_count, side);
        bool host = third && (t->country == side || p->doc->dateline_side == side);
        participation_add(p->doc, p->talk, who, host ? RO_ROLE_HOST : RO_ROLE_MEMBER, side, e);
    }
}

static void by_role(place *p, ro_part_role role, const char *family) {
    if (talk_before(p) && p->object) {
        participation_list(p->doc, p->talk, p->object, p->sent->end, role, 0,
                           evidence_of(p, NULL, family));
    }
}

/* "mediated four rounds" */
static bool rounds_after(const place *p) {
    for (uint32_t i = p->after; i < p->sent->end && i < p->after + 4; i++) {
        if (doc_word_is(p->doc, i, "rounds") || doc_word_is(p->doc, i, "round")) {
            return true;
        }
    }
    return false;
}

static void subject_role(place *p, ro_part_role role, const char *family) {
    bool rounds = role == RO_ROLE_MEDIATOR && rounds_after(p);
    bool office = p->at > p->sent->first && doc_word_is(p->doc, p->at - 1, "who") &&
                  !doc_word_is(p->doc, p->after, "the") && doc_ends_in(p->doc, p->at, "s", 4);
    if (office) {
        return; /* "X, who chairs their meetings" */
    }
    if ((talk_after(p) || rounds) && p->subject && p->subject->person >= 0) {
        const chunk *object = p->object;
        p->object = NULL;
        participation_list(p->doc, p->talk, p->subject, p->at, role, p->side,
                           evidence_of(p, p->subject, family));
        p->object = object;
    }
}

/* "attended the talks as an observer" */
static bool is_observing(const place *p) {
    for (uint32_t i = p->after; i + 1 < p->sent->end && i < p->after + 12; i++) {
        if (doc_word_is(p->doc, i, "as") &&
            (doc_word_is(p->doc, i + 1, "observers") || doc_word_is(p->doc, i + 2, "observer"))) {
            return true;
        }
    }
    return false;
}

/* "X, Y and Z took part in the talks" */
static void attend(place *p) {
    bool present = doc_word_is(p->doc, p->after - 1, "present") ||
                   doc_word_is(p->doc, p->after - 1, "attendance") ||
                   doc_word_is(p->doc, p->after - 1, "part") ||
                   doc_word_is(p->doc, p->after - 1, "participated") ||
                   doc_word_is(p->doc, p->after - 1, "attended") ||
                   doc_word_is(p->doc, p->after - 1, "in");
    if (talk_after(p) || (present && doc_token(p->doc, p->after)->kind != 'w')) {
        bool other = doc_word_is(p->doc, p->after, "a") || doc_word_is(p->doc, p->after, "last") ||
                     doc_word_is(p->doc, p->after, "an");
        if (p->subject && p->subject->person >= 0 && !other) {
            p->object = NULL;
            participation_list(p->doc, p->talk, p->subject, p->at,
                               is_observing(p) ? RO_ROLE_OBSERVER : RO_ROLE_MEMBER, p->side,
                               evidence_of(p, p->subject, "participation.attend"));
        }
    }
}

/* "included the participation of X and Y", "Also present were X and Y" */
static void participation_of(place *p) {
    participation_list(p->doc, p->talk, p->object, p->sent->end, RO_ROLE_MEMBER, p->side,
                       evidence_of(p, NULL, "participation.of"));
}

/* "Representing the United States were X, Y and Z", "X represented Kenya" */
static void representing(place *p) {
    uint16_t side = only_side(p->object);
    if (!side || !p->object) {
        return;
    }
    bool whose = doc_token(p->doc, p->object->tail)->kind == 'w' &&
                 doc_token(p->doc, p->object->tail)->classes == 0;
    if (p->object->kind != CHUNK_SIDE || (whose && !p->object->head) ||
        (p->at > p->sent->first && doc_word_is(p->doc, p->at - 1, "which"))) {
        return;
    }
    uint32_t i = p->object->tail;
    if (doc_word_is(p->doc, i, "were") || doc_word_is(p->doc, i, "was") ||
        doc_word_is(p->doc, i, "are") || doc_word_is(p->doc, i, "is") ||
        doc_token(p->doc, i)->kind == ':') {
        const chunk *first = doc_chunk_from(p->doc, i + 1);
        ro_evidence e = doc_evidence(p->doc, p->at, first ? first->tail : i,
                                     "participation.representing", p->cue);
        participation_list(p->doc, p->talk, first, p->sent->end, RO_ROLE_MEMBER, side, e);
    } else if (p->subject && p->subject->person >= 0 &&
               !doc_word_is(p->doc, p->after - 1, "representing")) {
        ro_evidence e = evidence_of(p, p->subject, "participation.represented");
        p->object = NULL;
        participation_list(p->doc, p->talk, p->subject, p->at, RO_ROLE_MEMBER, side, e);
    }
}

/* "Kenya was represented by X" */
static void represented_by(place *p) {
    if (only_side(p->subject) && p->subject->kind == CHUNK_SIDE) {
        participation_list(p->doc, p->talk, p->object, p->sent->end, RO_ROLE_MEMBER,
                           only_side(p->subject),
                           evidence_of(p, p->subject, "participation.represented-by"));
    }
}

static void chair_by(place *p) {
    by_role(p, RO_ROLE_CHAIR, "participation.chaired-by");
}
static void host_by(place *p) {
    by_role(p, RO_ROLE_HOST, "participation.hosted-by");
}
static void mediate_by(place *p) {
    by_role(p, RO_ROLE_MEDIATOR, "participation.mediated-by");
}
static void chair(place *p) {
    subject_role(p, RO_ROLE_CHAIR, "participation.chair");
}
static void mediate(place *p) {
    subject_role(p, RO_ROLE_MEDIATOR, "participation.mediate");
}
static void observe(place *p) {
    subject_role(p, RO_ROLE_OBSERVER, "participation.observe");
}

static const struct {
    const char *value;
    void (*run)(place *p);
} PATTERNS[] = {{"led_by", led_by},
                {"lead", lead},
                {"include", include},
                {"with", with_list},
                {"attended_by", attended_by},
                {"chair_by", chair_by},
                {"chair", chair},
                {"host_by", host_by},
                {"mediate_by", mediate_by},
                {"mediate", mediate},
                {"attend", attend},
                {"participation", participation_of},
                {"observe", observe},
                {"representing", representing},
                {"represented_by", represented_by}};

/* ---- sentences ------------------------------------------------------------------------------- */

/* The chunk that announces a side at the start of a sentence: "On the US side, X …", "For Russia,
 * X", "Kenya: X; Y". NULL if none does. */
static const chunk *announcer(const document *doc, const sentence_span *sent) {
    uint32_t i = sent->first;
    bool on = doc_word_is(doc, i, "on") || doc_word_is(doc, i, "from");
    bool for_side = doc_word_is(doc, i, "for");
    const chunk *c = doc_chunk_from(doc, i + (on || for_side));
    if (!c || c->kind != CHUNK_SIDE || c->side_count != 1) {
        return NULL;
    }
    char mark = doc_token(doc, c->tail)->kind;
    bool person = doc_chunk_from(doc, c->tail + 1) && doc_chunk_from(doc, c->tail + 1)->person >= 0;
    bool list = mark == ':' && person;
    bool group = on && is_delegation(c) && (mark == ',' || doc_is(doc, c->tail, LEX_AUX));
    return list || group || (for_side && mark == ',' && person) ? c : NULL;
}

/* A bare list of names after it, or one that "took part". */
static void announced_list(place *p, const chunk *c) {
    uint32_t at = c->tail;
    at += doc_token(p->doc, at)->kind != 'w' || doc_is(p->doc, at, LEX_AUX);
    const chunk *first = doc_chunk_from(p->doc, at);
    const chunk *list[COORDINATED_MAX];
    size_t count = first ? chunk_coordinated(p->doc, first, p->sent->end, list) : 0;
    uint32_t tail = count ? list[count - 1]->tail : at;
    tail += doc_token(p->doc, tail)->kind == ',';
    bool all = count > 0 && (tail + 1 >= p->sent->end || doc_token(p->doc, c->tail)->kind == ':');
    if (all || (count > 0 && doc_is(p->doc, tail, LEX_PART))) {
        ro_evidence e =
            doc_evidence(p->doc, p->sent->first, tail, "participation.on-side", RO_STR_NONE);
        participation_list(p->doc, p->talk, first, p->sent->end, RO_ROLE_MEMBER, p->side, e);
    }
}

static const chunk *list_start(const document *doc, uint32_t at, uint32_t end) {
    for (uint32_t i = at; i < end && i < at + 4; i++) {
        const chunk *c = doc_chunk_from(doc, i);
        if (c && c->end > c->first) {
            return c;
        }
        if (doc_token(doc, i)->kind != ':' && !doc_is(doc, i, LEX_DET) &&
            !doc_is(doc, i, LEX_ADV) && !doc_word_is(doc, i, "by") &&
            !doc_word_is(doc, i, "from")) {
            return NULL;
        }
    }
    return NULL;
}

static void run_cue(place *p, const lex_match *m) {
    const lex_entry *e = doc_entry(p->doc, m);
    p->after = p->at + m->words;
    p->cue = e->phrase;
    p->subject = p->at > p->sent->first ? clause_subject(p->doc, p->at) : NULL;
    p->object = list_start(p->doc, p->after, p->sent->end);
    char kind = p->doc->clauses[p->doc->clause_at[p->at]].kind;
    if (is_planned(p) || kind == 'c' || (doc_token(p->doc, p->at)->flags & TOK_QUOTED)) {
        return;
    }
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
        if (ro_str_equal(e->value, ro_str_from(PATTERNS[i].value))) {
            PATTERNS[i].run(p);
            return;
        }
    }
}

/* The talk a sentence is about: the one it speaks of if that was held, else the main one. */
static int32_t talk_of(const document *doc, uint32_t s) {
    int32_t talk = doc->sentence_talk[s];
    if (talk >= 0) {
        ro_talk_status status = doc->talks[talk].facts.status;
        if (status == RO_TALK_HELD || status == RO_TALK_ONGOING || status == RO_TALK_PAUSED) {
            return talk;
        }
    }
    return doc->main_talk;
}

void participations_find(document *doc) {
    talks_choose_main(doc);
    talks_infer_sides(doc);
    for (uint32_t s = 0; s < doc->t.sentence_count && !doc->failed; s++) {
        const sentence_span *sent = &doc->t.sentences[s];
        place p = {.doc = doc, .sent = sent, .number = s, .talk = talk_of(doc, s)};
        if (p.talk < 0) {
            continue;
        }
        const chunk *side = announcer(doc, sent);
        if (side) {
            p.side = side->sides[0];
            announced_list(&p, side);
        }
        for (uint32_t i = sent->first; i < sent->end;) {
            const lex_match *m = doc_match(doc, i, LEX_PART);
            p.at = i;
            if (m) {
                run_cue(&p, m);
            }
            i += m ? m->words : 1;
        }
    }
}
