#include "tree.h"

#include "guard.h"
#include "readout/deadline.h"
#include "readout/utf8.h"

#include <setjmp.h>

#define PARSE_MS_MAX 10000 /* for pages that are slow in ways the guard does not see */
#define CLOCK_EVERY 1024   /* allocations between two looks at the clock */

/* ---- parsing --------------------------------------------------------------------------------- */

/* Gumbo does not check its allocations and frees its tree by recursion. So it gets an arena, which
 * leaves by longjmp when it is full, and its tree is never freed node by node. */
typedef struct ro_gumbo_memory {
    ro_arena *arena;
    ro_deadline deadline;
    size_t calls;
    ro_status status;
    jmp_buf full;
} ro_gumbo_memory;

static void *allocate(void *context, size_t size) {
    ro_gumbo_memory *memory = context;
    if (++memory->calls % CLOCK_EVERY == 0 && ro_deadline_passed(memory->deadline)) {
        memory->status = RO_DEADLINE;
        longjmp(memory->full, 1); /* NOLINT(cert-err52-cpp) */
    }
    void *bytes = ro_arena_alloc(memory->arena, size);
    if (!bytes) {
        memory->status = RO_LIMIT;
        longjmp(memory->full, 1); /* NOLINT(cert-err52-cpp) */
    }
    return bytes;
}

static void release_nothing(void *context, void *bytes) {
    (void)context;
    (void)bytes;
}

static ro_status run_gumbo(ro_str html, ro_tree *tree, ro_error *err) {
    /* not on the stack: what changes between setjmp and longjmp must not live in a register */
    ro_gumbo_memory *memory = ro_arena_alloc(&tree->arena, sizeof *memory);
    if (!memory) {
        return ro_fail_memory(err);
    }
    memory->arena = &tree->arena;
    memory->deadline = ro_deadline_in_ms(PARSE_MS_MAX);
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = allocate;
    options.deallocator = release_nothing;
    options.userdata = memory;
    options.max_errors = 0;
    if (setjmp(memory->full) == 0) { /* NOLINT(cert-err52-cpp) */
        tree->output = gumbo_parse_with_options(&options, html.ptr ? html.ptr : "", html.len);
        return RO_OK;
    }
    if (memory->status == RO_DEADLINE) {
        return ro_fail(err, RO_LIMIT, "HTML takes more than %d seconds to parse",
                       PARSE_MS_MAX / 1000);
    }
    return ro_fail(err, RO_LIMIT, "HTML takes more than %zu MiB to parse", tree->arena.cap >> 20);
}

static const GumboVector *children_of(const GumboNode *node) {
    switch (node->type) {
    case GUMBO_NODE_DOCUMENT:
        return &node->v.document.children;
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
        return &node->v.element.children;
    default:
        return NULL;
    }
}

/* The next node in document order that is not inside `node`, NULL at the end. */
static const GumboNode *next_outside(const GumboNode *node, const GumboNode *root) {
    for (; node != root; node = node->parent) {
        const GumboVector *siblings = children_of(node->parent);
        if (node->index_within_parent + 1 < siblings->length) {
            return siblings->data[node->index_within_parent + 1];
        }
    }
    return NULL;
}

static const GumboNode *next_node(const GumboNode *node, const GumboNode *root) {
    const GumboVector *children = children_of(node);
    return children && children->length ? children->data[0] : next_outside(node, root);
}

/* A table cell is a block if it holds blocks, as pages laid out by tables have them; else the cells
 * of a row make one line. */
static bool is_block(const ro_node *node) {
    GumboTag tag = ro_node_tag(node);
    if (tag != GUMBO_TAG_TD && tag != GUMBO_TAG_TH) {
        return ro_tag_is_block(tag);
    }
    const GumboVector *children = children_of(node->node);
    for (unsigned i = 0; i < children->length; i++) {
        ro_node child = {.node = children->data[i]};
        if (ro_tag_is_block(ro_node_tag(&child))) {
            return true;
        }
    }
    return false;
}

static void link_up(ro_tree *tree) {
    const GumboNode *root = tree->output->document;
    uint32_t i = 0;
    uint32_t last = 0;
    for (const GumboNode *node = root; node; node = next_node(node, root), i++) {
        /* the parent is the last node or one of its ancestors */
        while (i > 0 && tree->nodes[last].node != node->parent) {
            tree->nodes[last].end = i;
            last = tree->nodes[last].parent;
        }
        ro_node *entry = &tree->nodes[i];
        *entry = (ro_node){.node = node, .parent = last};
        bool block = i == 0 || is_block(entry);
        entry->block = block ? i : tree->nodes[last].block;
        last = i;
    }
    for (; last > 0; last = tree->nodes[last].parent) {
        tree->nodes[last].end = i;
    }
    tree->nodes[0].end = i;
}

