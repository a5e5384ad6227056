#include "readout/alike.h"

#define BAND_BINS (RO_ALIKE_BINS / RO_ALIKE_BANDS)

/* The finaliser of MurmurHash3 (A. Appleby): every bit of the one depends on every bit of the
 * other. */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDULL;
    x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return x ^ x >> 33;
}

void ro_alike_word(ro_alike_maker *maker, uint64_t hash) {
    maker->last[maker->words++ % RO_ALIKE_SHINGLE] = hash;
    if (maker->words < RO_ALIKE_SHINGLE) {
        return;
    }
    uint64_t shingle = 0;
    for (size_t i = 0; i < RO_ALIKE_SHINGLE; i++) { /* the oldest first */
        shingle =
            shingle * 0x9E3779B97F4A7C15ULL + maker->last[(maker->words + i) % RO_ALIKE_SHINGLE];
    }
    shingle = mix(shingle);
    uint64_t *least = &maker->least[shingle >> 58];
    uint64_t value = (shingle & (UINT64_MAX >> 8)) + 1;
    *least = !*least || value < *least ? value : *least;
}

bool ro_alike_finish(const ro_alike_maker *maker, ro_alike *out) {
    *out = (ro_alike){{0}};
    if (maker->words < RO_ALIKE_WORDS_MIN) {
        return false;
    }
    for (size_t i = 0; i < RO_ALIKE_BINS; i++) {
        size_t from = i;
        uint64_t steps = 0;
        while (!maker->least[from]) { /* some bin is filled: there are shingles */
            from = (from + 1) % RO_ALIKE_BINS;
            steps++;
        }
        out->bins[i] = (uint8_t)mix(maker->least[from] + (steps << 57));
    }
    return true;
}

unsigned ro_alike_common(const ro_alike *a, const ro_alike *b) {
    unsigned common = 0;
    for (size_t i = 0; i < RO_ALIKE_BINS; i++) {
        common += a->bins[i] == b->bins[i];
    }
    return common;
}

void ro_alike_bands(const ro_alike *sketch, uint64_t out[RO_ALIKE_BANDS]) {
    for (size_t i = 0; i < RO_ALIKE_BANDS; i++) {
        uint64_t band = i;
        for (size_t j = 0; j < BAND_BINS; j++) {
            band = band << 8 | sketch->bins[i * BAND_BINS + j];
        }
        out[i] = mix(band);
    }
}
