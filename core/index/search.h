/* A search over the leaves, and what is made of its hits. */
#ifndef READOUT_INDEX_SEARCH_H
#define READOUT_INDEX_SEARCH_H

#include "snapshot.h"

/* ro_snapshot_search, near-duplicates among the hits. */
ro_status ro_search_all(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                        ro_found *out, ro_error *err) RO_MUST_CHECK;
/* How one document stands in it. */
ro_status ro_search_one(ro_snapshot *snapshot, const ro_search *search, ro_doc doc, ro_hit *hit,
                        bool *matched, ro_error *err) RO_MUST_CHECK;

/* copies.c: of near-duplicates the best one only. Total and facets are those of all. */
ro_status ro_search_without_copies(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                                   ro_found *out, ro_error *err) RO_MUST_CHECK;

#endif
