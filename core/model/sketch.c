/* Sketches as bytes, and the words for reasons. */
#include "readout/same.h"

const char *ro_same_name(unsigned bit) {
    static const char *const NAMES[RO_SAME_REASONS] = {
        "name",    "spelling", "nickname", "initial", "surname", "side",  "office", "people",
        "parties", "place",    "date",     "topics",  "status",  "words", "answer"};
    for (size_t i = 0; i < RO_SAME_REASONS; i++) {
        if (bit == 1U << i) {
            return NAMES[i];
        }
    }
    return "";
}

/* ---- writing: numbers with the low byte first ------------------------------------------------ */

static void put(ro_buf *out, uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        ro_buf_add_byte(out, (char)(value >> (8 * i) & 0xFF));
    }
}

static void put_side(ro_buf *out, ro_side side) {
    ro_buf_add(out, side.code, 4);
}

void ro_sketch_write(const ro_sketch *s, ro_buf *out) {
    put(out, (uint32_t)s->day, 4);
    put(out, s->own_date, 1);
    put(out, s->status, 1);
    put(out, s->form, 1);
    put_side(out, s->country);
    put(out, s->city, 4);
    put(out, s->side_count, 1);
    put(out, s->person_count, 1);
    put(out, s->word_count, 1);
    put(out, s->party_count, 1);
    for (size_t i = 0; i < s->side_count; i++) {
        put_side(out, s->sides[i]);
    }
    for (size_t i = 0; i < s->person_count; i++) {
        put(out, s->people[i].family, 4);
        put(out, s->people[i].given, 4);
        put(out, (unsigned char)s->people[i].initial, 1);
        put_side(out, s->people[i].side);
    }
    for (size_t i = 0; i < s->word_count; i++) {
        put(out, s->words[i], 4);
    }
    for (size_t i = 0; i < s->party_count; i++) {
        put(out, s->parties[i], 4);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct input {
    ro_str rest;
    bool bad;
} input;

static uint32_t take(input *in, size_t bytes) {
    uint32_t value = 0;
    if (in->rest.len < bytes) {
        in->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint32_t)(unsigned char)in->rest.ptr[i] << (8 * i);
    }
    in->rest = ro_str_make(in->rest.ptr + bytes, in->rest.len - bytes);
    return value;
}

static ro_side take_side(input *in) {
    ro_side side = {""};
    for (size_t i = 0; i < 4; i++) {
        side.code[i] = (char)take(in, 1);
    }
    return side;
}

static uint8_t take_count(input *in, size_t max) {
    uint32_t count = take(in, 1);
    in->bad = in->bad || count > max;
    return in->bad ? 0 : (uint8_t)count;
}

ro_status ro_sketch_read(ro_str bytes, ro_sketch *out, ro_error *err) {
    input in = {bytes, false};
    *out = (ro_sketch){.day = 0};
    out->day = (int32_t)take(&in, 4);
    out->own_date = take(&in, 1) != 0;
    out->status = (uint8_t)take(&in, 1);
    out->form = (uint8_t)take(&in, 1);
    out->country = take_side(&in);
    out->city = take(&in, 4);
    out->side_count = take_count(&in, RO_SIDES_MAX);
    out->person_count = take_count(&in, RO_SKETCH_PEOPLE);
    out->word_count = take_count(&in, RO_SKETCH_WORDS);
    out->party_count = take_count(&in, RO_SIDES_MAX);
    for (size_t i = 0; i < out->side_count; i++) {
        out->sides[i] = take_side(&in);
    }
    for (size_t i = 0; i < out->person_count; i++) {
        out->people[i].family = take(&in, 4);
        out->people[i].given = take(&in, 4);
        out->people[i].initial = (char)take(&in, 1);
        out->people[i].side = take_side(&in);
    }
    for (size_t i = 0; i < out->word_count; i++) {
        out->words[i] = take(&in, 4);
    }
    for (size_t i = 0; i < out->party_count; i++) {
        out->parties[i] = take(&in, 4);
    }
    if (in.bad || in.rest.len > 0) {
        *out = (ro_sketch){.day = 0};
        return ro_fail(err, RO_DAMAGED, "the sketch of a record is damaged");
    }
    return RO_OK;
}
