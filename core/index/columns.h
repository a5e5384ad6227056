/* Columns: one fixed-size record a document, all of them in memory, so that ranking, filters, sort
 * and facets touch no table. Stored as chunks of RO_CHUNK_DOCS records; a chunk carries the
 * revision that last changed it, so that a reader loads only what is new. */
#ifndef READOUT_INDEX_COLUMNS_H
#define READOUT_INDEX_COLUMNS_H

#include "readout/index.h"
#include "sql.h"

#define RO_CHUNK_DOCS 1024

/* As stored, little-endian. A document that is not live is all zero. */
typedef struct ro_record {
    int64_t published;   /* seconds, RO_TIME_NONE */
    uint32_t source;     /* ids of the table `value`; 0: unknown */
    uint32_t body_words; /* lengths */
    uint16_t language;
    uint16_t title_words;
    uint32_t live; /* 1 or 0 */
} ro_record;

_Static_assert(sizeof(ro_record) == 24, "records are stored as they are");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are mapped as they are stored");

/* What ranking needs to know of all documents; sums add up over chunks and over leaves. */
typedef struct ro_totals {
    int64_t articles;
    int64_t words[RO_FIELD_COUNT];
    int64_t first, last; /* published; RO_TIME_NONE */
} ro_totals;

typedef struct ro_chunk {
    ro_totals totals;
    int64_t revision; /* that last changed it */
    bool dirty;
    ro_record records[RO_CHUNK_DOCS];
} ro_chunk;

/* A string of a column by id; id 0 is the empty one. */
typedef struct ro_value {
    ro_str folded; /* what queries are compared with */
    ro_str shown;
} ro_value;

typedef struct ro_dictionary {
    ro_value *values;
    size_t count, capacity;
    uint32_t *slots; /* open addressing over `folded`: id, 0 for free */
    size_t slot_count;
} ro_dictionary;

enum { RO_DICTIONARY_SOURCE, RO_DICTIONARY_LANGUAGE, RO_DICTIONARIES };

typedef struct ro_columns {
    ro_chunk **chunks; /* NULL: no live document in it */
    size_t chunk_count;
    ro_dictionary dictionaries[RO_DICTIONARIES];
    ro_arena strings; /* of the dictionaries */
    ro_totals totals;
    int64_t revision; /* up to which they are loaded */
} ro_columns;

void ro_columns_init(ro_columns *columns);
void ro_columns_release(ro_columns *columns);

/* Loads what commits after columns->revision changed, inside the read transaction that `db` is in.
 * After a failure the columns are unusable but for ro_columns_release. */
ro_status ro_columns_load(ro_columns *columns, sqlite3 *db, int64_t revision,
                          ro_error *err) RO_MUST_CHECK;

/* NULL when there is no such live document. */
static inline const ro_record *ro_columns_get(const ro_columns *columns, ro_doc doc) {
    size_t chunk = (size_t)doc / RO_CHUNK_DOCS;
    if (doc <= 0 || chunk >= columns->chunk_count || !columns->chunks[chunk]) {
        return NULL;
    }
    const ro_record *record = &columns->chunks[chunk]->records[(size_t)doc % RO_CHUNK_DOCS];
    return record->live ? record : NULL;
}

/* Writing: changes memory and marks the chunk for ro_columns_store. A record that is all zero takes
 * the document out. */
ro_status ro_columns_set(ro_columns *columns, ro_doc doc, const ro_record *record,
                         ro_error *err) RO_MUST_CHECK;
ro_status ro_columns_store(ro_columns *columns, sqlite3 *db, int64_t revision,
                           ro_error *err) RO_MUST_CHECK;

/* The id of a folded value; 0 when there is none. */
uint32_t ro_dictionary_find(const ro_dictionary *dictionary, ro_str folded);
/* Finds or adds, in memory and in the table. RO_LIMIT when there are more than the column can
 * hold. */
ro_status ro_columns_value(ro_columns *columns, sqlite3 *db, int dictionary, const ro_value *value,
                           uint32_t *id, ro_error *err) RO_MUST_CHECK;

#endif
