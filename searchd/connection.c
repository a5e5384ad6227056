#include "connection.h"

#include "dispatch.h"
#include "problem.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX ((size_t)64 << 10)   /* bytes read ahead of the request that is answered */
#define OUTPUT_MAX ((size_t)256 << 10) /* bytes of answers waiting before no more are made */
#define DISCARD_MAX ((size_t)16 << 20) /* bytes read and thrown away so that a refusal is seen */
#define COPY_MAX ((size_t)4096)        /* bytes of a body worth copying beside its head */
#define TURN_NS ((int64_t)2000000)     /* for which one connection is answered at a time */
#define LINGER_MS 2000                 /* for the client to see the end of the last answer */
#define GATHER_MS 100 /* for more lines to come, or for as long as writing the last ones took */
#define GATHER_MAX_MS 400
#define GRACE_MS 250 /* for a worker to say itself that the deadline passed */

/* ---- phases --------------------------------------------------------------------------------- */

/* What a commit costs hardly grows with what is in it: where lines come all the time, most of the
 * writer's time must not go into commits of few. */
static int64_t gather_ms(const ro_stream *stream) {
    int64_t ms = stream->last_ns / 1000000;
    return ms < GATHER_MS ? GATHER_MS : ms < GATHER_MAX_MS ? ms : GATHER_MAX_MS;
}

static int64_t phase_ms(const ro_connection *connection, ro_phase phase) {
    const ro_searchd_settings *settings = connection->server->settings;
    switch (phase) {
    case RO_PHASE_IDLE:
        return settings->idle_timeout;
    case RO_PHASE_HEAD:
        return settings->header_timeout;
    case RO_PHASE_BODY:
        return settings->body_timeout;
    case RO_PHASE_GATHER:
        return gather_ms(&connection->lines);
    case RO_PHASE_PENDING:
        return settings->deadline * (connection->lines.active ? RO_PIECE_DEADLINES : 1) + GRACE_MS;
    case RO_PHASE_TURN:
        return 0;
    case RO_PHASE_WRITING:
        return settings->write_timeout;
    case RO_PHASE_LINGER:
        break;
    }
    return LINGER_MS;
}

static void leave_idle(ro_connection *connection) {
    if (connection->phase == RO_PHASE_IDLE) {
        TAILQ_REMOVE(&connection->server->idle, connection, idle_link);
        connection->server->idle_count--;
    }
}

static void enter(ro_connection *connection, ro_phase phase) {
    leave_idle(connection);
    if (phase == RO_PHASE_IDLE) {
        TAILQ_INSERT_TAIL(&connection->server->idle, connection, idle_link);
        connection->server->idle_count++;
    }
    connection->phase = phase;
    int64_t ms = phase_ms(connection, phase);
    struct timeval after = {ms / 1000, ms % 1000 * 1000};
    (void)event_add(connection->timer, &after);
}

static size_t unsent(const ro_connection *connection) {
    return evbuffer_get_length(bufferevent_get_output(connection->stream));
}

static ro_phase phase_now(const ro_connection *connection) {
    if (connection->job) {
        return RO_PHASE_PENDING;
    }
    if (connection->closing || unsent(connection) >= OUTPUT_MAX) {
        return RO_PHASE_WRITING;
    }
    if (connection->resting) {
        return RO_PHASE_TURN;
    }
    if (connection->lines.active && ro_lines_any(&connection->lines.lines)) {
        return RO_PHASE_GATHER;
    }
    if (!ro_http_parser_is_idle(&connection->parser)) {
        return connection->parser.state == RO_HTTP_IN_HEAD ? RO_PHASE_HEAD : RO_PHASE_BODY;
    }
    return unsent(connection) ? RO_PHASE_WRITING : RO_PHASE_IDLE;
}

/* libevent calls on_read over and over while as much waits to be read as it may read ahead, unless
 * reading is switched off. */
static void listen_if_room(ro_connection *connection) {
    struct bufferevent *stream = connection->stream;
    bool full = evbuffer_get_length(bufferevent_get_input(stream)) >= INPUT_MAX;
    bool listening = bufferevent_get_enabled(stream) & EV_READ;
    if (full && listening) {
        (void)bufferevent_disable(stream, EV_READ);
    } else if (!full && !listening) {
        (void)bufferevent_enable(stream, EV_READ);
    }
}

