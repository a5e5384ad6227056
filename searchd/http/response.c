#include "response.h"

#include "readout/date.h"

#include <stdio.h>

void ro_http_response_release(ro_http_response *response) {
    ro_buf_release(&response->fields);
    ro_buf_release(&response->body);
    *response = (ro_http_response){0};
}

void ro_http_response_clear(ro_http_response *response) {
    response->status = 0;
    response->content_type = NULL;
    response->policy = NULL;
    response->any_origin = false;
    ro_buf_clear(&response->fields);
    ro_buf_clear(&response->body);
}

void ro_http_response_field(ro_http_response *response, const char *name, ro_str value) {
    ro_buf_printf(&response->fields, "%s: ", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        ro_buf_add_byte(&response->fields, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    ro_buf_add_str(&response->fields, RO_STR("\r\n"));
}

const char *ro_http_reason(int status) {
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Unknown";
}

/* The same for every answer: nothing we send is to be sniffed or framed. */
static const char SECURITY_FIELDS[] = "Server: readout\r\n"
                                      "X-Content-Type-Options: nosniff\r\n"
                                      "X-Frame-Options: DENY\r\n"
                                      "Referrer-Policy: no-referrer\r\n";
static const char NOTHING[] = "default-src 'none'; frame-ancestors 'none'";

void ro_http_response_head(const ro_http_response *response, const ro_http_framing *framing,
                           ro_buf *out) {
    ro_buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n%sContent-Security-Policy: %s\r\n",
                  response->status, ro_http_reason(response->status), framing->date,
                  SECURITY_FIELDS, response->policy ? response->policy : NOTHING);
    if (response->content_type) {
        ro_buf_printf(out, "Content-Type: %s\r\n", response->content_type);
    }
    if (framing->length == RO_HTTP_CHUNKED) {
        ro_buf_add_str(out, RO_STR("Transfer-Encoding: chunked\r\n"));
    } else if (framing->length == RO_HTTP_SIZED && response->status != 204 &&
               response->status != 304) {
        ro_buf_printf(out, "Content-Length: %zu\r\n", response->body.len);
    }
    if (!framing->keep_alive) {
        ro_buf_add_str(out, RO_STR("Connection: close\r\n"));
    } else if (framing->minor == 0) {
        ro_buf_add_str(out, RO_STR("Connection: keep-alive\r\n"));
    }
    ro_buf_add_str(out, ro_buf_str(&response->fields));
    ro_buf_add_str(out, RO_STR("\r\n"));
}

const char *ro_http_date(int64_t seconds, char out[RO_HTTP_DATE_TEXT]) {
    static const char days[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t day = seconds / 86400;
    int64_t second = seconds % 86400;
    int64_t year = 0;
    unsigned month = 1;
    unsigned mday = 1;
    ro_civil_from_days(day, &year, &month, &mday);
    (void)snprintf(out, RO_HTTP_DATE_TEXT, "%s, %02u %s %04d %02d:%02d:%02d GMT", days[day % 7],
                   mday % 100, months[(month - 1) % 12], (int)(year % 10000), (int)(second / 3600),
                   (int)(second / 60 % 60), (int)(second % 60));
    return out;
}
