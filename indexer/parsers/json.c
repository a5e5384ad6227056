/* JSON and NDJSON. */
#include "common.h"

#include "readout/utf8.h"

/* What Jansson takes in memory for one value of each kind, its entry in the parent included: a
 * cheap upper bound, so that a hostile document is refused before it is built. */
#define OBJECT_COST 320
#define ARRAY_COST 160
#define MEMBER_COST 112
#define ELEMENT_COST 48

typedef struct ro_json_shape {
    size_t depth; /* deepest */
    size_t cost;  /* bytes at most */
} ro_json_shape;

/* The index behind the string that starts at `i`. */
static size_t skip_string(ro_str s, size_t i) {
    for (size_t at = i + 1; at < s.len; at++) {
        const char *quote = memchr(s.ptr + at, '"', s.len - at);
        if (!quote) {
            return s.len;
        }
        at = (size_t)(quote - s.ptr);
        size_t slashes = 0;
        while (s.ptr[at - 1 - slashes] == '\\') {
            slashes++;
        }
        if (slashes % 2 == 0) {
            return at + 1;
        }
    }
    return s.len;
}

static ro_json_shape measure(ro_str s) {
    ro_json_shape shape = {0, s.len};
    size_t depth = 0;
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i];
        if (c == '"') {
            i = skip_string(s, i);
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
            shape.depth = depth > shape.depth ? depth : shape.depth;
            shape.cost += c == '{' ? OBJECT_COST : ARRAY_COST;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        } else if (c == ':' || c == ',') {
            shape.cost += c == ':' ? MEMBER_COST : ELEMENT_COST;
        }
        i++;
    }
    return shape;
}

ro_status ro_json_read(ro_str text, size_t memory, json_t **out, ro_error *err) {
    *out = NULL;
    if (text.len > 0 && memchr(text.ptr, 0, text.len)) {
        return ro_fail(err, RO_FORMAT, "not JSON: a NUL byte in it");
    }
    ro_json_shape shape = measure(text);
    if (shape.depth > RO_JSON_DEPTH_MAX) {
        return ro_fail(err, RO_LIMIT, "JSON nested %zu deep, more than %d", shape.depth,
                       RO_JSON_DEPTH_MAX);
    }
    if (shape.cost > memory) {
        return ro_fail(err, RO_LIMIT, "JSON would take %zu MiB of memory, more than %zu",
                       shape.cost >> 20, memory >> 20);
    }
    json_error_t fault;
    *out = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &fault);
    if (*out) {
        return RO_OK;
    }
    if (json_error_code(&fault) == json_error_out_of_memory) {
        return ro_fail_memory(err);
    }
    if (!text.len ||
        !memchr(text.ptr, '\n', text.len)) { /* a record of NDJSON: its line is told elsewhere */
        return ro_fail_at(err, RO_FORMAT, fault.line, "not JSON: %s (column %d)", fault.text,
                          fault.column);
    }
    return ro_fail_at(err, RO_FORMAT, fault.line, "not JSON: %s (line %d, column %d)", fault.text,
                      fault.line, fault.column);
}

/* ---- one article ----------------------------------------------------------------------------- */

static bool is_article(const json_t *value) {
    static const char *const TELLING[] = {"title",   "headline",     "headlines",    "body",
                                          "text",    "articleBody",  "body_text",    "body_html",
                                          "content", "content_text", "content_html", "bodies"};
    if (!json_is_object(value)) {
        return false;
    }
    if (json_object_get(value, "@type")) {
        return ro_is_schema_article(value);
    }
    for (size_t i = 0; i < sizeof TELLING / sizeof *TELLING; i++) {
        const json_t *member = json_object_get(value, TELLING[i]);
        if (json_is_string(member) || json_is_array(member)) {
            return true;
        }
    }
    return false;
}

ro_status ro_article_from_json(const json_t *value, const ro_input *input, ro_arena *arena,
                               ro_article *out, ro_error *err) {
    *out = (ro_article){.published = RO_TIME_NONE};
    if (!is_article(value)) {
        return ro_fail(err, RO_FORMAT, "no article: a JSON object with a title or a body is one");
    }
    return ro_fields_article(value, NULL, input, arena, out, err);
}

typedef struct ro_json_walk {
    const ro_input *input;
    const ro_sink *sink;
    ro_arena arena;
    size_t articles;
} ro_json_walk;