/* A phase that goes on keeps its deadline; turns are one after the other. */
static void settle(ro_connection *connection) {
    listen_if_room(connection);
    ro_phase phase = phase_now(connection);
    if (phase != connection->phase || phase == RO_PHASE_TURN) {
        enter(connection, phase);
    }
}

/* ---- answers -------------------------------------------------------------------------------- */

static void free_bytes(const void *bytes, size_t len, void *context) {
    (void)bytes;
    (void)len;
    free(context);
}

/* Large bodies are handed over instead of copied. */
static void write_body(struct evbuffer *output, ro_buf *body) {
    if (body->len <= COPY_MAX) {
        (void)evbuffer_add(output, body->ptr, body->len);
    } else if (evbuffer_add_reference(output, body->ptr, body->len, free_bytes, body->ptr) == 0) {
        *body = (ro_buf)RO_BUF_INIT;
    }
}

/* Sends what is waiting without a turn of the event loop, which is only asked for when the client
 * does not take it all; on_written is then called, else not. */
static void flush(ro_connection *connection) {
    struct evbuffer *output = bufferevent_get_output(connection->stream);
    if (unsent(connection) && !(bufferevent_get_enabled(connection->stream) & EV_WRITE)) {
        (void)evbuffer_unfreeze(output, 1);
        (void)evbuffer_write(output, bufferevent_getfd(connection->stream));
        (void)evbuffer_freeze(output, 1);
        if (unsent(connection)) { /* a failure shows when it is tried again */
            (void)bufferevent_enable(connection->stream, EV_WRITE);
        }
    }
}

static void write_response(ro_connection *connection, const ro_http_request *request,
                           ro_http_response *response) {
    ro_server *server = connection->server;
    ro_http_framing framing = {!connection->closing, request->minor, ro_server_date(server),
                               RO_HTTP_SIZED};
    ro_buf head = RO_BUF_INIT;
    ro_http_response_head(response, &framing, &head);
    struct evbuffer *output = bufferevent_get_output(connection->stream);
    size_t before = evbuffer_get_length(output);
    (void)evbuffer_add(output, head.ptr, head.len);
    ro_buf_release(&head);
    bool without =
        request->method == RO_HTTP_HEAD || response->status == 204 || response->status == 304;
    if (!without) {
        write_body(output, &response->body);
    }
    server->metrics.bytes_sent += evbuffer_get_length(output) - before;
}

/* What a job that was answered knows; zero of any other. */
typedef struct outcome {
    unsigned kind;
    int64_t query_ns;
    bool back; /* it is all ours again */
} outcome;

static const char *request_id(ro_connection *connection, const ro_http_request *request) {
    if (!connection->id[0]) {
        ro_request_id(&connection->server->request_ids, request, connection->id);
    }
    return connection->id;
}

void ro_connection_add_id(ro_connection *connection, const ro_http_request *request,
                          ro_http_response *response) {
    ro_http_response_field(response, "X-Request-Id", ro_str_from(request_id(connection, request)));
}

/* The time with a worker counts, waiting for it included, also where it is not back yet. */
static void note_if_slow(ro_server *server, const ro_searchd_job *job, outcome told,
                         ro_access *access) {
    int64_t limit_ns = server->settings->slow_query * 1000000;
    bool reads = job->complete_ns && job->route && job->route->work &&
                 !(job->route->writes & job->request.method);
    int64_t spent_ns = ro_now_ns() - job->complete_ns;
    if (!reads || limit_ns == 0 || spent_ns < limit_ns) {
        return;
    }
    access->wait_ns = told.back && job->begun_ns ? job->begun_ns - job->complete_ns : 0;
    access->body = told.back ? ro_buf_str(&job->request.body) : RO_STR_NONE;
    server->metrics.slow_queries++;
    ro_slow_log_write(&server->access_log, &job->request, access);
}

