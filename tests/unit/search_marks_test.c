/* Highlights and snippets of what is found. */
#include "search_fixture.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(highlights_are_the_words_that_matched),
        cmocka_unit_test(html_is_escaped_and_marked),
        cmocka_unit_test(a_snippet_has_single_spaces_and_its_place),
        cmocka_unit_test(without_match_in_the_body_its_beginning_is_shown),
        /* These write. */
        cmocka_unit_test(near_is_marked_only_where_all_its_words_are_near),
        cmocka_unit_test(snippets_end_with_whole_words),
        cmocka_unit_test(the_best_passage_of_a_long_body_is_found),
    };
    return cmocka_run_group_tests_name("search_marks", tests, set_up, tear_down);
}
