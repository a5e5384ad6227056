/* core/index against an oracle: random trees over small random articles, evaluated by trying every
 * combination of positions and scored straight from the formula of readout/rank.h. */
#include "core/index/snapshot.h"
#include "core/index/writer.h"
#include "readout/spans.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DOCS 60
#ifdef __SANITIZE_ADDRESS__ /* an order of magnitude slower there */
#define ROUNDS 200
#else
#define ROUNDS 1000
#endif
#define TOKENS_MAX 64
#define OK(call) assert_int_equal((call), RO_OK)

/* Words that share stems, a compound, a number. */
static const char *const words[] = {"talk",     "talks",  "talked",  "peace",
                                    "peaceful", "deal",   "dealing", "co-operation",
                                    "2025",     "energy", "talk's"};
static const char *const sources[] = {"Reuters", "AFP", "", "Tass"};
#define WORDS (sizeof words / sizeof *words)

typedef struct token {
    unsigned field;
    uint32_t position;
    char form[RO_TERM_MAX + 1], stem[RO_TERM_MAX + 1];
} token;

typedef struct document {
    ro_doc doc;
    bool live;
    int source;
    int64_t published;
    uint32_t length[RO_FIELD_COUNT];
    token tokens[TOKENS_MAX];
    size_t count;
    unsigned field; /* while it is analysed */
} document;

static document docs[DOCS];
static uint64_t seed = 88172645463325252u;

static unsigned roll(unsigned sides) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % sides);
}

/* ---- occurrences ---------------------------------------------------------------------------- */

typedef struct span {
    int64_t field; /* as wide as the others: spans are compared as bytes */
    int64_t start, end;
} span;

typedef struct span_list {
    span at[4096];
    size_t count;
} span_list;

static void add_span(span_list *list, span s) {
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(&list->at[i], &s, sizeof s) == 0) {
            return;
        }
    }
    assert_true(list->count < 4096);
    list->at[list->count++] = s;
}

static bool is_term(const token *t, const ro_match *m) {
    return (m->fields >> t->field & 1) &&
           ro_str_equal(ro_str_from(m->exact ? t->form : t->stem), m->term);
}

static void occurrences(const document *d, const ro_match *m, span_list *out);

/* One choice of a span for each child, tried one after the other. */
typedef struct choice {
    const ro_match *node;
    span_list *lists;
    const span *chosen[8];
    void (*take)(struct choice *c, void *context);
    void *context;
} choice;

static bool is_phrase(const choice *c) {
    int64_t stretch = 0;
    for (size_t i = 1; i < c->node->child_count; i++) {
        int64_t gap = (int64_t)c->node->children[i]->gap - c->node->children[i - 1]->gap;
        int64_t more = c->chosen[i]->start - c->chosen[i - 1]->start - gap;
        if (more < 0 || c->chosen[i]->field != c->chosen[0]->field) {
            return false;
        }
        stretch += more;
    }
    return stretch <= c->node->slop;
}

/* No word takes part in a NEAR twice. */
static bool share_a_word(const span *a, const span *b) {
    return a->field == b->field && a->start <= b->end && b->start <= a->end;
}

static bool is_near(const choice *c) {
    int64_t last_start = c->chosen[0]->start;
    int64_t first_end = c->chosen[0]->end;
    for (size_t i = 1; i < c->node->child_count; i++) {
        const span *s = c->chosen[i];
        if (s->field != c->chosen[0]->field ||
            (c->node->ordered && s->start <= c->chosen[i - 1]->end)) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (share_a_word(s, c->chosen[j])) {
                return false;
            }
        }
        last_start = s->start > last_start ? s->start : last_start;
        first_end = s->end < first_end ? s->end : first_end;
    }
    if (c->node->ordered) {
        return c->chosen[c->node->child_count - 1]->start - c->chosen[0]->end <= c->node->slop;
    }
    return last_start - first_end <= c->node->slop;
}

