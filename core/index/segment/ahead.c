#include "ahead.h"

#include "readout/deadline.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE_BYTES 4096 /* no more than one is read when it is touched */

/* Those parts that were not verified, and so were not read, when the segment was opened. */
static size_t bytes_apart(const ro_segment *segment) {
    return (size_t)(segment->blocks - segment->map);
}

void ro_ahead_begin(ro_segment *segment) {
    size_t windows = bytes_apart(segment) / RO_AHEAD_WINDOW + 1;
    segment->asked = calloc(windows, sizeof *segment->asked);
    if (segment->asked) {
        (void)madvise((void *)segment->map, bytes_apart(segment), MADV_RANDOM);
    }
}

void ro_ahead_end(ro_segment *segment) {
    free((void *)segment->asked);
    segment->asked = NULL;
}

size_t ro_ahead_ask(const ro_segment *segment, ro_segment_list list, uint32_t second) {
    size_t from = (size_t)(list.at - segment->map);
    size_t end = (size_t)(list.end - segment->map);
    end = end - from < RO_AHEAD_MAX ? end : from + RO_AHEAD_MAX;
    size_t first = SIZE_MAX;
    size_t last = 0;
    for (size_t i = from / RO_AHEAD_WINDOW; i <= (end - 1) / RO_AHEAD_WINDOW; i++) {
        if (atomic_load_explicit(&segment->asked[i], memory_order_relaxed) != second) {
            atomic_store_explicit(&segment->asked[i], second, memory_order_relaxed);
            first = first == SIZE_MAX ? i : first;
            last = i;
        }
    }
    if (first == SIZE_MAX) {
        return 0;
    }
    from = first * RO_AHEAD_WINDOW;
    end = (last + 1) * RO_AHEAD_WINDOW;
    end = end < bytes_apart(segment) ? end : bytes_apart(segment);
    (void)madvise((void *)(segment->map + from), end - from, MADV_WILLNEED);
    return end - from;
}

void ro_ahead_want(const ro_segment *segment, ro_segment_list list) {
    if (segment->asked && list.df && list.end - list.at > PAGE_BYTES) {
        (void)ro_ahead_ask(segment, list, (uint32_t)(ro_now_ns() / 1000000000));
    }
}
