#include "fold.h"

#include "readout/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

ro_status ro_folder_init(ro_folder *folder, ro_error *err) {
    *folder = (ro_folder){0};
    UErrorCode icu = U_ZERO_ERROR;
    folder->fold = unorm2_getNFKCCasefoldInstance(&icu);
    folder->decompose = unorm2_getNFDInstance(&icu);
    folder->compose = unorm2_getNFCInstance(&icu);
    return U_SUCCESS(icu) ? RO_OK
                          : ro_fail(err, RO_INTERNAL, "cannot open the normalisers of ICU: %s",
                                    u_errorName(icu));
}

void ro_folder_release(ro_folder *folder) {
    free(folder->a.ptr);
    free(folder->b.ptr);
    *folder = (ro_folder){0};
}

static bool reserve(ro_units *units, int32_t capacity) {
    if (capacity <= units->capacity) {
        return true;
    }
    UChar *grown = realloc(units->ptr, (size_t)capacity * sizeof *grown);
    if (!grown) {
        return false;
    }
    units->ptr = grown;
    units->capacity = capacity;
    return true;
}

static bool normalise(const UNormalizer2 *how, const ro_units *from, ro_units *to) {
    UErrorCode icu = U_ZERO_ERROR;
    to->len = unorm2_normalize(how, from->ptr, from->len, to->ptr, to->capacity, &icu);
    if (icu == U_BUFFER_OVERFLOW_ERROR && reserve(to, to->len)) {
        icu = U_ZERO_ERROR;
        to->len = unorm2_normalize(how, from->ptr, from->len, to->ptr, to->capacity, &icu);
    }
    return U_SUCCESS(icu);
}

/* Letters that Unicode does not decompose but readers type without their stroke. */
static const struct {
    UChar from;
    const char *to;
} plain[] = {
    {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"},  {0x00FE, "th"}, {0x0111, "d"}, {0x0127, "h"},
    {0x0131, "i"},  {0x0142, "l"}, {0x0153, "oe"}, {0x0167, "t"},  {0x0180, "b"}, {0x0268, "i"},
};

static const char *plain_letter(UChar32 c) {
    for (size_t i = 0; c < 0x0300 && i < sizeof plain / sizeof plain[0]; i++) {
        if (plain[i].from == c) {
            return plain[i].to;
        }
    }
    return NULL;
}

/* In these scripts a mark is an accent, a stress or a vowel point; elsewhere it is a letter. */
static bool drops_marks(UChar32 base) {
    UErrorCode icu = U_ZERO_ERROR;
    switch (uscript_getScript(base, &icu)) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
        return true;
    default:
        return false;
    }
}

static UChar32 next_character(const ro_units *from, int32_t *at) {
    uint32_t lead = from->ptr[(*at)++];
    if (U16_IS_LEAD(lead) && *at < from->len && U16_IS_TRAIL(from->ptr[*at])) {
        return U16_GET_SUPPLEMENTARY((UChar32)lead, from->ptr[(*at)++]);
    }
    return (UChar32)lead;
}

static void append_character(ro_units *to, int32_t *len, UChar32 c) {
    if (c > 0xFFFF) {
        to->ptr[(*len)++] = U16_LEAD(c);
        to->ptr[(*len)++] = U16_TRAIL(c);
    } else {
        to->ptr[(*len)++] = (UChar)c;
    }
}

#define ARABIC_TATWEEL 0x0640 /* stretches a word for the eye */

/* Filters decomposed text in place; what is written is never longer than what was read, except for
 * the digraphs of `plain`, hence two buffers. */
static bool strip_marks(const ro_units *from, ro_units *to) {
    if (from->len > INT32_MAX / 2 || !reserve(to, from->len * 2)) {
        return false;
    }
    int32_t len = 0;
    bool strip = true;
    for (int32_t i = 0; i < from->len;) {
        UChar32 c = next_character(from, &i);
        uint32_t mask = U_MASK(u_charType(c));
        if (mask & (U_GC_MN_MASK | U_GC_ME_MASK)) {
            if (strip) {
                continue;
            }
        } else {
            strip = drops_marks(c);
        }
        const char *letters = plain_letter(c);
        if (letters) {
            for (; *letters; letters++) {
                to->ptr[len++] = (UChar)*letters;
            }
        } else if (c != ARABIC_TATWEEL) {
            append_character(to, &len, c);
        }
    }
    to->len = len;
    return true;
}

#define MARKS_MAX 32 /* on one letter; UAX 15 calls 30 enough for any text */

/* Normalisation sorts a run of marks, in square time: a run that no language writes is cut. */
static void cut_marks(ro_units *units) {
    int32_t len = 0;
    int32_t marks = 0;
    for (int32_t i = 0; i < units->len;) {
        UChar32 c = next_character(units, &i);
        marks = c >= 0x300 && u_getCombiningClass(c) ? marks + 1 : 0;
        if (marks <= MARKS_MAX) {
            append_character(units, &len, c);
        }
    }
    units->len = len;
}

static bool decode(ro_str text, ro_units *to) {
    if (text.len > INT32_MAX / 4 || !reserve(to, (int32_t)text.len + 1)) {
        return false;
    }
    UErrorCode icu = U_ZERO_ERROR;
    (void)u_strFromUTF8WithSub(to->ptr, to->capacity, &to->len, text.ptr, (int32_t)text.len,
                               RO_REPLACEMENT, NULL, &icu);
    cut_marks(to);
    return U_SUCCESS(icu);
}

static void encode(const ro_units *from, ro_buf *out) {
    for (int32_t i = 0; i < from->len;) {
        UChar32 c = next_character(from, &i);
        int32_t digit =
            c >= 0x80 && U_MASK(u_charType(c)) & U_GC_ND_MASK ? u_charDigitValue(c) : -1;
        ro_utf8_append(out, digit >= 0 ? (uint32_t)('0' + digit) : (uint32_t)c);
    }
}

/* ASCII has no marks, and folds to its small letters. */
static void add_ascii(ro_str text, unsigned what, ro_buf *out) {
    char *to = text.len ? ro_buf_reserve(out, text.len) : NULL;
    for (size_t i = 0; to && i < text.len; i++) {
        char c = text.ptr[i];
        to[i] = what & RO_FOLD_CASE && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out->len += to ? text.len : 0;
}

void ro_folder_add(ro_folder *folder, ro_str text, unsigned what, ro_buf *out) {
    if (ro_utf8_ascii_prefix(text) == text.len) {
        add_ascii(text, what, out);
        return;
    }
    ro_units *a = &folder->a;
    ro_units *b = &folder->b;
    bool ok = decode(text, a);
    if (ok && what & RO_FOLD_CASE) {
        ok = normalise(folder->fold, a, b);
        ro_units *swap = a;
        a = b;
        b = swap;
    }
    if (ok && what & RO_FOLD_MARKS) {
        ok = normalise(folder->decompose, a, b) && strip_marks(b, a) &&
             normalise(folder->compose, a, b);
        a = b;
    }
    if (ok) {
        encode(a, out);
    } else {
        out->failed = true;
    }
}
