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
    (void)pthread_cond_init(&queue->has_item, NULL);
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
        (void)pthread_cond_signal(&queue->has_item);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return taken;
}

bool ro_queue_push(ro_queue *queue, void *item) {
    return push(queue, item, true);
}

bool ro_queue_try_push(ro_queue *queue, void *item) {
    return push(queue, item, false);
}

void *ro_queue_pop(ro_queue *queue) {
    void *item = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    while (queue->length == 0 && !queue->closed) {
        (void)pthread_cond_wait(&queue->has_item, &queue->lock);
    }
    if (queue->length > 0) {
        item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->length--;
        (void)pthread_cond_signal(&queue->has_room);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return item;
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
