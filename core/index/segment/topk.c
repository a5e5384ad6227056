#include "finder.h"

#include <math.h>

#define CLOCK_EVERY 16 /* calls between looks at the clock */
#define LEAST_SLACK (1 - 1e-5f)

/* ---- thresholds ----------------------------------------------------------------------------- */

void ro_finder_raise(ro_finder *finder, float low) {
    float least = low * LEAST_SLACK;
    if (finder->prunes && least > finder->least) {
        finder->least = least;
    }
}

static void sink(float *lows, size_t count, float low) {
    size_t at = 0;
    for (size_t child = 1; child < count; child = at * 2 + 1) {
        child += child + 1 < count && lows[child + 1] < lows[child];
        if (lows[child] >= low) {
            break;
        }
        lows[at] = lows[child];
        at = child;
    }
    lows[at] = low;
}

static void add_low(ro_finder *finder, float low) {
    size_t k = finder->search->top->k;
    float *lows = finder->lows;
    if (finder->low_count == k) {
        if (low <= lows[0]) {
            return;
        }
        sink(lows, k, low);
    } else {
        size_t at = finder->low_count++;
        for (; at && lows[(at - 1) / 2] > low; at = (at - 1) / 2) {
            lows[at] = lows[(at - 1) / 2];
        }
        lows[at] = low;
    }
    if (finder->low_count == k) {
        ro_finder_raise(finder, lows[0]);
    }
}

static void add_hit(ro_finder *finder, const ro_hit *hit) {
    ro_top *top = finder->search->top;
    if (!ro_top_add(top, hit)) {
        finder->status = RO_MEMORY;
    } else if (top->count == top->k && top->k) {
        ro_finder_raise(finder, (float)top->hits[0].score);
    }
}

/* ---- documents ------------------------------------------------------------------------------ */

void ro_leaf_search_visit(const ro_leaf_search *search, ro_doc doc, const ro_record *record,
                          const ro_postings *postings) {
    ro_evaluator_next(search->evaluator, record, postings);
    if (search->plan->lists) {
        ro_evaluator_set_list(search->evaluator, ro_columns_list(search->columns, doc));
    }
}

/* NULL when it is not there, or a filter holds it back. */
static const ro_record *find_record(ro_finder *finder, uint32_t number) {
    ro_leaf_search *search = finder->search;
    const ro_record *record =
        ro_columns_get(search->columns, ro_segment_doc(search->segment, number));
    if (!record || !finder->filter_count) {
        return record;
    }
    ro_leaf_search_visit(search, ro_segment_doc(search->segment, number), record, NULL);
    for (size_t i = 0; i < finder->filter_count; i++) {
        ro_plan_node *filter = finder->filters[i];
        if (ro_evaluator_node_matches(search->evaluator, filter) ==
            (filter->occur == RO_MUST_NOT)) {
            return NULL;
        }
    }
    return record;
}

/* What the columns of a document add to its score. */
static float worth_of(ro_finder *finder, uint32_t number, const ro_record *record) {
    ro_leaf_search *search = finder->search;
    float sum = 0;
    if (finder->worth_count) {
        ro_leaf_search_visit(search, ro_segment_doc(search->segment, number), record, NULL);
    }
    for (size_t i = 0; i < finder->worth_count; i++) {
        const ro_worth *worth = &finder->worths[i];
        bool matches = ro_evaluator_node_matches(search->evaluator, worth->column);
        sum += matches ? worth->brings : 0;
    }
    return sum;
}

static void count_match(ro_finder *finder, ro_doc doc, const ro_record *record) {
    ro_leaf_search *search = finder->search;
    search->total++;
    if (search->match && finder->counting) {
        search->match(search->context, doc, record);
    }
}

static bool is_wanted(const ro_finder *finder, ro_doc doc, const ro_record *record, float bound) {
    const ro_top *top = finder->search->top;
    if (top->sort == RO_SORT_SCORE) {
        return bound >= finder->least;
    }
    ro_hit hit = {.doc = doc, .published = record->published};
    return ro_top_wants(top, &hit);
}

static void tell(ro_finder *finder, const ro_times *times) {
    ro_evaluator *evaluator = finder->search->evaluator;
    for (size_t i = 0; i < finder->told; i++) {
        const uint32_t tf[RO_FIELD_COUNT] = {times[i].title, times[i].all - times[i].title};
        if (times[i].all != RO_TIMES_UNKNOWN && finder->phrase) {
            ro_evaluator_set_phrase(evaluator, finder->phrase, tf);
        } else if (times[i].all != RO_TIMES_UNKNOWN) {
            ro_evaluator_set_count(evaluator, finder->terms[i], tf);
        }
    }
}

