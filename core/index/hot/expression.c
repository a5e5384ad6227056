#include "expression.h"

#include <stdlib.h>

/* FTS5's parser has a stack of 100; a level of ours takes three of it. */
#define DEPTH_MAX 12

typedef enum bound_kind {
    BOUND_NOTHING,   /* no document matches */
    BOUND_ROWS,      /* only documents in `text` match */
    BOUND_EVERYTHING /* documents without any term may match */
} bound_kind;

typedef struct bound {
    bound_kind kind;
    ro_str text;
    double rows; /* rough number of documents in it */
    size_t phrases;
} bound;

typedef struct builder {
    const ro_plan *plan;
    ro_arena *arena;
    bool failed;
} builder;

static const bound nothing = {.kind = BOUND_NOTHING};
static const bound everything = {.kind = BOUND_EVERYTHING};

/* title : "te""rm" */
static void add_phrase(ro_buf *out, ro_str key, unsigned fields) {
    static const char *const filters[] = {"{} : ", "title : ", "body : ", ""};
    const char *filter = filters[fields & RO_FIELD_ANY];
    ro_buf_add(out, filter, strlen(filter));
    ro_buf_add_byte(out, '"');
    for (size_t i = 0; i < key.len; i++) {
        ro_buf_add(out, key.ptr[i] == '"' ? "\"\"" : &key.ptr[i], key.ptr[i] == '"' ? 2 : 1);
    }
    ro_buf_add_byte(out, '"');
}

static ro_str keep(builder *b, ro_buf *text) {
    ro_str kept = ro_arena_copy(b->arena, ro_buf_str(text));
    b->failed |= text->failed || !kept.ptr;
    ro_buf_release(text);
    return kept;
}

static bound term_bound(builder *b, uint32_t index, unsigned fields) {
    const ro_plan_term *term = &b->plan->terms[index];
    if (!term->df || !fields) {
        return nothing;
    }
    ro_buf text = RO_BUF_INIT;
    add_phrase(&text, term->key, fields);
    return (bound){BOUND_ROWS, keep(b, &text), (double)term->df, 1};
}

static int by_rows(const void *a, const void *b) {
    double x = ((const bound *)a)->rows;
    double y = ((const bound *)b)->rows;
    return (x > y) - (x < y);
}

/* All of the parts, or any of them: one level of parentheses however many there are. */
static bound join(builder *b, bound *parts, size_t count, bool all) {
    bound_kind decisive = all ? BOUND_NOTHING : BOUND_EVERYTHING;
    bound sum = {.kind = BOUND_ROWS};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].kind == decisive) {
            return parts[i];
        }
        if (parts[i].kind == BOUND_ROWS) {
            parts[kept++] = parts[i];
        }
    }
    if (!kept) {
        return all ? everything : nothing;
    }
    if (kept == 1) {
        return parts[0];
    }
    qsort(parts, kept, sizeof *parts, by_rows);
    ro_buf text = RO_BUF_INIT;
    for (size_t i = 0; i < kept; i++) {
        ro_buf_printf(&text, "%s", !i ? "(" : all ? " AND " : " OR ");
        ro_buf_add_str(&text, parts[i].text);
        sum.phrases += parts[i].phrases;
        sum.rows = all ? parts[0].rows : sum.rows + parts[i].rows;
    }
    ro_buf_add_byte(&text, ')');
    sum.text = keep(b, &text);
    return sum;
}

static bound node_bound(builder *b, const ro_plan_node *node, unsigned depth);

/* Which children make up a bound. */
static bool is_required(const ro_plan_node *child) {
    return child->occur == RO_MUST || child->occur == RO_FILTER;
}

static bool is_optional(const ro_plan_node *child) {
    return child->occur == RO_SHOULD;
}

static bool is_any(const ro_plan_node *child) {
    (void)child;
    return true;
}

static bound children_bound(builder *b, const ro_plan_node *node, unsigned depth,
                            bool (*counts)(const ro_plan_node *), bool all) {
    size_t count = 0;
    bound *parts = ro_arena_alloc_array(b->arena, node->child_count, sizeof *parts);
    if (!parts) {
        b->failed = true;
        return everything;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (counts(&node->children[i])) {
            parts[count++] = node_bound(b, &node->children[i], depth + 1);
        }
    }
    return join(b, parts, count, all);
}

static bound bool_bound(builder *b, const ro_plan_node *node, unsigned depth) {
    bool required = false;
    bool optional = false;
    for (size_t i = 0; i < node->child_count; i++) {
        required |= is_required(&node->children[i]);
        optional |= is_optional(&node->children[i]);
    }
    return required || !optional ? children_bound(b, node, depth, is_required, true)
                                 : children_bound(b, node, depth, is_optional, false);
}

