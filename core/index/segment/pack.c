#include "pack.h"

#include <stdbool.h>
#include <string.h>

#define EXCEPTIONS 0x80

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they are stored");

static size_t packed_size(size_t count, unsigned bits) {
    return (count * bits + 7) / 8;
}

static uint32_t low_bits(unsigned bits) {
    return (uint32_t)((UINT64_C(1) << bits) - 1);
}

/* ---- writing -------------------------------------------------------------------------------- */

static unsigned width_of(uint32_t value) {
    return value ? 32u - (unsigned)__builtin_clz(value) : 0;
}

static uint8_t *put_values(const uint32_t *values, size_t count, unsigned bits, uint8_t *out) {
    uint64_t waiting = 0;
    unsigned filled = 0;
    for (size_t i = 0; i < count; i++) {
        waiting |= (uint64_t)(values[i] & low_bits(bits)) << filled;
        filled += bits;
        if (filled >= 32) {
            memcpy(out, &waiting, 4);
            out += 4;
            waiting >>= 32;
            filled -= 32;
        }
    }
    size_t rest = (filled + 7) / 8;
    memcpy(out, &waiting, rest);
    return out + rest;
}

typedef struct choice {
    unsigned bits, most; /* `most`: of the widest value */
    size_t exceptions;
} choice;

static choice choose(const uint32_t *values, size_t count) {
    size_t wide[34] = {0}; /* values of so many bits, then of so many or more */
    for (size_t i = 0; i < count; i++) {
        wide[width_of(values[i])]++;
    }
    choice best = {0, 0, 0};
    size_t least = SIZE_MAX;
    for (unsigned bits = 33; bits-- > 0;) {
        size_t exceptions = wide[bits + 1];
        wide[bits] += exceptions;
        best.most = !best.most && wide[bits] ? bits : best.most;
        size_t size = packed_size(count, bits);
        size += exceptions ? 2 + exceptions + packed_size(exceptions, best.most - bits) : 0;
        if (size < least) {
            least = size;
            best.bits = bits;
            best.exceptions = exceptions;
        }
    }
    return best;
}

size_t ro_pack(const uint32_t *values, size_t count, uint8_t *out) {
    choice best = choose(values, count);
    uint8_t *at = out;
    *at++ = (uint8_t)(best.bits | (best.exceptions ? EXCEPTIONS : 0));
    at = put_values(values, count, best.bits, at);
    if (!best.exceptions) {
        return (size_t)(at - out);
    }
    uint32_t rests[RO_PACK_RUN];
    size_t found = 0;
    *at++ = (uint8_t)best.exceptions;
    *at++ = (uint8_t)(best.most - best.bits);
    for (size_t i = 0; i < count; i++) {
        if (width_of(values[i]) > best.bits) {
            *at++ = (uint8_t)i;
            rests[found++] = values[i] >> best.bits;
        }
    }
    return (size_t)(put_values(rests, found, best.most - best.bits, at) - out);
}

/* ---- reading: portable ---------------------------------------------------------------------- */

static void values_portable(const uint8_t *in, unsigned bits, size_t count, uint32_t *out) {
    const uint32_t mask = low_bits(bits);
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, in + i * bits / 8, sizeof word);
        out[i] = (uint32_t)(word >> (i * bits % 8)) & mask;
    }
}

static void sums_portable(uint32_t before, uint32_t step, size_t count, uint32_t *out) {
    for (size_t i = 0; i < count; i++) {
        before += out[i] + step;
        out[i] = before;
    }
}

static size_t rank_portable(const uint32_t *values, uint32_t least) {
    size_t below = 0;
    for (size_t half = RO_PACK_RUN / 2; half; half /= 2) {
        below += values[below + half - 1] < least ? half : 0;
    }
    return below + (values[below] < least);
}

typedef size_t (*rank_fn)(const uint32_t *values, uint32_t least);

