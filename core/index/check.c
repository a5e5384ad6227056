/* Does the index agree with itself? */
#include "snapshot.h"

#include "readout/fact_text.h"

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

/* What is wrong with catalog.db itself, in one sentence: it cannot be mended from anything else. */
typedef struct file_faults {
    char first[160]; /* as SQLite tells it */
    int count;
} file_faults;

#define FILE_FAULTS_MAX 20

static void note_fault(file_faults *faults, ro_str lines) {
    if (!faults->count++) {
        ro_str line = ro_str_cut(&lines, '\n');
        if (ro_str_starts_with(line, RO_STR("***"))) { /* a heading */
            line = ro_str_cut(&lines, '\n');
        }
        (void)snprintf(faults->first, sizeof faults->first, "%.*s", RO_STR_ARG(line));
    }
}

static void report_faults(checking *c, const file_faults *faults) {
    if (faults->count) {
        report(c,
               "catalogue: the file catalog.db is damaged in %s%d place%s; restore a backup, or "
               "index the articles anew (SQLite says of the first: %s)",
               faults->count >= FILE_FAULTS_MAX ? "at least " : "", faults->count,
               faults->count == 1 ? "" : "s", faults->first);
    }
}

/* SQLite's own check; damage it cannot read past is a problem found, not a failure. */
static ro_status check_file(checking *c, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = c->snapshot->db;
    file_faults faults = {.count = 0};
    ro_status status = ro_sql_prepare(db, "PRAGMA integrity_check(20)", &statement, err);
    while (!status) {
        int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW) {
            ro_str line = ro_sql_text(statement, 0);
            if (!ro_str_equal(line, RO_STR("ok"))) {
                note_fault(&faults, line);
            }
        } else if (ro_sql_status(db, rc) == RO_DAMAGED) {
            note_fault(&faults, ro_str_from(sqlite3_errmsg(db)));
            break;
        } else {
            status = rc == SQLITE_DONE ? RO_OK : ro_sql_fail(db, rc, "check the index", err);
            break;
        }
    }
    sqlite3_finalize(statement);
    report_faults(c, &faults);
    return status;
}

/* Numbers that must be equal; each is one query. */
typedef struct equality {
    const char *what;
    const char *a, *b;
} equality;

static const equality equalities[] = {
    {"text bytes", "SELECT coalesce(sum(length(CAST(title AS BLOB)) + body_bytes), 0) FROM article",
     "SELECT value FROM meta WHERE key = 'text_bytes'"},
    {"articles of unknown files",
     "SELECT count(*) FROM holder WHERE file <> 0 AND file NOT IN (SELECT file FROM file)",
     "SELECT 0"},
    {"articles held by no file, or files that hold no article",
     "SELECT count(*) FROM article WHERE doc NOT IN (SELECT doc FROM holder)",
     "SELECT -count(*) FROM holder WHERE doc NOT IN (SELECT doc FROM article)"},
    {"talks", "SELECT count(*) FROM talk", "SELECT coalesce(sum(talks), 0) FROM extraction"},
    {"participants", "SELECT count(*) FROM participation",
     "SELECT coalesce(sum(participants), 0) FROM extraction"},
    {"outcomes", "SELECT count(*) FROM outcome",
     "SELECT coalesce(sum(outcomes), 0) FROM extraction"},
    {"statements", "SELECT count(*) FROM statement",
     "SELECT coalesce(sum(statements), 0) FROM extraction"},
    {"facts of no article",
     "SELECT (SELECT count(*) FROM extraction WHERE article NOT IN (SELECT doc FROM article))"
     " + (SELECT count(*) FROM person WHERE article NOT IN (SELECT article FROM extraction))"
     " + (SELECT count(*) FROM date_mention"
     " WHERE article NOT IN (SELECT article FROM extraction))",
     "SELECT 0"},
    {"records of groups that are no talk or outcome",
     "SELECT count(*) FROM merge_record WHERE doc NOT IN (SELECT doc FROM talk) AND kind = 0"
     " OR doc NOT IN (SELECT doc FROM outcome) AND kind = 1",
     "SELECT -count(*) FROM merge_record WHERE kind NOT IN (0, 1)"},
    {"articles of people", "SELECT coalesce(sum(articles), 0) FROM person_form",
     "SELECT coalesce(sum(coalesce(ways, 1)), 0) FROM person_article"
     " WHERE article IN (SELECT doc FROM article)"},
    {"forms of people without the form that stands for them",
     "SELECT count(*) FROM person_form AS p WHERE NOT EXISTS (SELECT 1 FROM person_form AS f"
     " WHERE f.family = p.family AND f.form = p.person AND f.person = f.form)",
     "SELECT 0"},
    {"near-duplicates of no article, or without their first",
     "SELECT count(*) FROM alike AS a WHERE doc NOT IN (SELECT doc FROM article) OR NOT EXISTS"
     " (SELECT 1 FROM alike AS f WHERE f.doc = a.grp AND f.grp = f.doc)",
     "SELECT 0"},
    {"bands of near-duplicates", "SELECT count(*) FROM alike_band",
     "SELECT 10 * count(*) FROM alike"},
    {"ids of values", "SELECT count(*) FROM value",
     "SELECT coalesce(sum(most), 0) FROM (SELECT max(id) AS most FROM value GROUP BY dictionary)"},
};

