/* Dates and durations. A date that cannot be resolved stays without a value: a wrong date is worse
 * than none. */
#include "document.h"

#include "readout/date.h"

#define HALF_YEAR 183 /* days: a date without a year is the nearest one */

static int64_t number_at(const document *doc, uint32_t at) {
    const token *t = doc_token(doc, at);
    int64_t n = 0;
    if (t->kind != '0' || t->end - t->start > 4) {
        return -1;
    }
    for (uint32_t i = t->start; i < t->end; i++) {
        char c = doc->t.text.ptr[i];
        if (c < '0' || c > '9') {
            bool ordinal = i > t->start && (c == 's' || c == 'n' || c == 'r' || c == 't');
            return ordinal ? n : -1;
        }
        n = n * 10 + (c - '0');
    }
    return n;
}

static bool is_day(int64_t n) {
    return n >= 1 && n <= 31;
}

static bool is_year(const document *doc, uint32_t at) {
    int64_t n = number_at(doc, at);
    return n >= 1800 && n <= 2100 && doc_token(doc, at)->end - doc_token(doc, at)->start == 4;
}

static ro_str day_text(document *doc, int64_t days) {
    int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
    ro_civil_from_days(days, &year, &month, &day);
    ro_str s = ro_arena_printf(doc->arena, "%04d-%02u-%02u", (int)year, month, day);
    doc->failed = doc->failed || !s.ptr;
    return s;
}

static void add_when(document *doc, uint32_t first, uint32_t end, ro_str value,
                     ro_date_basis basis) {
    when *w = doc_push(doc, (void **)&doc->whens, &doc->when_count, sizeof *w);
    ro_date_mention *m =
        doc_push(doc, (void **)&doc->facts->dates, &doc->facts->date_count, sizeof *m);
    if (w && m) {
        *w = (when){first, end, value, basis};
        *m = (ro_date_mention){doc_token(doc, first)->start, doc_token(doc, end - 1)->end, value,
                               basis};
    }
}

/* The day of a month without a year: the one nearest to publication. */
static ro_str nearest_day(document *doc, unsigned month, unsigned day) {
    if (doc->published_days == INT64_MIN) {
        return RO_STR_NONE;
    }
    int64_t year = 0;
    unsigned m = 0;
    unsigned d = 0;
    ro_civil_from_days(doc->published_days, &year, &m, &d);
    int64_t best = ro_days_from_civil(year, month, day);
    if (best - doc->published_days > HALF_YEAR) {
        best = ro_days_from_civil(year - 1, month, day);
    } else if (doc->published_days - best > HALF_YEAR) {
        best = ro_days_from_civil(year + 1, month, day);
    }
    return day_text(doc, best);
}

static bool day_exists(int64_t year, unsigned month, int64_t day) {
    int64_t y = 0;
    unsigned m = 0;
    unsigned d = 0;
    ro_civil_from_days(ro_days_from_civil(year, month, (unsigned)day), &y, &m, &d);
    return m == month && d == (unsigned)day;
}

/* "Feb. 24, 2022", "24 February 2022", "February 2022"; returns the token after it. */
static uint32_t month_date(document *doc, uint32_t at) {
    const lex_match *m = doc_match(doc, at, LEX_MONTH);
    if (!m || !(doc_token(doc, at)->flags & TOK_CAP)) {
        return at;
    }
    unsigned month = (unsigned)doc_entry(doc, m)->number;
    uint32_t first = at;
    uint32_t i = at + 1;
    int64_t day = -1;
    if (at > 0 && is_day(number_at(doc, at - 1)) && !is_day(number_at(doc, i))) {
        day = number_at(doc, at - 1);
        first = at - 1;
    } else if (is_day(number_at(doc, i)) && !is_year(doc, i)) {
        day = number_at(doc, i++);
    }
    uint32_t year_at = doc_token(doc, i)->kind == ',' ? i + 1 : i;
    bool year = is_year(doc, year_at);
    if (day < 0 && !year) {
        return at;
    }
    ro_str value = RO_STR_NONE;
    ro_date_basis basis = RO_BASIS_NONE;
    if (year) {
        int64_t y = number_at(doc, year_at);
        i = year_at + 1;
        if (day > 0 && day_exists(y, month, day)) {
            value = ro_arena_printf(doc->arena, "%04d-%02u-%02d", (int)y, month, (int)day);
        } else if (day < 0) {
            value = ro_arena_printf(doc->arena, "%04d-%02u", (int)y, month);
        }
        basis = value.len ? RO_BASIS_STATED : RO_BASIS_NONE;
    } else if (day_exists(2000, month, day)) {
        value = nearest_day(doc, month, (unsigned)day);
        basis = value.len ? RO_BASIS_RESOLVED : RO_BASIS_NONE;
    }
    add_when(doc, first, i, value, basis);
    return i;
}

/* Monday is 1. */
static int64_t weekday_of(int64_t days) {
    return ((days + 3) % 7 + 7) % 7 + 1;
}

static bool is_ahead(const document *doc, uint32_t at) {
    if (at > 0 && doc_word_is(doc, at - 1, "next")) {
        return true;
    }
    const clause *cl = &doc->clauses[doc->clause_at[at]];
    uint32_t from = at > cl->first + 30 ? at - 30 : cl->first;
    for (uint32_t i = from; i < at; i++) {
        if (doc_word_is(doc, i, "will") || doc_word_is(doc, i, "to") || doc_is(doc, i, LEX_MODAL)) {
            return true;
        }
    }
    return false;
}

