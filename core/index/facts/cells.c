/* Facts as cells, there and back. */
#include "fields.h"

#include "readout/utf8.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>

/* ---- what can be stored --------------------------------------------------------------------- */

static bool is_span(const uint32_t *span, size_t body) {
    return span[0] <= span[1] && span[1] <= body;
}

static bool is_code(const ro_side *side) {
    size_t len = 0;
    while (len < sizeof side->code && side->code[len] >= 'A' && side->code[len] <= 'Z') {
        len++;
    }
    return len > 0 && len < sizeof side->code && !side->code[len];
}

static bool are_codes(const ro_side *sides, size_t count) {
    bool sound = count <= RO_SIDES_MAX;
    for (size_t i = 0; sound && i < count; i++) {
        sound = is_code(&sides[i]);
    }
    return sound;
}

static bool is_actors(const ro_actors *actors, const ro_facts *facts) {
    bool sound =
        actors->person_count <= RO_SIDES_MAX && are_codes(actors->sides, actors->side_count);
    for (size_t i = 0; sound && i < actors->person_count; i++) {
        sound = actors->people[i] >= 0 && (size_t)actors->people[i] < facts->person_count;
    }
    return sound;
}

static bool is_evidence(const ro_evidence *evidence, size_t count, size_t body) {
    bool sound = true;
    for (size_t i = 0; sound && i < count; i++) {
        sound = evidence[i].start <= evidence[i].end && evidence[i].end <= body;
    }
    return sound;
}

/* References and spans point inside, words and codes are such: what else there is cannot be wrong.
 */
static bool is_sound_field(const ro_fact_field *f, const void *item, const ro_facts *facts,
                           size_t body) {
    const void *at = ro_fact_member(item, f->at);
    switch (f->type) {
    case REFERENCE:
        return *(const int *)at >= -1 &&
               (*(const int *)at < 0 || (size_t) * (const int *)at < ro_fact_items(facts, f->list));
    case WORD:
        return *(const int *)at >= 0 && f->word(*(const int *)at);
    case SIDE:
        return !*(const char *)at || is_code(at);
    case SIDES:
        return are_codes(at, ro_fact_count(item, f));
    case ACTORS:
        return is_actors(at, facts);
    case SPAN:
    case EVIDENCE:
        return is_span(at, body);
    case EVIDENCES:
        return is_evidence(*(const ro_evidence *const *)at, ro_fact_count(item, f), body);
    default:
        return true;
    }
}

bool ro_facts_are_sound(const ro_facts *facts, size_t body) {
    for (int list = 0; list < RO_FACT_LISTS; list++) {
        const ro_fact_shape *t = &RO_FACT_SHAPES[list];
        size_t count = ro_fact_items(facts, (ro_fact_list)list);
        for (size_t i = 0; i < count; i++) {
            for (size_t f = 0; f < t->field_count; f++) {
                if (!is_sound_field(&t->fields[f], ro_fact_item(facts, (ro_fact_list)list, i),
                                    facts, body)) {
                    return false;
                }
            }
        }
    }
    for (size_t i = 0; i < facts->participation_count; i++) {
        if (facts->participations[i].person < 0) {
            return false;
        }
    }
    return true;
}

/* ---- to cells ------------------------------------------------------------------------------- */

typedef struct encoder {
    const ro_facts *facts;
    ro_str body;
    ro_arena *arena;
    ro_buf text;
    bool wrong;
} encoder;

static ro_cell number_cell(int64_t number) {
    return (ro_cell){.type = RO_CELL_NUMBER, .number = number};
}

static ro_cell text_cell(encoder *e, ro_str text) {
    e->wrong |= text.len && !ro_utf8_valid(text);
    return text.len ? (ro_cell){.type = RO_CELL_TEXT, .text = text}
                    : (ro_cell){.type = RO_CELL_NULL};
}

static ro_cell copy_cell(encoder *e, ro_str text) {
    ro_str copy = text.len ? ro_arena_copy(e->arena, text) : RO_STR_NONE;
    e->text.failed |= text.len && !copy.ptr;
    return text_cell(e, copy);
}

/* What was gathered in e->text. */
static ro_cell list_cell(encoder *e) {
    return copy_cell(e, ro_buf_str(&e->text));
}

static void add_item(encoder *e, const char *text) {
    ro_buf_printf(&e->text, e->text.len ? " %s" : "%s", text);
}

static void add_person(encoder *e, int person) {
    char name[16];
    (void)snprintf(name, sizeof name, "p%d", person + 1);
    add_item(e, name);
}

