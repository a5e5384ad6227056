#include "values.h"

#include <stdlib.h>

#define KNOWN_MAX ((size_t)1 << 20)

static const struct {
    const char *what;
    int64_t max;
} limits[RO_DICTIONARIES] = {[RO_DICTIONARY_SOURCE] = {"sources", 1000000},
                             [RO_DICTIONARY_LANGUAGE] = {"languages", UINT16_MAX},
                             [RO_DICTIONARY_SIDE] = {"sides", (1 << RO_VALUE_ID_BITS) - 1},
                             [RO_DICTIONARY_ROLE] = {"roles", (1 << RO_VALUE_ID_BITS) - 1},
                             [RO_DICTIONARY_STATUS] = {"statuses", (1 << RO_VALUE_ID_BITS) - 1},
                             [RO_DICTIONARY_ACTOR] = {"people", (1 << RO_VALUE_ID_BITS) - 1},
                             [RO_DICTIONARY_PLACE] = {"places", (1 << RO_VALUE_ID_BITS) - 1}};

ro_dictionary_name ro_dictionary_of(ro_column column) {
    static const ro_dictionary_name names[RO_COLUMNS] = {
        [RO_COLUMN_PUBLISHED] = RO_DICTIONARY_NONE,    [RO_COLUMN_SOURCE] = RO_DICTIONARY_SOURCE,
        [RO_COLUMN_LANGUAGE] = RO_DICTIONARY_LANGUAGE, [RO_COLUMN_SIDE] = RO_DICTIONARY_SIDE,
        [RO_COLUMN_ROLE] = RO_DICTIONARY_ROLE,         [RO_COLUMN_STATUS] = RO_DICTIONARY_STATUS,
        [RO_COLUMN_BY] = RO_DICTIONARY_ACTOR,          [RO_COLUMN_SPEAKER] = RO_DICTIONARY_ACTOR,
        [RO_COLUMN_PERSON] = RO_DICTIONARY_ACTOR,      [RO_COLUMN_PLACE] = RO_DICTIONARY_PLACE,
        [RO_COLUMN_HOST] = RO_DICTIONARY_SIDE};
    return names[column];
}

/* ---- reading -------------------------------------------------------------------------------- */

void ro_dictionaries_release(ro_dictionaries *dictionaries) {
    for (int d = 0; d < RO_DICTIONARIES; d++) {
        free(dictionaries->all[d].values);
        free(dictionaries->all[d].beginnings);
        free(dictionaries->all[d].slots);
    }
    ro_arena_release(&dictionaries->strings);
    *dictionaries = (ro_dictionaries){0};
}

uint32_t ro_dictionary_find(const ro_dictionary *dictionary, ro_str folded) {
    if (!dictionary->slot_count) {
        return 0;
    }
    size_t slot = ro_str_hash(folded) & (dictionary->slot_count - 1);
    for (; dictionary->slots[slot]; slot = (slot + 1) & (dictionary->slot_count - 1)) {
        uint32_t id = dictionary->slots[slot];
        if (ro_str_equal(dictionary->values[id].folded, folded)) {
            return id;
        }
    }
    return 0;
}

uint64_t ro_value_beginnings(ro_str folded) {
    uint64_t beginnings = 0;
    uint32_t bytes = 0; /* of the word, hashed */
    size_t length = 0;
    for (size_t i = 0; i < folded.len && folded.ptr[i] != ';'; i++) {
        bool parts = ro_value_parts(folded.ptr[i]);
        length = parts ? 0 : length + 1;
        bytes =
            length > 1 ? bytes * 31 + (unsigned char)folded.ptr[i] : (unsigned char)folded.ptr[i];
        if (length == 2 || length == 3) {
            beginnings |= UINT64_C(1) << ((bytes & 31) + (length == 3 ? 32 : 0));
        }
    }
    return beginnings;
}

static void take_slot(ro_dictionary *dictionary, uint32_t id) {
    ro_str folded = dictionary->values[id].folded;
    size_t slot = ro_str_hash(folded) & (dictionary->slot_count - 1);
    while (dictionary->slots[slot]) {
        slot = (slot + 1) & (dictionary->slot_count - 1);
    }
    dictionary->slots[slot] = id;
}

