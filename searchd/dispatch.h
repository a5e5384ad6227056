/* From a complete request to its answer, or to the queue. */
#ifndef READOUT_DISPATCH_H
#define READOUT_DISPATCH_H

#include "server.h"

/* Finds the route and answers at once, or hands the job to a worker. True: job->response is the
 * answer. False: the job went to the workers. */
bool ro_dispatch(ro_server *server, ro_searchd_job *job);

/* The same for a request whose body is streamed, before it comes. True: it may come; the route is
 * set. False: job->response is the answer. */
bool ro_dispatch_stream(ro_server *server, ro_searchd_job *job);
/* Hands a piece of such a body to the writer; false: its queue is full. One that goes `ahead` waits
 * for as long as the one before it may take. */
bool ro_dispatch_piece(ro_server *server, ro_searchd_job *job, bool ahead);

/* Adds the fields of cross-origin answers, if the settings name the request's origin. */
void ro_dispatch_cors(const ro_searchd_settings *settings, const ro_http_request *request,
                      ro_http_response *response);

#endif
