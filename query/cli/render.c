#include "render.h"

#include "card.h"

#include "readout/utf8.h"

#define EXPLAIN_DEPTH_MAX 12

typedef struct renderer {
    const ro_render *render;
    ro_buf *out;
    ro_arena arena; /* of one text */
} renderer;

static void clean(ro_buf *out, ro_str s, bool lines) {
    size_t taken;
    for (size_t at = 0; at < s.len; at += taken) {
        uint32_t c = ro_utf8_decode(s.ptr + at, s.len - at, &taken);
        bool kept = !ro_text_is_control(c) || (lines && (c == '\n' || c == '\r'));
        ro_utf8_append(out, kept ? c : ' ');
    }
}

void ro_render_clean(ro_buf *out, ro_str s) {
    clean(out, s, false);
}

void ro_render_lines(ro_buf *out, ro_str s) {
    clean(out, s, true);
}

void ro_render_json(ro_buf *out, ro_str json) {
    size_t taken;
    for (size_t at = 0; at < json.len; at += taken) {
        uint32_t c = ro_utf8_decode(json.ptr + at, json.len - at, &taken);
        if (c > ' ' && c < 0x10000 && ro_text_is_control(c)) {
            ro_buf_printf(out, "\\u%04x", c);
        } else {
            ro_buf_add(out, json.ptr + at, taken);
        }
    }
}

static ro_str text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : RO_STR("");
}

static void write_text(renderer *r, ro_str s, const json_t *highlights, const char *style,
                       size_t lead, size_t indent) {
    ro_text text = {s, highlights, style, lead, indent};
    ro_text_write(&text, r->render, &r->arena, r->out);
    ro_arena_reset(&r->arena);
}

/* 1,234,567 */
static void add_number(ro_buf *out, json_int_t number) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)number);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && digits[i - 1] != '-') {
            ro_buf_add_byte(out, ',');
        }
        ro_buf_add_byte(out, digits[i]);
    }
}

/* ---- notes ---- */

/* "a", "b c" and "d" */
static void add_list(ro_buf *out, const json_t *words, const char *last, size_t max) {
    size_t count = json_array_size(words), shown = count < max ? count : max;
    for (size_t i = 0; i < shown; i++) {
        const json_t *word = json_array_get(words, i);
        const char *text = json_is_string(word) ? json_string_value(word) : "";
        const char *quote = *text == '"' ? "" : "\"";
        bool ends = i > 0 && i + 1 == count;
        ro_buf_printf(out, "%s%s%s%s%s%s", ends ? " " : "", ends ? last : "",
                      ends ? " "
                      : i  ? ", "
                           : "",
                      quote, text, quote);
    }
    if (shown < count) {
        ro_buf_printf(out, " %s %zu more", last, count - shown);
    }
}

static void write_note(renderer *r, ro_buf *note) {
    write_text(r, ro_buf_str(note), NULL, RO_STYLE_DIM, 0, 6);
    ro_buf_clear(note);
}

#define LISTED_MAX 8 /* words that a note lists */

static void write_repairs(renderer *r, const json_t *repairs, ro_buf *note) {
    for (size_t i = 0; i < json_array_size(repairs); i++) {
        const json_t *repair = json_array_get(repairs, i);
        bool filter = ro_str_equal(text_of(repair, "in"), RO_STR("filter"));
        ro_buf_printf(note, "Note: %s%.*s.", filter ? "in the filter, " : "",
                      RO_STR_ARG(text_of(repair, "what")));
        write_note(r, note);
    }
}

static void write_expansions(renderer *r, const json_t *expanded, ro_buf *note) {
    for (size_t i = 0; i < json_array_size(expanded); i++) {
        const json_t *item = json_array_get(expanded, i);
        const json_t *into = json_object_get(item, "into");
        ro_buf_printf(note, "Note: %.*s stands for ", RO_STR_ARG(text_of(item, "word")));
        if (json_array_size(into)) {
            add_list(note, into, "and", LISTED_MAX);
        } else {
            ro_buf_add_str(note, RO_STR("no other word of this index"));
        }
        ro_buf_add_byte(note, '.');
        write_note(r, note);
    }
}

