/* Writing over HTTP: handlers that run on the writer's thread, and what is done before. */
#ifndef READOUT_WRITE_API_H
#define READOUT_WRITE_API_H

#include "problem.h"
#include "write.h"

/* Makes ready what a request puts, or answers what is wrong with it; the maker's thread. */
void ro_write_make(ro_making *making, ro_searchd_job *job);
/* PUT and DELETE /v1/articles/ID */
ro_status ro_write_article(const ro_write_work *work, ro_searchd_job *job,
                           ro_error *err) RO_MUST_CHECK;
/* POST and DELETE /v1/articles: one article, or lines with a verdict for each. */
ro_status ro_write_articles(const ro_write_work *work, ro_searchd_job *job,
                            ro_error *err) RO_MUST_CHECK;

/* DELETE /v1/articles?q=…: at most a thousand, and whether there are more. */
ro_status ro_write_delete_found(const ro_write_work *work, ro_searchd_job *job,
                                ro_error *err) RO_MUST_CHECK;

#define RO_LINES_TYPE "application/x-ndjson"

/* Whether the body is lines of articles, to be worked on as they come. */
bool ro_write_streams(const ro_http_request *request);
/* What can be said of such a request before its body; event thread. False: answered with a
 * problem. */
bool ro_write_check_lines(ro_searchd_job *job);
/* Has the job say that it failed: as a problem, or line by line where the answer has begun. */
void ro_write_failed(ro_searchd_job *job, ro_problem problem, const ro_error *why);

#endif
