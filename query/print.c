#include "syntax.h"

#include "readout/utf8.h"

#include <ctype.h>

/* What ends a phrase in quotes: it may stand in one that was written between angle quotes. */
static bool is_quote(uint32_t c) {
    return c == '"' || c == 0x201C || c == 0x201D;
}

/* Words leave quotation marks out, a value escapes them. */
static void print_text(ro_str text, bool value, ro_buf *out) {
    bool blank = false, any = false;
    size_t taken;
    for (size_t at = 0; at < text.len; at += taken) {
        uint32_t c = ro_utf8_decode(text.ptr + at, text.len - at, &taken);
        if (c <= ' ' || c == 0x7F || (is_quote(c) && !value)) {
            blank = true;
            continue;
        }
        if (blank && any) {
            ro_buf_add_byte(out, ' ');
        }
        if (value && (is_quote(c) || c == '\\')) {
            ro_buf_add_byte(out, '\\');
        }
        blank = false;
        any = true;
        ro_buf_add(out, text.ptr + at, taken);
    }
}

/* An operator that is a word is written in small letters, so that it stays one. */
static void print_word(ro_str text, ro_buf *out) {
    static const char *const operators[] = {"AND", "and",  "OR",   "or",    "NOT",
                                            "not", "NEAR", "near", "ONEAR", "onear"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i += 2) {
        if (ro_str_equal(text, ro_str_from(operators[i]))) {
            text = ro_str_from(operators[i + 1]);
        }
    }
    print_text(text, false, out);
}

static void print_phrase(const ro_syntax *node, ro_buf *out) {
    ro_buf_add_byte(out, '"');
    print_text(node->text, node->kind == RO_SYNTAX_VALUE, out);
    ro_buf_add_byte(out, '"');
    if (node->distance) {
        ro_buf_printf(out, "~%u", node->distance);
    }
}

bool ro_syntax_is_simple(ro_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("-._", text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0 && *text.ptr != '-';
}

/* In quotes where what is printed of it needs them. */
static void print_value(const ro_syntax *node, ro_buf *out) {
    size_t start = out->len;
    print_phrase(node, out);
    size_t len = out->len - start;
    if (len >= 2 && ro_syntax_is_simple(ro_str_make(out->ptr + start + 1, len - 2))) {
        memmove(out->ptr + start, out->ptr + start + 1, len - 2);
        out->len -= 2;
    }
}

static void print_operand(const ro_syntax *node, ro_buf *out) {
    if (node->name) {
        ro_buf_printf(out, "%s:", node->name);
    }
    if (node->form == RO_FORM_EXACT) {
        ro_buf_add_byte(out, '=');
    }
    if (node->kind >= RO_SYNTAX_VALUE) {
        print_value(node, out);
    } else if (node->kind == RO_SYNTAX_PHRASE) {
        print_phrase(node, out);
    } else {
        print_word(node->text, out);
    }
    if (node->form == RO_FORM_PREFIX) {
        ro_buf_add_byte(out, '*');
    } else if (node->form == RO_FORM_FUZZY) {
        ro_buf_add_byte(out, '~');
        if (node->edits) {
            ro_buf_printf(out, "%u", node->edits);
        }
    }
}

static void print_operator(const ro_syntax *node, ro_buf *out) {
    static const char *const texts[] = {" ", " OR ", " AND "};
    if (node->kind == RO_SYNTAX_NEAR) {
        ro_buf_printf(out, " %sNEAR/%u ", node->ordered ? "O" : "", node->distance);
    } else {
        ro_buf_add_str(out, ro_str_from(texts[node->kind]));
    }
}

static void print(const ro_syntax *node, bool inside, ro_buf *out) {
    bool parent = node->kind <= RO_SYNTAX_NEAR;
    bool group = parent && (inside || node->sign != RO_SIGN_NONE);
    if (node->sign != RO_SIGN_NONE) {
        ro_buf_add_byte(out, node->sign == RO_SIGN_MUST ? '+' : '-');
    }
    if (!parent) {
        print_operand(node, out);
        return;
    }
    if (group) {
        ro_buf_add_byte(out, '(');
    }
    bool first = true;
    for (const ro_syntax *child = node->first; child; child = child->next) {
        if (child->left_out) {
            continue;
        }
        if (!first) {
            print_operator(node, out);
        }
        /* A looser operator inside a tighter one needs parentheses; a chain of its own kind too. */
        print(child, child->kind <= node->kind || child->kind == RO_SYNTAX_SEQUENCE, out);
        first = false;
    }
    if (group) {
        ro_buf_add_byte(out, ')');
    }
}

void ro_syntax_print(const ro_syntax *node, ro_buf *out) {
    if (node && !node->left_out) {
        print(node, false, out);
    }
}
