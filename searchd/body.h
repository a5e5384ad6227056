/* The JSON body of a query: the parameters of the same names, in another dress. */
#ifndef READOUT_BODY_H
#define READOUT_BODY_H

#include "http/target.h"

#include <jansson.h>

#define RO_BODY_DEPTH_MAX 8    /* objects and arrays inside each other */
#define RO_BODY_VALUES_MAX 256 /* values in all: bounds what the parser takes from the heap */

/* Reads any JSON of at most so many levels and values; a new reference. RO_FORMAT (not JSON, with
 * the byte offset; a member twice), RO_LIMIT. */
ro_status ro_body_json(ro_str body, size_t depth_max, size_t values_max, json_t **out,
                       ro_error *err) RO_MUST_CHECK;

/* The members of an object as ro_body_params reads them. */
ro_status ro_body_members(json_t *object, ro_arena *arena, ro_http_params *out, ro_str *member,
                          ro_error *err) RO_MUST_CHECK;

/* Reads an object into parameters: a string is taken as it is, a number or boolean as it is
 * written, an array of strings as its elements joined by commas; each parameter has the kind it is
 * of. Copies into the arena. RO_FORMAT (not JSON, with the byte offset; a member twice), RO_INVALID
 * (not an object; a value of another kind; `*member` names it), RO_LIMIT. */
ro_status ro_body_params(ro_str body, ro_arena *arena, ro_http_params *out, ro_str *member,
                         ro_error *err) RO_MUST_CHECK;

#endif
