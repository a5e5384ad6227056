#include "route.h"

#include "algolia.h"
#include "api.h"
#include "backups_api.h"
#include "keys_api.h"
#include "opensearch.h"
#include "operations.h"
#include "page.h"
#include "settings_api.h"
#include "synonyms_api.h"
#include "write_api.h"

const ro_route RO_ROUTES[] = {
    {.path = "/v1/search",
     .methods = RO_HTTP_GET,
     .work = ro_api_search,
     .cached = true,
     .filters = true},
    {.path = "/v1/answers", .methods = RO_HTTP_GET, .work = ro_api_answers, .cached = true},
    {.path = "/v1/talks", .methods = RO_HTTP_GET, .work = ro_api_talks, .cached = true},
    {.path = "/v1/participants",
     .methods = RO_HTTP_GET,
     .work = ro_api_participants,
     .cached = true},
    {.path = "/v1/outcomes", .methods = RO_HTTP_GET, .work = ro_api_outcomes, .cached = true},
    {.path = "/v1/statements", .methods = RO_HTTP_GET, .work = ro_api_statements, .cached = true},
    {.path = "/v1/talks/*", .methods = RO_HTTP_GET, .work = ro_api_talk},
    {.path = "/v1/participants/*", .methods = RO_HTTP_GET, .work = ro_api_participant},
    {.path = "/v1/query",
     .methods = RO_HTTP_POST,
     .work = ro_api_query,
     .cached = true,
     .filters = true},
    {.path = "/v1/queries",
     .methods = RO_HTTP_POST,
     .work = ro_api_several,
     .cached = true,
     .filters = true},
    {.path = "/v1/facets/*",
     .methods = RO_HTTP_GET,
     .work = ro_api_facet,
     .cached = true,
     .filters = true},
    {.path = "/v1/articles",
     .methods = RO_HTTP_POST | RO_HTTP_DELETE,
     .writes = RO_HTTP_POST | RO_HTTP_DELETE,
     .make = ro_write_make,
     .write = ro_write_articles},
    {.path = "/v1/articles/*",
     .methods = RO_HTTP_GET | RO_HTTP_PUT | RO_HTTP_DELETE,
     .work = ro_api_article,
     .writes = RO_HTTP_PUT | RO_HTTP_DELETE,
     .make = ro_write_make,
     .write = ro_write_article},
    {.path = "/v1/articles/*/similar",
     .methods = RO_HTTP_GET,
     .work = ro_api_similar,
     .cached = true},
    {.path = "/v1/timeline", .methods = RO_HTTP_GET, .work = ro_api_timeline, .cached = true},
    {.path = "/v1/suggest",
     .methods = RO_HTTP_GET,
     .work = ro_api_suggest,
     .cached = true,
     .filters = true},
    {.path = "/1/indexes/*/query",
     .methods = RO_HTTP_POST,
     .work = ro_algolia_query,
     .filters = true,
     .algolia = true,
     .cached = true},
    {.path = "/1/indexes/*/queries",
     .methods = RO_HTTP_POST,
     .work = ro_algolia_queries,
     .filters = true,
     .algolia = true,
     .cached = true},
    {.path = "/1/indexes/*/browse",
     .methods = RO_HTTP_POST,
     .work = ro_algolia_browse,
     .filters = true,
     .algolia = true},
    {.path = "/1/indexes/*/objects",
     .methods = RO_HTTP_POST,
     .work = ro_algolia_objects,
     .algolia = true},
    {.path = "/1/indexes/*/facets/*/query",
     .methods = RO_HTTP_POST,
     .work = ro_algolia_facet,
     .filters = true,
     .algolia = true,
     .cached = true},
    {.path = "/1/indexes/*/*", .methods = RO_HTTP_GET, .work = ro_algolia_object, .algolia = true},
    {.path = "/v1/keys", .methods = RO_HTTP_GET | RO_HTTP_POST, .admin = ro_admin_keys},
    {.path = "/v1/keys/*", .methods = RO_HTTP_DELETE, .admin = ro_admin_key},
    {.path = "/v1/synonyms", .methods = RO_HTTP_GET | RO_HTTP_PUT, .admin = ro_admin_synonyms},
    {.path = "/v1/synonyms/*",
     .methods = RO_HTTP_GET | RO_HTTP_PUT | RO_HTTP_DELETE,
     .admin = ro_admin_synonyms_of},
    {.path = "/v1/settings",
     .methods = RO_HTTP_GET | RO_HTTP_PATCH,
     .admin = ro_admin_settings_all},
    {.path = "/v1/backups", .methods = RO_HTTP_GET | RO_HTTP_POST, .admin = ro_admin_backups},
    {.path = "/v1/backups/*", .methods = RO_HTTP_GET | RO_HTTP_DELETE, .admin = ro_admin_backup},
    {.path = "/v1/backups/*/restore", .methods = RO_HTTP_POST, .admin = ro_admin_restore},
    {.path = "/opensearch.xml", .methods = RO_HTTP_GET, .work = ro_api_opensearch, .open = true},
    {.path = "/", .methods = RO_HTTP_GET, .at_once = ro_page_index, .open = true},
    {.path = "/ui/*", .methods = RO_HTTP_GET, .at_once = ro_page_part, .open = true},
    {.path = "/box.js", .methods = RO_HTTP_GET, .at_once = ro_page_public, .open = true},
    {.path = "/readout.js", .methods = RO_HTTP_GET, .at_once = ro_page_public, .open = true},
    {.path = "/readout.d.ts", .methods = RO_HTTP_GET, .at_once = ro_page_public, .open = true},
    {.path = "/openapi.json",
     .methods = RO_HTTP_GET,
     .at_once = ro_operations_openapi,
     .open = true},
    {.path = "/healthz", .methods = RO_HTTP_GET, .at_once = ro_operations_health, .open = true},
    {.path = "/readyz", .methods = RO_HTTP_GET, .at_once = ro_operations_ready, .open = true},
    {.path = "/metrics", .methods = RO_HTTP_GET, .at_once = ro_operations_metrics},
};
const size_t RO_ROUTE_COUNT = sizeof RO_ROUTES / sizeof RO_ROUTES[0];

