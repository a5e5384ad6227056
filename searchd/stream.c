#include "stream.h"

#include "connection.h"
#include "dispatch.h"
#include "problem.h"
#include "write_api.h"

#include <event2/buffer.h>
#include <stdlib.h>

#define PIECE_BYTES ((size_t)1 << 20) /* that a piece has at least where lines come fast */
#define PIECE_MAX ((size_t)4 << 20)

static struct evbuffer *output_of(const ro_connection *connection) {
    return bufferevent_get_output(connection->stream);
}

/* Commits of many articles cost less for each. Where many clients send, their pieces go into one
 * commit together, and must not take all the room that there is for bodies. */
static bool has_room(const ro_server *server) {
    return server->body_bytes < (size_t)server->settings->max_bodies / 4;
}

static size_t enough(const ro_server *server) {
    return has_room(server) ? PIECE_MAX : PIECE_BYTES;
}

/* Not before something was answered: a fault of the whole request is told instead of verdicts. */
bool ro_stream_goes_ahead(const ro_connection *connection) {
    const ro_stream *stream = &connection->lines;
    return stream->active && stream->begun && !stream->ahead && !stream->refusal &&
           has_room(connection->server) && ro_writing_is_calm(connection->server->writing);
}

static bool is_chunked(const ro_connection *connection) {
    return connection->parser.request.minor > 0;
}

bool ro_stream_begin(ro_connection *connection) {
    ro_stream *stream = &connection->lines;
    ro_searchd_job job = {.request = connection->parser.request}; /* borrowed for the checks */
    bool allowed = ro_dispatch_stream(connection->server, &job);
    if (allowed) {
        *stream = (ro_stream){.active = true,
                              .route = job.route,
                              .lines = {.max = (size_t)connection->server->settings->max_body,
                                        .enough = PIECE_BYTES,
                                        .next = 1}};
        memcpy(stream->key, job.key, sizeof stream->key);
    } else {
        ro_connection_refuse(connection, job.route, &job.response);
    }
    ro_http_response_release(&job.response);
    ro_arena_release(&job.arena);
    return allowed;
}

/* ---- what comes ----------------------------------------------------------------------------- */

/* Bodies that are held are counted; what is looked at may be thrown away. */
static void look(ro_connection *connection) {
    ro_buf *body = &connection->parser.request.body;
    size_t before = body->len;
    connection->lines.lines.enough = enough(connection->server);
    ro_lines_look(&connection->lines.lines, body);
    connection->server->body_bytes -= before - body->len;
}

void ro_stream_more(ro_connection *connection) {
    look(connection);
    if (ro_lines_full(&connection->lines.lines)) {
        ro_stream_submit(connection);
    }
}

void ro_stream_end(ro_connection *connection) {
    ro_stream *stream = &connection->lines;
    look(connection);
    stream->ended = true;
    ro_stream_submit(connection);
}

/* NULL: there is no memory. */
static ro_searchd_job *make_piece(ro_connection *connection) {
    ro_stream *stream = &connection->lines;
    ro_buf *body = &connection->parser.request.body;
    ro_searchd_job *job = ro_searchd_job_new();
    if (!job) {
        return NULL;
    }
    if (stream->ended) {
        ro_lines_end(&stream->lines, body);
    }
    size_t before = body->len;
    ro_piece piece = ro_lines_take(&stream->lines, body);
    connection->server->body_bytes -= before - body->len - piece.bytes.len;
    if (piece.bytes.failed) {
        ro_buf_release(&piece.bytes);
        ro_searchd_job_free(job);
        return NULL;
    }
    job->request.body = piece.bytes;
    job->request.method = connection->parser.request.method;
    job->route = stream->route;
    job->arrived_ns = connection->request_ns;
    job->connection = connection;
    job->lines.first = piece.first;
    job->lines.long_line = piece.long_line;
    job->lines.max = stream->lines.max;
    job->lines.continued = stream->begun;
    return job;
}

/* ---- what goes ------------------------------------------------------------------------------ */

static void begin_answer(ro_connection *connection) {
    ro_server *server = connection->server;
    ro_http_response response = {.status = 200, .content_type = RO_LINES_TYPE};
    ro_buf head = RO_BUF_INIT;
    ro_dispatch_cors(server->settings, &connection->parser.request, &response);
    ro_connection_add_id(connection, &connection->parser.request, &response);
    ro_http_framing framing = {
        .keep_alive = is_chunked(connection) && connection->parser.request.keep_alive,
        .minor = connection->parser.request.minor,
        .date = ro_server_date(server),
        .length = is_chunked(connection) ? RO_HTTP_CHUNKED : RO_HTTP_TO_CLOSE};
    ro_http_response_head(&response, &framing, &head);
    (void)evbuffer_add(output_of(connection), head.ptr, head.len);
    server->metrics.bytes_sent += head.len;
    ro_buf_release(&head);
    ro_http_response_release(&response);
    connection->lines.begun = true;
}

