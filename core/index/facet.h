/* Facets: how many of the matching articles have which source, language, year, month. */
#ifndef READOUT_INDEX_FACET_H
#define READOUT_INDEX_FACET_H

#include "columns.h"

typedef struct ro_facet_counter {
    unsigned facets; /* RO_FACET_… that are counted */
    const ro_columns *columns;
    int64_t *by_value[RO_DICTIONARIES];
    int64_t *by_month; /* from first_month; the last one is for those without a date */
    int64_t first_month;
    size_t months;
} ro_facet_counter;

ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets,
                                const ro_columns *columns, ro_arena *arena,
                                ro_error *err) RO_MUST_CHECK;
void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record);
ro_status ro_facet_counter_finish(const ro_facet_counter *counter, ro_arena *arena, ro_found *out,
                                  ro_error *err) RO_MUST_CHECK;

#endif
