#include "writer.h"
#include "lock.h"
#include "seal.h"
#include "tend.h"

#include <stdlib.h>
#include <time.h>

#define MERGED_SHARE 8 /* documents that a commit merges for each it put */

static const char *const sql[RO_WRITER_STATEMENTS] = {
    [RO_WRITER_FIND] = "SELECT doc, hash FROM article WHERE id = ?1",
    [RO_WRITER_INSERT] =
        "INSERT INTO article(id, hash, published, title, source, language, url, byline,"
        " credit, photo_credit, place, country, agency, body_bytes, body)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    [RO_WRITER_DELETE] = "DELETE FROM article WHERE doc = ?1",
    [RO_WRITER_READ] = "SELECT " RO_ARTICLE_COLUMNS ", body FROM article WHERE doc = ?1",
    [RO_WRITER_HOLD] = "INSERT OR IGNORE INTO main.holder(file, doc) VALUES(?1, ?2)",
    [RO_WRITER_TOUCH] = "INSERT OR IGNORE INTO temp.touched(file, id) VALUES(?1, ?2)",
    [RO_WRITER_TOUCHED] = "SELECT 1 FROM temp.touched WHERE file = ?1 AND id = ?2",
    [RO_WRITER_MOVE] = "UPDATE holder SET doc = ?2 WHERE doc = ?1",
    [RO_WRITER_RELEASE] = "DELETE FROM holder WHERE file = ?1 AND doc = ?2",
    [RO_WRITER_RELEASE_ALL] = "DELETE FROM holder WHERE doc = ?1",
    [RO_WRITER_UNTOUCH] = "DELETE FROM temp.touched WHERE file = ?1",
    [RO_WRITER_FILE_OF] = "SELECT file FROM file WHERE path = ?1",
    [RO_WRITER_ADD_FILE] = "INSERT INTO file(path) VALUES(?1)",
    [RO_WRITER_META] = "UPDATE meta SET value = value + ?2 WHERE key = ?1",
    [RO_WRITER_HELD] = "SELECT h.doc, (SELECT id FROM article AS a WHERE a.doc = h.doc),"
                       " NOT EXISTS(SELECT 1 FROM holder AS o WHERE o.doc = h.doc AND o.file <> ?1)"
                       " FROM holder AS h WHERE h.file = ?1",
    [RO_WRITER_LEDGER_GET] = "SELECT size, mtime_ns, hash, articles FROM file"
                             " WHERE path = ?1 AND size IS NOT NULL",
    [RO_WRITER_LEDGER_PUT] =
        "INSERT INTO file(path, size, mtime_ns, hash, articles) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
        " hash = excluded.hash, articles = excluded.articles",
    [RO_WRITER_LEDGER_DELETE] = "DELETE FROM file WHERE path = ?1"};

/* The articles each file was seen to hold since opening or since its last prune, by a hash of their
 * id: an article that another writer has replaced meanwhile has another number. */
static const char touched[] =
    "CREATE TEMP TABLE touched(file INTEGER, id INTEGER, PRIMARY KEY(file, id)) WITHOUT ROWID";

/* ---- transactions --------------------------------------------------------------------------- */

static int wait_on(void *deadline, int tries) {
    const struct timespec pause = {.tv_nsec = 10000000};
    (void)tries;
    if (ro_deadline_passed(*(const ro_deadline *)deadline)) {
        return 0;
    }
    (void)nanosleep(&pause, NULL);
    return 1;
}

