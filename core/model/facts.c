#include "readout/facts.h"

#define NAME(table, value)                                                                         \
    ((size_t)(value) < sizeof(table) / sizeof *(table) ? (table)[value] : NULL)

const char *ro_talk_status_name(ro_talk_status status) {
    static const char *const NAMES[] = {"held",     "ongoing", "paused",   "planned",
                                        "proposed", "agreed",  "cancelled"};
    return NAME(NAMES, status);
}

const char *ro_talk_form_name(ro_talk_form form) {
    static const char *const NAMES[] = {NULL, "in_person", "phone", "video"};
    return NAME(NAMES, form);
}

const char *ro_part_role_name(ro_part_role role) {
    static const char *const NAMES[] = {"head", "chair", "host", "mediator", "member", "observer"};
    return NAME(NAMES, role);
}

const char *ro_outcome_status_name(ro_outcome_status status) {
    static const char *const NAMES[] = {"agreed", "proposed", "declined",   "rejected",
                                        "denied", "planned",  "reaffirmed", "open"};
    return NAME(NAMES, status);
}

const char *ro_statement_kind_name(ro_statement_kind kind) {
    static const char *const NAMES[] = {"direct", "indirect", "mixed", "stance"};
    return NAME(NAMES, kind);
}

const char *ro_date_basis_name(ro_date_basis basis) {
    static const char *const NAMES[] = {"none", "stated", "resolved", "bound"};
    return NAME(NAMES, basis);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put(ro_buf *out, const char *literal) {
    ro_buf_add(out, literal, strlen(literal));
}

static void put_string_or_null(ro_buf *out, ro_str s) {
    if (s.len) {
        ro_buf_add_json(out, s);
    } else {
        put(out, "null");
    }
}

static void put_side(ro_buf *out, ro_side side) {
    put_string_or_null(out, ro_str_from(side.code));
}

static void put_name(ro_buf *out, const char *name) {
    put_string_or_null(out, ro_str_from(name));
}

static void put_bool(ro_buf *out, bool value) {
    put(out, value ? "true" : "false");
}

static void put_strings(ro_buf *out, const ro_str *list, size_t count) {
    ro_buf_add_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        put(out, i ? "," : "");
        ro_buf_add_json(out, list[i]);
    }
    ro_buf_add_byte(out, ']');
}

static void put_ref(ro_buf *out, char letter, int index) {
    if (index >= 0) {
        ro_buf_printf(out, "\"%c%d\"", letter, index + 1);
    } else {
        put(out, "null");
    }
}

static void put_evidence(ro_buf *out, const ro_evidence *e) {
    ro_buf_printf(out, "{\"start\":%u,\"end\":%u,\"rule\":", e->start, e->end);
    ro_buf_add_json(out, e->rule);
    ro_buf_add_byte(out, '}');
}

static void put_actors(ro_buf *out, const ro_actors *a) {
    ro_buf_add_byte(out, '[');
    for (size_t i = 0; i < a->person_count; i++) {
        put(out, i ? "," : "");
        put_ref(out, 'p', a->people[i]);
    }
    for (size_t i = 0; i < a->side_count; i++) {
        put(out, i || a->person_count ? "," : "");
        put_side(out, a->sides[i]);
    }
    ro_buf_add_byte(out, ']');
}

/* One actor: a person, a side, or sides as one ("RU+US"). */
static void put_actor(ro_buf *out, const ro_actors *a, bool joined) {
    if (a->person_count) {
        put_ref(out, 'p', a->people[0]);
    } else if (a->side_count && (joined || a->side_count == 1)) {
        ro_buf_add_byte(out, '"');
        for (size_t i = 0; i < a->side_count; i++) {
            put(out, i ? "+" : "");
            put(out, a->sides[i].code);
        }
        ro_buf_add_byte(out, '"');
    } else {
        put(out, "null");
    }
}

