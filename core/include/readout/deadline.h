/* Deadlines: points on the monotonic clock after which work is given up. */
#ifndef READOUT_DEADLINE_H
#define READOUT_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ro_deadline {
    int64_t at_ns; /* CLOCK_MONOTONIC; INT64_MAX: never */
} ro_deadline;

#define RO_DEADLINE_NEVER ((ro_deadline){INT64_MAX})

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t ro_now_ns(void);

static inline ro_deadline ro_deadline_in_ms(int64_t ms) {
    return (ro_deadline){ro_now_ns() + ms * 1000000};
}

static inline bool ro_deadline_passed(ro_deadline deadline) {
    return deadline.at_ns != INT64_MAX && ro_now_ns() >= deadline.at_ns;
}

#endif