static uint32_t relative_date(document *doc, uint32_t at) {
    const lex_match *m = doc_match(doc, at, LEX_RELDATE);
    bool known = doc->published_days != INT64_MIN;
    if (m) {
        ro_str value =
            known ? day_text(doc, doc->published_days + doc_entry(doc, m)->number) : RO_STR_NONE;
        add_when(doc, at, at + m->words, value, known ? RO_BASIS_RESOLVED : RO_BASIS_NONE);
        return at + m->words;
    }
    m = doc_match(doc, at, LEX_WEEKDAY);
    if (!m || !(doc_token(doc, at)->flags & TOK_CAP) || doc_token(doc, at + 1)->kind == '\'' ||
        doc_token(doc, at + 1)->kind == '-') {
        return at;
    }
    ro_str value = RO_STR_NONE;
    bool last_week = at > 0 && doc_word_is(doc, at - 1, "last");
    if (known && !last_week) {
        int64_t back = (weekday_of(doc->published_days) - doc_entry(doc, m)->number + 7) % 7;
        bool ahead = is_ahead(doc, at);
        value = day_text(doc, ahead && back ? doc->published_days + 7 - back
                                            : doc->published_days - back);
    }
    add_when(doc, at, at + 1, value, value.len ? RO_BASIS_RESOLVED : RO_BASIS_NONE);
    return at + 1;
}

static uint32_t year_alone(document *doc, uint32_t at) {
    if (!is_year(doc, at) || at == 0 ||
        !(doc_word_is(doc, at - 1, "in") || doc_word_is(doc, at - 1, "since") ||
          doc_word_is(doc, at - 1, "until"))) {
        return at;
    }
    add_when(doc, at, at + 1, doc_text(doc, at, at + 1), RO_BASIS_STATED);
    return at + 1;
}

/* 2022-02-24 comes as three numbers with hyphens. */
static uint32_t iso_date(document *doc, uint32_t at) {
    if (!is_year(doc, at) || doc_token(doc, at + 1)->kind != '-' ||
        doc_token(doc, at + 1)->flags & TOK_SPACE || doc_token(doc, at + 2)->kind != '0' ||
        doc_token(doc, at + 3)->kind != '-') {
        return at;
    }
    int64_t month = number_at(doc, at + 2);
    int64_t day = number_at(doc, at + 4);
    if (month < 1 || month > 12 || !is_day(day) ||
        !day_exists(number_at(doc, at), (unsigned)month, day)) {
        return at;
    }
    ro_str value = ro_arena_printf(doc->arena, "%04d-%02d-%02d", (int)number_at(doc, at),
                                   (int)month, (int)day);
    add_when(doc, at, at + 5, value, RO_BASIS_STATED);
    return at + 5;
}

void dates_find(document *doc) {
    for (uint32_t i = 0; i < doc->t.count && !doc->failed;) {
        const token *t = doc_token(doc, i);
        uint32_t next = i;
        if (t->classes & LEX_BIT(LEX_MONTH)) {
            next = month_date(doc, i);
        } else if (t->classes & (LEX_BIT(LEX_WEEKDAY) | LEX_BIT(LEX_RELDATE))) {
            next = relative_date(doc, i);
        } else if (t->kind == '0' && i + 5 < doc->t.count) {
            next = iso_date(doc, i);
            next = next == i ? year_alone(doc, i) : next;
        }
        i = next > i ? next : i + 1;
    }
}

when dates_near(const document *doc, uint32_t first, uint32_t end, uint32_t near) {
    when best = {0, 0, RO_STR_NONE, RO_BASIS_NONE};
    size_t low = 0;
    for (size_t high = doc->when_count; low < high;) {
        size_t middle = (low + high) / 2;
        if (doc->whens[middle].first < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t distance = UINT32_MAX;
    for (size_t i = low; i < doc->when_count && doc->whens[i].first < end; i++) {
        uint32_t at = doc->whens[i].first;
        uint32_t d = at > near ? at - near : near - at;
        if (doc->whens[i].value.len >= 7 && d < distance) {
            distance = d;
            best = doc->whens[i];
        }
    }
    return best;
}

/* ---- durations ------------------------------------------------------------------------------- */

static int quantity_at(const document *doc, uint32_t at) {
    const lex_match *m = doc_match(doc, at, LEX_NUMBER);
    if (m) {
        return (int)doc_entry(doc, m)->number;
    }
    int64_t n = number_at(doc, at);
    return n > 0 && n < 1000 ? (int)n : 0;
}

static uint32_t skip_hyphen(const document *doc, uint32_t at) {
    return at + (doc_token(doc, at)->kind == '-');
}

int duration_at(const document *doc, uint32_t at, uint32_t end) {
    int quantity = quantity_at(doc, at);
    uint32_t span = doc_span(doc, at, LEX_NUMBER);
    uint32_t i = skip_hyphen(doc, at + (span ? span : 1));
    if (quantity == 0 || i >= end) {
        return 0;
    }
    bool half = false;
    if (doc_word_is(doc, i, "and")) {
        uint32_t k = skip_hyphen(doc, i + 1);
        k = doc_word_is(doc, k, "a") ? skip_hyphen(doc, k + 1) : k;
        if (!doc_word_is(doc, k, "half")) {
            return 0;
        }
        half = true;
        i = skip_hyphen(doc, k + 1);
    }
    const lex_match *m = i < end ? doc_match(doc, i, LEX_UNIT) : NULL;
    int unit = m ? (int)doc_entry(doc, m)->number : 0;
    return unit > 0 && unit < 1440 ? quantity * unit + (half ? unit / 2 : 0) : 0;
}