static void account(ro_connection *connection, const ro_searchd_job *job, int status, size_t bytes,
                    outcome told) {
    ro_server *server = connection->server;
    int64_t total_ns = ro_now_ns() - job->arrived_ns;
    ro_metrics_count(&server->metrics, ro_route_index(job->route), told.kind, status,
                     (double)total_ns / 1e9);
    ro_access access = {.address = connection->address,
                        .id = request_id(connection, &job->request),
                        .key = job->key,
                        .status = status,
                        .bytes = bytes,
                        .total_ns = total_ns,
                        .query_ns = told.query_ns};
    ro_access_log_write(&server->access_log, &job->request, &access);
    note_if_slow(server, job, told, &access);
}

/* Queues an answer to the job's request; of the job only what the event thread wrote is read, since
 * a worker may still have it. */
static void answer(ro_connection *connection, const ro_searchd_job *job, ro_http_response *response,
                   outcome told) {
    const ro_http_request *request = &job->request;
    connection->closing |= !request->keep_alive || connection->server->draining;
    ro_dispatch_cors(connection->server->settings, request, response);
    ro_connection_add_id(connection, request, response);
    if (response->body.failed || response->fields.failed) {
        ro_http_response_release(response);
        ro_problem_write(response, RO_PROBLEM_OVERLOADED, RO_STR("out of memory"), RO_WHERE_NONE);
        ro_connection_add_id(connection, request, response);
        connection->closing = true;
    }
    size_t bytes = response->body.len;
    write_response(connection, request, response);
    account(connection, job, response->status, bytes, told);
    enter(connection, RO_PHASE_WRITING);
}

static void add_timing(ro_searchd_job *job) {
    char timing[96];
    (void)snprintf(timing, sizeof timing, "queue;dur=%.3f, query;dur=%.3f",
                   (double)(job->begun_ns - job->complete_ns) / 1e6,
                   (double)(job->done_ns - job->begun_ns) / 1e6);
    ro_http_response_field(&job->response, "Server-Timing", ro_str_from(timing));
}

/* The same for a job that is all ours, with what its handler told, if one ran. */
static void answer_job(ro_connection *connection, ro_searchd_job *job) {
    if (job->begun_ns) {
        add_timing(job);
        ro_histogram_add(&connection->server->metrics.waits,
                         (double)(job->begun_ns - job->complete_ns) / 1e9);
    }
    answer(connection, job, &job->response,
           (outcome){.kind = job->kind, .query_ns = job->done_ns - job->begun_ns, .back = true});
}

/* The request is not needed any more, nor counted. */
static void release_request(ro_server *server, ro_http_request *request) {
    server->body_bytes -= request->body.len;
    ro_http_request_release(request);
}

void ro_connection_free_job(ro_server *server, ro_searchd_job *job) {
    release_request(server, &job->request);
    ro_searchd_job_free(job);
}

/* The request that is being read, as far as it was. */
static ro_searchd_job take_unfinished(ro_connection *connection, const struct ro_route *route) {
    return (ro_searchd_job){.arrived_ns =
                                connection->request_ns ? connection->request_ns : ro_now_ns(),
                            .route = route,
                            .request = ro_http_parser_take(&connection->parser)};
}

/* Needs nothing that could be refused for want of memory: every connection must get a deadline. */
void ro_connection_refuse(ro_connection *connection, const struct ro_route *route,
                          ro_http_response *response) {
    connection->closing = true;
    connection->lines = (ro_stream){0};
    ro_searchd_job job = take_unfinished(connection, route);
    answer(connection, &job, response, (outcome){0});
    release_request(connection->server, &job.request);
}

static void refuse(ro_connection *connection, int status, const char *reason) {
    if (connection->lines.active) {
        ro_stream_abort(connection, status, reason);
        return;
    }
    ro_http_response response = {0};
    ro_problem_write(&response, ro_problem_of_refusal(status), ro_str_from(reason), RO_WHERE_NONE);
    ro_connection_refuse(connection, NULL, &response);
    ro_http_response_release(&response);
}

void ro_connection_account(ro_connection *connection, const struct ro_route *route, int status,
                           size_t bytes, int64_t query_ns) {
    ro_searchd_job job = {.arrived_ns = connection->request_ns,
                          .route = route,
                          .request = connection->parser.request}; /* borrowed */
    memcpy(job.key, connection->lines.key, sizeof job.key);
    account(connection, &job, status, bytes, (outcome){.query_ns = query_ns});
}

