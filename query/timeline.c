/* How many of what matches is from which day, week, month or year. */
#include "searcher.h"

#include <stdlib.h>

#define WEEK ((int64_t)7 * 86400)

static const struct {
    const char *name;
    unsigned facet;
} intervals[] = {{"day", RO_FACET_DAY},
                 {"week", RO_FACET_WEEK},
                 {"month", RO_FACET_MONTH},
                 {"year", RO_FACET_YEAR}};

ro_status ro_interval_read(ro_str text, unsigned *facet, ro_error *err) {
    *facet = 0;
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++) {
        if (ro_str_equal(text, ro_str_from(intervals[i].name))) {
            *facet = intervals[i].facet;
            return RO_OK;
        }
    }
    return ro_fail(err, RO_INVALID, "interval: '%.*s' is not day, week, month or year",
                   (int)(text.len < 64 ? text.len : 64), text.ptr ? text.ptr : "");
}

static int by_value(const void *a, const void *b) {
    const ro_facet_count *x = a, *y = b;
    return ro_str_compare(x->value, y->value);
}

/* First and last day, as `date:FROM..TO` takes them. */
static ro_status put_days(json_t *item, ro_str value, unsigned interval, bool *memory,
                          ro_error *err) {
    char day[RO_TIME_TEXT];
    int64_t from, until;
    ro_status status = ro_date_range(value, &from, &until, err);
    if (status == RO_OK) {
        until = interval == RO_FACET_WEEK ? from + WEEK : until;
        ro_json_set(item, "from", json_string(ro_time_format_day(from, day)), memory);
        ro_json_set(item, "to", json_string(ro_time_format_day(until - 1, day)), memory);
    }
    return status;
}

static ro_status put_buckets(json_t *object, ro_facet *facet, bool *memory, ro_error *err) {
    json_t *buckets = json_array();
    int64_t undated = 0;
    ro_status status = RO_OK;
    ro_json_set(object, "buckets", buckets, memory);
    if (facet->count) {
        qsort(facet->counts, facet->count, sizeof *facet->counts, by_value);
    }
    for (size_t i = 0; status == RO_OK && i < facet->count; i++) {
        const ro_facet_count *count = &facet->counts[i];
        if (!count->value.len) {
            undated = count->count;
            continue;
        }
        json_t *item = json_object();
        ro_json_append(buckets, item, memory);
        ro_json_set(item, "value", ro_json_string(count->value), memory);
        status = put_days(item, count->value, facet->facet, memory, err);
        ro_json_set(item, "count", json_integer(count->count), memory);
    }
    ro_json_set(object, "undated", json_integer(undated), memory);
    return status;
}

ro_status ro_searcher_timeline(ro_searcher *searcher, const ro_request *request, unsigned interval,
                               json_t **answer, ro_error *err) {
    ro_run run;
    ro_request counting = *request;
    bool memory = false;
    *answer = NULL;
    if (request->kind == RO_KIND_ALL) {
        return ro_fail(err, RO_INVALID, "kind: a timeline is of one kind");
    }
    counting.limit = counting.offset = 0;
    counting.cursor = RO_STR_NONE;
    counting.facets = interval;
    ro_arena_reset(&searcher->arena);
    ro_status status = ro_run_check(&counting, err);
    if (status == RO_OK) {
        status = ro_run_start(&run, searcher, &counting, (ro_kind)request->kind, err);
    }
    if (status != RO_OK) {
        return status;
    }
    json_t *object = json_object();
    ro_json_set(object, "query", ro_run_query_json(&run, &memory), &memory);
    ro_json_set(object, "total", ro_run_total_json(&run, &memory), &memory);
    ro_json_set(object, "interval", json_string(ro_facet_name(interval)), &memory);
    status = put_buckets(object, &run.found.facets[0], &memory, err);
    ro_json_set(object, "took_ms", ro_json_took(run.started_ns), &memory);
    if (status != RO_OK || memory) {
        json_decref(object);
        return status == RO_OK ? ro_fail_memory(err) : status;
    }
    *answer = object;
    return RO_OK;
}
