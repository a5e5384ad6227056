#include "grammar.h"
#include "request.h"

#include <stdlib.h>

/* Longest Content-Length that is read as a number: 18 digits cannot overflow. */
#define LENGTH_DIGITS_MAX 18

/* How often the fields that matter for framing were seen. */
typedef struct tally {
    unsigned host, length, coding, close;
} tally;

static bool refuse(ro_http_refusal *refusal, int status, const char *reason) {
    *refusal = (ro_http_refusal){status, reason};
    return false;
}

void ro_http_request_release(ro_http_request *request) {
    free(request->fields);
    ro_buf_release(&request->head);
    ro_buf_release(&request->body);
    *request = (ro_http_request){0};
}

ro_str ro_http_request_field(const ro_http_request *request, ro_str name) {
    for (size_t i = 0; i < request->field_count; i++) {
        if (ro_str_equal_nocase(request->fields[i].name, name)) {
            return request->fields[i].value;
        }
    }
    return RO_STR_NONE;
}

ro_str ro_http_request_media(const ro_http_request *request) {
    ro_str type = ro_http_request_field(request, RO_STR("Content-Type"));
    const char *end = type.len ? memchr(type.ptr, ';', type.len) : NULL;
    return ro_http_trim(ro_str_make(type.ptr, end ? (size_t)(end - type.ptr) : type.len));
}

static unsigned method_of(ro_str name) {
    static const struct {
        ro_str name;
        unsigned method;
    } methods[] = {
        {{"GET", 3}, RO_HTTP_GET},         {{"HEAD", 4}, RO_HTTP_HEAD},
        {{"POST", 4}, RO_HTTP_POST},       {{"PUT", 3}, RO_HTTP_PUT},
        {{"DELETE", 6}, RO_HTTP_DELETE},   {{"OPTIONS", 7}, RO_HTTP_OPTIONS},
        {{"PATCH", 5}, RO_HTTP_PATCH},     {{"TRACE", 5}, RO_HTTP_TRACE},
        {{"CONNECT", 7}, RO_HTTP_CONNECT}, {{"QUERY", 5}, RO_HTTP_QUERY},
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (ro_str_equal(methods[i].name, name)) {
            return methods[i].method;
        }
    }
    return RO_HTTP_OTHER;
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, case-sensitive. */
static bool parse_version(ro_http_request *request, ro_str version, ro_http_refusal *refusal) {
    bool shaped = version.len == 8 && ro_str_starts_with(version, RO_STR("HTTP/")) &&
                  version.ptr[5] >= '0' && version.ptr[5] <= '9' && version.ptr[6] == '.' &&
                  version.ptr[7] >= '0' && version.ptr[7] <= '9';
    if (!shaped) {
        return refuse(refusal, 400, "the request line does not end in an HTTP version");
    }
    if (version.ptr[5] != '1') {
        return refuse(refusal, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    request->minor = version.ptr[7] == '0' ? 0 : 1;
    return true;
}

/* Leaves the path and query of an absolute target in `target`; RFC 9112, 3.2.2 obliges a server to
 * take this form. */
static bool parse_absolute(ro_http_request *request, ro_str *target) {
    static const ro_str schemes[] = {{"http://", 7}, {"https://", 8}};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = schemes[i].len;
        if (target->len > len && ro_str_equal_nocase(ro_str_make(target->ptr, len), schemes[i])) {
            size_t end = len;
            while (end < target->len && target->ptr[end] != '/' && target->ptr[end] != '?') {
                end++;
            }
            request->host = ro_str_make(target->ptr + len, end - len);
            *target = ro_str_make(target->ptr + end, target->len - end);
            return request->host.len > 0 && ro_http_is_host(request->host);
        }
    }
    return false;
}

static bool parse_target(ro_http_request *request, ro_str target, ro_http_refusal *refusal) {
    if (request->method == RO_HTTP_CONNECT) {
        return refuse(refusal, 501, "this server is not a proxy");
    }
    if (ro_str_equal(target, RO_STR("*"))) {
        request->path = target;
        return request->method == RO_HTTP_OPTIONS ||
               refuse(refusal, 400, "the target '*' is for OPTIONS only");
    }
    bool absolute = target.len > 0 && target.ptr[0] != '/';
    if (absolute && !parse_absolute(request, &target)) {
        return refuse(refusal, 400, "the request target is neither a path nor an http URL");
    }
    const char *mark = target.len ? memchr(target.ptr, '?', target.len) : NULL;
    size_t len = mark ? (size_t)(mark - target.ptr) : target.len;
    request->path = len || !absolute ? ro_str_make(target.ptr, len) : RO_STR("/");
    if (mark) {
        request->query = ro_str_make(mark + 1, target.len - len - 1);
    }
    if (!ro_http_is_path(request->path) || !ro_http_is_query(request->query)) {
        return refuse(refusal, 400, "the request target holds a character that must be escaped");
    }
    return true;
}

static bool parse_line(ro_http_request *request, ro_str line, ro_http_refusal *refusal) {
    const char *first = memchr(line.ptr, ' ', line.len);
    const char *last = memrchr(line.ptr, ' ', line.len);
    if (!first || first == last) {
        return refuse(refusal, 400, "the request line is not METHOD TARGET VERSION");
    }
    request->method_name = ro_str_make(line.ptr, (size_t)(first - line.ptr));
    if (!ro_http_is_token(request->method_name)) {
        return refuse(refusal, 400, "the method is not a token");
    }
    request->method = method_of(request->method_name);
    ro_str version = ro_str_make(last + 1, (size_t)(line.ptr + line.len - last - 1));
    return parse_version(request, version, refusal) &&
           parse_target(request, ro_str_make(first + 1, (size_t)(last - first - 1)), refusal);
}

const char *ro_http_field_parse(ro_str line, ro_http_field *field) {
    if (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
        return "a field line begins with white space (folding is obsolete)";
    }
    const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
    if (!colon) {
        return "a field line has no colon";
    }
    size_t len = (size_t)(colon - line.ptr);
    *field = (ro_http_field){ro_str_make(line.ptr, len),
                             ro_http_trim(ro_str_make(colon + 1, line.len - len - 1))};
    if (!ro_http_is_token(field->name)) {
        return "a field name is not a token";
    }
    return ro_http_is_field_value(field->value) ? NULL : "a field value holds a control character";
}

static bool on_host(ro_http_request *request, ro_str value, tally *seen, ro_http_refusal *refusal) {
    if (seen->host++) {
        return refuse(refusal, 400, "there is more than one Host");
    }
    if (!ro_http_is_host(value)) {
        return refuse(refusal, 400, "Host is not a host name with an optional port");
    }
    if (!request->host.ptr) {
        request->host = value;
    }
    return true;
}

static bool on_length(ro_http_request *request, ro_str value, tally *seen,
                      ro_http_refusal *refusal) {
    if (seen->length++) {
        return refuse(refusal, 400, "there is more than one Content-Length");
    }
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9') {
            return refuse(refusal, 400, "Content-Length is not a decimal number");
        }
        length = i < LENGTH_DIGITS_MAX ? length * 10 + (uint64_t)(value.ptr[i] - '0') : UINT64_MAX;
    }
    if (value.len == 0 || value.len > LENGTH_DIGITS_MAX) {
        return refuse(refusal, 400, "Content-Length is empty or has too many digits");
    }
    request->has_length = true;
    request->length = length;
    return true;
}

