/* What requests of the Algolia protocol ask for: indexes, parameters, pages. */
#include "algolia.h"

#include "body.h"
#include "http/target.h"

#include <stdlib.h>

#define HITS_DEFAULT 20
#define BROWSE_DEFAULT 1000
#define FACET_VALUES_DEFAULT 100
#define FACET_HITS_DEFAULT 10
#define FACET_HITS_MAX 100

#define ALL_FACETS "source,language,year,month,side,role,status,by,speaker,person,place,host"

/* ---- indexes -------------------------------------------------------------------------------- */

static const struct {
    const char *behind; /* the name of the kind */
    ro_sort sort;
} orders[] = {{"", RO_SORT_SCORE}, {"_date_desc", RO_SORT_NEWEST}, {"_date_asc", RO_SORT_OLDEST}};

bool ro_algolia_read_index(ro_algolia_call *c, ro_str name) {
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

static ro_status keep(ro_algolia_call *c, json_t *list) {
    return json_array_append_new(c->lists, list) == 0 ? RO_OK : ro_fail_memory(&c->err);
}

json_t *ro_algolia_split(ro_str text) {
    json_t *list = json_array();
    for (size_t at = 0; list && at < text.len;) {
        const char *comma = memchr(text.ptr + at, ',', text.len - at);
        size_t end = comma ? (size_t)(comma - text.ptr) : text.len;
        ro_str item = ro_str_trim(ro_str_make(text.ptr + at, end - at));
        if (json_array_append_new(list, json_stringn(item.ptr, item.len)) != 0) {
            json_decref(list);
            return NULL;
        }
        at = end + 1;
    }
    return list;
}

/* An array, also where it is given as text: JSON, or elements with commas. NULL: none. */
static ro_status get_list(ro_algolia_call *c, const char *name, const json_t **out) {
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
        ro_status status =
            ro_body_json(text, RO_ALGOLIA_DEPTH_MAX, RO_ALGOLIA_VALUES_MAX, &list, &c->err);
        *out = list;
        return status == RO_OK ? keep(c, list) : status;
    }
    list = ro_algolia_split(text);
    *out = list;
    return list ? keep(c, list) : ro_fail_memory(&c->err);
}

static ro_status get_size(ro_algolia_call *c, const char *name, size_t max, size_t *out) {
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

static ro_str get_text(const ro_algolia_call *c, const char *name, const char *or_else) {
    const json_t *value = json_object_get(c->params, name);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : ro_str_from(or_else);
}

static bool get_flag(const ro_algolia_call *c, const char *name, bool or_else) {
    const json_t *value = json_object_get(c->params, name);
    ro_str text = get_text(c, name, "");
    return json_is_boolean(value) ? json_is_true(value)
           : text.len             ? ro_str_equal(text, RO_STR("true"))
                                  : or_else;
}

const ro_algolia_alias RO_ALGOLIA_ALIAS[RO_ALGOLIA_ALIASES] = {
    {RO_ALGOLIA_TIME, RO_FACET_DAY, RO_ALGOLIA_SECONDS},
    {RO_ALGOLIA_DATE_PATH "0", RO_FACET_YEAR, RO_ALGOLIA_PATH},
    {RO_ALGOLIA_DATE_PATH "1", RO_FACET_MONTH, RO_ALGOLIA_PATH},
    {RO_ALGOLIA_DATE_PATH "2", RO_FACET_DAY, RO_ALGOLIA_PATH},
};

/* A facet that nobody knows has no values there either. */
static void add_facets(ro_algolia_call *c, ro_str names) {
    ro_request request = {0};
    for (unsigned i = 0; i < RO_ALGOLIA_ALIASES; i++) {
        if (ro_str_equal(names, ro_str_from(RO_ALGOLIA_ALIAS[i].name))) {
            c->aliases |= 1U << i;
            c->request.facets |= RO_ALGOLIA_ALIAS[i].facet;
            return;
        }
    }
    if (ro_request_set(&request, RO_STR("facets"), names, NULL) == RO_OK) {
        c->shown |= request.facets;
        c->request.facets |= request.facets;
    }
}

static ro_status read_facets(ro_algolia_call *c) {
    const json_t *list;
    ro_status status = get_list(c, "facets", &list);
    for (size_t i = 0; status == RO_OK && i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name) {
            status = ro_fail(&c->err, RO_INVALID, "facets: expected names");
        } else if (strcmp(name, "*") == 0) {
            c->orders = true;
            add_facets(c, RO_STR(ALL_FACETS));
        } else {
            add_facets(c, ro_str_from(name));
        }
    }
    c->facet_values = FACET_VALUES_DEFAULT;
    return status == RO_OK ? get_size(c, "maxValuesPerFacet", RO_LIMIT_MAX, &c->facet_values)
                           : status;
}

static ro_status read_filters(ro_algolia_call *c) {
    const json_t *facets;
    const json_t *numbers;
    const json_t *filters = json_object_get(c->params, "filters");
    ro_buf text = RO_BUF_INIT;
    ro_status status = get_list(c, "facetFilters", &facets);
    if (status == RO_OK) {
        status = get_list(c, "numericFilters", &numbers);
    }
    if (status == RO_OK) {
        status = ro_algolia_filter(filters, facets, numbers, &text, &c->at_fault, &c->err);
    }
    if (status == RO_OK && text.len) {
        c->request.filter = ro_arena_copy(&c->job->arena, ro_buf_str(&text));
        status = c->request.filter.ptr ? RO_OK : ro_fail_memory(&c->err);
    }
    ro_buf_release(&text);
    return status;
}

