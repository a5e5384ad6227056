#include "twins.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct answering {
    ro_str question; /* of the job that the worker has; empty: nothing that others could wait for */
    uint64_t hash;
    ro_cache_state state;
    ro_searchd_job *waiting;
} answering;

struct ro_twins {
    pthread_mutex_t lock; /* of what follows */
    size_t count;
    answering workers[];
};

ro_status ro_twins_new(size_t workers, ro_twins **out, ro_error *err) {
    ro_twins *twins = calloc(1, sizeof *twins + workers * sizeof(answering));
    *out = twins;
    if (!twins) {
        return ro_fail_memory(err);
    }
    twins->count = workers;
    (void)pthread_mutex_init(&twins->lock, NULL);
    return RO_OK;
}

void ro_twins_free(ro_twins *twins) {
    if (twins) {
        (void)pthread_mutex_destroy(&twins->lock);
        free(twins);
    }
}

/* Who is answering the same; NULL: nobody. With the lock held. */
static answering *find(ro_twins *twins, const answering *wanted) {
    for (size_t i = 0; i < twins->count; i++) {
        answering *each = &twins->workers[i];
        if (each->question.len && each->hash == wanted->hash &&
            each->state.source == wanted->state.source &&
            each->state.revision == wanted->state.revision &&
            ro_str_equal(each->question, wanted->question)) {
            return each;
        }
    }
    return NULL;
}

bool ro_twins_join(ro_twins *twins, size_t worker, ro_cache_state state, ro_searchd_job *job) {
    if (!job->question.len || job->alone) {
        return false;
    }
    const answering own = {job->question, ro_str_hash(job->question), state, NULL};
    (void)pthread_mutex_lock(&twins->lock);
    answering *other = find(twins, &own);
    if (other) {
        job->next = other->waiting;
        other->waiting = job;
    } else {
        twins->workers[worker] = own;
    }
    (void)pthread_mutex_unlock(&twins->lock);
    return other != NULL;
}

ro_searchd_job *ro_twins_part(ro_twins *twins, size_t worker) {
    (void)pthread_mutex_lock(&twins->lock);
    ro_searchd_job *waiting = twins->workers[worker].waiting;
    twins->workers[worker] = (answering){0};
    (void)pthread_mutex_unlock(&twins->lock);
    return waiting;
}
