#include "api.h"

#include "body.h"
#include "feed.h"
#include "http/accept.h"
#include "http/grammar.h"
#include "http/target.h"
#include "opensearch.h"
#include "problem.h"
#include "readout/utf8.h"
#include "worker.h"

#include <stdio.h>
#include <time.h>

#define NAME_SHOWN 100 /* bytes of an unknown name that are repeated in the answer */
#define ETAG_TEXT 64

/* In the order of preference where the client has none. */
typedef enum api_format {
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_RSS,
    FORMAT_ATOM,
    FORMAT_OPENSEARCH,
    FORMATS
} api_format;

/* What resources come as: bit sets of 1 << format. */
enum {
    OFFER_JSON = 1 << FORMAT_JSON,
    OFFER_HITS = 1 << FORMAT_JSON | 1 << FORMAT_CSV | 1 << FORMAT_RSS | 1 << FORMAT_ATOM,
    OFFER_SUGGESTIONS = 1 << FORMAT_JSON | 1 << FORMAT_OPENSEARCH
};

static const struct {
    const char *name, *media;
} formats[FORMATS] = {
    [FORMAT_JSON] = {"json", "application/json"},
    [FORMAT_CSV] = {"csv", "text/csv"},
    [FORMAT_RSS] = {"rss", "application/rss+xml"},
    [FORMAT_ATOM] = {"atom", "application/atom+xml"},
    [FORMAT_OPENSEARCH] = {"opensearch", "application/x-suggestions+json"},
};

typedef struct api_call {
    const ro_work *work;
    ro_searchd_job *job;
    ro_request request;
    api_format format;
    unsigned offered; /* formats the resource has */
    bool named;       /* the parameter says which format */
    bool path_tells_kind;
    unsigned interval; /* of a timeline; 0: this is none */
    ro_str *value;     /* that values of a facet are looked for by; NULL: they are not */
} api_call;

/* ---- answers -------------------------------------------------------------------------------- */

void ro_api_fail(ro_searchd_job *job, ro_status status, ro_problem or_else, const ro_error *err,
                 ro_where where) {
    job->damaged |= status == RO_DAMAGED;
    ro_problem_write(&job->response, ro_problem_of_status(status, or_else),
                     ro_str_from(err->message), where);
}

/* Takes over `answer`. */
void ro_api_json(ro_searchd_job *job, json_t *answer) {
    job->response.status = 200;
    job->response.content_type = "application/json";
    if (!answer || ro_answer_to_json(answer, false, &job->response.body, NULL) != RO_OK) {
        job->response.body.failed = true;
    }
    json_decref(answer);
}

static void answer_csv(ro_searchd_job *job, json_t *answer) {
    ro_error err = RO_ERROR_INIT;
    const char *next = json_string_value(json_object_get(answer, "next"));
    job->response.status = 200;
    job->response.content_type = "text/csv; charset=utf-8; header=present";
    if (next) { /* which has no place in a table */
        ro_http_response_field(&job->response, "Next-Cursor", ro_str_from(next));
    }
    ro_status status = ro_answer_to_csv(answer, &job->response.body, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_INTERNAL, &err, RO_WHERE_NONE);
    }
    json_decref(answer);
}

/* Takes over `answer`. */
static void answer_feed(const api_call *call, json_t *answer) {
    ro_searchd_job *job = call->job;
    const ro_http_request *request = &job->request;
    bool atom = call->format == FORMAT_ATOM;
    ro_feed feed = {ro_public_url(call->work, job),
                    ro_arena_printf(&job->arena, "%.*s%s%.*s", RO_STR_ARG(request->path),
                                    request->query.len ? "?" : "", RO_STR_ARG(request->query)),
                    ro_str_from(call->work->search_page), &call->request, (int64_t)time(NULL)};
    job->response.status = 200;
    job->response.content_type =
        atom ? "application/atom+xml; charset=utf-8" : "application/rss+xml; charset=utf-8";
    (atom ? ro_feed_write_atom : ro_feed_write_rss)(answer, &feed, &job->response.body);
    json_decref(answer);
}

