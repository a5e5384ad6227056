#include "lane.h"

#include <math.h>

/* Floats round; a bound must not fall below what it bounds. */
#define SLACK 1.00001f
#define TF_SLACK 1.001f /* of differences, and numbers of occurrences are whole */
#define BOUND_AMONG 32  /* blocks or groups: the best of more is hardly less than that of all */

static float saturate(const ro_lane *lane, float x) {
    if (!lane->saturates || x <= 0) {
        return x;
    }
    return lane->limit * x / (lane->half + x);
}

/* The least that saturates to `score`; rounding does not put it above. */
static float x_of(const ro_lane *lane, float score) {
    if (!lane->saturates || score <= 0) {
        return score / SLACK;
    }
    score -= lane->limit * (SLACK - 1);
    return score < lane->limit ? lane->half * score / (lane->limit - score) / SLACK : INFINITY;
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
    ro_cursor_begin(&lane->cursor, segment, list);
    lane->next = lane->cursor.doc;
    lane->at = lane->checked = UINT32_MAX;
    lane->at_last = 0;
    lane->at_x = lane->window = lane->before = lane->most = 0;
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

static float bound_of(const ro_lane *lane, float x) {
    return SLACK * saturate(lane, x) + lane->extra;
}

float ro_lane_x(const ro_lane *lane, float score) {
    return x_of(lane, score - lane->extra);
}

float ro_lane_block_x(const ro_lane *lane, uint32_t block) {
    return lane->cursor.has_impacts
               ? ro_impacts_bound(ro_cursor_impacts(&lane->cursor, block), lane->table)
               : INFINITY;
}

float ro_lane_group_x(const ro_lane *lane, uint32_t group) {
    return lane->cursor.has_impacts
               ? ro_impacts_bound(ro_cursor_group(&lane->cursor, group), lane->table)
               : INFINITY;
}

float ro_lane_block_bound(const ro_lane *lane, uint32_t block) {
    return lane->cursor.has_impacts ? bound_of(lane, ro_lane_block_x(lane, block))
                                    : lane->most + lane->extra;
}

/* Bounds of several blocks are compared before they saturate. */
static float enter(ro_lane *lane, uint32_t block) {
    lane->at = block;
    lane->at_last =
        block + 1 == lane->cursor.blocks ? RO_NO_DOC : ro_cursor_entry(&lane->cursor, block).last;
    return lane->at_x = ro_lane_block_x(lane, block);
}

/* Goes to the end of the next group of blocks, if all of it is before `to`. */
static bool pass_group(ro_lane *lane, uint32_t to) {
    uint32_t next = lane->at + 1;
    if (next % RO_GROUP || next + RO_GROUP >= lane->cursor.blocks) {
        return false;
    }
    uint32_t last = ro_cursor_entry(&lane->cursor, next + RO_GROUP - 1).last;
    if (last >= to) {
        return false;
    }
    lane->at = next + RO_GROUP - 1;
    lane->at_last = last;
    return true;
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
    float x = lane->at_x;
    for (int steps = 0; lane->at_last < to; steps++) {
        if (steps == BOUND_AMONG) {
            return lane->most + lane->extra;
        }
        float next = pass_group(lane, to) ? ro_lane_group_x(lane, lane->at / RO_GROUP)
                                          : enter(lane, lane->at + 1);
        x = next > x ? next : x;
    }
    return bound_of(lane, x);
}

/* ---- scores --------------------------------------------------------------------------------- */

float ro_lane_score_of(const ro_lane *lane, uint32_t doc, uint32_t tf, uint32_t title) {
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
    uint32_t tf;
    uint32_t title;
    ro_cursor_count_one(&lane->cursor, &tf, &title);
    return ro_lane_score_of(lane, lane->cursor.doc, tf, title) + lane->extra;
}

/* What documents must come to: and how often those without the word in the title must have it. */
typedef struct threshold {
    float score, tf;
} threshold;

/* The way from pair to pair, from nought on, rises and lies above all documents of the block (it is
 * their hull, or above it where pairs were merged): where it first comes to the score. */
static float least_tf(const ro_lane *lane, float score) {
    const ro_cursor *cursor = &lane->cursor;
    const ro_impact_table *table = lane->table;
    float x = x_of(lane, score);
    if (x <= 0 || !cursor->has_impacts) {
        return 0;
    }
    const ro_impacts *impacts = ro_cursor_impacts(cursor, cursor->block);
    float tf = 0;
    float lacks = x / table->factor[1][0];
    for (size_t first = impacts->title.tf ? RO_IMPACTS_WITH : 0, i = RO_IMPACTS; i-- > first;) {
        ro_impact pair = impacts->pairs[i];
        float more = table->tf[pair.tf];
        float still = x / table->factor[1][pair.words] - more;
        if (pair.tf && still <= 0) {
            return (tf + (more - tf) * lacks / (lacks - still)) / TF_SLACK;
        }
        tf = pair.tf ? more : 0;
        lacks = pair.tf ? still : lacks;
    }
    return INFINITY;
}

bool ro_lane_may_reach_with_one(const ro_lane *lane, float least) {
    return least_tf(lane, least - lane->extra) <= 1;
}

/* Without the title a score takes one division: above * tf / (base + slope * words + more * tf). */
typedef struct factors {
    float above, base, slope, more;
} factors;

static factors factors_of(const ro_lane *lane) {
    float scale = lane->saturates ? lane->half : 1;
    return (factors){.above = (lane->saturates ? lane->limit : 1) * lane->weight[1],
                     .base = lane->base[1] * scale,
                     .slope = lane->slope[1] * scale,
                     .more = lane->saturates ? lane->weight[1] : 0};
}

static float score_at(const ro_lane *lane, factors f, uint32_t place) {
    uint32_t doc = lane->cursor.docs[place];
    uint32_t title = lane->cursor.title[place];
    if (title) {
        return ro_lane_score_of(lane, doc, lane->cursor.tf[place], title);
    }
    float tf = (float)lane->cursor.tf[place];
    return f.above * tf / (f.base + f.slope * (float)lane->segment->body_words[doc] + f.more * tf);
}

static void scores_portable(const ro_lane *lane, uint32_t from, uint32_t until, float *out) {
    const factors f = factors_of(lane);
    for (uint32_t i = from; i < until; i++) {
        out[i] = score_at(lane, f, i);
    }
}

static uint32_t reach_portable(const ro_lane *lane, uint32_t from, uint32_t until, threshold least,
                               uint32_t *places, float *scores) {
    const factors f = factors_of(lane);
    const ro_cursor *cursor = &lane->cursor;
    uint32_t found = 0;
    for (uint32_t i = from; i < until; i++) {
        if (cursor->title[i] || (float)cursor->tf[i] >= least.tf) {
            scores[i] = score_at(lane, f, i);
            places[found] = i;
            found += scores[i] >= least.score;
        }
    }
    return found;
}

#ifdef __x86_64__
#include <immintrin.h>

#define GROUP 8
#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load(const uint32_t *at) {
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/* above * tf / (base + slope * words + more * tf), as scores_portable has it. */
AVX2 static __m256 score_group(factors f, __m256i tf, __m256i words) {
    __m256 times = _mm256_cvtepi32_ps(tf);
    __m256 length = _mm256_cvtepi32_ps(words);
    __m256 below =
        _mm256_add_ps(_mm256_set1_ps(f.base), _mm256_mul_ps(_mm256_set1_ps(f.slope), length));
    below = _mm256_add_ps(below, _mm256_mul_ps(_mm256_set1_ps(f.more), times));
    return _mm256_div_ps(_mm256_mul_ps(_mm256_set1_ps(f.above), times), below);
}

/* The scores of the documents at places [from, until), which are in the GROUP from place `i` on;
 * only the lengths of those that are wanted are looked up. */
AVX2 static __m256 scores_at(const ro_lane *lane, factors f, uint32_t i, uint32_t from,
                             uint32_t until, __m256i wanted) {
    const ro_cursor *cursor = &lane->cursor;
    const int *words = (const int *)(const void *)lane->segment->body_words;
    __m256i title = load(cursor->title + i);
    __m256i docs = load(cursor->docs + i);
    if (!_mm256_testz_si256(title, title)) {
        float out[RO_PACK_RUN];
        scores_portable(lane, from, until, out);
        return _mm256_loadu_ps(out + i);
    }
    __m256i there = _mm256_cmpgt_epi32(docs, _mm256_set1_epi32(-1)); /* not RO_NO_DOC */
    there = _mm256_and_si256(there, wanted);
    __m256i length = _mm256_mask_i32gather_epi32(docs, words, docs, there, 4);
    return score_group(f, load(cursor->tf + i), length);
}

/* Lengths are asked for all at once: one by one, each would be waited for. */
static void fetch_length(const ro_lane *lane, uint32_t place) {
    __builtin_prefetch(&lane->segment->body_words[lane->cursor.docs[place]]);
}

AVX2 static void scores_avx2(const ro_lane *lane, uint32_t from, uint32_t until, float *out) {
    const factors f = factors_of(lane);
    for (uint32_t i = from & ~(GROUP - 1u); i < until; i += GROUP) {
        uint32_t first = i < from ? from : i;
        uint32_t end = i + GROUP < until ? i + GROUP : until;
        _mm256_storeu_ps(out + i, scores_at(lane, f, i, first, end, _mm256_set1_epi32(-1)));
    }
}

/* Which documents have the word often enough, a bit each for each GROUP. */
AVX2 static void mark_enough(const ro_lane *lane, uint32_t from, uint32_t until, float least,
                             uint8_t enough[RO_PACK_RUN / GROUP]) {
    const __m256 bar = _mm256_set1_ps(least);
    const bool far = lane->segment->far;
    for (uint32_t i = from & ~(GROUP - 1u); i < until; i += GROUP) {
        unsigned end = i + GROUP < until ? GROUP : until - i;
        unsigned here = (1u << end) - (1u << (i < from ? from - i : 0));
        __m256 tf = _mm256_cvtepi32_ps(load(lane->cursor.tf + i));
        __m256i title = _mm256_cmpgt_epi32(load(lane->cursor.title + i), _mm256_setzero_si256());
        __m256 either =
            _mm256_or_ps(_mm256_cmp_ps(tf, bar, _CMP_GE_OQ), _mm256_castsi256_ps(title));
        here &= (unsigned)_mm256_movemask_ps(either);
        enough[i / GROUP] = (uint8_t)here;
        for (unsigned bits = here; far && bits; bits &= bits - 1) {
            fetch_length(lane, i + (unsigned)__builtin_ctz(bits));
        }
    }
}

AVX2 static __m256i lanes_of(unsigned bits) {
    const __m256i each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)bits), each), each);
}

