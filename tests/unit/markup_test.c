/* indexer/parsers: HTML, feeds, mail. */
#include "collect.h"

#include "indexer/parsers/common.h"

#define PARAGRAPH "<p>The ministers met in the capital for four hours and agreed to meet again.</p>"

static void the_article_is_found_among_the_furniture(void **state) {
    (void)state;
    collected all = collect(
        ro_parse_html,
        RO_STR(
            "<!doctype html><html lang=en-US><head><title>Talks end - The Post</title>"
            "<meta property=og:site_name content='The Post'>"
            "<meta property=article:published_time content=2025-02-18T09:00:00+03:00>"
            "<link rel=canonical href=https://post.example/a></head><body>"
            "<nav><a href=/>Home</a> <a href=/w>World</a></nav>"
            "<div class=cookie-notice>We use cookies to make this page better for everybody.</div>"
            "<div id=main><h1>Talks end</h1><div class=byline>By Ann Lee</div>" PARAGRAPH
            "<div class='share-bar'>Share this article with your friends and with everyone</div>"
            "<figure><img src=a><figcaption>The room. Photo: Bo Ek</figcaption></figure>" PARAGRAPH
            "<ul class=related><li><a href=/b>Another story about the talks in the capital</a></ul>"
            "<p>Short end.</p></div>"
            "<div id=comments><p>I think that all of this is wrong and I say so at "
            "length.</p></div>"
            "<footer>Copyright The Post, all rights reserved, and so on and so forth.</footer>"));
    assert_int_equal(all.status, RO_OK);
    assert_string_equal(collected_field(&all, 0, "title"), "Talks end");
    assert_string_equal(collected_field(&all, 0, "source"), "The Post");
    assert_string_equal(collected_field(&all, 0, "byline"), "Ann Lee");
    assert_string_equal(collected_field(&all, 0, "language"), "en");
    assert_string_equal(collected_field(&all, 0, "url"), "https://post.example/a");
    assert_string_equal(collected_field(&all, 0, "published"), "2025-02-18T06:00:00Z");
    assert_string_equal(collected_field(&all, 0, "photo_credit"), "Bo Ek");
    assert_string_equal(
        collected_field(&all, 0, "body"),
        "The ministers met in the capital for four hours and agreed to meet again.\n"
        "The ministers met in the capital for four hours and agreed to meet again.\nShort end.");
    collected_release(&all);
}

static void json_ld_speaks_for_the_page(void **state) {
    (void)state;
    collected all = collect(
        ro_parse_html,
        RO_STR(
            "<title>x</title><script type=application/ld+json>{\"@graph\":[{\"@type\":\"Person\","
            "\"@id\":\"#a\",\"name\":\"Ann\"},{\"@type\":\"NewsArticle\",\"headline\":\"T &amp; "
            "U\","
            "\"author\":{\"@id\":\"#a\"},\"datePublished\":\"2025-02-18\",\"publisher\":"
            "{\"name\":\"Post\"}}]}</script><script type=application/ld+json>{broken</script>"
            "<h1>Other</h1>" PARAGRAPH));
    assert_string_equal(collected_field(&all, 0, "byline"), "Ann");
    assert_string_equal(collected_field(&all, 0, "source"), "Post");
    assert_string_equal(collected_field(&all, 0, "published"), "2025-02-18T00:00:00Z");
    collected_release(&all);
}

static void a_class_that_lies_loses_no_article(void **state) {
    (void)state;
    collected all =
        collect(ro_parse_html,
                RO_STR("<div class='page sidebar nav'>" PARAGRAPH PARAGRAPH "</div><p>x</p>"));
    assert_non_null(strstr(collected_field(&all, 0, "body"), "four hours"));
    collected_release(&all);
}

