/* Which format a file is in: by its first bytes, then by its name. */
#include "readout/parser.h"

#include "readout/charset.h"
#include "readout/utf8.h"

#include "parsers/csv.h"

#include <strings.h>

#define HEAD_MAX 8192 /* bytes looked at; telling ones come early */

/* ---- where a stream may be cut ----------------------------------------------------------------
 */

static size_t split_lines(ro_str header, ro_str bytes) {
    (void)header;
    const char *end = bytes.len ? memrchr(bytes.ptr, '\n', bytes.len) : NULL;
    return end ? (size_t)(end - bytes.ptr) + 1 : 0;
}

static size_t split_csv(ro_str header, ro_str bytes) {
    char delimiter = ro_csv_delimiter(header);
    size_t cut = 0;
    for (size_t end; (end = ro_csv_record_end(bytes, cut, delimiter)) != 0;) {
        cut = end;
    }
    return cut;
}

/* Before the last "From " at the start of a line after a blank one. */
static size_t split_mbox(ro_str header, ro_str bytes) {
    (void)header;
    for (size_t len = bytes.len; len > 0;) {
        const char *at = memrchr(bytes.ptr, '\n', len);
        if (!at) {
            return 0;
        }
        size_t i = (size_t)(at - bytes.ptr);
        bool blank = i > 0 && (bytes.ptr[i - 1] == '\n' ||
                               (i > 1 && bytes.ptr[i - 1] == '\r' && bytes.ptr[i - 2] == '\n'));
        if (blank && bytes.len - i > 5 && memcmp(at + 1, "From ", 5) == 0) {
            return i + 1;
        }
        len = i;
    }
    return 0;
}

/* ---- the table --------------------------------------------------------------------------------
 */

enum { TEXT, HTML, MARKDOWN, JSON, NDJSON, FEED, MAIL, MBOX, CSV, FORMATS };

static const ro_format TABLE[FORMATS] = {
    [TEXT] = {"text", " .txt .text ", NULL, false, false, ro_parse_text},
    [HTML] = {"html", " .html .htm .xhtml .shtml ", NULL, false, false, ro_parse_html},
    [MARKDOWN] = {"markdown", " .md .markdown .mdown ", NULL, false, false, ro_parse_markdown},
    [JSON] = {"json", " .json .jsonld ", NULL, false, false, ro_parse_json},
    [NDJSON] = {"ndjson", " .ndjson .jsonl .jsonlines ", split_lines, true, false, ro_parse_ndjson},
    [FEED] = {"feed", " .rss .atom .xml .rdf ", NULL, false, false, ro_parse_feed},
    [MAIL] = {"mail", " .eml .msg ", NULL, false, false, ro_parse_mail},
    [MBOX] = {"mbox", " .mbox .mbx ", split_mbox, false, false, ro_parse_mbox},
    [CSV] = {"csv", " .csv .tsv .tab ", split_csv, false, true, ro_parse_csv},
};

const ro_format *ro_format_named(ro_str name) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (ro_str_equal(name, ro_str_from(TABLE[i].name))) {
            return &TABLE[i];
        }
    }
    return NULL;
}

/* ---- by name ----------------------------------------------------------------------------------
 */

static bool ends_with(ro_str s, const char *end) {
    size_t len = strlen(end);
    return s.len >= len && strncasecmp(s.ptr + s.len - len, end, len) == 0;
}

static const ro_format *by_name(ro_str path) {
    static const char *const WRAPPERS[] = {".gz", ".zst", ".zstd"};
    for (size_t i = 0; i < sizeof WRAPPERS / sizeof *WRAPPERS; i++) {
        if (ends_with(path, WRAPPERS[i])) {
            path.len -= strlen(WRAPPERS[i]);
            break;
        }
    }
    const char *dot = path.len ? memrchr(path.ptr, '.', path.len) : NULL;
    size_t len = dot ? path.len - (size_t)(dot - path.ptr) : 0;
    if (len == 0 || len > 10) {
        return NULL;
    }
    char key[16];
    (void)snprintf(key, sizeof key, " %.*s ", (int)len, dot);
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcasestr(TABLE[i].suffixes, key)) {
            return &TABLE[i];
        }
    }
    return NULL;
}

/* ---- by content -------------------------------------------------------------------------------
 */

static ro_str first_line(ro_str s) {
    return ro_str_cut(&s, '\n');
}

static ro_str from(ro_str s, size_t i) {
    return i < s.len ? ro_str_make(s.ptr + i, s.len - i) : RO_STR_NONE;
}

static bool starts_nocase(ro_str s, const char *prefix) {
    size_t len = strlen(prefix);
    return s.len >= len && strncasecmp(s.ptr, prefix, len) == 0;
}

/* A first line that is a whole object makes lines of JSON. */
static bool is_whole_object(ro_str line) {
    size_t depth = 0;
    bool quoted = false;
    line = ro_str_trim(line);
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (quoted) {
            i += c == '\\' ? 1 : 0;
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            return i + 1 == line.len;
        }
    }
    return false;
}

static const ro_format *as_json(ro_str head, const ro_format *named) {
    ro_str inside = ro_str_trim(from(head, 1));
    char next = inside.len ? inside.ptr[0] : 0;
    if (head.ptr[0] == '{' && (next == '"' || next == '}' || next == 0)) {
        if (named == &TABLE[NDJSON] || named == &TABLE[JSON]) {
            bool lines = is_whole_object(first_line(head)) &&
                         ro_str_trim(from(head, first_line(head).len)).len > 0;
            return lines ? &TABLE[NDJSON] : named;
        }
        return is_whole_object(first_line(head)) ? &TABLE[NDJSON] : &TABLE[JSON];
    }
    bool array = head.ptr[0] == '[' && (next == '{' || next == ']' || next == '[' || next == '"');
    return array ? (named == &TABLE[NDJSON] ? named : &TABLE[JSON]) : NULL;
}

