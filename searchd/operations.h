/* What those who run the daemon ask it: is it alive, is it ready, how is it doing. */
#ifndef READOUT_OPERATIONS_H
#define READOUT_OPERATIONS_H

#include "job.h"

struct ro_server;

/* 200 while the event thread turns. */
void ro_operations_health(const struct ro_server *server, ro_searchd_job *job);
/* 200 while every worker has the index open and no drain has begun, else 503. After a reload that
 * failed the old index is served: still ready, with "reload": "failed" until one succeeds. */
void ro_operations_ready(const struct ro_server *server, ro_searchd_job *job);
/* GET /openapi.json: openapi.json as it is. */
void ro_operations_openapi(const struct ro_server *server, ro_searchd_job *job);
extern const ro_str RO_OPENAPI;
void ro_operations_metrics(const struct ro_server *server, ro_searchd_job *job);

#endif
