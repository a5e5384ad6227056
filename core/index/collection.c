#include "collection.h"
#include "preparer.h"
#include "seal.h"

#include <stdlib.h>

#define BUILDER_BYTES_MAX ((size_t)64 << 20)
#define HOT_WORDS_LEAST 500 /* that a document counts as */

/* ---- making --------------------------------------------------------------------------------- */

/* The tuning of FTS5 is measured: see tests/bench/hot_bench.c. */
static const char *const schema[] = {
    "CREATE TABLE chunk_$(chunk INTEGER PRIMARY KEY, revision INTEGER NOT NULL,"
    " records BLOB NOT NULL, lists BLOB NOT NULL)",
    "CREATE INDEX chunk_$_revision ON chunk_$(revision)",
    "CREATE TABLE lexicon_$(term BLOB PRIMARY KEY, stem_df INTEGER NOT NULL,"
    " stem_cf INTEGER NOT NULL, form_df INTEGER NOT NULL, form_cf INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE variant_$(stem BLOB, form BLOB, PRIMARY KEY(stem, form)) WITHOUT ROWID",
    "CREATE VIRTUAL TABLE hot_$ USING fts5(title, body, content='', tokenize='readout')",
    "INSERT INTO hot_$(hot_$, rank) VALUES('pgsz', 8000)",
    "INSERT INTO hot_$(hot_$, rank) VALUES('hashsize', 2097152)",
    "INSERT INTO hot_$(hot_$, rank) VALUES('automerge', 8)"};

ro_status ro_collection_make(sqlite3 *db, ro_kind kind, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < sizeof schema / sizeof *schema; i++) {
        status = ro_sql_run_named(db, schema[i], ro_kind_name(kind), "make the index", err);
    }
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

ro_status ro_collection_open(ro_collection *collection, ro_share *share, sqlite3 *db, ro_kind kind,
                             int64_t revision, bool lists, ro_error *err) {
    ro_status status = RO_OK;
    if (!collection->open) {
        *collection = (ro_collection){.kind = kind, .open = true};
        ro_columns_init(&collection->columns, kind);
        status = ro_hot_reader_open(&collection->hot, db, kind, err);
        status = status ? status : ro_lexicon_open(&collection->lexicon, db, kind, err);
    }
    if (!status) {
        status = ro_share_columns(share, &collection->columns, db, revision, lists, err);
    }
    if (status) {
        ro_collection_close(collection);
    }
    return status;
}

void ro_collection_close(ro_collection *collection) {
    ro_arena_release(&collection->letters.arena);
    collection->letters = (ro_letters){0};
    ro_hot_reader_close(&collection->hot);
    ro_lexicon_close(&collection->lexicon);
    ro_columns_release(&collection->columns);
    collection->open = false;
}

/* ---- documents in no leaf yet --------------------------------------------------------------- */

static ro_waiting *waiting_of(const ro_collection_writer *writer, size_t *count) {
    *count = writer->waiting.len / sizeof(ro_waiting);
    return (ro_waiting *)(void *)writer->waiting.ptr;
}

static void forget_waiting(ro_collection_writer *writer) {
    size_t count;
    ro_waiting *waiting = waiting_of(writer, &count);
    for (size_t i = 0; i < count; i++) {
        ro_term_pool_drop(waiting[i].terms.pool);
    }
    ro_buf_clear(&writer->waiting);
    ro_arena_reset(&writer->waiting_memory);
}

static ro_status wait(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                      ro_error *err) {
    ro_waiting added = {.doc = doc};
    ro_status status = ro_stream_copy(terms, &writer->waiting_memory, &added.terms, err);
    if (!status) {
        ro_buf_add(&writer->waiting, &added, sizeof added);
        status = ro_buf_check(&writer->waiting, err);
    }
    if (status) {
        ro_term_pool_drop(added.terms.pool);
    }
    return status;
}

typedef ro_status (*post_fn)(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                             ro_error *err);

static ro_status post_waiting(ro_collection_writer *writer, post_fn fn, ro_error *err) {
    size_t count;
    ro_waiting *waiting = waiting_of(writer, &count);
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < count; i++) {
        status = fn(writer, waiting[i].doc, &waiting[i].terms, err);
    }
    forget_waiting(writer);
    return status;
}

static int by_doc(const void *doc, const void *waiting) {
    ro_doc a = *(const ro_doc *)doc;
    ro_doc b = ((const ro_waiting *)waiting)->doc;
    return (a > b) - (a < b);
}

/* Whether the document was waiting, and does no longer. */
static bool stop_waiting(ro_collection_writer *writer, ro_doc doc) {
    size_t count;
    ro_waiting *waiting = waiting_of(writer, &count);
    ro_waiting *found = count ? bsearch(&doc, waiting, count, sizeof *waiting, by_doc) : NULL;
    if (!found) {
        return false;
    }
    ro_term_pool_drop(found->terms.pool);
    memmove(found, found + 1, (size_t)(waiting + count - (found + 1)) * sizeof *found);
    writer->waiting.len -= sizeof *found;
    return true;
}

/* ---- writing -------------------------------------------------------------------------------- */

ro_status ro_collection_writer_open(ro_collection_writer *writer, const ro_index *index,
                                    sqlite3 *db, ro_kind kind, ro_replay *replay, ro_error *err) {
    *writer = (ro_collection_writer){
        .index = index, .db = db, .hot_words_max = RO_HOT_WORDS_MAX, .last = -1};
    ro_columns_init(&writer->columns, kind);
    ro_status status = ro_hot_writer_open(&writer->hot, db, kind, replay, err);
    return status ? status : ro_lexicon_delta_new(&writer->lexicon, err);
}

