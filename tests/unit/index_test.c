/* core/index: articles in and out, ledger, dictionary, statistics. */
#include "index_fixture.h"
#include "readout/utf8.h"
#include "roll.h"

#include <unistd.h>

static void an_article_comes_back_as_it_was_put(void **state) {
    fixture *f = *state;
    ro_article article = {.id = RO_STR("a:1"),
                          .title = RO_STR("Peace t\xC3\xA9st"),
                          .body = RO_STR("First line.\n\nSecond \"line\"\0with a NUL."),
                          .url = RO_STR("https://example.org/1"),
                          .source = RO_STR("Reuters"),
                          .byline = RO_STR("A. Writer"),
                          .language = RO_STR("en"),
                          .credit = RO_STR("Agencies"),
                          .photo_credit = RO_STR("Photo"),
                          .dateline = {RO_STR("RIYADH"), RO_STR("Saudi Arabia"), RO_STR("AFP")},
                          .published = -5,
                          .origin = RO_STR("dir/file.txt")};
    ro_writer *writer = open_writer(f);
    assert_int_equal(put_article(f, writer, &article), RO_ADDED);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_doc doc;
    ro_article back;
    OK(ro_snapshot_find(snapshot, RO_STR("a:1"), &doc, NULL));
    OK(ro_snapshot_article(snapshot, doc, true, &f->arena, &back, NULL));
    json_t *expected = ro_article_to_json(&article);
    json_t *json = ro_article_to_json(&back);
    assert_true(json_equal(json, expected));
    assert_true(ro_str_equal(back.origin, article.origin));
    OK(ro_snapshot_article(snapshot, doc, false, &f->arena, &back, NULL));
    assert_int_equal(back.body.len, 0);
    assert_true(ro_str_equal(back.title, article.title));
    FAILS(ro_snapshot_find(snapshot, RO_STR("b"), &doc, err), RO_NOT_FOUND,
          "no article has id 'b'");
    FAILS(ro_snapshot_article(snapshot, 99, true, &f->arena, &back, err), RO_NOT_FOUND, "99");
    json_decref(json);
    json_decref(expected);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
}

static void putting_again_changes_only_what_differs(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_doc first;
    ro_doc second;
    assert_int_equal(put_text(f, writer, "a", "Title", "one two"), RO_ADDED);
    assert_int_equal(put_text(f, writer, "a", "Title", "one two"), RO_UNCHANGED);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    uint64_t revision = ro_snapshot_revision(snapshot);
    OK(ro_snapshot_find(snapshot, RO_STR("a"), &first, NULL));
    assert_int_equal(put_text(f, writer, "a", "Title", "one two"), RO_UNCHANGED);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(ro_snapshot_revision(snapshot), revision);
    assert_int_equal(put_text(f, writer, "a", "Title", "three"), RO_CHANGED);
    OK(ro_writer_commit(writer, NULL));
    assert_int_equal(count_of(f, snapshot, "one"), 1); /* the view has not moved */
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_true(ro_snapshot_revision(snapshot) > revision);
    OK(ro_snapshot_find(snapshot, RO_STR("a"), &second, NULL));
    assert_true(second > first);
    assert_int_equal(count_of(f, snapshot, "one"), 0);
    assert_int_equal(count_of(f, snapshot, "three"), 1);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static uint64_t look(const ro_watch *watch) {
    uint64_t seen;
    assert_true(ro_watch_look(watch, &seen));
    return seen;
}

static void a_watch_tells_of_commits_alone(void **state) {
    fixture *f = *state;
    ro_watch *watch;
    OK(ro_watch_open(f->index, &watch, NULL));
    uint64_t looks[4];
    looks[0] = look(watch);
    ro_writer *writer = open_writer(f);
    (void)put_text(f, writer, "a", "Title", "one two");
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, "one"), 0);
    assert_true(look(watch) == looks[0]);
    for (size_t i = 1; i < 4; i++) {
        OK(ro_writer_commit(writer, NULL));
        looks[i] = look(watch);
        for (size_t k = 0; k < i; k++) {
            assert_true(looks[k] != looks[i]);
        }
        OK(ro_snapshot_refresh(snapshot, NULL));
        assert_true(look(watch) == looks[i]);
        (void)put_text(f, writer, "a", "Title", i == 1 ? "one" : "two");
    }
    ro_writer_close(writer);
    assert_true(look(watch) == looks[3]);
    ro_snapshot_close(snapshot);
    ro_watch_close(watch);
}

