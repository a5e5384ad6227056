/* Filters of the Algolia protocol in our query language. */
#include "algolia.h"
#include "readout/date.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FILTERS_MAX 60 /* conditions; the query language takes 64 */
#define DEPTH_MAX 5   /* parentheses inside each other; each may become two of the query language */
#define VALUE_MAX 512 /* bytes of a value */

#define NOTHING "(date:1000 AND date:9999)"

typedef enum attribute_kind { VALUE, DATE, PATH, WEEK, YEAR, TIME } attribute_kind;

typedef struct attribute {
    const char *name, *field;
    attribute_kind kind;
} attribute;

static const attribute attributes[] = {
    {"source", "source", VALUE},
    {"language", "lang", VALUE},
    {"side", "side", VALUE},
    {"role", "role", VALUE},
    {"status", "status", VALUE},
    {"by", "by", VALUE},
    {"speaker", "speaker", VALUE},
    {"person", "participant", VALUE},
    {"place", "place", VALUE},
    {"host", "host", VALUE},
    {"month", "date", DATE},
    {"day", "date", DATE},
    {"week", "date", WEEK},
    {"year", "date", YEAR},
    {RO_ALGOLIA_TIME, "date", TIME},
    {RO_ALGOLIA_DATE_PATH "0", "date", PATH},
    {RO_ALGOLIA_DATE_PATH "1", "date", PATH},
    {RO_ALGOLIA_DATE_PATH "2", "date", PATH},
};

typedef struct writer {
    ro_buf *out;
    size_t count; /* conditions so far */
    bool negated; /* the next one */
    ro_error *err;
} writer;

static ro_status find_attribute(writer *w, ro_str name, const attribute **out) {
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (ro_str_equal(name, ro_str_from(attributes[i].name))) {
            *out = &attributes[i];
            return ++w->count <= FILTERS_MAX
                       ? RO_OK
                       : ro_fail(w->err, RO_LIMIT, "more than %d conditions", FILTERS_MAX);
        }
    }
    return ro_fail(w->err, RO_INVALID, "there is no attribute '%.*s' to filter by",
                   (int)(name.len < 64 ? name.len : 64), name.ptr ? name.ptr : "");
}

/* ---- one condition -------------------------------------------------------------------------- */

/* Once for each condition, before it. */
static void add_sign(writer *w) {
    ro_buf_add(w->out, "-", w->negated);
    w->negated = false;
}

/* In quotes; a backslash before what would end them makes it part of the value. */
static void add_value(writer *w, const char *field, ro_str value) {
    ro_buf_printf(w->out, "%s:\"", field);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        ro_str left = ro_str_make(value.ptr + i, value.len - i);
        bool ends = c == '"' || ro_str_starts_with(left, RO_STR("\u201C")) ||
                    ro_str_starts_with(left, RO_STR("\u201D"));
        ro_buf_add(w->out, "\\", ends || c == '\\');
        ro_buf_add_byte(w->out, c);
    }
    ro_buf_add_byte(w->out, '"');
}

static ro_status add_date(writer *w, const attribute *of, ro_str value) {
    int64_t from;
    int64_t until;
    char last[RO_TIME_TEXT];
    if (ro_date_range(value, &from, &until, NULL) != RO_OK) {
        return ro_fail(w->err, RO_INVALID, "%s: no date of that kind", of->name);
    }
    if (of->kind == WEEK) {
        ro_buf_printf(w->out, "date:\"%.*s..%s\"", RO_STR_ARG(value),
                      ro_time_format_day(from + (int64_t)6 * 86400, last));
    } else {
        add_value(w, of->field, value);
    }
    return RO_OK;
}

/* Whole numbers [low, high] of years or seconds; beyond what is a date there is nothing. */
static void add_range(writer *w, const attribute *of, double low, double high) {
    int64_t first = 1000;
    int64_t last = 9999;
    if (of->kind == TIME) {
        first = ro_days_from_civil(1000, 1, 1) * 86400;
        last = ro_days_from_civil(10000, 1, 1) * 86400 - 1;
    }
    low = low < (double)first ? (double)first : low;
    high = high > (double)last ? (double)last : high;
    if (!(low <= high)) {
        ro_buf_add_str(w->out, RO_STR(NOTHING));
    } else if (of->kind == YEAR) {
        ro_buf_printf(w->out, "date:\"%d..%d\"", (int)low, (int)high);
    } else {
        char from[RO_TIME_TEXT];
        char to[RO_TIME_TEXT];
        ro_buf_printf(w->out, "date:\"%s..%s\"", ro_time_format((int64_t)low, from),
                      ro_time_format((int64_t)high, to));
    }
}

