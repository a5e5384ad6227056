#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* 0 for what is no number. */
static int64_t number(const char *word) {
    char *end = NULL;
    errno = 0;
    long long value = word && *word >= '0' && *word <= '9' ? strtoll(word, &end, 10) : 0;
    return end && *end == 0 && errno == 0 ? value : 0;
}

/* Descriptors of others must not be taken for ours: the variables outlive an exec. */
static int count_sockets(const ro_supervisor_words *words) {
    int64_t count = number(words->listen_pid) == getpid() ? number(words->listen_fds) : 0;
    int known = 0;
    while (known < count && fcntl(RO_SUPERVISOR_FIRST + known, F_GETFD) >= 0) {
        (void)fcntl(RO_SUPERVISOR_FIRST + known, F_SETFD, FD_CLOEXEC);
        known++;
    }
    return known;
}

static ro_status reach(const char *path, int *out, ro_error *err) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || len >= sizeof address.sun_path) {
        return ro_fail(err, RO_IO, "cannot tell NOTIFY_SOCKET '%s': it is no path of a socket",
                       path);
    }
    memcpy(address.sun_path, path, len);
    bool abstract = path[0] == '@';
    if (abstract) {
        address.sun_path[0] = 0;
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (abstract ? 0 : 1));
    *out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*out < 0 || connect(*out, (const struct sockaddr *)&address, size) != 0) {
        return ro_fail(err, RO_IO, "cannot tell NOTIFY_SOCKET '%s': %s", path, strerror(errno));
    }
    return RO_OK;
}

ro_status ro_supervisor_open(ro_supervisor *supervisor, const ro_supervisor_words *words,
                             ro_error *err) {
    bool watched = !words->watchdog_pid || number(words->watchdog_pid) == getpid();
    *supervisor = (ro_supervisor){.fd = -1,
                                  .sockets = count_sockets(words),
                                  .watchdog_us = watched ? number(words->watchdog_usec) : 0};
    ro_status status = words->notify_socket && *words->notify_socket
                           ? reach(words->notify_socket, &supervisor->fd, err)
                           : RO_OK;
    if (status != RO_OK) {
        ro_supervisor_close(supervisor);
    }
    return status;
}

void ro_supervisor_close(ro_supervisor *supervisor) {
    if (supervisor->fd >= 0) {
        (void)close(supervisor->fd);
    }
    supervisor->fd = -1;
}

void ro_supervisor_tell(const ro_supervisor *supervisor, const char *news) {
    if (supervisor->fd >= 0) {
        (void)send(supervisor->fd, news, strlen(news), MSG_NOSIGNAL);
    }
}
