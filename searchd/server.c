#include "server.h"

#include "connection.h"
#include "roots.h"
#include "write_api.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ACCEPT_PAUSE_US 100000 /* without free descriptors accepting would spin */
#define REFUSED_MAX 64 /* clients told at a time that there are too many; others are cut off */

/* ---- limits --------------------------------------------------------------------------------- */

static bool evict_idle(ro_server *server) {
    ro_connection *longest = TAILQ_FIRST(&server->idle);
    if (longest) {
        ro_connection_close(longest);
        server->metrics.evicted++;
    }
    return longest != NULL;
}

/* Why one more connection is too many; NULL: it is not. `held` counts those of its client. */
static const char *over_limit(ro_server *server, size_t held) {
    if (held == 0) {
        return "out of memory";
    }
    if (held > (size_t)server->settings->max_connections_per_address) {
        return "there are too many connections from this address";
    }
    size_t open = server->connection_count - server->refused_count;
    if (open >= (size_t)server->settings->max_connections && !evict_idle(server)) {
        return "there are too many connections";
    }
    return NULL;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
                      int len, void *context) {
    (void)listener;
    (void)len;
    ro_server *server = context;
    ro_client client = ro_client_of(address);
    size_t held = ro_census_enter(server->census, client);
    const char *refusal = over_limit(server, held);
    server->metrics.accepted++;
    if (refusal) {
        server->metrics.refused++;
        if (held) {
            ro_census_leave(server->census, client);
        }
        if (server->refused_count >= REFUSED_MAX || server->tls) { /* to say so would cost most */
            (void)evutil_closesocket(fd);
            return;
        }
    }
    ro_connection_open(server, fd, address, refusal);
}

static void on_accept_failed(struct evconnlistener *listener, void *context) {
    ro_server *server = context;
    int code = errno;
    struct timeval pause = {0, ACCEPT_PAUSE_US};
    (void)listener;
    ro_listen_enable(&server->listeners, false);
    (void)event_add(server->accept_again, &pause);
    if (server->metrics.accept_failures++ == 0) {
        ro_log_write(&server->log, RO_LOG_WARN, "cannot accept connections: %s", strerror(code));
    }
    (void)evict_idle(server);
}

static void on_accept_again(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    ro_server *server = context;
    ro_listen_enable(&server->listeners, true);
}

/* ---- stopping ------------------------------------------------------------------------------- */

static void give_up(ro_server *server) {
    server->gave_up = true;
    (void)event_base_loopbreak(server->base);
}

static void on_give_up(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    give_up(context);
}

static void on_stop(evutil_socket_t signal_number, short what, void *context) {
    (void)what;
    ro_server *server = context;
    if (server->draining) {
        give_up(server);
        return;
    }
    ro_log_write(&server->log, RO_LOG_INFO, "signal %d: stopping, %zu connections open",
                 (int)signal_number, server->connection_count);
    server->draining = true;
    ro_listen_stop(&server->listeners);
    ro_supervisor_tell(&server->supervisor, "STOPPING=1\nSTATUS=draining");
    int64_t ms = server->settings->drain_timeout;
    struct timeval after = {ms / 1000, ms % 1000 * 1000};
    (void)event_add(server->give_up, &after);
    ro_connection *next = NULL;
    for (ro_connection *each = TAILQ_FIRST(&server->connections); each; each = next) {
        next = TAILQ_NEXT(each, link);
        ro_connection_drain(each);
    }
    if (server->connection_count == 0) {
        (void)event_base_loopbreak(server->base);
    }
}

void ro_server_connection_closed(ro_server *server) {
    if (server->draining && server->connection_count == 0) {
        (void)event_base_loopbreak(server->base);
    }
}

/* ---- reloading ------------------------------------------------------------------------------ */

static void apply(ro_server *server, const ro_searchd_settings *settings) {
    server->settings = settings;
    atomic_store(&server->log.least, settings->log_level);
    atomic_store(&server->log.format, settings->log_format);
    server->access_log.format = (ro_log_format)settings->log_format;
    server->limits = (ro_http_limits){.header = (size_t)settings->max_header,
                                      .fields = (size_t)settings->max_headers,
                                      .body = (size_t)settings->max_body,
                                      .streamed = ro_write_streams};
    server->reading_is_open = ro_searchd_settings_reading(settings, server->listeners.count &&
                                                                        server->listeners.loopback);
}

