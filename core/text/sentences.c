#include "readout/analyser.h"
#include "readout/utf8.h"

#include <unicode/uchar.h>

#define WORD_BACK 24 /* bytes before a full stop that can be an abbreviation */

typedef enum abbreviation {
    ENDS,          /* none: the full stop ends the sentence */
    NEVER,         /* something always follows: Mr., vs. */
    BEFORE_NUMBER, /* No. 10, Feb. 5: joined to a number, otherwise as MAYBE */
    MAYBE          /* Inc., U.S., a.m.: ends one when a usual first word follows */
} abbreviation;

/* Letter case counts: `Sat.` is a day, `sat.` ends a sentence. */
static const struct {
    const char *word;
    abbreviation kind;
} abbreviations[] = {
    {"Mr", NEVER},          {"Mrs", NEVER},          {"Ms", NEVER},          {"Dr", NEVER},
    {"Prof", NEVER},        {"Gen", NEVER},          {"Sen", NEVER},         {"Sens", NEVER},
    {"Rep", NEVER},         {"Reps", NEVER},         {"Gov", NEVER},         {"Lt", NEVER},
    {"Col", NEVER},         {"Sgt", NEVER},          {"Capt", NEVER},        {"Cmdr", NEVER},
    {"Adm", NEVER},         {"Maj", NEVER},          {"Brig", NEVER},        {"Pres", NEVER},
    {"Rev", NEVER},         {"Hon", NEVER},          {"Amb", NEVER},         {"Sec", NEVER},
    {"Supt", NEVER},        {"Fr", NEVER},           {"St", NEVER},          {"Ste", NEVER},
    {"Mt", NEVER},          {"Ft", NEVER},           {"Mme", NEVER},         {"Mlle", NEVER},
    {"Hr", NEVER},          {"vs", NEVER},           {"cf", NEVER},          {"ca", NEVER},
    {"approx", NEVER},      {"incl", NEVER},         {"e.g", NEVER},         {"i.e", NEVER},
    {"viz", NEVER},         {"No", BEFORE_NUMBER},   {"no", BEFORE_NUMBER},  {"Nos", BEFORE_NUMBER},
    {"nos", BEFORE_NUMBER}, {"Nr", BEFORE_NUMBER},   {"Art", BEFORE_NUMBER}, {"art", BEFORE_NUMBER},
    {"Fig", BEFORE_NUMBER}, {"fig", BEFORE_NUMBER},  {"Vol", BEFORE_NUMBER}, {"vol", BEFORE_NUMBER},
    {"pp", BEFORE_NUMBER},  {"para", BEFORE_NUMBER}, {"sec", BEFORE_NUMBER}, {"Jan", MAYBE},
    {"Feb", MAYBE},         {"Mar", MAYBE},          {"Apr", MAYBE},         {"Jun", MAYBE},
    {"Jul", MAYBE},         {"Aug", MAYBE},          {"Sep", MAYBE},         {"Sept", MAYBE},
    {"Oct", MAYBE},         {"Nov", MAYBE},          {"Dec", MAYBE},         {"Mon", MAYBE},
    {"Tue", MAYBE},         {"Tues", MAYBE},         {"Wed", MAYBE},         {"Thu", MAYBE},
    {"Thur", MAYBE},        {"Thurs", MAYBE},        {"Fri", MAYBE},         {"Sat", MAYBE},
    {"Sun", MAYBE},         {"Inc", MAYBE},          {"Corp", MAYBE},        {"Ltd", MAYBE},
    {"Co", MAYBE},          {"Cos", MAYBE},          {"Bros", MAYBE},        {"Jr", MAYBE},
    {"Sr", MAYBE},          {"Ave", MAYBE},          {"Blvd", MAYBE},        {"Dept", MAYBE},
    {"Univ", MAYBE},        {"Assn", MAYBE},         {"Calif", MAYBE},       {"Conn", MAYBE},
    {"Fla", MAYBE},         {"Mass", MAYBE},         {"Mich", MAYBE},        {"Minn", MAYBE},
    {"Penn", MAYBE},        {"Wash", MAYBE},         {"etc", MAYBE},         {"al", MAYBE},
    {"est", MAYBE},
};

