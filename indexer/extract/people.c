/* People: which mentions are one person, what offices and side they have. */
#include "title.h"

#include "readout/name.h"

#define VARIANTS_MAX 12
#define ROLES_MAX 8
#define OFFICE_LOOK_BACK 40 /* mentions */
#define OFFICE_CHUNKS_BACK 400
#define PRONOUN_CHUNKS_BACK 60
#define COMPANY_CHUNKS_BACK 200
#define COUNTERPART_CHUNKS_BACK 12

/* ---- finding the record ---------------------------------------------------------------------- */

static uint32_t *family_slot(const document *doc, ro_str word) {
    return &doc->family[ro_name_hash(word) & (doc->family_room - 1)];
}

/* Beside the nicknames that all of Readout knows, those that the user has added. */
static bool given_fits(const lexicon *lex, ro_str a, ro_str b) {
    if (ro_name_given_fits(a, b)) {
        return true;
    }
    const lex_entry *na = lexicon_find(lex, LEX_NICK, a);
    const lex_entry *nb = lexicon_find(lex, LEX_NICK, b);
    return (na && ro_name_word_equal(na->value, b)) || (nb && ro_name_word_equal(nb->value, a));
}

/* True if the names can be one person's: same family name, given names that fit. */
static bool same_name(const document *doc, const ro_name_words *a, const ro_name_words *b) {
    if (a->count == 0 || b->count == 0 ||
        !ro_name_word_equal(a->words[a->count - 1], b->words[b->count - 1])) {
        return false;
    }
    return a->count == 1 || b->count == 1 || given_fits(doc->lex, a->words[0], b->words[0]);
}

static void parts_of(const document *doc, const chunk *c, ro_name_words *out) {
    ro_name_split(doc_text(doc, c->name, c->name_end), out);
}

static bool sides_fit(const person_draft *p, const chunk *c) {
    return c->side_count == 0 || p->side == 0 || doc_has_side(c->sides, c->side_count, p->side);
}

/* The latest person of that name, -1 if there is none. */
static int find_person(const document *doc, const chunk *c, const ro_name_words *name) {
    uint32_t next = *family_slot(doc, name->words[name->count - 1]);
    for (int steps = 0; next && steps < 64; steps++) {
        const person_draft *p = &doc->people[next - 1];
        ro_name_words known;
        ro_name_split(p->facts.name, &known);
        bool fits = same_name(doc, name, &known);
        /* Xi for Xi Jinping: a single word may be the first one */
        if (!fits && name->count == 1 && known.count > 1) {
            fits = ro_name_word_equal(name->words[0], known.words[0]);
        }
        if (fits && sides_fit(p, c)) {
            return (int)next - 1;
        }
        next = p->next_family;
    }
    return -1;
}

static void index_word(document *doc, uint32_t who, ro_str word, bool family) {
    uint32_t *slot = family_slot(doc, word);
    if (family) {
        doc->people[who].next_family = *slot;
        *slot = who + 1;
    } else if (*slot == 0) {
        *slot = who + 1; /* the first name leads to the person unless it is someone's family name */
    }
}

static int new_person(document *doc, uint32_t number, const ro_name_words *name) {
    if (doc->person_count >= RO_EXTRACT_PEOPLE_MAX) {
        return -1;
    }
    size_t count = doc->person_count;
    person_draft *p = doc_push(doc, (void **)&doc->people, &count, sizeof *p);
    if (!p) {
        return -1;
    }
    const chunk *c = &doc->chunks[number];
    doc->person_count = (uint32_t)count;
    *p = (person_draft){.chunk = number, .name_words = (uint32_t)name->count};
    p->facts.name = doc_text(doc, c->name, c->name_end);
    index_word(doc, doc->person_count - 1, name->words[name->count - 1], true);
    if (name->count > 1) {
        index_word(doc, doc->person_count - 1, name->words[0], false);
    }
    return (int)doc->person_count - 1;
}

/* ---- what a mention adds ----------------------------------------------------------------------
 */

static bool has_variant(const ro_person *p, ro_str text) {
    for (size_t i = 0; i < p->variant_count; i++) {
        if (ro_str_equal(p->variants[i], text)) {
            return true;
        }
    }
    return false;
}

