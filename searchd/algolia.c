#include "algolia.h"

#include "api.h"
#include "body.h"
#include "http/target.h"
#include "readout/date.h"
#include "route.h"
#include "worker.h"

#include <stdlib.h>

#define DEPTH_MAX 10
#define VALUES_MAX 8192
#define SEARCHES_MAX 50 /* in one request */
#define HITS_DEFAULT 20
#define FACET_HITS_DEFAULT 10
#define FACET_HITS_MAX 100
#define FACET_VALUES_DEFAULT 100

#define TIME_FACET RO_FACET_DAY /* what times are counted by */
#define ALL_FACETS "source,language,year,month,side,role,status,by,speaker,person,place,host"

/* One search on its way. */
typedef struct call {
    const ro_work *work;
    ro_searchd_job *job;
    json_t *params;    /* all of them, in one object */
    json_t *lists;     /* owns what was read of them */
    const char *index; /* its name */
    const char *facet; /* its values are looked for; NULL: hits are */
    ro_request request;
    ro_algolia_dress dress;
    size_t page, per_page, facet_values;
    bool by_offset, beyond; /* the page is behind what can be had */
    unsigned shown;         /* facets that were asked for as such */
    bool times;             /* as RO_ALGOLIA_TIME */
    const char *at_fault;   /* the parameter that is not taken */
    ro_error err;
} call;

/* ---- indexes -------------------------------------------------------------------------------- */

static const struct {
    const char *behind; /* the name of the kind */
    ro_sort sort;
} orders[] = {{"", RO_SORT_SCORE}, {"_date_desc", RO_SORT_NEWEST}, {"_date_asc", RO_SORT_OLDEST}};

static bool read_index(call *c, ro_str name) {
    for (int kind = 0; kind < RO_KINDS; kind++) {
        ro_str begin = ro_str_from(ro_kind_name((ro_kind)kind));
        for (size_t i = 0; ro_str_starts_with(name, begin) && i < sizeof orders / sizeof *orders;
             i++) {
            ro_str behind = ro_str_make(name.ptr + begin.len, name.len - begin.len);
            if (ro_str_equal(behind, ro_str_from(orders[i].behind))) {
                c->request.kind = kind;
                c->request.sort = orders[i].sort;
                c->index = ro_arena_copy(&c->job->arena, name).ptr;
                return c->index != NULL;
            }
        }
    }
    return false;
}

/* ---- parameters ----------------------------------------------------------------------------- */

static ro_status keep(call *c, json_t *list) {
    return json_array_append_new(c->lists, list) == 0 ? RO_OK : ro_fail_memory(&c->err);
}

/* An array, also where it is given as text: JSON, or elements with commas. NULL: none. */
static ro_status get_list(call *c, const char *name, const json_t **out) {
    json_t *value = json_object_get(c->params, name);
    json_t *list = NULL;
    *out = NULL;
    c->at_fault = name;
    if (!value || json_is_null(value)) {
        return RO_OK;
    }
    if (json_is_array(value)) {
        *out = value;
        return RO_OK;
    }
    if (!json_is_string(value)) {
        return ro_fail(&c->err, RO_INVALID, "%s: expected an array", name);
    }
    ro_str text = ro_str_make(json_string_value(value), json_string_length(value));
    if (ro_str_starts_with(text, RO_STR("["))) {
        ro_status status = ro_body_json(text, DEPTH_MAX, VALUES_MAX, &list, &c->err);
        *out = list;
        return status == RO_OK ? keep(c, list) : status;
    }
    list = json_array();
    *out = list;
    for (size_t at = 0; at < text.len;) {
        const char *comma = memchr(text.ptr + at, ',', text.len - at);
        size_t end = comma ? (size_t)(comma - text.ptr) : text.len;
        ro_str item = ro_str_trim(ro_str_make(text.ptr + at, end - at));
        if (json_array_append_new(list, json_stringn(item.ptr, item.len)) != 0) {
            json_decref(list);
            return ro_fail_memory(&c->err);
        }
        at = end + 1;
    }
    return keep(c, list);
}

