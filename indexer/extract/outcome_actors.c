/* Who did what a cue tells of: its subject or agent, the owner of a noun, whoever says so. */
#include "outcomes.h"

#include "clause.h"

uint32_t cue_verb(const cue *c) {
    static const char *const REACHES[] = {"reached", "reach",  "reaches",   "struck", "made",
                                          "signed",  "sealed", "announced", "won",    "had"};
    /* "reached a rare agreement to" */
    for (uint32_t i = c->at; c->noun && i-- > c->cl->first && i + 6 > c->at;) {
        if (DOC_WORD_IN(c->doc, i, REACHES)) {
            return i;
        }
    }
    return c->at;
}

const chunk *cue_owner(const cue *c) {
    const chunk *owner = doc_chunk_before(c->doc, c->at);
    if (owner) {
        return owner->possessive ? owner : NULL;
    }
    return cue_follows_word(c, "'s") ? doc_chunk_before(c->doc, c->at - 1) : NULL;
}

/* "leaders say it is unacceptable": who says so in the sentence before the cue. */
static const chunk *speaker_of(const cue *c) {
    for (uint32_t i = c->at; i-- > c->sent->first && i + 12 > c->at;) {
        if (doc_is(c->doc, i, LEX_SAY) && !doc_chunk_at(c->doc, i)) {
            return clause_subject(c->doc, i);
        }
    }
    return NULL;
}

/* "unacceptable for Moscow": Moscow; "unacceptable for firms to pay so much": whoever says so. */
static const chunk *rejecter(const cue *c) {
    static const char *const FOR[] = {"for", "to"};
    const document *doc = c->doc;
    const chunk *whom = DOC_WORD_IN(doc, c->after, FOR) ? doc_chunk_from(doc, c->after + 1) : NULL;
    if (whom) {
        bool deed = doc_word_is(doc, whom->tail, "to") || doc_ends_in(doc, whom->tail, "ing", 5);
        return deed ? speaker_of(c) : whom;
    }
    bool copula = doc_is(doc, c->at, LEX_AUX) || (c->at > 0 && doc_is(doc, c->at - 1, LEX_AUX));
    return copula ? speaker_of(c) : c->subject;
}

/* Talks stall, questions remain: what is open is of all who talk, unless somebody leaves it so. */
static bool is_of_all(const cue *c) {
    return c->status == RO_OUTCOME_OPEN && !outcome_is_disagreement(c) && !outcome_is_delay(c) &&
           outcome_named(c->entry->value) == RO_OUTCOME_OPEN && !cue_starts(c, "not ");
}

/* Who did it, NULL if nobody is named. */
static const chunk *actor_of(const cue *c) {
    if (c->passive) {
        return c->agent;
    }
    const chunk *owner = c->noun ? cue_owner(c) : NULL;
    if (owner) {
        return owner; /* "Moscow's refusal to" */
    }
    if (is_of_all(c) || (c->noun && c->status == RO_OUTCOME_AGREED && cue_verb(c) == c->at)) {
        return NULL;
    }
    return c->noun && c->status == RO_OUTCOME_REJECTED ? rejecter(c) : c->subject;
}

/* The next of actors in a row, over a bracket and what joins them: "Exxon ( XOM.N ) and"; NULL if
 * none stands before the cue. */
static const chunk *next_actor(const cue *c, const chunk *last) {
    const document *doc = c->doc;
    uint32_t at = last->tail;
    uint32_t far = at + 10 < c->at ? at + 10 : c->at;
    for (uint32_t k = at; doc_token(doc, at)->kind == '(' && k < far; k++) {
        at = doc_token(doc, k)->kind == ')' ? k + 1 : at;
    }
    at += doc_token(doc, at)->kind == ',' && !doc_word_is(doc, at + 1, "and");
    at += doc_word_is(doc, at, "and");
    const chunk *next = at > last->tail && at < c->at ? doc_chunk_from(doc, at) : NULL;
    if (next && next->possessive && next->kind == CHUNK_SIDE) {
        next = doc_chunk_from(doc, next->end);
    }
    bool actor = next && next->end <= c->at && !next->possessive && next->kind != CHUNK_PRONOUN;
    return actor ? next : NULL;
}

/* True for words of a noun's phrase: its article, adjectives and nouns that no class knows. */
static bool is_noun_word(const document *doc, uint32_t at) {
    if (doc_word_is(doc, at, "even") || doc_word_is(doc, at, "and")) {
        return true;
    }
    const uint64_t stop = LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY) |
                          LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL) | LEX_BIT(LEX_OUT) |
                          LEX_BIT(LEX_MEET) | LEX_BIT(LEX_PART) | LEX_BIT(LEX_PRONOUN) |
                          LEX_BIT(LEX_ADV) | LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE);
    const token *t = doc_token(doc, at);
    bool det = doc_is(doc, at, LEX_DET);
    return t->kind == '-' || doc_word_is(doc, at, "of") ||
           (t->kind == 'w' && (det || !(t->classes & stop)) && !is_past_form(doc, at) &&
            !is_irregular_past(doc, at));
}

