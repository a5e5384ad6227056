#include "target.h"

#include "grammar.h"
#include "readout/utf8.h"

ro_status ro_target_decode(ro_str raw, bool plus, ro_arena *arena, ro_str *out, ro_error *err) {
    *out = RO_STR_NONE;
    char *to = ro_arena_alloc(arena, raw.len + 1);
    if (!to) {
        return ro_fail_memory(err);
    }
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '%') {
            int high = raw.len - i >= 3 ? ro_http_hex(raw.ptr[i + 1]) : -1;
            int low = high >= 0 ? ro_http_hex(raw.ptr[i + 2]) : -1;
            if (low < 0) {
                return ro_fail_at(err, RO_FORMAT, (int64_t)i,
                                  "'%%' is not followed by two hexadecimal digits");
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[len++] = c;
    }
    ro_str decoded = ro_str_make(to, len);
    if (!ro_utf8_valid(decoded)) {
        return ro_fail(err, RO_FORMAT, "the text is not UTF-8 once its escapes are undone");
    }
    *out = decoded;
    return RO_OK;
}

static const ro_http_param *find(const ro_http_params *params, ro_str name) {
    for (size_t i = 0; i < params->count; i++) {
        if (ro_str_equal(params->items[i].name, name)) {
            return &params->items[i];
        }
    }
    return NULL;
}

static ro_status add(ro_str pair, ro_arena *arena, ro_http_params *out, ro_str *doubled,
                     ro_error *err) {
    if (out->count == RO_HTTP_PARAMS_MAX) {
        return ro_fail(err, RO_LIMIT, "there are more than %d parameters", RO_HTTP_PARAMS_MAX);
    }
    const char *equals = memchr(pair.ptr, '=', pair.len);
    size_t len = equals ? (size_t)(equals - pair.ptr) : pair.len;
    size_t rest = equals ? len + 1 : len;
    ro_http_param param;
    ro_status status = ro_target_decode(ro_str_make(pair.ptr, len), true, arena, &param.name, err);
    if (status == RO_OK) {
        status = ro_target_decode(ro_str_make(pair.ptr + rest, pair.len - rest), true, arena,
                                  &param.value, err);
        if (status != RO_OK && err && err->position >= 0) {
            err->position += (int64_t)rest;
        }
    }
    if (status == RO_OK && find(out, param.name)) {
        *doubled = param.name;
        status = ro_fail(err, RO_FORMAT, "parameter '%.*s' is given twice",
                         RO_STR_ARG(ro_utf8_prefix(param.name, 64)));
    }
    if (status == RO_OK) {
        out->items[out->count++] = param;
    }
    return status;
}

ro_status ro_target_params(ro_str query, ro_arena *arena, ro_http_params *out, ro_str *doubled,
                           ro_error *err) {
    *doubled = RO_STR_NONE;
    *out = (ro_http_params){ro_arena_alloc_array(arena, RO_HTTP_PARAMS_MAX, sizeof *out->items), 0};
    if (!out->items) {
        return ro_fail_memory(err);
    }
    size_t start = 0;
    while (start < query.len) {
        const char *end = memchr(query.ptr + start, '&', query.len - start);
        size_t len = end ? (size_t)(end - query.ptr) - start : query.len - start;
        ro_status status =
            len ? add(ro_str_make(query.ptr + start, len), arena, out, doubled, err) : RO_OK;
        if (status != RO_OK) {
            *out = (ro_http_params){0};
            if (err && err->position >= 0) {
                err->position += (int64_t)start;
            }
            return status;
        }
        start += len + 1;
    }
    return RO_OK;
}
