#include "format.h"

#include "../evaluate/evaluate.h"

#define NO_RUN UINT32_MAX
#define UNKNOWN UINT64_MAX

static uint32_t finish(ro_cursor *cursor) {
    cursor->doc = cursor->last = RO_NO_DOC;
    cursor->block = cursor->blocks;
    cursor->count = cursor->place = 0;
    cursor->loaded = false;
    return RO_NO_DOC;
}

static uint32_t break_off(ro_cursor *cursor) {
    cursor->damaged = true;
    return finish(cursor);
}

static uint32_t entry_last(const ro_cursor *cursor, uint32_t block) {
    uint32_t last;
    memcpy(&last, cursor->entries + block * sizeof(ro_block_entry), sizeof last);
    return last;
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* The last document before the block, as gaps have it. */
static uint32_t before_block(const ro_cursor *cursor) {
    return cursor->block ? entry_last(cursor, cursor->block - 1) : UINT32_MAX;
}

static const uint8_t *read_plain(ro_cursor *cursor, const uint8_t *at, const uint8_t *end) {
    uint32_t last = before_block(cursor);
    for (uint32_t i = 0; i < cursor->count; i++) {
        uint64_t code;
        uint32_t more = 0;
        uint32_t title = 0;
        at = ro_vint_get(at, end, &code);
        if (!(code & 1)) {
            at = ro_vint_get32(at, end, &more);
            more++;
        }
        if (code & 2) {
            at = ro_vint_get32(at, end, &title);
            title++;
        }
        cursor->docs[i] = last = last + 1 + (uint32_t)(code >> 2);
        cursor->tf[i] = more + 1;
        cursor->title[i] = title;
    }
    return at;
}

/* Documents ascend, after those of the block before. */
static bool docs_ascend(const ro_cursor *cursor) {
    const uint32_t *docs = cursor->docs;
    uint32_t wrong = cursor->block && docs[0] <= before_block(cursor);
    for (uint32_t i = 1; i < cursor->count; i++) {
        wrong |= docs[i] <= docs[i - 1];
    }
    return !wrong;
}

/* Gaps so narrow cannot lead past the last number there is: documents then ascend. */
#define NARROW 24
_Static_assert(RO_SEGMENT_DOCS_MAX + ((RO_PACK_RUN + 1ull) << NARROW) <= UINT32_MAX, "no wrap");

static const uint8_t *read_docs(ro_cursor *cursor, const uint8_t *at, const uint8_t *end) {
    uint32_t before = before_block(cursor);
    const uint8_t *after = ro_unpack_sums(at, end, cursor->count, before, 1, cursor->docs);
    bool narrow = after && ro_pack_width(at, cursor->count) <= NARROW &&
                  (!cursor->block || before < cursor->segment->count);
    return narrow || (after && docs_ascend(cursor)) ? after : NULL;
}

/* What is wrong with the counts of documents shows in the high bits of these. */
typedef struct count_bits {
    uint32_t tf, title, rest;
} count_bits;

static count_bits bits_of_counts(const ro_cursor *cursor) {
    count_bits bits = {0, 0, 0};
    for (uint32_t i = 0; i < cursor->count; i++) {
        uint32_t tf = cursor->tf[i];
        uint32_t title = cursor->title[i];
        bits.tf |= tf - 1;
        bits.title |= title;
        bits.rest |= tf - title;
    }
    return bits;
}

#define OCCURRENCES_BITS 20
_Static_assert(RO_OCCURRENCES_MAX == 1u << OCCURRENCES_BITS, "they are checked by their bits");

static bool counts_fit(const ro_cursor *cursor) {
    count_bits bits = bits_of_counts(cursor);
    return bits.tf < RO_OCCURRENCES_MAX && bits.title < 2 * RO_OCCURRENCES_MAX &&
           bits.rest < 2 * RO_OCCURRENCES_MAX;
}

/* Nonsense that is safe to go on with. */
static void void_counts(ro_cursor *cursor) {
    cursor->damaged = true;
    for (uint32_t i = 0; i < cursor->count; i++) {
        cursor->tf[i] = 1;
        cursor->title[i] = 0;
    }
}

static const uint8_t *data_end(const ro_cursor *cursor) {
    return cursor->entries ? cursor->positions : cursor->end;
}

/* Reads the documents of the block at hand, which is not the end, and stands at the first. */
static uint32_t load(ro_cursor *cursor) {
    const uint8_t *at = cursor->data;
    const uint8_t *end = data_end(cursor);
    uint32_t first = cursor->block * cursor->segment->block;
    uint32_t rest = cursor->df - first;
    cursor->count = rest < cursor->segment->block ? rest : cursor->segment->block;
    if (cursor->entries) {
        ro_block_entry entry = ro_cursor_entry(cursor, cursor->block);
        at = entry.at <= (size_t)(end - at) ? at + entry.at : NULL;
    }
    bool plain = cursor->count < RO_PLAIN;
    if (at && plain) {
        at = read_plain(cursor, at, end);
        at = at && docs_ascend(cursor) ? at : NULL;
    } else if (at) {
        at = read_docs(cursor, at, end);
    }
    if (!at || cursor->docs[cursor->count - 1] >= cursor->segment->count) {
        return break_off(cursor);
    }
    if (!cursor->entries) {
        cursor->last = cursor->docs[cursor->count - 1];
    } else if (cursor->last != cursor->docs[cursor->count - 1]) {
        return break_off(cursor);
    }
    for (uint32_t i = cursor->count; i < RO_PACK_RUN; i++) {
        cursor->docs[i] = RO_NO_DOC;
    }
    cursor->loaded = true;
    cursor->counted = plain;
    cursor->counts = at;
    cursor->singles = cursor->summed_to = 0;
    cursor->summed = 0;
    if (plain && !counts_fit(cursor)) {
        void_counts(cursor);
    }
    cursor->place = 0;
    return cursor->doc = cursor->docs[0];
}

void ro_cursor_count(ro_cursor *cursor) {
    if (cursor->counted || !cursor->loaded) {
        return;
    }
    const uint8_t *end = data_end(cursor);
    const uint8_t *tf = cursor->counts;
    const uint8_t *title = ro_unpack(tf, end, cursor->count, cursor->tf);
    const uint8_t *at = title ? ro_unpack(title, end, cursor->count, cursor->title) : NULL;
    for (uint32_t i = 0; i < RO_PACK_RUN; i++) {
        cursor->tf[i]++;
    }
    bool narrow = at && ro_pack_width(title, cursor->count) == 0 &&
                  ro_pack_width(tf, cursor->count) <= OCCURRENCES_BITS;
    if (!at || (!narrow && !counts_fit(cursor))) {
        void_counts(cursor);
    }
    cursor->counted = true;
    cursor->counts = at;
}

/* Reading a block whole takes as long as some of its documents alone. */
#define SINGLES_MAX 6

void ro_cursor_count_one(ro_cursor *cursor, uint32_t *tf, uint32_t *title) {
    if (!cursor->counted && cursor->loaded && cursor->singles < SINGLES_MAX) {
        const uint8_t *end = data_end(cursor);
        const uint8_t *at = ro_unpack_one(cursor->counts, end, cursor->count, cursor->place, tf);
        at = at ? ro_unpack_one(at, end, cursor->count, cursor->place, title) : NULL;
        if (at && *tf < RO_OCCURRENCES_MAX && *title <= *tf + 1) {
            ++*tf;
            cursor->singles++;
            return;
        }
    }
    ro_cursor_count(cursor);
    *tf = cursor->tf[cursor->place];
    *title = cursor->title[cursor->place];
}

/* ---- moving --------------------------------------------------------------------------------- */

static bool open_long(ro_cursor *cursor, ro_segment_list list) {
    ro_list_header header;
    size_t entries = cursor->blocks * sizeof(ro_block_entry);
    size_t groups = cursor->blocks > RO_GROUP ? ro_cursor_groups(cursor) * sizeof(ro_impacts) : 0;
    size_t len = (size_t)(list.end - list.at);
    if (len < sizeof header + entries + groups) {
        return false;
    }
    memcpy(&header, list.at, sizeof header);
    cursor->has_impacts = true;
    cursor->impacts = header.impacts;
    cursor->entries = list.at + sizeof header;
    cursor->groups = cursor->entries + entries;
    cursor->data = cursor->groups + groups;
    if (header.data_len > (size_t)(list.end - cursor->data)) {
        return false;
    }
    cursor->positions = cursor->data + header.data_len;
    cursor->position_count = header.positions;
    cursor->last = entry_last(cursor, 0);
    return true;
}

void ro_cursor_begin(ro_cursor *cursor, const ro_segment *segment, ro_segment_list list) {
    cursor->doc = 0;
    cursor->df = list.df;
    cursor->block = cursor->count = cursor->place = 0;
    cursor->blocks = list.df / segment->block + (list.df % segment->block != 0);
    cursor->damaged = cursor->has_impacts = cursor->loaded = cursor->counted = false;
    cursor->segment = segment;
    cursor->entries = cursor->positions = NULL;
    cursor->data = list.at;
    cursor->end = list.end;
    cursor->position_count = UNKNOWN;
    cursor->run = NO_RUN;
    if (!list.df) {
        (void)finish(cursor);
    } else if (cursor->blocks == 1) {
        (void)load(cursor);
    } else if (!open_long(cursor, list)) {
        cursor->entries = NULL;
        cursor->blocks = 0;
        cursor->has_impacts = false;
        (void)break_off(cursor);
    }
}

void ro_cursor_open(ro_cursor *cursor, const ro_segment *segment, ro_segment_list list) {
    ro_cursor_begin(cursor, segment, list);
    if (cursor->doc != RO_NO_DOC && !cursor->loaded) {
        (void)load(cursor);
    }
}

/* Goes to the first block that ends at `target` or after it; false at the end. */
static bool find_block(ro_cursor *cursor, uint32_t target) {
    uint32_t low = cursor->block + 1;
    uint32_t step = 1;
    while (low + step <= cursor->blocks && entry_last(cursor, low + step - 1) < target) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step <= cursor->blocks ? low + step - 1 : cursor->blocks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entry_last(cursor, middle) < target) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low >= cursor->blocks) {
        return false;
    }
    cursor->block = low;
    cursor->last = entry_last(cursor, low);
    cursor->loaded = cursor->counted = false;
    return true;
}

