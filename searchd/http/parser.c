#include "parser.h"

#include "grammar.h"

/* 16 hexadecimal digits hold every size there can be; more are padding that hides something. */
#define CHUNK_DIGITS_MAX 16

void ro_http_parser_init(ro_http_parser *parser, const ro_http_limits *limits) {
    *parser = (ro_http_parser){.limits = *limits};
}

void ro_http_parser_release(ro_http_parser *parser) {
    ro_http_request_release(&parser->request);
    ro_buf_release(&parser->line);
}

ro_http_request ro_http_parser_take(ro_http_parser *parser) {
    ro_http_request request = parser->request;
    ro_buf line = parser->line;
    ro_buf_clear(&line);
    *parser = (ro_http_parser){.limits = parser->limits, .line = line};
    return request;
}

bool ro_http_parser_is_idle(const ro_http_parser *parser) {
    return parser->state == RO_HTTP_IN_HEAD && parser->request.head.len == 0;
}

static ro_http_event refuse(ro_http_parser *parser, int status, const char *reason) {
    parser->refusal = (ro_http_refusal){status, reason};
    return RO_HTTP_REFUSED;
}

typedef enum line_result {
    LINE_MORE,
    LINE_WHOLE,
    LINE_LONG,
    LINE_BARE_LF,
    LINE_MEMORY
} line_result;

/* Moves bytes up to and with the next LF from `in` to `to`, which must not grow beyond `cap`. A
 * line starts at `start` of `to`. */
static line_result take_line(ro_buf *to, size_t start, size_t cap, ro_str *in) {
    size_t room = cap - to->len;
    size_t len = in->len < room ? in->len : room;
    const char *end = len ? memchr(in->ptr, '\n', len) : NULL;
    len = end ? (size_t)(end - in->ptr) + 1 : len;
    ro_buf_add(to, in->ptr, len);
    *in = ro_str_make(in->ptr + len, in->len - len);
    if (to->failed) {
        return LINE_MEMORY;
    }
    if (!end) {
        return to->len == cap ? LINE_LONG : LINE_MORE;
    }
    return to->len - start >= 2 && to->ptr[to->len - 2] == '\r' ? LINE_WHOLE : LINE_BARE_LF;
}

static ro_http_event refuse_line(ro_http_parser *parser, line_result result, int too_long,
                                 const char *reason) {
    switch (result) {
    case LINE_LONG:
        return refuse(parser, too_long, reason);
    case LINE_BARE_LF:
        return refuse(parser, 400, "a line does not end in CR LF");
    default:
        return refuse(parser, 503, "out of memory");
    }
}

static ro_http_event end_head(ro_http_parser *parser) {
    ro_http_request *request = &parser->request;
    if (!ro_http_request_parse(request, &parser->refusal)) {
        return RO_HTTP_REFUSED;
    }
    parser->streamed = parser->limits.streamed && parser->limits.streamed(request);
    if (!parser->streamed && request->length > parser->limits.body) {
        return refuse(parser, 413, "the body is larger than is accepted");
    }
    parser->left = request->length;
    parser->state = request->chunked  ? RO_HTTP_IN_CHUNK_SIZE
                    : request->length ? RO_HTTP_IN_BODY
                                      : RO_HTTP_AT_END;
    return parser->state == RO_HTTP_AT_END ? RO_HTTP_DONE : RO_HTTP_HEAD_IN;
}

static ro_http_event feed_head(ro_http_parser *parser, ro_str *in) {
    ro_buf *head = &parser->request.head;
    line_result result = take_line(head, parser->line_start, parser->limits.header, in);
    if (result == LINE_MORE) {
        return RO_HTTP_MORE;
    }
    if (result != LINE_WHOLE) {
        return parser->lines == 0
                   ? refuse_line(parser, result, 414, "the request line is too long")
                   : refuse_line(parser, result, 431, "the fields are too large in all");
    }
    bool empty = head->len - parser->line_start == 2;
    parser->line_start = head->len;
    if (empty && parser->lines > 0) {
        return end_head(parser);
    }
    if (empty) {
        /* RFC 9112, 2.2: one empty line before the request line is forgiven */
        head->len = 0;
        parser->line_start = 0;
        return parser->blank_lines++ ? refuse(parser, 400, "empty lines before the request line")
                                     : RO_HTTP_MORE;
    }
    if (parser->lines++ > parser->limits.fields) {
        return refuse(parser, 431, "there are too many fields");
    }
    return RO_HTTP_MORE;
}

static void take_body(ro_http_parser *parser, ro_str *in) {
    size_t len = in->len < parser->left ? in->len : (size_t)parser->left;
    ro_buf_add(&parser->request.body, in->ptr, len);
    *in = ro_str_make(in->ptr + len, in->len - len);
    parser->left -= len;
}

static ro_http_event feed_body(ro_http_parser *parser, ro_str *in) {
    take_body(parser, in);
    if (parser->request.body.failed) {
        return refuse(parser, 503, "out of memory");
    }
    if (parser->left) {
        return RO_HTTP_MORE;
    }
    parser->state = RO_HTTP_AT_END;
    return RO_HTTP_DONE;
}

/* quoted-string of RFC 9110, 5.6.4, from its opening quote; the length, 0 if it has no end. */
static size_t quoted_length(ro_str s) {
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == '"') {
            return i + 1;
        }
        i += s.ptr[i] == '\\';
    }
    return 0;
}

static ro_str skip(ro_str s, size_t len) {
    return ro_str_make(s.ptr + len, s.len - len);
}

static ro_str skip_space(ro_str s) {
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s = skip(s, 1);
    }
    return s;
}

