#include "question.h"

#include "readout/fact_text.h"
#include "readout/side.h"

#include <ctype.h>

#define SIDE_WORDS_MAX 5    /* words of a phrase that names a side */
#define PERSON_WORDS_MAX 5  /* words of a name */
#define SPELLINGS_MAX 8     /* of a side that are searched for */
#define GENERIC_BOOST 0.3F  /* of `delegation`, `officials`: answers may do without */
#define EXPECTED_BOOST 1.0F /* of words that an answer is likely to have */
#define SYNONYM_BOOST 0.25F /* of other words for talks */
#define VERB_BOOST 0.7F     /* of the main verb: answers may word it otherwise */
#define STATUS_BOOST 1.2F   /* where it names the status that is asked for */
#define PHRASE_BOOST 0.3F   /* of words that stand together in the question, over the words alone */

typedef struct word {
    ro_syntax *node;
    ro_str text; /* without punctuation and possessive ending */
    ro_str form; /* of it, folded */
    bool capital, upper;
    int entity; /* that it is of; -1: none */
} word;

typedef struct entity {
    ro_wish_kind kind; /* SIDE, PERSON or PLACE */
    ro_str value;
    size_t first, count; /* words */
} entity;

typedef struct reading {
    const ro_question_reader *reader;
    word words[RO_QUESTION_WORDS_MAX];
    size_t count;
    entity entities[RO_WISHES_MAX];
    size_t entity_count;
    bool capitals; /* some word begins with one */
    bool small;    /* some word does not, or goes on in small letters */
    ro_error *err;
} reading;

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

