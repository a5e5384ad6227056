/* Cues of outcomes, on their way: found (outcomes.c), read in what form they stand
 * (outcome_forms.c), judged (outcome_checks.c, outcome_plans.c, outcome_scope.c,
 * outcome_told.c), given to those
 * who act (outcome_actors.c), recorded. */
#ifndef READOUT_EXTRACT_OUTCOMES_H
#define READOUT_EXTRACT_OUTCOMES_H

#include "document.h"

#define OUTCOME_LOOK_AHEAD 8 /* tokens in which the object shows what was refused */
#define OUTCOME_NONE (-1)

typedef struct cue {
    document *doc;
    const sentence_span *sent;
    uint32_t s, at, after; /* sentence, tokens of the cue */
    uint32_t stop;         /* of a parted cue, its particle: "turned the offer down" */
    const lex_entry *entry;
    const clause *cl;
    const chunk *subject;
    const chunk *agent; /* of a passive: "rejected by X" */
    bool noun, passive, negated, background, hedged, possible, subjunctive;
    int status; /* ro_outcome_status, -1 for none */
} cue;

/* True if the token before the cue, in its sentence, is this word, or of one of the classes. */
static inline bool cue_follows_word(const cue *c, const char *word) {
    return c->at > c->sent->first && doc_word_is(c->doc, c->at - 1, word);
}
static inline bool cue_follows(const cue *c, uint64_t classes) {
    return c->at > c->sent->first && doc_is_any(c->doc, c->at - 1, classes);
}

/* True if neither a person nor a side is known who did it. */
static inline bool outcome_has_nobody(const ro_outcome *o) {
    return o->by.person_count + o->by.side_count == 0;
}

/* outcome_forms.c: true if the cue stands where an act is told of: no attribute, no noun that only
 * looks like a verb, no base form after a singular. */
bool cue_tells_act(const cue *c);
/* Negation, modals, hedges and the passive. */
void cue_read_form(cue *c);

/* outcome_actors.c: the verb a noun of agreement is the object of, else the cue. */
uint32_t cue_verb(const cue *c);
/* The chunk in the possessive right before the cue, NULL if there is none. */
const chunk *cue_owner(const cue *c);
/* Those who did it, and as words those who have no record; `talk` is that of the sentence, or -1.
 */
void outcome_set_actors(const cue *c, int32_t talk, ro_outcome *o);

/* The status a lexicon line names, OUTCOME_NONE if it is none. */
int outcome_named(ro_str value);
/* "to" before the cue: "decided to reject" is a rejection, "refused to accept" was read already. */
bool cue_is_infinitive(const cue *c);
/* True if a phrase of the class stands in the `far` tokens from `from` on, in the sentence. */
bool cue_any_ahead(const cue *c, lex_class class, uint32_t from, uint32_t far);
/* outcome_agreed.c: the status of what was agreed or not. */
int outcome_check_agreed(cue *c);
/* True if the cue agrees to nothing without a noun of agreement behind it: "signed". */
bool cue_needs_treaty(const cue *c);
/* outcome_plans.c: the status of what is planned, or refused with "will not". */
int outcome_check_planned(cue *c);
/* True if the cue's phrase starts so. */
bool cue_starts(const cue *c, const char *prefix);
/* True if the cue, its status known, stands where something is told as a fact (outcome_told.c). */
bool outcome_is_told(const cue *c);
/* True if the cue, its status known, tells as a fact what a party did (outcome_scope.c). */
bool outcome_in_scope(const cue *c);
/* True for cues that are acts of those who disagree: "failed to agree", "differed over". */
bool outcome_is_disagreement(const cue *c);
/* True for cues of those who put something off. */
bool outcome_is_delay(const cue *c);
/* True if the sentence, besides the cue, names talks or what they are about. */
bool outcome_tells_of_talks(const cue *c);
/* "Rebels said they will …": the actor without a side that a pronoun stands for in its sentence. */
const chunk *outcome_earlier_actor(const cue *c, const chunk *pronoun);
/* The status that the cue has in its sentence, OUTCOME_NONE if it tells of no outcome. */
int outcome_check(cue *c);

#endif