static void write_corrections(renderer *r, const json_t *query, ro_buf *note) {
    const json_t *corrected = json_object_get(query, "corrected");
    ro_str meant = text_of(query, "did_you_mean");
    for (size_t i = 0; i < json_array_size(corrected); i++) {
        const json_t *item = json_array_get(corrected, i);
        ro_buf_printf(note, "Note: no article has \"%.*s\", so searched for ",
                      RO_STR_ARG(text_of(item, "word")));
        add_list(note, json_object_get(item, "into"), "or", LISTED_MAX);
        ro_buf_add_byte(note, '.');
        write_note(r, note);
    }
    if (meant.len && !json_array_size(corrected)) {
        ro_buf_printf(note, "Did you mean: %.*s", RO_STR_ARG(meant));
        write_note(r, note);
    }
}

static void write_notes(renderer *r, const json_t *query, ro_buf *note) {
    const json_t *missing = json_object_get(query, "missing");
    const json_t *relaxed = json_object_get(query, "relaxed");
    write_repairs(r, json_object_get(query, "repairs"), note);
    write_expansions(r, json_object_get(query, "expanded"), note);
    write_corrections(r, query, note);
    if (json_array_size(missing)) {
        ro_buf_add_str(note, json_object_get(query, "question")
                                 ? RO_STR("Note: nothing that was searched has ")
                                 : RO_STR("Note: no article has "));
        add_list(note, missing, "or", LISTED_MAX);
        ro_buf_add_byte(note, '.');
        write_note(r, note);
    }
    if (json_array_size(relaxed) > json_array_size(missing)) {
        if (ro_str_equal(text_of(query, "match"), RO_STR("any"))) {
            ro_buf_add_str(note, RO_STR("Note: articles with any of the words are listed."));
        } else {
            ro_buf_add_str(note, RO_STR("Note: few articles have all the words, so articles "
                                        "without "));
            add_list(note, relaxed, "or", LISTED_MAX);
            ro_buf_add_str(note, RO_STR(" are listed too."));
        }
        write_note(r, note);
    }
}

/* ---- hits ---- */

static void add_fact(ro_buf *line, ro_str value) {
    if (value.len) {
        ro_buf_add_str(line, line->len ? RO_STR(" \xC2\xB7 ") : RO_STR(""));
        ro_buf_add_str(line, value);
    }
}

static void write_line(renderer *r, ro_str s, const char *style, size_t indent) {
    if (s.len) {
        ro_buf_printf(r->out, "%*s", (int)indent, "");
        write_text(r, s, NULL, style, indent, indent);
    }
}

/* What is known of a hit, then its id: where that does not fit it has a line of its own, in one
 * piece to be copied. */
static void write_known(renderer *r, ro_buf *line, ro_str hit_id, size_t indent) {
    ro_buf id = RO_BUF_INIT;
    ro_render_clean(&id, hit_id);
    size_t width = indent + ro_utf8_width(ro_buf_str(line)) + 3 + ro_utf8_width(ro_buf_str(&id));
    if (width <= r->render->width) {
        add_fact(line, ro_buf_str(&id));
        ro_buf_clear(&id);
    }
    write_line(r, ro_buf_str(line), RO_STYLE_DIM, indent);
    if (id.len) {
        const char *begin = r->render->color ? RO_STYLE_DIM : "";
        const char *end = r->render->color ? RO_STYLE_NONE : "";
        ro_buf_printf(r->out, "%*s%s%.*s%s\n", (int)indent, "", begin, RO_STR_ARG(ro_buf_str(&id)),
                      end);
    }
    r->out->failed |= line->failed || id.failed;
    ro_buf_release(&id);
}

static void write_facts(renderer *r, const json_t *hit, size_t indent) {
    ro_buf line = RO_BUF_INIT;
    add_fact(&line, text_of(hit, "source"));
    add_fact(&line, ro_utf8_prefix(text_of(hit, "published"), 10)); /* the day */
    json_int_t copies =
        json_integer_value(json_object_get(json_object_get(hit, "copies"), "count"));
    if (copies) {
        ro_buf_printf(&line, " \xC2\xB7 %lld more source%s", (long long)copies,
                      copies > 1 ? "s" : "");
    }
    write_known(r, &line, text_of(hit, "id"), indent);
    ro_buf_release(&line);
}

