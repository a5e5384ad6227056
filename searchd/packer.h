/* Bodies of answers packed, so that the cache holds more of them: an answer of JSON takes about
 * 0.4 of its length so, and unpacking it a small part of what sending it takes.
 *
 * A packer belongs to one thread. */
#ifndef READOUT_PACKER_H
#define READOUT_PACKER_H

#include "readout/buffer.h"

typedef struct ro_packer ro_packer;

ro_status ro_packer_new(ro_packer **out, ro_error *err) RO_MUST_CHECK;
void ro_packer_free(ro_packer *packer); /* NULL is allowed */

/* Appends the text packed; false: memory ran out. */
bool ro_packer_pack(ro_packer *packer, ro_str text, ro_buf *out);
/* Appends the text of `len` bytes that was packed; false: memory ran out. */
bool ro_packer_unpack(ro_packer *packer, ro_str packed, size_t len, ro_buf *out);

#endif
