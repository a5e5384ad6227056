/* Cues of outcomes, between finding them (outcomes.c) and judging them (outcome_checks.c). */
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
    bool noun, passive, negated, background, hedged, possible, conditional, subjunctive;
    int status; /* ro_outcome_status, -1 for none */
} cue;

/* The status a lexicon line names, OUTCOME_NONE if it is none. */
int outcome_named(ro_str value);
/* True if the cue's phrase starts so. */
bool cue_starts(const cue *c, const char *prefix);
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