/* What counts as one occurrence: of a phrase its start (and then its smallest end), of NEAR the
 * first end, or, when ordered, the first child's. */
static span identity(const choice *c) {
    span s = *c->chosen[0];
    if (c->node->kind == RO_MATCH_PHRASE) {
        s.end = c->chosen[c->node->child_count - 1]->end;
    } else if (!c->node->ordered) {
        for (size_t i = 1; i < c->node->child_count; i++) {
            s.end = c->chosen[i]->end < s.end ? c->chosen[i]->end : s.end;
        }
        s.start = s.end;
    }
    return s;
}

static void add_identity(choice *c, void *found) {
    add_span(found, identity(c));
}

static void choose(choice *c, size_t child) {
    if (child == c->node->child_count) {
        if (c->node->kind == RO_MATCH_PHRASE ? is_phrase(c) : is_near(c)) {
            c->take(c, c->context);
        }
        return;
    }
    for (size_t i = 0; i < c->lists[child].count; i++) {
        c->chosen[child] = &c->lists[child].at[i];
        choose(c, child + 1);
    }
}

static void drop_holders(span_list *list) {
    span_list kept = {.count = 0};
    for (size_t i = 0; i < list->count; i++) {
        bool holds = false;
        for (size_t j = 0; j < list->count; j++) {
            const span *a = &list->at[i];
            const span *b = &list->at[j];
            holds |= i != j && a->field == b->field && a->start <= b->start && a->end >= b->end;
        }
        if (!holds) {
            kept.at[kept.count++] = list->at[i];
        }
    }
    *list = kept;
}

static void keep_smallest_ends(span_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool smaller = false;
        for (size_t j = 0; j < list->count; j++) {
            smaller |= list->at[j].field == list->at[i].field &&
                       list->at[j].start == list->at[i].start && list->at[j].end < list->at[i].end;
        }
        if (!smaller) {
            list->at[kept++] = list->at[i];
        }
    }
    list->count = kept;
}

static void each_choice(const document *d, const ro_match *m,
                        void (*take)(choice *c, void *context), void *context) {
    choice c = {.node = m, .lists = calloc(m->child_count, sizeof(span_list))};
    c.take = take;
    c.context = context;
    for (size_t i = 0; i < m->child_count; i++) {
        occurrences(d, m->children[i], &c.lists[i]);
        if (m->kind == RO_MATCH_NEAR) {
            drop_holders(&c.lists[i]);
        }
    }
    choose(&c, 0);
    free(c.lists);
}

static void combined(const document *d, const ro_match *m, span_list *out) {
    each_choice(d, m, add_identity, out);
    if (m->kind == RO_MATCH_PHRASE) {
        keep_smallest_ends(out);
    }
}

static void occurrences(const document *d, const ro_match *m, span_list *out) {
    if (m->kind == RO_MATCH_TERM) {
        for (size_t i = 0; i < d->count; i++) {
            if (is_term(&d->tokens[i], m)) {
                add_span(out,
                         (span){d->tokens[i].field, d->tokens[i].position, d->tokens[i].position});
            }
        }
    } else if (m->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < m->child_count; i++) {
            span_list *child = calloc(1, sizeof *child);
            occurrences(d, m->children[i], child);
            for (size_t j = 0; j < child->count; j++) {
                add_span(out, child->at[j]);
            }
            free(child);
        }
    } else {
        combined(d, m, out);
    }
}

/* ---- the words of occurrences --------------------------------------------------------------- */

#define TERMS_MAX 32

typedef struct marking {
    const span_list *taken; /* occurrences of the node */
    span_list *children;    /* by child: those of its occurrences that are part of them */
    size_t at;              /* PHRASE: the occurrence of `taken` that is looked at */
    span best[8];           /* by child */
    bool any;
} marking;