static void write_explained(renderer *r, const json_t *node, size_t depth, size_t indent) {
    ro_buf line = RO_BUF_INIT;
    size_t lead = indent + 2 * depth;
    ro_buf_printf(&line, "%.4g ", json_number_value(json_object_get(node, "value")));
    ro_buf_add_str(&line, text_of(node, "what"));
    ro_buf_printf(r->out, "%*s", (int)lead, "");
    write_text(r, ro_buf_str(&line), NULL, RO_STYLE_DIM, lead, lead + 2);
    r->out->failed |= line.failed;
    ro_buf_release(&line);
    const json_t *parts = json_object_get(node, "parts");
    for (size_t i = 0; depth < EXPLAIN_DEPTH_MAX && i < json_array_size(parts); i++) {
        write_explained(r, json_array_get(parts, i), depth + 1, indent);
    }
}

/* The article a fact is from, and how many others tell of it. */
static void write_sources(renderer *r, const json_t *hit, size_t indent) {
    ro_buf line = RO_BUF_INIT;
    json_int_t articles =
        json_integer_value(json_object_get(json_object_get(hit, "group"), "articles"));
    add_fact(&line, text_of(hit, "title"));
    add_fact(&line, text_of(hit, "source"));
    add_fact(&line, ro_utf8_prefix(text_of(hit, "published"), 10));
    if (articles > 1) {
        ro_buf_printf(&line, " \xC2\xB7 in %lld articles", (long long)articles);
    }
    write_known(r, &line, text_of(hit, "id"), indent);
    ro_buf_release(&line);
}

static void write_hit(renderer *r, const json_t *hit, size_t rank) {
    char number[32];
    size_t indent = (size_t)snprintf(number, sizeof number, "%2zu. ", rank);
    ro_str title = text_of(hit, "title");
    const json_t *snippets = json_object_get(hit, "snippets");
    const json_t *explain = json_object_get(hit, "explain");
    bool fact = ro_card_write(hit, number, indent, r->render, &r->arena, r->out);
    if (!fact) {
        ro_buf_add_str(r->out, ro_str_from(number));
        write_text(r, title.len ? title : RO_STR("(no title)"),
                   title.len ? json_object_get(hit, "title_highlights") : NULL, RO_STYLE_BOLD,
                   indent, indent);
        write_facts(r, hit, indent);
    }
    for (size_t i = 0; i < json_array_size(snippets); i++) {
        const json_t *snippet = json_array_get(snippets, i);
        ro_buf_printf(r->out, "%*s", (int)indent, "");
        write_text(r, text_of(snippet, "text"), json_object_get(snippet, "highlights"), "", indent,
                   indent);
    }
    if (fact) {
        write_sources(r, hit, indent);
    }
    if (json_is_object(explain)) {
        write_explained(r, explain, 0, indent);
    }
    ro_buf_add_byte(r->out, '\n');
}

/* ---- facets ---- */

#define FACET_LABEL_MAX 28 /* columns */
#define FACET_ROWS_MAX 12
#define FACET_BAR_MAX 24 /* columns */

static void write_bar(ro_buf *out, json_int_t count, json_int_t largest) {
    /* Eighths of a column: U+2588 is full, U+258F one eighth. */
    json_int_t eighths = largest > 0 ? count * FACET_BAR_MAX * 8 / largest : 0;
    eighths = eighths > 0 ? eighths : 1;
    for (; eighths >= 8; eighths -= 8) {
        ro_utf8_append(out, 0x2588);
    }
    if (eighths > 0) {
        ro_utf8_append(out, 0x2590 - (uint32_t)eighths);
    }
}

/* The label in exactly FACET_LABEL_MAX columns. */
static void write_label(ro_buf *out, ro_str value) {
    ro_buf clean = RO_BUF_INIT;
    ro_render_clean(&clean, value.len ? value : RO_STR("(unknown)"));
    ro_str label = ro_buf_str(&clean);
    while (ro_utf8_width(label) > FACET_LABEL_MAX) {
        label = ro_utf8_prefix(label, label.len - 1);
    }
    ro_buf_add_str(out, label);
    ro_buf_printf(out, "%*s", (int)(FACET_LABEL_MAX - ro_utf8_width(label)), "");
    ro_buf_release(&clean);
}

