#include "write.h"

#include "problem.h"
#include "readout/queue.h"
#include "route.h"
#include "tend.h"
#include "thread.h"
#include "write_api.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_BYTES ((size_t)8 << 20) /* of text in one transaction */
#define GROUP_MS 500                  /* and how long it stays open */
#define GROUP_JOBS 1024
#define LINGER_MS 50  /* an open writer waits for more to write */
#define LINGER_FEW 5  /* the same while others wait to write */
#define HOLD_MS 200   /* the index is held while they do and there is more to write */
#define IDLE_MS 60000 /* nothing happens then */
#define PARTS 8       /* of the memory for what was made, which it is handed over in */

struct ro_writing {
    ro_queue *queue; /* from the event thread to the maker's */
    ro_queue *ready; /* from there to the writer's; in the same order */
    size_t waiting_max, made_max;
    atomic_size_t waiting; /* submitted and not taken by the writer */
    ro_pool *pool;
    ro_log *log; /* borrowed */
    pthread_t thread, maker_thread;
    bool started, making_started;
    ro_tender *tender;
    pthread_mutex_t lock; /* of what follows */
    char *path;
    bool moved; /* the path is another since the last write */
    ro_write_counts counts;
    size_t made_bytes; /* ready and not written; while it is over the most the maker waits */
    pthread_cond_t written;
    /* the maker's own */
    char *language;
    ro_extractor *extractor;
    ro_making making;
    /* the writer's own */
    ro_index *index;
    ro_writer *writer; /* NULL: the lock is not held */
    int64_t taken_ns;  /* when it was opened */
    ro_searchd_job *jobs[GROUP_JOBS];
    size_t count;
    bool wanted; /* the last of them is */
};

/* ---- the index ------------------------------------------------------------------------------ */

static void let_go(ro_writing *writing) {
    if (writing->writer) {
        (void)pthread_mutex_lock(&writing->lock);
        ro_tender_poke(writing->tender, writing->path, false);
        (void)pthread_mutex_unlock(&writing->lock);
    }
    ro_writer_close(writing->writer);
    ro_index_close(writing->index);
    writing->writer = NULL;
    writing->index = NULL;
}

/* Opened anew each time: another index may stand at the path by now. */
static ro_status take_hold(ro_writing *writing, ro_deadline deadline, ro_error *err) {
    if (writing->writer) {
        return RO_OK;
    }
    (void)pthread_mutex_lock(&writing->lock);
    ro_status status = ro_index_open(writing->path, RO_INDEX_WRITE, &writing->index, err);
    (void)pthread_mutex_unlock(&writing->lock);
    if (status == RO_OK) {
        status = ro_writer_open(writing->index, deadline, &writing->writer, err);
    }
    if (status != RO_OK) {
        let_go(writing);
    }
    writing->taken_ns = ro_now_ns();
    return status;
}

/* ---- making ready ---------------------------------------------------------------------------- */

static void wait_for_room(ro_writing *writing) {
    (void)pthread_mutex_lock(&writing->lock);
    while (writing->made_bytes > writing->made_max) {
        (void)pthread_cond_wait(&writing->written, &writing->lock);
    }
    (void)pthread_mutex_unlock(&writing->lock);
}

/* The writer's from here on. */
static void push_made(ro_writing *writing, ro_made *made) {
    (void)pthread_mutex_lock(&writing->lock);
    writing->made_bytes += made->bytes;
    (void)pthread_mutex_unlock(&writing->lock);
    bool taken = ro_queue_push(writing->ready, made);
    (void)taken; /* who pushes closes it */
}

/* Without memory what was made stays with the job. */
static void hand_over(ro_making *making, ro_searchd_job *job) {
    ro_writing *writing = (ro_writing *)(void *)((char *)making - offsetof(ro_writing, making));
    ro_made *part = job->made.bytes > writing->made_max / PARTS ? malloc(sizeof *part) : NULL;
    if (part) {
        *part = job->made;
        part->more = true;
        job->made = (ro_made){.job = job};
        push_made(writing, part);
        wait_for_room(writing);
    }
}

static bool is_of_use(const ro_searchd_job *job) {
    return !atomic_load_explicit(&job->abandoned, memory_order_relaxed) &&
           !ro_deadline_passed(job->deadline);
}

static void make(ro_writing *writing, ro_searchd_job *job) {
    job->made.job = job;
    if (job->route->make && is_of_use(job)) {
        wait_for_room(writing);
        job->begun_ns = ro_now_ns();
        job->route->make(&writing->making, job);
    }
    push_made(writing, &job->made);
}

static void *maker_main(void *argument) {
    ro_writing *writing = argument;
    (void)pthread_setname_np(pthread_self(), "maker");
    ro_thread_give_way();
    for (ro_searchd_job *job; (job = ro_queue_pop(writing->queue)) != NULL;) {
        make(writing, job);
    }
    ro_queue_close(writing->ready);
    return NULL;
}

