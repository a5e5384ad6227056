/* The request parser and the decoding of targets: whatever the bytes, and however they are cut, the
 * same messages come out. The first byte chooses the cut. */
#include "http/parser.h"
#include "http/target.h"

#include <stdint.h>
#include <stdlib.h>

static const ro_http_limits limits = {.header = 4096, .fields = 32, .body = 4096};

static uint64_t mix(uint64_t hash, ro_str s) {
    return (hash * 31 + ro_str_hash(s)) * 0x9E3779B97F4A7C15u;
}

static uint64_t take(ro_http_parser *parser, uint64_t hash) {
    ro_http_request request = ro_http_parser_take(parser);
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str doubled;
    ro_str path = RO_STR_NONE;
    if (ro_target_decode(request.path, false, &arena, &path, NULL) == RO_OK &&
        path.len > request.path.len) {
        abort();
    }
    if (ro_target_params(request.query, &arena, &params, &doubled, NULL) == RO_OK) {
        for (size_t i = 0; i < params.count; i++) {
            hash = mix(mix(hash, params.items[i].name), params.items[i].value);
        }
    }
    if (request.body.len > limits.body || request.head.len > limits.header) {
        abort();
    }
    hash = mix(mix(mix(hash, request.method_name), request.path), ro_buf_str(&request.body));
    ro_arena_release(&arena);
    ro_http_request_release(&request);
    return hash;
}

static uint64_t read_all(const char *bytes, size_t size, size_t step) {
    ro_http_parser parser;
    ro_http_parser_init(&parser, &limits);
    uint64_t hash = 0;
    ro_http_event event = RO_HTTP_MORE;
    for (size_t at = 0; at < size && event != RO_HTTP_REFUSED;) {
        size_t end = step < size - at ? at + step : size;
        while (at < end && event != RO_HTTP_REFUSED) {
            at += ro_http_parser_feed(&parser, bytes + at, end - at, &event);
            hash = event == RO_HTTP_DONE ? take(&parser, hash) : hash;
        }
    }
    hash = hash * 31 + (uint64_t)parser.refusal.status;
    ro_http_parser_release(&parser);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size) {
        const char *bytes = (const char *)data + 1;
        if (read_all(bytes, size - 1, size) != read_all(bytes, size - 1, 1 + data[0] % 64u)) {
            abort();
        }
    }
    return 0;
}