static ro_status add_word(reading *r, ro_syntax *node) {
    word *w = &r->words[r->count];
    ro_buf folded = RO_BUF_INIT;
    *w = (word){.node = node, .text = bare(node->text), .entity = -1};
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
static ro_status read_words(reading *r, const ro_syntax *tree, bool *plain) {
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

/* ---- sides, people, places ---- */

static ro_str joined(const reading *r, size_t first, size_t count, bool folded) {
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

static void add_entity(reading *r, ro_wish_kind kind, ro_str value, size_t first, size_t count) {
    if (r->entity_count == RO_WISHES_MAX) {
        return;
    }
    for (size_t i = first; i < first + count; i++) {
        r->words[i].entity = (int)r->entity_count;
    }
    r->entities[r->entity_count++] = (entity){kind, value, first, count};
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
static bool follows_any(const reading *r, size_t at, const char *words) {
    while (at > 0 && is_one_of(r->words[at - 1].form, "the of")) {
        at--;
    }
    return at > 0 && is_one_of(r->words[at - 1].form, words);
}

/* In, at, or before a noun for talks: "in Geneva", "the Geneva talks". */
static bool stands_as_place(const reading *r, size_t first, size_t count, bool city) {
    size_t next = first + count;
    if (follows_any(r, first, "in at near")) {
        return true;
    }
    return city && next < r->count && r->words[next].entity < 0 &&
           (ro_pattern_in("@talk", r->words[next].form) ||
            ro_pattern_in("@pact", r->words[next].form));
}

/* "tell us who …" means nobody; "male" in small letters is no city. */
static bool is_other_word(const reading *r, size_t at) {
    const word *w = &r->words[at];
    if (ro_str_equal(w->form, RO_STR("us")) && !w->upper) {
        return r->capitals || follows_any(r, at, "tell told show give let for to with among");
    }
    return ro_str_equal(w->form, RO_STR("male")) && !w->capital;
}

static bool take_side(reading *r, size_t first, size_t count) {
    ro_side side;
    ro_side_class class;
    ro_str phrase = joined(r, first, count, true);
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
        add_entity(r, RO_WISH_PLACE, joined(r, first, count, false), first, count);
    }
    return true;
}

static void find_sides(reading *r) {
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
static bool is_plain_word(const word *w) {
    static const char *const lists[] = {"@small",  "@title", "@talk",   "@group", "@aux",
                                        "@saying", "@view",  "@result", "@pact",  "@official"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (ro_pattern_in(lists[i], w->form)) {
            return true;
        }
    }
    return w->form.len == 0 || isdigit((unsigned char)*w->form.ptr);
}

static bool may_be_name(const reading *r, size_t at) {
    const word *w = &r->words[at];
    return w->entity < 0 && (w->capital || !r->capitals) && !(w->upper && w->text.len > 1) &&
           !is_plain_word(w);
}

static size_t run_of_names(const reading *r, size_t first) {
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

static ro_status ask_person(const reading *r, size_t first, size_t count, bool *known) {
    ro_str name = joined(r, first, count, false);
    if (!name.ptr) {
        return ro_fail_memory(r->err);
    }
    return r->reader->is_person(r->reader->context, name, known, r->err);
}

/* A city that the table of sides does not know: "in Bergen", "the Entebbe round", but not "did Ruto
 * talk". */
static bool is_unknown_place(const reading *r, size_t first, size_t count) {
    size_t next = first + count;
    return r->words[first].capital && stands_as_place(r, first, count, true) &&
           !(next < r->count && is_one_of(r->words[next].form, "talk call visit")) &&
           !(first > 0 && ro_pattern_in("@aux", r->words[first - 1].form));
}

/* Without anybody to ask: a capital inside a sentence, or several in a row. */
static bool looks_like_name(const reading *r, size_t first, size_t count) {
    return r->capitals && !is_unknown_place(r, first, count) &&
           (count > 1 || first > 0 || r->count <= 2);
}

/* In a question without capitals one word is a name only where one is expected: long and last are
 * names too. */
static bool may_stand_alone(const reading *r, size_t at) {
    return r->capitals || r->count <= 2 ||
           (at > 0 && (ro_pattern_in("@aux", r->words[at - 1].form) ||
                       is_one_of(r->words[at - 1].form, "by with")));
}

/* The longest known name that begins here. */
static ro_status take_person(reading *r, size_t first, size_t least, size_t *taken) {
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
            add_entity(r, RO_WISH_PERSON, joined(r, first, count, false), first, count);
            *taken = count;
            return status;
        }
    }
    if (run >= least && is_unknown_place(r, first, run)) {
        add_entity(r, RO_WISH_PLACE, joined(r, first, run, false), first, run);
        *taken = run;
    }
    return RO_OK;
}

static ro_status find_people(reading *r, size_t least) {
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

/* What the patterns see: an entity is one word that is none of theirs. */
typedef struct view {
    ro_str forms[RO_QUESTION_WORDS_MAX];
    size_t first[RO_QUESTION_WORDS_MAX]; /* word */
    size_t count;
} view;

static view make_view(const reading *r) {
    view v = {.count = 0};
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

/* Before the verb, or behind "by"; behind a noun for speech also behind "of" or "from". */
static bool acts(const reading *r, const entity *e, size_t verb) {
    if (e->first < verb || follows_any(r, e->first, "by")) {
        return true;
    }
    size_t at = e->first;
    while (at > verb + 1 && ro_pattern_in("@small", r->words[at - 1].form)) {
        at--;
    }
    return at == verb + 1 && at < e->first && ro_pattern_in("@view", r->words[verb].form);
}

static void add_wish(ro_question *out, ro_wish_kind kind, ro_str value, bool by) {
    if (value.len && out->wish_count < RO_WISHES_MAX) {
        out->wishes[out->wish_count++] = (ro_wish){kind, value, by};
    }
}

static bool wants_place(const ro_asked *asked) {
    return asked->pattern && strcmp(asked->pattern, "where") == 0;
}

static void add_wishes(const reading *r, const ro_asked *asked, size_t verb, ro_question *out) {
    add_wish(out, RO_WISH_ROLE, ro_str_from(asked->roles), false);
    add_wish(out, RO_WISH_STATUS, ro_str_from(asked->statuses), false);
    if (asked->kind == RO_KIND_TALKS && !r->entity_count) { /* "the talks": those of an article */
        add_wish(out, RO_WISH_ROLE, RO_STR(RO_ROLE_MAIN), false);
    }
    add_wish(out, RO_WISH_PLACE, ro_str_from(wants_place(asked) ? RO_WISH_ANY : ""), false);
    for (size_t i = 0; i < r->entity_count; i++) {
        const entity *e = &r->entities[i];
        add_wish(out, e->kind, e->value, e->kind != RO_WISH_PLACE && acts(r, e, verb));
    }
}

/* ---- the words that are left ---- */

static ro_status add_spellings(const reading *r, ro_syntax *node, ro_str phrases) {
    for (size_t at = 0; at < phrases.len && node->also_count < SPELLINGS_MAX;) {
        const char *bar = memchr(phrases.ptr + at, '|', phrases.len - at);
        size_t end = bar ? (size_t)(bar - phrases.ptr) : phrases.len;
        if (!node->also) {
            node->also = ro_arena_alloc_array(r->reader->arena, SPELLINGS_MAX, sizeof(ro_str));
        }
        if (!node->also) {
            return ro_fail_memory(r->err);
        }
        node->also[node->also_count++] = ro_str_make(phrases.ptr + at, end - at);
        at = end + 1;
    }
    return RO_OK;
}

/* A side is one word that is spelled in several ways. */
static ro_status spell_side(const reading *r, const entity *e) {
    static const ro_side_class classes[] = {RO_SIDE_COUNTRY, RO_SIDE_NATION, RO_SIDE_BLOC};
    ro_syntax *node = r->words[e->first].node;
    ro_status status = RO_OK;
    node->text = joined(r, e->first, e->count, false);
    if (!node->text.ptr) {
        return ro_fail_memory(r->err);
    }
    for (size_t i = 1; i < e->count; i++) {
        r->words[e->first + i].node->left_out = true;
    }
    for (size_t i = 0; status == RO_OK && i < sizeof classes / sizeof *classes; i++) {
        status = add_spellings(r, node, ro_side_phrases(e->value, classes[i]));
    }
    return status;
}

/* What is agreed or said is told by the text; names of those who act would only get in the way. */
static bool is_about(const ro_asked *asked) {
    return asked->kind == RO_KIND_OUTCOMES || asked->kind == RO_KIND_STATEMENTS;
}

static void weigh_word(const reading *r, size_t at, const ro_asked *asked, bool verb) {
    ro_syntax *node = r->words[at].node;
    ro_str form = r->words[at].form;
    bool talk = ro_pattern_in("@talk", form) && !ro_str_equal(form, RO_STR("summit"));
    if (verb) {
        node->boost = asked->names_status ? STATUS_BOOST : VERB_BOOST;
        /* of an outcome the names tell the status already */
        node->fields = asked->kind == RO_KIND_OUTCOMES ? RO_FIELD_BODY : node->fields;
        return;
    }
    node->fields = is_about(asked) ? RO_FIELD_BODY : node->fields;
    if (talk) { /* "talks" is no "talked", other nouns count by their synonyms */
        node->form = RO_FORM_EXACT;
    } else if (ro_pattern_in("@group", form) || ro_pattern_in("@anyone", form)) {
        node->boost = GENERIC_BOOST;
    }
}

static bool talks_named(const reading *r, const view *v, const ro_asked *asked) {
    bool named = false;
    for (size_t i = 0; i < v->count; i++) {
        named |= ro_pattern_in("@talk", v->forms[i]);
    }
    return named && !is_about(asked) && r->count > 0;
}

/* Who speaks is named beside what is said, what is spoken of in it. */
static ro_status weigh_entity(const reading *r, const entity *e, const ro_asked *asked,
                              size_t verb) {
    bool speaks = acts(r, e, verb) && e->kind != RO_WISH_PLACE;
    for (size_t i = e->first; i < e->first + e->count && is_about(asked); i++) {
        unsigned speaker = asked->kind == RO_KIND_STATEMENTS ? RO_FIELD_TITLE : RO_FIELD_ANY;
        r->words[i].node->fields = speaks ? speaker : RO_FIELD_BODY;
    }
    return e->kind == RO_WISH_SIDE ? spell_side(r, e) : RO_OK;
}

static ro_status weigh_words(const reading *r, const view *v, const ro_asked *asked) {
    size_t verb = asked->verb < v->count ? v->first[asked->verb] : r->count;
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && i < v->count; i++) {
        const word *w = &r->words[v->first[i]];
        if (w->entity >= 0) {
            status = weigh_entity(r, &r->entities[w->entity], asked, verb);
        } else if (asked->used[i] || ro_pattern_in("@small", w->form) || !w->form.len) {
            w->node->left_out = true;
        } else {
            weigh_word(r, v->first[i], asked, i == asked->verb);
        }
    }
    return status;
}

static ro_syntax *new_node(const reading *r, ro_syntax_kind kind, ro_str text, float boost) {
    ro_syntax *node = ro_arena_alloc(r->reader->arena, sizeof *node);
    if (node) {
        *node = (ro_syntax){.kind = kind, .fields = RO_FIELD_ANY, .boost = boost, .text = text};
    }
    return node;
}

/* One word with all these spellings, parted by bars. */
static ro_status add_any_of(const reading *r, ro_str spellings, float boost, ro_syntax ***tail) {
    const char *bar = memchr(spellings.ptr, '|', spellings.len);
    size_t len = bar ? (size_t)(bar - spellings.ptr) : spellings.len;
    ro_syntax *node = new_node(r, RO_SYNTAX_WORD, ro_str_make(spellings.ptr, len), boost);
    if (!node) {
        return ro_fail_memory(r->err);
    }
    **tail = node;
    *tail = &node->next;
    return add_spellings(r, node, spellings);
}

/* Words that the question has in a row say more where they stand so: "deputy foreign ministers". */
static ro_status add_phrases(const reading *r, const view *v, const ro_asked *asked,
                             ro_syntax ***tail) {
    for (size_t i = 0, end; i < v->count; i = end + 1) {
        for (end = i; end < v->count; end++) {
            const word *w = &r->words[v->first[end]];
            if (w->entity >= 0 || w->node->left_out || end == asked->verb) {
                break;
            }
        }
        if (end < i + 2) {
            continue;
        }
        ro_str first = r->words[v->first[i]].text, last = r->words[v->first[end - 1]].text;
        if (last.ptr < first.ptr) {
            continue;
        }
        ro_str text = ro_str_make(first.ptr, (size_t)(last.ptr - first.ptr) + last.len);
        ro_syntax *node = new_node(r, RO_SYNTAX_PHRASE, text, PHRASE_BOOST);
        if (!node) {
            return ro_fail_memory(r->err);
        }
        node->fields = is_about(asked) ? RO_FIELD_BODY : RO_FIELD_ANY;
        node->at = r->words[v->first[i]].node->at;
        **tail = node;
        *tail = &node->next;
    }
    return RO_OK;
}

static ro_syntax **keep_words(ro_syntax *tree, ro_syntax **first) {
    bool sequence = tree->kind == RO_SYNTAX_SEQUENCE;
    ro_syntax **tail = first;
    for (ro_syntax *node = sequence ? tree->first : tree, *next; node; node = next) {
        next = sequence ? node->next : NULL;
        if (!node->left_out) {
            *tail = node;
            tail = &node->next;
        }
    }
    *tail = NULL;
    return tail;
}

/* What was left out leaves the tree, what answers are likely to have joins it; a tree without words
 * is none. */
static ro_status rebuild(const reading *r, const view *v, const ro_asked *asked, ro_syntax **tree) {
    ro_syntax *first = NULL, **tail = keep_words(*tree, &first);
    ro_status status = add_phrases(r, v, asked, &tail);
    if (status == RO_OK && *asked->expected) {
        status = add_any_of(r, ro_str_from(asked->expected), EXPECTED_BOOST, &tail);
    }
    if (status == RO_OK && talks_named(r, v, asked)) {
        status = add_any_of(r, RO_STR("talks|negotiations|meeting|discussions|consultations"),
                            SYNONYM_BOOST, &tail);
    }
    *tree = NULL;
    if (status != RO_OK || !first) {
        return status;
    }
    *tree = new_node(r, RO_SYNTAX_SEQUENCE, RO_STR(""), 0);
    if (!*tree) {
        return ro_fail_memory(r->err);
    }
    (*tree)->first = first;
    (*tree)->at = first->at;
    return RO_OK;
}

/* ---- the whole ---- */

/* Nothing but a name asks for the person; nothing but a side or place for talks. */
static ro_kind kind_of_names(const reading *r) {
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

static ro_status find_entities(reading *r) {
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

ro_status ro_question_read(const ro_question_reader *reader, ro_syntax **tree, ro_question *out,
                           ro_error *err) {
    reading r = {.reader = reader, .err = err};
    bool plain = false;
    *out = (ro_question){.pattern = NULL};
    set_order(out, RO_KIND_ARTICLES);
    ro_status status = *tree ? read_words(&r, *tree, &plain) : RO_OK;
    if (status != RO_OK || !plain || !r.count) {
        return status;
    }
    status = find_entities(&r);
    if (status != RO_OK) {
        return status;
    }
    view v = make_view(&r);
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
    status = weigh_words(&r, &v, &asked);
    return status == RO_OK ? rebuild(&r, &v, &asked, tree) : status;
}
