#include "oracle.h"

#include <math.h>

static void frequency(const document *d, const ro_match *m, uint32_t tf[RO_FIELD_COUNT]) {
    if (m->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < m->child_count; i++) {
            frequency(d, m->children[i], tf);
        }
        return;
    }
    span_list list = {0};
    oracle_occurrences(d, m, &list);
    for (size_t i = 0; i < list.count; i++) {
        tf[list.at[i].field]++;
    }
}

bool oracle_matches(const document *d, const ro_match *m) {
    uint32_t tf[RO_FIELD_COUNT] = {0};
    bool required = false;
    bool optional = false;
    bool any = false;
    switch (m->kind) {
    case RO_MATCH_ALL:
        return true;
    case RO_MATCH_NONE:
        return false;
    case RO_MATCH_RANGE:
        return d->published != RO_TIME_NONE && d->published >= m->from && d->published < m->until;
    case RO_MATCH_VALUE:
        for (size_t i = 0; i < m->value_count; i++) {
            any |= ro_str_equal_nocase(m->values[i], ro_str_from(oracle_sources[d->source]));
        }
        return any;
    case RO_MATCH_BOOL:
        for (size_t i = 0; i < m->child_count; i++) {
            bool child = oracle_matches(d, m->children[i]);
            ro_occur occur = m->children[i]->occur;
            if (occur == RO_SHOULD) {
                optional = true;
                any |= child;
            } else {
                if (child == (occur == RO_MUST_NOT)) {
                    return false;
                }
                required |= occur != RO_MUST_NOT;
            }
        }
        return required || !optional || any;
    default:
        frequency(d, m, tf);
        return tf[0] || tf[1];
    }
}

#define COUNTED_MAX 64

/* A term in all articles. */
typedef struct counted {
    char term[RO_TERM_MAX + 1];
    bool exact;
    double df, cf;
} counted;

static double live_docs;
static double average_words[RO_FIELD_COUNT];
static counted terms[COUNTED_MAX];
static size_t term_count;

void oracle_count(void) {
    live_docs = 0;
    memset(average_words, 0, sizeof average_words);
    term_count = 0;
    for (size_t i = 0; i < ORACLE_DOCS; i++) {
        const document *d = &oracle_docs[i];
        live_docs += d->live;
        for (int f = 0; f < RO_FIELD_COUNT; f++) {
            average_words[f] += d->live ? d->length[f] : 0;
        }
    }
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        average_words[f] /= live_docs;
    }
}

/* In all fields, whatever fields the query asks for. */
static const counted *count_term(const ro_match *m) {
    for (size_t i = 0; i < term_count; i++) {
        if (terms[i].exact == m->exact && ro_str_equal(ro_str_from(terms[i].term), m->term)) {
            return &terms[i];
        }
    }
    assert_true(term_count < COUNTED_MAX);
    counted *made = &terms[term_count++];
    *made = (counted){.exact = m->exact};
    memcpy(made->term, m->term.ptr, m->term.len);
    ro_match all = *m;
    all.fields = RO_FIELD_ANY;
    for (size_t i = 0; i < ORACLE_DOCS; i++) {
        uint32_t tf[RO_FIELD_COUNT] = {0};
        if (oracle_docs[i].live) {
            frequency(&oracle_docs[i], &all, tf);
            made->df += tf[0] || tf[1];
            made->cf += tf[0] + tf[1];
        }
    }
    return made;
}

typedef struct statistics {
    double df, cf, weight;
} statistics;

static double weight_of(const ro_rank *rank, double df, double cf) {
    double n = live_docs;
    double odds = (n - df + 0.5) / (df + 0.5);
    double idf = odds >= 2 ? log(odds) : log(1 + odds / 2);
    double dwell = df > 0 ? log(n / df) + log(1 - exp(-cf / n)) : 0;
    dwell = dwell < 0 ? 0 : dwell;
    return idf * (1 + rank->burst * (dwell < rank->burst_cap ? dwell : rank->burst_cap));
}

static statistics statistics_of(const ro_rank *rank, const ro_match *m) {
    statistics sum = {0};
    if (m->kind == RO_MATCH_TERM) {
        const counted *term = count_term(m);
        return (statistics){term->df, term->cf, weight_of(rank, term->df, term->cf)};
    }
    for (size_t i = 0; i < m->child_count; i++) {
        statistics child = statistics_of(rank, m->children[i]);
        double weight = sum.weight;
        if (!i || (m->kind == RO_MATCH_ANY_OF ? child.df > sum.df : child.df <= sum.df)) {
            sum = child;
        }
        if (m->kind != RO_MATCH_ANY_OF) {
            sum.weight = weight + child.weight;
        }
    }
    return sum;
}

