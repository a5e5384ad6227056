#include "redact.h"

#include "http/grammar.h"
#include "keys.h"

static const ro_str hidden = {"***", 3};

/* The value of `len` digits, or -1. */
static int read_hex(const char *digits, size_t len) {
    int value = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = ro_http_hex(digits[i]);
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/* The byte that `text` begins with, which may be escaped as in a target or in JSON; -1: it is
 * empty. */
static int read_byte(ro_str text, size_t *taken) {
    static const struct {
        ro_str mark;
        size_t digits;
    } escapes[] = {{{"%", 1}, 2}, {{"\\u00", 4}, 2}};
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        ro_str mark = escapes[i].mark;
        *taken = mark.len + escapes[i].digits;
        if (text.len >= *taken && ro_str_starts_with(text, mark)) {
            int byte = read_hex(text.ptr + mark.len, escapes[i].digits);
            if (byte >= 0) {
                return byte;
            }
        }
    }
    *taken = text.len > 0;
    return text.len ? (unsigned char)text.ptr[0] : -1;
}

static bool is_of_key(int c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* Bytes of `text` that the key takes that it begins with; 0: it begins with none. */
static size_t key_at(ro_str text) {
    static const ro_str prefix = {RO_KEY_PREFIX, sizeof RO_KEY_PREFIX - 1};
    size_t at = 0, count = 0;
    for (size_t taken;; at += taken, count++) {
        int c = read_byte(ro_str_make(text.ptr + at, text.len - at), &taken);
        if (count < prefix.len ? c != prefix.ptr[count] : !is_of_key(c)) {
            break;
        }
    }
    return count >= prefix.len + RO_KEY_DIGITS ? at : 0;
}

void ro_redact_text(ro_buf *out, ro_str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t len = key_at(ro_str_make(text.ptr + i, text.len - i));
        if (len) {
            ro_buf_add(out, text.ptr + from, i - from);
            ro_buf_add_str(out, RO_STR(RO_KEY_PREFIX));
            ro_buf_add_str(out, hidden);
            from = i + len;
            i = from - 1;
        }
    }
    ro_buf_add(out, text.ptr + from, text.len - from);
}

/* `name` is lower case, `raw` may be escaped and of any case. */
static bool is_named(ro_str raw, ro_str name) {
    size_t at = 0;
    for (size_t i = 0, taken; i < raw.len; i += taken, at++) {
        int c = read_byte(ro_str_make(raw.ptr + i, raw.len - i), &taken);
        c = c >= 'A' && c <= 'Z' ? c + 32 : c;
        if (at >= name.len || c != (unsigned char)name.ptr[at]) {
            return false;
        }
    }
    return at == name.len;
}

static bool is_secret(ro_str name) {
    static const ro_str names[] = {{"x-algolia-api-key", 17},
                                   {"apikey", 6},
                                   {"api_key", 7},
                                   {"api-key", 7},
                                   {"key", 3},
                                   {"token", 5},
                                   {"access_token", 12},
                                   {"authorization", 13}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (is_named(name, names[i])) {
            return true;
        }
    }
    return false;
}

void ro_redact_query(ro_buf *out, ro_str query) {
    for (size_t from = 0; from <= query.len;) {
        ro_str rest = ro_str_make(query.ptr + from, query.len - from);
        const char *end = rest.len ? memchr(rest.ptr, '&', rest.len) : NULL;
        ro_str pair = ro_str_make(rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len);
        const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        ro_str name = ro_str_make(pair.ptr, equals ? (size_t)(equals - pair.ptr) : pair.len);
        if (equals && is_secret(name)) {
            ro_buf_add(out, pair.ptr, name.len + 1);
            ro_buf_add_str(out, hidden);
        } else {
            ro_redact_text(out, pair);
        }
        if (end) {
            ro_buf_add_byte(out, '&');
        }
        from += pair.len + 1;
    }
}
