#include "lexicon.h"
#include "table.h"

#include <stdlib.h>

#define PAIRS_MAX ((size_t)1 << 20)

/* What one term changed by. */
typedef struct change {
    int64_t stem_df, stem_cf, form_df, form_cf;
    size_t len;
    char term[];
} change;

/* Pairs of (stem, form) that are to be stored. */
typedef struct pair {
    ro_str stem, form;
} pair;

struct ro_lexicon_delta {
    ro_arena memory; /* of the transaction */
    ro_table changes;
    ro_table known; /* pairs that this writer has stored or is about to, by hash alone */
    ro_buf pairs;   /* pair */
};

ro_status ro_lexicon_delta_new(ro_lexicon_delta **out, ro_error *err) {
    *out = calloc(1, sizeof **out);
    return *out ? RO_OK : ro_fail_memory(err);
}

void ro_lexicon_delta_free(ro_lexicon_delta *delta) {
    if (delta) {
        ro_arena_release(&delta->memory);
        ro_table_release(&delta->changes);
        ro_table_release(&delta->known);
        ro_buf_release(&delta->pairs);
        free(delta);
    }
}

static void forget_transaction(ro_lexicon_delta *delta) {
    ro_arena_reset(&delta->memory);
    ro_table_clear(&delta->changes);
    ro_buf_clear(&delta->pairs);
}

static change *find_change(ro_lexicon_delta *delta, ro_str term, uint64_t hash) {
    ro_table *changes = &delta->changes;
    if (!ro_table_reserve(changes)) {
        return NULL;
    }
    for (size_t at = ro_table_start(changes, hash); changes->slots[at].item;
         at = ro_table_next(changes, at)) {
        change *known = changes->slots[at].item;
        if (changes->slots[at].hash == hash && known->len == term.len &&
            memcmp(known->term, term.ptr, term.len) == 0) {
            return known;
        }
    }
    change *made = ro_arena_alloc(&delta->memory, sizeof *made + term.len);
    if (made) {
        made->len = term.len;
        memcpy(made->term, term.ptr, term.len);
        ro_table_add(changes, hash, made);
    }
    return made;
}

/* Adds the pair; false when it was there. The set only spares work: a pair forgotten is stored
 * again, which changes nothing; so a full set starts anew. */
static bool is_new_pair(ro_lexicon_delta *delta, uint64_t hash) {
    ro_table *known = &delta->known;
    if (known->count >= PAIRS_MAX) {
        ro_table_clear(known);
    }
    if (!ro_table_reserve(known)) {
        return true;
    }
    for (size_t at = ro_table_start(known, hash); known->slots[at].item;
         at = ro_table_next(known, at)) {
        if (known->slots[at].hash == hash) {
            return false;
        }
    }
    ro_table_add(known, hash, known);
    return true;
}

static ro_status add_pair(ro_lexicon_delta *delta, const ro_stream_term *stem,
                          const ro_stream_term *form, ro_error *err) {
    uint64_t hash = (stem->hash * 0x9E3779B97F4A7C15u) ^ form->hash;
    if (is_new_pair(delta, hash)) {
        pair made = {ro_arena_copy(&delta->memory, ro_stream_key(stem)),
                     ro_arena_copy(&delta->memory, ro_stream_key(form))};
        ro_buf_add(&delta->pairs, &made, sizeof made);
        if (!made.stem.ptr || !made.form.ptr || delta->pairs.failed) {
            return ro_fail_memory(err);
        }
    }
    return RO_OK;
}

