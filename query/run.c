#include "searcher.h"

#include "readout/utf8.h"

#include <time.h>

ro_status ro_run_check(const ro_request *request, ro_error *err) {
    if (request->q.len > RO_QUERY_TEXT_MAX || request->filter.len > RO_QUERY_TEXT_MAX) {
        return ro_fail(err, RO_LIMIT, "query text of %zu bytes; at most %d are taken",
                       request->q.len > request->filter.len ? request->q.len : request->filter.len,
                       RO_QUERY_TEXT_MAX);
    }
    if (request->limit > RO_LIMIT_MAX || request->offset > RO_OFFSET_MAX) {
        return ro_fail(err, RO_INVALID,
                       "limit is at most %d, offset at most %d; deeper pages need "
                       "a cursor",
                       RO_LIMIT_MAX, RO_OFFSET_MAX);
    }
    if (request->kind == RO_KIND_ALL && (request->cursor.len || request->offset)) {
        return ro_fail(err, RO_INVALID, "%s: not with kind=all; ask for one kind to go on",
                       request->cursor.len ? "cursor" : "offset");
    }
    if (request->cursor.len && request->offset) {
        return ro_fail(err, RO_INVALID, "offset: not together with a cursor");
    }
    return RO_OK;
}

/* Ill-formed bytes would not survive as JSON. */
static ro_status well_formed(ro_str *text, ro_report *report, ro_error *err) {
    report->text = *text;
    if (ro_utf8_valid(*text)) {
        return RO_OK;
    }
    ro_buf repaired = RO_BUF_INIT;
    ro_utf8_repair(&repaired, *text);
    ro_status status = ro_buf_check(&repaired, err);
    if (status == RO_OK) {
        *text = ro_arena_copy(report->arena, ro_buf_str(&repaired));
        status = text->ptr ? RO_OK : ro_fail_memory(err);
    }
    report->text = *text;
    ro_buf_release(&repaired);
    ro_report_add(report, 0, "bytes that are not UTF-8; each read as U+FFFD");
    return status;
}

/* The word at the very end of the text, if it may be a beginning. */
static const ro_syntax *find_unfinished(const ro_syntax *tree, ro_str text) {
    while (tree && tree->first) {
        for (tree = tree->first; tree->next;) {
            tree = tree->next;
        }
    }
    bool plain = tree && tree->kind == RO_SYNTAX_WORD && tree->form == RO_FORM_STEM &&
                 tree->sign != RO_SIGN_NOT;
    return plain && tree->text.ptr + tree->text.len == text.ptr + text.len ? tree : NULL;
}

static ro_status is_person(void *context, ro_str name, bool *known, ro_error *err) {
    ro_searcher *s = context;
    ro_str *people;
    size_t count;
    ro_status status = ro_people_by_name(s->snapshot, name, &s->arena, &people, &count, err);
    *known = status == RO_OK && count > 0;
    return status;
}

/* Articles are searched for by words alone; a question about facts leaves few words, of which any
 * may be what the answer has. */
static ro_status read_question(ro_run *run, bool *everything, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_question_reader reader = {s->analyser, &s->arena, is_person, s};
    run->mode = run->request->match;
    if (run->kind == RO_KIND_ARTICLES || run->request->fields ||
        run->mode == RO_MATCH_MODE_ALL) { /* whose words are keywords */
        return RO_OK;
    }
    ro_status status = ro_question_read(&reader, &run->q_tree, &run->question, err);
    if (run->question.pattern) {
        *everything |= !run->q_tree;
        run->mode = run->mode == RO_MATCH_MODE_AUTO ? RO_MATCH_MODE_ANY : run->mode;
    }
    return status;
}

ro_status ro_run_question(ro_searcher *searcher, const ro_request *request, ro_question *out,
                          ro_error *err) {
    ro_report report = {.arena = &searcher->arena, .in = "q", .typing = request->prefix};
    ro_question_reader reader = {searcher->analyser, &searcher->arena, is_person, searcher};
    ro_str q = request->q;
    ro_syntax *tree = NULL;
    bool everything;
    ro_status status = well_formed(&q, &report, err);
    if (status == RO_OK) {
        status = ro_syntax_parse(q, &report, &tree, &everything, err);
    }
    return status == RO_OK ? ro_question_read(&reader, &tree, out, err) : status;
}