static void evaluate(ro_finder *finder, const ro_waiting *found) {
    ro_leaf_search *search = finder->search;
    uint32_t number = found->number;
    float bound = found->bound;
    ro_evaluator *evaluator = search->evaluator;
    bool counts = !finder->certain && finder->counting;
    if (!counts && finder->prunes && bound < finder->least) {
        return;
    }
    ro_doc doc = ro_segment_doc(search->segment, number);
    const ro_record *record = ro_columns_get(search->columns, doc);
    if (!record || (!counts && !is_wanted(finder, doc, record, bound))) {
        return;
    }
    ro_lookup_go(&finder->lookup, number);
    ro_leaf_search_visit(search, doc, record, &finder->lookup.postings);
    tell(finder, found->times);
    if (!ro_evaluator_matches(evaluator)) {
        return;
    }
    if (!finder->certain) {
        count_match(finder, doc, record);
    }
    bool falls_short = finder->least > 0 && ro_evaluator_bound(evaluator) < (double)finder->least;
    if (!falls_short && is_wanted(finder, doc, record, bound)) {
        ro_hit hit = {.doc = doc, .published = record->published, .articles = 1};
        double least = finder->least > 0 ? (double)finder->least : 0;
        hit.score = ro_evaluator_score(evaluator, least);
        add_hit(finder, &hit);
    }
}

/* Drops what has fallen behind since it was taken and puts the rest in order; their records come
 * into the cache. */
static void sift(ro_finder *finder) {
    ro_leaf_search *search = finder->search;
    bool counts = !finder->certain && finder->counting;
    size_t kept = 0;
    for (size_t i = 0; i < finder->waiting_count; i++) {
        if (counts || !finder->prunes || finder->waiting[i].bound >= finder->least) {
            ro_waiting found = finder->waiting[i];
            __builtin_prefetch(
                ro_columns_at(search->columns, ro_segment_doc(search->segment, found.number)));
            size_t at = kept++;
            for (; at && finder->waiting[at - 1].number > found.number; at--) {
                finder->waiting[at] = finder->waiting[at - 1];
            }
            finder->waiting[at] = found;
        }
    }
    finder->waiting_count = kept;
}

static void flush(ro_finder *finder) {
    sift(finder);
    for (size_t i = 0; i < finder->waiting_count && !finder->status; i++) {
        evaluate(finder, &finder->waiting[i]);
    }
    finder->waiting_count = 0;
    if (!finder->status) {
        finder->status = ro_evaluator_status(finder->search->evaluator);
    }
}

static void make_room(ro_finder *finder) {
    sift(finder);
    if (finder->waiting_count > finder->room / 2) {
        flush(finder);
    }
}

static float recency_of(const ro_finder *finder, const ro_record *record) {
    return (float)ro_scorer_recency(finder->search->scorer, record->published);
}

static bool is_live(const ro_finder *finder, uint32_t number) {
    const uint64_t *live = finder->search->live;
    return !live || live[number / 64] >> (number % 64) & 1;
}

void ro_finder_probe(ro_finder *finder, uint32_t number, float low) {
    if (finder->plain) {
        if (is_live(finder, number)) {
            add_low(finder, low);
        }
        return;
    }
    const ro_record *record = find_record(finder, number);
    if (record) {
        add_low(finder, low * recency_of(finder, record));
    }
}

/* Its record, or where that is, which sift will ask for: soon it is looked at. */
static void fetch(const ro_leaf_search *search, uint32_t number) {
    const ro_segment *segment = search->segment;
    if (segment->dense) {
        __builtin_prefetch(ro_columns_at(search->columns, ro_segment_doc(segment, number)));
    } else {
        __builtin_prefetch(&segment->docs[number]);
    }
}

void ro_finder_keep(ro_finder *finder, uint32_t number, float bound, float low,
                    const ro_times *times) {
    if (low > 0 && finder->lows) {
        add_low(finder, low);
    }
    ro_waiting *found = &finder->waiting[finder->waiting_count++];
    fetch(finder->search, number);
    found->number = number;
    found->bound = bound;
    for (size_t i = 0; i < finder->told; i++) {
        found->times[i] = times[i];
    }
    if (finder->waiting_count == finder->room) {
        make_room(finder);
    }
}

