/* Answers of the Algolia protocol from ours: totals, pages, facets. */
#include "algolia.h"
#include "readout/date.h"

#include <stdlib.h>

void ro_algolia_put(json_t *object, const char *key, json_t *value, bool *memory) {
    *memory |= !value || json_object_set_new(object, key, value) != 0;
}

/* What was left out of the filter would let through what was not meant. */
static bool filter_fails(const json_t *answer) {
    const json_t *repairs = json_object_get(json_object_get(answer, "query"), "repairs");
    for (size_t i = 0; i < json_array_size(repairs); i++) {
        const json_t *repair = json_array_get(repairs, i);
        const char *in = json_string_value(json_object_get(repair, "in"));
        const char *what = json_string_value(json_object_get(repair, "what"));
        if (in && what && strcmp(in, "filter") == 0 && strstr(what, "left out")) {
            return true;
        }
    }
    return false;
}

/* {"source": {"Reuters": 12}}; of what has no value nothing is told. Times are whole days. */
static json_t *counts_of(const ro_algolia_call *c, const json_t *list, bool times, bool *memory) {
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        if (!value || !*value || json_object_size(object) == c->facet_values) {
            continue;
        }
        int64_t from;
        int64_t until;
        char seconds[24];
        if (times && ro_date_range(ro_str_from(value), &from, &until, NULL) == RO_OK) {
            (void)snprintf(seconds, sizeof seconds, "%lld", (long long)from);
            value = seconds;
        }
        ro_algolia_put(object, value, json_incref(json_object_get(item, "count")), memory);
    }
    return object;
}

/* Whole: reals are told to fewer digits than seconds have. */
static json_t *number(double value) {
    return json_integer((json_int_t)(value + 0.5));
}

/* Of years and times: least, greatest and mean, weighed by how many have them. Of times the least
 * is the beginning of a day, the greatest the end of one. */
static json_t *stats_of(const json_t *list, bool times) {
    double least = 0;
    double greatest = 0;
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        int64_t from;
        int64_t until;
        if (!value || ro_date_range(ro_str_from(value), &from, &until, NULL) != RO_OK) {
            continue;
        }
        double low = times ? (double)from : strtod(value, NULL);
        double high = times ? (double)until - 1 : low;
        double of = (double)json_integer_value(json_object_get(item, "count"));
        least = count <= 0 || low < least ? low : least;
        greatest = count <= 0 || high > greatest ? high : greatest;
        sum += low * of;
        count += of;
    }
    return count > 0 ? json_pack("{so,so,so,so}", "min", number(least), "max", number(greatest),
                                 "avg", number(sum / count), "sum", number(sum))
                     : NULL;
}

static void put_facets(const ro_algolia_call *c, const json_t *answer, json_t *object,
                       bool *memory) {
    json_t *from = json_object_get(answer, "facets");
    json_t *facets = json_object();
    json_t *stats = json_object();
    const char *name = NULL;
    json_t *list = NULL;
    ro_algolia_put(object, "facets", facets, memory);
    ro_algolia_put(object, "facets_stats", stats, memory);
    json_object_foreach(from, name, list) {
        ro_request one = {0};
        if (ro_request_set(&one, RO_STR("facets"), ro_str_from(name), NULL) != RO_OK) {
            continue;
        }
        for (int times = 0; times < 2; times++) {
            bool asked =
                times ? c->times && one.facets == RO_ALGOLIA_TIME_FACET : c->shown & one.facets;
            const char *as = times ? RO_ALGOLIA_TIME : name;
            json_t *numbers =
                asked && (times || one.facets == RO_FACET_YEAR) ? stats_of(list, times) : NULL;
            if (asked) {
                ro_algolia_put(facets, as, counts_of(c, list, times, memory), memory);
            }
            if (numbers) {
                ro_algolia_put(stats, as, numbers, memory);
            }
        }
    }
}

static size_t page_count(const ro_algolia_call *c, json_int_t hits) {
    size_t reachable = c->per_page ? RO_OFFSET_MAX / c->per_page + 1 : 0;
    size_t pages = c->per_page ? ((size_t)hits + c->per_page - 1) / c->per_page : 0;
    return pages < reachable ? pages : reachable;
}