/* ---- validators ----------------------------------------------------------------------------- */

/* Weak: answers also tell how long they took. An answer depends on the index directory, its
 * revision, the program, the format and the filter of the client's key. */
static void print_etag(const ro_work *work, ro_str filter, api_format format, char out[ETAG_TEXT]) {
    uint64_t tag = work->index_tag ^ (filter.len ? ro_str_hash(filter) : 0);
    (void)snprintf(out, ETAG_TEXT, "W/\"%llx-%016llx-" READOUT_VERSION "%s%s\"",
                   (unsigned long long)ro_searcher_revision(work->searcher),
                   (unsigned long long)tag, format ? "-" : "", format ? formats[format].name : "");
}

static ro_str opaque_tag(ro_str etag) {
    return ro_str_starts_with(etag, RO_STR("W/")) ? ro_str_make(etag.ptr + 2, etag.len - 2) : etag;
}

/* If-None-Match by weak comparison (RFC 9110, 13.1.2). */
bool ro_api_client_has(const ro_http_request *request, ro_str etag) {
    ro_str list = ro_http_request_field(request, RO_STR("If-None-Match"));
    ro_str element;
    while (ro_http_next_element(&list, &element)) {
        if (ro_str_equal(element, RO_STR("*")) ||
            ro_str_equal(opaque_tag(element), opaque_tag(etag))) {
            return true;
        }
    }
    return false;
}

/* Adds the fields for caches; true: the client has the answer already, and is told so. */
static bool answer_not_modified(const ro_work *work, ro_searchd_job *job, api_format format) {
    char etag[ETAG_TEXT];
    print_etag(work, job->filter, format, etag);
    ro_http_response_field(&job->response, "ETag", ro_str_from(etag));
    ro_http_response_field(&job->response, "Cache-Control", RO_STR("no-cache"));
    if (ro_api_client_has(&job->request, ro_str_from(etag))) {
        job->response.status = 304;
        return true;
    }
    return false;
}

/* ---- parameters ----------------------------------------------------------------------------- */

static ro_status set_format(api_call *call, ro_str value, ro_error *err) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (call->offered & 1U << i && ro_str_equal(ro_str_from(formats[i].name), value)) {
            call->format = (api_format)i;
            call->named = true;
            return RO_OK;
        }
    }
    return ro_fail(err, RO_INVALID, "format: expected %s",
                   call->offered == OFFER_HITS ? "json, csv, rss or atom" : "json or opensearch");
}

static ro_status set_param(api_call *call, const ro_http_param *param, ro_error *err) {
    if (call->offered != OFFER_JSON && ro_str_equal(param->name, RO_STR("format"))) {
        return set_format(call, param->value, err);
    }
    if (call->interval && ro_str_equal(param->name, RO_STR("interval"))) {
        return ro_interval_read(param->value, &call->interval, err);
    }
    if (call->value && ro_str_equal(param->name, RO_STR("value"))) {
        *call->value = param->value;
        return RO_OK;
    }
    if (call->path_tells_kind && ro_str_equal(param->name, RO_STR("kind"))) {
        return ro_fail(err, RO_NOT_FOUND, "no parameter 'kind' here: the path says it");
    }
    return ro_request_set(&call->request, param->name, param->value, err);
}

/* `in` is where the parameters stand: "query" or "body". False: answered with a problem. */
static bool set_params(api_call *call, const ro_http_params *params, const char *in) {
    for (size_t i = 0; i < params->count; i++) {
        const ro_http_param *param = &params->items[i];
        ro_error err = RO_ERROR_INIT;
        ro_status status = set_param(call, param, &err);
        if (status == RO_OK) {
            continue;
        }
        ro_where where = {in, ro_utf8_prefix(param->name, NAME_SHOWN), -1};
        ro_problem problem =
            status == RO_NOT_FOUND ? RO_PROBLEM_UNKNOWN_PARAMETER : RO_PROBLEM_PARAMETER;
        ro_api_fail(call->job, status, problem, &err, where);
        return false;
    }
    return true;
}

