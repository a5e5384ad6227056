/* Misspelled words. A word that no article has is searched for as the nearest words that some have;
 * a word that occurs is left alone, and only asked about where little was found. */
#include "searcher.h"

#include "readout/utf8.h"

#define CORRECTED_MAX 4  /* words of one query that are corrected or asked about */
#define NEIGHBOURS_MAX 8 /* words that are looked at for each */
#define COMMONER 20 /* times as many articles: then a word that occurs may be meant otherwise */

/* One edit from 4 letters, two from 8. */
static unsigned edits_for(ro_str form) {
    size_t letters = 0, taken;
    for (size_t at = 0; at < form.len; at += taken, letters++) {
        (void)ro_utf8_decode(form.ptr + at, form.len - at, &taken);
    }
    return letters < 4 ? 0 : letters < 8 ? 1 : 2;
}

/* A word of one piece with its only unit; false: it is not corrected. */
static ro_status read_unit(ro_planner *p, ro_str text, ro_unit *out, bool *found, ro_error *err) {
    ro_units units;
    ro_status status =
        ro_units_read(p->analyser, text, p->languages, p->language_count, p->arena, &units, err);
    *found = status == RO_OK && units.count == 1 && !units.items[0].number;
    if (*found) {
        *out = units.items[0];
    }
    return status;
}

static bool same_stem(const ro_unit *a, const ro_unit *b) {
    for (size_t i = 0; i < a->stem_count; i++) {
        for (size_t j = 0; j < b->stem_count; j++) {
            if (ro_str_equal(a->stems[i], b->stems[j])) {
                return true;
            }
        }
    }
    return false;
}

/* In the dictionary of articles, whatever kind is searched: a word that stands in no talk is not
 * misspelled for that. The nearest only, commonest first. */
static ro_status neighbours(ro_planner *p, ro_str form, unsigned edits, ro_word **words,
                            size_t *count, ro_error *err) {
    ro_status status = RO_OK;
    *count = 0;
    for (unsigned e = 1; status == RO_OK && *count == 0 && e <= edits; e++) {
        status = ro_words_by_distance(p->snapshot, RO_KIND_ARTICLES, form, e, 1, NEIGHBOURS_MAX,
                                      p->deadline, p->arena, words, count, err);
    }
    return status;
}

static ro_status record(ro_planner *p, ro_clause *clause, ro_word *words, size_t count,
                        ro_error *err) {
    ro_correction *made = ro_arena_alloc(p->arena, sizeof *made);
    if (!made) {
        return ro_fail_memory(err);
    }
    *made = (ro_correction){clause, words, count, NULL};
    ro_correction **tail = &p->plan->corrections;
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = made;
    return RO_OK;
}

/* Puts the neighbours in the place of the word; one of several with the same stem. */
static ro_status replace(ro_planner *p, ro_clause *clause, ro_word *words, size_t count,
                         ro_error *err) {
    ro_unit units[NEIGHBOURS_MAX];
    ro_match *any = ro_match_new(p->arena, RO_MATCH_ANY_OF);
    size_t kept = 0;
    ro_status status = any ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        bool good;
        ro_match *term = NULL;
        status = read_unit(p, words[i].form, &units[kept], &good, err);
        for (size_t j = 0; j < kept; j++) {
            good = good && !same_stem(&units[j], &units[kept]);
        }
        if (status == RO_OK && good) {
            status = ro_query_term(p, clause->syntax, &units[kept], &term, err);
        }
        if (status == RO_OK && term) {
            status = ro_match_add(p->arena, any, term, err);
            words[kept++] = words[i];
        }
    }
    if (status != RO_OK || kept == 0) {
        return status;
    }
    ro_match *node = kept > 1 ? any : any->children[0];
    node->boost = clause->node->boost;
    clause->node = node;
    clause->guessed = true;
    return record(p, clause, words, kept, err);
}

