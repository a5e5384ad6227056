#include "field.h"

#include "readout/date.h"

#define WEEK ((int64_t)7 * 86400) /* seconds */

static const ro_field fields[] = {
    {"title", RO_FIELD_KIND_WORDS, RO_FIELD_TITLE, 0},
    {"body", RO_FIELD_KIND_WORDS, RO_FIELD_BODY, 0},
    {"source", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_SOURCE},
    {"lang", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_LANGUAGE},
    {"language", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_LANGUAGE},
    {"participant", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_PERSON},
    {"speaker", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_SPEAKER},
    {"by", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_BY},
    {"side", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_SIDE},
    {"role", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_ROLE},
    {"status", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_STATUS},
    {"place", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_PLACE},
    {"host", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_HOST},
    {"date", RO_FIELD_KIND_DATE, 0, RO_COLUMN_PUBLISHED},
    {"after", RO_FIELD_KIND_AFTER, 0, RO_COLUMN_PUBLISHED},
    {"before", RO_FIELD_KIND_BEFORE, 0, RO_COLUMN_PUBLISHED},
    /* facets, as filters of their values */
    {"year", RO_FIELD_KIND_DATE, 0, RO_COLUMN_PUBLISHED},
    {"month", RO_FIELD_KIND_DATE, 0, RO_COLUMN_PUBLISHED},
    {"week", RO_FIELD_KIND_WEEK, 0, RO_COLUMN_PUBLISHED},
    {"day", RO_FIELD_KIND_DATE, 0, RO_COLUMN_PUBLISHED},
    {"person", RO_FIELD_KIND_VALUE, 0, RO_COLUMN_PERSON},
};

const ro_field *ro_field_find(ro_str name) {
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (ro_str_equal_nocase(name, ro_str_from(fields[i].name))) {
            return &fields[i];
        }
    }
    return NULL;
}

/* Splits at "..": the parts may be empty, not both. */
static bool split_range(ro_str text, ro_str *left, ro_str *right) {
    const char *dots = text.len ? memmem(text.ptr, text.len, "..", 2) : NULL;
    if (!dots || text.len == 2) {
        return false;
    }
    *left = ro_str_make(text.ptr, (size_t)(dots - text.ptr));
    *right = ro_str_make(dots + 2, text.len - left->len - 2);
    return true;
}

static bool read_span(ro_str left, ro_str right, ro_syntax *node) {
    int64_t unused;
    node->from = INT64_MIN;
    node->until = INT64_MAX;
    return (!left.len || ro_date_range(left, &node->from, &unused, NULL) == RO_OK) &&
           (!right.len || ro_date_range(right, &unused, &node->until, NULL) == RO_OK);
}

bool ro_field_read_dates(const ro_field *field, ro_str text, ro_report *report, ro_syntax *node) {
    ro_str left, right;
    node->text = text;
    if (field->kind == RO_FIELD_KIND_AFTER) {
        return text.len && read_span(text, RO_STR_NONE, node);
    }
    if (field->kind == RO_FIELD_KIND_BEFORE) {
        node->from = INT64_MIN;
        int64_t unused;
        return text.len && ro_date_range(text, &node->until, &unused, NULL) == RO_OK;
    }
    if (field->kind == RO_FIELD_KIND_WEEK) {
        bool read = text.len && ro_date_range(text, &node->from, &node->until, NULL) == RO_OK;
        node->until = read ? node->from + WEEK : node->until;
        return read;
    }
    if (!split_range(text, &left, &right)) {
        return ro_date_range(text, &node->from, &node->until, NULL) == RO_OK;
    }
    if (!read_span(left, right, node)) {
        return false;
    }
    if (node->from >= node->until) {
        ro_report_add(report, node->at, "the range '%.*s' runs backwards; turned round",
                      RO_STR_ARG(ro_report_quote(text)));
        node->text =
            ro_arena_printf(report->arena, "%.*s..%.*s", RO_STR_ARG(right), RO_STR_ARG(left));
        return node->text.ptr && read_span(right, left, node);
    }
    return true;
}