/* False: answered with a problem. */
static bool read_query_string(ro_searchd_job *job, ro_http_params *params) {
    ro_error err = RO_ERROR_INIT;
    ro_str doubled;
    ro_status status = ro_target_params(job->request.query, &job->arena, params, &doubled, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_PARAMETER, &err,
                    (ro_where){"query", ro_utf8_prefix(doubled, NAME_SHOWN), err.position});
    }
    return status == RO_OK;
}

bool ro_api_decode(ro_searchd_job *job, ro_str raw, ro_str *out) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_target_decode(raw, false, &job->arena, out, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_MALFORMED, &err, (ro_where){"path", RO_STR_NONE, -1});
    }
    return status == RO_OK;
}

bool ro_api_no_params(ro_searchd_job *job) {
    ro_http_params params;
    if (!read_query_string(job, &params)) {
        return false;
    }
    if (params.count) {
        ro_problem_write(&job->response, RO_PROBLEM_UNKNOWN_PARAMETER,
                         RO_STR("this resource has no parameters in its query string"),
                         (ro_where){"query", ro_utf8_prefix(params.items[0].name, NAME_SHOWN), -1});
    }
    return params.count == 0;
}

/* "application/json, text/csv or …": all that are offered, or the one that was named. */
static ro_str list_media(const api_call *call) {
    ro_str list = RO_STR("");
    unsigned left = call->named ? 1U << call->format : call->offered;
    for (size_t i = 0; i < FORMATS; i++) {
        if (left & 1U << i) {
            left &= ~(1U << i);
            list = ro_arena_printf(&call->job->arena, "%.*s%s%s", RO_STR_ARG(list),
                                   !list.len ? ""
                                   : left    ? ", "
                                             : " or ",
                                   formats[i].media);
        }
    }
    return list;
}

/* Chooses the format that the client wants most, of those that are offered; what the parameter
 * names is the only one. False: it takes none of them, and is told so. */
static bool negotiate(api_call *call) {
    ro_searchd_job *job = call->job;
    unsigned best = 0;
    for (size_t i = 0; i < FORMATS; i++) {
        bool open = call->offered & 1U << i && (!call->named || call->format == (api_format)i);
        unsigned weight =
            open ? ro_http_accept_weight(&job->request, ro_str_from(formats[i].media)) : 0;
        if (weight > best) {
            best = weight;
            call->format = (api_format)i;
        }
    }
    if (!best) {
        ro_problem_printf(&job->response, RO_PROBLEM_NOT_ACCEPTABLE,
                          (ro_where){"field", RO_STR("Accept"), -1}, "the answer comes as %.*s",
                          RO_STR_ARG(list_media(call)));
    }
    ro_http_response_field(&job->response, "Vary", RO_STR("Accept"));
    return best > 0;
}

static api_call begin(const ro_work *work, ro_searchd_job *job, unsigned offered) {
    api_call call = {.work = work, .job = job, .offered = offered, .request = work->defaults};
    call.request.deadline = job->deadline;
    call.request.restriction = job->filter;
    return call;
}

/* ---- handlers ------------------------------------------------------------------------------- */

bool ro_api_may_search(ro_searchd_job *job, int kind) {
    bool may = !job->filter.len || kind == RO_KIND_ARTICLES;
    if (!may) {
        ro_problem_write(&job->response, RO_PROBLEM_SCOPE,
                         RO_STR("the key is for searches of articles only"), RO_WHERE_NONE);
    }
    return may;
}

bool ro_api_run(const ro_work *work, ro_searchd_job *job, const ro_request *request,
                ro_where cursor, json_t **answer) {
    ro_error err = RO_ERROR_INIT;
    *answer = NULL;
    job->kind = 1 + (unsigned)request->kind;
    if (!ro_api_may_search(job, request->kind)) {
        return false;
    }
    ro_status status = ro_searcher_search(work->searcher, request, answer, &err);
    if (status == RO_FORMAT) {
        ro_api_fail(job, status, RO_PROBLEM_SCOPE, &err, RO_WHERE_NONE);
    } else if (status != RO_OK) {
        /* of what can be wrong with a request only the cursor is left by now */
        ro_api_fail(job, status, RO_PROBLEM_PARAMETER, &err,
                    status == RO_INVALID && request->cursor.len ? cursor : RO_WHERE_NONE);
    }
    return status == RO_OK;
}

