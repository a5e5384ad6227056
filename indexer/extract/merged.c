#include "merged.h"

#include <jansson.h>
#include <stdlib.h>

/* A person, talk or outcome of an article. */
typedef struct record {
    ro_str article;
    size_t index; /* in its list */
    ro_str text;  /* what a reader knows it by */
} record;

typedef enum kind { PEOPLE, TALKS, OUTCOMES, KINDS } kind;

typedef struct list {
    record *records;
    void *items; /* ro_person_form or ro_merge_item, as many */
    size_t count, room;
} list;

struct merged_view {
    ro_arena arena;
    ro_analyser *analyser;
    list lists[KINDS];
};

static const struct {
    const char *list, *member;
    char letter;
    size_t size;
} KIND[KINDS] = {{"people", "person", 'p', sizeof(ro_person_form)},
                 {"talks", "talk", 't', sizeof(ro_merge_item)},
                 {"outcomes", "outcome", 'o', sizeof(ro_merge_item)}};

ro_status merged_new(merged_view **out, ro_error *err) {
    *out = calloc(1, sizeof **out);
    if (!*out) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_analyser_new(&(*out)->analyser, err);
    if (status) {
        merged_free(*out);
        *out = NULL;
    }
    return status;
}

void merged_free(merged_view *view) {
    if (view) {
        for (kind k = PEOPLE; k < KINDS; k++) {
            free(view->lists[k].records);
            free(view->lists[k].items);
        }
        ro_analyser_free(view->analyser);
        ro_arena_release(&view->arena);
        free(view);
    }
}

/* Room for one more record; its item, NULL when memory ran out. */
static void *add_record(merged_view *view, kind k, ro_str article, size_t index, ro_str text) {
    list *l = &view->lists[k];
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        record *records = realloc(l->records, room * sizeof *records);
        l->records = records ? records : l->records;
        void *items = realloc(l->items, room * KIND[k].size);
        l->items = items ? items : l->items;
        if (!records || !items) {
            return NULL;
        }
        l->room = room;
    }
    l->records[l->count] = (record){article, index, ro_arena_copy(&view->arena, text)};
    return (char *)l->items + l->count++ * KIND[k].size;
}

static ro_str talk_text(merged_view *view, const ro_talk *talk) {
    ro_buf text = RO_BUF_INIT;
    for (size_t i = 0; i < talk->side_count; i++) {
        ro_buf_printf(&text, "%s%s", i ? "+" : "", talk->sides[i].code);
    }
    ro_buf_printf(&text, " %s %.*s %.*s", ro_talk_status_name(talk->status), RO_STR_ARG(talk->city),
                  RO_STR_ARG(talk->date));
    ro_str copy = ro_arena_copy(&view->arena, ro_buf_str(&text));
    ro_buf_release(&text);
    return ro_str_trim(copy);
}

static ro_status add_talks(merged_view *view, const ro_facts *facts, ro_str key,
                           const uint8_t place[RO_MERGE_KEY], ro_error *err) {
    for (size_t i = 0; i < facts->talk_count; i++) {
        ro_merge_item *item = add_record(view, TALKS, key, i, talk_text(view, &facts->talks[i]));
        if (!item) {
            return ro_fail_memory(err);
        }
        memcpy(item->key, place, RO_MERGE_KEY);
        item->number = (int64_t)i;
        ro_talk_sketch(facts, i, facts->published, &item->sketch);
    }
    return RO_OK;
}

static ro_status add_outcomes(merged_view *view, const ro_facts *facts, ro_str key,
                              const uint8_t place[RO_MERGE_KEY], ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < facts->outcome_count && !status; i++) {
        const ro_outcome *outcome = &facts->outcomes[i];
        ro_str text =
            ro_arena_printf(&view->arena, "%s: %.*s", ro_outcome_status_name(outcome->status),
                            RO_STR_ARG(outcome->what));
        ro_merge_item *item = add_record(view, OUTCOMES, key, i, text);
        if (!item) {
            return ro_fail_memory(err);
        }
        memcpy(item->key, place, RO_MERGE_KEY);
        item->number = (int64_t)i;
        status = ro_outcome_sketch(facts, i, facts->published, view->analyser, &item->sketch, err);
    }
    return status;
}

ro_status merged_add(merged_view *view, const ro_facts *facts, ro_error *err) {
    ro_str key = ro_arena_copy(&view->arena, facts->key);
    uint8_t place[RO_MERGE_KEY];
    ro_status status = ro_merge_key(key, place, err);
    for (size_t i = 0; i < facts->person_count && !status; i++) {
        ro_person_form *form = add_record(view, PEOPLE, key, i, RO_STR(""));
        if (!form) {
            return ro_fail_memory(err);
        }
        status = ro_person_form_of(&facts->people[i], &view->arena, form, err);
        list *people = &view->lists[PEOPLE];
        people->records[people->count - 1].text =
            status ? RO_STR("") : ro_person_key(form, &view->arena);
    }
    status = status ? status : add_talks(view, facts, key, place, err);
    return status ? status : add_outcomes(view, facts, key, place, err);
}

/* ---- output ---------------------------------------------------------------------------------- */

static json_t *id_of(const record *r, kind k) {
    return json_sprintf("%c%zu", KIND[k].letter, r->index + 1);
}

