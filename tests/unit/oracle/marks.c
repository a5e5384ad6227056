#include "oracle.h"

#include "readout/spans.h"

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
        oracle_add_span(&m->children[i], *c->chosen[i]);
    }
}

static void mark(const document *d, const ro_match *m, const span_list *taken, size_t *terms,
                 span_list *marks) {
    if (m->kind == RO_MATCH_TERM) {
        marks[(*terms)++] = *taken;
        return;
    }
    marking made = {.taken = taken, .children = oracle_alloc(m->child_count, sizeof(span_list))};
    if (m->kind == RO_MATCH_NEAR) {
        oracle_each_choice(d, m, keep_all, &made);
    }
    for (; m->kind == RO_MATCH_PHRASE && made.at < taken->count; made.at++) {
        made.any = false;
        oracle_each_choice(d, m, keep_nearest, &made);
        for (size_t c = 0; c < m->child_count; c++) {
            oracle_add_span(&made.children[c], made.best[c]);
        }
    }
    for (size_t c = 0; c < m->child_count; c++) {
        if (m->kind == RO_MATCH_ANY_OF) {
            span_list all = {0};
            oracle_occurrences(d, m->children[c], &all);
            for (size_t i = 0; i < all.count; i++) {
                for (size_t j = 0; j < taken->count; j++) {
                    if (memcmp(&all.at[i], &taken->at[j], sizeof(span)) == 0) {
                        oracle_add_span(&made.children[c], all.at[i]);
                    }
                }
            }
        }
        mark(d, m->children[c], &made.children[c], terms, marks);
    }
}

/* One field of a document, as highlighting reads it. */
typedef struct field_text {
    const document *d;
    unsigned field;
    const ro_match *terms[TERMS_MAX];
    uint32_t positions[TERMS_MAX][ORACLE_TOKENS_MAX];
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
        if (t->field == text->field && oracle_is_term(t, text->terms[term]) &&
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

void oracle_compare_marks(const document *d, const ro_match *m, const char *tree) {
    span_list *marks = oracle_alloc(TERMS_MAX, sizeof *marks);
    span_list all = {0};
    size_t count = 0;
    oracle_occurrences(d, m, &all);
    mark(d, m, &all, &count, marks);
    for (unsigned f = 0; f < RO_FIELD_COUNT; f++) {
        field_text text = {.d = d, .field = f, .expected = marks, .tree = tree};
        const ro_word_places places = {stands, matched, &text};
        count = 0;
        list_terms(m, text.terms, &count);
        OK(ro_match_words(m, &places, RO_DEADLINE_NEVER, NULL));
    }
}
