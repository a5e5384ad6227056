/* The documents that facts make: what of an article's facts is searched, as text and as values.
 *
 *   kind          title                                body
 *   talks         sides, host, place, who takes part,  topics, sentences of the evidence
 *                 parties
 *   participants  spellings of the name, offices, side the sentence of the evidence, or of the
 * first mention; place and sides of the talk outcomes      who acts, the status what, the sentence
 * of the evidence, condition statements    who speaks: spellings, offices, side the sentences of
 * what was said
 *
 * Sides stand by name and adjective ("Russia Russian"). The same article and facts always give the
 * same documents: that is how they are taken out of the index again. */
#ifndef READOUT_FACT_TEXT_H
#define READOUT_FACT_TEXT_H

#include "readout/index.h"

/* Goes up whenever the same facts could give other documents. */
#define RO_FACT_TEXT_VERSION 2

#define RO_ROLE_MAIN "main"           /* of a talk that its article is about */
#define RO_ROLE_MENTIONED "mentioned" /* of a person who takes part in no talk */

typedef struct ro_fact_value {
    ro_column column; /* from RO_COLUMN_SIDE on */
    ro_str key;       /* before ro_fold; of a person, ro_person_key of the form */
    ro_str shown;
} ro_fact_value;

/* Bytes of a document's body that are the article's from `from` on. */
typedef struct ro_fact_slice {
    uint32_t at, from, len;
} ro_fact_slice;

typedef struct ro_fact_document {
    ro_kind kind;
    ro_fact fact; /* but for the article */
    ro_str title, body;
    const ro_fact_slice *slices; /* ascending; lines of the body */
    size_t slice_count;
    int64_t published; /* a talk's own date where it is known to the month, else the article's */
    const ro_fact_value *values;
    size_t value_count;
} ro_fact_document;

/* All documents of the facts, by kind and in order of the facts, in the arena. Linear in the length
 * of the body and the number of facts. */
ro_status ro_fact_documents(const ro_article *article, const ro_facts *facts, ro_arena *arena,
                            const ro_fact_document **out, size_t *count,
                            ro_error *err) RO_MUST_CHECK;

/* A digest of the tables that texts are made with: equal, and texts are. */
uint64_t ro_fact_text_digest(void);

#endif
