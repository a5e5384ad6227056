/* Talks and outcomes that come and go.
 *
 * One that comes parts the pairs that stand just too far apart with it between them, one that goes
 * brings some together and takes away what it held together itself. */
#include "merger.h"

ro_status ro_merge_change(ro_merge_writer *writer, int statement, ro_merge_kind kind, int64_t which,
                          int64_t group, ro_error *err) {
    sqlite3_stmt *set = writer->statements[statement];
    ro_merge_bind(set, kind, which);
    (void)sqlite3_bind_int64(set, 3, group);
    return ro_sql_done(set, "write a group", err);
}

/* A change of one record: what is around it, and what the change does to that. */
typedef struct change {
    ro_merge_writer *writer;
    ro_merge_kind kind;
    ro_doc doc;
    const ro_merge_item *item;
    uint64_t blocks[RO_SKETCH_BLOCKS];
    size_t block_count;
    ro_merge_knowns all;
    ro_buf pairs; /* ro_merge_known *: two and two, that are the same; the change joins or parts
                     them */
    ro_error *err;
} change;

static ro_merge_known *const *pairs_of(const change *c, size_t *count) {
    *count = c->pairs.len / sizeof(ro_merge_known *);
    return (ro_merge_known *const *)(const void *)c->pairs.ptr;
}

/* Two groups become one. */
static ro_status join(change *c, int64_t a, int64_t b) {
    int64_t to = a < b ? a : b;
    int64_t from = a < b ? b : a;
    if (a == b) {
        return RO_OK;
    }
    for (ro_merge_known *k = c->all.first; k; k = k->next) {
        k->group = k->group == from ? to : k->group;
    }
    ro_status status = ro_merge_change(c->writer, RO_MERGE_MOVE_FIRST, c->kind, from, to, c->err);
    return status ? status : ro_merge_change(c->writer, RO_MERGE_MOVE, c->kind, from, to, c->err);
}

/* Which neighbours are the same as the record. */
static ro_status compare(change *c, const ro_merge_neighbours *near) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < near->count && !status; i++) {
        ro_merge_known *other;
        size_t before = c->all.count;
        status = ro_merge_known_find(c->writer, c->kind, near->docs[i], &c->all, &other, c->err);
        if (!status && c->all.count > before) {
            other->same = ro_merge_same(c->kind, &c->item->sketch, &other->item.sketch, NULL) != 0;
        }
    }
    return status;
}

/* The pairs around the place of the record with just RO_MERGE_WINDOW - 1 others between them, when
 * it is not counted itself. While it is there, it may hold them together. */
static ro_status add_border_pairs(change *c, const ro_merge_neighbours *before,
                                  const ro_merge_neighbours *after) {
    for (size_t i = 0; i < before->count; i++) {
        size_t k = RO_MERGE_WINDOW - 1 - i;
        ro_merge_known *pair[2];
        ro_status status;
        if (k >= after->count) {
            continue;
        }
        if ((status = ro_merge_known_find(c->writer, c->kind, before->docs[i], &c->all, &pair[0],
                                          c->err)) ||
            (status = ro_merge_known_find(c->writer, c->kind, after->docs[k], &c->all, &pair[1],
                                          c->err))) {
            return status;
        }
        if (!(pair[0]->same && pair[1]->same) &&
            ro_merge_same(c->kind, &pair[0]->item.sketch, &pair[1]->item.sketch, NULL)) {
            ro_buf_add(&c->pairs, pair, sizeof pair);
        }
    }
    return ro_buf_check(&c->pairs, c->err);
}

static ro_status add_record(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                            const ro_merge_item *item, ro_error *err) {
    sqlite3_stmt *add = writer->statements[RO_MERGE_RECORD_ADD];
    ro_buf_clear(&writer->bytes);
    ro_sketch_write(&item->sketch, &writer->bytes);
    ro_status status = ro_buf_check(&writer->bytes, err);
    if (status) {
        return status;
    }
    ro_merge_bind(add, kind, doc);
    (void)sqlite3_bind_int64(add, 3, item->sketch.day);
    ro_sql_bind_blob(add, 4, item->key, RO_MERGE_KEY);
    ro_sql_bind_blob(add, 5, writer->bytes.ptr, writer->bytes.len);
    return ro_sql_done(add, "write a record", err);
}

static ro_status change_block(ro_merge_writer *writer, int statement, uint64_t block, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) {
    sqlite3_stmt *run = writer->statements[statement];
    (void)sqlite3_bind_int64(run, 1, (int64_t)block);
    (void)sqlite3_bind_int64(run, 2, item->sketch.day);
    ro_sql_bind_blob(run, 3, item->key, RO_MERGE_KEY);
    (void)sqlite3_bind_int64(run, 4, doc);
    return ro_sql_done(run, "write a block", err);
}

