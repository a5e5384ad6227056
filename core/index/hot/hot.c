#include "hot.h"
#include "reader.h"

#include <stdlib.h>

/* ---- the tokenizer -------------------------------------------------------------------------- */

typedef int (*token_fn)(void *context, int flags, const char *token, int len, int start, int end);

static int create_tokenizer(void *replay, const char **args, int count, Fts5Tokenizer **out) {
    (void)args;
    (void)count;
    *out = replay;
    return SQLITE_OK;
}

static void delete_tokenizer(Fts5Tokenizer *tokenizer) {
    (void)tokenizer; /* the connection owns the replay */
}

/* The text of a document column is the number of the field; that of a query is one term. */
static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int len,
                    token_fn fn) {
    const ro_stream *terms = ((const ro_replay *)(const void *)tokenizer)->terms;
    if (flags & FTS5_TOKENIZE_QUERY) {
        return fn(context, 0, text, len, 0, len);
    }
    int field = len == 1 ? text[0] - '0' : -1;
    if (!terms || field < 0 || field >= RO_FIELD_COUNT) {
        return SQLITE_MISUSE;
    }
    int rc = SQLITE_OK;
    for (size_t i = 0; i < terms->use_count[field] && rc == SQLITE_OK; i++) {
        uint32_t use = terms->uses[field][i];
        const ro_stream_term *term = &terms->terms[use >> 1];
        rc = fn(context, use & 1 ? FTS5_TOKEN_COLOCATED : 0, term->bytes, (int)term->len, 0, 0);
    }
    return rc;
}

static fts5_api *find_api(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(statement);
    }
    (void)sqlite3_finalize(statement);
    return api;
}

ro_status ro_hot_register(sqlite3 *db, ro_replay **out, ro_error *err) {
    static fts5_tokenizer tokenizer = {create_tokenizer, delete_tokenizer, tokenize};
    *out = NULL;
    fts5_api *api = find_api(db);
    if (!api) {
        return sqlite3_errcode(db) == SQLITE_NOMEM
                   ? ro_fail_memory(err)
                   : ro_fail(err, RO_INTERNAL, "this SQLite has no FTS5");
    }
    ro_replay *replay = calloc(1, sizeof *replay);
    if (!replay) {
        return ro_fail_memory(err);
    }
    int rc = api->xCreateTokenizer(api, "readout", replay, &tokenizer, free);
    if (rc != SQLITE_OK) {
        free(replay);
        return ro_sql_fail(db, rc, "register the tokenizer", err);
    }
    *out = replay;
    return ro_hot_register_collector(db, api, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *const write_sql[RO_HOT_WRITE_STATEMENTS] = {
    [RO_HOT_INSERT] = "INSERT INTO hot_$(rowid, title, body) VALUES(?1, '0', '1')",
    [RO_HOT_DELETE] = "INSERT INTO hot_$(hot_$, rowid, title, body) VALUES('delete', ?1, '0', '1')",
    [RO_HOT_HAS] = "SELECT 1 FROM hot_$_docsize WHERE id = ?1"};

ro_status ro_hot_writer_open(ro_hot_writer *writer, sqlite3 *db, ro_kind kind, ro_replay *replay,
                             ro_error *err) {
    *writer = (ro_hot_writer){.db = db, .kind = kind, .replay = replay};
    return ro_sql_prepare_all(db, write_sql, RO_HOT_WRITE_STATEMENTS, ro_kind_name(kind),
                              writer->statements, err);
}

void ro_hot_writer_close(ro_hot_writer *writer) {
    ro_sql_finalize_all(writer->statements, RO_HOT_WRITE_STATEMENTS);
}

static ro_status replay(ro_hot_writer *writer, int which, ro_doc doc, const ro_stream *terms,
                        ro_error *err) {
    writer->replay->terms = terms;
    (void)sqlite3_bind_int64(writer->statements[which], 1, doc);
    ro_status status = ro_sql_done(writer->statements[which], "post a document", err);
    writer->replay->terms = NULL;
    return status;
}

ro_status ro_hot_insert(ro_hot_writer *writer, ro_doc doc, const ro_stream *terms, ro_error *err) {
    return replay(writer, RO_HOT_INSERT, doc, terms, err);
}

ro_status ro_hot_delete(ro_hot_writer *writer, ro_doc doc, const ro_stream *terms, ro_error *err) {
    return replay(writer, RO_HOT_DELETE, doc, terms, err);
}

ro_status ro_hot_has(ro_hot_writer *writer, ro_doc doc, bool *out, ro_error *err) {
    sqlite3_stmt *has = writer->statements[RO_HOT_HAS];
    (void)sqlite3_bind_int64(has, 1, doc);
    ro_status status = ro_sql_step(has, out, "find a document", err);
    (void)sqlite3_reset(has);
    return status;
}
