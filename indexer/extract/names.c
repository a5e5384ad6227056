#include "names.h"

#include "readout/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

static bool is_suffix(ro_str word) {
    static const char *const SUFFIXES[] = {"Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV"};
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        if (ro_str_equal(word, ro_str_from(SUFFIXES[i]))) {
            return true;
        }
    }
    return false;
}

static ro_str next_word(ro_str *rest) {
    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == ',' || rest->ptr[0] == '\n')) {
        *rest = ro_str_make(rest->ptr + 1, rest->len - 1);
    }
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != ',' &&
           rest->ptr[len] != '\n') {
        len++;
    }
    ro_str word = ro_str_make(rest->ptr, len);
    *rest = ro_str_make(rest->ptr + len, rest->len - len);
    return word;
}

void name_split(const lexicon *lex, ro_str name, name_parts *out) {
    out->count = 0;
    for (ro_str word = next_word(&name); word.len && out->count < NAME_PARTS_MAX;
         word = next_word(&name)) {
        bool particle = lexicon_find(lex, LEX_PARTICLE, word) != NULL;
        if (!is_suffix(word) && !(particle && (name.len > 0 || out->count > 0))) {
            out->words[out->count++] = word;
        }
    }
}

/* The plain letter of a character: é -> e, Ş -> s; 0 when it is none. */
static char plain_letter(uint32_t c) {
    if (c < 0x80) {
        c = (uint32_t)u_tolower((UChar32)c);
        return c >= 'a' && c <= 'z' ? (char)c : 0;
    }
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);
    UChar parts[8];
    int32_t n = U_SUCCESS(error) ? unorm2_getDecomposition(nfd, (UChar32)c, parts, 8, &error) : 0;
    UChar32 base = U_SUCCESS(error) && n > 0 ? parts[0] : (UChar32)c;
    if (base == 0x131) {
        return 'i';
    }
    if (base == 0xF8 || base == 0xD8) {
        return 'o';
    }
    base = u_tolower(base);
    return base >= 'a' && base <= 'z' ? (char)base : 0;
}

/* Letter groups and what they become, longest first. */
static const struct {
    const char *from, *to;
} FOLDS[] = {{"iou", "iu"}, {"you", "iu"}, {"ou", "u"}, {"oo", "u"}, {"kh", "h"},
             {"ks", "x"},   {"ts", "c"},   {"tz", "c"}, {"zh", "j"}, {"ph", "f"}};

static size_t fold_group(const char *at, char *out, size_t *len) {
    for (size_t i = 0; i < sizeof FOLDS / sizeof *FOLDS; i++) {
        size_t n = FOLDS[i].from[0] == at[0] ? strlen(FOLDS[i].from) : 0;
        if (n > 0 && strncmp(at, FOLDS[i].from, n) == 0) {
            size_t m = strlen(FOLDS[i].to);
            memcpy(out + *len, FOLDS[i].to, m);
            *len += m;
            return n;
        }
    }
    return 0;
}

size_t name_fold(ro_str word, char out[NAME_FOLD_MAX]) {
    char plain[NAME_FOLD_MAX + 1];
    size_t n = 0;
    for (size_t i = 0, taken = 0; i < word.len && n < NAME_FOLD_MAX; i += taken) {
        char c = plain_letter(ro_utf8_decode(word.ptr + i, word.len - i, &taken));
        if (c) {
            plain[n++] = c;
        }
        /* al-Aiban, el-Sisi: the article goes with its hyphen */
        if (i == 2 && word.ptr[i] == '-' && n == 2 && plain[1] == 'l' &&
            (plain[0] == 'a' || plain[0] == 'e')) {
            n = 0;
        }
    }
    plain[n] = 0;
    size_t len = 0;
    for (size_t i = 0; i < n;) {
        size_t taken = fold_group(plain + i, out, &len);
        if (taken == 0) {
            char c = plain[i] == 'y' || plain[i] == 'j' ? 'i' : plain[i];
            if (len == 0 || out[len - 1] != c) {
                out[len++] = c;
            }
            taken = 1;
        }
        i += taken;
    }
    return len;
}

uint32_t name_hash(ro_str word) {
    char fold[NAME_FOLD_MAX];
    size_t len = name_fold(word, fold);
    uint64_t h = ro_str_hash(ro_str_make(fold, len));
    return (uint32_t)(h ^ h >> 32);
}

bool name_word_equal(ro_str a, ro_str b) {
    char fa[NAME_FOLD_MAX];
    char fb[NAME_FOLD_MAX];
    size_t la = name_fold(a, fa);
    size_t lb = name_fold(b, fb);
    return la > 0 && la == lb && memcmp(fa, fb, la) == 0;
}

static bool is_initial_of(ro_str initial, ro_str word) {
    bool single = initial.len == 1 || (initial.len == 2 && initial.ptr[1] == '.');
    return single && word.len > 0 && initial.ptr[0] == word.ptr[0];
}

bool name_given_fits(const lexicon *lex, ro_str a, ro_str b) {
    if (name_word_equal(a, b) || is_initial_of(a, b) || is_initial_of(b, a)) {
        return true;
    }
    const lex_entry *na = lexicon_find(lex, LEX_NICK, a);
    const lex_entry *nb = lexicon_find(lex, LEX_NICK, b);
    return (na && name_word_equal(na->value, b)) || (nb && name_word_equal(nb->value, a)) ||
           (na && nb && ro_str_equal(na->value, nb->value));
}
