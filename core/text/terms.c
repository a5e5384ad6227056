#include "terms.h"

#include "readout/analyser.h"
#include "readout/utf8.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#define INPUT_MAX 512 /* bytes of a word that are folded; its term has RO_TERM_MAX */
#define CACHE_ENTRIES 131072
#define ENTRY_BYTES 46

/* 64 bytes, a cache line. `bytes` holds the surface, then the form unless it is the same, then the
 * stem unless it begins the form. A word that does not fit is not remembered. */
struct ro_term_entry {
    void *note;
    uint32_t hash;
    int8_t language;
    uint8_t surface_len; /* 0: empty entry */
    uint8_t form_at;
    uint8_t form_len;
    uint8_t stem_at;
    uint8_t stem_len;
    char bytes[ENTRY_BYTES];
};

/* `marks`: the stemmer needs the language's marks, so words are stemmed with them and lose them
 * after. Not where readers leave them out: measured on Snowball's French and Spanish, stemming with
 * marks hides a quarter of the accented words from a query typed without; stemming without keeps
 * 92 of 100 words together with their kin.
 * `front`: the stemmer changes how some words of ASCII begin. */
static const struct {
    char code[3];
    const char *algorithm;
    bool marks;
    bool front;
} languages[RO_LANGUAGES] = {
    {"ar", "arabic", true, false},      {"ca", "catalan", false, false},
    {"da", "danish", false, false},     {"de", "german", false, false},
    {"el", "greek", true, false},       {"en", "english", false, false},
    {"es", "spanish", false, false},    {"eu", "basque", false, false},
    {"fi", "finnish", false, false},    {"fr", "french", false, false},
    {"ga", "irish", false, true},       {"hi", "hindi", false, false},
    {"hu", "hungarian", false, false},  {"hy", "armenian", false, false},
    {"id", "indonesian", false, true},  {"it", "italian", false, false},
    {"lt", "lithuanian", false, false}, {"nb", "norwegian", false, false},
    {"ne", "nepali", false, false},     {"nl", "dutch", false, false},
    {"no", "norwegian", false, false},  {"pt", "portuguese", false, false},
    {"ro", "romanian", false, false},   {"ru", "russian", true, false},
    {"sr", "serbian", true, true},      {"sv", "swedish", false, false},
    {"ta", "tamil", false, false},      {"tr", "turkish", false, true},
    {"yi", "yiddish", false, false},
};

static int language_row(ro_str language) {
    for (int i = 0; i < RO_LANGUAGES; i++) {
        if (ro_str_equal_nocase(language, ro_str_from(languages[i].code))) {
            return i;
        }
    }
    return -1;
}

bool ro_language_has_stemmer(ro_str language) {
    return language_row(language) >= 0;
}

bool ro_terms_begin_alike(const ro_terms *terms) {
    return terms->language < 0 || !languages[terms->language].front;
}

ro_status ro_terms_init(ro_terms *terms, ro_error *err) {
    *terms = (ro_terms){.language = -1};
    ro_status status = ro_folder_init(&terms->folder, err);
    if (status) {
        return status;
    }
    terms->cache = calloc(CACHE_ENTRIES, sizeof *terms->cache);
    return terms->cache ? RO_OK : ro_fail_memory(err);
}

void ro_terms_release(ro_terms *terms) {
    for (size_t i = 0; i < RO_LANGUAGES; i++) {
        sb_stemmer_delete(terms->stemmers[i]);
    }
    free(terms->cache);
    ro_buf_release(&terms->cased);
    ro_buf_release(&terms->form);
    ro_buf_release(&terms->stem);
    ro_folder_release(&terms->folder);
    *terms = (ro_terms){.language = -1};
}

void ro_terms_forget(ro_terms *terms) {
    memset(terms->cache, 0, CACHE_ENTRIES * sizeof *terms->cache);
}

/* Words whose stems changed between versions, or are likely to. */
uint32_t ro_stemmer_digest(void) {
    static const char *const probes[][2] = {
        {"english", "evening"},    {"english", "geologist"}, {"english", "negotiations"},
        {"english", "yelling"},    {"english", "pasted"},    {"english", "internal"},
        {"german", "lehrern"},     {"german", "gebaude"},    {"german", "verhandlungen"},
        {"dutch", "huizen"},       {"dutch", "lichamelijk"}, {"french", "negociations"},
        {"french", "naturelle"},   {"spanish", "naciones"},  {"spanish", "hablandoles"},
        {"italian", "divano"},     {"swedish", "lokaler"},   {"russian", "переговоры"},
        {"turkish", "gorusmeler"},
    };
    ro_buf stems = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        struct sb_stemmer *stemmer = sb_stemmer_new(probes[i][0], NULL);
        const char *word = probes[i][1];
        const sb_symbol *stem =
            stemmer ? sb_stemmer_stem(stemmer, (const sb_symbol *)word, (int)strlen(word)) : NULL;
        ro_buf_add(&stems, stem, stem ? (size_t)sb_stemmer_length(stemmer) : 0);
        ro_buf_add_byte(&stems, ' ');
        sb_stemmer_delete(stemmer);
    }
    uint64_t hash = ro_str_hash(ro_buf_str(&stems));
    ro_buf_release(&stems);
    return (uint32_t)(hash ^ hash >> 32);
}

