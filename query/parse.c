#include "parse.h"

#include "field.h"

#include "readout/query.h"
#include "readout/utf8.h"

#include <ctype.h>

#define NAME_MAX_BYTES 32

typedef struct frame {
    ro_item *items, **tail;
    ro_sign sign;
    const ro_field *field; /* of what is inside; NULL: none */
    size_t at;
} frame;

typedef struct parser {
    ro_str text;
    size_t at;
    ro_report *report;
    frame frames[RO_QUERY_DEPTH_MAX + 1];
    size_t depth;
    size_t flattened; /* open parentheses that were left out for their depth */
    size_t words, filters, operators;
    size_t words_out, filters_out; /* beyond the caps */
    bool capitals;                 /* all in capitals: AND is rather a word than an operator */
    bool text_seen;                /* anything else than blanks and a lone `*` */
    bool unclosed[3];              /* no closing quote of this kind is left in the text */
    bool memory;                   /* an allocation failed */
} parser;

/* What stands before an operand. */
typedef struct prefix {
    size_t at;
    ro_sign sign;
    bool exact;
    const ro_field *field;
    bool bare; /* none of these: the operand may be an operator */
} prefix;

/* ---- characters ---- */

static uint32_t peek(const parser *p, size_t at, size_t *taken) {
    *taken = 0;
    return at < p->text.len ? ro_utf8_decode(p->text.ptr + at, p->text.len - at, taken) : 0;
}

static char byte_at(const parser *p, size_t at) {
    return at < p->text.len ? p->text.ptr[at] : '\0';
}

/* Control characters too. */
static bool is_space(uint32_t c) {
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x3000;
}

