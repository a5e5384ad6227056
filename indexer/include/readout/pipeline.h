/* The pipeline: files in, index out.
 *
 * One reader thread walks and reads, workers parse, extract and prepare, the calling thread writes.
 * Articles are written in the order of walking and of their place in the file, however many workers
 * there are. What is in flight is bounded in bytes.
 *
 * A file's entry in the ledger is written in the transaction of its last articles: after a crash it
 * is read again, and articles that are stored already cost one look-up each.
 */
#ifndef READOUT_PIPELINE_H
#define READOUT_PIPELINE_H

#include "readout/extract.h"
#include "readout/index.h"
#include "readout/parser.h"

#include <stdatomic.h>

#define RO_PIPELINE_MEMORY ((size_t)256 << 20) /* default bound */
#define RO_PIPELINE_MEMORY_MIN ((size_t)32 << 20)
#define RO_PIPELINE_THREADS_MAX 64

typedef struct ro_report {
    uint64_t added, changed, unchanged, removed; /* articles */
    uint64_t skipped;                            /* files and records left out */
    uint64_t unread_dates;                       /* articles whose date could not be read */
    uint64_t files;                              /* read */
    uint64_t files_unchanged;                    /* known by size and time, or by hash */
    uint64_t bytes;                              /* of files gone through, as on disk */
    uint64_t text_bytes;                         /* of articles read */
    bool stopped;                                /* by `stop`, before all was read */
} ro_report;

typedef struct ro_pipeline {
    ro_index *index; /* borrowed */
    size_t memory;   /* bytes in flight, parse trees included */
    size_t max_file; /* bytes of a file that is read as a whole, after decompression */
    const ro_extractor *extractor; /* of facts, from articles in English; NULL: of none */
    unsigned threads;              /* workers; 0: one a processor, but for the writer's */
    ro_str language;               /* of articles that do not state theirs */
    ro_deadline lock_wait;         /* how long to wait for another writer */
    bool force;                    /* read files again that the ledger knows unchanged */
    const char *except;            /* directory not to walk: the index itself; may be NULL */
    const atomic_int *stop;        /* other than 0: commit what is whole and return */
    /* Called on the calling thread. */
    void (*on_progress)(void *context, const ro_report *report);
    void (*on_skip)(void *context, const char *path, const ro_error *why);
    /* What was put in all the same, but for a date; not told of all where a file has many. */
    void (*on_note)(void *context, const char *path, const ro_error *why);
    /* Once, when another writer has been waited for a second; `why` names it. */
    void (*on_wait)(void *context, const ro_error *why);
    void *context;
} ro_pipeline;

/* Memory, language, no facts and no callbacks. */
ro_pipeline ro_pipeline_default(ro_index *index);

/* Adds the files under the paths; "-" is NDJSON on standard input. RO_OK also when input was
 * skipped. RO_FULL, RO_IO …: what was committed before stays. */
ro_status ro_pipeline_add(const ro_pipeline *pipeline, const char *const *paths, size_t count,
                          ro_report *report, ro_error *err) RO_MUST_CHECK;

/* The same, and removes what files that have vanished from under the paths gave. With no paths: all
 * that the ledger knows. */
ro_status ro_pipeline_update(const ro_pipeline *pipeline, const char *const *paths, size_t count,
                             ro_report *report, ro_error *err) RO_MUST_CHECK;

/* Removes an article by its id, or all that came from a file or from under a directory. `removed`
 * counts articles; a name that is neither is told as skipped. */
ro_status ro_pipeline_delete(const ro_pipeline *pipeline, const char *const *names, size_t count,
                             ro_report *report, ro_error *err) RO_MUST_CHECK;

#endif
