#include "words.h"

#include "readout/utf8.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

/* Word_Break values that the rules tell apart. Extend and Format are one: both are skipped (WB4).
 */
enum {
    OTHER,
    LETTER,
    HEBREW,
    DIGIT,
    KATAKANA,
    CONNECTOR, /* ExtendNumLet */
    MID_LETTER,
    MID_NUMBER,
    MID_BOTH, /* MidNumLet */
    QUOTE,    /* Single_Quote */
    DOUBLE_QUOTE,
    EXTEND,
    JOINER, /* ZWJ */
    PICTURE,
    DICTIONARY,
    CLASSES
};

#define BIT(class) (1u << (class))
#define LETTERS (BIT(LETTER) | BIT(HEBREW))
#define WORD (LETTERS | BIT(DIGIT) | BIT(KATAKANA) | BIT(CONNECTOR))

/* What joins on to a class without a look ahead: WB5, 8, 9, 10, 13, 13a, 13b. */
static const unsigned joins[CLASSES] = {
    [LETTER] = LETTERS | BIT(DIGIT) | BIT(CONNECTOR),
    [HEBREW] = LETTERS | BIT(DIGIT) | BIT(CONNECTOR),
    [DIGIT] = LETTERS | BIT(DIGIT) | BIT(CONNECTOR),
    [KATAKANA] = BIT(KATAKANA) | BIT(CONNECTOR),
    [CONNECTOR] = WORD,
};

/* What may stand between two of the same class: WB6, 7, 7b, 7c, 11, 12. */
static const unsigned bridges[CLASSES] = {
    [LETTER] = BIT(MID_LETTER) | BIT(MID_BOTH) | BIT(QUOTE),
    [HEBREW] = BIT(MID_LETTER) | BIT(MID_BOTH) | BIT(QUOTE),
    [DIGIT] = BIT(MID_NUMBER) | BIT(MID_BOTH) | BIT(QUOTE),
};

static bool needs_dictionary(UChar32 c) {
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) {
        return true;
    }
    switch (u_getIntPropertyValue(c, UCHAR_SCRIPT)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return u_isalpha(c);
    default:
        return c == 0x30FC || c == 0xFF70; /* prolonged sound marks belong to both kana */
    }
}

static unsigned char class_by_rules(UChar32 c) {
    static const unsigned char classes[] = {
        [U_WB_ALETTER] = LETTER,
        [U_WB_HEBREW_LETTER] = HEBREW,
        [U_WB_NUMERIC] = DIGIT,
        [U_WB_KATAKANA] = KATAKANA,
        [U_WB_EXTENDNUMLET] = CONNECTOR,
        [U_WB_MIDLETTER] = MID_LETTER,
        [U_WB_MIDNUM] = MID_NUMBER,
        [U_WB_MIDNUMLET] = MID_BOTH,
        [U_WB_SINGLE_QUOTE] = QUOTE,
        [U_WB_DOUBLE_QUOTE] = DOUBLE_QUOTE,
        [U_WB_EXTEND] = EXTEND,
        [U_WB_FORMAT] = EXTEND,
        [U_WB_ZWJ] = JOINER,
    };
    size_t property = (size_t)u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
    unsigned char class = property < sizeof classes ? classes[property] : OTHER;
    return class == OTHER && u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ? PICTURE : class;
}

static unsigned char class_of(const ro_words *words, UChar32 c) {
    if (c < RO_WORDS_TABLE) {
        unsigned char class = words->classes[c];
        return class == DICTIONARY && words->no_dictionary ? class_by_rules(c) : class;
    }
    return !words->no_dictionary && needs_dictionary(c) ? DICTIONARY : class_by_rules(c);
}

/* Class and length of the character at `at`; OTHER of length 0 at the end. */
static unsigned char peek(const ro_words *words, size_t at, size_t *length) {
    if (at >= words->text.len) {
        *length = 0;
        return OTHER;
    }
    unsigned char byte = (unsigned char)words->text.ptr[at];
    if (byte < 0x80) {
        *length = 1;
        return words->classes[byte];
    }
    return class_of(words,
                    (UChar32)ro_utf8_decode(words->text.ptr + at, words->text.len - at, length));
}

