#include "feed.h"

#include "http/response.h"

#include "readout/utf8.h"

#include <ctype.h>

#define EPOCH "1970-01-01T00:00:00Z"

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

static void add_escaped_id(ro_buf *out, ro_str id) {
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (isalnum(c) || (c && strchr("-._~:", c))) {
            ro_buf_add_byte(out, (char)c);
        } else {
            ro_buf_printf(out, "%%%02X", c);
        }
    }
}

static void add_link(ro_buf *out, const ro_feed *feed, const json_t *hit) {
    ro_str url = text_of(hit, "url"), article = text_of(hit, "article");
    if (is_web(url)) {
        ro_xml_add(out, url);
        return;
    }
    ro_xml_add(out, feed->base);
    ro_buf_add_str(out, RO_STR("/v1/articles/"));
    add_escaped_id(out, article.len ? article : text_of(hit, "id"));
}

/* Globally unique, and the same in every answer. */
static void add_id(ro_buf *out, const json_t *hit) {
    ro_str id = text_of(hit, "id");
    if (is_web(id)) {
        ro_xml_add(out, id);
        return;
    }
    ro_buf_add_str(out, RO_STR("urn:readout:"));
    add_escaped_id(out, id);
}

static void add_title(ro_buf *out, const json_t *answer) {
    ro_str text = text_of(json_object_get(answer, "query"), "text");
    ro_buf_add_str(out, RO_STR("<title>Readout"));
    ro_buf_add_str(out, text.len ? RO_STR(": ") : RO_STR(""));
    ro_xml_add(out, text);
    ro_buf_add_str(out, RO_STR("</title>\n"));
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
    ro_buf html = RO_BUF_INIT;
    ro_buf_add_str(out, RO_STR("<item>\n"));
    add_element(out, "title", text_of(hit, "title"));
    ro_buf_add_str(out, RO_STR("<link>"));
    add_link(out, feed, hit);
    ro_buf_add_str(out, RO_STR("</link>\n<guid isPermaLink=\"false\">"));
    add_id(out, hit);
    ro_buf_add_str(out, RO_STR("</guid>\n"));
    add_rss_date(out, text_of(hit, "published"));
    if (text_of(hit, "source").len) {
        add_element(out, "dc:creator", text_of(hit, "source"));
    }
    ro_xml_add(&html, summary_of(hit));
    out->failed |= html.failed;
    add_element(out, "description", ro_buf_str(&html));
    ro_buf_add_str(out, RO_STR("</item>\n"));
    ro_buf_release(&html);
}

void ro_feed_write_rss(const json_t *answer, const ro_feed *feed, ro_buf *out) {
    const json_t *hits = json_object_get(answer, "hits");
    ro_buf_add_str(out, RO_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
                               "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n"));
    add_title(out, answer);
    ro_buf_add_str(out, RO_STR("<link>"));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("</link>\n<description>Articles that match a search</description>\n"
                               "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\""));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    for (size_t i = 0; i < json_array_size(hits); i++) {
        add_rss_item(out, feed, json_array_get(hits, i));
    }
    ro_buf_add_str(out, RO_STR("</channel>\n</rss>\n"));
}

/* ---- Atom ---- */

static ro_str newest(const json_t *hits) {
    ro_str last = RO_STR(EPOCH);
    for (size_t i = 0; i < json_array_size(hits); i++) {
        ro_str published = text_of(json_array_get(hits, i), "published");
        last = ro_str_compare(published, last) > 0 ? published : last;
    }
    return last;
}

static void add_atom_entry(ro_buf *out, const ro_feed *feed, const json_t *hit) {
    ro_str published = text_of(hit, "published"), source = text_of(hit, "source");
    ro_buf_add_str(out, RO_STR("<entry>\n"));
    add_element(out, "title", text_of(hit, "title"));
    ro_buf_add_str(out, RO_STR("<id>"));
    add_id(out, hit);
    ro_buf_add_str(out, RO_STR("</id>\n<link rel=\"alternate\" href=\""));
    add_link(out, feed, hit);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    add_element(out, "updated", published.len ? published : RO_STR(EPOCH));
    if (published.len) {
        add_element(out, "published", published);
    }
    ro_buf_add_str(out, RO_STR("<author>"));
    add_element(out, "name", source.len ? source : RO_STR("unknown"));
    ro_buf_add_str(out, RO_STR("</author>\n"));
    add_element(out, "summary", summary_of(hit));
    ro_buf_add_str(out, RO_STR("</entry>\n"));
}

void ro_feed_write_atom(const json_t *answer, const ro_feed *feed, ro_buf *out) {
    const json_t *hits = json_object_get(answer, "hits");
    ro_buf_add_str(out, RO_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"));
    add_title(out, answer);
    ro_buf_add_str(out, RO_STR("<id>"));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("</id>\n<link rel=\"self\" type=\"application/atom+xml\" href=\""));
    add_self(out, feed);
    ro_buf_add_str(out, RO_STR("\"/>\n"));
    add_element(out, "updated", newest(hits));
    for (size_t i = 0; i < json_array_size(hits); i++) {
        add_atom_entry(out, feed, json_array_get(hits, i));
    }
    ro_buf_add_str(out, RO_STR("</feed>\n"));
}
