/* searchd: bodies, problems, settings, the census of clients, the access log. */
#include "access_log.h"
#include "address.h"
#include "body.h"
#include "problem.h"
#include "redact.h"
#include "request_id.h"
#include "settings.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- bodies --------------------------------------------------------------------------------- */

static void a_body_gives_the_parameters_it_names(void **state) {
    (void)state;
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str member;
    ro_str body = RO_STR("{\"q\": \"peace \\u00e9\\u0000\", \"limit\": -5, \"explain\": true, "
                         "\"prefix\": false, \"boost\": 0.5, \"facets\": [\"source\", \"year\"]}");
    assert_int_equal(ro_body_params(body, &arena, &params, &member, NULL), RO_OK);
    static const ro_http_param expected[] = {
        {{"q", 1}, {"peace \xC3\xA9\0", 9}}, {{"limit", 5}, {"-5", 2}},
        {{"explain", 7}, {"true", 4}},       {{"prefix", 6}, {"false", 5}},
        {{"boost", 5}, {"0.5", 3}},          {{"facets", 6}, {"source,year", 11}},
    };
    assert_int_equal(params.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < params.count; i++) {
        assert_true(ro_str_equal(params.items[i].name, expected[i].name));
        assert_true(ro_str_equal(params.items[i].value, expected[i].value));
    }
    assert_int_equal(ro_body_params(RO_STR(" {} "), &arena, &params, &member, NULL), RO_OK);
    assert_int_equal(params.count, 0);
    ro_arena_release(&arena);
}

static void a_body_that_is_not_a_flat_object_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *body;
        ro_status status;
        const char *member;
    } bad[] = {
        {"", RO_FORMAT, ""},
        {"{", RO_FORMAT, ""},
        {"{}x", RO_FORMAT, ""},
        {"{} {}", RO_FORMAT, ""},
        {"{\"a\":1,\"a\":2}", RO_FORMAT, ""},
        {"{\"a\":\"\xFF\"}", RO_FORMAT, ""},
        {"{\"a\":NaN}", RO_FORMAT, ""},
        {"{'a':1}", RO_FORMAT, ""},
        {"\"a\"", RO_FORMAT, ""},
        {"[]", RO_INVALID, ""},
        {"{\"a\":null}", RO_INVALID, "a"},
        {"{\"a\":{}}", RO_INVALID, "a"},
        {"{\"a\":[1]}", RO_INVALID, "a"},
        {"{\"a\":[[]]}", RO_INVALID, "a"},
        {"{\"q\":5}", RO_INVALID, "q"},
        {"{\"limit\":\"5\"}", RO_INVALID, "limit"},
        {"{\"prefix\":1}", RO_INVALID, "prefix"},
        {"{\"sort\":[\"date\"]}", RO_INVALID, "sort"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ro_arena arena = RO_ARENA_INIT;
        ro_http_params params;
        ro_str member;
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_body_params(ro_str_from(bad[i].body), &arena, &params, &member, &err),
                         bad[i].status);
        assert_true(ro_str_equal(member, ro_str_from(bad[i].member)));
        assert_int_equal(params.count, 0);
        assert_true(err.message[0] != 0);
        ro_arena_release(&arena);
    }
}

static ro_status read_nested(size_t depth) {
    ro_buf body = RO_BUF_INIT;
    ro_buf_add_str(&body, RO_STR("{\"a\":"));
    for (size_t i = 1; i < depth; i++) {
        ro_buf_add_byte(&body, '[');
    }
    for (size_t i = 1; i < depth; i++) {
        ro_buf_add_byte(&body, ']');
    }
    ro_buf_add_byte(&body, '}');
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str member;
    ro_status status = ro_body_params(ro_buf_str(&body), &arena, &params, &member, NULL);
    ro_arena_release(&arena);
    ro_buf_release(&body);
    return status;
}

static void depth_is_bounded_before_anything_is_parsed(void **state) {
    (void)state;
    assert_int_equal(read_nested(RO_BODY_DEPTH_MAX - 1), RO_INVALID); /* deep, but only that */
    assert_int_equal(read_nested(RO_BODY_DEPTH_MAX), RO_INVALID);
    assert_int_equal(read_nested(RO_BODY_DEPTH_MAX + 1), RO_LIMIT);
    assert_int_equal(read_nested(500000), RO_LIMIT);
}

