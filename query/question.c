#include "reading.h"

#include "readout/fact_text.h"

#include <ctype.h>

const char *ro_wish_name(ro_wish_kind kind) {
    static const char *const names[RO_WISH_KINDS] = {"side", "person", "role", "status", "place"};
    return names[kind];
}

/* ---- words ---- */

static ro_str without_end(ro_str s, ro_str end) {
    bool has = s.len > end.len && memcmp(s.ptr + s.len - end.len, end.ptr, end.len) == 0;
    return has ? ro_str_make(s.ptr, s.len - end.len) : s;
}

static ro_str bare(ro_str s) {
    while (s.len && strchr("([{'\"", *s.ptr)) {
        s = ro_str_make(s.ptr + 1, s.len - 1);
    }
    while (s.len && strchr(".,;:!?)]}'\"", s.ptr[s.len - 1])) {
        s.len--;
    }
    s = without_end(s, RO_STR("'s"));
    return without_end(s, RO_STR("\xE2\x80\x99s"));
}

static bool is_upper(ro_str s) {
    size_t letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (islower((unsigned char)s.ptr[i])) {
            return false;
        }
        letters += isupper((unsigned char)s.ptr[i]) != 0;
    }
    return letters > 1;
}

static ro_status add_word(ro_reading *r, ro_syntax *node) {
    ro_question_word *w = &r->words[r->count];
    ro_buf folded = RO_BUF_INIT;
    *w = (ro_question_word){.node = node, .text = bare(node->text), .entity = -1};
    ro_status status = ro_fold(r->reader->analyser, w->text, &folded, r->err);
    if (status == RO_OK) {
        w->form = ro_arena_copy(r->reader->arena, ro_buf_str(&folded));
        status = w->form.ptr ? RO_OK : ro_fail_memory(r->err);
    }
    ro_buf_release(&folded);
    unsigned char first = w->text.len ? (unsigned char)*w->text.ptr : 0;
    w->capital = isupper(first) || (first >= 0x80 && !ro_str_equal(w->text, w->form));
    w->upper = is_upper(w->text);
    r->capitals |= w->capital;
    r->small |= !w->upper;
    r->count++;
    return status;
}

