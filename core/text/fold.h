/* Case folding and removal of marks. */
#ifndef READOUT_TEXT_FOLD_H
#define READOUT_TEXT_FOLD_H

#include "readout/buffer.h"

#include <unicode/unorm2.h>

typedef struct ro_units {
    UChar *ptr; /* owns */
    int32_t len;
    int32_t capacity;
} ro_units;

typedef struct ro_folder {
    const UNormalizer2 *fold; /* borrowed from ICU for ever, as the next two */
    const UNormalizer2 *decompose;
    const UNormalizer2 *compose;
    ro_units a; /* work space, kept */
    ro_units b;
} ro_folder;

ro_status ro_folder_init(ro_folder *folder, ro_error *err) RO_MUST_CHECK;
void ro_folder_release(ro_folder *folder);

enum {
    RO_FOLD_CASE = 1, /* NFKC case folding, decimal digits to ASCII */
    RO_FOLD_MARKS = 2 /* é -> e, ø -> o; kept where marks are letters (Thai, Devanagari, kana) */
};

/* Appends the folded text; ill-formed bytes become U+FFFD. A lost append shows in ro_buf_check. */
void ro_folder_add(ro_folder *folder, ro_str text, unsigned what, ro_buf *out);

#endif
