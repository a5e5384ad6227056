/* The lexicon: phrases of all classes in one trie over words.
 *
 * Text form, one fact a line: class<TAB>value<TAB>phrase|phrase…; # starts a comment line. A phrase
 * with a capital matches only capitalised words, one all in capitals only words all in capitals.
 * "~agree to" stands for the regular forms of its first word: agree, agrees, agreed, agreeing.
 */
#ifndef READOUT_EXTRACT_LEXICON_H
#define READOUT_EXTRACT_LEXICON_H

#include "readout/arena.h"

#include "readout/facts.h"

typedef enum lex_class {
    LEX_COUNTRY,
    LEX_NATION,
    LEX_CAPITAL,
    LEX_CITY,
    LEX_METONYM,
    LEX_BLOC,
    LEX_REGION,
    LEX_OFFICE,
    LEX_OFFICEMOD,
    LEX_PORTFOLIO,
    LEX_FORMER,
    LEX_HONORIFIC,
    LEX_PARTICLE,
    LEX_SIDENOUN,
    LEX_BOTH,
    LEX_BODY,
    LEX_ORGWORD,
    LEX_GIVEN,
    LEX_NICK,
    LEX_AUX,
    LEX_MODAL,
    LEX_NEG,
    LEX_ADV,
    LEX_CLAUSE,
    LEX_PREP,
    LEX_DET,
    LEX_FUNC,
    LEX_PRONOUN,
    LEX_ABBR,
    LEX_MONTH,
    LEX_WEEKDAY,
    LEX_RELDATE,
    LEX_NUMBER,
    LEX_UNIT,
    LEX_SAY,
    LEX_ACCORD,
    LEX_MEDIA,
    LEX_OUT,
    LEX_OUTNOUN,
    LEX_CLAIM,
    LEX_OFFER,
    LEX_TREATY,
    LEX_CANCEL,
    LEX_ACT,
    LEX_TALK,
    LEX_AUDIENCE,
    LEX_GOVERN,
    LEX_MEET,
    LEX_PART,
    LEX_TOPIC,
    LEX_STATE,
    LEX_SUPPOSE,
    LEX_COMMON,
    LEX_CLASS_COUNT
} lex_class;

#define LEX_BIT(class) (1ULL << (class))
#define LEX_PHRASE_WORDS_MAX 8
#define LEX_WORD_MAX 48 /* bytes of a word; longer words are in no lexicon */

typedef struct lex_entry {
    lex_class class;
    uint8_t letters; /* 0 any, 1 initial capital, 2 all capitals */
    uint8_t words;
    uint16_t side;  /* for places and peoples: index into sides, 0 none */
    int32_t number; /* the value as a number, 0 if it is none */
    uint32_t next;  /* entry of the same phrase, 0 none */
    ro_str value, phrase;
} lex_entry;

typedef struct lexicon lexicon;

ro_status lexicon_new(lexicon **out, ro_error *err) RO_MUST_CHECK;
void lexicon_free(lexicon *lex);
/* Adds the lines of `text`; `name` is for messages. The text is copied. */
ro_status lexicon_add(lexicon *lex, const char *name, ro_str text, ro_error *err) RO_MUST_CHECK;

/* Adds countries and whatever else is a side (readout/side.h). */
ro_status lexicon_add_sides(lexicon *lex, ro_error *err) RO_MUST_CHECK;

/* The number of a word (lower case, without dots), 0 if no phrase holds it. */
uint32_t lexicon_word(const lexicon *lex, const char *word, size_t len);
/* One step in the trie from `node` (0 is the root) by a word; 0 if there is none. */
uint32_t lexicon_step(const lexicon *lex, uint32_t node, uint32_t word);
/* The first entry that ends at a node, 0 if none. */
uint32_t lexicon_entries(const lexicon *lex, uint32_t node);
const lex_entry *lexicon_entry(const lexicon *lex, uint32_t entry);

ro_side lexicon_side(const lexicon *lex, uint16_t side);
/* The first capital listed for a country, NULL if none is. */
const lex_entry *lexicon_capital(const lexicon *lex, uint16_t side);
/* The entry of a class with exactly this text, NULL if there is none. */
const lex_entry *lexicon_find(const lexicon *lex, lex_class class, ro_str text);

/* The built-in lexicon, embedded by the build. */
extern const unsigned char LEXICON_BUILTIN[];
extern const size_t LEXICON_BUILTIN_SIZE;

#endif
