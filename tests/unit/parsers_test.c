/* indexer/parsers: text, Markdown, JSON, NDJSON, CSV. */
#include "collect.h"

#include <time.h>

static void plain_text_is_one_article(void **state) {
    (void)state;
    collected all =
        collect(ro_parse_text, RO_STR("Talks end\nOSLO (KNS) - They  ended.\n\nBye.\n"));
    assert_int_equal(json_array_size(all.articles), 1);
    assert_string_equal(collected_field(&all, 0, "title"), "Talks end");
    assert_string_equal(collected_field(&all, 0, "body"), "OSLO (KNS) - They  ended.\n\nBye.");
    assert_string_equal(collected_field(&all, 0, "source"), "KNS");
    assert_string_equal(collected_place(&all, 0, "place"), "OSLO");
    collected_release(&all);
}

static void a_text_without_title_gets_its_first_words(void **state) {
    (void)state;
    collected all = collect(ro_parse_text, RO_STR("RIYADH \xE2\x80\x94 They met.\nAnd left."));
    assert_string_equal(collected_field(&all, 0, "title"), "They met.");
    collected_release(&all);
    static const char LONG[] = "OSLO \xE2\x80\x94 One two three four five six seven eight nine ten "
                               "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
                               "nineteen twenty.";
    all = collect(ro_parse_text, ro_str_from(LONG));
    const char *title = collected_field(&all, 0, "title");
    assert_memory_equal(title, "One two", 7);
    assert_string_equal(title + strlen(title) - 3, "\xE2\x80\xA6");
    collected_release(&all);
}

static void empty_and_binary_text_is_refused(void **state) {
    (void)state;
    assert_int_equal(status_of_repeated(ro_parse_text, "", " \n\t\n", 1, ""), RO_FORMAT);
    assert_int_equal(status_of_repeated(ro_parse_text, "", "\x01\x02\x03", 9, ""), RO_FORMAT);
    collected all = collect(ro_parse_text, RO_STR("text\x00text"));
    assert_int_equal(all.status, RO_FORMAT);
    collected_release(&all);
}

static void the_same_article_gets_the_same_id(void **state) {
    (void)state;
    collected a = collect(ro_parse_text, RO_STR("A title\nA body."));
    collected b = collect(ro_parse_text, RO_STR("A title\nA body."));
    assert_string_equal(collected_field(&a, 0, "id"), collected_field(&b, 0, "id"));
    collected_release(&a);
    collected_release(&b);
}

/* ---- Markdown ---------------------------------------------------------------------------------
 */

static void front_matter_gives_the_fields(void **state) {
    (void)state;
    collected all = collect(ro_parse_markdown, RO_STR("---\n"
                                                      "title: \"Talks\\_end\"\n"
                                                      "date: '2024-10-29'\n"
                                                      "published_time: 2024-10-29 23:59:00-04:00\n"
                                                      "source_url: https://a.example/x/\n"
                                                      "author: [Ann Lee, Bo Ek]\n"
                                                      "language: en-GB\n"
                                                      "photo:\n  credit: Desk / Cy\n"
                                                      "---\n\n"
                                                      "First *line*\nof one.\n\n- item\n\n## Part\n"
                                                      "     indented & kept\n"));
    assert_int_equal(all.status, RO_OK);
    assert_string_equal(collected_field(&all, 0, "title"), "Talks end");
    assert_string_equal(collected_field(&all, 0, "published"), "2024-10-30T03:59:00Z");
    assert_string_equal(collected_field(&all, 0, "url"), "https://a.example/x/");
    assert_string_equal(collected_field(&all, 0, "id"), "https://a.example/x/");
    assert_string_equal(collected_field(&all, 0, "source"), "a.example");
    assert_string_equal(collected_field(&all, 0, "byline"), "Ann Lee, Bo Ek");
    assert_string_equal(collected_field(&all, 0, "language"), "en");
    assert_string_equal(collected_field(&all, 0, "photo_credit"), "Desk / Cy");
    assert_string_equal(collected_field(&all, 0, "body"),
                        "First line of one.\nitem\nPart\nindented & kept");
    collected_release(&all);
}

