#include "seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---------------------------------------------------------------------------------- */

static ro_status fail_directory(const char *path, ro_error *err) {
    bool full = errno == ENOSPC || errno == EDQUOT;
    return ro_fail(err, full ? RO_FULL : RO_IO, "cannot write '%s': %s", path,
                   full ? "no space left" : strerror(errno));
}

static ro_status make_directory(const ro_index *index, ro_error *err) {
    char *path = ro_leaf_directory(index);
    ro_status status = path ? RO_OK : ro_fail_memory(err);
    if (!status && mkdir(path, 0777) != 0 && errno != EEXIST) {
        status = fail_directory(path, err);
    }
    free(path);
    return status;
}

/* A file is only there for good once its directory was synced. */
static ro_status sync_directory(const ro_index *index, ro_error *err) {
    char *path = ro_leaf_directory(index);
    if (!path) {
        return ro_fail_memory(err);
    }
    ro_status status = RO_OK;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || fsync(directory) != 0) {
        status = fail_directory(path, err);
    }
    if (directory >= 0) {
        (void)close(directory);
    }
    free(path);
    return status;
}

/* ---- the registry --------------------------------------------------------------------------- */

/* A new leaf, and the path its file is to have. */
static ro_status register_leaf(const ro_index *index, sqlite3 *db, ro_kind kind, int64_t *id,
                               char **path, ro_error *err) {
    sqlite3_stmt *insert = NULL;
    *path = NULL;
    ro_status status = make_directory(index, err);
    if (!status) {
        status = ro_sql_prepare(db, "INSERT INTO segment(kind, documents, bytes) VALUES(?1, 0, 0)",
                                &insert, err);
    }
    if (!status) {
        (void)sqlite3_bind_int(insert, 1, (int)kind);
        status = ro_sql_done(insert, "register a segment", err);
        *id = sqlite3_last_insert_rowid(db);
    }
    sqlite3_finalize(insert);
    if (!status) {
        *path = ro_leaf_path(index, *id);
        status = *path ? RO_OK : ro_fail_memory(err);
    }
    return status;
}

static ro_status complete_leaf(const ro_index *index, sqlite3 *db, int64_t id, const char *path,
                               ro_error *err) {
    ro_segment *segment;
    sqlite3_stmt *update = NULL;
    ro_status status = ro_segment_open(path, &segment, err);
    if (!status) {
        status = sync_directory(index, err);
    }
    if (!status) {
        status = ro_sql_prepare(db, "UPDATE segment SET documents = ?2, bytes = ?3 WHERE id = ?1",
                                &update, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(update, 1, id);
        (void)sqlite3_bind_int64(update, 2, segment->count);
        (void)sqlite3_bind_int64(update, 3, (int64_t)segment->size);
        status = ro_sql_done(update, "register a segment", err);
    }
    sqlite3_finalize(update);
    ro_segment_close(segment);
    return status;
}

ro_status ro_seal_drop(sqlite3 *db, int64_t id, ro_error *err) {
    sqlite3_stmt *drop = NULL;
    ro_status status = ro_sql_prepare(db, "DELETE FROM segment WHERE id = ?1", &drop, err);
    if (!status) {
        (void)sqlite3_bind_int64(drop, 1, id);
        status = ro_sql_done(drop, "register a segment", err);
    }
    sqlite3_finalize(drop);
    return status;
}

static const char find_leaf[] = "SELECT 1 FROM segment WHERE id = ?1";

static bool is_orphan(sqlite3_stmt *find, const char *name) {
    char *end;
    bool row = true;
    long long id = strtoll(name, &end, 10);
    if (end == name || strcmp(end, ".seg") != 0) {
        return false; /* not ours */
    }
    (void)sqlite3_bind_int64(find, 1, id);
    ro_status status = ro_sql_step(find, &row, "read the segments", NULL);
    (void)sqlite3_reset(find);
    return !status && !row;
}

/* Who tends leaves has the directory locked. */
static bool is_left_over(int directory, const char *name) {
    return strcmp(name, RO_TENDED_FILE) == 0 && flock(directory, LOCK_EX | LOCK_NB) == 0;
}

/* Best effort: what cannot be removed now is tried again by the next writer. */
void ro_seal_sweep(const ro_index *index, sqlite3 *db) {
    sqlite3_stmt *find = NULL;
    char *path = ro_leaf_directory(index);
    DIR *directory = path ? opendir(path) : NULL;
    if (directory && ro_sql_prepare(db, find_leaf, &find, NULL) == RO_OK) {
        for (struct dirent *at; (at = readdir(directory)) != NULL;) { // NOLINT(concurrency-*)
            if (is_orphan(find, at->d_name) || is_left_over(dirfd(directory), at->d_name)) {
                (void)unlinkat(dirfd(directory), at->d_name, 0);
            }
        }
    }
    sqlite3_finalize(find);
    if (directory) {
        (void)closedir(directory);
    }
    free(path);
}

/* ---- live documents ------------------------------------------------------------------------- */

void ro_live_release(ro_live *live) {
    free(live->bits);
    *live = (ro_live){0};
}

static ro_status add_chunk(ro_live *live, int64_t chunk, ro_str records, ro_error *err) {
    ro_record record;
    if (chunk < 0 || chunk >= INT32_MAX / RO_CHUNK_DOCS ||
        (records.len && records.len != RO_CHUNK_DOCS * sizeof record)) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: column chunk %lld is broken",
                       (long long)chunk);
    }
    size_t end = ((size_t)chunk + 1) * RO_CHUNK_DOCS;
    if (end > live->count || !live->bits) {
        size_t bytes = end / 8 * 2;
        uint8_t *grown = bytes ? realloc(live->bits, bytes) : NULL;
        if (!grown) {
            return ro_fail_memory(err);
        }
        memset(grown + live->count / 8, 0, bytes - live->count / 8);
        live->bits = grown;
        live->count = end * 2;
    }
    for (size_t i = 0; i < records.len / sizeof record; i++) {
        size_t doc = (size_t)chunk * RO_CHUNK_DOCS + i;
        memcpy(&record, records.ptr + i * sizeof record, sizeof record);
        live->bits[doc / 8] |= (uint8_t)((record.live ? 1u : 0u) << (doc % 8));
    }
    return RO_OK;
}