/* Made part of each caller, so that its rank is called directly. */
__attribute__((always_inline)) static inline size_t meet_by(rank_fn rank, const uint32_t *numbers,
                                                            size_t count, const uint32_t *values,
                                                            uint8_t *places, uint8_t *of_values) {
    size_t met = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = rank(values, numbers[i]) % RO_PACK_RUN;
        places[met] = (uint8_t)i;
        of_values[met] = (uint8_t)at;
        met += values[at] == numbers[i];
    }
    return met;
}

static size_t meet_portable(const uint32_t *numbers, size_t count, const uint32_t *values,
                            uint8_t *places, uint8_t *of_values) {
    return meet_by(rank_portable, numbers, count, values, places, of_values);
}

const ro_unpacker ro_unpacker_portable = {values_portable, sums_portable, rank_portable,
                                          meet_portable};

/* ---- reading: AVX2 -------------------------------------------------------------------------- */

#ifdef __x86_64__
#include <immintrin.h>

#define GROUP 8 /* values of a register; they take exactly `bits` bytes */

/* A value of up to 25 bits lies in 4 bytes wherever it starts. Each half of a register is loaded
 * from where its first value starts; then its bytes are laid out, shifted and masked. */
#define WIDEST 25

#define LANE(bits, half, i) ((4 * (half) * (bits) % 8 + (i) * (bits)) / 8)
#define BYTES(bits, half, i)                                                                       \
    LANE(bits, half, i), LANE(bits, half, i) + 1, LANE(bits, half, i) + 2, LANE(bits, half, i) + 3
#define SHIFT(bits, half, i) ((4 * (half) * (bits) % 8 + (i) * (bits)) % 8)
#define HALVES(of, bits)                                                                           \
    of(bits, 0, 0), of(bits, 0, 1), of(bits, 0, 2), of(bits, 0, 3), of(bits, 1, 0),                \
        of(bits, 1, 1), of(bits, 1, 2), of(bits, 1, 3)
#define EACH(of)                                                                                   \
    {HALVES(of, 0)}, {HALVES(of, 1)}, {HALVES(of, 2)}, {HALVES(of, 3)}, {HALVES(of, 4)},           \
        {HALVES(of, 5)}, {HALVES(of, 6)}, {HALVES(of, 7)}, {HALVES(of, 8)}, {HALVES(of, 9)},       \
        {HALVES(of, 10)}, {HALVES(of, 11)}, {HALVES(of, 12)}, {HALVES(of, 13)}, {HALVES(of, 14)},  \
        {HALVES(of, 15)}, {HALVES(of, 16)}, {HALVES(of, 17)}, {HALVES(of, 18)}, {HALVES(of, 19)},  \
        {HALVES(of, 20)}, {HALVES(of, 21)}, {HALVES(of, 22)}, {HALVES(of, 23)}, {HALVES(of, 24)},  \
    {                                                                                              \
        HALVES(of, WIDEST)                                                                         \
    }

static const uint8_t layout[WIDEST + 1][4 * GROUP] = {EACH(BYTES)};
static const uint32_t shifts[WIDEST + 1][GROUP] = {EACH(SHIFT)};

__attribute__((target("avx2"))) static __m256i load(const void *at) {
    return _mm256_loadu_si256((const __m256i *)at);
}

__attribute__((target("avx2"))) static void values_avx2(const uint8_t *in, unsigned bits,
                                                        size_t count, uint32_t *out) {
    if (bits > WIDEST) {
        values_portable(in, bits, count, out);
        return;
    }
    const __m256i order = load(layout[bits]);
    const __m256i shift = load(shifts[bits]);
    const __m256i mask = _mm256_set1_epi32((int)low_bits(bits));
    const uint8_t *second = in + bits / 2;
    for (size_t i = 0; i < count; i += GROUP, in += bits, second += bits) {
        __m256i bytes = _mm256_loadu2_m128i((const __m128i *)(const void *)second,
                                            (const __m128i *)(const void *)in);
        bytes = _mm256_srlv_epi32(_mm256_shuffle_epi8(bytes, order), shift);
        _mm256_storeu_si256((__m256i *)(void *)(out + i), _mm256_and_si256(bytes, mask));
    }
}

