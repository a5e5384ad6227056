/* The driver of SQLite FTS5 as it comes; README.md says what every driver does. Its own tokenizers
 * would take the terms apart: one that splits at spaces stands in. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void check(sqlite3 *db, int rc) {
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        (void)fprintf(stderr, "peer_fts5: %s\n", sqlite3_errmsg(db));
        exit(2);
    }
}

/* ---- the tokenizer -------------------------------------------------------------------------- */

typedef int (*token_fn)(void *context, int flags, const char *token, int len, int start, int end);

static int create(void *context, const char **args, int count, Fts5Tokenizer **out) {
    (void)args;
    (void)count;
    *out = context;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer) {
    (void)tokenizer;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int len,
                    token_fn fn) {
    (void)tokenizer;
    (void)flags;
    int rc = SQLITE_OK;
    for (int at = 0, end = 0; at < len && rc == SQLITE_OK; at = end + 1) {
        const char *space = memchr(text + at, ' ', (size_t)(len - at));
        end = space ? (int)(space - text) : len;
        rc = end > at ? fn(context, 0, text + at, end - at, at, end) : SQLITE_OK;
    }
    return rc;
}

static sqlite3 *open_index(const char *path) {
    static fts5_tokenizer words = {create, destroy, tokenize};
    sqlite3 *db;
    sqlite3_stmt *statement;
    fts5_api *api = NULL;
    check(NULL, sqlite3_open(path, &db));
    check(db, sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL));
    check(db, sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL));
    check(db, sqlite3_step(statement));
    check(db, sqlite3_finalize(statement));
    check(db, api->xCreateTokenizer(api, "words", &words, &words, NULL));
    return db;
}

/* ---- what drivers do ------------------------------------------------------------------------ */

static void make_index(const char *terms, const char *path) {
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int articles = 0;
    FILE *in = fopen(terms, "r");
    if (!in) {
        exit(2);
    }
    int64_t start = now_ns();
    sqlite3 *db = open_index(path);
    sqlite3_stmt *insert;
    check(db, sqlite3_exec(db,
                           "PRAGMA journal_mode = WAL; PRAGMA cache_size = -524288;"
                           "CREATE VIRTUAL TABLE news USING fts5(body, content='', "
                           "tokenize=words); BEGIN",
                           NULL, NULL, NULL));
    check(db, sqlite3_prepare_v2(db, "INSERT INTO news(rowid, body) VALUES(?1, ?2)", -1, &insert,
                                 NULL));
    while ((len = getline(&line, &size, in)) > 0) {
        check(db, sqlite3_bind_int(insert, 1, ++articles));
        check(db, sqlite3_bind_text(insert, 2, line, (int)len - 1, SQLITE_STATIC));
        check(db, sqlite3_step(insert));
        check(db, sqlite3_reset(insert));
    }
    check(db, sqlite3_finalize(insert));
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    (void)printf("indexed %d %.3f %.3f\n", articles, (double)(now_ns() - start) / 1e9,
                 (double)clock() / CLOCKS_PER_SEC);
    check(db, sqlite3_exec(db,
                           "INSERT INTO news(news) VALUES('optimize'); VACUUM;"
                           "PRAGMA wal_checkpoint(TRUNCATE)",
                           NULL, NULL, NULL));
    check(db, sqlite3_close(db));
    (void)fclose(in);
    free(line);
}

/* "a" OR "b"; "a b" */
static void make_match(const char *type, const char *words, char *out, size_t room) {
    const char *between = strcmp(type, "or") == 0    ? "\" OR \""
                          : strcmp(type, "and") == 0 ? "\" AND \""
                                                     : " ";
    size_t len = 0;
    out[len++] = '"';
    for (; *words && *words != '\n' && len + 12 < room; words++) {
        if (*words == ' ') {
            len += (size_t)snprintf(out + len, room - len, "%s", between);
        } else {
            out[len++] = *words;
        }
    }
    (void)snprintf(out + len, room - len, "\"");
}

static int64_t run(sqlite3 *db, sqlite3_stmt *select, const char *match, FILE *out) {
    int64_t start = now_ns();
    int64_t took = 0;
    double scores[10];
    int count = 0;
    int rc;
    check(db, sqlite3_bind_text(select, 1, match, -1, SQLITE_STATIC));
    while ((rc = sqlite3_step(select)) == SQLITE_ROW) {
        scores[count++] = -sqlite3_column_double(select, 1);
    }
    check(db, rc);
    check(db, sqlite3_reset(select));
    took = now_ns() - start;
    for (int i = 0; out && i < count; i++) {
        (void)fprintf(out, "%s%.6f", i ? " " : "", scores[i]);
    }
    return took;
}

/* The table is slow enough to be measured by the least of two passes, whatever is asked. */
static void search(const char *path, const char *queries, const char *results) {
    sqlite3 *db = open_index(path);
    sqlite3_stmt *select;
    FILE *in = fopen(queries, "r");
    FILE *out = fopen(results, "w");
    char *line = NULL;
    size_t size = 0;
    char match[4096];
    if (!in || !out) {
        exit(2);
    }
    check(db, sqlite3_exec(db, "PRAGMA cache_size = -524288", NULL, NULL, NULL));
    check(db, sqlite3_prepare_v2(
                  db, "SELECT rowid, rank FROM news WHERE news MATCH ?1 ORDER BY rank LIMIT 10", -1,
                  &select, NULL));
    while (getline(&line, &size, in) > 0) {
        char *words = strchr(line, '\t');
        if (!words) {
            continue;
        }
        *words++ = 0;
        make_match(line, words, match, sizeof match);
        int64_t first = run(db, select, match, NULL);
        int64_t second = run(db, select, match, NULL);
        (void)fprintf(out, "%s\t%lld\t", line, (long long)(first < second ? first : second));
        (void)run(db, select, match, out);
        (void)fputc('\n', out);
    }
    (void)fclose(in);
    (void)fclose(out);
    free(line);
    check(db, sqlite3_finalize(select));
    check(db, sqlite3_close(db));
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "version") == 0) {
        (void)printf("SQLite FTS5 %s\n", sqlite3_libversion());
    } else if (strcmp(what, "index") == 0 && argc > 3) {
        make_index(argv[2], argv[3]);
    } else if (strcmp(what, "search") == 0 && argc > 4) {
        search(argv[2], argv[3], argv[4]);
    } else {
        (void)fprintf(stderr, "usage: version | index TERMS FILE | search FILE QUERIES OUT\n");
        return 2;
    }
    return 0;
}
