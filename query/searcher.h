/* Inside a searcher, and what the parts of a search hand to each other. */
#ifndef READOUT_QUERY_SEARCHER_H
#define READOUT_QUERY_SEARCHER_H

#include "plan.h"
#include "question.h"

#define RO_SEARCH_MEMORY_MAX ((size_t)256 << 20) /* bytes of scratch memory of one search */

/* The article behind the fact that was read last, with all of its facts. */
typedef struct ro_last_article {
    ro_arena arena;
    ro_doc doc; /* 0: none */
    ro_article article;
    ro_facts facts;
} ro_last_article;

struct ro_searcher {
    ro_snapshot *snapshot;
    ro_analyser *analyser;
    const ro_synonyms *synonyms; /* borrowed; NULL: none */
    bool plain;                  /* without the synonyms that are built in */
    ro_arena arena;              /* of one request */
    ro_arena scratch;            /* of one article */
    ro_arena lasting;            /* the languages */
    ro_last_article last;        /* of one request */
    ro_str languages[RO_QUERY_LANGUAGES_MAX];
    size_t language_count;
    uint64_t languages_revision; /* they were read at; 0: not yet */
    int64_t count_to;            /* totals beyond it are lower bounds */
};

/* The commonest languages of the index, the default where it is empty. */
ro_status ro_searcher_languages(ro_searcher *searcher, ro_error *err) RO_MUST_CHECK;

/* Where a page ended, as text that only the same query takes back. */
typedef struct ro_cursor {
    uint64_t query;    /* hash of what was asked */
    uint64_t revision; /* of the index */
    uint32_t required; /* words that were required */
    int64_t now;       /* that recency counts from */
    ro_hit last;
} ro_cursor;

/* The hash of everything that decides what is found and in which order. */
uint64_t ro_cursor_query(const ro_request *request);
/* Base64url without padding, in the arena. */
ro_status ro_cursor_write(const ro_cursor *cursor, ro_arena *arena, ro_str *out,
                          ro_error *err) RO_MUST_CHECK;
/* RO_INVALID for what is no cursor, or one of another query. */
ro_status ro_cursor_read(ro_str text, uint64_t query, ro_cursor *out, ro_error *err) RO_MUST_CHECK;

/* A search on its way from request to answer. */
typedef struct ro_run {
    ro_searcher *searcher;
    const ro_request *request;
    ro_report q_report, filter_report;
    ro_syntax *q_tree, *filter_tree;
    ro_kind kind;
    ro_question question; /* of kinds other than articles */
    ro_match_mode mode;
    ro_query_plan plan;
    ro_cursor cursor; /* where the page starts; required and now are set for every page */
    bool continued;   /* the request has a cursor */
    ro_search search;
    ro_found found;
    size_t first, count;  /* the hits of the page */
    bool more;            /* there are hits behind it */
    unsigned disjunctive; /* facets that are counted without their own selection */
    ro_str did_you_mean;  /* empty: nothing better is known */
    int64_t started_ns;
} ro_run;

/* answer.c: the answer object of a search that ran. */
ro_status ro_run_answer(ro_run *run, json_t **answer, ro_error *err) RO_MUST_CHECK;
/* Its hits, added to an array. */
ro_status ro_run_hits(const ro_run *run, json_t *hits, ro_error *err) RO_MUST_CHECK;
/* Parts of it; `memory` is set when there was none. */
json_t *ro_run_query_json(const ro_run *run, bool *memory);
/* The words that nothing of its kind has. */
json_t *ro_run_missing_json(const ro_run *run, bool *memory);
json_t *ro_run_total_json(const ro_run *run, bool *memory);
json_t *ro_run_facets_json(const ro_run *run, bool *memory);
/* What is listed under "kind" of a hit: "article", "talk" … */
const char *ro_kind_singular(ro_kind kind);
/* typo.c: sets did_you_mean of a run that has searched. */
ro_status ro_run_did_you_mean(ro_run *run, ro_error *err) RO_MUST_CHECK;
/* facets.c: "source", "language" … */
const char *ro_facet_name(unsigned facet);
/* Counts facets that the filter selects from anew, without that selection. */
ro_status ro_run_facets(ro_run *run, ro_error *err) RO_MUST_CHECK;
/* run.c: the caps of a request. */
ro_status ro_run_check(const ro_request *request, ro_error *err) RO_MUST_CHECK;
/* A planner for the texts of a run; report and mode are the caller's. */
void ro_run_planner(ro_run *run, ro_planner *planner);
/* One kind: the plan, ready to be searched with. */
ro_status ro_run_prepare(ro_run *run, ro_searcher *searcher, const ro_request *request,
                         ro_kind kind, ro_error *err) RO_MUST_CHECK;
/* And searched, up to what was found. */
ro_status ro_run_start(ro_run *run, ro_searcher *searcher, const ro_request *request, ro_kind kind,
                       ro_error *err) RO_MUST_CHECK;
/* Reads the question of a request; does not search. */
ro_status ro_run_question(ro_searcher *searcher, const ro_request *request, ro_question *out,
                          ro_error *err) RO_MUST_CHECK;
/* wish.c: what the question asks for, as it is likely to stand in documents of the run's kind. */
ro_status ro_run_prefer(ro_run *run, ro_planner *planner, ro_error *err) RO_MUST_CHECK;
/* answers.c: the best few of every kind. */
ro_status ro_searcher_answers(ro_searcher *searcher, const ro_request *request, json_t **answer,
                              ro_error *err) RO_MUST_CHECK;
/* relax.c: decides how many words are required, and searches. */
ro_status ro_run_search(ro_run *run, ro_error *err) RO_MUST_CHECK;

/* Sets a new reference in an object, or takes note that there was no memory for it. */
void ro_json_set(json_t *object, const char *key, json_t *value, bool *memory);
/* The same at the end of an array. */
void ro_json_append(json_t *array, json_t *value, bool *memory);
/* Milliseconds since then, with microseconds. */
json_t *ro_json_took(int64_t started_ns);
/* Characters of the first bytes of a text. */
size_t ro_chars_before(ro_str text, size_t bytes);
/* A string; ill-formed bytes become U+FFFD. */
json_t *ro_json_string(ro_str s);

#endif