static ro_status read_list(size_t values) {
    ro_buf body = RO_BUF_INIT;
    ro_buf_add_str(&body, RO_STR("{\"a\":[\"[,\\\"\""));
    for (size_t i = 1; i < values; i++) {
        ro_buf_add_str(&body, RO_STR(",\"\""));
    }
    ro_buf_add_str(&body, RO_STR("]}"));
    ro_arena arena = RO_ARENA_INIT;
    ro_http_params params;
    ro_str member;
    ro_status status = ro_body_params(ro_buf_str(&body), &arena, &params, &member, NULL);
    ro_arena_release(&arena);
    ro_buf_release(&body);
    return status;
}

static void the_number_of_values_is_bounded(void **state) {
    (void)state;
    assert_int_equal(read_list(RO_BODY_VALUES_MAX - 1), RO_OK);
    assert_int_equal(read_list(RO_BODY_VALUES_MAX), RO_OK);
    assert_int_equal(read_list(RO_BODY_VALUES_MAX + 1), RO_LIMIT);
}

/* ---- problems ------------------------------------------------------------------------------- */

static void a_problem_is_json_whatever_it_quotes(void **state) {
    (void)state;
    ro_http_response response = {0};
    ro_buf_add_str(&response.body, RO_STR("half an answer"));
    ro_http_response_field(&response, "ETag", RO_STR("x"));
    ro_where where = {"query", RO_STR("a\xFF\"\n"), 3};
    ro_problem_printf(&response, RO_PROBLEM_PARAMETER, where, "bad \xC3%s", "\x01");
    assert_int_equal(response.status, 400);
    assert_string_equal(response.content_type, "application/problem+json");
    assert_int_equal(response.fields.len, 0);
    json_t *json = json_loadb(response.body.ptr, response.body.len, 0, NULL);
    assert_non_null(json);
    const char *in = NULL;
    const char *name = NULL;
    const char *type = NULL;
    const char *title = NULL;
    const char *detail = NULL;
    int status = 0;
    int position = 0;
    assert_int_equal(json_unpack(json, "{ss,ss,ss,si,s{ss,ss,si}!}", "type", &type, "title", &title,
                                 "detail", &detail, "status", &status, "where", "in", &in, "name",
                                 &name, "position", &position),
                     0);
    assert_string_equal(type, "urn:readout:problem:invalid-parameter");
    assert_int_equal(status, 400);
    assert_string_equal(in, "query");
    assert_string_equal(name, "a\xEF\xBF\xBD\"\n");
    assert_int_equal(position, 3);
    json_decref(json);
    ro_http_response_release(&response);
}

static void a_busy_server_says_when_to_come_back(void **state) {
    (void)state;
    ro_http_response response = {0};
    ro_problem_write(&response, RO_PROBLEM_OVERLOADED, RO_STR("later"), RO_WHERE_NONE);
    assert_int_equal(response.status, 503);
    assert_true(ro_str_equal(ro_buf_str(&response.fields), RO_STR("Retry-After: 1\r\n")));
    ro_http_response_release(&response);
}

static void failures_become_the_right_problems(void **state) {
    (void)state;
    assert_int_equal(ro_problem_of_status(RO_DEADLINE, RO_PROBLEM_BODY), RO_PROBLEM_DEADLINE);
    assert_int_equal(ro_problem_of_status(RO_INVALID, RO_PROBLEM_BODY), RO_PROBLEM_BODY);
    assert_int_equal(ro_problem_of_status(RO_DAMAGED, RO_PROBLEM_BODY), RO_PROBLEM_INDEX);
    assert_int_equal(ro_problem_of_refusal(431), RO_PROBLEM_FIELDS_SIZE);
    assert_int_equal(ro_problem_of_refusal(400), RO_PROBLEM_MALFORMED);
}

/* ---- settings ------------------------------------------------------------------------------- */

