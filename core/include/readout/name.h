/* Personal names: how spellings of one name are found to be the same.
 *
 * Words are compared by their fold, a form that the usual transliterations of a name share: iou,
 * you
 * -> iu; ou, oo -> u; kh -> h; ks -> x; ts, tz -> c; zh -> j; ph -> f; a run of y, i, j -> i;
 * doubles once; marks, ' and - gone; al- and el- gone. Everything here is a pure function; safe
 * from any thread.
 */
#ifndef READOUT_NAME_H
#define READOUT_NAME_H

#include "readout/facts.h"

#define RO_NAME_FOLD_MAX 40 /* letters of a word; the rest is not looked at */
#define RO_NAME_WORDS_MAX 8 /* words of a name */
#define RO_NAME_GIVEN_MAX 4

typedef struct ro_name_words {
    ro_str words[RO_NAME_WORDS_MAX]; /* as written, without particles, Jr. and the like */
    size_t count;
} ro_name_words;

/* Parts a name at white space and commas; "Faisal bin Farhan" has Faisal, Farhan. */
void ro_name_split(ro_str name, ro_name_words *out);

/* Writes the fold of a word, without a terminating zero, and returns its length. */
size_t ro_name_fold(ro_str word, char out[RO_NAME_FOLD_MAX]);
uint32_t ro_name_hash(ro_str word); /* of the fold; may be stored */
bool ro_name_word_equal(ro_str a, ro_str b);
/* Equal, one the initial of the other, or one the other's nickname. */
bool ro_name_given_fits(ro_str a, ro_str b);

/* Given names that a given name may be short for, and those short for it: william for Bill, bill
 * for William. Lower case, static; at most `max` of them. */
size_t ro_name_variants(ro_str given, ro_str *out, size_t max);

/* A given name made ready for comparing. */
typedef struct ro_given {
    char fold[RO_NAME_FOLD_MAX + 1];
    char letter;             /* its first, lower case: what an initial is compared with */
    bool initial;            /* the letter is all that is known */
    uint16_t nick, nick_end; /* rows of the table of nicknames; none where equal */
} ro_given;

/* The name in full, as a fold: michael for Mike; of a nickname of several, the first of them. */
const char *ro_given_whole(const ro_given *given, char out[RO_NAME_FOLD_MAX + 1]);

/* A name made ready for comparing. Family names stand last, but first in names of China, Korea and
 * Vietnam ("Xi Jinping"); in Arabic names with a patronymic ("Faisal bin Farhan Al Saud") the name
 * of a ruling house is left out, since it is left out as often as not. */
typedef struct ro_name {
    char family[RO_NAME_FOLD_MAX + 1]; /* fold; empty when the name has no letters */
    ro_given given[RO_NAME_GIVEN_MAX];
    size_t given_count; /* 0: a surname, or the name of a king, alone */
    int generation;     /* 1 Sr., 2 Jr. or II, 3 III …; 0 unsaid */
} ro_name;

void ro_name_read(ro_str name, ro_side side, ro_name *out);

/* Why two names can be one person's; 0 when they cannot. Strongest first. */
typedef enum ro_name_fit {
    RO_NAME_DIFFERS,
    RO_NAME_EQUAL,    /* the same family and given names, after the fold */
    RO_NAME_MIDDLE,   /* the same, one with more given names or another initial's word */
    RO_NAME_NICKNAME, /* Mike for Michael */
    RO_NAME_COMPOUND, /* López Obrador for Andrés Manuel López Obrador */
    RO_NAME_INITIAL,  /* J. for John */
    RO_NAME_SURNAME   /* the family name alone */
} ro_name_fit;

ro_name_fit ro_name_compare(const ro_name *a, const ro_name *b);

#endif
