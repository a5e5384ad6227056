#include "dispatch.h"

#include "algolia.h"
#include "problem.h"
#include "readout/utf8.h"
#include "stream.h"
#include "write_api.h"

#define PATH_SHOWN 200 /* bytes of an unknown path that are repeated in the answer */

static bool is_listed(const ro_searchd_settings *settings, ro_str origin) {
    for (size_t i = 0; i < settings->cors_origins.count; i++) {
        ro_str allowed = ro_str_from(settings->cors_origins.items[i]);
        if (ro_str_equal(allowed, RO_STR("*")) || ro_str_equal(allowed, origin)) {
            return true;
        }
    }
    return false;
}

void ro_dispatch_cors(const ro_searchd_settings *settings, const ro_http_request *request,
                      ro_http_response *response) {
    if (response->any_origin) {
        ro_http_response_field(response, "Access-Control-Allow-Origin", RO_STR("*"));
        return;
    }
    if (!settings->cors_origins.count) {
        return;
    }
    /* a cache must keep answers to different origins apart, those without the fields included */
    ro_http_response_field(response, "Vary", RO_STR("Origin"));
    ro_str origin = ro_http_request_field(request, RO_STR("Origin"));
    if (!origin.len || !is_listed(settings, origin)) {
        return;
    }
    ro_http_response_field(response, "Access-Control-Allow-Origin", origin);
    ro_str wanted = ro_http_request_field(request, RO_STR("Access-Control-Request-Method"));
    if (request->method == RO_HTTP_OPTIONS && wanted.len) {
        ro_http_response_field(response, "Access-Control-Allow-Methods",
                               RO_STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        ro_http_response_field(response, "Access-Control-Allow-Headers",
                               RO_STR("Authorization, Content-Type, If-Match, If-None-Match, "
                                      "X-Request-Id, X-Algolia-API-Key, "
                                      "X-Algolia-Application-Id, X-Algolia-Agent"));
        ro_http_response_field(response, "Access-Control-Max-Age", RO_STR("600"));
    } else {
        ro_http_response_field(response, "Access-Control-Expose-Headers",
                               RO_STR("ETag, Location, Next-Cursor, Retry-After, Server-Timing, "
                                      "X-Request-Id"));
    }
}

static void add_allow(ro_searchd_job *job) {
    ro_buf allow = RO_BUF_INIT;
    ro_route_allow(job->route, &allow);
    ro_http_response_field(&job->response, "Allow", ro_buf_str(&allow));
    ro_buf_release(&allow);
}

static void answer_options(ro_searchd_job *job) {
    job->response.status = 204;
    add_allow(job);
}

static void answer_method(ro_searchd_job *job) {
    ro_problem problem =
        job->request.method == RO_HTTP_OTHER ? RO_PROBLEM_UNSUPPORTED : RO_PROBLEM_METHOD;
    ro_problem_printf(&job->response, problem, RO_WHERE_NONE, "'%.*s' is not for '%s'",
                      RO_STR_ARG(ro_utf8_prefix(job->request.method_name, PATH_SHOWN)),
                      job->route->path);
    add_allow(job);
}

static void answer_no_route(ro_searchd_job *job) {
    ro_http_request *request = &job->request;
    if (request->method == RO_HTTP_OTHER) {
        ro_problem_write(&job->response, RO_PROBLEM_UNSUPPORTED, RO_STR("the method is unknown"),
                         RO_WHERE_NONE);
        return;
    }
    ro_where where = {"path", RO_STR_NONE, -1};
    bool is_article = ro_str_starts_with(request->path, RO_STR("/v1/articles/"));
    ro_problem_printf(&job->response, RO_PROBLEM_RESOURCE, where, "there is nothing at '%.*s'%s",
                      RO_STR_ARG(ro_utf8_prefix(request->path, PATH_SHOWN)),
                      is_article ? "; the id of an article must be percent-encoded, '/' as %2F"
                                 : "");
}

/* What other threads cannot look up in the settings goes with the job. */
static bool submit_admin(ro_server *server, ro_searchd_job *job) {
    const ro_searchd_settings *settings = server->settings;
    const struct {
        const char *from, **to;
    } files[] = {{settings->keys, &job->keys},
                 {settings->synonyms, &job->named},
                 {settings->index, &job->index}};
    bool memory = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        *files[i].to =
            ro_arena_copy(&job->arena, ro_str_from(files[i].from ? files[i].from : "")).ptr;
        memory = memory && *files[i].to;
    }
    job->synonyms = ro_searchd_settings_synonyms(settings, &job->arena).ptr;
    return memory && job->synonyms && ro_admin_submit(server->admin, job);
}

