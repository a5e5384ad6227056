#include "worker.h"

#include "file.h"
#include "opened.h"
#include "problem.h"
#include "readout/queue.h"
#include "recall.h"
#include "route.h"
#include "thread.h"
#include "twins.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* An idle worker moves to the newest commit this often, so that it does not hold back the clearing
 * of the write-ahead log. */
#define REFRESH_MS 1000
#define LOOK_NS ((int64_t)1000000000)

/* Synonyms and how many hold them: requests that run, and the pool. */
typedef struct shared_synonyms {
    ro_synonyms *synonyms;
    uint64_t tag;
    unsigned holders; /* under pool->lock */
} shared_synonyms;

typedef struct worker_state {
    ro_pool *pool;
    pthread_t thread;
    bool started;
    ro_opened *index;      /* what `searcher` reads */
    ro_searcher *searcher; /* NULL: the index could not be read */
    ro_packer *packer;
    struct {
        uint64_t look;
        int64_t at_ns;
        bool known;
    } view;          /* of `searcher`: of the look before it was refreshed, and when that was */
    bool strayed;    /* it was opened anew: looks tell nothing about it */
    bool complained; /* the log knows that it could not */
} worker_state;

struct ro_pool {
    ro_queue *queue;
    int64_t queue_ns;               /* that a job may wait while others do */
    char *public_url, *search_page; /* NULL: not configured */
    ro_cache *cache;                /* NULL: none */
    ro_packer *packer;              /* of who recalls */
    ro_twins *twins;
    ro_log *log; /* borrowed */
    int fd;
    pthread_mutex_t lock; /* of what follows */
    ro_opened *index;     /* what workers are to read */
    shared_synonyms *synonyms;
    ro_defaults defaults;
    uint64_t generation, reloads;
    ro_searchd_job *first, *last; /* finished */
    size_t ready;
    ro_pool_state state;
    struct {
        uint64_t look, revision;
        bool known;
    } seen;            /* of `index`, by the worker who looked last; not known: nothing was yet */
    bool counted;      /* `state` is about `index` */
    int64_t looked_ns; /* when it was counted */
    size_t count;
    worker_state workers[];
};

/* ---- the shared index ----------------------------------------------------------------------- */

static void drop_index(ro_pool *pool, ro_opened *index) {
    if (!index) {
        return;
    }
    (void)pthread_mutex_lock(&pool->lock);
    bool last = --index->holders == 0;
    (void)pthread_mutex_unlock(&pool->lock);
    if (last) {
        ro_opened_free(index);
    }
}

/* ---- synonyms ------------------------------------------------------------------------------- */

static void drop_synonyms(ro_pool *pool, shared_synonyms *synonyms) {
    if (!synonyms) {
        return;
    }
    (void)pthread_mutex_lock(&pool->lock);
    bool last = --synonyms->holders == 0;
    (void)pthread_mutex_unlock(&pool->lock);
    if (last) {
        ro_synonyms_close(synonyms->synonyms);
        free(synonyms);
    }
}

static uint64_t tag_of(const ro_defaults *defaults) {
    const ro_request *request = &defaults->request;
    uint64_t parts[4] = {(uint64_t)request->match << 8 | (uint64_t)request->typo, request->collapse,
                         defaults->builtin_synonyms, 0};
    memcpy(&parts[3], &request->half_life_days, sizeof parts[3]);
    return ro_str_hash(ro_str_make((const char *)parts, sizeof parts));
}

/* What answers from an index depend on beside its revision. With the lock held. */
static uint64_t source_of(const ro_pool *pool, const ro_opened *index) {
    return index->tag ^ (pool->synonyms->tag + tag_of(&pool->defaults));
}

/* What one request goes by beside the index. */
static shared_synonyms *hold_synonyms(worker_state *worker, ro_work *work, bool *builtin) {
    ro_pool *pool = worker->pool;
    (void)pthread_mutex_lock(&pool->lock);
    shared_synonyms *synonyms = pool->synonyms;
    synonyms->holders++;
    work->generation = pool->generation;
    work->defaults = pool->defaults.request;
    work->index_tag = source_of(pool, worker->index);
    *builtin = pool->defaults.builtin_synonyms;
    (void)pthread_mutex_unlock(&pool->lock);
    return synonyms;
}

