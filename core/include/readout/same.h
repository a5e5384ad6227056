/* Sameness across articles: which people, talks and outcomes of different articles are one, and
 * why.
 *
 * Each record is reduced to a sketch: what is compared, and nothing else. Talks and outcomes are
 * compared pairwise, by a symmetric relation; those that a chain of pairs joins are one. People are
 * compared as forms (name, side, class of office), a whole block of one family name at a time,
 * since a bare surname may join only where one person fits it.
 *
 * Everything here is a pure function of its arguments and knows no order of arrival. Safe from any
 * thread, but for the analyser.
 */
#ifndef READOUT_SAME_H
#define READOUT_SAME_H

#include "readout/analyser.h"
#include "readout/name.h"

/* Why two records are one: a bit set. In RO_SAME_CONFLICTS what they disagree in although they are.
 */
enum {
    RO_SAME_NAME = 1 << 0,     /* family and given names equal after the fold */
    RO_SAME_SPELLING = 1 << 1, /* written differently */
    RO_SAME_NICKNAME = 1 << 2,
    RO_SAME_INITIAL = 1 << 3,
    RO_SAME_SURNAME = 1 << 4, /* a surname that only one person fits */
    RO_SAME_SIDE = 1 << 5,
    RO_SAME_OFFICE = 1 << 6,
    RO_SAME_PEOPLE = 1 << 7, /* shared participants */
    RO_SAME_PARTIES = 1 << 8,
    RO_SAME_PLACE = 1 << 9,
    RO_SAME_DATE = 1 << 10,
    RO_SAME_TOPICS = 1 << 11,
    RO_SAME_STATUS = 1 << 12,
    RO_SAME_WORDS = 1 << 13, /* of what an outcome is about */
    RO_SAME_ANSWER = 1 << 14 /* a proposal, and the reply to it */
};
#define RO_SAME_REASONS 15

/* "name", "spelling" …: the words of one bit. */
const char *ro_same_name(unsigned bit);

/* ---- people ---------------------------------------------------------------------------------- */

#define RO_FORMS_MAX 512 /* forms of one family name that are compared; more stand alone */

/* The way articles name a person: all that is known of the name, the side, and the class of the
 * office ("foreign minister", "envoy"; "" for none). */
typedef struct ro_person_form {
    ro_str name; /* without titles, blanks made single */
    ro_side side;
    ro_str office; /* static */
} ro_person_form;

/* Fills `out` from a person of an article; the name is made in the arena. RO_MEMORY. */
ro_status ro_person_form_of(const ro_person *person, ro_arena *arena, ro_person_form *out,
                            ro_error *err) RO_MUST_CHECK;
/* The class of an office as articles word it; static; "" for what is none of those listed. */
ro_str ro_office_class(ro_str office);
/* "Yuri Ushakov;RU;adviser": the form as a string, and back; borrowed from `key`. */
ro_str ro_person_key(const ro_person_form *form, ro_arena *arena);
void ro_person_form_parse(ro_str key, ro_person_form *out);
/* By name, side and office, each in byte order: the order of a block. */
int ro_person_compare(const ro_person_form *a, const ro_person_form *b);
/* The fold of the family name, which all forms of a person share: the block. Returns its length. */
size_t ro_person_block(const ro_person_form *form, char out[RO_NAME_FOLD_MAX + 1]);

typedef struct ro_same_link {
    uint32_t group;     /* index of the first of those that are one */
    uint32_t to;        /* what it was joined to; itself when it was not */
    unsigned why;       /* RO_SAME_… of that */
    unsigned conflicts; /* RO_SAME_SIDE, RO_SAME_OFFICE: what the two disagree in */
} ro_same_link;

/* How common a form is, for telling a head of state from her namesakes: grows by one where the
 * number of articles doubles, so that it seldom changes. */
unsigned ro_person_weight(int64_t articles);
/* Groups the forms of one block, which come in ascending order, each once. A form with less of a
 * name, without a side or an office joins only where all that fit it are one person, or one of them
 * is far commoner in the same office. `weights`: ro_person_weight of each; NULL: all alike. */
ro_status ro_forms_group(const ro_person_form *forms, const uint8_t *weights, size_t count,
                         ro_same_link *out, ro_error *err) RO_MUST_CHECK;

/* ---- talks and outcomes ---------------------------------------------------------------------- */

#define RO_DAY_NONE INT32_MIN /* days since 1970 */
#define RO_SAME_DAYS 3        /* records further apart are not the same */
#define RO_SKETCH_PEOPLE 16
#define RO_SKETCH_WORDS 16
#define RO_SKETCH_BLOCKS 8

/* A person as far as talks are compared by their people. */
typedef struct ro_sketch_person {
    uint32_t family, given; /* hashes of folds; given 0: not known */
    char initial;           /* 0: not known */
    ro_side side;
} ro_sketch_person;

typedef struct ro_sketch {
    int32_t day;    /* its own date, else the article's; RO_DAY_NONE */
    bool own_date;  /* the first of these */
    uint8_t status; /* ro_talk_status or ro_outcome_status */
    uint8_t form;   /* of a talk */
    ro_side
        sides[RO_SIDES_MAX]; /* ascending; of a talk without its host, of an outcome whose it is */
    uint8_t side_count;
    ro_side country;
    uint32_t city; /* hash, 0: not known */
    ro_sketch_person people[RO_SKETCH_PEOPLE];
    uint8_t person_count;
    uint32_t words[RO_SKETCH_WORDS]; /* hashes: topics of a talk, stems of an outcome in order */
    uint8_t word_count;
    uint32_t parties[RO_SIDES_MAX]; /* hashes: of a talk; of an outcome its numbers */
    uint8_t party_count;
} ro_sketch;

/* The sketch of a talk or an outcome; `published` in seconds or RO_TIME_NONE. */
void ro_talk_sketch(const ro_facts *facts, size_t talk, int64_t published, ro_sketch *out);
ro_status ro_outcome_sketch(const ro_facts *facts, size_t outcome, int64_t published,
                            ro_analyser *analyser, ro_sketch *out, ro_error *err) RO_MUST_CHECK;

/* Two records are compared only if they share a block; returns how many the sketch is in. */
size_t ro_talk_blocks(const ro_sketch *talk, uint64_t out[RO_SKETCH_BLOCKS]);
size_t ro_outcome_blocks(const ro_sketch *outcome, uint64_t out[RO_SKETCH_BLOCKS]);

/* Why the two are one, 0 when they are not. `conflicts`, unless NULL: what they disagree in. */
unsigned ro_talk_same(const ro_sketch *a, const ro_sketch *b, unsigned *conflicts);
unsigned ro_outcome_same(const ro_sketch *a, const ro_sketch *b, unsigned *conflicts);

/* The sketch as bytes for a file, and back; RO_DAMAGED. */
void ro_sketch_write(const ro_sketch *sketch, ro_buf *out);
ro_status ro_sketch_read(ro_str bytes, ro_sketch *out, ro_error *err) RO_MUST_CHECK;

#endif