ro_status ro_live_load(ro_live *live, sqlite3 *db, ro_kind kind, ro_error *err) {
    sqlite3_stmt *rows = NULL;
    *live = (ro_live){0};
    ro_status status = ro_sql_prepare_named(db, "SELECT chunk, records FROM chunk_$",
                                            ro_kind_name(kind), &rows, err);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the columns", err);
        if (!status && row) {
            status = add_chunk(live, sqlite3_column_int64(rows, 0), ro_sql_blob(rows, 1), err);
        }
    }
    sqlite3_finalize(rows);
    if (status) {
        ro_live_release(live);
    }
    return status;
}

/* ---- making --------------------------------------------------------------------------------- */

ro_status ro_seal_builder(const ro_index *index, sqlite3 *db, ro_kind kind,
                          ro_segment_builder *builder, ro_error *err) {
    int64_t id;
    char *path;
    if (!builder || !ro_segment_builder_count(builder)) {
        return RO_OK;
    }
    ro_status status = register_leaf(index, db, kind, &id, &path, err);
    if (!status) {
        status = ro_segment_builder_write(builder, path, err);
    }
    if (!status) {
        status = complete_leaf(index, db, id, path, err);
    }
    free(path);
    return status;
}

/* ---- the hot leaf --------------------------------------------------------------------------- */

/* Lengths come from the columns. */
static ro_status declare_hot(sqlite3 *db, ro_kind kind, ro_segment_builder *builder, ro_buf *docs,
                             ro_error *err) {
    sqlite3_stmt *rows = NULL;
    ro_columns columns;
    ro_columns_init(&columns, kind);
    ro_status status = ro_columns_load(&columns, db, INT64_MAX, false, err);
    if (!status) {
        status = ro_sql_prepare_named(db, "SELECT id FROM hot_$_docsize ORDER BY id",
                                      ro_kind_name(kind), &rows, err);
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the hot leaf", err);
        if (!status && row) {
            ro_doc doc = sqlite3_column_int64(rows, 0);
            const ro_record *record = ro_columns_get(&columns, doc);
            ro_buf_add(docs, &doc, sizeof doc);
            status = ro_segment_builder_declare(builder, doc, record ? record->title_words : 0,
                                                record ? record->body_words : 0, err);
        }
    }
    sqlite3_finalize(rows);
    ro_columns_release(&columns);
    return status ? status : ro_buf_check(docs, err);
}

/* The postings of one term in one document, as they are gathered. */
typedef struct gathered {
    ro_segment_builder *builder;
    const ro_doc *docs;
    size_t doc_count;
    ro_buf term;
    ro_doc doc;
    size_t number; /* of the document, or where to look for it */
    ro_buf positions;
} gathered;

