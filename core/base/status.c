#include "readout/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

RO_PRINTF(4, 0)
static ro_status record(ro_error *err, ro_status status, int64_t position, const char *format,
                        va_list args) {
    if (err && err->status == RO_OK) {
        err->status = status;
        err->position = position;
        (void)vsnprintf(err->message, sizeof err->message, format, args);
    }
    return status;
}

ro_status ro_fail(ro_error *err, ro_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)record(err, status, -1, format, args);
    va_end(args);
    return status;
}

ro_status ro_fail_at(ro_error *err, ro_status status, int64_t position, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)record(err, status, position, format, args);
    va_end(args);
    return status;
}

const char *ro_status_name(ro_status status) {
    static const char *const names[] = {
        [RO_OK] = "ok",
        [RO_INVALID] = "invalid argument",
        [RO_NOT_FOUND] = "not found",
        [RO_FORMAT] = "malformed input",
        [RO_LIMIT] = "limit exceeded",
        [RO_DEADLINE] = "deadline exceeded",
        [RO_BUSY] = "busy",
        [RO_IO] = "input/output error",
        [RO_FULL] = "no space left",
        [RO_MEMORY] = "out of memory",
        [RO_DAMAGED] = "damaged index",
        [RO_VERSION] = "version mismatch",
        [RO_INTERNAL] = "internal error",
    };
    return (size_t)status < sizeof names / sizeof names[0] ? names[status] : "unknown status";
}
