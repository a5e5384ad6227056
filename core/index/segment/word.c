/* Blocks of one word in any order, those that promise most first. */
#include "flat.h"

#include "best.h"

#define PRIME_BLOCKS 3 /* that are looked at before all others */

/* The documents of a block that may come among the best. */
static uint32_t reach_in_block(const flat_search *flat, ro_lane *lane, uint32_t block,
                               uint32_t places[RO_PACK_RUN], float scores[RO_PACK_RUN]) {
    ro_finder *finder = flat->finder;
    (void)ro_cursor_enter(&lane->cursor, block);
    if (finder->least <= 0 && finder->plain && !finder->search->live) {
        ro_finder_raise(finder, ro_lane_best(lane, finder->search->top->k));
    }
    return ro_lane_reach(lane, 0, lane->cursor.count, finder->least, places, scores);
}

/* Any k documents tell what the k best get at least: those that a word alone brings most, in the
 * blocks that promise most. */
static void prime_with(flat_search *flat, ro_lane *lane) {
    ro_finder *finder = flat->finder;
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    ro_lane probe = *lane;
    ro_best best;
    uint32_t block;
    ro_best_begin(&best, lane, finder->least);
    for (int blocks = 0; blocks < PRIME_BLOCKS; blocks++) {
        if ((block = ro_best_next(&best, finder->least)) == RO_NO_BLOCK) {
            break;
        }
        uint32_t reaching = reach_in_block(flat, &probe, block, places, scores);
        for (uint32_t d = 0; d < reaching; d++) {
            float score = scores[places[d]];
            if (score >= finder->least) {
                ro_finder_probe(finder, probe.cursor.docs[places[d]], score);
            }
        }
    }
    ro_status status = ro_best_release(&best);
    finder->status = finder->status ? finder->status : status;
    finder->low_count = 0; /* they will come again */
}

void ro_flat_prime(flat_search *flat) {
    ro_finder *finder = flat->finder;
    size_t k = finder->search->top->k;
    ro_lane *best = NULL;
    if (!finder->lows || flat->phrase || flat->required > 1 ||
        (flat->required == 1 && flat->count > 1)) {
        return;
    }
    for (size_t i = 0; i < flat->count; i++) {
        ro_lane *lane = flat->lanes[i];
        if (lane->cursor.df >= k && (!best || lane->most > best->most)) {
            best = lane;
        }
    }
    if (best) {
        prime_with(flat, best);
    }
}

static void take_block(flat_search *flat, uint32_t block) {
    ro_finder *finder = flat->finder;
    ro_lane *lane = flat->lanes[0];
    const ro_cursor *cursor = &lane->cursor;
    float scores[RO_PACK_RUN];
    uint32_t places[RO_PACK_RUN];
    uint32_t reaching = reach_in_block(flat, lane, block, places, scores);
    for (uint32_t i = 0; i < reaching; i++) {
        uint32_t at = places[i];
        if (scores[at] >= finder->least) { /* which grows */
            ro_times times = {cursor->tf[at], cursor->title[at]};
            ro_finder_take(finder, cursor->docs[at], scores[at], scores[at], &times);
        }
    }
}

/* Documents need not be counted one by one, or the word itself tells how many there are. */
static bool is_one_word(const flat_search *flat) {
    const ro_finder *finder = flat->finder;
    return flat->count == 1 && !flat->phrase && finder->lows && finder->plain &&
           flat->lanes[0]->cursor.df && (!finder->counting || !finder->search->live);
}

bool ro_flat_alone(flat_search *flat) {
    ro_finder *finder = flat->finder;
    if (!is_one_word(flat)) {
        return false;
    }
    bool counting = finder->counting;
    int64_t total = finder->search->total + flat->lanes[0]->cursor.df;
    ro_best best;
    uint32_t block;
    ro_best_begin(&best, flat->lanes[0], finder->least);
    while (ro_finder_goes_on(finder) &&
           (block = ro_best_next(&best, finder->least)) != RO_NO_BLOCK) {
        take_block(flat, block);
    }
    ro_status status = ro_best_release(&best);
    finder->status = finder->status ? finder->status : status;
    if (counting) {
        finder->search->total = total;
        finder->counting = true;
    }
    return true;
}
