#include "units.h"

typedef struct reader {
    ro_units *units;
    ro_arena *arena;
    size_t at; /* of the language that is read */
    bool first;
    bool memory;
} reader;

static void add_stem(reader *r, ro_unit *unit, ro_str stem) {
    for (size_t i = 0; i < unit->stem_count; i++) {
        if (ro_str_equal(unit->stems[i], stem)) {
            return;
        }
    }
    ro_str copy = ro_arena_copy(r->arena, stem);
    r->memory |= copy.ptr == NULL;
    unit->stems[unit->stem_count++] = copy;
}

/* Words are the same in every language; only their stems differ. */
static int read_token(void *context, const ro_token *token) {
    reader *r = context;
    if (r->at == (r->first ? RO_UNITS_MAX : r->units->count)) {
        r->units->cut |= r->first;
        return 1;
    }
    ro_unit *unit = &r->units->items[r->at++];
    if (r->first) {
        *unit = (ro_unit){.form = ro_arena_copy(r->arena, token->form),
                          .position = token->position,
                          .span = token->span,
                          .whole = (token->flags & RO_TOKEN_WHOLE) != 0,
                          .number = (token->flags & RO_TOKEN_NUMBER) != 0};
        r->memory |= unit->form.ptr == NULL;
        r->units->count = r->at;
    }
    add_stem(r, unit, token->stem);
    return r->memory;
}

ro_status ro_units_read(ro_analyser *analyser, ro_str text, const ro_str *languages,
                        size_t language_count, ro_arena *arena, ro_units *out, ro_error *err) {
    *out = (ro_units){.items = ro_arena_alloc_array(arena, RO_UNITS_MAX, sizeof(ro_unit))};
    if (!out->items) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < language_count; i++) {
        reader r = {.units = out, .arena = arena, .first = i == 0};
        ro_status status = ro_analyse(analyser, text, languages[i], read_token, &r, err);
        if (status != RO_OK) {
            return status;
        }
        if (r.memory) {
            return ro_fail_memory(err);
        }
    }
    return RO_OK;
}

size_t ro_units_piece(const ro_units *units, size_t at) {
    const ro_unit *unit = &units->items[at];
    size_t end = at + 1;
    while (unit->whole && end < units->count && !units->items[end].whole &&
           units->items[end].position < unit->position + unit->span) {
        end++;
    }
    return end - at;
}
