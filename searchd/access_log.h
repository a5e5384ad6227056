/* The access log: one line a request, logfmt or JSON, whatever the request holds. Keys are left
 * out. Event thread only, and that must not wait: lines that a pipe, socket or terminal does not
 * take at once are dropped and counted.
 */
#ifndef READOUT_ACCESS_LOG_H
#define READOUT_ACCESS_LOG_H

#include "job.h"
#include "readout/log.h"

typedef struct ro_access_log {
    int fd; /* -1: no log */
    bool is_socket;
    ro_log_format format;
    ro_log_line line; /* the one that was written last */
    size_t written;   /* bytes of it; the rest goes before the next one */
    ro_buf shown;     /* of one value */
    uint64_t dropped; /* lines, in all */
    bool dropping;    /* the last line was */
    ro_log *trouble;  /* the log of all else, told when lines begin to be dropped, and when that
                         ends;  NULL: there is none */
} ro_access_log;

/* A descriptor for standard output or error on which writing does not wait when it is a pipe or
 * terminal: the same one, or another that leaves the same one as it is for others. */
int ro_output_open(int standard);

/* `path` NULL: no log; "-": standard output. Opening again closes the file that was open, so that
 * logs can be rotated; when it fails the old one stays. A FIFO must have a reader. */
ro_status ro_access_log_open(ro_access_log *log, const char *path, ro_error *err) RO_MUST_CHECK;
void ro_access_log_close(ro_access_log *log);

typedef struct ro_access {
    const char *address; /* of the client */
    const char *id;      /* of the request */
    const char *key;     /* the name of the client's key; "": none */
    int status;
    size_t bytes; /* of the answer's body */
    int64_t total_ns;
    int64_t wait_ns, query_ns; /* in the queue, and with the handler */
    ro_str body;               /* of the request, for the log of slow ones */
} ro_access;

void ro_access_log_write(ro_access_log *log, const ro_http_request *request,
                         const ro_access *access);
/* Tells `trouble` of a request that took long. */
void ro_slow_log_write(ro_access_log *log, const ro_http_request *request, const ro_access *access);

#endif
