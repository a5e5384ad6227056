/* From request to answer, over a small index. */
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

static void put(ro_writer *writer, ro_preparer *preparer, const text *t) {
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

static void put_all(ro_index *index, const text *list, size_t count) {
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

static int set_up(void **state) {
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

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static int tear_down(void **state) {
    fixture *f = *state;
    ro_searcher_close(f->searcher);
    ro_index_close(f->index);
    return nftw(f->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* `parameters` is "q=…&name=value&…", not escaped. */
static json_t *ask(fixture *f, const char *parameters) {
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

static void add_ids(const json_t *answer, ro_buf *out) {
    size_t i;
    json_t *hit;
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        ro_buf_printf(out, "%s%s", i ? " " : "", json_string_value(json_object_get(hit, "id")));
    }
    ro_buf_add_byte(out, '\0');
}

static int compare_words(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ids in alphabetical order: what is found, not how it is ranked. */
static void sort_words(char *words) {
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

static void assert_found(fixture *f, const char *parameters, const char *ids) {
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

static void each_form_finds_what_it_means(void **state) {
    static const struct {
        const char *parameters, *ids;
    } cases[] = {
        {"q=moratorium&match=all", "riyadh-1 riyadh-2"},
        {"q=strike energy&match=all", "riyadh-1 riyadh-2"},
        {"q=talking&match=all", "markup riyadh-1 riyadh-2"},
        {"q==talks&match=all", "markup riyadh-1"},
        {"q==talk&match=all", "riyadh-2"},
        {"q=\"consultation mechanism\"", "riyadh-2"},
        {"q=\"mechanism consultation\"~4", "markets"},
        {"q=\"mechanism consultation\"~3", ""},
        {"q=lavrov NEAR/3 ambassadors", "tashkent"},
        {"q=ambassadors NEAR/3 lavrov", "tashkent"},
        {"q=ambassadors ONEAR/3 lavrov", ""},
        {"q=lavrov NEAR/2 ambassadors", ""},
        {"q=lavrov NEAR/9 lavrov", ""},
        {"q=moratorium NEAR/50 moratorium", ""},
        {"q=talks NEAR/20 talks", "markup"},
        {"q=\"energy strikes\" NEAR/20 strikes", ""},
        {"q=lavro*", "tashkent"},
        {"q=witkof~", "tashkent"},
        {"q=moratoriom~", "riyadh-1 riyadh-2"},
        {"q=covid-19", "covid"},
        {"q=cooperation", "covid"},
        {"q=co-operation", "covid"},
        {"q=oneil", "riyadh-1"},
        {"q=o'neil", "riyadh-1"},
        {"q=title:energy", "riyadh-2"},
        {"q=body:energy -title:energy", "markets riyadh-1"},
        {"q=title:(talks OR leaders)", "riyadh-1 tashkent"},
        {"q=title:\"partial truce\"", "riyadh-1"},
        {"q=energy source:\"Dow Jones\"", "markets"},
        {"q=source:\"dow jones\"", "covid markets tashkent"},
        {"q=source:(dpa \"dow jones\") -covid", "berlin markets tashkent"},
        {"q=lang:de", "berlin"},
        {"q=h\xC3\xA4user", "berlin"},
        {"q=haus", "berlin"},
        {"q=gesprach", "berlin"},
        {"q=date:2025", "berlin markets riyadh-1 riyadh-2"},
        {"q=date:2025-02", "markets riyadh-1"},
        {"q=date:2025-02-18", "riyadh-1"},
        {"q=date:2025-02..2025-03", "markets riyadh-1 riyadh-2"},
        {"q=date:..2023", "covid empty"},
        {"q=after:2025-02-18", "riyadh-1 riyadh-2"},
        {"q=before:2023", "covid"},
        {"q=after:2024 before:2025", "tashkent"},
        {"q=talks AND energy", "riyadh-1 riyadh-2"},
        {"q=vaccines OR ambassadors", "covid tashkent"},
        {"q=energy NOT talks", "markets"},
        {"q=energy -talks", "markets"},
        {"q=energy NOT (-talks)", "riyadh-1 riyadh-2"},
        {"q=energy NOT (NOT talks)", "riyadh-1 riyadh-2"},
        {"q=-energy -talks", "berlin covid empty tashkent"},
        {"q=vaccines OR -energy&limit=20", "berlin covid empty markup tashkent"},
        {"q=energy&filter=source:reuters", "riyadh-1 riyadh-2"},
        {"q=energy&filter=-source:reuters", "markets"},
        {"q=&filter=moratorium", "riyadh-1 riyadh-2"},
        {"q=&filter=year:2021", "covid"},
        {"q=&filter=month:2025-02", "markets riyadh-1"},
        {"q=&filter=week:2025-02-17", "riyadh-1"},
        {"q=&filter=day:2025-03-02 language:en", "riyadh-2"},
        {"q=vaccines status:nosuch", "covid"},
        {"q=vaccines&filter=status:nosuch source:\"dow jones\"", ""},
        {"q=vaccines&filter=-status:nosuch", "covid"},
        {"q=", "berlin covid empty markets markup riyadh-1 riyadh-2 tashkent"},
        {"q=*", "berlin covid empty markets markup riyadh-1 riyadh-2 tashkent"},
        {"q=()", ""},
        {"q=...", ""},
        {"q=nosuchword", ""},
        {"q=vaccines ambassadors&match=any", "covid tashkent"},
        {"q=vaccines ambassadors&match=all", ""},
        {"q=+vaccines energy", "covid"},
        {"q=prefi&match=all", ""},
        {"q=vaccin&prefix=true", "covid"},
        {"q=energy mora&prefix=true&match=all", "riyadh-1 riyadh-2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_found(*state, cases[i].parameters, cases[i].ids);
    }
}

static void assert_words(const json_t *answer, const char *key, const char *expected) {
    ro_buf got = RO_BUF_INIT;
    size_t i;
    json_t *word;
    json_array_foreach(json_object_get(json_object_get(answer, "query"), key), i, word) {
        ro_buf_printf(&got, "%s%s", i ? " " : "", json_string_value(word));
    }
    ro_buf_add_byte(&got, '\0');
    assert_string_equal(got.ptr, expected);
    ro_buf_release(&got);
}

static void the_least_telling_words_are_dropped_first(void **state) {
    static const struct {
        const char *parameters, *match, *relaxed, *missing, *ids;
    } cases[] = {
        /* energy stands in three articles, moratorium in two, ambassadors in one. */
        {"q=energy moratorium consultation&sort=-date", "all", "", "", "riyadh-2"},
        {"q=energy moratorium brokers consultation&sort=-date", "some",
         "energy moratorium consultation", "", "markets"},
        {"q=energy ambassadors&limit=4", "any", "energy ambassadors", "",
         "markets riyadh-1 riyadh-2 tashkent"},
        {"q=ambassadors nosuchword&sort=date", "some", "nosuchword", "nosuchword", "tashkent"},
        {"q=nosuchword&limit=1", "all", "", "nosuchword", ""},
        {"q=+energy ambassadors&limit=3", "any", "ambassadors", "", "markets riyadh-1 riyadh-2"},
        {"q=energy \"consultation mechanism\"&limit=3", "any", "energy \"consultation mechanism\"",
         "", "markets riyadh-1 riyadh-2"},
        {"q=energy ambassadors&limit=4&sort=-date", "some", "energy", "", "tashkent"},
        /* A guess tells less than any word that was meant, however rare it is. */
        {"q=energy ambasadors&limit=4&sort=-date", "some", "ambasadors", "",
         "markets riyadh-1 riyadh-2"},
        {"q=energy ambassadors source:reuters&limit=4", "any", "energy ambassadors", "",
         "riyadh-1 riyadh-2"},
        {"q=energy ambassadors&limit=9&match=all", "all", "", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *answer = ask(*state, cases[i].parameters);
        const json_t *query = json_object_get(answer, "query");
        assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
        assert_words(answer, "relaxed", cases[i].relaxed);
        assert_words(answer, "missing", cases[i].missing);
        json_decref(answer);
        assert_found(*state, cases[i].parameters, cases[i].ids);
    }
}

/* Of 24 articles corn is in 14, barley in 10 (5 of them with corn), rye in 4, the rest in all. */
static void put_harvest(ro_index *index) {
    for (int i = 0; i < 24; i++) {
        char id[32], body[128];
        (void)snprintf(id, sizeof id, "harvest-%d", i);
        (void)snprintf(body, sizeof body, "Oats, spelt, silos, bushels, tonnes%s%s%s.",
                       i < 14 ? ", corn" : "", i >= 9 && i < 19 ? ", barley" : "",
                       i < 4 ? ", rye" : "");
        text article = {id, "Stocks", body, "FAO", "en", "2020-01-01"};
        put_all(index, &article, 1);
    }
}

static json_int_t total_of(const json_t *answer) {
    return json_integer_value(json_object_get(json_object_get(answer, "total"), "value"));
}

static void what_matches_does_not_depend_on_the_page(void **state) {
    static const struct {
        const char *q, *match;
        json_int_t total;
    } cases[] = {
        {"corn spelt", "all", 14},      {"corn barley", "some", 10},
        {"corn rye", "any", 14},        {"barley rye", "any", 14},
        {"corn oats spelt", "all", 14}, {"corn oats spelt silos", "any", 24},
    };
    static const char *const pages[] = {"limit=0",          "limit=1",  "limit=2",
                                        "limit=1&offset=5", "limit=11", "limit=1000"};
    fixture *f = *state;
    put_harvest(f->index);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t j = 0; j < sizeof pages / sizeof *pages; j++) {
            char parameters[128];
            (void)snprintf(parameters, sizeof parameters, "q=%s&%s", cases[i].q, pages[j]);
            json_t *answer = ask(f, parameters);
            const json_t *query = json_object_get(answer, "query");
            assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
            assert_int_equal(total_of(answer), cases[i].total);
            json_decref(answer);
        }
    }
}

static void the_filter_loosens_nothing_that_it_finds(void **state) {
    static const struct {
        const char *parameters, *match;
        json_int_t total;
    } cases[] = {
        /* Ten have barley and oats, five of them corn, none rye. */
        {"q=barley oats", "all", 10},
        {"q=barley oats&filter=corn", "all", 5},
        {"q=corn barley&filter=rye", "any", 4},
        {"q=barley oats&filter=rye", "any", 4},
        {"q=barley oats&filter=corn&sort=date", "all", 5},
    };
    fixture *f = *state;
    put_harvest(f->index);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *answer = ask(f, cases[i].parameters);
        const json_t *query = json_object_get(answer, "query");
        assert_string_equal(json_string_value(json_object_get(query, "match")), cases[i].match);
        assert_int_equal(total_of(answer), cases[i].total);
        json_decref(answer);
    }
}

/* ---- highlights ---- */

/* The bytes of characters [from, to). */
static ro_str characters(const char *s, json_int_t from, json_int_t to) {
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

static void add_marked(const json_t *string, const json_t *ranges, ro_buf *out) {
    size_t i;
    json_t *range;
    json_int_t last = 0;
    json_array_foreach(ranges, i, range) {
        json_int_t from = json_integer_value(json_array_get(range, 0));
        json_int_t to = json_integer_value(json_array_get(range, 1));
        assert_true(from >= last && to > from);
        last = to;
        ro_str word = characters(json_string_value(string), from, to);
        ro_buf_printf(out, "%s%.*s", out->len ? "|" : "", RO_STR_ARG(word));
    }
}

/* All that is marked in the title and the snippets of one hit. */
static void assert_marked(fixture *f, const char *parameters, const char *id,
                          const char *expected) {
    json_t *answer = ask(f, parameters), *hit, *snippet;
    ro_buf got = RO_BUF_INIT;
    size_t i, j;
    bool seen = false;
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        if (strcmp(json_string_value(json_object_get(hit, "id")), id) != 0) {
            continue;
        }
        seen = true;
        add_marked(json_object_get(hit, "title"), json_object_get(hit, "title_highlights"), &got);
        json_array_foreach(json_object_get(hit, "snippets"), j, snippet) {
            add_marked(json_object_get(snippet, "text"), json_object_get(snippet, "highlights"),
                       &got);
        }
    }
    ro_buf_add_byte(&got, '\0');
    assert_true(seen);
    if (strcmp(got.ptr, expected) != 0) {
        print_error("%s\n", parameters);
    }
    assert_string_equal(got.ptr, expected);
    ro_buf_release(&got);
    json_decref(answer);
}

static void highlights_are_the_words_that_matched(void **state) {
    static const struct {
        const char *parameters, *id, *marked;
    } cases[] = {
        {"q=talk", "riyadh-1", "Talks|talks"},
        {"q==talks", "riyadh-1", "Talks|talks"},
        {"q==talk", "riyadh-2", "talk"},
        {"q=\"energy strikes\"", "riyadh-2", "energy|strikes"},
        {"q=\"moratorium holds\"", "riyadh-2", "moratorium|holds"},
        {"q=\"moratorium energy\"~1", "riyadh-2", "moratorium|energy"},
        {"q=\"moratorium energy\"~1 OR week", "riyadh-2", "moratorium|energy|week"},
        {"q=(energy OR \"energy strikes\") NEAR/9 held", "riyadh-2", "energy|held"},
        {"q=\"energy strikes\" NEAR/9 held", "riyadh-2", "energy|strikes|held"},
        {"q=talks NEAR/20 talks", "markup", "talks|Talks"},
        {"q=lavro*", "tashkent", "Lavrov"},
        {"q=witkof~", "tashkent", "Witkoff|Witkov"},
        {"q=covid-19", "covid", "Covid-19|covid-19"},
        {"q=cooperation", "covid", "co-operation"},
        {"q=oneil", "riyadh-1", "O'Neil"},
        {"q=title:energy", "riyadh-2", "Energy"},
        {"q=body:energy", "riyadh-2", "energy"},
        {"q=moratorium -covid", "riyadh-2", "moratorium|moratorium"},
        {"q=moratorium&filter=energy", "riyadh-2", "moratorium|moratorium"},
        {"q=(moratorium AND april) OR week", "riyadh-2", "week"},
        {"q=gesprach", "berlin",
         "Gespr\xC3\xA4"
         "che|Gespr\xC3\xA4"
         "che"},
        {"q=haus", "berlin", "H\xC3\xA4user"},
        {"q=vaccin&prefix=true", "covid", "Vaccines"},
        {"q=week ambassadors&match=any", "riyadh-2", "week"},
        {"q=source:reuters", "riyadh-2", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_marked(*state, cases[i].parameters, cases[i].id, cases[i].marked);
    }
    assert_marked(*state, "q=ambassadors NEAR/4 states", "tashkent", "ambassadors|states");
}

static void near_is_marked_only_where_all_its_words_are_near(void **state) {
    fixture *f = *state;
    static const text article = {
        "chain",
        "Chain",
        "Alpha uno dos beta tres cuatro gamma. Cinco seis siete ocho nueve diez: alpha once beta "
        "gamma, y gamma. Doce trece catorce quince beta.",
        "Reuters",
        "en",
        "2020-01-01"};
    put_all(f->index, &article, 1);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_marked(f, "q=alpha NEAR/3 beta NEAR/3 gamma", "chain", "alpha|beta|gamma");
    assert_marked(f, "q=alpha ONEAR/5 beta ONEAR/5 gamma", "chain", "alpha|beta|gamma|gamma");
    assert_marked(f, "q=gamma ONEAR/4 gamma", "chain", "gamma|gamma");
}

static const char *first_snippet(const json_t *answer, const char *key) {
    const json_t *hit = json_array_get(json_object_get(answer, "hits"), 0);
    const json_t *snippet = json_array_get(json_object_get(hit, "snippets"), 0);
    return json_string_value(json_object_get(snippet, key));
}

static void html_is_escaped_and_marked(void **state) {
    json_t *answer = ask(*state, "q=tags&highlight=html");
    const json_t *hit = json_array_get(json_object_get(answer, "hits"), 0);
    assert_string_equal(json_string_value(json_object_get(hit, "title_html")),
                        "<mark>Tags</mark> &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quotes&quot;");
    assert_string_equal(
        first_snippet(answer, "html"),
        "A body with &lt;script&gt;alert(&#39;talks&#39;)&lt;/script&gt; &amp; more. "
        "Talks about <mark>tags</mark>.");
    json_decref(answer);
}

static void a_snippet_has_single_spaces_and_its_place(void **state) {
    json_t *answer = ask(*state, "q=\"consultation mechanism\"");
    const json_t *hit = json_array_get(json_object_get(answer, "hits"), 0);
    const json_t *snippet = json_array_get(json_object_get(hit, "snippets"), 0);
    assert_string_equal(
        first_snippet(answer, "text"),
        "The moratorium on energy strikes held for a week. A consultation mechanism "
        "was set up. Both sides talk daily.");
    assert_int_equal(json_integer_value(json_object_get(snippet, "offset")), 0);
    json_decref(answer);
}

static void without_match_in_the_body_its_beginning_is_shown(void **state) {
    json_t *answer = ask(*state, "q=title:markets");
    assert_string_equal(first_snippet(answer, "text"),
                        "Energy shares rose. The mechanism of prices is simple: consultation with "
                        "brokers helps.");
    json_decref(answer);
    answer = ask(*state, "q=notice");
    assert_null(first_snippet(answer, "text"));
    json_decref(answer);
}

/* ---- long bodies ---- */

/* The passage is found wherever it is, and is no longer than it may be. */
static void the_best_passage_of_a_long_body_is_found(void **state) {
    fixture *f = *state;
    for (int place = 0; place < 3; place++) {
        ro_buf body = RO_BUF_INIT;
        for (int i = 0; i < 3000; i++) {
            if (i == place * 1499) {
                ro_buf_add_str(&body, RO_STR("The zanzibar protocol was signed at dawn. "));
            }
            ro_buf_printf(&body, "Sentence %d is about the weather and a protocol of nothing.%s", i,
                          i % 7 ? " " : "\n\n");
        }
        ro_buf_add_byte(&body, '\0');
        const text t = {"long", "Long", body.ptr, "Reuters", "en", "2020-01-01"};
        put_all(f->index, &t, 1);
        assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
        json_t *answer = ask(f, "q=zanzibar protocol");
        const char *snippet = first_snippet(answer, "text");
        assert_non_null(strstr(snippet, "The zanzibar protocol was signed at dawn."));
        assert_in_range(strlen(snippet), 40, 300);
        json_decref(answer);
        ro_buf_release(&body);
    }
}

/* `station` is in more articles, but `states` goes with the word before. */
static void completions_that_go_with_the_words_before_come_first(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 8; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "st-%d", i);
        const text article = {id,
                              "Notice",
                              i < 2 ? "The united states of the river."
                                    : "A quizzical station state stays stable.",
                              "Reuters",
                              "en",
                              "2020-01-01"};
        put_all(f->index, &article, 1);
    }
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    json_t *answer;
    static const char *const pairs[][2] = {{"united sta", "united states"},
                                           {"quizzical st", "quizzical station"},
                                           {"united quizzical sta", "united quizzical station"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        ro_request request = ro_request_default();
        request.q = ro_str_from(pairs[i][0]);
        request.limit = 4;
        assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, NULL), RO_OK);
        const json_t *first = json_array_get(json_object_get(answer, "suggestions"), 0);
        assert_string_equal(json_string_value(json_object_get(first, "text")), pairs[i][1]);
        json_decref(answer);
    }
}

/* One sentence without an end, cut at every place there is. */
static void snippets_end_with_whole_words(void **state) {
    fixture *f = *state;
    for (int before = 4; before < 24; before++) {
        ro_buf body = RO_BUF_INIT;
        for (int i = 0; i < 60; i++) {
            ro_buf_printf(&body, "%sbeneficiaries%s", i ? " " : "", i == before ? " zebra" : "");
        }
        ro_buf_add_byte(&body, '\0');
        text article = {"long", "Notice", body.ptr, "Reuters", "en", "2020-01-01"};
        put_all(f->index, &article, 1);
        assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
        json_t *answer = ask(f, "q=zebra");
        const char *got = first_snippet(answer, "text");
        for (const char *at = got; *at;) {
            size_t len = strcspn(at, " ");
            ro_str word = ro_str_make(at, len);
            assert_true(ro_str_equal(word, RO_STR("beneficiaries")) ||
                        ro_str_equal(word, RO_STR("zebra")) ||
                        ro_str_equal(word, RO_STR("\xE2\x80\xA6")));
            at += len + strspn(at + len, " ");
        }
        json_decref(answer);
        ro_buf_release(&body);
    }
}

static void a_compound_and_a_plain_word_are_two_words_in_any_order(void **state) {
    json_t *one = ask(*state, "q=covid-19 covid19&match=any&snippets=0");
    json_t *other = ask(*state, "q=covid19 covid-19&match=any&snippets=0");
    assert_true(json_equal(json_object_get(one, "hits"), json_object_get(other, "hits")));
    assert_int_equal(total_of(one), total_of(other));
    json_decref(one);
    json_decref(other);
}

static void compounds_of_other_parts_are_other_words(void **state) {
    fixture *f = *state;
    static const text articles[] = {
        {"parts-1", "Parts", "Here a bc stands.", "Reuters", "en", "2020-01-01"},
        {"parts-2", "Parts", "Here a bc stands, and ab c.", "Reuters", "en", "2020-01-01"}};
    put_all(f->index, articles, 2);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_found(f, "q=a-bc ab-c&match=all", "parts-2");
    assert_found(f, "q=a-bc a-bc&match=all", "parts-1 parts-2");
}

/* ---- pages ---- */

static void pages_by_cursor_list_everything_once(void **state) {
    static const char *const sorts[] = {"relevance", "date", "-date"};
    static const char *const queries[] = {"q=the&match=any", "q=", "q=energy talks -covid"};
    for (size_t s = 0; s < 3; s++) {
        for (size_t i = 0; i < 3; i++) {
            char parameters[512];
            ro_buf whole = RO_BUF_INIT, pages = RO_BUF_INIT;
            (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2", queries[i],
                           sorts[s]);
            json_t *answer = ask(*state, parameters);
            json_int_t total =
                json_integer_value(json_object_get(json_object_get(answer, "total"), "value"));
            json_int_t seen = 0;
            for (;;) {
                add_ids(answer, &pages);
                seen += (json_int_t)json_array_size(json_object_get(answer, "hits"));
                const char *next = json_string_value(json_object_get(answer, "next"));
                if (!next) {
                    break;
                }
                assert_true(seen < total);
                (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2&cursor=%s",
                               queries[i], sorts[s], next);
                json_decref(answer);
                answer = ask(*state, parameters);
            }
            assert_int_equal(seen, total);
            json_decref(answer);
            for (json_int_t offset = 0; offset < total; offset += 2) {
                (void)snprintf(parameters, sizeof parameters, "%s&sort=%s&limit=2&offset=%d",
                               queries[i], sorts[s], (int)offset);
                answer = ask(*state, parameters);
                add_ids(answer, &whole);
                json_decref(answer);
            }
            assert_int_equal(whole.len, pages.len);
            assert_memory_equal(whole.ptr, pages.ptr, pages.len);
            ro_buf_release(&whole);
            ro_buf_release(&pages);
        }
    }
}

static void a_cursor_goes_on_while_the_index_changes(void **state) {
    fixture *f = *state;
    static const text more = {"new", "New talks", "Talks of today.", "Reuters", "en", "2026-01-01"};
    json_t *answer = ask(f, "q=talks&sort=-date&limit=1");
    char parameters[512];
    (void)snprintf(parameters, sizeof parameters, "q=talks&sort=-date&limit=1&cursor=%s",
                   json_string_value(json_object_get(answer, "next")));
    json_decref(answer);
    put_all(f->index, &more, 1);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_found(f, parameters, "riyadh-1");
}

static void a_cursor_by_relevance_ends_with_the_index_it_was_made_for(void **state) {
    fixture *f = *state;
    static const text more = {"newer", "Newer talks", "Talks.", "Reuters", "en", "2026-01-02"};
    ro_error err = RO_ERROR_INIT;
    json_t *answer = ask(f, "q=talks&limit=1"), *next = NULL;
    ro_request request = ro_request_default();
    request.q = RO_STR("talks");
    request.limit = 1;
    request.cursor = ro_str_from(json_string_value(json_object_get(answer, "next")));
    assert_int_equal(ro_searcher_search(f->searcher, &request, &next, &err), RO_OK);
    json_decref(next);
    put_all(f->index, &more, 1);
    assert_int_equal(ro_searcher_refresh(f->searcher, NULL), RO_OK);
    assert_int_equal(ro_searcher_search(f->searcher, &request, &next, &err), RO_INVALID);
    assert_string_equal(err.message, "cursor: the index changed since; start again");
    json_decref(answer);
}

static void facets_count_what_is_found(void **state) {
    json_t *answer = ask(*state, "q=energy&facets=source,year&limit=0");
    const json_t *facets = json_object_get(answer, "facets");
    char *text_form = json_dumps(facets, JSON_COMPACT);
    assert_string_equal(text_form,
                        "{\"source\":[{\"value\":\"Reuters\",\"count\":2},{\"value\":\"Dow Jones\","
                        "\"count\":1}],\"year\":[{\"value\":\"2025\",\"count\":3}]}");
    free(text_form);
    assert_int_equal(json_array_size(json_object_get(answer, "hits")), 0);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "total"), "value")),
                     3);
    json_decref(answer);
}

static void each_score_can_be_explained(void **state) {
    json_t *answer = ask(*state, "q=energy moratorium&explain=true");
    size_t i;
    json_t *hit;
    assert_true(json_array_size(json_object_get(answer, "hits")) > 0);
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        double score = json_real_value(json_object_get(hit, "score"));
        double value = json_number_value(json_object_get(json_object_get(hit, "explain"), "value"));
        assert_true(score > 0 && value > score - 1e-6 && value < score + 1e-6);
    }
    json_decref(answer);
}

