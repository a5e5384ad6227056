/* Does a group still hold together, some of whose members were the same as one that is gone, or
 * stand too far apart now?
 *
 * From each of those the group is walked, one record of each walk in turn. Walks that meet are one.
 * A walk that comes to an end before the others has gone through all of a part, which becomes a
 * group of its own; the last one goes on as the group and need not end. So the cost is that of the
 * smaller parts: where all hold together, as copies of one text do, of a few steps. */
#include "merger.h"

typedef struct walk {
    struct walk *met;               /* the walk that goes on for both; NULL: it goes on itself */
    ro_merge_known *seen, *waiting; /* linked by `beside`; both are of the part */
    ro_merge_known **last_of_seen, **last_of_waiting;
    bool ended;
} walk;

static void start(walk *w, ro_merge_known *from) {
    *w = (walk){.waiting = from};
    w->last_of_seen = &w->seen;
    w->last_of_waiting = &from->beside;
    from->beside = NULL;
    from->walk = w;
}

static void append(ro_merge_known ***last, ro_merge_known *record) {
    record->beside = NULL;
    **last = record;
    *last = &record->beside;
}

static walk *walk_of(const ro_merge_known *record) {
    walk *w = record->walk;
    while (w && w->met) {
        w = w->met;
    }
    return w;
}

static void meet(walk *w, walk *other) {
    if (other->seen) {
        *w->last_of_seen = other->seen;
        w->last_of_seen = other->last_of_seen;
    }
    if (other->waiting) {
        *w->last_of_waiting = other->waiting;
        w->last_of_waiting = other->last_of_waiting;
    }
    other->met = w;
}

/* Looks at those on one side of a record. Returns how many walks were met. */
static ro_status look(ro_merge_writer *writer, ro_merge_kind kind, walk *w,
                      const ro_merge_known *from, const ro_merge_neighbours *near,
                      ro_merge_knowns *all, size_t *going, ro_error *err) {
    for (size_t i = 0; i < near->count; i++) {
        ro_merge_known *other;
        ro_status status = ro_merge_known_find(writer, kind, near->docs[i], all, &other, err);
        if (status) {
            return status;
        }
        walk *its = walk_of(other);
        if (its == w || !ro_merge_same(kind, &from->item.sketch, &other->item.sketch, NULL)) {
            continue;
        }
        if (its) {
            meet(w, its);
            --*going;
        } else {
            other->walk = w;
            append(&w->last_of_waiting, other);
        }
    }
    return RO_OK;
}

/* One record of the walk. */
static ro_status step(ro_merge_writer *writer, ro_merge_kind kind, walk *w, ro_merge_knowns *all,
                      size_t *going, ro_error *err) {
    uint64_t blocks[RO_SKETCH_BLOCKS];
    ro_merge_known *from = w->waiting;
    size_t count = ro_merge_blocks(kind, &from->item.sketch, blocks);
    ro_status status = RO_OK;
    w->waiting = from->beside;
    if (!w->waiting) {
        w->last_of_waiting = &w->waiting;
    }
    append(&w->last_of_seen, from);
    for (size_t i = 0; i<count && * going> 1 && !status; i++) {
        ro_merge_neighbours before;
        ro_merge_neighbours after;
        if (!(status =
                  ro_merge_neighbours_read(writer, blocks[i], &from->item, &before, &after, err)) &&
            !(status = look(writer, kind, w, from, &before, all, going, err))) {
            status = look(writer, kind, w, from, &after, all, going, err);
        }
    }
    return status;
}

/* The number of a new group: its first document, unless that is another's number, else one that no
 * group has. */
static ro_status new_group(ro_merge_writer *writer, ro_merge_kind kind, const walk *w, int64_t *out,
                           ro_error *err) {
    sqlite3_stmt *number = writer->statements[RO_MERGE_NEW];
    ro_doc first = w->seen->doc;
    bool row;
    for (const ro_merge_known *k = w->seen; k; k = k->beside) {
        first = k->doc < first ? k->doc : first;
    }
    ro_merge_bind(number, kind, first);
    ro_status status = ro_sql_step(number, &row, "number a group", err);
    *out = row && !status ? sqlite3_column_int64(number, 0) : 0;
    (void)sqlite3_reset(number);
    return status;
}

/* What was walked becomes a group. */
static ro_status part(ro_merge_writer *writer, ro_merge_kind kind, const walk *w, ro_error *err) {
    int64_t group;
    ro_status status = new_group(writer, kind, w, &group, err);
    for (ro_merge_known *k = w->seen; k && !status; k = k->beside) {
        k->group = group;
        status = ro_merge_change(writer, RO_MERGE_RECORD_SET, kind, k->doc, group, err);
    }
    return status;
}

ro_status ro_merge_part(ro_merge_writer *writer, ro_merge_kind kind, ro_merge_known *const *members,
                        size_t count, ro_merge_knowns *all, ro_error *err) {
    walk *walks = ro_arena_alloc_array(&writer->work, count, sizeof *walks);
    size_t going = count;
    ro_status status = walks ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < count && !status; i++) {
        start(&walks[i], members[i]);
    }
    for (size_t i = 0; going > 1 && !status; i = (i + 1) % count) {
        walk *w = &walks[i];
        if (w->met || w->ended) {
            continue;
        }
        if (w->waiting) {
            status = step(writer, kind, w, all, &going, err);
        } else {
            w->ended = true;
            going--;
            status = part(writer, kind, w, err);
        }
    }
    for (ro_merge_known *k = all->first; k; k = k->next) {
        k->walk = NULL;
    }
    return status;
}
