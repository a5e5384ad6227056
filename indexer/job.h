/* What the threads of the pipeline hand to one another. */
#ifndef READOUT_INDEXER_JOB_H
#define READOUT_INDEXER_JOB_H

#include "readout/pipeline.h"
#include "readout/queue.h"

#include <pthread.h>

#define RO_JOB_SKIPS_MAX 50 /* told one by one for a job; the rest is counted */

/* A file on its way. Made by the reader, freed by the writer with the file's last job. Only the
 * writer changes it once its first job is queued, except for what is set before the last job. */
typedef struct ro_file {
    char *path;   /* owned; "" for standard input */
    char *header; /* owned; CSV */
    size_t header_len;
    char charset[64];
    bool in_ledger; /* an entry is to be written */
    int64_t size, mtime_ns;
    uint8_t hash[32];
    /* the writer's */
    uint64_t articles;
    bool failed;
} ro_file;

typedef struct ro_parse_job {
    ro_file *file;
    const ro_format *format; /* NULL: nothing to parse */
    ro_buf bytes;
    int64_t line;
    bool last;         /* of its file */
    bool known;        /* the file is unchanged; `known_articles` are in the index */
    uint64_t articles; /* if known */
    uint64_t raw;      /* bytes of the file that it stands for */
    size_t charge;     /* bytes taken from the gate */
    /* what the worker made of it */
    bool done;
    ro_status status;
    ro_error error;
    ro_prepared **prepared;
    size_t count, capacity;
    ro_error *skips;
    size_t skip_count;
    uint64_t skips_more;
    ro_error *notes; /* dates that could not be read */
    size_t note_count;
    uint64_t notes_more;
    uint64_t text_bytes;
} ro_parse_job;

/* Bytes in flight. */
typedef struct ro_gate {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* room in the gate, or a job done */
    size_t used, limit;
    bool closed;
} ro_gate;

void ro_gate_init(ro_gate *gate, size_t limit);
void ro_gate_release(ro_gate *gate);
/* Waits for room; the first always fits. False once closed. */
bool ro_gate_take(ro_gate *gate, size_t bytes);
void ro_gate_give(ro_gate *gate, size_t bytes);
void ro_gate_close(ro_gate *gate);
/* Waits until the job is done; false: it is not at the deadline. */
bool ro_gate_wait(ro_gate *gate, const ro_parse_job *job, ro_deadline deadline);

/* What the ledger knew when the run began, by path. */
typedef struct ro_known {
    struct ro_known_file *files; /* open addressing */
    size_t capacity, count;
} ro_known;

typedef struct ro_known_file {
    uint64_t path_hash; /* 0: free */
    int64_t size, mtime_ns;
    uint64_t articles;
    uint8_t hash[32];
} ro_known_file;

ro_status ro_known_add(ro_known *known, const ro_ledger_entry *entry, ro_error *err) RO_MUST_CHECK;
const ro_known_file *ro_known_find(const ro_known *known, ro_str path);
void ro_known_release(ro_known *known);

/* One run of the pipeline. */
typedef struct ro_run {
    const ro_pipeline *settings;
    const char *const *paths;
    size_t path_count;
    ro_known known;
    ro_gate gate;
    ro_queue *work;    /* for the workers */
    ro_queue *ordered; /* the same jobs, for the writer */
    size_t whole_max;  /* bytes of a file read as a whole */
    size_t tree_max;   /* bytes of a parse tree */
    ro_file *orphan;   /* a file whose last job was not queued; freed when all threads are done */
    ro_status reader_status;
    ro_error reader_error;
} ro_run;

/* Walks and reads until all is queued or the gate is closed; closes both queues. A thread's start.
 */
void *ro_reader_main(void *run);
/* Parses and prepares until the queue is closed and empty. A thread's start. */
void *ro_worker_main(void *run);

void ro_job_free(ro_parse_job *job);
void ro_file_free(ro_file *file);
static inline bool ro_pipeline_stopped(const ro_pipeline *pipeline) {
    return pipeline->stop && *pipeline->stop;
}

static inline bool ro_run_stopped(const ro_run *run) {
    return ro_pipeline_stopped(run->settings);
}

#endif
