/* Words, and phrases of words, in windows: stretches of documents that are looked at together.
 *
 * For each window the blocks tell what every word brings there at most. Documents that can still
 * come among the best are found by some of the words, then looked up in the others, those that
 * bring most first, and dropped as soon as what is left cannot bring them up. */
#ifndef READOUT_SEGMENT_FLAT_H
#define READOUT_SEGMENT_FLAT_H

#include "finder.h"
#include "lane.h"

#define RO_HELD_MAX 32 /* lanes of which it is noted that documents have them */

/* Documents that may come among the best, ascending, and what they have got so far. How often the
 * first lanes have the first of them is noted, by the places they were found at. */
typedef struct flat_found {
    size_t count;
    uint32_t docs[RO_WINDOW];
    float scores[RO_WINDOW];
    uint32_t held[RO_WINDOW]; /* a bit a lane that has it, of the first ones */
    uint16_t places[RO_WINDOW];
    ro_times times[RO_PACK_RUN][RO_TOLD_MAX];
} flat_found;

typedef struct flat_search {
    ro_finder *finder;
    ro_lane **lanes; /* required ones first, the rarest first; then those that cost most */
    size_t count, required;
    float *pairs;      /* see pairs.c; NULL: there are none */
    bool phrase;       /* a document has x of rank.h for the least of its words */
    float limit, half; /* it then gets limit * x / (half + x) */
    bool placed;       /* the phrase is found here, not by the evaluator */
    ro_lane **words;   /* of the phrase, the rarest first */
    uint32_t *gaps;    /* from its start to each of them */
    size_t word_count;
    ro_buf starts, more; /* uint64_t: where the phrase may start in the document at hand */
    bool summed;         /* sums[], held[] and seen[] are clear */
    size_t noted;        /* lanes up to here have noted how often they have what is found */
    flat_found found;
    float sums[RO_WINDOW];
    uint32_t held[RO_WINDOW];
    uint64_t seen[RO_WINDOW / 64];
} flat_search;

/* What the sum of the lanes, or the least of them, must come to. */
float ro_flat_least(const flat_search *flat);
/* The lane's next documents up to `to`, all of one block, which are then behind it: how many, and
 * the place of the first, where its cursor stands. */
uint32_t ro_flat_piece(ro_lane *lane, uint32_t to, uint32_t *from);
/* Makes those that reach `least` documents found. */
void ro_flat_fill(flat_search *flat, ro_lane *lane, uint32_t to, float least);
/* What the lane brings at most in the block that the document would be in. */
float ro_flat_bound_at(ro_lane *lane, uint32_t doc);
/* Looks a lane up in the documents found. `rest` bounds what they can get after. Those that fall
 * short, or lack a required word, are dropped. */
void ro_flat_refine(flat_search *flat, ro_lane *lane, float rest, float least);
/* Takes the documents found. */
void ro_flat_hand_on(flat_search *flat);
/* Documents before `from` are done with. */
void ro_flat_pass(ro_lane *lane, uint32_t from);

/* What words bring by standing close together. Makes `extra` of the lanes; false when memory ran
 * out. */
bool ro_flat_pair(flat_search *flat);
static inline uint32_t ro_flat_bit(const ro_lane *lane) {
    return lane->index < RO_HELD_MAX ? 1U << lane->index : 0;
}
/* The lane was looked up in a document that has the lanes of `held`, of those looked up before:
 * what its bound grows by, or falls, for pairs. */
float ro_flat_met(const flat_search *flat, const ro_lane *lane, uint32_t held);
float ro_flat_missed(const flat_search *flat, const ro_lane *lane, uint32_t held);

/* One word; false, having done nothing, where it is more, or documents need another look. */
bool ro_flat_alone(flat_search *flat);
/* Any k documents tell what the k best get at least: some of those that one word brings most. */
void ro_flat_prime(flat_search *flat);
/* Any of the words; all of the required ones, or a phrase. */
void ro_flat_any(flat_search *flat);
void ro_flat_all(flat_search *flat);

#endif
