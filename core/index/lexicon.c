#include "lexicon.h"
#include "table.h"

#include <stdlib.h>

#define TERMS_MAX ((size_t)1 << 19) /* remembered; more are forgotten with the transaction */

/* A term, and what it changed by in this transaction. */
typedef struct change {
    int64_t stem_cf, form_cf;
    int32_t stem_df, form_df;
    const struct change *stem; /* of which it is stored as a form, or about to be; the last such */
    bool listed;               /* in `changed` */
    uint8_t len;
    char term[];
} change;

_Static_assert(RO_TERM_MAX <= UINT8_MAX, "the length of a term fits");

/* Pairs of (stem, form) that are to be stored. */
typedef struct pair {
    const change *stem, *form;
} pair;

struct ro_lexicon_delta {
    ro_arena memory;
    ro_table terms;    /* change, by term: all that are remembered */
    ro_term_maps maps; /* the same by number in the pools of streams */
    ro_buf changed;    /* change *, of the transaction */
    ro_buf pairs;      /* pair, of the transaction */
    ro_buf found;      /* change *, of the stream at hand */
};

ro_status ro_lexicon_delta_new(ro_lexicon_delta **out, ro_error *err) {
    *out = calloc(1, sizeof **out);
    return *out ? RO_OK : ro_fail_memory(err);
}

void ro_lexicon_delta_free(ro_lexicon_delta *delta) {
    if (delta) {
        ro_arena_release(&delta->memory);
        ro_table_release(&delta->terms);
        ro_term_maps_release(&delta->maps);
        ro_buf_release(&delta->changed);
        ro_buf_release(&delta->pairs);
        ro_buf_release(&delta->found);
        free(delta);
    }
}

static change **changes_of(const ro_buf *buf) {
    return (change **)(void *)buf->ptr;
}

static size_t count_of(const ro_buf *buf) {
    return buf->len / sizeof(void *);
}

static void forget_transaction(ro_lexicon_delta *delta) {
    for (size_t i = 0; i < count_of(&delta->changed); i++) {
        change *changed = changes_of(&delta->changed)[i];
        changed->stem_cf = changed->form_cf = 0;
        changed->stem_df = changed->form_df = 0;
        changed->listed = false;
    }
    ro_buf_clear(&delta->changed);
    ro_buf_clear(&delta->pairs);
    if (delta->terms.count > TERMS_MAX) {
        ro_arena_reset(&delta->memory);
        ro_table_clear(&delta->terms);
        ro_term_maps_release(&delta->maps);
    }
}

static change *find_change(ro_lexicon_delta *delta, ro_str term, uint64_t hash) {
    ro_table *terms = &delta->terms;
    if (!ro_table_reserve(terms)) {
        return NULL;
    }
    for (size_t at = ro_table_start(terms, hash); terms->slots[at].item;
         at = ro_table_next(terms, at)) {
        change *known = terms->slots[at].item;
        if (terms->slots[at].hash == hash && known->len == term.len &&
            memcmp(known->term, term.ptr, term.len) == 0) {
            return known;
        }
    }
    change *made = ro_arena_alloc(&delta->memory, sizeof *made + term.len);
    if (made) {
        made->len = (uint8_t)term.len;
        memcpy(made->term, term.ptr, term.len);
        ro_table_add(terms, hash, made);
    }
    return made;
}

/* The terms of a stream, into `found`. They lie all over memory: each is asked for before it is
 * needed. */
static bool find_changes(ro_lexicon_delta *delta, ro_term_map *map, const ro_stream *terms,
                         change **found) {
    for (size_t i = 0; i < terms->count; i++) {
        void **known = ro_term_map_at(map, terms->terms[i].number);
        found[i] = known ? *known : NULL;
        __builtin_prefetch(found[i], 1);
    }
    for (size_t i = 0; i < terms->count; i++) {
        const ro_stream_term *term = &terms->terms[i];
        if (!found[i]) {
            void **known = ro_term_map_at(map, term->number);
            found[i] = known ? find_change(delta, ro_stream_key(term), term->hash) : NULL;
            if (!found[i]) {
                return false;
            }
            *known = found[i];
        }
        if (!found[i]->listed) {
            found[i]->listed = true;
            ro_buf_add(&delta->changed, &found[i], sizeof(void *));
        }
    }
    return true;
}

