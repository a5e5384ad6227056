/* RSS, Atom and RDF feeds. */
#include "common.h"

#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <pthread.h>

/* Nothing is fetched, no entity is expanded, and libxml2's own limits stay on. */
#define XML_OPTIONS                                                                                \
    (XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |               \
     XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC)
/* Faults after which a feed is given up: each may cost a look at all that follows. */
#define FAULTS_MAX 100

typedef struct ro_feed {
    const ro_input *input;
    const ro_sink *sink;
    xmlTextReaderPtr reader;
    ro_arena arena; /* of one entry */
    ro_buf title;   /* of the feed: the publisher of its entries */
    ro_buf language;
    size_t entries;
    size_t faults;   /* of the XML */
    ro_error broken; /* the first of them */
} ro_feed;

static bool is_named(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* ---- text of an element -----------------------------------------------------------------------
 */

/* Text and CDATA as they are, elements as markup, entities by name: HTML, if there is any of it. */
static void add_content(ro_buf *out, xmlNode *node) {
    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            ro_buf_add_str(out, ro_str_from((const char *)child->content));
        } else if (child->type == XML_ENTITY_REF_NODE) {
            ro_buf_printf(out, "&%s;", (const char *)child->name);
        } else if (child->type == XML_ELEMENT_NODE) {
            xmlBufferPtr markup = xmlBufferCreate();
            if (markup && xmlNodeDump(markup, node->doc, child, 0, 0) >= 0) {
                ro_buf_add(out, xmlBufferContent(markup), (size_t)xmlBufferLength(markup));
            }
            xmlBufferFree(markup);
        }
    }
}

/* The text of an element in the arena, without markup. `body` keeps the line ends between
 * paragraphs. */
static ro_status text_of(ro_feed *feed, xmlNode *node, bool body, ro_str *out, ro_error *err) {
    ro_buf content = RO_BUF_INIT;
    ro_buf text = RO_BUF_INIT;
    add_content(&content, node);
    ro_str s = ro_buf_str(&content);
    bool marked = s.len > 0 && (memchr(s.ptr, '&', s.len) ||
                                (body ? ro_looks_like_html(s) : memchr(s.ptr, '<', s.len) != NULL));
    ro_status status = ro_buf_check(&content, err);
    if (status == RO_OK && marked) {
        status = ro_html_to_text(s, feed->input->memory, &text, err);
        s = ro_buf_str(&text);
    }
    if (status == RO_OK) {
        *out = ro_str_trim(ro_arena_copy(&feed->arena, s));
    }
    ro_buf_release(&content);
    ro_buf_release(&text);
    return status;
}

/* ---- entries ----------------------------------------------------------------------------------
 */

typedef enum ro_feed_field {
    TITLE,
    BODY,
    LINK,
    ID,
    BYLINE,
    PUBLISHED,
    SOURCE,
    PHOTO,
    FIELDS
} ro_feed_field;

/* A field may stand under several names; the higher rank wins, and of equals the first. */
static const struct {
    const char *prefix; /* NULL: any */
    const char *name;
    ro_feed_field field;
    int rank;
} ELEMENTS[] = {
    {NULL, "title", TITLE, 1},
    {"content", "encoded", BODY, 5},
    {NULL, "encoded", BODY, 4},
    {NULL, "content", BODY, 3},
    {NULL, "body", BODY, 3},
    {NULL, "description", BODY, 2},
    {NULL, "summary", BODY, 1},
    {NULL, "link", LINK, 2},
    {NULL, "guid", ID, 2},
    {NULL, "id", ID, 2},
    {"dc", "creator", BYLINE, 3},
    {NULL, "author", BYLINE, 2},
    {"dc", "identifier", ID, 1},
    {NULL, "pubDate", PUBLISHED, 5},
    {NULL, "published", PUBLISHED, 5},
    {NULL, "issued", PUBLISHED, 4},
    {"dc", "date", PUBLISHED, 3},
    {NULL, "date", PUBLISHED, 3},
    {NULL, "created", PUBLISHED, 2},
    {NULL, "updated", PUBLISHED, 1},
    {NULL, "modified", PUBLISHED, 1},
    {NULL, "source", SOURCE, 2},
    {"dc", "publisher", SOURCE, 1},
    {"media", "credit", PHOTO, 1},
};

