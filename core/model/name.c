#include "readout/name.h"

#include "hash.h"
#include "nicknames.h"

#include "readout/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_listed(ro_str word, const char *const *list, size_t count) {
    for (size_t i = 0; i < count && word.len > 0; i++) {
        bool first = ((list[i][0] ^ word.ptr[0]) & ~0x20) == 0; /* settles most */
        if (first && ro_str_equal_nocase(word, ro_str_from(list[i]))) {
            return true;
        }
    }
    return false;
}
#define IS_LISTED(word, list) is_listed(word, list, sizeof(list) / sizeof *(list))

static int generation_of(ro_str word) {
    static const struct {
        const char *word;
        int generation;
    } WORDS[] = {{"Sr.", 1}, {"Sr", 1}, {"Jr.", 2}, {"Jr", 2}, {"II", 2}, {"III", 3}, {"IV", 4}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (ro_str_equal(word, ro_str_from(WORDS[i].word))) {
            return WORDS[i].generation;
        }
    }
    return 0;
}

/* Ben Bernanke and Al Gore have given names that are particles elsewhere. */
static bool is_particle(ro_str word, bool leads) {
    bool given = leads && (ro_str_equal(word, RO_STR("Ben")) || ro_str_equal(word, RO_STR("Al")));
    return !given && is_listed(word, RO_PARTICLES, RO_PARTICLE_COUNT);
}

/* Bytes of a separator at the start of the text, 0 if there is none: white space, no-break space, a
 * comma. */
