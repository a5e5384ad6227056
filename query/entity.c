/* The sides, people and places that a question names. */
#include "reading.h"

#include "readout/side.h"

#include <ctype.h>

#define SIDE_WORDS_MAX 5   /* words of a phrase that names a side */
#define PERSON_WORDS_MAX 5 /* words of a name */

ro_str ro_reading_join(const ro_reading *r, size_t first, size_t count, bool folded) {
    ro_buf out = RO_BUF_INIT;
    for (size_t i = first; i < first + count; i++) {
        if (i > first) {
            ro_buf_add_byte(&out, ' ');
        }
        ro_buf_add_str(&out, folded ? r->words[i].form : r->words[i].text);
    }
    ro_str copy = out.failed ? RO_STR_NONE : ro_arena_copy(r->reader->arena, ro_buf_str(&out));
    ro_buf_release(&out);
    return copy;
}

static void add_entity(ro_reading *r, ro_wish_kind kind, ro_str value, size_t first, size_t count) {
    if (r->entity_count == RO_WISHES_MAX) {
        return;
    }
    for (size_t i = first; i < first + count; i++) {
        r->words[i].entity = (int)r->entity_count;
    }
    r->entities[r->entity_count++] = (ro_question_entity){kind, value, first, count};
}

static bool is_one_of(ro_str form, const char *words) {
    while (*words) {
        size_t len = strcspn(words, " ");
        if (ro_str_equal(form, ro_str_make(words, len))) {
            return true;
        }
        words += len + (words[len] == ' ');
    }
    return false;
}

/* Whether one of these words stands before it, articles and "of" aside. */
static bool follows_any(const ro_reading *r, size_t at, const char *words) {
    while (at > 0 && is_one_of(r->words[at - 1].form, "the of")) {
        at--;
    }
    return at > 0 && is_one_of(r->words[at - 1].form, words);
}

/* In, at, or before a noun for talks: "in Geneva", "the Geneva talks". */
static bool stands_as_place(const ro_reading *r, size_t first, size_t count, bool city) {
    size_t next = first + count;
    if (follows_any(r, first, "in at near")) {
        return true;
    }
    return city && next < r->count && r->words[next].entity < 0 &&
           (ro_pattern_in("@talk", r->words[next].form) ||
            ro_pattern_in("@pact", r->words[next].form));
}

/* "tell us who …" means nobody; "male" in small letters is no city. */
static bool is_other_word(const ro_reading *r, size_t at) {
    const ro_question_word *w = &r->words[at];
    if (ro_str_equal(w->form, RO_STR("us")) && !w->upper) {
        return r->capitals || follows_any(r, at, "tell told show give let for to with among");
    }
    return ro_str_equal(w->form, RO_STR("male")) && !w->capital;
}

static bool take_side(ro_reading *r, size_t first, size_t count) {
    ro_side side;
    ro_side_class class;
    ro_str phrase = ro_reading_join(r, first, count, true);
    if (!phrase.ptr || !ro_side_find(phrase, &side, &class) ||
        (count == 1 && is_other_word(r, first))) {
        return false;
    }
    bool place = (class == RO_SIDE_COUNTRY || class == RO_SIDE_CAPITAL) &&
                 stands_as_place(r, first, count, class == RO_SIDE_CAPITAL);
    ro_str code = ro_arena_copy(r->reader->arena, ro_str_from(side.code));
    if (!place) {
        add_entity(r, RO_WISH_SIDE, code, first, count);
    } else if (class == RO_SIDE_COUNTRY) {
        add_entity(r, RO_WISH_PLACE, ro_side_name(code), first, count);
    } else {
        add_entity(r, RO_WISH_PLACE, ro_reading_join(r, first, count, false), first, count);
    }
    return true;
}

static void find_sides(ro_reading *r) {
    for (size_t at = 0; at < r->count; at++) {
        size_t most = r->count - at < SIDE_WORDS_MAX ? r->count - at : SIDE_WORDS_MAX;
        for (size_t count = most; count > 0 && r->words[at].entity < 0; count--) {
            if (take_side(r, at, count)) {
                at += count - 1;
                break;
            }
        }
    }
}

/* Words that no name is made of, whatever their letters. */
static bool is_plain_word(const ro_question_word *w) {
    static const char *const lists[] = {"@small",  "@title", "@talk",   "@group", "@aux",
                                        "@saying", "@view",  "@result", "@pact",  "@official"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (ro_pattern_in(lists[i], w->form)) {
            return true;
        }
    }
    return w->form.len == 0 || isdigit((unsigned char)*w->form.ptr);
}

