/* The fields of the query language: one table. */
#ifndef READOUT_QUERY_FIELD_H
#define READOUT_QUERY_FIELD_H

#include "syntax.h"

typedef enum ro_field_kind {
    RO_FIELD_KIND_WORDS,
    RO_FIELD_KIND_VALUE,
    RO_FIELD_KIND_DATE,
    RO_FIELD_KIND_WEEK,
    RO_FIELD_KIND_AFTER,
    RO_FIELD_KIND_BEFORE
} ro_field_kind;

typedef struct ro_field {
    const char *name;
    ro_field_kind kind;
    unsigned fields;  /* WORDS */
    ro_column column; /* VALUE */
} ro_field;

/* Names are compared without case; NULL when there is no such field. */
const ro_field *ro_field_find(ro_str name);

/* Fills a RANGE node from "2025-02", "2025-02..2025-03", "2025.." or "..2025"; of a week, from the
 * date it begins with. False: not a date. A reversed range is turned round and reported. */
bool ro_field_read_dates(const ro_field *field, ro_str text, ro_report *report, ro_syntax *node);

#endif