static bool matches(ro_str pattern, ro_str path, ro_str *argument) {
    size_t at = 0;
    const char *from = NULL;
    const char *until = NULL;
    for (size_t i = 0; i < pattern.len; i++) {
        if (at == path.len || (pattern.ptr[i] != '*' && pattern.ptr[i] != path.ptr[at])) {
            return false;
        }
        const char *begin = path.ptr + at++;
        if (pattern.ptr[i] != '*') {
            continue;
        }
        const char *slash = memchr(begin, '/', path.len - at + 1);
        until = slash ? slash : path.ptr + path.len;
        from = from ? from : begin;
        at = (size_t)(until - path.ptr);
        if (until == begin) {
            return false;
        }
    }
    *argument = from ? ro_str_make(from, (size_t)(until - from)) : RO_STR_NONE;
    return at == path.len;
}

const ro_route *ro_route_find(ro_str path, ro_str *argument) {
    for (size_t i = 0; i < RO_ROUTE_COUNT; i++) {
        if (matches(ro_str_from(RO_ROUTES[i].path), path, argument)) {
            return &RO_ROUTES[i];
        }
    }
    *argument = RO_STR_NONE;
    return NULL;
}

void ro_route_allow(const ro_route *route, ro_buf *out) {
    static const struct {
        unsigned by; /* a route with this method allows the one named */
        const char *name;
    } methods[] = {
        {RO_HTTP_GET, "GET, "}, {RO_HTTP_GET, "HEAD, "},    {RO_HTTP_POST, "POST, "},
        {RO_HTTP_PUT, "PUT, "}, {RO_HTTP_PATCH, "PATCH, "}, {RO_HTTP_DELETE, "DELETE, "},
    };
    unsigned allowed = 0;
    for (size_t i = 0; i < RO_ROUTE_COUNT; i++) {
        allowed |= !route || route == &RO_ROUTES[i] ? RO_ROUTES[i].methods : 0;
    }
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (allowed & methods[i].by) {
            ro_buf_add_str(out, ro_str_from(methods[i].name));
        }
    }
    ro_buf_add_str(out, RO_STR("OPTIONS"));
}

size_t ro_route_index(const ro_route *route) {
    return route ? (size_t)(route - RO_ROUTES) : RO_ROUTE_COUNT;
}