static ro_deadline deadline_of(const ro_server *server, const ro_searchd_job *job) {
    return (ro_deadline){job->complete_ns + server->settings->deadline * 1000000, NULL};
}

/* True: answered. */
static bool submit(ro_server *server, ro_searchd_job *job) {
    bool writes = job->route->writes & job->request.method;
    if (ro_pool_recall(server->pool, job)) {
        return true;
    }
    job->deadline = deadline_of(server, job);
    if (!writes) { /* what changes something is done to its end */
        job->deadline.given_up = &job->abandoned;
    }
    bool taken = job->route->admin ? submit_admin(server, job)
                 : writes          ? ro_writing_submit(server->writing, job)
                                   : ro_pool_submit(server->pool, job);
    if (taken) {
        return false;
    }
    ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                     job->route->admin ? RO_STR("too many requests wait for administration")
                     : writes          ? RO_STR("too many requests wait for the writer")
                                       : RO_STR("too many requests wait for a worker"),
                     RO_WHERE_NONE);
    return true;
}

/* False: answered with a problem. */
static bool is_allowed(ro_server *server, ro_searchd_job *job) {
    const ro_route *route = job->route;
    if (route->open) {
        return true;
    }
    ro_error err = RO_ERROR_INIT;
    if (ro_auth_refresh(&server->auth, server->settings->keys, &err) != RO_OK) {
        ro_log_write(&server->log, RO_LOG_ERROR, "keys stay as they were: %s", err.message);
    }
    bool writes = route->writes & job->request.method;
    unsigned scope = route->admin ? RO_SCOPE_ADMIN : writes ? RO_SCOPE_WRITE : RO_SCOPE_READ;
    return ro_auth_allow(&server->auth, job, scope,
                         scope != RO_SCOPE_READ || !server->reading_is_open, route->filters);
}

/* False: answered with a problem. A coded body is never taken for something else. */
static bool is_uncoded(ro_searchd_job *job) {
    ro_str coding = ro_http_request_field(&job->request, RO_STR("Content-Encoding"));
    bool has_body = job->request.method & (RO_HTTP_POST | RO_HTTP_PUT | RO_HTTP_PATCH);
    bool plain = !has_body || !coding.len || ro_str_equal_nocase(coding, RO_STR("identity"));
    if (!plain) {
        ro_problem_write(&job->response, RO_PROBLEM_MEDIA_TYPE,
                         RO_STR("bodies are taken without Content-Encoding only"),
                         (ro_where){"field", RO_STR("Content-Encoding"), -1});
        ro_http_response_field(&job->response, "Accept-Encoding", RO_STR("identity"));
    }
    return plain;
}

static bool dispatch(ro_server *server, ro_searchd_job *job) {
    ro_http_request *request = &job->request;
    unsigned method = request->method == RO_HTTP_HEAD ? RO_HTTP_GET : request->method;
    job->route = ro_route_find(request->path, &job->argument);
    if (method == RO_HTTP_OPTIONS && (job->route || ro_str_equal(request->path, RO_STR("*")))) {
        answer_options(job);
    } else if (!job->route) {
        answer_no_route(job);
    } else if (!(job->route->methods & method)) {
        answer_method(job);
    } else if (!is_allowed(server, job) || !is_uncoded(job)) {
        return true;
    } else if (job->route->at_once) {
        job->route->at_once(server, job);
    } else {
        return submit(server, job);
    }
    return true;
}

bool ro_dispatch(ro_server *server, ro_searchd_job *job) {
    bool answered = dispatch(server, job);
    if (answered && job->response.status >= 400 && job->route && job->route->algolia) {
        ro_algolia_explain_problem(&job->response);
    }
    return answered;
}

bool ro_dispatch_stream(ro_server *server, ro_searchd_job *job) {
    job->route = ro_route_find(job->request.path, &job->argument);
    return job->route && is_allowed(server, job) && is_uncoded(job) && ro_write_check_lines(job);
}

bool ro_dispatch_piece(ro_server *server, ro_searchd_job *job, bool ahead) {
    job->complete_ns = ro_now_ns();
    job->deadline = deadline_of(server, job);
    job->deadline.at_ns += ahead ? RO_PIECE_DEADLINES * server->settings->deadline * 1000000 : 0;
    return ro_writing_submit(server->writing, job);
}
