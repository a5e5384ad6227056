#include "plan.h"

#include "readout/utf8.h"

/* A prefix of one letter has thousands of completions; of one ideograph, few. */
static bool long_enough(ro_str form) {
    size_t taken;
    if (form.len == 0) {
        return false;
    }
    (void)ro_utf8_decode(form.ptr, form.len, &taken);
    return taken < form.len || taken >= 3;
}

/* One letter wrong in a short word, two in a long one; none in what is too short to tell. */
static unsigned edits_for(const ro_syntax *syntax, ro_str form) {
    size_t letters = 0, taken;
    for (size_t at = 0; at < form.len; at += taken, letters++) {
        (void)ro_utf8_decode(form.ptr + at, form.len - at, &taken);
    }
    unsigned allowed = letters < 3 ? 0 : letters < 6 ? 1 : 2;
    return syntax->edits && letters >= 3 ? syntax->edits : allowed;
}

static ro_status record(ro_planner *p, const ro_syntax *syntax, ro_word *words, size_t count,
                        bool complete, ro_error *err) {
    ro_expansion **tail = &p->plan->expansions;
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = ro_arena_alloc(p->arena, sizeof **tail);
    if (!*tail) {
        return ro_fail_memory(err);
    }
    **tail = (ro_expansion){syntax, words, count, complete, NULL};
    p->expansions_left -= count;
    return RO_OK;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static ro_status find_words(ro_planner *p, const ro_syntax *syntax, ro_str form, ro_word **words,
                            size_t *count, ro_error *err) {
    bool complete = true;
    ro_status status = RO_OK;
    *count = 0;
    if (syntax->form == RO_FORM_FUZZY) {
        unsigned edits = edits_for(syntax, form);
        size_t max = least(p->expansions_left, RO_FUZZY_WORDS_MAX);
        if (edits == 0 || max == 0) {
            ro_report_add(p->report, syntax->at, "'%.*s~' %s; read as a word",
                          RO_STR_ARG(ro_report_quote(syntax->text)),
                          max ? "is too short to be misspelled" : "comes after too many others");
            return RO_OK;
        }
        status = ro_words_by_distance(p->snapshot, p->kind, form, edits, 1, max, p->deadline,
                                      p->arena, words, count, err);
    } else if (!long_enough(form) || p->expansions_left == 0) {
        if (syntax->form == RO_FORM_PREFIX) {
            ro_report_add(p->report, syntax->at, "'%.*s*' %s; read as a word",
                          RO_STR_ARG(ro_report_quote(syntax->text)),
                          p->expansions_left ? "is shorter than two letters"
                                             : "comes after too many others");
        }
        return RO_OK;
    } else {
        size_t max = least(p->expansions_left, RO_PREFIX_WORDS_MAX);
        status = ro_words_by_prefix(p->snapshot, p->kind, form, max, p->deadline, p->arena, words,
                                    count, &complete, err);
        if (status == RO_OK && !complete && syntax->form == RO_FORM_PREFIX) {
            ro_report_add(p->report, syntax->at,
                          "'%.*s*' has more than %zu completions; the commonest are used",
                          RO_STR_ARG(ro_report_quote(syntax->text)), *count);
        }
    }
    return status == RO_OK ? record(p, syntax, *words, *count, complete, err) : status;
}

/* The word itself by its stem, and the words of the dictionary by their exact form. */
static ro_status alternatives(ro_planner *p, const ro_syntax *syntax, const ro_unit *unit,
                              const ro_word *words, size_t count, ro_match **out, ro_error *err) {
    bool with_stem = syntax->form != RO_FORM_PREFIX || count == 0;
    ro_match *any = NULL;
    if (count == 0) {
        return ro_query_term(p, syntax, unit, out, err);
    }
    any = ro_match_new(p->arena, RO_MATCH_ANY_OF);
    ro_status status = any ? RO_OK : ro_fail_memory(err);
    if (status == RO_OK && with_stem) {
        ro_match *stem;
        status = ro_query_term(p, syntax, unit, &stem, err);
        if (status == RO_OK && stem) {
            status = ro_match_add(p->arena, any, stem, err);
        }
    }
    for (size_t i = 0; status == RO_OK && i < count && p->terms_left; i++) {
        ro_match *term = ro_match_new(p->arena, RO_MATCH_TERM);
        if (!term) {
            return ro_fail_memory(err);
        }
        p->terms_left--;
        term->term = words[i].form;
        term->exact = true;
        term->fields = ro_query_fields(p, syntax);
        status = ro_match_add(p->arena, any, term, err);
    }
    *out = status == RO_OK && any->child_count ? any : NULL;
    return status;
}

/* Of `covid-1*` only the last part is unfinished; the parts before come first, in a row. */
ro_status ro_query_expand(ro_planner *p, ro_syntax *syntax, const ro_units *units, ro_match **out,
                          ro_error *err) {
    const ro_unit *last = &units->items[units->count - 1];
    ro_word *words = NULL;
    size_t count = 0;
    ro_match *tail = NULL;
    ro_match *phrase = ro_match_new(p->arena, RO_MATCH_PHRASE);
    ro_status status =
        phrase ? find_words(p, syntax, last->form, &words, &count, err) : ro_fail_memory(err);
    if (status == RO_OK) {
        status = alternatives(p, syntax, last, words, count, &tail, err);
    }
    uint32_t base = 0;
    for (size_t i = 0; status == RO_OK && i < units->count && tail; i++) {
        const ro_unit *unit = &units->items[i];
        ro_match *term = tail;
        if (unit != last) {
            status = unit->whole ? RO_OK : ro_query_term(p, syntax, unit, &term, err);
        }
        if (status != RO_OK || unit->whole || !term) {
            continue;
        }
        base = phrase->child_count ? base : unit->position;
        term->gap = unit->position - base;
        status = ro_match_add(p->arena, phrase, term, err);
    }
    *out = status != RO_OK || !tail ? NULL : phrase->child_count > 1 ? phrase : tail;
    return status;
}
