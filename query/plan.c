#include "plan.h"

#include <stdlib.h>

void ro_planner_init(ro_planner *planner) {
    *planner = (ro_planner){.words_left = RO_QUERY_WORDS_MAX,
                            .terms_left = RO_MATCH_TERMS_MAX,
                            .expansions_left = RO_EXPANSIONS_MAX,
                            .fields = RO_FIELD_ANY,
                            .deadline = RO_DEADLINE_NEVER};
}

/* ---- frequencies ---- */

/* Alternatives are ordered with the commonest first, so a few of them tell. */
#define ALTERNATIVES_ASKED 4

ro_status ro_query_frequency(ro_snapshot *snapshot, ro_kind kind, const ro_match *node, int64_t *df,
                             ro_error *err) {
    *df = 0;
    if (node->kind == RO_MATCH_TERM) {
        return ro_document_frequency(snapshot, kind, node->term, node->exact, df, err);
    }
    bool any = node->kind == RO_MATCH_ANY_OF;
    for (size_t i = 0; i < node->child_count && !(any && i == ALTERNATIVES_ASKED); i++) {
        int64_t child;
        ro_status status = ro_query_frequency(snapshot, kind, node->children[i], &child, err);
        if (status != RO_OK) {
            return status;
        }
        if (i == 0 || (any ? child > *df : child < *df)) {
            *df = child;
        }
    }
    return RO_OK;
}

/* ---- clauses ---- */

static bool is_filter(const ro_match *node) {
    if (node->kind != RO_MATCH_BOOL) {
        return node->kind == RO_MATCH_VALUE || node->kind == RO_MATCH_RANGE ||
               node->kind == RO_MATCH_ALL;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (node->children[i]->occur != RO_MUST_NOT && !is_filter(node->children[i])) {
            return false;
        }
    }
    return true;
}

static ro_occur occur_of(const ro_planner *p, const ro_syntax *syntax, const ro_match *node) {
    if (syntax->sign == RO_SIGN_NOT) {
        return RO_MUST_NOT;
    }
    if (is_filter(node)) {
        return RO_FILTER;
    }
    return p->mode == RO_MATCH_MODE_ANY && syntax->sign == RO_SIGN_NONE ? RO_SHOULD : RO_MUST;
}

static bool is_plain(const ro_syntax *syntax) {
    return (syntax->kind == RO_SYNTAX_WORD || syntax->kind == RO_SYNTAX_PHRASE) &&
           syntax->sign == RO_SIGN_NONE && syntax->form == RO_FORM_STEM &&
           syntax->fields == RO_FIELD_ANY && (!syntax->also_count || syntax->synonyms);
}

static ro_clause *append(ro_planner *p, const ro_syntax *syntax, ro_match *node, ro_str text) {
    ro_clause *clause = ro_arena_alloc(p->arena, sizeof *clause);
    if (!clause) {
        return NULL;
    }
    node->boost = syntax->boost > 0 ? syntax->boost : node->boost;
    clause->syntax = syntax;
    clause->node = node;
    clause->text = text;
    clause->relaxable = is_plain(syntax);
    clause->occur = occur_of(p, syntax, node);
    ro_clause **tail = &p->plan->clauses;
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = clause;
    p->plan->relaxable_count += clause->relaxable;
    p->plan->scored |= clause->occur == RO_MUST || clause->occur == RO_SHOULD;
    return clause;
}

/* What makes a word the same as another: its term; of a compound, whose whole others may have too,
 * the terms of its parts. */
static ro_str key_of(const ro_planner *p, const ro_units *units, size_t at, size_t count) {
    ro_str key = units->items[at].stems[0];
    for (size_t i = at + 1; key.ptr && i < at + count; i++) {
        key = ro_arena_printf(p->arena, "%.*s %.*s", RO_STR_ARG(key),
                              RO_STR_ARG(units->items[i].stems[0]));
    }
    return key;
}

/* A word that is written twice counts twice. */
static bool repeats(ro_planner *p, ro_str key) {
    for (ro_clause *clause = p->plan->clauses; clause; clause = clause->next) {
        if (clause->key.len && ro_str_equal(clause->key, key)) {
            clause->node->boost += 1;
            return true;
        }
    }
    return false;
}

/* Articles that have only a part of a compound may be of use once the whole is not required; a
 * number alone says nothing. */