/* Our own lock is held: what is waited for is another client of SQLite. */
static ro_status begin(ro_writer *writer, ro_deadline deadline, ro_error *err) {
    (void)sqlite3_busy_handler(writer->db, wait_on, &deadline);
    int rc = sqlite3_exec(writer->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    (void)sqlite3_busy_timeout(writer->db, RO_CATALOG_BUSY_MS);
    writer->begun = rc == SQLITE_OK;
    if (ro_sql_status(writer->db, rc) == RO_BUSY) {
        return ro_fail(err, RO_BUSY,
                       "cannot write index '%s': a program other than Readout has its catalog.db "
                       "locked",
                       writer->index->directory);
    }
    return rc == SQLITE_OK ? RO_OK : ro_sql_fail(writer->db, rc, "begin writing", err);
}

/* A statement that fails for want of memory or disk, be it one that only reads, may end the whole
 * transaction; going on would write what was left of it piece by piece. */
ro_status ro_writer_ready(ro_writer *writer, ro_error *err) {
    if (writer->paused && !writer->broken) {
        return ro_fail(err, RO_INVALID, "the writer is paused");
    }
    if (!writer->broken && writer->begun && sqlite3_get_autocommit(writer->db)) {
        writer->broken = RO_IO;
    }
    if (writer->broken) {
        return ro_fail(err, writer->broken,
                       "an earlier write failed (%s): close the writer; what was committed is safe",
                       ro_status_name(writer->broken));
    }
    return writer->begun ? RO_OK : begin(writer, ro_deadline_in_ms(RO_CATALOG_BUSY_MS), err);
}

/* What is known of the tables as they are, and may be others' from the next time on. */
static ro_status open_parts(ro_writer *writer, ro_error *err) {
    ro_status status = ro_value_writer_open(&writer->values, writer->db, err);
    if (!status) {
        status = ro_fact_writer_open(&writer->facts, writer->db, err);
    }
    if (!status) {
        status = ro_merge_writer_open(writer->db, &writer->merge, err);
    }
    if (!status) {
        status = ro_alike_writer_open(&writer->alike, writer->db, err);
    }
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = ro_collection_writer_open(&writer->collections[kind], writer->index, writer->db,
                                           (ro_kind)kind, writer->replay, err);
    }
    return status;
}

static void close_parts(ro_writer *writer) {
    for (int kind = 0; kind < RO_KINDS; kind++) {
        ro_collection_writer_close(&writer->collections[kind]);
        writer->collections[kind] = (ro_collection_writer){0};
    }
    ro_value_writer_close(&writer->values);
    ro_fact_writer_close(&writer->facts);
    ro_merge_writer_close(writer->merge);
    ro_alike_writer_close(&writer->alike);
    ro_fact_reader_close(&writer->stored_facts);
    writer->values = (ro_value_writer){0};
    writer->facts = (ro_fact_writer){0};
    writer->merge = NULL;
    writer->file = 0;
}

static ro_status connect(ro_writer *writer, ro_error *err) {
    ro_status status = ro_catalog_connect(writer->index, true, &writer->db, &writer->replay, err);
    if (!status) {
        status = ro_sql_run(writer->db, touched, "begin writing", err);
    }
    return status ? status
                  : ro_sql_prepare_all(writer->db, sql, RO_WRITER_STATEMENTS, NULL,
                                       writer->statements, err);
}

static ro_status mend(ro_writer *writer, bool thorough, int64_t *mended, ro_error *err);

/* The lock is held. */
static ro_status start(ro_writer *writer, ro_deadline deadline, ro_error *err) {
    int64_t mended = 0;
    ro_status status = writer->db ? RO_OK : connect(writer, err);
    status = status ? status : open_parts(writer, err);
    if (!status) {
        ro_seal_sweep(writer->index, writer->db);
        status = begin(writer, deadline, err);
    }
    if (!status) {
        status = ro_sql_integer(writer->db, "SELECT value FROM meta WHERE key = 'revision'", 0,
                                &writer->revision, err);
    }
    status = status ? status : mend(writer, false, &mended, err);
    writer->mended += status ? 0 : mended;
    return status;
}

ro_status ro_writer_open(ro_index *index, ro_deadline deadline, ro_writer **out, ro_error *err) {
    *out = NULL;
    if (index->mode == RO_INDEX_READ) {
        return ro_fail(err, RO_INVALID, "cannot write index '%s': it was opened for reading",
                       index->directory);
    }
    ro_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return ro_fail_memory(err);
    }
    writer->index = index;
    writer->lock = -1;
    writer->leaves_merged = RO_LEAVES_MERGED;
    ro_status status = ro_lock_take(index, deadline, &writer->lock, err);
    status = status ? status : start(writer, deadline, err);
    if (status) {
        ro_writer_close(writer);
        return status;
    }
    *out = writer;
    return RO_OK;
}

static void rollback(ro_writer *writer) {
    (void)sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
}

void ro_writer_close(ro_writer *writer) {
    if (writer) {
        close_parts(writer);
        ro_sql_finalize_all(writer->statements, RO_WRITER_STATEMENTS);
        if (writer->db) {
            rollback(writer);
            (void)sqlite3_wal_checkpoint_v2(writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                            NULL);
            (void)sqlite3_close(writer->db);
        }
        if (writer->lock >= 0 && !writer->paused) {
            ro_lock_let_go(writer->lock);
        }
        ro_lock_close(writer->lock);
        ro_preparer_free(writer->preparer);
        (void)ZSTD_freeDCtx(writer->unpacker);
        ro_arena_release(&writer->arena);
        ro_buf_release(&writer->file_path);
        ro_buf_release(&writer->values_of_fact);
        ro_buf_release(&writer->values_of_article);
        free(writer);
    }
}

