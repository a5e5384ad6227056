/* The facts of an article into the catalogue, and out of it. */
#include "../writer.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

ro_list ro_writer_list(ro_buf *values) {
    uint32_t *at = (uint32_t *)(void *)values->ptr;
    size_t count = values->len / sizeof *at;
    size_t kept = 0;
    if (count) {
        qsort(at, count, sizeof *at, by_number);
    }
    for (size_t i = 0; i < count; i++) {
        if (!kept || at[kept - 1] != at[i]) {
            at[kept++] = at[i];
        }
    }
    return (ro_list){at, kept};
}

/* The ids of the document's values, gathered for the article as well. */
static ro_status list_values(ro_writer *writer, const ro_prepared_fact *fact, ro_error *err) {
    ro_status status = RO_OK;
    ro_buf_clear(&writer->values_of_fact);
    for (size_t i = 0; !status && i < fact->value_count; i++) {
        const ro_prepared_value *value = &fact->values[i];
        uint32_t id;
        status =
            ro_value_id(&writer->values, ro_dictionary_of(value->column), &value->value, &id, err);
        if (!status && id) {
            uint32_t listed = ro_listed(value->column, id);
            ro_buf_add(&writer->values_of_fact, &listed, sizeof listed);
        }
    }
    ro_buf_add_str(&writer->values_of_article, ro_buf_str(&writer->values_of_fact));
    return status ? status : ro_buf_check(&writer->values_of_fact, err);
}

static ro_status put_row(ro_writer *writer, ro_doc article, ro_doc doc, const ro_prepared *prepared,
                         const ro_prepared_fact *fact, ro_error *err) {
    ro_fact_list list = ro_fact_list_of(fact->kind);
    int index = fact->fact.index;
    if (fact->kind == RO_KIND_PARTICIPANTS) {
        if (fact->fact.participation < 0) {
            return ro_fact_mention_put(&writer->facts, doc, article, index,
                                       prepared->facts.people[index].side, err);
        }
        index = fact->fact.participation;
    }
    return ro_fact_row_put(&writer->facts, list, doc, article, &prepared->rows[list], (size_t)index,
                           err);
}

static ro_status put_document(ro_writer *writer, ro_doc article, const ro_prepared *prepared,
                              const ro_prepared_fact *fact, ro_record record,
                              ro_fact_range ranges[RO_KINDS], ro_error *err) {
    ro_collection_writer *collection = &writer->collections[fact->kind];
    ro_doc doc;
    ro_status status = ro_collection_next(collection, &doc, err);
    if (!status && !ranges[fact->kind].count++) {
        ranges[fact->kind].first = doc;
    }
    status = status ? status : list_values(writer, fact, err);
    status = status ? status : put_row(writer, article, doc, prepared, fact, err);
    record.published = fact->published;
    return status ? status
                  : ro_collection_put(collection, doc, &fact->terms, record,
                                      ro_writer_list(&writer->values_of_fact), err);
}

/* People and dates are no documents. */
static ro_status put_others(ro_writer *writer, ro_doc article, const ro_prepared *prepared,
                            ro_error *err) {
    static const ro_fact_list lists[] = {RO_FACT_PEOPLE, RO_FACT_DATES};
    ro_status status = RO_OK;
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        const ro_fact_cells *rows = &prepared->rows[lists[l]];
        for (size_t i = 0; !status && i < rows->count; i++) {
            status = ro_fact_row_put(&writer->facts, lists[l], 0, article, rows, i, err);
        }
    }
    return status;
}