void ro_collection_writer_close(ro_collection_writer *writer) {
    ro_hot_writer_close(&writer->hot);
    ro_lexicon_delta_free(writer->lexicon);
    ro_columns_release(&writer->columns);
    forget_waiting(writer);
    ro_buf_release(&writer->waiting);
    ro_arena_release(&writer->waiting_memory);
    ro_segment_builder_free(writer->builder);
    writer->builder = NULL;
}

static ro_status seal(ro_collection_writer *writer, ro_error *err) {
    return ro_seal_builder(writer->index, writer->db, writer->columns.kind, writer->builder, err);
}

static ro_status put_sealed(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                            ro_error *err) {
    ro_status status = RO_OK;
    if (!writer->builder) {
        status = ro_segment_builder_new(writer->segment_block, &writer->builder, err);
    } else if (ro_segment_builder_size(writer->builder) > BUILDER_BYTES_MAX) {
        status = seal(writer, err);
    }
    return status ? status : ro_segment_builder_add(writer->builder, doc, terms, err);
}

static ro_status put_hot(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                         ro_error *err) {
    return ro_hot_insert(&writer->hot, doc, terms, err);
}

/* The last of those waiting, or built: both take ascending numbers only. */
static ro_doc last_put(const ro_collection_writer *writer) {
    size_t count;
    const ro_waiting *waiting = waiting_of(writer, &count);
    return count             ? waiting[count - 1].doc
           : writer->builder ? ro_segment_builder_last(writer->builder)
                             : 0;
}

/* The hot leaf is for what comes little by little, which is known at the end; until then documents
 * wait. A short one costs it as much as one of some words. */
static ro_status post(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                      ro_error *err) {
    int64_t words = (int64_t)terms->words[0] + terms->words[1];
    if (doc <= last_put(writer)) {
        return put_hot(writer, doc, terms, err);
    }
    writer->words += words > HOT_WORDS_LEAST ? words : HOT_WORDS_LEAST;
    if (writer->words < writer->hot_words_max) {
        return wait(writer, doc, terms, err);
    }
    ro_status status = post_waiting(writer, put_sealed, err);
    return status ? status : put_sealed(writer, doc, terms, err);
}

/* In a sealed leaf a document that is not live is passed over. */
static ro_status unpost(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                        ro_error *err) {
    bool hot;
    if (stop_waiting(writer, doc)) {
        return RO_OK;
    }
    ro_status status = ro_hot_has(&writer->hot, doc, &hot, err);
    return status || !hot ? status : ro_hot_delete(&writer->hot, doc, terms, err);
}

ro_status ro_collection_next(ro_collection_writer *writer, ro_doc *doc, ro_error *err) {
    ro_status status = RO_OK;
    if (writer->last < 0) {
        status = ro_sql_integer_named(writer->db, "SELECT value FROM meta WHERE key = 'last:$'",
                                      ro_kind_name(writer->columns.kind), 0, &writer->last, err);
    }
    *doc = status ? 0 : ++writer->last;
    writer->given |= !status;
    return status;
}

/* Numbers are never given again, be their documents gone. */
static ro_status store_last(ro_collection_writer *writer, ro_error *err) {
    sqlite3_stmt *store = NULL;
    ro_status status = ro_sql_prepare_named(
        writer->db, "INSERT OR REPLACE INTO meta(key, value) VALUES('last:$', ?1)",
        ro_kind_name(writer->columns.kind), &store, err);
    if (!status) {
        (void)sqlite3_bind_int64(store, 1, writer->last);
        status = ro_sql_done(store, "store the columns", err);
    }
    sqlite3_finalize(store);
    writer->given = status != RO_OK;
    return status;
}

ro_status ro_collection_put(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                            ro_record record, ro_list list, ro_error *err) {
    record.live = 1;
    writer->documents++;
    record.title_words = (uint16_t)(terms->words[0] < UINT16_MAX ? terms->words[0] : UINT16_MAX);
    record.body_words = terms->words[1];
    ro_status status = post(writer, doc, terms, err);
    status = status ? status : ro_lexicon_delta_add(writer->lexicon, terms, 1, err);
    return status ? status : ro_columns_set(&writer->columns, writer->db, doc, &record, list, err);
}

ro_status ro_collection_remove(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                               ro_error *err) {
    static const ro_record gone = {0};
    ro_status status = unpost(writer, doc, terms, err);
    status = status ? status : ro_lexicon_delta_add(writer->lexicon, terms, -1, err);
    return status
               ? status
               : ro_columns_set(&writer->columns, writer->db, doc, &gone, (ro_list){NULL, 0}, err);
}

ro_status ro_collection_store(ro_collection_writer *writer, int64_t revision, ro_error *err) {
    ro_status status = post_waiting(writer, put_hot, err);
    status = status ? status : seal(writer, err);
    status = status ? status : ro_columns_store(&writer->columns, writer->db, revision, err);
    writer->documents = writer->words = 0;
    if (!status && writer->given) {
        status = store_last(writer, err);
    }
    return status ? status
                  : ro_lexicon_delta_store(writer->lexicon, writer->db, writer->columns.kind, err);
}
