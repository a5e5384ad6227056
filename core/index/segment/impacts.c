#include "impacts.h"

#include "../evaluate/evaluate.h"

#include <stdlib.h>

#define EXACT_BITS 5
#define EXACT (1u << EXACT_BITS) /* a code below twice this is its number */

/* After the exact ones 32 codes for each power of two: the five bits below the highest. Lengths and
 * frequencies beyond some 4000 are rare enough to share the last. */
uint8_t ro_impact_down(uint32_t value) {
    if (value < EXACT) {
        return (uint8_t)value;
    }
    unsigned shift = 31u - EXACT_BITS - (unsigned)__builtin_clz(value);
    uint32_t code = EXACT * (shift + 1) + (value >> shift & (EXACT - 1));
    return code < UINT8_MAX ? (uint8_t)code : UINT8_MAX;
}

uint32_t ro_impact_value(uint8_t code) {
    if (code < EXACT) {
        return code;
    }
    unsigned shift = code / EXACT - 1u;
    return (EXACT + code % EXACT) << shift;
}

uint8_t ro_impact_up(uint32_t value) {
    uint8_t code = ro_impact_down(value);
    return (uint8_t)(code + (code < UINT8_MAX && ro_impact_value(code) < value));
}

/* ---- lengths -------------------------------------------------------------------------------- */

ro_status ro_length_codes_make(ro_length_codes *codes, const uint32_t *body, const uint16_t *title,
                               uint32_t count, ro_error *err) {
    uint64_t words = 0;
    *codes = (ro_length_codes){0};
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        codes->codes[f] = malloc(count ? count : 1);
        if (!codes->codes[f]) {
            ro_length_codes_release(codes);
            return ro_fail_memory(err);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        codes->codes[0][i] = ro_impact_down(title[i]);
        codes->codes[1][i] = ro_impact_down(body[i]);
        words += body[i];
    }
    float average = count && words ? (float)words / (float)count : 1;
    for (unsigned code = 0; code < 256; code++) {
        codes->most[code] = 1 / (average + (float)ro_impact_value((uint8_t)code));
    }
    return RO_OK;
}

void ro_length_codes_release(ro_length_codes *codes) {
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        free(codes->codes[f]);
        codes->codes[f] = NULL;
    }
}

/* ---- pairs ---------------------------------------------------------------------------------- */

/* The fewest words of a document by the code of its frequency. */
typedef struct staircase {
    uint8_t words[256];
    unsigned most; /* frequency; 0: empty */
} staircase;

static void climb(staircase *stairs, ro_impact pair) {
    if (pair.tf > stairs->most) {
        memset(stairs->words + stairs->most + 1, UINT8_MAX, pair.tf - stairs->most);
        stairs->most = pair.tf;
    }
    if (pair.words < stairs->words[pair.tf]) {
        stairs->words[pair.tf] = pair.words;
    }
}

/* Whether a corner lies on the straight way from one of more occurrences to one of fewer, or below:
 * then one of those brings as much, whatever the constants. */
static bool is_passed(ro_impact more, ro_impact corner, ro_impact fewer) {
    int64_t tf = ro_impact_value(more.tf);
    int64_t words = ro_impact_value(more.words);
    int64_t rise = ro_impact_value(corner.tf) - tf;
    int64_t run = ro_impact_value(corner.words) - words;
    return rise * (ro_impact_value(fewer.words) - words) >= run * (ro_impact_value(fewer.tf) - tf);
}

/* Whether `a` has no more occurrences for its words than `b`. */
static bool is_thinner(ro_impact a, ro_impact b) {
    return (uint64_t)ro_impact_value(a.tf) * ro_impact_value(b.words) <=
           (uint64_t)ro_impact_value(b.tf) * ro_impact_value(a.words);
}

/* Has the occurrences of one and is as dense as the other, so that it covers both. */
static ro_impact cover(ro_impact more, ro_impact denser) {
    uint64_t words = (uint64_t)ro_impact_value(denser.words) * ro_impact_value(more.tf);
    return (ro_impact){more.tf, ro_impact_down((uint32_t)(words / ro_impact_value(denser.tf)))};
}

