#include "algolia.h"

#include "api.h"
#include "body.h"
#include "http/target.h"
#include "route.h"
#include "worker.h"

#define SEARCHES_MAX 50  /* in one request */
#define OBJECTS_MAX 1000 /* the same */

/* ---- running -------------------------------------------------------------------------------- */

static void fail(const ro_algolia_call *c, ro_status status) {
    ro_api_fail(c->job, status, RO_PROBLEM_PARAMETER, &c->err,
                (ro_where){"body", ro_str_from(c->at_fault), -1});
}

/* False: answered with a problem. `params` is borrowed and changed. */
static bool begin(ro_algolia_call *c, const ro_work *work, ro_searchd_job *job, ro_str index,
                  json_t *params) {
    *c = (ro_algolia_call){
        .work = work, .job = job, .request = ro_request_default(), .err = RO_ERROR_INIT};
    c->request.deadline = job->deadline;
    c->request.restriction = job->filter;
    c->params = params;
    c->lists = json_array();
    if (!c->lists) {
        job->response.body.failed = true;
        return false;
    }
    if (!ro_algolia_read_index(c, index)) {
        ro_problem_printf(&job->response, RO_PROBLEM_INDEX_NAME, RO_WHERE_NONE,
                          "Index %.*s does not exist; there are articles, talks, participants, "
                          "outcomes and statements, each also with _date_desc and _date_asc",
                          (int)(index.len < 64 ? index.len : 64), index.ptr ? index.ptr : "");
        return false;
    }
    ro_status status = ro_algolia_read_params(c);
    if (status != RO_OK) {
        fail(c, status);
    }
    return status == RO_OK;
}

static void end(ro_algolia_call *c) {
    json_decref(c->lists);
}

/* False: answered with a problem. */
static bool run_search(ro_algolia_call *c, json_t **out) {
    json_t *answer;
    ro_where cursor = {"body", RO_STR("cursor"), -1};
    *out = NULL;
    if (!ro_api_run(c->work, c->job, &c->request, cursor, &answer)) {
        return false;
    }
    bool told_again = c->request.kind == RO_KIND_ARTICLES || c->request.kind == RO_KIND_STATEMENTS;
    if (told_again && c->request.collapse) {
        ro_status status =
            ro_snapshot_has_copies(ro_searcher_snapshot(c->work->searcher), &c->collapses, &c->err);
        if (status != RO_OK) {
            json_decref(answer);
            fail(c, status);
            return false;
        }
    }
    *out = ro_algolia_answer(c, answer);
    c->job->response.body.failed |= !*out;
    return *out != NULL;
}

/* A page of everything; the same. */
static bool run_browse(ro_algolia_call *c, json_t **out) {
    ro_status status = ro_algolia_read_browse(c);
    *out = NULL;
    if (status != RO_OK) {
        fail(c, status);
        return false;
    }
    return run_search(c, out);
}

/* Values of c->facet; the same. */
static bool run_facet(ro_algolia_call *c, json_t **out) {
    json_t *answer;
    ro_str text;
    *out = NULL;
    ro_status status = ro_algolia_read_facet(c, &text);
    if (status == RO_OK && !ro_api_may_search(c->job, c->request.kind)) {
        return false;
    }
    if (status == RO_OK) {
        status = ro_searcher_facet_values(c->work->searcher, &c->request, text, &answer, &c->err);
    }
    if (status != RO_OK) {
        fail(c, status);
        return false;
    }
    *out = ro_algolia_facet_answer(c, answer);
    c->job->response.body.failed |= !*out;
    return *out != NULL;
}

/* ---- handlers ------------------------------------------------------------------------------- */

/* False: answered with a problem. An empty body is an empty object. The media type says nothing:
 * these clients send JSON as text, which spares browsers a preflight. */
static bool read_body(ro_searchd_job *job, json_t **out) {
    ro_error err = RO_ERROR_INIT;
    ro_str body = ro_buf_str(&job->request.body);
    ro_status status = ro_body_json(ro_str_trim(body).len ? body : RO_STR("{}"),
                                    RO_ALGOLIA_DEPTH_MAX, RO_ALGOLIA_VALUES_MAX, out, &err);
    if (status == RO_OK && !json_is_object(*out)) {
        status = ro_fail(&err, RO_INVALID, "expected an object");
    }
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_BODY, &err,
                    (ro_where){"body", RO_STR_NONE, err.position});
    }
    return status == RO_OK;
}

typedef bool (*run_fn)(ro_algolia_call *c, json_t **out);

/* One search; `facet` is of run_facet. False: answered with a problem. */
static bool run_one(const ro_work *work, ro_searchd_job *job, ro_str index, run_fn run,
                    const char *facet, json_t *params, json_t **out) {
    ro_algolia_call c;
    *out = NULL;
    bool good = begin(&c, work, job, index, params);
    if (good) {
        c.facet = facet;
        good = run(&c, out);
    }
    end(&c);
    return good;
}