__attribute__((target("avx2"))) static void sums_avx2(uint32_t before, uint32_t step, size_t count,
                                                      uint32_t *out) {
    const __m256i steps = _mm256_set1_epi32((int)step);
    const __m256i fourth = _mm256_setr_epi32(0, 0, 0, 0, 3, 3, 3, 3);
    const __m256i upper = _mm256_setr_epi32(0, 0, 0, 0, -1, -1, -1, -1);
    const __m256i last = _mm256_set1_epi32(7);
    __m256i sum = _mm256_set1_epi32((int)before);
    for (size_t i = 0; i < count; i += GROUP) {
        __m256i x = _mm256_add_epi32(load(out + i), steps);
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 4));
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 8));
        x = _mm256_add_epi32(x, _mm256_and_si256(_mm256_permutevar8x32_epi32(x, fourth), upper));
        x = _mm256_add_epi32(x, sum);
        _mm256_storeu_si256((__m256i *)(void *)(out + i), x);
        sum = _mm256_permutevar8x32_epi32(x, last);
    }
}

#define COMPARED 32

/* Comparing the last of them all takes less than halving on, each step of which waits for the one
 * before. */
__attribute__((target("avx2,popcnt"))) static size_t rank_avx2(const uint32_t *values,
                                                               uint32_t least) {
    const __m256i bar = _mm256_set1_epi32((int)least);
    const uint32_t *at = values;
    for (size_t half = RO_PACK_RUN / 2; half >= COMPARED; half /= 2) {
        at += at[half - 1] < least ? half : 0;
    }
    __m256i reach[COMPARED / GROUP];
    for (size_t i = 0; i < COMPARED / GROUP; i++) {
        __m256i some = load(at + i * GROUP);
        reach[i] = _mm256_cmpeq_epi32(_mm256_max_epu32(some, bar), some);
    }
    __m256i all = _mm256_packs_epi16(_mm256_packs_epi32(reach[0], reach[1]),
                                     _mm256_packs_epi32(reach[2], reach[3]));
    int reaching = __builtin_popcount((unsigned)_mm256_movemask_epi8(all));
    return (size_t)(at - values) + COMPARED - (size_t)reaching;
}

/* Ranks that do not wait for one another. */
__attribute__((target("avx2,popcnt"))) static size_t meet_avx2(const uint32_t *numbers,
                                                               size_t count, const uint32_t *values,
                                                               uint8_t *places,
                                                               uint8_t *of_values) {
    return meet_by(rank_avx2, numbers, count, values, places, of_values);
}

const ro_unpacker *ro_unpacker_here(void) {
    static const ro_unpacker avx2 = {values_avx2, sums_avx2, rank_avx2, meet_avx2};
    return __builtin_cpu_supports("avx2") ? &avx2 : &ro_unpacker_portable;
}
#else
const ro_unpacker *ro_unpacker_here(void) {
    return &ro_unpacker_portable;
}
#endif

/* ---- runs ----------------------------------------------------------------------------------- */

/* Puts the rests on top of the low bits. */
static const uint8_t *add_exceptions(const uint8_t *in, const uint8_t *end, size_t count,
                                     unsigned bits, uint32_t *out) {
    if (end - in < 2) {
        return NULL;
    }
    size_t exceptions = in[0];
    unsigned rest_bits = in[1];
    const uint8_t *places = in + 2;
    size_t size = exceptions + packed_size(exceptions, rest_bits);
    if (exceptions > count || bits + rest_bits > 32 || (size_t)(end - places) < size) {
        return NULL;
    }
    const uint8_t *rests = places + exceptions;
    const uint32_t mask = low_bits(rest_bits);
    for (size_t i = 0, at = 0; i < exceptions; i++, at += rest_bits) {
        uint64_t word;
        memcpy(&word, rests + at / 8, sizeof word);
        if (places[i] >= count) {
            return NULL;
        }
        out[places[i]] |= (uint32_t)((word >> (at % 8) & mask) << bits);
    }
    return places + size;
}

