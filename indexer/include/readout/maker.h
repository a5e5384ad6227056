/* An article made ready for the writer: its facts found, then prepared. What the threads of the
 * pipeline do with each article, and what a write over HTTP does.
 */
#ifndef READOUT_MAKER_H
#define READOUT_MAKER_H

#include "readout/extract.h"
#include "readout/index.h"

typedef struct ro_maker ro_maker; /* one a thread */

/* `extractor` is borrowed; NULL: no facts are looked for. */
ro_status ro_maker_new(const ro_extractor *extractor, ro_maker **out, ro_error *err) RO_MUST_CHECK;
void ro_maker_free(ro_maker *maker);

/* As ro_prepare, with the facts of an article in English. */
ro_status ro_maker_prepare(ro_maker *maker, const ro_article *article, ro_prepared **out,
                           ro_error *err) RO_MUST_CHECK;

#endif
