/* A small index and its searcher, for the tests of query. */
#ifndef READOUT_TESTS_SEARCH_FIXTURE_H
#define READOUT_TESTS_SEARCH_FIXTURE_H

#include "readout/query.h"
#include "readout/utf8.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct text {
    const char *id, *title, *body, *source, *language, *published;
} text;

static const text texts[] = {
    {"riyadh-1", "Talks in Riyadh end with a partial truce",
     "RIYADH - Delegations agreed to a moratorium on strikes against energy sites. Mr. O'Neil "
     "called the talks \"long\".\n\nThe next round is planned for April.",
     "Reuters", "en", "2025-02-18T09:30:00Z"},
    {"riyadh-2", "Energy moratorium holds, say monitors",
     "The moratorium on energy strikes held for a week.  A consultation mechanism was set up.\n"
     "Both sides talk daily.",
     "Reuters", "en", "2025-03-02"},
    {"tashkent", "Leaders meet in Tashkent",
     "Lavrov met the ambassadors of five states. Witkoff joined by video; Witkov, some papers "
     "wrote. They discussed water.",
     "Dow Jones", "en", "2024-11-05"},
    {"covid", "Covid-19 aid reaches the islands",
     "Vaccines against covid-19 came by ship. The co-operation of the ports was praised.",
     "Dow Jones", "en", "2021-05-01"},
    {"markets", "Markets quiet before the meeting",
     "Energy shares rose. The mechanism of prices is simple: consultation with brokers helps.",
     "Dow Jones", "en", "2025-02-01"},
    {"berlin",
     "Gespr\xC3\xA4"
     "che in Berlin",
     "Die Gespr\xC3\xA4"
     "che gingen weiter. Viele H\xC3\xA4user.",
     "dpa", "de", "2025-01-10"},
    {"markup", "Tags <b>bold</b> & \"quotes\"",
     "A body with <script>alert('talks')</script> & more. Talks about tags.", "", "en", NULL},
    {"empty", "Notice", "", "Reuters", "en", "2023-01-01"},
};

typedef struct fixture {
    char directory[64];
    ro_index *index;
    ro_searcher *searcher;
} fixture;

static inline void put(ro_writer *writer, ro_preparer *preparer, const text *t) {
    ro_error err = RO_ERROR_INIT;
    ro_article article = {.id = ro_str_from(t->id),
                          .title = ro_str_from(t->title),
                          .body = ro_str_from(t->body),
                          .source = ro_str_from(t->source),
                          .language = ro_str_from(t->language),
                          .published = RO_TIME_NONE};
    ro_prepared *prepared;
    ro_change change;
    if (t->published) {
        assert_int_equal(ro_time_parse(ro_str_from(t->published), &article.published, &err), RO_OK);
    }
    assert_int_equal(ro_prepare(preparer, &article, NULL, &prepared, &err), RO_OK);
    assert_int_equal(ro_writer_put(writer, prepared, &change, &err), RO_OK);
    ro_prepared_free(prepared);
}

static inline void put_all(ro_index *index, const text *list, size_t count) {
    ro_error err = RO_ERROR_INIT;
    ro_writer *writer;
    ro_preparer *preparer;
    assert_int_equal(ro_preparer_new(&preparer, &err), RO_OK);
    assert_int_equal(ro_writer_open(index, ro_deadline_in_ms(5000), &writer, &err), RO_OK);
    for (size_t i = 0; i < count; i++) {
        put(writer, preparer, &list[i]);
    }
    assert_int_equal(ro_writer_commit(writer, &err), RO_OK);
    ro_writer_close(writer);
    ro_preparer_free(preparer);
}

static inline int set_up(void **state) {
    static fixture f;
    ro_error err = RO_ERROR_INIT;
    memset(&f, 0, sizeof f);
    (void)snprintf(f.directory, sizeof f.directory, "/tmp/readout-search-test-XXXXXX");
    assert_non_null(mkdtemp(f.directory));
    assert_int_equal(ro_index_open(f.directory, RO_INDEX_CREATE, &f.index, &err), RO_OK);
    put_all(f.index, texts, sizeof texts / sizeof *texts);
    assert_int_equal(ro_searcher_open(f.index, &f.searcher, &err), RO_OK);
    *state = &f;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *info, int kind,
                             struct FTW *where) {
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int tear_down(void **state) {
    fixture *f = *state;
    ro_searcher_close(f->searcher);
    ro_index_close(f->index);
    return nftw(f->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* `parameters` is "q=…&name=value&…", not escaped. */
static inline json_t *ask(fixture *f, const char *parameters) {
    ro_request request = ro_request_default();
    ro_error err = RO_ERROR_INIT;
    json_t *answer = NULL;
    for (const char *at = parameters; *at;) {
        const char *end = strchrnul(at, '&');
        const char *equals = memchr(at, '=', (size_t)(end - at));
        assert_non_null(equals);
        assert_int_equal(ro_request_set(&request, ro_str_make(at, (size_t)(equals - at)),
                                        ro_str_make(equals + 1, (size_t)(end - equals - 1)), &err),
                         RO_OK);
        at = *end ? end + 1 : end;
    }
    request.deadline = ro_deadline_in_ms(20000);
    if (ro_searcher_search(f->searcher, &request, &answer, &err) != RO_OK) {
        print_error("%s: %s\n", parameters, err.message);
        fail();
    }
    return answer;
}

static inline void add_ids(const json_t *answer, ro_buf *out) {
    size_t i;
    json_t *hit;
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        ro_buf_printf(out, "%s%s", i ? " " : "", json_string_value(json_object_get(hit, "id")));
    }
    ro_buf_add_byte(out, '\0');
}

static inline int compare_words(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ids in alphabetical order: what is found, not how it is ranked. */
static inline void sort_words(char *words) {
    char *list[64], copy[1024], *rest = NULL;
    size_t count = 0;
    assert_in_range(strlen(words), 0, sizeof copy - 1);
    (void)snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok_r(copy, " ", &rest); word && count < 64;
         word = strtok_r(NULL, " ", &rest)) {
        list[count++] = word;
    }
    qsort(list, count, sizeof *list, compare_words);
    char *at = words;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(list[i]);
        if (i) {
            *at++ = ' ';
        }
        memcpy(at, list[i], len);
        at += len;
    }
    *at = '\0';
}

static inline void assert_found(fixture *f, const char *parameters, const char *ids) {
    json_t *answer = ask(f, parameters);
    ro_buf got = RO_BUF_INIT;
    add_ids(answer, &got);
    sort_words(got.ptr);
    if (strcmp(got.ptr, ids) != 0) {
        print_error("%s\n", parameters);
    }
    assert_string_equal(got.ptr, ids);
    ro_buf_release(&got);
    json_decref(answer);
}

static inline json_int_t total_of(const json_t *answer) {
    return json_integer_value(json_object_get(json_object_get(answer, "total"), "value"));
}

/* The bytes of characters [from, to). */
static inline ro_str characters(const char *s, json_int_t from, json_int_t to) {
    size_t start = 0, end = 0, taken, len = strlen(s);
    json_int_t count = 0;
    for (size_t at = 0; at < len && count < to; at += taken, count++) {
        (void)ro_utf8_decode(s + at, len - at, &taken);
        start = count < from ? at + taken : start;
        end = at + taken;
    }
    assert_int_equal(count, to);
    return ro_str_make(s + start, end - start);
}

#endif
