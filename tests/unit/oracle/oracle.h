/* What core/index is held against: small random articles, random trees, and an evaluation of trees
 * that tries every combination of positions and scores straight from the formula of readout/rank.h.
 * Slow and plain. Spans and lists live until oracle_forget. */
#ifndef READOUT_TESTS_ORACLE_H
#define READOUT_TESTS_ORACLE_H

#include "readout/index.h"
#include "readout/match.h"
#include "readout/rank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OK(call) assert_int_equal((call), RO_OK)

/* ---- articles: documents.c ------------------------------------------------------------------ */

#define ORACLE_DOCS 60
#define ORACLE_TOKENS_MAX 64

typedef struct token {
    unsigned field;
    uint32_t position;
    char form[RO_TERM_MAX + 1], stem[RO_TERM_MAX + 1];
} token;

typedef struct document {
    ro_doc doc;
    bool live;
    int source;
    int64_t published;
    uint32_t length[RO_FIELD_COUNT];
    token tokens[ORACLE_TOKENS_MAX];
    size_t count;
    unsigned field; /* while it is analysed */
} document;

extern document oracle_docs[ORACLE_DOCS];
extern const char *const oracle_sources[4];

/* Writes a new article of this number, over the one before. */
void oracle_put(ro_writer *writer, ro_preparer *preparer, ro_analyser *analyser, size_t number);

/* ---- where words stand: occurrences.c ------------------------------------------------------- */

typedef struct span {
    int64_t field; /* as wide as the others: spans are compared as bytes */
    int64_t start, end;
} span;

typedef struct span_list {
    span *at;
    size_t count, room;
} span_list;

/* Zeroed. */
void *oracle_alloc(size_t count, size_t size);
void oracle_forget(void);
/* What is there already is not added again. */
void oracle_add_span(span_list *list, span s);
bool oracle_is_term(const token *t, const ro_match *m);
void oracle_occurrences(const document *d, const ro_match *m, span_list *out);

/* One choice of a span for each child, tried one after the other. */
typedef struct choice {
    const ro_match *node;
    span_list *lists;
    const span *chosen[8];
    void (*take)(struct choice *c, void *context);
    void *context;
} choice;

/* Calls `take` with every choice that makes an occurrence of a PHRASE or NEAR. */
void oracle_each_choice(const document *d, const ro_match *m,
                        void (*take)(choice *c, void *context), void *context);

/* ---- the words that are marked: marks.c ----------------------------------------------------- */

/* Fails where ro_match_words says something else of the document. */
void oracle_compare_marks(const document *d, const ro_match *m, const char *tree);

/* ---- matching and scores: score.c ----------------------------------------------------------- */

/* Takes in what all articles together tell: after they were written. */
void oracle_count(void);
bool oracle_matches(const document *d, const ro_match *m);
double oracle_score(const ro_rank *rank, const document *d, const ro_match *m);

/* ---- trees.c -------------------------------------------------------------------------------- */

ro_match *oracle_tree(ro_arena *arena);
/* Words alone, all optional: the shape that has a way of its own. */
ro_match *oracle_flat(ro_arena *arena);
/* What may be marked. */
ro_match *oracle_marked(ro_arena *arena);

#endif
