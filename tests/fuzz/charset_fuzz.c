/* Any bytes under any name become UTF-8 or an error. Input: the declared name, a line end, bytes.
 */
#include "readout/charset.h"
#include "readout/utf8.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ro_str all = ro_str_make((const char *)data, size);
    const char *line_end = size ? memchr(data, '\n', size) : NULL;
    size_t name_len = line_end ? (size_t)(line_end - all.ptr) : 0;
    ro_str bytes = line_end ? ro_str_make(line_end + 1, size - name_len - 1) : all;
    ro_buf out = RO_BUF_INIT;
    ro_error err = RO_ERROR_INIT;
    char name[RO_CHARSET_NAME_MAX];
    ro_status status = ro_charset_to_utf8(bytes, ro_str_make(all.ptr, name_len), &out, name, &err);
    require(status == RO_OK || status == RO_FORMAT, err.message);
    require(status == err.status, "status and error differ");
    require((status == RO_OK) == (name[0] != '\0'), "name without a text or the reverse");
    require(ro_utf8_valid(ro_buf_str(&out)), "output is not UTF-8");
    require(!out.len || !memchr(out.ptr, 0, out.len), "NUL in a text");
    ro_buf_release(&out);
    return 0;
}
