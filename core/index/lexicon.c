#include "lexicon.h"

#include <stdlib.h>

#define FIRST_SLOTS ((size_t)1 << 14)
#define PAIRS_MAX ((size_t)1 << 20)

/* What one term changed by. */
typedef struct change {
    ro_str term;
    uint64_t hash;
    int64_t stem_df, stem_cf, form_df, form_cf;
} change;

/* Pairs of (stem, form) that are to be stored. */
typedef struct pair {
    ro_str stem, form;
} pair;

struct ro_lexicon_delta {
    ro_arena memory; /* terms of the transaction */
    change **slots;
    size_t slot_count, count;
    uint64_t *known; /* hashes of the pairs that this writer has stored or is about to */
    size_t known_slots, known_count;
    ro_buf pairs; /* pair */
};

static void forget_transaction(ro_lexicon_delta *delta) {
    ro_arena_reset(&delta->memory);
    memset((void *)delta->slots, 0, delta->slot_count * sizeof *delta->slots);
    delta->count = 0;
    ro_buf_clear(&delta->pairs);
}

ro_status ro_lexicon_delta_new(ro_lexicon_delta **out, ro_error *err) {
    *out = NULL;
    ro_lexicon_delta *delta = calloc(1, sizeof *delta);
    if (!delta) {
        return ro_fail_memory(err);
    }
    delta->slot_count = delta->known_slots = FIRST_SLOTS;
    delta->slots = (change **)calloc(delta->slot_count, sizeof *delta->slots);
    delta->known = calloc(delta->known_slots, sizeof *delta->known);
    if (!delta->slots || !delta->known) {
        ro_lexicon_delta_free(delta);
        return ro_fail_memory(err);
    }
    *out = delta;
    return RO_OK;
}

void ro_lexicon_delta_free(ro_lexicon_delta *delta) {
    if (delta) {
        ro_arena_release(&delta->memory);
        free((void *)delta->slots);
        free(delta->known);
        ro_buf_release(&delta->pairs);
        free(delta);
    }
}

static bool grow(ro_lexicon_delta *delta) {
    size_t count = delta->slot_count * 2;
    change **slots = (change **)calloc(count, sizeof *slots);
    if (!slots) {
        return false;
    }
    for (size_t i = 0; i < delta->slot_count; i++) {
        change *moved = delta->slots[i];
        if (moved) {
            size_t slot = moved->hash & (count - 1);
            while (slots[slot]) {
                slot = (slot + 1) & (count - 1);
            }
            slots[slot] = moved;
        }
    }
    free((void *)delta->slots);
    delta->slots = slots;
    delta->slot_count = count;
    return true;
}

static change *find_change(ro_lexicon_delta *delta, ro_str term, uint64_t hash) {
    if (delta->count * 2 >= delta->slot_count && !grow(delta)) {
        return NULL;
    }
    size_t slot = hash & (delta->slot_count - 1);
    for (; delta->slots[slot]; slot = (slot + 1) & (delta->slot_count - 1)) {
        change *known = delta->slots[slot];
        if (known->hash == hash && ro_str_equal(known->term, term)) {
            return known;
        }
    }
    change *made = ro_arena_alloc(&delta->memory, sizeof *made);
    if (made) {
        made->term = ro_arena_copy(&delta->memory, term);
        made->hash = hash;
    }
    if (!made || !made->term.ptr) {
        return NULL;
    }
    delta->slots[slot] = made;
    delta->count++;
    return made;
}

/* Adds the hash; false when it was there. The set only spares work, so when it is full it starts
 * anew, and when it cannot grow it stays as it is. */
static bool is_new_pair(ro_lexicon_delta *delta, uint64_t hash) {
    if (delta->known_count * 2 >= delta->known_slots) {
        bool full = delta->known_slots >= PAIRS_MAX;
        size_t count = full ? delta->known_slots : delta->known_slots * 2;
        uint64_t *grown = calloc(count, sizeof *grown);
        if (!grown) {
            return true;
        }
        delta->known_count = full ? 0 : delta->known_count;
        for (size_t i = 0; !full && i < delta->known_slots; i++) {
            if (delta->known[i]) {
                size_t slot = delta->known[i] & (count - 1);
                while (grown[slot]) {
                    slot = (slot + 1) & (count - 1);
                }
                grown[slot] = delta->known[i];
            }
        }
        free(delta->known);
        delta->known = grown;
        delta->known_slots = count;
    }
    size_t slot = hash & (delta->known_slots - 1);
    for (; delta->known[slot]; slot = (slot + 1) & (delta->known_slots - 1)) {
        if (delta->known[slot] == hash) {
            return false;
        }
    }
    delta->known[slot] = hash;
    delta->known_count++;
    return true;
}

