/* Columns of a collection: a record of fixed size a document, and a list of values; in memory, so
 * that ranking, filters, sort and facets touch no table. Stored as chunks of RO_CHUNK_DOCS
 * documents; a chunk carries the revision that last changed it, so that a reader loads only what is
 * new. Lists are loaded only once something asks for them. Readers share chunks: what several hold
 * is not changed but replaced. */
#ifndef READOUT_INDEX_COLUMNS_H
#define READOUT_INDEX_COLUMNS_H

#include "readout/index.h"
#include "values.h"

#include <stdatomic.h>

#define RO_CHUNK_DOCS 1024

/* As stored, little-endian. A document that is not live is all zero. */
typedef struct ro_record {
    int64_t published;   /* seconds, RO_TIME_NONE */
    uint32_t source;     /* ids of values; 0: unknown */
    uint32_t body_words; /* lengths */
    uint16_t language;
    uint16_t title_words;
    uint32_t live; /* 1 or 0 */
} ro_record;

_Static_assert(sizeof(ro_record) == 24, "records are stored as they are");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are mapped as they are stored");

/* A value of a column of any number of values: the column, then the id. */
static inline uint32_t ro_listed(ro_column column, uint32_t id) {
    return (uint32_t)column << RO_VALUE_ID_BITS | id;
}
static inline uint32_t ro_listed_column(uint32_t listed) {
    return listed >> RO_VALUE_ID_BITS;
}
static inline uint32_t ro_listed_id(uint32_t listed) {
    return listed & ((1u << RO_VALUE_ID_BITS) - 1);
}

/* The values of a document, ascending, each once. */
typedef struct ro_list {
    const uint32_t *at;
    size_t count;
} ro_list;

/* What ranking needs to know of all documents; sums add up over chunks and over leaves. */
typedef struct ro_totals {
    int64_t documents;
    int64_t words[RO_FIELD_COUNT];
    int64_t first, last; /* published; RO_TIME_NONE */
} ro_totals;

typedef struct ro_chunk {
    atomic_uint holders;
    ro_totals totals;
    int64_t revision; /* that last changed it */
    int32_t language; /* of all its live documents; negative: of several. Of readers only */
    bool dirty;
    uint32_t *lists; /* as stored: where each document's begins, the end of the last, then all
                        values; NULL: all are empty, or not loaded */
    size_t list_capacity;
    ro_record records[RO_CHUNK_DOCS];
} ro_chunk;

typedef struct ro_columns {
    ro_kind kind;
    ro_chunk **chunks; /* NULL: no live document in it, or in a writer not loaded */
    size_t chunk_count;
    ro_totals totals;
    int64_t revision;  /* up to which they are loaded */
    bool lists_loaded; /* as the records are */
} ro_columns;

void ro_columns_init(ro_columns *columns, ro_kind kind);
void ro_columns_release(ro_columns *columns);

/* ---- reading -------------------------------------------------------------------------------- */

/* Makes `to` what `from` is; both hold its chunks then. */
ro_status ro_columns_share(ro_columns *to, const ro_columns *from, ro_error *err) RO_MUST_CHECK;

/* Loads what commits after columns->revision changed, inside the read transaction that `db` is in,
 * and with `lists` also those. After a failure the columns are unusable but for
 * ro_columns_release. */
ro_status ro_columns_load(ro_columns *columns, sqlite3 *db, int64_t revision, bool lists,
                          ro_error *err) RO_MUST_CHECK;

/* The same for a load of everything in parts, by several connections that are in transactions of
 * one revision: how many chunks there are; the records of those from `from` on and before `end`;
 * what one has read, for the other to hold, and no longer the one; and when that is all of it. */
ro_status ro_columns_count(ro_kind kind, sqlite3 *db, int64_t *out, ro_error *err) RO_MUST_CHECK;
ro_status ro_columns_load_some(ro_columns *columns, sqlite3 *db, int64_t from, int64_t end,
                               ro_error *err) RO_MUST_CHECK;
ro_status ro_columns_move(ro_columns *to, ro_columns *from, ro_error *err) RO_MUST_CHECK;
void ro_columns_complete(ro_columns *columns, int64_t revision);

/* Where the record of a document is or would be; NULL where there is no room for it. */
static inline const ro_record *ro_columns_at(const ro_columns *columns, ro_doc doc) {
    size_t chunk = (size_t)doc / RO_CHUNK_DOCS;
    if (doc <= 0 || chunk >= columns->chunk_count || !columns->chunks[chunk]) {
        return NULL;
    }
    return &columns->chunks[chunk]->records[(size_t)doc % RO_CHUNK_DOCS];
}

/* NULL when there is no such live document. */
static inline const ro_record *ro_columns_get(const ro_columns *columns, ro_doc doc) {
    const ro_record *record = ro_columns_at(columns, doc);
    return record && record->live ? record : NULL;
}

/* Whether the documents around this one are all live, those of one chunk: where it ends is in
 * `end`. */
static inline bool ro_columns_full(const ro_columns *columns, ro_doc doc, ro_doc *end) {
    size_t chunk = (size_t)doc / RO_CHUNK_DOCS;
    *end = (ro_doc)(chunk + 1) * RO_CHUNK_DOCS;
    return doc > 0 && chunk < columns->chunk_count && columns->chunks[chunk] &&
           columns->chunks[chunk]->totals.documents == RO_CHUNK_DOCS;
}

/* The values of a live document. */
static inline ro_list ro_columns_list(const ro_columns *columns, ro_doc doc) {
    const uint32_t *lists = columns->chunks[(size_t)doc / RO_CHUNK_DOCS]->lists;
    size_t at = (size_t)doc % RO_CHUNK_DOCS;
    if (!lists) {
        return (ro_list){NULL, 0};
    }
    return (ro_list){lists + RO_CHUNK_DOCS + 1 + lists[at], lists[at + 1] - lists[at]};
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Changes memory, after loading the chunk if need be, and marks it for ro_columns_store. A record
 * that is all zero takes the document out. */
ro_status ro_columns_set(ro_columns *columns, sqlite3 *db, ro_doc doc, const ro_record *record,
                         ro_list list, ro_error *err) RO_MUST_CHECK;
ro_status ro_columns_store(ro_columns *columns, sqlite3 *db, int64_t revision,
                           ro_error *err) RO_MUST_CHECK;

#endif
