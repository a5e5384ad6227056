#include "body.h"

/* Looks only at brackets and commas outside strings, which is enough to bound what the parser will
 * do; whether it is JSON is the parser's business. */
static ro_status check_shape(ro_str body, size_t depth_max, size_t values_max, ro_error *err) {
    size_t depth = 0;
    size_t values = 1;
    bool quoted = false;
    for (size_t i = 0; i < body.len; i++) {
        char c = body.ptr[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        values += c == ',';
        depth += c == '{' || c == '[';
        depth -= depth && (c == '}' || c == ']');
        if (depth > depth_max) {
            return ro_fail_at(err, RO_LIMIT, (int64_t)i, "more than %zu levels deep", depth_max);
        }
        if (values > values_max) {
            return ro_fail_at(err, RO_LIMIT, (int64_t)i, "more than %zu values", values_max);
        }
    }
    return RO_OK;
}

static ro_status join(const json_t *array, ro_arena *arena, ro_str *out, ro_error *err) {
    ro_buf joined = RO_BUF_INIT;
    ro_status status = RO_OK;
    for (size_t i = 0; i < json_array_size(array) && status == RO_OK; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_string(item)) {
            status = ro_fail(err, RO_INVALID, "an array may hold strings only");
        }
        ro_buf_add(&joined, ",", i > 0);
        ro_buf_add(&joined, json_string_value(item), json_string_length(item));
    }
    if (status == RO_OK) {
        status = ro_buf_check(&joined, err);
    }
    *out = status == RO_OK ? ro_arena_copy(arena, ro_buf_str(&joined)) : RO_STR_NONE;
    ro_buf_release(&joined);
    return status;
}

static ro_status to_text(const json_t *value, ro_arena *arena, ro_str *out, ro_error *err) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        *out =
            ro_arena_copy(arena, ro_str_make(json_string_value(value), json_string_length(value)));
        break;
    case JSON_INTEGER:
        *out = ro_arena_printf(arena, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        *out = ro_arena_printf(arena, "%.17g", json_real_value(value));
        break;
    case JSON_TRUE:
        *out = RO_STR("true");
        break;
    case JSON_FALSE:
        *out = RO_STR("false");
        break;
    case JSON_ARRAY: {
        ro_status status = join(value, arena, out, err);
        if (status != RO_OK) {
            return status;
        }
        break;
    }
    default:
        return ro_fail(err, RO_INVALID, "expected a string, number, boolean or array of strings");
    }
    return out->ptr ? RO_OK : ro_fail_memory(err);
}

enum { TEXT = 1, NUMBER = 2, BOOLEAN = 4, ARRAY = 8 };

static const struct {
    const char *name, *expected;
    unsigned kinds;
} members[] = {
    {"q", "a string", TEXT},
    {"filter", "a string", TEXT},
    {"match", "a string", TEXT},
    {"typo", "a string", TEXT},
    {"synonyms", "a string", TEXT},
    {"sort", "a string", TEXT},
    {"kind", "a string", TEXT},
    {"cursor", "a string", TEXT},
    {"highlight", "a string", TEXT},
    {"format", "a string", TEXT},
    {"facets", "a string or an array of strings", TEXT | ARRAY},
    {"facet_limit", "a number", NUMBER},
    {"limit", "a number", NUMBER},
    {"offset", "a number", NUMBER},
    {"snippets", "a number", NUMBER},
    {"half_life", "a number", NUMBER},
    {"prefix", "true or false", BOOLEAN},
    {"explain", "true or false", BOOLEAN},
    {"collapse", "true or false", BOOLEAN},
    {"people", "true or false", BOOLEAN},
    {"body", "true or false", BOOLEAN},
};

static unsigned kind_of(const json_t *value) {
    return (json_is_string(value) ? TEXT : 0U) | (json_is_number(value) ? NUMBER : 0U) |
           (json_is_boolean(value) ? BOOLEAN : 0U) | (json_is_array(value) ? ARRAY : 0U);
}

/* A name that is not known is refused as that, by who knows the parameters. */
static ro_status check_kind(const char *name, const json_t *value, ro_error *err) {
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (strcmp(members[i].name, name) == 0 && !(members[i].kinds & kind_of(value))) {
            return ro_fail(err, RO_INVALID, "%s: expected %s", name, members[i].expected);
        }
    }
    return RO_OK;
}

ro_status ro_body_json(ro_str body, size_t depth_max, size_t values_max, json_t **out,
                       ro_error *err) {
    *out = NULL;
    ro_status status = check_shape(body, depth_max, values_max, err);
    if (status != RO_OK) {
        return status;
    }
    json_error_t where;
    *out = json_loadb(body.ptr ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      &where);
    return *out ? RO_OK : ro_fail_at(err, RO_FORMAT, where.position, "not JSON: %s", where.text);
}

ro_status ro_body_members(json_t *object, ro_arena *arena, ro_http_params *out, ro_str *member,
                          ro_error *err) {
    *out = (ro_http_params){0};
    *member = RO_STR_NONE;
    if (!json_is_object(object)) {
        return ro_fail(err, RO_INVALID, "expected an object");
    }
    ro_http_params params = {
        ro_arena_alloc_array(arena, json_object_size(object) + 1, sizeof *params.items), 0};
    if (!params.items) {
        return ro_fail_memory(err);
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value) {
        ro_http_param *param = &params.items[params.count++];
        param->name = ro_arena_copy(arena, ro_str_from(name));
        ro_status status = param->name.ptr ? check_kind(name, value, err) : ro_fail_memory(err);
        if (status == RO_OK) {
            status = to_text(value, arena, &param->value, err);
        }
        if (status != RO_OK) {
            *member = param->name;
            return status;
        }
    }
    *out = params;
    return RO_OK;
}

ro_status ro_body_params(ro_str body, ro_arena *arena, ro_http_params *out, ro_str *member,
                         ro_error *err) {
    json_t *object;
    *out = (ro_http_params){0};
    *member = RO_STR_NONE;
    ro_status status = ro_body_json(body, RO_BODY_DEPTH_MAX, RO_BODY_VALUES_MAX, &object, err);
    if (status == RO_OK) {
        status = ro_body_members(object, arena, out, member, err);
    }
    json_decref(object);
    return status;
}
