#include "readout/match.h"

#include "readout/date.h"
#include "readout/same.h"

ro_match *ro_match_new(ro_arena *arena, ro_match_kind kind) {
    ro_match *node = ro_arena_alloc(arena, sizeof *node);
    if (node) {
        node->kind = kind;
        node->fields = RO_FIELD_ANY;
        node->boost = 1;
    }
    return node;
}

/* The list doubles at powers of two, so no capacity need be kept. */
ro_status ro_match_add(ro_arena *arena, ro_match *parent, ro_match *child, ro_error *err) {
    size_t count = parent->child_count;
    if ((count & (count - 1)) == 0) {
        ro_match **grown = ro_arena_alloc_array(arena, count ? count * 2 : 1, sizeof(ro_match *));
        if (!grown) {
            return ro_fail_memory(err);
        }
        if (count) {
            memcpy(grown, parent->children, count * sizeof(ro_match *));
        }
        parent->children = grown;
    }
    parent->children[parent->child_count++] = child;
    return RO_OK;
}

static void print_term(const ro_match *node, ro_buf *out) {
    static const char *const fields[] = {"nowhere:", "title:", "body:", ""};
    ro_buf_printf(out, "%s%s%.*s", fields[node->fields & RO_FIELD_ANY], node->exact ? "=" : "",
                  RO_STR_ARG(node->term));
}

/* People by name: which of them the index takes for one is nobody's business here. */
static void print_values(const ro_match *node, ro_buf *out) {
    bool people = ro_column_has_people(node->column);
    ro_str last = RO_STR_NONE;
    for (size_t i = 0; i < node->value_count; i++) {
        ro_person_form form = {.name = node->values[i]};
        if (people) {
            ro_person_form_parse(node->values[i], &form);
        }
        if (!people || !last.ptr || !ro_str_equal(form.name, last)) {
            ro_buf_printf(out, " \"%.*s\"", RO_STR_ARG(form.name));
        }
        last = form.name;
    }
}

static void print_column(const ro_match *node, ro_buf *out) {
    static const char *const names[RO_COLUMNS] = {"published", "source", "language", "side",
                                                  "role",      "status", "by",       "speaker",
                                                  "person",    "place",  "host"};
    char from[RO_TIME_TEXT];
    char until[RO_TIME_TEXT];
    ro_buf_printf(out, "(%s", names[node->column]);
    if (node->kind == RO_MATCH_RANGE) {
        ro_buf_printf(out, " %s..%s",
                      node->from == INT64_MIN ? "" : ro_time_format(node->from, from),
                      node->until == INT64_MAX ? "" : ro_time_format(node->until, until));
    }
    if (node->kind == RO_MATCH_VALUE) {
        print_values(node, out);
    }
    ro_buf_add_byte(out, ')');
}

static void print_children(const ro_match *node, ro_buf *out) {
    static const char *const occurs[] = {"+", "", "#", "-"};
    for (size_t i = 0; i < node->child_count; i++) {
        const ro_match *child = node->children[i];
        ro_buf_add(out, " ", i || node->kind != RO_MATCH_PHRASE);
        if (node->kind == RO_MATCH_BOOL) {
            ro_buf_printf(out, "%s", occurs[child->occur]);
        }
        if (node->kind == RO_MATCH_PHRASE && child->gap != i) {
            ro_buf_printf(out, "@%u:", child->gap);
        }
        ro_match_print(child, out);
    }
}

/* Terms as they are; (bool +must should #filter -not), (any a b), "phrase of words"~slop,
 * (near/5 a b), (onear/5 a b), (published from..until), (source "a" "b"), *, none; ^boost. */
void ro_match_print(const ro_match *node, ro_buf *out) {
    switch (node->kind) {
    case RO_MATCH_ALL:
        ro_buf_add_byte(out, '*');
        break;
    case RO_MATCH_NONE:
        ro_buf_printf(out, "none");
        break;
    case RO_MATCH_TERM:
        print_term(node, out);
        break;
    case RO_MATCH_PHRASE:
        ro_buf_add_byte(out, '"');
        print_children(node, out);
        ro_buf_add_byte(out, '"');
        if (node->slop) {
            ro_buf_printf(out, "~%u", node->slop);
        }
        break;
    case RO_MATCH_ANY_OF:
    case RO_MATCH_NEAR:
    case RO_MATCH_BOOL:
        if (node->kind == RO_MATCH_NEAR) {
            ro_buf_printf(out, "(%snear/%u", node->ordered ? "o" : "", node->slop);
        } else {
            ro_buf_printf(out, node->kind == RO_MATCH_BOOL ? "(bool" : "(any");
        }
        print_children(node, out);
        ro_buf_add_byte(out, ')');
        break;
    case RO_MATCH_RANGE:
    case RO_MATCH_VALUE:
        print_column(node, out);
        break;
    }
    if (node->boost != 1) {
        ro_buf_printf(out, "^%g", (double)node->boost);
    }
}
