/* Deleting what a query finds. */
#include "http/target.h"
#include "problem.h"
#include "readout/query.h"
#include "readout/utf8.h"
#include "write_api.h"

#define DELETE_MAX 1000 /* articles at a time: others wait for the writer meanwhile */
#define NAME_SHOWN 100  /* bytes of an unknown name that are repeated in the answer */

/* False: answered with a problem. */
static bool read_params(ro_searchd_job *job, ro_request *request) {
    ro_http_params params;
    ro_str name;
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_target_params(job->request.query, &job->arena, &params, &name, &err);
    for (size_t i = 0; i < params.count && status == RO_OK; i++) {
        const ro_http_param *param = &params.items[i];
        name = param->name;
        if (ro_str_equal(name, RO_STR("q")) || ro_str_equal(name, RO_STR("filter"))) {
            status = ro_request_set(request, name, param->value, &err);
        } else if (!ro_str_equal(name, RO_STR("wait"))) {
            status = ro_fail(&err, RO_NOT_FOUND, "the parameters are q, filter and wait");
        } else if (!ro_str_equal(param->value, RO_STR("visible"))) {
            status = ro_fail(&err, RO_INVALID, "wait: expected visible");
        }
    }
    if (status == RO_OK && !ro_str_trim(request->q).len && !ro_str_trim(request->filter).len) {
        name = RO_STR("q");
        status = ro_fail(&err, RO_INVALID, "what is to be deleted must be said: q or filter");
    }
    if (status != RO_OK) {
        ro_problem problem =
            status == RO_NOT_FOUND ? RO_PROBLEM_UNKNOWN_PARAMETER : RO_PROBLEM_PARAMETER;
        ro_problem_write(&job->response, ro_problem_of_status(status, problem),
                         ro_str_from(err.message),
                         (ro_where){"query", ro_utf8_prefix(name, NAME_SHOWN), err.position});
    }
    return status == RO_OK;
}

/* What was repaired may find more than was meant. False: answered with a problem. */
static bool is_plain(ro_searchd_job *job, const json_t *answer) {
    const json_t *repairs = json_object_get(json_object_get(answer, "query"), "repairs");
    const json_t *first = json_array_get(repairs, 0);
    if (first) {
        const char *in = json_string_value(json_object_get(first, "in"));
        const char *what = json_string_value(json_object_get(first, "what"));
        ro_problem_printf(
            &job->response, RO_PROBLEM_PARAMETER, (ro_where){"query", ro_str_from(in), -1},
            "nothing is deleted by a query that has to be repaired: %s", what ? what : "");
    }
    return !first;
}

static ro_status drop_hits(const ro_write_work *work, const json_t *hits, size_t *count,
                           ro_error *err) {
    for (size_t i = 0; i < json_array_size(hits); i++) {
        const json_t *id = json_object_get(json_array_get(hits, i), "id");
        bool found = false;
        ro_status status = ro_writer_delete(
            work->writer, ro_str_make(json_string_value(id), json_string_length(id)), &found, err);
        if (status != RO_OK) {
            return status;
        }
        *count += found;
    }
    return RO_OK;
}

static ro_status drop_found(const ro_write_work *work, ro_searchd_job *job, const json_t *answer,
                            ro_error *err) {
    size_t count = 0;
    ro_status status = drop_hits(work, json_object_get(answer, "hits"), &count, err);
    bool more = json_is_string(json_object_get(answer, "next"));
    job->response.status = 200;
    job->response.content_type = "application/json";
    ro_buf_printf(&job->response.body, "{\"deleted\":%zu,\"more\":%s}\n", count,
                  more ? "true" : "false");
    return status;
}

/* What helps a search, words that stand for others or were meant, deletes what was not asked for.
 */
static void be_literal(ro_request *request) {
    request->match = RO_MATCH_MODE_ALL;
    request->typo = RO_TYPO_OFF;
    request->synonyms = RO_SYNONYMS_OFF;
}

/* The search sees what is committed, so that comes first. Its faults are the request's alone. */
ro_status ro_write_delete_found(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    ro_request request = ro_request_default();
    if (!read_params(job, &request)) {
        return RO_OK;
    }
    be_literal(&request);
    request.sort = RO_SORT_NEWEST;
    request.limit = DELETE_MAX;
    request.snippets = 0;
    request.collapse = false;
    request.deadline = job->deadline;
    ro_status status = work->alone ? RO_OK : ro_writer_commit(work->writer, err);
    if (status != RO_OK) {
        return status;
    }
    ro_searcher *searcher = NULL;
    json_t *answer = NULL;
    ro_error fault = RO_ERROR_INIT;
    ro_status searched = ro_searcher_open(work->index, &searcher, &fault);
    if (searched == RO_OK) {
        searched = ro_searcher_search(searcher, &request, &answer, &fault);
    }
    if (searched != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(searched, RO_PROBLEM_PARAMETER),
                         ro_str_from(fault.message), RO_WHERE_NONE);
    } else if (is_plain(job, answer)) {
        status = drop_found(work, job, answer, err);
    }
    json_decref(answer);
    ro_searcher_close(searcher);
    return status;
}
