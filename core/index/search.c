#include "search.h"
#include "facet.h"
#include "look.h"
#include "segment/run.h"
#include "segment/set.h"
#include "snapshot.h"
#include "top.h"

#include <math.h>
#include <stdlib.h>

#define COUNTED_MAX 256 /* documents whose values are counted at a time */
#define CLOCK_EVERY 64  /* documents between looks at the clock */
#define HITS_FEW 128    /* so many are kept apart by group without a table, or scored one by one */

/* One search over the leaves of a snapshot. */
typedef struct searching {
    const ro_search *search;
    const ro_columns *columns;
    const ro_scorer *scorer;
    ro_evaluator *evaluator;
    ro_top top;
    bool lists; /* of values, are looked at */
    ro_facet_counter facets;
    ro_groups *groups;
    bool collapses;
    bool sets;          /* tell which documents of sealed leaves match */
    bool prunes;        /* the best of each group are kept by `top`, not by `best` */
    uint64_t *met;      /* bit a number of a group */
    ro_collapse best;   /* of each group, when it collapses */
    ro_members members; /* all of them, when facets are counted */
    int64_t total;
    bool total_exact;
    uint8_t *visited; /* bit a document, when the rest is to be looked at too; else NULL */
    unsigned since_clock;
} searching;

/* What has no group is one by itself. */
static int64_t group_of(void *context, ro_doc doc) {
    searching *s = context;
    ro_list list = s->lists ? ro_columns_list(s->columns, doc) : (ro_list){NULL, 0};
    int64_t group = ro_groups_of(s->groups, s->search->kind, doc, list);
    return group ? group : -doc;
}

static size_t documents_of(const searching *s) {
    return s->columns->chunk_count * RO_CHUNK_DOCS;
}

/* Counts its group, and its values with those of the group. */
static ro_status count_grouped(searching *s, ro_doc doc) {
    ro_list list = s->lists ? ro_columns_list(s->columns, doc) : (ro_list){NULL, 0};
    size_t number;
    if (!ro_groups_number(s->groups, s->search->kind, doc, list, documents_of(s), &number)) {
        return RO_MEMORY;
    }
    uint64_t bit = UINT64_C(1) << (number % 64);
    s->total += !(s->met[number / 64] & bit);
    s->met[number / 64] |= bit;
    return !s->search->facets || ro_members_add(&s->members, number, doc) ? RO_OK : RO_MEMORY;
}

static ro_status take_grouped(searching *s, ro_hit hit) {
    hit.group = group_of(s, hit.doc);
    bool taken =
        s->prunes ? ro_top_add(&s->top, &hit) : ro_collapse_add(&s->best, s->search->sort, &hit);
    ro_status status = taken ? count_grouped(s, hit.doc) : RO_MEMORY;
    return status ? status : ro_evaluator_status(s->evaluator);
}

/* A document that cannot come into the heap is not scored. Documents come in ascending order, so
 * one that can only tie with the worst of the heap is not wanted either. */
static bool cannot_enter(searching *s, ro_doc doc, const ro_record *record) {
    if (!s->search->k) {
        return true;
    }
    ro_hit hit = {.doc = doc, .published = record->published};
    if (s->search->sort == RO_SORT_SCORE) {
        if (s->top.count < s->top.k) {
            return false;
        }
        hit.score = ro_evaluator_bound(s->evaluator);
        return !ro_hit_before(RO_SORT_SCORE, &hit, &s->top.hits[0]);
    }
    return !ro_top_wants(&s->top, &hit);
}

