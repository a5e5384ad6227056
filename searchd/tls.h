/* TLS 1.2 and later for connections: the certificate, and bufferevents that speak it. */
#ifndef READOUT_TLS_H
#define READOUT_TLS_H

#include "readout/status.h"

#include <event2/bufferevent.h>

/* A certificate with its key. Connections keep the one they began with. */
typedef struct ssl_ctx_st ro_tls;

/* `cert` is a file of PEM, with the chain behind it; `key` may be in the same file, and is not
 * encrypted. */
ro_status ro_tls_load(const char *cert, const char *key, ro_tls **out, ro_error *err) RO_MUST_CHECK;
void ro_tls_free(ro_tls *tls); /* NULL is allowed */

/* Takes over the socket, whose client has said nothing yet; its callbacks are deferred. NULL: no
 * memory, and the socket stays the caller's. */
struct bufferevent *ro_tls_accept(ro_tls *tls, struct event_base *base, evutil_socket_t fd);
/* Tells the client that nothing more will come. */
void ro_tls_end(struct bufferevent *stream);

#endif
