#include "lines.h"

#define PIECE_LINES 16384 /* what is said of each may be far more than it is */

static void drop_front(ro_buf *buf, size_t len) {
    buf->len -= len;
    memmove(buf->ptr, buf->ptr + len, buf->len);
}

/* What follows the whole lines belongs to one that is too long. */
static void skip(ro_lines *lines, ro_buf *buf) {
    char *rest = buf->ptr + lines->whole;
    size_t len = buf->len - lines->whole;
    const char *end = len ? memchr(rest, '\n', len) : NULL;
    size_t gone = end ? (size_t)(end - rest) + 1 : len;
    buf->len -= gone;
    memmove(rest, rest + gone, len - gone);
    lines->skipping = !end;
    lines->long_ended = end != NULL;
}

static size_t behind_last_end(const ro_buf *buf, size_t from) {
    const char *end = memrchr(buf->ptr + from, '\n', buf->len - from);
    return end ? (size_t)(end - buf->ptr) + 1 : 0;
}

void ro_lines_look(ro_lines *lines, ro_buf *buf) {
    if (lines->long_ended || !buf->len) {
        return; /* in their order: what is behind has to wait */
    }
    if (lines->skipping) {
        skip(lines, buf);
    } else {
        size_t whole = behind_last_end(buf, lines->looked);
        lines->whole = whole ? whole : lines->whole;
        if (buf->len - lines->whole > lines->max) {
            skip(lines, buf);
        }
    }
    lines->looked = buf->len;
}

void ro_lines_end(ro_lines *lines, const ro_buf *buf) {
    if (lines->skipping) {
        lines->skipping = false;
        lines->long_ended = true;
    } else if (!lines->long_ended) {
        lines->whole = buf->len;
    }
}

/* Bytes of at most so many lines. */
static size_t bytes_of_lines(ro_str bytes, int64_t max, int64_t *count) {
    size_t at = 0;
    for (*count = 0; at < bytes.len && *count < max; ++*count) {
        const char *end = memchr(bytes.ptr + at, '\n', bytes.len - at);
        at = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
    }
    return at;
}

ro_piece ro_lines_take(ro_lines *lines, ro_buf *buf) {
    ro_piece piece = {.first = lines->next};
    int64_t count;
    size_t taken = bytes_of_lines(ro_str_make(buf->ptr, lines->whole), PIECE_LINES, &count);
    if (taken == buf->len) {
        piece.bytes = *buf;
        *buf = (ro_buf)RO_BUF_INIT;
    } else {
        ro_buf_add(&piece.bytes, buf->ptr, taken);
        drop_front(buf, taken);
    }
    lines->next += count;
    if (taken < lines->whole) {
        lines->whole -= taken;
        lines->looked -= lines->looked < taken ? lines->looked : taken;
        return piece;
    }
    if (lines->long_ended) {
        piece.long_line = lines->next++;
    }
    lines->whole = 0;
    lines->looked = 0;
    lines->long_ended = false;
    ro_lines_look(lines, buf);
    return piece;
}