static void lines_follow_the_blocks(void **state) {
    (void)state;
    static const struct {
        const char *html, *text;
    } CASES[] = {
        {"<p>a  b\n c</p><p>d</p>", "a b c\nd"},
        {"a<br>b<br/><br>c", "a\nb\nc"},
        {"<ul><li>a<li>b</ul>", "a\nb"},
        {"<p>a<b>b</b> c&nbsp;d&lt;</p>", "ab c d<"},
        {"<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"},
        {"<pre>a\n  b</pre>", "a\nb"},
        {"<script>x</script><style>y</style>z", "z"},
        {"plain", "plain"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ro_buf out = RO_BUF_INIT;
        assert_int_equal(ro_html_to_text(ro_str_from(CASES[i].html), 1 << 20, &out, NULL), RO_OK);
        ro_buf_add_byte(&out, 0);
        assert_string_equal(out.ptr, CASES[i].text);
        ro_buf_release(&out);
    }
}

static void html_keeps_its_caps(void **state) {
    (void)state;
    ro_parse_fn parse = ro_parse_html;
    assert_int_equal(status_of_repeated(parse, "", "<div>", RO_HTML_DEPTH_MAX - 1, "x"), RO_OK);
    assert_int_equal(status_of_repeated(parse, "", "<div>", RO_HTML_DEPTH_MAX, "x"), RO_OK);
    assert_int_equal(status_of_repeated(parse, "", "<div>", RO_HTML_DEPTH_MAX + 1, "x"), RO_LIMIT);
    assert_int_equal(status_of_repeated(parse, "", "<div>", 1000000, "x"), RO_LIMIT);
    assert_int_equal(status_of_repeated(parse, "x", "<div><b>y</b></div>", 20000, ""), RO_OK);
    for (size_t n = RO_HTML_ATTRIBUTES_MAX - 1; n <= RO_HTML_ATTRIBUTES_MAX + 1; n++) {
        ro_buf html = RO_BUF_INIT;
        ro_buf_add_str(&html, RO_STR("<p"));
        for (size_t i = 0; i < n; i++) {
            ro_buf_printf(&html, " a%zu='>'", i);
        }
        ro_buf_add_str(&html, RO_STR(">x"));
        collected all = collect(parse, ro_buf_str(&html));
        assert_int_equal(all.status, n > RO_HTML_ATTRIBUTES_MAX ? RO_LIMIT : RO_OK);
        collected_release(&all);
        ro_buf_release(&html);
    }
    size_t room = RO_HTML_MAX - 1;
    assert_int_equal(status_of_repeated(parse, "x", " ", room - 1, ""), RO_OK);
    assert_int_equal(status_of_repeated(parse, "x", " ", room, ""), RO_OK);
    assert_int_equal(status_of_repeated(parse, "x", " ", room + 1, ""), RO_LIMIT);
    /* an end tag ends no other formatting than its own */
    assert_int_equal(status_of_repeated(parse, "", "<b></i>", RO_HTML_DEPTH_MAX, "x"), RO_OK);
    assert_int_equal(status_of_repeated(parse, "", "<b></i>", RO_HTML_DEPTH_MAX + 1, "x"),
                     RO_LIMIT);
    ro_buf deep = RO_BUF_INIT;
    repeat(&deep, "", "<div>", RO_HTML_DEPTH_MAX, "");
    ro_buf_add_byte(&deep, 0);
    assert_int_equal(status_of_repeated(parse, deep.ptr, "</q>", 1000000, "x"), RO_LIMIT);
    ro_buf_release(&deep);
    /* more nodes than the memory allowed holds */
    assert_int_equal(status_of_repeated(parse, "", "<i></i>", 700000, ""), RO_LIMIT);
}

/* ---- feeds ------------------------------------------------------------------------------------
 */

static void entries_of_all_feeds_are_read(void **state) {
    (void)state;
    static const char *const FEEDS[] = {
        "<?xml version='1.0'?><rss xmlns:dc='d' xmlns:content='c'><channel><title>Post</title>"
        "<item><title>A &amp;amp; B</title><link>https://p.example/1</link><guid>g1</guid>"
        "<dc:creator>Ann</dc:creator><pubDate>Tue, 18 Feb 2025 09:00:00 GMT</pubDate>"
        "<description>short</description>"
        "<content:encoded><![CDATA[<p>One &eacute;.</p><p>Two.</p>]]></content:encoded></item>"
        "</channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title><entry><id>g1</id>"
        "<title type='html'>A &amp;amp; B</title><link rel='self' href='https://p.example/self'/>"
        "<link href='https://p.example/1'/><author><name>Ann</name></author>"
        "<updated>2026-01-01</updated><published>2025-02-18T09:00:00Z</published>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One \xC3\xA9.</p>"
        "<p>Two.</p></div></content></entry></feed>",
        "<rdf:RDF xmlns:rdf='r' xmlns='n' xmlns:dc='d'><channel><title>Post</title></channel>"
        "<item><title>A &amp; B</title><link>https://p.example/1</link><guid>g1</guid>"
        "<dc:creator>Ann</dc:creator><dc:date>2025-02-18T09:00:00Z</dc:date>"
        "<description>&lt;p&gt;One \xC3\xA9.&lt;p&gt;Two.</description></item></rdf:RDF>"};
    for (size_t i = 0; i < sizeof FEEDS / sizeof *FEEDS; i++) {
        collected all = collect(ro_parse_feed, ro_str_from(FEEDS[i]));
        assert_string_equal(all.error.message, "");
        assert_int_equal(json_array_size(all.articles), 1);
        assert_string_equal(collected_field(&all, 0, "id"), "g1");
        assert_string_equal(collected_field(&all, 0, "title"), "A & B");
        assert_string_equal(collected_field(&all, 0, "url"), "https://p.example/1");
        assert_string_equal(collected_field(&all, 0, "source"), "Post");
        assert_string_equal(collected_field(&all, 0, "byline"), "Ann");
        assert_string_equal(collected_field(&all, 0, "published"), "2025-02-18T09:00:00Z");
        assert_string_equal(collected_field(&all, 0, "body"), "One \xC3\xA9.\nTwo.");
        collected_release(&all);
    }
}

static void a_broken_feed_gives_what_it_has_and_says_so(void **state) {
    (void)state;
    collected all = collect(ro_parse_feed, RO_STR("<rss><channel><item><title>A</title></item>"
                                                  "<item><title>B</title></item><item><tit"));
    assert_int_equal(all.status, RO_OK);
    assert_true(json_array_size(all.articles) >= 2);
    assert_true(all.skipped > 0);
    collected_release(&all);
    static const char *const BAD[] = {"",
                                      "<a/>",
                                      "<rss",
                                      "<rss/>",
                                      "text",
                                      "<rss><channel/></rss>",
                                      "<!DOCTYPE a [<!ENTITY b 'c'>]><rss>&b;</rss>"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        all = collect(ro_parse_feed, ro_str_from(BAD[i]));
        assert_true(all.status == RO_FORMAT || all.status == RO_LIMIT);
        assert_int_equal(json_array_size(all.articles), 0);
        collected_release(&all);
    }
}

static void feeds_keep_their_caps(void **state) {
    (void)state;
    ro_buf close = RO_BUF_INIT;
    /* rss, channel, item, description stand above */
    for (size_t n = RO_XML_DEPTH_MAX - 5; n <= RO_XML_DEPTH_MAX - 3; n++) {
        ro_buf feed = RO_BUF_INIT;
        repeat(&feed, "<rss><channel><item><title>t</title><description>", "<b>", n, "x");
        repeat(&feed, "", "</b>", n, "</description></item></channel></rss>");
        collected all = collect(ro_parse_feed, ro_buf_str(&feed));
        size_t faults = all.skipped + (all.status == RO_OK ? 0 : 1);
        assert_int_equal(faults > 0, n > RO_XML_DEPTH_MAX - 4);
        collected_release(&all);
        ro_buf_release(&feed);
    }
    const char *entry = "<item><title>t</title></item>";
    const char *start = "<rss><channel>";
    const char *end = "</channel></rss>";
    size_t max = RO_FEED_ENTRIES_MAX;
    assert_int_equal(status_of_repeated(ro_parse_feed, start, entry, max - 1, end), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_feed, start, entry, max, end), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_feed, start, entry, max + 1, end), RO_LIMIT);
    ro_buf_release(&close);
}

