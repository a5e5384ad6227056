/* The merged record of a talk or a person: every member with its sentence and article, why they are
 * one, what they disagree in. */
#include "hit.h"

#include "readout/same.h"

#define MEMBERS_MAX 100 /* that a record lists; it tells how many there are */

typedef struct recorder {
    ro_searcher *searcher;
    ro_kind kind;
    json_t *record, *members;
    ro_deadline deadline;
    bool memory;
    ro_error *err;
} recorder;

static json_t *reasons(unsigned bits, bool *memory) {
    json_t *list = json_array();
    for (unsigned i = 0; i < RO_SAME_REASONS; i++) {
        if (bits >> i & 1) {
            ro_json_append(list, json_string(ro_same_name(1U << i)), memory);
        }
    }
    return list;
}

static void put_article(recorder *r, const ro_article *article, json_t *member) {
    char time[RO_TIME_TEXT];
    bool dated = article->published != RO_TIME_NONE;
    ro_json_set(member, "article", ro_json_string(article->id), &r->memory);
    ro_json_set(member, "title", ro_json_string(article->title), &r->memory);
    ro_json_set(member, "url", ro_json_string(article->url), &r->memory);
    ro_json_set(member, "source", ro_json_string(article->source), &r->memory);
    ro_json_set(member, "published",
                dated ? json_string(ro_time_format(article->published, time)) : json_null(),
                &r->memory);
}

static ro_status put_sentence(recorder *r, const ro_fact_source *source, json_t *member) {
    ro_evidence places[RO_EVIDENCE_MAX];
    ro_passage passage;
    ro_str body = source->article->body;
    if (!ro_fact_evidence(source, places) || places[0].end > body.len) {
        ro_json_set(member, "sentence", json_null(), &r->memory);
        return RO_OK;
    }
    ro_status status = ro_fact_sentence(r->searcher->analyser, body, places[0], &passage, r->err);
    if (status == RO_OK) {
        ro_str text = ro_str_make(body.ptr + passage.start, passage.end - passage.start);
        ro_json_set(member, "sentence", ro_json_string(text), &r->memory);
    }
    return status;
}

static ro_status put_member(recorder *r, ro_doc doc, const ro_group_member *as, json_t *member) {
    ro_searcher *s = r->searcher;
    ro_fact_source source = {.kind = r->kind, .arena = &s->scratch};
    ro_arena_reset(&s->scratch);
    if (ro_deadline_passed(r->deadline)) {
        return ro_fail(r->err, RO_DEADLINE, "the time for the record ran out");
    }
    ro_status status = ro_fact_load(s, doc, &source, r->err);
    if (status != RO_OK) {
        return status;
    }
    const ro_article *article = source.article;
    ro_json_set(member, "id",
                ro_json_string(ro_fact_id(article->id, r->kind, source.fact.index, &s->scratch)),
                &r->memory);
    ro_fact_put_fields(&source, member, &r->memory);
    if (as) {
        ro_json_set(member, "why", reasons(as->why, &r->memory), &r->memory);
        ro_json_set(member, "conflicts", reasons(as->conflicts, &r->memory), &r->memory);
    }
    put_article(r, article, member);
    return put_sentence(r, &source, member);
}

/* Lists members in this order; `as` is NULL, or what the group tells of each. */
static ro_status add_members(recorder *r, ro_turn *turns, size_t count, const ro_group_member *as) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < count; i++) {
        turns[i].at = i;
        ro_json_append(r->members, json_object(), &r->memory);
    }
    if (r->memory) {
        return ro_fail_memory(r->err);
    }
    ro_turns_sort(turns, count);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        size_t at = turns[i].at;
        status = put_member(r, turns[i].doc, as ? &as[at] : NULL, json_array_get(r->members, at));
    }
    return status;
}

/* ---- members ---- */

static ro_status add_documents(recorder *r, const ro_group *group) {
    ro_turn turns[MEMBERS_MAX];
    size_t count = group->member_count < MEMBERS_MAX ? group->member_count : MEMBERS_MAX;
    for (size_t i = 0; i < count; i++) {
        turns[i] = (ro_turn){group->members[i].doc, i};
    }
    return add_members(r, turns, count, group->members);
}

/* Where articles name the person in any of the ways, newest first. */
static ro_status add_mentions(recorder *r, const ro_str *names, size_t count) {
    ro_searcher *s = r->searcher;
    ro_match *match = ro_match_new(&s->arena, RO_MATCH_VALUE);
    ro_found found;
    if (!match) {
        return ro_fail_memory(r->err);
    }
    match->column = RO_COLUMN_PERSON;
    match->value_count = count;
    match->values = ro_arena_alloc_array(&s->arena, count, sizeof(ro_str));
    for (size_t i = 0; match->values && i < count; i++) {
        ro_buf folded = RO_BUF_INIT;
        ro_status status = ro_fold(s->analyser, names[i], &folded, r->err);
        match->values[i] = ro_arena_copy(&s->arena, ro_buf_str(&folded));
        ro_buf_release(&folded);
        if (status != RO_OK) {
            return status;
        }
    }
    ro_search search = {.kind = RO_KIND_PARTICIPANTS,
                        .match = match,
                        .rank = RO_RANK_DEFAULT,
                        .sort = RO_SORT_NEWEST,
                        .k = MEMBERS_MAX,
                        .deadline = r->deadline};
    ro_status status = match->values
                           ? ro_snapshot_search(s->snapshot, &search, &s->arena, &found, r->err)
                           : ro_fail_memory(r->err);
    ro_turn turns[MEMBERS_MAX];
    for (size_t i = 0; status == RO_OK && i < found.hit_count; i++) {
        turns[i] = (ro_turn){found.hits[i].doc, i};
    }
    return status == RO_OK ? add_members(r, turns, found.hit_count, NULL) : status;
}

