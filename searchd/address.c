#include "address.h"

#include "readout/buffer.h"

#include <netinet/in.h>
#include <stdlib.h>

#define BUCKETS 1024 /* a power of two */

typedef struct entry {
    struct entry *next;
    ro_client client;
    size_t connections;
} entry;

struct ro_census {
    entry *buckets[BUCKETS];
};

ro_client ro_client_of(const struct sockaddr *address) {
    ro_client client = {{0}, 4};
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        memcpy(client.bytes, &in->sin_addr, sizeof in->sin_addr);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
            memcpy(client.bytes, in6->sin6_addr.s6_addr + 12, 4);
        } else {
            client.family = 6;
            memcpy(client.bytes, &in6->sin6_addr, sizeof client.bytes);
        }
    }
    return client;
}

ro_status ro_census_new(ro_census **out, ro_error *err) {
    *out = calloc(1, sizeof **out);
    return *out ? RO_OK : ro_fail_memory(err);
}

void ro_census_free(ro_census *census) {
    for (size_t i = 0; census && i < BUCKETS; i++) {
        while (census->buckets[i]) {
            entry *next = census->buckets[i]->next;
            free(census->buckets[i]);
            census->buckets[i] = next;
        }
    }
    free(census);
}

/* The link that points to the client's entry, or to NULL at the end of its bucket. */
static entry **find(ro_census *census, ro_client client) {
    uint64_t hash = ro_str_hash(ro_str_make((const char *)client.bytes, sizeof client.bytes));
    entry **link = &census->buckets[hash & (BUCKETS - 1)];
    while (*link && ((*link)->client.family != client.family ||
                     memcmp((*link)->client.bytes, client.bytes, sizeof client.bytes) != 0)) {
        link = &(*link)->next;
    }
    return link;
}

size_t ro_census_enter(ro_census *census, ro_client client) {
    entry **link = find(census, client);
    if (!*link) {
        *link = calloc(1, sizeof **link);
        if (!*link) {
            return 0;
        }
        (*link)->client = client;
    }
    return ++(*link)->connections;
}

void ro_census_leave(ro_census *census, ro_client client) {
    entry **link = find(census, client);
    entry *found = *link;
    if (found && --found->connections == 0) {
        *link = found->next;
        free(found);
    }
}
