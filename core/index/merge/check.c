/* Are the groups in the tables those of the whole set? */
#include "merge.h"

#include <stdlib.h>

typedef struct records {
    ro_merge_item *items;
    int64_t *groups; /* as they are in the table */
    ro_same_link *links;
    size_t count;
} records;

static ro_status read_records(sqlite3_stmt *read, records *out, size_t room, ro_error *err) {
    ro_status status = RO_OK;
    for (bool row = true; !status && row && out->count < room;) {
        status = ro_sql_step(read, &row, "read the groups", err);
        if (!status && row) {
            out->groups[out->count] = sqlite3_column_int64(read, 1);
            status = ro_merge_item_read(read, 2, sqlite3_column_int64(read, 0),
                                        &out->items[out->count], err);
            out->count++;
        }
    }
    return status;
}

typedef struct pair {
    int64_t group;
    uint32_t first; /* of those that are one */
} pair;

static int compare_pairs(const void *a, const void *b) {
    const pair *x = a;
    const pair *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return (x->first > y->first) - (x->first < y->first);
}

/* Records that are not in the group of the first of them, and groups of two numbers in one. */
static ro_status count_wrong(const records *r, int64_t *wrong, ro_error *err) {
    pair *pairs = calloc(r->count + 1, sizeof *pairs);
    if (!pairs) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < r->count; i++) {
        *wrong += r->groups[i] != r->groups[r->links[i].group];
        pairs[i] = (pair){r->groups[i], r->links[i].group};
    }
    qsort(pairs, r->count, sizeof *pairs, compare_pairs);
    for (size_t i = 1; i < r->count; i++) {
        *wrong += pairs[i].group == pairs[i - 1].group && pairs[i].first != pairs[i - 1].first;
    }
    free(pairs);
    return RO_OK;
}

ro_status ro_merge_check(sqlite3 *db, ro_merge_kind kind, int64_t *wrong, ro_error *err) {
    static const char *const COUNTS[] = {"SELECT count(*) FROM merge_record WHERE kind = 0",
                                         "SELECT count(*) FROM merge_record WHERE kind = 1"};
    sqlite3_stmt *read = NULL;
    int64_t count;
    *wrong = 0;
    ro_status status = ro_sql_integer(db, COUNTS[kind], 0, &count, err);
    if (status) {
        return status;
    }
    size_t room = (size_t)count;
    records r = {.items = calloc(room + 1, sizeof *r.items),
                 .groups = calloc(room + 1, sizeof *r.groups),
                 .links = calloc(room + 1, sizeof *r.links)};
    status = r.items && r.groups && r.links ? RO_OK : ro_fail_memory(err);
    if (!status) {
        status = ro_sql_prepare(
            db, "SELECT doc, grp, key, sketch FROM merge_record WHERE kind = ?1", &read, err);
    }
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, (int64_t)kind);
        status = read_records(read, &r, room, err);
    }
    sqlite3_finalize(read);
    status = status ? status : ro_merge_groups(kind, r.items, r.count, r.links, err);
    status = status ? status : count_wrong(&r, wrong, err);
    free(r.items);
    free(r.groups);
    free(r.links);
    return status;
}