static void what_is_not_committed_is_dropped(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    (void)put_text(f, writer, "a", "", "kept");
    assert_int_equal(ro_writer_pending(writer), 4);
    OK(ro_writer_commit(writer, NULL));
    assert_int_equal(ro_writer_pending(writer), 0);
    (void)put_text(f, writer, "b", "", "dropped");
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, NULL), 1);
    assert_int_equal(count_of(f, snapshot, "drop"), 0);
    ro_snapshot_close(snapshot);
}

/* Everything that can be asked about the terms of an index, as text. */
static void describe(fixture *f, ro_snapshot *snapshot, ro_buf *out) {
    ro_word *words;
    size_t count;
    bool complete;
    ro_index_stats stats;
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR(""), 10000, RO_DEADLINE_NEVER,
                          &f->arena, &words, &count, &complete, NULL));
    assert_true(complete);
    for (size_t i = 0; i < count; i++) {
        int64_t df;
        OK(ro_document_frequency(snapshot, RO_KIND_ARTICLES, words[i].form, false, &df, NULL));
        ro_match *term = term_of(f, "");
        term->term = words[i].form;
        ro_search search = search_of(term, 1);
        ro_found found = run_search(f, snapshot, &search);
        assert_int_equal(found.total, df);
        ro_buf_printf(out, "%.*s %lld %lld %.17g\n", RO_STR_ARG(words[i].form),
                      (long long)words[i].df, (long long)df,
                      found.hit_count ? found.hits[0].score : 0);
    }
    OK(ro_snapshot_stats(snapshot, &stats, NULL));
    ro_buf_printf(out, "%lld %lld %lld %lld %lld %lld\n", (long long)stats.articles,
                  (long long)stats.words, (long long)stats.terms, (long long)stats.text_bytes,
                  (long long)stats.first, (long long)stats.last);
}

static void replacing_and_deleting_leave_no_trace(void **state) {
    fixture *f = *state;
    void *other_state = NULL;
    (void)set_up(&other_state);
    fixture *other = other_state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 100);
    OK(ro_writer_commit(writer, NULL));
    for (int i = 0; i < 50; i++) {
        char id[16];
        bool found;
        (void)snprintf(id, sizeof id, "%d", i);
        if (i % 2) {
            OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
            assert_true(found);
            OK(ro_writer_delete(writer, ro_str_from(id), &found, NULL));
            assert_false(found);
        } else {
            (void)put_text(f, writer, id, "Changed", "alpha is talking of talks; they talked");
            (void)put_text(f, writer, id, "Changed", "now of something else, alpha");
        }
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    writer = open_writer(other);
    put_many(other, writer, 50, 50);
    for (int i = 0; i < 50; i += 2) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i);
        (void)put_text(other, writer, id, "Changed", "now of something else, alpha");
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_snapshot *fresh = open_snapshot(other);
    ro_buf a = RO_BUF_INIT;
    ro_buf b = RO_BUF_INIT;
    describe(f, snapshot, &a);
    describe(other, fresh, &b);
    ro_buf_add_byte(&a, 0);
    ro_buf_add_byte(&b, 0);
    assert_string_equal(a.ptr, b.ptr);
    assert_sound(snapshot);
    ro_buf_release(&a);
    ro_buf_release(&b);
    ro_snapshot_close(snapshot);
    ro_snapshot_close(fresh);
    (void)tear_down(&other_state);
}