static void repairs_and_expansions_are_reported(void **state) {
    json_t *answer = ask(*state, "q=\xC3\xA9 \"energy lavro* )");
    const json_t *query = json_object_get(answer, "query");
    const json_t *repair = json_array_get(json_object_get(query, "repairs"), 0);
    assert_string_equal(json_string_value(json_object_get(repair, "in")), "q");
    assert_int_equal(json_integer_value(json_object_get(repair, "at")), 2);
    json_decref(answer);
    answer = ask(*state, "q=a\xE2\x82 \xF0\x9F\x98 \xFF \"energy");
    query = json_object_get(answer, "query");
    repair = json_array_get(json_object_get(query, "repairs"), 1);
    json_int_t at = json_integer_value(json_object_get(repair, "at"));
    const char *text_of = json_string_value(json_object_get(query, "text"));
    assert_true(ro_str_equal(characters(text_of, at, at + 1), RO_STR("\"")));
    json_decref(answer);
    answer = ask(*state, "q=vaccines lavro*&filter=lang:en )");
    query = json_object_get(answer, "query");
    repair = json_array_get(json_object_get(query, "repairs"), 0);
    assert_string_equal(json_string_value(json_object_get(repair, "in")), "filter");
    assert_string_equal(json_string_value(json_object_get(query, "filter")), "lang:en");
    char *expanded = json_dumps(json_object_get(query, "expanded"), JSON_COMPACT);
    assert_string_equal(expanded,
                        "[{\"word\":\"lavro*\",\"into\":[\"lavrov\"],\"complete\":true}]");
    free(expanded);
    json_decref(answer);
}