static void listening_addresses_are_literal(void **state) {
    (void)state;
    static const struct {
        const char *listen, *host;
        int port; /* -1: refused */
    } addresses[] = {
        {"127.0.0.1:7700", "127.0.0.1", 7700},
        {"0.0.0.0:0", "0.0.0.0", 0},
        {"[::1]:65535", "::1", 65535},
        {"127.0.0.1", "", -1},
        {"127.0.0.1:", "", -1},
        {"127.0.0.1:65536", "", -1},
        {"127.0.0.1:7700x", "", -1},
        {"127.0.0.1:-1", "", -1},
        {"::1:7700", "", -1},
        {"[127.0.0.1]:1", "", -1},
        {"localhost:7700", "", -1},
        {":7700", "", -1},
        {"", "", -1},
    };
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        char host[RO_HOST_MAX];
        uint16_t port = 1;
        ro_status status = ro_searchd_settings_address(addresses[i].listen, host, &port, NULL);
        assert_int_equal(status, addresses[i].port < 0 ? RO_INVALID : RO_OK);
        assert_string_equal(host, addresses[i].host);
        assert_int_equal(port, addresses[i].port < 0 ? 0 : addresses[i].port);
    }
}

static void origins_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *origin;
        ro_status status;
    } origins[] = {
        {"*", RO_OK},
        {"https://news.example.org", RO_OK},
        {"http://localhost:8080", RO_OK},
        {"news.example.org", RO_INVALID},
        {"https://news.example.org/", RO_INVALID},
        {"https://", RO_INVALID},
        {"null", RO_INVALID},
        {"", RO_INVALID},
    };
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        const char *items[] = {origins[i].origin};
        ro_searchd_settings settings = {.listen = "127.0.0.1:0", .cors_origins = {items, 1}};
        assert_int_equal(ro_searchd_settings_check(&settings, NULL), origins[i].status);
    }
}

/* ---- clients -------------------------------------------------------------------------------- */

static ro_client client(const char *text) {
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        return ro_client_of((const struct sockaddr *)&in);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return ro_client_of((const struct sockaddr *)&in6);
}

static void connections_are_counted_by_client(void **state) {
    (void)state;
    ro_census *census = NULL;
    assert_int_equal(ro_census_new(&census, NULL), RO_OK);
    assert_int_equal(ro_census_enter(census, client("127.0.0.1")), 1);
    assert_int_equal(ro_census_enter(census, client("127.0.0.1")), 2);
    assert_int_equal(ro_census_enter(census, client("::ffff:127.0.0.1")), 3);
    assert_int_equal(ro_census_enter(census, client("127.0.0.2")), 1);
    assert_int_equal(ro_census_enter(census, client("2001:db8:1:2::1")), 1);
    assert_int_equal(ro_census_enter(census, client("2001:db8:1:2:ffff::2")), 2);
    assert_int_equal(ro_census_enter(census, client("2001:db8:1:3::1")), 1);
    ro_census_leave(census, client("127.0.0.1"));
    assert_int_equal(ro_census_enter(census, client("127.0.0.1")), 3);
    for (int i = 0; i < 3; i++) {
        ro_census_leave(census, client("127.0.0.1"));
    }
    ro_census_leave(census, client("127.0.0.1")); /* one too many does no harm */
    assert_int_equal(ro_census_enter(census, client("127.0.0.1")), 1);
    ro_census_free(census);
}

static void a_census_keeps_many_clients_apart(void **state) {
    (void)state;
    ro_census *census = NULL;
    assert_int_equal(ro_census_new(&census, NULL), RO_OK);
    char text[32];
    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < 5000; i++) {
            (void)snprintf(text, sizeof text, "10.0.%d.%d", i / 250, i % 250);
            assert_int_equal(ro_census_enter(census, client(text)), round);
        }
    }
    ro_census_free(census);
}

/* ---- access log ----------------------------------------------------------------------------- */