void ro_run_planner(ro_run *run, ro_planner *planner) {
    ro_searcher *s = run->searcher;
    ro_planner_init(planner);
    planner->snapshot = s->snapshot;
    planner->analyser = s->analyser;
    planner->languages = s->languages;
    planner->language_count = s->language_count;
    planner->arena = &s->arena;
    planner->deadline = run->request->deadline;
    planner->kind = run->kind;
    planner->plan = &run->plan;
    /* Words outside of a restriction are not to be told. */
    planner->typo = run->request->typo == RO_TYPO_AUTO && !run->request->restriction.len;
}

/* Compiled before all else, so that nothing of it falls to a cap. What it means must not depend on
 * a repair; a restriction to nothing finds nothing. */
static ro_status restrict_plan(ro_run *run, ro_error *err) {
    ro_str text = run->request->restriction;
    if (!text.len) {
        return RO_OK;
    }
    ro_report report = {.arena = &run->searcher->arena, .in = "filter"};
    ro_syntax *tree = NULL;
    bool everything = false;
    ro_planner planner;
    ro_run_planner(run, &planner);
    planner.report = &report;
    ro_status status = well_formed(&text, &report, err);
    if (status == RO_OK) {
        status = ro_syntax_parse(text, &report, &tree, &everything, err);
    }
    if (status == RO_OK) {
        status = ro_query_join_values(&planner, text, &tree, err);
    }
    if (status == RO_OK) {
        status = ro_query_plan_filter(&planner, tree, false, err);
    }
    if (status == RO_OK && report.count) {
        status = ro_fail(err, RO_FORMAT, "the filter that the search is to keep to is not plain");
    }
    run->plan.restriction = run->plan.filter;
    run->plan.filter = NULL;
    return status;
}

ro_status ro_restriction_check(ro_str text, ro_error *err) {
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "filter"};
    ro_syntax *tree = NULL;
    bool everything = false;
    ro_status status = well_formed(&text, &report, err);
    if (status == RO_OK) {
        status = ro_syntax_parse(text, &report, &tree, &everything, err);
    }
    if (status == RO_OK && report.count) {
        status = ro_fail(err, RO_INVALID, "%.*s", RO_STR_ARG(report.repairs[0].what));
    } else if (status == RO_OK && !tree) {
        status = ro_fail(err, RO_INVALID, "there is nothing that it restricts to");
    }
    ro_arena_release(&arena);
    return status;
}

/* Facts tell countries and people in all their forms as it is. */
static ro_status add_synonyms(ro_run *run, ro_planner *planner, ro_error *err) {
    const ro_searcher *s = run->searcher;
    bool builtin = !s->plain && run->kind == RO_KIND_ARTICLES;
    return run->request->synonyms == RO_SYNONYMS_AUTO
               ? ro_query_synonyms(s->synonyms, builtin, planner, run->q_tree, err)
               : RO_OK;
}

static ro_status make_plan(ro_run *run, ro_error *err) {
    ro_str q = run->request->q, filter = run->request->filter;
    bool everything = true, unfiltered = true;
    ro_planner planner;
    ro_run_planner(run, &planner);
    ro_status status = restrict_plan(run, err);
    if (status == RO_OK) {
        status = well_formed(&q, &run->q_report, err);
    }
    if (status == RO_OK) {
        status = well_formed(&filter, &run->filter_report, err);
    }
    if (status == RO_OK) {
        status = ro_syntax_parse(q, &run->q_report, &run->q_tree, &everything, err);
    }
    if (status == RO_OK) {
        status = ro_syntax_parse(filter, &run->filter_report, &run->filter_tree, &unfiltered, err);
    }
    if (status == RO_OK) {
        planner.report = &run->filter_report;
        status = ro_query_join_values(&planner, filter, &run->filter_tree, err);
    }
    if (status == RO_OK) {
        planner.report = &run->q_report;
        status = ro_query_join_values(&planner, q, &run->q_tree, err);
    }
    if (status == RO_OK) {
        planner.unfinished = run->request->prefix ? find_unfinished(run->q_tree, q) : NULL;
        status = read_question(run, &everything, err);
    }
    if (status == RO_OK) {
        planner.report = &run->q_report;
        planner.mode = run->mode;
        planner.fields = run->request->fields ? run->request->fields : RO_FIELD_ANY;
        status = add_synonyms(run, &planner, err);
    }
    if (status == RO_OK) {
        status = ro_query_plan_clauses(&planner, run->q_tree, everything, err);
    }
    if (status == RO_OK) {
        planner.report = &run->filter_report;
        planner.fields = RO_FIELD_ANY;
        status = ro_query_plan_filter(&planner, run->filter_tree, unfiltered, err);
    }
    if (status == RO_OK) {
        status = ro_run_prefer(run, &planner, err);
    }
    return status;
}

