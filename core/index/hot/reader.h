/* Reading a hot leaf: runs an expression and shows every row to a visitor. */
#ifndef READOUT_INDEX_HOT_READER_H
#define READOUT_INDEX_HOT_READER_H

#include "../evaluate/evaluate.h"
#include "expression.h"

/* Registers the collector on a new connection. */
ro_status ro_hot_register_collector(sqlite3 *db, fts5_api *api, ro_error *err) RO_MUST_CHECK;

enum { RO_HOT_EACH, RO_HOT_ONE, RO_HOT_READ_STATEMENTS };

typedef struct ro_hot_reader {
    sqlite3 *db;
    sqlite3_stmt *statements[RO_HOT_READ_STATEMENTS];
} ro_hot_reader;

ro_status ro_hot_reader_open(ro_hot_reader *reader, sqlite3 *db, ro_kind kind,
                             ro_error *err) RO_MUST_CHECK;
void ro_hot_reader_close(ro_hot_reader *reader);

/* A status other than RO_OK stops the run. */
typedef ro_status (*ro_hot_visit)(void *context, ro_doc doc, const ro_postings *postings);

/* Rows come in ascending order of doc. With `only` other than 0 just that document is looked at.
 * RO_DEADLINE when it passes. */
ro_status ro_hot_run(ro_hot_reader *reader, const ro_plan *plan, const ro_expression *expression,
                     ro_doc only, ro_deadline deadline, ro_hot_visit visit, void *context,
                     ro_arena *arena, ro_error *err) RO_MUST_CHECK;

#endif