static void a_log_line_is_one_line_whatever_the_request_holds(void **state) {
    (void)state;
    char path[] = "/tmp/readout-access-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    ro_access_log log = {.fd = -1};
    assert_int_equal(ro_access_log_open(&log, path, NULL), RO_OK);
    ro_http_field agent = {RO_STR("user-agent"), RO_STR("a\n\"b\x1b")};
    ro_http_request request = {.method_name = RO_STR("GET"),
                               .path = RO_STR("/x"),
                               .query = RO_STR("q=\"a\"\\"),
                               .fields = &agent,
                               .field_count = 1};
    ro_access access = {.address = "127.0.0.1",
                        .id = "r-1",
                        .key = "",
                        .status = 200,
                        .bytes = 12,
                        .total_ns = 1500000,
                        .query_ns = 250000};
    ro_access_log_write(&log, &request, &access);
    ro_access_log_close(&log);
    char line[512];
    FILE *file = fopen(path, "r");
    assert_non_null(fgets(line, sizeof line, file));
    assert_non_null(strstr(line, " id=\"r-1\" client=127.0.0.1 method=\"GET\" path=\"/x\" "
                                 "query=\"q=\\\"a\\\"\\\\\" status=200 bytes=12 total_ms=1.500 "
                                 "query_ms=0.250 agent=\"a\\n\\\"b\\x1b\"\n"));
    assert_null(fgets(line, sizeof line, file));
    (void)fclose(file);
    (void)unlink(path);
}

static void a_key_sent_as_an_id_or_escaped_in_json_is_left_out(void **state) {
    (void)state;
    char key[RO_KEY_TEXT], line[512] = "", escaped[2 * RO_KEY_TEXT];
    int pipes[2];
    assert_int_equal(ro_key_make(key, NULL), RO_OK);
    assert_int_equal(pipe(pipes), 0);
    ro_access_log log = {.fd = pipes[1]};
    ro_http_request request = {.method_name = RO_STR("GET"), .path = RO_STR("/x")};
    ro_access access = {.address = "127.0.0.1", .id = key, .key = "", .status = 200};
    ro_access_log_write(&log, &request, &access);
    ro_access_log_close(&log);
    assert_true(read(pipes[0], line, sizeof line - 1) > 0);
    (void)close(pipes[0]);
    assert_non_null(strstr(line, " id=\"ro_***\" "));
    ro_buf out = RO_BUF_INIT;
    (void)snprintf(escaped, sizeof escaped, "{\"q\":\"ro\\u005f%s\"}", key + 3);
    ro_redact_text(&out, ro_str_from(escaped));
    assert_true(ro_str_equal(ro_buf_str(&out), RO_STR("{\"q\":\"ro_***\"}")));
    ro_buf_release(&out);
}

static void write_line(ro_access_log *log) {
    ro_http_request request = {.method_name = RO_STR("GET"), .path = RO_STR("/x")};
    ro_access access = {.address = "127.0.0.1",
                        .id = "r-1",
                        .key = "",
                        .status = 200,
                        .bytes = 12,
                        .total_ns = 1500000,
                        .query_ns = 250000};
    ro_access_log_write(log, &request, &access);
}

static size_t read_some(int fd, char *out, size_t size) {
    size_t len = 0;
    ssize_t got = 1;
    while (len < size && (got = read(fd, out + len, size - len)) > 0) {
        len += (size_t)got;
    }
    return len;
}

/* Marks stand for the key: as it is, with all of it escaped, with its underscores escaped. */
static void put_key(ro_buf *out, char mark, const char *key) {
    if (!strchr("@^~", mark)) {
        ro_buf_add_byte(out, mark);
        return;
    }
    for (const char *at = key; *at; at++) {
        if (mark == '^' || (mark == '~' && *at == '_')) {
            ro_buf_printf(out, "%%%02X", (unsigned)*at);
        } else {
            ro_buf_add_byte(out, *at);
        }
    }
}

