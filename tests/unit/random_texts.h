/* Random articles that hold facts, and random questions in every form of the query language. */
#ifndef READOUT_TESTS_RANDOM_TEXTS_H
#define READOUT_TESTS_RANDOM_TEXTS_H

#include "readout/query.h"
#include "roll.h"

/* ---- articles ------------------------------------------------------------------------------- */

static const char *const plain_words[] = {
    "peace",        "talks",    "deal",       "border",  "grain", "river",    "envoy",
    "truce",        "fleet",    "water",      "energy",  "oil",   "summit",   "treaty",
    "dealing",      "rivers",   "moratorium", "talked",  "zinc",  "peaceful", "2025",
    "co-operation", "covid-19", "O'Neil",     "quorum",  "U.S.",  "naive",    "na\xC3\xAFve",
    "negotiations", "talk",     "strait",     "treaties"};
static const char *const countries[] = {"Russia", "Kenya", "Japan", "Norway", "Chad", "Qatar"};
static const char *const cities[] = {"Riyadh", "Nairobi", "Oslo", "Doha"};
static const char *const people[] = {"Foreign Minister Sergey Lavrov", "Secretary Marco Rubio",
                                     "envoy Steven Witkoff",           "Steve Witkoff",
                                     "Foreign Minister Grace Wanjiku", "adviser Aiko Mori"};
static const char *const things[] = {"a truce", "a moratorium on strikes", "a grain corridor",
                                     "joint patrols", "a consultation mechanism"};
static const char *const sources[] = {"Reuters", "AFP", "", "Dow Jones"};
static const char *const languages[] = {"en", "en", "en", "de", ""};

/* Letters stand for words of the lists: c country, t town, p person, w what, x any. */
static const char *const sentences[] = {
    "c and c held talks in t on Tuesday. ",
    "Talks between c and c took place in t. c was represented by p. ",
    "c and c agreed on w. ",
    "c rejected w. ",
    "p said that w was x and x. ",
    "p met p in t to discuss w. ",
    "c proposed w to c. ",
    "The c delegation was led by p and included p. "};

static void add_word(ro_buf *out, char letter) {
    const char *word = letter == 'c'   ? ROLL_LOW(countries)
                       : letter == 't' ? ROLL_LOW(cities)
                       : letter == 'p' ? ROLL_LOW(people)
                       : letter == 'w' ? ROLL_LOW(things)
                                       : ROLL_LOW(plain_words);
    ro_buf_add_str(out, ro_str_from(word));
}

static void add_sentence(ro_buf *out) {
    ro_str sentence = ro_str_from(ROLL_ONE(sentences));
    for (size_t i = 0; i < sentence.len; i++) {
        bool begins = i == 0 || sentence.ptr[i - 1] == ' ';
        bool ends = i + 1 == sentence.len || strchr(" .", sentence.ptr[i + 1]);
        if (begins && ends && strchr("ctpwx", sentence.ptr[i])) {
            add_word(out, sentence.ptr[i]);
        } else {
            ro_buf_add_byte(out, sentence.ptr[i]);
        }
    }
}

static void add_words(ro_buf *out, unsigned count) {
    for (; count; count--) {
        add_word(out, 'x');
        ro_buf_add_str(out, count == 1 || !roll(12) ? RO_STR(". ") : RO_STR(" "));
    }
}

static ro_str keep_text(ro_arena *arena, ro_buf *text) {
    ro_str kept = ro_arena_copy(arena, ro_buf_str(text));
    ro_buf_release(text);
    return kept;
}

/* In the arena. */
static ro_article random_article(ro_arena *arena, const char *prefix, unsigned number) {
    ro_buf title = RO_BUF_INIT;
    ro_buf body = RO_BUF_INIT;
    add_words(&title, roll(6));
    add_words(&body, roll(8) ? roll(25) : roll(90));
    for (unsigned i = roll(3); i; i--) {
        add_sentence(&body);
    }
    return (ro_article){.id = ro_arena_printf(arena, "%s%u", prefix, number),
                        .title = keep_text(arena, &title),
                        .body = keep_text(arena, &body),
                        .source = ro_str_from(ROLL_LOW(sources)),
                        .language = ro_str_from(ROLL_ONE(languages)),
                        .published =
                            roll(9) ? 1704067200 + (int64_t)roll(500) * 86400 : RO_TIME_NONE};
}

/* ---- questions ------------------------------------------------------------------------------ */

static const char *const asked_words[] = {
    "peace",        "talks",      "talk",    "deal",        "Border", "river",   "truce",
    "water",        "energy",     "summit",  "treaty",      "zinc",   "2025",    "covid-19",
    "co-operation", "o'neil",     "quorum",  "naive",       "LAVROV", "rubio",   "Witkoff",
    "kenya",        "delegation", "strikes", "the",         "said",   "oslo",    "absent",
    "energi",       "moratorum",  "tretay",  "consultaton", "US",     "\xC3\xBC"};
static const char *const values[] = {"source:Reuters",
                                     "source:\"Dow Jones\"",
                                     "source:nobody",
                                     "lang:en",
                                     "lang:de",
                                     "lang:(en de)",
                                     "side:russian",
                                     "side:KE",
                                     "host:SA",
                                     "place:riyadh",
                                     "place:norway",
                                     "participant:witkoff",
                                     "participant:\"Steve Witkoff\"",
                                     "speaker:lavrov",
                                     "by:RU",
                                     "by:japan",
                                     "status:agreed",
                                     "status:refused",
                                     "role:head",
                                     "date:2024-05",
                                     "date:2024-02..2024-09",
                                     "date:..2024-06-15",
                                     "date:2024-12..",
                                     "after:2024-08",
                                     "before:2024-04-03",
                                     "date:nonsense"};

