#include "reader.h"

#define COLLECTOR_POINTER "readout-collector"
#define PROGRESS_STEPS 200 /* of SQLite's machine between looks at the clock */

/* A term on the row at hand: its first position, and where to read on. */
typedef struct cursor {
    int phrase;
    int column, offset; /* column -1: it does not stand in the row */
    Fts5PhraseIter next;
} cursor;

/* One run of an expression; the leaf that evaluators see. */
typedef struct collector {
    const Fts5ExtensionApi *api;
    Fts5Context *row;
    cursor *cursors;
    ro_hot_visit visit;
    void *context;
    ro_postings postings;
    ro_status status;
    ro_deadline deadline;
} collector;

/* ---- postings ------------------------------------------------------------------------------- */

static bool has(void *leaf, uint32_t term) {
    collector *c = leaf;
    cursor *at = &c->cursors[term];
    if (at->phrase < 0 || c->api->xPhraseFirst(c->row, at->phrase, &at->next, &at->column,
                                               &at->offset) != SQLITE_OK) {
        at->column = -1;
    }
    return at->column >= 0;
}

/* Both below read on from what `has` found, once each, so they work on a copy. */
static void count(void *leaf, uint32_t term, uint32_t tf[RO_FIELD_COUNT]) {
    collector *c = leaf;
    cursor at = c->cursors[term];
    for (uint32_t i = 0; at.column >= 0 && i < RO_OCCURRENCES_MAX; i++) {
        tf[at.column & 1]++;
        c->api->xPhraseNext(c->row, &at.next, &at.column, &at.offset);
    }
}

static void positions(void *leaf, uint32_t term, ro_buf *out) {
    collector *c = leaf;
    cursor at = c->cursors[term];
    for (uint32_t i = 0; at.column >= 0 && i < RO_OCCURRENCES_MAX; i++) {
        uint64_t position = (uint64_t)(at.column & 1) << 32 | (uint32_t)at.offset;
        ro_buf_add(out, &position, sizeof position);
        c->api->xPhraseNext(c->row, &at.next, &at.column, &at.offset);
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The SQL function of every row: false, so that no row surfaces. */
static void collect(const Fts5ExtensionApi *api, Fts5Context *row, sqlite3_context *result,
                    int arg_count, sqlite3_value **args) {
    collector *c = arg_count == 1 ? sqlite3_value_pointer(args[0], COLLECTOR_POINTER) : NULL;
    if (!c) {
        sqlite3_result_error_code(result, SQLITE_MISUSE);
        return;
    }
    c->api = api;
    c->row = row;
    c->status = c->visit(c->context, api->xRowid(row), &c->postings);
    if (c->status) {
        sqlite3_result_error_code(result, SQLITE_INTERRUPT);
    } else {
        sqlite3_result_int(result, 0);
    }
}

ro_status ro_hot_register_collector(sqlite3 *db, fts5_api *api, ro_error *err) {
    int rc = api->xCreateFunction(api, "ro_collect", NULL, collect, NULL);
    return rc == SQLITE_OK ? RO_OK : ro_sql_fail(db, rc, "register the collector", err);
}

static const char *const sql[RO_HOT_READ_STATEMENTS] = {
    [RO_HOT_EACH] = "SELECT 1 FROM hot_$ WHERE hot_$ MATCH ?1 AND ro_collect(hot_$, ?2)",
    [RO_HOT_ONE] =
        "SELECT 1 FROM hot_$ WHERE hot_$ MATCH ?1 AND rowid = ?3 AND ro_collect(hot_$, ?2)"};

ro_status ro_hot_reader_open(ro_hot_reader *reader, sqlite3 *db, ro_kind kind, ro_error *err) {
    *reader = (ro_hot_reader){.db = db};
    return ro_sql_prepare_all(db, sql, RO_HOT_READ_STATEMENTS, ro_kind_name(kind),
                              reader->statements, err);
}

void ro_hot_reader_close(ro_hot_reader *reader) {
    ro_sql_finalize_all(reader->statements, RO_HOT_READ_STATEMENTS);
}

static int is_late(void *deadline) {
    return ro_deadline_passed(*(const ro_deadline *)deadline);
}

ro_status ro_hot_run(ro_hot_reader *reader, const ro_plan *plan, const ro_expression *expression,
                     ro_doc only, ro_deadline deadline, ro_hot_visit visit, void *context,
                     ro_arena *arena, ro_error *err) {
    collector c = {.visit = visit, .context = context, .deadline = deadline};
    c.postings = (ro_postings){&c, has, count, positions};
    c.cursors = ro_arena_alloc_array(arena, plan->term_count, sizeof *c.cursors);
    if (!c.cursors) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < plan->term_count; i++) {
        c.cursors[i].phrase = expression->phrase[i];
    }
    sqlite3_stmt *statement = reader->statements[only ? RO_HOT_ONE : RO_HOT_EACH];
    ro_sql_bind_text(statement, 1, expression->text);
    (void)sqlite3_bind_pointer(statement, 2, &c, COLLECTOR_POINTER, NULL);
    if (only) {
        (void)sqlite3_bind_int64(statement, 3, only);
    }
    if (deadline.at_ns != INT64_MAX) {
        sqlite3_progress_handler(reader->db, PROGRESS_STEPS, is_late, &c.deadline);
    }
    int rc = sqlite3_step(statement);
    ro_status status = c.status;
    if (status) {
        (void)ro_fail(err, status, "the search stopped: %s", ro_status_name(status));
    } else if (rc == SQLITE_INTERRUPT) {
        status = ro_fail(err, RO_DEADLINE, "the search took too long");
    } else if (rc != SQLITE_DONE) {
        status = ro_sql_fail(reader->db, rc, "search", err);
    }
    sqlite3_progress_handler(reader->db, 0, NULL, NULL);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}