static ro_str lowered(document *doc, ro_str text) {
    char *copy = ro_arena_alloc(doc->arena, text.len + 1);
    for (size_t i = 0; copy && i < text.len; i++) {
        char c = text.ptr[i];
        copy[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        copy[i] = c == '\n' ? ' ' : copy[i];
    }
    doc->failed = doc->failed || !copy;
    return ro_str_make(copy, copy ? text.len : 0);
}

static void add_role(document *doc, person_draft *p, const chunk *c) {
    if (!c->titled || c->office_end <= c->office || p->facts.role_count >= ROLES_MAX) {
        return;
    }
    ro_role role = {.office = lowered(doc, doc_text(doc, c->office, c->office_end)),
                    .former = c->former};
    if (c->of_end > c->of) {
        role.of = doc_text(doc, c->of, c->of_end);
    } else if (c->side_count) {
        ro_side code = lexicon_side(doc->lex, c->sides[0]);
        role.of = ro_arena_copy(doc->arena, ro_str_from(code.code));
    }
    for (size_t i = 0; i < p->facts.role_count; i++) {
        ro_role *r = &p->facts.roles[i];
        if (ro_str_equal(r->office, role.office)) {
            r->of = r->of.len ? r->of : role.of;
            return;
        }
    }
    ro_role *slot = doc_push(doc, (void **)&p->facts.roles, &p->facts.role_count, sizeof role);
    if (slot) {
        *slot = role;
    }
}

void person_set_side(document *doc, int who, uint16_t side, const char *basis) {
    person_draft *p = &doc->people[who];
    if (p->side == 0 && side) {
        p->side = side;
        p->facts.basis = ro_str_from(basis);
    }
}

static void add_mention(document *doc, int who, uint32_t number) {
    chunk *c = &doc->chunks[number];
    person_draft *p = &doc->people[who];
    c->person = who;
    ro_name_words name;
    parts_of(doc, c, &name);
    if (name.count > p->name_words) {
        p->name_words = (uint32_t)name.count;
        p->chunk = number;
        p->facts.name = doc_text(doc, c->name, c->name_end);
    }
    ro_str text = doc_text(doc, c->first, c->end);
    if (p->facts.variant_count < VARIANTS_MAX && !has_variant(&p->facts, text)) {
        ro_str *slot =
            doc_push(doc, (void **)&p->facts.variants, &p->facts.variant_count, sizeof text);
        if (slot) {
            *slot = text;
        }
    }
    p = &doc->people[who];
    p->head = c->head ? c->head : p->head;
    if (c->side_count) {
        person_set_side(doc, who, c->sides[0], c->basis ? c->basis : "title");
    }
    add_role(doc, p, c);
}

/* ---- who counts ------------------------------------------------------------------------------ */

/* "Best Buy ( BBY.N )", and "Best Buy said" after "Best Buy Co": a company's name. */
static bool is_company(const document *doc, const chunk *c) {
    uint32_t number = (uint32_t)(c - doc->chunks);
    uint32_t low = number > COMPANY_CHUNKS_BACK ? number - COMPANY_CHUNKS_BACK : 0;
    if (doc_token(doc, c->end)->kind == '(' && (doc_token(doc, c->end + 1)->flags & TOK_UPPER)) {
        return true;
    }
    for (uint32_t i = number; i-- > low;) {
        const chunk *d = &doc->chunks[i];
        if (d->kind == CHUNK_ORG && d->name_end > d->name + 1 &&
            ro_str_equal(doc_text(doc, d->name, d->name + 2),
                         doc_text(doc, c->name, c->name + 2))) {
            return true;
        }
    }
    return false;
}

/* "the trader Glencore": a title of trade before one word introduces a firm as well. */
static bool is_trade_name(const document *doc, const chunk *c, const ro_name_words *name) {
    return c->titled && !c->honoured && name->count == 1 && c->head &&
           (ro_str_equal(c->head->value, RO_STR("analyst")) ||
            (c->name > c->first && doc_word_is(doc, c->name - 1, "owner")));
}

/* "RELIEF MISSIONS EADS": words of a heading. */
static bool is_heading(const document *doc, const chunk *c) {
    for (uint32_t i = c->name; i < c->name_end; i++) {
        if (!(doc_token(doc, i)->flags & TOK_UPPER)) {
            return false;
        }
    }
    return c->name_end > c->name + 1;
}

/* "John F. Kennedy", "Ursula von der Leyen", "Kenneth …" */
static bool has_form_of_person(const document *doc, const chunk *c) {
    for (uint32_t i = c->name; i < c->name_end; i++) {
        const token *t = doc_token(doc, i);
        bool particle = i > c->name && doc_is(doc, i, LEX_PARTICLE) && !(t->flags & TOK_CAP);
        if ((t->flags & TOK_INITIAL) || particle) {
            return true;
        }
    }
    return doc_is_any(doc, c->name, LEX_BIT(LEX_GIVEN) | LEX_BIT(LEX_NICK));
}

/* "Christopher Bancroft and Leslie Hill" */
static bool is_beside_person(const document *doc, const chunk *c, const ro_name_words *name) {
    const chunk *beside = c->first > 1 && doc_word_is(doc, c->first - 1, "and")
                              ? doc_chunk_before(doc, c->first - 1)
                              : NULL;
    return beside && beside->kind == CHUNK_PERSON && beside->person >= 0 &&
           beside->name_end > beside->name + 1 && name->count == 2 &&
           !is_organisation(doc, c->name, c->name_end);
}

/* "X said", "said X", "X, who", "X, 56,", "X met" */
static bool acts_as_person(const document *doc, const chunk *c) {
    static const char *const MEETS[] = {"met", "meets"};
    static const char *const TOLD[] = {"told", "tells", "telling", "tell", "asked"};
    uint32_t after = c->tail;
    if (doc_is_any(doc, after, LEX_BIT(LEX_SAY) | LEX_BIT(LEX_PART)) ||
        doc_word_is(doc, after, "who")) {
        return true;
    }
    if (doc_token(doc, after)->kind == ',') {
        after++;
        if (doc_word_is(doc, after, "who") || doc_token(doc, after)->kind == '0') {
            return true;
        }
    } else if (doc_is(doc, after, LEX_MEET) && DOC_WORD_IN(doc, after, MEETS)) {
        return true;
    }
    return c->first > 0 && doc_is(doc, c->first - 1, LEX_SAY) &&
           !DOC_WORD_IN(doc, c->first - 1, TOLD); /* one tells newspapers, too */
}

/* A name alone is a person's when something says so: a given name, an initial, a verb of speech. */
static bool is_person_evident(const document *doc, const chunk *c, const ro_name_words *name) {
    if (c->titled || c->honoured) {
        return !is_trade_name(doc, c, name);
    }
    if (name->count < 2 || is_heading(doc, c)) {
        return false;
    }
    return has_form_of_person(doc, c) ||
           (!is_company(doc, c) && (is_beside_person(doc, c, name) || acts_as_person(doc, c)));
}

/* "the finance minister" is neither the foreign minister nor a deputy finance minister. */
static bool same_portfolio(const document *doc, const chunk *c, const chunk *known) {
    if (c->office_end <= c->office + 1 || known->office_end <= known->office + 1) {
        return true;
    }
    for (uint32_t i = c->office; i < c->office_end; i++) {
        if (!doc_is(doc, i, LEX_PORTFOLIO)) {
            continue;
        }
        bool found = false;
        for (uint32_t k = known->office; k < known->office_end && !found; k++) {
            found = doc_token(doc, k)->word == doc_token(doc, i)->word;
        }
        if (!found) {
            return false;
        }
    }
    return doc_word_is(doc, c->office, "deputy") == doc_word_is(doc, known->office, "deputy");
}

/* "the Prime Minister": the latest person with that office, -1 if nobody has it. */
static int office_holder(const document *doc, uint32_t number) {
    const chunk *c = &doc->chunks[number];
    bool whose = c->possessive && c->side_count && doc_is(doc, c->end - 1, LEX_COUNTRY);
    if (!c->head || c->plural || whose) {
        return -1; /* "the head of France's Treasury" is no head of France */
    }
    int found = -1;
    uint32_t looked = 0;
    uint32_t low = number > OFFICE_CHUNKS_BACK ? number - OFFICE_CHUNKS_BACK : 0;
    for (uint32_t i = number; i-- > low && looked < OFFICE_LOOK_BACK;) {
        const chunk *d = &doc->chunks[i];
        if (d->person < 0) {
            continue;
        }
        looked++;
        const person_draft *p = &doc->people[d->person];
        bool former = d->former && !c->former;
        if (p->head && ro_str_equal(p->head->value, c->head->value) && sides_fit(p, c) && !former &&
            same_portfolio(doc, c, d)) {
            if (found >= 0 && found != d->person) {
                /* two with one title: only a side tells them apart */
                return c->side_count ? found : -1;
            }
            found = d->person;
        }
    }
    return found;
}

/* "the Bank of New York", "a spokesman for Wells Fargo": what is left of a name in a title. */
static bool is_rest_of_title(const document *doc, const chunk *c) {
    static const char *const WORDS[] = {"New", "North", "South", "West", "East",
                                        "San", "Santa", "Los",   "Las",  "El"};
    bool one = c->name_end == c->name + 1 && c->name > c->first && !c->honoured;
    return one && (c->of_end == c->name || DOC_WORD_IN(doc, c->name - 1, WORDS));
}

/* "Department", "Non-NATO Ally", the "N" of "MS.N": no name of a person. */
static bool is_no_name(const document *doc, const chunk *c) {
    const token *first = doc_token(doc, c->name);
    const token *last = doc_token(doc, c->name_end - 1);
    bool question = first->end - first->start == 1 && doc_word_is(doc, c->name, "Q"); /* "Q  The" */
    bool letter = c->name_end == c->name + 1 && last->end - last->start == 1;
    return question || letter || doc_is(doc, c->name_end - 1, LEX_COMMON) ||
           is_rest_of_title(doc, c);
}

/* "a spokesman for the Defense Department" is of an office, "King Center" an organisation. */
static void settle_no_name(const document *doc, chunk *c) {
    bool office = false;
    for (uint32_t i = c->first; c->titled && i < c->name && !office; i++) {
        office = doc_is(doc, i, LEX_PREP);
    }
    c->kind = office ? CHUNK_OFFICE : CHUNK_ORG;
    c->name = office ? c->name_end : c->first + c->definite;
}

/* "Director of National Intelligence Avril Haines": words of the office before the name. */
static void leave_to_office(const document *doc, chunk *c) {
    while (c->titled && c->name + 1 < c->name_end && doc_is(doc, c->name, LEX_COMMON)) {
        c->of_end += c->of_end == c->name;
        c->office_end += c->office_end == c->name;
        c->name++;
    }
}

/* The chunk of a person with a title before this one in its sentence, NULL if there is none. */
static const chunk *titled_before(const document *doc, uint32_t number) {
    uint32_t low = number > COUNTERPART_CHUNKS_BACK ? number - COUNTERPART_CHUNKS_BACK : 0;
    for (uint32_t i = number; i-- > low;) {
        const chunk *d = &doc->chunks[i];
        if (d->person >= 0 && d->head) {
            return d;
        }
    }
    return NULL;
}

/* "the Chilean minister met his Peruvian counterpart": the office is that of the one before. */
static void settle_counterpart(const document *doc, uint32_t number) {
    chunk *c = &doc->chunks[number];
    if (!c->head || !ro_str_equal(c->head->value, RO_STR("counterpart"))) {
        return;
    }
    const chunk *d = titled_before(doc, number);
    c->titled = d != NULL || c->side_count > 0; /* "Euribor and its counterpart Libor" */
    c->head = d ? d->head : NULL;
    c->office = d ? d->office : 0;
    c->office_end = d ? d->office_end : 0;
}

/* "the president's spokesman", "Duarte's envoy": of the side of whose he is. */
static void settle_owner(const document *doc, chunk *c) {
    bool mark = c->first > 1 && possessive(doc, c->first - 1) == 1; /* names end before it */
    const chunk *owner = doc_chunk_before(doc, c->first - mark);
    if (c->side_count > 0 || !owner || !owner->possessive) {
        return;
    }
    uint16_t side = owner->side_count == 1 ? owner->sides[0] : 0;
    side = owner->person >= 0 ? doc->people[owner->person].side : side;
    if (side) {
        c->sides[0] = side;
        c->side_count = 1;
        c->basis = "owner";
        c->kind = CHUNK_OFFICE;
    }
}

static void settle(document *doc, uint32_t number) {
    chunk *c = &doc->chunks[number];
    if (c->end <= c->first) {
        return;
    }
    settle_counterpart(doc, number);
    if (c->kind == CHUNK_OFFICE || (c->kind == CHUNK_BODY && doc_is(doc, c->first, LEX_OFFICE))) {
        settle_owner(doc, c);
    }
    static const char *const ANY[] = {"a", "an", "one", "another", "any", "some"};
    bool other = doc_word_is(doc, c->end, "of") &&
                 (is_name_word(doc, c->end + 1) || DOC_WORD_IN(doc, c->end + 1, ANY));
    if (c->kind == CHUNK_OFFICE && other) {
        return; /* "the leader of LAOS": of something that is not known */
    }
    if (c->kind == CHUNK_OFFICE && (c->definite || c->side_count)) {
        c->person = office_holder(doc, number);
        return;
    }
    if (c->kind != CHUNK_PERSON) {
        return;
    }
    if (is_no_name(doc, c)) {
        settle_no_name(doc, c);
        return;
    }
    leave_to_office(doc, c);
    ro_name_words name;
    parts_of(doc, c, &name);
    if (name.count == 0) {
        c->kind = CHUNK_ORG;
        return;
    }
    int who = find_person(doc, c, &name);
    if (who < 0 && is_person_evident(doc, c, &name)) {
        who = new_person(doc, number, &name);
    }
    if (who < 0) {
        c->kind = CHUNK_ORG;
        return;
    }
    add_mention(doc, who, number);
}

/* "President Biden" stands for no side; if nothing else names one, the office's neighbour does. */
void people_find(document *doc) {
    uint32_t room = 64;
    while (room < doc->chunk_count && room < RO_EXTRACT_PEOPLE_MAX * 2) {
        room *= 2;
    }
    doc->family = ro_arena_alloc_array(doc->arena, room, sizeof *doc->family);
    doc->family_room = room;
    if (!doc->family) {
        doc->failed = true;
        return;
    }
    for (uint32_t i = 0; i < doc->chunk_count && !doc->failed; i++) {
        settle(doc, i);
    }
}

void people_finish(document *doc) {
    ro_facts *facts = doc->facts;
    facts->people = ro_arena_alloc_array(doc->arena, doc->person_count, sizeof *facts->people);
    if (!facts->people && doc->person_count) {
        doc->failed = true;
        return;
    }
    facts->person_count = doc->person_count;
    for (uint32_t i = 0; i < doc->person_count; i++) {
        facts->people[i] = doc->people[i].facts;
        facts->people[i].side = lexicon_side(doc->lex, doc->people[i].side);
    }
}

/* ---- actors ---------------------------------------------------------------------------------- */

static void add_person(ro_actors *out, int who) {
    for (size_t i = 0; i < out->person_count; i++) {
        if (out->people[i] == who) {
            return;
        }
    }
    if (out->person_count < RO_SIDES_MAX) {
        out->people[out->person_count++] = who;
    }
}

static void add_side(const document *doc, ro_actors *out, uint16_t side) {
    ro_side code = lexicon_side(doc->lex, side);
    for (size_t i = 0; i < out->side_count; i++) {
        if (memcmp(&out->sides[i], &code, sizeof code) == 0) {
            return;
        }
    }
    if (side && out->side_count < RO_SIDES_MAX) {
        out->sides[out->side_count++] = code;
    }
}

/* A label of a transcript ("MR. SMITH: He met her") is nobody spoken of either. */
static bool is_governed(const document *doc, const chunk *d) {
    if (doc_token(doc, d->end)->kind == ':') {
        return true;
    }
    bool preposition = d->first > 0 && doc_is(doc, d->first - 1, LEX_PREP);
    bool opens = preposition && doc_is(doc, d->first - 1, LEX_CLAUSE) &&
                 (doc_ends_in(doc, d->tail, "ed", 4) ||
                  doc_is_any(doc, d->tail, LEX_BIT(LEX_AUX) | LEX_BIT(LEX_SAY)));
    preposition = preposition && !opens; /* "after Ms Diaz resigned" */
    return preposition && !(d->first > 1 && doc_is(doc, d->first - 2, LEX_ACCORD));
}

#define NOBODY (-2) /* somebody of whom nothing is known */

/* The person a subject stands for in [low, number): in the sentence of the pronoun the nearest one
 * and rather the subject of its verb, -1 if there is none. */
static int nearest_subject(const document *doc, uint32_t number, uint32_t low) {
    uint32_t oldest = number > PRONOUN_CHUNKS_BACK ? number - PRONOUN_CHUNKS_BACK : 0;
    for (uint32_t i = number; i-- > oldest;) {
        const chunk *d = &doc->chunks[i];
        if (d->first < low && d->end > d->first) {
            break;
        }
        bool unknown = d->kind == CHUNK_ORG && doc_token(doc, d->tail)->kind == ',' &&
                       doc_word_is(doc, d->tail + 1, "who");
        if (unknown && !is_governed(doc, d)) {
            return NOBODY;
        }
        if (d->person >= 0 && !d->possessive && !is_governed(doc, d)) {
            const chunk *owner = doc_chunk_before(doc, d->first); /* "Chile's Ana Duarte" */
            uint32_t at =
                owner && owner->possessive && owner->first >= low ? owner->first : d->first;
            const chunk *subject = clause_subject(doc, at);
            return subject && subject->person >= 0 ? subject->person : d->person;
        }
    }
    return -1;
}

/* The first person of an earlier sentence that nothing governs: its subject, most often. */
static int first_subject(const document *doc, uint32_t sentence) {
    const sentence_span *sent = &doc->t.sentences[sentence];
    for (uint32_t i = sent->first; i < sent->end; i++) {
        const chunk *d = doc_chunk_at(doc, i);
        if (d && d->person >= 0 && !d->possessive && !is_governed(doc, d)) {
            return d->person;
        }
        i = d && d->end > i ? d->end - 1 : i;
    }
    return -1;
}

/* he: the last person who was a subject within two sentences; they, both sides: the sides. */
static int antecedent(const document *doc, const chunk *c, uint32_t sentence) {
    int who = nearest_subject(doc, (uint32_t)(c - doc->chunks), doc->t.sentences[sentence].first);
    for (uint32_t back = 1; who == -1 && back <= 2 && back <= sentence; back++) {
        who = first_subject(doc, sentence - back);
    }
    return who;
}

/* The sides of the talk spoken of; its principals where the sides are not known. */
static void add_talk_sides(const document *doc, uint32_t sentence, ro_actors *out) {
    int32_t number = doc->sentence_talk ? doc->sentence_talk[sentence] : -1;
    if (number < 0 || doc->talks[number].side_count < 2) {
        number = doc->main_talk;
    }
    if (number < 0) {
        return;
    }
    const talk_draft *t = &doc->talks[number];
    size_t looked = 0;
    for (size_t i = 0; t->side_count < 2 && i < doc->facts->participation_count && looked < 64;
         i++, looked++) {
        const ro_participation *p = &doc->facts->participations[i];
        if (p->talk == number && (p->role == RO_ROLE_HEAD || p->role == RO_ROLE_HOST)) {
            add_person(out, p->person);
        }
    }
    if (out->person_count == 1) {
        out->person_count = 0; /* "they" are not one person */
    }
    /* "the two" are not one side: better nobody than half of them */
    for (uint8_t i = 0; t->side_count > 1 && i < t->side_count && out->person_count == 0; i++) {
        add_side(doc, out, t->sides[i]);
    }
}

/* "U.S. bank Acme said it agreed": a side that only says whose the company behind it is. */
static bool is_of_company(const document *doc, const chunk *d) {
    uint32_t i = d->tail;
    while (i < d->tail + 5 && doc_token(doc, i)->kind == 'w' && !doc_chunk_at(doc, i) &&
           !(doc_token(doc, i)->flags & TOK_CAP) &&
           !doc_is_any(doc, i,
                       LEX_BIT(LEX_PREP) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_AUX) | LEX_BIT(LEX_OUT) |
                           LEX_BIT(LEX_CLAUSE))) {
        i++;
    }
    const chunk *next = doc_chunk_at(doc, i);
    bool company = next && (next->kind == CHUNK_ORG || next->kind == CHUNK_BODY);
    return company && next->first == i && !doc_ends_in(doc, d->end - 1, "ns", 5);
}

