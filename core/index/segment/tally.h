/* Words that count as one: their occurrences add up. Documents are added up a window at a time, a
 * word after the other, so that a dozen completions of a beginning cost what their postings do. */
#ifndef READOUT_SEGMENT_TALLY_H
#define READOUT_SEGMENT_TALLY_H

#include "finder.h"
#include "lane.h"

typedef struct ro_tally_word {
    ro_lane lane;
    float times; /* it counts: it may be an alternative more than once */
} ro_tally_word;

typedef struct ro_tally {
    ro_tally_word **words;
    size_t count;
    uint32_t from, until; /* documents that are added up */
    float sums[RO_WINDOW];
    uint64_t seen[RO_WINDOW / 64];
} ro_tally;

/* The words of a TERM or ANY_OF, those of its phrases apart; words without documents are left out,
 * so there may be none. In the finder's arena; NULL: memory ran out. */
ro_tally *ro_tally_make(ro_finder *finder, const ro_plan_node *node);
/* How many documents have one, about. */
uint32_t ro_tally_cost(const ro_tally *tally);
/* The most that any document gets, of x of rank.h. */
float ro_tally_most(const ro_tally *tally);
/* The most that one in [from, to] gets; `from` never falls. */
float ro_tally_bound(ro_tally *tally, uint32_t from, uint32_t to);
/* The first document at `target` or after it that has one of the words; never goes back. */
uint32_t ro_tally_advance(ro_tally *tally, uint32_t target);
/* What the document that it was advanced to gets. */
float ro_tally_x(const ro_tally *tally, uint32_t doc);

#endif
