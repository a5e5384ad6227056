#include "mime.h"

#include "readout/charset.h"

#include <strings.h>

ro_str ro_mail_header(ro_str headers, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < headers.len;) {
        ro_str at = ro_str_make(headers.ptr + i, headers.len - i);
        bool found = at.len > len && at.ptr[len] == ':' && strncasecmp(at.ptr, name, len) == 0;
        /* the field ends at the first line end that no white space follows */
        size_t end = 0;
        do {
            const char *newline = memchr(at.ptr + end, '\n', at.len - end);
            end = newline ? (size_t)(newline - at.ptr) + 1 : at.len;
        } while (end < at.len && (at.ptr[end] == ' ' || at.ptr[end] == '\t'));
        if (found) {
            return ro_str_trim(ro_str_make(at.ptr + len + 1, end - len - 1));
        }
        i += end;
    }
    return RO_STR_NONE;
}

ro_str ro_mail_parameter(ro_str value, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] != ';') {
            continue;
        }
        ro_str at = ro_str_trim(ro_str_make(value.ptr + i + 1, value.len - i - 1));
        if (at.len <= len || strncasecmp(at.ptr, name, len) != 0) {
            continue;
        }
        at = ro_str_trim(ro_str_make(at.ptr + len, at.len - len));
        if (at.len < 2 || at.ptr[0] != '=') {
            continue;
        }
        at = ro_str_trim(ro_str_make(at.ptr + 1, at.len - 1));
        bool quoted = at.len > 0 && at.ptr[0] == '"';
        size_t from = quoted ? 1 : 0;
        size_t to = from;
        while (to < at.len && !strchr(quoted ? "\"" : "; \t\r\n", at.ptr[to])) {
            to++;
        }
        return ro_str_make(at.ptr + from, to - from);
    }
    return RO_STR_NONE;
}

/* ---- transfer encodings -----------------------------------------------------------------------
 */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void ro_quoted_printable_decode(ro_str s, bool header, ro_buf *out) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (header && c == '_') {
            ro_buf_add_byte(out, ' ');
            continue;
        }
        if (c != '=') {
            ro_buf_add_byte(out, c);
            continue;
        }
        int high = i + 1 < s.len ? hex_value(s.ptr[i + 1]) : -1;
        int low = i + 2 < s.len ? hex_value(s.ptr[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            ro_buf_add_byte(out, (char)(high * 16 + low));
            i += 2;
            continue;
        }
        /* a soft line end, maybe after spaces */
        size_t end = i + 1;
        while (end < s.len && (s.ptr[end] == ' ' || s.ptr[end] == '\t' || s.ptr[end] == '\r')) {
            end++;
        }
        if (end == s.len || s.ptr[end] == '\n') {
            i = end;
        } else {
            ro_buf_add_byte(out, c);
        }
    }
}

void ro_base64_decode(ro_str s, ro_buf *out) {
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *at = s.ptr[i] ? strchr(ALPHABET, s.ptr[i]) : NULL;
        if (s.ptr[i] == '=') {
            bits = 0;
            count = 0;
        }
        if (!at) {
            continue;
        }
        bits = bits << 6 | (uint32_t)(at - ALPHABET);
        count += 6;
        if (count >= 8) {
            count -= 8;
            ro_buf_add_byte(out, (char)(bits >> count & 0xFF));
        }
    }
}

/* ---- encoded words (RFC 2047) -----------------------------------------------------------------
 */

typedef struct ro_word {
    ro_str charset, text;
    char encoding;
    size_t len; /* of the whole word */
} ro_word;

static bool read_word(ro_str s, ro_word *out) {
    if (!ro_str_starts_with(s, RO_STR("=?"))) {
        return false;
    }
    /* no word is longer, so that words without an end do not cost their square */
    s.len = s.len < RO_MAIL_WORD_MAX ? s.len : RO_MAIL_WORD_MAX;
    const char *charset_end = memchr(s.ptr + 2, '?', s.len - 2);
    size_t at = charset_end ? (size_t)(charset_end - s.ptr) : s.len;
    if (at + 3 >= s.len || s.ptr[at + 2] != '?') {
        return false;
    }
    const char *end = memmem(s.ptr + at + 3, s.len - at - 3, "?=", 2);
    if (!end) {
        return false;
    }
    out->charset = ro_str_make(s.ptr + 2, at - 2);
    const char *star = memchr(out->charset.ptr, '*', out->charset.len);
    out->charset.len = star ? (size_t)(star - out->charset.ptr) : out->charset.len;
    out->encoding = (char)(s.ptr[at + 1] | 0x20);
    out->text = ro_str_make(s.ptr + at + 3, (size_t)(end - s.ptr) - at - 3);
    out->len = (size_t)(end - s.ptr) + 2;
    return out->encoding == 'q' || out->encoding == 'b';
}

static ro_status add_utf8(ro_str bytes, ro_str charset, ro_buf *out, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_status status = RO_OK;
    if (bytes.len > 0) {
        status = ro_charset_to_utf8(bytes, charset, &text, NULL, err);
    }
    ro_buf_add_str(out, ro_buf_str(&text));
    ro_buf_release(&text);
    return status;
}

/* The words from `s` on that belong together: neighbours in one charset may share a character. */
static ro_status add_words(ro_str s, size_t *used, ro_buf *out, ro_error *err) {
    ro_buf bytes = RO_BUF_INIT;
    ro_word first;
    ro_word word;
    *used = 0;
    (void)read_word(s, &first);
    for (size_t i = 0; read_word(ro_str_make(s.ptr + i, s.len - i), &word) &&
                       ro_str_equal_nocase(word.charset, first.charset);) {
        if (word.encoding == 'q') {
            ro_quoted_printable_decode(word.text, true, &bytes);
        } else {
            ro_base64_decode(word.text, &bytes);
        }
        i += word.len;
        *used = i;
        while (i < s.len && strchr(" \t\r\n", s.ptr[i]) && s.ptr[i]) {
            i++;
        }
    }
    ro_status status = ro_buf_check(&bytes, err);
    if (status == RO_OK) {
        status = add_utf8(ro_buf_str(&bytes), first.charset, out, err);
    }
    ro_buf_release(&bytes);
    return status;
}

ro_status ro_mail_decode_header(ro_str value, ro_buf *out, ro_error *err) {
    ro_status status = RO_OK;
    if (value.len == 0) {
        return RO_OK;
    }
    if (value.len > RO_MAIL_FIELD_MAX) {
        return ro_fail(err, RO_LIMIT, "mail header field of %zu bytes, more than %zu", value.len,
                       RO_MAIL_FIELD_MAX);
    }
    size_t plain = 0; /* start of what is not encoded */
    ro_word word;
    size_t i = 0;
    while (i < value.len && status == RO_OK) {
        ro_str rest = ro_str_make(value.ptr + i, value.len - i);
        if (!read_word(rest, &word)) {
            i++;
            continue;
        }
        size_t used = 0;
        status = add_utf8(ro_str_make(value.ptr + plain, i - plain), RO_STR_NONE, out, err);
        if (status == RO_OK) {
            status = add_words(rest, &used, out, err);
        }
        i += used;
        plain = i;
    }
    if (status == RO_OK) {
        status = add_utf8(ro_str_make(value.ptr + plain, value.len - plain), RO_STR_NONE, out, err);
    }
    return status == RO_OK ? ro_buf_check(out, err) : status;
}