static void merging_changes_no_answer(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    for (int i = 0; i < 10; i++) {
        put_many(f, writer, i * 20, 20);
        OK(ro_writer_commit(writer, NULL));
    }
    ro_snapshot *snapshot = open_snapshot(f);
    ro_buf before = RO_BUF_INIT;
    ro_buf after = RO_BUF_INIT;
    describe(f, snapshot, &before);
    OK(ro_writer_optimize(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    describe(f, snapshot, &after);
    assert_true(ro_str_equal(ro_buf_str(&before), ro_buf_str(&after)));
    ro_buf_release(&before);
    ro_buf_release(&after);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void caps_hold_to_the_byte(void **state) {
    fixture *f = *state;
    ro_prepared *prepared;
    char *big = malloc(RO_ARTICLE_BODY_MAX + 1);
    memset(big, 'x', RO_ARTICLE_BODY_MAX + 1);
    ro_article article = {.published = RO_TIME_NONE};
    FAILS(ro_prepare(f->preparer, &article, NULL, &prepared, err), RO_INVALID, "no id");
    for (size_t over = 0; over < 2; over++) {
        ro_status expected = over ? RO_LIMIT : RO_OK;
        article = (ro_article){.id = {big, RO_ARTICLE_ID_MAX + over}, .published = RO_TIME_NONE};
        assert_int_equal(ro_prepare(f->preparer, &article, NULL, &prepared, NULL), expected);
        ro_prepared_free(prepared);
        article = (ro_article){.id = RO_STR("a"), .title = {big, RO_ARTICLE_FIELD_MAX + over}};
        assert_int_equal(ro_prepare(f->preparer, &article, NULL, &prepared, NULL), expected);
        ro_prepared_free(prepared);
        article = (ro_article){.id = RO_STR("a"), .dateline.place = {big, 4096 + over}};
        assert_int_equal(ro_prepare(f->preparer, &article, NULL, &prepared, NULL), expected);
        ro_prepared_free(prepared);
    }
    article = (ro_article){.id = RO_STR("a"), .body = {big, RO_ARTICLE_BODY_MAX + 1}};
    FAILS(ro_prepare(f->preparer, &article, NULL, &prepared, err), RO_LIMIT,
          "body has 67108865 bytes");
    assert_null(prepared);
    free(big);
}

/* Numbers stay as they are, so that each is one term. */
static void the_cap_on_terms_holds_to_the_term(void **state) {
    fixture *f = *state;
    ro_buf body = RO_BUF_INIT;
    for (int i = 0; i < RO_ARTICLE_TERMS_MAX - 1; i++) {
        ro_buf_printf(&body, "%d ", 1000000 + i);
    }
    for (int over = -1; over <= 1; over++) {
        ro_article article = article_of("a", "", "");
        article.body = ro_buf_str(&body);
        ro_prepared *prepared;
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_prepare(f->preparer, &article, NULL, &prepared, &err),
                         over > 0 ? RO_LIMIT : RO_OK);
        ro_prepared_free(prepared);
        ro_buf_printf(&body, "%d ", 2000000 + over);
    }
    ro_buf_release(&body);
}

static void what_is_not_utf8_is_repaired(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_article article = article_of("a\xFF", "caf\xE9 one", "body \xC3 end");
    article.origin = RO_STR("dir/\xE9");
    (void)put_article(f, writer, &article);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    ro_doc doc;
    ro_article back;
    OK(ro_snapshot_find(snapshot, RO_STR("a\xEF\xBF\xBD"), &doc, NULL));
    OK(ro_snapshot_article(snapshot, doc, true, &f->arena, &back, NULL));
    assert_true(ro_str_equal(back.title, RO_STR("caf\xEF\xBF\xBD one")));
    assert_true(ro_str_equal(back.origin, article.origin)); /* the ledger's name of it */
    assert_true(ro_str_equal(back.body, RO_STR("body \xEF\xBF\xBD end")));
    json_t *json = ro_article_to_json(&back);
    assert_non_null(json);
    json_decref(json);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void an_article_without_text_is_kept(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_article article = {.id = RO_STR("empty"), .published = RO_TIME_NONE};
    assert_int_equal(put_article(f, writer, &article), RO_ADDED);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, NULL), 1);
    ro_index_stats stats;
    OK(ro_snapshot_stats(snapshot, &stats, NULL));
    assert_int_equal(stats.articles, 1);
    assert_int_equal(stats.words, 0);
    assert_int_equal(stats.first, RO_TIME_NONE);
    assert_int_equal(stats.format, 8);
    assert_string_equal(stats.fingerprint, ro_analyser_fingerprint());
    assert_true(stats.disk_bytes > 0);
    bool found;
    OK(ro_writer_delete(writer, RO_STR("empty"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(count_of(f, snapshot, NULL), 0);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

/* ---- ledger --------------------------------------------------------------------------------- */

static void put_from(fixture *f, ro_writer *writer, const char *id, const char *origin) {
    ro_article article = article_of(id, "", "some words");
    article.origin = ro_str_from(origin);
    (void)put_article(f, writer, &article);
}

static int gather_path(void *context, const ro_ledger_entry *entry) {
    ro_buf_printf(context, "%.*s=%lld ", RO_STR_ARG(entry->path), (long long)entry->articles);
    return entry->articles == 99;
}

static void the_ledger_knows_files(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    ro_ledger_entry entry = {.path = RO_STR("dir/a"), .size = 5, .mtime_ns = -7, .articles = 1};
    ro_ledger_entry back;
    bool found;
    entry.hash[31] = 9;
    put_from(f, writer, "1", "dir/a");
    OK(ro_ledger_get(writer, RO_STR("dir/a"), &back, &found, NULL));
    assert_false(found); /* it has articles, but was not read to its end */
    OK(ro_ledger_put(writer, &entry, NULL));
    OK(ro_ledger_get(writer, RO_STR("dir/a"), &back, &found, NULL));
    assert_true(found);
    assert_int_equal(back.size, 5);
    assert_int_equal(back.mtime_ns, -7);
    assert_memory_equal(back.hash, entry.hash, 32);
    static const char *const paths[] = {"dir/b", "dir", "dirt", "e"};
    for (int i = 0; i < 4; i++) {
        entry.path = ro_str_from(paths[i]);
        entry.articles = i + 2;
        OK(ro_ledger_put(writer, &entry, NULL));
    }
    ro_buf seen = RO_BUF_INIT;
    OK(ro_ledger_each(writer, RO_STR("dir/"), gather_path, &seen, NULL));
    OK(ro_ledger_each(writer, RO_STR(""), gather_path, &seen, NULL));
    ro_buf_add_byte(&seen, 0);
    assert_string_equal(seen.ptr, "dir/a=1 dir/b=2 dir=3 dir/a=1 dir/b=2 dirt=4 e=5 ");
    ro_buf_release(&seen);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    ro_index_stats stats;
    OK(ro_snapshot_stats(snapshot, &stats, NULL));
    assert_int_equal(stats.files, 5);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void a_file_goes_with_its_articles(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    int64_t articles;
    put_from(f, writer, "1", "a");
    put_from(f, writer, "2", "a");
    put_from(f, writer, "3", "b");
    OK(ro_writer_commit(writer, NULL));
    put_from(f, writer, "2", "b"); /* the same text, from another file now */
    OK(ro_ledger_delete(writer, RO_STR("a"), &articles, NULL));
    assert_int_equal(articles, 1);
    OK(ro_ledger_delete(writer, RO_STR("unknown"), &articles, NULL));
    assert_int_equal(articles, 0);
    put_from(f, writer, "4", "a");
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    assert_int_equal(count_of(f, snapshot, NULL), 3);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void an_article_of_two_files_stays_with_either(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    int64_t articles;
    bool found;
    put_from(f, writer, "1", "a");
    put_from(f, writer, "2", "a");
    put_from(f, writer, "1", "b");
    ro_article changed = article_of("2", "", "other words");
    changed.origin = RO_STR("c");
    assert_int_equal(put_article(f, writer, &changed), RO_CHANGED); /* a new number, both hold it */
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    assert_sound(snapshot);
    OK(ro_ledger_prune(writer, RO_STR("b"), &articles, NULL));
    OK(ro_ledger_prune(writer, RO_STR("a"), &articles, NULL)); /* of its own puts, not of b's */
    assert_int_equal(articles, 0);
    OK(ro_ledger_delete(writer, RO_STR("b"), &articles, NULL));
    OK(ro_ledger_delete(writer, RO_STR("c"), &articles, NULL));
    assert_int_equal(articles, 0);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(count_of(f, snapshot, NULL), 2);
    assert_sound(snapshot);
    put_from(f, writer, "2", "b");
    OK(ro_ledger_prune(writer, RO_STR("a"), &articles, NULL)); /* none was put since */
    assert_int_equal(articles, 1);
    OK(ro_writer_delete(writer, RO_STR("2"), &found, NULL));
    assert_true(found);
    OK(ro_writer_commit(writer, NULL));
    OK(ro_snapshot_refresh(snapshot, NULL));
    assert_int_equal(count_of(f, snapshot, NULL), 0);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void pruning_deletes_what_a_file_no_longer_holds(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    int64_t articles;
    for (int i = 0; i < 4; i++) {
        put_from(f, writer, (char[]){(char)('0' + i), 0}, i < 3 ? "a" : "b");
    }
    OK(ro_ledger_prune(writer, RO_STR("a"), &articles, NULL));
    assert_int_equal(articles, 0);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    writer = open_writer(f);
    put_from(f, writer, "1", "a"); /* unchanged, but there */
    OK(ro_ledger_prune(writer, RO_STR("a"), &articles, NULL));
    assert_int_equal(articles, 2);
    put_from(f, writer, "5", "a");
    OK(ro_ledger_prune(writer, RO_STR("a"), &articles, NULL)); /* "1" was put before the last */
    assert_int_equal(articles, 1);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    ro_doc doc;
    OK(ro_snapshot_find(snapshot, RO_STR("5"), &doc, NULL));
    OK(ro_snapshot_find(snapshot, RO_STR("3"), &doc, NULL));
    assert_int_equal(count_of(f, snapshot, NULL), 2);
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

/* ---- dictionary ----------------------------------------------------------------------------- */

static void put_words(fixture *f) {
    ro_writer *writer = open_writer(f);
    (void)put_text(f, writer, "1", "", "lavrov lavra laver talks talk caf\xC3\xA9");
    (void)put_text(f, writer, "2", "", "lavrov lavra talks");
    (void)put_text(f, writer, "3", "", "lavrov talked");
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
}

static void assert_words(const ro_word *words, size_t count, const char *expected) {
    ro_buf text = RO_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        ro_buf_printf(&text, "%.*s=%lld ", RO_STR_ARG(words[i].form), (long long)words[i].df);
    }
    ro_buf_add_byte(&text, 0);
    assert_string_equal(text.ptr, expected);
    ro_buf_release(&text);
}

static void words_are_listed_by_prefix(void **state) {
    fixture *f = *state;
    put_words(f);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_word *words;
    size_t count;
    bool complete;
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("lav"), 9, RO_DEADLINE_NEVER,
                          &f->arena, &words, &count, &complete, NULL));
    assert_words(words, count, "lavrov=3 lavra=2 laver=1 ");
    assert_true(complete);
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("lav"), 2, RO_DEADLINE_NEVER,
                          &f->arena, &words, &count, &complete, NULL));
    assert_words(words, count, "lavrov=3 lavra=2 ");
    assert_false(complete);
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("talk"), 9, RO_DEADLINE_NEVER,
                          &f->arena, &words, &count, NULL, NULL));
    assert_words(words, count, "talks=2 talk=1 talked=1 ");
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("zz"), 9, RO_DEADLINE_NEVER, &f->arena,
                          &words, &count, &complete, NULL));
    assert_int_equal(count, 0);
    assert_true(complete);
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("lav"), 0, RO_DEADLINE_NEVER,
                          &f->arena, &words, &count, &complete, NULL));
    assert_int_equal(count, 0);
    int64_t df;
    OK(ro_document_frequency(snapshot, RO_KIND_ARTICLES, RO_STR("talk"), false, &df, NULL));
    assert_int_equal(df, 3);
    OK(ro_document_frequency(snapshot, RO_KIND_ARTICLES, RO_STR("talk"), true, &df, NULL));
    assert_int_equal(df, 1);
    ro_snapshot_close(snapshot);
}

