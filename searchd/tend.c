#include "tend.h"

#include "readout/index.h"
#include "thread.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_MS 30000   /* for which the index may be written by others; then the next poke helps */
#define MENDED_MS 30000 /* between two attempts at what may not be in our power */

struct ro_tender {
    ro_log *log;
    pthread_t thread;
    bool started;
    atomic_bool stopped;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t poked;
    char *index; /* to look at; NULL: none */
    bool damaged;
    /* the thread's own */
    ro_deadline rest; /* before that nothing is mended again */
};

static bool is_stopped(void *context) {
    return atomic_load(&((ro_tender *)context)->stopped);
}

static ro_status mend(ro_tender *tender, ro_index *index, ro_error *err) {
    ro_writer *writer;
    int64_t repaired = 0;
    ro_status status = ro_writer_open(index, ro_deadline_in_ms(LOCK_MS), &writer, err);
    if (status == RO_OK) {
        status = ro_writer_repair(writer, &repaired, err);
        ro_writer_close(writer);
    }
    if (repaired) {
        ro_log_write(tender->log, RO_LOG_WARN, "%lld damaged parts of the index were built anew",
                     (long long)repaired);
    }
    return status;
}

static void tend(ro_tender *tender, const char *path, bool damaged) {
    ro_error err = RO_ERROR_INIT;
    ro_index *index;
    ro_status status = ro_index_open(path, RO_INDEX_WRITE, &index, &err);
    if (status == RO_OK) {
        status = damaged ? mend(tender, index, &err)
                         : ro_index_tend(index, LOCK_MS, is_stopped, tender, &err);
        ro_index_close(index);
    }
    if (status != RO_OK) {
        ro_log_write(tender->log, status == RO_BUSY ? RO_LOG_INFO : RO_LOG_ERROR,
                     "the parts of the index were not %s: %s", damaged ? "mended" : "merged",
                     err.message);
    }
}

static void *tender_main(void *argument) {
    ro_tender *tender = argument;
    (void)pthread_setname_np(pthread_self(), "tender");
    ro_thread_give_way();
    while (!atomic_load(&tender->stopped)) {
        (void)pthread_mutex_lock(&tender->lock);
        while (!tender->index && !atomic_load(&tender->stopped)) {
            (void)pthread_cond_wait(&tender->poked, &tender->lock);
        }
        char *index = tender->index;
        bool damaged = tender->damaged && ro_deadline_passed(tender->rest);
        bool asked = damaged || !tender->damaged;
        tender->index = NULL;
        tender->damaged = false;
        (void)pthread_mutex_unlock(&tender->lock);
        if (index && asked && !atomic_load(&tender->stopped)) {
            tend(tender, index, damaged);
        }
        if (damaged) {
            tender->rest = ro_deadline_in_ms(MENDED_MS);
        }
        free(index);
    }
    return NULL;
}

ro_status ro_tender_start(ro_log *log, ro_tender **out, ro_error *err) {
    ro_tender *tender = *out = calloc(1, sizeof *tender);
    if (!tender) {
        return ro_fail_memory(err);
    }
    tender->log = log;
    tender->rest = ro_deadline_in_ms(0);
    (void)pthread_mutex_init(&tender->lock, NULL);
    (void)pthread_cond_init(&tender->poked, NULL);
    ro_status status = ro_thread_start(&tender->thread, tender_main, tender, err);
    tender->started = status == RO_OK;
    if (status != RO_OK) {
        ro_tender_stop(tender);
        *out = NULL;
    }
    return status;
}

/* Without memory the next poke helps. */
void ro_tender_poke(ro_tender *tender, const char *index, bool damaged) {
    (void)pthread_mutex_lock(&tender->lock);
    tender->damaged |= damaged;
    free(tender->index);
    tender->index = strdup(index);
    (void)pthread_cond_signal(&tender->poked);
    (void)pthread_mutex_unlock(&tender->lock);
}

void ro_tender_stop(ro_tender *tender) {
    if (!tender) {
        return;
    }
    (void)pthread_mutex_lock(&tender->lock);
    atomic_store(&tender->stopped, true);
    (void)pthread_cond_signal(&tender->poked);
    (void)pthread_mutex_unlock(&tender->lock);
    if (tender->started) {
        (void)pthread_join(tender->thread, NULL);
    }
    (void)pthread_cond_destroy(&tender->poked);
    (void)pthread_mutex_destroy(&tender->lock);
    free(tender->index);
    free(tender);
}
