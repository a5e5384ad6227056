/* Classes of offices: what tells two people of one name apart, or that two forms are one. */
#ifndef READOUT_MODEL_OFFICE_H
#define READOUT_MODEL_OFFICE_H

#include "readout/buffer.h"

typedef enum ro_sector {
    RO_SECTOR_ANY, /* a president may be a country's or a company's */
    RO_SECTOR_STATE,
    RO_SECTOR_BUSINESS
} ro_sector;

typedef struct ro_office_line {
    const char *words, *class;
    ro_sector sector;
} ro_office_line;

/* The line whose words stand in an office as articles word it; NULL when none does. */
const ro_office_line *ro_office_find(ro_str office);
/* A line of the class, NULL when there is no such class. */
const ro_office_line *ro_office_of_class(ro_str class);

#endif
