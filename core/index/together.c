/* Words in the company of others, from a sample of the documents. */
#include "evaluate/evaluate.h"
#include "evaluate/evaluator.h"
#include "snapshot.h"

#define EXAMPLE_WORDS_MAX 4000 /* of a body that is read for one word's sake */
#define EXAMPLES_LOOKED_AT 64

/* The documents of a search, as long as `see` asks for more. */
typedef struct sampling {
    ro_collection *collection;
    ro_evaluator *evaluator;
    bool (*see)(struct sampling *s, ro_doc doc, const ro_record *record);
    void *context;
    size_t seen;
    bool done;
} sampling;

static ro_status visit(void *context, ro_doc doc, const ro_postings *postings) {
    sampling *s = context;
    const ro_record *record = ro_columns_get(&s->collection->columns, doc);
    if (!record) {
        return RO_OK;
    }
    ro_evaluator_next(s->evaluator, record, postings);
    if (ro_evaluator_matches(s->evaluator)) {
        s->seen++;
        s->done = !s->see(s, doc, record);
    }
    ro_status status = ro_evaluator_status(s->evaluator);
    return status ? status : s->done ? RO_LIMIT : RO_OK;
}

static ro_status sample(ro_snapshot *snapshot, ro_kind kind, const ro_match *match,
                        ro_deadline deadline, sampling *s, ro_arena *arena, ro_error *err) {
    const ro_rank rank = RO_RANK_DEFAULT;
    ro_scorer scorer;
    ro_plan plan = {0};
    ro_expression expression;
    ro_error stopped = RO_ERROR_INIT;
    ro_status status = ro_snapshot_collection(snapshot, kind, false, &s->collection, err);
    if (status) {
        return status;
    }
    ro_scorer_init(&scorer, &rank, &s->collection->columns.totals);
    const ro_plan_source source = {&scorer, &s->collection->lexicon, snapshot};
    if (!(status = ro_plan_make(match, &source, arena, &plan, err)) &&
        !(status = ro_evaluator_make(&plan, &scorer, deadline, &s->evaluator, err)) &&
        !(status = ro_expression_make(&plan, arena, &expression, err)) && expression.text.len) {
        status = ro_hot_run(&s->collection->hot, &plan, &expression, 0, deadline, visit, s, arena,
                            &stopped);
        status = s->done ? RO_OK : status;
        if (status) {
            (void)ro_fail(err, status, "%s", stopped.message);
        }
    }
    ro_evaluator_release(s->evaluator);
    ro_plan_release(&plan);
    return status;
}

/* ---- words with others ---------------------------------------------------------------------- */

typedef struct company {
    ro_company *out;
    size_t count, sample;
} company;

/* The root's children are what must match, then a phrase for each word: its first part the word
 * before, its second the word itself. */
static bool count_company(sampling *s, ro_doc doc, const ro_record *record) {
    company *c = s->context;
    (void)doc;
    (void)record;
    for (size_t i = 0; i < c->count; i++) {
        ro_plan_node *phrase = &s->evaluator->plan->root->children[1 + i];
        ro_plan_node *word = &phrase->children[phrase->child_count - 1];
        if (ro_evaluator_may_occur(s->evaluator, word) &&
            ro_evaluator_node_matches(s->evaluator, word)) {
            c->out[i].together++;
            c->out[i].behind += ro_evaluator_node_matches(s->evaluator, phrase);
        }
    }
    return s->seen < c->sample;
}

static ro_status add_phrase(ro_arena *arena, ro_match *root, ro_match *before, ro_str term,
                            bool exact, ro_error *err) {
    ro_match *phrase = ro_match_new(arena, RO_MATCH_PHRASE);
    ro_match *word = ro_match_new(arena, RO_MATCH_TERM);
    if (!phrase || !word) {
        return ro_fail_memory(err);
    }
    phrase->occur = RO_SHOULD;
    word->term = term;
    word->exact = exact;
    word->gap = 1;
    ro_status status = ro_match_add(arena, phrase, before, err);
    status = status ? status : ro_match_add(arena, phrase, word, err);
    return status ? status : ro_match_add(arena, root, phrase, err);
}

ro_status ro_words_company(ro_snapshot *snapshot, ro_kind kind, ro_match *match, ro_match *before,
                           const ro_str *terms, size_t count, bool exact, size_t most,
                           ro_deadline deadline, ro_arena *arena, ro_company *out, ro_error *err) {
    company c = {out, count, most};
    sampling s = {.see = count_company, .context = &c};
    memset(out, 0, count * sizeof *out);
    ro_match *root = ro_match_new(arena, RO_MATCH_BOOL);
    ro_status status = root ? ro_match_add(arena, root, match, err) : ro_fail_memory(err);
    for (size_t i = 0; !status && i < count; i++) {
        status = add_phrase(arena, root, before, terms[i], exact, err);
    }
    return status || !count || !most ? status
                                     : sample(snapshot, kind, root, deadline, &s, arena, err);
}

/* ---- an example of a word ------------------------------------------------------------------- */

static bool take_short(sampling *s, ro_doc doc, const ro_record *record) {
    if (record->body_words > EXAMPLE_WORDS_MAX) {
        return s->seen < EXAMPLES_LOOKED_AT;
    }
    *(ro_doc *)s->context = doc;
    return false;
}

ro_status ro_word_example(ro_snapshot *snapshot, ro_kind kind, ro_str form, ro_deadline deadline,
                          ro_arena *arena, ro_doc *doc, ro_error *err) {
    sampling s = {.see = take_short, .context = doc};
    *doc = 0;
    ro_match *word = ro_match_new(arena, RO_MATCH_TERM);
    if (!word) {
        return ro_fail_memory(err);
    }
    word->term = form;
    word->exact = true;
    return sample(snapshot, kind, word, deadline, &s, arena, err);
}
