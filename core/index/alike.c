#include "alike.h"

#include <stdlib.h>

#define NEAR_MAX 16      /* others of a band that one is compared with */
#define MEMBERS_MAX 4096 /* of a group that loses one: beyond, each of the rest is alone */

/* ---- tables and statements ------------------------------------------------------------------- */

ro_status ro_alike_make(sqlite3 *db, ro_error *err) {
    static const char *const TABLES[] = {
        "CREATE TABLE alike(doc INTEGER PRIMARY KEY, day INTEGER NOT NULL, grp INTEGER NOT NULL,"
        " sketch BLOB NOT NULL)",
        "CREATE INDEX alike_group ON alike(grp, doc) WHERE grp <> doc",
        "CREATE TABLE alike_band(band INTEGER, day INTEGER, doc INTEGER,"
        " PRIMARY KEY(band, day, doc)) WITHOUT ROWID"};
    ro_status status = RO_OK;
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES && !status; i++) {
        status = ro_sql_run(db, TABLES[i], "make the tables of near-duplicates", err);
    }
    return status;
}

static const char *const sql[RO_ALIKE_STATEMENTS] = {
    [RO_ALIKE_ADD] = "INSERT INTO alike(doc, day, grp, sketch) VALUES(?1, ?2, ?1, ?3)",
    [RO_ALIKE_READ] = "SELECT day, grp, sketch FROM alike WHERE doc = ?1",
    [RO_ALIKE_DELETE] = "DELETE FROM alike WHERE doc = ?1",
    [RO_ALIKE_SET] = "UPDATE alike SET grp = ?2 WHERE doc = ?1",
    /* about FAIL see merge/merge.c */
    [RO_ALIKE_MOVE] = "UPDATE OR FAIL alike SET grp = ?2 WHERE grp = ?1 AND grp <> doc",
    [RO_ALIKE_MEMBERS] = ("SELECT doc, day, sketch FROM alike WHERE doc = ?1 UNION ALL"
                          " SELECT doc, day, sketch FROM alike WHERE grp = ?1 AND grp <> doc"
                          " LIMIT ?2"),
    [RO_ALIKE_BAND_ADD] = "INSERT INTO alike_band(band, day, doc) VALUES(?1, ?2, ?3)",
    [RO_ALIKE_BAND_DELETE] = "DELETE FROM alike_band WHERE band = ?1 AND day = ?2 AND doc = ?3",
    [RO_ALIKE_BAND_NEAR] = ("SELECT doc FROM alike_band WHERE band = ?1"
                            " AND day BETWEEN ?2 - ?3 AND ?2 + ?3 LIMIT ?4")};

ro_status ro_alike_writer_open(ro_alike_writer *writer, sqlite3 *db, ro_error *err) {
    *writer = (ro_alike_writer){.db = db};
    return ro_sql_prepare_all(db, sql, RO_ALIKE_STATEMENTS, NULL, writer->statements, err);
}

void ro_alike_writer_close(ro_alike_writer *writer) {
    ro_sql_finalize_all(writer->statements, RO_ALIKE_STATEMENTS);
    free(writer->items);
    *writer = (ro_alike_writer){0};
}

static ro_status run(ro_alike_writer *writer, int statement, int64_t first, int64_t second,
                     int64_t third, ro_error *err) {
    sqlite3_stmt *run = writer->statements[statement];
    (void)sqlite3_bind_int64(run, 1, first);
    (void)sqlite3_bind_int64(run, 2, second); /* refused where there is no second: no harm */
    (void)sqlite3_bind_int64(run, 3, third);
    return ro_sql_done(run, "write near-duplicates", err);
}

/* ---- sketches -------------------------------------------------------------------------------- */

static ro_status read_sketch(sqlite3_stmt *row, int column, ro_alike *out, ro_error *err) {
    ro_str bytes = ro_sql_blob(row, column);
    if (bytes.len != sizeof out->bins) {
        return ro_fail(err, RO_DAMAGED, "the index is damaged: a sketch has %zu bytes", bytes.len);
    }
    memcpy(out->bins, bytes.ptr, sizeof out->bins);
    return RO_OK;
}