typedef struct ro_entry {
    ro_str values[FIELDS];
    int ranks[FIELDS];
    bool permalink; /* the id is a URL */
} ro_entry;

static xmlNode *child_named(xmlNode *node, const char *name) {
    for (xmlNode *child = node->children; child; child = child->next) {
        if (is_named(child, name)) {
            return child;
        }
    }
    return NULL;
}

static ro_str attribute(ro_feed *feed, xmlNode *node, const char *name) {
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    ro_str s = value ? ro_arena_copy(&feed->arena, ro_str_from((const char *)value)) : RO_STR_NONE;
    xmlFree(value);
    return s;
}

/* "ann@desk.example (Ann Lee)" -> "Ann Lee". */
static ro_str name_of_address(ro_str s) {
    const char *open = s.len ? memchr(s.ptr, '(', s.len) : NULL;
    if (s.len && memchr(s.ptr, '@', s.len) && open && s.ptr[s.len - 1] == ')') {
        size_t at = (size_t)(open - s.ptr) + 1;
        return ro_str_make(s.ptr + at, s.len - at - 1);
    }
    return s;
}

static ro_status value_of(ro_feed *feed, xmlNode *node, ro_feed_field field, ro_str *out,
                          ro_error *err) {
    xmlNode *inner = NULL;
    if (field == LINK) {
        ro_str rel = attribute(feed, node, "rel");
        ro_str href = attribute(feed, node, "href");
        if (rel.len > 0 && !ro_str_equal(rel, RO_STR("alternate"))) {
            *out = RO_STR_NONE;
            return RO_OK;
        }
        if (href.len > 0) {
            *out = href;
            return RO_OK;
        }
    } else if (field == BYLINE) {
        inner = child_named(node, "name");
    } else if (field == SOURCE) {
        inner = child_named(node, "title");
    }
    ro_status status = text_of(feed, inner ? inner : node, field == BODY, out, err);
    if (status == RO_OK && field == BYLINE) {
        *out = name_of_address(*out);
    }
    return status;
}

static ro_status read_element(ro_feed *feed, xmlNode *node, ro_entry *entry, ro_error *err) {
    const char *prefix = node->ns && node->ns->prefix ? (const char *)node->ns->prefix : "";
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof *ELEMENTS; i++) {
        ro_feed_field field = ELEMENTS[i].field;
        bool other_prefix = ELEMENTS[i].prefix
                                ? strcmp(ELEMENTS[i].prefix, prefix) != 0
                                : strcmp(prefix, "media") == 0 || strcmp(prefix, "itunes") == 0;
        if (other_prefix || !is_named(node, ELEMENTS[i].name) ||
            ELEMENTS[i].rank <= entry->ranks[field]) {
            continue;
        }
        ro_str value = RO_STR_NONE;
        ro_status status = value_of(feed, node, field, &value, err);
        if (status != RO_OK) {
            return status;
        }
        if (value.len > 0) {
            entry->values[field] = value;
            entry->ranks[field] = ELEMENTS[i].rank;
        }
        break;
    }
    if (is_named(node, "guid")) {
        entry->permalink = !ro_str_equal(attribute(feed, node, "isPermaLink"), RO_STR("false"));
    }
    return RO_OK;
}

static ro_status emit_entry(ro_feed *feed, xmlNode *node, ro_error *err) {
    ro_entry entry = {.permalink = false};
    ro_arena_reset(&feed->arena);
    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            ro_status status = read_element(feed, child, &entry, err);
            if (status != RO_OK) {
                return status;
            }
        }
    }
    ro_str url = entry.values[LINK];
    ro_str source = entry.values[SOURCE].len ? entry.values[SOURCE] : ro_buf_str(&feed->title);
    ro_article article = {.id = entry.values[ID],
                          .title = entry.values[TITLE],
                          .body = entry.values[BODY],
                          .url = url.len || !entry.permalink ? url : entry.values[ID],
                          .source = source,
                          .byline = entry.values[BYLINE],
                          .photo_credit = entry.values[PHOTO],
                          .language = ro_buf_str(&feed->language)};
    ro_published_read(entry.values[PUBLISHED], &article);
    return ro_emit(feed->input, feed->sink, &feed->arena, RO_BODY_LINES, &article, err);
}

