#include "layout.h"

#include "readout/side.h"
#include "readout/utf8.h"

#include <unicode/uchar.h>

/* How much is looked at: a dateline or byline beyond these is a sentence. */
#define DATELINE_MAX 160 /* bytes */
#define DATELINE_SEGMENTS_MAX 4
#define PLACE_WORDS_MAX 6
#define AGENCY_MAX 60    /* bytes */
#define HEAD_LINES_MAX 6 /* lines with byline, photo, date before the story */
#define DATELINE_LINES_MAX 3
#define TITLE_MAX 200 /* bytes */
#define BYLINE_MAX 160
#define PHOTO_MAX 300
#define DATE_LINE_MAX 60
#define CREDIT_MAX 120
#define REPORTING_MAX 1200

/* ---- lines and words ------------------------------------------------------------------------ */

/* Takes the next line that is not blank off the front of `text`. */
static bool next_line(ro_str *text, ro_str *line) {
    while (text->len > 0) {
        *line = ro_str_trim(ro_str_cut(text, '\n'));
        if (line->len > 0) {
            return true;
        }
    }
    return false;
}

static ro_str last_line(ro_str text) {
    text = ro_str_trim(text);
    const char *start = memrchr(text.ptr ? text.ptr : "", '\n', text.len);
    return start ? ro_str_trim(ro_str_make(start + 1, (size_t)(text.ptr + text.len - start - 1)))
                 : text;
}

static ro_str cut_front(ro_str s, size_t n) {
    return ro_str_make(s.ptr + n, s.len - n);
}

static bool starts_nocase(ro_str s, ro_str prefix) {
    return s.len >= prefix.len && ro_str_equal_nocase(ro_str_make(s.ptr, prefix.len), prefix);
}

static uint32_t first_char(ro_str s) {
    size_t taken = 0;
    return s.len ? ro_utf8_decode(s.ptr, s.len, &taken) : 0;
}

/* Takes the next word, up to a space or slash, off the front. */
static bool next_word(ro_str *s, ro_str *word) {
    size_t i = 0;
    while (i < s->len && (s->ptr[i] == ' ' || s->ptr[i] == '/')) {
        i++;
    }
    size_t start = i;
    while (i < s->len && s->ptr[i] != ' ' && s->ptr[i] != '/') {
        i++;
    }
    *word = ro_str_make(s->ptr + start, i - start);
    *s = cut_front(*s, i);
    return word->len > 0;
}

/* Small words that stand inside names: "Rio de Janeiro", "Andrade and Silva". */
static bool is_particle(ro_str word) {
    static const char *const PARTICLES[] = {"de",  "la",  "le",  "les", "el",   "al",  "del", "of",
                                            "the", "and", "am",  "an",  "der",  "den", "do",  "da",
                                            "dos", "du",  "des", "di",  "upon", "sur", "bin", "ibn",
                                            "van", "von", "e",   "y",   "und",  "et",  "with"};
    for (size_t i = 0; i < sizeof PARTICLES / sizeof *PARTICLES; i++) {
        if (ro_str_equal(word, ro_str_from(PARTICLES[i]))) {
            return true;
        }
    }
    return ro_str_starts_with(word, RO_STR("al-")) || ro_str_starts_with(word, RO_STR("el-")) ||
           ro_str_starts_with(word, RO_STR("d'")) || ro_str_starts_with(word, RO_STR("á"));
}

/* True if every word of `s` starts as a name does and there are at most `max` of them. */
static bool is_name(ro_str s, size_t max) {
    size_t words = 0;
    bool named = false;
    for (ro_str word; next_word(&s, &word);) {
        uint32_t c = first_char(word);
        bool capital = u_isupper((UChar32)c) || (u_isalpha((UChar32)c) && !u_islower((UChar32)c));
        if (++words > max || (!capital && !is_particle(word))) {
            return false;
        }
        named = named || capital;
    }
    return named;
}

typedef struct ro_letters {
    size_t upper, lower, digits;
} ro_letters;

