#include "tokens.h"

#include "readout/side.h"

#include <stdlib.h>

/* Names of the classes in the order of lex_class. */
static const char *const CLASSES[LEX_CLASS_COUNT] = {
    "country",   "nation",    "capital", "city",      "metonym",  "bloc",     "region",  "office",
    "officemod", "portfolio", "former",  "honorific", "particle", "sidenoun", "both",    "body",
    "orgword",   "given",     "nick",    "aux",       "modal",    "neg",      "adv",     "clause",
    "prep",      "det",       "func",    "pronoun",   "abbr",     "month",    "weekday", "reldate",
    "number",    "unit",      "say",     "accord",    "media",    "out",      "outnoun", "claim",
    "offer",     "treaty",    "cancel",  "act",       "talk",     "audience", "govern",  "meet",
    "part",      "topic",     "state",   "suppose",   "common"};

#define SIDED                                                                                      \
    (LEX_BIT(LEX_COUNTRY) | LEX_BIT(LEX_NATION) | LEX_BIT(LEX_CAPITAL) | LEX_BIT(LEX_CITY) |       \
     LEX_BIT(LEX_METONYM) | LEX_BIT(LEX_BLOC))
#define SIDES_ALL 512

typedef struct slot {
    uint64_t key; /* node and word, or a word's hash; 0 empty */
    uint32_t value;
} slot;

typedef struct table {
    slot *slots;
    size_t room, used; /* room is a power of two */
} table;

/* A node of the trie. Most phrases are one word that begins no other, so most steps end before the
 * table of edges is asked. */
typedef struct trie_node {
    uint32_t entry; /* the first that ends here, 0 none */
    bool goes_on;
} trie_node;

struct lexicon {
    ro_arena arena;
    table words;     /* hash of the word -> number */
    uint32_t *roots; /* word -> node of phrases that begin with it, 0 none */
    size_t root_room;
    table edges; /* node, word -> node, but from the root */
    trie_node *nodes;
    size_t node_count, node_room;
    lex_entry *entries; /* entry 0 is none */
    size_t entry_count, entry_room;
    uint32_t word_count;
    ro_side sides[SIDES_ALL];
    uint32_t capitals[SIDES_ALL]; /* side -> entry */
    uint16_t side_count;
};

/* ---- hash tables ----------------------------------------------------------------------------- */

static size_t place_of(uint64_t key, size_t room) {
    key ^= key >> 31;
    key *= 0x9E3779B97F4A7C15ULL;
    return (size_t)(key >> 32) & (room - 1);
}

static uint32_t table_find(const table *t, uint64_t key) {
    for (size_t i = place_of(key, t->room);; i = (i + 1) & (t->room - 1)) {
        if (t->slots[i].key == key) {
            return t->slots[i].value;
        }
        if (t->slots[i].key == 0) {
            return 0;
        }
    }
}

static void table_set(table *t, uint64_t key, uint32_t value) {
    size_t i = place_of(key, t->room);
    while (t->slots[i].key != 0) {
        i = (i + 1) & (t->room - 1);
    }
    t->slots[i] = (slot){key, value};
    t->used++;
}

static bool table_grow(table *t) {
    if (t->room > 0 && t->used * 2 < t->room) {
        return true;
    }
    table next = {calloc(t->room ? t->room * 2 : 4096, sizeof(slot)), t->room ? t->room * 2 : 4096,
                  0};
    if (!next.slots) {
        return false;
    }
    for (size_t i = 0; i < t->room; i++) {
        if (t->slots[i].key != 0) {
            table_set(&next, t->slots[i].key, t->slots[i].value);
        }
    }
    free(t->slots);
    *t = next;
    return true;
}

static uint64_t edge_key(uint32_t node, uint32_t word) {
    return ((uint64_t)node << 32 | word) + 1;
}

static uint64_t word_key(const char *word, size_t len) {
    return ro_str_hash(ro_str_make(word, len)) | 1;
}

/* ---- looking up ------------------------------------------------------------------------------ */

uint32_t lexicon_word(const lexicon *lex, const char *word, size_t len) {
    return len ? table_find(&lex->words, word_key(word, len)) : 0;
}