/* How many elements are open at once in `node`, itself counted. */
static size_t depth_of(const xmlNode *node) {
    size_t depth = 1;
    size_t deepest = 1;
    for (const xmlNode *at = node; depth > 0;) {
        if (at->type == XML_ELEMENT_NODE && at->children) {
            at = at->children;
            deepest = ++depth > deepest && at->type == XML_ELEMENT_NODE ? depth : deepest;
            continue;
        }
        while (at != node && !at->next) {
            at = at->parent;
            depth--;
        }
        if (at == node) {
            break;
        }
        at = at->next;
        deepest = depth > deepest && at->type == XML_ELEMENT_NODE ? depth : deepest;
    }
    return deepest;
}

/* ---- the feed ---------------------------------------------------------------------------------
 */

static ro_status read_entry(ro_feed *feed, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    int64_t line = xmlTextReaderGetParserLineNumber(feed->reader);
    if (feed->entries == RO_FEED_ENTRIES_MAX) {
        return ro_fail_at(err, RO_LIMIT, line, "feed with more than %d entries",
                          RO_FEED_ENTRIES_MAX);
    }
    feed->entries++;
    xmlNode *node = xmlTextReaderExpand(feed->reader);
    if (!node) {
        return RO_OK;
    }
    size_t depth = (size_t)xmlTextReaderDepth(feed->reader) + depth_of(node);
    ro_status status = RO_OK;
    if (depth > RO_XML_DEPTH_MAX) {
        status =
            ro_fail(&fault, RO_LIMIT, "XML nested %zu deep, more than %d", depth, RO_XML_DEPTH_MAX);
    } else {
        status = emit_entry(feed, node, &fault);
    }
    return ro_skip_record(feed->sink, status, &fault, line, err);
}

/* Title and language of the feed itself. */
static ro_status read_about(ro_feed *feed, const char *name, ro_error *err) {
    bool title = strcmp(name, "title") == 0;
    ro_buf *to = title ? &feed->title : &feed->language;
    if ((!title && strcmp(name, "language") != 0) || to->len > 0) {
        return RO_OK;
    }
    ro_arena_reset(&feed->arena);
    xmlNode *node = xmlTextReaderExpand(feed->reader);
    ro_str text = RO_STR_NONE;
    ro_status status = node ? text_of(feed, node, false, &text, err) : RO_OK;
    ro_buf_add_str(to, text);
    return status;
}

static ro_status read_root(ro_feed *feed, const char *name, ro_error *err) {
    static const char *const ROOTS[] = {"rss", "feed", "RDF", "channel"};
    xmlChar *language = xmlTextReaderGetAttribute(feed->reader, (const xmlChar *)"xml:lang");
    ro_buf_add_str(&feed->language, ro_str_from((const char *)language));
    xmlFree(language);
    for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++) {
        if (strcmp(name, ROOTS[i]) == 0) {
            return RO_OK;
        }
    }
    return ro_fail(err, RO_FORMAT, "neither RSS nor Atom: the root element is '%.64s'", name);
}

/* One element; `*inside` tells whether the reader is to go into it. */
static ro_status read_node(ro_feed *feed, bool *inside, ro_error *err) {
    const char *name = (const char *)xmlTextReaderConstLocalName(feed->reader);
    int depth = xmlTextReaderDepth(feed->reader);
    *inside = true;
    if (xmlTextReaderNodeType(feed->reader) != XML_READER_TYPE_ELEMENT || !name) {
        return RO_OK;
    }
    if (depth == 0) {
        return read_root(feed, name, err);
    }
    if (strcmp(name, "item") == 0 || strcmp(name, "entry") == 0) {
        *inside = false;
        return read_entry(feed, err);
    }
    bool container = strcmp(name, "channel") == 0 || strcmp(name, "items") == 0;
    *inside = container;
    return container ? RO_OK : read_about(feed, name, err);
}

