/* The search API: handlers that run on a worker and fill job->response. */
#ifndef READOUT_API_H
#define READOUT_API_H

#include "job.h"
#include "problem.h"
#include "readout/query.h"

struct ro_work;

void ro_api_search(const struct ro_work *work, ro_searchd_job *job);  /* GET /v1/search */
void ro_api_query(const struct ro_work *work, ro_searchd_job *job);   /* POST /v1/query */
void ro_api_article(const struct ro_work *work, ro_searchd_job *job); /* GET /v1/articles/ID */
void ro_api_answers(const struct ro_work *work, ro_searchd_job *job); /* GET /v1/answers */
void ro_api_talks(const struct ro_work *work, ro_searchd_job *job);   /* GET /v1/talks … */
void ro_api_participants(const struct ro_work *work, ro_searchd_job *job);
void ro_api_outcomes(const struct ro_work *work, ro_searchd_job *job);
void ro_api_statements(const struct ro_work *work, ro_searchd_job *job);
void ro_api_talk(const struct ro_work *work, ro_searchd_job *job); /* GET /v1/talks/ID */
void ro_api_participant(const struct ro_work *work, ro_searchd_job *job);
void ro_api_similar(const struct ro_work *work, ro_searchd_job *job);  /* …/articles/ID/similar */
void ro_api_timeline(const struct ro_work *work, ro_searchd_job *job); /* GET /v1/timeline */
void ro_api_suggest(const struct ro_work *work, ro_searchd_job *job);  /* GET /v1/suggest */
void ro_api_facet(const struct ro_work *work, ro_searchd_job *job);    /* GET /v1/facets/NAME */
void ro_api_several(const struct ro_work *work, ro_searchd_job *job);  /* POST /v1/queries */

/* ---- for other handlers --------------------------------------------------------------------- */

/* Runs a search for the client of a job. False: answered with a problem; `cursor` is where one
 * stands that is not taken. */
bool ro_api_run(const struct ro_work *work, ro_searchd_job *job, const ro_request *request,
                ro_where cursor, json_t **answer);
/* Whether the client's key lets it search this kind; false: answered with a problem. */
bool ro_api_may_search(ro_searchd_job *job, int kind);
/* Answers with the problem for a failed call. */
void ro_api_fail(ro_searchd_job *job, ro_status status, ro_problem or_else, const ro_error *err,
                 ro_where where);
/* Answers with JSON; takes over `answer`, NULL for want of memory. */
void ro_api_json(ro_searchd_job *job, json_t *answer);
/* Undoes the escapes of a part of the path, in the job's arena. False: answered with a problem. */
bool ro_api_decode(ro_searchd_job *job, ro_str raw, ro_str *out);
/* False: there are parameters in the query string, and the client is told that there are none. */
bool ro_api_no_params(ro_searchd_job *job);
/* Whether the client has what this ETag stands for (If-None-Match). */
bool ro_api_client_has(const ro_http_request *request, ro_str etag);
/* The media type of the body is JSON. */
bool ro_api_takes_json(ro_searchd_job *job);

#endif