ro_status ro_terms_language(ro_terms *terms, ro_str language, ro_error *err) {
    int row = language_row(language);
    if (row >= 0 && !terms->stemmers[row]) {
        terms->stemmers[row] = sb_stemmer_new(languages[row].algorithm, NULL);
        if (!terms->stemmers[row]) {
            return ro_fail_memory(err);
        }
    }
    terms->language = row;
    return RO_OK;
}

bool ro_is_apostrophe(uint32_t c) {
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0xFF07 || c == 0x02BC;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool has_digit(ro_str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (is_digit(s.ptr[i])) {
            return true;
        }
    }
    return false;
}

size_t ro_without_ending(ro_str word) {
    if (word.len < 3) {
        return word.len;
    }
    static const char *const endings[] = {"s", "re", "ve", "ll", "d", "m"};
    size_t letters = 0;
    while (letters < 3 && letters < word.len &&
           (unsigned char)word.ptr[word.len - 1 - letters] < 0x80 &&
           word.ptr[word.len - 1 - letters] != '\'') {
        letters++;
    }
    ro_str ending = ro_str_make(word.ptr + word.len - letters, letters);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (!ro_str_equal_nocase(ending, ro_str_from(endings[i]))) {
            continue;
        }
        for (size_t back = 1; back <= 3 && back < word.len - letters; back++) {
            size_t at = word.len - letters - back;
            size_t taken;
            if (ro_is_apostrophe(ro_utf8_decode(word.ptr + at, back, &taken)) && taken == back) {
                return at;
            }
        }
    }
    return word.len;
}

static bool is_ascii_alnum(UChar32 c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Drops what is not part of a letter or number; `.` and `,` stay between digits. In place. */
static void tidy(ro_buf *buf) {
    size_t len = 0;
    bool after_digit = false;
    for (size_t i = 0, taken; i < buf->len; i += taken) {
        UChar32 c = (UChar32)ro_utf8_decode(buf->ptr + i, buf->len - i, &taken);
        bool keep =
            is_ascii_alnum(c) || U_MASK(u_charType(c)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK);
        if (keep || (after_digit && c < 0x80 && i + 1 < buf->len && is_digit(buf->ptr[i + 1]))) {
            memmove(buf->ptr + len, buf->ptr + i, taken);
            len += taken;
        }
        after_digit = c < 0x80 && is_digit((char)c);
    }
    buf->len = len;
}

static void cut(ro_buf *buf) {
    buf->len = ro_utf8_prefix(ro_buf_str(buf), RO_TERM_MAX).len;
}

static bool stem_word(ro_terms *terms, ro_str word, ro_str *out) {
    struct sb_stemmer *stemmer = terms->stemmers[terms->language];
    const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.ptr, (int)word.len);
    *out = stem ? ro_str_make((const char *)stem, (size_t)sb_stemmer_length(stemmer)) : word;
    return stem != NULL;
}

/* form and stem into terms->form and terms->stem. */
static bool compute(ro_terms *terms, ro_str surface) {
    ro_buf_clear(&terms->cased);
    ro_buf_clear(&terms->form);
    ro_buf_clear(&terms->stem);
    surface.len = ro_without_ending(surface);
    surface = ro_utf8_prefix(surface, INPUT_MAX);
    ro_folder_add(&terms->folder, surface, RO_FOLD_CASE, &terms->cased);
    tidy(&terms->cased);
    cut(&terms->cased);
    ro_folder_add(&terms->folder, ro_buf_str(&terms->cased), RO_FOLD_MARKS, &terms->form);
    cut(&terms->form);
    if (terms->language < 0 || has_digit(ro_buf_str(&terms->form))) {
        ro_buf_add_str(&terms->stem, ro_buf_str(&terms->form));
    } else {
        bool marks = languages[terms->language].marks;
        ro_str stem;
        if (!stem_word(terms, ro_buf_str(marks ? &terms->cased : &terms->form), &stem)) {
            return false;
        }
        ro_folder_add(&terms->folder, stem, marks ? RO_FOLD_MARKS : 0, &terms->stem);
        cut(&terms->stem);
        if (terms->stem.len == 0) { /* a stemmer may take everything: keep what the word is */
            ro_buf_add_str(&terms->stem, ro_buf_str(&terms->form));
        }
    }
    return !terms->cased.failed && !terms->form.failed && !terms->stem.failed;
}