/* Words that hardly ever go on after an abbreviation when they have a capital. */
static const char *const first_words[] = {
    "A",     "After",  "All", "Also",  "An",      "And",   "As",        "At",   "Both",
    "But",   "By",     "For", "From",  "He",      "Her",   "His",       "How",  "However",
    "I",     "If",     "In",  "It",    "Its",     "Many",  "Meanwhile", "Most", "No",
    "Not",   "Now",    "Of",  "On",    "Once",    "Or",    "Our",       "She",  "Since",
    "Some",  "That",   "The", "Their", "Then",    "There", "These",     "They", "This",
    "Those", "Though", "To",  "Under", "Until",   "We",    "What",      "When", "Where",
    "While", "Who",    "Why", "With",  "Without", "You",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_space(uint32_t c) {
    return c < 0x80 ? is_ascii_space((char)c) : u_isUWhiteSpace((UChar32)c);
}

/* Past white space; counts its line ends. */
static size_t skip_space(ro_str text, size_t at, size_t *lines) {
    *lines = 0;
    for (size_t taken; at < text.len; at += taken) {
        uint32_t c = ro_utf8_decode(text.ptr + at, text.len - at, &taken);
        if (!is_space(c)) {
            break;
        }
        bool pair = c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n';
        *lines += c == 0x2029 ? 2 : ((c == '\n' || c == '\r' || c == 0x85) && !pair);
    }
    return at;
}

/* Letters and dots that end at `at`. */
static ro_str word_before(ro_str text, size_t at) {
    size_t start = at;
    while (start > 0 && at - start < WORD_BACK &&
           (is_letter(text.ptr[start - 1]) || text.ptr[start - 1] == '.' ||
            (unsigned char)text.ptr[start - 1] >= 0x80)) {
        start--;
    }
    return ro_str_make(text.ptr + start, at - start);
}

static bool same(ro_str word, const char *listed) {
    return word.len && word.ptr[0] == listed[0] && ro_str_equal(word, ro_str_from(listed));
}

static bool starts_sentence(ro_str text, size_t at) {
    size_t end = at;
    while (end < text.len && end - at < WORD_BACK && is_letter(text.ptr[end])) {
        end++;
    }
    ro_str word = ro_str_make(text.ptr + at, end - at);
    for (size_t i = 0; i < COUNT(first_words); i++) {
        if (same(word, first_words[i])) {
            return true;
        }
    }
    return false;
}

static abbreviation kind_of(ro_str word) {
    for (size_t i = 0; i < COUNT(abbreviations); i++) {
        if (same(word, abbreviations[i].word)) {
            return abbreviations[i].kind;
        }
    }
    size_t taken = 0;
    uint32_t first = word.len ? ro_utf8_decode(word.ptr, word.len, &taken) : 0;
    if (taken == word.len) {
        return u_isupper((UChar32)first) ? NEVER : ENDS; /* the initial of a name */
    }
    /* U.S, p.m: single letters with dots between */
    for (size_t i = 0; i < word.len; i++) {
        if (i % 2 ? word.ptr[i] != '.' : !is_letter(word.ptr[i])) {
            return ENDS;
        }
    }
    return word.len > 2 ? MAYBE : ENDS;
}

static bool full_stop_ends(ro_str text, size_t stop, size_t next) {
    bool number = next < text.len && text.ptr[next] >= '0' && text.ptr[next] <= '9';
    switch (kind_of(word_before(text, stop))) {
    case NEVER:
        return false;
    case BEFORE_NUMBER:
        return !number;
    case MAYBE:
        return starts_sentence(text, next);
    case ENDS:
    default:
        return true;
    }
}

/* UAX 29 SB8 and SB8a: what a sentence goes on with after its terminator. */
static bool goes_on(uint32_t c) {
    int32_t property = u_getIntPropertyValue((UChar32)c, UCHAR_SENTENCE_BREAK);
    return property == U_SB_LOWER || property == U_SB_SCONTINUE;
}

static uint32_t decode_at(ro_str text, size_t at, size_t *taken) {
    *taken = 0;
    return at < text.len ? ro_utf8_decode(text.ptr + at, text.len - at, taken) : 0;
}

static bool closes(uint32_t c) {
    return u_getIntPropertyValue((UChar32)c, UCHAR_SENTENCE_BREAK) == U_SB_CLOSE;
}

static bool terminates(uint32_t c) {
    int32_t property = u_getIntPropertyValue((UChar32)c, UCHAR_SENTENCE_BREAK);
    return property == U_SB_STERM || property == U_SB_ATERM;
}

/* Sees the terminator at `at`; true if a sentence ends there. *end is past the terminators and
 * closing marks, *next past the white space after them. */
static bool terminator_ends(ro_str text, size_t at, size_t *end, size_t *next) {
    size_t taken;
    uint32_t c = 0;
    bool spaceless = false; /* 。 needs no space after it */
    bool only_stop = true;
    size_t i = at;
    while (terminates(c = decode_at(text, i, &taken)) && taken) {
        spaceless |= c >= 0x80;
        only_stop = only_stop && c == '.' && i == at;
        i += taken;
    }
    size_t closed = i;
    while (closes(decode_at(text, i, &taken)) && taken) {
        i += taken;
    }
    size_t lines;
    *end = i;
    *next = skip_space(text, i, &lines);
    if (*next == text.len || lines > 1) {
        return true;
    }
    c = decode_at(text, *next, &taken);
    if ((*next == *end && !spaceless) || goes_on(c)) {
        return false;
    }
    return !only_stop || closed != i || full_stop_ends(text, at, *next);
}

/* A blank line ends a sentence unless the text was only wrapped there: it goes on in lower case
 * after a word or a comma. */
static bool blank_line_ends(ro_str text, size_t at, size_t next) {
    size_t before = at;
    while (before > 0 && is_ascii_space(text.ptr[before - 1])) {
        before--;
    }
    size_t taken;
    uint32_t c = decode_at(text, next, &taken);
    return !(before > 0 && (is_letter(text.ptr[before - 1]) || text.ptr[before - 1] == ',') &&
             u_islower((UChar32)c));
}

static bool is_interesting(unsigned char byte) {
    return byte == '.' || byte == '!' || byte == '?' || byte == '\n' || byte == '\r' ||
           byte >= 0x80;
}

/* End of the sentence that starts at `start`, white space after it excluded; *next is where the
 * next one starts. */
static size_t sentence_end(ro_str text, size_t start, size_t *next) {
    size_t i = start;
    while (i < text.len) {
        if (!is_interesting((unsigned char)text.ptr[i])) {
            i++;
            continue;
        }
        size_t taken;
        uint32_t c = ro_utf8_decode(text.ptr + i, text.len - i, &taken);
        if (is_space(c)) {
            size_t lines;
            *next = skip_space(text, i, &lines);
            if (*next == text.len || (lines > 1 && blank_line_ends(text, i, *next))) {
                return i;
            }
            i = *next;
        } else if (terminates(c)) {
            size_t end;
            if (terminator_ends(text, i, &end, next)) {
                return end;
            }
            i = end;
        } else {
            i += taken;
        }
    }
    *next = text.len;
    return text.len;
}

ro_status ro_sentences(ro_analyser *analyser, ro_str text, ro_sentence_fn fn, void *context,
                       ro_error *err) {
    (void)analyser;
    if (text.len > INT32_MAX) {
        return ro_fail(err, RO_LIMIT, "cannot divide a text of %zu bytes: over 2 GiB", text.len);
    }
    size_t lines;
    size_t start = skip_space(text, 0, &lines);
    while (start < text.len) {
        size_t next;
        size_t end = sentence_end(text, start, &next);
        while (end > start && is_ascii_space(text.ptr[end - 1])) {
            end--;
        }
        if (fn(context, (uint32_t)start, (uint32_t)end)) {
            break;
        }
        start = next;
    }
    return RO_OK;
}
