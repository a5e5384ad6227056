/* An article made ready for the writer. */
#ifndef READOUT_INDEX_PREPARE_H
#define READOUT_INDEX_PREPARE_H

#include "facts/rows.h"
#include "merge/merge.h"
#include "pool.h"
#include "readout/alike.h"
#include "readout/fact_text.h"
#include "values.h"

/* A term as it is posted: a stem, or '=' and a form that differs from its stem. */
typedef struct ro_stream_term {
    const char *bytes;
    uint32_t len;
    uint32_t stems;  /* how often it is posted as a stem: 0 for a form */
    uint32_t forms;  /* how often it stands in the article as a form */
    uint32_t number; /* in the pool */
    uint64_t hash;   /* ro_str_hash of the term without '=' */
} ro_stream_term;

/* The term without '='. */
static inline ro_str ro_stream_key(const ro_stream_term *term) {
    unsigned skip = term->stems ? 0 : 1;
    return ro_str_make(term->bytes + skip, term->len - skip);
}

/* A text as the hot leaf takes it: every different term once, and each field as a sequence of uses,
 * (index of the term) * 2 + 1 when it stands at the same position as the one before. */
typedef struct ro_stream {
    ro_term_pool *pool; /* the bytes of the terms are in it; held by whoever owns the stream */
    const ro_stream_term *terms;
    size_t count;
    const uint32_t *uses[RO_FIELD_COUNT];
    size_t use_count[RO_FIELD_COUNT];
    uint32_t words[RO_FIELD_COUNT]; /* positions */
    const uint32_t (*variants)[2];  /* (stem, form): indexes of terms */
    size_t variant_count;
} ro_stream;

typedef struct ro_prepared_value {
    ro_column column;
    ro_value value;
} ro_prepared_value;

/* A document of a fact. */
typedef struct ro_prepared_fact {
    ro_kind kind;
    ro_fact fact; /* but for the article */
    int64_t published;
    ro_stream terms;
    const ro_prepared_value *values;
    size_t value_count;
} ro_prepared_fact;

struct ro_prepared {
    ro_arena memory; /* owns everything below but the pool of the terms, which is held */
    ro_article article;
    ro_str body;     /* the article's, compressed */
    size_t body_len; /* uncompressed; article.body is empty */
    ro_str folded_source;
    ro_str folded_language;
    uint8_t hash[32]; /* SHA-256 of all fields but id and origin, and of the facts */
    ro_stream terms;
    bool told; /* its story has a sketch */
    ro_alike alike;
    bool extracted; /* it came with facts, be they none */
    ro_facts facts;
    ro_fact_cells rows[RO_FACT_LISTS]; /* the same as rows */
    ro_merge_set merge;                /* what of them can be one with what others say */
    const ro_prepared_fact *documents; /* by kind, in order of the facts */
    size_t document_count;
};

/* The terms alone, for taking an article out again; valid until the next use of the preparer. */
ro_status ro_preparer_stream(ro_preparer *preparer, const ro_article *article, ro_stream *out,
                             ro_error *err) RO_MUST_CHECK;

/* What of an article's facts takes part in merging; the same facts always give the same. */
ro_status ro_preparer_merge_set(ro_preparer *preparer, const ro_article *article,
                                const ro_facts *facts, ro_arena *arena, ro_merge_set *out,
                                ro_error *err) RO_MUST_CHECK;
/* The terms of a document of facts alone; valid until the next use of the preparer. */
ro_status ro_preparer_document(ro_preparer *preparer, const ro_fact_document *text, ro_str language,
                               ro_stream *out, ro_error *err) RO_MUST_CHECK;

#endif
