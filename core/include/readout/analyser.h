/* The analyser: text to terms. The only tokenizer, folder and stemmer in Readout; indexing,
 * queries, snippets and highlights all go through it, so that they agree.
 *
 * What it does, in this order:
 *   1. Words by UAX 29 (Unicode word boundaries; Chinese, Japanese, Thai, Lao, Khmer, Burmese by
 * ICU's dictionaries). Spaces and punctuation make no token.
 *   2. Fold: NFKC case folding, then marks removed (é -> e, ﬁ -> fi, Й stays й only where й is a
 * letter of its own in the decomposition sense: marks are removed for Latin, Greek and Arabic;
 * Cyrillic й and ё become и and е). Curly apostrophes are straight. Dots of initials go: U.S. ->
 * us.
 *   3. Stem: libstemmer for the language given. Numbers and words that hold digits are not stemmed.
 *   4. Compounds: `covid-19`, `co-operation`, `o'neil`, URLs and e-mail addresses make one token a
 * part at positions of their own, and one token for the whole (hyphens and apostrophes dropped:
 * `cooperation`, `oneil`; URLs and addresses as written, folded) at the first part's position, with
 * `span` = number of parts. Positions count words, so that phrases can be matched; offsets are
 * bytes of the text as given.
 *
 * A thread has its own analyser (libstemmer and ICU objects are not to be shared).
 */
#ifndef READOUT_ANALYSER_H
#define READOUT_ANALYSER_H

#include "readout/buffer.h"

#define RO_TERM_MAX 64 /* bytes of a term; longer words are cut at a character */
#define RO_LANGUAGE_DEFAULT "en"

/* Changes whenever the same text could give other terms; stored in the index with the versions of
 * libstemmer and ICU (see ro_analyser_fingerprint). */
#define RO_ANALYSER_VERSION 1

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
} ro_token;

/* Called for each token in order of position (a whole comes before its first part). The token and
 * its strings are valid during the call. A return other than 0 stops. */
typedef int (*ro_token_fn)(void *context, const ro_token *token);

ro_status ro_analyser_new(ro_analyser **out, ro_error *err) RO_MUST_CHECK;
void ro_analyser_free(ro_analyser *analyser);

/* Analyses `text` (UTF-8; ill-formed bytes separate words), at most 2 GiB. `language` is ISO 639-1
 * ("en"); empty or unknown to libstemmer: words are folded but not stemmed. Returns RO_OK also when
 * the callback stopped it; RO_LIMIT for too long a text, RO_MEMORY. */
ro_status ro_analyse(ro_analyser *analyser, ro_str text, ro_str language, ro_token_fn fn,
                     void *context, ro_error *err) RO_MUST_CHECK;

/* Folds one string as a whole (spaces and punctuation stay) for comparing names and facet values.
 */
ro_status ro_fold(ro_analyser *analyser, ro_str text, ro_buf *out, ro_error *err) RO_MUST_CHECK;

/* True if libstemmer knows the language. */
bool ro_language_has_stemmer(ro_str language);

/* "analyser=1 stemmer=2.2.0 icu=72.1 unicode=15.0": equal fingerprints give equal terms. */
const char *ro_analyser_fingerprint(void);

/* Sentence boundaries after UAX 29, made for news: `.`, `!`, `?` and their kin end a sentence when
 * white space and no lower-case letter or comma follows; titles, initials, months, U.S., Inc. and
 * the like do not (those that can stand last do when a usual first word follows); a line end does
 * not, a blank line (two line ends) does, unless the text goes on in lower case. 。 needs no space.
 * Calls `fn` with each sentence's bytes [start, end), without the white space around; everything
 * else is in one. Stops when fn returns other than 0. Linear; may start in the middle of a text.
 * RO_LIMIT over 2 GiB. */
typedef int (*ro_sentence_fn)(void *context, uint32_t start, uint32_t end);
ro_status ro_sentences(ro_analyser *analyser, ro_str text, ro_sentence_fn fn, void *context,
                       ro_error *err) RO_MUST_CHECK;

#endif
