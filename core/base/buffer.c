#include "readout/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

int ro_str_compare(ro_str a, ro_str b) {
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool ro_str_equal_nocase(ro_str a, ro_str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

ro_str ro_str_trim(ro_str s) {
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

ro_str ro_str_cut(ro_str *rest, char at) {
    const char *end = rest->len ? memchr(rest->ptr, at, rest->len) : NULL;
    ro_str first = ro_str_make(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
    if (rest->len) {
        size_t taken = first.len + (end ? 1 : 0);
        *rest = ro_str_make(rest->ptr + taken, rest->len - taken);
    }
    return first;
}

uint64_t ro_str_hash(ro_str s) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++) {
        hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    }
    return hash;
}

#define GROW_FIRST 16 /* items */

void *ro_grow(void *items, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return items;
    }
    size_t more = *room ? *room * 2 : GROW_FIRST;
    void *grown = realloc(items, more * size);
    *room = grown ? more : *room;
    return grown;
}

void ro_buf_release(ro_buf *buf) {
    free(buf->ptr);
    *buf = (ro_buf)RO_BUF_INIT;
}

void ro_buf_clear(ro_buf *buf) {
    buf->len = 0;
    buf->failed = false;
}

char *ro_buf_reserve(ro_buf *buf, size_t extra) {
    if (buf->failed) {
        return NULL;
    }
    if (extra > buf->capacity - buf->len) {
        size_t needed = buf->len + extra;
        size_t capacity = buf->capacity ? buf->capacity : 64;
        while (capacity < needed && capacity <= SIZE_MAX / 2) {
            capacity *= 2;
        }
        char *grown = needed < extra || capacity < needed ? NULL : realloc(buf->ptr, capacity);
        if (!grown) {
            buf->failed = true;
            return NULL;
        }
        buf->ptr = grown;
        buf->capacity = capacity;
    }
    return buf->ptr + buf->len;
}

void ro_buf_add(ro_buf *buf, const void *bytes, size_t len) {
    char *to = len ? ro_buf_reserve(buf, len) : NULL;
    if (to) {
        memcpy(to, bytes, len);
        buf->len += len;
    }
}

void ro_buf_add_str(ro_buf *buf, ro_str s) {
    ro_buf_add(buf, s.ptr, s.len);
}

void ro_buf_add_byte(ro_buf *buf, char byte) {
    ro_buf_add(buf, &byte, 1);
}

void ro_buf_printf(ro_buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *to = len < 0 ? NULL : ro_buf_reserve(buf, (size_t)len + 1);
    if (to) {
        (void)vsnprintf(to, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

void ro_buf_add_json(ro_buf *buf, ro_str s) {
    static const char hex[] = "0123456789abcdef";
    size_t from = 0;
    ro_buf_add_byte(buf, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        ro_buf_add(buf, s.ptr + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\') {
            char escaped[2] = {'\\', (char)c};
            ro_buf_add(buf, escaped, sizeof escaped);
        } else if (c == '\n') {
            ro_buf_add(buf, "\\n", 2);
        } else {
            char escaped[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            ro_buf_add(buf, escaped, sizeof escaped);
        }
    }
    ro_buf_add(buf, s.ptr ? s.ptr + from : "", s.len - from);
    ro_buf_add_byte(buf, '"');
}

ro_status ro_buf_check(const ro_buf *buf, ro_error *err) {
    return buf->failed ? ro_fail_memory(err) : RO_OK;
}
