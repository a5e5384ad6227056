#include "tokens.h"

#include "readout/utf8.h"

#include <unicode/uchar.h>

/* ---- one token ------------------------------------------------------------------------------- */

enum { C_OTHER, C_SPACE, C_LOWER, C_CAPITAL, C_DIGIT, C_HIGH };

static int class_of(unsigned char c) {
    if (c >= 'a' && c <= 'z') {
        return C_LOWER;
    }
    if (c >= 'A' && c <= 'Z') {
        return C_CAPITAL;
    }
    if (c >= 0x80) {
        return C_HIGH;
    }
    if (c >= '0' && c <= '9') {
        return C_DIGIT;
    }
    return c == ' ' || (c >= '\t' && c <= '\r') ? C_SPACE : C_OTHER;
}

/* Punctuation outside ASCII and the mark it is read as. */
static const struct {
    uint32_t code;
    char mark;
} MARKS[] = {{0x2018, '\''}, {0x2019, '\''}, {0x201C, '<'}, {0x201D, '>'}, {0x201E, '<'},
             {0x00AB, '<'},  {0x00BB, '>'},  {0x2013, '='}, {0x2014, '='}, {0x2015, '='},
             {0x2010, '-'},  {0x2011, '-'},  {0x2026, '~'}};

/* The mark of a character outside ASCII, ' ' for a space, 'w' for part of a word. */
static char mark_of(uint32_t c) {
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (MARKS[i].code == c) {
            return MARKS[i].mark;
        }
    }
    if (u_isalnum((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK)) {
        return 'w';
    }
    return u_isUWhiteSpace((UChar32)c) || c == 0xFEFF || c == 0x200B ? ' ' : '~';
}

/* Longer sentences are cut: they are tables or hostile, and every step looks only within one. */
#define SENTENCE_TOKENS_MAX 400
#define LINE_FULL 45 /* bytes of a line that goes on in the next one */

typedef struct reader {
    ro_str text;
    size_t at;
    uint32_t letters, capitals;
} reader;

/* Takes letters and digits; returns false if there was none. */
static bool take_letters(reader *r) {
    size_t from = r->at;
    while (r->at < r->text.len) {
        int class = class_of((unsigned char)r->text.ptr[r->at]);
        if (class == C_LOWER || class == C_CAPITAL || class == C_DIGIT) {
            r->letters += class != C_DIGIT;
            r->capitals += class == C_CAPITAL;
            r->at++;
        } else if (class == C_HIGH) {
            size_t taken = 0;
            uint32_t c = ro_utf8_decode(r->text.ptr + r->at, r->text.len - r->at, &taken);
            if (mark_of(c) != 'w') {
                break;
            }
            r->letters++;
            r->capitals += u_isupper((UChar32)c) ? 1 : 0;
            r->at += taken;
        } else {
            break;
        }
    }
    return r->at > from;
}

/* The length of an apostrophe at `at`, 0 if there is none. */
static size_t apostrophe(ro_str text, size_t at) {
    if (at < text.len && text.ptr[at] == '\'') {
        return 1;
    }
    bool curly =
        at + 2 < text.len && (unsigned char)text.ptr[at] == 0xE2 &&
        (unsigned char)text.ptr[at + 1] == 0x80 &&
        ((unsigned char)text.ptr[at + 2] == 0x99 || (unsigned char)text.ptr[at + 2] == 0x98);
    return curly ? 3 : 0;
}

static bool letter_at(ro_str text, size_t at) {
    if (at >= text.len) {
        return false;
    }
    int class = class_of((unsigned char)text.ptr[at]);
    return class == C_LOWER || class == C_CAPITAL || class == C_HIGH;
}

/* True for 's, 've, 're, 'll, 'd: endings that are words of their own. */
static bool is_clitic(ro_str text, size_t at) {
    size_t len = 0;
    while (letter_at(text, at + len) && len < 4) {
        len++;
    }
    char c = at < text.len ? (char)(text.ptr[at] | 0x20) : 0;
    char d = at + 1 < text.len ? (char)(text.ptr[at + 1] | 0x20) : 0;
    return (len == 1 && (c == 's' || c == 'd')) ||
           (len == 2 &&
            ((c == 'v' && d == 'e') || (c == 'r' && d == 'e') || (c == 'l' && d == 'l')));
}

