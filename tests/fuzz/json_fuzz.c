#include "parse_target.h"

#include "indexer/parsers/json_plain.h"

/* What the quick way takes must be what Jansson makes of it. */
static void compare(ro_str text) {
    json_t *plain = ro_json_read_plain(text);
    if (plain) {
        json_t *wanted = json_loadb(text.ptr, text.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
        if (!wanted || !json_equal(plain, wanted)) {
            abort();
        }
        json_decref(wanted);
        json_decref(plain);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size && !memchr(data, 0, size)) {
        compare(ro_str_make((const char *)data, size));
    }
    return fuzz_parse(ro_parse_ndjson, data, size);
}