static ro_cell texts_cell(encoder *e, const ro_str *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ro_buf_add_byte(&e->text, i ? ',' : '[');
        ro_buf_add_json(&e->text, texts[i]);
    }
    ro_buf_add(&e->text, "]", count > 0);
    return list_cell(e);
}

static ro_cell roles_cell(encoder *e, const ro_role *roles, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ro_buf_printf(&e->text, "%s{\"office\":", i ? "," : "[");
        ro_buf_add_json(&e->text, roles[i].office);
        ro_buf_printf(&e->text, ",\"of\":");
        ro_buf_add_json(&e->text, roles[i].of);
        ro_buf_printf(&e->text, ",\"former\":%s}", roles[i].former ? "true" : "false");
    }
    ro_buf_add(&e->text, "]", count > 0);
    return list_cell(e);
}

static ro_cell evidence_cell(encoder *e, const ro_evidence *evidence, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ro_buf_printf(&e->text, "%s{\"start\":%u,\"end\":%u,\"rule\":", i ? "," : "[",
                      evidence[i].start, evidence[i].end);
        ro_buf_add_json(&e->text, evidence[i].rule);
        ro_buf_add_byte(&e->text, '}');
    }
    ro_buf_add(&e->text, "]", count > 0);
    return list_cell(e);
}

static ro_cell sides_cell(encoder *e, const ro_side *sides, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_item(e, sides[i].code);
    }
    return list_cell(e);
}

static ro_cell actors_cell(encoder *e, const ro_actors *actors) {
    for (size_t i = 0; i < actors->person_count; i++) {
        add_person(e, actors->people[i]);
    }
    return sides_cell(e, actors->sides, actors->side_count);
}

static bool is_boundary(ro_str text, uint32_t at) {
    return at >= text.len || ((unsigned char)text.ptr[at] & 0xC0) != 0x80;
}

static void encode_span(encoder *e, const uint32_t *span, ro_cell *out) {
    e->wrong |= !is_boundary(e->body, span[0]) || !is_boundary(e->body, span[1]);
    out[0] = number_cell(span[0]);
    out[1] = number_cell(span[1]);
}

static void encode_field(encoder *e, const ro_fact_field *f, const void *item, ro_cell *out) {
    const void *at = ro_fact_member(item, f->at);
    ro_buf_clear(&e->text);
    switch (f->type) {
    case TEXT:
        *out = copy_cell(e, *(const ro_str *)at);
        break;
    case TEXTS:
        *out = texts_cell(e, *(const ro_str *const *)at, ro_fact_count(item, f));
        break;
    case WORD:
        *out = text_cell(e, ro_str_from(f->word(*(const int *)at)));
        break;
    case NUMBER:
        *out = number_cell(*(const int *)at);
        break;
    case FLAG:
        *out = number_cell(*(const bool *)at);
        break;
    case REFERENCE:
        *out = *(const int *)at < 0 ? (ro_cell){.type = RO_CELL_NULL}
                                    : number_cell(*(const int *)at + 1);
        break;
    case SIDE:
        *out = copy_cell(e, ro_str_from(((const ro_side *)at)->code));
        break;
    case SIDES:
        *out = sides_cell(e, at, ro_fact_count(item, f));
        break;
    case ACTORS:
        *out = actors_cell(e, at);
        break;
    case ROLES:
        *out = roles_cell(e, *(const ro_role *const *)at, ro_fact_count(item, f));
        break;
    case SPAN:
        encode_span(e, at, out);
        break;
    case EVIDENCE:
        encode_span(e, at, out);
        out[2] = copy_cell(e, ((const ro_evidence *)at)->rule);
        break;
    case EVIDENCES:
        *out = evidence_cell(e, *(const ro_evidence *const *)at, ro_fact_count(item, f));
        break;
    }
}

static ro_status encode_list(encoder *e, ro_fact_list list, ro_fact_cells *out, ro_error *err) {
    const ro_fact_shape *t = &RO_FACT_SHAPES[list];
    size_t width = ro_fact_width(list);
    size_t count = ro_fact_items(e->facts, list);
    ro_cell *cells = ro_arena_alloc_array(e->arena, count * width, sizeof *cells);
    if (!cells) {
        return ro_fail_memory(err);
    }
    *out = (ro_fact_cells){cells, width, count};
    for (size_t i = 0; i < count; i++) {
        const void *item = ro_fact_item(e->facts, list, i);
        for (size_t f = 0; f < t->field_count; f++) {
            encode_field(e, &t->fields[f], item, cells);
            cells += ro_fact_field_cells(&t->fields[f]);
        }
    }
    return RO_OK;
}

