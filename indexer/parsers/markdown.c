/* Markdown with YAML front matter. */
#include "common.h"

#include <cmark.h>

typedef struct ro_markdown {
    size_t memory;
    ro_buf body;
    ro_buf title; /* of the first heading */
    bool in_title, titled;
    ro_status status;
} ro_markdown;

/* Marks of block quotes and lists nest as deep as a line has them, and cmark looks at every open
 * block for every line. */
static bool too_deep(ro_str text) {
    size_t marks = 0;
    bool at_start = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            marks = 0;
            at_start = true;
        } else if (at_start && strchr(">-*+", c) && c) {
            if (++marks > RO_MARKDOWN_DEPTH_MAX) {
                const char *end = memchr(text.ptr + i, '\n', text.len - i);
                size_t left = end ? (size_t)(end - text.ptr) - i : text.len - i;
                /* a rule of dashes or stars is one mark, however long */
                size_t same = 0;
                while (same < left && text.ptr[i + same] == c) {
                    same++;
                }
                if (c == '>' || same < left) {
                    return true;
                }
            }
        } else if (c != ' ' && c != '\t' && !(c >= '0' && c <= '9') && c != '.' && c != ')') {
            at_start = false;
        }
    }
    return false;
}

static void end_line(ro_markdown *md) {
    ro_buf *to = md->in_title ? &md->title : &md->body;
    while (to->len > 0 && to->ptr[to->len - 1] == ' ') {
        to->len--;
    }
    if (to->len > 0 && to->ptr[to->len - 1] != '\n') {
        ro_buf_add_byte(to, md->in_title ? ' ' : '\n');
    }
}

static void add(ro_markdown *md, const char *text) {
    ro_str s = ro_str_from(text);
    ro_buf_add_str(md->in_title ? &md->title : &md->body, s);
}

static void add_html(ro_markdown *md, const char *html) {
    ro_buf text = RO_BUF_INIT;
    if (md->status == RO_OK) {
        ro_error fault = RO_ERROR_INIT;
        md->status = ro_html_to_text(ro_str_from(html), md->memory, &text, &fault);
    }
    ro_buf_add_str(&md->body, ro_buf_str(&text));
    ro_buf_release(&text);
    end_line(md);
}

/* Indented text is code to Markdown, but prose in transcripts: kept line by line. */
static void add_code(ro_markdown *md, const char *code) {
    ro_str rest = ro_str_from(code);
    while (rest.len > 0) {
        ro_buf_add_str(&md->body, ro_str_trim(ro_str_cut(&rest, '\n')));
        end_line(md);
    }
}

/* A table is a paragraph of lines with pipes. */
static bool in_table(cmark_node *node) {
    cmark_node *first = cmark_node_first_child(cmark_node_parent(node));
    const char *text = first ? cmark_node_get_literal(first) : NULL;
    return text && text[0] == '|';
}

static void visit(ro_markdown *md, cmark_node *node, bool entering) {
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        end_line(md);
        if (!md->titled && md->body.len == 0 && cmark_node_get_heading_level(node) == 1) {
            md->in_title = entering;
            md->titled = !entering;
        }
        break;
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_ITEM:
    case CMARK_NODE_THEMATIC_BREAK:
    case CMARK_NODE_LINEBREAK:
        end_line(md);
        break;
    case CMARK_NODE_SOFTBREAK:
        in_table(node) ? end_line(md) : add(md, " ");
        break;
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        add(md, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_CODE_BLOCK:
        add_code(md, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_HTML_BLOCK:
        add_html(md, cmark_node_get_literal(node));
        break;
    default:
        break;
    }
}

static ro_status render(ro_markdown *md, ro_str text, ro_error *err) {
    if (too_deep(text)) {
        return ro_fail(err, RO_LIMIT, "Markdown nested more than %d deep", RO_MARKDOWN_DEPTH_MAX);
    }
    cmark_node *root = cmark_parse_document(text.ptr ? text.ptr : "", text.len, CMARK_OPT_DEFAULT);
    cmark_iter *iter = root ? cmark_iter_new(root) : NULL;
    if (!iter) {
        cmark_node_free(root);
        return ro_fail_memory(err);
    }
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        visit(md, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
    }
    cmark_iter_free(iter);
    cmark_node_free(root);
    return ro_buf_check(&md->body, err);
}

ro_status ro_parse_markdown(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_buf buf = RO_BUF_INIT;
    ro_arena arena = RO_ARENA_INIT;
    ro_article article = {.published = RO_TIME_NONE};
    ro_markdown md = {.memory = input->memory};
    json_t *fields = NULL;
    ro_str text;
    ro_str yaml;
    ro_status status = ro_input_utf8(input, RO_STR_NONE, &buf, &text, err);
    if (status == RO_OK && ro_front_matter(text, &yaml, &text)) {
        status = ro_yaml_read(yaml, &fields, err);
    }
    if (status == RO_OK && fields) {
        bool html = false;
        ro_fields_read(fields, NULL, &arena, &article, &html);
    }
    if (status == RO_OK) {
        status = render(&md, text, err);
    }
    if (status == RO_OK) {
        article.body = ro_buf_str(&md.body);
        article.title = article.title.len ? article.title : ro_buf_str(&md.title);
        status = ro_emit(input, sink, &arena, RO_BODY_LINES, &article, err);
    }
    json_decref(fields);
    ro_buf_release(&md.title);
    ro_buf_release(&md.body);
    ro_arena_release(&arena);
    ro_buf_release(&buf);
    return status;
}
