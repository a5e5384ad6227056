/* Talks and outcomes: a record is compared with its neighbours in its blocks.
 *
 * Two records are neighbours in a block if fewer than RO_MERGE_WINDOW stand between them. One that
 * comes parts the pairs that stand just that far apart around it, one that goes brings some
 * together: where that can change a group, the group is made again from its members. */
#include "merger.h"

#include <stdlib.h>

/* A record read from the tables. */
typedef struct known {
    struct known *next;
    ro_doc doc, group;
    ro_merge_item item;
    bool same; /* as the record that comes */
} known;

typedef struct knowns {
    known *last; /* in the arena of the call, as all before it */
    size_t count;
} knowns;

static void bind_record(sqlite3_stmt *statement, ro_merge_kind kind, ro_doc doc) {
    (void)sqlite3_bind_int64(statement, 1, (int64_t)kind);
    (void)sqlite3_bind_int64(statement, 2, doc);
}

static ro_status read_record(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc, known *out,
                             ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_RECORD_READ];
    bool row;
    *out = (known){.doc = doc};
    bind_record(read, kind, doc);
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

/* The record, read once. */
static ro_status find_known(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc, knowns *all,
                            known **out, ro_error *err) {
    for (known *k = all->last; k; k = k->next) {
        if (k->doc == doc) {
            *out = k;
            return RO_OK;
        }
    }
    known *fresh = ro_arena_alloc(&writer->work, sizeof *fresh);
    *out = fresh;
    if (!fresh) {
        return ro_fail_memory(err);
    }
    ro_status status = read_record(writer, kind, doc, fresh, err);
    fresh->next = all->last;
    all->last = fresh;
    all->count++;
    return status;
}

/* ---- neighbours ------------------------------------------------------------------------------ */

typedef struct neighbours {
    ro_doc docs[RO_MERGE_WINDOW]; /* nearest first */
    size_t count;
} neighbours;

/* Those on one side of the record. */
static ro_status read_side(ro_merge_writer *writer, uint64_t block, const ro_merge_item *item,
                           bool after, neighbours *out, ro_error *err) {
    sqlite3_stmt *read = writer->statements[after ? RO_MERGE_AFTER : RO_MERGE_BEFORE];
    int64_t day = item->sketch.day;
    (void)sqlite3_bind_int64(read, 1, (int64_t)block);
    (void)sqlite3_bind_int64(read, 2, day);
    ro_sql_bind_blob(read, 3, item->key, RO_MERGE_KEY);
    (void)sqlite3_bind_int64(read, 4, after ? day + RO_SAME_DAYS : day - RO_SAME_DAYS);
    (void)sqlite3_bind_int64(read, 5, RO_MERGE_WINDOW);
    (void)sqlite3_bind_int64(read, 6, item->number);
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

static void turn_round(neighbours *list) {
    for (size_t i = 0; i < list->count / 2; i++) {
        ro_doc swap = list->docs[i];
        list->docs[i] = list->docs[list->count - 1 - i];
        list->docs[list->count - 1 - i] = swap;
    }
}

/* Those on both sides of the record, which itself may be `own` of them: most blocks hold few of
 * the same days, so that one reading is enough. */
static ro_status read_neighbours(ro_merge_writer *writer, uint64_t block, ro_doc own,
                                 const ro_merge_item *item, neighbours *before, neighbours *after,
                                 ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_NEAR];
    size_t rows = 0;
    (void)sqlite3_bind_int64(read, 1, (int64_t)block);
    (void)sqlite3_bind_int64(read, 2, item->sketch.day);
    ro_sql_bind_blob(read, 3, item->key, RO_MERGE_KEY);
    (void)sqlite3_bind_int64(read, 4, RO_SAME_DAYS);
    (void)sqlite3_bind_int64(read, 5, RO_MERGE_WINDOW);
    (void)sqlite3_bind_int64(read, 6, item->number);
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
        neighbours *side = sqlite3_column_int(read, 1) ? after : before;
        ro_doc doc = sqlite3_column_int64(read, 0);
        if (doc != own) {
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

typedef struct doc_list {
    ro_doc *docs; /* owned */
    size_t count, room;
} doc_list;

static ro_status add_doc(doc_list *list, ro_doc doc, ro_error *err) {
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        ro_doc *docs = realloc(list->docs, room * sizeof *docs);
        if (!docs) {
            return ro_fail_memory(err);
        }
        list->docs = docs;
        list->room = room;
    }
    list->docs[list->count++] = doc;
    return RO_OK;
}

static void drop_doc(doc_list *list, ro_doc doc) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->docs[i] != doc) {
            list->docs[kept++] = list->docs[i];
        }
    }
    list->count = kept;
}

