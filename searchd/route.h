/* The routes: which path and method is answered by what, and on which thread. */
#ifndef READOUT_ROUTE_H
#define READOUT_ROUTE_H

#include "job.h"

struct ro_server;
struct ro_work;
struct ro_write_work;
struct ro_admin_work;

typedef struct ro_route {
    const char *path; /* a '*' stands for one segment, not empty; two at most */
    unsigned methods; /* RO_HTTP_…; GET includes HEAD */
    /* One of them: at once on the event thread, and then quick; or on a worker. */
    void (*at_once)(const struct ro_server *server, ro_searchd_job *job);
    void (*work)(const struct ro_work *work, ro_searchd_job *job);
    /* What writes, of the methods above, is for the writer's thread; before that, what needs no
     * index is done by the maker's. */
    unsigned writes;
    void (*make)(ro_making *making, ro_searchd_job *job);
    ro_status (*write)(const struct ro_write_work *work, ro_searchd_job *job, ro_error *err);
    /* All of it needs the scope admin, and is for the thread of administration. */
    void (*admin)(const struct ro_admin_work *work, ro_searchd_job *job);
    bool open;    /* needs no key, ever */
    bool filters; /* keeps to the filter of a key; others are not for keys that have one */
    bool cached;  /* the same question has the same answer while the index stays as it is */
    bool algolia; /* for clients of that protocol: see algolia.h about keys and problems */
} ro_route;

extern const ro_route RO_ROUTES[];
extern const size_t RO_ROUTE_COUNT;

/* The route for a path as sent; sets what the '*' stood for, two with what is between. NULL: none.
 */
const ro_route *ro_route_find(ro_str path, ro_str *argument);
/* "GET, HEAD, OPTIONS" for the Allow field; NULL: of all routes. */
void ro_route_allow(const ro_route *route, ro_buf *out);
/* Position in the table for statistics; RO_ROUTE_COUNT for NULL. */
size_t ro_route_index(const ro_route *route);

#endif