static ro_status get_size(call *c, const char *name, size_t max, size_t *out) {
    json_t *value = json_object_get(c->params, name);
    json_int_t number = json_integer_value(value);
    c->at_fault = name;
    if (!value || json_is_null(value)) {
        return RO_OK;
    }
    if (json_is_string(value)) {
        char *end;
        number = strtoll(json_string_value(value), &end, 10);
        number = *end || !json_string_length(value) ? -1 : number;
    } else if (!json_is_integer(value)) {
        number = -1;
    }
    if (number < 0 || number > (json_int_t)max) {
        return ro_fail(&c->err, RO_INVALID, "%s: expected a whole number from 0 to %zu", name, max);
    }
    *out = (size_t)number;
    return RO_OK;
}

static ro_str get_text(const call *c, const char *name, const char *or_else) {
    const json_t *value = json_object_get(c->params, name);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : ro_str_from(or_else);
}

static bool get_flag(const call *c, const char *name, bool or_else) {
    const json_t *value = json_object_get(c->params, name);
    ro_str text = get_text(c, name, "");
    return json_is_boolean(value) ? json_is_true(value)
           : text.len             ? ro_str_equal(text, RO_STR("true"))
                                  : or_else;
}

static ro_status add_facets(call *c, ro_str names) {
    ro_request request = {0};
    if (ro_str_equal(names, RO_STR(RO_ALGOLIA_TIME))) {
        c->times = true;
        c->request.facets |= TIME_FACET;
        return RO_OK;
    }
    /* a facet that nobody knows has no values there either */
    if (ro_request_set(&request, RO_STR("facets"), names, NULL) == RO_OK) {
        c->shown |= request.facets;
        c->request.facets |= request.facets;
    }
    return RO_OK;
}

static ro_status read_facets(call *c) {
    const json_t *list;
    ro_status status = get_list(c, "facets", &list);
    for (size_t i = 0; status == RO_OK && i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        status = name ? add_facets(c, ro_str_from(strcmp(name, "*") == 0 ? ALL_FACETS : name))
                      : ro_fail(&c->err, RO_INVALID, "facets: expected names");
    }
    c->facet_values = FACET_VALUES_DEFAULT;
    return status == RO_OK ? get_size(c, "maxValuesPerFacet", RO_LIMIT_MAX, &c->facet_values)
                           : status;
}

static ro_status read_filters(call *c) {
    const json_t *facets;
    const json_t *numbers;
    const json_t *filters = json_object_get(c->params, "filters");
    ro_buf text = RO_BUF_INIT;
    ro_status status = get_list(c, "facetFilters", &facets);
    if (status == RO_OK) {
        status = get_list(c, "numericFilters", &numbers);
    }
    if (status == RO_OK) {
        c->at_fault = "filters";
        status = ro_algolia_filter(filters, facets, numbers, &text, &c->err);
    }
    if (status == RO_OK && text.len) {
        c->request.filter = ro_arena_copy(&c->job->arena, ro_buf_str(&text));
        status = c->request.filter.ptr ? RO_OK : ro_fail_memory(&c->err);
    }
    ro_buf_release(&text);
    return status;
}

/* By page and hitsPerPage, or by offset and length. */
static ro_status read_page(call *c) {
    size_t offset = 0;
    c->per_page = HITS_DEFAULT;
    c->by_offset = json_object_get(c->params, "offset") || json_object_get(c->params, "length");
    ro_status status = get_size(c, "hitsPerPage", RO_LIMIT_MAX, &c->per_page);
    if (status == RO_OK && c->by_offset) {
        status = get_size(c, "length", RO_LIMIT_MAX, &c->per_page);
    }
    if (status == RO_OK) {
        status = c->by_offset ? get_size(c, "offset", INT32_MAX, &offset)
                              : get_size(c, "page", INT32_MAX, &c->page);
    }
    offset = c->by_offset ? offset : c->page * c->per_page;
    c->beyond = offset > RO_OFFSET_MAX;
    c->request.limit = c->beyond ? 0 : c->per_page;
    c->request.offset = c->beyond ? 0 : offset;
    return status;
}

