/* People: forms of a name, and which of one family name are one person. */
#include "readout/same.h"

#include "office.h"

#include <stdlib.h>

#define NAME_MAX 120 /* bytes of a name in a form; more is cut at a character */

/* ---- forms ----------------------------------------------------------------------------------- */

ro_str ro_office_class(ro_str office) {
    const ro_office_line *line = ro_office_find(office);
    return line ? ro_str_from(line->class) : RO_STR("");
}

/* The class of the first office held, else of the first once held. */
static ro_str class_of(const ro_person *person) {
    ro_str former = RO_STR("");
    for (size_t i = 0; i < person->role_count; i++) {
        ro_str class = ro_office_class(person->roles[i].office);
        if (class.len && !person->roles[i].former) {
            return class;
        }
        former = former.len ? former : class;
    }
    return former;
}

/* Bytes at the start of a name that part its words: blanks of all kinds, controls, and the ';' that
 * parts a key. */
static size_t blank_at(const char *at, size_t len) {
    if (len > 1 && memcmp(at, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    return (unsigned char)*at <= ' ' || *at == ';';
}

/* Blanks made one space; cut at a character. */
static ro_str clean_name(ro_str name, ro_arena *arena) {
    char *out = ro_arena_alloc(arena, NAME_MAX + 1);
    size_t n = 0;
    size_t i = 0;
    while (out && i < name.len && n < NAME_MAX) {
        size_t blank = blank_at(name.ptr + i, name.len - i);
        if (!blank) {
            out[n++] = name.ptr[i];
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
        i += blank ? blank : 1;
    }
    while (i < name.len && n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0x80) {
        n--;
    }
    n -= i < name.len && n > 0 && (unsigned char)out[n - 1] >= 0xC0;
    n -= n > 0 && out[n - 1] == ' ';
    return ro_str_make(out, n);
}

ro_status ro_person_form_of(const ro_person *person, ro_arena *arena, ro_person_form *out,
                            ro_error *err) {
    *out = (ro_person_form){.side = person->side, .office = class_of(person)};
    out->name = clean_name(person->name, arena);
    return out->name.ptr ? RO_OK : ro_fail_memory(err);
}

ro_str ro_person_key(const ro_person_form *form, ro_arena *arena) {
    return ro_arena_printf(arena, "%.*s;%s;%.*s", RO_STR_ARG(form->name), form->side.code,
                           RO_STR_ARG(form->office));
}

void ro_person_form_parse(ro_str key, ro_person_form *out) {
    *out = (ro_person_form){.name = ro_str_cut(&key, ';')};
    ro_str side = ro_str_cut(&key, ';');
    if (side.len < sizeof out->side.code) {
        memcpy(out->side.code, side.ptr, side.len);
    }
    const ro_office_line *line = ro_office_of_class(key);
    out->office = line ? ro_str_from(line->class) : RO_STR("");
}

int ro_person_compare(const ro_person_form *a, const ro_person_form *b) {
    int order = ro_str_compare(a->name, b->name);
    order = order ? order : strcmp(a->side.code, b->side.code);
    return order ? order : ro_str_compare(a->office, b->office);
}

size_t ro_person_block(const ro_person_form *form, char out[RO_NAME_FOLD_MAX + 1]) {
    ro_name name;
    ro_name_read(form->name, form->side, &name);
    size_t len = strlen(name.family);
    memcpy(out, name.family, len + 1);
    return len;
}

/* ---- two forms ------------------------------------------------------------------------------- */

typedef struct form {
    ro_name name;
    ro_side side;
    const ro_office_line *office;
    int level; /* how much is known: those with more are settled first */
    uint8_t weight;
} form;

enum { BARE, SHORT, NICK, FULL, FULLER, NAMES };

static int name_level(const ro_name *name) {
    if (name->given_count == 0) {
        return BARE;
    }
    const ro_given *first = &name->given[0];
    if (first->initial) {
        return SHORT;
    }
    if (first->nick < first->nick_end) {
        return NICK;
    }
    return name->given_count > 1 || name->generation ? FULLER : FULL;
}

static bool is_bloc(ro_side side) {
    return strcmp(side.code, "EU") == 0 || strcmp(side.code, "UN") == 0 ||
           strcmp(side.code, "NATO") == 0;
}

static bool sides_conflict(ro_side a, ro_side b) {
    return a.code[0] && b.code[0] && strcmp(a.code, b.code) != 0;
}

static bool same_class(const form *a, const form *b) {
    return a->office && b->office && strcmp(a->office->class, b->office->class) == 0;
}

static bool sectors_conflict(const form *a, const form *b) {
    return a->office && b->office && a->office->sector != b->office->sector &&
           a->office->sector != RO_SECTOR_ANY && b->office->sector != RO_SECTOR_ANY;
}

/* Offices that one country has one of: where the full name is the same as well, a different side is
 * a mistake of an article. */
static bool is_telling(const ro_office_line *office) {
    static const char *const CLASSES[] = {
        "president",        "vice president",   "prime minister",   "foreign minister",
        "defense minister", "finance minister", "security adviser", "secretary general",
        "monarch",          "first lady"};
    for (size_t i = 0; office && i < sizeof CLASSES / sizeof *CLASSES; i++) {
        if (strcmp(office->class, CLASSES[i]) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned reason_of(ro_name_fit fit) {
    static const unsigned REASONS[] = {[RO_NAME_DIFFERS] = 0,
                                       [RO_NAME_EQUAL] = RO_SAME_NAME,
                                       [RO_NAME_MIDDLE] = RO_SAME_NAME,
                                       [RO_NAME_NICKNAME] = RO_SAME_NICKNAME,
                                       [RO_NAME_COMPOUND] = RO_SAME_SURNAME,
                                       [RO_NAME_INITIAL] = RO_SAME_INITIAL,
                                       [RO_NAME_SURNAME] = RO_SAME_SURNAME};
    return REASONS[fit];
}

/* With little of a name something else must agree, and nothing may speak against it: the side, or
 * an office that says enough and no side that the other lacks. Of two bare surnames, both. */
static bool scanty_fit(const form *a, const form *b, bool side, bool office) {
    const form *less = a->name.given_count <= b->name.given_count ? a : b;
    const form *more = less == a ? b : a;
    if (more->name.given_count == 0) {
        return side && (office || !a->office || !b->office);
    }
    bool telling = office && is_telling(a->office) && !less->side.code[0];
    return (side || telling) && !sectors_conflict(a, b);
}

/* Why two forms can be one person's, 0 when they cannot. */
static unsigned forms_fit(const form *a, const form *b) {
    ro_name_fit fit = ro_name_compare(&a->name, &b->name);
    if (fit == RO_NAME_DIFFERS) {
        return 0;
    }
    bool side = a->side.code[0] && strcmp(a->side.code, b->side.code) == 0;
    bool office = same_class(a, b);
    unsigned why = reason_of(fit) | (side ? RO_SAME_SIDE : 0) | (office ? RO_SAME_OFFICE : 0);
    bool whole = a->name.given_count > 0 && b->name.given_count > 0 &&
                 (fit == RO_NAME_EQUAL || fit == RO_NAME_MIDDLE || fit == RO_NAME_NICKNAME);
    if (sides_conflict(a->side, b->side)) {
        /* a German commissioner stands for the EU in one article, for Germany in another */
        bool bloc = is_bloc(a->side) || is_bloc(b->side);
        return whole && !a->name.given[0].initial && (bloc || (office && is_telling(a->office)))
                   ? why
                   : 0;
    }
    if (whole && !a->name.given[0].initial) {
        return side || !sectors_conflict(a, b) ? why : 0;
    }
    return scanty_fit(a, b, side, office) ? why : 0;
}

/* ---- a block --------------------------------------------------------------------------------- */

typedef struct block {
    form *forms;
    size_t count;
    ro_same_link *links;
    uint32_t *group; /* of each form, as it was before this level */
} block;

static uint32_t root_of(const ro_same_link *links, uint32_t i) {
    while (links[i].group != i) {
        i = links[i].group;
    }
    return i;
}

static unsigned conflicts_of(const form *a, const form *b) {
    return (sides_conflict(a->side, b->side) ? RO_SAME_SIDE : 0U) |
           (a->office && b->office && !same_class(a, b) ? RO_SAME_OFFICE : 0U);
}

/* Form `a` joins the person of `b`. */
static void join(const block *b, uint32_t from, uint32_t to, unsigned why) {
    uint32_t first = root_of(b->links, from);
    uint32_t second = root_of(b->links, to);
    if (first == second) {
        return;
    }
    b->links[first < second ? second : first].group = first < second ? first : second;
    ro_same_link *link = &b->links[b->links[from].to == from ? from : to];
    uint32_t other = link == &b->links[from] ? to : from;
    if (link->to == (uint32_t)(link - b->links)) {
        link->to = other;
        link->why = why;
        link->conflicts = conflicts_of(&b->forms[from], &b->forms[to]);
    }
}

/* Forms of one level that fit each other, each with the first it fits. */
static void join_equals(const block *b, int level) {
    for (uint32_t i = 0; i < b->count; i++) {
        for (uint32_t k = 0; k < i && b->forms[i].level == level; k++) {
            unsigned why = b->forms[k].level == level ? forms_fit(&b->forms[i], &b->forms[k]) : 0;
            if (why) {
                join(b, i, k, why);
            }
        }
    }
}

/* What fits the forms of one person of this level: the best, and how common the next best of
 * another person is. */
typedef struct found_fit {
    uint32_t from, to;
    unsigned why;
    int weight, other; /* -1: nothing fits */
} found_fit;

/* How much more common the best has to be: eight times. */
#define FAR_COMMONER 3

/* One in the same office counts by how common it is; others only as being there. */
static int weight_of(const form *settled, unsigned why) {
    return why & RO_SAME_OFFICE && is_telling(settled->office) ? settled->weight + FAR_COMMONER : 0;
}

static void note_fit(const block *b, found_fit *fit, uint32_t from, uint32_t to, unsigned why) {
    int weight = weight_of(&b->forms[to], why);
    bool another = fit->weight >= 0 && b->group[fit->to] != b->group[to];
    if (weight > fit->weight) {
        fit->other = another ? fit->weight : fit->other;
        *fit = (found_fit){from, to, why, weight, fit->other};
    } else if (another && weight > fit->other) {
        fit->other = weight;
    }
}

/* The forms of this level join the one person among those settled before that fits them. */
static void join_settled(const block *b, int level, found_fit *fits) {
    for (uint32_t i = 0; i < b->count; i++) {
        b->group[i] = root_of(b->links, i);
        fits[i] = (found_fit){.weight = -1, .other = -1};
    }
    for (uint32_t i = 0; i < b->count; i++) {
        for (uint32_t k = 0; k < b->count && b->forms[i].level == level; k++) {
            unsigned why = b->forms[k].level > level ? forms_fit(&b->forms[i], &b->forms[k]) : 0;
            if (why) {
                note_fit(b, &fits[b->group[i]], i, k, why);
            }
        }
    }
    for (uint32_t i = 0; i < b->count; i++) {
        const found_fit *f = &fits[i];
        if (f->weight >= 0 && (f->other < 0 || f->weight >= f->other + FAR_COMMONER + 1)) {
            join(b, f->from, f->to, f->why);
        }
    }
}

unsigned ro_person_weight(int64_t articles) {
    unsigned weight = 0;
    while (articles > 1 && weight < 62) {
        articles >>= 1;
        weight++;
    }
    return weight;
}

static void read_form(const ro_person_form *from, form *out) {
    ro_name_read(from->name, from->side, &out->name);
    out->side = from->side;
    out->office = ro_office_of_class(from->office);
    out->level = name_level(&out->name) * 4 + (from->side.code[0] ? 2 : 0) + (out->office ? 1 : 0);
}

ro_status ro_forms_group(const ro_person_form *forms, const uint8_t *weights, size_t count,
                         ro_same_link *out, ro_error *err) {
    for (uint32_t i = 0; i < count; i++) {
        out[i] = (ro_same_link){.group = i, .to = i};
    }
    block b = {.links = out, .count = count < RO_FORMS_MAX ? count : RO_FORMS_MAX};
    if (count < 2) {
        return RO_OK;
    }
    b.forms = calloc(b.count, sizeof *b.forms);
    b.group = calloc(b.count, sizeof *b.group);
    found_fit *fits = calloc(b.count, sizeof *fits);
    bool levels[NAMES * 4] = {false};
    for (size_t i = 0; b.forms && i < b.count; i++) {
        read_form(&forms[i], &b.forms[i]);
        b.forms[i].weight = weights ? weights[i] : 0;
        levels[b.forms[i].level] = true;
    }
    for (int level = NAMES * 4; b.forms && b.group && fits && level-- > 0;) {
        if (levels[level]) {
            join_equals(&b, level);
            join_settled(&b, level, fits);
        }
    }
    for (uint32_t i = 0; i < b.count; i++) {
        out[i].group = root_of(out, i);
        bool written = ro_str_equal(forms[i].name, forms[out[i].to].name);
        out[i].why |= (out[i].why & RO_SAME_NAME) && !written ? RO_SAME_SPELLING : 0U;
    }
    ro_status status = b.forms && b.group && fits ? RO_OK : ro_fail_memory(err);
    free(b.forms);
    free(b.group);
    free(fits);
    return status;
}
