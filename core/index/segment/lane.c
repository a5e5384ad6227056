#include "lane.h"

/* Floats round; a bound must not fall below what it bounds. */
#define SLACK 1.00001f

static float saturate(const ro_lane *lane, float x) {
    if (!lane->saturates || x <= 0) {
        return x;
    }
    return lane->limit * x / (lane->half + x);
}

void ro_lane_open(ro_lane *lane, const ro_segment *segment, ro_segment_list list,
                  const ro_scorer *scorer, const ro_impact_table *table, unsigned fields,
                  double limit, bool saturates) {
    lane->segment = segment;
    lane->table = table;
    lane->fields = fields;
    lane->saturates = saturates;
    lane->limit = (float)limit;
    lane->half = (float)scorer->rank.k1;
    lane->extra = 0;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        lane->base[f] = (float)(1 - scorer->rank.b[f]);
        lane->slope[f] = (float)scorer->slope[f];
        lane->weight[f] = fields >> f & 1 ? (float)scorer->rank.weight[f] : 0;
    }
    ro_cursor_open(&lane->cursor, segment, list);
    lane->next = lane->cursor.doc;
    lane->at = UINT32_MAX;
    lane->at_last = 0;
    lane->at_bound = lane->window = lane->before = lane->most = 0;
    if (lane->cursor.has_impacts) {
        lane->most = SLACK * saturate(lane, ro_impacts_bound(&lane->cursor.impacts, lane->table));
    } else if (lane->cursor.doc != RO_NO_DOC) {
        float scores[RO_PACK_RUN] = {0};
        ro_lane_scores(lane, 0, lane->cursor.count, scores);
        for (uint32_t i = 0; i < lane->cursor.count; i++) {
            lane->most = scores[i] > lane->most ? scores[i] : lane->most;
        }
        lane->most *= SLACK;
    }
}

void ro_lane_add_limit(ro_lane *lane, double limit) {
    float sum = lane->limit + (float)limit;
    if (lane->saturates && lane->limit > 0) {
        lane->most *= sum / lane->limit * SLACK;
    }
    lane->limit = sum;
}

/* ---- bounds --------------------------------------------------------------------------------- */

static void enter(ro_lane *lane, uint32_t block) {
    ro_block_entry entry = ro_cursor_entry(&lane->cursor, block);
    lane->at = block;
    lane->at_last = block + 1 == lane->cursor.blocks ? RO_NO_DOC : entry.last;
    lane->at_bound = SLACK * saturate(lane, ro_impacts_bound(&entry.impacts, lane->table));
}

float ro_lane_block_bound(const ro_lane *lane, uint32_t block) {
    if (!lane->cursor.has_impacts) {
        return lane->most + lane->extra;
    }
    ro_block_entry entry = ro_cursor_entry(&lane->cursor, block);
    return SLACK * saturate(lane, ro_impacts_bound(&entry.impacts, lane->table)) + lane->extra;
}

/* The block that `doc` would be in, from block `low` on: doubling steps, then halving ones. */
static uint32_t find_block(const ro_lane *lane, uint32_t low, uint32_t doc) {
    uint32_t step = 1;
    uint32_t last = lane->cursor.blocks - 1;
    uint32_t high = low;
    while (high < last && ro_cursor_entry(&lane->cursor, high).last < doc) {
        low = high + 1;
        high = last - high > step ? high + step : last;
        step *= 2;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ro_cursor_entry(&lane->cursor, middle).last < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

float ro_lane_bound(ro_lane *lane, uint32_t from, uint32_t to) {
    if (lane->next > to) {
        return 0;
    }
    if (!lane->cursor.has_impacts) {
        return lane->most + lane->extra;
    }
    if (lane->at == UINT32_MAX || lane->at_last < from) {
        enter(lane, find_block(lane, lane->at == UINT32_MAX ? 0 : lane->at, from));
    }
    float bound = lane->at_bound;
    while (lane->at_last < to) {
        enter(lane, lane->at + 1);
        bound = lane->at_bound > bound ? lane->at_bound : bound;
    }
    return bound + lane->extra;
}

void ro_lane_enter_block(ro_lane *lane, uint32_t block) {
    uint32_t first = block ? ro_cursor_entry(&lane->cursor, block - 1).last + 1 : 0;
    (void)ro_cursor_advance(&lane->cursor, first);
}

/* ---- scores --------------------------------------------------------------------------------- */

static float score_one(const ro_lane *lane, uint32_t doc, uint32_t tf, uint32_t title) {
    const ro_segment *segment = lane->segment;
    float x = 0;
    if (tf > title) {
        x = lane->weight[1] * (float)(tf - title) /
            (lane->base[1] + lane->slope[1] * (float)segment->body_words[doc]);
    }
    if (title) {
        x += lane->weight[0] * (float)title /
             (lane->base[0] + lane->slope[0] * (float)segment->title_words[doc]);
    }
    return saturate(lane, x);
}

float ro_lane_score(ro_lane *lane) {
    ro_cursor_count(&lane->cursor);
    uint32_t place = lane->cursor.place;
    return score_one(lane, lane->cursor.doc, lane->cursor.tf[place], lane->cursor.title[place]) +
           lane->extra;
}

/* With one field a score takes one division: a * w * tf / (p * (base + slope * length) + w * tf).
 */
void ro_lane_scores(ro_lane *lane, uint32_t from, uint32_t until, float *out) {
    ro_cursor_count(&lane->cursor);
    const uint32_t *docs = lane->cursor.docs;
    const uint32_t *tf = lane->cursor.tf;
    const uint32_t *title = lane->cursor.title;
    const uint32_t *words = lane->segment->body_words;
    float above = lane->saturates ? lane->limit * lane->weight[1] : lane->weight[1];
    float scale = lane->saturates ? lane->half : 1;
    float base = lane->base[1] * scale;
    float slope = lane->slope[1] * scale;
    float more = lane->saturates ? lane->weight[1] : 0;
    for (uint32_t i = from; i < until; i++) {
        if (title[i]) {
            out[i - from] = score_one(lane, docs[i], tf[i], title[i]);
        } else {
            float count = (float)tf[i];
            out[i - from] = above * count / (base + slope * (float)words[docs[i]] + more * count);
        }
    }
}
