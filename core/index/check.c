/* Does the index agree with itself? */
#include "snapshot.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct checking {
    ro_snapshot *snapshot;
    ro_problem_fn fn;
    void *context;
} checking;

static void report(checking *c, const char *format, ...) RO_PRINTF(2, 3);

static void report(checking *c, const char *format, ...) {
    char problem[RO_ERROR_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem, sizeof problem, format, args);
    va_end(args);
    c->fn(c->context, problem);
}

/* SQLite's own check; damage it cannot read past is a problem found, not a failure. */
static ro_status check_file(checking *c, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = c->snapshot->db;
    ro_status status = ro_sql_prepare(db, "PRAGMA integrity_check(20)", &statement, err);
    while (!status) {
        int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW) {
            ro_str line = ro_sql_text(statement, 0);
            if (!ro_str_equal(line, RO_STR("ok"))) {
                report(c, "file: %.*s", RO_STR_ARG(line));
            }
        } else if (ro_sql_status(db, rc) == RO_DAMAGED) {
            report(c, "file: %s", sqlite3_errmsg(db));
            break;
        } else {
            status = rc == SQLITE_DONE ? RO_OK : ro_sql_fail(db, rc, "check the index", err);
            break;
        }
    }
    sqlite3_finalize(statement);
    return status;
}

/* Numbers that must be equal; each is one query. */
static const struct {
    const char *what;
    const char *a, *b;
} equalities[] = {
    {"articles without postings, or postings without article", "SELECT count(*) FROM article",
     "SELECT count(*) FROM article JOIN hot_docsize ON hot_docsize.id = article.doc"},
    {"postings of no article", "SELECT count(*) FROM hot_docsize", "SELECT count(*) FROM article"},
    {"text bytes", "SELECT coalesce(sum(length(CAST(title AS BLOB)) + body_bytes), 0) FROM article",
     "SELECT value FROM meta WHERE key = 'text_bytes'"},
    {"articles of unknown files",
     "SELECT count(*) FROM holder WHERE file <> 0 AND file NOT IN (SELECT file FROM file)",
     "SELECT 0"},
    {"articles held by no file, or files that hold no article",
     "SELECT count(*) FROM article WHERE doc NOT IN (SELECT doc FROM holder)",
     "SELECT -count(*) FROM holder WHERE doc NOT IN (SELECT doc FROM article)"},
    {"words of negative frequency",
     "SELECT count(*) FROM lexicon WHERE stem_df < 0 OR form_df < 0 OR stem_cf < stem_df"
     " OR form_cf < form_df OR (stem_df = 0 AND form_df = 0)",
     "SELECT 0"},
    {"ids of values", "SELECT count(*) FROM value",
     "SELECT coalesce(sum(most), 0) FROM (SELECT max(id) AS most FROM value GROUP BY kind)"},
};

static ro_status check_equalities(checking *c, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < sizeof equalities / sizeof *equalities; i++) {
        int64_t a;
        int64_t b;
        status = ro_sql_integer(c->snapshot->db, equalities[i].a, 0, &a, err);
        if (!status) {
            status = ro_sql_integer(c->snapshot->db, equalities[i].b, 0, &b, err);
        }
        if (!status && a != b) {
            report(c, "%s: %lld and %lld", equalities[i].what, (long long)a, (long long)b);
        }
    }
    return status;
}

/* Every row has its record, and there are no others. */
static ro_status check_columns(checking *c, ro_error *err) {
    const ro_columns *columns = &c->snapshot->columns;
    sqlite3_stmt *statement = NULL;
    int64_t rows = 0;
    int64_t wrong = 0;
    ro_status status = ro_sql_prepare(
        c->snapshot->db, "SELECT doc, published, source, language FROM article", &statement, err);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(statement, &row, "read the articles", err);
        if (!status && row) {
            const ro_record *record = ro_columns_get(columns, sqlite3_column_int64(statement, 0));
            int64_t published = sqlite3_column_type(statement, 1) == SQLITE_NULL
                                    ? RO_TIME_NONE
                                    : sqlite3_column_int64(statement, 1);
            rows++;
            wrong += !record || record->published != published ||
                     (sqlite3_column_bytes(statement, 2) == 0 && record->source) ||
                     (sqlite3_column_bytes(statement, 3) == 0 && record->language);
        }
    }
    sqlite3_finalize(statement);
    if (!status && wrong) {
        report(c, "columns: %lld articles differ from their records", (long long)wrong);
    }
    if (!status && rows != columns->totals.articles) {
        report(c, "columns: %lld records for %lld articles", (long long)columns->totals.articles,
               (long long)rows);
    }
    return status;
}

