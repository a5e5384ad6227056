/* The log: one escaped line an event, to the sink that the program chose.
 *
 * The library writes no line by itself: it is handed a ro_log. Thread-safe: a line is one write.
 * A line is logfmt: time=2025-02-18T09:30:00.000Z level=warn msg="…" key=value …
 */
#ifndef READOUT_LOG_H
#define READOUT_LOG_H

#include "readout/buffer.h"

typedef enum ro_log_level { RO_LOG_DEBUG, RO_LOG_INFO, RO_LOG_WARN, RO_LOG_ERROR } ro_log_level;

typedef struct ro_log {
    int fd; /* where lines go; -1: nowhere */
    ro_log_level least;
} ro_log;

/* `format` makes the whole message. Control bytes, quotes and backslashes are escaped, so that one
 * event is one line whatever the message holds. */
void ro_log_write(const ro_log *log, ro_log_level level, const char *format, ...) RO_PRINTF(3, 4);

/* Appends `s` as a quoted logfmt value: "…" with \" \\ \n and \xNN for other control bytes. */
void ro_log_quote(ro_buf *buf, ro_str s);

#endif
