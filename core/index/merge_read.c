/* Reading what is one across articles. */
#include "snapshot.h"

static ro_status no_group(ro_kind kind, ro_error *err) {
    return ro_fail(err, RO_NOT_FOUND, "no such group among the %s", ro_kind_name(kind));
}

ro_status ro_snapshot_group(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                            ro_group *out, ro_error *err) {
    (void)arena;
    *out = (ro_group){.group = group};
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status : no_group(kind, err);
}

ro_status ro_snapshot_group_of(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, int64_t *group,
                               ro_error *err) {
    (void)doc;
    *group = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status : no_group(kind, err);
}

ro_status ro_snapshot_person_of(ro_snapshot *snapshot, ro_str value, int64_t *group,
                                ro_error *err) {
    (void)value;
    *group = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status : no_group(RO_KIND_PARTICIPANTS, err);
}
