/* Percent-decoding of paths and query strings. */
#ifndef READOUT_HTTP_TARGET_H
#define READOUT_HTTP_TARGET_H

#include "readout/arena.h"

#define RO_HTTP_PARAMS_MAX 64 /* parameters in one query string */

typedef struct ro_http_param {
    ro_str name, value;
} ro_http_param;

typedef struct ro_http_params {
    ro_http_param *items;
    size_t count;
} ro_http_params;

/* Undoes %XX, and '+' for a space if `plus`. The result lives in the arena. RO_FORMAT, with the
 * offset in `raw`, for a broken escape or when the result is not UTF-8. */
ro_status ro_target_decode(ro_str raw, bool plus, ro_arena *arena, ro_str *out,
                           ro_error *err) RO_MUST_CHECK;

/* name=value pairs separated by '&', as HTML forms send them; a pair without '=' has an empty
 * value, an empty pair is skipped. RO_FORMAT as above, and for a name that stands twice, which
 * is then in `doubled`; RO_LIMIT. */
ro_status ro_target_params(ro_str query, ro_arena *arena, ro_http_params *out, ro_str *doubled,
                           ro_error *err) RO_MUST_CHECK;

#endif
