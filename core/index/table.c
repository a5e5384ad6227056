#include "table.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

bool ro_table_reserve(ro_table *table) {
    if ((table->count + 1) * 2 <= table->size) {
        return true;
    }
    ro_table grown = {.size = table->size ? table->size * 2 : FIRST_SIZE};
    grown.slots = calloc(grown.size, sizeof *grown.slots);
    if (!grown.slots) {
        return false;
    }
    for (size_t i = 0; i < table->size; i++) {
        if (table->slots[i].item) {
            ro_table_add(&grown, table->slots[i].hash, table->slots[i].item);
        }
    }
    free(table->slots);
    *table = grown;
    return true;
}

void ro_table_add(ro_table *table, uint64_t hash, void *item) {
    size_t at = ro_table_start(table, hash);
    while (table->slots[at].item) {
        at = ro_table_next(table, at);
    }
    table->slots[at] = (ro_slot){hash, item};
    table->count++;
}

void ro_table_clear(ro_table *table) {
    if (table->size) {
        memset(table->slots, 0, table->size * sizeof *table->slots);
    }
    table->count = 0;
}

void ro_table_release(ro_table *table) {
    free(table->slots);
    *table = (ro_table){0};
}
