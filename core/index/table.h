/* A hash table of pointers by open addressing. The hash is kept beside the pointer, so that a
 * look-up touches an item only when it is most likely the one. Owns its slots, not the items.
 *
 *   for (size_t at = ro_table_start(t, hash); t->slots[at].item; at = ro_table_next(t, at)) {
 *       if (t->slots[at].hash == hash && is_it(t->slots[at].item)) ...
 *   }
 */
#ifndef READOUT_INDEX_TABLE_H
#define READOUT_INDEX_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ro_slot {
    uint64_t hash;
    void *item; /* NULL: free */
} ro_slot;

typedef struct ro_table {
    ro_slot *slots;
    size_t size; /* a power of two, at least twice the count; 0 before the first reserve */
    size_t count;
} ro_table;

/* Makes room for one more; to be called before every look-up that may add. False when memory ran
 * out. */
bool ro_table_reserve(ro_table *table);
void ro_table_add(ro_table *table, uint64_t hash, void *item);
/* Forgets the items but keeps the room. */
void ro_table_clear(ro_table *table);
void ro_table_release(ro_table *table);

static inline size_t ro_table_start(const ro_table *table, uint64_t hash) {
    return hash & (table->size - 1);
}

static inline size_t ro_table_next(const ro_table *table, size_t at) {
    return (at + 1) & (table->size - 1);
}

#endif
