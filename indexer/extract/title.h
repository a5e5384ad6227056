/* Names and titles: the grammar of "former U.S. Special Representative for Cyprus Keith Lane". */
#ifndef READOUT_EXTRACT_TITLE_H
#define READOUT_EXTRACT_TITLE_H

#include "document.h"

#define PLACES                                                                                     \
    (LEX_BIT(LEX_COUNTRY) | LEX_BIT(LEX_CAPITAL) | LEX_BIT(LEX_METONYM) | LEX_BIT(LEX_BLOC))
#define CALENDAR (LEX_BIT(LEX_MONTH) | LEX_BIT(LEX_WEEKDAY))

/* The longest country, people, capital or organisation that starts at the token. */
const lex_match *side_match(const document *doc, uint32_t at);
void take_side(chunk *c, const lex_entry *e);
/* "Russian and U.S.", "the United States, Egypt and Qatar": all sides named in a row; the token
 * after them, and whether the last was an adjective. */
uint32_t side_row(const document *doc, uint32_t at, uint32_t end, chunk *c, bool *nation);
/* Past "senior", "other" and the like. */
uint32_t skip_adjectives(const document *doc, uint32_t at, uint32_t end);
/* Tokens of "'s" or an apostrophe at `at`: 1 or 0. */
uint32_t possessive(const document *doc, uint32_t at);
bool is_name_word(const document *doc, uint32_t at);
/* True for the name of a news agency. */
bool is_agency(const document *doc, uint32_t at);
/* The end of the name that starts at `at`, `at` if none does. */
uint32_t name_stop(const document *doc, uint32_t at, uint32_t end, bool titled);
/* True if some word of the name says it is an organisation. */
bool is_organisation(const document *doc, uint32_t from, uint32_t end);
/* The end of the title that starts at `at`, `at` if none does; fills the office and sides of `c`.
 */
uint32_t title_end(const document *doc, uint32_t at, uint32_t end, chunk *c);
/* appositive.c: gives the chunk its tokens. */
void chunk_cover(document *doc, uint32_t number);
/* Puts together chunks of a sentence that stand side by side and name one; `from` is its first. */
void chunks_join(document *doc, uint32_t from);
/* Lets the office begin behind the adjectives of a side. */
void trim_office(const document *doc, chunk *c, uint32_t from);

#endif
