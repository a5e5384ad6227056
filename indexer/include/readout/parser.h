/* Parsers: bytes of a file, or of a part of one, to articles.
 *
 * A format is a row of one table: how its name ends, where a stream of it may be cut between two
 * records, and the parser. All parsers take an input and a sink, keep nothing between calls, and
 * may run in any number of threads.
 */
#ifndef READOUT_PARSER_H
#define READOUT_PARSER_H

#include "readout/article.h"

/* Caps on what a parser reads; beyond them an input is refused with RO_LIMIT, never cut. */
#define RO_RECORD_MAX                                                                              \
    ((size_t)16 << 20)                 /* bytes of one record of a stream: line, mail, CSV row     \
                                        */
#define RO_HTML_MAX ((size_t)16 << 20) /* bytes of an HTML page */
#define RO_HTML_DEPTH_MAX 512          /* elements open at once */
#define RO_HTML_ATTRIBUTES_MAX 512     /* attributes of one element */
#define RO_HTML_WORK_MAX 100000000u    /* sum over all tags of the elements open there */
#define RO_JSON_DEPTH_MAX 512          /* arrays and objects open at once */
#define RO_XML_DEPTH_MAX 200           /* elements open at once */
#define RO_FEED_ENTRIES_MAX 100000     /* entries of one feed */
#define RO_FRONT_MATTER_MAX ((size_t)64 << 10) /* bytes of YAML before a Markdown text */
#define RO_FRONT_MATTER_DEPTH_MAX 32           /* YAML collections open at once */
#define RO_MARKDOWN_DEPTH_MAX 256              /* block quote and list marks in one line */
#define RO_MAIL_PARTS_MAX 200                  /* MIME parts of one message */
#define RO_MAIL_FIELD_MAX ((size_t)64 << 10)   /* bytes of one header field */
#define RO_MAIL_WORD_MAX ((size_t)1 << 10)     /* bytes of an encoded word; RFC 2047 allows 75 */
#define RO_MAIL_DEPTH_MAX 16                   /* multiparts inside multiparts */
#define RO_CSV_FIELDS_MAX 512                  /* columns */

typedef struct ro_input {
    ro_str bytes;    /* as they are in the file, whatever the charset */
    ro_str path;     /* becomes the origin of the articles; empty if there is no file */
    ro_str charset;  /* what the source says of the charset; may be empty */
    ro_str language; /* ISO 639-1 for articles that do not state theirs */
    ro_str header;   /* CSV: the header record, unless `bytes` begin with it */
    int64_t line;    /* number of the first line of `bytes` in its file, from 1 */
    size_t memory;   /* bytes a parse tree may take */
} ro_input;

/* Where articles go. `put` borrows the article during the call; what it returns other than RO_OK
 * because of this article (RO_LIMIT, RO_INVALID, RO_FORMAT) skips the record, anything else ends
 * the parse. `skip` tells that a record was left out; `why->position` is its line, or -1. */
typedef struct ro_sink {
    ro_status (*put)(void *context, const ro_article *article, ro_error *err);
    void (*skip)(void *context, const ro_error *why);
    void *context;
} ro_sink;

/* RO_OK when the input was read to its end, also where records were skipped. RO_FORMAT: it is not
 * of this format, or holds no article; RO_LIMIT; RO_MEMORY; whatever the sink ended with. */
typedef ro_status (*ro_parse_fn)(const ro_input *input, const ro_sink *sink, ro_error *err);

ro_status ro_parse_text(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_html(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_markdown(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_json(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_ndjson(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_feed(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_mail(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_mbox(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;
ro_status ro_parse_csv(const ro_input *, const ro_sink *, ro_error *) RO_MUST_CHECK;

/* Reads one JSON document under the caps above, in at most `memory` bytes; a new reference.
 * RO_FORMAT: not JSON; RO_LIMIT. */
ro_status ro_json_read(ro_str text, size_t memory, json_t **out, ro_error *err) RO_MUST_CHECK;

/* One JSON object that is an article (own names, ninjs, schema.org): for a write over HTTP. The
 * strings are valid while both `value` and the arena live. RO_FORMAT: it is no article. */
ro_status ro_article_from_json(const json_t *value, const ro_input *input, ro_arena *arena,
                               ro_article *out, ro_error *err) RO_MUST_CHECK;

typedef struct ro_format {
    const char *name;     /* "ndjson" */
    const char *suffixes; /* " .ndjson .jsonl " */
    /* Bytes up to and with the last whole record, 0 if there is none yet; NULL: read as a whole.
     * `header` is the first record where `has_header`. */
    size_t (*split)(ro_str header, ro_str bytes);
    bool lines;      /* a record is a line */
    bool has_header; /* the first record describes the others */
    ro_parse_fn parse;
} ro_format;

/* The format of a file by its first bytes, then by its name (without .gz or .zst). NULL: binary. */
const ro_format *ro_format_find(ro_str head, ro_str path);
/* By name; NULL if there is none. */
const ro_format *ro_format_named(ro_str name);

#endif
