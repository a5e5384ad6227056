#include "fields.h"

#include "readout/fact_text.h"

#include <stdlib.h>

/* ---- statements ----------------------------------------------------------------------------- */

static void add_columns(ro_buf *out, const ro_fact_shape *shape) {
    for (size_t i = 0; i < shape->field_count; i++) {
        const ro_fact_field *f = &shape->fields[i];
        if (f->type == SPAN || f->type == EVIDENCE) {
            ro_buf_printf(out, ", %s_start, %s_end%s", f->name, f->name,
                          f->type == EVIDENCE ? ", rule" : "");
        } else {
            ro_buf_printf(out, ", \"%s\"", f->name);
        }
    }
}

/* Documents have three columns before their own, others two. */
static size_t key_width(const ro_fact_shape *shape) {
    return shape->documents ? 3 : 2;
}

static void add_insert(ro_buf *out, ro_fact_list list) {
    const ro_fact_shape *shape = &RO_FACT_SHAPES[list];
    size_t width = key_width(shape) + ro_fact_width(list);
    ro_buf_printf(out, "INSERT INTO %s(%sarticle, number", shape->name,
                  shape->documents ? "doc, " : "");
    add_columns(out, shape);
    for (size_t i = 0; i < width; i++) {
        ro_buf_printf(out, i ? ", ?%zu" : ") VALUES(?%zu", i + 1);
    }
    ro_buf_add_byte(out, ')');
}

/* Rows of documents are found by range, others by article. Of participants, those only mentioned
 * have no number and are no participations. */
static void add_select(ro_buf *out, ro_fact_list list) {
    const ro_fact_shape *shape = &RO_FACT_SHAPES[list];
    ro_buf_printf(out, "SELECT number");
    add_columns(out, shape);
    ro_buf_printf(out, " FROM %s WHERE %s ORDER BY number", shape->name,
                  shape->documents ? "doc >= ?1 AND doc < ?2 AND number NOT NULL" : "article = ?1");
}

static void add_delete(ro_buf *out, ro_fact_list list) {
    const ro_fact_shape *shape = &RO_FACT_SHAPES[list];
    ro_buf_printf(out, "DELETE FROM %s WHERE %s", shape->name,
                  shape->documents ? "doc >= ?1 AND doc < ?2" : "article = ?1");
}

typedef void (*add_fn)(ro_buf *out, ro_fact_list list);

static ro_status prepare_list(sqlite3 *db, add_fn add, ro_fact_list list, sqlite3_stmt **out,
                              ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    add(&text, list);
    ro_buf_add_byte(&text, '\0');
    ro_status status = ro_buf_check(&text, err);
    status = status ? status : ro_sql_prepare(db, text.ptr, out, err);
    ro_buf_release(&text);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char select_ranges[] =
    "SELECT talk, talks, participant, participants, outcome, outcomes, statement, statements,"
    " published, country FROM extraction WHERE article = ?1";

enum { RANGE_COLUMNS = 2 * (RO_KINDS - 1) };

void ro_fact_reader_close(ro_fact_reader *reader) {
    ro_sql_finalize_all(reader->statements, RO_FACT_READS);
}

static ro_status open_reader(ro_fact_reader *reader, sqlite3 *db, ro_error *err) {
    ro_status status = RO_OK;
    for (int list = 0; !status && list < RO_FACT_LISTS; list++) {
        if (!reader->statements[list]) {
            status =
                prepare_list(db, add_select, (ro_fact_list)list, &reader->statements[list], err);
        }
    }
    return status;
}

/* Kinds other than articles, each two columns. */
static ro_status read_ranges(ro_fact_reader *reader, sqlite3 *db, ro_doc article,
                             ro_fact_range ranges[RO_KINDS], ro_facts *facts, ro_error *err) {
    sqlite3_stmt **select = &reader->statements[RO_FACT_READ_RANGES];
    bool row = false;
    memset(ranges, 0, RO_KINDS * sizeof *ranges);
    ro_status status = *select ? RO_OK : ro_sql_prepare(db, select_ranges, select, err);
    if (!status) {
        (void)sqlite3_bind_int64(*select, 1, article);
        status = ro_sql_step(*select, &row, "read the facts", err);
    }
    if (!row) {
        return status;
    }
    for (int kind = 1; kind < RO_KINDS; kind++) {
        ro_fact_range *range = &ranges[kind];
        range->first = sqlite3_column_int64(*select, 2 * (kind - 1));
        range->count = sqlite3_column_int64(*select, 2 * (kind - 1) + 1);
        if (range->first < 0 || range->count < 0 || range->count > INT32_MAX) {
            status = ro_fail(err, RO_DAMAGED, "the catalogue is damaged: facts make no sense");
        }
    }
    if (!status && facts) {
        ro_str country = ro_sql_text(*select, RANGE_COLUMNS + 1);
        if (sqlite3_column_type(*select, RANGE_COLUMNS) != SQLITE_NULL) {
            facts->published = sqlite3_column_int64(*select, RANGE_COLUMNS);
        }
        if (country.len && country.len < sizeof facts->dateline_country.code) {
            memcpy(facts->dateline_country.code, country.ptr, country.len);
        }
    }
    (void)sqlite3_reset(*select);
    return status;
}

ro_status ro_fact_ranges_read(ro_fact_reader *reader, sqlite3 *db, ro_doc article,
                              ro_fact_range ranges[RO_KINDS], ro_error *err) {
    return read_ranges(reader, db, article, ranges, NULL, err);
}

static ro_cell read_cell(sqlite3_stmt *row, int column, ro_arena *arena, bool *failed) {
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        return (ro_cell){.type = RO_CELL_NULL};
    case SQLITE_INTEGER:
        return (ro_cell){.type = RO_CELL_NUMBER, .number = sqlite3_column_int64(row, column)};
    default: {
        ro_cell cell = {.type = RO_CELL_TEXT,
                        .text = ro_arena_copy(arena, ro_sql_text(row, column))};
        *failed |= !cell.text.ptr;
        return cell;
    }
    }
}

