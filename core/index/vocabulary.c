#include "vocabulary.h"

#define WORDS_MAX 400000

void ro_vocabulary_release(ro_vocabulary *vocabulary) {
    ro_term_pool_drop(vocabulary->pool);
    vocabulary->pool = NULL;
    ro_table_release(&vocabulary->words);
    ro_table_release(&vocabulary->terms);
}

bool ro_vocabulary_start(ro_vocabulary *vocabulary, bool *anew) {
    *anew = !vocabulary->pool || vocabulary->words.count > WORDS_MAX;
    if (*anew) {
        ro_vocabulary_release(vocabulary);
        vocabulary->pool = ro_term_pool_new();
    }
    return vocabulary->pool != NULL;
}

static bool is_term(const ro_vocabulary_term *term, ro_str key, bool is_form) {
    return term->len == key.len + is_form && (term->bytes[0] == '=') == is_form &&
           memcmp(term->bytes + is_form, key.ptr, key.len) == 0;
}

/* A form and a stem of the same letters are two terms, in two places of the table. */
static ro_vocabulary_term *get_term(ro_vocabulary *vocabulary, ro_str key, bool is_form) {
    ro_table *terms = &vocabulary->terms;
    uint64_t hash = ro_str_hash(key);
    uint64_t place = is_form ? ~hash : hash;
    if (!ro_table_reserve(terms)) {
        return NULL;
    }
    for (size_t at = ro_table_start(terms, place); terms->slots[at].item;
         at = ro_table_next(terms, at)) {
        ro_vocabulary_term *known = terms->slots[at].item;
        if (terms->slots[at].hash == place && is_term(known, key, is_form)) {
            return known;
        }
    }
    ro_vocabulary_term *term =
        ro_arena_alloc(&vocabulary->pool->memory, sizeof *term + is_form + key.len);
    if (term) {
        term->number = vocabulary->pool->count++;
        term->hash = hash;
        term->len = (uint32_t)(key.len + is_form);
        term->bytes[0] = '=';
        memcpy(term->bytes + is_form, key.ptr, key.len);
        ro_table_add(terms, place, term);
    }
    return term;
}

static bool is_word(const ro_vocabulary_word *word, ro_str form, ro_str stem) {
    return word->form_len == form.len && word->stem_len == stem.len &&
           memcmp(word->bytes, form.ptr, form.len) == 0 &&
           memcmp(word->bytes + form.len, stem.ptr, stem.len) == 0;
}

ro_vocabulary_word *ro_vocabulary_get(ro_vocabulary *vocabulary, ro_str form, ro_str stem) {
    ro_table *words = &vocabulary->words;
    uint64_t hash = ro_str_hash(form);
    if (!ro_table_reserve(words)) {
        return NULL;
    }
    for (size_t at = ro_table_start(words, hash); words->slots[at].item;
         at = ro_table_next(words, at)) {
        ro_vocabulary_word *known = words->slots[at].item;
        if (words->slots[at].hash == hash && is_word(known, form, stem)) {
            return known;
        }
    }
    bool same = ro_str_equal(form, stem);
    ro_vocabulary_word *word =
        ro_arena_alloc(&vocabulary->pool->memory, sizeof *word + form.len + stem.len);
    if (!word) {
        return NULL;
    }
    word->form_len = (uint32_t)form.len;
    word->stem_len = (uint32_t)stem.len;
    memcpy(word->bytes, form.ptr, form.len);
    memcpy(word->bytes + form.len, stem.ptr, stem.len);
    word->stem_term = get_term(vocabulary, stem, false);
    word->form_term = same ? NULL : get_term(vocabulary, form, true);
    if (!word->stem_term || (!same && !word->form_term)) {
        return NULL;
    }
    ro_table_add(words, hash, word);
    return word;
}