/* "U.S.", "J.": single letters with dots; moves past the last dot. */
static bool take_dotted(reader *r, size_t from) {
    size_t at = from;
    int letters = 0;
    while (at + 1 < r->text.len && class_of((unsigned char)r->text.ptr[at]) >= C_LOWER &&
           class_of((unsigned char)r->text.ptr[at]) <= C_CAPITAL && r->text.ptr[at + 1] == '.') {
        at += 2;
        letters++;
    }
    if (letters == 0 || (letter_at(r->text, at) && at + 1 < r->text.len && letters < 2) ||
        (letters == 1 && class_of((unsigned char)r->text.ptr[from]) == C_LOWER)) {
        return false;
    }
    if (letter_at(r->text, at) && letters >= 2) {
        /* "U.S" without its last dot, or a dot lost before the next sentence_span */
        if (!letter_at(r->text, at + 1)) {
            at++;
        } else {
            return false;
        }
    }
    r->at = at;
    return true;
}

static void scan_word(reader *r, token *out, bool high_capital) {
    size_t from = r->at;
    out->kind = 'w';
    int first = class_of((unsigned char)r->text.ptr[from]);
    if (take_dotted(r, from)) {
        out->flags |= TOK_ABBR | TOK_CAP;
        size_t len = r->at - from;
        out->flags |= len == 2 ? TOK_INITIAL : TOK_UPPER;
    } else {
        take_letters(r);
        size_t mark = apostrophe(r->text, r->at);
        if (mark && letter_at(r->text, r->at + mark) && !is_clitic(r->text, r->at + mark)) {
            /* n't parts from its verb; O'Brien does not */
            size_t before = r->at;
            if (r->text.ptr[r->at - 1] == 'n' && (r->text.ptr[r->at + mark] | 0x20) == 't' &&
                !letter_at(r->text, r->at + mark + 1) && r->at - from > 1) {
                r->at = before - 1;
            } else {
                r->at += mark;
                take_letters(r);
            }
        }
        out->flags |= first == C_CAPITAL || high_capital ? TOK_CAP : 0;
        out->flags |= r->capitals >= 2 && r->capitals == r->letters ? TOK_UPPER : 0;
    }
}

static void scan_number(reader *r, token *out) {
    out->kind = '0';
    while (r->at < r->text.len) {
        int class = class_of((unsigned char)r->text.ptr[r->at]);
        bool inner =
            (r->text.ptr[r->at] == ',' || r->text.ptr[r->at] == '.' || r->text.ptr[r->at] == ':') &&
            r->at + 1 < r->text.len && class_of((unsigned char)r->text.ptr[r->at + 1]) == C_DIGIT;
        if (class != C_DIGIT && !inner && class != C_LOWER && class != C_CAPITAL) {
            break;
        }
        r->at++;
    }
}

/* Clitics and n't start with an apostrophe or "n'". */
static bool scan_clitic(reader *r, token *out) {
    size_t mark = apostrophe(r->text, r->at);
    if (mark && r->at > 0 && letter_at(r->text, r->at - 1) && is_clitic(r->text, r->at + mark)) {
        r->at += mark;
        take_letters(r);
        out->kind = 'w';
        return true;
    }
    mark = r->text.ptr[r->at] == 'n' ? apostrophe(r->text, r->at + 1) : 0;
    if (mark && r->at > 0 && letter_at(r->text, r->at - 1) && r->at + 1 + mark < r->text.len &&
        r->text.ptr[r->at + 1 + mark] == 't') {
        r->at += 2 + mark;
        out->kind = 'w';
        return true;
    }
    return false;
}

static void scan_mark(reader *r, token *out) {
    char c = r->text.ptr[r->at++];
    out->kind = c && strchr(".,;:?!-\"()'", c) ? c : '~';
    if (c == '-' && r->at < r->text.len && r->text.ptr[r->at] == '-') {
        while (r->at < r->text.len && r->text.ptr[r->at] == '-') {
            r->at++;
        }
        out->kind = '=';
    }
}

