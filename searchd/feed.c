#include "feed.h"

#include "http/response.h"

#include "readout/utf8.h"

#include <ctype.h>

#define TERMS RO_STR("{searchTerms}")

static const char *entity_of(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void ro_xml_add(ro_buf *out, ro_str text) {
    size_t taken;
    for (size_t at = 0; at < text.len; at += taken) {
        uint32_t c = ro_utf8_decode(text.ptr + at, text.len - at, &taken);
        const char *entity = c < 0x80 ? entity_of((char)c) : NULL;
        bool control = c < ' ' && c != '\t' && c != '\n';
        if (entity) {
            ro_buf_add_str(out, ro_str_from(entity));
        } else {
            ro_utf8_append(out, control || c == 0xFFFE || c == 0xFFFF ? ' ' : c);
        }
    }
}

static ro_str text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : RO_STR("");
}

static ro_str summary_of(const json_t *hit) {
    return text_of(json_array_get(json_object_get(hit, "snippets"), 0), "text");
}

static bool is_web(ro_str url) {
    return ro_str_starts_with(url, RO_STR("https://")) ||
           ro_str_starts_with(url, RO_STR("http://"));
}

static void add_element(ro_buf *out, const char *name, ro_str text) {
    ro_buf_printf(out, "<%s>", name);
    ro_xml_add(out, text);
    ro_buf_printf(out, "</%s>\n", name);
}

static void add_escaped(ro_buf *out, ro_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (isalnum(c) || (c && strchr("-._~:", c))) {
            ro_buf_add_byte(out, (char)c);
        } else {
            ro_buf_printf(out, "%%%02X", c);
        }
    }
}

/* ---- addresses of the search page ---- */

/* `name=value&amp;`, of what is not as usual. */
static void add_param(ro_buf *out, const char **before, const char *name, ro_str value) {
    if (value.len) {
        ro_buf_printf(out, "%s%s=", *before, name);
        add_escaped(out, value);
        *before = "&amp;";
    }
}

/* The page at "/" with the same search. */
static void add_own_page(ro_buf *out, const ro_feed *feed) {
    static const char *const matches[] = {[RO_MATCH_MODE_ALL] = "all", [RO_MATCH_MODE_ANY] = "any"};
    static const char *const sorts[] = {[RO_SORT_NEWEST] = "-date", [RO_SORT_OLDEST] = "date"};
    const ro_request *request = feed->request;
    const char *before = "/?";
    bool all = request->kind == RO_KIND_ALL;
    ro_xml_add(out, feed->base);
    add_param(out, &before, "q", request->q);
    add_param(out, &before, "kind", ro_str_from(all ? "" : ro_kind_name((ro_kind)request->kind)));
    add_param(out, &before, "filter", request->filter);
    add_param(out, &before, "sort", ro_str_from(sorts[request->sort]));
    add_param(out, &before, "match", ro_str_from(matches[request->match]));
    add_param(out, &before, "typo", ro_str_from(request->typo == RO_TYPO_OFF ? "off" : ""));
    ro_buf_add_str(out, ro_str_from(*before == '/' ? "/" : ""));
}

/* Another page takes the text alone. */
static void add_page(ro_buf *out, const ro_feed *feed) {
    ro_str page = feed->search_page;
    const char *terms = page.len ? memmem(page.ptr, page.len, TERMS.ptr, TERMS.len) : NULL;
    if (!terms) {
        add_own_page(out, feed);
        return;
    }
    size_t at = (size_t)(terms - page.ptr), rest = at + TERMS.len;
    ro_xml_add(out, ro_str_make(page.ptr, at));
    add_escaped(out, feed->request->q);
    ro_xml_add(out, ro_str_make(page.ptr + rest, page.len - rest));
}

/* "o2" of "…#o2". */
static ro_str fact_of(ro_str id) {
    const char *hash = id.len ? memrchr(id.ptr, '#', id.len) : NULL;
    size_t from = hash ? (size_t)(hash + 1 - id.ptr) : id.len;
    return ro_str_make(id.ptr + from, id.len - from);
}