static void add_query(ro_buf *out, unsigned depth);

/* A word in one of its forms. */
static void add_operand(ro_buf *out) {
    ro_str word = ro_str_from(ROLL_LOW(asked_words));
    switch (roll(10)) {
    case 0:
        ro_buf_add_byte(out, '=');
        break;
    case 1: /* a beginning */
        ro_buf_add(out, word.ptr, word.len > 2 ? 2 + roll((unsigned)word.len - 1) : word.len);
        ro_buf_add_byte(out, '*');
        return;
    case 2:
        ro_buf_add_str(out, word);
        ro_buf_add_str(out, roll(2) ? RO_STR("~") : roll(2) ? RO_STR("~1") : RO_STR("~2"));
        return;
    default:
        break;
    }
    ro_buf_add_str(out, word);
}

static void add_phrase(ro_buf *out) {
    static const char *const slops[] = {"\"", "\"", "\"~1", "\"~3", ""};
    ro_buf_add_str(out, roll(6) ? RO_STR("\"") : RO_STR("=\""));
    for (unsigned i = 2 + roll(2); i; i--) {
        add_word(out, "xxxxxctpw"[roll(9)]);
        ro_buf_add_str(out, i == 1 ? RO_STR("") : RO_STR(" "));
    }
    ro_buf_add_str(out, ro_str_from(ROLL_ONE(slops)));
}

static void add_pair(ro_buf *out, unsigned depth) {
    static const char *const operators[] = {" AND ",    " OR ",      " NOT ",  " ",
                                            " NEAR/3 ", " ONEAR/6 ", " NEAR ", " OR "};
    bool grouped = roll(3) == 0;
    ro_buf_add_str(out, grouped ? RO_STR("(") : RO_STR(""));
    add_query(out, depth + 1);
    ro_buf_add_str(out, ro_str_from(ROLL_ONE(operators)));
    add_query(out, depth + 1);
    ro_buf_add_str(out, grouped ? RO_STR(")") : RO_STR(""));
}

static void add_field(ro_buf *out, unsigned depth) {
    if (roll(2)) {
        ro_buf_add_str(out, ro_str_from(ROLL_ONE(values)));
        return;
    }
    ro_buf_add_str(out, roll(2) ? RO_STR("title:") : RO_STR("body:"));
    if (roll(3)) {
        add_operand(out);
    } else if (roll(2)) {
        add_phrase(out);
    } else {
        ro_buf_add_str(out, RO_STR("("));
        add_query(out, depth + 1);
        ro_buf_add_str(out, RO_STR(")"));
    }
}

static void add_query(ro_buf *out, unsigned depth) {
    static const char *const signs[] = {"", "", "", "", "", "", "+", "-"};
    ro_buf_add_str(out, ro_str_from(ROLL_ONE(signs)));
    switch (roll(depth < 3 ? 10 : 5)) {
    case 0:
        add_phrase(out);
        break;
    case 1:
        add_field(out, depth);
        break;
    case 2:
    case 3:
    case 4:
        add_operand(out);
        break;
    default:
        add_pair(out, depth);
    }
}

/* As people type: words, most of them; now and then a question, or nothing. */
static void add_words_asked(ro_buf *out) {
    static const char *const questions[] = {
        "who led the Kenyan delegation",    "what did Russia and Japan agree on", "who met Lavrov",
        "what did Rubio say about a truce", "where did the talks take place",     ""};
    if (!roll(8)) {
        ro_buf_add_str(out, ro_str_from(ROLL_ONE(questions)));
        return;
    }
    for (unsigned i = 1 + roll(5); i; i--) {
        ro_buf_add_str(out, ro_str_from(ROLL_LOW(asked_words)));
        ro_buf_add_str(out, i == 1 ? RO_STR("") : RO_STR(" "));
    }
}

/* In the arena. */
static inline ro_request random_request(ro_arena *arena) {
    ro_request request = ro_request_default();
    ro_buf q = RO_BUF_INIT;
    ro_buf filter = RO_BUF_INIT;
    if (roll(3)) {
        add_query(&q, 0);
    } else {
        add_words_asked(&q);
    }
    if (!roll(4)) {
        add_field(&filter, 1);
    }
    request.q = keep_text(arena, &q);
    request.filter = keep_text(arena, &filter);
    request.kind = roll(3) ? RO_KIND_ARTICLES : (int)roll(RO_KINDS + 1);
    request.match = (ro_match_mode)(roll(3) ? 0 : roll(3));
    request.typo = (ro_typo)(roll(3) == 0);
    request.sort = (ro_sort)(roll(3) ? 0 : roll(3));
    request.facets = roll(4) ? 0 : roll(1u << RO_FACETS);
    request.limit = roll(30) ? 1 + roll(9) : roll(2) * 1000;
    request.offset = roll(8) || request.kind == RO_KIND_ALL ? 0 : roll(30);
    request.highlight = RO_HIGHLIGHT_NONE;
    request.snippets = 0;
    request.prefix = !roll(8);
    request.collapse = roll(2);
    request.half_life_days = roll(6) ? 0 : 400;
    return request;
}

#endif
