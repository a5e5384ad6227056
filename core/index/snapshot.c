#include "snapshot.h"
#include "writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OVERTAKEN_MAX 3 /* times that a view is begun anew for want of a segment */

static const char *const sql[RO_SNAPSHOT_STATEMENTS] = {
    [RO_SNAPSHOT_BEGIN] = "BEGIN",
    [RO_SNAPSHOT_COMMIT] = "COMMIT",
    [RO_SNAPSHOT_SEGMENTS] = RO_LEAVES_SQL,
    [RO_SNAPSHOT_REVISION] = "SELECT value FROM meta WHERE key = 'revision'",
    [RO_SNAPSHOT_ARTICLE] = "SELECT " RO_ARTICLE_COLUMNS ", body FROM article WHERE doc = ?1",
    [RO_SNAPSHOT_SHORT] = "SELECT " RO_ARTICLE_COLUMNS " FROM article WHERE doc = ?1",
    [RO_SNAPSHOT_FIND] = "SELECT doc FROM article WHERE id = ?1",
    [RO_SNAPSHOT_EACH] =
        "SELECT " RO_ARTICLE_COLUMNS ", body, doc FROM article WHERE doc > ?1 ORDER BY doc"};

enum { EACH_DOC = RO_ARTICLE_BODY + 1 };

/* ---- the view ------------------------------------------------------------------------------- */

static ro_status read_leaves(ro_snapshot *snapshot, ro_error *err) {
    return ro_leaves_read(&snapshot->leaves, snapshot->index,
                          snapshot->statements[RO_SNAPSHOT_SEGMENTS], err);
}

/* Of the articles, and of what else was asked for. */
static ro_status read_columns(ro_snapshot *snapshot, ro_error *err) {
    ro_status status = RO_OK;
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        if (snapshot->collections[kind].open || kind == RO_KIND_ARTICLES) {
            status =
                ro_collection_open(&snapshot->collections[kind], snapshot->index->share,
                                   snapshot->db, (ro_kind)kind, snapshot->revision, false, err);
        }
    }
    return status;
}

/* The read transaction starts with the first row read in it. */
static ro_status begin_once(ro_snapshot *snapshot, ro_error *err) {
    static ro_status (*const parts[])(ro_snapshot *, ro_error *) = {read_leaves, read_columns};
    bool row;
    sqlite3_stmt *revision = snapshot->statements[RO_SNAPSHOT_REVISION];
    ro_status status = ro_sql_done(snapshot->statements[RO_SNAPSHOT_BEGIN], "read the index", err);
    if (!status) {
        status = ro_sql_step(revision, &row, "read the index", err);
    }
    if (!status && !row) {
        status = ro_fail(err, RO_DAMAGED, "the catalogue is damaged: it has no revision");
    }
    if (!status) {
        snapshot->revision = sqlite3_column_int64(revision, 0);
        (void)sqlite3_reset(revision);
        bool turn = ro_share_turn(snapshot->index->share);
        status = parts[turn](snapshot, err);
        status = status ? status : parts[!turn](snapshot, err);
    }
    return status;
}

/* A writer that merged leaves may have removed one between our reading its name and opening it: the
 * newest commit does not name it. */
