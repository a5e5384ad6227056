#include "hit.h"

#include "readout/utf8.h"

#include <math.h>

#define COPIES_FEW 10 /* near-duplicates of a hit that are named */

void ro_json_set(json_t *object, const char *key, json_t *value, bool *memory) {
    *memory |= !value || json_object_set_new(object, key, value) != 0;
}

void ro_json_append(json_t *array, json_t *value, bool *memory) {
    *memory |= !value || json_array_append_new(array, value) != 0;
}

json_t *ro_json_string(ro_str s) {
    json_t *string = json_stringn(s.ptr ? s.ptr : "", s.len);
    if (string) {
        return string;
    }
    ro_buf repaired = RO_BUF_INIT;
    ro_utf8_repair(&repaired, s);
    string = repaired.failed ? NULL
                             : json_stringn_nocheck(repaired.ptr ? repaired.ptr : "", repaired.len);
    ro_buf_release(&repaired);
    return string;
}

json_t *ro_json_took(int64_t started_ns) {
    return json_real(floor((double)(ro_now_ns() - started_ns) / 1e3) / 1e3);
}

/* ---- query: what was understood ---- */

static json_t *normal_form(const ro_syntax *tree) {
    ro_buf text = RO_BUF_INIT;
    ro_syntax_print(tree, &text);
    json_t *string = text.failed ? NULL : ro_json_string(ro_buf_str(&text));
    ro_buf_release(&text);
    return string;
}