const uint8_t *ro_unpack(const uint8_t *in, const uint8_t *end, size_t count, uint32_t *out) {
    if (in >= end) {
        return NULL;
    }
    unsigned bits = *in & ~(unsigned)EXCEPTIONS;
    bool exceptions = *in++ & EXCEPTIONS;
    size_t size = packed_size(count, bits);
    if (bits > 32 || (size_t)(end - in) < size) {
        return NULL;
    }
    if (bits) {
        ro_unpacker_here()->values(in, bits, count, out);
    } else {
        memset(out, 0, RO_PACK_RUN * sizeof *out);
    }
    in += size;
    return exceptions ? add_exceptions(in, end, count, bits, out) : in;
}

const uint8_t *ro_unpack_sums(const uint8_t *in, const uint8_t *end, size_t count, uint32_t before,
                              uint32_t step, uint32_t *out) {
    in = ro_unpack(in, end, count, out);
    if (in) {
        ro_unpacker_here()->sums(before, step, count, out);
    }
    return in;
}

const uint8_t *ro_pack_skip(const uint8_t *in, const uint8_t *end, size_t count) {
    if (in >= end) {
        return NULL;
    }
    unsigned bits = *in & ~(unsigned)EXCEPTIONS;
    size_t size = 1 + packed_size(count, bits);
    if (bits > 32 || (size_t)(end - in) < size) {
        return NULL;
    }
    const uint8_t *after = in + size;
    if (!(*in & EXCEPTIONS)) {
        return after;
    }
    if (end - after < 2) {
        return NULL;
    }
    size = 2 + (size_t)after[0] + packed_size(after[0], after[1]);
    return (size_t)(end - after) < size ? NULL : after + size;
}

const uint8_t *ro_unpack_one(const uint8_t *in, const uint8_t *end, size_t count, size_t place,
                             uint32_t *out) {
    const uint8_t *after = ro_pack_skip(in, end, count);
    if (!after) {
        return NULL;
    }
    unsigned bits = *in & ~(unsigned)EXCEPTIONS;
    uint64_t word;
    memcpy(&word, in + 1 + place * bits / 8, sizeof word);
    *out = (uint32_t)(word >> (place * bits % 8)) & low_bits(bits);
    if (!(*in & EXCEPTIONS)) {
        return after;
    }
    const uint8_t *rests = in + 1 + packed_size(count, bits);
    size_t exceptions = rests[0];
    unsigned rest_bits = rests[1];
    const uint8_t *places = rests + 2;
    const uint8_t *found = memchr(places, (int)place, exceptions);
    if (exceptions > count || bits + rest_bits > 32) {
        return NULL;
    }
    if (found) {
        size_t at = (size_t)(found - places) * rest_bits;
        memcpy(&word, places + exceptions + at / 8, sizeof word);
        *out |= (uint32_t)((word >> (at % 8) & low_bits(rest_bits)) << bits);
    }
    return after;
}

unsigned ro_pack_width(const uint8_t *in, size_t count) {
    unsigned bits = *in & ~(unsigned)EXCEPTIONS;
    return *in & EXCEPTIONS ? bits + in[1 + packed_size(count, bits) + 1] : bits;
}

size_t ro_pack_rank(const uint32_t *values, uint32_t least) {
    return ro_unpacker_here()->rank(values, least);
}

size_t ro_pack_meet(const uint32_t *numbers, size_t count, const uint32_t *values,
                    uint8_t places[RO_PACK_RUN], uint8_t of_values[RO_PACK_RUN]) {
    return ro_unpacker_here()->meet(numbers, count, values, places, of_values);
}
