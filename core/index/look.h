/* Looks at documents of the leaves one by one, hot and sealed. */
#ifndef READOUT_INDEX_LOOK_H
#define READOUT_INDEX_LOOK_H

#include "snapshot.h"

typedef struct ro_look {
    ro_snapshot *snapshot;
    const ro_search *search;
    const ro_plan *plan;
    ro_arena *arena;
    ro_doc only; /* other than 0: at no other document */
    ro_hot_visit visit;
    void *context;
} ro_look;

/* Shows `visit` all documents that hold a term and may match; with `sealed` also those of sealed
 * leaves. RO_DAMAGED, RO_DEADLINE, RO_MEMORY, and what `visit` fails with. */
ro_status ro_look_run(const ro_look *look, const ro_expression *expression, bool sealed,
                      ro_error *err) RO_MUST_CHECK;

#endif
