/* The log: one escaped line an event, to the sink that the program chose.
 *
 * The library writes no line by itself: it is handed a ro_log. Thread-safe: a line is one write.
 * A line is logfmt: time=2025-02-18T09:30:00.000Z level=warn msg="…" key=value …
 * or the same as a JSON object. Whatever a value holds, one event is one line of valid UTF-8 and
 * its values end where they end: quotes, backslashes, control characters (those of ISO 6429 in two
 * bytes included), line and paragraph separators and bytes that are no UTF-8 are escaped.
 */
#ifndef READOUT_LOG_H
#define READOUT_LOG_H

#include "readout/buffer.h"

#include <stdatomic.h>

typedef enum ro_log_level { RO_LOG_DEBUG, RO_LOG_INFO, RO_LOG_WARN, RO_LOG_ERROR } ro_log_level;
typedef enum ro_log_format { RO_LOG_LOGFMT, RO_LOG_JSON } ro_log_format;

typedef struct ro_log {
    int fd;            /* where lines go; -1: nowhere */
    atomic_int least;  /* ro_log_level */
    atomic_int format; /* ro_log_format */
} ro_log;

/* `format` makes the whole message. NULL as log: nothing is written. */
void ro_log_write(ro_log *log, ro_log_level level, const char *format, ...) RO_PRINTF(3, 4);

/* ---- lines with more to tell ---------------------------------------------------------------- */

/* A line in the making; the owner releases `text`. Names are ours: lower case and '_'. */
typedef struct ro_log_line {
    ro_buf text;
    ro_log_format format;
} ro_log_line;

/* Begins with the time now; forgets what was there. */
void ro_log_line_begin(ro_log_line *line, ro_log_format format);
/* Any bytes. */
void ro_log_line_text(ro_log_line *line, const char *name, ro_str value);
/* A word of ours that needs no quotes in logfmt. */
void ro_log_line_word(ro_log_line *line, const char *name, const char *word);
void ro_log_line_integer(ro_log_line *line, const char *name, int64_t value);
void ro_log_line_ms(ro_log_line *line, const char *name, int64_t ns); /* nanoseconds as 1.234 */
/* With the end of line. */
void ro_log_line_end(ro_log_line *line);

/* Begins a line of the log; false: it does not want it, and nothing was begun. */
bool ro_log_begin(ro_log *log, ro_log_level level, const char *message, ro_log_line *line);
/* Ends, writes and releases it. */
void ro_log_end(ro_log *log, ro_log_line *line);

#endif
