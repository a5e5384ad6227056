/* A streamed request: its body is worked on piece by piece as it comes, and answered likewise.
 * While a piece is with the writer one more is read, where there is room for it, and given to it,
 * so that it need not wait; then no more, so that memory does not grow with the body. Event thread
 * only.
 */
#ifndef READOUT_STREAM_H
#define READOUT_STREAM_H

#include "job.h"
#include "lines.h"

struct ro_connection;

/* A piece that the writer has begun is much work, and not to be lost: so many times the deadline of
 * a request are waited for it. */
#define RO_PIECE_DEADLINES 10

/* Zero-initialised: there is none. */
typedef struct ro_stream {
    bool active;
    bool begun; /* the head of the answer was sent */
    bool ended; /* the body has come to its end */
    const struct ro_route *route;
    char key[RO_KEY_NAME_MAX + 1]; /* name of the client's key */
    ro_lines lines;
    size_t bytes;                 /* of the answer's body so far */
    int64_t query_ns;             /* that the writer has taken */
    int64_t last_ns;              /* of that for the last piece */
    int64_t done_ns;              /* when that was done */
    struct ro_searchd_job *ahead; /* with the writer behind the connection's job; NULL: none */
    int refusal;        /* what came is refused with this status once that was told; 0: it is not */
    const char *reason; /* if so; static */
} ro_stream;

/* The head of the request is there. False: it was refused. */
bool ro_stream_begin(struct ro_connection *connection);
/* More of the body has come; or all of it. */
void ro_stream_more(struct ro_connection *connection);
void ro_stream_end(struct ro_connection *connection);
/* Gives what is whole to the writer, if it can take it, or ends the answer. */
void ro_stream_submit(struct ro_connection *connection);
/* Sends what the writer made of a piece. */
void ro_stream_finish(struct ro_connection *connection, ro_searchd_job *job);
/* No more is read: says why, in a last line where the answer has begun, and behind what the writer
 * still has. `reason` is static. */
void ro_stream_abort(struct ro_connection *connection, int http_status, const char *reason);

/* Nothing more should be read before something is taken. */
static inline bool ro_stream_is_full(const ro_stream *stream) {
    return stream->active &&
           (stream->ended || stream->refusal != 0 || ro_lines_full(&stream->lines));
}
/* More may be read while the writer has a piece. */
bool ro_stream_goes_ahead(const struct ro_connection *connection);

#endif