static void add_link(ro_buf *out, const ro_feed *feed, const json_t *hit) {
    ro_str url = text_of(hit, "url"), article = text_of(hit, "article"), id = text_of(hit, "id");
    const char *before = "/?";
    if (is_web(url)) {
        ro_xml_add(out, url);
        return;
    }
    ro_xml_add(out, feed->base);
    add_param(out, &before, "article", article.len ? article : id);
    add_param(out, &before, "at", article.len ? fact_of(id) : RO_STR(""));
}

/* Globally unique, and the same in every answer. */
static void add_id(ro_buf *out, const json_t *hit) {
    ro_str id = text_of(hit, "id");
    if (is_web(id)) {
        ro_xml_add(out, id);
        return;
    }
    ro_buf_add_str(out, RO_STR("urn:readout:"));
    add_escaped(out, id);
}

static const char *kind_of(const ro_feed *feed) {
    int kind = feed->request->kind;
    return kind == RO_KIND_ALL ? "answers" : ro_kind_name((ro_kind)kind);
}

/* "Readout, outcomes: nile (side:"EG")" */
static void add_title(ro_buf *out, const ro_feed *feed) {
    const ro_request *request = feed->request;
    ro_buf_add_str(out, RO_STR("<title>Readout"));
    if (request->kind != RO_KIND_ARTICLES) {
        ro_buf_printf(out, ", %s", kind_of(feed));
    }
    ro_buf_add_str(out, ro_str_from(request->q.len ? ": " : ""));
    ro_xml_add(out, request->q);
    if (request->filter.len) {
        ro_buf_add_str(out, RO_STR(" ("));
        ro_xml_add(out, request->filter);
        ro_buf_add_byte(out, ')');
    }
    ro_buf_add_str(out, RO_STR("</title>\n"));
}

static void add_after(ro_buf *out, const char *between, ro_str text) {
    ro_buf_add_str(out, ro_str_from(text.len ? between : ""));
    ro_buf_add_str(out, text);
}

/* In a line, as articles are not. */
static void make_line(ro_buf *text) {
    size_t len = 0;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->ptr[i] == '\n' || text->ptr[i] == '\t' ? ' ' : text->ptr[i];
        if (c != ' ' || (len && text->ptr[len - 1] != ' ')) {
            text->ptr[len++] = c;
        }
    }
    text->len = len;
}

/* The title of an article; of facts what they are, and what they say. */
static void add_item_title(ro_buf *out, const json_t *hit) {
    ro_buf title = RO_BUF_INIT;
    if (ro_hit_heading(hit, &title)) {
        ro_hit_add_place(hit, &title);
        add_after(&title, " \xC2\xB7 ", text_of(json_object_get(hit, "date"), "value"));
        add_after(&title, ": ", text_of(hit, "what"));
        add_after(&title, ": ", text_of(hit, "content"));
    } else {
        ro_buf_add_str(&title, text_of(hit, "title"));
    }
    make_line(&title);
    out->failed |= title.failed;
    add_element(out, "title", ro_buf_str(&title));
    ro_buf_release(&title);
}

/* The sentence that says so; of facts the title of the article, too. */
static void add_summary(ro_buf *out, const json_t *hit) {
    ro_buf_add_str(out, summary_of(hit));
    if (text_of(hit, "article").len) {
        add_after(out, out->len ? " \xE2\x80\x94 " : "", text_of(hit, "title"));
    }
}

static void add_self(ro_buf *out, const ro_feed *feed) {
    ro_xml_add(out, feed->base);
    ro_xml_add(out, feed->self);
}

/* ---- RSS ---- */

static void add_rss_date(ro_buf *out, ro_str published) {
    char date[RO_HTTP_DATE_TEXT];
    int64_t seconds;
    if (published.len && ro_time_parse(published, &seconds, NULL) == RO_OK) {
        ro_buf_printf(out, "<pubDate>%s</pubDate>\n", ro_http_date(seconds, date));
    }
}

