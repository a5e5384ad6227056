#include "readout/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BLOCK ((size_t)4096)
#define LARGEST_STEP ((size_t)1 << 20)

struct ro_arena_block {
    ro_arena_block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

static ro_arena_block *add_block(ro_arena *arena, size_t size) {
    size_t step = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (step > LARGEST_STEP) {
        step = LARGEST_STEP;
    }
    if (step < size) {
        step = size;
    }
    ro_arena_block *block = malloc(sizeof *block + step);
    if (block) {
        *block = (ro_arena_block){arena->blocks, step, 0};
        arena->blocks = block;
    }
    return block;
}

void *ro_arena_alloc(ro_arena *arena, size_t size) {
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2 || (arena->cap && size > arena->cap - arena->used)) {
        return NULL;
    }
    size = (size + align - 1) & ~(align - 1);
    ro_arena_block *block = arena->blocks;
    if (!block || size > block->size - block->used) {
        block = add_block(arena, size);
        if (!block) {
            return NULL;
        }
    }
    char *at = block->bytes + block->used;
    block->used += size;
    arena->used += arena->cap && size > arena->cap - arena->used ? arena->cap - arena->used : size;
    return memset(at, 0, size);
}

void *ro_arena_alloc_array(ro_arena *arena, size_t count, size_t size) {
    return size && count > SIZE_MAX / size ? NULL : ro_arena_alloc(arena, count * size);
}

ro_str ro_arena_copy(ro_arena *arena, ro_str s) {
    char *copy = ro_arena_alloc(arena, s.len + 1);
    if (!copy) {
        return RO_STR_NONE;
    }
    if (s.len) {
        memcpy(copy, s.ptr, s.len);
    }
    return ro_str_make(copy, s.len);
}

ro_str ro_arena_printf(ro_arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *to = len < 0 ? NULL : ro_arena_alloc(arena, (size_t)len + 1);
    if (to) {
        (void)vsnprintf(to, (size_t)len + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return to ? ro_str_make(to, (size_t)len) : RO_STR_NONE;
}

void ro_arena_reset(ro_arena *arena) {
    ro_arena_block *newest = arena->blocks;
    if (newest) {
        ro_arena_block *block = newest->next;
        while (block) {
            ro_arena_block *next = block->next;
            free(block);
            block = next;
        }
        newest->next = NULL;
        newest->used = 0;
    }
    arena->used = 0;
}

void ro_arena_release(ro_arena *arena) {
    ro_arena_reset(arena);
    free(arena->blocks);
    arena->blocks = NULL;
}