static void words_of_a_letter_are_those_of_the_commit(void **state) {
    fixture *f = *state;
    put_words(f);
    ro_snapshot *snapshot = open_snapshot(f);
    static const char *const expected[] = {"lavrov=3 lavra=2 laver=1 ",
                                           "lavrov=4 lavra=2 laver=1 "};
    for (int commit = 0; commit < 2; commit++) {
        for (size_t max = 1; max < 70; max += 34) { /* the last is more than what is kept */
            ro_word *words;
            size_t count;
            bool complete;
            for (int again = 0; again < 2; again++) {
                OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR("l"), max,
                                      RO_DEADLINE_NEVER, &f->arena, &words, &count, &complete,
                                      NULL));
                assert_words(words, count,
                             max > 1  ? expected[commit]
                             : commit ? "lavrov=4 "
                                      : "lavrov=3 ");
                assert_true(complete == (max > 1));
            }
        }
        ro_writer *writer = open_writer(f);
        (void)put_text(f, writer, "one-more", "", "lavrov");
        OK(ro_writer_commit(writer, NULL));
        ro_writer_close(writer);
        OK(ro_snapshot_refresh(snapshot, NULL));
    }
    ro_snapshot_close(snapshot);
}

static void words_are_listed_by_distance(void **state) {
    fixture *f = *state;
    put_words(f);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_word *words;
    size_t count;
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("larvov"), 2, 1, 9,
                            RO_DEADLINE_NEVER, &f->arena, &words, &count, NULL));
    assert_words(words, count, "lavrov=3 ");
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("lavr"), 2, 1, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_words(words, count, "lavra=2 laver=1 lavrov=3 ");
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("lavr"), 1, 1, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_words(words, count, "lavra=2 laver=1 ");
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("avrov"), 2, 1, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_int_equal(count, 0); /* the first letter differs */
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("avrov"), 1, 0, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_words(words, count, "lavrov=3 ");
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("cafs"), 1, 1, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_words(words, count, "cafe=1 ");
    OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR(""), 2, 1, 9, RO_DEADLINE_NEVER,
                            &f->arena, &words, &count, NULL));
    assert_int_equal(count, 0);
    ro_deadline passed = ro_deadline_in_ms(-1);
    FAILS(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, RO_STR("larvov"), 2, 1, 9, passed,
                               &f->arena, &words, &count, err),
          RO_DEADLINE, "too long");
    ro_snapshot_close(snapshot);
}