/* Goes over the XML declaration, comments, processing instructions and the document type. */
static ro_str root_element(ro_str s) {
    for (s = ro_str_trim(s); s.len > 2 && (s.ptr[1] == '?' || s.ptr[1] == '!');) {
        if (starts_nocase(s, "<!doctype html")) {
            break;
        }
        bool comment = starts_nocase(s, "<!--");
        const char *end = comment ? memmem(s.ptr, s.len, "-->", 3) : memchr(s.ptr, '>', s.len);
        s = ro_str_trim(end ? from(s, (size_t)(end - s.ptr) + (comment ? 3 : 1)) : RO_STR_NONE);
    }
    return s;
}

static const ro_format *as_markup(ro_str head, const ro_format *named) {
    static const char *const FEEDS[] = {
        "<rss", "<feed", "<rdf:", "<atom:feed", "<channel", "<a:feed"};
    static const char *const PAGES[] = {
        "<!doctype html", "<html", "<head", "<body",    "<title", "<p>",     "<p ",
        "<div",           "<h1",   "<meta", "<article", "<main",  "<script", "<link",
        "<table",         "<br",   "<span", "<section", "<a ",    "<b>",     "<i>",
        "<center"};
    ro_str root = root_element(head);
    for (size_t i = 0; i < sizeof FEEDS / sizeof *FEEDS; i++) {
        if (starts_nocase(root, FEEDS[i])) {
            return &TABLE[FEED];
        }
    }
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        if (starts_nocase(root, PAGES[i])) {
            return &TABLE[HTML];
        }
    }
    if (starts_nocase(head, "<?xml")) {
        return &TABLE[FEED];
    }
    if (starts_nocase(head, "<!--") || starts_nocase(head, "<!doctype")) {
        return named && named != &TABLE[TEXT] ? named : &TABLE[HTML];
    }
    return NULL;
}

/* Header lines as of a mail; two names that mail uses make one. */
static bool is_mail(ro_str s) {
    static const char *const NAMES[] = {
        "from:",     "to:",          "subject:",      "date:",         "message-id:",
        "received:", "return-path:", "mime-version:", "delivered-to:", "content-type:",
        "reply-to:", "cc:",          "list-id:",      "sender:",       "x-mailer:"};
    size_t known = 0;
    while (s.len > 0) {
        ro_str line = first_line(s);
        s = from(s, line.len + 1);
        if (ro_str_trim(line).len == 0) {
            break;
        }
        const char *colon = memchr(line.ptr, ':', line.len);
        bool folded = line.ptr[0] == ' ' || line.ptr[0] == '\t';
        if (!folded && (!colon || memchr(line.ptr, ' ', (size_t)(colon - line.ptr)))) {
            return false;
        }
        for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
            known += starts_nocase(line, NAMES[i]) ? 1 : 0;
        }
    }
    return known >= 2;
}

/* A first line of column names, a title or body among them. */
static bool is_csv(ro_str head) {
    static const char *const NAMES[] = {"title", "headline", "body", "text", "content"};
    ro_str line = ro_str_trim(first_line(head));
    size_t columns = 1;
    size_t known = 0;
    for (size_t i = 0, start = 0; i <= line.len && line.len <= 2000; i++) {
        if (i < line.len && !strchr(",;\t|", line.ptr[i])) {
            continue;
        }
        ro_str name = ro_str_trim(ro_str_make(line.ptr + start, i - start));
        if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"') {
            name = ro_str_make(name.ptr + 1, name.len - 2);
        }
        for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++) {
            known += ro_str_equal_nocase(name, ro_str_from(NAMES[k])) ? 1 : 0;
        }
        columns += i < line.len ? 1 : 0;
        start = i + 1;
    }
    return columns >= 2 && known >= 1 && first_line(head).len < head.len;
}

static bool is_mbox(ro_str s) {
    return starts_nocase(s, "From ") && is_mail(from(s, first_line(s).len + 1));
}

static bool has_front_matter(ro_str s) {
    return ro_str_equal(ro_str_trim(first_line(s)), RO_STR("---")) &&
           memmem(s.ptr + 3, s.len - 3, "\n---", 4);
}

static bool has_heading(ro_str s) {
    return ro_str_starts_with(s, RO_STR("# "));
}

static const ro_format *by_content(ro_str head, const ro_format *named) {
    static const struct {
        bool (*fits)(ro_str head);
        int format;
    } TESTS[] = {{is_mbox, MBOX},
                 {has_front_matter, MARKDOWN},
                 {is_mail, MAIL},
                 {has_heading, MARKDOWN},
                 {is_csv, CSV}};
    ro_str s = ro_str_trim(head);
    if (s.len == 0) {
        return NULL;
    }
    if (s.ptr[0] == '{' || s.ptr[0] == '[') {
        return as_json(s, named);
    }
    if (s.ptr[0] == '<') {
        return as_markup(s, named);
    }
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++) {
        if (TESTS[i].fits(s)) {
            return &TABLE[TESTS[i].format];
        }
    }
    return NULL;
}

const ro_format *ro_format_find(ro_str head, ro_str path) {
    ro_buf text = RO_BUF_INIT;
    const ro_format *found = NULL;
    head = ro_utf8_prefix(head, head.len > HEAD_MAX ? HEAD_MAX : head.len);
    if (ro_charset_to_utf8(head, RO_STR_NONE, &text, NULL, NULL) == RO_OK) {
        const ro_format *named = by_name(path);
        found = by_content(ro_buf_str(&text), named);
        found = found ? found : named ? named : &TABLE[TEXT];
    }
    ro_buf_release(&text);
    return found;
}
