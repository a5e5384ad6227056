#include "parse.h"

ro_syntax *ro_syntax_sign(ro_report *report, ro_syntax *node, ro_sign sign) {
    if (sign == RO_SIGN_NONE || node->sign == RO_SIGN_NONE) {
        node->sign = sign == RO_SIGN_NONE ? node->sign : sign;
        return node;
    }
    ro_syntax *wrap = ro_arena_alloc(report->arena, sizeof *wrap);
    if (wrap) {
        wrap->kind = RO_SYNTAX_SEQUENCE;
        wrap->at = node->at;
        wrap->first = node;
        wrap->sign = sign;
    }
    return wrap;
}

static void becomes_word(ro_item *item, ro_report *report) {
    if (item->word) {
        ro_report_add(report, item->word->at, "'%.*s' joins nothing here; read as a word",
                      RO_STR_ARG(ro_report_quote(item->word->text)));
    }
    item->kind = RO_ITEM_OPERAND;
    item->node = item->word;
}

static bool starts_operand(const ro_item *item) {
    return item && (item->kind == RO_ITEM_OPERAND || (item->kind == RO_ITEM_NOT && item->next &&
                                                      item->next->kind == RO_ITEM_OPERAND));
}

/* Turns operators that lack an operand into words, and NOT into a sign of what follows it.
 * False when there is no memory. */
static bool settle_operators(ro_item **items, ro_report *report) {
    ro_item *first = NULL, **tail = &first;
    const ro_item *before = NULL;
    for (ro_item *item = *items; item; item = item->next) {
        if (item->kind == RO_ITEM_NOT && starts_operand(item)) {
            item = item->next;
            item->node = ro_syntax_sign(report, item->node, RO_SIGN_NOT);
            if (!item->node) {
                return false;
            }
        } else if (item->kind == RO_ITEM_NOT ||
                   (item->kind != RO_ITEM_OPERAND &&
                    !(before && before->kind == RO_ITEM_OPERAND && starts_operand(item->next)))) {
            becomes_word(item, report);
        }
        if (item->kind == RO_ITEM_OPERAND && !item->node) {
            continue;
        }
        before = item;
        *tail = item;
        tail = &item->next;
    }
    *tail = NULL;
    *items = first;
    return true;
}

/* What has places in the text: words, phrases and alternatives of them. */
static bool has_places(const ro_syntax *node) {
    if (node->sign == RO_SIGN_NOT) {
        return false;
    }
    if (node->kind == RO_SYNTAX_OR) {
        for (const ro_syntax *child = node->first; child; child = child->next) {
            if (child->sign == RO_SIGN_NOT ||
                (child->kind != RO_SYNTAX_WORD && child->kind != RO_SYNTAX_PHRASE)) {
                return false;
            }
        }
        return true;
    }
    return node->kind == RO_SYNTAX_WORD || node->kind == RO_SYNTAX_PHRASE;
}

/* `a NEAR (b AND c)` has no places to measure between: it asks for both. */
static void settle_near(ro_item *items, ro_report *report) {
    const ro_item *before = NULL;
    for (ro_item *item = items; item; before = item, item = item->next) {
        if (item->kind == RO_ITEM_NEAR && before && item->next &&
            !(has_places(before->node) && has_places(item->next->node))) {
            ro_report_add(report, item->next->node->at,
                          "NEAR joins words and phrases only; read as AND");
            item->kind = RO_ITEM_AND;
        }
    }
}

static ro_syntax *join(ro_report *report, ro_syntax_kind kind, ro_syntax *first) {
    ro_syntax *node = ro_arena_alloc(report->arena, sizeof *node);
    if (node) {
        node->kind = kind;
        node->first = first;
        node->at = first->at;
    }
    return node;
}

/* One NEAR node has one distance: the widest of the chain, in order only if all are. */
static void widen(ro_syntax *node, const ro_item *near, bool first, ro_report *report) {
    if (!first && (near->distance != node->distance || near->ordered != node->ordered)) {
        ro_report_add(report, near->next->node->at,
                      "a chain of NEAR has one distance; the widest is used");
    }
    node->ordered = near->ordered && (first || node->ordered);
    node->distance = near->distance > node->distance ? near->distance : node->distance;
}

/* Joins the operands on both sides of each run of `kind`. */
static ro_status join_chains(ro_item *items, ro_item_kind kind, ro_syntax_kind as,
                             ro_report *report, ro_error *err) {
    for (ro_item *item = items; item; item = item->next) {
        if (!item->next || item->next->kind != kind) {
            continue;
        }
        ro_syntax *node = join(report, as, item->node);
        if (!node) {
            return ro_fail_memory(err);
        }
        ro_syntax **tail = &item->node->next;
        ro_item *op = item->next;
        for (bool first = true; op && op->kind == kind; op = op->next->next, first = false) {
            if (kind == RO_ITEM_NEAR) {
                widen(node, op, first, report);
            }
            *tail = op->next->node;
            tail = &op->next->node->next;
        }
        item->node = node;
        item->next = op;
    }
    return RO_OK;
}

static bool splices(const ro_syntax *node) {
    if (node->kind != RO_SYNTAX_SEQUENCE || node->sign != RO_SIGN_NONE) {
        return false;
    }
    for (const ro_syntax *child = node->first; child; child = child->next) {
        if (child->sign != RO_SIGN_NONE) {
            return false;
        }
    }
    return true;
}

/* Parentheses around plain words say nothing: `a (b c)` is a b c. */
static ro_syntax *chain_nodes(ro_item *items) {
    ro_syntax *first = NULL, **tail = &first;
    for (ro_item *item = items; item; item = item->next) {
        *tail = splices(item->node) ? item->node->first : item->node;
        while (*tail) {
            tail = &(*tail)->next;
        }
    }
    return first;
}

ro_status ro_items_reduce(ro_item *items, bool alternatives, ro_report *report, ro_syntax **out,
                          ro_error *err) {
    *out = NULL;
    if (!settle_operators(&items, report)) {
        return ro_fail_memory(err);
    }
    if (!items) {
        return RO_OK;
    }
    settle_near(items, report);
    ro_status status = join_chains(items, RO_ITEM_NEAR, RO_SYNTAX_NEAR, report, err);
    if (status == RO_OK) {
        status = join_chains(items, RO_ITEM_AND, RO_SYNTAX_AND, report, err);
    }
    if (status == RO_OK) {
        status = join_chains(items, RO_ITEM_OR, RO_SYNTAX_OR, report, err);
    }
    if (status != RO_OK) {
        return status;
    }
    ro_syntax *first = chain_nodes(items);
    if (first->next) {
        first = join(report, alternatives ? RO_SYNTAX_OR : RO_SYNTAX_SEQUENCE, first);
    }
    *out = first;
    return first ? RO_OK : ro_fail_memory(err);
}