/* One hit more than the page shows tells whether there is a next page. */
static void prepare_search(ro_run *run) {
    const ro_request *request = run->request;
    run->search = (ro_search){.kind = run->kind,
                              .rank = RO_RANK_DEFAULT,
                              .sort = request->sort,
                              .k = request->limit ? request->offset + request->limit + 1 : 0,
                              .collapse = request->collapse,
                              .facets = request->facets,
                              .count_to = request->limit ? run->searcher->count_to : 0,
                              .deadline = request->deadline};
    run->search.rank.half_life_days = request->half_life_days;
    run->search.rank.now = run->cursor.now;
    if (request->sort == RO_SORT_SCORE && !run->plan.scored) {
        run->search.sort = RO_SORT_NEWEST;
    }
    if (run->continued) {
        run->search.after = &run->cursor.last;
    }
}

/* A commit changes all scores: those of two revisions do not compare. */
static ro_status check_revision(ro_run *run, ro_error *err) {
    uint64_t revision = ro_snapshot_revision(run->searcher->snapshot);
    if (run->continued && run->search.sort == RO_SORT_SCORE && run->cursor.revision != revision) {
        return ro_fail(err, RO_INVALID, "cursor: the index changed since; start again");
    }
    run->cursor.revision = revision;
    return RO_OK;
}

static void cut_page(ro_run *run) {
    const ro_request *request = run->request;
    run->first = request->offset < run->found.hit_count ? request->offset : run->found.hit_count;
    run->count = run->found.hit_count - run->first;
    run->more = run->count > request->limit;
    run->count = run->more ? request->limit : run->count;
}

ro_status ro_run_prepare(ro_run *run, ro_searcher *searcher, const ro_request *request,
                         ro_kind kind, ro_error *err) {
    *run =
        (ro_run){.searcher = searcher, .request = request, .kind = kind, .started_ns = ro_now_ns()};
    run->q_report = (ro_report){.arena = &searcher->arena, .in = "q", .typing = request->prefix};
    run->filter_report = (ro_report){.arena = &searcher->arena, .in = "filter"};
    run->continued = request->cursor.len > 0;
    ro_status status = RO_OK;
    if (run->continued) {
        status = ro_cursor_read(request->cursor, ro_cursor_query(request), &run->cursor, err);
    } else {
        run->cursor = (ro_cursor){.query = ro_cursor_query(request), .now = (int64_t)time(NULL)};
    }
    if (status == RO_OK) {
        status = ro_searcher_languages(searcher, err);
    }
    if (status == RO_OK) {
        status = make_plan(run, err);
    }
    if (status == RO_OK) {
        prepare_search(run);
    }
    return status;
}

ro_status ro_run_start(ro_run *run, ro_searcher *searcher, const ro_request *request, ro_kind kind,
                       ro_error *err) {
    ro_status status = ro_run_prepare(run, searcher, request, kind, err);
    if (status == RO_OK) {
        status = check_revision(run, err);
    }
    if (status == RO_OK) {
        status = ro_run_search(run, err);
    }
    if (status == RO_OK) {
        cut_page(run);
        status = ro_run_did_you_mean(run, err);
    }
    return status;
}

ro_status ro_searcher_search(ro_searcher *searcher, const ro_request *request, json_t **answer,
                             ro_error *err) {
    ro_run run;
    *answer = NULL;
    ro_status status = ro_run_check(request, err);
    if (status != RO_OK) {
        return status;
    }
    ro_arena_reset(&searcher->arena);
    if (request->kind == RO_KIND_ALL) {
        return ro_searcher_answers(searcher, request, answer, err);
    }
    status = ro_run_start(&run, searcher, request, (ro_kind)request->kind, err);
    if (status == RO_OK) {
        status = ro_run_facets(&run, err);
    }
    return status == RO_OK ? ro_run_answer(&run, answer, err) : status;
}