/* ---- taking turns --------------------------------------------------------------------------- */

bool ro_writer_wanted(const ro_writer *writer) {
    return !writer->paused && ro_lock_wanted(writer->lock);
}

void ro_writer_pause(ro_writer *writer) {
    if (!writer->paused) {
        for (int i = 0; i < RO_WRITER_STATEMENTS; i++) {
            (void)sqlite3_reset(writer->statements[i]); /* what reads holds the state it reads */
        }
        rollback(writer);
        close_parts(writer);
        writer->begun = writer->changed = false;
        writer->text_bytes = 0;
        writer->pending = 0;
        writer->paused = true;
        ro_lock_let_go(writer->lock);
    }
}

/* By the name that was opened another index may stand by now. */
static ro_status check_place(const ro_writer *writer, ro_error *err) {
    bool same = ro_lock_is_at(writer->index->lock, writer->lock);
    return same ? RO_OK
                : ro_fail(err, RO_NOT_FOUND, "cannot go on writing index '%s': it was moved away",
                          writer->index->directory);
}

ro_status ro_writer_resume(ro_writer *writer, ro_deadline deadline, ro_error *err) {
    ro_status status = ro_lock_take(writer->index, deadline, &writer->lock, err);
    if (status) {
        return status;
    }
    writer->paused = false;
    writer->broken = RO_OK;
    status = check_place(writer, err);
    status = status ? status : start(writer, deadline, err);
    if (status) {
        ro_writer_pause(writer);
        writer->broken = status == RO_BUSY ? RO_OK : status;
    }
    return status;
}

static ro_status add_meta(ro_writer *writer, const char *key, int64_t by, ro_error *err) {
    sqlite3_stmt *statement = writer->statements[RO_WRITER_META];
    ro_sql_bind_text(statement, 1, ro_str_from(key));
    (void)sqlite3_bind_int64(statement, 2, by);
    return ro_sql_done(statement, "commit", err);
}

/* The parts that were gathered in memory go into the transaction last. */
static ro_status store(ro_writer *writer, ro_error *err) {
    ro_status status = RO_OK;
    if (writer->changed) {
        int64_t revision = writer->revision + 1;
        for (int kind = 0; !status && kind < RO_KINDS; kind++) {
            status = ro_collection_store(&writer->collections[kind], revision, err);
        }
        status = status ? status : ro_merge_store(writer->merge, err);
        status = status ? status : ro_alike_store(&writer->alike, err);
        if (status || (status = add_meta(writer, "revision", 1, err)) ||
            (status = add_meta(writer, "text_bytes", writer->text_bytes, err))) {
            return status;
        }
        writer->revision = revision;
    }
    return ro_sql_run(writer->db, "COMMIT", "commit", err);
}

static ro_status commit(ro_writer *writer, ro_error *err) {
    ro_status status = ro_writer_ready(writer, err);
    if (status) {
        return status;
    }
    writer->broken = status = store(writer, err);
    writer->begun = status != RO_OK;
    writer->changed = false;
    writer->text_bytes = 0;
    writer->pending = 0;
    return status;
}

/* ---- leaves --------------------------------------------------------------------------------- */

static ro_status rearrange(ro_writer *writer, ro_rearrange_fn fn, void *context, ro_error *err) {
    int before = sqlite3_total_changes(writer->db);
    ro_status status = begin(writer, ro_deadline_in_ms(RO_CATALOG_BUSY_MS), err);
    status = status ? status : fn(writer, context, err);
    if (!status) {
        status = ro_sql_run(writer->db, "COMMIT", "commit", err);
    }
    if (status) {
        (void)sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    }
    writer->begun = false;
    if (sqlite3_total_changes(writer->db) != before) {
        ro_seal_sweep(writer->index, writer->db);
    }
    return status;
}

ro_status ro_writer_rearrange(ro_writer *writer, ro_rearrange_fn fn, void *context, ro_error *err) {
    ro_status status = commit(writer, err);
    return status ? status : rearrange(writer, fn, context, err);
}

