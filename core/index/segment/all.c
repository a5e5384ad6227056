/* All of some words, and others that may be there too: the rarest one leads, a block at a time. And
 * phrases, which are found in documents that hold all of their words. */
#include "flat.h"

#include <math.h>

/* Bounds what the lanes bring from the first one's documents up to `to`: the sum, or the least.
 * What those from each one on bring is in `before`. */
static float bound_all(flat_search *flat, uint32_t from, uint32_t to) {
    float rest = flat->phrase ? INFINITY : 0;
    for (size_t l = flat->count; l-- > 0;) {
        ro_lane *lane = flat->lanes[l];
        lane->before = rest;
        lane->window = ro_lane_bound(lane, from, to);
        if (!flat->phrase) {
            rest += lane->window;
        } else if (lane->window < rest) {
            rest = lane->window;
        }
    }
    return rest;
}

/* ---- phrases -------------------------------------------------------------------------------- */

/* Counts positions about to be looked at; true once the deadline has passed. */
static bool is_late(const flat_search *flat, size_t count) {
    ro_finder *finder = flat->finder;
    bool late = ro_ticker_late(&finder->search->evaluator->run.ticker, count);
    finder->status = late ? RO_DEADLINE : finder->status;
    return late;
}

/* Where the phrase would start, going by one of its words; later by RO_SLOP_MAX, so that none lies
 * before the field. */
static void list_starts(const flat_search *flat, size_t word, ro_buf *out) {
    ro_buf_clear(out);
    ro_cursor_positions(&flat->words[word]->cursor, out);
    uint64_t *at = (uint64_t *)(void *)out->ptr;
    size_t count = out->len / sizeof *at;
    if (is_late(flat, count)) {
        ro_buf_clear(out);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        at[i] += RO_SLOP_MAX - flat->gaps[word];
    }
}

/* Drops the starts that are not among `others`. */
static void intersect(ro_buf *starts, const ro_buf *others) {
    uint64_t *at = (uint64_t *)(void *)starts->ptr;
    const uint64_t *other = (const uint64_t *)(const void *)others->ptr;
    size_t count = starts->len / sizeof *at;
    size_t other_count = others->len / sizeof *other;
    size_t kept = 0;
    for (size_t i = 0, j = 0; i < count && j < other_count;) {
        uint64_t a = at[i];
        uint64_t b = other[j];
        at[kept] = a;
        kept += a == b;
        i += a <= b;
        j += a >= b;
    }
    starts->len = kept * sizeof *at;
}

/* How often the phrase occurs in the document where all its lanes stand. */
static ro_times place(flat_search *flat) {
    list_starts(flat, 0, &flat->starts);
    for (size_t w = 1; w < flat->word_count && flat->starts.len; w++) {
        list_starts(flat, w, &flat->more);
        if (is_late(flat, (flat->starts.len + flat->more.len) / sizeof(uint64_t))) {
            break;
        }
        intersect(&flat->starts, &flat->more);
    }
    if (flat->starts.failed || flat->more.failed) {
        flat->finder->status = RO_MEMORY;
    }
    const uint64_t *at = (const uint64_t *)(const void *)flat->starts.ptr;
    uint32_t count = (uint32_t)(flat->starts.len / sizeof *at);
    uint32_t title = 0;
    while (title < count && at[title] - RO_SLOP_MAX <= UINT32_MAX) {
        title++;
    }
    return (ro_times){count, title};
}

/* Brings the lanes from `first` on to a document that those before have; what its least word gets,
 * 0 when it lacks one or falls short. */
static float meet(flat_search *flat, size_t first, uint32_t doc, float x, float least) {
    for (size_t l = first; l < flat->count; l++) {
        ro_lane *lane = flat->lanes[l];
        if (lane->next <= doc) {
            if (ro_flat_bound_at(lane, doc) < least) {
                return 0;
            }
            lane->next = ro_cursor_advance(&lane->cursor, doc);
        }
        if (lane->next != doc) {
            return 0;
        }
        float score = ro_lane_score(lane);
        x = score < x ? score : x;
        if (x < least) {
            return 0;
        }
    }
    return x;
}

/* Takes the document if the phrase is there. The lanes before `first` stand at it, and bring at
 * least x. */
static void take_phrase(flat_search *flat, size_t first, uint32_t doc, float x) {
    float least = ro_flat_least(flat);
    ro_times times = {0, 0};
    x = x < least ? 0 : meet(flat, first, doc, x, least);
    if (x > 0 && flat->placed) {
        times = place(flat);
        x = times.all ? ro_lane_score_of(flat->lanes[0], doc, times.all, times.title) : 0;
    }
    if (x > 0 && x >= least) {
        float score = flat->limit * x / (flat->half + x);
        ro_finder_take(flat->finder, doc, score, flat->placed ? score : 0, &times);
    }
}

static void take_phrases(flat_search *flat) {
    flat_found *found = &flat->found;
    for (size_t i = 0; i < found->count; i++) {
        (void)ro_cursor_advance(&flat->lanes[0]->cursor, found->docs[i]);
        take_phrase(flat, 1, found->docs[i], found->scores[i]);
    }
    found->count = 0;
}

/* ---- blocks --------------------------------------------------------------------------------- */

#define MET 2 /* lanes that meet before anything is scored */
_Static_assert(MET <= RO_TOLD_MAX, "what they have is noted");