/* The pairs around a place in a block with just RO_MERGE_WINDOW - 1 others between them, when the
 * place itself is not counted: those that are the same go to `out`. */
static ro_status add_border_pairs(ro_merge_writer *writer, ro_merge_kind kind,
                                  const neighbours *before, const neighbours *after, knowns *all,
                                  doc_list *out, ro_error *err) {
    for (size_t i = 0; i < before->count; i++) {
        size_t k = RO_MERGE_WINDOW - 1 - i;
        known *a;
        known *b;
        ro_status status;
        if (k >= after->count) {
            continue;
        }
        if ((status = find_known(writer, kind, before->docs[i], all, &a, err)) ||
            (status = find_known(writer, kind, after->docs[k], all, &b, err))) {
            return status;
        }
        bool bridged = a->same && b->same;
        if (!bridged && ro_merge_same(kind, &a->item.sketch, &b->item.sketch, NULL) &&
            ((status = add_doc(out, a->doc, err)) || (status = add_doc(out, b->doc, err)))) {
            return status;
        }
    }
    return RO_OK;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static int compare_docs(const void *a, const void *b) {
    ro_doc da = *(const ro_doc *)a;
    ro_doc db = *(const ro_doc *)b;
    return (da > db) - (da < db);
}

static void sort_docs(doc_list *list) {
    size_t kept = 0;
    if (list->count) {
        qsort(list->docs, list->count, sizeof *list->docs, compare_docs);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || list->docs[kept - 1] != list->docs[i]) {
            list->docs[kept++] = list->docs[i];
        }
    }
    list->count = kept;
}

/* Appends the members of a group, the first one only if `first`. */
static ro_status add_members(ro_merge_writer *writer, ro_merge_kind kind, ro_doc group, bool first,
                             doc_list *out, ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_MEMBERS];
    ro_status status = first ? add_doc(out, group, err) : RO_OK;
    bind_record(read, kind, group);
    while (!status) {
        bool row;
        status = ro_sql_step(read, &row, "read a group", err);
        if (status || !row) {
            return status;
        }
        status = add_doc(out, sqlite3_column_int64(read, 0), err);
    }
    (void)sqlite3_reset(read);
    return status;
}

static ro_status set_group(ro_merge_writer *writer, int statement, ro_merge_kind kind, ro_doc which,
                           ro_doc group, ro_error *err) {
    sqlite3_stmt *set = writer->statements[statement];
    bind_record(set, kind, which);
    (void)sqlite3_bind_int64(set, 3, group);
    return ro_sql_done(set, "write a group", err);
}

/* All of the groups become one. */
static ro_status join_groups(ro_merge_writer *writer, ro_merge_kind kind, doc_list *groups,
                             ro_error *err) {
    sort_docs(groups);
    ro_status status = RO_OK;
    for (size_t i = 1; i < groups->count && !status; i++) {
        ro_doc from = groups->docs[i];
        status = set_group(writer, RO_MERGE_RECORD_SET, kind, from, groups->docs[0], err);
        status =
            status ? status : set_group(writer, RO_MERGE_MOVE, kind, from, groups->docs[0], err);
    }
    return status;
}