static ro_status read_dress(call *c) {
    ro_algolia_dress *dress = &c->dress;
    dress->pre = get_text(c, "highlightPreTag", "<em>");
    dress->post = get_text(c, "highlightPostTag", "</em>");
    dress->ellipsis = get_text(c, "snippetEllipsisText", "\u2026");
    dress->ranking = get_flag(c, "getRankingInfo", false);
    if (dress->pre.len > RO_ALGOLIA_TAG_MAX || dress->post.len > RO_ALGOLIA_TAG_MAX ||
        dress->ellipsis.len > RO_ALGOLIA_TAG_MAX) {
        c->at_fault = "highlightPreTag";
        return ro_fail(&c->err, RO_LIMIT, "tags have at most %d bytes", RO_ALGOLIA_TAG_MAX);
    }
    ro_status status = get_list(c, "attributesToRetrieve", &dress->retrieve);
    if (status == RO_OK) {
        status = get_list(c, "attributesToHighlight", &dress->highlight);
    }
    return status == RO_OK ? get_list(c, "attributesToSnippet", &dress->snippet) : status;
}

static ro_status read_search(call *c) {
    ro_request *request = &c->request;
    ro_str typos = get_text(c, "typoTolerance", "true");
    request->q = get_text(c, "query", "");
    request->prefix = !ro_str_equal(get_text(c, "queryType", "prefixLast"), RO_STR("prefixNone"));
    request->typo = ro_str_equal(typos, RO_STR("false")) ||
                            json_is_false(json_object_get(c->params, "typoTolerance"))
                        ? RO_TYPO_OFF
                        : RO_TYPO_AUTO;
    request->collapse = get_flag(c, "distinct", true);
    request->narrow = true;
    request->highlight = RO_HIGHLIGHT_WORDS;
    ro_status status = read_filters(c);
    if (status == RO_OK) {
        status = read_facets(c);
    }
    if (status == RO_OK) {
        status = read_page(c);
    }
    if (status == RO_OK) {
        status = read_dress(c);
    }
    if (status == RO_OK) {
        bool article = request->kind == RO_KIND_ARTICLES;
        request->body = article && ro_algolia_lists(c->dress.retrieve, "body", true, NULL);
        request->snippets =
            !article || c->dress.ranking || ro_algolia_lists(c->dress.snippet, "body", false, NULL);
    }
    return status;
}

/* Parameters may come as the text of a query string, or in an object of their own. */
static ro_status join_params(call *c) {
    json_t *inner = json_object_get(c->params, "params");
    ro_http_params params;
    ro_str doubled;
    c->at_fault = "params";
    if (json_is_object(inner)) {
        return json_object_update_missing(c->params, inner) == 0 ? RO_OK : ro_fail_memory(&c->err);
    }
    if (!json_is_string(inner)) {
        return RO_OK;
    }
    ro_status status =
        ro_target_params(ro_str_make(json_string_value(inner), json_string_length(inner)),
                         &c->job->arena, &params, &doubled, &c->err);
    for (size_t i = 0; status == RO_OK && i < params.count; i++) {
        ro_str name = ro_arena_copy(&c->job->arena, params.items[i].name);
        ro_str value = params.items[i].value;
        if (!name.ptr || json_object_set_new(c->params, name.ptr,
                                             json_stringn(value.ptr ? value.ptr : "", value.len))) {
            status = ro_fail_memory(&c->err);
        }
    }
    return status;
}

/* ---- running -------------------------------------------------------------------------------- */

static void fail(const call *c, ro_status status) {
    ro_api_fail(c->job, status, RO_PROBLEM_PARAMETER, &c->err,
                (ro_where){"body", ro_str_from(c->at_fault), -1});
}

/* False: answered with a problem. `params` is borrowed and changed. */
static bool begin(call *c, const ro_work *work, ro_searchd_job *job, ro_str index, json_t *params) {
    *c = (call){.work = work, .job = job, .request = ro_request_default(), .err = RO_ERROR_INIT};
    c->request.deadline = job->deadline;
    c->request.restriction = job->filter;
    c->params = params;
    c->lists = json_array();
    if (!c->lists) {
        job->response.body.failed = true;
        return false;
    }
    if (!read_index(c, index)) {
        ro_problem_printf(&job->response, RO_PROBLEM_INDEX_NAME, RO_WHERE_NONE,
                          "Index %.*s does not exist; there are articles, talks, participants, "
                          "outcomes and statements, each also with _date_desc and _date_asc",
                          (int)(index.len < 64 ? index.len : 64), index.ptr ? index.ptr : "");
        return false;
    }
    ro_status status = join_params(c);
    if (status == RO_OK) {
        status = read_search(c);
    }
    if (status != RO_OK) {
        fail(c, status);
    }
    return status == RO_OK;
}