static void put_article(ro_buf *out, const ro_facts *f) {
    char day[RO_TIME_TEXT];
    put(out, "{\"article\":{\"key\":");
    ro_buf_add_json(out, f->key.len ? f->key : RO_STR("-"));
    put(out, ",\"title\":");
    put_string_or_null(out, f->title);
    put(out, ",\"dateline\":");
    if (f->dateline.place.len || f->dateline.agency.len) {
        put(out, "{\"place\":");
        put_string_or_null(out, f->dateline.place);
        put(out, ",\"country\":");
        put_side(out, f->dateline_country);
        put(out, ",\"agency\":");
        put_string_or_null(out, f->dateline.agency);
        ro_buf_add_byte(out, '}');
    } else {
        put(out, "null");
    }
    put(out, ",\"credit\":");
    put_string_or_null(out, f->credit);
    put(out, ",\"photo_credit\":");
    put_string_or_null(out, f->photo_credit);
    put(out, ",\"published\":");
    put_name(out, ro_time_format_day(f->published, day));
    ro_buf_add_byte(out, '}');
}

static void put_person(ro_buf *out, const ro_person *p, int index) {
    put(out, "{\"id\":");
    put_ref(out, 'p', index);
    put(out, ",\"name\":");
    ro_buf_add_json(out, p->name);
    put(out, ",\"variants\":");
    put_strings(out, p->variants, p->variant_count);
    put(out, ",\"roles\":[");
    for (size_t i = 0; i < p->role_count; i++) {
        put(out, i ? ",{\"office\":" : "{\"office\":");
        ro_buf_add_json(out, p->roles[i].office);
        put(out, ",\"of\":");
        put_string_or_null(out, p->roles[i].of);
        put(out, ",\"former\":");
        put_bool(out, p->roles[i].former);
        ro_buf_add_byte(out, '}');
    }
    put(out, "],\"side\":");
    put_side(out, p->side);
    put(out, ",\"basis\":");
    put_string_or_null(out, p->basis);
    ro_buf_add_byte(out, '}');
}

static void put_place(ro_buf *out, const ro_talk *t) {
    put(out, ",\"place\":");
    if (t->city.len || t->country.code[0]) {
        put(out, "{\"city\":");
        put_string_or_null(out, t->city);
        put(out, ",\"country\":");
        put_side(out, t->country);
        ro_buf_add_byte(out, '}');
    } else {
        put(out, "null");
    }
    put(out, ",\"date\":{\"value\":");
    put_string_or_null(out, t->date);
    ro_buf_printf(out,
                  ",\"basis\":\"%s\"},\"duration_minutes\":", ro_date_basis_name(t->date_basis));
    if (t->duration_minutes > 0) {
        ro_buf_printf(out, "%d", t->duration_minutes);
    } else {
        put(out, "null");
    }
}

static void put_talk(ro_buf *out, const ro_talk *t, int index) {
    put(out, "{\"id\":");
    put_ref(out, 't', index);
    ro_buf_printf(out, ",\"status\":\"%s\",\"form\":", ro_talk_status_name(t->status));
    put_name(out, ro_talk_form_name(t->form));
    put(out, ",\"main\":");
    put_bool(out, t->main);
    put(out, ",\"sides\":[");
    for (size_t i = 0; i < t->side_count; i++) {
        put(out, i ? "," : "");
        put_side(out, t->sides[i]);
    }
    put(out, "],\"parties\":");
    put_strings(out, t->parties, t->party_count);
    put(out, ",\"host\":");
    put_side(out, t->host);
    put_place(out, t);
    put(out, ",\"topics\":");
    put_strings(out, t->topics, t->topic_count);
    put(out, ",\"evidence\":[");
    for (size_t i = 0; i < t->evidence_count; i++) {
        put(out, i ? "," : "");
        put_evidence(out, &t->evidence[i]);
    }
    put(out, "]}");
}

static void put_participation(ro_buf *out, const ro_participation *p) {
    put(out, "{\"talk\":");
    put_ref(out, 't', p->talk);
    put(out, ",\"person\":");
    put_ref(out, 'p', p->person);
    ro_buf_printf(out, ",\"role\":\"%s\",\"side\":", ro_part_role_name(p->role));
    put_side(out, p->side);
    put(out, ",\"evidence\":");
    put_evidence(out, &p->evidence);
    ro_buf_add_byte(out, '}');
}

