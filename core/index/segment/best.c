#include "best.h"

#define IS_GROUP 0x80000000u /* or else a block */

typedef struct promise {
    float x; /* at most */
    uint32_t of;
} promise;

static void push(ro_best *best, float x, uint32_t of) {
    if (!ro_buf_reserve(&best->heap, sizeof(promise))) {
        return;
    }
    promise *heap = (promise *)(void *)best->heap.ptr;
    size_t at = best->heap.len / sizeof *heap;
    for (; at && heap[(at - 1) / 2].x < x; at = (at - 1) / 2) {
        heap[at] = heap[(at - 1) / 2];
    }
    heap[at] = (promise){x, of};
    best->heap.len += sizeof *heap;
}

/* Takes the top away. */
static void pop(ro_best *best) {
    promise *heap = (promise *)(void *)best->heap.ptr;
    size_t count = best->heap.len / sizeof *heap - 1;
    promise last = heap[count];
    size_t at = 0;
    for (size_t child = 1; child < count; child = at * 2 + 1) {
        child += child + 1 < count && heap[child + 1].x > heap[child].x;
        if (heap[child].x <= last.x) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    best->heap.len = count * sizeof *heap;
}

void ro_best_begin(ro_best *best, const ro_lane *lane, float least) {
    float enough = ro_lane_x(lane, least);
    *best = (ro_best){.lane = lane, .heap = RO_BUF_INIT};
    for (uint32_t group = 0; group < ro_cursor_groups(&lane->cursor); group++) {
        float x = ro_lane_group_x(lane, group);
        if (x >= enough) {
            push(best, x, group | IS_GROUP);
        }
    }
}

static void open_group(ro_best *best, uint32_t group, float enough) {
    uint32_t end = (group + 1) * RO_GROUP;
    end = end < best->lane->cursor.blocks ? end : best->lane->cursor.blocks;
    for (uint32_t block = group * RO_GROUP; block < end; block++) {
        float x = ro_lane_block_x(best->lane, block);
        if (x >= enough) {
            push(best, x, block);
        }
    }
}

/* What is likely to come next is fetched while the block before is read. */
static void fetch_top(const ro_best *best) {
    if (best->heap.len && best->lane->cursor.has_impacts) {
        uint32_t of = ((const promise *)(const void *)best->heap.ptr)->of;
        if (of & IS_GROUP) {
            ro_cursor_fetch_group(&best->lane->cursor, of & ~IS_GROUP);
        } else {
            ro_cursor_fetch_block(&best->lane->cursor, of);
        }
    }
}

uint32_t ro_best_next(ro_best *best, float least) {
    float enough = ro_lane_x(best->lane, least);
    while (best->heap.len) {
        promise top = *(const promise *)(const void *)best->heap.ptr;
        if (top.x < enough) {
            break;
        }
        pop(best);
        if (!(top.of & IS_GROUP)) {
            fetch_top(best);
            return top.of;
        }
        open_group(best, top.of & ~IS_GROUP, enough);
    }
    return RO_NO_BLOCK;
}

ro_status ro_best_release(ro_best *best) {
    bool failed = best->heap.failed;
    ro_buf_release(&best->heap);
    return failed ? RO_MEMORY : RO_OK;
}
