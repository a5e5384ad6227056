/* Which words of a text a query matched. The code that decides whether a phrase or a NEAR stands in
 * an article also says where, so that what is marked is exactly what matched. */
#ifndef READOUT_SPANS_H
#define READOUT_SPANS_H

#include "readout/deadline.h"
#include "readout/match.h"

typedef struct ro_positions {
    const uint32_t *at; /* ordinals of words in the text, ascending, each once */
    size_t count;
} ro_positions;

/* Terms are counted as they stand in the tree, depth first, from 0. */
typedef struct ro_word_places {
    /* Where a term stands in the text; valid until ro_match_words returns. */
    ro_positions (*stands)(void *context, size_t term);
    /* Told once for each term: where it is part of an occurrence of `match`. */
    void (*matched)(void *context, size_t term, ro_positions words);
    void *context;
} ro_word_places;

/* Finds the occurrences (core/index/evaluate/evaluate.h says what they are) of a TERM, ANY_OF,
 * PHRASE or NEAR in one text, and tells which words make them up: of a phrase those nearest to its
 * first, of NEAR all that have one of every other part near. Nothing is told when it fails:
 * RO_DEADLINE within some thousand steps of the deadline, RO_MEMORY, RO_LIMIT. */
ro_status ro_match_words(const ro_match *match, const ro_word_places *places, ro_deadline deadline,
                         ro_error *err) RO_MUST_CHECK;

#endif
