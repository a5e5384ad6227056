/* index_bench FILE.ndjson DIR: plain sqlite3 feeding FTS5 the texts of the file.
 *
 * The table is `fts5(title, body, tokenize='porter unicode61')`, the transactions hold as much text
 * as those of readout-indexer. Only SQLite's own work is timed, not the reading of the JSON. Prints
 * megabytes of the file by second, as one number. */
#include "readout/deadline.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define TRANSACTION_BYTES ((size_t)128 << 20)

static void must(int rc, sqlite3 *db, const char *what) {
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        (void)fprintf(stderr, "index_bench: %s: %s\n", what, sqlite3_errmsg(db));
        exit(2);
    }
}

static void run(sqlite3 *db, const char *sql) {
    must(sqlite3_exec(db, sql, NULL, NULL, NULL), db, sql);
}

static size_t insert(sqlite3 *db, sqlite3_stmt *statement, const json_t *article) {
    const char *title = json_string_value(json_object_get(article, "title"));
    const char *body = json_string_value(json_object_get(article, "body"));
    must(sqlite3_bind_text(statement, 1, title, -1, SQLITE_STATIC), db, "bind");
    must(sqlite3_bind_text(statement, 2, body, -1, SQLITE_STATIC), db, "bind");
    must(sqlite3_step(statement), db, "insert");
    must(sqlite3_reset(statement), db, "reset");
    return (title ? strlen(title) : 0) + (body ? strlen(body) : 0);
}

int main(int argc, char **argv) {
    char path[4096];
    if (argc != 3) {
        (void)fputs("usage: index_bench FILE.ndjson DIR\n", stderr);
        return 2;
    }
    (void)snprintf(path, sizeof path, "%s/plain.db", argv[2]);
    FILE *file = fopen(argv[1], "re");
    sqlite3 *db = NULL;
    if (!file) {
        perror(argv[1]);
        return 2;
    }
    must(sqlite3_open(path, &db), db, "open");
    run(db, "PRAGMA journal_mode = WAL");
    run(db, "CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='porter unicode61')");
    sqlite3_stmt *statement = NULL;
    must(sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?1, ?2)", -1, &statement, NULL), db,
         "prepare");
    char *line = NULL;
    size_t room = 0;
    size_t pending = 0;
    int64_t spent = 0;
    int64_t bytes = 0;
    run(db, "BEGIN");
    for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
        json_t *article = json_loadb(line, (size_t)len, 0, NULL);
        int64_t start = ro_now_ns();
        pending += insert(db, statement, article);
        if (pending >= TRANSACTION_BYTES) {
            run(db, "COMMIT; BEGIN");
            pending = 0;
        }
        spent += ro_now_ns() - start;
        bytes += len;
        json_decref(article);
    }
    int64_t start = ro_now_ns();
    run(db, "COMMIT");
    spent += ro_now_ns() - start;
    must(sqlite3_finalize(statement), db, "finalize");
    must(sqlite3_close(db), db, "close");
    free(line);
    (void)fclose(file);
    (void)printf("%.2f\n", (double)bytes * 1000 / (double)spent);
    return 0;
}
