#include "suggest.h"

#include <stdlib.h>

#define COMPANY_WORDS 48 /* commonest completions that are asked which company they keep */
#define COMPANY_EXACT 4  /* of the best ones, in their exact forms, which costs more */
#define COMPANY_TERMS 64 /* terms of the words before, at most */
#define COMPANY_HEAD 2   /* words before that count, the last ones */
#define COMPANY_SAMPLE 48

ro_status ro_suggest_add_clause(ro_query_plan *plan, ro_match *node, ro_arena *arena,
                                ro_error *err) {
    ro_clause *clause = ro_arena_alloc(arena, sizeof *clause);
    if (!clause) {
        return ro_fail_memory(err);
    }
    clause->node = node;
    clause->occur = RO_MUST;
    clause->next = plan->clauses;
    plan->clauses = clause;
    return RO_OK;
}

ro_status ro_suggest_plan_head(const ro_suggesting *run, ro_planner *planner, ro_report *report,
                               ro_syntax *syntax, ro_query_plan *plan, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_planner_init(planner);
    planner->analyser = s->analyser;
    planner->languages = s->languages;
    planner->language_count = s->language_count;
    planner->arena = &s->arena;
    planner->report = report;
    planner->plan = plan;
    ro_units units;
    ro_status status = ro_query_units(planner, syntax, &units, err);
    for (size_t at = 0, count; status == RO_OK && at < units.count; at += count) {
        ro_match *node;
        count = ro_units_piece(&units, at);
        status = ro_query_compile_piece(planner, syntax, &units, at, count, &node, err);
        if (status == RO_OK && node) {
            status = ro_suggest_add_clause(plan, node, &s->arena, err);
        }
    }
    return status;
}

/* ---- company -------------------------------------------------------------------------------- */

typedef struct ranked_word {
    ro_word word;
    ro_company company;
    size_t place;
} ranked_word;

static int by_company(const void *a, const void *b) {
    const ranked_word *x = a, *y = b;
    if (x->company.behind != y->company.behind) {
        return x->company.behind > y->company.behind ? -1 : 1;
    }
    if (x->company.together != y->company.together) {
        return x->company.together > y->company.together ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

static size_t count_terms(const ro_match *match) {
    size_t count = match->kind == RO_MATCH_TERM;
    for (size_t i = 0; i < match->child_count; i++) {
        count += count_terms(match->children[i]);
    }
    return count;
}

static int take_stem(void *context, const ro_token *token) {
    *(ro_str *)context = token->stem;
    return 1;
}

/* The terms that are looked for: stems, which many words share, or forms. */
static ro_status list_terms(ro_suggesting *run, size_t count, bool exact, ro_str **out,
                            ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_status status = RO_OK;
    *out = ro_arena_alloc_array(&s->arena, count, sizeof **out);
    if (!*out) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        (*out)[i] = run->words[i].form;
        if (!exact) {
            ro_str stem = run->words[i].form;
            status = ro_analyse(s->analyser, stem, s->languages[0], take_stem, &stem, err);
            (*out)[i] = ro_arena_copy(&s->arena, stem);
            status = status == RO_OK && !(*out)[i].ptr ? ro_fail_memory(err) : status;
        }
    }
    return status;
}

/* Ranks the first `most` words; `any` tells whether one of them keeps this company. */
static ro_status rank(ro_suggesting *run, ro_match *all, ro_match *before, size_t most, bool exact,
                      bool *any, ro_error *err) {
    ro_searcher *s = run->searcher;
    size_t count = (RO_MATCH_TERMS_MAX - COMPANY_TERMS) / (1 + count_terms(before));
    count = count < most ? count : most;
    count = count < run->word_count ? count : run->word_count;
    ranked_word *words = ro_arena_alloc_array(&s->arena, count, sizeof *words);
    ro_company *company = ro_arena_alloc_array(&s->arena, count, sizeof *company);
    if (!words || !company) {
        return ro_fail_memory(err);
    }
    ro_str *terms;
    ro_status status = list_terms(run, count, exact, &terms, err);
    if (status == RO_OK) {
        status = ro_words_company(s->snapshot, RO_KIND_ARTICLES, all, before, terms, count, exact,
                                  COMPANY_SAMPLE, run->deadline, &s->arena, company, err);
    }
    *any = false;
    for (size_t i = 0; i < count; i++) {
        words[i] = (ranked_word){run->words[i], company[i], i};
        *any |= company[i].together > 0;
    }
    if (status == RO_OK && count) {
        qsort(words, count, sizeof *words, by_company);
    }
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        run->words[i] = words[i].word;
    }
    return status;
}

/* With the last `count` words of the head, the first of `clauses` being the last. */
static ro_status rank_with(ro_suggesting *run, const ro_clause *clauses, size_t count, bool *any,
                           ro_error *err) {
    ro_match *all = ro_match_new(&run->searcher->arena, RO_MATCH_BOOL);
    ro_match *before = clauses->node;
    ro_status status = all ? RO_OK : ro_fail_memory(err);
    *any = false;
    for (const ro_clause *clause = clauses; status == RO_OK && clause && count; count--) {
        status = ro_match_add(&run->searcher->arena, all, clause->node, err);
        clause = clause->next;
    }
    if (status == RO_OK && run->filter) {
        status = ro_match_add(&run->searcher->arena, all, run->filter, err);
    }
    if (status != RO_OK || before->kind == RO_MATCH_PHRASE ||
        count_terms(all) + count_terms(before) > COMPANY_TERMS) {
        return status;
    }
    status = rank(run, all, before, COMPANY_WORDS, false, any, err);
    if (status == RO_OK && *any) {
        bool exactly;
        status = rank(run, all, before, COMPANY_EXACT, true, &exactly, err);
    }
    return status;
}

/* Puts those first that stand behind the words before, then those that stand with them. */
static ro_status rank_by_company(ro_suggesting *run, ro_error *err) {
    ro_query_plan plan = {0};
    ro_report report = {.arena = &run->searcher->arena, .in = "q"};
    ro_syntax syntax = {.kind = RO_SYNTAX_WORD, .fields = RO_FIELD_ANY, .text = run->head};
    ro_planner planner;
    bool any = false;
    ro_status status = ro_suggest_plan_head(run, &planner, &report, &syntax, &plan, err);
    for (size_t count = COMPANY_HEAD; status == RO_OK && plan.clauses && !any && count; count--) {
        status = rank_with(run, plan.clauses, count, &any, err);
    }
    return status;
}

ro_status ro_completions_find(ro_suggesting *run, size_t max, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_units units;
    ro_status status =
        ro_units_read(s->analyser, run->word, s->languages, 1, &s->arena, &units, err);
    if (status != RO_OK || units.count == 0) {
        return status;
    }
    run->form = units.items[units.count - 1].form;
    if (units.count > 1 && units.items[0].whole) {
        run->form = units.items[0].form;
    }
    size_t wanted = max > COMPANY_WORDS ? max : COMPANY_WORDS;
    status = ro_words_by_prefix(s->snapshot, RO_KIND_ARTICLES, run->form, wanted, run->deadline,
                                &s->arena, &run->words, &run->word_count, NULL, err);
    if (status == RO_OK && run->word_count > 1) {
        status = rank_by_company(run, err);
    }
    /* Of those that the filter leaves nothing of others take the place. */
    if (run->word_count > max && !run->filter) {
        run->word_count = max;
    }
    return status;
}
