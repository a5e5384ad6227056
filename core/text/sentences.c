#include "readout/analyser.h"

ro_status ro_sentences(ro_analyser *analyser, ro_str text, ro_sentence_fn fn, void *context,
                       ro_error *err) {
    (void)analyser;
    (void)err;
    size_t start = 0;
    while (start < text.len) {
        const char *end = memmem(text.ptr + start, text.len - start, "\n\n", 2);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        ro_str part = ro_str_trim(ro_str_make(text.ptr + start, stop - start));
        uint32_t from = (uint32_t)(part.ptr - text.ptr);
        if (part.len && fn(context, from, from + (uint32_t)part.len)) {
            break;
        }
        start = stop + 1;
    }
    return RO_OK;
}
