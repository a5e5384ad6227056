/* What systemd, or whoever starts the daemon in its way, hands over and is told: sockets that are
 * listened on already (sd_listen_fds(3)) and news about the state (sd_notify(3)). */
#ifndef READOUT_SUPERVISOR_H
#define READOUT_SUPERVISOR_H

#include "readout/status.h"

#include <stdbool.h>

#define RO_SUPERVISOR_FIRST 3 /* descriptor; the others follow */

typedef struct ro_supervisor {
    int fd;              /* connected to the one who wants news; -1: nobody does */
    int sockets;         /* from RO_SUPERVISOR_FIRST on */
    int64_t watchdog_us; /* a sign of life is expected within it; 0: not */
} ro_supervisor;

/* The variables of the environment of these names; NULL where there is none. */
typedef struct ro_supervisor_words {
    const char *notify_socket, *listen_pid, *listen_fds, *watchdog_pid, *watchdog_usec;
} ro_supervisor_words;

/* What is for another process, or is no number, counts as not there; RO_IO for a socket for news
 * that cannot be reached. */
ro_status ro_supervisor_open(ro_supervisor *supervisor, const ro_supervisor_words *words,
                             ro_error *err) RO_MUST_CHECK;
void ro_supervisor_close(ro_supervisor *supervisor);

/* "READY=1" and the like; lost rather than waited for. */
void ro_supervisor_tell(const ro_supervisor *supervisor, const char *news);

#endif