/* Room for the ids below `count`. */
static bool reserve(ro_dictionary *dictionary, size_t count) {
    if (count <= dictionary->capacity) {
        return true;
    }
    size_t capacity = dictionary->capacity ? dictionary->capacity : 16;
    while (capacity < count) {
        capacity *= 2;
    }
    ro_value *values = realloc(dictionary->values, capacity * sizeof *values);
    if (!values) {
        return false;
    }
    dictionary->values = values;
    memset(values + dictionary->count, 0, (capacity - dictionary->count) * sizeof *values);
    uint64_t *beginnings = realloc(dictionary->beginnings, capacity * sizeof *beginnings);
    if (!beginnings) {
        return false;
    }
    dictionary->beginnings = beginnings;
    uint32_t *slots = calloc(capacity * 2, sizeof *slots);
    if (!slots) {
        return false;
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = capacity * 2;
    dictionary->capacity = capacity;
    for (uint32_t id = 1; id < dictionary->count; id++) {
        take_slot(dictionary, id);
    }
    return true;
}

static ro_status add_value(ro_dictionary *dictionary, ro_arena *strings, ro_str folded,
                           ro_str shown, ro_error *err) {
    if (!reserve(dictionary, dictionary->count + 1)) {
        return ro_fail_memory(err);
    }
    ro_value value = {ro_arena_copy(strings, folded), ro_arena_copy(strings, shown)};
    if (!value.folded.ptr || !value.shown.ptr) {
        return ro_fail_memory(err);
    }
    uint32_t id = (uint32_t)dictionary->count++;
    dictionary->values[id] = value;
    dictionary->beginnings[id] = ro_value_beginnings(folded);
    take_slot(dictionary, id);
    return RO_OK;
}

static ro_status load_rows(ro_dictionary *dictionary, ro_arena *strings, sqlite3_stmt *rows,
                           ro_error *err) {
    ro_status status = RO_OK;
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the values", err);
        if (!status && row) {
            status = sqlite3_column_int64(rows, 0) == (int64_t)dictionary->count
                         ? add_value(dictionary, strings, ro_sql_text(rows, 1),
                                     ro_sql_text(rows, 2), err)
                         : ro_fail(err, RO_DAMAGED,
                                   "the catalogue is damaged: values of columns are missing");
        }
    }
    return status;
}

