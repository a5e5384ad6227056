#include "facet.h"

#include <stdlib.h>

#define MONTH_MIN ((int64_t)0)              /* January of year 0 */
#define MONTH_MAX ((int64_t)9999 * 12 + 11) /* December of year 9999 */

/* Months since year 0; dates out of range count as the nearest month in it. */
static int64_t month_of(int64_t seconds) {
    int64_t year;
    unsigned month;
    unsigned day;
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    ro_civil_from_days(days, &year, &month, &day);
    int64_t number = year * 12 + (int64_t)month - 1;
    if (number < MONTH_MIN) {
        return MONTH_MIN;
    }
    return number > MONTH_MAX ? MONTH_MAX : number;
}

ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets,
                                const ro_columns *columns, ro_arena *arena, ro_error *err) {
    static const unsigned facet_of[RO_DICTIONARIES] = {RO_FACET_SOURCE, RO_FACET_LANGUAGE};
    *counter = (ro_facet_counter){.facets = facets, .columns = columns};
    for (int d = 0; d < RO_DICTIONARIES; d++) {
        if (facets & facet_of[d]) {
            counter->by_value[d] = ro_arena_alloc_array(arena, columns->dictionaries[d].count + 1,
                                                        sizeof *counter->by_value[d]);
            if (!counter->by_value[d]) {
                return ro_fail_memory(err);
            }
        }
    }
    if (facets & (RO_FACET_YEAR | RO_FACET_MONTH)) {
        const ro_totals *totals = &columns->totals;
        bool dated = totals->first != RO_TIME_NONE;
        counter->first_month = dated ? month_of(totals->first) : 0;
        counter->months = dated ? (size_t)(month_of(totals->last) - counter->first_month) + 1 : 0;
        counter->by_month =
            ro_arena_alloc_array(arena, counter->months + 1, sizeof *counter->by_month);
        if (!counter->by_month) {
            return ro_fail_memory(err);
        }
    }
    return RO_OK;
}

void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record) {
    if (counter->by_value[RO_DICTIONARY_SOURCE]) {
        counter->by_value[RO_DICTIONARY_SOURCE][record->source]++;
    }
    if (counter->by_value[RO_DICTIONARY_LANGUAGE]) {
        counter->by_value[RO_DICTIONARY_LANGUAGE][record->language]++;
    }
    if (counter->by_month) {
        size_t at = record->published == RO_TIME_NONE
                        ? counter->months
                        : (size_t)(month_of(record->published) - counter->first_month);
        counter->by_month[at]++;
    }
}

static int by_count(const void *a, const void *b) {
    const ro_facet_count *x = a;
    const ro_facet_count *y = b;
    int order = (x->count < y->count) - (x->count > y->count);
    return order ? order : ro_str_compare(x->value, y->value);
}

/* A facet that is being made; the arena holds room for the most counts there can be. */
static ro_status begin_facet(ro_facet *facet, unsigned which, size_t most, ro_arena *arena,
                             ro_error *err) {
    *facet = (ro_facet){.facet = which};
    facet->counts = ro_arena_alloc_array(arena, most, sizeof *facet->counts);
    return facet->counts ? RO_OK : ro_fail_memory(err);
}

static ro_status add_count(ro_facet *facet, ro_str value, int64_t count, ro_error *err) {
    if (!value.ptr) {
        return ro_fail_memory(err);
    }
    if (count) {
        facet->counts[facet->count++] = (ro_facet_count){value, count};
    }
    return RO_OK;
}

static void sort_facet(ro_facet *facet) {
    if (facet->count) {
        qsort(facet->counts, facet->count, sizeof *facet->counts, by_count);
    }
}

static ro_status finish_values(const ro_facet_counter *counter, int which, unsigned facet,
                               ro_arena *arena, ro_facet *out, ro_error *err) {
    const ro_dictionary *dictionary = &counter->columns->dictionaries[which];
    const int64_t *counts = counter->by_value[which];
    ro_status status = begin_facet(out, facet, dictionary->count + 1, arena, err);
    if (!status) {
        status = add_count(out, RO_STR(""), counts[0], err);
    }
    for (size_t id = 1; !status && id < dictionary->count; id++) {
        if (counts[id]) {
            status =
                add_count(out, ro_arena_copy(arena, dictionary->values[id].shown), counts[id], err);
        }
    }
    sort_facet(out);
    return status;
}

/* `step` months make one value: 12 for years, 1 for months. */
static ro_status finish_dates(const ro_facet_counter *counter, int64_t step, unsigned facet,
                              ro_arena *arena, ro_facet *out, ro_error *err) {
    ro_status status = begin_facet(out, facet, counter->months + 1, arena, err);
    if (!status) {
        status = add_count(out, RO_STR(""), counter->by_month[counter->months], err);
    }
    for (size_t i = 0; !status && i < counter->months;) {
        int64_t value = (counter->first_month + (int64_t)i) / step;
        int64_t count = 0;
        for (; i < counter->months && (counter->first_month + (int64_t)i) / step == value; i++) {
            count += counter->by_month[i];
        }
        if (count) {
            ro_str text = step == 12
                              ? ro_arena_printf(arena, "%04lld", (long long)value)
                              : ro_arena_printf(arena, "%04lld-%02lld", (long long)value / 12,
                                                (long long)value % 12 + 1);
            status = add_count(out, text, count, err);
        }
    }
    sort_facet(out);
    return status;
}

ro_status ro_facet_counter_finish(const ro_facet_counter *counter, ro_arena *arena, ro_found *out,
                                  ro_error *err) {
    static const struct {
        unsigned facet;
        int dictionary; /* -1: dates */
        int64_t step;
    } kinds[] = {{RO_FACET_SOURCE, RO_DICTIONARY_SOURCE, 0},
                 {RO_FACET_LANGUAGE, RO_DICTIONARY_LANGUAGE, 0},
                 {RO_FACET_YEAR, -1, 12},
                 {RO_FACET_MONTH, -1, 1}};
    ro_status status = RO_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !status; i++) {
        if (counter->facets & kinds[i].facet) {
            ro_facet *facet = &out->facets[out->facet_count++];
            status =
                kinds[i].dictionary >= 0
                    ? finish_values(counter, kinds[i].dictionary, kinds[i].facet, arena, facet, err)
                    : finish_dates(counter, kinds[i].step, kinds[i].facet, arena, facet, err);
        }
    }
    return status;
}
