/* Facts made ready for the writer: rows, and documents with their words and values. */
#include "preparer.h"

#include "readout/fact_text.h"

static ro_status fold_values(ro_preparer *preparer, const ro_fact_document *document,
                             ro_arena *arena, ro_prepared_fact *out, ro_error *err) {
    ro_prepared_value *values = ro_arena_alloc_array(arena, document->value_count, sizeof *values);
    ro_status status = values ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; !status && i < document->value_count; i++) {
        const ro_fact_value *value = &document->values[i];
        values[i].column = value->column;
        values[i].value.shown = ro_arena_copy(arena, value->shown);
        status = values[i].value.shown.ptr
                     ? ro_preparer_fold(preparer, arena, value->key, &values[i].value.folded, err)
                     : ro_fail_memory(err);
    }
    out->values = values;
    out->value_count = status ? 0 : document->value_count;
    return status;
}

ro_status ro_preparer_document(ro_preparer *preparer, const ro_fact_document *text, ro_str language,
                               ro_stream *out, ro_error *err) {
    return ro_preparer_stream_of(preparer, text, language, out, err);
}

ro_status ro_preparer_merge_set(ro_preparer *preparer, const ro_article *article,
                                const ro_facts *facts, ro_arena *arena, ro_merge_set *out,
                                ro_error *err) {
    int64_t published = facts->published != RO_TIME_NONE ? facts->published : article->published;
    return ro_merge_set_make(facts, article->id, published, preparer->analyser, arena, out, err);
}

/* Documents are counted as they are made: each holds the pool of its terms. */
static ro_status make_documents(ro_preparer *preparer, const ro_article *article,
                                ro_prepared *prepared, ro_error *err) {
    const ro_fact_document *texts;
    ro_arena *memory = &prepared->memory;
    size_t count;
    ro_arena_reset(&preparer->texts);
    ro_status status =
        ro_fact_documents(article, &prepared->facts, &preparer->texts, &texts, &count, err);
    ro_prepared_fact *made = ro_arena_alloc_array(memory, count, sizeof *made);
    prepared->documents = made;
    if (!status && !made) {
        status = ro_fail_memory(err);
    }
    for (size_t i = 0; !status && i < count; i++) {
        ro_stream terms;
        made[i] = (ro_prepared_fact){
            .kind = texts[i].kind, .fact = texts[i].fact, .published = texts[i].published};
        status = ro_preparer_document(preparer, &texts[i], article->language, &terms, err);
        if (!status) {
            status = ro_stream_copy(&terms, memory, &made[i].terms, err);
            prepared->document_count++;
        }
        status = status ? status : fold_values(preparer, &texts[i], memory, &made[i], err);
    }
    return status;
}

/* The rows stand for the facts: what is stored is what counts. */
bool ro_prepared_hash_facts(const ro_prepared *prepared, EVP_MD_CTX *hash) {
    bool done = true;
    for (int list = 0; prepared->extracted && list < RO_FACT_LISTS; list++) {
        const ro_fact_cells *rows = &prepared->rows[list];
        uint64_t count = rows->count * rows->width;
        done = done && EVP_DigestUpdate(hash, &count, sizeof count);
        for (size_t i = 0; i < count; i++) {
            const ro_cell *cell = &rows->cells[i];
            uint64_t head[2] = {cell->type == RO_CELL_NUMBER ? (uint64_t)cell->number : UINT64_MAX,
                                cell->text.len};
            done = done && EVP_DigestUpdate(hash, head, sizeof head) &&
                   EVP_DigestUpdate(hash, cell->text.ptr, cell->text.len);
        }
    }
    return done;
}

ro_status ro_prepared_take_facts(ro_preparer *preparer, ro_prepared *prepared,
                                 const ro_article *article, const ro_facts *facts, ro_error *err) {
    if (!facts) {
        return RO_OK;
    }
    ro_arena *memory = &prepared->memory;
    ro_status status = ro_fact_rows_encode(facts, article->body, memory, prepared->rows, err);
    prepared->extracted = !status;
    prepared->facts =
        (ro_facts){.published = facts->published, .dateline_country = facts->dateline_country};
    if (!status) {
        status =
            ro_fact_rows_decode(prepared->rows, article->body.len, memory, &prepared->facts, err);
    }
    status = status ? status : make_documents(preparer, article, prepared, err);
    return status ? status
                  : ro_preparer_merge_set(preparer, article, &prepared->facts, memory,
                                          &prepared->merge, err);
}
