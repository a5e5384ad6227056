/* Dates are read by patterns, one a line of a table, so that a new form is a new line. The letters
 * of a pattern:
 *   Y four digits of a year     y year of two to four digits (RFC 2822, 4.3)
 *   M, D two digits             d day of one or two digits, "18th" too
 *   b name of a month           W name of a weekday and a comma, if they are there
 *   t hh:mm, :ss, fraction, am  c hhmm, ss (basic ISO 8601)
 *   z a zone if there is one    T "T", "t" or blanks
 *   blank: one or more          anything else stands for itself */
#include "readout/date.h"

#include <stdio.h>

#define DAY 86400

typedef struct moment {
    int64_t year;
    unsigned month, day;
    unsigned hour, minute, second;
    int zone; /* minutes east of UTC */
} moment;

typedef struct name_value {
    ro_str name; /* lower case */
    int value;
} name_value;

#define NAME(text, value)                                                                          \
    { {text, sizeof(text) - 1}, value }

static const name_value months[] = {
    NAME("january", 1),   NAME("february", 2), NAME("march", 3),     NAME("april", 4),
    NAME("may", 5),       NAME("june", 6),     NAME("july", 7),      NAME("august", 8),
    NAME("september", 9), NAME("october", 10), NAME("november", 11), NAME("december", 12),
    NAME("jan", 1),       NAME("feb", 2),      NAME("mar", 3),       NAME("apr", 4),
    NAME("jun", 6),       NAME("jul", 7),      NAME("aug", 8),       NAME("sep", 9),
    NAME("sept", 9),      NAME("oct", 10),     NAME("nov", 11),      NAME("dec", 12)};

static const name_value weekdays[] = {NAME("monday", 0),   NAME("tuesday", 0), NAME("wednesday", 0),
                                      NAME("thursday", 0), NAME("friday", 0),  NAME("saturday", 0),
                                      NAME("sunday", 0),   NAME("mon", 0),     NAME("tue", 0),
                                      NAME("tues", 0),     NAME("wed", 0),     NAME("thu", 0),
                                      NAME("thur", 0),     NAME("thurs", 0),   NAME("fri", 0),
                                      NAME("sat", 0),      NAME("sun", 0)};

/* RFC 822, section 5.1. The military letters mean nothing reliable (RFC 2822, 4.3): but for Z they
 * are not known. */
static const name_value zones[] = {NAME("z", 0),      NAME("ut", 0),     NAME("utc", 0),
                                   NAME("gmt", 0),    NAME("est", -300), NAME("edt", -240),
                                   NAME("cst", -360), NAME("cdt", -300), NAME("mst", -420),
                                   NAME("mdt", -360), NAME("pst", -480), NAME("pdt", -420)};

static const char *const patterns[] = {"Y-M-D",      "Y-M-DTtz", "YMD",       "YMDTcz",
                                       "Wd b y",     "Wd b ytz", "Wd b, Ytz", "Wb d t Y",
                                       "Wb d t z Y", "Wb d, Y",  "Wb d, Ytz", "Wb d, Y, tz",
                                       "Wb d Y",     "Wb d Ytz", "Wd-b-ytz"};

int64_t ro_days_from_civil(int64_t year, unsigned month, unsigned day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void ro_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = years + era * 400 + (*month <= 2);
}

