/* A hash that may be kept in files, so not ro_str_hash, which may change. */
#ifndef READOUT_MODEL_HASH_H
#define READOUT_MODEL_HASH_H

#include "readout/buffer.h"

#define RO_STORED_HASH_START 2166136261U

/* FNV-1a, 32 bits, continued from `h`. */
static inline uint32_t ro_stored_hash_more(uint32_t h, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++) {
        h = (h ^ p[i]) * 16777619U;
    }
    return h;
}

static inline uint32_t ro_stored_hash(const void *bytes, size_t len) {
    uint32_t h = ro_stored_hash_more(RO_STORED_HASH_START, bytes, len);
    h ^= h >> 15;
    return h ? h : 1; /* 0 stands for none */
}

/* One key of two hashes in either order. */
static inline uint64_t ro_pair_key(uint32_t salt, uint32_t a, uint32_t b) {
    uint64_t low = a < b ? a : b;
    uint64_t high = a < b ? b : a;
    uint64_t key = (high << 32 | low) * 0x9E3779B97F4A7C15ULL + salt;
    return (key ^ key >> 29) * 0xBF58476D1CE4E5B9ULL;
}

#endif