/* Where the noun begins that the chunk ends: "Hogan and his management team". */
static uint32_t noun_start(const document *doc, const chunk *named, uint32_t low) {
    uint32_t i = named->first;
    while (i > low && i + 4 > named->first && is_noun_word(doc, i - 1) &&
           !doc_word_is(doc, i - 1, "and") && !doc_word_is(doc, i - 1, "of")) {
        i--;
    }
    return i;
}

/* Back over the items of the list that ends at `k`. */
static uint32_t over_items(const document *doc, uint32_t k, uint32_t low) {
    for (uint32_t end = k; k > low && k + 11 > end;) {
        const chunk *item = doc_chunk_before(doc, k);
        if (!item && doc_token(doc, k - 1)->kind == ',' && doc_chunk_before(doc, k - 1)) {
            k--; /* "Hassan, Idris and other leaders" */
        } else if (item || is_noun_word(doc, k - 1)) {
            k = item ? item->first : k - 1;
        } else {
            break;
        }
    }
    return k;
}

/* "Hogan and his management team": where the list begins that the actor ends, over nouns that are
 * no actors; the actor's own start if nothing is joined to it. */
static uint32_t list_start(const cue *c, const chunk *named) {
    static const char *const BEFORE[] = {"said", "says", "say", "both"};
    const document *doc = c->doc;
    const chunk *half = named->first > c->sent->first + 1 && doc_word_is(doc, named->first - 1, "&")
                            ? doc_chunk_before(doc, named->first - 1)
                            : NULL;
    if (half) {
        return half->first; /* "Cobalt Tire & Rubber" */
    }
    bool joined_verb = c->cl->kind == '&' && named->first == c->cl->first && c->cl->inherited >= 0;
    uint32_t low = joined_verb ? doc->clauses[c->cl->inherited].first : c->cl->first;
    uint32_t i = noun_start(doc, named, low);
    if (named->first < low + 2 || i < low + 2 || !doc_word_is(doc, i - 1, "and")) {
        return named->first;
    }
    uint32_t joined = i - 1 - (doc_token(doc, i - 2)->kind == ',');
    uint32_t k = over_items(doc, joined, low);
    bool whole = k == low || doc_is_mark(doc_token(doc, k - 1)->kind, ",:;=<>(") ||
                 DOC_WORD_IN(doc, k - 1, BEFORE);
    return whole && k < joined ? k : named->first;
}

/* Persons and sides between the start of the list and the actor that ends it. */
static void add_joined(const cue *c, uint32_t start, const chunk *named, ro_actors *out) {
    for (uint32_t i = start; i < named->first; i++) {
        const chunk *item = doc_chunk_from(c->doc, i);
        bool known = item && (item->person >= 0 || item->kind == CHUNK_SIDE);
        bool governed = i > start && doc_is(c->doc, i - 1, LEX_PREP);
        if (known && !item->possessive && !governed &&
            (doc_word_is(c->doc, item->tail, "and") ||
             doc_token(c->doc, item->tail)->kind == ',')) {
            actors_add(c->doc, item, c->s, out);
        }
    }
}

/* "Mr Diaz and the other party leaders will": the words of a list that goes on behind its last
 * known actor, up to its verb; none if it does not. */
static ro_str list_behind(const cue *c, const chunk *actor) {
    const document *doc = c->doc;
    const uint64_t helpers = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) |
                             LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE);
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(doc, actor, c->at, list);
    uint32_t at = list[count - 1]->tail;
    if (c->passive || c->noun || actor->first < c->cl->first || at + 1 >= c->at ||
        !doc_word_is(doc, at, "and")) {
        return RO_STR_NONE;
    }
    uint32_t end = c->at;
    while (end > at + 1 && doc_is_any(doc, end - 1, helpers)) {
        end--;
    }
    for (uint32_t i = at + 1; i < end; i++) {
        if (!is_noun_word(doc, i) || i > at + 8) {
            return RO_STR_NONE;
        }
    }
    return end > at + 1 ? doc_text(doc, actor->first, end) : RO_STR_NONE;
}

/* "Major powers agreed": the noun that a capital at the start of the sentence goes with. */
static uint32_t noun_end(const cue *c, const chunk *named) {
    const document *doc = c->doc;
    uint32_t i = named->end;
    while (i < c->at && i < named->end + 3 && doc_token(doc, i)->kind == 'w' &&
           doc_token(doc, i)->classes == 0 && !doc_chunk_at(doc, i) &&
           !doc_ends_in(doc, i, "ed", 4) && !doc_ends_in(doc, i, "ly", 4)) {
        i++;
    }
    bool verb = i == c->at || doc_is_any(doc, i, LEX_BIT(LEX_AUX) | LEX_BIT(LEX_MODAL));
    return named->kind == CHUNK_ORG && verb ? i : named->end;
}