/* Of a phrase the nearest words count: no other choice has one earlier. */
static void keep_nearest(choice *c, void *context) {
    marking *m = context;
    const span *occurrence = &m->taken->at[m->at];
    if (c->chosen[0]->field != occurrence->field || c->chosen[0]->start != occurrence->start) {
        return;
    }
    for (size_t i = 0; i < c->node->child_count; i++) {
        if (!m->any || c->chosen[i]->start < m->best[i].start) {
            m->best[i] = *c->chosen[i];
        }
    }
    m->any = true;
}

static void keep_all(choice *c, void *context) {
    marking *m = context;
    for (size_t i = 0; i < c->node->child_count; i++) {
        add_span(&m->children[i], *c->chosen[i]);
    }
}

static void mark(const document *d, const ro_match *m, const span_list *taken, size_t *terms,
                 span_list *marks) {
    if (m->kind == RO_MATCH_TERM) {
        marks[(*terms)++] = *taken;
        return;
    }
    marking made = {.taken = taken, .children = calloc(m->child_count, sizeof(span_list))};
    if (m->kind == RO_MATCH_NEAR) {
        each_choice(d, m, keep_all, &made);
    }
    for (; m->kind == RO_MATCH_PHRASE && made.at < taken->count; made.at++) {
        made.any = false;
        each_choice(d, m, keep_nearest, &made);
        for (size_t c = 0; c < m->child_count; c++) {
            add_span(&made.children[c], made.best[c]);
        }
    }
    for (size_t c = 0; c < m->child_count; c++) {
        if (m->kind == RO_MATCH_ANY_OF) {
            span_list *all = calloc(1, sizeof *all);
            occurrences(d, m->children[c], all);
            for (size_t i = 0; i < all->count; i++) {
                for (size_t j = 0; j < taken->count; j++) {
                    if (memcmp(&all->at[i], &taken->at[j], sizeof(span)) == 0) {
                        add_span(&made.children[c], all->at[i]);
                    }
                }
            }
            free(all);
        }
        mark(d, m->children[c], &made.children[c], terms, marks);
    }
    free(made.children);
}

/* One field of a document, as highlighting reads it. */
typedef struct field_text {
    const document *d;
    unsigned field;
    const ro_match *terms[TERMS_MAX];
    uint32_t positions[TERMS_MAX][TOKENS_MAX];
    const span_list *expected;
    const char *tree;
} field_text;

static void list_terms(const ro_match *m, const ro_match **terms, size_t *count) {
    if (m->kind == RO_MATCH_TERM) {
        assert_true(*count < TERMS_MAX);
        terms[(*count)++] = m;
    }
    for (size_t i = 0; i < m->child_count; i++) {
        list_terms(m->children[i], terms, count);
    }
}

static ro_positions stands(void *context, size_t term) {
    field_text *text = context;
    ro_positions list = {text->positions[term], 0};
    for (size_t i = 0; i < text->d->count; i++) {
        const token *t = &text->d->tokens[i];
        if (t->field == text->field && is_term(t, text->terms[term]) &&
            (!list.count || text->positions[term][list.count - 1] != t->position)) {
            text->positions[term][list.count++] = t->position;
        }
    }
    return list;
}

static void matched(void *context, size_t term, ro_positions found_at) {
    field_text *text = context;
    const span_list *expected = &text->expected[term];
    size_t count = 0;
    for (size_t i = 0; i < expected->count; i++) {
        bool found = false;
        for (size_t j = 0; j < found_at.count; j++) {
            found |= expected->at[i].start == found_at.at[j];
        }
        if (expected->at[i].field != text->field) {
            continue;
        }
        count++;
        if (!found) {
            fail_msg("%s: term %zu is not marked at %d", text->tree, term,
                     (int)expected->at[i].start);
        }
    }
    if (count != found_at.count) {
        fail_msg("%s: term %zu is marked %zu times, expected %zu", text->tree, term, found_at.count,
                 count);
    }
}

