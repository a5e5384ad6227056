#include "problem.h"

#include "readout/utf8.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX 1024
#define RETRY_AFTER_SECONDS "1"

static const struct {
    int status;
    const char *slug, *title;
} problems[] = {
    [RO_PROBLEM_MALFORMED] = {400, "malformed-request", "the request is malformed"},
    [RO_PROBLEM_UNKNOWN_PARAMETER] = {400, "unknown-parameter", "there is no such parameter"},
    [RO_PROBLEM_PARAMETER] = {400, "invalid-parameter", "a parameter is not acceptable"},
    [RO_PROBLEM_BODY] = {400, "invalid-body", "the body is not what is expected here"},
    [RO_PROBLEM_CREDENTIALS] = {401, "no-valid-key", "a key is needed"},
    [RO_PROBLEM_SCOPE] = {403, "not-allowed", "the key does not allow this"},
    [RO_PROBLEM_RESOURCE] = {404, "no-such-resource", "there is nothing at this path"},
    [RO_PROBLEM_ARTICLE] = {404, "no-such-article", "there is no such article"},
    [RO_PROBLEM_RECORD] = {404, "no-such-record", "nothing of this kind has this id"},
    [RO_PROBLEM_FACET] = {404, "no-such-facet", "there is no such facet"},
    [RO_PROBLEM_INDEX_NAME] = {404, "no-such-index", "there is no index of this name"},
    [RO_PROBLEM_KEY] = {404, "no-such-key", "there is no key of this name"},
    [RO_PROBLEM_BACKUP] = {404, "no-such-backup", "there is no backup of this name"},
    [RO_PROBLEM_METHOD] = {405, "method-not-allowed", "this method is not for this resource"},
    [RO_PROBLEM_NOT_ACCEPTABLE] = {406, "not-acceptable", "the answer has no such form"},
    [RO_PROBLEM_TIMEOUT] = {408, "request-timeout", "the request took too long to arrive"},
    [RO_PROBLEM_CONFLICT] = {409, "conflict", "the request contradicts itself or what is stored"},
    [RO_PROBLEM_PRECONDITION] = {412, "precondition-failed", "the article is not as expected"},
    [RO_PROBLEM_CONTENT_SIZE] = {413, "content-too-large", "the body is too large"},
    [RO_PROBLEM_TARGET_SIZE] = {414, "target-too-long", "the request line is too long"},
    [RO_PROBLEM_MEDIA_TYPE] = {415, "unsupported-media-type", "the body must be JSON"},
    [RO_PROBLEM_EXPECTATION] = {417, "expectation-failed", "the expectation is not understood"},
    [RO_PROBLEM_ARTICLE_CONTENT] = {422, "invalid-article", "this is no acceptable article"},
    [RO_PROBLEM_VALUE] = {422, "invalid-value", "a member of the body is not acceptable"},
    [RO_PROBLEM_RATE] = {429, "too-many-requests", "the key was used too often"},
    [RO_PROBLEM_FIELDS_SIZE] = {431, "fields-too-large", "the request has too many fields"},
    [RO_PROBLEM_INTERNAL] = {500, "internal-error", "the server failed"},
    [RO_PROBLEM_UNSUPPORTED] = {501, "not-implemented", "this is not implemented"},
    [RO_PROBLEM_OVERLOADED] = {503, "overloaded", "the server has too much to do"},
    [RO_PROBLEM_INDEX] = {503, "index-unavailable", "the index cannot be read"},
    [RO_PROBLEM_SETTINGS] = {503, "settings-unavailable", "a file of settings cannot be changed"},
    [RO_PROBLEM_DEADLINE] = {504, "deadline-exceeded", "the request took too long to answer"},
    [RO_PROBLEM_VERSION] = {505, "version-not-supported", "this HTTP version is not spoken"},
    [RO_PROBLEM_STORAGE] = {507, "storage-full", "there is no space left for the index"},
};

/* Client text may hold anything; JSON may not. */
static json_t *text(ro_str s) {
    ro_buf repaired = RO_BUF_INIT;
    ro_utf8_repair(&repaired, s);
    json_t *string = json_stringn(repaired.ptr ? repaired.ptr : "", repaired.len);
    ro_buf_release(&repaired);
    return string;
}

static json_t *where_to_json(ro_where where) {
    json_t *object = json_pack("{ss}", "in", where.in);
    if (where.name.ptr) {
        (void)json_object_set_new(object, "name", text(where.name));
    }
    if (where.position >= 0) {
        (void)json_object_set_new(object, "position", json_integer(where.position));
    }
    return object;
}

void ro_problem_write(ro_http_response *response, ro_problem problem, ro_str detail,
                      ro_where where) {
    ro_http_response_clear(response);
    response->status = problems[problem].status;
    response->content_type = "application/problem+json";
    if (response->status == 503 || response->status == 429) {
        ro_http_response_field(response, "Retry-After", RO_STR(RETRY_AFTER_SECONDS));
    }
    char type[64];
    (void)snprintf(type, sizeof type, RO_PROBLEM_TYPE "%s", problems[problem].slug);
    json_t *object = json_pack("{ss,ss,si}", "type", type, "title", problems[problem].title,
                               "status", problems[problem].status);
    (void)json_object_set_new(object, "detail", text(detail));
    if (where.in) {
        (void)json_object_set_new(object, "where", where_to_json(where));
    }
    char *dump = json_dumps(object, JSON_COMPACT);
    if (dump) {
        ro_buf_add_str(&response->body, ro_str_from(dump));
        ro_buf_add_byte(&response->body, '\n');
    }
    free(dump);
    json_decref(object);
}

void ro_problem_printf(ro_http_response *response, ro_problem problem, ro_where where,
                       const char *format, ...) {
    char detail[DETAIL_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    ro_problem_write(response, problem, ro_str_from(detail), where);
}

ro_problem ro_problem_of_refusal(int http_status) {
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
        if (problems[i].status == http_status) {
            return (ro_problem)i;
        }
    }
    return RO_PROBLEM_MALFORMED;
}

ro_problem ro_problem_of_status(ro_status status, ro_problem or_else) {
    switch (status) {
    case RO_DEADLINE:
        return RO_PROBLEM_DEADLINE;
    case RO_MEMORY:
        return RO_PROBLEM_OVERLOADED;
    case RO_BUSY:
    case RO_IO:
    case RO_FULL:
    case RO_DAMAGED:
    case RO_VERSION:
        return RO_PROBLEM_INDEX;
    case RO_INTERNAL:
        return RO_PROBLEM_INTERNAL;
    default:
        return or_else;
    }
}

/* Of what writes anything: there may be no room, or another who writes. */
static ro_problem of_writing(ro_status status, ro_problem or_else) {
    switch (status) {
    case RO_FULL:
        return RO_PROBLEM_STORAGE;
    case RO_BUSY:
        return RO_PROBLEM_OVERLOADED;
    default:
        return ro_problem_of_status(status, or_else);
    }
}

ro_problem ro_problem_of_write(ro_status status) {
    return of_writing(status, RO_PROBLEM_INDEX);
}

ro_problem ro_problem_of_change(ro_status status, ro_problem or_else) {
    return status == RO_IO ? RO_PROBLEM_SETTINGS : of_writing(status, or_else);
}

int ro_problem_http_status(ro_problem problem) {
    return problems[problem].status;
}

const char *ro_problem_slug(ro_problem problem) {
    return problems[problem].slug;
}