ro_status ro_tree_parse(ro_str html, size_t memory, ro_tree *out, ro_error *err) {
    *out = (ro_tree){.arena = RO_ARENA_INIT};
    out->arena.cap = memory;
    ro_status status = ro_html_guard(html, err);
    if (status == RO_OK) {
        status = run_gumbo(html, out, err);
    }
    if (status != RO_OK) {
        return status;
    }
    const GumboNode *root = out->output->document;
    for (const GumboNode *node = root; node; node = next_node(node, root)) {
        out->count++;
    }
    out->nodes = ro_arena_alloc_array(&out->arena, out->count, sizeof *out->nodes);
    if (!out->nodes) {
        return ro_fail(err, RO_LIMIT, "HTML takes more than %zu MiB to parse", memory >> 20);
    }
    link_up(out);
    return RO_OK;
}

void ro_tree_release(ro_tree *tree) {
    ro_arena_release(&tree->arena);
    *tree = (ro_tree){.arena = RO_ARENA_INIT};
}

/* ---- nodes ----------------------------------------------------------------------------------- */

GumboTag ro_node_tag(const ro_node *node) {
    GumboNodeType type = node->node->type;
    return type == GUMBO_NODE_ELEMENT || type == GUMBO_NODE_TEMPLATE ? node->node->v.element.tag
                                                                     : GUMBO_TAG_UNKNOWN;
}

ro_str ro_node_attribute(const ro_node *node, const char *name) {
    if (node->node->type != GUMBO_NODE_ELEMENT) {
        return RO_STR_NONE;
    }
    const GumboAttribute *attribute = gumbo_get_attribute(&node->node->v.element.attributes, name);
    return attribute ? ro_str_trim(ro_str_from(attribute->value)) : RO_STR_NONE;
}

static bool tag_in(GumboTag tag, const GumboTag *tags, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (tags[i] == tag) {
            return true;
        }
    }
    return false;
}

bool ro_tag_is_block(GumboTag tag) {
    static const GumboTag TAGS[] = {
        GUMBO_TAG_HTML,    GUMBO_TAG_HEAD,     GUMBO_TAG_TITLE,  GUMBO_TAG_BODY,
        GUMBO_TAG_ARTICLE, GUMBO_TAG_SECTION,  GUMBO_TAG_NAV,    GUMBO_TAG_ASIDE,
        GUMBO_TAG_H1,      GUMBO_TAG_H2,       GUMBO_TAG_H3,     GUMBO_TAG_H4,
        GUMBO_TAG_H5,      GUMBO_TAG_H6,       GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER,
        GUMBO_TAG_ADDRESS, GUMBO_TAG_P,        GUMBO_TAG_HR,     GUMBO_TAG_PRE,
        GUMBO_TAG_OL,      GUMBO_TAG_UL,       GUMBO_TAG_LI,     GUMBO_TAG_DL,
        GUMBO_TAG_DT,      GUMBO_TAG_DD,       GUMBO_TAG_FIGURE, GUMBO_TAG_FIGCAPTION,
        GUMBO_TAG_MAIN,    GUMBO_TAG_DIV,      GUMBO_TAG_TABLE,  GUMBO_TAG_CAPTION,
        GUMBO_TAG_TBODY,   GUMBO_TAG_THEAD,    GUMBO_TAG_TFOOT,  GUMBO_TAG_TR,
        GUMBO_TAG_FORM,    GUMBO_TAG_FIELDSET, GUMBO_TAG_LEGEND, GUMBO_TAG_BLOCKQUOTE,
        GUMBO_TAG_DETAILS, GUMBO_TAG_SUMMARY,  GUMBO_TAG_CENTER, GUMBO_TAG_LISTING,
        GUMBO_TAG_MENU,    GUMBO_TAG_OPTION,   GUMBO_TAG_DIR};
    return tag_in(tag, TAGS, sizeof TAGS / sizeof *TAGS);
}

bool ro_tag_is_silent(GumboTag tag) {
    static const GumboTag TAGS[] = {
        GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE,    GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE,
        GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT,   GUMBO_TAG_SELECT,   GUMBO_TAG_TEXTAREA,
        GUMBO_TAG_BUTTON, GUMBO_TAG_SVG,      GUMBO_TAG_MATH,     GUMBO_TAG_AUDIO,
        GUMBO_TAG_VIDEO,  GUMBO_TAG_CANVAS,   GUMBO_TAG_TITLE,    GUMBO_TAG_NOEMBED,
        GUMBO_TAG_INPUT,  GUMBO_TAG_NOFRAMES, GUMBO_TAG_DATALIST, GUMBO_TAG_METER};
    return tag_in(tag, TAGS, sizeof TAGS / sizeof *TAGS);
}