/* ---- mail -------------------------------------------------------------------------------------
 */

static void a_mail_is_an_article(void **state) {
    (void)state;
    collected all = collect(
        ro_parse_mail,
        RO_STR("From: =?UTF-8?Q?Ann_L=C3=A9?= <ann@desk.example>\r\n"
               "Subject: =?utf-8?B?VGFsa3Mg?=\r\n =?utf-8?B?ZW5k?= in Oslo\r\n"
               "Date: Tue, 18 Feb 2025 09:30:00 +0300\r\nMessage-ID: <1@desk.example>\r\n"
               "Organization: Desk\r\n"
               "Content-Type: multipart/alternative; boundary=\"b 1\"\r\n\r\npreamble\r\n"
               "--b 1\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
               "Talks =E9nded in the =\r\ncapital.\r\n-- \r\nAnn\r\n"
               "--b 1\r\nContent-Type: text/html\r\n\r\n<p>Not this</p>\r\n--b 1--\r\nepilogue"));
    assert_string_equal(all.error.message, "");
    assert_string_equal(collected_field(&all, 0, "id"), "1@desk.example");
    assert_string_equal(collected_field(&all, 0, "title"), "Talks end in Oslo");
    assert_string_equal(collected_field(&all, 0, "byline"), "Ann L\xC3\xA9");
    assert_string_equal(collected_field(&all, 0, "source"), "Desk");
    assert_string_equal(collected_field(&all, 0, "published"), "2025-02-18T06:30:00Z");
    assert_string_equal(collected_field(&all, 0, "body"), "Talks \xC3\xA9nded in the capital.");
    collected_release(&all);
}