/* ---- distances of many ---------------------------------------------------------------------- */

#define LETTERS_MAX 16

static size_t random_word(uint32_t letters[LETTERS_MAX], ro_buf *out) {
    static const uint32_t some[] = {'a', 'b', 'c', 'd', 'z', 0x436, 0x4E5};
    size_t count = 1 + roll_low(10);
    ro_buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        letters[i] = ROLL_LOW(some);
        ro_utf8_append(out, letters[i]);
    }
    return count;
}

/* The whole table, by the textbook. */
static unsigned distance_of(const uint32_t *a, size_t m, const uint32_t *b, size_t n) {
    unsigned d[LETTERS_MAX + 1][LETTERS_MAX + 1];
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            unsigned best = i && j ? d[i - 1][j - 1] + (a[i - 1] != b[j - 1]) : (unsigned)(i + j);
            best = i && d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = j && d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            bool swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            d[i][j] = swap && d[i - 2][j - 2] + 1 < best ? d[i - 2][j - 2] + 1 : best;
        }
    }
    return d[m][n];
}

static size_t letters_of(ro_str s, uint32_t letters[LETTERS_MAX]) {
    size_t count = 0, taken;
    for (size_t at = 0; at < s.len && count < LETTERS_MAX; at += taken) {
        letters[count++] = ro_utf8_decode(s.ptr + at, s.len - at, &taken);
    }
    return count;
}

