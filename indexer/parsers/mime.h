/* Encodings of mail: headers with encoded words, quoted-printable, base64. */
#ifndef READOUT_PARSERS_MIME_H
#define READOUT_PARSERS_MIME_H

#include "common.h"

/* The value of a header field in `headers` with its folds, or {NULL, 0}. */
ro_str ro_mail_header(ro_str headers, const char *name);

/* The value unfolded, with =?charset?B?…?= decoded, in UTF-8. */
ro_status ro_mail_decode_header(ro_str value, ro_buf *out, ro_error *err) RO_MUST_CHECK;

/* A parameter of a structured header (`text/plain; charset="utf-8"`); {NULL, 0} if there is none.
 */
ro_str ro_mail_parameter(ro_str value, const char *name);

/* Undo the transfer encodings; what is no valid code is skipped. */
void ro_quoted_printable_decode(ro_str s, bool header, ro_buf *out);
void ro_base64_decode(ro_str s, ro_buf *out);

#endif
