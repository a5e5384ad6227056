/* The plan of a query: its syntax tree compiled to index terms, clause by clause, so that words can
 * be required or only preferred. */
#ifndef READOUT_QUERY_PLAN_H
#define READOUT_QUERY_PLAN_H

#include "syntax.h"
#include "units.h"

#include "readout/query.h"

#define RO_PREFIX_WORDS_MAX 64 /* completions of `word*` that are searched for: the commonest */
#define RO_FUZZY_WORDS_MAX 32  /* neighbours of `word~` that are searched for: the nearest */
#define RO_EXPANSIONS_MAX 128  /* of both kinds in one query */

typedef struct ro_expansion ro_expansion;
struct ro_expansion {
    const ro_syntax *word;
    ro_word *into;
    size_t count;
    bool complete;
    ro_expansion *next;
};

/* An operand of the top level. */
typedef struct ro_clause ro_clause;
struct ro_clause {
    const ro_syntax *syntax;
    ro_match *node;
    ro_str text;      /* the word as it was typed, for reports */
    ro_str key;       /* plain words: to find repetitions */
    ro_occur occur;   /* of a clause that is not relaxable */
    bool guessed;     /* corrected */
    bool relaxable;   /* a plain word or phrase: required only while enough articles match */
    ro_match **loose; /* parts of a compound that count too once it is not required */
    size_t loose_count;
    int64_t df;
    size_t place; /* among the relaxable ones */
    ro_clause *next;
};

/* A word that no article has, and what is searched for instead: the nearest, commonest first. */
typedef struct ro_correction ro_correction;
struct ro_correction {
    const ro_clause *clause;
    ro_word *into;
    size_t count;
    ro_correction *next;
};

typedef struct ro_query_plan {
    ro_clause *clauses;
    ro_clause **relaxable; /* phrases, then words, most telling first: rarest, then guesses; last
                              what is in no article at all */
    size_t relaxable_count;
    size_t phrase_count;  /* how many of these are phrases that may be in one */
    size_t missing_count; /* how many of these are in no article */
    ro_match **preferred; /* what a question is likely to mean: scores, excludes nothing */
    size_t preferred_count;
    ro_match *filter;      /* of the filter text; NULL: none */
    ro_match *restriction; /* beside it */
    ro_expansion *expansions;
    ro_correction *corrections;
    bool everything; /* no query: all articles */
    bool scored;     /* some clause gives a score */
} ro_query_plan;

typedef struct ro_planner {
    ro_snapshot *snapshot;
    ro_kind kind;
    ro_analyser *analyser;
    const ro_str *languages;
    size_t language_count;
    ro_arena *arena;
    ro_deadline deadline;
    ro_report *report;
    ro_match_mode mode;
    const ro_syntax *unfinished; /* the word that may be unfinished; NULL: none */
    ro_query_plan *plan;
    size_t words_left, terms_left, expansions_left;
    bool words_told;
    bool filtering;  /* what cannot be read matches nothing, for leaving it out would widen */
    bool typo;       /* words that no article has are corrected */
    unsigned fields; /* words that may stand in any field are looked for in these */
} ro_planner;

/* Fills everything of a planner that does not depend on the request. */
void ro_planner_init(ro_planner *planner);

/* Compiles the tree of `q` into clauses. Nodes without words are marked `left_out`. */
ro_status ro_query_plan_clauses(ro_planner *planner, ro_syntax *tree, bool everything,
                                ro_error *err) RO_MUST_CHECK;
/* Compiles the tree of `filter`, every part of it required. */
ro_status ro_query_plan_filter(ro_planner *planner, ro_syntax *tree, bool everything,
                               ro_error *err) RO_MUST_CHECK;

/* The compiled query with the first `required` of the relaxable clauses required. Trees share
 * nodes: the next call ends the life of the one before. */
ro_status ro_query_plan_match(const ro_query_plan *plan, size_t required, ro_arena *arena,
                              ro_match **out, ro_error *err) RO_MUST_CHECK;

/* synonym.c: gives the words of a tree their synonyms, `synonyms` unless NULL, and those that are
 * built in; recorded as expansions. */
ro_status ro_query_synonyms(const ro_synonyms *synonyms, bool builtin, ro_planner *planner,
                            ro_syntax *tree, ro_error *err) RO_MUST_CHECK;
#define RO_RUN_MAX 6 /* words in a row that count as one name */
/* builtin.c: the plain words that stand in a row from `first` on, which is one of them: in one
 * field and, but the first, without a sign; their count. `in_row`: what follows it stands behind
 * it. */
size_t ro_query_run(const ro_planner *planner, ro_syntax *first, bool in_row,
                    ro_syntax *words[RO_RUN_MAX]);
ro_str ro_query_run_text(ro_syntax *const *words, size_t count);
/* Makes one word of them. */
void ro_query_run_join(ro_syntax *const *words, size_t count);
/* builtin.c: those of one word, or of a run of words that begins with it and becomes one; `in_row`:
 * what follows it stands behind it. */
ro_status ro_query_builtin(ro_planner *planner, ro_syntax *node, bool in_row,
                           ro_error *err) RO_MUST_CHECK;
/* typo.c: corrects the plain words of the clauses that no article has. */
ro_status ro_query_correct(ro_planner *planner, ro_error *err) RO_MUST_CHECK;

/* The fields that the words of an operand are looked for in. */
unsigned ro_query_fields(const ro_planner *planner, const ro_syntax *syntax);
/* compile.c: one node of the tree; `out` is NULL when it holds nothing to search for. */
ro_status ro_query_compile(ro_planner *planner, ro_syntax *syntax, ro_match **out,
                           ro_error *err) RO_MUST_CHECK;
/* One piece of a plain word. */
ro_status ro_query_compile_piece(ro_planner *planner, const ro_syntax *syntax,
                                 const ro_units *units, size_t at, size_t count, ro_match **out,
                                 ro_error *err) RO_MUST_CHECK;
/* Reads the words of an operand and takes them off the words that are left; an empty list marks the
 * operand as left out. */
ro_status ro_query_units(ro_planner *planner, ro_syntax *syntax, ro_units *units,
                         ro_error *err) RO_MUST_CHECK;
/* A node for a word that is spelled out by the dictionary: `word*`, `word~`, an unfinished word. */
ro_status ro_query_expand(ro_planner *planner, ro_syntax *syntax, const ro_units *units,
                          ro_match **out, ro_error *err) RO_MUST_CHECK;
/* value.c: a node for a field with values; NULL when the value was left out, which is reported. */
ro_status ro_query_values(ro_planner *planner, ro_syntax *syntax, ro_match **out,
                          ro_error *err) RO_MUST_CHECK;
/* joined.c: values of several words that have no quotes, in a tree of this text. */
ro_status ro_query_join_values(ro_planner *planner, ro_str text, ro_syntax **tree,
                               ro_error *err) RO_MUST_CHECK;
/* A node for one unit; NULL without error when no term is left. */
ro_status ro_query_term(ro_planner *planner, const ro_syntax *syntax, const ro_unit *unit,
                        ro_match **out, ro_error *err) RO_MUST_CHECK;
/* In how many documents of the kind it stands, roughly: alternatives count as the commonest of
 * them, words that must come together as the rarest. */
ro_status ro_query_frequency(ro_snapshot *snapshot, ro_kind kind, const ro_match *node, int64_t *df,
                             ro_error *err) RO_MUST_CHECK;

#endif
