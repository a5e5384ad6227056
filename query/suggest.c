#include "suggest.h"

#include "marks.h"
#include "snippet.h"

#include "readout/utf8.h"

#include <ctype.h>

#define TITLE_COMPLETIONS 4 /* completions of the last word that titles are looked up with */
#define SUGGEST_MAX 100
#define COUNT_ROWS_MAX 1000 /* articles with the rarest word that are counted through */
/* Words in more articles say little about titles, and looking through all of these takes long. */
#define TITLE_ROWS_MAX 20000
#define TITLE_WORDS_TRIED 16 /* completions, for some that are in few articles */

/* A word goes back over letters, digits, everything beyond ASCII, and apostrophes between them. */
static void split(ro_suggesting *run, ro_str q) {
    size_t start = q.len;
    while (start > 0) {
        unsigned char c = (unsigned char)q.ptr[start - 1];
        if (!isalnum(c) && c < 0x80 && !(c == '\'' && start < q.len)) {
            break;
        }
        start--;
    }
    run->head = ro_str_make(q.ptr, start);
    run->word = ro_str_make(q.ptr + start, q.len - start);
}

static ro_status narrow(ro_query_plan *plan, ro_match *also, ro_arena *arena, ro_error *err) {
    ro_match *both = ro_match_new(arena, RO_MATCH_BOOL);
    ro_status status = both ? ro_match_add(arena, both, also, err) : ro_fail_memory(err);
    if (status == RO_OK && plan->filter) {
        status = ro_match_add(arena, both, plan->filter, err);
    }
    plan->filter = both;
    return status;
}

ro_status ro_suggest_count(ro_suggesting *run, ro_str text, ro_match *also, int64_t *count,
                           ro_error *err) {
    ro_request request = *run->request;
    ro_run counting;
    request.q = text;
    request.kind = RO_KIND_ARTICLES;
    request.match = RO_MATCH_MODE_ALL;
    request.typo = RO_TYPO_OFF;
    request.limit = 0;
    ro_status status = ro_run_prepare(&counting, run->searcher, &request, RO_KIND_ARTICLES, err);
    *count = -1;
    bool long_count =
        counting.plan.relaxable_count && counting.plan.relaxable[0]->df > COUNT_ROWS_MAX;
    if (status != RO_OK || (long_count && !also && !request.restriction.len)) {
        return status;
    }
    status = also ? narrow(&counting.plan, also, &run->searcher->arena, err) : RO_OK;
    if (status != RO_OK) {
        return status;
    }
    status = ro_run_search(&counting, err);
    *count = status == RO_OK ? counting.found.total : -1;
    return status;
}

static ro_status add_word(ro_suggesting *run, const ro_word *word, ro_error *err) {
    ro_str written, text;
    int64_t count = word->df; /* of a word alone the dictionary knows it */
    ro_status status = ro_completion_write(run, word, &written, err);
    if (status != RO_OK) {
        return status;
    }
    text = ro_arena_printf(&run->searcher->arena, "%.*s%.*s", RO_STR_ARG(run->head),
                           RO_STR_ARG(written));
    if (!text.ptr) {
        return ro_fail_memory(err);
    }
    if (run->head.len || run->filter) {
        status = ro_suggest_count(run, text, NULL, &count, err);
    }
    if (status != RO_OK || (count == 0 && run->filter)) {
        return status;
    }
    json_t *item = json_object();
    ro_json_append(run->list, item, &run->memory);
    ro_json_set(item, "text", ro_json_string(text), &run->memory);
    ro_json_set(item, "kind", json_string("word"), &run->memory);
    if (count >= 0) {
        ro_json_set(item, "count", json_integer(count), &run->memory);
    }
    return RO_OK;
}

/* ---- titles ---- */

/* Several completions may have one stem. */
static bool is_among(const ro_match *any, const ro_match *term) {
    for (size_t i = 0; i < any->child_count; i++) {
        const ro_match *other = any->children[i];
        if (term->kind == RO_MATCH_TERM && other->kind == RO_MATCH_TERM &&
            ro_str_equal(other->term, term->term)) {
            return true;
        }
    }
    return false;
}

/* The commonest completions of the last word, by their stems: exact forms would cost a look at the
 * positions of every article. `alone`: nothing else says which articles to look at, and it takes
 * as long as they are many. */