static size_t root_of(size_t *parents, size_t i) {
    while (parents[i] != i) {
        i = parents[i] = parents[parents[i]];
    }
    return i;
}

/* Joins a member to those after it in its blocks. */
static ro_status join_after(ro_merge_writer *writer, ro_merge_kind kind, const known *members,
                            const doc_list *docs, size_t at, size_t *parents, ro_error *err) {
    uint64_t blocks[RO_SKETCH_BLOCKS];
    size_t count = ro_merge_blocks(kind, &members[at].item.sketch, blocks);
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && !status; i++) {
        neighbours after;
        status = read_side(writer, blocks[i], &members[at].item, true, &after, err);
        for (size_t k = 0; k < after.count && !status; k++) {
            const ro_doc *found =
                bsearch(&after.docs[k], docs->docs, docs->count, sizeof *docs->docs, compare_docs);
            size_t other = found ? (size_t)(found - docs->docs) : at;
            if (other != at &&
                ro_merge_same(kind, &members[at].item.sketch, &members[other].item.sketch, NULL)) {
                size_t a = root_of(parents, at);
                size_t b = root_of(parents, other);
                parents[a > b ? a : b] = a > b ? b : a;
            }
        }
    }
    return status;
}

/* Makes the groups of these records, all members of some groups, again. */
static ro_status regroup(ro_merge_writer *writer, ro_merge_kind kind, doc_list *docs,
                         ro_error *err) {
    sort_docs(docs);
    known *members = calloc(docs->count + 1, sizeof *members);
    size_t *parents = calloc(docs->count + 1, sizeof *parents);
    ro_status status = members && parents ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < docs->count && !status; i++) {
        parents[i] = i;
        status = read_record(writer, kind, docs->docs[i], &members[i], err);
    }
    for (size_t i = 0; i < docs->count && !status; i++) {
        status = join_after(writer, kind, members, docs, i, parents, err);
    }
    for (size_t i = 0; i < docs->count && !status; i++) {
        ro_doc group = docs->docs[root_of(parents, i)];
        if (group != members[i].group) {
            status = set_group(writer, RO_MERGE_RECORD_SET, kind, docs->docs[i], group, err);
        }
    }
    free(members);
    free(parents);
    return status;
}

/* The same for the groups that the records are in now, but for `done`, whose members are there. */
static ro_status regroup_around(ro_merge_writer *writer, ro_merge_kind kind, const doc_list *docs,
                                ro_doc done, doc_list *members, ro_error *err) {
    ro_status status = RO_OK;
    doc_list groups = {.count = 0};
    for (size_t i = 0; i < docs->count && !status; i++) {
        known record;
        status = read_record(writer, kind, docs->docs[i], &record, err);
        status = status ? status : add_doc(&groups, record.group, err);
    }
    sort_docs(&groups);
    for (size_t i = 0; i < groups.count && !status; i++) {
        if (groups.docs[i] != done) {
            status = add_members(writer, kind, groups.docs[i], true, members, err);
        }
    }
    free(groups.docs);
    return status || members->count == 0 ? status : regroup(writer, kind, members, err);
}

/* ---- one record ------------------------------------------------------------------------------ */

static ro_status add_record(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                            const ro_merge_item *item, ro_error *err) {
    sqlite3_stmt *add = writer->statements[RO_MERGE_RECORD_ADD];
    ro_buf_clear(&writer->bytes);
    ro_sketch_write(&item->sketch, &writer->bytes);
    ro_status status = ro_buf_check(&writer->bytes, err);
    if (status) {
        return status;
    }
    bind_record(add, kind, doc);
    (void)sqlite3_bind_int64(add, 3, item->sketch.day);
    ro_sql_bind_blob(add, 4, item->key, RO_MERGE_KEY);
    ro_sql_bind_blob(add, 5, writer->bytes.ptr, writer->bytes.len);
    return ro_sql_done(add, "write a record", err);
}

