/* The sides of talks: what countries, and the organisations that act like one, are called.
 *
 * One table for extraction, the texts of facts and queries: core/model/sides.tsv, compiled by the
 * build. All strings are static. Safe from any thread.
 */
#ifndef READOUT_SIDE_H
#define READOUT_SIDE_H

#include "readout/facts.h"

typedef enum ro_side_class {
    RO_SIDE_COUNTRY, /* Russia */
    RO_SIDE_BLOC,    /* European Union */
    RO_SIDE_NATION,  /* Russian, Russians */
    RO_SIDE_METONYM, /* Kremlin */
    RO_SIDE_CAPITAL  /* Moscow */
} ro_side_class;

typedef struct ro_side_line {
    const char *code; /* ISO 3166-1 alpha-2, "XK", "EU", "NATO", "UN" */
    ro_side_class class;
    const char *phrases; /* "Russian|Russians": the usual one first */
} ro_side_line;

/* All lines; those of one code stand together. */
const ro_side_line *ro_side_lines(size_t *count);

/* The usual name of a side: "Russia", "European Union"; the code itself where the table has none.
 */
ro_str ro_side_name(ro_str code);

/* The phrases of a class for a side, "Russian|Russians"; empty when there are none. */
ro_str ro_side_phrases(ro_str code, ro_side_class class);

/* The side of this code, in any case: "RU", "ru". */
bool ro_side_of_code(ro_str code, ro_side *out);

/* The side that a phrase names, in any case and with dots, apostrophes, hyphens or without, and
 * what the phrase is to it. Where a phrase has several meanings the first of ro_side_class wins.
 * Letters with marks are to stand as in the table, or without their marks. */
bool ro_side_find(ro_str phrase, ro_side *out, ro_side_class *class);

/* Other names for the country or bloc that a phrase names, "USA" and "U.S." for "United States": at
 * most RO_SIDE_NAMES_MAX, of which none is a part of what the others name. 0 for phrases that are
 * no name, or one of a part. */
#define RO_SIDE_NAMES_MAX 8
size_t ro_side_synonyms(ro_str phrase, ro_str out[RO_SIDE_NAMES_MAX]);

#endif
