/* An open index with a searcher for every worker. They are opened with it: later its files may be
 * gone from their path, and only who has them open can read them. */
#ifndef READOUT_OPENED_H
#define READOUT_OPENED_H

#include "readout/query.h"

/* Who shares it keeps the lock of `holders` and `strayed`. */
typedef struct ro_opened {
    ro_index *index;
    ro_watch *watch;
    uint64_t tag;     /* tells the directory from another one at the same path */
    unsigned holders; /* 1 at first; the last one frees it */
    bool strayed;     /* some read it from where another one may be, not what is watched */
    size_t count;
    ro_searcher *searchers[]; /* NULL: its worker has taken it */
} ro_opened;

/* As many searchers are opened at a time as there are processors. */
ro_status ro_opened_new(const char *path, size_t workers, ro_opened **out,
                        ro_error *err) RO_MUST_CHECK;
/* With the searchers that nobody has taken. */
void ro_opened_free(ro_opened *opened);

#endif
