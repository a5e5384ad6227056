/* Facets beside a filter: what a facet's own selection leaves out is still counted, so that a
 * reader who chose one source sees what the others would give. */
#include "searcher.h"

static const struct {
    unsigned facet;
    const char *name;
    ro_column column; /* that a selection of it restricts */
} facets[RO_FACETS] = {{RO_FACET_SOURCE, "source", RO_COLUMN_SOURCE},
                       {RO_FACET_LANGUAGE, "language", RO_COLUMN_LANGUAGE},
                       {RO_FACET_YEAR, "year", RO_COLUMN_PUBLISHED},
                       {RO_FACET_MONTH, "month", RO_COLUMN_PUBLISHED},
                       {RO_FACET_SIDE, "side", RO_COLUMN_SIDE},
                       {RO_FACET_ROLE, "role", RO_COLUMN_ROLE},
                       {RO_FACET_STATUS, "status", RO_COLUMN_STATUS},
                       {RO_FACET_BY, "by", RO_COLUMN_BY},
                       {RO_FACET_SPEAKER, "speaker", RO_COLUMN_SPEAKER},
                       {RO_FACET_PERSON, "person", RO_COLUMN_PERSON},
                       {RO_FACET_PLACE, "place", RO_COLUMN_PLACE},
                       {RO_FACET_HOST, "host", RO_COLUMN_HOST},
                       {RO_FACET_DAY, "day", RO_COLUMN_PUBLISHED},
                       {RO_FACET_WEEK, "week", RO_COLUMN_PUBLISHED}};

const char *ro_facet_name(unsigned facet) {
    for (size_t i = 0; i < RO_FACETS; i++) {
        if (facets[i].facet == facet) {
            return facets[i].name;
        }
    }
    return "";
}

static unsigned facets_of(ro_column column) {
    unsigned set = 0;
    for (size_t i = 0; i < RO_FACETS; i++) {
        set |= facets[i].column == column ? facets[i].facet : 0;
    }
    return set;
}

static bool selects_one(const ro_syntax *node, ro_column column) {
    return (node->kind == RO_SYNTAX_VALUE || node->kind == RO_SYNTAX_RANGE) &&
           node->sign != RO_SIGN_NOT && node->column == column;
}

/* `source:a`, `source:(a b)`, `source:a OR source:b`; what is forbidden is no selection. */
static bool selects(const ro_syntax *node, ro_column column) {
    if (node->kind != RO_SYNTAX_OR || node->sign == RO_SIGN_NOT) {
        return selects_one(node, column);
    }
    for (const ro_syntax *child = node->first; child; child = child->next) {
        if (!selects_one(child, column)) {
            return false;
        }
    }
    return true;
}

static bool joins(const ro_syntax *tree) {
    return (tree->kind == RO_SYNTAX_SEQUENCE || tree->kind == RO_SYNTAX_AND) &&
           tree->sign != RO_SIGN_NOT;
}

/* The filter without selections of the column; NULL: nothing is left. `found`: there were some. */
static ro_status without(ro_syntax *tree, ro_column column, ro_arena *arena, ro_syntax **out,
                         bool *found, ro_error *err) {
    bool joined = joins(tree);
    ro_syntax *first = NULL, **tail = &first;
    *found = false;
    for (ro_syntax *child = joined ? tree->first : tree; child;
         child = joined ? child->next : NULL) {
        if (selects(child, column)) {
            *found = true;
            continue;
        }
        ro_syntax *copy = ro_arena_alloc(arena, sizeof *copy);
        if (!copy) {
            return ro_fail_memory(err);
        }
        *copy = *child;
        copy->next = NULL;
        *tail = copy;
        tail = &copy->next;
    }
    *out = first;
    if (joined && first) {
        ro_syntax *join = ro_arena_alloc(arena, sizeof *join);
        if (!join) {
            return ro_fail_memory(err);
        }
        *join = *tree;
        join->first = first;
        join->next = NULL;
        *out = join;
    }
    return RO_OK;
}

/* Counts the facets with this filter instead, and puts them in the place of the narrower counts. */
static ro_status recount(ro_run *run, ro_syntax *filter, unsigned which, ro_error *err) {
    ro_arena *arena = &run->searcher->arena;
    ro_report unread = {.arena = arena, .in = "filter"}; /* repairs were told the first time */
    ro_query_plan plan = run->plan;
    ro_planner planner;
    ro_found found;
    ro_search search = run->search;
    ro_match *match;
    ro_run_planner(run, &planner);
    planner.plan = &plan;
    planner.report = &unread;
    plan.filter = NULL;
    ro_status status = ro_query_plan_filter(&planner, filter, !filter, err);
    if (status == RO_OK) {
        status = ro_query_plan_match(&plan, run->cursor.required, arena, &match, err);
    }
    if (status == RO_OK) {
        search.match = match;
        search.facets = which;
        search.k = 0;
        search.after = NULL;
        status = ro_snapshot_search(run->searcher->snapshot, &search, arena, &found, err);
    }
    for (size_t i = 0; status == RO_OK && i < run->found.facet_count; i++) {
        for (size_t j = 0; j < found.facet_count; j++) {
            if (run->found.facets[i].facet == found.facets[j].facet) {
                run->found.facets[i] = found.facets[j];
            }
        }
    }
    return status;
}

ro_status ro_run_facets(ro_run *run, ro_error *err) {
    unsigned left = run->request->narrow ? 0 : run->request->facets;
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && run->filter_tree && i < RO_FACETS; i++) {
        unsigned which = left & facets_of(facets[i].column);
        ro_syntax *filter = NULL;
        bool found = false;
        left &= ~which;
        if (which) {
            status = without(run->filter_tree, facets[i].column, &run->searcher->arena, &filter,
                             &found, err);
        }
        if (status == RO_OK && found) {
            run->disjunctive |= which;
            status = recount(run, filter, which, err);
        }
    }
    return status;
}