void ro_pool_use_defaults(ro_pool *pool, const ro_defaults *defaults) {
    (void)pthread_mutex_lock(&pool->lock);
    pool->defaults = *defaults;
    pool->generation++;
    (void)pthread_mutex_unlock(&pool->lock);
}

ro_status ro_pool_use_synonyms(ro_pool *pool, ro_synonyms *synonyms, uint64_t tag, ro_error *err) {
    shared_synonyms *fresh = malloc(sizeof *fresh);
    if (!fresh) {
        ro_synonyms_close(synonyms);
        return ro_fail_memory(err);
    }
    *fresh = (shared_synonyms){synonyms, tag, 1};
    (void)pthread_mutex_lock(&pool->lock);
    shared_synonyms *old = pool->synonyms;
    pool->synonyms = fresh;
    pool->generation++;
    (void)pthread_mutex_unlock(&pool->lock);
    drop_synonyms(pool, old);
    return RO_OK;
}

/* `named`: by an option; that of the index may be missing. Replaces `text`. */
static ro_status read_synonyms(const char *from, bool named, ro_buf *text, ro_error *err) {
    bool found;
    ro_buf_clear(text);
    ro_status status = ro_file_read(from, "synonyms", RO_SYNONYMS_TEXT_MAX, text, &found, err);
    return status == RO_OK && named && !found
               ? ro_fail(err, RO_NOT_FOUND, "cannot open '%s': there is no such file", from)
               : status;
}

/* `file` NULL or "": that of the index. An administrator may write the file and put it to use after
 * it was read here and before it is used: so it is read again. */
static ro_status load_synonyms(ro_pool *pool, const char *file, const char *index, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_synonyms *synonyms;
    bool named = file && *file, changed = true;
    char *path = NULL;
    if (!named && asprintf(&path, "%s/" RO_SYNONYMS_FILE, index) < 0) {
        return ro_fail_memory(err);
    }
    const char *from = named ? file : path;
    ro_status status = read_synonyms(from, named, &text, err);
    while (status == RO_OK && changed) {
        uint64_t hash = ro_str_hash(ro_buf_str(&text));
        status = ro_synonyms_read(ro_buf_str(&text), &synonyms, err);
        if (status == RO_OK) {
            status = ro_pool_use_synonyms(pool, synonyms, hash, err);
        }
        if (status == RO_OK) {
            status = read_synonyms(from, named, &text, err);
        }
        changed = ro_str_hash(ro_buf_str(&text)) != hash;
    }
    ro_buf_release(&text);
    free(path);
    return status;
}

/* ---- workers -------------------------------------------------------------------------------- */

static size_t number_of(const worker_state *worker) {
    return (size_t)(worker - worker->pool->workers);
}

static void close_searcher(worker_state *worker) {
    if (worker->searcher) {
        ro_searcher_close(worker->searcher);
        worker->searcher = NULL;
        (void)pthread_mutex_lock(&worker->pool->lock);
        worker->pool->ready--;
        (void)pthread_mutex_unlock(&worker->pool->lock);
    }
}

static void count_ready(worker_state *worker) {
    (void)pthread_mutex_lock(&worker->pool->lock);
    worker->pool->ready++;
    (void)pthread_mutex_unlock(&worker->pool->lock);
}

/* The one that was opened with the index. */
static void take_searcher(worker_state *worker) {
    ro_searcher **opened = &worker->index->searchers[number_of(worker)];
    worker->searcher = *opened;
    worker->strayed = false;
    worker->view.known = false;
    *opened = NULL;
    count_ready(worker);
}

static void stray(worker_state *worker) {
    (void)pthread_mutex_lock(&worker->pool->lock);
    bool first = !worker->index->strayed;
    worker->index->strayed = true;
    worker->strayed = true;
    (void)pthread_mutex_unlock(&worker->pool->lock);
    if (first) {
        ro_log_write(
            worker->pool->log, RO_LOG_WARN,
            "the index was opened anew; until a reload what is kept is given by workers only");
    }
}

