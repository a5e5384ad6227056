/* Legacy charsets: bytes of unknown encoding to UTF-8. */
#ifndef READOUT_CHARSET_H
#define READOUT_CHARSET_H

#include "readout/buffer.h"

#define RO_CHARSET_NAME_MAX 64

/* Converts `bytes` to UTF-8 into `out` (cleared first), without its byte order mark. The charset
 * is, in this order: a byte order mark; UTF-8 if nine in ten of the multi-byte sequences are valid
 * UTF-8 (half of them where UTF-8 is declared; the rest is repaired); `declared` (an IANA name or
 * alias from a header or meta tag, may be empty or wrong, read as browsers do: iso-8859-1 means
 * windows-1252), unless it is no charset of the web (UTF-7, EBCDIC); ICU's detection from the first
 * 64 KiB; windows-1252. ISO-2022 with its escapes goes before UTF-8 where it is declared.
 * Undecodable bytes become U+FFFD. `name`, unless NULL, gets the charset used ("UTF-8",
 * "windows-1251"). RO_FORMAT when the bytes are binary: a NUL byte that no charset explains, or
 * more than one control byte in ten. */
ro_status ro_charset_to_utf8(ro_str bytes, ro_str declared, ro_buf *out,
                             char name[RO_CHARSET_NAME_MAX], ro_error *err) RO_MUST_CHECK;

#endif
