/* The merged record of a talk or a person: every member with its sentence and article, why they are
 * one, what they disagree in. */
#include "hit.h"

#include "readout/same.h"

#define MEMBERS_MAX 100 /* that a record lists; it tells how many there are */

typedef struct recorder {
    ro_searcher *searcher;
    ro_kind kind;
    json_t *record, *members;
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

static ro_status add_member(recorder *r, ro_doc doc, const ro_group_member *as) {
    ro_searcher *s = r->searcher;
    ro_article article;
    ro_facts facts;
    ro_fact_source source = {
        .kind = r->kind, .facts = &facts, .article = &article, .arena = &s->scratch};
    ro_arena_reset(&s->scratch);
    ro_status status = ro_fact_load(s, doc, &source, &article, &facts, r->err);
    if (status != RO_OK) {
        return status;
    }
    json_t *member = json_object();
    ro_json_append(r->members, member, &r->memory);
    ro_json_set(member, "id",
                ro_json_string(ro_fact_id(article.id, r->kind, source.fact.index, &s->scratch)),
                &r->memory);
    ro_fact_put_fields(&source, member, &r->memory);
    if (as) {
        ro_json_set(member, "why", reasons(as->why, &r->memory), &r->memory);
        ro_json_set(member, "conflicts", reasons(as->conflicts, &r->memory), &r->memory);
    }
    put_article(r, &article, member);
    return put_sentence(r, &source, member);
}

/* ---- members ---- */

static ro_status add_documents(recorder *r, const ro_group *group) {
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && i < group->member_count && i < MEMBERS_MAX; i++) {
        status = add_member(r, group->members[i].doc, &group->members[i]);
    }
    return status;
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
                        .deadline = RO_DEADLINE_NEVER};
    ro_status status = match->values
                           ? ro_snapshot_search(s->snapshot, &search, &s->arena, &found, r->err)
                           : ro_fail_memory(r->err);
    for (size_t i = 0; status == RO_OK && i < found.hit_count; i++) {
        status = add_member(r, found.hits[i].doc, NULL);
    }
    return status;
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
    ro_article article;
    ro_facts facts;
    ro_person_form form;
    ro_fact_source source = {
        .kind = r->kind, .facts = &facts, .article = &article, .arena = &s->scratch};
    ro_status status = ro_fact_load(s, doc, &source, &article, &facts, err);
    if (status == RO_OK) {
        status = ro_person_form_of(&facts.people[source.fact.index], &s->scratch, &form, err);
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
        return add_member(r, doc, NULL);
    }
    if (status != RO_OK) {
        return ro_fail(r->err, status, "%s", none.message);
    }
    ro_json_set(r->record, "articles", json_integer(group.articles), &r->memory);
    ro_json_set(r->record, "why", reasons(group.why, &r->memory), &r->memory);
    ro_json_set(r->record, "conflicts", reasons(group.conflicts, &r->memory), &r->memory);
    return r->kind == RO_KIND_PARTICIPANTS ? add_forms(r, &group) : add_documents(r, &group);
}

ro_status ro_searcher_record(ro_searcher *searcher, ro_kind kind, ro_str id, json_t **answer,
                             ro_error *err) {
    recorder r = {.searcher = searcher, .kind = kind, .err = err};
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
