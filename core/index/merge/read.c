/* Reading what is one across articles. */
#include "read.h"
#include "../snapshot.h"

#include <stdlib.h>

ro_status ro_merge_no_group(ro_kind kind, int64_t group, ro_error *err) {
    return ro_fail(err, RO_NOT_FOUND, "no group %lld among the %s", (long long)group,
                   ro_kind_name(kind));
}

static bool has_records(ro_kind kind) {
    return kind == RO_KIND_TALKS || kind == RO_KIND_OUTCOMES;
}

static ro_merge_kind record_kind(ro_kind kind) {
    return kind == RO_KIND_TALKS ? RO_MERGE_TALKS : RO_MERGE_OUTCOMES;
}

/* Runs a statement that gives rows; `fn` takes each. */
typedef ro_status (*row_fn)(void *context, sqlite3_stmt *row, ro_error *err);

static ro_status each_row(sqlite3_stmt *statement, row_fn fn, void *context, ro_error *err) {
    ro_status status = RO_OK;
    while (!status) {
        bool row;
        status = ro_sql_step(statement, &row, "read a group", err);
        if (status || !row) {
            break;
        }
        status = fn(context, statement, err);
    }
    sqlite3_finalize(statement);
    return status;
}

/* ---- talks and outcomes ---------------------------------------------------------------------- */

typedef struct member_row {
    ro_merge_item item;
    ro_doc doc;
} member_row;

typedef struct member_rows {
    member_row *list; /* owned */
    size_t count, room;
} member_rows;

static ro_status add_row(void *context, sqlite3_stmt *row, ro_error *err) {
    member_rows *rows = context;
    member_row *list = ro_grow(rows->list, rows->count, &rows->room, sizeof *list);
    if (!list) {
        return ro_fail_memory(err);
    }
    rows->list = list;
    member_row *m = &rows->list[rows->count++];
    m->doc = sqlite3_column_int64(row, 0);
    return ro_merge_item_read(row, 1, m->doc, &m->item, err);
}

static int compare_rows(const void *a, const void *b) {
    return ro_merge_compare(&((const member_row *)a)->item, &((const member_row *)b)->item);
}

static ro_status read_rows(ro_snapshot *snapshot, ro_kind kind, int64_t group, member_rows *out,
                           ro_error *err) {
    sqlite3_stmt *read = NULL;
    ro_status status = ro_sql_prepare(
        snapshot->db,
        "SELECT doc, key, sketch FROM merge_record WHERE kind = ?1 AND doc = ?2 AND grp = doc"
        " UNION ALL"
        " SELECT doc, key, sketch FROM merge_record WHERE kind = ?1 AND grp = ?2 AND grp <> doc",
        &read, err);
    if (status) {
        return status;
    }
    (void)sqlite3_bind_int64(read, 1, (int64_t)record_kind(kind));
    (void)sqlite3_bind_int64(read, 2, group);
    status = each_row(read, add_row, out, err);
    if (!status && out->count > 1) {
        qsort(out->list, out->count, sizeof *out->list, compare_rows);
    }
    return status;
}

/* The public id of a document, and which article it is of. */
static ro_status id_of(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, ro_arena *arena, ro_str *id,
                       ro_doc *article, ro_error *err) {
    ro_fact fact;
    ro_article row;
    ro_status status = ro_snapshot_fact(snapshot, kind, doc, &fact, err);
    status = status ? status : ro_snapshot_article(snapshot, fact.article, false, arena, &row, err);
    if (!status) {
        *id = ro_fact_id(row.id, kind, fact.index, arena);
        *article = fact.article;
        status = id->ptr ? RO_OK : ro_fail_memory(err);
    }
    return status;
}

static int compare_articles(const void *a, const void *b) {
    ro_doc x = *(const ro_doc *)a;
    ro_doc y = *(const ro_doc *)b;
    return (x > y) - (x < y);
}

static int64_t count_articles(ro_doc *articles, size_t count) {
    int64_t different = 0;
    if (count > 1) {
        qsort(articles, count, sizeof *articles, compare_articles);
    }
    for (size_t i = 0; i < count; i++) {
        different += i == 0 || articles[i] != articles[i - 1];
    }
    return different;
}