static ro_status add_forms(recorder *r, const ro_group *group) {
    json_t *forms = json_array();
    ro_str *names = ro_arena_alloc_array(&r->searcher->arena, group->member_count, sizeof *names);
    ro_json_set(r->record, "forms", forms, &r->memory);
    if (!names) {
        return ro_fail_memory(r->err);
    }
    for (size_t i = 0; i < group->member_count; i++) {
        const ro_group_member *m = &group->members[i];
        ro_person_form form;
        json_t *item = json_object();
        names[i] = m->id;
        ro_person_form_parse(m->id, &form);
        ro_json_append(forms, item, &r->memory);
        ro_json_set(item, "name", ro_json_string(form.name), &r->memory);
        ro_json_set(item, "side", form.side.code[0] ? json_string(form.side.code) : json_null(),
                    &r->memory);
        ro_json_set(item, "office", ro_json_string(form.office), &r->memory);
        ro_json_set(item, "articles", json_integer(m->articles), &r->memory);
        ro_json_set(item, "why", reasons(m->why, &r->memory), &r->memory);
        ro_json_set(item, "conflicts", reasons(m->conflicts, &r->memory), &r->memory);
    }
    return add_mentions(r, names, group->member_count);
}

/* ---- the group ---- */

static ro_status person_group(recorder *r, ro_doc doc, int64_t *group, ro_error *err) {
    ro_searcher *s = r->searcher;
    ro_person_form form;
    ro_fact_source source = {.kind = r->kind, .arena = &s->scratch};
    ro_status status = ro_fact_load(s, doc, &source, err);
    if (status == RO_OK) {
        status =
            ro_person_form_of(&source.facts->people[source.fact.index], &s->scratch, &form, err);
    }
    return status == RO_OK
               ? ro_snapshot_person_of(s->snapshot, ro_person_key(&form, &s->scratch), group, err)
               : status;
}

static ro_status add_group(recorder *r, ro_doc doc) {
    ro_snapshot *snapshot = r->searcher->snapshot;
    ro_error none = RO_ERROR_INIT;
    ro_group group;
    int64_t number;
    ro_status status = r->kind == RO_KIND_PARTICIPANTS
                           ? person_group(r, doc, &number, &none)
                           : ro_snapshot_group_of(snapshot, r->kind, doc, &number, &none);
    if (status == RO_OK) {
        status = ro_snapshot_group(snapshot, r->kind, number, &r->searcher->arena, &group, &none);
    }
    if (status == RO_NOT_FOUND) { /* alone */
        ro_json_set(r->record, "articles", json_integer(1), &r->memory);
        return add_members(r, &(ro_turn){doc, 0}, 1, NULL);
    }
    if (status != RO_OK) {
        return ro_fail(r->err, status, "%s", none.message);
    }
    ro_json_set(r->record, "articles", json_integer(group.articles), &r->memory);
    ro_json_set(r->record, "why", reasons(group.why, &r->memory), &r->memory);
    ro_json_set(r->record, "conflicts", reasons(group.conflicts, &r->memory), &r->memory);
    return r->kind == RO_KIND_PARTICIPANTS ? add_forms(r, &group) : add_documents(r, &group);
}

ro_status ro_searcher_record(ro_searcher *searcher, ro_kind kind, ro_str id, ro_deadline deadline,
                             json_t **answer, ro_error *err) {
    recorder r = {.searcher = searcher, .kind = kind, .deadline = deadline, .err = err};
    ro_kind found;
    ro_doc doc;
    *answer = NULL;
    ro_arena_reset(&searcher->arena);
    ro_arena_reset(&searcher->scratch);
    ro_status status = ro_snapshot_find_fact(searcher->snapshot, id, &found, &doc, err);
    if (status == RO_OK && found != kind) {
        status = ro_fail(err, RO_NOT_FOUND, "'%.*s' is none of the %s", RO_STR_ARG(id),
                         ro_kind_name(kind));
    }
    if (status != RO_OK) {
        return status;
    }
    r.record = json_object();
    r.members = json_array();
    ro_json_set(r.record, "id", ro_json_string(id), &r.memory);
    ro_json_set(r.record, "kind", json_string(ro_kind_singular(kind)), &r.memory);
    ro_json_set(r.record, "members", r.members, &r.memory);
    status = r.memory ? ro_fail_memory(err) : add_group(&r, doc);
    ro_fact_unload(searcher);
    if (status == RO_OK && r.memory) {
        status = ro_fail_memory(err);
    }
    if (status != RO_OK) {
        json_decref(r.record);
        return status;
    }
    *answer = r.record;
    return RO_OK;
}