/* "Lebanon says it will not": the side that is the subject earlier in the sentence; "they" are
 * several. */
static bool add_earlier_side(const document *doc, const chunk *c, uint32_t number, ro_actors *out) {
    bool they = ro_str_equal(c->head->value, RO_STR("they"));
    uint32_t low = doc->t.sentences[number].first;
    for (const chunk *d = c; d > doc->chunks && (d - 1)->first >= low;) {
        d--;
        bool governed = d->first > low && doc_is(doc, d->first - 1, LEX_PREP);
        bool fits = !they || d->plural || d->side_count > 1;
        if (d->end > d->first && !governed && !d->possessive && d->kind == CHUNK_SIDE && fits &&
            !is_of_company(doc, d)) {
            for (uint8_t i = 0; i < d->side_count; i++) {
                add_side(doc, out, d->sides[i]);
            }
            return true;
        }
        if (c - d > PRONOUN_CHUNKS_BACK) {
            break;
        }
    }
    return false;
}

/* "a U.S. lawyer": nobody who speaks for the country. */
static bool is_private_office(const lex_entry *head) {
    static const char *const OFFICES[] = {"lawyer", "analyst", "founder", "boss", "trader"};
    for (size_t i = 0; head && i < sizeof OFFICES / sizeof *OFFICES; i++) {
        if (ro_str_equal(head->value, ro_str_from(OFFICES[i]))) {
            return true;
        }
    }
    return false;
}

