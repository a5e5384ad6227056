#include "admin.h"

#include "problem.h"
#include "readout/queue.h"
#include "route.h"
#include "thread.h"

#include <stdlib.h>

#define QUEUE_MAX 32 /* jobs that wait */

struct ro_admin {
    ro_queue *queue;
    ro_admin_work work;
    pthread_t thread;
    bool started;
};

static void run(ro_admin *admin, ro_searchd_job *job) {
    if (atomic_load_explicit(&job->abandoned, memory_order_relaxed)) {
        return;
    }
    if (ro_deadline_passed(job->deadline)) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                         RO_STR("the request's time ran out while it waited"), RO_WHERE_NONE);
        return;
    }
    job->begun_ns = ro_now_ns();
    job->route->admin(&admin->work, job);
    ro_http_response_field(&job->response, "Cache-Control", RO_STR("no-store"));
    job->done_ns = ro_now_ns();
}

static void *admin_main(void *argument) {
    ro_admin *admin = argument;
    (void)pthread_setname_np(pthread_self(), "admin");
    for (ro_searchd_job *job; (job = ro_queue_pop(admin->queue));) {
        run(admin, job);
        ro_pool_give_back(admin->work.pool, job);
    }
    return NULL;
}

ro_status ro_admin_start(const ro_admin_work *work, ro_admin **out, ro_error *err) {
    *out = NULL;
    ro_admin *admin = calloc(1, sizeof *admin);
    if (!admin) {
        return ro_fail_memory(err);
    }
    admin->work = *work;
    ro_status status = ro_queue_new(QUEUE_MAX, &admin->queue, err);
    if (status == RO_OK) {
        status = ro_thread_start(&admin->thread, admin_main, admin, err);
        admin->started = status == RO_OK;
    }
    if (status != RO_OK) {
        ro_admin_stop(admin);
        return status;
    }
    *out = admin;
    return RO_OK;
}

void ro_admin_stop(ro_admin *admin) {
    if (!admin) {
        return;
    }
    if (admin->queue) {
        ro_queue_close(admin->queue);
    }
    if (admin->started) {
        (void)pthread_join(admin->thread, NULL);
    }
    ro_queue_free(admin->queue);
    free(admin);
}

bool ro_admin_submit(ro_admin *admin, ro_searchd_job *job) {
    return ro_queue_try_push(admin->queue, job);
}
