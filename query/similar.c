/* More like this: the words that tell most of an article, searched for in all others. */
#include "searcher.h"

#include "readout/utf8.h"

#include <stdlib.h>

#define READ_MAX (128 << 10) /* bytes of a body that are read for its words */
#define WORDS_MAX 4096       /* different words that are counted; a power of two */
#define TELLING_MAX 24       /* words that are searched for */

typedef struct term {
    ro_str stem, form;
    double count; /* in title and body, by the weights of the fields */
    double worth; /* w(t) * sat(count) of rank.h; 0: it says nothing of others */
} term;

typedef struct counter {
    ro_arena *arena;
    term *terms; /* a hash table, half full at most */
    size_t count;
    double weight; /* of the field that is read */
    bool memory;
} counter;

/* NULL: there are too many. */
static term *find_term(counter *c, ro_str stem) {
    size_t at = ro_str_hash(stem) & (WORDS_MAX * 2 - 1);
    while (c->terms[at].stem.ptr && !ro_str_equal(c->terms[at].stem, stem)) {
        at = (at + 1) & (WORDS_MAX * 2 - 1);
    }
    return c->terms[at].stem.ptr || c->count < WORDS_MAX ? &c->terms[at] : NULL;
}

static int count_token(void *context, const ro_token *token) {
    counter *c = context;
    if (token->flags & (RO_TOKEN_NUMBER | RO_TOKEN_WHOLE)) {
        return 0;
    }
    term *t = find_term(c, token->stem);
    if (t && !t->stem.ptr) {
        t->stem = ro_arena_copy(c->arena, token->stem);
        t->form = ro_arena_copy(c->arena, token->form);
        c->memory |= !t->stem.ptr || !t->form.ptr;
        c->count++;
    }
    if (t) {
        t->count += c->weight;
    }
    return c->memory;
}

/* A word of this article alone finds none; one of most articles says nothing. */
static ro_status weigh(ro_snapshot *snapshot, term *t, int64_t articles, ro_error *err) {
    const ro_rank *rank = &RO_RANK_DEFAULT;
    double weight = 0;
    int64_t df = 0;
    ro_status status = ro_document_frequency(snapshot, RO_KIND_ARTICLES, t->stem, false, &df, err);
    bool telling = status == RO_OK && df > 1 && (df < articles / 2 || articles < 10);
    if (telling) {
        status = ro_term_weight(snapshot, RO_KIND_ARTICLES, t->stem, rank, &weight, err);
    }
    t->worth = weight * t->count * (rank->k1 + 1) / (rank->k1 + t->count);
    return status;
}

static int by_worth(const void *a, const void *b) {
    const term *x = a, *y = b;
    int order = (x->worth < y->worth) - (x->worth > y->worth);
    return order ? order : ro_str_compare(x->stem, y->stem);
}

/* The words that tell most, best first. */
static ro_status find_terms(ro_searcher *s, const ro_article *article, ro_deadline deadline,
                            term **out, size_t *count, ro_error *err) {
    const ro_str texts[RO_FIELD_COUNT] = {article->title, ro_utf8_prefix(article->body, READ_MAX)};
    counter c = {.arena = &s->arena,
                 .terms = ro_arena_alloc_array(&s->arena, (size_t)WORDS_MAX * 2, sizeof(term))};
    ro_status status = c.terms ? RO_OK : ro_fail_memory(err);
    *count = 0;
    *out = c.terms;
    for (size_t f = 0; status == RO_OK && f < RO_FIELD_COUNT; f++) {
        c.weight = RO_RANK_DEFAULT.weight[f];
        status = ro_analyse(s->analyser, texts[f], article->language, count_token, &c, err);
    }
    if (status == RO_OK && c.memory) {
        status = ro_fail_memory(err);
    }
    int64_t articles = ro_snapshot_articles(s->snapshot);
    for (size_t i = 0; status == RO_OK && i < (size_t)WORDS_MAX * 2; i++) {
        if (c.terms[i].stem.ptr) {
            status = ro_deadline_passed(deadline)
                         ? ro_fail(err, RO_DEADLINE, "the time for the query ran out")
                         : weigh(s->snapshot, &c.terms[i], articles, err);
        }
        if (status == RO_OK && c.terms[i].worth > 0) {
            c.terms[(*count)++] = c.terms[i];
        }
    }
    if (status == RO_OK) {
        qsort(c.terms, *count, sizeof *c.terms, by_worth);
        *count = *count < TELLING_MAX ? *count : TELLING_MAX;
    }
    return status;
}