/* By kind what was put: merging takes its time in proportion. */
static ro_status tend(const ro_writer *writer, void *put, ro_error *err) {
    ro_status status = RO_OK;
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = ro_tend(writer->index, writer->db, (ro_kind)kind, writer->leaves_merged,
                         MERGED_SHARE * ((const int64_t *)put)[kind], err);
    }
    return status;
}

static ro_status make_one(const ro_writer *writer, void *context, ro_error *err) {
    ro_status status = RO_OK;
    (void)context;
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        status = ro_seal_all(writer->index, writer->db, (ro_kind)kind, err);
    }
    return status;
}

/* What was put is durable already: should leaves stay as they are for want of space or memory, the
 * next commit tries again. */
ro_status ro_writer_commit(ro_writer *writer, ro_error *err) {
    bool changed = writer->changed;
    int64_t put[RO_KINDS];
    for (int kind = 0; kind < RO_KINDS; kind++) {
        put[kind] = writer->collections[kind].documents;
    }
    ro_status status = commit(writer, err);
    if (!status && changed) {
        ro_error ignored = RO_ERROR_INIT;
        ro_status tended = rearrange(writer, tend, put, &ignored);
        (void)tended;
    }
    return status;
}

size_t ro_writer_pending(const ro_writer *writer) {
    return writer->pending;
}

/* What was mended is committed by itself. */
static ro_status mend(ro_writer *writer, bool thorough, int64_t *mended, ro_error *err) {
    ro_status status = ro_writer_ready(writer, err);
    *mended = 0;
    if (!status) {
        writer->broken = status = ro_writer_mend(writer, thorough, mended, err);
    }
    if (!status && *mended) {
        status = commit(writer, err);
        ro_seal_sweep(writer->index, writer->db);
    }
    return status;
}

ro_status ro_writer_repair(ro_writer *writer, int64_t *repaired, ro_error *err) {
    *repaired = 0;
    ro_status status = commit(writer, err);
    status = status ? status : mend(writer, true, repaired, err);
    if (!status) {
        *repaired += writer->mended;
        writer->mended = 0;
    }
    return status;
}

ro_status ro_writer_optimize(ro_writer *writer, ro_error *err) {
    return ro_writer_rearrange(writer, make_one, NULL, err);
}

ro_status ro_writer_set(ro_writer *writer, const char *name, ro_str value, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    ro_status status = ro_writer_ready(writer, err);
    if (!status) {
        status = ro_sql_prepare(writer->db,
                                "INSERT OR REPLACE INTO meta(key, value) VALUES('set:' || ?1, ?2)",
                                &statement, err);
    }
    if (!status) {
        ro_sql_bind_text(statement, 1, ro_str_from(name));
        ro_sql_bind_text(statement, 2, value);
        status = writer->broken = ro_sql_done(statement, "store a setting", err);
        writer->changed = true;
    }
    sqlite3_finalize(statement);
    return status;
}

/* ---- what was put --------------------------------------------------------------------------- */

ro_status ro_writer_run(ro_writer *writer, int statement, int64_t first, int64_t second,
                        ro_error *err) {
    sqlite3_stmt *run = writer->statements[statement];
    (void)sqlite3_bind_int64(run, 1, first);
    (void)sqlite3_bind_int64(run, 2, second); /* refused where there is no second: no harm */
    return ro_sql_done(run, "write the ledger", err);
}

/* Notes that the file holds the article, and was seen to. */
static ro_status hold(ro_writer *writer, int64_t file, ro_doc doc, ro_str id, ro_error *err) {
    ro_status status = ro_writer_run(writer, RO_WRITER_HOLD, file, doc, err);
    writer->changed |= !status && sqlite3_changes(writer->db) > 0;
    return status ? status
                  : ro_writer_run(writer, RO_WRITER_TOUCH, file, (int64_t)ro_str_hash(id), err);
}