static ro_status add_loose(ro_planner *p, ro_clause *clause, const ro_units *units, size_t at,
                           size_t count, ro_error *err) {
    clause->loose = ro_arena_alloc_array(p->arena, count, sizeof(ro_match *));
    if (!clause->loose) {
        return ro_fail_memory(err);
    }
    for (size_t i = at; i < at + count; i++) {
        ro_match *term = NULL;
        if (units->items[i].whole || units->items[i].number) {
            continue;
        }
        ro_status status = ro_query_term(p, clause->syntax, &units->items[i], &term, err);
        if (status != RO_OK) {
            return status;
        }
        if (term) {
            clause->loose[clause->loose_count++] = term;
        }
    }
    return RO_OK;
}

/* Each piece of a plain word is a clause: `and/or` are two words. */
static ro_status add_word(ro_planner *p, ro_syntax *syntax, ro_error *err) {
    ro_units units;
    ro_status status = ro_query_units(p, syntax, &units, err);
    bool added = false;
    for (size_t at = 0, count; status == RO_OK && at < units.count; at += count) {
        count = ro_units_piece(&units, at);
        const ro_unit *unit = &units.items[at];
        ro_str key = key_of(p, &units, at, count);
        if (!key.ptr) {
            return ro_fail_memory(err);
        }
        if (repeats(p, key)) {
            added = true;
            continue;
        }
        ro_match *node = NULL;
        status = ro_query_compile_piece(p, syntax, &units, at, count, &node, err);
        if (status != RO_OK || !node) {
            continue;
        }
        ro_str text = count == units.count ? syntax->text : unit->form;
        ro_clause *clause = append(p, syntax, node, text);
        if (!clause) {
            return ro_fail_memory(err);
        }
        added = true;
        clause->key = key;
        if (count > 1) {
            status = add_loose(p, clause, &units, at, count, err);
        }
    }
    syntax->left_out = !added;
    return status;
}

static ro_status add_clause(ro_planner *p, ro_syntax *syntax, ro_error *err) {
    if (syntax->kind == RO_SYNTAX_WORD && is_plain(syntax) && !syntax->also_count &&
        syntax != p->unfinished) {
        return add_word(p, syntax, err);
    }
    ro_match *node;
    ro_status status = ro_query_compile(p, syntax, &node, err);
    if (status != RO_OK || !node) {
        return status;
    }
    return append(p, syntax, node, syntax->text) ? RO_OK : ro_fail_memory(err);
}

/* ---- which words tell most ---- */

/* Of words that all are somewhere. */
static bool is_phrase(const ro_clause *clause) {
    return clause->syntax->kind == RO_SYNTAX_PHRASE && !clause->syntax->implied && clause->df;
}

static int compare_clauses(const void *a, const void *b) {
    const ro_clause *x = *(ro_clause *const *)a, *y = *(ro_clause *const *)b;
    if ((x->df == 0) != (y->df == 0)) {
        return x->df == 0 ? 1 : -1;
    }
    if (is_phrase(x) != is_phrase(y)) {
        return is_phrase(x) ? -1 : 1;
    }
    if (x->guessed != y->guessed) {
        return x->guessed ? 1 : -1;
    }
    if (x->df != y->df) {
        return x->df < y->df ? -1 : 1;
    }
    return x->syntax->at < y->syntax->at ? -1 : x->syntax->at > y->syntax->at;
}

static ro_status rank_clauses(ro_planner *p, ro_error *err) {
    ro_query_plan *plan = p->plan;
    plan->relaxable =
        ro_arena_alloc_array(p->arena, plan->relaxable_count + 1, sizeof(ro_clause *));
    if (!plan->relaxable) {
        return ro_fail_memory(err);
    }
    size_t count = 0;
    for (ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        if (!clause->relaxable && !clause->syntax->about) {
            continue;
        }
        ro_status status = ro_query_frequency(p->snapshot, p->kind, clause->node, &clause->df, err);
        if (status != RO_OK) {
            return status;
        }
        if (!clause->relaxable) {
            continue;
        }
        plan->missing_count += clause->df == 0;
        plan->phrase_count += is_phrase(clause);
        plan->relaxable[count++] = clause;
    }
    qsort(plan->relaxable, count, sizeof(ro_clause *), compare_clauses);
    for (size_t i = 0; i < count; i++) {
        plan->relaxable[i]->place = i;
    }
    return RO_OK;
}

ro_status ro_query_plan_clauses(ro_planner *p, ro_syntax *tree, bool everything, ro_error *err) {
    p->plan->everything = everything;
    bool sequence = tree && tree->kind == RO_SYNTAX_SEQUENCE && tree->sign == RO_SIGN_NONE;
    ro_syntax *next;
    for (ro_syntax *child = sequence ? tree->first : tree; child; child = next) {
        next = sequence ? child->next : NULL;
        ro_status status = add_clause(p, child, err);
        if (status != RO_OK) {
            return status;
        }
    }
    ro_status status = p->typo ? ro_query_correct(p, err) : RO_OK;
    return status == RO_OK ? rank_clauses(p, err) : status;
}

