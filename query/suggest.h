/* Inside ro_searcher_suggest. */
#ifndef READOUT_QUERY_SUGGEST_H
#define READOUT_QUERY_SUGGEST_H

#include "searcher.h"

/* A search for completions: what was typed, up to the word that is being typed, and that word. */
typedef struct ro_suggesting {
    ro_searcher *searcher;
    const ro_request *request;
    ro_match *filter; /* NULL: none */
    ro_str head, word;
    ro_str form; /* the word, folded; empty: none */
    ro_word *words;
    size_t word_count;
    ro_deadline deadline;
    json_t *list;
    bool memory;
} ro_suggesting;

/* completion.c: the `max` best completions of the word: those that stand behind the words before,
 * then those that stand with them, then the commonest. */
ro_status ro_completions_find(ro_suggesting *run, size_t max, ro_error *err) RO_MUST_CHECK;

/* Prepares a planner that compiles into `plan`, which has a clause for each word of the head then,
 * looked for in `fields`; last first. */
ro_status ro_suggest_plan_head(const ro_suggesting *run, ro_planner *planner, ro_report *report,
                               ro_syntax *syntax, ro_query_plan *plan, ro_error *err) RO_MUST_CHECK;
ro_status ro_suggest_add_clause(ro_query_plan *plan, ro_match *node, ro_arena *arena,
                                ro_error *err) RO_MUST_CHECK;

/* written.c: the completion as it is written in an article, going on from what was typed in its
 * case; in the searcher's arena. */
ro_status ro_completion_write(ro_suggesting *run, const ro_word *word, ro_str *out,
                              ro_error *err) RO_MUST_CHECK;

/* How many articles a search for all of the text finds, of those that match `also` unless that is
 * NULL; -1: counting takes long. With `also` or under a restriction it is counted at all events:
 * words outside of it are not to be told. */
ro_status ro_suggest_count(ro_suggesting *run, ro_str text, ro_match *also, int64_t *count,
                           ro_error *err) RO_MUST_CHECK;

/* suggest_names.c: adds at most `most` people and places whose names have all of the words that
 * were typed, the last one unfinished, and that are not listed yet; under a filter those that its
 * articles name. */
ro_status ro_suggest_people(ro_suggesting *run, size_t most, ro_error *err) RO_MUST_CHECK;
void ro_suggest_places(ro_suggesting *run, const json_t *places, size_t most);
/* The places that may be added, as facet values or NULL; to be asked for first, as it takes the
 * searcher's memory. */
ro_status ro_suggest_find_places(ro_searcher *searcher, const ro_request *request, json_t **answer,
                                 ro_error *err) RO_MUST_CHECK;

#endif
