/* The terms that one preparer has met, numbered from 0. Streams of prepared articles point into the
 * pool and hold it, so that it may outlive its preparer; whoever takes streams in may keep by those
 * numbers what it knows of each term, and spare itself the look-up by the term's bytes. */
#ifndef READOUT_INDEX_POOL_H
#define READOUT_INDEX_POOL_H

#include "readout/arena.h"

#include <stdatomic.h>

typedef struct ro_term_pool {
    atomic_uint holders;
    uint32_t count; /* the preparer's own, as is the memory; what is in it never changes */
    ro_arena memory;
} ro_term_pool;

/* Held once; NULL when memory ran out. */
ro_term_pool *ro_term_pool_new(void);
/* Any thread. The last to drop it frees it; NULL is dropped without effect. */
ro_term_pool *ro_term_pool_hold(ro_term_pool *pool);
void ro_term_pool_drop(ro_term_pool *pool);

/* What is known of the terms of one pool, by number; holds the pool. */
typedef struct ro_term_map {
    ro_term_pool *pool;
    void **known; /* NULL: nothing yet */
    size_t size;
} ro_term_map;

/* Of all pools that streams come from. One thread. */
typedef struct ro_term_maps {
    ro_term_map *maps;
    size_t count;
} ro_term_maps;

void ro_term_maps_release(ro_term_maps *maps);
/* The map of a pool, made if it is new; valid until the next call. Maps of pools that nobody else
 * holds go. NULL when memory ran out. */
ro_term_map *ro_term_maps_get(ro_term_maps *maps, ro_term_pool *pool);
/* Makes room for the number; false when memory ran out. */
bool ro_term_map_reserve(ro_term_map *map, uint32_t number);

/* The place of a term; NULL when memory ran out. Valid until the next call. */
static inline void **ro_term_map_at(ro_term_map *map, uint32_t number) {
    return number < map->size || ro_term_map_reserve(map, number) ? &map->known[number] : NULL;
}

#endif
