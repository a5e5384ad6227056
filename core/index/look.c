#include "look.h"
#include "segment/run.h"

ro_status ro_look_run(const ro_look *l, const ro_expression *expression, bool sealed,
                      ro_error *err) {
    ro_collection *collection = &l->snapshot->collections[l->search->kind];
    const ro_leaves *leaves = &l->snapshot->leaves;
    ro_deadline deadline = l->search->deadline;
    ro_status status = ro_leaves_usable(leaves, collection->kind, err);
    if (status || !expression->text.len) {
        return status;
    }
    for (size_t i = 0; sealed && !status && i < leaves->count; i++) {
        if (leaves->at[i].kind == collection->kind) {
            status = ro_segment_run(leaves->at[i].segment, l->plan, l->only, deadline, l->visit,
                                    l->context, l->arena, err);
        }
    }
    return status ? status
                  : ro_hot_run(&collection->hot, l->plan, expression, l->only, deadline, l->visit,
                               l->context, l->arena, err);
}