static ro_status take_document(searching *s, ro_doc doc, const ro_postings *postings) {
    const ro_record *record = ro_columns_get(s->columns, doc);
    if (++s->since_clock >= CLOCK_EVERY) {
        s->since_clock = 0;
        if (ro_deadline_passed(s->search->deadline)) {
            return RO_DEADLINE;
        }
    }
    if (!record) {
        return RO_OK;
    }
    ro_list list = {NULL, 0};
    ro_evaluator_next(s->evaluator, record, postings);
    if (s->lists) {
        list = ro_columns_list(s->columns, doc);
        ro_evaluator_set_list(s->evaluator, list);
    }
    if (!ro_evaluator_matches(s->evaluator)) {
        return ro_evaluator_status(s->evaluator);
    }
    if (s->search->facets && !s->collapses) {
        ro_facet_counter_add(&s->facets, record, list);
    }
    if (s->collapses) {
        ro_hit hit = {.doc = doc,
                      .score = ro_evaluator_score(s->evaluator, 0),
                      .published = record->published};
        return take_grouped(s, hit);
    }
    s->total++;
    if (cannot_enter(s, doc, record)) {
        return RO_OK;
    }
    bool full = s->search->sort == RO_SORT_SCORE && s->top.count == s->top.k;
    ro_hit hit = {.doc = doc,
                  .score = ro_evaluator_score(s->evaluator, full ? s->top.hits[0].score : 0),
                  .published = record->published,
                  .articles = 1};
    return ro_top_add(&s->top, &hit) ? ro_evaluator_status(s->evaluator) : RO_MEMORY;
}

static ro_status visit(void *context, ro_doc doc, const ro_postings *postings) {
    searching *s = context;
    if (s->visited && doc > 0 && (size_t)doc < documents_of(s)) {
        s->visited[(size_t)doc / 8] |= (uint8_t)(1u << ((size_t)doc % 8));
    }
    return take_document(s, doc, postings);
}

/* The documents that hold none of the terms. */
static ro_status take_rest(searching *s, ro_error *err) {
    for (size_t chunk = 0; chunk < s->columns->chunk_count; chunk++) {
        if (!s->columns->chunks[chunk]) {
            continue;
        }
        for (size_t i = 0; i < RO_CHUNK_DOCS; i++) {
            size_t doc = chunk * RO_CHUNK_DOCS + i;
            if (doc % 8 == 0 && s->visited[doc / 8] == UINT8_MAX) {
                i += 7;
                continue;
            }
            if (s->columns->chunks[chunk]->records[i].live &&
                !(s->visited[doc / 8] >> (doc % 8) & 1)) {
                ro_status status = take_document(s, (ro_doc)doc, NULL);
                if (status) {
                    return ro_fail(err, status, "the search stopped: %s", ro_status_name(status));
                }
            }
        }
    }
    return RO_OK;
}

static void count_facets(void *context, ro_doc doc, const ro_record *record) {
    searching *s = context;
    ro_list list = {NULL, 0};
    if (s->lists) {
        list = ro_columns_list(s->columns, doc);
    }
    ro_facet_counter_add(&s->facets, record, list);
}

/* A group counts once for each value that one of its hits has. */
static void count_member(void *context, ro_doc doc, bool first) {
    searching *s = context;
    s->facets.unit += first;
    count_facets(s, doc, ro_columns_get(s->columns, doc));
}

/* Counts the documents of a set, and their values: some at a time, of which neighbours have much in
 * common. */
static int64_t count_set(searching *s, const ro_segment *segment, const uint64_t *set) {
    const ro_record *records[COUNTED_MAX];
    ro_list lists[COUNTED_MAX] = {{NULL, 0}};
    int64_t total = 0;
    size_t count = 0;
    for (uint32_t first = 0; first <= segment->count; first += 64) {
        for (uint64_t bits = set[first / 64]; bits; bits &= bits - 1) {
            ro_doc doc = ro_segment_doc(segment, first + (uint32_t)__builtin_ctzll(bits));
            if (s->lists) {
                lists[count] = ro_columns_list(s->columns, doc);
            }
            records[count++] = ro_columns_at(s->columns, doc);
        }
        if (count > COUNTED_MAX - 64 || first + 64 > segment->count) {
            ro_facet_counter_add_all(&s->facets, records, lists, count);
            total += (int64_t)count;
            count = 0;
        }
    }
    return total;
}

/* Takes the documents of a set one by one. */
static ro_status take_each(searching *s, const ro_segment *segment, const uint64_t *set,
                           ro_status (*take)(searching *s, ro_doc doc)) {
    ro_ticker ticker = {.deadline = s->search->deadline};
    ro_status status = RO_OK;
    for (uint32_t first = 0; first <= segment->count; first += 64) {
        for (uint64_t bits = set[first / 64]; bits && !status; bits &= bits - 1) {
            ro_doc doc = ro_segment_doc(segment, first + (uint32_t)__builtin_ctzll(bits));
            status = ro_ticker_late(&ticker, 64) ? RO_DEADLINE : take(s, doc);
        }
    }
    return status;
}

