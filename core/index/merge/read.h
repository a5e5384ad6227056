/* Forms of people as readers take them from the catalogue. */
#ifndef READOUT_INDEX_MERGE_READ_H
#define READOUT_INDEX_MERGE_READ_H

#include "merge.h"

typedef struct ro_form_row {
    ro_person_form form;
    int64_t number, person, articles;
} ro_form_row;

typedef struct ro_form_rows {
    ro_arena *arena;
    ro_form_row *list; /* owned; in the order of a block */
    size_t count, room;
} ro_form_rows;

/* All forms of a family name, appended in the order of a block. */
ro_status ro_merge_forms_read(sqlite3 *db, ro_str family, ro_form_rows *out,
                              ro_error *err) RO_MUST_CHECK;

#endif
