#include "csv.h"

/* The text between the quote at `at` and the one that closes it. */
static bool read_quoted(ro_str s, size_t at, ro_csv_field *out) {
    const char *start = s.ptr + at + 1;
    const char *end = s.ptr + s.len;
    for (const char *p = start; (p = memchr(p, '"', (size_t)(end - p))) != NULL; p += 2) {
        if (p + 1 == end || p[1] != '"') {
            out->text = ro_str_make(start, (size_t)(p - start));
            out->end = (size_t)(p + 1 - s.ptr);
            return true;
        }
        out->doubled++;
    }
    return false;
}

bool ro_csv_field_read(ro_str s, size_t at, char delimiter, ro_csv_field *out) {
    *out = (ro_csv_field){RO_STR_NONE, 0, at};
    bool quoted = at < s.len && s.ptr[at] == '"';
    if (quoted && !read_quoted(s, at, out)) {
        return false;
    }
    size_t i = out->end;
    while (i < s.len && s.ptr[i] != delimiter && s.ptr[i] != '\n') {
        i++;
    }
    out->end = i;
    if (!quoted) {
        bool carriage = i > at && s.ptr[i - 1] == '\r' && (i == s.len || s.ptr[i] == '\n');
        out->text = ro_str_make(s.ptr + at, i - at - (carriage ? 1 : 0));
    }
    return true;
}

size_t ro_csv_record_end(ro_str s, size_t at, char delimiter) {
    ro_csv_field field;
    while (ro_csv_field_read(s, at, delimiter, &field) && field.end < s.len) {
        at = field.end + 1;
        if (s.ptr[field.end] == '\n') {
            return at;
        }
    }
    return 0;
}

char ro_csv_delimiter(ro_str header) {
    static const char DELIMITERS[] = ",;\t|";
    size_t counts[sizeof DELIMITERS] = {0};
    bool quoted = false;
    bool start = true; /* of a field, whichever the delimiter is */
    for (size_t i = 0; i < header.len && (quoted || header.ptr[i] != '\n'); i++) {
        char c = header.ptr[i];
        const char *at = c ? strchr(DELIMITERS, c) : NULL;
        bool quote = c == '"' && (quoted || start);
        if (quote) {
            quoted = !quoted; /* the second of two opens again what the first closed */
        } else if (at && !quoted) {
            counts[at - DELIMITERS]++;
        }
        start = quote || at;
    }
    size_t best = 0;
    for (size_t i = 1; i + 1 < sizeof DELIMITERS; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return DELIMITERS[best];
}
