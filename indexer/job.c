#include "job.h"

#include <stdlib.h>
#include <time.h>

/* ---- gate -------------------------------------------------------------------------------------
 */

void ro_gate_init(ro_gate *gate, size_t limit) {
    *gate = (ro_gate){.limit = limit};
    (void)pthread_mutex_init(&gate->lock, NULL);
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&gate->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

void ro_gate_release(ro_gate *gate) {
    (void)pthread_cond_destroy(&gate->changed);
    (void)pthread_mutex_destroy(&gate->lock);
}

bool ro_gate_take(ro_gate *gate, size_t bytes) {
    (void)pthread_mutex_lock(&gate->lock);
    while (!gate->closed && gate->used > 0 && bytes > gate->limit - gate->used) {
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    }
    bool open = !gate->closed;
    gate->used += open ? bytes : 0;
    (void)pthread_mutex_unlock(&gate->lock);
    return open;
}

void ro_gate_give(ro_gate *gate, size_t bytes) {
    (void)pthread_mutex_lock(&gate->lock);
    gate->used -= bytes < gate->used ? bytes : gate->used;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

void ro_gate_close(ro_gate *gate) {
    (void)pthread_mutex_lock(&gate->lock);
    gate->closed = true;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

bool ro_gate_wait(ro_gate *gate, const ro_parse_job *job, ro_deadline deadline) {
    struct timespec until = {deadline.at_ns / 1000000000, deadline.at_ns % 1000000000};
    (void)pthread_mutex_lock(&gate->lock);
    int waited = 0;
    while (!job->done && waited == 0) {
        waited = pthread_cond_timedwait(&gate->changed, &gate->lock, &until);
    }
    bool done = job->done;
    (void)pthread_mutex_unlock(&gate->lock);
    return done;
}

/* ---- what the ledger knew ---------------------------------------------------------------------
 */

static uint64_t path_hash(ro_str path) {
    uint64_t hash = ro_str_hash(path);
    return hash ? hash : 1;
}

static ro_known_file *slot_of(const ro_known *known, uint64_t hash) {
    size_t i = (size_t)(hash % known->capacity);
    while (known->files[i].path_hash != 0 && known->files[i].path_hash != hash) {
        i = (i + 1) % known->capacity;
    }
    return &known->files[i];
}

static bool grow(ro_known *known) {
    ro_known bigger = {NULL, known->capacity ? known->capacity * 2 : 256, known->count};
    bigger.files = calloc(bigger.capacity, sizeof *bigger.files);
    if (!bigger.files) {
        return false;
    }
    for (size_t i = 0; i < known->capacity; i++) {
        if (known->files[i].path_hash != 0) {
            *slot_of(&bigger, known->files[i].path_hash) = known->files[i];
        }
    }
    free(known->files);
    *known = bigger;
    return true;
}

ro_status ro_known_add(ro_known *known, const ro_ledger_entry *entry, ro_error *err) {
    if (known->count * 2 >= known->capacity && !grow(known)) {
        return ro_fail_memory(err);
    }
    ro_known_file *file = slot_of(known, path_hash(entry->path));
    known->count += file->path_hash == 0 ? 1 : 0;
    *file = (ro_known_file){.path_hash = path_hash(entry->path),
                            .size = entry->size,
                            .mtime_ns = entry->mtime_ns,
                            .articles = (uint64_t)entry->articles};
    memcpy(file->hash, entry->hash, sizeof file->hash);
    return RO_OK;
}

const ro_known_file *ro_known_find(const ro_known *known, ro_str path) {
    if (known->capacity == 0) {
        return NULL;
    }
    const ro_known_file *file = slot_of(known, path_hash(path));
    return file->path_hash ? file : NULL;
}

void ro_known_release(ro_known *known) {
    free(known->files);
    *known = (ro_known){NULL, 0, 0};
}

/* ---- jobs -------------------------------------------------------------------------------------
 */

void ro_file_free(ro_file *file) {
    if (file) {
        free(file->path);
        free(file->header);
        free(file);
    }
}

void ro_job_free(ro_parse_job *job) {
    for (size_t i = 0; i < job->count; i++) {
        ro_prepared_free(job->prepared[i]);
    }
    free(job->prepared);
    free(job->skips);
    free(job->notes);
    ro_buf_release(&job->bytes);
    if (job->last) {
        ro_file_free(job->file);
    }
    free(job);
}
