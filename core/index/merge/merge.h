/* Groups kept up to date: which people, talks and outcomes of all articles are one.
 *
 * The same groups as merge.h makes of the whole set, whatever the order of writing. A record that
 * comes or goes touches its neighbours in its blocks, and where its group falls apart the smaller
 * parts of it: the cost does not grow with the index, nor with the group.
 *
 *   person_form    how articles name people, by family name; `person` is the form that stands for
 *                  all forms of the person
 *   person_article the articles that name a person so; `ways` is NULL unless the article has more
 *                  of the family: in how many ways then
 *   merge_record   talks and outcomes that can be one with others, by their documents; `grp` is the
 *                  number of the group: a document that is or was of it, or below zero
 *   merge_block    those of each block, in the order of ro_merge_compare
 */
#ifndef READOUT_INDEX_MERGE_H
#define READOUT_INDEX_MERGE_H

#include "../sql.h"
#include "readout/index.h"
#include "readout/merge.h"

/* A way that an article names a person. */
typedef struct ro_merge_name {
    ro_person_form form;
    ro_str key;     /* ro_person_key of the form */
    ro_str family;  /* ro_person_block; empty: without letters, like no other */
    int64_t number; /* ro_merge_form */
    /* of its number in the article: 0 for all but the first; RO_MERGE_ONLY: there is no other of
     * the family */
    int64_t ways;
} ro_merge_name;
#define RO_MERGE_ONLY (-1)

/* Leaves each name once, and sets `ways`. Returns how many there are. */
size_t ro_merge_names_settle(ro_merge_name *names, size_t count);

/* What of one article takes part. */
typedef struct ro_merge_set {
    ro_merge_name *names;
    size_t name_count;
    ro_merge_item *items[2]; /* by ro_merge_kind, in the order of ro_facts */
    size_t item_count[2];
} ro_merge_set;

/* In the arena; the costly part, for any thread. The facts of one article always give the same. */
ro_status ro_merge_set_make(const ro_facts *facts, ro_str article_id, int64_t published,
                            ro_analyser *analyser, ro_arena *arena, ro_merge_set *out,
                            ro_error *err) RO_MUST_CHECK;

/* Makes the tables, inside a transaction. */
ro_status ro_merge_make(sqlite3 *db, ro_error *err) RO_MUST_CHECK;

typedef struct ro_merge_writer ro_merge_writer;

ro_status ro_merge_writer_open(sqlite3 *db, ro_merge_writer **out, ro_error *err) RO_MUST_CHECK;
void ro_merge_writer_close(ro_merge_writer *writer);
/* Takes in, or out, what an article holds; its talks are the documents from `first[RO_MERGE_TALKS]`
 * on, its outcomes likewise. After a failure the transaction must end. */
ro_status ro_merge_put(ro_merge_writer *writer, const ro_merge_set *set, ro_doc article,
                       const ro_doc first[2], ro_error *err) RO_MUST_CHECK;
ro_status ro_merge_remove(ro_merge_writer *writer, const ro_merge_set *set, ro_doc article,
                          const ro_doc first[2], ro_error *err) RO_MUST_CHECK;
/* Writes what was gathered in memory; before every commit. */
ro_status ro_merge_store(ro_merge_writer *writer, ro_error *err) RO_MUST_CHECK;

/* ---- reading --------------------------------------------------------------------------------- */

/* The number of a form of a person, from its ro_person_key, folded as the values of columns are:
 * forms that fold alike share it. The same in every index. */
int64_t ro_merge_form(ro_str folded);

/* Groups by document or form, for collapsing: those that differ from the number itself, and the
 * groups they name. */
typedef struct ro_merge_map {
    int64_t *slots; /* open addressing: number, group */
    size_t slot_count;
    int64_t count;
} ro_merge_map;

enum {
    RO_MERGE_MAP_TALKS,
    RO_MERGE_MAP_OUTCOMES,
    RO_MERGE_MAP_PEOPLE,
    RO_MERGE_MAP_ARTICLES /* near-duplicates: see alike.h */
};

/* A record: its key in this column of a row, its sketch in the next. RO_DAMAGED. */
ro_status ro_merge_item_read(sqlite3_stmt *row, int column, ro_doc doc, ro_merge_item *out,
                             ro_error *err) RO_MUST_CHECK;

/* How many records are not in the group they would be in were all merged at once. */
ro_status ro_merge_check(sqlite3 *db, ro_merge_kind kind, int64_t *wrong,
                         ro_error *err) RO_MUST_CHECK;

/* Fails with RO_NOT_FOUND. */
ro_status ro_merge_no_group(ro_kind kind, int64_t group, ro_error *err) RO_MUST_CHECK;

/* How many articles support a group: to be shown with a hit. */
ro_status ro_merge_articles(sqlite3 *db, ro_kind kind, int64_t group, int64_t *out,
                            ro_error *err) RO_MUST_CHECK;

/* Inside the read transaction that `db` is in. */
ro_status ro_merge_map_load(sqlite3 *db, int which, ro_merge_map *out, ro_error *err) RO_MUST_CHECK;
/* Nothing differs from its group. */
static inline bool ro_merge_map_is_empty(const ro_merge_map *map) {
    return !map->count;
}
void ro_merge_map_release(ro_merge_map *map);
int64_t ro_merge_map_group(const ro_merge_map *map, int64_t number);
/* Whether anything else is of the group of this number. */
bool ro_merge_map_has(const ro_merge_map *map, int64_t group);

#endif