static ro_status correct(ro_planner *p, ro_clause *clause, bool *looked, ro_error *err) {
    ro_unit unit;
    bool good;
    int64_t df = 0;
    ro_word *words;
    size_t count;
    *looked = false;
    ro_status status = ro_query_frequency(p->snapshot, RO_KIND_ARTICLES, clause->node, &df, err);
    if (status != RO_OK || df) {
        return status;
    }
    status = read_unit(p, clause->text, &unit, &good, err);
    unsigned edits = status == RO_OK && good ? edits_for(unit.form) : 0;
    if (edits == 0) {
        return status;
    }
    *looked = true;
    status = neighbours(p, unit.form, edits, &words, &count, err);
    /* The first letter is seldom the wrong one: it counts for two edits. */
    if (status == RO_OK && count == 0 && edits > 1) {
        status = ro_words_by_distance(p->snapshot, RO_KIND_ARTICLES, unit.form, 1, 0,
                                      NEIGHBOURS_MAX, p->deadline, p->arena, &words, &count, err);
    }
    return status == RO_OK && count ? replace(p, clause, words, count, err) : status;
}

static bool is_word(const ro_clause *clause) {
    return clause->relaxable && clause->syntax->kind == RO_SYNTAX_WORD;
}

ro_status ro_query_correct(ro_planner *p, ro_error *err) {
    size_t left = CORRECTED_MAX;
    ro_status status = RO_OK;
    for (ro_clause *clause = p->plan->clauses; status == RO_OK && left && clause;
         clause = clause->next) {
        bool looked = false;
        if (is_word(clause)) {
            status = correct(p, clause, &looked, err);
        }
        left -= looked;
    }
    return status;
}

/* ---- did you mean ---- */

/* Another ending of the same word, as far as letters tell: `talk` and `talks`. */
static bool differ_in_ending(ro_str a, ro_str b) {
    return ro_str_starts_with(a, b) || ro_str_starts_with(b, a);
}

/* A far commoner word one edit away; empty: none. */
static ro_status ask_about(ro_planner *p, const ro_clause *clause, ro_str *out, ro_error *err) {
    ro_unit unit, other;
    bool good;
    int64_t df = 0;
    ro_word *words;
    size_t count = 0;
    ro_status status = read_unit(p, clause->text, &unit, &good, err);
    if (status == RO_OK && good) {
        status = ro_query_frequency(p->snapshot, RO_KIND_ARTICLES, clause->node, &df, err);
    }
    if (status == RO_OK && good && df && edits_for(unit.form)) {
        status = neighbours(p, unit.form, 1, &words, &count, err);
    }
    for (size_t i = 0; status == RO_OK && !out->len && i < count; i++) {
        bool meant = words[i].df / COMMONER >= df && !differ_in_ending(words[i].form, unit.form);
        status = read_unit(p, words[i].form, &other, &good, err);
        if (status == RO_OK && meant && good && !same_stem(&unit, &other)) {
            *out = words[i].form;
        }
    }
    return status;
}

static ro_str corrected_to(const ro_query_plan *plan, const ro_clause *clause) {
    for (const ro_correction *c = plan->corrections; c; c = c->next) {
        if (c->clause == clause) {
            return c->into[0].form;
        }
    }
    return RO_STR_NONE;
}

/* The text with each word that is likely meant otherwise in its better spelling. */
ro_status ro_run_did_you_mean(ro_run *run, ro_error *err) {
    ro_str text = run->q_report.text;
    ro_buf meant = RO_BUF_INIT;
    ro_planner planner;
    size_t at = 0, left = CORRECTED_MAX;
    ro_status status = RO_OK;
    bool few = run->found.total < RO_RELAX_ENOUGH;
    ro_run_planner(run, &planner);
    for (const ro_clause *clause = run->plan.clauses; status == RO_OK && clause && planner.typo;
         clause = clause->next) {
        ro_str word = clause->text, better = corrected_to(&run->plan, clause);
        /* What was repaired is not a part of the text. */
        bool inside = is_word(clause) && word.ptr >= text.ptr + at &&
                      word.ptr + word.len <= text.ptr + text.len;
        if (inside && !better.len && few && left) {
            left--;
            status = ask_about(&planner, clause, &better, err);
        }
        if (status == RO_OK && inside && better.len) {
            size_t from = (size_t)(word.ptr - text.ptr);
            ro_buf_add(&meant, text.ptr + at, from - at);
            ro_buf_add_str(&meant, better);
            at = from + word.len;
        }
    }
    if (status == RO_OK && at) {
        ro_buf_add(&meant, text.ptr + at, text.len - at);
        status = ro_buf_check(&meant, err);
    }
    if (status == RO_OK && at) {
        run->did_you_mean = ro_arena_copy(&run->searcher->arena, ro_buf_str(&meant));
        status = run->did_you_mean.ptr ? RO_OK : ro_fail_memory(err);
    }
    ro_buf_release(&meant);
    return status;
}