static void write_facet(renderer *r, const char *name, const json_t *counts) {
    size_t rows = json_array_size(counts);
    json_int_t largest = 0;
    if (rows == 0) {
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        json_int_t count = json_integer_value(json_object_get(json_array_get(counts, i), "count"));
        largest = count > largest ? count : largest;
    }
    write_text(r, ro_str_from(name), NULL, RO_STYLE_BOLD, 0, 0);
    for (size_t i = 0; i < rows && i < FACET_ROWS_MAX; i++) {
        const json_t *item = json_array_get(counts, i);
        json_int_t count = json_integer_value(json_object_get(item, "count"));
        ro_buf number = RO_BUF_INIT;
        add_number(&number, count);
        ro_buf_add_str(r->out, RO_STR("  "));
        write_label(r->out, text_of(item, "value"));
        ro_buf_printf(r->out, " %*.*s ", 9, RO_STR_ARG(ro_buf_str(&number)));
        write_bar(r->out, count, largest);
        ro_buf_add_byte(r->out, '\n');
        ro_buf_release(&number);
    }
    if (rows > FACET_ROWS_MAX) {
        ro_buf_printf(r->out, "  and %zu more\n", rows - FACET_ROWS_MAX);
    }
    ro_buf_add_byte(r->out, '\n');
}

static void write_facets(renderer *r, json_t *facets) {
    const char *name;
    json_t *counts;
    json_object_foreach(facets, name, counts) {
        write_facet(r, name, counts);
    }
}

/* ---- the whole ---- */

/* Without hits nobody knows: what most answers list. */
static const char *kind_of(const json_t *hit) {
    static const char *const kinds[] = {"talk", "participant", "outcome", "statement"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (ro_str_equal(text_of(hit, "kind"), ro_str_from(kinds[i]))) {
            return kinds[i];
        }
    }
    return "article";
}

static void write_closing(renderer *r, const json_t *answer, size_t hits) {
    const json_t *total = json_object_get(answer, "total");
    json_int_t value = json_integer_value(json_object_get(total, "value"));
    bool exact = ro_str_equal(text_of(total, "relation"), RO_STR("eq"));
    const char *what = json_is_array(json_object_get(answer, "kinds"))
                           ? "answer"
                           : kind_of(json_array_get(json_object_get(answer, "hits"), 0));
    ro_buf line = RO_BUF_INIT;
    if (value == 0) {
        ro_buf_add_str(&line, RO_STR("Nothing found"));
    } else if (hits == 0) {
        add_number(&line, value);
        ro_buf_printf(&line, "%s %s%s", exact ? "" : " or more", what, value == 1 ? "" : "s");
    } else {
        add_number(&line, (json_int_t)r->render->first);
        if (hits > 1) {
            ro_buf_add_str(&line, RO_STR("\xE2\x80\x93"));
            add_number(&line, (json_int_t)(r->render->first + hits - 1));
        }
        ro_buf_add_str(&line, RO_STR(" of "));
        add_number(&line, value);
        ro_buf_printf(&line, "%s %s%s", exact ? "" : " or more", what, value == 1 ? "" : "s");
    }
    ro_buf_printf(&line, ", %.1f ms", json_number_value(json_object_get(answer, "took_ms")));
    write_text(r, ro_buf_str(&line), NULL, RO_STYLE_DIM, 0, 0);
    r->out->failed |= line.failed;
    ro_buf_release(&line);
}

ro_status ro_render_answer(const json_t *answer, const ro_render *render, ro_buf *out,
                           ro_error *err) {
    renderer r = {.render = render, .out = out, .arena = RO_ARENA_INIT};
    ro_buf note = RO_BUF_INIT;
    const json_t *hits = json_object_get(answer, "hits");
    size_t start = out->len;
    write_notes(&r, json_object_get(answer, "query"), &note);
    if (out->len > start) {
        ro_buf_add_byte(out, '\n');
    }
    for (size_t i = 0; i < json_array_size(hits); i++) {
        write_hit(&r, json_array_get(hits, i), render->first + i);
    }
    write_facets(&r, json_object_get(answer, "facets"));
    write_closing(&r, answer, json_array_size(hits));
    out->failed |= note.failed;
    ro_buf_release(&note);
    ro_arena_release(&r.arena);
    return ro_buf_check(out, err);
}
