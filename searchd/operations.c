#include "operations.h"

#include "problem.h"
#include "server.h"

/* These resources have no parameters; one that is given is a mistake worth hearing of. */
static bool takes_nothing(ro_searchd_job *job) {
    if (job->request.query.len == 0) {
        ro_http_response_field(&job->response, "Cache-Control", RO_STR("no-store"));
        return true;
    }
    ro_problem_write(&job->response, RO_PROBLEM_UNKNOWN_PARAMETER,
                     RO_STR("this resource has no parameters"),
                     (ro_where){"query", RO_STR_NONE, -1});
    return false;
}

static void answer_json(ro_searchd_job *job, ro_str body) {
    job->response.status = 200;
    job->response.content_type = "application/json";
    ro_buf_add_str(&job->response.body, body);
}

void ro_operations_health(const ro_server *server, ro_searchd_job *job) {
    (void)server;
    if (takes_nothing(job)) {
        answer_json(job, RO_STR("{\"status\":\"ok\"}\n"));
    }
}

void ro_operations_ready(const ro_server *server, ro_searchd_job *job) {
    if (!takes_nothing(job)) {
        return;
    }
    if (server->draining) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED, RO_STR("the server is stopping"),
                         RO_WHERE_NONE);
    } else if (!ro_pool_ready(server->pool)) {
        ro_problem_write(&job->response, RO_PROBLEM_INDEX,
                         RO_STR("not every worker has the index open"), RO_WHERE_NONE);
    } else {
        answer_json(job, server->reload_failed
                             ? RO_STR("{\"status\":\"ready\",\"reload\":\"failed\"}\n")
                             : RO_STR("{\"status\":\"ready\"}\n"));
    }
}

void ro_operations_metrics(const ro_server *server, ro_searchd_job *job) {
    if (takes_nothing(job)) {
        ro_gauges gauges = ro_server_gauges(server);
        job->response.status = 200;
        job->response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        ro_metrics_write(&server->metrics, &gauges, &job->response.body);
    }
}

void ro_operations_openapi(const ro_server *server, ro_searchd_job *job) {
    (void)server;
    if (takes_nothing(job)) {
        answer_json(job, RO_OPENAPI);
    }
}