static ro_status change_block(ro_merge_writer *writer, int statement, uint64_t block, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) {
    sqlite3_stmt *change = writer->statements[statement];
    (void)sqlite3_bind_int64(change, 1, (int64_t)block);
    (void)sqlite3_bind_int64(change, 2, item->sketch.day);
    ro_sql_bind_blob(change, 3, item->key, RO_MERGE_KEY);
    (void)sqlite3_bind_int64(change, 4, doc);
    return ro_sql_done(change, "write a block", err);
}

static ro_status compare_with(ro_merge_writer *writer, ro_merge_kind kind,
                              const ro_merge_item *item, const neighbours *near, knowns *all,
                              ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < near->count && !status; i++) {
        known *other;
        size_t before = all->count;
        status = find_known(writer, kind, near->docs[i], all, &other, err);
        if (!status && all->count > before) {
            other->same = ro_merge_same(kind, &item->sketch, &other->item.sketch, NULL) != 0;
        }
    }
    return status;
}

ro_status ro_merge_record_put(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                              const ro_merge_item *item, ro_error *err) {
    uint64_t blocks[RO_SKETCH_BLOCKS];
    size_t count = ro_merge_blocks(kind, &item->sketch, blocks);
    if (count == 0) {
        return RO_OK; /* one with no other, whatever comes */
    }
    knowns all = {.count = 0};
    doc_list parted = {.count = 0};
    doc_list groups = {.count = 0};
    doc_list members = {.count = 0};
    ro_status status = add_record(writer, kind, doc, item, err);
    for (size_t i = 0; i < count && !status; i++) {
        neighbours before;
        neighbours after;
        if ((status = read_neighbours(writer, blocks[i], doc, item, &before, &after, err)) ||
            (status = compare_with(writer, kind, item, &before, &all, err)) ||
            (status = compare_with(writer, kind, item, &after, &all, err)) ||
            (status = add_border_pairs(writer, kind, &before, &after, &all, &parted, err))) {
            break;
        }
        status = change_block(writer, RO_MERGE_BLOCK_ADD, blocks[i], doc, item, err);
    }
    status = status ? status : add_doc(&groups, doc, err);
    for (const known *k = all.last; k && !status; k = k->next) {
        status = k->same ? add_doc(&groups, k->group, err) : RO_OK;
    }
    status = status ? status : join_groups(writer, kind, &groups, err);
    status = status ? status : regroup_around(writer, kind, &parted, 0, &members, err);
    free(parted.docs);
    free(groups.docs);
    free(members.docs);
    return status;
}

ro_status ro_merge_record_remove(ro_merge_writer *writer, ro_merge_kind kind, ro_doc doc,
                                 const ro_merge_item *item, ro_error *err) {
    uint64_t blocks[RO_SKETCH_BLOCKS];
    size_t count = ro_merge_blocks(kind, &item->sketch, blocks);
    if (count == 0) {
        return RO_OK;
    }
    knowns all = {.count = 0};
    doc_list joined = {.count = 0};
    doc_list members = {.count = 0};
    known gone = {.doc = doc};
    ro_status status = read_record(writer, kind, doc, &gone, err);
    for (size_t i = 0; i < count && !status; i++) {
        neighbours before;
        neighbours after;
        if ((status = read_neighbours(writer, blocks[i], doc, item, &before, &after, err)) ||
            (status = add_border_pairs(writer, kind, &before, &after, &all, &joined, err))) {
            break;
        }
        status = change_block(writer, RO_MERGE_BLOCK_DELETE, blocks[i], doc, item, err);
    }
    status =
        status ? status : add_members(writer, kind, gone.group, gone.group != doc, &members, err);
    if (!status) {
        bind_record(writer->statements[RO_MERGE_RECORD_DELETE], kind, doc);
        status = ro_sql_done(writer->statements[RO_MERGE_RECORD_DELETE], "delete a record", err);
    }
    drop_doc(&members, doc);
    status = status ? status : regroup_around(writer, kind, &joined, gone.group, &members, err);
    free(joined.docs);
    free(members.docs);
    return status;
}
