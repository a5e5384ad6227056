#include "opened.h"

#include "thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPENERS_MAX 16 /* threads that open searchers, beside the one that wants them */

void ro_opened_free(ro_opened *index) {
    for (size_t i = 0; i < index->count; i++) {
        ro_searcher_close(index->searchers[i]);
    }
    ro_watch_close(index->watch);
    ro_index_close(index->index);
    free(index);
}

/* Each searcher reads the columns of all documents: as many are opened at a time as there are
 * processors. */
typedef struct opening {
    ro_opened *index;
    size_t workers;
    atomic_size_t next;
    pthread_mutex_t lock; /* of what follows */
    ro_status status;
    ro_error *err;
} opening;

static void *open_some(void *context) {
    opening *o = context;
    for (size_t at; (at = atomic_fetch_add(&o->next, 1)) < o->workers;) {
        ro_error err = RO_ERROR_INIT;
        ro_status status = ro_searcher_open(o->index->index, &o->index->searchers[at], &err);
        (void)pthread_mutex_lock(&o->lock);
        if (status != RO_OK && o->status == RO_OK) {
            o->status = ro_fail(o->err, status, "%s", err.message);
        }
        (void)pthread_mutex_unlock(&o->lock);
    }
    return NULL;
}

static ro_status open_searchers(ro_opened *index, size_t workers, ro_error *err) {
    opening o = {.index = index, .workers = workers, .err = err};
    pthread_t helpers[OPENERS_MAX];
    size_t count = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    (void)pthread_mutex_init(&o.lock, NULL);
    while (count < OPENERS_MAX && (long)count + 1 < processors && count + 1 < workers &&
           ro_thread_start(&helpers[count], open_some, &o, NULL) == RO_OK) {
        count++;
    }
    (void)open_some(&o);
    while (count) {
        (void)pthread_join(helpers[--count], NULL);
    }
    (void)pthread_mutex_destroy(&o.lock);
    index->count = workers;
    return o.status;
}

ro_status ro_opened_new(const char *path, size_t workers, ro_opened **out, ro_error *err) {
    *out = NULL;
    ro_opened *index = calloc(1, sizeof *index + workers * sizeof(ro_searcher *));
    if (!index) {
        return ro_fail_memory(err);
    }
    index->holders = 1;
    ro_status status = ro_index_open(path, RO_INDEX_READ, &index->index, err);
    if (status != RO_OK) {
        free(index);
        return status;
    }
    struct stat info = {0};
    (void)stat(path, &info);
    uint64_t parts[2] = {(uint64_t)info.st_dev, (uint64_t)info.st_ino};
    index->tag = ro_str_hash(ro_str_make((const char *)parts, sizeof parts));
    status = open_searchers(index, workers, err);
    if (status == RO_OK) {
        status = ro_watch_open(index->index, &index->watch, err);
    }
    if (status != RO_OK) {
        ro_opened_free(index);
        return status;
    }
    *out = index;
    return RO_OK;
}