static int64_t floor_days(int64_t seconds) {
    return seconds / DAY - (seconds % DAY < 0);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip(ro_str *s, size_t bytes) {
    s->ptr += bytes;
    s->len -= bytes;
}

static bool take_char(ro_str *s, char c) {
    if (!s->len || s->ptr[0] != c) {
        return false;
    }
    skip(s, 1);
    return true;
}

static bool take_blanks(ro_str *s) {
    size_t before = s->len;
    while (s->len && is_blank(s->ptr[0])) {
        skip(s, 1);
    }
    return s->len < before;
}

/* Takes as many digits as there are up to `most`; at least `least`. */
static bool take_number(ro_str *s, size_t least, size_t most, unsigned *out) {
    size_t digits = 0;
    *out = 0;
    while (digits < most && digits < s->len && is_digit(s->ptr[digits])) {
        *out = *out * 10 + (unsigned)(s->ptr[digits++] - '0');
    }
    skip(s, digits);
    return digits >= least;
}

/* Takes a word that is one of the names, and a dot after it. */
static bool take_name(ro_str *s, const name_value *names, size_t count, int *value) {
    size_t letters = 0;
    while (letters < s->len && is_letter(s->ptr[letters])) {
        letters++;
    }
    for (size_t i = 0; i < count; i++) {
        if (ro_str_equal_nocase(names[i].name, ro_str_make(s->ptr, letters))) {
            skip(s, letters);
            (void)take_char(s, '.');
            *value = names[i].value;
            return true;
        }
    }
    return false;
}

#define TAKE_NAME(s, names, value) take_name(s, names, sizeof(names) / sizeof *(names), value)

static bool take_weekday(ro_str *s) {
    int ignored;
    if (TAKE_NAME(s, weekdays, &ignored)) {
        (void)take_char(s, ',');
        (void)take_blanks(s);
    }
    return true;
}

static bool take_month(ro_str *s, moment *m) {
    int month = 0;
    bool found = TAKE_NAME(s, months, &month);
    m->month = (unsigned)month;
    return found;
}

static bool take_day(ro_str *s, moment *m) {
    static const ro_str endings[] = {{"st", 2}, {"nd", 2}, {"rd", 2}, {"th", 2}};
    if (!take_number(s, 1, 2, &m->day)) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        if (s->len >= 2 && ro_str_equal_nocase(ro_str_make(s->ptr, 2), endings[i])) {
            skip(s, 2);
            break;
        }
    }
    return true;
}

static bool take_year(ro_str *s, size_t least, moment *m) {
    size_t before = s->len;
    unsigned year;
    if (!take_number(s, least, 4, &year)) {
        return false;
    }
    size_t digits = before - s->len;
    m->year = year;
    if (digits == 3 || (digits == 2 && year >= 50)) {
        m->year += 1900;
    } else if (digits == 2) {
        m->year += 2000;
    }
    return true;
}

static bool take_fraction(ro_str *s) {
    if (s->len > 1 && (s->ptr[0] == '.' || s->ptr[0] == ',') && is_digit(s->ptr[1])) {
        skip(s, 1);
        while (s->len && is_digit(s->ptr[0])) {
            skip(s, 1);
        }
    }
    return true;
}

/* "am", "pm", "a.m." after a time of the 12-hour clock. */
static bool take_half_day(ro_str *s, moment *m) {
    ro_str rest = *s;
    (void)take_blanks(&rest);
    char half = rest.len ? (char)(rest.ptr[0] | 0x20) : 0;
    if (half != 'a' && half != 'p') {
        return true;
    }
    skip(&rest, 1);
    (void)take_char(&rest, '.');
    if (!take_char(&rest, 'm') && !take_char(&rest, 'M')) {
        return true;
    }
    (void)take_char(&rest, '.');
    if (m->hour < 1 || m->hour > 12) {
        return false;
    }
    m->hour = m->hour % 12 + (half == 'p' ? 12 : 0);
    *s = rest;
    return true;
}

static bool take_time(ro_str *s, moment *m) {
    (void)take_blanks(s);
    if (!take_number(s, 1, 2, &m->hour) || !take_char(s, ':') ||
        !take_number(s, 2, 2, &m->minute)) {
        return false;
    }
    if (take_char(s, ':') && !take_number(s, 2, 2, &m->second)) {
        return false;
    }
    return take_fraction(s) && take_half_day(s, m);
}

static bool take_basic_time(ro_str *s, moment *m) {
    if (!take_number(s, 2, 2, &m->hour) || !take_number(s, 2, 2, &m->minute)) {
        return false;
    }
    if (s->len && is_digit(s->ptr[0]) && !take_number(s, 2, 2, &m->second)) {
        return false;
    }
    return take_fraction(s);
}

static bool take_zone(ro_str *s, moment *m) {
    (void)take_blanks(s);
    if (TAKE_NAME(s, zones, &m->zone) || !s->len) {
        return true;
    }
    bool west = s->ptr[0] == '-';
    unsigned hours;
    unsigned minutes = 0;
    if (!take_char(s, west ? '-' : '+')) {
        return true;
    }
    if (!take_number(s, 2, 2, &hours)) {
        return false;
    }
    bool colon = take_char(s, ':');
    if ((colon || (s->len && is_digit(s->ptr[0]))) && !take_number(s, 2, 2, &minutes)) {
        return false;
    }
    m->zone = (int)(hours * 60 + minutes) * (west ? -1 : 1);
    return hours < 24 && minutes < 60;
}

