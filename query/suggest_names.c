/* People and places whose names go on from what was typed: those that most articles tell of. */
#include "suggest.h"

#include <ctype.h>

#define PEOPLE_MAX 8
#define LETTERS_MIN 3 /* two begin the names of very many, and would say little */

/* Letters, digits and what names are joined by: nothing that the query language reads. */
static bool is_name(ro_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool inside = i > 0 && text.ptr[i - 1] != ' ';
        if (!isalnum(c) && c < 0x80 && c != ' ' &&
            !(inside && (c == '-' || c == '.' || c == '\''))) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_listed(const ro_suggesting *run, ro_str text) {
    for (size_t i = 0; i < json_array_size(run->list); i++) {
        const json_t *other = json_object_get(json_array_get(run->list, i), "text");
        if (ro_str_equal_nocase(text,
                                ro_str_make(json_string_value(other), json_string_length(other)))) {
            return true;
        }
    }
    return false;
}

/* Under a filter `count` is not known. */
static ro_status add_name(ro_suggesting *run, ro_str name, const char *kind, int64_t count,
                          ro_error *err) {
    if (is_listed(run, name)) {
        return RO_OK;
    }
    ro_status status = run->filter ? ro_suggest_count(run, name, &count, err) : RO_OK;
    if (status == RO_OK && count > 0) {
        json_t *item = json_object();
        ro_json_append(run->list, item, &run->memory);
        ro_json_set(item, "text", ro_json_string(name), &run->memory);
        ro_json_set(item, "kind", json_string(kind), &run->memory);
        ro_json_set(item, "count", json_integer(count), &run->memory);
    }
    return status;
}

ro_status ro_suggest_people(ro_suggesting *run, size_t most, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_person_named people[PEOPLE_MAX];
    size_t count = 0;
    ro_str q = run->request->q;
    most = most < PEOPLE_MAX ? most : PEOPLE_MAX;
    if (!most || q.len < LETTERS_MIN || !is_name(q)) {
        return RO_OK;
    }
    ro_status status =
        ro_people_by_beginnings(s->snapshot, q, most, &s->arena, people, &count, err);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        status = add_name(run, people[i].name, "person", people[i].articles, err);
    }
    return status;
}

ro_status ro_suggest_find_places(ro_searcher *searcher, const ro_request *request, json_t **answer,
                                 ro_error *err) {
    ro_request counting = ro_request_default();
    counting.kind = RO_KIND_TALKS;
    counting.facets = RO_FACET_PLACE;
    counting.limit = request->limit;
    counting.collapse = false;
    counting.deadline = request->deadline;
    bool any;
    *answer = NULL;
    if (request->q.len < LETTERS_MIN || request->q.len > RO_FACET_TEXT_MAX ||
        !is_name(request->q)) {
        return RO_OK;
    }
    ro_status status = ro_place_begins(searcher->snapshot, request->q, &any, err);
    return status == RO_OK && any
               ? ro_searcher_facet_values(searcher, &counting, request->q, answer, err)
               : status;
}

ro_status ro_suggest_places(ro_suggesting *run, const json_t *places, size_t most, ro_error *err) {
    const json_t *values = json_object_get(places, "values");
    size_t until = json_array_size(run->list) + most;
    ro_status status = RO_OK;
    for (size_t i = 0;
         status == RO_OK && i < json_array_size(values) && json_array_size(run->list) < until;
         i++) {
        const json_t *item = json_array_get(values, i), *value = json_object_get(item, "value");
        status = add_name(run, ro_str_make(json_string_value(value), json_string_length(value)),
                          "place", json_integer_value(json_object_get(item, "count")), err);
    }
    return status;
}
