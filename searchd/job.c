#include "job.h"

#include <stdlib.h>

ro_searchd_job *ro_searchd_job_new(void) {
    ro_searchd_job *job = calloc(1, sizeof *job);
    if (job) {
        atomic_init(&job->abandoned, false);
    }
    return job;
}

void ro_searchd_job_free(ro_searchd_job *job) {
    if (job) {
        ro_http_request_release(&job->request);
        ro_http_response_release(&job->response);
        ro_arena_release(&job->arena);
        ro_made_release(&job->made);
        free(job->reload);
        free(job->reloaded);
        free(job);
    }
}
