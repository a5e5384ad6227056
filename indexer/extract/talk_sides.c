/* Sides that nobody states: in talks of two, who is no Irishman stands for the other country the
 * article names together with Ireland ("between the United States and Ireland"). */
#include "talks.h"

#define PAIRS_MAX 400 /* chunks looked at */

/* The one side that the article coordinates with `side`, 0 if there is none or more than one. */
static uint16_t counterpart(const document *doc, uint16_t side) {
    uint16_t other = 0;
    size_t looked = 0;
    for (uint32_t i = 0; i < doc->chunk_count && looked < PAIRS_MAX; i++) {
        const chunk *c = &doc->chunks[i];
        if (c->kind != CHUNK_SIDE || c->side_count != 2 || !doc_has_side(c->sides, 2, side)) {
            continue;
        }
        looked++;
        uint16_t found = c->sides[0] == side ? c->sides[1] : c->sides[0];
        if (other && other != found) {
            return 0;
        }
        other = found;
    }
    return other;
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
