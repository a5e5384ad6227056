/* The words of an operand as the index knows them: its text through the analyser, once for each
 * language of the index. */
#ifndef READOUT_QUERY_UNITS_H
#define READOUT_QUERY_UNITS_H

#include "readout/analyser.h"
#include "readout/arena.h"

#define RO_QUERY_LANGUAGES_MAX 6 /* languages of the index that words are stemmed for */
#define RO_UNITS_MAX 128         /* tokens of one operand */

typedef struct ro_unit {
    ro_str form;
    ro_str stems[RO_QUERY_LANGUAGES_MAX]; /* different ones */
    size_t stem_count;
    uint32_t position, span;
    bool whole;  /* of a compound; its parts follow */
    bool number; /* begins with a digit */
} ro_unit;

typedef struct ro_units {
    ro_unit *items;
    size_t count;
    bool cut; /* the text held more */
} ro_units;

/* Strings and items live in the arena. */
ro_status ro_units_read(ro_analyser *analyser, ro_str text, const ro_str *languages,
                        size_t language_count, ro_arena *arena, ro_units *out,
                        ro_error *err) RO_MUST_CHECK;

/* How many units from `at` on belong together: 1, or a whole with its parts. */
size_t ro_units_piece(const ro_units *units, size_t at);

#endif
