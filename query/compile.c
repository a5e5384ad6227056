#include "plan.h"

static ro_status make(ro_planner *p, ro_match_kind kind, const ro_syntax *syntax, ro_match **out,
                      ro_error *err) {
    *out = ro_match_new(p->arena, kind);
    if (!*out) {
        return ro_fail_memory(err);
    }
    if (syntax) {
        (*out)->from_byte = (uint32_t)syntax->at;
        (*out)->until_byte = (uint32_t)(syntax->at + syntax->text.len);
    }
    return RO_OK;
}

static ro_status add(ro_planner *p, ro_match *parent, ro_match *child, ro_occur occur,
                     ro_error *err) {
    child->occur = occur;
    return ro_match_add(p->arena, parent, child, err);
}

/* ---- words ---- */

ro_status ro_query_units(ro_planner *p, ro_syntax *syntax, ro_units *units, ro_error *err) {
    ro_status status = ro_units_read(p->analyser, syntax->text, p->languages, p->language_count,
                                     p->arena, units, err);
    if (status != RO_OK) {
        return status;
    }
    size_t words = 0, at = 0;
    while (at < units->count && words + !units->items[at].whole <= p->words_left) {
        words += !units->items[at++].whole;
    }
    if ((at < units->count || units->cut) && !p->words_told) {
        p->words_told = true;
        ro_report_add(p->report, syntax->at, "more than %d words; the rest is left out",
                      RO_QUERY_WORDS_MAX);
    }
    units->count = at;
    p->words_left -= words;
    syntax->left_out = units->count == 0;
    return RO_OK;
}

unsigned ro_query_fields(const ro_planner *planner, const ro_syntax *syntax) {
    return syntax->fields == RO_FIELD_ANY ? planner->fields : syntax->fields;
}

static ro_status add_term(ro_planner *p, const ro_syntax *syntax, ro_str term, bool exact,
                          ro_match *parent, ro_match **out, ro_error *err) {
    ro_status status = make(p, RO_MATCH_TERM, syntax, out, err);
    if (status != RO_OK) {
        return status;
    }
    p->terms_left--;
    (*out)->term = term;
    (*out)->exact = exact;
    (*out)->fields = ro_query_fields(p, syntax);
    return parent ? add(p, parent, *out, RO_SHOULD, err) : RO_OK;
}

ro_status ro_query_term(ro_planner *p, const ro_syntax *syntax, const ro_unit *unit, ro_match **out,
                        ro_error *err) {
    *out = NULL;
    size_t count = unit->stem_count < p->terms_left ? unit->stem_count : p->terms_left;
    if (count == 0) {
        return RO_OK;
    }
    if (syntax->form == RO_FORM_EXACT) {
        return add_term(p, syntax, unit->form, true, NULL, out, err);
    }
    if (count == 1) {
        return add_term(p, syntax, unit->stems[0], false, NULL, out, err);
    }
    ro_match *any, *term;
    ro_status status = make(p, RO_MATCH_ANY_OF, syntax, &any, err);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        status = add_term(p, syntax, unit->stems[i], false, any, &term, err);
    }
    *out = status == RO_OK ? any : NULL;
    return status;
}

/* The units that are no wholes as a phrase; a single one stands for itself, NULL for none. */
static ro_status compile_units(ro_planner *p, const ro_syntax *syntax, const ro_units *units,
                               size_t at, size_t count, ro_match **out, ro_error *err) {
    ro_match *phrase;
    *out = NULL;
    ro_status status = make(p, RO_MATCH_PHRASE, syntax, &phrase, err);
    uint32_t base = 0;
    for (size_t i = at; status == RO_OK && i < at + count; i++) {
        const ro_unit *unit = &units->items[i];
        ro_match *term = NULL;
        if (unit->whole) {
            continue;
        }
        status = ro_query_term(p, syntax, unit, &term, err);
        if (status == RO_OK && term) {
            base = phrase->child_count ? base : unit->position;
            term->gap = unit->position - base;
            status = add(p, phrase, term, RO_MUST, err);
        }
    }
    if (status != RO_OK || phrase->child_count == 0) {
        return status;
    }
    phrase->slop = syntax->kind == RO_SYNTAX_PHRASE ? syntax->distance : 0;
    *out = phrase->child_count == 1 ? phrase->children[0] : phrase;
    return RO_OK;
}

