/* Plain text: one article a file. */
#include "common.h"

ro_status ro_parse_text(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_buf buf = RO_BUF_INIT;
    ro_arena arena = RO_ARENA_INIT;
    ro_article article = {.published = RO_TIME_NONE};
    ro_status status = ro_input_utf8(input, RO_STR_NONE, &buf, &article.body, err);
    if (status == RO_OK) {
        status = ro_emit(input, sink, &arena, RO_BODY_TEXT, &article, err);
    }
    ro_arena_release(&arena);
    ro_buf_release(&buf);
    return status;
}