/* The number of an origin; articles of one file come in a row, so the last is remembered. */
static ro_status find_file(ro_writer *writer, ro_str path, int64_t *file, ro_error *err) {
    bool row;
    *file = 0;
    if (!path.len) {
        return RO_OK;
    }
    if (writer->file && ro_str_equal(ro_buf_str(&writer->file_path), path)) {
        *file = writer->file;
        return RO_OK;
    }
    sqlite3_stmt *find = writer->statements[RO_WRITER_FILE_OF];
    ro_sql_bind_text(find, 1, path);
    ro_status status = ro_sql_step(find, &row, "read the ledger", err);
    if (!status && row) {
        *file = sqlite3_column_int64(find, 0);
        (void)sqlite3_reset(find);
    } else if (!status) {
        ro_sql_bind_text(writer->statements[RO_WRITER_ADD_FILE], 1, path);
        status = ro_sql_done(writer->statements[RO_WRITER_ADD_FILE], "write the ledger", err);
        *file = sqlite3_last_insert_rowid(writer->db);
    }
    if (!status) {
        ro_buf_clear(&writer->file_path);
        ro_buf_add_str(&writer->file_path, path);
        writer->file = writer->file_path.failed ? 0 : *file;
    }
    return status;
}

/* ---- articles out --------------------------------------------------------------------------- */

static ro_status terms_of_stored(ro_writer *writer, ro_doc doc, ro_article *article,
                                 ro_stream *terms, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_WRITER_READ];
    bool row;
    (void)sqlite3_bind_int64(read, 1, doc);
    ro_status status = ro_sql_step(read, &row, "read an article", err);
    if (!status && !row) {
        status = ro_fail(err, RO_DAMAGED, "the catalogue is damaged: article %lld is missing",
                         (long long)doc);
    }
    if (!status) {
        ro_arena_reset(&writer->arena);
        status = ro_article_read(read, &writer->unpacker, &writer->arena, article, err);
        (void)sqlite3_reset(read);
    }
    if (!status && !writer->preparer) {
        status = ro_preparer_new(&writer->preparer, err);
    }
    return status ? status : ro_preparer_stream(writer->preparer, article, terms, err);
}

ro_status ro_writer_each_stream(ro_writer *writer, ro_doc doc, bool facts, ro_stream_fn fn,
                                void *context, ro_error *err) {
    ro_article article;
    ro_stream terms;
    ro_status status = terms_of_stored(writer, doc, &article, &terms, err);
    status = status ? status : fn(context, RO_KIND_ARTICLES, doc, &terms, err);
    return status || !facts ? status : ro_writer_each_fact(writer, doc, &article, fn, context, err);
}

ro_status ro_writer_remove(ro_writer *writer, ro_doc doc, ro_error *err) {
    ro_article article;
    ro_stream terms;
    ro_status status = terms_of_stored(writer, doc, &article, &terms, err);
    if (status) {
        return status;
    }
    (void)sqlite3_bind_int64(writer->statements[RO_WRITER_DELETE], 1, doc);
    if ((status = ro_collection_remove(&writer->collections[RO_KIND_ARTICLES], doc, &terms, err)) ||
        (status = ro_writer_remove_facts(writer, doc, &article, err)) ||
        (status = ro_alike_remove(&writer->alike, doc, err)) ||
        (status = ro_sql_done(writer->statements[RO_WRITER_DELETE], "delete an article", err))) {
        writer->broken = status;
        return status;
    }
    writer->text_bytes -= (int64_t)(article.title.len + article.body.len);
    writer->pending += article.title.len + article.body.len;
    writer->changed = true;
    return RO_OK;
}

/* What is stored under an id; doc 0: nothing. */
typedef struct stored {
    ro_doc doc;
    bool same; /* content hash */
} stored;

static ro_status find_stored(ro_writer *writer, ro_str id, const uint8_t *hash, stored *out,
                             ro_error *err) {
    sqlite3_stmt *find = writer->statements[RO_WRITER_FIND];
    bool row;
    *out = (stored){0};
    ro_sql_bind_text(find, 1, id);
    ro_status status = ro_sql_step(find, &row, "find an article", err);
    if (!status && row) {
        ro_str known = ro_sql_blob(find, 1);
        out->doc = sqlite3_column_int64(find, 0);
        out->same = hash && known.len == 32 && memcmp(known.ptr, hash, 32) == 0;
        (void)sqlite3_reset(find);
    }
    return status;
}

ro_status ro_writer_find(ro_writer *writer, ro_str id, bool *found, ro_error *err) {
    stored old = {0};
    ro_status status = ro_writer_ready(writer, err);
    if (!status) {
        status = find_stored(writer, id, NULL, &old, err);
    }
    *found = old.doc != 0;
    return status;
}