void ro_cursor_shallow(ro_cursor *cursor, uint32_t target) {
    if (target > cursor->last && !(cursor->entries && find_block(cursor, target))) {
        (void)finish(cursor);
    }
}

uint32_t ro_cursor_next(ro_cursor *cursor) {
    if (!cursor->loaded) {
        return cursor->doc == RO_NO_DOC ? RO_NO_DOC : ro_cursor_advance(cursor, cursor->doc + 1);
    }
    if (cursor->place + 1 < cursor->count) {
        return cursor->doc = cursor->docs[++cursor->place];
    }
    if (cursor->block + 1 >= cursor->blocks) {
        return finish(cursor);
    }
    cursor->block++;
    cursor->last = entry_last(cursor, cursor->block);
    return load(cursor);
}

uint32_t ro_cursor_advance(ro_cursor *cursor, uint32_t target) {
    if (cursor->loaded && cursor->doc >= target) {
        return cursor->doc;
    }
    ro_cursor_shallow(cursor, target);
    if (cursor->doc == RO_NO_DOC || (!cursor->loaded && load(cursor) == RO_NO_DOC)) {
        return RO_NO_DOC;
    }
    uint32_t place = (uint32_t)ro_pack_rank(cursor->docs, target);
    cursor->place = place;
    return cursor->doc = cursor->docs[place];
}

