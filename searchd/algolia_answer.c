/* Answers of the Algolia protocol from ours: totals, pages, facets. */
#include "algolia.h"
#include "readout/date.h"

#include <stdlib.h>

#define ALIAS_VALUE 48 /* bytes of "2025 > 2025-02 > 2025-02-18" and more */

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

/* A date as the alias writes it: NULL where it is none. */
static const char *alias_value(const ro_algolia_alias *alias, const char *value,
                               char out[ALIAS_VALUE]) {
    static const size_t parts[] = {4, 7, 10}; /* letters of a year, a month, a day */
    int64_t from;
    int64_t until;
    size_t len = 0;
    if (ro_date_range(ro_str_from(value), &from, &until, NULL) != RO_OK) {
        return NULL;
    }
    if (alias->shape == RO_ALGOLIA_SECONDS) {
        (void)snprintf(out, ALIAS_VALUE, "%lld", (long long)from);
        return out;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts && parts[i] <= strlen(value); i++) {
        len += (size_t)snprintf(out + len, ALIAS_VALUE - len, "%s%.*s",
                                i ? RO_ALGOLIA_PATH_PART : "", (int)parts[i], value);
    }
    return out;
}

/* {"source": {"Reuters": 12}}; of what has no value nothing is told. `alias` may be NULL. */
static json_t *counts_of(const ro_algolia_call *c, const json_t *list,
                         const ro_algolia_alias *alias, bool *memory) {
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        const char *value = json_string_value(json_object_get(item, "value"));
        if (!value || !*value || json_object_size(object) == c->facet_values) {
            continue;
        }
        char text[ALIAS_VALUE];
        value = alias ? alias_value(alias, value, text) : value;
        if (!value) {
            continue;
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

/* One of our facets, under each of the names it was asked for by. */
static void put_facet(const ro_algolia_call *c, unsigned facet, const char *name,
                      const json_t *list, json_t *facets, json_t *stats, bool *memory) {
    if (c->shown & facet) {
        json_t *numbers = facet == RO_FACET_YEAR ? stats_of(list, false) : NULL;
        ro_algolia_put(facets, name, counts_of(c, list, NULL, memory), memory);
        if (numbers) {
            ro_algolia_put(stats, name, numbers, memory);
        }
    }
    for (unsigned i = 0; i < RO_ALGOLIA_ALIASES; i++) {
        const ro_algolia_alias *alias = &RO_ALGOLIA_ALIAS[i];
        if (!(c->aliases & 1U << i) || alias->facet != facet) {
            continue;
        }
        json_t *numbers = alias->shape == RO_ALGOLIA_SECONDS ? stats_of(list, true) : NULL;
        ro_algolia_put(facets, alias->name, counts_of(c, list, alias, memory), memory);
        if (numbers) {
            ro_algolia_put(stats, alias->name, numbers, memory);
        }
    }
}

/* For widgets that come and go with the facets there are: those that have values. */
static json_t *rendering(const json_t *facets) {
    json_t *order = json_array();
    const char *name = NULL;
    json_t *counts = NULL;
    bool memory = false;
    json_object_foreach((json_t *)facets, name, counts) {
        if (json_object_size(counts)) {
            memory |= json_array_append_new(order, json_string(name)) != 0;
        }
    }
    json_t *object = json_pack("{s{s{so}}}", "facetOrdering", "facets", "order", order);
    if (memory) {
        json_decref(object);
    }
    return memory ? NULL : object;
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
        if (ro_request_set(&one, RO_STR("facets"), ro_str_from(name), NULL) == RO_OK) {
            put_facet(c, one.facets, name, list, facets, stats, memory);
        }
    }
    if (c->orders) {
        ro_algolia_put(object, "renderingContent", rendering(facets), memory);
    }
}

/* How many hits pages have. Our totals count the copies of an article, which are no hits: only at
 * the end of the list it is sure how many those are. */
static json_int_t count_hits(const ro_algolia_call *c, const json_t *answer, bool *exact) {
    const json_t *total = json_object_get(answer, "total");
    json_int_t matches = json_integer_value(json_object_get(total, "value"));
    const char *relation = json_string_value(json_object_get(total, "relation"));
    size_t shown = json_array_size(json_object_get(answer, "hits"));
    bool ends = json_is_null(json_object_get(answer, "next")) && c->request.limit &&
                !c->request.cursor.len && (shown || !c->request.offset) && !c->beyond;
    *exact = relation && strcmp(relation, "eq") == 0;
    if (c->collapses && ends) {
        size_t all = c->request.offset + shown;
        *exact = true;
        return (json_int_t)all;
    }
    *exact = *exact && (!c->collapses || matches <= 1);
    return matches;
}

static size_t page_count(const ro_algolia_call *c, json_int_t hits) {
    size_t reachable = c->per_page ? RO_OFFSET_MAX / c->per_page + 1 : 0;
    size_t pages = c->per_page ? ((size_t)hits + c->per_page - 1) / c->per_page : 0;
    return pages < reachable ? pages : reachable;
}

json_t *ro_algolia_answer(const ro_algolia_call *c, json_t *answer) {
    bool memory = false;
    bool nothing = filter_fails(answer);
    bool exact = true;
    json_int_t hits = nothing ? 0 : count_hits(c, answer, &exact);
    const json_t *next = json_object_get(answer, "next");
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
    if (c->browsing && json_is_string(next) && !nothing) {
        ro_algolia_put(object, "cursor", json_incref((json_t *)next), &memory);
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
    const json_t *values = filter_fails(answer) ? NULL : json_object_get(answer, "values");
    for (size_t i = 0; i < json_array_size(values); i++) {
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
