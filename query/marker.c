#include "marker.h"

#include <math.h>

typedef struct counts {
    size_t leaves, concepts;
} counts;

static bool is_group(const ro_match *match) {
    return match->kind == RO_MATCH_BOOL;
}

static bool has_terms(const ro_match *match) {
    return match->kind >= RO_MATCH_TERM && match->kind <= RO_MATCH_BOOL;
}

static void count_nodes(const ro_match *match, bool inside, counts *c) {
    c->leaves += match->kind == RO_MATCH_TERM;
    c->concepts += !inside && !is_group(match);
    for (size_t i = 0; i < match->child_count; i++) {
        count_nodes(match->children[i], inside || !is_group(match), c);
    }
}

size_t ro_marker_slot(const ro_marker *marker, ro_str term, bool exact) {
    size_t mask = marker->slot_count - 1;
    size_t slot = (ro_str_hash(term) + exact) & mask;
    while (marker->slots[slot]) {
        const ro_match *other = marker->leaves[marker->slots[slot] - 1].term;
        if (other->exact == exact && ro_str_equal(other->term, term)) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void add_leaf(ro_marker *marker, const ro_match *term, uint32_t concept) {
    uint32_t index = (uint32_t)marker->leaf_count++;
    size_t slot = ro_marker_slot(marker, term->term, term->exact);
    marker->leaves[index] =
        (ro_leaf){.term = term, .same = marker->slots[slot], .concept = concept};
    marker->slots[slot] = index + 1;
    marker->first_bytes[term->term.len ? (uint8_t)*term->term.ptr : 0] |=
        term->exact ? RO_STARTS_EXACT : RO_STARTS_STEM;
}

/* A term, or alternatives of terms only: no other word decides whether it matches. */
static bool is_direct(const ro_match *match) {
    for (size_t i = 0; i < match->child_count; i++) {
        if (!is_direct(match->children[i])) {
            return false;
        }
    }
    return match->kind == RO_MATCH_TERM || match->kind == RO_MATCH_ANY_OF;
}

static ro_status make_concept(ro_marker *marker, ro_snapshot *snapshot, ro_mark_node *node,
                              ro_error *err) {
    int64_t df = 0;
    ro_status status = ro_query_frequency(snapshot, RO_KIND_ARTICLES, node->match, &df, err);
    if (status == RO_OK) {
        double rest = (double)(ro_snapshot_articles(snapshot) - df);
        node->direct = is_direct(node->match);
        node->concept = (uint32_t)marker->concept_count++;
        marker->concepts[node->concept].word = marker->word_count;
        marker->concepts[node->concept].weight =
            log1p(((rest > 0 ? rest : 0) + 0.5) / ((double)df + 0.5));
    }
    return status;
}

static void add_leaves(ro_marker *marker, const ro_match *match, uint32_t concept) {
    if (match->kind == RO_MATCH_TERM) {
        add_leaf(marker, match, concept);
    }
    for (size_t i = 0; i < match->child_count; i++) {
        add_leaves(marker, match->children[i], concept);
    }
}

static ro_status make_node(ro_marker *marker, ro_snapshot *snapshot, const ro_match *match,
                           ro_arena *arena, ro_mark_node **out, ro_error *err) {
    ro_mark_node *node = ro_arena_alloc(arena, sizeof *node);
    *out = node;
    if (!node) {
        return ro_fail_memory(err);
    }
    node->match = match;
    node->concept = RO_NO_CONCEPT;
    node->first_leaf = (uint32_t)marker->leaf_count;
    if (!is_group(match)) {
        ro_status status = has_terms(match) ? make_concept(marker, snapshot, node, err) : RO_OK;
        if (status == RO_OK) {
            add_leaves(marker, match, node->direct ? node->concept : RO_NO_CONCEPT);
        }
        return status;
    }
    node->children = ro_arena_alloc_array(arena, match->child_count, sizeof(ro_mark_node *));
    ro_status status = node->children ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; status == RO_OK && i < match->child_count; i++) {
        status = make_node(marker, snapshot, match->children[i], arena, &node->children[i], err);
        node->child_count += status == RO_OK;
    }
    return status;
}

bool ro_clause_is_marked(const ro_clause *clause) {
    return clause->relaxable || clause->occur == RO_MUST || clause->occur == RO_SHOULD;
}

/* The match nodes of a clause: itself, and the parts of a compound, which may have matched alone.
 */
static const ro_match *clause_match(const ro_clause *clause, size_t i) {
    return i == 0 ? clause->node : clause->loose[i - 1];
}

static void count_plan(const ro_query_plan *plan, counts *c, size_t *roots) {
    for (const ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        for (size_t i = 0; ro_clause_is_marked(clause) && i <= clause->loose_count; i++) {
            count_nodes(clause_match(clause, i), false, c);
            *roots += 1;
        }
    }
}

ro_status ro_marker_init(ro_marker *marker, ro_snapshot *snapshot, ro_analyser *analyser,
                         const ro_query_plan *plan, ro_deadline deadline, ro_arena *arena,
                         ro_error *err) {
    *marker = (ro_marker){.analyser = analyser, .deadline = deadline, .slot_count = 16};
    counts c = {0, 0};
    size_t roots = 0;
    count_plan(plan, &c, &roots);
    while (marker->slot_count < c.leaves * 4) {
        marker->slot_count *= 2;
    }
    marker->roots = ro_arena_alloc_array(arena, roots + 1, sizeof(ro_mark_node *));
    marker->concepts = ro_arena_alloc_array(arena, c.concepts + 1, sizeof(ro_concept));
    marker->leaves = ro_arena_alloc_array(arena, c.leaves + 1, sizeof(ro_leaf));
    marker->slots = ro_arena_alloc_array(arena, marker->slot_count, sizeof(uint32_t));
    if (!marker->roots || !marker->concepts || !marker->leaves || !marker->slots) {
        return ro_fail_memory(err);
    }
    for (const ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        for (size_t i = 0; ro_clause_is_marked(clause) && i <= clause->loose_count; i++) {
            ro_status status = make_node(marker, snapshot, clause_match(clause, i), arena,
                                         &marker->roots[marker->root_count], err);
            if (status != RO_OK) {
                return status;
            }
            marker->root_count++;
        }
        marker->word_count += ro_clause_is_marked(clause);
    }
    return RO_OK;
}
