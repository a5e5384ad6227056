/* The few SQLite calls that everything here is made of, with our statuses. */
#ifndef READOUT_INDEX_SQL_H
#define READOUT_INDEX_SQL_H

#include "readout/buffer.h"

#include <sqlite3.h>

/* What a result code of SQLite means to callers. Looks at errno of the last system call to tell a
 * full disk from a broken one. */
ro_status ro_sql_status(sqlite3 *db, int rc);

/* Records "cannot WHAT: reason" and returns its status. */
ro_status ro_sql_fail(sqlite3 *db, int rc, const char *what, ro_error *err);

ro_status ro_sql_run(sqlite3 *db, const char *sql, const char *what, ro_error *err) RO_MUST_CHECK;

/* A statement that is kept and run again. */
ro_status ro_sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out,
                         ro_error *err) RO_MUST_CHECK;

/* The tables of a collection are named after its kind: every $ of the statement stands for `name`.
 */
ro_status ro_sql_run_named(sqlite3 *db, const char *sql, const char *name, const char *what,
                           ro_error *err) RO_MUST_CHECK;
ro_status ro_sql_prepare_named(sqlite3 *db, const char *sql, const char *name, sqlite3_stmt **out,
                               ro_error *err) RO_MUST_CHECK;

/* Prepares `count` statements, with `name` for $ unless it is NULL; on failure those made are still
 * to be finalised. */
ro_status ro_sql_prepare_all(sqlite3 *db, const char *const *sql, size_t count, const char *name,
                             sqlite3_stmt **out, ro_error *err) RO_MUST_CHECK;
void ro_sql_finalize_all(sqlite3_stmt **statements, size_t count);

/* Steps once and tells whether there is a row. Without one, or on failure, the statement is reset.
 */
ro_status ro_sql_step(sqlite3_stmt *statement, bool *row, const char *what,
                      ro_error *err) RO_MUST_CHECK;
/* Runs a statement that gives no rows, and resets it. */
ro_status ro_sql_done(sqlite3_stmt *statement, const char *what, ro_error *err) RO_MUST_CHECK;

/* The string must stay as it is until the statement is reset. Binding fails only for lack of
 * memory, which the step after it reports as a NULL it finds: so the result is not looked at. */
void ro_sql_bind_text(sqlite3_stmt *statement, int at, ro_str s);
void ro_sql_bind_blob(sqlite3_stmt *statement, int at, const void *bytes, size_t len);
/* Valid until the next step or reset. */
ro_str ro_sql_text(sqlite3_stmt *statement, int column);
ro_str ro_sql_blob(sqlite3_stmt *statement, int column);

/* The first column of the first row as an integer; `missing` when there is no row. */
ro_status ro_sql_integer(sqlite3 *db, const char *sql, int64_t missing, int64_t *out,
                         ro_error *err) RO_MUST_CHECK;
ro_status ro_sql_integer_named(sqlite3 *db, const char *sql, const char *name, int64_t missing,
                               int64_t *out, ro_error *err) RO_MUST_CHECK;

#endif
