/* Deadlines: points on the monotonic clock after which work is given up, or before, when nobody
 * wants it any more. */
#ifndef READOUT_DEADLINE_H
#define READOUT_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ro_deadline {
    int64_t at_ns;               /* CLOCK_MONOTONIC; INT64_MAX: never */
    const atomic_bool *given_up; /* that another thread may set meanwhile; NULL: none */
} ro_deadline;

#define RO_DEADLINE_NEVER ((ro_deadline){INT64_MAX, NULL})

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t ro_now_ns(void);

static inline ro_deadline ro_deadline_in_ms(int64_t ms) {
    return (ro_deadline){ro_now_ns() + ms * 1000000, NULL};
}

static inline bool ro_deadline_passed(ro_deadline deadline) {
    bool given_up =
        deadline.given_up && atomic_load_explicit(deadline.given_up, memory_order_relaxed);
    return given_up || (deadline.at_ns != INT64_MAX && ro_now_ns() >= deadline.at_ns);
}

/* A deadline for a loop of small steps: it looks at the clock every RO_TICKER_STEPS of them. Starts
 * as {.deadline = …}. */
#define RO_TICKER_STEPS 65536

typedef struct ro_ticker {
    ro_deadline deadline;
    size_t left; /* steps until the next look */
    bool late;   /* stays so */
} ro_ticker;

/* Counts steps about to be done; true once the deadline has passed. */
static inline bool ro_ticker_late(ro_ticker *ticker, size_t steps) {
    if (steps < ticker->left) {
        ticker->left -= steps;
        return ticker->late;
    }
    ticker->left = RO_TICKER_STEPS;
    ticker->late = ticker->late || ro_deadline_passed(ticker->deadline);
    return ticker->late;
}

#endif
