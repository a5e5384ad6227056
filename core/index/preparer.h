/* The inside of the preparer, shared by prepare.c and prepare_facts.c. */
#ifndef READOUT_INDEX_PREPARER_H
#define READOUT_INDEX_PREPARER_H

#include "prepare.h"
#include "vocabulary.h"

#include <openssl/evp.h>
#include <zstd.h>

struct ro_preparer {
    ro_analyser *analyser;
    ZSTD_CCtx *compressor;
    EVP_MD_CTX *hash;
    ro_vocabulary vocabulary;
    uint64_t document; /* counts documents, so that nothing need be cleared between them */
    uint64_t at;       /* field and position of the token before */
    unsigned field;
    bool failed;                 /* memory ran out inside a callback */
    bool too_many;               /* more different terms than an article may have */
    ro_buf terms;                /* ro_stream_term */
    ro_buf last_uses;            /* uint64_t a term: field and position */
    ro_buf uses[RO_FIELD_COUNT]; /* uint32_t */
    ro_buf variants;             /* uint32_t[2] */
    uint32_t words[RO_FIELD_COUNT];
    ro_buf scratch;
    ro_arena repaired; /* strings of the article at hand */
    ro_arena texts;    /* of the documents of its facts */
};

/* A copy of the stream in the arena, that holds the pool. */
ro_status ro_stream_copy(const ro_stream *from, ro_arena *memory, ro_stream *to,
                         ro_error *err) RO_MUST_CHECK;
ro_status ro_preparer_fold(ro_preparer *preparer, ro_arena *memory, ro_str s, ro_str *out,
                           ro_error *err) RO_MUST_CHECK;

/* Fills in what the facts (NULL: none) make of the prepared article. */
ro_status ro_prepared_take_facts(ro_preparer *preparer, ro_prepared *prepared,
                                 const ro_article *article, const ro_facts *facts,
                                 ro_error *err) RO_MUST_CHECK;
bool ro_prepared_hash_facts(const ro_prepared *prepared, EVP_MD_CTX *hash);

#endif
