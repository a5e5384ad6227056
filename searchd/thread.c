#include "thread.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define STACK_BYTES ((size_t)8 << 20)
#define NICE 10

ro_status ro_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument,
                          ro_error *err) {
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;
    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGBUS); /* blocked, it ends the process whatever handler there is */
    int failed = pthread_attr_init(&attributes);
    failed = failed ? failed : pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (!failed) {
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        failed = pthread_create(thread, &attributes, run, argument);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        (void)pthread_attr_destroy(&attributes);
    }
    return failed ? ro_fail(err, RO_IO, "cannot start a thread: %s", strerror(failed)) : RO_OK;
}

/* On Linux a thread has a priority of its own. */
void ro_thread_give_way(void) {
    int nice_now = getpriority(PRIO_PROCESS, 0);
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), nice_now + NICE);
}
