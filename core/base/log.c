#include "readout/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void ro_log_quote(ro_buf *buf, ro_str s) {
    ro_buf_add_byte(buf, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\') {
            ro_buf_printf(buf, "\\%c", c);
        } else if (c == '\n') {
            ro_buf_add_str(buf, RO_STR("\\n"));
        } else if (c < 0x20 || c == 0x7f) {
            ro_buf_printf(buf, "\\x%02x", c);
        } else {
            ro_buf_add_byte(buf, (char)c);
        }
    }
    ro_buf_add_byte(buf, '"');
}

static void add_time(ro_buf *buf) {
    struct timespec now;
    struct tm utc;
    char text[32];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    ro_buf_printf(buf, "time=%s.%03ldZ", text, now.tv_nsec / 1000000);
}

void ro_log_write(const ro_log *log, ro_log_level level, const char *format, ...) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (!log || log->fd < 0 || level < log->least) {
        return;
    }
    char message[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);

    ro_buf line = RO_BUF_INIT;
    add_time(&line);
    ro_buf_printf(&line, " level=%s msg=", names[level]);
    ro_log_quote(&line, ro_str_from(message));
    ro_buf_add_byte(&line, '\n');
    if (!line.failed) {
        ssize_t written = write(log->fd, line.ptr, line.len);
        (void)written; /* a log that cannot be written has nowhere to say so */
    }
    ro_buf_release(&line);
}
