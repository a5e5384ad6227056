/* CSV with a header (RFC 4180); commas, semicolons, tabs or bars. */
#include "csv.h"
#include "common.h"

#include "readout/utf8.h"

typedef struct ro_csv {
    const ro_input *input;
    const ro_sink *sink;
    ro_arena arena; /* of one row */
    char delimiter;
    char *names[RO_CSV_FIELDS_MAX]; /* live in `kept` */
    size_t columns;
    ro_arena kept;
} ro_csv;

/* ---- one record -------------------------------------------------------------------------------
 */

typedef struct ro_record {
    ro_str fields[RO_CSV_FIELDS_MAX];
    size_t count;
    int64_t lines; /* it takes in the file */
} ro_record;

/* The text of a field, whose doubled quotes become one. */
static ro_status unquote(ro_csv *csv, const ro_csv_field *field, ro_str *out, ro_error *err) {
    *out = field->text;
    if (field->doubled == 0) {
        return RO_OK;
    }
    char *to = ro_arena_alloc(&csv->arena, field->text.len - field->doubled + 1);
    if (!to) {
        return ro_fail_memory(err);
    }
    size_t len = 0;
    for (size_t i = 0; i < field->text.len; i++) {
        to[len++] = field->text.ptr[i];
        i += field->text.ptr[i] == '"' ? 1 : 0;
    }
    *out = ro_str_make(to, len);
    return RO_OK;
}

/* Reads the record at `*at` and moves behind its line end. */
static ro_status read_record(ro_csv *csv, ro_str s, size_t *at, ro_record *out, ro_error *err) {
    out->count = 0;
    out->lines = 1;
    size_t fields = 0;
    for (bool more = true; more; fields++) {
        ro_csv_field field;
        if (!ro_csv_field_read(s, *at, csv->delimiter, &field)) {
            return ro_fail(err, RO_FORMAT, "CSV field without its closing quote");
        }
        out->lines += ro_count_lines(field.text);
        if (fields < RO_CSV_FIELDS_MAX) {
            ro_status status = unquote(csv, &field, &out->fields[fields], err);
            if (status != RO_OK) {
                return status;
            }
        }
        more = field.end < s.len && s.ptr[field.end] == csv->delimiter;
        *at = field.end + (field.end < s.len ? 1 : 0);
    }
    if (fields > RO_CSV_FIELDS_MAX) {
        return ro_fail(err, RO_LIMIT, "CSV row with %zu fields, more than %d", fields,
                       RO_CSV_FIELDS_MAX);
    }
    out->count = fields;
    return RO_OK;
}

/* ---- header -----------------------------------------------------------------------------------
 */

/* "Publication Date" -> "publication_date". */
static char *column_name(ro_csv *csv, ro_str field) {
    ro_str name = ro_single_line(&csv->arena, field);
    char *text = ro_arena_alloc(&csv->kept, name.len + 1);
    for (size_t i = 0; text && i < name.len; i++) {
        char c = name.ptr[i];
        text[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c == ' ' || c == 0 ? '_' : c;
    }
    return text;
}

static ro_status read_header(ro_csv *csv, ro_str s, size_t *at, int64_t *lines, ro_error *err) {
    ro_record record;
    csv->delimiter = ro_csv_delimiter(s);
    ro_status status = read_record(csv, s, at, &record, err);
    if (status != RO_OK) {
        return status;
    }
    *lines = record.lines;
    for (size_t i = 0; i < record.count; i++) {
        csv->names[i] = column_name(csv, record.fields[i]);
        if (!csv->names[i]) {
            return ro_fail_memory(err);
        }
    }
    csv->columns = record.count;
    return RO_OK;
}

/* ---- rows -------------------------------------------------------------------------------------
 */

static json_t *row_object(const ro_csv *csv, const ro_record *record) {
    json_t *object = json_object();
    for (size_t i = 0; object && i < record->count; i++) {
        ro_str s = record->fields[i];
        if (s.len == 0) {
            continue;
        }
        if (json_object_set_new(object, csv->names[i], json_stringn(s.ptr, s.len)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static ro_status emit_row(ro_csv *csv, const ro_record *record, ro_error *err) {
    if (record->count == 1 && ro_str_trim(record->fields[0]).len == 0) {
        return RO_OK;
    }
    if (record->count > csv->columns) {
        return ro_fail(err, RO_FORMAT, "CSV row with %zu fields under a header of %zu",
                       record->count, csv->columns);
    }
    json_t *object = row_object(csv, record);
    if (!object) {
        return ro_fail_memory(err);
    }
    ro_article article;
    ro_status status = ro_fields_article(object, NULL, csv->input, &csv->arena, &article, err);
    if (status == RO_OK) {
        status = csv->sink->put(csv->sink->context, &article, err);
    }
    json_decref(object);
    return status;
}

static ro_status emit_rows(ro_csv *csv, ro_str s, size_t at, int64_t line, ro_error *err) {
    ro_record record;
    ro_status status = RO_OK;
    while (at < s.len && status == RO_OK) {
        ro_error fault = RO_ERROR_INIT;
        ro_arena_reset(&csv->arena);
        status = read_record(csv, s, &at, &record, &fault);
        if (status == RO_FORMAT) {
            /* without its closing quote, where the next row starts is not known */
            at = s.len;
        }
        if (status == RO_OK) {
            status = emit_row(csv, &record, &fault);
        }
        status = ro_skip_record(csv->sink, status, &fault, line, err);
        line += record.lines;
    }
    return status;
}

static bool has_text_column(const ro_csv *csv) {
    static const char *const NAMES[] = {"title",   "headline",    "name",      "body",
                                        "text",    "articlebody", "content",   "body_text",
                                        "summary", "description", "body_html", "abstract"};
    for (size_t i = 0; i < csv->columns; i++) {
        for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++) {
            if (strcmp(csv->names[i], NAMES[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

ro_status ro_parse_csv(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_csv csv = {.input = input, .sink = sink};
    ro_buf buf = RO_BUF_INIT;
    ro_buf header_buf = RO_BUF_INIT;
    ro_str text = RO_STR("");
    ro_str header = RO_STR("");
    size_t at = 0;
    size_t header_end = 0;
    int64_t lines = 0;
    ro_status status = RO_OK;
    if (input->bytes.len > 0) {
        status = ro_input_utf8(input, RO_STR_NONE, &buf, &text, err);
    }
    if (status == RO_OK && input->header.len > 0) {
        ro_input head = *input;
        head.bytes = input->header;
        status = ro_input_utf8(&head, RO_STR_NONE, &header_buf, &header, err);
    }
    if (status == RO_OK) {
        bool apart = input->header.len > 0;
        status = read_header(&csv, apart ? header : text, apart ? &header_end : &at, &lines, err);
        lines = apart ? 0 : lines;
    }
    if (status == RO_OK && !has_text_column(&csv)) {
        status = ro_fail(err, RO_FORMAT, "CSV without a column named title, body or text");
    }
    if (status == RO_OK) {
        status = emit_rows(&csv, text, at, input->line + lines, err);
    }
    ro_buf_release(&header_buf);
    ro_buf_release(&buf);
    ro_arena_release(&csv.arena);
    ro_arena_release(&csv.kept);
    return status;
}
