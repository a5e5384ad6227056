/* A connection: reads requests, has them answered one after the other, writes the answers.
 *
 * Its life is a sequence of phases, each with a deadline that nothing the client sends can move.
 */
#ifndef READOUT_CONNECTION_H
#define READOUT_CONNECTION_H

#include "request_id.h"
#include "server.h"
#include "stream.h"

#include <event2/bufferevent.h>

typedef enum ro_phase {
    RO_PHASE_IDLE,    /* between requests */
    RO_PHASE_HEAD,    /* a request line and fields arrive */
    RO_PHASE_BODY,    /* a body arrives */
    RO_PHASE_GATHER,  /* a streamed body arrives, and there are lines to work on */
    RO_PHASE_PENDING, /* a worker has the request */
    RO_PHASE_TURN,    /* others have their turn, then more of what came is answered */
    RO_PHASE_WRITING, /* the client takes answers; nothing else goes on */
    RO_PHASE_LINGER   /* everything was said; what the client still sends is thrown away */
} ro_phase;

typedef struct ro_connection {
    ro_server *server;
    struct bufferevent *stream;
    struct event *timer;
    ro_phase phase;
    ro_http_parser parser;
    ro_searchd_job *job; /* with the workers; NULL: none */
    int64_t request_ns;  /* when the first byte of the request arrived */
    bool closing;        /* no request is read any more */
    bool resting;        /* others have their turn */
    bool ended;          /* the client ended its side */
    bool refused;        /* over a limit */
    bool tls;
    ro_stream lines;  /* the request that is being read, if it is streamed */
    size_t discarded; /* bytes thrown away while closing */
    ro_client client;
    char address[RO_HOST_MAX];
    char id[RO_REQUEST_ID_TEXT]; /* of the request; "": not given yet */
    TAILQ_ENTRY(ro_connection) link, idle_link;
} ro_connection;

/* Takes over the socket; closes it when there is no memory. `refusal`, unless NULL, is why the
 * connection gets a 503 and nothing else. */
void ro_connection_open(ro_server *server, evutil_socket_t fd, const struct sockaddr *address,
                        const char *refusal);
void ro_connection_close(ro_connection *connection);

/* The job is done: answers the connection that waits for it, if it still does, and frees the job.
 */
void ro_connection_finish(ro_server *server, ro_searchd_job *job);

/* Lets the request that runs finish, then closes; at once if there is none. */
void ro_connection_drain(ro_connection *connection);

/* ---- for stream.c --------------------------------------------------------------------------- */

/* Answers the request that is being read, of which no more is read, and closes. Takes the contents
 * of the response. */
void ro_connection_refuse(ro_connection *connection, const struct ro_route *route,
                          ro_http_response *response);
/* Counts and logs the request that is being read as answered. */
void ro_connection_account(ro_connection *connection, const struct ro_route *route, int status,
                           size_t bytes, int64_t query_ns);
/* Adds the field that tells the request's id. */
void ro_connection_add_id(ro_connection *connection, const ro_http_request *request,
                          ro_http_response *response);
/* The request that was read is not needed any more. */
void ro_connection_drop_request(ro_connection *connection);
void ro_connection_free_job(ro_server *server, ro_searchd_job *job);

#endif