/* Of one collection: $ is its kind. */
static const equality collection_equalities[] = {
    {"words of negative frequency",
     "SELECT count(*) FROM lexicon_$ WHERE stem_df < 0 OR form_df < 0 OR stem_cf < stem_df"
     " OR form_cf < form_df OR (stem_df = 0 AND form_df = 0)",
     "SELECT 0"},
    {"stems in the lexicon and posted", "SELECT count(*) FROM lexicon_$ WHERE stem_df > 0",
     "SELECT count(*) FROM temp.posted_$ WHERE substr(term, 1, 1) <> '='"},
    /* every term posted is in the lexicon with its frequency */
    {"terms that differ from their postings",
     "SELECT count(*) FROM temp.posted_$ AS p LEFT JOIN lexicon_$ AS l"
     " ON l.term = CAST(iif(substr(p.term, 1, 1) = '=', substr(p.term, 2), p.term) AS BLOB)"
     " WHERE l.term IS NULL OR iif(substr(p.term, 1, 1) = '=',"
     " p.doc > l.form_df OR p.cnt > l.form_cf, p.doc <> l.stem_df OR p.cnt <> l.stem_cf)",
     "SELECT 0"},
};

static ro_status check_equality(checking *c, const equality *same, const char *kind,
                                ro_error *err) {
    int64_t a;
    int64_t b;
    sqlite3 *db = c->snapshot->db;
    ro_status status = ro_sql_integer_named(db, same->a, kind, 0, &a, err);
    if (!status) {
        status = ro_sql_integer_named(db, same->b, kind, 0, &b, err);
    }
    if (!status && a != b) {
        report(c, "%s: %s: %lld and %lld", kind, same->what, (long long)a, (long long)b);
    }
    return status;
}

static ro_status check_equalities(checking *c, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < sizeof equalities / sizeof *equalities; i++) {
        status = check_equality(c, &equalities[i], "catalogue", err);
    }
    return status;
}

static ro_status check_groups(checking *c, ro_error *err) {
    static const ro_kind KINDS[] = {
        [RO_MERGE_TALKS] = RO_KIND_TALKS, [RO_MERGE_OUTCOMES] = RO_KIND_OUTCOMES};
    ro_status status = RO_OK;
    for (size_t kind = 0; !status && kind < sizeof KINDS / sizeof *KINDS; kind++) {
        ro_error problem = RO_ERROR_INIT;
        int64_t wrong;
        status = ro_merge_check(c->snapshot->db, (ro_merge_kind)kind, &wrong, &problem);
        if (status == RO_DAMAGED) {
            report(c, "%s: %s", ro_kind_name(KINDS[kind]), problem.message);
            status = RO_OK;
        } else if (status) {
            (void)ro_fail(err, status, "%s", problem.message);
        } else if (wrong) {
            report(c, "%s: groups: %lld are in another than they should be",
                   ro_kind_name(KINDS[kind]), (long long)wrong);
        }
    }
    return status;
}

