#include "sql.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#define FULL_BYTES 65536 /* a disk with less room than this is full */

/* The cause of a failed write is often lost by the time it is reported: other calls came between.
 * Then a disk without room, or a limit on the size of files, is taken for it. */
static bool is_full(sqlite3 *db, int rc) {
    int cause = db ? sqlite3_system_errno(db) : 0;
    if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG) {
        return true;
    }
    bool growing = rc == SQLITE_IOERR_WRITE || rc == SQLITE_IOERR_SHMSIZE ||
                   rc == SQLITE_IOERR_TRUNCATE || rc == SQLITE_IOERR_FSYNC;
    const char *file = growing && db ? sqlite3_db_filename(db, "main") : NULL;
    struct rlimit limit;
    struct statvfs disk;
    return file && ((getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) ||
                    (statvfs(file, &disk) == 0 && disk.f_bavail * disk.f_frsize < FULL_BYTES));
}

ro_status ro_sql_status(sqlite3 *db, int rc) {
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return RO_OK;
    case SQLITE_NOMEM:
        return RO_MEMORY;
    case SQLITE_FULL:
        return RO_FULL;
    case SQLITE_IOERR:
        return rc == SQLITE_IOERR_NOMEM ? RO_MEMORY : is_full(db, rc) ? RO_FULL : RO_IO;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_NOLFS:
        return RO_IO;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RO_BUSY;
    case SQLITE_INTERRUPT:
        return RO_DEADLINE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
        return RO_DAMAGED;
    case SQLITE_TOOBIG:
        return RO_LIMIT;
    default:
        return RO_INTERNAL;
    }
}

ro_status ro_sql_fail(sqlite3 *db, int rc, const char *what, ro_error *err) {
    ro_status status = ro_sql_status(db, rc);
    const char *reason = db && sqlite3_errcode(db) != SQLITE_OK ? sqlite3_errmsg(db) : NULL;
    if (status == RO_FULL) {
        reason = "no space left, or a file size limit is reached";
    } else if ((rc & 0xff) == SQLITE_CORRUPT) {
        reason = "the file catalog.db is damaged";
    }
    return ro_fail(err, status, "cannot %s: %s", what, reason ? reason : sqlite3_errstr(rc));
}

ro_status ro_sql_run(sqlite3 *db, const char *sql, const char *what, ro_error *err) {
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? RO_OK : ro_sql_fail(db, rc, what, err);
}

/* A catalogue whose tables are not as they should be gives plain SQL errors. */
ro_status ro_sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, ro_error *err) {
    int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (rc == SQLITE_ERROR) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: %s", sqlite3_errmsg(db));
    }
    return rc == SQLITE_OK ? RO_OK : ro_sql_fail(db, rc, "read the catalogue", err);
}

/* The statement with `name` for every $, terminated. */
static ro_status insert_name(const char *sql, const char *name, ro_buf *out, ro_error *err) {
    for (const char *at = sql; *at; at++) {
        if (*at == '$') {
            ro_buf_add(out, name, strlen(name));
        } else {
            ro_buf_add_byte(out, *at);
        }
    }
    ro_buf_add_byte(out, '\0');
    return ro_buf_check(out, err);
}

ro_status ro_sql_run_named(sqlite3 *db, const char *sql, const char *name, const char *what,
                           ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_status status = insert_name(sql, name, &text, err);
    status = status ? status : ro_sql_run(db, text.ptr, what, err);
    ro_buf_release(&text);
    return status;
}

ro_status ro_sql_prepare_named(sqlite3 *db, const char *sql, const char *name, sqlite3_stmt **out,
                               ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_status status = insert_name(sql, name, &text, err);
    status = status ? status : ro_sql_prepare(db, text.ptr, out, err);
    ro_buf_release(&text);
    return status;
}

ro_status ro_sql_prepare_all(sqlite3 *db, const char *const *sql, size_t count, const char *name,
                             sqlite3_stmt **out, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = name ? ro_sql_prepare_named(db, sql[i], name, &out[i], err)
                      : ro_sql_prepare(db, sql[i], &out[i], err);
    }
    return status;
}

void ro_sql_finalize_all(sqlite3_stmt **statements, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sqlite3_finalize(statements[i]);
        statements[i] = NULL;
    }
}

ro_status ro_sql_step(sqlite3_stmt *statement, bool *row, const char *what, ro_error *err) {
    int rc = sqlite3_step(statement);
    *row = rc == SQLITE_ROW;
    ro_status status = RO_OK;
    if (rc != SQLITE_ROW) {
        if (rc != SQLITE_DONE) {
            status = ro_sql_fail(sqlite3_db_handle(statement), rc, what, err);
        }
        (void)sqlite3_reset(statement);
    }
    return status;
}

ro_status ro_sql_done(sqlite3_stmt *statement, const char *what, ro_error *err) {
    bool row;
    ro_status status = ro_sql_step(statement, &row, what, err);
    if (!status && row) {
        (void)sqlite3_reset(statement);
    }
    return status;
}

void ro_sql_bind_text(sqlite3_stmt *statement, int at, ro_str s) {
    (void)sqlite3_bind_text64(statement, at, s.ptr ? s.ptr : "", s.len, SQLITE_STATIC, SQLITE_UTF8);
}

void ro_sql_bind_blob(sqlite3_stmt *statement, int at, const void *bytes, size_t len) {
    (void)sqlite3_bind_blob64(statement, at, len ? bytes : "", len, SQLITE_STATIC);
}

ro_str ro_sql_text(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return ro_str_make((const char *)text, (size_t)sqlite3_column_bytes(statement, column));
}

ro_str ro_sql_blob(sqlite3_stmt *statement, int column) {
    const void *blob = sqlite3_column_blob(statement, column);
    return ro_str_make(blob, (size_t)sqlite3_column_bytes(statement, column));
}

ro_status ro_sql_integer(sqlite3 *db, const char *sql, int64_t missing, int64_t *out,
                         ro_error *err) {
    sqlite3_stmt *statement = NULL;
    bool row = false;
    *out = missing;
    ro_status status = ro_sql_prepare(db, sql, &statement, err);
    if (!status) {
        status = ro_sql_step(statement, &row, "read the catalogue", err);
    }
    if (row) {
        *out = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return status;
}

ro_status ro_sql_integer_named(sqlite3 *db, const char *sql, const char *name, int64_t missing,
                               int64_t *out, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    *out = missing;
    ro_status status = insert_name(sql, name, &text, err);
    status = status ? status : ro_sql_integer(db, text.ptr, missing, out, err);
    ro_buf_release(&text);
    return status;
}
