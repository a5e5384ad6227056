#include "parse.h"

#include "readout/query.h"

#include <ctype.h>

#define NAME_MAX_BYTES 32 /* of a field */

/* ---- groups ---- */

static void open_group(ro_parser *p, const ro_operand_prefix *before) {
    p->at++;
    p->text_seen = true;
    if (before->exact) {
        ro_report_add(p->report, before->at, "'=' before parentheses; left out");
    }
    if (p->depth == RO_QUERY_DEPTH_MAX) {
        p->flattened++;
        return;
    }
    const ro_field *field = ro_parser_field(p, before);
    ro_parser_frame *f = &p->frames[++p->depth];
    *f = (ro_parser_frame){.sign = before->sign, .field = field, .at = before->at};
    f->tail = &f->items;
}

static ro_status close_group(ro_parser *p, ro_error *err) {
    ro_parser_frame *f = &p->frames[p->depth];
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
    node = ro_syntax_sign(p->report, node, f->sign);
    p->memory |= node == NULL;
    ro_item *item = node ? ro_parser_push(p, RO_ITEM_OPERAND) : NULL;
    if (item) {
        item->node = node;
    }
    return RO_OK;
}

static ro_status read_closing(ro_parser *p, ro_error *err) {
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
static bool read_name(ro_parser *p, size_t start, const ro_field **field) {
    size_t end = p->at, taken;
    bool capitals = false;
    *field = NULL;
    while (isalnum((unsigned char)ro_parser_byte(p, end)) || ro_parser_byte(p, end) == '_') {
        capitals |= isupper((unsigned char)ro_parser_byte(p, end)) != 0;
        end++;
    }
    ro_str name = ro_parser_slice(p, p->at, end);
    if (!name.len || name.len > NAME_MAX_BYTES || !isalpha((unsigned char)*name.ptr) ||
        ro_parser_byte(p, end) != ':') {
        return false;
    }
    const ro_field *known = ro_field_find(name);
    uint32_t next = ro_parser_peek(p, end + 1, &taken);
    if (taken == 0 || ro_parser_is_space(next) || next == ')') {
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
static bool read_sign(ro_parser *p, ro_sign *sign) {
    char c = ro_parser_byte(p, p->at);
    if (c != '+' && c != '-') {
        return false;
    }
    p->at++;
    if (ro_parser_at_end(p)) {
        p->at--;
        return false;
    }
    if (*sign == RO_SIGN_NONE) {
        *sign = c == '+' ? RO_SIGN_MUST : RO_SIGN_NOT;
    }
    return true;
}

static ro_operand_prefix read_prefix(ro_parser *p) {
    ro_operand_prefix before = {.at = p->at};
    while (read_sign(p, &before.sign) ||
           (!before.field && read_name(p, before.at, &before.field))) {
    }
    if (ro_parser_byte(p, p->at) == '=') {
        p->at++;
        before.exact = true;
    }
    before.bare = p->at == before.at;
    return before;
}

static ro_status read_item(ro_parser *p, ro_error *err) {
    ro_operand_prefix before = read_prefix(p);
    size_t taken;
    uint32_t c = ro_parser_peek(p, p->at, &taken);
    int quote = ro_parser_opens_quote(c);
    if (taken == 0 || ro_parser_is_space(c) || c == ')' || c == 0xBB) {
        if (p->at > before.at) {
            ro_parser_read_lone(p, ro_parser_slice(p, before.at, p->at), before.at);
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
        ro_parser_read_phrase(p, &before, quote, taken);
    } else {
        ro_parser_read_word(p, &before);
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

static ro_status finish(ro_parser *p, ro_syntax **out, ro_error *err) {
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
    ro_parser p = {.text = text, .report = report};
    p.frames[0].tail = &p.frames[0].items;
    p.capitals = all_capitals(text);
    *out = NULL;
    if (p.capitals) {
        ro_report_add(report, 0, "all in capitals: AND, OR and NEAR are read as words");
    }
    bool deep = false;
    while (p.at < text.len) {
        size_t taken;
        if (ro_parser_is_space(ro_parser_peek(&p, p.at, &taken))) {
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
    ro_status status = finish(&p, out, err);
    *everything = !p.text_seen || (report->typing && !*out);
    return status;
}
