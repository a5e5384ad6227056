/* Talks: mentions, and how mentions of one talk are put together. */
#ifndef READOUT_EXTRACT_TALKS_H
#define READOUT_EXTRACT_TALKS_H

#include "document.h"

/* One place of the text that speaks of talks. */
typedef struct mention {
    uint32_t sentence, first, end; /* tokens of the evidence */
    uint32_t at;                   /* the verb or noun */
    ro_talk_status status;
    ro_talk_form form;
    uint16_t sides[RO_SIDES_MAX];
    uint8_t side_count;
    const chunk *ends[2]; /* who meets whom: the first chunk of each end */
    bool definite;        /* "the talks": spoken of before */
    bool separate;        /* another, earlier, separate: not the one spoken of before */
    bool hosted;          /* the subject is the host */
    ro_str city;
    uint16_t country;
    ro_str parties[4];
    size_t party_count;
    const char *family; /* of the rule */
    ro_str cue;
} mention;

/* Adds the mention to the talk it belongs to or to a new one; -1 when there is no room. */
int32_t talk_add(document *doc, const mention *m);

/* talk_verbs.c, talk_nouns.c: read the verb or noun of talks at the token of sentence `s`. Return
 * the tokens taken, 0 if it tells of no talks. */
uint32_t talk_read_verb(document *doc, uint32_t s, uint32_t at);
uint32_t talk_read_noun(document *doc, uint32_t s, uint32_t at);

/* talk_status.c: an ro_talk_status, or TALK_STATUS_NONE for talks refused, failed or only supposed.
 */
#define TALK_STATUS_NONE (-1)
int talk_verb_status(const document *doc, uint32_t verb, uint32_t first);
int talk_noun_status(const document *doc, uint32_t noun, uint32_t after, const sentence_span *sent);

/* talks.c */
bool mention_value_is(const lex_entry *e, const char *value);
bool mention_can_meet(const chunk *c);
/* Adds the sides and parties of the coordination that starts with `c`; returns its length. */
size_t mention_end(const document *doc, mention *m, const chunk *c, uint32_t end);
/* The first actor after a verb or preposition, over determiners, dates and places. */
const chunk *mention_object(const document *doc, uint32_t at, uint32_t limit);
ro_talk_form mention_form(const lex_entry *e);
/* True if the words at the token name an audience and no party: "reporters", "a group of students".
 */
bool mention_is_audience(const document *doc, uint32_t at, uint32_t end);
/* "X said the carmaker was in talks with Y", but not "X said after talks with Y": the subject only
 * speaks of talks that begin at `before`; their verb or noun is at `at`. */
bool mention_only_says(const document *doc, const chunk *subject, uint32_t before, uint32_t at);
bool mention_is_separate(const document *doc, uint32_t at, uint32_t first);
void mention_place(const document *doc, mention *m, uint32_t from, uint32_t end);
void mention_participants(document *doc, int32_t talk, const mention *m, uint32_t end);

/* "in Riyadh", "in the Saudi capital", "at the Kremlin" in [from, end); false if none is said. */
bool place_find(const document *doc, uint32_t from, uint32_t end, ro_str *city, uint16_t *country);

/* talk_sides.c: the side of a principal of the main talks that nobody states. */
void talks_infer_sides(document *doc);

/* participation.c */
void participation_add(document *doc, int32_t talk, int who, ro_part_role role, uint16_t side,
                       ro_evidence evidence);
/* The persons of a coordination that starts with `c`, each with the role; `side` for those without
 * one. Returns how many. */
size_t participation_list(document *doc, int32_t talk, const chunk *c, uint32_t end,
                          ro_part_role role, uint16_t side, ro_evidence evidence);

#endif
