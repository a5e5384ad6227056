#include "columns.h"

#include <stdlib.h>

#define LIST_HEAD ((size_t)RO_CHUNK_DOCS + 1) /* words before the values */
#define CHUNKS_MAX (INT32_MAX / RO_CHUNK_DOCS)

static const ro_totals no_totals = {.first = RO_TIME_NONE, .last = RO_TIME_NONE};

void ro_columns_init(ro_columns *columns, ro_kind kind) {
    *columns = (ro_columns){.kind = kind, .totals = no_totals};
}

static void drop_chunk(ro_columns *columns, size_t at) {
    ro_chunk *chunk = columns->chunks[at];
    if (chunk && atomic_fetch_sub(&chunk->holders, 1) == 1) {
        free(chunk->lists);
        free(chunk);
    }
    columns->chunks[at] = NULL;
}

void ro_columns_release(ro_columns *columns) {
    for (size_t i = 0; i < columns->chunk_count; i++) {
        drop_chunk(columns, i);
    }
    free((void *)columns->chunks);
    ro_columns_init(columns, columns->kind);
}

ro_status ro_columns_share(ro_columns *to, const ro_columns *from, ro_error *err) {
    ro_columns shared = *from;
    size_t bytes = from->chunk_count * sizeof(void *);
    shared.chunks = bytes ? (ro_chunk **)malloc(bytes) : NULL;
    if (bytes && !shared.chunks) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; shared.chunks && i < from->chunk_count; i++) {
        shared.chunks[i] = from->chunks[i];
        if (shared.chunks[i]) {
            atomic_fetch_add(&shared.chunks[i]->holders, 1);
        }
    }
    ro_columns_release(to);
    *to = shared;
    return RO_OK;
}

/* ---- totals --------------------------------------------------------------------------------- */

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
        totals->documents++;
        totals->words[0] += record->title_words;
        totals->words[1] += record->body_words;
        widen(totals, record->published, record->published);
    }
}

static void add_totals(ro_totals *to, const ro_totals *from) {
    to->documents += from->documents;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        to->words[f] += from->words[f];
    }
    widen(to, from->first, from->last);
}

