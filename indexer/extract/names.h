/* Personal names: how spellings of one name are found to be the same. */
#ifndef READOUT_EXTRACT_NAMES_H
#define READOUT_EXTRACT_NAMES_H

#include "lexicon.h"

#define NAME_FOLD_MAX 40
#define NAME_PARTS_MAX 8

typedef struct name_parts {
    ro_str
        words[NAME_PARTS_MAX]; /* without particles before the family name, Jr., initials' dots */
    size_t count;
} name_parts;

/* Parts a name at white space; "Faisal bin Farhan" has Faisal, Farhan. */
void name_split(const lexicon *lex, ro_str name, name_parts *out);

/* One form for the spellings of a name in transliteration: iou, you -> iu; ou, oo -> u; kh -> h;
 * ks -> x; ts, tz -> c; zh -> j; ph -> f; a run of y, i, j -> i; doubles once; marks, ' and - gone;
 * al- and el- gone. Returns its length. */
size_t name_fold(ro_str word, char out[NAME_FOLD_MAX]);
uint32_t name_hash(ro_str word);
bool name_word_equal(ro_str a, ro_str b);
/* Equal, one the initial of the other, or one the other's nickname. */
bool name_given_fits(const lexicon *lex, ro_str a, ro_str b);

#endif
