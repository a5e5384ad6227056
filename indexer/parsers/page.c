/* Finding the article among the furniture.
 *
 * Three looks at the flat tree: what can hold no article by its tag, class or role is dropped,
 * unless most of the running text is in it; running text is summed up from the blocks to the root;
 * then the way goes down from the root as long as one child holds nearly all of it. */
#include "page.h"

#define NEARLY_ALL 75 /* per cent of the running text that the article must hold */

static const char FURNITURE[] =
    " ad ads advert advertisement advertising adslot author banner breadcrumb breadcrumbs byline "
    "caption date "
    "comment comments consent cookie cookies copyright dialog disclaimer disqus dropdown footer "
    "footnote gdpr info legal lightbox login masthead menu meta modal nav navbar navigation "
    "newsletter "
    "outbrain overlay pager pagination paywall popup popular pubdate published promo promoted "
    "ratings recirc "
    "recommended recommendations related rail share sharebar sharing shareline sidebar signin "
    "signup sitemap skip social sponsor sponsored subscribe subscription taboola tags taglist "
    "teaser teasers timestamp toolbar tools topbar trending widget ";
static const char ROLES[] =
    " navigation complementary banner contentinfo search dialog alertdialog menu menubar toolbar "
    "form alert ";

bool ro_has_word(ro_str value, const char *words) {
    char word[40];
    for (size_t i = 0; i < value.len;) {
        size_t len = 0;
        for (; i + len < value.len && ((value.ptr[i + len] | 0x20) >= 'a') &&
               ((value.ptr[i + len] | 0x20) <= 'z');
             len++) {
            if (len < sizeof word - 3) {
                word[len + 1] = (char)(value.ptr[i + len] | 0x20);
            }
        }
        if (len > 0 && len < sizeof word - 3) {
            word[0] = ' ';
            word[len + 1] = ' ';
            word[len + 2] = 0;
            if (strstr(words, word)) {
                return true;
            }
        }
        i += len ? len : 1;
    }
    return false;
}

/* ---- furniture --------------------------------------------------------------------------------
 */

static bool is_furniture_tag(GumboTag tag) {
    switch (tag) {
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_TIME:
        return true;
    default:
        return false;
    }
}

static bool is_hidden(const ro_node *node) {
    ro_str style = ro_node_attribute(node, "style");
    bool none = style.len > 0 && (memmem(style.ptr, style.len, "display:none", 12) ||
                                  memmem(style.ptr, style.len, "display: none", 13));
    return none || ro_node_attribute(node, "hidden").ptr ||
           ro_str_equal(ro_node_attribute(node, "aria-hidden"), RO_STR("true"));
}

static bool is_furniture(const ro_node *node) {
    GumboTag tag = ro_node_tag(node);
    if (node->node->type != GUMBO_NODE_ELEMENT || tag == GUMBO_TAG_HTML || tag == GUMBO_TAG_BODY ||
        tag == GUMBO_TAG_MAIN || tag == GUMBO_TAG_ARTICLE) {
        return false;
    }
    return is_furniture_tag(tag) || is_hidden(node) ||
           ro_has_word(ro_node_attribute(node, "class"), FURNITURE) ||
           ro_has_word(ro_node_attribute(node, "id"), FURNITURE) ||
           ro_has_word(ro_node_attribute(node, "role"), ROLES);
}

/* ---- running text -----------------------------------------------------------------------------
 */

/* Bytes of text; letters of two bytes count one, so that Cyrillic is no longer than English. */
static uint32_t text_length(ro_str s) {
    uint32_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool lead = c >= 0xC0 && c < 0xE0;
        bool gap = c == ' ' && i > 0 && s.ptr[i - 1] != ' ';
        len += (c > ' ' && !lead) || gap ? 1 : 0;
    }
    return len;
}

/* Sums the text of blocks, then the running text of blocks into all that hold them. */
static void measure(ro_tree *tree) {
    uint32_t link_end = 0;
    for (uint32_t i = 0; i < tree->count; i++) {
        tree->nodes[i].text = tree->nodes[i].link = tree->nodes[i].good = 0;
    }
    for (uint32_t i = 0; i < tree->count;) {
        ro_node *node = &tree->nodes[i];
        if (node->dropped || ro_tag_is_silent(ro_node_tag(node))) {
            i = node->end;
            continue;
        }
        if (ro_node_tag(node) == GUMBO_TAG_A && node->end > link_end) {
            link_end = node->end;
        }
        uint32_t len = text_length(ro_node_text(node));
        tree->nodes[node->block].text += len;
        tree->nodes[node->block].link += i < link_end ? len : 0;
        i++;
    }
    for (uint32_t i = tree->count; i-- > 1;) {
        ro_node *node = &tree->nodes[i];
        if (node->text >= RO_RUNNING_MIN && node->link * 3 < node->text) {
            node->good += node->text;
        }
        tree->nodes[node->parent].good += node->good;
    }
}

/* Furniture goes, but not what holds most of the text: a class may lie. */
static void drop_furniture(ro_tree *tree) {
    uint32_t all = tree->nodes[0].good;
    for (uint32_t i = 0; i < tree->count;) {
        ro_node *node = &tree->nodes[i];
        node->dropped = is_furniture(node) && (uint64_t)node->good * 2 <= all;
        i = node->dropped ? node->end : i + 1;
    }
}

/* ---- the way down -----------------------------------------------------------------------------
 */

/* Where the page itself says that the article is. */
static uint32_t marked_article(const ro_tree *tree) {
    uint32_t found = 0;
    size_t articles = 0;
    for (uint32_t i = 1; i < tree->count; i++) {
        const ro_node *node = &tree->nodes[i];
        if (node->dropped || (uint64_t)node->good * 4 < tree->nodes[0].good) {
            continue;
        }
        if (ro_str_equal(ro_node_attribute(node, "itemprop"), RO_STR("articleBody"))) {
            return i;
        }
        if (ro_node_tag(node) == GUMBO_TAG_ARTICLE) {
            found = articles == 0 || i < tree->nodes[found].end ? i : 0;
            articles++;
        }
    }
    return found;
}

uint32_t ro_page_find_article(ro_tree *tree) {
    measure(tree);
    drop_furniture(tree);
    measure(tree);
    uint32_t at = tree->nodes[0].good > 0 ? marked_article(tree) : 0;
    for (bool deeper = true; deeper;) {
        deeper = false;
        const ro_node *node = &tree->nodes[at];
        for (uint32_t i = at + 1; i < node->end && !deeper; i = tree->nodes[i].end) {
            const ro_node *child = &tree->nodes[i];
            bool holds = !child->dropped && node->good > 0 &&
                         (uint64_t)child->good * 100 >= (uint64_t)node->good * NEARLY_ALL;
            /* a block of text is not entered: one long paragraph is not the article */
            if (holds && child->text < RO_RUNNING_MIN) {
                at = i;
                deeper = true;
            }
        }
    }
    return at;
}