static bool is_overtaken(const ro_leaves *leaves) {
    for (size_t i = 0; i < leaves->count; i++) {
        if (leaves->at[i].problem == RO_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

static ro_status begin(ro_snapshot *snapshot, ro_error *err) {
    ro_status status = begin_once(snapshot, err);
    for (int tries = 0; !status && tries < OVERTAKEN_MAX && is_overtaken(&snapshot->leaves);
         tries++) {
        status = ro_sql_done(snapshot->statements[RO_SNAPSHOT_COMMIT], "read the index", err);
        status = status ? status : begin_once(snapshot, err);
    }
    return status;
}

ro_status ro_snapshot_collection(ro_snapshot *snapshot, ro_kind kind, bool lists,
                                 ro_collection **out, ro_error *err) {
    *out = &snapshot->collections[kind];
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status
                  : ro_collection_open(*out, snapshot->index->share, snapshot->db, kind,
                                       snapshot->revision, lists, err);
}

ro_status ro_snapshot_groups(ro_snapshot *snapshot, ro_kind kind, ro_groups **out, ro_error *err) {
    const ro_dictionary *people = NULL;
    *out = &snapshot->groups[kind];
    ro_status status = RO_OK;
    if (kind == RO_KIND_PARTICIPANTS) {
        status = ro_snapshot_dictionary(snapshot, RO_DICTIONARY_ACTOR, &people, err);
    }
    return status ? status
                  : ro_groups_load(*out, snapshot->db, kind, snapshot->revision, people, err);
}

ro_status ro_snapshot_dictionary(ro_snapshot *snapshot, ro_dictionary_name which,
                                 const ro_dictionary **out, ro_error *err) {
    return ro_dictionary_load(&snapshot->dictionaries, snapshot->db, which, snapshot->revision, out,
                              err);
}

ro_status ro_snapshot_has_values(ro_snapshot *snapshot, ro_column column, const ro_str *values,
                                 size_t count, bool *out, ro_error *err) {
    const ro_dictionary *dictionary;
    ro_status status = ro_snapshot_dictionary(snapshot, ro_dictionary_of(column), &dictionary, err);
    *out = false;
    for (size_t i = 0; !status && i < count; i++) {
        *out |= ro_dictionary_find(dictionary, values[i]) != 0;
    }
    return status;
}

static ro_status open_parts(ro_snapshot *snapshot, ro_error *err) {
    ro_replay *replay = NULL;
    ro_status status = ro_catalog_connect(snapshot->index, false, &snapshot->db, &replay, err);
    if (!status) {
        status = ro_sql_prepare_all(snapshot->db, sql, RO_SNAPSHOT_STATEMENTS, NULL,
                                    snapshot->statements, err);
    }
    return status ? status : begin(snapshot, err);
}

ro_status ro_snapshot_open(ro_index *index, ro_snapshot **out, ro_error *err) {
    *out = NULL;
    ro_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        return ro_fail_memory(err);
    }
    snapshot->index = index;
    snapshot->leaves.share = index->share;
    ro_status status = open_parts(snapshot, err);
    if (status) {
        ro_snapshot_close(snapshot);
        return status;
    }
    *out = snapshot;
    return RO_OK;
}

void ro_snapshot_close(ro_snapshot *snapshot) {
    if (snapshot) {
        for (int kind = 0; kind < RO_KINDS; kind++) {
            ro_collection_close(&snapshot->collections[kind]);
        }
        ro_fact_reader_close(&snapshot->facts);
        (void)ZSTD_freeDCtx(snapshot->unpacker);
        ro_sql_finalize_all(snapshot->fact_of, RO_KINDS);
        ro_sql_finalize_all(snapshot->statements, RO_SNAPSHOT_STATEMENTS);
        (void)sqlite3_close(snapshot->db);
        ro_dictionaries_release(&snapshot->dictionaries);
        ro_leaves_release(&snapshot->leaves);
        for (int kind = 0; kind < RO_KINDS; kind++) {
            ro_groups_release(&snapshot->groups[kind]);
        }
        free(snapshot);
    }
}

/* A statement that failed for want of memory or disk may have ended the transaction: what is read
 * after it would be of another commit than the columns. */
ro_status ro_snapshot_usable(const ro_snapshot *snapshot, ro_error *err) {
    ro_status status = snapshot->broken                       ? snapshot->broken
                       : sqlite3_get_autocommit(snapshot->db) ? RO_IO
                                                              : RO_OK;
    return status ? ro_fail(err, status,
                            "an earlier failure (%s) ended this view of the index: refresh it",
                            ro_status_name(status))
                  : RO_OK;
}

ro_status ro_snapshot_refresh(ro_snapshot *snapshot, ro_error *err) {
    ro_status status = RO_OK;
    if (!sqlite3_get_autocommit(snapshot->db)) {
        status = ro_sql_done(snapshot->statements[RO_SNAPSHOT_COMMIT], "read the index", err);
    }
    if (snapshot->broken) { /* what is in memory may be of a view that is gone */
        for (int kind = 0; kind < RO_KINDS; kind++) {
            ro_collection_close(&snapshot->collections[kind]);
            ro_groups_release(&snapshot->groups[kind]);
        }
        ro_dictionaries_release(&snapshot->dictionaries);
    }
    if (!status) {
        status = begin(snapshot, err);
    }
    snapshot->broken = status;
    return status;
}

uint64_t ro_snapshot_revision(const ro_snapshot *snapshot) {
    return (uint64_t)snapshot->revision;
}

/* ---- statistics ----------------------------------------------------------------------------- */

static int64_t directory_bytes(const char *path) {
    int64_t sum = 0;
    DIR *directory = opendir(path);
    if (!directory) {
        return 0;
    }
    struct stat st;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) { // NOLINT(concurrency-*)
        if (fstatat(dirfd(directory), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode)) {
            sum += st.st_size;
        }
    }
    (void)closedir(directory);
    return sum;
}

static int64_t disk_bytes(const ro_index *index) {
    char *segments = ro_leaf_directory(index);
    int64_t sum = directory_bytes(index->directory) + (segments ? directory_bytes(segments) : 0);
    free(segments);
    return sum;
}

int64_t ro_snapshot_articles(const ro_snapshot *snapshot) {
    return snapshot->collections[RO_KIND_ARTICLES].columns.totals.documents;
}

ro_status ro_snapshot_documents(ro_snapshot *snapshot, ro_kind kind, int64_t *out, ro_error *err) {
    ro_collection *collection;
    ro_status status = ro_snapshot_collection(snapshot, kind, false, &collection, err);
    *out = status ? 0 : collection->columns.totals.documents;
    return status;
}

ro_status ro_snapshot_stats(ro_snapshot *snapshot, ro_index_stats *out, ro_error *err) {
    const ro_totals *totals = &snapshot->collections[RO_KIND_ARTICLES].columns.totals;
    *out = (ro_index_stats){.articles = totals->documents,
                            .words = totals->words[0] + totals->words[1],
                            .first = totals->first,
                            .last = totals->last,
                            .format = RO_INDEX_FORMAT};
    struct {
        const char *sql;
        int64_t *to;
    } numbers[] = {
        {"SELECT count(*) FROM lexicon_articles WHERE stem_df > 0", &out->terms},
        {"SELECT value FROM meta WHERE key = 'text_bytes'", &out->text_bytes},
        {"SELECT count(*) FROM file WHERE size IS NOT NULL", &out->files},
    };
    ro_status status = ro_snapshot_usable(snapshot, err);
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = ro_snapshot_documents(snapshot, (ro_kind)kind, &out->documents[kind], err);
    }
    for (size_t i = 0; !status && i < sizeof numbers / sizeof *numbers; i++) {
        status = ro_sql_integer(snapshot->db, numbers[i].sql, 0, numbers[i].to, err);
    }
    out->disk_bytes = disk_bytes(snapshot->index);
    (void)snprintf(out->fingerprint, sizeof out->fingerprint, "%s", ro_analyser_fingerprint());
    return status;
}

