/* Talks: which of different articles are one event. */
#include "sketch.h"

#define BLOCK_PEOPLE 3 /* whose pairs make blocks */
#define BLOCK_PARTIES 3
#define NEAR_DAYS 1

enum { SALT_SIDES = 1, SALT_PEOPLE, SALT_PARTIES };

/* ---- what both kinds of sketch use ----------------------------------------------------------- */

bool ro_sketch_has_side(const ro_sketch *sketch, ro_side side) {
    for (size_t i = 0; i < sketch->side_count; i++) {
        if (strcmp(sketch->sides[i].code, side.code) == 0) {
            return true;
        }
    }
    return false;
}

void ro_sketch_add_side(ro_sketch *sketch, ro_side side) {
    if (side.code[0] == 0 || sketch->side_count >= RO_SIDES_MAX ||
        ro_sketch_has_side(sketch, side)) {
        return;
    }
    size_t at = sketch->side_count++;
    while (at > 0 && strcmp(sketch->sides[at - 1].code, side.code) > 0) {
        sketch->sides[at] = sketch->sides[at - 1];
        at--;
    }
    sketch->sides[at] = side;
}

size_t ro_sketch_common_sides(const ro_sketch *a, const ro_sketch *b) {
    size_t n = 0;
    for (size_t i = 0; i < a->side_count; i++) {
        n += ro_sketch_has_side(b, a->sides[i]);
    }
    return n;
}

int32_t ro_sketch_day(int64_t seconds) {
    if (seconds == RO_TIME_NONE) {
        return RO_DAY_NONE;
    }
    int64_t day = seconds / 86400 - (seconds % 86400 < 0);
    return day > INT32_MAX ? INT32_MAX : day <= INT32_MIN ? INT32_MIN + 1 : (int32_t)day;
}

int32_t ro_sketch_days_apart(const ro_sketch *a, const ro_sketch *b) {
    if (a->day == RO_DAY_NONE || b->day == RO_DAY_NONE) {
        return a->day == b->day ? 0 : INT32_MAX;
    }
    int64_t apart = (int64_t)a->day - b->day;
    apart = apart < 0 ? -apart : apart;
    return apart > INT32_MAX ? INT32_MAX : (int32_t)apart;
}

size_t ro_common_hashes(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count) {
    size_t n = 0;
    for (size_t i = 0; i < a_count; i++) {
        for (size_t k = 0; k < b_count; k++) {
            if (a[i] == b[k]) {
                n++;
                break;
            }
        }
    }
    return n;
}

/* ---- the sketch ------------------------------------------------------------------------------ */

static void add_hash(uint32_t *list, uint8_t *count, size_t max, uint32_t hash) {
    if (*count < max && ro_common_hashes(&hash, 1, list, *count) == 0) {
        list[(*count)++] = hash;
    }
}

static uint32_t text_hash(ro_str text) {
    uint32_t h = RO_STORED_HASH_START;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        if (c != '.' && c != ' ' && c != '\n' && c != '-') {
            h = ro_stored_hash_more(h, &c, 1);
        }
    }
    return h ? h : 1;
}

static void add_person(ro_sketch *out, const ro_person *person, ro_side side) {
    ro_name name;
    ro_name_read(person->name, person->side, &name);
    if (name.family[0] == 0 || out->person_count >= RO_SKETCH_PEOPLE) {
        return;
    }
    ro_sketch_person *p = &out->people[out->person_count++];
    *p = (ro_sketch_person){.side = side.code[0] ? side : person->side};
    p->family = ro_stored_hash(name.family, strlen(name.family));
    if (name.given_count > 0) {
        const ro_given *first = &name.given[0];
        char room[RO_NAME_FOLD_MAX + 1];
        const char *whole = ro_given_whole(first, room);
        p->initial = first->letter;
        p->given = first->initial ? 0 : ro_stored_hash(whole, strlen(whole));
    }
}

/* A day stated or resolved; a month alone does not tell the day of the talks. */
static int32_t own_day(const ro_talk *talk) {
    int64_t from;
    int64_t until;
    if (talk->date.len != 10 || talk->date_basis == RO_BASIS_NONE ||
        ro_date_range(talk->date, &from, &until, NULL) != RO_OK) {
        return RO_DAY_NONE;
    }
    return ro_sketch_day(from);
}

