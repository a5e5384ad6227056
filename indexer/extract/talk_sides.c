/* Sides that nobody states: in talks of two, who is no Irishman stands for the other country the
 * article names together with Ireland ("between the United States and Ireland"). */
#include "talks.h"

#define PAIRS_MAX 400       /* chunks looked at */
#define SIDES_COUNTED 1024  /* codes of sides */
#define TOKENS_COUNTED 8000 /* of an article, for which side it names most */

/* "the partnership between Peru and Chile", "Peru-Chile ties": what two have with each other, not
 * "the talks between", "to lower tensions between". */
static bool is_relation(const document *doc, const chunk *c) {
    static const char *const WORDS[] = {
        "relationship", "relationships", "relations", "ties",     "partnership", "alliance",
        "cooperation",  "friendship",    "bond",      "bonds",    "links",       "bridge",
        "trade",        "dialogue",      "strategic", "bilateral"};
    if (c->first > 1 && doc_word_is(doc, c->first - 1, "between")) {
        return DOC_WORD_IN(doc, c->first - 2, WORDS);
    }
    for (uint32_t i = c->end; i < c->end + 4 && doc_token(doc, i)->kind == 'w'; i++) {
        if (DOC_WORD_IN(doc, i, WORDS)) {
            return true;
        }
    }
    return false;
}

/* "the talks between Russia and Ukraine", "peace between": of others than those who talk here. */
static bool is_of_others(const document *doc, const chunk *c) {
    static const char *const WORDS[] = {"peace",     "war",           "conflict",   "border",
                                        "boundary",  "tensions",      "truce",      "security",
                                        "accord",    "normalization", "agreement",  "deal",
                                        "ceasefire", "fighting",      "hostilities"};
    return c->first > 1 && doc_word_is(doc, c->first - 1, "between") && !is_relation(doc, c) &&
           (doc_is(doc, c->first - 2, LEX_TALK) || DOC_WORD_IN(doc, c->first - 2, WORDS));
}

/* How often the article names each of three kinds of sides: `side` itself is left out. */
typedef struct naming {
    uint32_t other, third; /* the side asked for; the one of all others named most */
} naming;

static naming count_names(const document *doc, uint16_t side, uint16_t other) {
    const uint64_t names =
        LEX_BIT(LEX_COUNTRY) | LEX_BIT(LEX_NATION) | LEX_BIT(LEX_BLOC) | LEX_BIT(LEX_METONYM);
    static const lex_class CLASSES[] = {LEX_COUNTRY, LEX_NATION, LEX_BLOC, LEX_METONYM};
    uint32_t counts[SIDES_COUNTED] = {0};
    naming n = {0, 0};
    for (uint32_t i = 0; i < doc->t.count && i < TOKENS_COUNTED; i++) {
        const lex_match *m = NULL;
        for (size_t k = 0; doc_is_any(doc, i, names) && k < sizeof CLASSES / sizeof *CLASSES; k++) {
            m = m ? m : doc_match(doc, i, CLASSES[k]);
        }
        uint16_t named = m ? doc_entry(doc, m)->side : 0;
        if (named && named != side && named < SIDES_COUNTED) {
            uint32_t count = ++counts[named];
            uint32_t *best = named == other ? &n.other : &n.third;
            *best = count > *best ? count : *best;
        }
    }
    return n;
}

/* The one side that the article coordinates with `side`, 0 if there is none or more than one. A
 * pair that is named for something else than their relations counts where no third side is named
 * as often. */
static uint16_t counterpart(const document *doc, uint16_t side) {
    uint16_t other = 0;
    bool relation = false;
    size_t looked = 0;
    for (uint32_t i = 0; i < doc->chunk_count && looked < PAIRS_MAX; i++) {
        const chunk *c = &doc->chunks[i];
        if (c->kind != CHUNK_SIDE || c->side_count != 2 || !doc_has_side(c->sides, 2, side) ||
            is_of_others(doc, c)) {
            continue;
        }
        looked++;
        uint16_t found = c->sides[0] == side ? c->sides[1] : c->sides[0];
        if (other && other != found) {
            return 0;
        }
        other = found;
        relation = relation || is_relation(doc, c);
    }
    naming n = other ? count_names(doc, side, other) : (naming){0, 0};
    return relation ? (n.other + 2 >= n.third ? other : 0) : (n.other > n.third ? other : 0);
}

/* The known side of those who take part in a talk; `*unknown` a principal without one. */
static uint16_t known_side(const document *doc, int32_t talk, int *unknown) {
    uint16_t side = 0;
    size_t without = 0;
    for (size_t i = 0; i < doc->facts->participation_count; i++) {
        const ro_participation *p = &doc->facts->participations[i];
        if (p->talk != talk || (p->role != RO_ROLE_HEAD && p->role != RO_ROLE_HOST)) {
            continue;
        }
        uint16_t own = doc->people[p->person].side;
        if (own == 0) {
            without++;
            *unknown = p->person;
        } else if (side && side != own) {
            return 0;
        } else {
            side = own;
        }
    }
    return without == 1 ? side : 0;
}

void talks_infer_sides(document *doc) {
    int32_t number = doc->main_talk;
    int unknown = -1;
    uint16_t side = number >= 0 ? known_side(doc, number, &unknown) : 0;
    uint16_t other = side ? counterpart(doc, side) : 0;
    if (other == 0) {
        return;
    }
    person_set_side(doc, unknown, other, "counterpart");
    talk_draft *t = &doc->talks[number];
    doc_add_side(t->sides, &t->side_count, side);
    doc_add_side(t->sides, &t->side_count, other);
    for (size_t i = 0; i < doc->facts->participation_count; i++) {
        ro_participation *p = &doc->facts->participations[i];
        if (p->person == unknown) {
            p->side = lexicon_side(doc->lex, other);
        }
    }
}