static ro_status any_completion(ro_suggesting *run, ro_planner *planner, const ro_syntax *title,
                                bool alone, ro_match **out, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_match *any = ro_match_new(&s->arena, RO_MATCH_ANY_OF);
    ro_status status = any ? RO_OK : ro_fail_memory(err);
    size_t tried = alone ? TITLE_WORDS_TRIED : TITLE_COMPLETIONS;
    int64_t rows = 0;
    *out = NULL;
    for (size_t i = 0; status == RO_OK && i < run->word_count && i < tried &&
                       any->child_count < TITLE_COMPLETIONS;
         i++) {
        ro_units units;
        ro_match *term = NULL;
        status = ro_units_read(s->analyser, run->words[i].form, s->languages, s->language_count,
                               &s->arena, &units, err);
        if (status == RO_OK && units.count == 1) {
            status = ro_query_term(planner, title, &units.items[0], &term, err);
        }
        int64_t df = 0;
        if (status == RO_OK && term && is_among(any, term)) {
            continue;
        }
        if (status == RO_OK && term && alone) {
            status = ro_query_frequency(s->snapshot, RO_KIND_ARTICLES, term, &df, err);
        }
        if (status == RO_OK && term && rows + df <= TITLE_ROWS_MAX) {
            rows += df;
            status = ro_match_add(&s->arena, any, term, err);
        }
    }
    *out = status == RO_OK && any->child_count ? any : NULL;
    return status;
}

/* Leaves out words that are in too many articles to be looked for, beside others. False when only
 * such words are left. */
