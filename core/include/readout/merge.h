/* Merging a set of records: what is one across articles, worked out in memory.
 *
 * The result is a function of the set: order and repetition of calls make no difference. The index
 * keeps the same groups up to date record by record; this is for a few articles without an index,
 * and the measure that the index is tested by.
 *
 * Two talks (two outcomes) are compared if they stand near each other in a block they share: in
 * the order of ro_merge_compare, with at most RO_MERGE_WINDOW - 1 between them. What is compared
 * and found the same (same.h) is joined; chains of such pairs make the groups.
 */
#ifndef READOUT_MERGE_H
#define READOUT_MERGE_H

#include "readout/same.h"

#define RO_MERGE_WINDOW 24

typedef enum ro_merge_kind { RO_MERGE_TALKS, RO_MERGE_OUTCOMES } ro_merge_kind;

#define RO_MERGE_KEY 16

typedef struct ro_merge_item {
    uint8_t key[RO_MERGE_KEY]; /* of its article: one place, whatever came before it */
    int64_t number;            /* ascends with the facts of the article */
    ro_sketch sketch;
} ro_merge_item;

/* The key of an article: from its id, the same in every index, and such that nobody can find two
 * ids of one key. RO_MEMORY. */
ro_status ro_merge_key(ro_str article_id, uint8_t out[RO_MERGE_KEY], ro_error *err) RO_MUST_CHECK;

/* Blocks, each once, and sameness of the kind. */
size_t ro_merge_blocks(ro_merge_kind kind, const ro_sketch *sketch, uint64_t out[RO_SKETCH_BLOCKS]);
unsigned ro_merge_same(ro_merge_kind kind, const ro_sketch *a, const ro_sketch *b,
                       unsigned *conflicts);
/* By day, undated first, then by key and number: the first of a group stands for it. */
int ro_merge_compare(const ro_merge_item *a, const ro_merge_item *b);

/* Groups the records: out[i].group is the index of the first of its group. `to`, `why` and
 * `conflicts` are left empty. */
ro_status ro_merge_groups(ro_merge_kind kind, const ro_merge_item *items, size_t count,
                          ro_same_link *out, ro_error *err) RO_MUST_CHECK;
/* Why members of one group, ascending, are in it: fills `to`, `why` and `conflicts`. */
void ro_merge_reasons(ro_merge_kind kind, const ro_merge_item *members, size_t count,
                      ro_same_link *out);

/* Groups forms of people, of any family names and in any order; equal forms may be repeated. */
ro_status ro_merge_people(const ro_person_form *forms, size_t count, ro_same_link *out,
                          ro_error *err) RO_MUST_CHECK;

#endif
