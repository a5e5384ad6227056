#include "readout/charset.h"

#include "readout/utf8.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucsdet.h>

#define DETECT_MAX 65536  /* bytes at the beginning that detection looks at */
#define CONFIDENCE_MIN 10 /* of ICU's hundred; below it a guess is worth nothing */
#define FALLBACK "windows-1252"

/* What browsers read under these names (WHATWG Encoding): the larger charset that pages labelled
 * so really use. By ICU's own names. */
static const struct {
    const char *named;
    const char *meant;
} supersets[] = {
    {"ISO-8859-1", "windows-1252"},
    {"US-ASCII", "windows-1252"},
    {"ibm-920_P100-1995", "windows-1254"}, /* ISO-8859-9 */
    {"iso-8859_11-2001", "windows-874"},
    {"ibm-1383_P110-1999", "gb18030"},            /* GB2312 */
    {"windows-936-2000", "gb18030"},              /* GBK */
    {"ibm-970_P110_P110-2006_U2", "windows-949"}, /* EUC-KR */
};

static const struct {
    const char *bytes;
    size_t len;
    const char *name;
} marks[] = {
    {"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE\0\0", 4, "UTF-32LE"}, {"\0\0\xFE\xFF", 4, "UTF-32BE"},
    {"\xFF\xFE", 2, "UTF-16LE"},  {"\xFE\xFF", 2, "UTF-16BE"},
};

/* Text of charsets with units of two or four bytes has NUL bytes; no other has. */
static bool is_wide(const UConverter *converter) {
    return ucnv_getMinCharSize(converter) > 1;
}

/* Every charset of the web keeps ASCII or has wide units. EBCDIC, UTF-7 and the like are refused:
 * they would make any text into any other. */
static bool is_usable(UConverter *converter) {
    static const char ascii[] = "<AZaz09>";
    UChar units[sizeof ascii];
    UErrorCode icu = U_ZERO_ERROR;
    switch (ucnv_getType(converter)) {
    case UCNV_UTF7:
    case UCNV_IMAP_MAILBOX:
    case UCNV_SCSU:
    case UCNV_BOCU1:
    case UCNV_HZ:
        return false;
    default:
        break;
    }
    if (is_wide(converter)) {
        return true;
    }
    int32_t len = ucnv_toUChars(converter, units, (int32_t)sizeof ascii, ascii, -1, &icu);
    for (int32_t i = 0; i < len && U_SUCCESS(icu); i++) {
        if (units[i] != (UChar)ascii[i]) {
            return false;
        }
    }
    return U_SUCCESS(icu) && len == (int32_t)sizeof ascii - 1;
}

static UConverter *open_named(const char *name) {
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &icu);
    const char *known = converter ? ucnv_getName(converter, &icu) : NULL;
    for (size_t i = 0; known && i < sizeof supersets / sizeof supersets[0]; i++) {
        if (strcmp(known, supersets[i].named) == 0) {
            ucnv_close(converter);
            icu = U_ZERO_ERROR;
            converter = ucnv_open(supersets[i].meant, &icu);
            break;
        }
    }
    if (converter && (U_FAILURE(icu) || !is_usable(converter))) {
        ucnv_close(converter);
        converter = NULL;
    }
    return converter;
}

static UConverter *open_declared(ro_str declared) {
    char name[RO_CHARSET_NAME_MAX];
    declared = ro_str_trim(declared);
    if (declared.len == 0 || declared.len >= sizeof name || memchr(declared.ptr, 0, declared.len)) {
        return NULL;
    }
    memcpy(name, declared.ptr, declared.len);
    name[declared.len] = '\0';
    return open_named(name);
}

/* Few bytes of a text in UTF-16 without a mark are NUL in one half of its units, many in the
 * other, in any language that uses ASCII's spaces and digits. */
