/* The values that a field asks for: `side:american` is US, `status:refused` declined, a name all
 * the spellings of it. */
#include "plan.h"

#include "readout/fact_text.h"
#include "readout/side.h"

#define WORD_EDITS_MAX 2 /* letters that may be wrong in a role or status */
#define WORD_MAX 32      /* bytes of one */

typedef struct values {
    ro_planner *planner;
    ro_syntax *syntax;
    ro_match *node;
    ro_str folded; /* what was asked for */
    ro_error *err;
} values;

static ro_status add_value(values *v, ro_str value) {
    ro_match *node = v->node;
    size_t count = node->value_count;
    for (size_t i = 0; i < count; i++) {
        if (ro_str_equal(node->values[i], value)) {
            return RO_OK;
        }
    }
    if ((count & (count - 1)) == 0) {
        ro_str *grown =
            ro_arena_alloc_array(v->planner->arena, count ? count * 2 : 1, sizeof(ro_str));
        if (!grown) {
            return ro_fail_memory(v->err);
        }
        for (size_t i = 0; i < count; i++) {
            grown[i] = node->values[i];
        }
        node->values = grown;
    }
    node->values[node->value_count++] = value;
    return RO_OK;
}

static ro_status fold(values *v, ro_str text, ro_str *out) {
    ro_buf folded = RO_BUF_INIT;
    ro_status status = ro_fold(v->planner->analyser, text, &folded, v->err);
    if (status == RO_OK) {
        *out = ro_arena_copy(v->planner->arena, ro_buf_str(&folded));
        status = out->ptr ? RO_OK : ro_fail_memory(v->err);
    }
    ro_buf_release(&folded);
    return status;
}

static ro_status add_folded(values *v, ro_str value) {
    ro_str folded;
    ro_status status = fold(v, value, &folded);
    return status == RO_OK ? add_value(v, folded) : status;
}

/* ---- sides and places ---- */

static bool names_side(const values *v, ro_side *side) {
    ro_side_class class;
    return ro_side_of_code(v->folded, side) || ro_side_find(v->folded, side, &class);
}

static ro_status read_side(values *v) {
    ro_side side;
    if (names_side(v, &side)) {
        return add_folded(v, ro_str_from(side.code));
    }
    ro_report_add(v->planner->report, v->syntax->at, "no country or organisation '%.*s' is known",
                  RO_STR_ARG(ro_report_quote(v->syntax->text)));
    return add_value(v, v->folded);
}

/* Of a country the name, also where it is asked for by code or in another spelling. */
static ro_status read_place(values *v) {
    ro_side side;
    ro_side_class class;
    ro_status status = add_value(v, v->folded);
    bool country = ro_side_of_code(v->folded, &side) ||
                   (ro_side_find(v->folded, &side, &class) && class <= RO_SIDE_NATION);
    return status == RO_OK && country ? add_folded(v, ro_side_name(ro_str_from(side.code)))
                                      : status;
}

/* ---- roles and statuses ---- */

typedef struct synonym {
    const char *word, *value;
} synonym;

static const synonym ROLES[] = {{"head", "head"},           {"chair", "chair"},
                                {"host", "host"},           {"mediator", "mediator"},
                                {"member", "member"},       {"observer", "observer"},
                                {"mentioned", "mentioned"}, {"main", "main"},
                                {"leader", "head"},         {"led", "head"},
                                {"heads", "head"},          {"chairman", "chair"},
                                {"chairwoman", "chair"},    {"chairperson", "chair"},
                                {"mediators", "mediator"},  {"members", "member"},
                                {"participant", "member"},  {"delegate", "member"},
                                {"observers", "observer"},  {"hosts", "host"},
                                {"broker", "mediator"},     {NULL, NULL}};