static size_t separator(ro_str s) {
    if (s.len == 0) {
        return 0;
    }
    if (s.len > 1 && memcmp(s.ptr, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    static const char MARKS[] = {' ', ',', '\n', '\t', '\r'};
    return memchr(MARKS, s.ptr[0], sizeof MARKS) ? 1 : 0;
}

static ro_str next_word(ro_str *rest) {
    for (size_t n = separator(*rest); n > 0; n = separator(*rest)) {
        *rest = ro_str_make(rest->ptr + n, rest->len - n);
    }
    ro_str word = ro_str_make(rest->ptr, 0);
    while (word.len < rest->len &&
           separator(ro_str_make(rest->ptr + word.len, rest->len - word.len)) == 0) {
        word.len++;
    }
    *rest = ro_str_make(rest->ptr + word.len, rest->len - word.len);
    return word;
}

void ro_name_split(ro_str name, ro_name_words *out) {
    out->count = 0;
    for (ro_str word = next_word(&name); word.len && out->count < RO_NAME_WORDS_MAX;
         word = next_word(&name)) {
        bool alone = name.len == 0 && out->count == 0; /* "Ban" is a name where nothing else is */
        if (!generation_of(word) && (alone || !is_particle(word, out->count == 0))) {
            out->words[out->count++] = word;
        }
    }
}

/* ---- the fold -------------------------------------------------------------------------------- */

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
    static const struct {
        UChar32 from;
        char to;
    } STROKED[] = {{0x131, 'i'}, {0xF8, 'o'},  {0xD8, 'o'},  {0x142, 'l'},
                   {0x141, 'l'}, {0x111, 'd'}, {0x110, 'd'}, {0x259, 'a'}};
    for (size_t i = 0; i < sizeof STROKED / sizeof *STROKED; i++) {
        if (base == STROKED[i].from) {
            return STROKED[i].to;
        }
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

/* The letters of a word, plain and in lower case. */
static size_t plain_word(ro_str word, char plain[RO_NAME_FOLD_MAX + 1]) {
    size_t n = 0;
    for (size_t i = 0, taken = 0; i < word.len && n < RO_NAME_FOLD_MAX; i += taken) {
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
    return n;
}

static size_t fold_plain(const char *plain, size_t n, char out[RO_NAME_FOLD_MAX]) {
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

size_t ro_name_fold(ro_str word, char out[RO_NAME_FOLD_MAX]) {
    char plain[RO_NAME_FOLD_MAX + 1];
    return fold_plain(plain, plain_word(word, plain), out);
}

uint32_t ro_name_hash(ro_str word) {
    char fold[RO_NAME_FOLD_MAX];
    return ro_stored_hash(fold, ro_name_fold(word, fold));
}

bool ro_name_word_equal(ro_str a, ro_str b) {
    char fa[RO_NAME_FOLD_MAX];
    char fb[RO_NAME_FOLD_MAX];
    size_t la = ro_name_fold(a, fa);
    size_t lb = ro_name_fold(b, fb);
    return la > 0 && la == lb && memcmp(fa, fb, la) == 0;
}

/* ---- given names ----------------------------------------------------------------------------- */

/* The rows of a nickname in the table. */
static void find_nick(const char *plain, ro_given *out) {
    size_t low = 0;
    size_t high = RO_NICKNAME_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(RO_NICKNAMES[middle].nick, plain) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    out->nick = (uint16_t)low;
    while (low < RO_NICKNAME_COUNT && strcmp(RO_NICKNAMES[low].nick, plain) == 0) {
        low++;
    }
    out->nick_end = (uint16_t)low;
}

/* J, J., H.W. */
static bool is_initial(ro_str word) {
    bool initial = word.len == 1 || (word.len % 2 == 0 && word.len <= 6);
    for (size_t i = 1; i < word.len && initial; i += 2) {
        initial = word.ptr[i] == '.';
    }
    return initial && word.len > 0;
}

static void read_given(ro_str word, ro_given *out) {
    char plain[RO_NAME_FOLD_MAX + 1];
    size_t n = plain_word(word, plain);
    out->letter = plain[0];
    out->initial = is_initial(word);
    out->fold[fold_plain(plain, n, out->fold)] = 0;
    find_nick(plain, out);
}

const char *ro_given_whole(const ro_given *given, char out[RO_NAME_FOLD_MAX + 1]) {
    if (given->nick == given->nick_end) {
        return given->fold;
    }
    out[ro_name_fold(ro_str_from(RO_NICKNAMES[given->nick].full), out)] = 0;
    return out;
}

static bool is_nick_of(const ro_given *nick, const ro_given *full) {
    for (uint16_t i = nick->nick; i < nick->nick_end; i++) {
        ro_str name = ro_str_from(RO_NICKNAMES[i].full);
        char fold[RO_NAME_FOLD_MAX];
        size_t len = ro_name_fold(name, fold);
        if (len == strlen(full->fold) && memcmp(fold, full->fold, len) == 0) {
            return true;
        }
        for (uint16_t k = full->nick; k < full->nick_end; k++) {
            if (strcmp(RO_NICKNAMES[k].full, name.ptr) == 0) {
                return true;
            }
        }
    }
    return false;
}

static ro_name_fit compare_given(const ro_given *a, const ro_given *b) {
    if (a->initial || b->initial) {
        ro_name_fit fit = a->initial && b->initial ? RO_NAME_EQUAL : RO_NAME_INITIAL;
        return a->letter == b->letter ? fit : RO_NAME_DIFFERS;
    }
    if (strcmp(a->fold, b->fold) == 0) {
        return a->fold[0] ? RO_NAME_EQUAL : RO_NAME_DIFFERS;
    }
    return is_nick_of(a, b) || is_nick_of(b, a) ? RO_NAME_NICKNAME : RO_NAME_DIFFERS;
}

bool ro_name_given_fits(ro_str a, ro_str b) {
    ro_given ga;
    ro_given gb;
    read_given(a, &ga);
    read_given(b, &gb);
    return compare_given(&ga, &gb) != RO_NAME_DIFFERS;
}

size_t ro_name_variants(ro_str given, ro_str *out, size_t max) {
    char plain[RO_NAME_FOLD_MAX + 1];
    size_t count = 0;
    (void)plain_word(given, plain);
    for (size_t i = 0; *plain && i < RO_NICKNAME_COUNT && count < max; i++) {
        const ro_nickname *row = &RO_NICKNAMES[i];
        if (strcmp(row->nick, plain) == 0) {
            out[count++] = ro_str_from(row->full);
        } else if (strcmp(row->full, plain) == 0) {
            out[count++] = ro_str_from(row->nick);
        }
    }
    return count;
}

/* ---- whole names ----------------------------------------------------------------------------- */

/* "STRONG DOLLAR Geithner": words of a headline before a name are no part of it. */
static bool is_shouted(ro_str word) {
    size_t upper = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] >= 'a' && word.ptr[i] <= 'z') {
            return false;
        }
        upper += word.ptr[i] >= 'A' && word.ptr[i] <= 'Z';
    }
    return upper > 2 && !memchr(word.ptr, '.', word.len);
}

static size_t drop_shouted(ro_name_words *words) {
    size_t first = 0;
    if (words->count > 0 && !is_shouted(words->words[words->count - 1])) {
        while (first + 1 < words->count && is_shouted(words->words[first])) {
            first++;
        }
    }
    return first;
}

static bool is_eastern_side(ro_side side) {
    static const char *const SIDES[] = {"CN", "TW", "HK", "MO", "KR", "KP", "VN"};
    return IS_LISTED(ro_str_from(side.code), SIDES);
}

/* Without a side: a surname of those countries that is no English given name, or Jong-un after it.
 */
static bool is_eastern_name(const ro_name_words *words, size_t first, ro_side side) {
    static const char *const SURNAMES[] = {
        "Xi",    "Wang", "Li",   "Zhang", "Liu",  "Chen", "Zhao",  "Huang",  "Zhou", "Wu",
        "Xu",    "Sun",  "Hu",   "Zhu",   "Lin",  "He",   "Guo",   "Ma",     "Wen",  "Deng",
        "Jiang", "Qin",  "Yang", "Yoon",  "Choi", "Cho",  "Chung", "Nguyen", "Tran", "Pham"};
    size_t count = words->count - first;
    ro_str last = words->words[words->count - 1];
    const char *hyphen = memchr(last.ptr, '-', last.len);
    bool joined = hyphen && (size_t)(hyphen - last.ptr) + 1 < last.len && hyphen[1] >= 'a' &&
                  hyphen[1] <= 'z';
    if (count < 2 || count > 3) {
        return false;
    }
    if (is_eastern_side(side)) {
        return true;
    }
    bool bloc = side.code[0] == 0 || strcmp(side.code, "UN") == 0;
    return bloc && count == 2 && (joined || IS_LISTED(words->words[first], SURNAMES));
}

static void set_family(ro_str word, ro_name *out) {
    out->family[ro_name_fold(word, out->family)] = 0;
}

/* What has no letters is no name. */
static void add_given(ro_str word, ro_name *out) {
    ro_given *given = &out->given[out->given_count];
    read_given(word, given);
    out->given_count += given->fold[0] != 0;
}

/* "Kim Jong Un", "Kim Jong-un": what follows is one given name. */
static void read_eastern(const ro_name_words *words, size_t first, ro_name *out) {
    char joined[RO_NAME_FOLD_MAX];
    size_t len = 0;
    for (size_t i = first + 1; i < words->count; i++) {
        ro_str word = words->words[i];
        size_t room = sizeof joined - len;
        size_t n = word.len < room ? word.len : room;
        memcpy(joined + len, word.ptr, n);
        len += n;
    }
    set_family(words->words[first], out);
    add_given(ro_str_make(joined, len), out);
}

/* Where the fathers stand in "Tamim bin Hamad bin Khalifa Al Thani", counted in split words; 0:
 * none.
 */
typedef struct fathers {
    size_t first, last;
} fathers;

static fathers find_fathers(ro_str name) {
    static const char *const SON_OF[] = {"bin", "ibn", "bint"};
    fathers found = {0, 0};
    size_t at = 0;
    for (ro_str word = next_word(&name); word.len; word = next_word(&name)) {
        if (IS_LISTED(word, SON_OF)) {
            found.first = found.first ? found.first : at;
            found.last = at;
        }
        at += !is_particle(word, at == 0) && !generation_of(word);
    }
    return found;
}

static bool is_ruling_house(ro_str word) {
    static const char *const HOUSES[] = {"saud",  "nahian", "thani",  "tani",
                                         "sabah", "halifa", "maktum", "said"};
    char fold[RO_NAME_FOLD_MAX];
    size_t len = ro_name_fold(word, fold);
    return IS_LISTED(ro_str_make(fold, len), HOUSES);
}

void ro_name_read(ro_str name, ro_side side, ro_name *out) {
    ro_name_words words;
    *out = (ro_name){.given_count = 0};
    ro_name_split(name, &words);
    if (words.count == 0) {
        return;
    }
    size_t first = drop_shouted(&words);
    ro_str rest = name;
    for (ro_str word = next_word(&rest); word.len; word = next_word(&rest)) {
        out->generation = generation_of(word) ? generation_of(word) : out->generation;
    }
    if (is_eastern_name(&words, first, side)) {
        read_eastern(&words, first, out);
        return;
    }
    fathers sons = find_fathers(name);
    size_t last = words.count - 1;
    if (sons.first > first && (sons.last == last || is_ruling_house(words.words[last]))) {
        last = sons.first < last ? sons.first : last;
    }
    set_family(words.words[last], out);
    /* Musaad bin Mohammed Al-Aiban: the father's name is left out as often as not */
    for (size_t i = first; i < last && out->given_count < RO_NAME_GIVEN_MAX; i++) {
        if (!sons.first || i < sons.first) {
            add_given(words.words[i], out);
        }
    }
}

/* Given names after the first: the same ones in order, as far as both have them, or all words of
 * the shorter list somewhere in the longer one. */
static bool middles_fit(const ro_name *a, const ro_name *b) {
    const ro_name *shorter = a->given_count <= b->given_count ? a : b;
    const ro_name *longer = shorter == a ? b : a;
    bool in_place = true;
    for (size_t i = 1; i < shorter->given_count; i++) {
        in_place = in_place && compare_given(&shorter->given[i], &longer->given[i]);
    }
    size_t at = 1;
    for (size_t i = 1; i < shorter->given_count && !in_place; i++) {
        while (at < longer->given_count &&
               (shorter->given[i].initial ||
                compare_given(&shorter->given[i], &longer->given[at]) != RO_NAME_EQUAL)) {
            at++;
        }
        if (at++ >= longer->given_count) {
            return false;
        }
    }
    return true;
}

/* López Obrador, Andrés Manuel López Obrador: all words of the one end the other. */
static bool is_compound(const ro_name *a, const ro_name *b) {
    const ro_name *shorter = a->given_count < b->given_count ? a : b;
    const ro_name *longer = shorter == a ? b : a;
    size_t gap = longer->given_count - shorter->given_count;
    bool full = gap > 0;
    for (size_t i = 0; i < shorter->given_count && full; i++) {
        full = !shorter->given[i].initial && strlen(shorter->given[i].fold) > 2 &&
               strcmp(shorter->given[i].fold, longer->given[gap + i].fold) == 0;
    }
    return full;
}

ro_name_fit ro_name_compare(const ro_name *a, const ro_name *b) {
    if (a->family[0] == 0 || strcmp(a->family, b->family) != 0 ||
        (a->generation && b->generation && a->generation != b->generation)) {
        return RO_NAME_DIFFERS;
    }
    if (a->given_count == 0 || b->given_count == 0) {
        const ro_name *bare = a->given_count == 0 ? a : b;
        const ro_name *other = bare == a ? b : a;
        if (bare->generation && !other->generation && other->given_count) {
            return RO_NAME_DIFFERS; /* a king has no other name */
        }
        return a->given_count == b->given_count ? RO_NAME_EQUAL : RO_NAME_SURNAME;
    }
    ro_name_fit fit = compare_given(&a->given[0], &b->given[0]);
    if (fit == RO_NAME_DIFFERS || !middles_fit(a, b)) {
        return is_compound(a, b) ? RO_NAME_COMPOUND : RO_NAME_DIFFERS;
    }
    if (fit == RO_NAME_EQUAL && a->given_count == b->given_count) {
        for (size_t i = 1; i < a->given_count; i++) {
            if (compare_given(&a->given[i], &b->given[i]) != RO_NAME_EQUAL) {
                return RO_NAME_MIDDLE;
            }
        }
        return RO_NAME_EQUAL;
    }
    return fit == RO_NAME_EQUAL ? RO_NAME_MIDDLE : fit;
}