/* One reload at a time. With a full queue it is tried again when a worker has finished something.
 */
static void reload_if_wanted(ro_server *server) {
    if (!server->reload_wanted || server->reloading) {
        return;
    }
    ro_searchd_job *job = ro_pool_reload_job(server->settings->index, server->settings->synonyms);
    if (job && ro_pool_submit(server->pool, job)) {
        server->reloading = true;
        server->reload_wanted = false;
    } else {
        ro_searchd_job_free(job);
    }
}

static void tell_reloading(const ro_server *server) {
    char news[64];
    (void)snprintf(news, sizeof news, "RELOADING=1\nMONOTONIC_USEC=%lld",
                   (long long)(ro_now_ns() / 1000));
    ro_supervisor_tell(&server->supervisor, news);
}

/* Whether TLS is spoken at all is settled when the daemon starts. */
static void reload_tls(ro_server *server) {
    const ro_searchd_settings *settings = server->settings;
    ro_error err = RO_ERROR_INIT;
    ro_tls *fresh = NULL;
    if (!server->tls) {
        return;
    }
    ro_status status = ro_searchd_settings_tls(settings)
                           ? ro_tls_load(settings->tls_cert, settings->tls_key, &fresh, &err)
                           : ro_fail(&err, RO_INVALID, "the settings name none");
    if (status != RO_OK) {
        ro_log_write(&server->log, RO_LOG_ERROR, "the certificate stays as it was: %s",
                     err.message);
        return;
    }
    ro_tls_free(server->tls);
    server->tls = fresh;
}

/* What searches go by that do not say. */
static ro_defaults defaults_of(const ro_searchd_settings *settings) {
    ro_request request = ro_request_default();
    request.match = (ro_match_mode)settings->match;
    request.typo = (ro_typo)settings->typo;
    request.half_life_days = settings->half_life;
    request.collapse = settings->collapse;
    return (ro_defaults){request, settings->builtin_synonyms == 0};
}

static void read_again(ro_server *server) {
    ro_error err = RO_ERROR_INIT;
    ro_buf fixed = RO_BUF_INIT;
    const ro_searchd_settings *settings = server->reread(server->reread_context, &fixed, &err);
    if (!settings) {
        ro_log_write(&server->log, RO_LOG_ERROR, "settings stay as they were: %s", err.message);
    } else {
        ro_defaults defaults = defaults_of(settings);
        apply(server, settings);
        ro_pool_use_defaults(server->pool, &defaults);
        ro_log_write(&server->log, RO_LOG_INFO, "settings read again");
    }
    if (fixed.len) {
        ro_log_write(&server->log, RO_LOG_WARN, "changed, but only for the next start: %.*s",
                     RO_STR_ARG(ro_buf_str(&fixed)));
    }
    ro_buf_release(&fixed);
}

static void reload_keys(ro_server *server) {
    ro_error err = RO_ERROR_INIT;
    if (ro_auth_load(&server->auth, server->settings->keys, &err) != RO_OK) {
        ro_log_write(&server->log, RO_LOG_ERROR, "keys stay as they were: %s", err.message);
    }
}

static void on_hangup(evutil_socket_t signal_number, short what, void *context) {
    (void)signal_number;
    (void)what;
    ro_server *server = context;
    tell_reloading(server);
    read_again(server);
    reload_keys(server);
    reload_tls(server);
    ro_error err = RO_ERROR_INIT;
    if (ro_access_log_open(&server->access_log, server->settings->access_log, &err) != RO_OK) {
        ro_log_write(&server->log, RO_LOG_ERROR, "%s", err.message);
    }
    server->reload_wanted = true;
    reload_if_wanted(server);
}

static bool has_file(const char *index, const char *name) {
    char *path = NULL;
    struct stat info;
    bool has = asprintf(&path, "%s/%s", index, name) >= 0 && stat(path, &info) == 0;
    free(path);
    return has;
}

