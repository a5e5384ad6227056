/* People and places whose names go on from what was typed: those that most articles tell of. */
#include "suggest.h"

#include <ctype.h>

#define PEOPLE_MAX 24 /* names that are looked at */
#define TOLD_MAX 8
#define COUNTED_MAX 8 /* names whose articles are counted in a filter, which takes long */

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

static void add_name(ro_suggesting *run, ro_str name, const char *kind, int64_t count) {
    if (!is_listed(run, name)) {
        json_t *item = json_object();
        ro_json_append(run->list, item, &run->memory);
        ro_json_set(item, "text", ro_json_string(name), &run->memory);
        ro_json_set(item, "kind", json_string(kind), &run->memory);
        ro_json_set(item, "count", json_integer(count), &run->memory);
    }
}

/* Articles that the filter leaves and that name somebody so. That they have the words of the name,
 * which is found out faster, does not say that they do; and other spellings of the person do not
 * count: who may see these articles alone is not to learn what the others write. */
static ro_status count_filtered(ro_suggesting *run, ro_person_named *person, ro_error *err) {
    static const ro_column columns[] = {RO_COLUMN_PERSON, RO_COLUMN_SPEAKER, RO_COLUMN_BY};
    ro_arena *arena = &run->searcher->arena;
    ro_match *any = ro_match_new(arena, RO_MATCH_BOOL);
    ro_status status = any ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; status == RO_OK && i < sizeof columns / sizeof *columns; i++) {
        ro_match *so = ro_match_new(arena, RO_MATCH_VALUE);
        if (!so) {
            return ro_fail_memory(err);
        }
        so->occur = RO_SHOULD;
        so->column = columns[i];
        so->values = person->values;
        so->value_count = person->value_count;
        status = ro_match_add(arena, any, so, err);
    }
    return status == RO_OK ? ro_suggest_count(run, person->name, any, &person->articles, err)
                           : status;
}

/* Each person by one name. */
static bool is_told(const int64_t *told, size_t count, int64_t person) {
    for (size_t i = 0; i < count; i++) {
        if (told[i] == person) {
            return true;
        }
    }
    return false;
}

ro_status ro_suggest_people(ro_suggesting *run, size_t most, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_person_named people[PEOPLE_MAX];
    int64_t told[TOLD_MAX];
    size_t count = 0, told_count = 0, counted = 0;
    most = most < TOLD_MAX ? most : TOLD_MAX;
    if (!most || !is_name(run->request->q)) {
        return RO_OK;
    }
    ro_status status = ro_people_by_beginnings(s->snapshot, run->request->q, PEOPLE_MAX,
                                               run->deadline, &s->arena, people, &count, err);
    for (size_t i = 0; status == RO_OK && i < count && told_count < most && counted < COUNTED_MAX;
         i++) {
        if (is_told(told, told_count, people[i].person)) {
            continue;
        }
        if (run->filter) {
            status = count_filtered(run, &people[i], err);
            counted++;
        }
        if (status == RO_OK && people[i].articles) {
            told[told_count++] = people[i].person;
            add_name(run, people[i].name, "person", people[i].articles);
        }
    }
    return status;
}

ro_status ro_suggest_find_places(ro_searcher *searcher, const ro_request *request, json_t **answer,
                                 ro_error *err) {
    ro_request counting = ro_request_default();
    counting.filter = request->filter;
    counting.restriction = request->restriction;
    /* A filter is of articles. */
    counting.kind =
        request->filter.len || request->restriction.len ? RO_KIND_ARTICLES : RO_KIND_TALKS;
    counting.facets = RO_FACET_PLACE;
    counting.limit = request->limit;
    counting.collapse = false;
    counting.deadline = request->deadline;
    bool any;
    *answer = NULL;
    if (request->q.len > RO_FACET_TEXT_MAX || !is_name(request->q)) {
        return RO_OK;
    }
    ro_status status =
        ro_place_begins(searcher->snapshot, request->q, request->deadline, &any, err);
    return status == RO_OK && any
               ? ro_searcher_facet_values(searcher, &counting, request->q, answer, err)
               : status;
}

void ro_suggest_places(ro_suggesting *run, const json_t *places, size_t most) {
    const json_t *values = json_object_get(places, "values");
    size_t until = json_array_size(run->list) + most;
    for (size_t i = 0; i < json_array_size(values) && json_array_size(run->list) < until; i++) {
        const json_t *item = json_array_get(values, i), *value = json_object_get(item, "value");
        add_name(run, ro_str_make(json_string_value(value), json_string_length(value)), "place",
                 json_integer_value(json_object_get(item, "count")));
    }
}