/* Answers with `out`, or tells what went wrong as these clients show it. */
static void finish(ro_searchd_job *job, bool good, json_t *out) {
    if (good) {
        ro_api_json(job, out);
    } else {
        json_decref(out);
        ro_algolia_explain_problem(&job->response);
    }
}

static void answer_index(const ro_work *work, ro_searchd_job *job, run_fn run) {
    ro_str index;
    json_t *body = NULL;
    json_t *out = NULL;
    bool good = ro_api_decode(job, job->argument, &index) && read_body(job, &body) &&
                run_one(work, job, index, run, NULL, body, &out);
    json_decref(body);
    finish(job, good, out);
}

void ro_algolia_query(const ro_work *work, ro_searchd_job *job) {
    answer_index(work, job, run_search);
}

void ro_algolia_browse(const ro_work *work, ro_searchd_job *job) {
    answer_index(work, job, run_browse);
}

/* The two names of a path, parted by what is between. False: answered with a problem. */
static bool decode_both(ro_searchd_job *job, ro_str between, ro_str *first, ro_str *second) {
    ro_str both = job->argument;
    const char *at = memmem(both.ptr, both.len, between.ptr, between.len);
    size_t split = at ? (size_t)(at - both.ptr) : both.len;
    size_t behind = at ? split + between.len : split;
    return ro_api_decode(job, ro_str_make(both.ptr, split), first) &&
           ro_api_decode(job, ro_str_make(both.ptr + behind, both.len - behind), second);
}

void ro_algolia_facet(const ro_work *work, ro_searchd_job *job) {
    ro_str index;
    ro_str facet;
    json_t *body = NULL;
    json_t *out = NULL;
    bool good = decode_both(job, RO_STR("/facets/"), &index, &facet) && read_body(job, &body);
    facet = good ? ro_arena_printf(&job->arena, "%.*s", RO_STR_ARG(facet)) : RO_STR_NONE;
    good = good && facet.ptr && run_one(work, job, index, run_facet, facet.ptr, body, &out);
    json_decref(body);
    finish(job, good, out);
}

static bool run_all(const ro_work *work, ro_searchd_job *job, const json_t *requests,
                    json_t *results) {
    for (size_t i = 0; i < json_array_size(requests); i++) {
        json_t *params = json_array_get(requests, i);
        const json_t *index = json_object_get(params, "indexName");
        const char *type = json_string_value(json_object_get(params, "type"));
        const char *facet = json_string_value(json_object_get(params, "facet"));
        json_t *out;
        if (!json_is_string(index)) {
            ro_problem_printf(&job->response, RO_PROBLEM_BODY, RO_WHERE_NONE,
                              "requests[%zu]: expected an object with \"indexName\"", i);
            return false;
        }
        bool values = type && strcmp(type, "facet") == 0;
        if (!run_one(work, job, ro_str_make(json_string_value(index), json_string_length(index)),
                     values ? run_facet : run_search, facet ? facet : "", params, &out)) {
            json_decref(out);
            return false;
        }
        if (json_array_append_new(results, out) != 0) {
            job->response.body.failed = true;
            return false;
        }
    }
    return true;
}

/* {"results": […]}, one for each of "requests". */
static void answer_several(const ro_work *work, ro_searchd_job *job, size_t max,
                           bool (*run)(const ro_work *work, ro_searchd_job *job,
                                       const json_t *requests, json_t *results)) {
    json_t *body = NULL;
    json_t *object = json_object();
    json_t *results = json_array();
    bool memory = false;
    ro_algolia_put(object, "results", results, &memory);
    job->response.body.failed |= memory;
    bool good = !memory && read_body(job, &body);
    const json_t *requests = json_object_get(body, "requests");
    if (good && (!json_is_array(requests) || json_array_size(requests) > max)) {
        ro_problem_printf(&job->response, RO_PROBLEM_BODY, RO_WHERE_NONE,
                          "expected \"requests\", an array of at most %zu", max);
        good = false;
    }
    good = good && run(work, job, requests, results);
    json_decref(body);
    finish(job, good, object);
}

void ro_algolia_queries(const ro_work *work, ro_searchd_job *job) {
    answer_several(work, job, SEARCHES_MAX, run_all);
}

/* ---- objects by their id -------------------------------------------------------------------- */

/* The record of an article; json_null() where there is none. False: answered with a problem. */
static bool get_object(const ro_work *work, ro_searchd_job *job, ro_str index, ro_str id,
                       const json_t *retrieve, json_t **out) {
    ro_error err = RO_ERROR_INIT;
    ro_algolia_dress dress = {.retrieve = retrieve, .bare = true};
    json_t *article;
    *out = NULL;
    if (!ro_str_equal(index, RO_STR("articles"))) {
        ro_problem_printf(&job->response, RO_PROBLEM_INDEX_NAME, RO_WHERE_NONE,
                          "objects are got of the index articles alone");
        return false;
    }
    ro_status status = ro_searcher_article(work->searcher, id, &article, &err);
    if (status == RO_NOT_FOUND) {
        *out = json_null();
    } else if (status == RO_OK) {
        *out = ro_algolia_record(article, &dress);
        json_decref(article);
        job->response.body.failed |= !*out;
    } else {
        ro_api_fail(job, status, RO_PROBLEM_ARTICLE, &err, (ro_where){"path", RO_STR_NONE, -1});
    }
    return *out != NULL;
}

