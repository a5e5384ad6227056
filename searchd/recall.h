/* Answers from the cache, and into it: the one place where handlers of routes that are `cached`
 * are spared. */
#ifndef READOUT_RECALL_H
#define READOUT_RECALL_H

#include "cache.h"
#include "job.h"
#include "packer.h"

/* Sets the job's question: all that its answer depends on beside the state. Cheap. */
void ro_recall_ask(ro_searchd_job *job);
/* Answers the job as its question was answered before in this state; false: it was not. Times in
 * the answer are those of this one. The packer is the thread's. Cheap, and waits for nothing: the
 * event thread tries it before it gives the job to a worker, who tries it again when its turn
 * comes. */
bool ro_recall(ro_cache *cache, ro_packer *packer, ro_cache_state state, ro_searchd_job *job);
/* Keeps what was answered now, if it is a good answer. */
void ro_recall_keep(ro_cache *cache, ro_packer *packer, ro_cache_state state,
                    const ro_searchd_job *job);

#endif
