#include "sides.h"

#define KEY_MAX 64 /* bytes of a phrase; longer ones are in no table */

const ro_side_line *ro_side_lines(size_t *count) {
    *count = RO_SIDE_LINE_COUNT;
    return RO_SIDE_LINES;
}

/* The first line of a code, upper case; RO_SIDE_LINE_COUNT when there is none. */
static size_t find_code(ro_str code) {
    size_t low = 0;
    size_t high = RO_SIDE_LINE_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ro_str_compare(ro_str_from(RO_SIDE_LINES[middle].code), code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found =
        low < RO_SIDE_LINE_COUNT && ro_str_equal(code, ro_str_from(RO_SIDE_LINES[low].code));
    return found ? low : RO_SIDE_LINE_COUNT;
}

ro_str ro_side_phrases(ro_str code, ro_side_class class) {
    for (size_t i = find_code(code); i < RO_SIDE_LINE_COUNT; i++) {
        if (!ro_str_equal(code, ro_str_from(RO_SIDE_LINES[i].code))) {
            break;
        }
        if (RO_SIDE_LINES[i].class == class) {
            return ro_str_from(RO_SIDE_LINES[i].phrases);
        }
    }
    return RO_STR("");
}

ro_str ro_side_name(ro_str code) {
    ro_str names = ro_side_phrases(code, RO_SIDE_COUNTRY);
    names = names.len ? names : ro_side_phrases(code, RO_SIDE_BLOC);
    ro_str name = ro_str_cut(&names, '|');
    return name.len ? name : code;
}

bool ro_side_of_code(ro_str code, ro_side *out) {
    ro_side upper = {""};
    *out = upper;
    if (!code.len || code.len >= sizeof upper.code) {
        return false;
    }
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        upper.code[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    bool found = find_code(ro_str_make(upper.code, code.len)) < RO_SIDE_LINE_COUNT;
    *out = found ? upper : *out;
    return found;
}

/* Lower case; hyphens, commas and white space as one blank; no dots, no apostrophes. */
static bool make_key(ro_str phrase, char key[KEY_MAX], size_t *len) {
    *len = 0;
    bool blank = false;
    for (size_t i = 0; i < phrase.len; i++) {
        char c = phrase.ptr[i];
        if (c == '.' || c == '\'') {
            continue;
        }
        if (c == ' ' || c == '-' || c == ',' || c == '\t' || c == '\n') {
            blank = *len > 0;
            continue;
        }
        if (*len + 2 > KEY_MAX) {
            return false;
        }
        if (blank) {
            key[(*len)++] = ' ';
            blank = false;
        }
        key[(*len)++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return *len > 0;
}

bool ro_side_find(ro_str phrase, ro_side *out, ro_side_class *class) {
    char key[KEY_MAX];
    size_t len, low = 0, high = RO_SIDE_KEY_COUNT;
    *out = (ro_side){""};
    if (!make_key(phrase, key, &len)) {
        return false;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = ro_str_compare(ro_str_make(key, len), ro_str_from(RO_SIDE_KEYS[middle].key));
        if (order == 0) {
            const ro_side_line *line = &RO_SIDE_LINES[RO_SIDE_KEYS[middle].line];
            memcpy(out->code, line->code, strlen(line->code));
            *class = line->class;
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

size_t ro_side_synonyms(ro_str phrase, ro_str out[RO_SIDE_NAMES_MAX]) {
    ro_side side;
    ro_side_class class;
    char key[KEY_MAX], other[KEY_MAX];
    size_t len, other_len, line = 0, count = 0;
    bool named = false;
    if (!ro_side_find(phrase, &side, &class) || !make_key(phrase, key, &len)) {
        return 0;
    }
    while (line < RO_SIDE_SAME_COUNT && strcmp(RO_SIDE_SAME[line].code, side.code) != 0) {
        line++;
    }
    if (line == RO_SIDE_SAME_COUNT) {
        return 0;
    }
    for (ro_str left = ro_str_from(RO_SIDE_SAME[line].phrases); left.len;) {
        ro_str name = ro_str_cut(&left, '|');
        bool made = make_key(name, other, &other_len);
        bool same = made && ro_str_equal(ro_str_make(key, len), ro_str_make(other, other_len));
        named |= same;
        if (made && !same && count < RO_SIDE_NAMES_MAX) {
            out[count++] = name;
        }
    }
    return named ? count : 0;
}