/* Straight, curly and angle quotes; which kind, or -1. */
static int opens_quote(uint32_t c) {
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

static bool closes_quote(uint32_t c, int kind) {
    return kind == 2 ? c == 0xBB : c == '"' || c == 0x201C || c == 0x201D;
}

static bool ends_word(uint32_t c) {
    return is_space(c) || c == '(' || c == ')' || opens_quote(c) >= 0 || c == 0xBB;
}

static bool at_end(const parser *p) {
    size_t taken;
    return p->at >= p->text.len || is_space(peek(p, p->at, &taken));
}

static ro_str slice(const parser *p, size_t from, size_t until) {
    return ro_str_make(p->text.ptr + from, until - from);
}

/* Anything but blanks and quotation marks. */
static bool has_text(ro_str s) {
    size_t taken;
    for (size_t at = 0; at < s.len; at += taken) {
        uint32_t c = ro_utf8_decode(s.ptr + at, s.len - at, &taken);
        if (!is_space(c) && opens_quote(c) < 0) {
            return true;
        }
    }
    return false;
}

/* ---- operands ---- */

static ro_item *push(parser *p, ro_item_kind kind) {
    ro_item *item = ro_arena_alloc(p->report->arena, sizeof *item);
    if (!item) {
        p->memory = true;
        return NULL;
    }
    frame *f = &p->frames[p->depth];
    item->kind = kind;
    *f->tail = item;
    f->tail = &item->next;
    return item;
}

/* NULL beyond the caps, which are reported once, at the end. */
static ro_syntax *new_operand(parser *p, ro_syntax_kind kind, ro_str text, size_t at) {
    bool filter = kind == RO_SYNTAX_VALUE || kind == RO_SYNTAX_RANGE;
    if (filter ? p->filters >= RO_QUERY_FILTERS_MAX : p->words >= RO_QUERY_WORDS_MAX) {
        *(filter ? &p->filters_out : &p->words_out) += 1;
        return NULL;
    }
    ro_syntax *node = ro_arena_alloc(p->report->arena, sizeof *node);
    if (!node) {
        p->memory = true;
        return NULL;
    }
    *(filter ? &p->filters : &p->words) += 1;
    node->kind = kind;
    node->fields = RO_FIELD_ANY;
    node->text = text;
    node->at = at;
    return node;
}

static void push_operand(parser *p, ro_syntax *node, ro_sign sign) {
    ro_item *item = node ? push(p, RO_ITEM_OPERAND) : NULL;
    if (item) {
        node->sign = sign;
        item->node = node;
    }
}

/* The node a field makes of a word or phrase; words without field and bad dates are words. */
static ro_syntax *field_operand(parser *p, const ro_field *field, ro_syntax_kind kind, ro_str text,
                                size_t at) {
    if (!field || field->kind == RO_FIELD_KIND_WORDS) {
        ro_syntax *node = new_operand(p, kind, text, at);
        if (node && field) {
            node->name = field->name;
            node->fields = field->fields;
        }
        return node;
    }
    if (field->kind == RO_FIELD_KIND_VALUE) {
        ro_syntax *node = new_operand(p, RO_SYNTAX_VALUE, text, at);
        if (node) {
            node->name = field->name;
            node->column = field->column;
        }
        return node;
    }
    ro_syntax dates = {.at = at};
    if (!ro_field_read_dates(field, text, p->report, &dates)) {
        ro_report_add(p->report, at,
                      "'%.*s' is no date for '%s:' (2025, 2025-02, 2025-02-18); "
                      "read as words",
                      RO_STR_ARG(ro_report_quote(text)), field->name);
        /* As a phrase, so that nothing in it is taken for syntax. */
        kind = ro_syntax_is_simple(text) ? kind : RO_SYNTAX_PHRASE;
        return new_operand(p, kind, text, at);
    }
    ro_syntax *node = new_operand(p, RO_SYNTAX_RANGE, dates.text, at);
    if (node) {
        node->name = field->name;
        node->column = RO_COLUMN_PUBLISHED;
        node->from = dates.from;
        node->until = dates.until;
    }
    return node;
}

static const ro_field *field_of(const parser *p, const prefix *before) {
    return before->field ? before->field : p->frames[p->depth].field;
}

/* ---- phrases ---- */

/* `~3` after a closing quote. */
static uint32_t read_slop(parser *p) {
    size_t start = p->at;
    if (byte_at(p, p->at) != '~') {
        return 0;
    }
    uint32_t slop = 0;
    bool digits = false;
    for (p->at++; isdigit((unsigned char)byte_at(p, p->at)); p->at++) {
        digits = true;
        if (slop <= RO_NEAR_MAX) {
            slop = slop * 10 + (uint32_t)(byte_at(p, p->at) - '0');
        }
    }
    if (!digits) {
        ro_report_add(p->report, start, "'~' after a phrase takes a number of words; left out");
    } else if (slop > RO_NEAR_MAX) {
        ro_report_add(p->report, start, "a phrase may have %d words between at most; %d taken",
                      RO_NEAR_MAX, RO_NEAR_MAX);
        slop = RO_NEAR_MAX;
    }
    return slop;
}

/* The byte after the text of the quotation and, in `next`, the byte after its closing quote; false
 * if it is not closed. Each kind of quote is looked for in vain only once. */
static bool find_closing(parser *p, int kind, size_t from, size_t *until, size_t *next) {
    size_t taken;
    for (size_t at = from; !p->unclosed[kind] && at < p->text.len; at += taken) {
        if (closes_quote(peek(p, at, &taken), kind)) {
            *until = at;
            *next = at + taken;
            return true;
        }
    }
    p->unclosed[kind] = true;
    return false;
}

static void read_phrase(parser *p, const prefix *before, int kind, size_t quote_len) {
    size_t start = p->at, from = start + quote_len, until, next;
    if (!find_closing(p, kind, from, &until, &next)) {
        size_t taken;
        bool mid_word = start > 0 && !before->field &&
                        isalnum((unsigned char)byte_at(p, start - 1)) && before->at == start;
        p->at = from;
        ro_report_add(p->report, start,
                      mid_word ? "a lone quotation mark; left out"
                               : "the closing quotation mark is missing; the "
                                 "phrase goes on to the end");
        if (mid_word || is_space(peek(p, from, &taken)) || from == p->text.len) {
            return;
        }
        until = next = p->text.len;
    }
    p->at = next;
    ro_str text = ro_str_trim(slice(p, from, until));
    uint32_t slop = read_slop(p);
    if (!has_text(text)) {
        ro_report_add(p->report, start, "empty quotation marks; left out");
        return;
    }
    ro_syntax *node = field_operand(p, field_of(p, before), RO_SYNTAX_PHRASE, text, before->at);
    if (node && node->kind == RO_SYNTAX_PHRASE) {
        node->distance = slop;
        node->form = before->exact ? RO_FORM_EXACT : RO_FORM_STEM;
    }
    push_operand(p, node, before->sign);
}

/* ---- words ---- */

typedef struct op_name {
    ro_str name;
    ro_item_kind kind;
    bool ordered;
} op_name;

static const op_name op_names[] = {
    {{"AND", 3}, RO_ITEM_AND, false},   {{"OR", 2}, RO_ITEM_OR, false},
    {{"NOT", 3}, RO_ITEM_NOT, false},   {{"NEAR", 4}, RO_ITEM_NEAR, false},
    {{"ONEAR", 5}, RO_ITEM_NEAR, true},
};

/* The distance of `NEAR/5`; false for what is no number. */
static bool read_distance(parser *p, ro_str digits, size_t at, uint32_t *distance) {
    *distance = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!isdigit((unsigned char)digits.ptr[i])) {
            return false;
        }
        if (*distance <= RO_NEAR_MAX) {
            *distance = *distance * 10 + (uint32_t)(digits.ptr[i] - '0');
        }
    }
    if (*distance > RO_NEAR_MAX || *distance == 0) {
        *distance = *distance ? RO_NEAR_MAX : 1;
        ro_report_add(p->report, at, "NEAR takes 1 to %d words; %u taken", RO_NEAR_MAX, *distance);
    }
    return digits.len > 0;
}

