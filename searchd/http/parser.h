/* The HTTP/1.1 request parser: bytes in, one event at a time out. Pure: no sockets, no clock.
 *
 * It follows RFC 9112 strictly: where two readers could disagree about where a message ends, the
 * message is refused and the connection must be closed. How the bytes are cut into pieces changes
 * nothing about the result.
 */
#ifndef READOUT_HTTP_PARSER_H
#define READOUT_HTTP_PARSER_H

#include "request.h"

#define RO_HTTP_CHUNK_LINE_MAX 256        /* bytes of a chunk-size line with its extensions */
#define RO_HTTP_CHUNK_EXTENSIONS_MAX 8192 /* bytes of chunk extensions in one message */

typedef struct ro_http_limits {
    size_t header; /* bytes of request line and fields together; trailers may have as many again */
    size_t fields; /* field lines; trailers may have as many again */
    size_t body;   /* bytes of content, with chunks undone */
    /* Says of a request that its content may be of any size, since it is taken out of
     * `request.body` as it comes; NULL: of none. */
    bool (*streamed)(const ro_http_request *request);
} ro_http_limits;

typedef enum ro_http_event {
    RO_HTTP_MORE,    /* everything was taken and more is needed */
    RO_HTTP_HEAD_IN, /* request line and fields are complete and a body follows; call again */
    RO_HTTP_DONE,    /* the message is complete; the parser must be restarted */
    RO_HTTP_REFUSED  /* see `refusal`; nothing after this can be trusted */
} ro_http_event;

typedef enum ro_http_state {
    RO_HTTP_IN_HEAD,
    RO_HTTP_IN_BODY,
    RO_HTTP_IN_CHUNK_SIZE,
    RO_HTTP_IN_CHUNK,
    RO_HTTP_IN_CHUNK_END,
    RO_HTTP_IN_TRAILER,
    RO_HTTP_AT_END
} ro_http_state;

/* Read `request` and `refusal`; the rest is the parser's own. */
typedef struct ro_http_parser {
    ro_http_limits limits;
    ro_http_request request; /* owned until ro_http_parser_take */
    ro_http_refusal refusal;
    ro_http_state state;
    bool streamed;
    ro_buf line;       /* of a chunk size or trailer */
    size_t line_start; /* in request.head */
    size_t lines, blank_lines, trailer_bytes, extension_bytes;
    uint64_t left; /* bytes of the body or chunk still to come */
} ro_http_parser;

void ro_http_parser_init(ro_http_parser *parser, const ro_http_limits *limits);
void ro_http_parser_release(ro_http_parser *parser);

/* Takes bytes until something happened; returns how many were taken. */
size_t ro_http_parser_feed(ro_http_parser *parser, const char *bytes, size_t len,
                           ro_http_event *event);

/* Hands the request over to the caller, who releases it, and makes the parser ready for the next
 * one. */
ro_http_request ro_http_parser_take(ro_http_parser *parser);

/* True when not a byte of the next request was seen. */
bool ro_http_parser_is_idle(const ro_http_parser *parser);

#endif
