/* The fields of facts as JSON. */
#include "hit.h"

#include "readout/side.h"

typedef struct writer {
    const ro_fact_source *source;
    json_t *object;
    bool *memory;
} writer;

static json_t *text_or_null(ro_str s) {
    return s.len ? ro_json_string(s) : json_null();
}

static json_t *name_or_null(const char *name) {
    return name ? json_string(name) : json_null();
}

static void set(const writer *w, const char *key, json_t *value) {
    ro_json_set(w->object, key, value, w->memory);
}

static json_t *side_or_null(ro_side side) {
    return side.code[0] ? json_string(side.code) : json_null();
}

static json_t *fact_id(const writer *w, ro_kind kind, int index) {
    return index < 0
               ? json_null()
               : ro_json_string(ro_fact_id(w->source->article->id, kind, index, w->source->arena));
}

static json_t *strings(const writer *w, const ro_str *items, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        ro_json_append(list, ro_json_string(items[i]), w->memory);
    }
    return list;
}

static json_t *sides(const writer *w, const ro_side *items, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        ro_json_append(list, json_string(items[i].code), w->memory);
    }
    return list;
}

/* {"id", "name", "side"}: a person of the article, or a side, which has no id. */
static json_t *person_actor(const writer *w, int index) {
    const ro_person *person = &w->source->facts->people[index];
    json_t *actor = json_object();
    ro_json_set(actor, "id", fact_id(w, RO_KIND_PARTICIPANTS, index), w->memory);
    ro_json_set(actor, "name", ro_json_string(person->name), w->memory);
    ro_json_set(actor, "side", side_or_null(person->side), w->memory);
    return actor;
}

static json_t *side_actor(const writer *w, ro_side side) {
    json_t *actor = json_object();
    ro_json_set(actor, "id", json_null(), w->memory);
    ro_json_set(actor, "name", ro_json_string(ro_side_name(ro_str_from(side.code))), w->memory);
    ro_json_set(actor, "side", side_or_null(side), w->memory);
    return actor;
}

static json_t *actors(const writer *w, const ro_actors *who) {
    json_t *list = json_array();
    for (size_t i = 0; i < who->person_count; i++) {
        ro_json_append(list, person_actor(w, who->people[i]), w->memory);
    }
    for (size_t i = 0; i < who->side_count; i++) {
        ro_json_append(list, side_actor(w, who->sides[i]), w->memory);
    }
    return list;
}

/* ---- talks ---- */

static json_t *participants(const writer *w, int talk) {
    const ro_facts *facts = w->source->facts;
    json_t *list = json_array();
    for (size_t i = 0; i < facts->participation_count; i++) {
        const ro_participation *p = &facts->participations[i];
        if (p->talk != talk) {
            continue;
        }
        json_t *item = person_actor(w, p->person);
        ro_json_append(list, item, w->memory);
        ro_json_set(item, "side", side_or_null(p->side), w->memory);
        ro_json_set(item, "role", json_string(ro_part_role_name(p->role)), w->memory);
    }
    return list;
}

static void put_place(const writer *w, const ro_talk *talk) {
    json_t *place = talk->city.len || talk->country.code[0] ? json_object() : NULL;
    if (place) {
        ro_json_set(place, "city", text_or_null(talk->city), w->memory);
        ro_json_set(place, "country", side_or_null(talk->country), w->memory);
    }
    set(w, "place", place ? place : json_null());
}

static void put_date(const writer *w, const ro_talk *talk) {
    json_t *date = json_object();
    ro_json_set(date, "value", text_or_null(talk->date), w->memory);
    ro_json_set(date, "basis", json_string(ro_date_basis_name(talk->date_basis)), w->memory);
    set(w, "date", date);
}

static ro_str slice(ro_str body, uint32_t start, uint32_t end) {
    return start < end && end <= body.len ? ro_str_make(body.ptr + start, end - start) : RO_STR("");
}

/* What came out, with the words that say so. */
static json_t *outcomes(const writer *w, int talk) {
    const ro_facts *facts = w->source->facts;
    json_t *list = json_array();
    for (size_t i = 0; i < facts->outcome_count; i++) {
        const ro_outcome *o = &facts->outcomes[i];
        if (o->talk != talk || o->background) {
            continue;
        }
        json_t *item = json_object();
        ro_json_append(list, item, w->memory);
        ro_json_set(item, "id", fact_id(w, RO_KIND_OUTCOMES, (int)i), w->memory);
        ro_json_set(item, "status", json_string(ro_outcome_status_name(o->status)), w->memory);
        ro_json_set(item, "by", actors(w, &o->by), w->memory);
        ro_json_set(item, "what", ro_json_string(o->what), w->memory);
        ro_json_set(
            item, "sentence",
            ro_json_string(slice(w->source->article->body, o->evidence.start, o->evidence.end)),
            w->memory);
    }
    return list;
}

static void put_talk(const writer *w) {
    const ro_talk *talk = &w->source->facts->talks[w->source->fact.index];
    set(w, "status", json_string(ro_talk_status_name(talk->status)));
    set(w, "form", name_or_null(ro_talk_form_name(talk->form)));
    set(w, "sides", sides(w, talk->sides, talk->side_count));
    set(w, "parties", strings(w, talk->parties, talk->party_count));
    set(w, "host", side_or_null(talk->host));
    put_place(w, talk);
    put_date(w, talk);
    set(w, "duration_minutes",
        talk->duration_minutes ? json_integer(talk->duration_minutes) : json_null());
    set(w, "topics", strings(w, talk->topics, talk->topic_count));
    set(w, "participants", participants(w, w->source->fact.index));
    set(w, "outcomes", outcomes(w, w->source->fact.index));
}

/* ---- participants ---- */

