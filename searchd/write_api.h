/* Writing over HTTP: handlers that run on the writer's thread. */
#ifndef READOUT_WRITE_API_H
#define READOUT_WRITE_API_H

#include "write.h"

/* PUT and DELETE /v1/articles/ID */
ro_status ro_write_article(const ro_write_work *work, ro_searchd_job *job,
                           ro_error *err) RO_MUST_CHECK;
/* POST /v1/articles: one article, or lines with a verdict for each. */
ro_status ro_write_articles(const ro_write_work *work, ro_searchd_job *job,
                            ro_error *err) RO_MUST_CHECK;

#endif
