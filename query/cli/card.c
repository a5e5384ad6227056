#include "card.h"

#include "readout/query.h"
#include "readout/side.h"
#include "readout/utf8.h"

#define NAMES_MAX 12   /* people of a side that a card lists */
#define OUTCOMES_MAX 8 /* outcomes of a card */

typedef struct card {
    const json_t *hit;
    size_t indent;
    const ro_render *render;
    ro_arena *arena;
    ro_buf *out;
} card;

static const char *string_of(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void write_text(const card *c, const ro_buf *text, const char *style, size_t lead,
                       size_t indent) {
    ro_text t = {ro_buf_str(text), NULL, style, lead, indent};
    c->out->failed |= text->failed;
    ro_text_write(&t, c->render, c->arena, c->out);
    ro_arena_reset(c->arena);
}

/* A line of its own, when there is something to say. */
static void write_line(const card *c, ro_buf *text, const char *style, size_t indent) {
    if (text->len) {
        ro_buf_printf(c->out, "%*s", (int)indent, "");
        write_text(c, text, style, indent, indent);
    }
    ro_buf_clear(text);
}

static void add(ro_buf *line, const char *between, const char *value) {
    if (*value) {
        ro_buf_printf(line, "%s%s", line->len ? between : "", value);
    }
}

/* Of codes that are none nothing is shown: an answer may come from anywhere. */
static const char *side_name(const card *c, const char *code) {
    ro_side side;
    if (!code || !ro_side_of_code(ro_str_from(code), &side)) {
        return "";
    }
    ro_str name = ro_side_name(ro_str_from(side.code));
    const char *copy = ro_arena_printf(c->arena, "%.*s", RO_STR_ARG(name)).ptr;
    return copy ? copy : "";
}

/* ---- a talk ---- */

static void add_duration(const card *c, ro_buf *line) {
    json_int_t minutes = json_integer_value(json_object_get(c->hit, "duration_minutes"));
    char text[64] = "";
    if (minutes >= 60 && minutes % 60) {
        snprintf(text, sizeof text, "%lld h %lld min", (long long)(minutes / 60),
                 (long long)(minutes % 60));
    } else if (minutes) {
        snprintf(text, sizeof text, "%lld %s", (long long)(minutes % 60 ? minutes : minutes / 60),
                 minutes % 60 ? "min" : "h");
    }
    add(line, " \xC2\xB7 ", text);
}

/* Names of a side, those who lead first; a host or mediator says so. */
static void write_people(const card *c, const char *side, const char *label, ro_buf *line) {
    const json_t *people = json_object_get(c->hit, "participants");
    size_t listed = 0;
    for (int heads = 1; heads >= 0; heads--) {
        for (size_t i = 0; i < json_array_size(people); i++) {
            const json_t *p = json_array_get(people, i);
            const char *role = string_of(p, "role");
            bool head = strcmp(role, "head") == 0 || strcmp(role, "chair") == 0;
            if (strcmp(string_of(p, "side"), side) != 0 || head != heads) {
                continue;
            }
            if (listed++ < NAMES_MAX) {
                bool plain = strcmp(role, "member") == 0;
                ro_buf_printf(line, "%s%s%s%s%s", listed > 1 ? ", " : "", string_of(p, "name"),
                              plain ? "" : " (", plain ? "" : role, plain ? "" : ")");
            }
        }
    }
    if (listed > NAMES_MAX) {
        ro_buf_printf(line, " and %zu more", listed - NAMES_MAX);
    }
    if (listed || *label) {
        ro_buf_printf(c->out, "%*s%-*s", (int)c->indent, "", listed ? 20 : 0, label);
        write_text(c, line, "", c->indent + (listed ? 20 : strlen(label)), c->indent + 20);
    }
    ro_buf_clear(line);
}

static bool is_side(const card *c, const char *code) {
    const json_t *sides = json_object_get(c->hit, "sides");
    for (size_t i = 0; i < json_array_size(sides); i++) {
        const char *side = json_string_value(json_array_get(sides, i));
        if (side && strcmp(side, code) == 0) {
            return true;
        }
    }
    return false;
}

/* Those of countries that are no side: hosts, mediators. */
static void write_others(const card *c, ro_buf *line) {
    const json_t *people = json_object_get(c->hit, "participants");
    for (size_t i = 0; i < json_array_size(people); i++) {
        const char *side = string_of(json_array_get(people, i), "side");
        bool seen = is_side(c, side);
        for (size_t j = 0; j < i && !seen; j++) {
            seen = strcmp(string_of(json_array_get(people, j), "side"), side) == 0;
        }
        if (!seen) {
            write_people(c, side, *side ? side_name(c, side) : "Others", line);
        }
    }
}

static void write_outcomes(const card *c, ro_buf *line) {
    static const char *const order[] = {"agreed", "proposed", "declined",   "rejected",
                                        "denied", "planned",  "reaffirmed", "open"};
    const json_t *outcomes = json_object_get(c->hit, "outcomes");
    size_t written = 0;
    for (size_t s = 0; s < sizeof order / sizeof *order; s++) {
        for (size_t i = 0; i < json_array_size(outcomes) && written < OUTCOMES_MAX; i++) {
            const json_t *o = json_array_get(outcomes, i);
            if (strcmp(string_of(o, "status"), order[s]) != 0) {
                continue;
            }
            written++;
            ro_buf_add_str(line, ro_str_from(string_of(o, "sentence")));
            ro_buf_printf(c->out, "%*s%-12s", (int)c->indent, "", order[s]);
            write_text(c, line, "", c->indent + 12, c->indent + 12);
            ro_buf_clear(line);
        }
    }
    if (json_array_size(outcomes) > written) {
        ro_buf_printf(c->out, "%*sand %zu more outcomes\n", (int)c->indent, "",
                      json_array_size(outcomes) - written);
    }
}

static void write_talk(const card *c, ro_buf *line) {
    const json_t *sides = json_object_get(c->hit, "sides");
    const char *host = string_of(c->hit, "host");
    ro_hit_add_place(c->hit, line);
    add(line, " \xC2\xB7 ", string_of(json_object_get(c->hit, "date"), "value"));
    add_duration(c, line);
    const char *form = string_of(c->hit, "form");
    add(line, " \xC2\xB7 ", strcmp(form, "in_person") == 0 ? "" : form);
    if (*host) {
        add(line, " \xC2\xB7 ", "host: ");
        ro_buf_add_str(line, ro_str_from(side_name(c, host)));
    }
    write_line(c, line, "", c->indent);
    for (size_t i = 0; i < json_array_size(sides); i++) {
        const char *code = json_string_value(json_array_get(sides, i));
        bool any = false;
        const json_t *people = json_object_get(c->hit, "participants");
        for (size_t j = 0; code && j < json_array_size(people); j++) {
            any |= strcmp(string_of(json_array_get(people, j), "side"), code) == 0;
        }
        if (any) {
            write_people(c, code, side_name(c, code), line);
        }
    }
    write_others(c, line);
    write_outcomes(c, line);
}

bool ro_card_write(const json_t *hit, const char *rank, size_t indent, const ro_render *render,
                   ro_arena *arena, ro_buf *out) {
    card c = {hit, indent, render, arena, out};
    ro_buf line = RO_BUF_INIT;
    bool fact = ro_hit_heading(hit, &line);
    if (fact) {
        ro_buf_add_str(out, ro_str_from(rank));
        write_text(&c, &line, RO_STYLE_BOLD, indent, indent);
        ro_buf_clear(&line);
    }
    if (strcmp(string_of(hit, "kind"), "talk") == 0) {
        write_talk(&c, &line);
    }
    ro_buf_release(&line);
    return fact;
}