static void add_rss_item(ro_buf *out, const ro_feed *feed, const json_t *hit) {
    ro_buf summary = RO_BUF_INIT, html = RO_BUF_INIT;
    ro_buf_add_str(out, RO_STR("<item>\n"));
    add_item_title(out, hit);
    ro_buf_add_str(out, RO_STR("<link>"));
    add_link(out, feed, hit);
    ro_buf_add_str(out, RO_STR("</link>\n<guid isPermaLink=\"false\">"));
    add_id(out, hit);
    ro_buf_add_str(out, RO_STR("</guid>\n"));
    add_rss_date(out, text_of(hit, "published"));
    if (text_of(hit, "source").len) {
        add_element(out, "dc:creator", text_of(hit, "source"));
    }
    add_summary(&summary, hit);
    ro_xml_add(&html, ro_buf_str(&summary));
    out->failed |= summary.failed || html.failed;
    add_element(out, "description", ro_buf_str(&html));
    ro_buf_add_str(out, RO_STR("</item>\n"));
    ro_buf_release(&summary);
    ro_buf_release(&html);
}

void ro_feed_write_rss(const json_t *answer, const ro_feed *feed, ro_buf *out) {
    const json_t *hits = json_object_get(answer, "hits");
    ro_buf_add_str(out, RO_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
                               "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n"));
    add_title(out, feed);
    ro_buf_add_str(out, RO_STR("<link>"));
    add_page(out, feed);
    ro_buf_printf(out, "</link>\n<description>The %s that match a search</description>\n",
                  kind_of(feed));
    ro_buf_add_str(out, RO_STR("<atom:link rel=\"self\" type=\"application/rss+xml\" href=\""));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    for (size_t i = 0; i < json_array_size(hits); i++) {
        add_rss_item(out, feed, json_array_get(hits, i));
    }
    ro_buf_add_str(out, RO_STR("</channel>\n</rss>\n"));
}

/* ---- Atom ---- */

static ro_str newest(const json_t *hits) {
    ro_str last = RO_STR("");
    for (size_t i = 0; i < json_array_size(hits); i++) {
        ro_str published = text_of(json_array_get(hits, i), "published");
        last = ro_str_compare(published, last) > 0 ? published : last;
    }
    return last;
}

static void add_atom_entry(ro_buf *out, const ro_feed *feed, const json_t *hit, ro_str updated) {
    ro_buf summary = RO_BUF_INIT;
    ro_str published = text_of(hit, "published"), source = text_of(hit, "source");
    ro_buf_add_str(out, RO_STR("<entry>\n"));
    add_item_title(out, hit);
    ro_buf_add_str(out, RO_STR("<id>"));
    add_id(out, hit);
    ro_buf_add_str(out, RO_STR("</id>\n<link rel=\"alternate\" href=\""));
    add_link(out, feed, hit);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    add_element(out, "updated", published.len ? published : updated);
    if (published.len) {
        add_element(out, "published", published);
    }
    ro_buf_add_str(out, RO_STR("<author>"));
    add_element(out, "name", source.len ? source : RO_STR("unknown"));
    ro_buf_add_str(out, RO_STR("</author>\n"));
    add_summary(&summary, hit);
    out->failed |= summary.failed;
    add_element(out, "summary", ro_buf_str(&summary));
    ro_buf_add_str(out, RO_STR("</entry>\n"));
    ro_buf_release(&summary);
}

void ro_feed_write_atom(const json_t *answer, const ro_feed *feed, ro_buf *out) {
    const json_t *hits = json_object_get(answer, "hits");
    char now[RO_TIME_TEXT];
    ro_str updated = newest(hits);
    updated = updated.len ? updated : ro_str_from(ro_time_format(feed->now, now));
    ro_buf_add_str(out, RO_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"));
    add_title(out, feed);
    ro_buf_add_str(out, RO_STR("<id>"));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("</id>\n<link rel=\"self\" type=\"application/atom+xml\" href=\""));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\""));
    add_page(out, feed);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    add_element(out, "updated", updated);
    for (size_t i = 0; i < json_array_size(hits); i++) {
        add_atom_entry(out, feed, json_array_get(hits, i), updated);
    }
    ro_buf_add_str(out, RO_STR("</feed>\n"));
}