static ro_status fill_records(ro_snapshot *snapshot, ro_kind kind, const member_rows *rows,
                              ro_arena *arena, ro_group *out, ro_error *err) {
    ro_merge_item *items = calloc(rows->count, sizeof *items);
    ro_same_link *links = calloc(rows->count, sizeof *links);
    ro_doc *articles = calloc(rows->count, sizeof *articles);
    out->members = ro_arena_alloc_array(arena, rows->count, sizeof *out->members);
    ro_status status = items && links && articles && out->members ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < rows->count && !status; i++) {
        items[i] = rows->list[i].item;
    }
    if (!status) {
        ro_merge_reasons(record_kind(kind), items, rows->count, links);
    }
    for (size_t i = 0; i < rows->count && !status; i++) {
        ro_group_member *m = &out->members[i];
        *m = (ro_group_member){.doc = rows->list[i].doc,
                               .articles = 1,
                               .to = links[i].to,
                               .why = links[i].why,
                               .conflicts = links[i].conflicts};
        status = id_of(snapshot, kind, m->doc, arena, &m->id, &articles[i], err);
    }
    if (!status) {
        out->member_count = rows->count;
        out->articles = count_articles(articles, rows->count);
    }
    free(items);
    free(links);
    free(articles);
    return status;
}

/* A record that can be one with no other is in no table of groups. */
static ro_status fill_alone(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                            ro_group *out, ro_error *err) {
    ro_doc article;
    int64_t its;
    ro_status status = ro_snapshot_group_of(snapshot, kind, group, &its, err);
    if (status) {
        return status;
    }
    out->members = ro_arena_alloc(arena, sizeof *out->members);
    if (its != group || !out->members) { /* of another: no number of a group */
        return its != group ? ro_merge_no_group(kind, group, err) : ro_fail_memory(err);
    }
    *out->members = (ro_group_member){.doc = group, .articles = 1};
    out->member_count = 1;
    out->articles = 1;
    return id_of(snapshot, kind, group, arena, &out->members->id, &article, err);
}

/* ---- people ---------------------------------------------------------------------------------- */

static ro_status add_form(void *context, sqlite3_stmt *row, ro_error *err) {
    ro_form_rows *rows = context;
    ro_form_row *list = ro_grow(rows->list, rows->count, &rows->room, sizeof *list);
    if (!list) {
        return ro_fail_memory(err);
    }
    rows->list = list;
    ro_form_row *r = &rows->list[rows->count++];
    ro_str side = ro_sql_text(row, 1);
    *r = (ro_form_row){.form = {.name = ro_arena_copy(rows->arena, ro_sql_text(row, 0)),
                                .office = ro_arena_copy(rows->arena, ro_sql_text(row, 2))},
                       .number = sqlite3_column_int64(row, 3),
                       .person = sqlite3_column_int64(row, 4),
                       .articles = sqlite3_column_int64(row, 5)};
    memcpy(r->form.side.code, side.ptr, side.len < 4 ? side.len : 4);
    return r->form.name.ptr && r->form.office.ptr ? RO_OK : ro_fail_memory(err);
}

ro_status ro_merge_forms_read(sqlite3 *db, ro_str family, ro_form_rows *out, ro_error *err) {
    sqlite3_stmt *read = NULL;
    ro_status status = ro_sql_prepare(db,
                                      "SELECT name, side, office, form, person, articles"
                                      " FROM person_form WHERE family = ?1"
                                      " ORDER BY name, side, office",
                                      &read, err);
    if (status) {
        return status;
    }
    ro_sql_bind_text(read, 1, family);
    return each_row(read, add_form, out, err);
}

static ro_status copy_family(void *context, sqlite3_stmt *row, ro_error *err) {
    ro_buf *family = context;
    ro_buf_clear(family);
    ro_buf_add_str(family, ro_sql_text(row, 0));
    return ro_buf_check(family, err);
}

/* All forms of the family name of a group. */
static ro_status read_family_of(ro_snapshot *snapshot, int64_t group, ro_form_rows *out,
                                ro_error *err) {
    ro_buf family = RO_BUF_INIT;
    sqlite3_stmt *read = NULL;
    ro_status status = ro_sql_prepare(
        snapshot->db, "SELECT family FROM person_form WHERE person = ?1 LIMIT 1", &read, err);
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, group);
        status = each_row(read, copy_family, &family, err);
    }
    if (!status && family.len == 0) {
        status = ro_merge_no_group(RO_KIND_PARTICIPANTS, group, err);
    }
    status = status ? status : ro_merge_forms_read(snapshot->db, ro_buf_str(&family), out, err);
    ro_buf_release(&family);
    return status;
}

/* A member of a group and its place among the forms of the family. */
typedef struct ranked {
    const ro_form_row *row;
    size_t at;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ro_form_row *ra = ((const ranked *)a)->row;
    const ro_form_row *rb = ((const ranked *)b)->row;
    if (ra->articles != rb->articles) {
        return ra->articles > rb->articles ? -1 : 1;
    }
    return ro_person_compare(&ra->form, &rb->form);
}