/* Moves to the newest commit. What cannot be read any more is opened anew: another index may stand
 * at the path by now. */
static ro_status open_searcher(worker_state *worker, ro_error *err) {
    if (worker->searcher) {
        if (ro_searcher_refresh(worker->searcher, NULL) == RO_OK) {
            return RO_OK;
        }
        close_searcher(worker);
        stray(worker);
    }
    ro_status status = ro_searcher_open(worker->index->index, &worker->searcher, err);
    if (status == RO_OK) {
        count_ready(worker);
    }
    return status;
}

/* Counts what there is once for each commit, by whichever worker sees it first, and now and then,
 * since merging leaves changes sizes but no revision. Revisions of different indexes tell nothing
 * about each other. */
static void publish_state(worker_state *worker) {
    ro_pool *pool = worker->pool;
    uint64_t revision = ro_searcher_revision(worker->searcher);
    (void)pthread_mutex_lock(&pool->lock);
    int64_t now = ro_now_ns();
    bool newer = !pool->counted || revision > pool->state.revision;
    bool old = revision == pool->state.revision && now - pool->looked_ns > LOOK_NS;
    bool news = worker->index == pool->index && (newer || old);
    if (news) {
        pool->counted = true;
        pool->looked_ns = now;
        pool->state.revision = revision;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    ro_snapshot *snapshot = ro_searcher_snapshot(worker->searcher);
    ro_index_sizes sizes;
    if (news && ro_snapshot_sizes(snapshot, &sizes, NULL) == RO_OK) {
        (void)pthread_mutex_lock(&pool->lock);
        if (worker->index == pool->index && revision == pool->state.revision) {
            pool->state.articles = ro_snapshot_articles(snapshot);
            pool->state.sizes = sizes;
        }
        (void)pthread_mutex_unlock(&pool->lock);
    }
}

/* For ro_pool_recall. */
static void publish_revision(worker_state *worker, bool looked, uint64_t look) {
    ro_pool *pool = worker->pool;
    uint64_t revision = ro_searcher_revision(worker->searcher);
    (void)pthread_mutex_lock(&pool->lock);
    if (worker->index == pool->index) {
        pool->seen.look = look;
        pool->seen.revision = revision;
        pool->seen.known = looked;
    }
    (void)pthread_mutex_unlock(&pool->lock);
}

/* What nobody has committed to since need not be refreshed, but for what REFRESH_MS is about, or
 * after a failure, which may have ended the view. */
static bool is_newest(const worker_state *worker, bool looked, uint64_t look) {
    return worker->view.known && looked && look == worker->view.look &&
           ro_now_ns() - worker->view.at_ns < REFRESH_MS * (int64_t)1000000;
}

static ro_status refresh(worker_state *worker, bool looked, uint64_t look, ro_error *err) {
    if (is_newest(worker, looked, look)) {
        return RO_OK;
    }
    ro_status status = open_searcher(worker, err);
    worker->view.look = look;
    worker->view.at_ns = ro_now_ns();
    worker->view.known = looked && status == RO_OK && !worker->strayed;
    return status;
}

/* Follows the pool to another index, and the index to its newest commit. */
static ro_status follow(worker_state *worker, ro_error *err) {
    ro_pool *pool = worker->pool;
    (void)pthread_mutex_lock(&pool->lock);
    ro_opened *wanted = pool->index;
    bool moved = wanted != worker->index;
    wanted->holders += moved;
    (void)pthread_mutex_unlock(&pool->lock);
    if (moved) {
        close_searcher(worker);
        drop_index(pool, worker->index);
        worker->index = wanted;
        take_searcher(worker);
    }
    uint64_t look;
    bool looked = ro_watch_look(worker->index->watch, &look);
    ro_status status = refresh(worker, looked, look, err);
    if (status == RO_OK) {
        publish_revision(worker, looked, look);
    }
    if (status != RO_OK && !worker->complained) {
        ro_log_write(pool->log, RO_LOG_ERROR, "cannot read the index: %s", err->message);
    }
    worker->complained = status != RO_OK;
    return status;
}

static void run_reload(worker_state *worker, ro_searchd_job *job) {
    ro_pool *pool = worker->pool;
    ro_error err = RO_ERROR_INIT;
    ro_opened *fresh = NULL;
    if (ro_opened_new(job->reload, pool->count, &fresh, &err) != RO_OK) {
        job->response.status = 500;
        ro_buf_add_str(&job->response.body, ro_str_from(err.message));
        return;
    }
    (void)pthread_mutex_lock(&pool->lock);
    ro_opened *old = pool->index;
    pool->index = fresh;
    pool->seen.known = false;
    pool->counted = false;
    pool->reloads++;
    (void)pthread_mutex_unlock(&pool->lock);
    drop_index(pool, old);
    job->response.status = 200;
    if (load_synonyms(pool, job->reloaded, job->reload, &err) != RO_OK) {
        ro_log_write(pool->log, RO_LOG_ERROR, "synonyms stay as they were: %s", err.message);
    }
}

/* Under more load than the workers can bear everything would be answered late, if it was answered
 * in turn. What has waited long is refused, so that the rest need not; but not what waited for an
 * answer in the making. */
static bool is_stale(ro_pool *pool, const ro_searchd_job *job) {
    return !job->again && ro_now_ns() - job->complete_ns > pool->queue_ns &&
           ro_queue_length(pool->queue) > pool->count;
}

/* True: the job is not to be begun, and its answer says why. */
static bool refuse(ro_pool *pool, ro_searchd_job *job, ro_status followed, const ro_error *err) {
    if (is_stale(pool, job)) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                         RO_STR("the request waited too long for a worker, and others wait, too"),
                         RO_WHERE_NONE);
    } else if (ro_deadline_passed(job->deadline)) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                         RO_STR("the request's time ran out while it waited for a worker"),
                         RO_WHERE_NONE);
    } else if (followed != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(followed, RO_PROBLEM_INDEX),
                         ro_str_from(err->message), RO_WHERE_NONE);
    } else {
        return false;
    }
    return true;
}