size_t ro_chars_before(ro_str text, size_t at) {
    size_t chars = 0;
    for (size_t i = 0; i < at && i < text.len; i++) {
        chars += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return chars;
}

static void add_repairs(json_t *list, const ro_report *report, bool *memory) {
    ro_str text = report->text;
    for (size_t i = 0; i < report->count && i < RO_REPAIRS_MAX; i++) {
        const ro_repair *repair = &report->repairs[i];
        json_t *item = json_object();
        ro_json_append(list, item, memory);
        ro_json_set(item, "in", json_string(repair->in), memory);
        ro_json_set(item, "at", json_integer((json_int_t)ro_chars_before(text, repair->at)),
                    memory);
        ro_json_set(item, "what", ro_json_string(repair->what), memory);
    }
    if (report->count > RO_REPAIRS_MAX) {
        char what[64];
        snprintf(what, sizeof what, "%zu more repairs", report->count - RO_REPAIRS_MAX);
        json_t *item = json_object();
        ro_json_append(list, item, memory);
        ro_json_set(item, "in", json_string(report->in), memory);
        ro_json_set(item, "at", json_integer((json_int_t)ro_chars_before(text, text.len)), memory);
        ro_json_set(item, "what", json_string(what), memory);
    }
}

/* Under a restriction not into what: those are words of all articles. */
static json_t *expansions(const ro_run *run, bool *memory) {
    bool told = !run->request->restriction.len;
    json_t *list = json_array();
    for (const ro_expansion *e = run->plan.expansions; e; e = e->next) {
        json_t *item = json_object(), *into = json_array();
        ro_json_append(list, item, memory);
        ro_json_set(item, "word", normal_form(e->word), memory);
        ro_json_set(item, "into", into, memory);
        ro_json_set(item, "complete", json_boolean(told && e->complete), memory);
        for (size_t i = 0; told && i < e->count; i++) {
            ro_json_append(into, ro_json_string(e->into[i].form), memory);
        }
    }
    return list;
}

static json_t *corrections(const ro_run *run, bool *memory) {
    json_t *list = json_array();
    for (const ro_correction *c = run->plan.corrections; c; c = c->next) {
        json_t *item = json_object(), *into = json_array();
        ro_json_append(list, item, memory);
        ro_json_set(item, "word", ro_json_string(c->clause->text), memory);
        ro_json_set(item, "into", into, memory);
        for (size_t i = 0; i < c->count; i++) {
            ro_json_append(into, ro_json_string(c->into[i].form), memory);
        }
    }
    return list;
}

static json_t *clause_word(const ro_clause *clause) {
    return clause->syntax->kind == RO_SYNTAX_PHRASE ? normal_form(clause->syntax)
                                                    : ro_json_string(clause->text);
}

/* In the order of the query. */
static json_t *clause_words(const ro_run *run, bool missing, bool *memory) {
    json_t *list = json_array();
    for (const ro_clause *clause = run->plan.clauses; clause; clause = clause->next) {
        bool word = (clause->relaxable || clause->syntax->about) && !clause->syntax->implied;
        bool listed = missing && word && clause->df == 0;
        for (size_t i = run->cursor.required; !missing && i < run->plan.relaxable_count; i++) {
            listed |= run->plan.relaxable[i] == clause;
        }
        if (listed) {
            ro_json_append(list, clause_word(clause), memory);
        }
    }
    return list;
}

/* Under a restriction nobody is told which words other articles have. */
json_t *ro_run_missing_json(const ro_run *run, bool *memory) {
    return run->request->restriction.len ? json_array() : clause_words(run, true, memory);
}

static json_t *marked_words(const ro_run *run, bool *memory) {
    json_t *list = json_array();
    for (const ro_clause *clause = run->plan.clauses; clause; clause = clause->next) {
        if (ro_clause_is_marked(clause)) {
            ro_json_append(list, clause_word(clause), memory);
        }
    }
    return list;
}

static const char *match_name(const ro_run *run) {
    bool any = run->mode == RO_MATCH_MODE_ANY;
    if (run->mode == RO_MATCH_MODE_ALL ||
        (!any && run->cursor.required == run->plan.relaxable_count)) {
        return "all";
    }
    return run->cursor.required ? "some" : "any";
}

/* null for keywords that tell nothing. */
static json_t *question_json(const ro_question *question, bool *memory) {
    if (!question->pattern && !question->wish_count) {
        return json_null();
    }
    json_t *object = json_object(), *prefers = json_array();
    const char *pattern = question->pattern;
    ro_json_set(object, "pattern", pattern ? json_string(pattern) : json_null(), memory);
    ro_json_set(object, "kind", json_string(ro_kind_name(question->order[0])), memory);
    ro_json_set(object, "prefers", prefers, memory);
    for (size_t i = 0; i < question->wish_count; i++) {
        const ro_wish *wish = &question->wishes[i];
        json_t *item = json_object();
        ro_json_append(prefers, item, memory);
        ro_json_set(item, "what", json_string(ro_wish_name(wish->kind)), memory);
        ro_json_set(item, "value", ro_json_string(wish->value), memory);
        ro_json_set(item, "acts", json_boolean(wish->acts), memory);
    }
    return object;
}

static json_t *disjunctive(const ro_run *run, bool *memory) {
    json_t *list = json_array();
    for (size_t i = 0; i < run->found.facet_count; i++) {
        unsigned facet = run->found.facets[i].facet;
        if (run->disjunctive & facet) {
            ro_json_append(list, json_string(ro_facet_name(facet)), memory);
        }
    }
    return list;
}

json_t *ro_run_query_json(const ro_run *run, bool *memory) {
    static const char *const sorts[] = {"relevance", "-date", "date"};
    const ro_request *request = run->request;
    json_t *query = json_object(), *repairs = json_array();
    ro_json_set(query, "text", ro_json_string(request->q), memory);
    ro_json_set(query, "understood", normal_form(run->q_tree), memory);
    if (request->filter.len) {
        ro_json_set(query, "filter", normal_form(run->filter_tree), memory);
    }
    ro_json_set(query, "match", json_string(match_name(run)), memory);
    ro_json_set(query, "sort", json_string(sorts[run->search.sort]), memory);
    add_repairs(repairs, &run->q_report, memory);
    add_repairs(repairs, &run->filter_report, memory);
    ro_json_set(query, "repairs", repairs, memory);
    ro_json_set(query, "expanded", expansions(run, memory), memory);
    json_t *relaxed =
        run->mode == RO_MATCH_MODE_AUTO ? clause_words(run, false, memory) : json_array();
    ro_json_set(query, "relaxed", relaxed, memory);
    ro_json_set(query, "missing", ro_run_missing_json(run, memory), memory);
    if (request->highlight == RO_HIGHLIGHT_WORDS) {
        ro_json_set(query, "words", marked_words(run, memory), memory);
    }
    if (run->plan.corrections) {
        ro_json_set(query, "corrected", corrections(run, memory), memory);
    }
    if (run->did_you_mean.len) {
        ro_json_set(query, "did_you_mean", ro_json_string(run->did_you_mean), memory);
    }
    if (run->disjunctive) {
        ro_json_set(query, "disjunctive", disjunctive(run, memory), memory);
    }
    if (request->kind != RO_KIND_ARTICLES) {
        ro_json_set(query, "question", question_json(&run->question, memory), memory);
    }
    return query;
}

/* ---- hits ---- */

const char *ro_kind_singular(ro_kind kind) {
    static const char *const names[RO_KINDS] = {"article", "talk", "participant", "outcome",
                                                "statement"};
    return names[kind];
}

static ro_status put_body_marks(ro_hit_writer *w, ro_str body, const ro_marks *marks) {
    json_t *marked;
    ro_status status = ro_highlights_json(body, marks, w->run->request->highlight, &marked, w->err);
    if (status == RO_OK) {
        ro_json_set(w->hit, "body_highlights", marked, &w->memory);
    }
    return status;
}

ro_status ro_hit_put_title(ro_hit_writer *w, ro_str title, const ro_marks *marks) {
    ro_highlight highlight = w->run->request->highlight;
    json_t *marked;
    if (highlight == RO_HIGHLIGHT_NONE) {
        return RO_OK;
    }
    ro_status status = ro_highlights_json(title, marks, highlight, &marked, w->err);
    if (status == RO_OK) {
        ro_json_set(w->hit, highlight == RO_HIGHLIGHT_HTML ? "title_html" : "title_highlights",
                    marked, &w->memory);
    }
    return status;
}

static ro_status put_snippets(ro_hit_writer *w, ro_str body, const ro_marks *marks) {
    const ro_request *request = w->run->request;
    ro_passage passages[RO_SNIPPETS_MAX];
    size_t count;
    json_t *list = json_array();
    ro_json_set(w->hit, "snippets", list, &w->memory);
    size_t max = request->snippets < RO_SNIPPETS_MAX ? request->snippets : RO_SNIPPETS_MAX;
    ro_status status = ro_passages_choose(&w->marker, w->run->searcher->analyser, body, marks, max,
                                          passages, &count, w->err);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        json_t *passage;
        status = ro_passage_json(body, marks, &passages[i], request->highlight, &passage, w->err);
        if (status == RO_OK) {
            ro_json_append(list, passage, &w->memory);
        }
    }
    return status;
}

