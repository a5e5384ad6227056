#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 1024

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
} any_address;

static ro_status to_endpoint(const char *listen_at, any_address *out, int *len, ro_error *err) {
    char host[RO_HOST_MAX];
    uint16_t port = 0;
    ro_status status = ro_searchd_settings_address(listen_at, host, &port, err);
    if (status != RO_OK) {
        return status;
    }
    *out = (any_address){0};
    if (inet_pton(AF_INET, host, &out->in.sin_addr) == 1) {
        out->in.sin_family = AF_INET;
        out->in.sin_port = htons(port);
        *len = sizeof out->in;
    } else {
        (void)inet_pton(AF_INET6, host, &out->in6.sin6_addr);
        out->in6.sin6_family = AF_INET6;
        out->in6.sin6_port = htons(port);
        *len = sizeof out->in6;
    }
    return RO_OK;
}

static any_address address_of(struct evconnlistener *listener) {
    any_address at = {0};
    socklen_t len = sizeof at;
    (void)getsockname(evconnlistener_get_fd(listener), &at.any, &len);
    return at;
}

static bool is_loopback(const any_address *at) {
    return at->any.sa_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&at->in6.sin6_addr)
                                         : ntohl(at->in.sin_addr.s_addr) >> 24 == 127;
}

static uint16_t port_of(const any_address *at) {
    return ntohs(at->any.sa_family == AF_INET6 ? at->in6.sin6_port : at->in.sin_port);
}

void ro_listen_name(const ro_listeners *listeners, size_t which, bool tls, ro_buf *out) {
    any_address at = address_of(listeners->at[which]);
    bool six = at.any.sa_family == AF_INET6;
    const void *bytes = six ? (const void *)&at.in6.sin6_addr : (const void *)&at.in.sin_addr;
    char host[RO_HOST_MAX] = "";
    (void)inet_ntop(at.any.sa_family, bytes, host, sizeof host);
    ro_buf_printf(out, six ? "http%s://[%s]:%u" : "http%s://%s:%u", tls ? "s" : "", host,
                  port_of(&at));
}

/* Whole or not at all: who waits for the file reads it as soon as it is there. */
static ro_status write_port_file(const char *path, uint16_t port, ro_error *err) {
    ro_buf name = RO_BUF_INIT;
    ro_buf_printf(&name, "%s.new", path);
    ro_buf_add_byte(&name, 0);
    ro_status status = ro_buf_check(&name, err);
    FILE *file = status == RO_OK ? fopen(name.ptr, "we") : NULL;
    bool written = file && fprintf(file, "%u\n", port) > 0;
    written = file && fclose(file) == 0 && written;
    if (status == RO_OK && (!written || rename(name.ptr, path) != 0)) {
        status = ro_fail(err, RO_IO, "cannot write port file '%s': %s", path, strerror(errno));
    }
    ro_buf_release(&name);
    return status;
}

static ro_status check_socket(int fd, ro_error *err) {
    int listens = 0;
    int family = 0;
    socklen_t len = sizeof listens;
    bool known = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 &&
                 getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) == 0;
    if (!known || !listens || (family != AF_INET && family != AF_INET6)) {
        return ro_fail(err, RO_INVALID,
                       "descriptor %d that was handed over is no listening socket of IPv4 or IPv6",
                       fd);
    }
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return RO_OK;
}

static ro_status take(ro_listeners *listeners, struct evconnlistener *listener, const char *name,
                      ro_error *err) {
    if (!listener) {
        return ro_fail(err, RO_IO, "cannot listen on '%s': %s", name, strerror(errno));
    }
    any_address at = address_of(listener);
    listeners->loopback = (listeners->count == 0 || listeners->loopback) && is_loopback(&at);
    listeners->port = listeners->count ? listeners->port : port_of(&at);
    listeners->at[listeners->count++] = listener;
    return RO_OK;
}

static ro_status start_own(ro_listeners *listeners, const char *at, struct event_base *base,
                           const ro_listen_callbacks *callbacks, ro_error *err) {
    any_address endpoint;
    int len = 0;
    ro_status status = to_endpoint(at, &endpoint, &len, err);
    if (status != RO_OK) {
        return status;
    }
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    return take(listeners,
                evconnlistener_new_bind(base, callbacks->accepted, callbacks->context, flags,
                                        BACKLOG, &endpoint.any, len),
                at, err);
}

static ro_status start_inherited(ro_listeners *listeners, const ro_supervisor *supervisor,
                                 struct event_base *base, const ro_listen_callbacks *callbacks,
                                 ro_error *err) {
    ro_status status = RO_OK;
    if (supervisor->sockets > RO_LISTENERS_MAX) {
        return ro_fail(err, RO_LIMIT, "more than %d sockets were handed over", RO_LISTENERS_MAX);
    }
    for (int i = 0; i < supervisor->sockets && status == RO_OK; i++) {
        int fd = RO_SUPERVISOR_FIRST + i;
        status = check_socket(fd, err);
        if (status == RO_OK) {
            status = take(listeners,
                          evconnlistener_new(base, callbacks->accepted, callbacks->context,
                                             LEV_OPT_CLOSE_ON_FREE, 0, fd),
                          "a socket that was handed over", err);
        }
    }
    return status;
}

ro_status ro_listen_start(ro_listeners *listeners, const ro_searchd_settings *settings,
                          const ro_supervisor *supervisor, struct event_base *base,
                          const ro_listen_callbacks *callbacks, ro_error *err) {
    ro_status status = supervisor->sockets
                           ? start_inherited(listeners, supervisor, base, callbacks, err)
                           : start_own(listeners, settings->listen, base, callbacks, err);
    for (size_t i = 0; i < listeners->count; i++) {
        evconnlistener_set_error_cb(listeners->at[i], callbacks->failed);
    }
    return status;
}

ro_status ro_listen_tell(const ro_listeners *listeners, const ro_searchd_settings *settings,
                         ro_error *err) {
    return settings->port_file ? write_port_file(settings->port_file, listeners->port, err) : RO_OK;
}

void ro_listen_enable(const ro_listeners *listeners, bool on) {
    for (size_t i = 0; i < listeners->count; i++) {
        (void)(on ? evconnlistener_enable : evconnlistener_disable)(listeners->at[i]);
    }
}

void ro_listen_stop(ro_listeners *listeners) {
    for (size_t i = 0; i < listeners->count; i++) {
        evconnlistener_free(listeners->at[i]);
    }
    *listeners = (ro_listeners){0};
}