/* Rows of one list, bound already. */
static ro_status read_rows(sqlite3_stmt *select, ro_fact_list list, ro_arena *arena,
                           ro_fact_cells *out, ro_error *err) {
    ro_buf cells = RO_BUF_INIT;
    ro_status status = RO_OK;
    bool failed = false;
    *out = (ro_fact_cells){.width = ro_fact_width(list)};
    for (bool row = true; !status && row;) {
        status = ro_sql_step(select, &row, "read the facts", err);
        for (size_t i = 0; !status && row && i < out->width; i++) {
            ro_cell cell = read_cell(select, (int)i + 1, arena, &failed);
            ro_buf_add(&cells, &cell, sizeof cell);
        }
        out->count += !status && row;
        status = !status && (failed || cells.failed) ? ro_fail_memory(err) : status;
    }
    (void)sqlite3_reset(select);
    if (!status) {
        out->cells = (const ro_cell *)(const void *)ro_arena_copy(arena, ro_buf_str(&cells)).ptr;
        status = out->cells ? RO_OK : ro_fail_memory(err);
    }
    ro_buf_release(&cells);
    return status;
}

ro_status ro_fact_rows_read(ro_fact_reader *reader, sqlite3 *db, ro_doc article, size_t body_len,
                            ro_arena *arena, ro_facts *out, ro_fact_range ranges[RO_KINDS],
                            ro_error *err) {
    ro_fact_cells rows[RO_FACT_LISTS] = {{0}};
    *out = (ro_facts){.published = RO_TIME_NONE};
    ro_status status = read_ranges(reader, db, article, ranges, out, err);
    if (!status) {
        status = open_reader(reader, db, err);
    }
    for (int list = 0; !status && list < RO_FACT_LISTS; list++) {
        sqlite3_stmt *select = reader->statements[list];
        (void)sqlite3_bind_int64(select, 1, article);
        for (int kind = 1; kind < RO_KINDS; kind++) {
            if (ro_fact_list_of((ro_kind)kind) == (ro_fact_list)list) {
                (void)sqlite3_bind_int64(select, 1, ranges[kind].first);
                (void)sqlite3_bind_int64(select, 2, ranges[kind].first + ranges[kind].count);
            }
        }
        status = read_rows(select, (ro_fact_list)list, arena, &rows[list], err);
    }
    return status ? status : ro_fact_rows_decode(rows, body_len, arena, out, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *const write_sql[] = {
    "INSERT INTO extraction(article, published, country, talk, talks, participant, participants,"
    " outcome, outcomes, statement, statements)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    "DELETE FROM extraction WHERE article = ?1"};

ro_status ro_fact_writer_open(ro_fact_writer *writer, sqlite3 *db, ro_error *err) {
    ro_status status = RO_OK;
    *writer = (ro_fact_writer){0};
    for (int list = 0; !status && list < RO_FACT_LISTS; list++) {
        status = prepare_list(db, add_insert, (ro_fact_list)list,
                              &writer->statements[RO_FACT_INSERT + list], err);
        if (!status) {
            status = prepare_list(db, add_delete, (ro_fact_list)list,
                                  &writer->statements[RO_FACT_DELETE + list], err);
        }
    }
    return status ? status
                  : ro_sql_prepare_all(db, write_sql, sizeof write_sql / sizeof *write_sql, NULL,
                                       &writer->statements[RO_FACT_INSERT_RANGES], err);
}

void ro_fact_writer_close(ro_fact_writer *writer) {
    ro_sql_finalize_all(writer->statements, RO_FACT_WRITES);
}

static void bind_cell(sqlite3_stmt *statement, int at, const ro_cell *cell) {
    if (cell->type == RO_CELL_NUMBER) {
        (void)sqlite3_bind_int64(statement, at, cell->number);
    } else if (cell->type == RO_CELL_TEXT) {
        ro_sql_bind_text(statement, at, cell->text);
    } else {
        (void)sqlite3_bind_null(statement, at);
    }
}

ro_status ro_fact_row_put(ro_fact_writer *writer, ro_fact_list list, ro_doc doc, ro_doc article,
                          const ro_fact_cells *rows, size_t index, ro_error *err) {
    sqlite3_stmt *insert = writer->statements[RO_FACT_INSERT + list];
    int at = 1;
    if (RO_FACT_SHAPES[list].documents) {
        (void)sqlite3_bind_int64(insert, at++, doc);
    }
    (void)sqlite3_bind_int64(insert, at++, article);
    (void)sqlite3_bind_int64(insert, at++, (int64_t)index + 1);
    for (size_t i = 0; i < rows->width; i++) {
        bind_cell(insert, at++, &rows->cells[index * rows->width + i]);
    }
    return ro_sql_done(insert, "store a fact", err);
}

ro_status ro_fact_mention_put(ro_fact_writer *writer, ro_doc doc, ro_doc article, int person,
                              ro_side side, ro_error *err) {
    sqlite3_stmt *insert = writer->statements[RO_FACT_INSERT + RO_FACT_PARTICIPATIONS];
    (void)sqlite3_clear_bindings(insert);
    (void)sqlite3_bind_int64(insert, 1, doc);
    (void)sqlite3_bind_int64(insert, 2, article);
    (void)sqlite3_bind_int64(insert, 5, person + 1);
    ro_sql_bind_text(insert, 6, RO_STR(RO_ROLE_MENTIONED));
    if (side.code[0]) {
        ro_sql_bind_text(insert, 7, ro_str_from(side.code));
    }
    return ro_sql_done(insert, "store a fact", err);
}

ro_status ro_fact_ranges_put(ro_fact_writer *writer, ro_doc article, const ro_facts *facts,
                             const ro_fact_range ranges[RO_KINDS], ro_error *err) {
    sqlite3_stmt *insert = writer->statements[RO_FACT_INSERT_RANGES];
    (void)sqlite3_clear_bindings(insert);
    (void)sqlite3_bind_int64(insert, 1, article);
    if (facts->published != RO_TIME_NONE) {
        (void)sqlite3_bind_int64(insert, 2, facts->published);
    }
    if (facts->dateline_country.code[0]) {
        ro_sql_bind_text(insert, 3, ro_str_from(facts->dateline_country.code));
    }
    for (int kind = 1; kind < RO_KINDS; kind++) {
        (void)sqlite3_bind_int64(insert, 2 + 2 * kind, ranges[kind].first);
        (void)sqlite3_bind_int64(insert, 3 + 2 * kind, ranges[kind].count);
    }
    return ro_sql_done(insert, "store the facts", err);
}

ro_status ro_fact_rows_delete(ro_fact_writer *writer, ro_doc article,
                              const ro_fact_range ranges[RO_KINDS], ro_error *err) {
    sqlite3_stmt *ranges_row = writer->statements[RO_FACT_DELETE_RANGES];
    ro_status status = RO_OK;
    for (int list = 0; !status && list < RO_FACT_LISTS; list++) {
        sqlite3_stmt *remove = writer->statements[RO_FACT_DELETE + list];
        (void)sqlite3_bind_int64(remove, 1, article);
        for (int kind = 1; kind < RO_KINDS; kind++) {
            if (ro_fact_list_of((ro_kind)kind) == (ro_fact_list)list) {
                (void)sqlite3_bind_int64(remove, 1, ranges[kind].first);
                (void)sqlite3_bind_int64(remove, 2, ranges[kind].first + ranges[kind].count);
            }
        }
        status = ro_sql_done(remove, "delete the facts", err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(ranges_row, 1, article);
        status = ro_sql_done(ranges_row, "delete the facts", err);
    }
    return status;
}
