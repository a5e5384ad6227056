/* Facts as lines for reading: under each sentence what was found in it. */
#include "readout/analyser.h"
#include "readout/extract.h"

#include <stdlib.h>

static void put_actors(const ro_facts *f, const ro_actors *a, ro_buf *out) {
    for (size_t i = 0; i < a->person_count; i++) {
        ro_buf_printf(out, "%s%.*s", i ? ", " : "", RO_STR_ARG(f->people[a->people[i]].name));
    }
    for (size_t i = 0; i < a->side_count; i++) {
        ro_buf_printf(out, "%s%s", i || a->person_count ? ", " : "", a->sides[i].code);
    }
    if (a->person_count + a->side_count == 0) {
        ro_buf_printf(out, "?");
    }
}

static void put_rule(const ro_evidence *e, ro_buf *out) {
    ro_buf_printf(out, "  [%.*s]\n", RO_STR_ARG(e->rule));
}

static void explain_talk(const ro_talk *t, size_t number, ro_buf *out) {
    ro_buf_printf(out, "  talk t%zu%s: %s", number + 1, t->main ? " (main)" : "",
                  ro_talk_status_name(t->status));
    if (ro_talk_form_name(t->form)) {
        ro_buf_printf(out, ", %s", ro_talk_form_name(t->form));
    }
    for (size_t i = 0; i < t->side_count; i++) {
        ro_buf_printf(out, "%s%s", i ? "+" : ", sides ", t->sides[i].code);
    }
    for (size_t i = 0; i < t->party_count; i++) {
        ro_buf_printf(out, "%s%.*s", i ? "; " : ", parties ", RO_STR_ARG(t->parties[i]));
    }
    if (t->country.code[0]) {
        ro_buf_printf(out, ", in %.*s %s", RO_STR_ARG(t->city), t->country.code);
    }
    if (t->date.len) {
        ro_buf_printf(out, ", on %.*s", RO_STR_ARG(t->date));
    }
    if (t->duration_minutes) {
        ro_buf_printf(out, ", %d minutes", t->duration_minutes);
    }
    put_rule(&t->evidence[0], out);
}

static void explain_participation(const ro_facts *f, const ro_participation *p, ro_buf *out) {
    ro_buf_printf(out, "  %s of t%d: %.*s %s", ro_part_role_name(p->role), p->talk + 1,
                  RO_STR_ARG(f->people[p->person].name), p->side.code);
    put_rule(&p->evidence, out);
}

static void explain_outcome(const ro_facts *f, const ro_outcome *o, ro_buf *out) {
    ro_buf_printf(out, "  %s%s%s by ", ro_outcome_status_name(o->status),
                  o->background ? " (background)" : "", o->hedged ? " (hedged)" : "");
    if (o->by_text.len) {
        ro_buf_printf(out, "%.*s", RO_STR_ARG(o->by_text));
    } else {
        put_actors(f, &o->by, out);
    }
    ro_buf_printf(out, ": %.*s", RO_STR_ARG(o->what));
    if (o->attributed_to.person_count + o->attributed_to.side_count) {
        ro_buf_printf(out, " | said by ");
        put_actors(f, &o->attributed_to, out);
    }
    if (o->answers >= 0) {
        ro_buf_printf(out, " | answers o%d", o->answers + 1);
    }
    put_rule(&o->evidence, out);
}

static void explain_statement(const ro_facts *f, const ro_statement *s, ro_str body, ro_buf *out) {
    ro_buf_printf(out, "  said by ");
    put_actors(f, &s->speaker, out);
    ro_str content = ro_str_make(body.ptr + s->content_start, s->content_end - s->content_start);
    ro_buf_printf(out, " (%s): %.*s", ro_statement_kind_name(s->kind), RO_STR_ARG(content));
    put_rule(&s->evidence, out);
}

/* ---- in the order of the text ---- */

typedef enum family { TALK, PARTICIPATION, OUTCOME, STATEMENT } family;

typedef struct place {
    uint32_t at; /* where the evidence begins */
    family of;
    size_t index;
} place;

typedef struct listing {
    const ro_facts *facts;
    ro_str body;
    const place *next, *end;
    ro_buf *out;
} listing;

static int by_place(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    if (x->of != y->of) {
        return x->of < y->of ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

static void add_place(ro_buf *places, const ro_evidence *e, family of, size_t index) {
    place made = {e->start, of, index};
    ro_buf_add(places, &made, sizeof made);
}

static void add_places(const ro_facts *f, ro_buf *places) {
    for (size_t i = 0; i < f->talk_count; i++) {
        add_place(places, &f->talks[i].evidence[0], TALK, i);
    }
    for (size_t i = 0; i < f->participation_count; i++) {
        add_place(places, &f->participations[i].evidence, PARTICIPATION, i);
    }
    for (size_t i = 0; i < f->outcome_count; i++) {
        add_place(places, &f->outcomes[i].evidence, OUTCOME, i);
    }
    for (size_t i = 0; i < f->statement_count; i++) {
        add_place(places, &f->statements[i].evidence, STATEMENT, i);
    }
}

static void explain_place(const listing *l, const place *p) {
    const ro_facts *f = l->facts;
    switch (p->of) {
    case TALK:
        explain_talk(&f->talks[p->index], p->index, l->out);
        break;
    case PARTICIPATION:
        explain_participation(f, &f->participations[p->index], l->out);
        break;
    case OUTCOME:
        explain_outcome(f, &f->outcomes[p->index], l->out);
        break;
    case STATEMENT:
        explain_statement(f, &f->statements[p->index], l->body, l->out);
        break;
    }
}

static int explain_sentence(void *context, uint32_t start, uint32_t end) {
    listing *l = context;
    if (l->next < l->end && l->next->at < end) {
        ro_buf_printf(l->out, "%.*s\n", (int)(end - start), l->body.ptr + start);
    }
    while (l->next < l->end && l->next->at < end) {
        explain_place(l, l->next++);
    }
    return l->next == l->end;
}

void ro_facts_explain(const ro_facts *facts, ro_str body, ro_buf *out) {
    ro_buf places = RO_BUF_INIT;
    ro_buf_printf(out, "%.*s\n", RO_STR_ARG(facts->title.len ? facts->title : facts->key));
    add_places(facts, &places);
    size_t count = places.len / sizeof(place);
    place *list = (place *)(void *)places.ptr;
    bool failed = places.failed;
    if (count) {
        listing l = {.facts = facts, .body = body, .next = list, .end = list + count, .out = out};
        qsort(list, count, sizeof *list, by_place);
        failed |= ro_sentences(NULL, body, explain_sentence, &l, NULL) != RO_OK;
    }
    out->failed = out->failed || failed;
    ro_buf_release(&places);
}
