/* The inside of the preparer, shared by prepare.c and prepare_facts.c. */
#ifndef READOUT_INDEX_PREPARER_H
#define READOUT_INDEX_PREPARER_H

#include "prepare.h"
#include "vocabulary.h"

#include <openssl/evp.h>
#include <zstd.h>

/* A token of an article's body. */
typedef struct ro_known_token {
    ro_vocabulary_word *word;
    uint32_t position, start;
} ro_known_token;

struct ro_preparer {
    ro_analyser *analyser;
    ZSTD_CCtx *compressor;
    EVP_MD_CTX *hash;
    ro_vocabulary vocabulary;
    uint64_t document; /* counts documents, so that nothing need be cleared between them */
    uint64_t at;       /* field and position of the token before */
    unsigned field;
    uint32_t base;               /* position of the text at hand in its field */
    bool failed;                 /* memory ran out inside a callback */
    bool too_many;               /* more different terms than an article may have */
    ro_buf terms;                /* ro_stream_term */
    ro_buf last_uses;            /* uint64_t a term: field and position */
    ro_buf uses[RO_FIELD_COUNT]; /* uint32_t */
    ro_buf variants;             /* uint32_t[2] */
    uint32_t words[RO_FIELD_COUNT];
    ro_buf scratch;
    /* of the article at hand when it has facts: most of their text is its own */
    bool noting;
    ro_str known_body;        /* whose tokens are known; borrowed */
    ro_term_pool *known_pool; /* that their words are of */
    ro_buf known;             /* ro_known_token */
    ro_arena repaired;        /* strings of the article at hand */
    ro_arena texts;           /* of the documents of its facts */
};

/* A copy of the stream in the arena, that holds the pool. */
ro_status ro_stream_copy(const ro_stream *from, ro_arena *memory, ro_stream *to,
                         ro_error *err) RO_MUST_CHECK;
/* The same as ro_preparer_stream of the title and the body, of which the slices are an article's.
 */
ro_status ro_preparer_stream_of(ro_preparer *preparer, const ro_fact_document *text,
                                ro_str language, ro_stream *out, ro_error *err) RO_MUST_CHECK;
ro_status ro_preparer_fold(ro_preparer *preparer, ro_arena *memory, ro_str s, ro_str *out,
                           ro_error *err) RO_MUST_CHECK;

/* Fills in what the facts (NULL: none) make of the prepared article. */
ro_status ro_prepared_take_facts(ro_preparer *preparer, ro_prepared *prepared,
                                 const ro_article *article, const ro_facts *facts,
                                 ro_error *err) RO_MUST_CHECK;
bool ro_prepared_hash_facts(const ro_prepared *prepared, EVP_MD_CTX *hash);

#endif
