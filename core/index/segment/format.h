/* The bytes of a segment file, shared by what writes and what reads them. All numbers are
 * little-endian; a "vint" is a number in groups of seven bits, the lowest first, with 0x80 on all
 * but the last.
 *
 * Dictionary. Blocks of RO_WORDS_BLOCK words. A word is: vint bytes shared with the word before it
 * (0 for the first of a block), vint bytes that follow, those bytes, a byte of flags, and, as these
 * say, vints:
 *   RO_WORD_STEM    df, cf - df, bytes of the list of the stem
 *   RO_WORD_MERGED  documents of that list, where a merge left some out
 *   RO_WORD_FORM    documents, bytes of the list of the form
 *   RO_WORD_COUNTS  df, cf - df as a form
 * Lists lie in the postings in this order, one after the other. The part `blocks` has for each
 * block of the dictionary: the first 8 bytes of its first word (as a number that sorts as they do),
 * where its first list is (uint64_t), where it starts (uint32_t); as three arrays.
 *
 * A list of one block is the block, then the positions. A longer one is
 *   ro_list_header, an ro_block_entry for each block, where there are more than RO_GROUP of them
 *   ro_impacts for each RO_GROUP, the blocks, the positions.
 *
 * A block of RO_PLAIN documents or more is three runs (pack.h): the gaps between documents less 1,
 * frequencies less 1, frequencies in the title. A shorter one is, for each document, vint gap less
 * 1 times 4 + 2 if it holds the term in the title + 1 if only once, vint frequency less 2 unless
 * once, vint frequency in the title less 1 if any.
 *
 * Positions are the gaps between them less 1, title first; the first of a field is as it is. They
 * are cut into runs of RO_PACK_RUN for the whole of the list; a last one of fewer than RO_PLAIN is
 * vints. */
#ifndef READOUT_SEGMENT_FORMAT_H
#define READOUT_SEGMENT_FORMAT_H

#include "segment.h"

#define RO_SEGMENT_MAGIC "\x89ro.seg\n"
#define RO_SEGMENT_FORMAT 3
#define RO_SEGMENT_FORMAT_OLDEST 2 /* bounds of blocks are wider, and hold as well */

#define RO_WORDS_BLOCK 16
#define RO_WORD_MAX 255 /* bytes */
#define RO_PLAIN 8

enum {
    RO_PART_POSTINGS,
    RO_PART_DICTIONARY,
    RO_PART_BLOCKS,
    RO_PART_DOCS,  /* uint32_t: ro_doc less the first */
    RO_PART_BODY,  /* uint32_t: words */
    RO_PART_TITLE, /* uint16_t: words */
    RO_PARTS
};
#define RO_PARTS_AT_ONCE RO_PART_BLOCKS /* from this one on they are verified when it is opened */

typedef struct ro_segment_part {
    uint64_t at, len;
    uint32_t crc, zero;
} ro_segment_part;

typedef struct ro_segment_header {
    char magic[8];
    uint32_t format;
    uint32_t block;
    uint32_t count;
    uint32_t block_count;
    int64_t first;
    int64_t words[RO_FIELD_COUNT];
    uint64_t word_count;
    uint64_t size;
    ro_segment_part parts[RO_PARTS];
    uint32_t zero;
    uint32_t crc; /* of all before it */
} ro_segment_header;

_Static_assert(sizeof(ro_segment_header) == 216, "headers are stored as they are");

enum { RO_WORD_STEM = 1, RO_WORD_MERGED = 2, RO_WORD_FORM = 4, RO_WORD_COUNTS = 8 };

typedef struct ro_list_header {
    uint32_t data_len;  /* of the blocks */
    uint32_t positions; /* how many */
    ro_impacts impacts; /* of all */
} ro_list_header;

_Static_assert(sizeof(ro_list_header) == 20, "lists are stored as they are");
_Static_assert(sizeof(ro_block_entry) == 28, "entries are stored as they are");

#define RO_VINT_MAX 10 /* bytes */

static inline uint8_t *ro_vint_put(uint8_t *to, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        *to++ = (uint8_t)(value | 0x80);
    }
    *to++ = (uint8_t)value;
    return to;
}

/* NULL when it passes `end` or is no vint, and for a NULL `at`: a row of them is checked once. */
static inline const uint8_t *ro_vint_get(const uint8_t *at, const uint8_t *end, uint64_t *value) {
    if (at && at < end && !(*at & 0x80)) { /* as most are */
        *value = *at;
        return at + 1;
    }
    uint64_t sum = 0;
    for (unsigned shift = 0; at && shift < 64; shift += 7) {
        if (at >= end) {
            break;
        }
        sum |= (uint64_t)(*at & 0x7F) << shift;
        if (!(*at++ & 0x80)) {
            *value = sum;
            return at;
        }
    }
    *value = 0;
    return NULL;
}

/* The same for a number of 32 bits. */
static inline const uint8_t *ro_vint_get32(const uint8_t *at, const uint8_t *end, uint32_t *value) {
    uint64_t wide;
    at = ro_vint_get(at, end, &wide);
    *value = (uint32_t)wide;
    return wide <= UINT32_MAX ? at : NULL;
}

uint32_t ro_segment_crc(uint32_t crc, const void *bytes, size_t len);

#endif
