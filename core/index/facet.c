#include "facet.h"

#include <stdlib.h>

#define FIRST_DAY (-719528) /* 0000-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */
#define EPOCH_WEEKDAY 3     /* days from Monday to 1970-01-01, a Thursday */
#define DAYS_MAX 40000      /* whose months are listed */

/* Dates out of years 0 to 9999 count as the nearest in them. */
static int64_t day_of(int64_t seconds) {
    int64_t day = seconds / 86400 - (seconds % 86400 < 0);
    return day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day;
}

/* Months since year 0. */
static int64_t month_of(int64_t seconds) {
    int64_t year;
    unsigned month;
    unsigned day;
    ro_civil_from_days(day_of(seconds), &year, &month, &day);
    return year * 12 + (int64_t)month - 1;
}

/* In the order of answers. */
static const struct {
    unsigned facet;
    ro_column column;
    int64_t step; /* of dates: months, or of DAYS days, that make one value */
} kinds[RO_FACETS] = {
    {RO_FACET_SOURCE, RO_COLUMN_SOURCE, 0},   {RO_FACET_LANGUAGE, RO_COLUMN_LANGUAGE, 0},
    {RO_FACET_YEAR, RO_COLUMN_PUBLISHED, 12}, {RO_FACET_MONTH, RO_COLUMN_PUBLISHED, 1},
    {RO_FACET_SIDE, RO_COLUMN_SIDE, 0},       {RO_FACET_ROLE, RO_COLUMN_ROLE, 0},
    {RO_FACET_STATUS, RO_COLUMN_STATUS, 0},   {RO_FACET_BY, RO_COLUMN_BY, 0},
    {RO_FACET_SPEAKER, RO_COLUMN_SPEAKER, 0}, {RO_FACET_PERSON, RO_COLUMN_PERSON, 0},
    {RO_FACET_PLACE, RO_COLUMN_PLACE, 0},     {RO_FACET_HOST, RO_COLUMN_HOST, 0},
    {RO_FACET_DAY, RO_COLUMN_PUBLISHED, 1},   {RO_FACET_WEEK, RO_COLUMN_PUBLISHED, 7}};

#define MONTHS (RO_FACET_YEAR | RO_FACET_MONTH)

/* Which year, month, week or day a date is of, by number. */
static int64_t date_value(unsigned facet, int64_t step, int64_t seconds) {
    int64_t number = facet & MONTHS ? month_of(seconds) : day_of(seconds);
    number += facet == RO_FACET_WEEK ? EPOCH_WEEKDAY : 0;
    return number / step - (number % step < 0);
}

static ro_status count_column(ro_facet_counter *counter, ro_column column, ro_snapshot *snapshot,
                              ro_arena *arena, ro_error *err) {
    bool people = ro_column_has_people(column), units = counter->grouped || people;
    ro_status status = ro_snapshot_dictionary(snapshot, ro_dictionary_of(column),
                                              &counter->dictionaries[column], err);
    if (!status) {
        const struct {
            int64_t **counts;
            bool wanted;
        } made[] = {{&counter->by_value[column], true},
                    {&counter->units[column], units},
                    {&counter->by_surname[column], people},
                    {&counter->surname_units[column], people}};
        size_t count = counter->dictionaries[column]->count;
        for (size_t i = 0; i < sizeof made / sizeof *made && !status; i++) {
            *made[i].counts =
                made[i].wanted ? ro_arena_alloc_array(arena, count, sizeof(int64_t)) : NULL;
            status = made[i].wanted && !*made[i].counts ? ro_fail_memory(err) : RO_OK;
        }
    }
    if (!status && people) {
        status = ro_snapshot_groups(snapshot, RO_KIND_PARTICIPANTS, &counter->people, err);
    }
    counter->lists |= column > RO_COLUMN_LANGUAGE;
    return status;
}

/* To find the month of a date takes as long as all else that is done with it: so those of all days
 * there are are listed. */