ro_status ro_fact_rows_encode(const ro_facts *facts, ro_str body, ro_arena *arena,
                              ro_fact_cells out[RO_FACT_LISTS], ro_error *err) {
    encoder e = {.facts = facts, .body = body, .arena = arena};
    ro_status status = RO_OK;
    e.wrong = !ro_facts_are_sound(facts, body.len);
    for (int list = 0; !status && !e.wrong && list < RO_FACT_LISTS; list++) {
        status = encode_list(&e, (ro_fact_list)list, &out[list], err);
    }
    status = status ? status : ro_buf_check(&e.text, err);
    ro_buf_release(&e.text);
    if (!status && e.wrong) {
        status = ro_fail(err, RO_INVALID, "the facts of an article do not fit its text");
    }
    return status;
}

/* ---- from cells ----------------------------------------------------------------------------- */

typedef struct decoder {
    ro_arena *arena;
    bool wrong, failed;
} decoder;

static int64_t read_number(decoder *d, const ro_cell *cell, int64_t least, int64_t most) {
    bool fits = cell->type == RO_CELL_NUMBER && cell->number >= least && cell->number <= most;
    d->wrong |= !fits;
    return fits ? cell->number : least;
}

static int read_reference(decoder *d, const ro_cell *cell) {
    return cell->type == RO_CELL_NULL ? -1 : (int)read_number(d, cell, 1, INT_MAX) - 1;
}

static int read_word(decoder *d, const ro_cell *cell, const char *(*word)(int value)) {
    for (int value = 0; word(value); value++) {
        if (ro_str_equal(cell->text, ro_str_from(word(value)))) {
            return value;
        }
    }
    d->wrong = true;
    return 0;
}

static ro_side read_side(decoder *d, ro_str code) {
    ro_side side = {""};
    if (code.len >= sizeof side.code) {
        d->wrong = true;
    } else if (code.len) {
        memcpy(side.code, code.ptr, code.len);
    }
    return side;
}

/* "p12", as an index. */
static int read_person(decoder *d, ro_str item) {
    int64_t number = 0;
    for (size_t i = 1; i < item.len && !d->wrong; i++) {
        number = number * 10 + (item.ptr[i] - '0');
        d->wrong = item.ptr[i] < '0' || item.ptr[i] > '9' || number > INT_MAX;
    }
    d->wrong |= number < 1;
    return (int)number - 1;
}

static void read_actors(decoder *d, ro_str text, ro_actors *out) {
    while (text.len && !d->wrong) {
        ro_str item = ro_str_cut(&text, ' ');
        if (item.len && item.ptr[0] == 'p') {
            int number = read_person(d, item);
            d->wrong |= out->person_count == RO_SIDES_MAX;
            if (!d->wrong) {
                out->people[out->person_count++] = number;
            }
        } else if (out->side_count == RO_SIDES_MAX) {
            d->wrong = true;
        } else {
            out->sides[out->side_count++] = read_side(d, item);
        }
    }
}

static size_t read_sides(decoder *d, ro_str text, ro_side out[RO_SIDES_MAX]) {
    size_t count = 0;
    for (; text.len && count < RO_SIDES_MAX; count++) {
        out[count] = read_side(d, ro_str_cut(&text, ' '));
    }
    d->wrong |= text.len > 0;
    return count;
}

/* The array of a cell; NULL for an empty one. */
static json_t *read_array(decoder *d, const ro_cell *cell) {
    if (!cell->text.len) {
        return NULL;
    }
    json_t *array = json_loadb(cell->text.ptr, cell->text.len, JSON_ALLOW_NUL, NULL);
    d->wrong |= !json_is_array(array);
    return array;
}

static ro_str read_string(decoder *d, const json_t *value) {
    const char *text = json_string_value(value);
    d->wrong |= !text;
    if (!text || !json_string_length(value)) {
        return RO_STR_NONE;
    }
    ro_str copy = ro_arena_copy(d->arena, ro_str_make(text, json_string_length(value)));
    d->failed |= !copy.ptr;
    return copy;
}

static uint32_t read_offset(decoder *d, const json_t *value) {
    json_int_t number = json_integer_value(value);
    d->wrong |= number < 0 || number > UINT32_MAX;
    return (uint32_t)number;
}

