/* The sockets that are listened on: one of our own, or those that a supervisor hands over. */
#ifndef READOUT_LISTEN_H
#define READOUT_LISTEN_H

#include "settings.h"
#include "supervisor.h"

#include <event2/listener.h>

#define RO_LISTENERS_MAX 16

/* Zero-initialised: there are none. */
typedef struct ro_listeners {
    struct evconnlistener *at[RO_LISTENERS_MAX];
    size_t count;
    bool loopback; /* each is on an address that only this machine reaches */
    uint16_t port; /* of the first */
} ro_listeners;

typedef struct ro_listen_callbacks {
    evconnlistener_cb accepted;
    evconnlistener_errorcb failed;
    void *context;
} ro_listen_callbacks;

/* RO_IO, RO_INVALID for a socket that is of no use. */
ro_status ro_listen_start(ro_listeners *listeners, const ro_searchd_settings *settings,
                          const ro_supervisor *supervisor, struct event_base *base,
                          const ro_listen_callbacks *callbacks, ro_error *err) RO_MUST_CHECK;
/* Writes the file of the port. */
ro_status ro_listen_tell(const ro_listeners *listeners, const ro_searchd_settings *settings,
                         ro_error *err) RO_MUST_CHECK;
/* No more connections are accepted until `on`. */
void ro_listen_enable(const ro_listeners *listeners, bool on);
/* Closes them. */
void ro_listen_stop(ro_listeners *listeners);

/* "http://127.0.0.1:7700" of one of them, for messages. */
void ro_listen_name(const ro_listeners *listeners, size_t which, bool tls, ro_buf *out);

#endif
