#include "readout/query.h"

typedef struct cell_source {
    const char *name;
    const char *key; /* in the hit; behind a dot, in the object there */
} cell_source;

static const cell_source article_cells[] = {
    {"id", "id"},         {"title", "title"},         {"url", "url"},
    {"source", "source"}, {"published", "published"}, {"language", "language"},
    {"score", "score"},   {"snippet", "snippets"},    {NULL, NULL}};

/* Where hits are facts, or of several kinds. */
static const cell_source fact_cells[] = {{"id", "id"},
                                         {"kind", "kind"},
                                         {"status", "status"},
                                         {"role", "role"},
                                         {"name", "name"},
                                         {"side", "side"},
                                         {"sides", "sides"},
                                         {"by", "by"},
                                         {"speaker", "speaker"},
                                         {"what", "what"},
                                         {"participants", "participants"},
                                         {"host", "host"},
                                         {"city", "place.city"},
                                         {"country", "place.country"},
                                         {"date", "date.value"},
                                         {"duration_minutes", "duration_minutes"},
                                         {"title", "title"},
                                         {"url", "url"},
                                         {"source", "source"},
                                         {"published", "published"},
                                         {"language", "language"},
                                         {"score", "score"},
                                         {"snippet", "snippets"},
                                         {NULL, NULL}};

/* A cell that begins like a formula would be run by a spreadsheet; the apostrophe makes it text
 * there (OWASP, CSV injection). */
static void write_text(ro_buf *out, const char *text, size_t len) {
    bool formula = len && *text && strchr("=+-@\t\r", *text);
    bool quoted = formula;
    for (size_t i = 0; i < len; i++) {
        quoted |= text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    }
    if (quoted) {
        ro_buf_add_byte(out, '"');
    }
    if (formula) {
        ro_buf_add_byte(out, '\'');
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') {
            ro_buf_add_byte(out, '"');
        }
        ro_buf_add_byte(out, text[i]);
    }
    if (quoted) {
        ro_buf_add_byte(out, '"');
    }
}

/* The names of actors, or the strings themselves, parted by semicolons. */
static void write_list(ro_buf *out, const json_t *list) {
    ro_buf joined = RO_BUF_INIT;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *text = json_is_object(item) ? json_object_get(item, "name") : item;
        ro_buf_printf(&joined, "%s%s", i ? "; " : "",
                      json_is_string(text) ? json_string_value(text) : "");
    }
    out->failed |= joined.failed;
    write_text(out, joined.len ? joined.ptr : "", joined.len);
    ro_buf_release(&joined);
}

static void write_cell(ro_buf *out, const json_t *value) {
    const json_t *snippet = json_object_get(json_array_get(value, 0), "text");
    if (json_is_array(value) && !snippet) {
        write_list(out, value);
        return;
    }
    value = snippet ? snippet : value;
    if (json_is_string(value)) {
        write_text(out, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        ro_buf_printf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        ro_buf_printf(out, "%.6g", json_real_value(value));
    }
}

static const json_t *value_at(const json_t *hit, const char *key) {
    const char *dot = strchr(key, '.');
    size_t len = dot ? (size_t)(dot - key) : strlen(key);
    const json_t *value = json_object_getn(hit, key, len);
    return dot ? json_object_get(value, dot + 1) : value;
}

static const cell_source *cells_for(const json_t *hits) {
    for (size_t i = 0; i < json_array_size(hits); i++) {
        const json_t *kind = json_object_get(json_array_get(hits, i), "kind");
        if (json_is_string(kind) && strcmp(json_string_value(kind), "article") != 0) {
            return fact_cells;
        }
    }
    return article_cells;
}

ro_status ro_answer_to_csv(const json_t *answer, ro_buf *out, ro_error *err) {
    const json_t *hits = json_object_get(answer, "hits");
    if (!json_is_array(hits)) {
        return ro_fail(err, RO_INVALID, "no hits in the answer");
    }
    const cell_source *cells = cells_for(hits);
    bool bodies = json_object_get(json_array_get(hits, 0), "body") != NULL;
    for (size_t i = 0; cells[i].name; i++) {
        ro_buf_printf(out, "%s%s", i ? "," : "", cells[i].name);
    }
    ro_buf_add_str(out, bodies ? RO_STR(",body\r\n") : RO_STR("\r\n"));
    for (size_t i = 0; i < json_array_size(hits); i++) {
        const json_t *hit = json_array_get(hits, i);
        for (size_t j = 0; cells[j].name; j++) {
            if (j) {
                ro_buf_add_byte(out, ',');
            }
            write_cell(out, value_at(hit, cells[j].key));
        }
        if (bodies) {
            ro_buf_add_byte(out, ',');
            write_cell(out, json_object_get(hit, "body"));
        }
        ro_buf_add_str(out, RO_STR("\r\n"));
    }
    return ro_buf_check(out, err);
}

#define SCORE_DIGITS 9 /* more than scores agree to, fewer than a double prints as noise */

static int add_bytes(const char *bytes, size_t len, void *out) {
    ro_buf_add(out, bytes, len);
    return 0;
}

ro_status ro_answer_to_json(const json_t *answer, bool indent, ro_buf *out, ro_error *err) {
    size_t layout = indent ? JSON_INDENT(2) : JSON_COMPACT;
    if (json_dump_callback(answer, add_bytes, out, layout | JSON_REAL_PRECISION(SCORE_DIGITS))) {
        return ro_fail_memory(err);
    }
    ro_buf_add_byte(out, '\n');
    return ro_buf_check(out, err);
}