static void a_first_heading_is_the_title_where_there_is_no_other(void **state) {
    (void)state;
    collected all = collect(ro_parse_markdown, RO_STR("# Talks *end*\n\nThey did.\n\n# Again\n"));
    assert_string_equal(collected_field(&all, 0, "title"), "Talks end");
    assert_string_equal(collected_field(&all, 0, "body"), "They did.\nAgain");
    collected_release(&all);
}

static void broken_front_matter_is_refused(void **state) {
    (void)state;
    static const char *const CASES[] = {"---\ntitle: [a\n---\nx", "---\n- a\n---\nx",
                                        "---\na: b: c\n---\nx", "---\n? [a]\n: b\n---\nx"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        collected all = collect(ro_parse_markdown, ro_str_from(CASES[i]));
        assert_int_equal(all.status, RO_FORMAT);
        assert_non_null(strstr(all.error.message, "front matter"));
        collected_release(&all);
    }
    /* a rule at the start is no front matter */
    collected all = collect(ro_parse_markdown, RO_STR("---\n\nA text."));
    assert_int_equal(all.status, RO_OK);
    collected_release(&all);
}

static void markdown_keeps_its_caps(void **state) {
    (void)state;
    ro_parse_fn parse = ro_parse_markdown;
    assert_int_equal(status_of_repeated(parse, "", "> ", RO_MARKDOWN_DEPTH_MAX - 1, "a"), RO_OK);
    assert_int_equal(status_of_repeated(parse, "", "> ", RO_MARKDOWN_DEPTH_MAX, "a"), RO_OK);
    assert_int_equal(status_of_repeated(parse, "", "> ", RO_MARKDOWN_DEPTH_MAX + 1, "a"), RO_LIMIT);
    assert_int_equal(status_of_repeated(parse, "A\n\n", "-", 4000, "\n\nB"), RO_OK);
    size_t deep = RO_FRONT_MATTER_DEPTH_MAX - 1; /* below the mapping itself */
    const char *end = "\n---\ntext";
    ro_buf close = RO_BUF_INIT;
    for (size_t n = deep - 1; n <= deep + 1; n++) {
        ro_buf_clear(&close);
        repeat(&close, "", "]", n, end);
        ro_buf_add_byte(&close, 0);
        ro_status expected = n > deep ? RO_LIMIT : RO_OK;
        assert_int_equal(status_of_repeated(parse, "---\na: ", "[", n, close.ptr), expected);
    }
    ro_buf_release(&close);
    size_t room = RO_FRONT_MATTER_MAX - strlen("a: \n");
    assert_int_equal(status_of_repeated(parse, "---\na: ", "x", room - 1, end), RO_OK);
    assert_int_equal(status_of_repeated(parse, "---\na: ", "x", room, end), RO_OK);
    assert_int_equal(status_of_repeated(parse, "---\na: ", "x", room + 1, end), RO_LIMIT);
}

/* ---- JSON -------------------------------------------------------------------------------------
 */