uint32_t ro_cursor_enter(ro_cursor *cursor, uint32_t block) {
    if (cursor->block == block && cursor->loaded) {
        cursor->place = 0;
        return cursor->doc = cursor->docs[0];
    }
    if (!cursor->entries || block >= cursor->blocks) {
        return finish(cursor);
    }
    cursor->block = block;
    cursor->last = entry_last(cursor, block);
    cursor->run = NO_RUN;
    return load(cursor);
}

#define FETCHED 4 /* lines: most of what a block takes */

static void fetch(const uint8_t *at) {
    for (size_t line = 0; line < FETCHED; line++) {
        __builtin_prefetch(at + line * 64);
    }
}

void ro_cursor_fetch_block(const ro_cursor *cursor, uint32_t block) {
    fetch(cursor->data + ro_cursor_entry(cursor, block).at);
}

void ro_cursor_fetch_group(const ro_cursor *cursor, uint32_t group) {
    fetch(cursor->entries + (size_t)group * RO_GROUP * sizeof(ro_block_entry));
}

/* ---- positions ------------------------------------------------------------------------------ */

static const uint8_t *read_run(ro_cursor *cursor, const uint8_t *at, size_t count) {
    if (count >= RO_PLAIN) {
        return ro_unpack(at, cursor->end, count, cursor->gaps);
    }
    for (size_t i = 0; i < count; i++) {
        at = ro_vint_get32(at, cursor->end, &cursor->gaps[i]);
    }
    return at;
}