static bound node_bound(builder *b, const ro_plan_node *node, unsigned depth) {
    if (depth > DEPTH_MAX) {
        return everything;
    }
    switch (node->kind) {
    case RO_MATCH_NONE:
        return nothing;
    case RO_MATCH_TERM: {
        bound parts[2] = {term_bound(b, node->term, node->fields)};
        if (node->exact) {
            parts[1] = term_bound(b, node->form, node->fields);
        }
        return join(b, parts, node->exact ? 2 : 1, false);
    }
    case RO_MATCH_ANY_OF:
        return children_bound(b, node, depth, is_any, false);
    case RO_MATCH_PHRASE:
    case RO_MATCH_NEAR:
        return node->child_count ? children_bound(b, node, depth, is_any, true) : nothing;
    case RO_MATCH_BOOL:
        return bool_bound(b, node, depth);
    default:
        return everything;
    }
}

/* Marks the terms that a document must hold to match. */
static void mark_required(const ro_plan *plan, const ro_plan_node *node, bool *required) {
    if (node->kind == RO_MATCH_TERM && !node->exact) {
        required[node->term] |= node->fields == plan->terms[node->term].fields;
    } else if (node->kind == RO_MATCH_BOOL || node->kind == RO_MATCH_PHRASE ||
               node->kind == RO_MATCH_NEAR) {
        for (size_t i = 0; i < node->child_count; i++) {
            ro_occur occur = node->children[i].occur;
            if (node->kind != RO_MATCH_BOOL || occur == RO_MUST || occur == RO_FILTER) {
                mark_required(plan, &node->children[i], required);
            }
        }
    }
}

/* One phrase a term, the rarest first: an AND of FTS5 follows its first part. */
static bool list_terms(const ro_plan *plan, const char *operator, uint32_t * order, size_t count,
                       size_t first, int *phrase, ro_buf *out) {
    for (size_t i = 1; i < count; i++) {
        uint32_t moved = order[i];
        size_t at = i;
        for (; at && plan->terms[order[at - 1]].df > plan->terms[moved].df; at--) {
            order[at] = order[at - 1];
        }
        order[at] = moved;
    }
    for (size_t i = 0; i < count; i++) {
        const ro_plan_term *term = &plan->terms[order[i]];
        if (i) {
            ro_buf_add(out, operator, strlen(operator));
        }
        add_phrase(out, term->key, term->fields);
        phrase[order[i]] = (int)(first + i);
    }
    return !out->failed;
}

ro_status ro_expression_make(const ro_plan *plan, ro_arena *arena, ro_expression *out,
                             ro_error *err) {
    builder b = {plan, arena, false};
    *out = (ro_expression){.text = RO_STR("")};
    out->phrase = ro_arena_alloc_array(arena, plan->term_count, sizeof *out->phrase);
    bool *required = ro_arena_alloc_array(arena, plan->term_count, sizeof *required);
    uint32_t *order = ro_arena_alloc_array(arena, plan->term_count, sizeof *order);
    if (!out->phrase || !required || !order) {
        return ro_fail_memory(err);
    }
    bound whole = node_bound(&b, plan->root, 0);
    mark_required(plan, plan->root, required);
    size_t count = 0;
    size_t required_count = 0;
    double rows = 0;
    for (size_t i = 0; i < plan->term_count; i++) {
        out->phrase[i] = -1;
        if (plan->terms[i].df && plan->terms[i].fields) {
            order[count++] = (uint32_t)i;
            required_count += required[i];
            rows += (double)plan->terms[i].df;
        }
    }
    out->rest = whole.kind == BOUND_EVERYTHING;
    if (whole.kind == BOUND_NOTHING || !count) {
        return b.failed ? ro_fail_memory(err) : RO_OK;
    }
    ro_buf text = RO_BUF_INIT;
    if (required_count == count) {
        (void)list_terms(plan, " AND ", order, count, 0, out->phrase, &text);
    } else if (whole.kind == BOUND_ROWS && whole.rows < rows / 2) {
        ro_buf_add_str(&text, whole.text);
        ro_buf_printf(&text, " AND (");
        (void)list_terms(plan, " OR ", order, count, whole.phrases, out->phrase, &text);
        ro_buf_printf(&text, ")");
    } else {
        (void)list_terms(plan, " OR ", order, count, 0, out->phrase, &text);
    }
    out->text = keep(&b, &text);
    return b.failed ? ro_fail_memory(err) : RO_OK;
}
