#include "pool.h"

#include <stdlib.h>

#define FIRST_SIZE 4096

ro_term_pool *ro_term_pool_new(void) {
    ro_term_pool *pool = calloc(1, sizeof *pool);
    return pool ? ro_term_pool_hold(pool) : NULL;
}

ro_term_pool *ro_term_pool_hold(ro_term_pool *pool) {
    (void)atomic_fetch_add_explicit(&pool->holders, 1, memory_order_relaxed);
    return pool;
}

void ro_term_pool_drop(ro_term_pool *pool) {
    if (pool && atomic_fetch_sub_explicit(&pool->holders, 1, memory_order_acq_rel) == 1) {
        ro_arena_release(&pool->memory);
        free(pool);
    }
}

static void release_map(ro_term_map *map) {
    ro_term_pool_drop(map->pool);
    free((void *)map->known);
}

void ro_term_maps_release(ro_term_maps *maps) {
    for (size_t i = 0; i < maps->count; i++) {
        release_map(&maps->maps[i]);
    }
    free(maps->maps);
    *maps = (ro_term_maps){0};
}

static void sweep(ro_term_maps *maps) {
    size_t kept = 0;
    for (size_t i = 0; i < maps->count; i++) {
        ro_term_map *map = &maps->maps[i];
        if (atomic_load_explicit(&map->pool->holders, memory_order_acquire) == 1) {
            release_map(map);
        } else {
            maps->maps[kept++] = *map;
        }
    }
    maps->count = kept;
}

ro_term_map *ro_term_maps_get(ro_term_maps *maps, ro_term_pool *pool) {
    for (size_t i = 0; i < maps->count; i++) {
        if (maps->maps[i].pool == pool) {
            return &maps->maps[i];
        }
    }
    sweep(maps);
    ro_term_map *more = realloc(maps->maps, (maps->count + 1) * sizeof *more);
    if (!more) {
        return NULL;
    }
    maps->maps = more;
    maps->maps[maps->count] = (ro_term_map){.pool = ro_term_pool_hold(pool)};
    return &maps->maps[maps->count++];
}

bool ro_term_map_reserve(ro_term_map *map, uint32_t number) {
    size_t size = map->size ? map->size : FIRST_SIZE;
    while (size <= number) {
        size *= 2;
    }
    void **known = (void **)realloc((void *)map->known, size * sizeof *known);
    if (!known) {
        return false;
    }
    memset((void *)(known + map->size), 0, (size - map->size) * sizeof *known);
    map->known = known;
    map->size = size;
    return true;
}
