/* Extraction: the facts of one article.
 *
 * Deterministic rules over lexicons (lexicon/NAME.tsv, compiled in). Linear in the length of the
 * text. The way of an article: layout -> tokens and sentences (tokens.c) -> phrases of the lexicon
 * (lexicon.c) -> chunks: who is named (chunk.c) -> people (people.c) -> clauses (clause.c) ->
 * talks, participations, outcomes, statements, dates -> merging within the article.
 */
#ifndef READOUT_EXTRACT_H
#define READOUT_EXTRACT_H

#include "readout/facts.h"

/* Immutable once made: may be used by any number of threads at the same time. */
typedef struct ro_extractor ro_extractor;

/* `extra` is the text of a user's lexicon in the form of lexicon/NAME.tsv, added to the built-in
 * one; may be empty. RO_FORMAT names the line that is wrong. */
ro_status ro_extractor_new(ro_str extra, ro_extractor **out, ro_error *err) RO_MUST_CHECK;
/* An extractor with the lines of a user's own file; NULL or "" for none. */
ro_status ro_extractor_open(const char *lexicon, ro_extractor **out, ro_error *err) RO_MUST_CHECK;
void ro_extractor_free(ro_extractor *extractor);

/* The facts of `article` (its id, title, body, published and what of its layout is set; a body with
 * its own title, dateline and credit lines is recognised). Everything in `out` is in the arena or
 * borrowed from the article and the extractor. RO_LIMIT for a body over RO_ARTICLE_BODY_MAX,
 * RO_MEMORY. */
ro_status ro_extract(const ro_extractor *extractor, const ro_article *article, ro_arena *arena,
                     ro_facts *out, ro_error *err) RO_MUST_CHECK;

/* Appends the facts as lines for reading: each sentence with what was found in it and by which
 * rule. */
void ro_facts_explain(const ro_facts *facts, ro_str body, ro_buf *out);

/* Caps: what is beyond is left out, never an error. */
#define RO_EXTRACT_PEOPLE_MAX 20000
#define RO_EXTRACT_TALKS_MAX 512

#endif