ro_status ro_writer_delete(ro_writer *writer, ro_str id, bool *found, ro_error *err) {
    stored old;
    *found = false;
    ro_status status = ro_writer_ready(writer, err);
    if (!status) {
        status = find_stored(writer, id, NULL, &old, err);
    }
    if (!status && old.doc) {
        status = ro_writer_remove(writer, old.doc, err);
        if (!status) {
            status = writer->broken = ro_writer_run(writer, RO_WRITER_RELEASE_ALL, old.doc, 0, err);
        }
        *found = !status;
    }
    return status;
}

/* ---- articles in ---------------------------------------------------------------------------- */

static ro_status insert_row(ro_writer *writer, const ro_prepared *prepared, ro_doc *doc,
                            ro_error *err) {
    sqlite3_stmt *insert = writer->statements[RO_WRITER_INSERT];
    const ro_article *article = &prepared->article;
    const ro_str texts[] = {article->title,
                            article->source,
                            article->language,
                            article->url,
                            article->byline,
                            article->credit,
                            article->photo_credit,
                            article->dateline.place,
                            article->dateline.country,
                            article->dateline.agency};
    ro_sql_bind_text(insert, 1, article->id);
    ro_sql_bind_blob(insert, 2, prepared->hash, sizeof prepared->hash);
    if (article->published == RO_TIME_NONE) {
        (void)sqlite3_bind_null(insert, 3);
    } else {
        (void)sqlite3_bind_int64(insert, 3, article->published);
    }
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
        ro_sql_bind_text(insert, 4 + i, texts[i]);
    }
    (void)sqlite3_bind_int64(insert, 14, (int64_t)prepared->body_len);
    ro_sql_bind_blob(insert, 15, prepared->body.ptr, prepared->body.len);
    ro_status status = ro_sql_done(insert, "store an article", err);
    *doc = status ? 0 : sqlite3_last_insert_rowid(writer->db);
    return status;
}

static ro_status make_record(ro_writer *writer, const ro_prepared *prepared, ro_record *record,
                             ro_error *err) {
    uint32_t source = 0;
    uint32_t language = 0;
    ro_value source_value = {prepared->folded_source, prepared->article.source};
    ro_value language_value = {prepared->folded_language, prepared->article.language};
    ro_status status =
        ro_value_id(&writer->values, RO_DICTIONARY_SOURCE, &source_value, &source, err);
    if (!status) {
        status =
            ro_value_id(&writer->values, RO_DICTIONARY_LANGUAGE, &language_value, &language, err);
    }
    *record = (ro_record){
        .published = prepared->article.published, .source = source, .language = (uint16_t)language};
    return status;
}

static ro_status insert_article(ro_writer *writer, const ro_prepared *prepared, ro_doc *doc,
                                ro_error *err) {
    ro_record record;
    ro_status status;
    if ((status = make_record(writer, prepared, &record, err)) ||
        (status = insert_row(writer, prepared, doc, err)) ||
        (status = ro_writer_put_facts(writer, *doc, prepared, &record, err)) ||
        (status = ro_collection_put(&writer->collections[RO_KIND_ARTICLES], *doc, &prepared->terms,
                                    record, ro_writer_list(&writer->values_of_article), err))) {
        return status;
    }
    if (prepared->told) {
        status = ro_alike_put(&writer->alike, *doc, record.published, &prepared->alike, err);
        if (status) {
            return status;
        }
    }
    size_t bytes = prepared->article.title.len + prepared->body_len;
    writer->text_bytes += (int64_t)bytes;
    writer->pending += bytes;
    writer->changed = true;
    return RO_OK;
}

ro_status ro_writer_put(ro_writer *writer, const ro_prepared *prepared, ro_change *change,
                        ro_error *err) {
    stored old;
    int64_t file;
    *change = RO_UNCHANGED;
    ro_status status = ro_writer_ready(writer, err);
    if (status) {
        return status;
    }
    status = find_stored(writer, prepared->article.id, prepared->hash, &old, err);
    if (!status) {
        status = find_file(writer, prepared->article.origin, &file, err);
    }
    ro_doc doc = old.doc;
    if (!status && !old.same) {
        *change = old.doc ? RO_CHANGED : RO_ADDED;
        status = old.doc ? ro_writer_remove(writer, old.doc, err) : RO_OK;
        if (!status) {
            status = insert_article(writer, prepared, &doc, err);
        }
        if (!status && old.doc) {
            status = ro_writer_run(writer, RO_WRITER_MOVE, old.doc, doc, err);
        }
    }
    if (!status) {
        status = hold(writer, file, doc, prepared->article.id, err);
    }
    writer->broken = status;
    return status;
}
