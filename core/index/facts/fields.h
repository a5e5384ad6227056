/* The fields of facts: which member of which struct stands in which column. */
#ifndef READOUT_INDEX_FACTS_FIELDS_H
#define READOUT_INDEX_FACTS_FIELDS_H

#include "rows.h"

typedef enum ro_field_type {
    TEXT,      /* ro_str */
    TEXTS,     /* ro_str *, with a count */
    WORD,      /* an enum, by its word */
    NUMBER,    /* int */
    FLAG,      /* bool */
    REFERENCE, /* int: an index into `list`; NULL: none */
    SIDE,      /* ro_side */
    SIDES,     /* ro_side[RO_SIDES_MAX], with a count */
    ACTORS,    /* ro_actors */
    ROLES,     /* ro_role *, with a count */
    SPAN,      /* uint32_t, uint32_t: two cells */
    EVIDENCE,  /* ro_evidence: three cells */
    EVIDENCES, /* ro_evidence *, with a count */
} ro_field_type;

typedef struct ro_fact_field {
    ro_field_type type;
    const char *name; /* of the column; of several, what they begin with */
    size_t at, count_at;
    ro_fact_list list;
    const char *(*word)(int value); /* NULL past the last */
} ro_fact_field;

typedef struct ro_fact_shape {
    const char *name; /* of the table */
    const ro_fact_field *fields;
    size_t field_count;
    size_t item;         /* bytes of the struct */
    size_t at, count_at; /* the list in ro_facts */
    bool documents;      /* its rows are documents */
    const char *schema;
} ro_fact_shape;

extern const ro_fact_shape RO_FACT_SHAPES[RO_FACT_LISTS];

static inline size_t ro_fact_field_cells(const ro_fact_field *field) {
    return field->type == EVIDENCE ? 3 : field->type == SPAN ? 2 : 1;
}
size_t ro_fact_width(ro_fact_list list);

static inline const void *ro_fact_member(const void *item, size_t at) {
    return (const char *)item + at;
}
static inline size_t ro_fact_count(const void *item, const ro_fact_field *field) {
    return *(const size_t *)ro_fact_member(item, field->count_at);
}
static inline size_t ro_fact_items(const ro_facts *facts, ro_fact_list list) {
    return *(const size_t *)ro_fact_member(facts, RO_FACT_SHAPES[list].count_at);
}
static inline const void *ro_fact_item(const ro_facts *facts, ro_fact_list list, size_t index) {
    const char *items = *(const char *const *)ro_fact_member(facts, RO_FACT_SHAPES[list].at);
    return items + index * RO_FACT_SHAPES[list].item;
}

/* References and spans point inside, lists are no longer than they may be. */
bool ro_facts_are_sound(const ro_facts *facts, size_t body_len);

/* Reads the cells of one row into the item, zeroed before; false when they make no sense. Memory is
 * from the arena; `failed` is set when that ran out. */
bool ro_fact_decode(const ro_fact_shape *shape, const ro_cell *cells, void *item, ro_arena *arena,
                    bool *failed);

#endif
