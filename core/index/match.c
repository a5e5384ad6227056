#include "readout/match.h"

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