ro_status ro_dictionary_load(ro_dictionaries *dictionaries, sqlite3 *db, ro_dictionary_name which,
                             int64_t revision, const ro_dictionary **out, ro_error *err) {
    ro_dictionary *dictionary = &dictionaries->all[which];
    *out = dictionary;
    if (dictionary->count && dictionaries->revision[which] == revision) {
        return RO_OK;
    }
    sqlite3_stmt *rows = NULL;
    ro_status status = ro_sql_prepare(db,
                                      "SELECT id, folded, shown FROM value"
                                      " WHERE dictionary = ?1 AND id >= ?2 ORDER BY id",
                                      &rows, err);
    if (!status && !dictionary->count) { /* the empty string */
        status = reserve(dictionary, 1) ? RO_OK : ro_fail_memory(err);
        dictionary->count = !status;
    }
    if (!status) {
        (void)sqlite3_bind_int(rows, 1, (int)which);
        (void)sqlite3_bind_int64(rows, 2, (int64_t)dictionary->count);
        status = load_rows(dictionary, &dictionaries->strings, rows, err);
    }
    sqlite3_finalize(rows);
    dictionaries->revision[which] = status ? -1 : revision;
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *const sql[RO_VALUE_STATEMENTS] = {
    [RO_VALUE_FIND] = "SELECT id FROM value WHERE dictionary = ?1 AND folded = ?2",
    [RO_VALUE_ADD] = "INSERT INTO value(dictionary, id, folded, shown) VALUES(?1, ?2, ?3, ?4)",
    [RO_VALUE_LAST] = "SELECT max(id) FROM value WHERE dictionary = ?1"};

typedef struct known_value {
    ro_dictionary_name which;
    uint32_t id;
    size_t len;
    char folded[];
} known_value;

ro_status ro_value_writer_open(ro_value_writer *writer, sqlite3 *db, ro_error *err) {
    *writer = (ro_value_writer){0};
    for (int d = 0; d < RO_DICTIONARIES; d++) {
        writer->last[d] = -1;
    }
    return ro_sql_prepare_all(db, sql, RO_VALUE_STATEMENTS, NULL, writer->statements, err);
}

void ro_value_writer_close(ro_value_writer *writer) {
    ro_sql_finalize_all(writer->statements, RO_VALUE_STATEMENTS);
    ro_table_release(&writer->known);
    ro_arena_release(&writer->memory);
}

static uint64_t hash_of(ro_dictionary_name which, ro_str folded) {
    return ro_str_hash(folded) + (uint64_t)which * 0x9E3779B97F4A7C15u;
}

static uint32_t recall(const ro_table *known, ro_dictionary_name which, ro_str folded) {
    uint64_t hash = hash_of(which, folded);
    for (size_t at = ro_table_start(known, hash); known->size && known->slots[at].item;
         at = ro_table_next(known, at)) {
        const known_value *value = known->slots[at].item;
        if (known->slots[at].hash == hash && value->which == which &&
            ro_str_equal(ro_str_make(value->folded, value->len), folded)) {
            return value->id;
        }
    }
    return 0;
}

/* What is forgotten is looked up again: no harm when memory runs out. */
static void remember(ro_value_writer *writer, ro_dictionary_name which, ro_str folded,
                     uint32_t id) {
    if (writer->known.count >= KNOWN_MAX) {
        ro_table_clear(&writer->known);
        ro_arena_reset(&writer->memory);
    }
    known_value *value = ro_arena_alloc(&writer->memory, sizeof *value + folded.len);
    if (value && ro_table_reserve(&writer->known)) {
        value->which = which;
        value->id = id;
        value->len = folded.len;
        memcpy(value->folded, folded.ptr, folded.len);
        ro_table_add(&writer->known, hash_of(which, folded), value);
    }
}

static ro_status find(ro_value_writer *writer, int statement, ro_dictionary_name which,
                      ro_str folded, int64_t *id, ro_error *err) {
    sqlite3_stmt *query = writer->statements[statement];
    bool row;
    *id = 0;
    (void)sqlite3_bind_int(query, 1, (int)which);
    if (statement == RO_VALUE_FIND) {
        ro_sql_bind_text(query, 2, folded);
    }
    ro_status status = ro_sql_step(query, &row, "read the values", err);
    if (!status && row) {
        *id = sqlite3_column_int64(query, 0);
        (void)sqlite3_reset(query);
    }
    return status;
}

static ro_status add(ro_value_writer *writer, ro_dictionary_name which, const ro_value *value,
                     int64_t *id, ro_error *err) {
    ro_status status = RO_OK;
    if (writer->last[which] < 0) {
        status = find(writer, RO_VALUE_LAST, which, RO_STR_NONE, &writer->last[which], err);
    }
    if (!status && writer->last[which] >= limits[which].max) {
        status = ro_fail(err, RO_LIMIT, "too many different %s: %lld", limits[which].what,
                         (long long)limits[which].max);
    }
    if (status) {
        return status;
    }
    sqlite3_stmt *insert = writer->statements[RO_VALUE_ADD];
    *id = ++writer->last[which];
    (void)sqlite3_bind_int(insert, 1, (int)which);
    (void)sqlite3_bind_int64(insert, 2, *id);
    ro_sql_bind_text(insert, 3, value->folded);
    ro_sql_bind_text(insert, 4, value->shown);
    return ro_sql_done(insert, "store a value", err);
}

ro_status ro_value_id(ro_value_writer *writer, ro_dictionary_name which, const ro_value *value,
                      uint32_t *id, ro_error *err) {
    *id = value->folded.len ? recall(&writer->known, which, value->folded) : 0;
    if (*id || !value->folded.len) {
        return RO_OK;
    }
    int64_t found;
    ro_status status = find(writer, RO_VALUE_FIND, which, value->folded, &found, err);
    if (!status && !found) {
        status = add(writer, which, value, &found, err);
    }
    if (!status) {
        *id = (uint32_t)found;
        remember(writer, which, value->folded, *id);
    }
    return status;
}