static ro_status drop_common(ro_suggesting *run, ro_query_plan *plan, bool *telling,
                             ro_error *err) {
    int64_t rarest = INT64_MAX;
    for (ro_clause *clause = plan->clauses; clause; clause = clause->next) {
        ro_status status = ro_query_frequency(run->searcher->snapshot, RO_KIND_ARTICLES,
                                              clause->node, &clause->df, err);
        if (status != RO_OK) {
            return status;
        }
        rarest = clause->df < rarest ? clause->df : rarest;
    }
    for (ro_clause **at = &plan->clauses; *at;) {
        if ((*at)->df > TITLE_ROWS_MAX) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
    *telling = rarest <= TITLE_ROWS_MAX;
    return RO_OK;
}

/* The words before, and any completion of the last, in the title. */
static ro_status plan_titles(ro_suggesting *run, ro_query_plan *plan, bool *telling,
                             ro_error *err) {
    ro_report report = {.arena = &run->searcher->arena, .in = "q"};
    ro_syntax title = {.kind = RO_SYNTAX_WORD, .fields = RO_FIELD_TITLE, .text = run->head};
    ro_planner planner;
    ro_status status = ro_suggest_plan_head(run, &planner, &report, &title, plan, err);
    if (status == RO_OK && run->word_count) {
        ro_match *any;
        status = any_completion(run, &planner, &title, !plan->clauses, &any, err);
        if (status == RO_OK && any) {
            status = ro_suggest_add_clause(plan, any, &run->searcher->arena, err);
        }
    }
    return status == RO_OK ? drop_common(run, plan, telling, err) : status;
}

static bool is_listed(const ro_suggesting *run, ro_str title) {
    for (size_t i = 0; i < json_array_size(run->list); i++) {
        const json_t *text = json_object_get(json_array_get(run->list, i), "text");
        if (ro_str_equal(title, ro_str_make(json_string_value(text), json_string_length(text)))) {
            return true;
        }
    }
    return false;
}

static ro_status add_title(ro_suggesting *run, ro_marker *marker, ro_doc doc, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_article article;
    ro_marks marks;
    json_t *highlights, *item;
    ro_arena_reset(&s->scratch);
    ro_status status = ro_snapshot_article(s->snapshot, doc, false, &s->scratch, &article, err);
    if (status != RO_OK || is_listed(run, article.title)) {
        return status;
    }
    status = ro_marker_scan(marker, article.title, article.language, RO_FIELD_TITLE, &s->scratch,
                            &marks, err);
    if (status == RO_OK) {
        ro_marker_filter(marker, &marks);
        status = ro_highlights_json(article.title, &marks, RO_HIGHLIGHT_OFFSETS, &highlights, err);
    }
    if (status != RO_OK) {
        return status;
    }
    item = json_object();
    ro_json_append(run->list, item, &run->memory);
    ro_json_set(item, "text", ro_json_string(article.title), &run->memory);
    ro_json_set(item, "kind", json_string("title"), &run->memory);
    ro_json_set(item, "id", ro_json_string(article.id), &run->memory);
    ro_json_set(item, "url", ro_json_string(article.url), &run->memory);
    ro_json_set(item, "highlights", highlights, &run->memory);
    return RO_OK;
}

static ro_status add_titles(ro_suggesting *run, size_t limit, ro_error *err) {
    ro_searcher *s = run->searcher;
    ro_query_plan plan = {0};
    ro_marker marker;
    ro_match *match = NULL;
    ro_found found = {0};
    bool telling = false;
    ro_status status = plan_titles(run, &plan, &telling, err);
    if (status != RO_OK || !plan.clauses || !telling) {
        return status;
    }
    plan.filter = run->filter;
    status = ro_query_plan_match(&plan, 0, &s->arena, &match, err);
    if (status == RO_OK) {
        /* Twice as many, for titles that several articles share. */
        ro_search search = {.match = match,
                            .rank = RO_RANK_DEFAULT,
                            .sort = RO_SORT_SCORE,
                            .k = limit * 2,
                            .deadline = run->deadline};
        search.rank.near_weight = 0; /* words of a title are close together anyway */
        status = ro_snapshot_search(s->snapshot, &search, &s->arena, &found, err);
    }
    if (status == RO_OK) {
        status =
            ro_marker_init(&marker, s->snapshot, s->analyser, &plan, run->deadline, &s->arena, err);
    }
    for (size_t i = 0; status == RO_OK && i < found.hit_count && json_array_size(run->list) < limit;
         i++) {
        status = add_title(run, &marker, found.hits[i].doc, err);
    }
    return status;
}

/* Adds words, from `*next` on, until the list has `most`. */
static ro_status add_words(ro_suggesting *run, size_t *next, size_t most, ro_error *err) {
    ro_status status = RO_OK;
    while (status == RO_OK && *next < run->word_count && json_array_size(run->list) < most) {
        status = add_word(run, &run->words[(*next)++], err);
    }
    return status;
}

/* Words take half of the list, more where there are too few names and titles. */
static ro_status fill(ro_suggesting *run, const json_t *places, ro_error *err) {
    size_t limit = run->request->limit, next = 0;
    ro_status status = add_words(run, &next, (limit + 1) / 2, err);
    if (status == RO_OK) {
        status = ro_suggest_people(run, (limit + 2) / 5, err);
    }
    if (status == RO_OK) {
        ro_suggest_places(run, places, (limit + 2) / 8);
    }
    /* One letter says too little to look through titles for. */
    if (status == RO_OK && run->word.len != 1) {
        status = add_titles(run, limit, err);
    }
    return status == RO_OK ? add_words(run, &next, limit, err) : status;
}

/* What the filter and the restriction compile to. */
static ro_status read_filter(ro_suggesting *run, ro_error *err) {
    ro_request request = *run->request;
    ro_run filtering;
    if (!request.filter.len && !request.restriction.len) {
        return RO_OK;
    }
    request.q = RO_STR_NONE;
    ro_status status = ro_run_prepare(&filtering, run->searcher, &request, RO_KIND_ARTICLES, err);
    ro_match *both[] = {filtering.plan.filter, filtering.plan.restriction};
    run->filter = both[0] ? both[0] : both[1];
    if (status == RO_OK && both[0] && both[1]) {
        run->filter = ro_match_new(&run->searcher->arena, RO_MATCH_BOOL);
        status = run->filter ? RO_OK : ro_fail_memory(err);
        for (int i = 0; status == RO_OK && i < 2; i++) {
            status = ro_match_add(&run->searcher->arena, run->filter, both[i], err);
        }
    }
    return status;
}

ro_status ro_searcher_suggest(ro_searcher *searcher, const ro_request *request, json_t **answer,
                              ro_error *err) {
    int64_t started = ro_now_ns();
    ro_str q = request->q;
    size_t limit = request->limit;
    *answer = NULL;
    if (q.len > RO_QUERY_TEXT_MAX || request->filter.len > RO_QUERY_TEXT_MAX ||
        limit > SUGGEST_MAX) {
        return ro_fail(err, RO_LIMIT, "suggest: at most %d bytes and %d suggestions",
                       RO_QUERY_TEXT_MAX, SUGGEST_MAX);
    }
    json_t *places;
    ro_status status = ro_suggest_find_places(searcher, request, &places, err);
    if (status != RO_OK) {
        return status;
    }
    ro_arena_reset(&searcher->arena);
    ro_suggesting run = {.searcher = searcher,
                         .request = request,
                         .deadline = request->deadline,
                         .list = json_array()};
    run.memory = !run.list;
    split(&run, q);
    size_t max = limit > TITLE_COMPLETIONS ? limit : TITLE_COMPLETIONS;
    status = run.memory ? ro_fail_memory(err) : ro_searcher_languages(searcher, err);
    if (status == RO_OK) {
        status = read_filter(&run, err);
    }
    if (status == RO_OK) {
        status = ro_completions_find(&run, max, err);
    }
    if (status == RO_OK && limit) {
        status = fill(&run, places, err);
    }
    json_t *object = NULL;
    if (status == RO_OK) {
        object = json_object();
        ro_json_set(object, "query", ro_json_string(q), &run.memory);
        ro_json_set(object, "took_ms", ro_json_took(started), &run.memory);
        ro_json_set(object, "suggestions", json_incref(run.list), &run.memory);
        status = run.memory ? ro_fail_memory(err) : RO_OK;
    }
    json_decref(run.list);
    json_decref(places);
    if (status != RO_OK) {
        json_decref(object);
        return status;
    }
    *answer = object;
    return RO_OK;
}
