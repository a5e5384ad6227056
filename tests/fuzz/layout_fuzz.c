#include "indexer/layout.h"
#include "readout/parser.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_slice(ro_str part, ro_str whole) {
    if (part.len > 0 && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ro_str text = ro_str_make((const char *)data, size);
    ro_layout layout;
    ro_layout_read(text, size % 2 == 0, &layout);
    check_slice(layout.title, text);
    check_slice(layout.body, text);
    check_slice(layout.byline, text);
    check_slice(layout.credit, text);
    check_slice(layout.photo_credit, text);
    check_slice(layout.dateline.place, text);
    check_slice(layout.dateline.country, text);
    check_slice(layout.dateline.agency, text);
    (void)ro_format_find(text, RO_STR("a.txt"));
    return 0;
}
