/* From a plan to an FTS5 MATCH expression: which documents of a hot leaf need to be looked at.
 *
 * The expression is a superset: every document that holds one of the terms and matches is in it.
 * Its last phrases are one for each term, joined so that FTS5 keeps all of them on the row at hand:
 *   every term is required:           a AND b AND c
 *   a bound that is much tighter:     (bound) AND (a OR b OR c)
 *   else:                             a OR b OR c
 */
#ifndef READOUT_INDEX_HOT_EXPRESSION_H
#define READOUT_INDEX_HOT_EXPRESSION_H

#include "../plan.h"

typedef struct ro_expression {
    ro_str text; /* terminated; empty: no document that holds a term can match */
    int *phrase; /* by term: number of its phrase, -1 when no document holds it */
    bool rest;   /* documents without any of the terms may match too */
} ro_expression;

ro_status ro_expression_make(const ro_plan *plan, ro_arena *arena, ro_expression *out,
                             ro_error *err) RO_MUST_CHECK;

#endif
