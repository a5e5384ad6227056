/* People and places by how the words of their names begin, for completions. */
#include "readout/same.h"
#include "snapshot.h"

#include <stdlib.h>

#define WORDS_MAX 8      /* words typed; no name has more that matter */
#define LOOKED_UP_MAX 24 /* names whose articles are counted: those written in most ways */
#define LETTERS_MIN 3    /* two begin the names of very many, and would say little */
#define CLOCK_EVERY 4096 /* values between looks at the clock */

typedef struct typed_words {
    ro_str at[WORDS_MAX];
    size_t count;
    uint64_t beginnings;
} typed_words;

/* A value whose name fits. */
typedef struct named {
    ro_str folded; /* the name */
    uint64_t hash;
    const ro_value *value;
} named;

/* A name, and the ways it stands in the dictionary: with sides and offices. */
typedef struct name {
    const named *ways;
    size_t count;
} name;

typedef struct named_list {
    named *list;
    size_t count, room;
    name best[LOOKED_UP_MAX + 1];
    size_t best_count;
} named_list;

static size_t letters(ro_str word) {
    size_t count = 0;
    for (size_t i = 0; i < word.len; i++) {
        count += ((unsigned char)word.ptr[i] & 0xC0) != 0x80;
    }
    return count;
}

/* None, where there are too many or all are too short. */
static void split(ro_str text, typed_words *out) {
    size_t longest = 0;
    out->count = 0;
    out->beginnings = ro_value_beginnings(text);
    for (size_t i = 0, from = 0; i <= text.len; i++) {
        if (i < text.len && !ro_value_parts(text.ptr[i])) {
            continue;
        }
        if (i > from && out->count == WORDS_MAX) {
            out->count = 0;
            return;
        }
        if (i > from) {
            ro_str word = ro_str_make(text.ptr + from, i - from);
            longest = letters(word) > longest ? letters(word) : longest;
            out->at[out->count++] = word;
        }
        from = i + 1;
    }
    out->count = longest >= LETTERS_MIN ? out->count : 0;
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

/* The first id from `id` on whose value fits; the dictionary's count for none. */
static ro_status find_next(const ro_dictionary *dictionary, const typed_words *words,
                           ro_deadline deadline, size_t *id, ro_error *err) {
    for (; *id < dictionary->count; ++*id) {
        if (*id % CLOCK_EVERY == 1 && ro_deadline_passed(deadline)) {
            return ro_fail(err, RO_DEADLINE, "the time for the names ran out");
        }
        if (fits(dictionary, *id, words)) {
            break;
        }
    }
    return RO_OK;
}

static ro_status find_names(const ro_dictionary *dictionary, const typed_words *words,
                            ro_deadline deadline, named_list *out, ro_error *err) {
    for (size_t id = 1;; id++) {
        ro_status status = find_next(dictionary, words, deadline, &id, err);
        if (status || id >= dictionary->count) {
            return status;
        }
        const ro_value *value = &dictionary->values[id];
        ro_str rest = value->folded, folded = ro_str_cut(&rest, ';');
        if (folded.len == value->folded.len) { /* a side has its code alone */
            continue;
        }
        named *grown = ro_grow(out->list, out->count, &out->room, sizeof *grown);
        if (!grown) {
            return ro_fail_memory(err);
        }
        out->list = grown;
        grown[out->count++] = (named){folded, ro_str_hash(folded), value};
    }
}

static int by_hash(const void *a, const void *b) {
    const named *x = a, *y = b;
    int order = (x->hash > y->hash) - (x->hash < y->hash);
    return order ? order : ro_str_compare(x->folded, y->folded);
}

static bool goes_before(const name *a, const name *b) {
    return a->count != b->count ? a->count > b->count
                                : ro_str_compare(a->ways->folded, b->ways->folded) < 0;
}

/* Finds the LOOKED_UP_MAX names that are written in most ways. */
static void settle(named_list *names) {
    if (names->count) {
        qsort(names->list, names->count, sizeof *names->list, by_hash);
    }
    for (size_t i = 0, next; i < names->count; i = next) {
        name one = {&names->list[i], 1};
        for (next = i + 1; next < names->count && by_hash(one.ways, &names->list[next]) == 0;
             next++) {
            one.count++;
        }
        size_t at = names->best_count;
        for (; at > 0 && goes_before(&one, &names->best[at - 1]); at--) {
            names->best[at] = names->best[at - 1];
        }
        names->best[at] = one;
        names->best_count += names->best_count < LOOKED_UP_MAX;
    }
}

/* In all offices; where several are named so, all are taken for the one most named. */
static ro_status count_articles(sqlite3_stmt *count, const name *one, ro_arena *arena,
                                ro_person_named *out, ro_error *err) {
    ro_person_form form;
    char family[RO_NAME_FOLD_MAX + 1];
    bool row;
    ro_person_form_parse(one->ways->value->shown, &form);
    *out = (ro_person_named){.name = form.name, .value_count = one->count};
    out->values = ro_arena_alloc_array(arena, one->count, sizeof *out->values);
    if (!out->values) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < one->count; i++) {
        out->values[i] = one->ways[i].value->folded;
    }
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

/* Puts it among the `most` that most articles name. */
static void put(ro_person_named *list, size_t *count, size_t most, const ro_person_named *person) {
    size_t at = *count;
    while (at > 0 && list[at - 1].articles < person->articles) {
        at--;
    }
    if (at == most || !person->articles) {
        return;
    }
    *count += *count < most;
    memmove(&list[at + 1], &list[at], (*count - 1 - at) * sizeof *list);
    list[at] = *person;
}

static ro_status look_up(ro_snapshot *snapshot, const named_list *names, size_t most,
                         ro_arena *arena, ro_person_named *out, size_t *count, ro_error *err) {
    sqlite3_stmt *counting = NULL;
    ro_status status = ro_sql_prepare(snapshot->db,
                                      "SELECT person, max(articles), sum(articles)"
                                      " FROM person_form WHERE family = ?1 AND name = ?2",
                                      &counting, err);
    for (size_t i = 0; !status && i < names->best_count; i++) {
        ro_person_named person;
        status = count_articles(counting, &names->best[i], arena, &person, err);
        if (!status) {
            put(out, count, most, &person);
        }
    }
    sqlite3_finalize(counting);
    return status;
}

/* The words of a text, which stay in `folded`, and the values to look for them in. No words: there
 * is nothing to look for. */
static ro_status read_typed(ro_snapshot *snapshot, ro_str text, ro_dictionary_name which,
                            ro_buf *folded, typed_words *words, const ro_dictionary **dictionary,
                            ro_error *err) {
    words->count = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    status = status ? status : ro_fold(NULL, text, folded, err);
    status = status ? status : ro_snapshot_dictionary(snapshot, which, dictionary, err);
    if (!status) {
        split(ro_buf_str(folded), words);
    }
    return status;
}

ro_status ro_people_by_beginnings(ro_snapshot *snapshot, ro_str text, size_t most,
                                  ro_deadline deadline, ro_arena *arena, ro_person_named *out,
                                  size_t *count, ro_error *err) {
    const ro_dictionary *people;
    ro_buf folded = RO_BUF_INIT;
    named_list names = {.count = 0};
    typed_words words;
    *count = 0;
    ro_status status =
        read_typed(snapshot, text, RO_DICTIONARY_ACTOR, &folded, &words, &people, err);
    if (!status && words.count) {
        status = find_names(people, &words, deadline, &names, err);
        settle(&names);
        status = status ? status : look_up(snapshot, &names, most, arena, out, count, err);
    }
    for (size_t i = 0; !status && i < *count; i++) {
        out[i].name = ro_arena_copy(arena, out[i].name);
        status = out[i].name.ptr ? RO_OK : ro_fail_memory(err);
    }
    free(names.list);
    ro_buf_release(&folded);
    return status;
}

ro_status ro_place_begins(ro_snapshot *snapshot, ro_str text, ro_deadline deadline, bool *out,
                          ro_error *err) {
    const ro_dictionary *places;
    ro_buf folded = RO_BUF_INIT;
    typed_words words;
    *out = false;
    ro_status status =
        read_typed(snapshot, text, RO_DICTIONARY_PLACE, &folded, &words, &places, err);
    if (!status && words.count) {
        size_t id = 1;
        status = find_next(places, &words, deadline, &id, err);
        *out = !status && id < places->count;
    }
    ro_buf_release(&folded);
    return status;
}
