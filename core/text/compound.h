/* Words joined without a space: where their parts are. */
#ifndef READOUT_TEXT_COMPOUND_H
#define READOUT_TEXT_COMPOUND_H

#include "readout/buffer.h"

typedef struct ro_span {
    size_t start;
    size_t end;
} ro_span;

typedef struct ro_word_parts {
    size_t body_end; /* where the word ends without an ending such as 's */
    bool dotted;     /* a host name: its whole is kept as written */
    bool initials;   /* U.S */
} ro_word_parts;

/* Divides a word of `text` at apostrophes, connectors, middle dots, colons and the dots
 * of host names, and calls
 * add(context, part) for each part in order; none when the word is made of connectors. */
typedef void (*ro_part_fn)(void *context, ro_span part);
ro_word_parts ro_word_divide(ro_str text, ro_span word, ro_part_fn add, void *context);

/* True when these bytes between two words make them one compound: a hyphen, whatever
 * zero-width characters are beside it. */
bool ro_gap_joins(ro_str gap, bool after_initials);

typedef struct ro_address {
    size_t scheme; /* where it begins as written */
    size_t start;  /* where it begins to matter: after the scheme */
    size_t end;
} ro_address;

/* Finds the first URL or e-mail address at or after `from` in a text without white space. */
bool ro_address_find(ro_str text, size_t from, ro_address *found);

#endif
