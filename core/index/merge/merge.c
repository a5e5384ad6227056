#include "merger.h"

#include <stdlib.h>

/* ---- what of an article takes part ----------------------------------------------------------- */

static int compare_names(const void *a, const void *b) {
    const ro_merge_name *x = a;
    const ro_merge_name *y = b;
    int order = ro_str_compare(x->family, y->family);
    if (!order && x->number != y->number) {
        order = x->number < y->number ? -1 : 1;
    }
    return order ? order : ro_str_compare(x->key, y->key);
}

/* How many from here on are of the same family, and with `number` of the same number. */
static size_t run_of(const ro_merge_name *names, size_t count, bool number) {
    size_t n = 1;
    while (n < count && ro_str_equal(names[n].family, names[0].family) &&
           (!number || names[n].number == names[0].number)) {
        n++;
    }
    return n;
}

size_t ro_merge_names_settle(ro_merge_name *names, size_t count) {
    size_t kept = 0;
    if (count) {
        qsort(names, count, sizeof *names, compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        if (!kept || !ro_str_equal(names[kept - 1].key, names[i].key)) {
            names[kept++] = names[i];
        }
    }
    for (size_t i = 0, family; i < kept; i += family) {
        family = run_of(names + i, kept - i, false);
        for (size_t k = i, number; k < i + family; k += number) {
            number = run_of(names + k, i + family - k, true);
            for (size_t n = k; n < k + number; n++) {
                names[n].ways = n > k ? 0 : family > 1 ? (int64_t)number : RO_MERGE_ONLY;
            }
        }
    }
    return kept;
}

static ro_status make_name(const ro_person *person, ro_analyser *analyser, ro_arena *arena,
                           ro_buf *folded, ro_merge_name *out, ro_error *err) {
    char family[RO_NAME_FOLD_MAX + 1];
    ro_status status = ro_person_form_of(person, arena, &out->form, err);
    if (status) {
        return status;
    }
    out->key = ro_person_key(&out->form, arena);
    out->family = ro_arena_copy(arena, ro_str_make(family, ro_person_block(&out->form, family)));
    if (!out->key.ptr || !out->family.ptr) {
        return ro_fail_memory(err);
    }
    ro_buf_clear(folded);
    status = ro_fold(analyser, out->key, folded, err);
    out->number = status ? 0 : ro_merge_form(ro_buf_str(folded));
    return status;
}

static ro_status make_names(const ro_facts *facts, ro_analyser *analyser, ro_arena *arena,
                            ro_merge_set *out, ro_error *err) {
    ro_buf folded = RO_BUF_INIT;
    out->names = ro_arena_alloc_array(arena, facts->person_count, sizeof *out->names);
    ro_status status = out->names || !facts->person_count ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < facts->person_count && !status; i++) {
        status = make_name(&facts->people[i], analyser, arena, &folded, &out->names[i], err);
    }
    out->name_count = status ? 0 : ro_merge_names_settle(out->names, facts->person_count);
    ro_buf_release(&folded);
    return status;
}

ro_status ro_merge_set_make(const ro_facts *facts, ro_str article_id, int64_t published,
                            ro_analyser *analyser, ro_arena *arena, ro_merge_set *out,
                            ro_error *err) {
    *out = (ro_merge_set){.name_count = 0};
    const size_t counts[2] = {
        [RO_MERGE_TALKS] = facts->talk_count, [RO_MERGE_OUTCOMES] = facts->outcome_count};
    uint8_t key[RO_MERGE_KEY];
    ro_status status = make_names(facts, analyser, arena, out, err);
    status = status ? status : ro_merge_key(article_id, key, err);
    for (int kind = 0; kind < 2 && !status; kind++) {
        out->items[kind] = ro_arena_alloc_array(arena, counts[kind], sizeof *out->items[kind]);
        out->item_count[kind] = counts[kind];
        if (counts[kind] && !out->items[kind]) {
            return ro_fail_memory(err);
        }
        for (size_t i = 0; i < counts[kind] && !status; i++) {
            ro_merge_item *item = &out->items[kind][i];
            memcpy(item->key, key, sizeof key);
            item->number = (int64_t)i;
            if (kind == RO_MERGE_TALKS) {
                ro_talk_sketch(facts, i, published, &item->sketch);
            } else {
                status = ro_outcome_sketch(facts, i, published, analyser, &item->sketch, err);
            }
        }
    }
    return status;
}