/* ---- suggestions, articles ---- */

static void assert_suggested_of(fixture *f, const char *q, const char *filter, bool counts,
                                const char *expected) {
    ro_request request = ro_request_default();
    json_t *answer, *item;
    ro_error err = RO_ERROR_INIT;
    ro_buf got = RO_BUF_INIT;
    size_t i;
    request.q = ro_str_from(q);
    request.filter = ro_str_from(filter);
    request.limit = 6;
    assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, &err), RO_OK);
    json_array_foreach(json_object_get(answer, "suggestions"), i, item) {
        ro_buf_printf(&got, "%s%s:%s", i ? "|" : "",
                      json_string_value(json_object_get(item, "kind")),
                      json_string_value(json_object_get(item, "text")));
        if (counts && json_object_get(item, "count")) {
            ro_buf_printf(&got, "=%lld",
                          (long long)json_integer_value(json_object_get(item, "count")));
        }
    }
    ro_buf_add_byte(&got, '\0');
    assert_string_equal(got.ptr, expected);
    ro_buf_release(&got);
    json_decref(answer);
}

static void assert_suggested(fixture *f, const char *q, const char *expected) {
    assert_suggested_of(f, q, "", false, expected);
}

static void the_last_word_is_completed_and_titles_found(void **state) {
    assert_suggested(*state, "vacc", "word:vaccines");
    assert_suggested(*state, "Leaders in tash",
                     "word:Leaders in tashkent|title:Leaders meet in Tashkent");
    assert_suggested(*state, "energy holds",
                     "word:energy holds|title:Energy moratorium holds, say monitors");
    assert_suggested(*state, "-title:vacc", "word:-title:vaccines");
    assert_suggested(*state, "co-op", "word:co-operation");
    assert_suggested(*state, "coop", "word:co-operation");
    assert_suggested(*state, "VACC", "word:VACCINES");
    assert_suggested(*state, "Riy", "word:Riyadh|title:Talks in Riyadh end with a partial truce");
    assert_suggested(*state, "riy", "word:riyadh|title:Talks in Riyadh end with a partial truce");
    assert_suggested(*state, "gespr",
                     "word:gespr\xC3\xA4"
                     "che|title:Gespr\xC3\xA4"
                     "che in Berlin");
    assert_suggested(*state, "zzz", "");
    assert_suggested(*state, "", "");
    assert_suggested(*state, "((\"", "");
}

