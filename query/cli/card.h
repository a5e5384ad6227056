/* Facts for a terminal: a talk as a card, people, outcomes and statements by what they say. */
#ifndef READOUT_QUERY_CLI_CARD_H
#define READOUT_QUERY_CLI_CARD_H

#include "text.h"

/* Appends the lines of a hit that is no article, from its heading to before its sentence; `rank`
 * has `indent` columns. False: an article, nothing was written. */
bool ro_card_write(const json_t *hit, const char *rank, size_t indent, const ro_render *render,
                   ro_arena *arena, ro_buf *out);

#endif
