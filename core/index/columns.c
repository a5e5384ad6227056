#include "columns.h"

#include <stdlib.h>

static const uint32_t value_max[RO_DICTIONARIES] = {1000000, UINT16_MAX};

void ro_columns_init(ro_columns *columns) {
    *columns = (ro_columns){.strings = RO_ARENA_INIT,
                            .totals = {.first = RO_TIME_NONE, .last = RO_TIME_NONE}};
}

void ro_columns_release(ro_columns *columns) {
    for (size_t i = 0; i < columns->chunk_count; i++) {
        free(columns->chunks[i]);
    }
    free((void *)columns->chunks);
    for (int d = 0; d < RO_DICTIONARIES; d++) {
        free(columns->dictionaries[d].values);
        free(columns->dictionaries[d].slots);
    }
    ro_arena_release(&columns->strings);
    ro_columns_init(columns);
}

/* ---- dictionaries --------------------------------------------------------------------------- */

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

/* Ids are given without holes, from 1; 0 is the empty string. */
static ro_status add_value(ro_columns *columns, int which, ro_str folded, ro_str shown,
                           ro_error *err) {
    ro_dictionary *dictionary = &columns->dictionaries[which];
    if (!reserve(dictionary, dictionary->count + 2)) {
        return ro_fail_memory(err);
    }
    if (dictionary->count == 0) {
        dictionary->count = 1;
    }
    ro_value value = {ro_arena_copy(&columns->strings, folded),
                      ro_arena_copy(&columns->strings, shown)};
    if (!value.folded.ptr || !value.shown.ptr) {
        return ro_fail_memory(err);
    }
    uint32_t id = (uint32_t)dictionary->count;
    dictionary->values[id] = value;
    dictionary->count++;
    take_slot(dictionary, id);
    return RO_OK;
}

static ro_status load_values(ro_columns *columns, sqlite3 *db, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    ro_status status = ro_sql_prepare(db,
                                      "SELECT kind, id, folded, shown FROM value"
                                      " WHERE (kind = 0 AND id >= ?1) OR (kind = 1 AND id >= ?2)"
                                      " ORDER BY kind, id",
                                      &statement, err);
    for (int d = 0; !status && d < RO_DICTIONARIES; d++) {
        size_t count = columns->dictionaries[d].count;
        (void)sqlite3_bind_int64(statement, d + 1, (int64_t)(count ? count : 1));
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(statement, &row, "read the columns", err);
        if (!status && row) {
            int which = sqlite3_column_int(statement, 0);
            size_t count = columns->dictionaries[which].count;
            if (sqlite3_column_int64(statement, 1) != (int64_t)(count ? count : 1)) {
                status = ro_fail(err, RO_DAMAGED, "the catalogue is damaged: values are missing");
            } else {
                status = add_value(columns, which, ro_sql_text(statement, 2),
                                   ro_sql_text(statement, 3), err);
            }
        }
    }
    sqlite3_finalize(statement);
    return status;
}

ro_status ro_columns_value(ro_columns *columns, sqlite3 *db, int dictionary, const ro_value *value,
                           uint32_t *id, ro_error *err) {
    *id = 0;
    if (!value->folded.len) {
        return RO_OK;
    }
    const ro_dictionary *known = &columns->dictionaries[dictionary];
    *id = ro_dictionary_find(known, value->folded);
    if (*id) {
        return RO_OK;
    }
    uint32_t next = known->count ? (uint32_t)known->count : 1;
    if (next > value_max[dictionary]) {
        return ro_fail(err, RO_LIMIT, "too many different %s: %u",
                       dictionary == RO_DICTIONARY_SOURCE ? "sources" : "languages", next - 1);
    }
    sqlite3_stmt *statement = NULL;
    ro_status status = ro_sql_prepare(
        db, "INSERT INTO value(kind, id, folded, shown) VALUES(?1, ?2, ?3, ?4)", &statement, err);
    if (!status) {
        (void)sqlite3_bind_int(statement, 1, dictionary);
        (void)sqlite3_bind_int64(statement, 2, next);
        ro_sql_bind_text(statement, 3, value->folded);
        ro_sql_bind_text(statement, 4, value->shown);
        status = ro_sql_done(statement, "store a value", err);
    }
    sqlite3_finalize(statement);
    if (!status) {
        status = add_value(columns, dictionary, value->folded, value->shown, err);
    }
    *id = status ? 0 : next;
    return status;
}

/* ---- totals --------------------------------------------------------------------------------- */

static const ro_totals no_totals = {.first = RO_TIME_NONE, .last = RO_TIME_NONE};

static void widen(ro_totals *totals, int64_t first, int64_t last) {
    if (first != RO_TIME_NONE) {
        if (totals->first == RO_TIME_NONE || first < totals->first) {
            totals->first = first;
        }
        if (totals->last == RO_TIME_NONE || last > totals->last) {
            totals->last = last;
        }
    }
}

static void add_record(ro_totals *totals, const ro_record *record) {
    if (record->live) {
        totals->articles++;
        totals->words[0] += record->title_words;
        totals->words[1] += record->body_words;
        widen(totals, record->published, record->published);
    }
}

static void add_totals(ro_totals *to, const ro_totals *from) {
    to->articles += from->articles;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        to->words[f] += from->words[f];
    }
    widen(to, from->first, from->last);
}

static void sum_chunk(ro_chunk *chunk) {
    chunk->totals = no_totals;
    for (size_t i = 0; i < RO_CHUNK_DOCS; i++) {
        add_record(&chunk->totals, &chunk->records[i]);
    }
}

