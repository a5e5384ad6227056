#include "request_id.h"

#include "readout/deadline.h"

#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

static bool is_good(ro_str id) {
    static const char marks[] = "._-:/+=@";
    if (id.len == 0 || id.len > RO_REQUEST_ID_MAX) {
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool alphanumeric =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alphanumeric && !memchr(marks, c, sizeof marks - 1)) {
            return false;
        }
    }
    return true;
}

void ro_request_id(ro_request_ids *ids, const ro_http_request *request,
                   char out[RO_REQUEST_ID_TEXT]) {
    ro_str sent = ro_http_request_field(request, RO_STR("X-Request-Id"));
    if (is_good(sent)) {
        memcpy(out, sent.ptr, sent.len);
        out[sent.len] = 0;
        return;
    }
    if (!ids->process &&
        getrandom(&ids->process, sizeof ids->process, GRND_NONBLOCK) != sizeof ids->process) {
        ids->process = (uint64_t)ro_now_ns() ^ (uint64_t)getpid() << 40;
    }
    (void)snprintf(out, RO_REQUEST_ID_TEXT, "%016llx-%llx", (unsigned long long)ids->process,
                   (unsigned long long)++ids->count);
}