static int skip_article(void *context, ro_doc doc, const ro_article *article) {
    (void)context;
    (void)doc;
    (void)article;
    return 0;
}

/* Every article unpacks; the lexicon adds up to the words of the columns. */
static ro_status check_texts(checking *c, ro_error *err) {
    ro_error problem = RO_ERROR_INIT;
    ro_status status = ro_snapshot_each(c->snapshot, 0, skip_article, NULL, &problem);
    if (status == RO_DAMAGED) {
        report(c, "articles: %s", problem.message);
        return RO_OK;
    }
    return status ? ro_fail(err, status, "%s", problem.message) : RO_OK;
}

/* Every term posted is in the lexicon with its frequency, and the other way round. The vocabulary
 * table of FTS5 lists what is posted. */
static ro_status check_lexicon(checking *c, ro_error *err) {
    static const char sql[] =
        "SELECT count(*) FROM temp.posted AS p LEFT JOIN lexicon AS l"
        " ON l.term = CAST(iif(substr(p.term, 1, 1) = '=', substr(p.term, 2), p.term) AS BLOB)"
        " WHERE l.term IS NULL OR iif(substr(p.term, 1, 1) = '=',"
        " p.doc > l.form_df OR p.cnt > l.form_cf, p.doc <> l.stem_df OR p.cnt <> l.stem_cf)";
    sqlite3 *db = c->snapshot->db;
    int64_t wrong = 0;
    int64_t posted = 0;
    int64_t stems = 0;
    ro_status status =
        ro_sql_run(db,
                   "PRAGMA query_only = 0;"
                   "CREATE VIRTUAL TABLE IF NOT EXISTS temp.posted USING fts5vocab(main, hot, row);"
                   "PRAGMA query_only = 1",
                   "check the lexicon", err);
    if (!status) {
        status = ro_sql_integer(db, sql, 0, &wrong, err);
    }
    if (!status) {
        status = ro_sql_integer(
            db, "SELECT count(*) FROM temp.posted WHERE substr(term,1,1) <> '='", 0, &posted, err);
    }
    if (!status) {
        status =
            ro_sql_integer(db, "SELECT count(*) FROM lexicon WHERE stem_df > 0", 0, &stems, err);
    }
    (void)sqlite3_exec(db,
                       "PRAGMA query_only = 0; DROP TABLE IF EXISTS temp.posted;"
                       "PRAGMA query_only = 1",
                       NULL, NULL, NULL);
    if (status == RO_DAMAGED) {
        report(c, "lexicon: the postings cannot be read");
        return RO_OK;
    }
    if (!status && wrong) {
        report(c, "lexicon: %lld terms differ from their postings", (long long)wrong);
    }
    if (!status && posted != stems) {
        report(c, "lexicon: %lld stems of %lld posted", (long long)stems, (long long)posted);
    }
    return status;
}

ro_status ro_snapshot_check(ro_snapshot *snapshot, ro_problem_fn fn, void *context, ro_error *err) {
    checking c = {snapshot, fn, context};
    ro_status (*const checks[])(checking *, ro_error *) = {
        check_file, check_equalities, check_columns, check_texts, check_lexicon};
    ro_status status = ro_snapshot_usable(snapshot, err);
    for (size_t i = 0; !status && i < sizeof checks / sizeof *checks; i++) {
        status = checks[i](&c, err);
    }
    return status;
}
