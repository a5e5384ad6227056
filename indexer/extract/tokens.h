/* Tokens and sentences of a text, with the phrases of the lexicon found in it.
 *
 * These are no terms: nothing of them is indexed or searched (what is, the evidence of the facts,
 * goes through the analyser of core/text like any text). Rules of grammar need what the analyser
 * leaves out on purpose, in one pass with it: marks, quotes, brackets, capitals, line ends, 's and
 * n't as words of their own, the dots of U.S. and Feb.; and an extractor is shared by threads, an
 * analyser is not. UTF-8 and the classes of characters outside ASCII come from core and ICU, as
 * there; words are folded only as far as the English lexicon needs it. Sentences end by the
 * lexicon's abbreviations, lines and headings, which ro_sentences does not know.
 */
#ifndef READOUT_EXTRACT_TOKENS_H
#define READOUT_EXTRACT_TOKENS_H

#include "lexicon.h"

enum {
    TOK_CAP = 1,      /* starts with a capital */
    TOK_UPPER = 2,    /* two letters or more, all capitals */
    TOK_SPACE = 4,    /* white space before it */
    TOK_QUOTED = 8,   /* inside quotation marks */
    TOK_LINE = 16,    /* a line starts here */
    TOK_PARA = 32,    /* a blank line before it */
    TOK_ABBR = 64,    /* its dot is part of it: U.S., Feb., J. */
    TOK_INITIAL = 128 /* one capital letter and a dot */
};

typedef struct token {
    uint32_t start, end; /* bytes */
    uint32_t word;       /* number in the lexicon, 0 unknown */
    uint32_t match;      /* 1 + first of its matches, 0 none */
    uint64_t classes;    /* LEX_BIT of every class that starts here */
    uint16_t flags;
    uint8_t match_count;
    char kind; /* 'w' word, '0' number, else the mark: . , ; : ? ! - (hyphen) = (dash) " < > ( ) ' ~
                */
} token;

typedef struct lex_match {
    uint32_t entry;
    uint32_t words; /* tokens it covers */
} lex_match;

typedef struct sentence_span {
    uint32_t first, end; /* tokens */
    bool paragraph;      /* starts a line */
} sentence_span;

typedef struct tokens {
    ro_str text;
    token *list; /* `count` tokens and one end mark with kind 0 */
    uint32_t count;
    lex_match *matches;
    uint32_t match_count, match_room;
    sentence_span *sentences;
    uint32_t sentence_count;
} tokens;

/* Reads one token at `*at` of the text and moves on; false at the end. Does not look words up. */
bool token_scan(ro_str text, size_t *at, token *out);
/* The word folded for the lexicon: lower case, no dots; 0 when it is too long. */
size_t token_fold(ro_str text, const token *t, char out[LEX_WORD_MAX]);

/* Tokens of text[from, end). */
ro_status tokens_read(const lexicon *lex, ro_str text, size_t from, size_t end, ro_arena *arena,
                      tokens *out, ro_error *err) RO_MUST_CHECK;

#endif