static void end(call *c) {
    json_decref(c->lists);
}

static void put(json_t *object, const char *key, json_t *value, bool *memory) {
    *memory |= !value || json_object_set_new(object, key, value) != 0;
}

/* What was left out of the filter would let through what was not meant. */
static bool filter_fails(const json_t *answer) {
    const json_t *repairs = json_object_get(json_object_get(answer, "query"), "repairs");
    for (size_t i = 0; i < json_array_size(repairs); i++) {
        const json_t *repair = json_array_get(repairs, i);
        const char *in = json_string_value(json_object_get(repair, "in"));
        const char *what = json_string_value(json_object_get(repair, "what"));
        if (in && what && strcmp(in, "filter") == 0 && strstr(what, "left out")) {
            return true;
        }
    }
    return false;
}

/* {"source": {"Reuters": 12}}; of what has no value nothing is told. Times are whole days. */
static json_t *counts_of(const call *c, const json_t *list, bool times, bool *memory) {
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        if (!value || !*value || json_object_size(object) == c->facet_values) {
            continue;
        }
        int64_t from;
        int64_t until;
        char seconds[24];
        if (times && ro_date_range(ro_str_from(value), &from, &until, NULL) == RO_OK) {
            (void)snprintf(seconds, sizeof seconds, "%lld", (long long)from);
            value = seconds;
        }
        put(object, value, json_incref(json_object_get(item, "count")), memory);
    }
    return object;
}

/* Whole: reals are told to fewer digits than seconds have. */
static json_t *number(double value) {
    return json_integer((json_int_t)(value + 0.5));
}

/* Of years and times: least, greatest and mean, weighed by how many have them. Of times the least
 * is the beginning of a day, the greatest the end of one. */
static json_t *stats_of(const json_t *list, bool times) {
    double least = 0;
    double greatest = 0;
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        int64_t from;
        int64_t until;
        if (!value || ro_date_range(ro_str_from(value), &from, &until, NULL) != RO_OK) {
            continue;
        }
        double low = times ? (double)from : strtod(value, NULL);
        double high = times ? (double)until - 1 : low;
        double of = (double)json_integer_value(json_object_get(item, "count"));
        least = count <= 0 || low < least ? low : least;
        greatest = count <= 0 || high > greatest ? high : greatest;
        sum += low * of;
        count += of;
    }
    return count > 0 ? json_pack("{so,so,so,so}", "min", number(least), "max", number(greatest),
                                 "avg", number(sum / count), "sum", number(sum))
                     : NULL;
}

static void put_facets(const call *c, const json_t *answer, json_t *object, bool *memory) {
    json_t *from = json_object_get(answer, "facets");
    json_t *facets = json_object();
    json_t *stats = json_object();
    const char *name = NULL;
    json_t *list = NULL;
    put(object, "facets", facets, memory);
    put(object, "facets_stats", stats, memory);
    json_object_foreach(from, name, list) {
        ro_request one = {0};
        if (ro_request_set(&one, RO_STR("facets"), ro_str_from(name), NULL) != RO_OK) {
            continue;
        }
        for (int times = 0; times < 2; times++) {
            bool asked = times ? c->times && one.facets == TIME_FACET : c->shown & one.facets;
            const char *as = times ? RO_ALGOLIA_TIME : name;
            json_t *numbers =
                asked && (times || one.facets == RO_FACET_YEAR) ? stats_of(list, times) : NULL;
            if (asked) {
                put(facets, as, counts_of(c, list, times, memory), memory);
            }
            if (numbers) {
                put(stats, as, numbers, memory);
            }
        }
    }
}