static void note_fault(void *context, xmlErrorPtr error) {
    ro_feed *feed = context;
    bool harmless = error->level < XML_ERR_ERROR || error->code == XML_ERR_UNDECLARED_ENTITY ||
                    error->domain == XML_FROM_NAMESPACE || error->code == XML_WAR_UNDECLARED_ENTITY;
    if (harmless) {
        return;
    }
    if (++feed->faults == FAULTS_MAX) {
        xmlStopParser(error->ctxt);
    }
    if (feed->broken.status != RO_OK) {
        return;
    }
    ro_status status = error->code == XML_ERR_NO_MEMORY ? RO_MEMORY : RO_FORMAT;
    ro_str message = ro_str_trim(ro_str_from(error->message));
    (void)ro_fail_at(&feed->broken, status, error->line, "broken XML: %.*s (line %d)",
                     (int)(message.len < 200 ? message.len : 200), message.ptr, error->line);
}

static ro_status read_feed(ro_feed *feed, ro_error *err) {
    ro_status status = RO_OK;
    bool inside = true;
    for (int more = xmlTextReaderRead(feed->reader); more == 1 && status == RO_OK;) {
        status = read_node(feed, &inside, err);
        if (status == RO_OK) {
            more = inside ? xmlTextReaderRead(feed->reader) : xmlTextReaderNext(feed->reader);
        }
    }
    if (status != RO_OK || feed->broken.status == RO_OK) {
        return status;
    }
    if (feed->broken.status == RO_MEMORY) {
        return ro_fail_memory(err);
    }
    if (feed->entries == 0) {
        return ro_fail_at(err, RO_FORMAT, feed->broken.position, "%s", feed->broken.message);
    }
    /* what could be read was; the rest may be missing */
    return ro_skip_record(feed->sink, RO_FORMAT, &feed->broken, feed->broken.position, err);
}

/* Entities of a document's own are a way to write bombs, and no feed has them. */
static bool declares_entities(ro_str text) {
    const char *entity = text.len ? memmem(text.ptr, text.len, "<!ENTITY", 8) : NULL;
    const char *doctype = text.len ? memmem(text.ptr, text.len, "<!DOCTYPE", 9) : NULL;
    return entity && doctype && doctype < entity;
}

/* The encoding that the XML declaration names. */
static ro_str declared_encoding(ro_str s) {
    s.len = s.len < 200 ? s.len : 200;
    const char *end = s.len ? memmem(s.ptr, s.len, "?>", 2) : NULL;
    const char *at = end ? memmem(s.ptr, (size_t)(end - s.ptr), "encoding=", 9) : NULL;
    if (!at || end - at < 11) {
        return RO_STR_NONE;
    }
    const char *close = memchr(at + 10, at[9], (size_t)(end - at - 10));
    return close ? ro_str_make(at + 10, (size_t)(close - at - 10)) : RO_STR_NONE;
}

/* libxml2 sets itself up at the first use, and only this call of it does so safely in threads. */
static pthread_once_t libxml2_ready = PTHREAD_ONCE_INIT;

ro_status ro_parse_feed(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_feed feed = {.input = input, .sink = sink, .broken = RO_ERROR_INIT};
    ro_buf buf = RO_BUF_INIT;
    ro_str text;
    ro_status status = ro_input_utf8(input, declared_encoding(input->bytes), &buf, &text, err);
    if (status != RO_OK) {
        goto out;
    }
    text = ro_str_trim(text);
    if (text.len > INT32_MAX) {
        status = ro_fail(err, RO_LIMIT, "XML of more than 2 GiB");
        goto out;
    }
    if (declares_entities(text)) {
        status = ro_fail(err, RO_LIMIT, "XML that declares entities of its own");
        goto out;
    }
    (void)pthread_once(&libxml2_ready, xmlInitParser);
    feed.reader =
        xmlReaderForMemory(text.ptr ? text.ptr : "", (int)text.len, NULL, "UTF-8", XML_OPTIONS);
    if (!feed.reader) {
        status = ro_fail_memory(err);
        goto out;
    }
    xmlTextReaderSetStructuredErrorHandler(feed.reader, note_fault, &feed);
    status = read_feed(&feed, err);
    if (status == RO_OK && feed.entries == 0) {
        status = ro_fail(err, RO_FORMAT, "feed without entries");
    }
out:
    if (feed.reader) {
        xmlFreeTextReader(feed.reader);
    }
    ro_buf_release(&feed.title);
    ro_buf_release(&feed.language);
    ro_arena_release(&feed.arena);
    ro_buf_release(&buf);
    return status;
}
