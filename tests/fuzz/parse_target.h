/* What the fuzz targets of the parsers share: one parser over the input, its articles made to JSON.
 */
#ifndef READOUT_TESTS_PARSE_TARGET_H
#define READOUT_TESTS_PARSE_TARGET_H

#include "readout/parser.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a parser gives must be an article that can be stored and shown. */
static inline ro_status fuzz_put(void *context, const ro_article *article, ro_error *err) {
    (void)context;
    (void)err;
    json_t *json = ro_article_to_json(article);
    if (!json || article->id.len == 0 || article->id.len > RO_ARTICLE_ID_MAX) {
        abort();
    }
    json_decref(json);
    return RO_OK;
}

static inline void fuzz_skip(void *context, const ro_error *why) {
    (void)context;
    if (why->status == RO_OK || why->message[0] == 0) {
        abort();
    }
}

static inline int fuzz_parse(ro_parse_fn parse, const uint8_t *data, size_t size) {
    ro_input input = {.bytes = ro_str_make((const char *)data, size),
                      .language = RO_STR("en"),
                      .line = 1,
                      .memory = (size_t)32 << 20};
    ro_sink sink = {fuzz_put, fuzz_skip, NULL};
    ro_error err = RO_ERROR_INIT;
    ro_status status = parse(&input, &sink, &err);
    if ((status != RO_OK) != (err.message[0] != 0)) {
        abort();
    }
    return 0;
}

#endif
