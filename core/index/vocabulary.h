/* The words one preparer has met, so that a word costs one look-up after its first time; the
 * analyser's notes spare that one too. Forgotten as a whole when it grows too large. */
#ifndef READOUT_INDEX_VOCABULARY_H
#define READOUT_INDEX_VOCABULARY_H

#include "pool.h"
#include "table.h"

/* A term and its place in the document at hand. */
typedef struct ro_vocabulary_term {
    uint64_t hash;     /* without '=' */
    uint64_t document; /* that last used it */
    uint32_t local;    /* index in the document, when `document` is the current one */
    uint32_t number;   /* in the pool */
    uint32_t len;
    char bytes[]; /* as posted: a form starts with '=' */
} ro_vocabulary_term;

typedef struct ro_vocabulary_word {
    uint64_t document;   /* that last used it */
    uint32_t stem_local; /* indexes in that document */
    uint32_t form_local;
    ro_vocabulary_term *stem_term;
    ro_vocabulary_term *form_term; /* NULL when form and stem are equal */
    uint32_t form_len, stem_len;
    char bytes[]; /* form, then stem */
} ro_vocabulary_word;

typedef struct ro_vocabulary {
    ro_term_pool *pool; /* holds; all memory is in it */
    ro_table words;     /* by form */
    ro_table terms;
} ro_vocabulary;

void ro_vocabulary_release(ro_vocabulary *vocabulary);
/* To be called before each document: makes the pool, or a new one when it is full. `*anew` tells
 * that all words are gone. False when memory ran out. */
bool ro_vocabulary_start(ro_vocabulary *vocabulary, bool *anew);
/* The word, made if it is new; NULL when memory ran out. */
ro_vocabulary_word *ro_vocabulary_get(ro_vocabulary *vocabulary, ro_str form, ro_str stem);

#endif