void ro_talk_sketch(const ro_facts *facts, size_t number, int64_t published, ro_sketch *out) {
    const ro_talk *talk = &facts->talks[number];
    *out = (ro_sketch){.status = (uint8_t)talk->status, .form = (uint8_t)talk->form};
    out->day = own_day(talk);
    out->own_date = out->day != RO_DAY_NONE;
    out->day = out->own_date ? out->day : ro_sketch_day(published);
    out->country = talk->country;
    out->city = talk->city.len ? text_hash(talk->city) : 0;
    bool host_besides = false;
    size_t others = 0;
    for (size_t i = 0; i < talk->side_count; i++) {
        bool host = strcmp(talk->sides[i].code, talk->host.code) == 0;
        host_besides = host_besides || host;
        others += !host;
    }
    for (size_t i = 0; i < talk->side_count; i++) {
        bool host = strcmp(talk->sides[i].code, talk->host.code) == 0;
        if (!host_besides || !host || others < 2) {
            ro_sketch_add_side(out, talk->sides[i]);
        }
    }
    for (size_t i = 0; i < facts->participation_count; i++) {
        const ro_participation *p = &facts->participations[i];
        if (p->talk == (int)number) {
            add_person(out, &facts->people[p->person], p->side);
        }
    }
    for (size_t i = 0; i < talk->topic_count; i++) {
        add_hash(out->words, &out->word_count, RO_SKETCH_WORDS, text_hash(talk->topics[i]));
    }
    for (size_t i = 0; i < talk->party_count; i++) {
        add_hash(out->parties, &out->party_count, RO_SIDES_MAX, text_hash(talk->parties[i]));
    }
}

/* ---- blocks ---------------------------------------------------------------------------------- */

size_t ro_talk_blocks(const ro_sketch *talk, uint64_t out[RO_SKETCH_BLOCKS]) {
    size_t n = 0;
    if (talk->side_count >= 2) {
        uint32_t h = RO_STORED_HASH_START;
        for (size_t i = 0; i < talk->side_count; i++) {
            h = ro_stored_hash_more(h, talk->sides[i].code, sizeof talk->sides[i].code);
        }
        out[n++] = ro_pair_key(SALT_SIDES, h, 0);
    }
    size_t people = talk->person_count < BLOCK_PEOPLE ? talk->person_count : BLOCK_PEOPLE;
    for (size_t i = 0; i < people; i++) {
        for (size_t k = 0; k < i; k++) {
            out[n++] = ro_pair_key(SALT_PEOPLE, talk->people[i].family, talk->people[k].family);
        }
    }
    size_t parties = talk->party_count < BLOCK_PARTIES ? talk->party_count : BLOCK_PARTIES;
    for (size_t i = 0; i < parties; i++) {
        for (size_t k = 0; k < i; k++) {
            out[n++] = ro_pair_key(SALT_PARTIES, talk->parties[i], talk->parties[k]);
        }
    }
    return n;
}

/* ---- two talks ------------------------------------------------------------------------------- */

typedef enum stage { AHEAD, HAPPENED, CANCELLED } stage;

static stage stage_of(uint8_t status) {
    static const stage STAGES[] = {
        [RO_TALK_HELD] = HAPPENED,      [RO_TALK_ONGOING] = HAPPENED, [RO_TALK_PAUSED] = HAPPENED,
        [RO_TALK_PLANNED] = AHEAD,      [RO_TALK_PROPOSED] = AHEAD,   [RO_TALK_AGREED] = AHEAD,
        [RO_TALK_CANCELLED] = CANCELLED};
    return status < sizeof STAGES / sizeof *STAGES ? STAGES[status] : HAPPENED;
}

static bool same_person(const ro_sketch_person *a, const ro_sketch_person *b) {
    bool given = a->given == b->given || !a->initial || !b->initial || a->initial == b->initial;
    bool side = !a->side.code[0] || !b->side.code[0] || strcmp(a->side.code, b->side.code) == 0;
    return a->family == b->family && given && side;
}

static size_t common_people(const ro_sketch *a, const ro_sketch *b) {
    size_t n = 0;
    for (size_t i = 0; i < a->person_count; i++) {
        for (size_t k = 0; k < b->person_count; k++) {
            if (same_person(&a->people[i], &b->people[k])) {
                n++;
                break;
            }
        }
    }
    return n;
}