ro_status ro_lexicon_delta_add(ro_lexicon_delta *delta, const ro_stream *terms, int sign,
                               ro_error *err) {
    for (size_t i = 0; i < terms->count; i++) {
        const ro_stream_term *term = &terms->terms[i];
        change *changed = find_change(delta, ro_stream_key(term), term->hash);
        if (!changed) {
            return ro_fail_memory(err);
        }
        changed->stem_df += term->stems ? sign : 0;
        changed->stem_cf += sign * (int64_t)term->stems;
        changed->form_df += term->forms ? sign : 0;
        changed->form_cf += sign * (int64_t)term->forms;
    }
    ro_status status = RO_OK;
    for (size_t i = 0; sign > 0 && !status && i < terms->variant_count; i++) {
        status = add_pair(delta, &terms->terms[terms->variants[i][0]],
                          &terms->terms[terms->variants[i][1]], err);
    }
    return status;
}

/* ---- storing -------------------------------------------------------------------------------- */

static int by_term(const void *a, const void *b) {
    const change *x = *(change *const *)a;
    const change *y = *(change *const *)b;
    return ro_str_compare(ro_str_make(x->term, x->len), ro_str_make(y->term, y->len));
}

static int by_pair(const void *a, const void *b) {
    const pair *x = a;
    const pair *y = b;
    int order = ro_str_compare(x->stem, y->stem);
    return order ? order : ro_str_compare(x->form, y->form);
}

enum { UPSERT, SWEEP, ADD_PAIR, STORE_STATEMENTS };

static const char *const store_sql[STORE_STATEMENTS] = {
    [UPSERT] =
        "INSERT INTO lexicon_$(term, stem_df, stem_cf, form_df, form_cf) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(term) DO UPDATE SET"
        " stem_df = stem_df + excluded.stem_df, stem_cf = stem_cf + excluded.stem_cf,"
        " form_df = form_df + excluded.form_df, form_cf = form_cf + excluded.form_cf",
    [SWEEP] = "DELETE FROM lexicon_$ WHERE term = ?1 AND stem_df = 0 AND form_df = 0",
    [ADD_PAIR] = "INSERT OR IGNORE INTO variant_$(stem, form) VALUES(?1, ?2)"};

static ro_status store_change(const change *changed, sqlite3_stmt **statements, ro_error *err) {
    if (!changed->stem_df && !changed->stem_cf && !changed->form_df && !changed->form_cf) {
        return RO_OK;
    }
    ro_sql_bind_blob(statements[UPSERT], 1, changed->term, changed->len);
    (void)sqlite3_bind_int64(statements[UPSERT], 2, changed->stem_df);
    (void)sqlite3_bind_int64(statements[UPSERT], 3, changed->stem_cf);
    (void)sqlite3_bind_int64(statements[UPSERT], 4, changed->form_df);
    (void)sqlite3_bind_int64(statements[UPSERT], 5, changed->form_cf);
    ro_status status = ro_sql_done(statements[UPSERT], "store the lexicon", err);
    if (!status && (changed->stem_df < 0 || changed->form_df < 0)) {
        ro_sql_bind_blob(statements[SWEEP], 1, changed->term, changed->len);
        status = ro_sql_done(statements[SWEEP], "store the lexicon", err);
    }
    return status;
}

static ro_status store_pairs(ro_lexicon_delta *delta, sqlite3_stmt *statement, ro_error *err) {
    pair *pairs = (pair *)(void *)delta->pairs.ptr;
    size_t count = delta->pairs.len / sizeof *pairs;
    ro_status status = RO_OK;
    if (count) {
        qsort(pairs, count, sizeof *pairs, by_pair);
    }
    for (size_t i = 0; !status && i < count; i++) {
        ro_sql_bind_blob(statement, 1, pairs[i].stem.ptr, pairs[i].stem.len);
        ro_sql_bind_blob(statement, 2, pairs[i].form.ptr, pairs[i].form.len);
        status = ro_sql_done(statement, "store the lexicon", err);
    }
    return status;
}

