/* Asking an index: requests in, JSON answers out. What the daemon serves and the command line shows
 * comes from here, so that both say the same.
 */
#ifndef READOUT_QUERY_H
#define READOUT_QUERY_H

#include "readout/index.h"

#define RO_QUERY_TEXT_MAX (64 << 10) /* bytes of a query; more is RO_LIMIT */
#define RO_QUERY_WORDS_MAX                                                                         \
    64                      /* words of a query that are used; the rest is reported as left out    \
                             */
#define RO_LIMIT_MAX 1000   /* hits in one answer */
#define RO_OFFSET_MAX 10000 /* deeper pages need a cursor */

/* A searcher: a snapshot with an analyser and scratch memory. One thread at a time. */
typedef struct ro_searcher ro_searcher;

ro_status ro_searcher_open(ro_index *index, ro_searcher **out, ro_error *err) RO_MUST_CHECK;
void ro_searcher_close(ro_searcher *searcher);
/* Moves to the newest commit; microseconds when there is none. */
ro_status ro_searcher_refresh(ro_searcher *searcher, ro_error *err) RO_MUST_CHECK;
uint64_t ro_searcher_revision(const ro_searcher *searcher);
/* For statistics and checks; borrowed. */
ro_snapshot *ro_searcher_snapshot(ro_searcher *searcher);

typedef enum ro_match_mode {
    RO_MATCH_MODE_AUTO,
    RO_MATCH_MODE_ALL,
    RO_MATCH_MODE_ANY
} ro_match_mode;
typedef enum ro_highlight {
    RO_HIGHLIGHT_NONE,
    RO_HIGHLIGHT_OFFSETS,
    RO_HIGHLIGHT_HTML
} ro_highlight;

/* What a request asks for; interfaces are the same for HTTP parameters, JSON bodies and flags. */
typedef struct ro_request {
    ro_str q;      /* query language; empty: everything */
    ro_str filter; /* query language; restricts, does not score */
    ro_match_mode match;
    ro_sort sort;
    unsigned facets; /* RO_FACET_… */
    size_t limit, offset;
    ro_str cursor; /* `next` of the answer before; empty: from the start */
    ro_highlight highlight;
    size_t snippets; /* passages a hit, 0-3 */
    bool prefix;     /* the last word may be unfinished */
    bool explain;
    double half_life_days; /* recency decay; 0: none */
    ro_deadline deadline;  /* never set from outside */
} ro_request;

/* limit 10, snippets 3, highlight offsets, no deadline. */
ro_request ro_request_default(void);

/* Sets one parameter by its public name ("limit", "sort", "facets" …), as HTTP, JSON and flags give
 * it. Values are borrowed. RO_NOT_FOUND: no such parameter; RO_INVALID: the message says what is
 * allowed. */
ro_status ro_request_set(ro_request *request, ro_str name, ro_str value,
                         ro_error *err) RO_MUST_CHECK;

/* Runs it and gives the answer object of the interface (query, total, took_ms, hits, facets, next);
 * a new reference. */
ro_status ro_searcher_search(ro_searcher *searcher, const ro_request *request, json_t **answer,
                             ro_error *err) RO_MUST_CHECK;

/* Completions of the last word, and titles, for a search box: {"query","took_ms","suggestions":
 * [{"text","kind":"word"|"title","count"|"id","highlights"}]}. */
ro_status ro_searcher_suggest(ro_searcher *searcher, ro_str q, size_t limit, ro_deadline deadline,
                              json_t **answer, ro_error *err) RO_MUST_CHECK;

/* The whole article as JSON; RO_NOT_FOUND. */
ro_status ro_searcher_article(ro_searcher *searcher, ro_str id, json_t **answer,
                              ro_error *err) RO_MUST_CHECK;

/* The hits of an answer as RFC 4180 CSV with a header line. */
ro_status ro_answer_to_csv(const json_t *answer, ro_buf *out, ro_error *err) RO_MUST_CHECK;

#endif
