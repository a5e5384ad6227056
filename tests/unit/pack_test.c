/* core/index/segment/pack: every width, every count, damaged bytes, and portable beside SIMD. */
#include "core/index/segment/pack.h"

#include <setjmp.h>
#include <stdarg.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t random_next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Values of up to `bits` bits, every `rare`th of up to 32. */
static void fill(uint64_t *state, unsigned bits, unsigned rare, uint32_t values[RO_PACK_RUN]) {
    for (size_t i = 0; i < RO_PACK_RUN; i++) {
        uint64_t value = random_next(state) << 31 | random_next(state);
        bool large = rare && random_next(state) % rare == 0;
        values[i] = (uint32_t)(value & ((UINT64_C(1) << (large ? 32 : bits)) - 1));
    }
}

/* A copy that ends where the slack does, for the sanitizer to see what is read. */
static uint8_t *with_slack(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size + RO_PACK_SLACK);
    assert_non_null(copy);
    memset(copy, 0xEE, size + RO_PACK_SLACK);
    memcpy(copy, bytes, size);
    return copy;
}

static void check_run(const uint32_t *values, size_t count) {
    uint8_t packed[RO_PACK_BYTES_MAX];
    uint32_t out[RO_PACK_RUN];
    size_t size = ro_pack(values, count, packed);
    assert_in_range(size, 1, RO_PACK_BYTES_MAX);
    uint8_t *in = with_slack(packed, size);
    assert_ptr_equal(ro_unpack(in, in + size, count, out), in + size);
    assert_memory_equal(out, values, count * sizeof *out);
    assert_ptr_equal(ro_pack_skip(in, in + size, count), in + size);
    assert_ptr_equal(ro_unpack_sums(in, in + size, count, 77, 1, out), in + size);
    for (size_t i = 0; i < count; i++) {
        uint32_t one = ~values[i];
        assert_ptr_equal(ro_unpack_one(in, in + size, count, i, &one), in + size);
        assert_int_equal(one, values[i]);
        assert_true((uint64_t)one >> ro_pack_width(in, count) == 0);
    }
    uint32_t sum = 77;
    for (size_t i = 0; i < count; i++) {
        sum += values[i] + 1;
        assert_int_equal(out[i], sum);
    }
    for (size_t cut = 0; cut < size; cut++) {
        assert_null(ro_unpack(in, in + cut, count, out));
        assert_null(ro_pack_skip(in, in + cut, count));
        assert_null(ro_unpack_one(in, in + cut, count, 0, out));
    }
    free(in);
}

static void what_was_packed_comes_back(void **state) {
    (void)state;
    uint64_t seed = 1;
    uint32_t values[RO_PACK_RUN];
    for (unsigned bits = 0; bits <= 32; bits++) {
        for (unsigned rare = 0; rare <= 64; rare = rare ? rare * 4 : 2) {
            for (size_t count = 0; count <= RO_PACK_RUN; count += bits % 3 + 1) {
                fill(&seed, bits, rare, values);
                check_run(values, count);
            }
            check_run(values, RO_PACK_RUN);
        }
    }
}

static void every_reader_gives_the_same(void **state) {
    (void)state;
    uint64_t seed = 2;
    uint32_t random[RO_PACK_RUN];
    const ro_unpacker *here = ro_unpacker_here();
    print_message("reading by %s\n", here == &ro_unpacker_portable ? "portable C" : "AVX2");
    fill(&seed, 32, 0, random);
    for (unsigned bits = 0; bits <= 32; bits++) {
        for (size_t count = 0; count <= RO_PACK_RUN; count++) {
            uint32_t a[RO_PACK_RUN] = {0};
            uint32_t b[RO_PACK_RUN] = {0};
            size_t size = (count * bits + 7) / 8;
            uint8_t *in = with_slack((const uint8_t *)random, size);
            ro_unpacker_portable.values(in, bits, count, a);
            here->values(in, bits, count, b);
            assert_memory_equal(a, b, count * sizeof *a);
            ro_unpacker_portable.sums(bits, (uint32_t)count, count, a);
            here->sums(bits, (uint32_t)count, count, b);
            assert_memory_equal(a, b, count * sizeof *a);
            free(in);
        }
    }
}