static ro_status hot_sizes(sqlite3 *db, ro_kind kind, ro_leaf_sizes *out, ro_error *err) {
    const char *name = ro_kind_name(kind);
    ro_status status = ro_sql_integer_named(db, "SELECT count(*) FROM hot_$_docsize", name, 0,
                                            &out->hot_documents, err);
    return status ? status
                  : ro_sql_integer_named(db, "SELECT sum(length(block)) FROM hot_$_data", name, 0,
                                         &out->hot_bytes, err);
}

ro_status ro_snapshot_sizes(ro_snapshot *snapshot, ro_index_sizes *out, ro_error *err) {
    *out = (ro_index_sizes){0};
    sqlite3_stmt *rows = NULL;
    bool row = true;
    ro_status status = ro_snapshot_usable(snapshot, err);
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = hot_sizes(snapshot->db, (ro_kind)kind, &out->leaves[kind], err);
    }
    if (!status) {
        status = ro_sql_prepare(snapshot->db,
                                "SELECT kind, count(*), sum(documents), sum(bytes) FROM segment"
                                " WHERE kind < ?1 GROUP BY kind",
                                &rows, err);
    }
    if (!status) {
        (void)sqlite3_bind_int(rows, 1, RO_KINDS);
    }
    while (!status && row) {
        status = ro_sql_step(rows, &row, "read the sizes of segments", err);
        if (!status && row) {
            ro_leaf_sizes *sizes = &out->leaves[sqlite3_column_int(rows, 0)];
            sizes->segments = sqlite3_column_int64(rows, 1);
            sizes->sealed_documents = sqlite3_column_int64(rows, 2);
            sizes->sealed_bytes = sqlite3_column_int64(rows, 3);
        }
    }
    sqlite3_finalize(rows);
    out->disk_bytes = disk_bytes(snapshot->index);
    return status;
}

