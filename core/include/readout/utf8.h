/* UTF-8: decoding, checking, repairing. */
#ifndef READOUT_UTF8_H
#define READOUT_UTF8_H

#include "readout/buffer.h"

#define RO_REPLACEMENT 0xFFFDu

/* Decodes the character at `ptr` (`len` >= 1 bytes there) and sets how many bytes it took, 1 at
 * least. A malformed sequence gives U+FFFD and takes its maximal ill-formed subpart (Unicode
 * 15, 3.9, "U+FFFD substitution of maximal subparts"). */
uint32_t ro_utf8_decode(const char *ptr, size_t len, size_t *taken);

/* Appends the character; surrogates and values over U+10FFFF are written as U+FFFD. */
void ro_utf8_append(ro_buf *buf, uint32_t code_point);

bool ro_utf8_valid(ro_str s);

/* How many bytes of ASCII `s` begins with. */
size_t ro_utf8_ascii_prefix(ro_str s);

/* Appends `s` with every ill-formed subpart as U+FFFD. */
void ro_utf8_repair(ro_buf *buf, ro_str s);

/* The longest prefix of `s` of at most `max` bytes that does not cut a character. */
ro_str ro_utf8_prefix(ro_str s, size_t max);

/* Columns that `s` takes on a terminal: 2 for East Asian wide, 0 for combining marks and controls.
 */
size_t ro_utf8_width(ro_str s);

#endif