/* Looks around in one block. */
static ro_status look(change *c, uint64_t block) {
    ro_merge_neighbours before;
    ro_merge_neighbours after;
    ro_status status = ro_merge_neighbours_read(c->writer, block, c->item, &before, &after, c->err);
    status = status ? status : compare(c, &before);
    status = status ? status : compare(c, &after);
    return status ? status : add_border_pairs(c, &before, &after);
}

/* Those of the pairs that are of the group, each once. */
static ro_status part_pairs(change *c, int64_t group) {
    size_t count;
    ro_merge_known *const *pairs = pairs_of(c, &count);
    ro_merge_known **members =
        ro_arena_alloc_array(&c->writer->work, count, sizeof(ro_merge_known *));
    size_t kept = 0;
    if (!members) {
        return ro_fail_memory(c->err);
    }
    for (size_t i = 0; i < count; i++) {
        bool fresh = pairs[i]->group == group;
        for (size_t k = 0; k < kept && fresh; k++) {
            fresh = members[k] != pairs[i];
        }
        members[kept] = pairs[i];
        kept += fresh;
    }
    return ro_merge_part(c->writer, c->kind, members, kept, &c->all, c->err);
}

/* Parts the groups of the pairs where they fall apart. */
static ro_status part_groups(change *c) {
    size_t count;
    ro_merge_known *const *pairs = pairs_of(c, &count);
    int64_t *groups = ro_arena_alloc_array(&c->writer->work, count, sizeof *groups);
    ro_status status = groups ? RO_OK : ro_fail_memory(c->err);
    for (size_t i = 0; i < count && !status; i++) {
        groups[i] = pairs[i]->group; /* as they are before any is parted */
    }
    for (size_t i = 0; i < count && !status; i++) {
        size_t k = 0;
        while (k < i && groups[k] != groups[i]) {
            k++;
        }
        status = k == i ? part_pairs(c, groups[i]) : RO_OK;
    }
    return status;
}

static ro_status put(change *c) {
    ro_status status = add_record(c->writer, c->kind, c->doc, c->item, c->err);
    for (size_t i = 0; i < c->block_count && !status; i++) {
        status = look(c, c->blocks[i]);
        status = status ? status
                        : change_block(c->writer, RO_MERGE_BLOCK_ADD, c->blocks[i], c->doc, c->item,
                                       c->err);
    }
    int64_t group = c->doc;
    for (ro_merge_known *k = c->all.first; k && !status; k = k->next) {
        if (k->same) {
            int64_t other = k->group;
            status = join(c, group, other);
            group = other < group ? other : group;
        }
    }
    return status ? status : part_groups(c);
}

static ro_status take_out(change *c) {
    ro_merge_known gone;
    ro_status status = ro_merge_known_read(c->writer, c->kind, c->doc, &gone, c->err);
    for (size_t i = 0; i < c->block_count && !status; i++) {
        status = look(c, c->blocks[i]);
        status = status ? status
                        : change_block(c->writer, RO_MERGE_BLOCK_DELETE, c->blocks[i], c->doc,
                                       c->item, c->err);
    }
    if (!status) {
        ro_merge_bind(c->writer->statements[RO_MERGE_RECORD_DELETE], c->kind, c->doc);
        status =
            ro_sql_done(c->writer->statements[RO_MERGE_RECORD_DELETE], "delete a record", c->err);
    }
    size_t count;
    ro_merge_known *const *pairs = pairs_of(c, &count);
    for (size_t i = 0; i < count && !status; i += 2) {
        status = join(c, pairs[i]->group, pairs[i + 1]->group);
    }
    ro_buf_clear(&c->pairs); /* what it held together itself may part */
    for (ro_merge_known *k = c->all.first; k && !status; k = k->next) {
        if (k->same) {
            ro_buf_add(&c->pairs, &k, sizeof(ro_merge_known *));
        }
    }
    status = status ? status : ro_buf_check(&c->pairs, c->err);
    return status ? status : part_groups(c);
}

/* One with no block is one with no other, whatever comes. */
static ro_status make_change(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                             const ro_merge_item *item, ro_status (*make)(change *),
                             ro_error *err) {
    change c = {.writer = writer, .kind = kind, .doc = doc, .item = item, .err = err};
    c.block_count = ro_merge_blocks(kind, &item->sketch, c.blocks);
    ro_status status = c.block_count ? make(&c) : RO_OK;
    ro_buf_release(&c.pairs);
    return status;
}

ro_status ro_merge_record_put(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) {
    return make_change(writer, kind, doc, item, put, err);
}

ro_status ro_merge_record_remove(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                                 const ro_merge_item *item, ro_error *err) {
    return make_change(writer, kind, doc, item, take_out, err);
}
