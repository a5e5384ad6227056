/* What is left of a question to be searched for. */
#include "reading.h"

#include "readout/side.h"

#define SPELLINGS_MAX 8     /* of a side that are searched for */
#define GENERIC_BOOST 0.3F  /* of `delegation`, `officials`: answers may do without */
#define EXPECTED_BOOST 1.0F /* of words that an answer is likely to have */
#define SYNONYM_BOOST 0.25F /* of other words for talks */
#define VERB_BOOST 0.7F     /* of the main verb: answers may word it otherwise */
#define STATUS_BOOST 1.2F   /* where it names the status that is asked for */
#define PHRASE_BOOST 0.3F   /* of words that stand together in the question, over the words alone */

static ro_status add_spellings(const ro_reading *r, ro_syntax *node, ro_str phrases) {
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
static ro_status spell_side(const ro_reading *r, const ro_question_entity *e) {
    static const ro_side_class classes[] = {RO_SIDE_COUNTRY, RO_SIDE_NATION, RO_SIDE_BLOC};
    ro_syntax *node = r->words[e->first].node;
    ro_status status = RO_OK;
    node->text = ro_reading_join(r, e->first, e->count, false);
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

static void look_in(ro_syntax *node, unsigned fields) {
    node->about = fields != RO_FIELD_ANY;
    node->fields = fields;
}

static void weigh_word(const ro_reading *r, size_t at, const ro_asked *asked, bool verb) {
    ro_syntax *node = r->words[at].node;
    ro_str form = r->words[at].form;
    bool talk = ro_pattern_in("@talk", form) && !ro_str_equal(form, RO_STR("summit"));
    if (verb) {
        node->boost = asked->names_status ? STATUS_BOOST : VERB_BOOST;
        /* of an outcome the names tell the status already */
        look_in(node, asked->kind == RO_KIND_OUTCOMES ? RO_FIELD_BODY : RO_FIELD_ANY);
        return;
    }
    look_in(node, is_about(asked) ? RO_FIELD_BODY : RO_FIELD_ANY);
    if (talk) { /* "talks" is no "talked", other nouns count by their synonyms */
        node->form = RO_FORM_EXACT;
    } else if (ro_pattern_in("@group", form) || ro_pattern_in("@anyone", form)) {
        node->boost = GENERIC_BOOST;
    }
}

static bool talks_named(const ro_question_view *v, const ro_asked *asked) {
    bool named = false;
    for (size_t i = 0; i < v->count; i++) {
        named |= ro_pattern_in("@talk", v->forms[i]);
    }
    return named && !is_about(asked);
}

/* Who speaks is named beside what is said, what is spoken of in it. */
static ro_status weigh_entity(const ro_reading *r, const ro_question_entity *e,
                              const ro_asked *asked, size_t verb) {
    bool speaks = ro_reading_acts(r, e, verb) && e->kind != RO_WISH_PLACE;
    for (size_t i = e->first; i < e->first + e->count && is_about(asked); i++) {
        unsigned speaker = asked->kind == RO_KIND_STATEMENTS ? RO_FIELD_TITLE : RO_FIELD_ANY;
        look_in(r->words[i].node, speaks ? speaker : RO_FIELD_BODY);
    }
    return e->kind == RO_WISH_SIDE ? spell_side(r, e) : RO_OK;
}

static ro_status weigh_words(const ro_reading *r, const ro_question_view *v,
                             const ro_asked *asked) {
    size_t verb = asked->verb < v->count ? v->first[asked->verb] : r->count;
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && i < v->count; i++) {
        const ro_question_word *w = &r->words[v->first[i]];
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

static ro_syntax *new_node(const ro_reading *r, ro_syntax_kind kind, ro_str text, float boost) {
    ro_syntax *node = ro_arena_alloc(r->reader->arena, sizeof *node);
    if (node) {
        *node = (ro_syntax){.kind = kind, .fields = RO_FIELD_ANY, .boost = boost, .text = text};
    }
    return node;
}

/* One word with all these spellings, parted by bars. */
static ro_status add_any_of(const ro_reading *r, ro_str spellings, float boost, ro_syntax ***tail) {
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

static bool may_join(const ro_reading *r, const ro_question_view *v, const ro_asked *asked,
                     size_t at) {
    const ro_question_word *w = &r->words[v->first[at]];
    return w->entity < 0 && !w->node->left_out && at != asked->verb;
}

/* Nothing but blanks between this word and the one before: no field, no phrase, no full stop. */
static bool follows(const ro_reading *r, const ro_question_view *v, size_t at) {
    ro_str before = r->words[v->first[at - 1]].text, word = r->words[v->first[at]].text;
    const char *c = before.ptr + before.len;
    while (c < word.ptr && (*c == ' ' || *c == '\t' || *c == '\n')) {
        c++;
    }
    return c == word.ptr && before.ptr < word.ptr;
}

/* Words that the question has in a row say more where they stand so: "deputy foreign ministers". */
static ro_status add_phrases(const ro_reading *r, const ro_question_view *v, const ro_asked *asked,
                             ro_syntax ***tail) {
    for (size_t i = 0, end; i < v->count; i = end) {
        end = i + 1;
        if (!may_join(r, v, asked, i)) {
            continue;
        }
        while (end < v->count && may_join(r, v, asked, end) && follows(r, v, end)) {
            end++;
        }
        if (end < i + 2) {
            continue;
        }
        ro_str first = r->words[v->first[i]].text, last = r->words[v->first[end - 1]].text;
        ro_str text = ro_str_make(first.ptr, (size_t)(last.ptr - first.ptr) + last.len);
        ro_syntax *node = new_node(r, RO_SYNTAX_PHRASE, text, PHRASE_BOOST);
        if (!node) {
            return ro_fail_memory(r->err);
        }
        node->fields = is_about(asked) ? RO_FIELD_BODY : RO_FIELD_ANY;
        node->implied = true;
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
static ro_status rebuild(const ro_reading *r, const ro_question_view *v, const ro_asked *asked,
                         ro_syntax **tree) {
    ro_syntax *first = NULL, **tail = keep_words(*tree, &first);
    ro_status status = add_phrases(r, v, asked, &tail);
    if (status == RO_OK && *asked->expected) {
        status = add_any_of(r, ro_str_from(asked->expected), EXPECTED_BOOST, &tail);
    }
    if (status == RO_OK && talks_named(v, asked)) {
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

ro_status ro_reading_leave(const ro_reading *r, const ro_question_view *v, const ro_asked *asked,
                           ro_syntax **tree) {
    ro_status status = weigh_words(r, v, asked);
    return status == RO_OK ? rebuild(r, v, asked, tree) : status;
}
