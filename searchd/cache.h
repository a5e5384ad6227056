/* Answers that are kept for those who ask the same again: by what was asked, for one state of what
 * they were made from, and bounded in bytes. What makes room is chosen by SIEVE (Zhang et al.,
 * NSDI 2024): a hand goes from old to new, passes over what was asked for since it came by, and
 * takes out the first that was not. So the few that many ask for stay, however much is asked once.
 *
 * For any thread. The lock is held to find and to link; answers are copied without it. */
#ifndef READOUT_CACHE_H
#define READOUT_CACHE_H

#include "readout/buffer.h"

typedef struct ro_cache ro_cache;

/* What answers depend on besides what was asked. Revisions of one source grow. */
typedef struct ro_cache_state {
    uint64_t source, revision;
} ro_cache_state;

/* An answer. Times it tells are cut out of the body: each is to be put where its gap is. */
typedef struct ro_cached {
    const char *content_type; /* static */
    unsigned kind;            /* as the job has it */
    ro_str fields, body;      /* the body is packed */
    size_t body_len;          /* as it is sent, but for the times */
    const uint32_t *gaps;     /* offsets in that, ascending */
    size_t gap_count;
} ro_cached;

ro_status ro_cache_new(size_t bytes, ro_cache **out, ro_error *err) RO_MUST_CHECK;
void ro_cache_free(ro_cache *cache);

/* NULL: it is not there. Else it is valid until it is released. Does little: it may be called where
 * nothing is to be waited for. */
const ro_cached *ro_cache_find(ro_cache *cache, ro_cache_state state, ro_str key);
void ro_cache_release(const ro_cached *found);
/* What was not found has been made. Copies the answer, unless it would take, unpacked, more than a
 * small part of the room, or is older than what is kept; NULL: it is not worth keeping. What is
 * older goes. */
void ro_cache_put(ro_cache *cache, ro_cache_state state, ro_str key, const ro_cached *answer);

typedef struct ro_cache_counts {
    uint64_t hits, misses; /* found, and made */
    size_t answers, bytes;
} ro_cache_counts;
/* All 0 for NULL. */
ro_cache_counts ro_cache_counts_now(ro_cache *cache);

#endif
