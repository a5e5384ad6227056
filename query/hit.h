/* Writing hits as JSON: articles in answer.c, facts in fact_hit.c. */
#ifndef READOUT_QUERY_HIT_H
#define READOUT_QUERY_HIT_H

#include "searcher.h"
#include "snippet.h"

typedef struct ro_hit_writer {
    const ro_run *run;
    ro_marker marker;
    json_t *hit; /* borrowed: the one that is written */
    bool memory; /* there was none for some value */
    ro_error *err;
} ro_hit_writer;

/* Title, url, source, language and date of an article. */
void ro_hit_put_article(ro_hit_writer *w, const ro_article *article);
/* The marks of the title as the request wants them. */
ro_status ro_hit_put_title(ro_hit_writer *w, ro_str title, const ro_marks *marks) RO_MUST_CHECK;
/* A hit of the run's kind, which is not articles. */
ro_status ro_hit_put_fact(ro_hit_writer *w, const ro_hit *hit) RO_MUST_CHECK;

/* fact.c: the fields of a fact. */
typedef struct ro_fact_source {
    ro_kind kind;
    ro_fact fact;
    const ro_facts *facts;
    const ro_article *article; /* with its body */
    ro_arena *arena;
} ro_fact_source;

/* Sets them in an object, of the one kind: status, sides, by … */
void ro_fact_put_fields(const ro_fact_source *source, json_t *object, bool *memory);
/* The fact behind a document of the source's kind, with its article, which is read anew only if
 * that of the call before was another; borrowed until the next call. */
ro_status ro_fact_load(ro_searcher *searcher, ro_doc doc, ro_fact_source *source,
                       ro_error *err) RO_MUST_CHECK;
/* Forgets the article of the last call. */
void ro_fact_unload(ro_searcher *searcher);

/* Documents of one article have numbers in a row: facts are loaded in turn, whatever the order they
 * are shown in. */
typedef struct ro_turn {
    ro_doc doc;
    size_t at; /* where it is shown */
} ro_turn;
void ro_turns_sort(ro_turn *turns, size_t count);
/* The whole sentences around a place, as far as they are near. */
ro_status ro_fact_sentence(ro_analyser *analyser, ro_str body, ro_evidence of, ro_passage *out,
                           ro_error *err) RO_MUST_CHECK;

#define RO_EVIDENCE_MAX 32 /* places of one fact that are looked at */

/* Where it stands, the first place first; returns how many, at most RO_EVIDENCE_MAX. A talk stands
 * also where its participations do; a person who is only mentioned, at the first mention. */
size_t ro_fact_evidence(const ro_fact_source *source, ro_evidence *out);

#endif