static void suggestions_are_counted_with_the_words_before_and_keep_to_the_filter(void **state) {
    assert_suggested_of(*state, "energy cons", "", true, "word:energy consultation=2");
    assert_suggested_of(*state, "moratorium cons", "", true, "word:moratorium consultation=1");
    assert_suggested_of(*state, "energy cons", "source:Reuters", true,
                        "word:energy consultation=1");
    assert_suggested_of(*state, "cons", "source:Reuters", true, "word:consultation=1");
    assert_suggested_of(*state, "vacc", "source:Reuters", true, "");
    assert_suggested_of(*state, "riy", "source:Reuters", true,
                        "word:riyadh=1|title:Talks in Riyadh end with a partial truce");
    assert_suggested_of(*state, "riy", "-source:Reuters", true, "");
}

static void an_article_is_given_whole(void **state) {
    fixture *f = *state;
    json_t *article;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_searcher_article(f->searcher, RO_STR("tashkent"), &article, &err), RO_OK);
    assert_string_equal(json_string_value(json_object_get(article, "title")), texts[2].title);
    assert_string_equal(json_string_value(json_object_get(article, "body")), texts[2].body);
    json_decref(article);
    assert_int_equal(ro_searcher_article(f->searcher, RO_STR("none"), &article, &err),
                     RO_NOT_FOUND);
    assert_null(article);
}

