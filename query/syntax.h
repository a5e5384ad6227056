/* The query language: text to a syntax tree, and the tree back to its normal form.
 *
 *   sequence := or+                 juxtaposition binds loosest: `trade talks OR negotiations` is
 *   or       := and (OR and)*         trade (talks OR negotiations)
 *   and      := near (AND near)*
 *   near     := item ((NEAR|ONEAR)[/n] item)*
 *   item     := [+ | - | NOT] [name:] (word | =word | word* | word~[n] | "phrase"[~n] | (sequence))
 *
 * In a quoted value of a field such as source: a backslash before a quotation mark or a backslash
 * makes it part of the value. Operators are upper case. Every text has a reading; what was repaired
 * goes to the report. Parsing takes time and memory linear in the text, and does not recurse.
 */
#ifndef READOUT_QUERY_SYNTAX_H
#define READOUT_QUERY_SYNTAX_H

#include "report.h"

#include "readout/match.h"

#define RO_QUERY_DEPTH_MAX 12   /* parentheses inside each other; deeper ones are left out */
#define RO_QUERY_FILTERS_MAX 64 /* source:, lang: and dates in a query */
#define RO_NEAR_DEFAULT 10      /* words of a NEAR without number */
#define RO_NEAR_MAX 100         /* words, for NEAR and for the slop of a phrase */

typedef enum ro_syntax_kind {
    RO_SYNTAX_SEQUENCE, /* in order of how tightly they bind */
    RO_SYNTAX_OR,
    RO_SYNTAX_AND,
    RO_SYNTAX_NEAR,
    RO_SYNTAX_WORD,
    RO_SYNTAX_PHRASE,
    RO_SYNTAX_VALUE, /* source:, lang: */
    RO_SYNTAX_RANGE  /* date:, after:, before: */
} ro_syntax_kind;

typedef enum ro_sign { RO_SIGN_NONE, RO_SIGN_MUST, RO_SIGN_NOT } ro_sign;
typedef enum ro_form { RO_FORM_STEM, RO_FORM_EXACT, RO_FORM_PREFIX, RO_FORM_FUZZY } ro_form;

typedef struct ro_syntax ro_syntax;
struct ro_syntax {
    ro_syntax_kind kind;
    ro_sign sign;
    ro_form form;        /* WORD, PHRASE (stem or exact) */
    const char *name;    /* of the field as it is written in normal form; NULL: none */
    unsigned fields;     /* WORD, PHRASE: RO_FIELD_… */
    ro_column column;    /* VALUE, RANGE */
    int64_t from, until; /* RANGE */
    ro_str text;         /* WORD, PHRASE, VALUE, RANGE: without signs, names and suffixes */
    unsigned edits;      /* FUZZY: 1 or 2; 0: by length */
    uint32_t distance;   /* NEAR: words; PHRASE: slop */
    bool ordered;        /* NEAR */
    ro_str *also;        /* WORD: spellings that count as the same word */
    size_t also_count;
    bool synonyms;           /* WORD: `also` are these: it is as plain as without */
    bool of_name;            /* WORD: of a longer name, and no country or person itself */
    float boost;             /* WORD: factor on its score; 0: 1 */
    bool about;              /* the question says in which fields it is looked for */
    bool implied;            /* not in the text: what a question has in a row */
    bool left_out;           /* set by the planner: holds nothing to search for */
    size_t at;               /* byte offset in the text */
    ro_syntax *first, *next; /* children; next of the same parent */
};

/* `out` is NULL for a text without operands: `everything` tells whether it then means all articles
 * (blank, or a lone `*`) or none (`)))`). The tree and its strings live in the report's arena or
 * borrow from `text`, which is well-formed UTF-8. */
ro_status ro_syntax_parse(ro_str text, ro_report *report, ro_syntax **out, bool *everything,
                          ro_error *err) RO_MUST_CHECK;

/* True if a word of this text needs no quotes whatever stands before it: letters, digits, `.`, `_`
 * and `-`. */
bool ro_syntax_is_simple(ro_str text);

/* Appends the normal form; parsing it again gives the same tree. */
void ro_syntax_print(const ro_syntax *node, ro_buf *out);

#endif