void ro_connection_drop_request(ro_connection *connection) {
    ro_http_request request = ro_http_parser_take(&connection->parser);
    release_request(connection->server, &request);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void take_request(ro_connection *connection) {
    ro_searchd_job *job = ro_searchd_job_new();
    if (!job) {
        refuse(connection, 503, "out of memory");
        return;
    }
    job->request = ro_http_parser_take(&connection->parser);
    job->arrived_ns = connection->request_ns;
    job->complete_ns = ro_now_ns();
    job->connection = connection;
    job->tls = connection->tls;
    if (ro_dispatch(connection->server, job)) {
        answer_job(connection, job);
        ro_connection_free_job(connection->server, job);
    } else {
        connection->job = job;
    }
}

/* True for a body that is coming while others hold all the memory there is for bodies. */
static bool has_no_room(const ro_connection *connection, ro_http_event event) {
    const ro_http_request *request = &connection->parser.request;
    const ro_server *server = connection->server;
    bool whole = !connection->parser.streamed; /* at a time */
    uint64_t coming = event == RO_HTTP_HEAD_IN && whole ? request->length : 0;
    bool more = (event == RO_HTTP_MORE && request->body.len) || coming;
    return more && server->body_bytes + coming > (uint64_t)server->settings->max_bodies;
}

static void on_event_of_parser(ro_connection *connection, ro_http_event event,
                               struct evbuffer *input) {
    if (has_no_room(connection, event)) {
        refuse(connection, 503, "too many bytes of request bodies are held");
        return;
    }
    switch (event) {
    case RO_HTTP_HEAD_IN:
        if (connection->parser.streamed && !ro_stream_begin(connection)) {
            break;
        }
        /* RFC 9110, 10.1.1: not when the body is coming already */
        if (connection->parser.request.expects_continue && evbuffer_get_length(input) == 0) {
            ro_str go_on = RO_STR("HTTP/1.1 100 Continue\r\n\r\n");
            (void)bufferevent_write(connection->stream, go_on.ptr, go_on.len);
        }
        break;
    case RO_HTTP_DONE:
        if (connection->lines.active) {
            ro_stream_end(connection);
        } else {
            take_request(connection);
        }
        break;
    case RO_HTTP_REFUSED:
        refuse(connection, connection->parser.refusal.status, connection->parser.refusal.reason);
        break;
    case RO_HTTP_MORE:
        if (connection->lines.active) {
            ro_stream_more(connection);
        }
        break;
    }
}

static void discard(ro_connection *connection) {
    struct evbuffer *input = bufferevent_get_input(connection->stream);
    size_t len = evbuffer_get_length(input);
    (void)evbuffer_drain(input, len);
    listen_if_room(connection);
    connection->discarded += len;
    if (connection->discarded > DISCARD_MAX) {
        ro_connection_close(connection);
    }
}

/* Ends our side and waits for the client to end its own: to close with bytes unread would reset the
 * connection, and the client might never see the answer. */
static void linger(ro_connection *connection) {
    if (connection->ended) {
        ro_connection_close(connection);
        return;
    }
    connection->closing = true;
    if (connection->tls) {
        ro_tls_end(connection->stream);
    }
    (void)shutdown(bufferevent_getfd(connection->stream), SHUT_WR);
    enter(connection, RO_PHASE_LINGER);
    discard(connection);
}

static bool has_room(ro_connection *connection) {
    if (unsent(connection) >= OUTPUT_MAX) {
        flush(connection);
    }
    return unsent(connection) < OUTPUT_MAX;
}

/* Lines that came before, once there is room for what is to be said of them. */
static void submit_lines(ro_connection *connection) {
    bool more = true;
    while (more && !connection->closing && ro_stream_is_full(&connection->lines) &&
           has_room(connection)) {
        more = !connection->job;
        if (more || ro_stream_goes_ahead(connection)) {
            ro_stream_submit(connection);
        }
    }
}

/* Reads requests until one has to be waited for, there are no more bytes, or its turn is over. May
 * free the connection. */
static void advance(ro_connection *connection) {
    struct evbuffer *input = bufferevent_get_input(connection->stream);
    int64_t end_ns = ro_now_ns() + TURN_NS;
    connection->resting = false;
    submit_lines(connection);
    while ((!connection->job || ro_stream_goes_ahead(connection)) && !connection->closing &&
           has_room(connection) && !ro_stream_is_full(&connection->lines)) {
        struct evbuffer_iovec bytes;
        if (evbuffer_peek(input, -1, NULL, &bytes, 1) < 1 || bytes.iov_len == 0) {
            break;
        }
        if (ro_http_parser_is_idle(&connection->parser)) {
            connection->request_ns = ro_now_ns();
            connection->id[0] = 0;
            connection->resting = connection->request_ns > end_ns;
        }
        if (connection->resting) {
            break;
        }
        ro_http_event event = RO_HTTP_MORE;
        size_t held = connection->parser.request.body.len;
        size_t used =
            ro_http_parser_feed(&connection->parser, bytes.iov_base, bytes.iov_len, &event);
        (void)evbuffer_drain(input, used);
        connection->server->body_bytes += connection->parser.request.body.len - held;
        on_event_of_parser(connection, event, input);
    }
    flush(connection);
    if (connection->job) {
        settle(connection);
        return;
    }
    connection->closing |=
        connection->ended && !connection->resting && unsent(connection) < OUTPUT_MAX;
    if (connection->closing && unsent(connection) == 0) {
        linger(connection);
    } else {
        settle(connection);
    }
}

/* ---- callbacks ------------------------------------------------------------------------------ */

static void on_read(struct bufferevent *stream, void *context) {
    (void)stream;
    ro_connection *connection = context;
    if (connection->closing && !connection->job) {
        discard(connection);
    } else {
        advance(connection);
    }
}

static void on_written(struct bufferevent *stream, void *context) {
    ro_connection *connection = context;
    if (!connection->tls) {
        (void)bufferevent_disable(stream, EV_WRITE);
    }
    /* of TLS it comes late: there may be more to write by now, which is told again */
    if (connection->phase == RO_PHASE_LINGER || connection->job || unsent(connection)) {
        return;
    }
    if (connection->closing) {
        linger(connection);
    } else {
        advance(connection);
    }
}

static void on_end(struct bufferevent *stream, short what, void *context) {
    (void)stream;
    ro_connection *connection = context;
    if (what & BEV_EVENT_CONNECTED) { /* TLS is agreed on */
        return;
    }
    connection->ended = true;
    /* the layer of TLS writes no more once the client has ended it */
    if ((what & BEV_EVENT_ERROR) || connection->tls || connection->phase == RO_PHASE_LINGER) {
        ro_connection_close(connection);
    } else {
        advance(connection); /* it may still read what it asked for */
    }
}

/* The worker is left with the job, which nobody waits for now. */
static ro_searchd_job *detach(ro_searchd_job **held) {
    ro_searchd_job *job = *held;
    *held = NULL;
    if (job) {
        job->connection = NULL;
        atomic_store_explicit(&job->abandoned, true, memory_order_relaxed);
    }
    return job;
}

static ro_searchd_job *detach_job(ro_connection *connection) {
    (void)detach(&connection->lines.ahead);
    return detach(&connection->job);
}

static void on_deadline(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    ro_connection *connection = context;
    switch (connection->phase) {
    case RO_PHASE_HEAD:
        refuse(connection, 408, "the request line and fields took too long");
        advance(connection);
        break;
    case RO_PHASE_BODY:
        refuse(connection, 408, "the body took too long");
        advance(connection);
        break;
    case RO_PHASE_GATHER:
        ro_stream_submit(connection);
        advance(connection);
        break;
    case RO_PHASE_TURN:
        advance(connection);
        break;
    case RO_PHASE_PENDING: {
        const ro_searchd_job *job = detach_job(connection);
        if (connection->lines.active) {
            refuse(connection, 504, "the time ran out before all that was read was written");
            advance(connection);
            break;
        }
        ro_http_response response = {0};
        ro_problem_write(&response, RO_PROBLEM_DEADLINE,
                         RO_STR("the request's time ran out before a worker had an answer"),
                         RO_WHERE_NONE);
        answer(connection, job, &response, (outcome){0});
        ro_http_response_release(&response);
        advance(connection);
        break;
    }
    case RO_PHASE_IDLE:
    case RO_PHASE_WRITING:
    case RO_PHASE_LINGER:
        ro_connection_close(connection);
        break;
    }
}

/* ---- life ----------------------------------------------------------------------------------- */

static void print_address(const struct sockaddr *address, char out[RO_HOST_MAX]) {
    const void *bytes =
        address->sa_family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (!inet_ntop(address->sa_family, bytes, out, RO_HOST_MAX)) {
        (void)snprintf(out, RO_HOST_MAX, "-");
    }
}

static bool start(ro_connection *connection, evutil_socket_t fd) {
    struct event_base *base = connection->server->base;
    ro_tls *tls = connection->server->tls;
    connection->tls = tls != NULL;
    connection->stream = tls ? ro_tls_accept(tls, base, fd)
                             : bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!connection->stream) {
        (void)evutil_closesocket(fd);
        return false;
    }
    connection->timer = evtimer_new(base, on_deadline, connection);
    if (!connection->timer) {
        bufferevent_free(connection->stream);
        return false;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bufferevent_setcb(connection->stream, on_read, on_written, on_end, connection);
    bufferevent_setwatermark(connection->stream, EV_READ, 0, INPUT_MAX);
    (void)bufferevent_set_max_single_read(connection->stream, INPUT_MAX);
    if (connection->tls) { /* its layer writes by itself */
        (void)bufferevent_enable(connection->stream, EV_READ | EV_WRITE);
    } else {
        (void)bufferevent_disable(connection->stream, EV_WRITE); /* see flush */
        (void)bufferevent_enable(connection->stream, EV_READ);
    }
    return true;
}

void ro_connection_open(ro_server *server, evutil_socket_t fd, const struct sockaddr *address,
                        const char *refusal) {
    ro_connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        (void)evutil_closesocket(fd);
    } else {
        connection->server = server;
        connection->refused = refusal != NULL;
        connection->client = ro_client_of(address);
        print_address(address, connection->address);
        ro_http_parser_init(&connection->parser, &server->limits);
    }
    if (!connection || !start(connection, fd)) {
        free(connection);
        if (!refusal) {
            ro_census_leave(server->census, ro_client_of(address));
        }
        return;
    }
    TAILQ_INSERT_TAIL(&server->connections, connection, link);
    server->connection_count++;
    server->refused_count += connection->refused;
    connection->phase = RO_PHASE_WRITING; /* none of the lists */
    if (refusal) {
        refuse(connection, 503, refusal);
        advance(connection);
    } else {
        enter(connection, RO_PHASE_IDLE);
    }
}

