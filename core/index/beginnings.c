/* People and places by how the words of their names begin, for completions. */
#include "readout/same.h"
#include "snapshot.h"

#include <stdlib.h>

#define WORDS_MAX 8      /* words typed; no name has more that matter */
#define LOOKED_UP_MAX 24 /* names whose articles are counted: those written in most ways */

typedef struct typed_words {
    ro_str at[WORDS_MAX];
    size_t count;
    uint64_t beginnings;
} typed_words;

/* A name that fits, and in how many ways it stands in the dictionary: with sides and offices. */
typedef struct named {
    ro_str folded;
    uint64_t hash;
    const ro_value *value; /* one of them */
    size_t ways;
} named;

typedef struct named_list {
    named *list;
    size_t count, room;
} named_list;

/* False: there are none, or too many. */
static bool split(ro_str text, typed_words *out) {
    out->count = 0;
    out->beginnings = ro_value_beginnings(text);
    for (size_t i = 0, from = 0; i <= text.len; i++) {
        if (i < text.len && !ro_value_parts(text.ptr[i])) {
            continue;
        }
        if (i > from && out->count == WORDS_MAX) {
            return false;
        }
        if (i > from) {
            out->at[out->count++] = ro_str_make(text.ptr + from, i - from);
        }
        from = i + 1;
    }
    return out->count > 0;
}

