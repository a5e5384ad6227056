/* Hits of facts: the fact, the sentence it stands in, the articles that support it. */
#include "hit.h"

#include "readout/same.h"

#include <stdlib.h>

#define SENTENCES_AROUND 400 /* bytes around the evidence in which its sentences are looked for */

/* ---- the sentence ---- */

typedef struct bounds {
    uint32_t base, start, end; /* grows to whole sentences */
    ro_evidence of;
} bounds;

static int add_sentence(void *context, uint32_t start, uint32_t end) {
    bounds *b = context;
    start += b->base;
    end += b->base;
    if (start < b->of.end && end > b->of.start) {
        b->start = start < b->start ? start : b->start;
        b->end = end > b->end ? end : b->end;
    }
    return start >= b->of.end;
}

static bool is_continuation(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

ro_status ro_fact_sentence(ro_analyser *analyser, ro_str body, ro_evidence of, ro_passage *out,
                           ro_error *err) {
    uint32_t low = of.start > SENTENCES_AROUND ? of.start - SENTENCES_AROUND : 0;
    uint32_t high =
        body.len - of.end > SENTENCES_AROUND ? of.end + SENTENCES_AROUND : (uint32_t)body.len;
    while (low > 0 && is_continuation(body.ptr[low])) {
        low--;
    }
    while (high < body.len && is_continuation(body.ptr[high])) {
        high++;
    }
    bounds b = {low, of.start, of.end, of};
    ro_status status =
        ro_sentences(analyser, ro_str_make(body.ptr + low, high - low), add_sentence, &b, err);
    while (b.start < b.end && (unsigned char)body.ptr[b.start] <= ' ') {
        b.start++;
    }
    while (b.end > b.start && (unsigned char)body.ptr[b.end - 1] <= ' ') {
        b.end--;
    }
    *out =
        (ro_passage){b.start, b.end, b.start == low && low > 0, b.end == high && high < body.len};
    return status;
}

/* Marks of the passage, counted in the body. */
static ro_status mark_passage(ro_hit_writer *w, const ro_article *article,
                              const ro_passage *passage, ro_marks *out) {
    ro_str text = ro_str_make(article->body.ptr + passage->start, passage->end - passage->start);
    ro_marker_start(&w->marker);
    ro_status status = ro_marker_scan(&w->marker, text, article->language, RO_FIELD_BODY,
                                      &w->run->searcher->scratch, out, w->err);
    for (size_t i = 0; status == RO_OK && i < out->count; i++) {
        out->items[i].start += passage->start;
        out->items[i].end += passage->start;
    }
    ro_marker_filter(&w->marker, out);
    return status;
}

/* What the words of the query in a passage tell, each once. */
static double worth_of(const ro_hit_writer *w, const ro_marks *marks) {
    double worth = 0;
    for (size_t i = 0; i < marks->count; i++) {
        bool again = false;
        for (size_t j = 0; j < i && !again; j++) {
            again = marks->items[j].concept == marks->items[i].concept;
        }
        worth += again ? 0 : w->marker.concepts[marks->items[i].concept].weight;
    }
    return worth;
}

typedef struct sentence {
    ro_evidence evidence;
    ro_passage passage;
    ro_marks marks;
    double worth;
} sentence;

/* The sentence that says most of what was asked; the first of equals. */
static ro_status choose_sentence(ro_hit_writer *w, const ro_fact_source *source, sentence *out) {
    ro_evidence places[RO_EVIDENCE_MAX];
    size_t count = ro_fact_evidence(source, places);
    ro_str body = source->article->body;
    *out = (sentence){.worth = -1};
    for (size_t i = 0; i < count; i++) {
        sentence s = {.evidence = places[i]};
        if (places[i].start >= places[i].end || places[i].end > body.len) {
            continue;
        }
        ro_status status =
            ro_fact_sentence(w->run->searcher->analyser, body, places[i], &s.passage, w->err);
        if (status == RO_OK) {
            status = mark_passage(w, source->article, &s.passage, &s.marks);
        }
        if (status != RO_OK) {
            return status;
        }
        s.worth = worth_of(w, &s.marks);
        *out = s.worth > out->worth ? s : *out;
    }
    return RO_OK;
}

static ro_status put_evidence(ro_hit_writer *w, const ro_fact_source *source) {
    json_t *list = json_array(), *where, *snippet;
    sentence best;
    ro_json_set(w->hit, "snippets", list, &w->memory);
    ro_status status = choose_sentence(w, source, &best);
    if (status != RO_OK || best.worth < 0) {
        ro_json_set(w->hit, "evidence", json_null(), &w->memory);
        return status;
    }
    where = json_object();
    ro_json_set(w->hit, "evidence", where, &w->memory);
    ro_json_set(where, "start", json_integer(best.evidence.start), &w->memory);
    ro_json_set(where, "end", json_integer(best.evidence.end), &w->memory);
    ro_json_set(where, "rule", ro_json_string(best.evidence.rule), &w->memory);
    if (!w->run->request->snippets) {
        return RO_OK;
    }
    status = ro_passage_json(source->article->body, &best.marks, &best.passage,
                             w->run->request->highlight, &snippet, w->err);
    if (status == RO_OK) {
        ro_json_append(list, snippet, &w->memory);
    }
    return status;
}

/* ---- the group ---- */

static ro_status put_supporting(ro_hit_writer *w, const ro_group_few *few, json_t *list) {
    ro_searcher *s = w->run->searcher;
    ro_status status = RO_OK;
    for (size_t i = 0; i < few->count && status == RO_OK; i++) {
        ro_article article;
        status = ro_snapshot_article(s->snapshot, few->articles[i], false, &s->scratch, &article,
                                     w->err);
        if (status == RO_OK) {
            json_t *item = json_object();
            ro_json_append(list, item, &w->memory);
            ro_json_set(item, "id", ro_json_string(article.id), &w->memory);
            ro_json_set(item, "title", ro_json_string(article.title), &w->memory);
        }
    }
    return status;
}

static ro_status put_group(ro_hit_writer *w, const ro_hit *hit) {
    ro_searcher *s = w->run->searcher;
    ro_group_few few;
    if (!hit->group) {
        ro_json_set(w->hit, "group", json_null(), &w->memory);
        return RO_OK;
    }
    ro_error err = RO_ERROR_INIT;
    ro_status status =
        ro_snapshot_group_few(s->snapshot, w->run->kind, hit->group, &s->scratch, &few, &err);
    if (status == RO_NOT_FOUND) { /* a name without letters that are compared is like no other */
        ro_json_set(w->hit, "group", json_null(), &w->memory);
        return RO_OK;
    }
    if (status != RO_OK) {
        return ro_fail_at(w->err, status, err.position, "%s", err.message);
    }
    json_t *object = json_object(), *list = json_array();
    ro_json_set(w->hit, "group", object, &w->memory);
    ro_json_set(object, "id", ro_json_string(few.id), &w->memory);
    ro_json_set(object, "articles", json_integer(hit->articles), &w->memory);
    ro_json_set(object, "supporting", list, &w->memory);
    return put_supporting(w, &few, list);
}

/* ---- people ---- */

/* The id of the merged person; null for a name like no other. */
static ro_status put_person(ro_hit_writer *w, const ro_person *person, json_t *item) {
    ro_searcher *s = w->run->searcher;
    ro_error none = RO_ERROR_INIT;
    ro_person_form form;
    ro_group_few few;
    int64_t group;
    ro_status status = ro_person_form_of(person, &s->scratch, &form, w->err);
    if (status != RO_OK) {
        return status;
    }
    status = ro_snapshot_person_of(s->snapshot, ro_person_key(&form, &s->scratch), &group, &none);
    if (status == RO_OK) {
        status = ro_snapshot_group_few(s->snapshot, RO_KIND_PARTICIPANTS, group, &s->scratch, &few,
                                       &none);
    }
    if (status != RO_OK && status != RO_NOT_FOUND) {
        return ro_fail_at(w->err, status, none.position, "%s", none.message);
    }
    ro_json_set(item, "person", status == RO_OK ? ro_json_string(few.id) : json_null(), &w->memory);
    return RO_OK;
}

/* Of the participants of a talk, which are in the order of its participations. */
static ro_status put_people(ro_hit_writer *w, const ro_fact_source *source) {
    const ro_facts *facts = source->facts;
    const json_t *list = json_object_get(w->hit, "participants");
    size_t at = 0;
    ro_status status = RO_OK;
    for (size_t i = 0; i < facts->participation_count && status == RO_OK; i++) {
        const ro_participation *p = &facts->participations[i];
        json_t *item = p->talk == source->fact.index ? json_array_get(list, at++) : NULL;
        if (item) {
            status = put_person(w, &facts->people[p->person], item);
        }
    }
    return status;
}

/* ---- the whole ---- */

static void put_values(ro_hit_writer *w, const ro_fact_source *source, const ro_hit *hit) {
    ro_str id = ro_fact_id(source->article->id, source->kind, source->fact.index, source->arena);
    ro_json_set(w->hit, "id", ro_json_string(id), &w->memory);
    ro_json_set(w->hit, "kind", json_string(ro_kind_singular(source->kind)), &w->memory);
    ro_json_set(w->hit, "score", json_real(hit->score), &w->memory);
    ro_fact_put_fields(source, w->hit, &w->memory);
    ro_json_set(w->hit, "article", ro_json_string(source->article->id), &w->memory);
    ro_hit_put_article(w, source->article);
}

void ro_fact_unload(ro_searcher *s) {
    s->last.doc = 0;
    ro_arena_reset(&s->last.arena);
}

ro_status ro_fact_load(ro_searcher *s, ro_doc doc, ro_fact_source *source, ro_error *err) {
    ro_last_article *last = &s->last;
    ro_status status = ro_snapshot_fact(s->snapshot, source->kind, doc, &source->fact, err);
    source->article = &last->article;
    source->facts = &last->facts;
    if (status != RO_OK || source->fact.article == last->doc) {
        return status;
    }
    ro_fact_unload(s);
    ro_doc article = source->fact.article;
    status = ro_snapshot_article(s->snapshot, article, true, &last->arena, &last->article, err);
    if (status == RO_OK) {
        status = ro_snapshot_facts(s->snapshot, article, &last->arena, &last->facts, err);
    }
    last->doc = status == RO_OK ? article : 0;
    return status;
}

static int compare_turns(const void *a, const void *b) {
    const ro_turn *x = a, *y = b;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

void ro_turns_sort(ro_turn *turns, size_t count) {
    if (count > 1) {
        qsort(turns, count, sizeof *turns, compare_turns);
    }
}

ro_status ro_hit_put_fact(ro_hit_writer *w, const ro_hit *hit) {
    ro_searcher *s = w->run->searcher;
    ro_fact_source source = {.kind = w->run->kind, .arena = &s->scratch};
    ro_arena_reset(&s->scratch);
    ro_status status = ro_fact_load(s, hit->doc, &source, w->err);
    if (status != RO_OK) {
        return status;
    }
    put_values(w, &source, hit);
    status = put_group(w, hit);
    if (status == RO_OK && w->run->request->people && source.kind == RO_KIND_TALKS) {
        status = put_people(w, &source);
    }
    return status == RO_OK ? put_evidence(w, &source) : status;
}
