#include "collection.h"
#include "seal.h"

#define BUILDER_BYTES_MAX ((size_t)64 << 20)

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

ro_status ro_collection_open(ro_collection *collection, sqlite3 *db, ro_kind kind, int64_t revision,
                             bool lists, ro_error *err) {
    ro_status status = RO_OK;
    if (!collection->open) {
        *collection = (ro_collection){.kind = kind, .open = true};
        ro_columns_init(&collection->columns, kind);
        status = ro_hot_reader_open(&collection->hot, db, kind, err);
        status = status ? status : ro_lexicon_open(&collection->lexicon, db, kind, err);
    }
    if (!status) {
        status = ro_columns_load(&collection->columns, db, revision, lists, err);
    }
    if (status) {
        ro_collection_close(collection);
    }
    return status;
}

void ro_collection_close(ro_collection *collection) {
    ro_hot_reader_close(&collection->hot);
    ro_lexicon_close(&collection->lexicon);
    ro_columns_release(&collection->columns);
    collection->open = false;
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

/* The hot leaf is for what comes little by little; and for what a builder, which takes documents in
 * ascending order only, does not take. */
static ro_status post(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                      ro_error *err) {
    if (writer->hot_words >= writer->hot_words_max &&
        (!writer->builder || doc > ro_segment_builder_last(writer->builder))) {
        return put_sealed(writer, doc, terms, err);
    }
    writer->hot_words += terms->words[0];
    writer->hot_words += terms->words[1];
    return ro_hot_insert(&writer->hot, doc, terms, err);
}

/* In a sealed leaf a document that is not live is passed over. */
static ro_status unpost(ro_collection_writer *writer, ro_doc doc, const ro_stream *terms,
                        ro_error *err) {
    bool hot;
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
    ro_status status = seal(writer, err);
    status = status ? status : ro_columns_store(&writer->columns, writer->db, revision, err);
    writer->hot_words = 0;
    if (!status && writer->given) {
        status = store_last(writer, err);
    }
    return status ? status
                  : ro_lexicon_delta_store(writer->lexicon, writer->db, writer->columns.kind, err);
}