/* In a value, or the name that the key of a person begins with. */
static bool has_word(ro_str value, ro_str beginning) {
    for (size_t i = 0; i + beginning.len <= value.len && value.ptr[i] != ';'; i++) {
        if (value.ptr[i] == *beginning.ptr && (i == 0 || ro_value_parts(value.ptr[i - 1])) &&
            memcmp(value.ptr + i, beginning.ptr, beginning.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits(const ro_dictionary *dictionary, size_t id, const typed_words *words) {
    if (words->beginnings & ~dictionary->beginnings[id]) {
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        if (!has_word(dictionary->values[id].folded, words->at[i])) {
            return false;
        }
    }
    return true;
}

static ro_status find_names(const ro_dictionary *dictionary, const typed_words *words,
                            named_list *out, ro_error *err) {
    for (size_t id = 1; id < dictionary->count; id++) {
        if (!fits(dictionary, id, words)) {
            continue;
        }
        const ro_value *value = &dictionary->values[id];
        ro_str rest = value->folded, name = ro_str_cut(&rest, ';');
        if (name.len == value->folded.len) { /* a side has its code alone */
            continue;
        }
        named *grown = ro_grow(out->list, out->count, &out->room, sizeof *grown);
        if (!grown) {
            return ro_fail_memory(err);
        }
        out->list = grown;
        grown[out->count++] = (named){name, ro_str_hash(name), value, 1};
    }
    return RO_OK;
}

static int by_hash(const void *a, const void *b) {
    const named *x = a, *y = b;
    int order = (x->hash > y->hash) - (x->hash < y->hash);
    return order ? order : ro_str_compare(x->folded, y->folded);
}

static bool goes_before(const named *a, const named *b) {
    return a->ways != b->ways ? a->ways > b->ways : ro_str_compare(a->folded, b->folded) < 0;
}

/* Leaves each name once, and of those the LOOKED_UP_MAX that are written in most ways. */
static void settle(named_list *names) {
    named best[LOOKED_UP_MAX + 1];
    size_t kept = 0;
    if (!names->count) {
        return;
    }
    qsort(names->list, names->count, sizeof *names->list, by_hash);
    for (size_t i = 0, next; i < names->count; i = next) {
        named one = names->list[i];
        for (next = i + 1; next < names->count && by_hash(&one, &names->list[next]) == 0; next++) {
            one.ways++;
        }
        size_t at = kept;
        for (; at > 0 && goes_before(&one, &best[at - 1]); at--) {
            best[at] = best[at - 1];
        }
        best[at] = one;
        kept += kept < LOOKED_UP_MAX;
    }
    memcpy(names->list, best, kept * sizeof *best);
    names->count = kept;
}

/* In all offices; where several are named so, all are taken for the one most named. */
static ro_status count_articles(sqlite3_stmt *count, const ro_value *value, ro_person_named *out,
                                ro_error *err) {
    ro_person_form form;
    char family[RO_NAME_FOLD_MAX + 1];
    bool row;
    ro_person_form_parse(value->shown, &form);
    out->name = form.name;
    ro_sql_bind_text(count, 1, ro_str_make(family, ro_person_block(&form, family)));
    ro_sql_bind_text(count, 2, form.name);
    ro_status status = ro_sql_step(count, &row, "count the articles of a person", err);
    if (!status && row) {
        out->person = sqlite3_column_int64(count, 0);
        out->articles = sqlite3_column_int64(count, 2);
    }
    (void)sqlite3_reset(count);
    return status;
}

/* Puts it among the `most` that most articles name; a person once. */
static void put(ro_person_named *list, size_t *count, size_t most, const ro_person_named *person) {
    size_t at = 0, same = 0;
    while (at < *count && list[at].articles >= person->articles) {
        if (list[at++].person == person->person) {
            return;
        }
    }
    if (at == most || !person->articles) {
        return;
    }
    for (same = at; same < *count && list[same].person != person->person;) {
        same++;
    }
    if (same == *count && *count < most) {
        ++*count;
    }
    same = same < *count ? same : *count - 1; /* it is put over, or the last falls out */
    memmove(&list[at + 1], &list[at], (same - at) * sizeof *list);
    list[at] = *person;
}

static ro_status look_up(ro_snapshot *snapshot, const named_list *names, size_t most,
                         ro_person_named *out, size_t *count, ro_error *err) {
    sqlite3_stmt *counting = NULL;
    ro_status status = ro_sql_prepare(snapshot->db,
                                      "SELECT person, max(articles), sum(articles)"
                                      " FROM person_form WHERE family = ?1 AND name = ?2",
                                      &counting, err);
    for (size_t i = 0; !status && i < names->count; i++) {
        ro_person_named person = {.articles = 0};
        status = count_articles(counting, names->list[i].value, &person, err);
        if (!status) {
            put(out, count, most, &person);
        }
    }
    sqlite3_finalize(counting);
    return status;
}

ro_status ro_people_by_beginnings(ro_snapshot *snapshot, ro_str text, size_t most, ro_arena *arena,
                                  ro_person_named *out, size_t *count, ro_error *err) {
    const ro_dictionary *people;
    ro_buf folded = RO_BUF_INIT;
    named_list names = {.count = 0};
    typed_words words;
    *count = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    status = status ? status : ro_fold(NULL, text, &folded, err);
    status = status ? status : ro_snapshot_dictionary(snapshot, RO_DICTIONARY_ACTOR, &people, err);
    if (!status && split(ro_buf_str(&folded), &words)) {
        status = find_names(people, &words, &names, err);
        settle(&names);
        status = status ? status : look_up(snapshot, &names, most, out, count, err);
    }
    for (size_t i = 0; !status && i < *count; i++) {
        out[i].name = ro_arena_copy(arena, out[i].name);
        status = out[i].name.ptr ? RO_OK : ro_fail_memory(err);
    }
    free(names.list);
    ro_buf_release(&folded);
    return status;
}

ro_status ro_place_begins(ro_snapshot *snapshot, ro_str text, bool *out, ro_error *err) {
    const ro_dictionary *places;
    ro_buf folded = RO_BUF_INIT;
    typed_words words;
    *out = false;
    ro_status status = ro_snapshot_usable(snapshot, err);
    status = status ? status : ro_fold(NULL, text, &folded, err);
    status = status ? status : ro_snapshot_dictionary(snapshot, RO_DICTIONARY_PLACE, &places, err);
    if (!status && split(ro_buf_str(&folded), &words)) {
        for (size_t id = 1; id < places->count && !*out; id++) {
            *out = fits(places, id, &words);
        }
    }
    ro_buf_release(&folded);
    return status;
}