static ro_status fill_members(const ro_form_rows *rows, const ro_same_link *links, ranked *order,
                              size_t count, ro_arena *arena, ro_group *out, ro_error *err) {
    size_t *place = calloc(rows->count + 1, sizeof *place); /* of each form among the members */
    out->members = ro_arena_alloc_array(arena, count, sizeof *out->members);
    ro_status status = place && out->members ? RO_OK : ro_fail_memory(err);
    qsort(order, count, sizeof *order, compare_ranked);
    for (size_t i = 0; i < count && !status; i++) {
        place[order[i].at] = i;
    }
    for (size_t i = 0; i < count && !status; i++) {
        const ro_same_link *link = &links[order[i].at];
        out->members[i] = (ro_group_member){.id = ro_person_key(&order[i].row->form, arena),
                                            .articles = order[i].row->articles,
                                            .to = place[link->to],
                                            .why = link->why,
                                            .conflicts = link->conflicts};
        status = out->members[i].id.ptr ? RO_OK : ro_fail_memory(err);
    }
    out->member_count = status ? 0 : count;
    free(place);
    return status;
}

static ro_status fill_people(ro_snapshot *snapshot, int64_t group, ro_arena *arena, ro_group *out,
                             ro_error *err) {
    ro_form_rows rows = {.arena = arena};
    ro_status status = read_family_of(snapshot, group, &rows, err);
    ro_person_form *forms = calloc(rows.count + 1, sizeof *forms);
    ro_same_link *links = calloc(rows.count + 1, sizeof *links);
    ranked *order = calloc(rows.count + 1, sizeof *order);
    uint8_t *weights = calloc(rows.count + 1, sizeof *weights);
    size_t count = 0;
    if (!status && !(forms && links && order && weights)) {
        status = ro_fail_memory(err);
    }
    for (size_t i = 0; i < rows.count && !status; i++) {
        forms[i] = rows.list[i].form;
        weights[i] = (uint8_t)ro_person_weight(rows.list[i].articles);
        if (rows.list[i].person == group) {
            order[count++] = (ranked){&rows.list[i], i};
        }
    }
    status = status ? status : ro_forms_group(forms, weights, rows.count, links, err);
    if (!status) {
        status = fill_members(&rows, links, order, count, arena, out, err);
    }
    if (!status) {
        status = ro_merge_articles(snapshot->db, RO_KIND_PARTICIPANTS, group, &out->articles, err);
    }
    free(rows.list);
    free(forms);
    free(links);
    free(order);
    free(weights);
    return status;
}

/* ---- any group ------------------------------------------------------------------------------- */

ro_status ro_snapshot_group(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                            ro_group *out, ro_error *err) {
    member_rows rows = {.count = 0};
    *out = (ro_group){.group = group};
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status && kind == RO_KIND_PARTICIPANTS) {
        status = fill_people(snapshot, group, arena, out, err);
    } else if (!status && has_records(kind)) {
        status = read_rows(snapshot, kind, group, &rows, err);
        if (!status && rows.count) {
            status = fill_records(snapshot, kind, &rows, arena, out, err);
        } else if (!status) {
            status = fill_alone(snapshot, kind, group, arena, out, err);
        }
    } else if (!status) {
        status = ro_merge_no_group(kind, group, err);
    }
    free(rows.list);
    for (size_t i = 0; i < out->member_count && !status; i++) {
        out->id = out->members[0].id;
        out->why |= out->members[i].why;
        out->conflicts |= out->members[i].conflicts;
    }
    if (status) {
        *out = (ro_group){.group = group};
    }
    return status;
}

static ro_status add_copy(void *context, sqlite3_stmt *row, ro_error *err) {
    member_rows *rows = context;
    member_row *list = ro_grow(rows->list, rows->count, &rows->room, sizeof *list);
    if (!list) {
        return ro_fail_memory(err);
    }
    rows->list = list;
    rows->list[rows->count++] = (member_row){.doc = sqlite3_column_int64(row, 0)};
    return RO_OK;
}

