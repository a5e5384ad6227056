/* A bounded queue of pointers between threads.
 *
 * Any number of producers and consumers. The queue never owns what its items point to.
 */
#ifndef READOUT_QUEUE_H
#define READOUT_QUEUE_H

#include "readout/deadline.h"
#include "readout/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct ro_queue ro_queue;

/* `capacity` items at most wait in it. */
ro_status ro_queue_new(size_t capacity, ro_queue **out, ro_error *err) RO_MUST_CHECK;
/* No thread may be inside the queue any more. */
void ro_queue_free(ro_queue *queue);
/* Waits for room. False when the queue was closed: the item was not taken. */
bool ro_queue_push(ro_queue *queue, void *item);
/* Does not wait. False when the queue is full or closed. */
bool ro_queue_try_push(ro_queue *queue, void *item);
/* Waits for an item; NULL once the queue is closed and empty. */
void *ro_queue_pop(ro_queue *queue);
/* The same, but waits no longer than until the deadline and then sets `*item` to NULL. False once
 * the queue is closed and empty. */
bool ro_queue_pop_until(ro_queue *queue, ro_deadline deadline, void **item);
/* No item is taken any more; those inside can still be popped. Wakes all who wait. */
void ro_queue_close(ro_queue *queue);
size_t ro_queue_length(ro_queue *queue);

#endif
