/* Sealed leaves: the segment files of an index, which the table `segment` of the catalogue names.
 * Files are DIRECTORY/segments/ID.seg. */
#ifndef READOUT_INDEX_LEAVES_H
#define READOUT_INDEX_LEAVES_H

#include "catalog.h"
#include "columns.h"
#include "share.h"

typedef struct ro_leaf {
    int64_t id;
    ro_kind kind;
    ro_segment *segment; /* NULL: it cannot be read */
    ro_status problem;   /* why */
    uint64_t *live;      /* see ro_leaf_live */
    bool whole;          /* all documents are live */
    int64_t live_of;     /* revision of the columns that told so; 0: none yet */
} ro_leaf;

/* Those of one revision, in order of id. */
typedef struct ro_leaves {
    ro_leaf *at;
    size_t count;
    ro_share *share; /* with which files are opened; NULL: alone */
} ro_leaves;

/* "DIRECTORY/segments", with an id "DIRECTORY/segments/ID.seg"; to be freed, NULL when memory ran
 * out. */
char *ro_leaf_directory(const ro_index *index);
char *ro_leaf_path(const ro_index *index, int64_t id);

/* Makes the leaves those of the transaction that `db` is in; files that are open already stay so.
 * A file that is damaged or missing is no failure but a leaf with a problem. */
ro_status ro_leaves_load(ro_leaves *leaves, const ro_index *index, sqlite3 *db,
                         ro_error *err) RO_MUST_CHECK;
/* The same by a statement that is kept. */
#define RO_LEAVES_SQL "SELECT id, kind, documents FROM segment ORDER BY id"
ro_status ro_leaves_read(ro_leaves *leaves, const ro_index *index, sqlite3_stmt *rows,
                         ro_error *err) RO_MUST_CHECK;
void ro_leaves_release(ro_leaves *leaves);
/* Which documents of a leaf that can be read have a record: a bit a number; NULL when all have.
 * Valid until the columns change. */
ro_status ro_leaf_live(ro_leaf *leaf, const ro_columns *columns, const uint64_t **out,
                       ro_error *err) RO_MUST_CHECK;
/* RO_OK when all leaves of the kind can be read. */
ro_status ro_leaves_usable(const ro_leaves *leaves, ro_kind kind, ro_error *err) RO_MUST_CHECK;

#endif
