/* Groups of hits: which person, talk or outcome a document is of, and the best hit of each. */
#ifndef READOUT_INDEX_COLLAPSE_H
#define READOUT_INDEX_COLLAPSE_H

#include "columns.h"
#include "merge/merge.h"
#include "top.h"

/* The best hit of each group met. */
typedef struct ro_collapse {
    ro_hit *slots; /* owned; open addressing by group, 0: free */
    size_t size, count;
} ro_collapse;

/* The groups of one kind's documents, as a snapshot keeps them. */
typedef struct ro_groups {
    ro_merge_map map;
    int64_t revision; /* of what is loaded, when it is */
    bool loaded;
    const ro_dictionary *people; /* PARTICIPANTS: the groups are those of their people */
    int64_t *person_groups;      /* owned; by id of the value, 0: not looked up yet */
    uint32_t *ones;              /* owned; by id: the one value of a person; 0: not looked up yet */
    size_t person_count;
    uint32_t *surnames; /* owned; by id: one value of a surname, and whether it is all of the name;
                           0: not looked up yet */
    ro_collapse persons, families; /* a value of each met */
} ro_groups;

void ro_groups_release(ro_groups *groups);
/* Loads them as of `revision`, inside the read transaction that `db` is in. Nothing for a kind that
 * has none. `people` is the dictionary of people as of then, used for PARTICIPANTS. */
ro_status ro_groups_load(ro_groups *groups, sqlite3 *db, ro_kind kind, int64_t revision,
                         const ro_dictionary *people, ro_error *err) RO_MUST_CHECK;
/* The group of a document with these values; 0: none. */
int64_t ro_groups_of(ro_groups *groups, ro_kind kind, ro_doc doc, ro_list list);
/* The group of a value of the dictionary of people, in the groups of PARTICIPANTS; 0: none, as of
 * the code of a side. */
int64_t ro_groups_of_person(ro_groups *groups, uint32_t id);
/* One value for all that are the same person; itself for what is in no group. False when memory ran
 * out. */
bool ro_groups_one_of_person(ro_groups *groups, uint32_t id, uint32_t *one);
/* The same for all that share a surname, which is what finds them all; `bare`: the value tells no
 * more of the name. Itself for what is no person. */
bool ro_groups_one_of_surname(ro_groups *groups, uint32_t id, uint32_t *one, bool *bare);
/* A number for the group of a document, which is below `documents`; what has no group has one of
 * its own. They are less than ro_groups_numbers. False when memory ran out. */
bool ro_groups_number(ro_groups *groups, ro_kind kind, ro_doc doc, ro_list list, size_t documents,
                      size_t *number);
size_t ro_groups_numbers(const ro_groups *groups, size_t documents);

/* Kinds whose groups tell only of all their members: a search looks at every hit. Groups of
 * articles are near-duplicates, which are taken out of the best hits. */
static inline bool ro_kind_has_groups(ro_kind kind) {
    return kind == RO_KIND_TALKS || kind == RO_KIND_PARTICIPANTS || kind == RO_KIND_OUTCOMES;
}

void ro_collapse_release(ro_collapse *collapse);
/* Takes the hit in; false when memory ran out. */
bool ro_collapse_add(ro_collapse *collapse, ro_sort sort, const ro_hit *hit);
/* Hands all best hits to the top. */
bool ro_collapse_finish(const ro_collapse *collapse, ro_top *top);

/* All hits with the numbers of their groups, in the order they were met. */
typedef struct ro_member {
    size_t group;
    ro_doc doc;
} ro_member;

typedef struct ro_members {
    ro_member *at; /* owned */
    size_t count, room;
} ro_members;

void ro_members_release(ro_members *members);
/* False when memory ran out. */
bool ro_members_add(ro_members *members, size_t group, ro_doc doc);
/* Shows them group by group; `first`: the first of its group. RO_MEMORY, RO_DEADLINE. */
ro_status ro_members_visit(const ro_members *members, size_t groups, ro_deadline deadline,
                           void (*visit)(void *context, ro_doc, bool first), void *context,
                           ro_error *err) RO_MUST_CHECK;

#endif