/* True: that was all of its request. */
static bool drop_made(ro_writing *writing, ro_made *made) {
    bool more = made->more;
    (void)pthread_mutex_lock(&writing->lock);
    writing->made_bytes -= made->bytes;
    (void)pthread_mutex_unlock(&writing->lock);
    (void)pthread_cond_signal(&writing->written);
    ro_made_release(made);
    if (more) { /* else it is in the job */
        free(made);
    }
    return !more;
}

/* ---- groups --------------------------------------------------------------------------------- */

/* What was found wrong with the request itself stays so. */
static void fail_group(ro_writing *writing, ro_status status, const ro_error *err) {
    for (size_t i = 0; i < writing->count; i++) {
        if (writing->jobs[i]->response.status < 400) {
            ro_write_failed(writing->jobs[i], ro_problem_of_write(status), err);
        }
    }
}

static void give_back(ro_writing *writing) {
    int64_t now = ro_now_ns();
    for (size_t i = 0; i < writing->count; i++) {
        writing->jobs[i]->done_ns = writing->jobs[i]->begun_ns ? now : 0;
        ro_pool_give_back(writing->pool, writing->jobs[i]);
    }
    writing->count = 0;
}

/* False: there is nothing to do for it. What was made ready in time is written. */
static bool is_wanted(ro_searchd_job *job) {
    if (atomic_load_explicit(&job->abandoned, memory_order_relaxed)) {
        return false;
    }
    bool late = !job->begun_ns && ro_deadline_passed(job->deadline);
    if (late) {
        ro_error why = RO_ERROR_INIT;
        (void)ro_fail(&why, RO_DEADLINE, "the time ran out while it waited for the writer");
        ro_write_failed(job, RO_PROBLEM_OVERLOADED, &why);
    }
    return !late;
}

static ro_status write_made(ro_writing *writing, const ro_made *made, ro_error *err) {
    ro_searchd_job *job = made->job;
    bool begins = !writing->count || writing->jobs[writing->count - 1] != job;
    if (begins) {
        writing->jobs[writing->count++] = job;
        (void)atomic_fetch_sub(&writing->waiting, 1);
        writing->wanted = is_wanted(job);
    }
    ro_status status = writing->wanted ? take_hold(writing, job->deadline, err) : RO_OK;
    if (writing->wanted && status == RO_OK) {
        ro_write_work work = {writing->index, writing->writer, made, begins && writing->count == 1};
        job->begun_ns = job->begun_ns ? job->begun_ns : ro_now_ns();
        status = job->route->write(&work, job, err);
    }
    return status;
}

static void count_group(ro_writing *writing, ro_status status, int64_t commit_ns) {
    (void)pthread_mutex_lock(&writing->lock);
    if (status == RO_OK) {
        writing->counts.requests += writing->count;
        ro_histogram_add(&writing->counts.commits, (double)commit_ns / 1e9);
    } else {
        writing->counts.given_up += writing->count;
    }
    (void)pthread_mutex_unlock(&writing->lock);
}

/* What is held is of the index before. */
static void follow_move(ro_writing *writing) {
    (void)pthread_mutex_lock(&writing->lock);
    bool moved = writing->moved;
    writing->moved = false;
    (void)pthread_mutex_unlock(&writing->lock);
    if (moved) {
        let_go(writing);
    }
}

static bool is_full(ro_writing *writing) {
    return writing->count == GROUP_JOBS ||
           (writing->writer && ro_writer_pending(writing->writer) >= GROUP_BYTES);
}

/* Writes it and what else waits, commits, and has all answered. */
static void write_group(ro_writing *writing, ro_made *made) {
    follow_move(writing);
    ro_error err = RO_ERROR_INIT;
    ro_deadline end = ro_deadline_in_ms(GROUP_MS);
    void *next = made;
    ro_status status = RO_OK;
    while (next) {
        status = status == RO_OK ? write_made(writing, next, &err) : status;
        bool whole = drop_made(writing, next);
        next = NULL;
        if (!whole) {
            next = ro_queue_pop(writing->ready);
        } else if (status == RO_OK && !is_full(writing) && !ro_deadline_passed(end)) {
            (void)ro_queue_pop_until(writing->ready, (ro_deadline){0}, &next);
        }
    }
    if (status == RO_OK && writing->writer) {
        int64_t begun_ns = ro_now_ns();
        status = ro_writer_commit(writing->writer, &err);
        count_group(writing, status, ro_now_ns() - begun_ns);
    } else if (status != RO_OK) {
        count_group(writing, status, 0);
    }
    if (status != RO_OK) {
        let_go(writing);
        fail_group(writing, status, &err);
        ro_log_write(writing->log, status == RO_BUSY ? RO_LOG_INFO : RO_LOG_ERROR,
                     "%zu writes were given up: %s", writing->count, err.message);
    }
    give_back(writing);
}