static json_t *string_of(ro_str s) {
    return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *reasons(unsigned bits) {
    json_t *names = json_array();
    for (unsigned i = 0; i < RO_SAME_REASONS; i++) {
        if (bits & 1U << i) {
            (void)json_array_append_new(names, json_string(ro_same_name(1U << i)));
        }
    }
    return names;
}

static json_t *member_of(const list *l, kind k, size_t at, const ro_same_link *link) {
    const record *r = &l->records[at];
    const record *to = &l->records[link->to];
    json_t *member = json_pack("{s:o,s:o,s:o}", "article", string_of(r->article), KIND[k].member,
                               id_of(r, k), "text", string_of(r->text));
    if (link->to != at && member) {
        (void)json_object_set_new(
            member, "to",
            json_sprintf("%.*s#%c%zu", RO_STR_ARG(to->article), KIND[k].letter, to->index + 1));
        (void)json_object_set_new(member, "why", reasons(link->why));
        (void)json_object_set_new(member, "conflicts", reasons(link->conflicts));
    }
    return member;
}

/* The indices of records, those of one group together, the first of it before the others. */
typedef struct place {
    uint32_t group, at;
    const ro_merge_item *item; /* NULL for people */
} place;

static int compare_places(const void *a, const void *b) {
    const place *pa = a;
    const place *pb = b;
    if (pa->group != pb->group) {
        return pa->group < pb->group ? -1 : 1;
    }
    int order = pa->item ? ro_merge_compare(pa->item, pb->item) : 0;
    return order ? order : (pa->at > pb->at) - (pa->at < pb->at);
}

/* Reasons among the members of one group, in the numbers of all records. */
static ro_status explain(kind k, const place *places, size_t count, ro_same_link *links,
                         ro_error *err) {
    ro_merge_item *items = calloc(count, sizeof *items);
    ro_same_link *found = calloc(count, sizeof *found);
    ro_status status = items && found ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < count && !status; i++) {
        items[i] = *places[i].item;
    }
    if (!status) {
        ro_merge_reasons(k == TALKS ? RO_MERGE_TALKS : RO_MERGE_OUTCOMES, items, count, found);
    }
    for (size_t i = 0; i < count && !status; i++) {
        ro_same_link *link = &links[places[i].at];
        link->to = places[found[i].to].at;
        link->why = found[i].why;
        link->conflicts = found[i].conflicts;
    }
    free(items);
    free(found);
    return status;
}

static ro_status group_records(list *l, kind k, ro_same_link *links, place *places, ro_error *err) {
    ro_status status = k == PEOPLE
                           ? ro_merge_people(l->items, l->count, links, err)
                           : ro_merge_groups(k == TALKS ? RO_MERGE_TALKS : RO_MERGE_OUTCOMES,
                                             l->items, l->count, links, err);
    for (uint32_t i = 0; i < l->count && !status; i++) {
        places[i] = (place){links[i].group, i, NULL};
        if (k != PEOPLE) {
            places[i].item = (const ro_merge_item *)l->items + i;
        }
    }
    if (!status) {
        qsort(places, l->count, sizeof *places, compare_places);
    }
    return status;
}

static ro_status put_groups(list *l, kind k, json_t *out, ro_error *err) {
    ro_same_link *links = calloc(l->count + 1, sizeof *links);
    place *places = calloc(l->count + 1, sizeof *places);
    ro_status status = links && places ? RO_OK : ro_fail_memory(err);
    status = status ? status : group_records(l, k, links, places, err);
    json_t *alone = json_array();
    for (size_t i = 0, end; i < l->count && !status; i = end) {
        end = i + 1;
        while (end < l->count && places[end].group == places[i].group) {
            end++;
        }
        if (k != PEOPLE) {
            status = explain(k, places + i, end - i, links, err);
        }
        json_t *members = json_array();
        for (size_t j = i; j < end; j++) {
            (void)json_array_append_new(members,
                                        member_of(l, k, places[j].at, &links[places[j].at]));
        }
        const record *first = &l->records[places[i].group];
        json_t *id = json_sprintf("%.*s#%c%zu", RO_STR_ARG(first->article), KIND[k].letter,
                                  first->index + 1);
        json_t *group = json_pack("{s:o,s:o}", "id", id, "members", members);
        (void)json_array_append_new(end - i > 1 ? out : alone, group);
    }
    (void)json_array_extend(out, alone);
    json_decref(alone);
    free(links);
    free(places);
    return status;
}

ro_status merged_write(merged_view *view, ro_buf *out, ro_error *err) {
    json_t *root = json_object();
    ro_status status = root ? RO_OK : ro_fail_memory(err);
    for (kind k = PEOPLE; k < KINDS && !status; k++) {
        json_t *groups = json_array();
        status = put_groups(&view->lists[k], k, groups, err);
        (void)json_object_set_new(root, KIND[k].list, groups);
    }
    char *text = status ? NULL : json_dumps(root, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text) {
        ro_buf_add(out, text, strlen(text));
        ro_buf_add_byte(out, '\n');
    } else if (!status) {
        status = ro_fail_memory(err);
    }
    free(text);
    json_decref(root);
    return status;
}