/* By page and hitsPerPage, or by offset and length. */
static ro_status read_page(ro_algolia_call *c) {
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

static ro_status read_dress(ro_algolia_call *c) {
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

/* Which attributes are of which of our two fields; those of facts are parts of one text each. */
static const struct {
    const char *name;
    unsigned fields;
    bool of_facts;
} searchable[] = {
    {"title", RO_FIELD_TITLE, false},   {"body", RO_FIELD_BODY, false},
    {"sentence", RO_FIELD_BODY, true},  {"what", RO_FIELD_BODY, true},
    {"content", RO_FIELD_BODY, true},   {"topics", RO_FIELD_BODY, true},
    {"condition", RO_FIELD_BODY, true}, {"name", RO_FIELD_TITLE, true},
    {"variants", RO_FIELD_TITLE, true}, {"offices", RO_FIELD_TITLE, true},
    {"side", RO_FIELD_TITLE, true},     {"sides", RO_FIELD_TITLE, true},
    {"parties", RO_FIELD_TITLE, true},  {"host", RO_FIELD_TITLE, true},
    {"place", RO_FIELD_TITLE, true},    {"participants", RO_FIELD_TITLE, true},
    {"by", RO_FIELD_TITLE, true},       {"speaker", RO_FIELD_TITLE, true},
    {"status", RO_FIELD_TITLE, true},
};

static unsigned fields_of(const char *name, bool of_facts) {
    unsigned fields = 0;
    for (size_t i = 0; name && i < sizeof searchable / sizeof *searchable; i++) {
        if (searchable[i].of_facts == of_facts && strcmp(searchable[i].name, name) == 0) {
            fields = searchable[i].fields;
        }
    }
    return fields;
}

static ro_status read_fields(ro_algolia_call *c) {
    const json_t *list;
    ro_status status = get_list(c, "restrictSearchableAttributes", &list);
    for (size_t i = 0; status == RO_OK && i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        unsigned fields = fields_of(name, c->request.kind != RO_KIND_ARTICLES);
        c->request.fields |= fields;
        if (!fields) {
            status = ro_fail(&c->err, RO_INVALID,
                             "restrictSearchableAttributes: '%.64s' is not searched in %s",
                             name ? name : "", ro_kind_name((ro_kind)c->request.kind));
        }
    }
    return status;
}

static ro_status read_search(ro_algolia_call *c) {
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
        status = read_fields(c);
    }
    if (status == RO_OK) {
        status = read_page(c);
    }
    if (status == RO_OK) {
        status = read_dress(c);
    }
    if (status == RO_OK) {
        bool article = request->kind == RO_KIND_ARTICLES;
        request->body_marks = ro_algolia_lists(c->dress.highlight, "body", true, NULL);
        request->body = article && (request->body_marks ||
                                    ro_algolia_lists(c->dress.retrieve, "body", true, NULL));
        request->snippets =
            !article || c->dress.ranking || ro_algolia_lists(c->dress.snippet, "body", false, NULL);
    }
    return status;
}

/* Parameters may come as the text of a query string, or in an object of their own. */
static ro_status join_params(ro_algolia_call *c) {
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

ro_status ro_algolia_read_params(ro_algolia_call *c) {
    ro_status status = join_params(c);
    return status == RO_OK ? read_search(c) : status;
}

ro_status ro_algolia_read_facet(ro_algolia_call *c, ro_str *text) {
    c->request.facets = 0;
    c->request.limit = FACET_HITS_DEFAULT;
    c->at_fault = "facet";
    *text = get_text(c, "facetQuery", "");
    ro_status status =
        ro_request_set(&c->request, RO_STR("facets"), ro_str_from(c->facet), &c->err);
    return status == RO_OK ? get_size(c, "maxFacetHits", FACET_HITS_MAX, &c->request.limit)
                           : status;
}

/* By date where no order is named, for a cursor by relevance ends with the next commit. */
ro_status ro_algolia_read_browse(ro_algolia_call *c) {
    ro_request *request = &c->request;
    bool article = request->kind == RO_KIND_ARTICLES;
    ro_algolia_dress *dress = &c->dress;
    c->browsing = true;
    c->at_fault = "cursor";
    c->per_page = BROWSE_DEFAULT;
    request->cursor = get_text(c, "cursor", "");
    request->sort = request->sort == RO_SORT_SCORE ? RO_SORT_NEWEST : request->sort;
    request->facets = c->shown = c->aliases = 0;
    request->collapse = false;
    request->highlight = RO_HIGHLIGHT_NONE;
    request->body_marks = false;
    request->body =
        article && (!dress->retrieve || ro_algolia_lists(dress->retrieve, "body", false, NULL));
    request->snippets = !article;
    request->offset = c->page = 0;
    c->by_offset = c->beyond = false;
    dress->bare = true;
    dress->ranking = false;
    dress->snippet = NULL;
    ro_status status = get_size(c, "hitsPerPage", RO_LIMIT_MAX, &c->per_page);
    request->limit = c->per_page;
    return status;
}