static void no_near_word_is_passed_over(void **state) {
    fixture *f = *state;
    ro_buf text = RO_BUF_INIT, word = RO_BUF_INIT;
    uint32_t letters[LETTERS_MAX], other[LETTERS_MAX];
    for (int i = 0; i < 3000; i++) {
        (void)random_word(letters, &word);
        ro_buf_add_str(&text, ro_buf_str(&word));
        ro_buf_add_byte(&text, ' ');
    }
    ro_buf_add_byte(&text, 0);
    ro_writer *writer = open_writer(f);
    (void)put_text(f, writer, "1", "", text.ptr);
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_snapshot *snapshot = open_snapshot(f);
    ro_word *all, *near;
    size_t all_count, near_count;
    OK(ro_words_by_prefix(snapshot, RO_KIND_ARTICLES, RO_STR(""), 5000, RO_DEADLINE_NEVER,
                          &f->arena, &all, &all_count, NULL, NULL));
    assert_true(all_count > 1000);
    for (int i = 0; i < 500; i++) {
        size_t count = random_word(letters, &word);
        unsigned edits = 1 + roll(2);
        size_t prefix_length = roll(2);
        OK(ro_words_by_distance(snapshot, RO_KIND_ARTICLES, ro_buf_str(&word), edits, prefix_length,
                                5000, RO_DEADLINE_NEVER, &f->arena, &near, &near_count, NULL));
        size_t expected = 0;
        for (size_t j = 0; j < all_count; j++) {
            size_t length = letters_of(all[j].form, other);
            bool shared = !prefix_length || other[0] == letters[0];
            expected += shared && distance_of(letters, count, other, length) <= edits;
        }
        assert_int_equal(near_count, expected);
        for (size_t j = 0; j < near_count; j++) {
            size_t length = letters_of(near[j].form, other);
            assert_true(distance_of(letters, count, other, length) <= edits);
        }
    }
    ro_snapshot_close(snapshot);
    ro_buf_release(&text);
    ro_buf_release(&word);
}

