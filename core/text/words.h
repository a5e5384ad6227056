/* Word boundaries of UAX 29 over UTF-8, by a state machine of our own: ICU gives the character
 * properties and, for scripts written without spaces, the dictionaries. */
#ifndef READOUT_TEXT_WORDS_H
#define READOUT_TEXT_WORDS_H

#include "readout/buffer.h"

#include <unicode/ubrk.h>

/* Characters below this take their class from a table: everything written with spaces in the news,
 * and General Punctuation. */
#define RO_WORDS_TABLE 0x2100

typedef struct ro_words {
    unsigned char classes[RO_WORDS_TABLE];
    UBreakIterator *dictionary; /* owns */
    UText *window;              /* owns; what `dictionary` reads now */
    bool no_dictionary;         /* for tests: plain UAX 29 for every script */

    /* One text at a time, borrowed from ro_words_start until the last ro_words_next. */
    ro_str text;
    size_t at;
    size_t run_start; /* run that `dictionary` divides; run_start == run_end: none */
    size_t run_end;
} ro_words;

ro_status ro_words_init(ro_words *words, ro_error *err) RO_MUST_CHECK;
void ro_words_release(ro_words *words);

/* At most 2 GiB. */
void ro_words_start(ro_words *words, ro_str text);

/* The next word: bytes [*start, *end) of the text; false at its end. Words hold a letter, a digit
 * or a connector (UAX 29 ExtendNumLet); spaces, punctuation and ill-formed bytes are passed over.
 */
bool ro_words_next(ro_words *words, size_t *start, size_t *end);

#endif
