/* Runs of up to 128 small integers, bit-packed: gaps between document ids, frequencies, gaps
 * between positions.
 *
 * A run is stored as
 *   byte 0   bits of each value, 0 to 32; 0x80 is set when exceptions follow the values
 *   the low `bits` of each value, one after the other, the first in the lowest bits
 * and with exceptions (values that need more than `bits`, so that a few large ones do not make all
 * of them wide):
 *   byte 0   how many, at least 1
 *   byte 1   bits of the rest of each, 1 to 32
 *   their places in the run, a byte each
 *   their rests (value >> bits), packed as the values are
 * How many values a run holds is not stored: who asks knows. The writer takes the width that makes
 * the run smallest.
 *
 * Reading uses AVX2 where the processor has it and portable C elsewhere. It never reads past
 * `end + RO_PACK_SLACK`, whatever the bytes are. */
#ifndef READOUT_SEGMENT_PACK_H
#define READOUT_SEGMENT_PACK_H

#include <stddef.h>
#include <stdint.h>

#define RO_PACK_RUN 128                         /* the longest run */
#define RO_PACK_BYTES_MAX (1 + RO_PACK_RUN * 4) /* a run never takes more */
#define RO_PACK_SLACK 32                        /* bytes after the data that must be readable */

/* Writes `count` values, 0 to RO_PACK_RUN, to `out`, which has room for RO_PACK_BYTES_MAX; how many
 * bytes that took. */
size_t ro_pack(const uint32_t *values, size_t count, uint8_t *out);

/* Reads `count` values, 0 to RO_PACK_RUN, of the run that starts at `in`; `out` has room for
 * RO_PACK_RUN whatever the count. Where the run ends; NULL when it is not one or passes `end`. */
const uint8_t *ro_unpack(const uint8_t *in, const uint8_t *end, size_t count, uint32_t *out);

/* The same, then out[i] = before + (value[0] + step) + … + (value[i] + step), modulo 2^32. With a
 * step of 1 ascending numbers are stored as their gaps less 1, so that neighbours take no bits;
 * what is `before` the first number is then UINT32_MAX. */
const uint8_t *ro_unpack_sums(const uint8_t *in, const uint8_t *end, size_t count, uint32_t before,
                              uint32_t step, uint32_t *out);

/* Reads one value alone, that at `place`, which is less than `count`; where the run ends, NULL as
 * above. */
const uint8_t *ro_unpack_one(const uint8_t *in, const uint8_t *end, size_t count, size_t place,
                             uint32_t *out);

/* Where the run ends, without reading its values; NULL as above. */
const uint8_t *ro_pack_skip(const uint8_t *in, const uint8_t *end, size_t count);
/* Values of a run that was skipped, or read, have at most so many bits. */
unsigned ro_pack_width(const uint8_t *in, size_t count);

/* How many of RO_PACK_RUN ascending values are less than `least`. */
size_t ro_pack_rank(const uint32_t *values, uint32_t least);

/* Which of `count` ascending numbers are among RO_PACK_RUN ascending values, the last of which none
 * passes: their places, and those of the values. How many. */
size_t ro_pack_meet(const uint32_t *numbers, size_t count, const uint32_t *values,
                    uint8_t places[RO_PACK_RUN], uint8_t of_values[RO_PACK_RUN]);

/* The inner loops. `out` has room for `count` rounded up to 8. */
typedef struct ro_unpacker {
    void (*values)(const uint8_t *in, unsigned bits, size_t count, uint32_t *out);
    void (*sums)(uint32_t before, uint32_t step, size_t count, uint32_t *out); /* in place */
    size_t (*rank)(const uint32_t *values, uint32_t least);                    /* of RO_PACK_RUN */
    size_t (*meet)(const uint32_t *numbers, size_t count, const uint32_t *values, uint8_t *places,
                   uint8_t *of_values);
} ro_unpacker;

extern const ro_unpacker ro_unpacker_portable;
/* The fastest that this processor runs. */
const ro_unpacker *ro_unpacker_here(void);

#endif