/* Into the first by date; those that stay are scored at the end. */
static ro_status pick_by_date(searching *s, ro_doc doc) {
    ro_hit hit = {.doc = doc,
                  .score = NAN,
                  .published = ro_columns_at(s->columns, doc)->published,
                  .articles = 1};
    return ro_top_add(&s->top, &hit) ? RO_OK : RO_MEMORY;
}

static void mark_visited(searching *s, const ro_segment *segment) {
    for (uint32_t i = 0; i < segment->count; i++) {
        ro_doc doc = ro_segment_doc(segment, i);
        if ((size_t)doc < documents_of(s)) {
            s->visited[(size_t)doc / 8] |= (uint8_t)(1u << ((size_t)doc % 8));
        }
    }
}

/* Counts all documents that match, and takes the first of them by date. */
static ro_status take_set(searching *s, ro_leaf_search *leaf, ro_arena *arena, ro_error *err) {
    const ro_search *search = s->search;
    uint64_t *set;
    ro_status status = ro_set_make(leaf, arena, &set, err);
    if (status) {
        return status;
    }
    if (s->visited) {
        mark_visited(s, leaf->segment);
    }
    if (s->collapses) {
        status = take_each(s, leaf->segment, set, count_grouped);
        leaf->total = s->total;
    } else {
        leaf->total += count_set(s, leaf->segment, set);
    }
    if (!status && search->k && search->sort != RO_SORT_SCORE) {
        status = take_each(s, leaf->segment, set, pick_by_date);
    }
    return status ? ro_fail(err, status, "the search stopped: %s", ro_status_name(status)) : RO_OK;
}

/* Where all documents are counted and sets tell which they are, the best of them are searched for
 * without looking at the others. */
static ro_status search_leaf(searching *s, ro_leaf_search *leaf, ro_arena *arena, ro_error *err) {
    if (leaf->count_to < INT64_MAX || !s->sets) {
        return ro_leaf_search_run(leaf, arena, err);
    }
    ro_status status = take_set(s, leaf, arena, err);
    ro_leaf_search best = *leaf;
    best.match = NULL;
    best.count_to = 0;
    bool ranks = s->search->k && s->search->sort == RO_SORT_SCORE;
    return status || !ranks ? status : ro_leaf_search_run(&best, arena, err);
}

/* The sealed leaves, without looking at all of their documents. */
static ro_status search_sealed(ro_snapshot *snapshot, searching *s, ro_plan *plan, ro_arena *arena,
                               ro_error *err) {
    const ro_search *search = s->search;
    bool exact = search->facets || search->count_to <= 0 || s->collapses || s->visited;
    ro_leaf_search leaf = {.columns = s->columns,
                           .bounds = &snapshot->bounds,
                           .plan = plan,
                           .scorer = s->scorer,
                           .evaluator = s->evaluator,
                           .top = &s->top,
                           .count_to = exact ? INT64_MAX : search->count_to,
                           .deadline = search->deadline,
                           .match = search->facets ? count_facets : NULL,
                           .context = s,
                           .total = s->total,
                           .total_exact = true};
    ro_status status = RO_OK;
    for (size_t i = 0; !status && i < snapshot->leaves.count; i++) {
        ro_leaf *at = &snapshot->leaves.at[i];
        if (at->kind == search->kind) {
            leaf.segment = at->segment;
            status = ro_leaf_live(at, s->columns, &leaf.live, err);
            status = status ? status : search_leaf(s, &leaf, arena, err);
        }
    }
    s->total = leaf.total;
    s->total_exact = leaf.total_exact;
    return status;
}

/* Whether sets tell all that is to be known of the documents that match. The best of a group is not
 * known before the last document where more than a few are wanted; and of documents without words
 * the first form of a person is looked for in their order. */
static bool sets_suffice(const searching *s, const ro_plan *plan, bool rest) {
    const ro_search *search = s->search;
    bool few = search->k <= HITS_FEW;
    bool ranks = search->k && search->sort == RO_SORT_SCORE;
    bool grouped = few && !search->after && !(rest && s->facets.people);
    return ro_set_tells(plan) && (ranks ? !rest : few) && (!s->collapses || grouped);
}