static void a_place_among_ascending_values_is_found(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int round = 0; round < 2000; round++) {
        uint32_t values[RO_PACK_RUN];
        size_t count = random_next(&seed) % (RO_PACK_RUN + 1);
        uint32_t last = (uint32_t)(random_next(&seed) << (round % 2));
        for (size_t i = 0; i < RO_PACK_RUN; i++) {
            values[i] = i < count && last < UINT32_MAX - 9
                            ? (last += 1 + (uint32_t)(random_next(&seed) % 9))
                            : UINT32_MAX;
        }
        for (size_t i = 0; i < RO_PACK_RUN; i++) {
            for (uint32_t less = 0; less < 2; less++) {
                size_t below = 0;
                for (size_t j = 0; j < RO_PACK_RUN; j++) {
                    below += values[j] < values[i] - less;
                }
                assert_int_equal(ro_pack_rank(values, values[i] - less), below);
                assert_int_equal(ro_unpacker_portable.rank(values, values[i] - less), below);
            }
        }
    }
}

static void numbers_meet_where_both_have_them(void **state) {
    (void)state;
    uint64_t seed = 6;
    for (int round = 0; round < 2000; round++) {
        uint32_t values[RO_PACK_RUN];
        uint32_t numbers[RO_PACK_RUN];
        uint8_t places[2][RO_PACK_RUN];
        uint8_t others[2][RO_PACK_RUN];
        size_t count = 1 + random_next(&seed) % RO_PACK_RUN;
        size_t asked = 0;
        size_t met = 0;
        uint32_t last = 0;
        for (size_t i = 0; i < RO_PACK_RUN; i++) {
            values[i] = i < count ? (last += 1 + (uint32_t)(random_next(&seed) % 5)) : UINT32_MAX;
        }
        for (uint32_t n = 0; n <= last && asked < RO_PACK_RUN; n++) {
            if (random_next(&seed) % 3 == 0) {
                numbers[asked++] = n;
            }
        }
        size_t found = ro_pack_meet(numbers, asked, values, places[0], others[0]);
        assert_int_equal(ro_unpacker_portable.meet(numbers, asked, values, places[1], others[1]),
                         found);
        for (size_t i = 0; i < asked; i++) {
            size_t at = ro_pack_rank(values, numbers[i]);
            if (values[at] == numbers[i]) {
                assert_true(met < found && places[0][met] == i && others[0][met] == at);
                assert_true(places[1][met] == i && others[1][met] == at);
                met++;
            }
        }
        assert_int_equal(met, found);
    }
}

static void a_run_is_as_small_as_it_can_be(void **state) {
    (void)state;
    uint8_t packed[RO_PACK_BYTES_MAX];
    uint32_t values[RO_PACK_RUN] = {0};
    assert_int_equal(ro_pack(values, RO_PACK_RUN, packed), 1);
    values[5] = 1000000; /* the rest stays at no bits at all */
    assert_int_equal(ro_pack(values, RO_PACK_RUN, packed), 1 + 2 + 1 + 3);
    for (size_t i = 0; i < RO_PACK_RUN; i++) {
        values[i] = UINT32_MAX;
    }
    assert_int_equal(ro_pack(values, RO_PACK_RUN, packed), RO_PACK_BYTES_MAX);
}

static void damaged_bytes_stay_in_bounds(void **state) {
    (void)state;
    uint64_t seed = 3;
    uint32_t out[RO_PACK_RUN];
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[96];
        size_t size = random_next(&seed) % sizeof bytes;
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(random_next(&seed) & (i ? 0xFF : 0xA7));
        }
        size_t count = random_next(&seed) % (RO_PACK_RUN + 1);
        uint8_t *in = with_slack(bytes, size);
        const uint8_t *end = ro_unpack(in, in + size, count, out);
        assert_true(!end || (end > in && end <= in + size));
        const uint8_t *skipped = ro_pack_skip(in, in + size, count);
        assert_true(!end || end == skipped);
        for (size_t i = 0; i < count; i++) {
            uint32_t one;
            const uint8_t *after = ro_unpack_one(in, in + size, count, i, &one);
            assert_true(!end || after == end);
        }
        free(in);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_back),
        cmocka_unit_test(every_reader_gives_the_same),
        cmocka_unit_test(a_place_among_ascending_values_is_found),
        cmocka_unit_test(numbers_meet_where_both_have_them),
        cmocka_unit_test(a_run_is_as_small_as_it_can_be),
        cmocka_unit_test(damaged_bytes_stay_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
