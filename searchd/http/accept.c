#include "accept.h"

#include "grammar.h"

#define WEIGHT_ONE 1000

/* Takes what comes before the next `mark`, trimmed. False at the end. */
static bool next_part(ro_str *rest, char mark, ro_str *part) {
    if (!rest->ptr) {
        return false;
    }
    const char *end = rest->len ? memchr(rest->ptr, mark, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    *part = ro_http_trim(ro_str_make(rest->ptr, len));
    *rest = end ? ro_str_make(end + 1, rest->len - len - 1) : RO_STR_NONE;
    return true;
}

/* qvalue: 0 or 1 with at most three decimals. */
static unsigned read_weight(ro_str text) {
    unsigned weight = 0;
    unsigned unit = WEIGHT_ONE;
    bool valid = text.len >= 1 && text.len <= 5 && (text.len == 1 || text.ptr[1] == '.');
    for (size_t i = 0; valid && i < text.len; i++) {
        if (i == 1) {
            continue;
        }
        valid = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        weight += valid ? (unsigned)(text.ptr[i] - '0') * unit : 0;
        unit /= 10;
    }
    return valid && weight <= WEIGHT_ONE ? weight : WEIGHT_ONE;
}

/* 3: names the type itself, 2: all of its kind, 1: everything, 0: does not cover it. */
static unsigned specificity(ro_str range, ro_str media) {
    const char *slash = memchr(media.ptr, '/', media.len);
    ro_str kind = ro_str_make(media.ptr, slash ? (size_t)(slash - media.ptr) + 1 : media.len);
    if (ro_str_equal_nocase(range, media)) {
        return 3;
    }
    if (range.len == kind.len + 1 && range.ptr[kind.len] == '*' &&
        ro_str_equal_nocase(ro_str_make(range.ptr, kind.len), kind)) {
        return 2;
    }
    return ro_str_equal(range, RO_STR("*/*")) || ro_str_equal(range, RO_STR("*"));
}

static unsigned weight_of(ro_str params) {
    ro_str param;
    while (next_part(&params, ';', &param)) {
        if (param.len >= 2 && (param.ptr[0] == 'q' || param.ptr[0] == 'Q') && param.ptr[1] == '=') {
            return read_weight(ro_str_make(param.ptr + 2, param.len - 2));
        }
    }
    return WEIGHT_ONE;
}

/* What the fields of that name say of `media`; false: there are none. */
static bool weigh(const ro_http_request *request, ro_str name, ro_str media, unsigned *weight) {
    unsigned best = 0;
    bool asked = false;
    *weight = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        ro_str list = request->fields[i].value;
        ro_str element;
        if (!ro_str_equal_nocase(request->fields[i].name, name)) {
            continue;
        }
        while (ro_http_next_element(&list, &element)) {
            ro_str range;
            asked = true;
            (void)next_part(&element, ';', &range);
            unsigned covers = specificity(range, media);
            unsigned wanted = weight_of(element);
            if (covers > best || (covers && covers == best && wanted > *weight)) {
                best = covers;
                *weight = wanted;
            }
        }
    }
    return asked;
}

unsigned ro_http_accept_weight(const ro_http_request *request, ro_str media) {
    unsigned weight;
    return weigh(request, RO_STR("Accept"), media, &weight) ? weight : WEIGHT_ONE;
}

bool ro_http_accepts_coding(const ro_http_request *request, ro_str coding) {
    unsigned weight;
    return weigh(request, RO_STR("Accept-Encoding"), coding, &weight) && weight > 0;
}
