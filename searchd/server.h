/* The server: listener, limits, signals, and the state that connections share. Everything here is
 * touched by the event thread only.
 */
#ifndef READOUT_SERVER_H
#define READOUT_SERVER_H

#include "access_log.h"
#include "address.h"
#include "admin.h"
#include "auth.h"
#include "http/parser.h"
#include "listen.h"
#include "metrics.h"
#include "request_id.h"
#include "settings.h"
#include "tls.h"
#include "worker.h"
#include "write.h"

#include <event2/event.h>
#include <sys/queue.h>

struct ro_connection;
TAILQ_HEAD(ro_connection_list, ro_connection);

typedef struct ro_server ro_server;

/* Called on SIGHUP; gives the settings that hold from now on, or NULL with the reason. They are
 * borrowed until the next call, or for as long as the server lives. `fixed` is given the names of
 * what has changed but holds from the next start on. */
typedef const ro_searchd_settings *(*ro_reread_fn)(void *context, ro_buf *fixed, ro_error *err);

/* Starts the workers and listens. `reread` and `try` have `context`. `settings` is borrowed as
 * above. RO_NOT_FOUND and other failures of ro_index_open; RO_IO when the address cannot be had.
 * `supervisor` stays the caller's, and its sockets are the server's. */
ro_status ro_server_new(const ro_searchd_settings *settings, const ro_supervisor *supervisor,
                        ro_reread_fn reread, ro_trial_fn try, void *context, ro_server **out,
                        ro_error *err) RO_MUST_CHECK;
/* Serves until SIGTERM or SIGINT, then drains. */
ro_status ro_server_run(ro_server *server, ro_error *err) RO_MUST_CHECK;
/* True when it did not wait for all requests, so that queries may still run. Freeing the server
 * would wait for them; a program that means to end does so without. */
bool ro_server_gave_up(const ro_server *server);
void ro_server_free(ro_server *server);

/* ---- for the other files of the daemon ------------------------------------------------------ */

struct ro_server {
    const ro_searchd_settings *settings;
    ro_http_limits limits; /* of settings */
    ro_log log;
    struct event_base *base;
    ro_listeners listeners; /* none once draining */
    ro_supervisor supervisor;
    struct event *term, *interrupt, *hangup, *finished, *accept_again, *give_up, *watchdog;
    ro_pool *pool;
    ro_writing *writing;
    ro_admin *admin;
    ro_backups *backups;
    ro_auth auth;
    ro_tls *tls;          /* NULL: none is spoken */
    bool reading_is_open; /* without a key */
    ro_census *census;
    ro_metrics metrics;
    ro_access_log access_log;
    ro_request_ids request_ids;
    struct ro_connection_list connections; /* all */
    struct ro_connection_list idle;        /* between requests, longest first */
    size_t connection_count, idle_count;
    size_t refused_count; /* connections kept only to tell them that there are too many */
    size_t body_bytes;    /* of request bodies, whole or in part, until they are answered */
    bool draining, gave_up;
    bool reload_wanted, reloading, reload_failed; /* the last one is about the last reload */
    int64_t date_second;                          /* the second that `date` is for */
    char date[RO_HTTP_DATE_TEXT];
    ro_reread_fn reread;
    ro_trial_fn try;
    void *reread_context;
};

/* The Date field for now. */
const char *ro_server_date(ro_server *server);
/* Called when a connection went away: the last one ends a drain. */
void ro_server_connection_closed(ro_server *server);
ro_gauges ro_server_gauges(const ro_server *server);

#endif
