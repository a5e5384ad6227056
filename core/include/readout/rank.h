/* clang-format off */
/* Ranking: the formula and its constants. One set for every collection and leaf; the defaults are
 * settled by measurement on judged collections (`tools/relevance`, table in the README).
 *
 * For an article d and the words t of the query, with N articles, n(t) articles that hold t, and
 * cf(t) occurrences of t in titles and bodies of all articles:
 *
 *   x(t,d)   = sum over fields f of
 *              weight[f] * tf(t,f,d) / (1 - b[f] + b[f] * length(f,d) / average(f))
 *   sat(x)   = (k1 + 1) * x / (k1 + x)
 *   odds     = (N - n + 0.5) / (n + 0.5)
 *   idf(t)   = odds >= 2 ? ln(odds) : ln(1 + odds / 2)
 *   dwell    = ln(N / n) + ln(1 - exp(-cf / N))
 *   w(t)     = idf(t) * (1 + burst * min(max(dwell, 0), burst_cap))
 *   score    = sum over t of count(t in query) * w(t) * sat(x(t,d))
 *              + near_weight * sum over pairs {a,b} of different words of
 *                min(w(a), w(b)) * sat(y(a,b,d))
 *   y(a,b,d) = sum over f of weight[f] / (1 - b[f] + b[f] * length(f,d) / average(f))
 *              * sum over occurrences of a and b in f, 1 <= distance <= near_window,
 *                of 1 / distance
 *
 * In words: rare words count more; words that articles dwell on rather than mention in passing
 * count up to twice; two words close together count as a further word. Lengths are in words (wholes
 * of compounds do not count); average(f) is over all articles, empty fields included; a field whose
 * average is 0 is skipped. Words in at least near_max_share of the articles form no pairs.
 *
 * Sources: fields and saturation, BM25F: Zaragoza et al., "Microsoft Cambridge at TREC-13", 2004;
 * Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009. idf: Robertson, Spärck Jones
 * 1976, with a floor that keeps it above zero. dwell is residual idf: Church, Gale, "Inverse
 * Document Frequency (IDF): A Measure of Deviations from Poisson", 1995. Pairs: after Rasolofo,
 * Savoy, "Term Proximity Scoring for Keyword-Based Retrieval Systems", 2003.
 */
/* clang-format on */
#ifndef READOUT_RANK_H
#define READOUT_RANK_H

#include "readout/match.h"

typedef struct ro_rank {
    double k1;
    double b[RO_FIELD_COUNT];      /* title, body */
    double weight[RO_FIELD_COUNT]; /* title, body */
    double burst;                  /* 0: plain idf */
    double burst_cap;
    double near_weight;    /* 0: no pairs */
    uint32_t near_window;  /* words */
    double near_max_share; /* of all articles, 0 to 1 */
    double half_life_days; /* recency: the score halves with each; 0: no decay */
    int64_t now;           /* seconds since the epoch that recency counts from */
} ro_rank;

/* k1 1.2, b 0.5, weight {2, 1}, burst 1, burst_cap 1, near_weight 0.2, near_window 5,
 * near_max_share 0.5. */
extern const ro_rank RO_RANK_DEFAULT;

#endif
