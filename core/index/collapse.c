#include "collapse.h"

#include "readout/name.h"
#include "readout/same.h"

#include <stdlib.h>

#define FIRST_SIZE 256

/* ---- by group ------------------------------------------------------------------------------ */

void ro_collapse_release(ro_collapse *collapse) {
    free(collapse->slots);
    *collapse = (ro_collapse){0};
}

static ro_hit *slot_of(const ro_collapse *collapse, int64_t group) {
    size_t at = (size_t)((uint64_t)group * 0x9E3779B97F4A7C15u >> 32) & (collapse->size - 1);
    while (collapse->slots[at].group && collapse->slots[at].group != group) {
        at = (at + 1) & (collapse->size - 1);
    }
    return &collapse->slots[at];
}

static bool grow(ro_collapse *collapse) {
    ro_collapse grown = {.size = collapse->size ? collapse->size * 2 : FIRST_SIZE,
                         .count = collapse->count};
    grown.slots = calloc(grown.size, sizeof *grown.slots);
    if (!grown.slots) {
        return false;
    }
    for (size_t i = 0; i < collapse->size; i++) {
        if (collapse->slots[i].group) {
            *slot_of(&grown, collapse->slots[i].group) = collapse->slots[i];
        }
    }
    free(collapse->slots);
    *collapse = grown;
    return true;
}

/* The slot of a group, or the free one that it would have; NULL: memory ran out. */
static ro_hit *claim(ro_collapse *collapse, int64_t group) {
    bool fits = collapse->count * 2 < collapse->size || grow(collapse);
    return fits ? slot_of(collapse, group) : NULL;
}

/* ---- groups --------------------------------------------------------------------------------- */

void ro_groups_release(ro_groups *groups) {
    ro_merge_map_release(&groups->map);
    free(groups->person_groups);
    free(groups->ones);
    free(groups->surnames);
    ro_collapse_release(&groups->persons);
    ro_collapse_release(&groups->families);
    *groups = (ro_groups){0};
}

ro_status ro_groups_load(ro_groups *groups, sqlite3 *db, ro_kind kind, int64_t revision,
                         const ro_dictionary *people, ro_error *err) {
    static const int maps[RO_KINDS] = {[RO_KIND_ARTICLES] = RO_MERGE_MAP_ARTICLES,
                                       [RO_KIND_TALKS] = RO_MERGE_MAP_TALKS,
                                       [RO_KIND_OUTCOMES] = RO_MERGE_MAP_OUTCOMES,
                                       [RO_KIND_PARTICIPANTS] = RO_MERGE_MAP_PEOPLE};
    if (kind == RO_KIND_STATEMENTS || (groups->loaded && groups->revision == revision)) {
        return RO_OK;
    }
    ro_groups_release(groups);
    ro_status status = ro_merge_map_load(db, maps[kind], &groups->map, err);
    if (!status && kind == RO_KIND_PARTICIPANTS) {
        groups->people = people;
        groups->person_groups = calloc(people->count, sizeof *groups->person_groups);
        groups->ones = calloc(people->count, sizeof *groups->ones);
        groups->surnames = calloc(people->count, sizeof *groups->surnames);
        groups->person_count = people->count;
        bool fits = groups->person_groups && groups->ones && groups->surnames;
        status = fits ? RO_OK : ro_fail_memory(err);
    }
    groups->loaded = !status;
    groups->revision = revision;
    return status;
}

int64_t ro_groups_of_person(ro_groups *groups, uint32_t id) {
    if (id >= groups->person_count) {
        return 0;
    }
    int64_t *group = &groups->person_groups[id];
    if (!*group) {
        *group = ro_merge_map_group(&groups->map, ro_merge_form(groups->people->values[id].folded));
    }
    return *group;
}

/* The first value that was met of what it is of; 0: memory ran out. */
static uint32_t first_of(ro_collapse *met, int64_t group, uint32_t id) {
    ro_hit *slot = claim(met, group);
    if (slot && !slot->group) {
        *slot = (ro_hit){.doc = id, .group = group};
        met->count++;
    }
    return slot ? (uint32_t)slot->doc : 0;
}

bool ro_groups_one_of_person(ro_groups *groups, uint32_t id, uint32_t *one) {
    int64_t group = ro_groups_of_person(groups, id);
    *one = id;
    if (!group) {
        return true;
    }
    if (!groups->ones[id]) {
        groups->ones[id] = first_of(&groups->persons, group, id);
    }
    *one = groups->ones[id];
    return *one != 0;
}

