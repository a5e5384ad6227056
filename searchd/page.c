#include "page.h"

#include "http/accept.h"
#include "http/grammar.h"
#include "job.h"
#include "problem.h"
#include "readout/utf8.h"

#include <stdio.h>

#define ETAG_TEXT 64
#define NAME_SHOWN 100 /* bytes of an unknown name that are repeated in the answer */

/* The page loads from here only; no text becomes markup or a script, whatever an article holds. */
static const char PAGE_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

static const struct {
    const char *suffix, *media;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".ts", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
};

static const char *media_of(ro_str name) {
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        ro_str suffix = ro_str_from(types[i].suffix);
        if (name.len > suffix.len &&
            ro_str_equal(ro_str_make(name.ptr + name.len - suffix.len, suffix.len), suffix)) {
            return types[i].media;
        }
    }
    return "application/octet-stream";
}

static bool has_same(const ro_http_request *request, ro_str etag) {
    ro_str list = ro_http_request_field(request, RO_STR("If-None-Match"));
    ro_str element;
    while (ro_http_next_element(&list, &element)) {
        ro_str strong = ro_str_starts_with(element, RO_STR("W/"))
                            ? ro_str_make(element.ptr + 2, element.len - 2)
                            : element;
        if (ro_str_equal(element, RO_STR("*")) || ro_str_equal(strong, etag)) {
            return true;
        }
    }
    return false;
}

static void answer(ro_searchd_job *job, const ro_page_file *file) {
    ro_http_response *response = &job->response;
    bool packed =
        file->gzip.len < file->plain.len && ro_http_accepts_coding(&job->request, RO_STR("gzip"));
    char etag[ETAG_TEXT];
    (void)snprintf(etag, sizeof etag, "\"%s%s\"", file->tag, packed ? "-gzip" : "");
    response->policy = PAGE_POLICY;
    ro_http_response_field(response, "ETag", ro_str_from(etag));
    ro_http_response_field(response, "Cache-Control", RO_STR("no-cache"));
    ro_http_response_field(response, "Vary", RO_STR("Accept-Encoding"));
    if (has_same(&job->request, ro_str_from(etag))) {
        response->status = 304;
        return;
    }
    response->status = 200;
    response->content_type = media_of(ro_str_from(file->name));
    if (packed) {
        ro_http_response_field(response, "Content-Encoding", RO_STR("gzip"));
    }
    ro_buf_add_str(&response->body, packed ? file->gzip : file->plain);
}

static void answer_file(ro_searchd_job *job, ro_str name) {
    for (size_t i = 0; i < RO_PAGE_FILE_COUNT; i++) {
        if (ro_str_equal(ro_str_from(RO_PAGE_FILES[i].name), name)) {
            answer(job, &RO_PAGE_FILES[i]);
            return;
        }
    }
    ro_problem_printf(&job->response, RO_PROBLEM_RESOURCE, (ro_where){"path", RO_STR_NONE, -1},
                      "the page has no part '%.*s'", RO_STR_ARG(ro_utf8_prefix(name, NAME_SHOWN)));
}

void ro_page_index(const struct ro_server *server, ro_searchd_job *job) {
    (void)server;
    answer_file(job, RO_STR("index.html"));
}

void ro_page_public(const struct ro_server *server, ro_searchd_job *job) {
    (void)server;
    ro_str path = job->request.path;
    /* modules are fetched by the rules of CORS; these tell nothing about the index */
    job->response.any_origin = true;
    ro_http_response_field(&job->response, "Cross-Origin-Resource-Policy", RO_STR("cross-origin"));
    answer_file(job, ro_str_make(path.ptr + 1, path.len - 1));
}

void ro_page_part(const struct ro_server *server, ro_searchd_job *job) {
    (void)server;
    answer_file(job, job->argument);
}
