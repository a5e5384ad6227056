/* The Algolia search protocol, for its clients as they are: one index for each kind of documents.
 *
 * What a record is, which parameters count and what they become is told in README.md; parameters
 * that are not known are passed over, as clients send many that are about other things.
 */
#ifndef READOUT_ALGOLIA_H
#define READOUT_ALGOLIA_H

#include "job.h"
#include "readout/query.h"

#include <jansson.h>

struct ro_work;

/* POST /1/indexes/NAME/query, where NAME may be '*' with several searches in one request:
 * /1/indexes/…/queries. */
void ro_algolia_query(const struct ro_work *work, ro_searchd_job *job);
void ro_algolia_queries(const struct ro_work *work, ro_searchd_job *job);
/* POST /1/indexes/NAME/facets/FACET/query */
void ro_algolia_facet(const struct ro_work *work, ro_searchd_job *job);

/* Gives a problem the "message" that these clients show. */
void ro_algolia_explain_problem(ro_http_response *response);
/* The credentials of a request: a field, or a parameter of the query string; NULL: there are none.
 */
ro_str ro_algolia_key(ro_searchd_job *job);

/* ---- between the files ---------------------------------------------------------------------- */

#define RO_ALGOLIA_TAG_MAX 100 /* bytes of a tag around highlights */

/* How hits are to look. Lists are arrays of strings, borrowed. */
typedef struct ro_algolia_dress {
    const json_t *retrieve;  /* NULL: all but the body */
    const json_t *highlight; /* NULL: all that is a string */
    const json_t *snippet;   /* NULL: none */
    ro_str pre, post, ellipsis;
    bool ranking; /* tell of typos and such */
} ro_algolia_dress;

/* Whether the list asks for the attribute, by name or, unless `named`, by "*". "-name" takes it
 * out, "name:20" is told in `words` where that is not NULL. */
bool ro_algolia_lists(const json_t *list, const char *name, bool named, size_t *words);
/* The records for the hits of an answer; a new reference, NULL for want of memory. */
json_t *ro_algolia_hits(const json_t *answer, const ro_algolia_dress *dress);
/* A text with its marks, [from, to …] in characters, in tags; the same. */
json_t *ro_algolia_tagged(ro_str text, const json_t *marks, const ro_algolia_dress *dress);

/* Appends the filters as one filter of the query language, all of them required: `filters` a
 * string, the others arrays. NULL: none. RO_INVALID for what cannot be read, or tells of no
 * attribute; RO_LIMIT. */
ro_status ro_algolia_filter(const json_t *filters, const json_t *facet_filters,
                            const json_t *numeric_filters, ro_buf *out,
                            ro_error *err) RO_MUST_CHECK;

#define RO_ALGOLIA_TIME "published_timestamp" /* seconds since 1970: the attribute of times */

#endif