static bool list_days(ro_date_counter *dates, int64_t step, const ro_totals *totals,
                      ro_arena *arena) {
    int64_t first = day_of(totals->first);
    int64_t count = day_of(totals->last) - first + 1;
    if (count > DAYS_MAX) {
        return true;
    }
    dates->first_day = first;
    dates->of_day = ro_arena_alloc_array(arena, (size_t)count, sizeof *dates->of_day);
    dates->starts = ro_arena_alloc_array(arena, dates->count + 1, sizeof *dates->starts);
    if (!dates->of_day || !dates->starts) {
        return false;
    }
    int64_t day = 0;
    dates->starts[0] = first * 86400;
    for (size_t i = 0; i < dates->count; i++) {
        int64_t next = (dates->first + (int64_t)i + 1) * step;
        int64_t end = ro_days_from_civil(next / 12, (unsigned)(next % 12) + 1, 1);
        dates->starts[i + 1] = end * 86400;
        for (; day < end - first && day < count; day++) {
            dates->of_day[day] = (uint32_t)i;
        }
    }
    return true;
}

static ro_status count_dates(ro_facet_counter *counter, size_t kind, const ro_totals *totals,
                             ro_arena *arena, ro_error *err) {
    ro_date_counter *dates = &counter->dates[kind];
    counter->dated = true;
    if (totals->first != RO_TIME_NONE) {
        dates->first = date_value(kinds[kind].facet, kinds[kind].step, totals->first);
        int64_t last = date_value(kinds[kind].facet, kinds[kind].step, totals->last);
        dates->count = (size_t)(last - dates->first) + 1;
        if (kinds[kind].facet & MONTHS && !list_days(dates, kinds[kind].step, totals, arena)) {
            return ro_fail_memory(err);
        }
    }
    dates->counts = ro_arena_alloc_array(arena, dates->count + 1, sizeof *dates->counts);
    if (counter->grouped) {
        dates->units = ro_arena_alloc_array(arena, dates->count + 1, sizeof *dates->units);
    }
    return dates->counts && (!counter->grouped || dates->units) ? RO_OK : ro_fail_memory(err);
}

ro_status ro_facet_counter_init(ro_facet_counter *counter, unsigned facets, bool grouped,
                                ro_snapshot *snapshot, const ro_totals *totals, ro_arena *arena,
                                ro_error *err) {
    *counter = (ro_facet_counter){.facets = facets, .grouped = grouped};
    ro_status status = RO_OK;
    for (size_t i = 0; i < RO_FACETS && !status; i++) {
        if (facets & kinds[i].facet) {
            status = kinds[i].step ? count_dates(counter, i, totals, arena, err)
                                   : count_column(counter, kinds[i].column, snapshot, arena, err);
        }
    }
    return status;
}

/* Whether the group that is being counted has not counted for this yet. */
static bool is_new(const ro_facet_counter *counter, int64_t *units, size_t at) {
    bool new = !units || units[at] != counter->unit;
    if (units) {
        units[at] = counter->unit;
    }
    return new;
}

/* Ids come from the disk: none is taken on trust. */
static void count_value(ro_facet_counter *counter, ro_column column, uint32_t id,
                        int64_t documents) {
    if (counter->by_value[column] && id < counter->dictionaries[column]->count &&
        is_new(counter, counter->units[column], id)) {
        counter->by_value[column][id] += documents;
    }
}

/* Once by any name, and once for the surname. */
static void count_person(ro_facet_counter *counter, ro_column column, uint32_t id) {
    size_t count = counter->dictionaries[column]->count;
    uint32_t one, surname;
    bool bare;
    if (!ro_groups_one_of_person(counter->people, id, &one) ||
        !ro_groups_one_of_surname(counter->people, id, &surname, &bare)) {
        counter->failed = true;
        return;
    }
    if (id >= count || one >= count || surname >= count) {
        return;
    }
    counter->by_value[column][id] += is_new(counter, counter->units[column], one);
    counter->by_surname[column][surname] +=
        is_new(counter, counter->surname_units[column], surname);
}

static void count_listed(ro_facet_counter *counter, ro_list list, size_t at) {
    ro_column column = (ro_column)ro_listed_column(list.at[at]);
    if (!counter->by_value[column]) {
        return;
    }
    if (ro_column_has_people(column)) {
        count_person(counter, column, ro_listed_id(list.at[at]));
    } else {
        count_value(counter, column, ro_listed_id(list.at[at]), 1);
    }
}

static size_t place_of_date(const ro_date_counter *dates, size_t kind, int64_t published) {
    if (published == RO_TIME_NONE) {
        return dates->count;
    }
    if (dates->of_day) {
        return dates->of_day[day_of(published) - dates->first_day];
    }
    return (size_t)(date_value(kinds[kind].facet, kinds[kind].step, published) - dates->first);
}