ro_status ro_snapshot_copies(ro_snapshot *snapshot, int64_t group, size_t max, ro_arena *arena,
                             ro_doc **out, size_t *count, ro_error *err) {
    sqlite3_stmt *read = NULL;
    member_rows rows = {.count = 0};
    *out = NULL;
    *count = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status) {
        status = ro_sql_prepare(snapshot->db,
                                "SELECT doc FROM alike WHERE doc = ?1 AND grp = doc UNION ALL"
                                " SELECT doc FROM alike WHERE grp = ?1 AND grp <> doc LIMIT ?2",
                                &read, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, group);
        (void)sqlite3_bind_int64(read, 2, max < INT32_MAX ? (int64_t)max : -1);
        status = each_row(read, add_copy, &rows, err);
    }
    if (!status) {
        *out = ro_arena_alloc_array(arena, rows.count + 1, sizeof **out);
        status = *out ? RO_OK : ro_fail_memory(err);
    }
    for (size_t i = 0; i < rows.count && !status; i++) {
        (*out)[(*count)++] = rows.list[i].doc;
    }
    free(rows.list);
    return status;
}

ro_status ro_snapshot_group_of(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, int64_t *group,
                               ro_error *err) {
    sqlite3_stmt *read = NULL;
    bool row = false;
    *group = doc;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (!status && !has_records(kind)) {
        status = ro_merge_no_group(kind, doc, err);
    }
    if (!status) {
        status = ro_sql_prepare(
            snapshot->db, "SELECT grp FROM merge_record WHERE kind = ?1 AND doc = ?2", &read, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, (int64_t)record_kind(kind));
        (void)sqlite3_bind_int64(read, 2, doc);
        status = ro_sql_step(read, &row, "read a group", err);
    }
    *group = status ? 0 : row ? sqlite3_column_int64(read, 0) : doc;
    sqlite3_finalize(read);
    return status;
}

ro_status ro_snapshot_person_of(ro_snapshot *snapshot, ro_str value, int64_t *group,
                                ro_error *err) {
    ro_form_rows rows = {.arena = NULL};
    ro_arena arena = RO_ARENA_INIT;
    ro_person_form form;
    char family[RO_NAME_FOLD_MAX + 1];
    rows.arena = &arena;
    *group = 0;
    ro_person_form_parse(value, &form);
    size_t len = ro_person_block(&form, family);
    ro_status status = ro_snapshot_usable(snapshot, err);
    status =
        status ? status : ro_merge_forms_read(snapshot->db, ro_str_make(family, len), &rows, err);
    for (size_t i = 0; i < rows.count && !status; i++) {
        if (ro_person_compare(&rows.list[i].form, &form) == 0) {
            *group = rows.list[i].person;
        }
    }
    if (!status && *group == 0) {
        status = ro_fail(err, RO_NOT_FOUND, "no article names '%.*s'",
                         (int)(value.len < 128 ? value.len : 128), value.ptr ? value.ptr : "");
    }
    free(rows.list);
    ro_arena_release(&arena);
    return status;
}

ro_status ro_merge_articles(sqlite3 *db, ro_kind kind, int64_t group, int64_t *out, ro_error *err) {
    static const char *const QUERIES[RO_KINDS] = {
        /* one that can be one with no other has no record */
        [RO_KIND_TALKS] = "SELECT max(1, count(DISTINCT article)) FROM talk WHERE doc IN"
                          " (SELECT doc FROM merge_record WHERE kind = 0 AND doc = ?1 AND grp = doc"
                          " UNION ALL SELECT doc FROM merge_record WHERE kind = 0 AND grp = ?1"
                          " AND grp <> doc)",
        [RO_KIND_OUTCOMES] =
            "SELECT max(1, count(DISTINCT article)) FROM outcome WHERE doc IN"
            " (SELECT doc FROM merge_record WHERE kind = 1 AND doc = ?1 AND grp = doc"
            " UNION ALL SELECT doc FROM merge_record WHERE kind = 1 AND grp = ?1"
            " AND grp <> doc)",
        [RO_KIND_ARTICLES] = "SELECT 1 + count(*) FROM alike WHERE grp = ?1 AND grp <> doc",
        /* articles of each form, less those that name the person in another as well */
        [RO_KIND_PARTICIPANTS] =
            "SELECT (SELECT coalesce(sum(articles), 0) FROM person_form WHERE person = ?1)"
            " - (SELECT coalesce(sum(ways - 1), 0) FROM (SELECT sum(ways) AS ways"
            " FROM person_article WHERE ways NOT NULL AND form IN (SELECT form FROM person_form"
            " WHERE person = ?1) GROUP BY article))"};
    sqlite3_stmt *read = NULL;
    bool row = false;
    *out = 0;
    if (!QUERIES[kind]) {
        return RO_OK;
    }
    ro_status status = ro_sql_prepare(db, QUERIES[kind], &read, err);
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, group);
        status = ro_sql_step(read, &row, "count the articles of a group", err);
    }
    *out = row ? sqlite3_column_int64(read, 0) : 0;
    sqlite3_finalize(read);
    return status;
}
