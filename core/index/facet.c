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

/* In the order of answers. */
static const struct {
    unsigned facet;
    ro_column column;
    int64_t step; /* of dates: months that make one value */
} kinds[RO_FACETS] = {
    {RO_FACET_SOURCE, RO_COLUMN_SOURCE, 0},   {RO_FACET_LANGUAGE, RO_COLUMN_LANGUAGE, 0},
    {RO_FACET_YEAR, RO_COLUMN_PUBLISHED, 12}, {RO_FACET_MONTH, RO_COLUMN_PUBLISHED, 1},
    {RO_FACET_SIDE, RO_COLUMN_SIDE, 0},       {RO_FACET_ROLE, RO_COLUMN_ROLE, 0},
    {RO_FACET_STATUS, RO_COLUMN_STATUS, 0},   {RO_FACET_BY, RO_COLUMN_BY, 0},
    {RO_FACET_SPEAKER, RO_COLUMN_SPEAKER, 0}, {RO_FACET_PERSON, RO_COLUMN_PERSON, 0},
    {RO_FACET_PLACE, RO_COLUMN_PLACE, 0},     {RO_FACET_HOST, RO_COLUMN_HOST, 0}};

static ro_status count_column(ro_facet_counter *counter, ro_column column, ro_snapshot *snapshot,
                              ro_arena *arena, ro_error *err) {
    ro_status status = ro_snapshot_dictionary(snapshot, ro_dictionary_of(column),
                                              &counter->dictionaries[column], err);
    if (!status) {
        size_t count = counter->dictionaries[column]->count;
        counter->by_value[column] = ro_arena_alloc_array(arena, count, sizeof(int64_t));
        status = counter->by_value[column] ? RO_OK : ro_fail_memory(err);
    }
    counter->lists |= column > RO_COLUMN_LANGUAGE;
    return status;
}

ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets, ro_snapshot *snapshot,
                                const ro_totals *totals, ro_arena *arena, ro_error *err) {
    *counter = (ro_facet_counter){.facets = facets};
    ro_status status = RO_OK;
    for (size_t i = 0; i < RO_FACETS && !status; i++) {
        if (facets & kinds[i].facet && !kinds[i].step) {
            status = count_column(counter, kinds[i].column, snapshot, arena, err);
        }
    }
    if (status) {
        return status;
    }
    if (facets & (RO_FACET_YEAR | RO_FACET_MONTH)) {
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

/* Ids come from the disk: none is taken on trust. */
static void count_value(ro_facet_counter *counter, ro_column column, uint32_t id) {
    if (counter->by_value[column] && id < counter->dictionaries[column]->count) {
        counter->by_value[column][id]++;
    }
}

void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record, ro_list list) {
    count_value(counter, RO_COLUMN_SOURCE, record->source);
    count_value(counter, RO_COLUMN_LANGUAGE, record->language);
    for (size_t i = 0; counter->lists && i < list.count; i++) {
        count_value(counter, (ro_column)ro_listed_column(list.at[i]), ro_listed_id(list.at[i]));
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

static ro_status finish_values(const ro_facet_counter *counter, ro_column column, unsigned facet,
                               ro_arena *arena, ro_facet *out, ro_error *err) {
    const ro_dictionary *dictionary = counter->dictionaries[column];
    const int64_t *counts = counter->by_value[column];
    ro_status status = begin_facet(out, facet, dictionary->count, arena, err);
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
    ro_status status = RO_OK;
    for (size_t i = 0; i < RO_FACETS && !status; i++) {
        if (counter->facets & kinds[i].facet) {
            ro_facet *facet = &out->facets[out->facet_count++];
            status =
                kinds[i].step
                    ? finish_dates(counter, kinds[i].step, kinds[i].facet, arena, facet, err)
                    : finish_values(counter, kinds[i].column, kinds[i].facet, arena, facet, err);
        }
    }
    return status;
}