static void skip_space(reader *r, token *out) {
    int lines = 0;
    while (r->at < r->text.len) {
        unsigned char c = (unsigned char)r->text.ptr[r->at];
        size_t taken = 1;
        if (class_of(c) == C_HIGH) {
            uint32_t code = ro_utf8_decode(r->text.ptr + r->at, r->text.len - r->at, &taken);
            if (mark_of(code) != ' ') {
                break;
            }
        } else if (class_of(c) != C_SPACE) {
            break;
        }
        lines += c == '\n';
        r->at += taken;
        out->flags |= TOK_SPACE;
    }
    out->flags |= lines ? TOK_LINE : 0;
    out->flags |= lines > 1 ? TOK_PARA : 0;
}

bool token_scan(ro_str text, size_t *at, token *out) {
    reader r = {text, *at, 0, 0};
    *out = (token){0};
    skip_space(&r, out);
    if (r.at >= text.len) {
        *at = r.at;
        return false;
    }
    out->start = (uint32_t)r.at;
    int class = class_of((unsigned char)text.ptr[r.at]);
    if ((text.ptr[r.at] == 'n' || class == C_OTHER || class == C_HIGH) && scan_clitic(&r, out)) {
        /* done */
    } else if (class == C_LOWER || class == C_CAPITAL) {
        scan_word(&r, out, false);
    } else if (class == C_DIGIT) {
        scan_number(&r, out);
    } else if (class == C_HIGH) {
        size_t taken = 0;
        uint32_t c = ro_utf8_decode(text.ptr + r.at, text.len - r.at, &taken);
        char mark = mark_of(c);
        if (mark == 'w') {
            scan_word(&r, out, u_isupper((UChar32)c));
        } else {
            out->kind = mark;
            r.at += taken;
        }
    } else {
        scan_mark(&r, out);
    }
    out->end = (uint32_t)r.at;
    *at = r.at;
    return true;
}

size_t token_fold(ro_str text, const token *t, char out[LEX_WORD_MAX]) {
    size_t len = 0;
    for (size_t i = t->start; i < t->end; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (len >= LEX_WORD_MAX) {
            return 0;
        }
        if (c == 0xE2 && i + 2 < t->end && (unsigned char)text.ptr[i + 1] == 0x80) {
            out[len++] = '\'';
            i += 2;
        } else if (c != '.' || t->end - t->start == 1) {
            out[len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    }
    return len;
}

/* ---- matching the lexicon -------------------------------------------------------------------- */

static bool letters_fit(const lex_entry *e, const token *t) {
    return e->letters == 0 || (e->letters == 1 ? (t->flags & TOK_CAP) : (t->flags & TOK_UPPER));
}

static void add_match(tokens *out, uint32_t at, uint32_t entry, const lex_entry *e) {
    token *t = &out->list[at];
    if (!letters_fit(e, t) || t->match_count == UINT8_MAX || out->match_count == out->match_room) {
        return;
    }
    if (t->match == 0) {
        t->match = out->match_count + 1;
    }
    t->match_count++;
    t->classes |= LEX_BIT(e->class);
    out->matches[out->match_count++] = (lex_match){entry, e->words};
}

static ro_status match_all(const lexicon *lex, tokens *out, ro_arena *arena, ro_error *err) {
    /* A phrase has some classes; more than this many matches at one place are left out. */
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->match_room - out->match_count < 64) {
            uint32_t room = out->match_room ? out->match_room * 2 : 1024;
            lex_match *more = ro_arena_alloc_array(arena, room, sizeof *more);
            if (!more) {
                return ro_fail_memory(err);
            }
            if (out->match_count) {
                memcpy(more, out->matches, out->match_count * sizeof *more);
            }
            out->matches = more;
            out->match_room = room;
        }
        uint32_t node = 0;
        for (uint32_t j = i; j < out->count; j++) {
            node = lexicon_step(lex, node, out->list[j].word);
            if (node == 0) {
                break;
            }
            for (uint32_t e = lexicon_entries(lex, node); e; e = lexicon_entry(lex, e)->next) {
                add_match(out, i, e, lexicon_entry(lex, e));
            }
        }
    }
    return RO_OK;
}

/* ---- sentences ------------------------------------------------------------------------------- */