bool ro_finder_wants(ro_finder *finder, uint32_t number, float *bound, float *low) {
    ro_leaf_search *search = finder->search;
    bool counts = !finder->certain && finder->counting;
    if (finder->plain) {
        bool wanted = *bound >= finder->least;
        bool looks = (wanted || finder->counting) && is_live(finder, number);
        search->total += looks && finder->certain;
        return looks && (wanted || counts);
    }
    ro_doc doc = ro_segment_doc(search->segment, number);
    const ro_record *record = find_record(finder, number);
    if (!record) {
        return false;
    }
    float worth = worth_of(finder, number, record);
    *bound += worth;
    *low += worth;
    if (search->scorer->rank.half_life_days > 0) {
        float recency = recency_of(finder, record);
        *bound *= recency * (2 - LEAST_SLACK);
        *low *= recency;
    }
    if (finder->certain) {
        count_match(finder, doc, record);
    }
    return counts || is_wanted(finder, doc, record, *bound);
}

void ro_finder_take(ro_finder *finder, uint32_t number, float bound, float low,
                    const ro_times *times) {
    if (ro_finder_wants(finder, number, &bound, &low)) {
        ro_finder_keep(finder, number, bound, low, times);
    }
}

bool ro_finder_holds(const ro_finder *finder, const ro_plan_node *word) {
    const ro_segment_list *lists = finder->lookup.lists;
    bool holds = word->kind == RO_MATCH_TERM &&
                 (lists[word->term].df || (word->exact && lists[word->form].df));
    for (size_t i = 0; !holds && i < word->child_count; i++) {
        holds = ro_finder_holds(finder, &word->children[i]);
    }
    return holds;
}

bool ro_finder_goes_on(ro_finder *finder) {
    finder->counting &= finder->search->total < finder->search->count_to;
    if (++finder->since_clock >= CLOCK_EVERY) {
        finder->since_clock = 0;
        if (ro_deadline_passed(finder->search->deadline)) {
            finder->status = RO_DEADLINE;
        }
    }
    return !finder->status;
}

/* ---- the search ----------------------------------------------------------------------------- */

static bool same_scorer(const ro_scorer *a, const ro_scorer *b) {
    bool same = true;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        same &= a->rank.b[f] == b->rank.b[f] && a->slope[f] == b->slope[f] &&
                a->weight[f] == b->weight[f];
    }
    return same;
}

static const ro_impact_table *find_table(ro_bounds *bounds, const ro_scorer *scorer) {
    if (!bounds->made || !same_scorer(&bounds->scorer, scorer)) {
        bounds->scorer = *scorer;
        bounds->made = true;
        ro_impact_table_make(scorer, &bounds->table);
    }
    return &bounds->table;
}

static ro_status prepare(ro_finder *finder, ro_error *err) {
    ro_leaf_search *search = finder->search;
    const ro_plan *plan = search->plan;
    const ro_top *top = search->top;
    ro_arena *arena = finder->arena;
    bool by_score = top->sort == RO_SORT_SCORE;
    bool lows = by_score && top->k && !top->after && !top->group_of;
    finder->filters =
        (ro_plan_node **)ro_arena_alloc_array(arena, plan->node_count, sizeof(void *));
    finder->worths = ro_arena_alloc_array(arena, plan->node_count, sizeof *finder->worths);
    finder->lows = lows ? ro_arena_alloc_array(arena, top->k, sizeof *finder->lows) : NULL;
    if (!finder->filters || !finder->worths || (lows && !finder->lows)) {
        return ro_fail_memory(err);
    }
    finder->table = find_table(search->bounds, search->scorer);
    finder->room = 1;
    finder->prunes = by_score;
    finder->plain = by_score && !search->match && search->scorer->rank.half_life_days <= 0;
    finder->least = by_score && !top->k ? INFINITY : -1;
    if (by_score && top->k && top->count == top->k) {
        ro_finder_raise(finder, (float)top->hits[0].score);
    }
    return ro_lookup_init(&finder->lookup, search->segment, plan, arena, err);
}

ro_status ro_leaf_search_run(ro_leaf_search *search, ro_arena *arena, ro_error *err) {
    ro_finder finder;
    memset(&finder, 0, offsetof(ro_finder, waiting));
    finder.search = search;
    finder.arena = arena;
    finder.counting = search->total < search->count_to;
    ro_status status = prepare(&finder, err);
    if (status) {
        return status;
    }
    if (ro_deadline_passed(search->deadline)) {
        finder.status = RO_DEADLINE;
    } else if (!ro_flat_run(&finder)) {
        ro_walk_run(&finder);
    }
    flush(&finder);
    search->total_exact &= finder.counting;
    finder.status = finder.status ? finder.status : ro_lookup_status(&finder.lookup);
    return finder.status ? ro_fail(err, finder.status, "the search stopped: %s",
                                   ro_status_name(finder.status))
                         : RO_OK;
}