AVX2 static uint32_t reach_avx2(const ro_lane *lane, uint32_t from, uint32_t until, threshold least,
                                uint32_t *places, float *scores) {
    const factors f = factors_of(lane);
    const __m256 bar = _mm256_set1_ps(least.score);
    uint8_t enough[RO_PACK_RUN / GROUP];
    uint32_t found = 0;
    mark_enough(lane, from, until, least.tf, enough);
    for (uint32_t i = from & ~(GROUP - 1u); i < until; i += GROUP) {
        unsigned here = enough[i / GROUP];
        if (!here) {
            continue;
        }
        uint32_t end = i + GROUP < until ? i + GROUP : until;
        __m256 of = scores_at(lane, f, i, i < from ? from : i, end, lanes_of(here));
        _mm256_storeu_ps(scores + i, of);
        here &= (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(of, bar, _CMP_GE_OQ));
        for (unsigned bits = here; bits; bits &= bits - 1) {
            places[found++] = i + (uint32_t)__builtin_ctz(bits);
        }
    }
    return found;
}

void ro_lane_scores(ro_lane *lane, uint32_t from, uint32_t until, float out[RO_PACK_RUN]) {
    ro_cursor_count(&lane->cursor);
    if (__builtin_cpu_supports("avx2")) {
        scores_avx2(lane, from, until, out);
    } else {
        scores_portable(lane, from, until, out);
    }
}