json_t *ro_algolia_answer(const ro_algolia_call *c, json_t *answer) {
    bool memory = false;
    bool nothing = filter_fails(answer);
    const json_t *total = json_object_get(answer, "total");
    json_int_t hits = nothing ? 0 : json_integer_value(json_object_get(total, "value"));
    const char *relation = json_string_value(json_object_get(total, "relation"));
    bool exact = nothing || (relation && strcmp(relation, "eq") == 0);
    double took = json_real_value(json_object_get(answer, "took_ms"));
    json_t *object = json_object();
    ro_algolia_put(object, "hits", nothing ? json_array() : ro_algolia_hits(answer, &c->dress),
                   &memory);
    ro_algolia_put(object, "nbHits", json_integer(hits), &memory);
    if (c->by_offset) {
        ro_algolia_put(object, "offset", json_integer((json_int_t)c->request.offset), &memory);
        ro_algolia_put(object, "length", json_integer((json_int_t)c->per_page), &memory);
    } else {
        ro_algolia_put(object, "page", json_integer((json_int_t)c->page), &memory);
        ro_algolia_put(object, "nbPages", json_integer((json_int_t)page_count(c, hits)), &memory);
        ro_algolia_put(object, "hitsPerPage", json_integer((json_int_t)c->per_page), &memory);
    }
    ro_algolia_put(object, "exhaustiveNbHits", json_boolean(exact), &memory);
    ro_algolia_put(object, "exhaustiveFacetsCount", json_true(), &memory);
    ro_algolia_put(object, "exhaustiveTypo", json_true(), &memory);
    ro_algolia_put(object, "exhaustive",
                   json_pack("{sb,sb,sb}", "nbHits", exact, "facetsCount", true, "typo", true),
                   &memory);
    ro_algolia_put(object, "query",
                   json_stringn(c->request.q.len ? c->request.q.ptr : "", c->request.q.len),
                   &memory);
    ro_algolia_put(object, "params", json_string(""), &memory);
    ro_algolia_put(object, "index", json_string(c->index), &memory);
    ro_algolia_put(object, "processingTimeMS", json_integer((json_int_t)(took + 0.5)), &memory);
    if (c->request.facets && !nothing) {
        put_facets(c, answer, object, &memory);
    }
    /* what was understood, as our own answers tell it */
    ro_algolia_put(object, "readout", json_incref(json_object_get(answer, "query")), &memory);
    json_decref(answer);
    if (memory) {
        json_decref(object);
    }
    return memory ? NULL : object;
}

static json_t *facet_hits(const ro_algolia_call *c, const json_t *answer, bool *memory) {
    json_t *hits = json_array();
    const json_t *values = json_object_get(answer, "values");
    for (size_t i = 0; !filter_fails(answer) && i < json_array_size(values); i++) {
        const json_t *item = json_array_get(values, i);
        json_t *value = json_object_get(item, "value");
        json_t *hit = json_object();
        *memory |= json_array_append_new(hits, hit) != 0;
        ro_algolia_put(hit, "value", json_incref(value), memory);
        ro_algolia_put(
            hit, "highlighted",
            ro_algolia_tagged(ro_str_make(json_string_value(value), json_string_length(value)),
                              json_object_get(item, "highlights"), &c->dress),
            memory);
        ro_algolia_put(hit, "count", json_incref(json_object_get(item, "count")), memory);
    }
    return hits;
}

json_t *ro_algolia_facet_answer(const ro_algolia_call *c, json_t *answer) {
    bool memory = false;
    double took = json_real_value(json_object_get(answer, "took_ms"));
    json_t *object = json_object();
    ro_algolia_put(object, "facetHits", facet_hits(c, answer, &memory), &memory);
    ro_algolia_put(object, "exhaustiveFacetsCount", json_true(), &memory);
    ro_algolia_put(object, "processingTimeMS", json_integer((json_int_t)(took + 0.5)), &memory);
    json_decref(answer);
    if (memory) {
        json_decref(object);
    }
    return memory ? NULL : object;
}
