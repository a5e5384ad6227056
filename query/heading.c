/* What hits of facts are called, in a line. */
#include "readout/query.h"

#include "readout/side.h"

static ro_str text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : RO_STR("");
}

static void add(ro_buf *line, const char *between, ro_str text) {
    if (text.len) {
        ro_buf_add_str(line, ro_str_from(line->len ? between : ""));
        ro_buf_add_str(line, text);
    }
}

#define DOT " \xC2\xB7 "
#define DASH " \xE2\x80\x93 "

/* Of codes that are none nothing is shown: an answer may come from anywhere. */
static ro_str side_name(ro_str code) {
    ro_side side;
    return ro_side_of_code(code, &side) ? ro_side_name(code) : RO_STR("");
}

void ro_hit_add_place(const json_t *hit, ro_buf *line) {
    const json_t *place = json_object_get(hit, "place");
    ro_str city = text_of(place, "city");
    add(line, DOT, city);
    add(line, city.len ? ", " : DOT, side_name(text_of(place, "country")));
}

static void talk_heading(const json_t *hit, ro_buf *line) {
    const json_t *sides = json_object_get(hit, "sides"), *parties = json_object_get(hit, "parties");
    for (size_t i = 0; i < json_array_size(sides); i++) {
        const char *code = json_string_value(json_array_get(sides, i));
        add(line, DASH, side_name(ro_str_from(code ? code : "")));
    }
    for (size_t i = 0; i < json_array_size(parties); i++) {
        const char *party = json_string_value(json_array_get(parties, i));
        add(line, DASH, ro_str_from(party ? party : ""));
    }
    add(line, ": ", RO_STR("talks "));
    ro_buf_add_str(line, text_of(hit, "status"));
}

static void participant_heading(const json_t *hit, ro_buf *line) {
    const json_t *office = json_array_get(json_object_get(hit, "offices"), 0);
    bool former = json_is_true(json_object_get(office, "former"));
    add(line, "", text_of(hit, "name"));
    add(line, DOT, former ? RO_STR("former ") : RO_STR(""));
    add(line, former ? "" : DOT, text_of(office, "office"));
    add(line, DOT, side_name(text_of(hit, "side")));
    add(line, DOT, text_of(hit, "role"));
}

static void add_names(ro_buf *line, const json_t *actors) {
    for (size_t i = 0; i < json_array_size(actors); i++) {
        add(line, ", ", text_of(json_array_get(actors, i), "name"));
    }
}

static void outcome_heading(const json_t *hit, ro_buf *line) {
    add_names(line, json_object_get(hit, "by"));
    add(line, DOT, text_of(hit, "status"));
    if (json_is_true(json_object_get(hit, "hedged"))) {
        add(line, ", ", RO_STR("not certain"));
    }
    if (json_is_true(json_object_get(hit, "background"))) {
        add(line, ", ", RO_STR("earlier"));
    }
}

static void statement_heading(const json_t *hit, ro_buf *line) {
    add_names(line, json_object_get(hit, "speaker"));
    add(line, DOT, text_of(hit, "cue"));
}

bool ro_hit_heading(const json_t *hit, ro_buf *line) {
    static const struct {
        const char *kind;
        void (*write)(const json_t *hit, ro_buf *line);
    } headings[] = {{"talk", talk_heading},
                    {"participant", participant_heading},
                    {"outcome", outcome_heading},
                    {"statement", statement_heading}};
    ro_str kind = text_of(hit, "kind");
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (ro_str_equal(kind, ro_str_from(headings[i].kind))) {
            headings[i].write(hit, line);
            return true;
        }
    }
    return false;
}