ro_status ro_lexicon_delta_store(ro_lexicon_delta *delta, sqlite3 *db, ro_kind kind,
                                 ro_error *err) {
    if (!delta->changes.count) {
        return RO_OK;
    }
    sqlite3_stmt *statements[STORE_STATEMENTS] = {0};
    ro_status status =
        ro_sql_prepare_all(db, store_sql, STORE_STATEMENTS, ro_kind_name(kind), statements, err);
    change **sorted = (change **)malloc(delta->changes.count * sizeof(void *));
    if (!status && !sorted) {
        status = ro_fail_memory(err);
    }
    if (!status) {
        size_t count = 0;
        for (size_t i = 0; i < delta->changes.size; i++) {
            if (delta->changes.slots[i].item) {
                sorted[count++] = delta->changes.slots[i].item;
            }
        }
        qsort((void *)sorted, count, sizeof(void *), by_term);
        for (size_t i = 0; !status && i < count; i++) {
            status = store_change(sorted[i], statements, err);
        }
    }
    if (!status) {
        status = store_pairs(delta, statements[ADD_PAIR], err);
    }
    free((void *)sorted);
    ro_sql_finalize_all(statements, STORE_STATEMENTS);
    forget_transaction(delta);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *const read_sql[RO_LEXICON_STATEMENTS] = {
    [RO_LEXICON_FIND] = "SELECT stem_df, stem_cf, form_df, form_cf FROM lexicon_$ WHERE term = ?1",
    [RO_LEXICON_VARIANTS] = "SELECT form FROM variant_$ WHERE stem = ?1",
    [RO_LEXICON_RANGE] = ("SELECT term, form_df FROM lexicon_$ WHERE term >= ?1 AND term < ?2"
                          " AND form_df > 0")};

ro_status ro_lexicon_open(ro_lexicon *lexicon, sqlite3 *db, ro_kind kind, ro_error *err) {
    *lexicon = (ro_lexicon){0};
    return ro_sql_prepare_all(db, read_sql, RO_LEXICON_STATEMENTS, ro_kind_name(kind),
                              lexicon->statements, err);
}

void ro_lexicon_close(ro_lexicon *lexicon) {
    ro_sql_finalize_all(lexicon->statements, RO_LEXICON_STATEMENTS);
}

ro_status ro_lexicon_find(ro_lexicon *lexicon, ro_str term, ro_frequency *stem, ro_frequency *form,
                          ro_error *err) {
    sqlite3_stmt *find = lexicon->statements[RO_LEXICON_FIND];
    bool row;
    *stem = *form = (ro_frequency){0};
    ro_sql_bind_blob(find, 1, term.ptr, term.len);
    ro_status status = ro_sql_step(find, &row, "read the lexicon", err);
    if (!status && row) {
        *stem = (ro_frequency){sqlite3_column_int64(find, 0), sqlite3_column_int64(find, 1)};
        *form = (ro_frequency){sqlite3_column_int64(find, 2), sqlite3_column_int64(find, 3)};
        (void)sqlite3_reset(find);
    }
    return status;
}

ro_status ro_lexicon_variants(ro_lexicon *lexicon, ro_str stem, ro_arena *arena, ro_str **forms,
                              size_t *count, ro_error *err) {
    sqlite3_stmt *statement = lexicon->statements[RO_LEXICON_VARIANTS];
    ro_buf list = RO_BUF_INIT;
    ro_status status = RO_OK;
    *forms = NULL;
    *count = 0;
    ro_sql_bind_blob(statement, 1, stem.ptr, stem.len);
    for (bool row = true; !status && row;) {
        status = ro_sql_step(statement, &row, "read the lexicon", err);
        if (!status && row) {
            ro_str form = ro_arena_copy(arena, ro_sql_blob(statement, 0));
            ro_buf_add(&list, &form, sizeof form);
            status = form.ptr ? ro_buf_check(&list, err) : ro_fail_memory(err);
        }
    }
    (void)sqlite3_reset(statement);
    if (!status) {
        *count = list.len / sizeof(ro_str);
        *forms = (ro_str *)(void *)ro_arena_copy(arena, ro_buf_str(&list)).ptr;
        status = *forms ? RO_OK : ro_fail_memory(err);
    }
    ro_buf_release(&list);
    return status;
}
