/* The compiled table of sides (sides.tsv, sides.cmake). */
#ifndef READOUT_MODEL_SIDES_H
#define READOUT_MODEL_SIDES_H

#include "readout/side.h"

/* A phrase in the form that is compared, and its line. */
typedef struct ro_side_key {
    const char *key;
    uint16_t line;
} ro_side_key;

extern const ro_side_line RO_SIDE_LINES[];
extern const size_t RO_SIDE_LINE_COUNT;
/* Names of a country or bloc that mean the same, where there are several; ascending by code. */
extern const ro_side_line RO_SIDE_SAME[];
extern const size_t RO_SIDE_SAME_COUNT;
extern const ro_side_key RO_SIDE_KEYS[]; /* ascending by bytes */
extern const size_t RO_SIDE_KEY_COUNT;

#endif
