/* A job: one request with its answer, on its way from the event thread to a worker and back.
 *
 * At any time one thread owns it: the event thread, or the worker that took it from the queue. Only
 * `connection` belongs to the event thread throughout, and `abandoned` to both.
 */
#ifndef READOUT_JOB_H
#define READOUT_JOB_H

#include "http/request.h"
#include "http/response.h"
#include "keys.h"
#include "made.h"
#include "readout/arena.h"
#include "readout/deadline.h"

#include <stdatomic.h>

struct ro_connection;
struct ro_route;

/* What a handler has changed, for the event thread to follow before it answers: a bit each. */
enum { RO_CHANGED_KEYS = 1, RO_CHANGED_SETTINGS = 2 };

typedef struct ro_searchd_job {
    ro_http_request request;
    ro_http_response response;
    const struct ro_route *route;  /* NULL: no such resource */
    ro_str argument;               /* what stands for the '*' of the route's path, still escaped */
    char key[RO_KEY_NAME_MAX + 1]; /* name of the client's key; "": none */
    ro_str filter;                 /* that the client's key restricts all searches to */
    bool tls;                      /* the client speaks it */
    unsigned kind; /* 1 + the kind that was looked for, RO_KIND_ALL included; 0: none. The handler's
                    */
    ro_arena arena;  /* for the handler */
    ro_str question; /* what its answer is kept by, see recall.h; empty: it is not */
    ro_deadline deadline;
    int64_t arrived_ns;               /* the first byte of the request */
    int64_t complete_ns;              /* the last one */
    int64_t begun_ns, done_ns;        /* the handler; 0: it never ran */
    struct ro_connection *connection; /* NULL: nobody waits for the answer any more */
    atomic_bool abandoned;            /* the answer is not needed: do not begin, or leave off */
    bool damaged;                     /* the index is, as the handler saw */
    bool again;                       /* a worker had it, and it waited in vain, see twins.h */
    bool alone;                       /* it waits for no answer to the same question any more */
    /* Administration: files as settings had them; in the arena. `named`: synonyms, if they were. */
    const char *keys, *synonyms, *named, *index;
    unsigned changed; /* RO_CHANGED_… */
    char *reload;     /* not a request: open this index and serve it from now on */
    char *reloaded;   /* and the synonyms of this file; NULL: of the index */
    /* A piece of a body that is streamed: lines, see lines.h. `first` 0: the request is whole. */
    struct {
        int64_t first, long_line;
        size_t max;     /* bytes of a line */
        bool continued; /* the answer has begun: what fails is told line by line */
    } lines;
    ro_made made; /* what it is to write, or the rest of that, once it was made ready */
    struct ro_searchd_job *next; /* in the list of finished jobs, or of twins */
} ro_searchd_job;

/* NULL when there is no memory. */
ro_searchd_job *ro_searchd_job_new(void);
void ro_searchd_job_free(ro_searchd_job *job);

#endif
