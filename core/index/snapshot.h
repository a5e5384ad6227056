/* The inside of a snapshot. */
#ifndef READOUT_INDEX_SNAPSHOT_H
#define READOUT_INDEX_SNAPSHOT_H

#include "catalog.h"
#include "collapse.h"
#include "collection.h"
#include "facts/rows.h"
#include "leaves.h"
#include "segment/topk.h"

#include <zstd.h>

enum {
    RO_SNAPSHOT_BEGIN,
    RO_SNAPSHOT_COMMIT,
    RO_SNAPSHOT_SEGMENTS,
    RO_SNAPSHOT_REVISION,
    RO_SNAPSHOT_ARTICLE,
    RO_SNAPSHOT_SHORT,
    RO_SNAPSHOT_FIND,
    RO_SNAPSHOT_EACH,
    RO_SNAPSHOT_STATEMENTS
};

struct ro_snapshot {
    const ro_index *index;
    sqlite3 *db;
    sqlite3_stmt *statements[RO_SNAPSHOT_STATEMENTS];
    ro_collection collections[RO_KINDS]; /* articles; others once they are asked for */
    ro_leaves leaves;
    ro_bounds bounds;
    ro_dictionaries dictionaries;
    ro_groups groups[RO_KINDS]; /* once they are asked for */
    ro_fact_reader facts;
    ZSTD_DCtx *unpacker;             /* of bodies, once one was read */
    sqlite3_stmt *fact_of[RO_KINDS]; /* where a document comes from; NULL until needed */
    int64_t revision;
    ro_status broken; /* a refresh failed half way: only another, or close, works */
};

/* RO_OK unless an earlier failure ended the view. */
ro_status ro_snapshot_usable(const ro_snapshot *snapshot, ro_error *err) RO_MUST_CHECK;
/* The collection in a view that is usable, with `lists` also those of its columns. */
ro_status ro_snapshot_collection(ro_snapshot *snapshot, ro_kind kind, bool lists,
                                 ro_collection **out, ro_error *err) RO_MUST_CHECK;
/* The groups of a kind's documents, loaded; for PARTICIPANTS lists are to be loaded as well. */
ro_status ro_snapshot_groups(ro_snapshot *snapshot, ro_kind kind, ro_groups **out,
                             ro_error *err) RO_MUST_CHECK;
/* The dictionary of a column, loaded. */
ro_status ro_snapshot_dictionary(ro_snapshot *snapshot, ro_dictionary_name which,
                                 const ro_dictionary **out, ro_error *err) RO_MUST_CHECK;

#endif