static bool read_number(ro_str text, double *out) {
    char copy[40];
    char *end;
    if (!text.len || text.len >= sizeof copy) {
        return false;
    }
    (void)snprintf(copy, sizeof copy, "%.*s", RO_STR_ARG(text));
    *out = strtod(copy, &end);
    return !*end && isfinite(*out);
}

/* `upper` is of "TO" alone. */
static ro_status add_comparison(writer *w, ro_str name, ro_str operator, ro_str value,
                                ro_str upper) {
    const attribute *of;
    double number;
    double until = 0;
    ro_status status = find_attribute(w, name, &of);
    if (status != RO_OK) {
        return status;
    }
    if (of->kind != YEAR && of->kind != TIME) {
        return ro_fail(w->err, RO_INVALID, "'%s' is no number; numbers are year and %s", of->name,
                       RO_ALGOLIA_TIME);
    }
    if (!read_number(value, &number) || (upper.len && !read_number(upper, &until))) {
        return ro_fail(w->err, RO_INVALID, "%s: expected a number", of->name);
    }
    w->negated = w->negated != ro_str_equal(operator, RO_STR("!="));
    add_sign(w);
    if (upper.len) {
        add_range(w, of, ceil(number), floor(until));
    } else if (ro_str_equal(operator, RO_STR("<"))) {
        add_range(w, of, -INFINITY, ceil(number) - 1);
    } else if (ro_str_equal(operator, RO_STR("<="))) {
        add_range(w, of, -INFINITY, floor(number));
    } else if (ro_str_equal(operator, RO_STR(">"))) {
        add_range(w, of, floor(number) + 1, INFINITY);
    } else if (ro_str_equal(operator, RO_STR(">="))) {
        add_range(w, of, ceil(number), INFINITY);
    } else {
        add_range(w, of, ceil(number), floor(number));
    }
    return RO_OK;
}

/* What stands at the end of a path. */
static ro_str path_end(ro_str path) {
    static const ro_str part = {RO_ALGOLIA_PATH_PART, sizeof RO_ALGOLIA_PATH_PART - 1};
    for (size_t at = path.len; at-- > 0;) {
        ro_str rest = ro_str_make(path.ptr + at, path.len - at);
        if (ro_str_starts_with(rest, part)) {
            return ro_str_make(rest.ptr + part.len, rest.len - part.len);
        }
    }
    return path;
}

/* The bytes of "<score=3>" at the start of a text: what a condition is worth, which is passed over.
 */
static size_t score_length(ro_str text) {
    static const char begin[] = "<score=";
    size_t at = sizeof begin - 1;
    if (!ro_str_starts_with(text, ro_str_from(begin))) {
        return 0;
    }
    while (at < text.len && isdigit((unsigned char)text.ptr[at])) {
        at++;
    }
    return at >= sizeof begin && at < text.len && text.ptr[at] == '>' ? at + 1 : 0;
}

/* attribute:value */
static ro_status add_equality(writer *w, ro_str name, ro_str value) {
    const attribute *of;
    ro_str text = ro_str_trim(value);
    ro_status status = find_attribute(w, name, &of);
    if (status != RO_OK) {
        return status;
    }
    if (!text.len || text.len > VALUE_MAX) {
        return ro_fail(w->err, RO_INVALID, "%s: a value has 1 to %d bytes", of->name, VALUE_MAX);
    }
    double number = 0;
    if ((of->kind == YEAR || of->kind == TIME) && !read_number(text, &number)) {
        return ro_fail(w->err, RO_INVALID, "%s: expected a number", of->name);
    }
    add_sign(w);
    if (of->kind == VALUE) {
        add_value(w, of->field, text);
        return RO_OK;
    }
    if (of->kind == DATE || of->kind == WEEK || of->kind == PATH) {
        return add_date(w, of, of->kind == PATH ? path_end(text) : text);
    }
    add_range(w, of, ceil(number), floor(number));
    return RO_OK;
}

/* ---- arrays --------------------------------------------------------------------------------- */

typedef ro_status (*add_fn)(writer *w, ro_str text);

/* "attribute:value", "attribute:-value", "-attribute:value"; "\-" begins a value with a dash. */
static ro_status add_facet_filter(writer *w, ro_str text) {
    bool negated = text.len && *text.ptr == '-';
    text = ro_str_make(text.ptr + negated, text.len - negated);
    const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
    if (!colon) {
        return ro_fail(w->err, RO_INVALID, "facetFilters: expected \"attribute:value\"");
    }
    ro_str name = ro_str_make(text.ptr, (size_t)(colon - text.ptr));
    ro_str value = ro_str_make(colon + 1, text.len - name.len - 1);
    if (ro_str_starts_with(value, RO_STR("-"))) {
        negated = true;
        value = ro_str_make(value.ptr + 1, value.len - 1);
    } else if (ro_str_starts_with(value, RO_STR("\\-"))) {
        value = ro_str_make(value.ptr + 1, value.len - 1);
    }
    const char *score = value.len ? memrchr(value.ptr, '<', value.len) : NULL;
    size_t before = score ? (size_t)(score - value.ptr) : 0;
    if (score && score_length(ro_str_make(score, value.len - before)) == value.len - before) {
        value.len = before;
    }
    w->negated = negated;
    return add_equality(w, ro_str_trim(name), value);
}