static void compare_marks(const document *d, const ro_match *m, const char *tree) {
    span_list *marks = calloc(TERMS_MAX, sizeof *marks);
    span_list *all = calloc(1, sizeof *all);
    size_t count = 0;
    occurrences(d, m, all);
    mark(d, m, all, &count, marks);
    for (unsigned f = 0; f < RO_FIELD_COUNT; f++) {
        field_text text = {.d = d, .field = f, .expected = marks, .tree = tree};
        const ro_word_places places = {stands, matched, &text};
        count = 0;
        list_terms(m, text.terms, &count);
        OK(ro_match_words(m, &places, RO_DEADLINE_NEVER, NULL));
    }
    free(all);
    free(marks);
}

/* ---- matching and scores -------------------------------------------------------------------- */

static void frequency(const document *d, const ro_match *m, uint32_t tf[RO_FIELD_COUNT]) {
    if (m->kind == RO_MATCH_ANY_OF) {
        for (size_t i = 0; i < m->child_count; i++) {
            frequency(d, m->children[i], tf);
        }
        return;
    }
    span_list *list = calloc(1, sizeof *list);
    occurrences(d, m, list);
    for (size_t i = 0; i < list->count; i++) {
        tf[list->at[i].field]++;
    }
    free(list);
}

static bool matches(const document *d, const ro_match *m) {
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
            any |= ro_str_equal_nocase(m->values[i], ro_str_from(sources[d->source]));
        }
        return any;
    case RO_MATCH_BOOL:
        for (size_t i = 0; i < m->child_count; i++) {
            bool child = matches(d, m->children[i]);
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

static double live_docs(void) {
    double n = 0;
    for (size_t i = 0; i < DOCS; i++) {
        n += docs[i].live;
    }
    return n;
}

typedef struct statistics {
    double df, cf, weight;
} statistics;

static double weight_of(const ro_rank *rank, double df, double cf) {
    double n = live_docs();
    double odds = (n - df + 0.5) / (df + 0.5);
    double idf = odds >= 2 ? log(odds) : log(1 + odds / 2);
    double dwell = df > 0 ? log(n / df) + log(1 - exp(-cf / n)) : 0;
    dwell = dwell < 0 ? 0 : dwell;
    return idf * (1 + rank->burst * (dwell < rank->burst_cap ? dwell : rank->burst_cap));
}

/* Statistics are those of all fields, whatever fields the query asks for. */
static statistics statistics_of(const ro_rank *rank, const ro_match *m) {
    statistics sum = {0};
    if (m->kind == RO_MATCH_TERM) {
        ro_match all = *m;
        all.fields = RO_FIELD_ANY;
        for (size_t i = 0; i < DOCS; i++) {
            uint32_t tf[RO_FIELD_COUNT] = {0};
            if (docs[i].live) {
                frequency(&docs[i], &all, tf);
                sum.df += tf[0] || tf[1];
                sum.cf += tf[0] + tf[1];
            }
        }
        sum.weight = weight_of(rank, sum.df, sum.cf);
        return sum;
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
        double words_in_all = 0;
        for (size_t i = 0; i < DOCS; i++) {
            words_in_all += docs[i].live ? docs[i].length[f] : 0;
        }
        double average = words_in_all / live_docs();
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
            if ((child->occur == RO_MUST || child->occur == RO_SHOULD) && matches(d, child)) {
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
        if (statistics_of(rank, m).df < rank->near_max_share * live_docs()) {
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
    span_list *x = calloc(1, sizeof *x);
    span_list *y = calloc(1, sizeof *y);
    double sum = 0;
    norms(rank, d, factor);
    occurrences(d, a, x);
    occurrences(d, b, y);
    for (size_t i = 0; i < x->count; i++) {
        for (size_t j = 0; j < y->count; j++) {
            int64_t distance = llabs(x->at[i].start - y->at[j].start);
            if (x->at[i].field == y->at[j].field && distance >= 1 &&
                distance <= rank->near_window) {
                sum += factor[x->at[i].field] / (double)distance;
            }
        }
    }
    free(x);
    free(y);
    double wa = statistics_of(rank, a).weight;
    double wb = statistics_of(rank, b).weight;
    return (wa < wb ? wa : wb) * sat(rank, sum);
}

static double full_score(const ro_rank *rank, const document *d, const ro_match *m) {
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

/* ---- random articles and trees -------------------------------------------------------------- */

static int take_token(void *context, const ro_token *t) {
    document *d = context;
    token *made = &d->tokens[d->count];
    *made = (token){.field = d->field, .position = t->position};
    memcpy(made->form, t->form.ptr, t->form.len);
    memcpy(made->stem, t->stem.ptr, t->stem.len);
    d->length[d->field] = t->position + 1;
    /* the same term twice in one place counts once */
    for (size_t i = 0; i < d->count; i++) {
        const token *known = &d->tokens[i];
        if (known->field == made->field && known->position == made->position &&
            strcmp(known->form, made->form) == 0 && strcmp(known->stem, made->stem) == 0) {
            return 0;
        }
    }
    return ++d->count == TOKENS_MAX;
}

static void random_text(char *out, size_t size, unsigned most) {
    size_t len = 0;
    out[0] = 0;
    for (unsigned i = roll(most + 1); i; i--) {
        len += (size_t)snprintf(out + len, size - len, "%s ", words[roll(WORDS)]);
    }
}

static void put_document(ro_writer *writer, ro_preparer *preparer, ro_analyser *analyser,
                         size_t number) {
    document *d = &docs[number];
    char id[16];
    char title[128];
    char body[512];
    (void)snprintf(id, sizeof id, "%zu", number);
    random_text(title, sizeof title, 4);
    random_text(body, sizeof body, 16);
    *d = (document){.live = true, .source = (int)roll(4)};
    d->published = roll(5) ? (int64_t)roll(400) * 86400 : RO_TIME_NONE;
    d->field = 0;
    OK(ro_analyse(analyser, ro_str_from(title), RO_STR("en"), take_token, d, NULL));
    d->field = 1;
    OK(ro_analyse(analyser, ro_str_from(body), RO_STR("en"), take_token, d, NULL));
    ro_article article = {.id = ro_str_from(id),
                          .title = ro_str_from(title),
                          .body = ro_str_from(body),
                          .language = RO_STR("en"),
                          .source = ro_str_from(sources[d->source]),
                          .published = d->published};
    ro_prepared *prepared;
    ro_change change;
    OK(ro_prepare(preparer, &article, NULL, &prepared, NULL));
    OK(ro_writer_put(writer, prepared, &change, NULL));
    ro_prepared_free(prepared);
}

static ro_match *random_term(ro_arena *arena) {
    static const char *const stems[] = {"talk", "peac", "deal",   "cooper", "co",
                                        "oper", "2025", "energi", "absent", "p\"x"};
    static const char *const forms[] = {"talk",        "talks", "talked",  "peace",
                                        "peaceful",    "deal",  "dealing", "co",
                                        "cooperation", "2025",  "energy",  "absent"};
    ro_match *m = ro_match_new(arena, RO_MATCH_TERM);
    m->exact = roll(4) == 0;
    m->term = m->exact ? ro_str_from(forms[roll(12)]) : ro_str_from(stems[roll(10)]);
    m->fields = roll(4) ? RO_FIELD_ANY : 1 + roll(2);
    return m;
}

static ro_match *random_tree(ro_arena *arena, unsigned depth);

static void add_child(ro_arena *arena, ro_match *parent, ro_match *child) {
    OK(ro_match_add(arena, parent, child, NULL));
}

static ro_match *random_any_of(ro_arena *arena, bool phrases);

static ro_match *random_words(ro_arena *arena, ro_match_kind kind) {
    ro_match *m = ro_match_new(arena, kind);
    uint32_t gap = 0;
    m->slop = roll(4) * roll(3);
    m->ordered = roll(2);
    for (unsigned i = 2 + roll(2); i; i--) {
        if (kind == RO_MATCH_NEAR && m->child_count && roll(3) == 0) { /* war NEAR war */
            add_child(arena, m, m->children[0]);
            continue;
        }
        bool phrase = kind == RO_MATCH_NEAR && roll(4) == 0;
        ro_match *child = phrase         ? random_words(arena, RO_MATCH_PHRASE)
                          : roll(4) == 0 ? random_any_of(arena, kind == RO_MATCH_NEAR)
                                         : random_term(arena);
        child->gap = gap;
        gap += roll(5) ? 1 : 2;
        add_child(arena, m, child);
    }
    return m;
}

static ro_match *random_any_of(ro_arena *arena, bool phrases) {
    ro_match *m = ro_match_new(arena, RO_MATCH_ANY_OF);
    for (unsigned i = 1 + roll(3); i; i--) {
        add_child(arena, m,
                  phrases && roll(3) == 0 ? random_words(arena, RO_MATCH_PHRASE)
                                          : random_term(arena));
    }
    return m;
}

static ro_match *random_bool(ro_arena *arena, unsigned depth) {
    static const ro_occur occurs[] = {RO_MUST,   RO_SHOULD, RO_SHOULD,
                                      RO_SHOULD, RO_FILTER, RO_MUST_NOT};
    ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
    for (unsigned i = roll(4); i; i--) {
        ro_match *child = random_tree(arena, depth + 1);
        child->occur = occurs[roll(6)];
        add_child(arena, m, child);
    }
    return m;
}

static ro_match *random_column(ro_arena *arena) {
    ro_match *m = ro_match_new(arena, roll(2) ? RO_MATCH_RANGE : RO_MATCH_VALUE);
    m->from = (int64_t)roll(300) * 86400;
    m->until = m->from + (int64_t)roll(200) * 86400;
    m->column = m->kind == RO_MATCH_RANGE ? RO_COLUMN_PUBLISHED : RO_COLUMN_SOURCE;
    m->value_count = 1 + roll(2);
    m->values = ro_arena_alloc_array(arena, 2, sizeof *m->values);
    static const char *const folded[] = {"reuters", "afp", "", "tass", "nobody"};
    m->values[0] = ro_str_from(folded[roll(5)]);
    m->values[1] = ro_str_from(folded[roll(5)]);
    return m;
}

static ro_match *random_tree(ro_arena *arena, unsigned depth) {
    ro_match *m;
    switch (roll(depth < 3 ? 10 : 5)) {
    case 0:
        m = random_column(arena);
        break;
    case 1:
        m = random_any_of(arena, true);
        break;
    case 2:
        m = random_words(arena, roll(2) ? RO_MATCH_PHRASE : RO_MATCH_NEAR);
        break;
    case 3:
        m = roll(8) ? random_term(arena)
                    : ro_match_new(arena, roll(2) ? RO_MATCH_ALL : RO_MATCH_NONE);
        break;
    case 4:
        m = random_term(arena);
        break;
    default:
        m = random_bool(arena, depth);
    }
    m->boost = roll(5) ? 1 : 2.5F;
    return m;
}

/* ---- the comparison ------------------------------------------------------------------------- */

/* The shape that has a way of its own. */
static ro_match *random_flat(ro_arena *arena) {
    ro_match *m = ro_match_new(arena, RO_MATCH_BOOL);
    for (unsigned i = 1 + roll(5); i; i--) {
        ro_match *term = random_term(arena);
        term->exact = false;
        term->fields = RO_FIELD_ANY;
        term->occur = RO_SHOULD;
        term->boost = roll(3) ? 1 : 3;
        add_child(arena, m, term);
    }
    return m;
}

static ro_rank random_rank(void) {
    ro_rank rank = RO_RANK_DEFAULT;
    rank.near_weight = roll(3) ? 0.2 : 0;
    rank.burst = roll(3) ? 1 : 0;
    rank.half_life_days = roll(4) ? 0 : 30;
    rank.now = (int64_t)300 * 86400;
    return rank;
}

static void compare(ro_snapshot *snapshot, ro_arena *arena) {
    ro_search search = {.match = roll(4) ? random_tree(arena, 0) : random_flat(arena),
                        .rank = random_rank(),
                        .k = roll(3) ? 1 + roll(6) : 100,
                        .deadline = RO_DEADLINE_NEVER};
    ro_found found;
    ro_error err = RO_ERROR_INIT;
    ro_buf text = RO_BUF_INIT;
    ro_match_print(search.match, &text);
    ro_buf_add_byte(&text, 0);
    if (ro_snapshot_search(snapshot, &search, arena, &found, &err)) {
        fail_msg("%s: %s", text.ptr, err.message);
    }
    int64_t total = 0;
    for (size_t i = 0; i < DOCS; i++) {
        total += docs[i].live && matches(&docs[i], search.match);
    }
    if (found.total != total) {
        fail_msg("%s: %lld found, %lld expected", text.ptr, (long long)found.total,
                 (long long)total);
    }
    assert_int_equal(found.hit_count, (size_t)total < search.k ? (size_t)total : search.k);
    double better = 0;
    for (size_t h = 0; h < found.hit_count; h++) {
        for (size_t i = 0; i < DOCS; i++) {
            if (docs[i].live && docs[i].doc == found.hits[h].doc) {
                double expected = full_score(&search.rank, &docs[i], search.match);
                if (!matches(&docs[i], search.match) ||
                    fabs(expected - found.hits[h].score) > 1e-9 * (1 + fabs(expected))) {
                    fail_msg("%s: article %zu scored %.12g, expected %.12g", text.ptr, i,
                             found.hits[h].score, expected);
                }
            }
        }
        better = found.hits[h].score;
    }
    for (size_t i = 0; i < DOCS; i++) { /* nothing better was left out */
        bool taken = !docs[i].live || !matches(&docs[i], search.match);
        for (size_t h = 0; h < found.hit_count; h++) {
            taken |= docs[i].doc == found.hits[h].doc;
        }
        if (!taken && full_score(&search.rank, &docs[i], search.match) > better + 1e-9) {
            fail_msg("%s: article %zu is missing", text.ptr, i);
        }
    }
    ro_buf_release(&text);
}

static void marks_agree_with_the_oracle(ro_arena *arena) {
    ro_match *m = random_words(arena, roll(3) ? RO_MATCH_NEAR : RO_MATCH_PHRASE);
    ro_buf text = RO_BUF_INIT;
    m = roll(4) ? m : random_any_of(arena, true);
    ro_match_print(m, &text);
    ro_buf_add_byte(&text, 0);
    for (size_t i = 0; i < DOCS; i++) {
        compare_marks(&docs[i], m, text.ptr);
    }
    ro_buf_release(&text);
}

static void fail_for(void *context, const char *problem) {
    (void)context;
    fail_msg("%s", problem);
}

/* How the articles are spread over leaves. */
typedef struct arrangement {
    unsigned commit_every;
    unsigned sealed_every; /* of so many commits one goes to the hot leaf; 0: all do, 1: none */
    uint32_t block;
    bool optimize;
    unsigned rounds;
    size_t leaves; /* sealed ones that come of it, at least */
} arrangement;

static void commit(ro_writer *writer, const arrangement *as) {
    static unsigned commits;
    ro_collection_writer *articles = &writer->collections[RO_KIND_ARTICLES];
    OK(ro_writer_commit(writer, NULL));
    bool hot = !as->sealed_every || (as->sealed_every > 1 && commits++ % as->sealed_every == 0);
    articles->hot_words_max = hot ? INT64_MAX : 0;
    articles->segment_block = as->block;
}

static void trees_agree(const arrangement *as) {
    char directory[] = "/tmp/readout-oracle-XXXXXX";
    ro_index *index;
    ro_writer *writer;
    ro_preparer *preparer;
    ro_analyser *analyser;
    ro_snapshot *snapshot;
    assert_non_null(mkdtemp(directory));
    OK(ro_index_open(directory, RO_INDEX_CREATE, &index, NULL));
    OK(ro_writer_open(index, RO_DEADLINE_NEVER, &writer, NULL));
    OK(ro_preparer_new(&preparer, NULL));
    OK(ro_analyser_new(&analyser, NULL));
    for (unsigned i = 0; i < DOCS * 2; i++) { /* many are replaced, some deleted */
        put_document(writer, preparer, analyser, i < DOCS ? i : roll(DOCS));
        if (i % as->commit_every == 0) {
            commit(writer, as);
        }
    }
    for (unsigned i = 0; i < DOCS; i += 9) {
        char id[16];
        bool found;
        (void)snprintf(id, sizeof id, "%u", i);
        OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
        assert_true(found);
        docs[i].live = false;
    }
    commit(writer, as);
    if (as->optimize) {
        OK(ro_writer_optimize(writer, NULL));
    }
    OK(ro_snapshot_open(index, &snapshot, NULL));
    assert_true(snapshot->leaves.count >= as->leaves);
    OK(ro_snapshot_check(snapshot, fail_for, NULL, NULL));
    for (unsigned i = 0; i < DOCS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(ro_snapshot_find(snapshot, ro_str_from(id), &docs[i].doc, NULL),
                         docs[i].live ? RO_OK : RO_NOT_FOUND);
    }
    for (unsigned i = 0; i < as->rounds; i++) {
        ro_arena arena = RO_ARENA_INIT;
        compare(snapshot, &arena);
        if (i % 2 == 0) {
            marks_agree_with_the_oracle(&arena);
        }
        ro_arena_release(&arena);
    }
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
    ro_analyser_free(analyser);
    ro_preparer_free(preparer);
    ro_index_close(index);
    char command[64];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a fixed command
}

static void every_tree_agrees_with_the_oracle(void **state) {
    (void)state;
    trees_agree(&(arrangement){.commit_every = 50, .rounds = ROUNDS});
}

static void trees_over_many_segments_agree(void **state) {
    (void)state;
    trees_agree(&(arrangement){
        .commit_every = 7, .sealed_every = 1, .block = 3, .rounds = ROUNDS / 4, .leaves = 3});
    trees_agree(&(arrangement){
        .commit_every = 20, .sealed_every = 1, .block = 9, .rounds = ROUNDS / 4, .leaves = 6});
}

static void trees_over_hot_and_sealed_leaves_agree(void **state) {
    (void)state;
    trees_agree(&(arrangement){
        .commit_every = 10, .sealed_every = 2, .block = 2, .rounds = ROUNDS / 4, .leaves = 3});
    trees_agree(
        &(arrangement){.commit_every = 30, .sealed_every = 3, .rounds = ROUNDS / 4, .leaves = 2});
}

static void trees_over_one_segment_agree(void **state) {
    (void)state;
    trees_agree(
        &(arrangement){.commit_every = 13, .optimize = true, .rounds = ROUNDS / 4, .leaves = 1});
    trees_agree(&(arrangement){.commit_every = 13,
                               .sealed_every = 3,
                               .optimize = true,
                               .rounds = ROUNDS / 4,
                               .leaves = 1});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_tree_agrees_with_the_oracle),
                                       cmocka_unit_test(trees_over_many_segments_agree),
                                       cmocka_unit_test(trees_over_hot_and_sealed_leaves_agree),
                                       cmocka_unit_test(trees_over_one_segment_agree)};
    return cmocka_run_group_tests_name("oracle", tests, NULL, NULL);
}
