#include "grammar.h"

enum { TOKEN = 1, VALUE = 2, QUERY = 4, PATH = 8, HOST = 16, LITERAL = 32 };

/* Classes of the bytes below 0x80; a byte over that is obs-text: a value or a raw query byte. */
static const unsigned char classes[128] = {
#define ALNUM (TOKEN | VALUE | QUERY | PATH | HOST)
#define HEX (ALNUM | LITERAL)
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['"'] = VALUE | QUERY,
    ['#'] = TOKEN | VALUE,
    ['$'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['%'] = TOKEN | VALUE | QUERY | PATH,
    ['&'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['\''] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['('] = VALUE | QUERY | PATH | HOST,
    [')'] = VALUE | QUERY | PATH | HOST,
    ['*'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['+'] = TOKEN | VALUE | QUERY | PATH | HOST,
    [','] = VALUE | QUERY | PATH | HOST,
    ['-'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['.'] = TOKEN | VALUE | QUERY | PATH | HOST | LITERAL,
    ['/'] = VALUE | QUERY | PATH,
    ['0'] = HEX,
    ['1'] = HEX,
    ['2'] = HEX,
    ['3'] = HEX,
    ['4'] = HEX,
    ['5'] = HEX,
    ['6'] = HEX,
    ['7'] = HEX,
    ['8'] = HEX,
    ['9'] = HEX,
    [':'] = VALUE | QUERY | PATH | LITERAL,
    [';'] = VALUE | QUERY | PATH | HOST,
    ['<'] = VALUE | QUERY,
    ['='] = VALUE | QUERY | PATH | HOST,
    ['>'] = VALUE | QUERY,
    ['?'] = VALUE | QUERY,
    ['@'] = VALUE | QUERY | PATH,
    ['A'] = HEX,
    ['B'] = HEX,
    ['C'] = HEX,
    ['D'] = HEX,
    ['E'] = HEX,
    ['F'] = HEX,
    ['G'] = ALNUM,
    ['H'] = ALNUM,
    ['I'] = ALNUM,
    ['J'] = ALNUM,
    ['K'] = ALNUM,
    ['L'] = ALNUM,
    ['M'] = ALNUM,
    ['N'] = ALNUM,
    ['O'] = ALNUM,
    ['P'] = ALNUM,
    ['Q'] = ALNUM,
    ['R'] = ALNUM,
    ['S'] = ALNUM,
    ['T'] = ALNUM,
    ['U'] = ALNUM,
    ['V'] = ALNUM,
    ['W'] = ALNUM,
    ['X'] = ALNUM,
    ['Y'] = ALNUM,
    ['Z'] = ALNUM,
    ['['] = VALUE | QUERY,
    ['\\'] = VALUE | QUERY,
    [']'] = VALUE | QUERY,
    ['^'] = TOKEN | VALUE | QUERY,
    ['_'] = TOKEN | VALUE | QUERY | PATH | HOST,
    ['`'] = TOKEN | VALUE | QUERY,
    ['a'] = HEX,
    ['b'] = HEX,
    ['c'] = HEX,
    ['d'] = HEX,
    ['e'] = HEX,
    ['f'] = HEX,
    ['g'] = ALNUM,
    ['h'] = ALNUM,
    ['i'] = ALNUM,
    ['j'] = ALNUM,
    ['k'] = ALNUM,
    ['l'] = ALNUM,
    ['m'] = ALNUM,
    ['n'] = ALNUM,
    ['o'] = ALNUM,
    ['p'] = ALNUM,
    ['q'] = ALNUM,
    ['r'] = ALNUM,
    ['s'] = ALNUM,
    ['t'] = ALNUM,
    ['u'] = ALNUM,
    ['v'] = ALNUM,
    ['w'] = ALNUM,
    ['x'] = ALNUM,
    ['y'] = ALNUM,
    ['z'] = ALNUM,
    ['{'] = VALUE | QUERY,
    ['|'] = TOKEN | VALUE | QUERY,
    ['}'] = VALUE | QUERY,
    ['~'] = TOKEN | VALUE | QUERY | PATH | HOST,
#undef HEX
#undef ALNUM
};

static bool all_of(ro_str s, unsigned char class, bool high) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x80 ? !(classes[c] & class) : !high) {
            return false;
        }
    }
    return true;
}

bool ro_http_is_token(ro_str s) {
    return s.len > 0 && all_of(s, TOKEN, false);
}

bool ro_http_is_field_value(ro_str s) {
    return all_of(s, VALUE, true);
}

bool ro_http_is_query(ro_str s) {
    return all_of(s, QUERY, true);
}

bool ro_http_is_path(ro_str s) {
    return s.len > 0 && s.ptr[0] == '/' && all_of(s, PATH, false);
}

static bool is_port(ro_str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return false;
        }
    }
    return s.len <= 5;
}

/* reg-name: an escape must be whole, because what stands behind is compared by others. */
static bool is_name(ro_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '%') {
            if (s.len - i < 3 || ro_http_hex(s.ptr[i + 1]) < 0 || ro_http_hex(s.ptr[i + 2]) < 0) {
                return false;
            }
            i += 2;
        } else if (c >= 0x80 || !(classes[c] & HOST)) {
            return false;
        }
    }
    return true;
}

bool ro_http_is_host(ro_str s) {
    size_t end = 0;
    if (s.len && s.ptr[0] == '[') {
        const char *close = memchr(s.ptr, ']', s.len);
        if (!close || close - s.ptr < 3) {
            return false;
        }
        end = (size_t)(close - s.ptr) + 1;
        if (!all_of(ro_str_make(s.ptr + 1, end - 2), LITERAL, false)) {
            return false;
        }
    } else {
        const char *colon = s.len ? memchr(s.ptr, ':', s.len) : NULL;
        end = colon ? (size_t)(colon - s.ptr) : s.len;
        if (!is_name(ro_str_make(s.ptr, end)) || (colon && end == 0)) {
            return false;
        }
    }
    return end == s.len ||
           (s.ptr[end] == ':' && is_port(ro_str_make(s.ptr + end + 1, s.len - end - 1)));
}

ro_str ro_http_trim(ro_str s) {
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s.ptr++;
        s.len--;
    }
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

int ro_http_hex(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool ro_http_next_element(ro_str *list, ro_str *element) {
    while (list->len) {
        const char *comma = memchr(list->ptr, ',', list->len);
        size_t len = comma ? (size_t)(comma - list->ptr) : list->len;
        *element = ro_http_trim(ro_str_make(list->ptr, len));
        size_t step = comma ? len + 1 : len;
        list->ptr += step;
        list->len -= step;
        if (element->len) {
            return true;
        }
    }
    return false;
}
