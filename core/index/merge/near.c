/* Records and their neighbours, as they are in the tables.
 *
 * Two records are neighbours in a block if fewer than RO_MERGE_WINDOW stand between them. */
#include "merger.h"

/* ---- records --------------------------------------------------------------------------------- */

ro_status ro_merge_known_read(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              ro_merge_known *out, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_RECORD_READ];
    bool row;
    *out = (ro_merge_known){.doc = doc};
    ro_merge_bind(read, kind, doc);
    ro_status status = ro_sql_step(read, &row, "read a record", err);
    if (status) {
        return status;
    }
    if (!row) {
        return ro_fail(err, RO_DAMAGED, "the index is damaged: record %lld of a group is missing",
                       (long long)doc);
    }
    out->group = sqlite3_column_int64(read, 0);
    status = ro_merge_item_read(read, 1, doc, &out->item, err);
    (void)sqlite3_reset(read);
    return status;
}

static ro_merge_known **slot_of(ro_merge_known **slots, size_t room, ro_doc doc) {
    size_t i = (size_t)((uint64_t)doc * 0x9E3779B97F4A7C15ULL >> 32) & (room - 1);
    while (slots[i] && slots[i]->doc != doc) {
        i = (i + 1) & (room - 1);
    }
    return &slots[i];
}

static bool grow(ro_merge_knowns *all, ro_arena *arena) {
    size_t room = all->room ? all->room * 2 : 256;
    ro_merge_known **slots = ro_arena_alloc_array(arena, room, sizeof(ro_merge_known *));
    if (!slots) {
        return false;
    }
    for (ro_merge_known *k = all->first; k; k = k->next) {
        *slot_of(slots, room, k->doc) = k;
    }
    all->slots = slots;
    all->room = room;
    return true;
}

ro_status ro_merge_known_find(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              ro_merge_knowns *all, ro_merge_known **out, ro_error *err) {
    *out = NULL;
    if (all->count * 2 >= all->room && !grow(all, &writer->work)) {
        return ro_fail_memory(err);
    }
    ro_merge_known **slot = slot_of(all->slots, all->room, doc);
    if (!*slot) {
        ro_merge_known *fresh = ro_arena_alloc(&writer->work, sizeof *fresh);
        ro_status status =
            fresh ? ro_merge_known_read(writer, kind, doc, fresh, err) : ro_fail_memory(err);
        if (status) {
            return status;
        }
        *(all->last ? &all->last->next : &all->first) = fresh;
        all->last = fresh;
        all->count++;
        *slot = fresh;
    }
    *out = *slot;
    return RO_OK;
}

/* ---- neighbours ------------------------------------------------------------------------------ */

static void bind_place(sqlite3_stmt *read, uint64_t block, const ro_merge_item *item,
                       int64_t days) {
    (void)sqlite3_bind_int64(read, 1, (int64_t)block);
    (void)sqlite3_bind_int64(read, 2, item->sketch.day);
    ro_sql_bind_blob(read, 3, item->key, RO_MERGE_KEY);
    (void)sqlite3_bind_int64(read, 4, days);
    (void)sqlite3_bind_int64(read, 5, RO_MERGE_WINDOW);
    (void)sqlite3_bind_int64(read, 6, item->number);
}

/* Those on one side of the record. */
static ro_status read_side(ro_merge_writer *writer, uint64_t block, const ro_merge_item *item,
                           bool after, ro_merge_neighbours *out, ro_error *err) {
    sqlite3_stmt *read = writer->statements[after ? RO_MERGE_AFTER : RO_MERGE_BEFORE];
    int64_t day = item->sketch.day;
    bind_place(read, block, item, after ? day + RO_SAME_DAYS : day - RO_SAME_DAYS);
    out->count = 0;
    for (;;) {
        bool row;
        ro_status status = ro_sql_step(read, &row, "read a block", err);
        if (status || !row) {
            return status;
        }
        if (out->count < RO_MERGE_WINDOW) {
            out->docs[out->count++] = sqlite3_column_int64(read, 0);
        }
    }
}

static void turn_round(ro_merge_neighbours *list) {
    for (size_t i = 0; i < list->count / 2; i++) {
        ro_doc swap = list->docs[i];
        list->docs[i] = list->docs[list->count - 1 - i];
        list->docs[list->count - 1 - i] = swap;
    }
}

/* Most blocks hold few of the same days, so that one reading is enough. */
ro_status ro_merge_neighbours_read(ro_merge_writer *writer, uint64_t block,
                                   const ro_merge_item *item, ro_merge_neighbours *before,
                                   ro_merge_neighbours *after, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_NEAR];
    size_t rows = 0;
    bind_place(read, block, item, RO_SAME_DAYS);
    before->count = after->count = 0;
    for (;; rows++) {
        bool row;
        ro_status status = ro_sql_step(read, &row, "read a block", err);
        if (status) {
            return status;
        }
        if (!row) {
            break;
        }
        ro_merge_neighbours *side = sqlite3_column_int(read, 1) ? after : before;
        ro_doc doc = sqlite3_column_int64(read, 0);
        if (doc != item->number) {
            side->docs[side->count++] = doc;
        }
    }
    if (rows < RO_MERGE_WINDOW) {
        turn_round(before);
        return RO_OK;
    }
    ro_status status = read_side(writer, block, item, false, before, err);
    return status ? status : read_side(writer, block, item, true, after, err);
}