static void put_outcome(ro_buf *out, const ro_outcome *o, int index) {
    put(out, "{\"id\":");
    put_ref(out, 'o', index);
    put(out, ",\"talk\":");
    put_ref(out, 't', o->talk);
    ro_buf_printf(out, ",\"status\":\"%s\",\"by\":", ro_outcome_status_name(o->status));
    put_actors(out, &o->by);
    put(out, ",\"by_text\":");
    put_string_or_null(out, o->by_text);
    put(out, ",\"to\":");
    put_actors(out, &o->to);
    put(out, ",\"what\":");
    ro_buf_add_json(out, o->what);
    put(out, ",\"condition\":");
    put_string_or_null(out, o->condition);
    put(out, ",\"answers\":");
    put_ref(out, 'o', o->answers);
    put(out, ",\"hedged\":");
    put_bool(out, o->hedged);
    put(out, ",\"background\":");
    put_bool(out, o->background);
    put(out, ",\"attributed_to\":");
    put_actor(out, &o->attributed_to, false);
    put(out, ",\"evidence\":");
    put_evidence(out, &o->evidence);
    ro_buf_add_byte(out, '}');
}

static void put_statement(ro_buf *out, const ro_statement *s) {
    put(out, "{\"speaker\":");
    put_actor(out, &s->speaker, true);
    put(out, ",\"cue\":");
    ro_buf_add_json(out, s->cue);
    ro_buf_printf(out, ",\"kind\":\"%s\",\"content\":{\"start\":%u,\"end\":%u},\"evidence\":",
                  ro_statement_kind_name(s->kind), s->content_start, s->content_end);
    put_evidence(out, &s->evidence);
    ro_buf_add_byte(out, '}');
}

static void put_date(ro_buf *out, const ro_date_mention *d, ro_str body) {
    ro_buf_printf(out, "{\"start\":%u,\"end\":%u,\"text\":", d->start, d->end);
    ro_buf_add_json(out, ro_str_make(body.ptr + d->start, d->end - d->start));
    put(out, ",\"value\":");
    put_string_or_null(out, d->value);
    ro_buf_printf(out, ",\"basis\":\"%s\"}", ro_date_basis_name(d->basis));
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Item `i` of one of the lists of facts. */
typedef void (*put_item_fn)(ro_buf *out, const ro_facts *f, ro_str body, size_t i);

static void put_list(ro_buf *out, const char *key, put_item_fn put_item, size_t count,
                     const ro_facts *f, ro_str body) {
    ro_buf_printf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        put(out, i ? "," : "");
        put_item(out, f, body, i);
    }
    ro_buf_add_byte(out, ']');
}

static void put_person_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    (void)body;
    put_person(out, &f->people[i], (int)i);
}

static void put_talk_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    (void)body;
    put_talk(out, &f->talks[i], (int)i);
}

static void put_participation_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    (void)body;
    put_participation(out, &f->participations[i]);
}

static void put_outcome_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    (void)body;
    put_outcome(out, &f->outcomes[i], (int)i);
}

static void put_statement_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    (void)body;
    put_statement(out, &f->statements[i]);
}

static void put_date_at(ro_buf *out, const ro_facts *f, ro_str body, size_t i) {
    put_date(out, &f->dates[i], body);
}

void ro_facts_write_json(const ro_facts *f, ro_str body, ro_buf *out) {
    put_article(out, f);
    put_list(out, "people", put_person_at, f->person_count, f, body);
    put_list(out, "talks", put_talk_at, f->talk_count, f, body);
    put_list(out, "participations", put_participation_at, f->participation_count, f, body);
    put_list(out, "outcomes", put_outcome_at, f->outcome_count, f, body);
    put_list(out, "statements", put_statement_at, f->statement_count, f, body);
    put_list(out, "dates", put_date_at, f->date_count, f, body);
    ro_buf_add_byte(out, '}');
}
