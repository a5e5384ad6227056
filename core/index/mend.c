/* Sealed leaves that are damaged or missing are built anew from the stored articles. */
#include "seal.h"
#include "writer.h"

#include <stdlib.h>

#define BUILDER_BYTES_MAX ((size_t)64 << 20)

typedef struct mending {
    ro_writer *writer;
    bool kinds[RO_KINDS];      /* that have lost a leaf */
    ro_live missing[RO_KINDS]; /* live documents that no leaf holds */
    ro_segment_builder *builders[RO_KINDS];
    int64_t leaves; /* that were lost */
} mending;

/* ---- what is lost --------------------------------------------------------------------------- */

static ro_status take_hot(ro_live *missing, sqlite3 *db, ro_kind kind, ro_error *err) {
    sqlite3_stmt *rows = NULL;
    ro_status status =
        ro_sql_prepare_named(db, "SELECT id FROM hot_$_docsize", ro_kind_name(kind), &rows, err);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the hot leaf", err);
        if (!status && row) {
            ro_live_take(missing, sqlite3_column_int64(rows, 0));
        }
    }
    sqlite3_finalize(rows);
    return status;
}

static bool is_lost(const ro_leaf *leaf, bool thorough) {
    return !leaf->segment || (thorough && ro_segment_check(leaf->segment, NULL) != RO_OK);
}

static ro_status find_missing(mending *m, const ro_leaves *leaves, const bool *lost, ro_kind kind,
                              ro_error *err) {
    ro_status status = ro_live_load(&m->missing[kind], m->writer->db, kind, err);
    status = status ? status : take_hot(&m->missing[kind], m->writer->db, kind, err);
    for (size_t i = 0; !status && i < leaves->count; i++) {
        const ro_segment *segment = leaves->at[i].segment;
        if (leaves->at[i].kind == kind && !lost[i]) {
            for (uint32_t number = 0; number < segment->count; number++) {
                ro_live_take(&m->missing[kind], ro_segment_doc(segment, number));
            }
        }
    }
    return status;
}

static ro_status find_lost(mending *m, bool thorough, ro_error *err) {
    ro_leaves leaves = {0};
    ro_status status = ro_leaves_load(&leaves, m->writer->index, m->writer->db, err);
    bool *lost = calloc(leaves.count + 1, sizeof *lost);
    if (!status && !lost) {
        status = ro_fail_memory(err);
    }
    for (size_t i = 0; !status && i < leaves.count; i++) {
        lost[i] = is_lost(&leaves.at[i], thorough);
        if (lost[i]) {
            m->kinds[leaves.at[i].kind] = true;
            m->leaves++;
            status = ro_seal_drop(m->writer->db, leaves.at[i].id, err);
        }
    }
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        if (m->kinds[kind]) {
            status = find_missing(m, &leaves, lost, (ro_kind)kind, err);
        }
    }
    free(lost);
    ro_leaves_release(&leaves);
    return status;
}

/* ---- building ------------------------------------------------------------------------------- */

static ro_status seal(mending *m, ro_kind kind, ro_error *err) {
    return ro_seal_builder(m->writer->index, m->writer->db, kind, m->builders[kind], err);
}

/* Documents mostly come in order; one that does not begins a new leaf. */
static ro_status put_back(void *context, ro_kind kind, ro_doc doc, const ro_stream *terms,
                          ro_error *err) {
    mending *m = context;
    ro_segment_builder **builder = &m->builders[kind];
    ro_status status = RO_OK;
    if (!ro_live_has(&m->missing[kind], doc)) {
        return RO_OK;
    }
    if (!*builder) {
        status = ro_segment_builder_new(0, builder, err);
    } else if (doc <= ro_segment_builder_last(*builder) ||
               ro_segment_builder_size(*builder) > BUILDER_BYTES_MAX) {
        status = seal(m, kind, err);
    }
    return status ? status : ro_segment_builder_add(*builder, doc, terms, err);
}

static ro_status put_all_back(mending *m, ro_error *err) {
    bool facts = false;
    for (int kind = RO_KIND_ARTICLES + 1; kind < RO_KINDS; kind++) {
        facts |= m->kinds[kind];
    }
    sqlite3_stmt *rows = NULL;
    ro_status status =
        ro_sql_prepare(m->writer->db, "SELECT doc FROM article ORDER BY doc", &rows, err);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the articles", err);
        ro_doc doc = row ? sqlite3_column_int64(rows, 0) : 0;
        if (!status && row && (facts || ro_live_has(&m->missing[RO_KIND_ARTICLES], doc))) {
            status = ro_writer_each_stream(m->writer, doc, facts, put_back, m, err);
        }
    }
    sqlite3_finalize(rows);
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = seal(m, (ro_kind)kind, err);
    }
    return status;
}

ro_status ro_writer_mend(ro_writer *writer, bool thorough, int64_t *leaves, ro_error *err) {
    mending m = {.writer = writer};
    *leaves = 0;
    ro_status status = find_lost(&m, thorough, err);
    if (!status && m.leaves) {
        status = put_all_back(&m, err);
        writer->changed = true;
        *leaves = status ? 0 : m.leaves;
    }
    for (int kind = 0; kind < RO_KINDS; kind++) {
        ro_live_release(&m.missing[kind]);
        ro_segment_builder_free(m.builders[kind]);
    }
    return status;
}
