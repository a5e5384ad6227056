/* True highlights: which words of a text matched the query.
 *
 * A text goes through the same analyser as indexing did; its terms are matched against the compiled
 * query. A word of a phrase is marked where the phrase stands only, a word of NEAR where the others
 * are near (readout/spans.h decides), a word of a group where the article matches the group.
 */
#ifndef READOUT_QUERY_MARKS_H
#define READOUT_QUERY_MARKS_H

#include "plan.h"

#define RO_MARKS_MAX 200000 /* words of one text that are marked; later ones are not */

typedef struct ro_mark_node ro_mark_node;

/* What is marked as one thing: a word, a phrase, a prefix with its completions. */
typedef struct ro_concept {
    double weight; /* idf as in rank.h: the rarer, the more it tells */
    bool found;    /* in the article that is looked at */
    bool off;      /* found, but its group does not match */
    uint32_t word; /* ordinal of its clause among those that are marked */
} ro_concept;

typedef struct ro_mark {
    uint32_t start, end; /* bytes of the text */
    uint32_t concept;
} ro_mark;

typedef struct ro_marks {
    ro_mark *items; /* ascending, not overlapping */
    size_t count;
    const ro_concept *concepts; /* of the marker */
} ro_marks;

typedef struct ro_marker {
    ro_analyser *analyser;
    ro_deadline deadline;
    ro_mark_node **roots; /* one a clause */
    size_t root_count;
    ro_concept *concepts;
    size_t concept_count;
    uint32_t word_count;
    struct ro_leaf *leaves;
    size_t leaf_count;
    uint32_t *slots; /* hash table of leaves by term: 1 + index, 0 empty */
    size_t slot_count;
    uint8_t first_bytes[256]; /* what terms start with each byte */
} ro_marker;

/* Prepares the marks of a plan; all memory is from the arena. Past the deadline it gives up inside
 * a text, too. */
ro_status ro_marker_init(ro_marker *marker, ro_snapshot *snapshot, ro_analyser *analyser,
                         const ro_query_plan *plan, ro_deadline deadline, ro_arena *arena,
                         ro_error *err) RO_MUST_CHECK;

/* Whether words of the clause are marked. */
bool ro_clause_is_marked(const ro_clause *clause);
/* Before the texts of an article. */
void ro_marker_start(ro_marker *marker);
/* The marks of one text, which is the title or the body. Memory is from `scratch`. */
ro_status ro_marker_scan(ro_marker *marker, ro_str text, ro_str language, unsigned field,
                         ro_arena *scratch, ro_marks *out, ro_error *err) RO_MUST_CHECK;
/* After the texts of an article: sees which groups it matches. */
void ro_marker_settle(ro_marker *marker);
/* Takes out the marks of groups that do not match and joins what overlaps. */
void ro_marker_filter(const ro_marker *marker, ro_marks *marks);

#endif
