/* Lines of a body that is still coming: cut into pieces that can be worked on, in memory that does
 * not grow with the body. Pure: no sockets, no clock.
 */
#ifndef READOUT_LINES_H
#define READOUT_LINES_H

#include "readout/buffer.h"

/* Starts as {.max = …, .enough = …, .next = 1}. */
typedef struct ro_lines {
    size_t max;      /* bytes of a line that are waited for; then it is skipped */
    size_t enough;   /* bytes of lines that are worth working on without waiting */
    int64_t next;    /* number of the line that the buffer begins with */
    size_t whole;    /* bytes of whole lines */
    size_t looked;   /* bytes looked at */
    bool skipping;   /* in the middle of a line that is too long */
    bool long_ended; /* it has ended, and stands behind the whole lines */
} ro_lines;

typedef struct ro_piece {
    ro_buf bytes;      /* whole lines; the last one may lack its end */
    int64_t first;     /* number of the first one */
    int64_t long_line; /* number of one that was too long, behind them; 0: none */
} ro_piece;

/* Looks at what has come to the end of `buf`, and throws away what is of no use. */
void ro_lines_look(ro_lines *lines, ro_buf *buf);
/* Nothing more should come before this is taken. */
static inline bool ro_lines_full(const ro_lines *lines) {
    return lines->whole >= lines->enough || lines->long_ended;
}
/* There is something to be taken. */
static inline bool ro_lines_any(const ro_lines *lines) {
    return lines->whole > 0 || lines->long_ended;
}
/* The body has ended: what is left is a line, too. */
void ro_lines_end(ro_lines *lines, const ro_buf *buf);
/* Takes what is whole out of `buf`, for the caller to release, and looks at what is left. */
ro_piece ro_lines_take(ro_lines *lines, ro_buf *buf);

#endif