/* `covid-19` stands as one word or as its parts in a row. */
ro_status ro_query_compile_piece(ro_planner *p, const ro_syntax *syntax, const ro_units *units,
                                 size_t at, size_t count, ro_match **out, ro_error *err) {
    if (!units->items[at].whole) {
        return ro_query_term(p, syntax, &units->items[at], out, err);
    }
    ro_match *whole, *parts = NULL, *any;
    *out = NULL;
    ro_status status = ro_query_term(p, syntax, &units->items[at], &whole, err);
    if (status == RO_OK) {
        status = compile_units(p, syntax, units, at, count, &parts, err);
    }
    if (status != RO_OK || !parts) {
        *out = whole;
        return status;
    }
    status = make(p, RO_MATCH_ANY_OF, syntax, &any, err);
    if (status == RO_OK) {
        status = add(p, any, whole, RO_SHOULD, err);
    }
    if (status == RO_OK) {
        status = add(p, any, parts, RO_SHOULD, err);
    }
    *out = status == RO_OK ? any : NULL;
    return status;
}

static bool equal_terms(const ro_match *a, const ro_match *b) {
    bool equal = a->kind == b->kind && a->child_count == b->child_count && a->gap == b->gap &&
                 ro_str_equal(a->term, b->term);
    for (size_t i = 0; equal && i < a->child_count; i++) {
        equal = equal_terms(a->children[i], b->children[i]);
    }
    return equal;
}

/* Adds the spelling unless it has the stems of one that is there: it would count twice. */
static ro_status add_spelling(ro_planner *p, ro_syntax *syntax, const ro_units *units,
                              ro_match *any, ro_error *err) {
    ro_match *node = NULL;
    bool one = units->count && ro_units_piece(units, 0) == units->count;
    ro_status status = one ? ro_query_compile_piece(p, syntax, units, 0, units->count, &node, err)
                           : compile_units(p, syntax, units, 0, units->count, &node, err);
    for (size_t i = 0; node && i < any->child_count; i++) {
        if (equal_terms(node, any->children[i])) {
            return status;
        }
    }
    return status == RO_OK && node ? add(p, any, node, RO_SHOULD, err) : status;
}

/* All spellings of a word that was read with some, as one word. */
static ro_status compile_spellings(ro_planner *p, ro_syntax *syntax, const ro_units *own,
                                   ro_match **out, ro_error *err) {
    ro_match *any;
    ro_status status = make(p, RO_MATCH_ANY_OF, syntax, &any, err);
    if (status == RO_OK) {
        status = add_spelling(p, syntax, own, any, err);
    }
    for (size_t i = 0; status == RO_OK && i < syntax->also_count; i++) {
        ro_units units;
        status = ro_units_read(p->analyser, syntax->also[i], p->languages, p->language_count,
                               p->arena, &units, err);
        if (status == RO_OK) {
            status = add_spelling(p, syntax, &units, any, err);
        }
    }
    *out = status == RO_OK && any->child_count ? any : NULL;
    return status;
}

static ro_status compile_word(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    ro_units units;
    ro_status status = ro_query_units(p, syntax, &units, err);
    if (status != RO_OK || units.count == 0) {
        return status;
    }
    if (syntax->also_count) {
        status = compile_spellings(p, syntax, &units, out, err);
    } else if (syntax->form == RO_FORM_PREFIX || syntax->form == RO_FORM_FUZZY ||
               syntax == p->unfinished) {
        status = ro_query_expand(p, syntax, &units, out, err);
    } else if (ro_units_piece(&units, 0) == units.count) {
        status = ro_query_compile_piece(p, syntax, &units, 0, units.count, out, err);
    } else {
        status = compile_units(p, syntax, &units, 0, units.count, out, err);
    }
    syntax->left_out = *out == NULL;
    return status;
}

static ro_status compile_phrase(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    ro_units units;
    ro_status status = ro_query_units(p, syntax, &units, err);
    if (status == RO_OK) {
        status = compile_units(p, syntax, &units, 0, units.count, out, err);
    }
    syntax->left_out = *out == NULL;
    return status;
}

/* ---- filters ---- */

static ro_status compile_range(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    ro_status status = make(p, RO_MATCH_RANGE, syntax, out, err);
    if (status == RO_OK) {
        (*out)->column = syntax->column;
        (*out)->from = syntax->from;
        (*out)->until = syntax->until;
    }
    return status;
}

/* ---- groups ---- */

/* Everything but `node`, as a node of its own: an alternative like `a OR -b` needs it. */
static ro_status negate(ro_planner *p, ro_match *node, ro_match **out, ro_error *err) {
    ro_match *all;
    ro_status status = make(p, RO_MATCH_BOOL, NULL, out, err);
    if (status == RO_OK) {
        status = make(p, RO_MATCH_ALL, NULL, &all, err);
    }
    if (status == RO_OK) {
        status = add(p, *out, all, RO_FILTER, err);
    }
    return status == RO_OK ? add(p, *out, node, RO_MUST_NOT, err) : status;
}

