/* Ranking constants. One set for every collection and leaf; the defaults are settled by measurement
 * (`tools/relevance`), see README. */
#ifndef READOUT_RANK_H
#define READOUT_RANK_H

#include "readout/match.h"

/* BM25F with one saturation over weighted fields (Robertson, Zaragoza: The Probabilistic Relevance
 * Framework, 2009, section 3.6):
 *   tf'   = sum over fields f of weight[f] * tf[f] / (1 - b[f] + b[f] * length[f] / average[f])
 *   score = idf * tf' * (k1 + 1) / (k1 + tf'),   idf = ln(1 + (N - n + 0.5) / (n + 0.5))
 * Lengths are counted in words, averages over the articles that have the field. */
typedef struct ro_rank {
    double k1;
    double b[RO_FIELD_COUNT];      /* title, body */
    double weight[RO_FIELD_COUNT]; /* title, body */
    double proximity;              /* weight of the bonus for words close together; 0: none */
    double half_life_days;         /* recency: score halves with each; 0: no decay */
    int64_t now;                   /* seconds since the epoch that recency counts from */
} ro_rank;

extern const ro_rank RO_RANK_DEFAULT;

#endif