static bool is_operator(char c) {
    return c == '<' || c == '>' || c == '=' || c == '!';
}

/* Splits at the first operator, or " TO ". */
static ro_status add_numeric_filter(writer *w, ro_str text) {
    size_t at = 0;
    while (at < text.len && !is_operator(text.ptr[at]) && text.ptr[at] != ':') {
        at++;
    }
    size_t end = at;
    while (end < text.len && is_operator(text.ptr[end])) {
        end++;
    }
    ro_str name = ro_str_trim(ro_str_make(text.ptr, at));
    ro_str operator= ro_str_make(text.ptr + at, end - at);
    if (end == at && at < text.len) { /* attribute:LOW TO HIGH */
        ro_str rest = ro_str_make(text.ptr + at + 1, text.len - at - 1);
        const char *to = memmem(rest.ptr, rest.len, " TO ", 4);
        size_t low = to ? (size_t)(to - rest.ptr) : rest.len;
        ro_str upper = to ? ro_str_trim(ro_str_make(to + 4, rest.len - low - 4)) : RO_STR_NONE;
        return add_comparison(w, name, RO_STR("="), ro_str_trim(ro_str_make(rest.ptr, low)), upper);
    }
    if (end == at) {
        return ro_fail(w->err, RO_INVALID, "numericFilters: expected \"attribute >= number\"");
    }
    return add_comparison(w, name, operator,
                          ro_str_trim(ro_str_make(text.ptr + end, text.len - end)), RO_STR_NONE);
}

static void join(writer *w, const char *with) {
    if (w->out->len && w->out->ptr[w->out->len - 1] != '(') {
        ro_buf_add_str(w->out, ro_str_from(with));
    }
}

/* Elements are all required; of an array inside, one, unless it is empty. */
static ro_status add_list(writer *w, const json_t *list, const char *what, const char *with,
                          add_fn add) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        ro_status status = RO_OK;
        bool several = json_is_array(item) && strcmp(with, " AND ") == 0;
        if (several && !json_array_size(item)) {
            continue;
        }
        join(w, with);
        if (json_is_string(item)) {
            status = add(w, ro_str_make(json_string_value(item), json_string_length(item)));
        } else if (several) {
            ro_buf_add_byte(w->out, '(');
            status = add_list(w, item, what, " OR ", add);
            ro_buf_add_byte(w->out, ')');
        } else {
            status =
                ro_fail(w->err, RO_INVALID, "%s: expected strings, or arrays of strings", what);
        }
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

/* ---- the language of `filters` -------------------------------------------------------------- */

/*   all    := any (AND any)*         OR binds closer than AND
 *   any    := one (OR one)*
 *   one    := NOT one | ( all ) | name : value | name : number TO number | name operator number
 */
typedef struct reader {
    writer *w;
    ro_str text;
    size_t at, depth;
} reader;

static void skip_blanks(reader *r) {
    while (r->at < r->text.len && (unsigned char)r->text.ptr[r->at] <= ' ') {
        r->at++;
    }
}

static ro_status unexpected(const reader *r, const char *wanted) {
    return ro_fail(r->w->err, RO_INVALID, "filters: expected %s at byte %zu", wanted, r->at);
}

static ro_str rest_of(const reader *r) {
    return ro_str_make(r->text.ptr + r->at, r->text.len - r->at);
}

/* A word that stands alone. */
static bool take_word(reader *r, const char *word) {
    size_t len = strlen(word);
    skip_blanks(r);
    ro_str left = rest_of(r);
    bool there = ro_str_starts_with(left, ro_str_from(word)) &&
                 (left.len == len || (unsigned char)left.ptr[len] <= ' ' || left.ptr[len] == '(');
    r->at += there ? len : 0;
    return there;
}

static bool take_byte(reader *r, char byte) {
    skip_blanks(r);
    bool there = r->at < r->text.len && r->text.ptr[r->at] == byte;
    r->at += there;
    return there;
}

