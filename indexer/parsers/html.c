/* HTML pages: one article a page. */
#include "page.h"

#define CAPTION_MAX 300
#define NOTE_MAX 80
#define CHARSET_HEAD 4096 /* bytes in which a meta element may name the charset */

typedef struct ro_story {
    ro_tree *tree;
    ro_buf body;
    ro_buf photo;
    bool started; /* running text has come */
    bool ended;   /* the comments have begun */
    ro_str title;
} ro_story;

/* "Trawlers on Thursday. Photo: Skagerrak Post / Marte Lie" */
static ro_str photo_credit_of(ro_str line) {
    static const char *const MARKS[] = {"Photo: ", "Photo by ",      "Photograph: ", "Foto: ",
                                        "Image: ", "Photo credit: ", "Picture: ",    "Фото: "};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        size_t len = strlen(MARKS[i]);
        const char *at = line.len ? memmem(line.ptr, line.len, MARKS[i], len) : NULL;
        if (at && line.len <= CAPTION_MAX) {
            size_t from = (size_t)(at - line.ptr) + len;
            ro_str credit = ro_str_trim(ro_str_make(line.ptr + from, line.len - from));
            bool closed = credit.len > 0 && credit.ptr[credit.len - 1] == ')' &&
                          !memchr(credit.ptr, '(', credit.len);
            credit.len -= closed ? 1 : 0;
            return credit;
        }
    }
    return RO_STR_NONE;
}

static void take_caption(void *context, const ro_node *block, ro_str line) {
    (void)block;
    ro_story *story = context;
    if (story->photo.len == 0) {
        ro_buf_add_str(&story->photo, photo_credit_of(line));
    }
}

/* Notes between paragraphs that are not the article's. */
static bool is_note(ro_str line) {
    static const char *const NOTES[] = {
        "advertisement", "read more",        "read also",       "also read",    "see also",
        "share this",    "related:",         "sign up",         "subscribe",    "follow us",
        "click here",    "continue reading", "story continues", "more on this", "listen to this"};
    for (size_t i = 0; line.len <= NOTE_MAX && i < sizeof NOTES / sizeof *NOTES; i++) {
        size_t len = strlen(NOTES[i]);
        if (line.len >= len &&
            ro_str_equal_nocase(ro_str_make(line.ptr, len), ro_str_from(NOTES[i]))) {
            return true;
        }
    }
    return false;
}

