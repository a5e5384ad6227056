/* One word to its terms: folded form and stem, by language, remembered in a cache. */
#ifndef READOUT_TEXT_TERMS_H
#define READOUT_TEXT_TERMS_H

#include "fold.h"

#define RO_LANGUAGES 29

struct sb_stemmer;
typedef struct ro_term_entry ro_term_entry;

typedef struct ro_term {
    ro_str form; /* empty when nothing searchable is in the word */
    ro_str stem;
    void **note; /* of ro_token */
} ro_term;

typedef struct ro_terms {
    ro_folder folder;
    struct sb_stemmer *stemmers[RO_LANGUAGES]; /* owns; made when first asked for */
    ro_term_entry *cache;                      /* owns */
    int language;                              /* row of the language table; -1: no stemmer */
    ro_buf cased;                              /* work space, kept */
    ro_buf form;
    ro_buf stem;
} ro_terms;

ro_status ro_terms_init(ro_terms *terms, ro_error *err) RO_MUST_CHECK;
void ro_terms_release(ro_terms *terms);

void ro_terms_forget(ro_terms *terms);

/* `language` as ro_analyse takes it. */
ro_status ro_terms_language(ro_terms *terms, ro_str language, ro_error *err) RO_MUST_CHECK;

/* Whether the form and the stem of every word of ASCII letters and digits begin as it does, in
 * lower case. */
bool ro_terms_begin_alike(const ro_terms *terms);

/* A word on its way to its terms: looking ahead lets its place in the cache, which is larger than
 * the processor's own, come nearer while other words are worked on. */
typedef struct ro_term_query {
    ro_str surface;
    ro_term_entry *entry;
    uint64_t low, high; /* the first 16 bytes */
    uint32_t hash;
} ro_term_query;

/* `surface` is a word or a part of one; `room` bytes may be read from where it begins, at least its
 * own. */
ro_term_query ro_terms_ask(const ro_terms *terms, ro_str surface, size_t room);
/* Some words later: brings what the note points to nearer. */
void ro_terms_near(const ro_term_query *query);
/* The term's strings are valid until the next call. False when memory ran out. */
bool ro_terms_get(ro_terms *terms, const ro_term_query *query, ro_term *term);

/* The form of an address: folded, punctuation kept, cut at RO_TERM_MAX; the same lifetime. */
bool ro_terms_as_written(ro_terms *terms, ro_str surface, ro_term *term);

/* Differs between versions of libstemmer that stem differently, as far as probe words show. */
uint32_t ro_stemmer_digest(void);

/* True for the apostrophes that readers take for one another: ' ’ ‘ ＇ ʼ. */
bool ro_is_apostrophe(uint32_t code_point);

/* Length of `word` without an English ending after an apostrophe (company's, we'll, they've);
 * n't is none, as it changes the word. */
size_t ro_without_ending(ro_str word);

#endif
