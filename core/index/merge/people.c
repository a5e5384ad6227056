/* Forms of people: counted in memory, grouped a block at a time when a form comes or goes. */
#include "merger.h"

#include <stdlib.h>

int64_t ro_merge_form(ro_str folded) {
    uint64_t h = 0xCBF29CE484222325ULL; /* FNV-1a; kept in files */
    for (size_t i = 0; i < folded.len; i++) {
        h = (h ^ (unsigned char)folded.ptr[i]) * 0x100000001B3ULL;
    }
    h = (h ^ h >> 32) & INT64_MAX;
    return h ? (int64_t)h : 1;
}

/* ---- counts ---------------------------------------------------------------------------------- */

static ro_form_delta *delta_slot(ro_form_delta *deltas, size_t room, const ro_merge_name *name) {
    size_t i = (size_t)name->number & (room - 1);
    while (deltas[i].name.number && !(deltas[i].name.number == name->number &&
                                      ro_str_equal(deltas[i].name.key, name->key))) {
        i = (i + 1) & (room - 1);
    }
    return &deltas[i];
}

static bool grow(ro_merge_writer *writer) {
    size_t room = writer->delta_room ? writer->delta_room * 2 : 256;
    ro_form_delta *deltas = calloc(room, sizeof *deltas);
    if (!deltas) {
        return false;
    }
    for (size_t i = 0; i < writer->delta_room; i++) {
        if (writer->deltas[i].name.number) {
            *delta_slot(deltas, room, &writer->deltas[i].name) = writer->deltas[i];
        }
    }
    free(writer->deltas);
    writer->deltas = deltas;
    writer->delta_room = room;
    return true;
}

/* The office is static. */
static bool copy_name(ro_arena *arena, const ro_merge_name *name, ro_merge_name *out) {
    *out = *name;
    out->key = ro_arena_copy(arena, name->key);
    out->family = ro_arena_copy(arena, name->family);
    out->form.name = ro_arena_copy(arena, name->form.name);
    return out->key.ptr && out->family.ptr && out->form.name.ptr;
}

static ro_status change_article(ro_merge_writer *writer, const ro_merge_name *name, ro_doc article,
                                bool add, ro_error *err) {
    sqlite3_stmt *change = writer->statements[add ? RO_MERGE_ARTICLE_ADD : RO_MERGE_ARTICLE_DELETE];
    (void)sqlite3_bind_int64(change, 1, name->number);
    (void)sqlite3_bind_int64(change, 2, article);
    if (add && name->ways == RO_MERGE_ONLY) {
        (void)sqlite3_bind_null(change, 3);
    } else if (add) {
        (void)sqlite3_bind_int64(change, 3, name->ways);
    }
    return ro_sql_done(change, "note who names a person", err);
}

ro_status ro_merge_name_count(ro_merge_writer *writer, const ro_merge_name *name, ro_doc article,
                              int64_t by, ro_error *err) {
    if (name->family.len == 0) {
        return RO_OK;
    }
    if (writer->delta_count * 2 >= writer->delta_room && !grow(writer)) {
        return ro_fail_memory(err);
    }
    ro_form_delta *delta = delta_slot(writer->deltas, writer->delta_room, name);
    if (!delta->name.number) {
        ro_merge_name copy;
        if (!copy_name(&writer->strings, name, &copy)) {
            return ro_fail_memory(err);
        }
        *delta = (ro_form_delta){.name = copy};
        writer->delta_count++;
    }
    delta->by += by;
    return name->ways ? change_article(writer, name, article, by > 0, err) : RO_OK;
}

static void bind_form(sqlite3_stmt *statement, ro_str family, const ro_person_form *form) {
    ro_sql_bind_text(statement, 1, family);
    ro_sql_bind_text(statement, 2, form->name);
    ro_sql_bind_text(statement, 3, ro_str_from(form->side.code));
    ro_sql_bind_text(statement, 4, form->office);
}

/* Writes one count; `again` if the family must be grouped again: the form came or
 * went, or is far commoner or rarer than it was. */
static ro_status store_delta(ro_merge_writer *writer, const ro_form_delta *delta, bool *again,
                             ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_FORM_READ];
    const ro_merge_name *name = &delta->name;
    bool row;
    *again = false;
    if (delta->by == 0) {
        return RO_OK;
    }
    bind_form(read, name->family, &name->form);
    ro_status status = ro_sql_step(read, &row, "read a form of a name", err);
    int64_t count = row && !status ? sqlite3_column_int64(read, 0) : 0;
    (void)sqlite3_reset(read);
    if (status) {
        return status;
    }
    count += delta->by;
    sqlite3_stmt *write = writer->statements[count <= 0 ? RO_MERGE_FORM_DELETE
                                             : row      ? RO_MERGE_FORM_COUNT
                                                        : RO_MERGE_FORM_ADD];
    bind_form(write, name->family, &name->form);
    if (count > 0) {
        (void)sqlite3_bind_int64(write, 5, count);
    }
    if (count > 0 && !row) {
        (void)sqlite3_bind_int64(write, 6, name->number);
    }
    *again = count <= 0 || !row || ro_person_weight(count) != ro_person_weight(count - delta->by);
    return ro_sql_done(write, "count a form of a name", err);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