static ro_status post(gathered *g, ro_error *err) {
    if (!g->positions.len) {
        return g->positions.failed ? ro_fail_memory(err) : RO_OK;
    }
    ro_status status = ro_segment_builder_post(
        g->builder, ro_buf_str(&g->term), (uint32_t)g->number,
        (const uint64_t *)(const void *)g->positions.ptr, g->positions.len / sizeof(uint64_t), err);
    ro_buf_clear(&g->positions);
    return status;
}

/* Rows come by term, then document, then position. */
static ro_status gather(gathered *g, ro_str term, ro_doc doc, uint64_t position, ro_error *err) {
    bool same_term = ro_str_equal(term, ro_buf_str(&g->term));
    if (!same_term || doc != g->doc) {
        ro_status status = post(g, err);
        if (status) {
            return status;
        }
        if (!same_term) {
            ro_buf_clear(&g->term);
            ro_buf_add_str(&g->term, term);
            g->number = 0;
        }
        while (g->number < g->doc_count && g->docs[g->number] < doc) {
            g->number++;
        }
        if (g->number == g->doc_count || g->docs[g->number] != doc) {
            return ro_fail(err, RO_DAMAGED, "the hot leaf posts a document that it does not have");
        }
        g->doc = doc;
    }
    ro_buf_add(&g->positions, &position, sizeof position);
    return g->term.failed || g->positions.failed ? ro_fail_memory(err) : RO_OK;
}

static ro_status post_hot(sqlite3 *db, ro_kind kind, ro_segment_builder *builder,
                          const ro_buf *docs, ro_error *err) {
    sqlite3_stmt *rows = NULL;
    gathered g = {.builder = builder,
                  .docs = (const ro_doc *)(const void *)docs->ptr,
                  .doc_count = docs->len / sizeof(ro_doc)};
    ro_status status = ro_sql_run_named(db,
                                        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.instance_$"
                                        " USING fts5vocab(main, hot_$, instance)",
                                        ro_kind_name(kind), "read the hot leaf", err);
    if (!status) {
        status =
            ro_sql_prepare_named(db, "SELECT term, doc, col = 'body', offset FROM temp.instance_$",
                                 ro_kind_name(kind), &rows, err);
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the hot leaf", err);
        if (!status && row) {
            uint64_t position = (uint64_t)sqlite3_column_int64(rows, 2) << 32 |
                                (uint32_t)sqlite3_column_int64(rows, 3);
            status = gather(&g, ro_sql_text(rows, 0), sqlite3_column_int64(rows, 1), position, err);
        }
    }
    sqlite3_finalize(rows);
    status = status ? status : post(&g, err);
    ro_buf_release(&g.term);
    ro_buf_release(&g.positions);
    return status;
}

ro_status ro_seal_hot(const ro_index *index, sqlite3 *db, ro_kind kind, ro_error *err) {
    ro_segment_builder *builder = NULL;
    ro_buf docs = RO_BUF_INIT;
    ro_status status = ro_segment_builder_new(0, &builder, err);
    if (!status) {
        status = declare_hot(db, kind, builder, &docs, err);
    }
    if (!status && docs.len) {
        status = post_hot(db, kind, builder, &docs, err);
    }
    if (!status) {
        status = ro_seal_builder(index, db, kind, builder, err);
    }
    if (!status && docs.len) {
        status = ro_sql_run_named(db, "INSERT INTO hot_$(hot_$) VALUES('delete-all')",
                                  ro_kind_name(kind), "empty the hot leaf", err);
    }
    ro_segment_builder_free(builder);
    ro_buf_release(&docs);
    return status;
}

/* ---- merging -------------------------------------------------------------------------------- */

static bool is_live(void *live, ro_doc doc) {
    return ro_live_has(live, doc);
}

static ro_status merge_into(const ro_index *index, sqlite3 *db, ro_kind kind,
                            const ro_segment *const *segments, size_t count, ro_error *err) {
    int64_t id;
    char *path = NULL;
    ro_live live = {0};
    ro_error problem = RO_ERROR_INIT;
    ro_status status = ro_live_load(&live, db, kind, err);
    if (!status) {
        status = register_leaf(index, db, kind, &id, &path, err);
    }
    if (!status) {
        status = ro_segment_merge(segments, count, 0, is_live, NULL, &live, path, &problem);
        if (status == RO_NOT_FOUND) {
            status = ro_seal_drop(db, id, err);
        } else if (status) {
            (void)ro_fail(err, status, "%s", problem.message);
        } else {
            status = complete_leaf(index, db, id, path, err);
        }
    }
    ro_live_release(&live);
    free(path);
    return status;
}