/* Every article has its record. */
static ro_status check_records(checking *c, ro_error *err) {
    const ro_columns *columns = &c->snapshot->collections[RO_KIND_ARTICLES].columns;
    sqlite3_stmt *statement = NULL;
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
            wrong += !record || record->published != published ||
                     (sqlite3_column_bytes(statement, 2) == 0 && record->source) ||
                     (sqlite3_column_bytes(statement, 3) == 0 && record->language);
        }
    }
    sqlite3_finalize(statement);
    if (!status && wrong) {
        report(c, "articles: columns: %lld differ from their records", (long long)wrong);
    }
    return status;
}

/* What is found while all articles are gone through. */
typedef struct texts {
    checking *c;
    ro_arena arena;
    ro_status status;
    ro_error problem;
} texts;

/* The documents that the facts make are those that are there. */
static ro_status check_documents(texts *t, ro_doc doc, const ro_article *article) {
    ro_facts facts;
    ro_fact_range ranges[RO_KINDS];
    int64_t made[RO_KINDS] = {0};
    const ro_fact_document *documents;
    size_t count = 0;
    ro_arena_reset(&t->arena);
    ro_snapshot *snapshot = t->c->snapshot;
    ro_status status = ro_fact_rows_read(&snapshot->facts, snapshot->db, doc, article->body.len,
                                         &t->arena, &facts, ranges, &t->problem);
    if (!status) {
        status = ro_fact_documents(article, &facts, &t->arena, &documents, &count, &t->problem);
    }
    for (size_t i = 0; !status && i < count; i++) {
        ro_fact fact;
        ro_kind kind = documents[i].kind;
        ro_doc at = ranges[kind].first + made[kind]++;
        status = ro_snapshot_fact(snapshot, kind, at, &fact, &t->problem);
        if (!status && (fact.article != doc || fact.index != documents[i].fact.index ||
                        fact.participation != documents[i].fact.participation)) {
            status = ro_fail(&t->problem, RO_DAMAGED, "%s: number %lld is another's",
                             ro_kind_name(kind), (long long)at);
        }
    }
    for (int kind = 1; !status && kind < RO_KINDS; kind++) {
        if (made[kind] != ranges[kind].count) {
            status = ro_fail(&t->problem, RO_DAMAGED, "%s: %lld where %lld are made",
                             ro_kind_name((ro_kind)kind), (long long)ranges[kind].count,
                             (long long)made[kind]);
        }
    }
    return status;
}

static int check_text(void *context, ro_doc doc, const ro_article *article) {
    texts *t = context;
    t->status = check_documents(t, doc, article);
    if (t->status == RO_DAMAGED || t->status == RO_NOT_FOUND) {
        report(t->c, "facts of article %lld: %s", (long long)doc, t->problem.message);
        t->problem = (ro_error)RO_ERROR_INIT;
        t->status = RO_OK;
    }
    return t->status != RO_OK;
}

/* Every article unpacks, and its facts with it. */
static ro_status check_texts(checking *c, ro_error *err) {
    ro_error problem = RO_ERROR_INIT;
    texts t = {.c = c, .problem = RO_ERROR_INIT};
    ro_status status = ro_snapshot_each(c->snapshot, 0, check_text, &t, &problem);
    ro_arena_release(&t.arena);
    if (!status && t.status) {
        return ro_fail(err, t.status, "%s", t.problem.message);
    }
    if (status == RO_DAMAGED) {
        report(c, "articles: %s", problem.message);
        return RO_OK;
    }
    return status ? ro_fail(err, status, "%s", problem.message) : RO_OK;
}

/* ---- collections ---------------------------------------------------------------------------- */

/* The tables that hold a document a row. */
static const char *rows_of(ro_kind kind) {
    return kind == RO_KIND_ARTICLES ? "article" : ro_fact_table(kind);
}

