/* Threads beside the event thread: signals are its alone. */
#ifndef READOUT_SEARCHD_THREAD_H
#define READOUT_SEARCHD_THREAD_H

#include "readout/status.h"

#include <pthread.h>

ro_status ro_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument,
                          ro_error *err) RO_MUST_CHECK;

/* For threads that work long: the event thread must not wait for a processor behind them, since it
 * answers connections and /healthz. Among each other they share evenly. */
void ro_thread_give_way(void);

#endif
