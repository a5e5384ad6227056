/* A ro_match made ready for one snapshot: terms listed once, statistics looked up, column values
 * turned into ids. Belongs to one search. */
#ifndef READOUT_INDEX_PLAN_H
#define READOUT_INDEX_PLAN_H

#include "evaluate/score.h"
#include "lexicon.h"

#define RO_PLAN_NODES_MAX 4096
#define RO_PLAN_VARIANTS_MAX 1024 /* of all exact words; later ones are taken without */
#define RO_SLOP_MAX (1u << 20)    /* far below the distance between two fields, see evaluate.c */

/* A term as leaves post it: a stem, or '=' and a form. */
typedef struct ro_plan_term {
    ro_str key;
    unsigned fields; /* where any node looks for it */
    int64_t df;      /* at most so many documents hold it */
} ro_plan_term;

/* A stretch of positions, both ends in it; a position is field << 32 | ordinal. */
typedef struct ro_span {
    uint64_t start, end;
} ro_span;

typedef struct ro_plan_node ro_plan_node;
struct ro_plan_node {
    ro_match_kind kind;
    ro_occur occur;
    const ro_match *match;
    unsigned fields;
    double boost;
    double weight;          /* w(t) of TERM, ANY_OF, PHRASE, NEAR */
    ro_frequency frequency; /* of TERM, ANY_OF; for PHRASE, NEAR the rarest child's */
    uint32_t term;          /* TERM: index of the term */
    bool exact;             /* TERM: where `form` stands, or `term` without any of `variants` */
    uint32_t form;          /* exact */
    uint32_t *variants;     /* exact */
    size_t variant_count;
    bool *allowed; /* VALUE: by id */
    size_t allowed_count;
    ro_plan_node *children;
    size_t child_count;
    ro_buf spans; /* ro_span: of the document at hand, where `spans_of` is its stamp */
    uint64_t spans_of;
    ro_buf taken; /* ro_span: those that make up an occurrence of the tree, see matched.c */
};

typedef struct ro_plan {
    ro_arena *arena; /* borrowed */
    ro_plan_node *root;
    ro_plan_term *terms;
    size_t term_count;
    size_t term_capacity;
    size_t node_count;
    bool lists; /* a node looks at lists of values */
} ro_plan;

/* What a plan is made of: the snapshot loads dictionaries as they are needed. */
typedef struct ro_plan_source {
    const ro_scorer *scorer;
    ro_lexicon *lexicon;
    ro_snapshot *snapshot;
} ro_plan_source;

/* RO_LIMIT for a tree over the caps of match.h. Terms and nodes live in the arena; what else the
 * nodes gather during a search is freed by ro_plan_release. */
ro_status ro_plan_make(const ro_match *match, const ro_plan_source *source, ro_arena *arena,
                       ro_plan *out, ro_error *err) RO_MUST_CHECK;
void ro_plan_release(ro_plan *plan);

#endif
