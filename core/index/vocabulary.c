#include "vocabulary.h"

#include <stdlib.h>

#define WORDS_MAX 400000
#define FIRST_SLOTS 8192

void ro_vocabulary_release(ro_vocabulary *vocabulary) {
    ro_arena_release(&vocabulary->memory);
    free((void *)vocabulary->words);
    free((void *)vocabulary->terms);
    *vocabulary = (ro_vocabulary){.memory = RO_ARENA_INIT};
}

void ro_vocabulary_trim(ro_vocabulary *vocabulary) {
    if (vocabulary->word_count > WORDS_MAX) {
        ro_vocabulary_release(vocabulary);
    }
}

static bool grow_words(ro_vocabulary *vocabulary) {
    size_t slots = vocabulary->word_slots ? vocabulary->word_slots * 2 : FIRST_SLOTS;
    ro_vocabulary_word **grown = (ro_vocabulary_word **)calloc(slots, sizeof(void *));
    if (!grown) {
        return false;
    }
    for (size_t i = 0; i < vocabulary->word_slots; i++) {
        ro_vocabulary_word *word = vocabulary->words[i];
        if (word) {
            size_t slot = word->hash & (slots - 1);
            while (grown[slot]) {
                slot = (slot + 1) & (slots - 1);
            }
            grown[slot] = word;
        }
    }
    free((void *)vocabulary->words);
    vocabulary->words = grown;
    vocabulary->word_slots = slots;
    return true;
}

static size_t term_slot(uint64_t hash, bool is_form, size_t slots) {
    return (is_form ? ~hash : hash) & (slots - 1);
}

static bool grow_terms(ro_vocabulary *vocabulary) {
    size_t slots = vocabulary->term_slots ? vocabulary->term_slots * 2 : FIRST_SLOTS;
    ro_vocabulary_term **grown = (ro_vocabulary_term **)calloc(slots, sizeof(void *));
    if (!grown) {
        return false;
    }
    for (size_t i = 0; i < vocabulary->term_slots; i++) {
        ro_vocabulary_term *term = vocabulary->terms[i];
        if (term) {
            size_t slot = term_slot(term->hash, term->bytes[0] == '=', slots);
            while (grown[slot]) {
                slot = (slot + 1) & (slots - 1);
            }
            grown[slot] = term;
        }
    }
    free((void *)vocabulary->terms);
    vocabulary->terms = grown;
    vocabulary->term_slots = slots;
    return true;
}

static bool is_term(const ro_vocabulary_term *term, ro_str key, bool is_form) {
    return term->len == key.len + is_form && (term->bytes[0] == '=') == is_form &&
           memcmp(term->bytes + is_form, key.ptr, key.len) == 0;
}

static ro_vocabulary_term *get_term(ro_vocabulary *vocabulary, ro_str key, uint64_t hash,
                                    bool is_form) {
    if (vocabulary->term_count * 2 >= vocabulary->term_slots && !grow_terms(vocabulary)) {
        return NULL;
    }
    size_t slot = term_slot(hash, is_form, vocabulary->term_slots);
    for (; vocabulary->terms[slot]; slot = (slot + 1) & (vocabulary->term_slots - 1)) {
        if (is_term(vocabulary->terms[slot], key, is_form)) {
            return vocabulary->terms[slot];
        }
    }
    ro_str bytes =
        ro_arena_printf(&vocabulary->memory, "%s%.*s", is_form ? "=" : "", RO_STR_ARG(key));
    ro_vocabulary_term *term = ro_arena_alloc(&vocabulary->memory, sizeof *term);
    if (!bytes.ptr || !term) {
        return NULL;
    }
    *term = (ro_vocabulary_term){.bytes = bytes.ptr, .len = (uint32_t)bytes.len, .hash = hash};
    vocabulary->terms[slot] = term;
    vocabulary->term_count++;
    return term;
}

ro_vocabulary_word *ro_vocabulary_get(ro_vocabulary *vocabulary, ro_str form, ro_str stem) {
    if (vocabulary->word_count * 2 >= vocabulary->word_slots && !grow_words(vocabulary)) {
        return NULL;
    }
    uint64_t hash = ro_str_hash(form);
    size_t slot = hash & (vocabulary->word_slots - 1);
    for (; vocabulary->words[slot]; slot = (slot + 1) & (vocabulary->word_slots - 1)) {
        ro_vocabulary_word *word = vocabulary->words[slot];
        if (word->hash == hash && ro_str_equal(word->form, form) &&
            ro_str_equal(word->stem, stem)) {
            return word;
        }
    }
    ro_vocabulary_word *word = ro_arena_alloc(&vocabulary->memory, sizeof *word);
    if (!word) {
        return NULL;
    }
    bool same = ro_str_equal(form, stem);
    word->hash = hash;
    word->form = ro_arena_copy(&vocabulary->memory, form);
    word->stem = ro_arena_copy(&vocabulary->memory, stem);
    word->stem_term = get_term(vocabulary, stem, ro_str_hash(stem), false);
    word->form_term = same ? NULL : get_term(vocabulary, form, hash, true);
    if (!word->form.ptr || !word->stem.ptr || !word->stem_term || (!same && !word->form_term)) {
        return NULL;
    }
    vocabulary->words[slot] = word;
    vocabulary->word_count++;
    return word;
}
