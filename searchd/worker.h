/* The pool: threads that run jobs, each with a searcher of its own, and the index they share.
 *
 * The event thread recalls, submits and collects; it never waits for a worker.
 */
#ifndef READOUT_WORKER_H
#define READOUT_WORKER_H

#include "cache.h"
#include "job.h"
#include "readout/log.h"
#include "readout/query.h"

typedef struct ro_pool ro_pool;

/* What searches go by that do not say otherwise. */
typedef struct ro_defaults {
    ro_request request; /* without texts */
    bool builtin_synonyms;
} ro_defaults;

/* What a handler has to work with. */
typedef struct ro_work {
    ro_searcher *searcher; /* refreshed just now */
    uint64_t index_tag;    /* tells this index directory from another one at the same path, and
                              what searches go by beside it */
    uint64_t generation;   /* one more with each change of what searches go by beside the index */
    ro_request defaults;   /* a request starts as */
    const char *public_url, *search_page; /* as configured; NULL: not */
} ro_work;

typedef struct ro_pool_settings {
    const char *index;
    const char *public_url, *search_page; /* NULL: not configured; copied */
    const char *synonyms;                 /* a file; NULL: that of the index, if it has one */
    ro_defaults defaults;
    size_t workers, queue;
    int64_t queue_ms; /* that a job may wait while more jobs than workers wait behind it */
    size_t cache;     /* bytes of answers that are kept; 0: none are */
    ro_log *log;      /* borrowed */
} ro_pool_settings;

/* Opens the index and starts the threads. Signals are blocked in them. */
ro_status ro_pool_start(const ro_pool_settings *settings, ro_pool **out,
                        ro_error *err) RO_MUST_CHECK;
/* Lets what is queued finish, joins the threads, closes the index; NULL is allowed. */
void ro_pool_stop(ro_pool *pool);

/* Answers the job at once, if it was answered before and nothing has changed since: no commit of
 * any process, nor what searches go by beside the index. False: it is for a worker. */
bool ro_pool_recall(ro_pool *pool, ro_searchd_job *job);
/* Gives the job to a worker; false: the queue is full and the job stays with the caller. */
bool ro_pool_submit(ro_pool *pool, ro_searchd_job *job);
/* Readable while finished jobs wait. */
int ro_pool_fd(const ro_pool *pool);
/* All finished jobs, linked by `next`, in the order they finished. */
ro_searchd_job *ro_pool_collect(ro_pool *pool);

/* Puts a job that another thread has finished among those to be collected. */
void ro_pool_give_back(ro_pool *pool, ro_searchd_job *job);

/* Makes a job that opens the index at `path`, reads synonyms as at the start and, if that succeeds,
 * has all workers follow; when it comes back its response status is 200 or the body says what went
 * wrong. NULL: no memory. */
ro_searchd_job *ro_pool_reload_job(const char *path, const char *synonyms);

/* What words stand for from the next request on; takes them over. `tag` tells them from others. */
ro_status ro_pool_use_synonyms(ro_pool *pool, ro_synonyms *synonyms, uint64_t tag,
                               ro_error *err) RO_MUST_CHECK;

/* From the next request on. */
void ro_pool_use_defaults(ro_pool *pool, const ro_defaults *defaults);

/* How often another index was opened. */
uint64_t ro_pool_reloads(ro_pool *pool);

size_t ro_pool_waiting(ro_pool *pool); /* jobs in the queue */
size_t ro_pool_size(const ro_pool *pool);
bool ro_pool_ready(ro_pool *pool); /* every worker has the index open */

typedef struct ro_pool_state {
    uint64_t revision;
    int64_t articles;
    ro_index_sizes sizes;
} ro_pool_state;
/* As of the newest commit a worker has seen; a second old at most. */
ro_pool_state ro_pool_state_now(ro_pool *pool);
ro_cache_counts ro_pool_cache_counts(ro_pool *pool);

#endif
