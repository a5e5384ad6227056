/* What a plain question asks for, in English: which kind of fact answers it, and what that fact is
 * likely to have (a side, a role, a status, a person, a place).
 *
 * A table of patterns over words (pattern.c); no pattern knows a name. What is understood is only
 * preferred, never required, and is told in the answer, so that a wrong guess costs places, not
 * results. What no pattern fits is read as keywords.
 */
#ifndef READOUT_QUERY_QUESTION_H
#define READOUT_QUERY_QUESTION_H

#include "syntax.h"

#include "readout/analyser.h"
#include "readout/index.h"

#define RO_QUESTION_WORDS_MAX 32 /* more words are no question */
#define RO_WISHES_MAX 12

typedef enum ro_wish_kind {
    RO_WISH_SIDE,
    RO_WISH_PERSON,
    RO_WISH_ROLE,
    RO_WISH_STATUS,
    RO_WISH_PLACE
} ro_wish_kind;
#define RO_WISH_KINDS 5

#define RO_WISH_ANY "*" /* any value, where it tells one */

typedef struct ro_wish {
    ro_wish_kind kind;
    ro_str value; /* a code; a name or place as asked; roles or statuses, parted by blanks */
    bool acts;    /* asked of as who acts or speaks, not as what it is about */
} ro_wish;

typedef struct ro_question {
    const char *pattern; /* "who-led"; NULL: keywords */
    ro_kind order[RO_KINDS];
    ro_wish wishes[RO_WISHES_MAX];
    size_t wish_count;
} ro_question;

typedef struct ro_question_reader {
    ro_analyser *analyser;
    ro_arena *arena;
    /* Whether people of this name are known; NULL: capitals alone tell names. */
    ro_status (*is_person)(void *context, ro_str name, bool *known, ro_error *err);
    void *context;
} ro_question_reader;

/* Reads the question in `tree`, which may be NULL, and leaves in it the words to search for. Of
 * what is not a plain word nothing is touched; a tree with operators is keywords. */
ro_status ro_question_read(const ro_question_reader *reader, ro_syntax **tree, ro_question *out,
                           ro_error *err) RO_MUST_CHECK;

/* "side", "person", "role", "status", "place". */
const char *ro_wish_name(ro_wish_kind kind);

/* Roles of who takes part: that says more of a person than a mention. */
#define RO_TOOK_PART "head chair host mediator member observer"

/* ---- pattern.c ---- */

typedef enum ro_ask_status {
    RO_ASK_NONE,
    RO_ASK_VERB,  /* the status that the verb names */
    RO_ASK_ANSWER /* what may answer whether: that status, or its opposites */
} ro_ask_status;

/* A pattern that fits. Words are counted from 0. */
typedef struct ro_asked {
    const char *pattern;
    ro_kind kind;
    const char *roles, *statuses; /* "" for none */
    bool names_status;    /* the main verb is that of the outcomes asked for: what was agreed */
    const char *expected; /* words of an answer, parted by bars */
    size_t verb;          /* the main verb; the number of words where there is none */
    bool used[RO_QUESTION_WORDS_MAX]; /* words of the pattern that say nothing more */
} ro_asked;

/* The first pattern that fits these folded words; false: none does. */
bool ro_pattern_find(const ro_str *words, size_t count, ro_asked *out);

/* Whether a word is in a list of the table: "@title". */
bool ro_pattern_in(const char *list, ro_str word);

#endif
