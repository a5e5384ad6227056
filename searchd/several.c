/* Several searches in one request, answered from one state of the index. */
#include "api.h"
#include "body.h"
#include "worker.h"

#include <stdio.h>

#define SEVERAL_MAX 32          /* searches in one request */
#define SEVERAL_VALUES_MAX 2048 /* values in its body */

/* "queries[3].limit" */
static ro_where where_in(ro_searchd_job *job, size_t i, ro_str member) {
    ro_str name =
        ro_arena_printf(&job->arena, "queries[%zu]%s%.*s", i, member.len ? "." : "",
                        (int)(member.len < 100 ? member.len : 100), member.ptr ? member.ptr : "");
    return (ro_where){"body", name, -1};
}

/* False: answered with a problem. */
static bool read_request(const ro_work *work, ro_searchd_job *job, json_t *object, size_t i,
                         ro_request *request) {
    ro_error err = RO_ERROR_INIT;
    ro_http_params params;
    ro_str member;
    *request = work->defaults;
    request->deadline = job->deadline;
    request->restriction = job->filter;
    ro_status status = ro_body_members(object, &job->arena, &params, &member, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_BODY, &err, where_in(job, i, member));
        return false;
    }
    for (size_t j = 0; j < params.count; j++) {
        status = ro_request_set(request, params.items[j].name, params.items[j].value, &err);
        if (status != RO_OK) {
            ro_api_fail(job, status,
                        status == RO_NOT_FOUND ? RO_PROBLEM_UNKNOWN_PARAMETER
                                               : RO_PROBLEM_PARAMETER,
                        &err, where_in(job, i, params.items[j].name));
            return false;
        }
    }
    return true;
}

/* False: answered with a problem. */
static bool read_queries(ro_searchd_job *job, json_t **body, json_t **queries) {
    ro_error err = RO_ERROR_INIT;
    *queries = NULL;
    ro_status status = ro_body_json(ro_buf_str(&job->request.body), RO_BODY_DEPTH_MAX,
                                    SEVERAL_VALUES_MAX, body, &err);
    if (status == RO_OK) {
        *queries = json_object_get(*body, "queries");
        size_t count = json_array_size(*queries);
        if (json_object_size(*body) != 1 || count < 1 || count > SEVERAL_MAX) {
            status = ro_fail(&err, RO_INVALID,
                             "expected an object with \"queries\", an array of 1 to %d objects",
                             SEVERAL_MAX);
        }
    }
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_BODY, &err,
                    (ro_where){"body", RO_STR_NONE, err.position});
    }
    return status == RO_OK;
}

/* All are read before the first is run, so that a slip in the last costs nothing. */
static void answer_all(const ro_work *work, ro_searchd_job *job, json_t *queries) {
    ro_request requests[SEVERAL_MAX];
    size_t count = json_array_size(queries);
    for (size_t i = 0; i < count; i++) {
        if (!read_request(work, job, json_array_get(queries, i), i, &requests[i])) {
            return;
        }
    }
    json_t *object = json_object();
    json_t *answers = json_array();
    bool memory = !object || json_object_set_new(object, "answers", answers) != 0;
    for (size_t i = 0; i < count && !memory; i++) {
        json_t *answer;
        if (!ro_api_run(work, job, &requests[i], where_in(job, i, RO_STR("cursor")), &answer)) {
            json_decref(object);
            return;
        }
        memory = json_array_append_new(answers, answer) != 0;
    }
    if (memory) {
        json_decref(object);
        object = NULL;
    }
    ro_api_json(job, object);
}

void ro_api_several(const ro_work *work, ro_searchd_job *job) {
    json_t *body = NULL;
    json_t *queries;
    if (ro_api_takes_json(job) && ro_api_no_params(job) && read_queries(job, &body, &queries)) {
        answer_all(work, job, queries);
    }
    json_decref(body);
}