static void finish(worker_state *worker, ro_searchd_job *job) {
    worker->view.known &= job->response.status < 500;
    ro_pool_give_back(worker->pool, job);
}

/* Gives who waited the answer that was made in this state. If it was not kept, they are asked for
 * one by one, and wait for nobody again if it was `made` at all. */
static void answer_twins(worker_state *worker, ro_cache_state state, ro_searchd_job *waiting,
                         bool made) {
    ro_pool *pool = worker->pool;
    ro_searchd_job *next;
    for (ro_searchd_job *job = waiting; job; job = next) {
        next = job->next;
        job->next = NULL;
        bool done = atomic_load_explicit(&job->abandoned, memory_order_relaxed) ||
                    ro_recall(pool->cache, worker->packer, state, job);
        job->again = true;
        job->alone = made;
        if (!done && !ro_queue_try_push(pool->queue, job)) {
            ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                             RO_STR("too many requests wait for a worker"), RO_WHERE_NONE);
            done = true;
        }
        if (done) {
            ro_pool_give_back(pool, job);
        }
    }
}

/* In this state, and gives it back. */
static void answer(worker_state *worker, const ro_work *work, ro_cache_state state,
                   ro_searchd_job *job) {
    ro_cache *cache = worker->pool->cache;
    if (!ro_recall(cache, worker->packer, state, job)) {
        job->begun_ns = ro_now_ns();
        job->route->work(work, job);
        job->done_ns = ro_now_ns();
        ro_recall_keep(cache, worker->packer, state, job);
    }
    bool made = !atomic_load_explicit(&job->abandoned, memory_order_relaxed);
    /* The job holds the question that they share. */
    ro_searchd_job *waiting = ro_twins_part(worker->pool->twins, number_of(worker));
    finish(worker, job);
    answer_twins(worker, state, waiting, made);
}