/* Plain words only take part; operators make keywords of it all. */
static ro_status read_words(ro_reading *r, const ro_syntax *tree, bool *plain) {
    bool sequence = tree->kind == RO_SYNTAX_SEQUENCE && tree->sign == RO_SIGN_NONE;
    *plain = sequence || tree->kind == RO_SYNTAX_WORD;
    for (ro_syntax *node = sequence ? tree->first : (ro_syntax *)tree; *plain && node;
         node = sequence ? node->next : NULL) {
        *plain = node->kind >= RO_SYNTAX_WORD;
        if (node->kind != RO_SYNTAX_WORD || node->sign != RO_SIGN_NONE ||
            node->form != RO_FORM_STEM || node->fields != RO_FIELD_ANY) {
            continue;
        }
        if (r->count == RO_QUESTION_WORDS_MAX) {
            *plain = false;
            return RO_OK;
        }
        ro_status status = add_word(r, node);
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

/* ---- what is asked ---- */

static const ro_kind ORDERS[RO_KINDS][RO_KINDS] = {
    [RO_KIND_ARTICLES] = {RO_KIND_ARTICLES, RO_KIND_TALKS, RO_KIND_OUTCOMES, RO_KIND_STATEMENTS,
                          RO_KIND_PARTICIPANTS},
    [RO_KIND_TALKS] = {RO_KIND_TALKS, RO_KIND_OUTCOMES, RO_KIND_PARTICIPANTS, RO_KIND_STATEMENTS,
                       RO_KIND_ARTICLES},
    [RO_KIND_PARTICIPANTS] = {RO_KIND_PARTICIPANTS, RO_KIND_TALKS, RO_KIND_OUTCOMES,
                              RO_KIND_STATEMENTS, RO_KIND_ARTICLES},
    [RO_KIND_OUTCOMES] = {RO_KIND_OUTCOMES, RO_KIND_STATEMENTS, RO_KIND_TALKS, RO_KIND_PARTICIPANTS,
                          RO_KIND_ARTICLES},
    [RO_KIND_STATEMENTS] = {RO_KIND_STATEMENTS, RO_KIND_OUTCOMES, RO_KIND_PARTICIPANTS,
                            RO_KIND_TALKS, RO_KIND_ARTICLES},
};

static void set_order(ro_question *out, ro_kind kind) {
    memcpy(out->order, ORDERS[kind], sizeof out->order);
}

static ro_question_view make_view(const ro_reading *r) {
    ro_question_view v = {.count = 0};
    for (size_t i = 0; i < r->count; i++) {
        int of = r->words[i].entity;
        if (of >= 0 && r->entities[of].first != i) {
            continue;
        }
        v.first[v.count] = i;
        bool acronym = r->words[i].upper && r->small; /* WHO is not who */
        v.forms[v.count++] = of >= 0 || acronym ? RO_STR("") : r->words[i].form;
    }
    return v;
}

static void add_wish(ro_question *out, ro_wish_kind kind, ro_str value, bool by) {
    if (value.len && out->wish_count < RO_WISHES_MAX) {
        out->wishes[out->wish_count++] = (ro_wish){kind, value, by};
    }
}

static bool wants_place(const ro_asked *asked) {
    return asked->pattern && strcmp(asked->pattern, "where") == 0;
}

static void add_wishes(const ro_reading *r, const ro_asked *asked, size_t verb, ro_question *out) {
    add_wish(out, RO_WISH_ROLE, ro_str_from(asked->roles), false);
    add_wish(out, RO_WISH_STATUS, ro_str_from(asked->statuses), false);
    if (asked->kind == RO_KIND_TALKS && !r->entity_count) { /* "the talks": those of an article */
        add_wish(out, RO_WISH_ROLE, RO_STR(RO_ROLE_MAIN), false);
    }
    add_wish(out, RO_WISH_PLACE, ro_str_from(wants_place(asked) ? RO_WISH_ANY : ""), false);
    for (size_t i = 0; i < r->entity_count; i++) {
        const ro_question_entity *e = &r->entities[i];
        add_wish(out, e->kind, e->value, e->kind != RO_WISH_PLACE && ro_reading_acts(r, e, verb));
    }
}

/* ---- the whole ---- */

/* Nothing but a name asks for the person; nothing but a side or place for talks. */
static ro_kind kind_of_names(const ro_reading *r) {
    size_t named = 0, people = 0;
    for (size_t i = 0; i < r->entity_count; i++) {
        named += r->entities[i].count;
        people += r->entities[i].kind == RO_WISH_PERSON;
    }
    for (size_t i = 0; i < r->count; i++) {
        named += r->words[i].entity < 0 && (ro_pattern_in("@title", r->words[i].form) ||
                                            ro_pattern_in("@small", r->words[i].form));
    }
    if (!r->entity_count || named < r->count) {
        return RO_KIND_ARTICLES;
    }
    return people ? RO_KIND_PARTICIPANTS : RO_KIND_TALKS;
}

ro_status ro_question_read(const ro_question_reader *reader, ro_syntax **tree, ro_question *out,
                           ro_error *err) {
    ro_reading r = {.reader = reader, .err = err};
    bool plain = false;
    *out = (ro_question){.pattern = NULL};
    set_order(out, RO_KIND_ARTICLES);
    ro_status status = *tree ? read_words(&r, *tree, &plain) : RO_OK;
    if (status != RO_OK || !plain || !r.count) {
        return status;
    }
    status = ro_reading_entities(&r);
    if (status != RO_OK) {
        return status;
    }
    ro_question_view v = make_view(&r);
    ro_asked asked;
    bool found = ro_pattern_find(v.forms, v.count, &asked);
    size_t verb = asked.verb < v.count ? v.first[asked.verb] : r.count;
    add_wishes(&r, &asked, verb, out);
    if (!found) {
        ro_kind kind = kind_of_names(&r);
        set_order(out, kind);
        add_wish(out, RO_WISH_ROLE, ro_str_from(kind == RO_KIND_PARTICIPANTS ? RO_TOOK_PART : ""),
                 false);
        return RO_OK;
    }
    out->pattern = asked.pattern;
    set_order(out, asked.kind);
    return ro_reading_leave(&r, &v, &asked, tree);
}
