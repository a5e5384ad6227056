/* The merged view of some articles: `readout-indexer extract --merged`. */
#ifndef READOUT_EXTRACT_MERGED_H
#define READOUT_EXTRACT_MERGED_H

#include "readout/merge.h"

typedef struct merged_view merged_view;

ro_status merged_new(merged_view **out, ro_error *err) RO_MUST_CHECK;
void merged_free(merged_view *view);
/* Takes the facts of one article; copies what it needs. */
ro_status merged_add(merged_view *view, const ro_facts *facts, ro_error *err) RO_MUST_CHECK;
/* Appends {"people":[…],"talks":[…],"outcomes":[…]}: groups of {"id","members":[{"article",
 * "person"|"talk"|"outcome","text","to","why":[…],"conflicts":[…]}]}, those of several members
 * first. */
ro_status merged_write(merged_view *view, ro_buf *out, ro_error *err) RO_MUST_CHECK;

#endif