static ro_status run(ro_snapshot *snapshot, searching *s, ro_plan *plan, ro_arena *arena,
                     ro_error *err) {
    ro_expression expression;
    ro_look l = {.snapshot = snapshot,
                 .search = s->search,
                 .plan = plan,
                 .arena = arena,
                 .visit = visit,
                 .context = s};
    ro_status status = ro_expression_make(plan, arena, &expression, err);
    if (!status && expression.rest) {
        s->visited = ro_arena_alloc(arena, s->columns->chunk_count * (RO_CHUNK_DOCS / 8));
        status = s->visited ? RO_OK : ro_fail_memory(err);
    }
    s->sets = !status && sets_suffice(s, plan, expression.rest);
    s->prunes = s->collapses && s->sets;
    s->top.group_of = s->prunes ? group_of : NULL;
    bool all = (expression.rest || s->collapses) && !s->sets;
    bool sealed = !all && (expression.text.len || expression.rest);
    bool first = s->prunes || expression.rest; /* the first form of a person is shown */
    status = status ? status : ro_leaves_usable(&snapshot->leaves, s->search->kind, err);
    if (!status && sealed && first) {
        status = search_sealed(snapshot, s, plan, arena, err);
    }
    status = status ? status : ro_look_run(&l, &expression, all, err);
    if (!status && expression.rest) {
        status = take_rest(s, err);
    } else if (!status && sealed && !first) {
        status = search_sealed(snapshot, s, plan, arena, err);
    }
    /* a file that was cut short meanwhile read as nothing */
    return status ? status : ro_leaves_usable(&snapshot->leaves, s->search->kind, err);
}

/* Lists are loaded by the first search that looks at them. */
static ro_status want_lists(ro_snapshot *snapshot, searching *s, const ro_plan *plan,
                            ro_error *err) {
    ro_collection *collection;
    s->lists = plan->lists || s->facets.lists || s->search->kind == RO_KIND_PARTICIPANTS;
    return s->lists ? ro_snapshot_collection(snapshot, s->search->kind, true, &collection, err)
                    : RO_OK;
}

/* Which groups the hits are of, and how many articles tell of each. */
static ro_status name_groups(ro_snapshot *snapshot, searching *s, ro_found *out, ro_error *err) {
    ro_kind kind = s->search->kind;
    ro_status status = RO_OK;
    for (size_t i = 0; ro_kind_has_groups(kind) && !status && i < out->hit_count; i++) {
        ro_hit *hit = &out->hits[i];
        ro_list list = s->lists ? ro_columns_list(s->columns, hit->doc) : (ro_list){NULL, 0};
        hit->group = ro_groups_of(s->groups, kind, hit->doc, list);
        const ro_hit *same = out->hits;
        while (same->group != hit->group) { /* itself, unless another told already */
            same++;
        }
        hit->articles = same->articles;
        bool alone = kind != RO_KIND_PARTICIPANTS && !ro_merge_map_has(&s->groups->map, hit->group);
        if (same == hit && alone) {
            hit->articles = 1;
        } else if (same == hit) {
            status = ro_merge_articles(snapshot->db, kind, hit->group, &hit->articles, err);
        }
    }
    return status;
}

/* A document that is scored by itself. */
typedef struct scoring {
    searching *s;
    double score;
    bool visited;
} scoring;

static ro_status score(void *context, ro_doc doc, const ro_postings *postings) {
    scoring *of = context;
    searching *s = of->s;
    of->visited = true;
    ro_evaluator_next(s->evaluator, ro_columns_at(s->columns, doc), postings);
    if (s->lists) {
        ro_evaluator_set_list(s->evaluator, ro_columns_list(s->columns, doc));
    }
    of->score = ro_evaluator_matches(s->evaluator) ? ro_evaluator_score(s->evaluator, 0) : 0;
    return ro_evaluator_status(s->evaluator);
}