static ro_letters count_letters(ro_str s) {
    ro_letters n = {0, 0, 0};
    for (size_t i = 0, taken = 0; i < s.len; i += taken) {
        UChar32 c = (UChar32)ro_utf8_decode(s.ptr + i, s.len - i, &taken);
        n.upper += u_isupper(c) ? 1 : 0;
        n.lower += u_islower(c) ? 1 : 0;
        n.digits += u_isdigit(c) ? 1 : 0;
    }
    return n;
}

/* ---- dashes ---------------------------------------------------------------------------------- */

#define EN_DASH "\xE2\x80\x93"
#define EM_DASH "\xE2\x80\x94"

/* The length of the dash at `s`, 0 if there is none. */
static size_t dash_length(ro_str s) {
    if (ro_str_starts_with(s, RO_STR(EM_DASH)) || ro_str_starts_with(s, RO_STR(EN_DASH))) {
        return 3;
    }
    if (ro_str_starts_with(s, RO_STR("--"))) {
        return 2;
    }
    return ro_str_starts_with(s, RO_STR("-")) ? 1 : 0;
}

/* A single hyphen parts only with spaces around it: Aix-en-Provence is one place. */
static bool parts(ro_str line, size_t at, size_t dash) {
    bool before = at > 0 && (line.ptr[at - 1] == ' ' || line.ptr[at - 1] == ')');
    bool after = at + dash < line.len && line.ptr[at + dash] == ' ';
    return dash > 1 || (before && after);
}

/* ---- dateline -------------------------------------------------------------------------------- */

static bool is_month(ro_str word) {
    static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (word.len < 3) {
        return false;
    }
    for (size_t i = 0; i < 36; i += 3) {
        if (ro_str_equal_nocase(ro_str_make(word.ptr, 3), ro_str_make(MONTHS + i, 3))) {
            ro_letters n = count_letters(word);
            return n.upper >= 1 && n.digits == 0 && word.len <= 10;
        }
    }
    return false;
}

static bool is_year(ro_str s) {
    return s.len == 4 && count_letters(s).digits == 4 && (s.ptr[0] == '1' || s.ptr[0] == '2');
}

/* "Feb. 18", "18 February", "18 February 2025". `*dated` tells whether the year is there. */
static bool is_month_day(ro_str segment, bool *dated) {
    ro_str first;
    ro_str second;
    ro_str third;
    if (!next_word(&segment, &first) || !next_word(&segment, &second)) {
        return false;
    }
    *dated = next_word(&segment, &third) && is_year(third);
    ro_letters n = count_letters(second);
    bool american = is_month(first) && n.digits > 0 && n.upper + n.lower == 0 && second.len <= 2;
    return american || (count_letters(first).digits > 0 && first.len <= 2 && is_month(second));
}

static void read_day(ro_str date, int64_t *published) {
    if (ro_time_parse(date, published, NULL) != RO_OK) {
        *published = RO_TIME_NONE;
    }
}