static uint32_t value_in(const ro_record *record, ro_column column) {
    return column == RO_COLUMN_SOURCE ? record->source : record->language;
}

/* Neighbours are often of one source and year: they are counted together. */
static void count_values(ro_facet_counter *counter, ro_column column,
                         const ro_record *const *records, size_t count) {
    for (size_t i = 0, first = 0; counter->by_value[column] && i < count; first = i) {
        uint32_t value = value_in(records[first], column);
        while (i < count && value_in(records[i], column) == value) {
            i++;
        }
        count_value(counter, column, value, (int64_t)(i - first));
    }
}

static void count_dates_of(ro_facet_counter *counter, size_t kind, const ro_record *const *records,
                           size_t count) {
    ro_date_counter *dates = &counter->dates[kind];
    for (size_t i = 0, first = 0; i < count; first = i) {
        int64_t from = records[first]->published, last = from;
        size_t at = place_of_date(dates, kind, from);
        if (dates->of_day && at < dates->count) {
            from = dates->starts[at];
            last = dates->starts[at + 1] - 1;
        }
        for (i++; i < count && records[i]->published >= from && records[i]->published <= last;) {
            i++;
        }
        dates->counts[at] += is_new(counter, dates->units, at) ? (int64_t)(i - first) : 0;
    }
}

void ro_facet_counter_add_all(ro_facet_counter *counter, const ro_record *const *records,
                              const ro_list *lists, size_t count) {
    count_values(counter, RO_COLUMN_SOURCE, records, count);
    count_values(counter, RO_COLUMN_LANGUAGE, records, count);
    for (size_t i = 0; counter->lists && i < count; i++) {
        counter->unit += !counter->grouped;
        for (size_t at = 0; at < lists[i].count; at++) {
            count_listed(counter, lists[i], at);
        }
    }
    for (size_t kind = 0; counter->dated && kind < RO_FACETS; kind++) {
        if (counter->dates[kind].counts) {
            count_dates_of(counter, kind, records, count);
        }
    }
}