ro_status ro_query_plan_filter(ro_planner *p, ro_syntax *tree, bool everything, ro_error *err) {
    ro_match *node = NULL;
    ro_match_mode mode = p->mode;
    p->mode = RO_MATCH_MODE_ALL;
    p->filtering = true;
    ro_status status = tree ? ro_query_compile(p, tree, &node, err) : RO_OK;
    p->mode = mode;
    p->filtering = false;
    if (status != RO_OK || (!node && everything)) {
        return status;
    }
    p->plan->filter = ro_match_new(p->arena, node ? RO_MATCH_BOOL : RO_MATCH_NONE);
    if (!p->plan->filter) {
        return ro_fail_memory(err);
    }
    if (!node) {
        return RO_OK;
    }
    node->occur = tree->sign == RO_SIGN_NOT ? RO_MUST_NOT : RO_MUST;
    status = ro_match_add(p->arena, p->plan->filter, node, err);
    if (status == RO_OK && node->occur == RO_MUST_NOT) {
        ro_match *all = ro_match_new(p->arena, RO_MATCH_ALL);
        if (!all) {
            return ro_fail_memory(err);
        }
        all->occur = RO_FILTER;
        status = ro_match_add(p->arena, p->plan->filter, all, err);
    }
    return status;
}

/* ---- the compiled query ---- */

typedef struct builder {
    ro_arena *arena;
    ro_match *top;       /* everything that is required or forbidden */
    ro_match *preferred; /* where what is preferred goes: the top, or a group of its own */
    bool positive;       /* top requires or filters something */
    ro_error *err;
} builder;

static ro_status place(builder *b, ro_match *node, ro_occur occur) {
    node->occur = occur;
    b->positive |= occur == RO_MUST || occur == RO_FILTER;
    return ro_match_add(b->arena, occur == RO_SHOULD ? b->preferred : b->top, node, b->err);
}

static ro_occur occur_with(const ro_clause *clause, size_t required) {
    if (!clause->relaxable) {
        return clause->occur;
    }
    return clause->place < required ? RO_MUST : RO_SHOULD;
}

/* Clauses keep the order of the query: neighbours in it score when they are neighbours in the text.
 */
static ro_status place_clause(builder *b, const ro_clause *clause, size_t required) {
    ro_occur occur = occur_with(clause, required);
    ro_status status = place(b, clause->node, occur);
    for (size_t i = 0; status == RO_OK && occur == RO_SHOULD && i < clause->loose_count; i++) {
        status = place(b, clause->loose[i], RO_SHOULD);
    }
    return status;
}

/* Where no word is required, at least one of the preferred ones is: as a group of their own, for
 * filters beside them would make them optional. */
static ro_status choose_group(builder *b, const ro_query_plan *plan, size_t required) {
    b->preferred = b->top;
    for (const ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        if (occur_with(clause, required) == RO_MUST) {
            return RO_OK;
        }
    }
    b->preferred = ro_match_new(b->arena, RO_MATCH_BOOL);
    return b->preferred ? RO_OK : ro_fail_memory(b->err);
}

ro_status ro_query_plan_match(const ro_query_plan *plan, size_t required, ro_arena *arena,
                              ro_match **out, ro_error *err) {
    builder b = {.arena = arena, .err = err};
    *out = NULL;
    b.top = ro_match_new(arena, RO_MATCH_BOOL);
    ro_status status = b.top ? choose_group(&b, plan, required) : ro_fail_memory(err);
    for (ro_clause *clause = plan->clauses; status == RO_OK && clause; clause = clause->next) {
        status = place_clause(&b, clause, required);
    }
    if (status == RO_OK && b.preferred != b.top && b.preferred->child_count) {
        status = place(&b, b.preferred, RO_MUST);
    }
    if (status == RO_OK && plan->filter) {
        status = place(&b, plan->filter, RO_FILTER);
    }
    if (status == RO_OK && plan->restriction) {
        status = place(&b, plan->restriction, RO_FILTER);
    }
    for (size_t i = 0; status == RO_OK && i < plan->preferred_count; i++) {
        plan->preferred[i]->occur = RO_SHOULD;
        status = ro_match_add(arena, b.top, plan->preferred[i], err);
    }
    if (status == RO_OK && (!b.positive || !plan->clauses)) {
        bool none = !plan->clauses && !plan->everything;
        ro_match *rest = ro_match_new(arena, none ? RO_MATCH_NONE : RO_MATCH_ALL);
        status = rest ? place(&b, rest, RO_FILTER) : ro_fail_memory(err);
    }
    *out = status == RO_OK ? b.top : NULL;
    return status;
}