/* Text of lines cut at a fixed width: a line end alone ends no sentence there. */
static bool is_wrapped(ro_str text) {
    size_t lines = 0;
    size_t full = 0;
    size_t longer = 0;
    for (size_t i = 0, start = 0; i <= text.len; i++) {
        if (i == text.len || text.ptr[i] == '\n') {
            size_t len = i - start;
            lines += len > 0;
            full += len >= 50 && len <= 90 && text.ptr[i - 1] != '.';
            longer += len > 100;
            start = i + 1;
        }
    }
    return lines >= 3 && full * 3 >= lines && longer * 8 <= lines;
}

static bool ends_sentence(const tokens *out, uint32_t i) {
    const token *t = &out->list[i];
    const token *next = t + 1; /* the end mark is there */
    if (t->kind == '?' || t->kind == '!') {
        return (next->flags & TOK_SPACE) || next->kind == '>' || next->kind == '"';
    }
    if (t->kind != '.' && !(t->flags & TOK_ABBR)) {
        return false;
    }
    if (t->kind == '.') {
        bool closing = next->kind == '>' || next->kind == ')' ||
                       (next->kind == '"' && !(next->flags & TOK_SPACE));
        return closing || (next->flags & TOK_SPACE);
    }
    /* an abbreviation ends a sentence only before a word of grammar: "in the U.S. The talks" */
    return !(t->flags & TOK_INITIAL) && (next->flags & TOK_CAP) &&
           (next->classes & (LEX_BIT(LEX_DET) | LEX_BIT(LEX_PRONOUN) | LEX_BIT(LEX_CLAUSE))) &&
           !(next->flags & TOK_UPPER);
}

/* "WAITING GAME The ministers said": how many words in capitals head a sentence that starts behind
 * them, 0 if none do. */
static uint32_t heading(const tokens *out, uint32_t at) {
    uint32_t n = at < out->count && out->list[at].kind == '~' ? 1 : 0; /* a bullet */
    uint32_t letters = 0;
    while (at + n < out->count && n < 12 && (out->list[at + n].flags & TOK_UPPER) &&
           !(out->list[at + n].flags & TOK_ABBR)) {
        letters += out->list[at + n].end - out->list[at + n].start;
        n++;
    }
    const token *next = &out->list[at + n];
    bool sentence = n > 0 && next->kind == 'w' && (next->flags & TOK_CAP) &&
                    !(next->flags & (TOK_UPPER | TOK_ABBR)) && (next->flags & TOK_SPACE);
    bool grammar = next->classes & (LEX_BIT(LEX_DET) | LEX_BIT(LEX_FUNC));
    return sentence && ((n > 1 && letters > 7) || letters > 8 || (letters > 4 && grammar)) ? n : 0;
}

/* Lines cut at a fixed width with a blank line between any two of them: such a blank line parts no
 * paragraphs unless the line before it is short. */
static void join_lines(tokens *out) {
    uint32_t parted = 0;
    uint32_t inside = 0; /* blank lines before a word in lower case */
    for (uint32_t i = 1; i < out->count; i++) {
        const token *t = &out->list[i];
        parted += (t->flags & TOK_PARA) != 0;
        inside += (t->flags & TOK_PARA) && t->kind == 'w' && !(t->flags & TOK_CAP);
    }
    if (inside < 4 || inside * 3 < parted) {
        return;
    }
    uint32_t start = 0;
    for (uint32_t i = 1; i < out->count; i++) {
        token *t = &out->list[i];
        if (!(t->flags & TOK_LINE)) {
            continue;
        }
        bool full = t[-1].end - out->list[start].start >= LINE_FULL;
        if ((t->flags & TOK_PARA) && full) {
            t->flags = (uint16_t)(t->flags & ~TOK_PARA);
        }
        start = i;
    }
}

