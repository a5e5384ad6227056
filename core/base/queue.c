#include "readout/queue.h"

#include <pthread.h>
#include <stdlib.h>

struct ro_queue {
    pthread_mutex_t lock;
    pthread_cond_t has_item, has_room;
    size_t capacity, first, length;
    bool closed;
    void *items[];
};

ro_status ro_queue_new(size_t capacity, ro_queue **out, ro_error *err) {
    *out = NULL;
    if (capacity == 0 || capacity > SIZE_MAX / 2 / sizeof(void *)) {
        return ro_fail(err, RO_INVALID, "queue capacity %zu is out of range", capacity);
    }
    ro_queue *queue = calloc(1, sizeof *queue + capacity * sizeof(void *));
    if (!queue) {
        return ro_fail_memory(err);
    }
    queue->capacity = capacity;
    (void)pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&queue->has_item, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_cond_init(&queue->has_room, NULL);
    *out = queue;
    return RO_OK;
}

void ro_queue_free(ro_queue *queue) {
    if (queue) {
        (void)pthread_cond_destroy(&queue->has_room);
        (void)pthread_cond_destroy(&queue->has_item);
        (void)pthread_mutex_destroy(&queue->lock);
        free(queue);
    }
}

static bool push(ro_queue *queue, void *item, bool wait) {
    (void)pthread_mutex_lock(&queue->lock);
    while (wait && queue->length == queue->capacity && !queue->closed) {
        (void)pthread_cond_wait(&queue->has_room, &queue->lock);
    }
    bool taken = queue->length < queue->capacity && !queue->closed;
    if (taken) {
        queue->items[(queue->first + queue->length) % queue->capacity] = item;
        queue->length++;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (taken) { /* not before: who wakes would only wait for the lock */
        (void)pthread_cond_signal(&queue->has_item);
    }
    return taken;
}

bool ro_queue_push(ro_queue *queue, void *item) {
    return push(queue, item, true);
}

bool ro_queue_try_push(ro_queue *queue, void *item) {
    return push(queue, item, false);
}

/* The next item, NULL when there is none; the lock is held. */
static void *take(ro_queue *queue) {
    void *item = NULL;
    if (queue->length > 0) {
        item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->length--;
        (void)pthread_cond_signal(&queue->has_room);
    }
    return item;
}

void *ro_queue_pop(ro_queue *queue) {
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->length == 0 && !queue->closed) {
        (void)pthread_cond_wait(&queue->has_item, &queue->lock);
    }
    void *item = take(queue);
    (void)pthread_mutex_unlock(&queue->lock);
    return item;
}

bool ro_queue_pop_until(ro_queue *queue, ro_deadline deadline, void **item) {
    struct timespec until = {deadline.at_ns / 1000000000, deadline.at_ns % 1000000000};
    (void)pthread_mutex_lock(&queue->lock);
    int waited = 0;
    while (queue->length == 0 && !queue->closed && waited == 0) {
        waited = pthread_cond_timedwait(&queue->has_item, &queue->lock, &until);
    }
    bool open = queue->length > 0 || !queue->closed;
    *item = take(queue);
    (void)pthread_mutex_unlock(&queue->lock);
    return open;
}

void ro_queue_close(ro_queue *queue) {
    (void)pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    (void)pthread_cond_broadcast(&queue->has_item);
    (void)pthread_cond_broadcast(&queue->has_room);
    (void)pthread_mutex_unlock(&queue->lock);
}

size_t ro_queue_length(ro_queue *queue) {
    (void)pthread_mutex_lock(&queue->lock);
    size_t length = queue->length;
    (void)pthread_mutex_unlock(&queue->lock);
    return length;
}
