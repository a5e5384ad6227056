/* The best few of every kind, those of the kind that fits the question first. */
#include "searcher.h"

typedef struct gatherer {
    ro_searcher *searcher;
    ro_request request;
    ro_question question;
    json_t *answer, *hits, *kinds;
    int64_t total;
    bool exact;
    int64_t started_ns;
    bool memory;
    ro_error *err;
} gatherer;

/* Of the kind that fits as many as were asked for, of the others a few. */
static void set_limit(gatherer *g, const ro_request *asked, size_t place) {
    bool few = place > 0 && asked->limit > RO_ANSWERS_FEW;
    g->request.limit = few ? RO_ANSWERS_FEW : asked->limit;
    g->request.facets = place == 0 ? asked->facets : 0;
}

static void add_kind(gatherer *g, const ro_run *run) {
    json_t *item = json_object();
    ro_json_append(g->kinds, item, &g->memory);
    ro_json_set(item, "kind", json_string(ro_kind_name(run->kind)), &g->memory);
    ro_json_set(item, "total", ro_run_total_json(run, &g->memory), &g->memory);
    ro_json_set(item, "hits", json_integer((json_int_t)run->count), &g->memory);
    g->total += run->found.total;
    g->exact &= run->found.total_exact;
}

static bool lists(const json_t *words, const char *word) {
    for (size_t i = 0; i < json_array_size(words); i++) {
        if (strcmp(json_string_value(json_array_get(words, i)), word) == 0) {
            return true;
        }
    }
    return false;
}

/* Of all kinds a word is missing that none of them has. */
static void keep_missing(gatherer *g, const ro_run *run) {
    json_t *missing = json_object_get(json_object_get(g->answer, "query"), "missing");
    json_t *here = ro_run_missing_json(run, &g->memory);
    for (size_t i = json_array_size(missing); i-- > 0;) {
        if (!lists(here, json_string_value(json_array_get(missing, i)))) {
            json_array_remove(missing, i);
        }
    }
    json_decref(here);
}

static ro_status add_answers(gatherer *g, const ro_request *asked, size_t place) {
    ro_run run;
    set_limit(g, asked, place);
    ro_status status =
        ro_run_start(&run, g->searcher, &g->request, g->question.order[place], g->err);
    if (status == RO_OK) {
        status = ro_run_facets(&run, g->err);
    }
    if (status == RO_OK) {
        status = ro_run_hits(&run, g->hits, g->err);
    }
    if (status != RO_OK) {
        return status;
    }
    add_kind(g, &run);
    if (place == 0) {
        run.question = g->question;
        ro_json_set(g->answer, "query", ro_run_query_json(&run, &g->memory), &g->memory);
        ro_json_set(g->answer, "facets", ro_run_facets_json(&run, &g->memory), &g->memory);
    } else {
        keep_missing(g, &run);
    }
    return RO_OK;
}

/* What the question asks for decides the order: read once without a search. */
static ro_status find_order(gatherer *g) {
    return ro_run_question(g->searcher, &g->request, &g->question, g->err);
}

static void finish(gatherer *g) {
    json_t *total = json_object();
    ro_json_set(g->answer, "total", total, &g->memory);
    ro_json_set(total, "value", json_integer(g->total), &g->memory);
    ro_json_set(total, "relation", json_string(g->exact ? "eq" : "gte"), &g->memory);
    ro_json_set(g->answer, "next", json_null(), &g->memory);
    ro_json_set(g->answer, "took_ms", ro_json_took(g->started_ns), &g->memory);
}

ro_status ro_searcher_answers(ro_searcher *searcher, const ro_request *request, json_t **answer,
                              ro_error *err) {
    gatherer g = {.searcher = searcher,
                  .request = *request,
                  .answer = json_object(),
                  .hits = json_array(),
                  .kinds = json_array(),
                  .exact = true,
                  .started_ns = ro_now_ns(),
                  .err = err};
    *answer = NULL;
    /* In the order that a reader wants to see them. */
    ro_json_set(g.answer, "query", json_null(), &g.memory);
    ro_json_set(g.answer, "total", json_null(), &g.memory);
    ro_json_set(g.answer, "took_ms", json_null(), &g.memory);
    ro_json_set(g.answer, "kinds", g.kinds, &g.memory);
    ro_json_set(g.answer, "hits", g.hits, &g.memory);
    ro_status status = g.memory ? ro_fail_memory(err) : find_order(&g);
    for (size_t i = 0; status == RO_OK && i < RO_KINDS; i++) {
        status = add_answers(&g, request, i);
    }
    if (status == RO_OK) {
        finish(&g);
        status = g.memory ? ro_fail_memory(err) : RO_OK;
    }
    if (status != RO_OK) {
        json_decref(g.answer);
        return status;
    }
    *answer = g.answer;
    return RO_OK;
}