/* "Acme and its partners said they will": not the sides of the talks told of elsewhere. */
static bool has_plural_group(const document *doc, const chunk *pronoun, uint32_t number) {
    uint32_t low = doc->t.sentences[number].first;
    for (const chunk *d = pronoun; d > doc->chunks && (d - 1)->first >= low;) {
        d--;
        bool governed = d->first > low && doc_is(doc, d->first - 1, LEX_PREP);
        bool group = d->kind == CHUNK_ORG || (d->kind == CHUNK_BODY && d->plural);
        if (group && d->end > d->first && !governed && !d->possessive) {
            return true;
        }
    }
    return false;
}

void actors_add(const document *doc, const chunk *c, uint32_t sentence, ro_actors *out) {
    if (c->kind == CHUNK_PRONOUN && ro_str_equal(c->head->value, RO_STR("he"))) {
        int who = antecedent(doc, c, sentence);
        if (who >= 0) {
            add_person(out, who);
        }
    } else if (c->kind == CHUNK_PRONOUN && ro_str_equal(c->head->value, RO_STR("it"))) {
        (void)add_earlier_side(doc, c, sentence, out);
    } else if (c->kind == CHUNK_BOTH ||
               (c->kind == CHUNK_PRONOUN && ro_str_equal(c->head->value, RO_STR("they")))) {
        bool named = c->kind == CHUNK_PRONOUN && has_plural_group(doc, c, sentence);
        if (!named) {
            add_talk_sides(doc, sentence, out);
        }
        if (c->kind == CHUNK_PRONOUN && out->person_count + out->side_count == 0) {
            (void)add_earlier_side(doc, c, sentence, out);
        }
    } else if (c->person >= 0) {
        add_person(out, c->person);
    } else if (c->kind == CHUNK_SIDE || (c->kind == CHUNK_OFFICE && !is_private_office(c->head))) {
        for (uint8_t i = 0; i < c->side_count; i++) {
            add_side(doc, out, c->sides[i]);
        }
    }
}

bool actors_of(const document *doc, const chunk *c, uint32_t sentence, ro_actors *out) {
    *out = (ro_actors){.person_count = 0};
    actors_add(doc, c, sentence, out);
    return out->person_count + out->side_count > 0;
}
