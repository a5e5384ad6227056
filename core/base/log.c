#include "readout/log.h"

#include "readout/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* ---- values --------------------------------------------------------------------------------- */

/* What a terminal or a reader of lines may act on: C0, DEL, C1, and the separators of Unicode. */
static bool is_unsafe(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

static void escape_logfmt(ro_buf *out, uint32_t c, const char *bytes, size_t len) {
    (void)c;
    for (size_t i = 0; i < len; i++) {
        ro_buf_printf(out, "\\x%02x", (unsigned char)bytes[i]);
    }
}

static void escape_json(ro_buf *out, uint32_t c, const char *bytes, size_t len) {
    (void)bytes;
    (void)len;
    ro_buf_printf(out, "\\u%04x", (unsigned)(c & 0xffff)); /* no unsafe one is beyond */
}

static void add_quoted(ro_buf *out, ro_log_format format, ro_str s) {
    ro_buf_add_byte(out, '"');
    for (size_t i = 0, taken; i < s.len; i += taken) {
        const char *at = s.ptr + i;
        uint32_t c = ro_utf8_decode(at, s.len - i, &taken);
        bool broken = c == RO_REPLACEMENT && memcmp(at, "\xEF\xBF\xBD", taken) != 0;
        if (c == '"' || c == '\\') {
            ro_buf_add_byte(out, '\\');
            ro_buf_add_byte(out, (char)c);
        } else if (c == '\n') {
            ro_buf_add_str(out, RO_STR("\\n"));
        } else if (is_unsafe(c) || broken) {
            (format == RO_LOG_JSON ? escape_json : escape_logfmt)(out, c, at, taken);
        } else {
            ro_buf_add(out, at, taken);
        }
    }
    ro_buf_add_byte(out, '"');
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void add_name(ro_log_line *line, const char *name) {
    bool json = line->format == RO_LOG_JSON;
    bool first = line->text.len == 0;
    ro_buf_printf(&line->text,
                  json ? "%s\"%s\":" : "%s%s=", json ? (first ? "{" : ",") : (first ? "" : " "),
                  name);
}

void ro_log_line_text(ro_log_line *line, const char *name, ro_str value) {
    add_name(line, name);
    add_quoted(&line->text, line->format, value);
}

void ro_log_line_word(ro_log_line *line, const char *name, const char *word) {
    add_name(line, name);
    const char *quote = line->format == RO_LOG_JSON ? "\"" : "";
    ro_buf_printf(&line->text, "%s%s%s", quote, word, quote);
}

void ro_log_line_integer(ro_log_line *line, const char *name, int64_t value) {
    add_name(line, name);
    ro_buf_printf(&line->text, "%lld", (long long)value);
}

void ro_log_line_ms(ro_log_line *line, const char *name, int64_t ns) {
    add_name(line, name);
    ro_buf_printf(&line->text, "%.3f", (double)ns / 1e6);
}

void ro_log_line_begin(ro_log_line *line, ro_log_format format) {
    struct timespec now;
    struct tm utc;
    char seconds[32];
    char text[48];
    ro_buf_clear(&line->text);
    line->format = format;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text, sizeof text, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
    ro_log_line_word(line, "time", text);
}

void ro_log_line_end(ro_log_line *line) {
    ro_buf_add_str(&line->text, line->format == RO_LOG_JSON ? RO_STR("}\n") : RO_STR("\n"));
}

/* ---- the log -------------------------------------------------------------------------------- */

bool ro_log_begin(ro_log *log, ro_log_level level, const char *message, ro_log_line *line) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    *line = (ro_log_line){.text = RO_BUF_INIT};
    if (!log || log->fd < 0 ||
        (int)level < atomic_load_explicit(&log->least, memory_order_relaxed)) {
        return false;
    }
    ro_log_line_begin(line,
                      (ro_log_format)atomic_load_explicit(&log->format, memory_order_relaxed));
    ro_log_line_word(line, "level", names[level]);
    ro_log_line_text(line, "msg", ro_str_from(message));
    return true;
}

void ro_log_end(ro_log *log, ro_log_line *line) {
    ro_log_line_end(line);
    if (!line->text.failed) {
        ssize_t written = write(log->fd, line->text.ptr, line->text.len);
        (void)written; /* a log that cannot be written has nowhere to say so */
    }
    ro_buf_release(&line->text);
}

void ro_log_write(ro_log *log, ro_log_level level, const char *format, ...) {
    char message[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ro_log_line line;
    if (ro_log_begin(log, level, message, &line)) {
        ro_log_end(log, &line);
    }
}
