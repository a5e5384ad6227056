#include "ahead.h"
#include "format.h"

static uint64_t key_of(ro_str text) {
    unsigned char first[8] = {0};
    uint64_t key;
    if (text.len) {
        memcpy(first, text.ptr, text.len < sizeof first ? text.len : sizeof first);
    }
    memcpy(&key, first, sizeof key);
    return __builtin_bswap64(key);
}

static uint64_t block_key(const ro_segment *segment, size_t block) {
    uint64_t key;
    memcpy(&key, segment->blocks + block * sizeof key, sizeof key);
    return key;
}

static uint64_t block_offset(const ro_segment *segment, size_t block) {
    uint64_t offset;
    memcpy(&offset, segment->blocks + (segment->block_count + block) * sizeof offset,
           sizeof offset);
    return offset;
}

static uint32_t block_start(const ro_segment *segment, size_t block) {
    uint32_t start;
    memcpy(&start,
           segment->blocks + segment->block_count * 2 * sizeof(uint64_t) + block * sizeof start,
           sizeof start);
    return start;
}

/* ---- words ---------------------------------------------------------------------------------- */

static void enter_block(ro_segment_words *words, size_t block) {
    const ro_segment *segment = words->segment;
    size_t start = block_start(segment, block);
    size_t end = block + 1 < segment->block_count ? block_start(segment, block + 1)
                                                  : segment->dictionary_len;
    words->block = block;
    words->damaged |= start > end || end > segment->dictionary_len;
    words->next = words->damaged ? segment->dictionary : segment->dictionary + start;
    words->end = words->damaged ? segment->dictionary : segment->dictionary + end;
    words->offset = block_offset(segment, block);
    words->length = 0;
}

static ro_segment_list take_list(ro_segment_words *words, uint64_t df, uint64_t len) {
    const ro_segment *segment = words->segment;
    if (words->offset > segment->postings_len || len > segment->postings_len - words->offset ||
        df > segment->count) {
        words->damaged = true;
        return (ro_segment_list){0};
    }
    const uint8_t *at = segment->postings + words->offset;
    words->offset += len;
    return (ro_segment_list){at, at + len, (uint32_t)df};
}

static const uint8_t *get_frequency(const uint8_t *at, const uint8_t *end, ro_frequency *out) {
    uint64_t df;
    uint64_t more;
    at = ro_vint_get(at, end, &df);
    at = ro_vint_get(at, end, &more);
    *out = (ro_frequency){(int64_t)(df & INT32_MAX), (int64_t)(df & INT32_MAX)};
    out->cf += (int64_t)(more & (INT64_MAX >> 1));
    return at;
}

static const uint8_t *get_numbers(ro_segment_words *words, const uint8_t *at,
                                  ro_segment_word *out) {
    const uint8_t *end = words->end;
    unsigned flags = at < end ? *at++ : 0;
    uint64_t len;
    uint64_t docs;
    if (flags & RO_WORD_STEM) {
        at = get_frequency(at, end, &out->stem);
        at = ro_vint_get(at, end, &len);
        docs = (uint64_t)out->stem.df;
        if (flags & RO_WORD_MERGED) {
            at = ro_vint_get(at, end, &docs);
        }
        out->stems = take_list(words, docs, len);
    }
    if (flags & RO_WORD_FORM) {
        at = ro_vint_get(at, end, &docs);
        at = ro_vint_get(at, end, &len);
        out->forms = take_list(words, docs, len);
    }
    if (flags & RO_WORD_COUNTS) {
        at = get_frequency(at, end, &out->form);
    }
    return at;
}

/* What a word begins with: bytes it shares with the one before, and how many follow. */
static const uint8_t *get_lengths(const ro_segment_words *words, uint64_t *shared, uint64_t *more) {
    const uint8_t *at = ro_vint_get(words->next, words->end, shared);
    at = ro_vint_get(at, words->end, more);
    bool fits = at && *shared <= words->length && *more <= RO_WORD_MAX &&
                *shared + *more <= RO_WORD_MAX && *more <= (size_t)(words->end - at);
    return fits ? at : NULL;
}

static const uint8_t *get_text(ro_segment_words *words) {
    uint64_t shared;
    uint64_t more;
    const uint8_t *at = get_lengths(words, &shared, &more);
    if (!at) {
        return NULL;
    }
    memcpy(words->text + shared, at, more);
    words->length = shared + more;
    return at + more;
}