/* ---- what must not hurt ---- */

static void requests_that_contradict_themselves_are_refused(void **state) {
    fixture *f = *state;
    ro_request request = ro_request_default();
    json_t *answer;
    request.cursor = RO_STR("garbage");
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    request.offset = 10;
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    request = ro_request_default();
    request.limit = RO_LIMIT_MAX + 1;
    assert_int_equal(ro_searcher_search(f->searcher, &request, &answer, NULL), RO_INVALID);
    assert_null(answer);
}

static void run_hostile(fixture *f, ro_str q) {
    ro_request request = ro_request_default();
    ro_error err = RO_ERROR_INIT;
    json_t *answer;
    request.q = q;
    request.deadline = ro_deadline_in_ms(5000);
    for (int mode = RO_MATCH_MODE_AUTO; mode <= RO_MATCH_MODE_ANY; mode++) {
        request.match = (ro_match_mode)mode;
        request.prefix = mode == RO_MATCH_MODE_ANY;
        if (ro_searcher_search(f->searcher, &request, &answer, &err) != RO_OK) {
            print_error("%.60s: %s\n", q.ptr, err.message);
            fail();
        }
        char *json = json_dumps(answer, 0);
        assert_non_null(json);
        free(json);
        json_decref(answer);
    }
    request.filter = q;
    assert_int_equal(ro_searcher_suggest(f->searcher, &request, &answer, &err), RO_OK);
    json_decref(answer);
}