static void articles_of_many_dialects_are_read(void **state) {
    (void)state;
    static const struct {
        const char *json, *id, *title, *body, *published, *source, *byline;
    } CASES[] = {
        {"{\"id\":\"1\",\"title\":\"T\",\"body\":\"B\",\"published\":\"2025-02-18\",\"source\":"
         "\"S\","
         "\"byline\":\"By Ann\"}",
         "1", "T", "B", "2025-02-18T00:00:00Z", "S", "Ann"},
        {"{\"uri\":\"urn:1\",\"headline\":\"T\",\"body_html\":\"<p>B &amp; C</p><p>D</p>\","
         "\"versioncreated\":\"2025-02-18T01:00:00Z\",\"copyrightholder\":\"S\"}",
         "urn:1", "T", "B & C\nD", "2025-02-18T01:00:00Z", "S", ""},
        {"{\"@type\":[\"NewsArticle\"],\"@id\":\"x\",\"headline\":\"T\",\"articleBody\":\"B\","
         "\"datePublished\":\"2025-02-18\",\"publisher\":{\"name\":\"S\"},"
         "\"author\":[{\"name\":\"Ann\"},{\"name\":\"Bo\"}]}",
         "x", "T", "B", "2025-02-18T00:00:00Z", "S", "Ann, Bo"},
        {"{\"@graph\":[{\"@type\":\"WebSite\",\"name\":\"W\"},{\"@id\":\"#o\",\"name\":\"S\"},"
         "{\"@type\":\"Article\",\"@id\":\"y\",\"headline\":\"T\",\"articleBody\":\"B\","
         "\"publisher\":{\"@id\":\"#o\"}}]}",
         "y", "T", "B", NULL, "S", ""},
        {"{\"items\":[{\"id\":2,\"title\":\"T\",\"content_text\":\"B\",\"date\":1739836800}]}", "2",
         "T", "B", "2025-02-18T00:00:00Z", "", ""},
        {"[{\"guid\":\"g\",\"title\":\"T\",\"text\":\"B\\u0000C\",\"date\":1739836800000}]", "g",
         "T", "B C", "2025-02-18T00:00:00Z", "", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        collected all = collect(ro_parse_json, ro_str_from(CASES[i].json));
        assert_string_equal(all.error.message, "");
        assert_int_equal(json_array_size(all.articles), 1);
        assert_string_equal(collected_field(&all, 0, "id"), CASES[i].id);
        assert_string_equal(collected_field(&all, 0, "title"), CASES[i].title);
        assert_string_equal(collected_field(&all, 0, "body"), CASES[i].body);
        assert_string_equal(collected_field(&all, 0, "source"), CASES[i].source);
        assert_string_equal(collected_field(&all, 0, "byline"), CASES[i].byline);
        if (CASES[i].published) {
            assert_string_equal(collected_field(&all, 0, "published"), CASES[i].published);
        } else {
            assert_null(collected_field(&all, 0, "published"));
        }
        collected_release(&all);
    }
}

static void json_without_an_article_says_so(void **state) {
    (void)state;
    static const char *const CASES[] = {"{}",
                                        "[]",
                                        "1",
                                        "\"x\"",
                                        "{\"a\":1}",
                                        "[{\"a\":1}]",
                                        "{\"@type\":\"Person\",\"name\":\"Ann\"}"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        collected all = collect(ro_parse_json, ro_str_from(CASES[i]));
        assert_int_equal(all.status, RO_FORMAT);
        assert_non_null(strstr(all.error.message, "without an article"));
        collected_release(&all);
    }
}

static void a_large_graph_is_not_searched_for_each_article(void **state) {
    (void)state;
    ro_buf json = RO_BUF_INIT;
    ro_buf_add_str(&json, RO_STR("{\"@graph\":["));
    for (int i = 0; i < 20000; i++) {
        ro_buf_printf(&json,
                      "{\"@type\":\"NewsArticle\",\"@id\":\"%d\",\"headline\":\"x\","
                      "\"publisher\":{\"@id\":\"#last\"}},",
                      i);
    }
    ro_buf_add_str(&json, RO_STR("{\"@id\":\"#last\",\"name\":\"Post\"}]}"));
    clock_t start = clock();
    collected all = collect(ro_parse_json, ro_buf_str(&json));
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_int_equal(json_array_size(all.articles), 20000);
    assert_string_equal(collected_field(&all, 19999, "source"), "Post");
    if (seconds > 5) {
        fail_msg("%.1f s", seconds); /* a look at every pair takes many times that */
    }
    collected_release(&all);
    ro_buf_release(&json);
}

static void json_keeps_its_caps(void **state) {
    (void)state;
    ro_buf close = RO_BUF_INIT;
    for (size_t n = RO_JSON_DEPTH_MAX - 1; n <= RO_JSON_DEPTH_MAX + 1; n++) {
        ro_buf_clear(&close);
        repeat(&close, "", "]", n - 1, "}");
        ro_buf_add_byte(&close, 0);
        ro_status expected = n > RO_JSON_DEPTH_MAX ? RO_LIMIT : RO_OK;
        assert_int_equal(
            status_of_repeated(ro_parse_json, "{\"body\":\"b\",\"x\":", "[", n - 1, close.ptr),
            expected);
    }
    ro_buf_release(&close);
    /* 64 MiB of memory do not hold a million empty objects */
    assert_int_equal(status_of_repeated(ro_parse_json, "[", "{},", 1000000, "{}]"), RO_LIMIT);
    /* ids and bodies: at the cap and beyond */
    const char *end = "\",\"body\":\"b\"}";
    assert_int_equal(status_of_repeated(ro_parse_json, "{\"id\":\"", "i", RO_ARTICLE_ID_MAX, end),
                     RO_OK);
    assert_int_equal(
        status_of_repeated(ro_parse_json, "{\"id\":\"", "i", RO_ARTICLE_ID_MAX + 1, end), RO_LIMIT);
}

static void a_long_title_is_cut(void **state) {
    (void)state;
    for (size_t n = RO_ARTICLE_FIELD_MAX - 1; n <= RO_ARTICLE_FIELD_MAX + 1; n++) {
        ro_buf json = RO_BUF_INIT;
        repeat(&json, "{\"title\":\"", "t", n, "\",\"body\":\"b\"}");
        collected all = collect(ro_parse_json, ro_buf_str(&json));
        size_t kept = n < RO_ARTICLE_FIELD_MAX ? n : RO_ARTICLE_FIELD_MAX;
        assert_int_equal(strlen(collected_field(&all, 0, "title")), kept);
        collected_release(&all);
        ro_buf_release(&json);
    }
}

static void one_bad_line_is_told_and_the_rest_goes_on(void **state) {
    (void)state;
    collected all = collect(ro_parse_ndjson, RO_STR("{\"id\":\"1\",\"body\":\"a\"}\n"
                                                    "\n"
                                                    "{\"id\":\"2\",\"body\":\n"
                                                    "{\"id\":\"3\",\"body\":\"caf\xE9\"}\r\n"
                                                    "[1]\n"
                                                    "{\"id\":\"4\",\"body\":\"d\"}"));
    assert_int_equal(all.status, RO_OK);
    assert_int_equal(json_array_size(all.articles), 3);
    assert_int_equal(all.skipped, 2);
    assert_int_equal(all.first_skip.position, 3);
    assert_string_equal(collected_field(&all, 1, "body"), "caf\xC3\xA9");
    collected_release(&all);
}

static void an_article_from_json_is_the_same_article(void **state) {
    (void)state;
    collected all = collect(ro_parse_json, RO_STR("{\"title\":\"T\",\"body\":\"OSLO (KNS) - B\"}"));
    ro_input input = collect_input(RO_STR(""));
    ro_arena arena = RO_ARENA_INIT;
    ro_article article;
    ro_error err = RO_ERROR_INIT;
    json_t *value = json_pack("{s:s, s:s}", "title", "T", "body", "OSLO (KNS) - B");
    assert_int_equal(ro_article_from_json(value, &input, &arena, &article, &err), RO_OK);
    json_t *json = ro_article_to_json(&article);
    assert_true(json_equal(json, json_array_get(all.articles, 0)));
    json_decref(json);
    json_decref(value);
    value = json_pack("{s:i}", "title", 1);
    assert_int_equal(ro_article_from_json(value, &input, &arena, &article, &err), RO_FORMAT);
    json_decref(value);
    ro_arena_release(&arena);
    collected_release(&all);
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

static void rows_are_articles_whatever_the_delimiter(void **state) {
    (void)state;
    static const char DELIMITERS[] = ",;\t|";
    for (const char *d = DELIMITERS; *d; d++) {
        char csv[200];
        (void)snprintf(
            csv, sizeof csv,
            "id%cTitle%cBody%cPublication Date\r\n1%c\"A%c \"\"b\"\"\"%c\"x\ny\"%c2025-01-02\r\n"
            "2%cC%cz\n\n",
            *d, *d, *d, *d, *d, *d, *d, *d, *d);
        collected all = collect(ro_parse_csv, ro_str_from(csv));
        char title[] = "A, \"b\"";
        title[1] = *d;
        assert_int_equal(all.status, RO_OK);
        assert_int_equal(all.skipped, 0);
        assert_int_equal(json_array_size(all.articles), 2);
        assert_string_equal(collected_field(&all, 0, "title"), *d == '\t' ? "A \"b\"" : title);
        assert_string_equal(collected_field(&all, 0, "body"), "x\ny");
        assert_string_equal(collected_field(&all, 0, "published"), "2025-01-02T00:00:00Z");
        assert_string_equal(collected_field(&all, 1, "body"), "z");
        collected_release(&all);
    }
}

static void a_bad_row_is_told_with_its_line(void **state) {
    (void)state;
    collected all =
        collect(ro_parse_csv, RO_STR("id,body\n1,\"a\nb\"\n2,x,y\n3,c\n4,\"open\n5,d\n"));
    assert_int_equal(all.status, RO_OK);
    assert_int_equal(json_array_size(all.articles), 2);
    assert_int_equal(all.skipped, 2);
    assert_int_equal(all.first_skip.position, 4);
    collected_release(&all);
    all = collect(ro_parse_csv, RO_STR("a,b\n1,2\n"));
    assert_int_equal(all.status, RO_FORMAT);
    collected_release(&all);
}

static void csv_keeps_its_caps(void **state) {
    (void)state;
    for (size_t n = RO_CSV_FIELDS_MAX - 1; n <= RO_CSV_FIELDS_MAX + 1; n++) {
        ro_buf csv = RO_BUF_INIT;
        repeat(&csv, "body", ",c", n - 1, "\n");
        repeat(&csv, "text", ",", n - 1, "\n");
        collected all = collect(ro_parse_csv, ro_buf_str(&csv));
        assert_int_equal(all.status, n > RO_CSV_FIELDS_MAX ? RO_LIMIT : RO_OK);
        collected_release(&all);
        ro_buf_release(&csv);
    }
}

static void a_header_apart_serves_all_rows(void **state) {
    (void)state;
    collected all = {json_array(), 0, RO_ERROR_INIT, RO_OK, RO_ERROR_INIT};
    ro_input input = collect_input(RO_STR("2;b\n"));
    input.header = RO_STR("id;text\n");
    input.line = 7;
    ro_sink sink = {collect_put, collect_skip, &all};
    assert_int_equal(ro_parse_csv(&input, &sink, &all.error), RO_OK);
    assert_string_equal(collected_field(&all, 0, "body"), "b");
    collected_release(&all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_one_article),
        cmocka_unit_test(a_text_without_title_gets_its_first_words),
        cmocka_unit_test(empty_and_binary_text_is_refused),
        cmocka_unit_test(the_same_article_gets_the_same_id),
        cmocka_unit_test(front_matter_gives_the_fields),
        cmocka_unit_test(a_first_heading_is_the_title_where_there_is_no_other),
        cmocka_unit_test(broken_front_matter_is_refused),
        cmocka_unit_test(markdown_keeps_its_caps),
        cmocka_unit_test(articles_of_many_dialects_are_read),
        cmocka_unit_test(json_without_an_article_says_so),
        cmocka_unit_test(a_large_graph_is_not_searched_for_each_article),
        cmocka_unit_test(json_keeps_its_caps),
        cmocka_unit_test(a_long_title_is_cut),
        cmocka_unit_test(one_bad_line_is_told_and_the_rest_goes_on),
        cmocka_unit_test(an_article_from_json_is_the_same_article),
        cmocka_unit_test(rows_are_articles_whatever_the_delimiter),
        cmocka_unit_test(a_bad_row_is_told_with_its_line),
        cmocka_unit_test(csv_keeps_its_caps),
        cmocka_unit_test(a_header_apart_serves_all_rows),
    };
    return cmocka_run_group_tests_name("parsers", tests, NULL, NULL);
}