static bool may_be_name(const ro_reading *r, size_t at) {
    const ro_question_word *w = &r->words[at];
    return w->entity < 0 && (w->capital || !r->capitals) && !(w->upper && w->text.len > 1) &&
           !is_plain_word(w);
}

static size_t run_of_names(const ro_reading *r, size_t first) {
    size_t end = first;
    while (end < r->count && end - first < PERSON_WORDS_MAX) {
        if (may_be_name(r, end)) {
            end++;
        } else if (end > first && end + 1 < r->count && r->words[end].entity < 0 &&
                   ro_pattern_in("@particle", r->words[end].form) && may_be_name(r, end + 1)) {
            end += 2;
        } else {
            break;
        }
    }
    return end - first;
}

static ro_status ask_person(const ro_reading *r, size_t first, size_t count, bool *known) {
    ro_str name = ro_reading_join(r, first, count, false);
    if (!name.ptr) {
        return ro_fail_memory(r->err);
    }
    return r->reader->is_person(r->reader->context, name, known, r->err);
}

/* A city that the table of sides does not know: "in Bergen", "the Entebbe round", but not "did Ruto
 * talk". */
static bool is_unknown_place(const ro_reading *r, size_t first, size_t count) {
    size_t next = first + count;
    return r->words[first].capital && stands_as_place(r, first, count, true) &&
           !(next < r->count && is_one_of(r->words[next].form, "talk call visit")) &&
           !(first > 0 && ro_pattern_in("@aux", r->words[first - 1].form));
}

/* Without anybody to ask: a capital inside a sentence, or several in a row. */
static bool looks_like_name(const ro_reading *r, size_t first, size_t count) {
    return r->capitals && !is_unknown_place(r, first, count) &&
           (count > 1 || first > 0 || r->count <= 2);
}

/* In a question without capitals one word is a name only where one is expected: long and last are
 * names too. */
static bool may_stand_alone(const ro_reading *r, size_t at) {
    return r->capitals || r->count <= 2 ||
           (at > 0 && (ro_pattern_in("@aux", r->words[at - 1].form) ||
                       is_one_of(r->words[at - 1].form, "by with")));
}

/* The longest known name that begins here. */
static ro_status take_person(ro_reading *r, size_t first, size_t least, size_t *taken) {
    size_t run = run_of_names(r, first);
    *taken = 0;
    for (size_t count = run; count >= least; count--) {
        bool known = looks_like_name(r, first, count);
        ro_status status = RO_OK;
        if (count == 1 && !may_stand_alone(r, first)) {
            break;
        }
        if (r->reader->is_person) {
            status = ask_person(r, first, count, &known);
        }
        if (status != RO_OK || known) {
            add_entity(r, RO_WISH_PERSON, ro_reading_join(r, first, count, false), first, count);
            *taken = count;
            return status;
        }
    }
    if (run >= least && is_unknown_place(r, first, run)) {
        add_entity(r, RO_WISH_PLACE, ro_reading_join(r, first, run, false), first, run);
        *taken = run;
    }
    return RO_OK;
}

static ro_status find_people(ro_reading *r, size_t least) {
    for (size_t at = 0; at < r->count; at++) {
        size_t taken = 0;
        ro_status status = may_be_name(r, at) ? take_person(r, at, least, &taken) : RO_OK;
        if (status != RO_OK) {
            return status;
        }
        at += taken ? taken - 1 : 0;
    }
    return RO_OK;
}

/* Before the verb, or behind "by"; behind a noun for speech also behind "of" or "from". */
bool ro_reading_acts(const ro_reading *r, const ro_question_entity *e, size_t verb) {
    if (e->first < verb || follows_any(r, e->first, "by")) {
        return true;
    }
    size_t at = e->first;
    while (at > verb + 1 && ro_pattern_in("@small", r->words[at - 1].form)) {
        at--;
    }
    return at == verb + 1 && at < e->first && ro_pattern_in("@view", r->words[verb].form);
}

ro_status ro_reading_entities(ro_reading *r) {
    ro_status status = RO_OK;
    if (r->reader->is_person && r->capitals) {
        status = find_people(r, 2); /* Jordan Bardella is no country */
    }
    if (status == RO_OK) {
        find_sides(r);
        status = find_people(r, 1);
    }
    return status;
}
