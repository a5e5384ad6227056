#include "text.h"

#include "readout/utf8.h"

bool ro_text_is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200B || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xE0000 && c <= 0xE007F);
}

#define ROOM_MIN 10 /* columns, however deep the text is indented */

/* A character as it is laid out. */
typedef struct cell {
    ro_str bytes;
    uint8_t width;
    bool blank;
    bool marked;
} cell;

typedef struct ranges {
    const json_t *list;
    size_t at;
} ranges;

static bool is_marked(ranges *r, size_t character) {
    for (; r->at < json_array_size(r->list); r->at++) {
        const json_t *range = json_array_get(r->list, r->at);
        json_int_t from = json_integer_value(json_array_get(range, 0));
        json_int_t to = json_integer_value(json_array_get(range, 1));
        if ((json_int_t)character < to) {
            return (json_int_t)character >= from;
        }
    }
    return false;
}

/* Zero-width characters and marks of direction take no place, and may not reach a terminal. */
static bool is_invisible(uint32_t c) {
    return c == 0xAD || (c > 0x9F && c != 0x2028 && c != 0x2029 && ro_text_is_control(c));
}

/* Blanks come together in one; control characters are blanks. */
static size_t make_cells(const ro_text *text, cell *cells) {
    ranges r = {text->highlights, 0};
    size_t count = 0, taken, character = 0;
    for (size_t at = 0; at < text->text.len; at += taken, character++) {
        uint32_t c = ro_utf8_decode(text->text.ptr + at, text->text.len - at, &taken);
        bool marked = is_marked(&r, character);
        ro_str bytes = ro_str_make(text->text.ptr + at, taken);
        if (is_invisible(c)) {
            continue;
        }
        if (c == ' ' || c == 0xA0 || ro_text_is_control(c)) {
            if (count && !cells[count - 1].blank) {
                cells[count] = (cell){RO_STR(" "), 1, true, marked && cells[count - 1].marked};
                count++;
            }
            continue;
        }
        if (c == RO_REPLACEMENT) {
            bytes = RO_STR("\xEF\xBF\xBD");
        }
        cells[count++] = (cell){bytes, (uint8_t)ro_utf8_width(bytes), false, marked};
    }
    return count;
}

/* Where the line from `start` ends: behind the last blank that fits, or between wide characters,
 * or, in a word that is longer than a line, anywhere but before a mark that sits on a character. */
static size_t line_end(const cell *cells, size_t start, size_t count, size_t room) {
    size_t width = 0, last_break = start;
    for (size_t i = start; i < count; i++) {
        if (cells[i].blank) {
            last_break = i + 1;
        } else if (i > start && cells[i].width == 2 && cells[i - 1].width == 2) {
            last_break = i;
        }
        width += cells[i].width;
        if (width > room && !cells[i].blank) {
            if (last_break > start) {
                return last_break;
            }
            while (i > start + 1 && cells[i].width == 0) {
                i--;
            }
            return i > start ? i : start + 1;
        }
    }
    return count;
}

static void write_line(const ro_text *text, const cell *cells, size_t start, size_t end, bool color,
                       ro_buf *out) {
    bool styled = color && *text->style, marked = false;
    while (end > start && cells[end - 1].blank) {
        end--;
    }
    if (styled) {
        ro_buf_add_str(out, ro_str_from(text->style));
    }
    for (size_t i = start; i < end; i++) {
        if (color && cells[i].marked != marked) {
            marked = cells[i].marked;
            ro_buf_add_str(out, ro_str_from(marked ? RO_STYLE_MARK : RO_STYLE_NONE));
            if (!marked && styled) {
                ro_buf_add_str(out, ro_str_from(text->style));
            }
        }
        ro_buf_add_str(out, cells[i].bytes);
    }
    if (marked || styled) {
        ro_buf_add_str(out, RO_STR(RO_STYLE_NONE));
    }
    ro_buf_add_byte(out, '\n');
}

void ro_text_write(const ro_text *text, const ro_render *render, ro_arena *arena, ro_buf *out) {
    cell *cells = ro_arena_alloc_array(arena, text->text.len + 1, sizeof *cells);
    if (!cells) {
        out->failed = true;
        return;
    }
    size_t count = make_cells(text, cells);
    size_t start = 0;
    do {
        size_t used = start ? text->indent : text->lead;
        size_t room = render->width > used + ROOM_MIN ? render->width - used : ROOM_MIN;
        size_t end = line_end(cells, start, count, room);
        if (start > 0) {
            ro_buf_printf(out, "%*s", (int)text->indent, "");
        }
        write_line(text, cells, start, end, render->color, out);
        start = end;
    } while (start < count);
}