ro_status ro_merge_item_read(sqlite3_stmt *row, int column, ro_doc doc, ro_merge_item *out,
                             ro_error *err) {
    ro_str key = ro_sql_blob(row, column);
    if (key.len != RO_MERGE_KEY) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: record %lld has no key",
                       (long long)doc);
    }
    memcpy(out->key, key.ptr, RO_MERGE_KEY);
    out->number = doc;
    return ro_sketch_read(ro_sql_blob(row, column + 1), &out->sketch, err);
}

/* ---- tables and statements ------------------------------------------------------------------- */

ro_status ro_merge_make(sqlite3 *db, ro_error *err) {
    static const char *const TABLES[] = {
        "CREATE TABLE person_form(family TEXT, name TEXT, side TEXT, office TEXT,"
        " form INTEGER NOT NULL, articles INTEGER NOT NULL, person INTEGER NOT NULL,"
        " PRIMARY KEY(family, name, side, office)) WITHOUT ROWID",
        "CREATE INDEX person_form_person ON person_form(person, form)",
        "CREATE TABLE person_article(form INTEGER, article INTEGER, ways INTEGER,"
        " PRIMARY KEY(form, article)) WITHOUT ROWID",
        "CREATE INDEX person_article_ways ON person_article(form, article, ways)"
        " WHERE ways NOT NULL",
        "CREATE TABLE merge_record(kind INTEGER, doc INTEGER, day INTEGER NOT NULL,"
        " key BLOB NOT NULL, grp INTEGER NOT NULL, sketch BLOB NOT NULL,"
        " PRIMARY KEY(kind, doc)) WITHOUT ROWID",
        "CREATE INDEX merge_record_group ON merge_record(kind, grp, day, key, doc) WHERE grp <> "
        "doc",
        /* in the order of ro_merge_compare: documents of one article ascend with its facts */
        ("CREATE TABLE merge_block(block INTEGER, day INTEGER, key BLOB, doc INTEGER,"
         " PRIMARY KEY(block, day, key, doc)) WITHOUT ROWID")};
    ro_status status = RO_OK;
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES && !status; i++) {
        status = ro_sql_run(db, TABLES[i], "make the tables of groups", err);
    }
    return status;
}

#define FORM_KEY " WHERE family = ?1 AND name = ?2 AND side = ?3 AND office = ?4"