/* "Toyota and the union": the words for actors without a side. */
static ro_str actor_text(const cue *c, const chunk *named) {
    const document *doc = c->doc;
    const chunk *last = named;
    const chunk *next = named;
    for (int steps = 0; steps < 4 && (next = next_actor(c, last)) != NULL; steps++) {
        last = next;
    }
    if (named->kind == CHUNK_BODY && doc_token(doc, named->tail)->kind == ',' &&
        doc_token(doc, c->at - 1)->kind == ',' && c->at < named->tail + 20) {
        /* "its owner, the group Vivendi, rejected" */
        return doc_text(doc, named->first, c->at - 1);
    }
    const chunk *owner = last != named ? doc_chunk_before(doc, last->first) : NULL;
    uint32_t start = owner && owner->possessive ? owner->first : last->first;
    bool linked = last != named && doc_word_is(doc, start - 1, "and");
    uint32_t first = named->first < c->at ? list_start(c, named) : named->first;
    return doc_text(doc, first, linked ? last->end : noun_end(c, named));
}

/* True if companies or bodies stand beside sides in the list of actors. */
static bool has_group(const cue *c, const chunk *actor) {
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(c->doc, actor, c->at, list);
    bool group = false;
    for (size_t i = 0; i < count; i++) {
        group = group || list[i]->kind == CHUNK_ORG || (i > 0 && list[i]->kind == CHUNK_BODY);
    }
    return group && count > 1;
}

/* "business groups have been unable": the words of a subject that is no known actor. */
static ro_str plain_subject(const cue *c) {
    const document *doc = c->doc;
    const uint64_t between = LEX_BIT(LEX_AUX) | LEX_BIT(LEX_ADV) | LEX_BIT(LEX_MODAL) |
                             LEX_BIT(LEX_NEG) | LEX_BIT(LEX_RELDATE) | LEX_BIT(LEX_WEEKDAY);
    const uint64_t stop = LEX_BIT(LEX_PREP) | LEX_BIT(LEX_CLAUSE) | LEX_BIT(LEX_SAY);
    uint32_t end = c->at;
    while (end > c->cl->first && doc_is_any(doc, end - 1, between)) {
        end--;
    }
    uint32_t first = end;
    while (first > c->cl->first && first + 5 > end && doc_token(doc, first - 1)->kind == 'w' &&
           !doc_is_any(doc, first - 1, stop)) {
        first--;
    }
    bool plural = end > first && doc_ends_in(doc, end - 1, "s", 1);
    return plural ? doc_text(doc, first, end) : RO_STR_NONE;
}

/* Where no actor is named: all who talk, else what a noun is told of. */
static const chunk *common_actor(const cue *c, int32_t talk, ro_outcome *o) {
    if (talk >= 0) {
        const chunk both = {.kind = CHUNK_BOTH, .person = -1};
        actors_add(c->doc, &both, c->s, &o->by);
    }
    bool capital = c->subject && c->subject->kind == CHUNK_ORG &&
                   c->subject->first == c->sent->first; /* perhaps no name */
    return outcome_has_nobody(o) && c->noun && c->status == RO_OUTCOME_OPEN && !capital &&
                   !speaker_of(c)
               ? c->subject
               : NULL;
}

/* The actor, those in a row with it, and with whom they agreed. */
static void add_actors(const cue *c, const chunk *actor, ro_actors *out) {
    const document *doc = c->doc;
    const chunk *list[COORDINATED_MAX];
    size_t count = chunk_coordinated(doc, actor, c->passive ? c->sent->end : c->at, list);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !list[i]->possessive) { /* "Acme and Peru's Cobalt" */
            actors_add(doc, list[i], c->s, out);
        }
    }
    const chunk *partner =
        doc_word_is(doc, c->after - 1, "with") ? doc_chunk_from(doc, c->after) : NULL;
    if (partner && !partner->possessive) {
        actors_add(doc, partner, c->s, out);
    }
}

void outcome_set_actors(const cue *c, int32_t talk, ro_outcome *o) {
    const chunk *actor = actor_of(c);
    if (!actor && (c->noun || c->passive || c->status == RO_OUTCOME_OPEN)) {
        actor = common_actor(c, talk, o);
    }
    if (actor) {
        add_actors(c, actor, &o->by);
    }
    const chunk *named =
        actor && actor->kind == CHUNK_PRONOUN ? outcome_earlier_actor(c, actor) : actor;
    bool nobody = outcome_has_nobody(o);
    if (named && nobody && named->first < c->at && named->first >= c->cl->first) {
        add_joined(c, list_start(c, named), named, &o->by);
    }
    if (named && (nobody || (o->by.person_count == 0 && has_group(c, named)))) {
        o->by_text = actor_text(c, named); /* "Citigroup and the United States" */
    } else if (actor && !nobody && actor->first < c->at && actor->kind != CHUNK_PRONOUN) {
        o->by_text = list_behind(c, actor);
    } else if (!named && nobody && c->status == RO_OUTCOME_OPEN && outcome_is_disagreement(c)) {
        o->by_text = plain_subject(c);
    }
}
