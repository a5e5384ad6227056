/* A response: status, fields and body, and its head as bytes. */
#ifndef READOUT_HTTP_RESPONSE_H
#define READOUT_HTTP_RESPONSE_H

#include "readout/buffer.h"

/* Zero-initialised is an empty response; the owner releases it. */
typedef struct ro_http_response {
    int status;
    const char *content_type; /* static; NULL: no Content-Type */
    const char *policy;       /* static; Content-Security-Policy; NULL: nothing may be loaded */
    bool any_origin;          /* pages of all sites may read it, whatever is configured */
    ro_buf fields;            /* further fields, each ended by CR LF */
    ro_buf body;
} ro_http_response;

void ro_http_response_release(ro_http_response *response);
/* Forgets everything, so that another answer can be written in its place. */
void ro_http_response_clear(ro_http_response *response);

/* Adds a field. `name` is ours; bytes of `value` that no field may hold become spaces. */
void ro_http_response_field(ro_http_response *response, const char *name, ro_str value);

/* "OK", "Not Found" …; "Unknown" for a status we never send. */
const char *ro_http_reason(int status);

typedef enum ro_http_length {
    RO_HTTP_SIZED,   /* by Content-Length */
    RO_HTTP_CHUNKED, /* by chunks, which are the caller's */
    RO_HTTP_TO_CLOSE /* by the end of the connection */
} ro_http_length;

typedef struct ro_http_framing {
    bool keep_alive;
    int minor;             /* of the request: HTTP/1.0 has to be told that the connection stays */
    const char *date;      /* IMF-fixdate */
    ro_http_length length; /* how the end of the body is known */
} ro_http_framing;

/* Appends status line and fields with the empty line that ends them. Content-Length is that of the
 * body, whether or not it will be sent (HEAD); 204 and 304 have none. */
void ro_http_response_head(const ro_http_response *response, const ro_http_framing *framing,
                           ro_buf *out);

#define RO_HTTP_DATE_TEXT 32
/* "Tue, 18 Feb 2025 09:30:00 GMT". */
const char *ro_http_date(int64_t seconds, char out[RO_HTTP_DATE_TEXT]);

#endif
