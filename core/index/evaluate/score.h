/* The formula of readout/rank.h, in parts, and recency. */
#ifndef READOUT_INDEX_EVALUATE_SCORE_H
#define READOUT_INDEX_EVALUATE_SCORE_H

#include "../columns.h"

typedef struct ro_scorer {
    ro_rank rank;
    int64_t articles;
    double slope[RO_FIELD_COUNT];  /* b / average length */
    double weight[RO_FIELD_COUNT]; /* of the rank, 0 where the field is always empty */
} ro_scorer;

/* Factors of one document: tf' = sum of factor[f] * tf[f]. */
typedef struct ro_norms {
    double factor[RO_FIELD_COUNT];
} ro_norms;

void ro_scorer_init(ro_scorer *scorer, const ro_rank *rank, const ro_totals *totals);

/* w(t) of a term that `df` articles hold, `cf` times in all. */
double ro_scorer_weight(const ro_scorer *scorer, int64_t df, int64_t cf);

void ro_scorer_norms(const ro_scorer *scorer, const ro_record *record, ro_norms *out);

/* The limit of sat(x). */
static inline double ro_scorer_most(const ro_scorer *scorer) {
    return scorer->rank.k1 + 1;
}

static inline double ro_scorer_saturate(const ro_scorer *scorer, double x) {
    return x * (scorer->rank.k1 + 1) / (scorer->rank.k1 + x);
}

static inline double ro_scorer_term(const ro_scorer *scorer, const ro_norms *norms,
                                    const uint32_t tf[RO_FIELD_COUNT]) {
    return ro_scorer_saturate(scorer, norms->factor[0] * tf[0] + norms->factor[1] * tf[1]);
}

/* Factor on the score for the age of the article, at most 1: halves with each half life, and stops
 * after ten; articles without a date are as old as that. 1 when there is no decay. */
double ro_scorer_recency(const ro_scorer *scorer, int64_t published);

#endif
