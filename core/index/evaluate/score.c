#include "score.h"

#include <math.h>

#define OLDEST_HALF_LIVES 10.0

const ro_rank RO_RANK_DEFAULT = {.k1 = 1.2,
                                 .b = {0.5, 0.5},
                                 .weight = {2, 1},
                                 .burst = 1,
                                 .burst_cap = 1,
                                 .near_weight = 0.2,
                                 .near_window = 5,
                                 .near_max_share = 0.5};

void ro_scorer_init(ro_scorer *scorer, const ro_rank *rank, const ro_totals *totals) {
    *scorer = (ro_scorer){.rank = *rank, .articles = totals->documents};
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        if (totals->words[f]) {
            scorer->slope[f] = rank->b[f] * (double)totals->documents / (double)totals->words[f];
            scorer->weight[f] = rank->weight[f];
        }
    }
}

double ro_scorer_weight(const ro_scorer *scorer, int64_t df, int64_t cf) {
    const ro_rank *rank = &scorer->rank;
    double all = (double)scorer->articles;
    double n = df < scorer->articles ? (double)df : all;
    double odds = (all - n + 0.5) / (n + 0.5);
    double idf = odds >= 2 ? log(odds) : log1p(odds / 2);
    if (n <= 0 || cf <= 0) {
        return idf;
    }
    double dwell = log(all / n) + log(-expm1(-(double)cf / all));
    dwell = dwell < 0 ? 0 : dwell;
    return idf * (1 + rank->burst * (dwell < rank->burst_cap ? dwell : rank->burst_cap));
}

void ro_scorer_norms(const ro_scorer *scorer, const ro_record *record, ro_norms *out) {
    const double length[RO_FIELD_COUNT] = {record->title_words, record->body_words};
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        out->factor[f] =
            scorer->rank.weight[f] / (1 - scorer->rank.b[f] + scorer->slope[f] * length[f]);
    }
}

double ro_scorer_recency(const ro_scorer *scorer, int64_t published) {
    if (scorer->rank.half_life_days <= 0) {
        return 1;
    }
    double half_lives = OLDEST_HALF_LIVES;
    if (published != RO_TIME_NONE) {
        double age = (double)scorer->rank.now - (double)published;
        half_lives = age / (scorer->rank.half_life_days * 86400);
    }
    half_lives = half_lives < 0 ? 0 : half_lives;
    return exp2(-(half_lives < OLDEST_HALF_LIVES ? half_lives : OLDEST_HALF_LIVES));
}
