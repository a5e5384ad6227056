/* Questions that workers are answering. Who asks one of them meanwhile waits for that answer,
 * instead of having it made a second time at the same time: after a commit many ask what is not
 * kept any more.
 *
 * For any thread. */
#ifndef READOUT_TWINS_H
#define READOUT_TWINS_H

#include "cache.h"
#include "job.h"

typedef struct ro_twins ro_twins;

ro_status ro_twins_new(size_t workers, ro_twins **out, ro_error *err) RO_MUST_CHECK;
void ro_twins_free(ro_twins *twins); /* NULL is allowed */

/* True: another worker is answering the job's question in this state, and the job waits with it.
 * False: `worker` is to answer it, and calls ro_twins_part when it has. */
bool ro_twins_join(ro_twins *twins, size_t worker, ro_cache_state state, ro_searchd_job *job);
/* The jobs that waited for the worker's answer, linked by `next`; none joins any more. */
ro_searchd_job *ro_twins_part(ro_twins *twins, size_t worker);

#endif
