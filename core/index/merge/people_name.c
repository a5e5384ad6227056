/* People by a name as typed. */
#include "../snapshot.h"
#include "read.h"

#include <stdlib.h>

typedef struct found_people {
    ro_arena *arena;
    ro_buf people; /* int64_t: their groups */
    ro_buf values; /* ro_str */
} found_people;

static bool has_person(const found_people *found, int64_t person) {
    const int64_t *people = (const int64_t *)(const void *)found->people.ptr;
    for (size_t i = 0; i < found->people.len / sizeof *people; i++) {
        if (people[i] == person) {
            return true;
        }
    }
    return false;
}

/* The forms of everybody whom the name fits in one reading of it. */
static ro_status find_people(ro_snapshot *snapshot, const ro_name *wanted, found_people *found,
                             ro_error *err) {
    ro_form_rows rows = {.arena = found->arena};
    ro_status status = ro_merge_forms_read(snapshot->db, ro_str_from(wanted->family), &rows, err);
    size_t known = found->people.len;
    for (size_t i = 0; i < rows.count && !status; i++) {
        ro_name name;
        ro_name_read(rows.list[i].form.name, rows.list[i].form.side, &name);
        ro_name_fit fit = ro_name_compare(wanted, &name);
        /* a surname typed means all who have it; one written only those it was found to be */
        bool fits = fit != RO_NAME_DIFFERS && (fit != RO_NAME_SURNAME || !wanted->given_count);
        if (fits && !has_person(found, rows.list[i].person)) {
            ro_buf_add(&found->people, &rows.list[i].person, sizeof rows.list[i].person);
        }
    }
    for (size_t i = 0; i < rows.count && !status && found->people.len > known; i++) {
        if (has_person(found, rows.list[i].person)) {
            ro_str value = ro_person_key(&rows.list[i].form, found->arena);
            ro_buf_add(&found->values, &value, sizeof value);
            status = value.ptr ? RO_OK : ro_fail_memory(err);
        }
    }
    free(rows.list);
    status = status ? status : ro_buf_check(&found->people, err);
    return status ? status : ro_buf_check(&found->values, err);
}

/* A name as typed may be read as an eastern one, and may start with a title. */
static ro_status try_readings(ro_snapshot *snapshot, ro_str name, found_people *found,
                              ro_error *err) {
    static const ro_side READINGS[] = {{""}, {"KR"}};
    ro_status status = RO_OK;
    while (!status && found->people.len == 0 && name.len) {
        for (size_t i = 0; i < sizeof READINGS / sizeof *READINGS && !status; i++) {
            ro_name wanted;
            ro_name_read(name, READINGS[i], &wanted);
            if (wanted.family[0]) {
                status = find_people(snapshot, &wanted, found, err);
            }
        }
        const char *blank = memchr(name.ptr, ' ', name.len);
        size_t step = blank ? (size_t)(blank + 1 - name.ptr) : name.len;
        name = ro_str_trim(ro_str_make(name.ptr + step, name.len - step));
    }
    return status;
}

static ro_status fold_values(ro_arena *arena, ro_str *values, size_t count, ro_error *err) {
    ro_buf folded = RO_BUF_INIT;
    ro_status status = RO_OK;
    for (size_t i = 0; i < count && !status; i++) {
        ro_buf_clear(&folded);
        status = ro_fold(NULL, values[i], &folded, err);
        values[i] = ro_arena_copy(arena, ro_buf_str(&folded));
        status = status || values[i].ptr ? status : ro_fail_memory(err);
    }
    ro_buf_release(&folded);
    return status;
}

ro_status ro_people_by_name(ro_snapshot *snapshot, ro_str name, ro_arena *arena, ro_str **out,
                            size_t *count, ro_error *err) {
    found_people found = {.arena = arena};
    *out = NULL;
    *count = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    status = status ? status : try_readings(snapshot, ro_str_trim(name), &found, err);
    size_t n = found.values.len / sizeof **out;
    ro_str *values = status ? NULL : ro_arena_alloc_array(arena, n, sizeof *values);
    if (!status && n && !values) {
        status = ro_fail_memory(err);
    }
    if (!status && n) {
        memcpy(values, found.values.ptr, found.values.len);
        status = fold_values(arena, values, n, err);
    }
    if (!status) {
        *out = values;
        *count = n;
    }
    ro_buf_release(&found.people);
    ro_buf_release(&found.values);
    return status;
}