static const synonym STATUSES[] = {{"held", "held"},
                                   {"ongoing", "ongoing"},
                                   {"paused", "paused"},
                                   {"planned", "planned"},
                                   {"proposed", "proposed"},
                                   {"agreed", "agreed"},
                                   {"cancelled", "cancelled"},
                                   {"declined", "declined"},
                                   {"rejected", "rejected"},
                                   {"denied", "denied"},
                                   {"reaffirmed", "reaffirmed"},
                                   {"open", "open"},
                                   {"canceled", "cancelled"},
                                   {"refused", "declined"},
                                   {"accepted", "agreed"},
                                   {"signed", "agreed"},
                                   {"suspended", "paused"},
                                   {"scheduled", "planned"},
                                   {"offered", "proposed"},
                                   {"unresolved", "open"},
                                   {"dismissed", "denied"},
                                   {NULL, NULL}};

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Letters to add, drop or change; both at most WORD_MAX bytes. */
static size_t distance(ro_str a, ro_str b) {
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

/* The value, or the only nearest one; NULL for none. */
static const synonym *find_word(const synonym *words, ro_str asked) {
    const synonym *best = NULL;
    size_t nearest = WORD_EDITS_MAX + 1;
    for (const synonym *w = words; w->word && asked.len <= WORD_MAX; w++) {
        size_t edits = distance(asked, ro_str_from(w->word));
        if (edits < nearest && edits * 3 < asked.len + 1) {
            best = w;
            nearest = edits;
        }
    }
    return best;
}

static ro_status read_word(values *v, const synonym *words) {
    const synonym *found = find_word(words, v->folded);
    ro_str text = ro_report_quote(v->syntax->text);
    if (!found) {
        ro_buf known = RO_BUF_INIT;
        for (const synonym *w = words; w->word && strcmp(w->word, w->value) == 0; w++) {
            ro_buf_printf(&known, "%s%s", w == words ? "" : ", ", w->word);
        }
        bool filtering = v->planner->filtering;
        ro_report_add(v->planner->report, v->syntax->at, "no %s '%.*s' (%.*s); %s", v->syntax->name,
                      RO_STR_ARG(text), (int)known.len, known.ptr ? known.ptr : "",
                      filtering ? "nothing has it" : "left out");
        ro_status status = ro_buf_check(&known, v->err);
        ro_buf_release(&known);
        return status == RO_OK && filtering ? add_value(v, v->folded) : status;
    }
    ro_str value = ro_str_from(found->value);
    if (!ro_str_equal(v->folded, value)) {
        ro_report_add(v->planner->report, v->syntax->at, "%s '%.*s' read as '%s'", v->syntax->name,
                      RO_STR_ARG(text), found->value);
    }
    v->syntax->text = value;
    return add_value(v, value);
}

/* ---- people ---- */

static ro_status read_person(values *v, bool or_side) {
    ro_planner *p = v->planner;
    ro_str *people;
    size_t count;
    ro_side side;
    ro_status status =
        ro_people_by_name(p->snapshot, v->syntax->text, p->arena, &people, &count, v->err);
    for (size_t i = 0; status == RO_OK && i < count; i++) {
        status = add_value(v, people[i]);
    }
    if (status == RO_OK && or_side && names_side(v, &side)) {
        status = add_folded(v, ro_str_from(side.code));
    }
    return status == RO_OK && !v->node->value_count ? add_value(v, v->folded) : status;
}

/* Which kinds of facts have values in a column; articles have those of all their facts. */
static const unsigned COLUMNS_OF[RO_KINDS] = {
    [RO_KIND_ARTICLES] = ~0U,
    [RO_KIND_TALKS] = 1U << RO_COLUMN_SIDE | 1U << RO_COLUMN_PERSON | 1U << RO_COLUMN_STATUS |
                      1U << RO_COLUMN_ROLE | 1U << RO_COLUMN_PLACE | 1U << RO_COLUMN_HOST,
    [RO_KIND_PARTICIPANTS] = 1U << RO_COLUMN_SIDE | 1U << RO_COLUMN_PERSON | 1U << RO_COLUMN_ROLE |
                             1U << RO_COLUMN_PLACE | 1U << RO_COLUMN_HOST,
    [RO_KIND_OUTCOMES] = 1U << RO_COLUMN_SIDE | 1U << RO_COLUMN_BY | 1U << RO_COLUMN_STATUS |
                         1U << RO_COLUMN_PLACE | 1U << RO_COLUMN_HOST,
    [RO_KIND_STATEMENTS] = 1U << RO_COLUMN_SIDE | 1U << RO_COLUMN_SPEAKER,
};

/* Nothing of the kind can match, and not for want of such a value. */
static void tell_useless(const values *v) {
    const ro_planner *p = v->planner;
    ro_column column = v->syntax->column;
    const char *kind = ro_kind_name(p->kind);
    bool role_of_talk = p->kind == RO_KIND_TALKS && column == RO_COLUMN_ROLE;
    if (column > RO_COLUMN_LANGUAGE && !(COLUMNS_OF[p->kind] >> column & 1)) {
        ro_report_add(p->report, v->syntax->at, "%s have no '%s:'; nothing has it", kind,
                      v->syntax->name);
    } else if (role_of_talk && !ro_str_equal(v->syntax->text, RO_STR(RO_ROLE_MAIN))) {
        ro_report_add(p->report, v->syntax->at,
                      "%s have no role but '%s'; nothing has it: participants have roles", kind,
                      RO_ROLE_MAIN);
    }
}

static ro_status read_values(values *v) {
    switch (v->syntax->column) {
    case RO_COLUMN_SIDE:
    case RO_COLUMN_HOST:
        return read_side(v);
    case RO_COLUMN_PLACE:
        return read_place(v);
    case RO_COLUMN_ROLE:
        return read_word(v, ROLES);
    case RO_COLUMN_STATUS:
        return read_word(v, STATUSES);
    case RO_COLUMN_PERSON:
        return read_person(v, false);
    case RO_COLUMN_BY:
    case RO_COLUMN_SPEAKER:
        return read_person(v, true);
    default:
        return add_value(v, v->folded);
    }
}

ro_status ro_query_values(ro_planner *p, ro_syntax *syntax, ro_match **out, ro_error *err) {
    values v = {.planner = p, .syntax = syntax, .err = err};
    *out = NULL;
    ro_match *node = ro_match_new(p->arena, RO_MATCH_VALUE);
    if (!node) {
        return ro_fail_memory(err);
    }
    node->from_byte = (uint32_t)syntax->at;
    node->until_byte = (uint32_t)(syntax->at + syntax->text.len);
    node->column = syntax->column;
    v.node = node;
    ro_status status = fold(&v, syntax->text, &v.folded);
    if (status == RO_OK) {
        status = read_values(&v);
    }
    if (status == RO_OK) {
        tell_useless(&v);
    }
    syntax->left_out = status == RO_OK && node->value_count == 0;
    *out = status == RO_OK && node->value_count ? node : NULL;
    return status;
}
