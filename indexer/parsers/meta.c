/* What a page says about itself, under all the names there are for it. */
#include "page.h"

#include <stddef.h>

typedef enum ro_meta { TITLE, BYLINE, PUBLISHED, SOURCE, URL, LANGUAGE, METAS } ro_meta;

/* Values of name, property or itemprop of a meta element; the higher rank wins. */
static const struct {
    const char *name;
    ro_meta meta;
    int rank;
} NAMES[] = {
    {"og:title", TITLE, 5},
    {"twitter:title", TITLE, 4},
    {"headline", TITLE, 4},
    {"dc.title", TITLE, 3},
    {"sailthru.title", TITLE, 3},
    {"parsely-title", TITLE, 3},
    {"author", BYLINE, 5},
    {"article:author", BYLINE, 4},
    {"byl", BYLINE, 4},
    {"parsely-author", BYLINE, 3},
    {"sailthru.author", BYLINE, 3},
    {"dc.creator", BYLINE, 3},
    {"dcterms.creator", BYLINE, 3},
    {"article:published_time", PUBLISHED, 6},
    {"datepublished", PUBLISHED, 5},
    {"og:published_time", PUBLISHED, 5},
    {"date", PUBLISHED, 4},
    {"pubdate", PUBLISHED, 4},
    {"publishdate", PUBLISHED, 4},
    {"publish-date", PUBLISHED, 4},
    {"publish_date", PUBLISHED, 4},
    {"parsely-pub-date", PUBLISHED, 4},
    {"sailthru.date", PUBLISHED, 3},
    {"dc.date", PUBLISHED, 3},
    {"dc.date.issued", PUBLISHED, 3},
    {"dcterms.created", PUBLISHED, 3},
    {"dcterms.date", PUBLISHED, 3},
    {"article:modified_time", PUBLISHED, 1},
    {"og:site_name", SOURCE, 5},
    {"dc.publisher", SOURCE, 4},
    {"application-name", SOURCE, 3},
    {"publisher", SOURCE, 2},
    {"og:url", URL, 4},
    {"og:locale", LANGUAGE, 2},
    {"content-language", LANGUAGE, 3},
    {"dc.language", LANGUAGE, 2},
};

/* Ranks of what comes from elsewhere than meta elements. */
enum {
    RANK_LD = 8,
    RANK_CANONICAL = 6,
    RANK_HTML_LANG = 4,
    RANK_H1 = 3,
    RANK_TIME = 2,
    RANK_ELEMENT = 1
};

typedef struct ro_found {
    const ro_tree *tree;
    ro_arena *arena;
    size_t memory;
    ro_str values[METAS];
    int ranks[METAS];
    int64_t published;
    int32_t published_offset;
    ro_str unread_date;
    ro_str page_title;
    ro_str photo_credit;
    size_t headings; /* <h1> elements */
} ro_found;

static void offer(ro_found *found, ro_meta meta, ro_str value, int rank) {
    int64_t when = RO_TIME_NONE;
    int32_t offset = 0;
    value = ro_single_line(found->arena, value);
    if (value.len == 0 || rank <= found->ranks[meta]) {
        return;
    }
    if (meta == PUBLISHED && ro_time_parse_zone(value, &when, &offset, NULL) != RO_OK) {
        /* elements of the page may hold "two hours ago"; what is said of the page is meant */
        found->unread_date = rank > RANK_TIME + 1 ? value : found->unread_date;
        return;
    }
    bool address = ro_str_starts_with(value, RO_STR("http"));
    if ((meta == BYLINE && address) || (meta == URL && !address)) {
        return;
    }
    if (meta == PUBLISHED) {
        found->published = when;
        found->published_offset = offset;
    }
    found->values[meta] = value;
    found->ranks[meta] = rank;
}

static void offer_named(ro_found *found, ro_str name, ro_str value) {
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && name.len > 0; i++) {
        if (ro_str_equal_nocase(name, ro_str_from(NAMES[i].name))) {
            offer(found, NAMES[i].meta, value, NAMES[i].rank);
            return;
        }
    }
}

static void read_meta(ro_found *found, const ro_node *node) {
    static const char *const KEYS[] = {"property", "name", "itemprop", "http-equiv"};
    ro_str content = ro_node_attribute(node, "content");
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        offer_named(found, ro_node_attribute(node, KEYS[i]), content);
    }
}

/* ---- JSON-LD ----------------------------------------------------------------------------------
 */