static const char *wide_by_zeros(ro_str bytes) {
    size_t zeros[2] = {0, 0};
    size_t units = (bytes.len < DETECT_MAX ? bytes.len : DETECT_MAX) / 2;
    for (size_t i = 0; i < units * 2; i++) {
        zeros[i & 1] += bytes.ptr[i] == 0;
    }
    if (bytes.len % 2 == 0 && zeros[1] > units / 20 && zeros[0] <= units / 200) {
        return "UTF-16LE";
    }
    if (bytes.len % 2 == 0 && zeros[0] > units / 20 && zeros[1] <= units / 200) {
        return "UTF-16BE";
    }
    return NULL;
}

static UConverter *detect(ro_str bytes) {
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *converter = NULL;
    UCharsetDetector *detector = ucsdet_open(&icu);
    int32_t found = 0;
    const UCharsetMatch **matches = NULL;
    if (U_SUCCESS(icu)) {
        (void)ucsdet_enableInputFilter(detector, true);
        ucsdet_setText(detector, bytes.ptr,
                       (int32_t)(bytes.len < DETECT_MAX ? bytes.len : DETECT_MAX), &icu);
        matches = ucsdet_detectAll(detector, &found, &icu);
    }
    for (int32_t i = 0; i < found && U_SUCCESS(icu) && !converter; i++) {
        const char *name = ucsdet_getName(matches[i], &icu);
        bool sure = ucsdet_getConfidence(matches[i], &icu) >= CONFIDENCE_MIN;
        if (U_SUCCESS(icu) && sure && strncmp(name, "UTF", 3) != 0) {
            converter = open_named(name);
        }
    }
    ucsdet_close(detector);
    return converter ? converter : open_named(FALLBACK);
}

/* A text in UTF-8 with a few broken bytes is still one: nine of ten sequences are enough, half of
 * them where UTF-8 is declared. A sequence cut by the end does not count. */
static bool is_mostly_utf8(ro_str bytes, bool declared) {
    if (ro_utf8_valid(bytes)) {
        return true;
    }
    size_t good = 0;
    size_t bad = 0;
    for (size_t i = 0, taken; i < bytes.len; i += taken) {
        uint32_t c = ro_utf8_decode(bytes.ptr + i, bytes.len - i, &taken);
        good += c != RO_REPLACEMENT && taken > 1;
        bad += c == RO_REPLACEMENT && i + taken < bytes.len;
    }
    return good >= bad * (declared ? 1 : 9);
}

static bool is_binary(ro_str text) {
    size_t controls = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == 0) {
            return true;
        }
        controls += (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1B) || c == 0x7F;
    }
    return controls > text.len / 10;
}

/* ICU's own substitute for a byte of a one-byte charset is U+001A. */
static void substitute(const void *context, UConverterToUnicodeArgs *args, const char *bytes,
                       int32_t len, UConverterCallbackReason reason, UErrorCode *icu) {
    (void)context;
    (void)bytes;
    (void)len;
    static const UChar replacement = RO_REPLACEMENT;
    if (reason <= UCNV_IRREGULAR) {
        *icu = U_ZERO_ERROR;
        ucnv_cbToUWriteUChars(args, &replacement, 1, 0, icu);
    }
}

static ro_status convert(UConverter *from, ro_str bytes, ro_buf *out, ro_error *err) {
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *to = ucnv_open("UTF-8", &icu);
    UConverterToUCallback old = NULL;
    const void *old_context = NULL;
    ucnv_setToUCallBack(from, substitute, NULL, &old, &old_context, &icu);
    UChar pivot[2048];
    UChar *pivot_from = pivot;
    UChar *pivot_to = pivot;
    const char *source = bytes.ptr;
    const char *source_end = bytes.ptr + bytes.len;
    bool first = true;
    while (U_SUCCESS(icu)) {
        size_t room = (size_t)(source_end - source) + 64;
        char *at = ro_buf_reserve(out, room);
        if (!at) {
            break;
        }
        char *target = at;
        ucnv_convertEx(to, from, &target, at + room, &source, source_end, pivot, &pivot_from,
                       &pivot_to, pivot + sizeof pivot / sizeof pivot[0], first, true, &icu);
        out->len += (size_t)(target - at);
        first = false;
        if (icu != U_BUFFER_OVERFLOW_ERROR) {
            break;
        }
        icu = U_ZERO_ERROR;
    }
    ucnv_close(to);
    if (U_FAILURE(icu) && icu != U_MEMORY_ALLOCATION_ERROR) {
        return ro_fail(err, RO_INTERNAL, "cannot convert from '%s': %s",
                       ucnv_getName(from, &(UErrorCode){U_ZERO_ERROR}), u_errorName(icu));
    }
    return U_FAILURE(icu) ? ro_fail_memory(err) : ro_buf_check(out, err);
}

