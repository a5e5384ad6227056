/* Codes and bounds of impacts. */
#ifndef READOUT_SEGMENT_IMPACTS_H
#define READOUT_SEGMENT_IMPACTS_H

#include "list.h"

/* The code of a number, or of the next that has one. */
uint8_t ro_impact_down(uint32_t value);
uint8_t ro_impact_up(uint32_t value);

/* The impacts of `count` documents, at most RO_PACK_RUN. */
void ro_impacts_make(const ro_length_codes *codes, const uint32_t *docs, const uint32_t *tf,
                     const uint32_t *title, uint32_t count, ro_impacts *out);
/* Makes `all` cover `more` too. */
void ro_impacts_merge(const ro_length_codes *codes, const ro_impacts *more, ro_impacts *all);

#endif
