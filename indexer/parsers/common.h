/* What the parsers share. */
#ifndef READOUT_PARSERS_COMMON_H
#define READOUT_PARSERS_COMMON_H

#include "readout/parser.h"

/* How the body of an article came about. */
typedef enum ro_body {
    RO_BODY_GIVEN, /* a field of its own: kept to the byte */
    RO_BODY_LINES, /* lines of a page: byline, photo and credit lines around the story leave it */
    RO_BODY_TEXT   /* the same, and the first line may be the title */
} ro_body;

/* The input as UTF-8 without byte order mark; `*text` lies in `buf`. */
ro_status ro_input_utf8(const ro_input *input, ro_str declared, ro_buf *buf, ro_str *text,
                        ro_error *err) RO_MUST_CHECK;

/* Fills what can be read off the body (see layout.h) where the source did not say it, the title and
 * the id, and puts every field in its final form. RO_FORMAT when there is no text, RO_LIMIT when
 * the id or the body is too long. */
ro_status ro_article_finish(const ro_input *input, ro_arena *arena, ro_body kind,
                            ro_article *article, ro_error *err) RO_MUST_CHECK;

/* Reads `stated` as the date of publication, or keeps it as one that cannot be read; borrows. */
void ro_published_read(ro_str stated, ro_article *article);

/* ro_article_finish, then into the sink. */
ro_status ro_emit(const ro_input *input, const ro_sink *sink, ro_arena *arena, ro_body kind,
                  ro_article *article, ro_error *err) RO_MUST_CHECK;

/* True for a fault of one record, which is skipped, and not of the whole run. */
bool ro_is_record_fault(ro_status status);

/* If `status` is the fault of one record: tells the sink, with the line, and gives RO_OK; else
 * passes the status on with its error. */
ro_status ro_skip_record(const ro_sink *sink, ro_status status, const ro_error *fault, int64_t line,
                         ro_error *err) RO_MUST_CHECK;

/* Line ends in `s`. */
int64_t ro_count_lines(ro_str s);

/* White space of any kind, no-break space too, as single spaces. */
ro_str ro_single_line(ro_arena *arena, ro_str s);

/* ---- JSON ------------------------------------------------------------------------------------ */

/* The named objects of an array by their "@id"; a new reference, NULL when memory ran out. */
json_t *ro_graph_new(const json_t *array);

/* Sets the fields of an article that `object` has under one of their many names. Strings are
 * borrowed from the object or live in the arena. `graph`, of ro_graph_new or NULL, is where {"@id"}
 * points. `html` tells that the body is HTML. */
void ro_fields_read(const json_t *object, const json_t *graph, ro_arena *arena, ro_article *article,
                    bool *html);

/* The article that `object` describes, finished (see ro_article_finish). Strings are valid while
 * both the object and the arena live. */
ro_status ro_fields_article(const json_t *object, const json_t *graph, const ro_input *input,
                            ro_arena *arena, ro_article *out, ro_error *err) RO_MUST_CHECK;

/* True if the "@type" of a schema.org object is some article. */
bool ro_is_schema_article(const json_t *object);

/* ---- YAML ------------------------------------------------------------------------------------ */

/* A YAML mapping as JSON: scalars as strings, aliases left out; a new reference. */
ro_status ro_yaml_read(ro_str text, json_t **out, ro_error *err) RO_MUST_CHECK;

/* The YAML between the "---" lines at the start of `text`; `rest` is what follows. False if there
 * is no such block. */
bool ro_front_matter(ro_str text, ro_str *yaml, ro_str *rest);

/* ---- HTML ------------------------------------------------------------------------------------ */

/* The whole text of an HTML fragment, a line a paragraph. */
ro_status ro_html_to_text(ro_str html, size_t memory, ro_buf *out, ro_error *err) RO_MUST_CHECK;

/* True if the text holds HTML paragraphs or breaks, and not only a stray "<". */
bool ro_looks_like_html(ro_str text);

#endif