/* For how long more is waited for. */
static int64_t patience_ms(ro_writing *writing) {
    bool wanted = writing->writer && ro_writer_wanted(writing->writer);
    if (wanted && ro_now_ns() - writing->taken_ns > HOLD_MS * (int64_t)1000000) {
        let_go(writing);
    }
    return !writing->writer ? IDLE_MS : wanted ? LINGER_FEW : LINGER_MS;
}

static void *writing_main(void *argument) {
    ro_writing *writing = argument;
    void *item = NULL;
    (void)pthread_setname_np(pthread_self(), "writer");
    ro_thread_give_way();
    while (ro_queue_pop_until(writing->ready, ro_deadline_in_ms(patience_ms(writing)), &item)) {
        if (item) {
            write_group(writing, item);
        } else {
            let_go(writing);
        }
    }
    let_go(writing);
    return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

ro_status ro_writing_start(const ro_writing_settings *settings, ro_writing **out, ro_error *err) {
    *out = NULL;
    ro_writing *writing = calloc(1, sizeof *writing);
    if (!writing) {
        return ro_fail_memory(err);
    }
    writing->pool = settings->pool;
    writing->log = settings->log;
    writing->waiting_max = settings->queue;
    writing->made_max = settings->memory;
    writing->making.hand_over = hand_over;
    (void)pthread_mutex_init(&writing->lock, NULL);
    (void)pthread_cond_init(&writing->written, NULL);
    writing->path = strdup(settings->index);
    writing->language = strdup(settings->language);
    ro_status status = writing->path && writing->language ? RO_OK : ro_fail_memory(err);
    if (status == RO_OK && settings->facts) {
        status = ro_extractor_open(settings->lexicon, &writing->extractor, err);
    }
    if (status == RO_OK) {
        writing->making.language = ro_str_from(writing->language);
        status = ro_maker_new(writing->extractor, &writing->making.maker, err);
    }
    if (status == RO_OK) {
        status = ro_queue_new(settings->queue, &writing->queue, err);
    }
    if (status == RO_OK) {
        status = ro_queue_new(settings->queue, &writing->ready, err);
    }
    if (status == RO_OK) {
        status = ro_tender_start(writing->log, &writing->tender, err);
    }
    if (status == RO_OK) {
        status = ro_thread_start(&writing->maker_thread, maker_main, writing, err);
        writing->making_started = status == RO_OK;
    }
    if (status == RO_OK) {
        status = ro_thread_start(&writing->thread, writing_main, writing, err);
        writing->started = status == RO_OK;
    }
    if (status != RO_OK) {
        ro_writing_stop(writing);
        return status;
    }
    *out = writing;
    return RO_OK;
}

void ro_writing_stop(ro_writing *writing) {
    if (!writing) {
        return;
    }
    if (writing->queue) {
        ro_queue_close(writing->queue);
    }
    if (writing->making_started) {
        (void)pthread_join(writing->maker_thread, NULL);
    }
    if (writing->started) {
        (void)pthread_join(writing->thread, NULL);
    }
    ro_tender_stop(writing->tender);
    ro_queue_free(writing->queue);
    ro_queue_free(writing->ready);
    ro_maker_free(writing->making.maker);
    ro_arena_release(&writing->making.scratch);
    ro_extractor_free(writing->extractor);
    (void)pthread_cond_destroy(&writing->written);
    (void)pthread_mutex_destroy(&writing->lock);
    free(writing->path);
    free(writing->language);
    free(writing);
}

bool ro_writing_submit(ro_writing *writing, ro_searchd_job *job) {
    if (ro_writing_waiting(writing) >= writing->waiting_max) {
        return false;
    }
    (void)atomic_fetch_add(&writing->waiting, 1);
    bool taken = ro_queue_try_push(writing->queue, job);
    (void)atomic_fetch_sub(&writing->waiting, taken ? 0 : 1);
    return taken;
}

size_t ro_writing_waiting(ro_writing *writing) {
    return atomic_load(&writing->waiting);
}

bool ro_writing_is_calm(ro_writing *writing) {
    return ro_writing_waiting(writing) < writing->waiting_max / 2;
}

ro_write_counts ro_writing_counts(ro_writing *writing) {
    (void)pthread_mutex_lock(&writing->lock);
    ro_write_counts counts = writing->counts;
    (void)pthread_mutex_unlock(&writing->lock);
    return counts;
}

void ro_writing_mend(ro_writing *writing) {
    (void)pthread_mutex_lock(&writing->lock);
    ro_tender_poke(writing->tender, writing->path, true);
    (void)pthread_mutex_unlock(&writing->lock);
}

ro_status ro_writing_move(ro_writing *writing, const char *index, ro_error *err) {
    char *path = strdup(index);
    if (!path) {
        return ro_fail_memory(err);
    }
    (void)pthread_mutex_lock(&writing->lock);
    free(writing->path);
    writing->path = path;
    writing->moved = true;
    (void)pthread_mutex_unlock(&writing->lock);
    return RO_OK;
}
