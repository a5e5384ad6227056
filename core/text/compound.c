#include "compound.h"

#include "readout/utf8.h"
#include "terms.h"

#include <unicode/uchar.h>

static bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c) {
    return is_alpha(c) || is_digit(c);
}

static bool is_connector(uint32_t c) {
    return c == '_' ||
           (c >= 0x80 && u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK) == U_WB_EXTENDNUMLET);
}

static bool is_dot(uint32_t c) {
    return c == '.' || c == 0x2024 || c == 0xFE52 || c == 0xFF0E;
}

/* Colon, middle dot and the like, which UAX 29 lets stand between letters. The gershayim is a part
 * of Hebrew abbreviations. */
static bool is_middle(uint32_t c) {
    return c == ':' || (c >= 0x80 && c != 0x05F4 &&
                        u_getIntPropertyValue((UChar32)c, UCHAR_WORD_BREAK) == U_WB_MIDLETTER);
}

static bool is_plain(ro_str word) {
    for (size_t i = 0; i < word.len; i++) {
        if (!is_alnum(word.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* U.S, a.m, J.F.K, Ph.D: labels of one or two letters, the last of one. */
static bool is_initials(ro_str word) {
    size_t dots = 0;
    size_t letters = 0;
    for (size_t i = 0, taken; i < word.len; i += taken) {
        uint32_t c = ro_utf8_decode(word.ptr + i, word.len - i, &taken);
        if (is_dot(c)) {
            dots++;
            letters = 0;
        } else if (!u_isalpha((UChar32)c) || ++letters > 2) {
            return false;
        }
    }
    return dots > 0 && letters == 1;
}

static ro_span trim_connectors(ro_str text, ro_span word) {
    size_t taken;
    while (word.start < word.end &&
           is_connector(ro_utf8_decode(text.ptr + word.start, word.end - word.start, &taken))) {
        word.start += taken;
    }
    while (word.start < word.end) {
        size_t last = word.end - 1;
        while (last > word.start && ((unsigned char)text.ptr[last] & 0xC0) == 0x80) {
            last--;
        }
        if (!is_connector(ro_utf8_decode(text.ptr + last, word.end - last, &taken))) {
            break;
        }
        word.end = last;
    }
    return word;
}

/* don't, can't: one word, readers search for dont. */
static bool is_negation(ro_str text, size_t at, size_t after, size_t end) {
    return at > 0 && (text.ptr[at - 1] | 0x20) == 'n' && after + 1 == end &&
           (text.ptr[after] | 0x20) == 't';
}

ro_word_parts ro_word_divide(ro_str text, ro_span word, ro_part_fn add, void *context) {
    ro_word_parts parts = {.body_end = word.end};
    if (is_plain(ro_str_make(text.ptr + word.start, word.end - word.start))) {
        add(context, word);
        return parts;
    }
    word = trim_connectors(text, word);
    ro_str body = ro_str_make(text.ptr + word.start, word.end - word.start);
    body.len = ro_without_ending(body);
    parts.body_end = word.start + body.len;
    parts.initials = is_initials(body);
    size_t part = word.start;
    bool after_digit = false;
    for (size_t i = word.start, taken; !parts.initials && i < parts.body_end; i += taken) {
        uint32_t c = ro_utf8_decode(text.ptr + i, parts.body_end - i, &taken);
        bool dot = is_dot(c) && !after_digit;
        bool divides = dot || is_connector(c) || is_middle(c) ||
                       (ro_is_apostrophe(c) && !is_negation(text, i, i + taken, word.end));
        if (divides) {
            if (part < i) {
                add(context, (ro_span){part, i});
                parts.dotted |= dot;
            }
            part = i + taken;
        }
        after_digit = u_isdigit((UChar32)c);
    }
    if (part < parts.body_end) {
        add(context, (ro_span){part, word.end});
    }
    return parts;
}

/* Drops what is never seen, such as a word joiner. */
static ro_str without_ignorables(ro_str gap, char *room, size_t size) {
    size_t len = 0;
    for (size_t i = 0, taken; i < gap.len; i += taken) {
        uint32_t c = ro_utf8_decode(gap.ptr + i, gap.len - i, &taken);
        if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
            continue;
        }
        if (len + taken > size) {
            return RO_STR_NONE;
        }
        memcpy(room + len, gap.ptr + i, taken);
        len += taken;
    }
    return ro_str_make(room, len);
}

bool ro_gap_joins(ro_str gap, bool after_initials) {
    char seen[8];
    static const ro_str hyphens[] = {
        {"-", 1},
        {"\xE2\x80\x90", 3}, /* U+2010 hyphen */
        {"\xE2\x80\x91", 3}, /* U+2011 non-breaking hyphen */
        {"\xD6\xBE", 2},     /* U+05BE maqaf */
    };
    if (gap.len > 1) {
        gap = without_ignorables(gap, seen, sizeof seen);
    }
    if (after_initials && gap.len > 1 && gap.ptr[0] == '.') {
        gap.ptr++;
        gap.len--;
    }
    for (size_t i = 0; i < sizeof hyphens / sizeof hyphens[0]; i++) {
        if (ro_str_equal(gap, hyphens[i])) {
            return true;
        }
    }
    return false;
}

static bool is_url_char(char c) {
    return c > ' ' && c < 0x7F && !strchr("\"<>()[]{}|\\^`", c);
}

static bool is_host_char(char c) {
    return is_alnum(c) || c == '-' || c == '.';
}

static bool is_local_char(char c) {
    return is_host_char(c) || c == '_' || c == '+' || c == '%';
}

/* reuters.com: labels that are not empty, the last of two letters or more. */
static bool is_host(ro_str host) {
    size_t label = 0;
    size_t dots = 0;
    bool letters = true;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == '.') {
            if (label == 0) {
                return false;
            }
            dots++;
            label = 0;
            letters = true;
        } else {
            label++;
            letters = letters && is_alpha(host.ptr[i]);
        }
    }
    return dots > 0 && label >= 2 && letters;
}

static size_t back_over(ro_str text, size_t from, size_t at, bool (*is)(char)) {
    while (at > from && is(text.ptr[at - 1])) {
        at--;
    }
    return at;
}

static size_t on_over(ro_str text, size_t at, bool (*is)(char)) {
    while (at < text.len && is(text.ptr[at])) {
        at++;
    }
    return at;
}

static bool url_at_colon(ro_str text, size_t from, size_t at, ro_address *found) {
    ro_str rest = ro_str_make(text.ptr + at, text.len - at);
    size_t scheme = back_over(text, from, at, is_alpha);
    if (!ro_str_starts_with(rest, RO_STR("://")) || rest.len < 4 || !is_alnum(rest.ptr[3]) ||
        at - scheme < 2) {
        return false;
    }
    *found = (ro_address){scheme, at + 3, on_over(text, at + 3, is_url_char)};
    return true;
}

static bool url_at_slash(ro_str text, size_t from, size_t at, ro_address *found) {
    size_t host = back_over(text, from, at, is_host_char);
    host = host < at && !is_alnum(text.ptr[host]) ? host + 1 : host;
    if (at + 1 >= text.len || !is_alnum(text.ptr[at + 1]) ||
        !is_host(ro_str_make(text.ptr + host, at - host))) {
        return false;
    }
    *found = (ro_address){host, host, on_over(text, at, is_url_char)};
    return true;
}

static bool mail_at(ro_str text, size_t from, size_t at, ro_address *found) {
    size_t local = back_over(text, from, at, is_local_char);
    size_t end = on_over(text, at + 1, is_host_char);
    while (end > at + 1 && !is_alnum(text.ptr[end - 1])) {
        end--;
    }
    if (local == at || !is_host(ro_str_make(text.ptr + at + 1, end - at - 1))) {
        return false;
    }
    *found = (ro_address){local, local, end};
    return true;
}

bool ro_address_find(ro_str text, size_t from, ro_address *found) {
    for (size_t i = from; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c == ':' && url_at_colon(text, from, i, found)) ||
            (c == '/' && url_at_slash(text, from, i, found)) ||
            (c == '@' && mail_at(text, from, i, found))) {
            return true;
        }
    }
    return false;
}
