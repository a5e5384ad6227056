/* The writer: one thread that holds the only ro_writer of the daemon, and the queue before it. What
 * needs no index, articles read and their facts found, is done by another thread on the way there:
 * it works on what comes next while the writer commits.
 *
 * Jobs that wait are written in one transaction and answered when it is committed: an answer of 2xx
 * is on the disk. The transaction takes in what has come meanwhile, up to a size and a time. The
 * lock of the index is let go when nothing is left to write, and, after a while, when others wait
 * to write the same index: then it is their turn, and they do the same.
 */
#ifndef READOUT_WRITE_H
#define READOUT_WRITE_H

#include "job.h"
#include "metrics.h"
#include "readout/log.h"
#include "worker.h"

typedef struct ro_writing ro_writing;

/* What a handler has to work with. It makes job->response, which is sent once all is committed.
 * Other than RO_OK is a fault of the index, not of the request: all that was written together is
 * dropped and said to be. */
typedef struct ro_write_work {
    ro_index *index;
    ro_writer *writer;
    const ro_made *made; /* of the request, or of the next part of it */
    bool alone;          /* nothing uncommitted is before it */
} ro_write_work;

typedef ro_status (*ro_write_fn)(const ro_write_work *work, ro_searchd_job *job, ro_error *err);

typedef struct ro_writing_settings {
    const char *index, *language, *lexicon;
    bool facts;
    size_t queue;
    size_t memory; /* of what was made ready and waits to be written */
    ro_pool *pool; /* borrowed: jobs that are done come back through it */
    ro_log *log;   /* borrowed */
} ro_writing_settings;

ro_status ro_writing_start(const ro_writing_settings *settings, ro_writing **out,
                           ro_error *err) RO_MUST_CHECK;
/* Finishes what is queued; NULL is allowed. */
void ro_writing_stop(ro_writing *writing);
/* False: the queue is full and the job stays with the caller. */
bool ro_writing_submit(ro_writing *writing, ro_searchd_job *job);
/* Jobs that the writer has not begun. */
size_t ro_writing_waiting(ro_writing *writing);
/* Whether there is room for more than one of each client. */
bool ro_writing_is_calm(ro_writing *writing);
/* What was done so far. */
ro_write_counts ro_writing_counts(ro_writing *writing);
/* What is damaged of the index, and can be, is built anew in a while. */
void ro_writing_mend(ro_writing *writing);
/* The index to write from now on. */
ro_status ro_writing_move(ro_writing *writing, const char *index, ro_error *err) RO_MUST_CHECK;

#endif