/* How an answer is found: `*answer` is a new reference. False: answered with a problem. */
typedef bool (*find_fn)(const api_call *call, json_t **answer);

/* For those who have the answer there is none. What is refused is refused to them as well (RFC
 * 9110, 13.2.1): `refusable` are requests in which only the search sees what is wrong. */
static bool find_news(const api_call *call, find_fn find, bool refusable, json_t **answer) {
    *answer = NULL;
    if (!refusable) {
        return !answer_not_modified(call->work, call->job, call->format) && find(call, answer);
    }
    if (find(call, answer) && !answer_not_modified(call->work, call->job, call->format)) {
        return true;
    }
    json_decref(*answer);
    *answer = NULL;
    return false;
}

static bool find_hits(const api_call *call, json_t **answer) {
    ro_where cursor = {"query", RO_STR("cursor"), -1};
    return ro_api_run(call->work, call->job, &call->request, cursor, answer);
}

/* Takes over `answer`. */
static void answer_hits(const api_call *call, json_t *answer) {
    if (call->format == FORMAT_CSV) {
        answer_csv(call->job, answer);
    } else if (call->format != FORMAT_JSON) {
        answer_feed(call, answer);
    } else {
        ro_api_json(call->job, answer);
    }
}

static void search_kind(const ro_work *work, ro_searchd_job *job, int kind, bool path_tells_kind) {
    api_call call = begin(work, job, OFFER_HITS);
    ro_http_params params;
    call.request.kind = kind;
    call.path_tells_kind = path_tells_kind;
    json_t *answer;
    if (read_query_string(job, &params) && set_params(&call, &params, "query") &&
        negotiate(&call) &&
        find_news(&call, find_hits, call.request.cursor.len || call.request.offset, &answer)) {
        answer_hits(&call, answer);
    }
}

void ro_api_search(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_ARTICLES, false);
}

void ro_api_answers(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_ALL, true);
}

void ro_api_talks(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_TALKS, true);
}

void ro_api_participants(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_PARTICIPANTS, true);
}

void ro_api_outcomes(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_OUTCOMES, true);
}

void ro_api_statements(const ro_work *work, ro_searchd_job *job) {
    search_kind(work, job, RO_KIND_STATEMENTS, true);
}

bool ro_api_takes_json(ro_searchd_job *job) {
    ro_str media = ro_http_request_media(&job->request);
    bool json = ro_str_equal_nocase(media, RO_STR("application/json"));
    if (!json) {
        ro_problem_write(&job->response, RO_PROBLEM_MEDIA_TYPE,
                         RO_STR("Content-Type must be application/json"),
                         (ro_where){"field", RO_STR("Content-Type"), -1});
    }
    return json;
}

void ro_api_query(const ro_work *work, ro_searchd_job *job) {
    if (!ro_api_takes_json(job) || !ro_api_no_params(job)) {
        return;
    }
    api_call call = begin(work, job, OFFER_HITS);
    ro_http_params params;
    ro_str member;
    ro_error err = RO_ERROR_INIT;
    ro_status status =
        ro_body_params(ro_buf_str(&job->request.body), &job->arena, &params, &member, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_BODY, &err, (ro_where){"body", member, err.position});
    } else if (set_params(&call, &params, "body") && negotiate(&call)) {
        json_t *answer;
        ro_where cursor = {"body", RO_STR("cursor"), -1};
        if (ro_api_run(work, job, &call.request, cursor, &answer)) {
            answer_hits(&call, answer);
        }
    }
}