static void norms(const ro_rank *rank, const document *d, double out[RO_FIELD_COUNT]) {
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        double average = average_words[f];
        out[f] = average > 0
                     ? rank->weight[f] / (1 - rank->b[f] + rank->b[f] * d->length[f] / average)
                     : 0;
    }
}

static double sat(const ro_rank *rank, double x) {
    return (rank->k1 + 1) * x / (rank->k1 + x);
}

static double score(const ro_rank *rank, const document *d, const ro_match *m) {
    if (m->kind == RO_MATCH_BOOL) {
        double sum = 0;
        for (size_t i = 0; i < m->child_count; i++) {
            const ro_match *child = m->children[i];
            if ((child->occur == RO_MUST || child->occur == RO_SHOULD) &&
                oracle_matches(d, child)) {
                sum += score(rank, d, child);
            }
        }
        return m->boost * sum;
    }
    if (m->kind == RO_MATCH_ALL || m->kind == RO_MATCH_NONE || m->kind == RO_MATCH_RANGE ||
        m->kind == RO_MATCH_VALUE) {
        return 0;
    }
    uint32_t tf[RO_FIELD_COUNT] = {0};
    double factor[RO_FIELD_COUNT];
    frequency(d, m, tf);
    norms(rank, d, factor);
    double x = factor[0] * tf[0] + factor[1] * tf[1];
    return x > 0 ? m->boost * statistics_of(rank, m).weight * sat(rank, x) : 0;
}

typedef struct word_list {
    const ro_match *at[64];
    size_t count;
} word_list;

static void gather(const ro_rank *rank, const ro_match *m, word_list *list) {
    if (m->kind == RO_MATCH_TERM || m->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < list->count; i++) {
            if (m->kind == RO_MATCH_TERM && list->at[i]->kind == RO_MATCH_TERM &&
                list->at[i]->exact == m->exact && ro_str_equal(list->at[i]->term, m->term)) {
                return;
            }
        }
        if (statistics_of(rank, m).df < rank->near_max_share * live_docs) {
            list->at[list->count++] = m;
        }
    }
    for (size_t i = 0; m->kind == RO_MATCH_BOOL && i < m->child_count; i++) {
        if (m->children[i]->occur == RO_MUST || m->children[i]->occur == RO_SHOULD) {
            gather(rank, m->children[i], list);
        }
    }
}

static double pair_score(const ro_rank *rank, const document *d, const ro_match *a,
                         const ro_match *b) {
    double factor[RO_FIELD_COUNT];
    span_list x = {0};
    span_list y = {0};
    double sum = 0;
    norms(rank, d, factor);
    oracle_occurrences(d, a, &x);
    oracle_occurrences(d, b, &y);
    for (size_t i = 0; i < x.count; i++) {
        for (size_t j = 0; j < y.count; j++) {
            int64_t distance = llabs(x.at[i].start - y.at[j].start);
            if (x.at[i].field == y.at[j].field && distance >= 1 && distance <= rank->near_window) {
                sum += factor[x.at[i].field] / (double)distance;
            }
        }
    }
    double wa = statistics_of(rank, a).weight;
    double wb = statistics_of(rank, b).weight;
    return (wa < wb ? wa : wb) * sat(rank, sum);
}

double oracle_score(const ro_rank *rank, const document *d, const ro_match *m) {
    double sum = score(rank, d, m);
    word_list list = {.count = 0};
    gather(rank, m, &list);
    for (size_t i = 0; i < list.count; i++) {
        for (size_t j = 0; j < i; j++) {
            sum += rank->near_weight * pair_score(rank, d, list.at[i], list.at[j]);
        }
    }
    if (rank->half_life_days > 0) {
        double lives = 10;
        if (d->published != RO_TIME_NONE) {
            lives = (double)(rank->now - d->published) / 86400 / rank->half_life_days;
        }
        lives = lives < 0 ? 0 : lives;
        sum *= pow(2, -(lives < 10 ? lives : 10));
    }
    return sum;
}
