/* Facets: how many of the matching documents have which value of a column, year, month. */
#ifndef READOUT_INDEX_FACET_H
#define READOUT_INDEX_FACET_H

#include "snapshot.h"

typedef struct ro_facet_counter {
    unsigned facets; /* RO_FACET_… that are counted */
    const ro_dictionary *dictionaries[RO_COLUMNS];
    int64_t *by_value[RO_COLUMNS]; /* NULL: not counted */
    bool lists;                    /* some of those are of lists */
    int64_t *by_month;             /* from first_month; the last one is for those without a date */
    int64_t first_month;
    size_t months;
} ro_facet_counter;

ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets, ro_snapshot *snapshot,
                                const ro_totals *totals, ro_arena *arena,
                                ro_error *err) RO_MUST_CHECK;
void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record, ro_list list);
ro_status ro_facet_counter_finish(const ro_facet_counter *counter, ro_arena *arena, ro_found *out,
                                  ro_error *err) RO_MUST_CHECK;

#endif
