/* An arena: memory of one document or one request, freed at once.
 *
 * Not for sharing between threads. Nothing taken from an arena is freed by itself; everything is
 * valid until ro_arena_reset or ro_arena_release. Allocation returns NULL when memory runs out or
 * the arena's cap is reached.
 */
#ifndef READOUT_ARENA_H
#define READOUT_ARENA_H

#include "readout/buffer.h"

typedef struct ro_arena_block ro_arena_block;

typedef struct ro_arena {
    ro_arena_block *blocks; /* newest first */
    size_t used;            /* bytes handed out, for the cap */
    size_t cap;             /* bytes allowed in all; 0: no cap */
} ro_arena;

#define RO_ARENA_INIT                                                                              \
    { NULL, 0, 0 }

/* Zeroed memory, aligned for any type; NULL when there is none. */
void *ro_arena_alloc(ro_arena *arena, size_t size);
/* Room for `count` items of `size` bytes, checked for overflow. */
void *ro_arena_alloc_array(ro_arena *arena, size_t count, size_t size);
/* A copy of the bytes with a terminating zero that `len` does not count; {NULL, 0} when there is no
 * memory. An empty string gives an empty string that is not NULL. */
ro_str ro_arena_copy(ro_arena *arena, ro_str s);
/* printf into the arena; {NULL, 0} when there is no memory. */
ro_str ro_arena_printf(ro_arena *arena, const char *format, ...) RO_PRINTF(2, 3);
/* Forgets everything but keeps the newest block for the next document. */
void ro_arena_reset(ro_arena *arena);
void ro_arena_release(ro_arena *arena);

#endif