ro_status ro_writer_put_facts(ro_writer *writer, ro_doc article, const ro_prepared *prepared,
                              const ro_record *record, ro_error *err) {
    ro_fact_range ranges[RO_KINDS] = {{0}};
    ro_status status = RO_OK;
    ro_buf_clear(&writer->values_of_article);
    if (!prepared->extracted) {
        return RO_OK;
    }
    for (size_t i = 0; !status && i < prepared->document_count; i++) {
        status =
            put_document(writer, article, prepared, &prepared->documents[i], *record, ranges, err);
    }
    status = status ? status : put_others(writer, article, prepared, err);
    status = status ? status
                    : ro_fact_ranges_put(&writer->facts, article, &prepared->facts, ranges, err);
    if (!status) {
        const ro_doc first[2] = {[RO_MERGE_TALKS] = ranges[RO_KIND_TALKS].first,
                                 [RO_MERGE_OUTCOMES] = ranges[RO_KIND_OUTCOMES].first};
        status = ro_merge_put(writer->merge, &prepared->merge, article, first, err);
    }
    return status ? status : ro_buf_check(&writer->values_of_article, err);
}

static ro_status take_out_of_groups(ro_writer *writer, ro_doc doc, const ro_article *article,
                                    const ro_facts *facts, const ro_fact_range ranges[RO_KINDS],
                                    ro_error *err) {
    const ro_doc first[2] = {[RO_MERGE_TALKS] = ranges[RO_KIND_TALKS].first,
                             [RO_MERGE_OUTCOMES] = ranges[RO_KIND_OUTCOMES].first};
    ro_merge_set set;
    ro_status status =
        ro_preparer_merge_set(writer->preparer, article, facts, &writer->arena, &set, err);
    return status ? status : ro_merge_remove(writer->merge, &set, doc, first, err);
}

/* The facts of a stored article as they were put, and how many documents they make. */
typedef struct stored {
    ro_facts facts;
    ro_fact_range ranges[RO_KINDS];
    int64_t made[RO_KINDS];
} stored;

static ro_status each_document(ro_writer *writer, ro_doc doc, const ro_article *article,
                               stored *from, ro_stream_fn fn, void *context, ro_error *err) {
    const ro_fact_document *texts = NULL;
    size_t count = 0;
    *from = (stored){0};
    ro_status status = ro_fact_rows_read(&writer->stored_facts, writer->db, doc, article->body.len,
                                         &writer->arena, &from->facts, from->ranges, err);
    if (!status) {
        status = ro_fact_documents(article, &from->facts, &writer->arena, &texts, &count, err);
    }
    for (size_t i = 0; !status && i < count; i++) {
        ro_stream terms;
        ro_kind kind = texts[i].kind;
        ro_doc made = from->ranges[kind].first + from->made[kind]++;
        status = ro_preparer_document(writer->preparer, &texts[i], article->language, &terms, err);
        status = status ? status : fn(context, kind, made, &terms, err);
    }
    return status;
}

ro_status ro_writer_each_fact(ro_writer *writer, ro_doc doc, const ro_article *article,
                              ro_stream_fn fn, void *context, ro_error *err) {
    stored from;
    return each_document(writer, doc, article, &from, fn, context, err);
}

static ro_status remove_document(void *context, ro_kind kind, ro_doc doc, const ro_stream *terms,
                                 ro_error *err) {
    ro_writer *writer = context;
    return ro_collection_remove(&writer->collections[kind], doc, terms, err);
}

ro_status ro_writer_remove_facts(ro_writer *writer, ro_doc doc, const ro_article *article,
                                 ro_error *err) {
    stored from;
    ro_status status = each_document(writer, doc, article, &from, remove_document, writer, err);
    for (int kind = 1; !status && kind < RO_KINDS; kind++) {
        if (from.made[kind] != from.ranges[kind].count) {
            status = ro_fail(err, RO_DAMAGED,
                             "the catalogue is damaged: article %lld has %lld %s, its facts "
                             "make %lld",
                             (long long)doc, (long long)from.ranges[kind].count,
                             ro_kind_name((ro_kind)kind), (long long)from.made[kind]);
        }
    }
    status =
        status ? status : take_out_of_groups(writer, doc, article, &from.facts, from.ranges, err);
    return status ? status : ro_fact_rows_delete(&writer->facts, doc, from.ranges, err);
}
