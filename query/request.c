#include "readout/query.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct choice {
    const char *name;
    int value;
} choice;

typedef struct parameter parameter;
typedef ro_status (*set_fn)(const parameter *p, void *target, ro_str value, ro_error *err);

/* One a line: what HTTP parameters, JSON bodies and flags are called and may be. */
struct parameter {
    const char *name;
    set_fn set;
    size_t offset;         /* in ro_request */
    const choice *choices; /* of set_choice, set_facets */
    int64_t max;           /* of set_size, set_text */
};

static ro_status refuse(const parameter *p, ro_str value, const char *allowed, ro_error *err) {
    return ro_fail(err, RO_INVALID, "%s: '%.*s' is not %s", p->name,
                   (int)(value.len < 64 ? value.len : 64), value.ptr ? value.ptr : "", allowed);
}

static ro_status set_text(const parameter *p, void *target, ro_str value, ro_error *err) {
    if (value.len > (size_t)p->max) {
        return ro_fail(err, RO_LIMIT, "%s: %zu bytes; at most %lld are taken", p->name, value.len,
                       (long long)p->max);
    }
    *(ro_str *)target = value;
    return RO_OK;
}

static ro_status set_size(const parameter *p, void *target, ro_str value, ro_error *err) {
    char allowed[64];
    size_t number = 0;
    bool good = value.len > 0 && value.len < 10;
    for (size_t i = 0; good && i < value.len; i++) {
        good = value.ptr[i] >= '0' && value.ptr[i] <= '9';
        number = number * 10 + (size_t)(value.ptr[i] - '0');
    }
    if (!good || number > (size_t)p->max) {
        snprintf(allowed, sizeof allowed, "a whole number from 0 to %lld", (long long)p->max);
        return refuse(p, value, allowed, err);
    }
    *(size_t *)target = number;
    return RO_OK;
}

static ro_status set_real(const parameter *p, void *target, ro_str value, ro_error *err) {
    char text[32], *end;
    snprintf(text, sizeof text, "%.*s", RO_STR_ARG(value));
    double number = strtod(text, &end);
    if (value.len == 0 || value.len >= sizeof text || *end || !isfinite(number) || number < 0) {
        return refuse(p, value, "a number of days, 0 or more", err);
    }
    *(double *)target = number;
    return RO_OK;
}

/* "a, b or c" */
static void list_choices(const choice *choices, char *out, size_t size) {
    size_t len = 0;
    for (const choice *c = choices; c->name && len < size; c++) {
        const char *between = c == choices ? "" : c[1].name ? ", " : " or ";
        len += (size_t)snprintf(out + len, size - len, "%s%s", between, c->name);
    }
}

static const choice *find_choice(const choice *choices, ro_str value) {
    for (const choice *c = choices; c->name; c++) {
        if (ro_str_equal(value, ro_str_from(c->name))) {
            return c;
        }
    }
    return NULL;
}

static ro_status set_choice(const parameter *p, void *target, ro_str value, ro_error *err) {
    const choice *c = find_choice(p->choices, value);
    if (!c) {
        char allowed[160];
        list_choices(p->choices, allowed, sizeof allowed);
        return refuse(p, value, allowed, err);
    }
    /* Enumerations are as wide as int here; a flag is one byte. */
    *(int *)target = c->value;
    return RO_OK;
}

static ro_status set_flag(const parameter *p, void *target, ro_str value, ro_error *err) {
    static const choice flags[] = {{"true", 1}, {"false", 0}, {"1", 1}, {"0", 0}, {NULL, 0}};
    const choice *c = find_choice(flags, value);
    if (!c) {
        return refuse(p, value, "true or false", err);
    }
    *(bool *)target = c->value != 0;
    return RO_OK;
}

/* Names separated by commas; several values add up. */
static ro_status set_facets(const parameter *p, void *target, ro_str value, ro_error *err) {
    for (size_t at = 0; at <= value.len && value.len;) {
        const char *comma = memchr(value.ptr + at, ',', value.len - at);
        size_t end = comma ? (size_t)(comma - value.ptr) : value.len;
        ro_str name = ro_str_trim(ro_str_make(value.ptr + at, end - at));
        const choice *c = find_choice(p->choices, name);
        if (!c) {
            char allowed[160];
            list_choices(p->choices, allowed, sizeof allowed);
            return refuse(p, name, allowed, err);
        }
        *(unsigned *)target |= (unsigned)c->value;
        at = end + 1;
    }
    return RO_OK;
}

