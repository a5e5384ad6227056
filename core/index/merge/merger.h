/* The inside of the writer of groups. */
#ifndef READOUT_INDEX_MERGE_MERGER_H
#define READOUT_INDEX_MERGE_MERGER_H

#include "merge.h"

enum {
    RO_MERGE_RECORD_ADD,
    RO_MERGE_RECORD_READ,
    RO_MERGE_RECORD_DELETE,
    RO_MERGE_RECORD_SET,
    RO_MERGE_MEMBERS,
    RO_MERGE_MOVE,
    RO_MERGE_BLOCK_ADD,
    RO_MERGE_BLOCK_DELETE,
    RO_MERGE_NEAR,
    RO_MERGE_BEFORE,
    RO_MERGE_AFTER,
    RO_MERGE_FORM_READ,
    RO_MERGE_FORM_ADD,
    RO_MERGE_FORM_COUNT,
    RO_MERGE_FORM_DELETE,
    RO_MERGE_FORM_BLOCK,
    RO_MERGE_FORM_SET,
    RO_MERGE_STATEMENTS
};

/* A form whose count changes with this transaction. */
typedef struct ro_form_delta {
    int64_t form; /* 0: a free slot */
    int64_t by;
    ro_str key;
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

/* records.c */
ro_status ro_merge_record_put(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) RO_MUST_CHECK;
ro_status ro_merge_record_remove(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                                 const ro_merge_item *item, ro_error *err) RO_MUST_CHECK;
/* people.c */
ro_status ro_merge_form_count(ro_merge_writer *writer, ro_str key, int64_t form, int64_t by,
                              ro_error *err) RO_MUST_CHECK;
ro_status ro_merge_forms_store(ro_merge_writer *writer, ro_error *err) RO_MUST_CHECK;

#endif