/* How an operator reads where it joins nothing. Few do, so they have a cap of their own; behind the
 * last word that is used there is nothing to join, and that is reported already. */
static ro_syntax *operator_word(parser *p, ro_str name, size_t at) {
    if (p->words_out || p->operators >= RO_QUERY_WORDS_MAX) {
        return NULL;
    }
    ro_syntax *node = new_operand(p, RO_SYNTAX_WORD, name, at);
    p->words -= node != NULL;
    p->operators += node != NULL;
    return node;
}

/* True if the word is an operator, which is then pushed. */
static bool read_operator(parser *p, ro_str word, size_t at) {
    for (size_t i = 0; i < sizeof op_names / sizeof *op_names; i++) {
        const op_name *op = &op_names[i];
        bool numbered =
            op->kind == RO_ITEM_NEAR && word.len > op->name.len && word.ptr[op->name.len] == '/';
        if (!ro_str_starts_with(word, op->name) || (word.len > op->name.len && !numbered) ||
            (p->capitals && !numbered && op->kind != RO_ITEM_NOT)) {
            continue;
        }
        uint32_t distance = RO_NEAR_DEFAULT;
        if (numbered &&
            !read_distance(p, slice(p, at + op->name.len + 1, at + word.len), at, &distance)) {
            ro_report_add(p->report, at, "'%.*s' has no number of words; read as words",
                          RO_STR_ARG(ro_report_quote(word)));
            return false;
        }
        ro_item *item = push(p, op->kind);
        if (item) {
            item->word = operator_word(p, op->name, at);
            item->distance = distance;
            item->ordered = op->ordered;
        }
        return true;
    }
    return false;
}

/* `word*`, `word~`, `word~2`: takes the suffix off `text`. */
static ro_form read_suffix(parser *p, ro_str *text, size_t at, unsigned *edits) {
    size_t len = text->len;
    while (len > 0 && text->ptr[len - 1] == '*') {
        len--;
    }
    if (len < text->len) {
        text->len = len;
        return RO_FORM_PREFIX;
    }
    while (len > 0 && isdigit((unsigned char)text->ptr[len - 1])) {
        len--;
    }
    if (len < 2 || text->ptr[len - 1] != '~') {
        return RO_FORM_STEM;
    }
    ro_str digits = ro_str_make(text->ptr + len, text->len - len);
    text->len = len - 1;
    if (digits.len) {
        *edits = digits.len == 1 ? (unsigned)(digits.ptr[0] - '0') : 3;
        if (*edits < 1 || *edits > 2) {
            *edits = *edits ? 2 : 1;
            ro_report_add(p->report, at, "'~' takes 1 or 2 letters of difference; %u taken",
                          *edits);
        }
    }
    return RO_FORM_FUZZY;
}

static bool only_syntax(ro_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("+-=*~:^", text.ptr[i])) {
            return false;
        }
    }
    return true;
}

static void read_lone_syntax(parser *p, ro_str text, size_t at) {
    if (*text.ptr != '*') {
        p->text_seen = true;
    }
    ro_report_add(p->report, at, "'%.*s' stands alone; left out",
                  RO_STR_ARG(ro_report_quote(text)));
}