static void html_mail_in_base64_becomes_text(void **state) {
    (void)state;
    collected all = collect(ro_parse_mail, RO_STR("Subject: s\nFrom: a@b.example\n"
                                                  "Content-Type: text/html; charset=utf-8\n"
                                                  "Content-Transfer-Encoding: base64\n\n"
                                                  "PHA+T25lLjwvcD4KPHA+\nVHdvLjwvcD4=\n"));
    assert_string_equal(collected_field(&all, 0, "body"), "One.\nTwo.");
    assert_string_equal(collected_field(&all, 0, "byline"), "");
    collected_release(&all);
}

static void mails_of_an_mbox_are_parted(void **state) {
    (void)state;
    collected all = collect(ro_parse_mbox, RO_STR("From a Tue Feb 18\nSubject: one\n\nText\n"
                                                  ">From here on.\nFrom there no.\n\n"
                                                  "From b Tue Feb 18\nSubject: two\n\nMore\n\n"
                                                  "From c\nSubject:\n\n\n"));
    assert_int_equal(all.status, RO_OK);
    assert_int_equal(json_array_size(all.articles), 2);
    assert_string_equal(collected_field(&all, 0, "body"), "Text\nFrom here on.\nFrom there no.");
    assert_string_equal(collected_field(&all, 1, "title"), "two");
    assert_int_equal(all.skipped, 1);
    assert_int_equal(all.first_skip.position, 13);
    collected_release(&all);
}