uint32_t lexicon_step(const lexicon *lex, uint32_t node, uint32_t word) {
    if (node == 0) {
        return lex->roots[word];
    }
    return word && lex->nodes[node].goes_on ? table_find(&lex->edges, edge_key(node, word)) : 0;
}

uint32_t lexicon_entries(const lexicon *lex, uint32_t node) {
    return lex->nodes[node].entry;
}

const lex_entry *lexicon_entry(const lexicon *lex, uint32_t entry) {
    return &lex->entries[entry];
}

ro_side lexicon_side(const lexicon *lex, uint16_t side) {
    return lex->sides[side];
}

const lex_entry *lexicon_capital(const lexicon *lex, uint16_t side) {
    return lex->capitals[side] ? &lex->entries[lex->capitals[side]] : NULL;
}

static uint32_t word_of(const lexicon *lex, ro_str text, const token *t) {
    char folded[LEX_WORD_MAX];
    size_t len = token_fold(text, t, folded);
    return lexicon_word(lex, folded, len);
}

const lex_entry *lexicon_find(const lexicon *lex, lex_class class, ro_str text) {
    uint32_t node = 0;
    token t;
    for (size_t at = 0; token_scan(text, &at, &t);) {
        if (t.kind == '.') {
            continue;
        }
        node = lexicon_step(lex, node, word_of(lex, text, &t));
        if (node == 0) {
            return NULL;
        }
    }
    for (uint32_t e = node ? lex->nodes[node].entry : 0; e; e = lex->entries[e].next) {
        if (lex->entries[e].class == class) {
            return &lex->entries[e];
        }
    }
    return NULL;
}

/* ---- building -------------------------------------------------------------------------------- */

static bool make_room(void **list, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return true;
    }
    size_t more = *room ? *room * 2 : 1024;
    void *grown = realloc(*list, more * size);
    if (!grown) {
        return false;
    }
    *list = grown;
    *room = more;
    return true;
}

static uint32_t take_word(lexicon *lex, ro_str text, const token *t) {
    char folded[LEX_WORD_MAX];
    size_t len = token_fold(text, t, folded);
    uint32_t word = lexicon_word(lex, folded, len);
    if (word == 0 && len > 0 && table_grow(&lex->words) &&
        make_room((void **)&lex->roots, lex->word_count + 1, &lex->root_room, sizeof *lex->roots)) {
        word = ++lex->word_count;
        lex->roots[word] = 0;
        table_set(&lex->words, word_key(folded, len), word);
    }
    return word;
}

static uint32_t take_node(lexicon *lex, uint32_t node, uint32_t word) {
    uint32_t next = lexicon_step(lex, node, word);
    if (next != 0 || word == 0 || !table_grow(&lex->edges) ||
        !make_room((void **)&lex->nodes, lex->node_count, &lex->node_room, sizeof *lex->nodes)) {
        return next;
    }
    next = (uint32_t)lex->node_count++;
    lex->nodes[next] = (trie_node){0, false};
    if (node == 0) {
        lex->roots[word] = next;
    } else {
        lex->nodes[node].goes_on = true;
        table_set(&lex->edges, edge_key(node, word), next);
    }
    return next;
}

static uint16_t take_side(lexicon *lex, ro_str code) {
    for (uint16_t i = 1; i < lex->side_count; i++) {
        if (ro_str_equal(code, ro_str_from(lex->sides[i].code))) {
            return i;
        }
    }
    if (code.len < 2 || code.len > 4 || lex->side_count >= SIDES_ALL) {
        return 0;
    }
    memcpy(lex->sides[lex->side_count].code, code.ptr, code.len);
    return lex->side_count++;
}

static int32_t number_of(ro_str s) {
    int32_t n = 0;
    bool minus = s.len > 0 && s.ptr[0] == '-';
    for (size_t i = minus; i < s.len && i < 6; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return 0;
        }
        n = n * 10 + (s.ptr[i] - '0');
    }
    return minus ? -n : n;
}

