/* Inside a searcher, and what the parts of a search hand to each other. */
#ifndef READOUT_QUERY_SEARCHER_H
#define READOUT_QUERY_SEARCHER_H

#include "plan.h"

#define RO_SEARCH_MEMORY_MAX ((size_t)256 << 20) /* bytes of scratch memory of one search */

struct ro_searcher {
    ro_snapshot *snapshot;
    ro_analyser *analyser;
    ro_arena arena;   /* of one request */
    ro_arena scratch; /* of one article */
    ro_arena lasting; /* the languages */
    ro_str languages[RO_QUERY_LANGUAGES_MAX];
    size_t language_count;
    uint64_t languages_revision; /* they were read at; 0: not yet */
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
    ro_query_plan plan;
    ro_cursor cursor; /* where the page starts; required and now are set for every page */
    bool continued;   /* the request has a cursor */
    ro_search search;
    ro_found found;
    size_t first, count; /* the hits of the page */
    bool more;           /* there are hits behind it */
    int64_t started_ns;
} ro_run;

/* answer.c: the answer object of a search that ran. */
ro_status ro_run_answer(ro_run *run, json_t **answer, ro_error *err) RO_MUST_CHECK;
/* relax.c: decides how many words are required, and searches. */
ro_status ro_run_search(ro_run *run, ro_error *err) RO_MUST_CHECK;

/* Sets a new reference in an object, or takes note that there was no memory for it. */
void ro_json_set(json_t *object, const char *key, json_t *value, bool *memory);
/* The same at the end of an array. */
void ro_json_append(json_t *array, json_t *value, bool *memory);
/* Milliseconds since then, with microseconds. */
json_t *ro_json_took(int64_t started_ns);
/* A string; ill-formed bytes become U+FFFD. */
json_t *ro_json_string(ro_str s);

#endif