/* Adds a document that the first lanes stand at to those found, without a score. */
static void add_met(flat_search *flat, uint32_t doc) {
    flat_found *found = &flat->found;
    for (size_t l = 0; l < MET; l++) {
        ro_times *times = &found->times[found->count][l];
        ro_cursor_count_one(&flat->lanes[l]->cursor, &times->all, &times->title);
    }
    found->docs[found->count++] = doc;
}

/* The same of a phrase, which is looked for at once: the lanes go on. */
static void take_met(flat_search *flat, uint32_t doc) {
    float x = INFINITY;
    for (size_t l = 0; l < MET; l++) {
        float score = ro_lane_score(flat->lanes[l]);
        x = score < x ? score : x;
    }
    take_phrase(flat, MET, doc, x);
}

static void score_met(flat_search *flat, float least) {
    flat_found *found = &flat->found;
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        float score = 0;
        for (size_t l = 0; l < MET; l++) { /* with one another: what is `extra` of the second */
            const ro_times *times = &found->times[i][l];
            const ro_lane *lane = flat->lanes[l];
            score += ro_lane_score_of(lane, found->docs[i], times->all, times->title) + lane->extra;
        }
        found->docs[kept] = found->docs[i];
        found->held[kept] = (1U << MET) - 1;
        found->places[kept] = (uint16_t)i;
        found->scores[kept] = score;
        kept += score + flat->lanes[MET - 1]->before >= least;
    }
    found->count = kept;
}

/* Looks for `count` documents of the lead, from place `from` on, in the block that the second lane
 * stands in. Lengths are asked for all at once: one by one, each would be waited for. */
static void meet_block(flat_search *flat, uint32_t from, uint32_t count) {
    ro_cursor *lead = &flat->lanes[0]->cursor;
    ro_cursor *second = &flat->lanes[1]->cursor;
    uint8_t places[RO_PACK_RUN];
    uint8_t others[RO_PACK_RUN];
    size_t met = ro_pack_meet(lead->docs + from, count, second->docs, places, others);
    for (size_t i = 0; i < met; i++) {
        __builtin_prefetch(&lead->segment->body_words[second->docs[others[i]]]);
    }
    for (size_t i = 0; i < met; i++) {
        ro_cursor_stand(lead, from + places[i]);
        ro_cursor_stand(second, others[i]);
        if (flat->phrase) {
            take_met(flat, lead->doc);
        } else {
            add_met(flat, lead->doc);
        }
    }
}

/* What documents bring at most that the second lane has in the block where `doc` would be. */
static float bound_second(const flat_search *flat, uint32_t doc) {
    float lead = flat->lanes[0]->window;
    float second = ro_flat_bound_at(flat->lanes[1], doc);
    return flat->phrase ? fminf(lead, second) : lead + second + flat->lanes[1]->before;
}

/* The documents at places [from, until) of the lead's block are looked for in the second lane,
 * block by block. */
static void meet_second(flat_search *flat, uint32_t from, uint32_t until) {
    const uint32_t *docs = flat->lanes[0]->cursor.docs;
    ro_lane *second = flat->lanes[1];
    while (from < until) {
        bool may = bound_second(flat, docs[from]) >= ro_flat_least(flat);
        if (second->cursor.doc == RO_NO_DOC) {
            break;
        }
        uint32_t end = from + 1;
        while (end < until && docs[end] <= second->cursor.last) {
            end++;
        }
        if (may && ro_cursor_advance(&second->cursor, docs[from]) != RO_NO_DOC) {
            meet_block(flat, from, end - from);
        }
        from = end;
    }
    ro_flat_pass(second, flat->lanes[0]->next);
}

/* Finds documents of the lead's block up to `to`; from which lane on they are still to be looked
 * up. Where the lead's word alone tells little, they are scored once they have the second one too.
 */
static size_t fill(flat_search *flat, uint32_t to, float least) {
    ro_lane *lead = flat->lanes[0];
    float alone = flat->phrase ? least : least - lead->before;
    if (flat->required < MET || !ro_lane_may_reach_with_one(lead, alone)) {
        ro_flat_fill(flat, lead, to, alone);
        return 1;
    }
    uint32_t from;
    uint32_t some;
    while ((some = ro_flat_piece(lead, to, &from)) > 0) {
        meet_second(flat, from, from + some);
    }
    score_met(flat, least);
    return MET;
}

void ro_flat_all(flat_search *flat) {
    ro_finder *finder = flat->finder;
    ro_lane *lead = flat->lanes[0];
    while (lead->next < finder->search->segment->count && ro_finder_goes_on(finder)) {
        float least = ro_flat_least(flat);
        for (size_t l = 1; l < flat->required; l++) {
            ro_flat_pass(lead, flat->lanes[l]->next);
        }
        uint32_t from = lead->next;
        ro_cursor_shallow(&lead->cursor, from);
        uint32_t to = lead->cursor.last;
        if (to == RO_NO_DOC) {
            return;
        }
        if (bound_all(flat, from, to) >= least) {
            size_t l = fill(flat, to, least);
            for (; l < flat->count && !flat->phrase; l++) {
                ro_flat_refine(flat, flat->lanes[l], flat->lanes[l]->before, least);
            }
            if (flat->phrase) {
                take_phrases(flat);
            } else {
                ro_flat_hand_on(flat);
            }
        }
        ro_flat_pass(lead, to + 1);
    }
}
