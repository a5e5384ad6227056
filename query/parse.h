/* Inside the parser: what one level of parentheses is gathered as, and how it becomes a tree. */
#ifndef READOUT_QUERY_PARSE_H
#define READOUT_QUERY_PARSE_H

#include "syntax.h"

typedef enum ro_item_kind {
    RO_ITEM_OPERAND,
    RO_ITEM_NOT,
    RO_ITEM_AND,
    RO_ITEM_OR,
    RO_ITEM_NEAR
} ro_item_kind;

typedef struct ro_item ro_item;
struct ro_item {
    ro_item_kind kind;
    ro_syntax *node; /* OPERAND */
    ro_syntax *word; /* operators: how it reads where it joins nothing; NULL beyond the word cap */
    uint32_t distance; /* NEAR */
    bool ordered;      /* NEAR */
    ro_item *next;
};

/* Makes one tree of the items; NULL when no operand is among them. With `alternatives`
 * juxtaposition means OR: an article has one source only. */
ro_status ro_items_reduce(ro_item *items, bool alternatives, ro_report *report, ro_syntax **out,
                          ro_error *err) RO_MUST_CHECK;

#endif