static void on_reloaded(ro_server *server, ro_searchd_job *job) {
    server->reloading = false;
    if (!server->reload_wanted && !server->draining) {
        ro_supervisor_tell(&server->supervisor, "READY=1");
    }
    ro_error err = RO_ERROR_INIT;
    server->reload_failed = job->response.status != 200;
    if (!server->reload_failed && ro_writing_move(server->writing, job->reload, &err) != RO_OK) {
        ro_log_write(&server->log, RO_LOG_ERROR, "the writer stays where it was: %s", err.message);
    }
    if (!server->reload_failed) {
        /* they are in the directory of the index: another one may have none */
        ro_log_write(&server->log, RO_LOG_INFO,
                     "index '%s' opened again, with%s synonyms and with%s settings of its own",
                     job->reload, has_file(job->reload, RO_INDEX_SYNONYMS_FILE) ? "" : "out",
                     has_file(job->reload, RO_INDEX_SETTINGS_FILE) ? "" : "out");
    } else {
        ro_log_write(&server->log, RO_LOG_ERROR, "the index stays as it was: %.*s",
                     RO_STR_ARG(ro_buf_str(&job->response.body)));
    }
    ro_searchd_job_free(job);
}

/* What administration has changed holds from its answer on. */
static void follow_change(ro_server *server, const ro_searchd_job *job) {
    if (job->changed & RO_CHANGED_KEYS) {
        reload_keys(server);
    }
    if (job->changed & RO_CHANGED_SETTINGS) {
        read_again(server);
    }
}

static void on_finished(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    ro_server *server = context;
    for (ro_searchd_job *job = ro_pool_collect(server->pool); job;) {
        ro_searchd_job *next = job->next;
        if (job->damaged) {
            ro_writing_mend(server->writing);
        }
        follow_change(server, job);
        if (job->reload) {
            on_reloaded(server, job);
        } else {
            ro_connection_finish(server, job);
        }
        job = next;
    }
    reload_if_wanted(server);
}

/* ---- starting ------------------------------------------------------------------------------- */

static ro_status start_listening(ro_server *server, ro_error *err) {
    const ro_listen_callbacks callbacks = {on_accept, on_accept_failed, server};
    ro_status status = ro_listen_start(&server->listeners, server->settings, &server->supervisor,
                                       server->base, &callbacks, err);
    apply(server, server->settings); /* what depends on the addresses */
    return status;
}

/* Before any thread is started: those to come are in it, too. */
static ro_status enter_sandbox(ro_server *server, ro_error *err) {
    enum { AUTO, ON, OFF };
    int wanted = server->settings->sandbox;
    ro_roots roots;
    ro_sandbox is = {0};
    if (wanted == OFF || (wanted == AUTO && !ro_sandbox_fits())) {
        return RO_OK;
    }
    ro_status status = ro_roots_of(server->settings, &roots, err);
    if (status == RO_OK) {
        status = ro_sandbox_enter(roots.at, roots.count, &is, err);
        ro_roots_release(&roots);
    }
    bool whole = is.files && is.calls;
    if (status == RO_OK && wanted == ON && !whole) {
        status = ro_fail(err, RO_IO, "option 'sandbox' is 'on', but this system has no %s",
                         is.files ? "seccomp" : "Landlock");
    }
    if (status == RO_OK) {
        ro_log_write(&server->log, RO_LOG_INFO, "sandbox: files %s, system calls %s",
                     is.files ? "by Landlock" : "open", is.calls ? "by seccomp" : "open");
    }
    return status;
}

static ro_status tell_listening(ro_server *server, ro_error *err) {
    ro_status status = ro_listen_tell(&server->listeners, server->settings, err);
    for (size_t i = 0; status == RO_OK && i < server->listeners.count; i++) {
        ro_buf name = RO_BUF_INIT;
        ro_listen_name(&server->listeners, i, server->tls != NULL, &name);
        ro_log_write(&server->log, RO_LOG_INFO, "serving '%s' on %.*s", server->settings->index,
                     RO_STR_ARG(ro_buf_str(&name)));
        ro_buf_release(&name);
    }
    return status;
}