static json_t *offices(const writer *w, const ro_person *person) {
    json_t *list = json_array();
    for (size_t i = 0; i < person->role_count; i++) {
        json_t *office = json_object();
        ro_json_append(list, office, w->memory);
        ro_json_set(office, "office", ro_json_string(person->roles[i].office), w->memory);
        ro_json_set(office, "of", text_or_null(person->roles[i].of), w->memory);
        ro_json_set(office, "former", json_boolean(person->roles[i].former), w->memory);
    }
    return list;
}

static void put_participant(const writer *w) {
    const ro_fact_source *s = w->source;
    const ro_person *person = &s->facts->people[s->fact.index];
    const ro_participation *p =
        s->fact.participation >= 0 ? &s->facts->participations[s->fact.participation] : NULL;
    set(w, "name", ro_json_string(person->name));
    set(w, "variants", strings(w, person->variants, person->variant_count));
    set(w, "offices", offices(w, person));
    set(w, "side", side_or_null(p && p->side.code[0] ? p->side : person->side));
    set(w, "role", json_string(p ? ro_part_role_name(p->role) : "mentioned"));
    set(w, "talk", fact_id(w, RO_KIND_TALKS, p ? p->talk : -1));
}

/* ---- outcomes ---- */

static void put_outcome(const writer *w) {
    const ro_outcome *outcome = &w->source->facts->outcomes[w->source->fact.index];
    json_t *by = actors(w, &outcome->by);
    if (outcome->by_text.len) {
        json_t *other = json_object();
        ro_json_set(other, "id", json_null(), w->memory);
        ro_json_set(other, "name", ro_json_string(outcome->by_text), w->memory);
        ro_json_set(other, "side", json_null(), w->memory);
        ro_json_append(by, other, w->memory);
    }
    set(w, "status", json_string(ro_outcome_status_name(outcome->status)));
    set(w, "by", by);
    set(w, "to", actors(w, &outcome->to));
    set(w, "what", ro_json_string(outcome->what));
    set(w, "condition", text_or_null(outcome->condition));
    set(w, "answers", fact_id(w, RO_KIND_OUTCOMES, outcome->answers));
    set(w, "talk", fact_id(w, RO_KIND_TALKS, outcome->talk));
    set(w, "hedged", json_boolean(outcome->hedged));
    set(w, "background", json_boolean(outcome->background));
    set(w, "attributed_to", actors(w, &outcome->attributed_to));
}

/* ---- statements ---- */

static void put_statement(const writer *w) {
    const ro_statement *said = &w->source->facts->statements[w->source->fact.index];
    ro_str body = w->source->article->body;
    ro_str content = RO_STR("");
    if (said->content_start < said->content_end && said->content_end <= body.len) {
        content =
            ro_str_make(body.ptr + said->content_start, said->content_end - said->content_start);
    }
    set(w, "speaker", actors(w, &said->speaker));
    set(w, "cue", ro_json_string(said->cue));
    set(w, "form", json_string(ro_statement_kind_name(said->kind)));
    set(w, "content", ro_json_string(content));
}

void ro_fact_put_fields(const ro_fact_source *source, json_t *object, bool *memory) {
    static void (*const puts[RO_KINDS])(const writer *) = {[RO_KIND_TALKS] = put_talk,
                                                           [RO_KIND_PARTICIPANTS] = put_participant,
                                                           [RO_KIND_OUTCOMES] = put_outcome,
                                                           [RO_KIND_STATEMENTS] = put_statement};
    writer w = {source, object, memory};
    puts[source->kind](&w);
}

/* ---- evidence ---- */

/* Where the longest of the spellings first stands. */
static ro_evidence first_mention(const ro_fact_source *source) {
    const ro_person *person = &source->facts->people[source->fact.index];
    ro_str body = source->article->body;
    ro_str best = person->name;
    ro_evidence evidence = {0, 0, RO_STR("")};
    for (size_t i = 0; i < person->variant_count; i++) {
        best = person->variants[i].len > best.len ? person->variants[i] : best;
    }
    const char *at = best.len && body.len ? memmem(body.ptr, body.len, best.ptr, best.len) : NULL;
    if (!at && person->name.len && body.len) {
        best = person->name;
        at = memmem(body.ptr, body.len, best.ptr, best.len);
    }
    if (at) {
        evidence.start = (uint32_t)(at - body.ptr);
        evidence.end = evidence.start + (uint32_t)best.len;
    }
    return evidence;
}

static size_t talk_evidence(const ro_fact_source *s, ro_evidence *out) {
    const ro_talk *talk = &s->facts->talks[s->fact.index];
    size_t count = 0;
    for (size_t i = 0; i < talk->evidence_count && count < RO_EVIDENCE_MAX; i++) {
        out[count++] = talk->evidence[i];
    }
    for (size_t i = 0; i < s->facts->participation_count && count < RO_EVIDENCE_MAX; i++) {
        const ro_participation *p = &s->facts->participations[i];
        if (p->talk == s->fact.index) {
            out[count++] = p->evidence;
        }
    }
    return count;
}

size_t ro_fact_evidence(const ro_fact_source *s, ro_evidence *out) {
    const ro_fact *fact = &s->fact;
    switch (s->kind) {
    case RO_KIND_TALKS:
        return talk_evidence(s, out);
    case RO_KIND_PARTICIPANTS:
        out[0] = fact->participation >= 0 ? s->facts->participations[fact->participation].evidence
                                          : first_mention(s);
        break;
    case RO_KIND_OUTCOMES:
        out[0] = s->facts->outcomes[fact->index].evidence;
        break;
    case RO_KIND_STATEMENTS:
        out[0] = s->facts->statements[fact->index].evidence;
        break;
    default:
        return 0;
    }
    return out[0].start < out[0].end && out[0].end <= s->article->body.len;
}