/* The people speak against it: both articles name some, and they are others. One shared name is
 * enough only if one article names nobody else. */
static bool people_differ(const ro_sketch *a, const ro_sketch *b, size_t shared) {
    size_t fewer = a->person_count < b->person_count ? a->person_count : b->person_count;
    return fewer > 0 && shared < 2 && shared < fewer;
}

static bool places_conflict(const ro_sketch *a, const ro_sketch *b) {
    bool cities = a->city && b->city && a->city != b->city;
    return cities || (a->country.code[0] && b->country.code[0] &&
                      strcmp(a->country.code, b->country.code) != 0);
}

static bool same_city(const ro_sketch *a, const ro_sketch *b) {
    return a->city && a->city == b->city;
}

/* What was to be and what was become one only by the day itself. */
static bool stages_fit(const ro_sketch *a, const ro_sketch *b) {
    stage sa = stage_of(a->status);
    stage sb = stage_of(b->status);
    bool days = a->own_date && b->own_date && a->day == b->day;
    return sa == sb || (days && sa != CANCELLED && sb != CANCELLED);
}

/* The same two speak again the next day: days that are said are the same day, and a day of
 * publication is at most one off. Only what tells the event itself allows for more. */
static bool days_fit(const ro_sketch *a, const ro_sketch *b, bool strong) {
    int32_t apart = ro_sketch_days_apart(a, b);
    if (a->own_date && b->own_date) {
        return apart == 0 || (apart <= NEAR_DAYS && strong);
    }
    return apart <= (strong ? RO_SAME_DAYS : NEAR_DAYS);
}

/* Who talks: the same sides, the same companies, or else at least two of the same people. */
static unsigned who_fits(const ro_sketch *a, const ro_sketch *b, size_t people) {
    size_t sides = ro_sketch_common_sides(a, b);
    bool equal = sides == a->side_count && sides == b->side_count;
    bool within = sides == a->side_count || sides == b->side_count;
    size_t parties = ro_common_hashes(a->parties, a->party_count, b->parties, b->party_count);
    unsigned why = (equal && sides > 0 ? RO_SAME_SIDE : 0U) | (people ? RO_SAME_PEOPLE : 0U) |
                   (parties ? RO_SAME_PARTIES : 0U);
    bool fits = (equal && sides >= 2) || (within && (parties >= 2 || people >= 2));
    return fits ? why : 0;
}

static unsigned conflicts_of(const ro_sketch *a, const ro_sketch *b) {
    size_t sides = ro_sketch_common_sides(a, b);
    bool other_sides = sides != a->side_count || sides != b->side_count;
    bool dates = a->own_date && b->own_date && a->day != b->day;
    return (other_sides ? RO_SAME_SIDE : 0U) | (dates ? RO_SAME_DATE : 0U) |
           (a->status != b->status ? RO_SAME_STATUS : 0U) |
           (places_conflict(a, b) ? RO_SAME_PLACE : 0U);
}

unsigned ro_talk_same(const ro_sketch *a, const ro_sketch *b, unsigned *conflicts) {
    size_t people = common_people(a, b);
    size_t other_way = common_people(b, a);
    people = people < other_way ? people : other_way;
    unsigned why = who_fits(a, b, people);
    size_t topics = ro_common_hashes(a->words, a->word_count, b->words, b->word_count);
    bool undated = a->day == RO_DAY_NONE && b->day == RO_DAY_NONE;
    bool strong = (people > 2 && ro_sketch_common_sides(a, b) > 0) || (why & RO_SAME_PARTIES) ||
                  same_city(a, b);
    if (conflicts) {
        *conflicts = conflicts_of(a, b);
    }
    if (!why || !stages_fit(a, b) || (a->form && b->form && a->form != b->form) ||
        places_conflict(a, b) || people_differ(a, b, people) || !days_fit(a, b, strong) ||
        (undated && people < 2) || (people == 0 && topics < 2 && !(why & RO_SAME_PARTIES))) {
        return 0;
    }
    return why | (topics ? RO_SAME_TOPICS : 0U) | (same_city(a, b) ? RO_SAME_PLACE : 0U) |
           (a->own_date && b->own_date && a->day == b->day ? RO_SAME_DATE : 0U);
}