static ro_status emit_value(ro_json_walk *walk, const json_t *value, const json_t *graph,
                            int64_t line, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_article article;
    ro_arena_reset(&walk->arena);
    walk->articles++;
    ro_status status = ro_fields_article(value, graph, walk->input, &walk->arena, &article, &fault);
    if (status == RO_OK) {
        status = walk->sink->put(walk->sink->context, &article, &fault);
    }
    return ro_skip_record(walk->sink, status, &fault, line, err);
}

/* ---- documents ------------------------------------------------------------------------------- */

static ro_status emit_array(ro_json_walk *walk, const json_t *array, ro_error *err) {
    json_t *graph = ro_graph_new(array);
    ro_status status = graph ? RO_OK : ro_fail_memory(err);
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(array, i, item) {
        if (status == RO_OK && is_article(item)) {
            status = emit_value(walk, item, graph, -1, err);
        }
    }
    json_decref(graph);
    return status;
}

/* An article, an array of articles, or an object that holds such an array. */
static ro_status emit_document(ro_json_walk *walk, const json_t *root, ro_error *err) {
    static const char *const CONTAINERS[] = {"articles", "items",        "results", "data",
                                             "docs",     "associations", "stories"};
    if (json_is_array(root)) {
        return emit_array(walk, root, err);
    }
    const json_t *graph = json_object_get(root, "@graph");
    if (json_is_array(graph)) {
        return emit_array(walk, graph, err);
    }
    for (size_t i = 0; i < sizeof CONTAINERS / sizeof *CONTAINERS; i++) {
        const json_t *array = json_object_get(root, CONTAINERS[i]);
        const json_t *first = json_array_get(array, 0);
        if (first && is_article(first) && !json_object_get(root, "body") &&
            !json_object_get(root, "body_html")) {
            return emit_array(walk, array, err);
        }
    }
    return is_article(root) ? emit_value(walk, root, NULL, -1, err) : RO_OK;
}

ro_status ro_parse_json(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_json_walk walk = {input, sink, RO_ARENA_INIT, 0};
    ro_buf buf = RO_BUF_INIT;
    ro_str text;
    json_t *root = NULL;
    ro_status status = ro_input_utf8(input, RO_STR_NONE, &buf, &text, err);
    if (status == RO_OK) {
        status = ro_json_read(text, input->memory, &root, err);
    }
    if (status == RO_OK) {
        status = emit_document(&walk, root, err);
    }
    if (status == RO_OK && walk.articles == 0) {
        status = ro_fail(err, RO_FORMAT, "JSON without an article: no title or body in it");
    }
    json_decref(root);
    ro_buf_release(&buf);
    ro_arena_release(&walk.arena);
    return status;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static ro_status emit_line(ro_json_walk *walk, ro_str line, int64_t number, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_buf buf = RO_BUF_INIT;
    json_t *value = NULL;
    ro_input one = *walk->input;
    one.bytes = line;
    ro_str text = line;
    ro_status status =
        ro_utf8_valid(line) ? RO_OK : ro_input_utf8(&one, RO_STR_NONE, &buf, &text, &fault);
    if (status == RO_OK) {
        status = ro_json_read(text, walk->input->memory, &value, &fault);
        fault.position = number;
    }
    if (status == RO_OK && !is_article(value)) {
        status =
            ro_fail(&fault, RO_FORMAT, "no article: a JSON object with a title or body is one");
    }
    status = status == RO_OK ? emit_value(walk, value, NULL, number, err)
                             : ro_skip_record(walk->sink, status, &fault, number, err);
    json_decref(value);
    ro_buf_release(&buf);
    return status;
}

ro_status ro_parse_ndjson(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_json_walk walk = {input, sink, RO_ARENA_INIT, 0};
    ro_status status = RO_OK;
    ro_str rest = input->bytes;
    for (int64_t number = input->line; rest.len > 0 && status == RO_OK; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&rest, '\n'));
        if (line.len > RO_RECORD_MAX) {
            ro_error fault = RO_ERROR_INIT;
            (void)ro_fail(&fault, RO_LIMIT, "line of %zu bytes is longer than %zu", line.len,
                          RO_RECORD_MAX);
            status = ro_skip_record(sink, RO_LIMIT, &fault, number, err);
        } else if (line.len > 0) {
            status = emit_line(&walk, line, number, err);
        }
    }
    ro_arena_release(&walk.arena);
    return status;
}
