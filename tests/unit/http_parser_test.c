/* The request parser: every case is fed whole, byte by byte and in random pieces, and must read the
 * same each time. */
#include "http/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const ro_http_limits limits = {.header = 1024, .fields = 8, .body = 64};

#define GET(rest) "GET / HTTP/1.1\r\nHost: a\r\n" rest
#define POST(rest) "POST / HTTP/1.1\r\nHost: a\r\n" rest
#define CHUNKED(rest) POST("Transfer-Encoding: chunked\r\n\r\n" rest)
#define TARGET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LINE(line) line "\r\nHost: a\r\n\r\n"
#define HOST(value) "GET / HTTP/1.1\r\nHost: " value "\r\n\r\n"

typedef struct parse_case {
    ro_str raw;
    const char *expected; /* what `read_all` prints */
} parse_case;

#define CASE(raw, expected)                                                                        \
    { {raw, sizeof(raw) - 1}, expected }

/* METHOD path[?query] [close] [=body] for a request, a status for a refusal, … for an end that is
 * not one. */
static const parse_case cases[] = {
    /* request line */
    CASE(GET("\r\n"), "GET /"),
    CASE(LINE("GET /a/b?c=d HTTP/1.1"), "GET /a/b?c=d"),
    CASE(LINE("HEAD /? HTTP/1.1"), "HEAD /?"),
    CASE(LINE("GET / HTTP/1.0"), "GET / close"),
    CASE("GET / HTTP/1.0\r\n\r\n", "GET / close"),
    CASE("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /"),
    CASE("GET / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", "GET / close"),
    CASE(LINE("GET / HTTP/1.2"), "GET /"),
    CASE(LINE("GET / HTTP/2.0"), "505"),
    CASE(LINE("GET / HTTP/0.9"), "505"),
    CASE(LINE("GET / HTTP/9.9"), "505"),
    CASE(LINE("GET / HTTP/01.1"), "400"),
    CASE(LINE("GET / HTTP/1.10"), "400"),
    CASE(LINE("GET / HTTP/1."), "400"),
    CASE(LINE("GET / HTTP/1"), "400"),
    CASE(LINE("GET / http/1.1"), "400"),
    CASE(LINE("GET / HTTP/+1.1"), "400"),
    CASE(LINE("GET / HTTP /1.1"), "400"),
    CASE(LINE("GET / HTTP/4294967297.1"), "400"),
    CASE(LINE("GET /"), "400"),
    CASE(LINE("GET"), "400"),
    CASE(LINE("GET HTTP/1.1"), "400"),
    CASE(LINE("GET  / HTTP/1.1"), "400"),
    CASE(LINE("GET /  HTTP/1.1"), "400"),
    CASE(LINE("GET / HTTP/1.1 "), "400"),
    CASE(LINE(" GET / HTTP/1.1"), "400"),
    CASE(LINE("GET\t/\tHTTP/1.1"), "400"),
    CASE(LINE("GET / x HTTP/1.1"), "400"),
    CASE(LINE("get / HTTP/1.1"), "OTHER /"),
    CASE(LINE("BREW / HTTP/1.1"), "OTHER /"),
    CASE(LINE("M-SEARCH / HTTP/1.1"), "OTHER /"),
    CASE(LINE("G[T / HTTP/1.1"), "400"),
    CASE(LINE("G\0T / HTTP/1.1"), "400"),
    CASE(LINE("G\xC3\xA9T / HTTP/1.1"), "400"),
    CASE(LINE("PUT / HTTP/1.1"), "PUT /"),
    CASE(LINE("DELETE / HTTP/1.1"), "DELETE /"),
    CASE(LINE("PATCH / HTTP/1.1"), "PATCH /"),
    CASE(LINE("TRACE / HTTP/1.1"), "TRACE /"),
    CASE(LINE("CONNECT a:80 HTTP/1.1"), "501"),
    CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    /* empty lines before it */
    CASE("\r\n" GET("\r\n"), "GET /"),
    CASE("\r\n\r\n" GET("\r\n"), "400"),
    CASE("\n" GET("\r\n"), "400"),
    CASE("\r" GET("\r\n"), "400"),
    CASE("\r\n", "…"),
    CASE("", ""),
    /* target */
    CASE(LINE("OPTIONS * HTTP/1.1"), "OPTIONS *"),
    CASE(TARGET("*"), "400"),
    CASE(TARGET("**"), "400"),
    CASE(TARGET("http://b/x?y"), "GET /x?y"),
    CASE(TARGET("HTTP://b"), "GET /"),
    CASE(TARGET("https://b:443?y"), "GET /?y"),
    CASE(TARGET("http://"), "400"),
    CASE(TARGET("http:///x"), "400"),
    CASE(TARGET("http://u@b/"), "400"),
    CASE(TARGET("ftp://b/"), "400"),
    CASE(TARGET("\\x"), "400"),
    CASE(TARGET("x"), "400"),
    CASE(TARGET("/a#b"), "400"),
    CASE(TARGET("/?a#b"), "400"),
    CASE(TARGET("/a\"b"), "400"),
    CASE(TARGET("/a\\b"), "400"),
    CASE(TARGET("/a\x01"), "400"),
    CASE(TARGET("/a\x7f"), "400"),
    CASE(TARGET("/a\0b"), "400"),
    CASE(TARGET("/\xC3\xA9"), "400"),
    CASE(TARGET("/?q=\"a\"<b>|{c}[d]^`\\"), "GET /?q=\"a\"<b>|{c}[d]^`\\"),
    CASE(TARGET("/?q=\xC3\xA9"), "GET /?q=\xC3\xA9"),
    CASE(TARGET("/?q=\x01"), "400"),
    CASE(TARGET("//x"), "GET //x"),
    CASE(TARGET("/%zz"), "GET /%zz"),
    CASE(TARGET("/?a?b"), "GET /?a?b"),
    /* host */
    CASE("GET / HTTP/1.1\r\n\r\n", "400"),
    CASE("GET / HTTP/1.1\r\nX: y\r\n\r\n", "400"),
    CASE(GET("Host: b\r\n\r\n"), "400"),
    CASE(GET("host: a\r\n\r\n"), "400"),
    CASE("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
    CASE(HOST(""), "GET /"),
    CASE(HOST("a.b-c_d~1"), "GET /"),
    CASE(HOST("a:80"), "GET /"),
    CASE(HOST("a:"), "GET /"),
    CASE(HOST(":80"), "400"),
    CASE(HOST("a:8x"), "400"),
    CASE(HOST("a:800000"), "400"),
    CASE(HOST("a:80:80"), "400"),
    CASE(HOST("[::1]"), "GET /"),
    CASE(HOST("[::1]:8080"), "GET /"),
    CASE(HOST("[::1"), "400"),
    CASE(HOST("[]"), "400"),
    CASE(HOST("[::1]x"), "400"),
    CASE(HOST("[g::]"), "400"),
    CASE(HOST("u@a"), "400"),
    CASE(HOST("a, b"), "400"),
    CASE(HOST("a/b"), "400"),
    CASE(HOST("a?b"), "400"),
    CASE(HOST("a%41"), "GET /"),
    CASE(HOST("a%4"), "400"),
    CASE(HOST("a b"), "400"),
    CASE(HOST("\xC3\xA9"), "400"),
    /* fields */
    CASE(GET("X:\r\n\r\n"), "GET /"),
    CASE(GET("X: \t a \t \r\n\r\n"), "GET /"),
    CASE(GET("X: \xC3\xA9\r\n\r\n"), "GET /"),
    CASE(GET("X : a\r\n\r\n"), "400"),
    CASE(GET("X\t: a\r\n\r\n"), "400"),
    CASE(GET(": a\r\n\r\n"), "400"),
    CASE(GET("X\r\n\r\n"), "400"),
    CASE(GET("X: a\r\n b\r\n\r\n"), "400"),
    CASE(GET("X: a\r\n\tb\r\n\r\n"), "400"),
    CASE(GET(" X: a\r\n\r\n"), "400"),
    CASE(GET(" \r\n\r\n"), "400"),
    CASE(GET("X: a\rb\r\n\r\n"), "400"),
    CASE(GET("X: a\r\r\n\r\n"), "400"),
    CASE(GET("X: a\n\r\n"), "400"),
    CASE(GET("X: a\nY: b\r\n\r\n"), "400"),
    CASE("GET / HTTP/1.1\nHost: a\n\n", "400"),
    CASE(GET("\n"), "400"),
    CASE(GET("X: a\0b\r\n\r\n"), "400"),
    CASE(GET("X\0: a\r\n\r\n"), "400"),
    CASE(GET("Connection: close\r\n\r\n"), "GET / close"),
    CASE(GET("Connection: x, CLOSE ,y\r\n\r\n"), "GET / close"),
    CASE(GET("Connection: x\r\nConnection: close\r\n\r\n"), "GET / close"),
    CASE(GET("Connection: closed\r\n\r\n"), "GET /"),
    CASE(GET("Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"), "GET /"),
    CASE(GET("Expect: tea\r\n\r\n"), "417"),
    CASE(POST("Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"), "POST / =x"),
    CASE("POST / HTTP/1.0\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", "POST / close =x"),
    /* content length */
    CASE(POST("Content-Length: 0\r\n\r\n"), "POST /"),
    CASE(POST("Content-Length: 3\r\n\r\nabc"), "POST / =abc"),
    CASE(POST("content-length:003\r\n\r\nabc"), "POST / =abc"),
    CASE(POST("Content-Length: 3 \r\n\r\nabc"), "POST / =abc"),
    CASE(POST("Content-Length: 64\r\n\r\n"), "…"),
    CASE(POST("Content-Length: 65\r\n\r\n"), "413"),
    CASE(POST("Content-Length: 999999999999999999\r\n\r\n"), "413"),
    CASE(POST("Content-Length: 1000000000000000000\r\n\r\n"), "400"),
    CASE(POST("Content-Length: 18446744073709551619\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length:\r\n\r\n"), "400"),
    CASE(POST("Content-Length: +3\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: -3\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 0x3\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 3.0\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 3, 3\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 3,\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 1 2\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length: 3\r\ncontent-length: 0\r\n\r\nabc"), "400"),
    CASE(POST("Content-Length : 3\r\n\r\nabc"), "400"),
    CASE(POST("Content_Length: 3\r\n\r\n"), "POST /"),
    CASE(POST("\r\nabc"), "POST /; …"),
    CASE(GET("Content-Length: 3\r\n\r\nabc"), "GET / =abc"),
    CASE(POST("Content-Length: 3\r\n\r\nab"), "…"),
    CASE(POST("Connection: Content-Length\r\nContent-Length: 3\r\n\r\nabc"), "POST / =abc"),
    /* transfer coding */
    CASE(CHUNKED("0\r\n\r\n"), "POST /"),
    CASE(POST("Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"), "POST /"),
    CASE(POST("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"), "400"),
    CASE(POST("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"),
    CASE(POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"),
    CASE(POST("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: identity\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: xchunked\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: \"chunked\"\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: chunked;q=1\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding:\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: ,chunked\r\n\r\n"), "501"),
    CASE(POST("Transfer-Encoding: chunked\v\r\n\r\n"), "400"),
    CASE(POST("Transfer-Encoding : chunked\r\n\r\n"), "400"),
    CASE(POST("Transfer-Encoding:\r\n chunked\r\n\r\n"), "501"),
    CASE("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
    /* chunks */
    CASE(CHUNKED("3\r\nabc\r\n0\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("0003\r\nabc\r\n00\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("a\r\n0123456789\r\n0\r\n\r\n"), "POST / =0123456789"),
    CASE(CHUNKED("A\r\n0123456789\r\n0\r\n\r\n"), "POST / =0123456789"),
    CASE(CHUNKED("2\r\n\r\n\r\n0\r\n\r\n"), "POST / =\r\n"),
    CASE(CHUNKED("3;a\r\nabc\r\n0;b=c\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("3 ;\ta = \"x\\\"y;\" ;b\r\nabc\r\n0\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("3;\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;a=\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;=a\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;a=\"\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;a=\"\x01\"\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;a\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3;a\rb\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3 \r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED(" 3\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("+3\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("-0\r\n\r\n"), "400"),
    CASE(CHUNKED("0x3\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3_\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("g\r\n"), "400"),
    CASE(CHUNKED("3\rabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nabc0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nabcXX0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nabc\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nabc\r0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nabcd\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("40\r\n"), "…"),
    CASE(CHUNKED("41\r\n"), "413"),
    CASE(CHUNKED("1\r\na\r\n40\r\n"), "413"),
    CASE(CHUNKED("ffffffffffffffff\r\n"), "413"),
    CASE(CHUNKED("7fffffffffffffff\r\n"), "413"),
    CASE(CHUNKED("0000000000000003\r\nabc\r\n0\r\n\r\n"), "POST / =abc"),
    CASE(CHUNKED("00000000000000003\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("10000000000000003\r\nabc\r\n0\r\n\r\n"), "400"),
    CASE(CHUNKED("3\r\nab"), "…"),
    CASE(CHUNKED("0\r\n"), "…"),
    /* trailers */
    CASE(CHUNKED("0\r\nX: y\r\nZ:\r\n\r\n"), "POST /"),
    CASE(CHUNKED("0\r\nContent-Length: 3\r\n\r\n"), "POST /"),
    CASE(CHUNKED("0\r\njunk\r\n\r\n"), "400"),
    CASE(CHUNKED("0\r\nX : y\r\n\r\n"), "400"),
    CASE(CHUNKED("0\r\nX: y\r\n z\r\n\r\n"), "400"),
    CASE(CHUNKED("0\r\nX: y\n\r\n"), "400"),
    CASE(CHUNKED("0\r\nX: \x02\r\n\r\n"), "400"),
    CASE(CHUNKED("0\r\n1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\n"), "POST /"),
    CASE(CHUNKED("0\r\n1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n9:\r\n\r\n"), "431"),
    /* count of fields: Host and seven more are the eight allowed */
    CASE(GET("1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n\r\n"), "GET /"),
    CASE(GET("1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\n"), "431"),
    /* one after the other */
    CASE(GET("\r\n") GET("\r\n"), "GET /; GET /"),
    CASE(GET("\r\n") "\r\n" GET("\r\n"), "GET /; GET /"),
    CASE(POST("Content-Length: 3\r\n\r\nabc") GET("\r\n"), "POST / =abc; GET /"),
    CASE(CHUNKED("3\r\nabc\r\n0\r\nX: y\r\n\r\n") GET("\r\n"), "POST / =abc; GET /"),
    CASE(GET("\r\n") "XXXX\r\n\r\n", "GET /; 400"),
    CASE(GET("Content-Length: 43\r\n\r\n") GET("\r\n"), "…"),
};

static const char *method_name(const ro_http_request *request) {
    static const char *const names[] = {"GET",   "HEAD",  "POST",    "PUT",   "DELETE", "OPTIONS",
                                        "PATCH", "TRACE", "CONNECT", "QUERY", "OTHER"};
    size_t bit = 0;
    while (request->method >> bit > 1) {
        bit++;
    }
    return names[bit];
}

static void print_request(const ro_http_request *request, ro_buf *out) {
    ro_buf_printf(out, "%s ", method_name(request));
    ro_buf_add_str(out, request->path);
    if (request->query.ptr) {
        ro_buf_add_byte(out, '?');
        ro_buf_add_str(out, request->query);
    }
    if (!request->keep_alive) {
        ro_buf_add_str(out, RO_STR(" close"));
    }
    if (request->body.len) {
        ro_buf_add_str(out, RO_STR(" ="));
        ro_buf_add_str(out, ro_buf_str(&request->body));
    }
}

/* What a connection that sends `raw` in pieces is understood to say. `next_piece` gives the length
 * of the next piece. A copy of exact size lets AddressSanitizer see any step too far. */
static void read_all(ro_str raw, size_t (*next_piece)(size_t left), ro_buf *out) {
    ro_http_parser parser;
    ro_http_parser_init(&parser, &limits);
    ro_http_event event = RO_HTTP_MORE;
    size_t at = 0;
    while (at < raw.len && event != RO_HTTP_REFUSED) {
        size_t len = next_piece(raw.len - at);
        char *piece = malloc(len);
        memcpy(piece, raw.ptr + at, len);
        size_t used = 0;
        while (used < len && event != RO_HTTP_REFUSED) {
            used += ro_http_parser_feed(&parser, piece + used, len - used, &event);
            if (event == RO_HTTP_DONE) {
                ro_http_request request = ro_http_parser_take(&parser);
                print_request(&request, out);
                ro_http_request_release(&request);
                ro_buf_add_str(out, RO_STR("; "));
            }
        }
        free(piece);
        at += len;
    }
    if (event == RO_HTTP_REFUSED) {
        ro_buf_printf(out, "%d; ", parser.refusal.status);
        assert_non_null(parser.refusal.reason);
    } else if (!ro_http_parser_is_idle(&parser) || parser.blank_lines) {
        ro_buf_add_str(out, RO_STR("…; "));
    }
    out->len -= out->len ? 2 : 0;
    ro_buf_add_byte(out, 0);
    ro_http_parser_release(&parser);
}

static size_t whole(size_t left) {
    return left;
}

static size_t one_byte(size_t left) {
    (void)left;
    return 1;
}

static size_t random_piece(size_t left) {
    static uint32_t state = 2463534242u; /* xorshift: the same pieces on every run */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    size_t len = 1 + state % 12;
    return len < left ? len : left;
}

static void expect(ro_str raw, const char *expected) {
    size_t (*const cuts[])(size_t) = {whole, one_byte, random_piece, random_piece, random_piece};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        ro_buf out = RO_BUF_INIT;
        read_all(raw, cuts[i], &out);
        if (strcmp(out.ptr, expected) != 0) {
            fail_msg("cut %zu: %.*s\nexpected: %s\ngot:      %s", i, RO_STR_ARG(raw), expected,
                     out.ptr);
        }
        ro_buf_release(&out);
    }
}

static void every_case_reads_the_same_however_it_is_cut(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect(cases[i].raw, cases[i].expected);
    }
}

static bool is_tchar(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Every byte at the same place of a message, against the rule of the RFC said in another way. */
static void every_byte_is_judged_by_the_grammar(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        char raw[64];
        int len = snprintf(raw, sizeof raw, "GET / HTTP/1.1\r\nHost: a\r\nX%cY: v\r\n\r\n", c);
        bool good = is_tchar(c) || c == ':';
        expect(ro_str_make(raw, (size_t)len), good ? "GET /" : "400");

        len = snprintf(raw, sizeof raw, "GET / HTTP/1.1\r\nHost: a\r\nX: a%cb\r\n\r\n", c);
        good = c == '\t' || (c >= ' ' && c != 0x7f);
        expect(ro_str_make(raw, (size_t)len), good ? "GET /" : "400");

        len = snprintf(raw, sizeof raw, "G%cT / HTTP/1.1\r\nHost: a\r\n\r\n", c);
        expect(ro_str_make(raw, (size_t)len), c == 'E' ? "GET /" : is_tchar(c) ? "OTHER /" : "400");

        char path[16];
        len = snprintf(raw, sizeof raw, "GET /%c HTTP/1.1\r\nHost: a\r\n\r\n", c);
        (void)snprintf(path, sizeof path, "GET /%c", c);
        good = (is_tchar(c) && !strchr("#^`|", c)) || (c && strchr("/:;=@,()?", c));
        expect(ro_str_make(raw, (size_t)len), good ? path : "400");
    }
}

/* `before`, as many x as make it `size` bytes, `after`. */
static ro_str fill(char *raw, ro_str before, ro_str after, size_t size) {
    memset(raw, 'x', size);
    memcpy(raw, before.ptr, before.len);
    if (after.len) {
        memcpy(raw + size - after.len, after.ptr, after.len);
    }
    return ro_str_make(raw, size);
}

static void a_head_may_have_its_limit_and_no_byte_more(void **state) {
    (void)state;
    char raw[2048];
    ro_str field = RO_STR("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    ro_str host = RO_STR("OPTIONS * HTTP/1.1\r\nHost: a");
    ro_str target = RO_STR("GET /");
    ro_str end = RO_STR("\r\n\r\n");
    for (size_t size = limits.header - 1; size <= limits.header; size++) {
        expect(fill(raw, field, end, size), "GET /");
        expect(fill(raw, host, end, size), "OPTIONS *");
    }
    expect(fill(raw, field, end, limits.header + 1), "431");
    expect(fill(raw, target, RO_STR_NONE, limits.header + 1), "414");
    expect(fill(raw, target, RO_STR_NONE, limits.header - 1), "…");
}

static void trailers_have_a_limit_of_their_own(void **state) {
    (void)state;
    char raw[2048];
    ro_str before = RO_STR(CHUNKED("0\r\nX: "));
    size_t trailers = before.len - 3;
    expect(fill(raw, before, RO_STR("\r\n\r\n"), trailers + limits.header), "POST /");
    expect(fill(raw, before, RO_STR("\r\n\r\n"), trailers + limits.header + 1), "431");
}

static void a_chunk_line_may_have_its_limit_and_no_byte_more(void **state) {
    (void)state;
    char raw[2048];
    ro_str before = RO_STR(CHUNKED("0;"));
    size_t around = before.len; /* two bytes of the line are before the filler, two after it */
    expect(fill(raw, before, RO_STR("\r\n\r\n"), around + RO_HTTP_CHUNK_LINE_MAX), "POST /");
    expect(fill(raw, before, RO_STR("\r\n\r\n"), around + RO_HTTP_CHUNK_LINE_MAX + 1), "400");
}

static void chunk_extensions_have_a_limit_in_all(void **state) {
    (void)state;
    ro_http_parser parser;
    ro_http_event event = RO_HTTP_MORE;
    ro_http_parser_init(&parser, &(ro_http_limits){.header = 1024, .fields = 8, .body = 1 << 20});
    ro_str head = RO_STR(CHUNKED(""));
    (void)ro_http_parser_feed(&parser, head.ptr, head.len, &event);
    assert_int_equal(event, RO_HTTP_HEAD_IN);
    ro_str chunk = RO_STR("1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n"); /* 32 bytes of extension */
    size_t chunks = 0;
    event = RO_HTTP_MORE;
    while (event == RO_HTTP_MORE) {
        (void)ro_http_parser_feed(&parser, chunk.ptr, chunk.len, &event);
        chunks++;
    }
    assert_int_equal(event, RO_HTTP_REFUSED);
    assert_int_equal(parser.refusal.status, 400);
    assert_int_equal(chunks, RO_HTTP_CHUNK_EXTENSIONS_MAX / 32 + 1);
    ro_http_parser_release(&parser);
}

static void nothing_is_read_after_a_refusal(void **state) {
    (void)state;
    ro_http_parser parser;
    ro_http_event event = RO_HTTP_MORE;
    ro_http_parser_init(&parser, &limits);
    ro_str bad = RO_STR("GET\r\n\r\n");
    assert_int_equal(ro_http_parser_feed(&parser, bad.ptr, bad.len, &event), bad.len);
    assert_int_equal(event, RO_HTTP_REFUSED);
    ro_str good = RO_STR(GET("\r\n"));
    assert_int_equal(ro_http_parser_feed(&parser, good.ptr, good.len, &event), 0);
    assert_int_equal(event, RO_HTTP_REFUSED);
    ro_http_parser_release(&parser);
}

static void a_head_is_announced_before_its_body(void **state) {
    (void)state;
    ro_http_parser parser;
    ro_http_event event = RO_HTTP_MORE;
    ro_http_parser_init(&parser, &limits);
    ro_str raw = RO_STR(POST("Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"));
    assert_int_equal(ro_http_parser_feed(&parser, raw.ptr, raw.len, &event), raw.len - 3);
    assert_int_equal(event, RO_HTTP_HEAD_IN);
    assert_true(parser.request.expects_continue);
    assert_int_equal(parser.request.length, 3);
    assert_int_equal(ro_http_parser_feed(&parser, "abc", 3, &event), 3);
    assert_int_equal(event, RO_HTTP_DONE);
    ro_http_request request = ro_http_parser_take(&parser);
    ro_str host = ro_http_request_field(&request, RO_STR("HOST"));
    assert_true(ro_str_equal(host, RO_STR("a")));
    assert_null(ro_http_request_field(&request, RO_STR("None")).ptr);
    ro_http_request_release(&request);
    ro_http_parser_release(&parser);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_reads_the_same_however_it_is_cut),
        cmocka_unit_test(every_byte_is_judged_by_the_grammar),
        cmocka_unit_test(a_head_may_have_its_limit_and_no_byte_more),
        cmocka_unit_test(trailers_have_a_limit_of_their_own),
        cmocka_unit_test(a_chunk_line_may_have_its_limit_and_no_byte_more),
        cmocka_unit_test(chunk_extensions_have_a_limit_in_all),
        cmocka_unit_test(nothing_is_read_after_a_refusal),
        cmocka_unit_test(a_head_is_announced_before_its_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