/* The list of the parameter, with commas; NULL: none. False: answered with a problem. */
static bool read_retrieve(ro_searchd_job *job, json_t **out) {
    ro_error err = RO_ERROR_INIT;
    ro_http_params params;
    ro_str doubled;
    *out = NULL;
    ro_status status = ro_target_params(job->request.query, &job->arena, &params, &doubled, &err);
    for (size_t i = 0; status == RO_OK && i < params.count; i++) {
        if (ro_str_equal(params.items[i].name, RO_STR("attributesToRetrieve"))) {
            *out = ro_algolia_split(params.items[i].value);
            status = *out ? RO_OK : ro_fail_memory(&err);
        }
    }
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_PARAMETER, &err,
                    (ro_where){"query", RO_STR("attributesToRetrieve"), -1});
    }
    return status == RO_OK;
}

void ro_algolia_object(const ro_work *work, ro_searchd_job *job) {
    ro_str index;
    ro_str id;
    json_t *retrieve = NULL;
    json_t *out = NULL;
    bool good = decode_both(job, RO_STR("/"), &index, &id) && read_retrieve(job, &retrieve) &&
                get_object(work, job, index, id, retrieve, &out);
    if (good && json_is_null(out)) {
        ro_problem_write(&job->response, RO_PROBLEM_ARTICLE, RO_STR("ObjectID does not exist"),
                         (ro_where){"path", RO_STR_NONE, -1});
        good = false;
    }
    json_decref(retrieve);
    finish(job, good, out);
}

static bool get_all(const ro_work *work, ro_searchd_job *job, const json_t *requests,
                    json_t *results) {
    for (size_t i = 0; i < json_array_size(requests); i++) {
        const json_t *one = json_array_get(requests, i);
        const json_t *index = json_object_get(one, "indexName");
        const json_t *id = json_object_get(one, "objectID");
        const json_t *retrieve = json_object_get(one, "attributesToRetrieve");
        json_t *out;
        if (!json_is_string(index) || !json_is_string(id) ||
            (retrieve && !json_is_array(retrieve))) {
            ro_problem_printf(&job->response, RO_PROBLEM_BODY, RO_WHERE_NONE,
                              "requests[%zu]: expected an object with \"indexName\" and "
                              "\"objectID\"",
                              i);
            return false;
        }
        if (!get_object(work, job, ro_str_make(json_string_value(index), json_string_length(index)),
                        ro_str_make(json_string_value(id), json_string_length(id)), retrieve,
                        &out)) {
            return false;
        }
        if (json_array_append_new(results, out) != 0) {
            job->response.body.failed = true;
            return false;
        }
    }
    return true;
}

void ro_algolia_objects(const ro_work *work, ro_searchd_job *job) {
    answer_several(work, job, OBJECTS_MAX, get_all);
}

/* ---- keys and problems ---------------------------------------------------------------------- */

#define KEY_NAME "x-algolia-api-key"

/* The value of the parameter in the query string as it was sent. */
static ro_str key_in_query(const ro_http_request *request) {
    static const ro_str name = {KEY_NAME "=", sizeof KEY_NAME};
    ro_str query = request->query;
    for (size_t at = 0; at < query.len;) {
        const char *next = memchr(query.ptr + at, '&', query.len - at);
        size_t end = next ? (size_t)(next - query.ptr) : query.len;
        ro_str pair = ro_str_make(query.ptr + at, end - at);
        if (pair.len >= name.len && ro_str_equal_nocase(ro_str_make(pair.ptr, name.len), name)) {
            return ro_str_make(pair.ptr + name.len, pair.len - name.len);
        }
        at = end + 1;
    }
    return RO_STR_NONE;
}

ro_str ro_algolia_key(ro_searchd_job *job) {
    ro_str key = ro_http_request_field(&job->request, RO_STR("X-Algolia-API-Key"));
    ro_str raw = key_in_query(&job->request);
    if (!key.ptr && raw.ptr && ro_target_decode(raw, true, &job->arena, &key, NULL) != RO_OK) {
        key = RO_STR("");
    }
    return key;
}

void ro_algolia_explain_problem(ro_http_response *response) {
    json_t *problem =
        json_loadb(response->body.ptr ? response->body.ptr : "", response->body.len, 0, NULL);
    json_t *detail = json_object_get(problem, "detail");
    if (json_is_string(detail) && json_object_set(problem, "message", detail) == 0) {
        ro_buf_clear(&response->body);
        response->body.failed = ro_answer_to_json(problem, false, &response->body, NULL) != RO_OK;
    }
    json_decref(problem);
}
