#include "writer.h"

/* size, mtime_ns, hash, articles from `column` on. */
static ro_status read_entry(sqlite3_stmt *row, int column, ro_ledger_entry *out, ro_error *err) {
    ro_str hash = ro_sql_blob(row, column + 2);
    out->size = sqlite3_column_int64(row, column);
    out->mtime_ns = sqlite3_column_int64(row, column + 1);
    out->articles = sqlite3_column_int64(row, column + 3);
    if (hash.len != sizeof out->hash) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: a ledger entry has no hash");
    }
    memcpy(out->hash, hash.ptr, sizeof out->hash);
    return RO_OK;
}

ro_status ro_ledger_get(ro_writer *writer, ro_str path, ro_ledger_entry *out, bool *found,
                        ro_error *err) {
    sqlite3_stmt *get = writer->statements[RO_WRITER_LEDGER_GET];
    *out = (ro_ledger_entry){.path = path};
    *found = false;
    ro_status status = ro_writer_ready(writer, err);
    if (status) {
        return status;
    }
    ro_sql_bind_text(get, 1, path);
    status = ro_sql_step(get, found, "read the ledger", err);
    if (*found) {
        status = read_entry(get, 0, out, err);
        *found = !status;
        (void)sqlite3_reset(get);
    }
    return status;
}

ro_status ro_ledger_put(ro_writer *writer, const ro_ledger_entry *entry, ro_error *err) {
    sqlite3_stmt *put = writer->statements[RO_WRITER_LEDGER_PUT];
    ro_status status = ro_writer_ready(writer, err);
    if (status) {
        return status;
    }
    ro_sql_bind_text(put, 1, entry->path);
    (void)sqlite3_bind_int64(put, 2, entry->size);
    (void)sqlite3_bind_int64(put, 3, entry->mtime_ns);
    ro_sql_bind_blob(put, 4, entry->hash, sizeof entry->hash);
    (void)sqlite3_bind_int64(put, 5, entry->articles);
    return writer->broken = ro_sql_done(put, "write the ledger", err);
}

/* A statement of its own, so that `fn` may use the ledger. */
ro_status ro_ledger_each(ro_writer *writer, ro_str prefix, ro_ledger_fn fn, void *context,
                         ro_error *err) {
    sqlite3_stmt *each = NULL;
    ro_status status = ro_writer_ready(writer, err);
    if (!status) {
        status = ro_sql_prepare(writer->db,
                                "SELECT path, size, mtime_ns, hash, articles FROM file"
                                " WHERE path >= ?1 AND size IS NOT NULL ORDER BY path",
                                &each, err);
    }
    if (!status) {
        ro_sql_bind_text(each, 1, prefix);
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(each, &row, "read the ledger", err);
        if (!status && row) {
            ro_ledger_entry entry = {.path = ro_sql_text(each, 0)};
            if (!ro_str_starts_with(entry.path, prefix)) {
                break;
            }
            status = read_entry(each, 1, &entry, err);
            if (!status && fn(context, &entry) != 0) {
                break;
            }
        }
    }
    sqlite3_finalize(each);
    return status;
}

/* The articles of a file, as a list: they cannot be taken out while they are read. */
static ro_status list_articles(ro_writer *writer, ro_str path, ro_buf *docs, ro_error *err) {
    sqlite3_stmt *list = writer->statements[RO_WRITER_BY_FILE];
    ro_status status = ro_writer_ready(writer, err);
    if (status) {
        return status;
    }
    ro_sql_bind_text(list, 1, path);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(list, &row, "read the ledger", err);
        if (!status && row) {
            ro_doc doc = sqlite3_column_int64(list, 0);
            ro_buf_add(docs, &doc, sizeof doc);
        }
    }
    return status ? status : ro_buf_check(docs, err);
}

static ro_status remove_articles(ro_writer *writer, ro_str path, bool touched, int64_t *articles,
                                 ro_error *err) {
    ro_buf docs = RO_BUF_INIT;
    ro_status status = list_articles(writer, path, &docs, err);
    const ro_doc *list = (const ro_doc *)(const void *)docs.ptr;
    *articles = 0;
    for (size_t i = 0; !status && i < docs.len / sizeof *list; i++) {
        if (touched || !ro_writer_is_touched(writer, list[i])) {
            status = ro_writer_remove(writer, list[i], err);
            *articles += !status;
        } else {
            ro_writer_untouch(writer, list[i]);
        }
    }
    ro_buf_release(&docs);
    return status;
}

ro_status ro_ledger_delete(ro_writer *writer, ro_str path, int64_t *articles, ro_error *err) {
    sqlite3_stmt *forget = writer->statements[RO_WRITER_LEDGER_DELETE];
    ro_status status = remove_articles(writer, path, true, articles, err);
    if (!status) {
        ro_sql_bind_text(forget, 1, path);
        status = writer->broken = ro_sql_done(forget, "write the ledger", err);
        writer->file = 0; /* its number may be given anew */
    }
    return status;
}

ro_status ro_ledger_prune(ro_writer *writer, ro_str path, int64_t *articles, ro_error *err) {
    return remove_articles(writer, path, false, articles, err);
}