static const choice kinds[] = {{"articles", RO_KIND_ARTICLES},
                               {"talks", RO_KIND_TALKS},
                               {"participants", RO_KIND_PARTICIPANTS},
                               {"outcomes", RO_KIND_OUTCOMES},
                               {"statements", RO_KIND_STATEMENTS},
                               {"all", RO_KIND_ALL},
                               {NULL, 0}};
static const choice matches[] = {{"auto", RO_MATCH_MODE_AUTO},
                                 {"all", RO_MATCH_MODE_ALL},
                                 {"any", RO_MATCH_MODE_ANY},
                                 {NULL, 0}};
static const choice typos[] = {{"auto", RO_TYPO_AUTO}, {"off", RO_TYPO_OFF}, {NULL, 0}};
static const choice sorts[] = {
    {"relevance", RO_SORT_SCORE}, {"date", RO_SORT_OLDEST}, {"-date", RO_SORT_NEWEST}, {NULL, 0}};
static const choice highlights[] = {{"none", RO_HIGHLIGHT_NONE},
                                    {"offsets", RO_HIGHLIGHT_OFFSETS},
                                    {"html", RO_HIGHLIGHT_HTML},
                                    {NULL, 0}};
static const choice facets[] = {
    {"source", RO_FACET_SOURCE}, {"language", RO_FACET_LANGUAGE}, {"year", RO_FACET_YEAR},
    {"month", RO_FACET_MONTH},   {"week", RO_FACET_WEEK},         {"day", RO_FACET_DAY},
    {"side", RO_FACET_SIDE},     {"role", RO_FACET_ROLE},         {"status", RO_FACET_STATUS},
    {"by", RO_FACET_BY},         {"speaker", RO_FACET_SPEAKER},   {"person", RO_FACET_PERSON},
    {"place", RO_FACET_PLACE},   {"host", RO_FACET_HOST},         {NULL, 0}};

#define AT(member) offsetof(ro_request, member)

static const parameter parameters[] = {
    {"q", set_text, AT(q), NULL, RO_QUERY_TEXT_MAX},
    {"filter", set_text, AT(filter), NULL, RO_QUERY_TEXT_MAX},
    {"kind", set_choice, AT(kind), kinds, 0},
    {"match", set_choice, AT(match), matches, 0},
    {"typo", set_choice, AT(typo), typos, 0},
    {"synonyms", set_choice, AT(synonyms), typos, 0},
    {"sort", set_choice, AT(sort), sorts, 0},
    {"facets", set_facets, AT(facets), facets, 0},
    {"facet_limit", set_size, AT(facet_limit), NULL, RO_FACET_LIMIT_MAX},
    {"limit", set_size, AT(limit), NULL, RO_LIMIT_MAX},
    {"offset", set_size, AT(offset), NULL, RO_OFFSET_MAX},
    {"cursor", set_text, AT(cursor), NULL, 1024},
    {"highlight", set_choice, AT(highlight), highlights, 0},
    {"snippets", set_size, AT(snippets), NULL, 3},
    {"prefix", set_flag, AT(prefix), NULL, 0},
    {"explain", set_flag, AT(explain), NULL, 0},
    {"collapse", set_flag, AT(collapse), NULL, 0},
    {"people", set_flag, AT(people), NULL, 0},
    {"body", set_flag, AT(body), NULL, 0},
    {"half_life", set_real, AT(half_life_days), NULL, 0},
};

ro_request ro_request_default(void) {
    return (ro_request){.limit = 10,
                        .snippets = 3,
                        .highlight = RO_HIGHLIGHT_OFFSETS,
                        .collapse = true,
                        .deadline = RO_DEADLINE_NEVER};
}

ro_status ro_request_set(ro_request *request, ro_str name, ro_str value, ro_error *err) {
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        const parameter *p = &parameters[i];
        if (ro_str_equal(name, ro_str_from(p->name))) {
            return p->set(p, (char *)request + p->offset, value, err);
        }
    }
    return ro_fail(err, RO_NOT_FOUND, "no parameter '%.*s'", (int)(name.len < 64 ? name.len : 64),
                   name.ptr ? name.ptr : "");
}
