#include "searcher.h"

/* match=auto: all words first; while fewer articles match than a page holds, the least telling word
 * is no longer required. Counts only grow as words are dropped, so the most words that still give
 * enough are found by halving. */

static ro_status evaluate(ro_run *run, size_t required, size_t k, ro_error *err) {
    ro_search search = run->search;
    search.k = k;
    if (k == 0) {
        search.facets = 0;
    }
    ro_arena *arena = &run->searcher->arena;
    ro_match *match;
    ro_status status = ro_query_plan_match(&run->plan, required, arena, &match, err);
    if (status == RO_OK) {
        search.match = run->search.match = match;
        status = ro_snapshot_search(run->searcher->snapshot, &search, arena, &run->found, err);
    }
    return status;
}

/* Newest first is a list of everything that matches: loosening it would push what was asked for
 * down. So there words are dropped only where nothing matches. */
static int64_t enough(const ro_request *request) {
    return request->sort != RO_SORT_SCORE || request->limit == 0 ? 1 : (int64_t)request->limit;
}

static bool may_relax(const ro_run *run) {
    const ro_query_plan *plan = &run->plan;
    return run->request->match == RO_MATCH_MODE_AUTO &&
           (plan->relaxable_count > 1 ||
            (plan->relaxable_count && plan->relaxable[0]->loose_count));
}

ro_status ro_run_search(ro_run *run, ro_error *err) {
    const ro_query_plan *plan = &run->plan;
    size_t k = run->search.k;
    if (run->continued) {
        size_t required = run->cursor.required;
        required = required < plan->relaxable_count ? required : plan->relaxable_count;
        return evaluate(run, required, k, err);
    }
    size_t high = run->request->match == RO_MATCH_MODE_ANY ? 0 : plan->relaxable_count;
    if (may_relax(run) && plan->missing_count) {
        high -= plan->missing_count;
    }
    run->cursor.required = (uint32_t)high;
    ro_status status = evaluate(run, high, k, err);
    if (status != RO_OK || !may_relax(run) || high == 0 ||
        run->found.total >= enough(run->request)) {
        return status;
    }
    size_t low = 0; /* `low` words give enough, or none is required; `high` are too many */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        status = evaluate(run, middle, 0, err);
        if (status != RO_OK) {
            return status;
        }
        if (run->found.total >= enough(run->request)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    run->cursor.required = (uint32_t)low;
    return evaluate(run, low, k, err);
}
