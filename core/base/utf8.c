#include "readout/utf8.h"

#include <unicode/uchar.h>

/* Table 3-7 of the Unicode Standard: the range of the second byte depends on the first. */
static size_t sequence(unsigned char lead, unsigned char *low, unsigned char *high) {
    *low = 0x80;
    *high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *low = lead == 0xE0 ? 0xA0 : 0x80;
        *high = lead == 0xED ? 0x9F : 0xBF;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *low = lead == 0xF0 ? 0x90 : 0x80;
        *high = lead == 0xF4 ? 0x8F : 0xBF;
        return 4;
    }
    return 0;
}

uint32_t ro_utf8_decode(const char *ptr, size_t len, size_t *taken) {
    const unsigned char *bytes = (const unsigned char *)ptr;
    if (bytes[0] < 0x80) {
        *taken = 1;
        return bytes[0];
    }
    unsigned char low;
    unsigned char high;
    size_t size = sequence(bytes[0], &low, &high);
    uint32_t code_point = size ? bytes[0] & (0xFFu >> (size + 1)) : 0;
    size_t i = 1;
    for (; i < size && i < len && bytes[i] >= low && bytes[i] <= high; i++) {
        code_point = code_point << 6 | (bytes[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *taken = i;
    return size && i == size ? code_point : RO_REPLACEMENT;
}

void ro_utf8_append(ro_buf *buf, uint32_t c) {
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        c = RO_REPLACEMENT;
    }
    char out[4];
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead[len] | c);
    ro_buf_add(buf, out, len);
}

size_t ro_utf8_ascii_prefix(ro_str s) {
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= s.len; i += sizeof eight) {
        memcpy(&eight, s.ptr + i, sizeof eight);
        if (eight & 0x8080808080808080u) {
            break;
        }
    }
    while (i < s.len && (unsigned char)s.ptr[i] < 0x80) {
        i++;
    }
    return i;
}

bool ro_utf8_valid(ro_str s) {
    for (size_t i = 0, taken; i < s.len; i += taken) {
        i += ro_utf8_ascii_prefix(ro_str_make(s.ptr + i, s.len - i));
        if (i == s.len) {
            break;
        }
        if (ro_utf8_decode(s.ptr + i, s.len - i, &taken) == RO_REPLACEMENT &&
            !(taken == 3 && memcmp(s.ptr + i, "\xEF\xBF\xBD", 3) == 0)) {
            return false;
        }
    }
    return true;
}

void ro_utf8_repair(ro_buf *buf, ro_str s) {
    size_t clean = 0;
    for (size_t i = 0, taken; i < s.len; i += taken) {
        if (ro_utf8_decode(s.ptr + i, s.len - i, &taken) == RO_REPLACEMENT) {
            ro_buf_add(buf, s.ptr + clean, i - clean);
            ro_utf8_append(buf, RO_REPLACEMENT);
            clean = i + taken;
        }
    }
    ro_buf_add(buf, s.ptr ? s.ptr + clean : NULL, s.len - clean);
}

ro_str ro_utf8_prefix(ro_str s, size_t max) {
    if (s.len <= max) {
        return s;
    }
    size_t len = max;
    while (len > 0 && ((unsigned char)s.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return ro_str_make(s.ptr, len);
}

size_t ro_utf8_width(ro_str s) {
    size_t width = 0;
    for (size_t i = 0, taken; i < s.len; i += taken) {
        UChar32 c = (UChar32)ro_utf8_decode(s.ptr + i, s.len - i, &taken);
        int8_t type = u_charType(c);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_CONTROL_CHAR ||
            type == U_FORMAT_CHAR) {
            continue;
        }
        int32_t east_asian = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        width += east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}
