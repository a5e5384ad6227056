/* The analyser: text to terms. The only tokenizer, folder and stemmer in Readout; indexing,
 * queries, snippets and highlights all go through it, so that they agree.
 *
 * What it does, in this order:
 *   1. Words by UAX 29 (Unicode word boundaries; runs of Chinese, Japanese, Thai, Lao, Khmer,
 *      Burmese by ICU's dictionaries). Spaces, punctuation and symbols make no token. White space
 *      and controls of ASCII always separate: a text may be cut there and analysed in pieces.
 *   2. Fold: NFKC case folding, then marks removed from Latin, Greek, Cyrillic, Arabic and Hebrew
 *      letters (é -> e, ﬁ -> fi, й -> и), never where they are letters of their own (Thai,
 *      Devanagari, kana). Strokes and digraphs go too (ł -> l, ø -> o, æ -> ae), decimal digits
 *      become ASCII, what is no letter, mark or number is dropped (U.S. -> us, Ph.D. -> phd,
 *      don’t -> dont) but points and commas between digits. English endings after an apostrophe go
 *      in every language: company's -> company, we'll -> we.
 *   3. Stem: libstemmer for the language given. Numbers and words that hold digits are not stemmed.
 *      Latin letters are stemmed without their marks, so that a query may leave them out; Russian,
 *      Serbian, Greek and Arabic with them, as their stemmers ask.
 *   4. Compounds make one token for the whole, at the first part's position with `span` = number of
 *      parts, then one a part at positions of their own. The whole of words joined by hyphens,
 *      apostrophes, colons, middle dots or `_` is written without them (covid19, cooperation,
 * oneil, lukraine), stemmed as a word; that of host names, URLs and e-mail addresses as written,
 * folded, not stemmed, without scheme and `www.` (reuters.com/article/2013). More than 32 parts are
 * only words. Positions count words, so that phrases can be matched; offsets are bytes of the text
 * as given: of U.S. the last dot is outside, of company's the ending is inside.
 *
 * A thread has its own analyser (libstemmer and ICU objects are not to be shared). It takes some
 * 9 MB, most of it a cache of words.
 */
#ifndef READOUT_ANALYSER_H
#define READOUT_ANALYSER_H

#include "readout/buffer.h"

#define RO_TERM_MAX 64 /* bytes of a term; longer words are cut at a character */
#define RO_LANGUAGE_DEFAULT "en"

/* Changes whenever the same text could give other terms; stored in the index as part of
 * ro_analyser_fingerprint. */
#define RO_ANALYSER_VERSION 2

typedef struct ro_analyser ro_analyser;

enum {
    RO_TOKEN_WHOLE = 1, /* the whole of a compound, at the position of its first part */
    RO_TOKEN_NUMBER = 2 /* starts with a digit */
};

typedef struct ro_token {
    ro_str form;       /* folded surface form; at most RO_TERM_MAX bytes */
    ro_str stem;       /* what is indexed; equal to form where nothing was stripped */
    uint32_t position; /* ordinal of the word in the text, from 0 */
    uint32_t span;     /* positions it covers: 1, or the number of parts for a whole */
    uint32_t start;    /* bytes [start, end) of the text, always on character boundaries */
    uint32_t end;
    unsigned flags;
    /* A place kept with the word, NULL at first, for what the caller knows of its form and stem;
     * NULL where the word is not remembered. An analyser has one user of notes. */
    void **note;
} ro_token;

/* Called for each token in order of position (a whole comes before its first part). The token and
 * its strings are valid during the call. A return other than 0 stops. */
typedef int (*ro_token_fn)(void *context, const ro_token *token);

/* White space and controls of ASCII always end a word and never join two: a text parted there has
 * the tokens of its parts. */
static inline bool ro_analyser_parts(char c) {
    return (unsigned char)c <= ' ' || c == 0x7F;
}

ro_status ro_analyser_new(ro_analyser **out, ro_error *err) RO_MUST_CHECK;
void ro_analyser_free(ro_analyser *analyser);

/* Analyses `text` (UTF-8; ill-formed bytes separate words), at most 2 GiB. `language` is ISO 639-1
 * ("en"); empty or unknown to libstemmer: words are folded but not stemmed. Returns RO_OK also when
 * the callback stopped it; RO_LIMIT for too long a text, RO_MEMORY. */
ro_status ro_analyse(ro_analyser *analyser, ro_str text, ro_str language, ro_token_fn fn,
                     void *context, ro_error *err) RO_MUST_CHECK;

/* The same for who looks for some terms only: `starts`, of 256, says by the first byte of a term
 * whether it may be one of them (0: it is none). Most words of ASCII that begin otherwise are
 * counted without being told. */
ro_status ro_analyse_some(ro_analyser *analyser, ro_str text, ro_str language,
                          const uint8_t *starts, ro_token_fn fn, void *context,
                          ro_error *err) RO_MUST_CHECK;

/* Forgets the words it remembers, and with them the notes. */
void ro_analyser_forget(ro_analyser *analyser);

/* Appends one string folded as a whole (spaces and punctuation stay), for comparing names and facet
 * values. Ill-formed bytes become U+FFFD. `analyser` may be NULL: slower, for a few short strings.
 */
ro_status ro_fold(ro_analyser *analyser, ro_str text, ro_buf *out, ro_error *err) RO_MUST_CHECK;

/* True if libstemmer knows the language. */
bool ro_language_has_stemmer(ro_str language);

/* "analyser=2 stemmer=1a2b3c4d icu=72.1 unicode=15.0": equal fingerprints give equal terms.
 * libstemmer does not tell its version: its part is a digest of how it stems probe words. */
const char *ro_analyser_fingerprint(void);

/* Sentence boundaries after UAX 29, made for news: `.`, `!`, `?` and their kin end a sentence when
 * white space and no lower-case letter or comma follows; titles, initials, months, U.S., Inc. and
 * the like do not (those that can stand last do when a usual first word follows); a line end does
 * not, a blank line (two line ends) does, unless the text goes on in lower case. 。 needs no space.
 * Calls `fn` with each sentence's bytes [start, end), without the white space around; everything
 * else is in one. Stops when fn returns other than 0. Linear; may start in the middle of a text.
 * RO_LIMIT over 2 GiB. `analyser` may be NULL. */
typedef int (*ro_sentence_fn)(void *context, uint32_t start, uint32_t end);
ro_status ro_sentences(ro_analyser *analyser, ro_str text, ro_sentence_fn fn, void *context,
                       ro_error *err) RO_MUST_CHECK;

#endif