static void hostile_queries_get_an_answer(void **state) {
    static const char *const pieces[] = {"(",
                                         "\"",
                                         "a* b* ",
                                         "ta* ",
                                         "a~ ",
                                         "w OR ",
                                         "-",
                                         "a-b-",
                                         "title:(",
                                         "\xFF",
                                         "\xE4\xB8\xAD",
                                         "x",
                                         "talks NEAR/3 ",
                                         "\"a b\"~9 ",
                                         "co-op ",
                                         "http://a.b/c?",
                                         "o'",
                                         "NOT ( ",
                                         "source:x "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ro_buf q = RO_BUF_INIT;
        while (q.len + strlen(pieces[i]) <= RO_QUERY_TEXT_MAX) {
            ro_buf_add_str(&q, ro_str_from(pieces[i]));
        }
        run_hostile(*state, ro_buf_str(&q));
        ro_buf_release(&q);
    }
}

static void queries_of_death_get_an_answer(void **state) {
    const char *directory = getenv("READOUT_CONFORMANCE");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/hostile/queries-of-death.jsonl",
                   directory ? directory : "");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("skipped: no outside test data at '%s'\n", path);
        skip();
    }
    char *line = NULL;
    size_t capacity = 0;
    size_t count = 0;
    while (getline(&line, &capacity, file) > 0) {
        json_t *item = json_loads(line, JSON_ALLOW_NUL, NULL);
        const json_t *q = json_object_get(item, "q");
        assert_true(json_is_string(q));
        run_hostile(*state, ro_str_make(json_string_value(q), json_string_length(q)));
        json_decref(item);
        count++;
    }
    free(line);
    (void)fclose(file);
    assert_in_range(count, 10, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_finds_what_it_means),
        cmocka_unit_test(the_least_telling_words_are_dropped_first),
        cmocka_unit_test(highlights_are_the_words_that_matched),
        cmocka_unit_test(html_is_escaped_and_marked),
        cmocka_unit_test(a_snippet_has_single_spaces_and_its_place),
        cmocka_unit_test(without_match_in_the_body_its_beginning_is_shown),
        cmocka_unit_test(pages_by_cursor_list_everything_once),
        cmocka_unit_test(facets_count_what_is_found),
        cmocka_unit_test(each_score_can_be_explained),
        cmocka_unit_test(repairs_and_expansions_are_reported),
        cmocka_unit_test(the_last_word_is_completed_and_titles_found),
        cmocka_unit_test(suggestions_are_counted_with_the_words_before_and_keep_to_the_filter),
        cmocka_unit_test(an_article_is_given_whole),
        cmocka_unit_test(requests_that_contradict_themselves_are_refused),
        cmocka_unit_test(hostile_queries_get_an_answer),
        cmocka_unit_test(queries_of_death_get_an_answer),
        cmocka_unit_test(a_compound_and_a_plain_word_are_two_words_in_any_order),
        /* These write. */
        cmocka_unit_test(compounds_of_other_parts_are_other_words),
        cmocka_unit_test(near_is_marked_only_where_all_its_words_are_near),
        cmocka_unit_test(completions_that_go_with_the_words_before_come_first),
        cmocka_unit_test(snippets_end_with_whole_words),
        cmocka_unit_test(a_cursor_goes_on_while_the_index_changes),
        cmocka_unit_test(a_cursor_by_relevance_ends_with_the_index_it_was_made_for),
        cmocka_unit_test(what_matches_does_not_depend_on_the_page),
        cmocka_unit_test(the_filter_loosens_nothing_that_it_finds),
        cmocka_unit_test(the_best_passage_of_a_long_body_is_found),
    };
    return cmocka_run_group_tests_name("search", tests, set_up, tear_down);
}
