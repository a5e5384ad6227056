/* Text in columns: wrapped, with marked ranges. */
#ifndef READOUT_QUERY_CLI_TEXT_H
#define READOUT_QUERY_CLI_TEXT_H

#include "render.h"

#include "readout/arena.h"

#define RO_STYLE_BOLD "\x1b[1m"
#define RO_STYLE_DIM "\x1b[2m"
#define RO_STYLE_MARK "\x1b[1;33m"
#define RO_STYLE_NONE "\x1b[0m"

typedef struct ro_text {
    ro_str text;
    const json_t *highlights; /* [[from, to]…] in characters, ascending; NULL: none */
    const char *style;        /* of all; "" for none */
    size_t lead;              /* columns that the caller wrote of the first line */
    size_t indent;            /* columns of the other lines */
} ro_text;

/* True for what a terminal would obey, or what turns the direction of text. */
bool ro_text_is_control(uint32_t c);

/* Appends the text in lines of at most `render->width` columns, the last with its line end. */
void ro_text_write(const ro_text *text, const ro_render *render, ro_arena *arena, ro_buf *out);

#endif