static void read_list_item(decoder *d, ro_field_type type, const json_t *value, void *out) {
    if (type == TEXTS) {
        *(ro_str *)out = read_string(d, value);
    } else if (type == ROLES) {
        *(ro_role *)out = (ro_role){read_string(d, json_object_get(value, "office")),
                                    read_string(d, json_object_get(value, "of")),
                                    json_is_true(json_object_get(value, "former"))};
    } else {
        *(ro_evidence *)out = (ro_evidence){read_offset(d, json_object_get(value, "start")),
                                            read_offset(d, json_object_get(value, "end")),
                                            read_string(d, json_object_get(value, "rule"))};
    }
}

static void *read_list(decoder *d, ro_field_type type, const ro_cell *cell, size_t *count) {
    size_t size = type == TEXTS   ? sizeof(ro_str)
                  : type == ROLES ? sizeof(ro_role)
                                  : sizeof(ro_evidence);
    json_t *array = read_array(d, cell);
    *count = json_array_size(array);
    char *items = *count ? ro_arena_alloc_array(d->arena, *count, size) : NULL;
    d->failed |= *count && !items;
    for (size_t i = 0; items && i < *count; i++) {
        read_list_item(d, type, json_array_get(array, i), items + i * size);
    }
    json_decref(array);
    return items;
}

static void read_span(decoder *d, const ro_cell *cells, uint32_t *out) {
    out[0] = (uint32_t)read_number(d, &cells[0], 0, UINT32_MAX);
    out[1] = (uint32_t)read_number(d, &cells[1], 0, UINT32_MAX);
}

static void decode_field(decoder *d, const ro_fact_field *f, const ro_cell *cells, void *item) {
    char *at = (char *)item + f->at;
    void *to = at;
    switch (f->type) {
    case TEXT:
        *(ro_str *)to = cells->text;
        break;
    case WORD:
        *(int *)to = read_word(d, cells, f->word);
        break;
    case NUMBER:
        *(int *)to = (int)read_number(d, cells, INT_MIN, INT_MAX);
        break;
    case FLAG:
        *(bool *)to = read_number(d, cells, 0, 1) != 0;
        break;
    case REFERENCE:
        *(int *)to = read_reference(d, cells);
        break;
    case SIDE:
        *(ro_side *)to = read_side(d, cells->text);
        break;
    case SIDES:
        *(size_t *)(void *)((char *)item + f->count_at) = read_sides(d, cells->text, to);
        break;
    case ACTORS:
        read_actors(d, cells->text, to);
        break;
    case TEXTS:
    case ROLES:
    case EVIDENCES:
        *(void **)to = read_list(d, f->type, cells, (size_t *)(void *)((char *)item + f->count_at));
        break;
    case EVIDENCE:
        ((ro_evidence *)to)->rule = cells[2].text;
        read_span(d, cells, to);
        break;
    case SPAN:
        read_span(d, cells, to);
        break;
    }
}

bool ro_fact_decode(const ro_fact_shape *shape, const ro_cell *cells, void *item, ro_arena *arena,
                    bool *failed) {
    decoder d = {.arena = arena};
    for (size_t f = 0; f < shape->field_count; f++) {
        decode_field(&d, &shape->fields[f], cells, item);
        cells += ro_fact_field_cells(&shape->fields[f]);
    }
    *failed |= d.failed;
    return !d.wrong;
}

ro_status ro_fact_rows_decode(const ro_fact_cells rows[RO_FACT_LISTS], size_t body_len,
                              ro_arena *arena, ro_facts *out, ro_error *err) {
    bool failed = false;
    bool sound = true;
    for (int list = 0; list < RO_FACT_LISTS && !failed; list++) {
        const ro_fact_shape *shape = &RO_FACT_SHAPES[list];
        size_t count = rows[list].count;
        char *items = ro_arena_alloc_array(arena, count, shape->item);
        failed = !items;
        for (size_t i = 0; i < count && !failed && sound; i++) {
            sound = ro_fact_decode(shape, rows[list].cells + i * rows[list].width,
                                   items + i * shape->item, arena, &failed);
        }
        memcpy((char *)out + shape->at, &items, sizeof items);
        memcpy((char *)out + shape->count_at, &count, sizeof count);
    }
    if (failed) {
        return ro_fail_memory(err);
    }
    return sound && ro_facts_are_sound(out, body_len)
               ? RO_OK
               : ro_fail(err, RO_DAMAGED, "the catalogue is damaged: facts make no sense");
}
