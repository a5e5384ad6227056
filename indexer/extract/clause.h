/* Clauses (clause.c) and the subjects of verbs in them (subject.c). */
#ifndef READOUT_EXTRACT_CLAUSE_H
#define READOUT_EXTRACT_CLAUSE_H

#include "document.h"

#define VERBS                                                                                      \
    (LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_SAY) | LEX_BIT(LEX_OUT) |                 \
     LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART) | LEX_BIT(LEX_NEG))
#define SUBJECT_TOKENS_MAX 60 /* how far into its clause a subject may stand */

static inline bool is_verb(const document *doc, uint32_t at) {
    return doc_is_any(doc, at, VERBS);
}

/* "agreed", but no name: how most verbs end that the lexicon does not know. */
static inline bool is_past_form(const document *doc, uint32_t at) {
    return doc_ends_in(doc, at, "ed", 4);
}

/* Past forms that most sentences of news have and no rule ends: "rose", "won". */
static inline bool is_irregular_past(const document *doc, uint32_t at) {
    static const char *const FORMS[] = {
        "rose",  "fell",  "won",   "made",  "took",   "gave", "went", "came",  "saw",   "sold",
        "held",  "kept",  "left",  "lost",  "paid",   "sent", "grew", "began", "knew",  "brought",
        "built", "drove", "found", "faced", "became", "ran",  "sank", "spent", "stood", "bought"};
    return DOC_WORD_IN(doc, at, FORMS);
}

/* True if the clause that starts at `first` has a verb before the token. */
bool has_verb(const document *doc, uint32_t first, uint32_t at);
/* Items of one list: persons, by name or by office, or else two of a kind. */
bool same_kind(const chunk *a, const chunk *b);
/* The token after what stands before a bracket that ends before the token: "Best Buy ( BBY.N )". */
uint32_t over_bracket(const document *doc, uint32_t at, uint32_t first);

#endif
