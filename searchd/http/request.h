/* A request as read from the wire: what the parser makes and handlers see. */
#ifndef READOUT_HTTP_REQUEST_H
#define READOUT_HTTP_REQUEST_H

#include "readout/buffer.h"

/* A bit each, so that a route can say which it takes. */
enum {
    RO_HTTP_GET = 1,
    RO_HTTP_HEAD = 2,
    RO_HTTP_POST = 4,
    RO_HTTP_PUT = 8,
    RO_HTTP_DELETE = 16,
    RO_HTTP_OPTIONS = 32,
    RO_HTTP_PATCH = 64,
    RO_HTTP_TRACE = 128,
    RO_HTTP_CONNECT = 256,
    RO_HTTP_QUERY = 512,
    RO_HTTP_OTHER = 1024 /* a token that is none of these */
};

typedef struct ro_http_field {
    ro_str name, value; /* value without white space around */
} ro_http_field;

/* All strings point into `head`. Zero-initialised is an empty request. */
typedef struct ro_http_request {
    unsigned method;
    ro_str method_name;
    ro_str path;  /* as sent, still escaped: "/…", or "*" */
    ro_str query; /* as sent, what follows '?'; ptr is NULL when there was no '?' */
    ro_str host;  /* of an absolute target, else of Host */
    int minor;    /* HTTP/1.minor: 0, or 1 for that and anything later */
    ro_http_field *fields;
    size_t field_count;
    bool keep_alive; /* the client wants to send another request */
    bool expects_continue;
    bool has_length, chunked; /* how the body is framed; neither: no body */
    uint64_t length;
    ro_buf head; /* owns the bytes of request line and fields */
    ro_buf body; /* content, with chunks undone */
} ro_http_request;

void ro_http_request_release(ro_http_request *request);

/* The first field of that name (compared without case); an empty string with ptr NULL if none. */
ro_str ro_http_request_field(const ro_http_request *request, ro_str name);
/* The media type of the body, without parameters; empty if none is told. */
ro_str ro_http_request_media(const ro_http_request *request);

/* What a server has to know about why it refuses a request. */
typedef struct ro_http_refusal {
    int status;         /* 400, 413, 414, 417, 431, 500, 501, 505 */
    const char *reason; /* static: "field name 'Host' stands twice" */
} ro_http_refusal;

/* Parses a whole head in request->head (request line, fields, empty line; all lines end in CRLF)
 * by RFC 9112, strictly, and decides how the body is framed. False: refused. */
bool ro_http_request_parse(ro_http_request *request, ro_http_refusal *refusal);

/* One field line without its CRLF; shared by fields and trailers. NULL, or why it is refused. */
const char *ro_http_field_parse(ro_str line, ro_http_field *field);

#endif
