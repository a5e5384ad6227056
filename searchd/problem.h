/* Errors as RFC 9457 problem+json: type, title, status, detail, and where in the input. */
#ifndef READOUT_PROBLEM_H
#define READOUT_PROBLEM_H

#include "http/response.h"

typedef enum ro_problem {
    RO_PROBLEM_MALFORMED,
    RO_PROBLEM_UNKNOWN_PARAMETER,
    RO_PROBLEM_PARAMETER,
    RO_PROBLEM_BODY,
    RO_PROBLEM_CREDENTIALS,
    RO_PROBLEM_SCOPE,
    RO_PROBLEM_RESOURCE,
    RO_PROBLEM_ARTICLE,
    RO_PROBLEM_RECORD,
    RO_PROBLEM_FACET,
    RO_PROBLEM_INDEX_NAME,
    RO_PROBLEM_KEY,
    RO_PROBLEM_BACKUP,
    RO_PROBLEM_METHOD,
    RO_PROBLEM_NOT_ACCEPTABLE,
    RO_PROBLEM_TIMEOUT,
    RO_PROBLEM_CONFLICT,
    RO_PROBLEM_PRECONDITION,
    RO_PROBLEM_CONTENT_SIZE,
    RO_PROBLEM_TARGET_SIZE,
    RO_PROBLEM_MEDIA_TYPE,
    RO_PROBLEM_EXPECTATION,
    RO_PROBLEM_ARTICLE_CONTENT,
    RO_PROBLEM_VALUE,
    RO_PROBLEM_RATE,
    RO_PROBLEM_FIELDS_SIZE,
    RO_PROBLEM_INTERNAL,
    RO_PROBLEM_UNSUPPORTED,
    RO_PROBLEM_OVERLOADED,
    RO_PROBLEM_INDEX,
    RO_PROBLEM_SETTINGS,
    RO_PROBLEM_DEADLINE,
    RO_PROBLEM_VERSION,
    RO_PROBLEM_STORAGE
} ro_problem;

#define RO_PROBLEM_TYPE "urn:readout:problem:" /* before the slug */

/* The part of the request at fault. */
typedef struct ro_where {
    const char *in;   /* "query", "path", "field", "body"; NULL: nothing more is known */
    ro_str name;      /* of the parameter, field or member; may be empty, need not be UTF-8 */
    int64_t position; /* byte offset in that part, -1: none */
} ro_where;

#define RO_WHERE_NONE ((ro_where){NULL, {NULL, 0}, -1})

/* Makes the response this problem. Answers that say "later" get Retry-After. */
void ro_problem_write(ro_http_response *response, ro_problem problem, ro_str detail,
                      ro_where where);
void ro_problem_printf(ro_http_response *response, ro_problem problem, ro_where where,
                       const char *format, ...) RO_PRINTF(4, 5);

/* The problem for a status that the request parser refuses with. */
ro_problem ro_problem_of_refusal(int http_status);

/* What a failed call means to a client; `or_else` for the statuses that blame the request. */
ro_problem ro_problem_of_status(ro_status status, ro_problem or_else);
/* The same for a failed write to the index. */
ro_problem ro_problem_of_write(ro_status status);
/* The same for a failed change of a file of settings. */
ro_problem ro_problem_of_change(ro_status status, ro_problem or_else);

int ro_problem_http_status(ro_problem problem);
/* "invalid-body" */
const char *ro_problem_slug(ro_problem problem);

#endif