static ro_status load_tls(ro_server *server, ro_error *err) {
    const ro_searchd_settings *settings = server->settings;
    return ro_searchd_settings_tls(settings)
               ? ro_tls_load(settings->tls_cert, settings->tls_key, &server->tls, err)
               : RO_OK;
}

static ro_status load_keys(ro_server *server, ro_error *err) {
    return ro_auth_load(&server->auth, server->settings->keys, err);
}

static ro_status open_access_log(ro_server *server, ro_error *err) {
    return ro_access_log_open(&server->access_log, server->settings->access_log, err);
}

static ro_status make_events(ro_server *server, ro_error *err) {
    struct event_base *base = server->base;
    server->term = evsignal_new(base, SIGTERM, on_stop, server);
    server->interrupt = evsignal_new(base, SIGINT, on_stop, server);
    server->hangup = evsignal_new(base, SIGHUP, on_hangup, server);
    server->finished =
        event_new(base, ro_pool_fd(server->pool), EV_READ | EV_PERSIST, on_finished, server);
    server->accept_again = evtimer_new(base, on_accept_again, server);
    server->give_up = evtimer_new(base, on_give_up, server);
    struct event *at_once[] = {server->term, server->interrupt, server->hangup, server->finished};
    for (size_t i = 0; i < sizeof at_once / sizeof at_once[0]; i++) {
        if (!at_once[i] || event_add(at_once[i], NULL) != 0) {
            return ro_fail_memory(err);
        }
    }
    return server->accept_again && server->give_up ? RO_OK : ro_fail_memory(err);
}

static void on_watchdog(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    const ro_server *server = context;
    ro_supervisor_tell(&server->supervisor, "WATCHDOG=1");
}

/* The event thread is what would hang: it says itself that it does not. */
static ro_status start_watchdog(ro_server *server, ro_error *err) {
    int64_t us = server->supervisor.watchdog_us / 2;
    if (us == 0) {
        return RO_OK;
    }
    struct timeval every = {us / 1000000, us % 1000000};
    server->watchdog = event_new(server->base, -1, EV_PERSIST, on_watchdog, server);
    return server->watchdog && event_add(server->watchdog, &every) == 0 ? RO_OK
                                                                        : ro_fail_memory(err);
}

static ro_status start_writing(ro_server *server, ro_error *err) {
    const ro_searchd_settings *settings = server->settings;
    ro_writing_settings writing = {.index = settings->index,
                                   .language = settings->language,
                                   .lexicon = settings->lexicon,
                                   .facts = settings->facts,
                                   .queue = (size_t)settings->write_queue,
                                   .memory = (size_t)settings->max_bodies / 4,
                                   .pool = server->pool,
                                   .log = &server->log};
    return ro_writing_start(&writing, &server->writing, err);
}

static ro_status start_backups(ro_server *server, ro_error *err) {
    ro_backups_settings settings = {.directory = server->settings->backups,
                                    .index = server->settings->index,
                                    .pool = server->pool,
                                    .log = &server->log};
    return ro_backups_start(&settings, &server->backups, err);
}

static ro_status start_admin(ro_server *server, ro_error *err) {
    ro_admin_work work = {.pool = server->pool,
                          .log = &server->log,
                          .try = server->try,
                          .context = server->reread_context,
                          .backups = server->backups};
    return ro_admin_start(&work, &server->admin, err);
}

static ro_status start_pool(ro_server *server, ro_error *err) {
    int64_t workers = server->settings->workers;
    if (workers == 0) {
        workers = sysconf(_SC_NPROCESSORS_ONLN);
        workers = workers < 2 ? 2 : workers;
    }
    ro_pool_settings settings = {.index = server->settings->index,
                                 .public_url = server->settings->public_url,
                                 .search_page = server->settings->search_page,
                                 .synonyms = server->settings->synonyms,
                                 .defaults = defaults_of(server->settings),
                                 .workers = (size_t)workers,
                                 .queue = (size_t)server->settings->queue,
                                 .queue_ms = server->settings->queue_time,
                                 .cache = (size_t)server->settings->cache,
                                 .log = &server->log};
    return ro_pool_start(&settings, &server->pool, err);
}