/* Adds one phrase as it is written. */
static ro_status add_phrase(lexicon *lex, lex_class class, ro_str value, ro_str phrase,
                            ro_error *err) {
    lex_entry e = {.class = class, .value = value, .phrase = phrase, .number = number_of(value)};
    uint32_t node = 0;
    token t;
    for (size_t at = 0; token_scan(phrase, &at, &t);) {
        if (t.kind == '.') {
            continue; /* an abbreviation's dot is part of it in texts */
        }
        if (e.words == 0) {
            e.letters = t.flags & TOK_UPPER ? 2 : t.flags & TOK_CAP ? 1 : 0;
        }
        if (++e.words > LEX_PHRASE_WORDS_MAX + 4) {
            return ro_fail(err, RO_FORMAT, "phrase '%.*s' is too long", RO_STR_ARG(phrase));
        }
        node = take_node(lex, node, take_word(lex, phrase, &t));
        if (node == 0) {
            return ro_fail(err, RO_FORMAT, "phrase '%.*s' cannot be stored", RO_STR_ARG(phrase));
        }
    }
    if (e.words == 0) {
        return ro_fail(err, RO_FORMAT, "phrase '%.*s' is empty", RO_STR_ARG(phrase));
    }
    if (LEX_BIT(class) & SIDED) {
        e.side = take_side(lex, value);
    }
    if (!make_room((void **)&lex->entries, lex->entry_count, &lex->entry_room, sizeof e)) {
        return ro_fail_memory(err);
    }
    if (class == LEX_CAPITAL && lex->capitals[e.side] == 0) {
        lex->capitals[e.side] = (uint32_t)lex->entry_count;
    }
    e.next = lex->nodes[node].entry;
    lex->nodes[node].entry = (uint32_t)lex->entry_count;
    lex->entries[lex->entry_count++] = e;
    return RO_OK;
}

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* Third person, past, -ing of a regular verb. */
static ro_str conjugate(ro_arena *arena, ro_str verb, ro_str rest, int form) {
    static const char *const PLAIN[] = {"s", "ed", "ing"};
    static const char *const SIBILANT[] = {"es", "ed", "ing"};
    char last = verb.ptr[verb.len - 1];
    char before = verb.len > 1 ? verb.ptr[verb.len - 2] : 'a';
    const char *ending = PLAIN[form];
    if (last == 'e') {
        ending = form == 1 ? "d" : ending;
        verb.len -= form == 2 && before != 'e' ? 1 : 0;
    } else if (last == 'y' && !is_vowel(before)) {
        ending = form == 0 ? "ies" : form == 1 ? "ied" : "ing";
        verb.len -= form == 2 ? 0 : 1;
    } else if (last == 's' || last == 'x' || last == 'z' ||
               (last == 'h' && (before == 's' || before == 'c'))) {
        ending = SIBILANT[form];
    }
    return ro_arena_printf(arena, "%.*s%s%.*s", RO_STR_ARG(verb), ending, RO_STR_ARG(rest));
}

static ro_status add_forms(lexicon *lex, lex_class class, ro_str value, ro_str phrase,
                           ro_error *err) {
    if (phrase.len < 2 || phrase.ptr[0] != '~') {
        return add_phrase(lex, class, value, phrase, err);
    }
    phrase = ro_str_make(phrase.ptr + 1, phrase.len - 1);
    size_t len = 0;
    while (len < phrase.len && phrase.ptr[len] != ' ' && phrase.ptr[len] != '-') {
        len++;
    }
    ro_str verb = ro_str_make(phrase.ptr, len);
    ro_str rest = ro_str_make(phrase.ptr + len, phrase.len - len);
    ro_status status = add_phrase(lex, class, value, phrase, err);
    for (int form = 0; form < 3 && status == RO_OK && len > 0; form++) {
        ro_str inflected = conjugate(&lex->arena, verb, rest, form);
        status =
            inflected.ptr ? add_phrase(lex, class, value, inflected, err) : ro_fail_memory(err);
    }
    return status;
}

