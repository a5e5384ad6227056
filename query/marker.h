/* Inside a marker: the compiled query as a tree of nodes with places, its terms in a hash table. */
#ifndef READOUT_QUERY_MARKER_H
#define READOUT_QUERY_MARKER_H

#include "marks.h"

typedef struct ro_leaf {
    const ro_match *term;
    uint32_t same;    /* 1 + index of the next leaf of the same term; 0: none */
    uint32_t concept; /* that every occurrence is a mark of; RO_NO_CONCEPT: it depends on others */
    uint32_t from, count; /* its occurrences in the text, once they are sorted */
} ro_leaf;

#define RO_NO_CONCEPT UINT32_MAX

struct ro_mark_node {
    const ro_match *match;
    ro_mark_node **children; /* of a group */
    size_t child_count;
    uint32_t concept;    /* of a node that is marked as one; RO_NO_CONCEPT: a group, a filter */
    uint32_t first_leaf; /* of its terms, which follow each other */
    bool direct;         /* its leaves are marked where they stand */
};

enum { RO_STARTS_STEM = 1, RO_STARTS_EXACT = 2 }; /* in first_bytes: what begins so */

static inline bool ro_mark_is_group(const ro_mark_node *node) {
    return node->match->kind == RO_MATCH_BOOL;
}

/* The slot of a term, or the empty one where it would go. */
size_t ro_marker_slot(const ro_marker *marker, ro_str term, bool exact);

#endif
