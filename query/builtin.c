/* Synonyms that are built in: the names of countries and blocs, from the table of sides, and short
 * forms of given names, from the table of nicknames. */
#include "plan.h"

#include "readout/name.h"
#include "readout/side.h"

#include <ctype.h>

#define VARIANTS_MAX 8 /* of a given name */
#define PHRASE_MAX 64  /* bytes of a country's name */

/* ---- words in a row ------------------------------------------------------------------------- */

static bool takes_part(const ro_planner *p, const ro_syntax *node) {
    return node->kind == RO_SYNTAX_WORD && node->form == RO_FORM_STEM && !node->also_count &&
           node != p->unfinished;
}

/* Nothing but blanks stands between them in the text. */
static bool is_next(const ro_syntax *left, const ro_syntax *right) {
    const char *at = left->text.ptr + left->text.len;
    if (!left->text.len || strchr(",;:!?", at[-1])) {
        return false;
    }
    while (at < right->text.ptr && *at == ' ') {
        at++;
    }
    return right->at > left->at && at == right->text.ptr &&
           (size_t)(right->text.ptr - left->text.ptr) == right->at - left->at;
}

size_t ro_query_run(const ro_planner *p, ro_syntax *first, bool in_row,
                    ro_syntax *words[RO_RUN_MAX]) {
    size_t count = 0;
    for (ro_syntax *node = first; node && count < RO_RUN_MAX && takes_part(p, node);
         node = node->next) {
        bool follows = in_row && first->sign == RO_SIGN_NONE && node->sign == RO_SIGN_NONE &&
                       first->fields == node->fields;
        if (count && !(follows && is_next(words[count - 1], node))) {
            break;
        }
        words[count++] = node;
    }
    return count;
}

ro_str ro_query_run_text(ro_syntax *const *words, size_t count) {
    const ro_syntax *last = words[count - 1];
    const char *end = last->text.ptr + last->text.len;
    return ro_str_make(words[0]->text.ptr, (size_t)(end - words[0]->text.ptr));
}

void ro_query_run_join(ro_syntax *const *words, size_t count) {
    words[0]->text = ro_query_run_text(words, count);
    words[0]->next = words[count - 1]->next;
}

/* ---- countries ------------------------------------------------------------------------------ */

/* `us` and `un` are words, US and U.S. are a country; `uk` and `eu` are as good as UK and EU. */
static bool is_short_word(ro_str text) {
    bool word = ro_str_equal_nocase(text, RO_STR("us")) || ro_str_equal_nocase(text, RO_STR("un"));
    return word && islower((unsigned char)text.ptr[1]);
}

/* What holds other words finds nothing more than they do. */
static bool holds(ro_str name, ro_str words) {
    for (size_t at = 0; at + words.len <= name.len; at++) {
        bool begins = at == 0 || name.ptr[at - 1] == ' ';
        bool ends = at + words.len == name.len || name.ptr[at + words.len] == ' ';
        if (begins && ends && ro_str_equal_nocase(ro_str_make(name.ptr + at, words.len), words)) {
            return true;
        }
    }
    return false;
}

/* Names in which that of another country stands, and which have no other name themselves. */
static bool is_apart(ro_str name) {
    return ro_str_equal_nocase(name, RO_STR("Republic of China"));
}

static void keep_apart(ro_syntax *const *words, size_t count) {
    for (size_t n = count; n > 1; n--) {
        for (size_t i = 0; is_apart(ro_query_run_text(words, n)) && i < n; i++) {
            words[i]->of_name = true;
        }
    }
}

/* Makes one word of a run that names a country, with its other names. */
static ro_status add_country(ro_planner *p, ro_syntax *const *words, size_t count, ro_error *err) {
    ro_str names[RO_SIDE_NAMES_MAX], text = ro_query_run_text(words, count);
    ro_syntax *node = words[0];
    if (text.len > PHRASE_MAX || is_short_word(text)) {
        return RO_OK;
    }
    size_t found = ro_side_synonyms(text, names), kept = 0;
    for (size_t i = 0; i < found; i++) {
        bool more = !holds(names[i], text);
        for (size_t j = 0; j < kept; j++) {
            more = more && !holds(names[i], names[j]);
        }
        if (more) {
            names[kept++] = names[i];
        }
    }
    if (!kept) {
        return RO_OK;
    }
    node->also = ro_arena_alloc_array(p->arena, kept, sizeof(ro_str));
    if (!node->also) {
        return ro_fail_memory(err);
    }
    memcpy(node->also, names, kept * sizeof(ro_str));
    node->also_count = kept;
    ro_query_run_join(words, count);
    return RO_OK;
}

/* ---- people --------------------------------------------------------------------------------- */

static bool is_capital(ro_str word) {
    return word.len > 1 && isupper((unsigned char)*word.ptr);
}

static bool is_one_of(ro_str word, const char *const *words) {
    while (*words && !ro_str_equal_nocase(word, ro_str_from(*words))) {
        words++;
    }
    return *words != NULL;
}

/* A headline begins so more often than a name does. */
static bool is_word(ro_str given) {
    static const char *const words[] = {"art",  "chick", "chuck", "day",  "dot", "drew",
                                        "gene", "kit",   "lorry", "pat",  "ray", "rich",
                                        "rob",  "sue",   "tory",  "will", NULL};
    return is_one_of(given, words);
}

/* A country, or a word that joins others. */
static bool is_no_family(ro_str word) {
    static const char *const words[] = {"a",  "an", "and", "as", "at",  "by", "for", "from", "in",
                                        "is", "of", "on",  "or", "the", "to", "was", "with", NULL};
    ro_side side;
    ro_side_class class;
    return is_one_of(word, words) || (ro_side_find(word, &side, &class) && class <= RO_SIDE_NATION);
}

/* Other forms of a given name count before its family name only: `Bill Burns` is William Burns,
 * too, and `bill` is no William. */
static ro_status add_person(ro_planner *p, ro_syntax *given, const ro_syntax *family,
                            ro_error *err) {
    ro_str variants[VARIANTS_MAX];
    if (!is_capital(given->text) || !is_capital(family->text) || is_word(given->text) ||
        is_no_family(family->text)) {
        return RO_OK;
    }
    size_t count = ro_name_variants(given->text, variants, VARIANTS_MAX);
    if (!count) {
        return RO_OK;
    }
    ro_str *also = ro_arena_alloc_array(p->arena, count, sizeof *also);
    if (!also) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        also[i] = ro_arena_printf(p->arena, "%c%.*s %.*s", toupper((unsigned char)*variants[i].ptr),
                                  (int)variants[i].len - 1, variants[i].ptr + 1,
                                  RO_STR_ARG(family->text));
        if (!also[i].ptr) {
            return ro_fail_memory(err);
        }
    }
    given->also = also;
    given->also_count = count;
    return RO_OK;
}

ro_status ro_query_builtin(ro_planner *p, ro_syntax *node, bool in_row, ro_error *err) {
    ro_syntax *words[RO_RUN_MAX];
    size_t count = ro_query_run(p, node, in_row, words);
    ro_status status = RO_OK;
    keep_apart(words, count);
    if (node->of_name) {
        return RO_OK;
    }
    for (size_t n = count; status == RO_OK && n && !node->also_count; n--) {
        status = add_country(p, words, n, err);
    }
    if (status == RO_OK && count > 1 && !node->also_count) {
        status = add_person(p, node, words[1], err);
    }
    return status;
}