static void put_name(const char *text, char name[RO_CHARSET_NAME_MAX]) {
    size_t len = strnlen(text, RO_CHARSET_NAME_MAX - 1);
    memcpy(name, text, len);
    name[len] = '\0';
}

static void put_converter_name(const UConverter *converter, char name[RO_CHARSET_NAME_MAX]) {
    static const char *const standards[] = {"MIME", "IANA"};
    UErrorCode icu = U_ZERO_ERROR;
    const char *own = ucnv_getName(converter, &icu);
    const char *best = NULL;
    for (size_t i = 0; i < 2 && !best; i++) {
        icu = U_ZERO_ERROR;
        best = ucnv_getStandardName(own, standards[i], &icu);
    }
    put_name(best ? best : own, name);
}

/* ISO-2022 writes its other characters in ASCII bytes after an escape: valid UTF-8, and garbage. */
static bool has_escape(ro_str bytes) {
    return bytes.len && memchr(bytes.ptr, 0x1B, bytes.len);
}

/* Sets *is_utf8 and returns NULL, or a converter that the caller closes; NULL without *is_utf8 when
 * memory ran out or the bytes are binary. Takes the byte order mark off. */
static UConverter *choose(ro_str *bytes, ro_str declared, bool *is_utf8) {
    *is_utf8 = false;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (ro_str_starts_with(*bytes, ro_str_make(marks[i].bytes, marks[i].len))) {
            bytes->ptr += marks[i].len;
            bytes->len -= marks[i].len;
            *is_utf8 = i == 0;
            return *is_utf8 ? NULL : open_named(marks[i].name);
        }
    }
    UConverter *converter = open_declared(declared);
    bool zeros = bytes->len && memchr(bytes->ptr, 0, bytes->len);
    bool says_utf8 = converter && ucnv_getType(converter) == UCNV_UTF8;
    if (zeros && !(converter && is_wide(converter))) {
        ucnv_close(converter);
        const char *wide = wide_by_zeros(*bytes);
        return wide ? open_named(wide) : NULL;
    }
    bool shifts = converter && ucnv_getType(converter) == UCNV_ISO_2022 && has_escape(*bytes);
    *is_utf8 = !zeros && !shifts && is_mostly_utf8(*bytes, says_utf8);
    if (*is_utf8 || says_utf8 || (converter && is_wide(converter) && !zeros)) {
        ucnv_close(converter);
        converter = NULL;
    }
    return *is_utf8 || converter ? converter : detect(*bytes);
}

ro_status ro_charset_to_utf8(ro_str bytes, ro_str declared, ro_buf *out,
                             char name[RO_CHARSET_NAME_MAX], ro_error *err) {
    char unused[RO_CHARSET_NAME_MAX];
    char *used = name ? name : unused;
    ro_buf_clear(out);
    used[0] = '\0';
    bool is_utf8;
    UConverter *converter = choose(&bytes, declared, &is_utf8);
    ro_status status = RO_OK;
    if (!(converter && is_wide(converter)) && is_binary(bytes)) {
        status = ro_fail(err, RO_FORMAT, "not a text: binary data");
    } else if (is_utf8) {
        put_name("UTF-8", used);
        ro_utf8_repair(out, bytes);
        status = ro_buf_check(out, err);
    } else if (!converter) {
        status = ro_fail_memory(err);
    } else {
        put_converter_name(converter, used);
        status = convert(converter, bytes, out, err);
        if (status == RO_OK && is_wide(converter) && is_binary(ro_buf_str(out))) {
            status = ro_fail(err, RO_FORMAT, "not a text: binary data");
        }
    }
    ucnv_close(converter);
    if (status) {
        ro_buf_clear(out);
        used[0] = '\0';
    }
    return status;
}
