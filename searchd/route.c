#include "route.h"

#include "api.h"
#include "operations.h"

const ro_route RO_ROUTES[] = {
    {"/v1/search", RO_HTTP_GET, NULL, ro_api_search},
    {"/v1/answers", RO_HTTP_GET, NULL, ro_api_answers},
    {"/v1/talks", RO_HTTP_GET, NULL, ro_api_talks},
    {"/v1/participants", RO_HTTP_GET, NULL, ro_api_participants},
    {"/v1/outcomes", RO_HTTP_GET, NULL, ro_api_outcomes},
    {"/v1/statements", RO_HTTP_GET, NULL, ro_api_statements},
    {"/v1/talks/*", RO_HTTP_GET, NULL, ro_api_talk},
    {"/v1/participants/*", RO_HTTP_GET, NULL, ro_api_participant},
    {"/v1/query", RO_HTTP_POST, NULL, ro_api_query},
    {"/v1/articles/*", RO_HTTP_GET, NULL, ro_api_article},
    {"/v1/suggest", RO_HTTP_GET, NULL, ro_api_suggest},
    {"/healthz", RO_HTTP_GET, ro_operations_health, NULL},
    {"/readyz", RO_HTTP_GET, ro_operations_ready, NULL},
    {"/metrics", RO_HTTP_GET, ro_operations_metrics, NULL},
};
const size_t RO_ROUTE_COUNT = sizeof RO_ROUTES / sizeof RO_ROUTES[0];

static bool matches(ro_str pattern, ro_str path, ro_str *argument) {
    *argument = RO_STR_NONE;
    if (pattern.ptr[pattern.len - 1] != '*') {
        return ro_str_equal(pattern, path);
    }
    ro_str prefix = ro_str_make(pattern.ptr, pattern.len - 1);
    *argument = ro_str_make(path.ptr + prefix.len, path.len - prefix.len);
    return path.len > prefix.len && ro_str_starts_with(path, prefix) &&
           !memchr(argument->ptr, '/', argument->len);
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
        {RO_HTTP_GET, "GET, "}, {RO_HTTP_GET, "HEAD, "},      {RO_HTTP_POST, "POST, "},
        {RO_HTTP_PUT, "PUT, "}, {RO_HTTP_DELETE, "DELETE, "},
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