static ro_status split(tokens *out, bool wrapped, ro_arena *arena, ro_error *err) {
    out->sentences = ro_arena_alloc_array(arena, out->count + 1, sizeof *out->sentences);
    if (!out->sentences) {
        return ro_fail_memory(err);
    }
    uint32_t first = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        bool last = i + 1 == out->count;
        uint32_t head = i == first && first > 0 ? heading(out, i) : 0;
        if (head > 0) {
            out->sentences[out->sentence_count++] = (sentence_span){first, first + head, true};
            first = i = first + head;
        }
        const token *next = &out->list[i + 1];
        bool line = next->flags & (wrapped ? TOK_PARA : TOK_LINE);
        bool stop = ends_sentence(out, i);
        while (stop && i + 1 < out->count && !(out->list[i + 1].flags & TOK_SPACE) &&
               out->list[i + 1].kind && strchr(">)\"'", out->list[i + 1].kind)) {
            i++;
        }
        last = i + 1 >= out->count;
        if (stop && !last && !line && out->list[i + 1].kind == 'w' &&
            !(out->list[i + 1].flags & TOK_CAP) && !(out->list[i].kind == '.')) {
            stop = false; /* "what now?" he asked */
        }
        if (stop || line || last || i + 1 - first >= SENTENCE_TOKENS_MAX) {
            out->sentences[out->sentence_count++] =
                (sentence_span){first, i + 1, first == 0 || (out->list[first].flags & TOK_LINE)};
            first = i + 1;
        }
    }
    return RO_OK;
}

/* A straight quote opens before a word and closes behind one, as the spaces tell; where they do
 * not, quotes open and close in turn. A new paragraph starts afresh. */
static void mark_quotes(tokens *out) {
    bool open = false;
    for (uint32_t i = 0; i < out->count; i++) {
        token *t = &out->list[i];
        if (t->flags & TOK_LINE && t->flags & TOK_PARA) {
            open = false;
        }
        if (t->kind == '"') {
            bool before = (t->flags & TOK_SPACE) || i == 0;
            bool after = (t[1].flags & TOK_SPACE) || t[1].kind == 0;
            t->kind = before == after ? (open ? '>' : '<') : before ? '<' : '>';
        }
        if (t->kind == '-' && (t->flags & TOK_SPACE) && (t[1].flags & TOK_SPACE)) {
            t->kind = '='; /* " - " is a dash */
        }
        if (t->kind == '<' || t->kind == '>') {
            open = t->kind == '<';
        } else if (open) {
            t->flags |= TOK_QUOTED;
        }
    }
}

/* The dot of an abbreviation is part of it: Feb., Gen., Inc. */
static void take_dot(const lexicon *lex, ro_str text, token *t, size_t *at) {
    uint32_t node = t->kind == 'w' && *at < text.len && text.ptr[*at] == '.'
                        ? lexicon_step(lex, 0, t->word)
                        : 0;
    for (uint32_t e = node ? lexicon_entries(lex, node) : 0; e; e = lexicon_entry(lex, e)->next) {
        const lex_entry *entry = lexicon_entry(lex, e);
        if (entry->class == LEX_ABBR && ((t->flags & TOK_CAP) || entry->letters == 0)) {
            bool line_end = *at + 1 >= text.len || text.ptr[*at + 1] == '\n';
            if ((t->flags & TOK_CAP) && !line_end) {
                t->end = (uint32_t)++ * at;
                t->flags |= TOK_ABBR;
            }
            return;
        }
    }
}

ro_status tokens_read(const lexicon *lex, ro_str text, size_t from, size_t end, ro_arena *arena,
                      tokens *out, ro_error *err) {
    *out = (tokens){.text = ro_str_make(text.ptr, end)};
    size_t room = (end - from) / 4 + 64;
    out->list = ro_arena_alloc_array(arena, room + 1, sizeof *out->list);
    if (!out->list) {
        return ro_fail_memory(err);
    }
    size_t at = from;
    for (token t; token_scan(out->text, &at, &t);) {
        if (out->count == room) {
            token *more = ro_arena_alloc_array(arena, room * 2 + 1, sizeof *more);
            if (!more) {
                return ro_fail_memory(err);
            }
            memcpy(more, out->list, room * sizeof *more);
            out->list = more;
            room *= 2;
        }
        char folded[LEX_WORD_MAX];
        t.word = lexicon_word(lex, folded, token_fold(out->text, &t, folded));
        take_dot(lex, out->text, &t, &at);
        out->list[out->count++] = t;
    }
    out->list[out->count] = (token){.start = (uint32_t)end, .end = (uint32_t)end};
    ro_status status = match_all(lex, out, arena, err);
    if (status != RO_OK) {
        return status;
    }
    bool wrapped = is_wrapped(out->text);
    if (wrapped) {
        join_lines(out);
    }
    mark_quotes(out);
    return split(out, wrapped, arena, err);
}
