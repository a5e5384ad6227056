/* Answers from the cache, and into it: the one place where handlers of routes that are `cached`
 * are spared. */
#ifndef READOUT_RECALL_H
#define READOUT_RECALL_H

#include "cache.h"
#include "job.h"

/* Answers the job as it was answered before, in the present state; false: it was not, and `key` is
 * to be given back with the answer that is made now. Times in the answer are those of this one. */
bool ro_recall(ro_cache *cache, ro_cache_state state, ro_searchd_job *job, ro_str *key);
/* Keeps what was answered, if it is a good answer. */
void ro_recall_keep(ro_cache *cache, ro_cache_state state, const ro_searchd_job *job, ro_str key);

#endif
