/* The search API: handlers that run on a worker and fill job->response. */
#ifndef READOUT_API_H
#define READOUT_API_H

#include "job.h"

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

#endif
