#include "json_plain.h"

#include "readout/utf8.h"

#include <stdint.h>

#define DIGITS_MAX 18 /* of a number that surely fits */

typedef struct cursor {
    const char *at;
    const char *end;
    ro_buf scratch; /* a string with its escapes undone */
} cursor;

static void skip_space(cursor *c) {
    while (c->at < c->end &&
           (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' || *c->at == '\t')) {
        c->at++;
    }
}

static bool take(cursor *c, char wanted) {
    skip_space(c);
    bool found = c->at < c->end && *c->at == wanted;
    c->at += found;
    return found;
}

/* ---- strings -------------------------------------------------------------------------------- */

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* High bits where a byte of `eight` is below `limit`, at most 0x80; none is set in vain before the
 * first that is right. */
static uint64_t below(uint64_t eight, unsigned limit) {
    return (eight - EACH_BYTE(limit)) & ~eight & EACH_BYTE(0x80);
}

/* The first byte at or after `at` that a string cannot hold as it is. `*high` gathers the high bits
 * of what is passed over. */
static const char *run_end(const char *at, const char *end, uint64_t *high) {
    while (end - at >= 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof eight);
        if (below(eight, 0x20) | below(eight ^ EACH_BYTE('"'), 1) |
            below(eight ^ EACH_BYTE('\\'), 1)) {
            break;
        }
        *high |= eight;
        at += 8;
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\') {
        *high |= (unsigned char)*at++;
    }
    return at;
}

static bool take_hex(cursor *c, uint32_t *out) {
    *out = 0;
    if (c->end - c->at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        char digit = *c->at++;
        char lower = (char)(digit | 0x20);
        bool letter = lower >= 'a' && lower <= 'f';
        if (!letter && !(digit >= '0' && digit <= '9')) {
            return false;
        }
        *out = *out << 4 | (uint32_t)(letter ? lower - 'a' + 10 : digit - '0');
    }
    return true;
}

/* After \u: one character, of two halves where it is beyond the first plane. */
static bool take_code_point(cursor *c) {
    uint32_t code;
    if (!take_hex(c, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF)) {
        return false;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
        uint32_t low;
        if (c->end - c->at < 2 || *c->at++ != '\\' || *c->at++ != 'u' || !take_hex(c, &low) ||
            low < 0xDC00 || low > 0xDFFF) {
            return false;
        }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    ro_utf8_append(&c->scratch, code);
    return true;
}

/* After the backslash. */
static bool take_escape(cursor *c) {
    static const char meaning[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                      ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    if (c->at == c->end) {
        return false;
    }
    unsigned char letter = (unsigned char)*c->at++;
    if (letter == 'u') {
        return take_code_point(c);
    }
    ro_buf_add_byte(&c->scratch, meaning[letter]);
    return meaning[letter] != 0;
}

/* After the opening quote. The string lies in the text or in `scratch`, valid until the next. */
static bool take_string(cursor *c, ro_str *out) {
    uint64_t high = 0;
    const char *start = c->at;
    ro_buf_clear(&c->scratch);
    c->at = run_end(start, c->end, &high);
    bool plain = c->at < c->end && *c->at == '"';
    *out = ro_str_make(start, (size_t)(c->at - start));
    while (c->at < c->end && *c->at == '\\') {
        ro_buf_add(&c->scratch, start, (size_t)(c->at - start));
        c->at++;
        if (!take_escape(c)) {
            return false;
        }
        start = c->at;
        c->at = run_end(start, c->end, &high);
    }
    if (c->at == c->end || *c->at != '"') {
        return false;
    }
    if (!plain) {
        ro_buf_add(&c->scratch, start, (size_t)(c->at - start));
        *out = ro_buf_str(&c->scratch);
    }
    c->at++;
    return !c->scratch.failed && (!(high & EACH_BYTE(0x80)) || ro_utf8_valid(*out));
}

/* ---- values --------------------------------------------------------------------------------- */

static json_t *take_number(cursor *c) {
    bool negative = *c->at == '-';
    c->at += negative;
    const char *start = c->at;
    json_int_t number = 0;
    while (c->at < c->end && c->at - start <= DIGITS_MAX && *c->at >= '0' && *c->at <= '9') {
        number = number * 10 + (*c->at++ - '0');
    }
    ptrdiff_t digits = c->at - start;
    bool whole = c->at == c->end || (*c->at != '.' && *c->at != 'e' && *c->at != 'E');
    bool valid = digits > 0 && digits <= DIGITS_MAX && (digits == 1 || *start != '0');
    return whole && valid ? json_integer(negative ? -number : number) : NULL;
}

static json_t *take_literal(cursor *c) {
    static const struct {
        const char *word;
        json_t *(*make)(void);
    } literals[] = {{"true", json_true}, {"false", json_false}, {"null", json_null}};
    ro_str rest = ro_str_make(c->at, (size_t)(c->end - c->at));
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        if (ro_str_starts_with(rest, ro_str_from(literals[i].word))) {
            c->at += strlen(literals[i].word);
            return literals[i].make();
        }
    }
    return NULL;
}

static json_t *take_nested(cursor *c) {
    json_error_t told;
    json_t *value =
        json_loadb(c->at, (size_t)(c->end - c->at), JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK, &told);
    c->at += value ? told.position : 0;
    return value;
}

static json_t *take_value(cursor *c) {
    ro_str string;
    skip_space(c);
    if (c->at == c->end) {
        return NULL;
    }
    switch (*c->at) {
    case '"':
        c->at++;
        return take_string(c, &string) ? json_stringn_nocheck(string.ptr, string.len) : NULL;
    case '{':
    case '[':
        return take_nested(c);
    case 't':
    case 'f':
    case 'n':
        return take_literal(c);
    default:
        return take_number(c);
    }
}

static bool take_member(cursor *c, json_t *object) {
    ro_str key;
    if (!take(c, '"') || !take_string(c, &key)) {
        return false;
    }
    char name[64]; /* the scratch goes with the value */
    if (key.len >= sizeof name) {
        return false;
    }
    memcpy(name, key.ptr, key.len);
    name[key.len] = 0;
    return take(c, ':') && json_object_set_new_nocheck(object, name, take_value(c)) == 0;
}

json_t *ro_json_read_plain(ro_str text) {
    cursor c = {.at = text.ptr, .end = text.ptr + text.len, .scratch = RO_BUF_INIT};
    json_t *object = take(&c, '{') ? json_object() : NULL;
    bool more = object != NULL;
    bool valid = more;
    while (more) {
        valid = take_member(&c, object);
        more = valid && take(&c, ',');
    }
    valid = valid && take(&c, '}');
    skip_space(&c);
    if (!valid || c.at != c.end) {
        json_decref(object);
        object = NULL;
    }
    ro_buf_release(&c.scratch);
    return object;
}