static void read_word(parser *p, const prefix *before) {
    size_t start = p->at, taken;
    while (p->at < p->text.len && !ends_word(peek(p, p->at, &taken))) {
        p->at += taken;
    }
    ro_str text = slice(p, start, p->at);
    if (only_syntax(text)) {
        read_lone_syntax(p, slice(p, before->at, p->at), before->at);
        return;
    }
    p->text_seen = true;
    if (before->bare && read_operator(p, text, start)) {
        return;
    }
    unsigned edits = 0;
    const ro_field *field = field_of(p, before);
    ro_form form = RO_FORM_STEM;
    bool words = !field || field->kind == RO_FIELD_KIND_WORDS;
    if (words) {
        form = read_suffix(p, &text, start, &edits);
    }
    if (before->exact && form != RO_FORM_STEM) {
        ro_report_add(p->report, start,
                      "'=' and a suffix exclude each other; the suffix is left out");
        while (read_suffix(p, &text, start, &edits) != RO_FORM_STEM) {
        }
    }
    if (words && memchr(text.ptr, '*', text.len)) {
        ro_report_add(p->report, start, "'*' is understood at the end of a word only");
    }
    ro_syntax *node = field_operand(p, field, RO_SYNTAX_WORD, text, before->at);
    if (node && node->kind == RO_SYNTAX_WORD) {
        node->form = before->exact ? RO_FORM_EXACT : form;
        node->edits = node->form == RO_FORM_FUZZY ? edits : 0;
    }
    push_operand(p, node, before->sign);
}

/* ---- groups ---- */

static void open_group(parser *p, const prefix *before) {
    p->at++;
    p->text_seen = true;
    if (before->exact) {
        ro_report_add(p->report, before->at, "'=' before parentheses; left out");
    }
    if (p->depth == RO_QUERY_DEPTH_MAX) {
        p->flattened++;
        return;
    }
    const ro_field *field = field_of(p, before);
    frame *f = &p->frames[++p->depth];
    *f = (frame){.sign = before->sign, .field = field, .at = before->at};
    f->tail = &f->items;
}

/* Keeps `-(-a)` apart from `-a`. */
static ro_syntax *sign_group(parser *p, ro_syntax *node, ro_sign sign) {
    if (sign == RO_SIGN_NONE || node->sign == RO_SIGN_NONE) {
        node->sign = sign == RO_SIGN_NONE ? node->sign : sign;
        return node;
    }
    ro_syntax *wrap = ro_arena_alloc(p->report->arena, sizeof *wrap);
    if (!wrap) {
        p->memory = true;
        return NULL;
    }
    wrap->kind = RO_SYNTAX_SEQUENCE;
    wrap->at = node->at;
    wrap->first = node;
    wrap->sign = sign;
    return wrap;
}

static ro_status close_group(parser *p, ro_error *err) {
    frame *f = &p->frames[p->depth];
    ro_syntax *node;
    bool alternatives = f->field && f->field->kind != RO_FIELD_KIND_WORDS;
    ro_status status = ro_items_reduce(f->items, alternatives, p->report, &node, err);
    if (status != RO_OK) {
        return status;
    }
    p->depth--;
    if (!node) {
        ro_report_add(p->report, f->at, "nothing in the parentheses; left out");
        return RO_OK;
    }
    node = sign_group(p, node, f->sign);
    ro_item *item = node ? push(p, RO_ITEM_OPERAND) : NULL;
    if (item) {
        item->node = node;
    }
    return RO_OK;
}

static ro_status read_closing(parser *p, ro_error *err) {
    size_t at = p->at++;
    p->text_seen = true;
    if (p->flattened) {
        p->flattened--;
        return RO_OK;
    }
    if (p->depth == 0) {
        ro_report_add(p->report, at, "a closing parenthesis without an opening one; left out");
        return RO_OK;
    }
    return close_group(p, err);
}

/* ---- what stands before an operand ---- */

/* Reads `name:`. Unknown names are left out, unless they look like text: `Re:`, `http://`, and
 * whatever has capitals or nothing behind the colon. */
static bool read_name(parser *p, size_t start, const ro_field **field) {
    size_t end = p->at, taken;
    bool capitals = false;
    *field = NULL;
    while (isalnum((unsigned char)byte_at(p, end)) || byte_at(p, end) == '_') {
        capitals |= isupper((unsigned char)byte_at(p, end)) != 0;
        end++;
    }
    ro_str name = slice(p, p->at, end);
    if (!name.len || name.len > NAME_MAX_BYTES || !isalpha((unsigned char)*name.ptr) ||
        byte_at(p, end) != ':') {
        return false;
    }
    const ro_field *known = ro_field_find(name);
    uint32_t next = peek(p, end + 1, &taken);
    if (taken == 0 || is_space(next) || next == ')') {
        if (known) {
            ro_report_add(p->report, start, "'%s:' has no value; read as a word", known->name);
        }
        return false;
    }
    if (!known && (capitals || next == '/' || next == ':')) {
        return false;
    }
    if (!known) {
        ro_report_add(p->report, start, "unknown field '%.*s:'; what follows is read as words",
                      RO_STR_ARG(name));
    }
    p->at = end + 1;
    *field = known;
    return true;
}