/* Copies what the article keeps of the JSON, which is freed. */
static void offer_fields(ro_found *found, const json_t *object, const json_t *graph) {
    ro_article article;
    bool html = false;
    char time[RO_TIME_TEXT];
    ro_fields_read(object, graph, found->arena, &article, &html);
    const struct {
        ro_meta meta;
        ro_str value;
    } values[] = {{TITLE, article.title},
                  {BYLINE, article.byline},
                  {PUBLISHED, ro_str_from(ro_time_format(article.published, time))},
                  {SOURCE, article.source},
                  {URL, article.url},
                  {LANGUAGE, article.language}};
    found->unread_date = article.unread_date.len ? article.unread_date : found->unread_date;
    for (size_t i = 0; i < METAS; i++) {
        offer(found, values[i].meta, ro_arena_copy(found->arena, values[i].value), RANK_LD);
    }
    if (found->ranks[PUBLISHED] == RANK_LD && found->published == article.published) {
        found->published_offset = article.published_offset;
    }
    if (found->photo_credit.len == 0) {
        found->photo_credit = ro_arena_copy(found->arena, article.photo_credit);
    }
}

static ro_status read_graph(ro_found *found, const json_t *array, ro_error *err) {
    json_t *graph = ro_graph_new(array);
    if (!graph) {
        return ro_fail_memory(err);
    }
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(array, i, item) {
        if (ro_is_schema_article(item)) {
            offer_fields(found, item, graph);
            break;
        }
    }
    json_decref(graph);
    return RO_OK;
}

static ro_status read_script(ro_found *found, uint32_t at, ro_error *err) {
    const ro_tree *tree = found->tree;
    bool empty = at + 1 >= tree->nodes[at].end;
    if (empty || !ro_str_equal_nocase(ro_node_attribute(&tree->nodes[at], "type"),
                                      RO_STR("application/ld+json"))) {
        return RO_OK;
    }
    json_t *root = NULL;
    ro_status status =
        ro_json_read(ro_str_trim(ro_node_text(&tree->nodes[at + 1])), found->memory, &root, NULL);
    if (status == RO_MEMORY) {
        return ro_fail_memory(err);
    }
    status = RO_OK; /* broken JSON says nothing of the page */
    const json_t *graph = json_object_get(root, "@graph");
    if (json_is_array(root) || json_is_array(graph)) {
        status = read_graph(found, json_is_array(root) ? root : graph, err);
    } else if (ro_is_schema_article(root)) {
        offer_fields(found, root, NULL);
    }
    json_decref(root);
    return status;
}

/* ---- elements ---------------------------------------------------------------------------------
 */

static void take_line(void *context, const ro_node *block, ro_str line) {
    (void)block;
    ro_buf *out = context;
    if (out->len > 0) {
        ro_buf_add_byte(out, ' ');
    }
    ro_buf_add_str(out, line);
}

ro_status ro_page_text(const ro_tree *tree, uint32_t node, ro_arena *arena, ro_str *out,
                       ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_status status = ro_tree_lines(tree, node, take_line, &text, err);
    if (status == RO_OK) {
        status = ro_buf_check(&text, err);
    }
    *out = status == RO_OK ? ro_arena_copy(arena, ro_buf_str(&text)) : RO_STR_NONE;
    ro_buf_release(&text);
    return status;
}

static ro_status offer_text(ro_found *found, ro_meta meta, uint32_t at, int rank, ro_error *err) {
    ro_str text = RO_STR_NONE;
    if (rank <= found->ranks[meta]) {
        return RO_OK;
    }
    ro_status status = ro_page_text(found->tree, at, found->arena, &text, err);
    if (status == RO_OK && text.len <= RO_ARTICLE_FIELD_MAX) {
        offer(found, meta, text, rank);
    }
    return status;
}

static ro_status read_time(ro_found *found, uint32_t at, ro_error *err) {
    const ro_node *node = &found->tree->nodes[at];
    ro_str stated = ro_node_attribute(node, "datetime");
    if (stated.len > 0) {
        bool published = ro_str_equal(ro_node_attribute(node, "itemprop"), RO_STR("datePublished"));
        offer(found, PUBLISHED, stated, published ? RANK_TIME + 1 : RANK_TIME);
        return RO_OK;
    }
    return offer_text(found, PUBLISHED, at, RANK_ELEMENT, err);
}

/* "By Ann Lee" in an element that says it is the byline. */
static ro_status read_byline(ro_found *found, uint32_t at, ro_error *err) {
    const ro_node *node = &found->tree->nodes[at];
    bool author = ro_str_equal(ro_node_attribute(node, "rel"), RO_STR("author")) ||
                  ro_str_equal(ro_node_attribute(node, "itemprop"), RO_STR("author"));
    bool byline = ro_has_word(ro_node_attribute(node, "class"), " byline author ");
    if ((!author && !byline) || found->ranks[BYLINE] > 0) {
        return RO_OK;
    }
    ro_str text = RO_STR_NONE;
    ro_status status = ro_page_text(found->tree, at, found->arena, &text, err);
    text = ro_single_line(found->arena, text);
    bool by = text.len > 3 && ro_str_equal_nocase(ro_str_make(text.ptr, 3), RO_STR("by "));
    if (status == RO_OK && text.len < 120 && (author || by)) {
        offer(found, BYLINE, text, author ? RANK_ELEMENT + 1 : RANK_ELEMENT);
    }
    return status;
}

