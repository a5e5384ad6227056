/* How one document stands in a search, and why. */
#include "look.h"
#include "search.h"

typedef struct explaining {
    ro_evaluator *evaluator;
    const ro_record *record;
    ro_list list;
    bool visited;
    ro_hit *hit; /* what is wanted, with `matched`; NULL: the explanation */
    bool matched;
    json_t *json;
} explaining;

static ro_status explain(void *context, ro_doc doc, const ro_postings *postings) {
    explaining *e = context;
    e->visited = true;
    ro_evaluator_next(e->evaluator, e->record, postings);
    ro_evaluator_set_list(e->evaluator, e->list);
    if (!ro_evaluator_matches(e->evaluator)) {
        return ro_evaluator_status(e->evaluator);
    }
    if (e->hit) {
        e->matched = true;
        *e->hit = (ro_hit){.doc = doc,
                           .score = ro_evaluator_score(e->evaluator, 0),
                           .published = e->record->published};
        return ro_evaluator_status(e->evaluator);
    }
    e->json = ro_evaluator_explain(e->evaluator);
    return e->json ? RO_OK : RO_MEMORY;
}

static ro_status explain_one(const ro_look *l, explaining *e, ro_error *err) {
    ro_expression expression;
    ro_status status = ro_expression_make(l->plan, l->arena, &expression, err);
    status = status ? status : ro_look_run(l, &expression, true, err);
    if (!status && !e->visited && expression.rest) {
        status = explain(e, l->only, NULL);
    }
    return status;
}

/* Evaluates the query for one document, which the collection may not have. */
static ro_status evaluate_one(ro_snapshot *snapshot, const ro_search *search, ro_doc doc,
                              explaining *e, ro_error *err) {
    ro_arena arena = RO_ARENA_INIT;
    ro_plan plan = {0};
    ro_scorer scorer;
    ro_collection *collection;
    ro_status status = ro_snapshot_collection(snapshot, search->kind, true, &collection, err);
    if (status || !(e->record = ro_columns_get(&collection->columns, doc))) {
        return status;
    }
    e->list = ro_columns_list(&collection->columns, doc);
    ro_scorer_init(&scorer, &search->rank, &collection->columns.totals);
    ro_plan_source source = {&scorer, &collection->lexicon, snapshot};
    ro_look l = {.snapshot = snapshot,
                 .search = search,
                 .plan = &plan,
                 .arena = &arena,
                 .only = doc,
                 .visit = explain,
                 .context = e};
    if (!(status = ro_plan_make(search->match, &source, &arena, &plan, err)) &&
        !(status = ro_evaluator_make(&plan, &scorer, search->deadline, &e->evaluator, err))) {
        status = explain_one(&l, e, err);
    }
    ro_evaluator_release(e->evaluator);
    ro_plan_release(&plan);
    ro_arena_release(&arena);
    return status;
}

ro_status ro_search_one(ro_snapshot *snapshot, const ro_search *search, ro_doc doc, ro_hit *hit,
                        bool *matched, ro_error *err) {
    explaining e = {.hit = hit};
    ro_status status = evaluate_one(snapshot, search, doc, &e, err);
    *matched = !status && e.matched;
    return status;
}

ro_status ro_snapshot_explain(ro_snapshot *snapshot, const ro_search *search, ro_doc doc,
                              json_t **out, ro_error *err) {
    explaining e = {0};
    *out = NULL;
    ro_status status = evaluate_one(snapshot, search, doc, &e, err);
    if (!status && !e.record) {
        status = ro_fail(err, RO_NOT_FOUND, "none of the %s has number %lld",
                         ro_kind_name(search->kind), (long long)doc);
    } else if (!status && !e.json) {
        status = ro_fail(err, RO_NOT_FOUND, "document number %lld does not match", (long long)doc);
    }
    if (status) {
        json_decref(e.json);
        e.json = NULL;
    }
    *out = e.json;
    return status;
}
