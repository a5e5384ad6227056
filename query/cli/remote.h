/* Asking a daemon over HTTP. */
#ifndef READOUT_QUERY_CLI_REMOTE_H
#define READOUT_QUERY_CLI_REMOTE_H

#include "readout/buffer.h"

#include <jansson.h>

#define RO_REMOTE_ANSWER_MAX ((size_t)64 << 20) /* bytes of an answer */
#define RO_REMOTE_CONNECT_MS 10000

/* Before the first thread and after the last use. */
void ro_remote_start(void);
void ro_remote_end(void);

/* POSTs the parameters, an object of strings, to SERVER/v1/query and gives the answer object. The
 * error of a daemon is RO_INVALID for a bad request, RO_BUSY for 503, RO_IO for everything else. */
ro_status ro_remote_search(const char *server, const json_t *parameters, int64_t timeout_ms,
                           json_t **answer, ro_error *err) RO_MUST_CHECK;

#endif
