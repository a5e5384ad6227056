#include "access_log.h"

#include "readout/date.h"
#include "readout/log.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define FIELD_MAX 2048 /* bytes of a target or user agent that are logged */

static void close_file(ro_access_log *log) {
    if (log->fd > STDERR_FILENO) {
        (void)close(log->fd);
    }
    log->fd = -1;
}

ro_status ro_access_log_open(ro_access_log *log, const char *path, ro_error *err) {
    int fd = -1;
    if (path && strcmp(path, "-") == 0) {
        fd = STDOUT_FILENO;
    } else if (path) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
        if (fd < 0) {
            return ro_fail(err, RO_IO, "cannot open access log '%s': %s", path, strerror(errno));
        }
    }
    close_file(log);
    log->fd = fd;
    return RO_OK;
}

void ro_access_log_close(ro_access_log *log) {
    close_file(log);
    ro_buf_release(&log->line);
}

static void add_text(ro_buf *line, const char *name, ro_str text) {
    ro_buf_printf(line, " %s=", name);
    ro_log_quote(line, ro_str_make(text.ptr, text.len < FIELD_MAX ? text.len : FIELD_MAX));
}

void ro_access_log_write(ro_access_log *log, const ro_http_request *request,
                         const ro_access *access) {
    if (log->fd < 0) {
        return;
    }
    ro_buf *line = &log->line;
    char now[RO_TIME_TEXT];
    ro_buf_clear(line);
    ro_buf_printf(line, "time=%s client=%s", ro_time_format(time(NULL), now), access->address);
    add_text(line, "method", request->method_name);
    add_text(line, "path", request->path);
    if (request->query.ptr) {
        add_text(line, "query", request->query);
    }
    ro_buf_printf(line, " status=%d bytes=%zu total_ms=%.3f query_ms=%.3f", access->status,
                  access->bytes, (double)access->total_ns / 1e6, (double)access->query_ns / 1e6);
    add_text(line, "agent", ro_http_request_field(request, RO_STR("User-Agent")));
    ro_buf_add_byte(line, '\n');
    if (!line->failed) {
        ssize_t written = write(log->fd, line->ptr, line->len);
        (void)written; /* a log that cannot be written has nowhere to say so */
    }
}
