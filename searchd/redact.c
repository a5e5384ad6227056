#include "redact.h"

#include "http/grammar.h"
#include "keys.h"

static const ro_str hidden = {"***", 3};

static bool is_of_key(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* Bytes of the key that `text` begins with; 0: it begins with none. */
static size_t key_at(ro_str text) {
    static const ro_str prefix = {RO_KEY_PREFIX, sizeof RO_KEY_PREFIX - 1};
    if (!ro_str_starts_with(text, prefix)) {
        return 0;
    }
    size_t len = prefix.len;
    while (len < text.len && is_of_key(text.ptr[len])) {
        len++;
    }
    return len >= prefix.len + RO_KEY_DIGITS ? len : 0;
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
    for (size_t i = 0; i < raw.len; i++, at++) {
        int c = (unsigned char)raw.ptr[i];
        if (c == '%' && raw.len - i >= 3 && ro_http_hex(raw.ptr[i + 1]) >= 0 &&
            ro_http_hex(raw.ptr[i + 2]) >= 0) {
            c = ro_http_hex(raw.ptr[i + 1]) << 4 | ro_http_hex(raw.ptr[i + 2]);
            i += 2;
        }
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