static ro_str take_field(ro_str *line, char mark) {
    const char *end = line->len ? memchr(line->ptr, mark, line->len) : NULL;
    ro_str field = ro_str_make(line->ptr, end ? (size_t)(end - line->ptr) : line->len);
    size_t step = end ? field.len + 1 : field.len;
    *line = ro_str_make(line->ptr + step, line->len - step);
    return ro_str_trim(field);
}

static ro_status add_phrases(lexicon *lex, lex_class class, ro_str value, ro_str phrases,
                             ro_error *err) {
    ro_status status = RO_OK;
    while (phrases.len > 0 && status == RO_OK) {
        ro_str phrase = take_field(&phrases, '|');
        if (phrase.len > 0) {
            status = add_forms(lex, class, value, phrase, err);
        }
    }
    return status;
}

ro_status lexicon_add_sides(lexicon *lex, ro_error *err) {
    static const lex_class OF[] = {[RO_SIDE_COUNTRY] = LEX_COUNTRY,
                                   [RO_SIDE_BLOC] = LEX_BLOC,
                                   [RO_SIDE_NATION] = LEX_NATION,
                                   [RO_SIDE_METONYM] = LEX_METONYM,
                                   [RO_SIDE_CAPITAL] = LEX_CAPITAL};
    size_t count;
    const ro_side_line *lines = ro_side_lines(&count);
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && status == RO_OK; i++) {
        status = add_phrases(lex, OF[lines[i].class], ro_str_from(lines[i].code),
                             ro_str_from(lines[i].phrases), err);
    }
    return status;
}

static ro_status add_line(lexicon *lex, ro_str line, ro_error *err) {
    ro_str name = take_field(&line, '\t');
    ro_str value = take_field(&line, '\t');
    int class = 0;
    while (class < LEX_CLASS_COUNT && !ro_str_equal(name, ro_str_from(CLASSES[class]))) {
        class ++;
    }
    if (class == LEX_CLASS_COUNT) {
        return ro_fail(err, RO_FORMAT, "unknown class '%.*s'", RO_STR_ARG(name));
    }
    if (value.len == 0 || line.len == 0) {
        return ro_fail(err, RO_FORMAT, "expected class, value and phrases parted by tabs");
    }
    return add_phrases(lex, (lex_class) class, value, line, err);
}

ro_status lexicon_add(lexicon *lex, const char *name, ro_str text, ro_error *err) {
    text = ro_arena_copy(&lex->arena, text);
    if (!text.ptr) {
        return ro_fail_memory(err);
    }
    for (int64_t number = 1; text.len > 0; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&text, '\n'));
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        ro_error why = RO_ERROR_INIT;
        ro_status status = add_line(lex, line, &why);
        if (status != RO_OK) {
            return ro_fail_at(err, status, number, "%s: line %lld: %s", name, (long long)number,
                              why.message);
        }
    }
    return RO_OK;
}

ro_status lexicon_new(lexicon **out, ro_error *err) {
    *out = NULL;
    lexicon *lex = calloc(1, sizeof *lex);
    if (!lex) {
        return ro_fail_memory(err);
    }
    lex->side_count = 1;
    if (!table_grow(&lex->words) || !table_grow(&lex->edges) ||
        !make_room((void **)&lex->roots, 0, &lex->root_room, sizeof *lex->roots) ||
        !make_room((void **)&lex->nodes, 0, &lex->node_room, sizeof *lex->nodes) ||
        !make_room((void **)&lex->entries, 0, &lex->entry_room, sizeof *lex->entries)) {
        lexicon_free(lex);
        return ro_fail_memory(err);
    }
    lex->roots[0] = 0; /* of words in no phrase */
    lex->nodes[0] = (trie_node){0, true};
    lex->node_count = 1;
    lex->entries[0] = (lex_entry){.class = LEX_CLASS_COUNT};
    lex->entry_count = 1;
    *out = lex;
    return RO_OK;
}

void lexicon_free(lexicon *lex) {
    if (lex) {
        ro_arena_release(&lex->arena);
        free(lex->words.slots);
        free(lex->roots);
        free(lex->edges.slots);
        free(lex->nodes);
        free(lex->entries);
        free(lex);
    }
}
