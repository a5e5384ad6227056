/* Any of some words. Those that together cannot bring a document among the best need not be looked
 * up but in documents that others have brought (MAXSCORE: Turtle, Flood, "Query Evaluation:
 * Strategies and Optimizations", 1995; by blocks: Ding, Suel, "Faster Top-k Document Retrieval
 * Using Block-Max Indexes", 2011). */
#include "flat.h"

#define WINDOW_MIN 512 /* documents, when several words are needed */
#define EXCESS_LANES 6

/* What the lanes have up to `to`, added up by document. */
static void fill_all(flat_search *flat, size_t first, uint32_t from, uint32_t to) {
    float scores[RO_PACK_RUN];
    uint32_t place;
    uint32_t some;
    if (!flat->summed) {
        memset(flat->sums, 0, sizeof flat->sums);
        memset(flat->held, 0, sizeof flat->held);
        memset(flat->seen, 0, sizeof flat->seen);
        flat->summed = true;
    }
    for (size_t l = first; l < flat->count; l++) {
        ro_lane *lane = flat->lanes[l];
        uint32_t bit = ro_flat_bit(lane);
        while ((some = ro_flat_piece(lane, to, &place)) > 0) {
            ro_lane_scores(lane, place, place + some, scores);
            for (uint32_t i = place; i < place + some; i++) {
                uint32_t at = lane->cursor.docs[i] - from;
                flat->sums[at] += scores[i] + lane->extra;
                flat->held[at] |= bit;
                flat->seen[at / 64] |= UINT64_C(1) << (at % 64);
            }
        }
    }
}

/* What a document that has the lanes `held` was given for pairs with others from `first` on. */
static float find_excess(const flat_search *flat, size_t first, uint32_t held) {
    float sum = 0;
    for (size_t l = first; l < flat->count && l < RO_HELD_MAX; l++) {
        if (!(held >> l & 1)) {
            sum += ro_flat_missed(flat, flat->lanes[l], held & ~((2U << l) - 1));
        }
    }
    return sum;
}

/* The same, found once in a window; `known` has a place for each set of few lanes. */
static float excess_of(const flat_search *flat, size_t first, uint32_t held, float *known) {
    if (flat->count - first > EXCESS_LANES || flat->count > RO_HELD_MAX) {
        return find_excess(flat, first, held);
    }
    float *excess = &known[held >> first];
    if (*excess < 0) {
        *excess = find_excess(flat, first, held);
    }
    return *excess;
}

static void gather(flat_search *flat, size_t first, uint32_t from, uint32_t to, float least) {
    flat_found *found = &flat->found;
    float known[1 << EXCESS_LANES];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        known[i] = -1;
    }
    for (uint32_t w = 0; w <= (to - from) / 64; w++) {
        for (uint64_t bits = flat->seen[w]; bits; bits &= bits - 1) {
            uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(bits);
            float sum = flat->sums[at];
            if (sum >= least && flat->pairs) {
                sum -= excess_of(flat, first, flat->held[at], known);
            }
            found->docs[found->count] = from + at;
            found->held[found->count] = flat->held[at];
            found->places[found->count] = (uint16_t)found->count;
            found->scores[found->count] = sum;
            found->count += sum >= least;
            flat->sums[at] = 0;
            flat->held[at] = 0;
        }
        flat->seen[w] = 0;
    }
}

/* The first of the lanes that are needed: those before cannot bring a document among the best.
 * Sets what they come to. */
static size_t split(flat_search *flat, bool window, float least, float *before) {
    size_t first = 0;
    float sum = 0;
    for (; first < flat->count; first++) {
        ro_lane *lane = flat->lanes[first];
        lane->before = sum;
        sum += window ? lane->window : lane->most + lane->extra;
        if (sum >= least) {
            break;
        }
    }
    *before = first < flat->count ? flat->lanes[first]->before : sum;
    return first;
}

static uint32_t window_end(flat_search *flat, size_t first, uint32_t from) {
    uint32_t end = flat->finder->search->segment->count - 1;
    for (size_t l = first; l < flat->count; l++) {
        ro_lane *lane = flat->lanes[l];
        ro_cursor_shallow(&lane->cursor, from);
        end = lane->cursor.last < end ? lane->cursor.last : end;
    }
    if (first + 1 == flat->count) {
        return end;
    }
    end = end > from + WINDOW_MIN ? end : from + WINDOW_MIN;
    return end < from + RO_WINDOW ? end : from + RO_WINDOW - 1;
}

static void search_window(flat_search *flat, size_t first, uint32_t from, uint32_t to,
                          float least) {
    float rest;
    for (size_t l = 0; l < flat->count; l++) {
        flat->lanes[l]->window = ro_lane_bound(flat->lanes[l], from, to);
    }
    size_t needed = split(flat, true, least, &rest);
    if (needed + 1 == flat->count) {
        ro_flat_fill(flat, flat->lanes[needed], to, least - rest);
    } else if (needed < flat->count) {
        flat->noted = needed;
        fill_all(flat, needed, from, to);
        gather(flat, needed, from, to, least - rest);
    }
    for (size_t l = needed; needed < flat->count && l-- > 0;) {
        ro_lane *lane = flat->lanes[l];
        ro_flat_refine(flat, lane, lane->before, least);
    }
    for (size_t l = first; l < flat->count; l++) {
        ro_flat_pass(flat->lanes[l], to + 1);
    }
    ro_flat_hand_on(flat);
}

void ro_flat_any(flat_search *flat) {
    ro_finder *finder = flat->finder;
    while (ro_finder_goes_on(finder)) {
        float least = ro_flat_least(flat);
        float rest;
        size_t first = split(flat, false, least, &rest);
        uint32_t from = RO_NO_DOC;
        for (size_t l = first; l < flat->count; l++) {
            from = flat->lanes[l]->next < from ? flat->lanes[l]->next : from;
        }
        if (from >= finder->search->segment->count) {
            return;
        }
        search_window(flat, first, from, window_end(flat, first, from), least);
    }
}
