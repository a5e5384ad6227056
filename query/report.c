#include "report.h"

#include "readout/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define QUOTE_MAX 40

ro_str ro_report_quote(ro_str text) {
    return ro_utf8_prefix(text, QUOTE_MAX);
}

RO_PRINTF(3, 0)
static void record(ro_report *report, size_t at, const char *format, va_list args) {
    char text[256];
    (void)vsnprintf(text, sizeof text, format, args);
    /* Without memory the repair stays counted, and the search fails for the same reason soon. */
    report->repairs[report->count - 1] =
        (ro_repair){at, report->in, ro_arena_copy(report->arena, ro_str_from(text))};
}

/* Whether a place is in the last word of the text. */
static bool is_last(const ro_report *report, size_t at) {
    size_t len = report->text.len;
    return at >= len || !memchr(report->text.ptr + at, ' ', len - at);
}

void ro_report_add(ro_report *report, size_t at, const char *format, ...) {
    if (report->typing && is_last(report, at)) {
        return;
    }
    if (report->count++ < RO_REPAIRS_MAX) {
        va_list args;
        va_start(args, format);
        record(report, at, format, args);
        va_end(args);
    }
}