/* Live documents of a sealed leaf. */
static int64_t live_in(const ro_collection *collection, const ro_segment *segment) {
    int64_t live = 0;
    for (uint32_t i = 0; i < segment->count; i++) {
        live += ro_columns_get(&collection->columns, ro_segment_doc(segment, i)) != NULL;
    }
    return live;
}

/* Every row is posted and has a record, and there are no others. */
static ro_status check_rows(checking *c, const ro_collection *collection, ro_error *err) {
    const char *kind = ro_kind_name(collection->kind);
    const ro_leaves *leaves = &c->snapshot->leaves;
    sqlite3 *db = c->snapshot->db;
    int64_t rows;
    int64_t posted;
    int64_t both;
    char *join = sqlite3_mprintf("SELECT count(*) FROM %s AS r JOIN hot_%s_docsize AS d"
                                 " ON d.id = r.doc",
                                 rows_of(collection->kind), kind);
    ro_status status = join ? RO_OK : ro_fail_memory(err);
    if (!status) {
        status = ro_sql_integer_named(db, "SELECT count(*) FROM $", rows_of(collection->kind), 0,
                                      &rows, err);
    }
    if (!status) {
        status =
            ro_sql_integer_named(db, "SELECT count(*) FROM hot_$_docsize", kind, 0, &posted, err);
    }
    if (!status) {
        status = ro_sql_integer(db, join, 0, &both, err);
    }
    sqlite3_free(join);
    for (size_t i = 0; !status && i < leaves->count; i++) {
        if (leaves->at[i].kind == collection->kind && leaves->at[i].segment) {
            int64_t live = live_in(collection, leaves->at[i].segment);
            posted += live;
            both += live;
        }
    }
    if (!status && (rows != both || posted != both)) {
        report(c, "%s: postings: %lld of %lld documents are posted, %lld of no document", kind,
               (long long)both, (long long)rows, (long long)(posted - both));
    }
    int64_t records = collection->columns.totals.documents;
    if (!status && rows != records) {
        report(c, "%s: columns: %lld records for %lld documents", kind, (long long)records,
               (long long)rows);
    }
    return status;
}

/* ---- what is posted ------------------------------------------------------------------------- */

/* Adds the live postings of one list to those of its term. */
static ro_status add_posted(const ro_collection *collection, const ro_segment *segment, ro_str key,
                            ro_segment_list list, sqlite3_stmt *add, ro_error *err) {
    ro_cursor cursor;
    int64_t docs = 0;
    int64_t times = 0;
    for (ro_cursor_open(&cursor, segment, list); cursor.doc != RO_NO_DOC;) {
        if (ro_columns_get(&collection->columns, ro_segment_doc(segment, cursor.doc))) {
            ro_cursor_count(&cursor);
            docs++;
            times += cursor.tf[cursor.place];
        }
        (void)ro_cursor_next(&cursor);
    }
    if (!docs) {
        return RO_OK;
    }
    ro_sql_bind_text(add, 1, key);
    (void)sqlite3_bind_int64(add, 2, docs);
    (void)sqlite3_bind_int64(add, 3, times);
    return ro_sql_done(add, "check the lexicon", err);
}

static ro_status add_leaf(const ro_collection *collection, const ro_segment *segment,
                          sqlite3_stmt *add, ro_error *err) {
    ro_segment_words words;
    ro_segment_word word;
    ro_buf form = RO_BUF_INIT;
    ro_status status = RO_OK;
    ro_segment_seek(segment, RO_STR(""), &words);
    while (!status && ro_segment_next(&words, &word)) {
        ro_buf_clear(&form);
        ro_buf_add_byte(&form, '=');
        ro_buf_add_str(&form, word.text);
        status = ro_buf_check(&form, err);
        status = status ? status : add_posted(collection, segment, word.text, word.stems, add, err);
        status = status ? status
                        : add_posted(collection, segment, ro_buf_str(&form), word.forms, add, err);
    }
    ro_buf_release(&form);
    return status;
}