/* One thing by its id: an article, or the record of a kind of facts. */
static void answer_one(const ro_work *work, ro_searchd_job *job, ro_kind kind) {
    ro_error err = RO_ERROR_INIT;
    ro_where where = {"path", RO_STR_NONE, -1};
    ro_str id;
    api_call call = begin(work, job, OFFER_JSON);
    if (!ro_api_no_params(job) || !negotiate(&call) || !ro_api_decode(job, job->argument, &id)) {
        return;
    }
    json_t *answer = NULL;
    ro_status status =
        kind == RO_KIND_ARTICLES
            ? ro_searcher_article(work->searcher, id, &answer, &err)
            : ro_searcher_record(work->searcher, kind, id, job->deadline, &answer, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, kind == RO_KIND_ARTICLES ? RO_PROBLEM_ARTICLE : RO_PROBLEM_RECORD,
                    &err, where);
    } else if (answer_not_modified(work, job, FORMAT_JSON)) {
        json_decref(answer);
    } else {
        ro_api_json(job, answer);
    }
}

void ro_api_article(const ro_work *work, ro_searchd_job *job) {
    answer_one(work, job, RO_KIND_ARTICLES);
}

void ro_api_talk(const ro_work *work, ro_searchd_job *job) {
    answer_one(work, job, RO_KIND_TALKS);
}

void ro_api_participant(const ro_work *work, ro_searchd_job *job) {
    answer_one(work, job, RO_KIND_PARTICIPANTS);
}

/* False: there is a parameter that this resource does not have, and the client is told. `names`
 * ends with NULL. */
static bool has_only(ro_searchd_job *job, const ro_http_params *params, const char *const *names,
                     const char *detail) {
    for (size_t i = 0; i < params->count; i++) {
        ro_str name = params->items[i].name;
        bool known = false;
        for (const char *const *at = names; *at; at++) {
            known |= ro_str_equal(name, ro_str_from(*at));
        }
        if (!known) {
            ro_problem_write(&job->response, RO_PROBLEM_UNKNOWN_PARAMETER, ro_str_from(detail),
                             (ro_where){"query", ro_utf8_prefix(name, NAME_SHOWN), -1});
            return false;
        }
    }
    return true;
}

void ro_api_similar(const ro_work *work, ro_searchd_job *job) {
    static const char *const names[] = {"limit", "snippets", "highlight", NULL};
    api_call call = begin(work, job, OFFER_JSON);
    ro_http_params params;
    ro_error err = RO_ERROR_INIT;
    ro_where where = {"path", RO_STR_NONE, -1};
    ro_str id;
    json_t *answer = NULL;
    if (!read_query_string(job, &params) ||
        !has_only(job, &params, names, "the parameters here are limit, snippets and highlight") ||
        !set_params(&call, &params, "query") || !negotiate(&call) ||
        !ro_api_decode(job, job->argument, &id)) {
        return;
    }
    ro_status status = ro_searcher_similar(work->searcher, id, &call.request, &answer, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_ARTICLE, &err, where);
    } else if (answer_not_modified(work, job, FORMAT_JSON)) {
        json_decref(answer);
    } else {
        ro_api_json(job, answer);
    }
}

static bool find_timeline(const api_call *call, json_t **answer) {
    ro_error err = RO_ERROR_INIT;
    call->job->kind = 1 + (unsigned)call->request.kind;
    ro_status status =
        ro_searcher_timeline(call->work->searcher, &call->request, call->interval, answer, &err);
    if (status != RO_OK) {
        ro_api_fail(call->job, status, RO_PROBLEM_PARAMETER, &err,
                    status == RO_INVALID ? (ro_where){"query", RO_STR("kind"), -1} : RO_WHERE_NONE);
    }
    return status == RO_OK;
}

void ro_api_timeline(const ro_work *work, ro_searchd_job *job) {
    static const char *const names[] = {"q",        "filter", "kind",     "match",    "typo",
                                        "synonyms", "prefix", "collapse", "interval", NULL};
    api_call call = begin(work, job, OFFER_JSON);
    ro_http_params params;
    call.interval = RO_FACET_MONTH;
    if (!read_query_string(job, &params) ||
        !has_only(job, &params, names,
                  "the parameters of a timeline are q, filter, kind, match, typo, synonyms, "
                  "prefix, collapse and interval") ||
        !set_params(&call, &params, "query") || !negotiate(&call)) {
        return;
    }
    json_t *answer;
    if (find_news(&call, find_timeline, call.request.kind == RO_KIND_ALL, &answer)) {
        ro_api_json(job, answer);
    }
}