static ro_status read_item(ro_alike_writer *writer, ro_doc doc, ro_alike_item *out, int64_t *group,
                           bool *found, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_ALIKE_READ];
    *out = (ro_alike_item){.doc = doc};
    *group = doc;
    (void)sqlite3_bind_int64(read, 1, doc);
    ro_status status = ro_sql_step(read, found, "read near-duplicates", err);
    if (status || !*found) {
        return status;
    }
    out->day = sqlite3_column_int64(read, 0);
    *group = sqlite3_column_int64(read, 1);
    status = read_sketch(read, 2, &out->sketch, err);
    (void)sqlite3_reset(read);
    return status;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static bool are_same(const ro_alike_item *a, const ro_alike_item *b) {
    int64_t apart = a->day > b->day ? a->day - b->day : b->day - a->day;
    return apart <= RO_ALIKE_DAYS && ro_alike_same(&a->sketch, &b->sketch);
}

/* The groups of two articles become one. */
static ro_status join(ro_alike_writer *writer, ro_doc a, ro_doc b, ro_error *err) {
    ro_alike_item unused;
    int64_t to;
    int64_t from;
    bool found;
    ro_status status = read_item(writer, a, &unused, &to, &found, err);
    status = status ? status : read_item(writer, b, &unused, &from, &found, err);
    if (status || to == from) {
        return status;
    }
    if (from < to) {
        int64_t swap = from;
        from = to;
        to = swap;
    }
    status = run(writer, RO_ALIKE_SET, from, to, 0, err);
    return status ? status : run(writer, RO_ALIKE_MOVE, from, to, 0, err);
}

static ro_status read_members(ro_alike_writer *writer, int64_t group, ro_alike_item **out,
                              size_t *count, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_ALIKE_MEMBERS];
    size_t room = 0;
    ro_status status = RO_OK;
    (void)sqlite3_bind_int64(read, 1, group);
    (void)sqlite3_bind_int64(read, 2, INT64_MAX);
    for (*count = 0;;) {
        bool row;
        status = ro_sql_step(read, &row, "read near-duplicates", err);
        if (status || !row) {
            return status;
        }
        ro_alike_item *grown = ro_grow(*out, *count, &room, sizeof *grown);
        if (!grown) {
            (void)sqlite3_reset(read);
            return ro_fail_memory(err);
        }
        *out = grown;
        ro_alike_item *item = &(*out)[(*count)++];
        *item = (ro_alike_item){.doc = sqlite3_column_int64(read, 0),
                                .day = sqlite3_column_int64(read, 1)};
        status = read_sketch(read, 2, &item->sketch, err);
        if (status) {
            (void)sqlite3_reset(read);
            return status;
        }
    }
}

/* Makes the group of these anew, without the one that goes. */
static ro_status regroup(ro_alike_writer *writer, const ro_alike_item *members, size_t count,
                         ro_doc gone, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = run(writer, RO_ALIKE_SET, members[i].doc, members[i].doc, 0, err);
    }
    for (size_t i = 0; i < count && !status && count <= MEMBERS_MAX; i++) {
        size_t joined = 0;
        for (size_t j = i + 1; j < count && !status && joined < NEAR_MAX; j++) {
            if (members[i].doc != gone && members[j].doc != gone &&
                are_same(&members[i], &members[j])) {
                status = join(writer, members[i].doc, members[j].doc, err);
                joined++;
            }
        }
    }
    return status;
}

/* ---- articles out ---------------------------------------------------------------------------- */