ro_status ro_server_new(const ro_searchd_settings *settings, const ro_supervisor *supervisor,
                        ro_reread_fn reread, ro_trial_fn try, void *context, ro_server **out,
                        ro_error *err) {
    *out = NULL;
    ro_server *server = calloc(1, sizeof *server);
    if (!server) {
        return ro_fail_memory(err);
    }
    server->log.fd = ro_output_open(STDERR_FILENO);
    server->access_log.fd = -1;
    server->access_log.trouble = &server->log;
    server->supervisor = *supervisor;
    server->reread = reread;
    server->try = try;
    server->reread_context = context;
    TAILQ_INIT(&server->connections);
    TAILQ_INIT(&server->idle);
    apply(server, settings);
    server->base = event_base_new();
    ro_status status = server->base ? ro_census_new(&server->census, err)
                                    : ro_fail(err, RO_IO, "cannot make an event loop");
    static ro_status (*const steps[])(ro_server *, ro_error *) = {
        open_access_log, load_keys,   load_tls,       start_listening,
        enter_sandbox,   start_pool,  start_writing,  start_backups,
        start_admin,     make_events, start_watchdog, tell_listening};
    for (size_t i = 0; status == RO_OK && i < sizeof steps / sizeof steps[0]; i++) {
        status = steps[i](server, err);
    }
    if (status != RO_OK) {
        ro_server_free(server);
        return status;
    }
    *out = server;
    return RO_OK;
}

ro_status ro_server_run(ro_server *server, ro_error *err) {
    ro_supervisor_tell(&server->supervisor, "READY=1\nSTATUS=serving");
    if (event_base_dispatch(server->base) != 0) {
        return ro_fail(err, RO_IO, "the event loop failed");
    }
    if (server->gave_up) {
        ro_log_write(&server->log, RO_LOG_WARN, "%zu connections were cut off",
                     server->connection_count);
    }
    ro_log_write(&server->log, RO_LOG_INFO, "stopped");
    return RO_OK;
}

bool ro_server_gave_up(const ro_server *server) {
    return server->gave_up || (server->backups && ro_backups_busy(server->backups));
}

void ro_server_free(ro_server *server) {
    if (!server) {
        return;
    }
    while (!TAILQ_EMPTY(&server->connections)) {
        ro_connection_close(TAILQ_FIRST(&server->connections));
    }
    ro_admin_stop(server->admin);
    ro_backups_stop(server->backups);
    ro_writing_stop(server->writing);
    ro_pool_stop(server->pool);
    ro_listen_stop(&server->listeners);
    struct event *events[] = {server->term,     server->interrupt,    server->hangup,
                              server->finished, server->accept_again, server->give_up,
                              server->watchdog};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i]) {
            event_free(events[i]);
        }
    }
    if (server->base) {
        event_base_free(server->base);
    }
    ro_census_free(server->census);
    ro_auth_release(&server->auth);
    ro_tls_free(server->tls);
    ro_access_log_close(&server->access_log);
    if (server->log.fd > STDERR_FILENO) {
        (void)close(server->log.fd);
    }
    free(server);
}

/* ---- for the other files -------------------------------------------------------------------- */

const char *ro_server_date(ro_server *server) {
    int64_t now = time(NULL);
    if (now != server->date_second) {
        server->date_second = now;
        (void)ro_http_date(now, server->date);
    }
    return server->date;
}

ro_gauges ro_server_gauges(const ro_server *server) {
    ro_pool_state state = ro_pool_state_now(server->pool);
    return (ro_gauges){.connections = server->connection_count,
                       .idle_connections = server->idle_count,
                       .queue_length = ro_pool_waiting(server->pool),
                       .writes_waiting = ro_writing_waiting(server->writing),
                       .workers = ro_pool_size(server->pool),
                       .revision = state.revision,
                       .articles = state.articles,
                       .sizes = state.sizes,
                       .cache = ro_pool_cache_counts(server->pool),
                       .writes = ro_writing_counts(server->writing),
                       .body_bytes = server->body_bytes,
                       .log_dropped = server->access_log.dropped,
                       .reload_failed = server->reload_failed,
                       .ready = ro_pool_ready(server->pool)};
}
