#include "searcher.h"

#define CURSOR_VERSION 2
/* version, query, revision, required, now, doc, score, published, check */
#define CURSOR_BYTES 57

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void hash_bytes(uint64_t *hash, const void *bytes, size_t len) {
    *hash = *hash * 31 + ro_str_hash(ro_str_make(bytes, len)) + len;
}

uint64_t ro_cursor_query(const ro_request *request) {
    uint64_t hash = CURSOR_VERSION;
    uint64_t kinds[] = {(uint64_t)request->match, (uint64_t)request->sort,
                        request->prefix,          (uint64_t)request->kind,
                        request->collapse,        (uint64_t)request->typo,
                        request->fields,          (uint64_t)request->synonyms};
    hash_bytes(&hash, request->q.ptr, request->q.len);
    hash_bytes(&hash, request->filter.ptr, request->filter.len);
    hash_bytes(&hash, kinds, sizeof kinds);
    hash_bytes(&hash, &request->half_life_days, sizeof request->half_life_days);
    return hash;
}

static void put(uint8_t **at, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        *(*at)++ = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t get(const uint8_t **at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t) * (*at)++ << (8 * i);
    }
    return value;
}

static uint32_t check_of(const uint8_t *bytes) {
    return (uint32_t)ro_str_hash(ro_str_make((const char *)bytes, CURSOR_BYTES - 4));
}

ro_status ro_cursor_write(const ro_cursor *cursor, ro_arena *arena, ro_str *out, ro_error *err) {
    uint8_t bytes[CURSOR_BYTES + 2] = {0}, *at = bytes;
    uint64_t score;
    memcpy(&score, &cursor->last.score, sizeof score);
    put(&at, CURSOR_VERSION, 1);
    put(&at, cursor->query, 8);
    put(&at, cursor->revision, 8);
    put(&at, cursor->required, 4);
    put(&at, (uint64_t)cursor->now, 8);
    put(&at, (uint64_t)cursor->last.doc, 8);
    put(&at, score, 8);
    put(&at, (uint64_t)cursor->last.published, 8);
    put(&at, check_of(bytes), 4);
    size_t len = (CURSOR_BYTES * 8 + 5) / 6;
    char *text = ro_arena_alloc(arena, len + 1);
    *out = ro_str_make(text, text ? len : 0);
    if (!text) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < len; i++) {
        size_t bit = i * 6;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        text[i] = digits[pair >> (10 - bit % 8) & 63];
    }
    return RO_OK;
}

static bool decode(ro_str text, uint8_t bytes[CURSOR_BYTES]) {
    if (text.len != (CURSOR_BYTES * 8 + 5) / 6) {
        return false;
    }
    unsigned held = 0, bits = 0;
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
        if (!digit) {
            return false;
        }
        held = (held << 6 | (unsigned)(digit - digits)) & 0xFFFF;
        bits += 6;
        if (bits >= 8 && count < CURSOR_BYTES) {
            bits -= 8;
            bytes[count++] = (uint8_t)(held >> bits);
        }
    }
    return count == CURSOR_BYTES;
}

ro_status ro_cursor_read(ro_str text, uint64_t query, ro_cursor *out, ro_error *err) {
    uint8_t bytes[CURSOR_BYTES];
    *out = (ro_cursor){0};
    if (!decode(text, bytes)) {
        return ro_fail(err, RO_INVALID, "cursor: not one that an answer gave as 'next'");
    }
    const uint8_t *at = bytes;
    uint64_t version = get(&at, 1);
    ro_cursor cursor = {.query = get(&at, 8)};
    cursor.revision = get(&at, 8);
    cursor.required = (uint32_t)get(&at, 4);
    cursor.now = (int64_t)get(&at, 8);
    cursor.last.doc = (ro_doc)get(&at, 8);
    uint64_t score = get(&at, 8);
    memcpy(&cursor.last.score, &score, sizeof score);
    cursor.last.published = (int64_t)get(&at, 8);
    if (version != CURSOR_VERSION || get(&at, 4) != check_of(bytes)) {
        return ro_fail(err, RO_INVALID, "cursor: not one that an answer gave as 'next'");
    }
    if (cursor.query != query) {
        return ro_fail(
            err, RO_INVALID,
            "cursor: of another query; q, filter, kind, match, typo, synonyms, sort, prefix, "
            "collapse and half_life must stay the same");
    }
    *out = cursor;
    return RO_OK;
}