ro_status ro_seal_merge(const ro_index *index, sqlite3 *db, const ro_leaves *leaves, ro_kind kind,
                        ro_leaf_fn wanted, void *context, ro_error *err) {
    const ro_segment **segments = (const ro_segment **)calloc(leaves->count + 1, sizeof(void *));
    size_t count = 0;
    ro_status status = segments ? ro_leaves_usable(leaves, kind, err) : ro_fail_memory(err);
    for (size_t i = 0; !status && i < leaves->count; i++) {
        const ro_leaf *leaf = &leaves->at[i];
        if (leaf->kind == kind && wanted(context, leaf)) {
            segments[count++] = leaf->segment;
            status = ro_seal_drop(db, leaf->id, err);
        }
    }
    if (!status && count) {
        status = merge_into(index, db, kind, segments, count, err);
    }
    free((void *)segments);
    return status;
}

static ro_status is_registered(sqlite3 *db, const ro_leaf *leaf, bool *is, ro_error *err) {
    sqlite3_stmt *find = NULL;
    *is = false;
    ro_status status = ro_sql_prepare(db, find_leaf, &find, err);
    if (!status) {
        (void)sqlite3_bind_int64(find, 1, leaf->id);
        status = ro_sql_step(find, is, "read the segments", err);
    }
    sqlite3_finalize(find);
    return status;
}

static ro_status take_file(const ro_index *index, sqlite3 *db, ro_kind kind, const char *file,
                           ro_error *err) {
    int64_t id;
    char *path;
    ro_status status = register_leaf(index, db, kind, &id, &path, err);
    if (!status && rename(file, path) != 0) {
        status = fail_directory(path, err);
    }
    status = status ? status : complete_leaf(index, db, id, path, err);
    free(path);
    return status;
}

ro_status ro_seal_replace(const ro_index *index, sqlite3 *db, const ro_leaf *const *leaves,
                          size_t count, const char *file, ro_error *err) {
    bool there = true;
    ro_status status = RO_OK;
    for (size_t i = 0; !status && there && i < count; i++) {
        status = is_registered(db, leaves[i], &there, err);
    }
    if (status || !there) {
        return status;
    }
    for (size_t i = 0; !status && i < count; i++) {
        status = ro_seal_drop(db, leaves[i]->id, err);
    }
    return status || !file ? status : take_file(index, db, leaves[0]->kind, file, err);
}

/* ---- all in one ----------------------------------------------------------------------------- */

static bool is_any(void *context, const ro_leaf *leaf) {
    (void)context;
    return leaf->segment != NULL;
}

static bool has_dead(const ro_segment *segment, const ro_live *live) {
    for (uint32_t i = 0; i < segment->count; i++) {
        if (!ro_live_has(live, ro_segment_doc(segment, i))) {
            return true;
        }
    }
    return false;
}

/* A single leaf without dead documents is as it should be. */
static ro_status is_untidy(sqlite3 *db, const ro_leaves *leaves, ro_kind kind, bool *untidy,
                           ro_error *err) {
    ro_live live;
    const ro_leaf *only = NULL;
    size_t count = 0;
    *untidy = false;
    for (size_t i = 0; i < leaves->count; i++) {
        if (leaves->at[i].kind == kind) {
            only = &leaves->at[i];
            count++;
        }
    }
    if (count != 1 || !only->segment) {
        *untidy = count > 1;
        return RO_OK;
    }
    ro_status status = ro_live_load(&live, db, kind, err);
    *untidy = !status && has_dead(only->segment, &live);
    ro_live_release(&live);
    return status;
}

ro_status ro_seal_all(const ro_index *index, sqlite3 *db, ro_kind kind, ro_error *err) {
    ro_leaves leaves = {0};
    bool untidy = false;
    ro_status status = ro_seal_hot(index, db, kind, err);
    if (!status) {
        status = ro_leaves_load(&leaves, index, db, err);
    }
    if (!status) {
        status = is_untidy(db, &leaves, kind, &untidy, err);
    }
    if (!status && untidy) {
        status = ro_seal_merge(index, db, &leaves, kind, is_any, NULL, err);
    }
    ro_leaves_release(&leaves);
    return status;
}