/* Headings of what follows an article on pages that have no classes to tell it. */
static bool ends_story(ro_str line) {
    static const char *const ENDS[] = {
        "Comments",    "Leave a comment",  "Commentaires",    "Kommentare",   "Comentarios",
        "Комментарии", "Related articles", "Related stories", "More stories", "Most read"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        if (ro_str_equal_nocase(line, ro_str_from(ENDS[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_paragraph(GumboTag tag) {
    return tag == GUMBO_TAG_P || tag == GUMBO_TAG_BLOCKQUOTE || tag == GUMBO_TAG_LI ||
           tag == GUMBO_TAG_PRE;
}

static void take_story_line(void *context, const ro_node *block, ro_str line) {
    ro_story *story = context;
    GumboTag tag = ro_node_tag(block);
    bool running = block->text >= RO_RUNNING_MIN && block->link * 3 < block->text;
    bool links = block->link * 2 > block->text;
    story->ended = story->ended || (story->started && ends_story(line));
    if (story->ended || links || is_note(line) || ro_str_equal(line, story->title)) {
        return;
    }
    ro_str photo = tag == GUMBO_TAG_P && running ? RO_STR_NONE : photo_credit_of(line);
    if (photo.len > 0) {
        take_caption(story, block, line);
        return;
    }
    /* before the story: section names, times, share counts */
    if (!story->started && !running && !is_paragraph(tag)) {
        return;
    }
    story->started = true;
    if (story->body.len > 0) {
        ro_buf_add_byte(&story->body, '\n');
    }
    ro_buf_add_str(&story->body, line);
}

/* Captions stand in figures and the like, which are dropped from the story. */
static ro_status read_captions(ro_story *story, uint32_t article, ro_error *err) {
    ro_tree *tree = story->tree;
    ro_node *nodes = tree->nodes;
    for (uint32_t i = article; i < nodes[article].end; i++) {
        GumboTag tag = ro_node_tag(&nodes[i]);
        bool caption = tag == GUMBO_TAG_FIGURE || tag == GUMBO_TAG_FIGCAPTION ||
                       ro_has_word(ro_node_attribute(&nodes[i], "class"), " caption credit ");
        if (!caption || story->photo.len > 0) {
            continue;
        }
        bool dropped = nodes[i].dropped;
        nodes[i].dropped = false;
        ro_status status = ro_tree_lines(tree, i, take_caption, story, err);
        nodes[i].dropped = dropped;
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

/* A page without running text: all of its text. */
static void take_any_line(void *context, const ro_node *block, ro_str line) {
    (void)block;
    ro_buf *body = context;
    if (body->len > 0) {
        ro_buf_add_byte(body, '\n');
    }
    ro_buf_add_str(body, line);
}

static ro_status read_story(ro_story *story, ro_tree *tree, ro_error *err) {
    uint32_t article = ro_page_find_article(tree);
    ro_status status = ro_tree_lines(tree, article, take_story_line, story, err);
    if (status == RO_OK) {
        status = read_captions(story, article, err);
    }
    if (status == RO_OK && ro_str_trim(ro_buf_str(&story->body)).len == 0) {
        for (uint32_t i = 0; i < tree->count; i++) {
            tree->nodes[i].dropped = false;
        }
        ro_buf_clear(&story->body);
        status = ro_tree_lines(tree, 0, take_any_line, &story->body, err);
    }
    return status == RO_OK ? ro_buf_check(&story->body, err) : status;
}

/* The charset in a meta element near the start. */
static ro_str declared_charset(ro_str s) {
    s.len = s.len < CHARSET_HEAD ? s.len : CHARSET_HEAD;
    for (size_t i = 0; i + 8 < s.len; i++) {
        if (!ro_str_equal_nocase(ro_str_make(s.ptr + i, 8), RO_STR("charset="))) {
            continue;
        }
        size_t from = i + 8;
        from += s.ptr[from] == '"' || s.ptr[from] == '\'' ? 1 : 0;
        size_t to = from;
        while (to < s.len && !strchr("\"'>; /\t\r\n", s.ptr[to])) {
            to++;
        }
        return ro_str_make(s.ptr + from, to - from);
    }
    return RO_STR_NONE;
}

ro_status ro_parse_html(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_buf buf = RO_BUF_INIT;
    ro_arena arena = RO_ARENA_INIT;
    ro_tree tree = {.arena = RO_ARENA_INIT};
    ro_article article = {.published = RO_TIME_NONE};
    ro_story story = {.tree = &tree};
    ro_str text;
    ro_status status = ro_input_utf8(input, declared_charset(input->bytes), &buf, &text, err);
    if (status == RO_OK) {
        status = ro_tree_parse(text, input->memory, &tree, err);
    }
    if (status == RO_OK) {
        status = ro_page_read_meta(&tree, input->memory, &arena, &article, err);
    }
    if (status == RO_OK) {
        story.title = article.title;
        status = read_story(&story, &tree, err);
    }
    if (status == RO_OK) {
        article.body = ro_buf_str(&story.body);
        article.photo_credit =
            article.photo_credit.len ? article.photo_credit : ro_buf_str(&story.photo);
        status = ro_emit(input, sink, &arena, RO_BODY_LINES, &article, err);
    }
    ro_buf_release(&story.body);
    ro_buf_release(&story.photo);
    ro_tree_release(&tree);
    ro_arena_release(&arena);
    ro_buf_release(&buf);
    return status;
}
