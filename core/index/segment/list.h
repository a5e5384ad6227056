/* Writing the postings of one term. */
#ifndef READOUT_SEGMENT_LIST_H
#define READOUT_SEGMENT_LIST_H

#include "format.h"

/* Lengths as codes for impacts, by document. */
typedef struct ro_length_codes {
    uint8_t *codes[RO_FIELD_COUNT];
    float most[256]; /* what a frequency of 1 brings in a body of this code, about */
} ro_length_codes;

/* RO_MEMORY. `body` and `title`: words of each of `count` documents. */
ro_status ro_length_codes_make(ro_length_codes *codes, const uint32_t *body, const uint16_t *title,
                               uint32_t count, ro_error *err) RO_MUST_CHECK;
void ro_length_codes_release(ro_length_codes *codes);

typedef struct ro_list_writer {
    const ro_length_codes *codes;
    uint32_t block; /* documents of one */
    uint32_t df;    /* so far */
    uint32_t count; /* in the block at hand */
    uint32_t last;  /* document of the block before */
    uint64_t position_count;
    uint32_t waiting; /* gaps[] in use */
    uint32_t block_run;
    uint32_t block_before; /* as in the entry of the block at hand */
    uint32_t docs[RO_PACK_RUN], tf[RO_PACK_RUN], title[RO_PACK_RUN];
    uint32_t gaps[RO_PACK_RUN];
    ro_impacts impacts; /* of all blocks but those of the group at hand */
    ro_impacts group;
    uint32_t grouped; /* blocks in it */
    ro_buf entries, groups, data, positions;
} ro_list_writer;

void ro_list_writer_release(ro_list_writer *list);
/* Begins a list; `codes` are borrowed until it ends. */
void ro_list_begin(ro_list_writer *list, uint32_t block, const ro_length_codes *codes);
/* A document, after all that came before: frequencies in all fields (at least 1, at most
 * RO_OCCURRENCES_MAX) and in the title, and as many gaps, as format.h has them. */
void ro_list_add(ro_list_writer *list, uint32_t doc, uint32_t tf, uint32_t title,
                 const uint32_t *gaps);
/* Appends the list. RO_LIMIT when it is too long, RO_MEMORY. */
ro_status ro_list_end(ro_list_writer *list, ro_buf *out, ro_error *err) RO_MUST_CHECK;

#endif
