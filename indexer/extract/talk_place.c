/* Where talks are held: "in Riyadh", "in the Saudi capital". */
#include "talks.h"

#define PLACE_TOKENS_MAX 40

static bool place_at(const document *doc, uint32_t at, ro_str *city, uint16_t *country) {
    static const lex_class CLASSES[] = {LEX_CAPITAL, LEX_CITY, LEX_COUNTRY};
    uint32_t i = at + doc_word_is(doc, at, "the");
    const lex_match *nation = doc_match(doc, i, LEX_NATION);
    if (nation) {
        uint32_t k = i + nation->words;
        uint16_t side = doc_entry(doc, nation)->side;
        if (doc_word_is(doc, k, "capital")) {
            const lex_entry *capital = lexicon_capital(doc->lex, side);
            *country = side;
            *city = capital ? capital->phrase : RO_STR_NONE;
            return true;
        }
        if (doc_word_is(doc, k, "city") && doc_word_is(doc, k + 1, "of")) {
            i = k + 2;
        }
    }
    const lex_match *best = NULL;
    for (size_t c = 0; c < sizeof CLASSES / sizeof *CLASSES; c++) {
        const lex_match *m = doc_match(doc, i, CLASSES[c]);
        best = m && (!best || m->words > best->words) ? m : best;
    }
    if (!best || doc_is(doc, i + best->words, LEX_SIDENOUN) ||
        (doc_token(doc, i + best->words)->flags & TOK_SPACE) == 0) {
        bool ok = best && doc_is_mark(doc_token(doc, i + best->words)->kind, ",.;)=");
        if (!ok) {
            return false;
        }
    }
    const lex_entry *e = doc_entry(doc, best);
    *country = e->side;
    *city = e->class == LEX_COUNTRY ? RO_STR_NONE : e->phrase;
    return true;
}

/* Not a place: "in Ukraine's favour", "in Russian". What the talks are about comes with "in" too
 * ("the conflict in Ukraine"), so the preposition must follow the talks, a verb or a date. */
bool place_find(const document *doc, uint32_t from, uint32_t end, ro_str *city, uint16_t *country) {
    static const char *const ABOUT[] = {
        "conflict",  "war",          "situation",  "crisis",         "settlement", "peace",
        "fighting",  "developments", "operations", "infrastructure", "presence",   "troops",
        "forces",    "elections",    "interest",   "humanitarian",   "invasion",   "hostages",
        "ceasefire", "events",       "violence",   "investment",     "tensions",   "issues"};
    uint32_t limit = end > from + PLACE_TOKENS_MAX ? from + PLACE_TOKENS_MAX : end;
    for (uint32_t i = from; i + 1 < limit; i++) {
        bool in = doc_word_is(doc, i, "in") || doc_word_is(doc, i, "at");
        if (doc_word_is(doc, i, "on") || doc_word_is(doc, i, "about") ||
            doc_word_is(doc, i, "discuss") || doc_word_is(doc, i, "that")) {
            uint32_t next = i + 1;
            bool date = doc_is(doc, next, LEX_WEEKDAY) || doc_is(doc, next, LEX_MONTH) ||
                        doc_word_is(doc, next, "the") || doc_token(doc, next)->kind == '0';
            if (!date || doc_word_is(doc, i, "that")) {
                return false; /* the subject of the talks starts here */
            }
            continue;
        }
        if (in && !(i > 0 && DOC_WORD_IN(doc, i - 1, ABOUT)) &&
            place_at(doc, i + 1, city, country)) {
            return true;
        }
    }
    return false;
}