static void add_chunk(ro_connection *connection, ro_str bytes) {
    struct evbuffer *output = output_of(connection);
    if (!connection->lines.begun) {
        begin_answer(connection);
    }
    if (bytes.len && is_chunked(connection)) {
        (void)evbuffer_add_printf(output, "%zx\r\n", bytes.len);
    }
    (void)evbuffer_add(output, bytes.ptr, bytes.len);
    if (bytes.len && is_chunked(connection)) {
        (void)evbuffer_add(output, "\r\n", 2);
    }
    connection->lines.bytes += bytes.len;
    connection->server->metrics.bytes_sent += bytes.len;
}

/* All was said: the next request may come, if one may. */
static void end_answer(ro_connection *connection) {
    ro_stream *stream = &connection->lines;
    add_chunk(connection, RO_STR(""));
    if (is_chunked(connection)) {
        (void)evbuffer_add(output_of(connection), "0\r\n\r\n", 5);
    }
    connection->closing |= !is_chunked(connection) || !connection->parser.request.keep_alive ||
                           connection->server->draining;
    ro_connection_account(connection, stream->route, 200, stream->bytes, stream->query_ns);
    *stream = (ro_stream){0};
    ro_connection_drop_request(connection);
}

void ro_stream_submit(ro_connection *connection) {
    ro_stream *stream = &connection->lines;
    bool left = ro_lines_any(&stream->lines) || stream->lines.skipping ||
                connection->parser.request.body.len;
    if (stream->ended && !left) {
        if (!connection->job) {
            end_answer(connection);
        }
        return;
    }
    ro_searchd_job *job = make_piece(connection);
    if (!job || !ro_dispatch_piece(connection->server, job, connection->job != NULL)) {
        if (job) { /* its lines are gone from the body: they are told that they were not taken */
            ro_error why = RO_ERROR_INIT;
            (void)ro_fail(&why, RO_BUSY, "too many requests wait for the writer");
            ro_write_failed(job, RO_PROBLEM_OVERLOADED, &why);
            ro_stream_finish(connection, job);
            ro_connection_free_job(connection->server, job);
        } else {
            ro_stream_abort(connection, 503, "out of memory");
        }
        return;
    }
    *(connection->job ? &stream->ahead : &connection->job) = job;
}

void ro_stream_finish(ro_connection *connection, ro_searchd_job *job) {
    ro_stream *stream = &connection->lines;
    int64_t begun_ns = job->begun_ns < stream->done_ns ? stream->done_ns : job->begun_ns;
    stream->last_ns = job->done_ns ? job->done_ns - begun_ns : 0;
    stream->query_ns += stream->last_ns;
    stream->done_ns = job->done_ns ? job->done_ns : stream->done_ns;
    if (job->response.body.failed) {
        ro_stream_abort(connection, 503, "out of memory");
    } else if (job->response.status != 200) {
        ro_connection_refuse(connection, stream->route, &job->response);
    } else {
        add_chunk(connection, ro_buf_str(&job->response.body));
        if (stream->refusal) {
            ro_stream_abort(connection, stream->refusal, stream->reason);
        }
    }
}

void ro_stream_abort(ro_connection *connection, int http_status, const char *reason) {
    if (connection->job) {
        connection->lines.refusal = http_status;
        connection->lines.reason = reason;
        return;
    }
    ro_problem problem = ro_problem_of_refusal(http_status);
    ro_http_response response = {0};
    if (!connection->lines.begun) {
        ro_problem_write(&response, problem, ro_str_from(reason), RO_WHERE_NONE);
        ro_connection_refuse(connection, connection->lines.route, &response);
    } else {
        ro_buf_printf(&response.body,
                      "{\"line\":%lld,\"status\":%d,\"type\":\"" RO_PROBLEM_TYPE
                      "%s\",\"detail\":\"%s; nothing from this line on was read\"}\n",
                      (long long)connection->lines.lines.next, http_status,
                      ro_problem_slug(problem), reason);
        add_chunk(connection, ro_buf_str(&response.body));
        connection->closing = true;
        end_answer(connection);
    }
    ro_http_response_release(&response);
}