static bool remember(ro_term_entry *entry, uint32_t hash, int language, ro_str surface,
                     const ro_term *term) {
    bool same = ro_str_equal(surface, term->form);
    bool prefix = ro_str_starts_with(term->form, term->stem);
    size_t form_at = same ? 0 : surface.len;
    size_t stem_at = prefix ? form_at : form_at + term->form.len;
    if (surface.len == 0 || surface.len > ENTRY_BYTES || form_at + term->form.len > ENTRY_BYTES ||
        stem_at + term->stem.len > ENTRY_BYTES) {
        return false;
    }
    *entry = (ro_term_entry){.hash = hash,
                             .language = (int8_t)language,
                             .surface_len = (uint8_t)surface.len,
                             .form_at = (uint8_t)form_at,
                             .form_len = (uint8_t)term->form.len,
                             .stem_at = (uint8_t)stem_at,
                             .stem_len = (uint8_t)term->stem.len};
    memcpy(entry->bytes, surface.ptr, surface.len);
    if (!same) {
        memcpy(entry->bytes + form_at, term->form.ptr, term->form.len);
    }
    if (!prefix) {
        memcpy(entry->bytes + stem_at, term->stem.ptr, term->stem.len);
    }
    return true;
}

/* Nearly all words have 16 bytes or fewer. They are hashed and compared as two numbers, without a
 * loop or a branch that depends on their length. */
typedef struct word_key {
    uint64_t low;
    uint64_t high;
} word_key;

static uint64_t first_bytes(uint64_t eight, size_t count) {
    return count >= 8 ? eight : eight & ((UINT64_C(1) << 8 * count) - 1);
}

/* `ptr` has 16 bytes, of which the first `len` count, in the order of memory on a little-endian
 * machine; on another the key differs but serves as well. */
static word_key make_key(const char *ptr, size_t len) {
    word_key key;
    memcpy(&key, ptr, sizeof key);
    key.low = first_bytes(key.low, len);
    key.high = first_bytes(key.high, len < 8 ? 0 : len - 8);
    return key;
}

static word_key key_of(ro_str word, size_t room) {
    char padded[sizeof(word_key)] = {0};
    if (word.len <= sizeof padded && room < sizeof padded) {
        memcpy(padded, word.ptr, word.len);
        return make_key(padded, word.len);
    }
    return make_key(word.ptr, word.len);
}

static uint32_t hash_word(word_key key, ro_str word, int language) {
    uint64_t hash = key.low * 0x9E3779B97F4A7C15u;
    hash ^= (key.high + word.len + ((uint64_t)language << 32)) * 0xC2B2AE3D27D4EB4Fu;
    if (word.len > sizeof key) {
        hash ^= ro_str_hash(word);
    }
    hash = (hash ^ hash >> 31) * 0x165667B19E3779F9u;
    return (uint32_t)(hash >> 32);
}

ro_term_query ro_terms_ask(const ro_terms *terms, ro_str surface, size_t room) {
    word_key key = key_of(surface, room);
    uint32_t hash = hash_word(key, surface, terms->language);
    ro_term_entry *entry = &terms->cache[hash % CACHE_ENTRIES];
    __builtin_prefetch(entry, 1);
    return (ro_term_query){surface, entry, key.low, key.high, hash};
}

void ro_terms_near(const ro_term_query *query) {
    __builtin_prefetch(query->entry->note, 1);
}

static bool is_known(const ro_terms *terms, const ro_term_query *query) {
    const ro_term_entry *entry = query->entry;
    ro_str surface = query->surface;
    word_key known = make_key(entry->bytes, surface.len);
    return entry->hash == query->hash && entry->surface_len == surface.len &&
           entry->language == terms->language && known.low == query->low &&
           known.high == query->high &&
           (surface.len <= sizeof known || memcmp(entry->bytes, surface.ptr, surface.len) == 0);
}

bool ro_terms_get(ro_terms *terms, const ro_term_query *query, ro_term *term) {
    ro_term_entry *entry = query->entry;
    if (is_known(terms, query)) {
        term->form = ro_str_make(entry->bytes + entry->form_at, entry->form_len);
        term->stem = ro_str_make(entry->bytes + entry->stem_at, entry->stem_len);
        term->note = &entry->note;
        return true;
    }
    if (!compute(terms, query->surface)) {
        return false;
    }
    term->form = ro_buf_str(&terms->form);
    term->stem = ro_buf_str(&terms->stem);
    bool kept = remember(entry, query->hash, terms->language, query->surface, term);
    term->note = kept ? &entry->note : NULL;
    return true;
}

bool ro_terms_as_written(ro_terms *terms, ro_str surface, ro_term *term) {
    ro_buf_clear(&terms->form);
    ro_folder_add(&terms->folder, ro_utf8_prefix(surface, INPUT_MAX), RO_FOLD_CASE | RO_FOLD_MARKS,
                  &terms->form);
    cut(&terms->form);
    term->form = term->stem = ro_buf_str(&terms->form);
    term->note = NULL;
    return !terms->form.failed;
}
