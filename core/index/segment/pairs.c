/* What words bring by standing close together, as bounds: the lighter word's share of each pair.
 *
 * Lanes are looked up one after the other, and a pair is counted with one of its two lanes, so that
 * a bound has all pairs that may be there, and none that is known not to be. Where words are
 * required, that lane is the later one: it counts with those that were found before. Among
 * alternatives it is the earlier one, which is the rarer as a rule: common words then bring little
 * by themselves, and need not be gone through. What was counted is taken off once the other lane is
 * found to be missing. Either way it is the one further behind among the lanes. */
#include "flat.h"

#define SLACK 1.00001f /* more is given than is ever taken off: sums of floats round */

/* What a lane's word weighs in pairs; 0: it forms none. */
static double weight_of(const flat_search *flat, const ro_lane *lane) {
    const ro_evaluator *evaluator = flat->finder->search->evaluator;
    for (size_t i = 0; lane->scores && i < evaluator->word_count; i++) {
        const ro_plan_node *word = evaluator->words[i];
        if (word->kind == RO_MATCH_TERM && !word->exact && word->term == lane->term) {
            return word->weight;
        }
    }
    return 0;
}

bool ro_flat_pair(flat_search *flat) {
    ro_finder *finder = flat->finder;
    const ro_scorer *scorer = finder->search->scorer;
    size_t count = flat->count;
    double most = scorer->rank.near_weight * ro_scorer_most(scorer);
    float *pairs = ro_arena_alloc_array(finder->arena, count * count + 1, sizeof *pairs);
    if (!pairs) {
        finder->status = RO_MEMORY;
        return false;
    }
    for (size_t a = 0; a < count; a++) {
        ro_lane *lane = flat->lanes[a];
        lane->pairs = (float)(most * weight_of(flat, lane));
        for (size_t b = 0; b < a; b++) {
            const ro_lane *other = flat->lanes[b];
            float pair = lane->pairs < other->pairs ? lane->pairs : other->pairs;
            pair = lane->term == other->term ? 0 : pair;
            pairs[a * count + b] = pairs[b * count + a] = pair;
            lane->extra += SLACK * pair;
            flat->pairs = pair > 0 ? pairs : flat->pairs;
        }
    }
    return true;
}

static float sum_of(const flat_search *flat, const ro_lane *lane, uint32_t held) {
    const float *row = flat->pairs + lane->index * flat->count;
    float sum = 0;
    for (; held; held &= held - 1) {
        sum += row[__builtin_ctz(held)];
    }
    return sum;
}

float ro_flat_met(const flat_search *flat, const ro_lane *lane, uint32_t held) {
    bool noted = flat->pairs && flat->required && lane->index < RO_HELD_MAX;
    return noted ? SLACK * sum_of(flat, lane, held) : lane->extra;
}

float ro_flat_missed(const flat_search *flat, const ro_lane *lane, uint32_t held) {
    bool noted = flat->pairs && !flat->required && lane->index < RO_HELD_MAX;
    return noted ? sum_of(flat, lane, held) : 0;
}