/* WB4 and WB3c: past marks, and past a picture that a joiner glues on. */
static size_t skip_marks(const ro_words *words, size_t at, bool *glued) {
    unsigned char last = OTHER;
    for (;;) {
        size_t length;
        unsigned char class = peek(words, at, &length);
        if (class == PICTURE && last == JOINER) {
            *glued = true;
        } else if (class != EXTEND && class != JOINER) {
            return at;
        }
        last = class;
        at += length;
    }
}

static size_t word_end(const ro_words *words, size_t at, unsigned char class, size_t length) {
    bool glued = false;
    at = skip_marks(words, at + length, &glued);
    while (!glued) {
        unsigned char next = peek(words, at, &length);
        if (joins[class] & BIT(next)) {
            class = next;
            at = skip_marks(words, at + length, &glued);
            continue;
        }
        bool mid = bridges[class] & BIT(next) || (class == HEBREW && next == DOUBLE_QUOTE);
        if (!mid) {
            break;
        }
        bool mid_glued = false;
        size_t beyond = skip_marks(words, at + length, &mid_glued);
        unsigned char after = peek(words, beyond, &length);
        unsigned wanted = next == DOUBLE_QUOTE ? BIT(HEBREW)
                          : class == DIGIT     ? BIT(DIGIT)
                                               : LETTERS;
        if (mid_glued || !(wanted & BIT(after))) {
            return class == HEBREW && next == QUOTE ? beyond : at; /* WB7a */
        }
        class = after;
        at = skip_marks(words, beyond + length, &glued);
    }
    return at;
}

ro_status ro_words_init(ro_words *words, ro_error *err) {
    *words = (ro_words){0};
    for (UChar32 c = 0; c < RO_WORDS_TABLE; c++) {
        words->classes[c] = needs_dictionary(c) ? DICTIONARY : class_by_rules(c);
    }
    UErrorCode icu = U_ZERO_ERROR;
    words->dictionary = ubrk_open(UBRK_WORD, "", NULL, 0, &icu);
    if (U_FAILURE(icu)) {
        words->dictionary = NULL;
        return ro_fail(err, icu == U_MEMORY_ALLOCATION_ERROR ? RO_MEMORY : RO_INTERNAL,
                       "cannot open the word break rules of ICU: %s", u_errorName(icu));
    }
    return RO_OK;
}

void ro_words_release(ro_words *words) {
    ubrk_close(words->dictionary);
    utext_close(words->window);
    words->dictionary = NULL;
    words->window = NULL;
}

void ro_words_start(ro_words *words, ro_str text) {
    words->text = text;
    words->at = words->run_start = words->run_end = 0;
}

/* The whole run is one word when ICU cannot divide it (it ran out of memory). */
static void start_run(ro_words *words, size_t start) {
    size_t at = start;
    for (;;) {
        size_t length;
        unsigned char class = peek(words, at, &length);
        if (class != DICTIONARY && class != EXTEND && class != JOINER) {
            break;
        }
        at += length;
    }
    words->run_start = start;
    words->run_end = at;
    UErrorCode icu = U_ZERO_ERROR;
    words->window =
        utext_openUTF8(words->window, words->text.ptr + start, (int64_t)(at - start), &icu);
    ubrk_setUText(words->dictionary, words->window, &icu);
}

static bool next_of_run(ro_words *words, size_t *start, size_t *end) {
    int32_t from = ubrk_current(words->dictionary);
    int32_t to;
    while ((to = ubrk_next(words->dictionary)) != UBRK_DONE) {
        if (ubrk_getRuleStatus(words->dictionary) >= UBRK_WORD_NONE_LIMIT) {
            *start = words->run_start + (size_t)from;
            *end = words->run_start + (size_t)to;
            return true;
        }
        from = to;
    }
    words->at = words->run_end;
    words->run_start = words->run_end;
    return false;
}

bool ro_words_next(ro_words *words, size_t *start, size_t *end) {
    if (words->run_start < words->run_end && next_of_run(words, start, end)) {
        return true;
    }
    while (words->at < words->text.len) {
        size_t length;
        unsigned char class = peek(words, words->at, &length);
        if (class == DICTIONARY) {
            start_run(words, words->at);
            if (next_of_run(words, start, end)) {
                return true;
            }
        } else if (WORD & BIT(class)) {
            *start = words->at;
            *end = words->at = word_end(words, words->at, class, length);
            return true;
        } else {
            words->at += length;
        }
    }
    return false;
}