void ro_facet_counter_add(ro_facet_counter *counter, const ro_record *record, ro_list list) {
    ro_facet_counter_add_all(counter, &record, &list, 1);
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

/* A form of a person that was counted, or the person by the name of the commonest. */
typedef struct counted_form {
    int64_t person, count;
    ro_str shown;
    uint32_t surname;
    bool bare; /* there is no more of the name */
} counted_form;

static int by_person(const void *a, const void *b) {
    const counted_form *x = a;
    const counted_form *y = b;
    int order = (x->surname > y->surname) - (x->surname < y->surname);
    order = order ? order : (x->person > y->person) - (x->person < y->person);
    order = order ? order : (x->count < y->count) - (x->count > y->count);
    return order ? order : ro_str_compare(x->shown, y->shown);
}

/* Those of a surname: whom that alone names, the commonest first, then by the whole name. */
static int by_name(const void *a, const void *b) {
    const counted_form *x = a;
    const counted_form *y = b;
    int order = y->bare - x->bare;
    if (!order && x->bare) {
        order = (x->count < y->count) - (x->count > y->count);
    }
    return order ? order : ro_str_compare(x->shown, y->shown);
}

/* What people are told apart by: their group, else the value itself. */
static int64_t person_of(const ro_facet_counter *counter, uint32_t id) {
    int64_t group = ro_groups_of_person(counter->people, id);
    return group ? group : -(int64_t)id;
}

/* The name in what ro_person_key made; the code of a side is itself. */
static ro_str name_in(ro_str key) {
    return ro_str_cut(&key, ';');
}

static ro_status list_forms(const ro_facet_counter *counter, ro_column column, counted_form *forms,
                            size_t *count, ro_error *err) {
    const ro_dictionary *dictionary = counter->dictionaries[column];
    const int64_t *counts = counter->by_value[column];
    *count = 0;
    for (uint32_t id = 1; id < dictionary->count; id++) {
        if (counts[id]) {
            counted_form *form = &forms[(*count)++];
            *form = (counted_form){person_of(counter, id), counts[id], dictionary->values[id].shown,
                                   0, false};
            if (!ro_groups_one_of_surname(counter->people, id, &form->surname, &form->bare)) {
                return ro_fail_memory(err);
            }
        }
    }
    return RO_OK;
}

/* Makes one of the forms of each person of a surname; the count of forms comes down to theirs. */
static void join_forms(counted_form *forms, size_t *count) {
    size_t people = 0;
    for (size_t i = 0; i < *count;) {
        counted_form person = forms[i];
        person.shown = name_in(person.shown);
        for (i++; i < *count && forms[i].person == person.person; i++) {
            person.count += forms[i].count;
        }
        forms[people++] = person;
    }
    *count = people;
    if (people > 1) {
        qsort(forms, people, sizeof *forms, by_name);
    }
}

/* Adds the values of a surname: all whom a name finds are one. */
static ro_status add_people(counted_form *forms, size_t count, int64_t of_surname, ro_arena *arena,
                            ro_facet *out, ro_error *err) {
    ro_status status = RO_OK;
    join_forms(forms, &count);
    for (size_t i = 0; i < count && !status;) {
        const counted_form *first = &forms[i];
        int64_t sum = 0;
        for (; i < count && forms[i].bare == first->bare &&
               (first->bare || ro_str_equal(forms[i].shown, first->shown));
             i++) {
            sum += forms[i].count;
        }
        status =
            add_count(out, ro_arena_copy(arena, first->shown), first->bare ? of_surname : sum, err);
    }
    return status;
}

static ro_status finish_people(const ro_facet_counter *counter, ro_column column, unsigned facet,
                               ro_arena *arena, ro_facet *out, ro_error *err) {
    size_t most = counter->dictionaries[column]->count, count = 0;
    counted_form *forms = ro_arena_alloc_array(arena, most, sizeof *forms);
    ro_status status = forms ? begin_facet(out, facet, most, arena, err) : ro_fail_memory(err);
    status = status ? status : list_forms(counter, column, forms, &count, err);
    if (!status && count) {
        qsort(forms, count, sizeof *forms, by_person);
    }
    for (size_t i = 0, first = 0; !status && i < count; first = i) {
        uint32_t surname = forms[first].surname;
        while (i < count && forms[i].surname == surname) {
            i++;
        }
        status = add_people(forms + first, i - first, counter->by_surname[column][surname], arena,
                            out, err);
    }
    sort_facet(out);
    return status;
}

static ro_str date_text(ro_arena *arena, unsigned facet, int64_t value) {
    char text[RO_TIME_TEXT];
    if (facet == RO_FACET_YEAR) {
        return ro_arena_printf(arena, "%04lld", (long long)value);
    }
    if (facet == RO_FACET_MONTH) {
        return ro_arena_printf(arena, "%04lld-%02lld", (long long)value / 12,
                               (long long)value % 12 + 1);
    }
    int64_t day = facet == RO_FACET_WEEK ? value * 7 - EPOCH_WEEKDAY : value;
    return ro_arena_copy(arena, ro_str_from(ro_time_format_day(day * 86400, text)));
}

static ro_status finish_dates(const ro_facet_counter *counter, size_t kind, ro_arena *arena,
                              ro_facet *out, ro_error *err) {
    const ro_date_counter *dates = &counter->dates[kind];
    unsigned facet = kinds[kind].facet;
    size_t most = 1;
    for (size_t i = 0; i < dates->count; i++) {
        most += dates->counts[i] > 0;
    }
    ro_status status = begin_facet(out, facet, most, arena, err);
    if (!status) {
        status = add_count(out, RO_STR(""), dates->counts[dates->count], err);
    }
    for (size_t i = 0; !status && i < dates->count; i++) {
        if (dates->counts[i]) {
            ro_str text = date_text(arena, facet, dates->first + (int64_t)i);
            status = add_count(out, text, dates->counts[i], err);
        }
    }
    sort_facet(out);
    return status;
}

ro_status ro_facet_counter_finish(const ro_facet_counter *counter, ro_arena *arena, ro_found *out,
                                  ro_error *err) {
    ro_status status = counter->failed ? ro_fail_memory(err) : RO_OK;
    for (size_t i = 0; i < RO_FACETS && !status; i++) {
        if (counter->facets & kinds[i].facet) {
            ro_facet *facet = &out->facets[out->facet_count++];
            ro_column column = kinds[i].column;
            status = kinds[i].step ? finish_dates(counter, i, arena, facet, err)
                     : ro_column_has_people(column)
                         ? finish_people(counter, column, kinds[i].facet, arena, facet, err)
                         : finish_values(counter, column, kinds[i].facet, arena, facet, err);
        }
    }
    return status;
}
