/* Content negotiation by the Accept fields (RFC 9110, 12.5). */
#ifndef READOUT_HTTP_ACCEPT_H
#define READOUT_HTTP_ACCEPT_H

#include "request.h"

/* How much the client wants the media type ("application/json"), in thousandths; 0: not at all. The
 * most specific range that covers it decides; without an Accept field everything is welcome. The
 * parameters of a range but for its weight are not looked at, and a weight that cannot be read is
 * 1: whoever sends those wants an answer rather than a refusal. */
unsigned ro_http_accept_weight(const ro_http_request *request, ro_str media);
/* Whether an answer may be coded so ("gzip"); not unless Accept-Encoding says it. */
bool ro_http_accepts_coding(const ro_http_request *request, ro_str coding);

#endif
