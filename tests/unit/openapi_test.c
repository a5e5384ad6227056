/* The description of the API beside the table of routes. */
#include "operations.h"
#include "route.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static json_t *load(void) {
    json_error_t fault;
    json_t *root = json_loadb(RO_OPENAPI.ptr, RO_OPENAPI.len, JSON_REJECT_DUPLICATES, &fault);
    if (!root) {
        print_error("openapi.json, line %d: %s\n", fault.line, fault.text);
    }
    assert_non_null(root);
    return root;
}

/* "/v1/talks/{id}" as the table has it: "/v1/talks/" and a star. */
static void to_pattern(const char *path, char *out, size_t size) {
    size_t len = 0;
    for (; *path && len + 1 < size; path++) {
        if (*path == '{') {
            out[len++] = '*';
            path += strcspn(path, "}");
        } else {
            out[len++] = *path;
        }
    }
    out[len] = 0;
}

static const struct {
    unsigned method;
    const char *name;
} methods[] = {{RO_HTTP_GET, "get"},
               {RO_HTTP_POST, "post"},
               {RO_HTTP_PUT, "put"},
               {RO_HTTP_DELETE, "delete"},
               {RO_HTTP_PATCH, "patch"}};

static void every_route_is_described(void **state) {
    (void)state;
    json_t *root = load();
    json_t *paths = json_object_get(root, "paths");
    for (size_t i = 0; i < RO_ROUTE_COUNT; i++) {
        unsigned described = 0;
        const char *path;
        json_t *item;
        json_object_foreach(paths, path, item) {
            char pattern[128];
            to_pattern(path, pattern, sizeof pattern);
            for (size_t j = 0; strcmp(pattern, RO_ROUTES[i].path) == 0 && j < 5; j++) {
                described |= json_object_get(item, methods[j].name) ? methods[j].method : 0;
            }
        }
        if (described != RO_ROUTES[i].methods) {
            print_error("route '%s' is not as openapi.json has it\n", RO_ROUTES[i].path);
        }
        assert_int_equal(described, RO_ROUTES[i].methods);
    }
    json_decref(root);
}

static void nothing_else_is_described(void **state) {
    (void)state;
    json_t *root = load();
    json_t *paths = json_object_get(root, "paths");
    assert_int_equal(json_object_size(paths), RO_ROUTE_COUNT);
    json_decref(root);
}

static void what_needs_no_key_is_told(void **state) {
    (void)state;
    json_t *root = load();
    const char *path;
    json_t *item;
    json_object_foreach(json_object_get(root, "paths"), path, item) {
        ro_str argument;
        char target[128];
        to_pattern(path, target, sizeof target);
        const ro_route *route = ro_route_find(ro_str_from(target), &argument);
        assert_non_null(route);
        json_t *get = json_object_get(item, "get");
        json_t *security = json_object_get(get, "security");
        if (get) {
            assert_int_equal(security && json_array_size(security) == 0, route->open);
        }
        const char *method;
        json_t *operation;
        json_object_foreach(item, method, operation) {
            if (route->admin) { /* nothing of it is open where reading is */
                assert_int_equal(json_array_size(json_object_get(operation, "security")), 1);
            }
        }
    }
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(nothing_else_is_described),
        cmocka_unit_test(what_needs_no_key_is_told),
    };
    return cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
}