static ro_status put_texts(ro_hit_writer *w, const ro_article *article) {
    ro_arena *scratch = &w->run->searcher->scratch;
    ro_marks title, body = {NULL, 0, NULL};
    bool snippets = w->run->request->snippets > 0;
    bool marks_body = w->run->request->body && w->run->request->body_marks;
    ro_marker_start(&w->marker);
    ro_status status = ro_marker_scan(&w->marker, article->title, article->language, RO_FIELD_TITLE,
                                      scratch, &title, w->err);
    if (status == RO_OK && (snippets || marks_body)) {
        status = ro_marker_scan(&w->marker, article->body, article->language, RO_FIELD_BODY,
                                scratch, &body, w->err);
    }
    if (status != RO_OK) {
        return status;
    }
    /* Without the body nobody knows which groups match. */
    if (snippets || marks_body) {
        ro_marker_settle(&w->marker);
    }
    ro_marker_filter(&w->marker, &title);
    ro_marker_filter(&w->marker, &body);
    status = ro_hit_put_title(w, article->title, &title);
    if (status == RO_OK && marks_body) {
        status = put_body_marks(w, article->body, &body);
    }
    return status == RO_OK && snippets ? put_snippets(w, article->body, &body) : status;
}

void ro_hit_put_article(ro_hit_writer *w, const ro_article *article) {
    char time[RO_TIME_TEXT];
    bool dated = article->published != RO_TIME_NONE;
    ro_json_set(w->hit, "title", ro_json_string(article->title), &w->memory);
    ro_json_set(w->hit, "url", ro_json_string(article->url), &w->memory);
    ro_json_set(w->hit, "source", ro_json_string(article->source), &w->memory);
    ro_json_set(w->hit, "language", ro_json_string(article->language), &w->memory);
    ro_json_set(w->hit, "published",
                dated ? json_string(ro_time_format(article->published, time)) : json_null(),
                &w->memory);
}