bool ro_groups_one_of_surname(ro_groups *groups, uint32_t id, uint32_t *one, bool *bare) {
    *one = id;
    *bare = false;
    if (!ro_groups_of_person(groups, id)) {
        return true;
    }
    if (!groups->surnames[id]) {
        ro_person_form form;
        ro_name name;
        ro_person_form_parse(groups->people->values[id].shown, &form);
        ro_name_read(form.name, form.side, &name);
        int64_t surname = (int64_t)(ro_str_hash(ro_str_from(name.family)) | 1);
        uint32_t first = first_of(&groups->families, surname, id);
        groups->surnames[id] = first << 1 | (first && !name.given_count);
    }
    *one = groups->surnames[id] >> 1;
    *bare = groups->surnames[id] & 1;
    return *one != 0;
}

/* The person that a participation is of; 0: none. */
static uint32_t person_in(ro_list list) {
    for (size_t i = 0; i < list.count; i++) {
        if (ro_listed_column(list.at[i]) == RO_COLUMN_PERSON) {
            return ro_listed_id(list.at[i]);
        }
    }
    return 0;
}

int64_t ro_groups_of(ro_groups *groups, ro_kind kind, ro_doc doc, ro_list list) {
    if (kind == RO_KIND_STATEMENTS) {
        return 0;
    }
    if (kind == RO_KIND_PARTICIPANTS) {
        uint32_t person = person_in(list);
        return person ? ro_groups_of_person(groups, person) : 0;
    }
    return ro_merge_map_group(&groups->map, doc);
}

size_t ro_groups_numbers(const ro_groups *groups, size_t documents) {
    return groups->person_count + documents;
}

bool ro_groups_number(ro_groups *groups, ro_kind kind, ro_doc doc, ro_list list, size_t documents,
                      size_t *number) {
    uint32_t one;
    *number = groups->person_count + (size_t)doc;
    if (kind == RO_KIND_PARTICIPANTS) {
        uint32_t person = person_in(list);
        if (!person || !ro_groups_of_person(groups, person)) {
            return true;
        }
        bool found = ro_groups_one_of_person(groups, person, &one);
        *number = one;
        return found;
    }
    int64_t group = ro_groups_of(groups, kind, doc, list);
    if (group > 0 && (size_t)group < documents) {
        *number = groups->person_count + (size_t)group;
    }
    return true;
}

/* ---- the best of each ----------------------------------------------------------------------- */

bool ro_collapse_add(ro_collapse *collapse, ro_sort sort, const ro_hit *hit) {
    ro_hit *best = claim(collapse, hit->group);
    if (!best) {
        return false;
    }
    collapse->count += !best->group;
    if (!best->group || ro_hit_before(sort, hit, best)) {
        *best = *hit;
    }
    return true;
}

bool ro_collapse_finish(const ro_collapse *collapse, ro_top *top) {
    for (size_t i = 0; i < collapse->size; i++) {
        if (collapse->slots[i].group && !ro_top_add(top, &collapse->slots[i])) {
            return false;
        }
    }
    return true;
}

/* ---- all of each ---------------------------------------------------------------------------- */

void ro_members_release(ro_members *members) {
    free(members->at);
    *members = (ro_members){0};
}

bool ro_members_add(ro_members *members, size_t group, ro_doc doc) {
    ro_member *at = ro_grow(members->at, members->count, &members->room, sizeof *at);
    if (!at) {
        return false;
    }
    members->at = at;
    members->at[members->count++] = (ro_member){group, doc};
    return true;
}

ro_status ro_members_visit(const ro_members *members, size_t groups, ro_deadline deadline,
                           void (*visit)(void *context, ro_doc, bool first), void *context,
                           ro_error *err) {
    ro_ticker ticker = {.deadline = deadline};
    /* by group and by member: the next of the same group, counted from 1 */
    uint32_t *first = calloc(groups + 1, sizeof *first);
    uint32_t *next = calloc(members->count + 1, sizeof *next);
    ro_status status = first && next ? RO_OK : ro_fail_memory(err);
    for (size_t i = members->count; !status && i-- > 0;) {
        size_t group = members->at[i].group;
        next[i] = first[group];
        first[group] = (uint32_t)i + 1;
    }
    for (size_t group = 0; !status && group < groups; group++) {
        for (size_t i = first[group]; i; i = next[i - 1]) {
            visit(context, members->at[i - 1].doc, i == first[group]);
        }
        if (first[group] && ro_ticker_late(&ticker, 64)) {
            status =
                ro_fail(err, RO_DEADLINE, "the search stopped: %s", ro_status_name(RO_DEADLINE));
        }
    }
    free(first);
    free(next);
    return status;
}