static void sum_all(ro_columns *columns) {
    columns->totals = no_totals;
    for (size_t i = 0; i < columns->chunk_count; i++) {
        if (columns->chunks[i]) {
            add_totals(&columns->totals, &columns->chunks[i]->totals);
        }
    }
}

/* ---- chunks --------------------------------------------------------------------------------- */

static ro_status make_chunk(ro_columns *columns, size_t at, ro_error *err) {
    if (at >= columns->chunk_count) {
        size_t count = at + 1 + at / 2;
        ro_chunk **grown = (ro_chunk **)realloc((void *)columns->chunks, count * sizeof(void *));
        if (!grown) {
            return ro_fail_memory(err);
        }
        memset((void *)(grown + columns->chunk_count), 0,
               (count - columns->chunk_count) * sizeof(void *));
        columns->chunks = grown;
        columns->chunk_count = count;
    }
    if (!columns->chunks[at]) {
        columns->chunks[at] = calloc(1, sizeof(ro_chunk));
        if (columns->chunks[at]) {
            columns->chunks[at]->totals = no_totals;
        }
    }
    return columns->chunks[at] ? RO_OK : ro_fail_memory(err);
}

/* Ids in stored records are used as array indexes: none may point outside. */
static bool is_sound(const ro_columns *columns, const ro_chunk *chunk) {
    size_t sources = columns->dictionaries[RO_DICTIONARY_SOURCE].count;
    size_t languages = columns->dictionaries[RO_DICTIONARY_LANGUAGE].count;
    for (size_t i = 0; i < RO_CHUNK_DOCS; i++) {
        const ro_record *record = &chunk->records[i];
        if (record->live > 1 || (record->source && record->source >= sources) ||
            (record->language && record->language >= languages)) {
            return false;
        }
    }
    return true;
}

static ro_status load_chunk(ro_columns *columns, sqlite3_stmt *row, ro_error *err) {
    int64_t number = sqlite3_column_int64(row, 0);
    ro_str data = ro_sql_blob(row, 2);
    bool sane = number >= 0 && number < INT32_MAX / RO_CHUNK_DOCS &&
                (data.len == 0 || data.len == sizeof(((ro_chunk *)0)->records));
    if (!sane) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: column chunk %lld is broken",
                       (long long)number);
    }
    size_t at = (size_t)number;
    if (data.len == 0) {
        if (at < columns->chunk_count) {
            free(columns->chunks[at]);
            columns->chunks[at] = NULL;
        }
        return RO_OK;
    }
    ro_status status = make_chunk(columns, at, err);
    if (!status) {
        ro_chunk *chunk = columns->chunks[at];
        memcpy(chunk->records, data.ptr, data.len);
        chunk->revision = sqlite3_column_int64(row, 1);
        if (!is_sound(columns, chunk)) {
            return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: column chunk %lld is broken",
                           (long long)number);
        }
        sum_chunk(chunk);
    }
    return status;
}

ro_status ro_columns_load(ro_columns *columns, sqlite3 *db, int64_t revision, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    ro_status status = load_values(columns, db, err);
    if (!status) {
        status =
            ro_sql_prepare(db, "SELECT chunk, revision, data FROM column_chunk WHERE revision > ?1",
                           &statement, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(statement, 1, columns->revision);
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(statement, &row, "read the columns", err);
        if (!status && row) {
            status = load_chunk(columns, statement, err);
        }
    }
    sqlite3_finalize(statement);
    sum_all(columns);
    columns->revision = revision;
    return status;
}

ro_status ro_columns_set(ro_columns *columns, ro_doc doc, const ro_record *record, ro_error *err) {
    if (doc <= 0 || doc >= INT32_MAX) {
        return ro_fail(err, RO_LIMIT, "too many articles: document numbers end at %d", INT32_MAX);
    }
    size_t at = (size_t)doc / RO_CHUNK_DOCS;
    ro_status status = make_chunk(columns, at, err);
    if (!status) {
        columns->chunks[at]->records[(size_t)doc % RO_CHUNK_DOCS] = *record;
        columns->chunks[at]->dirty = true;
    }
    return status;
}

static ro_status store_chunk(ro_columns *columns, size_t at, sqlite3_stmt *statement,
                             int64_t revision, ro_error *err) {
    ro_chunk *chunk = columns->chunks[at];
    sum_chunk(chunk);
    bool empty = chunk->totals.articles == 0;
    (void)sqlite3_bind_int64(statement, 1, (int64_t)at);
    (void)sqlite3_bind_int64(statement, 2, revision);
    ro_sql_bind_blob(statement, 3, chunk->records, empty ? 0 : sizeof chunk->records);
    ro_status status = ro_sql_done(statement, "store the columns", err);
    if (!status) {
        chunk->dirty = false;
        chunk->revision = revision;
    }
    return status;
}

ro_status ro_columns_store(ro_columns *columns, sqlite3 *db, int64_t revision, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    ro_status status = ro_sql_prepare(
        db, "INSERT OR REPLACE INTO column_chunk(chunk, revision, data) VALUES(?1, ?2, ?3)",
        &statement, err);
    for (size_t i = 0; !status && i < columns->chunk_count; i++) {
        if (columns->chunks[i] && columns->chunks[i]->dirty) {
            status = store_chunk(columns, i, statement, revision, err);
        }
    }
    sqlite3_finalize(statement);
    sum_all(columns);
    columns->revision = revision;
    return status;
}
