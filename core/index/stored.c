/* Stored articles: a row of the catalogue to a ro_article. */
#include "writer.h"

static ro_status read_body(sqlite3_stmt *row, ZSTD_DCtx **unpacker, ro_arena *arena, ro_str *out,
                           ro_error *err) {
    ro_str packed = ro_sql_blob(row, RO_ARTICLE_BODY);
    int64_t size = sqlite3_column_int64(row, RO_ARTICLE_BODY_BYTES);
    if (size < 0 || size > RO_ARTICLE_BODY_MAX) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: an article has %lld bytes",
                       (long long)size);
    }
    char *body = ro_arena_alloc(arena, (size_t)size + 1);
    *unpacker = *unpacker ? *unpacker : ZSTD_createDCtx();
    if (!body || !*unpacker) {
        return ro_fail_memory(err);
    }
    size_t len = ZSTD_decompressDCtx(*unpacker, body, (size_t)size, packed.ptr ? packed.ptr : "",
                                     packed.len);
    if (ZSTD_isError(len) || len != (size_t)size) {
        return ro_fail(err, RO_DAMAGED, "the catalogue is damaged: an article does not unpack");
    }
    *out = ro_str_make(body, len);
    return RO_OK;
}

ro_status ro_article_read(sqlite3_stmt *row, ZSTD_DCtx **unpacker, ro_arena *arena, ro_article *out,
                          ro_error *err) {
    *out = (ro_article){.published = RO_TIME_NONE};
    struct {
        int column;
        ro_str *to;
    } strings[] = {{0, &out->id},
                   {2, &out->title},
                   {3, &out->source},
                   {4, &out->language},
                   {5, &out->url},
                   {6, &out->byline},
                   {7, &out->credit},
                   {8, &out->photo_credit},
                   {9, &out->dateline.place},
                   {10, &out->dateline.country},
                   {11, &out->dateline.agency},
                   {12, &out->origin}};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        *strings[i].to = ro_arena_copy(arena, ro_sql_text(row, strings[i].column));
        if (!strings[i].to->ptr) {
            return ro_fail_memory(err);
        }
    }
    if (sqlite3_column_type(row, 1) != SQLITE_NULL) {
        out->published = sqlite3_column_int64(row, 1);
    }
    return unpacker ? read_body(row, unpacker, arena, &out->body, err) : RO_OK;
}