/* The other articles that tell the same story. What a restriction hides is not told of. */
static ro_status put_copies(ro_hit_writer *w, const ro_hit *hit) {
    ro_searcher *s = w->run->searcher;
    ro_doc *docs;
    size_t count;
    if (hit->articles < 2 || w->run->request->restriction.len) {
        return RO_OK;
    }
    json_t *object = json_object(), *list = json_array();
    ro_json_set(w->hit, "copies", object, &w->memory);
    ro_json_set(object, "count", json_integer(hit->articles - 1), &w->memory);
    ro_json_set(object, "articles", list, &w->memory);
    ro_status status = ro_snapshot_copies(s->snapshot, hit->group, COPIES_FEW + 1, &s->scratch,
                                          &docs, &count, w->err);
    for (size_t i = 0; status == RO_OK && i < count && json_array_size(list) < COPIES_FEW; i++) {
        ro_article article;
        if (docs[i] == hit->doc) {
            continue;
        }
        status = ro_snapshot_article(s->snapshot, docs[i], false, &s->scratch, &article, w->err);
        if (status == RO_OK) {
            json_t *copy = json_object();
            ro_json_append(list, copy, &w->memory);
            ro_json_set(copy, "id", ro_json_string(article.id), &w->memory);
            ro_hit_writer of = {.hit = copy};
            ro_hit_put_article(&of, &article);
            w->memory |= of.memory;
        }
    }
    return status;
}

static ro_status put_article(ro_hit_writer *w, const ro_hit *hit) {
    const ro_run *run = w->run;
    ro_article article;
    ro_arena_reset(&run->searcher->scratch);
    bool body = run->request->snippets > 0 || run->request->body;
    ro_status status = ro_snapshot_article(run->searcher->snapshot, hit->doc, body,
                                           &run->searcher->scratch, &article, w->err);
    if (status != RO_OK) {
        return status;
    }
    ro_json_set(w->hit, "id", ro_json_string(article.id), &w->memory);
    ro_json_set(w->hit, "kind", json_string(ro_kind_singular(RO_KIND_ARTICLES)), &w->memory);
    ro_json_set(w->hit, "score", json_real(hit->score), &w->memory);
    ro_hit_put_article(w, &article);
    if (run->request->body) {
        ro_json_set(w->hit, "body", ro_json_string(article.body), &w->memory);
    }
    status = put_texts(w, &article);
    return status == RO_OK ? put_copies(w, hit) : status;
}

static ro_status put_hit(ro_hit_writer *w, const ro_hit *hit) {
    const ro_run *run = w->run;
    ro_status status =
        run->kind == RO_KIND_ARTICLES ? put_article(w, hit) : ro_hit_put_fact(w, hit);
    if (status == RO_OK && run->request->explain && !run->request->restriction.len) {
        json_t *explained;
        status = ro_snapshot_explain(run->searcher->snapshot, &run->search, hit->doc, &explained,
                                     w->err);
        if (status == RO_OK) {
            ro_json_set(w->hit, "explain", explained, &w->memory);
        }
    }
    return status;
}