bool ro_segment_next(ro_segment_words *words, ro_segment_word *out) {
    *out = (ro_segment_word){0};
    while (!words->damaged && words->next == words->end) {
        if (words->block + 1 >= words->segment->block_count) {
            return false;
        }
        enter_block(words, words->block + 1);
    }
    const uint8_t *at = words->damaged ? NULL : get_text(words);
    at = at ? get_numbers(words, at, out) : NULL;
    if (!at || words->damaged) {
        words->damaged = true;
        *out = (ro_segment_word){0};
        return false;
    }
    words->next = at;
    out->text = ro_str_make(words->text, words->length);
    return true;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* Whether the first word of the block is after `text`. */
static bool block_passes(const ro_segment *segment, size_t block, ro_str text, uint64_t key) {
    uint64_t first = block_key(segment, block);
    if (first != key) {
        return first > key;
    }
    ro_segment_words words = {.segment = segment};
    ro_segment_word word;
    enter_block(&words, block);
    return ro_segment_next(&words, &word) && ro_str_compare(word.text, text) > 0;
}

/* How many blocks have a key below `key`; steps without a branch, which none could foretell. */
static size_t blocks_below(const ro_segment *segment, uint64_t key) {
    size_t below = 0;
    for (size_t rest = segment->block_count; rest; rest /= 2) {
        size_t half = rest - rest / 2;
        below += block_key(segment, below + half - 1) < key ? half : 0;
    }
    return below;
}

/* The block to look in: the last whose first word is not after `text`, or the first of all. */
static size_t find_block(const ro_segment *segment, ro_str text) {
    uint64_t key = key_of(text);
    size_t low = blocks_below(segment, key);
    size_t step = 1;
    while (low + step <= segment->block_count && block_key(segment, low + step - 1) == key) {
        step *= 2;
    }
    size_t high = low + step - 1 < segment->block_count ? low + step - 1 : segment->block_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block_passes(segment, middle, text, key)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low ? low - 1 : 0;
}

/* Words are read until one that is not before `from`; the place before it is then restored. */
void ro_segment_seek(const ro_segment *segment, ro_str from, ro_segment_words *words) {
    *words = (ro_segment_words){.segment = segment};
    if (!segment->block_count) {
        words->next = words->end = segment->dictionary;
        return;
    }
    enter_block(words, find_block(segment, from));
    ro_segment_word word;
    for (;;) {
        ro_segment_words before = *words;
        if (!ro_segment_next(words, &word)) {
            return;
        }
        if (ro_str_compare(word.text, from) >= 0) {
            *words = before;
            return;
        }
    }
}

/* How many bytes two strings begin with alike. */
static size_t alike(const uint8_t *a, size_t a_len, const char *b, size_t b_len) {
    size_t same = 0;
    while (same < a_len && same < b_len && a[same] == (uint8_t)b[same]) {
        same++;
    }
    return same;
}

/* Words ascend. So one that shares more with the word before it than that does with `word` is
 * before `word` as well, and one that shares less is behind it: only the others are compared. */
bool ro_segment_find(const ro_segment *segment, ro_str word, ro_segment_word *out) {
    ro_segment_words words = {.segment = segment};
    size_t same = 0;
    *out = (ro_segment_word){0};
    if (segment->block_count) {
        enter_block(&words, find_block(segment, word));
    }
    while (words.next != words.end) {
        uint64_t shared;
        uint64_t more;
        ro_segment_word found = {.text = word};
        const uint8_t *at = get_lengths(&words, &shared, &more);
        if (!at || shared < same) {
            return false;
        }
        if (shared == same) {
            size_t some = alike(at, more, word.ptr + same, word.len - same);
            same += some;
            if (some < more && (same == word.len || at[some] > (uint8_t)word.ptr[same])) {
                return false;
            }
        }
        words.length = shared + more;
        words.next = get_numbers(&words, at + more, &found);
        if (!words.next || words.damaged) {
            return false;
        }
        if (same == word.len && words.length == same) {
            *out = found;
            return true;
        }
    }
    return false;
}

ro_segment_list ro_segment_term(const ro_segment *segment, ro_str key) {
    ro_segment_word word;
    bool form = key.len && key.ptr[0] == '=';
    if (form) {
        key = ro_str_make(key.ptr + 1, key.len - 1);
    }
    if (!ro_segment_find(segment, key, &word)) {
        return (ro_segment_list){0};
    }
    ro_segment_list list = form ? word.forms : word.stems;
    ro_ahead_want(segment, list);
    return list;
}
