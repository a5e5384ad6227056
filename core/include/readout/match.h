/* The compiled query: what query/ builds and every leaf of an index evaluates.
 *
 * A tree of nodes in an arena; immutable while it is run. Terms are index terms (analyser output);
 * the tree never holds query syntax. Depth is at most RO_MATCH_DEPTH_MAX and there are at most
 * RO_MATCH_TERMS_MAX term nodes: the planner keeps to that, and a leaf refuses more with RO_LIMIT.
 */
#ifndef READOUT_MATCH_H
#define READOUT_MATCH_H

#include "readout/arena.h"

#define RO_MATCH_DEPTH_MAX 64
#define RO_MATCH_TERMS_MAX 256
#define RO_NEAR_CHILDREN_MAX 8 /* of one NEAR; more is RO_LIMIT as well */

typedef enum ro_match_kind {
    RO_MATCH_ALL,    /* every article; score 0 */
    RO_MATCH_NONE,   /* no article */
    RO_MATCH_TERM,   /* a stem, or an exact form */
    RO_MATCH_ANY_OF, /* children are TERM or ANY_OF or PHRASE: alternatives that count as one term
                        (synonyms, expansions of a prefix); frequencies add up, document frequency
                        is the largest of the children's */
    RO_MATCH_PHRASE, /* children are TERM, ANY_OF: in order, at the relative positions `gap`, all
                        within `slop` */
    RO_MATCH_NEAR,   /* children are TERM, ANY_OF, PHRASE: within `slop` words of each other, each
                        with words of its own; `ordered` */
    RO_MATCH_BOOL,  /* children with `occur`; matches when all MUST and FILTER do, no MUST_NOT does,
                       and, if it has SHOULD children but no MUST or FILTER, at least one SHOULD
                       does; so without children it matches every article, and with MUST_NOT alone
                       every other */
    RO_MATCH_RANGE, /* `column` in [from, until) */
    RO_MATCH_VALUE  /* any value of `column` is one of `values`; without `values`, it has one */
} ro_match_kind;

typedef enum ro_occur {
    RO_MUST,    /* required, scores */
    RO_SHOULD,  /* optional, scores */
    RO_FILTER,  /* required, does not score */
    RO_MUST_NOT /* forbidden */
} ro_occur;

enum { RO_FIELD_TITLE = 1, RO_FIELD_BODY = 2, RO_FIELD_ANY = 3 }; /* bit set */
#define RO_FIELD_COUNT 2

typedef enum ro_column {
    RO_COLUMN_PUBLISHED, /* seconds since the epoch; of a talk, its own date where that is known */
    RO_COLUMN_SOURCE,    /* string */
    RO_COLUMN_LANGUAGE,  /* string */
    /* Strings, any number a document. An article has all that its facts have. */
    RO_COLUMN_SIDE,    /* codes: RU, EU; of a talk all sides, else the one of who acts */
    RO_COLUMN_ROLE,    /* of a participant: head, member … or mentioned; of a talk that its
                           article is about: main */
    RO_COLUMN_STATUS,  /* held, planned …; agreed, declined … */
    RO_COLUMN_BY,      /* who an outcome is by: codes and people */
    RO_COLUMN_SPEAKER, /* codes and people */
    RO_COLUMN_PERSON,  /* who takes part, in the form that ro_people_by_name gives */
    RO_COLUMN_PLACE,   /* city, and country by its name */
    RO_COLUMN_HOST     /* code */
} ro_column;
#define RO_COLUMNS 11

/* Columns whose values stand for people: see ro_people_by_name. */
static inline bool ro_column_has_people(ro_column column) {
    return column == RO_COLUMN_PERSON || column == RO_COLUMN_BY || column == RO_COLUMN_SPEAKER;
}

typedef struct ro_match ro_match;
struct ro_match {
    ro_match_kind kind;
    ro_occur occur;      /* how the parent BOOL sees this node */
    unsigned fields;     /* TERM: where it may stand */
    float boost;         /* factor on the score; 1 unless said */
    ro_str term;         /* TERM: the stem, or with `exact` the folded form */
    bool exact;          /* TERM: this form only, not others of the same stem */
    uint32_t gap;        /* child of a PHRASE: its position relative to the first child */
    uint32_t slop;       /* PHRASE: words that may lie between in all; NEAR: greatest distance */
    bool ordered;        /* NEAR */
    ro_column column;    /* RANGE, VALUE */
    int64_t from, until; /* RANGE */
    ro_str *values;      /* VALUE: compared after ro_fold, as the index stores both */
    size_t value_count;
    float worth; /* RANGE, VALUE: what a match adds to the score, before boosts; 0 unless said */
    ro_match **children;
    size_t child_count;
    uint32_t from_byte, until_byte; /* the part of the query text it came from, for reports */
};

/* A node with boost 1, all fields; NULL when there is no memory. */
ro_match *ro_match_new(ro_arena *arena, ro_match_kind kind);
/* Appends a child. */
ro_status ro_match_add(ro_arena *arena, ro_match *parent, ro_match *child,
                       ro_error *err) RO_MUST_CHECK;

/* A readable form for explanations and tests: (bool +"peac deal"~2 title:=talks^2 #(source "afp")
 * -war). */
void ro_match_print(const ro_match *node, ro_buf *out);

#endif
