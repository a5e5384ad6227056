/* An answer as text for a terminal. Everything comes from the JSON, so that an answer of a daemon
 * and one of an index look the same. Control characters and marks that turn the direction of text
 * never get out. */
#ifndef READOUT_QUERY_CLI_RENDER_H
#define READOUT_QUERY_CLI_RENDER_H

#include "readout/buffer.h"

#include <jansson.h>

#define RO_WIDTH_MIN 40
#define RO_WIDTH_MAX 400

typedef struct ro_render {
    size_t width; /* columns, RO_WIDTH_MIN to RO_WIDTH_MAX */
    bool color;   /* with escape sequences for colours and weight */
    size_t first; /* rank of the first hit, from 1 */
} ro_render;

/* Appends the answer. */
ro_status ro_render_answer(const json_t *answer, const ro_render *render, ro_buf *out,
                           ro_error *err) RO_MUST_CHECK;

/* Appends `s` without what a terminal would obey. */
void ro_render_clean(ro_buf *out, ro_str s);
/* The same, but line ends stay. */
void ro_render_lines(ro_buf *out, ro_str s);

/* Appends JSON text with every character that a terminal would obey as \uXXXX. */
void ro_render_json(ro_buf *out, ro_str json);

#endif
