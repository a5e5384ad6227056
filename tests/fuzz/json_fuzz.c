#include "parse_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_parse(ro_parse_ndjson, data, size);
}