static size_t token_length(ro_str s) {
    size_t len = 0;
    while (len < s.len && ro_http_is_token(ro_str_make(s.ptr + len, 1))) {
        len++;
    }
    return len;
}

/* chunk-ext of RFC 9112, 7.1.1: understood far enough to know that it is well-formed. */
static bool are_extensions(ro_str s) {
    while (s.len) {
        s = skip_space(s);
        if (!s.len || s.ptr[0] != ';') {
            return false;
        }
        s = skip_space(skip(s, 1));
        size_t len = token_length(s);
        if (!len) {
            return false;
        }
        s = skip(s, len);
        ro_str next = skip_space(s);
        if (next.len && next.ptr[0] == '=') {
            s = skip_space(skip(next, 1));
            len = s.len && s.ptr[0] == '"' ? quoted_length(s) : token_length(s);
            if (!len || !ro_http_is_field_value(ro_str_make(s.ptr, len))) {
                return false;
            }
            s = skip(s, len);
        }
    }
    return true;
}

static ro_http_event begin_chunk(ro_http_parser *parser, ro_str line) {
    size_t digits = 0;
    uint64_t size = 0;
    for (; digits < line.len && ro_http_hex(line.ptr[digits]) >= 0; digits++) {
        if (digits == CHUNK_DIGITS_MAX) {
            return refuse(parser, 400, "a chunk size has too many digits");
        }
        size = size << 4 | (uint64_t)ro_http_hex(line.ptr[digits]);
    }
    ro_str extensions = skip(line, digits);
    if (!digits || !are_extensions(extensions)) {
        return refuse(parser, 400, "a chunk-size line is malformed");
    }
    parser->extension_bytes += extensions.len;
    if (parser->extension_bytes > RO_HTTP_CHUNK_EXTENSIONS_MAX) {
        return refuse(parser, 400, "the chunk extensions are too large in all");
    }
    if (!parser->streamed && size > parser->limits.body - parser->request.body.len) {
        return refuse(parser, 413, "the body is larger than is accepted");
    }
    parser->left = size;
    parser->lines = 0;
    parser->state = size ? RO_HTTP_IN_CHUNK : RO_HTTP_IN_TRAILER;
    return RO_HTTP_MORE;
}

static ro_http_event feed_chunk_size(ro_http_parser *parser, ro_str *in) {
    line_result result = take_line(&parser->line, 0, RO_HTTP_CHUNK_LINE_MAX, in);
    if (result == LINE_MORE) {
        return RO_HTTP_MORE;
    }
    if (result != LINE_WHOLE) {
        return refuse_line(parser, result, 400, "a chunk-size line is too long");
    }
    ro_str line = ro_str_make(parser->line.ptr, parser->line.len - 2);
    parser->line.len = 0;
    return begin_chunk(parser, line);
}

static ro_http_event feed_chunk(ro_http_parser *parser, ro_str *in) {
    take_body(parser, in);
    if (parser->request.body.failed) {
        return refuse(parser, 503, "out of memory");
    }
    if (!parser->left) {
        parser->left = 2;
        parser->state = RO_HTTP_IN_CHUNK_END;
    }
    return RO_HTTP_MORE;
}

static ro_http_event feed_chunk_end(ro_http_parser *parser, ro_str *in) {
    char expected = parser->left == 2 ? '\r' : '\n';
    if (in->ptr[0] != expected) {
        return refuse(parser, 400, "a chunk is longer than its size");
    }
    *in = skip(*in, 1);
    if (--parser->left == 0) {
        parser->state = RO_HTTP_IN_CHUNK_SIZE;
    }
    return RO_HTTP_MORE;
}

/* Trailers are checked and dropped: nothing that was decided by fields is decided again. */
static ro_http_event feed_trailer(ro_http_parser *parser, ro_str *in) {
    size_t cap = parser->limits.header - parser->trailer_bytes;
    line_result result = take_line(&parser->line, 0, cap, in);
    if (result == LINE_MORE) {
        return RO_HTTP_MORE;
    }
    if (result != LINE_WHOLE) {
        return refuse_line(parser, result, 431, "the trailers are too large in all");
    }
    ro_str line = ro_str_make(parser->line.ptr, parser->line.len - 2);
    parser->trailer_bytes += parser->line.len;
    parser->line.len = 0;
    if (line.len == 0) {
        parser->state = RO_HTTP_AT_END;
        return RO_HTTP_DONE;
    }
    if (parser->lines++ == parser->limits.fields) {
        return refuse(parser, 431, "there are too many trailers");
    }
    ro_http_field field;
    const char *reason = ro_http_field_parse(line, &field);
    return reason ? refuse(parser, 400, reason) : RO_HTTP_MORE;
}

size_t ro_http_parser_feed(ro_http_parser *parser, const char *bytes, size_t len,
                           ro_http_event *event) {
    static ro_http_event (*const feeds[])(ro_http_parser *, ro_str *) = {
        [RO_HTTP_IN_HEAD] = feed_head,
        [RO_HTTP_IN_BODY] = feed_body,
        [RO_HTTP_IN_CHUNK_SIZE] = feed_chunk_size,
        [RO_HTTP_IN_CHUNK] = feed_chunk,
        [RO_HTTP_IN_CHUNK_END] = feed_chunk_end,
        [RO_HTTP_IN_TRAILER] = feed_trailer,
    };
    ro_str in = ro_str_make(bytes, len);
    *event = parser->refusal.status ? RO_HTTP_REFUSED : RO_HTTP_MORE;
    while (in.len && *event == RO_HTTP_MORE && parser->state != RO_HTTP_AT_END) {
        *event = feeds[parser->state](parser, &in);
    }
    return len - in.len;
}
