/* Facts as lines for reading: each sentence's facts under the words they stand on. */
#include "readout/extract.h"

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

static void explain_talk(const ro_facts *f, const ro_talk *t, size_t number, ro_buf *out) {
    ro_buf_printf(out, "talk t%zu%s: %s", number + 1, t->main ? " (main)" : "",
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
    for (size_t i = 0; i < f->participation_count; i++) {
        const ro_participation *p = &f->participations[i];
        if (p->talk == (int)number) {
            ro_buf_printf(out, "  %s: %.*s %s", ro_part_role_name(p->role),
                          RO_STR_ARG(f->people[p->person].name), p->side.code);
            put_rule(&p->evidence, out);
        }
    }
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

/* The line of the body that holds the position. */
static ro_str line_at(ro_str body, size_t at) {
    size_t from = at;
    size_t end = at;
    while (from > 0 && body.ptr[from - 1] != '\n') {
        from--;
    }
    while (end < body.len && body.ptr[end] != '\n') {
        end++;
    }
    return ro_str_make(body.ptr + from, end - from);
}

static void put_line(ro_str body, size_t at, const char **last, ro_buf *out) {
    ro_str line = line_at(body, at);
    if (line.ptr != *last) {
        ro_buf_printf(out, "%.*s\n", RO_STR_ARG(line));
        *last = line.ptr;
    }
}

void ro_facts_explain(const ro_facts *facts, ro_str body, ro_buf *out) {
    ro_buf_printf(out, "%.*s\n", RO_STR_ARG(facts->title.len ? facts->title : facts->key));
    for (size_t i = 0; i < facts->talk_count; i++) {
        explain_talk(facts, &facts->talks[i], i, out);
    }
    const char *last = NULL;
    size_t s = 0;
    for (size_t o = 0; o < facts->outcome_count || s < facts->statement_count;) {
        bool statement = o == facts->outcome_count ||
                         (s < facts->statement_count &&
                          facts->statements[s].evidence.start <= facts->outcomes[o].evidence.start);
        if (statement) {
            put_line(body, facts->statements[s].evidence.start, &last, out);
            explain_statement(facts, &facts->statements[s++], body, out);
        } else {
            put_line(body, facts->outcomes[o].evidence.start, &last, out);
            explain_outcome(facts, &facts->outcomes[o++], out);
        }
    }
}
