#include "catalog.h"
#include "alike.h"
#include "collection.h"
#include "facts/rows.h"
#include "merge/merge.h"
#include "share.h"

#include "readout/fact_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Statements run once, when an index is made, before those of the collections. The page size is
 * measured: see tests/bench/hot_bench.c. */
static const char *const schema[] = {
    "PRAGMA page_size = 8192",
    "PRAGMA auto_vacuum = NONE",
    "PRAGMA journal_mode = WAL",
    "BEGIN IMMEDIATE",
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE article("
    " doc INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, hash BLOB NOT NULL,"
    " published INTEGER, title TEXT NOT NULL, source TEXT NOT NULL,"
    " language TEXT NOT NULL, url TEXT NOT NULL, byline TEXT NOT NULL, credit TEXT NOT NULL,"
    " photo_credit TEXT NOT NULL, place TEXT NOT NULL, country TEXT NOT NULL,"
    " agency TEXT NOT NULL, body_bytes INTEGER NOT NULL, body BLOB NOT NULL)",
    /* the files an article was found in; file 0: it was put by itself */
    "CREATE TABLE holder(file INTEGER, doc INTEGER, PRIMARY KEY(file, doc)) WITHOUT ROWID",
    "CREATE INDEX holder_doc ON holder(doc)",
    "CREATE TABLE file(file INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,"
    " size INTEGER, mtime_ns INTEGER, hash BLOB, articles INTEGER)",
    "CREATE TABLE value(dictionary INTEGER, id INTEGER, folded TEXT NOT NULL, shown TEXT NOT NULL,"
    " PRIMARY KEY(dictionary, id)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX value_folded ON value(dictionary, folded)",
    /* sealed leaves: an id is never used again, since it names a file */
    "CREATE TABLE segment(id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
    " documents INTEGER NOT NULL, bytes INTEGER NOT NULL)",
};

static ro_status check_version(const ro_index *index, sqlite3 *db, int64_t tables, ro_error *err);

/* ---- connections ---------------------------------------------------------------------------- */

static const struct {
    int id, value;
} limits[] = {{SQLITE_LIMIT_LENGTH, 512 << 20}, {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
              {SQLITE_LIMIT_ATTACHED, 0},       {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
              {SQLITE_LIMIT_WORKER_THREADS, 0}, {SQLITE_LIMIT_VARIABLE_NUMBER, 64}};

static void configure(sqlite3 *db) {
    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_busy_timeout(db, RO_CATALOG_BUSY_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        (void)sqlite3_limit(db, limits[i].id, limits[i].value);
    }
}

/* No map: a file that is cut short would end the process that reads it (SIGBUS), and the time is
 * the same. */
#define CACHE_PRAGMA "PRAGMA cache_size = -8000;"
#define PASS_PRAGMA "PRAGMA cache_size = -100;"
static const char read_pragmas[] =
    "PRAGMA query_only = 1;" CACHE_PRAGMA "PRAGMA temp_store = MEMORY";
static const char write_pragmas[] = "PRAGMA synchronous = FULL;"
                                    "PRAGMA secure_delete = 0;"
                                    "PRAGMA cell_size_check = 1;"
                                    "PRAGMA cache_size = -65536;"
                                    "PRAGMA wal_autocheckpoint = 8000;"
                                    "PRAGMA journal_size_limit = 67108864;"
                                    "PRAGMA temp_store = MEMORY";

static ro_status connect_file(const ro_index *index, int flags, sqlite3 **out, ro_replay **replay,
                              ro_error *err) {
    *out = NULL;
    sqlite3 *db = NULL;
    ro_buf name = RO_BUF_INIT;
    bool uri;
    ro_status status = ro_catalog_name(index, !(flags & SQLITE_OPEN_READONLY), &name, &uri, err);
    if (status) {
        ro_buf_release(&name);
        return status;
    }
    flags |= SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0);
    int rc = sqlite3_open_v2(name.ptr, &db, flags, NULL);
    ro_buf_release(&name);
    if (rc != SQLITE_OK) {
        status = ro_fail(err, ro_sql_status(db, rc), "cannot open index '%s': %s", index->directory,
                         db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
    } else {
        configure(db);
        status = ro_hot_register(db, replay, err);
    }
    if (status) {
        (void)sqlite3_close(db);
        return status;
    }
    *out = db;
    return RO_OK;
}

/* What is refused takes more memory: no harm. */
void ro_catalog_pass(sqlite3 *db, bool pass) {
    (void)sqlite3_exec(db, pass ? PASS_PRAGMA : CACHE_PRAGMA, NULL, NULL, NULL);
}

ro_status ro_catalog_connect(const ro_index *index, bool write, sqlite3 **out, ro_replay **replay,
                             ro_error *err) {
    int64_t tables = 0;
    ro_status status =
        connect_file(index, write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, out, replay, err);
    if (!status) {
        ro_error own = RO_ERROR_INIT;
        status = ro_sql_run(*out, write ? write_pragmas : read_pragmas, "read catalog.db", &own);
        if (!status) { /* the first to read the file itself */
            status = ro_sql_integer(*out, "SELECT count(*) FROM sqlite_schema", 0, &tables, &own);
        }
        if (status) {
            status =
                ro_fail(err, status, "cannot open index '%s': %s", index->directory, own.message);
        }
    }
    if (!status) {
        status = check_version(index, *out, tables, err);
    }
    if (status) {
        (void)sqlite3_close(*out);
        *out = NULL;
    }
    return status;
}

/* ---- versions ------------------------------------------------------------------------------- */

static ro_status read_meta(sqlite3 *db, const char *key, char *out, size_t size, bool *found,
                           ro_error *err) {
    sqlite3_stmt *statement = NULL;
    *found = false;
    ro_status status = ro_sql_prepare(db, "SELECT value FROM meta WHERE key = ?1", &statement, err);
    if (!status) {
        ro_sql_bind_text(statement, 1, ro_str_from(key));
        status = ro_sql_step(statement, found, "read the catalogue", err);
    }
    if (*found) {
        ro_str value = ro_sql_text(statement, 0);
        (void)snprintf(out, size, "%.*s", RO_STR_ARG(value));
    }
    sqlite3_finalize(statement);
    return status;
}

static ro_status no_index(const ro_index *index, ro_error *err) {
    return ro_fail(err, RO_NOT_FOUND,
                   "cannot open index '%s': no index there; make one with "
                   "'readout-indexer --index %s add PATH'",
                   index->directory, index->directory);
}

/* Documents of facts are taken out by making them again: they must come out the same. */
static ro_status check_facts(const ro_index *index, sqlite3 *db, ro_error *err) {
    char ours[32];
    char digest[32] = "";
    bool found = false;
    (void)snprintf(ours, sizeof ours, "%llx", (unsigned long long)ro_fact_text_digest());
    ro_status status = read_meta(db, "facts", digest, sizeof digest, &found, err);
    if (!status && strcmp(ours, digest) != 0) {
        status = ro_fail(err, RO_VERSION,
                         "cannot open index '%s': the documents of its facts were made another "
                         "way than this program makes them; index the articles anew",
                         index->directory);
    }
    return status;
}

static ro_status check_version(const ro_index *index, sqlite3 *db, int64_t tables, ro_error *err) {
    char format[32] = "";
    char fingerprint[128] = "";
    bool has_format = false;
    bool has_fingerprint = false;
    int64_t ours = 0;
    ro_status status = ro_sql_integer(
        db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'article')", 0, &ours, err);
    if (status) {
        return status;
    }
    if (!tables) {
        return no_index(index, err);
    }
    if (ours != 2) {
        return ro_fail(err, RO_DAMAGED,
                       "cannot open index '%s': its catalog.db is not a Readout catalogue",
                       index->directory);
    }
    if ((status = read_meta(db, "format", format, sizeof format, &has_format, err)) ||
        (status =
             read_meta(db, "analyser", fingerprint, sizeof fingerprint, &has_fingerprint, err))) {
        return status;
    }
    if (!has_format || !has_fingerprint) {
        return ro_fail(err, RO_DAMAGED, "cannot open index '%s': its settings are missing",
                       index->directory);
    }
    long number = strtol(format, NULL, 10);
    if (number != RO_INDEX_FORMAT) {
        return ro_fail(err, RO_VERSION,
                       "cannot open index '%s': it has format %s, this program reads format %d; "
                       "%s",
                       index->directory, format, RO_INDEX_FORMAT,
                       number > RO_INDEX_FORMAT ? "use a newer Readout"
                                                : "index the articles anew");
    }
    if (strcmp(fingerprint, ro_analyser_fingerprint()) != 0) {
        return ro_fail(err, RO_VERSION,
                       "cannot open index '%s': its words were made by '%s', this program makes "
                       "them by '%s'; index the articles anew",
                       index->directory, fingerprint, ro_analyser_fingerprint());
    }
    return check_facts(index, db, err);
}

/* ---- making --------------------------------------------------------------------------------- */

static ro_status put_meta(sqlite3 *db, ro_error *err) {
    char *sql = sqlite3_mprintf("INSERT INTO meta(key, value) VALUES('format', %d),"
                                "('analyser', %Q), ('facts', '%llx'), ('revision', 0),"
                                " ('text_bytes', 0)",
                                RO_INDEX_FORMAT, ro_analyser_fingerprint(),
                                (unsigned long long)ro_fact_text_digest());
    ro_status status = sql ? ro_sql_run(db, sql, "make the index", err) : ro_fail_memory(err);
    sqlite3_free(sql);
    return status;
}

/* SQLite does not wait itself when the journal's mode changes while another makes the index. */
static ro_status run_patiently(sqlite3 *db, const char *sql, ro_error *err) {
    const struct timespec pause = {.tv_nsec = 5000000};
    ro_deadline deadline = ro_deadline_in_ms(RO_CATALOG_BUSY_MS);
    ro_status status;
    while ((status = ro_sql_run(db, sql, "make the index", err)) == RO_BUSY &&
           !ro_deadline_passed(deadline)) {
        (void)nanosleep(&pause, NULL);
    }
    return status;
}

/* Two programs may make it at the same time: the second finds the tables there. */
static ro_status make_catalog(const ro_index *index, ro_error *err) {
    sqlite3 *db = NULL;
    ro_replay *replay = NULL;
    int64_t tables = 0;
    ro_status status =
        connect_file(index, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, &replay, err);
    for (size_t i = 0; !status && i < sizeof schema / sizeof *schema; i++) {
        status = run_patiently(db, schema[i], err);
        if (!status && strncmp(schema[i], "BEGIN", 5) == 0) {
            status = ro_sql_integer(db, "SELECT count(*) FROM sqlite_schema", 0, &tables, err);
            if (tables) {
                break;
            }
        }
    }
    for (int kind = 0; !status && !tables && kind < RO_KINDS; kind++) {
        status = ro_collection_make(db, (ro_kind)kind, err);
    }
    if (!status && !tables) {
        status = ro_fact_rows_make(db, err);
    }
    if (!status && !tables) {
        status = ro_merge_make(db, err);
    }
    if (!status && !tables) {
        status = ro_alike_make(db, err);
    }
    if (!status && !tables) {
        status = put_meta(db, err);
    }
    if (!status) {
        status = ro_sql_run(db, "COMMIT", "make the index", err);
    }
    (void)sqlite3_close(db);
    return status;
}

static ro_status make_directory(const ro_index *index, ro_error *err) {
    if (mkdir(index->directory, 0777) != 0 && errno != EEXIST) {
        ro_status status = errno == ENOSPC ? RO_FULL : RO_IO;
        return ro_fail(err, status, "cannot make index '%s': %s", index->directory,
                       strerror(errno));
    }
    return RO_OK;
}

/* A catalog.db that is empty, or has no tables, is what a crash leaves before the schema was
 * committed: no index is there. */
static ro_status look(const ro_index *index, bool *there, ro_error *err) {
    struct stat st;
    *there = false;
    if (stat(index->directory, &st) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) {
            return ro_fail(err, RO_IO, "cannot open index '%s': %s", index->directory,
                           strerror(errno));
        }
    } else if (!S_ISDIR(st.st_mode)) {
        return ro_fail(err, RO_INVALID, "cannot open index '%s': not a directory",
                       index->directory);
    } else if (stat(index->file, &st) == 0) {
        *there = st.st_size > 0;
    } else if (errno != ENOENT) {
        return ro_fail(err, RO_IO, "cannot open index '%s': %s", index->directory, strerror(errno));
    }
    return RO_OK;
}

/* ---- handles -------------------------------------------------------------------------------- */

static ro_status try_connect(const ro_index *index, ro_error *err) {
    sqlite3 *db = NULL;
    ro_replay *replay = NULL;
    ro_status status = ro_catalog_connect(index, index->mode != RO_INDEX_READ, &db, &replay, err);
    (void)sqlite3_close(db);
    return status;
}

static ro_status verify(const ro_index *index, ro_error *err) {
    bool there;
    bool make = index->mode == RO_INDEX_CREATE;
    ro_error problem = RO_ERROR_INIT;
    ro_status status = look(index, &there, err);
    if (status) {
        return status;
    }
    status = there ? try_connect(index, &problem) : no_index(index, &problem);
    if (status == RO_NOT_FOUND && make) {
        status = make_directory(index, err);
        if (!status) {
            status = make_catalog(index, err);
        }
        return status ? status : try_connect(index, err);
    }
    return status ? ro_fail(err, status, "%s", problem.message) : RO_OK;
}

ro_status ro_index_open(const char *directory, ro_index_mode mode, ro_index **out, ro_error *err) {
    *out = NULL;
    ro_index *index = calloc(1, sizeof *index);
    if (!index) {
        return ro_fail_memory(err);
    }
    index->mode = mode;
    index->directory = strdup(directory);
    if (asprintf(&index->file, "%s/catalog.db", directory) < 0) {
        index->file = NULL;
    }
    if (asprintf(&index->lock, "%s/writer.lock", directory) < 0) {
        index->lock = NULL;
    }
    index->share = ro_share_new();
    bool made = index->directory && index->file && index->lock && index->share;
    ro_status status = made ? verify(index, err) : ro_fail_memory(err);
    if (status) {
        ro_index_close(index);
        return status;
    }
    *out = index;
    return RO_OK;
}

void ro_index_close(ro_index *index) {
    if (index) {
        free(index->directory);
        free(index->file);
        free(index->lock);
        ro_share_free(index->share);
        free(index);
    }
}