static const char *const sql[RO_MERGE_STATEMENTS] = {
    [RO_MERGE_RECORD_ADD] = "INSERT INTO merge_record(kind, doc, day, key, grp, sketch)"
                            " VALUES(?1, ?2, ?3, ?4, ?2, ?5)",
    [RO_MERGE_RECORD_READ] =
        "SELECT grp, key, sketch FROM merge_record WHERE kind = ?1 AND doc = ?2",
    [RO_MERGE_RECORD_DELETE] = "DELETE FROM merge_record WHERE kind = ?1 AND doc = ?2",
    [RO_MERGE_RECORD_SET] = "UPDATE merge_record SET grp = ?3 WHERE kind = ?1 AND doc = ?2",
    /* the number of a group may be that of a document that is in it no more */
    [RO_MERGE_MOVE_FIRST] =
        "UPDATE merge_record SET grp = ?3 WHERE kind = ?1 AND doc = ?2 AND grp = doc",
    /* a statement that may have to be undone by itself has FTS5 write out what it gathered, each
       time: FAIL leaves that to the end of the transaction */
    [RO_MERGE_MOVE] =
        "UPDATE OR FAIL merge_record SET grp = ?3 WHERE kind = ?1 AND grp = ?2 AND grp <> doc",
    [RO_MERGE_NEW] =
        "SELECT CASE WHEN EXISTS(SELECT 1 FROM merge_record WHERE kind = ?1 AND grp = ?2 AND"
        " grp <> doc) OR EXISTS(SELECT 1 FROM merge_record WHERE kind = ?1 AND doc = ?2 AND"
        " grp = doc) THEN min(0, coalesce((SELECT grp FROM merge_record WHERE kind = ?1 AND"
        " grp <> doc ORDER BY grp LIMIT 1), 0)) - 1 ELSE ?2 END",
    [RO_MERGE_BLOCK_ADD] = "INSERT INTO merge_block(block, day, key, doc) VALUES(?1, ?2, ?3, ?4)",
    [RO_MERGE_BLOCK_DELETE] =
        "DELETE FROM merge_block WHERE block = ?1 AND day = ?2 AND key = ?3 AND doc = ?4",
    /* records further apart than RO_SAME_DAYS are not the same: those within, and for full blocks
       the next of them on either side, as far as day ?4 */
    [RO_MERGE_NEAR] = "SELECT doc, (day, key, doc) > (?2, ?3, ?6) FROM merge_block WHERE block = ?1"
                      " AND day BETWEEN ?2 - ?4 AND ?2 + ?4 ORDER BY day, key, doc LIMIT ?5",
    [RO_MERGE_BEFORE] =
        "SELECT doc FROM merge_block WHERE block = ?1 AND day >= ?4"
        " AND (day, key, doc) < (?2, ?3, ?6) ORDER BY day DESC, key DESC, doc DESC LIMIT ?5",
    [RO_MERGE_AFTER] = "SELECT doc FROM merge_block WHERE block = ?1 AND day <= ?4"
                       " AND (day, key, doc) > (?2, ?3, ?6) ORDER BY day, key, doc LIMIT ?5",
    [RO_MERGE_FORM_READ] = "SELECT articles FROM person_form" FORM_KEY,
    [RO_MERGE_FORM_ADD] = "INSERT INTO person_form(family, name, side, office, articles, form,"
                          " person) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6)",
    [RO_MERGE_FORM_COUNT] = "UPDATE person_form SET articles = ?5" FORM_KEY,
    [RO_MERGE_FORM_DELETE] = "DELETE FROM person_form" FORM_KEY,
    [RO_MERGE_ARTICLE_ADD] = "INSERT INTO person_article(form, article, ways) VALUES(?1, ?2, ?3)",
    [RO_MERGE_ARTICLE_DELETE] = "DELETE FROM person_article WHERE form = ?1 AND article = ?2",
    [RO_MERGE_FORM_BLOCK] = "SELECT form, name, side, office, person, articles FROM person_form"
                            " WHERE family = ?1 ORDER BY name, side, office",
    [RO_MERGE_FORM_SET] = "UPDATE person_form SET person = ?5" FORM_KEY};

ro_status ro_merge_writer_open(sqlite3 *db, ro_merge_writer **out, ro_error *err) {
    *out = calloc(1, sizeof **out);
    if (!*out) {
        return ro_fail_memory(err);
    }
    (*out)->db = db;
    ro_status status =
        ro_sql_prepare_all(db, sql, RO_MERGE_STATEMENTS, NULL, (*out)->statements, err);
    if (status) {
        ro_merge_writer_close(*out);
        *out = NULL;
    }
    return status;
}

void ro_merge_writer_close(ro_merge_writer *writer) {
    if (writer) {
        ro_sql_finalize_all(writer->statements, RO_MERGE_STATEMENTS);
        ro_arena_release(&writer->strings);
        ro_arena_release(&writer->work);
        ro_buf_release(&writer->bytes);
        free(writer->deltas);
        free(writer);
    }
}

/* ---- articles in and out --------------------------------------------------------------------- */

static ro_status apply(ro_merge_writer *writer, const ro_merge_set *set, ro_doc article,
                       const ro_doc first[2], int64_t by, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < set->name_count && !status; i++) {
        status = ro_merge_name_count(writer, &set->names[i], article, by, err);
    }
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < set->item_count[kind] && !status; i++) {
            ro_merge_item item = set->items[kind][i];
            ro_doc doc = item.number = first[kind] + (ro_doc)i;
            ro_arena_reset(&writer->work);
            status = by > 0 ? ro_merge_record_put(writer, (ro_merge_kind)kind, doc, &item, err)
                            : ro_merge_record_remove(writer, (ro_merge_kind)kind, doc, &item, err);
        }
    }
    return status;
}

ro_status ro_merge_put(ro_merge_writer *writer, const ro_merge_set *set, ro_doc article,
                       const ro_doc first[2], ro_error *err) {
    return apply(writer, set, article, first, 1, err);
}

ro_status ro_merge_remove(ro_merge_writer *writer, const ro_merge_set *set, ro_doc article,
                          const ro_doc first[2], ro_error *err) {
    return apply(writer, set, article, first, -1, err);
}

ro_status ro_merge_store(ro_merge_writer *writer, ro_error *err) {
    return ro_merge_forms_store(writer, err);
}
