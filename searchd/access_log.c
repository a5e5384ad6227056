#include "access_log.h"

#include "readout/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FIELD_MAX 2048 /* bytes of a target or user agent that are logged */

/* False: some of the line is still to be written. */
static bool flush(ro_access_log *log) {
    while (log->written < log->line.len) {
        const char *rest = log->line.ptr + log->written;
        size_t len = log->line.len - log->written;
        ssize_t done = log->is_socket ? send(log->fd, rest, len, MSG_DONTWAIT | MSG_NOSIGNAL)
                                      : write(log->fd, rest, len);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        log->written += done > 0 ? (size_t)done : 0;
    }
    return true;
}

static void close_file(ro_access_log *log) {
    if (log->fd >= 0) {
        (void)flush(log);
    }
    if (log->fd > STDERR_FILENO) {
        (void)close(log->fd);
    }
    ro_buf_clear(&log->line);
    log->written = 0;
    log->fd = -1;
}

int ro_output_open(int standard) {
    struct stat info = {0};
    (void)fstat(standard, &info);
    if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) {
        return standard;
    }
    /* opened anew: not to wait is a property of the open file, and other programs may have the one
     * that was inherited */
    char name[32];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", standard);
    int fd = open(name, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        (void)fcntl(standard, F_SETFL, fcntl(standard, F_GETFL) | O_NONBLOCK);
    }
    return fd < 0 ? standard : fd;
}

ro_status ro_access_log_open(ro_access_log *log, const char *path, ro_error *err) {
    int fd = -1;
    if (path && strcmp(path, "-") == 0) {
        fd = ro_output_open(STDOUT_FILENO);
    } else if (path) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
        if (fd < 0) {
            return ro_fail(err, RO_IO, "cannot open access log '%s': %s", path,
                           errno == ENXIO ? "nobody reads from it" : strerror(errno));
        }
    }
    close_file(log);
    struct stat info = {0};
    log->is_socket = fd >= 0 && fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
    log->fd = fd;
    return RO_OK;
}

void ro_access_log_close(ro_access_log *log) {
    close_file(log);
    ro_buf_release(&log->line);
}

/* The reason is in errno. */
static void drop(ro_access_log *log) {
    if (!log->dropping && log->trouble) {
        ro_log_write(log->trouble, RO_LOG_WARN, "lines of the access log are dropped: %s",
                     errno == EAGAIN ? "its reader is too slow" : strerror(errno));
    }
    log->dropping = true;
    log->dropped++;
}

static void keep_up(ro_access_log *log) {
    if (log->dropping && log->trouble) {
        ro_log_write(log->trouble, RO_LOG_INFO,
                     "the access log goes on; %llu of its lines were dropped since the start",
                     (unsigned long long)log->dropped);
    }
    log->dropping = false;
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
    if (!flush(log)) {
        drop(log);
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
    if (line->failed) {
        ro_buf_clear(line);
    }
    log->written = 0;
    if (flush(log) || log->written > 0) {
        keep_up(log);
    } else {
        ro_buf_clear(line);
        drop(log);
    }
}