static bool on_coding(ro_http_request *request, ro_str value, tally *seen,
                      ro_http_refusal *refusal) {
    if (seen->coding++) {
        return refuse(refusal, 400, "there is more than one Transfer-Encoding");
    }
    if (!ro_str_equal_nocase(value, RO_STR("chunked"))) {
        return refuse(refusal, 501, "the only transfer coding understood is chunked");
    }
    request->chunked = true;
    return true;
}

static bool on_connection(ro_http_request *request, ro_str value, tally *seen,
                          ro_http_refusal *refusal) {
    (void)refusal;
    ro_str option;
    while (ro_http_next_element(&value, &option)) {
        seen->close += ro_str_equal_nocase(option, RO_STR("close"));
        request->keep_alive |= ro_str_equal_nocase(option, RO_STR("keep-alive"));
    }
    request->keep_alive &= !seen->close;
    return true;
}

static bool on_expect(ro_http_request *request, ro_str value, tally *seen,
                      ro_http_refusal *refusal) {
    (void)seen;
    if (request->minor == 0) {
        return true; /* RFC 9110, 10.1.1: ignored from HTTP/1.0 clients */
    }
    request->expects_continue = ro_str_equal_nocase(value, RO_STR("100-continue"));
    return request->expects_continue ||
           refuse(refusal, 417, "the only expectation understood is 100-continue");
}

typedef bool (*field_fn)(ro_http_request *, ro_str, tally *, ro_http_refusal *);

static bool interpret_field(ro_http_request *request, const ro_http_field *field, tally *seen,
                            ro_http_refusal *refusal) {
    static const struct {
        ro_str name;
        field_fn fn;
    } known[] = {
        {{"Host", 4}, on_host},
        {{"Content-Length", 14}, on_length},
        {{"Transfer-Encoding", 17}, on_coding},
        {{"Connection", 10}, on_connection},
        {{"Expect", 6}, on_expect},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (ro_str_equal_nocase(known[i].name, field->name)) {
            return known[i].fn(request, field->value, seen, refusal);
        }
    }
    return true;
}

static bool check_framing(const ro_http_request *request, const tally *seen,
                          ro_http_refusal *refusal) {
    if (request->minor == 1 && !seen->host) {
        return refuse(refusal, 400, "there is no Host");
    }
    if (seen->coding && seen->length) {
        return refuse(refusal, 400, "Transfer-Encoding and Content-Length exclude each other");
    }
    if (seen->coding && request->minor == 0) {
        return refuse(refusal, 400, "HTTP/1.0 has no Transfer-Encoding");
    }
    return true;
}

static ro_str take_line(ro_str *rest) {
    /* a CR alone stays inside the line, where the character checks find it */
    const char *end = memmem(rest->ptr, rest->len, "\r\n", 2);
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    ro_str line = ro_str_make(rest->ptr, len);
    size_t step = end ? len + 2 : len;
    *rest = ro_str_make(rest->ptr + step, rest->len - step);
    return line;
}

bool ro_http_request_parse(ro_http_request *request, ro_http_refusal *refusal) {
    tally seen = {0};
    ro_str rest = ro_buf_str(&request->head);
    if (!parse_line(request, take_line(&rest), refusal)) {
        return false;
    }
    request->keep_alive = request->minor == 1;
    size_t lines = 0;
    for (size_t i = 0; i < rest.len; i++) {
        lines += rest.ptr[i] == '\n';
    }
    request->fields = calloc(lines ? lines : 1, sizeof *request->fields);
    if (!request->fields) {
        return refuse(refusal, 503, "out of memory");
    }
    for (ro_str line = take_line(&rest); line.len; line = take_line(&rest)) {
        ro_http_field *field = &request->fields[request->field_count];
        const char *reason = ro_http_field_parse(line, field);
        if (reason) {
            return refuse(refusal, 400, reason);
        }
        request->field_count++;
        if (!interpret_field(request, field, &seen, refusal)) {
            return false;
        }
    }
    return check_framing(request, &seen, refusal);
}
