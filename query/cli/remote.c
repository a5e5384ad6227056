#include "remote.h"

#include <curl/curl.h>
#include <stdlib.h>

void ro_remote_start(void) {
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void ro_remote_end(void) {
    curl_global_cleanup();
}

/* Taking less than was given stops the transfer. */
static size_t take_bytes(char *bytes, size_t size, size_t count, void *context) {
    ro_buf *body = context;
    if (body->len + size * count > RO_REMOTE_ANSWER_MAX) {
        return 0;
    }
    ro_buf_add(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

static ro_status endpoint(const char *server, ro_buf *url, ro_error *err) {
    ro_str base = ro_str_from(server);
    while (base.len && base.ptr[base.len - 1] == '/') {
        base.len--;
    }
    if (!memmem(base.ptr, base.len, "://", 3)) {
        ro_buf_add_str(url, RO_STR("http://"));
    }
    ro_buf_add_str(url, base);
    ro_buf_add_str(url, RO_STR("/v1/query"));
    ro_buf_add_byte(url, '\0');
    return ro_buf_check(url, err);
}

static ro_status read_answer(const char *server, long code, const ro_buf *body, json_t **answer,
                             ro_error *err) {
    json_error_t where;
    json_t *object =
        json_loadb(body->ptr ? body->ptr : "", body->len, JSON_REJECT_DUPLICATES, &where);
    if (code == 200 && json_is_object(object)) {
        *answer = object;
        return RO_OK;
    }
    const char *detail = json_string_value(json_object_get(object, "detail"));
    const char *title = json_string_value(json_object_get(object, "title"));
    ro_status status = code >= 400 && code < 500 ? RO_INVALID : code == 503 ? RO_BUSY : RO_IO;
    if (code == 200) {
        (void)ro_fail(err, status, "'%s' gave no JSON answer", server);
    } else if (detail || title) {
        (void)ro_fail(err, status, "'%s' says: %s", server, detail ? detail : title);
    } else {
        (void)ro_fail(err, status, "'%s' answered with status %ld", server, code);
    }
    json_decref(object);
    return status;
}

static CURLcode set_options(CURL *curl, const char *url, const char *request,
                            const struct curl_slist *headers, int64_t timeout_ms, ro_buf *body) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    code = code ? code : curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    code =
        code ? code : curl_easy_setopt(curl, CURLOPT_USERAGENT, "readout-query/" READOUT_VERSION);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    code =
        code ? code : curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)RO_REMOTE_CONNECT_MS);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    code = code ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    return code ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
}

/* Parameters are texts here; a body tells numbers and flags from those. */
static json_t *typed(const char *name, json_t *text) {
    static const char *const numbers[] = {"limit", "offset", "snippets"};
    const char *value = json_string_value(text);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(name, numbers[i]) == 0) {
            return json_integer(strtoll(value, NULL, 10));
        }
    }
    if (strcmp(name, "half_life") == 0) {
        return json_real(strtod(value, NULL));
    }
    return strcmp(name, "prefix") == 0 || strcmp(name, "explain") == 0
               ? json_boolean(strcmp(value, "true") == 0)
               : json_incref(text);
}

/* By malloc; NULL for want of memory. */
static char *write_body(const json_t *parameters) {
    json_t *body = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    bool memory = false;
    json_object_foreach((json_t *)parameters, name, value) {
        memory |= json_object_set_new(body, name, typed(name, value)) != 0;
    }
    char *text = memory ? NULL : json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

ro_status ro_remote_search(const char *server, const json_t *parameters, int64_t timeout_ms,
                           json_t **answer, ro_error *err) {
    ro_buf url = RO_BUF_INIT, body = RO_BUF_INIT;
    long http_code = 0;
    *answer = NULL;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char *request = write_body(parameters);
    ro_status status = endpoint(server, &url, err);
    if (status == RO_OK && (!curl || !headers || !request)) {
        status = ro_fail_memory(err);
    }
    if (status == RO_OK) {
        CURLcode code = set_options(curl, url.ptr, request, headers, timeout_ms, &body);
        code = code ? code : curl_easy_perform(curl);
        code = code ? code : curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_code);
        if (code == CURLE_WRITE_ERROR) {
            status = ro_fail(err, RO_LIMIT, "'%s' answered with more than %zu MiB", server,
                             RO_REMOTE_ANSWER_MAX >> 20);
        } else if (code) {
            status = ro_fail(err, code == CURLE_OPERATION_TIMEDOUT ? RO_DEADLINE : RO_IO,
                             "cannot ask '%s': %s", server, curl_easy_strerror(code));
        }
    }
    if (status == RO_OK) {
        status = read_answer(server, http_code, &body, answer, err);
    }
    free(request);
    curl_slist_free_all(headers);
    if (curl) {
        curl_easy_cleanup(curl);
    }
    ro_buf_release(&url);
    ro_buf_release(&body);
    return status;
}