/* A quoted string, or what goes to a blank, a parenthesis or, for names, an operator. */
static ro_status read_token(reader *r, bool name, ro_buf *out) {
    skip_blanks(r);
    char quote = r->at < r->text.len ? r->text.ptr[r->at] : ' ';
    if (quote == '"' || quote == '\'') {
        for (r->at++; r->at < r->text.len && r->text.ptr[r->at] != quote; r->at++) {
            r->at += r->text.ptr[r->at] == '\\' && r->at + 1 < r->text.len;
            ro_buf_add_byte(out, r->text.ptr[r->at]);
        }
        return r->at++ < r->text.len ? RO_OK : unexpected(r, "the end of the quotation");
    }
    for (; r->at < r->text.len; r->at++) {
        char c = r->text.ptr[r->at];
        if ((unsigned char)c <= ' ' || c == '(' || c == ')' ||
            (name ? c == ':' || is_operator(c) : score_length(rest_of(r)) > 0)) {
            break;
        }
        ro_buf_add_byte(out, c);
    }
    return out->len ? RO_OK : unexpected(r, name ? "an attribute" : "a value");
}

static ro_status read_value(reader *r, ro_str name, ro_str operator) {
    ro_buf value = RO_BUF_INIT;
    ro_buf upper = RO_BUF_INIT;
    ro_status status = read_token(r, false, &value);
    bool ranges = status == RO_OK && !operator.len && take_word(r, "TO");
    if (ranges) {
        status = read_token(r, false, &upper);
    }
    if (status == RO_OK) {
        r->at += score_length(rest_of(r));
        status = ranges || operator.len
                     ? add_comparison(r->w, name, operator, ro_buf_str(&value), ro_buf_str(&upper))
                     : add_equality(r->w, name, ro_buf_str(&value));
    }
    ro_buf_release(&value);
    ro_buf_release(&upper);
    return status;
}

static ro_status read_condition(reader *r) {
    ro_buf name = RO_BUF_INIT;
    ro_status status = read_token(r, true, &name);
    skip_blanks(r);
    size_t from = r->at;
    while (r->at < r->text.len && is_operator(r->text.ptr[r->at])) {
        r->at++;
    }
    ro_str operator= ro_str_make(r->text.ptr + from, r->at - from);
    if (status == RO_OK && !operator.len && !take_byte(r, ':')) {
        status = unexpected(r, "':' or an operator");
    }
    if (status == RO_OK) {
        status = read_value(r, ro_buf_str(&name), operator);
    }
    ro_buf_release(&name);
    return status;
}

static ro_status read_all(reader *r);

static ro_status read_one(reader *r) {
    bool negated = false;
    while (take_word(r, "NOT")) {
        negated = !negated;
    }
    r->w->negated = negated;
    if (!take_byte(r, '(')) {
        return read_condition(r);
    }
    add_sign(r->w);
    if (++r->depth > DEPTH_MAX) {
        return ro_fail(r->w->err, RO_LIMIT, "filters: more than %d levels of parentheses",
                       DEPTH_MAX);
    }
    ro_buf_add_byte(r->w->out, '(');
    ro_status status = read_all(r);
    ro_buf_add_byte(r->w->out, ')');
    r->depth--;
    return status == RO_OK && !take_byte(r, ')') ? unexpected(r, "')'") : status;
}

static ro_status read_any(reader *r) {
    ro_buf *out = r->w->out;
    size_t from = out->len;
    bool several = false;
    ro_status status = read_one(r);
    while (status == RO_OK && take_word(r, "OR")) {
        ro_buf_add_str(out, RO_STR(" OR "));
        several = true;
        status = read_one(r);
    }
    if (several && ro_buf_reserve(out, 1)) {
        memmove(out->ptr + from + 1, out->ptr + from, out->len - from);
        out->ptr[from] = '(';
        out->len++;
        ro_buf_add_byte(out, ')');
    }
    return status;
}

static ro_status read_all(reader *r) {
    ro_status status = read_any(r);
    while (status == RO_OK && take_word(r, "AND")) {
        ro_buf_add_str(r->w->out, RO_STR(" AND "));
        status = read_any(r);
    }
    return status;
}

static ro_status add_filters(writer *w, const json_t *filters) {
    reader r = {.w = w,
                .text = ro_str_make(json_string_value(filters), json_string_length(filters))};
    if (!ro_str_trim(r.text).len) {
        return RO_OK;
    }
    ro_status status = read_all(&r);
    skip_blanks(&r);
    return status == RO_OK && r.at < r.text.len ? unexpected(&r, "AND, OR or the end") : status;
}

ro_status ro_algolia_filter(const json_t *filters, const json_t *facet_filters,
                            const json_t *numeric_filters, ro_buf *out, const char **at_fault,
                            ro_error *err) {
    writer w = {.out = out, .err = err};
    *at_fault = "filters";
    ro_status status = add_filters(&w, filters);
    if (status == RO_OK) {
        *at_fault = "facetFilters";
        status = add_list(&w, facet_filters, "facetFilters", " AND ", add_facet_filter);
    }
    if (status == RO_OK) {
        *at_fault = "numericFilters";
        status = add_list(&w, numeric_filters, "numericFilters", " AND ", add_numeric_filter);
    }
    return status == RO_OK ? ro_buf_check(out, err) : status;
}
