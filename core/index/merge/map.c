#include "merge.h"

#include <stdlib.h>

static size_t slot_of(const ro_merge_map *map, int64_t number) {
    size_t mask = map->slot_count - 1;
    size_t i = (size_t)((uint64_t)number * 0x9E3779B97F4A7C15ULL >> 32) & mask;
    while (map->slots[2 * i] && map->slots[2 * i] != number) {
        i = (i + 1) & mask;
    }
    return 2 * i;
}

static bool make_slots(ro_merge_map *map, int64_t count) {
    size_t slots = 16;
    while (slots < (size_t)count * 4) { /* a group for each, at most */
        slots *= 2;
    }
    map->slots = calloc(slots * 2, sizeof *map->slots);
    map->slot_count = map->slots ? slots : 0;
    map->count = count;
    return map->slots != NULL;
}

static void put(ro_merge_map *map, int64_t number, int64_t group) {
    size_t slot = slot_of(map, number);
    map->slots[slot] = number;
    map->slots[slot + 1] = group;
}

static const struct {
    const char *count, *read;
} queries[] = {
    [RO_MERGE_MAP_TALKS] = {"SELECT count(*) FROM merge_record WHERE kind = 0 AND grp <> doc",
                            "SELECT doc, grp FROM merge_record WHERE kind = 0 AND grp <> doc"},
    [RO_MERGE_MAP_OUTCOMES] = {"SELECT count(*) FROM merge_record WHERE kind = 1 AND grp <> doc",
                               "SELECT doc, grp FROM merge_record WHERE kind = 1 AND grp <> doc"},
    [RO_MERGE_MAP_ARTICLES] = {"SELECT count(*) FROM alike WHERE grp <> doc",
                               "SELECT doc, grp FROM alike WHERE grp <> doc"},
    [RO_MERGE_MAP_PEOPLE] = {"SELECT count(*) FROM person_form WHERE person <> form",
                             "SELECT form, person FROM person_form WHERE person <> form"}};

ro_status ro_merge_map_load(sqlite3 *db, int which, ro_merge_map *out, ro_error *err) {
    sqlite3_stmt *read = NULL;
    int64_t count;
    *out = (ro_merge_map){NULL, 0, 0};
    ro_status status = ro_sql_integer(db, queries[which].count, 0, &count, err);
    if (!status && !make_slots(out, count)) {
        status = ro_fail_memory(err);
    }
    status = status ? status : ro_sql_prepare(db, queries[which].read, &read, err);
    while (!status) {
        bool row;
        status = ro_sql_step(read, &row, "read the groups", err);
        if (status || !row) {
            break;
        }
        int64_t group = sqlite3_column_int64(read, 1);
        put(out, sqlite3_column_int64(read, 0), group);
        if (!ro_merge_map_has(out, group)) {
            put(out, group, group);
        }
    }
    sqlite3_finalize(read);
    if (status) {
        ro_merge_map_release(out);
    }
    return status;
}

void ro_merge_map_release(ro_merge_map *map) {
    free(map->slots);
    *map = (ro_merge_map){NULL, 0, 0};
}

int64_t ro_merge_map_group(const ro_merge_map *map, int64_t number) {
    if (!map->slot_count || !number) {
        return number;
    }
    size_t slot = slot_of(map, number);
    return map->slots[slot] ? map->slots[slot + 1] : number;
}

bool ro_merge_map_has(const ro_merge_map *map, int64_t group) {
    return map->slot_count && group && map->slots[slot_of(map, group)];
}