/* Words in capitals that start a line with a dash but are no places. */
static bool is_label(ro_str place) {
    static const char *const LABELS[] = {
        "ANALYSIS",  "BREAKING",  "BREAKINGVIEWS", "CORRECTED", "CORRECTION",    "EDITORIAL",
        "EXCLUSIVE", "EXPLAINER", "FACTBOX",       "FEATURE",   "INSIGHT",       "INTERVIEW",
        "LIVE",      "NOTE",      "OPINION",       "POLL",      "PRESS RELEASE", "PREVIEW",
        "REFILE",    "STATEMENT", "SUMMARY",       "TIMELINE",  "UPDATE",        "URGENT",
        "WATCH",     "WRAPUP",    "END",           "ENDS",      "MORE"};
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        if (ro_str_equal(place, ro_str_from(LABELS[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_upper_place(ro_str place) {
    ro_letters n = count_letters(place);
    return n.upper >= 3 && n.lower == 0 && !is_label(place);
}

/* Takes "(AGENCY)" off the end of `s`. False when a bracket there is no agency. */
static bool take_agency(ro_str *s, ro_str *agency) {
    *agency = RO_STR_NONE;
    if (s->len == 0 || s->ptr[s->len - 1] != ')') {
        return true;
    }
    const char *open = memrchr(s->ptr, '(', s->len);
    if (!open) {
        return false;
    }
    size_t at = (size_t)(open - s->ptr);
    *agency = ro_str_trim(ro_str_make(open + 1, s->len - at - 2));
    *s = ro_str_trim(ro_str_make(s->ptr, at));
    UChar32 first = (UChar32)first_char(*agency);
    return agency->len <= AGENCY_MAX && u_isalpha(first) && !u_islower(first);
}

static ro_str next_segment(ro_str *s) {
    const char *comma = s->len ? memchr(s->ptr, ',', s->len) : NULL;
    size_t len = comma ? (size_t)(comma - s->ptr) : s->len;
    ro_str segment = ro_str_trim(ro_str_make(s->ptr, len));
    *s = cut_front(*s, comma ? len + 1 : len);
    return segment;
}

/* What stands before the dash. */
static bool read_place(ro_str s, ro_dateline *out, int64_t *published) {
    *out = (ro_dateline){RO_STR_NONE, RO_STR_NONE, RO_STR_NONE};
    s = ro_str_trim(s);
    if (!take_agency(&s, &out->agency) || s.len == 0) {
        return false;
    }
    out->place = next_segment(&s);
    if (!is_name(out->place, PLACE_WORDS_MAX) || count_letters(out->place).digits > 0 ||
        memchr(out->place.ptr, ':', out->place.len)) {
        return false;
    }
    ro_str day = RO_STR_NONE;
    ro_side side;
    ro_side_class class;
    for (size_t i = 0; s.len > 0; i++) {
        ro_str segment = next_segment(&s);
        if (i >= DATELINE_SEGMENTS_MAX) {
            return false;
        }
        bool dated = false;
        if (is_month_day(segment, &dated)) {
            day = segment;
            if (dated) {
                read_day(segment, published);
            }
        } else if (day.ptr && is_year(segment)) {
            read_day(ro_str_make(day.ptr, (size_t)(segment.ptr + segment.len - day.ptr)),
                     published);
        } else if (!is_name(segment, PLACE_WORDS_MAX) || count_letters(segment).digits > 0) {
            return false;
        } else if (ro_side_find(segment, &side, &class) && class == RO_SIDE_COUNTRY) {
            out->country = segment;
        }
    }
    return out->agency.len > 0 || out->country.len > 0 || is_upper_place(out->place);
}

size_t ro_dateline_read(ro_str line, ro_dateline *out, int64_t *published) {
    size_t limit = line.len < DATELINE_MAX ? line.len : DATELINE_MAX;
    for (size_t i = 1; i < limit; i++) {
        size_t dash = dash_length(cut_front(line, i));
        if (dash > 0 && parts(line, i, dash)) {
            int64_t when = RO_TIME_NONE;
            if (read_place(ro_str_make(line.ptr, i), out, &when)) {
                *published = when;
                return i + dash;
            }
            i += dash - 1;
        }
    }
    *out = (ro_dateline){RO_STR_NONE, RO_STR_NONE, RO_STR_NONE};
    *published = RO_TIME_NONE;
    return 0;
}

/* ---- lines before the story ------------------------------------------------------------------ */

static bool read_byline(ro_str line, ro_str *byline) {
    if (line.len > BYLINE_MAX || !starts_nocase(line, RO_STR("by "))) {
        return false;
    }
    ro_str names = ro_str_trim(cut_front(line, 3));
    names.len -= names.len > 0 && names.ptr[names.len - 1] == ',' ? 1 : 0;
    char last = names.len ? names.ptr[names.len - 1] : '.';
    /* behind a comma may stand what the author does: "By Ann Lee, commodities desk" */
    const char *comma = names.len ? memchr(names.ptr, ',', names.len) : NULL;
    ro_str first = comma ? ro_str_make(names.ptr, (size_t)(comma - names.ptr)) : names;
    if (last == '.' || last == ':' || count_letters(names).digits > 0 || !is_name(first, 12)) {
        return false;
    }
    *byline = names;
    return true;
}

static bool read_photo(ro_str line, ro_str *credit) {
    static const char *const MARKS[] = {"Photo: ",        "Photo by ", "Photo courtesy of ",
                                        "Photo credit: ", "Photos: ",  "Image: ",
                                        "Picture: ",      "Foto: ",    "Фото: "};
    if (line.len > PHOTO_MAX) {
        return false;
    }
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        ro_str mark = ro_str_from(MARKS[i]);
        if (starts_nocase(line, mark)) {
            *credit = ro_str_trim(cut_front(line, mark.len));
            return credit->len > 0;
        }
    }
    return false;
}

static bool read_date_line(ro_str line, ro_layout *out) {
    static const char *const LABELS[] = {"Published on ", "Published: ", "Published ", "Date: ",
                                         "Posted on ",    "Posted: ",    "Posted ",    ""};
    if (line.len > DATE_LINE_MAX) {
        return false;
    }
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        ro_str label = ro_str_from(LABELS[i]);
        if (starts_nocase(line, label)) {
            int64_t when;
            int32_t offset;
            if (ro_time_parse_zone(ro_str_trim(cut_front(line, label.len)), &when, &offset, NULL)) {
                return false;
            }
            out->published = when;
            out->published_offset = offset;
            return true;
        }
    }
    return false;
}

/* Byline, photo or date: a line that is not the story's own. */
static bool read_head_line(ro_str line, ro_layout *out) {
    ro_str found = RO_STR_NONE;
    if (read_byline(line, &found)) {
        out->byline = found;
    } else if (read_photo(line, &found)) {
        out->photo_credit = found;
    } else if (!read_date_line(line, out)) {
        return false;
    }
    return true;
}

/* A first line is a title if it is short, ends as no sentence does, and the next line does not go
 * on with it, as the second line of a wrapped paragraph would. */
static bool is_title(ro_str line, ro_str rest) {
    ro_dateline dateline;
    int64_t when = RO_TIME_NONE;
    ro_layout ignored;
    if (line.len > TITLE_MAX || ro_dateline_read(line, &dateline, &when) > 0 ||
        read_head_line(line, &ignored)) {
        return false;
    }
    char last = line.ptr[line.len - 1];
    bool blank_after = rest.len > 0 && (rest.ptr[0] == '\n' || rest.ptr[0] == '\r');
    ro_str next;
    if (last == '.' || last == ',' || last == ';' || !next_line(&rest, &next)) {
        return false;
    }
    return blank_after || !u_islower((UChar32)first_char(next));
}

/* ---- credit after the story ------------------------------------------------------------------ */

/* "(Reporting by …; Editing by …)" at the end, maybe wrapped. */
static bool take_reporting(ro_str *body, ro_str *credit) {
    static const char *const MARKS[] = {"(Reporting",  "(Additional reporting", "(Editing by",
                                        "(Writing by", "(Compiled by",          "(Written by"};
    ro_str s = ro_str_trim(*body);
    if (s.len == 0 || s.ptr[s.len - 1] != ')') {
        return false;
    }
    size_t from = s.len > REPORTING_MAX ? s.len - REPORTING_MAX : 0;
    for (size_t i = from; i < s.len; i++) {
        for (size_t k = 0; s.ptr[i] == '(' && k < sizeof MARKS / sizeof *MARKS; k++) {
            if (starts_nocase(cut_front(s, i), ro_str_from(MARKS[k]))) {
                *credit = ro_str_trim(ro_str_make(s.ptr + i + 1, s.len - i - 2));
                bool alone = i == 0 || s.ptr[i - 1] == '\n';
                *body = alone ? ro_str_make(s.ptr, i) : *body;
                return true;
            }
        }
    }
    return false;
}

/* "Skagerrak Post, 12 May 2025": the name, and the date if there is one. */
static bool read_credit(ro_str s, ro_layout *out) {
    s = ro_str_trim(s);
    if (s.len == 0 || s.len > CREDIT_MAX) {
        return false;
    }
    const char *comma = memchr(s.ptr, ',', s.len);
    int64_t when = RO_TIME_NONE;
    int32_t offset = 0;
    if (comma && ro_time_parse_zone(ro_str_trim(cut_front(s, (size_t)(comma - s.ptr) + 1)), &when,
                                    &offset, NULL) == RO_OK) {
        s = ro_str_trim(ro_str_make(s.ptr, (size_t)(comma - s.ptr)));
    }
    char last = s.len ? s.ptr[s.len - 1] : '.';
    if (!is_name(s, PLACE_WORDS_MAX) || last == '.' || last == '?' || last == '!') {
        return false;
    }
    out->credit = s;
    if (out->published == RO_TIME_NONE) {
        out->published = when;
        out->published_offset = offset;
    }
    return true;
}

/* True if the letters are the initials of the words: KNS, Kestrel News Service. */
static bool are_initials(ro_str letters, ro_str words) {
    size_t i = 0;
    for (ro_str word; next_word(&words, &word); i++) {
        if (i >= letters.len || word.ptr[0] != letters.ptr[i]) {
            return false;
        }
    }
    return i > 1 && i == letters.len;
}

/* A last line of its own that names the agency of the dateline, without a dash. */
static bool names_agency(ro_str line, ro_str agency) {
    return agency.len > 0 && line.len <= CREDIT_MAX &&
           (ro_str_equal_nocase(line, agency) || are_initials(agency, line));
}

/* The last byte of what may end a sentence, quotes and brackets behind it included. */
static bool ends_sentence(char c) {
    return c && strchr(".!?\"')\x9D\xBB", c);
}

/* "… Moscow. — Agencies" or a line "— Meridian" ends the story. */
static bool take_dash_credit(ro_str *body, ro_layout *out) {
    ro_str line = last_line(*body);
    if (!line.ptr) {
        return false;
    }
    size_t from = line.len > CREDIT_MAX ? line.len - CREDIT_MAX : 0;
    for (size_t i = line.len; i-- > from;) {
        size_t dash = dash_length(cut_front(line, i));
        if (dash == 0 || (i > 0 && dash_length(cut_front(line, i - 1)) == 2)) {
            continue;
        }
        ro_str before = ro_str_trim(ro_str_make(line.ptr, i));
        ro_str after = cut_front(line, i + dash);
        bool ended = before.len == 0 || ends_sentence(before.ptr[before.len - 1]);
        if (!ended || !parts(line, i, before.len ? dash : 2) || !read_credit(after, out)) {
            return false;
        }
        /* a credit behind the last sentence stays: the body is one slice and ends with it */
        if (before.len == 0) {
            *body = ro_str_make(body->ptr, (size_t)(line.ptr - body->ptr));
        }
        return true;
    }
    return false;
}

static void read_tail(ro_layout *out) {
    if (take_reporting(&out->body, &out->credit) || take_dash_credit(&out->body, out)) {
        return;
    }
    ro_str line = last_line(out->body);
    bool alone = line.ptr && line.ptr != out->body.ptr;
    if (alone && names_agency(line, out->dateline.agency)) {
        out->credit = line;
    } else if (!alone || out->published != RO_TIME_NONE || !read_date_line(line, out)) {
        return;
    }
    out->body = ro_str_make(out->body.ptr, (size_t)(line.ptr - out->body.ptr));
}

void ro_layout_read(ro_str text, bool titled, ro_layout *out) {
    *out = (ro_layout){.published = RO_TIME_NONE};
    if (text.len == 0) {
        return;
    }
    ro_str rest = text;
    ro_str line;
    ro_str start = ro_str_trim(text);
    if (titled && next_line(&rest, &line) && is_title(line, rest)) {
        out->title = line;
        start = rest;
    }
    rest = start;
    for (int i = 0; i < HEAD_LINES_MAX && next_line(&rest, &line); i++) {
        if (!read_head_line(line, out)) {
            break;
        }
        start = rest;
    }
    out->body = ro_str_trim(start);
    rest = out->body;
    for (int i = 0; i < DATELINE_LINES_MAX && next_line(&rest, &line); i++) {
        int64_t when = RO_TIME_NONE;
        if (ro_dateline_read(line, &out->dateline, &when) > 0) {
            out->published = out->published == RO_TIME_NONE ? when : out->published;
            break;
        }
    }
    read_tail(out);
    out->body = ro_str_trim(out->body);
}