/* A pair that was added before is stored again when its form had another stem in between, which
 * changes nothing. */
static void add_pair(ro_lexicon_delta *delta, const change *stem, change *form) {
    if (form->stem != stem) {
        pair made = {stem, form};
        form->stem = stem;
        ro_buf_add(&delta->pairs, &made, sizeof made);
    }
}

ro_status ro_lexicon_delta_add(ro_lexicon_delta *delta, const ro_stream *terms, int sign,
                               ro_error *err) {
    ro_buf_clear(&delta->found);
    ro_term_map *map = ro_term_maps_get(&delta->maps, terms->pool);
    change **found =
        (change **)(void *)ro_buf_reserve(&delta->found, terms->count * sizeof(void *));
    if (!map || (terms->count && !found) || !find_changes(delta, map, terms, found)) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < terms->count; i++) {
        const ro_stream_term *term = &terms->terms[i];
        change *changed = found[i];
        changed->stem_df += term->stems ? sign : 0;
        changed->stem_cf += sign * (int64_t)term->stems;
        changed->form_df += term->forms ? sign : 0;
        changed->form_cf += sign * (int64_t)term->forms;
    }
    for (size_t i = 0; sign > 0 && i < terms->variant_count; i++) {
        add_pair(delta, found[terms->variants[i][0]], found[terms->variants[i][1]]);
    }
    return delta->changed.failed || delta->pairs.failed ? ro_fail_memory(err) : RO_OK;
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
    int order = by_term((const void *)&x->stem, (const void *)&y->stem);
    return order ? order : by_term((const void *)&x->form, (const void *)&y->form);
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
        const pair *now = &pairs[i];
        if (i && now->stem == now[-1].stem && now->form == now[-1].form) {
            continue;
        }
        ro_sql_bind_blob(statement, 1, now->stem->term, now->stem->len);
        ro_sql_bind_blob(statement, 2, now->form->term, now->form->len);
        status = ro_sql_done(statement, "store the lexicon", err);
    }
    return status;
}

ro_status ro_lexicon_delta_store(ro_lexicon_delta *delta, sqlite3 *db, ro_kind kind,
                                 ro_error *err) {
    change **changed = changes_of(&delta->changed);
    size_t count = count_of(&delta->changed);
    if (!count) {
        return RO_OK;
    }
    sqlite3_stmt *statements[STORE_STATEMENTS] = {0};
    ro_status status =
        ro_sql_prepare_all(db, store_sql, STORE_STATEMENTS, ro_kind_name(kind), statements, err);
    qsort((void *)changed, count, sizeof(void *), by_term);
    for (size_t i = 0; !status && i < count; i++) {
        status = store_change(changed[i], statements, err);
    }
    if (!status) {
        status = store_pairs(delta, statements[ADD_PAIR], err);
    }
    ro_sql_finalize_all(statements, STORE_STATEMENTS);
    forget_transaction(delta);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *const read_sql[RO_LEXICON_STATEMENTS] = {
    [RO_LEXICON_FIND] = "SELECT stem_df, stem_cf, form_df, form_cf FROM lexicon_$ WHERE term = ?1",
    [RO_LEXICON_VARIANTS] =
        "SELECT v.form FROM (SELECT form FROM variant_$ WHERE stem = ?1 LIMIT ?3) AS v"
        " JOIN lexicon_$ AS l ON l.term = v.form WHERE l.form_df > 0"
        " ORDER BY l.form_df DESC, v.form LIMIT ?2",
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

ro_status ro_lexicon_variants(ro_lexicon *lexicon, ro_str stem, size_t max, ro_arena *arena,
                              ro_str **forms, size_t *count, ro_error *err) {
    sqlite3_stmt *statement = lexicon->statements[RO_LEXICON_VARIANTS];
    ro_buf list = RO_BUF_INIT;
    ro_status status = RO_OK;
    *forms = NULL;
    *count = 0;
    ro_sql_bind_blob(statement, 1, stem.ptr, stem.len);
    (void)sqlite3_bind_int64(statement, 2, (int64_t)max);
    (void)sqlite3_bind_int64(statement, 3, RO_VARIANTS_LOOKED_AT);
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