static void run_request(worker_state *worker, ro_searchd_job *job, ro_status followed,
                        const ro_error *err) {
    ro_pool *pool = worker->pool;
    if (atomic_load_explicit(&job->abandoned, memory_order_relaxed) ||
        refuse(pool, job, followed, err)) {
        finish(worker, job);
        return;
    }
    ro_work work = {.searcher = worker->searcher,
                    .public_url = pool->public_url,
                    .search_page = pool->search_page};
    bool builtin;
    shared_synonyms *synonyms = hold_synonyms(worker, &work, &builtin);
    ro_searcher_use_synonyms(worker->searcher, synonyms->synonyms);
    ro_searcher_use_builtin(worker->searcher, builtin);
    ro_cache_state state = {work.index_tag + work.generation, ro_searcher_revision(work.searcher)};
    if (!ro_twins_join(pool->twins, number_of(worker), state, job)) {
        answer(worker, &work, state, job);
    }
    drop_synonyms(pool, synonyms);
}

void ro_pool_give_back(ro_pool *pool, ro_searchd_job *job) {
    (void)pthread_mutex_lock(&pool->lock);
    bool first = !pool->first;
    *(first ? &pool->first : &pool->last->next) = job;
    pool->last = job;
    (void)pthread_mutex_unlock(&pool->lock);
    /* a wake-up is under way already when the list was not empty */
    if (first) {
        uint64_t one = 1;
        ssize_t written = write(pool->fd, &one, sizeof one);
        (void)written; /* only a counter of 2^64 could refuse */
    }
}

static void *worker_main(void *argument) {
    worker_state *worker = argument;
    ro_thread_give_way();
    void *item = NULL;
    do {
        ro_error err = RO_ERROR_INIT;
        ro_searchd_job *job = item;
        ro_status status = follow(worker, &err);
        if (job && job->reload) {
            run_reload(worker, job);
            finish(worker, job);
        } else if (job) {
            run_request(worker, job, status, &err);
        }
        if (worker->searcher) {
            publish_state(worker);
        }
    } while (ro_queue_pop_until(worker->pool->queue, ro_deadline_in_ms(REFRESH_MS), &item));
    close_searcher(worker);
    drop_index(worker->pool, worker->index);
    return NULL;
}

/* ---- the pool ------------------------------------------------------------------------------- */

static ro_status start_threads(ro_pool *pool, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < pool->count && status == RO_OK; i++) {
        worker_state *worker = &pool->workers[i];
        worker->pool = pool;
        status = ro_packer_new(&worker->packer, err);
        if (status == RO_OK) {
            status = ro_thread_start(&worker->thread, worker_main, worker, err);
        }
        worker->started = status == RO_OK;
    }
    return status;
}

static bool copy_text(const char *text, char **out) {
    *out = text && *text ? strdup(text) : NULL;
    return *out || !text || !*text;
}

ro_status ro_pool_start(const ro_pool_settings *settings, ro_pool **out, ro_error *err) {
    *out = NULL;
    ro_pool *pool = calloc(1, sizeof *pool + settings->workers * sizeof(worker_state));
    if (!pool) {
        return ro_fail_memory(err);
    }
    pool->log = settings->log;
    pool->defaults = settings->defaults;
    pool->count = settings->workers;
    pool->queue_ns = settings->queue_ms * 1000000;
    bool memory = !copy_text(settings->public_url, &pool->public_url) ||
                  !copy_text(settings->search_page, &pool->search_page);
    (void)pthread_mutex_init(&pool->lock, NULL);
    pool->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ro_status status = pool->fd < 0
                           ? ro_fail(err, RO_IO, "cannot make an eventfd: %s", strerror(errno))
                           : ro_queue_new(settings->queue, &pool->queue, err);
    if (status == RO_OK && memory) {
        status = ro_fail_memory(err);
    }
    if (status == RO_OK) {
        status = load_synonyms(pool, settings->synonyms, settings->index, err);
    }
    if (status == RO_OK && settings->cache) {
        status = ro_cache_new(settings->cache, &pool->cache, err);
    }
    if (status == RO_OK) {
        status = ro_packer_new(&pool->packer, err);
    }
    if (status == RO_OK) {
        status = ro_twins_new(pool->count, &pool->twins, err);
    }
    if (status == RO_OK) {
        status = ro_opened_new(settings->index, pool->count, &pool->index, err);
    }
    if (status == RO_OK) {
        status = start_threads(pool, err);
    }
    if (status != RO_OK) {
        ro_pool_stop(pool);
        return status;
    }
    *out = pool;
    return RO_OK;
}