uint32_t ro_lane_reach(ro_lane *lane, uint32_t from, uint32_t until, float least,
                       uint32_t places[RO_PACK_RUN], float scores[RO_PACK_RUN]) {
    threshold bars = {least, lane->segment->far ? least_tf(lane, least) : 0};
    ro_cursor_count(&lane->cursor);
    return __builtin_cpu_supports("avx2") ? reach_avx2(lane, from, until, bars, places, scores)
                                          : reach_portable(lane, from, until, bars, places, scores);
}
#else
void ro_lane_scores(ro_lane *lane, uint32_t from, uint32_t until, float out[RO_PACK_RUN]) {
    ro_cursor_count(&lane->cursor);
    scores_portable(lane, from, until, out);
}

uint32_t ro_lane_reach(ro_lane *lane, uint32_t from, uint32_t until, float least,
                       uint32_t places[RO_PACK_RUN], float scores[RO_PACK_RUN]) {
    threshold bars = {least, lane->segment->far ? least_tf(lane, least) : 0};
    ro_cursor_count(&lane->cursor);
    return reach_portable(lane, from, until, bars, places, scores);
}
#endif

#define COLUMNS 32

/* The best of each column, of as many as documents are asked for, are that many documents. */
float ro_lane_best(ro_lane *lane, size_t k) {
    float scores[RO_PACK_RUN];
    float best[COLUMNS];
    uint32_t count = lane->cursor.count;
    if (!k || k > COLUMNS || k > count) {
        return 0;
    }
    ro_lane_scores(lane, 0, count, scores);
    for (uint32_t i = count; i < RO_PACK_RUN; i++) {
        scores[i] = 0;
    }
    memcpy(best, scores, sizeof best);
    for (uint32_t i = COLUMNS; i < RO_PACK_RUN; i += COLUMNS) {
        for (uint32_t c = 0; c < COLUMNS; c++) {
            best[c] = scores[i + c] > best[c] ? scores[i + c] : best[c];
        }
    }
    float least = INFINITY;
    for (uint32_t c = 0; c < COLUMNS; c++) {
        size_t above = 0;
        for (uint32_t other = 0; other < COLUMNS; other++) {
            above += best[other] > best[c];
        }
        least = above < k && best[c] < least ? best[c] : least;
    }
    return least;
}