static ro_status read_element(ro_found *found, uint32_t at, ro_error *err) {
    const ro_node *node = &found->tree->nodes[at];
    switch (ro_node_tag(node)) {
    case GUMBO_TAG_META:
        read_meta(found, node);
        return RO_OK;
    case GUMBO_TAG_LINK:
        if (ro_str_equal_nocase(ro_node_attribute(node, "rel"), RO_STR("canonical"))) {
            offer(found, URL, ro_node_attribute(node, "href"), RANK_CANONICAL);
        }
        return RO_OK;
    case GUMBO_TAG_HTML:
        offer(found, LANGUAGE, ro_node_attribute(node, "lang"), RANK_HTML_LANG);
        return RO_OK;
    case GUMBO_TAG_TITLE:
        if (found->page_title.len == 0 && at + 1 < node->end) {
            found->page_title = ro_single_line(found->arena, ro_node_text(node + 1));
        }
        return RO_OK;
    case GUMBO_TAG_SCRIPT:
        return read_script(found, at, err);
    case GUMBO_TAG_H1:
        found->headings++;
        return offer_text(found, TITLE, at, RANK_H1, err);
    case GUMBO_TAG_TIME:
        return read_time(found, at, err);
    default:
        return node->node->type == GUMBO_NODE_ELEMENT ? read_byline(found, at, err) : RO_OK;
    }
}

/* ---- <title> ----------------------------------------------------------------------------------
 */

/* "Talks end in Riyadh - The Daily" names the story, then the site. */
static void split_page_title(ro_str s, ro_str *story, ro_str *site) {
    static const char *const PARTS[] = {" | ",        " - ", " \xE2\x80\x93 ", " \xE2\x80\x94 ",
                                        " \xC2\xBB ", " :: "};
    const char *cut = NULL;
    size_t width = 0;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        size_t len = strlen(PARTS[i]);
        const char *from = s.ptr;
        for (const char *at;
             from && (at = memmem(from, s.len - (size_t)(from - s.ptr), PARTS[i], len)) != NULL;
             from = at + 1) {
            if (!cut || at > cut) {
                cut = at;
                width = len;
            }
        }
    }
    *story = s;
    *site = RO_STR_NONE;
    if (cut && s.len - (size_t)(cut - s.ptr) - width <= 40 && cut - s.ptr >= 12) {
        *story = ro_str_trim(ro_str_make(s.ptr, (size_t)(cut - s.ptr)));
        *site = ro_str_trim(ro_str_make(cut + width, s.len - (size_t)(cut - s.ptr) - width));
    }
}

/* A title with the site's name behind it loses it. */
static ro_str without_site(ro_str title, ro_str site) {
    ro_str story;
    ro_str last;
    split_page_title(title, &story, &last);
    return last.len > 0 && ro_str_equal_nocase(last, site) ? story : title;
}

ro_status ro_page_read_meta(const ro_tree *tree, size_t memory, ro_arena *arena,
                            ro_article *article, ro_error *err) {
    ro_found found = {.tree = tree, .arena = arena, .memory = memory, .published = RO_TIME_NONE};
    for (uint32_t i = 0; i < tree->count; i++) {
        if (tree->nodes[i].node->type != GUMBO_NODE_ELEMENT) {
            continue;
        }
        ro_status status = read_element(&found, i, err);
        if (status != RO_OK) {
            return status;
        }
    }
    ro_str story;
    ro_str site;
    split_page_title(found.page_title, &story, &site);
    /* several <h1> are headings of sections, or the name of the site */
    if (found.values[TITLE].len == 0 ||
        (found.ranks[TITLE] == RANK_H1 && found.headings > 1 && story.len > 0)) {
        found.values[TITLE] = story;
    }
    /* what follows a dash in <title> is the site only where the page has a headline of its own */
    bool apart = found.headings > 0 || found.ranks[TITLE] > RANK_H1;
    if (found.values[SOURCE].len == 0 && apart) {
        found.values[SOURCE] = site;
    }
    article->title = without_site(found.values[TITLE], found.values[SOURCE]);
    article->byline = found.values[BYLINE];
    article->source = found.values[SOURCE];
    article->url = found.values[URL];
    article->language = found.values[LANGUAGE];
    article->published = found.published;
    article->published_offset = found.published_offset;
    article->unread_date = found.unread_date;
    article->photo_credit = found.photo_credit;
    return RO_OK;
}
