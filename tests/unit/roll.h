/* Dice for tests of random cases: the same in every run. */
#ifndef READOUT_TESTS_ROLL_H
#define READOUT_TESTS_ROLL_H

#include <stdint.h>

static uint64_t roll_seed = 88172645463325252u;

/* 0 to sides - 1. */
static inline unsigned roll(unsigned sides) {
    roll_seed ^= roll_seed << 13;
    roll_seed ^= roll_seed >> 7;
    roll_seed ^= roll_seed << 17;
    return (unsigned)((roll_seed >> 20) % sides);
}

/* One of a list; the lower of two rolls, so that the first are common and the last rare. */
#define ROLL_ONE(list) ((list)[roll(sizeof(list) / sizeof *(list))])
static inline unsigned roll_low(unsigned sides) {
    unsigned a = roll(sides);
    unsigned b = roll(sides);
    return a < b ? a : b;
}
#define ROLL_LOW(list) ((list)[roll_low(sizeof(list) / sizeof *(list))])

#endif