/* Each word counts for what it tells of the article: the rank weighs it once more for itself. */
static ro_status add_clauses(ro_run *run, const term *terms, size_t count, ro_error *err) {
    ro_arena *arena = &run->searcher->arena;
    ro_clause **tail = &run->plan.clauses;
    for (size_t i = 0; i < count; i++) {
        ro_clause *clause = ro_arena_alloc(arena, sizeof *clause);
        ro_syntax *syntax = ro_arena_alloc(arena, sizeof *syntax);
        ro_match *node = ro_match_new(arena, RO_MATCH_TERM);
        if (!clause || !syntax || !node) {
            return ro_fail_memory(err);
        }
        *syntax =
            (ro_syntax){.kind = RO_SYNTAX_WORD, .fields = RO_FIELD_ANY, .text = terms[i].form};
        node->term = terms[i].stem;
        node->fields = RO_FIELD_ANY;
        node->boost = (float)(terms[i].count / (RO_RANK_DEFAULT.k1 + terms[i].count));
        *clause =
            (ro_clause){.syntax = syntax, .node = node, .text = terms[i].form, .occur = RO_SHOULD};
        *tail = clause;
        tail = &clause->next;
    }
    run->plan.scored = count > 0;
    return RO_OK;
}

/* The article itself is found first or nearly: it is taken out. */
static void drop_itself(ro_run *run, ro_doc doc) {
    size_t kept = 0;
    for (size_t i = 0; i < run->found.hit_count; i++) {
        if (run->found.hits[i].doc != doc) {
            run->found.hits[kept++] = run->found.hits[i];
        }
    }
    run->found.total -= run->found.total > 0;
    run->count = kept < run->request->limit ? kept : run->request->limit;
}

static ro_status answer_json(const ro_run *run, ro_str id, json_t **answer, ro_error *err) {
    bool memory = false;
    json_t *object = json_object(), *query = json_object(), *words = json_array();
    json_t *hits = json_array();
    ro_json_set(object, "query", query, &memory);
    ro_json_set(query, "article", ro_json_string(id), &memory);
    ro_json_set(query, "words", words, &memory);
    for (const ro_clause *clause = run->plan.clauses; clause; clause = clause->next) {
        ro_json_append(words, ro_json_string(clause->text), &memory);
    }
    ro_json_set(object, "total", ro_run_total_json(run, &memory), &memory);
    ro_json_set(object, "took_ms", json_null(), &memory);
    ro_json_set(object, "hits", hits, &memory);
    ro_status status = memory ? ro_fail_memory(err) : ro_run_hits(run, hits, err);
    ro_json_set(object, "took_ms", ro_json_took(run->started_ns), &memory);
    status = status == RO_OK && memory ? ro_fail_memory(err) : status;
    *answer = status == RO_OK ? object : NULL;
    if (status != RO_OK) {
        json_decref(object);
    }
    return status;
}

ro_status ro_searcher_similar(ro_searcher *s, ro_str id, const ro_request *request, json_t **answer,
                              ro_error *err) {
    ro_run run = {.searcher = s, .request = request, .started_ns = ro_now_ns()};
    ro_doc doc;
    ro_article article;
    term *terms;
    size_t count;
    ro_match *match;
    *answer = NULL;
    ro_arena_reset(&s->arena);
    ro_status status = ro_run_check(request, err);
    if (status == RO_OK) {
        status = ro_snapshot_find(s->snapshot, id, &doc, err);
    }
    if (status == RO_OK) {
        status = ro_snapshot_article(s->snapshot, doc, true, &s->arena, &article, err);
    }
    if (status == RO_OK) {
        status = find_terms(s, &article, request->deadline, &terms, &count, err);
    }
    if (status == RO_OK) {
        status = add_clauses(&run, terms, count, err);
    }
    if (status == RO_OK) {
        status = ro_query_plan_match(&run.plan, 0, &s->arena, &match, err);
    }
    if (status == RO_OK) {
        run.search = (ro_search){.match = match,
                                 .rank = RO_RANK_DEFAULT,
                                 .sort = RO_SORT_SCORE,
                                 .k = request->limit + 1,
                                 .count_to = 1000,
                                 .deadline = request->deadline};
        run.search.rank.near_weight = 0; /* the words have no order */
        status = ro_snapshot_search(s->snapshot, &run.search, &s->arena, &run.found, err);
    }
    if (status != RO_OK) {
        return status;
    }
    drop_itself(&run, doc);
    return answer_json(&run, id, answer, err);
}