static ro_status add_pair(ro_lexicon_delta *delta, const ro_term *stem, const ro_term *form,
                          ro_error *err) {
    uint64_t hash = (stem->hash * 0x9E3779B97F4A7C15u) ^ form->hash;
    if (is_new_pair(delta, hash ? hash : 1)) {
        pair made = {ro_arena_copy(&delta->memory, ro_term_key(stem)),
                     ro_arena_copy(&delta->memory, ro_term_key(form))};
        ro_buf_add(&delta->pairs, &made, sizeof made);
        if (!made.stem.ptr || !made.form.ptr || delta->pairs.failed) {
            return ro_fail_memory(err);
        }
    }
    return RO_OK;
}

ro_status ro_lexicon_delta_add(ro_lexicon_delta *delta, const ro_terms *terms, int sign,
                               ro_error *err) {
    for (size_t i = 0; i < terms->count; i++) {
        const ro_term *term = &terms->terms[i];
        change *changed = find_change(delta, ro_term_key(term), term->hash);
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
    return ro_str_compare((*(change *const *)a)->term, (*(change *const *)b)->term);
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
        "INSERT INTO lexicon(term, stem_df, stem_cf, form_df, form_cf) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(term) DO UPDATE SET"
        " stem_df = stem_df + excluded.stem_df, stem_cf = stem_cf + excluded.stem_cf,"
        " form_df = form_df + excluded.form_df, form_cf = form_cf + excluded.form_cf",
    [SWEEP] = "DELETE FROM lexicon WHERE term = ?1 AND stem_df = 0 AND form_df = 0",
    [ADD_PAIR] = "INSERT OR IGNORE INTO variant(stem, form) VALUES(?1, ?2)"};

static ro_status store_change(const change *changed, sqlite3_stmt **statements, ro_error *err) {
    if (!changed->stem_df && !changed->stem_cf && !changed->form_df && !changed->form_cf) {
        return RO_OK;
    }
    ro_sql_bind_blob(statements[UPSERT], 1, changed->term.ptr, changed->term.len);
    (void)sqlite3_bind_int64(statements[UPSERT], 2, changed->stem_df);
    (void)sqlite3_bind_int64(statements[UPSERT], 3, changed->stem_cf);
    (void)sqlite3_bind_int64(statements[UPSERT], 4, changed->form_df);
    (void)sqlite3_bind_int64(statements[UPSERT], 5, changed->form_cf);
    ro_status status = ro_sql_done(statements[UPSERT], "store the lexicon", err);
    if (!status && (changed->stem_df < 0 || changed->form_df < 0)) {
        ro_sql_bind_blob(statements[SWEEP], 1, changed->term.ptr, changed->term.len);
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

ro_status ro_lexicon_delta_store(ro_lexicon_delta *delta, sqlite3 *db, ro_error *err) {
    if (!delta->count) {
        return RO_OK;
    }
    sqlite3_stmt *statements[STORE_STATEMENTS] = {0};
    ro_status status = ro_sql_prepare_all(db, store_sql, STORE_STATEMENTS, statements, err);
    change **sorted = (change **)malloc(delta->count * sizeof *sorted);
    if (!status && !sorted) {
        status = ro_fail_memory(err);
    }
    if (!status) {
        size_t count = 0;
        for (size_t i = 0; i < delta->slot_count; i++) {
            if (delta->slots[i]) {
                sorted[count++] = delta->slots[i];
            }
        }
        qsort((void *)sorted, count, sizeof *sorted, by_term);
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
    [RO_LEXICON_FIND] = "SELECT stem_df, stem_cf, form_df, form_cf FROM lexicon WHERE term = ?1",
    [RO_LEXICON_VARIANTS] = "SELECT form FROM variant WHERE stem = ?1",
    [RO_LEXICON_RANGE] = "SELECT term, form_df FROM lexicon WHERE term >= ?1 AND term < ?2"
                         " AND form_df > 0"};

ro_status ro_lexicon_open(ro_lexicon *lexicon, sqlite3 *db, ro_error *err) {
    *lexicon = (ro_lexicon){0};
    return ro_sql_prepare_all(db, read_sql, RO_LEXICON_STATEMENTS, lexicon->statements, err);
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
