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
/* POST /1/indexes/NAME/browse: everything, a cursor leads to the next page. */
void ro_algolia_browse(const struct ro_work *work, ro_searchd_job *job);
/* GET /1/indexes/articles/ID, and POST /1/indexes/…/objects for several. */
void ro_algolia_object(const struct ro_work *work, ro_searchd_job *job);
void ro_algolia_objects(const struct ro_work *work, ro_searchd_job *job);

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
    bool bare;    /* attributes alone, and the body among all of them */
} ro_algolia_dress;

/* Attributes that are facets of ours by another name. */
typedef enum ro_algolia_shape {
    RO_ALGOLIA_SECONDS, /* since 1970 */
    RO_ALGOLIA_PATH     /* "2025 > 2025-02 > 2025-02-18", as hierarchies are written */
} ro_algolia_shape;
typedef struct ro_algolia_alias {
    const char *name;
    unsigned facet; /* what is counted */
    ro_algolia_shape shape;
} ro_algolia_alias;
#define RO_ALGOLIA_ALIASES 4
extern const ro_algolia_alias RO_ALGOLIA_ALIAS[RO_ALGOLIA_ALIASES];

#define RO_ALGOLIA_PATH_PART " > "
#define RO_ALGOLIA_DATE_PATH "date.lvl" /* and 0 for years, 1 for months, 2 for days */

#define RO_ALGOLIA_DEPTH_MAX 10 /* of JSON that is read, and how many values */
#define RO_ALGOLIA_VALUES_MAX 8192

/* One search on its way. */
typedef struct ro_algolia_call {
    const struct ro_work *work;
    ro_searchd_job *job;
    json_t *params;    /* all of them, in one object; borrowed, and changed */
    json_t *lists;     /* owns what was read of them */
    const char *index; /* its name */
    const char *facet; /* its values are looked for; NULL: hits are */
    ro_request request;
    ro_algolia_dress dress;
    size_t page, per_page, facet_values;
    bool by_offset, beyond; /* the page is behind what can be had */
    bool browsing;          /* goes through everything, by cursor */
    bool collapses;         /* there are articles that stand for others, too */
    unsigned shown;         /* facets that were asked for as such */
    unsigned aliases;       /* a bit for each of RO_ALGOLIA_ALIAS that was asked for */
    bool orders;            /* is to be told in which order facets are shown */
    const char *at_fault;   /* the parameter that is not taken */
    ro_error err;
} ro_algolia_call;

/* False: there is no index of that name. */
bool ro_algolia_read_index(ro_algolia_call *c, ro_str name);
/* From c->params to all that a search of hits needs: RO_INVALID, RO_LIMIT. */
ro_status ro_algolia_read_params(ro_algolia_call *c) RO_MUST_CHECK;
/* The same, after it, for values of c->facet that begin so. */
ro_status ro_algolia_read_facet(ro_algolia_call *c, ro_str *text) RO_MUST_CHECK;

/* The same, of c->params, for going through an index. */
ro_status ro_algolia_read_browse(ro_algolia_call *c) RO_MUST_CHECK;

/* What clients get for an answer of ours, of hits or of values; takes over `answer`; NULL for want
 * of memory. */
json_t *ro_algolia_answer(const ro_algolia_call *c, json_t *answer);
json_t *ro_algolia_facet_answer(const ro_algolia_call *c, json_t *answer);

/* Takes over `value`; sets `memory` where there is none left for it. */
void ro_algolia_put(json_t *object, const char *key, json_t *value, bool *memory);
/* An array of what stands between commas; NULL for want of memory. */
json_t *ro_algolia_split(ro_str text);
/* Whether the list asks for the attribute, by name or, unless `named`, by "*". "-name" takes it
 * out, "name:20" is told in `words` where that is not NULL. */
bool ro_algolia_lists(const json_t *list, const char *name, bool named, size_t *words);
/* The records for the hits of an answer; a new reference, NULL for want of memory. */
json_t *ro_algolia_hits(const json_t *answer, const ro_algolia_dress *dress);
/* An article as its record; the same. */
json_t *ro_algolia_record(json_t *article, const ro_algolia_dress *dress);
/* A text with its marks, [from, to …] in characters, in tags; the same. */
json_t *ro_algolia_tagged(ro_str text, const json_t *marks, const ro_algolia_dress *dress);

/* Appends the filters as one filter of the query language, all of them required: `filters` a
 * string, the others arrays. NULL: none. RO_INVALID for what cannot be read, or tells of no
 * attribute; RO_LIMIT. `at_fault` is the name of the one, then. */
ro_status ro_algolia_filter(const json_t *filters, const json_t *facet_filters,
                            const json_t *numeric_filters, ro_buf *out, const char **at_fault,
                            ro_error *err) RO_MUST_CHECK;

#define RO_ALGOLIA_TIME "published_timestamp" /* seconds since 1970: the attribute of times */

#endif