/* Signs count where something follows; the first one wins. */
static bool read_sign(parser *p, ro_sign *sign) {
    char c = byte_at(p, p->at);
    if (c != '+' && c != '-') {
        return false;
    }
    p->at++;
    if (at_end(p)) {
        p->at--;
        return false;
    }
    if (*sign == RO_SIGN_NONE) {
        *sign = c == '+' ? RO_SIGN_MUST : RO_SIGN_NOT;
    }
    return true;
}

static prefix read_prefix(parser *p) {
    prefix before = {.at = p->at};
    while (read_sign(p, &before.sign) ||
           (!before.field && read_name(p, before.at, &before.field))) {
    }
    if (byte_at(p, p->at) == '=') {
        p->at++;
        before.exact = true;
    }
    before.bare = p->at == before.at;
    return before;
}

static ro_status read_item(parser *p, ro_error *err) {
    prefix before = read_prefix(p);
    size_t taken;
    uint32_t c = peek(p, p->at, &taken);
    int quote = opens_quote(c);
    if (taken == 0 || is_space(c) || c == ')' || c == 0xBB) {
        if (p->at > before.at) {
            read_lone_syntax(p, slice(p, before.at, p->at), before.at);
        } else if (c == ')') {
            return read_closing(p, err);
        } else {
            p->at += taken;
        }
        return RO_OK;
    }
    if (c == '(') {
        open_group(p, &before);
    } else if (quote >= 0) {
        p->text_seen = true;
        read_phrase(p, &before, quote, taken);
    } else {
        read_word(p, &before);
    }
    return RO_OK;
}

/* ---- the whole ---- */

/* A text all in capitals, as old wires and forms are, where operators would be few among many
 * words: its AND is a word. */
static bool all_capitals(ro_str text) {
    size_t words = 0, ops = 0, start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && (islower((unsigned char)text.ptr[i]) || (text.ptr[i] & 0x80))) {
            return false;
        }
        if (i < text.len && !isspace((unsigned char)text.ptr[i])) {
            continue;
        }
        ro_str word = ro_str_make(text.ptr + start, i - start);
        words += word.len > 0;
        ops += ro_str_equal(word, RO_STR("AND")) || ro_str_equal(word, RO_STR("OR")) ||
               ro_str_equal(word, RO_STR("NEAR"));
        start = i + 1;
    }
    return ops > 0 && ops * 4 <= words;
}

static ro_status finish(parser *p, ro_syntax **out, ro_error *err) {
    if (p->depth) {
        ro_report_add(p->report, p->text.len, "%zu closing %s missing; added at the end", p->depth,
                      p->depth == 1 ? "parenthesis is" : "parentheses are");
    }
    while (p->depth) {
        ro_status status = close_group(p, err);
        if (status != RO_OK) {
            return status;
        }
    }
    if (p->memory) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_items_reduce(p->frames[0].items, false, p->report, out, err);
    if (p->words_out) {
        ro_report_add(p->report, p->text.len, "more than %d words; the last %zu are left out",
                      RO_QUERY_WORDS_MAX, p->words_out);
    }
    if (p->filters_out) {
        ro_report_add(p->report, p->text.len, "more than %d filters; the last %zu are left out",
                      RO_QUERY_FILTERS_MAX, p->filters_out);
    }
    return status;
}

ro_status ro_syntax_parse(ro_str text, ro_report *report, ro_syntax **out, bool *everything,
                          ro_error *err) {
    text.ptr = text.ptr ? text.ptr : "";
    parser p = {.text = text, .report = report};
    p.frames[0].tail = &p.frames[0].items;
    p.capitals = all_capitals(text);
    *out = NULL;
    if (p.capitals) {
        ro_report_add(report, 0, "all in capitals: AND, OR and NEAR are read as words");
    }
    bool deep = false;
    while (p.at < text.len) {
        size_t taken;
        if (is_space(peek(&p, p.at, &taken))) {
            p.at += taken;
            continue;
        }
        size_t flattened = p.flattened, at = p.at;
        ro_status status = read_item(&p, err);
        if (status != RO_OK) {
            return status;
        }
        if (p.flattened > flattened && !deep) {
            deep = true;
            ro_report_add(report, at,
                          "parentheses are understood %d deep; deeper ones are left "
                          "out",
                          RO_QUERY_DEPTH_MAX);
        }
    }
    *everything = !p.text_seen;
    return finish(&p, out, err);
}
