/* An HTML page as a flat list of nodes in document order, and its text by lines. */
#ifndef READOUT_PARSERS_TREE_H
#define READOUT_PARSERS_TREE_H

#include "common.h"

#include <gumbo.h>

/* A node of the page. Its descendants are the entries up to `end`. */
typedef struct ro_node {
    const GumboNode *node;
    uint32_t parent; /* index; the root is its own parent */
    uint32_t end;    /* index behind its last descendant */
    uint32_t block;  /* index of the nearest block element, itself if it is one */
    uint32_t text;   /* bytes of text that belong to this block and to no block inside it */
    uint32_t link;   /* the part of `text` inside links */
    uint32_t good;   /* bytes of running text in it, blocks inside it included */
    bool dropped;    /* it and all inside it is no text of the article */
} ro_node;

typedef struct ro_tree {
    ro_arena arena; /* everything, what gumbo allocates included */
    GumboOutput *output;
    ro_node *nodes;
    uint32_t count;
} ro_tree;

/* Parses `html` (UTF-8) under the caps of parser.h, with at most `memory` bytes. */
ro_status ro_tree_parse(ro_str html, size_t memory, ro_tree *out, ro_error *err) RO_MUST_CHECK;
void ro_tree_release(ro_tree *tree);

/* GUMBO_TAG_UNKNOWN for text and comments. */
GumboTag ro_node_tag(const ro_node *node);
/* The value of an attribute; {NULL, 0} if it has none. */
ro_str ro_node_attribute(const ro_node *node, const char *name);
/* True for what starts a line of its own. */
bool ro_tag_is_block(GumboTag tag);
/* True for what never holds text of a page: script, style … */
bool ro_tag_is_silent(GumboTag tag);
/* The text of a text node; empty for others. */
ro_str ro_node_text(const ro_node *node);

/* Calls for each line of the subtree that is not dropped. `block` is the element it belongs to. */
typedef void (*ro_line_fn)(void *context, const ro_node *block, ro_str line);
ro_status ro_tree_lines(const ro_tree *tree, uint32_t root, ro_line_fn fn, void *context,
                        ro_error *err) RO_MUST_CHECK;

#endif
