/* A question while it is read: question.c the words and what is asked, entity.c the sides, people
 * and places among them, leftover.c the words that are searched for. */
#ifndef READOUT_QUERY_READING_H
#define READOUT_QUERY_READING_H

#include "question.h"

typedef struct ro_question_word {
    ro_syntax *node;
    ro_str text; /* without punctuation and possessive ending */
    ro_str form; /* of it, folded */
    bool capital, upper;
    int entity; /* that it is of; -1: none */
} ro_question_word;

typedef struct ro_question_entity {
    ro_wish_kind kind; /* SIDE, PERSON or PLACE */
    ro_str value;
    size_t first, count; /* words */
} ro_question_entity;

typedef struct ro_reading {
    const ro_question_reader *reader;
    ro_question_word words[RO_QUESTION_WORDS_MAX];
    size_t count;
    ro_question_entity entities[RO_WISHES_MAX];
    size_t entity_count;
    bool capitals; /* some word begins with one */
    bool small;    /* some word does not, or goes on in small letters */
    ro_error *err;
} ro_reading;

/* What the patterns see: an entity is one word that is none of theirs. */
typedef struct ro_question_view {
    ro_str forms[RO_QUESTION_WORDS_MAX];
    size_t first[RO_QUESTION_WORDS_MAX]; /* word */
    size_t count;
} ro_question_view;

/* ---- entity.c ---- */

ro_status ro_reading_entities(ro_reading *r) RO_MUST_CHECK;
/* Whether it is asked of as who acts; `verb` is the word of the main verb. */
bool ro_reading_acts(const ro_reading *r, const ro_question_entity *e, size_t verb);
/* Words with blanks between; {NULL, 0} without memory. */
ro_str ro_reading_join(const ro_reading *r, size_t first, size_t count, bool folded);

/* ---- leftover.c ---- */

/* Leaves in the tree what is searched for, each word with its weight. */
ro_status ro_reading_leave(const ro_reading *r, const ro_question_view *v, const ro_asked *asked,
                           ro_syntax **tree) RO_MUST_CHECK;

#endif
