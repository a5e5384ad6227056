/* Strings are {pointer, length}; buffers grow and remember a failed allocation.
 *
 * A ro_str borrows: it owns nothing and says nothing about who does. It may hold NUL bytes and is
 * not terminated. A ro_buf owns its bytes. Appending to a buffer never fails at once: when memory
 * runs out the buffer becomes `failed`, later appends do nothing, and ro_buf_check reports it. So a
 * writer of many small pieces checks once, at the end.
 */
#ifndef READOUT_BUFFER_H
#define READOUT_BUFFER_H

#include "readout/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct ro_str {
    const char *ptr;
    size_t len;
} ro_str;

#define RO_STR(literal) ((ro_str){"" literal, sizeof(literal) - 1})
#define RO_STR_NONE ((ro_str){NULL, 0})
/* For printf: printf("%.*s", RO_STR_ARG(s)). */
#define RO_STR_ARG(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline ro_str ro_str_make(const char *ptr, size_t len) {
    return (ro_str){ptr, len};
}

static inline ro_str ro_str_from(const char *zero_terminated) {
    return (ro_str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}

static inline bool ro_str_equal(ro_str a, ro_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool ro_str_starts_with(ro_str s, ro_str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/* Byte order, shorter first on a tie, as memcmp and SQLite's BINARY collation sort. */
int ro_str_compare(ro_str a, ro_str b);

/* Equal when ASCII letters are compared without case. For keywords and header names, not for text.
 */
bool ro_str_equal_nocase(ro_str a, ro_str b);

/* Without ASCII white space (space, tab, CR, LF, FF, VT) at both ends. */
ro_str ro_str_trim(ro_str s);

/* Takes what is before the first `at` off the front of `rest`, and that byte with it: the items of
 * "A|B|C" one by one. All of it where there is none. */
ro_str ro_str_cut(ro_str *rest, char at);

/* FNV-1a, 64 bits: for hash tables in memory, never stored. */
uint64_t ro_str_hash(ro_str s);

/* Room for an item behind the `count` in an array by malloc, which doubles where it is full: where
 * the array is now, or NULL, and it is as it was, when memory ran out. */
void *ro_grow(void *items, size_t count, size_t *room, size_t size) RO_MUST_CHECK;

typedef struct ro_buf {
    char *ptr; /* owned; NULL while empty */
    size_t len;
    size_t capacity;
    bool failed; /* an allocation failed; contents are what fitted before */
} ro_buf;

#define RO_BUF_INIT                                                                                \
    { NULL, 0, 0, false }

void ro_buf_release(ro_buf *buf);
/* Empties the buffer but keeps its memory; clears `failed`. */
void ro_buf_clear(ro_buf *buf);
/* Makes room for `extra` more bytes and returns where they go, or NULL when memory ran out. */
char *ro_buf_reserve(ro_buf *buf, size_t extra);
void ro_buf_add(ro_buf *buf, const void *bytes, size_t len);
void ro_buf_add_str(ro_buf *buf, ro_str s);
void ro_buf_add_byte(ro_buf *buf, char byte);
/* The string as JSON, in quotes; it is to be UTF-8. */
void ro_buf_add_json(ro_buf *buf, ro_str s);
void ro_buf_printf(ro_buf *buf, const char *format, ...) RO_PRINTF(2, 3);
/* The contents; valid until the next append. */
static inline ro_str ro_buf_str(const ro_buf *buf) {
    return (ro_str){buf->ptr, buf->len};
}
/* RO_OK, or RO_MEMORY when an append was lost. */
ro_status ro_buf_check(const ro_buf *buf, ro_error *err) RO_MUST_CHECK;

#endif