void ro_pool_stop(ro_pool *pool) {
    if (!pool) {
        return;
    }
    if (pool->queue) {
        ro_queue_close(pool->queue);
    }
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->workers[i].started) {
            (void)pthread_join(pool->workers[i].thread, NULL);
        }
        ro_packer_free(pool->workers[i].packer);
    }
    for (ro_searchd_job *job = pool->first; job;) {
        ro_searchd_job *next = job->next;
        ro_searchd_job_free(job);
        job = next;
    }
    drop_index(pool, pool->index);
    drop_synonyms(pool, pool->synonyms);
    ro_queue_free(pool->queue);
    if (pool->fd >= 0) {
        (void)close(pool->fd);
    }
    (void)pthread_mutex_destroy(&pool->lock);
    ro_cache_free(pool->cache);
    ro_packer_free(pool->packer);
    ro_twins_free(pool->twins);
    free(pool->public_url);
    free(pool->search_page);
    free(pool);
}

bool ro_pool_recall(ro_pool *pool, ro_searchd_job *job) {
    if (!pool->cache || !job->route->cached) {
        return false;
    }
    ro_recall_ask(job);
    (void)pthread_mutex_lock(&pool->lock);
    const ro_opened *index = pool->index;
    uint64_t look;
    bool newest = pool->seen.known && !index->strayed && ro_watch_look(index->watch, &look) &&
                  look == pool->seen.look;
    ro_cache_state state = {source_of(pool, index) + pool->generation, pool->seen.revision};
    (void)pthread_mutex_unlock(&pool->lock);
    return newest && ro_recall(pool->cache, pool->packer, state, job);
}

bool ro_pool_submit(ro_pool *pool, ro_searchd_job *job) {
    return ro_queue_try_push(pool->queue, job);
}

int ro_pool_fd(const ro_pool *pool) {
    return pool->fd;
}

ro_searchd_job *ro_pool_collect(ro_pool *pool) {
    uint64_t count = 0;
    ssize_t got = read(pool->fd, &count, sizeof count);
    (void)got; /* nothing to read means nothing to collect */
    (void)pthread_mutex_lock(&pool->lock);
    ro_searchd_job *first = pool->first;
    pool->first = NULL;
    pool->last = NULL;
    (void)pthread_mutex_unlock(&pool->lock);
    return first;
}

ro_searchd_job *ro_pool_reload_job(const char *path, const char *synonyms) {
    ro_searchd_job *job = ro_searchd_job_new();
    if (job) {
        job->reload = strdup(path);
        if (!job->reload || !copy_text(synonyms, &job->reloaded)) {
            ro_searchd_job_free(job);
            return NULL;
        }
    }
    return job;
}

uint64_t ro_pool_reloads(ro_pool *pool) {
    (void)pthread_mutex_lock(&pool->lock);
    uint64_t reloads = pool->reloads;
    (void)pthread_mutex_unlock(&pool->lock);
    return reloads;
}

size_t ro_pool_waiting(ro_pool *pool) {
    return ro_queue_length(pool->queue);
}

size_t ro_pool_size(const ro_pool *pool) {
    return pool->count;
}

bool ro_pool_ready(ro_pool *pool) {
    (void)pthread_mutex_lock(&pool->lock);
    bool ready = pool->ready == pool->count;
    (void)pthread_mutex_unlock(&pool->lock);
    return ready;
}

ro_pool_state ro_pool_state_now(ro_pool *pool) {
    (void)pthread_mutex_lock(&pool->lock);
    ro_pool_state state = pool->state;
    (void)pthread_mutex_unlock(&pool->lock);
    return state;
}

ro_cache_counts ro_pool_cache_counts(ro_pool *pool) {
    return ro_cache_counts_now(pool->cache);
}