static size_t page_count(const call *c, json_int_t hits) {
    size_t reachable = c->per_page ? RO_OFFSET_MAX / c->per_page + 1 : 0;
    size_t pages = c->per_page ? ((size_t)hits + c->per_page - 1) / c->per_page : 0;
    return pages < reachable ? pages : reachable;
}

/* Takes over `answer`; NULL for want of memory. */
static json_t *dress_answer(const call *c, json_t *answer) {
    bool memory = false;
    bool nothing = filter_fails(answer);
    const json_t *total = json_object_get(answer, "total");
    json_int_t hits = nothing ? 0 : json_integer_value(json_object_get(total, "value"));
    const char *relation = json_string_value(json_object_get(total, "relation"));
    bool exact = nothing || (relation && strcmp(relation, "eq") == 0);
    double took = json_real_value(json_object_get(answer, "took_ms"));
    json_t *object = json_object();
    put(object, "hits", nothing ? json_array() : ro_algolia_hits(answer, &c->dress), &memory);
    put(object, "nbHits", json_integer(hits), &memory);
    if (c->by_offset) {
        put(object, "offset", json_integer((json_int_t)c->request.offset), &memory);
        put(object, "length", json_integer((json_int_t)c->per_page), &memory);
    } else {
        put(object, "page", json_integer((json_int_t)c->page), &memory);
        put(object, "nbPages", json_integer((json_int_t)page_count(c, hits)), &memory);
        put(object, "hitsPerPage", json_integer((json_int_t)c->per_page), &memory);
    }
    put(object, "exhaustiveNbHits", json_boolean(exact), &memory);
    put(object, "exhaustiveFacetsCount", json_true(), &memory);
    put(object, "exhaustiveTypo", json_true(), &memory);
    put(object, "exhaustive",
        json_pack("{sb,sb,sb}", "nbHits", exact, "facetsCount", true, "typo", true), &memory);
    put(object, "query", json_stringn(c->request.q.len ? c->request.q.ptr : "", c->request.q.len),
        &memory);
    put(object, "params", json_string(""), &memory);
    put(object, "index", json_string(c->index), &memory);
    put(object, "processingTimeMS", json_integer((json_int_t)(took + 0.5)), &memory);
    if (c->request.facets && !nothing) {
        put_facets(c, answer, object, &memory);
    }
    /* what was understood, as our own answers tell it */
    put(object, "readout", json_incref(json_object_get(answer, "query")), &memory);
    json_decref(answer);
    if (memory) {
        json_decref(object);
    }
    return memory ? NULL : object;
}

/* False: answered with a problem. */
static bool run_search(call *c, json_t **out) {
    json_t *answer;
    *out = NULL;
    if (!ro_api_run(c->work, c->job, &c->request, RO_WHERE_NONE, &answer)) {
        return false;
    }
    *out = dress_answer(c, answer);
    c->job->response.body.failed |= !*out;
    return *out != NULL;
}

static json_t *facet_hits(const call *c, const json_t *answer, bool *memory) {
    json_t *hits = json_array();
    const json_t *values = json_object_get(answer, "values");
    for (size_t i = 0; !filter_fails(answer) && i < json_array_size(values); i++) {
        const json_t *item = json_array_get(values, i);
        json_t *value = json_object_get(item, "value");
        json_t *hit = json_object();
        *memory |= json_array_append_new(hits, hit) != 0;
        put(hit, "value", json_incref(value), memory);
        put(hit, "highlighted",
            ro_algolia_tagged(ro_str_make(json_string_value(value), json_string_length(value)),
                              json_object_get(item, "highlights"), &c->dress),
            memory);
        put(hit, "count", json_incref(json_object_get(item, "count")), memory);
    }
    return hits;
}

/* Values of c->facet; the same. */
static bool run_facet(call *c, json_t **out) {
    json_t *answer;
    bool memory = false;
    *out = NULL;
    c->request.facets = 0;
    c->request.limit = FACET_HITS_DEFAULT;
    c->at_fault = "facet";
    ro_str text = get_text(c, "facetQuery", "");
    ro_status status =
        ro_request_set(&c->request, RO_STR("facets"), ro_str_from(c->facet), &c->err);
    if (status == RO_OK) {
        status = get_size(c, "maxFacetHits", FACET_HITS_MAX, &c->request.limit);
    }
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
    double took = json_real_value(json_object_get(answer, "took_ms"));
    *out = json_object();
    put(*out, "facetHits", facet_hits(c, answer, &memory), &memory);
    put(*out, "exhaustiveFacetsCount", json_true(), &memory);
    put(*out, "processingTimeMS", json_integer((json_int_t)(took + 0.5)), &memory);
    json_decref(answer);
    c->job->response.body.failed |= memory;
    return !memory;
}

