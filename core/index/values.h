/* Values: the strings that columns hold by id. One dictionary for each set of strings, shared by
 * all collections; ids are given without holes from 1, and stay. Id 0 is the empty string. */
#ifndef READOUT_INDEX_VALUES_H
#define READOUT_INDEX_VALUES_H

#include "readout/index.h"
#include "sql.h"
#include "table.h"

typedef enum ro_dictionary_name {
    RO_DICTIONARY_SOURCE,
    RO_DICTIONARY_LANGUAGE,
    RO_DICTIONARY_SIDE, /* of SIDE and HOST */
    RO_DICTIONARY_ROLE,
    RO_DICTIONARY_STATUS,
    RO_DICTIONARY_ACTOR, /* of BY, SPEAKER and PERSON */
    RO_DICTIONARY_PLACE,
    RO_DICTIONARIES,
    RO_DICTIONARY_NONE = RO_DICTIONARIES
} ro_dictionary_name;

/* The dictionary of a column's values; RO_DICTIONARY_NONE for dates. */
ro_dictionary_name ro_dictionary_of(ro_column column);

#define RO_VALUE_ID_BITS 24 /* so many ids a dictionary, but for languages: 16 bits */

typedef struct ro_value {
    ro_str folded; /* what queries are compared with */
    ro_str shown;
} ro_value;

/* ---- reading: a dictionary in memory -------------------------------------------------------- */

typedef struct ro_dictionary {
    ro_value *values;
    uint64_t *beginnings; /* ro_value_beginnings of each, to look through many at once */
    size_t count, capacity;
    uint32_t *slots; /* open addressing over `folded`: id, 0 for free */
    size_t slot_count;
} ro_dictionary;

typedef struct ro_dictionaries {
    ro_dictionary all[RO_DICTIONARIES];
    int64_t revision[RO_DICTIONARIES]; /* up to which each is loaded; 0: it is not */
    ro_arena strings;
} ro_dictionaries;

void ro_dictionaries_release(ro_dictionaries *dictionaries);
/* The dictionary as of `revision`, inside the read transaction that `db` is in. */
ro_status ro_dictionary_load(ro_dictionaries *dictionaries, sqlite3 *db, ro_dictionary_name which,
                             int64_t revision, const ro_dictionary **out,
                             ro_error *err) RO_MUST_CHECK;
/* Whether a character stands between the words of a value. */
static inline bool ro_value_parts(char c) {
    return c == ' ' || c == '-' || c == '.' || c == '\'';
}
/* What the words of a folded value begin with, up to a semicolon: a bit for the first two bytes of
 * each that has so many, and one for the first three. Others share them. */
uint64_t ro_value_beginnings(ro_str folded);
/* The id of a folded value; 0 when there is none. */
uint32_t ro_dictionary_find(const ro_dictionary *dictionary, ro_str folded);

/* ---- writing: ids by look-up, kept once found ----------------------------------------------- */

enum { RO_VALUE_FIND, RO_VALUE_ADD, RO_VALUE_LAST, RO_VALUE_STATEMENTS };

typedef struct ro_value_writer {
    sqlite3_stmt *statements[RO_VALUE_STATEMENTS];
    ro_table known;
    ro_arena memory;               /* of what is known */
    int64_t last[RO_DICTIONARIES]; /* greatest id; -1: not looked up yet */
} ro_value_writer;

ro_status ro_value_writer_open(ro_value_writer *writer, sqlite3 *db, ro_error *err) RO_MUST_CHECK;
void ro_value_writer_close(ro_value_writer *writer);
/* Finds or adds. RO_LIMIT when the dictionary is full. */
ro_status ro_value_id(ro_value_writer *writer, ro_dictionary_name which, const ro_value *value,
                      uint32_t *id, ro_error *err) RO_MUST_CHECK;

#endif
