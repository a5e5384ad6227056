/* Articles of a request, read and made ready: the costly part, which needs no index. One thread
 * does it while another writes what was made before; of a request of many articles, some at a time.
 */
#ifndef READOUT_MADE_H
#define READOUT_MADE_H

#include "problem.h"
#include "readout/arena.h"
#include "readout/maker.h"

typedef struct ro_made_article {
    int64_t line;          /* that it stands in; 0: it is the whole body */
    ro_prepared *prepared; /* NULL: see status */
    ro_status status;
    bool refused; /* for what is wrong with the article; else a status is about us */
    ro_problem problem;
    ro_str fault; /* why */
    ro_str id;
    bool undated; /* its date could not be read; it is in all the same */
} ro_made_article;

typedef struct ro_made {
    struct ro_searchd_job *job;
    bool more;       /* of the same request is to come */
    ro_arena memory; /* of the strings */
    ro_made_article *articles;
    size_t count, room;
    size_t bytes; /* that they take up, about */
    bool failed;  /* memory ran out: some are missing */
} ro_made;

/* What to make them with; of one thread. */
typedef struct ro_making {
    ro_maker *maker;
    ro_str language; /* of articles that do not state theirs */
    ro_arena scratch;
    /* Called after each article: may take what the job has made to the writer, before the rest. */
    void (*hand_over)(struct ro_making *making, struct ro_searchd_job *job);
} ro_making;

/* Reads the text of an article and makes it ready; `id`, unless empty, is the one it must have.
 * What goes wrong is told by the article. */
void ro_made_add(ro_made *made, ro_making *making, ro_str text, ro_str id, int64_t line);
/* A line that is longer than `max` bytes, and not read. */
void ro_made_add_long(ro_made *made, size_t max, int64_t line);
void ro_made_release(ro_made *made);

#endif