void ro_connection_close(ro_connection *connection) {
    ro_server *server = connection->server;
    const ro_searchd_job *job = detach_job(connection);
    if (job && connection->lines.active) {
        ro_connection_account(connection, job->route, RO_METRICS_CLIENT_GONE, 0, 0);
    } else if (job) {
        account(connection, job, RO_METRICS_CLIENT_GONE, 0, (outcome){0});
    }
    leave_idle(connection);
    TAILQ_REMOVE(&server->connections, connection, link);
    server->connection_count--;
    server->refused_count -= connection->refused;
    if (!connection->refused) {
        ro_census_leave(server->census, connection->client);
    }
    server->body_bytes -= connection->parser.request.body.len;
    ro_http_parser_release(&connection->parser);
    event_free(connection->timer);
    bufferevent_free(connection->stream);
    free(connection);
    ro_server_connection_closed(server);
}

void ro_connection_finish(ro_server *server, ro_searchd_job *job) {
    ro_connection *connection = job->connection;
    if (connection && connection->lines.active) {
        connection->job = connection->lines.ahead;
        connection->lines.ahead = NULL;
        ro_stream_finish(connection, job);
        if (connection->job) {
            enter(connection, RO_PHASE_PENDING);
        }
        advance(connection);
    } else if (connection) {
        connection->job = NULL;
        answer_job(connection, job);
        advance(connection);
    }
    ro_connection_free_job(server, job);
}

void ro_connection_drain(ro_connection *connection) {
    if (connection->phase == RO_PHASE_IDLE) {
        linger(connection);
    } else if (connection->phase == RO_PHASE_WRITING) {
        connection->closing = true;
    }
}
