/* The inside of the writer of groups. */
#ifndef READOUT_INDEX_MERGE_MERGER_H
#define READOUT_INDEX_MERGE_MERGER_H

#include "merge.h"

enum {
    RO_MERGE_RECORD_ADD,
    RO_MERGE_RECORD_READ,
    RO_MERGE_RECORD_DELETE,
    RO_MERGE_RECORD_SET,
    RO_MERGE_MOVE_FIRST,
    RO_MERGE_MOVE,
    RO_MERGE_NEW,
    RO_MERGE_BLOCK_ADD,
    RO_MERGE_BLOCK_DELETE,
    RO_MERGE_NEAR,
    RO_MERGE_BEFORE,
    RO_MERGE_AFTER,
    RO_MERGE_FORM_READ,
    RO_MERGE_FORM_ADD,
    RO_MERGE_FORM_COUNT,
    RO_MERGE_FORM_DELETE,
    RO_MERGE_ARTICLE_ADD,
    RO_MERGE_ARTICLE_DELETE,
    RO_MERGE_FORM_BLOCK,
    RO_MERGE_FORM_SET,
    RO_MERGE_STATEMENTS
};

/* A form whose count changes with this transaction. */
typedef struct ro_form_delta {
    ro_merge_name name; /* of number 0: a free slot */
    int64_t by;
} ro_form_delta;

struct ro_merge_writer {
    sqlite3 *db;
    sqlite3_stmt *statements[RO_MERGE_STATEMENTS];
    ro_arena strings; /* of the deltas */
    ro_form_delta *deltas;
    size_t delta_count, delta_room; /* room is a power of two */
    ro_arena work;                  /* of one call */
    ro_buf bytes;
};

/* near.c: a record as it is in the tables, read once in a call. */
typedef struct ro_merge_known {
    ro_doc doc;
    int64_t group;
    ro_merge_item item;
    bool same;                     /* as the record that comes or goes */
    struct ro_merge_known *next;   /* of all */
    struct walk *walk;             /* parts.c: which came upon it */
    struct ro_merge_known *beside; /* in that walk */
} ro_merge_known;

/* Those of a call, in the arena of its work. */
typedef struct ro_merge_knowns {
    ro_merge_known *first, *last; /* as they were found */
    ro_merge_known **slots;       /* by document; room is a power of two */
    size_t count, room;
} ro_merge_knowns;

typedef struct ro_merge_neighbours {
    ro_doc docs[RO_MERGE_WINDOW]; /* nearest first */
    size_t count;
} ro_merge_neighbours;

static inline void ro_merge_bind(sqlite3_stmt *statement, ro_merge_kind kind, ro_doc doc) {
    (void)sqlite3_bind_int64(statement, 1, (int64_t)kind);
    (void)sqlite3_bind_int64(statement, 2, doc);
}

ro_status ro_merge_known_read(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              ro_merge_known *out, ro_error *err) RO_MUST_CHECK;
/* The record; borrowed from `all`. */
ro_status ro_merge_known_find(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              ro_merge_knowns *all, ro_merge_known **out,
                              ro_error *err) RO_MUST_CHECK;
/* The neighbours of a record, which may be in the block itself. */
ro_status ro_merge_neighbours_read(ro_merge_writer *writer, uint64_t block,
                                   const ro_merge_item *item, ro_merge_neighbours *before,
                                   ro_merge_neighbours *after, ro_error *err) RO_MUST_CHECK;

/* parts.c: members of one group, each once; makes groups of the parts that no chain joins. */
ro_status ro_merge_part(ro_merge_writer *writer, ro_merge_kind kind, ro_merge_known *const *members,
                        size_t count, ro_merge_knowns *all, ro_error *err) RO_MUST_CHECK;

/* records.c */
ro_status ro_merge_record_put(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) RO_MUST_CHECK;
ro_status ro_merge_record_remove(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                                 const ro_merge_item *item, ro_error *err) RO_MUST_CHECK;
/* A record, or all records of a group, to a group: RO_MERGE_RECORD_SET, RO_MERGE_MOVE_FIRST and
 * RO_MERGE_MOVE. */
ro_status ro_merge_change(ro_merge_writer *writer, int statement, ro_merge_kind kind, int64_t which,
                          int64_t group, ro_error *err) RO_MUST_CHECK;
/* people.c */
/* An article names a person so, or did. */
ro_status ro_merge_name_count(ro_merge_writer *writer, const ro_merge_name *name, ro_doc article,
                              int64_t by, ro_error *err) RO_MUST_CHECK;
ro_status ro_merge_forms_store(ro_merge_writer *writer, ro_error *err) RO_MUST_CHECK;

#endif