/* ---- handlers ------------------------------------------------------------------------------- */

/* False: answered with a problem. An empty body is an empty object. The media type says nothing:
 * these clients send JSON as text, which spares browsers a preflight. */
static bool read_body(ro_searchd_job *job, json_t **out) {
    ro_error err = RO_ERROR_INIT;
    ro_str body = ro_buf_str(&job->request.body);
    ro_status status =
        ro_body_json(ro_str_trim(body).len ? body : RO_STR("{}"), DEPTH_MAX, VALUES_MAX, out, &err);
    if (status == RO_OK && !json_is_object(*out)) {
        status = ro_fail(&err, RO_INVALID, "expected an object");
    }
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_BODY, &err,
                    (ro_where){"body", RO_STR_NONE, err.position});
    }
    return status == RO_OK;
}

/* One search, of hits or of values of a facet. False: answered with a problem. */
static bool run_one(const ro_work *work, ro_searchd_job *job, ro_str index, const char *facet,
                    json_t *params, json_t **out) {
    call c;
    *out = NULL;
    bool good = begin(&c, work, job, index, params);
    if (good) {
        c.facet = facet;
        good = facet ? run_facet(&c, out) : run_search(&c, out);
    }
    end(&c);
    return good;
}

static bool decode(ro_searchd_job *job, ro_str raw, ro_str *out) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_target_decode(raw, false, &job->arena, out, &err);
    if (status != RO_OK) {
        ro_api_fail(job, status, RO_PROBLEM_MALFORMED, &err, (ro_where){"path", RO_STR_NONE, -1});
    }
    return status == RO_OK;
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

void ro_algolia_query(const ro_work *work, ro_searchd_job *job) {
    ro_str index;
    json_t *body = NULL;
    json_t *out = NULL;
    bool good = decode(job, job->argument, &index) && read_body(job, &body) &&
                run_one(work, job, index, NULL, body, &out);
    json_decref(body);
    finish(job, good, out);
}

void ro_algolia_facet(const ro_work *work, ro_searchd_job *job) {
    static const ro_str between = {"/facets/", 8};
    ro_str index;
    ro_str facet;
    json_t *body = NULL;
    json_t *out = NULL;
    const char *at = memmem(job->argument.ptr, job->argument.len, between.ptr, between.len);
    size_t split = at ? (size_t)(at - job->argument.ptr) : job->argument.len;
    size_t behind = at ? split + between.len : split;
    bool good =
        decode(job, ro_str_make(job->argument.ptr, split), &index) &&
        decode(job, ro_str_make(job->argument.ptr + behind, job->argument.len - behind), &facet) &&
        read_body(job, &body);
    facet = good ? ro_arena_printf(&job->arena, "%.*s", RO_STR_ARG(facet)) : RO_STR_NONE;
    good = good && facet.ptr && run_one(work, job, index, facet.ptr, body, &out);
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
                     values ? (facet ? facet : "") : NULL, params, &out)) {
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

void ro_algolia_queries(const ro_work *work, ro_searchd_job *job) {
    json_t *body = NULL;
    json_t *object = json_object();
    json_t *results = json_array();
    bool memory = false;
    put(object, "results", results, &memory);
    job->response.body.failed |= memory;
    bool good = !memory && read_body(job, &body);
    const json_t *requests = json_object_get(body, "requests");
    if (good && (!json_is_array(requests) || json_array_size(requests) > SEARCHES_MAX)) {
        ro_problem_printf(&job->response, RO_PROBLEM_BODY, RO_WHERE_NONE,
                          "expected \"requests\", an array of at most %d", SEARCHES_MAX);
        good = false;
    }
    good = good && run_all(work, job, requests, results);
    json_decref(body);
    finish(job, good, object);
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