/* ---- reading through ------------------------------------------------------------------------ */

static int count_articles(void *context, ro_doc doc, const ro_article *article) {
    int *count = context;
    assert_true(doc > 0 && article->id.len > 0);
    return ++*count == 7;
}

static void all_articles_are_read_in_order(void **state) {
    fixture *f = *state;
    ro_writer *writer = open_writer(f);
    put_many(f, writer, 0, 5);
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    int count = 0;
    OK(ro_snapshot_each(snapshot, 0, count_articles, &count, NULL));
    assert_int_equal(count, 5);
    OK(ro_snapshot_each(snapshot, 3, count_articles, &count, NULL));
    assert_int_equal(count, 7);
    OK(ro_snapshot_each(snapshot, 0, count_articles, &(int){6}, NULL));
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

static void languages_are_listed_commonest_first(void **state) {
    fixture *f = *state;
    static const char *const languages[] = {"de", "en", "en", "", "fr", "fr", "fr", ""};
    ro_writer *writer = open_writer(f);
    for (int i = 0; i < 8; i++) {
        ro_article article = article_of((char[]){(char)('0' + i), 0}, "", "x");
        article.language = ro_str_from(languages[i]);
        (void)put_article(f, writer, &article);
    }
    bool found;
    OK(ro_writer_delete(writer, RO_STR("0"), &found, NULL));
    OK(ro_writer_commit(writer, NULL));
    ro_snapshot *snapshot = open_snapshot(f);
    ro_str *list;
    size_t count;
    OK(ro_snapshot_languages(snapshot, &f->arena, &list, &count, NULL));
    assert_int_equal(count, 2);
    assert_true(ro_str_equal(list[0], RO_STR("fr")));
    assert_true(ro_str_equal(list[1], RO_STR("en")));
    ro_snapshot_close(snapshot);
    ro_writer_close(writer);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_article_comes_back_as_it_was_put),
        TEST(putting_again_changes_only_what_differs),
        TEST(a_watch_tells_of_commits_alone),
        TEST(what_is_not_committed_is_dropped),
        TEST(replacing_and_deleting_leave_no_trace),
        TEST(merging_changes_no_answer),
        TEST(caps_hold_to_the_byte),
        TEST(the_cap_on_terms_holds_to_the_term),
        TEST(what_is_not_utf8_is_repaired),
        TEST(an_article_without_text_is_kept),
        TEST(the_ledger_knows_files),
        TEST(a_file_goes_with_its_articles),
        TEST(an_article_of_two_files_stays_with_either),
        TEST(pruning_deletes_what_a_file_no_longer_holds),
        TEST(words_are_listed_by_prefix),
        TEST(words_of_a_letter_are_those_of_the_commit),
        TEST(words_are_listed_by_distance),
        TEST(no_near_word_is_passed_over),
        TEST(all_articles_are_read_in_order),
        TEST(languages_are_listed_commonest_first),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