static ro_status add_to_group(ro_planner *p, ro_match *group, bool alternatives,
                              const ro_syntax *child, ro_match *node, ro_error *err) {
    if (alternatives && child->sign == RO_SIGN_NOT) {
        ro_match *rest;
        ro_status status = negate(p, node, &rest, err);
        return status == RO_OK ? add(p, group, rest, RO_SHOULD, err) : status;
    }
    ro_occur occur = RO_MUST;
    if (child->sign == RO_SIGN_NOT) {
        occur = RO_MUST_NOT;
    } else if (alternatives && child->sign != RO_SIGN_MUST) {
        occur = RO_SHOULD;
    } else if (child->kind == RO_SYNTAX_VALUE || child->kind == RO_SYNTAX_RANGE) {
        occur = RO_FILTER;
    }
    return add(p, group, node, occur, err);
}

static bool only_forbids(const ro_match *group) {
    for (size_t i = 0; i < group->child_count; i++) {
        if (group->children[i]->occur != RO_MUST_NOT) {
            return false;
        }
    }
    return true;
}

static ro_status compile_group(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    bool alternatives = syntax->kind == RO_SYNTAX_OR ||
                        (syntax->kind == RO_SYNTAX_SEQUENCE && p->mode == RO_MATCH_MODE_ANY);
    ro_match *group;
    ro_status status = make(p, RO_MATCH_BOOL, NULL, &group, err);
    for (ro_syntax *child = syntax->first; status == RO_OK && child; child = child->next) {
        ro_match *node = NULL;
        status = ro_query_compile(p, child, &node, err);
        if (status == RO_OK && node) {
            status = add_to_group(p, group, alternatives, child, node, err);
        }
    }
    if (status != RO_OK) {
        return status;
    }
    syntax->left_out = group->child_count == 0;
    if (syntax->left_out) {
        return RO_OK;
    }
    *out = group;
    if (only_forbids(group)) {
        ro_match *all;
        status = make(p, RO_MATCH_ALL, NULL, &all, err);
        return status == RO_OK ? add(p, group, all, RO_FILTER, err) : status;
    }
    if (group->child_count == 1) {
        *out = group->children[0];
    }
    return RO_OK;
}

/* Alternatives between which distances are measured are one node with many spellings. */
static ro_status compile_place(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    if (syntax->kind != RO_SYNTAX_OR) {
        return ro_query_compile(p, syntax, out, err);
    }
    ro_match *any;
    ro_status status = make(p, RO_MATCH_ANY_OF, syntax, &any, err);
    for (ro_syntax *child = syntax->first; status == RO_OK && child; child = child->next) {
        ro_match *node = NULL;
        status = ro_query_compile(p, child, &node, err);
        if (status == RO_OK && node) {
            status = add(p, any, node, RO_SHOULD, err);
        }
    }
    syntax->left_out = status == RO_OK && any->child_count == 0;
    *out = status == RO_OK && any->child_count ? any : NULL;
    return status;
}

/* The last parts of a NEAR. */
static void leave_out(ro_planner *p, ro_syntax *syntax) {
    ro_report_add(p->report, syntax->at, "NEAR joins at most %d words; the rest is left out",
                  RO_NEAR_CHILDREN_MAX);
    for (; syntax; syntax = syntax->next) {
        syntax->left_out = true;
    }
}

static ro_status compile_near(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    ro_match *near;
    ro_status status = make(p, RO_MATCH_NEAR, syntax, &near, err);
    for (ro_syntax *child = syntax->first; status == RO_OK && child; child = child->next) {
        ro_match *node = NULL;
        if (near->child_count == RO_NEAR_CHILDREN_MAX) {
            leave_out(p, child);
            break;
        }
        status = compile_place(p, child, &node, err);
        if (status == RO_OK && node) {
            status = add(p, near, node, RO_MUST, err);
        }
    }
    if (status != RO_OK) {
        return status;
    }
    near->slop = syntax->distance;
    near->ordered = syntax->ordered;
    syntax->left_out = near->child_count == 0;
    if (near->child_count) {
        *out = near->child_count == 1 ? near->children[0] : near;
    }
    return RO_OK;
}

ro_status ro_query_compile(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    typedef ro_status (*compile_fn)(ro_planner *, ro_syntax *, ro_match **, ro_error *);
    static const compile_fn compilers[] = {
        [RO_SYNTAX_SEQUENCE] = compile_group, [RO_SYNTAX_OR] = compile_group,
        [RO_SYNTAX_AND] = compile_group,      [RO_SYNTAX_NEAR] = compile_near,
        [RO_SYNTAX_WORD] = compile_word,      [RO_SYNTAX_PHRASE] = compile_phrase,
        [RO_SYNTAX_VALUE] = ro_query_values,  [RO_SYNTAX_RANGE] = compile_range};
    *out = NULL;
    return compilers[syntax->kind](p, syntax, out, err);
}
