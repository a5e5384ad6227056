/* Facets: how many of the matching documents have which value of a column, or date; of groups, how
 * many have a document that has it. People are counted as merged, and shown by the name of the form
 * that most documents have; those whom one name finds are one value: a surname alone stands for all
 * who have it, as in a query. */
#ifndef READOUT_INDEX_FACET_H
#define READOUT_INDEX_FACET_H

#include "snapshot.h"

/* Counts by year, month, week or day from the first that any document has. */
typedef struct ro_date_counter {
    int64_t *counts; /* the last one is for documents without a date; NULL: not counted */
    int64_t *units;  /* as of ro_facet_counter */
    int64_t first;
    size_t count;
    uint32_t *of_day; /* which of them each day from the first on counts for; NULL: not listed */
    int64_t first_day;
    int64_t *starts; /* where they are listed: the second that each begins with, and one more */
} ro_date_counter;

typedef struct ro_facet_counter {
    unsigned facets; /* RO_FACET_… that are counted */
    const ro_dictionary *dictionaries[RO_COLUMNS];
    int64_t *by_value[RO_COLUMNS];    /* NULL: not counted */
    bool lists;                       /* some of those are of lists */
    ro_groups *people;                /* where some are of people, who count once by any name */
    ro_date_counter dates[RO_FACETS]; /* in an order of its own */
    bool dated;                       /* some of those are counted */
    int64_t *by_surname[RO_COLUMNS];  /* of people: by one value of each surname */
    int64_t *surname_units[RO_COLUMNS];
    /* With groups, and of people: by value the group, else the document, that counted for it last;
     * `unit` is the one being counted. */
    int64_t *units[RO_COLUMNS];
    int64_t unit;
    bool grouped;
    bool failed; /* memory ran out */
} ro_facet_counter;

/* `grouped`: documents come group by group, `unit` of each other than that of the one before. */
ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets, bool grouped,
                                ro_snapshot *snapshot, const ro_totals *totals, ro_arena *arena,
                                ro_error *err) RO_MUST_CHECK;
void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record, ro_list list);
/* The same for several documents, which are of no groups. */
void ro_facet_counter_add_all(ro_facet_counter *counter, const ro_record *const *records,
                              const ro_list *lists, size_t count);
ro_status ro_facet_counter_finish(const ro_facet_counter *counter, ro_arena *arena, ro_found *out,
                                  ro_error *err) RO_MUST_CHECK;

#endif