static ro_status add_leaves(checking *c, const ro_collection *collection, ro_error *err) {
    const ro_leaves *leaves = &c->snapshot->leaves;
    sqlite3_stmt *add = NULL;
    ro_status status = ro_sql_prepare_named(
        c->snapshot->db,
        "INSERT INTO temp.posted_$(term, doc, cnt) VALUES(?1, ?2, ?3) ON CONFLICT(term)"
        " DO UPDATE SET doc = doc + excluded.doc, cnt = cnt + excluded.cnt",
        ro_kind_name(collection->kind), &add, err);
    for (size_t i = 0; !status && i < leaves->count; i++) {
        const ro_leaf *leaf = &leaves->at[i];
        if (leaf->kind != collection->kind) {
            continue;
        }
        if (!leaf->segment || ro_segment_check(leaf->segment, NULL) != RO_OK) {
            report(c, "%s: segment %lld is %s", ro_kind_name(leaf->kind), (long long)leaf->id,
                   leaf->problem == RO_NOT_FOUND ? "missing" : "damaged");
        } else {
            status = add_leaf(collection, leaf->segment, add, err);
        }
    }
    sqlite3_finalize(add);
    return status;
}

static const char begin_posted[] =
    "PRAGMA query_only = 0;"
    "DROP TABLE IF EXISTS temp.posted_$;"
    "DROP TABLE IF EXISTS temp.hot_posted_$;"
    "CREATE VIRTUAL TABLE temp.hot_posted_$ USING fts5vocab(main, hot_$, row);"
    "CREATE TABLE temp.posted_$(term TEXT PRIMARY KEY, doc INTEGER, cnt INTEGER) WITHOUT ROWID;"
    "INSERT INTO temp.posted_$ SELECT term, doc, cnt FROM temp.hot_posted_$";
static const char end_posted[] = "DROP TABLE IF EXISTS temp.posted_$;"
                                 "DROP TABLE IF EXISTS temp.hot_posted_$;"
                                 "PRAGMA query_only = 1";

/* The vocabulary table of FTS5 lists what the hot leaf posts; what sealed ones do is added. */
static ro_status check_words(checking *c, const ro_collection *collection, ro_error *err) {
    sqlite3 *db = c->snapshot->db;
    const char *name = ro_kind_name(collection->kind);
    ro_status status = ro_sql_run_named(db, begin_posted, name, "check the lexicon", err);
    status = status ? status : add_leaves(c, collection, err);
    for (size_t i = 0; !status && i < sizeof collection_equalities / sizeof *collection_equalities;
         i++) {
        status = check_equality(c, &collection_equalities[i], name, err);
    }
    /* under the kind's own name: one that memory was too short to drop goes with the next check */
    ro_error ignored = RO_ERROR_INIT;
    ro_status dropped = ro_sql_run_named(db, end_posted, name, "check the lexicon", &ignored);
    (void)dropped;
    return status;
}

static ro_status check_collections(checking *c, ro_error *err) {
    ro_status status = RO_OK;
    for (int kind = 0; !status && kind < RO_KINDS; kind++) {
        ro_error problem = RO_ERROR_INIT;
        ro_collection *collection;
        status = ro_snapshot_collection(c->snapshot, (ro_kind)kind, true, &collection, &problem);
        status = status ? status : check_rows(c, collection, &problem);
        status = status ? status : check_words(c, collection, &problem);
        if (status == RO_DAMAGED) {
            report(c, "%s: %s", ro_kind_name((ro_kind)kind), problem.message);
            status = RO_OK;
        } else if (status) {
            (void)ro_fail(err, status, "%s", problem.message);
        }
    }
    return status;
}

ro_status ro_snapshot_check(ro_snapshot *snapshot, ro_problem_fn fn, void *context, ro_error *err) {
    checking c = {snapshot, fn, context};
    ro_status (*const checks[])(checking *, ro_error *) = {
        check_file, check_equalities, check_groups, check_records, check_texts, check_collections};
    ro_status status = ro_snapshot_usable(snapshot, err);
    for (size_t i = 0; !status && i < sizeof checks / sizeof *checks; i++) {
        status = checks[i](&c, err);
    }
    return status;
}