static bool take_item(char item, ro_str *s, moment *m) {
    switch (item) {
    case 'Y':
        return take_year(s, 4, m);
    case 'y':
        return take_year(s, 2, m);
    case 'M':
        return take_number(s, 2, 2, &m->month);
    case 'D':
        return take_number(s, 2, 2, &m->day);
    case 'd':
        return take_day(s, m);
    case 'b':
        return take_month(s, m);
    case 'W':
        return take_weekday(s);
    case 't':
        return take_time(s, m);
    case 'c':
        return take_basic_time(s, m);
    case 'z':
        return take_zone(s, m);
    case 'T':
        return take_char(s, 'T') || take_char(s, 't') || take_blanks(s);
    case ' ':
        return take_blanks(s);
    default:
        return take_char(s, item);
    }
}

static unsigned days_in(int64_t year, unsigned month) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* A leap second (60) is taken as the first second of the next minute; 24:00 is the next day's. */
static bool to_seconds(const moment *m, int64_t *seconds) {
    bool sane = m->year >= 1000 && m->year <= 9999 && m->month >= 1 && m->month <= 12 &&
                m->day >= 1 && m->day <= days_in(m->year, m->month) && m->minute <= 59 &&
                m->second <= 60 &&
                (m->hour <= 23 || (m->hour == 24 && m->minute == 0 && m->second == 0));
    if (!sane) {
        return false;
    }
    *seconds = ro_days_from_civil(m->year, m->month, m->day) * DAY + (int64_t)m->hour * 3600 +
               (int64_t)m->minute * 60 + m->second - (int64_t)m->zone * 60;
    return true;
}

static bool parse_as(const char *pattern, ro_str s, int64_t *seconds, int32_t *offset) {
    moment m = {.day = 1, .month = 1};
    for (; *pattern; pattern++) {
        if (!take_item(*pattern, &s, &m)) {
            return false;
        }
    }
    *offset = m.zone * 60;
    return s.len == 0 && to_seconds(&m, seconds);
}

ro_status ro_time_parse(ro_str s, int64_t *seconds, ro_error *err) {
    int32_t offset;
    return ro_time_parse_zone(s, seconds, &offset, err);
}

ro_status ro_time_parse_zone(ro_str s, int64_t *seconds, int32_t *offset, ro_error *err) {
    ro_str trimmed = ro_str_trim(s);
    for (size_t i = 0; trimmed.len && i < sizeof patterns / sizeof *patterns; i++) {
        if (parse_as(patterns[i], trimmed, seconds, offset)) {
            return RO_OK;
        }
    }
    *seconds = RO_TIME_NONE;
    *offset = 0;
    return ro_fail(err, RO_FORMAT, "not a date: '%.*s'", s.len > 64 ? 64 : (int)s.len,
                   s.ptr ? s.ptr : "");
}

ro_status ro_date_range(ro_str s, int64_t *from, int64_t *until, ro_error *err) {
    ro_str trimmed = ro_str_trim(s);
    int32_t offset;
    bool is_year = parse_as("Y", trimmed, from, &offset);
    if (is_year || parse_as("Y-M", trimmed, from, &offset)) {
        int64_t year;
        unsigned month;
        unsigned day;
        ro_civil_from_days(floor_days(*from), &year, &month, &day);
        int64_t days = is_year ? ro_days_from_civil(year + 1, 1, 1) - floor_days(*from)
                               : (int64_t)days_in(year, month);
        *until = *from + days * DAY;
        return RO_OK;
    }
    if (parse_as("Y-M-D", trimmed, from, &offset)) {
        *until = *from + DAY;
        return RO_OK;
    }
    ro_status status = ro_time_parse(s, from, err);
    *until = status ? RO_TIME_NONE : *from + 1;
    return status;
}

const char *ro_time_format_day(int64_t seconds, char out[RO_TIME_TEXT]) {
    int64_t year;
    unsigned month;
    unsigned day;
    out[0] = 0;
    if (seconds != RO_TIME_NONE) {
        ro_civil_from_days(floor_days(seconds), &year, &month, &day);
        (void)snprintf(out, RO_TIME_TEXT, "%04lld-%02u-%02u", (long long)year, month, day);
    }
    return out;
}

const char *ro_time_format(int64_t seconds, char out[RO_TIME_TEXT]) {
    (void)ro_time_format_day(seconds, out);
    if (seconds != RO_TIME_NONE) {
        int rest = (int)(seconds % DAY + (seconds % DAY < 0 ? DAY : 0));
        size_t len = strlen(out);
        (void)snprintf(out + len, RO_TIME_TEXT - len, "T%02d:%02d:%02dZ", rest / 3600,
                       rest / 60 % 60, rest % 60);
    }
    return out;
}
