/* Who is connected: clients by address, and how many connections each holds. */
#ifndef READOUT_ADDRESS_H
#define READOUT_ADDRESS_H

#include "readout/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address, since
 * whoever has one such address has all of its network. */
typedef struct ro_client {
    uint8_t bytes[8];
    uint8_t family; /* 4 or 6 */
} ro_client;

ro_client ro_client_of(const struct sockaddr *address);

typedef struct ro_census ro_census;

ro_status ro_census_new(ro_census **out, ro_error *err) RO_MUST_CHECK;
void ro_census_free(ro_census *census);
/* Counts one more connection and returns how many there are now; 0: no memory. */
size_t ro_census_enter(ro_census *census, ro_client client);
void ro_census_leave(ro_census *census, ro_client client);

#endif
