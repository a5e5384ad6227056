/* The layout of a wire story in plain text: what stands around the story itself.
 *
 * All strings are slices of the text; nothing is allocated.
 */
#ifndef READOUT_LAYOUT_H
#define READOUT_LAYOUT_H

#include "readout/article.h"

typedef struct ro_layout {
    ro_str body; /* the text without title, byline, photo, date and credit lines around it */
    ro_str title;
    ro_str byline; /* without "By" */
    ro_str credit; /* "Agencies"; "Reporting by …; Editing by …", maybe over several lines */
    ro_str photo_credit;
    ro_dateline dateline;
    int64_t published;        /* of a date line, a credit line or a dateline with a year */
    int32_t published_offset; /* seconds its clock is ahead of UTC */
} ro_layout;

/* Reads the lines at both ends of `text`. `titled` says that the first line may be a title. */
void ro_layout_read(ro_str text, bool titled, ro_layout *out);

/* The dateline a line starts with: `CITY[ / CITY][, REGION or COUNTRY][, Month day[, year]][
 * (AGENCY)]` and a dash. Returns its bytes with the dash, 0 if there is none. `published` gets the
 * date if the year is given. */
size_t ro_dateline_read(ro_str line, ro_dateline *out, int64_t *published);

#endif