static void keys_are_left_out_of_logs(void **state) {
    (void)state;
    char key[RO_KEY_TEXT];
    assert_int_equal(ro_key_make(key, NULL), RO_OK);
    static const struct {
        const char *before, *after;
    } texts[] = {
        {"@", "ro_***"},
        {"q=@", "q=ro_***"},
        {"a&q=x@&y", "a&q=xro_***&y"},
        {"q=oil+%@+x", "q=oil+%ro_***+x"},
        {"q=^&q=~", "q=ro_***&q=ro_***"},
        {"q=ro%5f&ro%5", "q=ro%5f&ro%5"},
        {"x-algolia-api-key=abc&q=1", "x-algolia-api-key=***&q=1"},
        {"q=1&X-Algolia-API%2dKey=abc", "q=1&X-Algolia-API%2dKey=***"},
        {"token=", "token=***"},
        {"key", "key"},
        {"keys=1&monkey=2&key%=3", "keys=1&monkey=2&key%=3"},
        {"ro_short=1&&", "ro_short=1&&"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ro_buf out = RO_BUF_INIT;
        ro_buf before = RO_BUF_INIT;
        for (const char *at = texts[i].before; *at; at++) {
            put_key(&before, *at, key);
        }
        ro_redact_query(&out, ro_buf_str(&before));
        ro_buf_add_byte(&out, 0);
        assert_string_equal(out.ptr, texts[i].after);
        ro_buf_release(&before);
        ro_buf_release(&out);
    }
}

static void a_request_id_is_taken_when_it_is_well_formed(void **state) {
    (void)state;
    static const struct {
        const char *sent;
        bool taken;
    } ids[] = {{"a", true},        {"0af7651916cd43dd8448eb211c80319c", true},
               {"a.b:c/d=", true}, {"", false},
               {"a b", false},     {"a\"b", false},
               {"\xC3\xA9", false}};
    ro_request_ids made = {0};
    char out[RO_REQUEST_ID_TEXT];
    char last[RO_REQUEST_ID_TEXT] = "";
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ro_http_field field = {RO_STR("x-request-id"), ro_str_from(ids[i].sent)};
        ro_http_request request = {.fields = &field, .field_count = 1};
        ro_request_id(&made, &request, out);
        assert_int_equal(strcmp(out, ids[i].sent) == 0, ids[i].taken);
        assert_string_not_equal(out, last);
        memcpy(last, out, sizeof last);
    }
    char text[RO_REQUEST_ID_MAX + 1];
    memset(text, 'x', sizeof text);
    for (size_t len = RO_REQUEST_ID_MAX; len <= sizeof text; len++) {
        ro_http_field field = {RO_STR("X-Request-Id"), ro_str_make(text, len)};
        ro_http_request request = {.fields = &field, .field_count = 1};
        ro_request_id(&made, &request, out);
        assert_int_equal(out[0] == 'x', len == RO_REQUEST_ID_MAX);
    }
}

static void a_log_that_nobody_reads_drops_whole_lines(void **state) {
    (void)state;
    char path[] = "/tmp/readout-access-XXXXXX";
    assert_non_null(mkdtemp(path));
    char fifo[64];
    (void)snprintf(fifo, sizeof fifo, "%s/fifo", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    ro_access_log log = {.fd = -1};
    assert_int_equal(ro_access_log_open(&log, fifo, NULL), RO_IO); /* and does not wait */
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_int_equal(ro_access_log_open(&log, fifo, NULL), RO_OK);
    while (log.dropped < 10) {
        write_line(&log);
    }
    static char text[1 << 20];
    size_t len = read_some(reader, text, sizeof text);
    uint64_t dropped = log.dropped;
    write_line(&log);
    write_line(&log);
    assert_int_equal(log.dropped, dropped);
    len += read_some(reader, text + len, sizeof text - len);
    text[len] = 0;
    size_t count = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        assert_memory_equal(line, "time=", 5);
        assert_memory_equal(end - 8, "agent=\"\"", 8);
        count++;
    }
    assert_true(count > 10);
    ro_access_log_close(&log);
    (void)close(reader);
    (void)unlink(fifo);
    (void)rmdir(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_gives_the_parameters_it_names),
        cmocka_unit_test(a_body_that_is_not_a_flat_object_is_refused),
        cmocka_unit_test(depth_is_bounded_before_anything_is_parsed),
        cmocka_unit_test(the_number_of_values_is_bounded),
        cmocka_unit_test(a_problem_is_json_whatever_it_quotes),
        cmocka_unit_test(a_busy_server_says_when_to_come_back),
        cmocka_unit_test(failures_become_the_right_problems),
        cmocka_unit_test(listening_addresses_are_literal),
        cmocka_unit_test(origins_are_checked),
        cmocka_unit_test(connections_are_counted_by_client),
        cmocka_unit_test(a_census_keeps_many_clients_apart),
        cmocka_unit_test(a_log_line_is_one_line_whatever_the_request_holds),
        cmocka_unit_test(keys_are_left_out_of_logs),
        cmocka_unit_test(a_key_sent_as_an_id_or_escaped_in_json_is_left_out),
        cmocka_unit_test(a_request_id_is_taken_when_it_is_well_formed),
        cmocka_unit_test(a_log_that_nobody_reads_drops_whole_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
