/* Records of CSV, for the parser and for those who cut a stream between two of them. */
#ifndef READOUT_PARSERS_CSV_H
#define READOUT_PARSERS_CSV_H

#include "readout/buffer.h"

typedef struct ro_csv_field {
    ro_str text;    /* without the quotes around it; doubled ones are still doubled */
    size_t doubled; /* quotes in it that are two for one */
    size_t end;     /* index of the delimiter or line end behind it, or the length */
} ro_csv_field;

/* The field at `at`. A quote counts only at its start: 5" is five inches. False if the closing
 * quote is missing. */
bool ro_csv_field_read(ro_str s, size_t at, char delimiter, ro_csv_field *out);

/* The index behind the line end of the record at `at`, 0 if it does not end in `s`. */
size_t ro_csv_record_end(ro_str s, size_t at, char delimiter);

/* The commonest of comma, semicolon, tab and bar outside quotes in the first record. */
char ro_csv_delimiter(ro_str header);

#endif