static void sum_chunk(ro_chunk *chunk) {
    chunk->totals = no_totals;
    chunk->language = 0;
    for (size_t i = 0; i < RO_CHUNK_DOCS; i++) {
        const ro_record *record = &chunk->records[i];
        if (record->live && record->language != chunk->language) {
            chunk->language = chunk->totals.documents ? -1 : record->language;
        }
        add_record(&chunk->totals, record);
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

/* Copies the records. */
static ro_chunk *new_chunk(const void *records) {
    ro_chunk *chunk = malloc(sizeof *chunk);
    if (chunk) {
        memset(chunk, 0, offsetof(ro_chunk, records));
        chunk->holders = 1;
        chunk->totals = no_totals;
        memcpy(chunk->records, records, sizeof chunk->records);
    }
    return chunk;
}

/* Room for `count` of them. */
static bool reserve_chunks(ro_columns *columns, size_t count) {
    if (count <= columns->chunk_count) {
        return true;
    }
    ro_chunk **grown = (ro_chunk **)realloc((void *)columns->chunks, count * sizeof(void *));
    if (!grown) {
        return false;
    }
    memset((void *)(grown + columns->chunk_count), 0,
           (count - columns->chunk_count) * sizeof(void *));
    columns->chunks = grown;
    columns->chunk_count = count;
    return true;
}

/* Puts a new one there. */
static ro_status make_chunk(ro_columns *columns, size_t at, const void *records, ro_error *err) {
    ro_chunk *chunk = new_chunk(records);
    bool fits = chunk && (at < columns->chunk_count || reserve_chunks(columns, at + 1 + at / 2));
    if (!fits) {
        free(chunk);
        return ro_fail_memory(err);
    }
    drop_chunk(columns, at);
    columns->chunks[at] = chunk;
    return RO_OK;
}

/* What others hold makes room for a copy, without lists. */
static ro_status own_chunk(ro_columns *columns, size_t at, ro_error *err) {
    const ro_chunk *shared = columns->chunks[at];
    if (atomic_load(&shared->holders) == 1) {
        return RO_OK;
    }
    ro_chunk *own = new_chunk(shared->records);
    if (!own) {
        return ro_fail_memory(err);
    }
    own->totals = shared->totals;
    own->revision = shared->revision;
    own->language = shared->language;
    drop_chunk(columns, at);
    columns->chunks[at] = own;
    return RO_OK;
}

static ro_status broken_chunk(const ro_columns *columns, int64_t number, ro_error *err) {
    return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: column chunk %lld of %s is broken",
                   (long long)number, ro_kind_name(columns->kind));
}

static ro_status read_records(ro_columns *columns, int64_t number, ro_str data, ro_error *err) {
    if (number < 0 || number >= CHUNKS_MAX ||
        (data.len && data.len != sizeof(((ro_chunk *)0)->records))) {
        return broken_chunk(columns, number, err);
    }
    size_t at = (size_t)number;
    if (!data.len) {
        if (at < columns->chunk_count) {
            drop_chunk(columns, at);
        }
        return RO_OK;
    }
    ro_status status = make_chunk(columns, at, data.ptr, err);
    if (status) {
        return status;
    }
    ro_chunk *chunk = columns->chunks[at];
    for (size_t i = 0; i < RO_CHUNK_DOCS; i++) {
        if (chunk->records[i].live > 1) {
            return broken_chunk(columns, number, err);
        }
    }
    sum_chunk(chunk);
    return RO_OK;
}

/* Where lists begin and what columns they name is used as an index: none may point outside. */
static bool is_sound_list(const uint32_t *lists, size_t words) {
    bool sound = words >= LIST_HEAD && lists[0] == 0;
    for (size_t i = 0; sound && i < RO_CHUNK_DOCS; i++) {
        sound = lists[i] <= lists[i + 1];
    }
    sound = sound && lists[RO_CHUNK_DOCS] == words - LIST_HEAD;
    for (size_t i = LIST_HEAD; sound && i < words; i++) {
        sound = ro_listed_column(lists[i]) < RO_COLUMNS;
    }
    return sound;
}

/* Room for `values` values; those there stay. */
static bool reserve_lists(ro_chunk *chunk, size_t values) {
    size_t capacity = chunk->list_capacity ? chunk->list_capacity : LIST_HEAD + RO_CHUNK_DOCS;
    while (capacity < LIST_HEAD + values) {
        capacity += capacity / 2;
    }
    if (capacity == chunk->list_capacity) {
        return true;
    }
    uint32_t *grown = realloc(chunk->lists, capacity * sizeof *grown);
    if (!grown) {
        return false;
    }
    if (!chunk->lists) {
        memset(grown, 0, LIST_HEAD * sizeof *grown);
    }
    chunk->lists = grown;
    chunk->list_capacity = capacity;
    return true;
}

static ro_status read_lists(ro_columns *columns, int64_t number, ro_str data, ro_error *err) {
    size_t at = (size_t)number;
    if (number < 0 || at >= columns->chunk_count || !columns->chunks[at]) {
        return RO_OK; /* nothing live in it */
    }
    ro_status status = own_chunk(columns, at, err);
    if (status) {
        return status;
    }
    ro_chunk *chunk = columns->chunks[at];
    size_t words = data.len / sizeof(uint32_t);
    free(chunk->lists);
    chunk->lists = NULL;
    chunk->list_capacity = 0;
    if (!words) {
        return RO_OK;
    }
    uint32_t *lists = malloc(words * sizeof *lists);
    if (!lists) {
        return ro_fail_memory(err);
    }
    chunk->lists = memcpy(lists, data.ptr, words * sizeof *lists);
    chunk->list_capacity = words;
    return is_sound_list(lists, words) ? RO_OK : broken_chunk(columns, number, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef ro_status (*read_fn)(ro_columns *columns, int64_t number, ro_str data, ro_error *err);

/* Hands (chunk, blob) rows of the statement, whose parameters are `first` and, if it has two,
 * `second`. */
static ro_status read_chunks(ro_columns *columns, sqlite3 *db, const char *sql, int64_t first,
                             int64_t second, read_fn fn, ro_error *err) {
    sqlite3_stmt *rows = NULL;
    ro_status status = ro_sql_prepare_named(db, sql, ro_kind_name(columns->kind), &rows, err);
    if (!status) {
        (void)sqlite3_bind_int64(rows, 1, first);
        (void)sqlite3_bind_int64(rows, 2, second); /* refused where there is no second: no harm */
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the columns", err);
        if (!status && row) {
            status = fn(columns, sqlite3_column_int64(rows, 0), ro_sql_blob(rows, 1), err);
        }
    }
    sqlite3_finalize(rows);
    return status;
}

ro_status ro_columns_load(ro_columns *columns, sqlite3 *db, int64_t revision, bool lists,
                          ro_error *err) {
    int64_t since = columns->revision;
    ro_status status = RO_OK;
    if (since != revision) {
        status = read_chunks(columns, db, "SELECT chunk, records FROM chunk_$ WHERE revision > ?1",
                             since, 0, read_records, err);
        sum_all(columns);
    }
    bool wanted = lists || columns->lists_loaded;
    bool missing = wanted && (!columns->lists_loaded || since != revision);
    if (!status && missing) {
        status = read_chunks(columns, db, "SELECT chunk, lists FROM chunk_$ WHERE revision > ?1",
                             columns->lists_loaded ? since : -1, 0, read_lists, err);
    }
    columns->lists_loaded = wanted;
    columns->revision = revision;
    return status;
}

ro_status ro_columns_count(ro_kind kind, sqlite3 *db, int64_t *out, ro_error *err) {
    const ro_columns columns = {.kind = kind};
    int64_t least = 0;
    int64_t most = -1;
    const char *name = ro_kind_name(kind);
    *out = 0;
    ro_status status =
        ro_sql_integer_named(db, "SELECT min(chunk) FROM chunk_$", name, least, &least, err);
    if (!status) {
        status = ro_sql_integer_named(db, "SELECT max(chunk) FROM chunk_$", name, most, &most, err);
    }
    if (!status && (least < 0 || most >= CHUNKS_MAX)) {
        return broken_chunk(&columns, least < 0 ? least : most, err);
    }
    *out = status ? 0 : most + 1;
    return status;
}

ro_status ro_columns_load_some(ro_columns *columns, sqlite3 *db, int64_t from, int64_t end,
                               ro_error *err) {
    return read_chunks(columns, db,
                       "SELECT chunk, records FROM chunk_$ WHERE chunk >= ?1 AND chunk < ?2", from,
                       end, read_records, err);
}

ro_status ro_columns_move(ro_columns *to, ro_columns *from, ro_error *err) {
    if (!reserve_chunks(to, from->chunk_count)) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < from->chunk_count; i++) {
        if (from->chunks[i]) {
            drop_chunk(to, i);
            to->chunks[i] = from->chunks[i];
            from->chunks[i] = NULL;
        }
    }
    ro_columns_release(from);
    return RO_OK;
}

void ro_columns_complete(ro_columns *columns, int64_t revision) {
    sum_all(columns);
    columns->revision = revision;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* The chunk as stored, or a new one. */
static ro_status open_chunk(ro_columns *columns, sqlite3 *db, size_t at, ro_error *err) {
    static const ro_record none[RO_CHUNK_DOCS];
    if (at < columns->chunk_count && columns->chunks[at]) {
        return RO_OK;
    }
    sqlite3_stmt *read = NULL;
    bool row = false;
    ro_status status =
        ro_sql_prepare_named(db, "SELECT records, lists FROM chunk_$ WHERE chunk = ?1",
                             ro_kind_name(columns->kind), &read, err);
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, (int64_t)at);
        status = ro_sql_step(read, &row, "read the columns", err);
    }
    if (!status && row) {
        status = read_records(columns, (int64_t)at, ro_sql_blob(read, 0), err);
        status = status ? status : read_lists(columns, (int64_t)at, ro_sql_blob(read, 1), err);
    }
    sqlite3_finalize(read);
    bool there = at < columns->chunk_count && columns->chunks[at];
    return status || there ? status : make_chunk(columns, at, none, err);
}

/* Puts the list in place of the document's own. */
static bool splice(ro_chunk *chunk, size_t at, ro_list list) {
    if (!chunk->lists && !list.count) {
        return true;
    }
    size_t all = chunk->lists ? chunk->lists[RO_CHUNK_DOCS] : 0;
    uint32_t *begins = reserve_lists(chunk, all + list.count) ? chunk->lists : NULL;
    if (!begins) {
        return false;
    }
    uint32_t *values = begins + LIST_HEAD;
    uint32_t from = begins[at];
    uint32_t end = begins[at + 1];
    memmove(values + from + list.count, values + end, (all - end) * sizeof *values);
    if (list.count) {
        memcpy(values + from, list.at, list.count * sizeof *values);
    }
    uint32_t shift = (uint32_t)list.count - (end - from); /* may wrap: sums come out right */
    for (size_t i = at + 1; i <= RO_CHUNK_DOCS; i++) {
        begins[i] += shift;
    }
    return true;
}

ro_status ro_columns_set(ro_columns *columns, sqlite3 *db, ro_doc doc, const ro_record *record,
                         ro_list list, ro_error *err) {
    if (doc <= 0 || doc >= INT32_MAX) {
        return ro_fail(err, RO_LIMIT, "too many %s: document numbers end at %d",
                       ro_kind_name(columns->kind), INT32_MAX);
    }
    size_t at = (size_t)doc / RO_CHUNK_DOCS;
    ro_status status = open_chunk(columns, db, at, err);
    if (!status) {
        ro_chunk *chunk = columns->chunks[at];
        chunk->records[(size_t)doc % RO_CHUNK_DOCS] = *record;
        chunk->dirty = true;
        status = splice(chunk, (size_t)doc % RO_CHUNK_DOCS, list) ? RO_OK : ro_fail_memory(err);
    }
    return status;
}

static ro_status store_chunk(ro_columns *columns, size_t at, sqlite3_stmt *statement,
                             int64_t revision, ro_error *err) {
    ro_chunk *chunk = columns->chunks[at];
    sum_chunk(chunk);
    bool empty = chunk->totals.documents == 0;
    size_t values = chunk->lists ? chunk->lists[RO_CHUNK_DOCS] : 0;
    (void)sqlite3_bind_int64(statement, 1, (int64_t)at);
    (void)sqlite3_bind_int64(statement, 2, revision);
    ro_sql_bind_blob(statement, 3, chunk->records, empty ? 0 : sizeof chunk->records);
    ro_sql_bind_blob(statement, 4, chunk->lists,
                     values ? (LIST_HEAD + values) * sizeof *chunk->lists : 0);
    ro_status status = ro_sql_done(statement, "store the columns", err);
    if (!status) {
        chunk->dirty = false;
        chunk->revision = revision;
    }
    return status;
}

/* In ascending order, in which they are read: so they lie in the file. Of what was stored only the
 * last chunk stays in memory: most likely the next document is in it. */
ro_status ro_columns_store(ro_columns *columns, sqlite3 *db, int64_t revision, ro_error *err) {
    sqlite3_stmt *statement = NULL;
    size_t before = SIZE_MAX;
    ro_status status = ro_sql_prepare_named(
        db,
        "INSERT OR REPLACE INTO chunk_$(chunk, revision, records, lists) VALUES(?1, ?2, ?3, ?4)",
        ro_kind_name(columns->kind), &statement, err);
    for (size_t i = 0; !status && i < columns->chunk_count; i++) {
        if (!columns->chunks[i]) {
            continue;
        }
        if (columns->chunks[i]->dirty) {
            status = store_chunk(columns, i, statement, revision, err);
        }
        if (before != SIZE_MAX) {
            drop_chunk(columns, before);
        }
        before = i;
    }
    sqlite3_finalize(statement);
    return status;
}
