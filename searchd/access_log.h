/* The access log: one logfmt line a request, whatever the request holds. Event thread only. */
#ifndef READOUT_ACCESS_LOG_H
#define READOUT_ACCESS_LOG_H

#include "job.h"

typedef struct ro_access_log {
    int fd; /* -1: no log */
    ro_buf line;
} ro_access_log;

/* `path` NULL: no log; "-": standard output. Opening again closes the file that was open, so that
 * logs can be rotated; when it fails the old one stays. */
ro_status ro_access_log_open(ro_access_log *log, const char *path, ro_error *err) RO_MUST_CHECK;
void ro_access_log_close(ro_access_log *log);

typedef struct ro_access {
    const char *address; /* of the client */
    int status;
    size_t bytes; /* of the answer's body */
    int64_t total_ns, query_ns;
} ro_access;

void ro_access_log_write(ro_access_log *log, const ro_http_request *request,
                         const ro_access *access);

#endif
