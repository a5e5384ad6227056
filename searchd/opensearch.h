/* What a browser needs to add the service as a search engine (OpenSearch 1.1). */
#ifndef READOUT_OPENSEARCH_H
#define READOUT_OPENSEARCH_H

#include "job.h"
#include "readout/query.h"

struct ro_work;

/* "https://news.example.org", without a slash at the end: what the configuration says, else what
 * the client asked for, in the job's arena. */
ro_str ro_public_url(const struct ro_work *work, ro_searchd_job *job);

void ro_api_opensearch(const struct ro_work *work, ro_searchd_job *job); /* GET /opensearch.xml */

/* A completion in the OpenSearch form: ["ta", ["talks", …], ["12 articles", …]]; a new reference,
 * NULL when there is no memory. */
json_t *ro_opensearch_suggestions(const json_t *answer);

#endif