ro_str ro_node_text(const ro_node *node) {
    GumboNodeType type = node->node->type;
    bool text =
        type == GUMBO_NODE_TEXT || type == GUMBO_NODE_CDATA || type == GUMBO_NODE_WHITESPACE;
    return text ? ro_str_from(node->node->v.text.text) : RO_STR_NONE;
}

/* ---- lines ----------------------------------------------------------------------------------- */

typedef struct ro_lines {
    ro_buf line, repaired;
    bool gap; /* white space waits to be written before the next word */
    uint32_t block;
    const ro_tree *tree;
    ro_line_fn fn;
    void *context;
} ro_lines;

static void end_line(ro_lines *lines, uint32_t next_block) {
    ro_str line = ro_buf_str(&lines->line);
    if (!ro_utf8_valid(line)) {
        /* gumbo makes ill-formed text of references beyond Unicode */
        ro_buf_clear(&lines->repaired);
        ro_utf8_repair(&lines->repaired, line);
        line = ro_buf_str(&lines->repaired);
    }
    if (line.len > 0) {
        lines->fn(lines->context, &lines->tree->nodes[lines->block], line);
    }
    ro_buf_clear(&lines->line);
    lines->gap = false;
    lines->block = next_block;
}

/* White space, the no-break space too, becomes one space; in <pre> a line end stays one. */
static void add_text(ro_lines *lines, ro_str s, bool pre) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool no_break = c == '\xC2' && i + 1 < s.len && s.ptr[i + 1] == '\xA0';
        if (pre && c == '\n') {
            end_line(lines, lines->block);
        } else if (no_break || c == ' ' || (c >= '\t' && c <= '\r')) {
            lines->gap = lines->line.len > 0;
            i += no_break ? 1 : 0;
        } else {
            if (lines->gap) {
                ro_buf_add_byte(&lines->line, ' ');
                lines->gap = false;
            }
            ro_buf_add_byte(&lines->line, c);
        }
    }
}

static void visit(ro_lines *lines, uint32_t i) {
    const ro_node *node = &lines->tree->nodes[i];
    GumboTag tag = ro_node_tag(node);
    if (node->block != lines->block || node->block == i || tag == GUMBO_TAG_BR) {
        end_line(lines, node->block);
    }
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) {
        lines->gap = lines->line.len > 0;
    }
    ro_str text = ro_node_text(node);
    GumboTag block = ro_node_tag(&lines->tree->nodes[node->block]);
    add_text(lines, text, block == GUMBO_TAG_PRE || block == GUMBO_TAG_LISTING);
}

ro_status ro_tree_lines(const ro_tree *tree, uint32_t root, ro_line_fn fn, void *context,
                        ro_error *err) {
    ro_lines lines = {.block = tree->nodes[root].block, .tree = tree, .fn = fn, .context = context};
    for (uint32_t i = root; i < tree->nodes[root].end;) {
        const ro_node *node = &tree->nodes[i];
        if (node->dropped || ro_tag_is_silent(ro_node_tag(node))) {
            if (node->block == i) {
                end_line(&lines, tree->nodes[node->parent].block);
            }
            i = node->end;
            continue;
        }
        visit(&lines, i++);
    }
    end_line(&lines, 0);
    ro_status status = ro_buf_check(&lines.line, err);
    ro_buf_release(&lines.line);
    ro_buf_release(&lines.repaired);
    return status;
}

static void append_line(void *context, const ro_node *block, ro_str line) {
    (void)block;
    ro_buf *out = context;
    if (out->len > 0) {
        ro_buf_add_byte(out, '\n');
    }
    ro_buf_add_str(out, line);
}

ro_status ro_html_to_text(ro_str html, size_t memory, ro_buf *out, ro_error *err) {
    ro_tree tree;
    ro_status status = ro_tree_parse(html, memory, &tree, err);
    if (status == RO_OK) {
        status = ro_tree_lines(&tree, 0, append_line, out, err);
    }
    if (status == RO_OK) {
        status = ro_buf_check(out, err);
    }
    ro_tree_release(&tree);
    return status;
}

bool ro_looks_like_html(ro_str text) {
    static const char *const MARKS[] = {"<p>",  "<p ",  "</p>", "<br",  "<div",
                                        "</a>", "<ul>", "<h2",  "</b>", "</em>"};
    if (text.len == 0 || !memchr(text.ptr, '<', text.len)) {
        return false;
    }
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (memmem(text.ptr, text.len, MARKS[i], strlen(MARKS[i]))) {
            return true;
        }
    }
    return false;
}