static void mail_keeps_its_caps(void **state) {
    (void)state;
    const char *start = "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n";
    const char *part = "--b\nContent-Type: text/plain\n\nx\n";
    size_t max = RO_MAIL_PARTS_MAX - 1; /* the message is a part itself */
    assert_int_equal(status_of_repeated(ro_parse_mail, start, part, max - 1, "--b--"), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_mail, start, part, max, "--b--"), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_mail, start, part, max + 1, "--b--"), RO_LIMIT);
    size_t room = RO_MAIL_FIELD_MAX;
    assert_int_equal(status_of_repeated(ro_parse_mail, "Subject: ", "a", room - 1, "\n\nx"), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_mail, "Subject: ", "a", room, "\n\nx"), RO_OK);
    assert_int_equal(status_of_repeated(ro_parse_mail, "Subject: ", "a", room + 1, "\n\nx"),
                     RO_LIMIT);
    for (size_t n = RO_MAIL_WORD_MAX - 1; n <= RO_MAIL_WORD_MAX + 1; n++) {
        ro_buf mail = RO_BUF_INIT; /* 12 bytes around the text of the word */
        repeat(&mail, "Subject: =?utf-8?q?", "a", n - 12, "?=\n\nx");
        collected all = collect(ro_parse_mail, ro_buf_str(&mail));
        bool decoded = collected_field(&all, 0, "title")[0] == 'a';
        assert_int_equal(decoded, n <= RO_MAIL_WORD_MAX);
        collected_release(&all);
        ro_buf_release(&mail);
    }
    for (size_t n = RO_MAIL_DEPTH_MAX - 1; n <= RO_MAIL_DEPTH_MAX + 1; n++) {
        ro_buf mail = RO_BUF_INIT;
        ro_buf_add_str(&mail, RO_STR("Subject: s\n"));
        for (size_t i = 0; i < n; i++) {
            ro_buf_printf(&mail, "Content-Type: multipart/mixed; boundary=b%zu\n\n--b%zu\n", i, i);
        }
        ro_buf_add_str(&mail, RO_STR("\nx\n"));
        collected all = collect(ro_parse_mail, ro_buf_str(&mail));
        assert_int_equal(all.status, n > RO_MAIL_DEPTH_MAX ? RO_LIMIT : RO_OK);
        collected_release(&all);
        ro_buf_release(&mail);
    }
}

/* ---- the clock of the source ------------------------------------------------------------------
 */

static ro_status keep_offset(void *context, const ro_article *article, ro_error *err) {
    (void)err;
    *(int32_t *)context = article->published_offset;
    return RO_OK;
}

static void parsers_tell_the_clock_of_the_source(void **state) {
    (void)state;
    static const struct {
        ro_parse_fn parse;
        const char *text;
        int32_t offset;
    } CASES[] = {
        {ro_parse_text, "Talks end\nPublished: Feb. 18, 2025 9:30 p.m. EST\n\nThey ended.\n",
         -18000},
        {ro_parse_markdown, "---\ndate: 2024-10-29 23:59:00-04:00\n---\nThey ended.\n", -14400},
        {ro_parse_json, "{\"body\":\"Ended.\",\"published\":\"2025-02-18T09:30:00+03:00\"}", 10800},
        {ro_parse_json, "{\"body\":\"Ended.\",\"published\":1739871000}", 0},
        {ro_parse_html,
         "<meta property=article:published_time content=2025-02-18T09:00:00+03:00>" PARAGRAPH,
         10800},
        {ro_parse_html,
         "<script type=application/ld+json>{\"@type\":\"NewsArticle\","
         "\"datePublished\":\"2025-02-18T23:30:00-05:00\"}</script>" PARAGRAPH,
         -18000},
        {ro_parse_mail, "Date: Tue, 18 Feb 2025 09:30:00 +0530\nSubject: Talks\n\nThey ended.\n",
         19800}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ro_input input = collect_input(ro_str_from(CASES[i].text));
        int32_t offset = 1;
        ro_sink sink = {keep_offset, collect_skip, &offset};
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(CASES[i].parse(&input, &sink, &err), RO_OK);
        assert_int_equal(offset, CASES[i].offset);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_article_is_found_among_the_furniture),
        cmocka_unit_test(json_ld_speaks_for_the_page),
        cmocka_unit_test(a_class_that_lies_loses_no_article),
        cmocka_unit_test(lines_follow_the_blocks),
        cmocka_unit_test(html_keeps_its_caps),
        cmocka_unit_test(parsers_tell_the_clock_of_the_source),
        cmocka_unit_test(entries_of_all_feeds_are_read),
        cmocka_unit_test(a_broken_feed_gives_what_it_has_and_says_so),
        cmocka_unit_test(feeds_keep_their_caps),
        cmocka_unit_test(a_mail_is_an_article),
        cmocka_unit_test(html_mail_in_base64_becomes_text),
        cmocka_unit_test(mails_of_an_mbox_are_parted),
        cmocka_unit_test(mail_keeps_its_caps),
    };
    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
