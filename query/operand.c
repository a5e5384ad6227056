#include "parse.h"

#include "readout/query.h"

#include <ctype.h>

static bool closes_quote(uint32_t c, int kind) {
    return kind == 2 ? c == 0xBB : c == '"' || c == 0x201C || c == 0x201D;
}

static bool ends_word(uint32_t c) {
    return ro_parser_is_space(c) || c == '(' || c == ')' || ro_parser_opens_quote(c) >= 0 ||
           c == 0xBB;
}

/* Anything but blanks and, of words, quotation marks. */
static bool has_text(ro_str s, bool words) {
    size_t taken;
    for (size_t at = 0; at < s.len; at += taken) {
        uint32_t c = ro_utf8_decode(s.ptr + at, s.len - at, &taken);
        if (!ro_parser_is_space(c) && !(words && ro_parser_opens_quote(c) >= 0)) {
            return true;
        }
    }
    return false;
}

ro_item *ro_parser_push(ro_parser *p, ro_item_kind kind) {
    ro_item *item = ro_arena_alloc(p->report->arena, sizeof *item);
    if (!item) {
        p->memory = true;
        return NULL;
    }
    ro_parser_frame *f = &p->frames[p->depth];
    item->kind = kind;
    *f->tail = item;
    f->tail = &item->next;
    return item;
}

