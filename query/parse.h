/* Inside the parser: parse.c goes through the text, operand.c reads words and phrases, reduce.c
 * makes a tree of what one level of parentheses holds. */
#ifndef READOUT_QUERY_PARSE_H
#define READOUT_QUERY_PARSE_H

#include "field.h"
#include "syntax.h"

#include "readout/utf8.h"

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

/* The node with a sign before its own: `-(-a)` and `NOT -a` are not `-a`. NULL without memory. */
ro_syntax *ro_syntax_sign(ro_report *report, ro_syntax *node, ro_sign sign);

/* Makes one tree of the items; NULL when no operand is among them. With `alternatives`
 * juxtaposition means OR: an article has one source only. */
ro_status ro_items_reduce(ro_item *items, bool alternatives, ro_report *report, ro_syntax **out,
                          ro_error *err) RO_MUST_CHECK;

typedef struct ro_parser_frame {
    ro_item *items, **tail;
    ro_sign sign;
    const ro_field *field; /* of what is inside; NULL: none */
    size_t at;
} ro_parser_frame;

typedef struct ro_parser {
    ro_str text;
    size_t at;
    ro_report *report;
    ro_parser_frame frames[RO_QUERY_DEPTH_MAX + 1];
    size_t depth;
    size_t flattened; /* open parentheses that were left out for their depth */
    size_t words, filters, operators;
    size_t words_out, filters_out; /* beyond the caps */
    bool capitals;                 /* all in capitals: AND is rather a word than an operator */
    bool text_seen;                /* anything else than blanks and a lone `*` */
    bool unclosed[2][3];           /* no closing quote of this kind is left for values, for words */
    bool memory;                   /* an allocation failed */
} ro_parser;

/* What stands before an operand. */
typedef struct ro_operand_prefix {
    size_t at;
    ro_sign sign;
    bool exact;
    const ro_field *field;
    bool bare; /* none of these: the operand may be an operator */
} ro_operand_prefix;

/* ---- characters ---- */

/* 0, and nothing taken, at the end of the text. */
static inline uint32_t ro_parser_peek(const ro_parser *p, size_t at, size_t *taken) {
    *taken = 0;
    return at < p->text.len ? ro_utf8_decode(p->text.ptr + at, p->text.len - at, taken) : 0;
}

static inline char ro_parser_byte(const ro_parser *p, size_t at) {
    return at < p->text.len ? p->text.ptr[at] : '\0';
}

/* Control characters too. */
static inline bool ro_parser_is_space(uint32_t c) {
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x3000;
}

/* Straight, curly and angle quotes; which kind, or -1. */
static inline int ro_parser_opens_quote(uint32_t c) {
    switch (c) {
    case '"':
        return 0;
    case 0x201C:
    case 0x201D:
    case 0x201E:
        return 1;
    case 0xAB:
        return 2;
    default:
        return -1;
    }
}

static inline bool ro_parser_at_end(const ro_parser *p) {
    size_t taken;
    return p->at >= p->text.len || ro_parser_is_space(ro_parser_peek(p, p->at, &taken));
}

static inline ro_str ro_parser_slice(const ro_parser *p, size_t from, size_t until) {
    return ro_str_make(p->text.ptr + from, until - from);
}

/* ---- operands ---- */

/* A new item of the open level; NULL when there is no memory, which is noted. */
ro_item *ro_parser_push(ro_parser *p, ro_item_kind kind);
/* The field of an operand: its own, or that of the parentheses around it. */
const ro_field *ro_parser_field(const ro_parser *p, const ro_operand_prefix *before);
/* Reads from the opening quote on, which is `quote_len` bytes. */
void ro_parser_read_phrase(ro_parser *p, const ro_operand_prefix *before, int kind,
                           size_t quote_len);
/* Reads a word or an operator. */
void ro_parser_read_word(ro_parser *p, const ro_operand_prefix *before);
/* Signs and stars without a word. */
void ro_parser_read_lone(ro_parser *p, ro_str text, size_t at);

#endif