/* Those of sealed leaves that were picked by date. */
static ro_status score_hits(ro_snapshot *snapshot, searching *s, const ro_plan *plan,
                            ro_arena *arena, ro_found *out, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; i < out->hit_count && !status; i++) {
        ro_hit *hit = &out->hits[i];
        scoring of = {.s = s};
        for (size_t l = 0; isnan(hit->score) && l < snapshot->leaves.count && !status; l++) {
            const ro_leaf *leaf = &snapshot->leaves.at[l];
            if (leaf->kind == s->search->kind) {
                status = ro_segment_run(leaf->segment, plan, hit->doc, s->search->deadline, score,
                                        &of, arena, err);
            }
        }
        if (!status && isnan(hit->score)) {
            status = of.visited ? RO_OK : score(&of, hit->doc, NULL);
            hit->score = of.score;
        }
    }
    return status;
}

static ro_status finish(ro_snapshot *snapshot, searching *s, ro_arena *arena, ro_found *out,
                        ro_error *err) {
    if (s->collapses && !s->prunes && !ro_collapse_finish(&s->best, &s->top)) {
        return ro_fail_memory(err);
    }
    out->total = s->total_exact ? s->total : s->search->count_to;
    out->total_exact = s->total_exact;
    out->hit_count = s->top.count;
    ro_status status = RO_OK;
    if (s->members.count) {
        status = ro_members_visit(&s->members, ro_groups_numbers(s->groups, documents_of(s)),
                                  s->search->deadline, count_member, s, err);
    }
    status = status ? status : ro_top_finish(&s->top, arena, &out->hits, err);
    status = status ? status : name_groups(snapshot, s, out, err);
    return status ? status : ro_facet_counter_finish(&s->facets, arena, out, err);
}

static ro_status load_groups(ro_snapshot *snapshot, searching *s, ro_arena *arena, ro_error *err) {
    ro_kind kind = s->search->kind;
    if (!ro_kind_has_groups(kind)) {
        return RO_OK;
    }
    ro_status status = ro_snapshot_groups(snapshot, kind, &s->groups, err);
    if (!status && s->collapses) {
        size_t numbers = ro_groups_numbers(s->groups, documents_of(s));
        s->met = ro_arena_alloc_array(arena, numbers / 64 + 1, sizeof *s->met);
        status = s->met ? RO_OK : ro_fail_memory(err);
    }
    return status;
}

ro_status ro_search_all(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                        ro_found *out, ro_error *err) {
    ro_collection *collection;
    *out = (ro_found){0};
    ro_status status = ro_snapshot_collection(snapshot, search->kind, false, &collection, err);
    if (status) {
        return status;
    }
    ro_plan plan = {0};
    ro_scorer scorer;
    ro_plan_source source = {&scorer, &collection->lexicon, snapshot};
    searching s = {.search = search,
                   .columns = &collection->columns,
                   .collapses = search->collapse && ro_kind_has_groups(search->kind),
                   .scorer = &scorer,
                   .total_exact = true,
                   .since_clock = CLOCK_EVERY - 1,
                   .top = {.sort = search->sort, .k = search->k, .after = search->after}};
    s.top.context = &s;
    ro_scorer_init(&scorer, &search->rank, &collection->columns.totals);
    if (!(status = ro_facet_counter_init(&s.facets, search->facets, s.collapses, snapshot,
                                         &collection->columns.totals, arena, err)) &&
        !(status = ro_plan_make(search->match, &source, arena, &plan, err)) &&
        !(status = ro_evaluator_make(&plan, &scorer, search->deadline, &s.evaluator, err)) &&
        !(status = want_lists(snapshot, &s, &plan, err)) &&
        !(status = load_groups(snapshot, &s, arena, err)) &&
        !(status = run(snapshot, &s, &plan, arena, err))) {
        status = finish(snapshot, &s, arena, out, err);
        status = status ? status : score_hits(snapshot, &s, &plan, arena, out, err);
    }
    ro_evaluator_release(s.evaluator);
    ro_plan_release(&plan);
    ro_top_release(&s.top);
    ro_collapse_release(&s.best);
    ro_members_release(&s.members);
    if (status) {
        *out = (ro_found){0};
    }
    return status;
}

ro_status ro_snapshot_search(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                             ro_found *out, ro_error *err) {
    bool told_again = search->kind == RO_KIND_ARTICLES || search->kind == RO_KIND_STATEMENTS;
    bool copies = told_again && search->collapse && search->k;
    return copies ? ro_search_without_copies(snapshot, search, arena, out, err)
                  : ro_search_all(snapshot, search, arena, out, err);
}