typedef struct block_forms {
    ro_person_form *forms;
    uint8_t *weights;
    int64_t *ids, *people;
    size_t count, room;
} block_forms;

static bool make_room(block_forms *b) {
    if (b->count < b->room) {
        return true;
    }
    size_t room = b->room ? b->room * 2 : 64;
    ro_person_form *forms = realloc(b->forms, room * sizeof *forms);
    b->forms = forms ? forms : b->forms;
    int64_t *ids = realloc(b->ids, room * sizeof *ids);
    b->ids = ids ? ids : b->ids;
    int64_t *people = realloc(b->people, room * sizeof *people);
    b->people = people ? people : b->people;
    uint8_t *weights = realloc(b->weights, room);
    b->weights = weights ? weights : b->weights;
    bool made = forms && ids && people && weights;
    b->room = made ? room : b->room;
    return made;
}

static ro_status read_block(ro_merge_writer *writer, ro_str family, block_forms *out,
                            ro_error *err) {
    sqlite3_stmt *read = writer->statements[RO_MERGE_FORM_BLOCK];
    ro_sql_bind_text(read, 1, family);
    for (;;) {
        bool row;
        ro_status status = ro_sql_step(read, &row, "read the forms of a name", err);
        if (status || !row) {
            return status;
        }
        ro_str name = ro_arena_copy(&writer->work, ro_sql_text(read, 1));
        ro_str office = ro_arena_copy(&writer->work, ro_sql_text(read, 3));
        ro_str side = ro_sql_text(read, 2);
        if (!name.ptr || !office.ptr || !make_room(out)) {
            (void)sqlite3_reset(read);
            return ro_fail_memory(err);
        }
        ro_person_form *form = &out->forms[out->count];
        *form = (ro_person_form){.name = name, .office = office};
        memcpy(form->side.code, side.ptr, side.len < 4 ? side.len : 4);
        out->weights[out->count] = (uint8_t)ro_person_weight(sqlite3_column_int64(read, 5));
        out->ids[out->count] = sqlite3_column_int64(read, 0);
        out->people[out->count++] = sqlite3_column_int64(read, 4);
    }
}

static ro_status group_block(ro_merge_writer *writer, ro_str family, block_forms *b,
                             ro_error *err) {
    ro_arena_reset(&writer->work);
    b->count = 0;
    ro_status status = read_block(writer, family, b, err);
    if (status || b->count == 0) {
        return status;
    }
    ro_same_link *links = ro_arena_alloc_array(&writer->work, b->count, sizeof *links);
    status =
        links ? ro_forms_group(b->forms, b->weights, b->count, links, err) : ro_fail_memory(err);
    sqlite3_stmt *set = writer->statements[RO_MERGE_FORM_SET];
    for (size_t i = 0; i < b->count && !status; i++) {
        int64_t person = b->ids[links[i].group];
        if (person != b->people[i]) {
            bind_form(set, family, &b->forms[i]);
            (void)sqlite3_bind_int64(set, 5, person);
            status = ro_sql_done(set, "group the forms of a name", err);
        }
    }
    return status;
}

static int compare_families(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

ro_status ro_merge_forms_store(ro_merge_writer *writer, ro_error *err) {
    if (writer->delta_count == 0) {
        return RO_OK;
    }
    const char **families =
        ro_arena_alloc_array(&writer->strings, writer->delta_count, sizeof *families);
    size_t count = 0;
    ro_status status = families ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < writer->delta_room && !status; i++) {
        const ro_form_delta *delta = &writer->deltas[i];
        bool again = false;
        status = delta->name.number ? store_delta(writer, delta, &again, err) : RO_OK;
        if (again) {
            families[count++] = delta->name.family.ptr; /* a copy ends with a zero */
        }
    }
    if (count && !status) {
        qsort(families, count, sizeof *families, compare_families);
    }
    block_forms b = {.count = 0};
    for (size_t i = 0; i < count && !status; i++) {
        if (i == 0 || strcmp(families[i], families[i - 1]) != 0) {
            status = group_block(writer, ro_str_from(families[i]), &b, err);
        }
    }
    free(b.forms);
    free(b.weights);
    free(b.ids);
    free(b.people);
    memset(writer->deltas, 0, writer->delta_room * sizeof *writer->deltas);
    writer->delta_count = 0;
    ro_arena_reset(&writer->strings);
    return status;
}