/* ---- stored values -------------------------------------------------------------------------- */

ro_status ro_snapshot_article(ro_snapshot *snapshot, ro_doc doc, bool with_body, ro_arena *arena,
                              ro_article *out, ro_error *err) {
    sqlite3_stmt *read = snapshot->statements[with_body ? RO_SNAPSHOT_ARTICLE : RO_SNAPSHOT_SHORT];
    bool row = false;
    *out = (ro_article){.published = RO_TIME_NONE};
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (status) {
        return status;
    }
    (void)sqlite3_bind_int64(read, 1, doc);
    status = ro_sql_step(read, &row, "read an article", err);
    if (!status && !row) {
        status = ro_fail(err, RO_NOT_FOUND, "no article has number %lld", (long long)doc);
    }
    if (row) {
        status = ro_article_read(read, with_body ? &snapshot->unpacker : NULL, arena, out, err);
        (void)sqlite3_reset(read);
    }
    return status;
}

ro_status ro_snapshot_find(ro_snapshot *snapshot, ro_str id, ro_doc *doc, ro_error *err) {
    sqlite3_stmt *find = snapshot->statements[RO_SNAPSHOT_FIND];
    bool row = false;
    *doc = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (status) {
        return status;
    }
    ro_sql_bind_text(find, 1, id);
    status = ro_sql_step(find, &row, "find an article", err);
    if (!status && !row) {
        status = ro_fail(err, RO_NOT_FOUND, "no article has id '%.*s'",
                         (int)(id.len < 128 ? id.len : 128), id.ptr ? id.ptr : "");
    }
    if (row) {
        *doc = sqlite3_column_int64(find, 0);
        (void)sqlite3_reset(find);
    }
    return status;
}

ro_status ro_snapshot_each(ro_snapshot *snapshot, ro_doc after, ro_article_fn fn, void *context,
                           ro_error *err) {
    sqlite3_stmt *each = NULL;
    ro_arena arena = RO_ARENA_INIT;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status) {
        status = ro_sql_prepare(snapshot->db, sql[RO_SNAPSHOT_EACH], &each, err);
    }
    (void)sqlite3_bind_int64(each, 1, after);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(each, &row, "read the articles", err);
        if (!status && row) {
            ro_article article;
            ro_arena_reset(&arena);
            status = ro_article_read(each, &snapshot->unpacker, &arena, &article, err);
            if (!status && fn(context, sqlite3_column_int64(each, EACH_DOC), &article) != 0) {
                break;
            }
        }
    }
    sqlite3_finalize(each);
    ro_arena_release(&arena);
    return status;
}

/* ---- languages ------------------------------------------------------------------------------ */

ro_status ro_snapshot_languages(ro_snapshot *snapshot, ro_arena *arena, ro_str **out, size_t *count,
                                ro_error *err) {
    const ro_columns *columns = &snapshot->collections[RO_KIND_ARTICLES].columns;
    const ro_dictionary *dictionary = NULL;
    int64_t *counts = NULL;
    *count = 0;
    *out = NULL;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status) {
        status = ro_snapshot_dictionary(snapshot, RO_DICTIONARY_LANGUAGE, &dictionary, err);
    }
    if (!status) {
        counts = ro_arena_alloc_array(arena, UINT16_MAX + 1, sizeof *counts);
        *out = ro_arena_alloc_array(arena, dictionary->count, sizeof **out);
        status = counts && *out ? RO_OK : ro_fail_memory(err);
    }
    for (size_t chunk = 0; !status && chunk < columns->chunk_count; chunk++) {
        const ro_chunk *at = columns->chunks[chunk];
        if (at && at->language >= 0) {
            counts[at->language] += at->totals.documents;
            continue;
        }
        for (size_t i = 0; at && i < RO_CHUNK_DOCS; i++) {
            counts[at->records[i].language] += at->records[i].live;
        }
    }
    for (;;) {
        size_t best = 0;
        for (size_t id = 1; !status && id < dictionary->count; id++) {
            best = counts[id] > counts[best] || (!best && counts[id]) ? id : best;
        }
        if (!best) {
            return status;
        }
        (*out)[*count] = ro_arena_copy(arena, dictionary->values[best].shown);
        if (!(*out)[*count].ptr) {
            return ro_fail_memory(err);
        }
        ++*count;
        counts[best] = 0;
        counts[0] = 0; /* articles of unknown language are not of one */
    }
}