/* Makes gaps[] those of the run; false when there is no such run. */
static bool enter_run(ro_cursor *cursor, uint32_t run) {
    if (cursor->run == run) {
        return true;
    }
    uint32_t from = 0;
    const uint8_t *at = cursor->positions;
    if (cursor->entries) {
        ro_block_entry entry = ro_cursor_entry(cursor, cursor->block);
        from = entry.before / RO_PACK_RUN;
        at = entry.positions <= (size_t)(cursor->end - at) ? at + entry.positions : NULL;
    }
    if (cursor->run != NO_RUN && cursor->run >= from && cursor->run < run) {
        from = cursor->run + 1;
        at = cursor->run_end;
    }
    for (; at && from < run; from++) {
        at = ro_pack_skip(at, cursor->end, RO_PACK_RUN);
    }
    uint64_t rest = cursor->position_count - (uint64_t)run * RO_PACK_RUN;
    cursor->run = NO_RUN;
    if (at && from == run) {
        at = read_run(cursor, at, rest < RO_PACK_RUN ? rest : RO_PACK_RUN);
    } else {
        at = NULL;
    }
    if (at) {
        cursor->run = run;
        cursor->run_end = at;
    }
    return at != NULL;
}

/* Of a list of one block. */
static void count_positions(ro_cursor *cursor) {
    if (cursor->position_count == UNKNOWN) {
        cursor->position_count = 0;
        for (uint32_t i = 0; i < cursor->count; i++) {
            cursor->position_count += cursor->tf[i];
        }
    }
}

/* Which position of the list is the first of the document at hand; false when there is none. */
static bool find_positions(ro_cursor *cursor, uint64_t *first) {
    ro_cursor_count(cursor);
    if (!cursor->loaded || !cursor->counts) {
        return false;
    }
    if (cursor->summed_to > cursor->place) {
        cursor->summed_to = 0;
        cursor->summed = 0;
    }
    for (; cursor->summed_to < cursor->place; cursor->summed_to++) {
        cursor->summed += cursor->tf[cursor->summed_to];
    }
    *first = cursor->summed;
    if (cursor->entries) {
        *first += ro_cursor_entry(cursor, cursor->block).before;
    } else {
        cursor->positions = cursor->counts;
        count_positions(cursor);
    }
    return *first + cursor->tf[cursor->place] <= cursor->position_count;
}

void ro_cursor_gaps(ro_cursor *cursor, ro_buf *out) {
    uint64_t at;
    bool found = find_positions(cursor, &at);
    uint64_t end = found ? at + cursor->tf[cursor->place] : 0;
    while (found && at < end) {
        uint32_t skip = (uint32_t)(at % RO_PACK_RUN);
        uint64_t some = end - at < RO_PACK_RUN - skip ? end - at : RO_PACK_RUN - skip;
        found = enter_run(cursor, (uint32_t)(at / RO_PACK_RUN));
        if (found) {
            ro_buf_add(out, cursor->gaps + skip, some * sizeof *cursor->gaps);
        }
        at += some;
    }
    cursor->damaged |= !found;
}

void ro_cursor_positions(ro_cursor *cursor, ro_buf *out) {
    uint64_t at;
    if (!find_positions(cursor, &at)) {
        cursor->damaged = true;
        return;
    }
    uint32_t tf = cursor->tf[cursor->place];
    uint32_t title = cursor->title[cursor->place];
    uint64_t *to = (uint64_t *)(void *)ro_buf_reserve(out, tf * sizeof *to);
    uint32_t position = UINT32_MAX;
    for (uint32_t i = 0; to && i < tf;) {
        if (!enter_run(cursor, (uint32_t)(at / RO_PACK_RUN))) {
            cursor->damaged = true;
            return;
        }
        uint32_t skip = (uint32_t)(at % RO_PACK_RUN);
        uint32_t field_end = i < title ? title : tf;
        uint32_t some = field_end - i < RO_PACK_RUN - skip ? field_end - i : RO_PACK_RUN - skip;
        uint64_t field = (uint64_t)(i >= title) << 32;
        position = i == title ? UINT32_MAX : position;
        for (uint32_t g = 0; g < some; g++) {
            position += 1 + cursor->gaps[skip + g];
            to[i + g] = field | position;
        }
        i += some;
        at += some;
    }
    if (to) {
        out->len += tf * sizeof *to;
    }
}