/* One that came with this transaction: it is in no table yet. */
static bool take_back(ro_alike_writer *writer, ro_doc doc) {
    size_t low = 0;
    for (size_t high = writer->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (writer->items[middle].doc < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == writer->count || writer->items[low].doc != doc) {
        return false;
    }
    writer->items[low].gone = true;
    return true;
}

ro_status ro_alike_remove(ro_alike_writer *writer, ro_doc doc, ro_error *err) {
    ro_alike_item item;
    int64_t group;
    bool found;
    ro_alike_item *members = NULL;
    size_t count = 0;
    if (take_back(writer, doc)) {
        return RO_OK;
    }
    ro_status status = read_item(writer, doc, &item, &group, &found, err);
    if (status || !found) {
        return status;
    }
    status = read_members(writer, group, &members, &count, err);
    if (!status && count > 1) {
        status = regroup(writer, members, count, doc, err);
    }
    free(members);
    uint64_t bands[RO_ALIKE_BANDS];
    ro_alike_bands(&item.sketch, bands);
    for (size_t i = 0; i < RO_ALIKE_BANDS && !status; i++) {
        status = run(writer, RO_ALIKE_BAND_DELETE, (int64_t)bands[i], item.day, doc, err);
    }
    return status ? status : run(writer, RO_ALIKE_DELETE, doc, 0, 0, err);
}

/* ---- articles in ----------------------------------------------------------------------------- */

ro_status ro_alike_put(ro_alike_writer *writer, ro_doc doc, int64_t published,
                       const ro_alike *sketch, ro_error *err) {
    if (published == RO_TIME_NONE) {
        return RO_OK;
    }
    ro_alike_item *items = ro_grow(writer->items, writer->count, &writer->room, sizeof *items);
    if (!items) {
        return ro_fail_memory(err);
    }
    writer->items = items;
    writer->items[writer->count++] = (ro_alike_item){
        .doc = doc, .day = published / 86400 - (published % 86400 < 0), .sketch = *sketch};
    return RO_OK;
}

typedef struct entry {
    int64_t band;
    const ro_alike_item *item;
} entry;

/* As the rows of alike_band lie. */
static int compare_entries(const void *a, const void *b) {
    const entry *x = a;
    const entry *y = b;
    if (x->band != y->band) {
        return x->band < y->band ? -1 : 1;
    }
    if (x->item->day != y->item->day) {
        return x->item->day < y->item->day ? -1 : 1;
    }
    return (x->item->doc > y->item->doc) - (x->item->doc < y->item->doc);
}

/* With those of its band that were there before. */
static ro_status compare_stored(ro_alike_writer *writer, const entry *e, ro_error *err) {
    sqlite3_stmt *near = writer->statements[RO_ALIKE_BAND_NEAR];
    ro_doc docs[NEAR_MAX];
    size_t count = 0;
    bool row = true;
    ro_status status = RO_OK;
    (void)sqlite3_bind_int64(near, 1, e->band);
    (void)sqlite3_bind_int64(near, 2, e->item->day);
    (void)sqlite3_bind_int64(near, 3, RO_ALIKE_DAYS);
    (void)sqlite3_bind_int64(near, 4, NEAR_MAX);
    while (!status && row) {
        status = ro_sql_step(near, &row, "read near-duplicates", err);
        if (!status && row) {
            docs[count++] = sqlite3_column_int64(near, 0);
        }
    }
    for (size_t i = 0; i < count && !status; i++) {
        ro_alike_item other;
        int64_t group;
        bool found;
        status = read_item(writer, docs[i], &other, &group, &found, err);
        if (!status && found && are_same(e->item, &other)) {
            status = join(writer, e->item->doc, other.doc, err);
        }
    }
    return status;
}

static ro_status compare_all(ro_alike_writer *writer, const entry *entries, size_t count,
                             ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = compare_stored(writer, &entries[i], err);
        for (size_t j = i + 1; j < count && j <= i + NEAR_MAX && !status; j++) {
            if (entries[j].band != entries[i].band) {
                break;
            }
            if (are_same(entries[i].item, entries[j].item)) {
                status = join(writer, entries[i].item->doc, entries[j].item->doc, err);
            }
        }
    }
    return status;
}

static ro_status add_rows(ro_alike_writer *writer, ro_error *err) {
    sqlite3_stmt *add = writer->statements[RO_ALIKE_ADD];
    ro_status status = RO_OK;
    for (size_t i = 0; i < writer->count && !status; i++) {
        const ro_alike_item *item = &writer->items[i];
        if (!item->gone) {
            (void)sqlite3_bind_int64(add, 1, item->doc);
            (void)sqlite3_bind_int64(add, 2, item->day);
            ro_sql_bind_blob(add, 3, item->sketch.bins, sizeof item->sketch.bins);
            status = ro_sql_done(add, "write near-duplicates", err);
        }
    }
    return status;
}

ro_status ro_alike_store(ro_alike_writer *writer, ro_error *err) {
    if (!writer->count) {
        return RO_OK;
    }
    entry *entries = malloc(writer->count * RO_ALIKE_BANDS * sizeof *entries);
    size_t count = 0;
    if (!entries) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < writer->count; i++) {
        uint64_t bands[RO_ALIKE_BANDS];
        ro_alike_bands(&writer->items[i].sketch, bands);
        for (size_t j = 0; !writer->items[i].gone && j < RO_ALIKE_BANDS; j++) {
            entries[count++] = (entry){(int64_t)bands[j], &writer->items[i]};
        }
    }
    qsort(entries, count, sizeof *entries, compare_entries);
    ro_status status = add_rows(writer, err);
    status = status ? status : compare_all(writer, entries, count, err);
    for (size_t i = 0; i < count && !status; i++) {
        status = run(writer, RO_ALIKE_BAND_ADD, entries[i].band, entries[i].item->day,
                     entries[i].item->doc, err);
    }
    free(entries);
    writer->count = 0;
    return status;
}
