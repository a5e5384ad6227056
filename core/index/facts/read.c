/* Facts as readers see them. */
#include "../snapshot.h"
#include "../writer.h"

#include "readout/same.h"

static const struct {
    const char *name;
    char letter; /* of public ids */
} kinds[RO_KINDS] = {[RO_KIND_ARTICLES] = {"articles", 0},
                     [RO_KIND_TALKS] = {"talks", 't'},
                     [RO_KIND_PARTICIPANTS] = {"participants", 'p'},
                     [RO_KIND_OUTCOMES] = {"outcomes", 'o'},
                     [RO_KIND_STATEMENTS] = {"statements", 's'}};

const char *ro_kind_name(ro_kind kind) {
    return kinds[kind].name;
}

ro_str ro_fact_id(ro_str article_id, ro_kind kind, int index, ro_arena *arena) {
    return kind == RO_KIND_ARTICLES ? ro_arena_copy(arena, article_id)
                                    : ro_arena_printf(arena, "%.*s#%c%d", RO_STR_ARG(article_id),
                                                      kinds[kind].letter, index + 1);
}

static ro_status body_bytes(ro_snapshot *snapshot, ro_doc article, size_t *out, ro_error *err) {
    sqlite3_stmt *read = snapshot->statements[RO_SNAPSHOT_SHORT];
    bool row = false;
    (void)sqlite3_bind_int64(read, 1, article);
    ro_status status = ro_sql_step(read, &row, "read an article", err);
    if (!status && !row) {
        status = ro_fail(err, RO_NOT_FOUND, "no article has number %lld", (long long)article);
    }
    if (row) {
        int64_t bytes = sqlite3_column_int64(read, RO_ARTICLE_BODY_BYTES);
        *out = bytes > 0 ? (size_t)bytes : 0;
        (void)sqlite3_reset(read);
    }
    return status;
}

ro_status ro_snapshot_facts(ro_snapshot *snapshot, ro_doc article, ro_arena *arena, ro_facts *out,
                            ro_error *err) {
    ro_fact_range ranges[RO_KINDS];
    size_t bytes = 0;
    *out = (ro_facts){.published = RO_TIME_NONE};
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status) {
        status = body_bytes(snapshot, article, &bytes, err);
    }
    return status ? status
                  : ro_fact_rows_read(&snapshot->facts, snapshot->db, article, bytes, arena, out,
                                      ranges, err);
}

static ro_status no_fact(ro_kind kind, ro_doc doc, ro_error *err) {
    return ro_fail(err, RO_NOT_FOUND, "none of the %s has number %lld", ro_kind_name(kind),
                   (long long)doc);
}

ro_status ro_snapshot_fact(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, ro_fact *out,
                           ro_error *err) {
    bool participants = kind == RO_KIND_PARTICIPANTS;
    const char *sql = participants ? "SELECT article, person, number FROM $ WHERE doc = ?1"
                                   : "SELECT article, number, NULL FROM $ WHERE doc = ?1";
    *out = (ro_fact){0};
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status && kind == RO_KIND_ARTICLES) {
        status = no_fact(kind, doc, err);
    }
    sqlite3_stmt **find = &snapshot->fact_of[kind];
    if (!status && !*find) {
        status = ro_sql_prepare_named(snapshot->db, sql, ro_fact_table(kind), find, err);
    }
    if (status) {
        return status;
    }
    bool row = false;
    (void)sqlite3_bind_int64(*find, 1, doc);
    status = ro_sql_step(*find, &row, "find a fact", err);
    if (!status && !row) {
        status = no_fact(kind, doc, err);
    }
    if (row) {
        *out = (ro_fact){sqlite3_column_int64(*find, 0), sqlite3_column_int(*find, 1) - 1,
                         sqlite3_column_int(*find, 2) - 1};
        (void)sqlite3_reset(*find);
    }
    return status;
}

/* ---- public ids ----------------------------------------------------------------------------- */

/* Parts "ID#t12"; false for what has no such form. */
static bool read_id(ro_str id, ro_str *article, ro_kind *kind, int64_t *number) {
    const char *hash = id.len ? memrchr(id.ptr, '#', id.len) : NULL;
    ro_str tail = hash ? ro_str_make(hash + 1, id.len - (size_t)(hash + 1 - id.ptr)) : RO_STR_NONE;
    *kind = RO_KIND_ARTICLES;
    *number = 0;
    for (int k = 1; tail.len && k < RO_KINDS; k++) {
        *kind = kinds[k].letter == tail.ptr[0] ? (ro_kind)k : *kind;
    }
    bool sound = *kind != RO_KIND_ARTICLES && tail.len > 1 && tail.len < 11 && tail.ptr[1] != '0';
    for (size_t i = 1; sound && i < tail.len; i++) {
        sound = tail.ptr[i] >= '0' && tail.ptr[i] <= '9';
        *number = *number * 10 + (tail.ptr[i] - '0');
    }
    *article = sound ? ro_str_make(id.ptr, (size_t)(hash - id.ptr)) : RO_STR_NONE;
    return sound;
}

/* The first document of a person. */
static ro_status find_person(ro_snapshot *snapshot, const ro_fact_range *range, int64_t person,
                             ro_doc *doc, ro_error *err) {
    sqlite3_stmt *find = NULL;
    bool row = false;
    ro_status status =
        ro_sql_prepare(snapshot->db,
                       "SELECT doc FROM participation WHERE doc >= ?1 AND doc < ?2 AND person = ?3"
                       " ORDER BY doc LIMIT 1",
                       &find, err);
    if (!status) {
        (void)sqlite3_bind_int64(find, 1, range->first);
        (void)sqlite3_bind_int64(find, 2, range->first + range->count);
        (void)sqlite3_bind_int64(find, 3, person);
        status = ro_sql_step(find, &row, "find a fact", err);
    }
    *doc = row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_finalize(find);
    return status;
}

ro_status ro_snapshot_find_fact(ro_snapshot *snapshot, ro_str id, ro_kind *kind, ro_doc *doc,
                                ro_error *err) {
    ro_str article_id;
    int64_t number;
    ro_doc article;
    ro_fact_range ranges[RO_KINDS] = {{0}};
    *doc = 0;
    bool sound = read_id(id, &article_id, kind, &number);
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status && sound) {
        status = ro_snapshot_find(snapshot, article_id, &article, err);
    }
    if (!status && sound) {
        status = ro_fact_ranges_read(&snapshot->facts, snapshot->db, article, ranges, err);
    }
    if (!status && *kind == RO_KIND_PARTICIPANTS) {
        status = find_person(snapshot, &ranges[*kind], number, doc, err);
    } else if (!status && number <= ranges[*kind].count) {
        *doc = ranges[*kind].first + number - 1;
    }
    if (!status && !(sound && *doc)) {
        status = ro_fail(err, RO_NOT_FOUND, "no fact has id '%.*s'",
                         (int)(id.len < 128 ? id.len : 128), id.ptr ? id.ptr : "");
    }
    return status;
}
