/* What a hit tells of its group. */
#include "../snapshot.h"

#define LOOKED_AT 256 /* members whose articles are looked up at most: an article may have many */

static bool has(const ro_group_few *few, ro_doc article) {
    size_t i = 0;
    while (i < few->count && few->articles[i] != article) {
        i++;
    }
    return i < few->count;
}

static ro_status add_article(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, ro_arena *arena,
                             ro_group_few *out, ro_error *err) {
    ro_fact fact;
    ro_article article;
    ro_status status = ro_snapshot_fact(snapshot, kind, doc, &fact, err);
    if (status || has(out, fact.article)) {
        return status;
    }
    if (out->count == 0) {
        status = ro_snapshot_article(snapshot, fact.article, false, arena, &article, err);
        out->id = status ? RO_STR_NONE : ro_fact_id(article.id, kind, fact.index, arena);
        status = status || out->id.ptr ? status : ro_fail_memory(err);
    }
    out->articles[out->count++] = fact.article;
    return status;
}

/* The members by ro_merge_compare, read as far as is needed. */
static const char members[] =
    "SELECT doc, day, key FROM merge_record WHERE kind = ?1 AND doc = ?2 AND grp = doc"
    " UNION ALL"
    " SELECT doc, day, key FROM merge_record WHERE kind = ?1 AND grp = ?2 AND grp <> doc"
    " ORDER BY day, key, doc LIMIT ?3";

static ro_status few_records(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                             ro_group_few *out, ro_error *err) {
    sqlite3_stmt *read = NULL;
    int64_t its = group;
    ro_status status = ro_sql_prepare(snapshot->db, members, &read, err);
    if (status) {
        return status;
    }
    (void)sqlite3_bind_int64(read, 1, kind == RO_KIND_TALKS ? RO_MERGE_TALKS : RO_MERGE_OUTCOMES);
    (void)sqlite3_bind_int64(read, 2, group);
    (void)sqlite3_bind_int64(read, 3, LOOKED_AT);
    for (bool row = true; !status && row && out->count < RO_GROUP_FEW;) {
        status = ro_sql_step(read, &row, "read a group", err);
        if (!status && row) {
            status = add_article(snapshot, kind, sqlite3_column_int64(read, 0), arena, out, err);
        }
    }
    sqlite3_finalize(read);
    if (status || out->count) {
        return status;
    }
    status = ro_snapshot_group_of(snapshot, kind, group, &its, err); /* one without a record */
    if (!status && its != group) {
        status = ro_merge_no_group(kind, group, err);
    }
    return status ? status : add_article(snapshot, kind, group, arena, out, err);
}

static ro_status few_people(ro_snapshot *snapshot, int64_t group, ro_arena *arena,
                            ro_group_few *out, ro_error *err) {
    sqlite3_stmt *read = NULL;
    bool row = false;
    ro_status status = ro_sql_prepare(snapshot->db,
                                      "SELECT name, side, office FROM person_form WHERE person = ?1"
                                      " ORDER BY articles DESC, name, side, office LIMIT 1",
                                      &read, err);
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, group);
        status = ro_sql_step(read, &row, "read a group", err);
    }
    if (!status && !row) {
        status = ro_merge_no_group(RO_KIND_PARTICIPANTS, group, err);
    }
    if (row) {
        ro_person_form form = {.name = ro_sql_text(read, 0), .office = ro_sql_text(read, 2)};
        ro_str side = ro_sql_text(read, 1);
        memcpy(form.side.code, side.ptr, side.len < 4 ? side.len : 4);
        out->id = ro_person_key(&form, arena);
        status = out->id.ptr ? RO_OK : ro_fail_memory(err);
    }
    sqlite3_finalize(read);
    return status;
}

/* In descending order, each once, the greatest of all. */
static void take(ro_group_few *few, ro_doc article) {
    size_t at = few->count;
    while (at > 0 && few->articles[at - 1] < article) {
        at--;
    }
    if (at == RO_GROUP_FEW || (at > 0 && few->articles[at - 1] == article)) {
        return;
    }
    few->count += few->count < RO_GROUP_FEW;
    for (size_t i = few->count - 1; i > at; i--) {
        few->articles[i] = few->articles[i - 1];
    }
    few->articles[at] = article;
}

/* The last articles of each form, so that the cost is not that of all. */
static ro_status few_articles(ro_snapshot *snapshot, int64_t group, ro_group_few *out,
                              ro_error *err) {
    sqlite3_stmt *forms = NULL;
    sqlite3_stmt *read = NULL;
    ro_status status = ro_sql_prepare(
        snapshot->db, "SELECT DISTINCT form FROM person_form WHERE person = ?1", &forms, err);
    if (!status) {
        status = ro_sql_prepare(snapshot->db,
                                "SELECT article FROM person_article WHERE form = ?1"
                                " ORDER BY article DESC LIMIT ?2",
                                &read, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(forms, 1, group);
        (void)sqlite3_bind_int64(read, 2, RO_GROUP_FEW);
    }
    for (bool form = true; !status && form;) {
        status = ro_sql_step(forms, &form, "read a group", err);
        if (!status && form) {
            (void)sqlite3_bind_int64(read, 1, sqlite3_column_int64(forms, 0));
        }
        for (bool row = form; !status && row;) {
            status = ro_sql_step(read, &row, "read a group", err);
            if (!status && row) {
                take(out, sqlite3_column_int64(read, 0));
            }
        }
    }
    sqlite3_finalize(forms);
    sqlite3_finalize(read);
    return status;
}

static ro_status few_statements(ro_snapshot *snapshot, int64_t group, ro_arena *arena,
                                ro_group_few *out, ro_error *err) {
    ro_retold retold;
    ro_status status = ro_snapshot_retold(snapshot, group, &retold, err);
    if (!status && !retold.count) {
        status = ro_merge_no_group(RO_KIND_STATEMENTS, group, err);
    }
    for (size_t i = 0; !status && i < retold.count && out->count < RO_GROUP_FEW; i++) {
        status = add_article(snapshot, RO_KIND_STATEMENTS, retold.docs[i], arena, out, err);
    }
    return status;
}

ro_status ro_snapshot_group_few(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                                ro_group_few *out, ro_error *err) {
    *out = (ro_group_few){.count = 0};
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (status) {
        return status;
    }
    if (kind == RO_KIND_PARTICIPANTS) {
        status = few_people(snapshot, group, arena, out, err);
        status = status ? status : few_articles(snapshot, group, out, err);
    } else if (kind == RO_KIND_STATEMENTS) {
        status = few_statements(snapshot, group, arena, out, err);
    } else {
        status = ro_kind_has_groups(kind) ? few_records(snapshot, kind, group, arena, out, err)
                                          : ro_merge_no_group(kind, group, err);
    }
    if (status) {
        *out = (ro_group_few){.count = 0};
    }
    return status;
}
