#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define STOP_MS 100 /* between two looks at the stop flag */
#define RAW_BYTES ((size_t)128 << 10)

typedef enum ro_packing { UNKNOWN, PLAIN, GZIP, ZSTD } ro_packing;

struct ro_source {
    int fd;
    bool owns_fd;
    const atomic_int *stop; /* may be NULL */
    struct stat stat;
    EVP_MD_CTX *hash;
    ro_packing packing;
    bool raw_ended; /* the file has no more bytes */
    bool at_end;    /* and everything was handed out */
    bool in_frame;  /* between the start and the end of a compressed member */
    uint64_t raw_total, out_total;
    z_stream zlib;
    ZSTD_DStream *zstd;
    unsigned char *raw; /* RAW_BYTES */
    size_t raw_at, raw_len;
};

/* ---- opening ----------------------------------------------------------------------------------
 */

static ro_status new_source(int fd, ro_source **out, ro_error *err) {
    ro_source *source = calloc(1, sizeof *source);
    if (source) {
        source->fd = fd;
        source->raw = malloc(RAW_BYTES);
        source->hash = EVP_MD_CTX_new();
    }
    if (!source || !source->raw || !source->hash ||
        !EVP_DigestInit_ex(source->hash, EVP_sha256(), NULL)) {
        ro_source_close(source);
        return ro_fail_memory(err);
    }
    if (fstat(fd, &source->stat) != 0) {
        ro_source_close(source);
        return ro_fail(err, RO_IO, "cannot look at the file: %s", strerror(errno));
    }
    *out = source;
    return RO_OK;
}

ro_status ro_source_from_fd(int fd, ro_source **out, ro_error *err) {
    *out = NULL;
    return new_source(fd, out, err);
}

ro_status ro_source_open(const char *path, ro_source **out, ro_error *err) {
    *out = NULL;
    /* not blocking: opening a pipe without a writer must not hang */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return ro_fail(err, errno == ENOENT ? RO_NOT_FOUND : RO_IO, "cannot open: %s",
                       strerror(errno));
    }
    ro_status status = new_source(fd, out, err);
    if (status != RO_OK || !*out) {
        (void)close(fd);
        return status;
    }
    (*out)->owns_fd = true;
    if (!S_ISREG((*out)->stat.st_mode)) {
        ro_source_close(*out);
        *out = NULL;
        return ro_fail(err, RO_INVALID, "not a regular file");
    }
    return RO_OK;
}

void ro_source_close(ro_source *source) {
    if (!source) {
        return;
    }
    if (source->packing == GZIP) {
        (void)inflateEnd(&source->zlib);
    }
    ZSTD_freeDStream(source->zstd);
    EVP_MD_CTX_free(source->hash);
    free(source->raw);
    if (source->owns_fd) {
        (void)close(source->fd);
    }
    free(source);
}

/* ---- raw bytes --------------------------------------------------------------------------------
 */

void ro_source_stop_on(ro_source *source, const atomic_int *stop) {
    source->stop = stop;
}

/* Waits until there is something to read. The signal that asks to stop may come to another thread
 * or just before the wait, so that only a look now and then is sure to see it. */
static ro_status wait_raw(const ro_source *source, ro_error *err) {
    struct pollfd poll_fd = {.fd = source->fd, .events = POLLIN};
    while (source->stop && !*source->stop && poll(&poll_fd, 1, STOP_MS) <= 0) {
    }
    return source->stop && *source->stop ? ro_fail(err, RO_DEADLINE, "stopped") : RO_OK;
}

/* Refills the raw buffer when it is used up. */
static ro_status fill_raw(ro_source *source, ro_error *err) {
    if (source->raw_at < source->raw_len || source->raw_ended) {
        return RO_OK;
    }
    ssize_t got = -1;
    ro_status status = wait_raw(source, err);
    if (status != RO_OK) {
        return status;
    }
    do {
        got = read(source->fd, source->raw, RAW_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return ro_fail(err, RO_IO, "cannot read: %s", strerror(errno));
    }
    source->raw_at = 0;
    source->raw_len = (size_t)got;
    source->raw_total += (uint64_t)got;
    source->raw_ended = got == 0;
    if (!EVP_DigestUpdate(source->hash, source->raw, source->raw_len)) {
        return ro_fail_memory(err);
    }
    return RO_OK;
}

static ro_status find_packing(ro_source *source, ro_error *err) {
    static const ro_str GZIP_MAGIC = {"\x1F\x8B\x08", 3};
    static const ro_str ZSTD_MAGIC = {"\x28\xB5\x2F\xFD", 4};
    ro_status status = fill_raw(source, err);
    if (status != RO_OK) {
        return status;
    }
    ro_str head = ro_str_make((const char *)source->raw, source->raw_len);
    if (ro_str_starts_with(head, GZIP_MAGIC)) {
        if (inflateInit2(&source->zlib, 15 + 16) != Z_OK) {
            return ro_fail_memory(err);
        }
        source->packing = GZIP;
    } else if (ro_str_starts_with(head, ZSTD_MAGIC)) {
        source->zstd = ZSTD_createDStream();
        if (!source->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(source->zstd, ZSTD_d_windowLogMax,
                                                                 RO_ZSTD_WINDOW_LOG_MAX))) {
            return ro_fail_memory(err);
        }
        source->packing = ZSTD;
    } else {
        source->packing = PLAIN;
    }
    return RO_OK;
}

