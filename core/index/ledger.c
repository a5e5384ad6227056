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

typedef struct held {
    ro_doc doc;
    bool seen;  /* put since opening or the last prune */
    bool alone; /* by no other file */
} held;

static ro_status is_seen(ro_writer *writer, int64_t file, ro_str id, bool *seen, ro_error *err) {
    sqlite3_stmt *find = writer->statements[RO_WRITER_TOUCHED];
    (void)sqlite3_bind_int64(find, 1, file);
    (void)sqlite3_bind_int64(find, 2, (int64_t)ro_str_hash(id));
    ro_status status = ro_sql_step(find, seen, "read the ledger", err);
    (void)sqlite3_reset(find);
    return status;
}

/* What a file holds, as a list: it cannot be changed while it is read. */
static ro_status list_held(ro_writer *writer, int64_t file, ro_buf *out, ro_error *err) {
    sqlite3_stmt *list = writer->statements[RO_WRITER_HELD];
    ro_status status = RO_OK;
    (void)sqlite3_bind_int64(list, 1, file);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(list, &row, "read the ledger", err);
        if (!status && row) {
            held item = {.doc = sqlite3_column_int64(list, 0),
                         .alone = sqlite3_column_int(list, 2) != 0};
            status = is_seen(writer, file, ro_sql_text(list, 1), &item.seen, err);
            ro_buf_add(out, &item, sizeof item);
        }
    }
    (void)sqlite3_reset(list);
    return status ? status : ro_buf_check(out, err);
}

static ro_status number_of(ro_writer *writer, ro_str path, int64_t *file, ro_error *err) {
    sqlite3_stmt *find = writer->statements[RO_WRITER_FILE_OF];
    bool row;
    *file = 0;
    ro_sql_bind_text(find, 1, path);
    ro_status status = ro_sql_step(find, &row, "read the ledger", err);
    if (!status && row) {
        *file = sqlite3_column_int64(find, 0);
        (void)sqlite3_reset(find);
    }
    return status;
}

/* The file lets go of what it was not seen to hold, or of all; what no file holds is deleted. */
static ro_status let_go(ro_writer *writer, ro_str path, bool all, int64_t *articles,
                        ro_error *err) {
    ro_buf list = RO_BUF_INIT;
    int64_t file = 0;
    *articles = 0;
    ro_status status = ro_writer_ready(writer, err);
    if (!status) {
        status = number_of(writer, path, &file, err);
    }
    if (status || !file) {
        return status;
    }
    status = list_held(writer, file, &list, err);
    const held *items = (const held *)(const void *)list.ptr;
    for (size_t i = 0; !status && i < list.len / sizeof *items; i++) {
        if (all || !items[i].seen) {
            status = ro_writer_run(writer, RO_WRITER_RELEASE, file, items[i].doc, err);
            if (!status && items[i].alone) {
                status = ro_writer_remove(writer, items[i].doc, err);
                *articles += !status;
            }
            writer->changed = true;
        }
    }
    if (!status) {
        status = ro_writer_run(writer, RO_WRITER_UNTOUCH, file, 0, err);
    }
    ro_buf_release(&list);
    return writer->broken = status;
}

ro_status ro_ledger_delete(ro_writer *writer, ro_str path, int64_t *articles, ro_error *err) {
    sqlite3_stmt *forget = writer->statements[RO_WRITER_LEDGER_DELETE];
    ro_status status = let_go(writer, path, true, articles, err);
    if (!status) {
        ro_sql_bind_text(forget, 1, path);
        status = writer->broken = ro_sql_done(forget, "write the ledger", err);
        writer->file = 0; /* its number may be given anew */
    }
    return status;
}

ro_status ro_ledger_prune(ro_writer *writer, ro_str path, int64_t *articles, ro_error *err) {
    return let_go(writer, path, false, articles, err);
}
