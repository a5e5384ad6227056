#include "snippet.h"
#include "searcher.h"

#include "readout/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define ELLIPSIS "\xE2\x80\xA6"

/* Writes text with marks: plain text counts characters, HTML escapes and tags. */
typedef struct marked_writer {
    ro_buf text;
    size_t chars;
    json_t *ranges; /* NULL for HTML */
    bool words;     /* ranges tell of which word they are */
    size_t from;    /* characters; of the mark that is open */
    bool memory;
} marked_writer;

/* What HTML needs in the place of a character; NULL: itself will do. */
static const char *entity_of(char c) {
    static const struct {
        char c;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (c == entities[i].c) {
            return entities[i].entity;
        }
    }
    return NULL;
}

static void put_char(marked_writer *w, ro_str c) {
    const char *entity = w->ranges ? NULL : entity_of(*c.ptr);
    ro_buf_add_str(&w->text, entity ? ro_str_from(entity) : c);
    w->chars++;
}

/* Writes the letters and signs of ASCII before `until` that stand for themselves; how many. */
static size_t put_plain(marked_writer *w, const char *text, size_t at, size_t until) {
    size_t end = at;
    while (end < until && text[end] > ' ' && text[end] < 0x7F &&
           (w->ranges || !entity_of(text[end]))) {
        end++;
    }
    ro_buf_add(&w->text, text + at, end - at);
    w->chars += end - at;
    return end - at;
}

static void open_mark(marked_writer *w) {
    w->from = w->chars;
    if (!w->ranges) {
        ro_buf_add_str(&w->text, RO_STR("<mark>"));
    }
}

static void close_mark(marked_writer *w, const ro_marks *marks, size_t mark) {
    if (!w->ranges) {
        ro_buf_add_str(&w->text, RO_STR("</mark>"));
    } else {
        json_t *range = json_pack("[II]", (json_int_t)w->from, (json_int_t)w->chars);
        if (w->words) {
            uint32_t word = marks->concepts[marks->items[mark].concept].word;
            ro_json_append(range, json_integer(word), &w->memory);
        }
        w->memory |= !range || json_array_append_new(w->ranges, range) != 0;
    }
}

static bool is_blank(uint32_t c) {
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029;
}

/* Where a mark may end, or begin, next. */
static size_t next_edge(const ro_marks *marks, size_t mark, bool open, size_t end) {
    size_t edge = mark == marks->count ? end
                  : open               ? marks->items[mark].end
                                       : marks->items[mark].start;
    return edge < end ? edge : end;
}

/* Writes bytes [start, end) of the text; with `collapse` white space runs become one space. */
static void write_marked(marked_writer *w, ro_str text, const ro_marks *marks, size_t start,
                         size_t end, bool collapse) {
    size_t mark = 0, taken;
    bool open = false, blank = false, any = false;
    while (mark < marks->count && marks->items[mark].start < start) {
        mark++;
    }
    for (size_t at = start; at < end; at += taken) {
        if (open && at >= marks->items[mark].end) {
            close_mark(w, marks, mark);
            open = false;
            mark++;
        }
        uint32_t c = ro_utf8_decode(text.ptr + at, end - at, &taken);
        if (collapse && is_blank(c)) {
            blank = any;
            continue;
        }
        if (blank) {
            put_char(w, RO_STR(" "));
            blank = false;
        }
        if (!open && mark < marks->count && at >= marks->items[mark].start &&
            marks->items[mark].end <= end) {
            open_mark(w);
            open = true;
        }
        size_t plain = put_plain(w, text.ptr, at, next_edge(marks, mark, open, end));
        if (plain) {
            taken = plain;
        } else {
            put_char(w,
                     c == RO_REPLACEMENT ? RO_STR(REPLACEMENT) : ro_str_make(text.ptr + at, taken));
        }
        any = true;
    }
    if (open) {
        close_mark(w, marks, mark);
    }
}

static ro_status finish(marked_writer *w, ro_error *err) {
    if (w->memory) {
        return ro_fail_memory(err);
    }
    return ro_buf_check(&w->text, err);
}

static ro_status write_passage(ro_str body, const ro_marks *marks, const ro_passage *passage,
                               marked_writer *w, ro_error *err) {
    if (passage->cut_before) {
        put_char(w, RO_STR(ELLIPSIS));
        put_char(w, RO_STR(" "));
    }
    write_marked(w, body, marks, passage->start, passage->end, true);
    if (passage->cut_after) {
        put_char(w, RO_STR(" "));
        put_char(w, RO_STR(ELLIPSIS));
    }
    return finish(w, err);
}

ro_status ro_passage_json(ro_str body, const ro_marks *marks, const ro_passage *passage,
                          ro_highlight highlight, json_t **out, ro_error *err) {
    static const ro_marks none = {NULL, 0, NULL};
    bool offsets = highlight == RO_HIGHLIGHT_OFFSETS || highlight == RO_HIGHLIGHT_WORDS;
    marked_writer plain = {.ranges = json_array(), .words = highlight == RO_HIGHLIGHT_WORDS};
    marked_writer html = {.ranges = NULL};
    bool memory = !plain.ranges;
    *out = json_object();
    ro_status status = !*out || memory
                           ? ro_fail_memory(err)
                           : write_passage(body, offsets ? marks : &none, passage, &plain, err);
    if (status == RO_OK && highlight == RO_HIGHLIGHT_HTML) {
        status = write_passage(body, marks, passage, &html, err);
    }
    if (status == RO_OK) {
        ro_json_set(*out, "text", ro_json_string(ro_buf_str(&plain.text)), &memory);
        if (offsets) {
            ro_json_set(*out, "highlights", json_incref(plain.ranges), &memory);
        } else if (highlight == RO_HIGHLIGHT_HTML) {
            ro_json_set(*out, "html", ro_json_string(ro_buf_str(&html.text)), &memory);
        }
        ro_json_set(*out, "offset", json_integer(passage->start), &memory);
        status = memory ? ro_fail_memory(err) : RO_OK;
    }
    if (status != RO_OK) {
        json_decref(*out);
        *out = NULL;
    }
    json_decref(plain.ranges);
    ro_buf_release(&plain.text);
    ro_buf_release(&html.text);
    return status;
}

ro_status ro_highlights_json(ro_str text, const ro_marks *marks, ro_highlight highlight,
                             json_t **out, ro_error *err) {
    bool offsets = highlight != RO_HIGHLIGHT_HTML;
    marked_writer w = {.ranges = offsets ? json_array() : NULL,
                       .words = highlight == RO_HIGHLIGHT_WORDS};
    *out = NULL;
    if (offsets && !w.ranges) {
        return ro_fail_memory(err);
    }
    write_marked(&w, text, marks, 0, text.len, false);
    ro_status status = finish(&w, err);
    if (status == RO_OK) {
        *out = offsets ? json_incref(w.ranges) : ro_json_string(ro_buf_str(&w.text));
        status = *out ? RO_OK : ro_fail_memory(err);
    }
    json_decref(w.ranges);
    ro_buf_release(&w.text);
    return status;
}