/* ---- unpacking --------------------------------------------------------------------------------
 */

/* Each unpacks from the raw buffer into `to` and says how many bytes it wrote. */

static ro_status unpack_plain(ro_source *source, char *to, size_t room, size_t *wrote,
                              ro_error *err) {
    (void)err;
    size_t have = source->raw_len - source->raw_at;
    *wrote = have < room ? have : room;
    memcpy(to, source->raw + source->raw_at, *wrote);
    source->raw_at += *wrote;
    return RO_OK;
}

static ro_status unpack_gzip(ro_source *source, char *to, size_t room, size_t *wrote,
                             ro_error *err) {
    z_stream *z = &source->zlib;
    bool between = !source->in_frame && source->raw_at < source->raw_len;
    *wrote = 0;
    /* members may follow one another; what is no member is padding */
    if (between && source->raw[source->raw_at] != 0x1F) {
        source->raw_at = source->raw_len;
        return RO_OK;
    }
    z->next_in = source->raw + source->raw_at;
    z->avail_in = (uInt)(source->raw_len - source->raw_at);
    z->next_out = (Bytef *)to;
    z->avail_out = (uInt)(room < (1u << 30) ? room : (1u << 30));
    uInt before = z->avail_out;
    source->in_frame = source->in_frame || z->avail_in > 0;
    int done = inflate(z, Z_NO_FLUSH);
    source->raw_at = source->raw_len - z->avail_in;
    *wrote = before - z->avail_out;
    if (done == Z_STREAM_END) {
        source->in_frame = false;
        (void)inflateReset(z);
    } else if (done != Z_OK && done != Z_BUF_ERROR) {
        return ro_fail_at(err, done == Z_MEM_ERROR ? RO_MEMORY : RO_FORMAT,
                          (int64_t)source->out_total, "damaged gzip data: %s",
                          z->msg ? z->msg : zError(done));
    }
    return RO_OK;
}

static ro_status unpack_zstd(ro_source *source, char *to, size_t room, size_t *wrote,
                             ro_error *err) {
    ZSTD_inBuffer in = {source->raw, source->raw_len, source->raw_at};
    ZSTD_outBuffer out = {to, room, 0};
    size_t before = in.pos;
    size_t left = ZSTD_decompressStream(source->zstd, &out, &in);
    source->raw_at = in.pos;
    *wrote = out.pos;
    if (ZSTD_isError(left)) {
        return ro_fail_at(err, RO_FORMAT, (int64_t)source->out_total, "damaged zstd data: %s",
                          ZSTD_getErrorName(left));
    }
    /* without input it asks for the next frame, which need not be there */
    if (in.pos > before || out.pos > 0) {
        source->in_frame = left != 0;
    }
    return RO_OK;
}

static ro_status check_growth(const ro_source *source, ro_error *err) {
    if (source->packing != PLAIN && source->out_total > RO_EXPANSION_FREE &&
        source->out_total / RO_EXPANSION_MAX > source->raw_total) {
        return ro_fail(err, RO_LIMIT, "compressed data that grows more than %d times",
                       RO_EXPANSION_MAX);
    }
    return RO_OK;
}

ro_status ro_source_read(ro_source *source, size_t want, ro_buf *buf, ro_error *err) {
    static ro_status (*const UNPACK[])(ro_source *, char *, size_t, size_t *, ro_error *) = {
        [PLAIN] = unpack_plain, [GZIP] = unpack_gzip, [ZSTD] = unpack_zstd};
    ro_status status = source->packing == UNKNOWN ? find_packing(source, err) : RO_OK;
    char *to = ro_buf_reserve(buf, want);
    if (!to) {
        return status != RO_OK ? status : ro_fail_memory(err);
    }
    size_t got = 0;
    while (status == RO_OK && got < want && !source->at_end) {
        size_t wrote = 0;
        status = fill_raw(source, err);
        if (status == RO_OK) {
            status = UNPACK[source->packing](source, to + got, want - got, &wrote, err);
        }
        got += wrote;
        source->out_total += wrote;
        if (status == RO_OK && source->raw_ended && wrote == 0) {
            source->at_end = true;
            if (source->in_frame && source->raw_total > 0) {
                status = ro_fail(err, RO_FORMAT, "compressed data ends too early");
            }
        }
        if (status == RO_OK) {
            status = check_growth(source, err);
        }
    }
    buf->len += got;
    return status;
}

bool ro_source_at_end(const ro_source *source) {
    return source->at_end;
}

uint64_t ro_source_position(const ro_source *source) {
    return source->raw_total;
}

const struct stat *ro_source_stat(const ro_source *source) {
    return &source->stat;
}

ro_status ro_source_hash(ro_source *source, uint8_t hash[32], ro_error *err) {
    while (!source->raw_ended) {
        source->raw_at = source->raw_len;
        ro_status status = fill_raw(source, err);
        if (status != RO_OK) {
            return status;
        }
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_DigestFinal_ex(source->hash, digest, NULL)) {
        return ro_fail_memory(err);
    }
    memcpy(hash, digest, 32);
    return RO_OK;
}
