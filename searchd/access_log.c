#include "access_log.h"

#include "readout/utf8.h"
#include "redact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIELD_MAX 2048 /* bytes of a target or user agent that are logged */

/* False: some of the line is still to be written. */
static bool flush(ro_access_log *log) {
    const ro_buf *text = &log->line.text;
    while (log->written < text->len) {
        const char *rest = text->ptr + log->written;
        size_t len = text->len - log->written;
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
    ro_buf_clear(&log->line.text);
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
    ro_buf_release(&log->line.text);
    ro_buf_release(&log->shown);
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

static void add_text(ro_log_line *line, const char *name, ro_str text, ro_buf *shown,
                     void (*redact)(ro_buf *, ro_str)) {
    ro_buf_clear(shown);
    redact(shown, text);
    if (!shown->failed) {
        ro_log_line_text(line, name, ro_utf8_prefix(ro_buf_str(shown), FIELD_MAX));
    }
}

/* Who asked for what. */
static void add_request(ro_log_line *line, const ro_http_request *request, const ro_access *access,
                        ro_buf *shown) {
    add_text(line, "id", ro_str_from(access->id), shown, ro_redact_text);
    ro_log_line_word(line, "client", access->address);
    if (*access->key) {
        ro_log_line_word(line, "key", access->key);
    }
    add_text(line, "method", request->method_name, shown, ro_redact_text);
    add_text(line, "path", request->path, shown, ro_redact_text);
    if (request->query.ptr) {
        add_text(line, "query", request->query, shown, ro_redact_query);
    }
}

static void make_line(ro_access_log *log, const ro_http_request *request, const ro_access *access) {
    ro_log_line *line = &log->line;
    ro_log_line_begin(line, log->format);
    add_request(line, request, access, &log->shown);
    ro_log_line_integer(line, "status", access->status);
    ro_log_line_integer(line, "bytes", (int64_t)access->bytes);
    ro_log_line_ms(line, "total_ms", access->total_ns);
    ro_log_line_ms(line, "query_ms", access->query_ns);
    add_text(line, "agent", ro_http_request_field(request, RO_STR("User-Agent")), &log->shown,
             ro_redact_text);
    ro_log_line_end(line);
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
    ro_buf *text = &log->line.text;
    make_line(log, request, access);
    if (text->failed) {
        ro_buf_clear(text);
    }
    log->written = 0;
    if (flush(log) || log->written > 0) {
        keep_up(log);
    } else {
        ro_buf_clear(text);
        drop(log);
    }
}

void ro_slow_log_write(ro_access_log *log, const ro_http_request *request,
                       const ro_access *access) {
    ro_log_line line;
    if (!log->trouble || !ro_log_begin(log->trouble, RO_LOG_WARN, "slow query", &line)) {
        return;
    }
    add_request(&line, request, access, &log->shown);
    if (access->body.len) {
        add_text(&line, "body", access->body, &log->shown, ro_redact_text);
    }
    ro_log_line_integer(&line, "status", access->status);
    ro_log_line_ms(&line, "total_ms", access->total_ns);
    ro_log_line_ms(&line, "wait_ms", access->wait_ns);
    ro_log_line_ms(&line, "query_ms", access->query_ns);
    ro_log_end(log->trouble, &line);
}
