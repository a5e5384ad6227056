/* The lexicon of a collection: every stem and every surface form with its exact frequencies.
 *
 * Table lexicon_KIND(term, stem_df, stem_cf, form_df, form_cf): `stem_df` documents hold some form
 * whose stem is the term, `stem_cf` times in all; `form_df` documents hold the term itself as a
 * form, `form_cf` times. Table variant_KIND(stem, form): the forms of a stem but for the one that
 * equals it; pairs stay when their last document goes. */
#ifndef READOUT_INDEX_LEXICON_H
#define READOUT_INDEX_LEXICON_H

#include "prepare.h"
#include "sql.h"

/* Changes of one transaction, gathered in memory and written in order of the terms. */
typedef struct ro_lexicon_delta ro_lexicon_delta;

ro_status ro_lexicon_delta_new(ro_lexicon_delta **out, ro_error *err) RO_MUST_CHECK;
void ro_lexicon_delta_free(ro_lexicon_delta *delta);
/* Counts the terms of a document in (`sign` 1) or out (-1). */
ro_status ro_lexicon_delta_add(ro_lexicon_delta *delta, const ro_stream *terms, int sign,
                               ro_error *err) RO_MUST_CHECK;
/* Writes and forgets what was gathered. */
ro_status ro_lexicon_delta_store(ro_lexicon_delta *delta, sqlite3 *db, ro_kind kind,
                                 ro_error *err) RO_MUST_CHECK;

/* Reading, by statements kept for the life of a connection. */
enum { RO_LEXICON_FIND, RO_LEXICON_VARIANTS, RO_LEXICON_RANGE, RO_LEXICON_STATEMENTS };

typedef struct ro_lexicon {
    sqlite3_stmt *statements[RO_LEXICON_STATEMENTS];
} ro_lexicon;

ro_status ro_lexicon_open(ro_lexicon *lexicon, sqlite3 *db, ro_kind kind,
                          ro_error *err) RO_MUST_CHECK;
void ro_lexicon_close(ro_lexicon *lexicon);

#define RO_VARIANTS_MAX                                                                            \
    64 /* of one stem that a query looks at; a rarer one is taken for the stem */
#define RO_VARIANTS_LOOKED_AT 1024 /* to find the commonest */

/* How many documents hold a term, and how often it stands in all of them. */
typedef struct ro_frequency {
    int64_t df, cf;
} ro_frequency;

ro_status ro_lexicon_find(ro_lexicon *lexicon, ro_str term, ro_frequency *stem, ro_frequency *form,
                          ro_error *err) RO_MUST_CHECK;
/* The forms of a stem that differ from it, the commonest first, at most `max`. Looks at no more
 * than RO_VARIANTS_LOOKED_AT of them. */
ro_status ro_lexicon_variants(ro_lexicon *lexicon, ro_str stem, size_t max, ro_arena *arena,
                              ro_str **forms, size_t *count, ro_error *err) RO_MUST_CHECK;

#endif
