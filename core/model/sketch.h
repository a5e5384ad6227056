/* What the sketches of talks and outcomes share. */
#ifndef READOUT_MODEL_SKETCH_H
#define READOUT_MODEL_SKETCH_H

#include "readout/same.h"

#include "hash.h"

/* Keeps the sides ascending, each once. */
void ro_sketch_add_side(ro_sketch *sketch, ro_side side);
bool ro_sketch_has_side(const ro_sketch *sketch, ro_side side);
/* Sides that both have. */
size_t ro_sketch_common_sides(const ro_sketch *a, const ro_sketch *b);
int32_t ro_sketch_day(int64_t seconds);
/* Days between two, INT32_MAX when only one is known, 0 when neither is. */
int32_t ro_sketch_days_apart(const ro_sketch *a, const ro_sketch *b);
/* Hashes that both lists have, each list without repetition. */
size_t ro_common_hashes(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

#endif