/* Two neighbours become one that covers both, where that brings the least, until few are left. */
static size_t reduce(const ro_length_codes *codes, ro_impact *pairs, size_t count, size_t max) {
    while (count > max) {
        size_t best = 0;
        float least = 0;
        for (size_t i = 0; i + 1 < count; i++) {
            ro_impact both = cover(pairs[i], pairs[i + 1]);
            float brings = (float)ro_impact_value(both.tf) * codes->most[both.words];
            if (!i || brings < least) {
                least = brings;
                best = i;
            }
        }
        pairs[best] = cover(pairs[best], pairs[best + 1]);
        size_t next = best + 2; /* rounding may make it cover more of them */
        while (next < count && is_thinner(pairs[next], pairs[best])) {
            next++;
        }
        memmove(&pairs[best + 1], &pairs[next], (count - next) * sizeof *pairs);
        count -= next - best - 1;
    }
    return count;
}

/* At most `max` pairs that cover all others, the highest frequency first. What a document brings is
 * how steep the line to it is from a point left of nought on the axis of lengths: so only corners
 * of the hull can bring most, and of those are left out that are neither the highest nor denser. */
static void descend(const ro_length_codes *codes, const staircase *stairs, ro_impact *out,
                    size_t max) {
    ro_impact pairs[256];
    size_t count = 0;
    for (unsigned tf = stairs->most; tf; tf--) {
        ro_impact pair = {(uint8_t)tf, stairs->words[tf]};
        if (count && is_thinner(pair, pairs[count - 1])) {
            continue;
        }
        while (count > 1 && is_passed(pairs[count - 2], pairs[count - 1], pair)) {
            count--;
        }
        pairs[count++] = pair;
    }
    count = reduce(codes, pairs, count, max);
    memset(out, 0, max * sizeof *out);
    memcpy(out, pairs, count * sizeof *out);
}

static void widen_title(ro_impact *title, ro_impact by) {
    if (!title->tf || by.words < title->words) {
        title->words = by.words;
    }
    if (by.tf > title->tf) {
        title->tf = by.tf;
    }
}

/* How many pairs are of documents that hold the term in the title. */
static size_t pairs_with(const ro_impacts *impacts) {
    return impacts->title.tf ? RO_IMPACTS_WITH : 0;
}

static void set_pairs(const ro_length_codes *codes, const staircase *with, const staircase *without,
                      ro_impacts *out) {
    size_t split = pairs_with(out);
    if (split) {
        descend(codes, with, out->pairs, split);
    }
    descend(codes, without, out->pairs + split, RO_IMPACTS - split);
}

void ro_impacts_make(const ro_length_codes *codes, const uint32_t *docs, const uint32_t *tf,
                     const uint32_t *title, uint32_t count, ro_impacts *out) {
    staircase with = {.most = 0};
    staircase without = {.most = 0};
    *out = (ro_impacts){0};
    for (uint32_t i = 0; i < count; i++) {
        ro_impact body = {ro_impact_up(tf[i] - title[i]), codes->codes[1][docs[i]]};
        if (title[i]) {
            ro_impact head = {ro_impact_up(title[i]), codes->codes[0][docs[i]]};
            widen_title(&out->title, head);
        }
        if (body.tf) {
            climb(title[i] ? &with : &without, body);
        }
    }
    set_pairs(codes, &with, &without, out);
}

void ro_impacts_merge(const ro_length_codes *codes, const ro_impacts *more, ro_impacts *all) {
    const ro_impacts *const both[] = {all, more};
    staircase with = {.most = 0};
    staircase without = {.most = 0};
    for (size_t i = 0; i < 2; i++) {
        for (size_t p = 0; p < RO_IMPACTS; p++) {
            if (both[i]->pairs[p].tf) {
                climb(p < pairs_with(both[i]) ? &with : &without, both[i]->pairs[p]);
            }
        }
    }
    if (more->title.tf) {
        widen_title(&all->title, more->title);
    }
    set_pairs(codes, &with, &without, all);
}

/* ---- bounds --------------------------------------------------------------------------------- */

void ro_impact_table_make(const ro_scorer *scorer, ro_impact_table *out) {
    for (unsigned code = 0; code < 256; code++) {
        uint32_t value = ro_impact_value((uint8_t)code);
        out->tf[code] = code == UINT8_MAX ? (float)RO_OCCURRENCES_MAX : (float)value;
        for (int f = 0; f < RO_FIELD_COUNT; f++) {
            double norm = 1 - scorer->rank.b[f] + scorer->slope[f] * value;
            out->factor[f][code] = scorer->weight[f] > 0 ? (float)(scorer->weight[f] / norm) : 0;
        }
    }
}
