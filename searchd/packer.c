#include "packer.h"

#include <stdlib.h>
#include <zstd.h>

#define LEVEL 1 /* higher ones take longer and make answers hardly shorter */

struct ro_packer {
    ZSTD_CCtx *in;
    ZSTD_DCtx *out;
};

ro_status ro_packer_new(ro_packer **out, ro_error *err) {
    ro_packer *packer = calloc(1, sizeof *packer);
    *out = packer;
    if (!packer) {
        return ro_fail_memory(err);
    }
    packer->in = ZSTD_createCCtx();
    packer->out = ZSTD_createDCtx();
    if (!packer->in || !packer->out) {
        ro_packer_free(packer);
        *out = NULL;
        return ro_fail_memory(err);
    }
    return RO_OK;
}

void ro_packer_free(ro_packer *packer) {
    if (packer) {
        (void)ZSTD_freeCCtx(packer->in);
        (void)ZSTD_freeDCtx(packer->out);
        free(packer);
    }
}

static bool took(ro_buf *out, size_t len) {
    bool good = !ZSTD_isError(len);
    out->len += good ? len : 0;
    return good;
}

bool ro_packer_pack(ro_packer *packer, ro_str text, ro_buf *out) {
    size_t bound = ZSTD_compressBound(text.len);
    char *to = ro_buf_reserve(out, bound);
    return to && took(out, ZSTD_compressCCtx(packer->in, to, bound, text.ptr, text.len, LEVEL));
}

bool ro_packer_unpack(ro_packer *packer, ro_str packed, size_t len, ro_buf *out) {
    char *to = ro_buf_reserve(out, len);
    return to && took(out, ZSTD_decompressDCtx(packer->out, to, len, packed.ptr, packed.len));
}
