#include "list.h"

#include "impacts.h"

void ro_list_writer_release(ro_list_writer *list) {
    ro_buf_release(&list->entries);
    ro_buf_release(&list->groups);
    ro_buf_release(&list->data);
    ro_buf_release(&list->positions);
}

void ro_list_begin(ro_list_writer *list, uint32_t block, const ro_length_codes *codes) {
    list->codes = codes;
    list->block = block;
    list->df = list->count = list->waiting = 0;
    list->block_run = list->block_before = 0;
    list->last = UINT32_MAX;
    list->position_count = 0;
    list->grouped = 0;
    list->impacts = list->group = (ro_impacts){0};
    ro_buf_clear(&list->entries);
    ro_buf_clear(&list->groups);
    ro_buf_clear(&list->data);
    ro_buf_clear(&list->positions);
}

static void add_run(ro_buf *to, const uint32_t *values, size_t count) {
    uint8_t *at = (uint8_t *)ro_buf_reserve(to, RO_PACK_BYTES_MAX);
    if (at) {
        to->len += ro_pack(values, count, at);
    }
}

/* ---- positions ------------------------------------------------------------------------------ */

static void add_positions(ro_list_writer *list, const uint32_t *gaps, uint32_t count) {
    list->position_count += count;
    while (count) {
        uint32_t room = RO_PACK_RUN - list->waiting;
        uint32_t some = count < room ? count : room;
        memcpy(list->gaps + list->waiting, gaps, some * sizeof *gaps);
        list->waiting += some;
        gaps += some;
        count -= some;
        if (list->waiting == RO_PACK_RUN) {
            add_run(&list->positions, list->gaps, RO_PACK_RUN);
            list->waiting = 0;
        }
    }
}

static void end_positions(ro_list_writer *list) {
    if (list->waiting >= RO_PLAIN) {
        add_run(&list->positions, list->gaps, list->waiting);
        return;
    }
    uint8_t *at = (uint8_t *)ro_buf_reserve(&list->positions, (size_t)RO_PLAIN * RO_VINT_MAX);
    uint8_t *to = at;
    for (uint32_t i = 0; to && i < list->waiting; i++) {
        to = ro_vint_put(to, list->gaps[i]);
    }
    list->positions.len += (size_t)(to - at);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void add_plain(ro_list_writer *list) {
    uint8_t *at = (uint8_t *)ro_buf_reserve(&list->data, (size_t)RO_PLAIN * 3 * RO_VINT_MAX);
    uint8_t *to = at;
    uint32_t last = list->last;
    for (uint32_t i = 0; to && i < list->count; i++) {
        uint64_t gap = list->docs[i] - last - 1;
        to = ro_vint_put(to, gap << 2 | (list->title[i] ? 2 : 0) | (list->tf[i] == 1 ? 1 : 0));
        if (list->tf[i] > 1) {
            to = ro_vint_put(to, list->tf[i] - 2);
        }
        if (list->title[i]) {
            to = ro_vint_put(to, list->title[i] - 1);
        }
        last = list->docs[i];
    }
    list->data.len += (size_t)(to - at);
}

static void add_packed(ro_list_writer *list) {
    uint32_t values[RO_PACK_RUN];
    uint32_t last = list->last;
    for (uint32_t i = 0; i < list->count; i++) {
        values[i] = list->docs[i] - last - 1;
        last = list->docs[i];
    }
    add_run(&list->data, values, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        values[i] = list->tf[i] - 1;
    }
    add_run(&list->data, values, list->count);
    add_run(&list->data, list->title, list->count);
}

static void end_group(ro_list_writer *list) {
    ro_impacts_merge(list->codes, &list->group, &list->impacts);
    ro_buf_add(&list->groups, &list->group, sizeof list->group);
    list->group = (ro_impacts){0};
    list->grouped = 0;
}

static void end_block(ro_list_writer *list, bool only) {
    ro_block_entry entry = {.last = list->docs[list->count - 1],
                            .at = (uint32_t)list->data.len,
                            .positions = list->block_run,
                            .before = list->block_before};
    if (!only) { /* or else it has no entry */
        ro_impacts_make(list->codes, list->docs, list->tf, list->title, list->count,
                        &entry.impacts);
        if (list->grouped++ == RO_GROUP) {
            end_group(list);
            list->grouped = 1;
        }
        ro_impacts_merge(list->codes, &entry.impacts, &list->group);
    }
    ro_buf_add(&list->entries, &entry, sizeof entry);
    if (list->count < RO_PLAIN) {
        add_plain(list);
    } else {
        add_packed(list);
    }
    list->last = entry.last;
    list->count = 0;
}

/* A full block waits for the next document: should none come, it may be the only one. */
void ro_list_add(ro_list_writer *list, uint32_t doc, uint32_t tf, uint32_t title,
                 const uint32_t *gaps) {
    if (list->count == list->block) {
        end_block(list, false);
    }
    if (!list->count) {
        list->block_run = (uint32_t)list->positions.len;
        list->block_before = (uint32_t)list->position_count;
    }
    list->docs[list->count] = doc;
    list->tf[list->count] = tf;
    list->title[list->count] = title;
    list->count++;
    list->df++;
    add_positions(list, gaps, tf);
}

ro_status ro_list_end(ro_list_writer *list, ro_buf *out, ro_error *err) {
    if (!list->df) {
        return RO_OK;
    }
    bool only = list->df <= list->block;
    end_block(list, only);
    if (!only) {
        end_group(list);
    }
    end_positions(list);
    if (list->entries.failed || list->groups.failed || list->data.failed ||
        list->positions.failed) {
        return ro_fail_memory(err);
    }
    if (list->position_count > UINT32_MAX || list->data.len > UINT32_MAX ||
        list->positions.len > UINT32_MAX) {
        return ro_fail(err, RO_LIMIT, "the postings of a word are too many for one segment");
    }
    if (!only) {
        ro_list_header header = {.data_len = (uint32_t)list->data.len,
                                 .positions = (uint32_t)list->position_count,
                                 .impacts = list->impacts};
        ro_buf_add(out, &header, sizeof header);
        ro_buf_add_str(out, ro_buf_str(&list->entries));
        if (list->entries.len / sizeof(ro_block_entry) > RO_GROUP) {
            ro_buf_add_str(out, ro_buf_str(&list->groups));
        }
    }
    ro_buf_add_str(out, ro_buf_str(&list->data));
    ro_buf_add_str(out, ro_buf_str(&list->positions));
    return ro_buf_check(out, err);
}