/* The hits are there: writes them, those of one article in a row. */
static ro_status fill_hits(ro_hit_writer *w, json_t *hits, size_t before, ro_turn *turns) {
    const ro_run *run = w->run;
    ro_status status = RO_OK;
    for (size_t i = 0; i < run->count; i++) {
        turns[i] = (ro_turn){run->found.hits[run->first + i].doc, i};
    }
    ro_turns_sort(turns, run->count);
    for (size_t i = 0; status == RO_OK && i < run->count; i++) {
        if (ro_deadline_passed(run->request->deadline)) {
            return ro_fail(w->err, RO_DEADLINE, "the time for the query ran out");
        }
        w->hit = json_array_get(hits, before + turns[i].at);
        status = put_hit(w, &run->found.hits[run->first + turns[i].at]);
    }
    return status;
}

ro_status ro_run_hits(const ro_run *run, json_t *hits, ro_error *err) {
    ro_hit_writer w = {.run = run, .err = err};
    ro_searcher *s = run->searcher;
    size_t before = json_array_size(hits);
    ro_turn *turns = ro_arena_alloc_array(&s->arena, run->count, sizeof *turns);
    ro_status status = ro_marker_init(&w.marker, s->snapshot, s->analyser, &run->plan,
                                      run->request->deadline, &s->arena, err);
    w.memory = !turns;
    for (size_t i = 0; i < run->count; i++) {
        ro_json_append(hits, json_object(), &w.memory);
    }
    if (status == RO_OK && !w.memory) {
        status = fill_hits(&w, hits, before, turns);
    }
    ro_fact_unload(s);
    return status == RO_OK && w.memory ? ro_fail_memory(err) : status;
}

/* ---- facets, total, next ---- */

json_t *ro_run_facets_json(const ro_run *run, bool *memory) {
    const ro_found *found = &run->found;
    size_t most = run->request->facet_limit ? run->request->facet_limit : SIZE_MAX;
    json_t *facets = json_object();
    for (size_t i = 0; i < found->facet_count; i++) {
        const ro_facet *facet = &found->facets[i];
        json_t *list = json_array();
        ro_json_set(facets, ro_facet_name(facet->facet), list, memory);
        for (size_t j = 0; j < facet->count && j < most; j++) {
            json_t *item = json_object();
            ro_json_append(list, item, memory);
            ro_json_set(item, "value", ro_json_string(facet->counts[j].value), memory);
            ro_json_set(item, "count", json_integer(facet->counts[j].count), memory);
        }
    }
    return facets;
}

static ro_status next_json(ro_run *run, json_t **out, ro_error *err) {
    if (!run->more || run->count == 0) {
        *out = json_null();
        return RO_OK;
    }
    ro_cursor cursor = run->cursor;
    cursor.last = run->found.hits[run->first + run->count - 1];
    ro_str text;
    ro_status status = ro_cursor_write(&cursor, &run->searcher->arena, &text, err);
    *out = status == RO_OK ? ro_json_string(text) : NULL;
    return status;
}

json_t *ro_run_total_json(const ro_run *run, bool *memory) {
    const ro_found *found = &run->found;
    json_t *total = json_object();
    ro_json_set(total, "value", json_integer(found->total), memory);
    ro_json_set(total, "relation", json_string(found->total_exact ? "eq" : "gte"), memory);
    return total;
}

ro_status ro_run_answer(ro_run *run, json_t **answer, ro_error *err) {
    bool memory = false;
    json_t *object = json_object(), *hits = json_array(), *next = NULL;
    *answer = NULL;
    ro_json_set(object, "query", ro_run_query_json(run, &memory), &memory);
    ro_json_set(object, "total", ro_run_total_json(run, &memory), &memory);
    ro_json_set(object, "took_ms", json_null(), &memory);
    ro_json_set(object, "hits", hits, &memory);
    ro_status status = memory ? ro_fail_memory(err) : ro_run_hits(run, hits, err);
    if (status == RO_OK) {
        status = next_json(run, &next, err);
    }
    if (status == RO_OK) {
        ro_json_set(object, "facets", ro_run_facets_json(run, &memory), &memory);
        ro_json_set(object, "next", next, &memory);
        ro_json_set(object, "took_ms", ro_json_took(run->started_ns), &memory);
        status = memory ? ro_fail_memory(err) : RO_OK;
    }
    if (status != RO_OK) {
        json_decref(object);
        return status;
    }
    *answer = object;
    return RO_OK;
}
