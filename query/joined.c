/* Values of several words that were written without quotes: `place:New York`. The index tells:
 * where nothing has the first word as a value, it goes with those behind it with which something
 * has, or the answer says that quotes are missing. */
#include "plan.h"

#define WORDS_MAX 3 /* behind the first */

typedef struct joiner {
    ro_planner *planner;
    ro_str text; /* that all operands are parts of */
    ro_error *err;
} joiner;

static bool has_values(ro_column column) {
    return column != RO_COLUMN_PUBLISHED && column != RO_COLUMN_LANGUAGE &&
           column != RO_COLUMN_ROLE && column != RO_COLUMN_STATUS;
}

static bool is_part_of(ro_str part, ro_str text) {
    return part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len;
}

/* Only blanks are between the two: neither has quotes, a sign or a field of its own. */
static bool follows(const joiner *j, const ro_syntax *node, const ro_syntax *next) {
    bool plain = next && next->kind == RO_SYNTAX_WORD && next->form == RO_FORM_STEM &&
                 next->sign == RO_SIGN_NONE && !next->name && is_part_of(next->text, j->text);
    const char *at = node->text.ptr + node->text.len;
    while (plain && at < next->text.ptr && *at == ' ') {
        at++;
    }
    return plain && at == next->text.ptr;
}

/* Whether the index has the value in this column. */
static ro_status is_known(const joiner *j, const ro_syntax *node, ro_str text, bool *known) {
    ro_planner *p = j->planner;
    ro_report none = {.arena = p->report->arena, .in = p->report->in};
    ro_report *report = p->report;
    ro_syntax asked = *node;
    ro_match *match;
    asked.text = text;
    p->report = &none;
    ro_status status = ro_query_values(p, &asked, &match, j->err);
    p->report = report;
    *known = false;
    return status == RO_OK && match
               ? ro_snapshot_has_values(p->snapshot, match->column, match->values,
                                        match->value_count, known, j->err)
               : status;
}

static bool begins_capital(ro_str text) {
    return text.len && *text.ptr >= 'A' && *text.ptr <= 'Z';
}

/* What a value and the words behind it may be together, the longest last. */
typedef struct wholes {
    ro_str texts[WORDS_MAX];
    ro_syntax *last[WORDS_MAX]; /* words of the wholes */
    size_t count;
    bool of_person;
} wholes;

/* A name has one word more, or two where all begin with capitals. */
static bool may_go_on(const wholes *w, const ro_syntax *node, const ro_syntax *next) {
    bool name = begins_capital(node->text) && begins_capital(next->text);
    return w->count < (!w->of_person ? WORDS_MAX : name ? 2 : !begins_capital(node->text));
}

static void find_wholes(const joiner *j, const ro_syntax *node, wholes *out) {
    ro_syntax whole = *node;
    *out = (wholes){.of_person = ro_column_has_people(node->column)};
    for (ro_syntax *next = node->next; follows(j, &whole, next) && may_go_on(out, node, next);
         next = next->next) {
        whole.text.len = (size_t)(next->text.ptr + next->text.len - node->text.ptr);
        out->texts[out->count] = whole.text;
        out->last[out->count++] = next;
    }
}

/* Of people a surname goes before a whole, and the shortest name before longer ones: names are
 * found by their last word, whatever stands before it. */
static ro_status join(const joiner *j, ro_syntax *node) {
    ro_report *report = j->planner->report;
    ro_str alone = ro_report_quote(node->text);
    wholes w;
    bool known;
    if (!follows(j, node, node->next)) {
        return RO_OK;
    }
    find_wholes(j, node, &w);
    ro_status status = is_known(j, node, node->text, &known);
    for (size_t i = 0; status == RO_OK && i < w.count && !(w.of_person && known); i++) {
        size_t at = w.of_person ? i : w.count - 1 - i;
        bool found;
        status = is_known(j, node, w.texts[at], &found);
        if (status == RO_OK && found) {
            ro_report_add(report, node->at, "%s '%.*s' with what follows is read as \"%.*s\"",
                          node->name, RO_STR_ARG(alone), RO_STR_ARG(ro_report_quote(w.texts[at])));
            node->text = w.texts[at];
            node->next = w.last[at]->next;
            return RO_OK;
        }
    }
    if (status == RO_OK && !known) {
        ro_report_add(report, node->at,
                      "nothing has %s '%.*s'; a value of several words needs quotes: "
                      "%s:\"%.*s %.*s\"",
                      node->name, RO_STR_ARG(alone), node->name, RO_STR_ARG(alone),
                      RO_STR_ARG(ro_report_quote(node->next->text)));
    }
    return status;
}

/* A group of which one node is left is that node. */
static void unwrap(ro_syntax **slot) {
    ro_syntax *group = *slot;
    ro_syntax *only = group->first;
    if (only && !only->next && group->kind == RO_SYNTAX_SEQUENCE && group->sign == RO_SIGN_NONE) {
        only->next = group->next;
        *slot = only;
    }
}

/* As deep as parentheses may be. */
static ro_status join_all(const joiner *j, ro_syntax **slot) {
    ro_status status = RO_OK;
    if (!*slot || !(*slot)->first) {
        return RO_OK;
    }
    for (ro_syntax **at = &(*slot)->first; status == RO_OK && *at; at = &(*at)->next) {
        ro_syntax *node = *at;
        bool value = node->kind == RO_SYNTAX_VALUE && has_values(node->column) &&
                     is_part_of(node->text, j->text) && (*slot)->kind == RO_SYNTAX_SEQUENCE;
        status = value ? join(j, node) : join_all(j, at);
    }
    unwrap(slot);
    return status;
}

ro_status ro_query_join_values(ro_planner *planner, ro_str text, ro_syntax **tree, ro_error *err) {
    joiner j = {planner, text, err};
    return join_all(&j, tree);
}
