#include "searcher.h"

/* match=auto: all words first; while fewer than RO_RELAX_ENOUGH articles match, the least telling
 * word is no longer required. Quotation marks mean what they hold: phrases stay. Counts only grow
 * as words are dropped, so the most words that still give enough are found by halving. Neither what
 * a page shows nor the filter has a say: the set is the same on every page, and a value of a facet
 * finds as many as were counted for it. */

static ro_status evaluate(ro_run *run, const ro_query_plan *plan, size_t required, bool only_count,
                          ro_error *err) {
    ro_search search = run->search;
    if (only_count) {
        search.k = 0;
        search.facets = 0;
    }
    ro_arena *arena = &run->searcher->arena;
    ro_match *match;
    ro_status status = ro_query_plan_match(plan, required, arena, &match, err);
    if (status == RO_OK) {
        search.match = run->search.match = match;
        status = ro_snapshot_search(run->searcher->snapshot, &search, arena, &run->found, err);
    }
    return status;
}

/* By date a list of everything that matches is shown: loosening it would push what was asked for
 * down. So there words are dropped only where nothing matches, however many they are. */
static int64_t enough(const ro_request *request) {
    return request->sort == RO_SORT_SCORE ? RO_RELAX_ENOUGH : 1;
}

/* A question in a sentence: no article has all of its words for their own sake. */
static bool is_question(const ro_run *run) {
    return run->mode == RO_MATCH_MODE_AUTO && run->request->sort == RO_SORT_SCORE &&
           run->plan.relaxable_count > RO_KEYWORDS_MAX;
}

/* A word alone cannot be dropped: it would still be the only one that may match. */
static bool may_relax(const ro_run *run) {
    const ro_query_plan *plan = &run->plan;
    if (run->mode != RO_MATCH_MODE_AUTO || plan->relaxable_count == 0) {
        return false;
    }
    bool others = plan->relaxable_count > 1;
    for (const ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        others |= !clause->relaxable && clause->occur == RO_MUST;
    }
    return others;
}

/* What is required at least. */
static size_t kept(const ro_run *run) {
    return run->request->match == RO_MATCH_MODE_AUTO ? run->plan.phrase_count : 0;
}

/* The most words, `high` or less, that enough articles have all of; 0: none is required. */
static ro_status most_words(ro_run *run, const ro_query_plan *plan, size_t high, int64_t wanted,
                            size_t *required, ro_error *err) {
    ro_status status = RO_OK;
    size_t low = kept(run);
    for (size_t next = high; status == RO_OK && low < high; next = low + (high - low + 1) / 2) {
        status = evaluate(run, plan, next, true, err);
        if (run->found.total >= wanted) {
            low = next;
        } else {
            high = next - 1;
        }
    }
    *required = low;
    return status;
}

static ro_status relax(ro_run *run, const ro_query_plan *plan, size_t high, int64_t wanted,
                       ro_error *err) {
    size_t required;
    ro_status status = most_words(run, plan, high, wanted, &required, err);
    run->cursor.required = (uint32_t)required;
    return status ? status : evaluate(run, &run->plan, required, false, err);
}

ro_status ro_run_search(ro_run *run, ro_error *err) {
    const ro_query_plan *plan = &run->plan;
    if (run->continued) {
        size_t required = run->cursor.required;
        required = required < plan->relaxable_count ? required : plan->relaxable_count;
        return evaluate(run, plan, required, false, err);
    }
    bool any = run->mode == RO_MATCH_MODE_ANY || is_question(run);
    size_t high = any ? kept(run) : plan->relaxable_count;
    if (!any && may_relax(run) && plan->missing_count) {
        high -= plan->missing_count;
    }
    run->cursor.required = (uint32_t)high;
    bool relaxable = may_relax(run) && high > kept(run);
    if (relaxable && plan->filter) {
        ro_query_plan unfiltered = *plan;
        unfiltered.filter = NULL;
        ro_status status = relax(run, &unfiltered, high, enough(run->request), err);
        high = run->cursor.required;
        return status || run->found.total || high == kept(run) ? status
                                                               : relax(run, plan, high - 1, 1, err);
    }
    ro_status status = evaluate(run, plan, high, false, err);
    return status || !relaxable || run->found.total >= enough(run->request)
               ? status
               : relax(run, plan, high - 1, enough(run->request), err);
}
