#include "leaves.h"

#include <stdio.h>
#include <stdlib.h>

char *ro_leaf_directory(const ro_index *index) {
    char *path;
    return asprintf(&path, "%s/segments", index->directory) < 0 ? NULL : path;
}

char *ro_leaf_path(const ro_index *index, int64_t id) {
    char *path;
    return asprintf(&path, "%s/segments/%lld.seg", index->directory, (long long)id) < 0 ? NULL
                                                                                        : path;
}

void ro_leaves_release(ro_leaves *leaves) {
    for (size_t i = 0; i < leaves->count; i++) {
        ro_share_close(leaves->share, leaves->at[i].segment);
        free(leaves->at[i].live);
    }
    free(leaves->at);
    *leaves = (ro_leaves){.share = leaves->share};
}

/* What was open already moves over, unless its file was cut short. */
static void take_open(ro_leaves *from, ro_leaf *to) {
    for (size_t i = 0; i < from->count; i++) {
        ro_leaf *old = &from->at[i];
        if (old->id == to->id && old->segment && !ro_segment_failed(old->segment)) {
            *to = *old;
            old->segment = NULL;
            old->live = NULL;
        }
    }
}

/* The file must be the one that was registered, not just a sound one. */
static ro_status open_leaf(const ro_index *index, ro_share *share, ro_leaf *leaf, int64_t documents,
                           ro_error *err) {
    char *path = ro_leaf_path(index, leaf->id);
    ro_status status = path ? ro_share_open(share, path, leaf->id, &leaf->segment) : RO_MEMORY;
    free(path);
    if (!status && leaf->segment->count != documents) {
        ro_share_close(share, leaf->segment);
        leaf->segment = NULL;
        status = RO_DAMAGED;
    }
    leaf->problem = status;
    return status == RO_MEMORY ? ro_fail_memory(err) : RO_OK;
}

static ro_status read_leaf(ro_leaves *leaves, ro_leaves *before, const ro_index *index,
                           sqlite3_stmt *rows, ro_error *err) {
    ro_leaf leaf = {.id = sqlite3_column_int64(rows, 0)};
    int64_t kind = sqlite3_column_int64(rows, 1);
    if (kind < 0 || kind >= RO_KINDS) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: segment %lld is of no kind",
                       (long long)leaf.id);
    }
    leaf.kind = (ro_kind)kind;
    if ((leaves->count & (leaves->count - 1)) == 0) { /* the list doubles at powers of two */
        size_t room = leaves->count ? leaves->count * 2 : 1;
        ro_leaf *grown = realloc(leaves->at, room * sizeof *grown);
        if (!grown) {
            return ro_fail_memory(err);
        }
        leaves->at = grown;
    }
    take_open(before, &leaf);
    ro_status status =
        leaf.segment ? RO_OK
                     : open_leaf(index, leaves->share, &leaf, sqlite3_column_int64(rows, 2), err);
    leaves->at[leaves->count++] = leaf;
    return status;
}

ro_status ro_leaves_read(ro_leaves *leaves, const ro_index *index, sqlite3_stmt *rows,
                         ro_error *err) {
    ro_leaves before = *leaves;
    *leaves = (ro_leaves){.share = before.share};
    ro_status status = RO_OK;
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the segments", err);
        if (!status && row) {
            status = read_leaf(leaves, &before, index, rows, err);
        }
    }
    (void)sqlite3_reset(rows);
    ro_leaves_release(&before);
    return status;
}

ro_status ro_leaves_load(ro_leaves *leaves, const ro_index *index, sqlite3 *db, ro_error *err) {
    sqlite3_stmt *rows = NULL;
    ro_status status = ro_sql_prepare(db, RO_LEAVES_SQL, &rows, err);
    status = status ? status : ro_leaves_read(leaves, index, rows, err);
    sqlite3_finalize(rows);
    return status;
}

/* How many documents from `number` on follow one on the other and are all live; at least as far as
 * one look tells. */
static uint32_t live_run(const ro_segment *segment, const ro_columns *columns, uint32_t number) {
    ro_doc end;
    ro_doc doc = ro_segment_doc(segment, number);
    if (!ro_columns_full(columns, doc, &end)) {
        return ro_columns_get(columns, doc) != NULL;
    }
    uint32_t rest = segment->count - number;
    uint32_t run = end - doc < rest ? (uint32_t)(end - doc) : rest;
    return ro_segment_doc(segment, number + run - 1) - doc == run - 1 ? run : 1;
}

static void set_bits(uint64_t *bits, uint32_t from, uint32_t end) {
    for (; from < end && from % 64; from++) {
        bits[from / 64] |= UINT64_C(1) << (from % 64);
    }
    for (; from + 64 <= end; from += 64) {
        bits[from / 64] = UINT64_MAX;
    }
    for (; from < end; from++) {
        bits[from / 64] |= UINT64_C(1) << (from % 64);
    }
}

ro_status ro_leaf_live(ro_leaf *leaf, const ro_columns *columns, const uint64_t **out,
                       ro_error *err) {
    const ro_segment *segment = leaf->segment;
    *out = NULL;
    if (leaf->live_of != columns->revision) {
        size_t words = segment->count / 64 + 1;
        uint32_t count = 0;
        leaf->live = leaf->live ? leaf->live : malloc(words * sizeof *leaf->live);
        if (!leaf->live) {
            return ro_fail_memory(err);
        }
        memset(leaf->live, 0, words * sizeof *leaf->live);
        for (uint32_t i = 0, run; i < segment->count; i += run ? run : 1) {
            run = live_run(segment, columns, i);
            set_bits(leaf->live, i, i + run);
            count += run;
        }
        leaf->whole = count == segment->count;
        leaf->live_of = columns->revision;
    }
    *out = leaf->whole ? NULL : leaf->live;
    return RO_OK;
}

ro_status ro_leaves_usable(const ro_leaves *leaves, ro_kind kind, ro_error *err) {
    for (size_t i = 0; i < leaves->count; i++) {
        const ro_segment *segment = leaves->at[i].segment;
        if (leaves->at[i].kind == kind && (!segment || ro_segment_failed(segment))) {
            return ro_fail(err, RO_DAMAGED,
                           "segment %lld of the index is %s: run 'readout-indexer check --repair'",
                           (long long)leaves->at[i].id,
                           leaves->at[i].problem == RO_NOT_FOUND ? "missing" : "damaged");
        }
    }
    return RO_OK;
}
