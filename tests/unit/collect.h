/* For tests of parsers: a sink that keeps articles as JSON, and what was skipped. */
#ifndef READOUT_TESTS_COLLECT_H
#define READOUT_TESTS_COLLECT_H

#include "readout/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct collected {
    json_t *articles; /* an array */
    size_t skipped;
    ro_error first_skip;
    ro_status status;
    ro_error error;
} collected;

static inline ro_status collect_put(void *context, const ro_article *article, ro_error *err) {
    collected *all = context;
    assert_true(article->id.len > 0);
    json_t *json = ro_article_to_json(article);
    (void)err;
    assert_non_null(json);
    assert_int_equal(json_array_append_new(all->articles, json), 0);
    return RO_OK;
}

static inline void collect_skip(void *context, const ro_error *why) {
    collected *all = context;
    if (all->skipped++ == 0) {
        all->first_skip = *why;
    }
}

static inline ro_input collect_input(ro_str bytes) {
    return (ro_input){.bytes = bytes,
                      .path = RO_STR("/test"),
                      .language = RO_STR("en"),
                      .line = 1,
                      .memory = (size_t)64 << 20};
}

/* Parses; the caller releases. */
static inline collected collect(ro_parse_fn parse, ro_str bytes) {
    collected all = {json_array(), 0, RO_ERROR_INIT, RO_OK, RO_ERROR_INIT};
    ro_input input = collect_input(bytes);
    ro_sink sink = {collect_put, collect_skip, &all};
    all.status = parse(&input, &sink, &all.error);
    return all;
}

static inline void collected_release(collected *all) {
    json_decref(all->articles);
}

static inline const char *collected_field(const collected *all, size_t i, const char *name) {
    const json_t *value = json_object_get(json_array_get(all->articles, i), name);
    return json_is_string(value) ? json_string_value(value) : NULL;
}

static inline const char *collected_place(const collected *all, size_t i, const char *name) {
    const json_t *dateline = json_object_get(json_array_get(all->articles, i), "dateline");
    const json_t *value = json_object_get(dateline, name);
    return json_is_string(value) ? json_string_value(value) : NULL;
}

/* `text` `count` times, between `before` and `after`; malloc'ed into the buffer. */
static inline void repeat(ro_buf *out, const char *before, const char *text, size_t count,
                          const char *after) {
    ro_buf_add_str(out, ro_str_from(before));
    for (size_t i = 0; i < count; i++) {
        ro_buf_add_str(out, ro_str_from(text));
    }
    ro_buf_add_str(out, ro_str_from(after));
    assert_false(out->failed);
}

/* The status of parsing `before`, `text` `count` times, `after`. */
static inline ro_status status_of_repeated(ro_parse_fn parse, const char *before, const char *text,
                                           size_t count, const char *after) {
    ro_buf bytes = RO_BUF_INIT;
    repeat(&bytes, before, text, count, after);
    collected all = collect(parse, ro_buf_str(&bytes));
    ro_status status = all.status == RO_OK && all.skipped ? all.first_skip.status : all.status;
    collected_release(&all);
    ro_buf_release(&bytes);
    return status;
}

#endif