/* False: the path names no facet, and the client is told. */
static bool read_facet(api_call *call) {
    ro_error err = RO_ERROR_INIT;
    ro_str name;
    ro_status status = ro_target_decode(call->job->argument, false, &call->job->arena, &name, &err);
    if (status == RO_OK && name.len && !memchr(name.ptr, ',', name.len)) {
        status = ro_request_set(&call->request, RO_STR("facets"), name, &err);
    } else if (status == RO_OK) {
        status = ro_fail(&err, RO_INVALID, "one facet is looked into at a time");
    }
    if (status != RO_OK) {
        ro_api_fail(call->job, status,
                    status == RO_FORMAT ? RO_PROBLEM_MALFORMED : RO_PROBLEM_FACET, &err,
                    (ro_where){"path", RO_STR_NONE, -1});
    }
    return status == RO_OK;
}

static bool find_values(const api_call *call, json_t **answer) {
    ro_error err = RO_ERROR_INIT;
    ro_status status =
        ro_searcher_facet_values(call->work->searcher, &call->request, *call->value, answer, &err);
    if (status != RO_OK) {
        ro_str name = status == RO_LIMIT ? RO_STR("value") : RO_STR("kind");
        ro_api_fail(call->job, status, RO_PROBLEM_PARAMETER, &err,
                    status == RO_DEADLINE ? RO_WHERE_NONE : (ro_where){"query", name, -1});
    }
    return status == RO_OK;
}

void ro_api_facet(const ro_work *work, ro_searchd_job *job) {
    static const char *const names[] = {"value",    "q",      "filter",   "kind",  "match", "typo",
                                        "synonyms", "prefix", "collapse", "limit", NULL};
    api_call call = begin(work, job, OFFER_JSON);
    ro_http_params params;
    ro_str value = RO_STR("");
    call.value = &value;
    if (!read_facet(&call) || !read_query_string(job, &params) ||
        !has_only(job, &params, names,
                  "the parameters here are value, q, filter, kind, match, typo, synonyms, prefix, "
                  "collapse and limit") ||
        !set_params(&call, &params, "query") || !ro_api_may_search(job, call.request.kind) ||
        !negotiate(&call)) {
        return;
    }
    json_t *answer;
    bool refusable = call.request.kind == RO_KIND_ALL || value.len > RO_FACET_TEXT_MAX;
    if (find_news(&call, find_values, refusable, &answer)) {
        ro_api_json(job, answer);
    }
}

static bool find_completions(const api_call *call, json_t **answer) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_searcher_suggest(call->work->searcher, &call->request, answer, &err);
    if (status != RO_OK) {
        ro_api_fail(call->job, status,
                    status == RO_FORMAT ? RO_PROBLEM_SCOPE : RO_PROBLEM_PARAMETER, &err,
                    RO_WHERE_NONE);
    }
    return status == RO_OK;
}

void ro_api_suggest(const ro_work *work, ro_searchd_job *job) {
    static const char *const names[] = {"q", "filter", "limit", "format", NULL};
    api_call call = begin(work, job, OFFER_SUGGESTIONS);
    ro_http_params params;
    if (!read_query_string(job, &params) ||
        !has_only(job, &params, names,
                  "the parameters of a completion are q, filter, limit and format")) {
        return;
    }
    json_t *answer;
    if (!set_params(&call, &params, "query") || !negotiate(&call) ||
        !find_news(&call, find_completions, true, &answer)) {
        return;
    }
    if (call.format == FORMAT_OPENSEARCH) {
        json_t *suggestions = ro_opensearch_suggestions(answer);
        json_decref(answer);
        ro_api_json(job, suggestions);
        job->response.content_type = formats[FORMAT_OPENSEARCH].media;
    } else {
        ro_api_json(job, answer);
    }
}
