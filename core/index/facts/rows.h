/* Facts as rows: one typed table for each list of ro_facts, readable with sqlite3.
 *
 * A field of a row is one or more cells. Lists are text: codes and references parted by blanks
 * ("p1 RU"), others as JSON. References and numbers inside the article count from 1, as in public
 * ids; NULL is none. */
#ifndef READOUT_INDEX_FACTS_ROWS_H
#define READOUT_INDEX_FACTS_ROWS_H

#include "../sql.h"
#include "readout/index.h"

/* A value for one column of a row. */
typedef struct ro_cell {
    enum { RO_CELL_NULL, RO_CELL_NUMBER, RO_CELL_TEXT } type;
    int64_t number;
    ro_str text;
} ro_cell;

/* The lists of ro_facts; each its table. */
typedef enum ro_fact_list {
    RO_FACT_PEOPLE,
    RO_FACT_TALKS,
    RO_FACT_PARTICIPATIONS,
    RO_FACT_OUTCOMES,
    RO_FACT_STATEMENTS,
    RO_FACT_DATES,
    RO_FACT_LISTS
} ro_fact_list;

/* The table of the documents of a kind; NULL for articles. */
const char *ro_fact_table(ro_kind kind);
ro_fact_list ro_fact_list_of(ro_kind kind);

/* Makes the tables, inside a transaction. */
ro_status ro_fact_rows_make(sqlite3 *db, ro_error *err) RO_MUST_CHECK;

/* ---- rows in memory ------------------------------------------------------------------------- */

/* Rows of one list, `width` cells each, without the columns that say which article's they are. */
typedef struct ro_fact_cells {
    const ro_cell *cells;
    size_t width, count;
} ro_fact_cells;

/* RO_INVALID for references and spans that point outside, text that is not UTF-8, numbers out of
 * range, more than a talk's or an actors' most: what could not be read back. Strings are copied
 * into the arena. */
ro_status ro_fact_rows_encode(const ro_facts *facts, ro_str body, ro_arena *arena,
                              ro_fact_cells out[RO_FACT_LISTS], ro_error *err) RO_MUST_CHECK;

/* The lists of facts of these rows, borrowing their strings; what is in no list stays as it is.
 * RO_DAMAGED when rows make no sense. */
ro_status ro_fact_rows_decode(const ro_fact_cells rows[RO_FACT_LISTS], size_t body_len,
                              ro_arena *arena, ro_facts *out, ro_error *err) RO_MUST_CHECK;

/* ---- rows in the catalogue ------------------------------------------------------------------ */

/* Which documents are an article's, by kind; of articles unused. */
typedef struct ro_fact_range {
    ro_doc first;
    int64_t count;
} ro_fact_range;

enum { RO_FACT_READ_RANGES = RO_FACT_LISTS, RO_FACT_READS };

typedef struct ro_fact_reader {
    sqlite3_stmt *statements[RO_FACT_READS]; /* NULL until needed */
} ro_fact_reader;

void ro_fact_reader_close(ro_fact_reader *reader);
/* The facts of an article, whose body has so many bytes, but for what the article itself has, and
 * which documents are its own. Without any, facts of nothing. RO_DAMAGED when rows make no sense.
 */
ro_status ro_fact_rows_read(ro_fact_reader *reader, sqlite3 *db, ro_doc article, size_t body_len,
                            ro_arena *arena, ro_facts *out, ro_fact_range ranges[RO_KINDS],
                            ro_error *err) RO_MUST_CHECK;
/* The latter alone. */
ro_status ro_fact_ranges_read(ro_fact_reader *reader, sqlite3 *db, ro_doc article,
                              ro_fact_range ranges[RO_KINDS], ro_error *err) RO_MUST_CHECK;

enum {
    RO_FACT_INSERT, /* one for each list */
    RO_FACT_DELETE = RO_FACT_LISTS,
    RO_FACT_INSERT_RANGES = RO_FACT_DELETE + RO_FACT_LISTS,
    RO_FACT_DELETE_RANGES,
    RO_FACT_WRITES
};

typedef struct ro_fact_writer {
    sqlite3_stmt *statements[RO_FACT_WRITES];
} ro_fact_writer;

ro_status ro_fact_writer_open(ro_fact_writer *writer, sqlite3 *db, ro_error *err) RO_MUST_CHECK;
void ro_fact_writer_close(ro_fact_writer *writer);
/* Stores row `index` of a list. `doc` is its document, 0 for people and dates, which are none. */
ro_status ro_fact_row_put(ro_fact_writer *writer, ro_fact_list list, ro_doc doc, ro_doc article,
                          const ro_fact_cells *rows, size_t index, ro_error *err) RO_MUST_CHECK;
/* Stores a document of PARTICIPANTS for a person (index) who is only mentioned. */
ro_status ro_fact_mention_put(ro_fact_writer *writer, ro_doc doc, ro_doc article, int person,
                              ro_side side, ro_error *err) RO_MUST_CHECK;
ro_status ro_fact_ranges_put(ro_fact_writer *writer, ro_doc article, const ro_facts *facts,
                             const ro_fact_range ranges[RO_KINDS], ro_error *err) RO_MUST_CHECK;
/* Deletes all rows of the article. */
ro_status ro_fact_rows_delete(ro_fact_writer *writer, ro_doc article,
                              const ro_fact_range ranges[RO_KINDS], ro_error *err) RO_MUST_CHECK;

#endif