/* NULL beyond the caps, which are reported once, at the end. */
static ro_syntax *new_operand(ro_parser *p, ro_syntax_kind kind, ro_str text, size_t at) {
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

static void push_operand(ro_parser *p, ro_syntax *node, ro_sign sign) {
    ro_item *item = node ? ro_parser_push(p, RO_ITEM_OPERAND) : NULL;
    if (item) {
        node->sign = sign;
        item->node = node;
    }
}

/* The node a field makes of a word or phrase; words without field and bad dates are words. */
static ro_syntax *field_operand(ro_parser *p, const ro_field *field, ro_syntax_kind kind,
                                ro_str text, size_t at) {
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

const ro_field *ro_parser_field(const ro_parser *p, const ro_operand_prefix *before) {
    return before->field ? before->field : p->frames[p->depth].field;
}

/* ---- phrases ---- */

/* `~3` after a closing quote. */
static uint32_t read_slop(ro_parser *p) {
    size_t start = p->at;
    if (ro_parser_byte(p, p->at) != '~') {
        return 0;
    }
    uint32_t slop = 0;
    bool digits = false;
    for (p->at++; isdigit((unsigned char)ro_parser_byte(p, p->at)); p->at++) {
        digits = true;
        if (slop <= RO_NEAR_MAX) {
            slop = slop * 10 + (uint32_t)(ro_parser_byte(p, p->at) - '0');
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

/* True of a backslash before a backslash or a quotation mark: in the value of a field it makes this
 * one part of the value. Words have no use for it. */
static bool escapes(const ro_parser *p, size_t at) {
    size_t taken;
    uint32_t c = ro_parser_peek(p, at + 1, &taken);
    return ro_parser_byte(p, at) == '\\' &&
           (c == '\\' || ro_parser_opens_quote(c) >= 0 || closes_quote(c, 2));
}

/* The byte after the text of the quotation and, in `next`, the byte after its closing quote; false
 * if it is not closed. Each kind of quote is looked for in vain only once. */
static bool find_closing(ro_parser *p, int kind, bool words, size_t from, size_t *until,
                         size_t *next) {
    bool *unclosed = &p->unclosed[words][kind];
    size_t taken;
    for (size_t at = from; !*unclosed && at < p->text.len; at += taken) {
        bool escaped = !words && escapes(p, at);
        at += escaped;
        if (closes_quote(ro_parser_peek(p, at, &taken), kind) && !escaped) {
            *until = at;
            *next = at + taken;
            return true;
        }
    }
    *unclosed = true;
    return false;
}

/* A value as it is meant; one without escapes stays a part of the query. */
static ro_str read_escapes(ro_parser *p, size_t from, size_t until) {
    ro_str text = ro_str_trim(ro_parser_slice(p, from, until));
    char *out = NULL;
    size_t len = 0;
    for (size_t i = 0, start = (size_t)(text.ptr - p->text.ptr); i < text.len; i++) {
        bool escaped = escapes(p, start + i);
        if (escaped && !out) {
            out = ro_arena_alloc(p->report->arena, text.len);
            if (!out) {
                p->memory = true;
                return text;
            }
            memcpy(out, text.ptr, i);
            len = i;
        }
        i += escaped;
        if (out) {
            out[len++] = text.ptr[i];
        }
    }
    return out ? ro_str_make(out, len) : text;
}

void ro_parser_read_phrase(ro_parser *p, const ro_operand_prefix *before, int kind,
                           size_t quote_len) {
    size_t start = p->at, from = start + quote_len, until, next;
    const ro_field *field = ro_parser_field(p, before);
    bool words = !field || field->kind != RO_FIELD_KIND_VALUE;
    if (!find_closing(p, kind, words, from, &until, &next)) {
        size_t taken;
        bool mid_word = start > 0 && !before->field &&
                        isalnum((unsigned char)ro_parser_byte(p, start - 1)) && before->at == start;
        p->at = from;
        if (p->report->typing && words) { /* of a phrase that goes on, what is there are words */
            p->text_seen = true;
            return;
        }
        ro_report_add(p->report, start,
                      mid_word ? "a lone quotation mark; left out"
                               : "the closing quotation mark is missing; the "
                                 "phrase goes on to the end");
        if (mid_word || ro_parser_is_space(ro_parser_peek(p, from, &taken)) ||
            from == p->text.len) {
            return;
        }
        until = next = p->text.len;
    }
    p->at = next;
    ro_str text =
        words ? ro_str_trim(ro_parser_slice(p, from, until)) : read_escapes(p, from, until);
    uint32_t slop = read_slop(p);
    if (!has_text(text, words)) {
        ro_report_add(p->report, start, "empty quotation marks; left out");
        return;
    }
    ro_syntax *node = field_operand(p, field, RO_SYNTAX_PHRASE, text, before->at);
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
static bool read_distance(ro_parser *p, ro_str digits, size_t at, uint32_t *distance) {
    *distance = 0;
    if (digits.len == 0) {
        return false;
    }
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
    return true;
}

/* How an operator reads where it joins nothing. Few do, so they have a cap of their own; behind the
 * last word that is used there is nothing to join, and that is reported already. */
static ro_syntax *operator_word(ro_parser *p, ro_str name, size_t at) {
    if (p->words_out || p->operators >= RO_QUERY_WORDS_MAX) {
        return NULL;
    }
    ro_syntax *node = new_operand(p, RO_SYNTAX_WORD, name, at);
    p->words -= node != NULL;
    p->operators += node != NULL;
    return node;
}

/* True if the word is an operator, which is then pushed. */
static bool read_operator(ro_parser *p, ro_str word, size_t at) {
    for (size_t i = 0; i < sizeof op_names / sizeof *op_names; i++) {
        const op_name *op = &op_names[i];
        bool numbered =
            op->kind == RO_ITEM_NEAR && word.len > op->name.len && word.ptr[op->name.len] == '/';
        if (!ro_str_starts_with(word, op->name) || (word.len > op->name.len && !numbered) ||
            (p->capitals && !numbered && op->kind != RO_ITEM_NOT)) {
            continue;
        }
        uint32_t distance = RO_NEAR_DEFAULT;
        if (numbered && !read_distance(p, ro_parser_slice(p, at + op->name.len + 1, at + word.len),
                                       at, &distance)) {
            ro_report_add(p->report, at, "'%.*s' has no number of words; read as words",
                          RO_STR_ARG(ro_report_quote(word)));
            return false;
        }
        ro_item *item = ro_parser_push(p, op->kind);
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
static ro_form read_suffix(ro_parser *p, ro_str *text, size_t at, unsigned *edits) {
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

void ro_parser_read_lone(ro_parser *p, ro_str text, size_t at) {
    if (*text.ptr != '*') {
        p->text_seen = true;
    }
    ro_report_add(p->report, at, "'%.*s' stands alone; left out",
                  RO_STR_ARG(ro_report_quote(text)));
}

void ro_parser_read_word(ro_parser *p, const ro_operand_prefix *before) {
    size_t start = p->at, taken;
    while (p->at < p->text.len && !ends_word(ro_parser_peek(p, p->at, &taken))) {
        p->at += taken;
    }
    ro_str text = ro_parser_slice(p, start, p->at);
    if (only_syntax(text)) {
        ro_parser_read_lone(p, ro_parser_slice(p, before->at, p->at), before->at);
        return;
    }
    p->text_seen = true;
    if (before->bare && read_operator(p, text, start)) {
        return;
    }
    unsigned edits = 0;
    const ro_field *field = ro_parser_field(p, before);
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
