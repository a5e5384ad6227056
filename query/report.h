/* What was repaired in a query, to be told to the user. */
#ifndef READOUT_QUERY_REPORT_H
#define READOUT_QUERY_REPORT_H

#include "readout/arena.h"

#define RO_REPAIRS_MAX 32 /* repairs that are told one by one; the rest is only counted */

typedef struct ro_repair {
    size_t at;      /* byte offset in the text, made well-formed */
    const char *in; /* which text: "q" or "filter" */
    ro_str what;    /* one sentence: lower case, no full stop */
} ro_repair;

typedef struct ro_report {
    ro_arena *arena;
    const char *in;
    ro_str text; /* that offsets count in: well-formed */
    bool typing; /* the text may go on: what stands at its end is not repaired yet */
    ro_repair repairs[RO_REPAIRS_MAX];
    size_t count; /* of all, told or not */
} ro_report;

/* Long user text in messages is cut: ro_report_add(r, at, "no '%.*s'",
 * RO_STR_ARG(ro_report_quote(t))). */
ro_str ro_report_quote(ro_str text);
void ro_report_add(ro_report *report, size_t at, const char *format, ...) RO_PRINTF(3, 4);

#endif
